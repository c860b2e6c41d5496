"""The scene of the benchmarks: valid, of the stated sizes, the same on every machine."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest
import shapely


@pytest.fixture(scope="module")
def scenes(load_script: Callable[[str], ModuleType]) -> ModuleType:
    return load_script("benchmarks/scenes.py")


def test_the_zones_are_those_of_the_table(scenes: ModuleType) -> None:
    zones = scenes.zones_b()
    assert len(zones) == 503
    assert shapely.is_valid(np.array(zones, dtype=object)).all()
    assert [zone.area / 1e6 for zone in zones[:3]] == pytest.approx([11.4, 15.7, 50.0])
    assert [len(zone.interiors) for zone in zones[:3]] == [0, 1, 1]
    assert shapely.equals_exact(zones[1].interiors[0], zones[0].exterior, tolerance=0)
    sizes = [shapely.get_num_coordinates(zone) - 1 for zone in zones[3:]]
    assert min(sizes) >= 50
    assert max(sizes) <= 300
    assert 80_000 < sum(sizes) < 95_000


def test_positions_and_buildings_repeat(scenes: ModuleType) -> None:
    first, again = np.stack(scenes.points(9)), np.stack(scenes.points(9))
    assert np.array_equal(first, again)
    buildings = scenes.footprints(5_000)
    assert len(buildings) == 5_000
    assert shapely.is_valid(buildings).all()
    corners = shapely.get_num_coordinates(shapely.get_exterior_ring(buildings)) - 1
    assert corners.min() == 3
    assert corners.max() == 12
    assert (shapely.get_num_interior_rings(buildings) > 0).sum() > 100
    walls = shapely.intersection(buildings, scenes.zones_a()[0].exterior)
    assert (shapely.length(walls) > 3).sum() > 5  # a whole wall on the boundary
