"""The pages, run without a browser: both languages, empty, demo and invalid input."""

from __future__ import annotations

import datetime as dt
import math
import runpy
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from tests.ui.conftest import shown
from wetland.operations.stores import open_store
from wetland.sites.load import open_site
from wetland.ui import waiting

PAGES = ("map", "screen", "findings", "records", "law", "water", "birds", "visitors", "about")
INSIDE = {"lon": "120.0668", "lat": "30.2742", "on": "2015-05-01"}


def open_page(app: AppTest, page: str, **asked: str | list[str]) -> AppTest:
    """Open a page by its address; AppTest itself only switches between files."""
    app.query_params.update(asked)
    if page != "map":
        app.run()
        app._page_hash = calc_hash(page)
    return app.run()


def plain(words: str) -> str:
    """Return words without the backslashes that keep them from being Markdown."""
    return words.replace("\\", "")


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
    words = plain(shown(app))
    assert "第二十六条第一款" in words
    assert "第六十条第一款" in words
    assert "可处 500 – 2,000 元" in words


def test_the_2022_text_is_not_made_up(app: AppTest) -> None:
    open_page(app, "map", **{**INSIDE, "on": "2024-05-01"}, activity="fishing", lang="en")
    words = plain(shown(app))
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
    assert said in plain(app.error[0].value)


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


def test_without_a_store_the_pages_say_what_to_do(app: AppTest) -> None:
    for page in ("findings", "records"):
        open_page(app, page, lang="en")
        assert "There is no store yet" in app.info[0].value
        assert app.button(key="prepare-demo")


def test_the_demo_is_one_press_away(app: AppTest) -> None:
    open_page(app, "records")
    app.button(key="prepare-demo").click().run()
    assert not app.error
    assert set(app.dataframe[0].value["id"]) >= {"P-001", "N-001"}


