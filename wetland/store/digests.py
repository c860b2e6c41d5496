"""What a row says, in one form, and its digest; the links of the audit chain.

The form leaves missing values out, so a column that is added later changes no digest. Two back ends
that hold the same row give the same digest.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from wetland.base.tables import TableSchema
from wetland.store.columns import instant_text
from wetland.store.geometry import to_wkb


def _day(value: Any) -> str:  # noqa: ANN401 - whatever the database gave
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise ValueError(f"{value!r} is no day")
    return value.isoformat()


_FORMS: dict[str, Callable[[Any], Any]] = {
    "text": str,
    "json": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "day": _day,
    "instant": instant_text,
    "geometry": lambda g: to_wkb(g).hex(),
}


def canonical(schema: TableSchema, row: Mapping[str, object]) -> str:
    """Return the row as JSON: known columns that hold something, sorted, nothing between.

    Raises
    ------
    ValueError, TypeError
        A value is not of its column's kind (somebody wrote it behind the program's back).
    """
    kept = {
        c.name: _FORMS[c.kind](row[c.name]) for c in schema.columns if row.get(c.name) is not None
    }
    return as_json([schema.name, kept])


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def as_json(value: object) -> str:
    """Write JSON in the one form that digests are made from."""
    return _ENCODER.encode(value)


def digest(content: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal.

    Examples
    --------
    >>> digest("湿地")[:16]
    'c06063869722a3de'
    """
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def row_digest(schema: TableSchema, row: Mapping[str, object]) -> str:
    """Return the digest of a row's content."""
    return digest(canonical(schema, row))


def first_link(store_id: str) -> str:
    """Return the hash before the first entry: it ties a chain to its store."""
    return digest(f"wetland store {store_id}")


def link(prev_hash: str, entry: Mapping[str, object]) -> str:
    """Return the hash of an audit entry: of the one before it and of all it says."""
    said = {k: v for k, v in entry.items() if k not in {"prev_hash", "hash"}}
    return digest(as_json([prev_hash, said]))
