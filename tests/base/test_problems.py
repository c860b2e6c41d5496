"""Problems are told once, in the order of the file, and never carry what cannot be shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wetland.base.problems import PROBLEMS, Problems
from wetland.base.tables import DTYPES
from wetland.base.texts import text

WRONG = text("错误", "wrong")


def test_frame_is_ordered_by_row_and_has_every_column() -> None:
    problems = Problems("a.csv")
    problems.add("late", message=WRONG, row=9, column="date", value="x")
    problems.add("early", message=WRONG, row=2, level="warning")
    problems.add("whole", message=WRONG)
    frame = problems.frame()
    assert list(frame.columns) == PROBLEMS.names
    assert list(frame["code"]) == ["whole", "early", "late"]
    assert frame["row"].isna().tolist() == [True, False, False]
    assert problems.error_rows == {9}
    assert problems.counts() == {"late": 1, "early": 1, "whole": 1}


def test_empty_frame_keeps_the_dtypes() -> None:
    frame = Problems("a.csv").frame()
    assert {c: str(t) for c, t in frame.dtypes.items()} == {
        c.name: DTYPES[c.kind] for c in PROBLEMS.columns
    }


def test_the_same_problem_twice_is_one_row() -> None:
    problems = Problems("a.csv")
    problems.add("x", message=WRONG, row=2)
    problems.add("x", message=WRONG, row=2)
    assert len(problems.frame()) == 1


def test_identifier_tells_sources_apart() -> None:
    one, two = Problems("a.csv", "s-1"), Problems("a.csv", "s-2")
    for problems in (one, two):
        problems.add("x", message=WRONG, row=2)
    assert one.items[0].problem_id != two.items[0].problem_id


@given(st.text(alphabet=st.characters(), max_size=400))
def test_any_value_can_be_shown(value: str) -> None:
    problems = Problems("a.csv")
    problems.add("x", message=WRONG, row=2, value=value)
    shown = problems.frame()["value"].iloc[0]
    assert len(shown) <= 200
    assert shown.isprintable()
    assert shown.encode("utf-8") is not None
