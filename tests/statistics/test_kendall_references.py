"""Every file of reference/wq against the programs that made it; read in place, never copied."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from wetland.statistics.kendall import AUTOCORRELATIONS, mann_kendall, sen_slope
from wetland.statistics.kendallpartial import partial_kendall
from wetland.statistics.kendallseasons import regional_kendall, seasonal_kendall
from wetland.statistics.pettitt import pettitt
from wetland.statistics.spearman import critical_rs, daniel, spearman

REL = 1e-9
SINGLE = 1e-6  # R's Kendall computes in single precision
NUMBERS = {
    "S": "s", "s": "s", "varS": "var_s", "var_s": "var_s", "z": "z", "p": "p_value",
    "slope": "slope", "slope_lcl95": "lower", "slope_ucl95": "upper",
}  # fmt: skip
ANNUAL = ("allequal", "maxau_s", "nile", "rand_gaps_a", "rand_ties_a", "short5_a", "short8_a",
          "uneven_a")  # fmt: skip
SEASONAL = ("chesapeake_TP_CB31", "guelphP", "nottem", "pie1_SO4", "rand_quarterly_a",
            "rand_quarterly_gaps_a", "rand_quarterly_multi_a", "regional_4sites")  # fmt: skip
CENSORED = ("DFe", "gales_creek_tcr", "rand_cens_a")


@pytest.fixture
def reference(shared):
    def load(name):
        told = json.loads((shared / f"reference/wq/{name}.json").read_text(encoding="utf-8"))
        for key in ("t", "y", "year", "covariate"):
            if key in told:
                told[key] = np.array([np.nan if v is None else v for v in told[key]], float)
        return told

    return load


def near(ours, theirs, rel=REL):
    if theirs is None:
        return math.isnan(ours)
    return ours == pytest.approx(theirs, rel=rel, abs=1e-7 if rel == SINGLE else 1e-12)


def check(found, told, rel=REL, skip=()):
    for key, name in NUMBERS.items():
        if key in told and key not in skip:
            assert near(getattr(found, name), told[key], rel), (key, getattr(found, name), told)


def test_every_file_is_compared(shared):
    there = {p.stem for p in (shared / "reference/wq").glob("*.json")}
    assert there == {*ANNUAL, *SEASONAL, *CENSORED, "spearman_exact_critical"}


@pytest.mark.parametrize("name", ANNUAL)
def test_plain_tests(reference, name):
    told = reference(name)
    results = told["results"]
    found = mann_kendall(told["t"], told["y"])
    # Where all values are equal we say z = 0 and p = 1, as rkt and pymannkendall do.
    skip = ("z", "p") if name == "allequal" else ()
    check(found, results["EnvStats_kendallTrendTest"], skip=skip)
    assert near(found.tau, results["EnvStats_kendallTrendTest"]["tau"])
    assert near(found.intercept, results["EnvStats_kendallTrendTest"]["intercept"])
    check(found, results["rkt"])
    for key in ("Kendall_MannKendall", "Kendall_Kendall"):
        if key in results:
            check(found, results[key], SINGLE)
            if name != "allequal":  # 0 / 0: it says 1, we say NaN
                assert near(found.tau_b, results[key]["tau"], SINGLE)
    if "pymannkendall_original_test" in results:
        check(found, results["pymannkendall_original_test"])
    if "trend_mk_test" in results and name != "allequal":
        check(found, results["trend_mk_test"])
        assert near(found.tau_b, results["trend_mk_test"]["tau"], SINGLE)
        assert near(found.z_plain, results["trend_mk_test_nocontinuity"]["z"])
        assert near(found.p_plain, results["trend_mk_test_nocontinuity"]["p"])
    if "trend_sens_slope" in results:
        rounded = sen_slope(told["t"], told["y"], interval="rounded")
        for ours, key in zip(rounded, ("slope", "lcl95", "ucl95"), strict=False):
            assert near(ours, results["trend_sens_slope"][key])
    assert near(found.slope, results["scipy_theilslopes"]["slope"])


@pytest.mark.parametrize("name", ANNUAL)
def test_exact_p(reference, name):
    told = reference(name)
    exact = told["results"]["scipy_kendalltau_exact"]
    if exact.get("p") is None:
        pytest.skip("ties: scipy has no exact p")
    found = mann_kendall(told["t"], told["y"], exact=True)
    assert near(found.p_value, exact["p"])
    wql = told["results"].get("wql_mannKen", {})
    if found.n <= 10 and wql.get("p") is not None:
        assert found.p_value == pytest.approx(wql["p"], abs=1e-3)  # a rounded table


@pytest.mark.parametrize("name", [n for n in ANNUAL if n not in ("rand_gaps_a", "uneven_a")])
@pytest.mark.parametrize("method", [m for m in AUTOCORRELATIONS if m != "none"])
def test_autocorrelation_without_gaps(reference, name, method):
    told = reference(name)
    found = mann_kendall(told["t"], told["y"], autocorrelation=method)
    key = f"pymannkendall_{method}_modification_test"
    # A constant series has no variance to correct: 0 / 0 there.
    check(found, told["results"][key], skip=("var_s",) if name == "allequal" else ())
    assert near(found.tau, told["results"][key]["Tau"])


def test_gaps_keep_their_place_in_time(reference):
    told = reference("rand_gaps_a")
    closed = told["results"]["pymannkendall_yue_wang_modification_test"]
    found = mann_kendall(told["t"], told["y"], autocorrelation="yue_wang")
    assert found.slope == pytest.approx(closed["slope"])
    assert found.var_s != pytest.approx(closed["var_s"], rel=0.1)  # it closes the gaps up


@pytest.mark.parametrize("name", SEASONAL)
def test_seasonal_tests(reference, name):
    told = reference(name)
    results = told["results"]
    test = regional_kendall if name == "regional_4sites" else seasonal_kendall
    found = test(told["year"], told["season"], told["y"])
    for key in ("rkt", "EnvStats_seasonal", "pymannkendall_seasonal_test", "wql_seaKen",
                "pymannkendall_regional_test", "trend_smk_test"):  # fmt: skip
        if key in results:
            check(found, results[key])
    if "EnvStats_seasonal" in results:
        env = results["EnvStats_seasonal"]
        assert near(sum(p.tau * p.n for p in found.seasons) / found.n, env["tau"])
        assert near(found.intercept, env["intercept"])
        assert near(found.heterogeneity.chi2, env["chisq_het"])
        assert near(found.heterogeneity.p_value, env["p_het"])
        for ours, key in (("s", "S"), ("var_s", "varS"), ("tau", "tau"), ("slope", "slope"),
                          ("intercept", "intercept")):  # fmt: skip
            for part, value in zip(found.seasons, env[f"seasonal_{key}"], strict=True):
                assert near(getattr(part, ours), value)
    if "rkt" in results:
        assert near(found.tau, results["rkt"]["tau"])
    if "Kendall_SeasonalMannKendall" in results:
        kendall = results["Kendall_SeasonalMannKendall"]
        check(found, kendall, SINGLE, skip=("p",))
        assert near(found.p_plain, kendall["p"], SINGLE)  # without continuity correction
        assert near(found.tau_b, kendall["tau"], SINGLE)


@pytest.mark.parametrize("name", [n for n in SEASONAL if n != "rand_quarterly_multi_a"])
def test_correlated_seasons(reference, name):
    told = reference(name)
    results = told["results"]
    columns = told["year"], told["season"], told["y"]
    found = seasonal_kendall(*columns, correlated=True)
    rkt = results.get("rkt_correct", {})
    if rkt.get("varS_corrected") is not None:  # rkt corrects from ten years on
        assert near(found.var_s, rkt["varS_corrected"])
        assert near(found.p_value, rkt["p_corrected"])
    if "trend_csmk_test" in results:
        assert near(found.var_s, results["trend_csmk_test"]["est"][1])
        assert near(found.z_plain, results["trend_csmk_test"]["stat"])
        assert near(found.p_plain, results["trend_csmk_test"]["p"])
    if "pymannkendall_correlated_multivariate_test" in results:
        peer = results["pymannkendall_correlated_multivariate_test"]
        assert near(found.var_s, peer["var_s"])
        assert near(found.z_plain, peer["z"])
    if "EnvStats_seasonal_dependent" in results:
        env = results["EnvStats_seasonal_dependent"]
        middle = seasonal_kendall(*columns, correlated="midrank")
        check(middle, env)
        assert near(middle.heterogeneity.chi2, env["chisq_het"], 1e-7)
        assert near(middle.heterogeneity.p_value, env["p_het"], 1e-7)


def test_a_missing_season_costs_no_year(reference):
    told = reference("guelphP")
    found = seasonal_kendall(told["year"], told["season"], told["y"], correlated=True)
    nonsense = told["results"]["pymannkendall_correlated_seasonal_test"]
    assert nonsense["s"] == 1.0  # it drops each year that lacks a month, and one pair is left
    assert found.s == -89.0


def test_repeats_by_their_mean_and_median(reference):
    told = reference("rand_quarterly_multi_a")
    keys = list(zip(told["year"].tolist(), told["season"], strict=True))
    for key, of in (("rkt_rep_average", np.mean), ("rkt_rep_median", np.median)):
        cells = {k: of([v for v, own in zip(told["y"], keys, strict=True) if own == k])
                 for k in keys}  # fmt: skip
        year, season = zip(*cells, strict=True)
        check(seasonal_kendall(year, season, list(cells.values())), told["results"][key])


def test_partial_test(reference):
    told = reference("pie1_SO4")
    results = told["results"]
    for key, correlated in (("rkt_partial", False), ("rkt_partial_correct", True)):
        found = partial_kendall(
            told["year"], told["season"], told["y"], covariate=told["covariate"],
            correlated=correlated,
        )  # fmt: skip
        assert near(found.s, results[key]["partial_S"])
        assert near(
            found.p_value, results[key]["partial_p_corrected" if correlated else "partial_p"]
        )
        if not correlated:
            assert near(found.var_s, results[key]["partial_varS"])


@pytest.mark.parametrize("name", CENSORED)
def test_censored(reference, name):
    told = reference(name)
    results = told["results"]
    found = mann_kendall(told["t"], told["y"], censored=told["censored"])
    nada = results["NADA_cenken"]
    assert found.s == nada["S_from_tau"]
    assert near(found.tau, nada["tau"])
    assert near(found.p_value, nada["p"], 1e-9)
    assert near(found.slope, nada["slope"], 1e-6)
    assert found.intercept == pytest.approx(nada["intercept"], rel=1e-3)
    limit = told["max_detection_limit"]
    y, censored = told["y"], np.array(told["censored"])
    tied = np.where(y < limit, limit / 2, np.where(censored, limit / 2, y))
    check(mann_kendall(told["t"], tied), results["tied_below_highest_DL"]["EnvStats"])
    half = np.where(censored, y / 2, y)
    check(mann_kendall(told["t"], half), results["half_DL_substitution"]["EnvStats"])


@pytest.mark.parametrize("name", ["gales_creek_tcr", "rand_cens_a"])
def test_censored_seasons(reference, name):
    told = reference(name)
    results = told["results"]
    found = seasonal_kendall(told["t"], told["season"], told["y"], censored=told["censored"])
    assert found.s == results["seasonal_S_sum"]
    assert near(found.tau, results["seasonal_tau"])
    p = results["NADA2_censeaken"]["pval"]  # of 4,999 permutations
    assert found.p_value == pytest.approx(p, abs=3 * math.sqrt(p * (1 - p) / 5000) + 0.001)
    own = results["NADA_cenken_by_season"]
    order = sorted(set(told["season"]))
    for part in found.seasons:
        k = order.index(part.block)
        assert part.s == own["S"][k]
        assert near(part.p_value, own["p"][k])
        assert near(part.slope, own["slope"][k], 1e-4)


@pytest.mark.parametrize("name", [n for n in ANNUAL if n not in ("rand_gaps_a", "uneven_a")])
def test_change_point(reference, name):
    told = reference(name)
    found, peer = pettitt(told["y"]), told["results"]["trend_pettitt"]
    assert found.u == peer["U"]
    assert near(found.p_value, peer["p"])
    if name != "allequal":
        at = peer["changepoint_index"]
        assert [k + 1 for k in found.last_before] == (at if isinstance(at, list) else [at])


@pytest.mark.parametrize("name", ANNUAL)
def test_rank_correlation(reference, name):
    told = reference(name)
    r = told["results"]["R_cor_test_spearman"]
    found = spearman(told["t"], told["y"])
    assert near(found.rho, r["rho"])
    assert near(found.p_value, r["p"])
    assert near(daniel(told["t"], told["y"]).rs, r["rs_formula_midranks"])
    assert near(daniel(told["t"], told["y"], ties="ordinal").rs, r["rs_formula_ordinal"])


def test_critical_values(reference):
    for n, told in reference("spearman_exact_critical")["n"].items():
        for alpha, value in told.items():
            assert near(critical_rs(int(n), float(alpha)), value and round(value, 6), 2e-6)
