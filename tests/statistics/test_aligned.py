"""Dated series on common steps, against pandas."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetland.base.errors import InputError
from wetland.statistics.aligned import Dated, align

DAYS = st.dates(dt.date(2019, 11, 1), dt.date(2021, 3, 1))
FREQUENCIES = {"day": "D", "month": "M", "year": "Y"}
ROWS = st.lists(st.tuples(DAYS, st.integers(0, 99)), max_size=25)


@settings(max_examples=60)
@given(ROWS, ROWS, st.sampled_from(["day", "month", "year"]), st.sampled_from(["mean", "max"]))
def test_as_pandas_groups(
    a: list[tuple[dt.date, int]], b: list[tuple[dt.date, int]], per: str, how: str
) -> None:
    frames = []
    for rows in (a, b):
        days = pd.PeriodIndex(
            [day for day, _ in rows], freq={"day": "D", "month": "M"}.get(per, "Y")
        )
        frames.append(
            pd.Series([v for _, v in rows], index=days, dtype=float).groupby(level=0).agg(how)
        )
    common = pd.concat(frames, axis=1, join="inner").sort_index()
    first, second = (
        Dated([day for day, _ in rows], [v for _, v in rows], how)  # type: ignore[arg-type]
        for rows in (a, b)
    )
    found = align(first, second, per)  # type: ignore[arg-type]
    assert list(found.labels) == [str(step) for step in common.index]
    assert found.x.tolist() == pytest.approx(common.iloc[:, 0].tolist())
    assert found.y.tolist() == pytest.approx(common.iloc[:, 1].tolist())
    assert found.only_x == len(frames[0]) - len(common)
    assert found.only_y == len(frames[1]) - len(common)
    assert (np.diff(found.times) > 0).all()


def test_lag_missing_values_and_years() -> None:
    birds = Dated([2020, 2021, 2022, 2023], [1, 2, np.nan, 4])
    water = Dated([dt.date(y, 6, 1) for y in range(2019, 2024)], [10, 20, 30, 40, 50])
    same = align(birds, water, "year")
    assert (same.labels, same.y.tolist()) == (("2020", "2021", "2023"), [20, 30, 50])
    before = align(birds, water, "year", lag=1)
    assert (before.labels, before.y.tolist()) == (("2020", "2021", "2023"), [10, 20, 40])
    assert align(birds, Dated([], []), "year").labels == ()
    assert same.period is None
    months = align(Dated([dt.date(2024, 12, 31)], [1]), Dated([dt.date(2024, 12, 1)], [1]))
    assert (months.times.tolist(), months.period) == ([2024 * 12 + 11], 12)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: align(Dated([2020], [1]), Dated([2020], [1])),
        lambda: align(Dated([2020], [1]), Dated([2020], [1]), "week"),  # type: ignore[arg-type]
        lambda: align(Dated([2020], [1], "mode"), Dated([2020], [1]), "year"),  # type: ignore[arg-type]
        lambda: align(Dated([2020, 2021], [1]), Dated([2020], [1]), "year"),
    ],
)
def test_wrong_input_is_said(wrong: object) -> None:
    with pytest.raises(InputError):
        wrong()  # type: ignore[operator]
