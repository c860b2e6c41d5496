"""Classes as a table that people and JSON read: one row for each station and period."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text, text
from wetland.water.mainpollutants import main_pollutants
from wetland.water.resultrows import first_of
from wetland.water.stations import CLASSES

if TYPE_CHECKING:
    import pandas as pd

    from wetland.water.classes import Classes

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

_CHUNK = 12  # columns of three bits each beside a group's number in 63 bits

WHY_NOT_OFFICIAL: Mapping[str, Text] = {
    "no_class": text("没有评价指标的数据", "no item of a class was measured"),
    "unfinished": text("时段尚未结束", "the period is not over"),
    "too_few_samples": text("样品数不足", "there are too few samples"),
    "incomplete": text("监测方案的指标不全", "an item of the programme is missing"),
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
    ``meets_target`` is None without
    target or class, and where items are missing and what is known meets the target. Rows that are
    alike share their lists and dicts: copy before changing one.
    """
    import pandas as pd  # noqa: PLC0415 - classes of arrays need no frames

    readings, n = classes.readings, len(classes)
    words = _each([None, *CLASSES])
    conditions = _each([None, *(classes.assessment.condition(c).name for c in CLASSES)])
    measured = classes.item_class > 0
    mains, main_words = main_pollutants(classes)
    columns: dict[str, Any] = {
        "station": readings.station,
        "period": readings.period,
        "water_class": _objects(words[classes.water_class]),
        "complete": classes.complete,
        "official": classes.official,
        "why_not_official": _objects(_why(classes)),
        "possible": _objects(_possible(classes)),
        "deciding": _objects(_names(classes.deciding, classes.items)),
        "main_pollutants": _objects(mains),
        "main_words": _objects(main_words),
        "apart": _objects(_class_dicts(classes.apart, classes.assessment.apart, absent=True)),
        "apart_values": _objects(_apart_values(classes)),
        "not_covered": _objects(_names(~measured, classes.items)),
        "missing": _objects(_names(classes.missing, classes.items)),
        "item_classes": _objects(_class_dicts(classes.item_class, classes.items, absent=False)),
        "values": _objects(_values(readings.value, readings.parameters)),
        "censored_items": _objects(_names(readings.censored > 0, readings.parameters)),
        "samples": readings.samples,
        "suspect": readings.suspect,
        "target_class": _objects(words[classes.target]),
        "meets_target": _objects(_meets(classes)),
        "condition": _objects(conditions[classes.water_class]),
        "water_body": np.where(classes.lake, "lake", "river").astype(object),
        "retrospective": _retrospective(classes),
        "standard": np.full(n, classes.standard.id, dtype=object),
        "method": np.full(n, classes.assessment.id, dtype=object),
        "synthetic": readings.synthetic,
    }
    return pd.DataFrame(columns)


def _objects(values: NDArray[np.object_]) -> pd.Series[Any]:
    """Keep None as None and lists as lists: pandas would make words and NaN of them."""
    import pandas as pd  # noqa: PLC0415 - classes of arrays need no frames

    return pd.Series(values, dtype=object)


def _each(made: Sequence[Any]) -> NDArray[np.object_]:
    return np.fromiter(made, dtype=object, count=len(made))


def _why(classes: Classes) -> NDArray[np.object_]:
    reasons = np.full(len(classes), None, dtype=object)
    reasons[~classes.complete] = "incomplete"
    reasons[~classes.enough] = "too_few_samples"
    reasons[~classes.over] = "unfinished"
    reasons[classes.water_class == 0] = "no_class"
    return reasons


def _possible(classes: Classes) -> NDArray[np.object_]:
    ends = np.column_stack([classes.best, classes.worst])
    return _alike(ends, lambda row: list(CLASSES[row[0] - 1 : row[1]]))


def _alike(table: NDArray[Any], make: Callable[[list[Any]], Any]) -> NDArray[np.object_]:
    """Return ``make`` of every row of small numbers (0 to 7), once for rows that are alike."""
    import pandas as pd  # noqa: PLC0415 - see `_objects`

    group = np.zeros(len(table), dtype=np.int64)
    for start in range(0, table.shape[1], _CHUNK):
        key = group
        for column in table[:, start : start + _CHUNK].T:
            key = key * 8 + column
        group = pd.factorize(key)[0]
    size = int(group.max()) + 1 if len(group) else 0
    made = _each([make(table[at].tolist()) for at in first_of(group, size).tolist()])
    return made[group]


def _names(marked: Flags, names: tuple[str, ...]) -> NDArray[np.object_]:
    return _alike(marked, lambda row: [n for n, m in zip(names, row, strict=True) if m])


def _class_dicts(
    table: NDArray[np.int8], names: tuple[str, ...], *, absent: bool
) -> NDArray[np.object_]:
    words = [None, *CLASSES]

    def made(row: list[int]) -> dict[str, str | None]:
        return {n: words[c] for n, c in zip(names, row, strict=True) if c or absent}

    return _alike(table, made)


def _values(table: Floats, names: tuple[str, ...]) -> NDArray[np.object_]:
    rows = zip(*(column.tolist() for column in table.T), strict=True)
    complete = np.isnan(table).sum(axis=1) == 0
    return _each(
        [
            dict(zip(names, row, strict=True))
            if whole
            else {name: v for name, v in zip(names, row, strict=True) if v == v}
            for row, whole in zip(rows, complete.tolist(), strict=True)
        ]
    )


def _apart_values(classes: Classes) -> NDArray[np.object_]:
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
    return _each(found)


def _meets(classes: Classes) -> NDArray[np.object_]:
    met = np.full(len(classes), None, dtype=object)
    known = (classes.target > 0) & (classes.water_class > 0)
    fails = known & (classes.water_class > classes.target)
    met[known & classes.complete] = True
    met[fails] = False
    return met


def _retrospective(classes: Classes) -> Flags:
    held = max(classes.standard.valid_from, classes.assessment.valid_from)
    before: Flags = classes.readings.starts_on < np.datetime64(held)
    return before
