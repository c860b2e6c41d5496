"""The store of a site: which tables it has, where it is, what can be asked of it as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wetland.base.findings import FINDINGS
from wetland.base.problems import PROBLEMS
from wetland.base.tables import TableSchema
from wetland.base.texts import Lang, Text
from wetland.birds.tables import BIRD_NAMES, BIRD_RECORDS, BIRD_SURVEYS
from wetland.operations.findings import notice_for
from wetland.regulations.records import RECORDS
from wetland.screening.tables import OBSERVATIONS, SOURCES
from wetland.sites.basis import notice_of, zone_basis
from wetland.sites.load import Site
from wetland.store.export import export
from wetland.store.query import Where
from wetland.store.store import WAIT_S, Store
from wetland.store.verify import Verification
from wetland.visitors.tables import PARKING_READINGS, VISITOR_COUNTS
from wetland.water.tables import WATER_RESULTS, WATER_STATIONS

# A new table is one line here; its schema belongs to the capability that owns it.
SCHEMAS: tuple[TableSchema, ...] = (
    SOURCES, OBSERVATIONS, PROBLEMS, FINDINGS, RECORDS, WATER_STATIONS, WATER_RESULTS,
    BIRD_SURVEYS, BIRD_RECORDS, BIRD_NAMES, VISITOR_COUNTS, PARKING_READINGS,
)  # fmt: skip

FOLDER = ".wetland"


def default_store(site_id: str) -> Path:
    """Return where the store of a site is unless said otherwise: in the working folder.

    Examples
    --------
    >>> default_store("xixi").as_posix()
    '.wetland/xixi.gpkg'
    """
    return Path(FOLDER) / f"{site_id}.gpkg"


def open_store(
    url: str | Path | None,
    site: Site | str,
    *,
    create: bool = True,
    migrate: bool = True,
    wait_s: float = WAIT_S,
) -> Store:
    """Open the store of a site.

    Parameters
    ----------
    url
        A ``.gpkg`` file or a ``postgresql://`` address; None for the default place of the site.
    site
        The site, or its id.
    create
        Whether to make a store where there is none.
    migrate
        Whether to add tables and columns the store lacks.
    wait_s
        How long to wait for another writer.

    Raises
    ------
    StoreError
        It cannot be opened.
    """
    site_id = site if isinstance(site, str) else site.id
    where = url or default_store(site_id)
    return Store.open(where, schemas=SCHEMAS, create=create, migrate=migrate, wait_s=wait_s)


def store_info(store: Store) -> dict[str, Any]:
    """Return where a store is, how many rows its tables have, and the head of its audit chain.

    The head, written down elsewhere, lets `Store.verify` see a trail that was rewritten as a whole.
    """
    waiting = store.pending()
    lacking = {name.partition(":")[2].partition(".")[0] for name in waiting}
    tables = [t for t in store.tables if t not in lacking]
    head = store.head()
    return {
        "store": store.shown,
        "kind": "postgis" if store.path is None else "geopackage",
        "store_id": head.store_id,
        "created_at": head.created_at,
        "entries": head.seq,
        "head": head.hash,
        "pending": waiting,
        "tables": [{"table": table, "rows": store.count(table)} for table in tables],
    }


def verification_json(found: Verification, lang: Lang) -> dict[str, Any]:
    """Return what a verification found as JSON-ready mappings in one language."""
    return {
        "ok": found.ok,
        "rows": found.rows,
        "entries": found.entries,
        "faults": [
            {
                "kind": fault.kind,
                "table": fault.table,
                "key": fault.key,
                "seq": fault.seq,
                "message": fault.message.get(lang),
                "detail": fault.detail,
            }
            for fault in found.faults
        ],
        "limits": found.limits.get(lang),
    }


def export_table(
    store: Store,
    site: Site,
    table: str,
    path: Path,
    *,
    where: Where | None = None,
    role: str | None = None,
) -> Path:
    """Write a table to a GeoPackage, GeoJSON or CSV file; every row carries the site's notice.

    Where sensitive birds are is generalised unless ``role`` may see exact places (None: anybody).
    """
    from wetland.operations.birdexport import table_for_role  # noqa: PLC0415 - only with birds

    notice = _notice(store, site, table)
    shown = table_for_role(store, site, table, where=where, role=role)
    if shown is None:
        return store.export(table, path, notice=notice, where=where)
    return export(store.schema(table), shown, path, notice=notice, store_path=store.path)


def _notice(store: Store, site: Site, table: str) -> Text | None:
    if table == FINDINGS.name:
        return notice_for(store.read(FINDINGS.name, {"site": site.id}), site)
    return notice_of(site, zone_basis(site, assume_schematic=False))
