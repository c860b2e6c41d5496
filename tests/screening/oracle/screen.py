"""Screen observations (筛查): observations x zones x records x the law of the day -> findings.

Each act is judged by itself; distinct situations are only counted.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tests.screening.oracle.candidates import Candidates, DayClass
from tests.screening.oracle.footprints import Ground
from tests.screening.oracle.registers import Registers, open_registers
from tests.screening.oracle.rows import WITH_ROWS, Findings, finding_rows, findings_table
from wetland.base.places import Membership
from wetland.base.texts import Text
from wetland.regulations.conditions import FactValue, Situation
from wetland.regulations.evaluate import Outcome
from wetland.regulations.explain import Words
from wetland.regulations.judge import Judgement
from wetland.screening.rows import Stamp
from wetland.screening.screen import Settings
from wetland.screening.uncertainty import fill_uncertainty, widest_of
from wetland.sites.basis import notice_of, zone_basis
from wetland.sites.load import Site
from wetland.sites.place import memberships

if TYPE_CHECKING:
    import pandas as pd

DETECTOR = "screening"
ANY_RULE = "*"


@dataclass(frozen=True, slots=True)
class Screened:
    """What a screening found.

    Parameters
    ----------
    findings
        The table `FINDINGS`: what is broken, and what is undecided.
    undecided
        How often which facts are missing for which rule; rule ``*`` where no activity is known and
        so any rule may speak of the act.
    counts
        Observations, those screened, outcomes, rules, and laws that are not encoded.
    """

    findings: pd.DataFrame
    undecided: list[dict[str, Any]]
    counts: dict[str, Any]


def screen(
    observations: pd.DataFrame,
    site: Site,
    *,
    records: pd.DataFrame | None = None,
    settings: Settings | None = None,
    widest: Mapping[str, float] | None = None,
) -> Screened:
    """Compare observations with the law of the day of each act.

    The parameters are those of `wetland.screening.screen.screen`.

    Notes
    -----
    Rule of decision. The law of the site's local day of the act; a position without stated
    uncertainty has the widest of its source; an observation without activity is counted as
    undecided under rule ``*``; a day whose law is not encoded is counted as not covered, never as
    kept. Kept rules leave no row; nor do undecided ones where there are too many to list.
    """
    chosen = settings or Settings()
    defaults = widest_of(site.config.position_defaults, widest or {})
    acts = _Acts.of(observations, site, chosen, defaults)
    ground = Ground(site, acts.geometries, chosen.assume_schematic)
    registers = open_registers(site, records, acts.geometries, acts.uncertainty_m)
    basis = zone_basis(site, assume_schematic=chosen.assume_schematic)
    stamp = Stamp(site.id, DETECTOR, basis, site.digest, notice_of(site, basis))
    words = Words(site.vocabulary, site.config.zone_titles)
    situations: set[tuple[Any, ...]] = set()
    tally = _Tally(len(acts.ids))
    found = Findings(words, stamp)
    candidates = Candidates(site.regulations, chosen.decided_on)
    answered: list[tuple[int, Situation, Judgement]] = []
    tally.without_activity = sum(not activities for activities in acts.activities)
    for position in acts.with_activity():
        situation = acts.situation(position, registers)
        asked, day = candidates.of(situation.activities, situation.on)
        zones = None if chosen.decided_on else asked.zones
        situations.add(_key(situation, day, ground.key(position, situation), zones))
        judgement = ground.judge(position, situation, asked.rules, decided_on=chosen.decided_on)
        tally.add(judgement)
        answered.append((position, situation, judgement))
    one_by_one = chosen.lists(sum(tally.missing.values()))
    kept = WITH_ROWS if one_by_one else WITH_ROWS - {Outcome.UNDECIDED}
    for position, situation, judgement in answered:
        finding_rows(found, acts.row(position), situation, judgement, kept=kept)
    counts = {**tally.counts(len(situations)), "undecided_listed": one_by_one,
              "default_uncertainty": acts.assumed()}  # fmt: skip
    return Screened(findings_table(found), tally.undecided(), counts)


def _key(
    situation: Situation, day: DayClass, footprint: int | None, asked: frozenset[str] | None
) -> tuple[Any, ...]:
    """Return what an answer depends on: acts with the same key are one situation.

    ``asked`` are the zones the rules name; None (a later law is compared too): all.
    """
    return (
        day,
        situation.activities,
        tuple(
            (name, m.where, m.cause)
            for name, m in situation.zones.items()
            if asked is None or name in asked
        ),
        tuple(sorted(situation.facts.items())),
        tuple(sorted(situation.records.items())),
        footprint,
    )


@dataclass(frozen=True, slots=True)
class _Acts:
    """The observations, column by column, with their place in the zones."""

    table: list[dict[str, Any]]
    ids: list[str]
    days: list[dt.date | None]
    activities: list[tuple[str, ...]]
    facts: list[dict[str, FactValue]]
    geometries: NDArray[Any]
    uncertainty_m: NDArray[np.float64]
    defaulted: NDArray[np.bool_]
    zones: list[dict[str, Membership]]

    @classmethod
    def of(
        cls,
        observations: pd.DataFrame,
        site: Site,
        settings: Settings,
        defaults: Mapping[str, float],
    ) -> _Acts:
        plain = observations.astype(object).where(observations.notna(), None)
        table = [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]
        stated = observations["uncertainty_m"].to_numpy(dtype=float, na_value=np.nan)
        sources = np.array([r["position_source"] for r in table], dtype=object)
        uncertainty = fill_uncertainty(stated, sources, defaults)
        geometries: NDArray[Any] = np.empty(len(table), dtype=object)
        geometries[:] = [r["geometry"] for r in table]
        days = [settings.on or r["occurred_on"] for r in table]
        return cls(
            table,
            [r["observation_id"] for r in table],
            days,
            [tuple(r["activity"].split(";")) if r["activity"] else () for r in table],
            [_facts(r["facts"], site) for r in table],
            geometries,
            uncertainty,
            ~np.isfinite(stated),
            memberships(site, geometries, uncertainty, on=days,
                        assume_schematic=settings.assume_schematic),
        )  # fmt: skip

    def assumed(self) -> list[dict[str, Any]]:
        """Return how many positions had no stated uncertainty, and what was taken instead."""
        pairs = Counter(
            (self.table[i]["position_source"], float(self.uncertainty_m[i]))
            for i in np.flatnonzero(self.defaulted).tolist()
            if self.geometries[i] is not None
        )
        return [
            {"position_source": source, "uncertainty_m": metres, "count": count}
            for (source, metres), count in pairs.most_common()
        ]

    def situation(self, position: int, registers: Registers) -> Situation:
        zones = self.zones[position]
        bare = Situation(
            self.days[position], self.activities[position], zones, self.facts[position]
        )
        at = self.table[position]["occurred_at"]
        truths = registers.truths(position, bare, at, zones)
        return Situation(bare.on, bare.activities, zones, bare.facts, truths)

    def with_activity(self) -> list[int]:
        """Return the positions of observations that name an activity."""
        return [i for i, activities in enumerate(self.activities) if activities]

    def row(self, position: int) -> dict[str, Any]:
        """Return one observation with the uncertainty that was used."""
        return {
            **self.table[position],
            "occurred_on": self.days[position],
            "used_uncertainty_m": float(self.uncertainty_m[position]),
            "uncertainty_stated": not bool(self.defaulted[position]),
        }


def _facts(raw: str | None, site: Site) -> dict[str, FactValue]:
    """Return the facts of an observation; days come back as days."""
    found: dict[str, FactValue] = json.loads(raw) if raw else {}
    for name, value in found.items():
        fact = site.vocabulary.facts.get(name)
        if fact is not None and fact.kind == "day" and isinstance(value, str):
            found[name] = dt.date.fromisoformat(value)
    return found


@dataclass(slots=True)
class _Tally:
    """What is counted while screening."""

    observations: int
    without_activity: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    rules: dict[str, Counter[str]] = field(default_factory=dict)
    missing: Counter[tuple[str, tuple[str, ...]]] = field(default_factory=Counter)
    uncovered: Counter[str] = field(default_factory=Counter)
    partly: Counter[str] = field(default_factory=Counter)
    laws: dict[str, Text] = field(default_factory=dict)

    def add(self, judgement: Judgement) -> None:
        self.outcomes[judgement.outcome.value] += 1
        for judged in judgement.judged:
            self.rules.setdefault(judged.rule.id, Counter())[judged.outcome.value] += 1
            if judged.outcome is Outcome.UNDECIDED:
                self.missing[judged.rule.id, judged.missing] += 1
        for gap in {g.line: g for g in judgement.not_covered}.values():
            self.laws[gap.line] = gap.law
            (self.partly if gap.partly else self.uncovered)[gap.line] += 1

    def undecided(self) -> list[dict[str, Any]]:
        """Return the missing facts, most frequent first."""
        if self.without_activity:
            self.missing[ANY_RULE, ("activity",)] = self.without_activity
        return [
            {"rule": rule, "missing": list(missing), "count": count}
            for (rule, missing), count in self.missing.most_common()
        ]

    def counts(self, situations: int) -> dict[str, Any]:
        screened = self.observations - self.without_activity
        outcomes = {o.value: self.outcomes.get(o.value, 0) for o in Outcome}
        outcomes["undecided"] += self.without_activity
        return {
            "observations": self.observations,
            "screened": screened,
            "without_activity": self.without_activity,
            "situations": situations,
            "by_outcome": outcomes,
            "by_rule": {rule: dict(found) for rule, found in sorted(self.rules.items())},
            "not_covered": _named(self.uncovered, self.laws),
            "partly_covered": _named(self.partly, self.laws),
        }


def _named(found: Counter[str], laws: Mapping[str, Text]) -> list[dict[str, Any]]:
    return [
        {"line": line, "law_zh": laws[line].zh, "law_en": laws[line].en, "count": count}
        for line, count in found.most_common()
    ]
