"""A park's own sheets, tidy tables and tables of visits: what is read, and what is told."""

from __future__ import annotations

import contextlib
import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.birds.sheetcases import SPECIES, codes, facts, read, source_of, workbook
from wetland.base.errors import InputError
from wetland.birds.ebird import read_ebird
from wetland.birds.layouts import detect
from wetland.birds.odk import read_odk
from wetland.birds.sheet import read_sheet
from wetland.birds.tidy import read_tidy
from wetland.reading.grid import head_of, read_grid

EGRET, HERON, NIGHT, GREBE, COOT = (name.lower().replace(" ", "-") for name, _, _ in SPECIES)

SHEET = """西溪湿地鸟类调查表,,,,
日期：2024年1月5日,,天气：晴,调查人：张三、李四,
序号,鸟种,学名,P1,P2
1,白鹭,Egretta garzetta,3+2,约50
2,苍鹭,Ardea cinerea,√,
3,夜鹭,Nycticorax nycticorax,0,many
4,小䴙䴘,Tachybaptus ruficollis,,12.5
,合计,,5,99
备注：风大,,,,
"""


def test_a_park_sheet_with_all_that_stands_around_it() -> None:
    reading = read("sheet.csv", SHEET)
    assert reading.layout == "sheet"
    assert facts(reading) == {
        ("P1", "2024-01-05", EGRET, 5, "exact", "present"),
        ("P2", "2024-01-05", EGRET, 50, "about", "present"),
        ("P1", "2024-01-05", HERON, None, "present", "present"),
        ("P1", "2024-01-05", NIGHT, 0, "exact", "absent"),
        ("P2", "2024-01-05", NIGHT, None, "present", "present"),
    }
    survey = reading.surveys.iloc[0]
    assert survey["observers"] == "张三、李四"
    assert "晴" in survey["extra"]
    assert survey["remarks"] == "风大"
    assert codes(reading) == {"count_vague": 1, "count_not_whole": 1}
    wrong = next(p for p in reading.problems.items if p.code == "count_not_whole")
    assert (wrong.row, wrong.column, wrong.value) == (7, "P2", "12.5")
    assert reading.counts["not_recorded"] == 2


def test_an_empty_cell_is_not_recorded_and_an_empty_column_not_surveyed() -> None:
    reading = read("s.csv", "鸟种,2024-01-05,2024-02-03,2024-03-02\n白鹭,3,,\n苍鹭,,0,\n")
    assert facts(reading) == {
        (None, "2024-01-05", EGRET, 3, "exact", "present"),
        (None, "2024-02-03", HERON, 0, "exact", "absent"),
    }
    assert len(reading.surveys) == 2
    empty = next(p for p in reading.problems.items if p.code == "column_empty")
    assert (empty.column, empty.level) == ("2024-03-02", "warning")


def test_a_workbook_with_merged_cells_in_two_header_rows() -> None:
    rows: list[list[Any]] = [
        ["西溪水鸟同步调查"],
        ["鸟种", "1月5日", None, "2月3日", None, "合计"],
        [None, "P1", "P2", "P1", "P2", None],
        ["白鹭", 1, 2, "3+2", "约50", 58],
        ["苍鹭", None, 0, "4", "12只", 17],
        ["小䴙䴘", "many", 12.5, None, "2♂3♀", 5],
        ["小计", 1, 2],
    ]
    data = workbook(rows, merged=["A1:F1", "A2:A3", "B2:C2", "D2:E2", "F2:F3"], title="2024")
    reading = read("book.xlsx", data)
    assert facts(reading) == {
        ("P1", "2024-01-05", EGRET, 1, "exact", "present"),
        ("P2", "2024-01-05", EGRET, 2, "exact", "present"),
        ("P1", "2024-02-03", EGRET, 5, "exact", "present"),
        ("P2", "2024-02-03", EGRET, 50, "about", "present"),
        ("P2", "2024-01-05", HERON, 0, "exact", "absent"),
        ("P1", "2024-02-03", HERON, 4, "exact", "present"),
        ("P2", "2024-02-03", HERON, 12, "exact", "present"),
        ("P1", "2024-01-05", GREBE, None, "present", "present"),
        ("P2", "2024-02-03", GREBE, 5, "exact", "present"),
    }
    told = [(p.code, p.row, p.column) for p in reading.problems.items]
    assert ("total_differs", 5, None) in told
    assert ("count_not_whole", 6, "1月5日 P2") in told
    assert codes(reading) == {"total_differs": 1, "count_vague": 1, "count_not_whole": 1}


