"""The 1 % test of the Ramsar Convention's Criterion 6 (拉姆萨尔湿地公约标准六，1% 标准).

A wetland of international importance regularly supports 1 % of the individuals of a population of
waterbirds. A single count above the threshold is no qualification.

References
----------
Wetlands International, Waterbird Population Estimates (the rounding of thresholds; populations of
2,000,000 and more).
Ramsar Convention, Strategic Framework for the List (five-year mean of the annual maxima).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.species import Species

Outcome = Literal["met", "reached_once", "not_met", "too_few", "not_tested"]

MOST_THRESHOLD = 20_000.0
LARGE_POPULATION = 2_000_000.0
# Thresholds up to the first number are rounded to the nearest multiple of the second.
STEPS = ((10.0, 1.0), (100.0, 5.0), (1_000.0, 10.0), (math.inf, 100.0))
SEASONS = 5
FEWEST_SEASONS = 3
LONG_AGO = 10  # seasons from the first to the last that is averaged, beyond which it is told

OUTCOMES: dict[Outcome, Text] = {
    "met": text("达到标准六（1%）", "Criterion 6 (1 %) is met"),
    "reached_once": text("曾达到 1%，但未达到标准六", "1 % was reached once; not met"),
    "not_met": text("未达到 1%", "1 % is not reached"),
    "too_few": text("计数季太少，无法判断", "too few seasons with counts to tell"),
    "not_tested": text("未检验", "not tested"),
}

_BAD = text(
    "种群数量须为大于 0 的有限数：{value}", "a population is a finite number above 0, not {value}"
)
_NEGATIVE = text(
    "季最高数须不小于 0：{season} 年为 {value}",
    "the highest number of a season is 0 or more; that of {season} is {value}",
)
_NO_THRESHOLD = text(
    "没有 1% 标准值，也没有种群数量估计，因此未检验",
    "neither a 1 % threshold nor an estimate of the population is told: not tested",
)
_NO_WATERBIRD = text(
    "标准六只适用于水鸟，因此未检验", "Criterion 6 is about waterbirds only: not tested"
)
_NO_COUNTS = text("没有计数，因此未检验", "there are no counts: not tested")
_ROUNDED = text(
    "标准值由种群估计 {population:,.0f} 只按官方修约规则得出，并非公布值",
    "the threshold follows from an estimate of {population:,.0f} birds by the official rounding; "
    "it is not the published one",
)
_UNNAMED = text("迁飞区种群未注明", "the flyway population is not named")
_NO_EDITION = text("标准值的版本未注明", "the edition of the threshold is not named")
_FAR = text(
    "所用的 {n} 个计数季跨 {span} 季（{first} 至 {last}），不能说明近况",
    "the {n} seasons that are averaged span {span} ({first} to {last}): they do not tell of now",
)
_MEAN = text(
    "最近 {n} 个有计数的季（{first}—{last}）季最高数平均 {mean:,.1f} 只，标准值 {limit:,.0f} 只"
    "（{flyway}；{edition}）",
    "the mean of the highest numbers of the last {n} seasons with counts ({first} to {last}) is "
    "{mean:,.1f}; the threshold is {limit:,.0f} ({flyway}; {edition})",
)
_ABOVE = text(
    "其中 {n} 季的最高数不低于标准值", "the highest number of {n} of all seasons is not below it"
)


def one_percent_of(population: float) -> float:
    """Return 1 % of a population by the official rounding of Waterbird Population Estimates.

    Rounded to the nearest: thresholds up to 10 to 1, to 100 to 5, to 1,000 to 10, above to 100;
    populations of 2,000,000 and more have 20,000 (Criterion 5 holds there). The unrounded 1 %
    decides which step applies; just above 10, 100 and 1,000 both steps agree. A tie goes up (the
    published rule does not say; up never qualifies a site too early). Never below 1.

    Raises
    ------
    InputError
        Not a finite number above 0.

    Examples
    --------
    >>> one_percent_of(843), one_percent_of(7_200), one_percent_of(33_333), one_percent_of(2e6)
    (8.0, 70.0, 330.0, 20000.0)
    """
    if not (math.isfinite(population) and population > 0):
        raise InputError(_BAD.fill(value=population))
    if population >= LARGE_POPULATION:
        return MOST_THRESHOLD
    exact = population / 100
    step = next(step for limit, step in STEPS if exact <= limit)
    return max(1.0, math.floor(population / (100 * step) + 0.5) * step)


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a count is compared with, and where it comes from.

    ``published`` is False where it was made from an estimate by the official rounding.
    """

    value: float
    published: bool
    flyway: str | None
    edition: str | None
    population: float | None

    @property
    def notes(self) -> tuple[Text, ...]:
        """Return what a reader has to know of it."""
        notes: list[Text] = []
        if not self.published and self.population is not None:
            notes.append(_ROUNDED.fill(population=self.population))
        if not self.flyway:
            notes.append(_UNNAMED)
        if not self.edition:
            notes.append(_NO_EDITION)
        return tuple(notes)


