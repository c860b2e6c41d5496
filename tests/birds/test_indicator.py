"""Multi-species index: against the geometric mean, analytic errors, and a model of its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.birds.birdgroups import GROUPS, members
from wetland.birds.indicator import IndicatorSettings, multi_species_index
from wetland.birds.indicatorlines import chain, in_gaps, local_lines
from wetland.birds.indicatorspecies import SpeciesIndex
from wetland.birds.species import Species
from wetland.birds.trim import TrimSettings, count_table, trim

Floats = NDArray[np.float64]
YEARS = np.arange(2010, 2022)


def invented(rng: np.random.Generator, count: int, cv: float = 0.1) -> dict[str, SpeciesIndex]:
    """Return indices of so many species, 1 in the first year with no error there."""
    made = {}
    for k in range(count):
        value = np.exp(rng.normal(0, 0.3, YEARS.size).cumsum())
        value /= value[0]
        se = cv * value
        se[0] = 0.0
        made[f"species-{k:02d}"] = SpeciesIndex.of(YEARS, value, se)
    return made


def test_it_is_the_geometric_mean() -> None:
    indices = invented(np.random.default_rng(1), 7)
    found = multi_species_index(indices)
    table = np.stack([index.value for index in indices.values()])
    assert found.value == pytest.approx(100 * np.prod(table, axis=0) ** (1 / 7))
    assert (found.value[0], found.se[0], found.lower[0], found.upper[0]) == (100, 0, 100, 100)
    assert found.contributing.tolist() == [7] * YEARS.size
    # another base: the same line, 100 elsewhere
    other = multi_species_index(indices, IndicatorSettings(base=2015))
    assert other.value == pytest.approx(100 * found.value / found.value[5])
    assert other.se[5] == 0
    assert other.overall.slope == pytest.approx(found.overall.slope)


@pytest.mark.parametrize("base", [2010, 2016])
def test_errors_are_those_of_the_delta_method(base: int) -> None:
    """The logarithm of the index is a mean: its variance is known without drawing."""
    indices = invented(np.random.default_rng(2), 5, cv=0.08)
    how = IndicatorSettings(base=base, draws=20_000)
    found = multi_species_index(indices, how)
    at = base - YEARS[0]
    own = np.sum([(index.se / index.value) ** 2 for index in indices.values()], axis=0) / 25
    variance = own + own[at]
    variance[at] = 0.0
    relative = np.sqrt(variance)
    assert found.se / found.value == pytest.approx(relative, rel=0.03, abs=1e-9)
    log_lower, log_upper = np.log(found.lower / found.value), np.log(found.upper / found.value)
    assert log_upper == pytest.approx(1.96 * relative, rel=0.05, abs=1e-9)
    assert log_lower == pytest.approx(-1.96 * relative, rel=0.05, abs=1e-9)
    centred = YEARS - YEARS.mean()
    weights = centred / (centred @ centred)
    logs = sum(np.log(index.value) for index in indices.values()) / 5
    assert found.overall.slope == pytest.approx(weights @ logs)
    # the base moves all points together: it is no part of the error of the slope
    assert found.overall.se == pytest.approx(np.sqrt(weights**2 @ own), rel=0.03)


def test_covariance_of_trim_is_used() -> None:
    """Totals of one fit err together; taking years as independent overstates the change."""
    rng = np.random.default_rng(3)
    indices = {}
    for name in ("a", "b"):
        rows = [(s, y) for s in range(12) for y in range(2015, 2023) if (s + y) % 4]
        means = {s: float(np.exp(rng.normal(2, 1))) for s in range(12)}
        counts = [int(rng.poisson(means[s])) for s, _ in rows]
        table = count_table([str(s) for s, _ in rows], [y for _, y in rows], counts)
        indices[name] = SpeciesIndex.of_trim(trim(table, TrimSettings(model=2)))
    found = multi_species_index(indices, IndicatorSettings(draws=20_000))
    variance = np.zeros(8)
    for index in indices.values():
        assert index.covariance is not None
        relative = index.covariance / np.outer(index.value, index.value)
        own = np.diag(relative)
        variance += (own + own[0] - 2 * relative[0]) / 4
    assert found.se / found.value == pytest.approx(np.sqrt(variance), rel=0.05, abs=1e-9)
    plain = {n: SpeciesIndex(i.times, i.value, i.se) for n, i in indices.items()}
    alone = multi_species_index(plain, IndicatorSettings(draws=5000))
    assert alone.value == pytest.approx(found.value)
    assert alone.se[1] != pytest.approx(found.se[1], rel=0.05)


def test_species_that_come_and_go_do_not_move_the_index() -> None:
    """Every species halves in ten years; whichever years some of them lack, so does the index."""
    course = 0.5 ** ((YEARS - 2010) / 10)
    spans = [(2010, 2021), (2010, 2015), (2014, 2021), (2012, 2018), (2013, 2013)]
    indices = {}
    for k, (first, last) in enumerate(spans):
        part = (first <= YEARS) & (last >= YEARS)
        size = 10.0 ** (k - 2)  # whatever its level
        value = size * course[part]
        indices[f"s{k}"] = SpeciesIndex.of(YEARS[part], value, 0.1 * value)
    holed = np.array([2010, 2011, 2016, 2021])
    indices["holed"] = SpeciesIndex.of(holed, 7 * 0.5 ** ((holed - 2010) / 10), np.full(4, 0.1))
    found = multi_species_index(indices)
    assert found.value == pytest.approx(100 * course)
    assert found.contributing[0] == 3
    assert found.overall.slope == pytest.approx(np.log(0.5) / 10)
    assert found.overall.change == pytest.approx(100 * (0.5**1.1 - 1))
    assert any("chained" in note.en and "s1, s2, s3" in note.en for note in found.notes)


def test_chain_is_the_mean_step_of_those_that_have_both_years() -> None:
    rng = np.random.default_rng(5)
    series = {"a": (2010, 2017), "b": (2010, 2021), "c": (2013, 2021), "d": (2015, 2019)}
    indices = {}
    for name, (first, last) in series.items():
        part = YEARS[(first <= YEARS) & (last >= YEARS)]
        value = np.exp(rng.normal(0, 0.5, part.size))
        indices[name] = SpeciesIndex.of(part, value, 0.05 * value)
    level, logs = 0.0, [0.0]
    for year in YEARS[:-1]:
        steps = []
        for index in indices.values():
            known = dict(zip(index.times.tolist(), index.value.tolist(), strict=True))
            if year in known and year + 1 in known:
                steps.append(np.log(known[year + 1] / known[year]))
        level += float(np.mean(steps))
        logs.append(level)
    found = multi_species_index(indices, IndicatorSettings(least_share=1e-6))
    assert found.value == pytest.approx(100 * np.exp(logs))


def test_what_is_left_out_is_said() -> None:
    indices = invented(np.random.default_rng(7), 4)
    whole = multi_species_index(indices)
    ones = np.ones(YEARS.size)
    more = indices | {
        "wild": SpeciesIndex.of(YEARS, ones, 4 * ones),
        "unsure": SpeciesIndex.of(YEARS, ones, np.where(YEARS == 2015, np.nan, 0.1)),
        "never": SpeciesIndex.of(YEARS, 0 * ones, ones),
    }
    found = multi_species_index(more)
    assert found.species == whole.species
    assert found.value == pytest.approx(whole.value)
    told = " ".join(note.en for note in found.notes)
    assert "unsure, wild" in told
    assert "no value above 0: never" in told
    assert "4 species only" in told
    zero = np.where(YEARS == 2015, 0.0, 1.0)
    gone = multi_species_index({"x": SpeciesIndex.of(YEARS, zero, 0.1 * ones)})
    assert gone.value[5] == pytest.approx(100 * 0.01 * zero.mean())
    assert "taken as 1 %: x" in " ".join(note.en for note in gone.notes)


@pytest.mark.parametrize(
    ("yearly", "cv", "expected"),
    [
        (0.10, 0.05, "strong_increase"), (0.02, 0.02, "moderate_increase"),
        (0.0, 0.02, "stable"), (-0.02, 0.02, "moderate_decrease"),
        (-0.10, 0.05, "strong_decrease"), (0.0, 1.5, "uncertain"),
    ],
)  # fmt: skip
def test_classes_of_trends(yearly: float, cv: float, expected: str) -> None:
    value = np.exp(yearly * (YEARS - 2010))
    indices = {f"s{k}": SpeciesIndex.of(YEARS, value, cv * value) for k in range(3)}
    found = multi_species_index(indices)
    assert found.overall.trend == expected
    assert found.smoothed.trend == expected
    assert found.recent is not None
    assert (found.recent.first, found.recent.last) == (2012, 2021)
    assert found.overall.change_lower <= found.overall.change <= found.overall.change_upper
    assert found.overall.words.zh


def test_two_years_have_no_class() -> None:
    two = {"a": SpeciesIndex.of([2020, 2021], [1, 2], [0.1, 0.1])}
    found = multi_species_index(two)
    assert found.overall.trend == "unknown"
    assert found.value.tolist() == pytest.approx([100, 200])
    assert found.recent is None
    one = multi_species_index({"a": SpeciesIndex.of([2020], [3], [0.1])})
    assert one.value.tolist() == [100]


def test_local_lines_are_those_of_lowess() -> None:
    from statsmodels.nonparametric.smoothers_lowess import lowess

    rng = np.random.default_rng(4)
    for size in (8, 12, 25):
        y = rng.normal(size=size).cumsum()
        expected = lowess(y, np.arange(size), frac=0.75, it=0, return_sorted=False)
        assert local_lines(size, 0.75) @ y == pytest.approx(expected, abs=1e-6)
        assert local_lines(size, 0.75).sum(axis=1) == pytest.approx(np.ones(size))


@settings(max_examples=40)
@given(st.data())
def test_properties_of_the_chain(data: st.DataObject) -> None:
    """Constants do not matter, a common course comes back, and the parts add up."""
    times = np.arange(2000, 2000 + data.draw(st.integers(2, 9)))
    owns = [times]
    for _ in range(data.draw(st.integers(0, 4))):
        kept = data.draw(st.lists(st.booleans(), min_size=times.size, max_size=times.size))
        if any(kept):
            owns.append(times[np.array(kept)])
    lines = chain(owns, times).lines
    course = np.array(data.draw(st.lists(st.integers(-5, 5), min_size=times.size,
                                         max_size=times.size)), dtype=float)  # fmt: skip
    levels = [data.draw(st.integers(-9, 9)) for _ in owns]
    straight = [in_gaps(own, times) for own in owns]
    total = sum(
        line @ np.full(own.size, float(level))
        for line, own, level in zip(lines, owns, levels, strict=True)
    )
    assert total == pytest.approx(np.zeros(times.size))
    slope = 0.5 * (times - times[0])
    shared = sum(line @ (0.5 * (own - times[0])) for line, own in zip(lines, owns, strict=True))
    assert shared == pytest.approx(slope)
    if all(len(own) == times.size for own in owns):
        assert sum(line @ course for line in lines) == pytest.approx(course - course[0])
    assert all(((s >= 0) & (s <= 1)).all() for s in straight)


def test_seeds_repeat_and_order_does_not_matter() -> None:
    indices = invented(np.random.default_rng(9), 6)
    first = multi_species_index(indices)
    again = multi_species_index(dict(reversed(indices.items())))
    assert first.lower.tolist() == again.lower.tolist()
    other = multi_species_index(indices, IndicatorSettings(seed=1))
    assert other.lower.tolist() != first.lower.tolist()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: multi_species_index({}),
        lambda: multi_species_index({"a": SpeciesIndex.of([2020, 2020], [1, 2], [1, 1])}),
        lambda: multi_species_index({"a": SpeciesIndex.of([2020, 2021], [1, -2], [1, 1])}),
        lambda: multi_species_index({"a": SpeciesIndex.of([], [], [])}),
        lambda: SpeciesIndex.of([2020], [1, 2], [1]),
        lambda: multi_species_index(
            {"a": SpeciesIndex.of([2020], [1], [0]), "b": SpeciesIndex.of([2022], [1], [0])}
        ),
        lambda: multi_species_index(
            {"a": SpeciesIndex.of([2020, 2021], [1, 2], [0, 0])}, IndicatorSettings(base=1999)
        ),
        lambda: IndicatorSettings(draws=1),
        lambda: IndicatorSettings(span=0),
        lambda: members([], "gulls"),
    ],
)
def test_wrong_input_is_said(wrong: object) -> None:
    with pytest.raises(InputError) as caught:
        wrong()  # type: ignore[operator]
    assert caught.value.message.zh
    assert caught.value.message.en


def test_groups() -> None:
    duck = Species(id="d", scientific_name="Anas d", waterbird=True, season="winter",
                   order="Anseriformes", family="鸭科")  # fmt: skip
    crow = Species(id="c", scientific_name="Corvus c", waterbird=False, protection="II")
    other = Species(id="o", scientific_name="Aus o")
    every = [duck, crow, other]
    assert members(every, "all") == ("d", "c", "o")
    assert members(every, "waterbirds") == ("d",)
    assert members(every, "landbirds") == ("c",)  # what is not told is in neither
    assert members(every, "protected") == ("c",)
    assert members(every, "winter") == members(every, "anseriformes") == members(every, "鸭科")
    assert members(every, "summer") == ()
    assert all(name.zh and name.en for name in GROUPS.values())
