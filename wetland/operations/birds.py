"""Birds of a site: surveys and records that are stored or in a file, with the site's checklist.

`BirdData` is what every question about birds starts from (`wetland.operations.birdanswers`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import Text, text
from wetland.birds.species import BirdPack, CountSeason, Plot
from wetland.birds.tables import BIRD_NAMES, BIRD_RECORDS, BIRD_SURVEYS
from wetland.operations.water import ONE_DAY, check_days, empty, listed
from wetland.reading.files import Given
from wetland.screening.tables import SOURCES
from wetland.sites.load import Site
from wetland.store.query import Span
from wetland.store.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.checklist import Checklist
    from wetland.birds.readoptions import BirdOptions
    from wetland.birds.seasons import SeasonSurveys

NOTHING = text("没有鸟类调查记录", "there are no bird records")
IMPORT_FIRST = text(
    "请先导入：wetland birds import 文件；演示数据：wetland demo prepare",
    "import some first: wetland birds import FILE; the demo: wetland demo prepare",
)
NONE_LEFT = text(
    "所选样点和日期内没有鸟类调查", "there are no bird surveys of these plots within these days"
)
NO_SPECIES = text("名录中没有“{s}”", "the checklist has no species '{s}'")
MEANT = text("是否为：{names}", "was it: {names}")
NO_PLOT = text(
    "没有样点 {p}；有调查或登记的样点：{known}",
    "there is no plot {p}; plots with surveys or declared: {known}",
)
NO_SEASON = text(
    "场地包没有计数季 {s}；有：{known}", "the pack has no count season {s}; there are: {known}"
)


@dataclass(frozen=True)
class BirdData:
    """Surveys and records, and what is known of their species and plots.

    Parameters
    ----------
    surveys, records
        Tables `BIRD_SURVEYS` and `BIRD_RECORDS`.
    pack
        What the site's pack says of birds.
    sources, problems
        Tables `SOURCES` of the records and `PROBLEMS` of the file.
    as_of
        The day it is looked on; None takes every season to be over.
    since, until
        The days that were asked for (`only`): a season that they cut does not count.
    """

    surveys: pd.DataFrame
    records: pd.DataFrame
    pack: BirdPack = field(default_factory=BirdPack)
    sources: pd.DataFrame = field(default_factory=lambda: empty(SOURCES))
    problems: pd.DataFrame = field(default_factory=lambda: Problems("").frame())
    as_of: dt.date | None = None
    since: dt.date | None = None
    until: dt.date | None = None

    @cached_property
    def checklist(self) -> Checklist:
        """Return the site's checklist, ready to be matched."""
        return checklist_of(self.pack)

    @property
    def synthetic(self) -> bool:
        """Tell whether anything here is invented."""
        return any(
            bool(table["synthetic"].fillna(False).astype(bool).any())
            for table in (self.surveys, self.records)
        )

    @property
    def counted(self) -> pd.DataFrame:
        """Return the records that nobody rejected and that are of a species of the checklist."""
        kept = self.records["taxon_id"].notna() & (self.records["validation"] != "rejected")
        return self.records[kept]

    @property
    def last_day(self) -> dt.date | None:
        """Return the last day of the surveys; None without any."""
        days = self.surveys["event_end"].dropna()
        return max(days) if len(days) else None

    @property
    def species(self) -> list[str]:
        """Return the species that were met, in the order of the checklist."""
        met = self.counted
        there = set(met.loc[met["occurrence_status"] == "present", "taxon_id"])
        return [name for name in self.checklist.species if name in there]

    def taxon(self, name: str) -> str:
        """Return the id of a species given by id or by any of its names.

        Raises
        ------
        InputError
            The checklist has no such name; what it may have been is suggested.
        """
        known = self.checklist
        asked = name.strip()
        if asked in known.species:
            return asked
        found = known.match(asked)
        if found.taxon_id is not None:
            return found.taxon_id
        likely = [known.species[s] for s in found.suggestions]
        hint = None
        if likely:
            zh = "、".join(f"{s.name.zh}（{s.id}）" for s in likely)
            hint = MEANT.fill(names=Text(zh=zh, en=", ".join(f"{s.name.en} ({s.id})"
                                                             for s in likely)))  # fmt: skip
        raise InputError(NO_SPECIES.fill(s=asked or "''"), hint=hint)

    def season(self, name: str | None = None) -> tuple[str, CountSeason]:
        """Return a count season of the pack and its name; None asks for the pack's usual one.

        A pack without seasons counts calendar years.

        Raises
        ------
        InputError
            The pack has no season of that name.
        """
        from wetland.birds.seasons import YEAR  # noqa: PLC0415 - starts fast

        known: dict[str, CountSeason] = dict(self.pack.seasons) or {"year": YEAR}
        chosen = name or self.pack.season or next(iter(known))
        if chosen not in known:
            raise InputError(NO_SEASON.fill(s=chosen, known=listed(known)))
        return chosen, known[chosen]

    def dated(self, months: CountSeason, as_of: dt.date | None = None) -> SeasonSurveys:
        """Return the surveys by the season they are of: seasons that are over and not cut.

        A season of which only some days were asked for (`only`), or that is not over on ``as_of``
        (None: the day of the data), would look like one with fewer birds.
        """
        from wetland.birds.seasons import SeasonSurveys  # noqa: PLC0415 - starts fast

        ends = [day for day in (as_of or self.as_of, self.until) if day is not None]
        return SeasonSurveys.of(
            self.surveys, months, since=self.since, until=min(ends, default=None),
            records=self.records,
        )  # fmt: skip

    def only(
        self,
        species: Sequence[str] | None = None,
        plots: Sequence[str] | None = None,
        *,
        since: dt.date | None = None,
        until: dt.date | None = None,
    ) -> BirdData:
        """Return records of some species, plots and days; ``until`` is the last day that counts.

        Surveys stay although they did not meet the species: that is what absence is known by. A
        survey of several days counts when all of them are within.

        Raises
        ------
        InputError
            A species or plot nobody knows, or no survey is left.
        """
        check_days(since, until)
        surveys, records = self.surveys, self.records
        if plots is not None:
            surveys = surveys[surveys["plot"].isin(self._plots(plots))]
        if since is not None:
            surveys = surveys[surveys["event_date"] >= since]
        if until is not None:
            surveys = surveys[surveys["event_end"] <= until]
        if len(self.surveys) and not len(surveys):
            raise InputError(NONE_LEFT)
        if len(surveys) < len(self.surveys):
            records = records[records["survey_id"].isin(set(surveys["survey_id"]))]
        if species is not None:
            records = records[records["taxon_id"].isin({self.taxon(name) for name in species})]
        since = max((day for day in (since, self.since) if day is not None), default=None)
        until = min((day for day in (until, self.until) if day is not None), default=None)
        surveys, records = surveys.reset_index(drop=True), records.reset_index(drop=True)
        return replace(self, surveys=surveys, records=records, since=since, until=until)

    def seen_by(self, role: str | None) -> BirdData:
        """Return the birds as a role may see them: places and days of sensitive species blurred.

        Blur first, choose plots and days afterwards (`only`): a choice of what is exact would tell
        where and when it was. Indices and richness are to be asked of the exact birds.
        """
        from wetland.birds.sensitivity import blur  # noqa: PLC0415 - starts fast

        surveys, records = blur(
            self.surveys, self.records, self.checklist,
            role=role, exact_roles=self.pack.exact_roles,
        )  # fmt: skip
        return replace(self, surveys=surveys, records=records)

    def _plots(self, names: Sequence[str]) -> list[str]:
        there = [str(p) for p in self.surveys["plot"].dropna().unique()]
        known = dict.fromkeys([*(p.id for p in self.pack.plots), *there])
        by_name = {n: p.id for p in self.pack.plots for n in (p.name.zh, p.name.en)}
        found = []
        for name in names:
            plot = name if name in known else by_name.get(name)
            if plot is None:
                raise InputError(NO_PLOT.fill(p=name or "''", known=listed(known)))
            found.append(plot)
        return found


