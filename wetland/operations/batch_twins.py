"""Rows that occur twice in a set of files, wherever they lie.

The rule is that of `wetland.screening.identity`: rows of one identifier that say the same are one
observation, read once (the first in order of files and rows); where they say different things none
is taken, since nothing tells which is right. The partitions are gone through by ranges of the
identifier, so that memory hangs on the size of a range and not on that of the set.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetland.operations.batch_files import digest_of, whole
from wetland.operations.batch_read import SEEN, SEEN_TYPE, folder_of, widest_seen

RANGE_ROWS = 2_000_000
TWINS = "twins"
REPEATED, CONFLICT = 0, 1
# Row `at` of a partition is not taken: why, and which row of which partition says the same.
DROP_TYPE = np.dtype([("at", "<u4"), ("why", "<u1"), ("piece", "<u4"), ("row", "<i8")])
Array = NDArray[Any]


def find_twins(
    work: str | Path, keys: Sequence[str], *, range_rows: int = RANGE_ROWS
) -> dict[int, Array]:
    """Return, for each partition that has any, the rows not to be taken, in order.

    Parameters
    ----------
    work
        Folder of the run.
    keys
        Keys of the partitions, in order.
    range_rows
        About how many rows are held at once.
    """
    seen = [np.load(folder_of(work, key) / SEEN, mmap_mode="r", allow_pickle=False)
            for key in keys]  # fmt: skip
    ranges = max(1, -(-sum(map(len, seen)) // range_rows))
    found: dict[int, list[Array]] = {}
    for number in range(ranges):
        low, high = (n * 2**64 // ranges for n in (number, number + 1))
        parts = [_between(rows["high"], low, high) for rows in seen]
        drops = _drops([np.asarray(rows[part]) for rows, part in zip(seen, parts, strict=True)])
        for piece in np.unique(drops["of"]).tolist():
            found.setdefault(piece, []).append(drops["drop"][drops["of"] == piece])
    return {piece: np.sort(np.concatenate(parts), order="at")
            for piece, parts in sorted(found.items())}  # fmt: skip


def _between(high: Array, first: int, end: int) -> slice:
    start = int(np.searchsorted(high, np.uint64(first)))
    stop = len(high) if end >= 2**64 else int(np.searchsorted(high, np.uint64(end)))
    return slice(start, stop)


def _drops(parts: Sequence[Array]) -> Array:
    rows = np.concatenate([np.zeros(0, dtype=SEEN_TYPE), *parts])
    out = np.dtype([("of", "<u4"), ("drop", DROP_TYPE)])
    if not len(rows):
        return np.zeros(0, dtype=out)
    piece = np.repeat(np.arange(len(parts), dtype=np.uint32), [len(p) for p in parts])
    order = np.lexsort((rows["at"], piece, rows["low"], rows["high"]))
    rows, piece = rows[order], piece[order]
    fresh = np.ones(len(rows), dtype=bool)
    fresh[1:] = (rows["high"][1:] != rows["high"][:-1]) | (rows["low"][1:] != rows["low"][:-1])
    group = np.cumsum(fresh) - 1
    first = np.flatnonzero(fresh)[group]
    differs = np.bincount(group, weights=rows["said"] != rows["said"][first]) > 0
    several = np.bincount(group) > 1
    lost = (differs[group] | ~fresh) & several[group]
    at = np.flatnonzero(lost)
    other = np.where(fresh[at], at + 1, first[at])
    drops = np.zeros(len(at), dtype=out)
    drops["of"] = piece[at]
    drops["drop"]["at"], drops["drop"]["why"] = rows["at"][at], differs[group[at]]
    drops["drop"]["piece"], drops["drop"]["row"] = piece[other], rows["row"][other]
    return drops


def widest_kept(work: str | Path, key: str, drops: Array) -> dict[str, float]:
    """Return the widest uncertainty that the rows taken of a partition state, by source."""
    seen = np.load(folder_of(work, key) / SEEN, allow_pickle=False)
    return widest_seen(seen[~np.isin(seen["at"], drops["at"])])


def write_drops(work: Path, drops: Array, names: Sequence[str]) -> tuple[str, str]:
    """Write rows not to be taken; return the file and a digest of what it says.

    Parameters
    ----------
    names
        Name of the file that each partition belongs to.
    """
    said = [(int(d["at"]), int(d["why"]), names[d["piece"]], int(d["row"])) for d in drops]
    digest = digest_of(said)
    path = work / TWINS / f"{digest}.npy"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        width = max(len(name) for _, _, name, _ in said)
        type = np.dtype([("at", "<u4"), ("why", "<u1"), ("file", f"<U{width}"), ("row", "<i8")])
        whole(path, lambda p: np.save(p, np.array(said, dtype=type), allow_pickle=False), work=work)
    return str(path), digest
