"""Words of files of visitors (表头用词): roles of columns, what was counted, totals, holidays."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from wetland.base.texts import Text, text

ROLES: dict[str, Text] = {
    "date": text("日期或时刻", "date or moment"),
    "date_end": text("截止日期", "last day"),
    "time": text("时刻", "time of day"),
    "time_end": text("截止时刻", "time of day it ends"),
    "hour": text("小时", "hour"),
    "year": text("年", "year"),
    "month": text("月", "month"),
    "day": text("日", "day"),
    "period": text("时段类别", "kind of period"),
    "series": text("序列", "series"),
    "place": text("计数处", "place of the count"),
    "gate": text("出入口", "gate"),
    "area": text("区域", "area"),
    "boat": text("游船、码头", "boat or pier"),
    "car_park": text("停车场", "car park"),
    "measure": text("计数内容", "what was counted"),
    "count": text("数量", "count"),
    "capacity": text("泊位数", "bays"),
    "occupied": text("已停车辆", "bays taken"),
    "free": text("空余泊位", "free bays"),
    "counter": text("计数器", "counter"),
    "remarks": text("备注", "remarks"),
    "synthetic": text("合成数据", "invented for exercise"),
}
TIMES = ("date", "date_end", "time", "time_end", "hour", "year", "month", "day", "period")
PLACES = ("series", "gate", "boat", "place", "area")  # the nearer one names the place of a count

_ALIASES: dict[str, tuple[str, ...]] = {
    "date": (
        "date", "day_date", "datetime", "date_time", "timestamp", "moment", "counted_on", "on",
        "start", "start_at", "started_at", "start_date", "start_time", "starttime", "begin", "from",
        "last_updated", "lastupdated", "updated_at", "read_at", "reading_time", "counted_at", "ds",
        "日期", "统计日期", "客流日期", "计数日期", "数据日期", "日期时间", "数据时间", "统计时间",
        "采集时间", "更新时间", "读数时间", "抓拍时间", "开始", "开始日期", "开始时间", "起始日期",
        "起始时间", "起日", "首日", "年月日", "年月", "月份日期", "期间", "日期区间", "时段日期",
    ),
    "date_end": (
        "date_end", "end", "end_at", "ended_at", "end_date", "end_time", "endtime", "to", "until",
        "counted_to", "last_day", "结束", "结束日期", "截止日期", "结束时间", "截止时间",
        "终止日期", "止日", "末日",
    ),
    "time": ("time", "time_of_day", "clock", "时刻", "时间", "时间段", "时段", "统计时段",
             "time_slot", "slot", "interval"),
    "time_end": ("time_end", "时刻止", "结束时刻", "截止时刻", "止时"),
    "hour": ("hour", "hr", "hh", "小时", "时", "钟点", "点"),
    "year": ("year", "yyyy", "年", "年份", "年度"),
    "month": ("month", "mm", "月", "月份"),
    "day": ("day", "dd", "日", "日数"),
    "period": ("period", "freq", "frequency", "granularity", "粒度", "统计口径", "周期", "时段类别",
               "统计周期"),
    "series": ("series",),
    "place": ("place", "site_name", "location", "where", "park", "point", "spot", "name",
              "计数处", "地点", "点位", "位置", "监测点", "卡口", "景点", "计数点", "统计点",
              "园区"),
    "gate": ("gate", "entrance", "gate_id", "gate_name", "entry_gate", "入口", "大门", "门",
             "出入口", "园门", "检票口", "闸口", "入园口", "门区", "口门"),
    "area": ("area", "zone", "district", "area_id", "area_name", "region", "section", "区域",
             "景区", "片区", "分区", "区块", "景区名称", "区域名称"),
    "boat": ("boat", "pier", "dock", "fleet", "jetty", "wharf", "码头", "游船", "船", "船队",
             "船型", "线路", "航线"),
    "car_park": (
        "car_park", "carpark", "parking", "parking_lot", "lot", "systemcodenumber", "car_park_id",
        "car_park_name", "parking_id", "parking_name", "停车场", "停车场名称", "停车场编号", "车场",
        "停车点", "停车场库", "车库",
    ),
    "measure": ("measure", "metric", "variable", "kind", "type", "direction", "item", "计数内容",
                "指标", "类别", "类型", "方向", "项目", "统计项", "进出", "出入"),
    "count": (
        "count", "counts", "value", "number", "n", "y", "visits", "visitors", "visitor", "nps",
        "people", "pax", "total_visits", "volume", "flow", "footfall", "persons", "headcount",
        "数量", "人次", "人数", "客流", "客流量", "游客量", "游客数", "游客人数", "游客人次",
        "数值", "读数", "值", "计数", "流量", "接待量", "接待人数", "接待人次", "人流量", "数",
    ),
    "capacity": ("capacity", "bays", "spaces", "total_spaces", "泊位数", "总泊位", "车位数",
                 "总车位", "总车位数", "泊位", "总泊位数", "车位总数", "泊位总数", "容量"),
    "occupied": ("occupied", "occupancy", "taken", "used", "parked", "已停", "已停车辆", "在停",
                 "在停车辆", "占用", "已占", "停放数", "停车数", "已用车位", "占用车位",
                 "在场车辆"),
    "free": ("free", "available", "vacant", "free_spaces", "available_spaces", "空位", "空位数",
             "余位", "剩余车位", "剩余泊位", "空余车位", "空余泊位", "可用车位", "空车位", "剩余",
             "余位数", "剩余车位数"),
    "counter": ("counter", "counter_id", "device", "sensor", "camera", "lane", "channel", "计数器",
                "设备", "设备编号", "摄像机", "摄像头", "通道", "闸机", "闸机编号"),
    "remarks": ("remarks", "remark", "note", "notes", "comment", "comments", "备注", "说明",
                "附注"),
    "synthetic": ("synthetic", "合成", "合成数据", "示例数据"),
}  # fmt: skip
_MEASURE_WORDS: dict[str, tuple[str, ...]] = {
    "entries": ("entries", "entry", "entered", "entering", "in", "ins", "inbound", "enter",
                "arrivals", "admissions", "入园", "进园", "入", "进", "入口人次", "入园人次",
                "入园人数", "进园人数", "进园人次", "进入", "入场", "入场人数", "入园量",
                "入园客流", "进人数", "入人数", "进入人次", "进入人数", "检票", "检票人数",
                "visits", "visitors", "接待人次", "游客人次", "客流", "客流量", "人次"),
    "exits": ("exits", "exit", "out", "outs", "outbound", "left", "leaving", "departures", "出园",
              "出", "离园", "出园人次", "出园人数", "离园人次", "离园人数", "离开", "出场",
              "出场人数", "出人数", "出园量", "离园客流", "离开人次"),
    "present": ("present", "inside", "on_site", "onsite", "people_present", "instantaneous",
                "in_park", "current", "在园", "在园人数", "在场", "在场人数", "瞬时", "瞬时客流",
                "瞬时人数", "实时", "实时在园", "实时客流", "实时人数", "滞留", "在园量",
                "实时在园人数", "在园游客", "瞬时在园人数", "在园客流", "瞬时在园",
                "瞬时在园游客", "日最大瞬时", "高峰在园"),
    "boats": ("boats", "boat_trips", "trips", "departures_of_boats", "sailings", "艘次", "出船",
              "出船艘次", "航次", "出航", "班次", "发船", "发船艘次", "船次", "出航艘次"),
    "passengers": ("passengers", "boat_passengers", "riders", "乘船", "乘船人次", "乘船人数",
                   "乘客", "游船人次", "游船人数", "登船", "登船人次", "乘客人数", "船客"),
}  # fmt: skip
_TOTALS = ("合计", "总计", "小计", "共计", "累计合计", "总人次", "本月合计", "月合计", "全天合计",
           "日合计", "本日合计", "全园合计", "total", "totals", "sum", "subtotal", "grandtotal",
           "平均", "均值", "日均", "average", "mean", "avg", "本周合计", "周合计", "最大",
           "最大值", "最小", "最小值", "max", "min", "总和", "总数")  # fmt: skip
_MEANS = ("平均", "均值", "日均", "average", "mean", "avg", "最大", "最大值", "最小", "最小值",
          "max", "min")  # fmt: skip
# Columns beside counts that hold none.
_OTHERS = ("序号", "编号", "no", "id", "index", "星期", "周几", "weekday", "dayofweek", "week",
           "天气", "天气状况", "weather", "气温", "温度", "最高气温", "最低气温", "temperature",
           "temp", "降水", "降雨", "降雨量", "降水量", "rain", "precipitation", "风力", "风速",
           "风向", "wind", "湿度", "humidity", "节假日", "节日", "假日", "holiday", "event",
           "活动", "值班", "值班人", "填表人", "填报人", "负责人", "记录人", "统计人",
           "审核", "审核人", "票价", "收入", "金额", "门票收入", "营业额", "revenue", "income",
           "ticket", "pud", "同比",
           "环比", "增幅", "占比", "比例", "yoy", "mom", "share", "percent", "负荷率", "承载率",
           "最大承载量", "承载量", "核定承载量", "瞬时承载量", "日承载量",
           "lon", "lat", "经度", "纬度", "flag", "flags", "content", "source_id", "source_row",
           "count_id", "reading_id", "site", "place_kind", "value_received", "extra")  # fmt: skip
_CUMULATIVE = re.compile(r"累计|累积|cumulative|cum\b|running|odometer", re.IGNORECASE)
_OF_DAY = re.compile(r"当日|今日|本日|日累|当天|today|daily|day", re.IGNORECASE)
_GATE = re.compile(r"门$|口$|入口|大门|检票|闸|gate|entrance", re.IGNORECASE)
_BOAT = re.compile(r"码头|游船|船|pier|dock|boat|jetty|wharf", re.IGNORECASE)
_SPAN = re.compile(r"周|黄金周|假期|小长假|长假|合计|week|holiday|total", re.IGNORECASE)
_NOISE = re.compile(r"[\s_\-./:*#]+")
_BRACKETS = re.compile(r"[(\[【<][^()\[\]【】<>]*[)\]】>]")
LONGEST_NAME = 120


@lru_cache(maxsize=1 << 14)
def plain(name: str) -> str:
    """Return a word without what does not matter: case, width, spaces, signs, units in brackets.

    Examples
    --------
    >>> plain("Last_Updated"), plain("入园（人次）"), plain("（人次）")
    ('lastupdated', '入园', '(人次)')
    """
    words = unicodedata.normalize("NFKC", name[:LONGEST_NAME]).casefold()
    return _NOISE.sub("", _BRACKETS.sub("", words)) or _NOISE.sub("", words)


_ROLE_OF = {plain(n): role for role, names in reversed(_ALIASES.items()) for n in names}
_MEASURE_OF = {plain(n): m for m, names in reversed(_MEASURE_WORDS.items()) for n in names}
_TOTAL_WORDS = frozenset(map(plain, _TOTALS))
_MEAN_WORDS = frozenset(map(plain, _MEANS))
_OTHER_WORDS = frozenset(map(plain, _OTHERS))
# Longest first, so that 在园 is not taken for 园.
_INNER = sorted(((n, m) for n, m in _MEASURE_OF.items() if len(n) > 1 and not n.isascii()),
                key=lambda pair: -len(pair[0]))  # fmt: skip


def role_of(name: str) -> str | None:
    """Return what a column of that name means; None where nobody knows.

    Examples
    --------
    >>> role_of("SystemCodeNumber"), role_of("入口"), role_of("累计读数"), role_of("天气")
    ('car_park', 'gate', 'count', None)
    """
    found = _ROLE_OF.get(plain(name))
    if found is not None or _CUMULATIVE.search(name) is None:
        return found
    bare = plain(_OF_DAY.sub("", _CUMULATIVE.sub("", name)))
    return "count" if not bare or _ROLE_OF.get(bare) == "count" else None


def is_other(name: str) -> bool:
    """Tell whether a column of that name stands beside counts and holds none."""
    return plain(name) in _OTHER_WORDS


def measure_of(word: str) -> str | None:
    """Return the measure a word names as a whole, cumulative or not; None where it names none.

    Examples
    --------
    >>> measure_of("入园人数"), measure_of("累计出园"), measure_of("OUT"), measure_of("东门")
    ('entries', 'exits', 'exits', None)
    """
    bare = plain(_CUMULATIVE.sub("", word))
    bare = _OF_DAY.sub("", bare) if bare not in _MEASURE_OF else bare
    return _MEASURE_OF.get(bare)


def parted(word: str) -> tuple[str, str | None]:
    """Part a header into place and measure (东门入园, East gate - exits).

    Examples
    --------
    >>> parted("东门入园人次"), parted("East gate - exits"), parted("东门"), parted("出入口")
    (('东门', 'entries'), ('East gate', 'exits'), ('东门', None), ('出入口', None))
    """
    words = " ".join(unicodedata.normalize("NFKC", word).split())
    bare = _BRACKETS.sub("", words).strip() or words
    for inner, measure in _INNER:
        if bare.casefold().endswith(inner) and len(bare) > len(inner):
            return _CUMULATIVE.sub("", bare[: -len(inner)]).strip(" -_·:/"), measure
    found = re.match(r"(.+?)[\s\-_·:/]+([A-Za-z ]+)$", bare)
    if found and plain(found[2]) in _MEASURE_OF:
        return found[1].strip(), _MEASURE_OF[plain(found[2])]
    bracket = re.search(r"[(\[【]([^()\[\]【】]+)[)\]】]\s*$", words)
    if bracket and plain(bracket[1]) in _MEASURE_OF:
        return bare, _MEASURE_OF[plain(bracket[1])]
    return bare, None


def cumulative_of(word: str) -> str | None:
    """Return ``ever`` or ``day`` where a header says that its numbers add up; None else.

    Examples
    --------
    >>> cumulative_of("累计入园"), cumulative_of("当日累计入园"), cumulative_of("入园")
    ('ever', 'day', None)
    """
    if _CUMULATIVE.search(word) is None:
        return None
    return "day" if _OF_DAY.search(word) else "ever"


def is_total(word: str) -> bool:
    """Tell whether a row or column of that name sums up the others (or averages them)."""
    return plain(word) in _TOTAL_WORDS


def is_mean(word: str) -> bool:
    """Tell whether a row or column of that name holds a mean or an extreme, which is no sum."""
    return plain(word) in _MEAN_WORDS


def says_span(word: str) -> bool:
    """Tell whether a word speaks of several days (a week, a holiday, a total)."""
    return _SPAN.search(word) is not None


def kind_of_place(word: str) -> str | None:
    """Return the kind of place a name tells of; None where it tells of none."""
    if _BOAT.search(word):
        return "boat"
    return "gate" if _GATE.search(word) else None


def roles_of(names: Iterable[str], told: Mapping[str, str]) -> dict[str, int]:
    """Return role -> position of its column; what a person tells wins, then the first of a role.

    Examples
    --------
    >>> roles_of(["日期", "入口", "人次", "备注"], {})
    {'date': 0, 'gate': 1, 'count': 2, 'remarks': 3}
    """
    listed = list(names)
    exact = {name: at for at, name in reversed(list(enumerate(listed)))}
    by_plain = {plain(name): at for at, name in reversed(list(enumerate(listed))) if name}
    found: dict[str, int] = {}
    for role, wanted in told.items():
        at = exact.get(wanted, by_plain.get(plain(wanted)))
        if at is not None:
            found[role] = at
    taken = set(found.values())
    for at, name in enumerate(listed):
        known = role_of(name) if name and at not in taken else None
        if known is not None and known not in found:
            found[known] = at
            taken.add(at)
    return found
