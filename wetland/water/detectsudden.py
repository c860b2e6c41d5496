"""Findings of sudden change (水质突变): results that a station's own history does not expect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from wetland.base.texts import Text, text
from wetland.water.detectbase import SUDDEN_CHANGE, Found, Look
from wetland.water.detectsources import source_of
from wetland.water.parameters import parameters
from wetland.water.rowtables import rows_of
from wetland.water.sudden import Scale, sudden_changes
from wetland.water.wording import listed, name_of, valued

_TWICE = 2.0  # widths of the prediction limit from which a change is severer

_HEAD = text(
    "{name} {day} 的结果超出该站同季历史的预测限：{items}。每项偶然超出的概率约 {alpha}。",
    "{name}, {day}: beyond the limits that the station's history of this season predicts: {items}. "
    "By chance each would be with a probability of about {alpha}.",
)
_ITEM = text(
    "{item} {value}，{side}预测限 {limit}（中位数 {median}；{first} 至 {last} 共 {n} 个结果，"
    "{years} 年）",
    "{item} {value}, {side} {limit} (median {median}; {n} results of {years} years, {first} to "
    "{last})",
)
_SIDES = {"upper": text("高于", "above"), "lower": text("低于", "below")}
_CHECK = text(
    "可能是水质突变，也可能是采样或分析差错，须核实。",
    "It may be a change of the water or a mistake of sampling or analysis: to be verified.",
)

# Parameters that GB 3838 sets no limits for, and on which side they tell of something wrong.
_BESIDE: dict[str, Scale] = {
    "chla": Scale(logarithm=True, upper=True, lower=False, digit=0.1),
    "turb": Scale(logarithm=True, upper=True, lower=False, digit=0.1),
    "cond": Scale(logarithm=True, upper=True, lower=False, digit=1.0),
    "ss": Scale(logarithm=True, upper=True, lower=False, digit=1.0),
    "sd": Scale(logarithm=True, upper=False, lower=True, digit=0.01),
    "ph": Scale(logarithm=False, upper=True, lower=True, digit=0.1),
}


def scales() -> dict[str, Scale]:
    """Return how each parameter is compared with its history.

    Concentrations by their logarithm, upwards; dissolved oxygen as it is, downwards; pH both ways;
    chlorophyll, turbidity, conductivity and suspended matter upwards, transparency downwards.
    Temperature and what has no better or worse are left out.
    """
    out = {}
    for code, parameter in parameters().items():
        if parameter.direction == "max":
            out[code] = Scale(logarithm=True, upper=True, lower=False, digit=0.01)
        elif parameter.direction == "min":
            out[code] = Scale(logarithm=False, upper=False, lower=True, digit=0.1)
    return out | _BESIDE


def sudden_findings(look: Look) -> Iterator[Found]:
    """Return samples with results beyond the prediction limits of their station's own history.

    Rule of decision: `wetland.water.sudden.sudden_changes`; only changes for the worse. One finding
    for each station and day: ``measure`` and ``limit`` are those of the parameter that is farthest
    beyond its limit. Of several results of a parameter (depths) the farthest counts.

    Severity: two; one more from twice the distance of the limit on, or where a cyanide or heavy
    metal is among them. Medium confidence: the rule is this project's, no law's.
    """
    rule = look.settings.sudden
    if rule is None or not len(look.results):
        return
    table = sudden_changes(look.results, scales(), since=look.settings.since, rule=rule)
    days: dict[tuple[str, dt.date], dict[str, dict[str, Any]]] = {}
    for row in sorted(rows_of(table), key=lambda row: -float(row["beyond"])):
        of_day = days.setdefault((row["station"], row["sampled_on"]), {})
        of_day.setdefault(row["parameter"], row)
    for changes in days.values():
        yield _found(look, list(changes.values()), rule.alpha)


def _found(look: Look, changes: Sequence[dict[str, Any]], alpha: float) -> Found:
    """Make one finding of the changes of one day, the farthest first."""
    led = changes[0]
    station, day = look.stations[led["station"]], led["sampled_on"].isoformat()
    sources = [source_of(look.results, int(row["row"])) for row in changes]
    told = _HEAD.fill(
        name=station.name, day=day, items=listed(_item(row) for row in changes), alpha=f"{alpha:g}"
    )
    known = parameters()
    heavy = any(known[row["parameter"]].heavy for row in changes if row["parameter"] in known)
    return Found(
        rule=SUDDEN_CHANGE,
        station=station,
        subject=day,
        period=day,
        told=text(told.zh + _CHECK.zh, f"{told.en} {_CHECK.en}"),
        severity=2 + (led["beyond"] >= _TWICE or heavy),
        measure=led["value"],
        limit=_shown(led["limit"]),
        sources=sources,
        evidence={
            "changes": [_evidence(row) for row in changes],
            "alpha": alpha,
            "facts": {row["parameter"]: valued(row["parameter"], row["value"]) for row in changes},
        },
        confidence="medium",
        synthetic=any(_flag(look, int(row["row"]), "synthetic") for row in changes),
        suspect=sum(source.get("flag") == "suspect" for source in sources),
    )


def _item(row: dict[str, Any]) -> Text:
    code = row["parameter"]
    return _ITEM.fill(
        item=name_of(code), value=valued(code, row["value"]), side=_SIDES[row["side"]],
        limit=valued(code, _shown(row["limit"])), median=valued(code, _shown(row["median"])),
        first=row["first_on"], last=row["last_on"], n=row["n"], years=row["years"],
    )  # fmt: skip


def _evidence(row: dict[str, Any]) -> dict[str, Any]:
    kept = ("parameter", "value", "side", "n", "years", "censored")
    return {name: row[name] for name in kept} | {
        "median": _shown(row["median"]),
        "limit": _shown(row["limit"]),
        "beyond": round(row["beyond"], 3),
        "first_on": row["first_on"].isoformat(),
        "last_on": row["last_on"].isoformat(),
    }


def _flag(look: Look, at: int, column: str) -> bool:
    if column not in look.results:
        return False
    cell = look.results[column].iloc[at]
    return bool(cell) if cell == cell and cell is not None else False


def _shown(value: float) -> float:
    """Return a limit with four significant digits: more would promise too much."""
    return float(np.format_float_positional(value, precision=4, fractional=False, trim="-"))
