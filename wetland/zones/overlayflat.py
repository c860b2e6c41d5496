"""Footprints as flat coordinates, laid out as GeoArrow lays out multipolygons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.zones.areas import polygons_of

Floats = NDArray[np.float64]
Offsets = NDArray[np.int64]
Objects = NDArray[np.object_]

POLYGON = int(shapely.GeometryType.POLYGON)
MULTIPOLYGON = int(shapely.GeometryType.MULTIPOLYGON)
COLLECTION = int(shapely.GeometryType.GEOMETRYCOLLECTION)


@dataclass(frozen=True, slots=True, eq=False)
class Flat:
    """Polygons and multipolygons as four arrays.

    ``xy`` holds the vertices (n, 2); ring r is ``xy[ring_offsets[r]:ring_offsets[r + 1]]``, closed
    (its last vertex is its first); part p has the rings ``part_offsets[p]:part_offsets[p + 1]``,
    its shell first; footprint f the parts ``geometry_offsets[f]:geometry_offsets[f + 1]``. A
    footprint without parts is one that is missing or has no area.
    """

    xy: Floats
    ring_offsets: Offsets
    part_offsets: Offsets
    geometry_offsets: Offsets

    @classmethod
    def from_offsets(cls, xy: Any, *offsets: Any) -> Flat:  # noqa: ANN401 - anything like an array
        """Take GeoArrow's arrays: rings and polygons, or rings, parts and multipolygons.

        Raises
        ------
        InputError
            There are not two or three levels of offsets, or they do not fit one another.

        Examples
        --------
        >>> square = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
        >>> len(Flat.from_offsets(square, [0, 5], [0, 1]))
        1
        """
        levels = [np.asarray(level, dtype=np.int64) for level in offsets]
        if len(levels) == 2:
            levels.append(np.arange(len(levels[1])))
        vertices = np.ascontiguousarray(np.asarray(xy, dtype=float).reshape(len(xy), -1)[:, :2])
        if len(levels) != 3 or not _fit([*levels[::-1], np.arange(len(vertices) + 1)]):
            raise InputError(
                text("几何的偏移量不相符", "the offsets of the geometries do not fit one another")
            )
        return cls(vertices, *levels)

    @classmethod
    def from_geometries(cls, geometries: Sequence[Any] | Objects) -> Flat:
        """Take polygons apart; what has no area (points, lines, None) becomes an empty footprint.

        Examples
        --------
        >>> Flat.from_geometries([shapely.box(0, 0, 1, 1), None]).geometry_offsets.tolist()
        [0, 1, 1]
        """
        given = np.empty(len(geometries), dtype=object)
        given[:] = geometries
        if set(map(type, given)) == {Polygon}:
            return _of_polygons(given, np.arange(len(given) + 1))
        kinds = shapely.get_type_id(given)
        given[(kinds != POLYGON) & (kinds != MULTIPOLYGON) & (kinds != COLLECTION)] = None
        for row in np.flatnonzero(kinds == COLLECTION):
            given[row] = polygons_of(given[row])
        parts, owner = shapely.get_parts(given, return_index=True)
        return _of_polygons(parts, _offsets(np.bincount(owner, minlength=len(given))))

    def __len__(self) -> int:
        """Return the number of footprints."""
        return len(self.geometry_offsets) - 1

    def rings(self) -> Offsets:
        """Return the first ring of each footprint, and one number more."""
        return self.part_offsets[self.geometry_offsets]

    def shells(self) -> NDArray[np.bool_]:
        """Tell of each ring whether it is the shell of its part."""
        shells = np.zeros(len(self.ring_offsets) - 1, dtype=bool)
        shells[self.part_offsets[:-1][np.diff(self.part_offsets) > 0]] = True
        return shells

    def geometries(self, rows: NDArray[np.intp]) -> Objects:
        """Return some of the footprints as multipolygons."""
        parts, part_counts = _chosen(self.geometry_offsets, rows)
        rings, ring_counts = _chosen(self.part_offsets, parts)
        vertices, counts = _chosen(self.ring_offsets, rings)
        offsets = (_offsets(counts), _offsets(ring_counts), _offsets(part_counts))
        made = shapely.from_ragged_array(
            shapely.GeometryType.MULTIPOLYGON, self.xy[vertices], offsets
        )
        return np.asarray(made, dtype=object)


def _of_polygons(parts: Objects, geometry_offsets: Offsets) -> Flat:
    from wetland.zones.overlaykernels import find_breaks  # noqa: PLC0415 - compiler

    xy, owner = shapely.get_coordinates(parts, return_index=True)
    counts = np.bincount(owner, minlength=len(parts))
    breaks = np.zeros(len(parts), dtype=np.int64)
    find_breaks(xy, _offsets(counts), breaks)
    early = np.flatnonzero(breaks)
    ring_counts = np.ones(len(parts), dtype=np.int64)
    ring_counts[early] += np.maximum(shapely.get_num_interior_rings(parts[early]), 0)
    ring_offsets = _offsets(ring_counts)
    if len(early):
        counts = _ring_sizes(parts, counts, ring_offsets, breaks)
    return Flat(xy, _offsets(counts), ring_offsets, geometry_offsets)


def _ring_sizes(parts: Objects, counts: Offsets, ring_offsets: Offsets, breaks: Offsets) -> Offsets:
    """Return the number of vertices of every ring; of one hole the break in the vertices tells."""
    ring_counts = np.diff(ring_offsets)
    sizes: Offsets = np.repeat(counts, ring_counts)
    courts = np.flatnonzero((ring_counts == 2) & (breaks > 0))
    sizes[ring_offsets[courts]] = breaks[courts]
    sizes[ring_offsets[courts] + 1] -= breaks[courts]
    more = (ring_counts > 2) | ((ring_counts == 2) & (breaks < 0))
    if more.any():
        rings = shapely.get_rings(parts[more])
        sizes[np.repeat(more, ring_counts)] = shapely.get_num_coordinates(rings)
    return sizes


def _offsets(counts: NDArray[Any]) -> Offsets:
    out = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=out[1:])
    return out


def _chosen(offsets: Offsets, rows: NDArray[Any]) -> tuple[Offsets, Offsets]:
    """Return the members of some rows of a level one after the other, and how many each has."""
    counts = offsets[rows + 1] - offsets[rows]
    starts = np.repeat(offsets[rows] - _offsets(counts)[:-1], counts)
    return starts + np.arange(len(starts)), counts


def _fit(levels: Sequence[Offsets]) -> bool:
    """Tell whether each level (outermost first) points into the next one."""
    return all(
        len(outer) > 0
        and outer[0] >= 0
        and bool((np.diff(outer) >= 0).all())
        and int(outer[-1]) <= len(inner) - 1
        for outer, inner in pairwise(levels)
    )
