"""Groups of species (类群) that a multi-species index is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.species import Species
from wetland.birds.trimtable import listed

GROUPS: dict[str, Text] = {
    "all": text("全部物种", "all species"),
    "waterbirds": text("水鸟", "waterbirds"),
    "landbirds": text("非水鸟", "birds other than waterbirds"),
    "protected": text("国家重点保护鸟类", "nationally protected birds"),
    "resident": text("留鸟", "residents"),
    "winter": text("冬候鸟", "winter visitors"),
    "summer": text("夏候鸟", "summer visitors"),
    "passage": text("旅鸟", "passage migrants"),
}

_UNKNOWN_GROUP = text(
    "没有类群 {g}；可用：{all}，或直接写物种",
    "there is no group {g}; use one of {all}, or name species",
)
_TESTS: dict[str, Callable[[Species], bool]] = {
    "all": lambda s: True,
    "waterbirds": lambda s: s.waterbird is True,
    "landbirds": lambda s: s.waterbird is False,
    "protected": lambda s: s.protection in ("I", "II"),
}


def members(species: Iterable[Species], group: str) -> tuple[str, ...]:
    """Return the ids of the species of a group: one of `GROUPS`, or an order or family.

    A species whose property is not told is in no group but ``all`` and those it is known to belong
    to. An unknown group is an `InputError`; a known one may be empty.
    """
    every = list(species)
    if group in _TESTS:
        return tuple(s.id for s in every if _TESTS[group](s))
    if group in GROUPS:
        return tuple(s.id for s in every if s.season == group)
    wanted = group.strip().casefold()
    found = tuple(
        s.id for s in every if wanted in {(s.order or "").casefold(), (s.family or "").casefold()}
    )
    if not wanted or not found:
        kinds = sorted({kind for s in every for kind in (s.order, s.family) if kind})
        raise InputError(_UNKNOWN_GROUP.fill(g=group, all=listed([*GROUPS, *kinds], 30)))
    return found
