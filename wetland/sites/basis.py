"""What the zones of a site rest on (界线依据), and what every reader must be told of them."""

from __future__ import annotations

from wetland.base.texts import Text, text
from wetland.sites.load import Site

EXERCISE = text(
    "演练模式：把示意边界当作实测边界。{n}",
    "Exercise mode: schematic edges are taken as surveyed. {n}",
)


def zone_basis(site: Site, *, assume_schematic: bool) -> str:
    """Return what the zones rest on: ``surveyed``, ``schematic``, or ``exercise``."""
    if not any(zone.schematic for zone in site.zones):
        return "surveyed"
    return "exercise" if assume_schematic else "schematic"


def notice_of(site: Site, basis: str) -> Text | None:
    """Return what every reader of a finding must be told of the zones.

    None where they are surveyed, or where the finding does not rest on them.
    """
    if basis in {"surveyed", "not_used"}:
        return None
    notice = site.config.schematic_notice
    return EXERCISE.fill(n=notice) if basis == "exercise" else notice
