"""Where places stand to everything a rule may name: zone kinds and declared memberships.

Kinds: inside if inside any zone of the kind, else undetermined if undetermined for any, else outside;
a kind of which no zone holds on that day is undetermined (not loaded), never "outside". Declared
memberships follow the rules of `site.yaml`; where those say "unknown", undetermined (not loaded).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.places import Cause, Membership, Where
from wetland.sites.config import DeclaredMembership
from wetland.sites.load import Site
from wetland.zones.locate import CAUSE_CODE, IN, OPEN, OUT, Located, locate_columns
from wetland.zones.model import ZoneLayer

Bools = NDArray[np.bool_]
Day = dt.date | None
NOT_LOADED = CAUSE_CODE[Cause.NOT_LOADED]


def memberships(
    site: Site,
    geometries: Sequence[Any] | NDArray[Any],
    uncertainty_m: float | Sequence[float] | NDArray[np.float64],
    *,
    on: Day | Sequence[Day],
    assume_schematic: bool,
) -> list[dict[str, Membership]]:
    """Tell how each place stands to each zone kind and each declared membership of the site.

    Parameters
    ----------
    site
        The opened pack.
    geometries, uncertainty_m, assume_schematic
        As in `wetland.zones.locate.locate`.
    on
        The day whose boundaries count: one for all, or one per geometry. None is "day unknown": the
        versions of a kind must then agree, else it is undetermined (not loaded).

    Returns
    -------
    list of dict
        For each geometry: kind or membership id -> membership. ``area_m2`` and ``share`` of a kind
        are sums over its zones, ``distance_m`` is of the zone it lies deepest in or nearest to.
    """
    size = len(geometries)
    days: list[Day] = [on] * size if on is None or isinstance(on, dt.date) else list(on)
    things = np.empty(size, dtype=object)
    things[:] = list(geometries)
    widths = np.broadcast_to(np.asarray(uncertainty_m, dtype=float), (size,))
    found: list[dict[str, Membership]] = [{} for _ in range(size)]
    for layer, rows in _by_version(site.zones, days):
        for same, chosen in rows:
            answers = _answers(
                site, layer, things[chosen], widths[chosen], same, assume=assume_schematic
            )
            for row, answer in zip(chosen.tolist(), answers, strict=True):
                found[row] = answer
    return found


def _by_version(
    zones: ZoneLayer, days: Sequence[Day]
) -> list[tuple[ZoneLayer, list[tuple[bool, NDArray[np.intp]]]]]:
    """Group rows by which zones hold on their day, so that each version is measured once."""
    versions: dict[tuple[str, ...], tuple[ZoneLayer, dict[bool, list[int]]]] = {}
    layers = {day: zones.on(day) for day in set(days)}
    for row, day in enumerate(days):
        layer = layers[day]
        key = tuple(zone.id for zone in layer)
        group = versions.setdefault(key, (layer, {}))[1]
        group.setdefault(day is None, []).append(row)
    return [
        (layer, [(unknown, np.array(rows)) for unknown, rows in groups.items()])
        for layer, groups in versions.values()
    ]


def _answers(
    site: Site,
    layer: ZoneLayer,
    things: NDArray[Any],
    widths: NDArray[np.float64],
    day_unknown: bool,
    *,
    assume: bool,
) -> list[dict[str, Membership]]:
    located = locate_columns(layer, things, widths, on=None, assume_schematic=assume)
    kinds = {
        kind: _kind(layer.of_kind(kind), located, len(things), versions=day_unknown)
        for kind in site.config.kinds
    }
    points = shapely.get_type_id(things) == shapely.GeometryType.POINT
    declared = {m.id: _declared(m, kinds, points) for m in site.config.memberships}
    columns = {name: column.memberships() for name, column in (kinds | declared).items()}
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _kind(
    layer: ZoneLayer, located: Mapping[str, Located], size: int, *, versions: bool
) -> Located:
    """Merge the zones of one kind; with ``versions`` (day unknown) they must agree over time."""
    if not len(layer):
        return _not_loaded(size)
    if not versions:
        return _union([located[zone.id] for zone in layer], size)
    epochs = [_epoch(layer, zone.valid_from, located, size) for zone in layer]
    return _agreed(epochs)


def _epoch(
    layer: ZoneLayer, start: Day, located: Mapping[str, Located], size: int
) -> Located:
    there = layer.on(start or dt.date.min)
    return _union([located[zone.id] for zone in there], size)


def _union(parts: Sequence[Located], size: int) -> Located:
    if len(parts) == 1:
        return parts[0]
    where = np.stack([part.where for part in parts])
    cause = np.stack([part.cause for part in parts])
    distance = np.stack([part.distance_m for part in parts])
    inside, is_open = (where == IN).any(axis=0), (where == OPEN).any(axis=0)
    first_open = np.argmax(where == OPEN, axis=0)
    with np.errstate(invalid="ignore"):
        deepest = np.where(np.isnan(distance), -np.inf, distance).max(axis=0)
    return Located(
        where=np.where(inside, IN, np.where(is_open, OPEN, OUT)).astype(np.int8),
        cause=np.where(inside | ~is_open, 0, cause[first_open, np.arange(size)]).astype(np.int8),
        distance_m=np.where(np.isinf(deepest), np.nan, deepest),
        area_m2=_sum([part.area_m2 for part in parts]),
        share=np.minimum(_sum([part.share for part in parts]), 1.0),
        whole=np.stack([part.whole for part in parts]).any(axis=0),
    )


def _sum(columns: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    stacked = np.stack(columns)
    total: NDArray[np.float64] = np.where(
        np.isnan(stacked).all(axis=0), np.nan, np.nansum(stacked, axis=0)
    )
    return total


def _agreed(epochs: Sequence[Located]) -> Located:
    """Keep an answer only where all versions give it; areas and distances are of the last."""
    last = epochs[-1]
    where = np.stack([epoch.where for epoch in epochs])
    same = (where == where[0]).all(axis=0)
    open_anywhere = (where == OPEN).any(axis=0)
    return Located(
        where=np.where(same, last.where, OPEN).astype(np.int8),
        cause=np.where(same & ~open_anywhere, 0, np.where(same, last.cause, NOT_LOADED)).astype(
            np.int8
        ),
        distance_m=last.distance_m,
        area_m2=last.area_m2,
        share=last.share,
        whole=np.stack([epoch.whole for epoch in epochs]).all(axis=0),
    )


def _not_loaded(size: int) -> Located:
    empty = Located.empty(size)
    empty.cause[:] = NOT_LOADED
    return empty


def _declared(
    declared: DeclaredMembership, kinds: Mapping[str, Located], points: Bools
) -> Located:
    """Follow the rules of a declared membership.

    ``may`` collects what could be true: a rule counts where the place may be inside its kind, and
    the next ones still count where it may (also) be outside.
    """
    size = len(points)
    may = {value: np.zeros(size, dtype=bool) for value in ("inside", "outside", "unknown")}
    surely = np.zeros(size, dtype=bool)
    left = np.ones(size, dtype=bool)
    blame = np.zeros(size, dtype=np.int8)
    for rule in declared.rules:
        parts = [kinds[kind] for kind in rule.zone]
        here = _union(parts, size)
        reached = left & (here.where != OUT)
        may[rule.value] |= reached
        if rule.value == "inside":
            surely |= reached & (here.where == IN) & ~points
        unsure = reached & (here.where == OPEN) & (blame == 0)
        blame[unsure] = here.cause[unsure]
        left = left & ~((here.where == IN) & (points | here.whole))
    may[declared.elsewhere] |= left
    return _decide(may, surely, blame)


def _decide(may: Mapping[str, Bools], surely: Bools, blame: NDArray[np.int8]) -> Located:
    inside = (may["inside"] & ~may["outside"] & ~may["unknown"]) | surely
    outside = may["outside"] & ~may["inside"] & ~may["unknown"]
    out = Located.empty(len(surely))
    out.where[:] = np.where(inside, IN, np.where(outside, OUT, OPEN))
    unknown = np.where(may["unknown"] | (blame == 0), NOT_LOADED, blame)
    out.cause[:] = np.where(inside | outside, 0, unknown)
    return out


__all__ = ["Where", "memberships"]
