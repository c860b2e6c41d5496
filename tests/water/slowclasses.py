"""Classes the slow way: plain Python, decimals and fractions, one cell at a time.

Written from the standard and the method, without the arrays of the package; limits are typed here
anew. Rows are dicts of `WATER_RESULTS` with values as decimal words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Any

CLASSES = ("I", "II", "III", "IV", "V", "inferior_v")
LIMITS = {
    "codmn": "2 4 6 10 15", "cod": "15 15 20 30 40", "bod5": "3 3 4 6 10",
    "nh3n": "0.15 0.5 1.0 1.5 2.0", "tp": "0.02 0.1 0.2 0.3 0.4", "cu": "0.01 1 1 1 1",
    "zn": "0.05 1 1 2 2", "f": "1 1 1 1.5 1.5", "se": "0.01 0.01 0.01 0.02 0.02",
    "as": "0.05 0.05 0.05 0.1 0.1", "hg": "0.00005 0.00005 0.0001 0.001 0.001",
    "cd": "0.001 0.005 0.005 0.005 0.01", "cr6": "0.01 0.05 0.05 0.05 0.1",
    "pb": "0.01 0.01 0.05 0.05 0.1", "cn": "0.005 0.05 0.2 0.2 0.2",
    "phenol": "0.002 0.002 0.005 0.01 0.1", "oil": "0.05 0.05 0.05 0.5 1.0",
    "las": "0.2 0.2 0.2 0.3 0.3", "sulfide": "0.05 0.1 0.2 0.5 1.0",
    "tn": "0.2 0.5 1.0 1.5 2.0", "fc": "200 2000 10000 20000 40000",
}  # fmt: skip
LAKE_TP = "0.01 0.025 0.05 0.1 0.2"
OXYGEN = "7.5 6 5 3 2"
HEAVY = {"cu", "zn", "as", "hg", "cd", "cr6", "pb", "cn"}
ITEMS = ["ph", "do", *[c for c in LIMITS if c not in {"tn", "fc"}]]
PROGRAMME = {"ph", "do", "codmn", "nh3n", "tp"}
PLACES = {
    "temp": 1, "ph": 0, "do": 1, "codmn": 1, "cod": 1, "bod5": 1, "nh3n": 2, "tp": 3, "tn": 2,
    "cu": 3, "zn": 3, "f": 3, "se": 4, "as": 4, "hg": 5, "cd": 5, "cr6": 3, "pb": 3, "cn": 3,
    "phenol": 4, "oil": 2, "las": 2, "sulfide": 3, "fc": 0,
}  # fmt: skip
MINIMUM = {"sample": 1, "month": 1, "quarter": 2, "year": 8}

Row = Mapping[str, Any]


def class_of(code: str, value: Fraction, lake: bool, temperature: Fraction | None) -> int:
    """Return 1 to 6."""
    if code == "ph":
        return 1 if 6 <= value <= 9 else 6
    if code == "do":
        warm = temperature is not None and 0 <= temperature <= 40
        if warm and value >= Fraction(9, 10) * 468 / (Fraction("31.6") + temperature):
            return 1
        return next((k for k, s in enumerate(OXYGEN.split(), 1) if value >= Fraction(s)), 6)
    limits = LAKE_TP if code == "tp" and lake else LIMITS[code]
    return next((k for k, s in enumerate(limits.split(), 1) if value <= Fraction(s)), 6)


def half_even(value: Fraction, places: int) -> Fraction:
    """Round half to even, by the digits of a decimal that is cut far behind."""
    with localcontext() as context:
        context.prec = 80
        digits = Decimal(value.numerator) / Decimal(value.denominator)
        return Fraction(digits.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN))


def mean(code: str, groups: Iterable[list[Fraction]]) -> Fraction:
    """Average the groups, then their means; pH as the concentration of hydrogen ions."""
    groups = list(groups)
    if code == "ph" and len({v for g in groups for v in g}) > 1:
        with localcontext() as context:
            context.prec = 50
            ions = [[Decimal(10) ** -Decimal(float(v)) for v in group] for group in groups]
            means = [sum(group) / len(group) for group in ions]
            return Fraction(-(sum(means) / len(means)).log10())
    means = [sum(group, Fraction(0)) / len(group) for group in groups]
    return sum(means, Fraction(0)) / len(means)


def period_of(day: str, per: str) -> str:
    """Return the name of the period of a day."""
    year, month, _ = day.split("-")
    quarter = f"{year}-Q{(int(month) + 2) // 3}"
    return {"sample": day, "month": day[:7], "quarter": quarter, "year": year}[per]


def classes(
    rows: Iterable[Row], lakes: set[str], per: str
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the class of every station and period with what belongs to it."""
    periods: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["qa"] == "sample" and row["flag"] not in {"fail", "missing"}:
            periods.setdefault((row["station"], period_of(row["day"], per)), []).append(row)
    return {key: assess(of, key[0] in lakes, per) for key, of in periods.items()}


