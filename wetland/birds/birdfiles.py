"""Bird files as they are given: one file, a packed archive, or the folder of a package.

Members of an archive are read where they lie and never unpacked to a disk, so a name that leads out
of it (``../``) leads nowhere. What is larger than `MOST_MEMBER_BYTES`, or packed tighter than text
can be, is refused before it is opened.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.reading.files import Given, look_at
from wetland.reading.guard import refuse_store

MOST_MEMBER_BYTES = 8 << 30
MOST_MEMBERS = 10_000
# A deflated stream of one repeated byte reaches 1,032; tables of text stay below 100.
TIGHTEST = 250
SMALL_BYTES = 64 << 20
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")

NOT_A_ZIP = text("压缩文件已损坏，无法读取", "the archive is damaged and cannot be read")
ENCRYPTED = text("压缩文件有密码，无法读取", "the archive has a password and cannot be read")
TOO_LARGE = text(
    "压缩文件中的“{m}”解压后过大，未打开", "'{m}' in the archive is too large when unpacked"
)
TOO_MANY = text("压缩文件中的文件过多", "there are too many files in the archive")
EMPTY_FOLDER = text("文件夹是空的", "the folder is empty")
_AGAIN = text("请重新下载或重新打包为 zip", "download it again, or pack it as zip again")


class Members(Protocol):
    """The files of an archive or a folder, by the name they have in it."""

    @property
    def names(self) -> list[str]:
        """Return the names, sorted; hidden ones and those of macOS are left out."""

    def size(self, name: str) -> int:
        """Return the size unpacked."""

    def open(self, name: str) -> IO[bytes]:
        """Open a member to be read from its beginning."""


@dataclass(frozen=True, slots=True)
class FolderGiven(Given):
    """A folder that was given: its checksum is that of the names and contents of its files."""

    def head(self) -> bytes:
        """Return nothing: a folder has no content of its own."""
        return b""

    def sha256(self) -> str:
        """Return the checksum of all files and their names."""
        whole = hashlib.sha256()
        for path in _files(self.folder):
            with path.open("rb") as file:
                inner = hashlib.file_digest(file, "sha256").hexdigest()
            whole.update(f"{path.relative_to(self.folder).as_posix()}\0{inner}\n".encode())
        return whole.hexdigest()

    @property
    def folder(self) -> Path:
        """Return the folder."""
        return self._file()


def look_at_birds(source: str | Path | Given, *, store: str | Path | None = None) -> Given:
    """Look at a bird file: as `look_at`, and a folder may be given too.

    Raises
    ------
    InputError
        It is missing, empty, too large, or the store.
    """
    if isinstance(source, Given) or not _is_folder(source):
        return look_at(source, store=store)
    folder = Path(source)
    files = _files(folder)
    for path in files:
        refuse_store(path, store)
    if not files:
        raise _refused(folder.name, EMPTY_FOLDER)
    return FolderGiven(folder.resolve().name, folder, None, sum(p.stat().st_size for p in files))


def _is_folder(source: str | Path) -> bool:
    try:
        return Path(source).is_dir()
    except (OSError, ValueError):
        return False


def _files(folder: Path) -> list[Path]:
    """Return the plain files of a folder and its folders; links are not followed."""
    found: list[Path] = []
    for path in sorted(folder.rglob("*")):
        if len(found) > MOST_MEMBERS:
            raise _refused(folder.name, TOO_MANY)
        if stat.S_ISREG(path.lstat().st_mode) and _is_plain(path.relative_to(folder).as_posix()):
            found.append(path)
    return found


def _is_plain(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and "__MACOSX" not in parts and not any(p.startswith(".") for p in parts)


def is_packed(given: Given) -> bool:
    """Tell whether a file is a zip archive, by its content."""
    return given.head().startswith(_ZIP)


@contextmanager
def members_of(given: Given) -> Iterator[Members]:
    """Open an archive, or the folder of one.

    Raises
    ------
    InputError
        It is damaged, has a password, or holds too much.
    """
    if isinstance(given, FolderGiven):
        yield _Folder(given.folder)
        return
    try:
        with _opened(given) as packed:
            yield _Zip(given.name, packed)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError,
            NotImplementedError, EOFError, OSError):  # fmt: skip
        raise _refused(given.name, NOT_A_ZIP, _AGAIN) from None


def _opened(given: Given) -> zipfile.ZipFile:
    opened = given.opened
    try:
        return zipfile.ZipFile(io.BytesIO(opened) if isinstance(opened, bytes) else opened)
    except (ValueError, RuntimeError, OverflowError, struct.error) as error:
        raise zipfile.BadZipFile(str(error)) from error


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._paths = {p.relative_to(folder).as_posix(): p for p in _files(folder)}

    @property
    def names(self) -> list[str]:
        return sorted(self._paths)

    def size(self, name: str) -> int:
        return self._paths[name].stat().st_size

    def open(self, name: str) -> IO[bytes]:
        return self._paths[name].open("rb")


class _Zip:
    def __init__(self, name: str, packed: zipfile.ZipFile) -> None:
        self._name, self._packed = name, packed
        infos = packed.infolist()
        if len(infos) > MOST_MEMBERS:
            raise _refused(name, TOO_MANY)
        self._infos = {i.filename: i for i in infos if not i.is_dir() and _is_plain(i.filename)}

    @property
    def names(self) -> list[str]:
        return sorted(self._infos)

    def size(self, name: str) -> int:
        return self._infos[name].file_size

    def open(self, name: str) -> IO[bytes]:
        info = self._infos[name]
        size, packed = info.file_size, max(1, info.compress_size)
        if size > MOST_MEMBER_BYTES or (size > SMALL_BYTES and size > TIGHTEST * packed):
            raise _refused(self._name, TOO_LARGE.fill(m=name))
        if info.flag_bits & 1:
            raise _refused(self._name, ENCRYPTED)
        try:
            return self._packed.open(info)
        except (ValueError, RuntimeError, struct.error) as error:
            raise zipfile.BadZipFile(str(error)) from error


def _refused(name: str, why: Text, hint: Text | None = None) -> InputError:
    return InputError(Text(zh=f"{name}：{why.zh}", en=f"{name}: {why.en}"), hint=hint)
