"""Quality flags: every test by a case made for it, what must not be flagged, and properties."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetland.water.flags import ORDER, flag_results
from wetland.water.parameters import parameters
from wetland.water.results import usable

KNOWN = parameters()
START = dt.date(2024, 1, 10)


def rows(
    values: list[float], parameter: str = "nh3n", *, station: str = "A", step: int = 30, **more: Any
) -> pd.DataFrame:
    """Make invented results of one parameter, every ``step`` days."""
    size = len(values)
    frame = pd.DataFrame(
        {
            "result_id": [f"{station}-{parameter}-{i}" for i in range(size)],
            "source_row": pd.array(range(2, size + 2), dtype="Int64"),
            "station": station,
            "sampled_on": [START + dt.timedelta(days=step * i) for i in range(size)],
            "sampled_at": pd.Series([pd.NaT] * size, dtype="datetime64[us, UTC]"),
            "depth_m": np.nan,
            "parameter": parameter,
            "value": np.array(values, dtype=float),
            "censoring": "none",
            "value_received": [f"{v:g}" for v in values],
            "qa": "sample",
            "flag": "unknown",
            "flag_tests": pd.Series([None] * size, dtype="str"),
        }
    )
    return frame.assign(**more)


def noted(frame: pd.DataFrame, row: int) -> list[str]:
    said = frame["flag_tests"].iloc[row]
    return [note["test"] for note in json.loads(said)] if isinstance(said, str) else []


def flags(frame: pd.DataFrame, **more: Any) -> list[str]:
    return flag_results(frame, KNOWN, **more).results["flag"].tolist()


def test_ordinary_results_are_good():
    found = flag_results(rows([0.31, 0.42, 0.35, 0.6, 0.55, 0.3]), KNOWN)
    assert set(found.results["flag"]) == {"good"}
    assert found.results["flag_tests"].isna().all()
    assert found.problems == []


def test_what_cannot_be_fails_and_says_so():
    found = flag_results(rows([7.1, 74.0, 7.3], "ph"), KNOWN, file="lab.csv")
    assert found.results["flag"].tolist() == ["good", "fail", "good"]
    [note] = json.loads(found.results["flag_tests"].iloc[1])
    assert note["test"] == "impossible"
    assert (note["value"], note["low"], note["high"]) == (74.0, 0.0, 14.0)
    [problem] = found.problems
    assert (problem.file, problem.row, problem.code) == ("lab.csv", 3, "flag_impossible")
    assert problem.message.en == "pH 74 cannot be (possible: 0 to 14): it is not used"
    assert problem.level == "warning"


def test_no_spill_is_taken_out_of_the_class():
    """Beyond what natural water shows a result is doubted, and used: water may be poisoned."""
    for code, spill in (("ph", 2.4), ("nh3n", 300.0), ("tp", 6.0), ("cod", 800.0), ("cd", 1.5)):
        high = KNOWN[code].plausible[1]
        found = flag_results(rows([spill], code), KNOWN)
        assert found.results["flag"].tolist() == ["suspect"]
        assert noted(found.results, 0) == ["gross_range"]
        assert f"to {high:g})" in found.problems[0].message.en
        assert len(usable(found.results)) == 1


@pytest.mark.parametrize("code", list(KNOWN))
def test_what_is_plausible_can_be(code):
    (low, high), (least, most) = KNOWN[code].plausible, KNOWN[code].bounds
    assert least <= low < high <= most < np.inf
    assert set(flags(rows([low, high], code, step=4000))) <= {"good", "suspect"}


def test_the_ends_of_the_ranges_pass():
    low, high = KNOWN["ph"].plausible
    assert set(flags(rows([low, high], "ph", step=400))) == {"good"}
    assert set(flags(rows([0.0, 14.0], "ph", step=400))) == {"suspect"}
    assert flags(rows([-0.01, np.inf, 1e6, 1.1e6], step=400)) == ["fail", "fail", "suspect", "fail"]


def test_a_detection_limit_is_only_compared_with_the_upper_end():
    low, high = KNOWN["ph"].plausible
    assert flags(rows([low - 1], "ph", censoring="below")) == ["good"]
    assert flags(rows([high + 1], "ph", censoring="below")) == ["suspect"]
    assert flags(rows([low - 1], "ph", censoring="above")) == ["suspect"]
    assert flags(rows([14.5], "ph", censoring="below")) == ["fail"]


def test_a_unit_a_thousand_times_off():
    """350 ug/L entered as mg/L: one flag, and the good value after it has none."""
    found = flag_results(rows([0.31, 0.42, 0.35, 35.0 * 10, 0.55, 0.3]), KNOWN)
    assert noted(found.results, 3)[-1] == "unit"
    assert [noted(found.results, i) for i in (0, 1, 2, 4, 5)] == [[]] * 5
    note = json.loads(found.results["flag_tests"].iloc[3])[-1]
    assert note["times"] == pytest.approx(350 / note["median"])


@pytest.mark.parametrize("value", [0.00042, 0.0009, 0.0002])
def test_a_thousandth_is_seen_as_well(value):
    found = flag_results(rows([0.31, 0.42, 0.35, value, 0.55, 0.3]), KNOWN)
    assert noted(found.results, 3) == ["unit"]
    assert found.results["flag"].iloc[3] == "suspect"
    assert "mg/L is 1/" in found.problems[0].message.en


def test_with_a_history_the_whole_file_may_be_off():
    """The station's earlier results tell the unit, even where all of the new ones are wrong."""
    history = rows([0.31, 0.42, 0.35, 0.5])
    new = rows([0.0004, 0.0003, 0.0005, 0.0004], result_id=list("abcd")).assign(
        sampled_on=[dt.date(2025, m, 1) for m in (1, 2, 3, 4)]
    )
    assert flags(new) == ["good"] * 4
    found = flag_results(new, KNOWN, history=history)
    assert [noted(found.results, i) for i in range(4)] == [["unit"]] * 4
    assert len(found.results) == 4


