"""Findings of stored water: written once, passed when they no longer hold, left when settled."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from wetland.base.errors import InputError
from wetland.operations.findings import explain_finding, list_findings, sheet_of
from wetland.operations.screening import screen_store
from wetland.operations.waterfiles import import_water
from wetland.operations.waterscreen import screen_water
from wetland.reading.files import Given
from wetland.sites.load import Site
from wetland.store.store import Store

HEAD = "station,date,ph,do (mg/L),codmn (mg/L),nh3n (mg/L),tp (mg/L)\n"
AS_OF = dt.date(2024, 7, 1)


def rows(nh3n: str, station: str = "EX-R1") -> Given:
    words = (
        HEAD + f"{station},2024-05-10,7.4,7,3,0.3,0.1\n{station},2024-06-10,7.4,7,3,{nh3n},0.1\n"
    )
    return Given.of_bytes("w.csv", words.encode())


@pytest.fixture
def bad(site: Site, store: Store) -> Store:
    """Give a store in which the water of June misses its target."""
    import_water(store, site, rows("1.8"), actor="t")
    return store


def status(store: Store) -> dict[str, str]:
    found = store.read("findings", {"detector": "water"})
    return dict(zip(found["rule"] + " " + found["subject"], found["status"], strict=True))


def test_a_missed_target_is_a_finding_with_its_rows(site: Site, bad: Store) -> None:
    found = screen_water(bad, site, as_of=AS_OF, actor="t")
    assert found.written is not None
    assert found.written.added == len(found.findings) > 0
    row = found.rows()[found.rows()["rule"] == "water/target_class"].iloc[0]
    assert row["subject"] == "EX-R1|2024-06-10"
    assert (row["measure"], row["limit"], row["zone_basis"]) == (1.8, 1.0, "not_used")
    assert json.loads(row["evidence"])["results"][0]["source_row"] == 3
    assert row["geometry"] is not None
    assert found.counts["broken"] == len(found.rows())


def test_a_second_time_changes_nothing(site: Site, bad: Store) -> None:
    screen_water(bad, site, as_of=AS_OF, actor="t")
    again = screen_water(bad, site, as_of=AS_OF, actor="t")
    assert again.written is not None
    assert (again.written.added, again.written.changed) == (0, 0)
    assert bad.verify().ok


def test_without_a_name_nothing_is_kept(site: Site, bad: Store) -> None:
    found = screen_water(bad, site, as_of=AS_OF)
    assert found.written is None
    assert len(found.findings)
    assert bad.count("findings") == 0


def test_what_no_longer_holds_is_passed(site: Site, bad: Store) -> None:
    screen_water(bad, site, as_of=AS_OF, actor="t")
    assert set(status(bad).values()) == {"open"}
    import_water(bad, site, rows("0.3"), actor="t")
    screen_water(bad, site, as_of=AS_OF, actor="t")
    assert set(status(bad).values()) == {"passed"}


def test_what_was_not_judged_again_stays_open(site: Site, bad: Store) -> None:
    screen_water(bad, site, as_of=AS_OF, actor="t")
    import_water(bad, site, rows("0.3"), actor="t")
    screen_water(bad, site, as_of=AS_OF, since=dt.date(2024, 7, 1), actor="t")
    assert set(status(bad).values()) == {"open"}
    screen_water(bad, site, as_of=dt.date(2024, 5, 31), actor="t")
    assert set(status(bad).values()) == {"open"}


def test_what_a_person_settled_keeps_its_status(site: Site, bad: Store) -> None:
    screen_water(bad, site, as_of=AS_OF, actor="t")
    held = bad.read("findings")
    with bad.transaction(actor="ranger", reason="looked") as tx:
        tx.write("findings", held.assign(status="dismissed"))
    import_water(bad, site, rows("0.3"), actor="t")
    screen_water(bad, site, as_of=AS_OF, actor="t")
    assert set(status(bad).values()) == {"dismissed"}


def test_screening_observations_leaves_water_alone(site: Site, bad: Store) -> None:
    screen_water(bad, site, as_of=AS_OF, actor="t")
    before = status(bad)
    screen_store(bad, site, actor="t")
    assert status(bad) == before


def test_a_station_of_untold_kind_is_left_out_and_named(site: Site, bad: Store) -> None:
    import_water(bad, site, rows("1.8", "Z9"), actor="t")
    found = screen_water(bad, site, as_of=AS_OF, actor="t")
    assert found.left_out == ("Z9",)
    assert "Z9" not in set(json.loads(e)["station"] for e in found.findings["evidence"])
    assert found.to_json("en")["left_out"] == ["Z9"]


def test_nothing_to_judge_is_told(site: Site, store: Store) -> None:
    with pytest.raises(InputError, match="no water results"):
        screen_water(store, site, as_of=AS_OF)
    import_water(store, site, rows("1.8", "Z9"), actor="t")
    with pytest.raises(InputError, match="Z9"):
        screen_water(store, site, as_of=AS_OF)


def test_without_a_day_the_last_sample_counts(site: Site, bad: Store) -> None:
    assert screen_water(bad, site).as_of == dt.date(2024, 6, 10)


def test_what_was_wrong_long_ago_is_judged_only_if_asked_for(site: Site, bad: Store) -> None:
    later = dt.date(2027, 3, 1)
    assert not len(screen_water(bad, site, as_of=later).findings)
    assert len(screen_water(bad, site, as_of=later, since=dt.date.min).findings)


def test_invented_stations_say_so_in_every_finding(site: Site, bad: Store) -> None:
    found = screen_water(bad, site, as_of=AS_OF)
    assert found.synthetic
    assert all("合成" in words for words in found.findings["explanation_zh"])
    assert all("invented" in words for words in found.findings["explanation_en"])


def test_missing_items_leave_it_undecided_and_are_named(site: Site, store: Store) -> None:
    words = "station,date,nh3n (mg/L)\nEX-R1,2024-06-10,0.3\n"
    import_water(store, site, Given.of_bytes("w.csv", words.encode()), actor="t")
    found = screen_water(store, site, as_of=AS_OF, actor="t")
    assert not len(found.rows())
    missing = json.loads(found.rows(undecided=True).iloc[0]["missing"])
    assert {"tp", "do", "ph", "codmn"} <= set(missing)
    page = sheet_of(store, site, lang="zh")
    assert "总磷 (tp)" in page
    assert "水质劣于目标类别 (water/target_class)" in page


def test_lists_explanations_and_the_sheet_speak_of_water(
    site: Site, bad: Store, run_cli, tmp_path: Path
) -> None:
    screen_water(bad, site, as_of=AS_OF, actor="t")
    listed = list_findings(bad, site=site.id, rule="water/target_class")
    assert len(listed)
    key = str(listed.iloc[0]["finding_id"])
    explained = explain_finding(bad, site, key, lang="en")
    assert explained["notice"] is None
    assert "invented" in explained["explanation"]
    page = sheet_of(bad, site, lang="en")
    assert "water worse than its target class" in page
    assert "likelihood to be where the rule holds" not in page
    shown = run_cli("findings", "list", "--store", str(bad.path), "--lang", "en")
    assert shown.code == 0
    assert "EX-R1|2024-06-10" in shown.out
    told = run_cli("findings", "explain", key, "--store", str(bad.path), "--format", "json")
    assert json.loads(told.out)["zones"] is None
