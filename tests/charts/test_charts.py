"""What the charts show: letters beside colours, non-detects, limits, grey for what is not there."""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from tests.maps.test_style import VISION, _lab
from wetland.base.texts import text
from wetland.charts.compare import BETTER, Slope, station_slopes
from wetland.charts.drawing import Drawing
from wetland.charts.look import CLASS_COLOURS, CLASS_ORDER, INK, LETTERS, NO_DATA
from wetland.charts.series import Ahead, Dot, Line, epoch_ms, parameter_series
from wetland.charts.shares import class_shares
from wetland.charts.strip import PICK, Cell, class_strip
from wetland.charts.trophic import Index, trophic_series
from wetland.water.stations import CLASSES

AMMONIA = text("氨氮", "ammonia")
LIMITS = {"I": 0.15, "II": 0.5, "III": 1.0, "IV": 1.5, "V": 2.0}


def rows(drawn: Drawing) -> list[dict[str, Any]]:
    """Return all rows of data of a chart, each once."""
    found: list[dict[str, Any]] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            for key, value in part.items():
                if key == "data" and isinstance(value, dict):
                    found.extend(v for v in value.get("values", []) if v not in found)
                else:
                    walk(value)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    walk(drawn.spec)
    return found


def test_every_class_has_a_colour_a_letter_and_ink() -> None:
    assert tuple(CLASS_COLOURS) == tuple(INK) == tuple(LETTERS) == CLASS_ORDER == CLASSES
    assert len({letter.zh for letter in LETTERS.values()}) == len(CLASSES)


@pytest.mark.parametrize("vision", VISION)
def test_class_colours_differ_for_everybody(vision: str) -> None:
    seen = [_lab(c, VISION[vision]) for c in dict.fromkeys([*CLASS_COLOURS.values(), NO_DATA])]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 15


@pytest.mark.parametrize("key", CLASSES)
def test_a_letter_can_be_read_on_its_colour(key: str) -> None:
    def light(colour: str) -> float:
        rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    dark, bright = sorted((light(CLASS_COLOURS[key]), light(INK[key])))
    assert (bright + 0.05) / (dark + 0.05) >= 4.5


def test_what_was_not_measured_is_grey_and_never_a_class() -> None:
    drawn = class_strip([Cell("A", "2024", "I"), Cell("B", "2025", None)], lang="en")
    cells = {(v["row"], v["column"]): v for v in rows(drawn)}
    assert len(cells) == 4  # every station in every period
    for at in (("A", "2025"), ("B", "2024"), ("B", "2025")):
        assert (cells[at]["fill"], cells[at]["letter"]) == (NO_DATA, "–")
        assert cells[at]["note"] == "no data"


def test_an_incomplete_class_has_a_question_mark_and_too_few_samples_are_pale() -> None:
    cells = [Cell("A", "2024", "III", complete=False), Cell("A", "2025", "V", official=False)]
    first, second = (rows(class_strip(cells, lang="zh")))[:2]
    assert first["letter"] == "Ⅲ?"
    assert "可能更差" in first["note"]
    assert second["opacity"] < first["opacity"] == 1.0


def test_a_strip_can_be_picked_and_keeps_the_order_of_stations() -> None:
    drawn = class_strip(
        [Cell("A", "2024", "I", "a"), Cell("B", "2024", "II", "b")], lang="zh", rows=["B", "A"]
    )
    assert [v["row"] for v in rows(drawn)][:2] == ["B", "A"]
    assert drawn.spec["params"][0]["name"] == PICK


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_charts_without_data_are_drawn_and_say_so(lang: Any) -> None:
    empty = [
        class_strip([], lang=lang),
        parameter_series([], name=AMMONIA, unit="mg/L", lang=lang),
        class_shares({}, lang=lang),
        station_slopes([], name=AMMONIA, unit="mg/L", lang=lang),
        trophic_series([], lang=lang),
    ]
    assert all(drawn.alt for drawn in empty)
    assert "没有数据" in empty[0].alt or "no data" in empty[0].alt


def test_a_non_detect_points_down_from_its_limit_and_is_not_filled() -> None:
    dots = [Dot(dt.date(2024, 1, 5), 0.025, "below"), Dot(dt.date(2024, 2, 5), 0.4)]
    drawn = parameter_series(dots, name=AMMONIA, unit="mg/L", lang="en")
    first, second = (row for row in rows(drawn) if "shape" in row)
    assert (first["shape"], first["fill"], first["shown"]) == ("triangle-down", "#FFFFFF", "<0.025")
    assert (second["shape"], second["shown"]) == ("circle", "0.4")
    assert "1 of them not detected" in drawn.alt


