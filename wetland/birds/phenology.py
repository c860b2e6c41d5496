"""When in the year a species is seen (物候): first and last days, weeks, and a site's own history.

A year is a circle: of the days on which a species was seen the longest stretch without it is its
time of absence, and the first and last days are those after and before that stretch. A winter
visitor's first day may be in October and its last in March (``over_year_end``). The 29th of
February counts as the 28th.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

DAYS, WEEKS = 365, 52
LONGEST_DAYS = 7  # a survey known by a longer interval tells no day of the year
_BEFORE_MONTH = np.array([0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334])
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Times:
    """Days of surveys as arrays: year, month, day of the year (1-365), and how long the interval.

    ``first`` is the day itself; ``year`` is 0 where it is not known.
    """

    first: NDArray[np.datetime64]
    year: Ints
    month: Ints
    day_of_year: Ints
    days: Ints

    @property
    def by_day(self) -> NDArray[np.bool_]:
        """Tell where the day of the year is known well enough."""
        return (self.year > 0) & (self.days <= LONGEST_DAYS)


def times_of(records: pd.DataFrame, surveys: pd.DataFrame) -> Times:
    """Return when the survey of each record was; unknown where it has none."""
    import pandas as pd

    by_id = surveys.drop_duplicates("survey_id").set_index("survey_id")
    first = _days(by_id["event_date"])
    last = _days(by_id["event_end"]) if "event_end" in by_id else first
    at = by_id.index.get_indexer(pd.Index(records["survey_id"]))
    known = at >= 0
    if not len(first):
        nothing = np.zeros(len(at), dtype=np.int64)
        unknown = np.full(len(at), "NaT", dtype="datetime64[D]")
        return Times(unknown, nothing, nothing, nothing, nothing)
    span = np.where(np.isnat(last) | np.isnat(first), np.timedelta64(0, "D"), last - first)
    parts = (*_parts(first), np.maximum(span.astype(np.int64), 0) + 1)
    year, month, day, days = (np.where(known, part[at], 0).astype(np.int64) for part in parts)
    there = np.where(known, first[at], np.datetime64("NaT", "D"))
    return Times(there, year, month, day, days)


def day_of_year(month: Ints, day: Ints) -> Ints:
    """Return the day of a year without leap day.

    Examples
    --------
    >>> day_of_year(np.array([1, 2, 3, 12]), np.array([1, 29, 1, 31])).tolist()
    [1, 59, 60, 365]
    """
    return np.asarray(_BEFORE_MONTH[month] + np.minimum(day, _MONTH_DAYS[month]), dtype=np.int64)


def season_of(days: Ints) -> tuple[int, int]:
    """Return the first and the last day of the year, around the longest stretch without any.

    Ties go to the stretch over the year's end, so that first is not after last.

    Examples
    --------
    >>> season_of(np.array([100, 130, 180])), season_of(np.array([330, 350, 20, 60]))
    ((100, 180), (330, 60))
    >>> season_of(np.array([12]))
    (12, 12)
    """
    there = np.unique(days)
    following = np.roll(there, -1)
    gaps = np.where(following > there, following - there, following - there + DAYS)
    at = len(gaps) - 1 - int(np.argmax(gaps[::-1]))  # the last one holds the year's end
    return int(following[at]), int(there[at])


def days_outside(day: int, season: tuple[int, int]) -> int:
    """Return how many days a day of the year is before the first or after the last; 0 inside.

    Examples
    --------
    >>> days_outside(85, (100, 180)), days_outside(190, (100, 180)), days_outside(10, (330, 60))
    (15, 10, 0)
    """
    first, last = season
    inside = first <= day <= last if first <= last else (day >= first or day <= last)
    return 0 if inside else min((first - day) % DAYS, (day - last) % DAYS)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a species' own counts at a site tell.

    Attributes
    ----------
    n
        Counts above 0.
    median, spread
        Of the logarithms of 1 + count: median and robust standard deviation.
    accepted
        The highest count that a person accepted; 0 where none.
    """

    n: int
    median: float
    spread: float
    accepted: float


@dataclass(frozen=True, slots=True)
class History:
    """What a site's records tell of each species; rejected and absent ones tell nothing.

    Attributes
    ----------
    dates
        Species -> years and days of the year on which it was present.
    counts
        Species -> what its counts tell.
    """

    dates: Mapping[str, tuple[Ints, Ints]] = field(default_factory=dict)
    counts: Mapping[str, Counts] = field(default_factory=dict)

    @classmethod
    def of(cls, records: pd.DataFrame, surveys: pd.DataFrame) -> History:
        """Learn from the records and surveys of a site.

        Days of records that are flagged and not yet reviewed do not count: one mistake would make
        the next one likely.
        """
        there = _present(records)
        believed = there[there["validation"] != "flagged"] if "validation" in there else there
        times = times_of(believed, surveys)
        taxa = believed["taxon_id"].to_numpy(dtype=object)
        counts = _counts(there, there["taxon_id"].to_numpy(dtype=object))
        return cls(_dates(taxa[times.by_day], _only(times)), counts)


