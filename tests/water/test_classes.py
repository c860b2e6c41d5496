"""Classes by the article: what sets them, what is possible, what is told beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.water.made import GOOD, results, sample, station
from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.water.classes import WHY_NOT_OFFICIAL, classes_table, classify
from wetland.water.classesitems import exceedance_multiple, item_class
from wetland.water.parameters import parameters
from wetland.water.results import period_means
from wetland.water.standards import assessment_on, standard_on
from wetland.water.stations import CLASSES, Programme, Station

DAY = "2024-05-01"


def assess(values: Mapping[str, Any], water_body: str = "river", **more: Any) -> dict[str, Any]:
    """Return the row of one sample of one station."""
    table = results([sample("a", DAY, values)])
    stations = {"a": station("a", water_body, **more)}
    rows = classes_table(classify(period_means(table), stations)).to_dict("records")
    assert len(rows) == 1
    return rows[0]


def good(**changed: Any) -> dict[str, Any]:
    return {**GOOD, **changed}


@pytest.mark.parametrize("water_body", ["river", "lake"])
def test_each_limit_belongs_to_the_better_class(water_body: str) -> None:
    """GB 3838-2002: "≤" for all items but dissolved oxygen, "≥" for it; every item, every class."""
    lake = np.array([water_body == "lake"])
    for code, limits in standard_on().limits.items():
        if limits.within is not None:
            continue
        places = parameters()[code].decimals or 0
        least = 10.0 ** -(places + 1)
        steps = [float(x) for x in limits.of(water_body)]
        for limit in steps:
            first = steps.index(limit) + 1
            last = 5 - steps[::-1].index(limit)
            worse, better = (limit - least, limit + least)
            if limits.kind == "max":
                worse, better = better, worse
            got = [int(item_class(limits, np.array([v]), lake)[0]) for v in (limit, worse, better)]
            assert got[:2] == [first, last + 1], code
            assert got[2] <= first, code


@pytest.mark.parametrize(
    ("ph", "number"), [(6.0, 1), (9.0, 1), (7.2, 1), (5.99, 6), (9.01, 6), (np.nan, 0)]
)
def test_ph_is_within_its_range_or_worse_than_v(ph: float, number: int) -> None:
    found = item_class(standard_on().limits["ph"], np.array([ph]), np.array([False]))
    assert found.tolist() == [number]


def test_the_worst_item_sets_the_class() -> None:
    row = assess(good(nh3n=1.2, tp=0.25))
    assert row["water_class"] == "IV"
    assert row["deciding"] == ["nh3n", "tp"]
    assert (row["complete"], row["official"], row["why_not_official"]) == (True, True, None)
    assert row["possible"] == ["IV"]
    assert row["condition"].zh == "轻度污染"
    assert row["item_classes"] == {"ph": "I", "do": "I", "codmn": "II", "nh3n": "IV", "tp": "IV"}


def test_good_water_has_deciding_items_and_no_main_pollutants() -> None:
    """环办[2011]22号: for 优 or 良好 no main pollutants are told."""
    row = assess(good(nh3n=0.9, codmn=5))
    assert (row["water_class"], row["deciding"]) == ("III", ["codmn", "nh3n"])
    assert (row["main_pollutants"], row["main_words"]) == ([], None)
    assert row["condition"].zh == "良好"


def test_main_pollutants_worst_class_first_then_multiple() -> None:
    """By hand: (2.2-1)/1 = 1.2, (0.35-0.2)/0.2 = 0.75, (11-6)/6 = 0.83, (45-20)/20 = 1.25."""
    row = assess(good(nh3n=2.2, tp=0.35, codmn=11, cod=45))
    told = [(m["parameter"], m["multiple"]) for m in row["main_pollutants"]]
    assert told == [("cod", 1.2), ("nh3n", 1.2), ("codmn", 0.8)]  # 1.25 goes first and is 1.2
    assert row["main_words"].zh == "化学需氧量(1.2)、氨氮(1.2)、高锰酸盐指数(0.8)"
    assert row["main_pollutants"][1] == {
        "parameter": "nh3n", "value": 2.2, "limit": 1.0, "multiple": 1.2
    }  # fmt: skip


def test_cyanide_and_heavy_metals_come_first() -> None:
    row = assess(good(nh3n=9, codmn=40, tp=1, pb=0.06, cn=0.3))
    assert [m["parameter"] for m in row["main_pollutants"]] == ["cn", "pb", "nh3n"]
    assert row["deciding"] == ["codmn", "nh3n", "tp", "cn"]


def test_ph_oxygen_and_temperature_have_no_multiple() -> None:
    row = assess(good(ph=9.5, do=1.5, nh3n=2.5))
    told = {m["parameter"]: (m["limit"], m["multiple"]) for m in row["main_pollutants"]}
    assert told == {"nh3n": (1.0, 1.5), "ph": (9.0, None), "do": (5.0, None)}
    assert row["main_words"].zh == "氨氮(1.5)、pH值、溶解氧"
    assert assess(good(ph=5))["main_pollutants"][0]["limit"] == 6.0


def test_equal_multiples_keep_the_order_of_the_standard() -> None:
    """0.3 / 0.2 is 1.5 / 1.0, though not in doubles."""
    row = assess(good(tp=0.3, f=1.5))
    assert [(m["parameter"], m["multiple"]) for m in row["main_pollutants"]] == [
        ("tp", 0.5), ("f", 0.5)
    ]  # fmt: skip


def test_many_items_are_told_apart() -> None:
    """All 21 items at once: rows that differ in one item do not share their answers."""
    items = {code: 0.0 for code in assessment_on().items} | {"ph": 7.0, "do": 8.0}
    changed = [items] + [{**items, code: 90.0 if code != "do" else 1.0} for code in items]
    table = results([sample("a", f"2024-01-{d:02d}", v) for d, v in enumerate(changed, 1)])
    rows = classes_table(classify(period_means(table), {"a": station("a")})).to_dict("records")
    assert (rows[0]["deciding"], rows[0]["not_covered"]) == (list(assessment_on().items), [])
    for code, row in zip(items, rows[1:], strict=True):
        assert row["deciding"] == [code]
        assert row["item_classes"][code] == "inferior_v"
        assert [m["parameter"] for m in row["main_pollutants"]] == [code]
        assert parameters()[code].name.zh in row["main_words"].zh


@pytest.mark.parametrize(
    ("value", "limit", "multiple"),
    [(2.2, 1.0, 1.2), (1.25, 1.0, 0.2), (1.35, 1.0, 0.4), (1.05, 1.0, 0.0), (0.055, 0.05, 0.1),
     (0.0525, 0.05, 0.0), (1e9, 1e4, 99999.0)],
)  # fmt: skip
def test_multiples_are_rounded_half_to_even(value: float, limit: float, multiple: float) -> None:
    assert exceedance_multiple(np.array([value]), np.array([limit])).tolist() == [multiple]


def test_lakes_have_their_own_limits_of_phosphorus() -> None:
    river, lake = (assess(good(tp=0.06), water_body) for water_body in ("river", "lake"))
    assert (river["item_classes"]["tp"], lake["item_classes"]["tp"]) == ("II", "IV")
    assert lake["main_pollutants"] == [
        {"parameter": "tp", "value": 0.06, "limit": 0.05, "multiple": 0.2}
    ]


@pytest.mark.parametrize("water_body", ["river", "lake"])
def test_nitrogen_and_coliforms_stand_apart(water_body: str) -> None:
    row = assess(good(tp=0.01, tn=3.1, fc=12000), water_body)
    assert row["water_class"] == "II"
    assert row["apart"] == {"tn": "inferior_v", "fc": "IV"}
    assert row["apart_values"] == {"tn": 3.1, "fc": 12000}
    assert not {"tn", "fc"} & set(row["deciding"])
    assert row["main_pollutants"] == []
    none = assess({k: v for k, v in GOOD.items() if k != "tn"})
    assert none["apart"] == {"tn": None, "fc": None}


@pytest.mark.parametrize(
    ("oxygen", "more", "expected"),
    [
        (7.5, {"temp": None}, "I"),
        (7.4, {"temp": None}, "II"),
        (7.2, {"temp": 26.9}, "I"),  # 0.9 * 468 / (31.6 + 26.9) = 7.2 exactly
        (7.1, {"temp": 26.9}, "II"),
        (7.2, {"temp": 26.8}, "II"),
        (6.4, {"temp": 35.0}, "I"),  # 421.2 / 66.6 = 6.32: hot water holds less
        (5.9, {"temp": None, "do_sat": 90}, "I"),
        (7.2, {"temp": 26.9, "do_sat": 89.9}, "II"),  # measured goes before calculated
        (7.0, {"temp": 99.0}, "II"),  # no temperature of a water
    ],
)
def test_oxygen_reaches_class_one_by_saturation(
    oxygen: float, more: dict[str, float | None], expected: str
) -> None:
    """GB 3838-2002, table 1: class I is 90 % of saturation or 7.5 mg/L; DOf = 468 / (31.6 + T)."""
    assert assess(good(do=oxygen, **more))["item_classes"]["do"] == expected


def test_a_missing_item_of_the_programme_can_only_make_it_worse() -> None:
    row = assess(good(tp=None))
    assert (row["water_class"], row["complete"], row["official"]) == ("II", False, False)
    assert row["possible"] == ["II", "III", "IV", "V", "inferior_v"]
    assert (row["missing"], row["why_not_official"]) == (["tp"], "incomplete")
    worst = assess(good(tp=None, nh3n=3))
    assert (worst["possible"], worst["complete"]) == (["inferior_v"], False)


def test_temperature_and_nitrogen_are_no_items_of_a_class() -> None:
    row = assess({k: v for k, v in GOOD.items() if k not in {"temp", "tn"}})
    assert (row["complete"], row["missing"]) == (True, [])


def test_what_the_class_does_not_cover_is_told() -> None:
    row = assess(good(cu=0.001))
    assert len(row["not_covered"]) == 21 - 6
    assert {"cod", "hg", "oil"} <= set(row["not_covered"])


def test_another_item_counts_where_it_was_measured() -> None:
    assert assess(good(oil=0.6))["water_class"] == "V"


def test_an_empty_row_has_no_class() -> None:
    row = assess({"temp": 20.0, "tn": 1.2})
    assert row["water_class"] is None
    assert row["possible"] == list(CLASSES)
    assert (row["complete"], row["official"], row["why_not_official"]) == (False, False, "no_class")
    assert (row["deciding"], row["condition"], row["meets_target"]) == ([], None, None)
    assert row["apart"]["tn"] == "IV"


@pytest.mark.parametrize(
    ("limit", "water_class", "possible"),
    [
        (0.02, "II", ["II"]),
        (0.4, "II", ["II"]),  # 0 to 0.4 of ammonia is I to II, and CODMn is II
        (0.8, "II", ["II", "III"]),  # half is 0.4; at most 0.8
        (1.0, "II", ["II", "III"]),
        (1.2, "III", ["II", "III", "IV"]),
        (5.0, "inferior_v", ["II", "III", "IV", "V", "inferior_v"]),
    ],
)
def test_a_high_detection_limit_widens_what_is_possible_as_far_as_it_reaches(
    limit: float, water_class: str, possible: list[str]
) -> None:
    row = assess(good(nh3n=f"<{limit}"))
    assert (row["water_class"], row["possible"]) == (water_class, possible)
    assert (row["complete"], row["official"]) == (True, True)
    assert row["censored_items"] == ["nh3n"]


def test_oxygen_below_the_limit_may_be_none_at_all() -> None:
    row = assess(good(do="<5.5", temp=None))
    assert row["water_class"] == "V"  # half of it, 2.75
    assert row["possible"] == ["III", "IV", "V", "inferior_v"]


def test_a_non_detect_without_a_limit_is_a_missing_item() -> None:
    row = assess(good(nh3n="<nan"))
    assert (row["complete"], row["missing"]) == (False, ["nh3n"])
    assert row["possible"] == ["II", "III", "IV", "V", "inferior_v"]
    extra = assess(good(oil="<nan"))  # not of the programme: not covered, no more
    assert (extra["complete"], extra["possible"]) == (True, ["II"])
    assert "oil" in extra["not_covered"]


def test_a_mean_with_an_unknown_non_detect_is_at_least_what_is_known() -> None:
    table = results([sample("a", "2024-05-01", good(nh3n=3.0)),
                     sample("a", "2024-05-02", good(nh3n="<nan"))])  # fmt: skip
    month = period_means(table, per="month")
    row = classes_table(classify(month, {"a": station("a")})).iloc[0]
    assert (row["water_class"], row["deciding"]) == ("IV", ["nh3n"])  # (3 + 0) / 2 = 1.5 or more
    assert row["possible"] == ["IV", "V", "inferior_v"]
    assert (row["complete"], row["missing"]) == (False, ["nh3n"])


@pytest.mark.parametrize(
    ("per", "samples", "official"),
    [("month", 1, True), ("quarter", 1, False), ("quarter", 2, True), ("year", 7, False),
     ("year", 8, True)],
)  # fmt: skip
def test_too_few_samples_make_no_official_class(per: str, samples: int, official: bool) -> None:
    days = [f"2024-{m:02d}-03" for m in range(1, samples + 1)]
    if per == "month":
        days = days[:1]
    table = results([sample("a", day, GOOD) for day in days])
    row = classes_table(classify(period_means(table, per=per), {"a": station("a")})).iloc[0]
    assert (row["water_class"], row["complete"]) == ("II", True)
    assert (row["official"], row["samples"]) == (official, samples)
    assert row["why_not_official"] == (None if official else "too_few_samples")
    assert set(WHY_NOT_OFFICIAL) >= {"too_few_samples", "incomplete", "no_class"}


def test_every_item_of_the_programme_needs_its_samples() -> None:
    table = results([sample("a", f"2024-{m:02d}-03", good(tp=0.04 if m <= 5 else None))
                     for m in range(1, 13)])  # fmt: skip
    row = classes_table(classify(period_means(table, per="year"), {"a": station("a")})).iloc[0]
    assert (row["complete"], row["official"]) == (True, False)
    assert row["why_not_official"] == "too_few_samples"


@pytest.mark.parametrize(
    ("target", "values", "met"),
    [
        ("III", good(), True),
        ("II", good(), True),
        ("I", good(), False),
        ("III", good(tp=None), None),  # the missing item decides
        ("I", good(tp=None), False),  # what is known is too bad already
        (None, good(), None),
        ("III", {"temp": 20.0}, None),
    ],
)
def test_the_target_is_met_not_met_or_undecided(
    target: str | None, values: dict[str, Any], met: bool | None
) -> None:
    row = assess(values, target_class=target)
    assert row["meets_target"] is met
    assert row["target_class"] == target


def test_programmes_of_the_site() -> None:
    table = results([sample("a", DAY, good(oil="<0.01"))])
    readings = period_means(table)
    fuller = Programme(
        name=text("加测", "more"), items=("ph", "do", "codmn", "nh3n", "oil", "bod5")
    )
    stations = {"a": station("a", programme="more")}
    row = classes_table(classify(readings, stations, programmes={"more": fuller})).iloc[0]
    assert (row["complete"], row["missing"]) == (False, ["bod5"])
    with pytest.raises(InputError, match="more"):
        classify(readings, stations)


def test_the_kind_of_water_is_never_guessed() -> None:
    readings = period_means(results([sample("a", DAY, GOOD), sample("b", DAY, GOOD)]))
    with pytest.raises(InputError) as refused:
        classify(readings, {"b": station("b")})
    assert "a" in refused.value.show("en")
    assert "--water-body" in refused.value.show("zh")


def test_the_day_chooses_the_standard() -> None:
    readings = period_means(results([sample("a", "2009-05-01", GOOD)]))
    stations: dict[str, Station] = {"a": station("a")}
    row = classes_table(classify(readings, stations)).iloc[0]
    assert row["retrospective"]
    assert (row["standard"], row["method"]) == ("gb3838-2002", "cn-2011-22")
    with pytest.raises(InputError):
        classify(readings, stations, on=dt.date(2009, 5, 1))
    assert len(classify(readings, stations, on=dt.date(2024, 1, 1))) == 1


def test_suspect_and_synthetic_rows_are_counted() -> None:
    table = results([sample("a", DAY, GOOD, flag="suspect", synthetic=True)])
    row = classes_table(classify(period_means(table), {"a": station("a")})).iloc[0]
    assert (row["suspect"], row["synthetic"]) == (7, True)


def test_nothing_gives_an_empty_table() -> None:
    none = results([sample("a", DAY, GOOD, qa="blank")])
    table = classes_table(classify(period_means(none), {}))
    assert len(table) == 0
    assert {"water_class", "possible", "apart", "main_words"} <= set(table.columns)


ITEMS = sorted(set(assessment_on().items) - {"ph"})
values_of_items = st.dictionaries(
    st.sampled_from(ITEMS), st.integers(0, 5000).map(lambda n: n / 1000), max_size=8
)


@settings(max_examples=settings().max_examples // 2)
@given(values_of_items, st.sampled_from(ITEMS), st.sampled_from(["river", "lake"]))
def test_leaving_an_item_out_never_makes_what_is_possible_narrower(
    values: dict[str, float], gone: str, water_body: str
) -> None:
    whole = good(**values)
    less = {k: v for k, v in whole.items() if k != gone}
    row, left = assess(whole, water_body), assess(less, water_body)
    if gone in {"do", "codmn", "nh3n", "tp"}:  # of the programme: its absence is noticed
        assert set(row["possible"]) <= set(left["possible"])
    assert CLASSES.index(left["water_class"]) <= CLASSES.index(row["water_class"])


@settings(max_examples=settings().max_examples // 2)
@given(values_of_items, st.sampled_from(ITEMS), st.floats(1, 3))
def test_a_worse_value_never_makes_a_better_class(
    values: dict[str, float], worse: str, times: float
) -> None:
    before = good(temp=None, **values)
    before.setdefault(worse, 0.5)
    share = 1 / times if worse == "do" else times
    after = {**before, worse: before[worse] * share}
    first, second = (CLASSES.index(assess(v)["water_class"]) for v in (before, after))
    assert first <= second


@pytest.mark.parametrize(
    ("per", "last"), [("sample", "2024-09-06"), ("month", "2024-09-30"), ("quarter", "2024-09-30"),
                      ("year", "2024-12-31")],
)  # fmt: skip
def test_a_period_is_official_from_its_last_day_on(per: Any, last: str) -> None:
    """Nine good months make no official year before the year is over; the class is the same."""
    table = results([sample("a", f"2024-{m:02d}-06", GOOD) for m in range(1, 10)])
    readings, end = period_means(table, per=per), dt.date.fromisoformat(last)
    rows = [
        classes_table(classify(readings, {"a": station("a")}, as_of=day)).iloc[-1]
        for day in (end - dt.timedelta(days=1), end, None)
    ]
    assert [row["official"] for row in rows] == [False, True, True]
    assert [row["why_not_official"] for row in rows] == ["unfinished", None, None]
    assert {row["water_class"] for row in rows} == {"II"}
