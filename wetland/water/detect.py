"""Find what is wrong with the water (水质疑似问题): beyond its target, worse, suddenly other.

Each finding is suspected: a person verifies it. It carries the numbers it was decided by and the
rows of the files they came from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from wetland.base.errors import InputError
from wetland.base.findings import FINDINGS
from wetland.water.classes import NO_STATION, NO_STATION_HINT
from wetland.water.detectbase import DETECTOR, RULES, Look, Stamp, WaterSettings, row_of
from wetland.water.detectchange import deterioration_findings
from wetland.water.detectsudden import sudden_findings
from wetland.water.detecttarget import target_findings
from wetland.water.results import usable
from wetland.water.standards import assessment_on, standard_on
from wetland.water.stations import Station

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DETECTOR", "RULES", "WaterSettings", "water_findings"]


def water_findings(
    results: pd.DataFrame,
    stations: Mapping[str, Station],
    *,
    site: str,
    pack_digest: str,
    as_of: dt.date,
    settings: WaterSettings | None = None,
) -> pd.DataFrame:
    """Return what is wrong with the water of a site as table `FINDINGS`.

    Parameters
    ----------
    results
        Rows of `WATER_RESULTS`; only usable ones up to ``as_of`` count.
    stations
        Every station of the results.
    site, pack_digest
        What the findings carry.
    as_of
        The day it is looked on: later results are not known yet, and a month, quarter or year is
        judged when it is over.
    settings
        What is looked for.

    Returns
    -------
    DataFrame
        Table `FINDINGS`, worst first, then by day and station: rules ``water/target_class``,
        ``water/deterioration`` and ``water/sudden_change``, outcome broken or undecided. The
        identifier of a finding hangs on site, rule, station and period (of a sample also on its
        moment and depth), not on the numbers, nor on what else there is.

    Raises
    ------
    InputError
        A station is not declared.
    """
    import pandas as pd  # noqa: PLC0415 - as below

    from wetland.base.checks import coerce  # noqa: PLC0415 - the command line starts without it

    look = look_at(results, stations, Stamp(site, pack_digest), as_of, settings or WaterSettings())
    found = chain(target_findings(look), deterioration_findings(look), sudden_findings(look))
    rows = [row_of(look, one) for one in found]
    rows.sort(
        key=lambda r: (-r["severity"], -r["occurred_on"].toordinal(), r["subject"], r["rule"])
    )
    return coerce(FINDINGS, pd.DataFrame(rows, columns=FINDINGS.names))


def look_at(
    results: pd.DataFrame,
    stations: Mapping[str, Station],
    stamp: Stamp,
    as_of: dt.date,
    settings: WaterSettings,
) -> Look:
    """Choose the results that may be used on a day, and say which rows are of which series."""
    used = usable(results)
    used = used[(used["sampled_on"] <= as_of).to_numpy(dtype=bool)].reset_index(drop=True)
    if unknown := sorted(set(used["station"]) - set(stations)):
        raise InputError(NO_STATION.fill(stations=", ".join(unknown)), hint=NO_STATION_HINT)
    days = np.array([day.toordinal() for day in used["sampled_on"]], dtype=np.int64)
    codes, parameters = used["station"].tolist(), used["parameter"].tolist()
    held: dict[tuple[str, str], list[int]] = {}
    for row in np.argsort(days, kind="stable").tolist():
        held.setdefault((codes[row], parameters[row]), []).append(row)
    places = {pair: np.array(rows, dtype=np.intp) for pair, rows in held.items()}
    standard, method = standard_on(), assessment_on()
    return Look(used, stations, stamp, as_of, settings, standard, method, places, days)
