"""Datums against public implementations, with the converged inverse, and in their properties."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from wetland.base.errors import InputError
from wetland.zones.datums import DATUMS, check_datum, from_wgs84, to_wgs84

GEOD = Geod(ellps="WGS84")
CENTIMETRE = 0.01  # two implementations use another semi-axis and differ by 0.94 cm
IN_CHINA = (st.floats(73.0, 137.0), st.floats(2.0, 55.0))


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
    theirs = column(reference, "gcoord", "bd2wgs")
    assert apart_m(ours(reference, to_wgs84, "bd09"), theirs) < CENTIMETRE


def test_outside_china_nothing_moves(shared: Path) -> None:
    document = json.loads((shared / "reference/geo/gcj_outside.json").read_text(encoding="utf-8"))
    for point in document["points"]:
        lon, lat = point["lonlat"]
        for datum in ("gcj02", "bd09"):
            assert from_wgs84(lon, lat, datum) == (lon, lat)
            assert to_wgs84(lon, lat, datum) == (lon, lat)


def test_control_points(shared: Path) -> None:
    """The published test vectors of cities in and outside China."""
    path = shared / "data/geometry/gcj02_control_points.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            lon, lat = from_wgs84(float(row["wgs_lon"]), float(row["wgs_lat"]), "gcj02")
            there = (float(row["gcj_lon"]), float(row["gcj_lat"]))
            assert apart_m([(lon, lat)], [there]) < 1.0, row["place"]


@given(*IN_CHINA)
def test_gcj_round_trip(lon: float, lat: float) -> None:
    there = from_wgs84(lon, lat, "gcj02")
    assert apart_m([to_wgs84(*there, "gcj02")], [(lon, lat)]) < 1e-6


@given(*IN_CHINA)
def test_bd_round_trip_within_its_own_error(lon: float, lat: float) -> None:
    there = from_wgs84(lon, lat, "bd09")
    assert apart_m([to_wgs84(*there, "bd09")], [(lon, lat)]) < 0.3


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
