"""Trends (趋势) of the results of a site, and of the series of any tidy file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.operations.water import NONE_LEFT, WaterData, check_days, listed, require_results
from wetland.operations.waterfiles import look_at_water, water_of_file
from wetland.reading.files import Given
from wetland.sites.load import Site
from wetland.water.readoptions import WaterOptions

if TYPE_CHECKING:
    import pandas as pd

    from wetland.water.seriestime import Repeats
    from wetland.water.trendparts import Autocorrelation, Method

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


def annual_trends_of(data: WaterData, *, parameters: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the trend of annual means, and of shares of classes, by the official method.

    Parameters
    ----------
    data
        Results; with the kind of every station also the shares of rivers and of the whole site.
    parameters
        Only these, by any name of the dictionary; then without the shares.

    Returns
    -------
    DataFrame
        See `wetland.water.annualtrends.annual_trends`.

    Raises
    ------
    InputError
        There are no results, or a parameter nobody knows.
    """
    import pandas as pd

    from wetland.operations.wateranswers import grades_of  # noqa: PLC0415 - starts fast
    from wetland.water.annualtrends import annual_trends, share_trends  # noqa: PLC0415
    from wetland.water.readoptions import code_of  # noqa: PLC0415
    from wetland.water.results import period_means, usable  # noqa: PLC0415

    readings = period_means(usable(require_results(data).results), per="year")
    found = annual_trends(readings, as_of=data.as_of)
    if parameters:
        wanted = {code_of(name) for name in parameters}
        return found[found["parameter"].isin(wanted)].reset_index(drop=True)
    if any(name not in data.stations for name in data.station_ids):
        return found
    shares = share_trends(grades_of(data, per="year"))
    return pd.concat([found, shares], ignore_index=True) if len(shares) else found


def annual_series_of_file(
    path: str | Path | Given, options: WaterOptions | None = None
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Return the series of a file whose dates are all years, and its problems; None for others."""
    given = look_at_water(path)
    if options is not None and options.layout is not None:
        return None
    try:
        series, problems = _plain_series(given, None if options is None else options.sheet)
    except InputError:
        return None
    years = series["date"].astype(str).str.strip().str.fullmatch(r"\d{1,4}(?:\.0)?年?")
    return (series, problems) if years.all() else None


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
    path: str | Path | Given,
    site: Callable[[], Site] | None = None,
    options: WaterOptions | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the series of a file, and table `PROBLEMS` of the rows that cannot be used.

    Rule of decision: a file with columns of dates and values is a plain series, of any quantity;
    one without a column of values, or for which a layout is asked, is read as water results.

    Parameters
    ----------
    site, options
        For water results, the site being opened only for them; of a plain series only the sheet
        counts.

    Raises
    ------
    InputError
        The file cannot be read either way, or no row of it can be used.
    """
    given = look_at_water(path)
    asked = options or WaterOptions()
    if asked.layout is not None:
        return _series_of_results(given, site, asked)
    try:
        return _plain_series(given, asked.sheet)
    except InputError as error:
        try:
            return _series_of_results(given, site, asked)
        except InputError:
            raise error from None


def _series_of_results(
    given: Given, site: Callable[[], Site] | None, options: WaterOptions
) -> tuple[pd.DataFrame, pd.DataFrame]:
    data = water_of_file(given, None if site is None else site(), options)
    return series_of(data), data.problems


def _plain_series(given: Given, sheet: str | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    from wetland.water.readseries import tidy_series  # noqa: PLC0415 - as above

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
