"""The certainty of classes as a table: one row for each station and period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text, text
from wetland.water.stations import CLASSES

if TYPE_CHECKING:
    import pandas as pd

    from wetland.water.classes import Classes

Ints = NDArray[np.int64]

LEAST_UNITS = 4  # with fewer visits the draws are too few and too alike to tell of a spread

WHY_NONE: dict[str, Text] = {
    "no_class": text("没有评价指标的数据", "no item of a class was measured"),
    "too_few": text(
        "采样周次少于 {n}，无法估计抽样误差",
        "visits in fewer than {n} different weeks: too few to tell the error of sampling",
    ).fill(n=LEAST_UNITS),
    "incomplete": text(
        "监测方案的指标不全：概率只针对已测指标",
        "an item of the programme is missing: the probabilities are of what was measured",
    ),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted over the draws of every period; zeros where nothing was drawn.

    ``classes`` ``[periods, 6]`` and ``deciding`` ``[periods, items]`` count draws, ``units`` is
    what each period was drawn from.
    """

    classes: Ints
    deciding: Ints
    units: Ints
    draws: int


def certainty_table(official: Classes, found: Counted) -> pd.DataFrame:
    """Return the frame of `wetland.water.certainty.class_certainty`.

    Parameters
    ----------
    official
        The classes of the periods by the official rule.
    found
        What was counted.
    """
    import pandas as pd  # noqa: PLC0415 - classes of arrays need no frames

    readings = official.readings
    rows: list[dict[str, Any]] = []
    for at, number in enumerate(official.water_class.tolist()):
        drawn_from = int(found.units[at])
        why = _why_none(number, drawn_from, bool(official.complete[at]))
        share = found.classes[at] / found.draws
        any_drawn = bool(found.classes[at].any())
        target = int(official.target[at])
        likelihood = float(share[number - 1]) if why is None else None
        rows.append(
            {
                "station": readings.station[at],
                "period": readings.period[at],
                "water_class": CLASSES[number - 1] if number else None,
                "probabilities": dict(zip(CLASSES, share.tolist(), strict=True))
                if any_drawn
                else {},
                "likelihood": likelihood,
                "why_none": why,
                "misses_target": float(share[target:].sum()) if target and any_drawn else None,
                "deciding": _shares(official.items, found.deciding[at], found.draws),
                "n": int(readings.samples[at]),
                "units": drawn_from,
                "complete": bool(official.complete[at]),
                "target_class": CLASSES[target - 1] if target else None,
                "draws": found.draws,
                "words": certainty_words(official, number, likelihood),
                "synthetic": bool(readings.synthetic[at]),
            }
        )
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    empties = ("water_class", "likelihood", "why_none", "misses_target", "target_class", "words")
    for name in empties:  # None stays None
        frame[name] = pd.Series([row[name] for row in rows], dtype=object)
    return frame


_COLUMNS = (
    "station", "period", "water_class", "probabilities", "likelihood", "why_none", "misses_target",
    "deciding", "n", "units", "complete", "target_class", "draws", "words", "synthetic",
)  # fmt: skip


def _shares(items: tuple[str, ...], counts: Ints, draws: int) -> dict[str, float]:
    order = sorted(np.flatnonzero(counts).tolist(), key=lambda k: (-counts[k], k))
    return {items[k]: float(counts[k]) / draws for k in order}


def _why_none(number: int, units: int, complete: bool) -> str | None:
    if not number:
        return "no_class"
    if units < LEAST_UNITS:
        return "too_few"
    return None if complete else "incomplete"


def certainty_words(official: Classes, number: int, likelihood: float | None) -> Text | None:
    """Return "Ⅲ类，86%"; never a hundred percent, for the draws are few and the future is not."""
    if not number or likelihood is None:
        return None
    name = official.assessment.classes[CLASSES[number - 1]].name
    percent = 100 * likelihood
    shown = ">99" if percent > 99 else "<1" if percent < 1 else f"{percent:.0f}"
    return text("{name}，{p}%", "{name}, {p} %").fill(name=name, p=shown)
