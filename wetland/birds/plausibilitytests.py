"""The tests of plausibility that look at one record and what is known of its species.

`wetland.birds.plausibility` tells the rules; each test yields the rows it doubts, with the reason.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text, text
from wetland.birds.phenology import Counts, History, Times, days_outside, season_of, times_of

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.checklist import Checklist
    from wetland.birds.species import Species

Inside = Callable[[NDArray[np.float64], NDArray[np.float64]], Any]
ZonesAt = Callable[[NDArray[np.float64], NDArray[np.float64]], Sequence[Collection[str] | None]]

TESTS: dict[str, Text] = {
    "future": text("日期晚于今天", "later than today"),
    "status": text("有无与数量不一致", "status and count disagree"),
    "unmatched": text("名称未匹配", "name not matched"),
    "unlisted": text("物种已不在名录中", "species no longer listed"),
    "month": text("月份不符", "unexpected month"),
    "season": text("早于最早或晚于最晚", "earlier or later than ever"),
    "most": text("超过名录的最大数量", "above the highest plausible count"),
    "count": text("数量远高于以往", "far above the counts so far"),
    "habitat": text("生境不符", "unexpected habitat"),
    "zone": text("区域不符", "unexpected zone"),
    "outside": text("位置在场地之外", "outside the site"),
    "duplicate": text("可能重复调查", "may be surveyed twice"),
}

SEASON_DAYS = 14  # earlier or later than that is unusual
LEAST_DATES, LEAST_YEARS = 5, 2
LEAST_COUNTS = 10
WIDTHS = 5.0  # robust standard deviations of the logarithms above the median
LEAST_SPREAD = math.log(1.5)

_FUTURE = text("调查日 {d} 晚于今天（{t}）", "the survey of {d} is later than today ({t})")
_ZERO = text("记为“有”，数量却是0", "said to be present, but the count is 0")
_NOT_ZERO = text("记为“没有”，数量却是{n}", "said to be absent, but the count is {n}")
_UNMATCHED = text("名称“{n}”未匹配到名录中的物种", "the name {n} matches no species of the list")
_UNLISTED = text("物种 {t} 已不在名录中", "the species {t} has left the checklist")
_MONTH = text("{m}月一般没有{s}（{p}月可见）", "{s} is not expected in month {m} (in {p} it is)")
_SEASON = text(
    "{s}以往在 {a} 至 {b} 之间可见，这一次相差{n}天",
    "{s} was seen from {a} to {b} (month-day) so far; this is {n} days off",
)
_MOST = text("{s} {n} 只，超过名录所列的 {m} 只", "{n} {s}, above the {m} of the checklist")
_COUNT = text(
    "{s} {n} 只，以往 {k} 次计数的中位数为 {e}，可信上限约 {m}",
    "{n} {s}: the median of {k} counts so far is {e}, and up to about {m} is usual",
)
_HABITAT = text("{s}一般不在“{h}”（应在 {e}）", "{s} is not expected in {h} (in {e} it is)")
_ZONE = text("{s}一般不在此区域（应在 {e}）", "{s} is not expected in this zone (in {e} it is)")
_OUTSIDE = text("位置 {x}, {y} 不在场地内", "the place {x}, {y} is not in the site")


@dataclass(frozen=True, slots=True)
class Flag:
    """What one test says of one record."""

    test: str
    what: Text
    numbers: Mapping[str, Any] = field(default_factory=dict)
    level: Literal["warning", "error"] = "warning"

    def as_json(self) -> dict[str, Any]:
        """Return the flag as it is stored."""
        return {"test": self.test, "level": self.level, "zh": self.what.zh, "en": self.what.en,
                "numbers": dict(self.numbers)}  # fmt: skip


Flags = Iterator[tuple[int, Flag]]


@dataclass(frozen=True, slots=True)
class Rows:
    """The records that are tested as arrays, with what their surveys tell."""

    taxa: NDArray[Any]
    names: NDArray[Any]
    present: NDArray[np.bool_]
    count: NDArray[np.float64]
    times: Times
    habitat: NDArray[Any]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    checklist: Checklist

    @classmethod
    def of(cls, records: pd.DataFrame, surveys: pd.DataFrame, checklist: Checklist) -> Rows:
        """Join records with their surveys; a record's own place counts before its survey's."""
        import pandas as pd

        by_id = surveys.drop_duplicates("survey_id").set_index("survey_id")
        at = by_id.index.get_indexer(pd.Index(records["survey_id"]))
        lon, lat = _places(records.get("geometry"), len(records))
        if len(by_id):
            there_lon, there_lat = _places(by_id.get("geometry"), len(by_id))
            use = np.isnan(lon) & (at >= 0)
            lon, lat = np.where(use, there_lon[at], lon), np.where(use, there_lat[at], lat)
        habitat = np.full(len(records), None, dtype=object)
        if "habitat" in by_id and len(by_id):
            habitat = by_id["habitat"].to_numpy(dtype=object)[at]
            habitat[at < 0] = None
        taxa = records["taxon_id"].astype(object).where(records["taxon_id"].notna(), None)
        return cls(
            taxa.to_numpy(dtype=object), records["name_received"].to_numpy(dtype=object),
            (records["occurrence_status"] == "present").to_numpy(dtype=bool),
            records["individual_count"].to_numpy(dtype=float, na_value=np.nan),
            times_of(records, surveys), habitat, lon, lat, checklist,
        )  # fmt: skip

    def by_species(self) -> Iterator[tuple[Species, NDArray[np.intp]]]:
        """Yield each listed species with the rows in which it is present."""
        import pandas as pd

        numbers, values = pd.factorize(self.taxa)
        order = np.argsort(numbers, kind="stable")
        edges = np.searchsorted(numbers[order], np.arange(len(values) + 1))
        for number, taxon_id in enumerate(values):
            species = self.checklist.species.get(taxon_id)
            if species is not None:
                rows = order[edges[number] : edges[number + 1]]
                yield species, rows[self.present[rows]]


def statuses(rows: Rows, today: dt.date) -> Flags:
    """Doubt days after today, and counts that their status belies."""
    for row in np.flatnonzero(rows.times.first > np.datetime64(today, "D")):
        day = str(rows.times.first[row])
        yield int(row), Flag("future", _FUTURE.fill(d=day, t=today), {"date": day}, "error")
    for row in np.flatnonzero(rows.present & (rows.count == 0)):
        yield int(row), Flag("status", _ZERO, {"count": 0}, "error")
    for row in np.flatnonzero(~rows.present & (rows.count > 0)):
        n = _short(rows.count[row])
        yield int(row), Flag("status", _NOT_ZERO.fill(n=n), {"count": n}, "error")


def names(rows: Rows) -> Flags:
    """Tell of names that are no species of the checklist, with what they may have meant."""
    bare = np.flatnonzero([t is None for t in rows.taxa])
    meant = rows.checklist.match_all(str(n) for n in rows.names[bare])
    for row in bare:
        name = str(rows.names[row])
        likely = {"name": name, "suggestions": list(meant[name].suggestions)}
        yield int(row), Flag("unmatched", _UNMATCHED.fill(n=name), likely)
    known = rows.checklist.species
    for number, taxon_id in enumerate(rows.taxa):
        if taxon_id is not None and taxon_id not in known:
            yield number, Flag("unlisted", _UNLISTED.fill(t=taxon_id), {"taxon_id": str(taxon_id)})


def seasons(rows: Rows, history: History) -> Flags:
    """Doubt months the checklist does not expect, and days far outside those of other years."""
    for species, own in rows.by_species():
        if species.present is not None:
            yield from _months(rows, species, own)
        dates = history.dates.get(species.id)
        if dates is not None:
            yield from _days(rows, species, own[rows.times.by_day[own]], dates)


def _months(rows: Rows, species: Species, own: NDArray[np.intp]) -> Flags:
    first, last = (int(part) for part in str(species.present).split("-"))
    expected = {(first - 1 + i) % 12 + 1 for i in range((last - first) % 12 + 1)}
    for row in own[rows.times.year[own] > 0]:
        start = rows.times.first[row].astype("datetime64[M]")
        end = (rows.times.first[row] + int(rows.times.days[row]) - 1).astype("datetime64[M]")
        spanned = min(int((end - start).astype(np.int64)), 11) + 1
        month = int(rows.times.month[row])
        if not expected & {(month - 1 + i) % 12 + 1 for i in range(spanned)}:
            what = _MONTH.fill(m=month, s=species.name, p=species.present)
            yield int(row), Flag("month", what, {"month": month, "present": species.present})


def _days(
    rows: Rows, species: Species, own: NDArray[np.intp], dates: tuple[NDArray[Any], NDArray[Any]]
) -> Flags:
    years, days = dates
    for year in np.unique(rows.times.year[own]):
        others = years != year
        if (
            len(np.unique(days[others])) < LEAST_DATES
            or len(np.unique(years[others])) < LEAST_YEARS
        ):
            continue
        season = season_of(days[others])
        for row in own[rows.times.year[own] == year]:
            day = int(rows.times.day_of_year[row])
            off = days_outside(day, season)
            if off > SEASON_DAYS:
                first, last = (_month_day(d) for d in season)
                what = _SEASON.fill(s=species.name, a=first, b=last, n=off)
                numbers = {"first": first, "last": last, "days": off, "years": len(
                    np.unique(years[others]))}  # fmt: skip
                yield int(row), Flag("season", what, numbers)


def counts(rows: Rows, history: History) -> Flags:
    """Doubt counts above what the checklist, or the site's own counts, make likely."""
    for species, own in rows.by_species():
        if species.most is not None:
            for row in own[rows.count[own] > species.most]:
                n, most = _short(rows.count[row]), _short(species.most)
                what = _MOST.fill(s=species.name, n=n, m=most)
                yield int(row), Flag("most", what, {"count": n, "most": most})
        known = history.counts.get(species.id)
        limit = None if known is None else usual(known)
        if known is None or limit is None:
            continue
        for row in own[rows.count[own] > limit]:
            n, median = _short(rows.count[row]), round(math.expm1(known.median), 1)
            what = _COUNT.fill(s=species.name, n=n, k=known.n - 1, e=median, m=round(limit))
            numbers = {"count": n, "median": median, "limit": round(limit, 1), "n": known.n - 1}
            yield int(row), Flag("count", what, numbers)


