"""Questions about the visitors of a site: load against capacity, figures beside earlier ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from wetland.base.texts import Lang
from wetland.operations.visitorcapacity import (
    CapacityOfArea,
    actions_of,
    capacity_of,
    statements_of,
)
from wetland.operations.visitors import VisitorData, require_counts
from wetland.operations.water import check_days
from wetland.operations.wateranswers import plain, told
from wetland.visitors.pack import Area, VisitorPack
from wetland.visitors.tables import MEASURES, PERIODS

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CapacityOfArea",
    "Loads",
    "Per",
    "actions_of",
    "calendar_of",
    "capacity_of",
    "compare_of",
    "last_moment",
    "load_of",
    "months_told",
    "peaks_of",
    "series_of_area",
    "statements_of",
    "summary_of",
    "whole_area",
]

Per = Literal["day", "month"]
STALE_MIN = 60.0


@dataclass(frozen=True)
class Loads:
    """The load of every area on a day and at a moment, judged apart.

    Parameters
    ----------
    daily, instant
        Tables of `wetland.visitors.load.daily_load` and ``instant_load``; one row for each area.
    day, at
        The day and the moment they are of; each row tells its own.
    pack
        Whose areas, tiers and capacities these are.
    """

    daily: pd.DataFrame
    instant: pd.DataFrame
    day: dt.date | None
    at: dt.datetime | None
    pack: VisitorPack
    synthetic: bool

    def rows(self, lang: Lang = "zh") -> list[dict[str, Any]]:
        """Return every area and limit in one language, with what its tier asks to be done."""
        areas = {area.id: area for area in self.pack.areas}
        out = []
        for table in (self.instant, self.daily):
            for row in told(table, lang):
                row["name"] = areas[row["area"]].name.get(lang) if row["area"] in areas else None
                row["reason"] = row.pop(f"reason_{lang}", None)
                row.pop("reason_en" if lang == "zh" else "reason_zh", None)
                acts = actions_of(self.pack, str(row["area"]), row.get("colour"))
                row["actions"] = [act.get(lang) for act in acts]
                out.append(row)
        return out

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return it as JSON-ready mappings in one language."""
        return {
            "day": None if self.day is None else self.day.isoformat(),
            "at": None if self.at is None else self.at.isoformat(),
            "synthetic": self.synthetic,
            "loads": self.rows(lang),
        }


def load_of(
    data: VisitorData,
    *,
    day: dt.date | None = None,
    at: dt.datetime | None = None,
    stale_after_min: float = STALE_MIN,
) -> Loads:
    """Return the load of every area against its capacity, of a day and of a moment.

    Parameters
    ----------
    day
        Local day; None is that of ``at``, without it the last day of the counts.
    at
        Moment of the instantaneous load; None is, of the last day of the counts, the last moment
        that something is known of (the end of the day where nothing tells), and of an earlier day
        each area's fullest one.
    stale_after_min
        People present are out of date when counted longer ago than this.

    Raises
    ------
    InputError
        There are no counts.
    """
    from wetland.visitors.load import daily_load, instant_load

    require_counts(data)
    chosen = day or (at.astimezone(data.zone).date() if at is not None else data.last_day)
    if chosen is None:  # nothing usable
        chosen = max(data.counts["counted_to"])
    moment = at or last_moment(data, chosen)
    daily = daily_load(data.counts, data.pack, since=chosen, until=chosen, now=data.as_of,
                       timezone=data.timezone)  # fmt: skip
    instant = None
    if at is None and data.last_day is not None and chosen < data.last_day:
        instant = peaks_of(data, chosen)
    if instant is None:
        instant = instant_load(data.counts, data.pack, at=moment, timezone=data.timezone,
                               stale_after_min=stale_after_min)  # fmt: skip
    return Loads(daily, instant, chosen, moment, data.pack, data.synthetic)


def peaks_of(data: VisitorData, day: dt.date) -> pd.DataFrame | None:
    """Return each area at the moment of a day when most people were in it, as told by counts.

    Of moments with as many people the first is meant; an area nobody counted keeps a row without
    people. None where nothing tells of a moment of that day. Columns are those of ``instant_load``.
    """
    import pandas as pd

    from wetland.visitors.load import instant_load

    rows = data.counts[data.counts["counted_on"] == day]
    moments = sorted(set(rows["end_at"].dropna()))
    if not moments:
        return None
    found = [
        instant_load(rows, data.pack, at=at.to_pydatetime(), timezone=data.timezone)
        for at in moments
    ]
    every = pd.concat([one for one in found if len(one)] or found[:1], ignore_index=True)
    order = every["people"].astype(float).sort_values(ascending=False, kind="stable").index
    return every.loc[order].drop_duplicates("area").sort_index().reset_index(drop=True)


