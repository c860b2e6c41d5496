"""What the charts of birds show: intervals, what was not surveyed, lists without any trend."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.charts.test_charts import rows
from wetland.base.texts import text
from wetland.birds.alerts import LEVELS as ALERT_LEVELS
from wetland.charts.birdalerts import LEVEL_COLOURS, LEVELS, SpanChange, alert_spans
from wetland.charts.birdindex import IndexPoint, index_series
from wetland.charts.birdlist import TITLE, ListBar, published_list
from wetland.charts.birdrichness import RichnessBar, effort_years, richness_years
from wetland.charts.birdseasons import WEEKS, Week, day_words, phenology_strip
from wetland.charts.drawing import Drawing
from wetland.charts.look import NO_DATA

DUCK = text("罗纹鸭", "falcated duck")
POINTS = [
    IndexPoint("2020/21", 100.0, 80.0, 125.0),
    IndexPoint("2021/22", 60.0, 40.0, 90.0, smooth=70.0, surveyed=False),
    IndexPoint("2022/23", math.nan),
]
XIXI = [
    ListBar(2005, 79, "79", "a", "low", conflicts=(69, 89)),
    ListBar(2020, 180, "180+", "b", "high", at_least=True),
    ListBar(2024, 224, "224", "c"),
]

ALL: dict[str, Callable[[Any], Drawing]] = {
    "index": lambda lang: index_series(POINTS, name=DUCK, base="2020/21", lang=lang),
    "phenology": lambda lang: phenology_strip([Week("a", 1, 4, 2, 3.5)], lang=lang),
    "list": lambda lang: published_list(XIXI, lang=lang),
    "richness": lambda lang: richness_years([RichnessBar("2020", 9, 4)], lang=lang),
    "effort": lambda lang: effort_years([RichnessBar("2020", 9, 4)], lang=lang),
    "alerts": lambda lang: alert_spans([SpanChange("5", -30.0, -50.0, -5.0)], lang=lang),
}
EMPTY: list[Callable[[Any], Drawing]] = [
    lambda lang: index_series([], name=DUCK, base="–", lang=lang),
    lambda lang: phenology_strip([], lang=lang),
    lambda lang: published_list([], lang=lang),
    lambda lang: richness_years([], lang=lang),
    lambda lang: effort_years([], lang=lang),
    lambda lang: alert_spans([], lang=lang),
]


@pytest.mark.parametrize("chart", ALL)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_chart_says_what_it_shows_and_asks_nobody(chart: str, lang: str) -> None:
    drawn = ALL[chart](lang)
    assert any("\u4e00" <= c <= "\u9fff" for c in drawn.alt) == (lang == "zh")
    assert "http" not in json.dumps({k: v for k, v in drawn.spec.items() if k != "$schema"})


@pytest.mark.parametrize("make", EMPTY)
def test_nothing_to_draw_is_said_and_draws_no_row(make: Callable[[Any], Drawing]) -> None:
    drawn = make("en")
    assert drawn.alt
    assert not [r for r in rows(drawn) if "column" in r or "season" in r or "row" in r]


def test_an_index_has_its_interval_and_hollow_points_where_nobody_surveyed() -> None:
    drawn = ALL["index"]("en")
    values = {r["season"]: r for r in rows(drawn) if "season" in r}
    assert list(values) == ["2020/21", "2021/22"]  # a season without a value is a gap
    assert values["2020/21"]["shown"] == "100.0 (80.0 – 125.0)"
    assert (values["2020/21"]["low"], values["2020/21"]["high"]) == (80.0, 125.0)
    assert values["2021/22"]["fill"] == "#FFFFFF"
    assert values["2021/22"]["note"] == "not surveyed that season: imputed by the model"
    assert "the last is 60 (40 to 90), 2020/21 being 100" in drawn.alt


def test_an_endless_interval_does_not_flatten_the_index() -> None:
    drawn = index_series(
        [IndexPoint("a", 100.0), IndexPoint("b", 90.0, 1.0, 1e9)], name=DUCK, base="a", lang="en"
    )
    top = {
        s["domain"][1]
        for layer in drawn.spec["layer"]
        if (s := layer.get("encoding", {}).get("y", {}).get("scale"))
    }
    assert max(top) < 300


def test_weeks_found_looked_for_and_not_surveyed_never_look_the_same() -> None:
    weeks = [Week("a", 1, 4, 2, 3.5), Week("a", 2, 3, 0), Week("a", 4, 0, 0)]
    cells = {r["from"]: r for r in rows(phenology_strip(weeks, lang="en"))}
    assert len(cells) == WEEKS
    found, looked, never = cells[1], cells[2], cells[3]
    assert len({found["fill"], looked["fill"], never["fill"]}) == 3
    assert never["fill"] == cells[4]["fill"] == NO_DATA
    assert (found["shown"], looked["shown"], never["shown"]) == (
        "2 of 4", "looked for 3 times, none", "not surveyed",
    )  # fmt: skip


@given(st.integers(-10, 400))
def test_days_are_numbers_in_order(day: int) -> None:
    said = day_words(day)
    month, number = (int(part) for part in said.split("-"))
    assert 1 <= month <= 12
    assert 1 <= number <= 31
    assert day_words(day + 1) >= said


def test_published_lists_are_bars_without_line_slope_or_percent() -> None:
    assert TITLE.en == "cumulative list of recorded species"
    assert TITLE.zh == "历年累计记录鸟种数"
    drawn = published_list(XIXI, lang="en")
    marks = [layer["mark"]["type"] for layer in drawn.spec["layer"]]
    assert sorted(set(marks)) == ["bar", "text", "tick"]
    written = json.dumps(drawn.spec) + drawn.alt
    for forbidden in ('"line"', '"trail"', "regression", "loess", "%", "slope"):
        assert forbidden not in written
    shown = {r["column"]: r["shown"] for r in rows(drawn) if "shown" in r}
    assert shown == {"2005": "79?", "2020": "≥180", "2024": "224"}
    assert "2005 79? (69 / 89)" in drawn.alt


def test_two_numbers_of_one_year_are_two_bars() -> None:
    drawn = published_list([*XIXI, ListBar(2024, 218, "218", "d")], lang="zh")
    columns = [r["column"] for r in rows(drawn) if "shown" in r]
    assert columns == ["2005", "2020", "2024a", "2024b"]


def test_richness_stands_with_its_effort() -> None:
    bars = [
        RichnessBar("2020", 20, 40, 12.5, 3.0, 11.0, 9.0, 13.0),
        RichnessBar("2021", 12, 4),
    ]
    first, second = (r for r in rows(richness_years(bars, lang="en")) if "column" in r)
    assert (first["even"], first["surveys"], first["hours"]) == ("11.0 (9.0 – 13.0)", "40", "12.5")
    assert (second["even"], second["middle"], second["hours"]) == ("–", None, "–")
    columns = [r["column"] for r in rows(effort_years(bars, lang="en"))]
    assert columns == ["2020", "2021"]


def test_levels_of_alerts_differ_by_colour_and_shape() -> None:
    assert set(LEVELS) == {*ALERT_LEVELS, "filtered"} == set(LEVEL_COLOURS)
    changes = [
        SpanChange("5", -60.0, -80.0, -30.0, "high_alert", 0.9),
        SpanChange("10", -30.0, -50.0, -5.0, "medium_alert"),
        SpanChange("25", -30.0, -50.0, -5.0, "filtered"),
        SpanChange("all", 900.0, 100.0, 5000.0, "strong_increase"),
        SpanChange("none", math.nan),
    ]
    drawn = alert_spans(changes, lang="en")
    values = {r["row"]: r for r in rows(drawn) if "row" in r}
    assert list(values) == ["5", "10", "25", "all"]  # what was not tested has no mark
    assert len({v["colour"] for v in values.values()}) == 4
    assert len({v["shape"] for v in values.values()}) == 4
    assert values["all"]["at"] == 200.0
    assert "beyond the chart" in values["all"]["shown"]
    assert {r["at"] for r in rows(drawn) if r.get("label")} == {0.0, -25.0, -50.0}


@pytest.mark.parametrize("attack", ["{{7*7}}", "<img src=x onerror=alert(1)>", "datum.x'"])
def test_names_stand_in_the_data_only(attack: str) -> None:
    name = text(attack, attack)
    charts = [
        index_series([IndexPoint(attack, 1.0)], name=name, base="x", lang="en"),
        phenology_strip([Week(attack, 1, 1, 1)], lang="en"),
        published_list([ListBar(2000, 1, attack, attack, attack)], lang="en"),
        richness_years([RichnessBar(attack, 1, 1)], lang="en"),
        alert_spans([SpanChange(attack, -1.0)], lang="en"),
    ]
    for drawn in charts:
        spec = {k: v for k, v in drawn.spec.items() if k not in {"description"}}
        assert attack not in json.dumps(_bare(spec), ensure_ascii=False)


def _bare(part: Any) -> Any:
    """Return a specification without its data and without orders and domains made of them."""
    if isinstance(part, dict):
        return {k: _bare(v) for k, v in part.items() if k not in {"data", "sort", "domain"}}
    return [_bare(one) for one in part] if isinstance(part, list) else part
