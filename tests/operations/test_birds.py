"""Answers about birds: index, alerts, findings, several species, water; and what cannot be said."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.operations.birdfile import TODAY, WINTERS, table
from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.species import CountSeason
from wetland.birds.trim import TrimSettings
from wetland.operations.birdanswers import (
    alerts_of,
    checklist_rows,
    index_of,
    phenology_of,
    richness_of,
)
from wetland.operations.birdassociation import associate_of, by_season
from wetland.operations.birdfiles import import_birds
from wetland.operations.birdindex import index_of_file
from wetland.operations.birdindicator import indicator_of
from wetland.operations.birds import BirdData, birds_of_store, nothing_of
from wetland.operations.birdscreen import screen_birds
from wetland.operations.stores import open_store
from wetland.reading.files import Given
from wetland.sites.load import Site
from wetland.store.store import Store

DUCK, GREBE = "anas-zonorhyncha", "tachybaptus-ruficollis"


@pytest.fixture(scope="module")
def held(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Give a store with the small table."""
    path = tmp_path_factory.mktemp("birds") / "b.gpkg"
    with open_store(path, site) as store:
        given = Given.of_bytes("b.csv", table())
        import_birds(store, site, given, actor="t", today=TODAY)
        yield store


@pytest.fixture(scope="module")
def data(held: Store, site: Site) -> BirdData:
    return birds_of_store(held, site, as_of=TODAY)


def test_the_index_is_that_of_the_same_counts_in_a_file(data: BirdData) -> None:
    """The store's way (surveys, seasons, zeros) against a table written down by hand."""
    found = index_of(data, "斑嘴鸭")
    words = ["site,year,count"]
    lines = table().decode().splitlines()[1:]
    for line in lines:
        cells = line.split(",")
        if cells[6] == "斑嘴鸭":
            words.append(f"{cells[1]},{cells[2][:4]},{cells[7]}")
    settings = TrimSettings(model=3, overdispersion=True, serial_correlation=True)
    given = Given.of_bytes("c.csv", "\n".join(words).encode())
    plain = index_of_file(given, settings)
    one, other = found.to_json(), plain.to_json()
    assert one["time"] == other["time"] == list(WINTERS)
    for name in ("imputed", "imputed_se", "index", "index_se"):
        assert one[name] == pytest.approx(other[name], rel=1e-9, abs=1e-12)
    assert one["missing"] == 1  # the plot that nobody visited is no zero
    assert one["species"] == DUCK
    assert one["synthetic"] is True
    assert one["overall"]["trend"] in ("strong_decrease", "moderate_decrease")


def test_months_above_twelve_are_told() -> None:
    rows = [(p, y, m) for p in "ab" for y in (2020, 2021, 2022) for m in (1, 13)]
    lines = "".join(f"{p},{y},{m},{3 + k * k % 7}\n" for k, (p, y, m) in enumerate(rows))
    found = index_of_file(Given.of_bytes("m.csv", f"site,year,month,count\n{lines}".encode()))
    assert any("above 12 (13)" in note.en for note in found.notes)


def test_a_parks_total_has_no_index(data: BirdData) -> None:
    with pytest.raises(InputError, match="park"):
        index_of(data.only(None, ["EX-B1"]), DUCK)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda d: index_of(d, "斑嘴"), "anas-zonorhyncha"),
        (lambda d: index_of(d, ""), "''"),
        (lambda d: index_of(d, DUCK, season="autumn"), "winter"),
        (lambda d: d.only(None, ["P9"]), "EX-B1"),
        (lambda d: d.only(None, None, since=dt.date(2099, 1, 1)), "no bird surveys"),
        (lambda d: d.only(None, None, since=TODAY, until=dt.date(2000, 1, 1)), "later than"),
        (lambda d: indicator_of(d, "Nobodyidae"), "waterbirds"),
        (lambda d: indicator_of(d, ["鸳鸯"]), "no species"),
    ],
)
def test_what_nobody_knows_is_told_with_what_there_is(data: BirdData, ask, said: str) -> None:
    with pytest.raises(InputError) as told:
        ask(data)
    assert said in told.value.show("en")


