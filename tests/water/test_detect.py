"""Findings of water: what makes one, what is left open, and what each carries."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.water.made import GOOD, results, sample, station
from wetland.base.checks import check_table
from wetland.base.errors import InputError
from wetland.base.findings import FINDINGS, finding_id
from wetland.reports.findings import finding_json, rows_of
from wetland.water.detect import DETECTOR, RULES, WaterSettings, water_findings
from wetland.water.detectbase import TARGET_CLASS
from wetland.water.sudden import SuddenRule

AS_OF = dt.date(2025, 2, 1)
RIVER = {"R1": station("R1", target_class="III", lon=120.06, lat=30.27)}
BAD = {**GOOD, "nh3n": 1.8, "codmn": 6.5}


def found(samples, stations=None, *, as_of=AS_OF, **asked):
    """Return the findings of samples."""
    return water_findings(
        results(samples),
        stations or RIVER,
        site="xixi",
        pack_digest="digest",
        as_of=as_of,
        settings=WaterSettings(**asked),
    )


def only(table, rule="target_class"):
    """Return the rows of one rule."""
    return table[table["rule"] == f"water/{rule}"].reset_index(drop=True)


def evidence(row):
    """Return the evidence of a finding."""
    return json.loads(row["evidence"])


def year(value, *, start=2020, years=5, item="nh3n"):
    """Make monthly samples; ``value(year, month)`` is the item's value."""
    return [
        sample("R1", f"{y}-{m:02d}-06", {**GOOD, item: value(y, m)})
        for y in range(start, start + years)
        for m in range(1, 13)
    ]


def test_a_bad_sample_is_a_finding_with_its_numbers():
    """Class V, target III: what exceeds, by how much, from which row."""
    row = only(found([sample("R1", "2024-05-06", BAD)])).iloc[0]
    assert (row["outcome"], row["subject"]) == ("broken", "R1|2024-05-06")
    assert (row["measure"], row["limit"], row["severity"]) == (1.8, 1.0, 3)
    assert row["occurred_on"] == dt.date(2024, 5, 6)
    assert (row["article"], row["zone_basis"]) == ("GB 3838-2002; 环办〔2011〕22号", "not_used")
    assert (row["geometry"].x, row["geometry"].y) == (120.06, 30.27)
    said = evidence(row)
    assert [(e["parameter"], e["over"]) for e in said["exceeding"]] == [
        ("nh3n", 0.8), ("codmn", 0.08),
    ]  # fmt: skip
    assert said["apart"] == {"tn": "IV", "fc": None}
    first = said["results"][0]
    assert (first["parameter"], first["value"], first["source_row"]) == (
        "nh3n",
        1.8,
        row["source_row"],
    )
    assert "氨氮 1.8 mg/L（限值 1 mg/L，超 0.8 倍）" in row["explanation_zh"]
    assert "劣于目标Ⅲ类" in row["explanation_zh"]
    assert "class V" in row["explanation_en"]


def test_findings_fit_their_table_and_its_json():
    """Every row passes the schema and can be told in both languages."""
    table = found(year(lambda y, m: 5.0 if (y, m) == (2024, 5) else 0.3))
    assert set(table["rule"]) == set(RULES)
    good, problems = check_table(FINDINGS, table)
    assert (len(good), len(problems)) == (len(table), 0)
    assert table["finding_id"].is_unique
    for row in rows_of(table):
        assert finding_json(row, "zh")["explanation"] != finding_json(row, "en")["explanation"]


def test_good_water_has_no_findings():
    """Five years of class II."""
    assert len(found(year(lambda y, m: 0.3 + 0.02 * ((7 * m + y) % 5)))) == 0


def test_nothing_at_all():
    """An empty table gives an empty table."""
    table = water_findings(
        results([sample("R1", "2024-05-06", GOOD)]).iloc[:0], RIVER, site="xixi",
        pack_digest="d", as_of=AS_OF,
    )  # fmt: skip
    assert list(table.columns) == FINDINGS.names
    assert len(table) == 0


def test_missing_items_leave_it_open():
    """Class II so far, but ammonia was not measured: undecided, and ammonia is named."""
    row = only(found([sample("R1", "2024-05-06", {**GOOD, "nh3n": None})])).iloc[0]
    assert (row["outcome"], json.loads(row["missing"]), row["severity"]) == (
        "undecided", ["nh3n"], 1,
    )  # fmt: skip
    assert "缺少氨氮" in row["explanation_zh"]
    assert len(found([sample("R1", "2024-05-06", {**GOOD, "nh3n": None})], undecided=False)) == 0