def last_moment(data: VisitorData, day: dt.date) -> dt.datetime:
    """Return the last instant of a local day that a count tells of, else the end of the day."""
    ends = data.usable.loc[data.usable["counted_on"] == day, "end_at"].dropna()
    if len(ends):
        return ends.max().to_pydatetime().astimezone(data.zone)  # type: ignore[no-any-return]
    return dt.datetime.combine(day, dt.time(23, 59, 59), data.zone)


def calendar_of(
    data: VisitorData,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    area: str | None = None,
) -> pd.DataFrame:
    """Return the daily load of every day and area; see `wetland.visitors.load.daily_load`.

    Parameters
    ----------
    since, until
        First and last local day; None are those of the counts.
    area
        Only this area, by id or name.

    Raises
    ------
    InputError
        There are no counts, or no such area.
    """
    from wetland.visitors.load import daily_load

    require_counts(data)
    table = daily_load(data.counts, data.pack, since=since, until=until, now=data.as_of,
                       timezone=data.timezone)  # fmt: skip
    if area is not None:
        table = table[table["area"] == data.area(area).id].reset_index(drop=True)
    return table


def compare_of(
    data: VisitorData,
    *,
    per: Per = "month",
    area: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> pd.DataFrame:
    """Return an area's visitors beside the period before (环比) and the year before (同比).

    Parameters
    ----------
    per
        By day or by month.
    area
        Its id or name; None is the area that is part of no other, the first of the pack.
    since, until
        Which periods are told; those they are compared with may lie before.

    Raises
    ------
    InputError
        There are no counts, or no such area.
    """
    from wetland.visitors.comparison import compared

    check_days(since, until)
    chosen = whole_area(data) if area is None else data.area(area)
    table = compared(
        series_of_area(data, chosen.id), per=per, months=months_told(data, chosen.id),
        calendar=data.calendar,
    )  # fmt: skip
    length = 10 if per == "day" else 7  # characters of a label
    kept = table["period"].map(str)
    first = "" if since is None else since.isoformat()[:length]
    last = "9999" if until is None else until.isoformat()[:length]
    return table[(kept >= first) & (kept <= last)].reset_index(drop=True)


def months_told(data: VisitorData, area: str) -> dict[str, float]:
    """Return the entries of whole months that were counted as such, by month (2024-05)."""
    rows = data.usable
    rows = rows[(rows["period"] == "month") & (rows["measure"] == "entries")]
    rows = rows[rows["place"] == area]
    return {f"{day:%Y-%m}": float(value)
            for day, value in zip(rows["counted_on"], rows["value"], strict=True)}  # fmt: skip


def series_of_area(data: VisitorData, area: str | None = None) -> pd.Series[Any]:
    """Return an area's visitors day by day (index: local days); days not wholly counted are NaN.

    Every day from the first counted to the last is there.
    """
    import pandas as pd

    table = calendar_of(data, area=(whole_area(data) if area is None else data.area(area)).id)
    people = table["people"].astype(float).where(~table["at_least"])
    days = pd.Index(table["day"], name="day")
    return pd.Series(people.to_numpy(), index=days, name="people")


def whole_area(data: VisitorData) -> Area:
    """Return the area that is part of no other, the first of the pack.

    Raises
    ------
    InputError
        The pack has no areas.
    """
    for area in data.pack.areas:
        if area.parent is None:
            return area
    return data.area("")


def summary_of(data: VisitorData) -> dict[str, Any]:
    """Return what there is: rows, places, days, what the tests said; JSON-ready."""
    counts, parking = data.counts, data.parking
    return {
        "counts": len(counts),
        "readings": len(parking),
        "first_day": plain(data.first_day, "en"),
        "last_day": plain(data.last_day, "en"),
        "last_at": plain(data.last_at, "en"),
        "last_reading": plain(data.last_reading, "en"),
        "places": data.places,
        "car_parks": data.car_parks,
        "measures": _tally(counts["measure"], MEASURES),
        "periods": _tally(counts["period"], PERIODS),
        "flags": _tally(counts["flag"]),
        "parking_flags": _tally(parking["flag"]),
        "sources": [str(name) for name in data.sources["name"]],
        "synthetic": data.synthetic,
    }


def _tally(column: pd.Series[Any], order: Mapping[str, object] | None = None) -> dict[str, int]:
    found = {str(k): int(n) for k, n in column.value_counts().items()}
    return {k: found[k] for k in (order or sorted(found)) if k in found}
