"""The maps in a real browser: drawn without a network, and no payload runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.maps import chromium
from tests.maps.test_payloads import PAYLOADS, _sinks
from wetland.maps.offline import OfflineMap, localise

SINKS = ("tip", "label", "area", "array", "group")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def running(require_part: Callable[[bool, str], None]) -> Iterator[object]:
    require_part(chromium.path() is not None, chromium.WHY)
    with chromium.browser() as started:
        yield started


@pytest.fixture(scope="module")
def served(
    repo: Path, tmp_path_factory: pytest.TempPathFactory, require_part: Callable[[bool, str], None]
) -> Iterator[tuple[str, Path]]:
    """Serve a folder that holds the map files and the pages of the tests."""
    assets = repo / "wetland" / "ui" / "_assets"
    require_part((assets / "leaflet" / "leaflet.js").is_file(), "map files: run make install")
    folder = tmp_path_factory.mktemp("maps")
    (folder / "x").symlink_to(assets)
    (folder / "page").mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/page/", folder / "page"
    server.shutdown()
    server.server_close()
    thread.join()


def _put(folder: Path, name: str, shown: OfflineMap) -> str:
    localise(shown, shown.assets)
    file = folder / f"{name}.html"
    page = shown.get_root().render()
    frame = "<style>html,body,.folium-map{height:100%;margin:0}</style></head>"
    file.write_text(page.replace("</head>", frame, 1), encoding="utf-8")
    return file.name


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("sink", SINKS)
def test_no_payload_runs_in_the_browser(
    running: object, served: tuple[str, Path], sink: str, payload: str
) -> None:
    address, folder = served
    name = _put(folder, f"{sink}-{payload}", _sinks(PAYLOADS[payload])[sink])
    with chromium.watched(running) as seen:
        seen.page.goto(address + name)
        marks = seen.page.locator(".leaflet-interactive, canvas, .wl-label")
        marks.first.wait_for(state="attached")
        box = seen.page.locator(".folium-map").bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        seen.page.mouse.move(*middle)
        seen.page.mouse.click(*middle)
        words = seen.page.locator(".leaflet-tooltip").first
        words.wait_for()
        assert words.inner_text().strip() == " ".join(PAYLOADS[payload].split())
        assert seen.page.evaluate("window.pwned") is None
        assert seen.outside == []
        assert seen.errors == []


def test_the_shapes_of_outcomes_are_drawn_on_svg_and_canvas(
    running: object, served: tuple[str, Path]
) -> None:
    address, folder = served
    drawn = {sink: _put(folder, f"shape-{sink}", _sinks("x")[sink]) for sink in ("tip", "array")}
    with chromium.watched(running) as seen:
        seen.page.goto(address + drawn["tip"])
        path = seen.page.locator("path.leaflet-interactive").first
        path.wait_for(state="attached")
        assert path.get_attribute("d").count("L") == 3  # a diamond has four corners
        seen.page.goto(address + drawn["array"])
        seen.page.locator("canvas").wait_for(state="attached")
        inked = seen.page.evaluate(
            "() => { const c = document.querySelector('canvas'), d = c.getContext('2d')"
            ".getImageData(0, 0, c.width, c.height).data; let n = 0;"
            "for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n; }"
        )
        assert inked > 50
        assert seen.errors == []
