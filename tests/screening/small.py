"""A small site with invented law: two zones that share an edge, a haven inside one, records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.regulations.small import regulation, rule
from tests.sites.packs import feature, write_pack, write_yaml
from wetland.sites.load import Site, open_site

EDGE = 120.01  # the longitude of the edge that the zones share
LAW = "small"
WORDS = {
    "activities": {
        name: {"name": {"zh": name, "en": name}} for name in ("fishing", "digging", "rowing")
    },
    "facts": {"licensed": {"question": {"zh": "licensed?", "en": "licensed?"}}},
    "records": {
        "consent": {"name": {"zh": "consent", "en": "consent"}, "type": "permit"},
        "closure": {"name": {"zh": "closure", "en": "closure"}, "type": "closure"},
    },
}
KINDS = ("park", "belt", "haven")
_HAVEN = "[{means: {zh: m, en: m}, when: {zone: haven}}]"
_CONSENT = "[{means: {zh: m, en: m}, when: {record: consent}}]"
RULES = (
    rule("park", zones="[park]"),
    rule("belt", zones="[belt]"),
    rule("both", zones="[park, belt]"),
    rule("beyond-haven", zones="[park]", not_zones="[haven]"),
    rule("unless-haven", zones="[any]", unless=_HAVEN),
    rule("must-be-in", zones="[any]", modality="obligation", requires="{zone: belt}"),
    rule("closed", zones="[any]", when="{record: closure}"),
    rule("without-consent", zones="[any]", unless=_CONSENT),
    rule("outland", zones="[outland]"),
    rule("inner", zones="[inner]"),
)


def _box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def small_site(folder: Path, *, rules: tuple[str, ...] = RULES, **config: Any) -> Site:
    """Write the pack and open it; every edge is taken as exact."""
    name = {"zh": "z", "en": "z"}
    rings = {
        "park": _box(120.0, 30.0, EDGE, 30.02),
        "belt": _box(EDGE, 30.0, 120.02, 30.02),
        "haven": _box(120.002, 30.005, 120.006, 30.015),
    }
    features = [
        feature(kind, kind=kind, ring=rings[kind], positional_accuracy_m=1, name=name)
        for kind in KINDS
    ]
    why = {"zh": "why", "en": "why"}
    site: dict[str, Any] = {
        "kinds": {kind: {"name": name} for kind in KINDS},
        "memberships": [
            {"id": "outland", "name": name, "why": why, "elsewhere": "inside",
             "rules": [{"zone": ["park", "belt"], "is": "outside"}]},
            {"id": "inner", "name": name, "why": why, "elsewhere": "outside",
             "rules": [{"zone": "haven", "is": "outside"}, {"zone": "park", "is": "inside"}]},
        ],
        "registers": {"consent": {"complete_from": "2012-01-01"},
                      "closure": {"complete_from": "2012-01-01"}},
    }  # fmt: skip
    write_pack(folder, *features, **(site | config))
    write_yaml(folder / "vocabulary.yaml", WORDS)
    for old in (folder / "regulations").iterdir():
        old.unlink()
    law = regulation(LAW, "2012-01-01", None, covers="[fishing]") + "".join(rules)
    (folder / "regulations" / f"{LAW}.yaml").write_text(law, encoding="utf-8")
    return open_site(folder)
