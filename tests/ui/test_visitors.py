"""The visitor page without a browser: empty, demo, invalid input; nothing invented goes unsaid."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import shown
from tests.ui.test_birds import ATTACKS, charts, everything, metrics
from tests.ui.test_pages import open_page, plain
from wetland.operations.stores import open_store
from wetland.operations.visitorfiles import import_visitors
from wetland.reading.files import Given
from wetland.sites.load import open_site

VIEWS = ("today", "calendar", "forecast", "parking", "totals", "balance", "load")
TODAY = dt.date(2026, 11, 24)
FIRST = "2026-08-20"  # of the counts that are taken from the example
GATES = ("EX-G1", "EX-G2", "EX-G3", "EX-G4")


def _import(path: Path, name: str, content: bytes, site: str = "xixi") -> None:
    opened = open_site(site)
    with open_store(path, opened) as store:
        given = Given.of_bytes(name, content)
        import_visitors(store, opened, given, actor="demo", today=TODAY)


def _part(name: str, since: str, *, words: tuple[str, ...] = ("",)) -> bytes:
    """Return the later rows of an example of the pack: the page is the same, and quicker."""
    example = open_site("xixi").folder / "examples" / name
    head, *rows = example.read_text(encoding="utf-8-sig").splitlines()
    column = head.split(",").index("日期" if "日期" in head else "时间")
    kept = [r for r in rows if r.split(",")[column] >= since and any(w in r for w in words)]
    return "\n".join([head, *kept]).encode()


@pytest.fixture(scope="session")
def visitor_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store with a part of the examples; tests copy it."""
    path = tmp_path_factory.mktemp("visitors") / "xixi.gpkg"
    _import(path, "visitors.csv", _part("visitors.csv", FIRST, words=("入园", "在园")))
    _import(path, "parking.csv", _part("parking.csv", "2026-11-16"))
    return path


@pytest.fixture
def visitors(visitor_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "xixi.gpkg"
    shutil.copy(visitor_store, copy)
    monkeypatch.setenv("WETLAND_STORE", str(copy))
    return copy


def to_view(app: AppTest, view: str) -> None:
    app.segmented_control(key="visitors-view").set_value(view).run()


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.soak)])
def test_every_view_opens_and_says_that_data_are_invented(
    app: AppTest, visitors: Path, lang: str
) -> None:
    """And every chart says what it shows, and asks nobody for anything."""
    open_page(app, "visitors", lang=lang)
    for view in VIEWS:
        to_view(app, view)
        assert not app.exception, view
        assert not app.error, view
        words = shown(app)
        if view != "load":
            assert ("Synthetic data" in words, "合成数据" in words) == (lang == "en", lang == "zh")
        for chart in charts(app):
            published = "ublished totals" in chart["alt"] or "公布" in chart["alt"]
            invented = chart["alt"].startswith(("Synthetic data", "合成数据"))
            assert invented != published
            bare = {k: v for k, v in chart["spec"].items() if k != "$schema"}
            assert "http" not in json.dumps(bare)


@pytest.mark.parametrize("site", ["xixi", "everglades"])
def test_an_empty_site_shows_what_was_published_and_what_to_do(app: AppTest, site: str) -> None:
    open_page(app, "visitors", site=site, lang="en")
    assert not app.exception
    assert not app.error
    words = plain(shown(app))
    assert "There is no store yet" in words
    totals = [c for c in charts(app) if c["alt"].startswith("Published totals")]
    assert bool(totals) == (site == "xixi")
    for view in VIEWS:
        to_view(app, view)
        assert not app.exception
        assert not app.error


