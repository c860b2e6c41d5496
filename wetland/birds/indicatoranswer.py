"""A multi-species index as plain values, for files and for other programs (多物种指数结果)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from wetland.birds.indicator import Indicator, IndicatorTrend

Answer = dict[str, Any]


def indicator_answer(found: Indicator) -> Answer:
    """Return what a multi-species index says as numbers, words and lists; not known is None.

    ``index`` is 100 at ``base``; ``smooth`` the line through it; ``overall`` the straight line over
    all years, ``smoothed`` the change between the ends of the smoothed line, ``recent`` the last
    ten years (None where there are no more).

    Examples
    --------
    >>> from wetland.birds.indicator import multi_species_index
    >>> from wetland.birds.indicatorspecies import SpeciesIndex
    >>> one = SpeciesIndex.of([2020, 2021, 2022], [1.0, 2.0, 4.0], [0.0, 0.1, 0.2])
    >>> answer = indicator_answer(multi_species_index({"a": one}))
    >>> answer["time"], [round(value) for value in answer["index"]], answer["overall"]["class"]
    ([2020, 2021, 2022], [100, 200, 400], 'Strong increase')
    """
    return {
        "time": [int(t) for t in found.times],
        "base": found.base,
        "index": _numbers(found.value),
        "index_se": _numbers(found.se),
        "index_ci": _pairs(found.lower, found.upper),
        "smooth": _numbers(found.smooth),
        "smooth_ci": _pairs(found.smooth_lower, found.smooth_upper),
        "species": list(found.species),
        "years_of": dict(found.years_of),
        "contributing": [int(n) for n in found.contributing],
        "overall": _trend(found.overall),
        "smoothed": _trend(found.smoothed),
        "recent": None if found.recent is None else _trend(found.recent),
        "level": found.level,
        "notes": [{"zh": note.zh, "en": note.en} for note in found.notes],
    }


def _trend(found: IndicatorTrend) -> Answer:
    return {
        "first": found.first,
        "last": found.last,
        "slope": _number(found.slope),
        "se": _number(found.se),
        "change_percent": _number(found.change),
        "change_percent_ci": [_number(found.change_lower), _number(found.change_upper)],
        "class": found.trend.replace("_", " ").capitalize(),
        "trend": found.trend,
        "alpha": found.alpha,
        "words": {"zh": found.words.zh, "en": found.words.en},
    }


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [_number(float(value)) for value in values]


def _pairs(lower: Iterable[float], upper: Iterable[float]) -> list[list[float | None]]:
    return [[low, high] for low, high in zip(_numbers(lower), _numbers(upper), strict=True)]
