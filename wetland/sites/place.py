"""Where places stand to everything a rule may name: zone kinds and declared memberships.

The zones of a kind are taken as one area: an edge that two of them share is none. The same holds
for several kinds that a rule names together; their union stands under ``buffer|protection``. A kind
of which no zone holds on that day is undetermined (not loaded), never "outside".
Declared memberships follow the rules of `site.yaml`; where those say "unknown", undetermined (not
loaded).
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.codes import Codes
from wetland.base.places import Cause, Membership
from wetland.sites.config import DeclaredMembership
from wetland.sites.load import Site
from wetland.zones.locate import locate_likely
from wetland.zones.located import CAUSE_CODE, IN, OPEN, OUT, Located
from wetland.zones.model import Zone, ZoneLayer

Bools = NDArray[np.bool_]
Kinds = tuple[str, ...]
Day = dt.date | None
UNION = "|"  # between the kinds of a union, as rules ask for it
NOT_LOADED = CAUSE_CODE[Cause.NOT_LOADED]
NO_POSITION = CAUSE_CODE[Cause.NO_POSITION]


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
        For each geometry: kind, union of kinds (``a|b``) or membership id -> membership.
    """
    size = len(geometries)
    days: list[Day] = [on] * size if on is None or isinstance(on, dt.date) else list(on)
    things = np.empty(size, dtype=object)
    things[:] = list(geometries)
    widths = np.broadcast_to(np.asarray(uncertainty_m, dtype=float), (size,))
    found: list[dict[str, Membership]] = [{} for _ in range(size)]
    numbers = {day: number for number, day in enumerate(dict.fromkeys(days))}
    codes = np.array([numbers[day] for day in days], dtype=np.int64)
    for layer, unknown, rows in versions(site.zones, codes, list(numbers)):
        answers = _answers(
            site, layer, things[rows], widths[rows], unknown, assume=assume_schematic
        )
        for row, answer in zip(rows.tolist(), answers, strict=True):
            found[row] = answer
    return found


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
        if period not in known:
            known[period] = zones.on(day)
        layer = known[period]
        key = (tuple(zone.id for zone in layer), day is None)
        group[number] = layers.setdefault(key, (layer, len(layers)))[1]
    of_row = group[days]
    return [
        (layer, unknown, np.flatnonzero(of_row == number))
        for (_, unknown), (layer, number) in layers.items()
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
    asked = Sets(site, layer, day_unknown=day_unknown, assume=assume)
    found = asked.locate(things, widths)
    points = shapely.get_type_id(things) == shapely.GeometryType.POINT
    columns = by_name(site, asked.spoken, found, points)
    listed = {name: column.memberships() for name, column in columns.items()}
    rows = zip(*listed.values(), strict=True)
    return [dict(zip(listed, row, strict=True)) for row in rows]


def by_name(
    site: Site, spoken: Sequence[Kinds], found: Mapping[Kinds, Located], points: Bools
) -> dict[str, Located]:
    """Return the answers to everything a rule may name: kinds, unions, declared memberships."""
    columns = {UNION.join(sorted(kinds)): found[kinds] for kinds in spoken}
    return columns | {m.id: declared(m, found, points) for m in site.config.memberships}


class Sets:
    """Sets of kinds that something is asked about, and the zones that make them up.

    Each kind; each set of kinds that a rule names together; each set that a declared membership
    names. Zones of a set are taken as one, without the edges they share.
    """

    def __init__(self, site: Site, layer: ZoneLayer, *, day_unknown: bool, assume: bool) -> None:
        self.layer = layer
        self.day_unknown = day_unknown
        self.assume = assume
        self.threshold = site.config.likelihood_threshold
        kinds = site.config.kinds
        self.spoken: list[Kinds] = [(kind,) for kind in kinds]
        unions = sorted(site.regulations.zone_unions)
        self.spoken += [union for union in unions if set(union) <= set(kinds)]
        rules = [rule.zone for m in site.config.memberships for rule in m.rules]
        self.all = list(dict.fromkeys([*self.spoken, *rules]))

    def locate(
        self,
        things: NDArray[Any],
        widths: NDArray[np.float64],
        *,
        only: Collection[Kinds] | None = None,
    ) -> dict[Kinds, Located]:
        """Return how the things stand to each set; ``only`` to these, with probabilities."""
        likely = only is not None
        asked = self.all if only is None else [kinds for kinds in self.all if kinds in only]
        epochs = {kinds: self._epochs(kinds) for kinds in asked}
        zones = {zone.id: zone for found in epochs.values() for zone, _ in found if zone}
        layer = ZoneLayer(list(zones.values()), self.layer.crs_epsg, like=self.layer)
        located = locate_likely(
            layer, things, widths, threshold=self.threshold, assume_schematic=self.assume,
            probability=likely,
        )  # fmt: skip
        out = {}
        for kinds, found in epochs.items():
            columns = [
                _complete(located[zone.id], complete) if zone else _not_loaded(len(things))
                for zone, complete in found
            ]
            out[kinds] = columns[0] if len(columns) == 1 else _agreed(columns)
        return out

    def _epochs(self, kinds: Kinds) -> list[tuple[Zone | None, bool]]:
        """Return the set as one zone, per version where the day is not known; and if complete."""
        if not self.day_unknown:
            return [self._as_one(self.layer, kinds)]
        starts = sorted({z.valid_from or dt.date.min for z in self.layer if z.kind in kinds})
        return [self._as_one(self.layer.on(start), kinds) for start in starts or [dt.date.min]]

    def _as_one(self, layer: ZoneLayer, kinds: Kinds) -> tuple[Zone | None, bool]:
        zones = [zone for zone in layer if zone.kind in kinds]
        if not zones:
            return None, False
        complete = {zone.kind for zone in zones} == set(kinds)
        return self.layer.union(zones, assume_schematic=self.assume), complete


def _complete(located: Located, complete: bool) -> Located:
    """Leave open what is not inside where a kind of the set has no zone that day."""
    if complete:
        return located
    inside = located.where == IN
    return replace(
        located,
        where=np.where(inside, IN, OPEN).astype(np.int8),
        cause=np.where(inside, 0, np.where(located.where == OUT, NOT_LOADED, located.cause)).astype(
            np.int8
        ),
        probability=None
        if located.probability is None
        else np.where(inside, located.probability, np.nan),
    )


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
        whole=np.all(np.stack([epoch.whole for epoch in epochs]), axis=0),
        probability=_doubtful([epoch.probability for epoch in epochs]),
    )


