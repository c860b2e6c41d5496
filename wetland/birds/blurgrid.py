"""The grid on which places of sensitive species are shown: fixed, so that no average tells more."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

CELL_KM: Mapping[str, float] = {"1km": 1.0, "5km": 5.0, "10km": 10.0}
_KM_PER_DEGREE = 111.32  # of latitude; of longitude at the equator
_NEAR_POLE = 89.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the grid: its centre, degrees, and how far a place in it may be off, metres."""

    lon: float
    lat: float
    uncertainty_m: float


def cell_of(lon: float, lat: float, level: str, *, uncertainty_m: float = 0.0) -> Cell | None:
    """Return the cell of the grid of a level in which a place lies.

    Rows of the grid are as high as the level says and counted from the equator; in each row cells
    are as wide as that at its middle latitude and counted from the zero meridian. The uncertainty
    is half the diagonal, rounded up to a metre; a place that was itself less certain than that
    keeps its own, rounded up to whole kilometres (exact, it could tell plots apart).

    Parameters
    ----------
    lon, lat
        Degrees, WGS84.
    level
        ``1km``, ``5km`` or ``10km``; anything else withholds the place.

    Returns
    -------
    Cell or None
        None where the place is withheld or is no place on Earth.

    Examples
    --------
    >>> cell_of(120.0705, 30.2722, "1km") == cell_of(120.0709, 30.2710, "1km")
    True
    >>> cell_of(120.0705, 30.2722, "1km").uncertainty_m, cell_of(120.0, 30.0, "withhold")
    (708.0, None)
    """
    size_km = CELL_KM.get(level)
    if size_km is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None
    high = size_km / _KM_PER_DEGREE
    south = math.floor(lat / high) * high
    middle = south + high / 2
    wide = high / math.cos(math.radians(min(abs(middle), _NEAR_POLE)))
    centre = (math.floor(lon / wide) + 0.5) * wide
    widest = min(abs(south), abs(south + high))  # the edge that is nearer the equator
    width_km = wide * _KM_PER_DEGREE * math.cos(math.radians(min(widest, 90.0)))
    half_m = math.ceil(500 * math.hypot(size_km, width_km))
    own_m = math.ceil(uncertainty_m / 1000) * 1000 if uncertainty_m > half_m else 0
    east = (centre + 180) % 360 - 180
    return Cell(round(east, 6), round(max(-90.0, min(90.0, middle)), 6), float(max(half_m, own_m)))
