"""Give out birds as a role may see them: a Darwin Core archive, a table, rows of the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack
from zoneinfo import ZoneInfo

from wetland.base.errors import InputError
from wetland.base.findings import FINDINGS
from wetland.base.problems import PROBLEMS
from wetland.base.texts import text
from wetland.birds.tables import BIRD_RECORDS, BIRD_SURVEYS
from wetland.operations.birds import birds_of_store, checklist_of, require_records
from wetland.screening.tables import OBSERVATIONS
from wetland.sites.load import Site
from wetland.store.query import Where
from wetland.store.store import Store
from wetland.water.tables import WATER_RESULTS, WATER_STATIONS

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.dwcparts import Exported
    from wetland.birds.eml import ArchiveMetadata

BIRD_TABLES = (BIRD_SURVEYS.name, BIRD_RECORDS.name)
_NOT_BIRDS = (OBSERVATIONS.name, WATER_RESULTS.name, WATER_STATIONS.name)
TITLE = text("{n}鸟类调查", "Bird surveys of {n}")
NOT_IN = text("不能导出为 {suffix}", "cannot export to {suffix}")
USE = text(
    "请用 .zip（达尔文核心归档）或 .csv；其他格式请用 wetland store export bird_records",
    "use .zip (Darwin Core archive) or .csv; for others: wetland store export bird_records",
)


class Told(TypedDict, total=False):
    """What a person tells of an archive beside its rows; see `ArchiveMetadata`."""

    organisation: str | None
    contact_name: str | None
    contact_email: str | None
    licence: str | None
    published: dt.date | None


class Wanted(TypedDict, total=False):
    """Which part is given out; see `wetland.operations.birds.BirdData.only`."""

    species: Sequence[str] | None
    plots: Sequence[str] | None
    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class ExportedBirds:
    """What was given out, and where it is."""

    path: Path
    format: str
    told: Exported
    role: str | None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON-ready mappings."""
        counts = self.told.to_json()
        synthetic = counts.pop("synthetic")
        return {"file": str(self.path), "format": self.format, "role": self.role,
                "synthetic": synthetic, "counts": counts}  # fmt: skip


def export_birds(
    store: Store,
    site: Site,
    path: Path,
    *,
    role: str | None = None,
    wanted: Wanted | None = None,
    **told: Unpack[Told],
) -> ExportedBirds:
    """Write the stored surveys and records of a site as a role may see them.

    Rule of decision: a suffix ``.zip`` is a Darwin Core archive, ``.csv`` one table of its terms
    with a row per record. Records that a person rejected are never given out; those nobody reviewed
    are, and say so. Where sensitive species were is generalised unless the role may see exact
    places.

    Parameters
    ----------
    role
        Who gets it; None: anybody.
    wanted
        Only some species, plots or days; None: all.
    told
        Licence, contact and the day it is given out (None: today); what is not told is said to be
        not told.

    Raises
    ------
    InputError
        There is nothing to export, the format is another, or the file cannot be written.
    """
    from wetland.birds.dwcflat import write_flat  # noqa: PLC0415 - starts fast
    from wetland.birds.dwcwrite import write_archive  # noqa: PLC0415

    formats = {".zip": ("dwca", write_archive), ".csv": ("csv", write_flat)}
    suffix = path.suffix.lower()
    if suffix not in formats:
        raise InputError(NOT_IN.fill(suffix=path.suffix or path), hint=USE)
    # What is asked for is chosen of what may be seen: else the choice would tell what is hidden.
    held = require_records(birds_of_store(store, site))
    surveys, records = _blurred(held.surveys, held.records, site, role)
    choice = wanted or Wanted()
    data = replace(held, surveys=surveys, records=records).only(
        choice.get("species"), choice.get("plots"), since=choice.get("since"),
        until=choice.get("until"),
    )  # fmt: skip
    format, write = formats[suffix]
    done = write(
        data.surveys, data.records, data.checklist, path, metadata=_metadata(site, told),
        store_path=store.path,
    )  # fmt: skip
    return ExportedBirds(path, format, done, role)


