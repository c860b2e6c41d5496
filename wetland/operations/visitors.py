"""Visitors of a site: counts and readings of car parks, stored or in a file, with the pack.

`VisitorData` is what every question about visitors starts from: `wetland.operations` has
``visitoranswers``, ``visitorforecast`` and ``visitorparking``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import Text, text
from wetland.operations.water import ONE_DAY, check_days, empty, listed
from wetland.screening.tables import SOURCES
from wetland.sites.load import Site
from wetland.store.query import Span
from wetland.store.store import Store
from wetland.visitors.calendar import Calendar
from wetland.visitors.pack import Area, VisitorPack
from wetland.visitors.tables import PARKING_READINGS, VISITOR_COUNTS

if TYPE_CHECKING:
    import pandas as pd

    from wetland.visitors.pack import Place

NOTHING = text("没有客流计数", "there are no counts of visitors")
NO_READINGS = text("没有停车场读数", "there are no readings of car parks")
IMPORT_FIRST = text(
    "请先导入：wetland visitors import 文件；演示数据：wetland demo prepare",
    "import some first: wetland visitors import FILE; the demo: wetland demo prepare",
)
NONE_LEFT = text(
    "所选地点和日期内没有客流计数", "there are no counts of these places within these days"
)
NO_PLACE = text(
    "没有地点 {p}；有计数或登记的地点：{known}",
    "there is no place {p}; places with counts or declared: {known}",
)
NO_AREA = text("场地包没有区域 {a}；有：{known}", "the pack has no area {a}; there are: {known}")
AREAS_FIRST = text(
    "区域写在场地包的 visitors.yaml", "areas are declared in the pack's visitors.yaml"
)


@dataclass(frozen=True)
class VisitorData:
    """Counts of visitors and readings of car parks, and what the site's pack says of them.

    Parameters
    ----------
    counts, parking
        Tables `VISITOR_COUNTS` and `PARKING_READINGS`; those with the flag ``fail`` included.
    pack
        What the site's pack says of visitors: areas, gates, capacities, tiers, calendar.
    sources, problems
        Tables `SOURCES` of the rows and `PROBLEMS` of the file.
    as_of
        The moment it is looked on; None: nothing later is known than what is here.
    timezone
        Whose local day counts.
    """

    counts: pd.DataFrame
    parking: pd.DataFrame
    pack: VisitorPack = field(default_factory=VisitorPack)
    sources: pd.DataFrame = field(default_factory=lambda: empty(SOURCES))
    problems: pd.DataFrame = field(default_factory=lambda: Problems("").frame())
    as_of: dt.datetime | None = None
    timezone: str = "UTC"

    @property
    def synthetic(self) -> bool:
        """Tell whether anything here is invented."""
        return any(
            bool(table["synthetic"].fillna(False).astype(bool).any())
            for table in (self.counts, self.parking)
        )

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone of local days."""
        return ZoneInfo(self.timezone)

    @cached_property
    def usable(self) -> pd.DataFrame:
        """Return the counts that may be used: with a value, and not failed."""
        kept = self.counts["value"].notna() & (self.counts["flag"] != "fail")
        return self.counts[kept]

    @cached_property
    def calendar(self) -> Calendar:
        """Return the calendar of the pack."""
        return Calendar.of(self.pack)

    @property
    def places(self) -> list[str]:
        """Return the places that have counts, those of the pack in its order, then the rest."""
        there = dict.fromkeys(str(p) for p in self.counts["place"].dropna().unique())
        declared = [p.id for p in declared_places(self.pack)]
        return [p for p in declared if p in there] + [p for p in there if p not in declared]

    @property
    def car_parks(self) -> list[str]:
        """Return the car parks that have readings, those of the pack in its order first."""
        there = dict.fromkeys(str(p) for p in self.parking["car_park"].dropna().unique())
        declared = [p.id for p in self.pack.car_parks]
        return [p for p in declared if p in there] + [p for p in there if p not in declared]

    @property
    def first_day(self) -> dt.date | None:
        """Return the first local day of a usable count; None without any."""
        days = self.usable["counted_on"].dropna()
        return min(days) if len(days) else None

    @property
    def last_day(self) -> dt.date | None:
        """Return the last local day of a usable count; None without any."""
        days = self.usable["counted_to"].dropna()
        return max(days) if len(days) else None

    @property
    def last_at(self) -> dt.datetime | None:
        """Return the latest instant a usable count ended, in local time; None without any."""
        return self._latest(self.usable["end_at"].dropna())

    @property
    def last_reading(self) -> dt.datetime | None:
        """Return the instant of the latest usable reading of a car park, in local time."""
        kept = self.parking["occupied"].notna() & (self.parking["flag"] != "fail")
        return self._latest(self.parking.loc[kept, "read_at"].dropna())

    def name(self, place: str) -> Text:
        """Return what people call an area, gate, pier or car park."""
        found = {p.id: p.name for p in (*declared_places(self.pack), *self.pack.car_parks)}
        return found.get(place, Text(zh=place, en=place))

    def area(self, name: str) -> Area:
        """Return an area of the pack by id or by name in either language.

        Raises
        ------
        InputError
            The pack has none of that name; those it has are named.
        """
        asked = name.strip()
        areas = {a.id: a for a in self.pack.areas}
        if asked in areas:
            return areas[asked]
        for area in areas.values():
            if asked and asked.casefold() in {area.name.zh, area.name.en.casefold()}:
                return area
        message = NO_AREA.fill(a=asked or "''", known=listed(areas))
        raise InputError(message, hint=None if areas else AREAS_FIRST)

    def only(
        self,
        places: Sequence[str] | None = None,
        *,
        since: dt.date | None = None,
        until: dt.date | None = None,
    ) -> VisitorData:
        """Return the counts of some places and days; ``until`` is the last day that counts.

        A total of several days counts when all of them are within. Readings of car parks are
        chosen by their local day.

        Raises
        ------
        InputError
            A place nobody knows, or no count is left.
        """
        check_days(since, until)
        counts, parking = self.counts, self.parking
        if places is not None:
            wanted = [self.place(name) for name in places]
            counts = counts[counts["place"].isin(wanted)]
        if since is not None:
            counts = counts[counts["counted_on"] >= since]
        if until is not None:
            counts = counts[counts["counted_to"] <= until]
        if len(self.counts) and not len(counts):
            raise InputError(NONE_LEFT)
        span = _instants(since, until, self.zone)
        if span.since is not None:
            parking = parking[parking["read_at"] >= span.since]
        if span.until is not None:
            parking = parking[parking["read_at"] < span.until]
        return replace(
            self, counts=counts.reset_index(drop=True), parking=parking.reset_index(drop=True)
        )

    def _latest(self, instants: pd.Series[Any]) -> dt.datetime | None:
        if not len(instants):
            return None
        found: dt.datetime = instants.max().to_pydatetime()
        return found.astimezone(self.zone)

    def place(self, name: str) -> str:
        """Return the id of a place given by id or by name in either language.

        Raises
        ------
        InputError
            Nobody declared it and it has no counts; those that are known are named.
        """
        declared = declared_places(self.pack)
        there = [str(p) for p in self.counts["place"].dropna().unique()]
        known = dict.fromkeys([*(p.id for p in declared), *there])
        by_name = {n.casefold(): p.id for p in declared for n in (p.name.zh, p.name.en)}
        asked = name.strip()
        place = asked if asked in known else by_name.get(asked.casefold())
        if place is None:
            raise InputError(NO_PLACE.fill(p=asked or "''", known=listed(known)))
        return place