def test_a_site_without_a_demo_says_so(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wetland.operations.demo.has_demo", lambda site: False)
    open_page(app, "records", site="everglades", lang="en")
    assert not app.error
    assert "no demo data" in shown(app)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_another_site(app: AppTest, page: str) -> None:
    open_page(app, page, site="everglades", lang="en")
    assert not app.exception
    assert not app.error


@pytest.fixture
def demo(demo_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the pages a demo store of their own."""
    copy = tmp_path / "xixi.gpkg"
    shutil.copy(demo_store, copy)
    monkeypatch.setenv("WETLAND_STORE", str(copy))
    return copy


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_the_demo(app: AppTest, demo: Path, page: str, lang: str) -> None:
    open_page(app, page, lang=lang)
    assert not app.exception
    assert not app.error


def test_the_findings_of_the_demo_are_listed_and_searched(app: AppTest, demo: Path) -> None:
    open_page(app, "findings", lang="en")
    rows = app.dataframe[0].value
    assert {"EX-002", "EX-008", "EX-009"} <= set(rows["id"])
    assert "EX-001" not in set(rows["id"])
    app.text_input(key="finding-find").set_value("ex-009").run()
    assert set(app.dataframe[0].value["id"]) == {"EX-009"}


def test_screening_the_store_again_needs_a_name(app: AppTest, demo: Path) -> None:
    open_page(app, "findings", lang="en")
    app.button[0].click().run()
    assert "Enter your name" in app.warning[0].value
    app.text_input(key="actor").set_value("Li").run()
    app.button[0].click().run()
    assert "suspected" in app.success[0].value


def test_a_record_is_added_under_a_name(app: AppTest, demo: Path) -> None:
    open_page(app, "records", lang="en")
    app.text_input(key="actor").set_value("Li").run()
    app.selectbox(key="r-kind").set_value("release_consent").run()
    app.text_input(key="r-number").set_value("2024-7").run()
    app.segmented_control(key="r-where").set_value("circle").run()
    app.text_input(key="r-centre").set_value("120.0668, 30.2742").run()
    app.button(key="record-save").click().run()
    assert not app.error
    listed = app.dataframe[0].value
    [added] = listed[listed["number"] == "2024-7"]["id"]
    with open_store(demo, open_site("xixi")) as store:
        row = store.read("records", {"record_id": added}).iloc[0]
        trail = store.audit(table="records", key=added)
    area = abs(Geod(ellps="WGS84").geometry_area_perimeter(row["place"])[0])
    assert area == pytest.approx(math.pi * 100**2, rel=0.01)
    assert trail["actor"].tolist() == ["Li"]


def test_a_record_without_a_name_or_centre_is_not_added(app: AppTest, demo: Path) -> None:
    open_page(app, "records", lang="en")
    app.button(key="record-save").click().run()
    assert "Enter your name" in app.warning[0].value
    app.text_input(key="actor").set_value("Li").run()
    app.segmented_control(key="r-where").set_value("circle").run()
    app.button(key="record-save").click().run()
    assert "give the centre" in app.error[0].value
    assert len(app.dataframe[0].value) == 9


def test_records_of_a_day(app: AppTest, demo: Path) -> None:
    open_page(app, "records")
    app.date_input(key="records-on").set_value(dt.date(2023, 5, 1)).run()
    assert "N-002" in set(app.dataframe[0].value["id"])
    app.date_input(key="records-on").set_value(dt.date(2023, 7, 1)).run()
    assert "N-002" not in set(app.dataframe[0].value["id"])


def test_a_permit_of_the_store_answers_on_the_map(app: AppTest, demo: Path) -> None:
    """The angling area N-001 holds on Saturdays; on a Tuesday it does not."""
    asked = {"lon": "120.0650", "lat": "30.2560", "activity": "fishing.angling"}
    open_page(app, "map", on="2013-06-18", **asked)
    words = plain(shown(app))
    assert "外围保护地带" in words


GOOD = "date,activity,lon,lat,uncertainty_m,aquatic_catch_consent\n"
ROW = "2015-05-01,{a},120.0668,30.2742,10,no\n"


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    return app.file_uploader(key="upload").upload(name, content, "text/csv").run()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_screened_in_any_encoding(app: AppTest, encoding: str) -> None:
    open_page(app, "screen", lang="en")
    upload(app, "巡护.csv", (GOOD + ROW.format(a="捕捞")).encode(encoding))
    assert not app.error
    assert app.dataframe[0].value["rule"].tolist() == [
        "Catching aquatic animals in the park without consent"
    ]


def test_bad_rows_are_listed_and_good_rows_kept(app: AppTest) -> None:
    open_page(app, "screen", lang="en")
    rows = GOOD + ROW.format(a="fishing") + "5-1,fishing,30.27,120.06,10,no\n"
    upload(app, "patrol.csv", rows.encode())
    metrics = {m.label: m.value for m in app.metric}
    assert (metrics["Rows read"], metrics["Kept aside"]) == ("1", "1")
    assert metrics["Suspected"] == "1"
    tables = [d.value for d in app.dataframe]
    [problems] = [t for t in tables if "message" in t.columns]
    assert set(problems["row"]) == {3}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("header.csv", b"date,activity,lon,lat\n"),
        ("noise.csv", bytes(range(256)) * 20),
        ("no-position.csv", b"date,activity\n2015-05-01,fishing\n"),
        ("broken.geojson", b'{"type": "FeatureCollection", "features": ['),
        ("not-a.gpkg", b"SQLite format 3\x00 but no more"),
        ("bad.gpx", b"<gpx><wpt></gpx>"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_words(
    app: AppTest, name: str, content: bytes
) -> None:
    open_page(app, "screen", lang="en")
    upload(app, name, content)
    assert not app.exception
    said = " ".join(e.value for e in app.error)
    assert "Traceback" not in said
    assert "Error inside the program" not in said


def test_a_file_is_saved_under_a_name_and_the_same_file_changes_nothing(
    app: AppTest, demo: Path
) -> None:
    open_page(app, "screen", lang="en")
    upload(app, "patrol.csv", (GOOD + ROW.format(a="fishing")).encode())
    app.button(key="save-file").click().run()
    assert "Enter your name" in app.warning[0].value
    app.text_input(key="actor").set_value("Li").run()
    app.button(key="save-file").click().run()
    assert "0 added" not in app.success[0].value
    app.button(key="save-file").click().run()
    assert "0 added, 0 changed" in app.success[0].value
    with open_store(demo, open_site("xixi")) as store:
        assert store.verify().ok


def test_the_store_is_verified_on_the_about_page(app: AppTest, demo: Path) -> None:
    open_page(app, "about", lang="en")
    [verify] = [b for b in app.button if b.label == "Verify the store"]
    verify.click().run()
    assert "The store is sound" in app.success[0].value


def test_real_files_go_through_the_app(app: AppTest, shared: Path) -> None:
    """Landmarks in three datums, and the events of another system."""
    files = [shared / "facts" / "landmarks.csv"]
    events = sorted((shared / "data" / "patrol" / "earthranger").glob("*event*"))
    assert events
    for file in (*files, *events):
        open_page(app, "screen", lang="en")
        upload(app, file.name, file.read_bytes())
        assert not app.exception
        assert "Error inside the program" not in " ".join(e.value for e in app.error)
        metrics = {m.label: m.value for m in app.metric}
        assert int(metrics["Rows read"]) > 0, file.name


def test_an_error_that_names_what_was_given_is_no_markdown(app: AppTest) -> None:
    open_page(app, "map", site="![x](http://evil.example)", lang="en")
    assert "![x](" not in app.error[0].value
    assert "![x](" in plain(app.error[0].value)


def test_where_no_law_is_encoded_nothing_is_said_to_be_allowed(app: AppTest) -> None:
    open_page(app, "map", site="everglades", lang="en", lon="-80.7", lat="25.9", on="2024-05-01")
    assert "not encoded" in app.subheader[0].value
    assert "0 rules" not in shown(app)


def test_a_large_file_is_screened_in_the_background(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The page shows how far it is, then what came out; saving goes the same way."""
    monkeypatch.setattr(waiting, "BIG_BYTES", 100)
    monkeypatch.setenv("WETLAND_STORE", str(tmp_path / "x.gpkg"))
    open_page(app, "screen", lang="en")
    rows = GOOD + "".join(ROW.format(a="fishing").replace("30.2742", f"30.27{i}") for i in (35, 42))
    upload(app, "patrol.csv", rows.encode())
    assert "background" in shown(app)
    assert "Stop" in {b.label for b in app.button}
    settle(app)
    metrics = {m.label: m.value for m in app.metric}
    assert (metrics["Rows read"], metrics["Suspected"]) == ("2", "2")
    app.text_input(key="actor").input("ranger").run()
    app.button(key="save-file").click().run()
    settle(app)
    assert any("added" in s.value for s in app.success)
    with open_store(str(tmp_path / "x.gpkg"), open_site("xixi")) as store:
        assert len(store.read("findings")) > 0


def test_a_screening_in_the_background_can_be_stopped(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "BIG_BYTES", 100)
    open_page(app, "screen", lang="en")
    upload(app, "stopped.csv", (GOOD + ROW.format(a="fishing")).encode())
    [stop] = [b for b in app.button if b.label == "Stop"]
    stop.click().run()
    app.run()  # the page around the progress looks again
    assert not app.metric
    assert "Stopped" in shown(app)
    [again] = [b for b in app.button if b.label == "Start again"]
    again.click().run()
    settle(app)
    assert {m.label: m.value for m in app.metric}["Rows read"] == "1"


def settle(app: AppTest) -> None:
    """Run the page until nothing is going on in the background."""
    for _ in range(200):
        app.run()
        if not any(b.label == "Stop" for b in app.button):
            return
        time.sleep(0.2)
    pytest.fail("it did not end")


def test_a_store_without_records_opens_every_page(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(tmp_path / "bare.gpkg", open_site("xixi")).close()
    monkeypatch.setenv("WETLAND_STORE", str(tmp_path / "bare.gpkg"))
    for page in PAGES:
        open_page(app, page, lang="en")
        assert not app.error, page


def test_a_process_that_the_app_starts_does_not_run_the_app() -> None:
    """A spawned process runs the main file anew, under another name: no page is drawn there."""
    ran = runpy.run_path(str(Path(__file__).parents[2] / "app.py"), run_name="__mp_main__")
    assert callable(ran["run"])