def usual(known: Counts) -> float | None:
    """Return up to what a count is usual; None where too few others tell.

    Examples
    --------
    >>> round(usual(Counts(n=11, median=math.log1p(20), spread=0.0, accepted=0.0)), 1)
    158.5
    >>> usual(Counts(n=10, median=3.0, spread=0.5, accepted=0.0)) is None
    True
    """
    if known.n - 1 < LEAST_COUNTS:
        return None
    above = known.median + WIDTHS * max(known.spread, LEAST_SPREAD)
    return max(math.expm1(min(above, 700.0)), known.accepted)


def elsewhere(rows: Rows, inside: Inside | None, zones_at: ZonesAt | None) -> Flags:
    """Doubt habitats and zones the checklist does not expect, and places outside the site."""
    placed = np.flatnonzero(~np.isnan(rows.lon))
    if inside is not None and len(placed):
        there = np.asarray(inside(rows.lon[placed], rows.lat[placed]), dtype=bool)
        for row in placed[~there]:
            x, y = round(float(rows.lon[row]), 5), round(float(rows.lat[row]), 5)
            yield int(row), Flag("outside", _OUTSIDE.fill(x=x, y=y), {"lon": x, "lat": y})
    for species, own in rows.by_species():
        expected = {h.casefold() for h in species.habitats}
        for row in own if expected else ():
            habitat = rows.habitat[row]
            if isinstance(habitat, str) and habitat.strip().casefold() not in expected:
                listed = "、".join(species.habitats)
                what = _HABITAT.fill(s=species.name, h=habitat, e=listed)
                numbers = {"habitat": habitat, "expected": list(species.habitats)}
                yield int(row), Flag("habitat", what, numbers)
        if zones_at is not None and species.zones:
            yield from _zones(rows, species, own[~np.isnan(rows.lon[own])], zones_at)


def _zones(rows: Rows, species: Species, own: NDArray[np.intp], zones_at: ZonesAt) -> Flags:
    if not len(own):
        return
    for row, zones in zip(own, zones_at(rows.lon[own], rows.lat[own]), strict=True):
        if zones is not None and not set(zones) & set(species.zones):
            what = _ZONE.fill(s=species.name, e="、".join(species.zones))
            numbers = {"zones": sorted(zones), "expected": list(species.zones)}
            yield int(row), Flag("zone", what, numbers)


def _places(
    column: pd.Series[Any] | None, n: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the places of a column, of a line or an area its middle; NaN where there is none."""
    import shapely

    if column is None:
        return np.full(n, np.nan), np.full(n, np.nan)
    shapes = column.to_numpy(dtype=object).copy()
    shapes[~shapely.is_geometry(shapes)] = None
    centres = shapely.centroid(shapes)
    return np.asarray(shapely.get_x(centres)), np.asarray(shapely.get_y(centres))


def _month_day(day: int) -> str:
    return (dt.date(2001, 1, 1) + dt.timedelta(days=day - 1)).strftime("%m-%d")


def _short(value: float) -> float | int:
    number = float(value)
    return int(number) if number.is_integer() else number
