"""The visitor page in Chromium, without any network: charts, hostile words, a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.maps import chromium
from tests.maps.test_payloads import PAYLOADS
from tests.ui.server import running_app
from tests.ui.test_visitors import GATES, VIEWS, _import

SLOW_MS = 60_000
READY = {
    "today": "负荷与承载量",
    "calendar": "逐月：环比与同比",
    "forecast": "地点",
    "parking": "诱导屏文字（预览）",
    "totals": "公布的累计人次",
    "balance": "假如降低日上限",
    "load": "客流或停车场文件（CSV、XLSX）",
}


@pytest.fixture(scope="module")
def running(require_part: Callable[[bool, str], None]) -> Iterator[object]:
    require_part(chromium.path() is not None, chromium.WHY)
    with chromium.browser() as started:
        yield started


@pytest.fixture(scope="module")
def app(repo: Path, tmp_path_factory: pytest.TempPathFactory, running: object) -> Iterator[str]:
    """Run the app over a few counts and car parks, of which some have hostile names."""
    folder = tmp_path_factory.mktemp("visitors")
    path = folder / "xixi.gpkg"
    bad = [p.replace('"', '""') for p in PAYLOADS.values()]
    counts = ["place,date,count,remarks,synthetic"]
    counts += [f"{g},2026-11-{d:02d},{900 + 9 * d},,true" for g in GATES for d in range(1, 21)]
    counts += [f'"{name}",2026-11-0{n + 1},{70 + n},"{name}",true' for n, name in enumerate(bad)]
    _import(path, "x.csv", "\n".join(counts).encode())
    cars = ["car_park,time,capacity,occupied,synthetic"]
    for name in ["EX-C1", "EX-C2", *bad]:
        cars += [f'"{name}",2026-11-20 {h:02d}:00,100,{5 * h},true' for h in range(7, 15)]
    _import(path, "cars.csv", "\n".join(cars).encode())
    with running_app(repo, path, folder / "log.txt") as address:
        yield address + "visitors"


def _ready(page: Page, view: str) -> None:
    expect(page.get_by_text(READY[view]).first).to_be_visible(timeout=SLOW_MS)
    page.wait_for_timeout(1_500)


@pytest.mark.soak
def test_views_are_drawn_without_a_network_and_words_run_nothing(running: object, app: str) -> None:
    with chromium.watched(running) as seen:
        for view in VIEWS:
            seen.page.goto(f"{app}?view={view}")
            _ready(seen.page, view)
            if view in ("today", "calendar", "parking", "totals"):
                chart = seen.page.locator('[data-testid="stVegaLiteChart"]').first
                chart.wait_for(timeout=SLOW_MS)
            for where in (seen.page, *seen.page.frames):
                assert where.evaluate("window.pwned") is None
        assert seen.outside == []
        assert seen.errors == []


@pytest.mark.soak
def test_a_phone_shows_every_view_without_scrolling_sideways(running: object, app: str) -> None:
    with chromium.watched(running, width=390, height=844, phone=True) as seen:
        for view in VIEWS:
            seen.page.goto(f"{app}?view={view}")
            _ready(seen.page, view)
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390, view
        assert seen.outside == []
        assert seen.errors == []
