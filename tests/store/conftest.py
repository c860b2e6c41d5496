"""Stores to test with: the same tests on a GeoPackage and, where there is a server, on PostGIS."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.store.tables import THINGS
from wetland.store import Store
from wetland.store.geopackage import add_functions

POSTGRES = "WETLAND_TEST_POSTGRES"


@pytest.fixture
def postgis_url(require_part: Callable[[bool, str], None]) -> Iterator[str]:
    """Give the address of an empty schema of the test database."""
    base = os.environ.get(POSTGRES)
    require_part(bool(base), f"no PostGIS: set {POSTGRES} to a postgresql:// address")
    url = sa.make_url(str(base)).set(drivername="postgresql+psycopg")
    name = f"t{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS postgis"))
        connection.execute(sa.schema.CreateSchema(name))
    yield url.set(
        drivername="postgresql", query={"options": f"-csearch_path={name},public"}
    ).render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(name, cascade=True))
    engine.dispose()


@pytest.fixture(params=["geopackage", "postgis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a store that does not exist yet, on each back end."""
    if request.param == "postgis":
        return str(request.getfixturevalue("postgis_url"))
    return str(tmp_path / "store.gpkg")


@pytest.fixture
def open_store() -> Iterator[Callable[..., Store]]:
    """Give ``open_store(url, schemas=...)``; what it opened is closed at the end."""
    opened: list[Store] = []

    def make(url: str | Path, **options: object) -> Store:
        options.setdefault("schemas", [THINGS])
        store = Store.open(url, **options)  # type: ignore[arg-type]
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(url: str, open_store: Callable[..., Store]) -> Store:
    """Give an empty store with the table ``things``, on each back end."""
    return open_store(url)


@pytest.fixture
def file_store(tmp_path: Path, open_store: Callable[..., Store]) -> Store:
    """Give an empty store in a GeoPackage."""
    return open_store(tmp_path / "store.gpkg")


@pytest.fixture
def tamper(url: str) -> Iterator[Callable[..., None]]:
    """Give a function that runs SQL on the store without the program."""
    address = url.replace("postgresql://", "postgresql+psycopg://")
    engine = sa.create_engine(address if "://" in url else f"sqlite:///{url}")
    if "://" not in url:
        sa.event.listen(engine, "connect", lambda db, _: add_functions(db))

    def run(*statements: str) -> None:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))

    yield run
    engine.dispose()
