"""The two layers every map is made of: features with a style, and an array of many places.

Each is one folium object however much it shows. (One folium object per place costs 0.7 to 0.9 ms of
Python for each place and run.) Data goes in through `safe_json` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from branca.element import MacroElement
from folium.template import Template

from wetland.maps.escape import esc, safe_json
from wetland.maps.limits import MAX_OBJECTS, MAX_PLACES, too_many
from wetland.maps.style import LineStyle, MarkStyle

Feature = dict[str, Any]


def feature(
    geometry: Mapping[str, Any],
    style: LineStyle | MarkStyle,
    *,
    tip: str | None = None,
    label: str | None = None,
) -> Feature:
    """Return one GeoJSON feature to draw.

    Parameters
    ----------
    geometry
        A GeoJSON geometry in longitude and latitude (WGS 84).
    style
        Lines for areas and lines, marks for points.
    tip
        Plain text shown under the pointer; it is what a click on the feature gives back.
    label
        Plain text written beside it all the time.
    """
    properties: dict[str, Any] = {"style": style.leaflet()}
    if tip:
        properties["tip"] = esc(tip)
    if label:
        properties["label"] = esc(label)
    return {"type": "Feature", "geometry": dict(geometry), "properties": properties}


class FeatureLayer(MacroElement):
    """Features with their own style, tooltip and label, drawn in the order given.

    Parameters
    ----------
    interactive
        Whether a click hits them.
    places
        Labels stand beside a place and not in the middle of an area.
    on_marks
        Labels are short and stand on marks, as white or as dark words: ``"light"``, ``"dark"``.

    Raises
    ------
    MapError
        Above `MAX_OBJECTS` features (`PlaceArray` is for those).
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.geoJSON({{ this.data }}, {
          interactive: {{ this.interactive }},
          style: function (f) { return f.properties.style; },
          pointToLayer: function (f, at) { return new WetlandMark(at, f.properties.style); },
          onEachFeature: function (f, layer) {
            var p = f.properties;
            if (p.label) {
              layer.bindTooltip(p.label, {permanent: true, direction: {{ this.direction }},
                className: {{ this.label_class }}, interactive: false, offset: {{ this.offset }}});
            } else if (p.tip) { layer.bindTooltip(p.tip, {sticky: true}); }
          }
        }).addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(
        self,
        features: Sequence[Feature],
        *,
        interactive: bool = True,
        places: bool = False,
        on_marks: Literal["light", "dark"] | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        if len(features) > MAX_OBJECTS:
            raise too_many(len(features), MAX_OBJECTS)
        self._name = "Features"
        self.data = safe_json({"type": "FeatureCollection", "features": list(features)})
        self.interactive = "true" if interactive else "false"
        self.direction = '"right"' if places else '"center"'
        kind = f"wl-mark wl-{on_marks}" if on_marks else "wl-place" if places else "wl-zone"
        self.label_class = f'"wl-label {kind}"'
        self.offset = "[0, 0]" if on_marks else "[4, 0]"


class PlaceArray(MacroElement):
    """Many places on one canvas: longitude, latitude, the number of a style and a tooltip.

    Raises
    ------
    MapError
        Above `MAX_PLACES`; ValueError where the columns differ in length.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.featureGroup();
        (function (group, data) {
          var canvas = L.canvas({padding: 0.3});
          data.lon.forEach(function (lon, i) {
            var mark = new WetlandMark([data.lat[i], lon],
              Object.assign({renderer: canvas}, data.styles[data.style[i]]));
            mark.bindTooltip(data.tip[i]);
            group.addLayer(mark);
          });
        })({{ this.get_name() }}, {{ this.data }});
        {{ this.get_name() }}.addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(
        self,
        lon: Sequence[float],
        lat: Sequence[float],
        *,
        style: Sequence[int],
        tips: Sequence[str],
        styles: Sequence[MarkStyle],
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        if len({len(lon), len(lat), len(style), len(tips)}) != 1:
            raise ValueError("lon, lat, style and tips must have one length")
        if len(lon) > MAX_PLACES:
            raise too_many(len(lon), MAX_PLACES)
        self._name = "Places"
        self.data = safe_json(
            {
                "lon": [round(float(x), 6) for x in lon],
                "lat": [round(float(y), 6) for y in lat],
                "style": [int(s) for s in style],
                "tip": [esc(t) for t in tips],
                "styles": [s.leaflet() for s in styles],
            }
        )
