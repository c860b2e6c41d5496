"""The smoothed course: other ways to it, its limits, and what it must not depend on."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from wetland.base.errors import InputError
from wetland.birds.smoothfit import curvature
from wetland.birds.smoothing import smooth
from wetland.birds.trim import TrimSettings, count_table, trim
from wetland.birds.trimtable import CountTable
from wetland.statistics.bootstrap import stratum_weights

Floats = np.ndarray[Any, np.dtype[np.float64]]


def made(plots: int, years: int, *, slope: float = -0.05, missing: float = 0.2, noise: float = 0.2,
         seed: int = 0) -> CountTable:  # fmt: skip
    """Make synthetic counts with a trend of so much a year on the logarithm."""
    rng = np.random.default_rng(seed)
    level = rng.lognormal(3, 0.8, plots)
    expected = level[:, None] * np.exp(
        slope * np.arange(years) + rng.normal(0, noise, (plots, years))
    )
    counts = np.where(rng.random((plots, years)) < missing, np.nan, rng.poisson(expected))
    return table_of(counts)


POISSON = TrimSettings(model=3, overdispersion=False)


def table_of(counts: Floats) -> CountTable:
    plots, years = counts.shape
    site = [f"p{k:03d}" for k in range(plots) for _ in range(years)]
    return count_table(site, np.tile(2000 + np.arange(years), plots), counts.ravel())


@pytest.mark.parametrize("count", [3, 4, 9, 20])
def test_the_penalty_is_the_curvature_of_a_natural_spline(count: int) -> None:
    """A second way: integrate the squared second derivative of scipy's spline."""
    from scipy.interpolate import CubicSpline

    values = np.random.default_rng(count).normal(size=count)
    spline = CubicSpline(np.arange(count), values, bc_type="natural")
    knots = spline(np.arange(count), 2)
    exact = ((knots[:-1] ** 2 + knots[:-1] * knots[1:] + knots[1:] ** 2) / 3).sum()
    assert_allclose(values @ curvature(count) @ values, exact, rtol=1e-10)


def test_one_degree_of_freedom_is_the_straight_line_of_trim() -> None:
    table = made(10, 12)
    line = smooth(table, freedom=1, draws=2)
    fitted = trim(table, TrimSettings(model=2, overdispersion=False))
    assert_allclose(line.freedom, 1, atol=1e-6)
    assert_allclose(np.diff(line.log), math.log(fitted.totals.fitted[1] / fitted.totals.fitted[0]),
                    rtol=1e-6)  # fmt: skip


def test_all_degrees_of_freedom_are_the_effects_of_trim() -> None:
    table = made(10, 12)
    free = smooth(table, freedom=11, draws=2)
    fitted = trim(table, TrimSettings(model=3, overdispersion=False)).totals.fitted
    assert_allclose(free.log - free.log[0], np.log(fitted / fitted[0]), atol=1e-6)


def test_between_them_it_is_the_best_of_the_penalised_likelihood() -> None:
    """A second way: levels of plots as parameters, all at once, by a general optimiser."""
    from scipy.optimize import minimize

    table = made(6, 10, seed=3)
    found = smooth(table, draws=2)
    counts, seen = table.counts[:, 0], table.observed[:, 0]
    filled = np.where(seen, counts, 0.0)
    sites, times = counts.shape
    assert_allclose(found.freedom, 3, atol=0.15)

    def loss(strength: float) -> Any:
        def at(x: Floats) -> tuple[float, Floats]:
            level, log = x[:sites], x[sites:]
            mean = np.where(seen, np.exp(level[:, None] + log), 0.0)
            rough = strength * curvature(times) @ log
            value = mean.sum() - (filled * (level[:, None] + log)).sum() + log @ rough / 2
            rest = mean - filled
            return float(value), np.concatenate([rest.sum(axis=1), rest.sum(axis=0) + rough])

        return at

    # The strength that was used: the score of the unpenalised likelihood is what it holds against.
    expected = np.where(seen, np.exp(found.log), 0.0)
    expected *= (filled.sum(axis=1) / expected.sum(axis=1))[:, None]
    score = (filled - expected).sum(axis=0)
    bent = curvature(times) @ found.log
    strength = float(score @ bent / (bent @ bent))
    assert_allclose(score, strength * bent, atol=1e-6)
    best = minimize(loss(strength), np.zeros(sites + times), jac=True, method="BFGS",
                    options={"gtol": 1e-9, "maxiter": 5000})  # fmt: skip
    log = best.x[sites:]
    assert_allclose(found.log, log - log.mean(), atol=1e-5)


