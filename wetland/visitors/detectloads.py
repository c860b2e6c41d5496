"""Findings of loads: an area beyond its capacity, or at a tier that asks for something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wetland.base.texts import Text, text
from wetland.visitors.capacity import CapacityOn, ancestors, capacity_on
from wetland.visitors.detectbase import (
    ANNOUNCED,
    CONFIRMATION,
    DAILY,
    INSTANTANEOUS,
    REPORTED,
    SEVERITY,
    Found,
    Look,
    above,
    plain_rows,
    sentences,
)
from wetland.visitors.instants import present_with_parts
from wetland.visitors.load import BASES, daily_load
from wetland.visitors.loadcounts import usable
from wetland.visitors.pack import Colour, Tier
from wetland.visitors.tiers import judge

_FAR = 1.2  # of a capacity, from which on exceeding it is the severest kind
_COUNT = ("count_id", "source_id", "source_row", "place", "measure", "start_at", "value")

_DAILY = text("{name} {day} 入园{least} {n} 人", "{name}: {least} {n} entered on {day}")
_AT_ONCE = text("{name} {at} 在园 {n} 人", "{name}: {n} people present at {at}")
_EXCEEDS = text("，超过{limit} {c} 人（{p}）。", ", above the {limit} of {c} ({p}).")
_REACHES = text("，达到{limit} {c} 人的 {p}。", ", {p} of the {limit} of {c}.")
_IN_CLOSED = text("，该区域当日关闭。", ", though it was closed that day.")
_LIMITS = {
    DAILY: text("日承载量", "capacity of a day"),
    INSTANTANEOUS: text("瞬时承载量", "capacity at one time"),
}
_BY = text("承载量依据：{w}（{s}）。", "Judged by: {w} ({s}).")
_CHANGED = text("当日变动：{n}。", "That day: {n}.")
_ERROR = text(
    "考虑计数误差，确已超过的可能性约 {p}%，不足以判定。",
    "Given the error of counts, the likelihood to be above is about {p} %: not enough to say.",
)
_ACTS = text("{tier}应采取：{acts}。", "To be done at {tier}: {acts}.")
_PAID, _FREE = text("收费区{a}", "paid areas: {a}"), text("免费区{a}", "free areas: {a}")
_LAW = text(
    "旅游法第{a}条：景区接待旅游者不得超过最大承载量（条文原文未见，须核对）。",
    "Tourism Law, Art. {a}: a scenic area may not take more than its capacity (its text was not "
    "seen and is to be checked).",
)
_BASIS = text("计数：{b}。", "Counted as: {b}.")
_TWICE = text(
    "当日进入过不止一个下级区域的人会重复计数。",
    "Who entered more than one of its parts that day is counted more than once.",
)
_LEAST = text("至少", "at least")
_NO_LEAST = Text(zh=" ", en=" ")


@dataclass(frozen=True, slots=True)
class _Load:
    """A load that reached a tier."""

    rule: str
    area: str
    day: dt.date
    at: dt.datetime | None
    people: float
    capacity: CapacityOn
    colour: Colour
    basis: str
    at_least: bool
    reports: int
    synthetic: bool


def daily_findings(look: Look) -> Iterator[Found]:
    """Yield the areas and days on which a tier of the daily capacity is reached.

    Above the capacity: broken, or undecided where the pack's error of counts leaves it open. At a
    tier below: undecided until a person says that it was announced and reported.
    """
    table = daily_load(look.counts, look.pack)
    reached = table[table["colour"].notna().to_numpy(dtype=bool)]
    for row in reached.to_dict("records"):
        day, area = row["day"], str(row["area"])
        yield _found(look, _Load(
            DAILY, area, day, None, float(row["people"]),
            capacity_on(look.pack, area, "daily", day), row["colour"], str(row["basis"]),
            bool(row["at_least"]), int(row["reports"]), bool(row["synthetic"]),
        ))  # fmt: skip


def instantaneous_findings(look: Look) -> Iterator[Found]:
    """Yield the areas and days on which a tier of the capacity at one time is reached.

    The moment of the day with most people is told; of several the first.
    """
    for area, series in present_with_parts(look.counts, look.pack).items():
        good = series[(series["people"] >= 0).to_numpy(dtype=bool)]
        worst = good.loc[good.groupby("day", sort=True)["people"].idxmax()] if len(good) else good
        for row in worst.to_dict("records"):
            capacity = capacity_on(look.pack, area, "instantaneous", row["day"])
            told = judge(float(row["people"]), capacity, look.pack.tiers)
            if told.colour is not None:
                at = row["at"].to_pydatetime().astimezone(look.zone)
                yield _found(look, _Load(
                    INSTANTANEOUS, area, row["day"], at, float(row["people"]), capacity,
                    told.colour, str(row["basis"]), False, int(row["reports"]),
                    bool(row["synthetic"]) or capacity.synthetic,
                ))  # fmt: skip


def _found(look: Look, load: _Load) -> Found:
    limit = load.capacity.people or 0
    over = limit > 0 and load.people > limit
    likelihood = above(load.people, limit, look.pack.counting_error) if limit else None
    sure = over and (likelihood is None or likelihood >= look.settings.certain)
    open_over = over and not sure
    closed = limit == 0
    missing = () if sure else (CONFIRMATION,) if open_over or closed else (ANNOUNCED, REPORTED)
    severity = SEVERITY[load.colour] + (over and load.people >= _FAR * limit)
    tier = next((t for t in look.pack.tiers if t.colour == load.colour), None)
    told = sentences((
        _head(look, load, over=over),
        _basis(load),
        None if likelihood is None or not open_over
        else _ERROR.fill(p=f"{100 * likelihood:.0f}"),
        None if closed or tier is None else _acts(look, load.area, tier),
        _law(look) if over else None,
    ))  # fmt: skip
    return Found(
        load.rule, load.area, "area", load.day, told, severity, at=load.at,
        outcome="broken" if sure else "undecided", measure=load.people, limit=float(limit),
        likelihood=likelihood, confidence="low", missing=missing,
        counts=_counts(look, load), evidence=_evidence(load, tier), law=over,
        synthetic=load.synthetic,
    )  # fmt: skip


def _head(look: Look, load: _Load, *, over: bool) -> Text:
    name, number = look.name(load.area), f"{load.people:,.0f}"
    if load.at is None:
        least = _LEAST if load.at_least else _NO_LEAST
        head = _DAILY.fill(name=name, day=load.day.isoformat(), least=least, n=number)
    else:
        at = load.at.isoformat(sep=" ", timespec="minutes")[:16]
        head = _AT_ONCE.fill(name=name, at=at, n=number)
    head = Text(zh=" ".join(head.zh.split()), en=" ".join(head.en.split()))
    limit = load.capacity.people or 0
    if not limit:
        tail = _IN_CLOSED
    else:
        percent = f"{int(1000 * load.people / limit) / 10:.1f}%"  # cut: 99.97 % is not 100 %
        words = _EXCEEDS if over else _REACHES
        tail = words.fill(limit=_LIMITS[load.rule], c=f"{limit:,}", p=percent)
    return Text(zh=head.zh + tail.zh, en=head.en + tail.en)


def _basis(load: _Load) -> Text:
    parts: list[Text | None] = []
    judged, note = load.capacity.judged, load.capacity.note
    if judged is not None:
        parts.append(_BY.fill(w=judged.wording, s=judged.source))
    if note is not None:
        parts.append(_CHANGED.fill(n=note))
    if load.basis in BASES:
        parts.append(_BASIS.fill(b=BASES[load.basis]))
    if load.basis == "areas" and load.rule == DAILY:
        parts.append(_TWICE)
    return sentences(parts) if parts else _BASIS.fill(b=load.basis)


def _acts(look: Look, area: str, tier: Tier) -> Text | None:
    paid = next((a.paid for a in look.pack.areas if a.id == area), None)
    parts = []
    if tier.paid and paid is not False:
        parts.append(_PAID.fill(a=_listed(tier.paid)) if paid is None else _listed(tier.paid))
    if tier.free and paid is not True:
        parts.append(_FREE.fill(a=_listed(tier.free)) if paid is None else _listed(tier.free))
    if not parts:
        return None
    acts = Text(zh="；".join(p.zh for p in parts), en="; ".join(p.en for p in parts))
    return _ACTS.fill(tier=tier.name, acts=acts)


def _listed(acts: tuple[Text, ...]) -> Text:
    return Text(zh="、".join(a.zh for a in acts), en=", ".join(a.en for a in acts))


def _law(look: Look) -> Text | None:
    return None if look.settings.law is None else _LAW.fill(a=look.settings.law[1])


def _counts(look: Look, load: _Load) -> list[dict[str, Any]]:
    """Return counts that a load rests on, those of the area first, then the largest."""
    inside = {a.id for a in look.pack.areas if load.area in (a.id, *ancestors(look.pack, a.id))}
    places = inside | {g.id for g in look.pack.gates if g.area in inside}
    measures = ["entries"] if load.rule == DAILY else ["present", "entries", "exits"]
    rows = look.counts[
        (look.counts["counted_on"] == load.day) & look.counts["place"].isin(list(places))
    ]
    kept = [usable(rows, measure) for measure in measures]
    if load.at is not None:
        import pandas as pd

        moment = pd.Timestamp(load.at)
        kept = [k[(k["end_at"].fillna(k["start_at"]) <= moment).to_numpy(dtype=bool)] for k in kept]
        at_once = [k[(k["end_at"].fillna(k["start_at"]) == moment).to_numpy(dtype=bool)]
                   for k in kept]  # fmt: skip
        kept = at_once if len(at_once[0]) else kept
    rows = next((k for k in kept if len(k)), kept[0])
    own = (rows["place"] == load.area).to_numpy(dtype=bool)
    ordered = rows.assign(_own=own).sort_values(
        ["_own", "value"], ascending=[False, False], kind="stable"
    )
    return plain_rows(ordered, _COUNT)


def _evidence(load: _Load, tier: Tier | None) -> dict[str, Any]:
    judged = load.capacity.judged
    return {
        "limit": load.capacity.limit,
        "people": load.people,
        "at_least": load.at_least,
        "capacity": load.capacity.people,
        "share": None if not load.capacity.people else load.people / load.capacity.people,
        "colour": load.colour,
        "basis": load.basis,
        "reports": load.reports,
        "source": None if judged is None else judged.source,
        "wording": None if judged is None else judged.wording.model_dump(),
        "capacity_confidence": None if judged is None else judged.confidence,
        "closures": [c.area for c in load.capacity.closures],
        "tier_source": None if tier is None else tier.source,
        "paid": [] if tier is None else [a.model_dump() for a in tier.paid],
        "free": [] if tier is None else [a.model_dump() for a in tier.free],
    }
