"""Quality flags on import (入库质控标记): QARTOD's good, unknown, suspect, fail and missing.

Every flag names the test and the numbers it compared. ``fail`` is only what cannot be (pH 74, less
than nothing) and depends on the result alone; everything else that looks odd is ``suspect`` and
stays in use, for a real spill looks odd as well.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetland.base.problems import Problem
from wetland.base.texts import Text
from wetland.water.flaglab import lab_tests
from wetland.water.flagtests import Found, Observed, run_tests
from wetland.water.flagwords import WORDS
from wetland.water.grouping import grouped
from wetland.water.parameters import Parameter
from wetland.water.resultrows import ABSENT, NOT_USED, days_of, depths_of, instants_of

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]

ORDER = ("missing", "unknown", "good", "suspect", "fail")  # the later goes before the earlier
_NUMBER = {flag: number for number, flag in enumerate(ORDER)}


class Flagged(NamedTuple):
    """The results with their flags, and the warnings for whoever sent the file."""

    results: pd.DataFrame
    problems: list[Problem]


def flag_results(
    results: pd.DataFrame,
    parameters: Mapping[str, Parameter],
    *,
    history: pd.DataFrame | None = None,
    file: str = "",
) -> Flagged:
    """Flag results by the tests of `wetland.water.flagtests`.

    Parameters
    ----------
    results
        Rows of `WATER_RESULTS`; ``flag`` may be there: a ``suspect`` or ``fail`` that came with the
        source is never taken back.
    parameters
        The registry: plausible range, rate, spike and flat line by parameter code.
    history
        Earlier results of the same stations, so that one file's first values have neighbours and
        their station a median; rows that are in ``results`` too (by ``result_id``) count once.
    file
        What the problems call the file.

    Returns
    -------
    Flagged
        A copy of ``results`` with ``flag`` and ``flag_tests`` (JSON: test, flag, the numbers, the
        sentence in both languages; null where all was passed), and one warning per row that has not
        passed: the first of its tests.

    Notes
    -----
    ``missing``: no value. ``unknown``: nothing could be tested (a parameter that is not in the
    registry, a non-detect without a limit, a spiked sample or reference standard, a duplicate
    without its sample). Blanks and duplicates are judged by `wetland.water.flaglab`.
    Of several tests the worst counts. Tests that compare neighbours or the station's own results
    use detected samples only. A flag is of the day of import: later results do not change it, so
    the last value of a file has no neighbour after it. ``fail`` never depends on other results.
    """
    made = results.copy()
    whole = made if history is None else _joined(made, history)
    new = np.arange(len(whole)) < len(made)
    tested = (whole["qa"] == "sample") & whole["parameter"].isin(list(parameters))
    tested &= whole["value"].notna() | (whole["censoring"] != "none")  # not what is missing
    used = np.flatnonzero(tested.to_numpy(dtype=bool))
    flags = _at_first(made, used[used < len(made)])
    found = run_tests(_observed(whole.iloc[used], parameters, new[used])) if len(used) else []
    lab = lab_tests(made, parameters)
    flags[lab.judged] = np.maximum(flags[lab.judged], _NUMBER["good"])
    everything = np.arange(len(made))
    hits = [(one, of[one.rows]) for one, of in
            [*((f, used) for f in found), *((f, everything) for f in lab.found)]]  # fmt: skip
    for one, rows in hits:
        np.maximum.at(flags, rows[new[rows]], _NUMBER[one.severity])
    notes = _notes(made, hits, parameters)
    tests: list[str | None] = [None] * len(made)
    for row, (_, several) in notes.items():
        tests[row] = json.dumps(several, ensure_ascii=False)
    made["flag"] = np.array(ORDER, dtype=object)[flags]
    made["flag_tests"] = _with_earlier(results, tests)
    problems = [_problem(several[0], told, file) for told, several in notes.values()]
    return Flagged(made.astype({"flag": "str", "flag_tests": "str"}), problems)


class _Told(NamedTuple):
    """What a sentence about a row needs of it."""

    parameter: str
    value: float
    censoring: str
    source_row: Any
    value_received: Any
    source_id: Any


def _notes(
    results: pd.DataFrame, hits: list[tuple[Found, Ints]], parameters: Mapping[str, Parameter]
) -> dict[int, tuple[_Told, list[dict[str, Any]]]]:
    """Return what the tests say of each row of ``results`` that has not passed, in their order."""
    places = [np.flatnonzero(rows < len(results)) for _, rows in hits]
    noted = [np.zeros(0, dtype=np.int64)] + [r[p] for (_, r), p in zip(hits, places, strict=True)]
    odd = np.unique(np.concatenate(noted))
    some, none = results.iloc[odd], [None] * len(odd)
    columns = [some[c].tolist() if c in some else none for c in _Told._fields]
    told = (_Told(*row) for row in zip(*columns, strict=True))
    notes: dict[int, tuple[_Told, list[dict[str, Any]]]]
    notes = {row: (one, []) for row, one in zip(odd.tolist(), told, strict=True)}
    for (found, rows), some_places in zip(hits, places, strict=True):
        for place in some_places.tolist():
            row, several = notes[int(rows[place])]
            several.append(_note(found, place, row, parameters))
    return notes


def _joined(results: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    columns = ["result_id", "station", "parameter", "sampled_on", "sampled_at", "depth_m",
               "value", "censoring", "qa", "flag"]  # fmt: skip
    kept = [c for c in columns if c in results and c in history]
    same = history["station"].isin(results["station"].unique())
    older = history.loc[same & ~history["flag"].isin(NOT_USED), kept]
    if "result_id" in kept:
        older = older[~older["result_id"].isin(results["result_id"])]
    return pd.concat([results[kept], older], ignore_index=True) if len(older) else results


def _at_first(results: pd.DataFrame, tested: Ints) -> Ints:
    """Return every row's flag before the tests; what the source said goes before good."""
    flags = np.full(len(results), _NUMBER["unknown"])
    value = results["value"].to_numpy(dtype=float, na_value=np.nan)
    told = ~np.isnan(value)
    flags[tested] = np.where(told[tested], _NUMBER["good"], flags[tested])
    flags[~told & (results["censoring"] == "none").to_numpy(dtype=bool)] = _NUMBER["missing"]
    if "flag" in results:
        for flag in ("suspect", "fail"):
            said = (results["flag"] == flag).to_numpy(dtype=bool)
            flags[said] = np.maximum(flags[said], _NUMBER[flag])
    return flags


