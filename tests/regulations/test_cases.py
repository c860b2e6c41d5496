"""Every case of every site pack comes out as written, and every rule has its kinds of case."""

from __future__ import annotations

from pathlib import Path

import pytest

from wetland.base.yaml import read_yaml
from wetland.regulations.cases import CaseResult, load_cases, run_case, uncovered_rules
from wetland.regulations.load import load_regulations, load_vocabulary

LAYERS = Path(__file__).parents[2] / "layers"
KINDS = ("protection", "buffer", "landscape")


def _zone_names(folder: Path) -> set[str]:
    names = set(KINDS)
    if (folder / "zones.geojson").exists():
        zones, _ = read_yaml(folder / "zones.geojson")  # JSON is YAML
        names |= {f["properties"]["kind"] for f in zones["features"]}
    if (folder / "site.yaml").exists():
        site, _ = read_yaml(folder / "site.yaml")
        names |= {m["id"] for m in (site.get("memberships") or [])}
    return names


def _pack(site: str):
    folder = LAYERS / site
    vocabulary, mistakes = load_vocabulary(folder / "vocabulary.yaml")
    assert vocabulary is not None, [m.show("en") for m in mistakes]
    zones = _zone_names(folder)
    regulations, more = load_regulations(folder / "regulations", vocabulary, zones)
    cases, wrong = load_cases(folder / "regulations")
    return regulations, cases, zones, [*mistakes, *more, *wrong]


SITES = sorted(p.parent.name for p in LAYERS.glob("*/vocabulary.yaml"))
PACKS = {site: _pack(site) for site in SITES}
ALL = [
    pytest.param(site, regulation, case, id=f"{site}-{CaseResult(regulation, case, ()).name}-{i}")
    for site, (_, cases, _, _) in PACKS.items()
    for i, (regulation, case) in enumerate(cases)
]


@pytest.mark.parametrize(("site", "regulation", "case"), ALL)
def test_case_comes_out_as_written(site: str, regulation: str, case) -> None:
    regulations, _, zones, _ = PACKS[site]
    assert run_case(regulations, regulation, case, zones).faults == ()


@pytest.mark.parametrize("site", SITES)
def test_pack_has_no_mistakes(site: str) -> None:
    assert [m.show("en") for m in PACKS[site][3]] == []


@pytest.mark.parametrize("site", SITES)
def test_every_rule_has_each_kind_of_case(site: str) -> None:
    regulations, cases, _, _ = PACKS[site]
    assert uncovered_rules(regulations, cases) == {}
