"""Make `layers/xixi/examples/visitors.csv` and `parking.csv`: invented visitors of the pack.

    python scripts/xixi_visitors.py            # write the files
    python scripts/xixi_visitors.py --check    # exit 1 when they are not what this script makes

Nothing in them was counted, and every row says so. Numbers are drawn (seeded) so that they add up
to what was published of the whole park: 10 million visits between the totals of September 2020 and
December 2023, 10 million between those of December 2023 and May 2025, and about as many a year
after. Weekends, public holidays (``holidays.csv``), seasons and rain move them. Daily entries of
the gates and boats run from November 2025 on, hourly entries, exits and people present of the areas
and half-hourly readings of car parks over the last weeks, until two in the afternoon of the last
day.

For a reader to meet them there are faults: a week without a gate, a count told twice, a count told
twice with two values, a negative one, a counter that starts again from zero, a total of a week, a
car park that fell silent, one reading above its bays, and days above 80 % and 100 % of a capacity.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

PACK = Path(__file__).resolve().parent.parent / "layers" / "xixi"
HOLIDAYS = PACK / "holidays.csv"
EXAMPLES = PACK / "examples"
SEED = 20251101
MARK = "\ufeff"  # so that a spreadsheet shows the Chinese
FIRST, LAST = dt.date(2025, 11, 1), dt.date(2026, 11, 22)
HOURS_FROM, PARKING_FROM = dt.date(2026, 9, 24), dt.date(2026, 10, 19)
COUNTER_FROM, COUNTER_RESET = dt.date(2026, 10, 19), dt.date(2026, 11, 10)
LAST_HOUR = 14  # of the last day: readings end at 14:00
YEARLY = 7_300_000
ONE = dt.timedelta(days=1)

HEAD = ("日期", "末日", "时刻", "计数处", "计数内容", "时段类别", "数量", "备注", "synthetic")
PARKING_HEAD = ("停车场", "时间", "泊位数", "已停", "synthetic")

WHOLE = "park"
AREA_OF: Mapping[str, str] = {
    "EX-G1": "xihu",
    "EX-G2": "xihu",
    "EX-G3": "yuhang",
    "EX-G4": "yuhang",
}
SHARE: Mapping[str, float] = {"EX-G1": 0.44, "EX-G2": 0.34, "EX-G3": 0.12, "EX-G4": 0.10}
PIERS: Mapping[str, tuple[float, int]] = {"EX-D1": (0.050, 42), "EX-D2": (0.035, 20)}


class Park(NamedTuple):
    """A car park: its area, bays, and its part of the cars of the area."""

    id: str
    area: str
    bays: int
    part: float


PARKS = (
    Park("EX-C1", "xihu", 620, 0.40), Park("EX-C2", "xihu", 340, 0.20),
    Park("EX-C3", "xihu", 450, 0.27), Park("EX-C4", "xihu", 180, 0.13),
    Park("EX-C5", "yuhang", 300, 0.50), Park("EX-C6", "yuhang", 400, 0.50),
)  # fmt: skip
SPILL = 0.7  # of the cars that find their car park full, the part that tries the next

# Share of the year by month: spring and autumn are full, plum rains and midsummer are not.
SEASON = (0.72, 0.74, 1.18, 1.30, 1.12, 0.82, 0.80, 0.84, 1.02, 1.42, 1.22, 0.82)
RAINY = (0.38, 0.40, 0.48, 0.46, 0.45, 0.55, 0.42, 0.45, 0.38, 0.28, 0.33, 0.30)
WEEKEND = (1.85, 1.70)  # Saturday, Sunday against a working day
SHORT = (2.1, 2.4, 1.7, 1.4)  # runs of three or four days off
LONG: Mapping[int, tuple[float, ...]] = {
    2: (1.1, 0.8, 1.9, 3.3, 3.9, 3.8, 3.1, 2.3, 1.5),  # Spring Festival
    5: (3.0, 3.9, 3.6, 2.6, 1.6),
    10: (3.3, 4.6, 4.2, 3.4, 2.8, 2.2, 1.5, 1.4),
}
# Entries of the Xihu part on days that show a tier, against 86,600 a day, and on the last day.
SET: Mapping[dt.date, int] = {
    dt.date(2026, 5, 2): 63_900,
    dt.date(2026, 10, 2): 88_950,
    dt.date(2026, 10, 3): 72_640,
    LAST: 38_400,
}
DRY = {dt.date(2026, 5, 2), *(dt.date(2026, 10, day) for day in range(1, 5)), LAST}
ENTER: Mapping[bool, tuple[float, ...]] = {  # of the day, by hour from 7 on
    False: (4, 10, 15, 14, 9, 8, 11, 11, 9, 6, 3),
    True: (3, 9, 16, 17, 11, 8, 12, 11, 8, 4, 1),
}
STAY = (0.04, 0.13, 0.22, 0.22, 0.18, 0.12, 0.09)  # leaving within the same hour, the next, ...
OPEN, SHUT = 7, 19

SILENT = {("EX-G3", dt.date(2026, 7, 6) + ONE * k) for k in range(7)}
GONE = {("EX-C6", dt.date(2026, 11, 20) + ONE * k) for k in range(3)}


def main(argv: Sequence[str] | None = None) -> int:
    """Write the files, or with ``--check`` compare them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--out", type=Path, default=EXAMPLES, help="folder to write into")
    options = parser.parse_args(argv)
    stale = 0
    for name, made in documents().items():
        path = options.out / name
        if not options.check:
            path.write_text(made, encoding="utf-8", newline="")
            continue
        there = path.read_bytes().decode("utf-8") if path.is_file() else ""
        if there != made:
            print(f"stale: {path}", file=sys.stderr)
            stale = 1
    return stale


