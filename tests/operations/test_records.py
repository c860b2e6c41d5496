"""Permits and notices: read as people write them, changed and revoked with their trail."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Ran
from wetland.base.errors import InputError, StoreError
from wetland.operations.recordfile import read_records, record_of
from wetland.operations.records import (
    add_record,
    change_record,
    import_records,
    list_records,
    revoke_record,
)
from wetland.operations.stores import SCHEMAS, export_table, open_store, store_info
from wetland.reading.files import Given
from wetland.regulations.records import RECORDS
from wetland.screening.options import ReadOptions
from wetland.sites.load import Site, open_site
from wetland.store import Store

EXAMPLES = Path(__file__).resolve().parents[2] / "layers" / "xixi" / "examples"
HEADER = "kind,number,valid_from,last_day"
WHO = {"actor": "陈工"}


def given_(words: str, *, name: str = "permits.csv", encoding: str = "utf-8") -> Given:
    return Given.of_bytes(name, words.encode(encoding))


def codes(problems: object) -> set[tuple[int | None, str | None, str]]:
    return {(p.row, p.column, p.code) for p in problems.items}  # type: ignore[attr-defined]


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["permits.csv", "notices.csv"])
def test_the_examples_of_the_pack_are_sound(site: Site, store: Store, name: str) -> None:
    done = import_records(store, site, EXAMPLES / name, **WHO)
    assert len(done.reading.problems) == 0
    rows = len(pd.read_csv(EXAMPLES / name))
    assert (done.written.added, done.reading.rows) == (rows, rows)
    head = store.head()
    again = import_records(store, site, EXAMPLES / name, **WHO)
    assert (again.written.added, again.written.changed, again.written.unchanged) == (0, 0, rows)
    assert store.head() == head
    assert store.verify().ok
    assert store.read("sources")["rows_read"].tolist() == [rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_in_chinese_is_read_in_every_encoding(site: Site, encoding: str) -> None:
    words = (
        "种类,文号,持有人,行为,起始日期,截止日期,每年起（MM-DD）,每年止（MM-DD，含）,限量,区域,状态\n"
        "捕捞水生动物同意,西溪〔2024〕1号,某合作社,网具捕捞,2024年1月1日,2024/12/31,11-1,2月28日,500,外围保护地带,有效\n"
    )
    reading = read_records(given_(words, encoding=encoding), site)
    assert reading.problems.items == []
    row = reading.records.iloc[0]
    assert row["kind"] == "aquatic_catch_consent"
    assert row["activity"] == "fishing.net"
    assert (row["valid_from"], row["valid_to"]) == (dt.date(2024, 1, 1), dt.date(2025, 1, 1))
    assert (row["season_from"], row["season_to"]) == ("11-01", "02-28")
    assert (row["zone"], row["status"], row["quantity"]) == ("buffer", "issued", 500)
    assert row["record_id"].startswith("r-")


def test_the_last_day_and_the_first_day_after_are_not_mixed_up(site: Site) -> None:
    for header, day in (
        ("valid_to", dt.date(2024, 12, 31)), ("终止日（不含）", dt.date(2024, 12, 31)),
        ("last_day", dt.date(2025, 1, 1)), ("有效期至", dt.date(2025, 1, 1)),
        ("终止日", dt.date(2025, 1, 1)),
    ):  # fmt: skip
        words = f"kind,valid_from,{header}\nclosed_area,2024-01-01,2024-12-31\n"
        reading = read_records(given_(words), site)
        assert reading.records["valid_to"].tolist() == [day], header


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("nothing,1,2024-01-01,", ("kind", "unknown_kind")),
        (",1,2024-01-01,", ("kind", "missing")),
        ("closed_area,1,01-01,", ("valid_from", "date_no_year")),
        ("closed_area,1,5/6/2024,", ("valid_from", "date_two_ways")),
        ("closed_area,1,,", ("valid_from", "missing")),
        ("closed_area,1,2024-02-30,", ("valid_from", "no_such_day")),
        ("closed_area,1,2024-01-01 08:30,", ("valid_from", "not_a_day")),
        ("closed_area,1,2024-01-02,2024-01-01", ("valid_to", "period")),
    ],
)
def test_a_wrong_row_is_named_and_the_others_go_on(
    site: Site, store: Store, row: str, problem: tuple[str, str]
) -> None:
    words = f"{HEADER}\nclosed_area,9,2024-01-01,\n{row}\nclosed_area,8,2024-01-01,\n"
    done = import_records(store, site, given_(words), **WHO)
    assert codes(done.reading.problems) == {(3, *problem)}
    assert done.written.added == 2
    kept = store.read("problems")
    assert kept["row"].tolist() == [3]
    assert kept["message_zh"].iloc[0]
    assert done.to_json("en")["counts"]["rows_aside"] == 1


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("activity", "飞翔", "unknown_activity"), ("zone", "moon", "unknown_zone"),
        ("season_from", "12-01", "season"), ("season_from", "13-01", "season"),
        ("season_from", "2月30日", "season"), ("times", "weekends", "times"),
        ("times", '{"weekdays": [0]}', "times"),
        ("times", '{"hours": ["18:00", "06:00"]}', "times"),
        ("times", '{"days": [1]}', "times"), ("times", "[" * 50_000, "times"),
        ("quantity", "-1", "quantity"), ("quantity", "inf", "quantity"),
        ("quantity", "many", "quantity"), ("status", "lost", "status"),
        ("revoked_on", "2024-03-01", "not_revoked"), ("synthetic", "perhaps", "yes_or_no"),
        ("place", "POLYGON ((1", "broken_geometry"), ("place", "POINT (30.27 120.06)", "swapped"),
        ("place", "POINT (500000 3350000)", "projected"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named(site: Site, column: str, cell: str, code: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    words = f"kind,valid_from,{column}\nclosed_area,2024-01-01,{quoted}\n"
    reading = read_records(given_(words), site)
    assert len(reading.records) == 0
    assert code in {p.code for p in reading.problems.items if p.level == "error"}


def test_what_is_doubtful_is_read_with_a_warning(site: Site) -> None:
    words = (
        "kind,valid_from,status,place,colour\n"
        "closed_area,2024-01-01,revoked,POINT (120.06 30.27),red\n"
    )
    reading = read_records(given_(words), site)
    assert len(reading.records) == 1
    assert codes(reading.problems) == {
        (1, "colour", "unknown_column"),
        (2, "place", "no_extent"),
        (2, "revoked_on", "no_revoked_on"),
    }
    assert {p.level for p in reading.problems.items} == {"warning"}


def test_columns_are_named_by_option(site: Site) -> None:
    words = "what,since\nclosed_area,2024-01-01\n"
    options = ReadOptions({"kind": "what", "valid_from": "since"})
    assert len(read_records(given_(words), site, options).records) == 1
    with pytest.raises(InputError, match="no such column"):
        read_records(given_(words), site, ReadOptions({"kind": "which"}))


def test_a_place_in_another_datum_is_brought_to_wgs84(site: Site) -> None:
    square = shapely.box(120.0845, 30.2640, 120.0855, 30.2650).wkt
    words = f'kind,valid_from,place\nclosed_area,2024-01-01,"{square}"\n'
    place = read_records(given_(words), site, ReadOptions(datum="gcj02")).records["place"].iloc[0]
    west = place.bounds[0]
    assert 0.003 < 120.0845 - west < 0.006  # GCJ-02 lies some 450 m east of WGS84 here


@pytest.mark.parametrize("suffix", [".csv", ".geojson", ".gpkg"])
def test_an_export_is_read_back_without_a_change(
    site: Site, store: Store, tmp_path: Path, suffix: str
) -> None:
    for name in ("permits.csv", "notices.csv"):
        import_records(store, site, EXAMPLES / name, **WHO)
    note = {"record_id": "X", "kind": "closed_area", "valid_from": "2024-01-01", "note": "=1+1"}
    add_record(store, site, note, **WHO)
    path = export_table(store, site, "records", tmp_path / f"records{suffix}")
    done = import_records(store, site, path, **WHO)
    assert done.reading.problems.items == []
    assert (done.written.added, done.written.changed) == (0, 0)
    assert done.written.unchanged == 10


def test_the_store_itself_is_not_imported(site: Site, store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the store itself"):
        import_records(store, site, tmp_path / "store.gpkg", **WHO)
    assert store.verify().ok


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([*RECORDS.names, "last_day"]),
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=9)
            | st.sampled_from(["closed_area", "2024-01-01", "fishing", "POINT (120.06 30.27)"]),
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=25, deadline=None)
def test_every_row_is_a_record_or_named(rows: list[dict[str, str]]) -> None:
    """Whatever a file holds: no crash, and no row is lost."""
    site = open_site("everglades")
    frame = pd.DataFrame([{"kind": "x", "valid_from": "y", **r} for r in rows])
    words = frame.to_csv(index=False)
    try:
        reading = read_records(given_(words), site)
    except InputError:
        return  # e.g. nothing but blank cells
    named = {p.row for p in reading.problems.items if p.level in {"error", "warning"}}
    assert len(reading.records) + len(reading.problems.error_rows) >= reading.rows - len(named)
    assert set(reading.records.index).isdisjoint(reading.problems.error_rows)


# --- add, change, revoke, list ------------------------------------------------------------------


def new(**values: object) -> dict[str, object]:
    return {"kind": "angling_area", "number": "公告1", "valid_from": "2024-01-01", **values}


def test_a_record_lives_and_ends_with_its_trail(site: Site, store: Store) -> None:
    record = add_record(store, site, new(last_day="2024-12-31"), **WHO)
    assert store.read("records")["valid_to"].tolist() == [dt.date(2025, 1, 1)]
    change_record(
        store, site, record, {"quantity": "5", "quantity_unit": "kg"}, reason="限量", **WHO
    )
    changed = store.read("records").iloc[0]
    assert (changed["status"], changed["quantity"], changed["number"]) == ("changed", 5, "公告1")
    revoke_record(store, record, on=dt.date(2024, 6, 1), reason="水位", **WHO)
    revoked = store.read("records").iloc[0]
    assert (revoked["status"], revoked["revoked_on"]) == ("revoked", dt.date(2024, 6, 1))
    trail = store.audit(table="records", key=record)
    assert trail["action"].tolist() == ["add", "change", "change"]
    assert [r.split(": ")[-1] for r in trail["reason"]][1:] == ["限量", "水位"]
    assert trail["actor"].unique().tolist() == ["陈工"]
    assert store.verify().ok


def test_what_cannot_be_done_to_a_record(site: Site, store: Store) -> None:
    record = add_record(store, site, new(), **WHO)
    with pytest.raises(InputError, match="already"):
        add_record(store, site, new(), **WHO)
    with pytest.raises(InputError, match="no record"):
        change_record(store, site, "none", {}, reason="x", **WHO)
    for values in ({"status": "issued"}, {"record_id": "x"}):
        with pytest.raises(InputError):
            change_record(store, site, record, values, reason="x", **WHO)
    with pytest.raises(InputError, match="period"):
        change_record(store, site, record, {"last_day": "2023-01-01"}, reason="x", **WHO)
    with pytest.raises(InputError, match="colour"):
        add_record(store, site, new(colour="red"), **WHO)
    with pytest.raises(InputError) as wrong:
        add_record(store, site, new(kind="moon", valid_from="1-1", zone="mars"), **WHO)
    assert all(word in str(wrong.value) for word in ("没有这种记录", "年份", "没有这个区域"))
    revoke_record(store, record, on=dt.date(2024, 6, 1), reason="x", **WHO)
    with pytest.raises(InputError, match="revoked"):
        revoke_record(store, record, on=dt.date(2024, 6, 1), reason="x", **WHO)
    with pytest.raises(InputError, match="revoked"):
        change_record(store, site, record, {"note": "x"}, reason="x", **WHO)
    with pytest.raises(InputError):
        add_record(store, site, new(number="2"), actor="")


def test_an_older_file_does_not_set_back_what_a_person_did(site: Site, store: Store) -> None:
    import_records(store, site, EXAMPLES / "permits.csv", **WHO)
    revoke_record(store, "P-001", on=dt.date(2016, 1, 1), reason="x", **WHO)
    change_record(store, site, "P-002", {"last_day": "2019-07-31"}, reason="x", **WHO)
    head = store.head()
    done = import_records(store, site, EXAMPLES / "permits.csv", **WHO)
    assert codes(done.reading.problems) == {
        (2, "record_id", "settled"),
        (3, "record_id", "settled"),
    }
    held = store.read("records").set_index("record_id")
    assert held.at["P-001", "status"] == "revoked"
    assert held.at["P-002", "valid_to"] == dt.date(2019, 8, 1)
    assert store.head().seq == head.seq + 2  # the two warnings
    again = import_records(store, site, EXAMPLES / "permits.csv", **WHO)
    assert again.written.unchanged == 5
    assert store.head().seq == head.seq + 2


def test_a_place_may_be_drawn(site: Site, store: Store) -> None:
    drawn = shapely.box(120.05, 30.26, 120.06, 30.27)
    record = add_record(store, site, new(place=drawn), **WHO)
    held = store.read("records", {"record_id": record})["place"].iloc[0]
    assert held.equals(drawn)
    change_record(store, site, record, {"note": "x"}, reason="x", **WHO)
    assert store.read("records")["place"].iloc[0].equals(drawn)
    assert record_of(new(place=drawn.wkt), site)["place"].iloc[0].equals(drawn)


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        (dt.date(2023, 12, 31), False), (dt.date(2024, 1, 1), False),  # a Monday
        (dt.date(2024, 1, 6), True), (dt.date(2024, 1, 7), True), (dt.date(2024, 1, 8), False),
        (dt.date(2024, 2, 25), True), (dt.date(2024, 3, 2), False),  # after the season
        (dt.date(2024, 12, 28), True), (dt.date(2024, 12, 29), False),  # after the last day
    ],
)  # fmt: skip
def test_records_of_a_day(site: Site, store: Store, day: dt.date, kept: bool) -> None:
    times = '{"weekdays": [6, 7], "hours": ["06:00", "18:00"]}'
    season = {"season_from": "12-01", "season_to": "02-29"}
    add_record(store, site, new(last_day="2024-12-28", times=times, **season), **WHO)
    assert (len(list_records(store, site, on=day)) == 1) == kept


def test_records_that_are_revoked_or_of_another_kind(site: Site, store: Store) -> None:
    first = add_record(store, site, new(), **WHO)
    second = add_record(store, site, new(kind="closed_area"), **WHO)
    revoke_record(store, first, on=dt.date(2024, 6, 1), reason="x", **WHO)
    listed = lambda **by: list_records(store, site, **by)["record_id"].tolist()  # noqa: E731
    assert listed() == [first, second]
    assert listed(on=dt.date(2024, 5, 31)) == [first, second]
    assert listed(on=dt.date(2024, 6, 1)) == [second]
    assert listed(kind="closed_area") == [second]
    assert listed(status="revoked") == [first]


# --- the store of a site ------------------------------------------------------------------------


def test_the_store_has_every_table_and_says_so(site: Site, store: Store) -> None:
    said = store_info(store)
    assert [t["table"] for t in said["tables"]] == [s.name for s in SCHEMAS]
    assert said["head"] == store.head().hash
    assert said["pending"] == []
    assert json.dumps(said)


def test_the_default_store_is_in_the_working_folder(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="there is no store"):
        open_store(None, site, create=False)
    with open_store(None, site):
        pass
    assert (tmp_path / ".wetland" / "xixi.gpkg").is_file()


@pytest.mark.parametrize("table", [s.name for s in SCHEMAS])
def test_every_export_carries_the_notice(
    site: Site, store: Store, tmp_path: Path, table: str
) -> None:
    path = export_table(store, site, table, tmp_path / f"{table}.geojson")
    assert json.loads(path.read_text("utf-8"))["notice"]["zh"] == site.config.schematic_notice.zh


# --- command line -------------------------------------------------------------------------------


def test_records_and_store_from_the_command_line(
    run_cli: Callable[..., Ran], tmp_path: Path
) -> None:
    store = tmp_path / "s.gpkg"
    who = ("--store", store, "--actor", "me")
    done = run_cli("records", "import", EXAMPLES / "permits.csv", *who, "--format", "json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["counts"]["added"] == 5
    added = run_cli(
        "records", "add", "--kind", "angling_area", "--from", "2024-01-01", "--to", "2024-12-31",
        "--set", "number=7", *who,
    )  # fmt: skip
    assert added.code == 0, added.err
    record = added.out.strip()
    args = (record, "--set", "zone=protection", "--reason", "x", *who)
    assert run_cli("records", "change", *args).code == 0
    listed = run_cli("records", "list", "--store", store, "--on", "2024-12-31", "--format", "csv")
    assert record in listed.out
    assert "P-001" not in listed.out
    gone = run_cli("records", "revoke", record, "--on", "2024-02-01", "--reason", "x", *who)
    assert gone.code == 0
    listed = run_cli("records", "list", "--store", store, "--status", "revoked", "--format", "json")
    assert {r["record_id"] for r in json.loads(listed.out)} == {record, "P-004"}
    wrong = run_cli("records", "add", "--kind", "moon", "--from", "2024-01-01", *who)
    assert (wrong.code, wrong.out) == (1, "")
    assert "没有这种记录" in wrong.err


def test_a_damaged_store_ends_with_one(run_cli: Callable[..., Ran], tmp_path: Path) -> None:
    import sqlite3

    from wetland.store.geopackage import add_functions

    store = tmp_path / "s.gpkg"
    who = ("--store", store, "--actor", "me")
    run_cli("records", "import", EXAMPLES / "permits.csv", *who)
    head = json.loads(run_cli("store", "info", "--store", store, "--format", "json").out)["head"]
    sound = run_cli("store", "verify", "--store", store, "--head", head)
    assert sound.code == 0
    assert "存储完好" in sound.out
    assert run_cli("store", "verify", "--store", store, "--head", "0" * 64).code == 1
    with sqlite3.connect(store) as db:
        add_functions(db)
        db.execute("UPDATE records SET holder = '别人' WHERE record_id = 'P-002'")
    db.close()
    damaged = run_cli("store", "verify", "--store", store, "--format", "json", "--lang", "en")
    assert damaged.code == 1
    assert "1 fault" in damaged.err
    said = json.loads(damaged.out)
    assert [(f["kind"], f["table"], f["key"]) for f in said["faults"]] == [
        ("row_changed", "records", "P-002")
    ]
    told = run_cli("store", "verify", "--store", store)
    assert "程序以外" in told.out


def test_the_other_store_commands(run_cli: Callable[..., Ran], tmp_path: Path) -> None:
    store = tmp_path / "s.gpkg"
    none = run_cli("store", "info", "--store", store)
    assert none.code == 1
    assert "没有存储" in none.err
    assert not store.exists()
    run_cli("records", "import", EXAMPLES / "permits.csv", "--store", store, "--actor", "me")
    out = ("--store", store, "--out")
    assert run_cli("store", "backup", *out, tmp_path / "b.gpkg").code == 0
    assert run_cli("store", "verify", "--store", tmp_path / "b.gpkg").code == 0
    unnamed = run_cli("store", "backup", "--store", store)
    assert unnamed.code == 0
    assert run_cli("store", "verify", "--store", unnamed.out.strip()).code == 0
    assert run_cli("store", "backup", *out, tmp_path / "b.gpkg").code == 1
    assert run_cli("store", "export", "records", *out, tmp_path / "r.csv").code == 0
    assert "notice_zh" in (tmp_path / "r.csv").read_text("utf-8-sig").splitlines()[0]
    refused = run_cli("store", "export", "records", *out, store)
    assert refused.code == 1
    assert "存储本身" in refused.err
    assert run_cli("store", "export", "moon", *out, tmp_path / "m.csv").code == 1
    assert run_cli("store", "migrate", "--check", "--store", store).code == 0
    assert run_cli("store", "verify", "--store", store).code == 0


def test_two_sites_share_a_store_and_not_their_records(site: Site, store: Store) -> None:
    add_record(store, site, new(), **WHO)
    other = open_site("everglades")
    assert len(list_records(store, site)) == 1
    assert len(list_records(store, other)) == 0
