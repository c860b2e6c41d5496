"""TRIM: independent checks, properties of the answer, refusals."""

from __future__ import annotations

import csv
import itertools
import math
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from wetland.base.errors import InputError
from wetland.birds.trim import TrimSettings, count_table, trim
from wetland.birds.trimdesign import change_point_positions
from wetland.birds.trimslope import classify, overall_slope
from wetland.birds.trimtable import CountTable
from wetland.birds.trimtotals import gamma_interval

POISSON = TrimSettings(model=3, overdispersion=False)


def made(
    sites: int, years: int, *, months: int = 1, missing: float = 0.3, seed: int = 0
) -> tuple[list[str], list[int], list[int], list[float]]:
    """Make synthetic counts in rows: site, year, month, count."""
    rng = np.random.default_rng(seed)
    cells = list(itertools.product(range(sites), range(years), range(months)))
    level = rng.lognormal(3, 1, sites)
    effect = rng.normal(0, 0.3, years)
    counts = [
        math.nan if rng.random() < missing else float(rng.poisson(level[i] * math.exp(effect[j])))
        for i, j, _ in cells
    ]
    return (
        [f"s{i:04d}" for i, _, _ in cells],
        [2000 + j for _, j, _ in cells],
        [m + 1 for _, _, m in cells],
        counts,
    )


def made_table(sites: int, years: int, **how: Any) -> CountTable:
    site, year, _, count = made(sites, years, **how)
    return count_table(site, year, count)


def by_rows(table: CountTable) -> tuple[np.ndarray[Any, Any], ...]:
    """Return site, time and count of the cells with a count, as numbers."""
    site, _, time_ = np.nonzero(table.observed)
    return site, time_, table.counts[table.observed]


@pytest.mark.parametrize("seed", range(3))
def test_poisson_model_is_a_glm(seed: int) -> None:
    import statsmodels.api as sm

    table = made_table(12, 6, seed=seed)
    site, year, count = by_rows(table)
    design = np.concatenate([np.eye(12)[site], np.eye(6)[year][:, 1:]], axis=1)
    peer = sm.GLM(count, design, family=sm.families.Poisson()).fit(tol=1e-12)
    fitted = trim(table, POISSON)
    assert_allclose(fitted.estimates.alpha, peer.params[:12], rtol=1e-8)
    assert_allclose(fitted.estimates.beta, peer.params[12:], rtol=1e-7, atol=1e-9)
    assert_allclose(fitted.estimates.covariance, peer.cov_params()[12:, 12:], rtol=1e-6, atol=1e-9)
    assert_allclose(fitted.fit.chi2, peer.pearson_chi2)
    assert_allclose(fitted.fit.likelihood_ratio, peer.deviance)
    # the delta method on all parameters, written out
    every = np.concatenate(
        [np.repeat(np.eye(12), 6, axis=0), np.tile(np.eye(6)[:, 1:], (12, 1))], axis=1
    )
    mu = np.exp(every @ peer.params)
    slopes = np.array([(mu * (np.arange(72) % 6 == j)) @ every for j in range(6)])
    assert_allclose(
        fitted.totals.fitted_covariance, slopes @ peer.cov_params() @ slopes.T, rtol=1e-6, atol=1e-6
    )


def test_serial_correlation_is_a_gee() -> None:
    """The same rho, and the same solution given that rho, as GEE with an AR(1) structure."""
    import statsmodels.api as sm
    from statsmodels.genmod.cov_struct import Autoregressive

    table = made_table(30, 8, missing=0.0, seed=5)
    fitted = trim(table, TrimSettings(model=3, serial_correlation=True))
    site, year, count = by_rows(table)
    design = np.concatenate([np.eye(30)[site], np.eye(8)[year][:, 1:]], axis=1)
    structure = Autoregressive(grid=True)
    structure.dep_params = np.array(fitted.serial_correlation)
    model = sm.GEE(
        count,
        design,
        groups=site,
        time=year[:, None],
        family=sm.families.Poisson(),
        cov_struct=structure,
        update_dep=False,
    )
    peer = model.fit(
        maxiter=500, ctol=1e-11, params_niter=1, first_dep_update=10_000, cov_type="naive"
    )
    assert_allclose(fitted.estimates.beta, peer.params[30:], rtol=1e-6, atol=1e-8)
    naive = peer.cov_naive[30:, 30:] / peer.scale
    assert_allclose(fitted.estimates.covariance / fitted.estimates.sigma2, naive, rtol=1e-5)


