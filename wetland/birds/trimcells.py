"""The cells of a table that hold a count, and how counts of a series depend on each other.

Sites are independent of each other; counts of one site (in one month of the year) depend on each
other as ``rho ** distance in time``. The inverse of such a matrix is tridiagonal over the times
that were counted, with any gaps: it needs the cells and the pairs of neighbouring cells, no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.birds.trimdesign import Design
from wetland.birds.trimtable import CountTable, Floats


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells that hold a count, in order of site, month and time, and pairs of neighbours.

    ``before`` and ``after`` are positions among the cells of two neighbouring counts of a series;
    ``gap`` is how far apart in time they are.
    """

    count: Floats
    weight: Floats
    site: NDArray[np.intp]
    kind: NDArray[np.intp]
    time: NDArray[np.intp]
    at: NDArray[np.intp]
    before: NDArray[np.intp]
    after: NDArray[np.intp]
    gap: Floats

    @classmethod
    def of(cls, table: CountTable, design: Design) -> Cells:
        """Return the cells of a table."""
        _, months, times = table.counts.shape
        at = np.flatnonzero(table.observed.ravel())
        series, time = np.divmod(at, times)
        site, month = np.divmod(series, months)
        after = np.flatnonzero(series[1:] == series[:-1]) + 1
        return cls(
            count=table.counts.ravel()[at],
            weight=table.weights.ravel()[at],
            site=site,
            kind=(design.group[site] * months + month) * times + time,
            time=time,
            at=at,
            before=after - 1,
            after=after,
            gap=(time[after] - time[after - 1]).astype(np.float64),
        )


@dataclass(frozen=True, eq=False)
class Precision:
    """The inverse of the correlations between the counts of a series: tridiagonal."""

    cells: Cells
    diagonal: Floats
    beside: Floats

    @classmethod
    def of(cls, cells: Cells, rho: float) -> Precision:
        """Return it for a serial correlation; 0 is the unit matrix."""
        phi = np.power(rho, cells.gap) if rho else np.zeros(cells.gap.size)
        scale = 1.0 / (1.0 - phi * phi)
        diagonal = np.ones(cells.count.size)
        diagonal[cells.before] += phi * phi * scale
        diagonal[cells.after] += phi * phi * scale
        return cls(cells, diagonal, -phi * scale)

    def times(self, x: Floats) -> Floats:
        """Return the product with a vector over the cells."""
        out = self.diagonal * x
        out[self.cells.before] += self.beside * x[self.cells.after]
        out[self.cells.after] += self.beside * x[self.cells.before]
        return out
