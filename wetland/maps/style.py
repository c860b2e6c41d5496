"""Colours, line styles and shapes of everything on a map, and the legend that explains them.

No meaning rests on colour alone: zones also differ by line style, outcomes also by shape. The least
colour difference between any two that can touch is held by `tests/maps/test_style.py` for normal
vision and for the three kinds of colour blindness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wetland.base.texts import Text

Shape = Literal["circle", "square", "diamond", "triangle", "cross", "dot"]


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How the edge and the inside of an area, or a line, are drawn (``dash`` as SVG writes it)."""

    colour: str
    weight: float = 2.0
    dash: str | None = None
    fill: float = 0.08

    def leaflet(self) -> dict[str, object]:
        """Return the options of a Leaflet path."""
        options: dict[str, object] = {
            "color": self.colour,
            "weight": self.weight,
            "fillColor": self.colour,
            "fillOpacity": self.fill,
        }
        if self.dash:
            options["dashArray"] = self.dash
        return options


@dataclass(frozen=True, slots=True)
class MarkStyle:
    """How a place is drawn: a shape of ``radius`` pixels, filled or only outlined."""

    colour: str
    shape: Shape
    radius: float = 7.0
    filled: bool = True

    def leaflet(self) -> dict[str, object]:
        """Return the options of a mark (see `wetland.maps.offline.Prelude`)."""
        if not self.radius:
            return {"stroke": False, "fill": False, "radius": 0, "shape": self.shape}
        return {
            "color": "#ffffff" if self.filled else self.colour,
            "fillColor": self.colour if self.filled else "#ffffff",
            "fillOpacity": 1.0,
            "weight": 1.5 if self.filled else 2.5,
            "radius": self.radius,
            "shape": self.shape,
        }


ZONE_STYLES: dict[str, LineStyle] = {
    "protection": LineStyle("#0072B2", 3.0, None, 0.10),
    "buffer": LineStyle("#E69F00", 2.5, "9 6", 0.07),
    "landscape": LineStyle("#8C8C8C", 2.5, "2 5", 0.05),
}
INNER_ZONE = LineStyle("#0072B2", 1.0, "1 3", 0.0)
OTHER_ZONE = LineStyle("#4B4B7F", 1.5, "6 3 2 3", 0.04)

OUTCOME_MARKS: dict[str, MarkStyle] = {
    "broken": MarkStyle("#B00040", "diamond", 8.0),
    "undecided": MarkStyle("#4A1486", "square", 6.5, filled=False),
}
RECORD = MarkStyle("#00441B", "triangle", 7.0)
RECORD_AREA = LineStyle("#00441B", 2.0, "4 3", 0.15)
LANDMARK = MarkStyle("#5B5B5B", "dot", 2.5)
ASKED = MarkStyle("#111111", "cross", 9.0)
ASKED_AREA = LineStyle("#111111", 1.0, "3 3", 0.06)


@dataclass(frozen=True, slots=True)
class LegendItem:
    """One line of a legend: what is drawn, and what it means."""

    label: Text
    line: LineStyle | None = None
    mark: MarkStyle | None = None


def zone_style(kind: str, *, inner: bool = False) -> LineStyle:
    """Return the style of a zone of ``kind``; an inner zone is a thin dotted line.

    Examples
    --------
    >>> zone_style("buffer").colour, zone_style("wildlife_refuge") == OTHER_ZONE
    ('#E69F00', True)
    """
    if kind in ZONE_STYLES:
        return ZONE_STYLES[kind]
    return INNER_ZONE if inner else OTHER_ZONE
