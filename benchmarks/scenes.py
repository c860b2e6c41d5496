"""The scene every benchmark shares: zones, permit zones, positions and buildings at Xixi.

Everything is in EPSG:4549 (metres) near 120.06 E 30.27 N, made by the same seed on every machine.
Scene a is three zones of 11.4, 15.7 and 50.0 km2, each within the next as a ring around it, with
fractal boundaries of 2,000 vertices (so two of them have holes, and they share edges). Scene b adds
500 permit zones of 50 to 300 vertices, which overlap the zones and each other.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import Polygon

Floats = NDArray[np.float64]
Polygons = NDArray[np.object_]

CRS_EPSG = 4549
CENTRE = (505_773.0, 3_350_046.0)
AREAS_KM2 = (11.4, 15.7, 50.0)
VERTICES = 2_000
PERMITS = 500
PERMIT_M2 = 72_000.0
MARGIN = 0.135  # of the zones' width and height: positions reach so far beyond them
SEED = 20_240_501


@lru_cache(maxsize=1)
def zones_a() -> tuple[Polygon, ...]:
    """Return the three zones, innermost first: one filled, two rings around it."""
    rng = np.random.default_rng(SEED)
    angle = np.linspace(0, 2 * np.pi, VERTICES, endpoint=False)
    outline = np.exp(_roughness(rng, angle, 0.22))
    wanted = np.cumsum(AREAS_KM2) * 1e6
    radius = outline * np.sqrt(wanted[0] / _area(outline, angle))
    rings = [_ring(radius, angle)]
    for area in wanted[1:]:
        step = np.exp(_roughness(rng, angle, 0.35))
        radius = _grown(radius, step, angle, float(area))
        rings.append(_ring(radius, angle))
    inner, middle, outer = rings
    return Polygon(inner), Polygon(middle, [inner]), Polygon(outer, [middle])


@lru_cache(maxsize=1)
def zones_b() -> tuple[Polygon, ...]:
    """Return the three zones and 500 permit zones of 50 to 300 vertices."""
    rng = np.random.default_rng(SEED + 1)
    low_x, low_y, high_x, high_y = zones_bounds()
    permits = []
    for _ in range(PERMITS):
        angle = np.linspace(0, 2 * np.pi, int(rng.integers(50, 301)), endpoint=False)
        outline = np.exp(_roughness(rng, angle, 0.25))
        area = PERMIT_M2 * np.exp(rng.normal(-0.1, 0.45))
        ring = _ring(outline * np.sqrt(area / _area(outline, angle)), angle) - CENTRE
        at = np.array([rng.uniform(low_x, high_x), rng.uniform(low_y, high_y)])
        permits.append(Polygon(ring + at))
    return (*zones_a(), *permits)


@lru_cache(maxsize=1)
def zones_bounds() -> tuple[float, float, float, float]:
    """Return the bounds of the zones of scene a: least and greatest easting and northing."""
    low_x, low_y, high_x, high_y = zones_a()[-1].bounds
    return low_x, low_y, high_x, high_y


def points(count: int) -> tuple[Floats, Floats]:
    """Return eastings and northings of ``count`` positions, uniform over the zones and around."""
    low_x, low_y, high_x, high_y = zones_bounds()
    wide, high = (high_x - low_x) * MARGIN, (high_y - low_y) * MARGIN
    rng = np.random.default_rng(SEED + 2)
    return rng.uniform(low_x - wide, high_x + wide, count), rng.uniform(
        low_y - high, high_y + high, count
    )


def points_lonlat(count: int) -> tuple[Floats, Floats]:
    """Return longitudes and latitudes (EPSG:4326) of the same positions."""
    return lonlat(*points(count))


def lonlat(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return longitudes and latitudes (EPSG:4326) of eastings and northings."""
    back = Transformer.from_crs(CRS_EPSG, 4326, always_xy=True)
    lon, lat = back.transform(x, y)
    return np.asarray(lon), np.asarray(lat)


def fresh(polygons: tuple[Polygon, ...] | Polygons) -> Polygons:
    """Return copies that nobody has prepared, one after the other in memory as a reader makes."""
    copies: Polygons = shapely.from_wkb(shapely.to_wkb(np.array(polygons, dtype=object)))
    return copies


