"""Keep other readers off the store's file.

GDAL (pyogrio, rasterio, geopandas) brings its own copy of SQLite. Two copies in one process do not
see each other's locks: when GDAL closes the file it deletes the write-ahead log beneath the open
store, and what was committed there is lost. Even ``open(path).close()`` drops the locks that this
process holds on the file. So a reader asks `refuse_store` first, by name and file system only,
before it touches a path. From *another* process reading is safe, also while the store writes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from wetland.base.errors import InputError
from wetland.base.texts import text

SIDE_FILES = ("", "-wal", "-shm", "-journal")

# Files this process has open as stores, by device and inode.
_open_stores: dict[Path, int] = {}

_PREFIX = re.compile(r"(?:[a-z][a-z0-9+.-]*://|/vsi[a-z0-9_]+/|(?:gpkg|sqlite|file):)", re.I)
_BETWEEN = re.compile(r"[!|?{}&,=;]")


def candidates(name: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield every file that a name given to a reader may stand for.

    ``zip://a.gpkg!x``, ``/vsizip//data/a.gpkg/x``, ``GPKG:a.gpkg:layer`` and ``file:///a.gpkg`` all
    reach ``a.gpkg``: prefixes are taken off, what stands between separators is looked at, and each
    leading part of a path.

    Examples
    --------
    >>> sorted({p.as_posix() for p in candidates("/vsizip//d/a.gpkg/x")} & {"/d/a.gpkg"})
    ['/d/a.gpkg']
    """
    rest = os.fspath(name)
    seen = [rest]
    while prefix := _PREFIX.match(rest):
        rest = rest[prefix.end() :]
        seen.append(rest)
    for form in seen:
        pieces = {form, *_BETWEEN.split(form)}
        for part in {*pieces, *(p for piece in pieces for p in _before_colons(piece))}:
            if part:
                yield Path(part)
                yield from Path(part).parents


def _before_colons(name: str) -> Iterator[str]:
    for match in re.finditer(":", name):
        yield name[: match.start()]


def _files_of(store: Path) -> list[os.stat_result]:
    found = []
    for suffix in SIDE_FILES:
        try:
            found.append(os.stat(str(store) + suffix))
        except (OSError, ValueError):
            continue
    return found


def is_same(name: str | os.PathLike[str], store_path: str | os.PathLike[str]) -> bool:
    """Tell whether a reader given ``name`` would open the store (or its log) at ``store_path``.

    Decided by the file system (device and inode), so symbolic and hard links are seen through.
    Nothing is opened.
    """
    store = Path(store_path)
    files = _files_of(store)
    for path in candidates(name):
        try:
            found = os.stat(path)
        except (OSError, ValueError):
            continue
        if any(os.path.samestat(found, file) for file in files):
            return True
    return False


def refuse_store(
    name: str | os.PathLike[str], store_path: str | os.PathLike[str] | None = None
) -> None:
    """Raise when a reader or writer is about to open a store's own file.

    Parameters
    ----------
    name
        What the reader was given: a path, or a name with a driver's prefix.
    store_path
        The store's file; None (or a ``postgresql://`` address) where it has none. The stores this
        process has open are always looked at.

    Raises
    ------
    InputError
        ``name`` leads to the store.
    """
    stores = list(_open_stores)
    if store_path is not None and "://" not in os.fspath(store_path):
        stores.append(Path(store_path))
    for store in stores:
        if is_same(name, store):
            raise InputError(
                text("{name} 就是存储本身", "{name} is the store itself").fill(
                    name=os.fspath(name)
                ),
                hint=text(
                    "请先用 wetland store export 导出到另一个文件",
                    "export to another file first: wetland store export",
                ),
            )


def register(path: Path) -> None:
    """Remember that this process has the store at ``path`` open."""
    _open_stores[path] = _open_stores.get(path, 0) + 1


def unregister(path: Path) -> None:
    """Forget one opening of the store at ``path``."""
    left = _open_stores.get(path, 0) - 1
    if left > 0:
        _open_stores[path] = left
    else:
        _open_stores.pop(path, None)
