"""Compliance with target classes (达标评价): in how many periods a station met its target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.water.rowtables import rows_of, table_of
from wetland.water.shares import shown_percent
from wetland.water.stations import CLASSES, Station, WaterClass

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "station", "target_class", "periods", "met", "not_met", "undecided", "not_judged",
    "hangs_on_limits", "share_met", "share_at_least", "share_at_most", "first", "last",
    "worst_class", "missed", "exceeding", "synthetic",
)  # fmt: skip
NOT_JUDGED = ("unfinished", "too_few_samples")  # keys of `classestable.WHY_NOT_OFFICIAL`

_NOT_A_TARGET = text(
    "{value} 不能作为目标类别；可用：{allowed}", "{value} is no target class; allowed: {allowed}"
)


def meets(target: str, possible: Iterable[str]) -> bool | None:
    """Tell whether a class that may be any of ``possible`` meets a target class.

    True where all of them do, False where none does, None where it hangs on what is not known, and
    where nothing is known at all.

    Raises
    ------
    InputError
        The target is no class of I to V.

    Examples
    --------
    >>> meets("III", ["II"]), meets("III", ["IV", "V"]), meets("III", ["III", "IV"]), meets("I", [])
    (True, False, None, None)
    """
    if target not in CLASSES[:-1]:
        raise InputError(_NOT_A_TARGET.fill(value=target, allowed=", ".join(CLASSES[:-1])))
    limit = CLASSES.index(target)
    sides = {CLASSES.index(c) <= limit for c in possible}
    return sides.pop() if len(sides) == 1 else None


def compliance_table(classes: pd.DataFrame, stations: Mapping[str, Station]) -> pd.DataFrame:
    """Return for each station with a target class in how many periods it was met.

    Parameters
    ----------
    classes
        Rows of `wetland.water.classes.classes_table`.
    stations
        Stations by id; those without a target class, or a period with a class, have no row.

    Returns
    -------
    DataFrame
        ``periods`` with a class, of them ``met``, ``not_met`` and ``undecided`` (items of the
        programme are missing) by the official rule; ``not_judged``: further periods, that are not
        over or have too few samples; ``hangs_on_limits``: how many of the decided
        ones hang on half a detection limit; ``share_met`` of the decided ones in percent, and what
        it is at least and at most whatever was not measured or not detected; ``first`` and
        ``last`` period; ``worst_class``; ``missed`` (periods that did not meet it);
        ``exceeding`` (how often each item was worse than the target).

    Notes
    -----
    A period without a class is not counted: no water was assessed. Percentages have one decimal,
    rounded half to even; without a decided period there is none.
    """
    by_station: dict[str, list[dict[str, Any]]] = {}
    left_out: Counter[str] = Counter()
    for row in rows_of(classes):
        if row["water_class"] is None:
            continue
        if row["why_not_official"] in NOT_JUDGED:
            left_out[row["station"]] += 1
        else:
            by_station.setdefault(row["station"], []).append(row)
    rows = []
    for name, station in stations.items():
        judged = by_station.get(name, [])
        if station.target_class is not None and (judged or left_out[name]):
            row = _of_station(name, station.target_class, judged)
            rows.append(row | {"not_judged": left_out[name]})
    return table_of(rows, COLUMNS)


def _of_station(name: str, target: WaterClass, rows: list[dict[str, Any]]) -> dict[str, Any]:
    answers = [row["meets_target"] for row in rows]
    sure = [meets(target, row["possible"]) for row in rows]
    counts = {answer: answers.count(answer) for answer in (True, False, None)}
    decided, limit = counts[True] + counts[False], CLASSES.index(target)
    exceeding = Counter(
        item
        for row in rows
        for item, water_class in row["item_classes"].items()
        if water_class is not None and CLASSES.index(water_class) > limit
    )
    periods = sorted(str(row["period"]) for row in rows)
    return {
        "station": name,
        "target_class": target,
        "periods": len(rows),
        "met": counts[True],
        "not_met": counts[False],
        "undecided": counts[None],
        "hangs_on_limits": sum(
            s is None and a is not None for s, a in zip(sure, answers, strict=True)
        ),
        "share_met": _percent(counts[True], decided),
        "share_at_least": _percent(sure.count(True), len(rows)),
        "share_at_most": _percent(len(rows) - sure.count(False), len(rows)),
        "first": periods[0] if periods else None,
        "last": periods[-1] if periods else None,
        "worst_class": max((row["water_class"] for row in rows), key=CLASSES.index, default=None),
        "missed": sorted(
            str(row["period"]) for row, a in zip(rows, answers, strict=True) if a is False
        ),
        "exceeding": dict(exceeding.most_common()),
        "synthetic": any(row["synthetic"] for row in rows),
    }


def _percent(count: int, of: int) -> float | None:
    return shown_percent(Fraction(100 * count, of)) if of else None
