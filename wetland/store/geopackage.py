"""What makes a SQLite file a GeoPackage: header, tables about tables, spatial index.

References
----------
OGC 12-128r19 (GeoPackage 1.4): header 1.1.1, tables 1.1.2 and 2.1.5, R-tree extension F.3.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from string import Template

from sqlalchemy import Connection, Table, text

from wetland.base.tables import TableSchema
from wetland.store.columns import ROW_ID
from wetland.store.geometry import SRS_ID, Bounds, blob_bounds, is_empty_blob

APPLICATION_ID = 0x47504B47  # "GPKG"
USER_VERSION = 10400  # 1.4.0

_TABLES = (
    """CREATE TABLE gpkg_spatial_ref_sys (
        srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
        organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)""",
    """CREATE TABLE gpkg_contents (
        table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
        description TEXT DEFAULT '',
        last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
        min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
        CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (
        table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
        srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
        CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
        CONSTRAINT uk_gc_table_name UNIQUE (table_name),
        CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
        CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))""",
    """CREATE TABLE gpkg_extensions (
        table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
        scope TEXT NOT NULL,
        CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))""",
)

_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)
_SYSTEMS = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
    ("WGS 84 geodetic", SRS_ID, "EPSG", SRS_ID, _WGS84),
)

# $t table, $g geometry column, $i integer key, $r index; all quoted by the dialect before.
_BOX = "ST_MinX(NEW.$g), ST_MaxX(NEW.$g), ST_MinY(NEW.$g), ST_MaxY(NEW.$g)"
_NEW_SHAPE = "(NEW.$g NOTNULL AND NOT ST_IsEmpty(NEW.$g))"
_NO_NEW_SHAPE = "(NEW.$g ISNULL OR ST_IsEmpty(NEW.$g))"
_OLD_SHAPE = "(OLD.$g NOTNULL AND NOT ST_IsEmpty(OLD.$g))"
_NO_OLD_SHAPE = "(OLD.$g ISNULL OR ST_IsEmpty(OLD.$g))"
_SAME, _MOVED = "OLD.$i = NEW.$i", "OLD.$i != NEW.$i"
_PUT = f"INSERT OR REPLACE INTO $r VALUES (NEW.$i, {_BOX});"  # noqa: S608 - of constants
_TAKE = "DELETE FROM $r WHERE id = OLD.$i;"

# Trigger name -> event, condition, what it does (GeoPackage 1.4 dropped update1 and update3).
_TRIGGERS = {
    "insert": ("AFTER INSERT ON $t", _NEW_SHAPE, _PUT),
    "update2": ("AFTER UPDATE OF $g ON $t", f"{_SAME} AND {_NO_NEW_SHAPE}", _TAKE),
    "update4": (
        "AFTER UPDATE ON $t",
        f"{_MOVED} AND {_NO_NEW_SHAPE}",
        "DELETE FROM $r WHERE id IN (OLD.$i, NEW.$i);",
    ),
    "update5": ("AFTER UPDATE ON $t", f"{_MOVED} AND {_NEW_SHAPE}", f"{_TAKE} {_PUT}"),
    "update6": (
        "AFTER UPDATE OF $g ON $t",
        f"{_SAME} AND {_NEW_SHAPE} AND {_OLD_SHAPE}",
        "UPDATE $r SET minx = ST_MinX(NEW.$g), maxx = ST_MaxX(NEW.$g), "
        "miny = ST_MinY(NEW.$g), maxy = ST_MaxY(NEW.$g) WHERE id = NEW.$i;",
    ),
    "update7": (
        "AFTER UPDATE OF $g ON $t",
        f"{_SAME} AND {_NEW_SHAPE} AND {_NO_OLD_SHAPE}",
        f"INSERT INTO $r VALUES (NEW.$i, {_BOX});",  # noqa: S608 - of constants
    ),
    "delete": ("AFTER DELETE ON $t", "OLD.$g NOT NULL", _TAKE),
}


def add_functions(connection: sqlite3.Connection) -> None:
    """Give a SQLite connection the functions that the triggers of the spatial index call."""

    def edge(number: int) -> Callable[[bytes | None], float | None]:
        def of(blob: bytes | None) -> float | None:
            bounds = blob_bounds(blob)
            return None if bounds is None else bounds[number]

        return of

    for name, number in (("ST_MinX", 0), ("ST_MinY", 1), ("ST_MaxX", 2), ("ST_MaxY", 3)):
        connection.create_function(name, 1, edge(number), deterministic=True)
    connection.create_function("ST_IsEmpty", 1, is_empty_blob, deterministic=True)


def prepare(connection: Connection) -> None:
    """Write the header and the tables about tables into an empty file, in the open transaction."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {USER_VERSION}")
    for statement in _TABLES:
        connection.exec_driver_sql(statement)
    for name, srs_id, organization, number, definition in _SYSTEMS:
        connection.execute(
            text("INSERT INTO gpkg_spatial_ref_sys VALUES (:a, :b, :c, :d, :e, NULL)"),
            {"a": name, "b": srs_id, "c": organization, "d": number, "e": definition},
        )


