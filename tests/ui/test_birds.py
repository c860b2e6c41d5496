"""The bird page without a browser: empty, demo, invalid input; places hidden; words inert."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.maps.test_payloads import PAYLOADS
from tests.ui.conftest import shown
from tests.ui.test_pages import open_page, plain
from wetland.operations.birdfiles import import_birds
from wetland.operations.birdscreen import screen_birds
from wetland.operations.stores import open_store
from wetland.operations.waterfiles import import_water
from wetland.reading.files import Given
from wetland.sites.load import open_site

VIEWS = ("overview", "species", "alerts", "queue", "load")
TODAY = dt.date(2026, 11, 24)
ATTACKS = [*PAYLOADS.values(), "<img src=x onerror=alert(1)>"]
SPECIES = ("白骨顶", "斑嘴鸭", "白鹭")
ROWS = "plot,date,species,count,synthetic\n"
SECRET = "EX-B6"  # the plot of the sensitive species below
HIDDEN = (
    f"{SECRET},2025-12-03,青头潜鸭,3,true\n"
    f"{SECRET},2025-12-03,白鹭,5,true\n"
    f"{SECRET},2025-12-20,青头潜鸭,2,true\n"
)


def _import(path: Path, name: str, content: bytes, site: str = "xixi") -> None:
    opened = open_site(site)
    with open_store(path, opened) as store:
        given = Given.of_bytes(name, content)
        import_birds(store, opened, given, actor="demo", today=TODAY)


def _few_species() -> bytes:
    """Return the example of the pack without most species: the page is the same, and quicker."""
    example = open_site("xixi").folder / "examples" / "birds.csv"
    head, *rows = example.read_text(encoding="utf-8-sig").splitlines()
    kept = [row for row in rows if any(f",{name}," in row for name in SPECIES)]
    return "\n".join([head, *kept]).encode()


@pytest.fixture(scope="session")
def bird_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store with the example, an unmatched name and a sensitive species; tests copy it."""
    path = tmp_path_factory.mktemp("birds") / "xixi.gpkg"
    _import(path, "birds.csv", _few_species())
    odd = "EX-B1,2025-12-02,garzetta Egretta,4,true\nEX-B1,2025-12-02,白鹭,99999,true\n"
    _import(path, "odd.csv", (ROWS + odd + HIDDEN).encode())
    return path


