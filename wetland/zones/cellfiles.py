"""Keep a cell index in a file, and take it back only where it is whole and of these zones."""

from __future__ import annotations

import hashlib
import os
import secrets
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.compiled import compiled, in_place
from wetland.zones.cellbuild import EDGE, HEAD, MOST_BITS, SPARE, Grid, Ints
from wetland.zones.cellindex import CellIndex, tuples_of
from wetland.zones.cellkernels import Cells

FORMAT = 2  # of the file and of what the loops make of it: a new one where either changes
SUFFIX = ".npz"
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error,
              NotImplementedError)  # fmt: skip


def polygons_digest(polygons: Sequence[Any] | NDArray[Any]) -> str:
    """Return the SHA-256 over the coordinates of polygons, in their order."""
    digest = hashlib.sha256()
    taken = np.empty(len(polygons), dtype=object)
    taken[:] = polygons
    for one in shapely.to_wkb(taken):
        content = b"" if one is None else one
        digest.update(len(content).to_bytes(8, "little"))
        digest.update(content)
    return digest.hexdigest()


def save_index(index: CellIndex, path: Path) -> None:
    """Write an index so that a reader sees it whole or not at all.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    starts, members = index.listed_sets()
    parts = {
        "format": np.array([FORMAT]),
        "digest": np.frombuffer(polygons_digest(index.polygons).encode(), dtype=np.uint8),
        "grid": np.array(index.cells.grid, dtype=np.float64),
        "codes": index.cells.codes,
        "words": index.cells.words,
        "set_start": starts,
        "set_members": members[: starts[-1]],
        "foreign": index.foreign,
    }
    half = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with half.open("wb") as file:
            np.savez(file, allow_pickle=False, **parts)
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)


def load_index(path: Path, polygons: Sequence[Any] | NDArray[Any]) -> CellIndex | None:
    """Read an index of these polygons; None where the file is missing, damaged or of others.

    Every place that a loop will read is checked to be there: a file can give no index that reads
    beyond its own arrays.
    """
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                return None
            file.seek(0)
            with np.load(file, allow_pickle=False) as arrays:
                parts = {name: arrays[name] for name in arrays.files}
        known = parts["format"].tolist() == [FORMAT]
        if not known or parts["digest"].tobytes().decode() != polygons_digest(polygons):
            return None
        return _checked(parts, polygons)
    except UNREADABLE:
        return None


def _checked(parts: dict[str, NDArray[Any]], polygons: Sequence[Any] | NDArray[Any]) -> CellIndex:
    values = parts["grid"].tolist()
    x0, y0, cell_m, per_m, columns, rows, pad_m, ulp_m = values
    grid = Grid(x0, y0, cell_m, per_m, int(columns), int(rows), pad_m, ulp_m)
    lists = ("codes", "words", "set_start", "set_members", "foreign")
    codes, words, starts, members, foreign = (parts[name] for name in lists)
    if any(parts[name].dtype != np.int32 or parts[name].ndim != 1 for name in lists):
        raise ValueError("not the lists of an index")
    sets, zones = len(starts) - 1, len(polygons)
    sound = (
        np.isfinite(values).all()
        and grid.cell_m > 0
        and grid.columns * grid.rows == codes.size
        and starts[:2].tolist() == [0, 0]
        and starts[-1] == members.size
        and (np.diff(starts) >= 0).all()
        and _all_within(members, zones)
        and _all_within(foreign, zones)
        and sound_codes(codes.reshape(grid.rows, grid.columns), words, sets)
    )
    if not sound:
        raise ValueError("not an index")
    taken = np.empty(zones, dtype=object)
    taken[:] = polygons
    cells = Cells(grid, codes, words, words.view(np.float32))
    return CellIndex(taken, cells, tuples_of(starts, members), foreign)


def _all_within(numbers: Ints, limit: int) -> bool:
    return bool(((numbers >= 0) & (numbers < limit)).all())


@in_place
def sound_record(words: Ints, start: int, sets: int) -> bool:
    """Tell whether a record and the sets after it are there."""
    if start + HEAD + SPARE > words.size:
        return False
    bits = words[start + 1]
    if words[start] < 0:
        return bool(words[start] == -1)
    stop = start + HEAD + EDGE * np.int64(words[start])
    if bits < 0 or bits > MOST_BITS or stop + (1 << bits) > words.size:
        return False
    mask = 0
    for at in range(start + HEAD, stop, EDGE):
        mask |= words[at + 4]
    if mask < 0 or mask >= 1 << bits:
        return False
    named = True
    for at in range(stop, stop + (1 << bits)):
        named &= words[at] >= -1 and words[at] < sets
    return named


@compiled
def sound_codes(codes: NDArray[np.int32], words: Ints, sets: int) -> bool:
    """Tell whether every code leads to a set or to a record that is there."""
    rows, columns = codes.shape
    for row in range(rows):
        for column in range(columns):
            code = np.int64(codes[row, column])
            border = row == 0 or column == 0 or row == rows - 1 or column == columns - 1
            if code >= sets or (border and code != 0):
                return False
            if code < 0 and not sound_record(words, int(-1 - code), sets):
                return False
    return True