def test_two_header_rows_in_text_reach_to_the_right() -> None:
    table = (
        "目,科,中文名,2024-01-05,,2024-02-03,\n,,,P1,P2,P1,P2\n雀形目,,,,,,\n"
        ",鹭科,白鹭,1,2,3,4\n,,苍鹭,,,,-3\n调查人,,,张三,,李四,\n"
    )
    reading = read("two.csv", table)
    assert {fact[:4] for fact in facts(reading)} == {
        ("P1", "2024-01-05", EGRET, 1), ("P2", "2024-01-05", EGRET, 2),
        ("P1", "2024-02-03", EGRET, 3), ("P2", "2024-02-03", EGRET, 4),
    }  # fmt: skip
    assert codes(reading) == {"count_negative": 1}
    observers = {(row.plot, str(row.event_date)): row.observers
                 for row in reading.surveys.itertuples()}  # fmt: skip
    assert observers["P1", "2024-01-05"] == "张三"
    assert observers["P1", "2024-02-03"] == "李四"


@pytest.mark.parametrize(
    ("header", "options", "days"),
    [("1月5日,2月3日", {"year": 2024}, ["2024-01-05", "2024-02-03"]),
     ("1-5,2-3", {"year": 2024}, ["2024-01-05", "2024-02-03"]),
     ("20240105,20240203", {}, ["2024-01-05", "2024-02-03"]),
     ("2024年1月5日,2024.2.3", {}, ["2024-01-05", "2024-02-03"]),
     ("2024-01,2024年2月", {}, ["2024-01-01", "2024-02-01"]),
     ("2023,2024", {}, ["2023-01-01", "2024-01-01"])],
)  # fmt: skip
def test_dates_of_columns(header: str, options: dict[str, Any], days: list[str]) -> None:
    reading = read("d.csv", f"鸟种,{header}\n白鹭,3,4\n", **options)
    assert [str(day) for day in reading.surveys["event_date"]] == days


def test_the_title_tells_the_year_and_a_label_the_day() -> None:
    titled = read("t.csv", "2024年水鸟调查,,\n鸟种,1月5日,2月3日\n白鹭,3,4\n")
    assert [str(day) for day in titled.surveys["event_date"]] == ["2024-01-05", "2024-02-03"]
    labelled = read("l.csv", "调查日期,2024-01-05,样线,L1\n鸟种,数量,,\n白鹭,3,,\n苍鹭,4,,\n")
    assert {fact[:4] for fact in facts(labelled)} == {
        ("L1", "2024-01-05", EGRET, 3), ("L1", "2024-01-05", HERON, 4)}  # fmt: skip


def test_a_winter_tells_the_years_of_its_months() -> None:
    table = "2023-2024年越冬水鸟调查,,\n样线：L1,,\n鸟种,12月3日,1月7日\n白鹭,3,4\n"
    reading = read("w.csv", table)
    assert [str(day) for day in reading.surveys["event_date"]] == ["2023-12-03", "2024-01-07"]
    assert set(reading.surveys["plot"]) == {"L1"}
    vague = read("v.csv", table.replace("越冬", ""))
    assert codes(vague)["date_no_year"] == 2


def test_columns_without_any_date_are_refused_with_what_to_do() -> None:
    with pytest.raises(InputError) as error:
        read("n.csv", "鸟种,P1,P2\n白鹭,3,4\n")
    assert "日期" in error.value.show("zh")
    assert "--default-date" in error.value.show("en")
    dated = read("n.csv", "鸟种,P1,P2\n白鹭,3,4\n", default_date="2024-01-05")
    assert {fact[:2] for fact in facts(dated)} == {("P1", "2024-01-05"), ("P2", "2024-01-05")}


