"""Open the pack and the store that a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wetland.sites.load import Site
    from wetland.store.store import Store


@contextmanager
def opened_store(
    store: str | None, site: str, *, create: bool = True, migrate: bool = True
) -> Iterator[tuple[Store, Site]]:
    """Open a store and the pack of its site; see `wetland.operations.stores.open_store`.

    Raises
    ------
    InputError, PackError
        There is no such pack, or it is ill-formed.
    StoreError
        The store cannot be opened.
    """
    from wetland.operations.stores import open_store  # noqa: PLC0415 - starts fast
    from wetland.sites.load import open_site  # noqa: PLC0415

    opened = open_site(site)
    with open_store(store, opened, create=create, migrate=migrate) as kept:
        yield kept, opened
