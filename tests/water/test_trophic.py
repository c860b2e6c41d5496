"""The trophic level index: formula, bands, refusals, and what is not official."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.water.parameters import parameters
from wetland.water.periods import split_period
from wetland.water.results import Readings
from wetland.water.stations import Station
from wetland.water.trophic import (
    ITEMS,
    STATES,
    WEIGHTS,
    partial_indices,
    trophic_index,
    trophic_state,
    trophic_table,
)

MEANS = {"chla": 26.0, "tp": 0.08, "tn": 1.2, "sd": 0.5, "codmn": 5.0}
positive = st.floats(1e-4, 1e4)


def station(name, water_body="lake"):
    """Make a station."""
    return Station(id=name, name=text(name, name), water_body=water_body)


def readings(rows, *, period="2024-05", samples=1, censored=()):
    """Make what the table reads of `Readings`: a row of means per station."""
    values = np.array([[row.get(i, np.nan) for i in ITEMS] for row in rows.values()])
    low, high = values.copy(), values.copy()
    counts = np.zeros_like(values)
    for item in censored:
        k = ITEMS.index(item)
        low[:, k], high[:, k], counts[:, k] = 0, 2 * values[:, k], 1
    size = len(rows)
    return Readings(
        per=split_period(period)[0],
        station=np.array(list(rows), dtype=object),
        period=np.array([period] * size, dtype=object),
        starts_on=np.full(size, np.datetime64("2024-01-01")),
        parameters=ITEMS,
        value=values,
        low=low,
        high=high,
        mean=values,
        count=np.isfinite(values) * samples,
        censored=counts.astype(np.int64),
        suspect=np.zeros(size, dtype=np.int64),
        samples=np.full(size, samples),
        synthetic=np.zeros(size, dtype=bool),
    )


def test_units_are_those_of_the_formula():
    """The registry keeps chlorophyll in mg/m3 and transparency in m, as the formula asks."""
    known = parameters()
    assert [known[i].unit for i in ITEMS] == ["mg/m3", "mg/L", "mg/L", "m", "mg/L"]


def test_published_weights():
    """The weights of 环办[2011]22号, published with four places: 0.2663 ... 0.1834."""
    rounded = [round(WEIGHTS[i], 4) for i in ITEMS]
    assert rounded == [0.2663, 0.1879, 0.1790, 0.1834, 0.1834]
    assert math.isclose(sum(WEIGHTS.values()), 1.0)


def test_index_by_hand():
    """The five lines written out once more, with the published weights."""
    by_hand = (
        0.2663 * 10 * (2.5 + 1.086 * math.log(26.0))
        + 0.1879 * 10 * (9.436 + 1.624 * math.log(0.08))
        + 0.1790 * 10 * (5.453 + 1.694 * math.log(1.2))
        + 0.1834 * 10 * (5.118 - 1.94 * math.log(0.5))
        + 0.1834 * 10 * (0.109 + 2.661 * math.log(5.0))
    )
    found = trophic_index(MEANS)
    assert found.tli == pytest.approx(by_hand, abs=0.01)
    assert found.state == "lightly_eutrophic"
    assert found.official
    assert STATES[found.state].zh == "轻度富营养"


@pytest.mark.parametrize(
    ("tli", "zh"),
    [
        (29.999999, "贫营养"),
        (30.0, "中营养"),
        (50.0, "中营养"),
        (50.000001, "轻度富营养"),
        (60.0, "轻度富营养"),
        (60.000001, "中度富营养"),
        (70.0, "中度富营养"),
        (70.000001, "重度富营养"),
        (-math.inf, "贫营养"),
        (math.inf, "重度富营养"),
    ],
)
def test_edges_of_the_states(tli, zh):
    """30 and 50 are mesotrophic; 60 and 70 belong to the lower state."""
    assert STATES[trophic_state(tli)].zh == zh


@given(st.fixed_dictionaries({item: positive for item in ITEMS}))
def test_index_is_the_weighted_mean_of_its_parts(means):
    """It lies between the smallest and the largest part."""
    found = trophic_index(means)
    assert set(found.parts) == set(ITEMS)
    expected = math.fsum(WEIGHTS[i] * part for i, part in found.parts.items())
    assert found.tli == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(
    st.fixed_dictionaries({item: positive for item in ITEMS}),
    st.sampled_from(ITEMS),
    st.floats(1.01, 50),
)
def test_more_of_an_item_is_more_trophic_but_for_transparency(means, item, factor):
    """More transparency lowers the index, more of anything else raises it."""
    more = trophic_index({**means, item: means[item] * factor}).tli
    assert (more < trophic_index(means).tli) == (item == "sd")


@given(st.fixed_dictionaries({item: positive for item in ITEMS}), st.sets(st.sampled_from(ITEMS)))
def test_a_subset_shares_the_weights_and_is_not_official(means, left_out):
    """Items that are not there are named; the rest keep their proportions."""
    found = trophic_index({i: None if i in left_out else x for i, x in means.items()})
    assert set(found.missing) == left_out
    assert found.official == (not left_out)
    kept = [i for i in ITEMS if i not in left_out]
    if not kept:
        assert (found.tli, found.state) == (None, None)
        return
    total = sum(WEIGHTS[i] for i in kept)
    parts = {i: float(partial_indices(i, [means[i]])[0]) for i in kept}
    expected = sum(WEIGHTS[i] * parts[i] for i in kept) / total
    assert found.tli == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("nothing", [0.0, -1.0, math.nan, None])
def test_what_is_not_above_zero_is_missing(nothing):
    """A zero has no logarithm: the item is missing, never an index of zero."""
    found = trophic_index({**MEANS, "chla": nothing})
    assert found.missing == ("chla",)
    assert not found.official


def test_other_items_are_refused():
    """Ammonia has no line."""
    with pytest.raises(InputError, match="chla, tp, tn, sd, codmn"):
        partial_indices("nh3n", [1.0])


def test_table_of_a_lake():
    """One row with index, parts, means and what the state rests on."""
    found = trophic_table(readings({"L1": MEANS}), {"L1": station("L1")}).iloc[0]
    assert found["tli"] == trophic_index(MEANS).tli
    assert (found["state"], found["official"]) == ("lightly_eutrophic", True)
    assert found["state_words"].zh == "轻度富营养"
    assert found["values"] == MEANS
    assert (found["missing"], found["censored"]) == ([], [])
    assert found["possible"] == ["lightly_eutrophic"]


def test_rivers_are_refused_by_name():
    """Rivers have no trophic index; they are left out only where that is asked for."""
    both = readings({"L1": MEANS, "R1": MEANS})
    stations = {"L1": station("L1"), "R1": station("R1", "river")}
    with pytest.raises(InputError, match="R1") as caught:
        trophic_table(both, stations)
    assert "L1" not in str(caught.value)
    found = trophic_table(both, stations, lakes_only=True)
    assert found["station"].tolist() == ["L1"]
    with pytest.raises(InputError, match="R1"):
        trophic_table(both, {"L1": station("L1")}, lakes_only=True)


def test_only_rivers_left_out_leaves_an_empty_table():
    """The columns are there all the same."""
    found = trophic_table(readings({"R1": MEANS}), {"R1": station("R1", "river")}, lakes_only=True)
    assert len(found) == 0
    assert "why_not_official" in found


def test_subset_and_few_samples_are_not_official():
    """Each says why."""
    without = {i: x for i, x in MEANS.items() if i != "chla"}
    lakes = {"L1": station("L1")}
    found = trophic_table(readings({"L1": without}), lakes).iloc[0]
    assert not found["official"]
    assert "叶绿素a" in found["why_not_official"].zh
    yearly = trophic_table(readings({"L1": MEANS}, period="2024", samples=7), lakes).iloc[0]
    assert not yearly["official"]
    assert "7" in yearly["why_not_official"].en
    eight = readings({"L1": MEANS}, period="2024", samples=8)
    assert trophic_table(eight, lakes).iloc[0]["official"]
    eight.count[0, ITEMS.index("chla")] = 4  # chlorophyll was not measured every time
    seldom = trophic_table(eight, lakes).iloc[0]
    assert not seldom["official"]
    assert "4" in seldom["why_not_official"].en


def test_empty_row_has_no_state():
    """Nothing measured: no index, never the best state."""
    found = trophic_table(readings({"L1": {}}), {"L1": station("L1")}).iloc[0]
    assert math.isnan(found["tli"])
    assert found["state"] is None
    assert found["possible"] == []
    assert found["missing"] == list(ITEMS)


def test_non_detects_widen_what_is_possible():
    """Chlorophyll below a limit of 52 may be anything below it; the index takes half."""
    found = trophic_table(readings({"L1": MEANS}, censored=("chla",)), {"L1": station("L1")}).iloc[
        0
    ]
    assert found["tli"] == trophic_index(MEANS).tli
    assert found["censored"] == ["chla"]
    assert found["possible"] == ["oligotrophic", "mesotrophic", "lightly_eutrophic"]
    murky = trophic_table(readings({"L1": MEANS}, censored=("sd",)), {"L1": station("L1")}).iloc[0]
    assert murky["possible"][-1] == "highly_eutrophic"


def test_an_unfinished_year_is_not_official():
    """Eight samples by October; the year is official on its last day."""
    eight, lakes = readings({"L1": MEANS}, period="2024", samples=8), {"L1": station("L1")}
    early = trophic_table(eight, lakes, as_of=dt.date(2024, 12, 30)).iloc[0]
    assert (early["official"], early["why_not_official"].zh) == (False, "时段尚未结束")
    assert trophic_table(eight, lakes, as_of=dt.date(2024, 12, 31)).iloc[0]["official"]
