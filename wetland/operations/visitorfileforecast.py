"""Forecasts of the series of a tidy file, of the site or of anywhere."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from wetland.base.errors import InputError
from wetland.base.problems import Problem
from wetland.base.texts import Text, text
from wetland.operations.visitorforecast import Aggregate, Forecasts, Freq, refuse_nothing
from wetland.operations.visitors import declared_places
from wetland.operations.water import listed
from wetland.reading.files import Given, accepting
from wetland.sites.load import Site
from wetland.visitors import panel
from wetland.visitors.calendar import Calendar

if TYPE_CHECKING:
    import pandas as pd

    from wetland.visitors.forecast import SeriesForecast
    from wetland.visitors.readoptions import CountOptions
    from wetland.visitors.tidy import TidySeries

_CALENDAR = text("节假日与活动按场地“{s}”的日历", "holidays and events are those of site {s}")
_NO_CALENDAR = text(
    "未用场地“{s}”的节假日：用后以往误差大 {p} %，这些序列可能不在该地",
    "the holidays of site {s} are not used: with them past errors were {p} % larger; the series "
    "may be of elsewhere",
)

_COARSER = text(
    "{s} 的计数比“{f}”粗，不能按它预测", "counts of {s} are of spans longer than one {f}: left out"
)
_NO_SERIES = text(
    "文件中没有序列 {s}；有：{known}", "the file has no series {s}; there are: {known}"
)
_NO_NUMBERS = text(
    "文件中没有可用的数；问题 {n} 处，如：{first}",
    "the file holds no number to use; {n} problems, such as: {first}",
)
_ROW = text("第 {n} 行 {said}", "row {n}: {said}")
_SHOWN = 3
_FREQ = text("请改用 --freq day 或 month", "use --freq day or month")


def forecast_of_file(  # noqa: PLR0913 - what is forecast, and how
    path: str | Path | Given,
    site: Site | None = None,
    options: CountOptions | None = None,
    *,
    freq: Freq,
    horizon: int | None = None,
    series: Sequence[str] | None = None,
    alpha: float = 0.1,
    aggregate: Aggregate = "auto",
    weather: pd.DataFrame | None = None,
    calendar: bool | None = None,
    today: dt.date,
) -> Forecasts:
    """Forecast the series of a tidy file ``series,time,count[,capacity]``; nothing is kept.

    Parameters
    ----------
    site
        Gives holidays, events and time zone; None knows none (times are then UTC).
    series
        Only these, by name; None is all.
    aggregate
        How several values within a step become one; ``auto`` decides from the content.
    calendar
        Whether the site's holidays and events are used; None decides (see Notes).
    today
        Later days cannot have been counted.

    Notes
    -----
    A file may be of anywhere. Holidays of the site are used for series that are named as its
    places, and for others where past errors, over all series, were smaller with them.

    Raises
    ------
    InputError
        The file cannot be read, or too little is known of all its series.
    """
    from wetland.operations.visitorfiles import VISITORS_ACCEPTED
    from wetland.visitors.forecast import forecast_counts
    from wetland.visitors.tidy import read_tidy

    with accepting(VISITORS_ACCEPTED):
        tidy = read_tidy(path, options, today=today,
                         timezone="UTC" if site is None else site.timezone)  # fmt: skip
    _need_numbers(tidy)
    frame, notes = _fine_enough(_only(tidy.frame, series), freq)
    parts = _ways(frame, freq, aggregate)

    def told(used: Calendar | None) -> list[SeriesForecast]:
        return [
            one for part, way in parts for one in forecast_counts(
                part, freq=freq, horizon=horizon, alpha=alpha, calendar=used, tz=tidy.timezone,
                weather=weather, aggregate=way,
            )
        ]  # fmt: skip

    found, said = _by_calendar(told, site, calendar, own=_is_own(frame, site))
    refuse_nothing(found)
    found.sort(key=lambda one: one.series)
    return _forecasts(found, freq, tidy, (*said, *notes), frame)


def _forecasts(
    found: Sequence[SeriesForecast], freq: Freq, tidy: TidySeries, notes: tuple[Text, ...],
    frame: pd.DataFrame,
) -> Forecasts:  # fmt: skip
    """Return the forecasts of a file's series with what was said of the file."""
    invented = frozenset(frame.loc[frame["synthetic"], "series"])
    zone = ZoneInfo(tidy.timezone) if tidy.tz_told else None
    return Forecasts(tuple(found), freq, {}, tidy.problems.frame(), notes,
                     bool(invented) and invented >= set(frame["series"]), invented,
                     tidy.time_style, zone)  # fmt: skip


