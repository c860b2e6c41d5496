"""The files of a new pack on which nobody has worked yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from wetland.base.errors import PackError
from wetland.base.mistakes import explain
from wetland.base.texts import Text, text
from wetland.sites.config import SiteConfig


@dataclass(frozen=True, slots=True)
class NewSite:
    """What a new pack needs beside its boundaries.

    ``schematic`` and ``positional_accuracy_m`` hold for every boundary; ``source`` and ``licence``
    are where they come from.
    """

    id: str
    name: Text
    timezone: str
    crs_epsg: int
    source: str
    licence: str
    schematic: bool = True
    positional_accuracy_m: float = 50.0


def site_document(about: NewSite, kinds: dict[str, Text]) -> dict[str, Any]:
    """Return the `site.yaml` of a new pack.

    Raises
    ------
    PackError
        The time zone or the CRS cannot be used.
    """
    document: dict[str, Any] = {
        "id": about.id,
        "name": about.name.model_dump(),
        "timezone": about.timezone,
        "crs_epsg": about.crs_epsg,
        "exercise_mode": False,
        "schematic_notice": NOTICE.model_dump(),
        "kinds": {kind: {"name": name.model_dump()} for kind, name in kinds.items()},
        "position_defaults": dict(POSITION_DEFAULTS),
        "memberships": [],
        "registers": {},
        "sources": [{"what": "zones", "source": about.source, "licence": about.licence}],
    }
    try:
        SiteConfig.model_validate(document)
    except ValidationError as error:
        raise PackError(about.id, explain(error, file="site.yaml")) from None
    return document


def law_document(about: NewSite) -> dict[str, Any]:
    """Return a regulation that says: the law of this place is not encoded."""
    return {
        "regulation": {
            "id": f"{about.id}-law",
            "line": f"{about.id}-law",
            "title": text("当地法规", "the law of this place").model_dump(),
            "version": text("未录入", "not encoded").model_dump(),
            "rank": "law",
            "valid_from": "1900-01-01",
            "valid_to": None,
            "coverage": "none",
            "covers": list(VOCABULARY["activities"]),
            "text_seen": False,
            "confidence": "low",
            "source": "none",
            "gaps": [{"from": None, "to": "1900-01-01", "note": UNENCODED.model_dump()}],
            "note": UNENCODED.model_dump(),
        },
        "rules": [],
    }


NOTICE = text(
    "边界为示意，未经测绘，不得用于执法", "Schematic boundaries, not surveyed; not for enforcement"
)
UNENCODED = text(
    "本场地的法规尚未录入，所有问题均答“未覆盖”",
    "no law of this site is encoded: every question is answered 'not covered'",
)
# On the safe side for any device; set what your own reach.
POSITION_DEFAULTS = {"declared": 100, "map_click": 100, "gps": 200, "photo": 300, "unknown": 1000}
VOCABULARY: dict[str, Any] = {
    "activities": {
        "fishing": {"name": {"zh": "捕捞", "en": "fishing"}},
        "hunting": {"name": {"zh": "猎捕", "en": "hunting"}},
        "construction": {"name": {"zh": "建设", "en": "construction"}},
        "discharge": {"name": {"zh": "排污", "en": "discharging waste water"}},
        "plant_collecting": {"name": {"zh": "采集植物", "en": "collecting plants"}},
        "entry": {"name": {"zh": "进入", "en": "entering"}},
    },
    "facts": {},
    "records": {},
}
README = """# {name} ({name_zh})

A site pack made by `wetland site init`: {count} zone(s), no law encoded yet.

- Boundaries: {source}. Licence: {licence}.
- `site.yaml`: name, time zone, CRS, kinds of zones, how uncertain a position is by its source.
- `vocabulary.yaml`: the words rules are written in; `regulations/`: the law, one file per version.
- Say of each zone how accurate its boundary is (`positional_accuracy_m`) and whether it was
  surveyed (`schematic: false`); give `valid_from` where it is known.

Check it with `wetland site check {id}` (or the path of this folder).
"""