def dense_answer(table: CountTable, beta: np.ndarray[Any, Any], rho: float) -> tuple[Any, Any]:
    """Return information and score of model 3, site by site with whole matrices."""
    columns = np.eye(table.times.size)[:, 1:]
    effect = np.exp(columns @ beta)
    information = np.zeros((beta.size, beta.size))
    score = np.zeros(beta.size)
    for counts in table.counts[:, 0]:
        at = np.flatnonzero(~np.isnan(counts))
        distance = np.abs(np.subtract.outer(at, at))
        inverse = np.linalg.inv(rho**distance)
        root = np.sqrt(effect[at])
        z = inverse @ root / root
        mu = effect[at] * (z @ counts[at]) / (z @ effect[at])
        root = np.sqrt(mu)
        omega = root[:, None] * inverse * root
        row = omega.sum(axis=0)
        b = columns[at]
        information += b.T @ (omega - np.outer(row, row) / row.sum()) @ b
        score += b.T @ (root * (inverse @ ((counts[at] - mu) / root)))
    return information, score


@pytest.mark.parametrize("rho", [-0.3, 0.0, 0.25, 0.7])
def test_sums_over_neighbours_are_the_whole_matrices(rho: float) -> None:
    from wetland.birds.trimdesign import make_design
    from wetland.birds.trimfit import Fitting

    table = made_table(25, 9, missing=0.4, seed=3)
    beta = np.random.default_rng(1).normal(0, 0.2, 8)
    state = Fitting(table, make_design(table, 3)).evaluate(beta, rho)
    information, score = dense_answer(table, beta, rho)
    assert_allclose(state.information, information, rtol=1e-9, atol=1e-9)
    assert_allclose(state.score, score, rtol=1e-8, atol=1e-8)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), missing=st.floats(0, 0.5))
def test_properties_of_imputation(seed: int, missing: float) -> None:
    site, year, _, count = made(8, 5, missing=missing, seed=seed)
    try:
        table = count_table(site, year, count)
        fitted = trim(table, POISSON)
    except InputError:
        return
    totals = fitted.totals
    # of Poisson's model 3 the fitted totals of the counted cells are the counts
    assert_allclose(totals.fitted, totals.imputed, rtol=1e-7)
    assert (totals.imputed >= totals.observed - 1e-9).all()
    lower, upper = totals.interval()
    assert (lower < totals.imputed).all()
    assert (totals.imputed < upper).all()
    assert (lower >= 0).all()
    # the order of rows is of no account, and levels of sites cancel in the index
    order = np.random.default_rng(seed).permutation(len(site))
    again = trim(
        count_table([site[k] for k in order], [year[k] for k in order], [count[k] for k in order]),
        POISSON,
    )
    assert_allclose(again.totals.imputed, totals.imputed, rtol=1e-9)
    # rows of missing counts say the same as no rows
    seen = [k for k in range(len(site)) if not math.isnan(count[k])]
    fewer = trim(
        count_table([site[k] for k in seen], [year[k] for k in seen], [count[k] for k in seen]),
        POISSON,
    )
    assert_allclose(fewer.totals.imputed_covariance, totals.imputed_covariance, rtol=1e-7)


def test_complete_counts_are_their_own_totals() -> None:
    table = made_table(10, 6, missing=0.0)
    fitted = trim(table)
    assert_allclose(fitted.totals.imputed, table.counts.sum(axis=(0, 1)))
    covariance = fitted.totals.imputed_covariance
    assert_allclose(covariance, fitted.estimates.sigma2 * np.diag(fitted.totals.fitted), atol=1e-6)


