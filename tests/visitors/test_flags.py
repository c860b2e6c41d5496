"""What is flagged in counts and readings, and what counters tell."""

from __future__ import annotations

import json

import pytest

from tests.visitors.readcases import codes, facts, read, rows_of
from wetland.base.checks import check_table
from wetland.visitors.flags import usual_most
from wetland.visitors.tables import PARKING_READINGS

HEAD = "时间,入口,入园\n"


def hours(values: list[object], gate: str = "东门", day: str = "2024-05-01") -> str:
    """Write one row an hour."""
    return "".join(f"{day} {h:02d}:00,{gate},{v}\n" for h, v in enumerate(values))


def flags(content: str, **options: object) -> list[str]:
    """Return the flags of a file."""
    return [str(f) for f in read(content, **options).counts["flag"]]  # type: ignore[arg-type]


def test_what_cannot_be_fails_and_stays() -> None:
    reading = read(HEAD + hours([5, -3, 2.5, 7]) + "2027-01-01 08:00,东门,5\n")
    assert reading.counts["flag"].tolist() == ["good", "fail", "fail", "good", "fail"]
    assert reading.counts["value"].tolist() == [5, -3, 2.5, 7, 5]
    told = codes(reading)
    assert (told["negative"], told["not_whole"], told["future"]) == (1, 1, 1)
    said = json.loads(reading.counts["flags"].iloc[1])[0]
    assert (said["test"], said["level"]) == ("negative", "fail")
    assert "-3" in said["zh"]
    assert "-3" in said["en"]


def test_what_is_beyond_the_possible_fails() -> None:
    values: list[object] = [100 + n for n in range(12)]
    assert flags(HEAD + hours([*values, 2200])) == ["good"] * 13  # 20 times 110
    assert flags(HEAD + hours([*values, 2241]))[-1] == "fail"
    assert flags(HEAD + hours([*values[:5], 99999]))[-1] == "good"  # too few to compare
    assert flags(HEAD + hours([5, 600]), most=500.0) == ["good", "fail"]


def test_what_a_series_usually_reaches() -> None:
    assert usual_most([0, 0, 10]) == 10
    assert usual_most(range(1, 101)) == 90


def test_the_same_count_twice_is_used_once_and_two_counts_contradict() -> None:
    rows = "2024-05-01 08:00,东门,5\n2024-05-01 08:00,东门,5\n2024-05-01 09:00,东门,6\n"
    reading = read(HEAD + rows + "2024-05-01 09:00,东门,7\n")
    assert [(f[4]) for f in facts(reading)] == [5, 6, 7]
    assert reading.counts["flag"].tolist() == ["good", "fail", "fail"]
    assert rows_of(reading, "repeated") == [3]
    assert rows_of(reading, "contradiction") == [4, 5]
    assert reading.counts["count_id"].is_unique
    assert reading.numbers["repeated"] == 1


def test_one_number_for_too_long_is_suspect() -> None:
    assert flags(HEAD + hours([1, 30, 30, 30, 30, 30, 30, 2])) == (
        ["good", *["suspect"] * 6, "good"]
    )
    assert set(flags(HEAD + hours([30, 30, 30, 30, 30, 2]))) == {"good"}
    assert set(flags(HEAD + hours([0] * 20))) == {"good"}
    assert set(flags(HEAD + hours([3] * 20))) == {"good"}  # small numbers repeat by chance
    days = "日期,东门\n" + "".join(f"2024-05-0{d},500\n" for d in range(1, 5))
    assert set(flags(days)) == {"suspect"}


def test_a_level_may_rest_at_night_but_not_for_a_day() -> None:
    night = "时间,景区,在园\n" + "".join(f"2024-05-01 {h:02d}:00,全园,40\n" for h in range(20))
    assert set(flags(night)) == {"good"}
    longer = night + "".join(f"2024-05-02 {h:02d}:00,全园,40\n" for h in range(5))
    assert set(flags(longer)) == {"suspect"}


