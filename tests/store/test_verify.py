"""What somebody does behind the program's back is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.store.tables import THINGS, things
from tests.store.test_store import Opener, write
from wetland.store import Store

Tamper = Callable[..., None]


@pytest.fixture
def filled(store: Store) -> Store:
    write(store, things(10))
    write(store, things(1, start=3, words="夜鹭"))
    return store


def found(store: Store, **options: str) -> set[tuple[str, str | None]]:
    return {(f.kind, f.key) for f in store.verify(**options).faults}


def test_a_sound_store_has_no_faults(filled: Store) -> None:
    result = filled.verify()
    assert result.ok
    assert (result.rows, result.entries) == (10, 12)
    assert result.frame().empty
    assert "--head" in result.limits.zh


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE things SET words = '无' WHERE thing_id = 't000003'",
        "UPDATE things SET value = value + 1e-9 WHERE thing_id = 't000003'",
        "UPDATE things SET flag = NOT flag WHERE thing_id = 't000003'",
        "UPDATE things SET seen_on = NULL WHERE thing_id = 't000003'",
        "UPDATE things SET place = (SELECT place FROM things WHERE thing_id = 't000004')"
        " WHERE thing_id = 't000003'",
    ],
)
def test_a_changed_row_is_named(filled: Store, tamper: Tamper, change: str) -> None:
    tamper(change)
    assert found(filled) == {("row_changed", "t000003")}


def test_a_change_that_also_mends_the_digest_is_named(filled: Store, tamper: Tamper) -> None:
    tamper(
        "UPDATE things SET words = '白鹭 egret', row_digest = "
        "(SELECT before_digest FROM wetland_audit WHERE action = 'change') "
        "WHERE thing_id = 't000003'"
    )
    assert found(filled) == {("row_changed", "t000003")}


def test_rows_taken_out_put_in_and_renamed_are_named(filled: Store, tamper: Tamper) -> None:
    tamper(
        "DELETE FROM things WHERE thing_id = 't000001'",
        "INSERT INTO things (thing_id, row_digest) VALUES ('new', 'x')",
        "UPDATE things SET thing_id = 'other' WHERE thing_id = 't000005'",
        "UPDATE things SET row_digest = 'x' WHERE thing_id = 't000007'",
    )
    assert found(filled) == {
        ("row_deleted", "t000001"),
        ("row_inserted", "new"),
        ("row_deleted", "t000005"),
        ("row_inserted", "other"),
        ("row_digest_changed", "t000007"),
    }


def test_writing_over_a_changed_row_does_not_hide_it(filled: Store, tamper: Tamper) -> None:
    tamper("UPDATE things SET words = '无' WHERE thing_id = 't000002'")
    write(filled, things(1, start=2, words="池鹭"))
    assert found(filled) == {("row_changed_before", "t000002")}


@pytest.mark.parametrize("url", ["geopackage"], indirect=True)  # PostGIS keeps kinds itself
def test_values_of_a_wrong_kind_do_not_stop_the_check(filled: Store, tamper: Tamper) -> None:
    tamper(
        "UPDATE things SET seen_on = 'yesterday' WHERE thing_id = 't000001'",
        "UPDATE things SET value = 'much' WHERE thing_id = 't000002'",
        "UPDATE things SET words = x'00ff' WHERE thing_id = 't000004'",
        "UPDATE things SET seen_at = 7 WHERE thing_id = 't000005'",
        "UPDATE things SET flag = 5 WHERE thing_id = 't000006'",
    )
    assert found(filled) == {("row_changed", f"t00000{n}") for n in (1, 2, 4, 5, 6)}


def test_a_changed_entry_breaks_the_chain(filled: Store, tamper: Tamper) -> None:
    tamper("UPDATE wetland_audit SET actor = 'nobody' WHERE seq = 5")
    assert found(filled) == {("entry_changed", "t000003")}


def test_a_changed_entry_with_a_mended_hash_breaks_at_the_next(
    filled: Store, tamper: Tamper
) -> None:
    from wetland.store.digests import link

    entry = filled.audit().iloc[4].to_dict() | {"actor": "nobody"}
    entry["at"] = entry["at"].strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    entry = {k: v if v == v else None for k, v in entry.items()} | {"seq": 5}
    mended = link(entry["prev_hash"], entry)
    tamper(f"UPDATE wetland_audit SET actor = 'nobody', hash = '{mended}' WHERE seq = 5")
    assert found(filled) == {("chain_broken", "t000004")}


def test_entries_taken_out_are_missed(filled: Store, tamper: Tamper) -> None:
    tamper("DELETE FROM wetland_audit WHERE seq IN (4, 5)")
    assert found(filled) >= {("entries_missing", "t000004"), ("row_inserted", "t000002")}


def test_a_tail_that_was_cut_off_is_missed(filled: Store, tamper: Tamper) -> None:
    """Even when the row was put back as it was: the head remembers the last entry."""
    tamper(
        "UPDATE things SET words = '白鹭 egret', row_digest = "
        "(SELECT before_digest FROM wetland_audit WHERE seq = 12) WHERE thing_id = 't000003'",
        "DELETE FROM wetland_audit WHERE seq = 12",
    )
    assert found(filled) == {("tail_missing", None)}


def test_only_a_head_noted_elsewhere_shows_a_consistent_rewriting(
    filled: Store, tamper: Tamper
) -> None:
    """What `LIMITS` says: without the noted head this is not seen, with it it is."""
    noted = filled.head().hash
    assert found(filled, known_head=noted) == set()
    tamper(
        "UPDATE things SET words = '白鹭 egret', row_digest = "
        "(SELECT before_digest FROM wetland_audit WHERE seq = 12) WHERE thing_id = 't000003'",
        "DELETE FROM wetland_audit WHERE seq = 12",
        "UPDATE wetland_head SET seq = 11, hash = (SELECT hash FROM wetland_audit WHERE seq = 11)",
    )
    assert found(filled) == set()
    assert found(filled, known_head=noted) == {("known_head_lost", None)}


def test_a_lost_or_changed_head_is_named(filled: Store, tamper: Tamper) -> None:
    tamper("UPDATE wetland_head SET hash = 'x'")
    assert found(filled) == {("head_changed", None)}
    tamper("DELETE FROM wetland_head")
    assert found(filled) == {("head_lost", None)}


def test_a_changed_migration_is_named(filled: Store, tamper: Tamper) -> None:
    tamper("UPDATE wetland_migrations SET applied_at = 'x', digest = 'y'")
    assert found(filled) == {("migration_changed", "table:things")}
    tamper("UPDATE wetland_migrations SET definition = '{}'")
    assert ("migration_changed", None) in found(filled)


def test_a_lost_table_or_column_is_named(filled: Store, url: str, tamper: Tamper) -> None:
    tamper("ALTER TABLE things DROP COLUMN words")
    assert found(filled) == {("table_lost", None)}
    tamper("DROP TABLE things")
    assert ("table_lost", None) in found(filled)


def test_tables_of_other_programs_are_none_of_our_business(filled: Store, tamper: Tamper) -> None:
    tamper("CREATE TABLE layer_styles (id INTEGER, name TEXT)")
    assert filled.verify().ok


def test_a_store_is_verified_without_knowing_its_tables(
    filled: Store, url: str, open_store: Opener, tamper: Tamper
) -> None:
    """The store's own records say what its tables are; an older program verifies a newer store."""
    stranger = open_store(url, schemas=[])
    assert stranger.verify().rows == 10
    tamper("UPDATE things SET words = '无' WHERE thing_id = 't000003'")
    assert found(stranger) == {("row_changed", "t000003")}
    assert THINGS.name not in stranger.tables