def table_for_role(
    store: Store, site: Site, table: str, *, where: Where | None = None, role: str | None = None
) -> pd.DataFrame | None:
    """Return rows of a table that may tell where sensitive birds are, as a role may see them.

    None for tables that never do. Of birds only rows of this site are given, since only its pack
    knows which species are sensitive; with ``where`` generalised rows are left out, since a choice
    among exact rows would tell what they hide.
    """
    if table == FINDINGS.name:
        return findings_for_role(store.read(table, where), site, role)
    if table == PROBLEMS.name:
        return problems_for_role(store, store.read(table, where), site, role)
    if table not in BIRD_TABLES:
        return None
    of_site = {"site": site.id}
    surveys, records = (store.read(name, of_site) for name in BIRD_TABLES)
    shown = _blurred(surveys, records, site, role)[BIRD_TABLES.index(table)]
    if where is not None:
        key = store.schema(table).key
        shown = shown[shown[key].isin(set(store.read(table, where)[key]))]
    return shown.drop(columns="blurred").reset_index(drop=True)


def findings_for_role(findings: pd.DataFrame, site: Site, role: str | None) -> pd.DataFrame:
    """Return findings as a role may see them: places of sensitive birds are generalised."""
    from wetland.birds.sensitivefindings import blur_findings  # noqa: PLC0415 - starts fast

    exact = site.birds.exact_roles
    shown = blur_findings(findings, checklist_of(site.birds), role=role, exact_roles=exact)
    return shown.drop(columns="blurred")


def problems_for_role(
    store: Store, problems: pd.DataFrame, site: Site, role: str | None
) -> pd.DataFrame:
    """Return problems of files as a role may see them.

    Those of files that held birds tell rows, columns (a sheet has one per plot) and cells as
    received, places among them: a role that may not see where sensitive species are gets neither,
    and no problem whose words name one. A file of which nothing was kept may have held birds.
    """
    from wetland.birds.sensitivity import SensitiveNames, may_see  # noqa: PLC0415 - starts fast

    names = SensitiveNames(checklist_of(site.birds))
    if may_see(role, site.birds.exact_roles) or not names.levels or problems.empty:
        return problems
    of_birds = ~problems["source_id"].isin(_other_sources(store, problems["source_id"]))
    told = problems["message_zh"] + " " + problems["message_en"]
    naming = of_birds & told.map(lambda words: names.named_in(str(words)) is not None)
    shown = problems[~naming].copy()
    for column in ("row", "column", "value"):
        shown[column] = shown[column].mask(of_birds[~naming])
    return shown


def _other_sources(store: Store, sources: pd.Series[Any]) -> set[str]:
    """Return those of some sources that the store holds other rows than birds of."""
    held = [t for t in _NOT_BIRDS if t in store.tables]
    return {
        source for source in sources.dropna().unique()
        if any(len(store.read(table, {"source_id": source})) for table in held)
    }  # fmt: skip


def _blurred(
    surveys: pd.DataFrame, records: pd.DataFrame, site: Site, role: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    from wetland.birds.sensitivity import blur  # noqa: PLC0415 - starts fast

    exact = site.birds.exact_roles
    return blur(surveys, records, checklist_of(site.birds), role=role, exact_roles=exact)


def _metadata(site: Site, told: Told) -> ArchiveMetadata:
    from wetland.birds.eml import ArchiveMetadata  # noqa: PLC0415 - starts fast

    today = dt.datetime.now(ZoneInfo(site.timezone)).date()
    return ArchiveMetadata(
        TITLE.fill(n=site.name), told.get("published") or today, site.timezone,
        organisation=told.get("organisation"), contact_name=told.get("contact_name"),
        contact_email=told.get("contact_email"), licence=told.get("licence"),
    )  # fmt: skip
