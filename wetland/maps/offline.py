"""A Leaflet map that asks nobody for anything.

folium's own pages load some ten files from public servers, and where the network is absent the map
stays blank without a word. `OfflineMap` has no tiles, `localise` puts our own copies in place of
every script and style, and refuses a map that would still go out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import folium
from branca.colormap import ColorMap
from branca.element import Element, MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from wetland.base.texts import Lang, text
from wetland.maps.escape import esc, safe_json
from wetland.maps.layers import FeatureLayer, PlaceArray
from wetland.maps.limits import MAX_OBJECTS, MapError, too_many

SCRIPTS = (("leaflet", "leaflet/leaflet.js"), ("jquery", "jquery/jquery.min.js"))
STYLES = (("leaflet_css", "leaflet/leaflet.css"),)
# Corners of each shape, in radii from its middle, y downwards.
CORNERS = {
    "square": [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
    "diamond": [[0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]],
    "triangle": [[0, -1.15], [1.1, 0.9], [-1.1, 0.9]],
    "cross": [
        [-0.25, -1], [0.25, -1], [0.25, -0.25], [1, -0.25], [1, 0.25], [0.25, 0.25],
        [0.25, 1], [-0.25, 1], [-0.25, 0.25], [-1, 0.25], [-1, -0.25], [-0.25, -0.25],
    ],
}  # fmt: skip
# What a click "hits" when the browser tells where it is: this and its accuracy in metres (95 %).
GPS_TIP = "gps:"
_WORDS = {
    "here": text("我的位置", "my position"),
    "denied": text(
        "取不到位置：请允许定位，或点地图。",
        "No position: allow it in the browser, or click the map.",
    ),
}
_ADDRESS = re.compile(r"""https?://|['"(]//[a-z0-9]""", re.IGNORECASE)


class Prelude(MacroElement):
    """What every map needs before its layers: marks of several shapes, a scale, local images.

    Leaflet's own prefix (a flag) is taken off; the attribution stays empty because no map data of
    others is shown. `WetlandMark` is a circle marker that can be drawn as another shape on an SVG
    or a canvas, so that outcomes differ by more than colour.
    """

    _template = Template(
        """
        {% macro header(this, kwargs) %}
        <style>
        html, body { overflow: hidden; }
        body > span { display: none; }
        .leaflet-interactive:focus:not(:focus-visible) { outline: none; }
        .leaflet-container { font-family: system-ui, "Noto Sans SC", "Noto Sans CJK SC",
          "Microsoft YaHei", sans-serif; }
        .leaflet-tooltip { font-size: 12px; }
        .wl-label { background: none; border: none; box-shadow: none; font-weight: 600;
          font-size: 12px; white-space: nowrap; padding: 0; color: #24323a; pointer-events: none;
          text-shadow: 0 0 3px #fff, 0 0 3px #fff, 0 0 3px #fff, 0 0 3px #fff; }
        .wl-label::before { display: none; }
        .wl-place { font-weight: 400; font-size: 11px; color: #4a4a4a; }
        .wl-mark { font-size: 11px; text-shadow: none; }
        .wl-light { color: #ffffff; }
        .wl-far .wl-place { display: none; }
        @media (max-width: 480px) { .wl-zone { display: none; } }
        .wl-here { width: 30px; height: 30px; border: none; background: #fff; cursor: pointer;
          padding: 0; border-radius: 2px; display: block; position: relative; }
        .wl-here::before { content: ""; position: absolute; inset: 8px; border-radius: 50%;
          border: 2px solid #222; }
        .wl-here::after { content: ""; position: absolute; inset: 13px; border-radius: 50%;
          background: #222; }
        </style>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        {% set map = this._parent.get_name() %}
        L.Icon.Default.imagePath = {{ this.images }};
        {{ map }}.attributionControl.setPrefix(false);
        {{ map }}.getContainer().style.background = "#eef3f4";
        L.control.scale({imperial: false}).addTo({{ map }});
        window.WetlandMark = L.CircleMarker.extend({
          _updatePath: function () {
            var corners = {{ this.corners }}[this.options.shape];
            if (!corners) { return L.CircleMarker.prototype._updatePath.call(this); }
            var p = this._point, r = this._radius, draw = this._renderer;
            var at = corners.map(function (c) { return [p.x + r * c[0], p.y + r * c[1]]; });
            if (draw._ctx) {
              if (!draw._drawing || this._empty()) { return; }
              draw._ctx.beginPath();
              at.forEach(function (c, i) { draw._ctx[i ? "lineTo" : "moveTo"](c[0], c[1]); });
              draw._ctx.closePath();
              draw._fillStroke(draw._ctx, this);
            } else {
              draw._setPath(this, this._empty() ? "M0 0" : "M" + at.join("L") + "Z");
            }
          }
        });
        (function (map) {
          function far() {
            map.getContainer().classList.toggle("wl-far", map.getZoom() < {{ this.label_zoom }});
          }
          map.on("zoomend", far); far();
          // Leaflet focuses the map when it is pressed, which scrolls the page round the frame
          // under the pointer, so that the click lands somewhere else.
          map.keyboard.disable();
          map.keyboard._onMouseDown = function () {
            if (!this._focused) { map.getContainer().focus({preventScroll: true}); }
          };
          map.keyboard.enable();
          var words = {{ this.words }};
          var Here = L.Control.extend({options: {position: "topleft"}, onAdd: function () {
            var box = L.DomUtil.create("div", "leaflet-bar");
            var button = L.DomUtil.create("button", "wl-here", box);
            button.type = "button";
            button.title = words.here;
            button.setAttribute("aria-label", words.here);
            L.DomEvent.disableClickPropagation(box);
            L.DomEvent.on(button, "click", function () {
              map.locate({enableHighAccuracy: true, timeout: 15000});
            });
            return box;
          }});
          map.addControl(new Here());
          map.on("locationfound", function (e) {
            map.setView(e.latlng, Math.max(map.getZoom(), 15));
            var sent = window.__GLOBAL_DATA__;
            if (sent) {
              sent.last_object_clicked = e.latlng;
              sent.last_object_clicked_tooltip = "{{ this.gps }}" + Math.ceil(e.accuracy);
            }
            map.fire("click", {latlng: e.latlng});
          });
          map.on("locationerror", function () {
            L.popup({closeButton: true}).setLatLng(map.getCenter())
              .setContent(words.denied).openOn(map);
          });
        })({{ map }});
        {% endmacro %}
        """
    )

    def __init__(self, images: str, label_zoom: float, lang: Lang) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Prelude"
        self.images = images
        self.label_zoom = label_zoom
        self.corners = CORNERS
        self.gps = GPS_TIP
        self.words = safe_json({name: esc(words.get(lang)) for name, words in _WORDS.items()})