def test_one_category_is_a_fit_of_its_own() -> None:
    site, year, _, count = made(20, 6, seed=2)
    habitat = ["reed" if int(name[1:]) % 2 else "pond" for name in site]
    both = trim(count_table(site, year, count, covariates={"habitat": habitat}), POISSON)
    for category in ("reed", "pond"):
        rows = [k for k, value in enumerate(habitat) if value == category]
        alone = trim(
            count_table([site[k] for k in rows], [year[k] for k in rows], [count[k] for k in rows]),
            POISSON,
        )
        part = both.by_category["habitat", category]
        assert_allclose(part.imputed, alone.totals.imputed, rtol=1e-8)
        assert_allclose(part.imputed_covariance, alone.totals.imputed_covariance, rtol=1e-6)


def test_the_interval_of_totals_covers_the_truth() -> None:
    """Of 400 synthetic tables with gamma-Poisson counts about 95 % of the intervals are right."""
    rng = np.random.default_rng(11)
    level, effect = rng.lognormal(3, 0.5, 25), np.exp(rng.normal(0, 0.2, 6))
    mu = level[:, None] * effect
    site, year = np.repeat(np.arange(25), 6), np.tile(np.arange(2001, 2007), 25)
    inside = []
    for _ in range(400):
        counts = rng.poisson(rng.gamma(mu / 2.0, 2.0)).astype(float)  # variance 3 mu
        gone = rng.random(counts.shape) < 0.3
        observed = np.where(gone, math.nan, counts)
        fitted = trim(count_table(site.tolist(), year, observed.ravel()))
        lower, upper = fitted.totals.interval(which="fitted")
        inside.append((lower <= mu.sum(axis=0)) & (mu.sum(axis=0) <= upper))
    assert 0.93 < np.mean(inside) < 0.97


def test_intervals_do_not_collapse_and_widen_with_the_level() -> None:
    totals = trim(made_table(10, 6)).totals
    widths = [np.subtract(*totals.interval(level)[::-1]) for level in (0.5, 0.9, 0.95, 0.99)]
    assert (np.diff(widths, axis=0) > 0).all()
    assert (widths[0] > 0).all()
    with pytest.raises(InputError, match="level of confidence"):
        totals.interval(1.0)


def test_gamma_interval_against_scipy() -> None:
    from scipy import stats

    total, se = np.array([120.0, 0.0, 5.0, 7.0]), np.array([15.0, 0.0, 4.0, math.nan])
    lower, upper = gamma_interval(total, se, 0.9)
    expected = stats.gamma((total[0] / se[0]) ** 2, scale=se[0] ** 2 / total[0]).ppf([0.05, 0.95])
    assert_allclose([lower[0], upper[0]], expected)
    assert (lower[1], upper[1]) == (0, 0)
    assert 0 < lower[2] < 5 < upper[2]
    assert math.isnan(lower[3])


