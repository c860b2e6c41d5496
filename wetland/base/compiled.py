"""Compiled loops (编译核): where they are kept on disk, when they pay, and how they use threads.

Only modules of compiled loops import this one at their top; everybody else imports those modules
where they are needed, so that a command that screens nothing does not pay for the compiler.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import config
from platformdirs import user_cache_path

F = TypeVar("F", bound=Callable[..., Any])


def _cache_folder() -> str:
    """Return a folder of ours for compiled code; a private one for this run where home is closed.

    Compiled code that is loaded is run: the folder must not be one that others may write to.
    """
    folder = user_cache_path("wetland") / "compiled"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    except OSError:
        private = tempfile.mkdtemp(prefix="wetland-")
        atexit.register(shutil.rmtree, private, ignore_errors=True)
        return str(Path(private))


_SETTINGS: Any = config
if not _SETTINGS.CACHE_DIR:  # before the first loop is decorated; NUMBA_CACHE_DIR goes first
    _SETTINGS.CACHE_DIR = _cache_folder()


def compiled(function: F) -> F:
    """Compile a loop over arrays: without the interpreter's lock, kept on disk, IEEE arithmetic.

    No fast-math: exactness rests on the rounding of every operation. Threads share the work through
    `in_threads`; numba's own parallel loops abort the process where two sessions meet in one.
    """
    made: Any = numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    loop: F = made
    return loop


def in_place(function: F) -> F:
    """Mark a part of a loop that is written out where it is called.

    A call that hands arrays to another loop costs more than most bodies: it counts every one of
    them. Use it for what is called once per thing, from `compiled` loops only.
    """
    made: Any = numba.njit(nogil=True, error_model="numpy", inline="always")(function)
    part: F = made
    return part


def in_threads(work: Callable[[int, int], None], size: int, threads: int) -> None:
    """Call ``work(start, stop)`` over 0..size, in as many threads as asked for.

    The first error of a part is raised when all parts have ended.
    """
    if threads <= 1 or size < threads:
        work(0, size)
        return
    bounds = [size * part // threads for part in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        parts = [pool.submit(work, a, b) for a, b in pairwise(bounds) if a < b]
    for part in parts:
        part.result()
