"""How far a position may be off, from what a receiver says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.screening.uncertainty import HIGHEST_HDOP, uncertainty_of_hdop
from wetland.sites.load import open_site


def test_hdop_times_metres() -> None:
    assert uncertainty_of_hdop([1.0, 1.2, 50.0], 10.0).tolist() == [10.0, 12.0, 500.0]
    assert uncertainty_of_hdop(1.0, open_site("xixi").config.hdop_m) == 10.0


@pytest.mark.parametrize("hdop", [0.0, -0.5, 50.001, 99.99, math.inf, -math.inf, math.nan])
def test_what_is_no_hdop_says_nothing(hdop: float) -> None:
    assert np.isnan(uncertainty_of_hdop([hdop], 10.0)).all()


@given(st.lists(st.floats()))
def test_any_number_gives_metres_or_nothing(hdop: list[float]) -> None:
    found = uncertainty_of_hdop(hdop, 10.0)
    known = ~np.isnan(found)
    assert (found[known] > 0).all()
    assert (found[known] <= HIGHEST_HDOP * 10).all()