def test_missing_items_do_not_save_what_is_broken():
    """Ammonia alone breaks it."""
    row = only(found([sample("R1", "2024-05-06", {"nh3n": 1.8})])).iloc[0]
    assert (row["outcome"], json.loads(row["missing"])) == ("broken", [])


def test_half_a_detection_limit_accuses_nobody():
    """Mercury below 0.0005 counts as class IV; whether it is above the limit is not known."""
    row = only(found([sample("R1", "2024-05-06", {**GOOD, "hg": "<0.0005"})])).iloc[0]
    assert (row["outcome"], json.loads(row["missing"])) == ("undecided", ["hg.detection_limit"])
    assert evidence(row)["limits_above_target"] == ["hg"]
    assert row["measure"] is None or row["measure"] != row["measure"]


def test_what_was_not_detected_is_not_told_as_exceeding():
    """Ammonia is beyond its limit whatever mercury is: it alone is told, and sets the severity."""
    row = only(found([sample("R1", "2024-05-06", {**GOOD, "nh3n": 1.2, "hg": "<0.01"})])).iloc[0]
    assert (row["outcome"], row["measure"], row["limit"]) == ("broken", 1.2, 1.0)
    assert row["severity"] == 2  # class IV at the least; mercury at half its limit would be worse
    said = evidence(row)
    assert (said["water_class"], said["possible"][0]) == ("inferior_v", "IV")
    assert [e["parameter"] for e in said["exceeding"]] == ["nh3n"]
    assert (said["limits_above_target"], list(said["facts"])) == (["hg"], ["nh3n"])
    assert "汞未检出但检出限高于目标限值" in row["explanation_zh"]
    assert "汞 0.005" not in row["explanation_zh"]


def test_a_mean_beyond_its_limit_with_non_detects_at_zero_is_told():
    """Three of four results make the mean of the month exceed whatever the fourth is."""
    values = [1.8, 1.8, 1.8, "<0.02"]
    samples = [sample("R1", f"2024-05-{d:02d}", {**GOOD, "nh3n": x})
               for d, x in zip((3, 10, 17, 24), values, strict=True)]  # fmt: skip
    row = only(found(samples, per=("month",))).iloc[0]
    assert (row["outcome"], row["measure"]) == ("broken", 1.35)


def test_heavy_metals_and_classes_make_it_severer():
    """One class: two. Worse than V with a target of III: four; with mercury one more."""
    severity = {
        "IV": only(found([sample("R1", "2024-05-06", {**GOOD, "nh3n": 1.2})])).iloc[0],
        "inferior": only(found([sample("R1", "2024-05-06", {**GOOD, "nh3n": 9.0})])).iloc[0],
        "mercury": only(found([sample("R1", "2024-05-06", {**GOOD, "hg": 0.0005})])).iloc[0],
        "worst": only(found([sample("R1", "2024-05-06", {**GOOD, "hg": 0.5})])).iloc[0],
    }
    assert {k: row["severity"] for k, row in severity.items()} == {
        "IV": 2, "inferior": 4, "mercury": 3, "worst": 5,
    }  # fmt: skip


def test_ph_and_oxygen_have_no_multiple():
    """Beside their limits stands no number of times."""
    row = only(found([sample("R1", "2024-05-06", {**GOOD, "ph": 9.4, "do": 4.0})])).iloc[0]
    assert "pH值 9.4（应为 6 至 9）" in row["explanation_zh"]
    assert "溶解氧 4 mg/L（限值 5 mg/L）" in row["explanation_zh"]
    assert (row["measure"], row["limit"]) == (9.4, 9.0)


def test_lakes_are_judged_by_their_own_phosphorus():
    """0.06 mg/L is class II in a river and IV in a lake."""
    lake = {"R1": station("R1", "lake", target_class="III")}
    values = {**GOOD, "tp": 0.06}
    assert len(only(found([sample("R1", "2024-05-06", values)]))) == 0
    row = only(found([sample("R1", "2024-05-06", values)], lake)).iloc[0]
    assert (row["measure"], row["limit"]) == (0.06, 0.05)


