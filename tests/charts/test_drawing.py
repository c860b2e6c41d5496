"""A chart becomes a file without a network, and words stay words in it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from tests.maps.test_payloads import PAYLOADS
from wetland.base.errors import MissingPart
from wetland.base.texts import text
from wetland.charts import drawing
from wetland.charts.compare import Slope, station_slopes
from wetland.charts.drawing import Drawing, as_png, as_svg, chinese_fonts, fonts_in
from wetland.charts.shares import class_shares
from wetland.charts.strip import Cell, class_strip
from wetland.charts.trophic import Index, trophic_series

SVG = "{http://www.w3.org/2000/svg}"
AMMONIA = text("氨氮", "ammonia")
ATTACKS = [*PAYLOADS.values(), "{{7*7}}", "<img src=x onerror=alert(1)>", "{% for x in y %}"]


def parsed(svg: bytes) -> ET.Element:
    """Return our own file as XML."""
    return ET.fromstring(svg)  # noqa: S314


def words_of(svg: bytes) -> list[str]:
    """Return the words a file shows, in order."""
    return ["".join(part.itertext()) for part in parsed(svg).iter(f"{SVG}text")]


def _needs_fonts(require_part: Any) -> None:
    require_part(bool(chinese_fonts()), "no Chinese font (Debian: fonts-noto-cjk)")


def _strip(name: str) -> Drawing:
    return class_strip([Cell(name, "2024", "III"), Cell(name, "2025", None)], lang="en")


def _slopes(name: str) -> Drawing:
    return station_slopes([Slope(name, 1, 0.5, 2, 0.01, 30)], name=AMMONIA, unit="mg/L", lang="en")


def _shares(name: str) -> Drawing:
    return class_shares({name: {"I": 1.0}}, lang="en")


def _tli(name: str) -> Drawing:
    return trophic_series([Index(name, 50.0)], lang="en")


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("draw", [_strip, _slopes, _shares, _tli])
def test_words_from_outside_stay_words_in_a_file(draw: Any, attack: str) -> None:
    svg = as_svg(draw(attack))
    root = parsed(svg)
    assert not [e for e in root.iter() if e.tag.split("}")[-1] in {"script", "img", "image"}]
    assert not [k for e in root.iter() for k in e.attrib if k.lower().startswith("on")]
    shown = [words for words in words_of(svg) if words[:6] == attack[:6]]
    assert shown  # as it was written: {{7*7}} is not 49


@pytest.mark.parametrize("attack", ATTACKS)
def test_words_from_outside_are_only_ever_data(attack: str) -> None:
    spec = _strip(attack).spec
    spec = {k: v for k, v in spec.items() if k != "description"}
    said = json.dumps(_without_data(spec), ensure_ascii=False)
    assert json.dumps(attack, ensure_ascii=False)[1:-1] not in said.replace(
        json.dumps([attack], ensure_ascii=False), ""
    )


def _without_data(part: Any) -> Any:
    """Return a specification without its data and the orders of its axes (literal lists)."""
    if isinstance(part, dict):
        return {
            k: _without_data(v) for k, v in part.items() if k not in {"datasets", "data", "sort"}
        }
    return [_without_data(v) for v in part] if isinstance(part, list) else part


def test_a_chart_asks_nobody_for_anything() -> None:
    drawn = _strip("A")
    said = json.dumps({k: v for k, v in drawn.spec.items() if k != "$schema"})
    assert "http" not in said
    assert '"url"' not in said
    encoding = {"x": {"field": "a", "type": "quantitative"}}
    remote = {"data": {"url": "http://evil.example/x.json"}, "mark": "point", "encoding": encoding}
    with pytest.raises(ValueError, match=r"evil\.example"):
        as_svg(Drawing(remote, ""))


def test_a_chart_says_what_it_shows() -> None:
    drawn = _strip("Deep Pool")
    assert drawn.alt == drawn.spec["description"]
    assert "Deep Pool" in drawn.alt


def test_chinese_words_are_in_the_file(require_part: Any) -> None:
    _needs_fonts(require_part)
    svg = as_svg(class_strip([Cell("深潭口", "2024", "inferior_v")], lang="zh"))
    assert {"深潭口", "劣", "2024"} <= set(words_of(svg))
    assert b"Noto Sans CJK SC" in svg
    assert as_png(_strip("A")).startswith(b"\x89PNG")


def test_the_width_of_a_file_is_as_asked() -> None:
    for width in (600, 900):
        root = parsed(as_svg(_strip("A"), width=width))
        assert width <= float(root.attrib["width"]) <= width + 180


def test_without_a_chinese_font_only_chinese_charts_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawing, "chinese_fonts", lambda: ())
    assert as_svg(_strip("Deep Pool"))
    for save in (as_svg, as_png):
        with pytest.raises(MissingPart, match="Chinese font") as told:
            save(class_strip([Cell("深潭口", "2024", "I")], lang="zh"))
    assert "中文字体" in told.value.show("zh")


def test_fonts_are_known_by_their_files(tmp_path: Path) -> None:
    for name in ("a/NotoSansCJK-Regular.ttc", "b/msyh.ttc", "b/wqy-microhei.ttc", "DejaVuSans.ttf",
                 "b/NotoSansSC[wght].ttf", "b/notosanscjk.txt"):  # fmt: skip
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"")
    found = {file.name for file in fonts_in([tmp_path, tmp_path / "nowhere"])}
    assert found == {
        "NotoSansCJK-Regular.ttc", "msyh.ttc", "wqy-microhei.ttc", "NotoSansSC[wght].ttf",
    }  # fmt: skip
