"""Where many places stand to everything a rule may name, as codes into a table of states.

The answers are those of `wetland.sites.place.memberships`. A state holds inside, outside or not
determined, and why, of every name; a million positions of a site share some dozens of states.
Distances are not part of a state; areas of footprints stand beside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from wetland.base.codes import Codes, together
from wetland.base.places import Cause, Membership
from wetland.sites.load import Site
from wetland.sites.place import Kinds, Sets, by_name, versions
from wetland.zones.located import CAUSE_CODE, CAUSES, IN, OPEN, OUT, WHERE, Located

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Day = dt.date | None

BLOCK = 131_072  # places located at once: what is measured of them is forgotten after each block
# A set's answer as one number: where + 3 cause + 18 whole + 36 outside only by chance.
_CAUSE, _WHOLE, _CHANCE = 3, 3 * len(CAUSES), 6 * len(CAUSES)


class Steady(Protocol):
    """What tells which fixes of tracks lie on their side only by chance.

    See `wetland.screening.steady`. ``rows`` are those that are fixes; a fix is deep when it is on
    its side even with an uncertainty ``deep_reaches`` times as wide.
    """

    @property
    def rows(self) -> NDArray[np.int64]:
        """Return the rows that are fixes."""

    @property
    def deep_reaches(self) -> float:
        """Return how many times as wide."""

    def shaky(self, inner: Bools, certain: Bools, deep: Bools) -> Bools:
        """Tell which of the certain are not steady."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaceTable:
    """Where places stand to the names of a site.

    Parameters
    ----------
    code
        The state of each place.
    names
        Kinds, unions of kinds (``a|b``) and declared memberships.
    where, cause
        One row per state, one column per name, as in `wetland.zones.located`.
    chance
        Which of them are outside only by chance: fixes of a track that drift explains. They stand
        as outside where nobody is worse off for it.
    extended
        The rows that are lines or footprints, ascending.
    area_m2, share
        By kind, of each of ``extended``: square metres inside and their share; NaN where not known.
    """

    code: Codes
    names: tuple[str, ...]
    where: NDArray[np.int8]
    cause: NDArray[np.int8]
    chance: Bools
    extended: NDArray[np.intp]
    area_m2: Mapping[str, Floats]
    share: Mapping[str, Floats]

    @classmethod
    def of_one(cls, stands: Mapping[str, Membership], place: BaseGeometry | None) -> PlaceTable:
        """Make the table of a single place whose memberships are known."""
        extended = place is not None and place.geom_type != "Point"
        rows = np.arange(1 if extended else 0)
        area, share = (
            {name: np.full(len(rows), np.nan if value is None else value) for name, value in column}
            for column in (
                [(name, m.area_m2) for name, m in stands.items()],
                [(name, m.share) for name, m in stands.items()],
            )
        )
        where = np.array([[WHERE.index(m.where) for m in stands.values()]], dtype=np.int8)
        cause = np.array([[CAUSES.index(m.cause) for m in stands.values()]], dtype=np.int8)
        chance = np.zeros(where.shape, dtype=bool)
        code = np.zeros(1, dtype=np.int64)
        return cls(code, tuple(stands), where, cause, chance, rows, area, share)

    def memberships(self, state: int) -> dict[str, Membership]:
        """Return name -> membership of one state, without distances and areas."""
        rows = zip(self.where[state].tolist(), self.cause[state].tolist(), strict=True)
        found = [Membership(WHERE[w], CAUSES[c]) for w, c in rows]
        return dict(zip(self.names, found, strict=True))


def places(
    site: Site,
    geometries: NDArray[Any],
    uncertainty_m: Floats,
    *,
    on: tuple[Codes, Sequence[Day]],
    assume_schematic: bool,
    steady: Callable[[NDArray[np.intp]], Steady | None] | None = None,
) -> PlaceTable:
    """Tell how each place stands to each name, block by block.

    Parameters
    ----------
    site, geometries, uncertainty_m, assume_schematic
        As in `wetland.sites.place.memberships`.
    on
        The day of each place as a number, and the days by number; None is "day unknown".
    steady
        For rows of one version of the zones: what tells which of them lie where they do only by
        chance (fixes of a track); None where no row is a fix.

    Notes
    -----
    Rule of decision for fixes of tracks. What is inside a set of zones only by chance becomes not
    determined, cause ``position_uncertain``, before anything is derived from it. So does what is
    outside only by chance, but only where being outside can break a rule: for the zones that rules
    leave out (`wetland.regulations.rulebook.Regulations.zones_left_out`), and for a declared
    membership that says "inside" of what is outside of a set.
    """
    days, listed = on
    things = np.empty(len(geometries), dtype=object)
    things[:] = geometries
    is_point = shapely.get_type_id(things) == shapely.GeometryType.POINT
    extended = np.flatnonzero(~is_point & ~shapely.is_missing(things))
    found = _Found(site, things, uncertainty_m, extended)
    for layer, unknown, rows in versions(site.zones, days, listed):
        sets = Sets(site, layer, day_unknown=unknown, assume=assume_schematic)
        found.locate(sets, rows, None if steady is None else steady(rows))
    code, first = together(*found.packed, is_point.astype(np.int8))
    area, share = found.areas
    return PlaceTable(code, *found.states(first, is_point[first]), extended, area, share)


