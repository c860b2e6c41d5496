"""Chinese datums (坐标系): GCJ-02, BD-09 and CGCS2000 to WGS84 and back.

GCJ-02 (maps of phones) moves a point by some 300 to 700 m, BD-09 by about 500 m more: at Xixi a
mix-up moves a place out of its zone and so changes the article. CGCS2000 and WGS84 differ by less
than a decimetre and are taken as equal. Outside the rectangle that the public implementations agree
on, a GCJ-02 or BD-09 position *is* the WGS84 position.

References
----------
The shift is unpublished law of 2002; these are the formulas that all open implementations share
(ellipsoid a = 6378245 m, e2 = 0.00669342162296594323), each checked against the others.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
DATUMS: tuple[Datum, ...] = get_args(Datum)
Floats = NDArray[np.float64]

WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271
SEMI_MAJOR_M = 6378245.0
ECCENTRICITY2 = 0.00669342162296594323
BD_ANGLE = np.pi * 3000.0 / 180.0
BD_LON, BD_LAT = 0.0065, 0.006
ROUNDS = 30  # the iteration gains about three digits a round; 5 suffice inside China
CLOSE_DEGREES = 1e-12


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> tuple[Floats, Floats]:
    """Bring positions of ``datum`` to WGS84.

    Parameters
    ----------
    lon, lat
        Longitudes and latitudes in ``datum``, degrees; numbers or arrays. NaN stays NaN.
    datum
        ``wgs84``, ``cgcs2000``, ``gcj02`` or ``bd09``.

    Returns
    -------
    tuple of arrays
        Longitude and latitude. The inverse of GCJ-02 is iterated until the forward shift gives the
        input back (1e-12 degree); a one-step inverse is up to 2 m off. The inverse of BD-09 is a
        closed formula that is itself about 0.1 m inexact.

    Raises
    ------
    InputError
        The datum is not known.

    Examples
    --------
    >>> lon, lat = to_wgs84(120.087436, 30.264166, "gcj02")  # 中国湿地博物馆 on a phone's map
    >>> round(float(lon), 5), round(float(lat), 5)
    (120.08262, 30.26644)
    """
    known = check_datum(datum)
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if known in {"wgs84", "cgcs2000"}:
        return x.copy(), y.copy()
    if known == "bd09":
        x, y = _bd09_to_gcj02(x, y)
    return _gcj02_to_wgs84(x, y)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> tuple[Floats, Floats]:
    """Bring WGS84 positions to ``datum`` (the other way of `to_wgs84`)."""
    known = check_datum(datum)
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if known in {"wgs84", "cgcs2000"}:
        return x.copy(), y.copy()
    x, y = _wgs84_to_gcj02(x, y)
    return _gcj02_to_bd09(x, y) if known == "bd09" else (x, y)


def check_datum(datum: str) -> Datum:
    """Return ``datum`` as one of `DATUMS`; ``GCJ-02`` and ``BD_09`` are understood.

    Examples
    --------
    >>> check_datum("GCJ-02")
    'gcj02'
    """
    wanted = datum.strip().lower().replace("-", "").replace("_", "")
    for known in DATUMS:
        if wanted == known:
            return known
    raise InputError(
        text(
            "不认识的坐标系 {datum}；可用：{known}", "unknown datum {datum}; use one of {known}"
        ).fill(datum=datum, known=", ".join(DATUMS))
    )


def in_china(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Tell where the GCJ-02 shift applies: the rectangle the public implementations use."""
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    with np.errstate(invalid="ignore"):
        inside = (x >= WEST) & (x <= EAST) & (y >= SOUTH) & (y <= NORTH)
    return np.asarray(inside)


def _shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the GCJ-02 offset at a WGS84 position, degrees; 0 outside China."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    d_lat += waves * 2.0 / 3.0
    d_lat += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
    d_lat += (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    d_lon += waves * 2.0 / 3.0
    d_lon += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
    d_lon += (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    angle = np.radians(lat)
    curve = 1.0 - ECCENTRICITY2 * np.sin(angle) ** 2
    meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY2) / (curve * np.sqrt(curve))
    d_lat = np.degrees(d_lat / meridian)
    d_lon = np.degrees(d_lon / (SEMI_MAJOR_M / np.sqrt(curve) * np.cos(angle)))
    here = in_china(lon, lat)
    return np.where(here, d_lon, 0.0), np.where(here, d_lat, 0.0)


def _wgs84_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    d_lon, d_lat = _shift(lon, lat)
    return lon + d_lon, lat + d_lat


def _gcj02_to_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    here = in_china(lon, lat)
    x, y = lon.copy(), lat.copy()
    for _ in range(ROUNDS):
        d_lon, d_lat = _shift(x, y)
        new_x = np.where(here, lon - d_lon, lon)
        new_y = np.where(here, lat - d_lat, lat)
        moved = np.fmax(np.abs(new_x - x), np.abs(new_y - y))
        x, y = new_x, new_y
        if not np.any(moved > CLOSE_DEGREES):
            break
    return x, y


def _gcj02_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD_ANGLE)
    here = in_china(lon, lat)
    x = np.where(here, radius * np.cos(angle) + BD_LON, lon)
    return x, np.where(here, radius * np.sin(angle) + BD_LAT, lat)


def _bd09_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - BD_LON, lat - BD_LAT
    radius = np.hypot(x, y) - 0.00002 * np.sin(y * BD_ANGLE)
    angle = np.arctan2(y, x) - 0.000003 * np.cos(x * BD_ANGLE)
    here = in_china(lon, lat)
    return np.where(here, radius * np.cos(angle), lon), np.where(here, radius * np.sin(angle), lat)
