"""Explain a verdict in Chinese and English: article, version, facts used, exceptions considered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wetland.base.texts import Text, text
from wetland.regulations.citation import cite
from wetland.regulations.conditions import FactValue, Truth
from wetland.regulations.evaluate import Outcome, Verdict
from wetland.regulations.models import CarriedOver
from wetland.regulations.penalties import FineRange, FineState, OrderedMeasure, PenaltyResult
from wetland.regulations.vocabulary import Vocabulary
from wetland.regulations.wording import (
    CAUSES,
    CONFIDENCE,
    DISCRETION,
    EXCEPTION_HOLDS,
    MEASURES,
    OUTCOMES,
    UNITS,
    WHERE,
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one site that an explanation needs: facts, records, activities, zone names."""

    vocabulary: Vocabulary
    zones: Mapping[str, Text] = field(default_factory=dict)

    def name(self, key: str) -> Text:
        """Return what a missing thing or a used fact is called."""
        head, _, tail = key.partition(":")
        if head in {"zone", "activity"} and tail:
            return self._named(head, tail)
        if key in CAUSES:
            return CAUSES[key]
        if key in self.vocabulary.facts:
            return self.vocabulary.facts[key].question
        if key in self.vocabulary.records:
            return self.vocabulary.records[key].name
        return Text(zh=key, en=key)

    def _named(self, head: str, tail: str) -> Text:
        if head == "zone":
            names = [self.zones.get(zone, Text(zh=zone, en=zone)) for zone in tail.split("|")]
            label = join(names, zh="或", en=" or ")
            return text("区域“{z}”", "zone “{z}”").fill(z=label)
        activity = self.vocabulary.activities.get(tail)
        label = activity.name if activity else Text(zh=tail, en=tail)
        return text("是否{a}", "whether it is {a}").fill(a=label)

    def value(self, key: str, value: FactValue) -> Text:
        """Return a fact's value in words."""
        if isinstance(value, bool):
            return text("是", "yes") if value else text("否", "no")
        if key == "activity":
            activity = self.vocabulary.activities.get(str(value))
            return activity.name if activity else Text(zh=str(value), en=str(value))
        if isinstance(value, str) and value in WHERE:
            return WHERE[value]
        fact = self.vocabulary.facts.get(key)
        if fact is not None and str(value) in fact.choices:
            return fact.choices[str(value)]
        word = value.isoformat() if isinstance(value, dt.date) else str(value)
        return Text(zh=word, en=word)


def join(parts: Iterable[Text], *, zh: str = "；", en: str = "; ") -> Text:
    """Join texts in both languages."""
    found = list(parts)
    return Text(zh=zh.join(p.zh for p in found), en=en.join(p.en for p in found))


def amount(value: float | None) -> str:
    """Write an amount without a needless decimal point; a dash where it is not known."""
    if value is None:
        return "—"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def fine_text(fine: FineRange, words: Words) -> Text:
    """Say a range: 可处500至2,000元罚款."""
    unit = _unit_text(fine.unit, words)
    unseen = text("（未见）", " (not seen)")
    low = Text(zh=amount(fine.min), en=amount(fine.min))
    high = Text(zh=amount(fine.max), en=amount(fine.max))
    if "min" in fine.unseen:
        low = Text(zh=low.zh + unseen.zh, en=low.en + unseen.en)
    if "max" in fine.unseen:
        high = Text(zh=high.zh + unseen.zh, en=high.en + unseen.en)
    out = text("{d}{a}至{b}{u}罚款", "{d} {a} to {b} {u}").fill(
        d=DISCRETION[fine.discretion], a=low, b=high, u=unit
    )
    if fine.computed_min is not None and fine.unit != "CNY":
        out = text("{r}（折合{a}至{b}元）", "{r} (that is {a} to {b} CNY)").fill(
            r=out, a=amount(fine.computed_min), b=amount(fine.computed_max)
        )
    return out


def _unit_text(unit: str, words: Words) -> Text:
    if unit in UNITS:
        return UNITS[unit]
    sign, _, fact = unit.partition(" ")
    pattern = (
        text("倍（{f}）的", "times ({f})") if sign == "x" else text("%（{f}）的", "% of ({f})")
    )
    return pattern.fill(f=words.name(fact))


def measure_text(ordered: OrderedMeasure) -> Text:
    """Say an order; one that hangs on an unknown fact, or is left to discretion, says so."""
    return order_text(ordered.measure.measure, ordered.measure.discretion, ordered.certain)


def order_text(measure: str, discretion: str, certain: bool | None) -> Text:
    """Say an order by its id; `measure_text` for one that was stored."""
    out = MEASURES[measure]
    if discretion == "may":
        out = text("可以{m}", "may: {m}").fill(m=out)
    return text("{m}（视情节）", "{m} (depending)").fill(m=out) if certain is None else out


