"""Plain series for a forecast; and files written in one layout read as those in another."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from tests.visitors.readcases import LONDON, SHANGHAI, given, read, workbook
from wetland.base.errors import InputError
from wetland.visitors.readoptions import CountOptions
from wetland.visitors.tidy import TidySeries, read_tidy


def tidy(content: str, *, timezone: str = SHANGHAI, **options: Any) -> TidySeries:
    """Read series."""
    return read_tidy(given(content), CountOptions(**options), timezone=timezone)


def test_series_time_count() -> None:
    found = tidy("series,time,count\nb,2024-05-01 08:00,5\na,2024-05-01 08:00,6.5\na,bad,7\n")
    assert found.frame[["series", "count"]].values.tolist() == [["a", 6.5], ["b", 5.0]]
    assert found.frame["time"].iloc[0] == pd.Timestamp("2024-05-01 08:00")
    assert (found.time_style, found.tz_told, found.rows) == ("moment", False, 3)
    assert "capacity" not in found.frame
    assert found.problems.error_rows == {4}


def test_one_series_needs_no_name() -> None:
    found = tidy("date,count\n2024-05-01,5\n2024-05-02,6\n")
    assert found.frame["series"].tolist() == ["entries", "entries"]
    assert found.time_style == "day"


def test_styles_and_offsets() -> None:
    assert tidy("series,time,count\na,2024-05,5\na,2024-06,6\n").time_style == "month"
    first_days = "".join(f"a,2024-{m:02d}-01,{m}\n" for m in range(1, 13))
    assert tidy("series,time,count\n" + first_days).time_style == "day"
    found = tidy("series,time,count\na,2024-05-01T00:30Z,5\na,2024-05-01T01:30Z,6\n")
    assert found.tz_told
    assert found.frame["time"].iloc[0] == pd.Timestamp("2024-05-01 08:30")


def test_columns_by_option_and_several_measures_of_one_place() -> None:
    found = tidy("d,p,n\n2024-05-01,x,5\n", columns={"series": "p", "date": "d", "count": "n"})
    assert found.frame["series"].tolist() == ["x"]
    wide = tidy("date,gate,entries,exits\n2024-05-01,G,5,4\n")
    assert wide.frame["series"].tolist() == ["G entries", "G exits"]
    gates = tidy("date,East gate,West gate\n2024-05-01,5,4\n")
    assert gates.frame["series"].tolist() == ["East gate", "West gate"]


def test_what_cannot_be_is_told_and_not_used() -> None:
    rows = "series,time,count\na,2024-05-01,-5\na,2024-05-02,5\na,2024-05-02,5\na,2024-05-03,1\n"
    found = tidy(rows + "a,2024-05-03,2\na,2024-05-04/2024-05-06,30\na,2024-05-07,7\n")
    assert found.frame["count"].tolist() == [5, 7]
    assert found.problems.counts() == {
        "contradiction": 2, "repeated": 1, "negative": 1, "spans_left": 1
    }  # fmt: skip


def test_no_table_is_refused() -> None:
    with pytest.raises(InputError):
        tidy("a,b\n1,2\n")


def test_the_projects_own_export() -> None:
    table = read("时间,入口,入园\n2024-05-01 09:00,东门,5\n2024-05-01 10:00,东门,6\n").counts
    found = tidy(table.to_csv(index=False))
    assert found.frame["time"].iloc[0] == pd.Timestamp("2024-05-01 09:00")
    assert found.frame["series"].tolist() == ["G1", "G1"]
    assert found.frame["count"].tolist() == [5, 6]


def test_birmingham_and_park_visitation(shared: Path) -> None:
    """Against the same files read with pandas alone (CC BY 4.0; public domain)."""
    file = shared / "data" / "visitors" / "birmingham_parking_train.csv"
    mine = read_tidy(file, timezone=LONDON)
    raw = pd.read_csv(file)
    sound = raw[raw["Occupancy"].between(0, raw["Capacity"])].drop_duplicates()
    assert len(mine.frame) == len(sound)
    told = sound.sort_values(["SystemCodeNumber", "LastUpdated"], kind="stable")
    assert np.array_equal(mine.frame["count"], told["Occupancy"])
    assert np.array_equal(mine.frame["capacity"], told["Capacity"])
    assert np.array_equal(mine.frame["time"], pd.to_datetime(told["LastUpdated"]).to_numpy())
    months = read_tidy(shared / "data" / "visitors" / "park_visitation.csv", timezone="UTC")
    raw = pd.read_csv(shared / "data" / "visitors" / "park_visitation.csv")
    assert len(months.frame) == len(raw)
    assert months.frame.groupby("series")["count"].sum().to_dict() == (
        raw.groupby("park")["nps"].sum().to_dict()
    )
    assert not len(months.problems)


# The same counts in every layout

Table = dict[tuple[dt.date, int, str, str], int]
GATES = {"东门": "G1", "西门": "G2"}
MEASURES = {"入园": "entries", "出园": "exits"}
KEYS = st.tuples(
    st.dates(dt.date(2020, 1, 1), dt.date(2025, 1, 1)),
    st.integers(1, 22),
    st.sampled_from(sorted(GATES)),
    st.sampled_from(sorted(MEASURES)),
)
TABLES = st.dictionaries(KEYS, st.integers(0, 40), min_size=1, max_size=25)


def write(rows: list[list[Any]]) -> str:
    """Write a CSV."""
    held = io.StringIO()
    csv.writer(held).writerows(rows)
    return held.getvalue()


def long(table: Table) -> list[list[Any]]:
    """Write one row a count."""
    rows = [[d.isoformat(), f"{h}:00", g, m, n] for (d, h, g, m), n in table.items()]
    return [["日期", "时刻", "入口", "计数内容", "人次"], *rows]


def wide(table: Table) -> list[list[Any]]:
    """Write one row an hour, the gates in columns under one header of two rows."""
    columns = [(g, m) for g in GATES for m in MEASURES]
    times = sorted({(d, h) for d, h, _, _ in table})
    rows = [[f"{d:%Y年%m月%d日} {h:02d}:00", *(table.get((d, h, g, m), "") for g, m in columns)]
            for d, h in times]  # fmt: skip
    return [["", *(g for g, _ in columns)], ["时间", *(m for _, m in columns)], *rows]


def beside(table: Table) -> list[list[Any]]:
    """Write entries and exits side by side, a row a gate and hour, with sums below."""
    keys = sorted({(d, h, g) for d, h, g, _ in table})
    rows = [[f"{d:%Y/%m/%d}", h, g, *(table.get((d, h, g, m), "") for m in MEASURES)]
            for d, h, g in keys]  # fmt: skip
    sums = [sum(n for (*_, k), n in table.items() if k == m) for m in MEASURES]
    return [["日期", "小时", "大门", *MEASURES], *rows, ["合计", "", "", *sums]]


def counters(table: Table) -> list[list[Any]]:
    """Write what counters stand at at the end of each hour."""
    rows = []
    for gate in GATES:
        for measure in MEASURES:
            told = sorted(
                (d, h, n) for (d, h, g, m), n in table.items() if (g, m) == (gate, measure)
            )
            stands = 0
            for day, hour, number in told:
                begins, ends = (f"{day} {t:02d}:00" for t in (hour, hour + 1))
                rows += [[begins, gate, measure, stands], [ends, gate, measure, stands + number]]
                stands += number
    unique = [list(row) for row in dict.fromkeys(map(tuple, rows))]
    return [["时间", "入口", "计数内容", "累计读数"], *unique]


def counted(content: str | bytes, name: str = "f.csv") -> dict[tuple[Any, ...], float]:
    """Return what a file is read as, by instant, gate and measure."""
    table = read(content, name=name, most=1e9).counts
    table = table[(table["period"] == "hour") & table["value"].notna()]
    columns = ["start_at", "end_at", "place", "measure", "value"]
    return {(s.isoformat(), (e - s).total_seconds(), p, m): v
            for s, e, p, m, v in table[columns].itertuples(index=False)}  # fmt: skip


def expected(table: Table) -> dict[tuple[Any, ...], float]:
    """Return what a table of counts should be read as."""
    zone = dt.timezone(dt.timedelta(hours=8))
    return {
        (dt.datetime.combine(d, dt.time(h), zone).astimezone(dt.UTC).isoformat(),
         GATES[g], MEASURES[m]): n
        for (d, h, g, m), n in table.items()
    }  # fmt: skip


def without_length(found: dict[tuple[Any, ...], float]) -> dict[tuple[Any, ...], float]:
    """Leave the length of counts aside: it depends on how far apart those of a series are."""
    return {(start, place, measure): v for (start, _, place, measure), v in found.items()}


@settings(max_examples=25)
@drawn(TABLES)
def test_every_layout_says_the_same(table: Table) -> None:
    wanted = expected(table)
    for layout in (long, wide, beside):
        assert without_length(counted(write(layout(table)))) == wanted, layout.__name__


@settings(max_examples=6)
@drawn(TABLES)
def test_a_workbook_says_the_same(table: Table) -> None:
    assert without_length(counted(workbook(wide(table)), "f.xlsx")) == expected(table)


@settings(max_examples=25)
@drawn(TABLES)
def test_counters_say_the_same(table: Table) -> None:
    rows = counters(table)
    found = counted(write(rows))
    hours = {key: v for key, v in without_length(found).items() if key in expected(table)}
    assert hours == expected(table)


DIRT = st.one_of(
    st.integers(-5, 60).map(str),
    st.sampled_from(["", "-", "abc", "约5", "1.5", "闭园", "1e3", "9" * 9]),
)
TIMES = st.sampled_from(
    ["2024-05-01 08:00", "2024-05-01 09:00", "2024-03-10 02:30", "2024-11-03 01:30", "2024-05-02",
     "2024-05-01至05-03", "bad", "", "合计", "2024-05-01T08:00Z", "2030-01-01 00:00",
     "2024-05-01 24:00"]
)  # fmt: skip


@settings(max_examples=100)
@drawn(st.lists(st.tuples(TIMES, st.sampled_from(["东门", "G2", "nowhere", ""]), DIRT), min_size=1,
                max_size=12))  # fmt: skip
def test_nothing_vanishes(rows: list[tuple[str, str, str]]) -> None:
    """Every row is a count, a repetition, a total, or told with its number."""
    content = write([["时间", "入口", "入园"], *map(list, rows)])
    reading = read(content, timezone="America/New_York")
    told = {p.row for p in reading.problems.items if p.row is not None}
    held = {int(r) for r in reading.counts["source_row"]}
    totals = reading.numbers.get("totals", 0) + reading.numbers.get("totals_unread", 0)
    filled = {n for n, row in enumerate(rows, 2) if any(row)}
    missing = filled - told - held
    assert len(missing) <= totals
    assert all(rows[n - 2][0] == "合计" for n in missing)
    failed = set(reading.counts.loc[reading.counts["flag"].isin(["fail", "suspect"]), "source_row"])
    assert {int(r) for r in failed} <= told
    assert reading.counts["count_id"].is_unique
