"""What is counted while screening; the tallies of parts add up to that of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text
from wetland.regulations.evaluate import Outcome
from wetland.regulations.judge import Judgement

ANY_RULE = "*"


def _none() -> NDArray[np.uint64]:
    return np.zeros(0, dtype=np.uint64)


@dataclass(slots=True)
class Tally:
    """What is counted while screening.

    Parameters
    ----------
    observations, without_activity
        How many there were, and how many of them name no activity.
    outcomes, rules, missing
        How often each outcome; the same by rule; and by rule how often which facts are missing.
    uncovered, partly, laws
        By line of law: how often it is not encoded for the day, or only in part; its name.
    assumed
        How often which uncertainty was taken for positions of which source, because none was
        stated.
    situations, footprints
        The distinct situations, each as 64 bits of a digest, so that parts count together; and
        footprints whose area nobody stated: each is one of its own.
    listed
        Whether undecided answers have a row each.
    """

    observations: int = 0
    without_activity: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    rules: dict[str, Counter[str]] = field(default_factory=dict)
    missing: Counter[tuple[str, tuple[str, ...]]] = field(default_factory=Counter)
    uncovered: Counter[str] = field(default_factory=Counter)
    partly: Counter[str] = field(default_factory=Counter)
    laws: dict[str, Text] = field(default_factory=dict)
    assumed: Counter[tuple[str, float]] = field(default_factory=Counter)
    situations: NDArray[np.uint64] = field(default_factory=_none)
    footprints: int = 0
    listed: bool = True

    def add(self, judgement: Judgement, count: int) -> None:
        """Count a judgement ``count`` times."""
        self.outcomes[judgement.outcome.value] += count
        for judged in judgement.judged:
            self.rules.setdefault(judged.rule.id, Counter())[judged.outcome.value] += count
            if judged.outcome is Outcome.UNDECIDED:
                self.missing[judged.rule.id, judged.missing] += count
        for gap in {g.line: g for g in judgement.not_covered}.values():
            (self.partly if gap.partly else self.uncovered)[gap.line] += count

    def __add__(self, other: Tally) -> Tally:
        """Return the tally of two parts.

        What is equally frequent stands in the order of the parts: add them in their order.
        """
        rules = {rule: Counter(found) for rule, found in self.rules.items()}
        for rule, found in other.rules.items():
            rules.setdefault(rule, Counter()).update(found)
        return Tally(
            self.observations + other.observations,
            self.without_activity + other.without_activity,
            _sum(self.outcomes, other.outcomes),
            rules,
            _sum(self.missing, other.missing),
            _sum(self.uncovered, other.uncovered),
            _sum(self.partly, other.partly),
            {**self.laws, **other.laws},
            _sum(self.assumed, other.assumed),
            np.union1d(self.situations, other.situations),
            self.footprints + other.footprints,
            self.listed and other.listed,
        )

    def undecided(self) -> list[dict[str, Any]]:
        """Return the missing facts, most frequent first."""
        missing = Counter(self.missing)
        if self.without_activity:
            missing[ANY_RULE, ("activity",)] = self.without_activity
        return [
            {"rule": rule, "missing": list(names), "count": count}
            for (rule, names), count in missing.most_common()
        ]

    def counts(self) -> dict[str, Any]:
        """Return the counts, ready for JSON."""
        outcomes = {o.value: self.outcomes.get(o.value, 0) for o in Outcome}
        outcomes["undecided"] += self.without_activity
        return {
            "observations": self.observations,
            "screened": self.observations - self.without_activity,
            "without_activity": self.without_activity,
            "situations": len(self.situations) + self.footprints,
            "by_outcome": outcomes,
            "by_rule": {rule: dict(found) for rule, found in sorted(self.rules.items())},
            "not_covered": _named(self.uncovered, self.laws),
            "partly_covered": _named(self.partly, self.laws),
            "undecided_listed": self.listed,
            "default_uncertainty": [
                {"position_source": source, "uncertainty_m": metres, "count": count}
                for (source, metres), count in self.assumed.most_common()
            ],
        }


def merge(parts: Iterable[Tally]) -> Tally:
    """Return the tally of several parts, given in their order.

    Examples
    --------
    >>> merge([Tally(observations=2), Tally(observations=3, without_activity=1)]).counts()[
    ...     "screened"
    ... ]
    4
    """
    return sum(parts, Tally())


def _sum(one: Counter[Any], other: Counter[Any]) -> Counter[Any]:
    out = Counter(one)
    out.update(other)
    return out


def _named(found: Counter[str], laws: Mapping[str, Text]) -> list[dict[str, Any]]:
    return [
        {"line": line, "law_zh": laws[line].zh, "law_en": laws[line].en, "count": count}
        for line, count in found.most_common()
    ]
