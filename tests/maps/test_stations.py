"""Water stations on a map: class by colour and letter, target by shape, names only as text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.maps.test_payloads import PAYLOADS
from wetland.base.texts import text
from wetland.maps.layers import FeatureLayer
from wetland.maps.offline import OfflineMap, localise
from wetland.maps.sitemap import FeatureGroup
from wetland.maps.stations import TARGET_LEGEND, StationMark, class_legend, station_group

BOUNDS = (120.0, 30.2, 120.1, 30.3)
ATTACKS = [*PAYLOADS.values(), "{{7*7}}", "<img src=x onerror=alert(1)>", "{% for x in y %}"]


def _features(group: FeatureGroup) -> list[dict[str, Any]]:
    layers = [part for part in group._children.values() if isinstance(part, FeatureLayer)]
    return [f["properties"] for layer in layers for f in json.loads(layer.data)["features"]]


def _mark(meets: bool | None = True, **more: Any) -> StationMark:
    given: dict[str, Any] = {"tip": "A", "letter": "Ⅲ", "colour": "#4DB8A4", **more}
    return StationMark(120.05, 30.25, meets_target=meets, **given)


def test_the_shape_says_whether_the_target_is_met() -> None:
    shapes = [_features(station_group([_mark(m)]))[0]["style"]["shape"] for m in (True, False)]
    unknown = _features(station_group([_mark(None)]))[0]["style"]["shape"]
    assert len({*shapes, unknown}) == 3
    drawn = [item.mark.shape for item in TARGET_LEGEND if item.mark is not None]
    assert drawn == [*shapes, unknown]


def test_the_letter_stands_on_the_mark_and_takes_no_click() -> None:
    group = station_group([_mark(ink="light"), _mark(ink="dark")])
    layers = list(group._children.values())
    assert [layer.interactive for layer in layers] == ["true", "false", "false"]
    assert [layer.label_class for layer in layers[1:]] == [
        '"wl-label wl-mark wl-light"', '"wl-label wl-mark wl-dark"',
    ]  # fmt: skip


def test_a_station_without_a_class_has_no_colour_of_a_class() -> None:
    [mark, label] = _features(station_group([_mark(None, colour=None, letter="–")]))
    assert mark["style"]["fillColor"] == "#D4DAD8"
    assert label["label"] == "–"


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_name_is_text_on_the_map(attack: str) -> None:
    group = station_group([_mark(tip=attack, letter=attack)])
    shown = OfflineMap("../x", BOUNDS)
    shown.add_child(group)
    localise(shown, shown.assets)
    page = shown.get_root().render()
    assert attack not in page
    layers = [part for part in group._children.values() if isinstance(part, FeatureLayer)]
    written = "".join(layer.data for layer in layers)
    for ran in ("<img", "49", "1337" * 3):
        assert ran not in written


def test_classes_of_one_colour_share_a_line_of_the_legend() -> None:
    names = {"I": text("Ⅰ类", "class I"), "II": text("Ⅱ类", "class II"), "V": text("Ⅴ", "V")}
    legend = class_legend(names, {"I": "#2166AC", "II": "#2166AC", "V": "#E08214"})
    assert [item.label.en for item in legend] == ["class I, class II", "V"]
