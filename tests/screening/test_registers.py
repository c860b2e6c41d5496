"""Permits and notices: whole act in place, on the day, by the holder; doubt stays doubt."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from wetland.base.places import INSIDE, OUTSIDE, Cause, Membership, Where, undetermined
from wetland.base.tables import DTYPES
from wetland.regulations.conditions import Situation
from wetland.regulations.records import RECORDS
from wetland.screening.registers import records_of
from wetland.sites.config import Register
from wetland.sites.load import Site
from wetland.zones.projection import project

KIND = "aquatic_catch_consent"
POND = box(120.06, 30.27, 120.07, 30.28)
DAY = dt.date(2015, 5, 1)


def records(*rows: dict[str, Any]) -> pd.DataFrame:
    base: dict[str, Any] = dict.fromkeys(RECORDS.names)
    base |= {
        "record_id": "P-1",
        "kind": KIND,
        "valid_from": dt.date(2015, 1, 1),
        "status": "issued",
    }
    filled = [{**base, "record_id": f"P-{i}", **row} for i, row in enumerate(rows)]
    return pd.DataFrame(filled, columns=RECORDS.names).astype(
        {c.name: DTYPES[c.kind] for c in RECORDS.columns}
    )


def ask(
    site: Site,
    table: pd.DataFrame | None,
    place: BaseGeometry | None,
    *,
    off_m: float = 0.0,
    zones: dict[str, Membership] | None = None,
    at: dt.datetime | None = None,
    **facts: Any,
) -> bool | None:
    situation = Situation(DAY, ("fishing.net",), zones or {}, facts)
    found = records_of(site, table, situation, place=place, uncertainty_m=off_m, at=at)
    return found.get(KIND)


def test_without_records_nothing_is_known(site: Site) -> None:
    assert ask(site, None, Point(120.065, 30.275)) is None
    assert ask(site, records(), Point(120.065, 30.275)) is None


@pytest.mark.parametrize(
    ("place", "off_m", "answer"),
    [
        (Point(120.065, 30.275), 0.0, True),
        (Point(120.065, 30.275), 2000.0, None),
        (Point(120.0601, 30.275), 5.0, True),
        (Point(120.0601, 30.275), 50.0, None),
        (Point(120.06, 30.275), 0.0, None),
        (Point(120.05, 30.275), 0.0, None),
        (box(120.061, 30.271, 120.062, 30.272), 0.0, True),
        (box(120.055, 30.271, 120.065, 30.272), 0.0, None),
        (LineString([(120.061, 30.271), (120.069, 30.279)]), 0.0, True),
        (LineString([(120.061, 30.271), (120.09, 30.279)]), 0.0, None),
        (None, 0.0, None),
    ],
)
def test_places(site: Site, place: BaseGeometry | None, off_m: float, answer: bool | None) -> None:
    """A record that does not reach the act says nothing while the register is not complete."""
    assert ask(site, records({"place": POND}), place, off_m=off_m) is answer


def test_a_complete_register_says_no(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    register = Register(complete_from=dt.date(2015, 1, 1))
    monkeypatch.setitem(site.config.registers, KIND, register)
    assert ask(site, records({"place": POND}), Point(120.05, 30.275)) is False
    assert ask(site, records({"place": POND}), Point(120.065, 30.275)) is True
    assert ask(site, records({"place": POND}), Point(120.06, 30.275)) is None
    assert ask(site, None, Point(120.065, 30.275)) is False


def test_days_activities_holders_and_amounts(site: Site) -> None:
    here = Point(120.065, 30.275)
    assert ask(site, records({"valid_to": dt.date(2015, 5, 1)}), here) is None
    assert ask(site, records({"valid_to": dt.date(2015, 5, 2)}), here) is True
    assert ask(site, records({"activity": "fishing"}), here) is True
    assert ask(site, records({"activity": "hunting"}), here) is None
    assert ask(site, records({"holder": "张三"}), here) is None
    assert ask(site, records({"holder": "张三"}), here, party_name="张三") is True
    assert ask(site, records({"quantity": 10.0}), here, quantity=9.0) is True
    assert ask(site, records({"quantity": 10.0}), here) is None


def test_hours_are_local(site: Site) -> None:
    table = records({"times": '{"hours": ["06:00", "18:00"]}'})
    here = Point(120.065, 30.275)
    assert ask(site, table, here) is None
    assert ask(site, table, here, at=dt.datetime(2015, 5, 1, 1, tzinfo=dt.UTC)) is True
    assert ask(site, table, here, at=dt.datetime(2015, 5, 1, 11, tzinfo=dt.UTC)) is None


@pytest.mark.parametrize(
    ("membership", "answer"),
    [
        (INSIDE, True),
        (OUTSIDE, None),
        (undetermined(Cause.ZONE_NOT_SURVEYED), None),
    ],
)
def test_zones(site: Site, membership: Membership, answer: bool | None) -> None:
    table = records({"zone": "protection"})
    found = ask(site, table, Point(120.065, 30.275), zones={"protection": membership})
    assert found is answer


def test_a_footprint_is_covered_by_a_zone_only_as_a_whole(site: Site) -> None:
    table, pond = records({"zone": "protection"}), box(120.061, 30.271, 120.062, 30.272)
    for share, answer in ((1.0, True), (0.5, None)):
        zones = {"protection": Membership(Where.INSIDE, share=share)}
        assert ask(site, table, pond, zones=zones) is answer


@settings(deadline=None, max_examples=60)
@given(st.floats(120.055, 120.075), st.floats(30.265, 30.285), st.floats(0, 500), st.floats(0, 6.3))
def test_a_sure_answer_survives_every_position(
    site: Site, lon: float, lat: float, off_m: float, angle: float
) -> None:
    """Brute force: where a place is said to cover the act, it covers it wherever the act can be."""
    place, complete = Point(lon, lat), Register(complete_from=DAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(site.config.registers, KIND, complete)  # else "no" is never said
        said = ask(site, records({"place": POND}), place, off_m=off_m)
    east, north = project(lon, lat, site.crs_epsg)
    from wetland.zones.projection import project_geometry

    moved = Point(east + 0.999 * off_m * np.cos(angle), north + 0.999 * off_m * np.sin(angle))
    inside = project_geometry(POND, site.crs_epsg).contains(moved)
    if said is not None:
        assert said == inside