def test_numbers_may_name_plots() -> None:
    reading = read("p.csv", "鸟种,1,2\n白鹭,3,4\n", default_date="2024-01-05", year=2024)
    assert {fact[0] for fact in facts(reading)} == {"1", "2"}


def test_merged_names_and_merged_counts_of_a_workbook() -> None:
    rows = [
        ["鸟种", "2024-01-05", "2024-02-03"],
        ["白鹭", 3, 4],
        [None, 1, None],
        ["苍鹭", 7, None],
    ]
    reading = read("m.xlsx", workbook(rows, merged=["A2:A3", "B4:C4"]))
    assert {fact[1:4] for fact in facts(reading)} == {
        ("2024-01-05", EGRET, 3), ("2024-02-03", EGRET, 4), ("2024-01-05", EGRET, 1),
        ("2024-01-05", HERON, 7)}  # fmt: skip
    merged = next(p for p in reading.problems.items if p.code == "merged_value")
    assert (merged.row, merged.value) == (4, "7")


def test_forms_side_by_side_and_below_each_other() -> None:
    beside = "2024年1月5日调查,,,\n样线：L1,,,\n鸟种,数量,鸟种,数量\n白鹭,3,夜鹭,1\n苍鹭,4,,\n"
    assert {fact[:4] for fact in facts(read("a.csv", beside))} == {
        ("L1", "2024-01-05", EGRET, 3), ("L1", "2024-01-05", NIGHT, 1),
        ("L1", "2024-01-05", HERON, 4)}  # fmt: skip
    below = (
        "日期：2024-01-05,,\n鸟种,P1,P2\n白鹭,3,4\n合计,3,4\n日期：2024-02-03,,\n鸟种,P1,P2\n"
        "白鹭,5,6\n鸟种,P1,P2\n苍鹭,7,8\n种类,2,2\n备注：晴\n"
    )
    assert {fact[:4] for fact in facts(read("b.csv", below))} == {
        ("P1", "2024-01-05", EGRET, 3), ("P2", "2024-01-05", EGRET, 4),
        ("P1", "2024-02-03", EGRET, 5), ("P2", "2024-02-03", EGRET, 6),
        ("P1", "2024-02-03", HERON, 7), ("P2", "2024-02-03", HERON, 8)}  # fmt: skip
    other = "鸟种,2024-01-05\n白鹭,3\n鸟种,2024-02-05\n白鹭,4\n"
    assert {fact[1:4] for fact in facts(read("c.csv", other))} == {
        ("2024-01-05", EGRET, 3), ("2024-02-05", EGRET, 4)}  # fmt: skip


def test_a_part_that_cannot_be_read_does_not_cost_the_others() -> None:
    reading = read("p.csv", "日期：2024-01-05,\n鸟种,P1\n白鹭,3\n样线：X,\n鸟种,P1\n苍鹭,\n")
    assert len(reading.records) == 1
    assert codes(reading)["part_unread"] == 1


def test_dawn_and_dusk_of_one_day_are_two_visits() -> None:
    reading = read("d.csv", "鸟种,1月5日上午,1月5日下午\n白鹭,3,4\n", year=2024)
    assert len(reading.surveys) == 2
    assert set(reading.surveys["sampling_protocol"]) == {"上午", "下午"}
    visits = "鸟种,第1次(2024-01-05),第2次(2024-02-05)\n白鹭,3,4\n"
    assert read("v.csv", visits).surveys["plot"].isna().all()


