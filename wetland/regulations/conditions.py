"""Conditions of a rule, evaluated in Kleene's three-valued logic.

Grammar (as it stands in YAML)::

    natural_wetland                              a boolean fact
    {not: c}  {all: [c, ...]}  {any: [c, ...]}
    {fact: f, equals: v}  {fact: f, in: [v, ...]}
    {fact: f, at_least: n}  at_most, above, below
    {season: ["03-01", "06-30"]}                 both ends included; may wrap the year
    {record: kind}                               a permit, closure, designation ... covers the act
    {zone: id}   {activity: path}

A missing fact is unknown, never false: ``and`` is false when one part is false, unknown when none
is false and one is unknown; ``or`` the other way round; ``not`` keeps unknown. So forgetting a
fact can turn a condition into unknown, and never into its opposite.

References
----------
Kleene, S. C. (1952). *Introduction to Metamathematics*, section 64.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Protocol, TypeVar

from wetland.base.places import Membership
from wetland.regulations.vocabulary import Vocabulary, covers

FactValue = bool | float | str | dt.date | None
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of one act: everything a rule may ask about.

    Parameters
    ----------
    on
        The site's local day of the act; None where not known.
    activities
        Activity ids observed; empty where not known.
    zones
        Membership by zone kind or declared membership id; an id that is not a key is unknown.
    facts
        Known facts by id; a missing key or None is unknown.
    records
        For each record kind: does a record cover the act? None where not known.
    """

    on: dt.date | None = None
    activities: tuple[str, ...] = ()
    zones: Mapping[str, Membership] = field(default_factory=dict)
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    records: Mapping[str, bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Truth:
    """A three-valued answer, what it was read from, and what is missing for a definite one."""

    value: bool | None
    missing: tuple[str, ...] = ()
    used: tuple[tuple[str, FactValue], ...] = ()

    def __invert__(self) -> Truth:
        """Return Kleene's not."""
        return Truth(None if self.value is None else not self.value, self.missing, self.used)

    def __and__(self, other: Truth) -> Truth:
        """Return Kleene's and; what is missing counts only while the answer is unknown."""
        used = _join(self.used, other.used)
        if self.value is False or other.value is False:
            return Truth(False, (), used)
        if self.value is None or other.value is None:
            return Truth(None, _join(self.missing, other.missing), used)
        return Truth(True, (), used)

    def __or__(self, other: Truth) -> Truth:
        """Return Kleene's or."""
        return ~(~self & ~other)


def _join(left: tuple[_T, ...], right: tuple[_T, ...]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys((*left, *right)))


TRUE = Truth(True)
FALSE = Truth(False)


def all_of(parts: Iterable[Truth]) -> Truth:
    """Fold Kleene's and over ``parts``; an empty list is true."""
    return reduce(operator.and_, parts, TRUE)


def any_of(parts: Iterable[Truth]) -> Truth:
    """Fold Kleene's or over ``parts``; an empty list is false."""
    return reduce(operator.or_, parts, FALSE)


class Node(Protocol):
    """A parsed condition."""

    def truth(self, situation: Situation) -> Truth:
        """Evaluate against what is known."""


def fact_truth(situation: Situation, name: str, test: Callable[[FactValue], bool]) -> Truth:
    """Apply ``test`` to a fact; unknown where the fact is not known."""
    value = situation.facts.get(name)
    if value is None:
        return Truth(None, (name,))
    return Truth(test(value), (), ((name, value),))


def record_truth(situation: Situation, kind: str) -> Truth:
    """Tell whether a record of ``kind`` covers the act.

    Rule of decision: what the register says and what was stated by hand must not contradict each
    other; if they do, it is unknown (the person must look at the document).
    """
    stated = situation.facts.get(kind)
    known = situation.records.get(kind)
    if stated is None and known is None:
        return Truth(None, (kind,))
    if stated is not None and known is not None and bool(stated) != known:
        return Truth(None, (kind,), ((kind, "conflict"),))
    value = known if stated is None else bool(stated)
    return Truth(value, (), ((kind, value),))


def zone_truth(situation: Situation, zone: str) -> Truth:
    """Tell whether the place lies in ``zone``; ``any`` is always true."""
    if zone == "any":
        return TRUE
    membership = situation.zones.get(zone)
    if membership is None:
        return Truth(None, (f"zone:{zone}",))
    if membership.truth is None:
        cause = membership.cause.value if membership.cause else "zone"
        name = f"zone:{zone}" if cause == "zone_not_loaded" else cause
        return Truth(None, (name,), ((f"zone:{zone}", "undetermined"),))
    return Truth(membership.truth, (), ((f"zone:{zone}", membership.where.value),))


def activity_truth(situation: Situation, activity: str) -> Truth:
    """Tell whether one of the observed activities is of the kind ``activity``."""
    if not situation.activities:
        return Truth(None, ("activity",))
    answers = [covers(activity, seen) for seen in situation.activities]
    used = tuple(("activity", seen) for seen in situation.activities)
    if True in answers:
        return Truth(True, (), used)
    if None in answers:
        return Truth(None, (f"activity:{activity}",), used)
    return Truth(False, (), used)


@dataclass(frozen=True, slots=True)
class _Leaf:
    ask: Callable[[Situation], Truth]

    def truth(self, situation: Situation) -> Truth:
        return self.ask(situation)


@dataclass(frozen=True, slots=True)
class _All:
    parts: tuple[Node, ...]

    def truth(self, situation: Situation) -> Truth:
        return all_of(p.truth(situation) for p in self.parts)


@dataclass(frozen=True, slots=True)
class _Any:
    parts: tuple[Node, ...]

    def truth(self, situation: Situation) -> Truth:
        return any_of(p.truth(situation) for p in self.parts)


@dataclass(frozen=True, slots=True)
class _Not:
    part: Node

    def truth(self, situation: Situation) -> Truth:
        return ~self.part.truth(situation)


class ConditionError(ValueError):
    """A condition that does not follow the grammar or names an unknown word."""


class _Parser:
    """Parse conditions against the words of one site."""

    def __init__(self, vocabulary: Vocabulary, zones: frozenset[str], *, party: bool) -> None:
        self.vocabulary = vocabulary
        self.zones = zones
        self.party = party

    def parse(self, raw: object) -> Node:
        if raw is None:
            return _All(())
        if isinstance(raw, str):
            return self._boolean(raw)
        if not isinstance(raw, dict):
            raise ConditionError(f"a condition is a fact name or a mapping, not {raw!r}")
        keys = set(raw)
        for key, build in (
            ("not", lambda v: _Not(self.parse(v))),
            ("all", lambda v: _All(self._several("all", v))),
            ("any", lambda v: _Any(self._several("any", v))),
            ("season", self._season),
            ("record", self._record),
            ("zone", self._zone),
            ("activity", self._activity),
        ):
            if keys == {key}:
                return build(raw[key])
        if "fact" in keys and len(keys) == 2:
            return self._comparison(raw)
        raise ConditionError(
            f"unknown condition {raw!r}; allowed: a boolean fact, not, all, any, season, record, "
            "zone, activity, or fact with one of equals, in, at_least, at_most, above, below"
        )

    def _several(self, key: str, raw: object) -> tuple[Node, ...]:
        if not isinstance(raw, list) or not raw:
            raise ConditionError(f"`{key}` needs a list with at least one condition")
        return tuple(self.parse(part) for part in raw)

    def _fact(self, name: str) -> str:
        fact = self.vocabulary.facts.get(name)
        if fact is None:
            raise ConditionError(f"unknown fact {name!r}")
        if fact.role == "party" and not self.party:
            raise ConditionError(f"{name!r} is a fact about the party: it decides the penalty only")
        return fact.kind

    def _boolean(self, name: str) -> Node:
        if name in self.vocabulary.records:
            return self._record(name)
        if self._fact(name) != "boolean":
            raise ConditionError(f"{name!r} is not a boolean fact; compare it with a value")
        return _Leaf(lambda s: fact_truth(s, name, bool))

    def _comparison(self, raw: Mapping[str, object]) -> Node:
        name = str(raw["fact"])
        kind = self._fact(name)
        (word,) = set(raw) - {"fact"}
        limit = raw[word]
        if word in {"equals", "in"}:
            allowed = limit if isinstance(limit, list) else [limit]
            choices = self.vocabulary.facts[name].choices
            unknown = [v for v in allowed if choices and v not in choices]
            if unknown or (word == "in") != isinstance(limit, list):
                raise ConditionError(f"{name!r}: {limit!r} is not among {sorted(choices)}")
            return _Leaf(lambda s: fact_truth(s, name, lambda v: v in allowed))
        compare = _COMPARE.get(str(word))
        if compare is None or isinstance(limit, bool) or not isinstance(limit, int | float):
            raise ConditionError(f"{name!r}: {word!r} {limit!r} is not a comparison with a number")
        if kind != "number":
            raise ConditionError(f"{name!r} is not a number")
        return _Leaf(lambda s: fact_truth(s, name, lambda v: compare(v, limit)))

    def _season(self, raw: object) -> Node:
        if not isinstance(raw, list) or len(raw) != 2:
            raise ConditionError('`season` needs ["MM-DD", "MM-DD"], both ends included')
        first, last = (_month_day(str(part)) for part in raw)
        return _Leaf(lambda s: _season_truth(s, first, last))

    def _record(self, raw: object) -> Node:
        kind = str(raw)
        if kind not in self.vocabulary.records:
            raise ConditionError(f"unknown record kind {kind!r}")
        return _Leaf(lambda s: record_truth(s, kind))

    def _zone(self, raw: object) -> Node:
        zone = str(raw)
        if zone not in self.zones:
            raise ConditionError(f"unknown zone {zone!r}; known: {', '.join(sorted(self.zones))}")
        return _Leaf(lambda s: zone_truth(s, zone))

    def _activity(self, raw: object) -> Node:
        path = str(raw)
        if path not in self.vocabulary.activities:
            raise ConditionError(f"unknown activity {path!r}")
        return _Leaf(lambda s: activity_truth(s, path))


_COMPARE: dict[str, Callable[[object, float], bool]] = {
    "at_least": lambda v, n: _number(v) >= n,
    "at_most": lambda v, n: _number(v) <= n,
    "above": lambda v, n: _number(v) > n,
    "below": lambda v, n: _number(v) < n,
}


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConditionError(f"{value!r} is not a number")
    return float(value)


def _month_day(raw: str) -> tuple[int, int]:
    try:
        day = dt.date.fromisoformat(f"2000-{raw}")
    except ValueError as error:
        raise ConditionError(f"{raw!r} is not a day of the year MM-DD") from error
    return day.month, day.day


def _season_truth(situation: Situation, first: tuple[int, int], last: tuple[int, int]) -> Truth:
    if situation.on is None:
        return Truth(None, ("date",))
    day = (situation.on.month, situation.on.day)
    inside = first <= day <= last if first <= last else day >= first or day <= last
    return Truth(inside, (), (("date", situation.on),))


def parse(
    raw: object, vocabulary: Vocabulary, zones: Iterable[str], *, party: bool = False
) -> Node:
    """Parse one condition; ``party=True`` also allows facts about the party (penalties only).

    Raises
    ------
    ConditionError
        Naming the word that is not known, or what is allowed.
    """
    return _Parser(vocabulary, frozenset(zones), party=party).parse(raw)
