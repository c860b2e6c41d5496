"""Stations and zones beside each other, shares of classes by year, and what others published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import shapely
import streamlit as st

from wetland.base.texts import Text, text
from wetland.charts.compare import BETTER, UNCLEAR, WORSE, Slope, station_slopes
from wetland.charts.look import CLASS_NAMES, letter
from wetland.charts.shares import class_shares
from wetland.maps.escape import esc
from wetland.operations.water import WaterData
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.ui import drawn, language, session, waterdata, waterseries, waterwords
from wetland.ui.language import COMMA, say
from wetland.ui.plain import md
from wetland.ui.watersummary import Summary, has_class, meets_target
from wetland.water.parameters import parameters
from wetland.water.stations import CLASSES, Statement

_TREND = text("是否在好转：各站点趋势", "Is it getting better: trend of each station")
_TREND_NOTE = text(
    "点＝每年变化，线＝95% 区间；区间跨过 0 就看不出趋势。季节性肯德尔检验与 Sen 斜率。",
    "Dot: change per year; line: its 95 % interval. An interval across 0 shows no trend. Seasonal "
    "Kendall test and Sen's slope.",
)
_ALL_STATIONS = text("全部站点合并", "All stations together")
_REGIONAL = text(
    "区域肯德尔检验，站点为区组。", "Regional Kendall test, the stations being its blocks."
)
_PARAMETER = text("指标", "Parameter")
_SHARES = text("各年站点类别比例", "Stations by class, year by year")
_SHARES_NOTE = text(
    "每年各站点年均值的类别；没有类别的站点留白。",
    "Class of each station's yearly means; stations without a class leave a gap.",
)
_ZONES = text("按分区比较（{period}）", "Zone by zone ({period})")
_PUBLISHED = text("公布的说法", "What was published")
_PUBLISHED_NOTE = text(
    "以下是有关方面对整个湿地公布的说法，不是本系统的测量；站点和指标未公布，所以不连成趋势。",
    "Statements that others published about the whole wetland, not measurements of this system. "
    "Their stations and items were not published, so no trend is drawn through them.",
)
_CONFIDENCE = {
    "high": text("可信度高", "high confidence"),
    "medium": text("可信度中", "medium confidence"),
    "low": text("可信度低", "low confidence"),
}
_HEADS: Mapping[str, Text] = {
    "station": text("站点", "Station"),
    "change": text("每年变化", "Change per year"),
    "interval": text("95% 区间", "95 % interval"),
    "p": text("p 值", "p"),
    "n": text("样本数", "n"),
    "word": text("趋势", "Trend"),
    "zone": text("分区", "Zone"),
    "stations": text("站点数", "Stations"),
    "met": text("达标", "Within target"),
    "worst": text("最差类别", "Worst class"),
    "names": text("站点", "Which"),
}
_OUTSIDE = text("分区之外", "outside all zones")
_UNPLACED = text("没有坐标", "without a place")
_NO_TREND = text("没有可算趋势的数据。", "There is nothing to work a trend out from.")


def render(site: Site, held: WaterData, summary: Summary) -> None:
    """Show the comparison of stations, of zones, of years, and the published statements."""
    named = waterwords.labels(held)
    _slopes(held, named)
    left, right = st.columns(2, gap="medium")
    with left:
        _shares(held)
    with right:
        _zones(site, held, summary, named)
    statements(held.statements)


def _slopes(held: WaterData, named: Mapping[str, str]) -> None:
    st.subheader(say(_TREND), anchor=False)
    trends = waterdata.trends(held)
    known = trends[trends["slope_per_year"].notna()]
    there = [code for code in parameters() if code in set(known["parameter"])]
    if not there:
        st.info(say(_NO_TREND))
        return
    first = next((c for c in ("nh3n", "tp", "codmn") if c in there), there[0])
    code = st.selectbox(
        say(_PARAMETER),
        there,
        index=there.index(first),
        format_func=waterwords.parameter_names(there),
        key="water-compare-parameter",
        width=280,
    )
    rows = [r for r in rows_of(known[known["parameter"] == code]) if r["station"] in named]
    slopes = [_slope(r, named[r["station"]], str(code)) for r in rows]
    shown = station_slopes(
        slopes,
        name=waterwords.parameter_text(str(code)),
        unit=waterwords.unit_of(str(code)) or "1",
        lang=language.current(),
    )
    drawn.show(shown, key="water-slopes", name=f"water-trend-{code}")
    _together(held, str(code))
    st.caption(md(f"{say(_TREND_NOTE)} {waterwords.source_words(held)}"))
    _grid([_slope_row(r, named[r["station"]]) for r in rows])


def _together(held: WaterData, code: str) -> None:
    """Say what the stations show taken together."""
    found = waterdata.regional(held)
    for row in rows_of(found[(found["parameter"] == code) & found["slope_per_year"].notna()]):
        said = waterseries.trend_words(row, code, _REGIONAL)
        st.markdown(f"**{say(_ALL_STATIONS)}** {md(said)}")


def _slope(row: Mapping[Any, Any], name: str, code: str) -> Slope:
    return Slope(
        name,
        float(row["slope_per_year"]),
        float(row["lower"]),
        float(row["upper"]),
        float(row["p_value"]),
        int(row["n"]),
        judged(row, code),
    )


def judged(row: Mapping[Any, Any], code: str) -> str:
    """Return whether a trend is for better or worse; of a parameter with a range nobody can tell.

    Examples
    --------
    >>> judged({"slope_per_year": 0.2, "p_value": 0.01}, "do")
    'better'
    """
    way = waterseries.direction(row)
    good = {"max": "down", "min": "up"}.get(parameters()[code].direction)
    if way == "unclear" or good is None:
        return UNCLEAR
    return BETTER if way == good else WORSE


def _slope_row(row: Mapping[Any, Any], name: str) -> dict[str, object]:
    return {
        "station": name,
        "change": f"{row['slope_per_year']:+.3g}",
        "interval": f"{row['lower']:+.3g} – {row['upper']:+.3g}",
        "p": waterseries.p_words(float(row["p_value"])).lstrip("="),
        "n": int(row["n"]),
        "word": say(waterseries.WORDS[waterseries.direction(row)]),
    }


def _shares(held: WaterData) -> None:
    st.subheader(say(_SHARES), anchor=False)
    years = waterdata.classes(waterdata.with_kind(held) or held, "year")
    columns, counts = shares_of(years)
    chart = class_shares(columns, lang=language.current(), counts=counts)
    drawn.show(chart, key="water-shares", name="water-class-shares")
    st.caption(md(f"{say(_SHARES_NOTE)} {waterwords.source_words(held)}"))


def shares_of(years: pd.DataFrame) -> tuple[dict[str, dict[str, float]], dict[str, int]]:
    """Return the share of each class by period, and how many stations each period has."""
    columns: dict[str, dict[str, float]] = {}
    counts: dict[str, int] = {}
    for period, group in sorted(years.groupby("period")):
        found = group["water_class"].value_counts()
        counts[str(period)] = len(group)
        columns[str(period)] = {c: int(found.get(c, 0)) / len(group) for c in CLASSES}
    return columns, counts


def _zones(site: Site, held: WaterData, summary: Summary, named: Mapping[str, str]) -> None:
    st.subheader(say(_ZONES, period=summary.period), anchor=False)
    groups: dict[str, list[str]] = {}
    for station in named:
        for zone in zones_of(site, held, station):
            groups.setdefault(zone, []).append(station)
    rows = []
    for zone, stations in groups.items():
        classed = [r for s in stations if (r := summary.rows.get(s)) is not None and has_class(r)]
        judged_rows = [m for r in classed if (m := meets_target(r)) is not None]
        worst = max((CLASSES.index(r["water_class"]) for r in classed), default=None)
        rows.append(
            {
                "zone": zone,
                "stations": len(stations),
                "met": f"{sum(judged_rows)} / {len(judged_rows)}" if judged_rows else "–",
                "worst": "–" if worst is None else say(CLASS_NAMES[CLASSES[worst]]),
                "names": say(COMMA).join(named[s] for s in stations),
            }
        )
    _grid(rows)


def zones_of(site: Site, held: WaterData, station: str) -> list[str]:
    """Return the names of the zones a station lies in today; inner zones are left to the map."""
    known = held.stations.get(station)
    if known is None or known.lon is None or known.lat is None:
        return [say(_UNPLACED)]
    place = shapely.Point(known.lon, known.lat)
    found = [
        say(zone.name)
        for zone in site.zones.on(session.today())
        if not zone.nested_in and zone.geometry.covers(place)
    ]
    return found or [say(_OUTSIDE)]


def statements(found: Sequence[Statement]) -> None:
    """Show what others published, with year, source and confidence, apart from measurements."""
    if not found:
        return
    st.subheader(say(_PUBLISHED), anchor=False)
    st.caption(say(_PUBLISHED_NOTE))
    lang = language.current()
    lines = []
    for one in sorted(found, key=lambda s: s.year):
        boxes = " ".join(waterwords.badge(c, letter(c, lang)) for c in one.water_class)
        note = f"{one.source} · {say(_CONFIDENCE[one.confidence])}"
        lines.append(
            f'<div class="wl-said"><b>{one.year}</b><span>{boxes}</span>'
            f"<span>{esc(say(one.wording))}<small>{esc(note)}</small></span></div>"
        )
    st.html("".join(lines))


def _grid(rows: Sequence[Mapping[str, object]]) -> None:
    frame = pd.DataFrame(rows)
    st.dataframe(
        frame, hide_index=True, column_config={name: say(_HEADS[name]) for name in frame.columns}
    )