class _Found:
    """What was located so far: the answer of each row to each set of kinds, as one number."""

    def __init__(
        self, site: Site, things: NDArray[Any], widths: Floats, extended: NDArray[np.intp]
    ) -> None:
        self.site = site
        self.things, self.widths = things, widths
        self.extended = extended
        bare = Sets(site, site.zones, day_unknown=False, assume=False)
        self.sets, self.spoken = bare.all, bare.spoken
        self.packed = np.zeros((len(self.sets), len(things)), dtype=np.uint8)
        kinds = [kinds[0] for kinds in self.spoken if len(kinds) == 1]
        self.areas = tuple(
            {kind: np.full(len(extended), np.nan) for kind in kinds} for _ in range(2)
        )

    def locate(self, sets: Sets, rows: NDArray[np.intp], steady: Steady | None) -> None:
        """Locate the rows of one version of the zones."""
        side = np.zeros((len(self.sets), 0 if steady is None else len(rows)), dtype=np.int8)
        for start in range(0, len(rows), BLOCK):
            chosen = rows[start : start + BLOCK]
            found = sets.locate(self.things[chosen], self.widths[chosen])
            for number, kinds in enumerate(self.sets):
                here = found[kinds]
                packed = here.where + _CAUSE * here.cause + _WHOLE * here.whole
                self.packed[number, chosen] = packed
                if steady is not None:
                    away = np.nan_to_num(here.distance_m)
                    side[number, start : start + len(chosen)] = np.sign(away)
            self._keep_areas(chosen, found)
        if steady is not None:
            self._settle(sets, rows, side, steady)

    def _keep_areas(self, chosen: NDArray[np.intp], found: Mapping[Kinds, Located]) -> None:
        at = np.searchsorted(self.extended, chosen)
        at[at == len(self.extended)] = 0
        here = np.flatnonzero(self.extended[at] == chosen) if len(self.extended) else at[:0]
        if not len(here):
            return
        area, share = self.areas
        for kind in area:
            area[kind][at[here]] = found[kind,].area_m2[here]
            share[kind][at[here]] = found[kind,].share[here]

    def _settle(
        self, sets: Sets, rows: NDArray[np.intp], side: NDArray[np.int8], steady: Steady
    ) -> None:
        """Open what is inside only by chance, and mark what is outside only by chance.

        ``side`` is 1 on the inner side of a set's edge, -1 on the outer.
        """
        opened = OPEN + _CAUSE * CAUSE_CODE[Cause.POSITION_UNCERTAIN]
        deep = self._deep(sets, rows, steady)
        for number, answers in enumerate(self.packed):
            where = answers[rows] % _CAUSE
            for value, sign in ((IN, 1), (OUT, -1)):
                certain = where == value
                chosen = rows[steady.shaky(side[number] == sign, certain, deep[number])]
                if value == IN:
                    answers[chosen] = opened
                else:
                    answers[chosen] += _CHANCE

    def _deep(self, sets: Sets, rows: NDArray[np.intp], steady: Steady) -> Bools:
        """Tell for each set which fixes stay on their side with a much wider uncertainty."""
        deep = np.zeros((len(self.sets), len(rows)), dtype=bool)
        for start in range(0, len(steady.rows), BLOCK):
            chosen = steady.rows[start : start + BLOCK]
            widths = steady.deep_reaches * self.widths[rows[chosen]]
            found = sets.locate(self.things[rows[chosen]], widths)
            for number, kinds in enumerate(self.sets):
                deep[number, chosen] = found[kinds].where != OPEN
        return deep

    def states(
        self, rows: NDArray[np.intp], points: Bools
    ) -> tuple[tuple[str, ...], NDArray[np.int8], NDArray[np.int8], Bools]:
        """Return the names, where and why each of ``rows`` stands to them, and by chance or not."""
        stands, opened = (
            by_name(self.site, self.spoken, self._answers(rows, opened=opened), points)
            for opened in (False, True)
        )
        left_out = self.site.regulations.zones_left_out
        names, columns = [], []
        for name, as_found in stands.items():
            as_opened = opened[name]
            chance = (as_opened.where == OPEN) & (as_found.where == OUT)
            doubted = (as_opened.where == OPEN) & ((as_found.where == IN) | (name in left_out))
            names.append(name)
            columns.append(
                (
                    np.where(doubted, as_opened.where, as_found.where),
                    np.where(doubted, as_opened.cause, as_found.cause),
                    chance,
                )
            )
        where, cause, by_chance = (np.column_stack(part) for part in zip(*columns, strict=True))
        return tuple(names), where, cause, by_chance

    def _answers(self, rows: NDArray[np.intp], *, opened: bool) -> dict[Kinds, Located]:
        """Return the answers to each set, as found or with what is so by chance left open."""
        return {
            kinds: _unpacked(answers[rows], opened=opened)
            for kinds, answers in zip(self.sets, self.packed, strict=True)
        }


def _unpacked(answers: NDArray[np.uint8], *, opened: bool) -> Located:
    chance = opened & (answers >= _CHANCE)
    answers = answers % _CHANCE
    cause = answers % _WHOLE // _CAUSE
    return replace(
        Located.empty(len(answers)),
        where=np.where(chance, OPEN, answers % _CAUSE).astype(np.int8),
        cause=np.where(chance, CAUSE_CODE[Cause.POSITION_UNCERTAIN], cause).astype(np.int8),
        whole=answers >= _WHOLE,
    )
