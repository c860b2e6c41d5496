"""What an area may hold on a day, and which tier a number of people reaches."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.visitors.capacity import ancestors, capacity_on
from wetland.visitors.pack import Area, Capacity, Closure, Tier, VisitorPack
from wetland.visitors.tiers import judge, tier_of

DAY = dt.date(2026, 3, 2)
NAME = text("名", "name")


def area(name: str, parent: str | None = None) -> Area:
    return Area(id=name, name=text(name, name), parent=parent)


def figure(name: str, people: int, **told: Any) -> Capacity:
    told = {"limit": "daily", "judged": True, "wording": NAME, "source": "s",
            "confidence": "low"} | told  # fmt: skip
    return Capacity(area=name, people=people, **told)


def closure(name: str, **told: Any) -> Closure:
    told = {"valid_from": DAY, "valid_to": DAY + dt.timedelta(days=14), "source": "s"} | told
    return Closure(area=name, **told)


PARK = (area("park"), area("west", "park"), area("east", "park"), area("pond", "west"))
FIGURES = (figure("park", 1000), figure("west", 300), figure("east", 600), figure("pond", 50))


def pack(*closures: Closure, figures: tuple[Capacity, ...] = FIGURES) -> VisitorPack:
    return VisitorPack(areas=PARK, capacities=figures, closures=closures)


def people(made: VisitorPack, name: str, day: dt.date = DAY) -> int | None:
    return capacity_on(made, name, "daily", day).people


def test_a_closed_part_is_taken_off_every_area_above_it() -> None:
    made = pack(closure("pond"))
    assert [people(made, n) for n in ("park", "west", "east", "pond")] == [950, 250, 600, 0]


def test_a_closed_area_closes_its_parts_and_is_taken_off_once() -> None:
    made = pack(closure("west"), closure("pond"), closure("west", kind="works"))
    assert [people(made, n) for n in ("park", "west", "east", "pond")] == [700, 0, 600, 0]


@pytest.mark.parametrize(("days", "expected"), [(-1, 1000), (0, 700), (13, 700), (14, 1000)])
def test_a_closure_is_half_open(days: int, expected: int) -> None:
    assert people(pack(closure("west")), "park", DAY + dt.timedelta(days=days)) == expected


def test_what_was_decided_for_the_rest_goes_before_taking_off() -> None:
    made = pack(closure("west", rest={"park": {"daily": 650}, "east": {"daily": 500}}))
    assert [people(made, n) for n in ("park", "west", "east")] == [650, 0, 500]
    assert capacity_on(made, "park", "instantaneous", DAY).people is None


def test_of_two_decisions_the_lowest_counts_and_other_closures_are_taken_off_too() -> None:
    two = pack(closure("west", rest={"park": {"daily": 650}}),
               closure("west", rest={"park": {"daily": 640}}))  # fmt: skip
    assert people(two, "park") == 640
    both = pack(closure("pond", rest={"park": {"daily": 900}}), closure("east"))
    assert people(both, "park") == 300


def test_an_unknown_part_leaves_the_rest_undecided() -> None:
    made = pack(closure("pond"), figures=FIGURES[:3])
    found = capacity_on(made, "park", "daily", DAY)
    assert (found.people, people(made, "west"), people(made, "east")) == (None, None, 600)
    assert "undecided" in str(found.note)
    assert judge(1, found, ()).outcome == "undecided"


def test_a_part_larger_than_the_whole_leaves_it_undecided() -> None:
    made = pack(closure("pond"), figures=(figure("west", 40), figure("pond", 50)))
    assert people(made, "west") is None


def test_figures_that_are_not_judged_by_are_listed_only() -> None:
    listed = figure("park", 29, judged=False)
    later = figure("park", 2000, valid_from=dt.date(2027, 1, 1))
    made = pack(figures=(listed, figure("park", 1000, valid_to=dt.date(2027, 1, 1)), later))
    found = capacity_on(made, "park", "daily", DAY)
    assert (found.people, set(found.others)) == (1000, {listed, later})
    assert people(made, "park", dt.date(2027, 1, 1)) == 2000
    assert people(made, "east") is None


def test_an_area_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="park, west, east, pond"):
        capacity_on(pack(), "north", "daily", DAY)


def test_a_circle_of_areas_ends() -> None:
    made = VisitorPack(areas=(area("a", "b"), area("b", "a")))
    assert ancestors(made, "a") == ("b",)
    assert capacity_on(made, "a", "daily", DAY).people is None


@given(st.sets(st.sampled_from(["west", "east", "pond"])))
def test_what_stays_is_the_whole_less_what_is_closed(closed: set[str]) -> None:
    """Second way: add up the closed leaves of the tree by hand."""
    off = 300 * ("west" in closed) or 50 * ("pond" in closed)
    made = pack(*(closure(name) for name in sorted(closed)))
    assert people(made, "park") == 1000 - off - 600 * ("east" in closed)


# ------------------------------------------------------------------ tiers


def tier(colour: Any, share: float) -> Tier:
    return Tier(colour=colour, share=share, name=NAME, paid=(), free=(), source="s")


TIERS = (tier("orange", 0.9), tier("red", 1.0), tier("yellow", 0.8))


@pytest.mark.parametrize(
    ("share", "colour"),
    [(0, None), (0.7999, None), (0.8, "yellow"), (0.8999, "yellow"), (0.9, "orange"),
     (0.9999, "orange"), (1.0, "red"), (7, "red")],
)  # fmt: skip
def test_a_share_at_an_edge_belongs_to_the_higher_tier(share: float, colour: str | None) -> None:
    found = tier_of(share, TIERS)
    assert (None if found is None else found.colour) == colour


@given(st.integers(1, 10**6), st.sampled_from([80, 90, 100]))
def test_edges_hold_for_whole_numbers_of_people(capacity: int, percent: int) -> None:
    """The least number that is 80 % (90, 100) or more is in the tier, one fewer is not."""
    least = -(-capacity * percent // 100)
    reached = tier_of(least / capacity, TIERS)
    assert reached is not None
    assert round(reached.share * 100) >= percent
    below = tier_of((least - 1) / capacity, TIERS)
    assert below is None or round(below.share * 100) < percent


def test_a_lower_bound_reaches_tiers_and_never_keeps() -> None:
    found = capacity_on(pack(), "park", "daily", DAY)
    assert judge(799, found, TIERS).outcome == "kept"
    assert judge(799, found, TIERS, whole=False).outcome == "undecided"
    assert judge(800, found, TIERS, whole=False).outcome == "yellow"
    assert judge(1001, found, TIERS, whole=False).outcome == "red"
    for unknown in (None, math.nan):
        assert judge(unknown, found, TIERS).outcome == "undecided"


def test_full_is_red_in_a_pack_without_tiers() -> None:
    found = capacity_on(pack(), "park", "daily", DAY)
    assert [judge(n, found, ()).outcome for n in (999, 1000)] == ["kept", "red"]


def test_percentages_are_cut_so_that_no_tier_seems_reached() -> None:
    found = capacity_on(pack(figures=(figure("park", 86_600),)), "park", "daily", DAY)
    told = judge(69_279, found, TIERS)
    assert (told.outcome, "79.9%" in told.reason.zh) == ("kept", True)


def test_people_in_a_closed_area_are_red() -> None:
    found = capacity_on(pack(closure("west")), "west", "daily", DAY)
    assert [judge(n, found, TIERS).outcome for n in (0, 1, None)] == ["kept", "red", "undecided"]
