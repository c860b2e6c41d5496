"""The grammar of conditions: YAML in, a tree that `wetland.regulations.conditions` evaluates out.

A word that is not in the site's vocabulary, or a fact about the party where only facts of the act
may decide, is refused here, when the pack is loaded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from wetland.base.texts import Text, text
from wetland.regulations.conditions import (
    Node,
    Situation,
    Truth,
    activity_truth,
    all_of,
    any_of,
    fact_truth,
    record_truth,
    season_truth,
    zone_truth,
)
from wetland.regulations.vocabulary import Vocabulary

_FORM = text("条件须为事实名或键值表，而非 {r}", "a condition is a fact or a mapping, not {r}")
_GRAMMAR = text(
    "未知条件 {r}；可用：是否事实、not、all、any、season、record、zone、activity，或 fact 加 "
    "equals、in、at_least、at_most、above、below 之一",
    "unknown condition {r}; allowed: a boolean fact, not, all, any, season, record, zone, "
    "activity, or fact with one of equals, in, at_least, at_most, above, below",
)
_LIST = text("{k} 后须为至少一个条件的列表", "`{k}` needs a list with at least one condition")
_UNKNOWN_FACT = text("未知事实 {n}", "unknown fact {n}")
_UNKNOWN_RECORD = text("未知记录种类 {n}", "unknown record kind {n}")
_UNKNOWN_ZONE = text("未知区域 {n}；已知：{k}", "unknown zone {n}; known: {k}")
_UNKNOWN_ACTIVITY = text("未知行为 {n}", "unknown activity {n}")
_OF_PARTY = text(
    "{n} 是当事人的事实，只决定处罚", "{n} is a fact about the party: it decides the penalty only"
)
_NOT_BOOLEAN = text("{n} 不是是否事实，须与值比较", "{n} is not boolean; compare it with a value")
_NOT_A_CHOICE = text("{n}：{v} 不在 {c} 之中", "{n}: {v} is not among {c}")
_NOT_A_LIMIT = text("{n}：{w} {v} 不是与数的比较", "{n}: {w} {v} is not a comparison with a number")
_NOT_A_NUMBER = text("{n} 不是数", "{n} is not a number")
_SEASON = text(
    'season 须为 ["MM-DD", "MM-DD"]，含首尾', 'season needs ["MM-DD", "MM-DD"], both included'
)
_NOT_A_DAY = text("{n} 不是一年中的日子 MM-DD", "{n} is not a day of the year MM-DD")


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

    def __init__(self, what: Text) -> None:
        super().__init__(what.en)
        self.what = what


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
            raise ConditionError(_FORM.fill(r=repr(raw)))
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
        raise ConditionError(_GRAMMAR.fill(r=repr(raw)))

    def _several(self, key: str, raw: object) -> tuple[Node, ...]:
        if not isinstance(raw, list) or not raw:
            raise ConditionError(_LIST.fill(k=key))
        return tuple(self.parse(part) for part in raw)

    def _fact(self, name: str) -> str:
        fact = self.vocabulary.facts.get(name)
        if fact is None:
            raise ConditionError(_UNKNOWN_FACT.fill(n=repr(name)))
        if fact.role == "party" and not self.party:
            raise ConditionError(_OF_PARTY.fill(n=repr(name)))
        return fact.kind

    def _boolean(self, name: str) -> Node:
        if name in self.vocabulary.records:
            return self._record(name)
        if self._fact(name) != "boolean":
            raise ConditionError(_NOT_BOOLEAN.fill(n=repr(name)))
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
                raise ConditionError(
                    _NOT_A_CHOICE.fill(n=repr(name), v=repr(limit), c=", ".join(sorted(choices)))
                )
            return _Leaf(lambda s: fact_truth(s, name, lambda v: v in allowed))
        compare = _COMPARE.get(str(word))
        if compare is None or isinstance(limit, bool) or not isinstance(limit, int | float):
            raise ConditionError(_NOT_A_LIMIT.fill(n=repr(name), w=word, v=repr(limit)))
        if kind != "number":
            raise ConditionError(_NOT_A_NUMBER.fill(n=repr(name)))
        return _Leaf(lambda s: fact_truth(s, name, lambda v: compare(v, limit)))

    def _season(self, raw: object) -> Node:
        if not isinstance(raw, list) or len(raw) != 2:
            raise ConditionError(_SEASON)
        first, last = (_month_day(str(part)) for part in raw)
        return _Leaf(lambda s: season_truth(s, first, last))

    def _record(self, raw: object) -> Node:
        kind = str(raw)
        if kind not in self.vocabulary.records:
            raise ConditionError(_UNKNOWN_RECORD.fill(n=repr(kind)))
        return _Leaf(lambda s: record_truth(s, kind))

    def _zone(self, raw: object) -> Node:
        zone = str(raw)
        if zone not in self.zones:
            raise ConditionError(_UNKNOWN_ZONE.fill(n=repr(zone), k=", ".join(sorted(self.zones))))
        return _Leaf(lambda s: zone_truth(s, zone))

    def _activity(self, raw: object) -> Node:
        path = str(raw)
        if path not in self.vocabulary.activities:
            raise ConditionError(_UNKNOWN_ACTIVITY.fill(n=repr(path)))
        return _Leaf(lambda s: activity_truth(s, path))


_COMPARE: dict[str, Callable[[object, float], bool]] = {
    "at_least": lambda v, n: _number(v) >= n,
    "at_most": lambda v, n: _number(v) <= n,
    "above": lambda v, n: _number(v) > n,
    "below": lambda v, n: _number(v) < n,
}


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConditionError(_NOT_A_NUMBER.fill(n=repr(value)))
    return float(value)


def _month_day(raw: str) -> tuple[int, int]:
    try:
        day = dt.date.fromisoformat(f"2000-{raw}")
    except ValueError as error:
        raise ConditionError(_NOT_A_DAY.fill(n=repr(raw))) from error
    return day.month, day.day


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