def first_last(records: pd.DataFrame, surveys: pd.DataFrame) -> pd.DataFrame:
    """Return when in the year each species was seen.

    Rejected and absent records do not count, nor surveys known by more than a week.

    Returns
    -------
    DataFrame
        ``taxon_id``, ``first_day_of_year``, ``last_day_of_year`` (1-365), ``over_year_end``,
        ``n`` records, ``years`` with any, ``first_date`` and ``last_date`` of all, one row per
        species in the order of ``taxon_id``.
    """
    import pandas as pd

    there = _present(records)
    times = times_of(there, surveys)
    there = there[times.by_day]
    rows: list[dict[str, Any]] = []
    by_id = surveys.drop_duplicates("survey_id").set_index("survey_id")["event_date"]
    dates = there["survey_id"].map(by_id).to_numpy(dtype=object)
    taxa = there["taxon_id"].to_numpy(dtype=object)
    for taxon_id, (years, days) in sorted(_dates(taxa, _only(times)).items()):
        first, last = season_of(days)
        own = dates[taxa == taxon_id]
        rows.append({
            "taxon_id": taxon_id, "first_day_of_year": first, "last_day_of_year": last,
            "over_year_end": first > last, "n": len(own), "years": len(np.unique(years)),
            "first_date": min(own), "last_date": max(own),
        })  # fmt: skip
    columns = ["taxon_id", "first_day_of_year", "last_day_of_year", "over_year_end", "n", "years",
               "first_date", "last_date"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def weeks_of(records: pd.DataFrame, surveys: pd.DataFrame) -> pd.DataFrame:
    """Return in how many surveys of each week of the year a species was seen.

    Week 1 begins on 1 January and each has seven days, the 52nd eight. All years count together.

    Returns
    -------
    DataFrame
        ``taxon_id``, ``week`` (1-52), ``surveys`` with it, ``surveyed`` (all surveys of that week),
        ``most`` (highest count, none where nobody counted). Weeks without the species have no row;
        those nobody surveyed can be told by `surveyed_weeks`.
    """
    import pandas as pd

    there = _present(records)
    times = times_of(there, surveys)
    frame = pd.DataFrame({
        "taxon_id": there["taxon_id"].astype(object), "week": week_of(times.day_of_year),
        "survey_id": there["survey_id"].astype(object), "count": there["individual_count"],
    })[times.by_day]  # fmt: skip
    grouped = frame.groupby(["taxon_id", "week"], as_index=False)
    out = grouped.agg(surveys=("survey_id", "nunique"), most=("count", "max"))
    out["surveyed"] = out["week"].map(surveyed_weeks(surveys)).fillna(0).astype("int64")
    return out[["taxon_id", "week", "surveys", "surveyed", "most"]]


def surveyed_weeks(surveys: pd.DataFrame) -> dict[int, int]:
    """Return week of the year -> surveys; weeks nobody surveyed are not in it."""
    times = times_of(surveys[["survey_id"]], surveys)
    weeks, n = np.unique(week_of(times.day_of_year[times.by_day]), return_counts=True)
    return {int(week): int(many) for week, many in zip(weeks, n, strict=True)}


def week_of(days: Ints) -> Ints:
    """Return the week (1-52) of a day of the year; the 365th day is in the 52nd."""
    return np.asarray(np.clip((days - 1) // 7 + 1, 1, WEEKS), dtype=np.int64)


def _present(records: pd.DataFrame) -> pd.DataFrame:
    right = (records["occurrence_status"] == "present") & records["taxon_id"].notna()
    if "validation" in records:
        right &= records["validation"] != "rejected"
    return records[right]


def _days(column: pd.Series[Any]) -> NDArray[np.datetime64]:
    """Return days as numpy's, each distinct one read once."""
    import pandas as pd

    numbers, values = pd.factorize(column)
    days = np.array([np.datetime64(str(v)[:10], "D") for v in values], dtype="datetime64[D]")
    return np.append(days, np.datetime64("NaT", "D"))[numbers]


def _parts(days: NDArray[np.datetime64]) -> tuple[Ints, Ints, Ints]:
    known = ~np.isnat(days)
    safe = np.where(known, days, np.datetime64("1970-01-01", "D"))
    months = safe.astype("datetime64[M]")
    year = safe.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (safe - months.astype("datetime64[D]")).astype(np.int64) + 1
    return np.where(known, year, 0), month, day_of_year(month, day)


def _only(times: Times) -> Times:
    mask = times.by_day
    return Times(times.first[mask], times.year[mask], times.month[mask], times.day_of_year[mask],
                 times.days[mask])  # fmt: skip


def _dates(taxa: NDArray[Any], times: Times) -> dict[str, tuple[Ints, Ints]]:
    import pandas as pd

    frame = pd.DataFrame({"t": taxa, "y": times.year, "d": times.day_of_year}).drop_duplicates()
    return {
        str(taxon): (group["y"].to_numpy(), group["d"].to_numpy())
        for taxon, group in frame.groupby("t", sort=False)
    }


def _counts(there: pd.DataFrame, taxa: NDArray[Any]) -> dict[str, Counts]:
    import pandas as pd

    count = there["individual_count"].to_numpy(dtype=float)
    decided = (there["validation"].isin(["accepted", "corrected"]).to_numpy()
               if "validation" in there else np.zeros(len(there), dtype=bool))  # fmt: skip
    right = count > 0
    frame = pd.DataFrame({"t": taxa[right], "n": count[right], "ok": decided[right]})
    out: dict[str, Counts] = {}
    for taxon, group in frame.groupby("t", sort=False):
        logs = np.log1p(group["n"].to_numpy())
        median = float(np.median(logs))
        spread = 1.4826 * float(np.median(np.abs(logs - median)))
        accepted = group.loc[group["ok"], "n"]
        out[str(taxon)] = Counts(len(logs), median, spread, float(accepted.max(skipna=True))
                                 if len(accepted) else 0.0)  # fmt: skip
    return out
