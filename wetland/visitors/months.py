"""Forecasts of monthly visits, 1 to 12 months ahead, all series of a file together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.evaluation import evaluate
from wetland.statistics.forecast import judge
from wetland.statistics.intervals import FEWEST_ERRORS
from wetland.visitors.calendar import Calendar
from wetland.visitors.forecastrolled import Logs, Said, came, seasonal_naive, usable, widths
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
_GAPS = text("有 {n} 个月无数，按未知处理", "{n} months have no number: unknown, not 0")
_BAD = text(
    "月数、提前月数或 alpha 不对：提前 1 至 {most} 个月，alpha 在 0 与 1 之间",
    "months ahead must be 1 to {most}, alpha between 0 and 1",
)


def said_of(values: Floats, horizon: int) -> Said:
    """Return what is said at every month of some series, and what came."""
    used, leading = usable(values)
    logs = Logs.of(used, first=WARM_UP)
    told = rolled(used, logs.logs, horizon=horizon)
    naive = seasonal_naive(logs.logs, period=SEASONS, horizon=horizon)
    return Said(told, naive, came(logs.logs, horizon), logs, leading)


def _none(known: int, horizon: int, notes: tuple[Text, ...]) -> Told:
    empty = np.full(horizon, np.nan)
    reason = _TOO_SHORT.fill(known=known, need=NEED)
    return Told(empty, empty, empty, text("无", "none"), None, False, reason, notes)


def _told(said: Said, row: int, horizon: int, alpha: float) -> Told:
    logs = said.logs.logs[row]
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
    if not told.all():
        notes.append(_SOME_LEADS.fill(n=int(told.sum())))
    if gaps := int(np.isnan(logs[int(np.argmax(~np.isnan(logs))) :]).sum()):
        notes.append(_GAPS.fill(n=gaps))
    model, series = _MODEL.fill(n=len(settings())), said.told.shape[0]
    if series > 1:
        model = _TOGETHER.fill(model=model, n=series)
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
        Not used yet.

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
    return [_told(said, row, horizon, alpha) for row in range(len(said.told))]


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
