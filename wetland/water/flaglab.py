"""What the laboratory's own quality control says (质控样检验): blanks and duplicates.

A blank (空白样) that is not empty casts doubt on the low results of its day, a duplicate (平行样)
that differs casts doubt on both. The rows of the control itself are never averaged in, so their
flags only inform.

References
----------
HJ/T 91-2002, 11 (空白样与平行样的质量控制); its allowed deviations differ by method and level, the
fifth taken here is a choice of this project. USEPA (2017), National Functional Guidelines for
Inorganic Superfund Methods Data Review, EPA-540-R-2017-001 (results below five times the blank).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetland.water.flagtests import Found
from wetland.water.parameters import Parameter

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]

TIMES_BLANK = 5.0  # a result below this many times the blank may come from the bottle
DEVIATION = 0.20  # |a - b| / (a + b), relative deviation (相对偏差) of two parallel results


class LabTested(NamedTuple):
    """What was found, by row number, and which rows of the control could be judged."""

    found: list[Found]
    judged: Ints


def lab_tests(results: pd.DataFrame, parameters: Mapping[str, Parameter]) -> LabTested:
    """Judge the blanks and duplicates of a table, and the samples they belong to.

    Parameters
    ----------
    results
        Rows of `WATER_RESULTS`, of one import.
    parameters
        The registry; only parameters that are concentrations (or dissolved oxygen) are judged.

    Notes
    -----
    *blank*: a blank with a detected value above 0 is suspect, and so is every detected sample of
    the day and parameter with less than five times that value (of several blanks the highest).
    *duplicate*: a duplicate is compared with the sample of its station, day and parameter where
    there is exactly one (of its depth, where both tell it); both detected and more than 20 %
    relative deviation: both are suspect.
    """
    if not (results["qa"] != "sample").any():
        return LabTested([], np.array([], dtype=np.int64))
    rows = _rows(results, parameters)
    blanks = _blanks(rows)
    duplicates = _duplicates(rows)
    return LabTested(
        blanks.found + duplicates.found, np.concatenate([blanks.judged, duplicates.judged])
    )


def _rows(results: pd.DataFrame, parameters: Mapping[str, Parameter]) -> pd.DataFrame:
    import pandas as pd

    direction = {code: p.direction for code, p in parameters.items()}
    columns = ["station", "sampled_on", "parameter", "value", "censoring", "qa"]
    rows = pd.DataFrame({c: results[c].to_numpy() for c in columns})
    depth = results["depth_m"].to_numpy(dtype=float) if "depth_m" in results else np.nan
    rows = rows.assign(depth=depth, row=np.arange(len(rows)))
    rows["direction"] = rows["parameter"].map(direction)
    told = np.isfinite(rows["value"].to_numpy(dtype=float, na_value=np.nan))
    finite: pd.DataFrame = rows.loc[told]
    return finite


def _blanks(rows: pd.DataFrame) -> LabTested:
    blanks = rows[(rows["qa"] == "blank") & (rows["direction"] == "max")]
    judged = blanks["row"].to_numpy(dtype=np.int64)
    full = blanks[(blanks["censoring"] == "none") & (blanks["value"] > 0)]
    if not len(full):
        return LabTested([], judged)
    key = ["sampled_on", "parameter"]
    highest = full.groupby(key)["value"].max().rename("blank").reset_index()
    samples = rows[(rows["qa"] == "sample") & (rows["censoring"] == "none")]
    low = samples.merge(highest, on=key)
    low = low[low["value"] < TIMES_BLANK * low["blank"]]
    times = {"blank": low["blank"].to_numpy(), "times": np.full(len(low), TIMES_BLANK)}
    return LabTested(
        [
            Found("blank", "suspect", full["row"].to_numpy(dtype=np.int64), {}),
            Found("blank_of_day", "suspect", low["row"].to_numpy(dtype=np.int64), times),
        ],
        judged,
    )


def _duplicates(rows: pd.DataFrame) -> LabTested:
    measured = rows[(rows["censoring"] == "none") & rows["direction"].isin(["max", "min"])]
    second = measured[measured["qa"] == "duplicate"]
    key = ["station", "sampled_on", "parameter"]
    pairs = second.merge(measured[measured["qa"] == "sample"], on=key, suffixes=("", "_of"))
    apart = (pairs["depth"] - pairs["depth_of"]).abs() > 0
    pairs = pairs[~apart].drop_duplicates("row", keep=False)
    pairs = pairs[(pairs["value"] >= 0) & (pairs["value_of"] >= 0)]
    pairs = pairs[pairs["value"] + pairs["value_of"] > 0]
    total = pairs["value"] + pairs["value_of"]
    deviation = (pairs["value"] - pairs["value_of"]).abs() / total
    wide = pairs[deviation > DEVIATION]
    numbers = {
        "first": wide["value_of"].to_numpy(),
        "second": wide["value"].to_numpy(),
        "percent": 100 * deviation[deviation > DEVIATION].to_numpy(),
        "most": np.full(len(wide), 100 * DEVIATION),
    }
    found = [
        Found("duplicate", "suspect", wide[c].to_numpy(dtype=np.int64), numbers)
        for c in ("row", "row_of")
    ]
    return LabTested(found, pairs["row"].to_numpy(dtype=np.int64))