def test_limits_are_compared_with_limits():
    """<25 among <0.025 is a limit in ug/L."""
    frame = rows([0.025, 0.025, 0.025, 25.0], censoring="below")
    assert noted(flag_results(frame, KNOWN).results, 3) == ["unit"]


def test_a_spike_is_flagged_and_its_neighbours_are_not():
    found = flag_results(rows([20.0, 21.0, 38.0, 20.5, 19.0], "temp", step=7), KNOWN)
    assert [noted(found.results, i) for i in range(5)] == [[], [], ["spike"], [], []]
    note = json.loads(found.results["flag_tests"].iloc[2])[0]
    assert (note["before"], note["after"], note["limit"]) == (21.0, 20.5, KNOWN["temp"].spike)


def test_a_step_is_no_spike_and_distant_neighbours_tell_nothing():
    assert flags(rows([8.0, 9.0, 24.0, 25.0], "temp", step=30)) == ["good"] * 4
    assert flags(rows([8.0, 30.0, 9.0], "temp", step=60)) == ["good"] * 3


def test_restless_water_has_no_spikes():
    """Jumps of 15 degrees are this station's daily bread, so one more is not odd."""
    restless = [10.0, 26.0] * 8
    assert set(flags(rows(restless, "temp", step=30))) == {"good"}
    assert flags(rows([10.0, 26.0, 10.0], "temp", step=30)) == ["good", "suspect", "good"]


def test_a_concentration_that_doubles_is_no_spike():
    limit = KNOWN["nh3n"].spike
    assert limit is not None
    low = limit + 2.0
    assert set(flags(rows([low, 2 * low, low], step=30))) == {"good"}
    assert flags(rows([low, 2.1 * low, low], step=30)) == ["good", "suspect", "good"]


def test_a_change_too_fast():
    """A day's rate is allowed within a day; over three days three times as much."""
    rate = KNOWN["temp"].rate_per_day
    assert rate is not None
    limit = 10.0 + rate
    assert flags(rows([10.0, limit + 0.1], "temp", step=1)) == ["good", "suspect"]
    assert flags(rows([10.0, limit], "temp", step=1)) == ["good", "good"]
    assert flags(rows([10.0, limit + 0.1], "temp", step=3)) == ["good", "good"]


def test_a_flat_line():
    size = KNOWN["do"].flat_line
    stuck = [7.1, *[6.4] * size, 7.3]
    assert flags(rows(stuck, "do")) == ["good", *["suspect"] * size, "good"]
    assert flags(rows(stuck[1:], "do")[1:]) == ["good"] * size


def test_equal_non_detects_are_no_flat_line():
    assert set(flags(rows([0.025] * 9, censoring="below"))) == {"good"}


def test_far_from_the_stations_own_results():
    values = [0.30, 0.33, 0.28, 0.35, 0.31, 0.29, 0.34, 0.32, 0.30, 0.31, 0.36, 2.9]
    found = flag_results(rows(values, step=90), KNOWN)
    assert noted(found.results, 11) == ["climatology"]
    note = json.loads(found.results["flag_tests"].iloc[11])[0]
    assert note["high"] < 2.9
    assert note["n"] == 12
    assert flags(rows([*values[:-1], 1.2], step=90))[-1] == "good"  # within a factor of 5


