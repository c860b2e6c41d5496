"""Adding a column or a table to a store that has rows."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest
import shapely
import sqlalchemy as sa

from tests.store.tables import NOTES, THINGS, things
from tests.store.test_geopackage import gdal
from tests.store.test_store import Opener, write
from wetland.base.errors import StoreError
from wetland.base.tables import Column, TableSchema
from wetland.base.texts import text
from wetland.store import Store, Written
from wetland.store.columns import sql_table


def more(schema: TableSchema, *columns: Column) -> TableSchema:
    return dataclasses.replace(schema, columns=schema.columns + columns)


GRADE = Column("grade", "integer", text("等级", "grade"))
PLACE = Column("place", "geometry", text("位置", "place"))


def test_a_column_is_added_and_digests_hold(url: str, open_store: Opener) -> None:
    first = open_store(url)
    write(first, things(3))
    first.close()
    second = open_store(url, schemas=[more(THINGS, GRADE)])
    assert second.audit()["key"].tolist()[-1] == "column:things.grade"
    assert second.verify().ok
    assert second.read("things")["grade"].isna().all()
    assert write(second, things(3)) == Written(unchanged=3)
    assert write(second, things(1).assign(grade=4)) == Written(changed=1)
    assert second.verify().ok


def test_a_migration_is_recorded_once_with_its_digest(url: str, open_store: Opener) -> None:
    for _ in range(3):
        store = open_store(url, schemas=[more(THINGS, GRADE), NOTES])
    done = store.audit()
    assert done["key"].tolist() == ["table:things", "table:notes"]
    assert done["action"].unique().tolist() == ["migrate"]
    assert store.pending() == []
    assert store.migrate() == []


def test_without_leave_nothing_is_migrated(url: str, open_store: Opener) -> None:
    write(open_store(url), things(2))
    looking = open_store(url, schemas=[more(THINGS, GRADE), NOTES], migrate=False)
    assert looking.pending() == ["column:things.grade", "table:notes"]
    head = looking.head()
    with pytest.raises(StoreError, match="migrate") as refused:
        looking.read("things")
    assert "wetland store migrate" in refused.value.show("en")
    assert looking.verify().ok
    assert looking.head() == head
    assert looking.migrate() == ["column:things.grade", "table:notes"]
    assert looking.count("things") == 2


def test_a_place_added_to_a_table_makes_it_a_layer(
    url: str, open_store: Opener, request: pytest.FixtureRequest
) -> None:
    first = open_store(url, schemas=[NOTES])
    write(first, NOTES_ROWS, "notes")
    first.close()
    second = open_store(url, schemas=[more(NOTES, PLACE)])
    write(second, NOTES_ROWS.assign(place=[shapely.Point(120, 30)] * 2), "notes")
    assert len(second.read("notes", within=(119, 29, 121, 31))) == 2
    assert second.verify().ok
    if second.path is not None:
        found = gdal(second.path)["notes"]
        assert (found["kind"], found["count"]) == ("Unknown", 2)
        assert found["shapes"] == ["POINT (120 30)"] * 2


NOTES_ROWS = things(2).rename(columns={"thing_id": "note_id"})[["note_id", "words"]]


@pytest.mark.parametrize(
    "schema",
    [
        dataclasses.replace(THINGS, columns=THINGS.columns[:-1]),
        dataclasses.replace(THINGS, key="words"),
        dataclasses.replace(
            THINGS,
            columns=(*THINGS.columns[:-1], Column("more", "number", text("其他", "more"))),
        ),
    ],
    ids=["a column it does not know", "another key", "another kind"],
)
def test_a_store_of_another_version_is_not_opened(
    url: str, open_store: Opener, schema: TableSchema
) -> None:
    open_store(url)
    with pytest.raises(StoreError, match="another version"):
        open_store(url, schemas=[schema])


def test_a_store_of_a_later_form_is_not_opened(
    url: str, open_store: Opener, tamper: Callable[..., None]
) -> None:
    open_store(url).close()
    tamper("UPDATE wetland_head SET form = 2")
    with pytest.raises(StoreError, match="later version"):
        open_store(url)


def test_a_program_that_was_overtaken_does_not_write(url: str, open_store: Opener) -> None:
    """It would make digests without the new column."""
    old = open_store(url)
    new = open_store(url, schemas=[more(THINGS, GRADE)])
    with pytest.raises(StoreError, match="migrated"):
        write(old, things(1))
    assert write(new, things(1)) == Written(added=1)
    assert old.count("things") == 1


def test_a_migration_that_fails_leaves_nothing(
    url: str, open_store: Opener, tamper: Callable[..., None]
) -> None:
    store: Store = open_store(url)
    tamper("CREATE TABLE notes (id INTEGER)")
    with pytest.raises(StoreError, match="notes"):
        open_store(url, schemas=[THINGS, NOTES])
    again = open_store(url)
    assert again.audit()["key"].tolist() == ["table:things"]
    assert again.verify().ok
    assert store.count("things") == 0


@pytest.mark.parametrize(
    "schema",
    [
        dataclasses.replace(THINGS, name="wetland_x"),
        dataclasses.replace(THINGS, name="Things"),
        dataclasses.replace(THINGS, key="limit"),
        more(THINGS, Column("fid", "integer", text("行", "row"))),
        more(THINGS, Column("a b", "integer", text("行", "row"))),
        more(THINGS, Column("second", "geometry", text("位置", "place"))),
    ],
)
def test_a_schema_that_cannot_be_a_table_is_refused(schema: TableSchema) -> None:
    with pytest.raises(ValueError, match=schema.name):
        sql_table(schema)


def test_the_same_row_has_the_same_digest_on_both_back_ends(
    tmp_path_factory: pytest.TempPathFactory, postgis_url: str, open_store: Opener
) -> None:
    marks = []
    for url in (tmp_path_factory.mktemp("s") / "s.gpkg", postgis_url):
        store = open_store(url, clock=lambda: dt.datetime(2024, 5, 1, tzinfo=dt.UTC))
        write(store, things(50))
        marks.append(store.audit()["after_digest"].tolist())
    assert marks[0] == marks[1]
    assert sa.__version__
