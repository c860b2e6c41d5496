"""One parameter of a station in time: results, limits, trend with its interval, forecast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.charts.series import Ahead, Dot, Line, parameter_series
from wetland.charts.shares import class_shares
from wetland.operations.water import WaterData
from wetland.reports.findings import rows_of
from wetland.ui import drawn, language, waterdata, waterwords
from wetland.ui.language import say
from wetland.ui.plain import md
from wetland.water.parameters import parameters
from wetland.water.results import usable
from wetland.water.standards import standard_on
from wetland.water.stations import CLASSES

ALPHA = 0.05
_TITLE = text("指标变化", "A parameter in time")
_PARAMETER = text("指标", "Parameter")
_TREND = text(
    "{word}：每年 {slope:+.3g} {unit}（{lower:+.3g} 至 {upper:+.3g}），p{p}，n={n}。{method}",
    "{word}: {slope:+.3g} {unit} per year ({lower:+.3g} to {upper:+.3g}), p{p}, n={n}. {method}",
)
_METHOD = text(
    "季节性肯德尔检验、Sen 斜率及 95% 区间；阴影是斜率的区间，不是单个值的。",
    "Seasonal Kendall test, Sen's slope with its 95 % interval; the shade is the interval of the "
    "slope, not of single values.",
)
WORDS: Mapping[str, Text] = {
    "up": text("上升", "rising"),
    "down": text("下降", "falling"),
    "unclear": text("看不出趋势", "no trend shown"),
}
_NO_TREND = text("数据太少，不算趋势。", "Too few data for a trend.")
_MARKS = text(
    "实心＝检出；向下空心三角＝未检出，画在检出限处；红圈＝存疑。",
    "Filled: detected. Hollow triangle pointing down: not detected, at its limit. Red: suspect.",
)
_AHEAD = text("预测未来 12 个月", "Forecast the next 12 months")
_AHEAD_HELP = text(
    "只有在滚动检验中胜过“与上年同月相同”的指标才显示预测。",
    "A forecast is shown only where it beats “as in the same month last year” in a rolling test.",
)
_WORKING = text("正在逐月检验预测…", "Testing forecasts month by month…")
_NOT_SHOWN = text("不显示预测：{why}。", "No forecast is shown: {why}.")
_SHOWN = text("{model}。{reason}。", "{model}. {reason}.")
_CHANGED = text(
    "变点约在 {when}（Pettitt 检验 p{p}）：之前中位数 {before:.3g}，之后 {after:.3g} {unit}。",
    "A change of level about {when} (Pettitt test, p{p}): median {before:.3g} before, {after:.3g} "
    "{unit} after.",
)
_CLASS_AHEAD = text("类别概率（未来各月）", "Chances of each class in the months ahead")


def render(held: WaterData, station: str) -> None:
    """Show the choice of a parameter and its series."""
    results = usable(held.results)
    mine = results[results["station"] == station]
    there = [code for code in parameters() if code in set(mine["parameter"])]
    there += sorted(set(mine["parameter"]) - set(there))
    if not there:
        return
    st.subheader(say(_TITLE), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code = st.selectbox(
            say(_PARAMETER),
            there,
            index=_first(held, station, there),
            format_func=waterwords.parameter_names(there),
            key=f"water-parameter-{station}",
            width=280,
        )
        ahead = st.toggle(say(_AHEAD), key="water-ahead", help=say(_AHEAD_HELP))
    dots = dots_of(mine[mine["parameter"] == code])
    if ahead:
        _with_forecast(held, station, str(code), dots)
    else:
        _with_trend(held, station, str(code), dots)


def _first(held: WaterData, station: str, there: list[str]) -> int:
    """Return the parameter shown first: what sets the latest class of the station."""
    if station not in held.stations:
        return 0
    classes = waterdata.classes(waterdata.with_kind(held) or held, "month")
    mine = classes[(classes["station"] == station) & classes["water_class"].notna()]
    if not len(mine):
        return 0
    last = mine.sort_values("period").iloc[-1]
    return next((there.index(code) for code in last["deciding"] if code in there), 0)


def dots_of(rows: pd.DataFrame) -> list[Dot]:
    """Return results to draw; those without any number are left out."""
    return [
        Dot(_day(r["sampled_on"]), float(r["value"]), str(r["censoring"]), r["flag"] == "suspect")
        for r in rows_of(rows)
        if not waterwords.missing(r["value"])
    ]


def _day(value: Any) -> dt.date:  # noqa: ANN401 - a day as the frame has it
    return pd.Timestamp(value).date()


def limits(held: WaterData, station: str, code: str) -> dict[str, float]:
    """Return the limits of classes I to V of a parameter at a station; empty where it has none."""
    known = held.stations.get(station)
    found = standard_on().limits.get(code)
    if known is None or found is None:
        return {}
    of = found.of(known.water_body)
    return {key: float(value) for key, value in zip(CLASSES, of, strict=False)}


def _with_trend(held: WaterData, station: str, code: str, dots: list[Dot]) -> None:
    trends = waterdata.trends(held)
    found = trends[(trends["station"] == station) & (trends["parameter"] == code)]
    row = rows_of(found)[0] if len(found) else None
    known = row is not None and not any(
        waterwords.missing(row[c]) for c in ("slope_per_year", "lower", "upper", "p_value")
    )
    line = None
    if known and row is not None:
        line = Line(float(row["slope_per_year"]), float(row["lower"]), float(row["upper"]))
    shown = parameter_series(
        dots,
        name=waterwords.parameter_text(code),
        unit=waterwords.unit_of(code),
        lang=language.current(),
        limits=limits(held, station, code),
        extra=line,
    )
    drawn.show(shown, key="water-series", name=f"water-{code}-{station}")
    st.markdown(md(trend_words(row, code) if known and row is not None else say(_NO_TREND)))
    st.caption(md(f"{say(_MARKS)} {waterwords.source_words(held, [station])}"))


def trend_words(row: Mapping[Any, Any], code: str, method: Text | None = None) -> str:
    """Return a trend in one sentence: direction, size, interval, p, n, method."""
    said = say(
        _TREND,
        word=WORDS[direction(row)],
        slope=float(row["slope_per_year"]),
        lower=float(row["lower"]),
        upper=float(row["upper"]),
        unit=waterwords.unit_of(code),
        p=p_words(float(row["p_value"])),
        n=int(row["n"]),
        method=method or _METHOD,
    )
    if method is not None or waterwords.missing(row["change_point"]) or row["change_p"] >= ALPHA:
        return said
    changed = say(
        _CHANGED,
        when=month_of(float(row["change_point"])),
        p=p_words(float(row["change_p"])),
        before=float(row["before"]),
        after=float(row["after"]),
        unit=waterwords.unit_of(code),
    )
    return f"{said} {changed}"


def p_words(p: float) -> str:
    """Return a p value as it is read after its letter: two digits, never a false 0.

    Examples
    --------
    >>> p_words(0.0312), p_words(9e-45)
    ('=0.031', '<0.001')
    """
    return "<0.001" if p < 0.001 else f"={p:.2g}"


def month_of(year: float) -> str:
    """Return the month of a decimal year: 2015.6 is 2015-08."""
    whole = int(year)
    return f"{whole}-{min(int((year - whole) * 12), 11) + 1:02d}"


def direction(row: Mapping[Any, Any]) -> str:
    """Return "up" or "down" where the test shows a trend at 5 %, else "unclear"."""
    slope, p = row["slope_per_year"], row["p_value"]
    if waterwords.missing(slope) or waterwords.missing(p) or p >= ALPHA or slope == 0:
        return "unclear"
    return "up" if slope > 0 else "down"


def _with_forecast(held: WaterData, station: str, code: str, dots: list[Dot]) -> None:
    with st.spinner(say(_WORKING)):
        found = waterdata.forecast(held, station)
    rows = rows_of(found.parameters[found.parameters["parameter"] == code])
    shown = bool(rows) and bool(rows[0]["shown"])
    ahead = [_month(r) for r in rows] if shown else []
    last = max((d.on for d in dots), default=None)
    recent = [d for d in dots if last is None or (last - d.on).days < 4 * 366]
    chart = parameter_series(
        recent,
        name=waterwords.parameter_text(code),
        unit=waterwords.unit_of(code),
        lang=language.current(),
        limits=limits(held, station, code),
        extra=ahead,
    )
    drawn.show(chart, key="water-forecast", name=f"water-forecast-{code}-{station}")
    st.markdown(md(_forecast_words(rows[0] if rows else None)))
    _class_forecast(found.classes, station)
    st.caption(md(waterwords.source_words(held, [station])))


def _month(row: Mapping[Any, Any]) -> Ahead:
    middle = _day(f"{row['month']}-15")
    return Ahead(middle, float(row["mean"]), float(row["lower"]), float(row["upper"]))


def _forecast_words(row: Mapping[Any, Any] | None) -> str:
    if row is None:
        return say(_NOT_SHOWN, why=_NO_TREND)
    if not row["shown"]:
        return say(_NOT_SHOWN, why=row["reason"])
    return say(_SHOWN, model=row["model"], reason=row["reason"])


def _class_forecast(classes: pd.DataFrame, station: str) -> None:
    rows = rows_of(classes[classes["station"] == station])
    if not rows:
        return
    st.caption(say(_CLASS_AHEAD))
    if not rows[0]["shown"]:
        st.markdown(md(say(_NOT_SHOWN, why=rows[0]["reason"])))
        return
    columns = {str(r["period"]): dict(r["probabilities"]) for r in rows}
    chart = class_shares(columns, lang=language.current(), probabilities=True)
    drawn.show(chart, key="water-class-ahead", name=f"water-class-forecast-{station}")
    st.markdown(md(say(rows[0]["reason"])))
