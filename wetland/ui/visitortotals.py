"""Totals (累计): what was published, point by point, and the park's own sum of the days counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import streamlit as st

from wetland.base.texts import Text, text
from wetland.charts.visitortiers import large_words
from wetland.charts.visitortotals import PublishedTotal, counted_sum, published_totals
from wetland.maps.escape import esc
from wetland.operations.visitors import VisitorData
from wetland.reports.findings import rows_of
from wetland.ui import drawn, language, visitordata, visitorwords
from wetland.ui.language import say
from wetland.ui.plain import md
from wetland.ui.visitorwords import number
from wetland.visitors.pack import VisitStatement

_TITLE = text("公布的累计人次", "Published totals of visits")
_NOTE = text(
    "别人公布的“开园以来”人次，来源与口径各不相同；点与点之间没有数据，不连线、不内插，也不算增速。",
    "What others published as visits since the opening, of different sources. Nothing is known "
    "between the points: no line, nothing filled in, no rate.",
)
_SOURCES = text("来源与原话", "Sources and wording")
_OTHERS = text("其他公布的人次（年、日、多日合计）", "Other published numbers (years, days, spans)")
_SPAN_NOTE = text(
    "多日合计（黄金周、清明三天）只列出，不与日承载量比较。",
    "Totals of several days are listed only: they are never compared with a daily capacity.",
)
_KINDS: Mapping[str, Text] = {
    "cumulative": text("开园以来", "since the opening"),
    "year": text("全年", "a year"),
    "day": text("一天", "a day"),
    "span": text("多日合计", "several days"),
}
_CONFIDENCE: Mapping[str, Text] = {
    "high": text("可信度高", "high confidence"),
    "medium": text("可信度中", "medium confidence"),
    "low": text("可信度低", "low confidence"),
}
_OWN = text("本园按日计数的累计（{area}）", "The park's own count, summed ({area})")
_OWN_NOTE = text(
    "只加已计数的人次；没有计数的日子线断开、不补数，未计完的日子只加已计的部分，因此合计偏少，"
    "不能与上面公布的数相接。",
    "Only what was counted is added. The line breaks where nobody counted and nothing is put in: "
    "the sum is too low, and does not continue the published totals above.",
)
_NONE = text("没有公布的人次。", "No numbers of visits were published.")


def render(statements: Sequence[VisitStatement], held: VisitorData | None) -> None:
    """Show the published totals with their sources, and the park's own sum apart from them."""
    if not statements:
        st.caption(say(_NONE))
    else:
        _published(statements)
    if held is not None:
        _own(held)


def _published(statements: Sequence[VisitStatement]) -> None:
    totals = [s for s in statements if s.kind == "cumulative" and s.area is None]
    others = [s for s in statements if s not in totals]
    st.subheader(say(_TITLE), anchor=False)
    st.caption(say(_NOTE))
    points = [
        PublishedTotal(
            s.last_on, s.visits, say(s.wording), s.source, s.confidence, s.at_least, s.about
        )
        for s in totals
    ]
    picture = published_totals(points, lang=language.current())
    drawn.show(picture, key="visitors-totals", name="visits-published")
    with st.expander(say(_SOURCES)):
        st.html("".join(_line(s) for s in sorted(totals, key=lambda s: s.last_on)))
    if others:
        st.markdown(f"**{say(_OTHERS)}**")
        st.html("".join(_line(s) for s in sorted(others, key=lambda s: s.last_on)))
        st.caption(say(_SPAN_NOTE))


def _line(s: VisitStatement) -> str:
    sign = "≥" if s.at_least else "≈" if s.about else ""
    note = f"{say(_KINDS[s.kind])} · {s.source} · {say(_CONFIDENCE[s.confidence])}"
    return (
        f'<div class="wl-said"><b>{s.last_on.year}</b>'
        f"<span>{sign}{large_words(s.visits, language.current())}</span>"
        f"<span>{esc(say(s.wording))}<small>{esc(note)}</small></span></div>"
    )


def _own(held: VisitorData) -> None:
    area = visitorwords.whole_area(held.pack)
    if area is None or not len(held.counts):
        return
    days = own_days(held, area.id)
    if not days:
        return
    picture = counted_sum(days, lang=language.current())
    st.subheader(say(_OWN, area=say(area.name)), anchor=False)
    visitorwords.draw(held, picture, key="visitors-own", name="visits-counted")
    st.caption(md(f"{say(_OWN_NOTE)} {visitorwords.source_words(held)}"))


def own_days(held: VisitorData, area: str) -> list[tuple[dt.date, float | None]]:
    """Return every day from the first counted to the last, None where an area was not counted."""
    table = visitordata.calendar(held)
    days = table[(table["area"] == area) & (table["limit"] == "daily")]
    told = {row["day"]: number(row["people"]) for row in rows_of(days)}
    known = {day: people for day, people in told.items() if people is not None}
    if not known:
        return []
    first, last = min(known), max(known)
    span = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return [(day, known.get(day)) for day in span]
