"""The sentences of parking guidance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from wetland.base.texts import Text, text
from wetland.visitors.calendar import Calendar
from wetland.visitors.parkingrows import ParkRow

LIKELY, UNLIKELY = 0.8, 0.5
_LATE_MIN = 60.0

WORDS: dict[str, Text] = {
    "no_gates": text("场地包中没有出入口", "the site pack has no gates"),
    "unknown_gate": text(
        "没有出入口 {gate}；可用：{gates}", "there is no gate {gate}; there are: {gates}"
    ),
    "near_gate": text("是否指 {gate}？", "did you mean {gate}?"),
    "no_zone": text("时刻须带时区", "times need their zone"),
    "before_now": text(
        "到达时刻 {at} 早于询问时刻 {now}", "the arrival {at} is before the time of asking {now}"
    ),
}
_FREE = text("{when}余 {n} 位（共 {bays} 位）", "{n} of {bays} bays free{when}")
_WHEN = text("{at} ", " at {at}")
_CHANCE = text("到达时有空位的可能约 {p}", "chance of a free bay on arrival about {p}")
_WALK = text("步行约 {m} 分钟", "about {m} min on foot")
_SEARCH = text("找车位约 {m} 分钟", "about {m} min to find a bay")
_PROBABLY_FULL = text("到达时多半已满", "probably full on arrival")
_TIGHT = text("车位紧张", "bays are scarce")
_CLOSED = text("到达当日关闭", "closed on the day of arrival")
_STALE = text("数据已过时（最后读数 {at}）", "out of date (last reading {at})")
_NO_DATA = text("没有读数", "no readings")
_NO_BAYS = text("泊位总数未知", "the number of bays is not known")
_ASIDE = text("更新的读数未通过检验，未采用", "a later reading failed its tests and is not used")
_NO_CHANCE = text(
    "以往同一时刻的读数太少，无法估计到达时有无空位",
    "too few past readings at that time of day to tell the chance of a free bay",
)
_GO = text("请改去{name}", "go to {name} instead")
_NOWHERE = text("暂无可推荐的其他停车场", "no other car park can be recommended now")

_SOURCE = text(
    "有空位的可能由以往各日同一时刻之间的变化（历史够长时结合短时预测）推算；找车位的时间含找不到"
    "而改去别处的代价，按本项目选定的参数估算，不是实测",
    "chances come from how past days went on between these times of day (with enough of them,"
    " together with a forecast of half hours); minutes of searching hold the cost of going on to"
    " another one, and rest on choices of this project, not on measurements",
)
_LEAD = text(
    "最新读数距到达 {h} 小时，越早询问越不确定",
    "arrival is {h} hours after the newest reading: the earlier one asks, the less is sure",
)
GATE_CLOSED = text("该出入口所在区域当日关闭", "the area of this gate is closed on that day")
_NO_WALK = text(
    "{n} 个停车场到该出入口的步行时间未知，只按找车位的时间排在其后",
    "minutes on foot to this gate are not known for {n} car parks: they are ranked after the"
    " others, by searching only",
)
_YEAR = text(
    "{year} 年的节假日安排未知，只按星期判断",
    "the holidays of {year} are not known: the day is judged by its weekday only",
)
_NOTHING = text("没有停车场读数", "there are no readings of car parks")
_SYNTHETIC = text("含合成（示例）数据", "some of this is synthetic (an example)")


def clock_words(at: dt.datetime) -> str:
    """Return a time with its day, by the clock it is told in."""
    return at.strftime("%m-%d %H:%M")


def _percent(chance: float) -> str:
    """Return a chance in words of whole per cent that never claims to be certain."""
    return f"{min(max(round(100 * chance), 1), 99)} %"


def advice_of(row: ParkRow, onward: Text | None, *, set_aside: bool) -> Text:
    """Return what a driver is told of a car park, and where to go else if that is better."""
    parts = _state(row)
    if set_aside:
        parts.append(_ASIDE)
    likely = row.probability_free
    if row.diverted or (likely is not None and likely < UNLIKELY):
        parts.append(_GO.fill(name=onward) if onward else _NOWHERE)
    return Text(
        zh="，".join(part.zh.strip() for part in parts),
        en=", ".join(part.en.strip() for part in parts),
    )


def _state(row: ParkRow) -> list[Text]:
    if row.closed:
        return [_CLOSED]
    if not row.stale and row.free is None:
        return [_NO_BAYS]
    if row.stale:
        at = row.read_at
        return [_NO_DATA if at is None else _STALE.fill(at=clock_words(at))]
    when = "" if row.read_at is None else _WHEN.fill(at=clock_words(row.read_at))
    parts = [_FREE.fill(n=row.free, bays=row.bays, when=when)]
    likely = row.probability_free
    if likely is None:
        parts.append(_NO_CHANCE)
    else:
        parts.append(_CHANCE.fill(p=_percent(likely)))
        if likely < UNLIKELY:
            parts.append(_PROBABLY_FULL)
        elif likely < LIKELY:
            parts.append(_TIGHT)
    if row.walk_min is not None:
        parts.append(_WALK.fill(m=max(1, round(row.walk_min))))
    if row.search_min is not None and (likely is None or likely >= UNLIKELY):
        parts.append(_SEARCH.fill(m=max(1, round(row.search_min))))
    return parts


def notes_of(
    rows: Sequence[ParkRow], *, lead_min: float, calendar: Calendar, day: dt.date
) -> tuple[Text, ...]:
    """Return what a reader of the whole answer has to know."""
    notes = [_SOURCE] if rows else [_NOTHING]
    if lead_min > _LATE_MIN:
        notes.append(_LEAD.fill(h=f"{lead_min / 60:.1f}"))
    no_walk = sum(row.walk_min is None for row in rows)
    if no_walk:
        notes.append(_NO_WALK.fill(n=no_walk))
    if calendar.unknown_years(day, day):
        notes.append(_YEAR.fill(year=day.year))
    if any(row.synthetic for row in rows):
        notes.append(_SYNTHETIC)
    return tuple(notes)
