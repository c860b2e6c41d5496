"""Classes as a table that people and JSON read: one row for each station and period."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text, text
from wetland.water.classesitems import exceedance_multiple
from wetland.water.parameters import parameters
from wetland.water.stations import CLASSES

if TYPE_CHECKING:
    import pandas as pd

    from wetland.water.classes import Classes

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

WHY_NOT_OFFICIAL: Mapping[str, Text] = {
    "no_class": text("没有评价指标的数据", "no item of a class was measured"),
    "incomplete": text("监测方案的指标不全", "an item of the programme is missing"),
    "too_few_samples": text("样品数不足", "there are too few samples"),
}


def classes_table(classes: Classes) -> pd.DataFrame:
    """Return classes as a frame, one row for each row of the readings.

    Returns
    -------
    pandas.DataFrame
        station, period; water_class (``I`` .. ``inferior_v`` or None); complete; official, with
        why_not_official (a key of `WHY_NOT_OFFICIAL`, or None); possible (classes, best first);
        deciding (items whose class is the class, also of good water); main_pollutants
        ({parameter, value, limit, multiple}, only where worse than III) and main_words (`Text`:
        氨氮(1.2)、总磷(0.5)); apart and apart_values (tn, fc); not_covered (of the 21 items) and
        missing (of the programme); item_classes, values, censored_items; samples, suspect;
        target_class, meets_target; condition (`Text`); water_body; retrospective (the period began
        before the standard or method held); standard, method (ids); synthetic.

    Notes
    -----
    Main pollutants: items worse than III, cyanide and heavy metals first, then by class, the worst
    first, then by exceedance multiple; those without a multiple (pH, dissolved oxygen) last of
    their class; then in the order of the standard. At most three. ``meets_target`` is None without
    target or class, and where items are missing and what is known meets the target. Rows that are
    alike share their lists and dicts: copy before changing one.
    """
    import pandas as pd  # noqa: PLC0415 - classes of arrays need no frames

    readings, n = classes.readings, len(classes)
    words = [None, *CLASSES]
    by_class = [words[c] for c in classes.water_class.tolist()]
    measured = classes.item_class > 0
    mains = _main_pollutants(classes)
    conditions = {c: classes.assessment.condition(c).name for c in CLASSES}
    columns: dict[str, Any] = {
        "station": readings.station,
        "period": readings.period,
        "water_class": _objects(by_class),
        "complete": classes.complete,
        "official": classes.official,
        "why_not_official": _objects(_why(classes)),
        "possible": _objects(_possible(classes)),
        "deciding": _objects(_names(classes.deciding, classes.items)),
        "main_pollutants": _objects(mains),
        "main_words": _objects(_main_words(mains)),
        "apart": _objects(_class_dicts(classes.apart, classes.assessment.apart, absent=True)),
        "apart_values": _objects(_apart_values(classes)),
        "not_covered": _objects(_names(~measured, classes.items)),
        "missing": _objects(_names(classes.missing, classes.items)),
        "item_classes": _objects(_class_dicts(classes.item_class, classes.items, absent=False)),
        "values": _objects(_values(readings.value, readings.parameters)),
        "censored_items": _objects(_names(readings.censored > 0, readings.parameters)),
        "samples": readings.samples,
        "suspect": readings.suspect,
        "target_class": _objects([words[c] for c in classes.target.tolist()]),
        "meets_target": _objects(_meets(classes)),
        "condition": _objects([None if c is None else conditions[c] for c in by_class]),
        "water_body": np.where(classes.lake, "lake", "river").astype(object),
        "retrospective": _retrospective(classes),
        "standard": np.full(n, classes.standard.id, dtype=object),
        "method": np.full(n, classes.assessment.id, dtype=object),
        "synthetic": readings.synthetic,
    }
    return pd.DataFrame(columns)


def _objects(values: list[Any]) -> pd.Series[Any]:
    """Keep None as None and lists as lists: pandas would make words and NaN of them."""
    import pandas as pd  # noqa: PLC0415 - classes of arrays need no frames

    made = np.fromiter(values, dtype=object, count=len(values))
    return pd.Series(made, dtype=object)


def _why(classes: Classes) -> list[str | None]:
    reasons = np.full(len(classes), None, dtype=object)
    reasons[~classes.enough] = "too_few_samples"
    reasons[~classes.complete] = "incomplete"
    reasons[classes.water_class == 0] = "no_class"
    return list(reasons)


def _possible(classes: Classes) -> list[list[str]]:
    spans: dict[tuple[int, int], list[str]] = {
        (a, b): list(CLASSES[a - 1 : b]) for a in range(1, 7) for b in range(a, 7)
    }
    return [spans[e] for e in zip(classes.best.tolist(), classes.worst.tolist(), strict=True)]


def _alike(table: NDArray[Any], make: Callable[[list[Any]], Any]) -> list[Any]:
    """Return ``make`` of every row, called once for rows that are alike, which then share it."""
    wide = np.zeros((len(table), 8 * max(1, -(-table.shape[1] // 8))), dtype=np.uint8)
    wide[:, : table.shape[1]] = table
    keys: list[Any] = wide.view(f"V{wide.shape[1]}").ravel().tolist()
    known: dict[Any, Any] = {}
    for at, key in enumerate(keys):
        if key not in known:
            known[key] = make(table[at].tolist())
    return [known[key] for key in keys]


def _names(marked: Flags, names: tuple[str, ...]) -> list[list[str]]:
    return _alike(marked, lambda row: [n for n, m in zip(names, row, strict=True) if m])


def _class_dicts(
    table: NDArray[np.int8], names: tuple[str, ...], *, absent: bool
) -> list[dict[str, str | None]]:
    words = [None, *CLASSES]

    def made(row: list[int]) -> dict[str, str | None]:
        return {n: words[c] for n, c in zip(names, row, strict=True) if c or absent}

    return _alike(table, made)


def _values(table: Floats, names: tuple[str, ...]) -> list[dict[str, float]]:
    rows = zip(*(column.tolist() for column in table.T), strict=True)
    return [{name: v for name, v in zip(names, row, strict=True) if v == v} for row in rows]


def _apart_values(classes: Classes) -> list[dict[str, float | None]]:
    apart = classes.assessment.apart
    columns = [
        [v if v == v else None for v in classes.readings.column(code).tolist()] for code in apart
    ]
    known: dict[tuple[float | None, ...], dict[str, float | None]] = {}
    found = []
    for row in zip(*columns, strict=True):
        if row not in known:
            known[row] = dict(zip(apart, row, strict=True))
        found.append(known[row])
    return found


def _meets(classes: Classes) -> list[bool | None]:
    met = np.full(len(classes), None, dtype=object)
    known = (classes.target > 0) & (classes.water_class > 0)
    fails = known & (classes.water_class > classes.target)
    met[known & classes.complete] = True
    met[fails] = False
    return list(met)


def _retrospective(classes: Classes) -> Flags:
    held = max(classes.standard.valid_from, classes.assessment.valid_from)
    before: Flags = classes.readings.starts_on < np.datetime64(held)
    return before


def _main_pollutants(classes: Classes) -> list[list[dict[str, Any]]]:
    """Return at most three items of every row that is worse than III, in their order."""
    good = CLASSES.index(classes.assessment.good_to) + 1
    none: list[dict[str, Any]] = []
    found = [none] * len(classes)
    rows, columns = np.nonzero(classes.item_class > good)
    if not len(rows):
        return found
    known = [parameters()[item] for item in classes.items]
    value = _item_values(classes)[rows, columns]
    limit = _limits(classes, good)[classes.lake[rows].astype(int), columns]
    limit = np.where(np.isnan(limit), _range_end(classes, value, columns), limit)
    counted = np.array([p.multiple for p in known])[columns]
    multiple = np.full(len(rows), np.nan)
    multiple[counted] = exceedance_multiple(value[counted], limit[counted])
    share = np.full(len(rows), -np.inf)
    share[counted] = value[counted] / limit[counted]
    heavy = np.array([p.heavy for p in known])[columns]
    order = np.lexsort((columns, -share, -classes.item_class[rows, columns], ~heavy, rows))
    first = np.flatnonzero(np.diff(rows[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(first, np.diff(first, append=len(order)))
    order = order[place < classes.assessment.main_pollutants]
    told = (x[order].tolist() for x in (rows, columns, value, limit, multiple))
    for row, column, v, s, m in zip(*told, strict=True):
        if found[row] is none:
            found[row] = []
        times = m if known[column].multiple else None
        found[row].append(
            {"parameter": classes.items[column], "value": v, "limit": s, "multiple": times}
        )
    return found


def _item_values(classes: Classes) -> Floats:
    return np.column_stack([classes.readings.column(item) for item in classes.items])


def _limits(classes: Classes, water_class: int) -> Floats:
    """Return the limits of a class for rivers (first row) and lakes; NaN for ranges."""
    limits = [classes.standard.limits[item] for item in classes.items]
    return np.array(
        [
            [float(x.of(body)[water_class - 1]) if x.within is None else np.nan for x in limits]
            for body in ("river", "lake")
        ]
    )


def _range_end(classes: Classes, value: Floats, columns: NDArray[np.intp]) -> Floats:
    """Return the end of the range that a value lies beyond; NaN for items with limits."""
    ends = [classes.standard.limits[item].within for item in classes.items]
    low = np.array([np.nan if e is None else float(e[0]) for e in ends])[columns]
    high = np.array([np.nan if e is None else float(e[1]) for e in ends])[columns]
    return np.where(value < low, low, high)


def _main_words(mains: list[list[dict[str, Any]]]) -> list[Text | None]:
    """Write main pollutants as the method does: 氨氮(1.2)、总磷(0.5)、溶解氧."""
    known: dict[tuple[Any, ...], Text | None] = {(): None}
    found = []
    for row in mains:
        key = tuple([(m["parameter"], m["multiple"]) for m in row])
        if key not in known:
            known[key] = _words(key)
        found.append(known[key])
    return found


def _words(mains: tuple[tuple[str, float | None], ...]) -> Text:
    zh, en = [], []
    for code, multiple in mains:
        name = parameters()[code].name
        times = "" if multiple is None else f"({multiple:.1f})"
        zh.append(f"{name.zh}{times}")
        en.append(f"{name.en} {times}".rstrip())
    return Text(zh="、".join(zh), en=", ".join(en))
