"""Shares of sections (断面水质类别比例): the condition of a river or region with many sections.

Everything is counted in whole sections and compared as fractions; percentages are rounded only to
be shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.water.standards import Assessment, Condition, assessment_on
from wetland.water.stations import CLASSES, WaterClass

NOT_A_CLASS = text(
    "{value} 不是水质类别；可用：{allowed}", "{value} is no water class; allowed: {allowed}"
)


@dataclass(frozen=True, slots=True)
class Shares:
    """How many sections have which class.

    Parameters
    ----------
    counts
        Sections by class; every class is there.
    good_to
        The worst class that counts as good.
    """

    counts: Mapping[WaterClass, int]
    good_to: WaterClass = "III"

    @property
    def sections(self) -> int:
        """Count the sections that have a class."""
        return sum(self.counts.values())

    @property
    def good(self) -> Fraction:
        """Return the percentage of sections of classes I to III; 0 of no section."""
        until = CLASSES.index(self.good_to)
        return self._percent(sum(self.counts[c] for c in CLASSES[: until + 1]))

    @property
    def inferior(self) -> Fraction:
        """Return the percentage of sections worse than class V; 0 of no section."""
        return self._percent(self.counts["inferior_v"])

    def percents(self) -> dict[WaterClass, float]:
        """Return the percentage of each class as it is shown: one decimal, half to even.

        What is shown need not sum up to 100.0.
        """
        return {c: shown_percent(self._percent(n)) for c, n in self.counts.items()}

    def _percent(self, count: int) -> Fraction:
        return Fraction(100 * count, self.sections) if self.sections else Fraction(0)


def shown_percent(percent: Fraction) -> float:
    """Return a percentage with one decimal, rounded half to even.

    Examples
    --------
    >>> shown_percent(Fraction(200, 3)), shown_percent(Fraction(25, 4))
    (66.7, 6.2)
    """
    return float(round(percent, 1))  # a fraction is rounded half to even


def section_shares(classes: Iterable[str | None], *, method: Assessment | None = None) -> Shares:
    """Count the sections by class; those without a class are not counted.

    Raises
    ------
    InputError
        Something that is no class.

    Examples
    --------
    >>> shares = section_shares(["I", "III", None, "inferior_v"])
    >>> shares.sections, shares.percents()["I"], float(round(shares.good, 1))
    (3, 33.3, 66.7)
    """
    found = Counter(c for c in classes if c is not None)
    if wrong := sorted(set(found) - set(CLASSES)):
        allowed = ", ".join(CLASSES)
        raise InputError(NOT_A_CLASS.fill(value=", ".join(wrong), allowed=allowed))
    return Shares({c: found[c] for c in CLASSES}, (method or assessment_on()).good_to)


def river_condition(shares: Shares, *, method: Assessment | None = None) -> Condition | None:
    """Return the condition of a river of many sections; None without sections.

    Rule of decision: I to III at least 90 % excellent; 75 to under 90 good; under 75, by the
    sections worse than V, under 20 % lightly, 20 to under 40 moderately, from 40 heavily polluted.
    The lines are taken from the method in their order. Of I to III exactly 60 with the other 40 %
    worse than V no line of it holds; that is taken as heavily polluted, the last line.

    The method asks for five sections; that is for the caller to look at (`river_grades`).

    References
    ----------
    环办[2011]22号, condition of rivers and catchments.

    Examples
    --------
    >>> river_condition(section_shares(["II"] * 9 + ["inferior_v"]))
    'excellent'
    >>> river_condition(section_shares(["II"] * 5 + ["IV"] * 4 + ["inferior_v"]))
    'light'
    """
    if not shares.sections:
        return None
    lines = (method or assessment_on()).river
    for line in lines:
        if (
            (line.good_from is None or shares.good >= line.good_from)
            and (line.good_below is None or shares.good < line.good_below)
            and (line.inferior_from is None or shares.inferior >= line.inferior_from)
            and (line.inferior_below is None or shares.inferior < line.inferior_below)
        ):
            return line.condition
    return lines[-1].condition


def possible_conditions(
    possible: Sequence[Sequence[str]], *, method: Assessment | None = None
) -> list[Condition]:
    """Return the conditions that a river may have where classes of sections are not sure.

    Parameters
    ----------
    possible
        For each section that was assessed the classes it may have.

    Returns
    -------
    list
        From the best on; one condition where nothing that is not known matters.

    Examples
    --------
    >>> possible_conditions([["II"]] * 9 + [["III", "IV", "V", "inferior_v"]])
    ['excellent']
    >>> possible_conditions([["II"]] * 4 + [["III", "IV"]])
    ['excellent', 'good']
    """
    method = method or assessment_on()
    good = set(CLASSES[: CLASSES.index(method.good_to) + 1])
    sides = [{(c in good, c == "inferior_v") for c in classes} for classes in possible if classes]
    reached = {(0, 0)}
    for options in sides:
        reached = {(g + is_good, d + is_bad) for g, d in reached for is_good, is_bad in options}
    found = {
        river_condition(_of_sides(g, d, len(sides), method), method=method) for g, d in reached
    }
    return [c for c in method.conditions if c in found]


def _of_sides(good: int, inferior: int, sections: int, method: Assessment) -> Shares:
    counts = dict.fromkeys(CLASSES, 0)
    counts["I"], counts["inferior_v"] = good, inferior
    counts["V"] = sections - good - inferior
    return Shares(counts, method.good_to)


@dataclass(frozen=True, slots=True)
class RiverPollutant:
    """An item that is worse than class III at sections of a river.

    Parameters
    ----------
    parameter
        Code of the item.
    exceeding, sections
        Sections where it is worse than class III, of all sections that have a class.
    """

    parameter: str
    exceeding: int
    sections: int

    @property
    def rate(self) -> Fraction:
        """Return the exceedance rate of sections (断面超标率) in percent."""
        return Fraction(100 * self.exceeding, self.sections)


def river_pollutants(
    sections: Sequence[Mapping[str, str]], *, method: Assessment | None = None
) -> list[RiverPollutant]:
    """Return the main pollutants of a river of many sections.

    Parameters
    ----------
    sections
        For each section that has a class the class of each of its items.

    Notes
    -----
    Rule of decision: items worse than class III by the share of all sections where they are, the
    largest first, at most three. The method says nothing of equal shares; then the item with more
    sections worse than V goes first, then worse than IV, and so on; then the order of the standard.

    Examples
    --------
    >>> [p.parameter for p in river_pollutants(
    ...     [{"nh3n": "V", "tp": "IV"}, {"tp": "IV"}, {"cod": "III"}])]
    ['tp', 'nh3n']
    """
    method = method or assessment_on()
    worse = CLASSES[CLASSES.index(method.good_to) + 1 :]
    counted = {
        item: tuple(sum(s.get(item) == c for s in sections) for c in reversed(worse))
        for item in method.items
    }
    ranked = sorted(
        (item for item in method.items if any(counted[item])),
        key=lambda item: (-sum(counted[item]), *(-n for n in counted[item])),
    )
    return [
        RiverPollutant(item, sum(counted[item]), len(sections))
        for item in ranked[: method.main_pollutants]
    ]