def declared_places(pack: VisitorPack) -> list[Place]:
    """Return the places of a pack where visitors are counted: areas, gates, piers."""
    return [*pack.areas, *pack.gates, *pack.piers]


def _instants(since: dt.date | None, until: dt.date | None, zone: ZoneInfo) -> Span:
    """Return the instants of some local days; ``until`` is the last of them."""

    def begins(day: dt.date | None, later: dt.timedelta) -> dt.datetime | None:
        if day is None:
            return None
        try:
            return dt.datetime.combine(day + later, dt.time(), zone).astimezone(dt.UTC)
        except OverflowError:  # before the first or after the last day that there is: open
            return None

    return Span(since=begins(since, dt.timedelta()), until=begins(until, ONE_DAY))


def visitors_of_store(
    store: Store,
    site: Site,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    as_of: dt.datetime | None = None,
) -> VisitorData:
    """Return the counts of visitors and readings of car parks of a site that the store holds.

    Parameters
    ----------
    since, until
        First and last local day; a total of several days counts when all of them are within.
    as_of
        The moment it is looked on: what was counted or read later is left out.

    Raises
    ------
    InputError
        ``until`` lies before ``since``.
    """
    import pandas as pd  # noqa: PLC0415 - starts fast

    check_days(since, until)
    zone = ZoneInfo(site.timezone)
    last = until if as_of is None else min(as_of.astimezone(zone).date(), until or dt.date.max)
    where: dict[str, Any] = {"site": site.id}
    counted, read = dict(where), dict(where)
    if since is not None:
        counted["counted_on"] = Span(since=since)
    if last is not None:
        counted["counted_to"] = Span(until=min(last, dt.date.max - ONE_DAY) + ONE_DAY)
    days = _instants(since, last, zone)
    if days != Span():
        read["read_at"] = days
    counts = store.read(VISITOR_COUNTS.name, counted)
    parking = store.read(PARKING_READINGS.name, read)
    if as_of is not None:
        moment = pd.Timestamp(as_of)
        counts = counts[~(counts["end_at"] > moment)].reset_index(drop=True)
        parking = parking[parking["read_at"] <= moment].reset_index(drop=True)
    sources = store.read(SOURCES.name, where)
    used = set(counts["source_id"]) | set(parking["source_id"])
    sources = sources[sources["source_id"].isin(used)].reset_index(drop=True)
    return VisitorData(counts, parking, pack_of(site), sources, as_of=as_of,
                       timezone=site.timezone)  # fmt: skip


def pack_of(site: Site) -> VisitorPack:
    """Return what a site's pack says of visitors."""
    return site.visitors


def nothing_of(site: Site) -> VisitorData:
    """Return the visitors of a site before anything was imported."""
    return VisitorData(empty(VISITOR_COUNTS), empty(PARKING_READINGS), pack_of(site),
                       timezone=site.timezone)  # fmt: skip


def require_counts(data: VisitorData) -> VisitorData:
    """Return the data unless there are no counts of visitors.

    Raises
    ------
    InputError
        There are none.
    """
    if not len(data.counts):
        raise InputError(NOTHING, hint=IMPORT_FIRST)
    return data


def require_readings(data: VisitorData) -> VisitorData:
    """Return the data unless there are no readings of car parks.

    Raises
    ------
    InputError
        There are none.
    """
    if not len(data.parking):
        raise InputError(NO_READINGS, hint=IMPORT_FIRST)
    return data
