"""What the areas of a site may hold (承载量), with every published figure and its source."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from wetland.base.texts import Lang, Text, text
from wetland.operations.wateranswers import plain
from wetland.visitors.pack import Area, Capacity, Limit, Tier, VisitorPack

_PAID, _FREE = text("收费区：{w}", "paid area: {w}"), text("免费区：{w}", "free area: {w}")


def actions_of(pack: VisitorPack, area: str, colour: str | None) -> tuple[Text, ...]:
    """Return what is to be done in an area at a tier; of an area not told to be paid, both ways.

    Examples
    --------
    >>> actions_of(VisitorPack(), "west", "yellow")
    ()
    """
    tier = next((t for t in pack.tiers if t.colour == colour), None)
    if tier is None:
        return ()
    paid = next((a.paid for a in pack.areas if a.id == area), None)
    if paid is not None:
        return tier.paid if paid else tier.free
    return (*(_PAID.fill(w=w) for w in tier.paid), *(_FREE.fill(w=w) for w in tier.free))


@dataclass(frozen=True)
class CapacityOfArea:
    """What an area may hold on a day, and everything that was published about it.

    Parameters
    ----------
    people
        What its load is judged by; None where nothing is, or where a closure leaves it open.
    judged, others
        The figure it is judged by, and all other published ones, whether they hold or not.
    """

    area: Area
    limit: Limit
    day: dt.date
    people: int | None
    judged: Capacity | None
    others: tuple[Capacity, ...]
    closures: tuple[Any, ...]
    note: Text | None
    tiers: tuple[Tier, ...]

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return it as JSON-ready mappings in one language."""
        published = [self.judged] if self.judged is not None else []
        closed = any(c.area == self.area.id for c in self.closures)
        return {
            "area": self.area.id,
            "name": self.area.name.get(lang),
            "limit": self.limit,
            "people": self.people,
            "open": not closed,
            "paid": self.area.paid,
            "closures": [_closure(c, lang) for c in self.closures],
            "note": None if self.note is None else self.note.get(lang),
            "tiers": {t.colour: self._from(t) for t in self.tiers},
            "published": [self._published(c, lang) for c in (*published, *self.others)],
            "synthetic": self.area.synthetic,
        }  # fmt: skip

    def rows(self, lang: Lang = "zh") -> list[dict[str, Any]]:
        """Return one flat row for each published figure; one without where there is none."""
        whole = self.to_json(lang)
        closed = "; ".join(c["reason"] or c["kind"] for c in whole["closures"])
        head = {"area": self.area.id, "name": whole["name"], "limit": self.limit}
        tail = {"on_day": self.people, "open": whole["open"], "closures": closed or None,
                "note": whole["note"], "synthetic": self.area.synthetic}  # fmt: skip
        return [{**head, **one, **tail} for one in whole["published"] or [{}]]

    def _from(self, tier: Tier) -> int | None:
        """Return from how many people on a tier is reached; None where nothing is judged by."""
        if self.people is None:
            return None
        return math.ceil(Fraction(str(tier.share)) * self.people)

    def _published(self, one: Capacity, lang: Lang) -> dict[str, Any]:
        return {
            "people": one.people,
            "judged": one is self.judged,
            "holds": one.holds_on(self.day),
            "valid_from": plain(one.valid_from, lang),
            "valid_to": plain(one.valid_to, lang),
            "wording": one.wording.get(lang),
            "source": one.source,
            "confidence": one.confidence,
        }


def _closure(closure: Any, lang: Lang) -> dict[str, Any]:  # noqa: ANN401 - `Closure`
    return {
        "area": closure.area,
        "kind": closure.kind,
        "reason": None if closure.reason is None else closure.reason.get(lang),
        "valid_from": plain(closure.valid_from, lang),
        "valid_to": plain(closure.valid_to, lang),
        "source": closure.source,
        "synthetic": closure.synthetic,
    }


def capacity_of(pack: VisitorPack, day: dt.date) -> list[CapacityOfArea]:
    """Return what every area may hold on a day, by each limit, with all published figures.

    An area and a limit nobody published a figure for are left out.
    """
    from wetland.visitors.capacity import capacities_on

    areas = {area.id: area for area in pack.areas}
    return [
        CapacityOfArea(areas[on.area], on.limit, day, on.people, on.judged, on.others,
                       on.closures, on.note, pack.tiers)
        for on in capacities_on(pack, day)
        if on.judged is not None or on.others or on.closures
    ]  # fmt: skip


def statements_of(pack: VisitorPack, lang: Lang = "zh") -> list[dict[str, Any]]:
    """Return the numbers of visits that somebody published, in order of their last day."""
    told_ = sorted(pack.statements, key=lambda s: s.last_on)
    return [
        {
            "kind": s.kind,
            "first_on": plain(s.first_on, lang),
            "last_on": s.last_on.isoformat(),
            "visits": s.visits,
            "area": s.area,
            "at_least": s.at_least,
            "about": s.about,
            "wording": s.wording.get(lang),
            "source": s.source,
            "confidence": s.confidence,
        }
        for s in told_
    ]
