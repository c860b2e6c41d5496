"""Balance of protection and use (保护与利用): visitors against birds, water and findings.

Each pair of series is put on common months or years and tested once for every lag by
`wetland.statistics.association`, which takes out season, trend and effort and respects
autocorrelation. Many pairs are tested at a time, so their p values are corrected by Holm's method.
An association says that two things go together, never that one makes the other.

References
----------
Holm (1979), Scand. J. Statist. 6:65-70.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.aligned import Aligned, Dated, align
from wetland.statistics.association import (
    CAVEAT,
    FEWEST,
    Association,
    AssociationOptions,
    associate,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats = NDArray[np.float64]
Kind = Literal["birds", "water", "findings"]
Per = Literal["month", "year"]
LAGS = (0, 1, 2)
MOST_LAG = 12
SURE = 0.05

KINDS: dict[str, Text] = {
    "birds": text("鸟类", "birds"),
    "water": text("水质", "water"),
    "findings": text("疑似问题", "findings"),
}
HOLM = text(
    "共检验{n}对，p 值已按 Holm 法校正；校正前看似显著的，可能只是检验得多",
    "{n} pairs were tested and their p values corrected by Holm's method: of many tests some look "
    "significant by chance",
)
CAUTION = text(
    "仅为关联：不能据此说游客造成了变化；天气、季节、管理措施都可能同时影响两者。",
    "An association only: it does not say that visitors made the change; weather, season and "
    "management may move both.",
)
_ONCE = text(
    "{n}个月份只有一年的数据，去不掉季节，未参与",
    "{n} months of the year have one year only: their season cannot be taken out, so they are "
    "left out",
)
_NO_EFFORT = text("{n}个时次没有调查努力量，未参与", "{n} times lack survey effort: left out")
_FEW = text(
    "可用的时次只有 {n} 个（至少 {least} 个），无法判断",
    "only {n} times can be used (at least {least} are needed): nothing can be said",
)
_PER = text("须按 month 或 year 比较，不能按 {p}", "compare by month or year, not by {p!r}")
_LAG = text("滞后须为 0 至 {most} 的整数：{k}", "a lag is a whole number from 0 to {most}, not {k}")

_NOTHING = text("无法判断", "nothing can be said")
_NONE = text("未见关联（校正后 p = {p}）", "no association to be seen (corrected p = {p})")
_SAME = text(
    "游客多的时期此值也较高（ρ = {rho}，校正后 p = {p}）",
    "higher when there are more visitors (rho = {rho}, corrected p = {p})",
)
_OTHER = text(
    "游客多的时期此值较低（ρ = {rho}，校正后 p = {p}）",
    "lower when there are more visitors (rho = {rho}, corrected p = {p})",
)


@dataclass(frozen=True, eq=False)
class Series:
    """What visitors are held against.

    Attributes
    ----------
    key
        Names the series in tables: ``birds``, ``water_class``, ``water:codmn``, ``findings``.
    kind
        One of `KINDS`.
    name
        What it is, in words, with its unit.
    values
        Its values by day, and how several of a step are combined.
    effort
        Effort by day, combined in the same steps; None where none is told.
    notes
        What a reader has to know of it.
    """

    key: str
    kind: Kind
    name: Text
    values: Dated
    effort: Dated | None = None
    notes: tuple[Text, ...] = ()
    synthetic: bool = False


@dataclass(frozen=True, eq=False)
class Pair:
    """A series tested against visitors at one lag.

    Attributes
    ----------
    lag
        Steps by which the visitors come before the series.
    aligned
        The steps both have: ``x`` the series, ``y`` the visitors.
    found
        The test of association.
    p_corrected
        Its p value by Holm's method over all pairs of the table; NaN where nothing can be said.
    """

    of: Series
    lag: int
    aligned: Aligned
    found: Association
    p_corrected: float = math.nan

    @property
    def verdict(self) -> Text:
        """Return in one sentence what was found."""
        if not math.isfinite(self.p_corrected):
            return _NOTHING
        told = {"p": number(self.p_corrected), "rho": f"{self.found.rho:+.2f}"}
        if self.p_corrected > SURE:
            return _NONE.fill(p=told["p"])
        return (_SAME if self.found.rho > 0 else _OTHER).fill(**told)


def balance(
    visitors: Dated,
    others: Sequence[Series],
    *,
    per: Per = "month",
    lags: Sequence[int] = LAGS,
    options: AssociationOptions | None = None,
) -> tuple[Pair, ...]:
    """Test visitors against each series at each lag.

    By month the season is taken out by ranking within each month of the year; months of the year
    of which both have one year only tell nothing then and are left out. Fewer than eight steps
    give no answer.

    Parameters
    ----------
    visitors
        Visitors by day, or by the first day of a whole month or year.
    others
        What they are held against.
    per
        Steps: ``month`` or ``year``.
    lags
        Steps by which visitors come before: with 1, the birds of a month are held against the
        visitors of the month before. A lag that is told twice is tested once.
    options
        How an association is judged.

    Returns
    -------
    tuple of Pair
        In order of the series and lags, with p values corrected over all of them.

    Raises
    ------
    InputError
        Another step, or a lag below 0 or above 12.
    """
    if per not in ("month", "year"):
        raise InputError(_PER.fill(p=per))
    for lag in lags:
        if lag != int(lag) or not 0 <= lag <= MOST_LAG:
            raise InputError(_LAG.fill(k=lag, most=MOST_LAG))
    once = dict.fromkeys(int(lag) for lag in lags)
    found = [_tested(visitors, one, per, lag, options) for one in others for lag in once]
    corrected = holm([pair.found.p_value for pair in found])
    return tuple(replace(pair, p_corrected=p) for pair, p in zip(found, corrected, strict=True))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values corrected for their number by Holm's method; NaN counts as no test.

    The smallest is multiplied by the number of tests, the next by one less, and so on; none is
    smaller than the one before it, none above 1.

    Examples
    --------
    >>> [round(p, 4) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    out = [math.nan] * len(p_values)
    known = sorted((p, k) for k, p in enumerate(p_values) if math.isfinite(p))
    before = 0.0
    for rank, (p, k) in enumerate(known):
        before = max(before, min((len(known) - rank) * p, 1.0))
        out[k] = before
    return out


def number(value: float) -> str:
    """Return a p value as people write it.

    >>> number(0.0412), number(0.0001)
    ('0.041', '<0.001')
    """
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _tested(
    visitors: Dated, one: Series, per: Per, lag: int, options: AssociationOptions | None
) -> Pair:
    both = align(one.values, visitors, per, lag=lag)
    effort = _efforts(one, both, per)
    notes: list[Text] = []
    keep = np.ones(both.times.size, dtype=bool)
    if effort is not None:
        keep &= np.isfinite(effort)
        notes += _some(_NO_EFFORT, int((~keep).sum()))
    if both.period is not None:
        again = _repeated(both.times, keep, both.period)
        notes += _some(_ONCE, int((keep & ~again).sum()))
        keep &= again
    kept = _only(both, keep)
    spent = None if effort is None else effort[keep]
    if kept.times.size < FEWEST:
        few = _FEW.fill(n=kept.times.size, least=FEWEST)
        found = _nothing(kept.times.size, options, (*notes, few))
    else:
        found = associate(
            kept.times, kept.x, kept.y, effort=spent, period=kept.period, options=options
        )
        found = replace(found, notes=(*notes, *found.notes))
    return Pair(one, lag, kept, found)


def _some(note: Text, n: int) -> list[Text]:
    return [note.fill(n=n)] if n else []


def _efforts(one: Series, both: Aligned, per: Per) -> Floats | None:
    """Return the effort of every common step, NaN where none is told."""
    if one.effort is None:
        return None
    told = align(one.values, one.effort, per)
    spent: Mapping[str, float] = dict(zip(told.labels, told.y.tolist(), strict=True))
    return np.array([spent.get(label, math.nan) for label in both.labels], dtype=np.float64)


def _repeated(times: Floats, keep: NDArray[np.bool_], period: int) -> NDArray[np.bool_]:
    """Tell of steps whose season is there at least twice among those that are kept."""
    seasons = np.mod(times, period).astype(int).tolist()
    often = Counter(season for season, kept in zip(seasons, keep, strict=True) if kept)
    return np.array([often[season] > 1 for season in seasons], dtype=bool)


def _only(both: Aligned, keep: NDArray[np.bool_]) -> Aligned:
    labels = tuple(label for label, kept in zip(both.labels, keep, strict=True) if kept)
    return replace(both, times=both.times[keep], x=both.x[keep], y=both.y[keep], labels=labels)


def _nothing(
    n: int, options: AssociationOptions | None, notes: tuple[Text, ...]
) -> Association:  # fmt: skip
    nan = math.nan
    method = (options or AssociationOptions()).method
    return Association(n, nan, nan, nan, nan, nan, method, nan, CAVEAT, notes)
