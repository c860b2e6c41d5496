"""What a worker is told, and what it answers: plain values that any process can be sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import wetland
from wetland.base.errors import InputError, WetlandError
from wetland.base.texts import Text, text
from wetland.screening.columns import Columns
from wetland.screening.options import ReadOptions
from wetland.screening.partitions import PART_ROWS, Span
from wetland.screening.screen import Settings
from wetland.sites.load import Site, open_site

_T = TypeVar("_T")
_CODE = ("base", "regulations", "screening", "sites", "zones", "operations/batch*")

OTHER_PACK = text(
    "工作进程的场地包与本机不同（{theirs}，本机 {ours}）：请在各机器上安装同一版本",
    "the worker has another site pack ({theirs}, here {ours}): install the same one everywhere",
)
OTHER_CODE = text(
    "工作进程的程序版本与本机不同（{theirs}，本机 {ours}）：请在各机器上安装同一版本",
    "the worker runs another version ({theirs}, here {ours}): install the same one everywhere",
)
INTERNAL = text("程序内部错误：{e}", "error inside the program: {e}")


@dataclass(frozen=True, slots=True)
class Job:
    """What is the same for every partition of a run.

    Parameters
    ----------
    site
        Name of the pack, or its folder; every worker opens it itself.
    pack_digest, code
        Digests of the pack and of the program that the run was started with.
    options, settings
        How to read (checked already) and how to screen.
    work
        Folder for what the run keeps between its steps.
    records
        Arrow file of permits and notices; None knows of none.
    records_digest
        Digest of that file.
    part_rows
        Most rows of a partition.
    """

    site: str
    pack_digest: str
    code: str
    options: ReadOptions
    settings: Settings
    work: str
    records: str | None = None
    records_digest: str = ""
    part_rows: int = PART_ROWS


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file of the set: its path, and the name by which it is told of."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """Rows of one file to be read, and under which key each partition of them is kept."""

    file: InputFile
    format: str
    span: Span
    keys: tuple[str, ...]
    columns: Columns
    source: str
    source_id: str
    track_buckets: int


@dataclass(frozen=True, slots=True)
class ScreenOrder:
    """Observations to be screened and the part to be written.

    Parameters
    ----------
    part
        Name of the part's file, and its key.
    pieces, files
        Folders of what was read, and the names of their files; for tracks those that hold rows of
        the bucket.
    bucket
        Bucket of tracks; None screens rows that belong to no track.
    drops
        For each piece the file of the rows not to be screened, None where there are none.
    widest
        Widest uncertainty that the whole set states, by source of position.
    rows_in_all
        Rows of the whole set: how it is done may hang on it, never what comes out.
    """

    part: str
    key: str
    pieces: tuple[str, ...]
    files: tuple[str, ...]
    bucket: int | None
    drops: tuple[str | None, ...]
    widest: Mapping[str, float]
    rows_in_all: int = 0


@dataclass(frozen=True, slots=True)
class Aside:
    """Why something was set aside."""

    message: Text
    hint: Text | None = None

    @classmethod
    def of(cls, error: WetlandError) -> Aside:
        """Make it from an error of the house."""
        return cls(error.message, error.hint)


@dataclass(frozen=True, slots=True)
class Answer(Generic[_T]):
    """What came of one call: a value, or why there is none.

    ``stop`` says why the whole run cannot go on: another version, no room on the disk.
    """

    value: _T | None = None
    aside: Aside | None = None
    stop: Text | None = None

    def refuse(self) -> None:
        """Raise the error that ends the run, if that is the answer.

        Raises
        ------
        WetlandError
            The run cannot go on.
        """
        if self.stop is not None:
            raise WetlandError(self.stop)


def answer(function: Callable[[Job, Any], _T], job: Job, order: object) -> Answer[_T]:
    """Do one thing in a worker; no exception leaves it, so that none is lost on its way."""
    try:
        return Answer(function(job, order))
    except InputError as error:
        return Answer(aside=Aside.of(error))
    except WetlandError as error:
        return Answer(stop=error.message)
    except OSError as error:
        return Answer(stop=text("无法读写：{e}", "cannot read or write: {e}").fill(e=error))
    except Exception as error:  # noqa: BLE001 - one partition must not take the others with it
        return Answer(aside=Aside(INTERNAL.fill(e=f"{type(error).__name__}: {error}")))


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Return a digest of the parts of the program that decide what is found."""
    root = Path(wetland.__file__).resolve().parent
    digest = hashlib.sha256(wetland.__version__.encode())
    for pattern in _CODE:
        for path in sorted(root.glob(pattern if "*" in pattern else f"{pattern}/**/*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


@lru_cache(maxsize=2)
def _opened(name: str) -> Site:
    return open_site(name)


def site_of(job: Job) -> Site:
    """Open the site of a job, once in each process, and refuse another one of the same name.

    Raises
    ------
    WetlandError
        The pack or the program here is not that of the run.
    """
    if job.code != code_digest():
        raise WetlandError(OTHER_CODE.fill(theirs=code_digest(), ours=job.code))
    try:
        site = _opened(job.site)
    except InputError as error:  # not a fault of the partition
        raise WetlandError(error.message, hint=error.hint) from None
    if site.digest != job.pack_digest:
        raise WetlandError(OTHER_PACK.fill(theirs=site.digest[:12], ours=job.pack_digest[:12]))
    return site


def check(job: Job, order: object) -> bool:
    """Tell that this process can work on a job (see `site_of` for what it refuses)."""
    site_of(job)
    return True