def test_a_month_of_several_samples_has_its_own_finding():
    """One bad of two: its sample, and the month, whose mean is bad too; one alone is said once."""
    bad = [sample("R1", "2024-05-06", BAD), sample("R1", "2024-05-20", GOOD)]
    assert only(found(bad))["subject"].tolist() == ["R1|2024-05-06", "R1|2024-05"]
    assert only(found(bad[:1]))["subject"].tolist() == ["R1|2024-05-06"]
    assert only(found(bad[:1], per=("month",)))["subject"].tolist() == ["R1|2024-05"]


def test_each_of_two_samples_of_a_day_has_its_own_rows():
    """Morning and afternoon: each finding names its own result, moment and row."""
    hours = [dt.datetime(2024, 5, 6, hour, tzinfo=dt.UTC) for hour in (1, 5)]
    samples = [
        sample("R1", "2024-05-06", {**GOOD, "nh3n": value}, sampled_at=hour)
        for value, hour in zip((1.8, 1.9), hours, strict=True)
    ]
    table = only(found(samples, per=("sample",))).sort_values("subject")
    assert table["subject"].tolist() == [
        "R1|2024-05-06|2024-05-06T01:00:00Z", "R1|2024-05-06|2024-05-06T05:00:00Z",
    ]  # fmt: skip
    assert table["measure"].tolist() == [1.8, 1.9]
    assert table["source_row"].tolist() == [6, 13]
    assert table["occurred_at"].tolist() == hours
    for row in table.to_dict("records"):
        assert [r["value"] for r in evidence(row)["results"]] == [row["measure"]]


def test_depths_of_a_day_are_samples_of_their_own():
    """What has no depth belongs to the only one there is."""
    deep = [sample("R1", "2024-05-06", {**GOOD, "nh3n": 1.8}, depth_m=0.5),
            sample("R1", "2024-05-06", {**GOOD, "nh3n": 1.9}, depth_m=4.0)]  # fmt: skip
    table = only(found(deep, per=("sample",))).sort_values("subject")
    assert [evidence(r)["results"][0]["depth_m"] for r in table.to_dict("records")] == [0.5, 4.0]
    assert table["subject"].tolist() == ["R1|2024-05-06|0.5m", "R1|2024-05-06|4m"]


def test_another_sample_of_the_day_leaves_the_finding_alone():
    """An earlier sample that comes in later makes no other finding of the later one."""
    early, late = (
        sample("R1", "2024-05-06", BAD, sampled_at=dt.datetime(2024, 5, 6, hour, tzinfo=dt.UTC))
        for hour in (1, 5)
    )
    before = only(found([late], per=("sample",)))
    after = only(found([early, late], per=("sample",)))
    assert before["finding_id"][0] in set(after["finding_id"])
    kept = after[after["finding_id"] == before["finding_id"][0]]
    assert kept["occurred_at"].tolist() == before["occurred_at"].tolist()


def test_periods_are_judged_when_they_are_over():
    """On 25 May the samples of May are known, the mean of May is not."""
    samples = [sample("R1", "2024-05-06", BAD), sample("R1", "2024-05-20", BAD)]
    during = only(found(samples, as_of=dt.date(2024, 5, 25)))
    assert sorted(during["subject"]) == ["R1|2024-05-06", "R1|2024-05-20"]
    after = only(found(samples, as_of=dt.date(2024, 5, 31)))
    assert sorted(after["subject"]) == ["R1|2024-05", "R1|2024-05-06", "R1|2024-05-20"]
    before = only(found(samples, as_of=dt.date(2024, 5, 19)))
    assert before["subject"].tolist() == ["R1|2024-05-06"]


def test_since_leaves_older_periods_out():
    """What ended before is not judged again."""
    samples = [sample("R1", "2023-05-06", BAD), sample("R1", "2024-05-06", BAD)]
    table = found(samples, since=dt.date(2024, 1, 1))
    assert only(table)["subject"].tolist() == ["R1|2024-05-06"]


def test_a_year_needs_eight_samples_and_has_a_likelihood():
    """Seven samples make no annual finding; twelve do, with the share of draws that miss it."""
    bad = year(lambda _y, m: 0.4 if m in (1, 4) else 1.6, start=2024, years=1)
    row = only(found(bad, per=("year",))).iloc[0]
    assert row["subject"] == "R1|2024"
    assert 0.9 < row["likelihood"] <= 1
    assert "只计抽样误差" in row["explanation_zh"]
    assert len(only(found(bad[:7], per=("year",)))) == 0


