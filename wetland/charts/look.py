"""Colours, letters and fonts that every chart shares.

The class colours keep the order of hues of the official assessment method (blue, green, yellow,
orange, red) with stepped lightness, so that they differ for the three kinds of colour blindness
too. I and II share their hue, as they share the word 优. A letter stands in or beside every colour:
nothing rests on colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetland.base.texts import Lang, Text
from wetland.water.standards import CLASS_LETTERS, CLASS_WORDS, COLOURS

CLASS_COLOURS: Mapping[str, str] = COLOURS
INK: Mapping[str, str] = {
    "I": "#FFFFFF",
    "II": "#FFFFFF",
    "III": "#10231F",
    "IV": "#10231F",
    "V": "#10231F",
    "inferior_v": "#FFFFFF",
}
LETTERS: Mapping[str, Text] = CLASS_LETTERS
CLASS_NAMES: Mapping[str, Text] = CLASS_WORDS
CLASS_ORDER = tuple(LETTERS)

NO_DATA = "#E3E7E6"
DARK = "#24323A"
MUTED = "#5F6E6A"
LINE = "#0072B2"
TREND = "#B00040"
BAND = "#B00040"
AHEAD = "#6A3D9A"

FONTS = (
    "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei", "SimSun",
)  # fmt: skip
FONT = ", ".join((*FONTS, "sans-serif"))


def letter(water_class: str | None, lang: Lang) -> str:
    """Return the letter of a class, or a dash where there is none.

    Examples
    --------
    >>> letter("inferior_v", "zh"), letter("II", "en"), letter(None, "zh")
    ('劣Ⅴ', 'II', '–')
    """
    known = LETTERS.get(water_class or "")
    return known.get(lang) if known is not None else "–"


def config() -> dict[str, Any]:
    """Return the look of all charts, the same in a browser and in a file."""
    axis = {
        "labelColor": DARK,
        "titleColor": MUTED,
        "gridColor": "#E8ECEB",
        "domainColor": "#B9C6C4",
        "tickColor": "#B9C6C4",
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
    }
    return {
        "font": FONT,
        "background": "#FFFFFF",
        "axis": axis,
        "legend": {"labelFontSize": 11, "titleFontSize": 11, "labelColor": DARK},
        "title": {"anchor": "start", "fontSize": 13, "color": DARK, "fontWeight": 600,
                  "subtitleFontSize": 11, "subtitleColor": MUTED, "offset": 8},
        "view": {"stroke": None},
        "text": {"color": DARK},
    }  # fmt: skip