def test_marks_and_two_names_in_a_cell() -> None:
    rows = "▲白鹭 Egretta garzetta,3\n2、苍鹭*,4\n夜鹭（Nycticorax nycticorax）,1\n"
    reading = read("n.csv", f"鸟种,2024-01-05\n{rows}")
    assert set(reading.records["taxon_id"]) == {EGRET, HERON, NIGHT}
    assert set(reading.records["name_received"]) == {
        "▲白鹭 Egretta garzetta", "2、苍鹭*", "夜鹭（Nycticorax nycticorax）"}  # fmt: skip
    tidy = read("t.csv", f"日期,鸟种,数量\n2024-01-05,{rows.splitlines()[0]}\n")
    assert set(tidy.records["taxon_id"]) == {EGRET}


def test_a_count_without_a_name_is_told() -> None:
    reading = read("x.csv", "鸟种,2024-01-05\n白鹭,3\n,4\n")
    told = next(p for p in reading.problems.items if p.code == "name_missing")
    assert (told.row, told.value, told.level) == (3, "4", "error")


def test_a_visit_with_unreadable_counts_is_not_complete() -> None:
    table = "鸟种,2024-01-05,2024-02-03\n白鹭,3,4\n苍鹭,abc,1\n"
    reading = read("c.csv", table, complete=True)
    assert reading.surveys["complete"].tolist() == [False, True]
    assert codes(reading)["not_complete"] == 1


def test_a_visit_with_unreadable_counts_is_not_complete_in_any_layout() -> None:
    tidy = (
        "样点,日期,鸟种,数量\nP1,2024-01-05,白鹭,3\nP1,2024-01-05,苍鹭,abc\nP2,2024-01-05,白鹭,1\n"
    )
    wide = "样点,日期,白鹭,苍鹭\nP1,2024-01-05,3,abc\nP2,2024-01-05,1,2\n"
    for table in (tidy, wide):
        reading = read("c.csv", table, complete=True)
        whole = dict(zip(reading.surveys["plot"], reading.surveys["complete"], strict=True))
        assert whole == {"P1": False, "P2": True}
        assert codes(reading) == {"not_complete": 1, "count_invalid": 1}


def test_sums_of_parts_are_no_species_and_not_compared() -> None:
    table = "鸟种,2024-01-05\n白鹭,3\n鹭类小计,3\n小计,3\n小䴙䴘,4\n小计,4\n合计,7\n物种数,2\n"
    reading = read("t.csv", table)
    assert set(reading.records["taxon_id"]) == {EGRET, GREBE}
    assert codes(reading) == {}


def test_the_first_sheet_with_birds_is_read_and_the_others_named() -> None:
    cover = [["说明"], ["本表由保护站填写"]]
    table = [["鸟种", "2024-01-05"], ["白鹭", 3]]
    data = workbook(cover, title="封面", more={"一月": table, "二月": table})
    reading = read("b.xlsx", data)
    assert len(reading.records) == 1
    other = next(p for p in reading.problems.items if p.code == "other_sheets")
    assert "一月" in other.message.zh
    assert "二月" in other.message.zh
    named = read("b.xlsx", data, sheet="二月")
    assert "other_sheets" not in codes(named)
    with pytest.raises(InputError, match="三月"):
        read("b.xlsx", data, sheet="三月")


def test_lines_of_two_encodings_are_each_read_in_their_own() -> None:
    lines = ["样点,日期,鸟种,数量", "P1,2024-01-05,白鹭,3", "P2,2024-01-05,夜鹭,2"]
    data = "\n".join(lines).encode() + "\nP1,2024-01-05,苍鹭,4\n".encode("gb18030")
    reading = read("mixed.csv", data)
    assert {fact[2] for fact in facts(reading)} == {EGRET, NIGHT, HERON}
    told = next(p for p in reading.problems.items if p.code == "other_encoding")
    assert (told.row, told.level) == (4, "warning")
    assert facts(read("gbk.csv", "\n".join(lines).encode("gb18030"))) == facts(
        read("utf16.csv", "\n".join(lines).encode("utf-16")))  # fmt: skip


