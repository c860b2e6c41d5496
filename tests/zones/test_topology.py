"""Topology: what must be found, and what must not."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from wetland.base.texts import text
from wetland.zones.model import Zone, ZoneLayer
from wetland.zones.topology import check_topology

PARK = box(120.0, 30.0, 120.02, 30.02)
AROUND = box(119.99, 29.99, 120.03, 30.03)
BELT = Polygon(AROUND.exterior.coords, [PARK.exterior.coords])


def zone(zone_id: str, geometry: Any, kind: str | None = None, **changes: Any) -> Zone:
    return Zone(
        id=zone_id, kind=kind or zone_id, name=text("区", "zone"), geometry=geometry,
        schematic=True, positional_accuracy_m=10.0, source="a test", **changes,
    )  # fmt: skip


def faults(*zones: Zone) -> list[tuple[str, str]]:
    return [(f.kind, f.zone) for f in check_topology(ZoneLayer(zones, 4549))]


def test_park_with_ring_and_parts_is_sound() -> None:
    west, east = box(120.0, 30.0, 120.01, 30.02), box(120.01, 30.0, 120.02, 30.02)
    assert not faults(
        zone("park", PARK),
        zone("belt", BELT, ring_around="park"),
        zone("west", west, part_of="park"),
        zone("east", east, part_of="park"),
        zone("pond", box(120.004, 30.005, 120.006, 30.01), nested_in="west"),
    )


def test_a_pond_across_two_parts_overlaps_them() -> None:
    west, east = box(120.0, 30.0, 120.01, 30.02), box(120.01, 30.0, 120.02, 30.02)
    found = faults(
        zone("park", PARK),
        zone("west", west, part_of="park"),
        zone("east", east, part_of="park"),
        zone("pond", box(120.005, 30.005, 120.015, 30.01), nested_in="park"),
    )
    assert found == [("overlap", "west"), ("overlap", "east")]


def test_overlap_is_measured_and_located() -> None:
    layer = ZoneLayer([zone("a", PARK), zone("b", box(120.019, 30.0, 120.03, 30.02))], 4549)
    [fault] = check_topology(layer)
    assert (fault.kind, fault.zone, fault.other) == ("overlap", "a", "b")
    assert fault.area_m2 == pytest.approx(96.46 * 2217.4, rel=1e-3)
    assert fault.where is not None
    assert fault.where.bounds == pytest.approx((120.019, 30.0, 120.02, 30.02), abs=1e-6)
    assert "重叠" in fault.message.zh


def test_zones_of_different_times_may_overlap() -> None:
    day = dt.date(2020, 1, 1)
    assert not faults(
        zone("old", PARK, "park", valid_to=day), zone("new", PARK, "park", valid_from=day)
    )
    assert faults(
        zone("old", PARK, "park", valid_to=dt.date(2020, 1, 2)),
        zone("new", PARK, "park", valid_from=day),
    ) == [("overlap", "old")]


def test_what_sticks_out_is_unnested() -> None:
    found = faults(
        zone("park", PARK), zone("in", box(120.0, 30.0, 120.03, 30.01), nested_in="park")
    )
    assert found == [("unnested", "in")]
    assert faults(zone("in", PARK, nested_in="nowhere")) == [("nothing_inside", "in")]


def test_parts_that_do_not_fill_leave_a_gap() -> None:
    found = faults(
        zone("park", PARK), zone("west", box(120.0, 30.0, 120.01, 30.02), part_of="park")
    )
    assert found == [("gap", "park")]


def test_a_part_that_ends_leaves_a_gap_from_then_on() -> None:
    west, east = box(120.0, 30.0, 120.01, 30.02), box(120.01, 30.0, 120.02, 30.02)
    found = faults(
        zone("park", PARK),
        zone("west", west, part_of="park", valid_to=dt.date(2020, 1, 1)),
        zone("east", east, part_of="park"),
    )
    assert found == [("gap", "park")]


def test_a_ring_that_does_not_close() -> None:
    loose = Polygon(AROUND.exterior.coords, [box(119.999, 30.0, 120.02, 30.02).exterior.coords])
    assert faults(zone("park", PARK), zone("belt", loose, ring_around="park")) == [
        ("ring_gap", "belt")
    ]
    beside = box(120.02, 30.0, 120.03, 30.02)
    assert faults(zone("park", PARK), zone("belt", beside, ring_around="park")) == [
        ("unnested", "belt")
    ]
    full = zone("belt", AROUND, ring_around="park")
    assert faults(zone("park", PARK), full) == [("overlap", "park")]


def test_an_invalid_ring_is_named_and_the_rest_still_checked() -> None:
    bow_tie = Polygon([(120.0, 30.0), (120.02, 30.02), (120.02, 30.0), (120.0, 30.02)])
    assert faults(zone("tie", bow_tie), zone("box", PARK)) == [
        ("invalid", "tie"),
        ("overlap", "tie"),
    ]


def test_nesting_goes_through_steps() -> None:
    assert not faults(
        zone("site", AROUND),
        zone("park", PARK, nested_in="site"),
        zone("core", box(120.005, 30.005, 120.01, 30.01), nested_in="park"),
    )


@given(st.lists(st.floats(0.001, 0.019), max_size=6, unique=True))
def test_cutting_a_zone_into_parts_leaves_no_fault(cuts: list[float]) -> None:
    edges = [120.0, *sorted(120.0 + cut for cut in cuts), 120.02]
    pairs = [(low, high) for low, high in pairwise(edges) if high - low > 1e-5]
    if len(pairs) != len(edges) - 1:
        return
    parts = [
        zone(f"part-{n}", box(low, 30.0, high, 30.02), "part", part_of="park")
        for n, (low, high) in enumerate(pairs)
    ]
    assert not faults(zone("park", PARK), *parts)