def documents() -> dict[str, str]:
    """Return both files, by name."""
    daily = entries()
    counts = [
        *months(),
        *days(daily),
        *boats(daily),
        *hours(daily),
        *counter(daily),
        *a_week(daily),
    ]
    return {
        "visitors.csv": written(HEAD, counts),
        "parking.csv": written(PARKING_HEAD, cars(daily)),
    }


def written(head: Sequence[str], rows: Sequence[Sequence[object]] | Iterator[list[str]]) -> str:
    """Return a table as the text of a file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return MARK + out.getvalue()


def drawn(*what: object) -> random.Random:
    """Return random numbers that are the same every time for the same thing."""
    return random.Random(" ".join(str(part) for part in (SEED, *what)))  # noqa: S311 - as above


# What draws people on a day


def off_days() -> dict[dt.date, bool]:
    """Return the days that differ from their weekday: off or at work."""
    with HOLIDAYS.open(encoding="utf-8-sig", newline="") as file:
        return {
            dt.date.fromisoformat(row["day"]): row["off"].strip().casefold() == "true"
            for row in csv.DictReader(file)
        }


def pull(day: dt.date, told: Mapping[dt.date, bool]) -> float:
    """Return how many come on a day of this kind, against a working day."""

    def off(one: dt.date) -> bool:
        return told.get(one, one.weekday() >= 5)

    if not off(day):
        return 1.0
    first = last = day
    while off(first - ONE):
        first -= ONE
    while off(last + ONE):
        last += ONE
    length, position = (last - first).days + 1, (day - first).days
    if length < 3:
        return WEEKEND[day.weekday() - 5] if day.weekday() >= 5 else WEEKEND[0]
    shape = LONG.get(last.month, SHORT) if length > 4 else SHORT
    return shape[min(position, len(shape) - 1)]


def weather(day: dt.date) -> float:
    """Return what rain leaves of the visitors of a day."""
    rng = drawn("rain", day)
    if day in DRY or rng.random() > RAINY[day.month - 1]:
        return 1.0
    return 0.52 if rng.random() < 0.25 else 0.82


def entries() -> dict[tuple[str, dt.date], int]:
    """Return the entries of each gate and day, no gap and no fault."""
    told = off_days()
    every = [FIRST + ONE * k for k in range((LAST - FIRST).days + 1)]
    weight = {day: pull(day, told) * SEASON[day.month - 1] * weather(day)
                   * math.exp(drawn("day", day).gauss(0, 0.09)) for day in every}  # fmt: skip
    year = math.fsum(w for day, w in weight.items() if day < dt.date(2026, 11, 1))
    out = {}
    for day in every:
        whole = weight[day] * YEARLY / year
        for gate, share in SHARE.items():
            level = share * math.exp(drawn("gate", gate, day).gauss(0, 0.06))
            out[gate, day] = round(whole * level)
    for day, people in SET.items():
        gates = [gate for gate, area in AREA_OF.items() if area == "xihu"]
        parts = whole_parts(people, [out[gate, day] for gate in gates])
        out |= {(gate, day): part for gate, part in zip(gates, parts, strict=True)}
    return out


def whole_parts(total: int, weights: Sequence[float]) -> list[int]:
    """Divide a whole number by weights into whole numbers that add up to it."""
    exact = [total * weight / (math.fsum(weights) or 1.0) for weight in weights]
    parts = [math.floor(one) for one in exact]
    by_rest = sorted(range(len(exact)), key=lambda k: (parts[k] - exact[k], k))
    for k in by_rest[: total - sum(parts)]:
        parts[k] += 1
    return parts


# Counts


def row(day: str, place: str, measure: str, period: str, value: int, **more: str) -> list[str]:
    """Return one row of the counts."""
    return [day, more.get("末日", ""), more.get("时刻", ""), place, measure, period, str(value),
            more.get("备注", ""), "true"]  # fmt: skip


def months() -> Iterator[list[str]]:
    """Yield totals of the whole park by month, which add up to what was published."""
    spans = (((2020, 10), (2023, 12), 10_000_000), ((2024, 1), (2025, 5), 10_000_000),
             ((2025, 6), (2025, 10), 3_050_000))  # fmt: skip
    for first, last, visits in spans:
        start, end = (year * 12 + month - 1 for year, month in (first, last))
        steps = range(start, end + 1)
        weights = [SEASON[k % 12] * math.exp(drawn("month", k).gauss(0, 0.10)) * recovery(k)
                   for k in steps]  # fmt: skip
        for k, people in zip(steps, whole_parts(visits, weights), strict=True):
            day = f"{k // 12:04d}-{k % 12 + 1:02d}"
            yield row(day, WHOLE, "入园人次", "月", people)


def recovery(month: int) -> float:
    """Return the level of a month: low until the end of 2022, rising over 2023."""
    return min(max(1.0, 1.0 + (month - 2023 * 12) / 10), 2.2) if month < 2024 * 12 else 1.0


def days(daily: Mapping[tuple[str, dt.date], int]) -> Iterator[list[str]]:
    """Yield daily entries of the gates, with their faults; the last day is not over."""
    for (gate, day), people in sorted(daily.items(), key=lambda item: (item[0][1], item[0][0])):
        if day == LAST or (gate, day) in SILENT:
            continue
        told = day.isoformat(), gate, "入园人次", "日"
        yield row(*told, people)
        if (gate, day) == ("EX-G1", dt.date(2026, 4, 12)):
            yield row(*told, people, 备注="重复上报")
        if (gate, day) == ("EX-G2", dt.date(2026, 6, 14)):
            yield row(*told, people + 1200, 备注="两次上报不一致")


def boats(daily: Mapping[tuple[str, dt.date], int]) -> Iterator[list[str]]:
    """Yield boats out and passengers of the piers by day."""
    for day in sorted({day for _, day in daily} - {LAST}):
        people = math.fsum(n for (_, one), n in daily.items() if one == day)
        for pier, (share, fleet) in PIERS.items():
            rng = drawn("pier", pier, day)
            full = fleet * 72 * rng.uniform(0.92, 1.0)
            aboard = round(min(people * share * math.exp(rng.gauss(0, 0.12)), full))
            wrong = (pier, day) == ("EX-D2", dt.date(2026, 1, 17))
            told = day.isoformat(), pier
            yield row(*told, "出船艘次", "日", math.ceil(aboard / rng.uniform(5.0, 7.5)))
            yield row(*told, "乘船人次", "日", -aboard if wrong else aboard)


def hours(daily: Mapping[tuple[str, dt.date], int]) -> Iterator[list[str]]:
    """Yield entries, exits and people present of the areas by hour."""
    for area in dict.fromkeys(AREA_OF.values()):
        for k in range((LAST - HOURS_FROM).days + 1):
            day = HOURS_FROM + ONE * k
            last = LAST_HOUR if day == LAST else SHUT
            for hour, came, left, there in flow(daily, area, day):
                if hour >= last:
                    continue
                told = day.isoformat(), area
                at, until = f"{hour:02d}:00", f"{hour + 1:02d}:00"
                yield row(*told, "入园人次", "小时", came, 时刻=at)
                yield row(*told, "出园人次", "小时", left, 时刻=at)
                yield row(*told, "在园人数", "瞬时", there, 时刻=until)


def flow(
    daily: Mapping[tuple[str, dt.date], int], area: str, day: dt.date
) -> list[tuple[int, int, int, int]]:
    """Return hour, entries, exits and people present at its end; everybody has left at the end."""
    total = sum(n for (gate, one), n in daily.items() if one == day and AREA_OF[gate] == area)
    shape = ENTER[total > 1.5 * YEARLY / 365 * (0.78 if area == "xihu" else 0.22)]
    rng = drawn("hour", area, day)
    came = whole_parts(total, [w * math.exp(rng.gauss(0, 0.07)) for w in shape])
    came += [0] * (SHUT - OPEN - len(came))
    leaving = [0.0] * len(came)
    for k, people in enumerate(came):
        for lag, share in enumerate(STAY):
            leaving[min(k + lag, len(came) - 1)] += people * share
    left = whole_parts(total, leaving)
    there, out = 0, []
    for k, (a, b) in enumerate(zip(came, left, strict=True)):
        there = max(there + a - b, 0)
        out.append((OPEN + k, a, b, there))
    return out


def counter(daily: Mapping[tuple[str, dt.date], int]) -> Iterator[list[str]]:
    """Yield readings of a counter of exits at the evening; one day it starts again from zero."""
    reading = 1_204_318
    for k in range((LAST - COUNTER_FROM).days):
        day = COUNTER_FROM + ONE * k
        left = round(daily["EX-G4", day] * drawn("exits", day).uniform(0.96, 1.0))
        reading = left if day == COUNTER_RESET else reading + left
        yield row(day.isoformat(), "EX-G4", "累计出园人次", "瞬时", reading, 时刻="19:30")


def a_week(daily: Mapping[tuple[str, dt.date], int]) -> Iterator[list[str]]:
    """Yield the total of the National Day week: it is compared with no daily capacity."""
    first, last = dt.date(2026, 10, 1), dt.date(2026, 10, 7)
    people = sum(n for (_, day), n in daily.items() if first <= day <= last)
    yield row(first.isoformat(), WHOLE, "入园人次", "多日合计", people,
              末日=last.isoformat(), 备注="国庆假期合计")  # fmt: skip


# Car parks


def cars(daily: Mapping[tuple[str, dt.date], int]) -> Iterator[list[str]]:
    """Yield half-hourly readings of the car parks."""
    for k in range((LAST - PARKING_FROM).days + 1):
        day = PARKING_FROM + ONE * k
        last = 2 * LAST_HOUR if day == LAST else 2 * 21
        demand = {area: present(daily, area, day) for area in ("xihu", "yuhang")}
        for half in range(2 * OPEN, last + 1):
            at = f"{day.isoformat()} {half // 2:02d}:{30 * (half % 2):02d}"
            for park, taken in taken_bays(demand, half - 2 * OPEN, day).items():
                if (park.id, day) not in GONE:
                    yield [park.id, at, str(park.bays), str(taken), "true"]


def present(daily: Mapping[tuple[str, dt.date], int], area: str, day: dt.date) -> list[float]:
    """Return people present at every half hour from the opening on."""
    ends = [0.0, *(float(there) for *_, there in flow(daily, area, day))]
    halves = []
    for before, after in pairwise(ends):
        halves += [before, (before + after) / 2]
    return [*halves, ends[-1], *[0.0] * 6]


def taken_bays(
    demand: Mapping[str, Sequence[float]], step: int, day: dt.date
) -> dict[Park, int]:  # fmt: skip
    """Return the bays taken in every car park; who finds one full tries the next of the area."""
    out, over = {}, {"xihu": 0.0, "yuhang": 0.0}
    for park in PARKS:
        rng = drawn("park", park.id, day, step)
        level = math.exp(drawn("parked", park.id, day).gauss(0, 0.10))
        staff = 0.06 * park.bays
        wanted = demand[park.area][step] * park.part * 0.115 * level + staff + over[park.area]
        wanted *= math.exp(rng.gauss(0, 0.03))
        over[park.area] = max(wanted - park.bays, 0.0) * SPILL
        out[park] = min(round(wanted), park.bays)
        if (park.id, day, step) == ("EX-C2", dt.date(2026, 11, 7), 12):
            out[park] = park.bays + 9
    return out


if __name__ == "__main__":
    sys.exit(main())
