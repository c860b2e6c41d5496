"""Look at the files of a set: which there are, what they are, and what cannot be used."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from os.path import commonpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.operations.batch_job import InputFile, Job, site_of
from wetland.reading.cells import is_blank
from wetland.reading.files import FORMATS, Given, format_of, look_at
from wetland.reading.guard import refuse_store
from wetland.reading.raw import RawTable
from wetland.screening.crs import crs_missing, in_effect
from wetland.screening.partitions import Shape
from wetland.screening.read import READERS
from wetland.screening.read_layers import damaged, geometry_column

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

LONLAT = "lonlat"
SOME_ROWS = 1024
_ENDINGS = frozenset(ending for endings in FORMATS.values() for ending in endings)


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is, as far as a plan needs it.

    ``groups`` are the rows of each row group, or the rows of the file where it has none; ``crs`` is
    what its coordinates are in effect, see `wetland.screening.crs.in_effect`.
    """

    sha256: str
    format: str
    groups: tuple[int, ...]
    columns: tuple[str, ...]
    filled: tuple[str, ...]
    roles: dict[str, str]
    geometry: bool
    crs: str
    crs_said: str
    cut_by_groups: bool = False

    @property
    def shape(self) -> Shape:
        """Return what the meaning of its columns hangs on."""
        return Shape(self.format, self.columns, frozenset(self.filled), self.roles,
                     self.geometry, sum(self.groups))  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON-ready values."""
        return asdict(self)

    @classmethod
    def of_json(cls, said: dict[str, Any]) -> Look:
        """Make it from what `to_json` gave."""
        listed = {name: tuple(said[name]) for name in ("groups", "columns", "filled")}
        return cls(**{**said, **listed})


def find_files(given: Sequence[str], out: Path) -> list[InputFile]:
    """Return the files that paths, folders and patterns name, each once, in order of their paths.

    Rule of decision: a folder stands for every file below it with an ending that can be read,
    hidden ones (``.`` or ``_`` first) excepted; what lies in the output folder is never input.

    Raises
    ------
    InputError
        Something names no file at all.
    """
    found: dict[Path, Path] = {}
    away = out.resolve()
    for name in given:
        named = _named(name)
        paths = [p for p in named if away not in p.resolve().parents]
        if not paths:
            raise _none(name, inside=bool(named))
        for path in paths:
            found.setdefault(path.resolve(), path)
    paths = sorted(found.values(), key=lambda p: p.as_posix())
    root = Path(commonpath([p.absolute().parent for p in paths]))
    return [InputFile(str(p.absolute()), p.absolute().relative_to(root).as_posix()) for p in paths]


def _none(name: str, *, inside: bool) -> InputError:
    if inside:
        return InputError(
            text("{n}：这些文件在输出文件夹里，不作为输入",
                 "{n}: these files lie in the output folder and are no input").fill(n=name),
            hint=text("请用 --out 给出另一个文件夹", "name another folder by --out"),
        )  # fmt: skip
    if Path(name).is_dir():
        return InputError(
            text("{n}：文件夹里没有能读取的文件",
                 "{n}: there is no file in this folder that can be read").fill(n=name),
            hint=text("可读取的后缀：{e}", "endings that can be read: {e}").fill(
                e=" ".join(sorted(_ENDINGS))),
        )  # fmt: skip
    return InputError(
        text("{n}：没有这样的文件", "{n}: there is no such file").fill(n=name),
        hint=text("通配符请加引号，例如 'fixes/*.parquet'",
                  "quote a pattern, such as 'fixes/*.parquet'"),
    )  # fmt: skip


def _named(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        below = (p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in _ENDINGS)
        return [p for p in below if not _hidden(p.relative_to(path))]
    if path.exists():
        return [path]
    return [p for p in map(Path, glob.glob(name, recursive=True)) if p.is_file()]


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def given_of(file: InputFile, store: str | None = None) -> Given:
    """Return a file to be read; Parquet may be of any size, since it is read in parts.

    Raises
    ------
    InputError
        It is missing, empty, the store, or too large for its format.
    """
    path = Path(file.path)
    refuse_store(path, store)
    size = path.stat().st_size if path.is_file() else 0
    if size and _is_parquet(path):
        return Given(file.name, path, None, size)
    seen = look_at(path, store=store)
    return Given(file.name, path, None, seen.size)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def look(job: Job, file: InputFile) -> Look:
    """Look at one file.

    Raises
    ------
    InputError
        It cannot be read, has no CRS, or no rows.
    """
    site_of(job)
    given = given_of(file)
    format = format_of(given)
    sha256 = given.sha256()
    if format == "parquet":
        found = _look_at_parquet(given, sha256)
        if found is not None:
            return found
    raw = READERS[format](given, job.options, Problems(given.name))
    if not raw.total:
        raise _no_rows(given.name)
    crs = LONLAT if raw.geometry is None else in_effect(raw.crs)
    return Look(sha256, format, (len(raw.rows),), tuple(map(str, raw.cells.columns)), _filled(raw),
                dict(raw.roles), raw.geometry is not None, crs, raw.crs or "")  # fmt: skip


def _no_rows(name: str) -> InputError:
    return InputError(text("{n}：没有任何行", "{n}: there are no rows in it").fill(n=name))


def _filled(raw: RawTable) -> tuple[str, ...]:
    cells = raw.cells
    return tuple(
        str(name) for name in cells.columns if not all(map(is_blank, cells[name].tolist()))
    )


def _look_at_parquet(given: Given, sha256: str) -> Look | None:
    """Look at a Parquet file without reading its rows; None for an export of patrols."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(given.opened) as file:
            schema = file.schema_arrow
            if "patrol_segments" in schema.names:
                return None
            if not file.metadata.num_rows:
                raise _no_rows(given.name)
            geo = geometry_column((schema.metadata or {}).get(b"geo"), given.name)
            own = geo is not None and geo[0] in schema.names
            columns = tuple(n for n in schema.names if not (own and geo and n == geo[0])
                            and not n.startswith("__index_level_"))  # fmt: skip
            filled = _holding(file, columns)
            groups = tuple(file.metadata.row_group(i).num_rows
                           for i in range(file.metadata.num_row_groups))  # fmt: skip
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise damaged(given.name, error) from None
    crs = geo[1] if own and geo is not None else None
    if own and not crs:
        raise crs_missing(given.name)
    seen = LONLAT if crs is None else in_effect(crs)
    return Look(sha256, "parquet", groups, columns, filled, {}, own, seen, seen, cut_by_groups=True)


def _holding(file: parquet.ParquetFile, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of which any cell is not blank; the first such cell ends the search."""
    first = next(file.iter_batches(batch_size=SOME_ROWS), None)
    seen = {n for n in columns if first is not None and _says(first.column(n))}
    return tuple(n for n in columns if n in seen or _says_later(file, n))


def _says_later(file: parquet.ParquetFile, column: str) -> bool:
    batches = file.iter_batches(batch_size=SOME_ROWS, columns=[column])
    # A name with a dot cannot be asked for alone; it is then taken to hold something.
    return any(not batch.num_columns or _says(batch.column(0)) for batch in batches)


def _says(cells: pa.Array) -> bool:
    return cells.null_count < len(cells) and not all(map(is_blank, cells.to_pylist()))