# Buildings: plans on a square of side 1 around (0, 0), counter-clockwise.
_PLANS = {
    "triangle": [(-0.5, -0.5), (0.5, -0.5), (0.2, 0.5)],
    "oblong": [(-0.5, -0.3), (0.5, -0.3), (0.5, 0.3), (-0.5, 0.3)],
    "bay": [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.2), (0.1, 0.5), (-0.5, 0.5)],
    "ell": [(-0.5, -0.5), (0.5, -0.5), (0.5, -0.1), (0, -0.1), (0, 0.5), (-0.5, 0.5)],
    "tee": [
        *[(-0.5, -0.5), (0.5, -0.5), (0.5, -0.1), (0.15, -0.1)],
        *[(0.15, 0.5), (-0.15, 0.5), (-0.15, -0.1), (-0.5, -0.1)],
    ],
    "cross": [
        *[(-0.2, -0.5), (0.2, -0.5), (0.2, -0.2), (0.5, -0.2), (0.5, 0.2), (0.2, 0.2)],
        *[(0.2, 0.5), (-0.2, 0.5), (-0.2, 0.2), (-0.5, 0.2), (-0.5, -0.2), (-0.2, -0.2)],
    ],
}
_SHARES = (("oblong", 0.5), ("ell", 0.25), ("bay", 0.05), ("tee", 0.08), ("cross", 0.05))
_COURT = [(-0.25, -0.1), (-0.25, 0.1), (0.25, 0.1), (0.25, -0.1)]


def footprints(count: int) -> Polygons:
    """Return ``count`` buildings of 3 to 12 corners: some L-shaped, some with a court.

    One in a hundred stands with a whole wall on an edge of a zone, inside or outside of it.
    """
    rng = np.random.default_rng(SEED + 3)
    low_x, low_y, high_x, high_y = zones_bounds()
    attached = _attached(rng, count // 100)
    made: list[Polygons] = [attached]
    rest = count - len(attached)
    sizes = {plan: int(rest * share) for plan, share in _SHARES}
    sizes["court"] = int(rest * 0.03)
    sizes["triangle"] = rest - sum(sizes.values())
    for plan, number in sizes.items():
        at = np.column_stack(
            [rng.uniform(low_x, high_x, number), rng.uniform(low_y, high_y, number)]
        )
        turn, side = rng.uniform(0, 2 * np.pi, number), rng.uniform(6, 32, number)
        shell = _placed("oblong" if plan == "court" else plan, at, turn, side)
        rings = shapely.linearrings(shell)
        courts = None
        if plan == "court":
            courts = shapely.linearrings(_placed("court", at, turn, side))[:, None]
        made.append(np.asarray(shapely.polygons(rings, courts), dtype=object))
    buildings = np.concatenate(made)
    return buildings[rng.permutation(len(buildings))]


def _placed(plan: str, at: Floats, turn: Floats, side: Floats) -> Floats:
    unit = np.array(_COURT if plan == "court" else _PLANS[plan])
    x, y = unit[:, 0] * side[:, None], unit[:, 1] * side[:, None]
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    return np.stack([at[:, :1] + x * cos - y * sin, at[:, 1:] + x * sin + y * cos], axis=2)


def _attached(rng: np.random.Generator, count: int) -> Polygons:
    """Stand buildings on edges of the zones: the wall is the edge, vertex for vertex."""
    coords = np.concatenate([shapely.get_coordinates(zone.exterior) for zone in zones_a()])
    first, second = coords[:-1], coords[1:]
    length = np.hypot(*(second - first).T)
    fit = np.flatnonzero((length > 3) & (length < 60))
    chosen = fit[rng.integers(0, len(fit), count)]
    a, b = first[chosen], second[chosen]
    deep = rng.uniform(4, 15, count) * rng.choice([-1, 1], count) / length[chosen]
    out = np.column_stack([-(b - a)[:, 1], (b - a)[:, 0]]) * deep[:, None]
    rings = shapely.linearrings(np.stack([a, b, b + out, a + out], axis=1))
    return np.asarray(shapely.polygons(rings), dtype=object)


def _roughness(rng: np.random.Generator, angle: Floats, size: float) -> Floats:
    """Return a periodic curve whose waves fall off as a coastline's do (power -1.25)."""
    order = np.arange(1, len(angle) // 2)
    waves = size * order**-1.25 * rng.normal(size=len(order))
    phase = rng.uniform(0, 2 * np.pi, len(order))
    return np.asarray((waves[:, None] * np.cos(order[:, None] * angle + phase[:, None])).sum(0))


def _area(radius: Floats, angle: Floats) -> float:
    step = angle[1] - angle[0]
    return float(0.5 * np.sin(step) * (radius * np.roll(radius, -1)).sum())


def _grown(radius: Floats, step: Floats, angle: Floats, area: float) -> Floats:
    """Move a ring outward by a multiple of ``step`` until it holds ``area``."""
    low, high = 0.0, 1e5
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _area(radius + middle * step, angle) < area else (low, middle)
    return radius + low * step


def _ring(radius: Floats, angle: Floats) -> Floats:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) + CENTRE
