"""Counts of one place: how many entered on a day, and whether all of them were counted.

Only counts of a day or of parts of a day are used: a total of several days or of a month says
nothing of one day. Counts that failed a test, or whose value nobody knows, are used by nothing; the
place they are of is then not wholly counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from wetland.visitors.pack import VisitorPack

    Groups: TypeAlias = Iterable[tuple[tuple[str, dt.date], pd.DataFrame]]

Integers = NDArray[np.int64]

USUAL = 0.8  # of a place's days on which it tells of an hour, for that hour to be a usual one
FEWEST_DAYS = 3  # from so many days on a place has usual hours of its own


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What one place counted on one day.

    Attributes
    ----------
    people
        How many, as far as it was counted.
    whole
        Whether nothing is missing of the day.
    rows, suspect
        Counts it rests on, and how many of them are to be looked at.
    """

    people: float
    whole: bool
    rows: int
    suspect: int
    synthetic: bool
    period: str


def with_places(counts: pd.DataFrame, pack: VisitorPack) -> pd.DataFrame:
    """Return counts with places of the pack by their id, where a file named them otherwise."""
    places = (*pack.areas, *pack.gates, *pack.piers)
    known = {p.id for p in places}
    named = {name: p.id for p in places for name in (p.name.zh, p.name.en)}
    odd = [p for p in counts["place"].dropna().unique() if p not in known and p in named]
    if not odd:
        return counts
    return counts.assign(place=counts["place"].replace({p: named[p] for p in odd}))


def usable(counts: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the counts of a measure that may be used, of days and parts of days."""
    kept = (
        (counts["measure"] == measure)
        & counts["value"].notna()
        & (counts["flag"] != "fail")
        & counts["period"].isin(["day", "hour", "moment"])
    )
    return counts[kept.fillna(False).to_numpy(dtype=bool)]


def day_totals(
    counts: pd.DataFrame, *, measure: str = "entries"
) -> dict[tuple[str, dt.date], DayTotal]:
    """Return what each place counted on each day.

    Rule of decision: a count of the whole day goes before counts of its hours. Of counts that
    overlap the first, of those that begin together the longest, is used. Hours make a whole day
    where none of the place's usual hours is missing: hours it tells of on 80 % of its days; a place
    with fewer than three days has those of all places together.

    Parameters
    ----------
    counts
        Table `VISITOR_COUNTS`.
    measure
        What was counted.
    """
    rows = usable(counts, measure)
    found: dict[tuple[str, dt.date], DayTotal] = _of_hours(rows[rows["period"] == "hour"])
    days = rows[rows["period"] == "day"]
    days = days[(days["counted_on"] == days["counted_to"]).to_numpy(dtype=bool)]
    for place, day, value, flag, made in zip(
        days["place"], days["counted_on"], days["value"], days["flag"],
        days["synthetic"].fillna(False), strict=True,
    ):  # fmt: skip
        total = DayTotal(float(value), True, 1, int(flag == "suspect"), bool(made), "day")
        found[str(place), day] = total
    return found


def disjoint_hours(rows: pd.DataFrame) -> pd.DataFrame:
    """Return counts of parts of days in order of place and time, without those that overlap."""
    ordered = rows.dropna(subset=["start_at", "end_at"]).sort_values(
        ["place", "start_at", "end_at"], ascending=[True, True, False], kind="stable"
    )
    while True:
        before = ordered.groupby("place", sort=False)["end_at"].shift()
        over = (before > ordered["start_at"]).to_numpy(dtype=bool)
        if not over.any():
            return ordered
        follows = ordered["place"].eq(ordered["place"].shift()).to_numpy(dtype=bool)
        first = over.copy()  # of several in a row that overlap, the first goes; then look again
        first[1:] &= ~(over[:-1] & follows[1:])
        ordered = ordered[~first]


def minutes_of_day(rows: pd.DataFrame) -> Integers:
    """Return when counts begin, in minutes from midnight of their local day taken as UTC.

    The numbers order the counts of a day whatever the time zone, and are the same on any two days
    between which no clock was changed.
    """
    import pandas as pd

    midnight = pd.to_datetime(rows["counted_on"], utc=True)
    minutes = (rows["start_at"] - midnight).dt.total_seconds() // 60
    return np.asarray(minutes, dtype=np.int64)


def usual_hours(rows: pd.DataFrame) -> dict[str, frozenset[int]]:
    """Return when each place's usual counts begin (`minutes_of_day`).

    Where clocks change, hours at either end of the day are told on fewer than 80 % of the days and
    are not asked for; those in between are.
    """
    if not len(rows):
        return {}
    told = rows[["place", "counted_on"]].assign(minute=minutes_of_day(rows)).drop_duplicates()
    days = told.groupby("place")["counted_on"].nunique()
    times = told.groupby(["place", "minute"]).size()
    everywhere = told.groupby("minute")["counted_on"].nunique()
    enough = everywhere[everywhere >= USUAL * told["counted_on"].nunique()]
    shared = frozenset(int(m) for m in enough.index)
    usual: dict[str, set[int]] = {str(place): set() for place in days.index}
    for (place, minute), told_on in zip(times.index.tolist(), times.tolist(), strict=True):
        if told_on >= USUAL * days[place]:
            usual[str(place)].add(int(minute))
    return {
        place: shared if days[place] < FEWEST_DAYS else frozenset(own)
        for place, own in usual.items()
    }


def _of_hours(rows: pd.DataFrame) -> dict[tuple[str, dt.date], DayTotal]:
    import pandas as pd

    rows = disjoint_hours(rows)
    if not len(rows):
        return {}
    usual = usual_hours(rows)
    table = pd.DataFrame(
        {
            "place": rows["place"].astype(str).to_numpy(),
            "day": rows["counted_on"].to_numpy(),
            "value": rows["value"].to_numpy(),
            "suspect": (rows["flag"] == "suspect").to_numpy(),
            "synthetic": rows["synthetic"].fillna(False).astype(bool).to_numpy(),
            "minute": minutes_of_day(rows),
        }
    )
    found: dict[tuple[str, dt.date], DayTotal] = {}
    for (place, day), own in cast("Groups", table.groupby(["place", "day"], sort=False)):
        missing = usual.get(place, frozenset()) - set(own["minute"].tolist())
        found[place, day] = DayTotal(
            float(own["value"].sum()), not missing, len(own), int(own["suspect"].sum()),
            bool(own["synthetic"].any()), "hour",
        )  # fmt: skip
    return found
