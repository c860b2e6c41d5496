"""Good rows go on, wrong rows are named cell by cell, nothing is dropped unsaid."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from wetland.base.checks import check_table, coerce, empty
from wetland.base.errors import InputError
from wetland.base.problems import PROBLEMS
from wetland.base.tables import DTYPES, Column, TableSchema
from wetland.base.texts import text

MAY_DAY = dt.date(2024, 5, 1)
SCHEMA = TableSchema(
    "sightings",
    "sighting_id",
    (
        Column("sighting_id", "text", text("编号", "identifier"), required=True),
        Column("count", "integer", text("数量", "count"), minimum=0, maximum=100),
        Column("depth_m", "number", text("水深", "depth"), unit="m", minimum=0),
        Column("sure", "boolean", text("确定", "sure")),
        Column("seen_on", "day", text("日期", "day"), required=True),
        Column("seen_at", "instant", text("时刻", "instant")),
        Column("place", "geometry", text("位置", "place")),
        Column("more", "json", text("其他", "more")),
        Column("kind", "text", text("种类", "kind"), choices=("heron", "egret")),
    ),
    text("记录", "sightings"),
)


def one(**cells: object) -> pd.DataFrame:
    row = {"sighting_id": "a", "seen_on": "2024-05-01", **cells}
    return pd.DataFrame([row], index=[7], dtype=object)


def codes(problems: pd.DataFrame) -> list[tuple[object, object, object, object]]:
    return list(
        problems[["row", "column", "code", "level"]]
        .astype(object)
        .itertuples(index=False, name=None)
    )


@pytest.mark.parametrize(
    ("column", "given_", "wanted"),
    [
        ("count", "12", 12), ("count", " 12 ", 12), ("count", 12.0, 12), ("count", "12.0", 12),
        ("count", np.int32(3), 3),
        ("depth_m", "1.5", 1.5), ("depth_m", 2, 2.0), ("depth_m", "1e-3", 0.001),
        ("sure", "是", True), ("sure", "No", False), ("sure", 1, True), ("sure", "TRUE", True),
        ("sure", 0.0, False), ("sure", np.bool_(True), True),
        ("seen_on", "2024/5/1", MAY_DAY), ("seen_on", "2024.05.01", MAY_DAY),
        ("seen_on", "2024年5月1日", MAY_DAY), ("seen_on", "20240501", MAY_DAY),
        ("seen_on", "2024/5/1 0:00", MAY_DAY), ("seen_on", pd.Timestamp("2024-05-01"), MAY_DAY),
        ("seen_on", np.datetime64("2024-05-01"), MAY_DAY),
        ("seen_at", "2024-05-01T08:00:00+08:00", pd.Timestamp("2024-05-01T00:00:00Z")),
        ("seen_at", "2024-05-01T00:00:00.5Z", pd.Timestamp("2024-05-01T00:00:00.5Z")),
        ("more", {"深": 1}, '{"深": 1}'), ("more", "[1, 2]", "[1, 2]"),
        ("kind", "heron", "heron"), ("sighting_id", 12, "12"),
    ],
)  # fmt: skip
def test_cells_are_read(column: str, given_: object, wanted: object) -> None:
    good, problems = check_table(SCHEMA, one(**{column: given_}))
    assert problems.empty
    assert good[column].iloc[0] == wanted


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("count", "many"), ("count", "1.5"), ("count", "1,234"), ("count", True),
        ("count", "9" * 30),
        ("depth_m", "deep"), ("depth_m", math.inf), ("depth_m", "1_0"), ("depth_m", "nan"),
        ("sure", "maybe"), ("sure", 2),
        ("seen_on", "05-01"), ("seen_on", "5月1日"), ("seen_on", "2024-13-01"),
        ("seen_on", "2023-02-29"),
        ("seen_on", "24-05-01"), ("seen_on", "2024-05-01 08:00"), ("seen_on", "2024-05/01"),
        ("seen_on", dt.datetime(2024, 5, 1, 8, tzinfo=dt.UTC)), ("seen_on", 45000),
        ("seen_at", "2024-05-01T08:00:00"), ("seen_at", "2024-05-01"), ("seen_at", "soon"),
        ("place", shapely.Point(500000, 3350000)), ("place", "POINT (1 1)"), ("place", 5),
        ("more", "{'a': 1}"), ("more", 5), ("more", "[" * 100_000),
        ("sighting_id", "a\x00"), ("sighting_id", "\ud800"), ("sighting_id", b"a"),
    ],
)  # fmt: skip
def test_cells_that_are_not_of_their_kind_are_named(column: str, value: object) -> None:
    good, problems = check_table(SCHEMA, one(**{column: value}), file="f.csv")
    assert good.empty
    assert codes(problems)[0] == (7, column, "wrong_kind", "error")
    assert problems["file"].tolist() == ["f.csv"] * len(problems)
    assert column in problems["message_zh"].iloc[0]
    assert column in problems["message_en"].iloc[0]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("count", -1, "out_of_range"), ("count", 101, "out_of_range"),
        ("depth_m", -0.1, "out_of_range"), ("kind", "stork", "not_allowed"),
        ("seen_on", None, "missing"), ("sighting_id", None, "missing"),
        ("sighting_id", " ", "missing"),
    ],
)  # fmt: skip
def test_values_that_are_not_allowed_are_named(column: str, value: object, code: str) -> None:
    good, problems = check_table(SCHEMA, one(**{column: value}))
    assert good.empty
    assert codes(problems) == [(7, column, code, "error")]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, "", "  "])
@pytest.mark.parametrize("column", ["count", "depth_m", "sure", "seen_at", "place", "more"])
def test_missing_is_not_wrong(column: str, missing: object) -> None:
    good, problems = check_table(SCHEMA, one(**{column: missing}))
    assert problems.empty
    assert bool(pd.isna(good[column].iloc[0]))


def test_a_message_speaks_both_languages_and_names_what_is_allowed() -> None:
    _, problems = check_table(SCHEMA, one(kind="stork"))
    assert "可用：heron, egret" in problems["message_zh"].iloc[0]
    assert "allowed: heron, egret" in problems["message_en"].iloc[0]
    _, problems = check_table(SCHEMA, one(count=500))
    assert "0 到 100" in problems["message_zh"].iloc[0]
    _, problems = check_table(SCHEMA, one(seen_on="5-1"))
    assert "带年份的日期" in problems["message_zh"].iloc[0]


def test_good_rows_go_on_beside_wrong_ones() -> None:
    frame = pd.DataFrame(
        {
            "sighting_id": ["a", "b", "c", "d"],
            "seen_on": ["2024-05-01", "5-1", None, "2024-05-02"],
            "count": ["1", "x", "200", "4"],
            "colour": ["red"] * 4,
        },
        index=[2, 3, 4, 5],
    )
    good, problems = check_table(SCHEMA, frame)
    assert good.index.tolist() == [2, 5]
    assert good["count"].tolist() == [1, 4]
    assert codes(problems)[1:] == [
        (3, "count", "wrong_kind", "error"),
        (3, "seen_on", "wrong_kind", "error"),
        (4, "count", "out_of_range", "error"),
        (4, "seen_on", "missing", "error"),
    ]
    assert problems["code"].iloc[0] == "unknown_column"
    assert problems["level"].iloc[0] == "warning"


def test_rows_of_one_key() -> None:
    """Equal rows are one; rows that differ are all wrong, for nobody knows which is right."""
    frame = pd.DataFrame(
        {
            "sighting_id": ["a", "a", "b", "b", "c"],
            "seen_on": "2024-05-01",
            "count": [1, 1, 2, 3, 4],
            "place": [shapely.Point(120, 30)] * 5,
        },
        index=[2, 3, 4, 5, 6],
    )
    good, problems = check_table(SCHEMA, frame)
    assert good.index.tolist() == [2, 6]
    assert codes(problems) == [
        (3, "sighting_id", "repeated", "warning"),
        (4, "sighting_id", "duplicate", "error"),
        (5, "sighting_id", "duplicate", "error"),
    ]


def test_a_required_column_that_is_not_there_is_said_once() -> None:
    frame = pd.DataFrame({"sighting_id": ["a", "b"]}, index=[2, 3])
    good, problems = check_table(SCHEMA, frame)
    assert good.empty
    assert "no_column" in problems["code"].tolist()
    assert set(problems["row"].dropna()) == {2, 3}


def test_an_empty_file_is_an_empty_table() -> None:
    good, problems = check_table(SCHEMA, pd.DataFrame({"sighting_id": [], "seen_on": []}))
    assert good.empty
    assert problems.empty
    assert list(problems.columns) == PROBLEMS.names
    assert {n: str(d) for n, d in good.dtypes.items()} == {
        n: str(d) for n, d in empty(SCHEMA).dtypes.items()
    }


def test_coerce_refuses_what_check_table_names() -> None:
    with pytest.raises(InputError, match="count"):
        coerce(SCHEMA, one(count="many"))
    with pytest.raises(InputError, match="colour"):
        coerce(SCHEMA, one(colour="red"))
    typed = coerce(SCHEMA, one(kind="stork"))  # choices are not looked at
    assert typed.index.tolist() == [7]
    assert list(typed.columns) == SCHEMA.names


cells = st.one_of(
    st.none(), st.text(max_size=12), st.integers(), st.floats(), st.booleans(), st.dates(),
    st.datetimes(), st.binary(max_size=4), st.just(shapely.Point(120, 30)),
    st.just(shapely.Point(float("nan"), 1)), st.just([1, 2]),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.fixed_dictionaries({c.name: cells for c in SCHEMA.columns}), max_size=6))
def test_every_row_is_good_or_named(rows: list[dict[str, object]]) -> None:
    """Whatever a file holds: no crash, no row unsaid, and good rows pass a second check whole."""
    frame = pd.DataFrame(rows, columns=SCHEMA.names, dtype=object)
    frame.index = pd.RangeIndex(2, 2 + len(frame))
    good, problems = check_table(SCHEMA, frame)
    named = set(problems["row"].dropna())
    assert set(good.index) | named == set(frame.index)
    errors = problems[problems["level"] == "error"]
    assert set(good.index).isdisjoint(errors["row"].dropna())
    again, none = check_table(SCHEMA, good)
    assert none.empty
    assert again.index.tolist() == good.index.tolist()
    for column in SCHEMA.columns:
        assert str(good[column.name].dtype) == str(pd.Series([], dtype=DTYPES[column.kind]).dtype)


@settings(max_examples=40, deadline=None)
@given(st.dates())
def test_a_day_is_read_in_every_form_that_carries_its_year(day: dt.date) -> None:
    year, month, number = f"{day.year:04d}", day.month, day.day
    forms = [
        day.isoformat(), f"{year}/{month}/{number}", f"{year}.{month}.{number}",
        f"{year}年{month}月{number}日", f"{year}{month:02d}{number:02d}",
    ]  # fmt: skip
    frame = pd.DataFrame({"sighting_id": list("abcde"), "seen_on": forms})
    good, problems = check_table(SCHEMA, frame)
    assert problems.empty
    assert good["seen_on"].tolist() == [day] * 5