def threshold_of(species: Species) -> Threshold | None:
    """Return the 1 % threshold of a species: the published one, else that of the estimate."""
    published = species.one_percent is not None
    value = species.one_percent
    if value is None and species.population_estimate is not None:
        value = one_percent_of(species.population_estimate)
    if value is None:
        return None
    return Threshold(
        value, published, species.flyway, species.one_percent_edition, species.population_estimate
    )


@dataclass(frozen=True, slots=True)
class Criterion6:
    """What the 1 % test says of one species at a site.

    Attributes
    ----------
    outcome
        ``met``: the mean is not below the threshold. ``reached_once``: it is (or there are too few
        seasons), but the highest number of one season or more is not. ``not_met``, ``too_few``
        (fewer than three seasons, none above), ``not_tested`` (``notes`` say why).
    mean
        Of the seasons in ``seasons``; None with fewer than three.
    seasons
        The last seasons with counts, at most five, with their highest numbers.
    reached
        All seasons whose highest number is not below the threshold.
    """

    species: Species
    outcome: Outcome
    threshold: Threshold | None
    mean: float | None
    seasons: Mapping[int, float]
    reached: Mapping[int, float]
    notes: tuple[Text, ...]

    @property
    def told(self) -> Text:
        """Return the answer as a sentence."""
        parts = [OUTCOMES[self.outcome]]
        if self.threshold is not None and self.mean is not None:
            limit = self.threshold
            parts.append(_MEAN.fill(
                n=len(self.seasons), first=min(self.seasons), last=max(self.seasons),
                mean=self.mean, limit=limit.value, flyway=limit.flyway or _UNNAMED,
                edition=limit.edition or _NO_EDITION,
            ))  # fmt: skip
        if self.reached:
            parts.append(_ABOVE.fill(n=len(self.reached)))
        parts += self.notes if self.outcome == "not_tested" else ()
        return Text(zh="；".join(p.zh for p in parts) + "。",
                    en="; ".join(p.en for p in parts) + ".")  # fmt: skip


def ramsar_criterion6(annual_maxima: Mapping[int, float], species: Species) -> Criterion6:
    """Test whether a site regularly supports 1 % of a population.

    Parameters
    ----------
    annual_maxima
        The highest number at the site by season (`site_maxima`), of seasons that are over. A
        season without counts is not in it (or NaN): it is never 0.
    species
        With its threshold, or the estimate it follows from, its flyway and edition.

    Notes
    -----
    The mean of the last five seasons with counts, of at least three, decides; a mean equal to the
    threshold meets it. A species told to be no waterbird is not tested.

    Raises
    ------
    InputError
        A number below 0.
    """
    counted = {s: float(n) for s, n in sorted(annual_maxima.items()) if not math.isnan(n)}
    for season, number in counted.items():
        if number < 0 or math.isinf(number):
            raise InputError(_NEGATIVE.fill(season=season, value=number))
    limit = threshold_of(species)
    why = _untested(species, limit, counted)
    if limit is None or why is not None:
        return Criterion6(species, "not_tested", limit, None, {}, {}, (why or _NO_THRESHOLD,))
    last = dict(list(counted.items())[-SEASONS:])
    reached = {s: n for s, n in counted.items() if n >= limit.value}
    mean = math.fsum(last.values()) / len(last) if len(last) >= FEWEST_SEASONS else None
    notes = list(limit.notes)
    span = max(last) - min(last) + 1
    if span > LONG_AGO:
        notes.append(_FAR.fill(n=len(last), span=span, first=min(last), last=max(last)))
    outcome: Outcome = "not_met" if mean is not None else "too_few"
    if mean is not None and mean >= limit.value:
        outcome = "met"
    elif reached:
        outcome = "reached_once"
    return Criterion6(species, outcome, limit, mean, last, reached, tuple(notes))


def _untested(
    species: Species, limit: Threshold | None, counted: Mapping[int, float]
) -> Text | None:
    if species.waterbird is False:
        return _NO_WATERBIRD
    if limit is None:
        return _NO_THRESHOLD
    return None if counted else _NO_COUNTS
