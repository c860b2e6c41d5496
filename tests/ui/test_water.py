"""The water page without a browser: empty, demo and invalid input; words stay words."""

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
from wetland.operations.stores import open_store
from wetland.operations.waterfiles import import_water
from wetland.reading.files import Given
from wetland.sites.load import open_site
from wetland.water.readoptions import WaterOptions

VIEWS = ("overview", "station", "compare", "load")
ATTACKS = ["{{7*7}}", "<img src=x onerror=alert(1)>", "{% for x in y %}", *PAYLOADS.values()]


@pytest.fixture(scope="session")
def water_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store with the example file once; tests copy it."""
    path = tmp_path_factory.mktemp("water") / "xixi.gpkg"
    site = open_site("xixi")
    with open_store(path, site) as store:
        import_water(store, site, site.folder / "examples" / "water.csv", actor="demo")
    return path


@pytest.fixture
def water(water_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "xixi.gpkg"
    shutil.copy(water_store, copy)
    monkeypatch.setenv("WETLAND_STORE", str(copy))
    return copy


def metrics(app: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in app.metric}


def charts(app: AppTest) -> list[dict[str, Any]]:
    """Return the specification of each chart, and what it says in words."""
    found = app.get("vega_lite_chart")
    return [{"spec": json.loads(c.proto.spec), "alt": c.proto.alt} for c in found]


def to_view(app: AppTest, view: str) -> None:
    app.segmented_control(key="water-view").set_value(view).run()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_view_opens_in_both_languages(app: AppTest, water: Path, lang: str) -> None:
    """And every chart says what it shows, and asks nobody for anything."""
    open_page(app, "water", lang=lang)
    for view in VIEWS:
        to_view(app, view)
        assert not app.exception
        assert not app.error
        words = shown(app) + " ".join(metrics(app))
        assert ("水" in words) == (lang == "zh")
        for chart in charts(app):
            assert len(chart["alt"]) > 5
            bare = {k: v for k, v in chart["spec"].items() if k != "$schema"}
            assert "http" not in json.dumps(bare)


@pytest.mark.parametrize("site", ["xixi", "everglades"])
def test_every_view_opens_on_an_empty_site(app: AppTest, site: str) -> None:
    open_page(app, "water", site=site, lang="en")
    for view in VIEWS:
        to_view(app, view)
        assert not app.exception
        assert not app.error
        assert not app.metric  # no data is no zero


def test_published_words_stand_apart_with_year_and_source(app: AppTest) -> None:
    """They need no data of our own, and say that they are no measurements."""
    open_page(app, "water", lang="en")
    said = "".join(str(h.proto.body) for h in app.get("html"))
    assert "<b>2003</b>" in said
    assert "<b>2020</b>" in said
    assert "high confidence" in said
    assert "not measurements of this system" in shown(app)
    assert not charts(app)  # and no line through them


def test_the_first_screen_answers_the_manager(app: AppTest, water: Path) -> None:
    open_page(app, "water", lang="en")
    tiles = metrics(app)
    assert list(tiles) == [
        "Stations within their target", "Worst station", "Against the same period last year",
        "How sure",
    ]  # fmt: skip
    assert tiles["Stations within their target"].endswith(" of 6")
    assert tiles["Worst station"].startswith("class")
    assert "better" in tiles["Against the same period last year"]
    words = plain(shown(app))
    assert "water.csv" in words
    assert "data until 20" in words
    assert "samples" in words
    assert "Synthetic data" in words


def test_old_data_are_said_to_be_old(app: AppTest, water: Path) -> None:
    site = open_site("xixi")
    open_page(app, "water", lang="en")
    fresh = dt.date.today() - dt.timedelta(days=3)  # noqa: DTZ011 - a day either way is the same
    assert any("days ago" in w.value for w in app.warning) == (
        dt.date.today() - dt.date(2026, 10, 10) > dt.timedelta(days=62)  # noqa: DTZ011
    )
    with open_store(water, site) as store:
        rows = WIDE.format(day=fresh, n="0.5")
        import_water(store, site, Given.of_bytes("new.csv", rows.encode()), actor="x")
    open_page(app, "water", lang="en")
    assert not any("days ago" in w.value for w in app.warning)


def test_total_nitrogen_stands_beside_the_class(app: AppTest, water: Path) -> None:
    open_page(app, "water", lang="zh")
    table = app.dataframe[0].value
    assert list(table.columns)[:3] == ["station", "class", "tn"]
    assert table["tn"].str.contains("mg/L").all()
    assert "不参与类别评价" in shown(app)


def test_the_worst_station_is_first_in_the_table(app: AppTest, water: Path) -> None:
    open_page(app, "water", lang="en")
    assert app.dataframe[0].value["class"].iloc[0] == metrics(app)["Worst station"]


def test_a_class_explains_itself_down_to_the_row_of_the_source(app: AppTest, water: Path) -> None:
    open_page(app, "water", view="station", station="EX-L1", lang="en")
    words = plain(shown(app))
    for said in ("Set by", "Assessed apart", "Completeness", "How sure", "target class"):
        assert said in words
    items, rows = (d.value for d in app.dataframe[:2])
    assert "sets the class" in set(items["role"])
    assert (rows["file"] == "water.csv").all()
    assert rows["row"].notna().all()
    assert set(rows["item"]) >= {"total phosphorus", "chlorophyll a"}


def test_only_lakes_have_a_trophic_state(app: AppTest, water: Path) -> None:
    open_page(app, "water", view="station", station="EX-L1", lang="en")
    assert "TLI(Σ) = " in plain(shown(app))
    app.selectbox(key="water-station").set_value("EX-R1").run()
    assert "TLI" not in plain(shown(app))
    assert not app.error


def test_a_trend_is_told_with_its_interval(app: AppTest, water: Path) -> None:
    open_page(app, "water", view="station", station="EX-R1", lang="en")
    app.selectbox(key="water-parameter-EX-R1").set_value("nh3n").run()
    words = plain(shown(app))
    assert "falling: -" in words
    assert "Seasonal Kendall" in words
    assert "p<0.001" in words
    assert any("ammonia nitrogen" in chart["alt"] for chart in charts(app))


def test_a_forecast_is_made_only_when_asked_for(app: AppTest, water: Path) -> None:
    open_page(app, "water", view="station", station="EX-L1", lang="en")
    assert "beats seasonal naive" not in plain(shown(app))
    app.toggle(key="water-ahead").set_value(True).run()
    assert not app.error
    assert "beats seasonal naive" in plain(shown(app))
    assert any("probability" in chart["alt"] for chart in charts(app))


def test_stations_and_zones_are_compared(app: AppTest, water: Path) -> None:
    open_page(app, "water", view="compare", lang="en")
    grades, slopes, zones = (d.value for d in app.dataframe[:3])
    assert grades["name"].iloc[-1] == "all stations"
    assert set(grades["name"]) >= {"example river", "example lake"}
    assert grades["sections"].str.contains(" stations, I to III ").all()
    assert len(slopes) == 6
    assert "All stations together" in shown(app)
    assert zones["zone"].iloc[0] == "wetland park (protection zone)"
    app.selectbox(key="water-compare-parameter").set_value("do").run()
    assert not app.error


def test_classes_of_months_quarters_and_years(app: AppTest, water: Path) -> None:
    open_page(app, "water", lang="en")
    for per in ("quarter", "year", "month"):
        app.segmented_control(key="water-per").set_value(per).run()
        newest, *rest = app.selectbox(key="water-period").options
        assert newest > rest[0]
        app.selectbox(key="water-period").set_value(rest[-1]).run()
        assert not app.error
        assert metrics(app)["Worst station"] == "worse than class V"


def test_a_station_without_results_in_the_period_is_no_data(app: AppTest, water: Path) -> None:
    open_page(app, "water", lang="en")
    app.selectbox(key="water-period").set_value("2003-01").run()
    table = app.dataframe[0].value.set_index("station")
    [fish_pond] = [row for name, row in table.iterrows() if "fish pond" in str(name)]
    assert fish_pond["class"] == "no data"
    assert fish_pond["met"] == "–"
    assert "without data" in plain(shown(app))


def _upload(app: AppTest, name: str, content: bytes, kind: str = "text/csv") -> AppTest:
    open_page(app, "water", view="load", lang="en")
    return app.file_uploader(key="water-upload").upload(name, content, kind).run()


WIDE = "站点,采样日期,氨氮(mg/L),总磷(mg/L)\nEX-R1,{day},{n},0.1\n"


def test_the_example_is_read_and_saved_once(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WETLAND_STORE", str(tmp_path / "new.gpkg"))
    open_page(app, "water", view="load", lang="en")
    app.toggle(key="water-example").set_value(True).run()
    assert int(metrics(app)["Results read"].replace(",", "")) > 10_000
    assert "Synthetic data" in shown(app)
    app.button(key="water-save").click().run()
    assert "Enter your name" in app.warning[-1].value
    app.text_input(key="actor").set_value("Li").run()
    app.button(key="water-save").click().run()
    assert "0 changed" in app.success[0].value
    app.button(key="water-save").click().run()
    assert "0 added, 0 changed" in app.success[0].value
    app.segmented_control(key="water-view").set_value("overview").run()
    assert "Worst station" in metrics(app)


def test_bad_cells_are_listed_with_row_and_column(app: AppTest) -> None:
    rows = WIDE.format(day="2024-05-01", n="-3") + "EX-R1,2024-06-01,0.025L,0.1\n"
    _upload(app, "lab.csv", rows.encode("gb18030"))
    assert not app.error
    [problems] = [d.value for d in app.dataframe if "message" in d.value.columns]
    wrong = problems[problems["value"].astype(str).str.contains("-3")]
    assert wrong["row"].tolist() == [2]
    assert metrics(app)["Not detected"] == "1"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("header.csv", "站点,采样日期,氨氮\n".encode()),
        ("noise.csv", bytes(range(256)) * 20),
        ("no-date.csv", "站点,氨氮\nA,0.5\n".encode()),
        ("not-a.xlsx", b"PK\x03\x04 but no more"),
        ("words.csv", b"a,b\nc,d\n"),
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


def test_a_station_nobody_knows_is_asked_about_not_guessed(app: AppTest) -> None:
    rows = WIDE.replace("EX-R1", "Somewhere").format(day="2024-05-01", n="0.5")
    _upload(app, "lab.csv", rows.encode())
    assert not app.error
    assert not charts(app)  # no class without a kind of water body
    app.selectbox(key="water-body").set_value("river").run()
    assert charts(app)


def test_an_endless_station_name_is_a_problem_and_spoils_nothing(app: AppTest, water: Path) -> None:
    """Stored, it would have made the water of the whole site unreadable."""
    rows = WIDE.format(day="2026-11-01", n="0.5") + f"{'x' * 81},2026-11-01,0.5,0.1\n"
    _upload(app, "lab.csv", rows.encode())
    [problems] = [d.value for d in app.dataframe if "message" in d.value.columns]
    assert problems["row"].tolist() == [3]
    app.text_input(key="actor").set_value("Li").run()
    app.button(key="water-save").click().run()
    to_view(app, "overview")
    assert not app.error
    assert app.selectbox(key="water-period").options[0] == "2026-11"


@pytest.fixture(scope="session")
def hostile_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store whose station names attack every place that shows them."""
    path = tmp_path_factory.mktemp("hostile") / "hostile.gpkg"
    site = open_site("xixi")
    rows = ["station,date,经度,纬度,氨氮(mg/L),总磷(mg/L),溶解氧(mg/L)"]
    for i, bad in enumerate(ATTACKS):
        name = bad[:80].replace('"', '""')
        for month in range(1, 13):
            place = f"120.06{i},30.27{i}"
            rows += [f'"{name}",{year}-{month:02d}-05,{place},0.5,0.1,7' for year in (2023, 2024)]
    content = "\n".join(rows).encode()
    options = WaterOptions(water_body="river", source="<b>{{7*7}}</b>")
    with open_store(path, site) as store:
        import_water(store, site, Given.of_bytes("a.csv", content), options=options, actor="x")
    return path