def register_table(connection: Connection, name: str, *, description: str) -> None:
    """Enter a table without geometry into ``gpkg_contents``."""
    connection.execute(
        text(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description) "
            "VALUES (:name, 'attributes', :name, :description)"
        ),
        {"name": name, "description": description},
    )


def register_geometry(connection: Connection, schema: TableSchema) -> None:
    """Make a table that was entered before a feature table, with its spatial index."""
    names = {"table": schema.name, "column": schema.geometry, "srs": SRS_ID}
    for statement in (
        "UPDATE gpkg_contents SET data_type = 'features', srs_id = :srs WHERE table_name = :table",
        "INSERT INTO gpkg_geometry_columns VALUES (:table, :column, 'GEOMETRY', :srs, 0, 0)",
        "INSERT INTO gpkg_extensions VALUES (:table, :column, 'gpkg_rtree_index', "
        "'http://www.geopackage.org/spec140/#extension_rtree', 'write-only')",
    ):
        connection.execute(text(statement), names)
    _add_index(connection, schema)


def index_name(schema: TableSchema) -> str:
    """Return the name of the spatial index of a table."""
    return f"rtree_{schema.name}_{schema.geometry}"


def _add_index(connection: Connection, schema: TableSchema) -> None:
    quote = connection.dialect.identifier_preparer.quote_identifier
    names = {
        "t": quote(schema.name),
        "g": quote(str(schema.geometry)),
        "i": quote(ROW_ID),
        "r": quote(index_name(schema)),
    }
    make = Template("CREATE VIRTUAL TABLE $r USING rtree(id, minx, maxx, miny, maxy)")
    connection.exec_driver_sql(make.substitute(names))
    for name, (event, condition, action) in _TRIGGERS.items():
        whole = Template(f"CREATE TRIGGER $n {event} WHEN {condition} BEGIN {action} END")
        trigger = quote(f"{index_name(schema)}_{name}")
        connection.exec_driver_sql(whole.substitute(names, n=trigger))


def touch(connection: Connection, table: Table, *, at: str, bounds: Bounds | None) -> None:
    """Note in ``gpkg_contents`` that a table changed, and widen its extent.

    The extent only grows (it informs a viewer where to zoom, no more).
    """
    west, south, east, north = bounds or (None, None, None, None)
    connection.execute(
        text(
            "UPDATE gpkg_contents SET last_change = :at, "
            "min_x = min(coalesce(min_x, :west), coalesce(:west, min_x)), "
            "min_y = min(coalesce(min_y, :south), coalesce(:south, min_y)), "
            "max_x = max(coalesce(max_x, :east), coalesce(:east, max_x)), "
            "max_y = max(coalesce(max_y, :north), coalesce(:north, max_y)) "
            "WHERE table_name = :name"
        ),
        {"at": at, "west": west, "south": south, "east": east, "north": north, "name": table.name},
    )
