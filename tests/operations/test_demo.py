"""The demo store: made once, the same the second time, and invented through and through."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from wetland.base.errors import InputError
from wetland.operations.demo import Demo, example_files, has_demo, prepare_demo
from wetland.operations.screening import screen_file
from wetland.operations.stores import open_store
from wetland.screening.screen import Settings
from wetland.sites.load import Site, open_site


@pytest.fixture(scope="module")
def made(site: Site, tmp_path_factory: pytest.TempPathFactory) -> tuple[Demo, Path, list[float]]:
    path = tmp_path_factory.mktemp("demo") / "deep" / "xixi.gpkg"
    shares: list[float] = []
    return prepare_demo(site, path, progress=lambda share, _: shares.append(share)), path, shares


@pytest.fixture(scope="module")
def findings(site: Site, made: tuple[Demo, Path, list[float]]) -> pd.DataFrame:
    with open_store(made[1], site) as store:
        found = store.read("findings")
    found["example"] = [json.loads(e)["record_id"] for e in found["evidence"]]
    return found


def test_it_is_filled_and_progress_is_told(made: tuple[Demo, Path, list[float]]) -> None:
    demo, path, shares = made
    assert path.is_file()
    assert demo.counts["records"] == 9
    assert demo.counts["observations"] == 34
    assert demo.counts["bird_surveys"] == 256
    assert demo.counts["bird_records"] == 2129
    assert demo.counts["visitor_counts"] > 7_000
    assert demo.counts["parking_readings"] > 5_000
    assert demo.counts["findings"] > 100
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_second_time_changes_nothing(site: Site, made: tuple[Demo, Path, list[float]]) -> None:
    again = prepare_demo(site, made[1])
    assert (again.written.added, again.written.changed) == (0, 0)
    assert again.counts == made[0].counts
    with open_store(made[1], site) as store:
        assert store.verify().ok


def test_only_the_row_without_an_act_has_a_problem(site: Site) -> None:
    found = screen_file(example_files(site)["observations.csv"], site)
    assert found.problems[["code", "level"]].to_numpy().tolist() == [
        ["activity_missing", "warning"]
    ]


def test_every_row_says_it_is_invented(site: Site) -> None:
    for path in example_files(site).values():
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        assert {row["synthetic"] for row in rows} == {"true"}


def test_the_examples_lie_on_both_sides_of_both_days(site: Site) -> None:
    with example_files(site)["observations.csv"].open(encoding="utf-8-sig", newline="") as file:
        days = {dt.date.fromisoformat(row["date"]) for row in csv.DictReader(file)}
    for first in (dt.date(2011, 12, 1), dt.date(2022, 6, 1)):
        assert {first, first - dt.timedelta(days=1)} <= days


def test_the_days_on_both_sides_come_out_as_the_law_had_them(findings: pd.DataFrame) -> None:
    """Art 26(1) with 60(1) from 2011-12-01 to 2022-05-31, then the text of 2022."""
    broken = findings[findings["outcome"] == "broken"]

    def of(example: str) -> dict[str, tuple[object, object]]:
        rows = broken[broken["example"] == example]
        return {r.rule: (r.fine_min, r.fine_max) for r in rows.itertuples()}

    assert of("EX-001") == {}  # the day before: that law is not encoded
    assert of("EX-002")["xixi-2011/26-1-aquatic"] == (500, 2000)
    assert of("EX-008")["xixi-2011/26-1-aquatic"] == (500, 2000)
    minimum, maximum = of("EX-009")["xixi-2022/aquatic-catch"]
    assert minimum == 500
    assert pd.isna(maximum)


def test_a_permit_of_the_demo_covers_its_place_and_period(findings: pd.DataFrame) -> None:
    park = findings[findings["rule"] == "xixi-2011/26-1-aquatic"]
    assert "EX-004" not in set(park[park["outcome"] == "broken"]["example"])
    assert "EX-005" in set(park["example"])


def test_one_place_in_three_datums_is_one_place(site: Site, findings: pd.DataFrame) -> None:
    """A datum mix-up would move the museum out of the park and change the article."""
    rules = {
        example: set(findings[findings["example"] == example]["rule"])
        for example in ("EX-030", "EX-031")
    }
    assert "xixi-2022/aquatic-catch" in rules["EX-030"]
    assert rules["EX-030"] == rules["EX-031"]


def test_the_findings_say_that_they_are_an_exercise(findings: pd.DataFrame) -> None:
    basis = findings.groupby("detector")["zone_basis"].unique().map(list).to_dict()
    assert basis == {"screening": ["exercise"], "water": ["not_used"], "birds": ["not_used"],
                     "visitors": ["not_used"]}  # fmt: skip


def test_the_water_of_the_demo_is_there_and_screened(
    made: tuple[Demo, Path, list[float]], findings: pd.DataFrame
) -> None:
    assert made[0].counts["water_results"] > 15_000
    water = findings[findings["detector"] == "water"]
    assert set(water["rule"]) == {
        "water/target_class", "water/deterioration", "water/sudden_change"
    }  # fmt: skip
    assert all("虚构" in words or "合成" in words for words in water["explanation_zh"])
    worst = water.sort_values("severity").iloc[-1]
    assert worst["subject"].startswith("EX-R2|2026-06")
    assert min(water["occurred_on"]) >= dt.date(2024, 10, 1)


def test_the_duck_that_declines_is_found(findings: pd.DataFrame) -> None:
    birds = findings[findings["detector"] == "birds"]
    declines = birds[birds["rule"] == "birds/decline"].set_index("subject")
    assert declines.loc["anas-zonorhyncha|winter", "severity"] == 4
    assert "fulica-atra|winter" not in declines.index
    assert all(json.loads(evidence)["synthetic"] for evidence in birds["evidence"])


def test_the_days_above_capacity_are_found_and_no_week_is(findings: pd.DataFrame) -> None:
    visitors = findings[findings["detector"] == "visitors"]
    daily = visitors[visitors["rule"] == "visitors/capacity_daily"]
    broken = daily[daily["outcome"] == "broken"]
    assert len(broken) >= 1
    assert set(broken["occurred_on"]) <= {dt.date(2026, 10, 1) + dt.timedelta(days=k)
                                          for k in range(7)}  # fmt: skip
    assert (daily["outcome"] == "undecided").any()  # from 80 % on: announced and reported?
    assert "visitors/silent_counter" in set(visitors["rule"])
    assert all("合成" in words or "虚构" in words for words in visitors["explanation_zh"])


def test_strict_answers_name_the_unsurveyed_edge(site: Site) -> None:
    path = example_files(site)["observations.csv"]
    strict = screen_file(path, site, settings=Settings(assume_schematic=False))
    belt = strict.findings[strict.findings["rule"] == "xixi-2011/26-2-belt"]
    assert len(belt)
    assert set(belt["outcome"]) == {"undecided"}
    assert all("zone_not_surveyed" in json.loads(missing) for missing in belt["missing"])


def test_a_site_without_examples_is_told(site: Site, tmp_path: Path) -> None:
    pack = tmp_path / "xixi"
    shutil.copytree(site.folder, pack, ignore=shutil.ignore_patterns("examples"))
    bare = open_site(pack)
    assert not has_demo(bare)
    with pytest.raises(InputError, match="no example data"):
        prepare_demo(bare, tmp_path / "x.gpkg")


def test_real_examples_name_their_licence_and_are_not_called_invented(tmp_path: Path) -> None:
    everglades = open_site("everglades")
    with example_files(everglades)["birds.csv"].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["license"], row["synthetic"]) for row in rows} == {("CC0-1.0", "false")}
    assert all("zenodo.7734553" in row["source"] for row in rows)


def test_a_row_without_licence_and_not_invented_is_refused(site: Site, tmp_path: Path) -> None:
    pack = tmp_path / "xixi"
    shutil.copytree(site.folder, pack)
    file = pack / "examples" / "birds.csv"
    words = file.read_text(encoding="utf-8-sig")
    file.write_text(words.replace(",true\n", ",false\n", 1), encoding="utf-8-sig")
    with pytest.raises(InputError, match="license"):
        prepare_demo(open_site(pack), tmp_path / "x.gpkg")


def test_a_row_that_does_not_say_invented_is_refused(site: Site, tmp_path: Path) -> None:
    pack = tmp_path / "xixi"
    shutil.copytree(site.folder, pack)
    file = pack / "examples" / "permits.csv"
    words = file.read_text(encoding="utf-8-sig")
    file.write_text(words.replace(",true\n", ",\n", 1), encoding="utf-8-sig")
    with pytest.raises(InputError, match="synthetic"):
        prepare_demo(open_site(pack), tmp_path / "x.gpkg")
    assert not (tmp_path / "x.gpkg").exists()


def test_the_command_line_prepares_it(run_cli, tmp_path: Path) -> None:
    store = tmp_path / "demo.gpkg"
    done = run_cli("demo", "prepare", "--store", store, "--lang", "en")
    assert done.code == 0
    assert "records 9" in done.out
    again = run_cli("demo", "prepare", "--store", store, "--if-missing", "--lang", "en")
    assert (again.code, again.out) == (0, "")
