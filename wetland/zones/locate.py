"""Where things stand to zones: inside, outside or not determined, with the reason.

Rule of decision. Around each edge lies a belt as wide as the position's uncertainty plus, unless a
schematic boundary is taken as surveyed (``assume_schematic``), that edge's own accuracy.

- A point is INSIDE when the zone covers it and it lies in no belt, OUTSIDE when the zone does not
  cover it and it lies in no belt, else UNDETERMINED. A point at exactly a belt's width is in it.
  However exact a point is, a belt is as wide as a projected edge is off the true one (`STRAIGHT_M`)
  at least: what lies on an edge that two zones share is in doubt of both.
- A line or footprint is INSIDE when some part of it is inside for certain, OUTSIDE when no part can
  be inside, else UNDETERMINED.
- The cause names what must be had: where the edge's own accuracy alone leaves it open,
  ``zone_not_surveyed`` for a schematic zone and ``on_boundary`` for a surveyed one (a better fix
  would not help); else ``position_uncertain`` where the position's uncertainty alone does; else
  (only both together) again the edge. Touched exactly: ``on_boundary``.

So growing the uncertainty only ever turns inside or outside into undetermined. What the belts let
stand is right with 95 % at least (`wetland.zones.likelihood`); `locate_likely` can ask for more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.places import BELT_LIKELIHOOD, Cause, Membership
from wetland.base.texts import text
from wetland.zones.doubt import open_unlikely, probabilities
from wetland.zones.footprints import classify_extended, draw_extended
from wetland.zones.located import CAUSE_CODE, OPEN, OUT, Located
from wetland.zones.model import Zone, ZoneLayer
from wetland.zones.placing import Placed, Things, place_geometries
from wetland.zones.pointwise import ONE_AT_A_TIME, Asked, locate_points
from wetland.zones.projection import STRAIGHT_M
from wetland.zones.shapes import Shape

Floats = NDArray[np.float64]


def locate(
    layer: ZoneLayer,
    geometries: Sequence[Any] | NDArray[Any],
    uncertainty_m: float | Sequence[float] | Floats,
    *,
    on: dt.date | None,
    assume_schematic: bool = False,
    probability: bool = False,
) -> list[dict[str, Membership]]:
    """Tell how each geometry stands to each zone valid on a day.

    Parameters
    ----------
    layer
        The zones.
    geometries
        Points, lines or footprints, longitude and latitude (WGS84). None, an empty geometry and
        one with a NaN come out as undetermined, cause ``position``.
    uncertainty_m
        Uncertainty of the positions, metres; one number or one per geometry. NaN is refused: the
        caller knows the source and fills in its widest value.
    on
        The day whose boundaries count; None takes every version of every zone.
    assume_schematic
        Take a schematic boundary as surveyed (exercise mode).
    probability
        Also tell how likely each is inside; a boundary taken as surveyed has no doubt of its own.

    Returns
    -------
    list of dict
        For each geometry: zone id -> membership.

    Raises
    ------
    InputError
        An uncertainty is missing, negative or infinite.

    Examples
    --------
    >>> from shapely.geometry import Point, box
    >>> from wetland.base.texts import text
    >>> from wetland.zones.model import Zone, ZoneLayer
    >>> pond = Zone("pond", "protection", text("塘", "pond"), box(120, 30, 120.01, 30.01),
    ...             schematic=True, positional_accuracy_m=100, source="drawn here")
    >>> there = ZoneLayer([pond], 4549)
    >>> [answer] = locate(there, [Point(120.0005, 30.005)], 10, on=None)
    >>> answer["pond"].where.value, answer["pond"].cause.value, round(answer["pond"].distance_m)
    ('undetermined', 'zone_not_surveyed', 48)
    """
    found = locate_columns(
        layer,
        geometries,
        uncertainty_m,
        on=on,
        assume_schematic=assume_schematic,
        probability=probability,
    )
    columns = {zone_id: located.memberships() for zone_id, located in found.items()}
    rows = zip(*columns.values(), strict=True) if columns else iter([()] * len(geometries))
    return [dict(zip(columns, row, strict=True)) for row in rows]


def locate_columns(
    layer: ZoneLayer,
    geometries: Things,
    uncertainty_m: float | Sequence[float] | Floats,
    *,
    on: dt.date | None,
    assume_schematic: bool = False,
    probability: bool = False,
) -> dict[str, Located]:
    """Do the same as `locate`, as arrays per zone: zone id -> `Located`.

    ``geometries`` may also be `wetland.zones.placing.Points`: a million positions need no shapely
    objects then.
    """
    terms = _Terms(assume_schematic=assume_schematic, probability=probability)
    return _locate(layer.on(on), geometries, uncertainty_m, terms)


def locate_likely(
    layer: ZoneLayer,
    geometries: Things,
    uncertainty_m: float | Sequence[float] | Floats,
    *,
    threshold: float,
    assume_schematic: bool,
    probability: bool = False,
) -> dict[str, Located]:
    """Do the same as `locate_columns` on all zones, and leave open what is not likely enough.

    ``threshold`` is the least probability with which inside or outside may stand
    (`wetland.sites.config.SiteConfig.likelihood_threshold`). At 0.95 the answers are those of
    `locate_columns`; a higher one only ever leaves more undetermined.
    """
    terms = _Terms(assume_schematic, probability, threshold)
    return _locate(layer, geometries, uncertainty_m, terms)


@dataclass(frozen=True, slots=True)
class _Terms:
    """On what terms a question is asked."""

    assume_schematic: bool
    probability: bool
    threshold: float = BELT_LIKELIHOOD


def _locate(
    layer: ZoneLayer,
    geometries: Things,
    uncertainty_m: float | Sequence[float] | Floats,
    terms: _Terms,
) -> dict[str, Located]:
    stated = checked_uncertainty(uncertainty_m, len(geometries))
    placed = place_geometries(layer, geometries)
    uncertainty = stated.copy()
    uncertainty[placed.points] = np.maximum(stated[placed.points], STRAIGHT_M)
    asked = [
        _asked(zone, layer.shape(zone), placed, assume_schematic=terms.assume_schematic)
        for zone in layer
    ]
    locate_points(layer, asked, placed, uncertainty)
    drawn = draw_extended(placed)
    out = {}
    for each in asked:
        if len(placed.far):
            _locate_far(each, placed, uncertainty)
        if len(placed.extended):
            with ONE_AT_A_TIME:
                classify_extended(each.out, each.shape, placed, uncertainty, each.own, drawn)
        found = probabilities(each, placed, uncertainty) if terms.probability else None
        open_unlikely(each, placed, uncertainty, terms.threshold)
        _explain(each, stated)
        out[each.zone.id] = replace(each.out, probability=found)
    return out


def checked_uncertainty(uncertainty_m: float | Sequence[float] | Floats, size: int) -> Floats:
    """Return one uncertainty per geometry; refuse what is missing, negative or infinite."""
    values = np.broadcast_to(np.asarray(uncertainty_m, dtype=float), (size,))
    bad = ~np.isfinite(values) | (values < 0)
    if bad.any():
        first = int(np.argmax(bad))
        raise InputError(
            text(
                "第{row}个位置的不确定度 {value} 不可用：须为不小于 0 的米数",
                "position {row}: uncertainty {value} cannot be used; metres, 0 or more",
            ).fill(row=first + 1, value=values[first])
        )
    return values


def _asked(zone: Zone, shape: Shape, placed: Placed, *, assume_schematic: bool) -> Asked:
    trusted = zone.schematic and assume_schematic
    own = np.array([0.0 if trusted else group.accuracy_m for group in shape.edges])
    return Asked(zone, shape, own, Located.empty(placed.size, measures=len(placed.extended) > 0))


def _locate_far(asked: Asked, placed: Placed, uncertainty: Floats) -> None:
    """Decide what lies beyond the projection's reach: outside, unless it might be anywhere."""
    rows, out = placed.far, asked.out
    near = placed.far_m <= uncertainty[rows] + asked.own.max(initial=0.0)
    out.where[rows] = np.where(near, OPEN, OUT)
    out.cause[rows] = np.where(near, CAUSE_CODE[Cause.POSITION_UNCERTAIN], 0)
    out.distance_m[rows] = -placed.far_m


def _explain(asked: Asked, stated: Floats) -> None:
    """Name the cause of what is open and was not explained by the position alone."""
    out, own = asked.out, asked.own
    touching = (np.abs(out.distance_m) <= STRAIGHT_M) & (stated < STRAIGHT_M)
    rows = np.flatnonzero((out.where == OPEN) & ((out.cause == 0) | touching))
    drawn = asked.zone.schematic and bool((own > 0).any())
    out.cause[rows] = CAUSE_CODE[Cause.ZONE_NOT_SURVEYED if drawn else Cause.ON_BOUNDARY]
    if own.max(initial=0.0) == 0:
        out.cause[rows[touching[rows]]] = CAUSE_CODE[Cause.ON_BOUNDARY]
