"""zones.geojson: every mistake is listed with the feature's id, and what is right reads back."""

from __future__ import annotations

import copy
import datetime as dt
import json
import math
from typing import Any

import pytest
from shapely.geometry import mapping

from wetland.sites.load import open_site
from wetland.zones.features import read_zones, wrong_range, zone_feature

FEATURE: dict[str, Any] = {
    "type": "Feature",
    "properties": {
        "id": "a", "kind": "protection", "name": {"zh": "区", "en": "zone"}, "source": "a test",
        "schematic": True, "positional_accuracy_m": 100, "valid_from": "2011-12-01",
        "valid_to": None,
    },
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[120.0, 30.0], [120.1, 30.0], [120.1, 30.1], [120.0, 30.1], [120, 30]]],
    },
}  # fmt: skip


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def changed(path: str, value: Any) -> dict[str, Any]:
    feature = copy.deepcopy(FEATURE)
    *steps, last = path.split(".")
    target = feature
    for step in steps:
        target = target[step]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return feature


def mistakes(document: Any) -> list[str]:
    _, found = read_zones(document, file="zones.geojson", kinds=["protection", "buffer"])
    return [mistake.show("en") for mistake in found]


def test_a_good_feature() -> None:
    [zone], found = read_zones(collection(FEATURE), file="zones.geojson", kinds=["protection"])
    assert not found
    assert (zone.id, zone.valid_from, zone.valid_to) == ("a", dt.date(2011, 12, 1), None)
    assert zone.valid_on(dt.date(2011, 12, 1))
    assert not zone.valid_on(dt.date(2011, 11, 30))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("properties.kind", "meadow", "zone kind meadow is not declared"),
        ("properties.kind", ..., "kind: it is missing"),
        ("properties.name", {"zh": "区"}, "name.en: it is missing"),
        ("properties.name", {"zh": "区", "en": ""}, "must not be blank"),
        ("properties.colour", "red", "colour: an unknown key"),
        ("properties.schematic", "maybe", "true or false"),
        ("properties.positional_accuracy_m", -5, "0 or more"),
        ("properties.positional_accuracy_m", float("nan"), "finite"),
        ("properties.valid_from", "2011-13-01", "a day YEAR-MONTH-DAY"),
        ("properties.valid_to", "2011-12-01", "is not after valid_from"),
        ("properties.tolerance", 2, "1 or less"),
        ("properties.nested_in", "meadow", "not a declared zone kind"),
        ("properties.nested_in", "protection", "cannot be the zone's own kind"),
        ("properties.id", "Zone A", "must match"),
        ("geometry", None, "there is no geometry"),
        ("geometry", {"type": "Polygon", "coordinates": []}, "empty"),
        ("geometry", {"type": "Polygon"}, "broken geometry"),
        ("geometry", {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "broken geometry"),
        ("geometry", {"type": "Point", "coordinates": [120, 30]}, "this is a Point"),
        ("geometry.coordinates", [[[120, 30], [121, math.inf], [121, 31], [120, 30]]], "not a n"),
        ("geometry.coordinates", [[[30, 120], [30, 121], [31, 121], [30, 120]]], "look swapped"),
        ("geometry.coordinates", [[[5e5, 3e6], [6e5, 3e6], [6e5, 4e6], [5e5, 3e6]]], "projected"),
        ("properties", None, "there are no properties"),
    ],
)  # fmt: skip
def test_each_mistake_names_its_feature(path: str, value: Any, words: str) -> None:
    found = mistakes(collection(changed(path, value)))
    assert any(words in line for line in found), found
    assert all(line.startswith("zones.geojson: feature 1") for line in found)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (None, "FeatureCollection"),
        ([], "FeatureCollection"),
        ({"type": "FeatureCollection"}, "`features` is missing"),
        (collection(), "no zone at all"),
        (collection("not a feature"), "no properties"),
        (collection(FEATURE, FEATURE), "id a twice"),
        (collection(FEATURE) | {"crs": {"properties": {"name": "EPSG:4549"}}}, "CRS must be"),
    ],
)
def test_each_mistake_of_the_file(document: Any, words: str) -> None:
    assert any(words in line for line in mistakes(document))


def test_all_mistakes_are_listed_at_once() -> None:
    found = mistakes(
        collection(
            changed("properties.kind", "meadow"),
            changed("geometry", None),
            changed("properties.source", ...),
        )
    )
    assert [line.split(":")[1].split("(")[0].strip() for line in found] == [
        "feature 1", "feature 2", "feature 3",
    ]  # fmt: skip


def test_an_edge_must_lie_on_the_boundary() -> None:
    edge = {"positional_accuracy_m": 5, "coordinates": [[120.0, 30.0], [120.1, 30.0]]}
    assert not mistakes(collection(changed("properties.edges", [edge])))
    backwards = edge | {"coordinates": edge["coordinates"][::-1]}  # type: ignore[index]
    assert not mistakes(collection(changed("properties.edges", [backwards])))
    across = edge | {"coordinates": [[120.0, 30.0], [120.1, 30.1]]}
    found = mistakes(collection(changed("properties.edges", [edge, across])))
    assert found == [
        "zones.geojson: feature 1 (a): edges.1: 1 piece(s) are not on the zone's boundary"
        " (they must be consecutive vertices)"
    ]


@pytest.mark.parametrize("name", ["xixi", "everglades"])
def test_zones_written_read_back_the_same(name: str) -> None:
    site = open_site(name)
    document = json.loads(json.dumps(collection(*(zone_feature(zone) for zone in site.zones))))
    again, found = read_zones(document, file="-", kinds=site.config.kinds)
    assert not found
    for zone, other in zip(site.zones, again, strict=True):
        assert mapping(zone.geometry) == mapping(other.geometry)
        for field in ("id", "kind", "name", "valid_from", "part_of", "ring_around", "tolerance"):
            assert getattr(zone, field) == getattr(other, field)
        assert [e.positional_accuracy_m for e in zone.edges] == [
            e.positional_accuracy_m for e in other.edges
        ]


def test_ranges() -> None:
    assert wrong_range(-180, -90, 180, 90) is None
    swapped = wrong_range(30.2, 120.0, 30.3, 120.1)
    assert swapped is not None
    assert "写反" in swapped.zh
