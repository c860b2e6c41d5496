"""Counts of one species at plots and times, as arrays that TRIM works on (样点计数表)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Covariate:
    """A property of the sites in categories (协变量), e.g. habitat; ``codes`` is one per site."""

    name: str
    categories: tuple[str, ...]
    codes: Numbers


@dataclass(frozen=True, eq=False)
class CountTable:
    """Counts of one species: sites x months x times.

    Attributes
    ----------
    sites
        Names of the sites with at least one count above 0, sorted.
    times
        Every whole number from the first to the last time (usually years).
    months
        The months of monthly counts; one element, 0, where counts are not monthly.
    counts
        Array (sites, months, times); NaN where a site was not counted.
    weights
        Array of the same shape; 1 where no weights were told.
    covariates
        Categories of the sites.
    notes
        What a reader has to know of the table.
    """

    sites: tuple[str, ...]
    times: Numbers
    months: tuple[int, ...]
    counts: Floats
    weights: Floats
    covariates: tuple[Covariate, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def observed(self) -> NDArray[np.bool_]:
        """Return which cells hold a count."""
        return ~np.isnan(self.counts)

    @property
    def monthly(self) -> bool:
        """Return whether counts are told apart by month."""
        return self.months != (0,)


def listed(names: Sequence[str], most: int = 10) -> str:
    """Return names with commas, cut after ``most`` of them."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} … ({len(names)})"