def test_bytes_of_no_encoding_cost_their_row_only() -> None:
    data = (
        "样点,日期,鸟种,数量\nP1,2024-01-05,白鹭,3\n".encode() + b"P1,2024-01-05,\xff\xff\x81,3\n"
    )
    reading = read("bytes.csv", data)
    assert EGRET in {fact[2] for fact in facts(reading)}
    assert codes(reading)["wrong_bytes"] == 1


def test_tidy_tables_by_aliases_and_by_mapping() -> None:
    chinese = read("a.csv", "样点,日期,鸟种,数量,备注\nP1,2024-01-05,白鹭,3+2,晴\n")
    table = "site,date,species,count,notes\nP1,2024-01-05,Little Egret,5,sunny\n"
    english = read("b.csv", table)
    told = {"plot": "where", "date": "when", "name": "what", "count": "many"}
    mapped = read("c.csv", "where,when,what,many\nP1,2024-01-05,白鹭,5\n", columns=told)
    assert facts(chinese) == facts(english) == facts(mapped)
    assert facts(chinese) == {("P1", "2024-01-05", EGRET, 5, "exact", "present")}
    assert chinese.records["remarks"].tolist() == ["晴"]
    with pytest.raises(InputError, match="nowhere"):
        read("c.csv", "样点,日期,鸟种,数量\nP1,2024-01-05,白鹭,5\n", columns={"plot": "nowhere"})


def test_a_tidy_row_without_a_count_was_not_recorded_and_without_a_name_is_a_visit() -> None:
    table = (
        "样点,日期,鸟种,数量\nP1,2024-01-05,白鹭,3\nP1,2024-01-05,苍鹭,\nP2,2024-01-05,,\n,,,5\n"
    )
    reading = read("t.csv", table)
    assert len(reading.records) == 1
    assert set(reading.surveys["plot"]) == {"P1", "P2"}
    assert reading.counts["not_recorded"] == 1
    assert codes(reading) == {"name_missing": 1}


def test_a_tidy_table_without_counts_is_read_as_present_and_told() -> None:
    reading = read("n.csv", "date,site,species,birds seen\n2024-01-05,P1,白鹭,3\n", layout="tidy")
    assert facts(reading) == {("P1", "2024-01-05", EGRET, None, "present", "present")}
    assert codes(reading) == {"no_count_column": 1}
    table = "date,site,species,birds seen\n2024-01-05,P1,白鹭,3\n"
    mapped = read("m.csv", table, columns={"count": "birds seen"})
    assert {fact[3] for fact in facts(mapped)} == {3}


def test_units_of_headers_count() -> None:
    table = "样线,日期,历时（小时）,样线长度(m),鸟种,数量\nL1,2024-01-05,1.5,800,白鹭,3\n"
    survey = read("u.csv", table).surveys.iloc[0]
    assert (survey["duration_min"], survey["distance_km"]) == (90.0, 0.8)


def test_rows_that_are_no_rows() -> None:
    table = (
        "样点,日期,鸟种,数量\nP1,2024-01-05,白鹭,3\n样点,日期,鸟种,数量\n合计,,,3\n"
        "P1,2024-01-05,苍鹭,3,4,5\n注：数据未审核,,,\n"
    )
    reading = read("r.csv", table)
    assert len(reading.records) == 1
    assert codes(reading) == {"wrong_cells": 1, "note_row": 1}


def test_visits_by_species() -> None:
    table = "日期,样点,历时(小时),白鹭,苍鹭,怪鸟\n2024-01-05,P1,1.5,3,0,1\n2024-01-06,P1,2,,,\n"
    reading = read("w.csv", table)
    assert facts(reading) == {
        ("P1", "2024-01-05", EGRET, 3, "exact", "present"),
        ("P1", "2024-01-05", HERON, 0, "exact", "absent"),
        ("P1", "2024-01-05", None, 1, "exact", "present"),
    }
    assert reading.counts["not_surveyed"] == 1


