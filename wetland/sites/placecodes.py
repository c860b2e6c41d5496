"""Where many places stand to everything a rule may name, as codes into a table of states.

The answers are those of `wetland.sites.place.memberships`. A state holds inside, outside or not
determined, and why, of every name; a million positions of a site share some dozens of states.
Distances are not part of a state; areas of footprints stand beside.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.codes import Codes, together
from wetland.base.places import Cause, Membership
from wetland.sites.load import Site
from wetland.sites.place import UNION, Kinds, Sets, declared
from wetland.zones.located import CAUSE_CODE, CAUSES, IN, OPEN, WHERE, Located
from wetland.zones.model import ZoneLayer

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Day = dt.date | None

BLOCK = 131_072  # places located at once: what is measured of them is forgotten after each block
_CAUSE, _WHOLE = 3, 3 * len(CAUSES)  # a set's answer as one number: where + 3 cause + 18 whole


class Steady(Protocol):
    """What tells which fixes of tracks are inside only by chance (`wetland.screening.steady`).

    ``rows`` are those that are fixes; a fix is deep when it is inside even with an uncertainty
    ``deep_reaches`` times as wide.
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
    extended
        The rows that are lines or footprints, ascending.
    area_m2, share
        By kind, of each of ``extended``: square metres inside and their share; NaN where not known.
    """

    code: Codes
    names: tuple[str, ...]
    where: NDArray[np.int8]
    cause: NDArray[np.int8]
    extended: NDArray[np.intp]
    area_m2: Mapping[str, Floats]
    share: Mapping[str, Floats]

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
        For rows of one version of the zones: what tells which of them are inside only by chance
        (fixes of a track); None where no row is a fix. Those become not determined, cause
        ``position_uncertain``, in each set of zones before anything is derived from it.
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
    names, where, cause = found.states(first, is_point[first])
    area, share = found.areas
    return PlaceTable(code, names, where, cause, extended, area, share)


def versions(
    zones: ZoneLayer, days: Codes, listed: Sequence[Day]
) -> list[tuple[ZoneLayer, bool, NDArray[np.intp]]]:
    """Group rows by which zones hold on their day, so that each version is measured once.

    Returns
    -------
    list of (layer, unknown, rows)
        The zones that hold, whether it is because the day is not known, and the rows.
    """
    turns = sorted({day for zone in zones for day in (zone.valid_from, zone.valid_to) if day})
    layers: dict[tuple[tuple[str, ...], bool], tuple[ZoneLayer, int]] = {}
    group = np.zeros(len(listed), dtype=np.int64)
    known: dict[int, ZoneLayer] = {}
    for number in np.flatnonzero(np.bincount(days, minlength=len(listed))).tolist():
        day = listed[number]
        period = -1 if day is None else bisect_right(turns, day)
        layer = known[period] if period in known else known.setdefault(period, zones.on(day))
        key = (tuple(zone.id for zone in layer), listed[number] is None)
        group[number] = layers.setdefault(key, (layer, len(layers)))[1]
    of_row = group[days]
    return [
        (layer, unknown, np.flatnonzero(of_row == number))
        for (_, unknown), (layer, number) in layers.items()
    ]


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
        inner = np.zeros((len(self.sets), 0 if steady is None else len(rows)), dtype=bool)
        for start in range(0, len(rows), BLOCK):
            chosen = rows[start : start + BLOCK]
            found = sets.locate(self.things[chosen], self.widths[chosen])
            for number, kinds in enumerate(self.sets):
                here = found[kinds]
                packed = here.where + _CAUSE * here.cause + _WHOLE * here.whole
                self.packed[number, chosen] = packed
                if steady is not None:
                    inner[number, start : start + len(chosen)] = here.distance_m > 0
            self._keep_areas(chosen, found)
        if steady is not None:
            self._settle(sets, rows, inner, steady)

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

    def _settle(self, sets: Sets, rows: NDArray[np.intp], inner: Bools, steady: Steady) -> None:
        """Open what is inside only by chance."""
        opened = OPEN + _CAUSE * CAUSE_CODE[Cause.POSITION_UNCERTAIN]
        certain = self.packed[:, rows] % _CAUSE == IN
        deep = np.zeros_like(certain)
        fixes = steady.rows[certain[:, steady.rows].any(axis=0)]
        for start in range(0, len(fixes), BLOCK):
            chosen = fixes[start : start + BLOCK]
            widths = steady.deep_reaches * self.widths[rows[chosen]]
            found = sets.locate(self.things[rows[chosen]], widths)
            for number, kinds in enumerate(self.sets):
                deep[number, chosen] = found[kinds].where == IN
        for number in range(len(self.sets)):
            shaky = steady.shaky(inner[number], certain[number], deep[number])
            self.packed[number, rows[certain[number] & shaky]] = opened

    def states(
        self, rows: NDArray[np.intp], points: Bools
    ) -> tuple[tuple[str, ...], NDArray[np.int8], NDArray[np.int8]]:
        """Return the names, and where and why each of ``rows`` stands to them."""
        found = {}
        for number, kinds in enumerate(self.sets):
            answers = self.packed[number, rows]
            found[kinds] = replace(
                Located.empty(len(rows)),
                where=(answers % _CAUSE).astype(np.int8),
                cause=(answers % _WHOLE // _CAUSE).astype(np.int8),
                whole=answers >= _WHOLE,
            )
        columns = {UNION.join(sorted(kinds)): found[kinds] for kinds in self.spoken}
        columns |= {m.id: declared(m, found, points) for m in self.site.config.memberships}
        where = np.column_stack([column.where for column in columns.values()])
        cause = np.column_stack([column.cause for column in columns.values()])
        return tuple(columns), where, cause
