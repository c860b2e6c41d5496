"""Water of a site from the store or a file, and every question that is asked of it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.operations import wateranswers as answers
from wetland.operations.water import WaterData, water_of_store
from wetland.operations.waterfiles import import_water, water_of_file
from wetland.operations.waterstations import station_rows
from wetland.operations.watertrends import (
    Trend,
    annual_trends_of,
    only_series,
    series_of,
    series_of_file,
    trends_of,
)
from wetland.reading.files import Given
from wetland.sites.load import Site
from wetland.store.store import Store

HEAD = "station,date,ph,do (mg/L),codmn (mg/L),nh3n (mg/L),tp (mg/L),tn (mg/L)\n"
GOOD = "7.5,7.9,3.0,0.30,0.04,1.2\n"


def given(*rows: str, name: str = "w.csv") -> Given:
    return Given.of_bytes(name, (HEAD + "".join(rows)).encode())


def monthly(station: str, year: int, months: int = 12, values: str = GOOD) -> str:
    return "".join(f"{station},{year}-{m:02d}-10,{values}" for m in range(1, months + 1))


@pytest.fixture(scope="module")
def demo(site: Site) -> WaterData:
    """Give the invented example results of Xixi."""
    return water_of_file(site.folder / "examples" / "water.csv", site)


def test_a_file_of_stations_of_the_pack(demo: WaterData) -> None:
    assert demo.station_ids == ["EX-R1", "EX-R2", "EX-R3", "EX-L1", "EX-L2", "EX-P1"]
    assert demo.synthetic
    assert demo.last_day is not None
    assert (demo.last_day.year, demo.last_day.month) == (2026, 10)
    assert set(demo.programmes) == {"9+X", "9+X-lake"}
    assert [s.year for s in demo.statements][:2] == [1970, 2003]
    assert len(demo.sources) == 1


def test_the_examples_tell_the_published_story(demo: WaterData) -> None:
    """From inferior to class V in 2003 to III: what was published, shown on invented data."""
    table = answers.classes_of(demo, per="year").set_index(["station", "period"])["water_class"]
    for section in ("EX-R1", "EX-R2"):
        assert table[section, "2003"] == "inferior_v"
        assert table[section, "2020"] == table[section, "2022"] == "III"
    assert {table[s, "2009"] for s in ("EX-R1", "EX-R2", "EX-R3")} <= {"III", "IV"}


def test_the_examples_hold_what_files_hold(demo: WaterData) -> None:
    results = demo.results
    assert {"sample", "duplicate", "blank"} == set(results["qa"])
    samples = results[results["qa"] == "sample"]
    assert (samples["censoring"] == "below").sum() > 20
    assert "suspect" in set(samples["flag"])
    assert not ((samples["parameter"] == "turb") & (samples["value"] < 0)).any()


def test_the_generator_makes_the_file(load_script, site: Site) -> None:
    module = load_script("scripts/xixi_water.py")
    assert module.main(["--check"]) == 0
    assert module.main(["--check", "--out", str(site.folder / "none.csv")]) == 1


def test_nitrogen_stands_beside_the_class(demo: WaterData) -> None:
    row = answers.classes_of(demo.only(["EX-R2"]), per="year").iloc[-1]
    assert row["water_class"] == "III"
    assert row["apart"]["tn"] in {"V", "inferior_v"}
    assert row["complete"]
    assert row["synthetic"]


def test_results_are_chosen_by_station_and_day(demo: WaterData) -> None:
    some = demo.only(["示例断面二（河道中段）", "EX-L1"], since=dt.date(2024, 1, 1),
                     until=dt.date(2024, 12, 31))  # fmt: skip
    assert set(some.results["station"]) == {"EX-R2", "EX-L1"}
    assert {d.year for d in some.results["sampled_on"]} == {2024}
    assert demo.only() is demo
    assert demo.resolve(["EXAMPLE SECTION 2 (MIDDLE OF THE RIVER)"]) == ["EX-R2"]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"stations": ["nowhere"]}, "EX-R1"),
        ({"stations": [""]}, "no station ''"),
        ({"since": dt.date(2030, 1, 1)}, "no water results"),
        ({"since": dt.date(2024, 2, 1), "until": dt.date(2024, 1, 1)}, "--since"),
    ],
)
def test_a_choice_that_leaves_nothing_is_told(demo: WaterData, choice: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        demo.only(**choice)


def test_a_station_of_untold_kind_is_never_guessed() -> None:
    data = water_of_file(given(monthly("A", 2024)))
    assert data.station_ids == ["A"]
    for question in (answers.classes_of, answers.trophic_of, answers.certainty_of,
                     answers.grades_of, answers.forecast_of):  # fmt: skip
        with pytest.raises(InputError, match="A") as caught:
            question(data)
        assert "--water-body" in str(caught.value.hint)
    river, lake = data.assume("river"), data.assume("lake")
    assert answers.classes_of(river, per="year").iloc[0]["water_class"] == "II"
    assert answers.classes_of(lake, per="year").iloc[0]["water_class"] == "III"
    with pytest.raises(InputError, match="sea"):
        data.assume("sea")


def test_an_untold_kind_is_taken_only_where_nothing_is_told(demo: WaterData) -> None:
    assert demo.assume("lake").stations["EX-R1"].water_body == "river"


def test_nothing_at_all_is_told(site: Site, store: Store) -> None:
    data = water_of_store(store, site)
    assert not len(data.results)
    assert (data.last_day, data.synthetic, data.station_ids) == (None, False, [])
    with pytest.raises(InputError, match="no water results") as caught:
        answers.classes_of(data)
    assert "wetland water import" in str(caught.value.hint)


def test_a_programme_can_be_asked_for(demo: WaterData) -> None:
    some = demo.only(["EX-L1"], since=dt.date(2025, 1, 1))
    assert answers.classes_of(some, per="year", programme="9+X")["complete"].all()
    with pytest.raises(InputError, match="9\\+X-lake"):
        answers.classes_of(some, programme="all")


def test_the_index_is_of_lakes_only(demo: WaterData) -> None:
    table = answers.trophic_of(demo, per="year")
    assert set(table["station"]) == {"EX-L1", "EX-L2", "EX-P1"}
    with pytest.raises(InputError, match="EX-R1"):
        answers.trophic_of(demo.only(["EX-R1", "EX-L1"]), lakes_only=False)
    with pytest.raises(InputError, match="not for rivers"):
        answers.trophic_of(demo.only(["EX-R1"]))


def test_certainty_agrees_with_the_class(demo: WaterData) -> None:
    some = demo.only(["EX-L2"], since=dt.date(2021, 1, 1), until=dt.date(2023, 12, 31))
    sure = answers.certainty_of(some, per="year", draws=400)
    classes = answers.classes_of(some, per="year")
    assert sure["water_class"].tolist() == classes["water_class"].tolist()
    for row in sure.itertuples():
        assert math.isclose(sum(row.probabilities.values()), 1.0)
    assert sure["likelihood"].astype(float).min() < 0.95


def test_changes_compare_with_what_lies_before_the_days_asked_for(demo: WaterData) -> None:
    some = demo.only(["EX-R1"])
    told = answers.changes_of(some, against="last_year", since=dt.date(2025, 1, 1),
                              until=dt.date(2025, 12, 31))  # fmt: skip
    assert told["period"].tolist() == ["2025"]
    assert told.iloc[0]["class_before"] == "III"


def test_grades_and_compliance_are_answered(demo: WaterData) -> None:
    some = demo.only(since=dt.date(2025, 1, 1))
    grades = answers.grades_of(some, per="year")
    assert set(grades["reach"]) == {"示例河道", "示例湖区", "示例鱼塘", "*"}
    met = answers.compliance_of(some).set_index("station")
    assert met.loc["EX-R3", "not_met"] == 0
    assert met.loc["EX-R2", "not_met"] >= 1
    changed = answers.reach_changes_of(some, against="last_year", since=dt.date(2026, 1, 1))
    assert set(changed["period"]) == {"2026"}


def test_what_is_not_over_has_no_official_answer(demo: WaterData) -> None:
    """Ten months of 2026 are enough samples, but no year before it ends."""
    for as_of, official in ((None, True), (dt.date(2026, 11, 1), False)):
        data = replace(demo, as_of=as_of)
        classes = answers.classes_of(data, per="year")
        assert classes[classes["period"] == "2026"]["official"].any() == official
        trophic = answers.trophic_of(data, per="year")
        assert trophic[trophic["period"] == "2026"]["official"].any() == official
        grades = answers.grades_of(data)
        assert grades[grades["period"] == "2026"]["official"].any() == official
        assert ((answers.compliance_of(data, per="year")["last"] == "2026").any()) == official


def test_a_forecast_names_parameters_and_classes(demo: WaterData) -> None:
    some = demo.only(["EX-R1"], since=dt.date(2016, 1, 1))
    found, classes = answers.forecast_of(some, months=2, parameters=["总磷"])
    assert set(found["parameter"]) == {"tp"}
    assert len(classes) == 2
    with pytest.raises(InputError, match="unknown parameter xyz"):
        answers.forecast_of(some, parameters=["xyz"])


def test_rows_are_told_in_one_language() -> None:
    frame = pd.DataFrame(
        {
            "words": [text("好", "good")],
            "day": [dt.date(2024, 5, 1)],
            "none": [float("nan")],
            "nested": [{"a": [text("一", "one"), None, float("inf")]}],
            "flag": pd.array([pd.NA], dtype="boolean"),
            "count": [3],
        }
    )
    assert answers.told(frame, "zh") == [
        {"words": "好", "day": "2024-05-01", "none": None, "nested": {"a": ["一", None, None]},
         "flag": None, "count": 3}
    ]  # fmt: skip


def test_the_stations_say_what_is_stored(site: Site, store: Store) -> None:
    import_water(store, site, given(monthly("EX-R1", 2024), monthly("Z", 2024, 2)), actor="t")
    rows = {row["station"]: row for row in station_rows(store, site, "en")}
    assert rows["EX-R1"]["days"] == 12
    assert rows["EX-R1"]["water_body"] == "river"
    assert (rows["EX-R2"]["results"], rows["EX-R2"]["first"]) == (0, None)
    assert (rows["Z"]["water_body"], rows["Z"]["last"]) == (None, "2024-02-10")


def test_official_trends_are_of_items_and_of_shares(demo: WaterData) -> None:
    """Annual means of every station, and the shares of the whole site where all kinds are told."""
    data = replace(demo, as_of=dt.date(2026, 11, 1))
    table = annual_trends_of(data).set_index(["station", "parameter"])
    row = table.loc[("EX-R1", "nh3n")]
    assert (row["last"], row["left_out"], row["verdict"]) == (2025, [2026], "better")
    assert set(table.loc["*"].index) == {"good_percent", "inferior_percent"}
    assert set(annual_trends_of(data, parameters=["氨氮"])["parameter"]) == {"nh3n"}
    untold = replace(data, stations={})
    assert "*" not in set(annual_trends_of(untold)["station"])


def test_trends_of_results_and_of_a_file_are_the_same(demo: WaterData, tmp_path: Path) -> None:
    """The same numbers, read as results and as a plain series."""
    some = demo.only(["EX-R3"], since=dt.date(2012, 1, 1))
    stored = only_series(series_of(some), parameters=["tp"])
    samples = some.results.query("parameter == 'tp' and qa == 'sample'")
    plain = samples.assign(date=samples["sampled_on"], censored=samples["censoring"] == "below")
    path = tmp_path / "series.csv"
    plain[["station", "date", "parameter", "value", "censored"]].to_csv(path, index=False)
    read, problems = series_of_file(path)
    assert not len(problems)
    asked = Trend(method="seasonal_kendall")
    one, other = trends_of(stored, asked).iloc[0], trends_of(read, asked).iloc[0]
    for name in ("s", "var_s", "z", "p_value", "slope_per_year", "lower", "upper", "n"):
        assert one[name] == other[name], name


def test_series_are_chosen_by_any_name(demo: WaterData) -> None:
    series = series_of(demo.only(["EX-R3"]))
    assert set(only_series(series, parameters=["氨氮", "TP"])["parameter"]) == {"nh3n", "tp"}
    last = only_series(series, parameters=["tp"], since=dt.date(2026, 1, 1))
    assert (last["t"] >= 2026).all()
    with pytest.raises(InputError, match="chlorophyll"):
        only_series(series, parameters=["chlorophyll"])
    with pytest.raises(InputError, match="no station B"):
        only_series(series, stations=["B"])
    with pytest.raises(InputError, match="no water results"):
        only_series(series, until=dt.date(1990, 1, 1))


def test_a_file_without_a_usable_number_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("station,date,parameter,value\nA,2020,tp,much\n", encoding="utf-8")
    with pytest.raises(InputError, match="no value that can be used"):
        series_of_file(path)


def test_trends_of_a_wide_file_are_those_of_its_results(site: Site) -> None:
    """A file without a column of values is read as water results, units and non-detects too."""
    path = site.folder / "examples" / "water.csv"
    read, problems = series_of_file(path, lambda: site)
    assert len(problems)
    assert {"tp", "nh3n", "chla"} <= set(read["parameter"])
    assert (read.loc[read["parameter"] == "nh3n", "censored"] == -1).any()
    with pytest.raises(InputError, match="header"):
        series_of_file(Given.of_bytes("x.csv", b"1,2\n3,4\n"))


def test_a_plain_series_needs_no_site() -> None:
    words = b"year,value\n1990,1\n1991,2\n1992,4\n"
    read, _ = series_of_file(Given.of_bytes("rain.csv", words), lambda: pytest.fail("asked"))
    assert trends_of(read, Trend(method="mann_kendall")).iloc[0]["s"] == 3
