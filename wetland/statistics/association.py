"""Whether two series go together (关联): rank correlation that respects autocorrelation.

Two series that wander slowly look related by chance far more often than a table of p values says.
So: season, trend and effort are taken out first, then the correlation of what is left is judged by
the number of values that are independent in effect, and by series of the same persistence that have
nothing to do with each other.

References
----------
Bartlett (1946), JRSS B 8:27-41; Pyper, Peterman (1998), Can. J. Fish. Aquat. Sci. 55:2127-2140
(effective sample size); Theiler et al. (1992), Physica D 58:77-94, and Ebisuzaki (1997), J. Climate
10:2147-2153 (surrogates); Kendall (1954), Biometrika 41:403-404 (bias of the autocorrelation).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.cleaning import Cleaner
from wetland.statistics.kendallblocks import as_series
from wetland.statistics.surrogates import persistence, persistent_series, phase_randomised

Floats = NDArray[np.float64]
Method = Literal["auto", "effective", "surrogate", "phase", "naive"]

FEWEST = 8
DRAWS = 1000

METHODS: dict[str, Text] = {
    "auto": text("有效样本量与替代序列两种检验中较保守的一个",
                 "the more cautious of effective sample size and surrogates"),
    "effective": text("有效样本量", "effective sample size"),
    "surrogate": text("一阶自回归替代序列", "surrogates of first-order autoregression"),
    "phase": text("随机相位替代序列", "surrogates with random phases"),
    "naive": text("不计自相关（仅供比较）", "as if independent (for comparison only)"),
}  # fmt: skip
CAVEAT = text(
    "关联不等于因果：两者同时变化，可能另有共同原因。",
    "Association is not cause: both may follow something else.",
)
_UNKNOWN = text("没有「{m}」这种方法；可用：{all}", "no method {m!r}; there are: {all}")
_TIMES = text(
    "时次须为整数且不重复（如年份，或年 × 12 + 月）",
    "times must be whole numbers, each once (years, or year x 12 + month)",
)
_PERIOD = text("周期须为不小于 2 的整数", "the period must be a whole number of 2 or more")
_DRAWS = text("替代序列不少于 99 个", "at least 99 surrogates")
_LEVEL = text("置信水平应在 0 与 1 之间", "the confidence must be between 0 and 1")
_FEW = text(
    "两者都有数值的时次只有 {n} 个（至少 {least} 个），无法判断",
    "only {n} times with both values (at least {least} are needed): nothing can be said",
)
_CONSTANT = text(
    "去除季节、趋势和努力量之后，其中一个序列没有变化，无法判断",
    "without season, trend and effort one of the series does not vary: nothing can be said",
)
_LOST = text("{n} 个时次缺少其中一个值，未参与", "{n} times lack one of the values: left out")
_GAPS = text("序列中间有 {n} 个空缺时次", "{n} times are missing within the series")
_NO_PHASE = text(
    "序列有空缺，随机相位不适用，改用一阶自回归替代序列",
    "random phases need a series without gaps: first-order autoregression is used",
)
_SHORT = text(
    "有效样本量只有 {n:.1f}，只有很强的关联才能看出",
    "the effective sample size is only {n:.1f}: none but strong associations would show",
)


@dataclass(frozen=True, slots=True)
class AssociationOptions:
    """How an association is judged.

    Attributes
    ----------
    method
        By `METHODS`. ``effective``: Student's t with the effective sample size of Pyper and
        Peterman (autocorrelations up to a fifth of the length, Bartlett's formula); ``surrogate``:
        pairs of unrelated first-order autoregressive series with the persistence of the two
        (corrected for its bias), treated in the same way; ``phase``: the spectrum of ``x`` with
        random phases, for series without gaps; ``auto``: the larger p of the first two; ``naive``
        takes the times as independent.
    detrend
        Whether a line in time is taken out. Two series that both only rise are related to time;
        without their trends it is asked whether they deviate together.
    draws
        Surrogates; a p value is never below 1 / (draws + 1).
    seed
        Of the surrogates: the same seed gives the same p value.
    confidence
        Of the interval.

    Errors
    ------
    InputError
        An unknown method, fewer than 99 surrogates, a confidence not between 0 and 1.
    """

    method: Method = "auto"
    detrend: bool = True
    draws: int = DRAWS
    seed: int = 0
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Refuse what makes no test."""
        if self.method not in METHODS:
            raise InputError(_UNKNOWN.fill(m=self.method, all=", ".join(METHODS)))
        if self.draws < 99:
            raise InputError(_DRAWS)
        if not 0 < self.confidence < 1:
            raise InputError(_LEVEL)


@dataclass(frozen=True, slots=True)
class Association:
    """How two series go together.

    Attributes
    ----------
    n
        Times with all values.
    n_effective
        Independent values these are worth, at most ``n``; NaN where nothing can be said.
    rho
        Rank correlation without season, trend and effort (偏秩相关系数).
    p_value
        Of no association, two-sided, by ``method``.
    lower, upper
        Interval of ``rho`` by Fisher's transformation with ``n_effective``.
    method
        By which the p value was made.
    p_naive
        The p value as if all times were independent; for comparison only.
    caveat
        Printed wherever the result is.
    notes
        What was done and what a reader has to know.
    """

    n: int
    n_effective: float
    rho: float
    p_value: float
    lower: float
    upper: float
    method: str
    p_naive: float
    caveat: Text
    notes: tuple[Text, ...] = ()

    @property
    def known(self) -> bool:
        """Return whether anything can be said."""
        return math.isfinite(self.p_value)


def associate(
    times: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    effort: ArrayLike | None = None,
    period: int | None = None,
    options: AssociationOptions | None = None,
) -> Association:
    """Test two aligned series for association.

    Values are ranked, within their season where there is a ``period``; a line in time and the ranks
    of ``effort`` are taken out of both (partial rank correlation), and what is left correlated.

    Parameters
    ----------
    times
        Whole numbers, one step apart where nothing is missing, in any order: years, or year x 12 +
        month for months.
    x, y
        Values; NaN is missing.
    effort
        Survey effort at these times; NaN leaves the time out.
    period
        Steps in a seasonal cycle, 12 for months; None: no seasons.
    options
        How it is judged; None: the more cautious of two tests.

    Returns
    -------
    Association
        With NaN and the reason in ``notes`` where fewer than 8 times have all values, or one of the
        series does not vary.

    Errors
    ------
    InputError
        Times that are not whole or repeated, a period below 2, columns of different length.

    Examples
    --------
    >>> found = associate(range(2010, 2020), [3, 5, 4, 6, 5, 8, 6, 9, 7, 9],
    ...                   [1, 4, 2, 5, 3, 7, 5, 6, 4, 8],
    ...                   options=AssociationOptions("naive", detrend=False))
    >>> found.n, round(found.rho, 4), found.n_effective
    (10, 0.92, 10.0)
    """
    if period is not None and (period != int(period) or period < 2):
        raise InputError(_PERIOD)
    how = options or AssociationOptions()
    kept = _rows(times, x, y, effort)
    at, n = kept.at, kept.at.size
    notes = [_LOST.fill(n=kept.lost)] if kept.lost else []
    if n < FEWEST:
        return _nothing(n, how.method, [*notes, _FEW.fill(n=n, least=FEWEST)])
    out = Cleaner(at, kept.effort, period, how.detrend)
    a, b = out.clean(kept.x), out.clean(kept.y)
    notes += out.notes()
    if gaps := int(at[-1] - at[0]) + 1 - n:
        notes.append(_GAPS.fill(n=gaps))
    if not (_varies(a) and _varies(b)) or n - 2 - out.taken < 1:
        return _nothing(n, how.method, [*notes, _CONSTANT])
    if how.method == "phase" and gaps:
        how = replace(how, method="surrogate")
        notes.append(_NO_PHASE)
    worth = float(n)
    if how.method != "naive":
        worth = effective_size(at, a, b, fewest=out.taken + 3.0)
    if worth < FEWEST:
        notes.append(_SHORT.fill(n=worth))
    rho = float(_correlations(a, b))
    p_value = _judged(how, out, (kept.x, a, b), (rho, worth))
    lower, upper = _interval(rho, worth, out.taken, how.confidence)
    naive = _student(rho, n, out.taken)
    return Association(
        n, worth, rho, p_value, lower, upper, how.method, naive, CAVEAT, tuple(notes)
    )  # fmt: skip


def _judged(
    how: AssociationOptions,
    out: Cleaner,
    series: tuple[Floats, Floats, Floats],
    found: tuple[float, float],
) -> float:
    """Return the p value by the method that was asked for."""
    rho, worth = found
    effective = _student(rho, worth, out.taken)
    if how.method in ("naive", "effective"):
        return effective
    rng = np.random.default_rng(how.seed)
    unrelated = _unrelated(how.method, out, series, how.draws, rng)
    extreme = int((np.abs(unrelated) >= abs(rho) - 1e-12).sum())
    drawn = (1 + extreme) / (1 + how.draws)
    return max(drawn, effective) if how.method == "auto" else drawn


def effective_size(at: Floats, a: Floats, b: Floats, *, fewest: float = 3.0) -> float:
    """Return how many independent pairs two autocorrelated series are worth.

    ``1/n* = 1/n + 2/n sum_j (n - j)/n r_a(j) r_b(j)`` over lags up to n/5, with the autocorrelation
    at a lag from the pairs that are that far apart, so that gaps are allowed; never above n nor
    below ``fewest``. ``a`` and ``b`` have the mean 0, ``at`` are whole times, ascending.
    """
    n = at.size
    inverse = 1.0 / n
    own_a, own_b = float(a @ a) / n, float(b @ b) / n
    place = {int(t): k for k, t in enumerate(at)}
    for lag in range(1, max(n // 5, 1) + 1):
        pairs = [(k, place[int(t) + lag]) for k, t in enumerate(at) if int(t) + lag in place]
        if not pairs:
            continue
        first, later = np.array(pairs).T
        r_a = float((a[first] * a[later]).mean()) / own_a
        r_b = float((b[first] * b[later]).mean()) / own_b
        inverse += 2.0 / n * (n - lag) / n * r_a * r_b
    return float(n) if inverse <= 1.0 / n else float(max(1.0 / inverse, fewest))


@dataclass(frozen=True, slots=True)
class _Kept:
    """The times with all values, ascending."""

    at: Floats
    x: Floats
    y: Floats
    effort: Floats | None
    lost: int


def _rows(times: ArrayLike, x: ArrayLike, y: ArrayLike, effort: ArrayLike | None) -> _Kept:
    a = as_series("x", x)
    b = as_series("y", y, a.size)
    at = as_series("times", times, a.size)
    spent = None if effort is None else as_series("effort", effort, a.size)
    if np.isnan(at).any() or (at != np.rint(at)).any() or np.unique(at).size < at.size:
        raise InputError(_TIMES)
    known = ~np.isnan(a) & ~np.isnan(b)
    if spent is not None:
        known &= ~np.isnan(spent)
    order = np.flatnonzero(known)[np.argsort(at[known])]
    part = None if spent is None else spent[order]
    return _Kept(at[order], a[order], b[order], part, int((~known).sum()))


def _unrelated(
    made: str,
    out: Cleaner,
    series: tuple[Floats, Floats, Floats],
    draws: int,
    rng: np.random.Generator,
) -> Floats:
    """Return correlations of surrogates that have nothing to do with each other."""
    x, a, b = series
    if made == "phase":
        return _correlations(out.clean(phase_randomised(x, draws, rng)), b)
    taken = out.taken if out.seasons is None else out.taken + 1
    first, second = (
        out.clean(persistent_series(out.at, persistence(out.at, part, taken), draws, rng))
        for part in (a, b)
    )
    return _correlations(first, second)


def _correlations(a: Floats, b: Floats) -> Floats:
    """Return the correlation of every row; 0 where one does not vary."""
    both = np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
    product = (a * b).sum(axis=-1)
    found = np.divide(product, both, out=np.zeros(np.shape(product)), where=both > 0)
    out: Floats = np.clip(found, -1.0, 1.0)
    return out


def _varies(values: Floats) -> bool:
    return bool(np.abs(values).max() > 1e-9)


def _student(rho: float, size: float, taken: int) -> float:
    from scipy.special import stdtr  # noqa: PLC0415 - scipy is slow to load

    freedom = size - 2 - taken
    if abs(rho) >= 1.0:
        return 0.0
    score = abs(rho) * math.sqrt(freedom / ((1.0 - rho) * (1.0 + rho)))
    return 2.0 * float(stdtr(freedom, -score))


def _interval(rho: float, size: float, taken: int, confidence: float) -> tuple[float, float]:
    """Return Fisher's interval; the whole range where the effective size is too small for one."""
    from scipy.special import ndtri  # noqa: PLC0415 - scipy is slow to load

    left = size - 3 - taken
    if left <= 0 or abs(rho) >= 1.0:
        return (rho, rho) if abs(rho) >= 1.0 else (-1.0, 1.0)
    half = float(ndtri((1 + confidence) / 2)) / math.sqrt(left)
    middle = math.atanh(rho)
    return math.tanh(middle - half), math.tanh(middle + half)


def _nothing(n: int, method: str, notes: list[Text]) -> Association:
    nan = math.nan
    return Association(n, nan, nan, nan, nan, nan, method, nan, CAVEAT, tuple(notes))
