"""What the charts of visitors show: tiers with words, gaps that are no zero, points not joined."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.charts.test_birds import _bare
from tests.charts.test_charts import rows
from tests.maps.test_style import VISION, _lab
from wetland.base.texts import text
from wetland.charts.drawing import Drawing, as_svg, labelled
from wetland.charts.visitorbalance import capped_days, month_panel
from wetland.charts.visitorcalendar import DayCell, day_calendar
from wetland.charts.visitorforecast import Counted, Limit, NamedDays, Step, counts_ahead
from wetland.charts.visitorgauge import LoadBar, load_gauges
from wetland.charts.visitorparking import ParkBar, parking_bars
from wetland.charts.visitortiers import COLOURS, OUTCOMES, TINTS, large_words, wall_ms
from wetland.charts.visitortotals import PublishedTotal, counted_sum, published_totals

TIERS = [("yellow", 0.8), ("orange", 0.9), ("red", 1.0)]
DAY = dt.date(2026, 10, 1)
ENTRIES = text("入园人次", "entries")
XIXI = [
    PublishedTotal(dt.date(2020, 9, 30), 45_000_000, "45 M", "a", "high"),
    PublishedTotal(dt.date(2023, 12, 31), 55_000_000, "55 M", "b"),
    PublishedTotal(dt.date(2025, 5, 31), 65_000_000, "65 M", "b", about=True),
]


def days(n: int, value: float | None = 100.0) -> list[DayCell]:
    return [DayCell(DAY + dt.timedelta(days=k), value, "kept") for k in range(n)]


def past(n: int) -> list[Counted]:
    return [Counted(DAY + dt.timedelta(days=k), float(k)) for k in range(n)]


STEP = Step(DAY + dt.timedelta(days=9), 12.0, 5.0, 30.0)

ALL: dict[str, Callable[[Any], Drawing]] = {
    "gauge": lambda lang: load_gauges([LoadBar("a", 5.0, 10, "kept")], tiers=TIERS, lang=lang),
    "calendar": lambda lang: day_calendar(days(9), lang=lang),
    "tiers": lambda lang: day_calendar(days(9), lang=lang, tiers=True),
    "ahead": lambda lang: counts_ahead(past(9), [STEP], name=ENTRIES, freq="day", lang=lang),
    "parking": lambda lang: parking_bars([ParkBar("a", 5.0, 10)], lang=lang),
    "totals": lambda lang: published_totals(XIXI, lang=lang),
    "sum": lambda lang: counted_sum([(DAY, 5.0)], lang=lang),
    "panel": lambda lang: month_panel({"a": 1.0}, months=["a"], name=ENTRIES, lang=lang),
    "cap": lambda lang: capped_days([(DAY, 5.0)], cap=3.0, lang=lang),
}  # fmt: skip
EMPTY: dict[str, Callable[[Any], Drawing]] = {
    "gauge": lambda lang: load_gauges([], tiers=[], lang=lang),
    "calendar": lambda lang: day_calendar([], lang=lang),
    "ahead": lambda lang: counts_ahead([], [], name=ENTRIES, freq="hour", lang=lang),
    "parking": lambda lang: parking_bars([], lang=lang),
    "totals": lambda lang: published_totals([], lang=lang),
    "sum": lambda lang: counted_sum([], lang=lang),
    "panel": lambda lang: month_panel({}, months=[], name=ENTRIES, lang=lang),
    "cap": lambda lang: capped_days([], cap=3.0, lang=lang),
}


@pytest.mark.parametrize("chart", ALL)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_chart_says_what_it_shows_and_asks_nobody(chart: str, lang: str) -> None:
    drawn = ALL[chart](lang)
    assert any("\u4e00" <= c <= "\u9fff" for c in drawn.alt) == (lang == "zh")
    assert "http" not in json.dumps({k: v for k, v in drawn.spec.items() if k != "$schema"})


@pytest.mark.parametrize("chart", EMPTY)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_to_draw_is_said(chart: str, lang: str) -> None:
    drawn = EMPTY[chart](lang)
    assert len(drawn.alt) > 4
    assert not [r for r in rows(drawn) if "day" in r or "row" in r]


@pytest.mark.parametrize("chart", ALL)
def test_every_chart_can_be_made_a_file(chart: str) -> None:
    drawn = labelled(ALL[chart]("en"), "Synthetic data")
    assert b"Synthetic data" in as_svg(drawn, width=390)
    assert drawn.alt.startswith("Synthetic data. ")


@pytest.mark.parametrize("vision", VISION)
def test_colours_of_a_load_differ_for_everybody_and_have_words(vision: str) -> None:
    assert set(COLOURS) == set(OUTCOMES)
    assert set(TINTS) < set(COLOURS)
    seen = [_lab(c, VISION[vision]) for c in COLOURS.values()]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 12


def test_a_load_is_shown_with_its_number_word_and_share() -> None:
    bars = [
        LoadBar("a", 88_950.0, 86_600, "red", when="2026-10-02", source="list of 2015"),
        LoadBar("b", 50.0, 100, "undecided", at_least=True),
        LoadBar("c", None, 100, "undecided"),
        LoadBar("d", 5.0, None, "undecided"),
        LoadBar("e", 900.0, 100, "red"),
    ]
    drawn = load_gauges(bars, tiers=TIERS, lang="en")
    values = {r["row"]: r for r in rows(drawn) if "row" in r}
    assert values["a"]["line"].startswith("88,950 / 86,600 · 103% · red")
    assert values["a"]["source"] == "list of 2015"
    assert values["b"]["fill"] == "#FFFFFF"  # not decided: hollow
    assert "at least 50 / 100" in values["b"]["line"]
    assert (values["c"]["share"], values["d"]["share"]) == (None, None)
    assert "not counted" in values["c"]["line"]
    assert "no capacity" in values["d"]["line"]
    assert values["e"]["share"] < 9  # it ends at the edge, its number stays
    assert "900%" in values["e"]["line"]


def test_the_ground_of_a_gauge_is_the_tiers_without_gap() -> None:
    drawn = load_gauges([LoadBar("a", 5.0, 10, "kept")], tiers=TIERS, lang="zh")
    ground = [r for r in rows(drawn) if "low" in r]
    assert [r["low"] for r in ground] == [0.0, 0.8, 0.9, 1.0]
    assert all(a["high"] == b["low"] for a, b in pairwise(ground))


def test_a_day_nobody_counted_is_no_zero() -> None:
    cells = [
        DayCell(DAY, 0.0, "kept"),
        DayCell(DAY + dt.timedelta(days=1), None, kind="holiday", kind_words="National Day"),
        DayCell(DAY + dt.timedelta(days=2), 7.0, "undecided", at_least=True),
    ]
    drawn = day_calendar(cells, lang="en")
    zero, gap, part = (r for r in rows(drawn) if "weekday" in r)
    assert (zero["filled"], gap["filled"]) == (True, False)
    assert (zero["shown"], gap["shown"], part["shown"]) == ("0", "not counted", "at least 7")
    assert (gap["mark"], gap["kind"], part["mark"]) == ("H", "National Day", "≥")
    assert "2 days counted, 1 not" in drawn.alt
    by_tier = [r for r in rows(day_calendar(cells, lang="en", tiers=True)) if "weekday" in r]
    assert [r["word"] for r in by_tier] == ["below the tiers", "–", "undecided"]


@settings(max_examples=25)
@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)))
def test_a_day_stands_in_its_week(day: dt.date) -> None:
    [cell] = [r for r in rows(day_calendar([DayCell(day, 1.0)], lang="en")) if "weekday" in r]
    sunday = dt.date.fromisoformat(cell["week"])
    assert sunday.weekday() == 6
    assert 0 <= (sunday - day).days < 7
    assert cell["weekday"] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day.weekday()]


def test_a_forecast_has_its_interval_and_a_gap_stays_a_gap() -> None:
    counted = [*past(5), Counted(DAY + dt.timedelta(days=5), math.nan), *past(9)[6:]]
    holiday = NamedDays(DAY, DAY + dt.timedelta(days=6), "国庆节")
    far = NamedDays(dt.date(2030, 1, 1), dt.date(2030, 1, 1), "far")
    unknown = Step(DAY + dt.timedelta(days=10), math.nan, math.nan, math.nan)
    drawn = counts_ahead(
        counted, [STEP, unknown], name=ENTRIES, freq="day", lang="en", marks=[holiday, far]
    )
    told = rows(drawn)
    [step] = [r for r in told if "mean" in r]
    assert (step["mean"], step["low"], step["high"]) == (12.0, 5.0, 30.0)
    assert step["shown"] == "12 (5 – 30)"
    assert [r["value"] for r in told if "value" in r][5] is None
    assert [r["label"] for r in told if "label" in r] == ["国庆节"]
    assert "entries: 8 counts" in drawn.alt
    assert "2026-10-10 is 12 (5 to 30)" in drawn.alt


def test_a_limit_within_reach_is_drawn_and_one_far_above_is_not() -> None:
    near, far = Limit(10.0, "80 %", "#E5C02C"), Limit(1e6, "capacity", "#A3003A")
    drawn = counts_ahead(past(9), [], name=ENTRIES, freq="day", lang="en", marks=[near, far])
    assert [r["label"] for r in rows(drawn) if "label" in r] == ["80 %"]


@pytest.mark.parametrize("freq", ["hour", "day", "month"])
def test_counts_alone_are_drawn_without_a_forecast(freq: Any) -> None:
    drawn = counts_ahead(past(400), [], name=ENTRIES, freq=freq, lang="en")
    assert "no forecast" in drawn.alt
    assert not [r for r in rows(drawn) if "mean" in r]


def test_a_car_park_is_open_nearly_full_full_stale_closed_or_unknown() -> None:
    bars = [
        ParkBar("a", 50.0, 100),
        ParkBar("b", 95.0, 100),
        ParkBar("c", 104.0, 100),
        ParkBar("d", 50.0, 100, stale=True),
        ParkBar("e", 50.0, 100, closed=True),
        ParkBar("f", None, 100),
        ParkBar("g", 5.0, None),
    ]
    states = ["open", "nearly", "full", "stale", "closed", "none", "none"]
    assert [b.state for b in bars] == states
    values = {r["row"]: r for r in rows(parking_bars(bars, lang="en")) if "row" in r}
    assert values["c"]["line"] == "full · 0 of 100 free · 104% taken"
    assert values["d"]["fill"] == "#FFFFFF"
    assert values["f"]["share"] is None
    assert "99% taken" in parking_bars([ParkBar("a", 339.0, 340)], lang="en").alt


def test_published_totals_are_points_without_line_slope_or_percent() -> None:
    drawn = published_totals(XIXI, lang="en")
    marks = [layer["mark"]["type"] for layer in drawn.spec["layer"]]
    assert sorted(set(marks)) == ["point", "text"]
    written = json.dumps(drawn.spec) + drawn.alt
    for forbidden in ('"line"', '"trail"', "regression", "loess", "slope"):
        assert forbidden not in written
    assert [r["shown"] for r in rows(drawn) if "wording" in r] == ["45 M", "55 M", "≈65 M"]


def test_the_parks_own_sum_adds_only_what_was_counted() -> None:
    series = [(DAY + dt.timedelta(days=k), v) for k, v in enumerate([5.0, None, 7.0])]
    drawn = counted_sum(series, lang="en")
    assert [r["sum"] for r in rows(drawn)] == [5.0, None, 12.0]
    assert "12 visits; 1 days were not counted" in drawn.alt


@settings(max_examples=25)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.floats(1, 1e6))
def test_what_is_above_a_cap_and_below_it_is_the_day(values: list[float], cap: float) -> None:
    drawn = capped_days(
        [(DAY + dt.timedelta(days=k), v) for k, v in enumerate(values)], cap=cap, lang="en"
    )
    bars = {r["day"]: r for r in rows(drawn) if "under" in r}
    assert [b["value"] for b in bars.values()] == values
    assert all(b["under"] == min(b["value"], cap) for b in bars.values())


def test_a_month_without_a_value_is_a_gap() -> None:
    drawn = month_panel(
        {"2026-01": 2e6, "2026-03": 1.0}, months=["2026-01", "2026-02", "2026-03"], name=ENTRIES,
        lang="en",
    )  # fmt: skip
    assert [r["value"] for r in rows(drawn)] == [2e6, None, 1.0]
    assert "2 months with a value" in drawn.alt


@given(st.datetimes(timezones=st.just(dt.timezone(dt.timedelta(hours=8)))))
def test_a_wall_time_is_drawn_by_its_own_clock(at: dt.datetime) -> None:
    whole = at.replace(microsecond=0)
    at_utc = whole.replace(tzinfo=dt.UTC)
    assert wall_ms(whole) == wall_ms(at_utc) == at_utc.timestamp() * 1000


@given(st.integers(0, 10**9))
def test_large_counts_are_said_in_the_units_of_the_language(n: int) -> None:
    assert ("万" in large_words(n, "zh")) == (n >= 10_000)
    assert large_words(n, "en").endswith(" M") == (n >= 1_000_000)


@pytest.mark.parametrize("attack", ["{{7*7}}", "<img src=x onerror=alert(1)>", "datum.x'"])
def test_names_stand_in_the_data_only(attack: str) -> None:
    name = text("a", "a")
    charts = [
        load_gauges([LoadBar(attack, 1.0, 2, "kept", source=attack)], tiers=TIERS, lang="en"),
        day_calendar([DayCell(DAY, 1.0, note=attack, kind_words=attack)], lang="en"),
        counts_ahead(
            past(3), [Step(DAY, 1.0, 0.0, 2.0, attack)], name=name, freq="day", lang="en",
            marks=[NamedDays(DAY, DAY, attack), Limit(3.0, attack, "#000000")],
        ),
        parking_bars([ParkBar(attack, 1.0, 2, attack)], lang="en"),
        published_totals([PublishedTotal(DAY, 1, attack, attack)], lang="en"),
    ]  # fmt: skip
    for drawn in charts:
        spec = {k: v for k, v in drawn.spec.items() if k != "description"}
        assert attack not in json.dumps(_bare(spec), ensure_ascii=False)