@pytest.fixture
def hostile(hostile_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "hostile.gpkg"
    shutil.copy(hostile_store, copy)
    monkeypatch.setenv("WETLAND_STORE", str(copy))
    return copy


def _strings(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [s for k, v in part.items() for s in (_strings(v) if k != "values" else [])]
    if isinstance(part, list):
        return [s for v in part for s in _strings(v)]
    return [part] if isinstance(part, str) else []


def test_a_hostile_station_name_stays_text_in_every_sink(app: AppTest, hostile: Path) -> None:
    open_page(app, "water", lang="en")
    for view in ("overview", "station", "compare"):
        to_view(app, view)
        _check_harmless(app)


def _check_harmless(app: AppTest) -> None:
    assert not app.exception
    assert not app.error
    said = shown(app).replace("\\<", "").replace("\\{", "")  # as `md` escapes them
    assert "<img" not in said
    assert "{{" not in said
    for bad in ATTACKS:
        for html in app.get("html"):
            assert bad not in str(html.proto.body)
        for chart in charts(app):
            titles = {k: v for k, v in chart["spec"].items() if k != "description"}
            expressions = [s for s in _strings(titles) if "datum" in s or "width" in s]
            assert not [s for s in expressions if bad in s]
    tables = [d.value for d in app.dataframe if "station" in d.value.columns]
    for table in tables:
        assert set(table["station"]) <= {bad[:80] for bad in ATTACKS}  # as it was written


def test_water_is_screened_for_findings_under_a_name(app: AppTest, water: Path) -> None:
    open_page(app, "water", lang="en")
    assert "have not been compared" in shown(app)
    app.button(key="water-screen").click().run()
    assert "Enter your name" in app.warning[-1].value
    app.text_input(key="actor").set_value("Li").run()
    app.button(key="water-screen").click().run()
    assert "suspected" in app.success[0].value
    app.run()
    assert "Findings about water" in shown(app)
    open_page(app, "findings", lang="en")
    assert not app.error
    assert len(app.dataframe[0].value)


def test_every_number_of_the_page_can_be_downloaded(app: AppTest, water: Path) -> None:
    open_page(app, "water", lang="en")
    labels = {b.proto.label for b in app.get("download_button")}
    assert {"Results (CSV)", "Classes (CSV)", "Download chart (SVG)"} <= labels
