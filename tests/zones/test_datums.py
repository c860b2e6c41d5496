"""Datums against public implementations, with the converged inverse, and in their properties."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyproj import Geod

from wetland.base.errors import InputError
from wetland.zones.datums import (
    DATUMS,
    EAST,
    NORTH,
    SOUTH,
    WEST,
    check_datum,
    from_wgs84,
    in_china,
    to_wgs84,
)

GEOD = Geod(ellps="WGS84")
CENTIMETRE = 0.01  # two implementations use another semi-axis and differ by 0.94 cm
BACK_M = 0.0001  # the house promises 0.01 m
SHIFTED = ("gcj02", "bd09")


def apart_m(a: Any, b: Any) -> float:
    """Return the largest geodesic distance between two lists of positions, metres."""
    (lon1, lat1), (lon2, lat2) = (np.asarray(x, dtype=float).T for x in (a, b))
    return float(np.max(GEOD.inv(lon1, lat1, lon2, lat2)[2]))


@pytest.fixture(scope="module")
def reference(shared: Path) -> dict[str, Any]:
    """Give the outputs of the public implementations."""
    return json.loads((shared / "reference/geo/gcj_bd.json").read_text(encoding="utf-8"))


def column(reference: dict[str, Any], library: str, function: str) -> list[list[float]]:
    return [point[library][function] for point in reference["points"]]


def ours(reference: dict[str, Any], transform: Any, datum: str) -> Any:
    lon, lat = np.array([point["lonlat"] for point in reference["points"]]).T
    return np.column_stack(transform(lon, lat, datum))


@pytest.mark.parametrize("library", ["coord_convert", "gcoord"])
def test_forward_gcj_is_that_of_the_libraries(reference: dict[str, Any], library: str) -> None:
    theirs = column(reference, library, "wgs2gcj")
    assert apart_m(ours(reference, from_wgs84, "gcj02"), theirs) < 1e-6


def test_forward_gcj_is_within_a_centimetre_of_the_other_ellipsoid(
    reference: dict[str, Any],
) -> None:
    theirs = column(reference, "eviltransform", "wgs2gcj")
    assert apart_m(ours(reference, from_wgs84, "gcj02"), theirs) < CENTIMETRE


def test_inverse_gcj_is_the_converged_one(reference: dict[str, Any]) -> None:
    fixed = [point["gcj2wgs_fixed_point_a6378245"] for point in reference["points"]]
    assert apart_m(ours(reference, to_wgs84, "gcj02"), fixed) < 1e-6
    one_step = column(reference, "eviltransform", "gcj2wgs_one_step")
    assert apart_m(ours(reference, to_wgs84, "gcj02"), one_step) > 0.1


def test_bd09_both_ways(reference: dict[str, Any]) -> None:
    assert (
        apart_m(ours(reference, from_wgs84, "bd09"), column(reference, "gcoord", "wgs2bd")) < 1e-6
    )
    theirs = column(reference, "gcoord", "bd2wgs")  # a closed formula, 0.13 m from the inverse
    assert apart_m(ours(reference, to_wgs84, "bd09"), theirs) < 0.2


def test_outside_china_nothing_moves(shared: Path) -> None:
    document = json.loads((shared / "reference/geo/gcj_outside.json").read_text(encoding="utf-8"))
    for point in document["points"]:
        lon, lat = point["lonlat"]
        for datum in ("gcj02", "bd09"):
            assert from_wgs84(lon, lat, datum) == (lon, lat)
            assert to_wgs84(lon, lat, datum) == (lon, lat)


def test_control_points(shared: Path) -> None:
    """The published test vectors of cities in and outside China, to 1e-9 degree and back."""
    path = shared / "data/geometry/gcj02_control_points.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["expect"] for row in rows} == {"shifted", "outside China: unchanged"}
    for row in rows:
        here = float(row["wgs_lon"]), float(row["wgs_lat"])
        there = float(row["gcj_lon"]), float(row["gcj_lat"])
        assert from_wgs84(*here, "gcj02") == pytest.approx(there, rel=0, abs=1e-9), row["place"]
        assert apart_m([to_wgs84(*there, "gcj02")], [here]) < 0.001, row["place"]
        if row["expect"] != "shifted":
            assert there == here
            assert from_wgs84(*here, "bd09") == to_wgs84(*here, "bd09") == here


@pytest.mark.parametrize("datum", SHIFTED)
@given(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))
@example(105.0, 28.0)  # the cusp of the square root in the formula
@example(WEST, SOUTH)
@example(EAST, NORTH)
@example(EAST, SOUTH)
@example(WEST, NORTH)
def test_every_position_of_the_rectangle_comes_back(datum: str, lon: float, lat: float) -> None:
    there = from_wgs84(lon, lat, datum)
    assert apart_m([to_wgs84(*there, datum)], [(lon, lat)]) < BACK_M
    assert apart_m([there], [(lon, lat)]) > 1.0  # and was moved


@pytest.mark.parametrize("datum", SHIFTED)
def test_the_border_comes_back_from_outside_too(datum: str) -> None:
    """Near the border the shift carries positions out; they come back all the same."""
    rng = np.random.default_rng(7)
    depth = rng.uniform(0.0, 0.03, 20_000)
    lon, lat = rng.uniform(WEST, EAST, 20_000), rng.uniform(SOUTH, NORTH, 20_000)
    side = rng.integers(0, 4, 20_000)
    lon = np.select([side == 0, side == 1], [WEST + depth, EAST - depth], lon)
    lat = np.select([side == 2, side == 3], [SOUTH + depth, NORTH - depth], lat)
    there = from_wgs84(lon, lat, datum)
    assert 0 < np.count_nonzero(~in_china(*there)) < len(lon)
    assert apart_m(np.transpose(to_wgs84(*there, datum)), np.transpose([lon, lat])) < BACK_M


@pytest.mark.parametrize("datum", SHIFTED)
def test_the_rule_on_the_edge(datum: str) -> None:
    outside_east, outside_west = (EAST + 1e-6, 30.0), (WEST - 1e-6, 30.0)
    for outside in (outside_east, outside_west):  # the WGS84 position decides: not shifted
        assert from_wgs84(*outside, datum) == outside
    assert to_wgs84(*outside_west, datum) == outside_west  # no shifted position lies there
    back = to_wgs84(*outside_east, datum)  # a shifted one does, and has the word
    assert in_china(*back)
    assert from_wgs84(*back, datum) == pytest.approx(outside_east, rel=0, abs=1e-10)
    unreached = to_wgs84(WEST + 1e-4, 30.0, datum)  # the formula is continued over the edge
    assert not in_china(*unreached)
    assert 100 < apart_m([unreached], [(WEST + 1e-4, 30.0)]) < 1500


@given(st.floats(-180, 180), st.floats(-90, 90), st.sampled_from(DATUMS))
def test_far_outside_nothing_moves(lon: float, lat: float, datum: str) -> None:
    near = (WEST - 0.03 <= lon <= EAST + 0.03) and (SOUTH - 0.03 <= lat <= NORTH + 0.03)
    if not near:
        assert to_wgs84(lon, lat, datum) == from_wgs84(lon, lat, datum) == (lon, lat)


@given(st.lists(st.tuples(st.floats(60, 150), st.floats(-5, 62)), min_size=1, max_size=40))
def test_arrays_are_their_elements(points: list[tuple[float, float]]) -> None:
    lon, lat = np.array(points).T
    for datum in SHIFTED:
        for turn in (to_wgs84, from_wgs84):
            whole = np.array(turn(lon, lat, datum))
            single = np.array([turn(x, y, datum) for x, y in points]).T
            assert np.abs(whole - single).max() <= 1e-10


def test_shapes_are_kept_and_broadcast() -> None:
    lon, lat = to_wgs84(np.full((3, 2), 120.09), 30.26, "bd09")
    assert lon.shape == lat.shape == (3, 2)
    assert to_wgs84([], [], "gcj02")[0].shape == (0,)
    many = from_wgs84(np.full(20_001, 120.09), np.full(20_001, 30.26), "gcj02")
    assert len(np.unique(many[0])) == len(np.unique(many[1])) == 1


@pytest.mark.parametrize("datum", SHIFTED)
def test_what_is_no_position_stays_what_it_is(datum: str) -> None:
    lon, lat = np.array([np.nan, np.inf, 120.0, 1e300]), np.array([30.0, 30.0, -np.inf, 1e300])
    for turn in (to_wgs84, from_wgs84):
        x, y = turn(lon, lat, datum)
        assert np.array_equal(x, lon, equal_nan=True)
        assert np.array_equal(y, lat, equal_nan=True)


@given(st.floats(-180, 180), st.floats(-90, 90), st.sampled_from(["wgs84", "cgcs2000"]))
def test_wgs84_and_cgcs2000_are_one(lon: float, lat: float, datum: str) -> None:
    assert to_wgs84(lon, lat, datum) == (lon, lat)


@pytest.mark.parametrize("datum", DATUMS)
def test_nan_stays_nan_and_the_input_is_not_changed(datum: str) -> None:
    lon, lat = np.array([120.06, np.nan, 2.35]), np.array([30.27, 30.0, np.nan])
    before = lon.copy(), lat.copy()
    for transform in (to_wgs84, from_wgs84):
        x, y = transform(lon, lat, datum)
        assert np.isfinite([x[0], y[0]]).all()
        assert np.isnan(x[1]) or np.isnan(y[1])
        assert np.isnan(y[2])
    assert np.array_equal(lon, before[0], equal_nan=True)
    assert np.array_equal(lat, before[1], equal_nan=True)


def test_names_of_datums() -> None:
    assert check_datum("BD-09") == "bd09"
    with pytest.raises(InputError, match="xian80"):
        check_datum("xian80")
