"""Findings about visitors on their page: how many are open, and the button that looks again."""

from __future__ import annotations

from wetland.base.texts import text
from wetland.operations.visitorscreen import VisitorScreening, screen_visitors
from wetland.sites.load import Site
from wetland.store import Store
from wetland.ui import openfindings, session
from wetland.ui.openfindings import Detector

VISITORS = Detector(
    "visitors",
    text(
        "客流疑似问题（承载量、停车、计数中断）：{n} 条待核实，见“疑似问题”页。",
        "Findings about visitors (capacity, car parks, silent counters): {n} open, see the page "
        "“Findings”.",
    ),
    text(
        "还没有按承载量检查过已存的客流数据。",
        "The stored counts have not been compared with the capacities yet.",
    ),
    text("按承载量检查", "Compare with the capacities"),
)


def waiting() -> int | None:
    """Return how many findings about visitors are open; None where nobody looked for any."""
    return openfindings.waiting(VISITORS.name)


def by_rule() -> str:
    """Return how many findings are open under each rule, in words."""
    return openfindings.by_rule(VISITORS.name)


def _screen(store: Store, site: Site, actor: str) -> VisitorScreening:
    return screen_visitors(store, site, as_of=session.today(), actor=actor)


def render(site: Site) -> None:
    """Show how many findings are open, and the button that screens the visitors of the store."""
    openfindings.render(site, VISITORS, _screen, key="visitors-screen")
