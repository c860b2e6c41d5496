"""Diversity, richness, rarefaction and Hill numbers against vegan, iNEXT and SpadeR."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.birds.diversitycases import TABLES, floats, same, told
from wetland.birds.accumulation import accumulate
from wetland.birds.ace import ace
from wetland.birds.dissimilarity import dissimilarity, lower_triangle
from wetland.birds.diversity import evenness, fisher_alpha, hill, observed, shannon, simpson
from wetland.birds.hill import (
    Assemblage,
    asymptote,
    coverage,
    hill_number,
    of_frequencies,
    of_individuals,
    of_units,
    size_at_coverage,
)
from wetland.birds.rarefaction import chance_seen, rarefy, slope
from wetland.birds.richness import (
    bootstrap,
    chao1,
    chao2,
    ichao1,
    jackknife1,
    jackknife2,
    jackknife_individuals,
)


@pytest.fixture(params=TABLES)
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    return told(request, request.param)


def test_diversity(case: dict[str, Any]) -> None:
    x = case["counts"]
    same(observed(x), case["specnumber"])
    same(shannon(x), case["shannon_e"])
    same(shannon(x, base=2), case["shannon_2"])
    same(simpson(x), case["simpson"])
    same(simpson(x, "inverse"), case["invsimpson"])
    same(evenness(x), case["pielou"])
    same(simpson(x, "unbiased"), case["simpson_unb"])
    orders = [float(q) for q in case["hill"]["q"]]
    same(np.stack([hill(x, q) for q in orders], axis=1), case["hill"]["values"])


def test_unbiased_inverse_of_simpson(case: dict[str, Any]) -> None:
    figures, found = (
        floats(case["simpson_unb_inverse"]),
        simpson(case["counts"], "unbiased_inverse"),
    )
    # Only singletons: infinite; the program prints the inverse of a rounding error, or nothing.
    singletons = case["counts"].max(axis=1) == 1
    assert np.isposinf(found[singletons]).all()
    same(found[~singletons], figures[~singletons])


def test_fishers_alpha(case: dict[str, Any]) -> None:
    x = case["counts"]
    found, n = fisher_alpha(x), x.sum(axis=1)
    finite = np.isfinite(found)
    solved = found[finite] * np.log1p(n[finite] / found[finite])
    np.testing.assert_allclose(solved, (x > 0).sum(axis=1)[finite], rtol=1e-13)
    if "v" in case["fisher_alpha"] and finite.any():
        # vegan stops its search at 1.2e-4 of alpha; above is what the equation itself says
        same(found[finite], floats(case["fisher_alpha"]["v"])[finite], 2e-5)
    assert (finite == ((x > 0).sum(axis=1) < n)).all()


def test_chao1_and_ace_of_vegan(case: dict[str, Any]) -> None:
    x, figures = case["counts"], case["estimateR"]["values"]
    corrected, rare = chao1(x, "bias_corrected"), ace(x, spread="vegan")
    same(corrected.observed, figures[0])
    same(corrected.value, figures[1])
    same(corrected.se, figures[2])
    same(rare.value, figures[3])
    some = (x == 1).any(axis=1)  # without singletons it prints rounding noise of 1e-8, or nothing
    same(rare.se[some], floats(figures[4])[some])
    assert (rare.se[~some] == 0).all()


@pytest.mark.parametrize("short", [True, False])
def test_estimates_from_units_of_vegan(case: dict[str, Any], short: bool) -> None:
    x, figures = case["counts"], case["specpool" if short else "specpool_no_smallsample"]
    chao, first, boot = chao2(x, small_sample=short), jackknife1(x), bootstrap(x)
    same([chao.value, chao.se], [figures["chao"], figures["chao.se"]])
    same([first.value, first.se], [figures["jack1"], figures["jack1.se"]])
    same(jackknife2(x).value, figures["jack2"])
    same([boot.value, boot.se], [figures["boot"], figures["boot.se"]])
    assert chao.observed == figures["Species"]


def test_chao1_of_inext_with_its_interval(case: dict[str, Any]) -> None:
    for row in case["iNEXT"]:
        found, figures = chao1(case["counts"][row["row"] - 1]), row["ChaoRichness"]["chao1"]
        got = [found.value, found.se, found.lower, found.upper]
        keys = ("Estimator", "Est_s.e.", "95% Lower", "95% Upper")
        np.testing.assert_allclose(got, [figures[key] for key in keys], atol=5.01e-4)


def test_rarefaction(case: dict[str, Any]) -> None:
    x = case["counts"]
    for figures in case["rarefy"]:
        richness, se = rarefy(x, figures["depth"])
        same(richness, figures["S"])
        # where the error is 0 the program prints the root of rounding noise
        same(se**2, floats(figures["se"]) ** 2, 1e-8)
    first = case["drarefy_first"]
    same(chance_seen(x[0], first["depth"]), first["p"])
    same(slope(x, case["rareslope"]["depth"]), case["rareslope"]["slope"])


@pytest.mark.parametrize("method", ["exact", "collector", "rarefaction", "coleman"])
def test_accumulation(case: dict[str, Any], method: Any) -> None:
    figures = case["coleman" if method == "coleman" else f"specaccum_{method}"]
    found = accumulate(case["counts"], method)
    same(found.richness, figures["richness"])
    if "sd" in figures:
        same(found.sd, figures["sd"])
    if method == "rarefaction":
        assert found.individuals is not None
        same(found.individuals, figures["individuals"])
        same(found.units, figures["sites"])


def test_dissimilarities(case: dict[str, Any]) -> None:
    x = case["counts"]
    for figures, found in (
        (case["bray_curtis_lower"], dissimilarity(x)),
        (case["jaccard_binary_lower"], dissimilarity(x, "jaccard", binary=True)),
        (case["sorensen_binary_lower"], dissimilarity(x, "sorensen")),
    ):
        same(lower_triangle(found)[: len(figures)], figures)


def check_curve(assemblage: Assemblage, figures: dict[str, Any]) -> None:
    """Compare with a printed table of sizes, orders, Hill numbers and coverage."""
    sizes = figures["m"] if "m" in figures else figures["t"]
    orders = figures["q"] if "q" in figures else figures["Order.q"]
    found = [hill_number(assemblage, q, m)[0] for q, m in zip(orders, sizes, strict=True)]
    same(found, figures["qD"])
    same([coverage(assemblage, m)[0] for m in sizes], figures["SC"])


def test_hill_numbers_of_individuals(case: dict[str, Any]) -> None:
    for row in case["iNEXT"]:
        assemblage = of_individuals(case["counts"][row["row"] - 1])
        check_curve(assemblage, row["size_based"])
        same([asymptote(assemblage, q)[0] for q in (0, 1, 2)], row["AsyEst"]["Estimator"])
        assert abs(coverage(assemblage)[0] - row["DataInfo"]["SC"]) <= 1e-3


def test_sizes_at_a_coverage(case: dict[str, Any]) -> None:
    for row in case["iNEXT"]:
        if (figures := row.get("estimateD_coverage")) is None:
            continue
        assemblage = of_individuals(case["counts"][row["row"] - 1])
        check_curve(assemblage, figures)
        for target, size, reached in zip(
            (0.8, 0.9, 0.95), figures["m"], figures["SC"], strict=False
        ):
            found = size_at_coverage(assemblage, target)
            if abs(reached - target) < 1e-5:  # where its search did not get stuck on a flat stretch
                assert found == pytest.approx(size, rel=1e-5)
            assert coverage(assemblage, found)[0] >= target - 1e-12


def test_hill_numbers_of_units(case: dict[str, Any]) -> None:
    assemblage = of_units(case["counts"])
    figures = case["iNEXT_incidence"]
    check_curve(assemblage, figures["size_based"])
    check_asymptotes(assemblage, figures["AsyEst"]["Estimator"])


def check_asymptotes(assemblage: Assemblage, figures: list[float]) -> None:
    """Compare; iNEXT sums order 2 of units in single precision, so it has seven digits."""
    same([asymptote(assemblage, q)[0] for q in (0, 1)], figures[:2])
    same(asymptote(assemblage, 2)[0], figures[2], 3e-7)


@pytest.mark.parametrize("name", ["inext_spider", "inext_ant"])
def test_inexts_own_examples(request: pytest.FixtureRequest, name: str) -> None:
    figures = told(request, name)
    table = figures["size_based"]
    which = np.array(table["Assemblage"])
    ends = np.array(figures["AsyEst"]["Assemblage"])
    for place, data in figures["data"].items():
        units = figures["datatype"] == "incidence_freq"
        assemblage = of_frequencies(data[1:], data[0]) if units else of_individuals(data)
        part = {
            key: [value for value, at in zip(table[key], which, strict=True) if at == place]
            for key in ("t" if units else "m", "Order.q", "qD", "SC")
        }
        check_curve(assemblage, part)
        estimates = np.array(figures["AsyEst"]["Estimator"])[ends == place]
        check_asymptotes(assemblage, estimates.tolist())


def test_spader(request: pytest.FixtureRequest) -> None:
    figures = told(request, "spader_abu")
    rows = dict(
        zip((e.strip() for e in figures["estimators"]), figures["table"]["values"], strict=True)
    )
    x = figures["data"]
    for name, found in {
        "Homogeneous Model": ace(x, "homogeneous"),
        "Chao1 (Chao, 1984)": chao1(x),
        "Chao1-bc": chao1(x, "bias_corrected", small_sample=True),
        "ACE (Chao & Lee, 1992)": ace(x),
        "ACE-1 (Chao & Lee, 1992)": ace(x, "ace1"),
        "1st order jackknife": jackknife_individuals(x),
        "2nd order jackknife": jackknife_individuals(x, 2),
    }.items():
        got = [found.value, found.se, found.lower, found.upper]
        np.testing.assert_allclose(got, rows[name], atol=6e-4, err_msg=name)
    assert ichao1(x) == pytest.approx(rows["iChao1 (Chiu et al. 2014)"][0], abs=5.01e-4)
