"""The parts of the pages that decide something."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.maps.layers import FeatureLayer, PlaceArray
from wetland.maps.limits import MAX_OBJECTS, MapError
from wetland.maps.style import OUTCOME_MARKS, LegendItem, MarkStyle
from wetland.regulations.vocabulary import Fact, RecordKind, Vocabulary
from wetland.ui import legend
from wetland.ui.factfields import wanted
from wetland.ui.findings import marks
from wetland.ui.mapview import Click, read_click
from wetland.ui.place import read_where
from wetland.ui.plain import md

_WORD = text("词", "word")
VOCABULARY = Vocabulary(
    activities={},
    facts={
        "serious": Fact(question=_WORD),
        "party_type": Fact(question=_WORD, role="party"),
        "rare": Fact(question=_WORD),
    },
    records={"consent": RecordKind(name=_WORD, type="permit")},
)


def _rule(missing: list[str], *, outcome: str = "undecided", applies: bool | None = True) -> dict:
    return {"outcome": outcome, "missing": missing, "fine": None, "applies": applies}


def test_the_fact_that_settles_a_rule_alone_comes_first_and_the_party_last() -> None:
    rules = [
        _rule(["consent"]),
        _rule(["serious", "rare"], applies=None),
        _rule(["party_type"]),
        _rule(["zone:protection", "activity:fishing"]),
        _rule(["rare"], outcome="kept"),
    ]
    assert wanted(rules, VOCABULARY) == ["consent", "rare", "serious", "party_type"]


@pytest.mark.parametrize("written", ["120.0668, 30.2742", "120.0668，30.2742", " 120.0668 30.2742"])
def test_a_place_is_read_as_people_write_it(written: str) -> None:
    assert read_where(written) == (120.0668, 30.2742)


@pytest.mark.parametrize("written", ["", "   "])
def test_no_place_is_no_question(written: str) -> None:
    assert read_where(written) is None


def test_swapped_numbers_are_told_not_swapped_back() -> None:
    with pytest.raises(InputError) as told:
        read_where("30.2742, 120.0668")
    assert "120.0668, 30.2742" in told.value.show("en")


def test_a_click_tells_what_it_hit_only_if_the_last_click_hit_it() -> None:
    at, other = {"lat": 30.0, "lng": 120.0}, {"lat": 31.0, "lng": 120.0}
    hit = {"last_clicked": at, "last_object_clicked": at, "last_object_clicked_tooltip": "A"}
    assert read_click(hit) == Click(120.0, 30.0, "A")
    assert read_click({**hit, "last_object_clicked": other}) == Click(120.0, 30.0, None)
    assert read_click({"last_clicked": None}) is None


def test_a_click_round_the_world_is_brought_back() -> None:
    assert read_click({"last_clicked": {"lat": 30.0, "lng": 480.0}}) == Click(120.0, 30.0, None)


@given(st.text(alphabet="![]()<>*_`$:ab#|~{}\\&", max_size=30))
def test_words_from_outside_are_no_markdown(words: str) -> None:
    shown = md(words)
    bare = shown.replace("\\\\", "")
    for mark in "![]()<>*_`$:#|~{}&":
        assert bare.count(mark) == bare.count("\\" + mark)


def test_a_legend_label_is_escaped() -> None:
    item = LegendItem(text("<img src=x>", "<img src=x>"), mark=MarkStyle("#000000", "circle"))
    assert "<img" not in legend.html([item], "en")


def _findings(n: int, *, area: bool = False) -> pd.DataFrame:
    places = [Point(120.0 + i * 1e-5, 30.0) for i in range(n)]
    if area and n:
        places[0] = places[0].buffer(0.001)
    return pd.DataFrame({"geometry": places, "outcome": ["undecided", "broken"] * (n // 2)})


def test_few_findings_are_features_and_many_one_array() -> None:
    for n, layer in ((10, FeatureLayer), (MAX_OBJECTS + 2, PlaceArray)):
        frame = _findings(n)
        [group] = marks(frame, [f"a {i}" for i in range(n)])
        [child] = group._children.values()
        assert isinstance(child, layer)


def test_too_many_areas_are_refused_in_words() -> None:
    n = MAX_OBJECTS + 2
    with pytest.raises(MapError, match="filter first"):
        marks(_findings(n, area=True), [f"a {i}" for i in range(n)])


def test_one_mark_per_thing_with_its_worst_outcome() -> None:
    frame = _findings(2)
    [group] = marks(frame, ["same", "same"])
    [child] = group._children.values()
    assert child.data.count("Feature") == 2  # the collection and one feature
    assert OUTCOME_MARKS["broken"].colour[1:] in child.data


def test_findings_without_a_place_make_no_layer() -> None:
    frame = _findings(2)
    frame["geometry"] = None
    assert marks(frame, ["a", "b"]) == []
