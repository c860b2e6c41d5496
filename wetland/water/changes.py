"""Changes of stations, rivers and lakes: 同比 (a year ago) and 环比 (the period before).

The method compares only what can be compared: the same items at the same sections. A station is
compared over the items that both periods have; a river over the sections that both have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wetland.base.texts import Text, text
from wetland.water.change import (
    Change,
    class_change,
    condition_level,
    larger_change,
    levels_changed,
    share_change,
)
from wetland.water.parameters import parameters
from wetland.water.periods import Against, compared_period
from wetland.water.rowtables import rows_of, table_of
from wetland.water.shares import river_condition, section_shares
from wetland.water.standards import Assessment, assessment_on
from wetland.water.stations import CLASSES, WaterClass
from wetland.water.wording import named

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

STATION_COLUMNS = (
    "station", "period", "against", "before_period", "class_before", "class_after", "levels",
    "word", "words", "worse", "items", "left_out", "official", "why_not", "values", "synthetic",
)  # fmt: skip
REACH_COLUMNS = (
    "reach", "name", "kind", "period", "against", "before_period", "method", "condition_before",
    "condition_after", "levels", "shares_points", "word", "words", "worse", "sections", "left_out",
    "official", "why_not", "good_before", "good_after", "synthetic",
)  # fmt: skip

NO_CLASS_BEFORE = text("{period} 没有水质类别", "there is no class for {period}")
NO_COMMON_ITEMS = text(
    "两个时段没有相同的评价指标", "the two periods have no item of the class in common"
)
ITEMS_DIFFER = text(
    "评价指标不同，只比较共有指标；未比较：{items}",
    "the items differ, only those of both are compared; not compared: {items}",
)
SECTIONS_DIFFER = text(
    "参评站点不同：{stations}", "the stations that were assessed differ: {stations}"
)
FEW_SECTIONS = text(
    "两个时段共有的断面只有 {n} 个，不能按比例比较",
    "only {n} section(s) are in both periods, too few to compare shares",
)
METHODS_DIFFER = text("两个时段的评价方法不同", "the two periods were graded by different methods")
NOT_OFFICIAL = text(
    "有时段的评价不是正式评价（指标不全、监测次数不足或时段未结束）",
    "the class of a period is not official (items missing, too few samples or it is not over)",
)


def changes_table(classes: pd.DataFrame, *, against: Against) -> pd.DataFrame:
    """Compare each station's class with that of another period, in official words.

    Parameters
    ----------
    classes
        Rows of `wetland.water.classes.classes_table` of months, quarters or years; samples are
        compared with nothing.
    against
        ``last_year`` (同比) or ``previous`` (环比): the one before in the calendar.

    Returns
    -------
    DataFrame
        One row for each row that has a class: ``class_before`` and ``class_after`` over the
        ``items`` that both periods have, ``levels`` of the condition word lost, ``word`` (key of
        `wetland.water.change.WORDS`; None where nothing can be compared), ``worse``, ``left_out``
        (items of only one period), ``official`` (same items, enough samples in both), ``why_not``
        (why there is no word, or why it is not official), ``values``: by item ``before``,
        ``after``, ``difference`` and ``percent`` (none for pH and temperature).

    Notes
    -----
    Rule of decision: by levels of the condition word (`class_change`). The class of a period is
    taken anew over the items of both, so that an item measured only once makes no change.

    References
    ----------
    环办[2011]22号, change between two periods: the items must be the same.
    """
    rows = {(row["station"], row["period"]): row for row in rows_of(classes)}
    out = []
    for (station, period), row in rows.items():
        before_period = compared_period(period, against)
        if row["water_class"] is None or before_period is None:
            continue
        before = rows.get((station, before_period))
        out.append(
            {"station": station, "period": period, "against": against,
             "before_period": before_period, "synthetic": bool(row["synthetic"]),
             **_of_station(before, row, before_period)}
        )  # fmt: skip
    return table_of(out, STATION_COLUMNS)


def _of_station(before: Row | None, after: Row, before_period: str) -> Row:
    out: Row = {
        "class_before": None, "class_after": after["water_class"], "levels": None, "word": None,
        "words": None, "worse": False, "items": [], "left_out": [], "official": False,
        "values": {},
    }  # fmt: skip
    if before is None or before["water_class"] is None:
        return out | {"why_not": NO_CLASS_BEFORE.fill(period=before_period)}
    method = assessment_on()
    held = [{i: c for i, c in row["item_classes"].items() if i in method.items and c is not None}
            for row in (before, after)]  # fmt: skip
    common = [i for i in method.items if i in held[0] and i in held[1]]
    left_out = [i for i in method.items if (i in held[0]) != (i in held[1])]
    if not common:
        return out | {"why_not": NO_COMMON_ITEMS, "left_out": left_out}
    worst = [_worst(classes, common) for classes in held]
    change = class_change(worst[0], worst[1], method=method)
    why = _why_not_official(before, after, left_out)
    return out | _words(change) | {
        "class_before": worst[0], "class_after": worst[1], "items": common, "left_out": left_out,
        "official": why is None, "why_not": why,
        "values": compared_values(before["values"], after["values"]),
    }  # fmt: skip


def _worst(classes: Mapping[str, WaterClass], items: Iterable[str]) -> WaterClass:
    return CLASSES[max(CLASSES.index(classes[item]) for item in items)]


def _words(change: Change) -> Row:
    return {"levels": change.levels, "word": change.word, "words": change.words,
            "worse": change.worse}  # fmt: skip


def _why_not_official(before: Row, after: Row, left_out: list[str]) -> Text | None:
    if left_out:
        return ITEMS_DIFFER.fill(items=named(left_out))
    return None if before["official"] and after["official"] else NOT_OFFICIAL


def compared_values(
    before: Mapping[str, float], after: Mapping[str, float]
) -> dict[str, dict[str, float | None]]:
    """Compare means item by item: difference, and percent of the value before.

    There is no percentage for pH and temperature, whose zero is no absence, nor of a value of zero.

    Examples
    --------
    >>> compared_values({"nh3n": 0.5, "ph": 7.0, "tp": 0.1}, {"nh3n": 0.75, "ph": 8.0})["nh3n"]
    {'before': 0.5, 'after': 0.75, 'difference': 0.25, 'percent': 50.0}
    """
    known, out = parameters(), {}
    for item, new in after.items():
        old = before.get(item)
        if old is None or old != old or new != new:
            continue
        scaled = item in known and known[item].direction != "range" and old > 0
        out[item] = {
            "before": old,
            "after": new,
            "difference": round(new - old, 10),
            "percent": round(100 * (new - old) / old, 1) if scaled else None,
        }
    return out


def reach_changes(grades: pd.DataFrame, *, against: Against) -> pd.DataFrame:
    """Compare each river, lake and the whole site with another period, in official words.

    Parameters
    ----------
    grades
        Rows of `wetland.water.grades.grades_table`.
    against
        ``last_year`` (同比) or ``previous`` (环比).

    Returns
    -------
    DataFrame
        One row per row of ``grades`` that has a condition, with ``levels`` (of the condition word
        lost), ``shares_points`` (ΔG-ΔD, above zero better), ``word``, ``sections`` (stations that
        both periods have), ``left_out``, ``why_not``.

    Notes
    -----
    Rule of decision: where both periods were graded by shares, the shares are counted anew over the
    sections that both have, and compared by the levels of their condition and by ΔG-ΔD; the larger
    change counts (`larger_change`). Where both were graded by means, the class is compared, and
    only where the stations are the same. Otherwise there is no word, and ``why_not`` says why.

    References
    ----------
    环办[2011]22号, change between two periods: the sections must be mostly the same.
    """
    rows = {(row["reach"], row["kind"], row["period"]): row for row in rows_of(grades)}
    out = []
    for (reach, kind, period), row in rows.items():
        before_period = compared_period(period, against)
        if row["condition"] is None or before_period is None:
            continue
        before = rows.get((reach, kind, before_period))
        out.append(
            {"reach": reach, "name": row["name"], "kind": kind, "period": period,
             "against": against, "before_period": before_period, "method": row["method"],
             "condition_after": row["condition"], "good_after": row["good_percent"],
             "synthetic": bool(row["synthetic"]), **_of_grade(before, row, before_period)}
        )  # fmt: skip
    return table_of(out, REACH_COLUMNS)


def _of_grade(before: Row | None, after: Row, before_period: str) -> Row:
    out: Row = {"condition_before": None, "levels": None, "shares_points": None, "word": None,
                "words": None, "worse": False, "sections": [], "left_out": [], "official": False,
                "good_before": None}  # fmt: skip
    if before is None or before["condition"] is None:
        return out | {"why_not": NO_CLASS_BEFORE.fill(period=before_period)}
    held = [set(row["station_classes"]) for row in (before, after)]
    out |= {
        "condition_before": before["condition"],
        "good_before": before["good_percent"],
        "sections": sorted(held[0] & held[1]),
        "left_out": sorted(held[0] ^ held[1]),
    }
    if before["method"] != after["method"]:
        return out | {"why_not": METHODS_DIFFER}
    method = assessment_on()
    if after["method"] == "shares":
        change, why = _by_shares(before, after, out["sections"], method)
    else:
        change, why = _by_means(before, after, out["left_out"], method)
    if change is None:
        return out | {"why_not": why}
    why = _why_reach_not_official(before, after, out["left_out"])
    points = None if change.shares is None else float(round(change.shares, 4))
    return out | _words(change) | {
        "shares_points": points, "official": why is None, "why_not": why
    }  # fmt: skip


def _by_shares(
    before: Row, after: Row, sections: list[str], method: Assessment
) -> tuple[Change | None, Text | None]:
    if len(sections) < method.river_min_sections:
        return None, FEW_SECTIONS.fill(n=len(sections))
    shares = [section_shares([row["station_classes"][s] for s in sections], method=method)
              for row in (before, after)]  # fmt: skip
    levels = [condition_level(c, method=method) for s in shares
              if (c := river_condition(s, method=method)) is not None]  # fmt: skip
    return larger_change(
        levels_changed(levels[1] - levels[0], method=method),
        share_change(
            (shares[0].good, shares[0].inferior), (shares[1].good, shares[1].inferior),
            method=method,
        ),
    ), None  # fmt: skip


def _by_means(
    before: Row, after: Row, left_out: list[str], method: Assessment
) -> tuple[Change | None, Text | None]:
    if left_out:
        return None, SECTIONS_DIFFER.fill(stations=", ".join(left_out))
    return class_change(before["water_class"], after["water_class"], method=method), None


def _why_reach_not_official(before: Row, after: Row, left_out: list[str]) -> Text | None:
    if left_out:
        return SECTIONS_DIFFER.fill(stations=", ".join(left_out))
    return None if before["official"] and after["official"] else NOT_OFFICIAL
