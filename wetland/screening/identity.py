"""Which row is which: identifiers that survive a second import, and rows that occur twice.

Rule of decision: a row with an identifier of its own is that identifier within its source; a row
without one is what it says as received, so that the same row read again with better options is the
same observation, changed. Two rows of one file that say the same are one observation, the second
is kept aside; two rows with one identifier that say different things are both kept aside, since
nothing tells which is right.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from wetland.base.problems import Problems
from wetland.base.tables import DTYPES
from wetland.base.texts import text
from wetland.reading.raw import RawTable
from wetland.screening.strings import (
    TEXT,
    digests,
    joined,
    marks_of,
    missing,
    strings_of,
    stripped,
    taken,
)
from wetland.screening.tables import OBSERVATIONS
from wetland.screening.wkb import points_as_wkb

if TYPE_CHECKING:
    import pandas as pd

REPEATED = text("与第 {n} 行相同，只读一次", "says the same as row {n}: read once")
CONFLICT = text(
    "编号与第 {n} 行相同而内容不同，无法判断哪一行正确",
    "same identifier as row {n}, other content: which is right cannot be told",
)
_HEX = np.array([int.from_bytes(b"%02X" % byte, sys.byteorder) for byte in range(256)],
                dtype=np.uint16)  # fmt: skip
_PART = "\x1f"  # JSON escapes it, so it cannot stand inside a part


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
    count = len(table)
    own, extra = _words(table["record_id"]), _words(table["extra"])
    received = _words(table["received"])
    named = ~missing(own)

    def whole(part: slice) -> pa.LargeStringArray:
        said = _substance_lines(table.iloc[part])
        return joined([said, extra[part], pc.fill_null(own[part], "")], _PART)

    def identity(part: slice) -> pa.LargeStringArray:
        by_name = joined([pa.scalar(site, TEXT), pa.scalar(source, TEXT), own[part]], _PART)
        by_row = joined([pa.scalar(site, TEXT), received[part]], _PART)
        return pc.if_else(pa.array(named[part]), by_name, by_row)

    table["content"] = digests(count, whole).to_pandas()
    table["observation_id"] = digests(count, identity, most=24, mark="o-").to_pandas()
    if twins:
        _tell_twice(table, problems)
    return _typed(_sound(table, problems))


def _sound(table: pd.DataFrame, problems: Problems) -> pd.DataFrame:
    aside = problems.error_rows
    if not aside:
        return table
    return table[~table["source_row"].isin(list(aside))].reset_index(drop=True)


def received_rows(raw: RawTable, asked: NDArray[np.bool_] | None = None) -> pd.Series:
    """Return a digest of what each row said as received: its geometry, and cells that hold some.

    Rows that are not ``asked`` for are missing: only a row without an identifier of its own is
    known by what it said.
    """
    import pandas as pd

    rows = np.arange(len(raw.rows)) if asked is None else np.flatnonzero(asked)
    names = sorted(map(str, raw.cells.columns))

    def lines(part: slice) -> pa.LargeStringArray:
        some = rows[part]
        places = pa.array([""] * len(some), type=TEXT)
        if raw.geometry is not None:
            places = pc.fill_null(hex_places(raw.geometry[some]), "")
        cells = [_received(raw.cells[name].iloc[some], name) for name in names]
        return joined([places, *cells], _PART, skip=True)

    digest: pd.Series = digests(len(rows), lines).to_pandas()
    if len(rows) == len(raw.rows):
        return digest
    found = pd.Series(None, index=pd.RangeIndex(len(raw.rows)), dtype="str")
    found.iloc[rows] = digest.array
    return found


def _received(cells: pd.Series, name: str) -> pa.LargeStringArray:
    """Return ``name=value`` of each cell without white space around it; missing where empty."""
    words = strings_of(cells)
    if words is not None:
        held = pc.if_else(pc.equal(words, pa.scalar("", TEXT)), pa.scalar(None, TEXT), words)
        return joined([pa.scalar(f"{name}=", TEXT), stripped(held)], "")
    found = [None if v is None or v == "" else f"{name}={str(v).strip()}" for v in _listed(cells)]
    return pa.array(found, type=TEXT)


def hex_places(geometry: NDArray[Any]) -> pa.LargeStringArray:
    """Return each geometry as WKB in hexadecimal, missing where there is none."""
    if not shapely.get_type_id(geometry).any():  # points, all of them
        return _hex_points(shapely.get_x(geometry), shapely.get_y(geometry))
    found = np.asarray(shapely.to_wkb(geometry, hex=True, output_dimension=2), dtype=object)
    return pa.array(found, type=TEXT)


def _hex_points(x: NDArray[np.float64], y: NDArray[np.float64]) -> pa.LargeStringArray:
    wkb = points_as_wkb(x, y)
    digits = _HEX[wkb.view(np.uint8)]
    ends = np.arange(len(x) + 1, dtype=np.int64) * 2 * wkb.itemsize
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(digits)]
    return pa.LargeStringArray.from_buffers(len(x), *buffers[1:])


def substances(table: pd.DataFrame) -> list[str]:
    """Return what each row says, as one line; the same words for the same content in any file."""
    found: list[str] = _substance_lines(table).to_pylist()
    return found


def _substance_lines(table: pd.DataFrame) -> pa.LargeStringArray:
    """Return one line a row; ``record_id``, source and place in the file are no part of it."""
    columns = [
        hex_places(table["geometry"].to_numpy(dtype=object)),
        _words(table["activity"]),
        _days(table["occurred_on"]),
        _instants(table["occurred_at"]),
        _instants(table["ended_at"]),
        _numbers(table["uncertainty_m"]),
        _words(table["position_source"]),
        _words(table["facts"]),
    ]
    lines = joined([pc.fill_null(column, "") for column in columns], _PART)
    return joined([lines, _words(table["track_id"])], _PART, skip=True)


def _words(column: pd.Series) -> pa.LargeStringArray:
    found = strings_of(column)
    return pa.array(_listed(column), type=TEXT) if found is None else found


def _days(column: pd.Series) -> pa.LargeStringArray:
    import pandas as pd

    codes, distinct = pd.factorize(column.to_numpy(dtype=object))
    return taken([*map(str, distinct), None], codes % (len(distinct) + 1))


def _instants(column: pd.Series) -> pa.LargeStringArray:
    """Write instants as pandas does: a fraction of six digits only where there is one."""
    instants = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    whole = instants.astype("datetime64[s]")
    words = pa.array(whole).cast(TEXT)
    fraction = ~np.isnat(instants) & (whole != instants)
    if fraction.any():
        words = pc.if_else(pa.array(fraction), pa.array(instants).cast(TEXT), words)
    return joined([words, pa.scalar("+00:00", TEXT)], "")


def _numbers(column: pd.Series) -> pa.LargeStringArray:
    """Write numbers as Python does, each distinct one once (0.0 and -0.0 are two)."""
    import pandas as pd

    values = column.to_numpy(dtype=float)
    codes, bits = pd.factorize(values.view(np.int64))
    words = [None if v != v else str(v) for v in bits.view(np.float64).tolist()]
    return taken(words, codes)


def _listed(column: pd.Series) -> list[Any]:
    """Return a column as a list in which what is missing is None, whatever its dtype."""
    values = column.astype(object)
    missing = column.isna().to_numpy(dtype=bool)
    return [None if gone else v for v, gone in zip(values, missing, strict=True)]


def _tell_twice(table: pd.DataFrame, problems: Problems) -> None:
    marks = marks_of(_words(table["observation_id"]))
    if marks is not None and np.diff(np.sort(marks)).all():
        return
    again = table["observation_id"].duplicated(keep=False).to_numpy(dtype=bool)
    if not again.any():
        return
    doubled = table[again]
    said = dict(zip(np.flatnonzero(again).tolist(), substances(doubled), strict=True))
    groups: dict[str, list[int]] = {}
    for position, key in zip(said, doubled["observation_id"], strict=True):
        groups.setdefault(key, []).append(position)
    rows = table["source_row"].tolist()
    for positions in groups.values():
        own = table["record_id"].iloc[positions[0]]
        same = len({said[p] for p in positions}) == 1
        tell_group(problems, [rows[p] for p in positions], own, same=same)


def tell_group(problems: Problems, rows: Sequence[int], own: object, *, same: bool) -> None:
    """Tell which rows of one identifier are kept aside: all but the first if they say the same."""
    code, message = ("repeated_row", REPEATED) if same else ("duplicate_id", CONFLICT)
    for at, row in enumerate(rows):
        if at or not same:
            problems.add(code, row=row, value=own, message=message.fill(n=rows[0 if at else 1]))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    ordered = table.reindex(columns=OBSERVATIONS.names).reset_index(drop=True)
    return ordered.astype({c.name: DTYPES[c.kind] for c in OBSERVATIONS.columns})
