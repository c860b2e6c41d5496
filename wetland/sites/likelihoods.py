"""How likely places are inside everything a rule may name (位于区域内的可能性): bounds.

A kind, or a union of kinds, has one probability (`wetland.zones.likelihood`). A declared membership
has bounds: where its answer stands, it is right unless a zone set it was read from is on the other
side, so the doubts of these sets are added up (Bonferroni: nothing is assumed of how they hang
together). What is not loaded, or has no position, has no bounds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.codes import Codes
from wetland.sites.config import DeclaredMembership
from wetland.sites.load import Site
from wetland.sites.place import UNION, Kinds, Sets, declared, versions
from wetland.zones.located import IN, OPEN, Located

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Of each place, the probability to be inside: at least and at most; NaN where not known."""

    least: Floats
    most: Floats

    @classmethod
    def unknown(cls, size: int) -> Bounds:
        """Make the bounds of places of which nothing is known."""
        return cls(np.full(size, np.nan), np.full(size, np.nan))


def likelihoods(
    site: Site,
    geometries: NDArray[Any],
    uncertainty_m: Floats,
    *,
    on: tuple[Codes, Sequence[dt.date | None]],
    assume_schematic: bool,
    names: Collection[str],
) -> dict[str, Bounds]:
    """Tell how likely each place is inside each of ``names``.

    Parameters
    ----------
    site, geometries, uncertainty_m, on, assume_schematic
        As in `wetland.sites.placecodes.places`.
    names
        Kinds, unions of kinds (``a|b``) and declared memberships; a name that is none of these has
        no bounds.
    """
    out = {name: Bounds.unknown(len(geometries)) for name in names}
    for layer, unknown, rows in versions(site.zones, *on):
        sets = Sets(site, layer, day_unknown=unknown, assume=assume_schematic)
        memberships = {m.id: m for m in site.config.memberships if m.id in out}
        spoken = {UNION.join(sorted(kinds)): kinds for kinds in sets.spoken}
        kept = {spoken[name] for name in out if name in spoken}
        kept |= {rule.zone for m in memberships.values() for rule in m.rules}
        things, widths = geometries[rows], uncertainty_m[rows]
        found = sets.locate(things, widths, only=kept)
        points = shapely.get_type_id(things) == shapely.GeometryType.POINT
        for name, bounds in out.items():
            if name in spoken:
                bounds.least[rows] = bounds.most[rows] = found[spoken[name]].probability
            elif name in memberships:
                answer = declared(memberships[name], found, points)
                told = _bounds(memberships[name], found, answer)
                bounds.least[rows], bounds.most[rows] = told
    return out


def _bounds(
    member: DeclaredMembership, found: Mapping[Kinds, Located], answer: Located
) -> tuple[Floats, Floats]:
    doubt = np.zeros(len(answer.where))
    left = np.ones(len(answer.where), dtype=bool)
    for rule in member.rules:
        here = found[rule.zone]
        p = here.probability
        if p is not None:
            doubt[left] += np.minimum(p, 1.0 - p)[left]
        left &= here.where != IN
    inside = answer.where == IN
    least = np.where(inside, np.maximum(0.0, 1.0 - doubt), np.where(doubt == doubt, 0.0, np.nan))
    most = np.where(inside, np.where(doubt == doubt, 1.0, np.nan), np.minimum(1.0, doubt))
    least[answer.where == OPEN] = most[answer.where == OPEN] = np.nan
    return least, most
