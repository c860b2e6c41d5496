"""Files of counts in every layout: what is read, what is told, what is never lost."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from tests.visitors.readcases import PACK, codes, facts, given, read, rows_of, workbook
from wetland.base.checks import check_table
from wetland.base.errors import InputError
from wetland.visitors.pack import VisitorPack
from wetland.visitors.read import read_counts
from wetland.visitors.readoptions import CountOptions, saved_mapping
from wetland.visitors.tables import VISITOR_COUNTS

PARK_SHEET = """西溪湿地客流日报,,,,
单位：人次,,,,
日期,东门,西门,合计,天气
2024-05-01,100,200,300,晴
2024-05-02,"1,200",30,1240,雨
2024-05-03,,闭园,,
合计,1300,230,1540,
"""


def test_a_park_sheet_with_title_totals_and_closed_gates() -> None:
    reading = read(PARK_SHEET)
    assert reading.layout == "wide"
    assert facts(reading) == [
        ("G1", "entries", "day", "2024-05-01", 100.0),
        ("G2", "entries", "day", "2024-05-01", 200.0),
        ("G1", "entries", "day", "2024-05-02", 1200.0),
        ("G2", "entries", "day", "2024-05-02", 30.0),
    ]
    assert codes(reading) == {"total_differs": 1, "closed": 1, "totals": 1}
    wrong = next(p for p in reading.problems.items if p.code == "total_differs")
    assert (wrong.row, wrong.column, wrong.value) == (5, "合计", "1240")
    assert "1230" in wrong.message.zh
    assert json.loads(reading.counts["extra"].iloc[0]) == {"天气": "晴"}
    assert reading.numbers["empty"] == 1
    assert reading.mapping["东门"] == "东门"
    assert reading.mapping["合计"] == "total"


def test_totals_are_never_counts_and_differences_are_told() -> None:
    tidy = (
        "日期,入口,人次\n2024-05-01,东门,10\n2024-05-01,西门,20\n2024-05-01,合计,31\n"
        "2024-05-02,东门,5\n合计,,36\n平均,,12\n"
    )
    reading = read(tidy)
    assert [v for *_, v in facts(reading)] == [10, 20, 5]
    assert rows_of(reading, "total_differs") == [4, 6]
    assert codes(reading)["totals_unread"] == 1


def test_gates_above_entries_and_exits() -> None:
    reading = read(",东门,,西门,,备注\n日期,入园,出园,入园,出园,\n2024-05-01,100,90,50,40,好\n")
    assert facts(reading) == [
        ("G1", "entries", "day", "2024-05-01", 100.0),
        ("G1", "exits", "day", "2024-05-01", 90.0),
        ("G2", "entries", "day", "2024-05-01", 50.0),
        ("G2", "exits", "day", "2024-05-01", 40.0),
    ]
    assert reading.counts["remarks"].tolist() == ["好"] * 4


def test_a_workbook_with_merged_cells_in_head_and_body() -> None:
    rows = [
        ["西溪湿地 2024年5月客流统计表"],
        ["日期", "时刻", "东门", None, "西门入园（人次）"],
        [None, None, "入园", "出园", None],
        [dt.date(2024, 5, 1), "09:00", 10, 1, 5],
        [None, "10:00", 20, 2, 6],
        [dt.date(2024, 5, 2), "09:00", 30, 3, 7],
    ]
    merged = ["A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "A4:A5"]
    reading = read(workbook(rows, merged), name="book.xlsx")
    assert [(p, m, v) for p, m, _, _, v in facts(reading)] == [
        ("G1", "entries", 10), ("G1", "exits", 1), ("G2", "entries", 5),
        ("G1", "entries", 20), ("G1", "exits", 2), ("G2", "entries", 6),
        ("G1", "entries", 30), ("G1", "exits", 3), ("G2", "entries", 7),
    ]  # fmt: skip
    assert set(reading.counts["period"]) == {"hour"}
    assert reading.counts["start_at"].iloc[3].isoformat() == "2024-05-01T02:00:00+00:00"


def test_a_tidy_table_with_places_measures_and_other_columns() -> None:
    reading = read(
        "时间,景区,计数内容,数量,设备,备注,天气\n"
        "2024-05-01 09:00,西区,在园,1500,,节日,晴\n"
        "2024-05-01 09:00,East gate,进,20,A,,\n"
        "2024-05-01 09:00,G1,OUT,5,A,,\n"
        "2024-05-01 09:00,一号码头,艘次,3,,,\n"
        "2024-05-01 09:00,东大门,入园,3,,,\n"
        "2024-05-01 09:00,东门,喂鱼,3,,,\n"
    )
    assert [f[:3] for f in facts(reading)] == [
        ("west", "present", "moment"),
        ("G1", "entries", "hour"),
        ("G1", "exits", "hour"),
        ("D1", "boats", "hour"),
        ("东大门", "entries", "hour"),
    ]
    assert reading.counts["place_kind"].tolist() == ["area", "gate", "gate", "boat", "area"]
    assert reading.counts["counter"].tolist()[1] == "A"
    assert codes(reading) == {"unknown_measure": 1, "unknown_place": 1}


def test_counts_without_a_place_are_of_the_whole_site_which_is_told() -> None:
    sheet = "日期,入园,出园\n2024-05-01,10,9\n"
    assert {f[0] for f in facts(read(sheet))} == {"park"}
    assert codes(read(sheet)) == {"place_assumed": 1}
    assert {f[0] for f in facts(read(sheet, pack=VisitorPack()))} == {"xixi"}
    assert {f[0] for f in facts(read(sheet, place="西门"))} == {"G2"}
    several = VisitorPack(areas=(*PACK.areas, PACK.areas[0].model_copy(update={"id": "other"})))
    reading = read(sheet, pack=several)
    assert not len(reading.counts)
    assert rows_of(reading, "place_missing") == [2]


def test_hours_in_columns() -> None:
    reading = read("日期,8时,9时,10时\n2024-10-01,5,6,\n", place="东门")
    assert [(f[2], f[4]) for f in facts(reading)] == [("hour", 5), ("hour", 6)]
    assert reading.counts["start_at"].iloc[1].isoformat() == "2024-10-01T01:00:00+00:00"


def test_totals_of_a_week_or_a_holiday_are_spans() -> None:
    reading = read(
        "日期,景区,人次\n2012-09-30至2012-10-06,全园,244400\n国庆黄金周,全园,244400\n"
        "2024-W18,全园,5000\n2009-04-04~2009-04-06（清明）,全园,66000\n"
    )
    table = reading.counts
    assert table["period"].tolist() == ["span"] * 3
    assert table["counted_to"].tolist() == [
        dt.date(2012, 10, 6), dt.date(2024, 5, 5), dt.date(2009, 4, 6)
    ]  # fmt: skip
    assert rows_of(reading, "span_days_missing") == [3]
    told = read("date,to,place,count\n2024-10-01,2024-10-07,park,5\n").counts
    assert (told["period"][0], told["counted_to"][0]) == ("span", dt.date(2024, 10, 7))


def test_months_as_months_and_as_their_first_days() -> None:
    assert read("month,area,count\n2024-02,park,5\n").counts["counted_to"][0] == dt.date(
        2024, 2, 29
    )
    days = "".join(f"2024-{m:02d}-01,park,5{m}\n" for m in range(1, 8))
    reading = read("date,area,count\n" + days)
    assert set(reading.counts["period"]) == {"month"}
    assert codes(reading) == {"months_by_first_day": 1}
    assert set(read("date,area,count\n2024-01-01,park,5\n").counts["period"]) == {"day"}


def test_identity_digests_and_schema() -> None:
    once, again = read(PARK_SHEET), read(PARK_SHEET)
    assert once.counts.equals(again.counts)
    assert not len(check_table(VISITOR_COUNTS, once.counts)[1])
    assert once.counts["count_id"].is_unique
    other = read(PARK_SHEET.replace("2024-05-01,100", "2024-05-01,101"))
    assert other.counts["count_id"].tolist() == once.counts["count_id"].tolist()
    assert other.counts["content"][0] != once.counts["content"][0]
    assert other.counts["content"][1] == once.counts["content"][1]
    assert other.source["source_id"] != once.source["source_id"]
    empty = read("日期,东门\n2024-05-01,\n")
    assert not len(check_table(VISITOR_COUNTS, empty.counts)[1])
    assert codes(empty)["no_counts"] == 1


def test_an_export_of_the_table_is_read_again() -> None:
    first = read(
        "时间,入口,入园,在园\n2024-05-01 09:00,东门,5,50\n2024-05-01 10:00,东门,-6,60\n"
        "2024-05-01,西门,7,\n2024-10-01至2024-10-07,西门,70,\n2024-07,西门,700,\n"
    )
    kept = first.counts[first.counts["flag"] != "fail"]
    again = read(kept.to_csv(index=False))
    columns = ["count_id", "place", "measure", "period", "counted_on", "counted_to", "value"]
    assert again.counts[columns].values.tolist() == kept[columns].values.tolist()
    whole = read(first.counts.to_csv(index=False))
    assert len(whole.counts) == len(kept)
    assert codes(whole)["failed_before"] == 1


def test_the_mapping_is_kept_with_the_source() -> None:
    columns = {"date": "d", "gate": "door", "count": "n"}
    reading = read("d,door,n\n2024-05-01,E,5\n", columns=columns, places={"E": "G1"},
                   source="turnstiles", year=2024)  # fmt: skip
    assert facts(reading) == [("G1", "entries", "day", "2024-05-01", 5.0)]
    saved = saved_mapping(reading.source["options"])
    assert saved == CountOptions(columns=columns, places={"E": "G1"})
    assert reading.source["name"] == "turnstiles"


def test_places_and_measures_can_be_left_out() -> None:
    reading = read("日期,东门,西门\n2024-05-01,5,6\n", places={"西门": ""})
    assert [f[0] for f in facts(reading)] == ["G1"]
    reading = read("日期,入口,人次\n2024-05-01,东门,5\n2024-05-01,旧门,6\n", places={"旧门": ""})
    assert [f[0] for f in facts(reading)] == ["G1"]
    assert codes(reading) == {"left_out": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    reading = read(PARK_SHEET.encode(encoding))
    assert len(reading.counts) == 4


def test_years_and_orders_that_are_told() -> None:
    assert read("日期,东门\n5月1日,5\n", year=2024).counts["counted_on"][0] == dt.date(2024, 5, 1)
    assert rows_of(read("日期,东门\n5月1日,5\n"), "date_no_year") == [2]
    reading = read("date,gate,entries\n1/5/2024,G1,5\n", date_order="dmy")
    assert reading.counts["counted_on"][0] == dt.date(2024, 5, 1)
    assert rows_of(read("date,gate,entries\n1/5/2024,G1,5\n"), "date_two_ways") == [2]


@pytest.mark.parametrize(
    "content",
    [
        "hello\nworld\n",
        "a,b\n1,2\n",
        "日期,天气\n2024-05-01,晴\n",
        "PK\x03\x04junk",
        "\n\n\n",
        "{}",
    ],
)
def test_files_that_are_none_are_refused_with_a_sentence(content: str) -> None:
    with pytest.raises(InputError):
        read(content)


def test_options_that_do_not_fit() -> None:
    for wrong in (
        CountOptions(columns={"nose": "x"}),
        CountOptions(layout="round"),
        CountOptions(measures={"x": "fish"}),
        CountOptions(timezone="Mars/Base"),
        CountOptions(most=-1.0),
        CountOptions(year=20),
        CountOptions(hours="0-24"),
    ):
        with pytest.raises(InputError):
            wrong.checked()
    with pytest.raises(InputError, match="nose"):
        read("date,gate,entries\n2024-05-01,G1,5\n", columns={"count": "nose"})


def test_a_place_that_is_like_one_of_the_pack_is_suggested() -> None:
    reading = read("date,place,count\n2024-05-01,Eastgate 1,5\n")
    told = next(p for p in reading.problems.items if p.code == "unknown_place")
    assert "East gate" in told.message.en


def test_a_reading_needs_no_pack() -> None:
    reading = read_counts(given("date,gate,entries\n2024-05-01,a,5\n"), site_id="x", timezone="UTC")
    assert reading.counts["place"].tolist() == ["a"]
    assert not len(reading.problems)


def test_columns_beside_counts_are_kept_and_none_is_taken_for_a_count() -> None:
    reading = read("日期,码头,船型,艘次,人次\n2024-05-01,一号码头,电瓶船,5,60\n")
    assert [f[:2] + f[4:] for f in facts(reading)] == [("D1", "passengers", 60), ("D1", "boats", 5)]
    assert json.loads(reading.counts["extra"].iloc[0]) == {"船型": "电瓶船"}
    reading = read("日期,入口,客流量,入园,出园\n2024-05-01,东门,9,5,4\n")
    assert [f[1] for f in facts(reading)] == ["entries", "exits"]
    assert codes(reading) == {"column_unread": 1}


def test_counts_in_ten_thousands_and_a_lone_total() -> None:
    reading = read("年,月,景区,游客量（万人次）\n2024,5,全园,45.2\n")
    assert facts(reading) == [("park", "entries", "month", "2024-05-01", 452000.0)]
    assert reading.counts["flag"].tolist() == ["suspect"]
    assert facts(read("日期,合计\n2024-05-01,5\n"))[0][4] == 5
    assert [f[0] for f in facts(read("日期,A区,B区\n2024-05-01,5,6\n"))] == ["A区", "B区"]


def test_running_sums_beside_their_counts_do_not_count_twice() -> None:
    reading = read(
        "日期,东门入园,东门累计入园,累计出园\n2024-05-01,5,105,50\n2024-05-02,6,111,54\n"
    )
    assert [(f[1], f[4]) for f in facts(reading)] == [
        ("entries", 5), ("exits", None), ("entries", 6), ("exits", 4)
    ]  # fmt: skip
    unread = next(p for p in reading.problems.items if p.code == "column_unread")
    assert unread.column == "东门累计入园"
