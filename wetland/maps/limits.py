"""How much one map may hold, and the error when it is asked for more."""

from __future__ import annotations

from wetland.base.errors import WetlandError
from wetland.base.texts import text

MAX_OBJECTS = 2_000
MAX_PLACES = 100_000


class MapError(WetlandError):
    """A map would need the network, or would be too slow to use."""


def too_many(count: int, most: int) -> MapError:
    """Return the error for a layer with more than ``most`` features."""
    return MapError(
        text(
            "{n} 个要素超过地图一层的上限 {most}；请先筛选",
            "{n} features are more than one layer may hold ({most}): filter first",
        ).fill(n=count, most=most)
    )