def test_a_gate_that_vanishes_and_a_month_of_silence() -> None:
    rows = "".join(f"2024-05-{d:02d},东门,{d}\n" for d in range(1, 31))
    rows += "".join(f"2024-05-{d:02d},西门,{d}\n" for d in range(1, 20))
    reading = read("日期,入口,入园\n" + rows)
    gone = next(p for p in reading.problems.items if p.code == "place_gone")
    assert (gone.value, gone.level) == ("G2", "warning")
    assert "2024-05-19" in gone.message.zh
    assert "2024-05-30" in gone.message.en
    later = read("日期,入口,入园\n" + rows + "2024-07-15,东门,3\n2024-07-15,西门,3\n")
    assert codes(later) == {"silence": 2}
    monthly = "".join(f"{y}-{m:02d},park,{m}\n" for y in (2020, 2021) for m in range(1, 13))
    assert not codes(read("month,area,count\n" + monthly))


def test_numbers_told_as_about_are_suspect() -> None:
    reading = read("日期,东门\n2024-05-01,约3000\n2024-05-02,1.2万\n2024-05-03,3000余人\n")
    assert reading.counts["value"].tolist() == [3000, 12000, 3000]
    assert set(reading.counts["flag"]) == {"suspect"}


def test_cells_that_are_no_numbers_are_errors_with_row_and_column() -> None:
    reading = read("日期,东门,西门\n2024-05-01,abc,5\n2024-05-02,#REF!,\n2024-05-03,NaN,7\n")
    told = [(p.row, p.column, p.value) for p in reading.problems.items if p.level == "error"]
    assert told == [(2, "东门", "abc"), (3, "东门", "#REF!")]
    assert [f[4] for f in facts(reading)] == [5, 7]
    assert reading.source["rows_aside"] == 2


# Counters that add up

COUNTER = "时间,东门累计入园\n"


def steps(content: str, **options: object) -> list[tuple[str, float | None, str]]:
    """Return period, value and flag of each step."""
    table = read(content, **options).counts  # type: ignore[arg-type]
    return [(p, None if v != v else v, f)
            for p, v, f in table[["period", "value", "flag"]].itertuples(index=False)]  # fmt: skip


def readings(values: list[int], first: int = 8) -> str:
    """Write one reading an hour."""
    return "".join(f"2024-05-01 {h:02d}:00,{v}\n" for h, v in enumerate(values, first))


def test_a_counter_gives_steps_and_never_a_negative_one() -> None:
    found = steps(COUNTER + readings([100, 150, 260, 3, 20, 15, 25]))
    assert found == [
        ("moment", None, "unknown"),
        ("hour", 50, "good"),
        ("hour", 110, "good"),
        ("hour", None, "fail"),
        ("hour", 17, "good"),
        ("hour", None, "fail"),
        ("hour", 10, "good"),
    ]
    told = codes(read(COUNTER + readings([100, 150, 260, 3, 20, 15, 25])))
    assert (told["counter_first"], told["counter_reset"], told["counter_fell"]) == (1, 1, 1)


def test_a_gap_of_a_counter_is_one_sum_and_not_spread() -> None:
    content = COUNTER + readings([0, 10, 20, 30]) + "2024-05-01 16:00,130\n2024-05-02 09:00,200\n"
    found = steps(content)
    assert found[-2:] == [("hour", 100, "good"), ("span", 70, "good")]
    table = read(content).counts
    gap = table.iloc[-2]
    assert (gap["end_at"] - gap["start_at"]).total_seconds() == 5 * 3600
    assert rows_of(read(content), "counter_gap") == [6, 7]


def test_readings_at_the_end_of_days() -> None:
    found = read("日期,东门累计入园\n2024-05-01,100\n2024-05-02,150\n2024-05-05,300\n").counts
    assert found["period"].tolist() == ["day", "day", "span"]
    assert found["value"].tolist()[1:] == [50, 150]
    assert str(found["counted_on"].iloc[2]) == "2024-05-03"


