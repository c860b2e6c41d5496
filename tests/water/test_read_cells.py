"""Single results as laboratories write them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.reading.dates import CellError
from wetland.water.cells import narrowed, parse_value
from wetland.water.readcells import CENSORED, NOT_MEASURED, RESULT, WRONG, read_cells

BELOW = [
    ("0.025L", 0.025), ("0.025 L", 0.025), ("0.025l", 0.025), ("０．０２５Ｌ", 0.025),
    ("<0.025", 0.025), ("＜0.025", 0.025), ("< 0.025", 0.025), ("<0.025L", 0.025),
    ("≤0.025", 0.025),
    ("0.025(L)", 0.025), ("0.025（Ｌ）", 0.025), ("L0.05", 0.05), ("0.05<", 0.05), ("0.5U", 0.5),
    ("未检出(0.025)", 0.025), ("未检出（＜0.025）", 0.025), ("ND(0.01)", 0.01), ("ND<0.05", 0.05),
    ("小于0.05", 0.05), ("低于0.05", 0.05), ("4E-05L", 4e-5), ("0.00004L", 4e-5), ("20L", 20.0),
]  # fmt: skip
NO_LIMIT = ["ND", "nd", "N.D.", "未检出", "未捡出", "BDL", "低于检出限", "<DL", "<LOD", "痕量",
            "Not Detected",
            "below detection limit", "L", "<"]  # fmt: skip
UNMEASURED = ["", "  ", "-", "--", "—", "——", "－", "/", "-1", "－1", "-1.0", "未测", "未监测",
              "无", "缺测", "停测", "N/A", "NaN", "null", "#N/A", "Not Reported"]  # fmt: skip
PLAIN = [
    ("7.3", 7.3), ("７．３", 7.3), ("+3", 3.0), ("1.2E-3", 0.0012), ("2.4×10⁴", 24000.0),
    ("2.4x10^4", 24000.0), ("2.4×10^4", 24000.0), ("1,234.5", 1234.5), (".5", 0.5), ("5.", 5.0),
    ("-0.0", 0.0), ("12.3*", 12.3), ("12.3 ▲", 12.3), ("0.5J", 0.5), ("6.8(超标)", 6.8), ("0", 0.0),
]  # fmt: skip
WRONG_CELLS = [
    ("-0.5", "negative_value"), ("-2", "negative_value"), ("-99", "negative_value"),
    ("-0.025L", "negative_value"), ("<-1", "negative_value"), ("<0", "limit_not_positive"),
    ("0L", "limit_not_positive"), ("7.1-7.3", "two_numbers"), ("7.1~7.3", "two_numbers"),
    ("7.2±0.1", "two_numbers"), ("0.02 (0.03)", "two_numbers"), ("0,025", "two_numbers"),
    ("12,5", "two_numbers"), ("1..2", "not_a_number"), ("1.2.3", "not_a_number"),
    ("Ⅲ类", "not_a_number"), ("良好", "not_a_number"), ("约0.5", "approximate"),
    ("#DIV/0!", "formula_failed"), ("#VALUE!", "formula_failed"), ("inf", "not_finite"),
    ("1e999", "not_finite"), ("TNTC", "no_upper_limit"), ("多不可计", "no_upper_limit"),
    ("=A1+B1", "not_a_number"), ("x" * 5000, "not_a_number"), ("9" * 5000, "not_a_number"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "limit"), BELOW)
def test_non_detects_keep_their_limit(cell, limit):
    read = parse_value(cell)
    assert read is not None
    assert (read.value, read.censoring) == (limit, "below")


@pytest.mark.parametrize("cell", NO_LIMIT)
def test_non_detects_without_a_limit_are_no_number(cell):
    read = parse_value(cell)
    assert read is not None
    assert read.censoring == "below"
    assert math.isnan(read.value)


@pytest.mark.parametrize("cell", UNMEASURED)
def test_what_was_not_measured_is_nothing(cell):
    assert parse_value(cell) is None


@pytest.mark.parametrize(("cell", "value"), PLAIN)
def test_numbers_are_numbers(cell, value):
    read = parse_value(cell)
    assert read is not None
    assert (read.value, read.censoring, read.unit) == (value, "none", None)


@pytest.mark.parametrize(("cell", "code"), WRONG_CELLS)
def test_wrong_cells_raise(cell, code):
    with pytest.raises(CellError) as caught:
        parse_value(cell)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("cell", "value", "unit", "censoring"),
    [
        ("0.5mg/L", 0.5, "mg/L", "none"),
        ("0.5 mg/L*", 0.5, "mg/L", "none"),
        ("<0.01mg/L", 0.01, "mg/L", "below"),
        ("0.05 μg/L", 0.05, "μg/L", "none"),
        ("0.05µg/L", 0.05, "μg/L", "none"),  # the micro sign is a mu
        ("2000个/L", 2000.0, "个/L", "none"),
        (">24000 MPN/L", 24000.0, "MPN/L", "above"),
        ("18.5℃", 18.5, "°C", "none"),
        ("90%", 90.0, "%", "none"),
    ],
)
def test_units_in_cells_stay_beside_the_number(cell, value, unit, censoring):
    read = parse_value(cell)
    assert read is not None
    assert (read.value, read.unit, read.censoring) == (value, unit, censoring)


def test_negative_numbers_are_values_where_the_quantity_may_be_negative():
    assert parse_value("-0.5", lowest=-1).value == -0.5
    assert parse_value("-1", lowest=-1) is None  # of national tables, a temperature too
    assert parse_value("-1", lowest=-500).value == -1


def test_a_column_reads_as_its_cells():
    cells = ["7.3", "0.025L", "-1", "-5", "abc", "", None, "0.5mg/L", ">24000", "0.1234567"]
    found = read_cells(pd.Series(cells, dtype="str"))
    assert found.state.tolist() == [RESULT, RESULT, NOT_MEASURED, WRONG, WRONG, NOT_MEASURED,
                                    NOT_MEASURED, RESULT, RESULT, RESULT]  # fmt: skip
    assert [CENSORED[c] for c in found.censoring[[0, 1, 8]]] == ["none", "below", "above"]
    assert found.value[[0, 1, 7, 8, 9]].tolist() == [7.3, 0.025, 0.5, 24000.0, 0.1234567]
    assert {at: error.code for at, error in found.wrong.items()} == {
        3: "negative_value", 4: "not_a_number"}  # fmt: skip


@given(st.lists(st.text(max_size=12), max_size=30))
def test_no_cell_becomes_a_zero_it_does_not_say(cells):
    found = read_cells(pd.Series(cells, dtype="object"))
    zeros = np.flatnonzero((found.state == RESULT) & (found.value == 0))
    for at in zeros.tolist():
        assert any(c in "0" for c in narrowed(cells[at]) if c.isdigit())


@given(st.text(max_size=40))
def test_every_cell_is_a_value_nothing_or_an_error(cell):
    try:
        read = parse_value(cell)
    except CellError:
        return
    if read is not None:
        assert read.censoring == "below" or math.isfinite(read.value)


@given(st.floats(min_value=0, max_value=1e6, allow_nan=False).filter(lambda v: v == 0 or v > 1e-9))
def test_numbers_of_a_spreadsheet_are_read_as_they_are(value):
    read = parse_value(repr(value))
    assert read is not None
    assert read.value == value