def test_laboratory_and_failed_rows_do_not_count():
    """A spiked sample, a failed result and one of tomorrow are no bad day."""
    for more in ({"qa": "spike"}, {"flag": "fail"}):
        assert len(found([sample("R1", "2024-05-06", BAD, **more)])) == 0
    assert len(found([sample("R1", "2025-05-06", BAD)])) == 0


def test_suspect_and_invented_data_are_said():
    """They count, and the explanation says so."""
    row = only(found([sample("R1", "2024-05-06", BAD, flag="suspect", synthetic=True)])).iloc[0]
    assert "存疑" in row["explanation_zh"]
    assert "数据是合成的" in row["explanation_zh"]
    assert "invented" in row["explanation_en"]
    assert evidence(row)["synthetic"]


def test_stations_without_a_target_are_not_judged_by_one():
    """No target, no exceedance; an undeclared station is refused."""
    assert len(found([sample("R1", "2024-05-06", BAD)], {"R1": station("R1")})) == 0
    with pytest.raises(InputError, match="R9"):
        found([sample("R9", "2024-05-06", BAD)])


def test_deterioration_tells_both_comparisons_once():
    """From II to V against last May and against April: one finding, both in it."""
    samples = [sample("R1", d, v) for d, v in (("2023-05-06", GOOD), ("2024-04-06", GOOD),
                                               ("2024-05-06", BAD))]  # fmt: skip
    row = only(found(samples), "deterioration").iloc[0]
    assert (row["subject"], row["measure"], row["limit"]) == ("R1|2024-05", 3.0, 2.0)
    assert row["severity"] == 4
    assert [c["against"] for c in evidence(row)["comparisons"]] == ["last_year", "previous"]
    assert "同比（与上年同期比）水质明显变差" in row["explanation_zh"]
    assert "环比（与上一时段比）水质明显变差" in row["explanation_zh"]
    assert "氨氮 由 0.3 mg/L 变为 1.8 mg/L" in row["explanation_zh"]
    rows = {r["sampled_on"] for r in evidence(row)["results"]}
    assert rows == {"2023-05-06", "2024-04-06", "2024-05-06"}


def test_one_level_between_months_is_chance_between_years_it_is_not():
    """From II to III from one month to another is no finding unless asked for; of years it is."""
    worse = {**GOOD, "nh3n": 0.8}
    for before in ("2024-04-06", "2023-05-06"):
        chain = [sample("R1", before, GOOD), sample("R1", "2024-05-06", worse)]
        assert len(only(found(chain), "deterioration")) == 0
    assert len(only(found(chain, against={"last_year": 1}), "deterioration")) == 1
    assert len(only(found(chain, against={"previous": 1}), "deterioration")) == 0
    years = [sample("R1", f"{y}-{m:02d}-06", GOOD if y == 2023 else worse)
             for y in (2023, 2024) for m in range(1, 9)]  # fmt: skip
    row = only(found(years), "deterioration").iloc[0]
    assert (row["subject"], row["measure"], row["limit"]) == ("R1|2024", 1.0, 1.0)
    assert len(only(found(years, year_levels=2), "deterioration")) == 0


def test_stationary_water_near_a_limit_makes_few_deteriorations():
    """Five years of ammonia around the limit of class II, by chance alone: one level, never two."""
    chance = np.random.default_rng(5)
    rows = year(lambda _y, _m: round(float(0.5 * np.exp(0.3 * chance.standard_normal())), 3))
    months = {"compared": ("month",)}
    assert len(only(found(rows, **months), "deterioration")) == 0
    assert len(only(found(rows, **months, against={"last_year": 1}), "deterioration")) > 5


def test_deterioration_is_less_severe_where_the_target_is_still_met():
    """From II to III with a target of III: one; with a target of II: two."""
    samples = [sample("R1", "2023-05-06", GOOD), sample("R1", "2024-05-06", {**GOOD, "nh3n": 0.8})]
    for target, severity in (("III", 1), ("II", 2), (None, 2)):
        of_target = {"R1": station("R1", target_class=target)}
        table = found(samples, of_target, against={"last_year": 1})
        assert only(table, "deterioration")["severity"].tolist() == [severity]


def test_deterioration_within_a_level_is_none():
    """From I to II nothing changed."""
    best = {**GOOD, "codmn": 1.5, "nh3n": 0.1, "tp": 0.01}
    samples = [sample("R1", "2023-05-06", best), sample("R1", "2024-05-06", GOOD)]
    assert len(only(found(samples), "deterioration")) == 0


