"""Forecasts of visitors: of a tidy file of any site, or of what the store holds."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import Lang, Text, text
from wetland.operations.visitors import VisitorData
from wetland.operations.visitorseries import tidy_of
from wetland.visitors import panel

if TYPE_CHECKING:
    import pandas as pd

    from wetland.visitors.forecast import SeriesForecast

Freq = panel.Freq
Aggregate = panel.Aggregate

_NONE = text("没有一条序列能预测；{s}：{why}", "no series can be forecast; {s}: {why}")


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
    refuse_nothing(found)
    names = {place: data.name(place) for place in frame["series"].unique()}
    return Forecasts(tuple(found), freq, names, synthetic=data.synthetic)


def refuse_nothing(found: Sequence[SeriesForecast]) -> None:
    """Refuse forecasts that tell no step of any series, with what they need.

    Raises
    ------
    InputError
        There is no step.
    """
    if found and not any(len(one.frame) for one in found):
        raise InputError(_NONE.fill(s=found[0].series, why=found[0].told.reason))


def _number(value: object) -> float | None:
    if value is None or not isinstance(value, int | float):
        return None
    return round(float(value), 4) if math.isfinite(value) else None
