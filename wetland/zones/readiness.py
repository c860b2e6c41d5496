"""Whether compiled loops are used for a number of things, or plain shapely."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

FEW = 2_000  # below it shapely answers sooner, even with everything compiled and indexed
MANY = 100_000  # from here on it pays to wait for the compiler
_READY = threading.Event()
_REHEARSED: ContextVar[bool] = ContextVar("rehearsed", default=False)  # of this thread only


def compiled_pays(size: int) -> bool:
    """Tell whether ``size`` things should go through compiled loops.

    Both ways give the same answers; this only decides which is sooner. While nothing is compiled
    (`mark_ready` was not called in this process) only large inputs wait for it.

    Examples
    --------
    >>> compiled_pays(10), compiled_pays(10_000_000)
    (False, True)
    """
    if _REHEARSED.get():
        return size > 0
    return size >= (FEW if _READY.is_set() else MANY)


def mark_ready() -> None:
    """Say that the compiled loops are loaded: called once after a warm-up."""
    _READY.set()


def expect(size: int) -> bool:
    """Say that ``size`` things will come part by part, so that each part need not be large.

    Returns
    -------
    bool
        Whether compiled loops are used for them.

    Examples
    --------
    >>> expect(10)
    False
    """
    pays = compiled_pays(size)
    if pays:
        mark_ready()
    return pays


@contextmanager
def rehearsal() -> Iterator[None]:
    """Send even one thing through the compiled loops, in this thread: it loads them.

    Examples
    --------
    >>> with rehearsal():
    ...     compiled_pays(1)
    True
    >>> compiled_pays(1)
    False
    """
    token = _REHEARSED.set(True)
    try:
        yield
    finally:
        _REHEARSED.reset(token)
