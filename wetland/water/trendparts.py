"""The values of each trend test: a table of series taken apart, repeats combined."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from wetland.statistics.kendallmany import (
    TrendTests,
    mann_kendall_many,
    season_intercepts,
    seasonal_kendall_many,
)
from wetland.statistics.kendallseasons import FEW_YEARS, YEARS_FOR_CORRELATED
from wetland.statistics.trendtest import TrendTest, sample_notes
from wetland.water.seriestime import Combined, Repeats, combined, season_of, year_of

if TYPE_CHECKING:
    import pandas as pd

Method = Literal["mann_kendall", "seasonal_kendall", "regional_kendall"]
Autocorrelation = Literal[
    "none", "hamed_rao", "yue_wang", "pre_whitening", "trend_free_pre_whitening", "hirsch_slack"
]
METHODS: tuple[Method, ...] = get_args(Method)
AUTOCORRELATIONS: tuple[Autocorrelation, ...] = get_args(Autocorrelation)
REGION = "*"
AT_ONCE = 500_000  # values of tests that are done together
WIDEST = 20_000_000  # twice the pairs of a grid; a longer one goes by the values it has
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class How:
    """What was asked of `wetland.water.trends.trends`."""

    method: Method
    period: int
    alpha: float
    repeats: Repeats
    autocorrelation: Autocorrelation


@dataclass(frozen=True)
class Part:
    """The values of one test, combined where they repeat.

    ``t`` is the true time (of the first of several values), ``year`` the time the test takes;
    ``block`` is the season or the station.
    """

    station: str
    parameter: str
    t: Floats
    year: Floats
    block: NDArray[Any]
    value: Floats
    censored: NDArray[np.int8]
    synthetic: bool


def parts_of(series: pd.DataFrame, how: How) -> list[Part]:
    """Return the parts of a table, sorted by station and parameter; a part may hold no value."""
    import pandas as pd

    station, stations = pd.factorize(series["station"].astype(str).to_numpy(object), sort=True)
    parameter, parameters = pd.factorize(
        series["parameter"].astype(str).to_numpy(object), sort=True
    )
    regional = how.method == "regional_kendall"
    group = parameter if regional else station * len(parameters) + parameter
    present = np.unique(group)
    marks = series["synthetic"].fillna(False).astype(bool) if "synthetic" in series else None
    invented = set(group[marks.to_numpy()].tolist()) if marks is not None else set()
    t, value = series["t"].to_numpy(np.float64), series["value"].to_numpy(np.float64)
    kept = ~np.isnan(value) & ~np.isnan(t)
    t, value, group, censored = t[kept], value[kept], group[kept], censoring_of(series)[kept]
    block = station[kept] if regional else _seasons(t, how)
    done = combined(
        _moments(t, how), group * (block.max(initial=0) + 1) + block, value, censored=censored,
        repeats=how.repeats,
    )  # fmt: skip
    group, block = group[done.row], block[done.row]
    ends = np.searchsorted(group, present, "right")
    starts = np.searchsorted(group, present, "left")
    labels: NDArray[Any] = np.asarray(stations, object) if regional else np.arange(367)
    found = []
    for key, a, b in zip(present.tolist(), starts.tolist(), ends.tolist(), strict=True):
        at, of = divmod(key, len(parameters))
        names = (REGION, str(parameters[key])) if regional else (stations[at], parameters[of])
        found.append(_part(names, t, labels[block[a:b]], (done, a, b), key in invented))
    return found


def _part(
    names: tuple[str, str],
    t: Floats,
    block: NDArray[Any],
    own: tuple[Combined, int, int],
    synthetic: bool,
) -> Part:
    done, a, b = own
    return Part(
        station=str(names[0]),
        parameter=str(names[1]),
        t=t[done.row[a:b]],
        year=done.t[a:b],
        block=block,
        value=done.value[a:b],
        censored=done.censored[a:b],
        synthetic=synthetic,
    )


def _seasons(t: Floats, how: How) -> Ints:
    if how.method == "mann_kendall":
        return np.zeros(t.size, np.int64)
    return season_of(t, how.period)


def _moments(t: Floats, how: How) -> Floats:
    """Return the moments that may repeat, which are the times the test takes."""
    if how.method == "mann_kendall":
        if how.autocorrelation == "none":
            return t
        return year_of(t) + (season_of(t, how.period) - 1.0) / how.period
    return t if how.repeats == "keep" else year_of(t)


def censoring_of(rows: pd.DataFrame) -> NDArray[np.int8]:
    """Return -1 for values below a limit, 1 for values above one, 0 for measured ones."""
    if "censored" not in rows:
        return np.zeros(len(rows), np.int8)
    told = rows["censored"]
    if told.dtype.kind == "b":
        return -told.to_numpy().astype(np.int8)
    return np.asarray(told.fillna(0), np.int8)


def judged_together(parts: list[Part], how: How) -> dict[int, TrendTest]:
    """Return the tests, by position, of the parts that can be tested together.

    Those are all measured values of the seasonal test, with one value for a season of a year, and
    of the plain test without correction.
    """
    at = [k for k, part in enumerate(parts) if part.value.size and not part.censored.any()]
    if how.repeats == "keep":
        return {}
    if how.method == "seasonal_kendall":
        at = [k for k in at if _years(parts[k]) ** 2 * how.period <= WIDEST]
        test, widths = _seasonal, [_years(parts[k]) * how.period for k in at]
    elif how.method == "mann_kendall" and how.autocorrelation == "none":
        test, widths = _plain, [parts[k].value.size for k in at]
    else:
        return {}
    done: dict[int, TrendTest] = {}
    for chosen in _of_like_width(at, widths):
        done |= zip(chosen, test([parts[k] for k in chosen], how), strict=True)
    return done


def _years(part: Part) -> int:
    return int(part.year.max() - part.year.min()) + 1


def _of_like_width(at: list[int], widths: list[int]) -> Iterator[list[int]]:
    """Give series together that take little room: one that is long must not widen all others."""
    chosen: list[int] = []
    for width, k in sorted(zip(widths, at, strict=True)):
        if chosen and width * (len(chosen) + 1) > AT_ONCE:
            yield chosen
            chosen = []
        chosen.append(k)
    if chosen:
        yield chosen


def _seasonal(parts: list[Part], how: How) -> list[TrendTest]:
    starts = np.array([part.year.min() for part in parts])
    spans = np.array([part.year.max() for part in parts]) - starts + 1
    grid = np.full((len(parts), int(spans.max()) * how.period), np.nan)
    for row, part in enumerate(parts):
        place = (part.year - starts[row]) * how.period + part.block.astype(np.int64) - 1
        grid[row, place.astype(np.int64)] = part.value
    correlated = how.autocorrelation == "hirsch_slack"
    tests = seasonal_kendall_many(grid, how.period, correlated=correlated, alpha=how.alpha)
    lines = season_intercepts(grid, how.period, starts)
    made = _made(tests, "seasonal_kendall", lines)
    if not correlated:
        return made
    years = [np.unique(part.year).size for part in parts]
    return [
        test if n >= YEARS_FOR_CORRELATED else _noted(test, n)
        for test, n in zip(made, years, strict=True)
    ]


def _noted(test: TrendTest, years: int) -> TrendTest:
    return replace(test, notes=(*test.notes, FEW_YEARS.fill(n=years)))


def _plain(parts: list[Part], how: How) -> list[TrendTest]:
    width = max(part.value.size for part in parts)
    t, values = np.zeros((len(parts), width)), np.full((len(parts), width), np.nan)
    for row, part in enumerate(parts):
        t[row, : part.value.size], t[row, part.value.size :] = part.year, part.year[-1]
        values[row, : part.value.size] = part.value
    tests = mann_kendall_many(t, values, alpha=how.alpha)
    return _made(tests, "mann_kendall", tests.intercept)


def _made(tests: TrendTests, method: str, intercept: Floats) -> list[TrendTest]:
    return [
        TrendTest(
            method,
            s=float(tests.s[k]),
            var_s=float(tests.var_s[k]),
            z=float(tests.z[k]),
            p_value=float(tests.p_value[k]),
            tau=float(tests.tau[k]),
            tau_b=math.nan,
            slope=float(tests.slope[k]),
            lower=float(tests.lower[k]),
            upper=float(tests.upper[k]),
            intercept=float(intercept[k]),
            n=int(tests.n[k]),
            alpha=tests.alpha,
            notes=sample_notes(int(tests.n[k])),
        )
        for k in range(tests.n.size)
    ]