def test_index_of_several_base_years() -> None:
    fitted = trim(made_table(10, 6))
    mean = fitted.index([2000, 2001, 2002])
    assert_allclose(mean.value[:3].mean(), 1.0)
    assert (mean.se > 0).all()
    total, covariance = fitted.totals.imputed, fitted.totals.imputed_covariance

    def of(t: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.asarray(t / t[:3].mean())

    step = 1e-4
    slopes = np.array(
        [(of(total + step * e) - of(total - step * e)) / (2 * step) for e in np.eye(6)]
    ).T
    assert_allclose(mean.se, np.sqrt(np.diag(slopes @ covariance @ slopes.T)), rtol=1e-5)
    with pytest.raises(InputError, match="2007 is not from 2000 to 2005"):
        fitted.index(2007)
    with pytest.raises(InputError, match="no base"):
        fitted.index([])


def test_years_without_counts_need_model_2() -> None:
    site, year, _, count = made(10, 7, seed=4)
    kept = [k for k, y in enumerate(year) if y not in (2003, 2005)]
    table = count_table([site[k] for k in kept], [year[k] for k in kept], [count[k] for k in kept])
    assert table.times.tolist() == list(range(2000, 2007))
    assert any("2003, 2005" in note.en for note in table.notes)
    with pytest.raises(InputError, match="no count above 0 at 2003, 2005"):
        trim(table, POISSON)
    fitted = trim(table, TrimSettings(model=2, change_points="all"))
    assert np.isfinite(fitted.totals.imputed).all()
    assert fitted.totals.se()[3] > 0
    assert math.isnan(fitted.totals.observed[3])
    assert any("2003, 2005" in note.en for note in fitted.notes if "deleted" in note.en)


def test_classes_follow_the_interval() -> None:
    assert classify(math.log(1.10), 0.001, 8) == ("strong_increase", 0.001)
    assert classify(math.log(0.80), 0.01, 8) == ("strong_decrease", 0.001)
    assert classify(math.log(1.10), 0.02, 8) == ("strong_increase", 0.05)
    assert classify(math.log(1.03), 0.005, 8) == ("moderate_increase", 0.001)
    assert classify(math.log(0.97), 0.011, 8) == ("moderate_decrease", 0.05)
    assert classify(0.001, 0.01, 8) == ("stable", None)
    assert classify(0.001, 0.03, 8) == ("uncertain", None)
    assert classify(0.1, 0.001, 0) == ("unknown", None)
    assert classify(800.0, 1.0, 8) == ("strong_increase", 0.001)


def test_slope_of_a_window() -> None:
    times = np.arange(2000, 2010)
    totals = 100 * 1.1 ** np.arange(10.0)
    slope = overall_slope(times, totals, np.diag(totals), window=(2005, 2009))
    assert_allclose([slope.slope, slope.intercept], [math.log(1.1), math.log(100 / 1.1)])
    assert (slope.first, slope.last) == (2005, 2009)
    assert slope.words.zh.startswith(("急剧", "中度", "不确定"))
    for window in ((2005, 2005), (1999, 2004), (2005, 2011)):
        with pytest.raises(InputError, match="window"):
            overall_slope(times, totals, np.diag(totals), window=window)
    none = overall_slope(times, totals * 0, np.diag(totals))
    assert none.trend == "unknown"


def refused(match: str, site: Sequence[Any], year: Any, count: Any, **more: Any) -> None:
    with pytest.raises(InputError, match=match):
        count_table(site, year, count, **more)


def test_tables_that_are_refused() -> None:
    nan = math.nan
    refused("no counts", [], [], [])
    refused("only one site", ["park"] * 3, [1, 2, 3], [5, 6, 7])
    refused("only one site", ["a", "a", "b", "b"], [1, 2, 1, 2], [5, 6, 0, nan])
    refused("no site has birds", ["a", "a", "b"], [1, 2, 1], [0, 0, nan])
    refused("only one time", ["a", "b"], [1, 1], [5, 6])
    refused("more than one count", ["a", "a", "b"], [1, 1, 2], [5, 6, 1])
    refused("0 or more", ["a", "b"], [1, 2], [5, -1])
    refused("0 or more", ["a", "b"], [1, 2], [5, math.inf])
    refused("whole numbers", ["a", "b"], [1, 2.5], [5, 1])
    refused("has no site", ["a", None], [1, 2], [5, 1])
    refused("from 1 to 366", ["a", "b"], [1, 2], [5, 1], month=[0, 1])
    refused("above 0", ["a", "b"], [1, 2], [5, 1], weight=[1, 0])
    refused("too many", ["a", "b"], [1, 20_000], [5, 1])
    refused("values, but there are", ["a", "b"], [1, 2, 3], [5, 1])
    refused("changes with time", ["a", "a", "b"], [1, 2, 3], [5, 1, 1], weight=[1, 2, 1])
    refused(
        "not the same", ["a", "a", "b"], [1, 2, 1], [5, 6, 1], covariates={"h": ["x", "y", "x"]}
    )
    refused("no value of the", ["a", "b"], [1, 2], [5, 6], covariates={"h": ["x", None]})
    refused("values, but there are", ["a", "b"], [1, 2], [5, 6], covariates={"h": ["x"]})


def test_models_that_are_refused() -> None:
    table = made_table(6, 5, missing=0.1)
    for wrong, match in (
        (TrimSettings(model=4), "a model is"),  # type: ignore[arg-type]
        (TrimSettings(model=2, change_points="some"), "change points are"),
        (TrimSettings(model=2, change_points=[]), "no change point"),
        (TrimSettings(model=2, change_points=[2004]), "not from 2000 to 2003"),
        (TrimSettings(model=2, change_points=[1, 2002]), "all be times"),
        (TrimSettings(model=3, change_points=[1]), "belong to model 2"),
        (TrimSettings(confidence=0.2), "from 0.5 to 1"),
    ):
        with pytest.raises(InputError, match=match):
            trim(table, wrong)


def test_tables_that_a_model_cannot_tell() -> None:
    # two sets of sites that share no year
    apart = count_table(list("aabb"), [1, 2, 3, 4], [5, 6, 7, 8])
    with pytest.raises(InputError, match="cannot be told apart"):
        trim(apart, POISSON)
    with pytest.raises(InputError, match="4 counts for 5 parameters"):
        trim(apart, TrimSettings(model=3))
    # a month without birds
    rows = list(itertools.product("ab", [1, 2, 3], [1, 2]))
    empty = count_table(
        [r[0] for r in rows], [r[1] for r in rows], [4.0 * (r[2] == 1) for r in rows],
        month=[r[2] for r in rows],
    )  # fmt: skip
    with pytest.raises(InputError, match="month 2 has no count above 0"):
        trim(empty, POISSON)
    # no two times in a row
    skipping = count_table(list("aaabbb"), [1, 3, 5] * 2, [5, 6, 7, 8, 9, 12])
    with pytest.raises(InputError, match="two times in a row"):
        trim(skipping, TrimSettings(model=2, serial_correlation=True))
    early = count_table(list("aaabbb"), [2001, 2002, 2003] * 2, [5, 0, 0, 8, 0, 0])
    with pytest.raises(InputError, match="after 2001 and up to 2003"):
        trim(early, TrimSettings(model=2))


def test_a_category_for_every_site_is_too_many() -> None:
    site, year, _, count = made(300, 12, missing=0.0)
    table = count_table(site, year, [c + 1 for c in count], covariates={"name": site})
    with pytest.raises(InputError, match="too many categories"):
        trim(table, POISSON)


def test_effects_that_run_away_are_refused() -> None:
    table = count_table(list("aabb"), [1, 2, 2, 3], [5, 0, 7, 4])
    with pytest.raises(InputError, match=r"did not settle|cannot be told apart"):
        trim(table, POISSON)


def test_counts_that_fit_exactly_have_no_overdispersion() -> None:
    table = count_table(list("aaabbb"), [1, 2, 3] * 2, [5, 10, 20, 10, 20, 40])
    with pytest.raises(InputError, match="fit the model exactly"):
        trim(table)
    assert trim(table, POISSON).overall().trend != "unknown"


def test_steps_are_shortened_where_whole_ones_go_astray(shared: Path) -> None:
    """Little blue herons of the Everglades (CC0): whole steps leave for infinity here."""
    path = shared / "data" / "birds" / "everglades" / "Counts_maxcounts.csv"
    most: dict[tuple[str, int], float] = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["species"] == "lbhe" and row["count"] not in ("", "NA"):
                key = row["colony"], int(row["year"])
                most[key] = max(most.get(key, 0.0), float(row["count"]))
    table = count_table([c for c, _ in most], [y for _, y in most], list(most.values()))
    fitted = trim(table, TrimSettings(model=3, serial_correlation=True))
    assert_allclose(fitted.estimates.score, 0.0, atol=1e-5)
    assert_allclose(fitted.serial_correlation or 0.0, 0.408, atol=1e-3)
    assert fitted.overall().trend == "moderate_decrease"


SETTINGS = st.builds(
    TrimSettings,
    model=st.sampled_from([1, 2, 3]),
    overdispersion=st.booleans(),
    serial_correlation=st.booleans(),
    confidence=st.sampled_from([1.0, 0.99]),
)


@settings(max_examples=60)
@given(
    counts=st.lists(
        st.lists(st.none() | st.integers(0, 9) | st.integers(0, 100_000), min_size=6, max_size=6),
        min_size=1,
        max_size=5,
    ),
    months=st.sampled_from([1, 2]),
    how=SETTINGS,
    points=st.sampled_from([None, "auto", "all", [1, 2]]),
    habitats=st.booleans(),
)
def test_any_table_is_fitted_or_refused(
    counts: list[list[int | None]],
    months: int,
    how: TrimSettings,
    points: Any,
    habitats: bool,
) -> None:
    """No table gives a warning, a number that is not finite, or an error without words."""
    how = replace(how, change_points=points if how.model == 2 else None)
    cells = [(i, k, c) for i, row in enumerate(counts) for k, c in enumerate(row)]
    site = [i for i, _, _ in cells]
    try:
        table = count_table(
            site,
            [2000 + k // months for _, k, _ in cells],
            [math.nan if c is None else c for _, _, c in cells],
            month=[1 + k % months for _, k, _ in cells] if months > 1 else None,
            covariates={"habitat": [i % 2 for i in site]} if habitats else None,
        )
        fitted = trim(table, how)
    except InputError:
        return
    totals = fitted.totals
    for which in ("imputed", "fitted"):
        assert np.isfinite(totals.of(which)[0]).all()  # type: ignore[arg-type]
    assert np.isfinite(totals.se("fitted")).all()
    fitted.overall()
    lower, upper = totals.interval()
    known = np.isfinite(totals.se())
    assert (lower[known] <= totals.imputed[known] * (1 + 1e-9)).all()
    assert (upper[known] >= totals.imputed[known] * (1 - 1e-9)).all()


def test_change_points_as_times_or_positions() -> None:
    times = np.arange(1984, 1992)
    assert change_point_positions(times, [1986, 1984]) == (1, 3)
    assert change_point_positions(times, [3, 1, 1]) == (1, 3)
    assert change_point_positions(times, "all") == (1, 2, 3, 4, 5, 6, 7)


def test_stepwise_finds_the_bend() -> None:
    """Synthetic counts that rise to 2008 and fall after it, and others that do not change."""
    rng = np.random.default_rng(8)
    site, year = np.repeat(np.arange(40), 16), np.tile(np.arange(2000, 2016), 40)
    level = rng.lognormal(3, 0.5, 40)[site]
    bent = rng.poisson(
        level * np.exp(0.1 * np.minimum(year - 2000, 8) - 0.15 * np.maximum(year - 2008, 0))
    )
    found = trim(
        count_table(site.tolist(), year, bent), TrimSettings(model=2, change_points="auto")
    )
    assert {2000, 2008} <= set(found.change_points)
    assert len(found.change_points) <= 5
    flat = count_table(site.tolist(), year, np.round(level * 10))
    level_model = trim(flat, TrimSettings(model=2, change_points="auto", overdispersion=False))
    assert level_model.change_points == ()
    assert_allclose(level_model.index().value, 1.0)


def test_speed_of_a_monthly_table() -> None:
    """33,120 rows, model 3 with both corrections: well under a second or two of one core."""
    site, year, month, count = made(230, 12, months=12, missing=0.4, seed=1)
    assert len(site) == 33_120
    table = count_table(site, year, count, month=month)
    started = time.process_time()
    fitted = trim(table, TrimSettings(model=3, serial_correlation=True))
    assert time.process_time() - started < 2
    assert np.isfinite(fitted.totals.se()).all()
