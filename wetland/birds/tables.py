"""What an import of bird surveys writes: surveys (调查), records (记录), accepted names (采纳).

Terms are Darwin Core's in snake case. A survey is one event: a visit to one plot with its effort.
A record is one species of one survey. That a species was looked for and not found is a record with
``occurrence_status`` ``absent``; what nobody surveyed has no row at all and is never 0.
"""

from __future__ import annotations

from wetland.base.tables import Column, TableSchema
from wetland.base.texts import Text, text

STATUSES: dict[str, Text] = {
    "present": text("有", "present"),
    "absent": text("查过，没有", "looked for, absent"),
}

QUALIFIERS: dict[str, Text] = {
    "exact": text("确数", "counted"),
    "about": text("约数", "estimated"),
    "at_least": text("至少", "at least"),
    "at_most": text("至多", "at most"),
    "present": text("有而未计数", "present, not counted"),
}

MATCHES: dict[str, Text] = {
    "exact": text("名录中的名称", "a name of the checklist"),
    "synonym": text("异名", "a synonym"),
    "accepted": text("人工采纳的名称", "a name a person accepted"),
    "none": text("未匹配", "not matched"),
}

VALIDATIONS: dict[str, Text] = {
    "unreviewed": text("未审核", "not reviewed"),
    "flagged": text("存疑", "flagged for review"),
    "accepted": text("已采纳", "accepted"),
    "corrected": text("已更正", "corrected"),
    "rejected": text("已否定", "rejected"),
}

# What a person decided; anything else follows from the tests of plausibility.
DECIDED = ("accepted", "corrected", "rejected")

BIRD_SURVEYS = TableSchema(
    name="bird_surveys",
    key="survey_id",
    title=text("鸟类调查", "bird surveys"),
    columns=(
        Column("survey_id", "text", text("编号", "identifier"), required=True),
        Column("site", "text", text("场地", "site"), required=True),
        Column("source_id", "text", text("来源编号", "source"), required=True),
        Column("source_row", "integer", text("来源行", "row of the source"), minimum=0),
        Column("event_id", "text", text("来源中的调查编号", "event in the source")),
        Column("parent_event_id", "text", text("上级调查编号", "parent event")),
        Column("plot", "text", text("样点或样线", "plot or transect")),
        # A day; of a survey known by its month or year only, the first and the last day of it.
        Column("event_date", "day", text("调查日（当地）", "local day of the survey"),
               required=True),
        Column("event_end", "day", text("调查末日（当地）", "last local day of the survey"),
               required=True),
        Column("event_at", "instant", text("开始时刻", "instant it began")),
        Column("sampling_protocol", "text", text("调查方法", "protocol")),
        Column("duration_min", "number", text("历时", "duration"), unit="min", minimum=0),
        Column("distance_km", "number", text("行程", "distance"), unit="km", minimum=0),
        Column("area_ha", "number", text("面积", "area"), unit="ha", minimum=0),
        Column("observers", "text", text("调查人", "observers")),
        Column("observer_count", "integer", text("调查人数", "number of observers"), minimum=0),
        # True: every species that was found is listed, so a species without a record was absent.
        Column("complete", "boolean", text("记录全部物种", "all species recorded")),
        Column("habitat", "text", text("生境", "habitat")),
        Column("geometry", "geometry", text("位置", "place")),
        Column("uncertainty_m", "number", text("位置误差", "position uncertainty"), unit="m",
               minimum=0),
        Column("remarks", "text", text("备注", "remarks")),
        Column("extra", "json", text("其他原始列", "other columns as received")),
        Column("synthetic", "boolean", text("合成数据", "invented for exercise")),
        Column("content", "text", text("内容摘要", "digest of the content"), required=True),
    ),
)  # fmt: skip

BIRD_RECORDS = TableSchema(
    name="bird_records",
    key="record_id",
    title=text("鸟类记录", "bird records"),
    columns=(
        Column("record_id", "text", text("编号", "identifier"), required=True),
        Column("site", "text", text("场地", "site"), required=True),
        Column("source_id", "text", text("来源编号", "source"), required=True),
        Column("source_row", "integer", text("来源行", "row of the source"), minimum=0),
        Column("survey_id", "text", text("调查", "survey"), required=True),
        Column("occurrence_id", "text", text("来源中的记录编号", "occurrence in the source")),
        Column("name_received", "text", text("来源中的名称", "name as received"), required=True),
        # The species as it counts: matched, accepted or corrected; none where nothing matched.
        Column("taxon_id", "text", text("物种", "species")),
        Column("match", "text", text("名称匹配", "how the name was matched"), required=True,
               choices=tuple(MATCHES)),
        Column("occurrence_status", "text", text("有或无", "present or absent"), required=True,
               choices=tuple(STATUSES)),
        # As it counts; 0 where absent, none where present and not counted.
        Column("individual_count", "number", text("个体数", "individuals"), minimum=0),
        Column("count_qualifier", "text", text("计数方式", "how it was counted"), required=True,
               choices=tuple(QUALIFIERS)),
        Column("count_received", "text", text("计数原值", "count as received")),
        Column("sex", "text", text("性别", "sex")),
        Column("life_stage", "text", text("生活史阶段", "life stage")),
        Column("behavior", "text", text("行为", "behaviour")),
        # possible, probable, confirmed (EBBA2 codes); none where nothing was told.
        Column("breeding", "text", text("繁殖证据", "breeding evidence"),
               choices=("possible", "probable", "confirmed")),
        Column("recorded_by", "text", text("记录人", "recorded by")),
        Column("basis_of_record", "text", text("记录依据", "basis of record")),
        Column("media", "json", text("影像", "media")),
        # The record's own place; none: that of its survey.
        Column("geometry", "geometry", text("位置", "place")),
        Column("uncertainty_m", "number", text("位置误差", "position uncertainty"), unit="m",
               minimum=0),
        Column("remarks", "text", text("备注", "remarks")),
        Column("flags", "json", text("存疑之处", "what the tests of plausibility said")),
        Column("validation", "text", text("审核", "validation"), required=True,
               choices=tuple(VALIDATIONS)),
        Column("validated_by", "text", text("审核人", "who validated it")),
        Column("validated_at", "instant", text("审核时刻", "when it was validated")),
        Column("validation_reason", "text", text("审核理由", "reason")),
        # {"taxon_id", "individual_count", ...} as imported, where a person corrected them.
        Column("before_correction", "json", text("更正前", "as it was before the correction")),
        Column("extra", "json", text("其他原始列", "other columns as received")),
        Column("synthetic", "boolean", text("合成数据", "invented for exercise")),
        Column("content", "text", text("内容摘要", "digest of the content"), required=True),
    ),
)  # fmt: skip

BIRD_NAMES = TableSchema(
    name="bird_names",
    key="name_id",
    title=text("采纳的鸟名", "bird names a person accepted"),
    columns=(
        Column("name_id", "text", text("编号", "identifier"), required=True),
        Column("site", "text", text("场地", "site"), required=True),
        Column("name_received", "text", text("来源中的名称", "name as received"), required=True),
        Column("taxon_id", "text", text("物种", "species"), required=True),
        Column("reason", "text", text("理由", "reason")),
    ),
)
