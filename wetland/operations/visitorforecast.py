"""Forecasts of visitors: of a tidy file of any site, or of what the store holds."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import Lang, Text, text
from wetland.operations.visitors import VisitorData
from wetland.operations.visitorseries import tidy_of
from wetland.operations.water import listed
from wetland.reading.files import Given, accepting
from wetland.sites.load import Site
from wetland.visitors import panel
from wetland.visitors.calendar import Calendar

if TYPE_CHECKING:
    import pandas as pd

    from wetland.visitors.forecast import SeriesForecast
    from wetland.visitors.readoptions import CountOptions

Freq = panel.Freq
Aggregate = panel.Aggregate

_CALENDAR = text("节假日与活动按场地 {s} 的日历", "holidays and events are those of site {s}")

_COARSER = text(
    "{s} 的计数比“{f}”粗，不能按它预测", "counts of {s} are of spans longer than one {f}: left out"
)
_NONE = text("没有一条序列能预测；{s}：{why}", "no series can be forecast; {s}: {why}")
_NO_SERIES = text(
    "文件中没有序列 {s}；有：{known}", "the file has no series {s}; there are: {known}"
)
_FREQ = text("请改用 --freq day 或 month", "use --freq day or month")


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of some series, in the order they were given.

    Parameters
    ----------
    forecasts
        One of each series; ``frame`` has the columns ``time, lead, mean, lower, upper`` and
        ``told`` says whether it may be shown and why.
    freq
        ``hour``, ``day`` or ``month``.
    names
        What people call a series; a series without one is its own name.
    problems
        Table `PROBLEMS` of the file.
    notes
        What holds for all series.
    synthetic, invented
        Whether anything here is invented; the series of a file that hold something invented.
    style
        How times are written: ``moment``, ``day`` or ``month``.
    zone
        Times of hours are written with the offset of this zone; None writes none.
    """

    forecasts: tuple[SeriesForecast, ...]
    freq: Freq
    names: Mapping[str, Text] = field(default_factory=dict)
    problems: pd.DataFrame = field(default_factory=lambda: Problems("").frame())
    notes: tuple[Text, ...] = ()
    synthetic: bool = False
    invented: frozenset[str] = frozenset()
    style: str = "moment"
    zone: ZoneInfo | None = None

    def name(self, series: str) -> Text:
        """Return what people call a series."""
        return self.names.get(series, Text(zh=series, en=series))

    def rows(self, lang: Lang = "zh") -> list[dict[str, Any]]:
        """Return one JSON-ready row for each step of each series that has a forecast."""
        found = []
        for one in self.forecasts:
            told = one.told
            tested = told.evaluation
            tail = {
                "shown": told.shown,
                "skill": None if tested is None else _number(tested.skill),
                "coverage": None if tested is None else _number(tested.coverage),
                "reason": told.reason.get(lang),
                "model": told.model.get(lang),
                "synthetic": self.synthetic or one.series in self.invented,
            }
            for row in one.frame.to_dict("records"):
                numbers = {k: _number(row[k]) for k in ("mean", "lower", "upper")}
                if numbers["mean"] is None:
                    continue
                head = {"series": one.series, "time": self.written(row["time"])}
                found.append({**head, **numbers, "lead": int(row["lead"]), **tail})
        return found

    def written(self, time: dt.datetime) -> str:
        """Return a local time as the file writes its own: a month as 2024-05 or 2024-05-01."""
        if self.freq == "month":
            return f"{time:%Y-%m-01}" if self.style == "day" else f"{time:%Y-%m}"
        if self.freq == "day":
            return f"{time:%Y-%m-%d}"
        local = time.replace(tzinfo=None) if self.zone is None else time.replace(tzinfo=self.zone)
        return local.isoformat(timespec="seconds")


def forecast_of(  # noqa: PLR0913 - what is forecast, and how
    data: VisitorData,
    *,
    freq: Freq,
    horizon: int | None = None,
    places: Sequence[str] | None = None,
    measure: str = "entries",
    alpha: float = 0.1,
    weather: pd.DataFrame | None = None,
    calendar: bool = True,
) -> Forecasts:
    """Forecast what the store holds of areas, gates or boats.

    Parameters
    ----------
    freq, horizon
        Steps, and how many of them; None is the usual number.
    places
        Ids or names; None is the whole site: the area that is part of no other.
    measure
        What was counted: ``entries``, ``exits``, ``present``, ``boats``, ``passengers``.
    alpha
        The interval holds ``1 - alpha``.
    weather
        Table of ``day`` and numbers known ahead.
    calendar
        Whether holidays, events and closures of the pack are used.

    Raises
    ------
    InputError
        No such place, or too little is known of all series: what is needed is said.
    """
    from wetland.visitors.forecast import forecast_counts

    frame = tidy_of(data, freq=freq, places=places, measure=measure)
    level: Aggregate = "nearest" if freq == "hour" else "mean"
    found = forecast_counts(
        frame, freq=freq, horizon=horizon, alpha=alpha, weather=weather, tz=data.timezone,
        calendar=data.calendar if calendar else None,
        aggregate=level if measure == "present" else "auto",
    )  # fmt: skip
    _refuse_nothing(found)
    names = {place: data.name(place) for place in frame["series"].unique()}
    return Forecasts(tuple(found), freq, names, synthetic=data.synthetic)


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
    calendar: bool = True,
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
    today
        Later days cannot have been counted.

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
    zone = ZoneInfo(tidy.timezone)
    used = Calendar.of(site.visitors) if site is not None and calendar else None
    notes = [] if used is None or site is None else [_CALENDAR.fill(s=site.name)]
    frame, coarser = _fine_enough(_only(tidy.frame, series), freq)
    notes += coarser
    found: list[SeriesForecast] = []
    for part, way in _ways(frame, freq, aggregate):
        found += forecast_counts(
            part, freq=freq, horizon=horizon, alpha=alpha, calendar=used, tz=tidy.timezone,
            weather=weather, aggregate=way,
        )  # fmt: skip
    _refuse_nothing(found)
    found.sort(key=lambda one: one.series)
    invented = frozenset(frame.loc[frame["synthetic"], "series"])
    return Forecasts(tuple(found), freq, {}, tidy.problems.frame(), tuple(notes),
                     bool(invented) and invented >= set(frame["series"]), invented,
                     tidy.time_style, zone if tidy.tz_told else None)  # fmt: skip


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


def _refuse_nothing(found: Sequence[SeriesForecast]) -> None:
    """Refuse forecasts that tell no step of any series, with what they need.

    Raises
    ------
    InputError
        There is no step.
    """
    if found and not any(len(one.frame) for one in found):
        raise InputError(_NONE.fill(s=found[0].series, why=found[0].told.reason))


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


def _number(value: object) -> float | None:
    if value is None or not isinstance(value, int | float):
        return None
    return round(float(value), 4) if math.isfinite(value) else None
