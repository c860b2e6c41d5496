"""The app in Chromium, without any network: what a ranger sees and does."""

from __future__ import annotations

import csv
import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.maps import chromium
from tests.maps.test_payloads import PAYLOADS
from tests.ui.server import running_app

SLOW_MS = 45_000
INSIDE = "?lon=120.0668&lat=30.2742&on=2015-05-01&activity=fishing"


@pytest.fixture(scope="module")
def running(require_part: Callable[[bool, str], None]) -> Iterator[object]:
    require_part(chromium.path() is not None, chromium.WHY)
    with chromium.browser() as started:
        yield started


@pytest.fixture(scope="module")
def app(repo: Path, tmp_path_factory: pytest.TempPathFactory, running: object) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("app")
    with running_app(repo, folder / "xixi.gpkg", folder / "log.txt") as address:
        yield address


def drawn_map(page: Page) -> FrameLocator:
    """Wait until the map of the page is drawn and return its frame."""
    frame = page.frame_locator('iframe[title="streamlit_folium.st_folium"]').first
    frame.locator("path.leaflet-interactive").first.wait_for(timeout=SLOW_MS)
    return frame


def test_the_map_is_drawn_without_a_network(running: object, app: str) -> None:
    with chromium.watched(running) as seen:
        seen.page.goto(app)
        frame = drawn_map(seen.page)
        strokes = frame.locator("path.leaflet-interactive").evaluate_all(
            "all => all.map(p => [p.getAttribute('stroke'), p.getAttribute('stroke-dasharray')])"
        )
        for colour in ("#0072B2", "#E69F00", "#8C8C8C"):
            assert colour in {stroke for stroke, _ in strokes}
        assert frame.locator("img").count() == 0  # no tiles, no remote icons
        expect(seen.page.locator(".st-key-tabs")).to_be_hidden()  # the tabs of a phone
        assert seen.outside == []
        assert seen.errors == []
    # Unknown paths answer 200 with the start page, so the kind of content is what counts.
    base = app + "component/wetland.ui.assets.webassets/"
    for path, kind in (("leaflet/leaflet.js", "javascript"), ("leaflet/leaflet.css", "css")):
        with urllib.request.urlopen(base + path) as answer:
            assert kind in answer.headers["content-type"]


def test_the_map_is_drawn_under_a_base_path(running: object, repo: Path, tmp_path: Path) -> None:
    store, log = tmp_path / "x.gpkg", tmp_path / "log"
    with (
        running_app(repo, store, log, base="park/app") as address,
        chromium.watched(running) as seen,
    ):
        seen.page.goto(address)
        drawn_map(seen.page)
        assert seen.outside == []


def test_a_click_on_the_map_asks_the_law(running: object, app: str) -> None:
    with chromium.watched(running) as seen:
        seen.page.goto(app)
        frame = drawn_map(seen.page)
        zoom = frame.locator(".leaflet-proxy").get_attribute("style")
        frame.locator(".leaflet-container").click(position={"x": 260, "y": 190})
        where = seen.page.get_by_label("经度, 纬度")
        expect(where).to_have_value(re.compile(r"^120\.\d+, 30\.\d+$"), timeout=SLOW_MS)
        answer = seen.page.get_by_role("heading", name=re.compile("此处适用 .* 条规定"))
        expect(answer).to_be_visible(timeout=SLOW_MS)
        assert frame.locator(".leaflet-proxy").get_attribute("style") == zoom  # the view stays
        assert seen.errors == []


def test_every_page_answers_after_the_language_was_switched(running: object, app: str) -> None:
    """The browser sends choices back by their words: old words must not name a site or a rule."""
    with chromium.watched(running) as seen:
        page = seen.page
        page.goto(app)
        drawn_map(page)
        page.get_by_text("English", exact=True).first.click()
        expect(page.get_by_role("heading", name="What applies here")).to_be_visible(timeout=SLOW_MS)
        for name in ("Screen a file", "Findings", "Permits and notices", "Law", "About and data"):
            page.get_by_role("link", name=name).first.click()
            expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible(
                timeout=SLOW_MS
            )
            page.wait_for_timeout(300)
            assert "no site pack" not in page.inner_text("body")
        page.get_by_text("中文", exact=True).first.click()
        expect(page.get_by_role("heading", name="关于与数据")).to_be_visible(timeout=SLOW_MS)
        assert seen.errors == []


