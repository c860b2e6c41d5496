"""Judge a number of people against a capacity by the tiers of a pack (分级预警)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wetland.base.texts import Text, text
from wetland.visitors.capacity import CapacityOn
from wetland.visitors.pack import Colour, Tier

Outcome = Literal["kept", "yellow", "orange", "red", "undecided"]

OUTCOMES: dict[Outcome, Text] = {
    "kept": text("未达预警", "below every tier"),
    "yellow": text("黄色预警", "yellow"),
    "orange": text("橙色预警", "orange"),
    "red": text("红色预警", "red"),
    "undecided": text("待定", "undecided"),
}
_FULL = 1.0

_SHARE = text("{n} 人，承载量 {c} 人，占 {p}", "{n} people of {c}: {p}")
_AT_LEAST = text(
    "至少 {n} 人，承载量 {c} 人，至少占 {p}", "at least {n} people of {c}: at least {p}"
)
_NOT_KEPT = text(
    "计数不全，不能判为未达预警", "the count is not whole, so it cannot be said to be kept"
)
_NO_COUNTS = text("没有计数", "there are no counts")
_IN_CLOSED = text("区域关闭，仍计到 {n} 人", "the area is closed, yet {n} people were counted")
_EMPTY = text("区域关闭，无人", "the area is closed and nobody is there")
_NO_CAPACITY = text("{n} 人", "{n} people")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a number of people is against a capacity.

    Attributes
    ----------
    share
        Of the capacity; None without one, or where nothing is known.
    colour
        The tier that is reached; None below every one.
    outcome
        ``kept`` below every tier, the colour of the tier, ``undecided`` where it cannot be told.
    reason
        The numbers, and what is missing.
    """

    share: float | None
    colour: Colour | None
    outcome: Outcome
    reason: Text


def tier_of(share: float, tiers: Sequence[Tier]) -> Tier | None:
    """Return the highest tier whose share is reached; a share at its edge belongs to it.

    Examples
    --------
    >>> kw = dict(name=text("级", "tier"), paid=(), free=(), source="s")
    >>> tiers = [Tier(colour="red", share=1, **kw), Tier(colour="yellow", share=0.8, **kw)]
    >>> tier_of(0.7999, tiers) is None, tier_of(69280 / 86600, tiers).colour
    (True, 'yellow')
    """
    reached = [t for t in tiers if share >= t.share]
    return max(reached, key=lambda t: t.share, default=None)


def judge(
    people: float | None,
    capacity: CapacityOn,
    tiers: Sequence[Tier],
    *,
    whole: bool = True,
) -> Judged:
    """Judge a number of people against what an area may hold.

    Rule of decision: the highest tier that is reached; red from 100 % on in packs without a tier
    for it. A count that is not ``whole`` is a lower bound: it may reach a tier and never tells that
    none is reached. Without people or without a capacity it is undecided; people in a closed area
    are red.

    Parameters
    ----------
    people
        None or NaN: not known.
    whole
        Whether all of them were counted.
    """
    if people is None or math.isnan(people):
        return Judged(None, None, "undecided", _NO_COUNTS)
    number = f"{people:,.0f}"
    if capacity.people is None:
        told = _NO_CAPACITY.fill(n=number)
        return Judged(None, None, "undecided", _and(told, capacity.note))
    if capacity.people == 0:
        if people > 0:
            return Judged(None, "red", "red", _IN_CLOSED.fill(n=number))
        return Judged(None, None, "kept" if whole else "undecided", _EMPTY)
    share = people / capacity.people
    tier = tier_of(share, tiers)
    colour: Colour | None = tier.colour if tier is not None else "red" if share >= _FULL else None
    words = _SHARE if whole else _AT_LEAST
    # Cut, not rounded: 79.99 % of a capacity does not read as 80 %.
    percent = f"{math.floor(1000 * people / capacity.people) / 10:.1f}%"
    told = words.fill(n=number, c=f"{capacity.people:,}", p=percent)
    if capacity.note is not None:
        told = _and(told, capacity.note)
    if colour is not None:
        return Judged(share, colour, colour, told)
    if not whole:
        return Judged(share, None, "undecided", _and(told, _NOT_KEPT))
    return Judged(share, None, "kept", told)


def _and(first: Text, second: Text | None) -> Text:
    if second is None:
        return first
    return Text(zh=f"{first.zh}；{second.zh}", en=f"{first.en}; {second.en}")
