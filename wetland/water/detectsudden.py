"""Findings of sudden change (水质突变): results that a station's own history does not expect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from wetland.base.texts import text
from wetland.water.detectbase import SUDDEN_CHANGE, Found, Look
from wetland.water.detectsources import source_of
from wetland.water.parameters import parameters
from wetland.water.rowtables import rows_of
from wetland.water.sudden import Scale, sudden_changes
from wetland.water.wording import name_of, valued

_TWICE = 2.0  # widths of the prediction limit from which a change is severer

_HEAD = text(
    "{name} {day} {item}为 {value}，{side}该站同季历史的预测限 {limit}（中位数 {median}；"
    "{first} 至 {last} 共 {n} 个结果，{years} 年；偶然超出的概率约 {alpha}）。",
    "{name}, {day}: {item} is {value}, {side} the limit {limit} that the station's history of this "
    "season predicts (median {median}; {n} results of {years} years, {first} to {last}; by chance "
    "with a probability of about {alpha}).",
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
_LEFT_OUT = ("temp",)  # the weather's


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
            digit = 10.0 ** -(parameter.decimals or 1)
            out[code] = Scale(logarithm=False, upper=False, lower=True, digit=digit)
    out |= {code: scale for code, scale in _BESIDE.items() if code in parameters()}
    return {code: scale for code, scale in out.items() if code not in _LEFT_OUT}


def sudden_findings(look: Look) -> Iterator[Found]:
    """Return results beyond the prediction limit of their station's own history.

    Rule of decision: `wetland.water.sudden.sudden_changes`; only changes for the worse. Of several
    results of one station, parameter and day (depths) the farthest counts.

    Severity: two; one more from twice the distance of the limit on; one more for cyanide and heavy
    metals. Medium confidence: the rule is this project's, no law's.
    """
    rule = look.settings.sudden
    if rule is None or not len(look.results):
        return
    table = sudden_changes(look.results, scales(), since=look.settings.since, rule=rule)
    farthest: dict[tuple[str, Any, str], dict[str, Any]] = {}
    for row in rows_of(table):
        key = (row["station"], row["sampled_on"], row["parameter"])
        if key not in farthest or row["beyond"] > farthest[key]["beyond"]:
            farthest[key] = row
    place = {label: at for at, label in enumerate(look.results.index)}
    for row in farthest.values():
        yield _found(look, row, place[row["row"]], rule.alpha)


def _found(look: Look, row: dict[str, Any], at: int, alpha: float) -> Found:
    station, code = look.stations[row["station"]], row["parameter"]
    day = row["sampled_on"].isoformat()
    source = source_of(look.results, at)
    told = _HEAD.fill(
        name=station.name, day=day, item=name_of(code), value=valued(code, row["value"]),
        side=_SIDES[row["side"]], limit=valued(code, _shown(row["limit"])),
        median=valued(code, _shown(row["median"])), n=row["n"], years=row["years"],
        first=row["first_on"], last=row["last_on"],
        alpha=f"{alpha:g}",
    )  # fmt: skip
    known = parameters()
    return Found(
        rule=SUDDEN_CHANGE,
        station=station,
        subject=f"{day}|{code}",
        period=day,
        told=text(told.zh + _CHECK.zh, f"{told.en} {_CHECK.en}"),
        severity=2 + (row["beyond"] >= _TWICE) + (code in known and known[code].heavy),
        measure=row["value"],
        limit=_shown(row["limit"]),
        sources=[source],
        evidence={
            "parameter": code,
            "side": row["side"],
            "median": _shown(row["median"]),
            "beyond": round(row["beyond"], 3),
            "history": {"n": row["n"], "years": row["years"], "censored": row["censored"],
                        "first_on": row["first_on"].isoformat(),
                        "last_on": row["last_on"].isoformat()},
            "facts": {code: valued(code, row["value"])},
        },
        confidence="medium",
        synthetic=_flag(look, at, "synthetic"),
        suspect=int(source.get("flag") == "suspect"),
    )  # fmt: skip


def _flag(look: Look, at: int, column: str) -> bool:
    if column not in look.results:
        return False
    cell = look.results[column].iloc[at]
    return bool(cell) if cell == cell and cell is not None else False


def _shown(value: float) -> float:
    """Return a limit with four significant digits: more would promise too much."""
    return float(np.format_float_positional(value, precision=4, fractional=False, trim="-"))