def checklist_of(pack: BirdPack) -> Checklist:
    """Return the checklist of a pack; `birds import`, answers and the app all match with it."""
    from wetland.birds.checklist import Checklist  # noqa: PLC0415 - starts fast

    return Checklist.of(pack)


def plots_of(site: Site) -> dict[str, Plot]:
    """Return the count plots of a site by id."""
    return {plot.id: plot for plot in site.birds.plots}


def accepted_names(store: Store | None, site: Site) -> dict[str, str]:
    """Return the names that people accepted at a site, and the species each stands for."""
    if store is None or BIRD_NAMES.name not in store.tables:
        return {}
    held = store.read(BIRD_NAMES.name, {"site": site.id})
    return dict(zip(held["name_received"], held["taxon_id"], strict=True))


def birds_of_store(
    store: Store,
    site: Site,
    *,
    plots: Sequence[str] | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    as_of: dt.date | None = None,
) -> BirdData:
    """Return the bird surveys and records of a site that the store holds.

    Parameters
    ----------
    plots, since, until
        See `BirdData.only`.
    as_of
        The day it is looked on: surveys that ended later are left out.

    Raises
    ------
    InputError
        A plot that nobody knows, or nothing is left.
    """
    where: dict[str, Any] = {"site": site.id}
    dated = dict(where)
    if as_of is not None:
        dated["event_end"] = Span(since=None, until=as_of + ONE_DAY)
    surveys = store.read(BIRD_SURVEYS.name, dated)
    records = store.read(BIRD_RECORDS.name, where)
    if as_of is not None:
        records = records[records["survey_id"].isin(set(surveys["survey_id"]))]
        records = records.reset_index(drop=True)
    sources = store.read(SOURCES.name, where)
    used = set(surveys["source_id"]) | set(records["source_id"])
    sources = sources[sources["source_id"].isin(used)].reset_index(drop=True)
    data = BirdData(surveys, records, site.birds, sources, as_of=as_of)
    return data.only(None, plots, since=since, until=until)


def nothing_of(site: Site) -> BirdData:
    """Return the birds of a site before anything was imported."""
    return BirdData(empty(BIRD_SURVEYS), empty(BIRD_RECORDS), site.birds)


def require_records(data: BirdData) -> BirdData:
    """Return the data unless there are no surveys.

    Raises
    ------
    InputError
        There is nothing.
    """
    if not len(data.surveys):
        raise InputError(NOTHING, hint=IMPORT_FIRST)
    return data


def birds_of_file(
    path: str | Path | Given,
    site: Site | None = None,
    options: BirdOptions | None = None,
    *,
    today: dt.date,
) -> BirdData:
    """Return the surveys and records of a file; nothing is kept.

    Parameters
    ----------
    site
        Gives checklist, plots and time zone; None knows none (times without an offset are then
        UTC, and no name is matched).
    options
        How to read it.
    today
        Later days are doubted.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    from wetland.operations.birdfiles import read_file, source_table  # noqa: PLC0415

    reading = read_file(path, site, options, accepted={}, today=today)
    pack = BirdPack() if site is None else site.birds
    return BirdData(reading.surveys, reading.records, pack, source_table(reading.source),
                    reading.problems.frame())  # fmt: skip


def names_of(data: BirdData, taxa: Sequence[str]) -> Mapping[str, Text]:
    """Return what people call some species."""
    return {taxon: data.checklist.name(taxon) for taxon in taxa}
