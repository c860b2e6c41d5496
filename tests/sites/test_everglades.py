"""The second site: real polygons, other units of place and time, and no law that is not there."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import shapely
from shapely.geometry import Point

from wetland.base.places import Where
from wetland.operations.law import LawQuestion, law_at
from wetland.operations.sites import check_site
from wetland.sites.load import open_site
from wetland.sites.place import memberships


def test_it_is_sound() -> None:
    check = check_site("everglades")
    assert check.ok
    assert not check.topology
    site = open_site("everglades")
    assert (site.crs_epsg, site.timezone) == (32617, "America/New_York")
    assert site.zones.kinds == ("region", "subregion")
    assert len(site.landmarks) == 408


def test_every_question_is_not_covered() -> None:
    site = open_site("everglades")
    for activity in site.vocabulary.activities:
        answer = law_at(site, LawQuestion(-80.75, 25.95, dt.date(2024, 5, 1), (activity,))).to_json(
            "en"
        )
        assert answer["rules"] == []
        assert len(answer["not_covered"]) == 2, activity
        assert answer["outcome"] == "not_covered"


def test_colonies_lie_where_they_lay(shared: Path) -> None:
    site = open_site("everglades")
    document = json.loads(
        (shared / "data/geometry/everglades/colonies.geojson").read_text(encoding="utf-8")
    )
    drawn = {
        f"colony-{f['properties']['Name']}".lower()
        .replace(" ", "-")
        .replace(".", "-"): shapely.force_2d(shapely.geometry.shape(f["geometry"]))
        for f in document["features"]
    }
    for row in site.landmarks.itertuples(index=False):
        assert drawn[row.id].buffer(1e-6).contains(row.geometry)


def test_subregions_lie_in_their_region() -> None:
    site = open_site("everglades")
    [found] = memberships(
        site, [Point(-80.75, 25.95)], 50, on=dt.date(2024, 5, 1), assume_schematic=False
    )
    assert found["region"].where is Where.INSIDE
    assert found["subregion"].where is Where.INSIDE
    [hangzhou] = memberships(site, [Point(120.06, 30.27)], 50, on=None, assume_schematic=False)
    assert hangzhou["region"].where is Where.OUTSIDE


def test_the_script_makes_what_is_committed(
    repo: Path, shared: Path, tmp_path: Path, load_script: Callable[[str], ModuleType]
) -> None:
    script = load_script("scripts/everglades_geometry.py")
    folder = shared / "data/geometry/everglades"
    assert script.main([str(folder), "--pack", str(tmp_path)]) == 0
    for name in ("zones.geojson", "landmarks.geojson"):
        made = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        kept = json.loads((repo / "layers/everglades" / name).read_text(encoding="utf-8"))
        assert len(made["features"]) == len(kept["features"])
        for one, other in zip(made["features"], kept["features"], strict=True):
            assert one["properties"] == other["properties"]
            shapes = [shapely.geometry.shape(f["geometry"]) for f in (one, other)]
            assert shapely.hausdorff_distance(*shapes) == pytest.approx(0.0, abs=1e-7)
