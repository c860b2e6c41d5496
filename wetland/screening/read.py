"""Read a file of observations: what is sound becomes observations, what is not becomes problems.

Nothing is lost: every row of the file is either an observation or a row with at least one error.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import shapely

from wetland.base.problems import Problems
from wetland.reading.delimited import read_csv
from wetland.reading.files import Given, format_of, look_at
from wetland.reading.raw import RawTable
from wetland.regulations.vocabulary import Vocabulary
from wetland.screening.assemble import assemble
from wetland.screening.columns import Columns, position_missing, understand
from wetland.screening.datumguard import Comparison, compare_datums, tell_datums
from wetland.screening.datumplaces import GuardedSite
from wetland.screening.identity import received_rows, settle_identity
from wetland.screening.options import ReadOptions
from wetland.screening.parse import Reader, blank_columns, tell_garbled
from wetland.screening.positions import (
    Extent,
    Positions,
    from_columns,
    from_geometries,
    from_wkt,
    read_datums,
)
from wetland.screening.read_geojson import read_geojson
from wetland.screening.read_layers import read_gpkg, read_gpx, read_parquet
from wetland.zones.model import ZoneLayer

if TYPE_CHECKING:
    import pandas as pd

# A new format is its reader, one line here and its endings in `files.FORMATS`.
READERS: dict[str, Callable[[Given, ReadOptions, Problems], RawTable]] = {
    "csv": read_csv,
    "geojson": read_geojson,
    "gpkg": read_gpkg,
    "gpx": read_gpx,
    "parquet": read_parquet,
}


class SiteConfig(Protocol):
    """What reading needs of a site's configuration."""

    @property
    def position_defaults(self) -> Mapping[str, float]:
        """Return the widest uncertainty of each kind of position, metres."""

    @property
    def hdop_m(self) -> float:
        """Return the metres that one unit of HDOP means."""


