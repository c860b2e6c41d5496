"""Rules with their dates: which version holds on a day, which law of it is not encoded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from wetland.base.texts import Text
from wetland.regulations.conditions import Node
from wetland.regulations.models import (
    Confidence,
    CrimeFlag,
    Measure,
    Penalty,
    Regulation,
    Rule,
    Unless,
)
from wetland.regulations.vocabulary import Vocabulary, covers


@dataclass(frozen=True, slots=True)
class Tier:
    """One penalty tier with its conditions parsed."""

    penalty: Penalty
    when: Node
    precondition: Node
    measures: tuple[tuple[Measure, Node], ...]


@dataclass(frozen=True, slots=True)
class DatedRule:
    """A rule inside its regulation, with everything inherited from it resolved."""

    regulation: Regulation
    rule: Rule
    when: Node
    requires: Node
    unless: tuple[tuple[Unless, Node], ...]
    tiers: tuple[Tier, ...]
    crime: tuple[tuple[CrimeFlag, Node], ...]

    @property
    def id(self) -> str:
        """Return ``regulation/rule``."""
        return f"{self.regulation.id}/{self.rule.id}"

    @property
    def norm(self) -> tuple[str, str]:
        """Return what is the same in every version of the law: its line and the norm's id."""
        return self.regulation.line, self.rule.norm or self.rule.id

    @property
    def valid_from(self) -> dt.date:
        """Return the first day in force."""
        return self.rule.valid_from or self.regulation.valid_from

    @property
    def valid_to(self) -> dt.date | None:
        """Return the first day no longer in force, None while it is."""
        return self.rule.valid_to or self.regulation.valid_to

    @property
    def text_seen(self) -> bool:
        """Tell whether the text of the article was read."""
        seen = self.rule.text_seen
        return self.regulation.text_seen if seen is None else seen

    @property
    def confidence(self) -> Confidence:
        """Return the confidence in the rule as encoded."""
        return self.rule.confidence or self.regulation.confidence

    @property
    def source(self) -> str:
        """Return where the rule was read."""
        return self.rule.source or self.regulation.source

    @property
    def not_zones(self) -> tuple[str, ...]:
        """Return the zones the rule, or its whole regulation, does not reach."""
        return (*self.rule.not_zones, *self.regulation.not_zones)

    def in_force(self, on: dt.date) -> bool:
        """Tell whether the rule holds on a day: ``valid_from <= on < valid_to``."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class NotCovered:
    """A law that held on the day and is not encoded: half-open period, None open end."""

    law: Text
    line: str
    start: dt.date | None
    end: dt.date | None
    note: Text
    partly: bool = False
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Regulations:
    """All encoded law of one site."""

    regulations: tuple[Regulation, ...]
    rules: tuple[DatedRule, ...]
    vocabulary: Vocabulary
    by_id: dict[str, DatedRule] = field(default_factory=dict)

    @property
    def zone_unions(self) -> frozenset[tuple[str, ...]]:
        """Return every set of two or more zones that a rule names together, sorted."""
        several = (r.rule.zones for r in self.rules if len(r.rule.zones) > 1)
        return frozenset(tuple(sorted(zones)) for zones in several)

    @property
    def zones_left_out(self) -> frozenset[str]:
        """Return the zones of which being *outside* can break a rule.

        Those that a rule leaves out, those that an exception or a duty asks for, and those that a
        condition denies.
        """
        named: set[str] = set()
        for dated in self.rules:
            rule = dated.rule
            named |= {*dated.not_zones, *_zones_denied(rule.when, breaks=True)}
            for excuse in (rule.requires, *(unless.when for unless in rule.unless)):
                named |= set(_zones_denied(excuse, breaks=False))
        return frozenset(named)

    def rule(self, rule_id: str) -> DatedRule:
        """Return the rule called ``regulation/rule`` (KeyError where there is none)."""
        return self.by_id[rule_id]

    def in_force(self, on: dt.date) -> list[DatedRule]:
        """Return the rules in force on a day, in the order of the files."""
        return [rule for rule in self.rules if rule.in_force(on)]

    def version_on(self, line: str, on: dt.date) -> Regulation | None:
        """Return the encoded version of a law line in force on a day."""
        for regulation in self.regulations:
            if regulation.line == line and _within(on, regulation.valid_from, regulation.valid_to):
                return regulation
        return None

    def not_covered(self, on: dt.date, activities: Sequence[str] = ()) -> list[NotCovered]:
        """Return the law of a day that is not encoded, as far as it may speak of ``activities``.

        Rule of decision: a regulation whose coverage is ``none`` and in force that day, and every
        declared gap of a law line that holds the day. ``partial`` coverage is returned with
        ``partly=True``: its rules are used, others of it may exist. No activity given: all.
        """
        found: list[NotCovered] = []
        for regulation in self.regulations:
            if not _relevant(regulation.covers, tuple(activities)):
                continue
            found.extend(
                NotCovered(regulation.title, regulation.line, gap.start, gap.end, gap.note)
                for gap in regulation.gaps
                if _within(on, gap.start, gap.end)
            )
            if regulation.coverage != "complete" and _within(
                on, regulation.valid_from, regulation.valid_to
            ):
                found.append(_uncovered(regulation))
        return found


def _zones_denied(condition: object, *, breaks: bool) -> Iterator[str]:
    """Yield the zones that must not hold the act for a condition to be as it breaks the rule."""
    if isinstance(condition, list | tuple):
        for part in condition:
            yield from _zones_denied(part, breaks=breaks)
    elif isinstance(condition, Mapping):
        for word, part in condition.items():
            if word == "zone" and not breaks:
                yield str(part)
            elif word in {"all", "any", "not"}:
                yield from _zones_denied(part, breaks=breaks != (word == "not"))


def _uncovered(regulation: Regulation) -> NotCovered:
    partly = regulation.coverage == "partial"
    default = (
        Text(zh="只录入了部分规定", en="only part of it is encoded")
        if partly
        else Text(zh="未录入", en="not encoded")
    )
    return NotCovered(
        regulation.title,
        regulation.line,
        regulation.valid_from,
        regulation.valid_to,
        regulation.note or default,
        partly,
        regulation.text_seen,
    )


def _within(on: dt.date, start: dt.date | None, end: dt.date | None) -> bool:
    return (start is None or start <= on) and (end is None or on < end)


@lru_cache(maxsize=8192)
def _relevant(speaks_of: tuple[str, ...], activities: tuple[str, ...]) -> bool:
    if not activities:
        return True
    return any(
        covers(topic, seen) is not False or covers(seen, topic) is not False
        for topic in speaks_of
        for seen in activities
    )
