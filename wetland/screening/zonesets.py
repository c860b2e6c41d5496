"""Which zones hold each row, as columns of words: a dictionary of sets and a code for each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from wetland.screening.isoforms import NONE
from wetland.zones.projection import project_geometry

if TYPE_CHECKING:
    from wetland.zones.cellindex import CellIndex
    from wetland.zones.lonlat import LocalProjection

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
PARTED_BY = ";"


@dataclass(frozen=True, slots=True, eq=False)
class Zoning:
    """Zones to compare rows with.

    Parameters
    ----------
    ids, kinds
        Identifier and kind of each polygon of the index.
    index, projection
        The polygons in metres, and the way there from longitude and latitude.
    periods
        First day and first day no more (days since 1970-01-01, None is open) of each zone.
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    index: CellIndex
    projection: LocalProjection
    periods: tuple[tuple[int | None, int | None], ...] = field(default=())

    @property
    def change_days(self) -> list[int]:
        """Return the days on which some zone begins or ends to hold."""
        return sorted({day for period in self.periods for day in period if day is not None})

    def holds_on(self, zone: int, day: int) -> bool:
        """Tell whether a zone holds on a day."""
        start, end = self.periods[zone]
        return (start is None or start <= day) and (end is None or day < end)


@dataclass(frozen=True, slots=True, eq=False)
class ZoneSets:
    """The set of zones of each row: ``sets[codes[row]]``; code -1 is a row without a place."""

    codes: Codes
    sets: Sequence[tuple[int, ...]]

    def words(self, names: Sequence[str]) -> pa.DictionaryArray:
        """Return the names of each row's zones, parted by ``;``, each name once."""
        used = np.flatnonzero(np.bincount(self.codes + 1, minlength=len(self.sets) + 1)[1:])
        table = np.full(len(self.sets) + 1, -1, dtype=np.int32)  # the last is code -1
        places: dict[str, int] = {}
        for number in used.tolist():
            word = PARTED_BY.join(dict.fromkeys(names[zone] for zone in self.sets[number]))
            table[number] = places.setdefault(word, len(places))
        codes = table[self.codes]
        lost = codes < 0
        indices = pa.array(codes, mask=lost) if lost.any() else pa.array(codes)
        return pa.DictionaryArray.from_arrays(indices, pa.array(list(places), type=pa.string()))


def sets_of(
    zoning: Zoning, lon: Floats, lat: Floats, others: Mapping[int, Any], days: Ints | None
) -> tuple[ZoneSets, ZoneSets]:
    """Return the zones of each row, and those on whose edge it lies exactly.

    Parameters
    ----------
    lon, lat
        Positions, degrees WGS84; NaN where a row has none.
    others
        Geometries of rows that are no points.
    days
        Days since 1970-01-01; None or `NONE` where not known.

    Notes
    -----
    Rule of decision: zones are closed, a point on an edge is in every zone that has the edge. A
    line or footprint is in every zone it touches, and on no edge. A zone counts on the days it
    holds; a row without a day is compared with every version of every zone.
    """
    from wetland.zones.lonlat import look_up_with_edges  # noqa: PLC0415 - brings the compiler

    codes, rows, touched = look_up_with_edges(zoning.index, zoning.projection, lon, lat)
    nowhere = np.isnan(lon) | np.isnan(lat)
    nowhere[list(others)] = False
    codes[nowhere] = -1
    edges = _edges(nowhere, rows, touched)
    named = _Named(list(zoning.index.sets))
    if others:
        _place_others(zoning, others, codes, named.number)
    if days is not None and zoning.change_days:
        _drop_not_held(zoning, codes, days, named)
    return ZoneSets(codes, named.sets), edges


def _edges(nowhere: Bools, rows: Ints, zones: Codes) -> ZoneSets:
    codes = np.zeros(len(nowhere), dtype=np.int32)
    codes[nowhere] = -1
    touched: dict[int, list[int]] = {}
    for row, zone in zip(rows.tolist(), zones.tolist(), strict=True):
        touched.setdefault(row, []).append(zone)
    named = _Named([()])
    for row, members in touched.items():
        codes[row] = named.number(tuple(members))
    return ZoneSets(codes, named.sets)


class _Named:
    """Sets of zones and their numbers, growing as new ones are met."""

    def __init__(self, sets: list[tuple[int, ...]]) -> None:
        self.sets = sets
        self._numbers = {members: number for number, members in enumerate(sets)}

    def number(self, members: tuple[int, ...]) -> int:
        if members not in self._numbers:
            self._numbers[members] = len(self.sets)
            self.sets.append(members)
        return self._numbers[members]


def _place_others(
    zoning: Zoning,
    others: Mapping[int, Any],
    codes: Codes,
    number: Callable[[tuple[int, ...]], int],
) -> None:
    rows = list(others)
    flat = project_geometry(np.array([others[row] for row in rows], dtype=object),
                            zoning.projection.crs_epsg)  # fmt: skip
    tree = shapely.STRtree(zoning.index.polygons)
    things, zones = tree.query(flat, predicate="intersects")
    found: dict[int, list[int]] = {thing: [] for thing in range(len(rows))}
    for thing, zone in zip(things.tolist(), zones.tolist(), strict=True):
        found[thing].append(zone)
    for thing, members in found.items():
        codes[rows[thing]] = number(tuple(sorted(members)))


def _drop_not_held(zoning: Zoning, codes: Codes, days: Ints, named: _Named) -> None:
    """Leave out of each row's set the zones that do not hold on its day."""
    breaks = np.array(zoning.change_days, dtype=np.int64)
    period = np.where(days == NONE, -1, np.searchsorted(breaks, days, side="right"))
    pairs = (codes.astype(np.int64) + 1) * (len(breaks) + 2) + period + 1
    distinct, back = np.unique(pairs, return_inverse=True)
    table = np.empty(len(distinct), dtype=np.int32)
    for place, pair in enumerate(distinct.tolist()):
        code, when = pair // (len(breaks) + 2) - 1, pair % (len(breaks) + 2) - 1
        if code < 0 or when < 0:
            table[place] = code
            continue
        day = int(breaks[when - 1]) if when else int(breaks[0]) - 1
        kept = tuple(zone for zone in named.sets[code] if zoning.holds_on(zone, day))
        table[place] = named.number(kept)
    codes[:] = table[back]
