"""What the bird page counts: species, effort, weeks of the year, places. Only counting, no looks.

A rejected record never counts. A flagged one counts until somebody rejects it, and how many there
are is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wetland.birds.tables import DECIDED
from wetland.charts.birdseasons import Week
from wetland.reports.findings import rows_of

Row = Mapping[Any, Any]
# A survey that lasts longer cannot be put into one week.
LONGEST_DAYS = 7


@dataclass(frozen=True, slots=True)
class BirdSummary:
    """What was surveyed and found; ``hours`` and ``km`` are None where nobody told any."""

    species: int = 0
    individuals: int = 0
    records: int = 0
    surveys: int = 0
    plots: int = 0
    hours: float | None = None
    km: float | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    waiting: int = 0
    unmatched: int = 0


def counted(records: pd.DataFrame) -> pd.DataFrame:
    """Return the records that count: a species is known and nobody rejected them."""
    return records[records["taxon_id"].notna() & (records["validation"] != "rejected")]


def found(records: pd.DataFrame) -> pd.DataFrame:
    """Return the records that count and say that the bird was there."""
    kept = counted(records)
    return kept[kept["occurrence_status"] == "present"]


def summary_of(surveys: pd.DataFrame, records: pd.DataFrame) -> BirdSummary:
    """Count surveys, their effort and what they found."""
    present = found(records)
    counts = present["individual_count"].dropna()
    days = surveys["event_date"].dropna()
    waiting = (records["validation"] == "flagged").sum()
    return BirdSummary(
        species=int(present["taxon_id"].nunique()),
        individuals=int(counts.sum()) if len(counts) else 0,
        records=len(records),
        surveys=len(surveys),
        plots=int(surveys["plot"].nunique()),
        hours=_sum(surveys["duration_min"], 1 / 60),
        km=_sum(surveys["distance_km"], 1.0),
        first=min(days) if len(days) else None,
        last=max(surveys["event_end"].dropna(), default=None),
        waiting=int(waiting),
        unmatched=int(records.loc[~records["validation"].isin(DECIDED), "taxon_id"].isna().sum()),
    )


def _sum(column: pd.Series, factor: float) -> float | None:
    told = column.dropna()
    return float(told.sum()) * factor if len(told) else None


def species_table(surveys: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Return one row per species found: records, largest count, last day; most recorded first."""
    present = found(records)
    pairs = zip(surveys["event_date"], surveys["event_end"], strict=True)
    days = dict(zip(surveys["survey_id"], pairs, strict=True))
    frame = pd.DataFrame(
        {
            "taxon_id": present["taxon_id"].astype(object),
            "count": present["individual_count"].astype("Float64"),
            "day": present["survey_id"].map(days),
        }
    )
    grouped = frame.groupby("taxon_id", sort=True)
    table = pd.DataFrame(
        {
            "records": grouped.size(),
            "most": grouped["count"].max(),
            "last": grouped["day"].agg(_latest),
        }
    )
    return table.reset_index().sort_values(
        ["records", "taxon_id"], ascending=[False, True], ignore_index=True
    )


def _latest(days: Iterable[Any]) -> str:
    told = [pair for pair in days if isinstance(pair, tuple)]
    first, last = max(told, default=(None, None), key=lambda pair: (pair[1], pair[0]))
    return days_words(first, last)


def days_words(first: dt.date | None, last: dt.date | None) -> str:
    """Return the days of a survey: a day, or the month or year it is known by.

    Examples
    --------
    >>> days_words(dt.date(2024, 2, 1), dt.date(2024, 2, 29))
    '2024-02'
    >>> days_words(dt.date(2024, 1, 1), dt.date(2024, 12, 31)), days_words(None, None)
    ('2024', '–')
    """
    if first is None or last is None or first == last:
        return "–" if first is None else first.isoformat()
    next_day = last + dt.timedelta(days=1)
    if first.day == 1 and next_day.day == 1:
        if (next_day.year, next_day.month) == _month_after(first):
            return f"{first:%Y-%m}"
        if (first.month, next_day.month, next_day.year - first.year) == (1, 1, 1):
            return f"{first:%Y}"
    return f"{first} – {last}"


