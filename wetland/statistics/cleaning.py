"""Ranks of a series without its season, its trend and what effort explains (去除季节与趋势)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text, text
from wetland.statistics.spearman import ranks

Floats = NDArray[np.float64]

_TREND = text("已去除各自的线性趋势", "a linear trend of each has been taken out")
_SEASON = text("已在各季节内比较", "compared within each season")
_EFFORT = text("已去除调查努力量的影响", "the influence of effort has been taken out")


class Cleaner:
    """Takes season, trend and effort out of a series, the same way for data and surrogates."""

    def __init__(
        self, at: Floats, effort: Floats | None, period: int | None, detrend: bool
    ) -> None:
        self.at = at
        self.seasons = None if period is None else np.mod(at, period)
        self.detrend, self.effort = detrend, effort is not None
        columns = [at - at.mean()] if detrend else []
        if effort is not None:
            columns.append(self._ranked(effort[None, :])[0])
        free = np.stack(columns) if columns else np.empty((0, at.size))
        basis, sizes, _ = np.linalg.svd(free.T, full_matrices=False)
        self.basis = basis[:, sizes > 1e-9 * max(float(sizes.max(initial=0.0)), 1e-300)]
        self.taken = self.basis.shape[1]

    def clean(self, values: Floats) -> Floats:
        """Return what is left of one series, or of the rows of a table."""
        rows = np.atleast_2d(values)
        ranked = self._ranked(rows)
        left = ranked - (ranked @ self.basis) @ self.basis.T
        # what is left of rounding where all of it was taken out
        left[np.abs(left) < 1e-12 * np.abs(ranked).max(initial=1.0)] = 0.0
        out: Floats = left.reshape(values.shape)
        return out

    def _ranked(self, rows: Floats) -> Floats:
        """Return centred ranks, within each season and scaled to its size."""
        if self.seasons is None:
            return _ranks(rows)
        out = np.empty(rows.shape)
        for season in np.unique(self.seasons):
            part = self.seasons == season
            out[:, part] = _ranks(rows[:, part]) / part.sum()
        return out

    def notes(self) -> list[Text]:
        """Return what was taken out."""
        told = ((self.seasons is not None, _SEASON), (self.detrend, _TREND), (self.effort, _EFFORT))
        return [note for done, note in told if done]


def _ranks(rows: Floats) -> Floats:
    """Return centred mean ranks of every row."""
    found = np.stack([ranks(row) for row in rows]) if _tied(rows) else _plain_ranks(rows)
    out: Floats = found - (rows.shape[1] + 1) / 2.0
    return out


def _tied(rows: Floats) -> bool:
    return bool((np.diff(np.sort(rows, axis=1), axis=1) == 0).any())


def _plain_ranks(rows: Floats) -> Floats:
    order = np.argsort(rows, axis=1)
    out = np.empty(rows.shape)
    np.put_along_axis(out, order, np.arange(1.0, rows.shape[1] + 1)[None, :], axis=1)
    return out
