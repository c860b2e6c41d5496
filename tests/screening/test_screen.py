"""Screening against the ranger's question, rule by rule, and what forgetting may and may not do."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from tests.screening.reading import Read
from wetland.base.checks import check_table
from wetland.base.findings import FINDINGS
from wetland.operations.law import LawQuestion, law_at
from wetland.screening.screen import Screened, Settings, screen
from wetland.screening.tables import OBSERVATIONS
from wetland.sites.load import Site

EXERCISE = Settings(assume_schematic=True)
PARK = Point(120.0668, 30.2742)


def observation(**values: Any) -> dict[str, Any]:
    """Return one observation; deep in the park, fishing without consent, unless said otherwise."""
    row: dict[str, Any] = dict.fromkeys(OBSERVATIONS.names)
    row |= {
        "observation_id": "o-1", "site": "xixi", "source_id": "s-1", "source_row": 2,
        "activity": "fishing", "occurred_on": dt.date(2015, 5, 1), "geometry": PARK,
        "uncertainty_m": 5.0, "position_source": "gps", "extra": "{}", "content": "c",
        "facts": {"aquatic_catch_consent": False},
    }  # fmt: skip
    row |= values
    row["facts"] = json.dumps(row["facts"], default=str)
    return row


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    from wetland.base.tables import DTYPES

    frame = pd.DataFrame(list(rows), columns=OBSERVATIONS.names)
    for name in ("occurred_at", "ended_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame.astype({c.name: DTYPES[c.kind] for c in OBSERVATIONS.columns})


def run(site: Site, *rows: dict[str, Any], **options: Any) -> Screened:
    return screen(table(*rows), site, **{"settings": EXERCISE, **options})


def by_rule(found: Screened, outcome: str) -> dict[str, Any]:
    rows = found.findings[found.findings["outcome"] == outcome]
    return {row["rule"]: row for row in rows.to_dict("records")}


def test_the_day_before_the_regulation_is_not_covered(site: Site) -> None:
    found = run(site, observation(occurred_on=dt.date(2011, 11, 30)))
    assert not by_rule(found, "broken")
    assert "xixi" in {law["line"] for law in found.counts["not_covered"]}
    assert found.counts["by_outcome"]["kept"] == 0


@pytest.mark.parametrize("day", [dt.date(2011, 12, 1), dt.date(2022, 5, 31)])
def test_the_2011_regulation_on_its_first_and_last_day(site: Site, day: dt.date) -> None:
    broken = by_rule(run(site, observation(occurred_on=day)), "broken")
    row = broken["xixi-2011/26-1-aquatic"]
    assert (row["article"], row["penalty_article"], row["discretion"]) == ("26(1)", "60(1)", "may")
    assert (row["fine_min"], row["fine_max"], row["fine_unit"]) == (500, 2000, "CNY")
    assert row["zone_basis"] == "exercise"
    assert "protection" in json.loads(row["zones"])


def test_what_a_finding_says_of_the_law(site: Site) -> None:
    """Golden: in the words of the pack, article 26(1) and its penalty."""
    row = by_rule(run(site, observation()), "broken")["xixi-2011/26-1-aquatic"]
    assert {name: row[name] for name in ("regulation", "missing", "severity", "confidence")} == {
        "regulation": "xixi-2011", "missing": "[]", "severity": 3, "confidence": "high",
    }  # fmt: skip
    assert row["text_seen"]
    assert pd.isna(row["measure"])
    assert (row["authority_zh"], row["authority_en"]) == (
        "湿地公园管理机构",
        "park management body",
    )
    assert json.loads(row["measures"]) == [
        {"measure": "stop", "discretion": "shall", "certain": True},
        {"measure": "confiscate_gear", "discretion": "may", "certain": None},
    ]
    assert row["explanation_zh"].startswith("依据：《杭州西溪国家湿地公园保护管理条例》")
    assert row["explanation_en"].startswith("Law: Regulation on the Protection")
    evidence = json.loads(row["evidence"])
    assert evidence["used"] == {
        "zone:protection": "inside", "activity": "fishing", "aquatic_catch_consent": False,
    }  # fmt: skip
    assert evidence["exceptions"] == [
        {
            "zh": "经管理机构同意，在指定范围、地点、限量内捕捞",
            "en": "consent of the park body, within the place and quantity set",
            "holds": False,
        }
    ]
    assert evidence["source"] == "杭州西溪国家湿地公园保护管理条例(2011-10-17)，全文71条"
    assert evidence["fine"]["computed"] == {"min": 500.0, "max": 2000.0, "unit": "CNY"}
    assert evidence["one_fine"]["by_higher_fine"] == "xixi-2011/26-1-aquatic"
    assert evidence["one_fine"]["text"] == "应按哪一项罚款待定。"
    assert evidence["either_side"] is None


def test_the_2022_regulation_is_not_seen(site: Site) -> None:
    broken = by_rule(run(site, observation(occurred_on=dt.date(2022, 6, 1))), "broken")
    (rule,) = [r for r in broken if r.startswith("xixi-2022")]
    row = broken[rule]
    assert row["fine_min"] == 500
    assert pd.isna(row["fine_max"])
    assert pd.isna(row["article"])
    assert not row["text_seen"]


def test_findings_fit_their_schema(site: Site) -> None:
    found = run(site, observation(), observation(observation_id="o-2", geometry=None))
    good, wrong = check_table(FINDINGS, found.findings)
    assert not len(wrong)
    assert len(good) == len(found.findings)
    assert found.findings["finding_id"].is_unique
    evidence = json.loads(found.findings["evidence"].iloc[0])
    assert evidence["notice"]["en"].startswith("Exercise mode")
    assert evidence["uncertainty_from"] == "stated"


def test_what_is_missing_is_named_and_counted(site: Site) -> None:
    rows = [observation(observation_id=f"o-{i}", facts={}) for i in range(3)]
    found = run(site, *rows)
    counted = {r["rule"]: r for r in found.undecided}
    assert counted["xixi-2011/26-1-aquatic"] == {
        "rule": "xixi-2011/26-1-aquatic", "missing": ["aquatic_catch_consent"], "count": 3,
    }  # fmt: skip
    assert sum(r["count"] for r in found.undecided) == len(by_undecided(found))


def by_undecided(found: Screened) -> pd.DataFrame:
    return found.findings[found.findings["outcome"] == "undecided"]


def test_no_activity_is_counted_and_makes_no_row(site: Site) -> None:
    found = run(site, observation(activity=None))
    assert not len(found.findings)
    assert found.undecided == [{"rule": "*", "missing": ["activity"], "count": 1}]
    assert found.counts["by_outcome"]["undecided"] == 1
    assert found.counts["without_activity"] == 1


def test_no_position_and_no_day_leave_it_undecided(site: Site) -> None:
    for row in (observation(geometry=None), observation(occurred_on=None)):
        found = run(site, row)
        assert not by_rule(found, "broken")
        assert "xixi-2011/26-1-aquatic" in by_rule(found, "undecided")


def test_strict_and_exercise_at_an_edge(site: Site) -> None:
    """The bus stop 西溪湿地东门 lies 0.8 m inside the drawn boundary (CAUTIONS 1.2)."""
    row = observation(geometry=Point(120.0847608, 30.2758363), uncertainty_m=0.0)
    strict = run(site, row, settings=Settings())
    assert not [r for r in by_rule(strict, "broken") if r.startswith("xixi-2011")]
    undecided = by_rule(strict, "undecided")["xixi-2011/26-1-aquatic"]
    assert json.loads(undecided["missing"]) == ["zone_not_surveyed"]
    assert json.loads(undecided["evidence"])["either_side"] == {
        "inside": "broken", "outside": "kept",
    }  # fmt: skip
    assert undecided["zone_basis"] == "schematic"
    exercise = run(site, row)
    assert "xixi-2011/26-1-aquatic" in by_rule(exercise, "broken")


def test_a_later_law_counts_only_with_a_decision_day(site: Site) -> None:
    row = observation(occurred_on=dt.date(2022, 5, 31))
    told = Settings(assume_schematic=True, decided_on=dt.date(2022, 7, 1))
    assert "xixi-2011/26-1-aquatic" in by_rule(run(site, row), "broken")
    undecided = by_rule(run(site, row, settings=told), "undecided")
    assert json.loads(undecided["xixi-2011/26-1-aquatic"]["missing"]) == ["later_law"]


def test_what_if_takes_the_law_of_another_day(site: Site) -> None:
    other = Settings(assume_schematic=True, on=dt.date(2023, 1, 1))
    broken = by_rule(run(site, observation(), settings=other), "broken")
    assert any(rule.startswith("xixi-2022") for rule in broken)
    assert not any(rule.startswith("xixi-2011") for rule in broken)


def test_footprint_area_is_measured_in_the_zones_of_the_rule(site: Site) -> None:
    """A 100 m x 100 m filling of natural wetland: so many yuan a square metre."""
    side = 0.001
    pond = box(120.06, 30.27, 120.06 + side, 30.27 + side)
    facts = {"natural_wetland": True, "wetland_fill_approval": False}
    row = observation(activity="water_occupation.fill", geometry=pond, facts=facts,
                      occurred_on=dt.date(2024, 3, 3))  # fmt: skip
    from wetland.zones.areas import area

    measured = area(pond, site.crs_epsg).projected_m2
    found = run(site, row).findings
    fill = found.set_index("rule").loc["wetland-law-2022/28-2-fill"]
    assert fill["outcome"] == "broken"
    assert fill["measure"] == pytest.approx(measured, rel=1e-9)
    # Whether it is a wetland of national importance is not known: two tiers, both in the evidence.
    assert pd.isna(fill["fine_min"])
    tiers = json.loads(fill["evidence"])["fine"]["tiers"]
    assert [(t["min"], t["max"], t["unit"]) for t in tiers] == [
        (1000, 10_000, "CNY/m2"), (500, 5000, "CNY/m2"),
    ]  # fmt: skip
    stated = run(site, row | {"facts": json.dumps({**facts, "area_m2": 50.0})}).findings
    assert stated.set_index("rule").loc["wetland-law-2022/28-2-fill", "measure"] == 50.0


def test_a_footprint_across_a_drawn_edge_has_no_certain_area(site: Site) -> None:
    park = next(z for z in site.zones if z.kind == "protection").geometry
    west, south, east, _ = park.bounds
    across = box(west - 0.01, (south + park.centroid.y) / 2, park.centroid.x, park.centroid.y)
    row = observation(activity="construction.building", geometry=across, facts={})
    from wetland.screening.footprints import Ground

    things = np.empty(1, dtype=object)
    things[0] = across
    days = np.zeros(1, dtype=np.int64), [dt.date(2015, 5, 1)]
    strict, exercise = (Ground(site, things, *days, assume) for assume in (False, True))
    assert np.isnan(strict.areas_m2(("protection",))[0])
    inside = exercise.areas_m2(("protection",))[0]
    from wetland.zones.areas import area

    assert inside == pytest.approx(area(across & park, site.crs_epsg).projected_m2, rel=1e-6)
    assert strict.areas_m2(("any",))[0] == pytest.approx(
        area(across, site.crs_epsg).projected_m2, rel=1e-6
    )
    assert run(site, row).counts["screened"] == 1
    assert east > west


def test_lines_reach_a_zone_when_some_part_does(site: Site) -> None:
    walk = LineString([(120.0, 30.2742), (120.0668, 30.2742)])
    assert "xixi-2011/26-1-aquatic" in by_rule(run(site, observation(geometry=walk)), "broken")
    outside = LineString([(119.9, 30.2), (119.91, 30.2)])
    assert not by_rule(run(site, observation(geometry=outside)), "broken")


ACTIVITIES = ["fishing", "fishing.angling", "hunting", "release", "water_occupation.fill",
              "cooking", "construction", "construction.structure"]  # fmt: skip
FACTS = {
    "aquatic_catch_consent": st.booleans(),
    "natural_wetland": st.booleans(),
    "construction_consent": st.booleans(),
    "is_construction_project": st.booleans(),
    "irreversible": st.booleans(),
    "area_m2": st.floats(1, 500).map(lambda v: round(v, 1)),
}
OBSERVED = st.fixed_dictionaries(
    {
        "activity": st.sampled_from(ACTIVITIES),
        "occurred_on": st.dates(dt.date(2010, 1, 1), dt.date(2025, 12, 31)),
        "geometry": st.builds(Point, st.floats(120.02, 120.11), st.floats(30.23, 30.31)),
        "uncertainty_m": st.sampled_from([0.0, 5.0, 50.0, 200.0]),
        "position_source": st.sampled_from(["gps", "unknown"]),
        "facts": st.fixed_dictionaries({}, optional=FACTS),
    }
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(values=OBSERVED, assume=st.booleans())
def test_screening_agrees_with_the_rangers_question(
    site: Site, values: dict[str, Any], assume: bool
) -> None:
    """Differential: each finding is what `law_at` says of the same act."""
    found = run(site, observation(**values), settings=Settings(assume_schematic=assume))
    place = values["geometry"]
    answer = law_at(
        site,
        LawQuestion(place.x, place.y, values["occurred_on"], (values["activity"],),
                    values["facts"], assume_schematic=assume,
                    uncertainty_m=values["uncertainty_m"]),
    )  # fmt: skip
    asked = {
        (j.rule.id, j.outcome.value, j.missing)
        for j in answer.judgement.judged
        if j.outcome.value in {"broken", "undecided"}
    }
    rows = found.findings.to_dict("records")
    assert {(r["rule"], r["outcome"], tuple(json.loads(r["missing"]))) for r in rows} == asked
    assert found.counts["by_outcome"][answer.judgement.outcome.value] == 1


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(values=OBSERVED, data=st.data())
def test_forgetting_only_ever_leads_to_undecided(
    site: Site, values: dict[str, Any], data: st.DataObject
) -> None:
    """Forget one fact, the uncertainty of the position included: broken stays or is undecided."""
    able = ["activity", "occurred_on", "geometry", "uncertainty_m", *values["facts"]]
    gone = data.draw(st.sampled_from(able))
    known = dict(values)
    if gone in values["facts"]:
        known["facts"] = {k: v for k, v in values["facts"].items() if k != gone}
    else:
        known[gone] = None
    before, after = run(site, observation(**values)), run(site, observation(**known))
    broken = set(by_rule(before, "broken"))
    still = set(by_rule(after, "broken"))
    assert still <= broken
    open_rules = {r["rule"] for r in after.undecided}
    assert "*" in open_rules or broken - still <= open_rules
    for rule in broken & still:
        one, two = by_rule(before, "broken")[rule], by_rule(after, "broken")[rule]
        same = one["fine_min"] == two["fine_min"] or pd.isna(two["fine_min"])
        assert same or pd.isna(one["fine_min"])


def test_judging_once_is_judging_each(site: Site, read: Read) -> None:
    """Differential: a table screened whole against the same rows screened one by one."""
    rng = np.random.default_rng(7)
    rows = [
        observation(
            observation_id=f"o-{i}",
            activity=str(rng.choice(ACTIVITIES)),
            occurred_on=dt.date(2010, 1, 1) + dt.timedelta(days=int(rng.integers(0, 5000))),
            geometry=Point(rng.uniform(120.03, 120.1), rng.uniform(30.24, 30.3)),
            facts={} if i % 2 else {"aquatic_catch_consent": bool(i % 4)},
        )
        for i in range(60)
    ]
    whole = run(site, *rows).findings.set_index("finding_id").sort_index()
    parts = pd.concat([run(site, row).findings for row in rows])
    single = parts.set_index("finding_id").sort_index()
    pd.testing.assert_frame_equal(whole, single, check_like=True)


@pytest.mark.soak
def test_ten_thousand_observations_take_seconds(site: Site) -> None:
    rng = np.random.default_rng(7)
    rows = [
        observation(
            observation_id=f"o-{i}",
            activity=str(rng.choice(ACTIVITIES)),
            occurred_on=dt.date(2012, 1, 1) + dt.timedelta(days=int(rng.integers(0, 4500))),
            geometry=Point(rng.uniform(120.03, 120.1), rng.uniform(30.24, 30.3)),
        )
        for i in range(10_000)
    ]
    started = time.perf_counter()
    found = run(site, *rows)
    assert time.perf_counter() - started < 60
    assert found.counts["observations"] == 10_000
    assert found.counts["situations"] < 5_000


def test_an_empty_table(site: Site) -> None:
    found = run(site)
    assert list(found.findings.columns) == FINDINGS.names
    assert found.counts["observations"] == 0
    assert found.undecided == []
