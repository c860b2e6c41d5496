"""Chromium for tests: found, started, and watched for requests that leave this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--font-render-hinting=none",
)  # fmt: skip
LOCAL = {"127.0.0.1", "localhost"}
NAMES = ("chromium", "chromium-browser", "google-chrome")
WHY = "Chromium is not installed (Debian: apt-get install chromium fonts-noto-cjk)"


def path() -> str | None:
    """Return where Chromium is: ``WETLAND_CHROMIUM``, else on the path, else None."""
    given = os.environ.get("WETLAND_CHROMIUM")
    return given or next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium and end it."""
    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=path(), args=list(ARGUMENTS))
        try:
            yield running
        finally:
            running.close()


@dataclass
class Watched:
    """A page, every request of it that would have left this machine, and its script errors."""

    page: Page
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def watched(
    running: Browser, *, width: int = 1280, height: int = 900, phone: bool = False
) -> Iterator[Watched]:
    """Open a page of its own session; requests to other machines are noted and stopped."""
    context = running.new_context(
        viewport={"width": width, "height": height},
        is_mobile=phone,
        has_touch=phone,
        locale="zh-CN",
        accept_downloads=True,
    )
    seen = Watched(context.new_page())

    def judge(route, request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in LOCAL:
            seen.outside.append(request.url)
            route.abort()
        else:
            route.continue_()

    context.route("**/*", judge)
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
    try:
        yield seen
    finally:
        context.close()