def test_deterioration_by_a_detection_limit_is_open():
    """A laboratory with a worse method makes no worse water."""
    before = {**GOOD, "hg": 0.00002}
    after = {**GOOD, "hg": "<0.001"}
    samples = [sample("R1", "2023-05-06", before), sample("R1", "2024-05-06", after)]
    row = only(found(samples), "deterioration").iloc[0]
    assert (row["outcome"], json.loads(row["missing"])) == ("undecided", ["hg.detection_limit"])
    samples[1] = sample("R1", "2024-05-06", {**after, "phenol": 0.05})  # only of this year
    row = only(found(samples), "deterioration").iloc[0]
    assert (row["outcome"], json.loads(row["missing"])) == ("undecided", ["hg.detection_limit"])


def test_deterioration_from_a_detection_limit_is_open():
    """Phosphorus below 0.2 last year may have been of class III: one level from what it is now."""
    samples = [sample("R1", "2023-05-06", {**GOOD, "tp": "<0.2"}),
               sample("R1", "2024-05-06", {**GOOD, "tp": 0.3})]  # fmt: skip
    row = only(found(samples), "deterioration").iloc[0]
    assert (row["outcome"], json.loads(row["missing"])) == ("undecided", ["tp.detection_limit"])
    samples[0] = sample("R1", "2023-05-06", {**GOOD, "tp": "<0.02"})
    assert only(found(samples), "deterioration")["outcome"].tolist() == ["broken"]  # II to IV


def test_sudden_change_says_its_rule():
    """Five times the usual, still class III: the history, its size and the limit are told."""
    rows = year(lambda y, m: 0.95 if (y, m) == (2024, 5) else 0.2 + 0.01 * ((7 * m + y) % 5))
    row = only(found(rows), "sudden_change").iloc[0]
    assert (row["subject"], row["measure"]) == ("R1|2024-05-06", 0.95)
    assert row["limit"] < 0.95
    assert [(c["parameter"], c["n"]) for c in evidence(row)["changes"]] == [("nh3n", 12)]
    assert "12 个结果" in row["explanation_zh"]
    assert row["article"] is None or row["article"] != row["article"]
    assert len(only(found(rows, sudden=None), "sudden_change")) == 0
    strict = SuddenRule(least=20)
    assert len(only(found(rows, sudden=strict), "sudden_change")) == 0


def test_sudden_changes_of_a_day_are_one_finding():
    """Ammonia and phosphorus on one day: one row, the farther one leads."""
    rows = year(lambda y, m: 0.2 + 0.01 * ((7 * m + y) % 5))
    rows[-8] = sample("R1", "2024-05-06", {**GOOD, "nh3n": 0.9, "tp": 0.19})
    row = only(found(rows), "sudden_change").iloc[0]
    assert [c["parameter"] for c in evidence(row)["changes"]] == ["tp", "nh3n"]
    assert row["measure"] == 0.19
    assert len(evidence(row)["results"]) == 2


def test_identifiers_stay_when_numbers_change():
    """A corrected value changes the row, not its identifier."""
    first = only(found([sample("R1", "2024-05-06", BAD)])).iloc[0]
    second = only(found([sample("R1", "2024-05-06", {**BAD, "nh3n": 1.9})])).iloc[0]
    assert first["finding_id"] == second["finding_id"]
    assert first["finding_id"] == finding_id("xixi", DETECTOR, TARGET_CLASS, "R1|2024-05-06")
    assert first["measure"] != second["measure"]


values = st.fixed_dictionaries(
    {
        "ph": st.sampled_from([5.5, 7.5, 9.2]),
        "do": st.sampled_from([1.0, 4.0, 8.0]),
        "codmn": st.sampled_from([3.0, 7.0, 20.0]),
        "nh3n": st.sampled_from([0.3, 1.2, 3.0]),
        "tp": st.sampled_from([0.05, 0.25, 0.5]),
    }
)


@settings(max_examples=25)
@given(values, st.data())
def test_forgetting_a_fact_never_turns_the_answer_round(sampled, data):
    """Leave out one item of the programme: the answer stays, or becomes undecided."""
    forgotten = data.draw(st.sampled_from(sorted(sampled)))

    def outcome(of):
        table = only(found([sample("R1", "2024-05-06", of)], per=("sample",), sudden=None))
        return table["outcome"][0] if len(table) else "kept"

    assert outcome({**sampled, forgotten: None}) in {outcome(sampled), "undecided"}
