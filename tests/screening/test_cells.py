"""Single cells: what people write is understood, what is wrong is never a blank."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.reading.cells import is_blank, number
from wetland.reading.dates import CellError
from wetland.screening.cells import (
    ActivityReader,
    angle,
    datum,
    datum_doubted,
    distance_m,
    fact,
    position_source,
)
from wetland.sites.load import Site


def code_of(read: object, raw: object) -> str:
    with pytest.raises(CellError) as error:
        read(raw)  # type: ignore[operator]
    return error.value.code


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back(value: float) -> None:
    assert number(repr(value)) == value


@pytest.mark.parametrize(
    ("written", "code"),
    [("abc", "not_a_number"), ("1,2", "not_a_number"), ("nan", "not_finite"),
     ("-inf", "not_finite"), (math.inf, "not_finite"), ("1e400", "not_finite"),
     (True, "not_a_number")],
)  # fmt: skip
def test_wrong_numbers(written: object, code: str) -> None:
    assert code_of(number, written) == code


@pytest.mark.parametrize(
    ("written", "degrees"),
    [("120.0668", 120.0668), ("东经120°4′0.48″", 120.0668), ("120°4'0.48\"E", 120.0668),
     ("120度4分0.48秒", 120.0668), ("S 30°30′", -30.5), ("30.5°", 30.5)],
)  # fmt: skip
def test_angles(written: str, degrees: float) -> None:
    assert angle(written) == pytest.approx(degrees, abs=1e-9)


def test_minutes_are_below_sixty() -> None:
    assert code_of(angle, "120°75′") == "not_a_number"


@pytest.mark.parametrize(
    ("written", "metres"),
    [
        ("10", 10),
        ("±5 m", 5),
        ("10米", 10),
        ("0.2km", 200),
        ("1.5公里", 1500),
        (7.5, 7.5),
        ("0", 0),
    ],
)
def test_uncertainties(written: object, metres: float) -> None:
    assert distance_m(written) == metres


def test_wrong_uncertainties() -> None:
    assert code_of(distance_m, "-3") == "negative_uncertainty"
    assert code_of(distance_m, -3.0) == "negative_uncertainty"
    assert code_of(distance_m, "inf") == "not_finite"
    assert code_of(distance_m, "good") == "not_a_number"


@pytest.mark.parametrize(
    ("written", "name"),
    [("WGS84", "wgs84"), ("wgs 84", "wgs84"), ("EPSG:4326", "wgs84"), ("GCJ-02", "gcj02"),
     ("GCJ-02 (probable, AMap)", "gcj02"), ("火星坐标系", "gcj02"), ("BD-09", "bd09"),
     ("百度坐标", "bd09"), ("CGCS2000", "cgcs2000"), ("国家2000大地坐标系", "cgcs2000")],
)  # fmt: skip
def test_datums(written: str, name: str) -> None:
    assert datum(written) == name


@pytest.mark.parametrize("written", ["unknown", "Beijing 1954", "gcj02 or bd09", "84"])
def test_unknown_datums_are_errors(written: str) -> None:
    assert code_of(datum, written) == "unknown_datum"


def test_a_doubted_datum_is_noticed() -> None:
    assert datum_doubted("GCJ-02 (probable, AMap)")
    assert not datum_doubted("GCJ-02")


def test_an_unknown_way_of_positioning_is_the_widest() -> None:
    assert position_source("GPS") == "gps"
    assert position_source("ouija board") == "unknown"


@pytest.mark.parametrize("word", ["", " ", "未知", "unknown", "N/A", "NaN", "-", None, math.nan])
def test_blanks(word: object) -> None:
    assert is_blank(word)


def test_facts_follow_the_vocabulary(site: Site) -> None:
    words = site.vocabulary
    assert fact(words, "natural_wetland", "是") is True
    assert fact(words, "natural_wetland", "否") is False
    assert fact(words, "natural_wetland", "未知") is None
    assert fact(words, "area_m2", "40.5") == 40.5
    with pytest.raises(CellError):
        fact(words, "natural_wetland", "maybe")
    with pytest.raises(CellError):
        fact(words, "area_m2", "large")


def test_activities(site: Site) -> None:
    words = ActivityReader(site.vocabulary, {"fire_rep": "", "poacher_camp_rep": "hunting"})
    assert words("钓鱼") == "fishing.angling"
    assert words("Fishing") == "fishing"
    assert words("钓鱼；捕鸟、钓鱼") == "fishing.angling;hunting"
    assert words("poacher_camp_rep") == "hunting"
    assert words("Fire_Rep") is None


def test_an_unknown_activity_suggests_the_nearest(site: Site) -> None:
    words = ActivityReader(site.vocabulary, {})
    with pytest.raises(CellError) as error:
        words("钓于")
    assert error.value.code == "unknown_activity"
    assert "fishing.angling" in error.value.message.en
    with pytest.raises(CellError) as error:
        words("fishng")
    assert "fishing" in error.value.message.zh
