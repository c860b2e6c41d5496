"""Files of water results: layouts, headers, units, quality control, twins, identity."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from openpyxl import Workbook

from tests.water.readingwater import KNOWN, read, saved, told, values, warned, workbook
from wetland.base.checks import check_table
from wetland.base.errors import InputError
from wetland.water.readoptions import WaterOptions, saved_mapping
from wetland.water.tables import WATER_RESULTS, WATER_STATIONS

at = dt.datetime  # what a cell of a workbook holds has no zone
TIDY = "station,date,parameter,value,unit\n"


def test_tidy_rows_become_results_in_the_unit_of_the_parameter():
    found = read(TIDY + "A,2024-05-01,氨氮,25,ug/L\nA,2024-05-01,总磷,0.08,mg/L\n"
                        "A,2024-05-01,pH,7.3,\nA,2024-05-01,Chl-a,0.012,mg/L\n")  # fmt: skip
    assert found.layout == "tidy"
    assert values(found) == {"nh3n": 0.025, "tp": 0.08, "ph": 7.3, "chla": 12.0}
    assert not told(found)
    row = found.results.iloc[0]
    assert (row["value_received"], row["unit_received"], row["qa"]) == ("25", "ug/L", "sample")
    assert row["sampled_on"] == dt.date(2024, 5, 1)
    assert check_table(WATER_RESULTS, found.results, file="x")[1].empty


def test_wide_headers_tell_parameters_and_units():
    found = read("断面名称,采样日期,水温（℃）,pH(无量纲),溶解氧(mg/L),氨氮（mg/L）,"
                 "总磷(以P计，mg/L),CODMn,电导率（μS/cm）,透明度(cm),叶绿素a（µg/L）,粪大肠菌群(MPN/L),溶解氧饱和度(%)\n"
                 "甲,2024/5/1,18.5,7.3,6.1,0.5,0.08,4.2,350,45,12,2000,70\n")  # fmt: skip
    assert found.layout == "wide"
    assert values(found) == {"temp": 18.5, "ph": 7.3, "do": 6.1, "nh3n": 0.5, "tp": 0.08,
                             "codmn": 4.2, "cond": 350.0, "sd": 0.45, "chla": 12.0, "fc": 2000.0,
                             "do_sat": 70.0}  # fmt: skip
    assert [p.column for p in found.problems.items if p.code == "unit_missing"] == ["CODMn"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_title_lines_and_notes(encoding):
    content = ("西溪湿地 2024 年 5 月监测结果,,,\n单位：mg/L\n站点,采样日期,氨氮,总磷\n"
               "甲,2024年5月8日,0.025L,０．０８\n注：L 表示低于检出限\n")  # fmt: skip
    found = read(content.encode(encoding))
    assert values(found) == {"nh3n": 0.025, "tp": 0.08}
    assert found.results["censoring"].tolist() == ["below", "none"]
    assert found.results["source_row"].tolist() == [4, 4]
    assert warned(found) == {"note_row"}
    assert found.source["encoding"] == encoding


def test_the_month_of_the_title_is_taken_where_no_column_tells_one_and_told():
    found = read("西溪湿地2024年5月监测结果\n站点,氨氮(mg/L)\n甲,0.5\n")
    assert found.results["sampled_on"].tolist() == [dt.date(2024, 5, 1)]
    assert {"month_only", "date_of_title"} <= warned(found)


def test_two_header_rows_with_units_and_groups():
    rows = "站点,日期,营养盐,,pH\n,,氨氮,总磷,\n,,mg/L,ug/L,无量纲\n甲,2024-05-01,0.5,80,7.3\n"
    found = read(rows)
    assert values(found) == {"nh3n": 0.5, "tp": 0.08, "ph": 7.3}
    assert found.results["source_row"].tolist() == [4, 4, 4]
    assert not found.problems.items


def test_the_unit_of_a_group_is_that_of_its_members():
    found = read("站点,日期,pH,监测项目（mg/L）,,\n,,,氨氮,总磷(ug/L),总氮\n"
                 "甲,2024-05-01,7.3,0.5,80,1.2\n")  # fmt: skip
    assert values(found) == {"ph": 7.3, "nh3n": 0.5, "tp": 0.08, "tn": 1.2}
    assert not found.problems.items
    below = read(
        "站点,日期,监测项目(ug/L),,,\n,,pH,氨氮,总磷,总氮\n甲,2024-05-01,7.3,500,80,1200\n"
    )
    assert values(below) == {"ph": 7.3, "nh3n": 0.5, "tp": 0.08, "tn": 1.2}


def test_a_header_cell_with_a_line_break():
    found = read('站点,采样\n日期,"氨氮\n(mg/L)"\n'.replace("采样\n日期", '"采样\n日期"')
                 + "甲,2024-05-01,0.5\n")  # fmt: skip
    assert values(found) == {"nh3n": 0.5}
    assert found.results["source_row"].tolist() == [4]


def test_separators():
    for mark in ";\t|":
        found = read(TIDY.replace(",", mark) + "A,2024-05-01,tp,0.1,mg/L".replace(",", mark))
        assert values(found) == {"tp": 0.1}


def test_unit_of_the_cell_against_the_header():
    found = read("station,date,氨氮(mg/L),总磷(mg/L)\nA,2024-05-01,0.5mg/L,80ug/L\n")
    assert values(found) == {"nh3n": 0.5}
    assert told(found) == {("unit_contradicts", 2)}
    both = read("station,date,氨氮(mg/L)\n,,ug/L\nA,2024-05-01,0.5\n")
    assert told(both) == {("unit_contradicts", 3)}
    assert not len(both.results)


def test_the_unit_beside_the_name_of_a_parameter():
    found = read("点位,时间,指标,监测值,是否检出,检出限\n甲,2024-05-01,氨氮(mg/L),0.025,否,0.025\n"
                 "甲,2024-05-01,总磷(ug/L),80,是,10\n"
                 "甲,2024-05-01,总氮(mg/L),,否,0.05\n")  # fmt: skip
    assert values(found) == {"nh3n": 0.025, "tp": 0.08, "tn": 0.05}
    assert found.results["censoring"].tolist() == ["below", "none", "below"]
    clash = read("station,date,parameter,value(mg/L)\nA,2024-05-01,总磷(ug/L),80\n")
    assert told(clash) == {("unit_contradicts", 2)}
    row = read("station,date,parameter,value,unit\nA,2024-05-01,总磷(ug/L),80,mg/L\n")
    assert told(row) == {("unit_contradicts", 2)}
    option = read("station,date,parameter,value(mg/L)\nA,2024-05-01,tp,80\n", units={"tp": "ug/L"})
    assert values(option) == {"tp": 0.08}


def test_units_in_columns_beside_wide_values():
    found = read(
        "station,date,nh3n,nh3n_unit,tp,tp_unit,DO_mgL\nA,2024-05-01,0.5,mg/L,80,ug/L,6.2\n"
    )
    assert values(found) == {"nh3n": 0.5, "tp": 0.08, "do": 6.2}
    assert not found.problems.items


def test_months_without_a_year_need_the_option():
    rows = "站点,月份,氨氮(mg/L)\n甲,2024年1月,0.5\n甲,2月,0.6\n"
    assert told(read(rows)) == {("date_no_year", 3)}
    found = read(rows, year=2024)
    assert found.results["sampled_on"].tolist() == [dt.date(2024, 1, 1), dt.date(2024, 2, 1)]


def test_units_that_do_not_measure_the_parameter():
    found = read(TIDY + "A,2024-05-01,氨氮,5,℃\nA,2024-05-01,总磷,5,斤\nA,2024-05-01,pH,7,mg/L\n")
    assert told(found) == {("unit_unknown", 2), ("unit_unknown", 3), ("unit_unknown", 4)}


def test_missing_units_are_told_once_a_column_and_options_tell_them():
    rows = "station,date,tp\n" + "".join(f"A,2024-05-{d:02},80\n" for d in range(1, 11))
    found = read(rows)
    assert sum(p.code == "unit_missing" for p in found.problems.items) == 1
    given = read(rows, units={"tp": "ug/L"})
    assert set(given.results["value"]) == {0.08}
    assert "unit_missing" not in warned(given)


def test_not_measured_is_counted_and_never_a_result():
    found = read("站点,日期,氨氮(mg/L),总磷(mg/L),水温(℃)\n甲,2024-05-01,-1,—,\n")
    assert found.counts["not_measured"] == 3
    assert found.counts["results"] == 0
    assert found.results["flag"].tolist() == ["missing"] * 3
    assert found.results["value"].isna().all()
    assert not told(found)


def test_negative_concentrations_are_told_with_row_and_column():
    found = read("站点,日期,氨氮(mg/L),水温(℃)\n甲,2024-05-01,-0.5,-0.5\n")
    assert told(found) == {("negative_value", 2)}
    assert values(found) == {"temp": -0.5}
    assert [(p.column, p.value) for p in found.problems.items if p.level == "error"] == [
        ("氨氮(mg/L)", "-0.5")
    ]


def test_unknown_parameters_are_told_with_what_is_alike():
    found = read("站点,日期,氨氮(mg/L),总氨(mg/L),备注\n甲,2024-05-01,0.5,0.7,晴\n")
    assert values(found) == {"nh3n": 0.5}
    unknown = [p for p in found.problems.items if p.code == "parameter_unknown"]
    assert [p.value for p in unknown] == ["总氨(mg/L)"]
    assert found.counts["unknown_parameters"] == 1
    named = read("站点,日期,NH(mg/L)\n甲,2024-05-01,0.5\n", parameter_words={"NH(mg/L)": "氨氮"},
                 units={"nh3n": "mg/L"})  # fmt: skip
    assert values(named) == {"nh3n": 0.5}


def test_two_results_for_one_parameter_and_moment():
    found = read(TIDY + "A,2024-05-01,tp,0.1,mg/L\nA,2024-05-01,TP,0.10,mg/L\n"
                        "B,2024-05-01,tp,0.1,mg/L\nB,2024-05-01,tp,0.2,mg/L\n"
                        "C,2024-05-01,tp,0.1,mg/L\nC,2024-05-01,tp,<0.1,mg/L\n")  # fmt: skip
    assert found.results["station"].tolist() == ["A"]
    assert told(found) == {("conflicting_results", n) for n in (4, 5, 6, 7)}
    assert "repeated_result" in warned(found)


def test_one_result_in_two_forms_is_one():
    # As USGS tells nitrate: 0.031 mg/L as N is 0.135 mg/L as NO3.
    found = read(TIDY + "A,2024-05-01,nitrate,0.135,mg/l as NO3\n"
                        "A,2024-05-01,nitrate,0.031,mg/l as N\n")  # fmt: skip
    assert values(found) == {"no3n": 0.031}
    assert warned(found) >= {"repeated_result"}
    assert not told(found)


def test_samples_at_other_depths_or_verticals_are_not_twins():
    found = read("station,date,depth,layer,tp (mg/L)\nA,2024-05-01,0.5,,0.1\nA,2024-05-01,3,,0.2\n"
                 "A,2024-05-01,,左,0.3\nA,2024-05-01,,右,0.4\n")  # fmt: skip
    assert len(found.results) == 4
    assert not told(found)


def test_quality_control_samples_are_kept_apart():
    found = read("站点,样品编号,样品类型,日期,氨氮(mg/L)\n甲,S1,地表水,2024-05-01,0.50\n"
                 "甲,S1-P,,2024-05-01,0.52\n甲平行样,S2,,2024-05-01,0.51\n全程序空白,K1,,2024-05-01,ND\n"
                 "甲,S3,加标样,2024-05-01,1.5\n甲,S4-QC1,,2024-05-01,1.0\n")  # fmt: skip
    assert found.results["qa"].tolist() == ["sample", "duplicate", "duplicate", "blank", "spike",
                                            "standard"]  # fmt: skip
    assert found.results["station"].tolist() == ["甲", "甲", "甲", "全程序空白", "甲", "甲"]
    assert "qa_samples" in warned(found)
    assert not told(found)


def test_statistics_below_the_table_never_become_samples():
    foot = ["平均值", "最大值", "最小值", "超标率", "标准限值", "Ⅲ类标准", "年均值", "合计",
            "检出率", "mean", "Max", "备注：晴"]  # fmt: skip
    rows = "".join(f"{word},,0.5\n" for word in foot)
    found = read("站点,日期,氨氮(mg/L)\n甲,2024-05-01,0.5\n" + rows)
    assert len(found.results) == 1
    assert not told(found)
    assert found.counts["summaries"] == len(foot)
    assert {p.row for p in found.problems.items if p.code == "summary_row"} == {*range(3, 15)}


def test_a_header_written_again_is_no_sample():
    head = "站点,日期,氨氮(mg/L)\n"
    found = read(head + "甲,2024-05-01,0.5\n" + head + "乙,2024-05-01,0.6\n")
    assert found.results["station"].tolist() == ["甲", "乙"]
    assert not told(found)
    assert warned(found) == {"repeated_header"}


def test_a_row_of_detection_limits_gives_them():
    found = read("站点,日期,氨氮(mg/L),总磷(mg/L),pH\n检出限,,0.025,<0.01mg/L,\n"
                 "甲,2024-05-01,未检出,ND,7.1\n甲,2024-06-01,0.5,0.02L,7.2\n")  # fmt: skip
    frame = found.results[found.results["censoring"] == "below"]
    assert frame["value"].tolist() == [0.025, 0.01, 0.02]
    assert frame["value_received"].tolist() == ["未检出 (0.025)", "ND (<0.01mg/L)", "0.02L"]
    assert len(found.results) == 6


def test_stations_and_parameters_with_short_names_are_samples():
    found = read(
        TIDY + "N,2024-05-01,SD,0.45,m\nMax,2024-05-02,SD,0.5,m\n标准桥,2024-05-03,SD,1,m\n"
    )
    assert found.results["station"].tolist() == ["N", "Max", "标准桥"]


def test_dates_in_parts_with_times_and_zones():
    found = read("站点,年,月,日,氨氮(mg/L)\n甲,2024,5,1,0.5\n")
    assert found.results["sampled_on"].tolist() == [dt.date(2024, 5, 1)]
    clock = read("station,date,time,tp (mg/L)\nA,2024-05-01,08:30,0.1\nA,2024-05-02,1120,0.1\n")
    assert clock.results["sampled_at"].tolist() == [
        dt.datetime(2024, 5, 1, 0, 30, tzinfo=dt.UTC),
        dt.datetime(2024, 5, 2, 3, 20, tzinfo=dt.UTC),
    ]
    late = read("station,date,tp (mg/L)\nA,2024-05-01T23:30Z,0.1\n")
    assert late.results["sampled_on"].tolist() == [dt.date(2024, 5, 2)]


def test_wrong_dates_keep_their_rows_aside():
    found = read("station,date,tp (mg/L)\nA,2024-02-30,0.1\nA,5/6/2024,0.1\nA,24-5-1,0.1\n"
                 "A,,0.1\nA,45413,0.1\nA,5月1日,0.1\n,2024-05-01,0.1\n")  # fmt: skip
    assert not len(found.results)
    assert told(found) == {("no_such_day", 2), ("date_two_ways", 3), ("year_two_digits", 4),
                           ("date_missing", 5), ("date_serial", 6), ("date_no_year", 7),
                           ("station_missing", 8)}  # fmt: skip
    assert (found.source["rows"], found.source["rows_aside"]) == (7, 7)


def test_a_column_proves_the_order_of_its_dates():
    found = read("station,date,tp (mg/L)\nA,1/23/1985,0.1\nA,2/5/1985,0.1\n")
    assert found.results["sampled_on"].tolist() == [dt.date(1985, 1, 23), dt.date(1985, 2, 5)]
    assert "date_order" in warned(found)
    given = read("station,date,tp (mg/L)\nA,5/6/2024,0.1\n", date_order="dmy")
    assert given.results["sampled_on"].tolist() == [dt.date(2024, 6, 5)]


def test_cnemc_station_table():
    found = read("省份,流域,断面名称,监测时间,水质类别,水温(℃),pH(无量纲),溶解氧(mg/L),氨氮(mg/L),"
                 "叶绿素α(mg/L),藻密度(cells/L),站点情况\n"
                 "浙江省,浙闽片河流,甲,05-01 08:00,Ⅲ,20.1,7.3,6.5,0.035,0.012,--,正常\n"
                 "浙江省,浙闽片河流,甲,05-01 12:00,Ⅲ,20.1,7.3,6.5,--,*,--,维护\n",
                 year=2024)  # fmt: skip
    assert found.layout == "cnemc"
    assert (found.counts["results"], found.counts["missing"]) == (8, 4)
    assert found.results["sampled_at"].iloc[0] == dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
    chlorophyll = found.results.loc[found.results["parameter"] == "chla", "value"]
    assert set(chlorophyll.dropna()) == {12.0}
    without = read("省份,流域,断面名称,监测时间,氨氮(mg/L)\n浙江,浙闽,甲,05-01 08:00,0.5\n")
    assert told(without) == {("date_no_year", 2)}


def test_remarks_and_limits_in_columns_of_their_own():
    found = read("station,date,parameter,value,unit,remark,detection limit\n"
                 "A,2024-05-01,tp,0.01,mg/L,<,\nA,2024-05-02,tp,,mg/L,ND,0.02\n"
                 "A,2024-05-03,tp,0.05,mg/L,J,0.02\nA,2024-05-04,tp,0.3,mg/L,,0.02\n"
                 "A,2024-05-05,fc,24000,count/L,>,\nA,2024-05-06,tp,,mg/L,,0.02\n"
                 "A,2024-05-07,tp,0.3,mg/L,怪,\n")  # fmt: skip
    frame = found.results[found.results["flag"] != "missing"]
    assert frame["censoring"].tolist() == ["below", "below", "none", "none", "above", "none"]
    assert frame["value"].tolist() == [0.01, 0.02, 0.05, 0.3, 24000.0, 0.3]
    assert frame["value_received"].iloc[1] == "ND 0.02"
    assert found.counts["not_measured"] == 1
    assert "remark_unknown" in warned(found)


def test_censored_flags():
    found = read("station,date,parameter,value,unit,censored\nA,2024-05-01,tp,0.01,mg/L,1\n"
                 "A,2024-05-02,tp,0.02,mg/L,0\nA,2024-05-03,tp,0.03,mg/L,true\n")  # fmt: skip
    assert found.results["censoring"].tolist() == ["below", "none", "below"]


def test_zero_is_kept_and_told():
    found = read(TIDY + "A,2024-05-01,nh3n,0,mg/L\n")
    assert values(found) == {"nh3n": 0.0}
    assert "zero_value" in warned(found)


def test_stations_are_matched_and_told():
    found = read(TIDY + "深潭口,2024-05-01,tp,0.1,mg/L\nlake-1,2024-05-02,tp,0.1,mg/L\n"
                        "Deep Pool,2024-05-03,tp,0.1,mg/L\n新站,2024-05-03,tp,0.1,mg/L\n",
                 stations=KNOWN)  # fmt: skip
    assert found.results["station"].tolist() == ["lake-1"] * 3 + ["新站"]
    assert "station_unknown" in warned(found)


def test_stations_that_come_with_the_file_need_a_kind():
    rows = (
        "station,type,lon,lat,水质目标,date,tp (mg/L)\nA,湖库,120.06,30.27,Ⅲ类,2024-05-01,0.1\n"
        "B,,,,,2024-05-01,0.1\nC,湿地,500,30,,2024-05-01,0.1\n"
    ).replace("type", "水体类型")
    found = read(rows)
    assert found.stations["station"].tolist() == ["A"]
    row = found.stations.iloc[0]
    assert (row["water_body"], row["target_class"]) == ("lake", "III")
    assert (row["geometry"].x, row["geometry"].y) == (120.06, 30.27)
    assert {"water_body_unknown", "place_invalid"} <= warned(found)
    assert check_table(WATER_STATIONS, found.stations, file="x")[1].empty
    every = read(rows, water_body="river", datum="gcj02")
    assert every.stations["water_body"].tolist() == ["lake", "river", "river"]
    assert every.stations["geometry"].isna().all()
    assert "datum_unread" in warned(every)


def test_a_second_import_is_the_same_and_a_corrected_value_keeps_its_identity():
    rows = TIDY + "A,2024-05-01,tp,0.1,mg/L\nA,2024-05-01,nh3n,0.025L,mg/L\n"
    first, again = read(rows), read(rows, name="other.csv")
    assert first.results["result_id"].tolist() == again.results["result_id"].tolist()
    assert first.results["content"].tolist() == again.results["content"].tolist()
    changed = read(rows.replace("0.1,", "0.2,"))
    assert changed.results["result_id"].tolist() == first.results["result_id"].tolist()
    assert changed.results["content"].tolist() != first.results["content"].tolist()
    wide = read("station,date,tp (mg/L),nh3n (mg/L)\nA,2024-05-01,0.1,0.025L\n")
    assert wide.results["result_id"].tolist() == first.results["result_id"].tolist()


def test_options_are_kept_with_the_source_and_reused():
    options = {"columns": {"station": "点"}, "units": {"tp": "ug/L"}, "year": 2024}
    found = read("点,date,tp\nA,2024-05-01,80\n", **options)
    kept = found.source["options"]
    assert json.loads(kept) == options
    saved_options = saved_mapping(kept)
    assert saved_options is not None
    assert saved_options.as_json() == {"columns": {"station": "点"}, "units": {"tp": "ug/L"}}
    over = WaterOptions(units={"tp": "mg/L"}).over(saved_options)
    assert over.as_json() == {"columns": {"station": "点"}, "units": {"tp": "mg/L"}}
    assert saved_mapping(None) is None
    assert saved_mapping('{"columns": "x", "future": 1}') is None


@pytest.mark.parametrize(
    "options",
    [{"layout": "x"}, {"water_body": "sea"}, {"datum": "x"}, {"date_order": "ymd"},
     {"timezone": "Mars/Base"}, {"columns": {"planet": "x"}}, {"parameter": "绝无此物"},
     {"columns": {"station": "绝无此列"}}, {"parameter_words": {"x": "绝无此物"}},
     {"default_date": None, "layout": "egret"}],
)  # fmt: skip
def test_options_nobody_knows(options):
    with pytest.raises(InputError):
        read(TIDY + "A,2024-05-01,tp,0.1,mg/L\n", **options)


@pytest.mark.parametrize(
    "content",
    ["", "\n\n", "a,b\n1,2\n", "station,date\nA,2024-05-01\n", "station,date,tp\n",
     "date,tp\n2024-05-01,1\n", "station,tp\nA,1\n", "station,date,value\nA,2024-05-01,1\n",
     "指标,甲,乙\n氨氮,1,2\n"],
)  # fmt: skip
def test_files_without_results_are_refused(content):
    with pytest.raises(InputError):
        read(content)


def test_defaults_for_what_the_file_lacks():
    found = read("value (mg/L)\n0.1\n0.2L\n", station="A", parameter="tp", default_date="2024-05")
    assert told(found) == {("conflicting_results", 2), ("conflicting_results", 3)}
    found = read("日期,结果\n2024-05-01,0.1\n", station="A", parameter="tp", units={"tp": "mg/L"})
    assert values(found) == {"tp": 0.1}
    assert found.results["station"].tolist() == ["A"]


# Workbooks.


def test_a_workbook_with_merged_cells_two_header_rows_and_excel_dates():
    rows = [
        ["西溪湿地2024年水质监测结果表"],
        ["站点", "采样日期", "pH", "营养盐", None, "粪大肠菌群"],
        [None, None, None, "氨氮", "总磷", None],
        [None, None, "无量纲", "mg/L", "μg/L", "个/L"],
        ["甲", at(2024, 5, 1), 7.3, "0.025L", 80, ">24000"],
        [None, at(2024, 6, 1), 7.9, "未检出", 0.1 + 0.2, 2000],
        [None, 45474, "-1", "０．０５", "—", None],
        ["平均值", None, 7.5, 0.1, 70, 3000],
    ]
    data = workbook(rows, "A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3", "A5:A7")
    found = read(data, name="表.xlsx")
    lacking = found.results["flag"] == "missing"
    assert found.results.loc[lacking, "value_received"].tolist() == ["-1", "—"]
    frame = found.results[~lacking]
    assert frame["station"].tolist() == ["甲"] * 9
    assert sorted(set(frame["sampled_on"])) == [dt.date(2024, 5, 1), dt.date(2024, 6, 1),
                                               dt.date(2024, 7, 1)]  # fmt: skip
    assert frame["source_row"].tolist() == [5, 5, 5, 5, 6, 6, 6, 6, 7]
    assert frame["value_received"].iloc[6] == "0.3"
    tp = frame.loc[frame["parameter"] == "tp", "value"]
    assert np.allclose(tp, [0.08, 0.0003], rtol=1e-15)
    assert not told(found)
    assert found.counts["not_measured"] == 3
    assert found.source["format"] == "xlsx"


def test_other_sheets_are_told_and_can_be_chosen():
    book = Workbook()
    cover = book.active
    cover.title = "封面"
    cover.append(["西溪湿地水质监测"])
    for name, value in (("一月", 0.1), ("二月", 0.2)):
        sheet = book.create_sheet(name)
        sheet.append(["站点", "日期", "总磷(mg/L)"])
        sheet.append(["甲", "2024-01-01", value])
    hidden = book.create_sheet("藏")
    hidden.append(["站点", "日期", "总磷(mg/L)"])
    hidden.append(["甲", "2024-01-01", 0.9])
    hidden.sheet_state = "hidden"
    data = saved(book)
    first = read(data, name="a.xlsx")
    assert values(first) == {"tp": 0.1}
    assert "other_sheets" in warned(first)
    assert values(read(data, name="a.xlsx", sheet="二月")) == {"tp": 0.2}
    secret = read(data, name="a.xlsx", sheet="藏")
    assert values(secret) == {"tp": 0.9}
    assert "hidden_sheet" in warned(secret)
    with pytest.raises(InputError, match="二月"):
        read(data, name="a.xlsx", sheet="三月")


def test_formulas_without_a_value_are_problems():
    found = read(
        [["站点", "日期", "总磷(mg/L)"], ["甲", "2024-05-01", "=1+1"], ["乙", "2024-05-01", 0.2]]
    )
    assert told(found) == {("formula_failed", 2)}
    assert values(found) == {"tp": 0.2}
    assert "formulas" in warned(found)


def test_a_result_merged_over_rows_is_one_result():
    data = workbook([["站点", "日期", "总磷(mg/L)"], ["甲", "2024-05-01", 0.1],
                     ["甲", "2024-06-01", None]], "C2:C3")  # fmt: skip
    found = read(data, name="a.xlsx")
    assert found.results["source_row"].tolist() == [2, 3]
    assert found.results["flag"].tolist()[1] == "missing"
    assert "merged_value" in warned(found)


def test_midnight_is_a_moment_only_where_clocks_are_written():
    day = [["站点", "日期", "总磷(mg/L)"], ["甲", at(2024, 5, 1), 0.1]]
    assert read(day).results["sampled_at"].isna().all()
    hour = [*day, ["甲", at(2024, 5, 1, 4), 0.1]]
    assert read(hour).results["sampled_at"].notna().all()


@pytest.mark.parametrize("header", ["备注", "说明", "comments", "remark"])
def test_a_remark_tells_samples_of_quality_control(header: str):
    found = read(
        f"站点,日期,氨氮(mg/L),{header}\n甲,2024-05-01,0.52,\n甲,2024-05-01,0.50,现场平行样\n"
        "甲,2024-05-01,0.025L,全程序空白\n甲,2024-05-01,1.02,加标回收 98%\n"
        "甲,2024-06-01,0.4,field duplicate\n甲,2024-07-01,0.4,采样时下雨\n"
    )
    kinds = ["sample", "duplicate", "blank", "spike", "duplicate", "sample"]
    assert found.results["qa"].tolist() == kinds
    told = next(p for p in found.problems.items if p.code == "qa_samples")
    assert "平行样 2" in told.message.zh
    assert "duplicate 2" in told.message.en
    assert not [p for p in found.problems.items if p.level == "error"]


def test_a_remark_that_only_speaks_of_quality_control_leaves_a_sample():
    found = read(
        "站点,日期,氨氮(mg/L),备注\n甲,2024-05-01,0.52,平行样均值\n甲,2024-06-01,0.5,空白合格\n"
    )
    assert found.results["qa"].tolist() == ["sample", "sample"]
    (told,) = [p for p in found.problems.items if p.code == "qa_mentioned"]
    assert told.level == "warning"
    assert "2" in told.message.zh


def test_a_station_named_by_a_broken_formula_is_a_problem():
    found = read("站点,日期,氨氮(mg/L)\n#REF!,2024-05-01,0.52\n#1,2024-05-01,0.5\n")
    assert found.results["station"].tolist() == ["#1"]
    assert [p.row for p in found.problems.items if p.level == "error"] == [2]


def test_a_non_detect_without_a_limit_is_told():
    found = read(
        "站点,日期,氨氮(mg/L),总磷(mg/L)\n甲,2024-05-01,未检出,0.01L\n甲,2024-06-01,ND,0.1\n"
    )
    (told,) = [p for p in found.problems.items if p.code == "no_limit"]
    assert (told.row, told.level) == (2, "warning")
    assert "氨氮：2 个" in told.message.zh


def test_messages_name_parameters_in_words():
    found = read("站点,日期,氨氮(mg/L)\n甲,2024-05-01,0.5\n甲,2024-05-01,0.7\n")
    (first, _) = [p for p in found.problems.items if p.code == "conflicting_results"]
    assert first.message.zh.startswith("氨氮 ")
    assert first.message.en.startswith("ammonia nitrogen")


@pytest.mark.parametrize("header", ["temp (℃)", "temp (°C)", "temp_c", "水温（℃）"])
def test_a_unit_is_read_beside_a_name_that_is_an_alias_with_it(header: str):
    found = read(f"station,date,{header},tp (mg/L)\nA,2024-05-01,15,0.1\n")
    assert found.results["parameter"].tolist() == ["temp", "tp"]
    assert ("unit_missing" in warned(found)) == (header == "temp_c")
    assert not [p for p in found.problems.items if "degC" in p.message.zh]
