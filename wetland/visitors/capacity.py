"""How many people an area may hold on a day (承载量): which published figure counts, and closures.

Published figures conflict, so each is kept with its source and days; the load is judged by the one
that the pack marks. A closure changes the capacity of the areas that the closed one is a part of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.visitors.pack import Area, Capacity, Closure, Limit, VisitorPack

LIMITS: dict[Limit, Text] = {
    "daily": text("日承载量", "capacity of a day"),
    "instantaneous": text("瞬时承载量", "capacity at one time"),
}

_NO_AREA = text("场地包没有区域 {a}；有：{known}", "the pack has no area {a}; there are: {known}")
_CLOSED = text("当日关闭（{a}），不应有游客", "closed that day ({a}): nobody is expected")
_DECIDED = text(
    "{a}关闭，其余部分的承载量已另行确定", "{a} is closed; what the rest holds was decided"
)
_TAKEN_OFF = text("已扣除关闭的{a} {n} 人", "less {n} of {a}, which is closed")
_UNKNOWN = text(
    "{a}关闭而其自身承载量未知：其余部分的承载量无法确定",
    "{a} is closed and its own capacity is not known: what the rest holds is undecided",
)
_TOO_MUCH = text(
    "关闭的{a}自身承载量（{n}）超过上级区域：其余部分的承载量无法确定",
    "the capacity of {a}, which is closed ({n}), exceeds that of the area it is a part of: what "
    "the rest holds is undecided",
)
_NONE = text("没有用于评判的承载量", "there is no capacity to judge by")


@dataclass(frozen=True, slots=True)
class CapacityOn:
    """What an area may hold on a day.

    Attributes
    ----------
    people
        What its load is judged by: 0 on a day it is closed; None where no figure is judged by, or
        where a closure leaves it open.
    judged
        The published figure that ``people`` rests on, None where there is none that day.
    others
        All other published figures of the area and limit, whether they hold on that day or not.
    closures
        Closures that change it: of the area, of what it is a part of, of its parts.
    note
        What closures did to it, or why it is not known.
    """

    area: str
    limit: Limit
    day: dt.date
    people: int | None
    judged: Capacity | None
    others: tuple[Capacity, ...] = ()
    closures: tuple[Closure, ...] = ()
    note: Text | None = None

    @property
    def closed(self) -> bool:
        """Tell whether the area itself is closed."""
        return self.people == 0

    @property
    def synthetic(self) -> bool:
        """Tell whether an invented closure changes it."""
        return any(closure.synthetic for closure in self.closures)


def capacity_on(pack: VisitorPack, area: str, limit: Limit, day: dt.date) -> CapacityOn:
    """Return what an area may hold on a day.

    Rule of decision: the figure that the pack judges by and that holds on the day (half-open). A
    day on which the area, or one it is a part of, is closed has 0. Where a part of it is closed,
    what the closure decided for the rest counts (the lowest, where several did); otherwise the
    closed part's own figure of that day is taken off, once for each closed part and not again for
    its parts. Where that figure is not known, or is larger than the whole, the capacity is None:
    undecided, never kept.

    Raises
    ------
    InputError
        The pack has no such area.

    Examples
    --------
    >>> said = dict(limit="daily", judged=True, wording=text("限", "limit"), source="s",
    ...             confidence="low")
    >>> pack = VisitorPack(
    ...     areas=(Area(id="park", name=text("园", "park")),
    ...            Area(id="west", name=text("西", "west"), parent="park")),
    ...     capacities=(Capacity(area="park", people=1000, **said),
    ...                 Capacity(area="west", people=300, **said)),
    ...     closures=(Closure(area="west", valid_from=dt.date(2026, 3, 2),
    ...                       valid_to=dt.date(2026, 3, 16), source="s"),))
    >>> capacity_on(pack, "park", "daily", dt.date(2026, 3, 1)).people
    1000
    >>> capacity_on(pack, "park", "daily", dt.date(2026, 3, 2)).people
    700
    >>> capacity_on(pack, "west", "daily", dt.date(2026, 3, 15)).people
    0
    """
    areas = {a.id: a for a in pack.areas}
    if area not in areas:
        raise InputError(_NO_AREA.fill(a=area, known=", ".join(areas) or "-"))
    published = [c for c in pack.capacities if (c.area, c.limit) == (area, limit)]
    judged = _judged(published, day)
    others = tuple(c for c in published if c is not judged)
    holding = [c for c in pack.closures if c.holds_on(day)]
    above = (area, *ancestors(pack, area))
    own = tuple(c for c in holding if c.area in above)
    if own:
        closed = _CLOSED.fill(a=_names(areas, [own[0].area]))
        return CapacityOn(area, limit, day, 0, judged, others, own, closed)
    inside = tuple(c for c in holding if area in ancestors(pack, c.area) or area in c.rest)
    base = None if judged is None else judged.people
    people, note = _rest(pack, (area, limit, day), base, inside)
    return CapacityOn(area, limit, day, people, judged, others, inside, note)


def capacities_on(pack: VisitorPack, day: dt.date) -> tuple[CapacityOn, ...]:
    """Return what every area may hold on a day, by both limits, in the order of the pack."""
    return tuple(capacity_on(pack, area.id, limit, day) for area in pack.areas for limit in LIMITS)


def ancestors(pack: VisitorPack, area: str) -> tuple[str, ...]:
    """Return the areas that an area is a part of, the nearest first.

    An area that would be a part of itself is not followed further.
    """
    parents = {a.id: a.parent for a in pack.areas}
    found: list[str] = []
    above = parents.get(area)
    while above is not None and above != area and above not in found:
        found.append(above)
        above = parents.get(above)
    return tuple(found)


def children(pack: VisitorPack, area: str) -> tuple[str, ...]:
    """Return the areas that are directly a part of an area."""
    return tuple(a.id for a in pack.areas if a.parent == area and a.id != area)


def _judged(published: Sequence[Capacity], day: dt.date) -> Capacity | None:
    return next((c for c in published if c.judged and c.holds_on(day)), None)


def _names(areas: dict[str, Area], ids: Sequence[str]) -> Text:
    named = [areas[i].name if i in areas else text(i, i) for i in dict.fromkeys(ids)]
    return Text(zh="、".join(n.zh for n in named), en=", ".join(n.en for n in named))


def _rest(
    pack: VisitorPack,
    asked: tuple[str, Limit, dt.date],
    base: int | None,
    inside: Sequence[Closure],
) -> tuple[int | None, Text | None]:
    """Return what stays of a capacity while parts of the area are closed, and how that came."""
    area, limit, day = asked
    areas = {a.id: a for a in pack.areas}
    decided = [(c, c.rest[area][limit]) for c in inside if limit in c.rest.get(area, {})]
    people, notes = base, []
    if decided:
        people = min(n for _, n in decided)
        notes.append(_DECIDED.fill(a=_names(areas, [c.area for c, _ in decided])))
    if people is None:
        return None, _NONE
    open_to = {c.area for c, _ in decided}
    for part in _topmost(pack, area, inside):
        if part in open_to or open_to & set(ancestors(pack, part)):
            continue  # its closing is in what was decided
        own = _judged([c for c in pack.capacities if (c.area, c.limit) == (part, limit)], day)
        name = _names(areas, [part])
        if own is None:
            return None, _UNKNOWN.fill(a=name)
        if own.people > people:
            return None, _TOO_MUCH.fill(a=name, n=f"{own.people:,}")
        people -= own.people
        notes.append(_TAKEN_OFF.fill(a=name, n=f"{own.people:,}"))
    return people, _joined(notes)


def _topmost(pack: VisitorPack, area: str, inside: Sequence[Closure]) -> Iterator[str]:
    """Yield the closed parts of an area that are in no other closed part."""
    closed = {c.area: None for c in inside if area in ancestors(pack, c.area)}
    for part in closed:
        if not any(above in closed for above in ancestors(pack, part)):
            yield part


def _joined(notes: Sequence[Text]) -> Text | None:
    if not notes:
        return None
    return Text(zh="；".join(n.zh for n in notes), en="; ".join(n.en for n in notes))
