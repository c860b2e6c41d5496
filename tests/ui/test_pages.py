"""The pages, run without a browser: both languages, empty, demo and invalid input."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from tests.ui.conftest import shown

PAGES = ("map", "screen", "findings", "records", "law", "about")
INSIDE = {"lon": "120.0668", "lat": "30.2742", "on": "2015-05-01"}


def open_page(app: AppTest, page: str, **asked: str | list[str]) -> AppTest:
    """Open a page by its address; AppTest itself only switches between files."""
    app.query_params.update(asked)
    if page != "map":
        app.run()
        app._page_hash = calc_hash(page)
    return app.run()


def outcomes(app: AppTest) -> list[str]:
    """Return the kinds of card on the page."""
    return [card.split("-")[1] for card in _keys(app) if card.startswith("card-")]


def _keys(app: AppTest) -> list[str]:
    found: list[str] = []

    def walk(block: Any) -> None:
        proto = getattr(block, "proto", None)
        identity = getattr(proto, "id", "") or ""
        if "card-" in identity:
            found.append("card-" + identity.split("card-", 1)[1])
        for child in getattr(block, "children", {}).values():
            walk(child)

    walk(app.main)
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_both_languages(app: AppTest, page: str, lang: str) -> None:
    open_page(app, page, lang=lang)
    assert not app.exception
    assert not app.error
    assert app.title[0].value
    assert any("\u4e00" <= c <= "\u9fff" for c in app.title[0].value) == (lang == "zh")


def test_the_title_says_what_the_page_is_for(app: AppTest) -> None:
    assert open_page(app, "map").title[0].value == "此地适用"


def test_the_demo_opens_in_exercise_mode_and_one_switch_makes_it_strict(app: AppTest) -> None:
    open_page(app, "map", lang="en", **INSIDE, activity="fishing")
    assert "Exercise mode" in shown(app)
    assert "not for enforcement" in shown(app)
    app.toggle(key="strict-switch").set_value(True).run()
    assert "Strict mode" in shown(app)
    assert "not for enforcement" in shown(app)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_schematic(app: AppTest, page: str) -> None:
    open_page(app, page)
    assert "示意" in shown(app)


def test_fishing_before_the_regulation_is_not_covered(app: AppTest) -> None:
    open_page(app, "map", **{**INSIDE, "on": "2011-11-30"}, activity="fishing")
    assert "broken" not in outcomes(app)
    assert any("未录入的法律" in e.label for e in app.expander)


def test_a_fact_turns_undecided_into_broken_with_article_and_range(app: AppTest) -> None:
    open_page(app, "map", **INSIDE, activity="fishing")
    assert "broken" not in outcomes(app)
    app.segmented_control(key="fact-aquatic_catch_consent").set_value("false").run()
    assert "broken" in outcomes(app)
    words = shown(app).replace("\\", "")
    assert "第二十六条第一款" in words
    assert "第六十条第一款" in words
    assert "可处 500 – 2,000 元" in words


def test_the_2022_text_is_not_made_up(app: AppTest) -> None:
    open_page(app, "map", **{**INSIDE, "on": "2024-05-01"}, activity="fishing", lang="en")
    words = shown(app).replace("\\", "")
    assert "500 CNY or more, maximum not seen" in words
    assert "article not seen" in words
    assert "earlier version (xixi-2011/26-1-aquatic) had 500 to 2,000 CNY" in words


def test_without_an_act_everything_that_applies_is_listed(app: AppTest) -> None:
    open_page(app, "map", **INSIDE)
    assert set(outcomes(app)) == {"applies"}


def test_a_place_outside_every_zone(app: AppTest) -> None:
    open_page(app, "map", lon="120.30", lat="30.10", on="2024-05-01", lang="en")
    assert not app.error


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("120.0668", "two numbers"),
        ("30.2742, 120.0668", "latitude first"),
        ("north of the lake", "two numbers"),
        ("200.5, 30.2", "not a longitude"),
    ],
)
def test_a_place_that_cannot_be_read_is_told(app: AppTest, written: str, said: str) -> None:
    open_page(app, "map", lang="en")
    app.text_input(key="where").set_value(written).run()
    assert not app.exception
    assert said in app.error[0].value


def test_the_language_switch_keeps_what_was_asked(app: AppTest) -> None:
    open_page(app, "map", **INSIDE, activity="fishing")
    app.segmented_control(key="language_zh").set_value("en").run()
    assert app.title[0].value == "What applies here"
    assert app.text_input(key="where").value == "120.0668, 30.2742"
    assert app.date_input(key="on").value == dt.date(2015, 5, 1)


def test_an_unknown_site_is_told_not_raised(app: AppTest) -> None:
    open_page(app, "map", site="atlantis", lang="en")
    assert not app.exception
    assert "atlantis" in app.error[0].value


def test_the_law_page_filters_by_day(app: AppTest) -> None:
    open_page(app, "law")
    before = len(app.dataframe[0].value)
    app.date_input(key="law-on").set_value(dt.date(2011, 11, 30)).run()
    assert 0 < len(app.dataframe[0].value) < before


def test_the_about_page_checks_the_pack(app: AppTest) -> None:
    open_page(app, "about", lang="en")
    app.button[0].click().run()
    assert not app.error
    assert "projected_km2" in app.dataframe[0].value.columns
