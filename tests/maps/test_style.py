"""Colours that can touch differ for everybody, and nothing rests on colour alone."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from wetland.maps.style import OUTCOME_MARKS, RECORD, ZONE_STYLES

# Machado, Oliveira, Fernandes (2009), severity 1.0, linear RGB.
VISION = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def _lab(colour: str, seen: np.ndarray) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = XYZ @ np.clip(seen @ linear, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION)
def test_zone_colours_differ(vision: str) -> None:
    colours = [style.colour for style in ZONE_STYLES.values()]
    least = min(
        np.linalg.norm(_lab(a, VISION[vision]) - _lab(b, VISION[vision]))
        for a, b in combinations(colours, 2)
    )
    assert least > 20


@pytest.mark.parametrize("vision", VISION)
def test_a_mark_stands_out_from_every_zone(vision: str) -> None:
    marks = [mark.colour for mark in (*OUTCOME_MARKS.values(), RECORD)]
    zones = [style.colour for style in ZONE_STYLES.values()]
    least = min(
        np.linalg.norm(_lab(a, VISION[vision]) - _lab(b, VISION[vision]))
        for a in marks
        for b in zones
    )
    assert least > 20


def test_zones_also_differ_by_line_and_outcomes_by_shape() -> None:
    assert len({style.dash for style in ZONE_STYLES.values()}) == len(ZONE_STYLES)
    marks = [*OUTCOME_MARKS.values(), RECORD]
    assert len({(mark.shape, mark.filled) for mark in marks}) == len(marks)
