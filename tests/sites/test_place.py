"""Memberships of kinds, of unions of kinds and of zones without polygon, through time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from tests.sites.packs import SQUARE, feature, write_pack
from wetland.base.places import Cause, Membership, Where
from wetland.sites.load import Site, open_site
from wetland.sites.place import memberships

DAY = dt.date(2015, 5, 1)
INSIDE, OUTSIDE, OPEN = Where.INSIDE, Where.OUTSIDE, Where.UNDETERMINED


@pytest.fixture(scope="module")
def xixi() -> Site:
    """Give the Xixi pack."""
    return open_site("xixi")


def at(site: Site, thing: Any, *, on: Any = DAY, uncertainty_m: float = 10, strict: bool = False):  # type: ignore[no-untyped-def]
    [found] = memberships(site, [thing], uncertainty_m, on=on, assume_schematic=not strict)
    return found


IN_THE_PARK = Point(120.0668, 30.2742)
IN_THE_BELT = Point(120.0900, 30.2742)
FAR = Point(121.5, 31.2)


def test_every_name_a_rule_may_use_is_answered(xixi: Site) -> None:
    found = at(xixi, IN_THE_PARK)
    assert xixi.zone_names <= set(found)
    assert found["protection"].where is INSIDE
    assert found["management_middle"].where is OPEN  # known only from 2018-01-05
    assert found["management_middle"].cause is Cause.NOT_LOADED
    assert at(xixi, IN_THE_PARK, on=dt.date(2018, 1, 5))["management_middle"].where is INSIDE


def test_zones_hold_from_the_day_of_the_regulation(xixi: Site) -> None:
    before = at(xixi, IN_THE_PARK, on=dt.date(2011, 11, 30))["protection"]
    assert (before.where, before.cause) == (OPEN, Cause.NOT_LOADED)
    assert at(xixi, IN_THE_PARK, on=dt.date(2011, 12, 1))["protection"].where is INSIDE
    assert at(xixi, IN_THE_PARK, on=None)["protection"].where is INSIDE


def test_zones_without_polygon(xixi: Site) -> None:
    park, belt, far = (at(xixi, place) for place in (IN_THE_PARK, IN_THE_BELT, FAR))
    for name in ("national_important", "ramsar", "important_wetland"):
        assert (park[name].where, park[name].cause) == (OPEN, Cause.NOT_LOADED)
        assert belt[name].where is OUTSIDE
        assert far[name].where is OUTSIDE
    assert park["xixi_waters"].where is INSIDE
    assert belt["xixi_waters"].where is OPEN
    assert far["xixi_waters"].where is OUTSIDE
    assert park["protected_area"].where is INSIDE
    assert belt["protected_area"].cause is Cause.NOT_LOADED
    assert park["west_lake"].where is belt["west_lake"].where is OUTSIDE
    assert far["west_lake"].where is OPEN
    for name in ("urban_rivers", "river_management_area", "city_park", "waterbird_habitat"):
        assert {m[name].where for m in (park, belt, far)} == {OPEN}


def test_the_edge_of_the_park_opens_what_hangs_on_it(xixi: Site) -> None:
    edge = Point(120.0847608, 30.2758363)
    found = at(xixi, edge)
    assert found["protection"].cause is Cause.POSITION_UNCERTAIN
    # inside the park it would be inside, in the belt unknown: not known either way
    assert found["xixi_waters"].where is OPEN
    assert found["protected_area"].where is OPEN
    # but on both sides it is not West Lake: the union of the three has no edge here
    assert found["west_lake"].where is OUTSIDE
    union = "|".join(sorted(("protection", "buffer", "landscape")))
    assert found[union].where is INSIDE


def test_strict_is_undecided_where_a_drawing_decides(xixi: Site) -> None:
    found = at(xixi, IN_THE_BELT, strict=True)
    assert (found["buffer"].where, found["buffer"].cause) == (OPEN, Cause.ZONE_NOT_SURVEYED)
    assert at(xixi, IN_THE_PARK, strict=True)["protection"].where is INSIDE
    assert at(xixi, FAR, strict=True)["landscape"].where is OUTSIDE


def test_no_position_is_the_first_thing_to_get(xixi: Site) -> None:
    found = at(xixi, None)
    assert {m.where for m in found.values()} == {OPEN}
    assert found["protection"].cause is Cause.NO_POSITION
    assert found["xixi_waters"].cause is Cause.NO_POSITION


def test_each_row_has_its_day(xixi: Site) -> None:
    days = [dt.date(2011, 11, 30), DAY, None, dt.date(2024, 5, 1)]
    found = memberships(xixi, [IN_THE_PARK] * 4, 10, on=days, assume_schematic=True)
    assert [m["protection"].where for m in found] == [OPEN, INSIDE, INSIDE, INSIDE]
    assert [m["management_middle"].where for m in found] == [OPEN, OPEN, INSIDE, INSIDE]


def test_a_footprint_across_the_edge(xixi: Site) -> None:
    across = box(120.083, 30.274, 120.090, 30.277)
    found = at(xixi, across)
    assert found["protection"].where is found["buffer"].where is INSIDE
    shares = [found[kind].share or 0.0 for kind in ("protection", "buffer")]
    assert sum(shares) == pytest.approx(1.0, abs=1e-6)
    # part of it is in the park, part beside it, where it is not known
    assert found["protected_area"].where is INSIDE
    assert found["national_important"].where is OPEN
    assert found["canal_main"].where is OPEN


# --- a pack made for the purpose


def split(folder: Path, **options: Any) -> Site:
    """Make a park of two halves that share an edge, and a lake declared outside it."""
    west = [[120.0, 30.0], [120.01, 30.0], [120.01, 30.02], [120.0, 30.02], [120.0, 30.0]]
    east = [[120.01, 30.0], [120.02, 30.0], [120.02, 30.02], [120.01, 30.02], [120.01, 30.0]]
    lake = {
        "id": "lake", "name": {"zh": "湖", "en": "lake"}, "elsewhere": "inside",
        "rules": [{"zone": "park", "is": "outside"}], "why": {"zh": "试", "en": "a test"},
    }  # fmt: skip
    return open_site(
        write_pack(
            folder, feature("west", ring=west), feature("east", ring=east), memberships=[lake],
            **options,
        )
    )  # fmt: skip


def test_two_zones_of_a_kind_have_no_edge_between_them(tmp_path: Path) -> None:
    site = split(tmp_path / "small")
    middle = at(site, Point(120.01, 30.01), strict=True)
    assert middle["park"].where is INSIDE
    assert middle["lake"].where is OUTSIDE
    assert at(site, Point(120.0001, 30.01), strict=True)["lake"].where is OPEN
    assert at(site, Point(120.03, 30.01), strict=True)["lake"].where is INSIDE


def test_a_line_partly_in_the_park_is_partly_in_the_lake(tmp_path: Path) -> None:
    site = split(tmp_path / "small")
    assert at(site, LineString([(120.01, 30.01), (120.04, 30.01)]))["lake"].where is OPEN
    assert at(site, LineString([(120.005, 30.01), (120.015, 30.01)]))["lake"].where is OUTSIDE
    assert at(site, LineString([(120.03, 30.01), (120.04, 30.01)]))["lake"].where is INSIDE


def test_a_moved_boundary_and_a_day_not_known(tmp_path: Path) -> None:
    smaller = [[120.0, 30.0], [120.01, 30.0], [120.01, 30.02], [120.0, 30.02], [120.0, 30.0]]
    old = feature("old", ring=SQUARE, valid_to="2020-01-01")
    new = feature("new", ring=smaller, valid_from="2020-01-01")
    site = open_site(write_pack(tmp_path / "small", old, new))
    both, only_old, neither = Point(120.005, 30.01), Point(120.015, 30.01), Point(120.03, 30.01)
    assert at(site, only_old, on=dt.date(2019, 12, 31))["park"].where is INSIDE
    assert at(site, only_old, on=dt.date(2020, 1, 1))["park"].where is OUTSIDE
    assert at(site, both, on=None)["park"].where is INSIDE
    assert at(site, neither, on=None)["park"].where is OUTSIDE
    open_ = at(site, only_old, on=None)["park"]
    assert (open_.where, open_.cause) == (OPEN, Cause.NOT_LOADED)


def test_a_site_that_wants_to_be_surer_leaves_more_open(tmp_path: Path) -> None:
    """20 m beside a surveyed edge, 15 m off: 0.9995 likely."""
    place = Point(120.0002075, 30.01)
    for threshold, where in ((0.95, INSIDE), (0.999, INSIDE), (0.9999, OPEN)):
        folder = tmp_path / f"pack-{threshold}"
        edge = feature(schematic=False, positional_accuracy_m=0)
        site = open_site(write_pack(folder, edge, likelihood_threshold=threshold))
        found = at(site, place, uncertainty_m=15, strict=True)["park"]
        assert found.distance_m == pytest.approx(20.0, abs=0.02)
        assert found.where is where
        assert (found.cause is Cause.POSITION_UNCERTAIN) == (where is OPEN)


def test_a_kind_with_no_zone_that_day_is_never_outside(tmp_path: Path) -> None:
    site = open_site(write_pack(tmp_path / "small", feature(valid_to="2020-01-01")))
    for day in (dt.date(2011, 11, 30), dt.date(2020, 1, 1)):
        found = at(site, Point(120.03, 30.01), on=day)["park"]
        assert (found.where, found.cause) == (OPEN, Cause.NOT_LOADED)


# --- properties

PLACES = st.builds(Point, st.floats(120.02, 120.13), st.floats(30.21, 30.32))
SIZES = st.floats(1e-4, 0.03)
FOOTPRINTS = st.builds(lambda p, w, h: box(p.x, p.y, p.x + w, p.y + h), PLACES, SIZES, SIZES)
THINGS = st.one_of(PLACES, FOOTPRINTS)


def only_opens(before: dict[str, Membership], after: dict[str, Membership]) -> None:
    assert before.keys() == after.keys()
    for name, membership in after.items():
        assert membership.where in {OPEN, before[name].where}, name


@settings(max_examples=60)
@given(THINGS, st.floats(0, 500), st.floats(0, 500), st.booleans())
def test_a_wider_position_only_opens(
    xixi: Site, thing: Any, uncertainty_m: float, more_m: float, strict: bool
) -> None:
    small = at(xixi, thing, uncertainty_m=uncertainty_m, strict=strict)
    large = at(xixi, thing, uncertainty_m=uncertainty_m + more_m, strict=strict)
    only_opens(small, large)


@settings(max_examples=60)
@given(THINGS, st.floats(0, 500))
def test_strict_only_opens(xixi: Site, thing: Any, uncertainty_m: float) -> None:
    exercise = at(xixi, thing, uncertainty_m=uncertainty_m, on=dt.date(2024, 5, 1))
    only_opens(
        exercise, at(xixi, thing, uncertainty_m=uncertainty_m, strict=True, on=dt.date(2024, 5, 1))
    )


@settings(max_examples=60)
@given(THINGS, st.booleans())
def test_forgetting_the_position_or_the_day_only_opens(
    xixi: Site, thing: Any, strict: bool
) -> None:
    known = at(xixi, thing, strict=strict, on=dt.date(2024, 5, 1))
    only_opens(known, at(xixi, None, strict=strict, on=dt.date(2024, 5, 1)))
    only_opens(known, at(xixi, thing, strict=strict, on=None))
