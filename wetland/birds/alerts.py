"""Alerts of declines (种群下降预警): how much fewer birds than 5, 10, 25 seasons ago.

The smoothed course decides, measured up to the season before the last: its last value hangs on one
season's noise. A decline of 25 % and more is a medium alert, of 50 % and more a high one.

References
----------
Baillie and Rehfisch (eds.) (2006), National and site-based alert systems for UK birds, BTO Research
Report 226 (limits, spans, end points).
BTO, WeBS Alerts, methods (reference winter, base of the index, biological filter).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Lang, Text, text
from wetland.birds.smoothing import Smoothed, smooth
from wetland.birds.trimtable import CountTable, Floats

Level = Literal[
    "high_alert", "medium_alert", "decline", "stable", "increase", "strong_increase", "not_tested"
]
ALERTED: tuple[Level, ...] = ("medium_alert", "high_alert")
LEVELS: dict[Level, Text] = {
    "high_alert": text("高度预警：下降 50% 以上", "high alert: decline of 50 % or more"),
    "medium_alert": text("中度预警：下降 25%—50%", "medium alert: decline of 25 to 50 %"),
    "decline": text("下降不足 25%", "decline of less than 25 %"),
    "stable": text("不变", "no change"),
    "increase": text("增加不足一倍", "increase of less than double"),
    "strong_increase": text("增加一倍以上", "increase to double or more"),
    "not_tested": text("未检验", "not tested"),
}
MOST_PERCENT = 10_000.0  # beyond, the start is hardly a number at all
DIGITS = 6  # a change is compared with its limits at so many decimals of a per cent

_FULL = text("全部计数季", "the full series")
_SPAN = text("{n} 季", "{n} seasons")
_SHORT = text(
    "从第一季（{first}）到参照季（{reference}）不足 {n} 季",
    "there are fewer than {n} seasons from the first ({first}) to the reference ({reference})",
)
_FEW_SEASONS = text(
    "有计数的只有 {n} 季，少于 {least} 季，因此不预警",
    "only {n} seasons have counts, fewer than {least}: no alert",
)
_FEW_PLOTS = text(
    "有鸟的样点只有 {n} 个，少于 {least} 个，因此不预警",
    "only {n} plots have birds, fewer than {least}: no alert",
)
_NO_COUNTS = text("该季没有任何计数：{season}", "no plot was counted in the season {season}")
_FILTERED = text(
    "该物种数量自然波动大，{n} 季内的下降不预警（生物学过滤）",
    "numbers of this species vary much by nature: a decline over {n} seasons is not alarmed "
    "(biological filter)",
)
_FROM_NOTHING = text(
    "起点几乎没有鸟（增加百倍以上），不给出百分比",
    "there were almost no birds at the start (more than a hundredfold increase): no percentage",
)
_BOTH = text(
    "区间跨越预警限值：自助抽样中 {share:.0%} 下降不少于 {limit:g}%",
    "the interval spans the limit: {share:.0%} of the draws decline by {limit:g} % or more",
)
_LIMITS = text(
    "预警限值须满足 0 < 中度 < 高度 < 100：{medium}、{high}",
    "limits are 0 < medium < high < 100, not {medium} and {high}",
)
_SPANS = text("时段须为不小于 1 的整数：{span}", "spans are whole numbers from 1, not {span}")


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """When a decline is an alert.

    Parameters
    ----------
    spans
        Seasons over which changes are measured, beside the full series.
    medium, high
        Declines in per cent from which an alert is medium, and high (edges in).
    filtered_spans
        Spans up to so many seasons are not alarmed for species that fluctuate by nature.
    fewest_seasons, fewest_plots
        Seasons with counts and plots with birds below which nothing is said.
    level
        Of the intervals.
    draws, seed
        Of the bootstrap over plots.
    """

    spans: tuple[int, ...] = (5, 10, 25)
    medium: float = 25.0
    high: float = 50.0
    filtered_spans: int = 5
    fewest_seasons: int = 6
    fewest_plots: int = 3
    level: float = 0.95
    draws: int = 400
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """The change of the smoothed index over one span.

    Attributes
    ----------
    span
        In seasons; None is the full series.
    first, last
        The seasons it is measured between; ``last`` is the reference.
    percent, lower, upper
        The change and its interval; None where it was not tested, or grew more than a hundredfold.
    likelihood
        Share of the bootstrap draws in which the decline is as large as the limit of the alert
        (of a medium one where there is none).
    filtered
        It would be an alert, but for the biological filter.
    note
        Why it was not tested or not alarmed, or that its interval spans the limit.
    """

    span: int | None
    first: int | None
    last: int | None
    level: Level
    percent: float | None = None
    lower: float | None = None
    upper: float | None = None
    likelihood: float | None = None
    filtered: bool = False
    note: Text | None = None

    @property
    def alerted(self) -> bool:
        """Tell whether it is an alert."""
        return self.level in ALERTED and not self.filtered

    @property
    def name(self) -> Text:
        """Return what the span is called."""
        return _FULL if self.span is None else _SPAN.fill(n=self.span)

    def to_json(self, lang: Lang) -> dict[str, Any]:
        """Return it as plain values, words in one language."""
        return {
            "span": self.span, "name": self.name.get(lang), "first": self.first, "last": self.last,
            "change_percent": self.percent, "lower": self.lower, "upper": self.upper,
            "level": self.level, "words": LEVELS[self.level].get(lang),
            "alert": self.alerted, "filtered": self.filtered, "likelihood": self.likelihood,
            "note": None if self.note is None else self.note.get(lang),
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class SpeciesAlerts:
    """What alerts say of one species.

    Attributes
    ----------
    smoothed
        None where there are too few seasons or plots (``notes`` say so).
    reference
        The season before the last.
    changes
        One per span, then the full series.
    """

    table: CountTable
    settings: AlertSettings
    smoothed: Smoothed | None
    reference: int | None
    changes: tuple[Change, ...]
    notes: tuple[Text, ...]

    @property
    def worst(self) -> Change | None:
        """Return the alert with the largest decline (of equal ones the shortest span), or None."""
        alerts = [change for change in self.changes if change.alerted]
        return min(alerts, key=lambda c: c.percent or 0.0, default=None)

    @property
    def surest(self) -> Change | None:
        """Return the largest of the alerts whose intervals include no increase, else `worst`."""
        sure = [c for c in self.changes if c.alerted and c.upper is not None and c.upper < 0]
        return min(sure, key=lambda c: c.percent or 0.0, default=self.worst)

    def to_json(self, lang: Lang) -> dict[str, Any]:
        """Return it as plain values; the last season of the smoothed index is 100."""
        course: dict[str, Any] = {"smoothed": None, "lower": None, "upper": None, "freedom": None}
        if self.smoothed is not None:
            lower, upper = self.smoothed.interval(level=self.settings.level)
            course = {
                "smoothed": self.smoothed.index().tolist(), "lower": lower.tolist(),
                "upper": upper.tolist(), "freedom": self.smoothed.freedom,
            }  # fmt: skip
        worst = self.worst
        return {
            "season": [int(t) for t in self.table.times],
            "plots": len(self.table.sites),
            "base": int(self.table.times[-1]),
            "reference": self.reference,
            **course,
            "alert": None if worst is None else worst.level,
            "likelihood": None if worst is None else worst.likelihood,
            "changes": [change.to_json(lang) for change in self.changes],
            "notes": [note.get(lang) for note in self.notes],
        }


def alerts(
    table: CountTable, *, fluctuates: bool = False, settings: AlertSettings | None = None
) -> SpeciesAlerts:
    """Say over which spans a population declined so much that it is an alert.

    Parameters
    ----------
    table
        Counts per plot and season (`count_table_of`), of seasons that are over.
    fluctuates
        Numbers vary much by nature: declines over short spans are not alarmed.

    Notes
    -----
    The change over n seasons is that of the smoothed index from n seasons before the reference to
    the reference, the season before the last; the full series begins with the first season. Exactly
    25 % is a medium alert and exactly 50 % a high one. A span that begins before the first season
    is not tested, nor one that begins or ends at a season in which no plot was counted. With too
    few seasons or plots nothing is.

    Raises
    ------
    InputError
        Settings that make no sense.
    """
    settings = settings or AlertSettings()
    _check(settings)
    seen: NDArray[np.bool_] = np.asarray(table.observed.any(axis=(0, 1)))
    notes = list(table.notes)
    few = _too_few(int(seen.sum()), len(table.sites), settings)
    if few is not None:
        changes = [Change(span, None, None, "not_tested", note=few)
                   for span in (*settings.spans, None)]  # fmt: skip
        return SpeciesAlerts(table, settings, None, None, tuple(changes), (*notes, few))
    smoothed = smooth(table, draws=settings.draws, seed=settings.seed)
    reference = int(table.times[-2])
    found = tuple(
        _change(smoothed, span, seen, fluctuates=fluctuates, settings=settings)
        for span in (*settings.spans, None)
    )
    return SpeciesAlerts(table, settings, smoothed, reference, found, tuple(notes))


def level_of(percent: float, settings: AlertSettings | None = None) -> Level:
    """Return the level of a change in per cent.

    Examples
    --------
    >>> [level_of(p) for p in (-50.0, -25.0, -24.9, 0.0, 99.0, 100.0)]
    ['high_alert', 'medium_alert', 'decline', 'stable', 'increase', 'strong_increase']
    """
    settings = settings or AlertSettings()
    change = round(percent, DIGITS)
    if change <= -settings.high:
        return "high_alert"
    if change <= -settings.medium:
        return "medium_alert"
    if change < 0:
        return "decline"
    if change == 0:
        return "stable"
    return "increase" if change < 100 else "strong_increase"


def _change(
    smoothed: Smoothed,
    span: int | None,
    seen: NDArray[np.bool_],
    *,
    fluctuates: bool,
    settings: AlertSettings,
) -> Change:
    start, last = int(smoothed.times[0]), int(smoothed.times[-2])
    first = start if span is None else last - span
    if first < start:
        note = _SHORT.fill(first=start, reference=last, n=span)
        return Change(span, None, last, "not_tested", note=note)
    for end in (first, last):
        if not seen[end - start]:
            note = _NO_COUNTS.fill(season=end)
            return Change(span, first, last, "not_tested", note=note)
    percent, drawn = smoothed.change(first, last)
    level = level_of(percent, settings)
    if percent > MOST_PERCENT:
        return Change(span, first, last, level, note=_FROM_NOTHING)
    lower, upper = smoothed.change_interval(first, last, settings.level)
    limit = -settings.high if level == "high_alert" else -settings.medium
    beyond = _share(drawn, limit)
    filtered = fluctuates and level in ALERTED and (last - first) <= settings.filtered_spans
    said: Text | None = None
    if filtered:
        said = _FILTERED.fill(n=last - first)
    elif lower < -settings.medium < upper:
        share = _share(drawn, -settings.medium)
        said = _BOTH.fill(share=share, limit=settings.medium)
    return Change(span, first, last, level, percent, lower, upper, beyond, filtered, said)


def _share(drawn: Floats, limit: float) -> float:
    return float((np.round(drawn, DIGITS) <= limit).mean())


def _too_few(seasons: int, plots: int, settings: AlertSettings) -> Text | None:
    if seasons < settings.fewest_seasons:
        return _FEW_SEASONS.fill(n=seasons, least=settings.fewest_seasons)
    if plots < settings.fewest_plots:
        return _FEW_PLOTS.fill(n=plots, least=settings.fewest_plots)
    return None


def _check(settings: AlertSettings) -> None:
    if not 0 < settings.medium < settings.high < 100:
        raise InputError(_LIMITS.fill(medium=settings.medium, high=settings.high))
    for span in settings.spans:
        if span < 1:
            raise InputError(_SPANS.fill(span=span))