def test_a_draw_is_the_course_of_the_plots_it_drew() -> None:
    table = made(5, 10, missing=0.0)
    found = smooth(table, draws=3, freedom=1, seed=7)
    weights = stratum_weights(np.zeros(5, dtype=np.intp), 3, 7)
    rows = table.counts[:, 0]
    for k in range(3):
        again = table_of(rows[weights[k] > 0] * weights[k][weights[k] > 0][:, None])
        # Of a straight line the likelihood of a plot that counts twice is that of twice its birds.
        assert_allclose(found.drawn[k], smooth(again, freedom=1, draws=2).log, atol=1e-7)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([2.0, 7.0, 100.0]))
def test_it_does_not_depend_on_the_unit_nor_the_direction_of_time(seed: int, by: float) -> None:
    table = made(5, 9, seed=seed, missing=0.1)
    found = smooth(table, draws=2).log
    rows = table.counts[:, 0]
    assert_allclose(smooth(table_of(rows * by), draws=2).log, found, atol=1e-5)
    assert_allclose(smooth(table_of(rows[:, ::-1]), draws=2).log[::-1], found, atol=1e-5)
    assert_allclose(smooth(table_of(rows[::-1]), draws=2).log, found, atol=1e-7)


def test_an_exact_course_is_found_exactly_even_through_gaps() -> None:
    counts = np.outer([3.0, 50.0, 7.0], 0.9 ** np.arange(12))
    counts[:, 5] = np.nan
    counts[0, 8:] = np.nan
    found = smooth(table_of(counts), draws=20)
    assert_allclose(np.diff(found.log), math.log(0.9), atol=1e-9)
    assert_allclose(np.diff(found.drawn, axis=1), math.log(0.9), atol=1e-7)
    assert_allclose(found.index()[-1], 100)
    assert_allclose(found.index(2000)[0], 100)
    percent, drawn = found.change(2000, 2010)
    assert_allclose([percent, *drawn], 100 * (0.9**10 - 1), atol=1e-5)


@pytest.mark.parametrize("where", [0, 4, 8])
def test_birds_of_one_season_only_make_no_trouble(where: int) -> None:
    counts = np.zeros((4, 9))
    counts[:, where] = [3, 8, 1, 2]
    found = smooth(table_of(counts), draws=50)
    assert np.isfinite(found.log).all()
    assert np.isfinite(found.drawn).all()


def test_the_same_seed_gives_the_same_interval_and_times_without_counts_are_bridged() -> None:
    table = made(8, 14, seed=2)
    first, second = smooth(table, seed=5), smooth(table, seed=5)
    assert (first.drawn == second.drawn).all()
    lower, upper = first.interval()
    assert (lower <= first.index() + 1e-9).mean() > 0.9
    assert (lower <= upper).all()
    rows = table.counts[:, 0].copy()
    rows[:, 6] = np.nan
    assert smooth(table_of(rows), draws=2).log.size == 14


def test_monthly_counts_have_a_level_per_month() -> None:
    rng = np.random.default_rng(0)
    site, time, month, count = [], [], [], []
    for k in range(4):
        for year in range(10):
            for m, high in ((1, 90.0), (7, 3.0)):
                if m == 7 and year >= 5 and k < 3:
                    continue  # the poor month was counted less and less
                site.append(f"p{k}")
                time.append(2000 + year)
                month.append(m)
                count.append(float(rng.poisson(high)))
    found = smooth(count_table(site, time, count, month=month), draws=2)
    assert abs(found.change(2000, 2009)[0]) < 15, "no change: the mix of months is no trend"


@pytest.mark.parametrize("how", [{"freedom": 0.5}, {"freedom": 12}, {"draws": 1}])
def test_settings_that_make_no_sense(how: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        smooth(made(4, 12), **how)
    with pytest.raises(InputError):
        smooth(made(4, 12), draws=2).interval(level=1)


@pytest.mark.parametrize("code", ["wost", "rosp", "whib"])
def test_colonies_of_the_everglades(code: str, shared: Path) -> None:
    """Real counts (CC0): the course follows TRIM's effects, with less than half their roughness."""
    largest: dict[tuple[str, int], float] = {}
    counts = shared / "data" / "birds" / "everglades" / "Counts_maxcounts.csv"
    with counts.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["species"] == code and row["count"]:
                key = row["group_id"], int(row["year"])
                largest[key] = max(largest.get(key, 0.0), float(row["count"]))
    colonies, years = zip(*largest, strict=True)
    table = count_table(colonies, years, list(largest.values()))
    found = smooth(table, draws=20)
    assert found.plots == len(table.sites) > 30
    assert_allclose(found.freedom, round(0.3 * table.times.size), rtol=0.2)
    seen = table.observed.any(axis=(0, 1))
    if not seen.all():
        pytest.skip("a year without counts has no effect of its own")
    effects = np.log(trim(table, POISSON).totals.fitted)
    assert np.corrcoef(effects, found.log)[0, 1] > 0.6
    assert np.abs(np.diff(found.log, 2)).sum() < np.abs(np.diff(effects, 2)).sum() / 2
