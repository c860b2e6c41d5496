"""Trends: 1,000 synthetic series x 240 months with ties and 5 % missing, beside pymannkendall.

Statistics of all series that the peer tests are compared to 1e-12 before a time counts. It gives no
interval of the slope and has no test of many series at once; ours does both.

Run alone: ``python benchmarks/watertrends.py [--quick]``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pymannkendall as peer
import report
from numpy.typing import NDArray

from wetland.statistics.kendallmany import TrendTests, mann_kendall_many, seasonal_kendall_many

Floats = NDArray[np.float64]
SEED, SERIES, MONTHS, PERIOD = 20_261_123, 1_000, 240, 12
SAME = 1e-12
OURS, OURS_2, PEER = "ours, 1 thread", "ours, 2 threads", "pymannkendall"
STATISTICS = (("s", "s"), ("var_s", "var_s"), ("z", "z"), ("p_value", "p"), ("tau", "Tau"),
              ("slope", "slope"))  # fmt: skip


def rows(*, quick: bool = False) -> list[report.Row]:
    """Measure the seasonal and the plain test."""
    values = series(SERIES // 10 if quick else SERIES)
    most = 10 if quick else 100
    times = np.arange(values.shape[1], dtype=np.float64)
    found = _section(
        f"seasonal Kendall + Sen, {MONTHS} months",
        values,
        lambda threads: seasonal_kendall_many(values, PERIOD, threads=threads),
        lambda y: peer.seasonal_test(y, period=PERIOD),
        most,
    )
    return found + _section(
        f"Mann-Kendall + Sen, {MONTHS} values",
        values,
        lambda threads: mann_kendall_many(times, values, threads=threads),
        peer.original_test,
        most,
    )


def series(size: int) -> Floats:
    """Make synthetic concentrations: skewed, with a season, some with a trend, two decimals."""
    rng = np.random.default_rng(SEED)
    month = np.arange(MONTHS)
    season = 1.0 + 0.4 * np.sin(2.0 * np.pi * month / PERIOD)
    slopes = rng.choice([-0.02, 0.0, 0.02], size=(size, 1))
    values = rng.gamma(2.0, 0.25, (size, MONTHS)) * season * np.exp(slopes * month / PERIOD)
    values = np.round(values, 2)
    values[rng.random(values.shape) < 0.05] = np.nan
    return values


def _section(title: str, values: Floats, ours: Any, theirs: Any, most: int) -> list[report.Row]:  # noqa: ANN401
    _compare(title, ours(1), [theirs(y) for y in values[:most]])
    ways: dict[str, report.Way] = {
        OURS: lambda: ours(1),
        OURS_2: lambda: ours(2),
        PEER: lambda: [theirs(y) for y in values[:most]],
    }
    return report.measure(
        ways, section="trends", scene=title, size=len(values), ours=OURS, sizes={PEER: most}
    )


def _compare(title: str, ours: TrendTests, theirs: list[Any]) -> None:
    for name, peers in STATISTICS:
        told = np.array([getattr(one, peers) for one in theirs], np.float64)
        own = np.asarray(getattr(ours, name), np.float64)[: len(told)]
        if not np.allclose(own, told, rtol=SAME, atol=SAME):
            worst = float(np.abs(own - told).max())
            raise SystemExit(f"{title}: {name} differs from pymannkendall's by {worst:g}")


if __name__ == "__main__":
    report.run_alone(rows, __doc__)
