"""Index of several species of a site's example: which species are in it, and why others are not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from wetland.base.errors import InputError
from wetland.birds.trim import TrimSettings
from wetland.operations.birdanswers import index_of
from wetland.operations.birdindicator import indicator_of
from wetland.operations.birds import BirdData, birds_of_file
from wetland.sites.load import open_site

PACK = Path(__file__).parents[2] / "layers" / "xixi"


@pytest.fixture(scope="module")
def birds() -> BirdData:
    return birds_of_file(
        PACK / "examples" / "birds.csv", open_site(PACK), today=dt.date(2026, 11, 24)
    )


def test_index_is_the_geometric_mean_of_those_of_the_species(birds: BirdData) -> None:
    made = indicator_of(birds, ["Anas platyrhynchos", "苍鹭"])
    logs = [np.log(index_of(birds, name).fitted.index().value) for name in made.found.species]
    assert made.found.value == pytest.approx(100 * np.exp(np.mean(logs, axis=0)))
    answer = made.to_json("en")
    assert answer["synthetic"] is True
    assert answer["series"][0]["index"] == pytest.approx(100)
    assert [row["time"] for row in answer["series"]] == made.found.times.tolist()


def test_a_season_without_a_bird_leaves_one_slope(birds: BirdData) -> None:
    """The greenshank was not met in one season: model 3 refuses it, one slope it carries."""
    alone = indicator_of(birds, ["Tringa nebularia"])
    assert alone.found.species == ("tringa-nebularia",)
    assert "one slope" in alone.found.notes[0].en
    steps = np.diff(np.log(alone.found.value))
    assert steps == pytest.approx(np.full(steps.size, steps[0]))
    with pytest.raises(InputError, match="no species of"):
        indicator_of(birds, ["Tringa nebularia"], trim=TrimSettings(model=3))


def test_groups_and_what_is_left_out(birds: BirdData) -> None:
    water = indicator_of(birds)
    assert water.group == "waterbirds"
    assert "ciconia-boyciana" in water.left_out
    assert "only one site" in water.left_out["ciconia-boyciana"].en
    assert set(indicator_of(birds, "Anatidae").found.species) < set(water.found.species)
    with pytest.raises(InputError, match="there is no group gulls"):
        indicator_of(birds, "gulls")
