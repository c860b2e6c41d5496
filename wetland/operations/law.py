"""What applies here, on this day, and was it broken? The ranger's question."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from shapely.geometry import Point

from wetland.base.errors import InputError
from wetland.base.places import Membership, Where
from wetland.base.texts import Lang, Text, text
from wetland.regulations import penalty_law
from wetland.regulations.answers import judgement_json
from wetland.regulations.conditions import FactValue, Situation
from wetland.regulations.evaluate import Outcome
from wetland.regulations.explain import Words
from wetland.regulations.judge import Judgement, judge
from wetland.screening.registers import records_of
from wetland.sites.basis import notice_of, zone_basis
from wetland.sites.load import Site
from wetland.sites.place import memberships
from wetland.zones.datums import to_wgs84

if TYPE_CHECKING:
    import pandas as pd

Json = dict[str, Any]


FAR_KM = 100.0  # beyond this a place is hardly of this site, and its law may not reach it


@dataclass(frozen=True, slots=True)
class LawQuestion:
    """A place, a day, and what is known of the act.

    Parameters
    ----------
    lon, lat
        Longitude and latitude in ``datum``, degrees.
    on
        The site's local day of the act; None: not known (everything is then undecided).
    activities
        Activity ids; empty asks "what applies here at all".
    facts
        Known facts by id (see `wetland.regulations.facts.parse_facts`).
    decided_on
        Day of the decision; only with it a later and milder law is looked for.
    assume_schematic
        Exercise mode: take schematic edges as surveyed. Every answer is stamped.
    uncertainty_m
        Uncertainty of the position; None takes the widest value of its source.
    position_source
        A key of the site's ``position_defaults``.
    time
        Local time of the act, for records that hold at certain hours.
    """

    lon: float
    lat: float
    on: dt.date | None
    activities: tuple[str, ...] = ()
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    decided_on: dt.date | None = None
    assume_schematic: bool = False
    uncertainty_m: float | None = None
    position_source: str = "declared"
    datum: str = "wgs84"
    time: dt.time | None = None


@dataclass(frozen=True, slots=True)
class LawAnswer:
    """The answer with everything it rests on; `to_json` is what the command line prints."""

    site: Site
    question: LawQuestion
    lon: float
    lat: float
    uncertainty_m: float
    zones: Mapping[str, Membership]
    zone_basis: str
    situation: Situation
    judgement: Judgement

    def to_json(self, lang: Lang = "zh") -> Json:
        """Return the answer as JSON-ready mappings in one language."""
        asked = self.question
        notice = notice_of(self.site, self.zone_basis)
        return {
            "site": self.site.id,
            "lon": self.lon,
            "lat": self.lat,
            "datum": asked.datum,
            "uncertainty_m": self.uncertainty_m,
            "on": None if asked.on is None else asked.on.isoformat(),
            "decided_on": None if asked.decided_on is None else asked.decided_on.isoformat(),
            "activity": list(asked.activities),
            "facts": {k: _plain(v) for k, v in asked.facts.items()},
            "zones": zones_json(self.site, self.zones, lang),
            "zone_basis": self.zone_basis,
            "notice": None if notice is None else notice.get(lang),
            "far_km": self.far_km,
            **judgement_json(self.judgement, site_words(self.site), lang),
            "penalty_law": self._penalty_law(lang),
        }

    @property
    def far_km(self) -> float | None:
        """Return how far the place is from the site's zones, where that is more than 100 km."""
        away = [-m.distance_m for m in self.zones.values() if m.distance_m is not None]
        nearest = min(away, default=0.0) / 1000.0
        return round(nearest, 1) if nearest > FAR_KM else None

    def _penalty_law(self, lang: Lang) -> Json | None:
        if self.site.config.penalty_law is None:
            return None
        return penalty_law_json(self.judgement, self.situation, self.question.decided_on, lang)


def _plain(value: FactValue) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def site_words(site: Site) -> Words:
    """Return the words explanations of a site are written in."""
    return Words(site.vocabulary, site.config.zone_titles)


def law_at(site: Site, question: LawQuestion, *, records: pd.DataFrame | None = None) -> LawAnswer:
    """Answer what applies at a place on a day, and whether it was broken.

    Parameters
    ----------
    site, question
        The opened pack and the question.
    records
        Permits, closures, designated areas ... of the store (table `RECORDS`). A fact given by hand
        and a record that contradict each other leave it undecided.

    Raises
    ------
    InputError
        A coordinate that is none, an unknown datum, source or activity, a negative uncertainty.
    """
    _check(site, question)
    lon, lat = to_wgs84(question.lon, question.lat, question.datum)
    uncertainty = question.uncertainty_m
    if uncertainty is None:
        uncertainty = site.config.position_defaults[question.position_source]
    place = Point(float(lon), float(lat))
    [zones] = memberships(
        site,
        [place],
        [uncertainty],
        on=question.on,
        assume_schematic=question.assume_schematic,
    )
    situation = Situation(question.on, question.activities, zones, question.facts)
    if records is not None:
        situation = replace(
            situation, records=_records(site, question, situation, records, place, uncertainty)
        )
    return LawAnswer(
        site,
        question,
        float(lon),
        float(lat),
        uncertainty,
        zones,
        zone_basis(site, assume_schematic=question.assume_schematic),
        situation,
        judge(site.regulations, situation, decided_on=question.decided_on),
    )


