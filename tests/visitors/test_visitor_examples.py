"""The example files of the packs: fresh, marked for what they are, alive with what they show."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from wetland.sites.load import Site, open_site
from wetland.visitors.load import daily_load
from wetland.visitors.read import CountReading, read_counts

TODAY = dt.date(2026, 11, 24)
MOST_BYTES = 900_000


@pytest.fixture(scope="module")
def site() -> Site:
    """Give the Xixi pack."""
    return open_site("xixi")


def read(repo: Path, site: Site, name: str) -> CountReading:
    """Read an example file of a site."""
    path = repo / "layers" / site.id / "examples" / name
    return read_counts(path, site_id=site.id, timezone=site.timezone, pack=site.visitors,
                       today=TODAY)  # fmt: skip


@pytest.fixture(scope="module")
def visitors(repo: Path, site: Site) -> CountReading:
    """Give the invented counts of Xixi."""
    return read(repo, site, "visitors.csv")


def test_the_files_are_what_the_script_makes(load_script: Callable[[str], ModuleType]) -> None:
    assert load_script("scripts/xixi_visitors.py").main(["--check"]) == 0


def test_the_script_writes_its_files(
    load_script: Callable[[str], ModuleType], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = load_script("scripts/xixi_visitors.py")
    assert script.main(["--check", "--out", str(tmp_path)]) == 1
    assert "stale" in capsys.readouterr().err
    assert script.main(["--out", str(tmp_path)]) == 0
    assert script.main(["--check", "--out", str(tmp_path)]) == 0
    assert script.whole_parts(10, [1.0, 1.0, 1.0]) == [4, 3, 3]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < MOST_BYTES


def test_the_everglades_file_is_what_was_published(
    load_script: Callable[[str], ModuleType], shared: Path, repo: Path
) -> None:
    script = load_script("scripts/everglades_visitors.py")
    published = shared / "data" / "visitors" / "park_visitation.csv"
    assert script.main([str(published), "--check"]) == 0
    with published.open(encoding="utf-8", newline="") as file:
        wanted = {r["date"][:7]: float(r["nps"]) for r in csv.DictReader(file)
                  if r["park"] == "EVER"}  # fmt: skip
    counts = read(repo, open_site("everglades"), "visitors.csv").counts
    held = {f"{day:%Y-%m}": value
            for day, value in zip(counts["counted_on"], counts["value"], strict=True)}  # fmt: skip
    assert held == wanted
    assert set(counts["period"]) == {"month"}
    assert set(counts["flag"]) == {"good"}
    assert not counts["synthetic"].any()


def test_every_row_of_xixi_is_invented_and_of_the_pack(
    repo: Path, site: Site, visitors: CountReading
) -> None:
    pack = site.visitors
    parking = read(repo, site, "parking.csv").parking
    for table, column, known in (
        (visitors.counts, "place", {p.id for p in (*pack.areas, *pack.gates, *pack.piers)}),
        (parking, "car_park", {p.id for p in pack.car_parks}),
    ):
        assert table["synthetic"].all()
        assert set(table[column]) <= known
    assert set(parking["car_park"]) == {p.id for p in pack.car_parks}
    bays = {p.id: p.bays[-1].bays for p in pack.car_parks}
    assert (parking["capacity"] == parking["car_park"].map(bays)).all()


def test_the_faults_are_found_and_no_others(repo: Path, site: Site, visitors: CountReading) -> None:
    told = visitors.problems.frame()["code"].value_counts().to_dict()
    assert {k: told[k] for k in ("repeated", "contradiction", "negative", "counter_reset")} == {
        "repeated": 1, "contradiction": 2, "negative": 1, "counter_reset": 1,
    }  # fmt: skip
    counts = visitors.counts
    assert counts["flag"].value_counts().to_dict() == {"good": 7463, "fail": 4, "unknown": 1}
    parking = read(repo, site, "parking.csv").parking
    (wrong,) = parking[parking["flag"] == "fail"].to_dict("records")
    assert (wrong["car_park"], wrong["occupied"], wrong["capacity"]) == ("EX-C2", 349, 340)
    last = parking.groupby("car_park")["read_at"].max()
    assert last["EX-C6"] < last.drop("EX-C6").min() - pd.Timedelta(days=2)


def test_they_add_up_to_the_published_orders_of_magnitude(visitors: CountReading) -> None:
    counts = visitors.counts
    months = counts[counts["period"] == "month"].set_index("counted_on")["value"]
    assert months[months.index <= dt.date(2023, 12, 31)].sum() == 10_000_000  # 45 M -> 55 M
    part = (months.index > dt.date(2023, 12, 31)) & (months.index <= dt.date(2025, 5, 31))
    assert months[part].sum() == 10_000_000  # 55 M -> 65 M
    gates = counts[(counts["period"] == "day") & (counts["measure"] == "entries")]
    year = gates[gates["counted_on"] < dt.date(2026, 11, 1)]["value"].sum()
    assert 7_000_000 < year < 7_500_000


def test_hours_of_an_area_add_up_to_its_gates(visitors: CountReading) -> None:
    counts = visitors.counts[visitors.counts["flag"] == "good"]
    hours = counts[counts["period"] == "hour"].groupby(["place", "measure", "counted_on"])["value"]
    sums = hours.sum()
    gates = counts[(counts["period"] == "day") & (counts["place_kind"] == "gate")]
    day = dt.date(2026, 10, 2)
    of_day = gates[gates["counted_on"] == day].set_index("place")["value"]
    assert sums["xihu", "entries", day] == of_day["EX-G1"] + of_day["EX-G2"] == 88_950
    assert sums["yuhang", "entries", day] == of_day["EX-G3"] + of_day["EX-G4"]
    assert sums["xihu", "exits", day] == 88_950


def test_days_show_the_tiers(site: Site, visitors: CountReading) -> None:
    load = daily_load(visitors.counts, site.visitors)
    of_xihu = load[load["area"] == "xihu"].set_index("day")
    tiers = of_xihu[of_xihu["outcome"].isin(["yellow", "orange", "red"])]["outcome"]
    assert tiers.to_dict() == {
        dt.date(2026, 10, 2): "red", dt.date(2026, 10, 3): "yellow",
    }  # fmt: skip
    silent = load[(load["area"] == "yuhang") & (load["day"] == dt.date(2026, 7, 8))].iloc[0]
    assert silent["gates_missing"] == "EX-G3"
    assert silent["at_least"]
    assert silent["outcome"] == "undecided"
