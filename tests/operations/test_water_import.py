"""Importing water results: kept whole, kept once, read as the source's files were read before."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest

from wetland.base.errors import InputError
from wetland.operations.water import water_of_store
from wetland.operations.waterfiles import import_water, mapping_of
from wetland.operations.waterscreen import screen_water
from wetland.operations.waterstations import station_rows
from wetland.reading.files import Given
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.water.readoptions import WaterOptions

TIDY = """station,date,parameter,value,unit
EX-R1,2024-05-01,nh3n,0.30,mg/L
EX-R1,2024-05-01,tp,0.025L,mg/L
EX-R1,2024-05-01,do,-7,mg/L
EX-R1,2024-05-01,ph,7.4,
"""
ODD = """station,taken,A1,A2
EX-R1,2024-05-01,300,7.4
"""


def given(words: str, name: str = "w.csv") -> Given:
    return Given.of_bytes(name, words.encode("utf-8"))


def test_what_is_sound_is_kept_and_what_is_not_is_listed(site: Site, store: Store) -> None:
    done = import_water(store, site, given(TIDY), actor="t")
    answer = done.to_json("en")
    counts = answer["counts"]
    assert (counts["rows"], counts["results"], counts["added"]) == (4, 3, 3)
    assert counts["rows_aside"] == 1
    wrong = [p for p in answer["problems"] if p["level"] == "error"]
    assert [(p["row"], p["value"]) for p in wrong] == [(4, "-7")]
    held = water_of_store(store, site).results.set_index("parameter")
    assert set(held.index) == {"nh3n", "tp", "ph"}
    assert (held.loc["tp", "censoring"], held.loc["tp", "value"]) == ("below", 0.025)
    assert held.loc["tp", "value_received"] == "0.025L"
    assert store.count("problems") == len(answer["problems"])


def test_the_same_file_twice_changes_nothing(site: Site, store: Store) -> None:
    import_water(store, site, given(TIDY), actor="t")
    entries = store.head().seq
    again = import_water(store, site, given(TIDY), actor="t").written
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)
    assert store.head().seq == entries
    assert store.verify().ok


def test_a_corrected_value_replaces_the_earlier_one(site: Site, store: Store) -> None:
    import_water(store, site, given(TIDY), actor="t", options=WaterOptions(source="lab"))
    corrected = given(TIDY.replace("0.30", "0.33"))
    done = import_water(store, site, corrected, actor="t", options=WaterOptions(source="lab"))
    assert (done.written.added, done.written.changed) == (0, 1)
    held = water_of_store(store, site).results.set_index("parameter")
    assert held.loc["nh3n", "value"] == 0.33


def test_another_source_does_not_overrule_what_is_stored(site: Site, store: Store) -> None:
    import_water(store, site, given(TIDY), actor="t", options=WaterOptions(source="lab"))
    other = given(TIDY.replace("0.30", "0.33").replace("7.4", "7.40"), "other.csv")
    done = import_water(store, site, other, options=WaterOptions(source="other"), actor="t")
    assert (done.written.added, done.written.changed) == (0, 0)
    told = [p for p in done.reading.problems.items if p.code == "contradicts_store"]
    assert [(p.row, p.column, p.value) for p in told] == [(2, "nh3n", "0.33")]
    assert "0.3 for it from source 'lab'" in told[0].message.en
    held = water_of_store(store, site).results.set_index("parameter")
    assert held.loc["nh3n", "value"] == 0.30


EMPTY = "station,date,nh3n(mg/L),tp(mg/L)\nEX-R1,2024-05-01,,\n"
MEASURED = EMPTY.replace("05-01,,", "05-01,0.30,—")


def test_a_value_replaces_a_missing_row_whoever_brings_it(site: Site, store: Store) -> None:
    import_water(store, site, given(EMPTY), actor="t", options=WaterOptions(source="plan"))
    held = water_of_store(store, site)
    assert held.results["flag"].tolist() == ["missing", "missing"]
    assert held.last_day is None
    listed = {row["station"]: row for row in station_rows(store, site, "en")}
    assert (listed["EX-R1"]["results"], listed["EX-R1"]["last"]) == (0, None)
    assert screen_water(store, site).to_json("en")["findings"] == []
    done = import_water(store, site, given(MEASURED), actor="t", options=WaterOptions(source="lab"))
    assert (done.written.added, done.written.changed) == (0, 1)
    held = water_of_store(store, site).results.set_index("parameter")
    assert (held.loc["nh3n", "value"], held.loc["tp", "flag"]) == (0.30, "missing")


def test_a_missing_row_never_replaces_a_value(site: Site, store: Store) -> None:
    import_water(store, site, given(MEASURED), actor="t", options=WaterOptions(source="lab"))
    done = import_water(store, site, given(EMPTY), actor="t", options=WaterOptions(source="lab"))
    assert (done.written.added, done.written.changed, done.written.unchanged) == (0, 0, 2)
    assert [p.code for p in done.reading.problems.items if "store" in p.message.en] == [
        "measured_before"
    ]
    assert water_of_store(store, site).results.set_index("parameter").loc["nh3n", "value"] == 0.30


def test_how_a_source_is_read_is_kept(site: Site, store: Store) -> None:
    told = WaterOptions(
        columns={"date": "taken"},
        parameter_words={"A1": "氨氮", "A2": "pH"},
        units={"A1": "ug/L"},
        source="lab",
    )
    first = import_water(store, site, given(ODD), options=told, actor="t")
    assert first.written.added == 2
    kept = mapping_of(store, site, "lab")
    assert kept is not None
    assert kept.columns == {"date": "taken"}
    later = given(ODD.replace("2024-05-01", "2024-06-01"), "next.csv")
    done = import_water(store, site, later, options=WaterOptions(source="lab"), actor="t")
    assert done.written.added == 2
    assert "mapping_used" in done.reading.problems.counts()
    values = water_of_store(store, site).results.query("parameter == 'nh3n'")["value"]
    assert values.tolist() == pytest.approx([0.3, 0.3])


def test_a_mapping_that_does_not_fit_is_left_aside_and_said(site: Site, store: Store) -> None:
    told = WaterOptions(columns={"date": "taken"}, source="lab",
                        parameter_words={"A1": "nh3n", "A2": "ph"})  # fmt: skip
    import_water(store, site, given(ODD), options=told, actor="t")
    other = given(TIDY.replace("2024-05-01", "2024-07-01"), "other.csv")
    done = import_water(store, site, other, options=WaterOptions(source="lab"), actor="t")
    assert done.written.added == 3
    warned = [p for p in done.reading.problems.items if p.code == "mapping_unfit"]
    assert "taken" in warned[0].message.en


def test_a_station_of_the_pack_is_never_changed_by_a_file(site: Site, store: Store) -> None:
    words = "station,date,water_body,tp (mg/L)\nEX-R1,2024-05-01,lake,0.1\nN1,2024-05-01,lake,0.1\n"
    import_water(store, site, given(words), actor="t")
    data = water_of_store(store, site)
    assert data.stations["EX-R1"].water_body == "river"
    assert data.stations["N1"].water_body == "lake"
    assert store.read("water_stations")["station"].tolist() == ["N1"]


def test_a_kind_given_for_a_file_is_kept_with_its_stations(site: Site, store: Store) -> None:
    options = WaterOptions(water_body="river")
    words = "station,date,tp (mg/L)\nN2,2024-05-01,0.1\n"
    import_water(store, site, given(words), options=options, actor="t")
    assert water_of_store(store, site, stations=["N2"]).stations["N2"].water_body == "river"


@pytest.mark.parametrize(
    "words", ["", "a,b\n1,2\n", "station,date\nA,2024-05-01\n", "\x00\x01\x02", "{}"]
)
def test_what_cannot_be_read_leaves_the_store_as_it_was(
    site: Site, store: Store, words: str
) -> None:
    before = store.head().seq
    with pytest.raises(InputError):
        import_water(store, site, given(words), actor="t")
    assert store.head().seq == before


def test_the_store_itself_is_refused(site: Site, store: Store) -> None:
    assert store.path is not None
    with pytest.raises(InputError, match="store"):
        import_water(store, site, store.path, actor="t")


def test_observations_of_the_same_source_lend_no_mapping(site: Site, store: Store) -> None:
    from wetland.operations.screening import import_observations
    from wetland.screening.options import ReadOptions

    seen = given("x,y,date,what\n120.06,30.27,2024-05-01,捕捞\n", "o.csv")
    options = ReadOptions(columns={"lon": "x", "lat": "y", "activity": "what"}, source="lab")
    import_observations(store, site, seen, options=options, actor="t")
    assert mapping_of(store, site, "lab") is None
    done = import_water(store, site, given(TIDY), options=WaterOptions(source="lab"), actor="t")
    assert done.written.added == 3


def test_an_older_store_gets_the_water_tables(site: Site, tmp_path: Path) -> None:
    from wetland.operations.stores import SCHEMAS, open_store

    path = tmp_path / "old.gpkg"
    old = [s for s in SCHEMAS if not s.name.startswith("water")]
    with Store.open(path, schemas=old):
        pass
    with open_store(path, site) as opened:
        assert import_water(opened, site, given(TIDY), actor="t").written.added == 3
        assert opened.verify().ok


def test_a_header_that_only_the_user_understands(site: Site, store: Store) -> None:
    told = WaterOptions(columns={"station": "where", "date": "when"},
                        parameter_words={"A1": "tp"}, source="odd")  # fmt: skip
    words = "where,when,A1\nEX-R1,2024-05-01,0.12\n"
    assert import_water(store, site, given(words), options=told, actor="t").written.added == 1
    later = given(words.replace("05-01", "06-01"))
    again = import_water(store, site, later, options=WaterOptions(source="odd"), actor="t")
    assert again.written.added == 1


def workbook() -> bytes:
    """Return a workbook as offices write them: a title, merged and two-row headers, Excel days."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["某公园 2024 年水质监测结果"],
        ["断面名称", "采样日期", "营养盐", None, None, "物理", None, "水体类型"],
        [None, None, "氨氮", "总磷", "总氮", "pH", "溶解氧"],
        [None, None, "mg/L", "mg/L", "mg/L", "无量纲", "mg/L"],
        ["一号", dt.datetime(2024, 5, 1), "0.025L", 0.12, "１．２３", 7.4, 8.1, "河流"],  # noqa: DTZ001
        ["二号", 45413, "未检出", 0.3, 1.8, 7.4, "-1", "湖库"],
        ["三号", "2024年5月2日", -0.3, "—", 2.2, 7.9, 6, "湖库"],
    ):
        sheet.append(row)
    for cells in ("A1:H1", "C2:E2", "F2:G2"):
        sheet.merge_cells(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook_as_offices_write_them(site: Site, store: Store) -> None:
    done = import_water(store, site, Given.of_bytes("x.xlsx", workbook()), actor="t")
    errors = [(p.row, p.value) for p in done.reading.problems.items if p.level == "error"]
    assert errors == [(7, "-0.3")]
    data = water_of_store(store, site)
    kinds = {name: data.stations[name].water_body for name in ("一号", "二号", "三号")}
    assert kinds == {"一号": "river", "二号": "lake", "三号": "lake"}
    held = data.results.set_index(["station", "parameter"])
    assert (held.loc[("一号", "nh3n"), "censoring"], held.loc[("一号", "nh3n"), "value"]) == (
        "below", 0.025
    )  # fmt: skip
    assert held.loc[("一号", "tn"), "value"] == 1.23
    assert held.loc[("二号", "nh3n"), "censoring"] == "below"
    assert held.loc[("二号", "do"), "flag"] == "missing"  # -1: not measured
    assert held.loc[("三号", "tp"), "flag"] == "missing"
    assert held.loc[("二号", "tp"), "sampled_on"] == dt.date(2024, 5, 1)