@pytest.mark.parametrize(
    ("table", "layout"),
    [("样点,年份,鸟种,数量\nP1,2024,白鹭,1\n", "tidy"),
     ("group_id,year,colony,species,count\n57,1993,hidden,greg,175\n", "tidy"),
     ("日期,鸟种,观察人\n2024-01-05,白鹭,张三\n", "tidy"),
     ("鸟种,2024-01-05\n白鹭,1\n", "sheet"), ("日期,白鹭,苍鹭\n2024-01-05,1,2\n", "sheet"),
     ("scientificName,eventDate,individualCount\nArdea cinerea,2024,1\n", "dwc"),
     ("SAMPLING EVENT IDENTIFIER\tOBSERVATION DATE\nS1\t2024-01-05\n", "ebird"),
     ("Submission ID,Common Name,Scientific Name,Count\nS1,Egret,Egretta,1\n", "ebird"),
     ("plot,species,count,meta-instanceID\nP1,白鹭,1,uuid:a\n", "odk")],
)  # fmt: skip
def test_layouts_by_header(table: str, layout: str) -> None:
    assert detect(source_of("t.csv", table)) == layout


@pytest.mark.parametrize(
    "data",
    ["a,b\n1,2\n", "site,time,count\nP1,2024,3\n", "只有一行字\n", "鸟种\n白鹭\n", "\n\n,,\n",
     "鸟种,数量\n", b"\xff\xfe", b"%PDF-1.4 ...", "{}", b"\x00\x01\x02", "鸟种,2024-01-05\n"],
)  # fmt: skip
def test_what_is_no_table_of_birds_is_refused_in_words(data: str | bytes) -> None:
    with pytest.raises(InputError) as error:
        read("bad.csv", data)
    assert error.value.message.zh
    assert error.value.message.en


CELLS = st.one_of(
    st.just(""), st.integers(0, 500).map(str),
    st.lists(st.integers(0, 50), min_size=2, max_size=3).map(lambda p: "+".join(map(str, p))),
    st.integers(1, 500).map(lambda n: f"约{n}"), st.just("√"),
)  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=2, max_size=5))
def test_the_same_counts_in_any_layout_are_the_same_records(counts: list[list[str]]) -> None:
    """A sheet of dates above plots, in text and as a workbook, visits by species, a tidy table."""
    visits = [("2024-01-05", "P1"), ("2024-01-05", "P2"), ("2024-02-03", "P1"),
              ("2024-02-03", "P2")]  # fmt: skip
    names = [zh for _, zh, _ in SPECIES][: len(counts)]
    if not any(cell for row in counts for cell in row):
        return
    tidy = [["样点", "日期", "鸟种", "数量"]]
    tidy += [[plot, day, name, row[at]] for name, row in zip(names, counts, strict=True)
             for at, (day, plot) in enumerate(visits)]  # fmt: skip
    sheet = [["鸟种", "2024-01-05", "", "2024-02-03", ""], ["", "P1", "P2", "P1", "P2"]]
    sheet += [[name, *row] for name, row in zip(names, counts, strict=True)]
    wide = [["日期", "样点", *names]]
    wide += [[day, plot, *(row[at] for row in counts)] for at, (day, plot) in enumerate(visits)]
    book = workbook([[cell or None for cell in row] for row in sheet],
                    merged=["A1:A2", "B1:C1", "D1:E1"])  # fmt: skip
    found = [facts(read("t.csv", _text(tidy))), facts(read("s.csv", _text(sheet))),
             facts(read("b.xlsx", book)), facts(read("w.csv", _text(wide)))]  # fmt: skip
    assert found[0] == found[1] == found[2] == found[3]
    filled = sum(1 for row in counts for cell in row if cell)
    assert len(found[0]) == filled


