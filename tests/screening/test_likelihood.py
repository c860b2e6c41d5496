"""How likely a finding's place clause holds: sure, at an edge, or not known."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from tests.screening.test_screen import EXERCISE, PARK, observation, table
from wetland.screening.screen import screen
from wetland.sites.load import Site
from wetland.sites.place import Sets

RULE = "xixi-2011/26-1-aquatic"
EDGE = Point(120.0847608, 30.2758363)  # 0.8 m inside the drawn boundary


def likelihood(site: Site, rule: str, **values: object) -> float:
    found = screen(table(observation(**values)), site, settings=EXERCISE).findings
    row = found[found["rule"] == rule]
    assert len(row) == 1, found["rule"].tolist()
    return float(row["likelihood"].iloc[0])


def inside(site: Site, place: Point, uncertainty_m: float, kinds: tuple[str, ...]) -> float:
    things = np.empty(1, dtype=object)
    things[0] = place
    layer = site.zones.on(dt.date(2015, 5, 1))
    sets = Sets(site, layer, day_unknown=False, assume=True)
    found = sets.locate(things, np.array([uncertainty_m]), only=[kinds])[kinds].probability
    assert found is not None
    return float(found[0])


def test_deep_in_the_park_it_is_certain(site: Site) -> None:
    assert likelihood(site, RULE) == 1.0


@pytest.mark.parametrize("uncertainty_m", [0.5, 5.0, 150.0])
def test_at_an_edge_it_is_the_zones_own_probability(site: Site, uncertainty_m: float) -> None:
    rule = site.regulations.rule(RULE).rule
    assert (rule.zones, rule.not_zones) == (("protection",), ())
    found = likelihood(site, RULE, geometry=EDGE, uncertainty_m=uncertainty_m)
    told = inside(site, EDGE, uncertainty_m, ("protection",))
    assert found == round(told, 4)
    assert 0.3 < found < 1.0
    assert (found > 0.9) == (uncertainty_m < 1)


def test_a_rule_for_everywhere_holds_everywhere(site: Site) -> None:
    facts = {"natural_wetland": True, "wetland_fill_approval": False}
    rule = "wetland-law-2022/28-2-fill"
    assert site.regulations.rule(rule).rule.zones == ("any",)
    values = {"activity": "water_occupation.fill", "facts": facts,
              "occurred_on": dt.date(2024, 3, 3)}  # fmt: skip
    assert likelihood(site, rule, **values, uncertainty_m=400.0, geometry=EDGE) == 1.0


def test_without_position_nothing_is_known(site: Site) -> None:
    assert np.isnan(likelihood(site, RULE, geometry=None))


def test_what_is_broken_is_likely_enough(site: Site) -> None:
    """The belt rule implies 95 % for each zone; doubts of several add up."""
    rng = np.random.default_rng(5)
    rows = [
        observation(
            observation_id=f"o-{k}",
            geometry=Point(PARK.x + rng.uniform(-0.03, 0.03), PARK.y + rng.uniform(-0.03, 0.03)),
            uncertainty_m=float(rng.choice([5.0, 50.0, 300.0])),
            facts={} if k % 2 else {"aquatic_catch_consent": False},
        )
        for k in range(150)
    ]
    found = screen(table(*rows), site, settings=EXERCISE).findings
    broken = found[found["outcome"] == "broken"]
    assert len(broken) > 10
    assert (broken["likelihood"] >= 0.95).all()
    known = pd.to_numeric(found["likelihood"].dropna())
    assert known.between(0, 1).all()
    assert (known < 0.9).any()
