"""Forecasts (预测) with intervals, shown only where they beat seasonal naive at rolling origins.

Not for one kind of series: months of water, hours and days of visitors. A series has a season
length; its seasons may also be told step by step (holidays as seasons of their own).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.candidates import FAMILIES, Family, candidates, shares
from wetland.statistics.evaluation import Evaluation, evaluate, intervals_of
from wetland.statistics.rolling import (
    Rolled,
    Scale,
    from_scale,
    roll_origins,
    season_labels,
    warm_up,
)

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST_ORIGINS = 12
CHANCE = 0.1  # a skill counts where so much of it comes by chance less often than this
MOST_UNCOVERED = 0.1  # how far the measured coverage may stay behind the wanted one

_TOO_SHORT = text(
    "资料太少：至少 {need} 个时段才能检验预测，现有 {n} 个（有值 {known} 个）",
    "too little data: a forecast can be tested from about {need} steps on, there are {n} ({known}"
    " with a value)",
)
_FEW_ORIGINS = text(
    "只能在 {origins} 个起点上检验，至少需要 {need} 个",
    "tested on {origins} origins only, at least {need} are needed",
)
_NOTHING_TO_BEAT = text(
    "季节性朴素预测没有误差，无从改进", "seasonal naive made no error: nothing to beat"
)
_BEATS = text(
    "优于季节性朴素预测：平均绝对误差小 {skill}，{origins} 个起点、{tested} 次检验，p = {chance}；"
    "{wanted} 区间实际覆盖 {coverage}",
    "beats seasonal naive: mean absolute error {skill} smaller on {origins} origins ({tested}"
    " outcomes), p = {chance}; {wanted} intervals covered {coverage}",
)
_BEATEN = text(
    "未优于季节性朴素预测（误差差异 {skill}，{origins} 个起点），不显示预测",
    "does not beat seasonal naive (skill {skill} on {origins} origins): no forecast is shown",
)
_UNSURE = text(
    "比季节性朴素预测误差小 {skill}（{origins} 个起点），但可能出于偶然（p = {chance}），不显示",
    "mean absolute error {skill} smaller than seasonal naive's on {origins} origins, but that may"
    " be chance (p = {chance}): no forecast is shown",
)
_NARROW = text(
    "区间偏窄：{wanted} 区间实际只覆盖 {coverage}（{tested} 次检验），不显示预测",
    "the intervals are too narrow: {wanted} intervals covered {coverage} of {tested} outcomes: no"
    " forecast is shown",
)
_COMBINED = text(
    "{n} 个候选模型按以往误差加权；{family}占 {share}",
    "{n} candidates weighted by their past errors; {family} {share}",
)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast and what is known of its worth.

    Attributes
    ----------
    frame : DataFrame
        time, lead, mean, lower, upper; one row per lead that could be tested. ``mean`` is the mean
        on the scale of the model: on a logarithm the median of the value. Empty without a test.
    model : Text
        What the forecast is combined from.
    skill : float or None
        One less the ratio of the mean absolute errors to seasonal naive's.
    coverage : float or None
        Share of past outcomes inside their intervals.
    shown : bool
        Whether it may be shown: it beats seasonal naive by more than chance.
    reason : Text
        Why it is shown or not, with the numbers.
    origins : int
        Origins it was tested on.
    evaluation : Evaluation or None
        The test in full.
    shares : dict
        Weight of each family of models at the end of the series.
    """

    frame: pd.DataFrame
    model: Text
    skill: float | None
    coverage: float | None
    shown: bool
    reason: Text
    origins: int
    evaluation: Evaluation | None
    shares: dict[Family, float]


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def judge(evaluation: Evaluation) -> tuple[bool, Text]:
    """Say whether a forecast beats seasonal naive, and why.

    It does where, on at least `FEWEST_ORIGINS` origins, its mean absolute error is smaller and so
    large a difference comes by chance less often than `CHANCE` (one-sided, with the dependence of
    neighbouring origins). Its intervals must not have covered less than was wanted by more than
    `MOST_UNCOVERED`. Where the differences are all alike, their sign decides.
    """
    if evaluation.origins < FEWEST_ORIGINS:
        return False, _FEW_ORIGINS.fill(origins=evaluation.origins, need=FEWEST_ORIGINS)
    if evaluation.skill is None:
        return False, _NOTHING_TO_BEAT
    chance = evaluation.chance
    if chance is None:
        chance = 0.0 if evaluation.skill > 0 else 1.0
    said: dict[str, object] = {
        "skill": _percent(evaluation.skill),
        "origins": evaluation.origins,
        "tested": evaluation.tested,
        "chance": f"{chance:.2g}",
        "wanted": _percent(1 - evaluation.alpha),
        "coverage": _percent(evaluation.coverage),
    }
    if evaluation.skill <= 0:
        return False, _BEATEN.fill(**said)
    if chance > CHANCE:
        return False, _UNSURE.fill(**said)
    if evaluation.coverage < 1 - evaluation.alpha - MOST_UNCOVERED:
        return False, _NARROW.fill(**said)
    return True, _BEATS.fill(**said)


def describe(found: dict[Family, float]) -> Text:
    """Say what a forecast is combined from: how many candidates, and the heaviest family."""
    family, share = next(iter(found.items()))
    return _COMBINED.fill(n=len(candidates()), family=FAMILIES[family], share=_percent(share))