def test_a_store_of_car_parks_only_says_that_nobody_was_counted(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cars.gpkg"
    _import(path, "parking.csv", _part("parking.csv", "2026-11-20"))
    monkeypatch.setenv("WETLAND_STORE", str(path))
    open_page(app, "visitors", lang="en")
    assert "no counts of visitors" in shown(app)
    to_view(app, "parking")
    assert any("example car park 1" in c["alt"] for c in charts(app))


def test_a_site_counted_by_month_only_shows_months_and_no_day(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"region-enp,{y}-{m:02d},{1000 * m + y}" for y in (2015, 2016) for m in range(1, 13)]
    path = tmp_path / "ever.gpkg"
    _import(path, "m.csv", "\n".join(["area,month,visits", *rows]).encode(), "everglades")
    monkeypatch.setenv("WETLAND_STORE", str(path))
    open_page(app, "visitors", site="everglades", lang="en")
    assert metrics(app)["Visits of 2016-12"] == "14,016"
    assert metrics(app)["Visits of the day, Everglades National Park"] == "–"
    assert "reached a tier" not in shown(app)  # nothing is judged without a capacity
    to_view(app, "calendar")
    [drawn] = charts(app)
    assert "24 months with a value" in drawn["alt"]
    assert not drawn["alt"].startswith("Synthetic")
    to_view(app, "forecast")
    assert app.segmented_control(key="visitors-freq").value == "month"
    for view in ("totals", "balance"):
        to_view(app, view)
        assert not app.error


def test_today_shows_every_limit_with_number_time_and_source(app: AppTest, visitors: Path) -> None:
    open_page(app, "visitors", lang="en")
    tiles = metrics(app)
    assert tiles["Visits of the day, whole park"].startswith("at least")  # the day is not over
    assert tiles["Open findings on capacity"] == "–"  # nobody looked yet: no zero
    gauge = next(c for c in charts(app) if "Load against capacity" in c["alt"])
    assert "Xihu part · daily capacity at least" in gauge["alt"]
    assert "/ 86,600" in gauge["alt"]
    assert "Yuhang part · capacity at once" in gauge["alt"]
    written = json.dumps(gauge["spec"])
    assert "reprint of the official list of 2015" in written
    assert "still may" in plain(shown(app))
    [basis] = [d.value for d in app.dataframe if "reason" in d.value.columns]
    assert set(basis["outcome"]) == {"undecided", "below the tiers"}
    [figures] = [d.value for d in app.dataframe if "judged" in d.value.columns]
    assert {"29,000", "86,600", "33,500"} <= set(figures["people"])
    assert set(figures.loc[figures["people"] == "29,000", "judged"]) == {"no, listed only"}


def test_a_day_beyond_its_capacity_says_what_to_do(app: AppTest, visitors: Path) -> None:
    open_page(app, "visitors", lang="en")
    app.date_input(key="visitors-day").set_value(dt.date(2026, 10, 2)).run()
    assert not app.error
    words = plain(shown(app))
    assert "Xihu part · daily capacity" in words
    assert "88,950 / 86,600" in words
    most = int(metrics(app)["Most people in the park at once"].replace(",", ""))
    assert 20_000 < most < 58_400  # of the fullest moment, not of the evening
    assert "Free areas: close the gates" in words
    assert "Paid areas: nobody enters" in words
    gauge = next(c for c in charts(app) if "Load against capacity" in c["alt"])
    assert "103% · red" in gauge["alt"]
    app.text_input(key="actor").set_value("Li").run()
    app.button(key="visitors-screen").click().run()
    assert any("Done:" in plain(s.value) for s in app.success)
    app.run()
    assert int(metrics(app)["Open findings on capacity"]) >= 1


def test_the_calendar_shows_every_day_and_the_months_beside_last_years(
    app: AppTest, visitors: Path
) -> None:
    open_page(app, "visitors", view="calendar", lang="en")
    app.segmented_control(key="visitors-by").set_value("tier").run()
    [calendar] = [c for c in charts(app) if "Visitors by day" in c["alt"]]
    assert "2026-10-02" in calendar["alt"]  # the most
    [busiest] = [d.value for d in app.dataframe if "share" in d.value.columns]
    first = busiest.iloc[0]
    assert (first["day"], first["people"], first["share"]) == ("2026-10-02", "110,540", "92%")
    assert "National Day" in first["kind"]
    assert first["outcome"] == "orange"
    [months] = [d.value for d in app.dataframe if "yoy" in d.value.columns]
    october = months[months["period"] == "2026-10"].iloc[0]
    assert (october["value"], october["complete"]) == ("1,120,455", "yes")
    assert october["mom"] == "+84.5%"
    assert october["yoy"] == "–"  # last year was not imported: nothing to compare with


def test_a_forecast_says_by_how_much_it_is_better_or_why_none_is_shown(
    app: AppTest, visitors: Path
) -> None:
    open_page(app, "visitors", view="forecast", lang="en")
    assert not app.error
    words = plain(shown(app)) + " ".join(i.value for i in app.info)
    drawn = [c for c in charts(app) if "whole park: entries" in c["alt"]]
    assert len(drawn) == 1
    better = "better than seasonal naive" in everything(app)
    assert better == ("steps ahead" in drawn[0]["alt"])
    assert better or "No forecast is shown" in everything(app) or "need" in words
    app.segmented_control(key="visitors-freq").set_value("month").run()
    assert not app.error
    assert not any("steps ahead" in c["alt"] for c in charts(app))  # three months are too few


def test_the_board_ranks_car_parks_and_says_what_is_out_of_date(
    app: AppTest, visitors: Path
) -> None:
    open_page(app, "visitors", view="parking", lang="en")
    assert any("Not up to date" in plain(w.value) for w in app.warning)
    [board] = [d.value for d in app.dataframe if "chance" in d.value.columns]
    assert board["rank"].tolist() == [str(n + 1) for n in range(6)]
    assert board["name"].iloc[0] == "example car park 1"
    assert "out of date" in board["read"].iloc[-1]  # of a car park that fell silent
    assert not board["chance"].str.startswith(("100%", "0%")).any()
    html = "".join(str(h.proto.body) for h in app.get("html"))
    assert "example car park 1 61 free" in html
    assert "no data" in html
    app.selectbox(key="visitors-gate").set_value("EX-G4").run()
    app.segmented_control(key="visitors-lead").set_value(120).run()
    assert not app.error
    [board] = [d.value for d in app.dataframe if "chance" in d.value.columns]
    assert board["name"].iloc[0] != "example car park 1"


def test_published_totals_have_sources_and_are_not_joined(app: AppTest, visitors: Path) -> None:
    open_page(app, "visitors", view="totals", lang="en")
    html = "".join(str(h.proto.body) for h in app.get("html"))
    assert "rsis.ramsar.org/ris/1867" in html
    assert "several days" in html
    published, own = charts(app)
    assert "45 M" in published["alt"]
    assert '"line"' not in json.dumps(published["spec"])
    assert "were not counted" in own["alt"]


def test_a_lower_cap_is_reckoned_with_its_caveats(app: AppTest, visitors: Path) -> None:
    open_page(app, "visitors", view="balance", lang="en")
    assert any("cause" in plain(w.value) for w in app.warning)
    app.slider(key="visitors-cap-park").set_value(110_000).run()
    tiles = metrics(app)
    assert tiles["Days touched"] == "1"
    assert tiles["Visits above the cap"] == "540"
    app.slider(key="visitors-again").set_value(50).run()
    assert metrics(app)["Come on another day"] == "270"
    words = plain(shown(app))
    assert "nor what becomes of birds or water" in words
    app.segmented_control(key="visitors-cap-days").set_value("ahead").run()
    assert not app.error


def _upload(app: AppTest, name: str, content: bytes) -> AppTest:
    open_page(app, "visitors", view="load", lang="en")
    return app.file_uploader(key="visitors-upload").upload(name, content, "text/csv").run()


def test_a_file_is_read_and_saved_once(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WETLAND_STORE", str(tmp_path / "new.gpkg"))
    _upload(app, "visitors.csv", _part("visitors.csv", "2026-11-15", words=("入园",)))
    assert int(metrics(app)["Counts"]) > 20
    assert "Synthetic data" in shown(app)
    app.button(key="visitors-save").click().run()
    assert "Enter your name" in app.warning[-1].value
    app.text_input(key="actor").set_value("Li").run()
    app.button(key="visitors-save").click().run()
    assert "0 changed" in plain(app.success[0].value)
    app.button(key="visitors-save").click().run()
    assert "0 added, 0 changed" in plain(app.success[0].value)


def test_bad_cells_are_flagged_with_row_and_reason(app: AppTest) -> None:
    rows = "gate,date,count\n" + "".join(
        f"EX-G1,2026-05-{d:02d},{n}\n" for d, n in ((1, 900), (2, -5), (3, "many"), (4, 1000))
    )
    _upload(app, "gates.csv", rows.encode())
    assert not app.error
    [problems] = [d.value for d in app.dataframe if "message" in d.value.columns]
    assert dict(zip(problems["value"], problems["row"], strict=True)) == {"-5": 3, "many": 4}
    tiles = metrics(app)
    assert (tiles["Failed (not used)"], tiles["Rows kept aside"]) == ("1", "1")
    app.toggle(key="visitors-flagged").set_value(True).run()
    [preview] = [d.value for d in app.dataframe if "received" in d.value.columns]
    assert "-5" in set(preview["received"])
    assert preview["why"].str.len().min() > 3


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.csv", b""), ("noise.csv", bytes(range(256)) * 20), ("words.csv", b"hello\nworld\n")],
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
    rows = "".join(f'"{a}",2026-11-{i + 1:02d},{50 + i},"{a}"\n' for i, a in enumerate(quoted))
    rows += "".join(f"{g},2026-11-{d:02d},100,\n" for g in GATES for d in range(1, 12))
    _import(path, "x.csv", ("place,date,count,remarks\n" + rows).encode())
    cars = "".join(f'"{a}",2026-11-20 10:{i:02d},100,{i}\n' for i, a in enumerate(quoted))
    _import(path, "cars.csv", ("car_park,time,capacity,occupied\n" + cars).encode())
    monkeypatch.setenv("WETLAND_STORE", str(path))
    open_page(app, "visitors", lang="en")
    for view in VIEWS:
        to_view(app, view)
        assert not app.exception, view
        assert not app.error, [view, *(e.value for e in app.error)]
        html = "".join(str(h.proto.body) for h in app.get("html"))
        for attack in ATTACKS:
            assert attack not in shown(app)
            assert attack not in html
