"""Probability of a class given sampling: exact enumeration, the official means, calibration."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.water import certainty
from wetland.water.certainty import class_certainty
from wetland.water.classes import classify
from wetland.water.results import period_means
from wetland.water.stations import CLASSES, Programme, Station

ONLY_NH3N = {"one": Programme(name=text("一项", "one"), items=("nh3n",))}
TWO = {"one": Programme(name=text("两项", "two"), items=("nh3n", "codmn"))}


def station(name: str = "A", **more: object) -> dict[str, Station]:
    given = {"water_body": "river", "programme": "one", "target_class": "III", **more}
    return {name: Station(id=name, name=text("站", "station"), **given)}


def table(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    """Make invented results of (station, day, parameter, value[, censoring])."""
    frame = pd.DataFrame(
        {
            "station": [r[0] for r in rows],
            "sampled_on": [r[1] for r in rows],
            "parameter": [r[2] for r in rows],
            "value": np.array([r[3] for r in rows], dtype=float),
            "censoring": [r[4] if len(r) > 4 else "none" for r in rows],
        }
    )
    return frame.assign(qa="sample", flag="good", synthetic=True)


def year(values: list[float], parameter: str = "nh3n", day: int = 5) -> list[tuple[object, ...]]:
    return [("A", dt.date(2024, m, day), parameter, v) for m, v in enumerate(values, start=1)]


def test_one_month_by_enumeration():
    """Four weeks: three of four are drawn, 64 equally likely draws, each mean classed."""
    values = [0.4, 0.9, 1.3, 1.6]
    rows = [
        ("A", dt.date(2024, 5, d), "nh3n", v) for d, v in zip((2, 9, 16, 28), values, strict=True)
    ]
    [found] = class_certainty(
        table(rows), station(), per="month", draws=40_000, programmes=ONLY_NH3N
    ).to_dict("records")
    means = [round(sum(t) / 3, 2) for t in itertools.product(values, repeat=3)]
    want = np.array([sum(m > limit for limit in (0.15, 0.5, 1.0, 1.5, 2.0)) for m in means])
    for number, name in enumerate(CLASSES):
        assert found["probabilities"][name] == pytest.approx((want == number).mean(), abs=0.01)
    assert found["water_class"] == "IV"  # mean 1.05
    assert found["likelihood"] == found["probabilities"]["IV"]
    assert found["misses_target"] == pytest.approx((want > 2).mean(), abs=0.01)
    assert (found["n"], found["units"], found["draws"]) == (4, 4, 40_000)


def test_one_year_by_enumeration():
    """Twelve visits: two of every quarter's three, 6561 equally likely draws; one item lacks May.

    Means in decimals, rounded half to even.
    """
    a = [
        "0.91",
        "1.12",
        "0.75",
        "1.48",
        "-",
        "1.02",
        "0.64",
        "0.88",
        "1.31",
        "0.97",
        "1.55",
        "0.70",
    ]
    b = ["5.1", "6.3", "6.0", "4.8", "7.2", "5.5", "6.6", "5.9", "6.1", "5.2", "7.0", "5.7"]
    rows = year([float(v) for v in b], "codmn")
    rows += [row for row, v in zip(year([0.0] * 12), a, strict=True) if v != "-"]
    rows = [(*r[:3], float(a[r[1].month - 1])) if r[2] == "nh3n" else r for r in rows]
    found = class_certainty(table(rows), station(), draws=30_000, programmes=TWO).iloc[0]
    one, two = ([None if v == "-" else Decimal(v) for v in values] for values in (a, b))

    def class_of(values, limits, places, weights):
        told = [(w, v) for w, v in zip(weights, values, strict=True) if v is not None]
        mean = sum(w * v for w, v in told) / sum(w for w, _ in told)
        return sum(mean.quantize(Decimal(places), ROUND_HALF_EVEN) > Decimal(x) for x in limits)

    pairs = [[p.count(k) for k in range(3)] for p in itertools.product(range(3), repeat=2)]
    want = np.zeros(6)
    for draw in itertools.product(pairs, repeat=4):
        weights = [w for quarter in draw for w in quarter]
        classes = (class_of(one, ("0.15", "0.5", "1.0", "1.5", "2.0"), "0.01", weights),
                   class_of(two, ("2", "4", "6", "10", "15"), "0.1", weights))  # fmt: skip
        want[max(classes)] += 1
    got = [found["probabilities"][name] for name in CLASSES]
    assert got == pytest.approx((want / want.sum()).tolist(), abs=0.01)
    assert 0.2 < found["likelihood"] < 0.8


def test_items_of_a_visit_are_drawn_together():
    """In every month one of two items is bad: exactly one of the means is, in every draw but ties.

    Drawn apart, both would be good in about a quarter of the draws.
    """
    a = [1.6, 0.4] * 6
    b = [4.0, 8.0] * 6
    rows = year(a) + year(b, "codmn")
    [found] = class_certainty(table(rows), station(), programmes=TWO).to_dict("records")
    # nh3n > 1.0 (IV) where more odd months are drawn, codmn > 6 where more even ones; equal: III.
    assert found["probabilities"]["I"] == found["probabilities"]["II"] == 0
    weights = certainty.stratum_weights(np.repeat(range(4), 3), 200_000, 1)
    odd = weights[:, ::2].sum(axis=1)
    share = 1 - np.isclose(odd, 6).mean()
    assert found["probabilities"]["IV"] == pytest.approx(share, abs=0.04)
    # In a draw of class III both means are below the limit, and both decide it.
    decided = found["deciding"]
    assert set(decided) == {"nh3n", "codmn"}
    assert sum(decided.values()) == pytest.approx(1 + found["probabilities"]["III"])


def test_equal_samples_are_sure():
    [found] = class_certainty(table(year([0.7] * 12)), station(), programmes=ONLY_NH3N).to_dict(
        "records"
    )
    assert found["probabilities"]["III"] == 1
    assert found["words"].en == "class III, >99 %"
    assert found["words"].zh == "Ⅲ类，>99%"


@pytest.mark.parametrize(
    ("value", "item", "want"),
    [(0.0505, "tp", "III"), (0.0255, "tp", "III"), (0.145, "nh3n", "I"), (1.005, "nh3n", "III")],
)
def test_ties_are_rounded_like_those_of_the_class(value, item, want):
    """0.0505 is 0.050 (half to even), though twelve times it, over twelve, is a little more."""
    programmes = {"one": Programme(name=text("一项", "one"), items=(item,))}
    frame = table(year([value] * 12, item))
    found = class_certainty(frame, station(water_body="lake"), programmes=programmes, draws=200)
    assert found["water_class"].tolist() == [want]
    assert found["likelihood"].tolist() == [1.0]


def test_seasons_do_not_count_as_chance():
    """Dry winters, wet summers, the same every year: quarters keep their share, so it is surer."""
    season = [1.6, 1.6, 1.6, 0.8, 0.8, 0.8, 0.3, 0.3, 0.3, 0.9, 0.9, 0.9]
    [found] = class_certainty(table(year(season)), station(), programmes=ONLY_NH3N).to_dict(
        "records"
    )
    assert found["likelihood"] == 1


@pytest.mark.parametrize(("body", "want"), [("river", "II"), ("lake", "IV")])
def test_a_draw_is_assessed_by_the_limits_of_its_water(body, want):
    programme = {"one": Programme(name=text("总磷", "TP"), items=("tp",))}
    rows = year([0.08, 0.09] * 6, "tp")
    [found] = class_certainty(table(rows), station(water_body=body), programmes=programme).to_dict(
        "records"
    )
    assert found["probabilities"][want] == 1


def test_an_automatic_station_is_drawn_by_weeks():
    """Every four hours of a month with depth and instant: four weeks, not 180 visits."""
    hours = pd.date_range("2024-05-01", "2024-05-31 20:00", freq="4h", tz="UTC")
    frame = table([("A", h.date(), "nh3n", 0.9 + 0.2 * (h.day > 15)) for h in hours]).assign(
        sampled_at=hours.astype("datetime64[us, UTC]"), depth_m=0.5
    )
    [found] = class_certainty(frame, station(), per="month", programmes=ONLY_NH3N).to_dict(
        "records"
    )
    assert (found["n"], found["units"]) == (len(hours), 4)
    # Mean 1.0: III. Three of four weeks are drawn; the second has a low day less than the first.
    assert found["water_class"] == "III"
    assert 0.3 < found["probabilities"]["IV"] < 0.7


@pytest.mark.parametrize(
    ("months", "want"),
    [
        ([0, 0, 1, 1, 2, 2], [0, 0, 1, 1, 2, 2]),  # two in every month: months
        ([0, 1, 2, 3, 4, 5], [0, 0, 0, 1, 1, 1]),  # else quarters
        ([0, 3, 4, 6, 9, 10], [0, 0, 0, 0, 1, 1]),  # quarters of one join the one before,
        ([0, 3, 3, 3], [0, 0, 0, 0]),  # the first the one after
        ([0, 0, 1, 9], [0, 0, 0, 0]),
    ],
)
def test_from_where_visits_are_drawn(months, want):
    assert certainty._strata(np.array(months)).tolist() == want


def test_too_few_visits_have_no_probability():
    rows = year([0.7, 0.8, 0.9])
    [found] = class_certainty(table(rows), station(), programmes=ONLY_NH3N).to_dict("records")
    assert (found["water_class"], found["likelihood"], found["why_none"]) == (
        "III",
        None,
        "too_few",
    )
    assert found["probabilities"] == found["deciding"] == {}
    # Four depths of one day, or four days of one week, are one visit of it.
    week = [("A", dt.date(2024, 5, d), "nh3n", 0.5 + d / 10) for d in (1, 2, 3, 4)]
    [found] = class_certainty(table(week), station(), per="month", programmes=ONLY_NH3N).to_dict(
        "records"
    )
    assert (found["units"], found["why_none"]) == (1, "too_few")


def test_missing_items_leave_the_probability_of_what_was_measured():
    rows = year([0.9, 1.2] * 6)
    [found] = class_certainty(table(rows), station(), programmes=TWO).to_dict("records")
    assert found["why_none"] == "incomplete"
    assert found["likelihood"] is None
    assert sum(found["probabilities"].values()) == pytest.approx(1)
    assert 0 < found["misses_target"] < 1


def test_without_an_item_there_is_no_class():
    rows = year([1500.0] * 12, "fc")
    [found] = class_certainty(table(rows), station(), programmes=ONLY_NH3N).to_dict("records")
    assert (found["water_class"], found["why_none"]) == (None, "no_class")
    assert found["misses_target"] is None


def test_nothing_at_all():
    found = class_certainty(table([]), {}, per="year")
    assert len(found) == 0
    assert "likelihood" in found


def test_rows_that_are_not_used_do_not_matter():
    good = table(year([0.9, 1.2] * 6))
    bad = table(year([50.0] * 12, day=20)).assign(flag="fail")
    lab = table(year([50.0] * 12, day=21)).assign(qa="duplicate")
    want = class_certainty(good, station(), programmes=ONLY_NH3N)
    found = class_certainty(
        pd.concat([good, bad, lab], ignore_index=True), station(), programmes=ONLY_NH3N
    )
    pd.testing.assert_frame_equal(found, want)


def test_a_station_does_not_change_another():
    one = table(year([0.9, 1.2] * 6))
    other = table(year([0.2, 3.0] * 6)).assign(station="B")
    both = pd.concat([other, one], ignore_index=True)
    alone = class_certainty(one, station(), programmes=ONLY_NH3N)
    found = class_certainty(both, station() | station("B"), programmes=ONLY_NH3N)
    pd.testing.assert_frame_equal(found[found["station"] == "A"].reset_index(drop=True), alone)
    again = class_certainty(one, station(), programmes=ONLY_NH3N, seed=3)
    assert again["likelihood"].iloc[0] != alone["likelihood"].iloc[0]


@pytest.mark.parametrize("wrong", [{"per": "sample"}, {"draws": 0}])
def test_what_has_no_answer_is_refused(wrong):
    with pytest.raises(InputError):
        class_certainty(table(year([1.0] * 12)), station(), **wrong)


visits = st.lists(
    st.tuples(
        st.integers(1, 12), st.integers(1, 28), st.sampled_from(["nh3n", "ph", "tp", "do", "temp"]),
        st.integers(1, 120).map(lambda k: k / 16), st.sampled_from(["none", "none", "below"]),
    ),
    min_size=1, max_size=60,
)  # fmt: skip


@settings(max_examples=60)
@given(visits)
def test_with_every_visit_once_a_draw_is_the_official_mean(data):
    """Weights of one give what the official rule gives, rounding and all, and its class."""
    rows = [("A", dt.date(2024, m, d), p, v, c) for m, d, p, v, c in data]
    readings = period_means(table(rows), per="year")
    found = certainty._visits(readings, period_means(table(rows), per="sample"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certainty, "stratum_weights", lambda s, draws, _: np.ones((draws, len(s))))
        made = certainty._means(readings, found, 0, 3, 0)
    kept = [readings.parameters.index(c) for c in found.columns]
    assert made == pytest.approx(np.tile(readings.value[0, kept], (3, 1)), nan_ok=True)
    dressed = certainty._as_readings(readings, np.array([0]), made)
    assert (classify(dressed, station(programme=None)).water_class
            == classify(readings, station(programme=None)).water_class[0]).all()  # fmt: skip


@settings(max_examples=30)
@given(visits, st.sampled_from(["year", "quarter", "month"]))
def test_probabilities_add_up_and_agree_with_the_class(data, per):
    rows = [("A", dt.date(2024, m, d), p, v, c) for m, d, p, v, c in data]
    found = class_certainty(table(rows), station(), per=per, draws=40, programmes=ONLY_NH3N)
    official = classify(period_means(table(rows), per=per), station(), programmes=ONLY_NH3N)
    want = [CLASSES[c - 1] if c else None for c in official.water_class.tolist()]
    assert found["water_class"].tolist() == want
    for row in found.itertuples():
        total = sum(row.probabilities.values())
        assert total == pytest.approx(1) or row.probabilities == {}
        assert (row.likelihood is None) == (row.why_none is not None)


def test_stated_probabilities_come_true():
    """Invented water with seasons and weather, sampled monthly: "80 %" holds in some 80 of 100.

    The true class is that of the mean of all days. 600 station-years; what is stated may be off by
    eight points on the whole, where it says more than 90 % it is right in at least 85 of 100.
    """
    rng = np.random.default_rng(8)
    size = 600
    days = np.arange(366)
    weather = np.zeros((size, 366))
    noise = rng.normal(size=(size, 366))
    for day in range(1, 366):
        weather[:, day] = 0.9 * weather[:, day - 1] + 0.436 * noise[:, day]
    season = 0.3 * np.cos(2 * np.pi * days / 366)
    level = rng.uniform(np.log(0.3), np.log(2.2), size)
    water = np.exp(level[:, None] + season + 0.35 * weather)
    limits = (0.15, 0.5, 1.0, 1.5, 2.0)
    true = np.searchsorted(limits, np.round(water.mean(axis=1), 2))
    starts = [dt.date(2024, 1, 1) + dt.timedelta(days=int(d)) for d in days]
    monthly = [i for i, day in enumerate(starts) if day.day == 5]
    rows = [
        (f"S{s:03d}", starts[i], "nh3n", round(float(water[s, i]), 3))
        for s in range(size) for i in monthly
    ]  # fmt: skip
    stations = {k: v for s in range(size) for k, v in station(f"S{s:03d}").items()}
    found = class_certainty(table(rows), stations, programmes=ONLY_NH3N, draws=500)
    right = np.array([CLASSES[t] for t in true]) == found["water_class"].to_numpy()
    stated = found["likelihood"].to_numpy(dtype=float)
    assert stated.mean() == pytest.approx(right.mean(), abs=0.08)
    assert right[stated > 0.9].mean() > 0.85
    assert right[stated < 0.6].mean() < 0.7


def test_stated_exceedances_come_true_with_several_items():
    """The worst of four items that partly go together: how often the target is missed.

    Invented as above, 400 station-years; said and true share of exceedances within four points.
    """
    items = {
        "nh3n": ((0.15, 0.5, 1.0, 1.5, 2.0), 2),
        "codmn": ((2, 4, 6, 10, 15), 1),
        "tp": ((0.02, 0.1, 0.2, 0.3, 0.4), 3),
        "cod": ((15, 15, 20, 30, 40), 1),
    }
    rng = np.random.default_rng(8)
    size, days = 400, np.arange(366)
    starts = [dt.date(2024, 1, 1) + dt.timedelta(days=int(d)) for d in days]
    monthly = [i for i, day in enumerate(starts) if day.day == 5]
    common = rng.normal(size=(size, 366))
    true = np.zeros(size, dtype=int)
    rows: list[tuple[object, ...]] = []
    for code, (limits, places) in items.items():
        noise = 0.6 * common + 0.8 * rng.normal(size=(size, 366))
        weather = np.zeros((size, 366))
        for day in range(1, 366):
            weather[:, day] = 0.9 * weather[:, day - 1] + 0.436 * noise[:, day]
        season = 0.3 * np.cos(2 * np.pi * days / 366)
        level = rng.uniform(np.log(limits[1] * 0.7), np.log(limits[3] * 0.9), size)
        water = np.exp(level[:, None] + season + 0.3 * weather)
        means = np.round(water.mean(axis=1), places)
        true = np.maximum(true, np.searchsorted(limits, means))
        rows += [
            (f"S{s:03d}", starts[i], code, round(float(water[s, i]), places + 1))
            for s in range(size) for i in monthly
        ]  # fmt: skip
    programme = {"one": Programme(name=text("四项", "four"), items=tuple(items))}
    stations = {k: v for s in range(size) for k, v in station(f"S{s:03d}").items()}
    found = class_certainty(table(rows), stations, programmes=programme, draws=300)
    said = found["misses_target"].to_numpy(dtype=float)
    missed = true > CLASSES.index("III")
    assert said.mean() == pytest.approx(missed.mean(), abs=0.04)
    assert missed[said < 0.1].mean() < 0.1
    assert missed[said > 0.9].mean() > 0.95
