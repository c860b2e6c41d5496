"""The bird page in Chromium, without any network: map, charts, hostile words, a phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.maps import chromium
from tests.maps.test_payloads import PAYLOADS
from tests.ui.server import running_app
from wetland.operations.birdfiles import import_birds
from wetland.operations.stores import open_store
from wetland.reading.files import Given
from wetland.sites.load import open_site

SLOW_MS = 60_000
TODAY = dt.date(2026, 11, 24)


@pytest.fixture(scope="module")
def running(require_part: Callable[[bool, str], None]) -> Iterator[object]:
    require_part(chromium.path() is not None, chromium.WHY)
    with chromium.browser() as started:
        yield started


@pytest.fixture(scope="module")
def app(repo: Path, tmp_path_factory: pytest.TempPathFactory, running: object) -> Iterator[str]:
    """Run the app over a few counts of one species, at plots of which some have hostile names."""
    folder = tmp_path_factory.mktemp("birds")
    site = open_site("xixi")
    with open_store(folder / "xixi.gpkg", site) as store:
        given = Given.of_bytes("b.csv", _counts())
        import_birds(store, site, given, actor="demo", today=TODAY)
    with running_app(repo, folder / "xixi.gpkg", folder / "log.txt") as address:
        yield address + "birds"


def _counts() -> bytes:
    bad = [p.replace('"', '""') for p in PAYLOADS.values()]
    rows = ["plot,date,lon,lat,species,count,remarks,synthetic"]
    for year in range(2016, 2026):
        for i, plot in enumerate(["EX-B1", "EX-B2", "EX-B3", *bad]):
            count = 40 - 3 * (year - 2016) + i
            place = f"120.06{i},30.262"
            rows.append(f'"{plot}",{year}-01-1{i},{place},白骨顶,{count},"{bad[2]}",true')
    rows += [f'EX-B1,2025-02-0{i + 1},,,"{name}",3,,true' for i, name in enumerate(bad)]
    return "\n".join(rows).encode()


def _settled(page: Page) -> None:
    page.locator('[data-testid="stVegaLiteChart"]').first.wait_for(timeout=SLOW_MS)
    page.wait_for_timeout(1_000)


def test_views_are_drawn_without_a_network_and_words_run_nothing(running: object, app: str) -> None:
    with chromium.watched(running) as seen:
        page = seen.page
        page.goto(f"{app}?view=species")
        frame = page.frame_locator('iframe[title="streamlit_folium.st_folium"]').first
        frame.locator("canvas.leaflet-zoom-animated").first.wait_for(timeout=SLOW_MS)
        _settled(page)
        assert page.locator('[data-testid="stVegaLiteChart"]').count() >= 3
        expect(page.get_by_text("种群指数")).to_be_visible()
        for where in (page, *page.frames):
            assert where.evaluate("window.pwned") is None
        assert seen.outside == []
        assert seen.errors == []


@pytest.mark.soak
def test_a_phone_shows_every_view_without_scrolling_sideways(running: object, app: str) -> None:
    with chromium.watched(running, width=390, height=844, phone=True) as seen:
        page = seen.page
        for view, ready in (
            ("overview", "历年累计记录鸟种数"),
            ("queue", "提交（已选 0 条）"),
            ("load", "存储中未匹配的名称"),
        ):
            page.goto(f"{app}?view={view}")
            expect(page.get_by_text(ready).first).to_be_visible(timeout=SLOW_MS)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, view
            assert page.evaluate("window.pwned") is None
        assert seen.outside == []
        assert seen.errors == []
