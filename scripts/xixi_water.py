"""Make `layers/xixi/examples/water.csv`: invented water samples of the pack's example stations.

    python scripts/xixi_water.py            # write the file
    python scripts/xixi_water.py --check    # exit 1 when the file is not what this script makes

Nothing in it was measured, and every row says so. Levels run through anchors (year, value) that
take the rivers from inferior to class V in 2003 to class III, which is all that was published;
season, noise (seeded, autocorrelated) and the rest are chosen so that a reader meets what files
hold: non-detects, items not measured, lab QA rows, a bad day, a value in a unit its column does
not say, and a pond whose algae increase.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import random
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).resolve().parent.parent / "layers" / "xixi" / "examples" / "water.csv"
SEED = 20030501
LAST = (2026, 10)
MARK = "﻿"  # so that a spreadsheet shows the Chinese

HEADER = (
    "站点", "采样日期", "采样时间", "样品编号", "样品类型", "水温(℃)", "pH", "溶解氧(mg/L)",
    "电导率(μS/cm)", "浊度(NTU)", "高锰酸盐指数(mg/L)", "氨氮(mg/L)", "总磷(mg/L)", "总氮(mg/L)",
    "叶绿素a(μg/L)", "透明度(cm)", "备注", "synthetic",
)  # fmt: skip
RIVER_ITEMS = ("temp", "ph", "do", "cond", "turb", "codmn", "nh3n", "tp", "tn")
ITEMS = (*RIVER_ITEMS, "chla", "sd")
DECIMALS = {"temp": 1, "ph": 2, "do": 2, "cond": 0, "turb": 1, "codmn": 1, "nh3n": 3, "tp": 3,
            "tn": 2, "chla": 1, "sd": 0}  # fmt: skip
DETECTION = {"nh3n": 0.025, "tp": 0.01, "codmn": 0.5, "tn": 0.05}

Anchors = Sequence[tuple[float, float]]


class Item(NamedTuple):
    """How one item runs: level by year, winter over summer (log), noise (log) and its memory."""

    level: Anchors
    winter: float
    noise: float
    memory: float = 0.4


RIVER: Mapping[str, Item] = {
    "do": Item(((2003, 2.6), (2007, 3.9), (2009, 5.6), (2016, 7.3), (2020, 6.9), (2027, 7.1)),
               0.20, 0.09),
    "cond": Item(((2003, 520), (2009, 400), (2027, 330)), 0.08, 0.06),
    "turb": Item(((2003, 42), (2009, 24), (2017, 14), (2027, 10)), -0.15, 0.30),
    "codmn": Item(((2003, 16.5), (2005, 13), (2007, 9), (2009, 5.6), (2016, 3.6), (2020, 4.5),
                   (2027, 4.2)), -0.10, 0.12),
    "nh3n": Item(((2003, 3.9), (2006, 2.9), (2007, 2.2), (2009, 0.90), (2012, 0.62), (2016, 0.30),
                  (2020, 0.42), (2027, 0.30)), 0.35, 0.32),
    "tp": Item(((2003, 0.47), (2007, 0.30), (2009, 0.19), (2016, 0.085), (2020, 0.125),
                (2027, 0.105)), -0.12, 0.18),
    "tn": Item(((2003, 6.2), (2007, 4.4), (2009, 3.1), (2016, 2.3), (2027, 1.75)), 0.18, 0.14),
}  # fmt: skip
LAKE: Mapping[str, Item] = {
    "do": Item(((2007, 5.0), (2009, 6.2), (2016, 7.9), (2027, 7.8)), 0.16, 0.08),
    "cond": Item(((2007, 410), (2027, 300)), 0.06, 0.05),
    "turb": Item(((2007, 30), (2016, 12), (2027, 9)), -0.20, 0.30),
    "codmn": Item(((2007, 8.2), (2009, 6.1), (2016, 4.1), (2020, 4.5), (2027, 4.3)), -0.14, 0.11),
    "nh3n": Item(((2007, 1.9), (2009, 0.75), (2016, 0.12), (2027, 0.055)), 0.45, 0.65),
    "tp": Item(
        ((2007, 0.165), (2009, 0.088), (2016, 0.038), (2020, 0.042), (2027, 0.037)), -0.22, 0.17
    ),
    "tn": Item(((2007, 3.6), (2009, 2.4), (2016, 1.5), (2027, 1.25)), 0.22, 0.16),
    "chla": Item(((2007, 34), (2009, 26), (2016, 13), (2027, 14)), -0.75, 0.35),
    "sd": Item(((2007, 32), (2009, 46), (2016, 92), (2027, 86)), 0.22, 0.14),
}
POND: Mapping[str, Item] = {
    **LAKE,
    "tp": Item(((2016, 0.066), (2027, 0.086)), -0.25, 0.18),
    "chla": Item(((2016, 17), (2027, 44)), -0.60, 0.32),
    "sd": Item(((2016, 52), (2027, 36)), 0.20, 0.14),
}


class Place(NamedTuple):
    """An example station: its model, its first month, and how much worse than the model it is."""

    id: str
    model: Mapping[str, Item]
    first: tuple[int, int]
    worse: float

    @property
    def items(self) -> tuple[str, ...]:
        """Return what is measured there."""
        return RIVER_ITEMS if self.model is RIVER else ITEMS


PLACES = (
    Place("EX-R1", RIVER, (2003, 1), 0.94),
    Place("EX-R2", RIVER, (2003, 1), 1.08),
    Place("EX-R3", RIVER, (2007, 1), 1.00),
    Place("EX-L1", LAKE, (2007, 1), 0.95),
    Place("EX-L2", LAKE, (2009, 1), 1.06),
    Place("EX-P1", POND, (2016, 1), 1.00),
)
NOBODY_CAME = {(2020, 2), (2013, 10)}  # months without a visit
NO_PROBE = {("EX-R3", 2018, 7), ("EX-R3", 2018, 8), ("EX-L1", 2022, 1)}  # turbidity not measured
WORDS: dict[tuple[str, int, int], str] = {
    ("EX-R2", 2026, 6): "虚构：暴雨后溢流",
    ("EX-L2", 2024, 5): "虚构：叶绿素a误按mg/L填写",
}
BAD_DAY = {"nh3n": 2.36, "tp": 0.348, "tn": 4.31, "codmn": 8.9, "do": 2.86}


def main(argv: Sequence[str] | None = None) -> int:
    """Write the file, or with ``--check`` compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--out", type=Path, default=FILE, help="file to write")
    options = parser.parse_args(argv)
    made = document()
    if not options.check:
        options.out.write_text(made, encoding="utf-8", newline="")
        return 0
    there = options.out.read_bytes().decode("utf-8") if options.out.is_file() else ""
    if there != made:
        print(f"stale: {options.out}", file=sys.stderr)
        return 1
    return 0