def test_questions_of_an_empty_store_say_so(site: Site) -> None:
    nothing = nothing_of(site)
    for ask in (
        lambda: index_of(nothing, DUCK),
        lambda: alerts_of(nothing),
        lambda: richness_of(nothing),
        lambda: phenology_of(nothing),
        lambda: indicator_of(nothing),
    ):
        with pytest.raises(InputError, match="no bird records"):
            ask()
    assert len(checklist_rows(nothing)) == len(site.birds.species)


def test_only_keeps_surveys_that_did_not_meet_the_species(data: BirdData) -> None:
    kept = data.only(["鸳鸯"], ["EX-B1", "EX-B2"], until=dt.date(2016, 12, 31))
    assert set(kept.records["taxon_id"]) == {"aix-galericulata"}
    assert len(kept.surveys) == 6
    assert data.taxon("Anas zonorhyncha") == data.taxon(DUCK) == DUCK


def test_surveys_after_the_day_are_not_known_yet(held: Store, site: Site) -> None:
    early = birds_of_store(held, site, as_of=dt.date(2016, 1, 31))
    assert early.last_day == dt.date(2015, 12, 13)
    assert set(early.records["survey_id"]) == set(early.surveys["survey_id"])


def test_a_season_that_is_not_over_does_not_count(held: Store, site: Site) -> None:
    before = birds_of_store(held, site, as_of=dt.date(2023, 12, 31))
    assert index_of(before, DUCK).to_json()["time"][-1] == 2022


def test_a_season_that_is_asked_for_in_part_does_not_count(data: BirdData) -> None:
    """Half a winter would look like a winter with fewer birds."""
    part = data.only(since=dt.date(2016, 12, 11), until=dt.date(2023, 12, 12))
    assert index_of(part, DUCK).to_json()["time"] == list(range(2017, 2023))
    assert index_of(part, DUCK).to_json()["surveys_left_out"] == 6
    assert any("6 surveys" in note["en"] for note in index_of(part, DUCK).to_json()["notes"])
    again = part.only(until=dt.date(2024, 12, 31))
    assert index_of(again, DUCK).to_json()["time"][-1] == 2022
    assert alerts_of(part).months == data.season()[1]


def test_alerts_tell_the_decline_and_not_the_stable_one(data: BirdData) -> None:
    found = alerts_of(data)
    duck, grebe = found.of(DUCK), found.of(GREBE)
    assert duck is not None
    assert grebe is not None
    assert duck["alert"] is not None
    assert duck["reference"] == WINTERS[-2]
    five = next(c for c in duck["changes"] if c["span"] == 5)
    assert -48 < five["change_percent"] < -34  # 0.9 ** 5 is a decline of 41 %
    assert grebe["alert"] is None
    assert found.of("fulica-atra") is None
    whole = found.to_json("en")
    assert whole["species"][0]["species"] == DUCK
    assert whole["season"]["id"] == "winter"
    lone = next(row for row in whole["species"] if row["species"] == "aix-galericulata")
    assert lone["alert"] is None
    assert lone["notes"]
    assert lone["one_percent"]["outcome"] == "not_tested"


def test_screening_keeps_what_people_decided(held: Store, site: Site) -> None:
    first = screen_birds(held, site, as_of=TODAY, actor="t")
    assert first.written is not None
    assert first.written.added == len(first.findings) > 0
    decline = first.findings[first.findings["rule"] == "birds/decline"]
    assert list(decline["subject"]) == [f"{DUCK}|winter"]
    again = screen_birds(held, site, as_of=TODAY, actor="t")
    assert (again.written.added, again.written.changed) == (0, 0)
    stored = held.read("findings", {"detector": "birds"})
    dismissed = stored[stored["rule"] == "birds/decline"].assign(status="dismissed")
    with held.transaction(actor="eve", reason="review") as tx:
        tx.write("findings", dismissed)
    screen_birds(held, site, as_of=TODAY, actor="t")
    after = held.read("findings", {"rule": "birds/decline"})
    assert list(after["status"]) == ["dismissed"]


