"""Vertices on long edges, also where a part or a ring has no length (which ends GEOS)."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from wetland.zones.projection import densify, project_geometry

HOLLOW = {
    "MULTILINESTRING((0 0,0 0),(0 0,1 1))": 1.4142135623730951,
    "GEOMETRYCOLLECTION(LINESTRING(0 0,0 0),POLYGON((0 0,1 0,1 1,0 0)))": 3.414213562373095,
    "GEOMETRYCOLLECTION(LINESTRING EMPTY,LINESTRING(0 0,1 1))": 1.4142135623730951,
    "GEOMETRYCOLLECTION(GEOMETRYCOLLECTION(LINESTRING(0 0,0 0)),LINESTRING(0 0,1 1))": 1.4142135624,
    "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),EMPTY)": 3.414213562373095,
    "POLYGON((0 0,1 0,1 1,0 0),(0.5 0.1,0.5 0.1,0.5 0.1,0.5 0.1))": 3.414213562373095,
    "POLYGON((0 0,0 0,0 0,0 0))": 0.0,
    "LINESTRING(0 0,0 0)": 0.0,
    "MULTIPOLYGON EMPTY": 0.0,
}


@pytest.mark.parametrize("wkt", HOLLOW)
def test_parts_without_length(wkt: str) -> None:
    thing = shapely.from_wkt(wkt)
    alone = densify(thing)
    among = densify(np.array([thing, None, shapely.box(0, 0, 1, 1)], dtype=object))
    for dense in (alone, among[0]):
        assert dense.geom_type == thing.geom_type
        assert dense.length == pytest.approx(HOLLOW[wkt])
        if dense.length:
            assert shapely.get_num_coordinates(dense) > 500
    assert among[1] is None
    assert shapely.get_num_coordinates(among[2]) == 2001
    assert np.isfinite(shapely.get_coordinates(project_geometry(thing, 4549))).all()


def test_short_edges_stay_as_they_are() -> None:
    shed = shapely.box(120.0, 30.0, 120.001, 30.001)
    assert densify(shed).equals_exact(shed, 0)
    assert len(shapely.get_coordinates(densify(shapely.box(120.0, 30.0, 120.003, 30.001)))) == 7
