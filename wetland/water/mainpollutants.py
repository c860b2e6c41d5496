"""The main pollutants of water that is worse than class III (主要污染指标)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text
from wetland.water.classesitems import exceedance_multiple
from wetland.water.parameters import parameters
from wetland.water.stations import CLASSES

if TYPE_CHECKING:
    from wetland.water.classes import Classes

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]


def main_pollutants(classes: Classes) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return the main pollutants of every row as a list, and as a `Text` (None where none).

    Notes
    -----
    Rule of decision: only of water worse than III, items worse than III; cyanide and heavy metals
    first, then by class, the worst first, then by exceedance multiple (before rounding); those
    without a multiple (pH, dissolved oxygen) last of their class; then in the order of the
    standard. At most three. The multiple is (C - S) / S with the limit S of class III, rounded
    half to even to one place.

    References
    ----------
    环办〔2011〕22号, section 2 (主要污染指标的确定).
    """
    none: list[dict[str, Any]] = []  # one empty list for all of good water
    items = _each([none] * len(classes))
    words = np.full(len(classes), None, dtype=object)
    good = CLASSES.index(classes.assessment.good_to) + 1
    rows, columns = np.nonzero(classes.item_class > good)
    if not len(rows):
        return items, words
    value = _item_values(classes)[rows, columns]
    limit = _limits(classes, good)[classes.lake[rows].astype(int), columns]
    limit = np.where(np.isnan(limit), _range_end(classes, value, columns), limit)
    kept = _ranked(classes, rows, columns, value / limit)
    rows, columns, value, limit = rows[kept], columns[kept], value[kept], limit[kept]
    times = exceedance_multiple(value, limit)
    entries = _entries(classes, columns, value, limit, times)
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    ends = np.append(starts[1:], len(rows))
    pieces = zip(starts.tolist(), ends.tolist(), strict=True)
    items[rows[starts]] = _each([entries[a:b] for a, b in pieces])
    words[rows[starts]] = _all_words(entries, starts, columns, times)
    return items, words


def _each(made: Sequence[Any]) -> NDArray[np.object_]:
    return np.fromiter(made, dtype=object, count=len(made))


def _ranked(classes: Classes, rows: Numbers, columns: Numbers, share: Floats) -> Numbers:
    """Return the first three of every row in their order (numbers of ``rows``)."""
    known = [parameters()[item] for item in classes.items]
    counted = np.array([p.multiple for p in known])[columns]
    heavy = np.array([p.heavy for p in known])[columns]
    # Shares of decimals differ by more than 1e-10 or not at all.
    times = np.where(counted, np.round(share, 10), -np.inf)
    order = np.lexsort((columns, -times, -classes.item_class[rows, columns], ~heavy, rows))
    first = np.flatnonzero(np.diff(rows[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(first, np.diff(first, append=len(order)))
    return order[place < classes.assessment.main_pollutants]


def _entries(
    classes: Classes, columns: Numbers, value: Floats, limit: Floats, times: Floats
) -> list[dict[str, Any]]:
    counted = [parameters()[item].multiple for item in classes.items]
    told = (x.tolist() for x in (columns, value, limit, times))
    return [
        {
            "parameter": classes.items[column],
            "value": v,
            "limit": s,
            "multiple": m if counted[column] else None,
        }
        for column, v, s, m in zip(*told, strict=True)
    ]


def _all_words(
    entries: list[dict[str, Any]], starts: Numbers, columns: Numbers, times: Floats
) -> NDArray[np.object_]:
    """Write the pollutants of every row; rows with the same words share one `Text`."""
    import pandas as pd  # noqa: PLC0415 - classes of arrays need no frames

    counted = np.rint(times * 10).astype(np.int64)
    kind = pd.factorize(counted * 64 + columns)[0]
    size = int(kind.max()) + 2
    ends = np.append(starts[1:], len(columns))
    key = np.zeros(len(starts), dtype=np.int64)
    for place in range(int((ends - starts).max())):
        at = starts + place
        there = at < ends
        key = pd.factorize(key * size + np.where(there, kind[np.where(there, at, 0)] + 1, 0))[0]
    made: dict[int, Text] = {}
    for group, a, b in zip(key.tolist(), starts.tolist(), ends.tolist(), strict=True):
        if group not in made:
            made[group] = _words(entries[a:b])
    return _each([made[group] for group in key.tolist()])


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


def _words(mains: list[dict[str, Any]]) -> Text:
    """Write main pollutants as the method does: 氨氮(1.2)、总磷(0.5)、溶解氧."""
    zh, en = [], []
    for main in mains:
        name = parameters()[main["parameter"]].name
        times = "" if main["multiple"] is None else f"({main['multiple']:.1f})"
        zh.append(f"{name.zh}{times}")
        en.append(f"{name.en} {times}".rstrip())
    return Text(zh="、".join(zh), en=", ".join(en))