def test_the_same_sample_twice():
    frame = pd.concat([rows([0.3, 0.4]), rows([0.5], result_id="again")], ignore_index=True)
    assert flags(frame) == ["suspect", "good", "suspect"]
    other_depth = frame.assign(depth_m=[0.5, 0.5, 3.0])
    assert flags(other_depth) == ["good"] * 3
    duplicate = frame.assign(qa=["sample", "sample", "duplicate"])
    assert flags(duplicate) == ["suspect", "good", "suspect"]
    assert noted(flag_results(duplicate, KNOWN).results, 0) == ["duplicate"]


def test_an_import_again_is_no_second_sample():
    frame = rows([0.3, 0.4, 0.5])
    assert flags(frame, history=frame) == ["good"] * 3


def test_a_part_larger_than_its_whole():
    frame = pd.concat([rows([1.9, 0.5]), rows([1.2, 0.9], "tn")], ignore_index=True)
    found = flag_results(frame, KNOWN)
    assert found.results["flag"].tolist() == ["suspect", "good", "suspect", "good"]
    note = json.loads(found.results["flag_tests"].iloc[0])[0]
    assert (note["test"], note["part"], note["whole"]) == ("parts", 1.9, 1.2)
    within = pd.concat([rows([1.30]), rows([1.20], "tn")], ignore_index=True)
    assert flags(within) == ["good", "good"]


def test_of_several_wholes_a_part_has_to_exceed_them_all():
    tn = rows([1.2, 2.5], "tn", step=0)
    frame = pd.concat([rows([1.9]), tn], ignore_index=True)
    for order in ([0, 1, 2], [2, 1, 0]):
        found = flag_results(frame.iloc[order].reset_index(drop=True), KNOWN).results
        assert noted(found, order.index(0)) == []
        assert "parts" in noted(found, order.index(1))
        assert "parts" not in noted(found, order.index(2))


def test_repeated_non_detects_without_limits_are_not_called_zero():
    frame = rows([np.nan, np.nan], step=0, censoring="below")
    found = flag_results(frame, KNOWN)
    [note] = json.loads(found.results["flag_tests"].iloc[0])
    assert (note["n"], note["low"], note["high"]) == (2, None, None)
    assert "(— to — mg/L)" in found.problems[0].message.en
    [note] = json.loads(
        flag_results(frame.assign(value=[np.nan, 0.3]), KNOWN).results.flag_tests[0]
    )
    assert (note["low"], note["high"]) == (0.3, 0.3)


def test_a_duplicate_may_differ_by_a_fifth():
    pair = pd.concat([rows([0.30]), rows([0.20], result_id="p", qa="duplicate")], ignore_index=True)
    assert flags(pair) == ["good", "good"]  # 0.1 / 0.5: exactly 20 %
    wide = pair.assign(value=[0.30, 0.19])
    found = flag_results(wide, KNOWN)
    assert found.results["flag"].tolist() == ["suspect", "suspect"]
    note = json.loads(found.results["flag_tests"].iloc[1])[0]
    assert (note["first"], note["second"]) == (0.30, 0.19)
    assert note["percent"] == pytest.approx(100 * 0.11 / 0.49)
    # Of another depth, below the limit, or of two samples: nothing to compare with.
    assert flags(wide.assign(depth_m=[0.5, 3.0])) == ["good", "unknown"]
    assert flags(wide.assign(censoring=["none", "below"])) == ["good", "unknown"]
    two = pd.concat([wide, rows([0.5], result_id="q", depth_m=2.0)], ignore_index=True)
    assert flags(two)[1] == "unknown"


def test_a_blank_that_is_not_empty_casts_doubt_on_the_low_results_of_its_day():
    blank = rows([0.05], station="空白", qa="blank")
    day = [
        rows([0.24], station="A"), rows([0.25], station="B"), rows([0.05], station="C",
             censoring="below"), rows([0.06], "tp", station="D"),
    ]  # fmt: skip
    found = flag_results(pd.concat([blank, *day], ignore_index=True), KNOWN)
    assert found.results["flag"].tolist() == ["suspect", "suspect", "good", "good", "good"]
    assert noted(found.results, 0) == ["blank"]
    assert noted(found.results, 1) == ["blank_of_day"]
    assert "less than 5 times the blank 0.05" in found.problems[1].message.en
    empty = pd.concat([blank.assign(censoring="below"), *day], ignore_index=True)
    assert set(flags(empty)) == {"good"}
    another_day = blank.assign(sampled_on=[START + dt.timedelta(days=1)])
    assert flags(pd.concat([another_day, *day], ignore_index=True))[1] == "good"


def test_what_cannot_be_tested_is_unknown_and_what_is_not_there_missing():
    frame = pd.concat(
        [
            rows([np.nan]),
            rows([np.nan], station="B", censoring="below"),
            rows([1.0], "unheard_of", station="C"),
            rows([0.3], station="D", qa="spike"),
        ],
        ignore_index=True,
    )
    assert flags(frame) == ["missing", "unknown", "unknown", "unknown"]


