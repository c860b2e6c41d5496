"""`visitors.yaml` and `holidays.csv` of a pack: what they hold, and every mistake in them."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point

from tests.sites.packs import write_pack, write_yaml
from wetland.base.errors import PackError
from wetland.operations.sites import check_site
from wetland.sites.load import open_site, pack_digest
from wetland.sites.visitorpack import read_visitor_pack
from wetland.visitors.calendar import Calendar
from wetland.visitors.capacity import LIMITS, capacities_on, capacity_on

ROOT = Path(__file__).resolve().parents[2]
NAME = {"zh": "甲", "en": "a"}
AREA: dict[str, Any] = {"id": "A", "name": NAME}
GATE: dict[str, Any] = {"id": "G", "name": NAME, "area": "A"}
PARK: dict[str, Any] = {"id": "P", "name": NAME}
CAPACITY: dict[str, Any] = {
    "area": "A", "limit": "daily", "people": 100, "wording": NAME, "source": "s",
    "confidence": "low",
}  # fmt: skip
TIER: dict[str, Any] = {
    "colour": "yellow", "share": 0.8, "name": NAME, "paid": [], "free": [NAME], "source": "s",
}  # fmt: skip
STATEMENT: dict[str, Any] = {
    "kind": "year", "last_on": "2020-12-31", "visits": 5, "wording": NAME, "source": "s",
    "confidence": "high",
}  # fmt: skip
BAYS: dict[str, Any] = {"bays": 10, "source": "s"}


def write(folder: Path, document: Any = None, holidays: str | None = None) -> Path:
    write_pack(folder)
    if document is not None:
        write_yaml(folder / "visitors.yaml", document)
    if holidays is not None:
        (folder / "holidays.csv").write_text(holidays, encoding="utf-8")
    return folder


def lines(folder: Path) -> list[str]:
    _, mistakes = read_visitor_pack(folder)
    assert all(m.what.zh for m in mistakes)
    return [m.show("en") for m in mistakes]


def test_a_pack_needs_none(tmp_path: Path) -> None:
    visitors = open_site(write(tmp_path / "a")).visitors
    assert (visitors.areas, visitors.holidays, visitors.holiday_years) == ((), (), ())


@pytest.mark.parametrize("words", ["", "# nothing yet\n", "areas: []\n"])
def test_one_that_says_nothing_is_empty(tmp_path: Path, words: str) -> None:
    folder = write(tmp_path / "a")
    (folder / "visitors.yaml").write_text(words, encoding="utf-8")
    assert open_site(folder).visitors.areas == ()


def test_the_digest_includes_both_files(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "a")
    digests = {pack_digest(folder)}
    write_yaml(folder / "visitors.yaml", {"areas": [AREA]})
    digests.add(pack_digest(folder))
    (folder / "holidays.csv").write_text(
        "day,off,name_zh\n2026-01-01,true,元旦\n", encoding="utf-8"
    )
    digests.add(pack_digest(folder))
    assert len(digests) == 3


def test_holidays_are_read_in_either_language_and_encoding(tmp_path: Path) -> None:
    folder = write(tmp_path / "a")
    words = "日期,放假,名称\n2026年1月1日,休,元旦\n2026/1/4,班,元旦\n"
    (folder / "holidays.csv").write_bytes(words.encode("gb18030"))
    visitors = open_site(folder).visitors
    told = [(h.day, h.off, h.name.zh, h.name.en) for h in visitors.holidays]
    assert told == [
        (dt.date(2026, 1, 1), True, "元旦", "元旦"), (dt.date(2026, 1, 4), False, "元旦", "元旦"),
    ]  # fmt: skip
    assert visitors.holiday_years == (2026,)


def test_years_without_holidays_may_be_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", {"holiday_years": [2026, 2027]}, "day,off,name_en\n")
    assert open_site(folder).visitors.holiday_years == (2026, 2027)


def test_the_example_of_the_documentation_is_right(tmp_path: Path) -> None:
    words = (ROOT / "docs" / "site-pack.md").read_text(encoding="utf-8").split("## Visitors\n")[1]
    example = words.split("```yaml\n")[1].split("```")[0]
    (tmp_path / "visitors.yaml").write_text(example, encoding="utf-8")
    assert lines(tmp_path) == []


WRONG: dict[str, tuple[Any, tuple[str, ...]]] = {
    "a list": ([], ("keys with values",)),
    "unknown key": ({"area": []}, ("area", "unknown key")),
    "holidays here": ({"holidays": []}, ("holidays", "holidays.csv")),
    "an id twice": ({"areas": [AREA], "gates": [GATE | {"id": "A"}]}, ("A is written twice",)),
    "a car park twice": ({"car_parks": [PARK, PARK]}, ("car_parks", "P is written twice")),
    "no such area": ({"gates": [GATE]}, ("gates.G.area", "no area A")),
    "no such parent": ({"areas": [AREA | {"parent": "Q"}]}, ("areas.A.parent", "no area Q")),
    "part of itself": (
        {"areas": [AREA | {"parent": "B"}, AREA | {"id": "B", "parent": "A"}]},
        ("part of one of its own parts",),
    ),
    "no such gate": (
        {"car_parks": [PARK],
         "walks": [{"car_park": "P", "gate": "G", "minutes": 1, "source": "s"}]},
        ("walks.0.gate", "no gate G"),
    ),
    "no such car park": (
        {"areas": [AREA], "gates": [GATE],
         "walks": [{"car_park": "P", "gate": "G", "minutes": 1, "source": "s"}]},
        ("walks.0.car_park", "no car park P"),
    ),
    "nobody": ({"areas": [AREA], "capacities": [CAPACITY | {"people": 0}]}, ("people", "above 0")),
    "backwards": (
        {"areas": [AREA],
         "capacities": [CAPACITY | {"valid_from": "2020-01-01", "valid_to": "2019-01-01"}]},
        ("valid_to",),
    ),
    "two judged": (
        {"areas": [AREA],
         "capacities": [CAPACITY | {"judged": True}, CAPACITY | {"judged": True, "people": 7}]},
        ("capacities.1.judged", "must be one"),
    ),
    "two numbers of bays": (
        {"car_parks": [PARK | {"bays": [BAYS, BAYS | {"valid_from": "2026-01-01"}]}]},
        ("car_parks.P.bays.1", "on the same day"),
    ),
    "tiers upside down": (
        {"tiers": [TIER, TIER | {"colour": "red", "share": 0.7}]}, ("tiers.red.share", "rise"),
    ),
    "a colour twice": ({"tiers": [TIER, TIER]}, ("tiers", "yellow is written twice")),
    "no such colour": ({"tiers": [TIER | {"colour": "blue"}]}, ("colour", "'blue'")),
    "rest of nothing": (
        {"areas": [AREA],
         "closures": [{"area": "A", "source": "s", "rest": {"Q": {"daily": 1}}}]},
        ("closures.0.rest", "no area Q"),
    ),
    "first after last": (
        {"statements": [STATEMENT | {"first_on": "2021-01-01"}]}, ("statements.0", "after"),
    ),
    "a day of two": (
        {"statements": [STATEMENT | {"kind": "day", "first_on": "2020-12-30"}]},
        ("statements.0", "span"),
    ),
    "half a place": ({"areas": [AREA | {"lon": 120.0}]}, ("lon and lat",)),
    "one language": ({"areas": [{"id": "A", "name": {"zh": "甲"}}]}, ("name.en", "missing")),
    "no source": ({"areas": [AREA], "capacities": [CAPACITY | {"source": ""}]}, ("source",)),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_named(tmp_path: Path, name: str) -> None:
    document, words = WRONG[name]
    write_yaml(tmp_path / "visitors.yaml", document)
    found = lines(tmp_path)
    assert any(all(w in line for w in ("visitors.yaml", *words)) for line in found), found


WRONG_HOLIDAYS: dict[str, tuple[str, tuple[str, ...]]] = {
    "empty": ("", ("no header",)),
    "no such day": ("day,off,name_en\n2026-02-30,true,x\n", ("row 2", "day")),
    "neither": ("day,off,name_en\n2026-02-03,maybe,x\n", ("row 2", "off", "true or false")),
    "no name": ("day,off\n2026-02-03,true\n", ("row 2", "name", "missing")),
    "twice": ("day,off,name_en\n2026-02-03,true,x\n2026-02-03,false,x\n", ("row 3", "in row 2")),
    "unknown column": ("day,off,name_en,colour\n", ("colour", "unknown column")),
    "too many cells": ("day,off,name_en\n2026-02-03,true,x,y\n", ("row 2", "4 cells")),
}


@pytest.mark.parametrize("name", WRONG_HOLIDAYS)
def test_a_mistake_of_the_holidays_is_named(tmp_path: Path, name: str) -> None:
    content, words = WRONG_HOLIDAYS[name]
    (tmp_path / "holidays.csv").write_text(content, encoding="utf-8")
    found = lines(tmp_path)
    assert any(all(w in line for w in ("holidays.csv", *words)) for line in found), found


def test_a_year_that_is_not_told_is_a_mistake(tmp_path: Path) -> None:
    write_yaml(tmp_path / "visitors.yaml", {"holiday_years": [2025]})
    (tmp_path / "holidays.csv").write_text("day,off,name_en\n2026-01-01,true,x\n", encoding="utf-8")
    assert any("row 2" in line and "2026" in line for line in lines(tmp_path))


def test_all_mistakes_of_both_files_are_listed_at_once(tmp_path: Path, run_cli: Any) -> None:
    area = AREA | {"zones": ["nowhere"], "bird_plots": ["none"], "stations": ["none"]}
    folder = write(tmp_path / "a", {"areas": [area], "gates": [GATE | {"area": "B"}]},
                   "day,off,name_en\n2026-13-01,true,x\n")  # fmt: skip
    with pytest.raises(PackError) as caught:
        open_site(folder)
    assert len(caught.value.mistakes) == len(check_site(folder).mistakes) == 5
    ran = run_cli("site", "check", str(folder), "--lang", "en")
    assert ran.code == 1
    for word in (
        "areas.A.zones",
        "areas.A.bird_plots",
        "areas.A.stations",
        "gates.G.area",
        "row 2",
    ):
        assert word in ran.out


# ------------------------------------------------------------------ the pack of Xixi


def test_xixi_judges_by_the_figures_of_2015_and_lists_the_others() -> None:
    """Both are published and conflict: 10,000/15,000/29,000 of 2011, 86,600 and 33,500 of 2015."""
    pack = open_site("xixi").visitors
    day = dt.date(2026, 11, 24)
    judged = {(c.area, c.limit): c.people for c in capacities_on(pack, day) if c.judged is not None}
    assert judged == {
        ("xihu", "daily"): 86_600, ("xihu", "instantaneous"): 41_600,
        ("yuhang", "daily"): 33_500, ("yuhang", "instantaneous"): 16_800,
        ("park", "daily"): 120_100, ("park", "instantaneous"): 58_400,
    }  # fmt: skip
    park = capacity_on(pack, "park", "daily", day)
    assert sorted(c.people for c in park.others) == [10_000, 15_000, 29_000]
    assert all("2011" in c.wording.zh and c.source == "dcj3647.cn" for c in park.others)
    assert capacity_on(pack, "xihu", "daily", dt.date(2014, 12, 31)).people is None
    assert all(c.source and c.confidence != "high" for c in pack.capacities)


def test_a_closure_in_rotation_of_xixi_changes_what_the_rest_holds() -> None:
    pack = open_site("xixi").visitors
    before, first, last, after = (
        capacity_on(pack, "yuhang", "daily", dt.date(2026, 3, d)).people for d in (1, 2, 15, 16)
    )
    assert (before, first, last, after) == (33_500, 30_000, 30_000, 33_500)
    closed = capacity_on(pack, "yuhang", "daily", dt.date(2026, 3, 2))
    assert closed.synthetic
    assert "示例" in str(closed.note)


def test_statements_of_xixi_are_those_that_were_published() -> None:
    pack = open_site("xixi").visitors
    told = [(s.last_on.year, s.visits) for s in pack.statements if s.kind == "cumulative"]
    assert told == [(2020, 45_000_000), (2023, 55_000_000), (2025, 65_000_000)]
    spans = {s.visits for s in pack.statements if s.kind == "span"}
    assert spans == {66_000, 244_400}
    assert all(s.source for s in pack.statements)


def test_what_is_invented_in_xixi_says_so_and_lies_in_the_park() -> None:
    site = open_site("xixi")
    pack = site.visitors
    park = next(z.geometry for z in site.zones if z.kind == "protection")
    assert (len(pack.gates), len(pack.car_parks)) == (4, 6)
    for place in (*pack.gates, *(p for p in pack.piers if p.id != "fleet"), *pack.car_parks):
        assert place.synthetic
        assert "示例" in place.name.zh
        assert place.lon is not None
        assert park.contains(Point(place.lon, place.lat)), place.id
    assert all(w.synthetic for w in pack.walks)
    assert all(e.synthetic and "示例" in e.name.zh for e in pack.events)
    assert all(c.synthetic for c in pack.closures)


def test_tiers_of_xixi_tell_what_to_do_in_paid_and_free_areas() -> None:
    tiers = {t.colour: t for t in open_site("xixi").visitors.tiers}
    assert [tiers[c].share for c in ("yellow", "orange", "red")] == [0.8, 0.9, 1.0]
    assert any("停止售票" in act.zh for act in tiers["yellow"].paid)
    assert not any("售票" in act.zh for act in tiers["yellow"].free)
    assert all(t.paid and t.free and t.source for t in tiers.values())


def test_holidays_of_xixi_are_those_of_the_notices_of_2020(shared: Path) -> None:
    """Against the State Council's days of 2020, as another project collected them."""
    told = json.loads((shared / "data/visitors/china_holidays_2020.json").read_text("utf-8"))
    expected = {dt.date.fromisoformat(d["date"]): d["isOffDay"] for d in told["days"]}
    pack = open_site("xixi").visitors
    assert {h.day: h.off for h in pack.holidays if h.day.year == 2020} == expected


def test_holidays_of_xixi_are_those_of_chinesecalendar() -> None:
    calendar = pytest.importorskip("chinese_calendar")
    known = Calendar.of(open_site("xixi").visitors)
    day = dt.date(2004, 1, 1)
    wrong = []
    while day <= dt.date(2026, 12, 31):
        if known.day(day).off != calendar.is_holiday(day):
            wrong.append(day)
        day += dt.timedelta(days=1)
    assert wrong == []
    assert known.unknown_years(dt.date(2003, 1, 1), dt.date(2027, 1, 1)) == [2003, 2027]


def test_the_script_makes_the_holidays_of_the_pack() -> None:
    pytest.importorskip("chinese_calendar")
    ran = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "holidays.py"), "--check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_figure_that_no_area_has_is_no_answer() -> None:
    pack = open_site("xixi").visitors
    for limit in LIMITS:
        assert capacity_on(pack, "ex-rotation", limit, dt.date(2026, 1, 1)).people is None
