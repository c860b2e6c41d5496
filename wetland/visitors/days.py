"""Forecasts of daily numbers, 1 to 14 days ahead."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.evaluation import Intervals, evaluate
from wetland.statistics.forecast import judge
from wetland.statistics.intervals import FEWEST_ERRORS
from wetland.statistics.rolling import Rolled
from wetland.visitors.calendar import Calendar
from wetland.visitors.dayskinds import DayKinds, kinds_of
from wetland.visitors.daysmodel import FEWEST_FIRST, YEAR, rolled
from wetland.visitors.daysweather import Weather, weather_effects, weather_of
from wetland.visitors.forecastrolled import (
    Logs,
    Said,
    came,
    gain_of,
    seasonal_naive,
    usable,
    widths,
)
from wetland.visitors.told import Told

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

DAYS_AHEAD = 14
WARM_UP = 28  # days before the first origin
WEEK = 7
AT_ONCE = 100  # series whose origins are kept in memory together
NEED = WARM_UP + FEWEST_ERRORS + 26  # days for a forecast of two weeks and its test

_BAD = text(
    "天数或 alpha 不对：提前 1 至 {most} 天，alpha 在 0 与 1 之间",
    "days ahead must be 1 to {most}, alpha between 0 and 1",
)
_WEEKDAYS = text(
    "水平 × 星期（对数尺度，异常日截断）", "level x weekday on the logarithm, odd days clipped"
)
_HOLIDAYS = text(
    "水平 × 星期、节假日（对数尺度，异常日截断）",
    "level x weekday or holiday on the logarithm, odd days clipped",
)
_YEAR = text("{model}，加去年同期走势", "{model}, with the course of the same days a year ago")
_WEATHER = text("{model}，加天气（{names}）", "{model}, with the weather ({names})")
_TOO_SHORT = text(
    "资料太少：有数的日子 {known} 天，至少需要约 {need} 天才能预测并检验",
    "too little data: {known} days have a number; about {need} are needed to forecast and to test",
)
_UNTESTED = text(
    "资料不足以检验（{known} 天），不显示预测：约 {need} 天起可检验",
    "{known} days are too few to test the forecast: it is not shown (from about {need} on)",
)
_SOME_LEADS = text(
    "以往误差不足，只能预测未来 {n} 天", "past errors are too few beyond {n} days ahead"
)
_GAPS = text("有 {n} 天无数，按未知处理", "{n} days have no number: unknown, not 0")
_NO_CALENDAR = text(
    "没有节假日日历，只按星期几预测", "no calendar of holidays: days are told by the weekday only"
)
_UNKNOWN_YEARS = text(
    "{years} 年的节假日安排未知，这些年份只按星期几处理",
    "holidays of {years} are not known: days of those years are told by the weekday only",
)
_NEVER_SEEN = text(
    "{names} 在资料中未出现过，按其他节假日推测",
    "{names} did not occur in the data: told as other holidays",
)
_WEATHER_USED = text(
    "用了天气；检验时以实测天气代替天气预报，误差因此再小 {gain}，实际收益不会更大",
    "the weather is used; in the test observed weather stood for its forecast: errors {gain}"
    " smaller by it, which is the most it can bring",
)
_WEATHER_LEFT = text(
    "未用天气：检验中没有减小误差", "the weather is not used: it made no error smaller in the test"
)
_WEATHER_UNKNOWN = text(
    "未用天气：预测日没有天气数据", "the weather is not used: the days ahead have none"
)
_WEATHER_PARTLY = text(
    "{n} 个预测日没有天气数据，按常年同期处理", "{n} of the days ahead have no weather: as usual"
)


def forecast_days(
    values: Floats,
    *,
    first: dt.date,
    horizon: int = DAYS_AHEAD,
    alpha: float = 0.1,
    calendar: Calendar | None = None,
    weather: pd.DataFrame | None = None,
) -> Told:
    """Forecast daily numbers of one series: `forecast_days_many` of it alone.

    Examples
    --------
    >>> week = np.tile([100.0, 100, 100, 100, 100, 300, 280], 20)
    >>> told = forecast_days(week, first=dt.date(2026, 6, 1), horizon=7)
    >>> told.mean.round().tolist()
    [100.0, 100.0, 100.0, 100.0, 100.0, 300.0, 280.0]
    """
    many = np.asarray(values, dtype=np.float64)[None, :]
    return forecast_days_many(
        many, first=first, horizon=horizon, alpha=alpha, calendar=calendar, weather=weather
    )[0]


def forecast_days_many(
    values: Floats,
    *,
    first: dt.date,
    horizon: int = DAYS_AHEAD,
    alpha: float = 0.1,
    calendar: Calendar | None = None,
    weather: pd.DataFrame | None = None,
) -> list[Told]:
    """Forecast daily numbers of several series, each by itself.

    Parameters
    ----------
    values : array of float, shape (series, days)
        In any unit, never below 0 (negative numbers are taken as unknown); NaN where nothing is
        known.
    first : date
        Of the first column.
    horizon : int
        Days after the last column, 1 to 14.
    alpha : float
        One less the coverage that is wanted of the intervals.
    calendar : Calendar, optional
        Holidays, make-up working days, events and closures. A holiday is told by what the same
        place of the same holiday did before; without any, by what holidays did, or weekends. Years
        it does not know go by the weekday and are noted.
    weather : DataFrame, optional
        ``day`` and numbers, of the past and of the days ahead. It is used where the test shows that
        it makes errors smaller, and only for days whose weather is known.

    Returns
    -------
    list of Told
        Judged against the same weekday of the last week that is known. A step whose past errors are
        too few for an interval is NaN.

    Raises
    ------
    InputError
        For a horizon or an alpha out of range, and for a table of weather that cannot be used.
    """
    if not 1 <= horizon <= DAYS_AHEAD or not 0 < alpha < 1:
        raise InputError(_BAD.fill(most=DAYS_AHEAD))
    given = np.asarray(values, dtype=np.float64)
    days = given.shape[1]
    kinds = kinds_of(first, days + horizon, calendar)
    sky = None if weather is None else weather_of(weather, first, days + horizon)
    asked = _Asked(kinds, alpha, sky, _day_notes(kinds, first, days, calendar))
    made: list[Told] = []
    for start in range(0, len(given), AT_ONCE):
        made += _block(given[start : start + AT_ONCE], horizon, asked)
    return made


def _block(values: Floats, horizon: int, asked: _Asked) -> list[Told]:
    """Forecast some series at once."""
    used, leading = usable(values)
    days = used.shape[1]
    logs = Logs.of(used, first=FEWEST_FIRST)
    told = rolled(logs.logs, asked.kinds, horizon=horizon)
    naive = seasonal_naive(logs.logs, period=WEEK, horizon=horizon)
    plain = Said(told, naive, came(logs.logs, horizon), logs, leading)
    wet = None
    if asked.sky is not None and asked.sky.known[days:].any():
        wet = replace(plain, told=_with_weather(plain, asked.kinds, asked.sky, horizon))
    return [_told(plain, wet, row, asked) for row in range(len(used))]


@dataclass(frozen=True, eq=False)
class _Asked:
    """What all series are told with."""

    kinds: DayKinds
    alpha: float
    sky: Weather | None
    notes: tuple[Text, ...]


def _with_weather(said: Said, kinds: DayKinds, sky: Weather, horizon: int) -> Floats:
    """Say it again with the weather taken off the past and put on the days ahead."""
    errors = np.full(said.logs.logs.shape, np.nan)
    errors[:, 1:] = (said.actual - said.told)[:, :-1, 0]
    today, ahead = weather_effects(sky, errors, horizon=horizon)
    made: Floats = rolled(said.logs.logs - today, kinds, horizon=horizon) + ahead
    return made


def _day_notes(
    kinds: DayKinds, first: dt.date, days: int, calendar: Calendar | None
) -> tuple[Text, ...]:
    if calendar is None:
        return (_NO_CALENDAR,)
    notes = []
    horizon = len(kinds.week) - days
    last = first + dt.timedelta(days=days + horizon - 1)
    if years := calendar.unknown_years(first, last):
        notes.append(_UNKNOWN_YEARS.fill(years=", ".join(map(str, years))))
    ahead, past = kinds.holiday[days:], kinds.holiday[:days]
    new = [kinds.holidays[i] for i in sorted(set(ahead.tolist()) - set(past.tolist()) - {-1})]
    if new:
        notes.append(_NEVER_SEEN.fill(names=", ".join(new)))
    return tuple(notes)


def _evaluated(said: Said, row: int, asked: _Asked) -> tuple[Rolled, Intervals]:
    made = said.rolled(row, first=WARM_UP - 1)
    at = made.origins[:, None] + np.arange(1, said.told.shape[2] + 1)
    return made, widths(made, alpha=asked.alpha, odd=asked.kinds.odd[at])


def _weather_notes(sky: Weather, days: int, gain: float | None) -> list[Text]:
    ahead = sky.known[days:]
    if not ahead.any():
        return [_WEATHER_UNKNOWN]
    if gain is None:
        return [_WEATHER_LEFT]
    made = [_WEATHER_USED.fill(gain=f"{100 * gain:.0f} %")]
    if not ahead.all():
        made.append(_WEATHER_PARTLY.fill(n=int((~ahead).sum())))
    return made


def _series_notes(logs: Floats, told: int, horizon: int) -> list[Text]:
    begun = int(np.argmax(~np.isnan(logs)))
    gaps = int(np.isnan(logs[begun:]).sum())
    made = [_GAPS.fill(n=gaps)] if gaps else []
    if told < horizon:
        made.append(_SOME_LEADS.fill(n=told))
    return made


def _model(kinds: DayKinds, days: int, sky: Weather | None) -> Text:
    made = _HOLIDAYS if kinds.names else _WEEKDAYS
    if days > YEAR:
        made = _YEAR.fill(model=made)
    return made if sky is None else _WEATHER.fill(model=made, names=", ".join(sky.names))


def _told(plain: Said, wet: Said | None, row: int, asked: _Asked) -> Told:
    logs = plain.logs.logs[row]
    days, known = len(logs), int((~np.isnan(logs)).sum())
    horizon = plain.told.shape[2]
    if days < WARM_UP or np.isnan(plain.told[row, -1]).all():
        return _none(known, horizon, plain.notes(row))
    made, intervals = _evaluated(plain, row, asked)
    gain = None
    if wet is not None:
        tried = _evaluated(wet, row, asked)
        gain = gain_of([made], [tried[0]])
        made, intervals = (made, intervals) if gain is None else tried
    evaluation = evaluate(made, intervals, alpha=asked.alpha)
    width = intervals.told[-1]
    told = np.isfinite(width)
    if not told.any():
        return _none(known, horizon, plain.notes(row))
    shown, reason = False, _UNTESTED.fill(known=known, need=NEED)
    if evaluation is not None:
        shown, reason = judge(evaluation)
    notes = [*asked.notes, *plain.notes(row), *_series_notes(logs, int(told.sum()), horizon)]
    if asked.sky is not None:
        notes += _weather_notes(asked.sky, days, gain)
    mean, lower, upper = (
        plain.logs.back(made.told[-1] + side, row) for side in (0 * width, -width, width)
    )
    used = None if gain is None else asked.sky
    model = _model(asked.kinds, days, used)
    return Told(mean, lower, upper, model, evaluation, shown, reason, tuple(notes))


def _none(known: int, horizon: int, notes: tuple[Text, ...]) -> Told:
    empty = np.full(horizon, np.nan)
    reason = _TOO_SHORT.fill(known=known, need=NEED)
    return Told(empty, empty, empty, text("无", "none"), None, False, reason, notes)
