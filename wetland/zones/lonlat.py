"""A site's projection as a polynomial: a hundred times as fast as pyproj, and checked against it.

Near a site a projection is so smooth that a polynomial of degree 5 follows it to within 1e-8 m over
half a degree, one of degree 7 over two. It is fitted to pyproj's own answers and compared with them
on other places before it is used; where it is not good enough pyproj does all the work and
`LocalProjection.polynomial` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.zones.projection import project, unproject

if TYPE_CHECKING:
    from wetland.zones.cellindex import CellIndex

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

ERROR_M = 1e-7  # what the polynomial may be off by, anywhere in its box
CHECKED_M = 2e-8  # what it may be off by where it was compared
DEGREES = (5, 7)  # the second where the first is not good enough: a box of a degree and more
NEAR_DEGREES = 3.0  # so near, what lies outside the box is projected outside its image
PART = 1 << 20


@dataclass(frozen=True)
class LocalProjection:
    """Longitude and latitude (EPSG:4326) to metres of one CRS, near one place.

    Attributes
    ----------
    crs_epsg
        The projected CRS.
    box
        West, south, east, north: where the polynomial holds; pyproj answers for the rest.
    frame
        Middle of the box, its scales, and the easting and northing there.
    coefficients
        float64 [2, terms], terms as in `terms_of`; empty where pyproj does all the work.
    error_m
        Greatest distance from pyproj on a dense grid over the box, corners included.
    """

    crs_epsg: int
    box: tuple[float, float, float, float]
    frame: Floats
    coefficients: Floats
    error_m: float

    @property
    def polynomial(self) -> bool:
        """Tell whether the polynomial is good enough to be used."""
        return bool(self.coefficients.size)

    @classmethod
    def fit(
        cls, crs_epsg: int, bounds: tuple[float, float, float, float], *, margin: float = 0.25
    ) -> LocalProjection:
        """Fit a polynomial around ``bounds`` (west, south, east, north) and check it.

        Parameters
        ----------
        margin
            How far the box reaches beyond the bounds, as a share of their size; at least 0.02
            degree.

        Examples
        --------
        >>> here = LocalProjection.fit(4549, (120.0, 30.2, 120.12, 30.32))
        >>> here.polynomial, here.error_m < 1e-7
        (True, True)
        """
        west, south, east, north = bounds
        wide = max((east - west) * margin, 0.02)
        high = max((north - south) * margin, 0.02)
        box = (west - wide, south - high, east + wide, north + high)
        lon, lat = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        x, y = project([lon], [lat], crs_epsg)
        scales = 2 / (box[2] - box[0]), 2 / (box[3] - box[1])
        frame = np.array([lon, lat, *scales, x[0], y[0]])
        coefficients, off = np.empty((2, 0)), np.inf
        for degree in DEGREES:
            if np.isfinite(frame).all() and off >= CHECKED_M:
                found, off = _fitted(crs_epsg, frame, degree)
                coefficients = found if off < CHECKED_M else np.empty((2, 0))
        return cls(crs_epsg, box, frame, coefficients, off)

    def project(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        """Project; in the box by the polynomial (within 1e-7 m of pyproj), else by pyproj."""
        degrees = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
        if not self.polynomial:
            return project(*degrees, self.crs_epsg)
        from wetland.zones.lonlatkernels import project_all  # noqa: PLC0415 - compiled

        east, north = np.empty(degrees[0].shape), np.empty(degrees[0].shape)
        outside = project_all(*degrees, self.kernel_frame(), (east, north))
        if outside:
            rows = np.flatnonzero(np.isnan(east))
            east[rows], north[rows] = project(degrees[0][rows], degrees[1][rows], self.crs_epsg)
        return east, north

    def kernel_frame(self) -> tuple[Floats, Floats, Floats]:
        """Return the frame, the box and the coefficients as the loops take them."""
        return self.frame, np.array(self.box), self.coefficients

    def holds(self, low: tuple[float, float], high: tuple[float, float]) -> bool:
        """Tell whether a rectangle in metres lies within the box's image."""
        along = np.linspace(0, 1, 17)
        x, y = low[0] + along * (high[0] - low[0]), low[1] + along * (high[1] - low[1])
        side = np.ones_like(along)
        lon, lat = unproject(
            np.concatenate([x, x, side * low[0], side * high[0]]),
            np.concatenate([side * low[1], side * high[1], y, y]),
            self.crs_epsg,
        )
        west, south, east, north = self.box
        # A hundredth of the box: between two of these places the rectangle's edge hardly bends.
        wide, high_ = (east - west) / 100, (north - south) / 100
        inside = (lon >= west + wide) & (lon <= east - wide)
        return bool((inside & (lat >= south + high_) & (lat <= north - high_)).all())


