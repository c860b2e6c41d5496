"""Findings about water on the water page: how many are open, and the button that looks again."""

from __future__ import annotations

from wetland.base.texts import text
from wetland.operations.waterscreen import WaterScreening, screen_water
from wetland.sites.load import Site
from wetland.store import Store
from wetland.ui import openfindings
from wetland.ui.openfindings import Detector

WATER = Detector(
    "water",
    text(
        "水质疑似问题（超目标类别、恶化、突变）：{n} 条待核实，见“疑似问题”页。",
        "Findings about water (target class missed, deterioration, sudden change): {n} open, see "
        "the page “Findings”.",
    ),
    text(
        "还没有对照目标类别检查过已存的水质数据。",
        "The stored results have not been compared with their target classes yet.",
    ),
    text("检查超标、恶化与突变", "Look for exceedance, deterioration, sudden change"),
)


def _screen(store: Store, site: Site, actor: str) -> WaterScreening:
    return screen_water(store, site, actor=actor)


def render(site: Site) -> None:
    """Show how many findings are open, and the button that screens the water of the store."""
    openfindings.render(site, WATER, _screen, key="water-screen")