def test_without_an_actor_nothing_is_written(held: Store, site: Site) -> None:
    entries = held.head().seq
    found = screen_birds(held, site, as_of=TODAY)
    assert found.written is None
    assert held.head().seq == entries
    answer = found.to_json("zh")
    assert answer["synthetic"] is True
    assert answer["counts"]["birds/decline"] == 1


def test_findings_of_sensitive_species_tell_no_record_and_no_day(
    site: Site, tmp_path: Path
) -> None:
    table = "plot,date,species,count,breeding\nEX-B1,2026-05-02,白鹭,4,\n"
    table += "EX-B2,2026-06-13,水雉,3,confirmed\n"
    with open_store(tmp_path / "b.gpkg", site) as store:
        import_birds(store, site, Given.of_bytes("b.csv", table.encode()), actor="t", today=TODAY)
        found = screen_birds(store, site, as_of=TODAY)
    kept = {role: json.dumps([f for f in found.to_json("en", role=role)["findings"]
                              if f["subject"].startswith("hydrophasianus")])
            for role in (None, "ecologist")}  # fmt: skip
    assert "2026-06-13" in kept["ecologist"]
    assert "b-" in kept["ecologist"]
    assert "2026-06-13" not in kept[None]
    assert '"b-' not in kept[None]
    assert "birds/breeding" in kept[None]


def test_what_is_no_longer_found_has_passed(site: Site, tmp_path: Path) -> None:
    with open_store(tmp_path / "b.gpkg", site) as store:
        import_birds(store, site, Given.of_bytes("b.csv", table()), actor="t", today=TODAY)
        screen_birds(store, site, as_of=TODAY, actor="t")
        level = table().decode().splitlines(keepends=True)
        flat = [",".join([*line.split(",")[:7], "40", *line.split(",")[8:]])
                if "斑嘴鸭" in line else line for line in level]  # fmt: skip
        given = Given.of_bytes("b.csv", "".join(flat).encode())
        import_birds(store, site, given, actor="t", today=TODAY)
        found = screen_birds(store, site, as_of=TODAY, actor="t")
        assert "birds/decline" not in found.counts
        held = store.read("findings", {"rule": "birds/decline"})
        assert list(held["status"]) == ["passed"]


def test_an_old_finding_falls_with_its_record(site: Site, tmp_path: Path) -> None:
    """A first record is not looked for after a year; one that was rejected passes all the same."""
    first = "E-x,EX-B1,2021-12-20,样线法,60,true,东方白鹳,1,,true\n"
    with open_store(tmp_path / "b.gpkg", site) as store:
        given = Given.of_bytes("b.csv", table() + first.encode())
        import_birds(store, site, given, actor="t", today=TODAY)
        at_once = screen_birds(store, site, as_of=dt.date(2022, 1, 31), actor="t")
        assert at_once.counts["birds/first_record"] == 1
        screen_birds(store, site, as_of=TODAY, actor="t")
        assert list(store.read("findings", {"rule": "birds/first_record"})["status"]) == ["open"]
        stork = store.read("bird_records", {"name_received": "东方白鹳"})
        with store.transaction(actor="eve", reason="a heron") as tx:
            tx.write("bird_records", stork.assign(validation="rejected"))
        screen_birds(store, site, as_of=TODAY, actor="t")
        assert list(store.read("findings", {"rule": "birds/first_record"})["status"]) == ["passed"]


