"""What the water page counts and writes: no data is never kept or missed, names are no formulas."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pandas as pd
import pytest

from wetland.charts.look import CLASS_COLOURS
from wetland.operations.water import WaterData, empty
from wetland.ui import waterwords
from wetland.ui.watercompare import judged, shares_of
from wetland.ui.waterfiles import classes_file, results_file
from wetland.ui.waterseries import direction, month_of
from wetland.ui.waterstation import in_period
from wetland.ui.watersummary import periods_of, summary_of
from wetland.water.parameters import parameters
from wetland.water.standards import assessment_on
from wetland.water.stations import CLASSES
from wetland.water.tables import WATER_RESULTS


def _row(station: str, period: str, key: str | None, **more: Any) -> dict[str, Any]:
    row = {
        "station": station, "period": period, "water_class": key, "complete": True,
        "meets_target": None if key is None else CLASSES.index(key) <= 2,  # type: ignore[arg-type]
        "main_pollutants": [], "deciding": ["tp"], "samples": 1, "official": True,
    }  # fmt: skip
    return row | more


def _frame(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows))
    frame["meets_target"] = pd.Series([r["meets_target"] for r in rows], dtype=object)
    frame["water_class"] = pd.Series([r["water_class"] for r in rows], dtype=object)
    return frame


def test_a_station_without_a_class_is_neither_kept_nor_missed() -> None:
    frame = _frame(_row("a", "2024-05", "II"), _row("b", "2024-05", None))
    found = summary_of(frame, "2024-05", ["a", "b", "c"])
    assert (found.met, found.missed, found.open, found.no_data) == (1, 0, 0, 2)


def test_the_worst_station_is_of_the_worst_class_then_of_the_largest_multiple() -> None:
    frame = _frame(
        _row("a", "2024", "IV", main_pollutants=[{"parameter": "tp", "multiple": 0.2}]),
        _row("b", "2024", "IV", main_pollutants=[{"parameter": "tp", "multiple": 0.9}]),
        _row("c", "2024", "I"),
    )
    found = summary_of(frame, "2024", ["a", "b", "c"])
    assert found.worst is not None
    assert (found.worst["station"], found.as_bad) == ("b", 1)


def test_nothing_measured_has_no_worst_station() -> None:
    found = summary_of(_frame(_row("a", "2024", None)), "2024", ["a"])
    assert found.worst is None
    assert found.as_bad == found.met == found.past_judged == 0


def test_changes_use_the_words_of_the_method_and_only_full_classes() -> None:
    """I to II is no change; "III or worse" is not compared at all."""
    frame = _frame(
        _row("a", "2023-05", "I"), _row("a", "2024-05", "II"),
        _row("b", "2023-05", "II"), _row("b", "2024-05", "III"),
        _row("c", "2023-05", "V"), _row("c", "2024-05", "III", complete=False),
        _row("d", "2024-04", "V"), _row("d", "2024-05", "III"),
    )  # fmt: skip
    found = summary_of(frame, "2024-05", ["a", "b", "c", "d"])
    assert set(found.changes["last_year"]) == {"a", "b"}
    assert (found.better("last_year"), found.worse("last_year")) == (0, 1)
    assert (found.better("previous"), found.worse("previous")) == (1, 0)


def test_the_past_counts_what_can_be_told_in_the_latest_periods() -> None:
    rows = [_row("a", f"2024-{m:02d}", "II" if m > 2 else "V") for m in range(1, 13)]
    rows += [_row("a", "2023-12", "V"), _row("b", "2024-12", None), _row("a", "2025-01", "V")]
    found = summary_of(_frame(*rows), "2024-12", ["a", "b"])
    assert (found.past_met, found.past_judged) == (10, 12)


def test_periods_without_any_class_are_not_offered() -> None:
    frame = _frame(_row("a", "2024", None), _row("a", "2023", "I"), _row("b", "2025", "II"))
    assert periods_of(frame) == ["2025", "2023"]


@pytest.mark.parametrize(
    ("day", "period", "inside"),
    [
        ("2024-05-31", "2024-05", True),
        ("2024-06-01", "2024-05", False),
        ("2024-06-30", "2024-Q2", True),
        ("2024-07-01", "2024-Q2", False),
        ("2024-12-31", "2024", True),
        ("2025-01-01", "2024", False),
    ],
)
def test_a_period_holds_its_days(day: str, period: str, inside: bool) -> None:
    assert in_period(dt.date.fromisoformat(day), period) is inside


def test_shares_leave_a_gap_for_stations_without_a_class() -> None:
    shares, counts = shares_of(_frame(_row("a", "2024", "II"), _row("b", "2024", None)))
    assert shares["2024"]["II"] == 0.5
    assert sum(shares["2024"].values()) == 0.5
    assert counts == {"2024": 2}


@pytest.mark.parametrize(
    ("slope", "p", "code", "said"),
    [
        (0.2, 0.01, "do", "better"),  # more oxygen
        (0.2, 0.01, "tp", "worse"),
        (-0.2, 0.01, "tp", "better"),
        (0.2, 0.05, "tp", "unclear"),  # at the level itself nothing is shown
        (0.2, 0.01, "ph", "unclear"),
        (0.0, 0.01, "tp", "unclear"),
    ],
)
def test_better_and_worse_hang_on_the_parameter(
    slope: float, p: float, code: str, said: str
) -> None:
    assert judged({"slope_per_year": slope, "p_value": p}, code) == said


def test_a_trend_that_could_not_be_worked_out_shows_none() -> None:
    assert direction({"slope_per_year": float("nan"), "p_value": 0.01}) == "unclear"
    assert (month_of(2015.0), month_of(2015.999)) == ("2015-01", "2015-12")


def test_the_colours_are_those_of_the_method() -> None:
    method = assessment_on()
    assert {c: method.condition(c).hex for c in CLASSES} == dict(CLASS_COLOURS)


def test_limits_are_told_as_they_are_read() -> None:
    assert waterwords.limit_words("tp", "III", "river") == "≤ 0.2"
    assert waterwords.limit_words("tp", "III", "lake") == "≤ 0.05"
    assert waterwords.limit_words("do", "III", "river") == "≥ 5"
    assert waterwords.limit_words("ph", "III", "lake") == "6 – 9"
    assert waterwords.limit_words("cond", "III", "lake") == "–"
    assert waterwords.limit_words("tp", None, "lake") == "–"


def test_every_parameter_has_a_unit_to_show_or_none() -> None:
    assert waterwords.unit_of("cond") == "μS/cm"
    assert waterwords.unit_of("ph") == ""
    assert all("deg" not in waterwords.unit_of(code) for code in parameters())


def test_a_spreadsheet_runs_nothing_of_a_download() -> None:
    bad = '=HYPERLINK("http://evil.example")'
    frame = _frame(_row(bad, "2024", "II", deciding=["=1+1"]))
    content = classes_file(frame, "zh", synthetic=True)
    assert content.startswith(b"\xef\xbb\xbf")
    [head, row] = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    cells = dict(zip(head, row, strict=True))
    assert cells["station"] == "'" + bad
    assert not [cell for cell in row if cell[:1] in "=+-@" and cell]
    assert "虚构" in cells["notice"]
    assert cells["complete"] == "true"


def test_results_are_exported_with_a_notice_where_they_are_invented() -> None:
    held = WaterData(empty(WATER_RESULTS), {})
    head = results_file(held).decode("utf-8-sig").splitlines()[0]
    assert head.split(",")[:2] == ["result_id", "site"]
    assert "notice" not in head


def test_a_badge_is_escaped() -> None:
    assert "<img" not in waterwords.badge("II", "<img src=x>")
