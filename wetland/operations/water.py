"""Water of a site: what is stored or in a file, with its stations, statements and sources.

`WaterData` is what every question about water starts from (`wetland.operations.wateranswers`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.tables import DTYPES, TableSchema
from wetland.base.texts import Text, text
from wetland.reports.findings import rows_of
from wetland.screening.tables import SOURCES
from wetland.sites.load import Site
from wetland.store.query import Span
from wetland.store.store import Store
from wetland.water.stations import Programme, Statement, Station, WaterBody
from wetland.water.tables import WATER_BODIES, WATER_RESULTS, WATER_STATIONS

if TYPE_CHECKING:
    import pandas as pd

ONE_DAY = dt.timedelta(days=1)

NO_STATION = text(
    "没有站点 {s}；有数据或登记的站点：{known}",
    "there is no station {s}; stations with results or declared: {known}",
)
NOTHING = text("没有水质数据", "there are no water results")
IMPORT_FIRST = text(
    "请先导入：wetland water import 文件；演示数据：wetland demo prepare",
    "import some first: wetland water import FILE; the demo: wetland demo prepare",
)
NONE_LEFT = text(
    "所选站点和日期内没有水质数据", "no water results of these stations within these days"
)
NO_KIND = text("以下站点没有说明是河流还是湖库：{s}", "no kind of water body is told for: {s}")
NO_KIND_HINT = text(
    "总磷等限值因水体而异，不能猜：请用 --water-body river 或 lake，或在 water.yaml、文件中写明",
    "limits differ, so it is never guessed: give --water-body river or lake, or write it into "
    "water.yaml or the file",
)
NO_BODY = text("水体类型不能是 {b}；可用：{known}", "no kind of water body {b}; use {known}")
AND_MORE = text("等 {n} 个", "{n} in all")
ORDER = text("--since 不得晚于 --until", "--since must not be later than --until")


@dataclass(frozen=True, slots=True)
class WaterData:
    """Results of samples, and what is known of where they were taken.

    Parameters
    ----------
    results
        Table `WATER_RESULTS`, the laboratory's own samples included.
    stations
        Stations by id. A station of a file whose kind of water body nobody told is not among them.
    programmes
        Monitoring programmes of the site by name.
    statements
        Classes that somebody published for the whole site: no measurements.
    sources, problems
        Tables `SOURCES` of the results and `PROBLEMS` of the file.
    as_of
        The day it is looked on: what has not ended by then has no official answer. Without a day
        all periods are taken to be over.
    """

    results: pd.DataFrame
    stations: Mapping[str, Station]
    programmes: Mapping[str, Programme] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    sources: pd.DataFrame = field(default_factory=lambda: empty(SOURCES))
    problems: pd.DataFrame = field(default_factory=lambda: Problems("").frame())
    as_of: dt.date | None = None

    @property
    def synthetic(self) -> bool:
        """Tell whether anything here is invented: a result or the station it is of."""
        if bool(self.results["synthetic"].fillna(False).any()):
            return True
        used = set(self.results["station"])
        return any(s.synthetic for s in self.stations.values() if s.id in used)

    @property
    def station_ids(self) -> list[str]:
        """Return the stations that have results, those of the pack in its order, then the rest."""
        there = dict.fromkeys(self.results["station"])
        return [s for s in self.stations if s in there] + [
            s for s in there if s not in self.stations
        ]

    @property
    def last_day(self) -> dt.date | None:
        """Return the day of the last sample with a result; None without any."""
        told = self.results["flag"] != "missing"
        days = self.results.loc[told, "sampled_on"].dropna()
        return max(days) if len(days) else None

    def only(
        self,
        stations: Sequence[str] | None = None,
        *,
        since: dt.date | None = None,
        until: dt.date | None = None,
    ) -> WaterData:
        """Return the results of some stations and days; ``until`` is the last day that counts.

        Raises
        ------
        InputError
            A station nobody knows, or nothing is left.
        """
        check_days(since, until)
        if stations is None and since is None and until is None:
            return self
        kept = self.results
        if stations is not None:
            wanted = self.resolve(stations)
            kept = kept[kept["station"].isin(wanted)]
        if since is not None:
            kept = kept[kept["sampled_on"] >= since]
        if until is not None:
            kept = kept[kept["sampled_on"] <= until]
        if not len(kept):
            raise InputError(NONE_LEFT)
        return replace(self, results=kept.reset_index(drop=True))

    def assume(self, water_body: str) -> WaterData:
        """Return the data with stations of untold kind taken for rivers, or for lakes.

        Raises
        ------
        InputError
            It is neither ``river`` nor ``lake``.
        """
        if water_body not in WATER_BODIES:
            raise InputError(NO_BODY.fill(b=water_body, known=", ".join(WATER_BODIES)))
        unknown = [name for name in self.station_ids if name not in self.stations]
        taken = {
            name: Station(id=name, name=text(name, name), water_body=cast(WaterBody, water_body))
            for name in unknown
        }
        return replace(self, stations={**self.stations, **taken})

    def resolve(self, names: Iterable[str]) -> list[str]:
        """Return the ids of stations given by id or by name in either language.

        Raises
        ------
        InputError
            A station nobody knows; those that are known are named.
        """
        return resolve_stations(names, self.stations, also=self.results["station"].unique())


def empty(schema: TableSchema) -> pd.DataFrame:
    """Return a table without rows, in the dtypes of its schema."""
    import pandas as pd

    kinds = {c.name: c.kind for c in schema.columns}
    return pd.DataFrame({name: pd.Series([], dtype=DTYPES[kind]) for name, kind in kinds.items()})


def check_days(since: dt.date | None, until: dt.date | None) -> None:
    """Refuse a span that ends before it begins."""
    if since is not None and until is not None and until < since:
        raise InputError(ORDER)


def resolve_stations(
    names: Iterable[str], stations: Mapping[str, Station], *, also: Iterable[str] = ()
) -> list[str]:
    """Return the ids of stations given by id or by name in either language.

    Rule of decision: an id counts before a name; of two stations of one name both are meant.
    """
    known = dict.fromkeys([*stations, *(str(s) for s in also)])
    found: dict[str, None] = {}
    for name in names:
        asked = name.strip()
        ids = [asked] if asked in known else _named(asked, stations)
        if not ids:
            raise InputError(NO_STATION.fill(s=asked or "''", known=listed(known)))
        found.update(dict.fromkeys(ids))
    return list(found)


def _named(asked: str, stations: Mapping[str, Station]) -> list[str]:
    plain = asked.casefold()
    return [s.id for s in stations.values() if plain in {s.name.zh, s.name.en.casefold()}]


def listed(names: Iterable[str], *, most: int = 12) -> Text:
    """Return names as a list that is not too long to read."""
    every = list(names)
    shown = ", ".join(every[:most]) or "-"
    if len(every) <= most:
        return text(shown, shown)
    more = AND_MORE.fill(n=len(every))
    return Text(zh=f"{shown} … {more.zh}", en=f"{shown} ... {more.en}")


def stations_of(store: Store | None, site: Site) -> dict[str, Station]:
    """Return the stations of a site: those of its pack, then those that came with files."""
    found = {station.id: station for station in site.water.stations}
    if store is None or WATER_STATIONS.name not in store.tables:
        return found
    for row in rows_of(store.read(WATER_STATIONS.name, {"site": site.id})):
        found.setdefault(str(row["station"]), station_of(row))
    return found


def station_of(row: Mapping[str, Any]) -> Station:
    """Return a station from a row of `WATER_STATIONS`."""
    place = row.get("geometry")
    reach = row.get("reach")
    return Station(
        id=str(row["station"]),
        name=Text(zh=row["name_zh"], en=row.get("name_en") or row["name_zh"]),
        water_body=row["water_body"],
        reach=None if not reach else Text(zh=str(reach), en=str(reach)),
        target_class=row.get("target_class"),
        programme=row.get("programme"),
        lon=None if place is None else place.x,
        lat=None if place is None else place.y,
        synthetic=bool(row.get("synthetic")),
    )


def water_of_store(
    store: Store,
    site: Site,
    *,
    stations: Sequence[str] | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> WaterData:
    """Return the water results of a site that the store holds.

    Parameters
    ----------
    stations
        Only these, by id or name; None is all.
    since, until
        First and last day.

    Raises
    ------
    InputError
        A station that nobody knows.
    """
    check_days(since, until)
    known = stations_of(store, site)
    where: dict[str, object] = {"site": site.id}
    if stations is not None:
        held = store.read(WATER_RESULTS.name, where) if _unknown(stations, known) else None
        also = () if held is None else held["station"].unique()
        where["station"] = resolve_stations(stations, known, also=also)
    if since is not None or until is not None:
        where["sampled_on"] = Span(since=since, until=None if until is None else until + ONE_DAY)
    results = store.read(WATER_RESULTS.name, where)
    used = sorted(set(results["source_id"]))
    sources = store.read(SOURCES.name, {"site": site.id})
    sources = sources[sources["source_id"].isin(used)].reset_index(drop=True)
    water = site.water
    return WaterData(results, known, water.programmes, water.statements, sources)


def _unknown(names: Iterable[str], known: Mapping[str, Station]) -> bool:
    return any(name.strip() not in known for name in names)


def require_results(data: WaterData) -> WaterData:
    """Return the data unless it is empty.

    Raises
    ------
    InputError
        There are no results.
    """
    if not len(data.results):
        raise InputError(NOTHING, hint=IMPORT_FIRST)
    return data