def document() -> str:
    """Return the whole file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for place in PLACES:
        writer.writerows(rows_of(place))
    return MARK + out.getvalue()


def rows_of(place: Place) -> Iterator[list[str]]:
    """Yield the rows of a station, month by month, the lab's own samples after the sample."""
    rng = random.Random(f"{SEED} {place.id}")  # noqa: S311 - the same file every time
    memory = dict.fromkeys(ITEMS, 0.0)
    year, month = place.first
    while (year, month) <= LAST:
        values = sample(place, year, month, memory=memory, rng=rng)
        day, hour = rng.randint(3, 12), rng.randint(8, 11)
        if (year, month) not in NOBODY_CAME:
            minute = rng.choice((0, 15, 30, 45))
            when = (f"{year}-{month:02d}-{day:02d}", f"{hour:02d}:{minute:02d}")
            number = f"{place.id}-{year % 100:02d}{month:02d}"
            note = WORDS.get((place.id, year, month), "")
            yield row(place, when, (number, "样品"), values, note)
            if month % 6 == 3 and year >= 2016:
                again = {i: v * math.exp(rng.gauss(0, 0.02)) for i, v in values.items()}
                yield row(place, when, (f"{number}-P", "平行样"), again, "")
                blank = {"codmn": 0.1, "nh3n": 0.004, "tp": 0.002, "tn": 0.02}
                yield row(place, when, (f"{number}-K", "全程序空白"), blank, "")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def sample(
    place: Place, year: int, month: int, *, memory: dict[str, float], rng: random.Random
) -> dict[str, float]:
    """Return what one visit finds, unrounded; ``memory`` is carried from month to month."""
    cold = math.cos(2 * math.pi * (month - 1.2) / 12)  # 1 in the cold of January, -1 in July
    values = {
        "temp": 17.2 - 11.4 * cold + rng.gauss(0, 1.1),
        "ph": 7.55 - (0.05 if place.model is RIVER else 0.28) * cold + rng.gauss(0, 0.13),
    }
    for name, item in place.model.items():
        fresh = rng.gauss(0, item.noise) * math.sqrt(1 - item.memory**2)
        memory[name] = item.memory * memory[name] + fresh
        level = math.log(at(item.level, year + (month - 0.5) / 12))
        better_high = name in {"do", "sd"}
        shift = 0.0 if name == "cond" else math.log(place.worse) * (-1 if better_high else 1)
        values[name] = math.exp(level + shift + item.winter * cold + memory[name])
    values["tn"] = max(values["tn"], 1.2 * values["nh3n"] + 0.3)  # ammonia is a part of it
    if (place.id, year, month) == ("EX-R2", 2026, 6):
        values |= BAD_DAY
    return values


def at(anchors: Anchors, year: float) -> float:
    """Interpolate between anchors, by ratio; beyond the ends the value of the end holds."""
    years = [when for when, _ in anchors]
    right = bisect_right(years, year)
    if right in (0, len(anchors)):
        return anchors[0 if right == 0 else -1][1]
    (start, low), (end, high) = anchors[right - 1], anchors[right]
    return low * (high / low) ** ((year - start) / (end - start))


def row(
    place: Place, when: tuple[str, str], which: tuple[str, str], values: Mapping[str, float],
    note: str,
) -> list[str]:  # fmt: skip
    """Return one row of the file as a laboratory writes it."""
    year, month = int(when[0][:4]), int(when[0][5:7])
    cells = []
    for name in ITEMS:
        value = values.get(name) if name in place.items else None
        if name == "turb" and (place.id, year, month) in NO_PROBE:
            cells.append("-1")
        elif value is None:
            cells.append("—" if which[1] == "样品" else "")
        elif name == "chla" and (place.id, year, month) == ("EX-L2", 2024, 5):
            cells.append(f"{value / 1000:.4f}")
        else:
            cells.append(reported(name, value))
    return [place.id, *when, *which, *cells, note, "true"]


def reported(name: str, value: float) -> str:
    """Write a value with the decimals of its item; below the detection limit as ``0.025L``."""
    limit = DETECTION.get(name, 0.0)
    if value < limit:
        return f"{limit:g}L"
    return f"{value:.{DECIMALS[name]}f}"


if __name__ == "__main__":
    sys.exit(main())
