"""Tables to test with: one column of each kind, and names that SQL keeps for itself."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import shapely

from wetland.base.tables import Column, TableSchema
from wetland.base.texts import text

THINGS = TableSchema(
    "things",
    "thing_id",
    (
        Column("thing_id", "text", text("编号", "identifier"), required=True),
        Column("words", "text", text("文字", "words")),
        Column("limit", "integer", text("整数", "whole number")),
        Column("value", "number", text("数值", "number")),
        Column("flag", "boolean", text("是否", "yes or no")),
        Column("seen_on", "day", text("日期", "day")),
        Column("seen_at", "instant", text("时刻", "instant")),
        Column("place", "geometry", text("位置", "place")),
        Column("more", "json", text("其他", "more")),
    ),
    text("东西", "things"),
)

NOTES = TableSchema(
    "notes",
    "note_id",
    (
        Column("note_id", "text", text("编号", "identifier"), required=True),
        Column("words", "text", text("文字", "words")),
    ),
    text("笔记", "notes"),
)

AT = dt.datetime(2024, 5, 1, 8, 30, 0, 250_000, dt.UTC)


def things(count: int, *, start: int = 0, words: str = "白鹭 egret") -> pd.DataFrame:
    """Make ``count`` rows, each different."""
    numbers = range(start, start + count)
    return pd.DataFrame(
        {
            "thing_id": [f"t{n:06d}" for n in numbers],
            "words": words,
            "limit": list(numbers),
            "value": [120.0668123456 + n / 7 for n in numbers],
            "flag": [n % 3 == 0 for n in numbers],
            "seen_on": dt.date(2024, 2, 29),
            "seen_at": AT,
            "place": [shapely.Point(120 + n / 1e6, 30 + n / 1e6) for n in numbers],
            "more": '{"name": "西溪"}',
        }
    )
