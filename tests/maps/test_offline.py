"""A map goes nowhere, and says so when it would."""

from __future__ import annotations

import folium
import folium.plugins
import pytest
from branca.colormap import LinearColormap
from shapely.geometry import Point

from wetland.maps.features import geojson
from wetland.maps.layers import FeatureLayer, PlaceArray, feature
from wetland.maps.limits import MAX_OBJECTS, MAX_PLACES, MapError
from wetland.maps.offline import OfflineMap, localise
from wetland.maps.sitemap import FeatureGroup
from wetland.maps.style import OUTCOME_MARKS

BOUNDS = (120.0, 30.2, 120.1, 30.3)
MARK = OUTCOME_MARKS["undecided"]


def _map() -> OfflineMap:
    return OfflineMap("../assets.web", BOUNDS)


def test_scripts_and_styles_are_ours() -> None:
    shown = _map()
    localise(shown, shown.assets)
    page = shown.get_root().render()
    assert "http" not in page.replace("http-equiv", "")
    assert '<script src="../assets.web/leaflet/leaflet.js">' in page
    assert 'href="../assets.web/leaflet/leaflet.css"' in page


def test_the_class_of_folium_is_left_as_it_was() -> None:
    before = list(folium.Map.default_js)
    _map()
    assert folium.Map.default_js == before
    assert any("cdn" in url for _, url in folium.Map.default_js)


def test_an_address_in_the_data_is_data() -> None:
    shown = _map()
    tip = "see https://example.org/a //b"
    shown.add_child(FeatureLayer([feature(geojson(Point(120.05, 30.25)), MARK, tip=tip)]))
    localise(shown, shown.assets)


@pytest.mark.parametrize(
    "part",
    [
        folium.plugins.MarkerCluster(),
        folium.plugins.HeatMap([[30.25, 120.05]]),
        folium.plugins.Fullscreen(),
        folium.TileLayer("https://tiles.example.org/{z}/{x}/{y}.png", attr="x"),
        folium.TileLayer("//tiles.example.org/{z}/{x}/{y}.png", attr="x"),
        LinearColormap(["red", "blue"]),
    ],
    ids=lambda part: type(part).__name__,
)
def test_what_would_go_out_is_refused(part: folium.MacroElement) -> None:
    shown = _map()
    part.add_to(shown)
    with pytest.raises(MapError, match="network"):
        localise(shown, shown.assets)


def test_a_late_layer_holds_only_our_own_layers() -> None:
    shown = _map()
    late = FeatureGroup()
    folium.Marker((30.25, 120.05), icon=folium.Icon()).add_to(late)
    with pytest.raises(MapError):
        localise(shown, shown.assets, [late])


def test_one_folium_object_per_place_is_refused_above_the_limit() -> None:
    shown = _map()
    for _ in range(MAX_OBJECTS):
        shown.add_child(FeatureGroup())
    with pytest.raises(MapError, match=str(MAX_OBJECTS)):
        localise(shown, shown.assets)


def test_a_layer_of_features_has_a_limit_and_the_array_a_higher_one() -> None:
    place = feature(geojson(Point(120.05, 30.25)), MARK)
    with pytest.raises(MapError, match="2000"):
        FeatureLayer([place] * (MAX_OBJECTS + 1))
    n = MAX_OBJECTS + 1
    PlaceArray([120.05] * n, [30.25] * n, style=[0] * n, tips=["x"] * n, styles=[MARK])
    n = MAX_PLACES + 1
    with pytest.raises(MapError, match=str(MAX_PLACES)):
        PlaceArray([120.05] * n, [30.25] * n, style=[0] * n, tips=["x"] * n, styles=[MARK])


def test_the_columns_of_an_array_have_one_length() -> None:
    with pytest.raises(ValueError, match="one length"):
        PlaceArray([120.05], [30.25, 30.26], style=[0], tips=["x"], styles=[MARK])


def test_the_same_content_is_the_same_script() -> None:
    """st_folium draws the frame anew (zoom and place lost) when the script changes."""
    from streamlit_folium import generate_leaflet_string

    def script() -> str:
        shown = _map()
        shown.add_child(FeatureLayer([feature(geojson(Point(120.05, 30.25)), MARK, tip="a")]))
        shown.get_root().render()
        return str(generate_leaflet_string(shown))

    assert script() == script()
