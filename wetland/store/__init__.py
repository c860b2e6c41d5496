"""The store (存储): one GeoPackage file, or PostGIS for a team, with an audit trail.

``Store`` and what comes with it are imported on first use, so that `wetland.reading.guard` stays
light for the readers of files.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wetland.store.query import Span
    from wetland.store.store import Store
    from wetland.store.transaction import Transaction, Written
    from wetland.store.verify import Fault, Verification

_HOMES = {
    "Fault": "wetland.store.verify",
    "Span": "wetland.store.query",
    "Store": "wetland.store.store",
    "Transaction": "wetland.store.transaction",
    "Verification": "wetland.store.verify",
    "Written": "wetland.store.transaction",
}

__all__ = ["Fault", "Span", "Store", "Transaction", "Verification", "Written"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - what a module attribute is
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
