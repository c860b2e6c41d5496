"""The fast way against the slow one: classes of arrays against decimals and fractions."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.water import slowclasses
from tests.water.made import station
from wetland.base.checks import coerce
from wetland.water.classes import classes_table, classify
from wetland.water.results import period_means
from wetland.water.tables import WATER_RESULTS

STATIONS = {"R": station("R", "river"), "L": station("L", "lake")}
# Numbers near the limits, and in steps that make ties of means: (most, places).
RANGES = {
    "temp": (32, 1), "ph": (11, 1), "do": (12, 2), "codmn": (18, 2), "nh3n": (3, 3), "tp": (1, 4),
    "tn": (3, 2), "cod": (45, 0), "cn": (1, 3), "pb": (1, 3), "hg": (1, 5), "oil": (1, 2),
    "fc": (50000, 0), "phenol": (1, 4),
}  # fmt: skip


@st.composite
def a_value(draw, code: str) -> str:
    """Draw a decimal as it is written: anywhere, or at (near) a limit."""
    most, places = RANGES[code]
    limits = slowclasses.LIMITS.get(code, slowclasses.OXYGEN if code == "do" else "6 9 6 9 9")
    step = 10**places
    anywhere = st.integers(0, most * step)
    near = st.builds(
        lambda limit, off: max(0, round(float(limit) * step) + off),
        st.sampled_from(limits.split()),
        st.integers(-1, 1),
    )
    number = draw(anywhere | near)
    return f"{number / step:.{places}f}"


@st.composite
def rows(draw) -> list[dict[str, object]]:
    """Draw results of one or two stations, one of each parameter and day."""
    found = []
    for name in draw(st.sampled_from([["R"], ["L"], ["R", "L"]])):
        for day in draw(st.lists(st.dates(dt.date(2023, 1, 1), dt.date(2024, 12, 31)), min_size=1,
                                 max_size=12, unique=True)):  # fmt: skip
            programme = draw(st.booleans())
            several = st.lists(st.sampled_from(sorted(RANGES)), min_size=1, unique=True)
            codes = {*draw(several), *(slowclasses.PROGRAMME if programme else ())}
            for code in sorted(codes):
                kinds = ["none"] * 6 + ["below", "below", "above"]
                censoring = draw(st.sampled_from(kinds))
                value = draw(a_value(code))
                if censoring == "below" and draw(st.integers(0, 4)) == 0:
                    value = None
                found.append({
                    "station": name, "day": day.isoformat(), "parameter": code, "value": value,
                    "censoring": censoring, "flag": draw(st.sampled_from(["good"] * 8 + ["fail"])),
                    "qa": draw(st.sampled_from(["sample"] * 8 + ["blank"])),
                })  # fmt: skip
    return found


def as_results(given_rows: list[dict[str, object]]) -> pd.DataFrame:
    made = [
        {
            "result_id": str(number), "site": "x", "source_id": "s", "content": "c",
            "station": row["station"], "sampled_on": dt.date.fromisoformat(str(row["day"])),
            "parameter": row["parameter"], "censoring": row["censoring"], "qa": row["qa"],
            "flag": row["flag"],
            "value": None if row["value"] is None else float(str(row["value"])),
        }
        for number, row in enumerate(given_rows)
    ]  # fmt: skip
    return coerce(WATER_RESULTS, pd.DataFrame(made))


@pytest.mark.parametrize("per", ["sample", "month", "quarter", "year"])
# A fourth of the profile's examples, for each of four periods.
@settings(max_examples=settings().max_examples // 4)
@given(given_rows=rows())
def test_the_fast_way_gives_the_slow_answer(per: str, given_rows: list[dict[str, object]]) -> None:
    expected = slowclasses.classes(given_rows, {"L"}, per)
    table = classes_table(classify(period_means(as_results(given_rows), per=per), STATIONS))
    got = {(row["station"], row["period"]): row for row in table.to_dict("records")}
    # A period of which nothing but censored pH or temperature is left has no row of values.
    assert set(got) == set(expected)
    for key, slow in expected.items():
        fast = got[key]
        words = {code: slowclasses.CLASSES[c - 1] for code, c in slow["found"].items()}
        assert fast["item_classes"] == words
        assert fast["water_class"] == slow["water_class"]
        assert fast["complete"] == slow["complete"]
        assert fast["possible"] == slow["possible"]
        assert set(fast["deciding"]) == set(slow["deciding"])
        mains = [
            (m["parameter"], None if m["multiple"] is None else f"{m['multiple']:.1f}")
            for m in fast["main_pollutants"]
        ]
        assert mains == slow["mains"]
        apart = {code: c for code, c in fast["apart"].items() if c is not None}
        assert apart == {code: slowclasses.CLASSES[c - 1] for code, c in slow["apart"].items()}
        assert fast["official"] == bool(slow.get("official"))
        for code, value in slow["value"].items():
            if value is None:
                assert code not in fast["values"]
            elif per != "sample":
                assert fast["values"][code] == float(value), code
            else:
                assert fast["values"][code] == pytest.approx(float(value), rel=1e-12)
