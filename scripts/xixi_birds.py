"""Make `layers/xixi/examples/birds.csv`: invented bird surveys of the pack's example plots.

    python scripts/xixi_birds.py            # write the file
    python scripts/xixi_birds.py --check    # exit 1 when the file is not what this script makes

Nothing in it was seen, and every row says so. Eight plots are counted twice in each of twelve
winters and four of them twice in each breeding season, with their effort. Numbers are drawn
(seeded) around levels chosen so that a reader meets what surveys hold: a species that declines, one
that increases, one that fluctuates, zeros, winters without a visit, estimated flocks, sums of two
counters, a bird that was heard and not counted, breeding, and single birds of rare species.
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
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).resolve().parent.parent / "layers" / "xixi" / "examples" / "birds.csv"
SEED = 20141213
FIRST, LAST = 2014, 2025  # a winter is named by the year it begins in
MARK = "\ufeff"  # so that a spreadsheet shows the Chinese

HEADER = (
    "event_id", "plot", "date", "time", "protocol", "duration_min", "distance_km", "observers",
    "observer_count", "complete", "species", "count", "breeding", "remarks", "synthetic",
)  # fmt: skip


class Plot(NamedTuple):
    """An example plot: how good it is, how it is counted, the first winter, whether in summer."""

    id: str
    worth: float
    protocol: str
    km: float
    first: int
    summer: bool


class Kind(NamedTuple):
    """How one species runs: mean count at a plot, growth a year, noise (log), share of plots."""

    mean: float
    growth: float = 0.0
    noise: float = 0.35
    share: float = 1.0
    fluctuation: float = 0.0  # of all plots together, from year to year (log)


PLOTS = (
    Plot("EX-B1", 1.3, "样线法", 2.0, 2014, True),
    Plot("EX-B2", 1.0, "样线法", 1.6, 2014, True),
    Plot("EX-B3", 0.7, "样点法", 0.0, 2014, True),
    Plot("EX-B4", 1.6, "样线法", 2.4, 2014, True),
    Plot("EX-B5", 0.5, "样点法", 0.0, 2014, False),
    Plot("EX-B6", 1.1, "样线法", 1.8, 2015, False),
    Plot("EX-B7", 0.5, "样点法", 0.0, 2017, False),
    Plot("EX-B8", 0.45, "样线法", 1.2, 2018, False),
)
WINTER: Mapping[str, Kind] = {
    "斑嘴鸭": Kind(26, -0.095, 0.30),
    "白骨顶": Kind(11, 0.085, 0.30),
    "绿翅鸭": Kind(22, 0.0, 0.35, 0.8, 0.85),
    "绿头鸭": Kind(12, -0.01, 0.40),
    "小䴙䴘": Kind(9, 0.01, 0.25),
    "白鹭": Kind(7, 0.015, 0.30),
    "夜鹭": Kind(8, -0.005, 0.45, 0.7),
    "苍鹭": Kind(3, 0.02, 0.35),
    "罗纹鸭": Kind(5, 0.0, 0.60, 0.5, 0.4),
    "赤颈鸭": Kind(2.5, 0.0, 0.60, 0.4),
    "赤膀鸭": Kind(3, 0.01, 0.60, 0.5),
    "鸳鸯": Kind(2.2, 0.03, 0.60, 0.4),
    "扇尾沙锥": Kind(0.8, 0.0, 0.40, 0.6),
    "白腰草鹬": Kind(0.7, 0.0, 0.40),
    "青脚鹬": Kind(0.3, 0.0, 0.40, 0.5),
    "灰胸竹鸡": Kind(0.6, 0.0, 0.40, 0.6),
}
SUMMER: Mapping[str, Kind] = {
    "小䴙䴘": Kind(5, 0.01, 0.25),
    "白鹭": Kind(9, 0.02, 0.30),
    "夜鹭": Kind(7, 0.0, 0.35),
    "黄苇鳽": Kind(1.2, 0.0, 0.40),
    "白骨顶": Kind(1.0, 0.04, 0.50, 0.6),
    "灰胸竹鸡": Kind(1.0, 0.0, 0.40, 0.6),
}
LOOKED_FOR = ("斑嘴鸭", "白骨顶", "小䴙䴘")  # written down as 0 where there was none in winter
NOT_VISITED = {("EX-B3", 2016), ("EX-B5", 2019), ("EX-B6", 2019), ("EX-B2", 2021)}
# Rows of single visits: (plot, year, month of the visit) -> (species, count, breeding, remark).
ALSO: Mapping[tuple[str, int, int], tuple[tuple[str, str, str, str], ...]] = {
    ("EX-B4", 2019, 1): (("青头潜鸭", "2", "", "虚构示例"),),
    ("EX-B4", 2023, 12): (("青头潜鸭", "1", "", "虚构示例"),),
    ("EX-B6", 2020, 12): (("东方白鹳", "1", "", "虚构示例"),),
    ("EX-B8", 2022, 1): (("白尾海雕", "1", "", "虚构示例"),),
    ("EX-B1", 2021, 5): (("反嘴鹬", "1", "", "虚构示例"),),
    ("EX-B4", 2024, 5): (("长嘴剑鸻", "1", "", "虚构示例"),),
    ("EX-B3", 2024, 6): (("水雉", "3", "probable", "虚构示例"),),
    ("EX-B3", 2025, 6): (("水雉", "5", "confirmed", "虚构示例：巢"),),
    ("EX-B2", 2018, 5): (("黄苇鳽", "√", "possible", "虚构示例：只闻其声"),),
}


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
    for plot in PLOTS:
        writer.writerows(rows_of(plot))
    return MARK + out.getvalue()


def rows_of(plot: Plot) -> Iterator[list[str]]:
    """Yield the rows of a plot, winter by winter, the visits of the summer after them."""
    rng = random.Random(f"{SEED} {plot.id}")  # noqa: S311 - the same file every time
    present = {name: rng.random() < kind.share for name, kind in WINTER.items()}
    for winter in range(plot.first, LAST + 1):
        local = {name: rng.gauss(0, kind.noise) for name, kind in WINTER.items()}
        for year, month in ((winter, 12), (winter + 1, 1)):
            day, at = dt.date(year, month, rng.randint(5, 26)), rng.choice((0, 15, 30))
            effort = effort_of(plot, rng)
            found = {name: draw(level(kind, winter, plot) * math.exp(local[name]), rng)
                     for name, kind in WINTER.items() if present[name]}  # fmt: skip
            if (plot.id, winter) not in NOT_VISITED:
                cells = [(n, c) for n, c in found.items() if c or n in LOOKED_FOR]
                yield from visit(plot, day, f"07:{at:02d}", effort, cells)
        if plot.summer:
            yield from summer(plot, winter + 1, rng)


def summer(plot: Plot, year: int, rng: random.Random) -> Iterator[list[str]]:
    """Yield the rows of the two visits of a breeding season; none after the last winter."""
    for month in (5, 6):
        day = dt.date(year, month, rng.randint(8, 24))
        effort = effort_of(plot, rng)
        found = {name: draw(level(kind, year, plot), rng) for name, kind in SUMMER.items()}
        if year <= LAST:
            yield from visit(plot, day, "05:45", effort, [(n, c) for n, c in found.items() if c])


def visit(
    plot: Plot, day: dt.date, at: str, effort: tuple[str, str, str, str],
    cells: Sequence[tuple[str, int]],
) -> Iterator[list[str]]:  # fmt: skip
    """Yield one row for each species of a visit."""
    event = f"{plot.id}-{day:%Y%m%d}"
    start = [event, plot.id, day.isoformat(), at, plot.protocol, *effort, "true"]
    also = ALSO.get((plot.id, day.year, day.month), ())
    told = {name for name, *_ in also}
    for name, count in cells:
        if name not in told:
            bred = "confirmed" if name == "小䴙䴘" and day.month == 6 and count > 5 else ""
            yield [*start, name, written(count, event), bred, "", "true"]
    for name, words, breeding, remark in also:
        yield [*start, name, words, breeding, remark, "true"]


def effort_of(plot: Plot, rng: random.Random) -> tuple[str, str, str, str]:
    """Return duration, distance, observers and their number."""
    people = rng.choice((("示例甲", 1), ("示例甲、示例乙", 2), ("示例乙、示例丙", 2)))
    minutes = rng.choice((60, 75, 90)) if plot.km else 30
    return str(minutes), f"{plot.km:g}" if plot.km else "", people[0], str(people[1])


def level(kind: Kind, year: int, plot: Plot) -> float:
    """Return the expected count of a species at a plot in a year."""
    shared = random.Random(f"{SEED} {kind.mean} {year}").gauss(0, 1)  # noqa: S311 - of all plots
    return kind.mean * plot.worth * math.exp(kind.growth * (year - FIRST)
                                             + kind.fluctuation * shared)  # fmt: skip


def draw(mean: float, rng: random.Random) -> int:
    """Draw a count with the variance of flocks: Poisson around a gamma."""
    mean = mean * rng.gammavariate(8, 1 / 8)
    if mean > 50:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count, product = count + 1, product * rng.random()
    return count


def written(count: int, event: str) -> str:
    """Write a count as observers do: large flocks estimated, now and then a sum of two."""
    if count >= 60:
        return f"约{round(count, -1)}"
    if count >= 8 and event.endswith(("11", "22")):
        return f"{count - count // 3}+{count // 3}"
    return str(count)


if __name__ == "__main__":
    sys.exit(main())