@pytest.fixture
def birds(bird_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "xixi.gpkg"
    shutil.copy(bird_store, copy)
    monkeypatch.setenv("WETLAND_STORE", str(copy))
    monkeypatch.delenv("WETLAND_ROLE", raising=False)
    return copy


def metrics(app: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in app.metric}


def charts(app: AppTest) -> list[dict[str, Any]]:
    """Return the specification of each chart, and what it says in words."""
    found = app.get("vega_lite_chart")
    return [{"spec": json.loads(c.proto.spec), "alt": c.proto.alt} for c in found]


def everything(app: AppTest) -> str:
    """Return all words, tables, charts and HTML of the page."""
    tables = "".join(d.value.to_csv() for d in app.dataframe)
    html = "".join(str(h.proto.body) for h in app.get("html"))
    maps = "".join(str(c.proto) for c in app.get("component_instance"))
    return shown(app) + tables + html + maps + json.dumps(charts(app), ensure_ascii=False)


def to_view(app: AppTest, view: str) -> None:
    app.segmented_control(key="birds-view").set_value(view).run()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_view_opens_in_both_languages(app: AppTest, birds: Path, lang: str) -> None:
    """And every chart says what it shows, and asks nobody for anything."""
    open_page(app, "birds", lang=lang)
    for view in VIEWS:
        to_view(app, view)
        assert not app.exception
        assert not app.error
        words = shown(app) + " ".join(metrics(app))
        if view != "load":
            assert ("Synthetic data" in words, "合成数据" in words) == (lang == "en", lang == "zh")
        for chart in charts(app):
            assert len(chart["alt"]) > 5
            bare = {k: v for k, v in chart["spec"].items() if k != "$schema"}
            assert "http" not in json.dumps(bare)


@pytest.mark.parametrize("site", ["xixi", "everglades"])
def test_every_view_opens_on_an_empty_site(app: AppTest, site: str) -> None:
    open_page(app, "birds", site=site, lang="en")
    for view in VIEWS:
        to_view(app, view)
        assert not app.exception
        assert not app.error
        assert not app.metric  # no data is no zero


def test_the_published_list_is_bars_with_sources_and_no_trend(app: AppTest) -> None:
    """It needs no data of our own; nothing of it is a line, a slope or a percentage."""
    open_page(app, "birds", lang="en")
    assert "Cumulative list of recorded species" in shown(app)
    [chart] = charts(app)
    marks = {layer["mark"]["type"] for layer in chart["spec"]["layer"]}
    assert marks == {"bar", "tick", "text"}
    assert "%" not in json.dumps(chart["spec"]["layer"])
    assert "differ (69 / 79 / 89)" in plain(shown(app))
    said = "".join(str(h.proto.body) for h in app.get("html"))
    assert "rsis.ramsar.org/ris/1867" in said


def test_tiles_have_period_number_and_source(app: AppTest, birds: Path) -> None:
    open_page(app, "birds", lang="en")
    tiles = metrics(app)
    assert list(tiles) == ["Species observed", "Surveys", "Records to review", "Open alerts"]
    assert tiles["Species observed"] == "4"
    assert int(tiles["Records to review"]) >= 2
    assert tiles["Open alerts"] == "–"  # nobody looked yet: no zero
    words = plain(shown(app))
    assert "2014-12" in words
    assert "birds.csv" in words
    assert any(c["alt"].startswith("Species in ") for c in charts(app))
    assert any(c["alt"].startswith("Surveys:") for c in charts(app))


def test_a_species_shows_index_phenology_and_rows(app: AppTest, birds: Path) -> None:
    open_page(app, "birds", view="species", species="fulica-atra", lang="en")
    words = plain(shown(app))
    assert "Population index" in words
    assert "per season (standard error" in words
    assert "2014/15 to 2025/26" in words
    said = [c["alt"] for c in charts(app)]
    assert any(alt.startswith("Index of ") for alt in said)
    assert any(alt.startswith("Phenology by week") for alt in said)
    assert any("Change over each span" in alt for alt in said)
    rows = app.dataframe[-1].value
    assert {"as_received", "validation", "file", "row"} <= set(rows.columns)
    assert (rows["file"] == "birds.csv").all()


def test_association_with_water_is_told_with_its_caveat(app: AppTest, birds: Path) -> None:
    site = open_site("xixi")
    rows = [f"EX-L1,{2014 + i}-12-05,{0.1 + 0.01 * (i % 4)}" for i in range(12)]
    water = "\n".join(["站点,采样日期,总磷(mg/L)", *rows]).encode()
    with open_store(birds, site) as store:
        import_water(store, site, Given.of_bytes("w.csv", water), actor="Li")
    open_page(app, "birds", view="species", species="fulica-atra", lang="en")
    app.selectbox(key="birds-with-what").set_value("tp").run()
    app.button(key="birds-with-test").click().run()
    assert not app.error
    words = plain(shown(app))
    assert "ρ = " in words
    assert "12 seasons in common" in words
    assert any("cause" in plain(w.value) for w in app.warning)
    rho = float(words.split("ρ = ")[1].split(" ")[0])
    assert -1 <= rho <= 1


def test_alerts_are_listed_worst_first(app: AppTest, birds: Path) -> None:
    open_page(app, "birds", view="alerts", lang="en")
    table = app.dataframe[0].value
    assert table["alert"].iloc[0].startswith("high alert")
    assert set(table["ramsar"]) == {"not tested"}  # no edition was read: said, not guessed
    assert any(c["alt"].startswith("Index of several species") for c in charts(app))
    app.text_input(key="actor").set_value("Li").run()
    app.button(key="birds-screen").click().run()
    assert "Done:" in plain(app.success[0].value)
    to_view(app, "overview")
    assert int(metrics(app)["Open alerts"]) >= 1


@pytest.mark.parametrize("role", ["", "ecologist"])
def test_places_of_sensitive_species_are_for_roles_that_may_see_them(
    app: AppTest, birds: Path, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    """Neither table, chart, note nor map tells the plot; the exact place is not on the page."""
    monkeypatch.setenv("WETLAND_ROLE", role)
    exact = role == "ecologist"
    open_page(app, "birds", view="species", species="aythya-baeri")
    said = everything(app)
    assert "Aythya baeri" in said
    assert ("已模糊" in said) != exact
    assert (SECRET in said) == exact
    plot = next(p for p in open_site("xixi").birds.plots if p.id == SECRET)
    assert (str(plot.lat) in said) == exact
    named = (plot.name.zh, json.dumps(plot.name.zh)[1:-1])
    assert any(name in said.replace("\\\\", "\\") for name in named) == exact
    to_view(app, "alerts")
    [row] = [r for _, r in app.dataframe[0].value.iterrows() if r["name"] == "青头潜鸭"]
    assert (SECRET in row["note"]) <= exact
    to_view(app, "queue")
    assert not app.error


def test_a_decision_needs_records_a_name_and_a_reason(app: AppTest, birds: Path) -> None:
    open_page(app, "birds", view="queue", lang="en")
    app.button(key="birds-submit").click().run()
    assert "Tick records first" in app.warning[-1].value
    assert app.dataframe[0].value["why"].str.len().min() > 3
    assert not app.error


@pytest.mark.parametrize("role", ["", pytest.param("ecologist", marks=pytest.mark.soak)])
def test_findings_of_sensitive_species_tell_no_plot_either(
    app: AppTest, birds: Path, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setenv("WETLAND_ROLE", role)
    site = open_site("xixi")
    with open_store(birds, site) as store:
        screen_birds(store, site, as_of=dt.date(2025, 12, 31), actor="Li")
    open_page(app, "findings")
    app.selectbox(key="finding-outcome").set_value("").run()
    assert not app.error
    ids = " ".join(app.dataframe[0].value["id"])
    assert ("青头潜鸭 2025" in ids) == (role == "ecologist")
    assert "青头潜鸭" in ids or "aythya-baeri" in ids
    plot = next(p for p in site.birds.plots if p.id == SECRET)
    if not role:
        assert SECRET not in everything(app)
        assert str(plot.lat) not in everything(app)


def _stored(birds: Path, record: str) -> dict[str, Any]:
    with open_store(birds, open_site("xixi")) as store:
        [row] = store.read("bird_records", {"record_id": record}).to_dict("records")
    return {str(k): v for k, v in row.items()}


def test_records_are_corrected_rejected_and_taken_back(app: AppTest, birds: Path) -> None:
    """Each with a reason; what a browser ticks is put in by hand, a test has no such table."""
    with open_store(birds, open_site("xixi")) as store:
        held = store.read("bird_records", {"name_received": "白鹭"})
    record = str(held.loc[held["individual_count"] == 99999, "record_id"].iloc[0])
    open_page(app, "birds", view="queue", lang="en")
    app.text_input(key="actor").set_value("Li").run()
    app.segmented_control(key="birds-decision").set_value("correct").run()
    app.session_state["birds-picked"] = [record]
    app.number_input(key="birds-right-count").set_value(99).run()
    app.session_state["birds-picked"] = [record]
    app.button(key="birds-submit").click().run()
    assert "Give a reason" in app.warning[-1].value
    app.text_input(key="birds-reason").set_value("typing error").run()
    app.session_state["birds-picked"] = [record]
    app.button(key="birds-submit").click().run()
    assert "Correct: 1" in plain(app.success[0].value)
    after = _stored(birds, record)
    assert (after["individual_count"], after["validation"]) == (99, "corrected")
    assert (after["validated_by"], after["validation_reason"]) == ("Li", "typing error")
    assert record not in set(app.session_state["birds-picked"])
    app.segmented_control(key="birds-show").set_value("decided").run()
    assert app.dataframe[0].value["validation"].tolist() == ["corrected"]
    app.text_input(key="birds-reason").set_value("it was right").run()
    app.session_state["birds-picked"] = [record]
    app.button(key="birds-submit").click().run()
    assert "Take back: 1" in plain(app.success[0].value)
    assert _stored(birds, record)["individual_count"] == 99999


def _upload(app: AppTest, name: str, content: bytes, kind: str = "text/csv") -> AppTest:
    open_page(app, "birds", view="load", lang="en")
    return app.file_uploader(key="birds-upload").upload(name, content, kind).run()


def test_a_file_is_read_and_saved_once(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WETLAND_STORE", str(tmp_path / "new.gpkg"))
    _upload(app, "birds.csv", _few_species())
    assert int(metrics(app)["Records"]) > 200
    assert metrics(app)["Species"] == "3"
    assert "Synthetic data" in shown(app)
    app.button(key="birds-save").click().run()
    assert "Enter your name" in app.warning[-1].value
    app.text_input(key="actor").set_value("Li").run()
    app.button(key="birds-save").click().run()
    assert "0 changed" in plain(app.success[0].value)
    app.button(key="birds-save").click().run()
    assert "0 added, 0 changed" in plain(app.success[0].value)


def test_the_example_of_the_pack_can_be_tried(app: AppTest) -> None:
    open_page(app, "birds", view="load", lang="en")
    app.toggle(key="birds-example").set_value(True).run()
    assert int(metrics(app)["Records"].replace(",", "")) > 2_000
    assert "No problem in the file" in plain(app.success[0].value)


def test_bad_cells_are_listed_with_row_and_column(app: AppTest) -> None:
    rows = ROWS + "EX-B1,2025-12-02,白鹭,many,\nEX-B1,2025-12-02,苍鹭,3+2,\n"
    _upload(app, "sheet.csv", rows.encode("gb18030"))
    assert not app.error
    [problems] = [d.value for d in app.dataframe if "message" in d.value.columns]
    assert problems[problems["value"].astype(str) == "many"]["row"].tolist() == [2]
    [preview] = [d.value for d in app.dataframe if "species" in d.value.columns]
    assert preview[preview["as_received"] == "3+2"]["count"].tolist() == ["5"]


def test_a_name_is_accepted_by_a_person_only(app: AppTest, birds: Path) -> None:
    open_page(app, "birds", view="load", lang="en")
    [names] = [d.value for d in app.dataframe if "suggestions" in d.value.columns]
    assert names["name"].tolist() == ["garzetta Egretta"]
    assert "Egret" in names["suggestions"].iloc[0]
    app.button(key="birds-name-accept").click().run()
    assert "Choose a species first" in app.warning[-1].value
    app.selectbox(key="birds-taxon-garzetta Egretta").set_value("egretta-garzetta").run()
    app.button(key="birds-name-accept").click().run()
    assert "Enter your name" in app.warning[-1].value
    app.text_input(key="actor").set_value("Li").run()
    app.button(key="birds-name-accept").click().run()
    assert "Accepted" in plain(app.success[0].value)
    assert not [d for d in app.dataframe if "suggestions" in d.value.columns]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("noise.csv", bytes(range(256)) * 20),
        ("not-a.zip", b"PK\x03\x04 but no more"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_words(
    app: AppTest, name: str, content: bytes
) -> None:
    _upload(app, name, content)
    assert not app.exception
    said = " ".join(e.value for e in app.error)
    assert "Traceback" not in said
    assert "Error inside the program" not in said


def test_hostile_words_stay_words(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "xixi.gpkg"
    quoted = [a.replace('"', '""') for a in ATTACKS]
    rows = "".join(f'"{a}",2025-12-{i + 1:02d},白鹭,3,\n' for i, a in enumerate(quoted))
    rows += "".join(f'EX-B1,2025-12-{i + 1:02d},"{a}",3,\n' for i, a in enumerate(quoted))
    _import(path, "x.csv", (ROWS + rows).encode())
    monkeypatch.setenv("WETLAND_STORE", str(path))
    open_page(app, "birds", lang="en")
    for view in ("overview", "species", "queue", "load"):
        to_view(app, view)
        assert not app.exception
        assert not app.error, [view, *(e.value for e in app.error)]
        html = "".join(str(h.proto.body) for h in app.get("html"))
        for attack in ATTACKS:
            assert attack not in shown(app)
            assert attack not in html
