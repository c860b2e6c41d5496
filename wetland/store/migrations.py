"""What the program needs of the store and the store does not have yet (迁移).

A migration only adds: a table, or a column of a table. Each is applied in one transaction together
with its record in ``wetland_migrations`` and its entry in the audit trail. A column that the store
has and the program does not know means that another version wrote it: then the store is not opened
for writing, because digests would be wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, insert, inspect, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn, CreateTable, DDLElement
from sqlalchemy.sql.compiler import DDLCompiler

from wetland.base.errors import StoreError
from wetland.base.tables import Column, Kind, TableSchema
from wetland.base.texts import Text, text
from wetland.store import geopackage
from wetland.store.audit import MIGRATIONS, Author, append
from wetland.store.columns import spatial_index, sql_table
from wetland.store.digests import as_json, digest
from wetland.store.engines import is_postgres


@dataclass(frozen=True, slots=True)
class Migration:
    """One addition: a table (``table:findings``) or a column (``column:findings.note``)."""

    id: str
    schema: TableSchema
    column: Column | None = None

    @property
    def definition(self) -> str:
        """Return what is added, as JSON: enough to read the table without the program's schema."""
        added = self.schema.columns if self.column is None else (self.column,)
        return as_json(
            {
                "table": self.schema.name,
                "key": self.schema.key,
                "columns": [{"name": c.name, "kind": c.kind} for c in added],
            }
        )


def recorded(connection: Connection) -> dict[str, TableSchema]:
    """Return the tables as the store's own records describe them, by name."""
    tables: dict[str, TableSchema] = {}
    rows = connection.execute(select(MIGRATIONS.c.definition).order_by(MIGRATIONS.c.seq))
    for (definition,) in rows:
        said = json.loads(definition)
        name = said["table"]
        before = tables[name].columns if name in tables else ()
        added = tuple(
            Column(c["name"], cast(Kind, c["kind"]), text(c["name"], c["name"]))
            for c in said["columns"]
        )
        tables[name] = TableSchema(name, said["key"], before + added, text(name, name))
    return tables


def count(connection: Connection) -> int:
    """Return how many migrations the store has had."""
    return len(connection.execute(select(MIGRATIONS.c.seq)).all())


def pending(connection: Connection, schemas: Sequence[TableSchema]) -> list[Migration]:
    """Return what has to be added for ``schemas``; changes nothing.

    Raises
    ------
    StoreError
        The store differs in a way that adding cannot mend (another version of the program).
    """
    known = recorded(connection)
    wanted: list[Migration] = []
    for schema in schemas:
        if schema.name in known:
            wanted.extend(_missing_columns(schema, known[schema.name]))
        else:
            wanted.append(Migration(f"table:{schema.name}", schema))
    return wanted


def _missing_columns(schema: TableSchema, known: TableSchema) -> Iterable[Migration]:
    kinds = {c.name: c.kind for c in known.columns}
    extra = sorted(set(kinds) - set(schema.names))
    turned = [c.name for c in schema.columns if kinds.get(c.name, c.kind) != c.kind]
    if extra or turned or schema.key != known.key:
        raise StoreError(
            text(
                "存储由另一版本的程序写成：表 {table}，列 {columns}",
                "the store was written by another version: table {table}, columns {columns}",
            ).fill(table=schema.name, columns=", ".join([*extra, *turned]) or known.key),
            hint=text(
                "请使用同一版本或更新的程序", "use the same version of the program or a newer one"
            ),
        )
    for column in schema.columns:
        if column.name not in kinds:
            yield Migration(f"column:{schema.name}.{column.name}", schema, column)


class _AddColumn(DDLElement):
    def __init__(self, migration: Migration) -> None:
        self.migration = migration


@compiles(_AddColumn)  # type: ignore[untyped-decorator, unused-ignore]
def _add_column(element: _AddColumn, compiler: DDLCompiler, **_: object) -> str:
    migration = element.migration
    table = sql_table(migration.schema)
    column = table.c[cast(Column, migration.column).name]
    written = compiler.process(CreateColumn(column))
    return f"ALTER TABLE {compiler.preparer.format_table(table)} ADD COLUMN {written}"


def apply(connection: Connection, migration: Migration, author: Author) -> bool:
    """Apply one migration in the open write transaction; False where another program just did."""
    done = select(MIGRATIONS.c.id).where(MIGRATIONS.c.id == migration.id)
    if connection.execute(done).first() is not None:
        return False
    if migration.column is None:
        _create(connection, migration.schema)
    else:
        connection.execute(_AddColumn(migration))
    adds_geometry = migration.column is None or migration.column.kind == "geometry"
    if migration.schema.geometry is not None and adds_geometry:
        _index(connection, migration.schema)
    mark = digest(migration.definition)
    row = {"id": migration.id, "applied_at": author.at, "definition": migration.definition}
    connection.execute(insert(MIGRATIONS), {**row, "digest": mark})
    change = {"table": MIGRATIONS.name, "key": migration.id, "action": "migrate"}
    append(connection, author, [{**change, "before_digest": None, "after_digest": mark}])
    return True


def _create(connection: Connection, schema: TableSchema) -> None:
    if inspect(connection).has_table(schema.name):
        raise StoreError(
            text(
                "数据库里已有一个不属于本存储的表 {table}",
                "the database has a table {table} that is not the store's",
            ).fill(table=schema.name)
        )
    connection.execute(CreateTable(sql_table(schema)))
    if not is_postgres(connection):
        geopackage.register_table(connection, schema.name, description=described(schema.title))


def _index(connection: Connection, schema: TableSchema) -> None:
    if not is_postgres(connection):
        geopackage.register_geometry(connection, schema)
        return
    spatial_index(schema).create(connection)


def described(title: Text) -> str:
    """Return a title in both languages on one line."""
    return f"{title.zh} / {title.en}"
