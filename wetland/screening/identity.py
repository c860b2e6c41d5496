"""Which row is which: identifiers that survive a second import, and rows that occur twice.

Rule of decision: a row with an identifier of its own is that identifier within its source; a row
without one is what it says as received, so that the same row read again with better options is the
same observation, changed. Two rows of one file that say the same are one observation, the second
is kept aside; two rows with one identifier that say different things are both kept aside, since
nothing tells which is right.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from wetland.base.problems import Problems
from wetland.base.tables import DTYPES
from wetland.base.texts import text
from wetland.screening.raw import RawTable
from wetland.screening.tables import OBSERVATIONS

if TYPE_CHECKING:
    import pandas as pd

REPEATED = text("与第 {n} 行相同，只读一次", "says the same as row {n}: read once")
CONFLICT = text(
    "编号与第 {n} 行相同而内容不同，无法判断哪一行正确",
    "same identifier as row {n}, other content: which is right cannot be told",
)
_SUBSTANCE = ("activity", "occurred_on", "occurred_at", "ended_at", "uncertainty_m",
              "position_source", "facts")  # fmt: skip


_PART = "\x1f"  # JSON escapes it, so it cannot stand inside a part


def _digest(*parts: str) -> str:
    return hashlib.sha256(_PART.join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def settle_identity(
    table: pd.DataFrame, site: str, source: str, problems: Problems, *, twins: bool = True
) -> pd.DataFrame:
    """Give every row its identifier and content digest, and return the sound rows.

    Parameters
    ----------
    table
        All rows that could be taken apart; ``received`` is what each said, see `received_rows`.
    site, source
        Namespace of the identifiers.
    problems
        Rows with an error here are kept aside; repeated and contradicting rows are added.
    twins
        Whether to look for repeated rows; False where ``table`` is a part of a larger whole.
    """
    table = _sound(table, problems)
    said = substances(table)
    own, received = _listed(table["record_id"]), table["received"].tolist()
    contents = [
        _digest(substance, extra, name or "")
        for substance, extra, name in zip(said, table["extra"].tolist(), own, strict=True)
    ]
    table["content"] = contents
    table["observation_id"] = [
        "o-" + (_digest(site, row) if name is None else _digest(site, source, name))[:24]
        for name, row in zip(own, received, strict=True)
    ]
    if twins:
        _tell_twice(table, said, problems)
    return _typed(_sound(table, problems))


def _sound(table: pd.DataFrame, problems: Problems) -> pd.DataFrame:
    aside = problems.error_rows
    return table[~table["source_row"].isin(list(aside))].reset_index(drop=True)


def received_rows(raw: RawTable) -> list[str]:
    """Return a digest of what each row said as received: its geometry, and cells that hold some."""
    places: list[str | None] = [None] * len(raw.rows)
    if raw.geometry is not None:
        places = shapely.to_wkb(raw.geometry, hex=True, output_dimension=2).tolist()
    names = sorted(map(str, raw.cells.columns))
    columns = [_listed(raw.cells[name]) for name in names]
    rows = zip(places, *columns, strict=True)
    return [
        _digest(
            place or "",
            *(
                f"{name}={str(value).strip()}"
                for name, value in zip(names, cells, strict=True)
                if value is not None and value != ""
            ),
        )
        for place, *cells in rows
    ]


def _listed(column: pd.Series) -> list[Any]:
    """Return a column as a list in which what is missing is None, whatever its dtype."""
    values = column.astype(object)
    missing = column.isna().to_numpy(dtype=bool)
    return [None if gone else v for v, gone in zip(values, missing, strict=True)]


def substances(table: pd.DataFrame) -> list[str]:
    """Return what each row says, as one line; the same words for the same content in any file."""
    places = shapely.to_wkb(table["geometry"].to_numpy(dtype=object), hex=True, output_dimension=2)
    columns = [places.tolist(), *(_listed(table[name]) for name in _SUBSTANCE)]
    words = [["" if v is None else str(v) for v in column] for column in columns]
    rows = [_PART.join(row) for row in zip(*words, strict=True)]
    tracks = _listed(table["track_id"])
    return [r if t is None else f"{r}{_PART}{t}" for r, t in zip(rows, tracks, strict=True)]


def _tell_twice(table: pd.DataFrame, said: list[str], problems: Problems) -> None:
    again = table["observation_id"].duplicated(keep=False).to_numpy(dtype=bool)
    groups: dict[str, list[int]] = {}
    for position in np.flatnonzero(again).tolist():
        groups.setdefault(table["observation_id"].iloc[position], []).append(position)
    rows = table["source_row"].tolist()
    for positions in groups.values():
        first, *others = positions
        same = all(said[p] == said[first] for p in others)
        told = others if same else positions
        for position in told:
            other = first if position != first else others[0]
            code, message = ("repeated_row", REPEATED) if same else ("duplicate_id", CONFLICT)
            problems.add(code, row=rows[position], value=table["record_id"].iloc[position],
                         message=message.fill(n=rows[other]))  # fmt: skip


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    ordered = table.reindex(columns=OBSERVATIONS.names).reset_index(drop=True)
    return ordered.astype({c.name: DTYPES[c.kind] for c in OBSERVATIONS.columns})
