"""How forecasts of the class came out at rolling origins, against two yardsticks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wetland.base.texts import Text, text
from wetland.statistics.forecast import CHANCE, FEWEST_ORIGINS
from wetland.statistics.rolling import known_before, weights_of
from wetland.statistics.scores import chance_of_skill, ranked_probability_score
from wetland.water.forecastitems import INFERIOR, Codes, Floats, Ints

FEWEST_TESTED = 6  # outcomes of one lead, for it to be told
MIXTURES = (0.0, 0.25, 0.5, 0.75, 1.0)  # shares of the items' forecast

_FEW = text(
    "只能在 {origins} 个起点上检验，至少需要 {need} 个",
    "tested on {origins} origins only, at least {need} are needed",
)
_ALWAYS = text(
    "季节性朴素预测的类别从未错过，无从改进",
    "the class of seasonal naive was never wrong: nothing to beat",
)
_BEATS = text(
    "优于季节性朴素预测（上年同月类别）：分级概率评分（RPS）小 {skill}，"
    "比历史类别频率小 {frequency}；{origins} 个起点、{tested} 次检验，p = {chance}",
    "beats seasonal naive (class of the same month before): ranked probability score {skill}"
    " smaller, {frequency} smaller than past frequencies'; {origins} origins, {tested} outcomes,"
    " p = {chance}",
)
_BEATEN = text(
    "未优于对照（评分比上年同月类别小 {skill}，比历史类别频率小 {frequency}，p = {chance}，"
    "{origins} 个起点），不显示类别预测",
    "does not beat its yardsticks (skill {skill} to the class of the same month before, {frequency}"
    " to past frequencies, p = {chance}, {origins} origins): not shown",
)


def frequencies(actual: Codes, origins: Ints, leads: int) -> tuple[Floats, Ints]:
    """Return what past classes alone tell at every origin and lead, and the naive class there.

    The frequency of the classes in that month of the year so far, with two more months spread as
    the classes of all months so far; the class of the same month in the last year that has one
    (-1: none). Classes count from 0.
    """
    months = len(actual)
    came = np.zeros((months + 1, INFERIOR))
    seasons = np.zeros((months + 1, 12, INFERIOR))
    last = np.full((months + 1, 12), -1, dtype=np.int64)
    for t, code in enumerate(actual.tolist()):
        came[t + 1], seasons[t + 1], last[t + 1] = came[t], seasons[t], last[t]
        if code:
            came[t + 1, code - 1] += 1
            seasons[t + 1, t % 12, code - 1] += 1
            last[t + 1, t % 12] = code - 1
    label = (origins[:, None] + np.arange(1, leads + 1)) % 12
    overall = came[origins + 1] + 1 / INFERIOR
    overall /= overall.sum(axis=1, keepdims=True)
    season = seasons[(origins + 1)[:, None], label] + 2 * overall[:, None, :]
    return season / season.sum(axis=2, keepdims=True), last[(origins + 1)[:, None], label]


@dataclass(frozen=True, slots=True)
class ClassTest:
    """How the class forecasts of a station came out; scores are means over ``tested`` outcomes."""

    leads: tuple[int, ...]
    rps: float
    naive_rps: float
    frequency_rps: float
    hits: float
    naive_hits: float
    chance: float | None
    origins: int
    tested: int

    @property
    def skill(self) -> float | None:
        """One less the ratio of the scores to the class of the same month before."""
        return 1 - self.rps / self.naive_rps if self.naive_rps > 0 else None

    @property
    def frequency_skill(self) -> float:
        """One less the ratio of the scores to past frequencies, which are never all right."""
        return 1 - self.rps / self.frequency_rps


def outcomes(actual: Codes, origins: Ints, leads: int) -> Ints:
    """Return the class that came at every origin and lead, from 0; -1 where none is known."""
    steps = origins[:, None] + np.arange(1, leads + 1)
    came = np.where(steps < len(actual), actual[np.minimum(steps, len(actual) - 1)], 0)
    return came.astype(np.int64) - 1


def mix_with_frequencies(told: Floats, actual: Codes, origins: Ints) -> tuple[Floats, float]:
    """Mix what the items tell with past frequencies, as much as each was right before.

    At every origin `MIXTURES` of both are weighted by their ranked probability scores so far
    (`wetland.statistics.rolling.weights_of`): forecasts that rest on errors of a short past are too
    wide, and the worst of several wide items is called too bad. Returns the mixture and, at the
    last origin, the share of the items' forecast.
    """
    leads = told.shape[1]
    frequency, _ = frequencies(actual, origins, leads)
    came = outcomes(actual, origins, leads)
    mixed = np.stack([share * told + (1 - share) * frequency for share in MIXTURES])
    scores = np.stack([ranked_probability_score(one, came) for one in mixed])
    weights = weights_of(scores, known_before(origins, leads))
    shares = np.array(MIXTURES) @ weights
    made: Floats = np.einsum("mo,molc->olc", weights, mixed)
    return made, float(shares[-1])


def score_classes(told: Floats, actual: Codes, origins: Ints) -> ClassTest | None:
    """Score the probabilities against the classes that came; None without enough outcomes."""
    leads = told.shape[1]
    outcome = outcomes(actual, origins, leads)
    frequency, naive = frequencies(actual, origins, leads)
    tested = (outcome >= 0) & (naive >= 0) & ~np.isnan(told[:, :, 0])
    tested &= tested.sum(axis=0) >= FEWEST_TESTED
    if not tested.any():
        return None
    sure = np.eye(INFERIOR)[np.maximum(naive, 0)]
    scores = [ranked_probability_score(p, outcome) for p in (told, sure, frequency)]
    mine, of_naive, of_frequency = (np.where(tested, score, 0.0) for score in scores)
    rows, count = tested.any(axis=1), int(tested.sum())
    best = np.nan_to_num(told).argmax(axis=2)
    return ClassTest(
        leads=tuple((np.flatnonzero(tested.any(axis=0)) + 1).tolist()),
        rps=float(mine.sum()) / count,
        naive_rps=float(of_naive.sum()) / count,
        frequency_rps=float(of_frequency.sum()) / count,
        hits=float((best == outcome)[tested].mean()),
        naive_hits=float((naive == outcome)[tested].mean()),
        chance=chance_of_skill((of_naive - mine)[rows].sum(axis=1), reach=leads),
        origins=int(rows.sum()),
        tested=count,
    )


def judge_classes(test: ClassTest) -> tuple[bool, Text]:
    """Say whether the class may be shown, and why.

    It is where it beats the class of the same month before by more than chance, and is not behind
    past frequencies: a probability easily beats a sure word, so that the harder yardstick is asked
    as well.
    """
    if test.origins < FEWEST_ORIGINS:
        return False, _FEW.fill(origins=test.origins, need=FEWEST_ORIGINS)
    if test.skill is None:
        return False, _ALWAYS
    said: dict[str, object] = {
        "skill": f"{100 * test.skill:.0f} %",
        "frequency": f"{100 * test.frequency_skill:.0f} %",
        "origins": test.origins,
        "tested": test.tested,
        "chance": "-" if test.chance is None else f"{test.chance:.2g}",
    }
    better = test.skill > 0 and test.frequency_skill > 0
    shown = better and test.chance is not None and test.chance <= CHANCE
    return shown, (_BEATS if shown else _BEATEN).fill(**said)