def test_several_species_are_the_geometric_mean_of_their_indices(data: BirdData) -> None:
    both = indicator_of(data, ["斑嘴鸭", "小䴙䴘"])
    one, other = (
        np.array(index_of(data, name).to_json()["imputed"]) for name in ("斑嘴鸭", "小䴙䴘")
    )
    expected = 100 * np.sqrt(one / one[0] * other / other[0])
    assert [row["index"] for row in both.rows()] == pytest.approx(expected.tolist())
    answer = indicator_of(data).to_json("en")
    assert [s["species"] for s in answer["species"]] == [DUCK, GREBE]
    assert [s["species"] for s in answer["left_out"]] == ["aix-galericulata"]
    assert answer["synthetic"] is True
    family = indicator_of(data, "Podicipedidae").to_json("en")
    assert [s["species"] for s in family["species"]] == [GREBE]


def test_association_is_of_seasons_and_carries_its_caveat(held: Store, site: Site) -> None:
    words = "date,value\n" + "".join(
        f"{w + 1}-01-15,{(w * 7) % 5}\n{w + 1}-07-15,99\n" for w in WINTERS
    )
    given = Given.of_bytes("extent.csv", words.encode())
    found = associate_of(held, site, "斑嘴鸭", with_=given)
    assert found.times == tuple(WINTERS)
    assert found.y == tuple(float((w * 7) % 5) for w in WINTERS)  # July is no winter
    answer = found.to_json("en")
    assert "not cause" in answer["caveat"]
    assert answer["n"] == 10
    for what in ("斑嘴鸭", "richness"):
        before = associate_of(held, site, what, with_=given, as_of=dt.date(2024, 3, 30))
        assert before.times == tuple(WINTERS[:-1]), "the last winter is not over"
    later = associate_of(held, site, "richness", with_=given, lag=1)
    assert later.times == tuple(WINTERS[1:])
    assert later.y[0] == found.y[0]


@pytest.mark.parametrize("what", ["", "tp", "water:EX-L1", "water_class:EX-L1:tp", "file:"])
def test_what_cannot_be_compared_with_is_told(held: Store, site: Site, what: str) -> None:
    with pytest.raises(InputError, match="compare with"):
        associate_of(held, site, DUCK, with_=what)


def test_a_file_without_values_is_told_which_columns_it_needs(
    held: Store, site: Site, tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_text("site,year\nA,2020\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        associate_of(held, site, DUCK, with_=f"file:{tmp_path / 'x.csv'}")
    assert caught.value.hint is not None
    assert "date and value" in caught.value.hint.en


def test_values_of_years_belong_to_the_season_that_begins_in_them() -> None:
    winter = CountSeason(name=text("冬", "winter"), months=(11, 12, 1, 2))
    pairs = [(2020, 4.0), (dt.date(2021, 2, 1), 6.0), (dt.date(2021, 6, 1), 9.0), (2019, math.nan)]
    assert by_season(pairs, winter) == {2020: 5.0}


def test_the_checklist_tells_what_was_recorded(data: BirdData) -> None:
    rows = {row["species"]: row for row in checklist_rows(data, "en")}
    assert rows[DUCK]["first"] == dt.date(2014, 12, 10)
    assert rows["aix-galericulata"]["records"] == 4  # zeros are no records of the bird
    assert rows["fulica-atra"]["records"] == 0
    assert rows["fulica-atra"]["first"] is None
    assert rows["aythya-baeri"]["protection"] == "I"


def test_richness_tells_effort_with_it(data: BirdData) -> None:
    found = richness_of(data, per="season")
    assert found["observed"].tolist() == [3 if k % 3 == 0 else 2 for k in range(10)]
    assert found["surveys"].tolist() == [4, 4, 4, 4, 3, 4, 4, 4, 4, 4]
    assert found["hours"].iloc[0] == 4.0


def test_without_seasons_a_pack_counts_years(held: Store, data: BirdData) -> None:
    bare = BirdData(data.surveys, data.records)
    assert bare.season()[0] == "year"
    assert bare.synthetic
