"""Forecast of water parameters and of the class, month by month (水质预测), per station.

A forecast is shown only where it beat seasonal naive (the value of the same month of the year
before) at rolling origins; every row says by how much, on how many origins, and what its intervals
covered. It continues what the series did: it knows nothing of works, spills or weather to come.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.candidates import shares
from wetland.statistics.evaluation import Evaluation, evaluate, intervals_of
from wetland.statistics.forecast import describe, judge
from wetland.statistics.rolling import Rolled, Scale, from_scale, roll_origins, season_labels
from wetland.statistics.rolling import warm_up as steps_to_warm_up
from wetland.water.parameters import parameters
from wetland.water.results import Readings, period_means, usable
from wetland.water.stations import Programme, Station

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

PERIOD = 12
MOST_MONTHS = 12
MOST_CENSORED = 0.5  # share of months without a detected value, beyond it nothing is told
STALE_AFTER = 12  # months without a value before the end of the station's record
# Told as they are; all other parameters on the logarithm, where none of their values is 0 or less.
PLAIN = frozenset({"temp", "ph", "do", "do_sat", "salinity"})
BELOW_ZERO = frozenset({"temp"})

PARAMETER_COLUMNS = (
    "station", "parameter", "month", "lead", "mean", "lower", "upper", "shown", "skill", "chance",
    "coverage", "wanted_coverage", "origins", "tested", "mase", "interval_skill", "lead_skill",
    "lead_coverage", "model", "reason", "known_months", "censored_months", "last_month",
    "synthetic",
)  # fmt: skip

_MONTHS = text(
    "只能预测 1 至 {most} 个月，不能是 {months}",
    "a forecast reaches 1 to {most} months, not {months}",
)
_SHORT = text(
    "资料太少：需要约五年的月值才能检验预测，现有 {known} 个月",
    "too little data: a test takes about five years of months, there are {known}",
)
_CENSORED = text(
    "{share} 的月份未检出，无从预测",
    "{share} of the months are below the detection limit: nothing to forecast from",
)
_STALE = text(
    "最近一次结果是 {last}，已超过 {n} 个月",
    "the last result is of {last}, more than {n} months before the end of the record",
)
_HALF = text(
    "{reason}；{n} 个月有未检出，按检出限一半计",
    "{reason}; {n} months with non-detects taken at half their limit",
)


@dataclass(frozen=True, slots=True)
class Series:
    """The months of one parameter at one station.

    ``values`` are unrounded official monthly means (half the limit for non-detects) on a grid of
    months from the station's first to its last, NaN for a month without a result; ``censored``
    counts months with a non-detect, ``undetected`` those with nothing else.
    """

    station: str
    parameter: str
    first_month: np.datetime64
    values: Floats
    censored: int
    undetected: int
    synthetic: bool

    @property
    def known(self) -> int:
        """Number of months with a value."""
        return int((~np.isnan(self.values)).sum())

    @property
    def scale(self) -> Scale:
        """Scale of the model."""
        plain = self.parameter in PLAIN or bool(np.any(self.values <= 0))
        return "identity" if plain else "log"

    @property
    def last_known(self) -> int:
        """Position of the last month with a value; -1 for none."""
        at = np.flatnonzero(~np.isnan(self.values))
        return int(at[-1]) if len(at) else -1

    def month(self, position: int) -> str:
        """Return the month at a position of the grid, ``2024-05``."""
        return str(self.first_month + np.timedelta64(position, "M"))


@dataclass(frozen=True, slots=True)
class Told:
    """One series with what was said of it at every origin; ``rolled`` is None where it cannot be.

    ``widths`` are the half widths of the intervals on the scale of the model.
    """

    series: Series
    rolled: Rolled | None
    widths: Floats | None
    evaluation: Evaluation | None
    shown: bool
    reason: Text


def monthly_series(readings: Readings) -> dict[str, list[Series]]:
    """Put monthly readings on a grid per station, one `Series` for every parameter with a value.

    Raises
    ------
    InputError
        The readings are not per month.
    """
    if readings.per != "month":
        raise InputError(text("预测需要月均值", "a forecast needs monthly readings"))
    made: dict[str, list[Series]] = {}
    months = readings.starts_on.astype("datetime64[M]")
    for station in dict.fromkeys(readings.station.tolist()):
        rows = np.flatnonzero(readings.station == station)
        first = months[rows].min()
        at = (months[rows] - first).astype(np.int64)
        for column, code in enumerate(readings.parameters):
            values = np.full(int(at.max()) + 1, np.nan)
            values[at] = readings.mean[rows, column]
            if np.isnan(values).all():
                continue
            below = readings.censored[rows, column]
            count = readings.count[rows, column]
            made.setdefault(station, []).append(
                Series(
                    station,
                    code,
                    first,
                    values,
                    int((below > 0).sum()),
                    int(((below == count) & (count > 0)).sum()),
                    bool(readings.synthetic[rows].any()),
                )
            )
    return made


def tell(series: Series, *, months: int, alpha: float) -> Told:
    """Roll through a series and judge it; say why where it cannot be."""
    if series.undetected > MOST_CENSORED * series.known:
        share = f"{100 * series.undetected / max(series.known, 1):.0f} %"
        return Told(series, None, None, None, False, _CENSORED.fill(share=share))
    if len(series.values) - 1 - series.last_known > STALE_AFTER:
        last = series.month(series.last_known)
        return Told(series, None, None, None, False, _STALE.fill(last=last, n=STALE_AFTER))
    if len(series.values) <= steps_to_warm_up(PERIOD):
        return Told(series, None, None, None, False, _SHORT.fill(known=series.known))
    labels = season_labels(len(series.values) + months, PERIOD)
    rolled = roll_origins(series.values, labels, horizon=months, period=PERIOD, scale=series.scale)
    intervals = intervals_of(rolled, alpha=alpha)
    evaluation = evaluate(rolled, intervals, alpha=alpha)
    if evaluation is None:
        reason = _SHORT.fill(known=series.known)
        return Told(series, rolled, intervals.told, None, False, reason)
    shown, reason = judge(evaluation)
    if series.censored:
        reason = _HALF.fill(reason=reason, n=series.censored)
    return Told(series, rolled, intervals.told, evaluation, shown, reason)


def _about(told: Told, alpha: float) -> dict[str, object]:
    """Return the columns that all rows of a series share."""
    series, evaluation = told.series, told.evaluation
    about: dict[str, object] = {
        "station": series.station,
        "parameter": series.parameter,
        "shown": told.shown,
        "wanted_coverage": 1 - alpha,
        "model": None,
        "reason": told.reason,
        "known_months": series.known,
        "censored_months": series.censored,
        "last_month": series.month(series.last_known),
        "synthetic": series.synthetic,
        "origins": 0,
        "tested": 0,
    }
    if evaluation is not None and told.rolled is not None:
        about |= {
            "skill": evaluation.skill,
            "chance": evaluation.chance,
            "coverage": evaluation.coverage,
            "origins": evaluation.origins,
            "tested": evaluation.tested,
            "mase": evaluation.mase,
            "interval_skill": evaluation.interval_skill,
            "model": describe(shares(told.rolled.weights)),
        }
    return about


def _rows(told: Told, alpha: float) -> list[dict[str, object]]:
    """Return one row per month that is shown; one without a month where none is."""
    about = _about(told, alpha)
    rolled, evaluation, series = told.rolled, told.evaluation, told.series
    if not told.shown or rolled is None or evaluation is None or told.widths is None:
        return [about]
    rows = []
    least = -np.inf if series.parameter in BELOW_ZERO else 0.0
    for lead in evaluation.leads:
        middle = rolled.told[-1, lead.lead - 1]
        width = told.widths[-1, lead.lead - 1]
        if np.isnan(middle + width):
            continue
        ends = from_scale(np.array([middle, middle - width, middle + width]), rolled.scale)
        mean, lower, upper = np.maximum(ends, least).tolist()
        rows.append(
            about
            | {
                "month": series.month(len(series.values) - 1 + lead.lead),
                "lead": lead.lead,
                "mean": mean,
                "lower": lower,
                "upper": upper,
                "lead_skill": lead.skill,
                "lead_coverage": lead.coverage,
            }
        )
    return rows or [about | {"shown": False}]


def forecast_water(
    results: pd.DataFrame,
    stations: Mapping[str, Station],
    *,
    months: int = 12,
    only: Collection[str] | None = None,
    alpha: float = 0.05,
    programmes: Mapping[str, Programme] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecast every parameter of every station, and the class, 1 to ``months`` months ahead.

    Parameters
    ----------
    results : DataFrame
        `WATER_RESULTS`; only usable rows count (`wetland.water.results.usable`).
    stations : mapping
        Stations by name. A station that is missing here has no forecast of the class: its limits
        would be a guess.
    months : int
        1 to 12, counted from the last month of the station with a result of any parameter.
    only : collection of str, optional
        Codes of the parameters to return; the class rests on all its items all the same.
    alpha : float
        One minus the coverage that is wanted of the intervals.
    programmes : mapping, optional
        The site's programmes by name; a station without one is held to the method's own (9+X).

    Returns
    -------
    parameters : DataFrame
        Columns `PARAMETER_COLUMNS`. ``mean`` is the median where the model stands on the logarithm
        (concentrations), lower and upper the interval, in the parameter's unit. ``skill`` is one
        less the ratio of the mean absolute errors to seasonal naive's, over ``origins`` origins and
        ``tested`` outcomes; ``chance`` its one-sided p; ``coverage`` the measured share inside the
        intervals, to be held against ``wanted_coverage``; ``lead_*`` the same for that lead alone.
        A series that is not shown has one row without a month and without values, with its reason
        and, where it was tested, what the test said: nobody shows it by oversight.
    classes : DataFrame
        Columns `wetland.water.forecastclasses.CLASS_COLUMNS`: the probabilities of the classes of
        the months ahead by the newest standard, over ``items`` alone; ``left_out`` are measured too
        seldom or cannot be forecast, ``not_measured`` belong to the programme and are not there:
        with either the class may be worse, which the reason says. ``skill`` compares ranked
        probability scores with the class of the same month before, ``frequency_skill`` with past
        frequencies. A station that is not shown has one row without a period.

    Raises
    ------
    InputError
        ``months`` is not 1 to 12, or ``alpha`` not between 0 and 1.
    """
    import pandas as pd  # noqa: PLC0415 - slow to import

    from wetland.water.forecastclasses import class_rows, class_table  # noqa: PLC0415 - pandas

    if not 1 <= months <= MOST_MONTHS:
        raise InputError(_MONTHS.fill(months=months, most=MOST_MONTHS))
    if not 0 < alpha < 1:
        raise InputError(text("alpha 须在 0 与 1 之间", "alpha must be between 0 and 1"))
    rows: list[dict[str, object]] = []
    classes: list[dict[str, object]] = []
    order = list(parameters())
    for name, all_series in monthly_series(period_means(usable(results), per="month")).items():
        told = [tell(series, months=months, alpha=alpha) for series in all_series]
        told.sort(key=lambda one: order.index(one.series.parameter))
        for one in told:
            if only is None or one.series.parameter in only:
                rows += _rows(one, alpha)
        if name in stations:
            classes += class_rows(told, stations[name], programmes=programmes or {})
    frame = pd.DataFrame(rows, columns=list(PARAMETER_COLUMNS))
    return frame.astype({"shown": bool, "synthetic": bool, "lead": "Int64"}), class_table(classes)