def _need_numbers(tidy: TidySeries) -> None:
    """Refuse a file without a usable number, and say what is wrong with those it has."""
    if len(tidy.frame) or not len(tidy.problems):
        return
    shown = [_problem(one) for one in tidy.problems.items[:_SHOWN]]
    first = Text(zh="；".join(t.zh for t in shown), en="; ".join(t.en for t in shown))
    raise InputError(_NO_NUMBERS.fill(n=len(tidy.problems), first=first))


def _problem(one: Problem) -> Text:
    if one.row is None:
        return one.message
    return _ROW.fill(n=one.row, said=one.message)


def _is_own(frame: pd.DataFrame, site: Site | None) -> bool:
    """Tell whether any series is named as a place of the site."""
    if site is None:
        return False
    places = [*declared_places(site.visitors), *site.visitors.car_parks]
    names = {name for place in places for name in (place.id, place.name.zh, place.name.en)}
    return not names.isdisjoint(frame["series"])


def _by_calendar(
    told: Callable[[Calendar | None], list[SeriesForecast]],
    site: Site | None,
    calendar: bool | None,
    *,
    own: bool,
) -> tuple[list[SeriesForecast], list[Text]]:
    """Return forecasts with the site's holidays where these hold for the series, and which.

    Rule of decision: as asked; where nothing is asked, holidays are used for series named as places
    of the site, and for others where past errors, over all series, were smaller with them.
    """
    if site is None or calendar is False or not site.visitors.holiday_years:
        return told(None), []
    used = told(Calendar.of(site.visitors))
    note = [_CALENDAR.fill(s=site.name)]
    if calendar or own:
        return used, note
    without = told(None)
    worse = _worse(used, without)
    if worse == 0:  # nothing was ever tested on a holiday
        return without, []
    if worse < 0:
        return used, note
    return without, [_NO_CALENDAR.fill(s=site.name, p=f"{100 * math.expm1(worse):.0f}")]


def _worse(one: Sequence[SeriesForecast], other: Sequence[SeriesForecast]) -> float:
    """Return the mean logarithm of how many times larger the past errors of the first are."""
    ratios = []
    for mine, its in zip(one, other, strict=True):
        tests = mine.told.evaluation, its.told.evaluation
        if tests[0] is not None and tests[1] is not None and min(t.mae for t in tests if t) > 0:
            ratios.append(math.log(tests[0].mae / tests[1].mae))
    return math.fsum(ratios) / len(ratios) if ratios else 0.0


def _only(frame: pd.DataFrame, series: Sequence[str] | None) -> pd.DataFrame:
    """Return the rows of some series.

    Raises
    ------
    InputError
        The file has no such series; those it has are named.
    """
    if series is None:
        return frame
    there = dict.fromkeys(frame["series"])
    for name in series:
        if name not in there:
            raise InputError(_NO_SERIES.fill(s=name or "''", known=listed(there)))
    return frame[frame["series"].isin(series)].reset_index(drop=True)


def _fine_enough(frame: pd.DataFrame, freq: Freq) -> tuple[pd.DataFrame, list[Text]]:
    """Return the series whose counts are not of longer spans than the steps asked for.

    Raises
    ------
    InputError
        All of them are: a month tells nothing of its days.
    """
    long = {"hour": ("day", "month"), "day": ("month",), "month": ()}[freq]
    coarse = frame["period"].isin(long)
    names = list(dict.fromkeys(frame.loc[coarse, "series"]))
    if not names:
        return frame, []
    message = _COARSER.fill(s=listed(names), f=panel.STEPS[freq])
    if coarse.all():
        raise InputError(message, hint=_FREQ)
    return frame[~coarse].reset_index(drop=True), [message]


def _ways(
    frame: pd.DataFrame, freq: Freq, aggregate: Aggregate
) -> list[tuple[pd.DataFrame, Aggregate]]:
    """Return levels (people present, cars) apart from flows, and how each becomes one a step."""
    if aggregate != "auto":
        return [(frame, aggregate)]
    level = frame["measure"].isin(("present", "occupied"))
    nearest: Aggregate = "nearest" if freq == "hour" else "mean"
    parts: list[tuple[pd.DataFrame, Aggregate]] = [(frame[~level], "auto"), (frame[level], nearest)]
    return [(part, way) for part, way in parts if len(part)] or [(frame, aggregate)]
