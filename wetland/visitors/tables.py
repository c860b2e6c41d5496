"""What an import of visitors writes: counts (客流计数) and readings of car parks (停车读数).

A count says how many of something there were within a span of time at a place of the site; a value
of a moment (people present) has a span of no length. What nobody counted has no row and is never 0.
Wrong values stay in the table with the flag ``fail`` and are used by nothing.
"""

from __future__ import annotations

from wetland.base.tables import Column, TableSchema
from wetland.base.texts import Text, text

PLACE_KINDS: dict[str, Text] = {
    "gate": text("出入口", "gate"),
    "area": text("区域", "area"),
    "boat": text("游船、码头", "boat or pier"),
}

MEASURES: dict[str, Text] = {
    "entries": text("入园人次", "entries"),
    "exits": text("出园人次", "exits"),
    "present": text("在园人数", "people present"),
    "boats": text("出船艘次", "boats out"),
    "passengers": text("乘船人次", "passengers"),
}

# "span" is a total of several days (a week, a holiday): it is never compared with a daily capacity.
PERIODS: dict[str, Text] = {
    "moment": text("瞬时", "moment"),
    "hour": text("小时（含更短时段）", "hour or less"),
    "day": text("日", "day"),
    "month": text("月", "month"),
    "span": text("多日合计", "total of several days"),
}

# QARTOD's words: good, not tested, to be looked at, not to be used.
FLAGS: dict[str, Text] = {
    "good": text("通过", "good"),
    "unknown": text("未检验", "not evaluated"),
    "suspect": text("存疑", "suspect"),
    "fail": text("不通过", "fail"),
}

VISITOR_COUNTS = TableSchema(
    name="visitor_counts",
    key="count_id",
    title=text("客流计数", "visitor counts"),
    columns=(
        # Of site, place, measure, period and start: a second import of the same count changes it.
        Column("count_id", "text", text("编号", "identifier"), required=True),
        Column("site", "text", text("场地", "site"), required=True),
        Column("source_id", "text", text("来源编号", "source"), required=True),
        Column("source_row", "integer", text("来源行", "row of the source"), minimum=0),
        Column("place", "text", text("计数处", "place of the count"), required=True),
        Column("place_kind", "text", text("计数处类别", "kind of place"), required=True,
               choices=tuple(PLACE_KINDS)),
        Column("measure", "text", text("计数内容", "what was counted"), required=True,
               choices=tuple(MEASURES)),
        Column("period", "text", text("时段", "period"), required=True, choices=tuple(PERIODS)),
        # First and last local day; one and the same for moments, hours and days.
        Column("counted_on", "day", text("首日（当地）", "first local day"), required=True),
        Column("counted_to", "day", text("末日（当地）", "last local day"), required=True),
        # Of moments and hours: the instant it began and the instant it ended (not in it).
        Column("start_at", "instant", text("开始时刻", "instant it began")),
        Column("end_at", "instant", text("结束时刻", "instant it ended")),
        # As it counts: of a cumulative counter the step; none where it cannot be told.
        Column("value", "number", text("数值", "value")),
        Column("value_received", "text", text("原值", "value as received")),
        Column("counter", "text", text("计数器", "counter")),
        Column("flag", "text", text("质量标记", "quality flag"), required=True,
               choices=tuple(FLAGS)),
        # [{"test", "level", "zh", "en"}]
        Column("flags", "json", text("检验结果", "what the tests said")),
        Column("remarks", "text", text("备注", "remarks")),
        Column("extra", "json", text("其他原始列", "other columns as received")),
        Column("synthetic", "boolean", text("合成数据", "invented for exercise")),
        Column("content", "text", text("内容摘要", "digest of the content"), required=True),
    ),
)  # fmt: skip

PARKING_READINGS = TableSchema(
    name="parking_readings",
    key="reading_id",
    title=text("停车场读数", "readings of car parks"),
    columns=(
        Column("reading_id", "text", text("编号", "identifier"), required=True),
        Column("site", "text", text("场地", "site"), required=True),
        Column("source_id", "text", text("来源编号", "source"), required=True),
        Column("source_row", "integer", text("来源行", "row of the source"), minimum=0),
        Column("car_park", "text", text("停车场", "car park"), required=True),
        Column("read_at", "instant", text("读数时刻", "instant of the reading"), required=True),
        Column("occupied", "number", text("已停车辆", "bays taken")),
        # As the source told it; none: the pack's capacity of the day.
        Column("capacity", "number", text("泊位数", "bays"), minimum=0),
        Column("value_received", "text", text("原值", "value as received")),
        Column("flag", "text", text("质量标记", "quality flag"), required=True,
               choices=tuple(FLAGS)),
        Column("flags", "json", text("检验结果", "what the tests said")),
        Column("extra", "json", text("其他原始列", "other columns as received")),
        Column("synthetic", "boolean", text("合成数据", "invented for exercise")),
        Column("content", "text", text("内容摘要", "digest of the content"), required=True),
    ),
)  # fmt: skip
