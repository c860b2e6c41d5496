"""Birds on a map: dots where exact, squares where blurred, names only as text."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import shape

from tests.maps.test_payloads import PAYLOADS
from wetland.maps.birds import BirdPlace, PlotPlace, bird_group
from wetland.maps.layers import FeatureLayer, PlaceArray
from wetland.maps.offline import OfflineMap, localise
from wetland.maps.sitemap import FeatureGroup

BOUNDS = (120.0, 30.2, 120.1, 30.3)
WGS84 = Geod(ellps="WGS84")


def parts(group: FeatureGroup, kind: type) -> list[Any]:
    return [json.loads(p.data) for p in group._children.values() if isinstance(p, kind)]


def test_exact_places_are_dots_and_absences_look_different() -> None:
    group = bird_group(
        [BirdPlace(120.05, 30.25, "here"), BirdPlace(120.06, 30.25, "none", present=False)],
        [PlotPlace(120.05, 30.25, "plot")],
    )
    [dots] = parts(group, PlaceArray)
    styles = [dots["styles"][s] for s in dots["style"]]
    assert dots["tip"] == ["none", "here"]  # records lie above absences
    assert styles[0] != styles[1]
    [plots] = parts(group, FeatureLayer)
    assert plots["features"][0]["properties"]["style"]["shape"] == "square"


@given(st.floats(-75, 75), st.sampled_from([707.1, 3535.5, 7071.1]))
def test_a_blurred_place_is_a_square_whose_corner_lies_at_its_uncertainty(
    lat: float, half: float
) -> None:
    group = bird_group([BirdPlace(120.05, lat, "hidden", blurred_m=half)])
    assert not parts(group, PlaceArray)  # no dot gives a middle away as the place
    [layer] = parts(group, FeatureLayer)
    cell = shape(layer["features"][0]["geometry"])
    for lon, at in list(cell.exterior.coords)[:4]:
        _, _, metres = WGS84.inv(120.05, lat, lon, at)
        assert math.isclose(metres, half, rel_tol=0.03)


@pytest.mark.parametrize("attack", [*PAYLOADS.values(), "<img src=x onerror=alert(1)>"])
def test_a_name_is_text_on_the_map(attack: str) -> None:
    group = bird_group(
        [BirdPlace(120.05, 30.25, attack), BirdPlace(120.05, 30.25, attack, blurred_m=700.0)],
        [PlotPlace(120.05, 30.25, attack)],
    )
    shown = OfflineMap("../x", BOUNDS)
    shown.add_child(group)
    localise(shown, shown.assets)
    assert attack not in shown.get_root().render()


def test_nothing_to_show_is_an_empty_layer() -> None:
    assert not bird_group([])._children