class OfflineMap(folium.Map):
    """A `folium.Map` without tiles whose scripts and styles come from ``assets``.

    Parameters
    ----------
    assets
        Where the files of `SCRIPTS` and `STYLES` are served; a relative address, so that it holds
        under any base path.
    bounds
        West, south, east and north in degrees: what the map shows first.
    lang
        The language of the map's own words.
    label_zoom
        The zoom from which the names of places are written beside them.
    """

    def __init__(
        self,
        assets: str,
        bounds: tuple[float, float, float, float],
        *,
        lang: Lang = "zh",
        label_zoom: float = 14.5,
    ) -> None:
        west, south, east, north = bounds
        super().__init__(
            location=((south + north) / 2, (west + east) / 2),
            zoom_start=12,
            tiles=None,
            zoom_snap=0.25,
            zoom_delta=0.5,
        )
        self.options["max_zoom"] = 19
        self.options["min_zoom"] = 3
        self.assets = assets.rstrip("/") + "/"
        self.add_child(Prelude(f'"{self.assets}leaflet/images/"', label_zoom, lang))
        self.fit_bounds([[south, west], [north, east]])
        _localise_part(self, self.assets)

    def look_at(self, bounds: tuple[float, float, float, float]) -> None:
        """Let the map begin with other bounds (west, south, east, north).

        A second move would be animated, and labels put on meanwhile would stay where they were.
        """
        west, south, east, north = bounds
        for part in self._children.values():
            if isinstance(part, folium.FitBounds):
                part.bounds = [[south, west], [north, east]]


def walk(element: Element) -> Iterator[Element]:
    """Yield ``element`` and everything below it."""
    yield element
    for child in element._children.values():
        yield from walk(child)


def localise(map_: folium.Map, assets: str, groups: Sequence[folium.FeatureGroup] = ()) -> None:
    """Point ``map_`` at the local copies and refuse what would still go out to the network.

    The lists of links are replaced on the instance: folium keeps them on the class, where a change
    would reach every map of the process. ``groups`` are the layers that are put on later, without
    drawing the map again; they may hold nothing but our own layers.

    Raises
    ------
    MapError
        When the map holds a part that brings scripts we do not serve (any plugin), a colour map
        (st_folium then adds two foreign scripts), an absolute address anywhere in what it renders,
        or more than `MAX_OBJECTS` parts.
    """
    late = [part for group in groups for part in walk(group)]
    for part in late:
        if not isinstance(part, (folium.FeatureGroup, FeatureLayer, PlaceArray)):
            raise _goes_out(type(part).__name__)
    parts = list(walk(map_))
    if len(parts) + len(late) > MAX_OBJECTS:
        raise too_many(len(parts) + len(late), MAX_OBJECTS)
    for part in parts:
        _localise_part(part, assets)
    rendered = map_.get_root().render()
    found = _ADDRESS.search(rendered)
    if found:
        around = rendered[max(0, found.start() - 40) : found.end() + 60]
        raise _goes_out(around)


def _localise_part(part: Element, assets: str) -> None:
    if isinstance(part, ColorMap):
        raise _goes_out(type(part).__name__)
    if not isinstance(part, JSCSSMixin):
        return
    if isinstance(part, folium.Map):
        part.default_js = [(name, assets + path) for name, path in SCRIPTS]
        part.default_css = [(name, assets + path) for name, path in STYLES]
    elif part.default_js or part.default_css:
        raise _goes_out(type(part).__name__)


def _goes_out(what: str) -> MapError:
    return MapError(
        text(
            "地图不得访问网络，但其中有：{what}",
            "a map must not use the network, but this one holds: {what}",
        ).fill(what=what)
    )
