"""Areas against reference figures, and the traps that were met."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, shape

from wetland.base.errors import InputError
from wetland.zones.areas import area, repair
from wetland.zones.projection import project, project_geometry, projected_crs, unproject

POLYGONS = (
    "rect_1km", "rect_cw", "blob_114", "blob_hole", "sliver", "triangle_small", "disc_4km", "multi",
)  # fmt: skip


@pytest.fixture(scope="module")
def polygons(shared: Path) -> dict[str, Any]:
    """Give the reference polygons (PROJ 9.5.1 and GeographicLib 2.1)."""
    path = shared / "reference/geo/areas.json"
    return json.loads(path.read_text(encoding="utf-8"))["polygons"]


@pytest.mark.parametrize("name", POLYGONS)
def test_areas_of_reference(polygons: dict[str, Any], name: str) -> None:
    known = polygons[name]
    measured = area(shape(known["geometry"]), 4549, dense=False)
    assert measured.geodesic_m2 == pytest.approx(known["geodesic_area_m2_CGCS2000"], rel=1e-9)
    assert measured.projected_m2 == pytest.approx(known["planar_area_m2_EPSG4549"], rel=1e-8)


@pytest.mark.parametrize("name", POLYGONS)
def test_dense_edges_follow_the_straight_line_in_lon_lat(
    polygons: dict[str, Any], name: str
) -> None:
    known = polygons[name]
    measured = area(shape(known["geometry"]), 4549).projected_m2
    dense = known["planar_area_m2_EPSG4549_edges_densified_in_lonlat"]
    # A sliver of 10 m2 and 9 km: its area is all edge, so it is held to a square decimetre.
    assert measured == pytest.approx(dense, rel=1e-8, abs=0.01)


def test_points_of_reference(shared: Path) -> None:
    document = json.loads((shared / "reference/geo/coordinates.json").read_text(encoding="utf-8"))
    for point in document["points"]:
        for code in (4549, 4528, 4509):
            east, north = project(point["lon"], point["lat"], code)
            assert (float(east), float(north)) == pytest.approx(point[f"EPSG{code}"], abs=1e-6)
        back = unproject(*point["EPSG4549"], 4549)
        assert [float(v) for v in back] == pytest.approx([point["lon"], point["lat"]], abs=1e-11)


def test_a_hole_wound_like_its_shell_is_taken_away() -> None:
    """The trap: the geodesic routine adds such a hole."""
    shell = [(120.0, 30.0), (120.1, 30.0), (120.1, 30.1), (120.0, 30.1)]
    hole = [(120.04, 30.04), (120.06, 30.04), (120.06, 30.06), (120.04, 30.06)]
    same = area(Polygon(shell, [hole]), 4549)
    other = area(Polygon(shell[::-1], [hole]), 4549)
    whole, inner = area(Polygon(shell), 4549), area(Polygon(hole), 4549)
    assert same.geodesic_m2 == pytest.approx(other.geodesic_m2, rel=1e-12)
    assert same.geodesic_m2 == pytest.approx(whole.geodesic_m2 - inner.geodesic_m2, rel=1e-9)
    assert same.projected_m2 == pytest.approx(whole.projected_m2 - inner.projected_m2, rel=1e-9)


def test_a_line_has_no_area() -> None:
    assert area(shapely.LineString([(120, 30), (121, 30)]), 4549).projected_m2 == 0.0


@pytest.mark.parametrize(
    ("geometry", "expected", "before"),
    [
        (Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), 50.0, 0.0),
        (
            Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(4, 4), (14, 4), (14, 7), (4, 7)]]),
            None,
            70.0,
        ),
        (
            MultiPolygon([shapely.box(0, 0, 6, 6), shapely.box(4, 0, 10, 6)]),
            60.0,
            72.0,
        ),
    ],
)
def test_repair_keeps_what_the_drawing_means(
    geometry: Any, expected: float | None, before: float
) -> None:
    mended, change = repair(geometry)
    assert mended.is_valid
    assert change is not None
    assert change.area_before == pytest.approx(before)
    assert change.area_after == mended.area
    if expected is not None:
        assert mended.area == pytest.approx(expected)
    assert ("%" if before else "it was 0") in change.message.en
    assert "已修复" in change.message.zh


def test_a_valid_geometry_is_left_alone() -> None:
    square = shapely.box(0, 0, 1, 1)
    assert repair(square) == (square, None)


def test_repair_drops_what_is_no_area() -> None:
    spike = Polygon([(0, 0), (10, 0), (10, 10), (10, 20), (10, 10), (0, 10)])
    mended, _ = repair(spike)
    assert mended.geom_type == "Polygon"
    assert mended.area == pytest.approx(100.0)


@pytest.mark.parametrize("code", [4326, 999999, 2236])
def test_a_crs_in_degrees_or_feet_is_refused(code: int) -> None:
    with pytest.raises(InputError, match=str(code)):
        projected_crs(code)


def test_projecting_drops_heights_and_keeps_shape() -> None:
    flat = project_geometry(shapely.box(120.0, 30.0, 120.01, 30.01), 4549)
    tall = project_geometry(shapely.force_3d(shapely.box(120.0, 30.0, 120.01, 30.01), 5.0), 4549)
    assert shapely.equals_exact(flat, tall)
    assert not tall.has_z