class ReadingSite(GuardedSite, Protocol):
    """What reading needs of a site."""

    @property
    def id(self) -> str:
        """Return the name of the site."""

    @property
    def timezone(self) -> str:
        """Return the time zone of the site."""

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the words of the site."""

    @property
    def zones(self) -> ZoneLayer:
        """Return the zones of the site."""

    @property
    def config(self) -> SiteConfig:
        """Return the configuration of the site."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file held.

    Parameters
    ----------
    observations
        The table `OBSERVATIONS`, one row for each sound row.
    problems
        What was wrong or worth knowing.
    source
        The row of `SOURCES` that describes the file.
    rows
        Rows of the file; blank lines are not rows.
    datums
        How the rows fit the site, read in each datum.
    """

    observations: pd.DataFrame
    problems: Problems
    source: dict[str, Any]
    rows: int
    datums: tuple[Comparison, ...] = ()

    @property
    def rows_aside(self) -> int:
        """Return how many rows were kept aside for an error."""
        return self.rows - len(self.observations)


def read_observations(
    source: str | Path | Given,
    site: ReadingSite,
    options: ReadOptions | None = None,
    *,
    store: str | Path | None = None,
    earlier: pd.DataFrame | None = None,
) -> Reading:
    """Read a file of observations.

    Parameters
    ----------
    source
        A path, or what was sent (`Given.of_bytes`).
    site
        Gives words, time zone and extent.
    options
        What is known of the file beside its content.
    store
        The store's own file, which must not be read this way.
    earlier
        Rows of `OBSERVATIONS` accepted before, with the ``sha256`` of their file: the places they
        name tell a file in another datum. Those of this very file do not count.

    Raises
    ------
    InputError
        Nothing can be read: no such file, empty, packed, damaged, an encoding or CRS that cannot be
        told, no column with positions, an option that does not fit the file.
    """
    checked = (options or ReadOptions()).checked(site.vocabulary)
    given = look_at(source, store=store)
    format = format_of(given)
    sha256 = given.sha256()
    source_id = source_id_of(site.id, sha256, checked)
    problems = Problems(given.name, source_id)
    raw = READERS[format](given, checked, problems)
    name = checked.source or Path(given.name).stem
    good = observations_of(raw, site, checked, problems=problems, name=name)
    others = None if earlier is None else earlier[earlier["sha256"] != sha256]
    datums = compare_datums(good, site, earlier=others)
    tell_datums(problems, datums)
    described = {
        "source_id": source_id,
        "site": site.id,
        "name": name,
        "sha256": sha256,
        **_described(given, raw, checked),
        "rows_read": len(good),
        "rows_aside": raw.total - len(good),
    }
    return Reading(good, problems, described, raw.total, datums)


def observations_of(
    raw: RawTable,
    site: ReadingSite,
    options: ReadOptions,
    *,
    problems: Problems,
    name: str,
    columns: Columns | None = None,
) -> pd.DataFrame:
    """Make observations of rows that were taken apart.

    Parameters
    ----------
    raw
        All rows of a file, or some of a set that is read part by part.
    site, options
        As for `read_observations`; the options are checked already.
    problems
        Takes what is wrong, and gives the rows their source.
    name
        Name of the source, in which identifiers are unique.
    columns
        What the columns mean, where that was settled over a whole set of which this is a part.
        Repeated rows are then left in: the other one may be in another part.

    Raises
    ------
    InputError
        No column holds a position, or an option does not fit the columns.
    """
    reader = Reader(raw.rows, problems)
    tell_garbled(reader, raw.cells)
    meaning = columns or understand(
        raw.cells.columns, options.columns, raw.roles, site.vocabulary, blank=blank_columns(raw)
    )
    positions = positions_of(reader, raw, meaning, options, site)
    table = assemble(reader, raw, meaning, options, site, positions=positions)
    table["source_id"] = problems.source_id
    table["received"] = received_rows(raw, table["record_id"].isna().to_numpy())
    return settle_identity(table, site.id, name, problems, twins=columns is None)


def _described(given: Given, raw: RawTable, options: ReadOptions) -> dict[str, Any]:
    """Return what `SOURCES` says of a file before its rows are judged."""
    return {
        "file": given.name,
        "size_bytes": given.size,
        "format": raw.format,
        "encoding": raw.encoding,
        "crs": raw.crs,
        "options": json.dumps(options.as_json(), ensure_ascii=False, sort_keys=True),
        "rows": raw.total,
    }


def source_id_of(site: str, sha256: str, options: ReadOptions) -> str:
    """Return the identifier of a file read in one way: the same file and options, the same one."""
    whole = json.dumps([site, sha256, options.as_json()], sort_keys=True, ensure_ascii=False)
    return "s-" + hashlib.sha256(whole.encode("utf-8")).hexdigest()[:24]


def extent_of(site: ReadingSite) -> Extent:
    """Return where the zones of a site are."""
    bounds = shapely.total_bounds(np.array([z.geometry for z in site.zones], dtype=object))
    return Extent(*(float(b) for b in bounds))


def positions_of(
    reader: Reader, raw: RawTable, columns: Columns, options: ReadOptions, site: ReadingSite
) -> Positions:
    """Take positions from geometry, from WKT, or from two columns."""
    roles, extent = columns.roles, extent_of(site)
    cells = raw.cells[roles["datum"]] if "datum" in roles else None
    datums = read_datums(reader, cells, default=raw.datum or columns.datum, stated=options.datum)
    if raw.geometry is not None:
        return from_geometries(reader, raw.geometry, datums, extent)
    if {"lon", "lat"} <= set(roles):
        lon, lat = raw.cells[roles["lon"]], raw.cells[roles["lat"]]
        return from_columns(reader, lon, lat, datums, extent)
    if "geometry" in roles:
        geometry = from_wkt(reader, raw.cells[roles["geometry"]])
        return from_geometries(reader, geometry, datums, extent)
    raise position_missing(map(str, raw.cells.columns), reader.problems.file)
