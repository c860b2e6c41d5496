"""Data must stay data: on the server (a second Jinja pass) and in every visitor's browser."""

from __future__ import annotations

import json
import os

import folium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from wetland.maps.escape import esc, safe_json
from wetland.maps.features import geojson
from wetland.maps.layers import FeatureLayer, PlaceArray, feature
from wetland.maps.offline import OfflineMap, localise
from wetland.maps.style import ASKED, LANDMARK, OUTCOME_MARKS

BOUNDS = (120.0, 30.2, 120.1, 30.3)
MARK = OUTCOME_MARKS["broken"]

# What ran when it was tried on folium itself, before this package had `esc`.
PAYLOADS = {
    "jinja": "{{ cycler.__init__.__globals__.os.environ.__setitem__('WL_PWNED','1') }}{{ 7*191 }}",
    "statement": "{% for i in range(3) %}1337{% endfor %}",
    "html": '<img src=x onerror="window.pwned=1337"><script>window.pwned=1337</script>',
    "javascript": "`${window.pwned=1337}` '+(window.pwned=1337)+' \\'; window.pwned=1337; //",
}


def _sinks(text: str) -> dict[str, folium.Map]:
    """Return one map per way in: tooltip, label, zone, array of places, late layer."""
    place = geojson(Point(120.05, 30.25))
    area = geojson(Point(120.05, 30.25).buffer(0.01))
    maps = {}
    for sink in ("tip", "label", "area", "array", "group"):
        shown = OfflineMap("../x", BOUNDS)
        if sink == "tip":
            shown.add_child(FeatureLayer([feature(place, MARK, tip=text)]))
        elif sink == "label":
            shown.add_child(FeatureLayer([feature(place, LANDMARK, label=text)]))
        elif sink == "area":
            shown.add_child(FeatureLayer([feature(area, ASKED, tip=text)]))
        elif sink == "array":
            shown.add_child(PlaceArray([120.05], [30.25], style=[0], tips=[text], styles=[MARK]))
        else:
            group = folium.FeatureGroup()
            group.add_child(FeatureLayer([feature(place, MARK, tip=text)]))
            shown.add_child(group)
        maps[sink] = shown
    return maps


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("sink", ["tip", "label", "area", "array", "group"])
def test_nothing_is_evaluated_on_the_server(sink: str, payload: str) -> None:
    shown = _sinks(PAYLOADS[payload])[sink]
    localise(shown, shown.assets)
    page = shown.get_root().render()
    assert "WL_PWNED" not in os.environ
    assert "1337" not in page.replace(_inert(PAYLOADS[payload]), "")
    assert "{{" not in page
    assert "{%" not in page
    assert 'onerror="' not in page


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("sink", ["tip", "label", "area", "array", "group"])
def test_nothing_is_evaluated_through_streamlit_folium(sink: str, payload: str) -> None:
    from streamlit_folium import generate_leaflet_string

    shown = _sinks(PAYLOADS[payload])[sink]
    shown.get_root().render()
    script = generate_leaflet_string(shown)
    assert "WL_PWNED" not in os.environ
    assert "1337" not in script.replace(_inert(PAYLOADS[payload]), "")
    assert "{{" not in script


def _inert(payload: str) -> str:
    return json.loads('"' + safe_json(esc(payload))[1:-1] + '"') and safe_json(esc(payload))[1:-1]


def test_the_payloads_bite_where_nothing_is_escaped() -> None:
    """The test itself must be able to fail: folium's own tooltip evaluates ``{{ 7*191 }}``."""
    bare = folium.Map(tiles=None)
    folium.CircleMarker((30.25, 120.05), tooltip="{{ 7*191 }}").add_to(bare)
    assert "1337" in bare.get_root().render()


@given(st.text())
def test_escaped_text_holds_nothing_that_opens(value: str) -> None:
    assert not set(esc(value)) & set("<>\"'`${}\\%")


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_VALUES)
def test_json_comes_back_as_it_went_in_and_opens_nothing(value: object) -> None:
    written = safe_json(value)
    assert json.loads(written) == value
    for opening in ("{{", "{%", "{#", "</", "${", "`", "'", "://"):
        assert opening not in written


def test_json_refuses_what_json_has_no_word_for() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        safe_json({"lon": float("nan")})
