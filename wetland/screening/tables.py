"""What an import writes: observations (观察记录) as received, and their sources (来源)."""

from __future__ import annotations

from wetland.base.tables import Column, TableSchema
from wetland.base.texts import Text, text

SHAPES: dict[str, Text] = {
    "station": text("点位", "station"),
    "line": text("线", "line"),
    "footprint": text("占地范围", "footprint"),
}

POSITION_SOURCES: dict[str, Text] = {
    "gps": text("卫星定位", "GPS"),
    "photo": text("照片定位", "photo"),
    "map_click": text("地图点选", "click on a map"),
    "declared": text("口头或文字申报", "declared"),
    "unknown": text("来源不明", "unknown"),
}

DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000")

OBSERVATIONS = TableSchema(
    name="observations",
    key="observation_id",
    title=text("观察记录", "observations"),
    columns=(
        Column("observation_id", "text", text("编号", "identifier"), required=True),
        Column("site", "text", text("场地", "site"), required=True),
        Column("source_id", "text", text("来源编号", "source"), required=True),
        Column("source_row", "integer", text("来源行", "row of the source"), minimum=0),
        Column("record_id", "text", text("来源中的编号", "identifier in the source")),
        Column("track_id", "text", text("轨迹编号", "track it is a fix of")),
        Column("activity", "text", text("行为（多个用;分开）", "activities, parted by ;")),
        Column("occurred_on", "day", text("行为日（当地）", "local day of the act")),
        Column("occurred_at", "instant", text("行为时刻", "instant of the act")),
        Column("ended_at", "instant", text("结束时刻", "instant it ended")),
        Column("geometry", "geometry", text("位置", "place")),
        Column("shape", "text", text("几何类别", "shape"), choices=tuple(SHAPES)),
        Column("datum", "text", text("来源坐标基准", "datum as received"), choices=DATUMS),
        Column(
            "uncertainty_m",
            "number",
            text("标明的位置误差", "position uncertainty as stated"),
            unit="m",
            minimum=0,
        ),
        Column(
            "position_source",
            "text",
            text("定位方式", "how it was positioned"),
            required=True,
            choices=tuple(POSITION_SOURCES),
        ),
        Column("facts", "json", text("事实", "facts")),
        Column("extra", "json", text("其他原始列", "other columns as received")),
        Column("content", "text", text("内容摘要", "digest of the content"), required=True),
    ),
)

SOURCES = TableSchema(
    name="sources",
    key="source_id",
    title=text("来源", "sources"),
    columns=(
        Column("source_id", "text", text("编号", "identifier"), required=True),
        Column("site", "text", text("场地", "site"), required=True),
        Column("name", "text", text("来源名称", "name of the source"), required=True),
        Column("file", "text", text("文件", "file"), required=True),
        Column("sha256", "text", text("校验和", "checksum of the file"), required=True),
        Column("size_bytes", "integer", text("字节数", "size"), unit="byte", minimum=0),
        Column("format", "text", text("格式", "format"), required=True),
        Column("encoding", "text", text("编码", "encoding")),
        Column("crs", "text", text("坐标系", "coordinate reference system")),
        Column("options", "json", text("读取选项", "options it was read with")),
        Column("rows", "integer", text("行数", "rows"), minimum=0),
        Column("rows_read", "integer", text("读入行数", "rows read"), minimum=0),
        Column("rows_aside", "integer", text("搁置行数", "rows kept aside"), minimum=0),
    ),
)
