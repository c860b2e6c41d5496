"""Forecasts of monthly visits, 1 to 12 months ahead, all series of a file together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.evaluation import evaluate
from wetland.statistics.forecast import judge
from wetland.statistics.intervals import FEWEST_ERRORS
from wetland.visitors.calendar import Calendar
from wetland.visitors.forecastrolled import (
    Logs,
    Said,
    came,
    gain_of,
    seasonal_naive,
    usable,
    widths,
)
from wetland.visitors.monthsholidays import holiday_effects, moved_holidays, years_unknown
from wetland.visitors.monthsmodel import SEASONS, rolled, settings
from wetland.visitors.told import Told

Floats = NDArray[np.float64]

MONTHS_AHEAD = 12
WARM_UP = 24  # months before the first origin
NEED = WARM_UP + FEWEST_ERRORS + 18  # months for a forecast of a year and its test

_MODEL = text(
    "月季节 × 水平 × 阻尼趋势（对数尺度，{n} 组参数平均；淡季月份少计权，异常月份截断）",
    "season x level x damped trend on the logarithm, mean of {n} settings; quiet months weigh less,"
    " odd months are clipped",
)
_TOGETHER = text(
    "{model}；{n} 条序列共用趋势变化", "{model}; {n} series share what moves the trend"
)
_TOO_SHORT = text(
    "资料太少：有数的月份 {known} 个，至少需要约 {need} 个才能预测并检验",
    "too little data: {known} months have a number; about {need} are needed to forecast and to"
    " test it",
)
_UNTESTED = text(
    "资料不足以检验（{known} 个月），不显示预测：约 {need} 个月起可检验",
    "{known} months are too few to test the forecast: it is not shown (from about {need} on)",
)
_SOME_LEADS = text(
    "以往误差不足，只能预测未来 {n} 个月", "past errors are too few beyond {n} months ahead"
)
_MOVED = text("{model}，加假日移月", "{model}, with holidays that move between months")
_GAIN = text(
    "用了假日移月（如春节在 1 月或 2 月），检验中误差再小 {gain}",
    "holidays that move between months are used: errors {gain} smaller by it in the test",
)
_UNKNOWN_YEARS = text(
    "{years} 年的节假日安排未知，这些年份按常年处理",
    "holidays of {years} are not known: those years are told as usual",
)
_GAPS = text("有 {n} 个月无数，按未知处理", "{n} months have no number: unknown, not 0")
_BAD = text(
    "月数、提前月数或 alpha 不对：提前 1 至 {most} 个月，alpha 在 0 与 1 之间",
    "months ahead must be 1 to {most}, alpha between 0 and 1",
)


def said_of(values: Floats, horizon: int) -> Said:
    """Return what is said at every month of some series, and what came."""
    used, leading = usable(values)
    logs = Logs.of(used, first=SEASONS)
    told = rolled(used, logs.logs, horizon=horizon)
    naive = seasonal_naive(logs.logs, period=SEASONS, horizon=horizon)
    return Said(told, naive, came(logs.logs, horizon), logs, leading)


def _none(known: int, horizon: int, notes: tuple[Text, ...]) -> Told:
    empty = np.full(horizon, np.nan)
    reason = _TOO_SHORT.fill(known=known, need=NEED)
    return Told(empty, empty, empty, text("无", "none"), None, False, reason, notes)


def _with_holidays(said: Said, moved: Floats, horizon: int) -> Said:
    """Say it again with moved holidays taken off the past and put on the months ahead."""
    errors = np.full(said.logs.logs.shape, np.nan)
    errors[:, 1:] = (said.actual - said.told)[:, :-1, 0]
    today, ahead = holiday_effects(moved, errors, horizon=horizon)
    logs = said.logs.logs - today
    told = rolled(np.exp(logs), logs, horizon=horizon) + ahead
    return replace(said, told=told)


def _gain(said: Said, other: Said) -> float | None:
    """Return by how much moved holidays make errors smaller; what they do is shared by all."""
    rows = range(len(said.told))
    return gain_of(*([one.rolled(r, first=WARM_UP - 1) for r in rows] for one in (said, other)))


def _model(series: int, gain: float | None) -> Text:
    model = _MODEL.fill(n=len(settings()))
    if series > 1:
        model = _TOGETHER.fill(model=model, n=series)
    return model if gain is None else _MOVED.fill(model=model)


def _told(said: Said, row: int, alpha: float, gain: float | None) -> Told:
    logs, horizon = said.logs.logs[row], said.told.shape[2]
    known = int((~np.isnan(logs)).sum())
    if len(logs) < WARM_UP or np.isnan(said.told[row, -1]).all():
        return _none(known, horizon, said.notes(row))
    made = said.rolled(row, first=WARM_UP - 1)
    intervals = widths(made, alpha=alpha, period=SEASONS)
    evaluation = evaluate(made, intervals, alpha=alpha)
    width = intervals.told[-1]
    told = np.isfinite(width)
    if not told.any():
        return _none(known, horizon, said.notes(row))
    shown, reason = False, _UNTESTED.fill(known=known, need=NEED)
    if evaluation is not None:
        shown, reason = judge(evaluation)
    notes = [*said.notes(row)]
    if gain is not None:
        notes.append(_GAIN.fill(gain=f"{100 * gain:.0f} %"))
    if not told.all():
        notes.append(_SOME_LEADS.fill(n=int(told.sum())))
    if gaps := int(np.isnan(logs[int(np.argmax(~np.isnan(logs))) :]).sum()):
        notes.append(_GAPS.fill(n=gaps))
    model = _model(len(said.told), gain)
    mean, lower, upper = (
        said.logs.back(made.told[-1] + side, row) for side in (0 * width, -width, width)
    )
    return Told(mean, lower, upper, model, evaluation, shown, reason, tuple(notes))


def forecast_many(
    values: Floats,
    *,
    first: tuple[int, int],
    horizon: int = MONTHS_AHEAD,
    alpha: float = 0.1,
    calendar: Calendar | None = None,
) -> list[Told]:
    """Forecast monthly numbers of several series that share what moves their trend.

    Parameters
    ----------
    values : array of float, shape (series, months)
        In any unit, never below 0 (negative numbers are taken as unknown); NaN where nothing is
        known. A series may begin later or fall silent earlier than others.
    first : (year, month)
        Of the first column.
    horizon : int
        Months after the last column, 1 to 12.
    alpha : float
        One less the coverage that is wanted of the intervals.
    calendar : Calendar, optional
        Holidays: one that lies in another month than in earlier years (Spring Festival) moves its
        visitors, where the test shows that this makes errors smaller.

    Returns
    -------
    list of Told
        One of each series. A step whose past errors are too few for an interval is NaN; a series
        with fewer than two years of numbers has NaN only, and its reason says what it needs.

    Raises
    ------
    InputError
        For a horizon or an alpha out of range.
    """
    if not 1 <= horizon <= MONTHS_AHEAD or not 0 < alpha < 1:
        raise InputError(_BAD.fill(most=MONTHS_AHEAD))
    said = said_of(np.asarray(values, dtype=np.float64), horizon)
    gain: float | None = None
    notes: list[Text] = []
    months = said.told.shape[1] + horizon
    if calendar is not None and calendar.holidays and months > horizon:
        other = _with_holidays(said, moved_holidays(calendar, first, months), horizon)
        gain = _gain(said, other)
        said = said if gain is None else other
        if years := years_unknown(calendar, first, months):
            notes.append(_UNKNOWN_YEARS.fill(years=", ".join(map(str, years))))
    made = [_told(said, row, alpha, gain) for row in range(len(said.told))]
    return [replace(one, notes=(*one.notes, *notes)) for one in made]


def forecast_months(
    values: Floats,
    *,
    first: tuple[int, int],
    horizon: int = MONTHS_AHEAD,
    alpha: float = 0.1,
    calendar: Calendar | None = None,
) -> Told:
    """Forecast monthly numbers of one series: `forecast_many` of it alone.

    Examples
    --------
    >>> season = 1000 + 400 * np.sin(np.arange(84) * np.pi / 6)
    >>> told = forecast_months(season, first=(2010, 1), horizon=3)
    >>> bool(np.allclose(told.mean, season[:3], rtol=0.01))
    True
    """
    many = np.asarray(values, dtype=np.float64)[None, :]
    return forecast_many(many, first=first, horizon=horizon, alpha=alpha, calendar=calendar)[0]
