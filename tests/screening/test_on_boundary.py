"""A point on an edge that two zones share belongs to both: what they agree on stands."""

from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import Point

from tests.screening.small import EDGE, LAW, small_site
from tests.screening.test_screen import observation, table
from wetland.screening.screen import Settings, screen
from wetland.sites.load import Site

EXERCISE = Settings(assume_schematic=True)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return small_site(tmp_path_factory.mktemp("small") / "pack")


def answers(site: Site, place: Point, **options: bool) -> dict[str, tuple[str, str]]:
    acts = table(observation(geometry=place, uncertainty_m=0.0, facts={}))
    found = screen(acts, site, settings=Settings(**{"assume_schematic": True, **options})).findings
    rules = found["rule"].str.removeprefix(f"{LAW}/")
    return dict(zip(rules, zip(found["outcome"], found["missing"], strict=True), strict=True))


@pytest.mark.parametrize("lat", [30.0001, 30.01, 30.0123456, 30.0199])
def test_on_a_shared_edge_both_are_asked(small: Site, lat: float) -> None:
    found = answers(small, Point(EDGE, lat))
    assert found["both"] == ("broken", "[]")  # whichever side: they agree
    assert found["unless-haven"] == ("broken", "[]")
    for rule in ("park", "belt", "beyond-haven", "must-be-in"):
        assert found[rule] == ("undecided", '["on_boundary"]'), rule
    assert "outland" not in found  # kept on either side


def test_a_drawn_edge_that_nobody_surveyed_is_not_taken_for_a_boundary(small: Site) -> None:
    found = answers(small, Point(EDGE, 30.01), assume_schematic=False)
    assert found["both"] == ("broken", "[]")
    assert found["park"] == ("undecided", '["zone_not_surveyed"]')


@pytest.mark.parametrize(
    "place", [(120.0, 30.0), (120.0, 30.0033), (120.0044, 30.0), (120.003, 30.02)]
)
def test_on_an_edge_of_one_zone(small: Site, place: tuple[float, float]) -> None:
    found = answers(small, Point(place))
    assert found["both"] == found["park"] == ("undecided", '["on_boundary"]')
    assert found["unless-haven"] == ("broken", "[]")


@pytest.mark.parametrize("shift", [-2e-8, 2e-8])
def test_two_millimetres_beside_it_is_one_zone(small: Site, shift: float) -> None:
    found = answers(small, Point(EDGE + shift, 30.01))
    here, other = ("park", "belt") if shift < 0 else ("belt", "park")
    assert found[here] == ("broken", "[]")
    assert other not in found


def test_many_points_are_answered_like_one(small: Site) -> None:
    places = [Point(EDGE, 30.01), Point(EDGE - 2e-8, 30.01), Point(2.35, 48.85), Point(np.nan, 30)]
    rows = [
        observation(observation_id=f"o-{k}", geometry=place, uncertainty_m=0.0, facts={})
        for k, place in enumerate(places * 3_000)
    ]
    found = screen(table(*rows), small, settings=EXERCISE).tally
    assert found.outcomes["undecided"] % 3_000 == 0
    few = screen(table(*rows[:4]), small, settings=EXERCISE).tally
    assert {o: 3_000 * n for o, n in few.outcomes.items()} == dict(found.outcomes)