def _with_earlier(results: pd.DataFrame, tests: list[str | None]) -> list[str | None]:
    """Keep what the source itself said against a row, before what the tests say."""
    if "flag_tests" not in results or results["flag_tests"].isna().all():
        return tests
    out: list[str | None] = []
    for said, found in zip(results["flag_tests"], tests, strict=True):
        if not isinstance(said, str):
            out.append(found)
            continue
        notes = [n for n in json.loads(said) if n.get("test") not in WORDS]
        notes += json.loads(found) if found else []
        out.append(json.dumps(notes, ensure_ascii=False) if notes else None)
    return out


def _observed(
    used: pd.DataFrame, parameters: Mapping[str, Parameter], new: NDArray[np.bool_]
) -> Observed:
    import pandas as pd

    station, _ = pd.factorize(used["station"])
    number, names = pd.factorize(used["parameter"])
    codes = tuple(str(c) for c in names)
    day = _days(used)
    depth = depths_of(used)
    depth = np.zeros(len(used), dtype=np.int64) if depth is None else depth
    own = station * len(codes) + number
    known = {n: parameters[code] for n, code in enumerate(codes)}
    series = _numbered(own, depth)
    value = used["value"].to_numpy(dtype=float, na_value=np.nan)
    return Observed(
        codes=codes,
        known=known,
        series=series,
        own=own.astype(np.int64),
        sample=_numbered(station, np.rint(day * 86_400).astype(np.int64), depth),
        parameter=number.astype(np.int64),
        day=day,
        value=value,
        below=(used["censoring"] == "below").to_numpy(dtype=bool),
        above=(used["censoring"] == "above").to_numpy(dtype=bool),
        new=new,
        doubtful=np.zeros(len(used), dtype=bool),
        order=np.lexsort((value, day, series)),
    )


def _days(used: pd.DataFrame) -> NDArray[np.float64]:
    """Return days since 1970, with the time of the day where it is told."""
    days = days_of(used["sampled_on"]).astype(float)
    at = instants_of(used)
    return days if at is None else np.where(at == ABSENT, days, at / 86_400e6)


def _numbered(*columns: Ints) -> Ints:
    """Return one number per distinct combination of columns."""
    key, _ = grouped(columns[0])
    for column in columns[1:]:
        number, many = grouped(column)
        key, _ = grouped(key * many + number)
    return key


def _note(
    found: Found, place: int, row: _Told, parameters: Mapping[str, Parameter]
) -> dict[str, Any]:
    test, *pair = found.test.split(":")
    numbers = {"value": row.value}
    numbers |= {name: float(n[place]) for name, n in found.numbers.items()}
    parameter = parameters[row.parameter]
    told: dict[str, object]
    told = {name: "—" if math.isnan(n) else f"{n:.4g}" for name, n in numbers.items()}
    if 0 < numbers.get("times", 1.0) < 1:
        told["times"] = f"1/{1 / numbers['times']:.0f}"
    sign = {"below": "<", "above": ">"}.get(row.censoring, "")
    unit = "" if parameter.unit in {"-", "1"} else parameter.unit
    told |= {"name": parameter.name, "unit": unit, "value": f"{sign}{row.value:.6g}"}
    if pair:
        told |= {"part_name": parameters[pair[0]].name, "whole_name": parameters[pair[1]].name}
    words: Text = WORDS[test].fill(**told)
    return {
        "test": test,
        "flag": found.severity,
        **{name: n if math.isfinite(n) else None for name, n in numbers.items()},
        "zh": " ".join(words.zh.split()),
        "en": " ".join(words.en.split()),
    }


def _problem(note: dict[str, Any], row: _Told, file: str) -> Problem:
    at, received = row.source_row, row.value_received
    return Problem(
        file=file,
        row=int(at) if isinstance(at, int | np.integer) else None,
        column=row.parameter,
        value=received if isinstance(received, str) else f"{row.value:g}",
        code=f"flag_{note['test']}",
        level="warning",
        message=Text(zh=note["zh"], en=note["en"]),
        source_id=row.source_id if isinstance(row.source_id, str) else None,
    )
