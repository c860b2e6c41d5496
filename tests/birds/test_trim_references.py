"""TRIM against rtrim (run to the exact solution) and the original TRIM 3."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.birds.trimcases import settings_of, table_of
from wetland.base.errors import InputError
from wetland.birds.trim import Trim, TrimSettings, count_table, trim

DATA = Path(__file__).parent / "data" / "trim"
OWN = json.loads((DATA / "cases.json").read_text(encoding="utf-8"))
THIRD = [
    "oysA_m2_cp", "oysA_m3", "oysA_m3_constrained", "sky_m1_od", "sky_m1_odsc", "sky_m1_plain",
    "sky_m1_sc", "sky_m2_all", "sky_m2_auto", "sky_m2_cp12_odsc", "sky_m2_cp_from2",
    "sky_m2_cp_years", "sky_m2_habitat", "sky_m2_od", "sky_m2_odsc", "sky_m2_plain", "sky_m2_sc",
    "sky_m2_weights_cp", "sky_m3_habitat", "sky_m3_habitat_plain", "sky_m3_od", "sky_m3_odsc",
    "sky_m3_plain", "sky_m3_sc", "sky_m3_weights", "sky_m3_weights_habitat",
]  # fmt: skip
POINTS = {"rtol": 1e-6, "atol": 1e-9}


def check_totals(fitted: Trim, case: dict[str, Any]) -> None:
    told, totals = case["totals"], fitted.totals
    assert fitted.table.times.tolist() == told["years"]
    # where nothing was counted rtrim says 0
    assert_allclose(np.nan_to_num(totals.observed), told["observed"], **POINTS)
    for which in ("imputed", "fitted"):
        assert_allclose(totals.of(which)[0], told[which], **POINTS)
        assert_allclose(totals.se(which), told[f"se_{which}"], **POINTS)
        if told.get(f"var_{which}"):
            scale = float(np.abs(told[f"var_{which}"]).max())
            assert_allclose(totals.of(which)[1], told[f"var_{which}"], rtol=1e-6, atol=1e-8 * scale)
    if told.get("imputed_gamma_ci95"):
        lower, upper = totals.interval()
        assert_allclose(lower, told["imputed_gamma_ci95"]["lo"], **POINTS)
        assert_allclose(upper, told["imputed_gamma_ci95"]["hi"], **POINTS)
    if case.get("index_scaled_se_imputed"):
        assert_allclose(fitted.index().scaled_se, case["index_scaled_se_imputed"], **POINTS)
    for index in case["index"]:
        found = fitted.index(index["base"])
        assert_allclose(found.value, index["imputed"], **POINTS)
        assert_allclose(found.se, index["se_imputed"], **POINTS)
        assert_allclose(found.lower, index["imputed_ci95"]["lo"], **POINTS)
        assert_allclose(found.upper, index["imputed_ci95"]["hi"], **POINTS)
        found = fitted.index(index["base"], which="fitted")
        assert_allclose(found.value, index["fitted"], **POINTS)
        assert_allclose(found.se, index["se_fitted"], **POINTS)


def check_slopes(fitted: Trim, case: dict[str, Any]) -> None:
    for name, told in case["overall"].items():
        normal = name.endswith("normal_quantile")
        slope = fitted.overall(
            "fitted" if name == "fitted" else "imputed", quantiles="normal" if normal else "t"
        )
        assert slope.meaning == told["meaning"][0], name
        close = {"rtol": 1e-6, "atol": 1e-12}
        assert_allclose(slope.slope, told["slope_add"][0], **close)
        assert_allclose(slope.se, told["slope_se_add"][0], **close)
        assert_allclose([slope.factor, slope.factor_se],
                        [told["slope_mul"][0], told["slope_se_mul"][0]], **close)  # fmt: skip
        assert_allclose(slope.intercept, told["intercept_add"][0], **close)
        assert_allclose(slope.intercept_se, told["intercept_se_add"][0], **close)
        if abs(slope.slope) > 1e-9:  # the fitted totals of model 1 are level but for rounding
            assert_allclose(slope.p_value, told["p"][0], **close)
    told = case.get("overall_by_changepoints")
    if told:
        parts = fitted.slopes_between(told["changepoints"])
        assert [p.meaning for p in parts] == told["meaning"]
        assert [(p.first, p.last) for p in parts] == list(
            zip(told["from"], told["upto"], strict=True)
        )
        assert_allclose([p.slope for p in parts], told["slope_add"], **POINTS)
        assert_allclose([p.se for p in parts], told["slope_se_add"], **POINTS)
        assert_allclose([p.p_value for p in parts], told["p"], **POINTS)


def check_tests(fitted: Trim, case: dict[str, Any]) -> None:
    gof, fit = case["gof"], fitted.fit
    assert fit.df == gof["df"]
    assert_allclose(
        [fit.chi2, fit.chi2_p, fit.likelihood_ratio, fit.likelihood_ratio_p, fit.aic],
        [gof["chi2"], gof["chi2_p"], gof["LR"], gof["LR_p"], gof["AIC"]], **POINTS,
    )  # fmt: skip
    wald = case.get("wald") or {}
    for key, question in (("slope", "slope"), ("dslope", "change_point"),
                          ("deviations", "deviations"), ("covar", "covariate")):  # fmt: skip
        if key not in wald or (key == "slope" and case["call"]["months"]):
            continue  # of monthly counts rtrim tests the slope together with the months, wrongly
        told = wald[key]
        found = [t for t in fitted.tests if t.question == question]
        own = slice(len(found))  # of monthly counts rtrim lists the months as change points too
        assert_allclose([t.statistic for t in found], np.atleast_1d(told["W"])[own], **POINTS)
        assert_allclose([t.p_value for t in found], np.atleast_1d(told["p"])[own], **POINTS)
        assert case["call"]["months"] or len(found) == np.size(told["W"])
        assert {t.df for t in found} == set(np.atleast_1d(told["df"]).tolist())
        if key == "dslope":
            assert [int(t.subject) for t in found] == told["cp"]
    trend = fitted.linear_trend()
    if case.get("linear_trend"):
        assert trend is not None
        told = case["linear_trend"]
        assert_allclose([trend.slope, trend.slope_se], [told["add"], told["se_add"]], **POINTS)
        assert_allclose(trend.deviations, case["deviations"]["add"], **POINTS)
        assert_allclose(trend.deviations_se, case["deviations"]["se_add"], **POINTS)


def check(case: dict[str, Any], folder: Path) -> None:
    if case.get("error"):
        with pytest.raises(InputError, match="count above 0"):
            trim(table_of(case, folder), settings_of(case))
        return
    fitted = trim(table_of(case, folder), settings_of(case))
    assert list(fitted.design.change_points) == case["changepoints_used"]
    assert len(fitted.table.sites) == case["n_sites"]
    assert_allclose(fitted.overdispersion or math.nan, case.get("sig2") or math.nan, **POINTS)
    assert_allclose(fitted.serial_correlation or math.nan, case.get("rho") or math.nan, **POINTS)
    assert_allclose(fitted.estimates.beta, case.get("beta") or [], **POINTS)
    if case.get("var_beta"):
        scale = float(np.abs(case["var_beta"]).max())
        assert_allclose(fitted.estimates.covariance, case["var_beta"], rtol=1e-6, atol=1e-9 * scale)
    if case.get("fitted_counts"):
        order = [fitted.table.sites.index(str(name)) for name in case["site_ids"]]
        assert_allclose(
            fitted.estimates.expected[order, 0], case["fitted_counts"], rtol=1e-6, atol=1e-9
        )
    negative = any("negative" in words for words in case["warnings"])
    assert any("negative" in note.en for note in fitted.notes) == negative
    check_totals(fitted, case)
    check_slopes(fitted, case)
    check_tests(fitted, case)
    check_categories(fitted, case)


def check_categories(fitted: Trim, case: dict[str, Any]) -> None:
    told = case.get("index_by_covariate")
    if not told:
        return
    times = len(fitted.table.times)
    for k, category in enumerate(told["category"][::times]):
        part = slice(k * times, (k + 1) * times)
        name = told["covariate"][part][0]
        totals = fitted.by_category.get((name, category), fitted.totals)
        for which, value, se in (("fitted", "fitted", "se_fit"), ("imputed", "imputed", "se_imp")):
            index = totals.index(which=which)
            assert_allclose(index.value, told[value][part], **POINTS)
            assert_allclose(index.se, told[se][part], **POINTS)


@pytest.mark.parametrize("case", OWN, ids=lambda case: case["id"])
def test_simulated_counts_as_rtrim(case: dict[str, Any]) -> None:
    check(case, DATA)


@pytest.mark.parametrize("name", THIRD)
def test_real_counts_as_rtrim(name: str, shared: Path) -> None:
    folder = shared / "reference" / "trim"
    check(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")), folder)


def numbers_after(words: str, heading: str, rows: int, skip: int = 2) -> list[list[str]]:
    lines = words[words.index(heading) :].splitlines()[skip : skip + rows]
    return [line.split() for line in lines]


def as_printed(value: float, printed: str) -> bool:
    """Tell whether a value is the printed one, to its last digit (and half of the next)."""
    digits = len(printed.partition(".")[2])
    return abs(value - float(printed)) <= 0.5001 * 10.0**-digits


@pytest.mark.parametrize(
    ("name", "settings", "covariate"),
    [
        ("skylark-1a", TrimSettings(model=3, overdispersion=False), False),
        ("skylark-1b", TrimSettings(model=3), False),
        ("skylark-2a",
         TrimSettings(model=2, change_points=[1, 2, 3, 4, 5, 6, 7], serial_correlation=True), True),
        ("skylark-2b", TrimSettings(model=3, serial_correlation=True), True),
    ],
)  # fmt: skip
def test_original_trim(name: str, settings: TrimSettings, covariate: bool, shared: Path) -> None:
    folder = shared / "data" / "birds" / "rtrim"
    rows = [line.split() for line in (folder / "skylark.dat").read_text().splitlines() if line]
    rows = [row for row in rows if row]
    fitted = trim(
        count_table(
            [row[0] for row in rows],
            [int(row[1]) for row in rows],
            [math.nan if row[2] == "999" else float(row[2]) for row in rows],
            covariates={"habitat": [row[3] for row in rows]} if covariate else None,
        ),
        settings,
    )
    words = (folder / f"{name}.out").read_text(encoding="latin-1")
    index, model = fitted.index(), fitted.index(which="fitted")
    for k, row in enumerate(numbers_after(words, "Time INDICES", 8)[1:], start=1):
        found = (model.value[k], model.se[k], index.value[k], index.se[k])
        assert all(map(as_printed, found, row[1:])), row
    totals = fitted.totals
    for k, row in enumerate(numbers_after(words, "TIME TOTALS", 8)):
        found = (totals.fitted[k], totals.se("fitted")[k], totals.imputed[k], totals.se()[k])
        assert all(map(as_printed, found, row[1:])), row
    assert as_printed(fitted.fit.chi2, re.findall(r"Chi-square +([\d.]+)", words)[0])
    assert as_printed(
        fitted.fit.likelihood_ratio, re.findall(r"Likelihood Ratio +([\d.]+)", words)[0]
    )
    assert as_printed(fitted.fit.aic, re.findall(r"AIC.*? (-?[\d.]+)", words)[0])
    printed_values = (
        (r"Overdispersion +=\s+([\d.]+)", fitted.overdispersion),
        (r"Serial Correlation +=\s+([\d.]+)", fitted.serial_correlation),
    )
    for pattern, value in printed_values:
        printed = re.findall(pattern, words)
        assert bool(printed) == (value is not None)
        assert not printed or as_printed(value or 0.0, printed[0])
    for which, heading in (("fitted", "OVERALL SLOPE MODEL"), ("imputed", "OVERALL SLOPE IMPUTED")):
        slope = fitted.overall(which, quantiles="normal")
        [row] = numbers_after(words, heading, 1)
        assert all(map(as_printed, (slope.slope, slope.se, slope.factor, slope.factor_se), row))
        # TRIM 3 tests at 0.01 by normal quantiles; the class is the same
        assert slope.meaning.split(" (")[0] in words[words.index(heading) :].splitlines()[0]
