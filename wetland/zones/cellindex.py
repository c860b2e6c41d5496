"""Which zones hold a point: an index of cells, as exact as GEOS and many times as fast.

Zones are closed: a point on an edge belongs to every zone that has the edge. A point's answer is
the number of a *set* of zones, which the index names once; most cells lie wholly in one set and
answer at once. See `cellbuild` for the cells, `cellkernels` for the look-up.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from wetland.base.compiled import in_threads
from wetland.zones.celledges import Geometries, cells_over, edges_of, grid_over, no_edges
from wetland.zones.cellkernels import DOUBT, Cells, count_members, look_up, write_pairs

if TYPE_CHECKING:
    from wetland.zones.lonlat import LocalProjection

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
PART = 1 << 20  # points of which GEOS is asked at a time


class CellIndex:
    """Cells over polygons in a projected CRS; make one with `build`.

    The same answers as ``shapely.intersects_xy(polygon, x, y)`` for one point at a time, whatever
    the polygon, valid or not, and whatever the point: one with a NaN or infinite coordinate is in
    none. What rounding leaves in doubt is asked of GEOS. Several threads may use one index.

    Examples
    --------
    >>> from shapely.geometry import box
    >>> index = CellIndex.build([box(0, 0, 20, 20), box(10, 0, 30, 20)])
    >>> ids = index.set_ids([5, 15, 30, 31, float("nan")], [5, 5, 10, 5, 5])
    >>> [index.sets[number] for number in ids]
    [(0,), (0, 1), (1,), (), ()]
    """

    def __init__(self, polygons: Geometries, cells: Cells, sets: Sequence[tuple[int, ...]],
                 foreign: Ints) -> None:  # fmt: skip
        self._polygons = polygons
        self._cells = cells
        self._sets = list(sets)
        self._numbers = {members: number for number, members in enumerate(sets)}
        self._foreign = foreign
        self._members: tuple[Ints, Ints] | None = None
        self._geos: tuple[Geometries, shapely.STRtree] | None = None
        self._lock = threading.RLock()

    @classmethod
    def build(
        cls, polygons: Sequence[Any] | NDArray[Any], *, cell_m: float | None = None
    ) -> CellIndex:
        """Cover polygons with cells.

        Parameters
        ----------
        polygons
            Polygons or multipolygons, metres; missing and empty ones hold no point. Their numbers
            in this order are what sets speak of.
        cell_m
            Side of a cell; it is made larger where there would be too many cells. None lets the
            extent and the length of the edges decide.
        """
        taken = np.empty(len(polygons), dtype=object)
        taken[:] = polygons
        if not (np.isin(shapely.get_type_id(taken), (3, 6)) | shapely.is_missing(taken)).all():
            raise TypeError("an index is built over polygons and multipolygons")
        edges = edges_of(taken)
        made = cells_over(edges, grid_over(edges, cell_m), len(taken))
        if made is None:  # overlapping in more ways than can be named: only those met are
            edges = no_edges(taken)
            made = cells_over(edges, grid_over(edges, None), len(taken))
        if made is None:
            raise MemoryError("too many polygons for one index")
        cells, starts, members = made
        return cls(taken, cells, tuples_of(starts, members), edges.foreign)

    def __len__(self) -> int:
        """Return the number of polygons."""
        return len(self._polygons)

    @property
    def polygons(self) -> Geometries:
        """The polygons, as given."""
        return self._polygons

    @property
    def cells(self) -> Cells:
        """The cells themselves, for loops of `wetland.zones`."""
        return self._cells

    @property
    def foreign(self) -> Ints:
        """The polygons that no cell knows: GEOS alone is asked for them."""
        return self._foreign

    @property
    def sets(self) -> list[tuple[int, ...]]:
        """The polygon numbers of each set named so far; set 0 is the empty set."""
        return self._sets

    def set_ids(self, x: ArrayLike, y: ArrayLike, *, threads: int = 1) -> Ints:
        """Return for each point the number of its set in `sets`."""
        east, north = _coordinates(x, y)
        ids = self.known_ids(east, north, threads=threads)
        self.add_foreign(ids, east, north)
        return ids

    def known_ids(self, x: Floats, y: Floats, *, threads: int = 1) -> Ints:
        """Return the sets without the foreign polygons."""
        ids, left = self._look_up(x, y, threads)
        if left:
            self._settle(ids, x, y)
        return ids

    def add_foreign(self, ids: Ints, x: Floats, y: Floats) -> None:
        """Put the foreign polygons into the sets of points that lack them."""
        for number in self._foreign.tolist():
            rows = self._meeting_foreign(number, x, y)
            old, back = np.unique(ids[rows], return_inverse=True)
            new = [self._number(sorted((*self._sets[one], number))) for one in old]
            ids[rows] = np.array(new, dtype=np.int32)[back]

    def pairs(self, x: ArrayLike, y: ArrayLike, *, threads: int = 1) -> tuple[Longs, Ints]:
        """Return every (point, polygon) of which the polygon holds the point, in this order."""
        return self.pairs_of(self.set_ids(x, y, threads=threads), threads=threads)

    def pairs_of(self, ids: Ints, *, threads: int = 1) -> tuple[Longs, Ints]:
        """Write out the sets of points as (point, polygon) pairs."""
        starts, members = self.listed_sets()
        bounds = [len(ids) * part // threads for part in range(threads + 1)]
        sizes = np.zeros(threads + 1, dtype=np.int64)

        def count(first: int, last: int) -> None:
            for part in range(first, last):
                sizes[part + 1] = count_members(ids[bounds[part] : bounds[part + 1]], starts)

        in_threads(count, threads, threads)
        at = np.cumsum(sizes)
        points = np.empty(at[-1], dtype=np.int64)
        zones = np.empty(at[-1], dtype=np.int32)

        def write(first: int, last: int) -> None:
            for part in range(first, last):
                rows = slice(at[part], at[part + 1])
                some = ids[bounds[part] : bounds[part + 1]]
                write_pairs(some, bounds[part], (starts, members), points[rows], zones[rows])

        in_threads(write, threads, threads)
        return points, zones

    def membership(self, ids: Ints) -> Bools:
        """Return for each set number which of the polygons are in it: bool [n, k]."""
        rows = np.zeros((len(self._sets), len(self)), dtype=bool)
        starts, members = self.listed_sets()
        rows[np.repeat(np.arange(len(rows)), np.diff(starts[: len(rows) + 1])),
             members[: starts[len(rows)]]] = True  # fmt: skip
        return np.asarray(rows[ids])

    def covers(self, x: ArrayLike, y: ArrayLike) -> Bools:
        """Return which polygons hold each point: bool [n, k]."""
        return self.membership(self.set_ids(x, y))

    def on_edge(self, x: ArrayLike, y: ArrayLike) -> tuple[Longs, Ints]:
        """Return every (point, polygon) of which the point lies exactly on the polygon's edge."""
        east, north = _coordinates(x, y)
        ids, _ = self._look_up(east, north, 1)
        near = np.flatnonzero(ids == DOUBT)
        point, zone = self._touched(east[near], north[near])
        with self._lock:
            polygons = self._geometries()[0][zone]
            inner = shapely.contains_xy(polygons, east[near[point]], north[near[point]])
        found = [np.stack([near[point[~inner]], zone[~inner]])]
        for number in self._foreign.tolist():
            rows = self._meeting_foreign(number, east, north)
            places = shapely.points(east[rows], north[rows])
            rows = rows[~shapely.contains(self._geometries()[0][number], places)]
            found.append(np.stack([rows, np.full(len(rows), number)]))
        point, zone = np.concatenate(found, axis=1)
        order = np.lexsort((zone, point))
        return point[order].astype(np.int64), zone[order].astype(np.int32)

    def set_ids_lonlat(
        self, projection: LocalProjection, lon: ArrayLike, lat: ArrayLike, *, threads: int = 1
    ) -> Ints:
        """Return the sets of points given in longitude and latitude.

        The same as projecting with pyproj first. What lies so near an edge that the polynomial's
        error could matter is projected by pyproj.
        """
        from wetland.zones.lonlat import look_up_lonlat  # noqa: PLC0415 - only who has degrees

        return look_up_lonlat(self, projection, _coordinates(lon, lat), threads=threads)

    def _look_up(self, x: Floats, y: Floats, threads: int) -> tuple[Ints, int]:
        ids = np.empty(len(x), dtype=np.int32)
        left: list[int] = []

        def part(start: int, stop: int) -> None:
            rows = slice(start, stop)
            left.append(look_up(x[rows], y[rows], self._cells, ids[rows]))

        in_threads(part, len(x), threads)
        return ids, sum(left)

    def _settle(self, ids: Ints, x: Floats, y: Floats) -> None:
        """Give the points their sets that the loops left open, and name sets met first here."""
        rows = np.flatnonzero(ids < 0)
        codes = ids[rows]
        places, first = np.unique(codes, return_index=True)
        named = places != DOUBT
        asked = np.concatenate([rows[first[named]], rows[codes == DOUBT]])
        found = self._sets_by_geos(x[asked], y[asked])
        slots = -2 - places[named]
        with self._lock:
            self._cells.words[slots] = found[: len(slots)]
        ids[rows[codes == DOUBT]] = found[len(slots) :]
        known = codes != DOUBT
        ids[rows[known]] = self._cells.words[-2 - codes[known]]

    def _sets_by_geos(self, x: Floats, y: Floats) -> Ints:
        found = np.zeros(len(x), dtype=np.int32)
        point, zone = self._touched(x, y)
        order = np.lexsort((zone, point))
        point, zone = point[order], zone[order]
        rows, starts = np.unique(point, return_index=True)
        flat, ends = zone.tolist(), [*starts.tolist(), len(zone)]
        found[rows] = [self._number(flat[a:b]) for a, b in pairwise(ends)]
        return found

    def _touched(self, x: Floats, y: Floats) -> tuple[Longs, Longs]:
        """Ask GEOS of these points: every (point, polygon) that meet, but for foreign polygons."""
        polygons, tree = self._geometries()
        found = [np.empty((2, 0), dtype=np.int64)]
        for start in range(0, len(x), PART):
            rows = slice(start, start + PART)
            with self._lock:
                point, zone = tree.query(shapely.points(x[rows], y[rows]))
                shapely.prepare(polygons[np.unique(zone)])
                meet = shapely.intersects_xy(polygons[zone], x[rows][point], y[rows][point])
            found.append(np.stack([point[meet] + start, zone[meet]]).astype(np.int64))
        point, zone = np.concatenate(found, axis=1)
        return point, zone

    def _meeting_foreign(self, number: int, x: Floats, y: Floats) -> Longs:
        """Ask GEOS which points a foreign polygon holds, each as if it were the only one.

        Of an invalid polygon of several rings GEOS answers the first point of a call ring by ring
        and the others by the parity of all edges; prepared by anybody, it goes on so. Only
        `shapely.intersects` on a copy that nobody prepares gives one answer for one point.
        """
        polygon = self._geometries()[0][number]
        low_x, low_y, high_x, high_y = shapely.bounds(polygon)
        anywhere = not np.isfinite(shapely.get_coordinates(polygon)).all()
        found = [np.empty(0, dtype=np.int64)]
        for start in range(0, len(x), PART):
            east, north = x[start : start + PART], y[start : start + PART]
            rows = np.flatnonzero(
                np.isfinite(east) & np.isfinite(north)
                & (anywhere | (east >= low_x) & (east <= high_x)
                   & (north >= low_y) & (north <= high_y))
            )  # fmt: skip
            meet = shapely.intersects(polygon, shapely.points(east[rows], north[rows]))
            found.append(rows[meet] + start)
        return np.concatenate(found)

    def _number(self, members: Iterable[int]) -> int:
        key = tuple(members)
        with self._lock:
            if key not in self._numbers:
                self._numbers[key] = len(self._sets)
                self._sets.append(key)
            return self._numbers[key]

    def listed_sets(self) -> tuple[Ints, Ints]:
        """Return all sets as starts and members; there is one member more than needed."""
        with self._lock:
            listed = self._members
            if listed is None or len(listed[0]) != len(self._sets) + 1:
                sizes = [0, *(len(members) for members in self._sets)]
                flat = [zone for members in self._sets for zone in members]
                starts: Ints = np.cumsum(sizes).astype(np.int32)
                listed = self._members = (starts, np.array([*flat, 0], dtype=np.int32))
            return listed

    def _geometries(self) -> tuple[Geometries, shapely.STRtree]:
        """Return copies of the polygons, which nobody else prepares in another thread."""
        with self._lock:
            if self._geos is None:
                copies = shapely.from_wkb(shapely.to_wkb(self._polygons))
                known = copies.copy()
                known[self._foreign] = None
                self._geos = (copies, shapely.STRtree(known))
            return self._geos


def tuples_of(starts: Ints, members: Ints) -> list[tuple[int, ...]]:
    """Return sets given as starts and members as tuples of zone numbers."""
    flat, ends = members.tolist(), starts.tolist()
    return [tuple(flat[a:b]) for a, b in pairwise(ends)]


def _coordinates(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    east = np.ascontiguousarray(x, dtype=np.float64)
    north = np.ascontiguousarray(y, dtype=np.float64)
    if east.ndim != 1 or east.shape != north.shape:
        raise ValueError("as many x as y are needed, one for each point")
    return east, north
