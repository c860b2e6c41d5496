"""The Xixi pack: figures of its sources, what it says of itself, and the script that makes it."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pyproj import Geod
from shapely.geometry import Point

from wetland.sites.load import Site, find_pack, open_site
from wetland.zones.areas import area
from wetland.zones.datums import to_wgs84
from wetland.zones.locate import locate

DECLARED_KM2 = {
    "protection": 11.4, "buffer": 15.7, "landscape": 50.0,
    "management_east": 2.70, "management_middle": 5.90, "management_west": 2.80,
}  # fmt: skip


@pytest.fixture(scope="module")
def site() -> Site:
    """Give the Xixi pack."""
    return open_site("xixi")


@pytest.fixture(scope="module")
def script(load_script: Callable[[str], ModuleType]) -> ModuleType:
    """Give the script that draws the zones."""
    return load_script("scripts/xixi_geometry.py")


def test_declared_and_measured_areas(site: Site) -> None:
    assert {zone.kind: zone.declared_area_km2 for zone in site.zones} == DECLARED_KM2
    for zone in site.zones:
        measured = area(zone.geometry, 4549)
        assert measured.projected_m2 / 1e6 == pytest.approx(DECLARED_KM2[zone.kind], rel=0.01)
        assert measured.geodesic_m2 == pytest.approx(measured.projected_m2, rel=1e-5)
        assert zone.tolerance == 0.01
    by_kind = {z.kind: area(z.geometry, 4549).projected_m2 / 1e6 for z in site.zones}
    assert by_kind["protection"] == pytest.approx(11.485, abs=0.005)  # 11.48 to 11.49 as published
    assert by_kind["buffer"] == pytest.approx(15.7, abs=1e-5)
    assert by_kind["landscape"] == pytest.approx(50.0, abs=1e-5)
    inner = sum(value for kind, value in by_kind.items() if kind.startswith("management"))
    assert inner == pytest.approx(by_kind["protection"], abs=1e-6)


def test_everything_is_schematic_and_says_where_from(site: Site) -> None:
    for zone in site.zones:
        assert zone.schematic
        assert zone.source
        assert zone.note is not None
        assert zone.valid_to is None
    starts = {zone.kind: zone.valid_from for zone in site.zones}
    for kind in ("protection", "buffer", "landscape"):
        assert starts[kind] == dt.date(2011, 12, 1)
    landscape = next(zone for zone in site.zones if zone.kind == "landscape")
    assert landscape.reading is not None
    assert "lean to gross" in landscape.reading.en
    assert site.config.exercise_mode


@pytest.mark.parametrize(
    ("place", "accuracy_m"),
    [
        ((120.0720, 30.2630), 400.0),  # a corner of the southern edge
        ((120.0649, 30.2827), 100.0),  # north
        ((120.0845, 30.2772), 100.0),  # east
        ((120.0416, 30.2622), 100.0),  # west
    ],
)
def test_the_accuracy_of_each_edge_of_the_park(
    site: Site, place: tuple[float, float], accuracy_m: float
) -> None:
    """A place 100 m and 400 m from an edge tells its accuracy: open below it, decided above."""
    geod = Geod(ellps="GRS80")
    park = next(z for z in site.zones if z.kind == "protection")
    inside = park.geometry.representative_point()
    azimuth, _, _ = geod.inv(*place, inside.x, inside.y)
    seen = {}
    for step in range(0, 1600, 20):
        lon, lat, _ = geod.fwd(*place, azimuth, step)
        [answer] = locate(site.zones, [Point(lon, lat)], 0.0, on=dt.date(2015, 1, 1))
        membership = answer[park.id]
        seen[membership.distance_m or 0.0] = membership.where.value
    deepest_open = max(d for d, where in seen.items() if where == "undetermined")
    assert deepest_open == pytest.approx(accuracy_m, abs=45)


def test_outer_edges_of_the_rings(site: Site) -> None:
    belt = next(z for z in site.zones if z.kind == "buffer")
    band = next(z for z in site.zones if z.kind == "landscape")
    assert belt.positional_accuracy_m == band.positional_accuracy_m == 900.0
    assert {edge.positional_accuracy_m for edge in belt.edges} == {100.0, 400.0}
    assert len(belt.edges) == 12


def test_the_script_makes_what_is_committed(script: ModuleType, tmp_path: Path) -> None:
    pack = find_pack("xixi")
    for name, made in (("zones", script.zones()), ("landmarks", script.landmarks())):
        assert script.write(made) == (pack / f"{name}.geojson").read_text(encoding="utf-8")
    assert script.main(["--check", "--pack", str(pack)]) == 0
    assert script.main(["--check", "--pack", str(tmp_path)]) == 1
    assert script.main(["--pack", str(tmp_path)]) == 0
    assert script.main(["--check", "--pack", str(tmp_path)]) == 0


# --- landmarks, against the fact sheet they come from


@pytest.fixture(scope="module")
def facts(shared: Path) -> list[dict[str, str]]:
    """Give the landmarks of the fact sheet."""
    with (shared / "facts/landmarks.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def datum_of(row: dict[str, str]) -> str | None:
    return {"B": "bd09", "G": "gcj02", "W": "wgs84"}.get(row["datum"][0])


def test_wgs84_of_every_landmark(facts: list[dict[str, str]]) -> None:
    converted = 0
    for row in facts:
        datum = datum_of(row)
        if datum is None:
            continue
        lon, lat = to_wgs84(float(row["lon_src"]), float(row["lat_src"]), datum)
        close = 1e-6 if datum != "bd09" else 2e-6  # the sheet used the closed inverse of BD-09
        assert float(lon) == pytest.approx(float(row["lon_wgs84"]), abs=close), row["name"]
        assert float(lat) == pytest.approx(float(row["lat_wgs84"]), abs=close), row["name"]
        converted += 1
    assert converted == 47


def test_which_landmarks_are_in_the_pack(site: Site, facts: list[dict[str, str]]) -> None:
    """Those of the two lists; not OpenStreetMap's (ODbL), not what has no datum."""
    wanted = {
        (float(r["lon_src"]), float(r["lat_src"]))
        for r in facts
        if datum_of(r) in {"bd09", "gcj02"}
    }
    table: Any = site.landmarks
    assert set(zip(table["lon_src"], table["lat_src"], strict=True)) == wanted
    assert not table["source"].str.contains("OpenStreetMap").any()
    uncertain = table[~table["datum_certain"].astype(bool)]
    assert set(uncertain["datum"]) == {"gcj02"}


@pytest.mark.parametrize("name", ["河渚街", "深潭口"])
def test_known_places_lie_in_the_park(site: Site, facts: list[dict[str, str]], name: str) -> None:
    row = next(r for r in facts if r["name"].startswith(name))
    place = Point(float(row["lon_wgs84"]), float(row["lat_wgs84"]))
    [answer] = locate(site.zones, [place], 20, on=dt.date(2015, 1, 1))
    assert answer["protection-2011"].where.value == "inside"


def test_corners_are_the_junctions_of_the_fact_sheet(
    script: ModuleType, facts: list[dict[str, str]]
) -> None:
    known = {(float(r["lon_wgs84"]), float(r["lat_wgs84"])) for r in facts if r["lon_wgs84"]}
    assert set(script.CORNERS) <= known
