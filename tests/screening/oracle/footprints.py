"""Areas of footprints in the zones a rule names (占地面积): ``area_m2`` where nobody stated it.

Rule of decision: a stated area goes first. Else the area is measured in the union of the zones the
rule names, in the site's projected CRS. Where the footprint crosses an edge that was drawn and not
surveyed, the area inside is not known and stays missing, unless in exercise mode.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely
from numpy.typing import NDArray

from wetland.regulations.conditions import Situation
from wetland.regulations.evaluate import Outcome
from wetland.regulations.judge import Judged, Judgement, judge, settled
from wetland.regulations.overlaps import overlap
from wetland.regulations.rulebook import DatedRule
from wetland.sites.load import Site
from wetland.zones.areas import POLYGONAL
from wetland.zones.projection import project_geometry

AREA = "area_m2"
_WHOLE = 1e-9
_WORST = {Outcome.BROKEN: 0, Outcome.UNDECIDED: 1, Outcome.KEPT: 2, Outcome.NOT_COVERED: 3}


@dataclass(slots=True)
class Ground:
    """The ground the acts stand on: measures each footprint in each set of zones."""

    site: Site
    geometries: NDArray[Any]
    assume_schematic: bool

    def is_open(self, act: int, situation: Situation) -> bool:
        """Tell whether the act is a footprint whose area nobody stated."""
        geometry = self.geometries[act]
        return (
            AREA in self.site.vocabulary.facts
            and geometry is not None
            and geometry.geom_type in POLYGONAL
            and situation.facts.get(AREA) is None
        )

    def key(self, act: int, situation: Situation) -> int | None:
        """Return what sets this footprint apart; stations and lines are not."""
        return act if self.is_open(act, situation) else None

    def area_m2(self, act: int, zones: tuple[str, ...], on: dt.date | None) -> float | None:
        """Return the area of a footprint in the union of ``zones``, None where it is not known."""
        footprint = project_geometry(self.geometries[act], self.site.crs_epsg)
        whole = float(shapely.area(footprint))
        if "any" in zones:
            return whole
        layer = self.site.zones.on(on)
        drawn = [zone for zone in layer if zone.kind in zones]
        if not drawn:
            return None
        union = shapely.union_all([layer.shape(zone).polygon for zone in drawn])
        inside = whole
        if not shapely.covers(union, footprint):
            inside = float(shapely.area(shapely.intersection(union, footprint)))
        crosses = inside < whole * (1 - _WHOLE)
        unsure = any(zone.schematic for zone in drawn) and not self.assume_schematic
        return None if inside <= 0 or (crosses and unsure) else inside

    def judge(
        self,
        act: int,
        situation: Situation,
        rules: Sequence[DatedRule],
        *,
        decided_on: dt.date | None,
    ) -> Judgement:
        """Judge an act by ``rules``; a footprint with the area in the zones of each rule."""
        regulations = self.site.regulations
        if not self.is_open(act, situation):
            return judge(regulations, situation, decided_on=decided_on, rules=rules)
        groups: dict[tuple[str, ...], list[DatedRule]] = {}
        for rule in rules:
            groups.setdefault(rule.rule.zones, []).append(rule)
        judged: list[Judged] = []
        for zones, group in groups.items():
            area = self.area_m2(act, zones, situation.on)
            facts = dict(situation.facts) if area is None else {**situation.facts, AREA: area}
            known = replace(situation, facts=facts)
            part = judge(regulations, known, decided_on=decided_on, rules=group)
            judged.extend(part.judged)
        judged.sort(key=lambda j: (_WORST[j.outcome], len(j.missing), -j.rule.rule.severity))
        gaps = judge(regulations, situation, decided_on=decided_on, rules=()).not_covered
        return Judgement(tuple(judged), overlap([settled(j) for j in judged]), gaps)
