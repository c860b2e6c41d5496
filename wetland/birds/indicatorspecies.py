"""Indices of single species, prepared for an index of several (物种指数的准备)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.trimtable import listed

if TYPE_CHECKING:
    from wetland.birds.trim import Trim
    from wetland.birds.trimtotals import Which

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

FEW_SPECIES = 5

_NO_SPECIES = text("没有可用的物种指数", "there is no index of a species that can be used")
_BAD_INDEX = text(
    "{s}：指数与标准误须与年份一样多，年份为不重复的整数且递增，指数与误差不小于 0",
    "{s}: as many indices and errors as years; years whole, once each, ascending; none below 0",
)
_LEFT_OUT = text("未纳入（误差过大或未知）：{names}", "left out, their errors too large or not "
                 "known: {names}")  # fmt: skip
_EMPTY = text("未纳入（没有正值）：{names}", "left out, no value above 0: {names}")
_RAISED = text("低于该种平均值 {p:g}% 的指数按 {p:g}% 计：{names}",
               "below {p:g} % of a species' mean, taken as {p:g} %: {names}")  # fmt: skip
_CHAINED = text("年份不全、以其余物种的变化衔接：{names}",
                "not all years, chained by the other species: {names}")  # fmt: skip
_FEW = text("只有 {n} 个物种，不足以代表一个类群",
            "{n} species only: they do not stand for a group")  # fmt: skip


@dataclass(frozen=True, eq=False)
class SpeciesIndex:
    """The index of one species, in any unit.

    Attributes
    ----------
    times
        Years with an index, ascending; a missing year is left out.
    value
        Index or total, 0 or more.
    se
        Its standard error.
    covariance
        Of the values between years, where it is known (from `of_trim`); None takes the years as
        independent, which makes intervals of changes too wide as a rule.
    """

    times: Numbers
    value: Floats
    se: Floats
    covariance: Floats | None = None

    @classmethod
    def of(cls, times: ArrayLike, value: ArrayLike, se: ArrayLike) -> SpeciesIndex:
        """Make it from columns; years without a value (NaN) are left out."""
        at, values, errors = (np.asarray(part, dtype=np.float64) for part in (times, value, se))
        if not at.shape == values.shape == errors.shape or at.ndim != 1:
            raise InputError(_BAD_INDEX.fill(s=""))
        kept = np.isfinite(values)
        return cls(at[kept].astype(np.int64), values[kept], errors[kept])

    @classmethod
    def of_trim(cls, fitted: Trim, which: Which = "imputed") -> SpeciesIndex:
        """Take the totals of a fitted model, with their covariance.

        ``fitted`` totals are those of the model alone: of a model with one slope a season without a
        bird is no 0 then, which has no logarithm.
        """
        totals = fitted.totals
        value, covariance = totals.of(which)
        return cls(totals.times, value, totals.se(which), covariance)


@dataclass(frozen=True, eq=False)
class Prepared:
    """The logarithms of one species, with their covariance."""

    name: str
    times: Numbers
    logs: Floats
    covariance: Floats

    def drawn(self, draws: int, rng: np.random.Generator) -> Floats:
        """Return ``[draws, years]`` logarithms with the errors of the index."""
        values, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        out: Floats = self.logs + rng.standard_normal((draws, self.logs.size)) @ root.T
        return out


@dataclass(frozen=True, eq=False)
class Chosen:
    """The species that can be used, and what has to be said of the others."""

    parts: tuple[Prepared, ...]
    notes: tuple[Text, ...]
    first: int
    last: int

    @classmethod
    def of(cls, indices: Mapping[str, SpeciesIndex], least_share: float, most_cv: float) -> Chosen:
        """Choose and prepare; species in the order of their names, so that draws repeat."""
        parts: list[Prepared] = []
        uncertain, empty, raised = [], [], []
        for name in sorted(indices):
            index = indices[name]
            _check(name, index)
            if not index.value.any():
                empty.append(name)
            elif not _certain(index, most_cv):
                uncertain.append(name)
            else:
                part, low = _logs(name, index, least_share)
                parts.append(part)
                raised += [name] if low else []
        if not parts:
            raise InputError(_NO_SPECIES)
        first = min(int(part.times[0]) for part in parts)
        last = max(int(part.times[-1]) for part in parts)
        chained = [p.name for p in parts if p.times[0] > first or p.times[-1] < last]
        share = 100 * least_share
        said = ((_LEFT_OUT, uncertain), (_EMPTY, empty), (_CHAINED, chained))
        notes = [note.fill(names=listed(names)) for note, names in said if names]
        notes += [_RAISED.fill(p=share, names=listed(raised))] if raised else []
        notes += [_FEW.fill(n=len(parts))] if len(parts) < FEW_SPECIES else []
        return cls(tuple(parts), tuple(notes), first, last)


def _check(name: str, index: SpeciesIndex) -> None:
    value, se = index.value, index.se
    right = (
        value.size > 0
        and value.shape == se.shape == index.times.shape
        and bool((np.diff(index.times) > 0).all())
        and bool(np.isfinite(value).all() and (value >= 0).all() and not (se < 0).any())
    )
    if not right:
        raise InputError(_BAD_INDEX.fill(s=name))


def _certain(index: SpeciesIndex, most: float) -> bool:
    """Tell whether errors are known, and not too large on average."""
    some = index.value > 0
    if not np.isfinite(index.se).all():
        return False
    return float((index.se[some] / index.value[some]).mean()) <= most


def _logs(name: str, index: SpeciesIndex, least: float) -> tuple[Prepared, bool]:
    """Return the logarithms, and whether a value had to be raised."""
    floor = least * float(index.value.mean())
    low = index.value < floor
    value = np.where(low, floor, index.value)
    if index.covariance is None:
        covariance = np.diag((index.se / value) ** 2)
    else:
        covariance = index.covariance / np.outer(value, value)
    covariance[low] = 0.0
    covariance[:, low] = 0.0
    return Prepared(name, index.times, np.log(value), covariance), bool(low.any())