def test_what_is_missing_is_no_second_result_of_a_sample():
    frame = rows([np.nan, 0.3, np.nan], step=0)
    assert flags(frame) == ["missing", "good", "missing"]


def test_what_the_source_said_is_kept():
    said = json.dumps([{"test": "source", "flag": "fail", "zh": "仪器故障", "en": "broken"}])
    frame = rows([0.3, 0.4, 9e9], flag=["fail", "suspect", "unknown"]).assign(
        flag_tests=pd.Series([said, None, said], dtype="str")
    )
    found = flag_results(frame, KNOWN).results
    assert found["flag"].tolist() == ["fail", "suspect", "fail"]
    assert noted(found, 0) == ["source"]
    assert noted(found, 2)[:2] == ["source", "impossible"]
    again = flag_results(found, KNOWN).results
    pd.testing.assert_frame_equal(found, again)


def test_an_empty_table():
    found = flag_results(rows([]), KNOWN)
    assert len(found.results) == 0
    assert found.problems == []


codes = st.sampled_from(["nh3n", "tn", "temp", "ph", "fc"])
cells = st.tuples(
    st.sampled_from(["A", "B"]), codes, st.integers(0, 40),
    st.floats(0.01, 60) | st.sampled_from([0.1, 5.0, 60.0]),
    st.sampled_from(["none", "none", "below"]),
)  # fmt: skip


def table(data: list[tuple[str, str, int, float, str]]) -> pd.DataFrame:
    frame = rows([value for *_, value, _ in data])
    return frame.assign(
        qa=["sample" if d[2] % 5 else ("blank", "duplicate")[d[2] % 2] for d in data],
        station=[d[0] for d in data],
        parameter=[d[1] for d in data],
        sampled_on=[START + dt.timedelta(days=10 * d[2]) for d in data],
        censoring=[d[4] for d in data],
    )


@settings(max_examples=40)
@given(st.lists(cells, min_size=1, max_size=40), st.randoms())
def test_order_of_the_rows_does_not_matter(data, random):
    """Not even where one sample has several results, equal ones or not."""
    frame = table(data)
    order = list(range(len(frame)))
    random.shuffle(order)
    once = flag_results(frame, KNOWN).results
    again = flag_results(frame.iloc[order], KNOWN).results.loc[frame.index]
    pd.testing.assert_frame_equal(once, again)


@settings(max_examples=25)
@given(st.lists(cells, min_size=2, max_size=30), st.integers(1, 29))
def test_no_order_of_files_takes_a_result_out_of_use(data, cut):
    """What else is known of a station may cast doubt on a result, but never fails it."""
    frame = table([(*d[:3], d[3] * 3 - 20, d[4]) for d in data])
    first, second = frame.iloc[:cut], frame.iloc[cut:]
    whole = flag_results(frame, KNOWN).results["flag"].eq("fail")
    later = flag_results(second, KNOWN, history=flag_results(first, KNOWN).results).results
    sooner = flag_results(first, KNOWN, history=later).results
    pd.testing.assert_series_equal(pd.concat([sooner, later])["flag"].eq("fail"), whole)


wild = st.tuples(
    st.sampled_from(["A", "B"]), codes, st.integers(0, 12), st.floats(width=32),
    st.sampled_from(["none", "below", "above"]),
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(wild, min_size=1, max_size=30))
def test_no_number_takes_the_tests_down(data):
    """Not even infinite ones, nor those that overflow: none of them passes for sound."""
    found = flag_results(table(data), KNOWN).results
    beyond = found["value"].gt(1e30) & found["censoring"].ne("above")
    beyond &= found["qa"].eq("sample")
    assert set(found.loc[beyond, "flag"]) <= {"fail", "suspect"}  # what has no bound is doubted
    assert not found["flag_tests"].str.contains("Infinity|NaN").any()  # no JSON


@settings(max_examples=40)
@given(st.lists(cells, min_size=1, max_size=40))
def test_only_flags_are_written_and_they_agree_with_their_notes(data):
    frame = table(data)
    before = frame.copy()
    found = flag_results(frame, KNOWN)
    pd.testing.assert_frame_equal(frame, before)
    kept = [c for c in frame if c not in {"flag", "flag_tests"}]
    pd.testing.assert_frame_equal(found.results[kept], frame[kept])
    columns = (found.results[c] for c in ("flag", "flag_tests", "qa"))
    for flag, said, qa in zip(*columns, strict=True):
        notes = json.loads(said) if isinstance(said, str) else []
        if qa != "sample" and not notes:
            assert flag in {"good", "unknown"}
            continue
        worst = max((ORDER.index(n["flag"]) for n in notes), default=ORDER.index("good"))
        assert ORDER.index(flag) == worst
    assert len(found.problems) == found.results["flag_tests"].notna().sum()
