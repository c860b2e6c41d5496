"""Linear algebra in one thread (单线程): matrices of some hundred rows are slower in several.

The threads of OpenBLAS wait for each other by spinning; on small matrices, and beside other work on
few cores, that costs many times the computation. Wheels of numpy and scipy bring OpenBLAS in a
folder of their own; where they do not (other builds, other libraries), nothing is changed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

_NAMES = ("scipy_openblas_{}_num_threads64_", "scipy_openblas_{}_num_threads",
          "openblas_{}_num_threads64_", "openblas_{}_num_threads")  # fmt: skip


@lru_cache(maxsize=1)
def _libraries() -> tuple[tuple[Callable[[], int], Callable[[int], None]], ...]:
    """Return how each OpenBLAS of numpy and scipy is asked for its threads, and told."""
    import numpy as np  # noqa: PLC0415 - starts fast
    import scipy  # noqa: PLC0415 - starts fast

    found = []
    for package in (np, scipy):
        folder = Path(str(package.__file__)).parent
        beside = (folder.with_name(f"{folder.name}.libs"), folder / ".dylibs")
        for file in sorted(one for place in beside for one in place.glob("*openblas*")):
            try:
                library = ctypes.CDLL(str(file))
            except OSError:
                continue
            for name in _NAMES:
                ask = getattr(library, name.format("get"), None)
                tell = getattr(library, name.format("set"), None)
                if ask is not None and tell is not None:
                    found.append((ask, tell))
                    break
    return tuple(found)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let linear algebra run in one thread meanwhile, in the whole process.

    Examples
    --------
    >>> with one_thread():
    ...     pass
    """
    before = [(tell, int(ask())) for ask, tell in _libraries()]
    for tell, _ in before:
        tell(1)
    try:
        yield
    finally:
        for tell, count in before:
            tell(count)
