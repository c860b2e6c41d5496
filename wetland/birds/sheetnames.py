"""What the columns of bird tables are called (列名), in Chinese and English, and what they mean.

A column means the role that a person tells (`BirdOptions.columns`), else the one it is named after.
Names are compared in plain width and lower case, without units in brackets, spaces and signs.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping

LONGEST_NAME = 80

# Role -> names. Of two columns with one role the first counts.
ALIASES: dict[str, tuple[str, ...]] = {
    "event_id": ("event id", "eventid", "调查编号", "调查序号", "survey id", "surveyid", "visit",
                 "visit id", "submission id", "sampling event identifier", "checklist id"),
    "plot": ("plot", "plot id", "plotid", "plot code", "site", "site id", "siteid", "sitename",
             "site code", "site name", "station", "point", "point id", "transect", "transect id",
             "line", "colony", "group id", "groupid", "样点", "样点编号", "样点号", "样点名称",
             "样线", "样线编号", "样线号", "样线名称", "样地", "样地编号", "样方", "样方编号",
             "点位", "点位名称", "观测点", "监测点", "监测点位", "监测样点", "监测样线",
             "调查点", "调查样点", "调查样线", "计数点", "站点", "调查点位", "线路", "路线",
             "调查线路", "观鸟点", "count plot"),
    "locality": ("locality", "location", "place", "地点", "位置", "调查地点", "观察地点",
                 "记录地点", "区域", "调查区域", "地名", "观测地点"),
    "date": ("date", "event date", "eventdate", "survey date", "count date", "observation date",
             "obs date", "日期", "调查日期", "观察日期", "观测日期", "记录日期", "监测日期",
             "计数日期", "调查时间", "监测时间", "观测时间", "时间日期", "年月日",
             "day of survey"),
    "date_end": ("end date", "date end", "结束日期", "截止日期"),
    "time": ("time", "start time", "starttime", "event time", "time begun", "时间", "开始时间",
             "起始时间", "开始时刻", "调查开始时间", "起始时刻", "时刻",
             "time observations started"),
    "time_end": ("end time", "endtime", "time end", "结束时间", "终止时间", "结束时刻",
                 "调查结束时间"),
    "year": ("year", "yr", "年", "年份", "年度", "调查年份"),
    "month": ("month", "mon", "月", "月份", "调查月份"),
    "day": ("day", "日"),
    "protocol": ("protocol", "method", "sampling protocol", "survey method", "protocol type",
                 "protocol name", "observation type", "survey type", "调查方法", "方法",
                 "观察方法", "监测方法", "调查方式", "计数方法"),
    "duration_min": ("duration", "duration min", "duration minutes", "minutes", "历时", "时长",
                     "调查时长", "持续时间", "观察时长", "调查历时", "用时", "分钟"),
    "distance_km": ("distance", "distance km", "distance traveled", "effort distance km",
                    "length", "transect length", "里程", "行程", "样线长度", "样线长", "距离",
                    "调查里程", "线路长度"),
    "area_ha": ("area", "area ha", "area covered", "effort area ha", "面积", "调查面积",
                "样方面积"),
    "observers": ("observers", "observer", "observer name", "surveyor", "surveyors", "counter",
                  "调查人", "调查人员", "调查者", "观察者", "观察人", "观测者", "观测人",
                  "计数人", "监测人", "监测人员", "记录者与调查者", "参加人员", "调查员",
                  "observer id"),
    "observer_count": ("observer count", "number of observers", "number observers",
                       "n observers", "调查人数", "人数", "观察人数"),
    "complete": ("complete", "all species reported", "all obs reported", "complete checklist",
                 "是否完整", "完整名录", "记录全部物种", "是否记录全部物种"),
    "habitat": ("habitat", "habitat type", "生境", "栖息地", "生境类型", "栖息生境"),
    "lon": ("lon", "long", "lng", "longitude", "decimal longitude", "decimallongitude", "x",
            "经度", "东经"),
    "lat": ("lat", "latitude", "decimal latitude", "decimallatitude", "y", "纬度", "北纬"),
    "datum": ("datum", "geodetic datum", "坐标系", "坐标基准", "坐标系统"),
    "uncertainty_m": ("uncertainty", "uncertainty m", "accuracy", "位置误差", "定位精度", "精度"),
    "event_remarks": ("survey remarks", "event remarks", "checklist comments", "trip comments",
                      "调查备注", "调查说明"),
    "occurrence_id": ("occurrence id", "occurrenceid", "record id", "recordid", "记录编号",
                      "global unique identifier"),
    "name": ("species", "species name", "taxon", "bird", "bird species", "name",
             "scientific name", "scientificname", "latin name", "latin", "鸟种", "物种", "种名",
             "物种名", "物种名称", "鸟名", "鸟类", "鸟类名称", "鸟种名称", "名称", "种类", "种",
             "鸟类种类", "学名", "拉丁名", "拉丁学名", "拉丁文名", "species scientific name"),
    "name_zh": ("chinese name", "chinese", "中文名", "中文名称", "中文种名", "中名", "name zh"),
    "name_en": ("english name", "english", "common name", "commonname", "vernacular name",
                "英文名", "英文名称", "俗名", "name en"),
    "code": ("code", "species code", "物种代码", "种代码", "代码", "鸟种代码", "物种编码"),
    "count": ("count", "number", "n", "abundance", "individuals", "individual count",
              "individualcount", "total count", "observation count", "how many",
              "number of birds", "birds", "数量", "个体数", "计数", "只数", "数目", "数量只",
              "个体数量", "观察数量", "记录数量", "种群数量", "maxcount", "max count",
              "birds counted", "quantity"),
    "status": ("status", "occurrence status", "presence", "有无", "有或无", "是否出现"),
    "sex": ("sex", "gender", "性别", "雌雄"),
    "life_stage": ("life stage", "age", "age sex", "年龄", "成幼", "生活史阶段"),
    "behavior": ("behavior", "behaviour", "activity", "行为", "活动", "行为状态", "活动状态"),
    "breeding": ("breeding code", "breeding", "breeding evidence", "atlas code", "繁殖",
                 "繁殖证据", "繁殖代码"),
    "recorded_by": ("recorded by", "recorder", "记录人", "记录者", "填表人", "记录员"),
    "basis": ("basis of record", "record type", "detection", "记录依据", "记录方式", "发现方式"),
    "remarks": ("remarks", "remark", "notes", "note", "comments", "comment", "species comments",
                "observation details", "备注", "说明", "附注"),
    "synthetic": ("synthetic", "invented", "合成", "合成数据", "虚构"),
}  # fmt: skip

# Columns of sheets that tell of a species or of a row, and are neither counts nor roles.
OF_SPECIES = (
    "序号", "编号", "行号", "id", "no.", "目", "科", "属", "目科", "目名", "科名", "order",
    "family", "genus", "保护级别", "保护等级", "国家保护级别", "国家重点保护级别", "国家重点",
    "国重", "省重点", "居留型", "居留类型", "区系", "地理型", "生态类型", "生态类群", "类群",
    "iucn", "iucn等级", "iucn级别", "红色名录", "濒危等级", "濒危级别", "受胁等级", "cites",
    "三有", "三有动物", "特有种", "red list", "protection", "protection level", "residence",
    "guild", "taxonomic order", "级别", "图片", "照片",
)  # fmt: skip

TOTALS = frozenset(
    {"合计", "总计", "总数", "总和", "小计", "共计", "累计", "合计数", "总数量", "数量合计",
     "合计只", "total", "totals", "sum", "grand total", "subtotal", "总只数", "个体总数"}
)  # fmt: skip
SUMMARIES = frozenset(
    {"平均", "平均值", "均值", "平均数", "最大", "最大值", "最多", "最小值", "频次", "频率",
     "频度", "出现频次", "遇见率", "优势度", "占比", "百分比", "比例", "比例%", "多度", "密度",
     "种数", "物种数", "鸟种数", "种类数", "种数合计", "合计种数", "总种数", "mean", "average",
     "max", "maximum", "min", "frequency", "percent", "%", "density", "richness",
     "number of species", "species total", "n species", "species richness", "等级", "多度等级",
     "优势种"}
)  # fmt: skip
_NOTE = re.compile(r"[(\[\"“]?\s*(?:注|备注|说明|附注|填表|审核|校核|复核|制表|note|source|来源)")
_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_SIGNS = re.compile(r"[\s_\-.:：/·、,;*#'\"]+")


@functools.lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Return a name as names are compared.

    Examples
    --------
    >>> plain("调查　日期："), plain("Duration (Min)"), plain("group_id")
    ('调查日期', 'duration', 'groupid')
    """
    if len(name) > LONGEST_NAME:
        return ""
    words = unicodedata.normalize("NFKC", name).casefold()
    bare = _SIGNS.sub("", _BRACKETS.sub("", words))
    return bare or _SIGNS.sub("", words)


