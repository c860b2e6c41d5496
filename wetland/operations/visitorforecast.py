"""Forecasts of visitors: of a tidy file of any site, or of what the store holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from wetland.base.problems import Problems
from wetland.base.texts import Lang, Text
from wetland.operations.visitors import VisitorData
from wetland.reading.files import Given
from wetland.sites.load import Site

if TYPE_CHECKING:
    import pandas as pd

    from wetland.visitors.forecast import SeriesForecast
    from wetland.visitors.readoptions import CountOptions

Freq = Literal["hour", "day", "month"]
Aggregate = Literal["auto", "sum", "mean", "nearest"]


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
    """

    forecasts: tuple[SeriesForecast, ...]
    freq: Freq
    names: Mapping[str, Text] = field(default_factory=dict)
    problems: pd.DataFrame = field(default_factory=lambda: Problems("").frame())
    synthetic: bool = False
    style: str | None = None

    def rows(self, lang: Lang = "zh") -> list[dict[str, Any]]:
        """Return one JSON-ready row for each step of each series."""
        raise NotImplementedError


def forecast_of(  # noqa: PLR0913 - what is forecast, and how
    data: VisitorData,
    *,
    freq: Freq,
    horizon: int | None = None,
    places: Sequence[str] | None = None,
    measure: str = "entries",
    alpha: float = 0.1,
    weather: pd.DataFrame | None = None,
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

    Raises
    ------
    InputError
        No such place, or too little is known of all series: what is needed is said.
    """
    raise NotImplementedError


def forecast_of_file(  # noqa: PLR0913 - what is forecast, and how
    path: str | Path | Given,
    site: Site | None = None,
    options: CountOptions | None = None,
    *,
    freq: Freq,
    horizon: int | None = None,
    alpha: float = 0.1,
    aggregate: Aggregate = "auto",
    weather: pd.DataFrame | None = None,
    today: dt.date,
) -> Forecasts:
    """Forecast the series of a tidy file ``series,time,count[,capacity]``; nothing is kept.

    Raises
    ------
    InputError
        The file cannot be read, or too little is known of all its series.
    """
    raise NotImplementedError
