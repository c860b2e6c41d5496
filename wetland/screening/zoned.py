"""Zone a file (分区标注): each sound row with the zones that hold it, and no law.

For whoever wants a table to go on with. The columns stay as received; beside them stand the day and
the instant, the zones, and the place as a point. Rows that are wrong are told and left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from wetland.base.problems import Problems
from wetland.base.texts import Text, text
from wetland.reading.files import Given, look_at
from wetland.screening.datumguard import compare_datums, tell_datums
from wetland.screening.datumplaces import MOST_ROWS
from wetland.screening.geoparquet import GEOMETRY, bounds_of, geometry_wkb, write_geoparquet
from wetland.screening.isoforms import NONE, Ints
from wetland.screening.options import ReadOptions
from wetland.screening.plainrows import take_plain
from wetland.screening.read import ReadingSite
from wetland.screening.taken import Taken, take_each
from wetland.screening.zonesets import Zoning, sets_of
from wetland.zones.model import ZoneLayer

if TYPE_CHECKING:
    import pandas as pd

ADDED: dict[str, Text] = {
    "source_row": text("来源行", "row of the source"),
    "occurred_on": text("日期（当地）", "local day"),
    "occurred_at": text("时刻", "instant"),
    "ended_at": text("结束时刻", "instant it ended"),
    "zones": text("所在分区", "zones it is in"),
    "zone_kinds": text("分区类别", "kinds of these zones"),
    "on_edge_of": text("恰在其边界上的分区", "zones on whose edge it lies exactly"),
    GEOMETRY: text("位置", "place"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Zoned:
    """A file with zones.

    Parameters
    ----------
    table
        The sound rows: the columns as received, and those of `ADDED`; geometry is WKB, degrees
        WGS84. ``zones``, ``zone_kinds`` and ``on_edge_of`` are names parted by ``;``: empty is
        outside of all, missing is not known where.
    problems
        What was wrong or worth knowing.
    rows
        Rows of the file.
    bounds, shapes
        Extent of the places and kinds of geometry, as GeoParquet states them.
    """

    table: pa.Table
    problems: Problems
    rows: int
    bounds: list[float] | None
    shapes: tuple[str, ...]

    @property
    def rows_aside(self) -> int:
        """Return how many rows were kept aside for an error."""
        return self.rows - int(self.table.num_rows)

    def write(self, out: str | Path | IO[bytes], notes: dict[str, object]) -> None:
        """Write the table as GeoParquet, with ``notes`` in its metadata."""
        write_geoparquet(self.table, out, bounds=self.bounds, kinds=self.shapes, notes=notes)


def zoning_of(layer: ZoneLayer) -> Zoning:
    """Return the zones of a site, ready to be compared with many rows."""
    from wetland.zones.lonlat import LocalProjection  # noqa: PLC0415 - goes with the next
    from wetland.zones.zoneindex import index_of  # noqa: PLC0415 - brings the compiler

    zones = list(layer)
    bounds = shapely.total_bounds(np.array([z.geometry for z in zones], dtype=object))
    west, south, east, north = (float(b) for b in bounds)
    return Zoning(
        tuple(z.id for z in zones),
        tuple(z.kind for z in zones),
        index_of(layer),
        LocalProjection.fit(layer.crs_epsg, (west, south, east, north)),
        tuple((_day(z.valid_from), _day(z.valid_to)) for z in zones),
    )


def _day(day: Any) -> int | None:  # noqa: ANN401 - a date or None
    return None if day is None else int(np.datetime64(day, "D").astype(np.int64))


def zone_observations(
    source: str | Path | Given,
    site: ReadingSite,
    zoning: Zoning,
    *,
    options: ReadOptions | None = None,
    store: str | Path | None = None,
) -> Zoned:
    """Read a file of things with places, and find the zones of each row.

    Parameters
    ----------
    source
        A path, or what was sent.
    site
        Gives words, time zone and extent.
    zoning
        The zones, see `zoning_of`.
    options
        What is known of the file beside its content.
    store
        The store's own file, which must not be read this way.

    Notes
    -----
    Rule of decision: see `sets_of` for zones, `take_each` for rows; no row is left out unsaid.

    Raises
    ------
    InputError
        Nothing can be read, as for `read_observations`.
    """
    checked = (options or ReadOptions()).checked(site.vocabulary)
    given = look_at(source, store=store)
    problems = Problems(given.name)
    taken = take_plain(given, checked, site, problems)
    if taken is None:
        problems = Problems(given.name)
        taken = take_each(given, checked, site, problems)
    tell_datums(problems, compare_datums(_drawn(taken), site))
    return Zoned(
        _table(taken, zoning),
        problems,
        taken.total,
        bounds_of(taken.lon, taken.lat, taken.others),
        _shapes(taken),
    )


def _drawn(taken: Taken) -> pd.DataFrame:
    """Return some rows, evenly drawn, as the datum guard looks at them."""
    import pandas as pd

    rows = np.unique(np.linspace(0, max(len(taken.rows) - 1, 0), MOST_ROWS).astype(np.int64))
    rows = rows[: len(taken.rows)]
    points = np.asarray(shapely.points(taken.lon[rows], taken.lat[rows]), dtype=object)
    points[np.isnan(taken.lon[rows])] = None
    words = {
        name: column.take(pa.array(rows)).to_pylist()
        for name, column in taken.columns.items()
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    }
    said = [dict(zip(words, row, strict=True)) for row in zip(*words.values(), strict=True)]
    return pd.DataFrame(
        {
            "geometry": pd.Series(points, dtype=object),
            "datum": "wgs84" if taken.datums is None else taken.datums[rows],
            "extra": pd.Series(said or [{}] * len(rows), dtype=object),
            "record_id": None,
            "activity": None,
        }
    )


def _table(taken: Taken, zoning: Zoning) -> pa.Table:
    where, edges = sets_of(zoning, taken.lon, taken.lat, taken.others, taken.days)
    added: dict[str, pa.Array] = {
        "source_row": pa.array(taken.rows),
        "occurred_on": _days(taken.days),
        "occurred_at": _instants(taken.instants),
        "ended_at": _instants(taken.ends),
        "zones": where.words(zoning.ids),
        "zone_kinds": where.words(zoning.kinds),
        "on_edge_of": edges.words(zoning.ids),
        GEOMETRY: geometry_wkb(taken.lon, taken.lat, taken.others),
    }
    present = {name: column for name, column in added.items() if column is not None}
    received = {_free(name, taken.columns): column for name, column in taken.columns.items()}
    first = {"source_row": present.pop("source_row")}
    return pa.table({**first, **received, **present})


def _free(name: str, received: dict[str, Any]) -> str:
    """Return a name for a column as received that none of ours has."""
    free = name
    while free in ADDED or (free != name and free in received):
        free += "_received"
    return free


def _days(days: Ints | None) -> pa.Array | None:
    if days is None:
        return None
    return _optional(days, np.where(days == NONE, 0, days).astype(np.int32), pa.date32())


def _instants(at: Ints | None) -> pa.Array | None:
    return None if at is None else _optional(at, at, pa.timestamp("us", "UTC"))


def _optional(given: Ints, values: NDArray[Any], kind: pa.DataType) -> pa.Array:
    lost = given == NONE
    made = pa.array(values, mask=lost) if lost.any() else pa.array(values)
    return made.view(kind)


def _shapes(taken: Taken) -> tuple[str, ...]:
    points = () if np.isnan(taken.lon).all() else ("Point",)
    return (*points, *sorted({g.geom_type for g in taken.others.values()}))
