"""Findings of visitors: what makes one, how sure it is, what it says."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.operations.visitorcases import (
    DAY,
    ZONE,
    counts_of,
    day_rows,
    hour_rows,
    moment_row,
    readings_of,
)
from wetland.base.checks import coerce
from wetland.base.findings import FINDINGS
from wetland.reports.detectors import likelihood_label, missing_name, of_detector, rule_titles, says
from wetland.sites.load import open_site
from wetland.visitors.detect import RULES, TOURISM_LAW, VisitorSettings, visitor_findings
from wetland.visitors.detectbase import CAR_PARK, DAILY, INSTANTANEOUS, SILENT, above
from wetland.visitors.pack import Closure, VisitorPack

PACK = open_site("xixi").visitors
LAW = VisitorSettings(law=TOURISM_LAW)
AS_OF = DAY + dt.timedelta(days=30)


def found(
    rows: list[dict[str, Any]], *, pack: VisitorPack = PACK, parking: Any = None, **how: Any
) -> list[dict[str, Any]]:
    as_of = how.pop("as_of", AS_OF)
    settings_ = how.pop("settings", LAW)
    table = visitor_findings(
        counts_of(rows), pack, site="xixi", pack_digest="d", as_of=as_of, parking=parking,
        timezone="Asia/Shanghai", settings=settings_,
    )  # fmt: skip
    assert list(table.columns) == FINDINGS.names
    coerce(FINDINGS, table)
    rows_ = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    for row in rows_:
        row["evidence"], row["missing"] = json.loads(row["evidence"]), json.loads(row["missing"])
    return rows_


def of(rule: str, rows: list[dict[str, Any]], **how: Any) -> list[dict[str, Any]]:
    return [row for row in found(rows, **how) if row["rule"] == rule]


def at(hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(DAY, dt.time(hour, minute), ZONE)


def entered(people: float) -> list[dict[str, Any]]:
    return day_rows("xihu", [people])


def test_above_the_capacity_of_a_day_is_suspected_to_be_a_breach() -> None:
    (row,) = found(entered(88_950))
    assert (row["rule"], row["outcome"], row["measure"], row["limit"]) == (
        DAILY, "broken", 88_950, 86_600)  # fmt: skip
    assert (row["regulation"], row["article"], row["penalty_article"]) == TOURISM_LAW
    assert (row["text_seen"], row["confidence"], row["missing"]) == (False, "low", [])
    assert row["subject"] == f"xihu|{DAY}"
    for part in ("88,950", "86,600", "102.7%", "2015", "旅游法第45条", "合成"):
        assert part in row["explanation_zh"], part
    for part in ("88,950", "86,600", "102.7%", "Tourism Law", "not seen", "invented"):
        assert part in row["explanation_en"], part
    assert row["evidence"]["source"].startswith("tokomodem")
    assert [c["value"] for c in row["evidence"]["counts"]] == [88_950]


@pytest.mark.parametrize(
    ("people", "outcome", "severity"),
    [(69_280, "undecided", 2), (77_940, "undecided", 3), (86_600, "undecided", 4),
     (86_601, "broken", 5), (103_920, "broken", 5)],
)  # fmt: skip
def test_tiers_below_the_capacity_ask_whether_it_was_announced(
    people: float, outcome: str, severity: int
) -> None:
    row = found(entered(people))[0]  # the whole park, at least so many, may follow
    assert row["subject"].startswith("xihu")
    assert row["outcome"] == outcome
    assert row["severity"] == (4 if people == 86_601 else severity)
    if outcome == "undecided":
        assert row["missing"] == ["announced", "reported"]
        assert row["regulation"] is None or row["regulation"] != row["regulation"]
    tier = next(t for t in reversed(PACK.tiers) if people >= t.share * 86_600)
    assert all(act.zh in row["explanation_zh"] for act in (*tier.paid, *tier.free))


def test_below_every_tier_nothing_is_found() -> None:
    assert found(entered(69_279)) == []


def test_a_pack_without_the_law_names_none() -> None:
    (row,) = found(entered(88_950), settings=VisitorSettings())
    assert row["outcome"] == "broken"
    assert "旅游法" not in row["explanation_zh"]
    assert not isinstance(row["regulation"], str)


def test_the_error_of_counts_decides_how_sure_it_is() -> None:
    told = PACK.model_copy(update={"counting_error": 0.05})
    (close,) = found(entered(88_950), pack=told)
    assert (close["outcome"], close["missing"]) == ("undecided", ["confirmation"])
    assert close["likelihood"] == pytest.approx(0.7013, abs=1e-3)
    assert "70%" in close["explanation_zh"]
    (far,) = found(entered(95_000), pack=told)
    assert far["outcome"] == "broken"
    assert far["likelihood"] >= 0.95
    assert above(88_950, 86_600, 0.0) == 1.0


def test_a_lower_bound_above_the_capacity_is_told_as_one() -> None:
    (row,) = of(DAILY, day_rows("EX-G1", [90_000]))
    assert row["evidence"]["at_least"]
    assert "至少" in row["explanation_zh"]


def test_totals_of_several_days_make_no_finding() -> None:
    for period in ("span", "month"):
        rows = day_rows("xihu", [244_400], period=period, counted_to=DAY + dt.timedelta(days=6))
        assert found(rows) == []


def test_the_worst_moment_of_a_day_is_told() -> None:
    rows = [moment_row("xihu", n, at=at(h)) for h, n in ((10, 34_000), (12, 41_601), (13, 41_601))]
    (row,) = of(INSTANTANEOUS, rows)
    assert (row["outcome"], row["measure"]) == ("broken", 41_601)
    assert row["occurred_at"].to_pydatetime() == at(12)
    assert "12:00" in row["explanation_zh"]
    assert [c["value"] for c in row["evidence"]["counts"]] == [41_601]


def test_both_limits_make_findings_of_their_own() -> None:
    rows = [*entered(90_000), moment_row("xihu", 42_000, at=at(12))]
    assert {r["rule"] for r in found(rows)} == {DAILY, INSTANTANEOUS}
    assert len({r["finding_id"] for r in found(rows)}) == 2


def test_people_in_a_closed_area_are_asked_about() -> None:
    closed = PACK.model_copy(update={
        "closures": (Closure(area="xihu", valid_from=DAY, source="s"),)
    })  # fmt: skip
    (row,) = of(DAILY, entered(12), pack=closed)
    assert (row["outcome"], row["missing"], row["limit"]) == ("undecided", ["confirmation"], 0)
    assert "关闭" in row["explanation_zh"]


def test_the_identifier_hangs_on_place_and_day_only() -> None:
    first, second = found(entered(70_000)), found(entered(90_000))
    assert [r["finding_id"] for r in first] == [r["finding_id"] for r in second]
    assert first[0]["outcome"] != second[0]["outcome"]


def test_later_days_are_not_known_yet() -> None:
    assert found(entered(99_000), as_of=DAY - dt.timedelta(days=1)) == []


# ------------------------------------------------------------------ car parks, counters


def full(minutes: list[int], taken: float = 590, park: str = "EX-C1") -> Any:
    return readings_of([(park, at(10) + dt.timedelta(minutes=m), taken) for m in minutes])


def test_a_car_park_that_stays_full_is_found() -> None:
    (row,) = of(CAR_PARK, [], parking=full([0, 15, 30]), as_of=DAY)
    assert (row["outcome"], row["severity"], row["missing"]) == ("undecided", 2, ["diverted"])
    assert (row["measure"], row["limit"]) == (590, pytest.approx(0.95 * 620))
    assert row["geometry"].x == 120.0838
    assert "10:00" in row["explanation_zh"]
    assert "620" in row["explanation_zh"]


@pytest.mark.parametrize(
    "readings",
    [full([0, 15]), full([0, 90]), full([0, 15, 30], taken=588), full([0, 30], park="nobody")],
    ids=["too short", "a gap", "below 95 %", "no number of bays"],
)
def test_a_car_park_that_is_full_for_a_moment_is_not(readings: Any) -> None:
    assert of(CAR_PARK, [], parking=readings, as_of=DAY) == []


def test_old_days_of_car_parks_are_no_advice() -> None:
    assert of(CAR_PARK, [], parking=full([0, 30]), as_of=DAY + dt.timedelta(days=7)) == []
    assert of(CAR_PARK, [], parking=full([0, 30]), as_of=DAY + dt.timedelta(days=6)) != []


def test_bays_are_those_of_the_day() -> None:
    """EX-C2 has 260 bays until 2026-05-01 and 340 from then on."""
    assert of(CAR_PARK, [], parking=full([0, 30], 300, "EX-C2"), as_of=DAY) == []
    early = readings_of([
        ("EX-C2", dt.datetime(2026, 4, 30, 10, m, tzinfo=ZONE), 250.0) for m in (0, 30)
    ])  # fmt: skip
    (row,) = of(CAR_PARK, [], parking=early, as_of=dt.date(2026, 4, 30))
    assert row["evidence"]["bays"] == 260


def test_a_gate_that_vanishes_is_found() -> None:
    rows = [*day_rows("EX-G1", [5] * 10), *day_rows("EX-G2", [5] * 4)]
    (row,) = of(SILENT, rows)
    assert row["subject"] == f"EX-G2|{DAY + dt.timedelta(days=4)}"
    assert (row["measure"], row["severity"], row["outcome"]) == (6, 1, "undecided")
    assert "仍无" in row["explanation_zh"]


def test_a_gate_that_comes_back_is_told_with_the_day() -> None:
    later = DAY + dt.timedelta(days=6)
    rows = [*day_rows("EX-G1", [5] * 10), *day_rows("EX-G2", [5] * 4),
            *day_rows("EX-G2", [5] * 4, first=later)]  # fmt: skip
    (row,) = of(SILENT, rows)
    assert (row["measure"], row["evidence"]["again_from"]) == (2, later.isoformat())


def test_one_day_and_days_on_which_nobody_tells_are_no_silence() -> None:
    gap = [*day_rows("EX-G1", [5] * 2), *day_rows("EX-G1", [5], first=DAY + dt.timedelta(days=20))]
    assert of(SILENT, gap) == []
    rows = [*day_rows("EX-G1", [5] * 5), *day_rows("EX-G2", [5] * 2),
            *day_rows("EX-G2", [5] * 2, first=DAY + dt.timedelta(days=3))]  # fmt: skip
    assert of(SILENT, rows) == []


def test_counts_that_failed_are_silence_and_areas_are_no_gates() -> None:
    rows = [*day_rows("EX-G1", [5] * 4), *day_rows("EX-G2", [5] * 2),
            *day_rows("EX-G2", [-5] * 2, first=DAY + dt.timedelta(days=2), flag="fail"),
            *hour_rows("xihu", [5])]  # fmt: skip
    assert [r["subject"] for r in of(SILENT, rows)] == [f"EX-G2|{DAY + dt.timedelta(days=2)}"]


def test_a_car_park_without_readings_is_found_while_others_tell() -> None:
    days = [at(10) + dt.timedelta(days=k) for k in range(5)]
    told = [("EX-C1", d, 10.0) for d in days] + [("EX-C6", d, 10.0) for d in days[:2]]
    (row,) = of(SILENT, [], parking=readings_of(told))
    assert (row["subject"], row["subject_kind"]) == (f"EX-C6|{days[2].date()}", "car_park")
    assert row["evidence"]["counts"][0]["occupied"] == 10
    assert "读数" in row["explanation_zh"]
    assert of(SILENT, [], parking=readings_of(told), as_of=days[2].date()) == []


# ------------------------------------------------------------------ words, and any input


def test_every_rule_has_words() -> None:
    titles = rule_titles()
    assert set(RULES) <= set(titles)
    assert all(says(rule) is not None for rule in RULES)
    for name in ("announced", "reported", "diverted", "confirmation"):
        assert missing_name(name) is not None
    assert of_detector({"detector": "visitors"})
    assert "承载量" in likelihood_label({"detector": "visitors"}).zh


@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(st.sampled_from(["EX-G1", "EX-G2", "EX-G3", "xihu", "park", "elsewhere"]),
                  st.integers(0, 9), st.integers(0, 200_000),
                  st.sampled_from(["good", "fail", "suspect"])),
        max_size=30, unique_by=lambda t: (t[0], t[1]),
    )
)  # fmt: skip
def test_whatever_was_counted_findings_are_rows_with_ids_of_their_own(
    told: list[tuple[str, int, int, str]],
) -> None:
    rows = [
        row for place, k, value, flag in told
        for row in day_rows(place, [value], first=DAY + dt.timedelta(days=k), flag=flag)
    ]  # fmt: skip
    table = found(rows)
    assert len({r["finding_id"] for r in table}) == len(table)
    for row in table:
        assert row["explanation_zh"]
        assert "{" not in row["explanation_en"]
        if row["outcome"] == "broken":
            assert row["measure"] > row["limit"] > 0
