"""Does a permit, a closure, a designated area cover an act (登记与公告)? Records x places x days.

Rule of decision for a record's place: it covers an act when the whole act certainly lies in it,
beyond the uncertainty of the position; it does not when some part certainly lies outside; else it
is not known. A record without place and zone holds in the whole site; a place without extent (a
point, a line) never tells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from wetland.base.places import Membership
from wetland.regulations.conditions import Situation
from wetland.regulations.records import Record, record_from_row, register_truth
from wetland.sites.load import Site
from wetland.zones.areas import POLYGONAL
from wetland.zones.projection import project_geometry

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Held:
    """A record and what its place says of each act: True, False, or None."""

    record: Record
    acts: Mapping[int, bool | None]
    otherwise: bool | None


@dataclass(slots=True)
class Registers:
    """The records of a store, ready to answer for a set of acts.

    Parameters
    ----------
    site
        Gives time zone, projected CRS, and from when a register is complete.
    kinds
        Record kind -> its records with what their places say of each act.
    extended
        Which acts are lines or footprints.
    """

    site: Site
    kinds: dict[str, list[_Held]]
    extended: NDArray[np.bool_]

    def truths(
        self,
        act: int,
        situation: Situation,
        at: dt.datetime | None,
        zones: Mapping[str, Membership],
    ) -> dict[str, bool | None]:
        """Tell for each kind of record whether one covers the act; what is not known is left out.

        Parameters
        ----------
        act
            Position of the act in the geometries the registers were made for.
        situation
            The act without records.
        at
            Instant of the act, None where only the day is known.
        zones
            Where the act is.
        """
        hour = None if at is None else at.astimezone(ZoneInfo(self.site.timezone)).time()
        out: dict[str, bool | None] = {}
        for kind in sorted({*self.kinds, *self.site.config.registers}):
            held = self.kinds.get(kind, [])
            extended = bool(self.extended[act])
            places = tuple(_place_truth(h, act, zones, extended=extended) for h in held)
            truth = self._ask(kind, held, situation, places, hour)
            if truth is not None:
                out[kind] = truth
        return out

    def _ask(
        self,
        kind: str,
        held: Sequence[_Held],
        situation: Situation,
        places: tuple[bool | None, ...],
        hour: dt.time | None,
    ) -> bool | None:
        by_id = {h.record.record_id: p for h, p in zip(held, places, strict=True)}
        register = self.site.config.registers.get(kind)
        truth = register_truth(
            [h.record for h in held],
            situation,
            lambda record: by_id[record.record_id],
            at=hour,
            complete_from=None if register is None else register.complete_from,
        )
        return truth.value


def open_registers(
    site: Site, records: pd.DataFrame | None, geometries: NDArray[Any], uncertainty_m: Floats
) -> Registers:
    """Read the records of a store and compare their places with all acts at once.

    Parameters
    ----------
    records
        Table `RECORDS`; None where there is no store.
    geometries, uncertainty_m
        The acts: longitude and latitude (None where not known), and how far each may be off.
    """
    kinds: dict[str, list[_Held]] = {}
    extended = np.array([g is not None and g.geom_type != "Point" for g in geometries], dtype=bool)
    registers = Registers(site, kinds, extended)
    if records is None or not len(records):
        return registers
    acts = np.array([None if g is None else project_geometry(g, site.crs_epsg) for g in geometries],
                    dtype=object)  # fmt: skip
    tree = STRtree(acts)
    nowhere = np.flatnonzero(shapely.is_missing(acts)).tolist()
    for row in _rows(records):
        record = record_from_row(row)
        place = row.get("place")
        if place is None:
            held = _Held(record, {}, True)
        elif place.geom_type not in POLYGONAL:
            held = _Held(record, {}, None)
        else:
            shape = project_geometry(place, site.crs_epsg)
            near = _near(tree, acts, shape, uncertainty_m)
            held = _Held(record, {**near, **dict.fromkeys(nowhere, None)}, False)
        kinds.setdefault(record.kind, []).append(held)
    return registers


def _rows(records: pd.DataFrame) -> list[dict[str, Any]]:
    plain = records.astype(object).where(records.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]


def _near(
    tree: STRtree,
    acts: NDArray[Any],
    shape: BaseGeometry,
    uncertainty_m: Floats,
) -> dict[int, bool | None]:
    """Return what a place says of the acts near it; all others are certainly outside."""
    widest = float(np.max(uncertainty_m, initial=0.0))
    found = tree.query(shape, predicate="dwithin", distance=widest)
    edge = shapely.boundary(shape)
    out: dict[int, bool | None] = {}
    for position in found.tolist():
        act, off = acts[position], float(uncertainty_m[position])
        if shapely.covers(shape, act) and shapely.distance(edge, act) > off:
            out[position] = True
        elif _partly_outside(shape, act, off):
            out[position] = False
        else:
            out[position] = None
    return out


def _partly_outside(shape: BaseGeometry, act: BaseGeometry, off: float) -> bool:
    if act.geom_type == "Point":
        return bool(shapely.distance(shape, act) > off)
    return not bool(shapely.covers(shapely.buffer(shape, off), act))


def _place_truth(
    held: _Held, act: int, zones: Mapping[str, Membership], *, extended: bool
) -> bool | None:
    """Tell whether the record's place, or else its zone, holds the act.

    A line or footprint of which some part is inside a zone is covered only if all of it is.
    """
    if held.record.has_place or held.record.zone is None:
        return held.acts.get(act, held.otherwise)
    membership = zones.get(held.record.zone)
    if membership is None or membership.truth is None:
        return None
    whole = not extended or (membership.share is not None and membership.share >= 1)
    return None if membership.truth and not whole else membership.truth
