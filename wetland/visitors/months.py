"""Forecasts of monthly visits, 1 to 12 months ahead, all series of a file together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.evaluation import Evaluation, Intervals, evaluate
from wetland.statistics.forecast import judge
from wetland.statistics.intervals import FEWEST_ERRORS, half_widths
from wetland.statistics.rolling import Rolled, known_before
from wetland.visitors.calendar import Calendar
from wetland.visitors.monthsmodel import SEASONS, rolled, settings
from wetland.visitors.told import Told

Floats = NDArray[np.float64]

MONTHS_AHEAD = 12
WARM_UP = 24  # months before the first origin
SMALLEST = 0.001  # stands for no visits on the logarithm: a share of the first months' median

_MODEL = text(
    "月季节 × 水平 × 阻尼趋势（对数尺度，{n} 组参数平均；淡季月份少计权，异常月份截断）",
    "season x level x damped trend on the logarithm, mean of {n} settings; quiet months weigh less,"
    " odd months are clipped",
)
_TOGETHER = text(
    "{model}；{n} 条序列共用趋势变化", "{model}; {n} series share what moves the trend"
)
_TOO_SHORT = text(
    "资料太少：有数的月份 {known} 个，至少需要约 {need} 个（跨 {span} 个月）才能预测并检验",
    "too little data: {known} months have a number; about {need} over {span} months are needed to"
    " forecast and to test it",
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


@dataclass(frozen=True, eq=False)
class Rolling:
    """Everything that was said of some series; axes series, origin, lead; on the logarithm."""

    told: Floats
    naive: Floats
    actual: Floats
    logs: Floats
    offset: Floats


def _seasonal_naive(logs: Floats, horizon: int) -> Floats:
    """Return the last value of the season that is known at each origin."""
    series, months = logs.shape
    made = np.full((series, months, horizon), np.nan)
    last = np.full((series, SEASONS), np.nan)
    ahead = np.arange(1, horizon + 1)
    for month in range(months):
        here = logs[:, month]
        last[:, month % SEASONS] = np.where(np.isnan(here), last[:, month % SEASONS], here)
        made[:, month] = last[:, (month + ahead) % SEASONS]
    return made


def _roll(values: Floats, horizon: int) -> Rolling:
    """Say at every month what comes; the offset rests on what is known at the first origin."""
    begun = [row[row > 0][:WARM_UP] for row in values]
    offset = SMALLEST * np.array([float(np.median(row)) if len(row) else 1.0 for row in begun])
    logs = np.log(values + offset[:, None])
    months = values.shape[1]
    at = np.arange(months)[:, None] + np.arange(1, horizon + 1)
    actual = np.where(at < months, logs[:, np.minimum(at, months - 1)], np.nan)
    told = rolled(values, logs, horizon=horizon)
    return Rolling(told, _seasonal_naive(logs, horizon), actual, logs, offset)


def _back(logs: Floats, offset: float) -> Floats:
    """Return values in the unit of the series, never below 0."""
    made: Floats = np.maximum(np.exp(logs) - offset, 0.0)
    return made


def _one(rolling: Rolling, row: int, horizon: int, alpha: float) -> tuple[Rolled, Intervals]:
    """Return what was said of one series with its half widths."""
    origins = np.arange(WARM_UP - 1, rolling.logs.shape[1], dtype=np.int64)
    told, naive, actual = (
        array[row, origins] for array in (rolling.told, rolling.naive, rolling.actual)
    )
    offset = float(rolling.offset[row])
    came = _back(actual, offset)
    loss, naive_loss = (np.abs(came - _back(said, offset)) for said in (told, naive))
    weights = np.full(len(settings()), 1 / len(settings()))
    made = Rolled(origins, told, naive, actual, loss, naive_loss, weights, "log")
    known = known_before(origins, horizon)
    widths = half_widths(made.errors, known, alpha=alpha)
    naive_widths = half_widths(made.naive_errors, known, alpha=alpha)
    return made, Intervals(widths, naive_widths)


def _none(known: int, horizon: int) -> Told:
    empty = np.full(horizon, np.nan)
    need = WARM_UP + FEWEST_ERRORS + 6
    reason = _TOO_SHORT.fill(known=known, need=need, span=need)
    return Told(empty, empty, empty, text("无", "none"), None, False, reason)


def _told(rolling: Rolling, row: int, values: Floats, horizon: int, alpha: float) -> Told:
    known = int((~np.isnan(values)).sum())
    if len(values) < WARM_UP or known < WARM_UP or np.isnan(rolling.told[row, -1]).all():
        return _none(known, horizon)
    made, intervals = _one(rolling, row, horizon, alpha)
    evaluation: Evaluation | None = evaluate(made, intervals, alpha=alpha)
    middle, width = made.told[-1], intervals.told[-1]
    leads = int(np.isfinite(width).sum())
    if leads == 0:
        return _none(known, horizon)
    middle = np.where(np.isfinite(width), middle, np.nan)
    need = WARM_UP + FEWEST_ERRORS + 18
    shown, reason = False, _UNTESTED.fill(known=known, need=need)
    if evaluation is not None:
        shown, reason = judge(evaluation)
    notes = []
    if leads < horizon:
        notes.append(_SOME_LEADS.fill(n=leads))
    first = int(np.argmax(~np.isnan(values)))
    if gaps := int(np.isnan(values[first:]).sum()):
        notes.append(_GAPS.fill(n=gaps))
    offset, series = float(rolling.offset[row]), rolling.logs.shape[0]
    model = _MODEL.fill(n=len(settings()))
    if series > 1:
        model = _TOGETHER.fill(model=model, n=series)
    return Told(
        _back(middle, offset),
        _back(middle - width, offset),
        _back(middle + width, offset),
        model,
        evaluation,
        shown,
        reason,
        tuple(notes),
    )


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
    given = np.asarray(values, dtype=np.float64)
    used = np.where(given >= 0, given, np.nan)
    rolling = _roll(used, horizon)
    return [_told(rolling, row, used[row], horizon, alpha) for row in range(len(used))]


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
