"""Plain series for trends."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.water.readingwater import workbook
from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.reading.dates import CellError
from wetland.reading.files import Given
from wetland.water.readseries import parse_series_day, tidy_series

HEAD = "station,date,parameter,value,censored\n"


def series(content: str | bytes, name: str = "series.csv", **more):
    data = content.encode() if isinstance(content, str) else content
    return tidy_series(Given.of_bytes(name, data), **more)


def test_dates_of_every_grain_negative_values_and_any_parameter():
    found = series(HEAD + "A,1990,anything,1.2,0\nA,1991-05,anything,-1.5,false\n"
                          "A,1992-05-03,anything,<0.02,\nA,1993Q2,anything,0.5,<\n"
                          "A,1994年7月,anything,0.7,1\nA,1995/1/1,anything,-1,0\n")  # fmt: skip
    assert found["t"].tolist() == pytest.approx(
        [1990, 1991 + 4 / 12, 1992 + (4 + 2 / 31) / 12, 1993.25, 1994.5, 1995], abs=1e-12
    )
    assert found["value"].tolist() == [1.2, -1.5, 0.02, 0.5, 0.7, -1]
    assert found["censored"].tolist() == [False, False, True, True, True, False]
    assert found["month"].tolist() == [pd.NA, 5, 5, 4, 7, 1]
    assert found["sampled_on"].tolist() == [None, None, dt.date(1992, 5, 3), None, None,
                                            dt.date(1995, 1, 1)]  # fmt: skip
    assert found["date"].tolist()[0] == "1990"
    assert found["row"].tolist() == [2, 3, 4, 5, 6, 7]


def test_long_records_begin_in_any_year():
    days = (
        "0001-01-01",
        "0622-07-16",
        "1871-01-01",
        "1899年12月31日",
        "1/30/1850",
        "1850-06-30 06:00",
    )
    words = "station,date,parameter,value\n" + "".join(
        f"A,{d},flow,{k}\n" for k, d in enumerate(days)
    )
    found = series(words)
    assert found["year"].tolist() == [1, 622, 1871, 1899, 1850, 1850]
    assert found["t"].tolist()[2] == 1871.0
    with pytest.raises(InputError, match="2200"):
        series("station,date,parameter,value\nA,2200-01-01,flow,1\n")


def test_quality_control_is_no_part_of_a_series():
    problems = Problems("s.csv")
    found = series(
        "station,date,sample_id,parameter,value,备注\nA,2001,S1,tp,1,\nA,2001,S1-PX,tp,2,\n"
        "A,2002,S2,tp,3,全程序空白\nA平行样,2003,S3,tp,4,\nA,2004,S4,tp,5,雨后\n",
        problems=problems,
    )
    assert found["value"].tolist() == [1, 5]
    (told,) = problems.items
    assert (told.code, told.level) == ("qa_samples", "warning")
    assert "3" in told.message.zh


def test_several_units_are_no_series():
    head = "station,date,parameter,value,unit\n"
    one = series(head + "A,2001,tp,1,mg/L\nA,2002,tp,2,MG/L\nA,2003,tp,2,\nA,2003,tn,9,ug/L\n")
    assert len(one) == 4
    with pytest.raises(InputError, match="mg/l, ug/l"):
        series(head + "A,2001,tp,0.1,mg/L\nA,2002,tp,200,ug/L\n")


def test_a_bare_series_takes_its_names_from_the_file():
    found = series("year,value\n1900,31.69\n1901,29.77\n", name="rain.csv")
    assert found["station"].tolist() == ["rain", "rain"]
    assert found["parameter"].tolist() == ["value", "value"]
    assert found["t"].tolist() == [1900.0, 1901.0]


def test_year_and_month_columns_and_a_workbook():
    rows = [["站点", "年", "月", "指标", "数值"], ["甲", 2001, 7, "x", 1.5]]
    found = series(workbook(rows), name="a.xlsx")
    assert found["t"].tolist() == [2001.5]
    assert found["parameter"].tolist() == ["x"]


def test_wrong_rows_raise_or_go_to_problems():
    rows = HEAD + ("A,2001-13-01,x,1,0\nA,2001.5,x,1,0\nA,,x,1,0\nA,2002,x,abc,0\n"
                   "A,2003,x,1,perhaps\nA,2004,x,>5,0\nA,2005,x,ND,0\nA,2006,x,,0\n"
                   "A,2007,x,1,0\n")  # fmt: skip
    with pytest.raises(InputError, match="2001-13-01"):
        series(rows)
    problems = Problems("series.csv")
    found = series(rows, problems=problems)
    assert found["t"].tolist() == [2007.0]
    assert {(p.row, p.code) for p in problems.items if p.level == "error"} == {
        (2, "no_such_day"), (3, "date_two_ways"), (4, "date_missing"), (5, "not_a_number"),
        (6, "not_a_flag"), (7, "above_limit"), (8, "no_limit")}  # fmt: skip
    assert [p.code for p in problems.items if p.level == "warning"] == ["not_measured"]


@pytest.mark.parametrize("content", ["station,parameter,value\nA,x,1\n", "station,date\nA,2001\n"])
def test_a_series_needs_dates_and_values(content):
    with pytest.raises(InputError):
        series(content)


def test_real_annual_series(shared):
    found = tidy_series(shared / "data/water/trend/PrecipGL.csv")
    frame = pd.read_csv(shared / "data/water/trend/PrecipGL.csv")
    assert found["value"].tolist() == frame["value"].tolist()
    assert found["t"].tolist() == frame["year"].astype(float).tolist()


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_equal_calendar_days_lie_whole_years_apart(day):
    here = parse_series_day(day.isoformat())
    assert here.year == math.floor(here.t)
    if (day.month, day.day) != (2, 29) and day.year < 2199:
        there = parse_series_day(day.replace(year=day.year + 1).isoformat())
        if (day.month) != 2:
            assert there.t - here.t == pytest.approx(1, abs=1e-9)


@given(st.text(max_size=15))
def test_a_date_is_a_year_between_or_an_error(word):
    try:
        found = parse_series_day(word)
    except CellError:
        return
    assert found.year == math.floor(found.t)
