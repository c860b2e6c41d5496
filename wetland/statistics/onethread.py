"""Linear algebra in one thread (单线程): matrices of some hundred rows are slower in several.

The threads of a BLAS wait for each other by spinning; on small matrices, and beside other work on
few cores, that costs many times the computation.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


@lru_cache(maxsize=1)
def _libraries() -> ThreadpoolController:
    """Return the libraries of linear algebra that are loaded; looking for them takes a while."""
    import scipy.linalg  # noqa: F401, PLC0415 - its library is to be found too; starts fast
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415 - starts fast

    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let linear algebra run in one thread meanwhile, in the whole process.

    Examples
    --------
    >>> with one_thread():
    ...     pass
    """
    with _libraries().limit(limits=1, user_api="blas"):
        yield
