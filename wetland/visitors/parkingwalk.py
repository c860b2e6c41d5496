"""Minutes on foot from a car park to a gate (步行时间), and how they are known."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, radians

from wetland.base.texts import Text, text
from wetland.visitors.pack import Gate, Place, VisitorPack

METRES_PER_DEGREE = 111_320.0
DETOUR = 1.3  # ways are longer than the straight line: a choice of this project
METRES_PER_MINUTE = 75.0  # on foot, 4.5 km/h: a choice of this project

_FROM_FILE = text("文件中的 walk_min 列", "column walk_min of the file")
_STRAIGHT = text(
    "按直线距离 {m} 米 × 1.3、每分钟 75 米估算",
    "estimated: {m} m straight, times 1.3, at 75 m a minute",
)
_UNKNOWN = text("步行时间未知", "minutes on foot not known")


@dataclass(frozen=True, slots=True)
class WalkTime:
    """Minutes on foot, None where nobody knows; ``basis`` says how they are known."""

    minutes: float | None
    basis: Text
    synthetic: bool = False


def straight_m(one: Place | None, other: Place | None) -> float | None:
    """Return the straight distance of two places in metres; None where one has no position.

    Good to one in a thousand over the few kilometres of a site.

    Examples
    --------
    >>> a = Place(id="a", name=text("甲", "a"), lon=120.0, lat=30.0)
    >>> b = Place(id="b", name=text("乙", "b"), lon=120.0, lat=30.01)
    >>> round(straight_m(a, b)), straight_m(a, None)
    (1113, None)
    """
    if one is None or other is None:
        return None
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    east = (one.lon - other.lon + 180.0) % 360.0 - 180.0
    east *= cos(radians((one.lat + other.lat) / 2))
    return hypot(east, one.lat - other.lat) * METRES_PER_DEGREE


def walk_time(
    pack: VisitorPack, *, car_park: str, gate: Gate, told_min: float | None = None
) -> WalkTime:
    """Return the minutes on foot from a car park to a gate.

    The pack's walk counts first, then what the file told, then the straight distance times
    `DETOUR` at `METRES_PER_MINUTE`; without a position they are not known.
    """
    for walk in pack.walks:
        if walk.car_park == car_park and walk.gate == gate.id:
            basis = Text(zh=walk.source, en=walk.source)
            return WalkTime(walk.minutes, basis, walk.synthetic)
    if told_min is not None:
        return WalkTime(told_min, _FROM_FILE)
    park = next((p for p in pack.car_parks if p.id == car_park), None)
    metres = straight_m(park, gate)
    if park is None or metres is None:
        return WalkTime(None, _UNKNOWN)
    minutes = round(metres * DETOUR / METRES_PER_MINUTE, 1)
    return WalkTime(minutes, _STRAIGHT.fill(m=round(metres)), park.synthetic or gate.synthetic)
