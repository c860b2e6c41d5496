"""Whether birds go together with water or visitors (关联检验): association, never a cause."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.texts import Lang, Text, text
from wetland.birds.species import CountSeason
from wetland.operations.birdanswers import index_of, richness_of
from wetland.operations.birds import BirdData, birds_of_store
from wetland.reading.files import Given
from wetland.sites.load import Site
from wetland.store.store import Store

if TYPE_CHECKING:
    from wetland.statistics.association import Association, AssociationOptions

RICHNESS = "richness"
Pairs = Iterable[tuple[dt.date | int, float]]

_WITH = text(
    "与什么比较：water:站点:指标、water_class:站点 或 file:文件（date,value）；不能是 {w}",
    "compare with water:STATION:PARAMETER, water_class:STATION or file:FILE (date,value), not {w}",
)
_INDEX = text("{s} 的种群指数（{season}）", "population index of {s} ({season})")
_RICHNESS = text("等覆盖度种数（{season}）", "species at equal coverage ({season})")
_WATER = text("{station} 的 {parameter}，季内均值", "{parameter} at {station}, mean of the season")
_CLASS = text(
    "{station} 的水质类别，季内均值（Ⅰ=1，劣Ⅴ=6）",
    "water class at {station}, mean of the season (I = 1, inferior V = 6)",
)
_FILE = text("{f} 的数值，季内均值", "values of {f}, mean of the season")
_NOTHING = text("没有 {w} 的数据", "there is nothing of {w}")
_SERIES = text(
    "对比用的文件须有 date、value 两列（表头也可写 日期、数值）",
    "a file to compare with has the columns date and value",
)
_PLAIN = text("一个文件只能有一个序列：{f}", "a file holds one series: {f}")


@dataclass(frozen=True, eq=False)
class Compared:
    """A test of association, and the two series it is of.

    Parameters
    ----------
    birds, other
        What they are.
    times, x, y
        The seasons both have, the birds and the other.
    """

    birds: Text
    other: Text
    times: tuple[int, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    lag: int
    found: Association
    synthetic: bool

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each season."""
        return [
            {"time": t, "birds": x, "other": y}
            for t, x, y in zip(self.times, self.x, self.y, strict=True)
        ]

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return it as JSON-ready mappings; the caveat belongs to the result."""
        found = self.found
        return {
            "birds": self.birds.get(lang),
            "with": self.other.get(lang),
            "lag_seasons": self.lag,
            "n": found.n,
            "n_effective": _number(found.n_effective),
            "rho": _number(found.rho),
            "p_value": _number(found.p_value),
            "lower": _number(found.lower),
            "upper": _number(found.upper),
            "p_naive": _number(found.p_naive),
            "method": found.method,
            "caveat": found.caveat.get(lang),
            "notes": [note.get(lang) for note in found.notes],
            "synthetic": self.synthetic,
            "series": self.rows(),
        }


def associate_of(  # noqa: PLR0913 - what is compared, and how
    store: Store,
    site: Site,
    species: str,
    *,
    with_: str | Given,
    season: str | None = None,
    lag: int = 0,
    as_of: dt.date | None = None,
    options: AssociationOptions | None = None,
) -> Compared:
    """Test whether a species' index, or richness, goes together with water, extent or visitors.

    Both are taken season by season: the index of the season, and the mean of the other within its
    months (values of years only belong to the season that begins in the year). Autocorrelation is
    respected (`wetland.statistics.association`).

    Parameters
    ----------
    species
        Its id or any name; ``richness`` takes the species at equal coverage.
    with_
        ``water:STATION:PARAMETER`` or ``water_class:STATION`` of the store; ``file:PATH`` or a file
        that was sent, of columns ``date,value``, e.g. water extent or visitors.
    season
        Count season of the pack; None is its usual one.
    lag
        Seasons by which the other comes before the birds.
    as_of
        Seasons that are not over by then do not count; None takes every season to be over.

    Raises
    ------
    InputError
        Nobody knows the species, the season or what to compare with, or there is nothing of it.
    """
    from wetland.statistics.association import associate

    data = birds_of_store(store, site, as_of=as_of)
    _, months = data.season(season)
    birds, first = _of_birds(data, species, season)
    other, second, invented = _of_other(store, site, with_, months)
    shifted = {year + lag: value for year, value in second.items()}
    common = sorted(first.keys() & shifted.keys())
    x, y = tuple(first[t] for t in common), tuple(shifted[t] for t in common)
    found = associate(common, x, y, options=options)
    return Compared(birds, other, tuple(common), x, y, lag, found, invented or data.synthetic)


def _of_birds(data: BirdData, species: str, season: str | None) -> tuple[Text, dict[int, float]]:
    from wetland.birds.richnessof import RichnessSettings

    _, months = data.season(season)
    if species.strip().casefold() == RICHNESS:
        over = data.dated(months).surveys["survey_id"]
        surveys = data.surveys[data.surveys["survey_id"].isin(over)].reset_index(drop=True)
        data = replace(data, surveys=surveys)
        table = richness_of(data, per="season", settings=RichnessSettings(season=months))
        years = [int(str(period)[:4]) for period in table["period"]]
        pairs = zip(years, table["standardised"].tolist(), strict=True)
        return _RICHNESS.fill(season=months.name), {t: v for t, v in pairs if math.isfinite(v)}
    fitted = index_of(data, species, season=season).fitted
    called = data.checklist.name(data.taxon(species))
    values = fitted.index().value
    counted = fitted.table.observed.any(axis=0).any(axis=0)  # others are the model's alone
    told = {int(t): float(v) for t, v in zip(fitted.table.times[counted], values[counted],
                                             strict=True)}  # fmt: skip
    return _INDEX.fill(s=called, season=months.name), told


def _of_other(
    store: Store, site: Site, with_: str | Given, months: CountSeason
) -> tuple[Text, dict[int, float], bool]:
    if isinstance(with_, Given):
        return _of_file(with_, months)
    kind, _, rest = with_.partition(":")
    if kind == "file" and rest:
        return _of_file(rest, months)
    station, _, parameter = rest.partition(":")
    if kind == "water" and station and parameter:
        return _of_water(store, site, (station, parameter), months)
    if kind == "water_class" and station and not parameter:
        return _of_class(store, site, station, months)
    raise InputError(_WITH.fill(w=with_ or "''"))


def _of_water(
    store: Store, site: Site, what: tuple[str, str], months: CountSeason
) -> tuple[Text, dict[int, float], bool]:
    """Return the mean of monthly means within each season; non-detects at half their limit."""
    from wetland.operations.water import water_of_store
    from wetland.water.readoptions import code_of
    from wetland.water.results import period_means

    station, parameter = what
    data = water_of_store(store, site, stations=[station])
    code = code_of(parameter)
    means = period_means(data.results, per="month")
    if code not in means.parameters:
        raise InputError(_NOTHING.fill(w=f"water:{station}:{parameter}"))
    values = means.value[:, list(means.parameters).index(code)]
    days = [dt.date.fromisoformat(str(day)[:10]) for day in means.starts_on]
    series = by_season(zip(days, values.tolist(), strict=True), months)
    return _WATER.fill(station=station, parameter=code), series, data.synthetic


def _of_class(
    store: Store, site: Site, station: str, months: CountSeason
) -> tuple[Text, dict[int, float], bool]:
    from wetland.operations.water import water_of_store
    from wetland.operations.wateranswers import classes_of
    from wetland.water.stations import CLASSES

    data = water_of_store(store, site, stations=[station])
    table = classes_of(data, per="month")
    rank: Mapping[Any, int] = {name: k + 1 for k, name in enumerate(CLASSES)}
    told = [(dt.date.fromisoformat(f"{period}-01"), float(rank[one]))
            for period, one in zip(table["period"], table["water_class"], strict=True)
            if one in rank]  # fmt: skip
    if not told:
        raise InputError(_NOTHING.fill(w=f"water_class:{station}"))
    return _CLASS.fill(station=station), by_season(told, months), data.synthetic


def _of_file(path: str | Path | Given, months: CountSeason) -> tuple[Text, dict[int, float], bool]:
    from wetland.operations.watertrends import series_of_file

    try:
        table, _ = series_of_file(path)
    except InputError as error:
        raise InputError(error.message, hint=_SERIES) from None
    name = path.name if isinstance(path, Given) else Path(path).name
    if len(table[["station", "parameter"]].drop_duplicates()) > 1:
        raise InputError(_PLAIN.fill(f=name))
    days = [day if isinstance(day, dt.date) else int(year)
            for day, year in zip(table["sampled_on"], table["year"], strict=True)]  # fmt: skip
    invented = "synthetic" in table and bool(table["synthetic"].fillna(False).any())
    series = by_season(zip(days, table["value"].tolist(), strict=True), months)
    return _FILE.fill(f=name), series, invented


def by_season(pairs: Pairs, months: CountSeason) -> dict[int, float]:
    """Return the mean of the values of each season, by the year it begins in.

    A value of a year only belongs to the season that begins in it; days outside all seasons and
    values that are missing are left out.

    Examples
    --------
    >>> winter = CountSeason(name=text("冬季", "winter"), months=(12, 1))
    >>> by_season([(dt.date(2023, 12, 1), 2.0), (dt.date(2024, 1, 9), 4.0), (2024, 7.0)], winter)
    {2023: 3.0, 2024: 7.0}
    """
    from wetland.birds.seasons import NO_SEASON, season_years

    found: defaultdict[int, list[float]] = defaultdict(list)
    for when, value in pairs:
        if not math.isfinite(value):
            continue
        year = when if isinstance(when, int) else int(season_years([when], months)[0])
        if year != NO_SEASON:
            found[year].append(float(value))
    return {year: math.fsum(values) / len(values) for year, values in sorted(found.items())}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
