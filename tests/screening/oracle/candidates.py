"""Which rules may speak of an act on a day, and which days are the same to them.

Two days are the same when no rule and no declared gap begins or ends between them, and no rule in
question asks for a season.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wetland.regulations.rulebook import DatedRule, Regulations
from wetland.regulations.vocabulary import covers

DayClass = dt.date | int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Rules that may speak of an act, and what of the act they ask for.

    ``zones`` are all names of zones in them; ``seasonal`` tells that the day itself counts.
    """

    rules: tuple[DatedRule, ...]
    zones: frozenset[str]
    seasonal: bool


@dataclass(slots=True)
class Candidates:
    """The rules of one site, sorted by what they may speak of.

    Parameters
    ----------
    regulations
        All encoded law of the site.
    """

    regulations: Regulations
    decided_on: dt.date | None = None
    _turns: list[dt.date] = field(default_factory=list)
    _known: dict[tuple[tuple[str, ...], int | None], Asked] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the days on which something begins or ends."""
        turns: set[dt.date | None] = set()
        for rule in self.regulations.rules:
            turns |= {rule.valid_from, rule.valid_to}
        for regulation in self.regulations.regulations:
            turns |= {regulation.valid_from, regulation.valid_to}
            for gap in regulation.gaps:
                turns |= {gap.start, gap.end}
        if self.decided_on is not None:
            turns.add(self.decided_on + dt.timedelta(days=1))
        self._turns = sorted(day for day in turns if day is not None)

    def of(self, activities: tuple[str, ...], on: dt.date | None) -> tuple[Asked, DayClass]:
        """Return the rules that may speak of ``activities`` on a day, and the class of the day."""
        period = None if on is None else bisect_right(self._turns, on)
        key = (activities, period)
        if key not in self._known:
            in_force = self.regulations.rules if on is None else self.regulations.in_force(on)
            rules = [r for r in in_force if _may_speak(r, activities)]
            self._known[key] = _asked(rules, self._later(rules))
        asked = self._known[key]
        return asked, on if asked.seasonal else period

    def _later(self, rules: Sequence[DatedRule]) -> list[DatedRule]:
        if self.decided_on is None:
            return []
        norms = {rule.norm for rule in rules}
        return [rule for rule in self.regulations.rules if rule.norm in norms]


def _asked(rules: Sequence[DatedRule], later: Sequence[DatedRule]) -> Asked:
    keys = [pair for rule in (*rules, *later) for pair in _walk(rule.rule.model_dump())]
    zones = {str(value) for key, value in keys if key == "zone"}
    for rule in rules:
        zones |= {*rule.rule.zones, *rule.not_zones}
        zones.add("|".join(sorted(rule.rule.zones)))
    return Asked(tuple(rules), frozenset(zones), any(key == "season" for key, _ in keys))


def _may_speak(rule: DatedRule, activities: tuple[str, ...]) -> bool:
    return any(
        covers(activity, seen) is not False
        for activity in rule.rule.activity
        for seen in activities
    )


def _walk(value: object) -> Iterator[tuple[str, object]]:
    """Yield every key of nested mappings with its value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key), inner
            yield from _walk(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _walk(inner)
