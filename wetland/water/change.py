"""Official wording of change (水质变化): of a station by its condition, of a river by its sections.

What counts is the level of the *condition word*, not the class: I and II are both "excellent", so
a change between them is no change. Rivers and regions are compared in a second way as well, by the
shares of their sections; the larger change counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.water.shares import NOT_A_CLASS
from wetland.water.standards import Assessment, Condition, assessment_on
from wetland.water.stations import CLASSES, WaterClass

Word = Literal[
    "no_change", "some_better", "some_worse", "clearly_better", "clearly_worse", "contradictory"
]

WORDS: dict[Word, Text] = {
    "no_change": text("无明显变化", "no notable change"),
    "some_better": text("有所好转", "somewhat better"),
    "some_worse": text("有所变差", "somewhat worse"),
    "clearly_better": text("明显好转", "clearly better"),
    "clearly_worse": text("明显变差", "clearly worse"),
    "contradictory": text("两种方法结论相反", "the two methods contradict each other"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A change in official words.

    Parameters
    ----------
    word
        Key of `WORDS`.
    levels
        Levels of the condition word that were lost (above zero: worse); None where the condition
        was not compared.
    shares
        ``ΔG-ΔD`` in percentage points (above zero: better); None where shares were not compared.
    """

    word: Word
    levels: int | None = None
    shares: Fraction | None = None

    @property
    def worse(self) -> bool:
        """Tell whether the water got worse."""
        return self.word in {"some_worse", "clearly_worse"}

    @property
    def words(self) -> Text:
        """Return the wording."""
        return WORDS[self.word]


def level_of(water_class: WaterClass, *, method: Assessment | None = None) -> int:
    """Return the level of the condition word of a class: 0 excellent ... 4 heavily polluted.

    Raises
    ------
    InputError
        No class.

    Examples
    --------
    >>> [level_of(c) for c in ("I", "II", "III", "inferior_v")]
    [0, 0, 1, 4]
    """
    method = method or assessment_on()
    if water_class not in method.classes:
        raise InputError(NOT_A_CLASS.fill(value=water_class, allowed=", ".join(CLASSES)))
    return condition_level(method.classes[water_class].condition, method=method)


def condition_level(condition: Condition, *, method: Assessment | None = None) -> int:
    """Return the level of a condition word: 0 excellent ... 4 heavily polluted."""
    return list((method or assessment_on()).conditions).index(condition)


def levels_changed(levels: int, *, method: Assessment | None = None) -> Change:
    """Return the change by levels of the condition word that were lost (below zero: gained).

    Rule of decision: none, no notable change; one, somewhat; two or more, clearly.

    References
    ----------
    环办[2011]22号, change between two periods, by the grade of the condition.

    Examples
    --------
    >>> levels_changed(-1).words.zh
    '有所好转'
    """
    steps = (method or assessment_on()).change_levels
    size = (abs(levels) >= steps["some"]) + (abs(levels) >= steps["obvious"])
    return Change(_word(size, better=levels < 0), levels=levels)


def class_change(
    before: WaterClass, after: WaterClass, *, method: Assessment | None = None
) -> Change:
    """Return the change of the class of one station.

    Examples
    --------
    >>> class_change("I", "II").words.zh, class_change("II", "III").words.zh
    ('无明显变化', '有所变差')
    """
    lost = level_of(after, method=method) - level_of(before, method=method)
    return levels_changed(lost, method=method)


def share_change(
    before: tuple[Fraction, Fraction],
    after: tuple[Fraction, Fraction],
    *,
    method: Assessment | None = None,
) -> Change:
    """Return the change of a river by the shares of its sections.

    Parameters
    ----------
    before, after
        Percent of sections of class I to III, and percent of sections worse than class V.

    Notes
    -----
    Rule of decision: with ``ΔG`` the change of the first and ``ΔD`` that of the second in
    percentage points, ``ΔG-ΔD`` above zero is better, below zero worse; up to 10 either way no
    notable change, above 10 up to 20 somewhat, above 20 clearly. Computed in fractions.

    References
    ----------
    环办[2011]22号, change between two periods, by the combined shares of classes.

    Examples
    --------
    >>> share_change((Fraction(60), Fraction(20)), (Fraction(75), Fraction(15))).words.zh
    '有所好转'
    """
    points = (method or assessment_on()).change_points
    moved = (after[0] - before[0]) - (after[1] - before[1])
    size = (abs(moved) > points["some_above"]) + (abs(moved) > points["obvious_above"])
    return Change(_word(size, better=moved > 0), shares=moved)


def larger_change(by_level: Change, by_share: Change) -> Change:
    """Return the change of a river from both ways: where they differ, the larger counts.

    Rule of decision: the word of the larger size (none, somewhat, clearly). Of the same size in
    opposite directions the method says nothing; then the change is ``contradictory``.

    Examples
    --------
    >>> larger_change(levels_changed(1), share_change((Fraction(75), Fraction(25)),
    ...                                               (Fraction(74), Fraction(0)))).words.zh
    '明显好转'
    """
    sizes = [_SIZE[c.word] for c in (by_level, by_share)]
    word = by_level.word if sizes[0] >= sizes[1] else by_share.word
    if sizes[0] == sizes[1] and by_level.word != by_share.word:
        word = "contradictory"
    return Change(word, levels=by_level.levels, shares=by_share.shares)


_SIZE: dict[Word, int] = {
    "no_change": 0, "some_better": 1, "some_worse": 1, "clearly_better": 2, "clearly_worse": 2,
    "contradictory": 1,
}  # fmt: skip


_BY_SIZE: tuple[tuple[Word, Word], ...] = (
    ("no_change", "no_change"),
    ("some_worse", "some_better"),
    ("clearly_worse", "clearly_better"),
)


def _word(size: int, *, better: bool) -> Word:
    return _BY_SIZE[size][better]
