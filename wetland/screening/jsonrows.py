"""Columns of a file as one JSON object a row: the known cells under the names of their columns."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wetland.reading.cells import is_blank
from wetland.screening.strings import (
    TEXT,
    blank,
    joined,
    pieces_of,
    quoted,
    strings_of,
    without,
)

if TYPE_CHECKING:
    import pandas as pd


def json_rows(columns: Mapping[str, pa.LargeStringArray], count: int) -> pd.Series:
    """Return one JSON object a row.

    Parameters
    ----------
    columns
        Name -> the JSON of each cell, missing where the row says nothing of it.
    count
        Number of rows; without columns every row is ``{}``.
    """
    import pandas as pd

    if not columns or not count:
        return pd.Series(["{}"] * count, dtype="str")
    pieces = []
    for part in pieces_of(count):
        named = [joined([pa.scalar(f"{_encode(name)}: ", TEXT), cells[part]], "")
                 for name, cells in columns.items()]  # fmt: skip
        whole = joined(named, ", ", skip=True)
        pieces.append(joined([pa.scalar("{", TEXT), whole, pa.scalar("}", TEXT)], ""))
    found: pd.Series = pa.chunked_array(pieces, type=TEXT).to_pandas()
    return found


def json_cells(cells: pd.Series) -> pa.LargeStringArray:
    """Return each cell as JSON, missing where it is blank."""
    words = strings_of(cells)
    if words is not None:
        return quoted(without(words, blank(words)))
    return json_each(np.array([None if is_blank(v) else v for v in cells], dtype=object))


def json_each(values: NDArray[Any]) -> pa.LargeStringArray:
    """Return each value as JSON, None as missing; one that many rows share once."""
    own = np.fromiter(map(id, values), dtype=np.int64, count=len(values))
    _, first, codes = np.unique(own, return_index=True, return_inverse=True)
    words = [None if v is None else _encode(v) for v in values[first]]
    return pa.array(words, type=TEXT).take(pa.array(codes))


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, np.generic):
        return value.item()
    return str(value)


_encode = json.JSONEncoder(ensure_ascii=False, default=_plain).encode
