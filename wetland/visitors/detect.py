"""Find what visitors have to tell (客流疑似问题): loads, full car parks, silent counters.

Each finding is suspected: a person verifies it. It carries the numbers it was decided by, the
capacity with its source, and the counts they came from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from wetland.base.findings import FINDINGS
from wetland.visitors.detectbase import (
    CAR_PARK,
    DAILY,
    DETECTOR,
    INSTANTANEOUS,
    RULES,
    SILENT,
    TOURISM_LAW,
    Found,
    Look,
    VisitorSettings,
    row_of,
)
from wetland.visitors.detectcounters import car_park_findings, silent_findings
from wetland.visitors.detectloads import daily_findings, instantaneous_findings
from wetland.visitors.loadcounts import with_places
from wetland.visitors.pack import VisitorPack

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DETECTOR", "RULES", "TOURISM_LAW", "VisitorSettings", "visitor_findings"]

_FINDERS: dict[str, Callable[[Look], Iterator[Found]]] = {
    DAILY: daily_findings,
    INSTANTANEOUS: instantaneous_findings,
    CAR_PARK: car_park_findings,
    SILENT: silent_findings,
}


def visitor_findings(  # noqa: PLR0913 - what a site has, and what every finding carries
    counts: pd.DataFrame,
    pack: VisitorPack,
    *,
    site: str,
    pack_digest: str,
    as_of: dt.date,
    parking: pd.DataFrame | None = None,
    timezone: str = "UTC",
    settings: VisitorSettings | None = None,
) -> pd.DataFrame:
    """Return what visitors have to tell as table `FINDINGS`.

    Parameters
    ----------
    counts, parking
        Rows of `VISITOR_COUNTS` and `PARKING_READINGS`. What failed a test is not used; totals of
        several days or months are compared with nothing.
    site, pack_digest
        What the findings carry.
    as_of
        The local day it is looked on: later counts and readings are not known yet.
    timezone
        Whose local day counts for readings of car parks, and in which moments are told.
    settings
        What is looked for, and the law that a load above a capacity is against.

    Returns
    -------
    DataFrame
        Table `FINDINGS`, worst first, then by day and place: ``visitors/capacity_daily`` and
        ``visitors/capacity_instantaneous`` (one for each area and day: broken above the capacity;
        undecided from the lowest tier of the pack up to it, until somebody says that it was
        announced and reported; undecided where the error of counts leaves it open),
        ``visitors/car_park_full`` and ``visitors/silent_counter`` (undecided). The identifier of a
        finding hangs on site, rule, place and day, not on the numbers.
    """
    import pandas as pd  # noqa: PLC0415 - as below

    from wetland.base.checks import coerce  # noqa: PLC0415 - the command line starts without it

    settings = settings or VisitorSettings()
    known = counts[np.array([day <= as_of for day in counts["counted_to"]], dtype=bool)]
    look = Look(
        with_places(known, pack), parking, pack, site, pack_digest, as_of, ZoneInfo(timezone),
        settings,
    )  # fmt: skip
    rows = [
        row_of(look, found)
        for rule, finder in _FINDERS.items()
        if rule in settings.rules
        for found in finder(look)
    ]
    rows.sort(
        key=lambda r: (-r["severity"], -r["occurred_on"].toordinal(), r["subject"], r["rule"])
    )
    return coerce(FINDINGS, pd.DataFrame(rows, columns=FINDINGS.names))