def penalty_text(penalty: PenaltyResult, words: Words) -> Text | None:
    """Say the penalty as far as it is settled; None where the rule names none."""
    parts: list[Text] = []
    if penalty.fine is not None:
        parts.append(fine_text(penalty.fine, words))
    elif penalty.state is FineState.UNDECIDED:
        options = join((fine_text(c, words) for c in penalty.candidates), zh=" 或 ", en=" or ")
        missing = join((words.name(m) for m in penalty.missing), zh="、", en=", ")
        parts.append(
            text("罚款待定：{o}（缺：{m}）", "fine open: {o} (missing: {m})").fill(
                o=options, m=missing
            )
        )
    elif penalty.candidates:
        parts.append(text("罚款的前提不具备", "the fine's precondition is not met"))
    parts.extend(measure_text(m) for m in penalty.measures)
    if not parts:
        return None
    if penalty.note is not None:
        parts.append(penalty.note)
    where = cite(penalty.article, penalty.cite)
    return text("罚则：{c}：{p}", "Penalty: {c}: {p}").fill(c=where, p=join(parts))


def carried_over_text(carried: CarriedOver) -> Text:
    """Say an earlier version's range as history."""
    return text(
        "历史：旧版（{r}）为{a}至{b}元，新版是否沿用未见，仅供参考。",
        "History: the earlier version ({r}) had {a} to {b} CNY; whether it was kept is not seen.",
    ).fill(r=carried.rule, a=amount(carried.fine_min), b=amount(carried.fine_max))


def law_text(verdict: Verdict) -> Text:
    """Say which article of which version of which law."""
    rule, regulation = verdict.rule.rule, verdict.rule.regulation
    return text("《{t}》（{v}）{c}", "{t} ({v}), {c}").fill(
        t=regulation.title, v=regulation.version, c=cite(rule.article, rule.cite)
    )


def _facts_text(truths: Iterable[Truth], words: Words) -> Text | None:
    seen: dict[tuple[str, FactValue], None] = {}
    for truth in truths:
        seen.update(dict.fromkeys(truth.used))
    parts = []
    for key, value in seen:
        name = text("行为", "activity") if key == "activity" else words.name(key)
        if key == "date":
            name = text("日期", "day")
        parts.append(text("{n}＝{v}", "{n} = {v}").fill(n=name, v=words.value(key, value)))
    return join(parts) if parts else None


def _exceptions_text(verdict: Verdict) -> Text | None:
    parts = [
        text("{m}——{h}", "{m}: {h}").fill(m=unless.means, h=EXCEPTION_HOLDS[truth.value])
        for unless, truth in verdict.exceptions
    ]
    return text("例外：{p}。", "Exceptions: {p}.").fill(p=join(parts)) if parts else None


def _conclusion(verdict: Verdict, words: Words) -> Text:
    if verdict.outcome is Outcome.NOT_COVERED:
        return text("结论：该规则当日未施行。", "Outcome: the rule was not in force that day.")
    if verdict.outcome is Outcome.UNDECIDED:
        missing = join((words.name(m) for m in verdict.missing), zh="、", en=", ")
        return text("结论：待定，缺：{m}。", "Outcome: undecided, missing: {m}.").fill(m=missing)
    if verdict.outcome is Outcome.BROKEN:
        return text(
            "结论：疑似违反；须现场核实，由有权机关认定。",
            "Outcome: suspected broken; to be verified on site and decided by the authority.",
        )
    if verdict.rule.rule.modality == "permission":
        return text("结论：允许。", "Outcome: permitted.")
    if verdict.applies is False:
        return text("结论：该规则不适用于此。", "Outcome: the rule does not reach this.")
    return text("结论：未违反。", "Outcome: kept.")


def either_side_text(inside: Outcome, outside: Outcome) -> Text:
    """Say what an outcome that hangs on an edge would be on either side of it."""
    return text(
        "若在区域内：{a}；若在区域外：{b}。", "Inside the zone: {a}; outside it: {b}."
    ).fill(a=OUTCOMES[inside.value], b=OUTCOMES[outside.value])


def explain(
    verdict: Verdict, words: Words, *, sides: tuple[Outcome, Outcome] | None = None
) -> Text:
    """Write out a verdict.

    Parameters
    ----------
    verdict
        The verdict.
    words
        The words of the site.
    sides
        The outcomes inside and outside, where the outcome hangs on an edge.

    Returns
    -------
    Text
        Lines: the law, what it says, the facts used, the exceptions considered, the conclusion, the
        penalty, and what is history or was not seen.
    """
    rule = verdict.rule.rule
    truths = [verdict.zone, verdict.activity, verdict.conditions]
    truths += [t for _, t in verdict.exceptions]
    truths += [verdict.requires] if verdict.requires is not None else []
    facts = _facts_text(truths, words)
    lines: list[Text | None] = [
        text("依据：{l}：{s}", "Law: {l}: {s}").fill(l=law_text(verdict), s=rule.says),
        facts and text("事实：{f}。", "Facts: {f}.").fill(f=facts),
        _exceptions_text(verdict),
        _conclusion(verdict, words),
        either_side_text(*sides) if sides is not None else None,
        penalty_text(verdict.penalty, words),
        None if verdict.rule.text_seen else _unseen_text(verdict),
        carried_over_text(rule.carried_over) if rule.carried_over is not None else None,
        rule.note,
    ]
    return join((line for line in lines if line is not None), zh="\n", en="\n")


def _unseen_text(verdict: Verdict) -> Text:
    return text(
        "原文未见，依据：{s}（可信度 {c}）。",
        "The text was not seen; read in: {s} (confidence {c}).",
    ).fill(s=verdict.rule.source, c=CONFIDENCE[verdict.rule.confidence])
