"""Which column of a water table means what (列的含义): roles, and headers that name a parameter.

Rule of decision: what the user names by an option wins; then the first name in each role's list
that the file has (case, spaces, ``_``, ``-`` and units in brackets do not matter).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from wetland.base.errors import InputError
from wetland.base.texts import Text, text

ROLES: dict[str, Text] = {
    "station": text("站点", "station"),
    "date": text("采样日期", "date of sampling"),
    "time": text("采样时刻", "time of sampling"),
    "year": text("年", "year"),
    "month": text("月", "month"),
    "day": text("日", "day"),
    "parameter": text("指标", "parameter"),
    "value": text("数值", "value"),
    "unit": text("单位", "unit"),
    "limit": text("检出限", "detection limit"),
    "censored": text("检出情况", "censoring"),
    "detected": text("是否检出", "whether it was detected"),
    "remark": text("限定符", "remark"),
    "qa": text("样品类型", "kind of sample"),
    "sample": text("样品编号", "sample"),
    "result": text("结果编号", "identifier of the result"),
    "depth": text("采样深度", "depth"),
    "vertical": text("垂线或层次", "vertical or layer"),
    "water_body": text("水体类型", "kind of water body"),
    "reach": text("所属河流或湖库", "river or lake it belongs to"),
    "target_class": text("目标类别", "target class"),
    "lon": text("经度", "longitude"),
    "lat": text("纬度", "latitude"),
    "synthetic": text("合成数据", "invented for exercise"),
}

_ALIASES: dict[str, tuple[str, ...]] = {
    "station": (
        "station", "station_id", "station_name", "site", "site_id", "site_name", "site_no", "stn",
        "站点", "站点名称", "站点编号", "站名", "测站", "测站名称", "断面", "断面名称", "监测断面",
        "断面点位", "断面(点位)名称", "点位", "点位名称", "监测点", "监测点位", "监测站点",
        "采样点", "采样点位", "采样点名称", "采样地点", "采样断面", "监测点名称", "监测位置",
        "监测点位名称", "监测断面名称", "水站", "水站名称", "自动站", "湖库名称点位",
        "monitoring_location_identifier", "monitoring_location_name", "monitoring_location",
        "location", "location_id", "sampling_site", "sampling_point", "sample_site", "name",
    ),
    "date": (
        "date", "sampled_on", "sample_date", "sampling_date", "activity_start_date", "cdate",
        "collection_date", "datetime", "date_time", "sampled_at", "sample_datetime", "timestamp",
        "日期", "采样日期", "监测日期", "取样日期", "检测日期", "采样时间", "监测时间", "取样时间",
        "时间", "日期时间", "采样日期时间", "测量时间", "数据时间", "发布时间", "监测年月", "年月",
        "月份日期", "activity_start_date_time",
    ),
    "time": (
        "time", "sample_time", "sampling_time", "activity_start_time_time", "采样时刻", "时刻",
        "采样时间", "监测时间", "取样时间", "时间", "activity_start_time/time",
    ),
    "year": ("year", "年", "年份", "年度", "监测年份"),
    "month": ("month", "月", "月份", "监测月份"),
    "day": ("day", "日", "监测日"),
    "parameter": (
        "parameter", "parameter_name", "parameter_code", "analyte", "characteristic_name",
        "characteristic", "variable", "determinand", "指标", "指标名称", "监测项目", "项目",
        "项目名称", "检测项目", "参数", "因子", "监测因子", "监测指标", "检测指标", "检测因子",
    ),
    "value": (
        "value", "result", "result_value", "result_measure_value", "measurement", "值", "数值",
        "结果", "检测结果", "监测值", "监测结果", "测定值", "测定结果", "实测值", "检测值",
        "测值", "浓度", "浓度值", "conc", "concentration", "conc_ave", "y",
    ),
    "unit": ("unit", "units", "result_measure_measure_unit_code", "result_unit", "单位",
             "计量单位", "measure_unit", "result_measure/measure_unit_code"),
    "limit": (
        "detection_limit", "mdl", "lod", "limit", "reporting_limit", "检出限", "方法检出限",
        "最低检出限", "检测限", "detection_quantitation_limit_measure_measure_value",
    ),
    "censored": ("censored", "censoring", "cens", "is_censored", "nondetect", "检出情况", "未检出",
                 "是否未检出", "censor"),
    "detected": ("detected", "is_detected", "是否检出"),
    "remark": ("remark_code", "remark", "qualifier", "qualifiers", "result_qualifier", "限定符",
               "标记", "检出标记", "flag_code", "measure_qualifier_code"),
    "qa": ("qa", "qc", "qc_type", "sample_type", "activity_type_code", "样品类型", "质控类型",
           "样品性质", "样品类别", "质控", "质控样类型", "sampletype"),
    "sample": ("sample_id", "sample", "sample_no", "sample_code", "lab_id", "activity_identifier",
               "样品编号", "样号", "样品号", "水样编号", "实验室编号"),
    "result": ("result_id", "result_identifier", "结果编号"),
    "depth": ("depth", "depth_m", "sample_depth", "sampling_depth", "采样深度", "取样深度",
              "深度", "activity_depth_height_measure_measure_value"),
    "vertical": ("vertical", "layer", "垂线", "层次", "采样层次", "采样位置", "左中右", "测层",
                 "采样垂线"),
    "water_body": ("water_body", "water_body_type", "waterbody_type", "水体类型", "水体类别",
                   "断面类型", "点位类型", "水域类型", "河湖类型"),
    "reach": ("reach", "river", "lake", "water", "河流", "河流名称", "所在河流", "水体",
              "水体名称", "所在水体", "湖库", "湖库名称", "河流湖库"),
    "target_class": ("target_class", "target", "目标类别", "水质目标", "目标水质", "考核目标",
                     "水质目标类别", "功能区目标", "目标水质类别"),
    "lon": ("lon", "lng", "longitude", "经度", "东经", "longitude_measure", "decimal_longitude"),
    "lat": ("lat", "latitude", "纬度", "北纬", "latitude_measure", "decimal_latitude"),
    "synthetic": ("synthetic", "合成", "合成数据", "示例数据"),
}  # fmt: skip
# Columns of water tables that hold no result: read by nobody, and no parameter is missed in them.
_OTHERS = (
    "序号", "编号", "no", "index", "id", "省份", "省", "市", "区县", "城市", "流域", "水系",
    "行政区", "水质类别", "类别", "本期水质类别", "上期水质类别", "水质状况", "主要污染物",
    "主要污染指标", "超标项目", "超标倍数", "超标因子", "定类因子", "站点情况", "站点状态",
    "断面属性", "断面级别", "是否达标", "达标情况", "备注", "说明", "采样人", "采样人员", "分析人",
    "天气", "天气状况", "气温", "风向", "风速", "水位", "水深", "流速", "河宽", "营养状态",
    "样品说明", "样品备注", "remarks",
    "综合营养状态指数", "评价结果", "comment", "comments", "note", "notes", "julian", "decyear",
    "month_seq", "i", "water_class", "class", "quarter", "season", "hour",
)  # fmt: skip
LONGEST_NAME = 200  # what is longer names no column
_NOISE = re.compile(r"[\s_\-./:：*＊#]+|[（(\[【][^（(\[【)）\]】]*[)）\]】]")

NO_COLUMN = text("文件中没有 {c} 这一列；现有列：{n}", "there is no column {c}; there are: {n}")
NO_ROLE = text("{o} 不是字段；字段有：{r}", "{o} is no field; fields are: {r}")


def plain(name: str) -> str:
    """Return a column name without what does not matter.

    Examples
    --------
    >>> plain("Sample_ID"), plain("采样 深度（m）"), plain("ActivityStartTime.Time")
    ('sampleid', '采样深度', 'activitystarttimetime')
    """
    folded = unicodedata.normalize("NFKC", name[:LONGEST_NAME])
    return _NOISE.sub("", folded).casefold()


_OF_NAME: dict[str, list[str]] = {}
for _role, _names in _ALIASES.items():
    for _name in _names:
        _OF_NAME.setdefault(plain(_name), []).append(_role)
_IGNORED = frozenset(plain(name) for name in _OTHERS)
_NOTES = frozenset(map(plain, ("备注", "说明", "remarks", "comment", "comments", "note", "notes",
                               "样品说明", "样品备注")))  # fmt: skip
_SERIES_ROLES = frozenset({"station", "date", "year", "month", "parameter", "value", "censored",
                           "limit", "unit"})  # fmt: skip


def is_role(name: str) -> bool:
    """Tell whether a header is the name of some role."""
    return plain(name) in _OF_NAME


def names_results(name: str) -> bool:
    """Tell whether a header may stand above a group of parameters (监测项目, 检测结果)."""
    return bool(set(_OF_NAME.get(plain(name), ())) & {"parameter", "value"})


def is_ignored(name: str) -> bool:
    """Tell whether a header names something that is no result and no role."""
    return plain(name) in _IGNORED


def is_note(name: str) -> bool:
    """Tell whether a header names free remarks (备注), which may say what kind a row is."""
    return plain(name) in _NOTES


def find_roles(
    names: Sequence[str], given: Mapping[str, str] | None = None, *, series: bool = False
) -> dict[str, str]:
    """Return role -> column.

    Parameters
    ----------
    names
        Names of the columns, in order.
    given
        Ours -> theirs, as the user says.
    series
        Whether only the roles of a plain series are looked for.

    Raises
    ------
    InputError
        An option names a column that is not there, or something that is no role.

    Examples
    --------
    >>> find_roles(["断面名称", "采样日期", "采样时间", "氨氮(mg/L)"])
    {'station': '断面名称', 'date': '采样日期', 'time': '采样时间'}
    """
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(plain(name), name)
    roles = _given(names, by_plain, given or {})
    taken = set(roles.values())
    for role, aliases in _ALIASES.items():
        if role in roles or (series and role not in _SERIES_ROLES):
            continue
        known = (by_plain.get(plain(alias)) for alias in aliases)
        free = next((column for column in known if column and column not in taken), None)
        if free is not None:
            roles[role] = free
            taken.add(free)
    return roles


def _given(
    names: Iterable[str], by_plain: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str]:
    present = list(names)
    roles: dict[str, str] = {}
    for ours, theirs in given.items():
        if ours not in ROLES:
            raise InputError(NO_ROLE.fill(o=ours, r=", ".join(ROLES)))
        column = theirs if theirs in present else by_plain.get(plain(theirs))
        if column is None:
            raise InputError(NO_COLUMN.fill(c=theirs, n=listed(present)))
        roles[ours] = column
    return roles


def listed(names: Sequence[str], most: int = 30) -> str:
    """Return the names of columns for a person."""
    shown = ", ".join(name[:40] for name in names[:most])
    return shown + (" …" if len(names) > most else "")
