"""A receiver that drifts raises no finding, whichever way a rule asks where the fix lies."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as with_settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from tests.screening.small import EDGE, LAW, small_site
from tests.screening.test_registers import records
from tests.screening.test_screen import observation, table
from wetland.screening.screen import Screened, Settings, screen
from wetland.sites.load import Site

ERROR_M, PER_AXIS = 30.0, 2.4477468306808164
EAST, NORTH = 1 / 96_486, 1 / 110_850  # degrees per metre at 30 N
EXERCISE = Settings(assume_schematic=True, list_undecided=True)
POND = box(120.012, 30.005, 120.016, 30.015)
ALWAYS = {"valid_from": dt.date(2012, 1, 1)}
BY_PLACE = records(
    {"kind": "closure", "place": POND, **ALWAYS}, {"kind": "consent", "place": POND, **ALWAYS}
)
BY_ZONE = records(
    {"kind": "closure", "zone": "haven", **ALWAYS}, {"kind": "consent", "zone": "haven", **ALWAYS}
)
IN_PARK = records({"kind": "consent", "zone": "park", **ALWAYS})  # no rule leaves the park out


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return small_site(tmp_path_factory.mktemp("small") / "pack")


def fixes(lon: np.ndarray, lat: np.ndarray, *, track: str | None, step_s: int = 5) -> pd.DataFrame:
    day = dt.datetime(2015, 5, 1, 1, tzinfo=dt.UTC)
    rows = [
        observation(
            observation_id=f"o-{k}", geometry=Point(x, y), uncertainty_m=ERROR_M, facts={},
            track_id=track, occurred_at=day + dt.timedelta(seconds=step_s * k),
        )
        for k, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))
    ]  # fmt: skip
    return table(*rows)


def outcomes(found: Screened) -> dict[tuple[str, str], str]:
    rows = found.findings
    rules = rows["rule"].str.removeprefix(f"{LAW}/")
    return dict(zip(zip(rows["subject"], rules, strict=True), rows["outcome"], strict=True))


def broken(found: Screened, rule: str) -> int:
    return sum(o == "broken" for (_, name), o in outcomes(found).items() if name == rule)


@pytest.mark.parametrize(
    ("rule", "lon", "known"),
    [
        ("belt", EDGE - EAST, None),  # a metre outside
        ("beyond-haven", 120.006 - EAST, None),  # a metre inside what the rule leaves out
        ("unless-haven", 120.006 - EAST, None),
        ("must-be-in", EDGE + EAST, None),
        ("outland", 120.02 - EAST, None),  # declared: outside of the zones
        ("inner", 120.006 - EAST, None),  # declared: in the park, but not in the haven
        ("closed", 120.012 - EAST, BY_PLACE),
        ("without-consent", 120.012 + EAST, BY_PLACE),
        ("closed", 120.002 - EAST, BY_ZONE),
        ("without-consent", 120.002 + EAST, BY_ZONE),
        ("without-consent", 120.0 + EAST, IN_PARK),
    ],
)
def test_a_drifting_receiver_breaks_no_rule(
    small: Site, rule: str, lon: float, known: pd.DataFrame | None
) -> None:
    rng = np.random.default_rng(7)
    error = rng.normal(0, ERROR_M / PER_AXIS, (2, 1500))
    places = lon + error[0] * EAST, 30.01 + error[1] * NORTH
    alone = screen(fixes(*places, track=None), small, records=known, settings=EXERCISE)
    assert broken(alone, rule) > 2
    of_track = screen(fixes(*places, track="a"), small, records=known, settings=EXERCISE)
    assert broken(of_track, rule) == 0


@pytest.mark.parametrize(
    ("rule", "lon", "known"),
    [
        ("beyond-haven", 120.008, None),
        ("unless-haven", 120.008, None),
        ("must-be-in", 120.008, None),
        ("outland", 120.03, None),
        ("inner", 120.008, None),
        ("closed", 120.014, BY_PLACE),
        ("without-consent", 120.018, BY_PLACE),
        ("closed", 120.004, BY_ZONE),
        ("without-consent", 120.014, BY_ZONE),
    ],
)
def test_who_stays_on_the_wrong_side_is_found(
    small: Site, rule: str, lon: float, known: pd.DataFrame | None
) -> None:
    rng = np.random.default_rng(8)
    error = rng.normal(0, ERROR_M / PER_AXIS, (2, 60))
    places = lon + error[0] * EAST, 30.01 + error[1] * NORTH
    found = screen(fixes(*places, track="a"), small, records=known, settings=EXERCISE)
    assert broken(found, rule) == 60


def test_outside_by_chance_counts_where_nobody_is_worse_off(small: Site) -> None:
    """Beside the park a drifting boat keeps the park's rule; it is not left undecided."""
    rng = np.random.default_rng(9)
    lon = 120.0 - np.abs(rng.normal(50, 5, 40)) * EAST  # never deep outside, never inside
    found = outcomes(screen(fixes(lon, np.full(40, 30.01), track="a"), small, settings=EXERCISE))
    assert {rule for _, rule in found} == {
        "must-be-in",
        "unless-haven",
        "without-consent",
        "outland",
    }
    assert {o for (_, rule), o in found.items() if rule == "outland"} == {"undecided"}


@given(st.integers(0, 2**32 - 1))
@with_settings(max_examples=25, deadline=None)
def test_a_track_only_ever_opens_an_outcome(small: Site, seed: int) -> None:
    rng = np.random.default_rng(seed)
    starts = [(120.002, 30.005), (120.006, 30.01), (EDGE, 30.002), (120.012, 30.01), (120.02, 30.0)]
    start = starts[int(rng.integers(len(starts)))]
    steps = rng.normal(0, rng.choice([5.0, 20.0, 60.0]), (2, 120))
    way = np.cumsum(steps, axis=1) if rng.random() < 0.5 else steps
    way[:, rng.random(120) < 0.02] += 3_000  # jumps that nothing makes
    lon, lat = start[0] + way[0] * EAST, start[1] + way[1] * NORTH
    lon[rng.random(120) < 0.03] = 115.0  # far from everything
    step_s = int(rng.choice([5, 600, 5000]))
    known = pd.concat([BY_PLACE, BY_ZONE]) if rng.random() < 0.7 else None
    alone, of_track = (
        outcomes(
            screen(fixes(lon, lat, track=track, step_s=step_s), small, records=known,
                   settings=EXERCISE)
        )
        for track in (None, "a")
    )  # fmt: skip
    for key in alone.keys() | of_track.keys():
        now = of_track.get(key, "kept")
        assert now in (alone.get(key, "kept"), "undecided"), key
