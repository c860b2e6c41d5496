"""The water page in Chromium, without any network."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.maps import chromium
from tests.maps.test_payloads import PAYLOADS
from tests.ui.server import running_app
from wetland.operations.stores import open_store
from wetland.operations.waterfiles import import_water
from wetland.reading.files import Given
from wetland.sites.load import open_site
from wetland.water.readoptions import WaterOptions

SLOW_MS = 60_000


@pytest.fixture(scope="module")
def running(require_part: Callable[[bool, str], None]) -> Iterator[object]:
    require_part(chromium.path() is not None, chromium.WHY)
    with chromium.browser() as started:
        yield started


@pytest.fixture(scope="module")
def app(repo: Path, tmp_path_factory: pytest.TempPathFactory, running: object) -> Iterator[str]:
    """Run the app over the example file, in which one station has a hostile name."""
    folder = tmp_path_factory.mktemp("water")
    site = open_site("xixi")
    with open_store(folder / "xixi.gpkg", site) as store:
        import_water(store, site, site.folder / "examples" / "water.csv", actor="demo")
        options = WaterOptions(water_body="river")
        import_water(store, site, Given.of_bytes("b.csv", _hostile()), options=options, actor="x")
    with running_app(repo, folder / "xixi.gpkg", folder / "log.txt") as address:
        yield address + "water"


def _hostile() -> bytes:
    rows = ["station,date,经度,纬度,氨氮(mg/L),总磷(mg/L)"]
    for i, bad in enumerate([*PAYLOADS.values(), "<img src=x onerror=window.pwned=1>"]):
        name = bad[:80].replace('"', '""')
        rows += [f'"{name}",2026-{m:02d}-05,120.06{i},30.262,0.5,0.1' for m in range(1, 11)]
    return "\n".join(rows).encode()


def drawn_map(page: Page) -> FrameLocator:
    frame = page.frame_locator('iframe[title="streamlit_folium.st_folium"]').first
    frame.locator(".wl-mark").first.wait_for(timeout=SLOW_MS)
    return frame


def drawn_charts(page: Page) -> int:
    canvas = page.locator('[data-testid="stVegaLiteChart"] canvas, '
                          '[data-testid="stVegaLiteChart"] svg')  # fmt: skip
    canvas.first.wait_for(timeout=SLOW_MS)
    return canvas.count()


def test_map_and_strip_are_drawn_without_a_network(running: object, app: str) -> None:
    with chromium.watched(running) as seen:
        seen.page.goto(app)
        frame = drawn_map(seen.page)
        assert "Ⅲ" in frame.locator(".wl-mark").all_inner_texts()
        assert drawn_charts(seen.page) >= 1
        _letters_stand_on_their_marks(seen.page, frame)
        frame.locator('path[fill="#4DB8A4"]').first.click(force=True)  # opens its station
        expect(seen.page.get_by_text("决定类别的指标")).to_be_visible(timeout=SLOW_MS)
        assert seen.outside == []
        assert seen.errors == []


def _letters_stand_on_their_marks(page: Page, frame: FrameLocator) -> None:
    """Look until they do: the layer is put on anew while the page settles."""
    for _ in range(40):
        letters, marks = frame.locator("body").evaluate(_MIDDLES)
        if len(letters) == len(marks) >= 6 and _farthest(letters, marks) < 6:
            break
        page.wait_for_timeout(500)
    assert len(letters) == len(marks) >= 6
    assert _farthest(letters, marks) < 6


_MIDDLES = """body => ['.wl-mark', 'path[stroke="#ffffff"]'].map(
    what => [...body.querySelectorAll(what)].map(e => e.getBoundingClientRect())
        .filter(r => r.height > 12).map(r => [r.x + r.width / 2, r.y + r.height / 2]))"""


def _farthest(letters: list[list[float]], marks: list[list[float]]) -> float:
    """Return how far the letter is that stands farthest from its mark, pixels."""
    return max(min(math.dist(one, mark) for mark in marks) for one in letters)


def test_a_cell_of_the_strip_opens_its_station(running: object, app: str) -> None:
    with chromium.watched(running) as seen:
        seen.page.goto(app)
        drawn_map(seen.page)
        drawn_charts(seen.page)
        chart = seen.page.locator('[data-testid="stVegaLiteChart"]').first
        box = chart.bounding_box()
        assert box is not None
        chart.click(position={"x": box["width"] * 0.7, "y": 70})
        expect(seen.page.get_by_text("决定类别的指标")).to_be_visible(timeout=SLOW_MS)
        assert seen.errors == []


def test_hostile_station_names_run_nothing(running: object, app: str) -> None:
    with chromium.watched(running) as seen:
        page = seen.page
        for view in ("overview", "station", "compare"):
            page.goto(f"{app}?view={view}")
            drawn_charts(page)
            if view == "overview":
                frame = drawn_map(page)
                frame.locator("path.leaflet-interactive").last.hover(force=True)
            page.wait_for_timeout(700)
            for where in (page, *page.frames):
                assert where.evaluate("window.pwned") is None
        assert seen.outside == []
        assert seen.errors == []


def test_a_chart_is_given_as_a_file(running: object, app: str, tmp_path: Path) -> None:
    with chromium.watched(running) as seen:
        seen.page.goto(f"{app}?view=station&station=EX-L1&lang=en")
        drawn_charts(seen.page)
        # Until the run is over another chart may be the first one on the page.
        seen.page.locator('[data-test-script-state="notRunning"]').wait_for(timeout=SLOW_MS)
        with seen.page.expect_download(timeout=SLOW_MS) as came:
            seen.page.get_by_role("button", name="Download chart (SVG)").first.click()
        came.value.save_as(tmp_path / "chart.svg")
        written = (tmp_path / "chart.svg").read_text(encoding="utf-8")
        assert written.startswith("<svg")
        assert "limit III" in written


VIEWS = ("overview", "station", "compare", "load")


@pytest.mark.parametrize(
    ("lang", "views"),
    [
        ("en", VIEWS),  # the longer words
        pytest.param("zh", VIEWS, marks=pytest.mark.soak),
    ],
)
def test_a_phone_shows_every_view_without_scrolling_sideways(
    running: object, app: str, lang: str, views: tuple[str, ...]
) -> None:
    with chromium.watched(running, width=390, height=844, phone=True) as seen:
        for view in views:
            seen.page.goto(f"{app}?view={view}&lang={lang}")
            expect(seen.page.locator(".st-key-tabs")).to_be_visible(timeout=SLOW_MS)
            if view != "load":
                drawn_charts(seen.page)
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390, view
        assert json.dumps(seen.outside) == "[]"
        assert seen.errors == []