_ROLE_OF = {plain(name): role for role, names in reversed(ALIASES.items()) for name in names}
_OF_SPECIES = frozenset(plain(name) for name in OF_SPECIES)
_TOTALS = frozenset(plain(name) for name in TOTALS)
_ENDINGS = ("合计", "小计", "总计", "种数")
_SUMMARIES = frozenset(plain(name) for name in SUMMARIES)
_SCIENTIFIC = frozenset(plain(name) for name in ("scientific name", "latin name", "latin", "学名",
                                                 "拉丁名", "拉丁学名", "拉丁文名",
                                                 "species scientific name"))  # fmt: skip
NAME_ROLES = ("name", "name_zh", "name_en", "code")


def role_of(name: str) -> str | None:
    """Return what a column of that name means; None where nobody knows.

    Examples
    --------
    >>> role_of("鸟种"), role_of("样点编号"), role_of("count (ind.)"), role_of("group_id")
    ('name', 'plot', 'count', 'plot')
    """
    return _ROLE_OF.get(plain(name))


def is_scientific(name: str) -> bool:
    """Tell whether a column of that name holds scientific names."""
    return plain(name) in _SCIENTIFIC


def is_of_species(name: str) -> bool:
    """Tell whether a column tells of the species: its family, protection, number in the list."""
    return plain(name) in _OF_SPECIES


