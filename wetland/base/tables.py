"""Table schemas: columns with a kind, a unit and a range; the store and the checks read them.

A capability owns its schemas (`TableSchema`); the store makes SQL tables from them and
`TableSchema.check` makes a pandera schema from them, so a column is written down once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wetland.base.texts import Text

Kind = Literal["text", "integer", "number", "boolean", "day", "instant", "geometry", "json"]

# One dtype policy for every table. A day is a `datetime.date` in an object column, an instant is
# UTC, json is a str that holds JSON, geometry is a shapely object (longitude, latitude).
DTYPES: dict[str, str] = {
    "text": "str",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "day": "object",
    "instant": "datetime64[us, UTC]",
    "geometry": "object",
    "json": "str",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, kind, and what values it may hold."""

    name: str
    kind: Kind
    description: Text
    required: bool = False
    unit: str | None = None
    choices: tuple[str, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table: its name, its columns and the column that identifies a row.

    ``key`` names one text column whose value is unique and stable (a content hash or the source's
    own identifier); a second import of the same row carries the same key and changes nothing.
    """

    name: str
    key: str
    columns: tuple[Column, ...]
    title: Text

    def column(self, name: str) -> Column:
        """Return the column called ``name`` (KeyError where there is none)."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> list[str]:
        """Return the column names in order."""
        return [c.name for c in self.columns]

    @property
    def geometry(self) -> str | None:
        """Return the name of the geometry column, or None."""
        return next((c.name for c in self.columns if c.kind == "geometry"), None)
