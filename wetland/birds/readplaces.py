"""Where a bird survey or record was: longitude and latitude as cells, the site's plots by name.

Rule of decision: a place that cannot be one (not a number, out of range, 0/0, one of the two only)
is told as a warning and left out, and the row stays: what was seen on which day is still known.
Coordinates of a datum that needs a shift are read where a shift is given (`Shift`), else left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from wetland.base.texts import text
from wetland.birds.species import Plot
from wetland.reading.cells import number
from wetland.reading.dates import CellError

# (longitude, latitude, datum) -> longitude and latitude in WGS84.
Shift = Callable[[float, float, str], tuple[float, float]]
Place = tuple[float, float]

BAD_PLACE = text("不是经纬度，位置未读入", "not a longitude and latitude: the place was not read")
HALF = text("只有经度或只有纬度，位置未读入", "longitude or latitude alone: the place was not read")
SWAPPED = text(
    "经度和纬度似乎写反了，位置未读入",
    "longitude and latitude look swapped: the place was not read",
)
NOT_SHIFTED = text(
    "{d} 坐标须先换算，位置未读入", "coordinates in {d} need a shift first: the place was not read"
)
UNKNOWN_DATUM = text("不认识的坐标基准 {d}，按 WGS84 读入", "unknown datum {d}: read as WGS84")

_SAME = ("wgs84", "epsg4326", "worldgeodeticsystem1984", "cgcs2000", "epsg4490", "wgs1984",
         "epsg4979", "gcswgs1984", "crs84", "ogccrs84", "nad83", "epsg4269", "etrs89", "epsg4258",
         "unknown", "notrecorded", "未知", "notrecordedforcedwgs84")  # fmt: skip
_SHIFTED = {"gcj02": "gcj02", "火星坐标": "gcj02", "火星坐标系": "gcj02", "高德": "gcj02",
            "bd09": "bd09", "bd09ll": "bd09", "百度": "bd09", "百度坐标": "bd09"}  # fmt: skip


def datum_of(word: object) -> str | None:
    """Return the datum a word names: ``wgs84``, ``gcj02`` or ``bd09``; None where nobody knows it.

    A datum less than two metres from WGS84 (NAD83, ETRS89) is taken for it.

    Examples
    --------
    >>> datum_of("EPSG:4326"), datum_of("GCJ-02"), datum_of("NAD27")
    ('wgs84', 'gcj02', None)
    """
    folded = unicodedata.normalize("NFKC", str(word)).casefold()
    folded = "".join(c for c in folded if c.isalnum())
    if folded in _SHIFTED:
        return _SHIFTED[folded]
    return "wgs84" if not folded or folded in _SAME else None


def place_of(lon: object, lat: object) -> Place | None:
    """Read a place; None where neither cell is told.

    Raises
    ------
    CellError
        It is no place.

    Examples
    --------
    >>> place_of("120.05°", "30.27")
    (120.05, 30.27)
    """
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise CellError("place_half", HALF)
    try:
        x, y = number(_plain(lon)), number(_plain(lat))
    except CellError:
        raise CellError("place_invalid", BAD_PLACE) from None
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        is_swapped = -180 <= y <= 180 and -90 <= x <= 90
        raise CellError("place_invalid", SWAPPED if is_swapped else BAD_PLACE)
    if (x, y) == (0.0, 0.0):
        raise CellError("place_invalid", BAD_PLACE)
    return x, y


def _plain(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    words = unicodedata.normalize("NFKC", cell).strip().rstrip("°").strip()
    if words and words[-1] in "EeNnWwSs":
        sign = "-" if words[-1] in "WwSs" else ""
        words = sign + words[:-1].rstrip("° ")
    return words


def plots_by_name(plots: Mapping[str, Plot]) -> dict[str, str]:
    """Return what plots are called (id, Chinese and English name, folded) -> id.

    A name of two plots is left out: it says neither.
    """
    found: dict[str, str | None] = {}
    for plot in plots.values():
        for name in {folded(plot.id), folded(plot.name.zh), folded(plot.name.en)}:
            found[name] = plot.id if found.get(name, plot.id) == plot.id else None
    found.update({folded(plot.id): plot.id for plot in plots.values()})
    return {name: plot for name, plot in found.items() if plot is not None}


def folded(word: Any) -> str:  # noqa: ANN401 - a cell
    """Return a name without case, width and spaces at its ends."""
    words = unicodedata.normalize("NFKC", str(word)).casefold()
    return " ".join(words.split()).removesuffix(".0")
