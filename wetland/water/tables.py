"""What an import of water data writes: results (检测结果), one row per parameter of a sample."""

from __future__ import annotations

from wetland.base.tables import Column, TableSchema
from wetland.base.texts import Text, text

WATER_BODIES: dict[str, Text] = {
    "river": text("河流", "river"),
    "lake": text("湖库、池塘", "lake, reservoir or pond"),
}

CENSORING: dict[str, Text] = {
    "none": text("检出", "detected"),
    "below": text("未检出（低于检出限）", "below the detection limit"),
    "above": text("高于测定上限", "above the upper limit"),
}

QA_KINDS: dict[str, Text] = {
    "sample": text("样品", "sample"),
    "duplicate": text("平行样", "duplicate"),
    "blank": text("空白样", "blank"),
    "spike": text("加标样", "spiked sample"),
    "standard": text("标准样", "reference standard"),
}

# QARTOD's five flags (IOOS QARTOD manuals): 1, 2, 3, 4, 9.
FLAGS: dict[str, Text] = {
    "good": text("通过", "good"),
    "unknown": text("未检验", "not evaluated"),
    "suspect": text("存疑", "suspect"),
    "fail": text("不通过", "fail"),
    "missing": text("缺测", "missing"),
}

WATER_RESULTS = TableSchema(
    name="water_results",
    key="result_id",
    title=text("水质检测结果", "water results"),
    columns=(
        Column("result_id", "text", text("编号", "identifier"), required=True),
        Column("site", "text", text("场地", "site"), required=True),
        Column("source_id", "text", text("来源编号", "source"), required=True),
        Column("source_row", "integer", text("来源行", "row of the source"), minimum=0),
        Column("station", "text", text("站点", "station"), required=True),
        Column("sample_id", "text", text("样品编号", "sample")),
        Column("sampled_on", "day", text("采样日（当地）", "local day of sampling"), required=True),
        Column("sampled_at", "instant", text("采样时刻", "instant of sampling")),
        Column("depth_m", "number", text("采样深度", "depth"), unit="m"),
        Column("parameter", "text", text("指标", "parameter"), required=True),
        # In the parameter's own unit; where censored, the limit; none where no limit is told.
        Column("value", "number", text("数值", "value")),
        Column(
            "censoring",
            "text",
            text("检出情况", "censoring"),
            required=True,
            choices=tuple(CENSORING),
        ),
        Column("value_received", "text", text("原值", "value as received")),
        Column("unit_received", "text", text("原单位", "unit as received")),
        Column("qa", "text", text("质控类别", "kind of sample"), required=True,
               choices=tuple(QA_KINDS)),
        Column("flag", "text", text("质控标记", "quality flag"), required=True,
               choices=tuple(FLAGS)),
        Column("flag_tests", "json", text("未通过的检验", "tests that did not pass")),
        Column("synthetic", "boolean", text("合成数据", "invented for exercise")),
        Column("content", "text", text("内容摘要", "digest of the content"), required=True),
    ),
)  # fmt: skip

WATER_STATIONS = TableSchema(
    name="water_stations",
    key="station_key",
    title=text("水质站点", "water stations"),
    columns=(
        Column("station_key", "text", text("场地与站点", "site and station"), required=True),
        Column("site", "text", text("场地", "site"), required=True),
        Column("station", "text", text("站点编号", "station"), required=True),
        Column("name_zh", "text", text("名称", "name in Chinese"), required=True),
        Column("name_en", "text", text("英文名称", "name in English")),
        Column("water_body", "text", text("水体类型", "kind of water body"), required=True,
               choices=tuple(WATER_BODIES)),
        Column("reach", "text", text("所属河流或湖库", "river or lake it belongs to")),
        Column("target_class", "text", text("目标类别", "target class"),
               choices=("I", "II", "III", "IV", "V")),
        Column("programme", "text", text("监测方案", "programme")),
        Column("geometry", "geometry", text("位置", "place")),
        Column("source_id", "text", text("来源编号", "source")),
        Column("synthetic", "boolean", text("合成数据", "invented for exercise")),
    ),
)  # fmt: skip
