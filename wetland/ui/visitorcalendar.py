"""Visitors by day (客流): a calendar in colours, and the months beside last year's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.charts.visitorbalance import month_panel
from wetland.charts.visitorcalendar import DayCell, day_calendar
from wetland.charts.visitortiers import OUTCOMES, count_words
from wetland.operations.visitors import VisitorData
from wetland.reports.findings import rows_of
from wetland.ui import language, visitordata, visitorwords
from wetland.ui.language import name_of, say
from wetland.ui.plain import md
from wetland.ui.visitorwords import number

_AREA = text("区域", "Area")
_COLOURS = text("颜色表示", "Colours show")
_BY: Mapping[str, Text] = {
    "number": text("人次", "visits"),
    "tier": text("预警级别", "tiers"),
}
_DAYS = text("每日入园人次", "Visits by day")
_NOTE = text(
    "空白虚框＝没有计数（不是 0）；“休”＝法定节假日，“班”＝调休上班，“≥”＝当日未计完。"
    "指向或点按一格看人次、判断和节日。",
    "White with a dashed edge: not counted (not 0). H: public holiday, W: make-up working day, "
    "≥: not wholly counted. Point at a cell for its numbers.",
)
_LATEST = text("显示最近 {n} 周。", "The latest {n} weeks are shown.")
_BUSIEST = text("最多的十天", "The ten busiest days")
_MONTHS = text("逐月：环比与同比", "By month, with the month before and last year")
_MONTHS_NOTE = text(
    "图上只画完整的月份。不完整的月份与上年同月、上月的相同天数相比；没有计数的月份不补，也不算百分比。",
    "The chart has whole months only. A month that is not complete is compared with the same days; "
    "one nobody counted is not filled in and has no percentage.",
)
_DAY_HEADS: Mapping[str, Text] = {
    "day": text("日期", "Day"),
    "kind": text("日子", "Kind of day"),
    "people": text("人次", "Visits"),
    "share": text("占日承载量", "Of the daily capacity"),
    "outcome": text("判断", "Judged"),
    "reason": text("说明", "Why"),
}
_MONTH_HEADS: Mapping[str, Text] = {
    "period": text("月份", "Month"),
    "value": text("人次", "Visits"),
    "complete": text("是否完整", "Complete"),
    "mom": text("环比", "Month before"),
    "yoy": text("同比", "Last year"),
    "note": text("说明", "Note"),
}
_YES, _NO = text("是", "yes"), text("否", "no")
_NO_DAILY = text(
    "这个区域没有按日的计数，只能按月看。", "Nothing of this area was counted by day: months only."
)
_NO_AREAS = text("场地包没有区域，不能按区域汇总。", "The pack has no areas to add counts up by.")
_PHONE_WEEKS, _WEEKS = 26, 60


def render(held: VisitorData) -> None:
    """Show the calendar of one area, its busiest days, and its months."""
    names = visitorwords.area_names(held.pack)
    if not names or not len(held.counts):
        st.info(say(_NO_AREAS))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        area = st.selectbox(
            say(_AREA), list(names), format_func=name_of(names), key="visitors-area", width=220
        )
        by = st.segmented_control(
            say(_COLOURS), list(_BY), default="number", format_func=name_of(_BY),
            key="visitors-by", required=True,
        )  # fmt: skip
    table = visitordata.calendar(held)
    days = table[(table["area"] == area) & (table["limit"] == "daily")]
    cells = cells_of(held, days)
    if cells:
        _calendar(held, area, cells, by=str(by))
        _busiest(held, days)
    else:
        st.info(say(_NO_DAILY), icon=":material/calendar_month:")
    _months(held, area)


def _calendar(held: VisitorData, area: str, cells: list[DayCell], *, by: str) -> None:
    st.subheader(say(_DAYS), anchor=False)
    weeks = _PHONE_WEEKS if visitorwords.on_a_phone() else _WEEKS
    shown = latest(cells, weeks)
    picture = day_calendar(shown, lang=language.current(), tiers=by == "tier")
    visitorwords.draw(held, picture, key="visitors-calendar", name=f"visitors-by-day-{area}")
    said = [say(_NOTE)]
    said += [say(_LATEST, n=weeks)] if len(shown) < len(cells) else []
    if shown:
        said.append(visitorwords.unknown_years(held, shown[0].day, shown[-1].day))
    st.caption(md(" ".join([*said, visitorwords.source_words(held)])))


def cells_of(held: VisitorData, days: pd.DataFrame) -> list[DayCell]:
    """Return a cell for every day from the first to the last counted, the others between too."""
    known = {row["day"]: row for row in rows_of(days)}
    counted = [day for day, row in known.items() if number(row["people"]) is not None]
    if not counted:
        return []
    first, last = min(counted), max(counted)
    span = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return [_cell(held, day, known.get(day)) for day in span]


def _cell(held: VisitorData, day: dt.date, row: Mapping[str, Any] | None) -> DayCell:
    people = None if row is None else number(row["people"])
    return DayCell(
        day,
        people,
        "" if row is None or people is None else str(row["outcome"]),
        at_least=row is not None and bool(row["at_least"]),
        kind=held.calendar.day(day).kind,
        kind_words=visitorwords.kind_words(held, day),
        note="" if row is None else str(row[f"reason_{language.current()}"] or ""),
    )


def latest(cells: list[DayCell], weeks: int) -> list[DayCell]:
    """Return the cells of the latest weeks, Mondays to Sundays."""
    if not cells:
        return []
    last = cells[-1].day
    monday = last - dt.timedelta(days=last.weekday() + 7 * (weeks - 1))
    return [c for c in cells if c.day >= monday]


def months_between(first: str, last: str) -> list[str]:
    """Return every month from one to another.

    Examples
    --------
    >>> months_between("2025-11", "2026-01")
    ['2025-11', '2025-12', '2026-01']
    """
    ends = [int(m[:4]) * 12 + int(m[5:7]) - 1 for m in (first, last)]
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(ends[0], ends[1] + 1)]


def _busiest(held: VisitorData, days: pd.DataFrame) -> None:
    counted = days[days["people"].notna()]
    top = counted.sort_values(["people", "day"], ascending=[False, True]).head(10)
    rows = []
    for row in rows_of(top):
        share = number(row["share"])
        rows.append(
            {
                "day": str(row["day"]),
                "kind": visitorwords.kind_words(held, row["day"]),
                "people": count_words(number(row["people"])),
                "share": "–" if share is None else f"{share:.0%}",
                "outcome": say(OUTCOMES.get(str(row["outcome"]), OUTCOMES["undecided"])),
                "reason": str(row[f"reason_{language.current()}"] or ""),
            }
        )
    with st.expander(say(_BUSIEST)):
        visitorwords.show_table(rows, _DAY_HEADS, key="visitors-busiest")


def _months(held: VisitorData, area: str) -> None:
    st.subheader(say(_MONTHS), anchor=False)
    table = visitordata.compared(held, area, "month")
    rows = [
        {
            "period": str(row["period"])[:7],
            "value": count_words(number(row["value"])),
            "complete": say(_YES if bool(row["complete"]) else _NO),
            "mom": visitorwords.per_cent(row["mom"]),
            "yoy": visitorwords.per_cent(row["yoy"]),
            "note": "".join(visitorwords.note_words(row)),
        }
        for row in rows_of(table.iloc[::-1])
    ]
    values = {
        str(r["period"])[:7]: float(r["value"]) for r in rows_of(table) if bool(r["complete"])
    }
    if values:
        name = held.name(area)
        picture = month_panel(
            values, months=months_between(min(values), max(values)), name=name,
            lang=language.current(),
        )  # fmt: skip
        visitorwords.draw(held, picture, key="visitors-month-panel", name=f"visitors-month-{area}")
    visitorwords.show_table(rows, _MONTH_HEADS, key="visitors-months")
    st.caption(say(_MONTHS_NOTE))