def look_up_lonlat(
    index: CellIndex,
    projection: LocalProjection,
    degrees: tuple[Floats, Floats],
    *,
    threads: int,
    open_rows: list[NDArray[np.intp]] | None = None,
) -> Ints:
    """Return the sets of points in longitude and latitude (see `CellIndex.set_ids_lonlat`).

    Where an edge is nearer than the polynomial's error, pyproj and GEOS decide. ``open_rows`` takes
    the rows of which that was asked, where the loops were used.
    """
    lon, lat = degrees
    if not projection.polynomial:
        return _by_pyproj(index, projection, lon, lat)
    from wetland.base.compiled import in_threads  # noqa: PLC0415 - compiled
    from wetland.zones.lonlatkernels import look_up_degrees  # noqa: PLC0415 - compiled

    ids = np.empty(len(lon), dtype=np.int32)
    near = _near_degrees(index, projection)
    left: list[int] = []

    def part(start: int, stop: int) -> None:
        rows = slice(start, stop)
        limits = (ERROR_M, near)
        frame = projection.kernel_frame()
        left.append(look_up_degrees(lon[rows], lat[rows], frame, limits, index.cells, ids[rows]))

    in_threads(part, len(lon), threads)
    rows = np.flatnonzero(ids < 0) if sum(left) else np.empty(0, dtype=np.intp)
    if open_rows is not None:
        open_rows.append(rows)
    if len(rows):
        ids[rows] = 0
        ids[rows] = _by_pyproj(index, projection, lon[rows], lat[rows], foreign=False)
    if len(index.foreign):
        _add_foreign(index, projection, degrees, ids)
    return ids


def _near_degrees(index: CellIndex, projection: LocalProjection) -> float:
    """Return how far from the middle a point outside the box is still known to be in no zone."""
    grid = index.cells.grid
    high = grid.x0 + grid.columns * grid.cell_m, grid.y0 + grid.rows * grid.cell_m
    return NEAR_DEGREES if projection.holds((grid.x0, grid.y0), high) else 0.0


def look_up_with_edges(
    index: CellIndex, projection: LocalProjection, lon: Floats, lat: Floats
) -> tuple[Ints, NDArray[np.int64], Ints]:
    """Return the sets of points, and every (point, polygon) of a point exactly on an edge.

    Exactly is as pyproj projects the point. A point that the loops do not leave open is farther
    from every edge than the polynomial is off.
    """
    open_rows: list[NDArray[np.intp]] = []
    ids = look_up_lonlat(index, projection, (lon, lat), threads=1, open_rows=open_rows)
    rows = open_rows[0] if open_rows and not len(index.foreign) else np.arange(len(lon))
    points, polygons = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
    for start in range(0, len(rows), PART):
        some = rows[start : start + PART]
        point, polygon = index.on_edge(*project(lon[some], lat[some], projection.crs_epsg))
        points.append(some[point])
        polygons.append(polygon)
    return ids, np.concatenate(points), np.concatenate(polygons)


def _by_pyproj(
    index: CellIndex, projection: LocalProjection, lon: Floats, lat: Floats, *, foreign: bool = True
) -> Ints:
    ids = np.empty(len(lon), dtype=np.int32)
    for start in range(0, len(lon), PART):
        rows = slice(start, start + PART)
        x, y = project(lon[rows], lat[rows], projection.crs_epsg)
        ids[rows] = index.set_ids(x, y) if foreign else index.known_ids(x, y)
    return ids


def _add_foreign(
    index: CellIndex, projection: LocalProjection, degrees: tuple[Floats, Floats], ids: Ints
) -> None:
    for start in range(0, len(ids), PART):
        rows = slice(start, start + PART)
        x, y = project(degrees[0][rows], degrees[1][rows], projection.crs_epsg)
        index.add_foreign(ids[rows], x, y)


def terms_of(degree: int) -> list[tuple[int, int]]:
    """Return the powers of longitude and latitude in each term, in the order of the loops."""
    return [(i, j) for j in range(degree + 1) for i in range(degree + 1 - j)]


def _fitted(crs_epsg: int, frame: Floats, degree: int) -> tuple[Floats, float]:
    """Fit to pyproj on one grid; return the coefficients and the error on a denser one."""
    nodes = np.cos(np.pi * (np.arange(20) + 0.5) / 20)
    terms, metres = _sampled(crs_epsg, frame, nodes, degree)
    if not np.isfinite(metres).all():
        return np.empty((2, 0)), np.inf
    found = np.linalg.lstsq(terms, metres, rcond=None)[0]
    terms, metres = _sampled(crs_epsg, frame, np.linspace(-1, 1, 101), degree)
    off = float(np.hypot(*(terms @ found - metres).T).max())
    return np.ascontiguousarray(found.T), off if np.isfinite(off) else np.inf


def _sampled(crs_epsg: int, frame: Floats, nodes: Floats, degree: int) -> tuple[Floats, Floats]:
    """Return the terms at the nodes of a grid over the box, and what pyproj says there."""
    u, v = (grid.ravel() for grid in np.meshgrid(nodes, nodes))
    lon, lat = frame[0] + u / frame[2], frame[1] + v / frame[3]
    u, v = (lon - frame[0]) * frame[2], (lat - frame[1]) * frame[3]
    x, y = project(lon, lat, crs_epsg)
    terms = np.column_stack([u**i * v**j for i, j in terms_of(degree)])
    return terms, np.column_stack([x - frame[4], y - frame[5]])
