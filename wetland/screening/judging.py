"""Judge each distinct situation once, and each rule once for what it asks of a situation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from wetland.base.places import Membership
from wetland.regulations.conditions import FactValue, Situation
from wetland.regulations.evaluate import Outcome, evaluate
from wetland.regulations.judge import Judged, Judgement, settled, with_later_law
from wetland.regulations.overlaps import overlap
from wetland.regulations.rulebook import DatedRule, Regulations
from wetland.screening.candidates import AREA, Asked, Needs

_WORST = {Outcome.BROKEN: 0, Outcome.UNDECIDED: 1, Outcome.KEPT: 2, Outcome.NOT_COVERED: 3}
Areas = Mapping[tuple[str, ...], float | None]


@dataclass(slots=True)
class Judge:
    """The law of one screening, with every answer it gave.

    Parameters
    ----------
    regulations
        All encoded law of the site.
    decided_on
        Day of the decision, if a later law is looked for.
    """

    regulations: Regulations
    decided_on: dt.date | None
    _answers: dict[tuple[object, ...], Judged | None] = field(default_factory=dict)
    _whole: dict[tuple[object, ...], Judgement] = field(default_factory=dict)

    def forget(self, most: int) -> None:
        """Forget all answers where there are more than ``most``."""
        if len(self._answers) > most:
            self._whole.clear()  # first: its keys are where the answers stand in memory
            self._answers.clear()

    def judge(
        self, asked: Asked, situation: Situation, areas: Areas | None, *, exact: bool = False
    ) -> Judgement:
        """Judge an act by the rules that may speak of it.

        Parameters
        ----------
        asked, situation
            The rules, and what is known of the act.
        areas
            For a footprint whose area nobody stated, its area in each set of zones that a rule
            names, None where that is not known; None for any other act.
        exact
            Answers tell the very day of the act where a rule asks for a season. Else a day of the
            same seasons may stand in them: outcomes are the same.

        Notes
        -----
        The answer is that of `wetland.regulations.judge.judge`; for a footprint that of each set of
        zones with the area in it.
        """
        answers = []
        alone = False  # a measured area hardly comes twice: nothing is kept of it
        for rule, needs in _in_order(asked, areas):
            area = None if areas is None else areas.get(rule.rule.zones)
            if area is None or not needs.area:
                answers.append(self._answer(rule, needs, situation, exact=exact))
                continue
            alone = exact
            known = replace(situation, facts={**situation.facts, AREA: area})
            answers.append(
                self._ask(rule, known) if exact else self._answer(rule, needs, known, exact=exact)
            )
        if alone:
            return _judgement(asked, answers)
        key = (asked.number, *map(id, answers))
        if key not in self._whole:
            self._whole[key] = _judgement(asked, answers)
        return self._whole[key]

    def on_day(self, judgement: Judgement, asked: Asked, situation: Situation) -> Judgement:
        """Return a judgement in which rules that ask for a season name the very day of the act."""
        seasonal = {id(rule): needs for rule, needs in asked.ruled if needs.seasons}
        judged = []
        for one in judgement.judged:
            needs = seasonal.get(id(one.rule))
            dated = None if needs is None else self._answer(one.rule, needs, situation, exact=True)
            judged.append(one if dated is None else dated)
        return replace(judgement, judged=tuple(judged))

    def _answer(
        self, rule: DatedRule, needs: Needs, situation: Situation, *, exact: bool
    ) -> Judged | None:
        day: object = situation.on is None
        if self.decided_on is not None and situation.on is not None:
            day = self.decided_on < situation.on
        key = (
            id(rule),
            day,
            situation.on if exact and needs.seasons else needs.in_season(situation.on),
            situation.activities,
            tuple(_stands(situation.zones.get(name)) for name in needs.zones),
            tuple(_typed(situation.facts.get(name)) for name in needs.facts),
            tuple(situation.records.get(name) for name in needs.records),
        )
        if key not in self._answers:
            self._answers[key] = self._ask(rule, situation)
        return self._answers[key]

    def _ask(self, rule: DatedRule, situation: Situation) -> Judged | None:
        """Return a rule's answer; None where its place or activity certainly does not match."""
        verdict = evaluate(rule, situation)
        if verdict.zone.value is False or verdict.activity.value is False:
            return None
        return with_later_law(self.regulations, verdict, situation, self.decided_on)


def _judgement(asked: Asked, answers: Sequence[Judged | None]) -> Judgement:
    judged = [answer for answer in answers if answer is not None]
    judged.sort(key=lambda j: (_WORST[j.outcome], len(j.missing), -j.rule.rule.severity))
    return Judgement(tuple(judged), overlap([settled(one) for one in judged]), asked.gaps)


def _in_order(asked: Asked, areas: Areas | None) -> Sequence[tuple[DatedRule, Needs]]:
    """Return the rules as they stand; those of a footprint by the zones they name."""
    if areas is None:
        return asked.ruled
    groups: dict[tuple[str, ...], list[tuple[DatedRule, Needs]]] = {}
    for rule, needs in asked.ruled:
        groups.setdefault(rule.rule.zones, []).append((rule, needs))
    return [one for group in groups.values() for one in group]


def _stands(membership: Membership | None) -> object:
    return None if membership is None else (membership.where, membership.cause)


def _typed(value: FactValue) -> object:
    return None if value is None else (type(value), value)