def _values_and_times(series: Any, horizon: int) -> tuple[Floats, Sequence[Any]]:  # noqa: ANN401
    """Return the values and the times of the steps ahead.

    A pandas Series keeps its index where that is regular (periods, or instants with a frequency);
    other sequences count their steps from 0.
    """
    import pandas as pd  # noqa: PLC0415 - slow to import

    values = np.asarray(series, dtype=np.float64)
    if not isinstance(series, pd.Series) or isinstance(series.index, pd.RangeIndex):
        return values, range(len(values), len(values) + horizon)
    index = series.index
    if isinstance(index, pd.PeriodIndex):
        if not index.equals(pd.period_range(index[0], periods=len(index), freq=index.freq)):
            raise InputError(
                text("时段须连续、不重复", "the periods must follow each other without a gap")
            )
        return values, list(pd.period_range(index[-1] + 1, periods=horizon, freq=index.freq))
    step = getattr(index, "freq", None) or getattr(index, "inferred_freq", None)
    if step is None:
        raise InputError(
            text("时间间隔须一致", "the times of a series must be evenly spaced (a frequency)")
        )
    made = pd.date_range(index[-1], periods=horizon + 1, freq=step)
    return values, list(made[1:])


def _frame(rolled: Rolled, widths: Floats, times: Sequence[Any], leads: list[int]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - slow to import

    middle, width = rolled.told[-1], widths[-1]
    kept = [h for h in leads if not np.isnan(middle[h - 1] + width[h - 1])]
    at = np.array(kept, dtype=np.int64) - 1
    return pd.DataFrame(
        {
            "time": [times[i] for i in at],
            "lead": kept,
            "mean": from_scale(middle[at], rolled.scale),
            "lower": from_scale(middle[at] - width[at], rolled.scale),
            "upper": from_scale(middle[at] + width[at], rolled.scale),
        }
    )


def _none(values: Floats, horizon: int, period: int) -> Forecast:
    """Return the forecast of a series that is too short to test one."""
    import pandas as pd  # noqa: PLC0415 - slow to import

    need = warm_up(period) + min(period, horizon) + 20
    reason = _TOO_SHORT.fill(need=need, n=len(values), known=int((~np.isnan(values)).sum()))
    frame = pd.DataFrame(columns=["time", "lead", "mean", "lower", "upper"])
    return Forecast(frame, text("无", "none"), None, None, False, reason, 0, None, {})


def told_and_tested(
    rolled: Rolled, times: Sequence[Any], *, alpha: float
) -> tuple[pd.DataFrame | None, Evaluation | None]:
    """Return the frame of a forecast and its evaluation, or None twice where nothing is tested."""
    intervals = intervals_of(rolled, alpha=alpha)
    evaluation = evaluate(rolled, intervals, alpha=alpha)
    if evaluation is None:
        return None, None
    leads = [lead.lead for lead in evaluation.leads]
    return _frame(rolled, intervals.told, times, leads), evaluation


def forecast(
    series: Any,  # noqa: ANN401 - numbers in any sequence, or a Series with its times
    *,
    horizon: int = 12,
    period: int = 12,
    alpha: float = 0.05,
    scale: Scale = "identity",
    labels: Sequence[int] | None = None,
) -> Forecast:
    """Forecast a series 1 to ``horizon`` steps ahead, tested against seasonal naive.

    A combination of 61 candidates (`wetland.statistics.candidates`) is weighted, at every
    origin anew, by the errors known there; intervals rest on the combination's own past errors.
    The last origin gives the forecast; all others test it.

    Parameters
    ----------
    series : sequence of float, or Series with a regular index
        NaN where nothing is known; a gap is a gap, not a value.
    horizon, period : int
        Steps ahead; steps of a round of the seasons (12 for months, 7 for days, 168 for hours).
    alpha : float
        One minus the coverage that is wanted of the intervals.
    scale : {"identity", "log", "log1p"}
        Scale of the model: "log" for concentrations, "log1p" for counts.
    labels : sequence of int, optional
        Season of every step and of ``horizon`` steps after it, 0 and up, for seasons that do not
        go round evenly (a holiday). Without: steps modulo ``period``.

    Returns
    -------
    Forecast

    Raises
    ------
    InputError
        For values without a logarithm, an irregular index, labels of another length.
    """
    values, times = _values_and_times(series, horizon)
    if horizon < 1 or period < 1 or not 0 < alpha < 1:
        raise InputError(
            text(
                "预测步数和周期须为正，alpha 须在 0 与 1 之间",
                "horizon and period must be positive, alpha between 0 and 1",
            )
        )
    seasons = _labels(labels, len(values) + horizon, period)
    if len(values) <= warm_up(period):
        return _none(values, horizon, period)
    rolled = roll_origins(values, seasons, horizon=horizon, period=period, scale=scale)
    frame, evaluation = told_and_tested(rolled, times, alpha=alpha)
    if frame is None or evaluation is None:
        return _none(values, horizon, period)
    shown, reason = judge(evaluation)
    found = shares(rolled.weights)
    return Forecast(
        frame,
        describe(found),
        evaluation.skill,
        evaluation.coverage,
        shown and len(frame) > 0,
        reason,
        evaluation.origins,
        evaluation,
        found,
    )


def _labels(labels: Sequence[int] | None, size: int, period: int) -> Ints:
    if labels is None:
        return season_labels(size, period)
    made = np.asarray(labels, dtype=np.int64)
    if len(made) != size or made.min(initial=0) < 0:
        raise InputError(
            text(
                "季节标签须有 {n} 个，且不为负",
                "there must be {n} season labels, none negative",
            ).fill(n=size)
        )
    return made
