"""What a file is, decided by its content, and whether it may be opened at all."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.reading.guard import refuse_store

STDIN = "stdin"
MOST_BYTES = 1 << 30
HEAD_BYTES = 1 << 16

FORMATS: dict[str, tuple[str, ...]] = {
    "csv": (".csv", ".txt", ".tsv", ".tab"),
    "geojson": (".geojson", ".json", ".geojsonl", ".geojsons"),
    "gpkg": (".gpkg",),
    "gpx": (".gpx", ".xml"),
    "parquet": (".parquet", ".geoparquet", ".pq"),
}
# Read only where a reader says so (`format_of(..., accept=...)`).
WORKBOOKS: dict[str, tuple[str, ...]] = {"xlsx": (".xlsx", ".xlsm")}
ACCEPTED = text(
    "可读取：CSV、GeoJSON、GeoPackage、GPX、GeoParquet",
    "can be read: CSV, GeoJSON, GeoPackage, GPX, GeoParquet",
)
TEXT_TABLES = text("可读取：CSV、TSV", "can be read: CSV, TSV")
_PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!",
           b"\x28\xb5\x2f\xfd")  # fmt: skip
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_AS_CSV = text("这是 Excel 文件，请另存为 CSV", "this is Excel; save it as CSV")
_AS_XLSX = text(
    "这是旧版或加密的 Excel 文件，请另存为未加密的 xlsx 或 CSV",
    "this is an old or encrypted Excel file; save it as xlsx without a password, or as CSV",
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_GPX = re.compile(rb"<(?:\w+:)?gpx[\s>]", re.I)


@dataclass(frozen=True, slots=True)
class Given:
    """A file, an upload or standard input, looked at but not yet read.

    ``path`` is None where the ``data`` is already here.
    """

    name: str
    path: Path | None
    data: bytes | None
    size: int

    @classmethod
    def of_bytes(cls, name: str, data: bytes) -> Given:
        """Make it from bytes that were sent: an upload, or standard input."""
        return cls(Path(name).name or STDIN, None, data, len(data))

    @property
    def opened(self) -> Path | bytes:
        """Return what a reader of files or bytes takes."""
        return self._file() if self.data is None else self.data

    def head(self) -> bytes:
        """Return the first 64 kB."""
        if self.data is not None:
            return self.data[:HEAD_BYTES]
        with self._file().open("rb") as file:
            return file.read(HEAD_BYTES)

    def tail(self) -> bytes:
        """Return the last 64 kB."""
        if self.data is not None:
            return self.data[-HEAD_BYTES:]
        with self._file().open("rb") as file:
            file.seek(max(0, self.size - HEAD_BYTES))
            return file.read()

    def read(self) -> bytes:
        """Return the whole content."""
        return self.data if self.data is not None else self._file().read_bytes()

    def sha256(self) -> str:
        """Return the checksum of the content."""
        if self.data is not None:
            return hashlib.sha256(self.data).hexdigest()
        with self._file().open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _file(self) -> Path:
        if self.path is None:
            raise InputError(text("没有文件", "there is no file"))
        return self.path


@contextmanager
def accepting(accepted: Text) -> Iterator[None]:
    """Name what a reader reads, where a file is refused for what it is.

    Raises
    ------
    InputError
        As raised inside, with ``accepted`` as its hint where that named what can be screened.
    """
    try:
        yield
    except InputError as error:
        if error.hint is not ACCEPTED:
            raise
        raise InputError(error.message, hint=accepted) from None


def _refused(name: str, why: Text, hint: Text | None = None) -> InputError:
    whole = Text(zh=f"{name}：{why.zh}", en=f"{name}: {why.en}")
    return InputError(whole, hint=hint or ACCEPTED)


def look_at(source: str | Path | Given, *, store: str | Path | None = None) -> Given:
    """Look at what was given: it must be a file with content, not too large, and not the store.

    Parameters
    ----------
    source
        A path, or what was sent.
    store
        The store's own file, which must not be read this way.

    Raises
    ------
    InputError
        It is missing, a folder, empty, too large, or the store.
    """
    if isinstance(source, Given):
        given = source
    else:
        path = Path(source)
        refuse_store(path, store)
        given = Given(path.name, path, None, _size(path))
    if not given.size:
        raise _refused(given.name, text("文件是空的", "the file is empty"))
    if given.size > MOST_BYTES:
        limit = MOST_BYTES >> 20
        raise _refused(
            given.name,
            text("文件超过 {n} MB", "the file is larger than {n} MB").fill(n=limit),
            text("请拆成几个文件", "split it into several files"),
        )
    return given


def _size(path: Path) -> int:
    try:
        if path.is_dir():
            raise _refused(path.name, text("这是文件夹，不是文件", "this is a folder, not a file"))
        if not path.is_file():
            raise _refused(str(path), text("没有这个文件", "there is no such file"))
        return path.stat().st_size
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(
            path.name, text("无法读取：{r}", "cannot be read: {r}").fill(r=reason)
        ) from None


def format_of(given: Given, *, accept: Collection[str] = ()) -> str:
    """Tell the format from the content, and refuse what is packed, binary or falsely named.

    Rule of decision: the content decides; a name with the ending of another format is an error, so
    that a database renamed ``.csv`` is never half understood. Packed files are never unpacked,
    except a workbook whose reader ``accept``s ``xlsx``.
    """
    head = given.head()
    takes_workbooks = "xlsx" in accept
    if takes_workbooks and head.startswith(_PACKED[0]) and _is_workbook(given):
        found = "xlsx"
    else:
        found = _by_content(given.name, head, old_excel=_AS_XLSX if takes_workbooks else _AS_CSV)
    suffix = Path(given.name).suffix.lower()
    formats = {**FORMATS, **WORKBOOKS} if takes_workbooks else FORMATS
    named = next((f for f, suffixes in formats.items() if suffix in suffixes), None)
    if found == "text":
        found = "csv"
        if named in {"gpkg", "parquet", "gpx", "geojson", "xlsx"}:
            raise _mismatch(given.name, named)
    if named is not None and named != found:
        raise _mismatch(given.name, named)
    return found


def _is_workbook(given: Given) -> bool:
    opened = given.opened
    try:
        with zipfile.ZipFile(io.BytesIO(opened) if isinstance(opened, bytes) else opened) as packed:
            return "xl/workbook.xml" in packed.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _mismatch(name: str, named: str) -> InputError:
    return _refused(
        name,
        text(
            "内容不是 {f} 格式，文件可能损坏或改过后缀",
            "the content is not {f}: damaged or renamed",
        ).fill(f=named),
    )


def _by_content(name: str, head: bytes, *, old_excel: Text) -> str:
    if head.startswith(_PACKED):
        raise _refused(
            name,
            text("不读取压缩文件（xlsx 也是）", "packed files are not read (an xlsx is one)"),
            text("请先解压，表格请另存为 CSV", "unpack it first; save a spreadsheet as CSV"),
        )
    if head.startswith(_OLD_EXCEL):
        raise _refused(name, old_excel)
    if head.startswith(b"SQLite format 3\0"):
        return "gpkg"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_UTF16):
        return "text"
    if b"\0" in head:
        raise _refused(name, text("这是二进制文件，不是文本", "this is a binary file, not text"))
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in {b"{", b"["}:
        return "geojson"
    if start.startswith(b"<"):
        if _GPX.search(start[:4096]):
            return "gpx"
        raise _refused(
            name, text("这是 XML 或网页，不是 GPX", "this is XML or a web page, not GPX")
        )
    return "text"
