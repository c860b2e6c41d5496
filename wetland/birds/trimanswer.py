"""A fitted TRIM model as plain values, for files and for other programs (指数结果)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from wetland.birds.trim import Trim
from wetland.birds.trimslope import TREND_WORDS, Slope
from wetland.birds.trimtests import WaldTest
from wetland.birds.trimtotals import Totals

Answer = dict[str, Any]


def trim_answer(
    fitted: Trim, *, base: int | Sequence[int] | None = None, level: float = 0.95
) -> Answer:
    """Return what a model says as numbers, words and lists; what is not known is None.

    ``index`` and ``totals`` are the imputed ones, ``totals_ci`` their interval of ``level``;
    ``index_fitted`` and what belongs to it are those of the model alone. ``class`` of a slope is
    what TRIM prints.

    Examples
    --------
    >>> from wetland.birds.trim import TrimSettings, count_table, trim
    >>> table = count_table(["a", "a", "b", "b"], [2023, 2024] * 2, [4, 8, 1, 2])
    >>> answer = trim_answer(trim(table, TrimSettings(model=2, overdispersion=False)))
    >>> answer["time"], answer["index"], answer["overall"]["class"]
    ([2023, 2024], [1.0, 2.0], 'Unknown (df<=0)')
    """
    fit = fitted.fit
    return {
        "model": fitted.settings.model,
        "change_points": list(fitted.change_points),
        "sites": len(fitted.table.sites),
        "counts": int(fitted.table.observed.sum()),
        "missing": int((~fitted.table.observed).sum()),
        "time": [int(t) for t in fitted.table.times],
        **_totals(fitted.totals, base, level),
        "overall": _slope(fitted.overall()),
        "overall_fitted": _slope(fitted.overall("fitted")),
        "wald": [_wald(test) for test in fitted.tests],
        "gof": {
            "chi2": _number(fit.chi2),
            "df": fit.df,
            "p": _number(fit.chi2_p),
            "lr": _number(fit.likelihood_ratio),
            "lr_p": _number(fit.likelihood_ratio_p),
            "aic": _number(fit.aic),
        },
        "overdispersion": _number(fitted.overdispersion),
        "serial_correlation": _number(fitted.serial_correlation),
        "categories": [
            {"covariate": name, "category": category, **_totals(totals, base, level)}
            for (name, category), totals in fitted.by_category.items()
        ],
        "notes": [{"zh": note.zh, "en": note.en} for note in fitted.notes],
    }


def _totals(totals: Totals, base: int | Sequence[int] | None, level: float) -> Answer:
    answer: Answer = {
        "observed": _numbers(totals.observed),
        "imputed": _numbers(totals.imputed),
        "imputed_se": _numbers(totals.se()),
        "fitted": _numbers(totals.fitted),
        "fitted_se": _numbers(totals.se("fitted")),
        "totals_ci": _pairs(*totals.interval(level)),
    }
    index, model = totals.index(base, level=level), totals.index(base, level=level, which="fitted")
    return answer | {
        "base": list(index.base),
        "index": _numbers(index.value),
        "index_se": _numbers(index.se),
        "index_ci": _pairs(index.lower, index.upper),
        "index_fitted": _numbers(model.value),
        "index_fitted_se": _numbers(model.se),
    }


def _slope(slope: Slope) -> Answer:
    words = TREND_WORDS[slope.trend]
    return {
        "first": slope.first,
        "last": slope.last,
        "slope": _number(slope.slope),
        "se": _number(slope.se),
        "factor": _number(slope.factor),
        "factor_se": _number(slope.factor_se),
        "p": _number(slope.p_value),
        "class": slope.meaning,
        "trend": slope.trend,
        "alpha": slope.alpha,
        "words": {"zh": words.zh, "en": words.en},
    }


def _wald(test: WaldTest) -> Answer:
    return {
        "question": test.question,
        "subject": test.subject,
        "w": _number(test.statistic),
        "df": test.df,
        "p": _number(test.p_value),
    }


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [_number(float(value)) for value in values]


def _pairs(lower: Iterable[float], upper: Iterable[float]) -> list[list[float | None]]:
    return [[low, high] for low, high in zip(_numbers(lower), _numbers(upper), strict=True)]
