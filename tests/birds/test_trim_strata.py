"""Strata combined: against rtrim, and against derivatives by differences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.birds.test_trim import made
from wetland.base.errors import InputError
from wetland.birds.trim import TrimSettings, count_table, trim
from wetland.birds.trimstrata import Stratum, combine

YEARS = np.arange(2001, 2006)


def strata(missing: bool = True) -> list[Stratum]:
    """Make three strata; the second lacks the last two years, the third has a weight."""
    rng = np.random.default_rng(4)
    out = []
    for name, years, weight in (
        ("a", YEARS, 1.0), ("b", YEARS[:3] if missing else YEARS, 1.0), ("c", YEARS, 2.5),
    ):  # fmt: skip
        root = rng.normal(0, 10, (years.size, years.size))
        totals = rng.uniform(100, 300, years.size)
        out.append(Stratum(name, years, totals, root @ root.T + np.eye(years.size), weight))
    return out


def test_as_rtrim(shared: Path) -> None:
    path = shared / "reference" / "trim" / "strata_skylark_habitat.json"
    case: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    combined = combine(
        [
            Stratum(
                told["stratum"],
                np.array(told["time"]),
                np.array(told["imputed_rounded"], dtype=float),
                np.array(told["vcov_imputed"]),
            )
            for told in case["input"]
        ]
    )
    totals = combined.totals
    assert_allclose(totals.imputed, case["totals_imputed"])
    assert_allclose(totals.se(), case["se_totals_imputed"], rtol=1e-9)
    assert_allclose(totals.fitted, case["totals_fitted"], rtol=1e-9)
    assert_allclose(totals.se("fitted"), case["se_totals_fitted"], rtol=1e-9)
    for which in ("imputed", "fitted"):
        index = totals.index(which=which)
        assert_allclose(index.value, case["index"][which], rtol=1e-9)
        assert_allclose(index.se, case["index"][f"se_{which}"], rtol=1e-9)
    assert_allclose(combined.effects, case["coefficients"]["add"][1:], rtol=1e-9)
    # errors of effects that go with the errors of the index: se(ln tau) = se(tau) / tau
    assert_allclose(
        np.sqrt(np.diag(combined.effects_covariance)),
        np.array(case["index"]["se_fitted"][1:]) / case["index"]["fitted"][1:],
        rtol=1e-9,
    )
    slope = combined.overall()
    assert_allclose(slope.slope, case["overall"]["slope_add"], rtol=1e-9)
    assert_allclose(slope.se, case["overall"]["slope_se_add"], rtol=1e-9)
    assert slope.meaning == case["overall"]["meaning"]


@pytest.mark.parametrize("model", [2, 3])
def test_errors_are_those_of_differences(model: Any) -> None:
    """The covariance is ``J C J'``, with J the derivatives by the totals of the strata."""
    parts = strata()
    combined = combine(parts, model=model)
    for which in ("imputed", "fitted"):
        wanted = np.zeros((5, 5))
        for k, part in enumerate(parts):
            slopes = []
            for j in range(part.totals.size):
                ends = []
                for step in (0.01, -0.01):
                    totals = part.totals.copy()
                    totals[j] += step
                    moved = Stratum(part.name, part.times, totals, part.covariance, part.weight)
                    others = [*parts[:k], moved, *parts[k + 1 :]]
                    ends.append(combine(others, model=model).totals.of(which)[0])
                slopes.append((ends[0] - ends[1]) / 0.02)
            wanted += np.array(slopes).T @ part.covariance @ np.array(slopes)
        assert_allclose(combined.totals.of(which)[1], wanted, rtol=1e-5, atol=1e-3)


def test_complete_strata_add_up() -> None:
    parts = strata(missing=False)
    totals = combine(parts).totals
    assert_allclose(totals.imputed, sum(p.weight * p.totals for p in parts))
    wanted = sum(p.weight**2 * p.covariance for p in parts)
    assert_allclose(totals.imputed_covariance, wanted)
    # without weights the fitted totals of model 3 are the same
    plain = [Stratum(p.name, p.times, p.totals, p.covariance) for p in parts]
    totals = combine(plain).totals
    assert_allclose(totals.fitted, sum(p.totals for p in plain))
    assert_allclose(totals.fitted_covariance, sum(p.covariance for p in plain))


def test_strata_of_fitted_models() -> None:
    site, year, _, count = made(20, 6, seed=2)
    fitted = {}
    for name, rest in (("reed", 0), ("pond", 1)):
        rows = [k for k, s in enumerate(site) if int(s[1:]) % 2 == rest]
        table = count_table(
            [site[k] for k in rows], [year[k] for k in rows], [count[k] for k in rows]
        )
        fitted[name] = trim(table, TrimSettings(model=3))
    combined = combine([Stratum.of(name, model.totals) for name, model in fitted.items()])
    assert_allclose(combined.totals.imputed, sum(model.totals.imputed for model in fitted.values()))
    assert_allclose(
        combined.totals.se() ** 2, sum(model.totals.se() ** 2 for model in fitted.values())
    )


def test_refused() -> None:
    first, second, _ = strata()
    with pytest.raises(InputError, match="two strata have the name a"):
        combine([first, first])
    with pytest.raises(InputError, match="only one site"):
        combine([first])
    with pytest.raises(InputError, match="5 by 5"):
        combine([Stratum("x", first.times, first.totals, np.eye(3)), second])