def test_panning_and_zooming_run_nothing(running: object, app: str) -> None:
    with chromium.watched(running) as seen:
        seen.page.goto(app + INSIDE)
        frame = drawn_map(seen.page)
        sent: list[int] = []
        seen.page.on("websocket", lambda _: sent.append(1))
        status = seen.page.locator('[data-testid="stApp"]')
        frame.locator(".leaflet-control-zoom-in").click()
        seen.page.wait_for_timeout(1_200)
        assert status.get_attribute("data-test-script-state") == "notRunning"


def test_where_the_browser_says_it_is_counts_as_gps(running: object, app: str) -> None:
    with chromium.watched(running) as seen:
        seen.page.context.grant_permissions(["geolocation"])
        seen.page.context.set_geolocation(
            {"latitude": 30.2742, "longitude": 120.0668, "accuracy": 37.0}
        )
        seen.page.goto(app)
        drawn_map(seen.page).get_by_role("button", name="我的位置").click()
        where = seen.page.get_by_label("经度, 纬度")
        expect(where).to_have_value("120.066800, 30.274200", timeout=SLOW_MS)
        seen.page.get_by_text("地标、坐标系、位置误差、决定日期").click()
        expect(seen.page.get_by_label("位置误差（米）")).to_have_value("37.00")


def _hostile(path: Path) -> Path:
    """Write a survey file whose words attack every place that shows them."""
    rows = [
        {"id": f"{i} {bad}", "activity": "fishing", "lon": 120.0668, "lat": 30.2742,
         "date": "2015-05-01", "uncertainty_m": 10, "note": bad, "aquatic_catch_consent": "no"}
        for i, bad in enumerate(PAYLOADS.values())
    ]  # fmt: skip
    rows.append(
        {**rows[0], "id": "md ![x](http://evil.example/p.png)", "activity": PAYLOADS["html"]}
    )
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_hostile_file_runs_nothing_anywhere(running: object, app: str, tmp_path: Path) -> None:
    with chromium.watched(running) as seen:
        page = seen.page
        page.goto(app + "screen")
        page.locator('input[type="file"]').set_input_files(_hostile(tmp_path / "bad {{7*7}}.csv"))
        frame = drawn_map(page)
        mark = frame.locator('path[fill="#B00040"]').last  # the one on top
        mark.wait_for(timeout=SLOW_MS)
        mark.hover()
        frame.locator(".leaflet-tooltip:not(.wl-label)").first.wait_for()
        mark.click()
        expect(page.get_by_text("只看地图上点选的一处")).to_be_visible(timeout=SLOW_MS)
        page.get_by_role("tab", name="数据问题").click()
        page.wait_for_timeout(1_000)
        for where in (page, *page.frames):
            assert where.evaluate("window.pwned") is None
        assert seen.outside == []
        assert seen.errors == []


PAGES = ("", "screen", "findings", "records", "law", "about")


@pytest.mark.parametrize(
    ("lang", "paths"),
    [
        ("en", PAGES),  # the longer words
        ("zh", ("screen",)),
        pytest.param("zh", PAGES, marks=pytest.mark.soak),
    ],
)
def test_a_phone_shows_everything_without_scrolling_sideways(
    running: object, app: str, lang: str, paths: tuple[str, ...]
) -> None:
    with chromium.watched(running, width=390, height=844, phone=True) as seen:
        for path in paths:
            seen.page.goto(f"{app}{path}?lang={lang}")
            bar = seen.page.locator(".st-key-tabs")
            expect(bar).to_be_visible(timeout=SLOW_MS)
            if path == "":
                drawn_map(seen.page)
            wide = seen.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 390, path
            bar.locator("a").nth(4).wait_for(timeout=SLOW_MS)
            tops = bar.locator("a").evaluate_all("all => all.map(a => a.offsetTop)")
            assert len(set(tops)) == 1  # one row of tabs
        assert seen.outside == []


def test_every_visitor_sees_the_map_and_the_browser_knows_the_language(
    running: object, app: str
) -> None:
    """A map cached between sessions is blank for the second visitor."""
    for lang, code in (("zh", "zh-CN"), ("en", "en")):
        with chromium.watched(running) as seen:
            seen.page.goto(f"{app}?lang={lang}")
            drawn_map(seen.page)
            assert seen.page.evaluate("document.documentElement.lang") == code
            assert seen.errors == []