def assess(rows: list[Row], lake: bool, per: str) -> dict[str, Any]:
    """Assess one station and period."""
    cells: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        if row["parameter"] in {"ph", "temp"} and row["censoring"] != "none":
            continue
        month = "" if per == "sample" else row["day"][:7]
        cells.setdefault(row["parameter"], {}).setdefault(month, []).append(row)
    value, low, high = ({c: number(c, cells[c], per, at) for c in cells}
                        for at in ("value", "low", "high"))  # fmt: skip
    warm = value.get("temp")
    found, best, worst = {}, {}, {}
    for code in [c for c in ITEMS if c in cells]:
        ends = {class_of(code, low[code], lake, warm)}
        ends.add(6 if high[code] is None and code != "do" else
                 class_of(code, Fraction(10**9) if high[code] is None else high[code], lake,
                          warm))  # fmt: skip
        if value[code] is not None:
            found[code] = class_of(code, value[code], lake, warm)
            best[code], worst[code] = min(ends), max(ends)
        elif code in PROGRAMME:
            best[code] = min(ends)
    apart = {c: class_of(c, value[c], lake, warm) for c in ("tn", "fc") if value.get(c) is not None}
    answer = {"found": found, "value": value, "apart": apart, "water_class": None, "mains": []}
    complete = bool(found) and set(found) >= PROGRAMME
    if not found:
        return answer | {"complete": False, "possible": list(CLASSES), "deciding": []}
    of_all = max([*found.values(), *best.values()])
    last = max(worst.values()) if complete else 6
    deciding = [c for c in ITEMS if found.get(c) == of_all] or [
        c for c in ITEMS if c not in found and best.get(c) == of_all
    ]
    days = {r["day"] for r in rows}
    counts = [sum(map(len, cells[c].values())) for c in PROGRAMME if c in cells]
    return answer | {
        "water_class": CLASSES[of_all - 1], "complete": complete, "deciding": deciding,
        "possible": list(CLASSES[max(best.values()) - 1 : last]),
        "mains": main_pollutants(found, value, lake),
        "official": complete and min(len(days), *counts) >= MINIMUM[per],
    }  # fmt: skip


def number(code: str, months: Mapping[str, list[Row]], per: str, at: str) -> Fraction | None:
    """Return the official value of a cell, or the least or most it may be (None: no end)."""
    groups = []
    for rows in months.values():
        group = []
        for row in rows:
            told = None if row["value"] is None else Fraction(row["value"])
            if row["censoring"] == "below":
                if told is None and at != "low":
                    return None
                share = {"value": Fraction(1, 2), "low": Fraction(0), "high": Fraction(1)}[at]
                told = share * (told or 0)
            elif row["censoring"] == "above" and at == "high":
                return None
            group.append(told)
        groups.append(group)
    whole = mean(code, groups)
    return whole if per == "sample" else half_even(whole, PLACES[code])


def main_pollutants(
    found: Mapping[str, int], value: Mapping[str, Fraction], lake: bool
) -> list[tuple[str, str | None]]:
    """Return (code, multiple) of at most three items that are worse than III."""
    ranked = []
    for place, code in enumerate(ITEMS):
        if found.get(code, 0) <= 3:
            continue
        share, words = Fraction(-1), None
        if code not in {"ph", "do"}:
            limit = Fraction((LAKE_TP if code == "tp" and lake else LIMITS[code]).split()[2])
            share = (value[code] - limit) / limit
            words = f"{float(half_even(share, 1)):.1f}"
        ranked.append((code not in HEAVY, -found[code], -share, place, code, words))
    return [(code, words) for *_, code, words in sorted(ranked)[:3]]
