"""Which rules may speak of an act on a day, and what of the act they ask for.

Two days are the same to the law when no rule and no declared gap begins or ends between them, and
both lie in the same seasons of the rules in question. Two acts that are alike in all that a rule
asks for have the same answer of that rule.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from wetland.regulations.conditions import within_season
from wetland.regulations.evaluate import union_key
from wetland.regulations.rulebook import DatedRule, NotCovered, Regulations
from wetland.regulations.vocabulary import covers

Day = dt.date | None
Window = tuple[tuple[int, int], tuple[int, int]]
AREA = "area_m2"
_LIMITS = ("at_least", "at_most", "above", "below", "equals", "in")


@dataclass(frozen=True, slots=True)
class Needs:
    """What of an act may change the answer of a rule, or of several.

    Parameters
    ----------
    zones
        Names of zones and of their unions.
    facts, records
        Ids; a record kind is also a fact.
    seasons
        Seasons, each as (first, last) and these as (month, day).
    area
        Whether the area on the ground counts.
    limits
        The areas at which an outcome may change.
    """

    zones: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    seasons: tuple[Window, ...] = ()
    area: bool = False
    limits: tuple[float, ...] = ()

    @classmethod
    def of(cls, rules: Iterable[DatedRule], regulations: Regulations) -> Needs:
        """Read out of rules what they ask for."""
        facts, records = regulations.vocabulary.facts, regulations.vocabulary.records
        zones: set[str] = set()
        words: set[str] = set()
        seasons: set[Window] = set()
        limits: set[float] = set()
        for dated in rules:
            zones |= {*dated.rule.zones, *dated.not_zones, union_key(dated.rule.zones)}
            for key, value in _walk(dated.rule.model_dump()):
                if key == "season" and isinstance(value, list | tuple):
                    seasons.add(_window(str(value[0]), str(value[-1])))
                elif key == "zone":
                    zones.add(str(value))
                elif key == "basis" and value == "per_m2":
                    words.add(AREA)
                elif isinstance(value, dict) and value.get("fact") == AREA:
                    limits |= _limits(value)
                if isinstance(value, str):
                    words.add(value)
        return cls(
            tuple(sorted(zones)),
            tuple(sorted(words & {*facts, *records})),
            tuple(sorted(words & set(records))),
            tuple(sorted(seasons)),
            AREA in words,
            tuple(sorted(limits)),
        )

    def in_season(self, on: Day) -> tuple[bool, ...] | None:
        """Tell for each season whether a day lies in it; None where the day is not known."""
        if on is None:
            return None
        day = (on.month, on.day)
        return tuple(within_season(day, first, last) for first, last in self.seasons)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The rules that may speak of an act, what they ask for, and the law that is not encoded.

    ``number`` sets it apart from the others of one screening; ``ruled`` are the rules, each with
    what it asks for itself.
    """

    number: int
    ruled: tuple[tuple[DatedRule, Needs], ...]
    needs: Needs
    gaps: tuple[NotCovered, ...]


@dataclass(slots=True)
class Candidates:
    """The rules of one site, sorted by what they may speak of.

    Parameters
    ----------
    regulations
        All encoded law of the site.
    decided_on
        Day of the decision, if a later law is looked for: what the later version of a rule asks for
        counts then, and acts before and after that day are not alike.
    """

    regulations: Regulations
    decided_on: Day = None
    asked: list[Asked] = field(default_factory=list)
    _turns: list[dt.date] = field(default_factory=list)
    _needs: dict[int, Needs] = field(default_factory=dict)
    _speaking: dict[tuple[str, ...], list[DatedRule]] = field(default_factory=dict)
    _known: dict[tuple[object, ...], Asked] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the days on which something begins or ends."""
        turns: set[Day] = set()
        for rule in self.regulations.rules:
            turns |= {rule.valid_from, rule.valid_to}
        for regulation in self.regulations.regulations:
            turns |= {regulation.valid_from, regulation.valid_to}
            for gap in regulation.gaps:
                turns |= {gap.start, gap.end}
        if self.decided_on is not None and self.decided_on < dt.date.max:
            turns.add(self.decided_on + dt.timedelta(days=1))
        self._turns = sorted(day for day in turns if day is not None)

    @property
    def periods(self) -> int:
        """Return how many periods there are, that of an unknown day included."""
        return len(self._turns) + 2

    def period(self, on: Day) -> int:
        """Return the period of a day; 0 is that of an unknown day."""
        return 0 if on is None else 1 + bisect_right(self._turns, on)

    def of(self, activities: tuple[str, ...], on: Day) -> Asked:
        """Return the rules that may speak of ``activities`` on a day.

        Periods in which the same rules speak, and the same law is not encoded, share one answer.
        """
        known = self._known.get((activities, self.period(on)))
        if known is None:
            known = self._known[activities, self.period(on)] = self._ask(activities, on)
        return known

    def _ask(self, activities: tuple[str, ...], on: Day) -> Asked:
        if activities not in self._speaking:
            speaking = [rule for rule in self.regulations.rules if _may_speak(rule, activities)]
            self._speaking[activities] = speaking
        rules = [r for r in self._speaking[activities] if on is None or r.in_force(on)]
        gaps = () if on is None else tuple(self.regulations.not_covered(on, activities))
        late = self.decided_on is not None and on is not None and self.decided_on < on
        which = tuple(map(id, rules))
        parts = tuple((gap.line, gap.start, gap.end, gap.partly, gap.seen) for gap in gaps)
        same = (activities, which, parts, late, on is None)
        if same not in self._known:
            ruled = tuple((rule, self._needs_of(rule)) for rule in rules)
            self.asked.append(
                Asked(len(self.asked), ruled, _all(needs for _, needs in ruled), gaps)
            )
            self._known[same] = self.asked[-1]
        return self._known[same]

    def _needs_of(self, rule: DatedRule) -> Needs:
        if id(rule) not in self._needs:
            versions: Sequence[DatedRule] = [rule]
            if self.decided_on is not None:
                versions = [r for r in self.regulations.rules if r.norm == rule.norm]
            self._needs[id(rule)] = Needs.of(versions, self.regulations)
        return self._needs[id(rule)]


def _all(several: Iterable[Needs]) -> Needs:
    every = list(several)

    def union(parts: Iterable[Collection[object]]) -> tuple[object, ...]:
        return tuple(sorted({value for part in parts for value in part}))  # type: ignore[type-var]

    return Needs(
        union(n.zones for n in every),  # type: ignore[arg-type]
        union(n.facts for n in every),  # type: ignore[arg-type]
        union(n.records for n in every),  # type: ignore[arg-type]
        union(n.seasons for n in every),  # type: ignore[arg-type]
        any(n.area for n in every),
        union(n.limits for n in every),  # type: ignore[arg-type]
    )


def _window(first: str, last: str) -> Window:
    a, b = (dt.date.fromisoformat(f"2000-{part}") for part in (first, last))
    return (a.month, a.day), (b.month, b.day)


def _limits(condition: dict[object, object]) -> set[float]:
    found = [condition[word] for word in _LIMITS if word in condition]
    values = [v for value in found for v in (value if isinstance(value, list) else [value])]
    return {float(v) for v in values if isinstance(v, int | float)}


def _may_speak(rule: DatedRule, activities: tuple[str, ...]) -> bool:
    return any(
        covers(activity, seen) is not False
        for activity in rule.rule.activity
        for seen in activities
    )


def _walk(value: object) -> Iterator[tuple[str, object]]:
    """Yield every key of nested mappings with its value, and every member of lists."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key), inner
            yield from _walk(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield "", inner
            yield from _walk(inner)