def is_total(name: str) -> bool:
    """Tell whether a row or column of that name holds sums of the others."""
    return plain(name) in _TOTALS


def is_summary(name: str) -> bool:
    """Tell whether a row or column of that name holds a mean, a number of species or a part's sum.

    Examples
    --------
    >>> is_summary("种数"), is_summary("雁鸭类小计"), is_summary("小计"), is_summary("白鹭")
    (True, True, False, False)
    """
    words = plain(name)
    return words in _SUMMARIES or (words.endswith(_ENDINGS) and words not in _TOTALS)


def is_note(words: str) -> bool:
    """Tell whether a line below a table is a note and no species."""
    return _NOTE.match(unicodedata.normalize("NFKC", words).casefold()) is not None


def find_roles(names: Iterable[str], told: Mapping[str, str]) -> dict[str, str]:
    """Return role -> column, of the columns that mean something.

    Rule of decision: what a person tells wins, and takes that column from any other role; of two
    columns named after one role the first counts. Beside a column of scientific names (学名) one
    of names (鸟种) is taken for the Chinese names.

    Examples
    --------
    >>> find_roles(["样点", "日期", "中文名", "数量", "天气"], {})
    {'plot': '样点', 'date': '日期', 'name_zh': '中文名', 'count': '数量'}
    >>> find_roles(["鸟种", "学名"], {})
    {'name': '学名', 'name_zh': '鸟种'}
    >>> find_roles(["where", "year", "species", "count"], {"plot": "where"})["plot"]
    'where'
    """
    listed = list(names)
    by_plain = {plain(name): name for name in reversed(listed)}
    exact = set(listed)
    found: dict[str, str] = {}
    for role, wanted in told.items():
        name = wanted if wanted in exact else by_plain.get(plain(wanted))
        if name is not None:
            found[role] = name
    taken = set(found.values())
    scientific = next((name for name in listed if is_scientific(name)), None)
    if scientific is not None and "name" not in found and scientific not in taken:
        found["name"] = scientific
        taken.add(scientific)
        also = next((name for name in listed if role_of(name) == "name" and name not in taken), "")
        if also and "name_zh" not in found and not any(role_of(n) == "name_zh" for n in listed):
            found["name_zh"] = also
            taken.add(also)
    for name in listed:
        named_role = role_of(name)
        if named_role is not None and named_role not in found and name not in taken:
            found[named_role] = name
            taken.add(name)
    return found