def _month_after(day: dt.date) -> tuple[int, int]:
    return (day.year + day.month // 12, day.month % 12 + 1)


def week_of(day: dt.date) -> int:
    """Return the week of a day: 1 begins on 1 January, each has seven days, the last one or two.

    Examples
    --------
    >>> week_of(dt.date(2023, 1, 7)), week_of(dt.date(2023, 1, 8)), week_of(dt.date(2024, 12, 31))
    (1, 2, 53)
    """
    return (day.timetuple().tm_yday - 1) // 7 + 1


def weeks_of(
    surveys: pd.DataFrame, records: pd.DataFrame, taxon_id: str, *, total: str, years: int = 6
) -> list[Week]:
    """Return the weeks of a species: all years together, then the latest years one by one.

    A survey looked for the species if it says that all species were recorded, or has a record of it
    (an absence too). Surveys of more than seven days have no week and are left out.

    Parameters
    ----------
    total
        What the row of all years is called.
    years
        How many of the latest years have a row of their own.
    """
    mine = counted(records)
    mine = mine[mine["taxon_id"] == taxon_id]
    present = mine[mine["occurrence_status"] == "present"]
    there, counts = set(present["survey_id"]), _count_of(present)
    looked = set(mine["survey_id"])
    cells: dict[tuple[str, int], list[tuple[bool, float | None]]] = {}
    shown: set[str] = set()
    for row in rows_of(surveys):
        survey = str(row["survey_id"])
        told = holds(row["complete"]) or survey in looked
        if not told or (row["event_end"] - row["event_date"]).days >= LONGEST_DAYS:
            continue
        week, year = week_of(row["event_date"]), str(row["event_date"].year)
        shown.add(year)
        case = (survey in there, counts.get(survey))
        for name in (total, year):
            cells.setdefault((name, week), []).append(case)
    kept = [total, *sorted(shown, reverse=True)[:years]] if shown else []
    return [_week(name, w, cells[name, w]) for name in kept for n, w in sorted(cells) if n == name]


def _count_of(present: pd.DataFrame) -> dict[str, float]:
    told = present[present["individual_count"].notna()]
    sums = told.groupby("survey_id")["individual_count"].sum()
    return {str(k): float(v) for k, v in sums.items()}


def _week(name: str, week: int, cases: list[tuple[bool, float | None]]) -> Week:
    seen = [count for there, count in cases if there]
    told = [count for count in seen if count is not None]
    return Week(name, week, len(cases), len(seen), sum(told) / len(told) if told else None)


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a species: how often it was there or not, the largest count, the last day."""

    lon: float
    lat: float
    name: str
    found: int
    absent: int
    most: float | None
    last: str
    blurred_m: float | None = None


def places_of(surveys: pd.DataFrame, records: pd.DataFrame, taxon_id: str) -> list[Place]:
    """Return the places of a species, records of one place together.

    A record without a place of its own stands where its survey was. Places are those of the frames
    given: what has to be blurred is blurred before.
    """
    mine = counted(records)
    mine = mine[mine["taxon_id"] == taxon_id]
    of_survey = {str(row["survey_id"]): row for row in rows_of(surveys)}
    groups: dict[tuple[float, float, str], list[tuple[Row, Row]]] = {}
    for row in rows_of(mine):
        survey = of_survey.get(str(row["survey_id"]))
        if survey is None:
            continue
        where = row["geometry"] if row["geometry"] is not None else survey["geometry"]
        if where is None or where.is_empty:
            continue
        at = where if where.geom_type == "Point" else where.centroid
        name = "" if is_missing(survey["plot"]) else str(survey["plot"])
        key = (round(float(at.x), 6), round(float(at.y), 6), name)
        groups.setdefault(key, []).append((row, survey))
    return [_place(key, pairs) for key, pairs in sorted(groups.items())]


def _place(key: tuple[float, float, str], pairs: Iterable[tuple[Row, Row]]) -> Place:
    pairs = list(pairs)
    present = [(r, s) for r, s in pairs if r["occurrence_status"] == "present"]
    counts = [float(r["individual_count"]) for r, _ in present if not _none(r, "individual_count")]
    blurred = any(holds(side.get("blurred")) for pair in pairs for side in pair)
    wide = [
        float(side["uncertainty_m"])
        for pair in pairs
        for side in pair
        if blurred and not _none(side, "uncertainty_m")
    ]
    return Place(
        lon=key[0],
        lat=key[1],
        name=key[2],
        found=len(present),
        absent=len(pairs) - len(present),
        most=max(counts, default=None),
        last=_latest(
            pd.Series([(s["event_date"], s["event_end"]) for _, s in present], dtype=object)
        ),
        blurred_m=max(wide, default=None) if blurred else None,
    )


def _none(row: Row, name: str) -> bool:
    return is_missing(row[name])


def holds(value: object) -> bool:
    """Tell whether a cell of yes and no says yes; one that says nothing does not."""
    return not is_missing(value) and bool(value)


def is_missing(value: object) -> bool:
    """Tell whether a cell of a frame holds nothing."""
    return value is None or value is pd.NA or value != value
