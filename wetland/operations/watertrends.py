"""Trends (趋势) of the results of a site, and of the series of any tidy file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.operations.water import NONE_LEFT, WaterData, check_days, listed, require_results
from wetland.reading.files import Given, look_at

if TYPE_CHECKING:
    import pandas as pd

    from wetland.water.seriestime import Repeats
    from wetland.water.trends import Autocorrelation, Method

NONE_OF = text("没有{what} {s}；有：{known}", "there is no {what} {s}; there are: {known}")
STATION, PARAMETER = text("站点", "station"), text("指标", "parameter")
NO_ROWS = text("文件中没有可用的数值", "the file has no value that can be used")


@dataclass(frozen=True, slots=True)
class Trend:
    """How to test for a trend; see `wetland.water.trends.trends`."""

    method: Method = "seasonal_kendall"
    period: int = 12
    alpha: float = 0.05
    repeats: Repeats = "mean"
    autocorrelation: Autocorrelation = "none"


def trends_of(series: pd.DataFrame, trend: Trend | None = None) -> pd.DataFrame:
    """Return the trend of every series; see `wetland.water.trends.trends`.

    Parameters
    ----------
    series
        From `series_of` or `series_of_file`.
    trend
        How to test.
    """
    from wetland.water.trends import trends  # noqa: PLC0415 - the command line starts without it

    how = trend or Trend()
    return trends(
        series, method=how.method, period=how.period, alpha=how.alpha, repeats=how.repeats,
        autocorrelation=how.autocorrelation,
    )  # fmt: skip


def series_of(data: WaterData) -> pd.DataFrame:
    """Return the series of the usable results, with non-detects as censored values.

    Raises
    ------
    InputError
        There are no results.
    """
    from wetland.water.seriestime import results_series  # noqa: PLC0415 - as above

    return results_series(require_results(data).results)


def series_of_file(
    path: str | Path | Given, *, sheet: str | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the series of a tidy file, and table `PROBLEMS` of the rows that cannot be used.

    Raises
    ------
    InputError
        The file cannot be read, or no row of it can be used.
    """
    from wetland.water.readseries import tidy_series  # noqa: PLC0415 - as above

    given = look_at(path)
    problems = Problems(given.name)
    found = tidy_series(given, problems=problems, sheet=sheet)
    if not len(found):
        first = next((p.message for p in problems.items if p.level == "error"), None)
        raise InputError(NO_ROWS, hint=first)
    return found, problems.frame()


def only_series(
    series: pd.DataFrame,
    *,
    stations: Sequence[str] | None = None,
    parameters: Sequence[str] | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> pd.DataFrame:
    """Return the series of some stations, parameters and days.

    A parameter is named as the file names it, or by any name of the dictionary. ``until`` is the
    last day that counts; a date that is only a year or a month stands at its first day.

    Raises
    ------
    InputError
        There is no such station or parameter, or nothing is left.
    """
    check_days(since, until)
    kept = series
    if stations:
        kept = kept[
            kept["station"].isin(_known(stations, kept["station"].unique().tolist(), STATION))
        ]
    if parameters:
        wanted = _parameters(parameters, kept["parameter"].unique().tolist())
        kept = kept[kept["parameter"].isin(wanted)]
    if since is not None:
        kept = kept[kept["t"] >= _years(since)]
    if until is not None:
        kept = kept[kept["t"] < _years(until + dt.timedelta(days=1))]
    if not len(kept):
        raise InputError(NONE_LEFT)
    return kept.reset_index(drop=True)


def _years(day: dt.date) -> float:
    from wetland.water.readdates import year_part  # noqa: PLC0415 - as above

    return year_part(day)


def _known(names: Sequence[str], there: Sequence[str], what: object) -> list[str]:
    wrong = [name for name in names if name not in set(there)]
    if wrong:
        raise InputError(NONE_OF.fill(what=what, s=", ".join(wrong), known=listed(there)))
    return list(names)


def _parameters(names: Sequence[str], there: Sequence[str]) -> set[str]:
    from wetland.water.parameters import parameters  # noqa: PLC0415 - as above

    known = parameters()
    found: set[str] = set()
    for name in names:
        code = known.find(name)
        same = {p for p in there if p == name or (code is not None and known.find(p) == code)}
        found |= same or set(_known([name], there, PARAMETER))
    return found
