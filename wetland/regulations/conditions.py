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
from wetland.regulations.vocabulary import covers

FactValue = bool | float | str | dt.date | None
_T = TypeVar("_T")
_DayOfYear = TypeVar("_DayOfYear", str, tuple[int, int])  # "MM-DD", or month and day


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


def season_truth(situation: Situation, first: tuple[int, int], last: tuple[int, int]) -> Truth:
    """Tell whether the day of the act is in a season, as `within_season` has it."""
    if situation.on is None:
        return Truth(None, ("date",))
    day = (situation.on.month, situation.on.day)
    return Truth(within_season(day, first, last), (), (("date", situation.on),))


def within_season(day: _DayOfYear, first: _DayOfYear, last: _DayOfYear) -> bool:
    """Tell whether a day is in a season; both ends are included, it may wrap the year."""
    return first <= day <= last if first <= last else day >= first or day <= last