def _text(rows: list[list[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


WORDS = st.sampled_from(
    ["鸟种", "日期", "样点", "数量", "2024-01-05", "1月5日", "白鹭", "3+2", "0", "", "合计",
     "备注：x", "P1", "=1+1", '"', "调查人：张三", "1", "学名", "年", "x" * 50]
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=6), min_size=1, max_size=8), st.booleans())
def test_any_table_is_read_or_refused_in_words(rows: list[list[str]], as_book: bool) -> None:
    data = workbook(rows) if as_book else "\n".join(",".join(row) for row in rows)
    name = "any.xlsx" if as_book else "any.csv"
    for layout in (None, "sheet", "tidy"):
        with contextlib.suppress(InputError):
            reading = read(name, data, layout=layout)
            assert len(reading.records) <= sum(map(len, rows))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    for reader in (read_sheet, read_tidy, read_ebird, read_odk):
        with contextlib.suppress(InputError):
            list(reader(source_of("any.csv", data)))


def test_a_quotation_mark_that_is_never_closed_costs_nothing_else() -> None:
    lines = ["样点,日期,鸟种,数量", 'P1,2024-01-05,"白鹭,3']
    lines += [f"P{n},2024-01-05,白鹭,{n + 4}" for n in range(200)]
    reading = read("q.csv", "\n".join(lines))
    assert len(reading.records) == 201
    assert codes(reading) == {"open_quote": 1}


def test_the_head_of_a_long_file_ends_with_a_whole_line() -> None:
    body = "".join(f"P{n},2024-01-05,白鹭,3\n" for n in range(5000))
    source = source_of("long.csv", "样点,日期,鸟种,数量\n" + body)
    head = head_of(source.given, source.options)
    assert 100 < len(head.rows) < 5001
    assert all(len(row) == 4 for row in head.rows)
    assert len(read_grid(source.given, source.options, source.problems).rows) == 5001


def test_everglades_counts_of_colonies(shared: Path) -> None:
    path = shared / "data/birds/everglades/Counts_maxcounts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    frames = [part.frame for part in read_tidy(source_of(path.name, path.read_bytes()))]
    assert sum(map(len, frames)) == len(rows) == 5756
    first = frames[0].iloc[0]
    assert (first["plot"], first["year"], first["name"], first["count"]) == (
        "57", "1993", "bcnh", "300")  # fmt: skip
    total = sum(int(row["count"]) for row in rows)
    assert sum(int(cell) for frame in frames for cell in frame["count"]) == total


def test_cells_merged_over_rows_of_a_long_table_count_for_each() -> None:
    rows = [["鸟种", "样点", "日期", "数量"], ["白鹭", "P1", "2024-01-05", 3],
            [None, "P2", None, 4], ["苍鹭", "P1", None, 5], ["夜鹭", "P1", None, None]]  # fmt: skip
    reading = read("birds.xlsx", workbook(rows, merged=("A2:A3", "C2:C5", "D4:D5")))
    egret, heron = "egretta-garzetta", "ardea-cinerea"
    found = {(plot, day, taxon): count for plot, day, taxon, count, *_ in facts(reading)}
    assert found[("P1", "2024-01-05", egret)] == 3
    assert found[("P2", "2024-01-05", egret)] == 4
    assert found[("P1", "2024-01-05", heron)] == 5
    assert codes(reading) == {"merged_value": 1}


def test_columns_of_a_winter_that_are_read_as_one_year_are_told() -> None:
    table = "鸟种,11.20,12.18,1.15,2.13\n白鹭,3,4,5,6\n苍鹭,1,2,3,4\n"
    reading = read("winter.csv", table, year=2024)
    assert codes(reading) == {"dates_go_back": 1}
    known = read("winter.csv", "2024-2025年冬季水鸟调查,,,,\n" + table)
    assert codes(known) == {}
    assert "2025-01-15" in {day for _, day, *_ in facts(known)}
    assert codes(read("year.csv", "鸟种,1.15,2.13,11.20\n白鹭,3,4,5\n", year=2024)) == {}


def test_a_table_of_decimals_is_no_sheet_of_counts() -> None:
    table = "species,year,p,days\n白鹭,2020,0.93,12\n夜鹭,2021,0.5,3.25\n苍鹭,2022,.75,1.5\n"
    with pytest.raises(InputError) as refused:
        read("success.csv", table)
    assert "5" in refused.value.message.zh
    assert "decimals (5 of 6)" in refused.value.message.en
