"""Findings about birds on the bird page: how many are open, and the button that looks again."""

from __future__ import annotations

from wetland.base.texts import text
from wetland.operations.birdscreen import BirdScreening, screen_birds
from wetland.sites.load import Site
from wetland.store import Store
from wetland.ui import openfindings, session
from wetland.ui.openfindings import Detector

BIRDS = Detector(
    "birds",
    text(
        "鸟类疑似问题（下降、1% 标准、新记录、繁殖）：{n} 条待核实，见“疑似问题”页。",
        "Findings about birds (declines, 1 % test, first records, breeding): {n} open, see the "
        "page “Findings”.",
    ),
    text(
        "还没有对已存的鸟类数据检查过下降、1% 标准、新记录和繁殖。",
        "The stored surveys have not been looked through for declines, the 1 % test, first records "
        "and breeding yet.",
    ),
    text("检查预警、新记录和繁殖", "Look for alerts and first records"),
)


def waiting() -> int | None:
    """Return how many findings about birds are open; None where nobody looked for any."""
    return openfindings.waiting(BIRDS.name)


def by_rule() -> str:
    """Return how many findings are open under each rule, in words."""
    return openfindings.by_rule(BIRDS.name)


def _screen(store: Store, site: Site, actor: str) -> BirdScreening:
    return screen_birds(store, site, as_of=session.today(), actor=actor)


def render(site: Site) -> None:
    """Show how many findings are open, and the button that screens the birds of the store."""
    openfindings.render(site, BIRDS, _screen, key="birds-screen")