def test_a_counter_of_the_day_starts_at_midnight() -> None:
    rows = "2024-05-01 08:00,东门,100\n2024-05-01 09:00,东门,150\n2024-05-02 08:00,东门,90\n"
    found = steps("时间,入口,当日累计入园\n" + rows)
    assert found == [("hour", 100, "good"), ("hour", 50, "good"), ("hour", 90, "good")]
    table = read("时间,入口,当日累计入园\n" + rows).counts
    assert table["start_at"].iloc[0].isoformat() == "2024-04-30T16:00:00+00:00"


def test_an_option_says_whether_numbers_add_up() -> None:
    rows = "时间,入口,入园\n2024-05-01 08:00,东门,100\n2024-05-01 09:00,东门,150\n"
    assert steps(rows, cumulative="ever")[1] == ("hour", 50, "good")
    headed = rows.replace("入园", "累计入园")
    assert steps(headed, cumulative="no")[1] == ("hour", 150, "good")


def test_a_counter_goes_on_from_an_earlier_file() -> None:
    first = read(COUNTER + readings([100, 150])).counts
    second = read(COUNTER + readings([190, 200], 10), history=first)
    assert second.counts["value"].tolist() == [40, 10]
    again = read(COUNTER + readings([150, 190], 9), history=first)
    assert again.counts["value"].iloc[1] == 40


def test_steps_of_a_counter_add_up_to_what_it_moved() -> None:
    values = [3, 8, 8, 20, 21, 50, 400, 401]
    found = steps(COUNTER + readings(values))
    assert sum(v or 0 for _, v, _ in found) == values[-1] - values[0]


# Car parks

PARKING = "停车场,泊位数,已停,时间\n"


def test_birmingham_as_it_is() -> None:
    rows = "SystemCodeNumber,Capacity,Occupancy,LastUpdated\nA,100,61,2016-10-04 07:59:42\n"
    rows += "A,100,-3,2016-10-04 08:25:42\nA,100,104,2016-10-04 08:59:42\n"
    rows += "A,100,104,2016-10-04 08:59:42\nA,100,100,2016-10-04 09:30:00\n"
    reading = read(rows, timezone="Europe/London")
    assert reading.layout == "parking"
    assert reading.parking["flag"].tolist() == ["good", "fail", "fail", "good"]
    assert reading.parking["read_at"].iloc[0].isoformat() == "2016-10-04T06:59:42+00:00"
    told = codes(reading)
    assert (told["negative"], told["above_capacity"], told["repeated"]) == (1, 1, 1)
    assert not len(check_table(PARKING_READINGS, reading.parking)[1])


def test_free_bays_become_bays_taken() -> None:
    rows = "停车场,空位,时间\n1号停车场,30,2023-12-31 08:00\n1号停车场,30,2024-01-01 08:00\n"
    rows += "1号停车场,130,2024-01-01 09:00\n2号停车场,3,2024-01-01 09:00\n"
    reading = read(rows)
    assert reading.parking["car_park"].tolist() == ["P1", "P1", "P1", "2号停车场"]
    assert reading.parking["occupied"].tolist()[:3] == [70, 90, -10]
    assert reading.parking["capacity"].tolist()[:2] == [100, 120]
    assert reading.parking["flag"].tolist() == ["good", "good", "fail", "fail"]
    assert codes(reading)["bays_unknown"] == 1


def test_parts_that_do_not_add_up_and_readings_without_a_time() -> None:
    rows = "停车场,总车位,已停,空位,时间\n1号停车场,120,20,100,2024-05-01 08:00\n"
    rows += "1号停车场,120,20,90,2024-05-01 09:00\n1号停车场,120,20,100,2024-05-02\n"
    reading = read(rows)
    assert reading.parking["flag"].tolist() == ["good", "suspect"]
    assert rows_of(reading, "time_missing") == [4]


@pytest.mark.parametrize("lot", ["全天", "P1"])
def test_a_reading_of_an_unknown_car_park_is_kept_under_its_name(lot: str) -> None:
    reading = read(PARKING + f"{lot},10,5,2024-05-01 08:00\n")
    assert reading.parking["car_park"].tolist() == [lot]