def _records(
    site: Site,
    question: LawQuestion,
    situation: Situation,
    records: pd.DataFrame,
    place: Point,
    uncertainty_m: float,
) -> dict[str, bool | None]:
    at = None
    if question.on is not None and question.time is not None:
        at = dt.datetime.combine(question.on, question.time, ZoneInfo(site.timezone))
    return records_of(site, records, situation, place=place, uncertainty_m=uncertainty_m, at=at)


def _check(site: Site, question: LawQuestion) -> None:
    if not (
        math.isfinite(question.lon)
        and math.isfinite(question.lat)
        and -180 <= question.lon <= 180
        and -90 <= question.lat <= 90
    ):
        message = text("经纬度不对：{a}, {b}", "not a longitude and latitude: {a}, {b}")
        hint = text("先经度后纬度", "longitude first, then latitude")
        raise InputError(message.fill(a=question.lon, b=question.lat), hint=hint)
    for activity in question.activities:
        if activity not in site.vocabulary.activities:
            message = text("未知行为 {a}", "unknown activity {a}")
            raise InputError(message.fill(a=repr(activity)))
    if question.on and question.decided_on and question.decided_on < question.on:
        message = text(
            "决定之日 {d} 早于行为之日 {o}", "the decision day {d} is before the act {o}"
        )
        raise InputError(message.fill(d=question.decided_on, o=question.on))
    sources = site.config.position_defaults
    if question.position_source not in sources:
        message = text("未知位置来源 {s}；可用 {k}", "unknown position source {s}; known: {k}")
        raise InputError(message.fill(s=question.position_source, k=", ".join(sources)))
    given = question.uncertainty_m
    if given is not None and not (math.isfinite(given) and given >= 0):
        message = text("位置误差须为不小于零的米数", "the uncertainty is metres, not below zero")
        raise InputError(message)


def zones_json(site: Site, zones: Mapping[str, Membership], lang: Lang) -> list[Json]:
    """Return the zones a place is in, or may be in."""
    titles = site.config.zone_titles
    return [
        {
            "zone": name,
            "name": titles[name].get(lang) if name in titles else name,
            "where": membership.where.value,
            "cause": None if membership.cause is None else membership.cause.value,
            "distance_m": None
            if membership.distance_m is None
            else round(membership.distance_m, 3),
        }
        for name, membership in zones.items()
        if membership.where is not Where.OUTSIDE and "|" not in name
    ]


def penalty_law_json(
    judgement: Judgement, situation: Situation, decided_on: dt.date | None, lang: Lang
) -> Json:
    """Return what the Administrative Penalty Law adds for the facts at hand.

    Rule of decision: its 2021 text holds for decisions from 2021-07-15; for an earlier decision day
    the answer is ``not_covered``.
    """
    law: Text = penalty_law.TITLE
    if decided_on is not None and decided_on < penalty_law.IN_FORCE_FROM:
        return {"law": law.get(lang), "state": "not_covered"}
    party = penalty_law.party_effect(situation)
    limit = penalty_law.limitation(situation)
    due = penalty_law.decision_deadline(situation.facts)
    standing, why, lacking = penalty_law.evidence_standing(situation)
    spots = {
        j.rule.id: penalty_law.on_the_spot(j.penalty, situation).value
        for j in judgement.judged
        if j.outcome in {Outcome.BROKEN, Outcome.UNDECIDED}
    }
    return {
        "law": law.get(lang),
        "state": "covered",
        "party": {
            "effect": party.effect.value,
            "text": penalty_law.EFFECTS[party.effect].get(lang),
            "missing": list(party.missing),
            "grounds": [
                {"article": g.article, "means": g.means.get(lang), "holds": g.truth.value}
                for g in party.grounds
            ],
        },
        "limitation": {
            "article": "36",
            "state": limit.state,
            "last_day": None if limit.last_day is None else limit.last_day.isoformat(),
            "missing": list(limit.missing),
        },
        "decision_due": {"article": "60", "day": None if due is None else due.isoformat()},
        "on_the_spot": {"article": "51", "rules": spots},
        "evidence": {"standing": standing, "text": why.get(lang), "missing": list(lacking)},
    }