def _doubtful(epochs: Sequence[NDArray[np.float64] | None]) -> NDArray[np.float64] | None:
    """Return of several versions' probabilities the one nearest to even odds; NaN if one is."""
    known = [p for p in epochs if p is not None]
    if not known:
        return None
    every = np.stack(known)
    nearest = np.argmin(np.abs(every - 0.5), axis=0)  # a NaN comes first
    return np.asarray(np.take_along_axis(every, nearest[None], axis=0)[0])


def _not_loaded(size: int) -> Located:
    empty = Located.empty(size)
    empty.cause[:] = NOT_LOADED
    return replace(empty, probability=np.full(size, np.nan))


def declared(
    declared: DeclaredMembership, found: Mapping[Kinds, Located], points: Bools
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
        here = found[rule.zone]
        reached = left & (here.where != OUT)
        may[rule.value] |= reached
        if rule.value == "inside":
            surely |= reached & (here.where == IN) & ~points
        unsure = reached & (here.where == OPEN) & (blame == 0)
        blame[unsure] = here.cause[unsure]
        left = left & ~((here.where == IN) & (points | here.whole))
    may[declared.elsewhere] |= left
    nowhere = np.any([k.cause == NO_POSITION for k in found.values()], axis=0)
    return _decide(may, surely, blame, nowhere)


def _decide(
    may: Mapping[str, Bools], surely: Bools, blame: NDArray[np.int8], nowhere: Bools
) -> Located:
    inside = (may["inside"] & ~may["outside"] & ~may["unknown"]) | surely
    outside = may["outside"] & ~may["inside"] & ~may["unknown"]
    out = Located.empty(len(surely))
    out.where[:] = np.where(inside, IN, np.where(outside, OUT, OPEN))
    unknown = np.where(may["unknown"] | (blame == 0), NOT_LOADED, blame)
    unknown = np.where(nowhere, NO_POSITION, unknown)
    out.cause[:] = np.where(inside | outside, 0, unknown)
    return out
