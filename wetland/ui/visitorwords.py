"""Words about visitors that several parts of the page use: limits, days, changes, sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.charts.drawing import Drawing, labelled
from wetland.charts.visitortiers import count_words
from wetland.operations.visitors import VisitorData
from wetland.ui import drawn
from wetland.ui.language import COMMA, current, say
from wetland.visitors.calendar import KINDS
from wetland.visitors.pack import Area, VisitorPack

SYNTHETIC = text(
    "**合成数据**：下列客流和停车数据是为演示虚构的，不是实测；标“示例”的入口、码头、停车场也是虚构的。",
    "**Synthetic data**: these visitors and car parks are invented for exercise, not counted; "
    "gates, piers and car parks called “example” are invented too.",
)
INVENTED = text("合成数据，供演练", "Synthetic data, for exercise")
LIMITS: Mapping[str, Text] = {
    "daily": text("日承载量", "daily capacity"),
    "instantaneous": text("瞬时承载量", "capacity at once"),
}
_SOURCES = text("来源：{s}", "source: {s}")
_ROWS = text("{n} 条计数", "{n} counts")
_UNTIL = text("数据 {a} 至 {b}", "data {a} to {b}")
_FAILED = text("{n} 条未通过检验，未采用", "{n} failed their tests and are not used")
_PREVIOUS = text("环比 {p}", "against the period before {p}")
_LAST_YEAR = text("同比 {p}", "against last year {p}")
_NO_BASE = text("没有可比的数", "nothing to compare with")
_UNKNOWN_YEAR = text(
    "{years} 年的节假日未知，按星期判断。",
    "The public holidays of {years} are not known: days go by their weekday.",
)


def missing(value: object) -> bool:
    """Tell whether a cell holds nothing."""
    return value is None or value != value or str(value) == "NaT"


def number(value: Any) -> float | None:  # noqa: ANN401 - a cell of a frame
    """Return a cell as a number, None where it holds nothing."""
    return None if missing(value) else float(value)


def synthetic_banner(synthetic: bool) -> None:
    """Say above everything else that the data are invented, where any of them is."""
    if synthetic:
        with st.container(key="banner-synthetic"):
            st.markdown(f":material/science: {say(SYNTHETIC)}")


def draw(held: VisitorData, picture: Drawing, *, key: str, name: str) -> None:
    """Show a chart of visitors; where any of them are invented, the chart and its file say so."""
    if held.synthetic:
        picture = labelled(picture, say(INVENTED))
    drawn.show(picture, key=key, name=name)


def whole_area(pack: VisitorPack) -> Area | None:
    """Return the first area that is part of no other."""
    return next((a for a in pack.areas if a.parent is None), None)


def area_names(pack: VisitorPack) -> dict[str, Text]:
    """Return what the areas of a pack are called, by id."""
    return {area.id: area.name for area in pack.areas}


def source_words(held: VisitorData) -> str:
    """Return where the counts come from, how many they are and how far they reach."""
    files = [str(v) for v in dict.fromkeys(held.sources["file"].dropna())]
    said = [say(_SOURCES, s=say(COMMA).join(files[:3]) or "–")]
    said.append(say(_ROWS, n=count_words(len(held.counts))))
    if held.first_day is not None:
        said.append(say(_UNTIL, a=held.first_day, b=held.last_day))
    failed = int((held.counts["flag"] == "fail").sum())
    said += [say(_FAILED, n=failed)] if failed else []
    return " · ".join(said)


def change_words(row: Mapping[str, Any] | None) -> str:
    """Return how a figure compares with the period before and the year before, with its note."""
    if row is None:
        return say(_NO_BASE)
    said = [say(_PREVIOUS, p=per_cent(row["mom"])), say(_LAST_YEAR, p=per_cent(row["yoy"]))]
    return " · ".join([*said, *note_words(row)])


def note_words(row: Mapping[str, Any]) -> list[str]:
    """Return the note of a compared figure, as a list that is empty without one."""
    note = row[f"note_{current()}"]
    return [] if missing(note) else [str(note)]


def per_cent(value: object) -> str:
    """Return a change in per cent with its sign; a dash where there is none."""
    change = number(value)
    return "–" if change is None else f"{change:+.1f}%"


def kind_words(held: VisitorData, day: dt.date) -> str:
    """Return what a day is: working day, weekend, the holiday it belongs to, events."""
    known = held.calendar.day(day)
    told = held.calendar.holidays.get(day)
    said = [say(KINDS[known.kind])]
    if told is not None:
        said.append(say(told.name))
    said += [say(e.name) for e in held.pack.events if e.holds_on(day)]
    return " · ".join(said)


def unknown_years(held: VisitorData, first: dt.date, last: dt.date) -> str:
    """Return which years' holidays are not known, in words; empty where all are."""
    years = held.calendar.unknown_years(first, last)
    return say(_UNKNOWN_YEAR, years=say(COMMA).join(map(str, years))) if years else ""


def source_of(held: VisitorData, area: str, limit: str, day: dt.date) -> str:
    """Return the published figure an area's load is judged by, with its source."""
    for one in held.pack.capacities:
        if (one.area, one.limit) == (area, limit) and one.judged and one.holds_on(day):
            return f"{say(one.wording)} · {one.source}"
    return ""


def on_a_phone() -> bool:
    """Tell whether the browser says it is a phone's."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def show_table(
    rows: Sequence[Mapping[str, Any]], heads: Mapping[str, Text], *, key: str, tallest: int = 340
) -> None:
    """Show rows as a table that is as tall as they are, up to ``tallest`` pixels."""
    st.dataframe(
        pd.DataFrame(rows, columns=list(heads)),
        hide_index=True,
        height=min(38 + 35 * max(len(rows), 1), tallest),
        column_config={name: say(head) for name, head in heads.items()},
        key=key,
    )
