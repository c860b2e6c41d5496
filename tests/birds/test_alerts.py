"""Alerts of declines: limits, spans, the reference season, the biological filter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from tests.birds.test_smoothing import Floats, made, table_of
from wetland.base.errors import InputError
from wetland.base.texts import LANGUAGES
from wetland.birds.alerts import LEVELS, AlertSettings, SpeciesAlerts, alerts, level_of

QUICK = AlertSettings(draws=50)


def exact(factor: float, years: int = 12, plots: int = 4) -> Floats:
    """Return counts that fall or grow by one factor every season, at plots of various size."""
    return np.outer(10.0 + 7 * np.arange(plots), factor ** np.arange(years))


def by_span(answer: SpeciesAlerts) -> dict[int | None, str]:
    return {change.span: change.level for change in answer.changes}


def told(counts: Floats, **how: object) -> SpeciesAlerts:
    return alerts(table_of(counts), settings=QUICK, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("factor", "level"),
    [(0.75, "medium_alert"), (0.7501, "decline"), (0.5001, "medium_alert"), (0.5, "high_alert"),
     (0.2, "high_alert"), (0.9999, "decline"), (1.0, "stable"), (1.5, "increase"),
     (2.0, "strong_increase")],
)  # fmt: skip
def test_the_limits_belong_to_the_higher_alert(factor: float, level: str) -> None:
    answer = told(exact(factor ** (1 / 5)))
    five = answer.changes[0]
    assert (five.span, five.first, five.last) == (5, 2005, 2010)
    assert five.level == level
    assert five.percent is not None
    assert_allclose(five.percent, 100 * (factor - 1), atol=1e-6)
    if five.alerted:
        assert five.likelihood == 1.0


def test_an_alert_that_is_sure_comes_before_a_larger_one_that_is_not() -> None:
    answer = told(exact(0.9))
    five, ten, longer, whole = answer.changes
    doubted = replace(answer, changes=(five, replace(ten, upper=5.0), longer, longer))
    assert (doubted.worst, doubted.surest) == (doubted.changes[1], five)
    alone = replace(answer, changes=(replace(ten, upper=5.0),))
    assert alone.surest == alone.worst == alone.changes[0]
    assert answer.surest in (ten, whole)
    assert replace(answer, changes=(longer,)).surest is None


@given(st.floats(-100, 400))
def test_levels_are_in_order(percent: float) -> None:
    order = list(LEVELS)
    assert order.index(level_of(percent)) <= order.index(level_of(percent + 1))


def test_the_reference_is_the_season_before_the_last() -> None:
    counts = exact(1.0)
    counts[:, -1] = 0.01
    answer = told(counts)
    assert answer.reference == 2010
    plain = answer.to_json("en")
    assert plain["base"] == 2011
    assert plain["smoothed"][-1] == pytest.approx(100)
    assert {change["last"] for change in plain["changes"]} == {2010}


def test_one_bad_last_season_is_no_alert_but_would_be_one_without_the_reference() -> None:
    rng = np.random.default_rng(4)
    counts = rng.poisson(exact(1.0, 15) * 3).astype(float)
    counts[:, -1] *= 0.4
    answer = told(counts)
    assert answer.smoothed is not None
    to_the_last = answer.smoothed.change(2009, 2014)[0]
    five = answer.changes[0].percent
    assert five is not None
    assert to_the_last < 1.5 * five < 0, "the last season moves the end most"
    assert answer.changes[0].level == "decline"


def test_spans_that_the_series_has_not() -> None:
    answer = told(exact(0.9, 12))
    assert by_span(answer) == {
        5: "medium_alert", 10: "high_alert", 25: "not_tested", None: "high_alert"
    }  # fmt: skip
    missing = answer.changes[2]
    assert missing.percent is None
    assert missing.note is not None
    assert "fewer than 25" in missing.note.en
    assert by_span(told(exact(0.98, 27)))[25] == "medium_alert"
    assert by_span(told(exact(0.98, 26)))[25] == "not_tested"


def test_too_few_seasons_or_plots_say_so() -> None:
    short = told(exact(0.5, 5))
    assert short.worst is None
    assert set(by_span(short).values()) == {"not_tested"}
    assert "5 seasons" in short.notes[-1].en.replace("only ", "")
    two = told(exact(0.5, 12, plots=2))
    assert two.worst is None
    assert "2 plots" in two.notes[-1].en
    assert two.to_json("zh")["smoothed"] is None
    gaps = exact(0.5, 12)
    gaps[:, 2:9] = np.nan
    assert told(gaps).worst is None, "five seasons with counts of twelve"


def test_growth_from_almost_nothing_has_no_percentage() -> None:
    counts = exact(1.0, 20)
    counts[:, :10] = 0
    whole = told(counts).changes[-1]
    assert (whole.span, whole.level, whole.percent, whole.alerted) == (
        None, "strong_increase", None, False
    )  # fmt: skip
    assert whole.note is not None
    assert "hundredfold" in whole.note.en


def test_spans_to_seasons_that_nobody_counted() -> None:
    counts = exact(0.9, 14)
    counts[:, 7] = np.nan  # 2007 = 2012 - 5
    answer = told(counts)
    assert by_span(answer)[5] == "not_tested"
    assert by_span(answer)[10] == "high_alert"
    counts[:, 12] = np.nan
    assert set(by_span(told(counts)).values()) == {"not_tested"}


def test_the_biological_filter_holds_short_spans_only() -> None:
    answer = told(exact(0.85), fluctuates=True)
    five, ten = answer.changes[0], answer.changes[1]
    assert (five.level, five.filtered, five.alerted) == ("high_alert", True, False)
    assert five.note is not None
    assert "biological filter" in five.note.en
    assert (ten.filtered, ten.alerted) == (False, True)
    assert answer.worst is not None
    assert answer.worst.span in (10, None)
    assert told(exact(0.97, 12), fluctuates=True).changes[0].filtered is False, "no alert anyway"


def test_the_worst_is_the_largest_decline() -> None:
    answer = told(exact(0.9, 12))
    assert answer.worst is not None
    assert answer.worst.span == 10, "of equal declines (10 seasons, the full series) the shortest"
    assert told(exact(1.1, 12)).worst is None


def test_the_interval_and_the_likelihood_say_how_sure_it_is() -> None:
    answer = alerts(made(8, 14, slope=-0.06, noise=0.5, seed=11))
    five = answer.changes[0]
    assert five.percent is not None
    assert five.lower is not None
    assert five.upper is not None
    assert five.lower < five.percent < five.upper
    assert five.likelihood is not None
    assert 0 <= five.likelihood <= 1
    if five.lower < -25 < five.upper:
        assert five.note is not None


@pytest.mark.parametrize(
    "wrong", [AlertSettings(medium=0), AlertSettings(medium=60), AlertSettings(high=100),
              AlertSettings(spans=(0,))],
)  # fmt: skip
def test_settings_that_make_no_sense(wrong: AlertSettings) -> None:
    with pytest.raises(InputError):
        alerts(table_of(exact(0.9)), settings=wrong)


def rate(slope: float, runs: int, draws: int = 40) -> float:
    """Return the share of synthetic series of 12 seasons and 8 plots with an alert over ten."""
    return float(np.mean([
        alerts(made(8, 14, slope=slope, noise=0.3, seed=seed),
               settings=AlertSettings(draws=draws)).changes[1].alerted
        for seed in range(runs)
    ]))  # fmt: skip


def test_declines_are_found_and_steady_numbers_are_not() -> None:
    assert rate(0.0, 60, 2) <= 0.05
    assert rate(-0.10, 60, 2) >= 0.95


@pytest.mark.soak
@pytest.mark.parametrize("plots", [4, 8, 20])
def test_the_interval_covers_the_true_change(plots: int) -> None:
    """Plain percentiles of the draws cover 81 % of the time at 4 plots and 87 % at 8."""
    hit = []
    for seed in range(400):
        change = alerts(made(plots, 14, slope=-0.05, noise=0.3, seed=seed)).changes[1]
        assert change.lower is not None
        assert change.upper is not None
        hit.append(change.lower <= 100 * (np.exp(-0.5) - 1) <= change.upper)
    assert 0.90 <= np.mean(hit) <= 0.99


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_words_are_there_in_both_languages(seed: int) -> None:
    answer = alerts(made(5, 12, seed=seed, missing=0.4), settings=QUICK)
    for lang in LANGUAGES:
        plain = answer.to_json(lang)
        assert len(plain["changes"]) == 4
        assert all(change["words"] and change["name"] for change in plain["changes"])