def test_a_result_without_a_number_is_left_out() -> None:
    dots = [Dot(dt.date(2024, 1, 5), float("nan"), "below")]
    assert "no data" in parameter_series(dots, name=AMMONIA, unit="mg/L", lang="en").alt


def _limits_drawn(values: list[float]) -> set[float]:
    dots = [Dot(dt.date(2024, 1 + i, 5), v) for i, v in enumerate(values)]
    drawn = parameter_series(dots, name=AMMONIA, unit="mg/L", lang="en", limits=LIMITS)
    return {row["value"] for row in rows(drawn) if "label" in row}


def test_limits_far_from_the_values_are_left_out() -> None:
    assert _limits_drawn([0.4, 0.9]) == {0.15, 0.5, 1.0}
    assert _limits_drawn([0.05, 0.06]) == set()
    assert _limits_drawn([0.1, 2.5]) == set(LIMITS.values())


def test_classes_that_share_a_limit_share_a_line() -> None:
    dots = [Dot(dt.date(2024, i, 5), 10.0 + i) for i in range(1, 9)]
    drawn = parameter_series(
        dots, name=AMMONIA, unit="mg/L", lang="en", limits={"I": 15, "II": 15, "III": 20}
    )
    assert next(r["label"] for r in rows(drawn) if "label" in r) == "limit I/II: 15"


def test_the_trend_line_runs_through_the_middle_with_the_slope_given() -> None:
    dots = [Dot(dt.date(2014 + i, 1, 1), 3.0 - 0.1 * i) for i in range(11)]
    line = Line(-0.1, -0.12, -0.08)
    drawn = parameter_series(dots, name=AMMONIA, unit="mg/L", lang="en", extra=line)
    first, middle, last = (row for row in rows(drawn) if "fit" in row)
    assert middle["fit"] == middle["low"] == middle["high"] == pytest.approx(2.5)
    assert last["fit"] - first["fit"] == pytest.approx(-1.0, rel=1e-3)
    assert first["high"] < first["fit"] < first["low"]  # the slope's interval opens to both sides
    assert "-0.1 (-0.12 to -0.08)" in drawn.alt


def test_a_forecast_is_drawn_with_its_interval() -> None:
    ahead = [Ahead(dt.date(2024, 3, 15), 0.5, 0.2, 0.9)]
    dots = [Dot(dt.date(2024, 1, 5), 0.4), Dot(dt.date(2024, 2, 5), 0.5)]
    drawn = parameter_series(dots, name=AMMONIA, unit="mg/L", lang="zh", extra=ahead)
    [month] = [row for row in rows(drawn) if row.get("note") == "预测"]
    assert (month["low"], month["high"], month["day"]) == (0.2, 0.9, "2024-03")


def test_days_do_not_depend_on_where_the_reader_is() -> None:
    assert epoch_ms(dt.date(1970, 1, 2)) == 86_400_000
    at = dt.datetime(2024, 2, 29, tzinfo=dt.UTC).timestamp() * 1000
    assert epoch_ms(dt.date(2024, 2, 29)) == at
    dots = [Dot(dt.date(2024, 1, 5), 0.4), Dot(dt.date(2024, 2, 5), 0.5)]
    spec = str(parameter_series(dots, name=AMMONIA, unit="mg/L", lang="zh").spec)
    assert "'type': 'utc'" in spec
    assert "%b" not in spec
    assert "%Y-%m" in spec


def test_shares_that_do_not_fill_the_whole_leave_a_gap() -> None:
    drawn = class_shares({"2024": {"II": 0.5, "inferior_v": 0.25}}, lang="en")
    tops = [row["to"] for row in rows(drawn)]
    assert tops == [0.5, 0.75]
    assert [row["percent"] for row in rows(drawn)] == ["50%", "25%"]


def test_a_slope_differs_by_shape_as_well() -> None:
    both = [Slope("A", -1, -2, -0.5, 0.01, 9, BETTER), Slope("B", 1, -1, 2, 0.6, 9)]
    drawn = station_slopes(both, name=AMMONIA, unit="mg/L", lang="en")
    shapes = [row["shape"] for row in rows(drawn) if "shape" in row]
    assert len(set(shapes)) == 2
    assert "B +1 (no trend shown)" in drawn.alt


def test_a_subset_of_the_trophic_items_is_hollow() -> None:
    drawn = trophic_series([Index("2024", 55.0), Index("2025", 52.0, official=False)], lang="en")
    full, part = (row for row in rows(drawn) if "tli" in row)
    assert full["fill"] != part["fill"] == "#FFFFFF"
    assert "not the official" in part["note"]
    assert "52.0" in drawn.alt
