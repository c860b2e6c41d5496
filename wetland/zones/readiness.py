"""Whether compiled loops are used for a number of things, or plain shapely."""

from __future__ import annotations

import threading

FEW = 2_000  # below it shapely answers sooner, even with everything compiled and indexed
MANY = 100_000  # from here on it pays to wait for the compiler
_READY = threading.Event()


def compiled_pays(size: int) -> bool:
    """Tell whether ``size`` things should go through compiled loops.

    Both ways give the same answers; this only decides which is sooner. While nothing is compiled
    (`mark_ready` was not called in this process) only large inputs wait for it.

    Examples
    --------
    >>> compiled_pays(10), compiled_pays(10_000_000)
    (False, True)
    """
    return size >= (FEW if _READY.is_set() else MANY)


def mark_ready() -> None:
    """Say that the compiled loops are loaded: called once after a warm-up."""
    _READY.set()
