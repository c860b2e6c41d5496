"""Tests of numbers of visitors and car parks (检验): what cannot be fails, what is odd is suspect.

Nothing is dropped: a number that failed stays in its table and is used by nothing. ``fail`` is what
cannot be: below nought, not whole, above the bays, far beyond all others of its series, of a day to
come, or two numbers for one place and time. ``suspect`` is one number for too long a time.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wetland.base.texts import Text, text
from wetland.reading.telling import Teller
from wetland.visitors.readcells import shown
from wetland.visitors.readseen import LEVELS, OCCUPIED, Seen

TIMES_BEYOND = 20.0  # so many times what a series usually reaches cannot be
FEWEST_TO_COMPARE = 10
USUAL_SHARE = 0.9
STUCK_FLOW = 6  # equal numbers in a row
STUCK_FLOW_LEAST = 10.0  # smaller ones repeat by chance
STUCK_LEVEL = 12
STUCK_LEVEL_HOURS = 24.0
STUCK_DAYS = 4
SILENT_DAYS = 28
GONE_DAYS = 3
FEWEST_DAYS = 7

NEGATIVE = text("{v} 小于 0", "{v} is below 0")
NOT_WHOLE = text("{v} 不是整数", "{v} is not a whole number")
ABOVE_MOST = text("{v} 超过可能的最大值 {m}", "{v} is above {m}, the most that is possible")
IMPOSSIBLE = text(
    "{v} 超过本序列常见高值 {m} 的 {t} 倍",
    "{v} is more than {t} times {m}, what this series usually reaches at most",
)
ABOVE_CAPACITY = text("已停 {v} 超过泊位 {m}", "{v} taken of {m} bays")
FREE_ABOVE = text("空位 {v} 超过泊位 {m}", "{v} free of {m} bays")
FUTURE = text("晚于今天（{d}）", "later than today ({d})")
STUCK = text("连续 {n} 次都是 {v}", "{v} for {n} times in a row")
CONTRADICTION = text(
    "与第 {r} 行同处同时而数值不同（{v}），两者都未用",
    "row {r} tells {v} of the same place and time: neither is used",
)
REPEATED = text("与第 {r} 行重复，只用一次", "repeats row {r}: used once")
SILENCE = text(
    "{p}（{m}）从 {a} 到 {b} 没有计数（{n} 天）",
    "{p} ({m}) has no counts from {a} to {b} ({n} days)",
)
GONE = text(
    "{p}（{m}）自 {a} 之后没有计数，而其余到 {b} 仍有",
    "{p} ({m}) has no counts after {a}, while others go on to {b}",
)
OF_CAR_PARK = text("停车", "parking")


@dataclass(frozen=True, slots=True)
class Limits:
    """What is possible: the most a number can be, and the last day that can have been counted."""

    most: float | None = None
    today: dt.date | None = None
    whole: bool = True


def settle_repeated(seen: Sequence[Seen], tell: Teller) -> list[Seen]:
    """Keep one of numbers that say the same of one place and time; fail those that contradict.

    Numbers of the same place, measure, counter, period and start are compared as received.
    """
    groups: dict[tuple[object, ...], list[Seen]] = defaultdict(list)
    for one in seen:
        groups[one.series, one.period, one.first, one.last, one.start].append(one)
    dropped: set[int] = set()
    for members in groups.values():
        if len(members) < 2:
            continue
        first = members[0]
        if all(one.received == first.received and one.capacity == first.capacity
               for one in members):  # fmt: skip
            for one in members[1:]:
                dropped.add(id(one))
                tell.rows("repeated", [one.row], REPEATED.fill(r=first.row), column=one.column,
                          value=one.raw, level="warning")  # fmt: skip
            continue
        for one in members:
            if any(t.name == "time_ambiguous" for t in one.tests):
                continue
            other = next(o for o in (*members, first) if o is not one)
            other = next((o for o in members if o.received != one.received), other)
            one.say("contradiction", "fail", CONTRADICTION.fill(r=other.row, v=other.raw))
    return [one for one in seen if id(one) not in dropped]


def run_tests(seen: Sequence[Seen], limits: Limits) -> None:
    """Run the tests of single numbers, then those of series, in place."""
    for one in seen:
        _alone(one, limits)
    series: dict[tuple[str, ...], list[Seen]] = defaultdict(list)
    for one in seen:
        if one.value is not None and one.flag != "fail":
            series[(*one.series, one.period)].append(one)
    for members in series.values():
        members.sort(key=lambda one: (one.at, one.row))
        _beyond(members)
        _stuck(members)


def _alone(one: Seen, limits: Limits) -> None:
    if limits.today is not None and one.last > limits.today and one.first > limits.today:
        one.say("future", "fail", FUTURE.fill(d=limits.today.isoformat()))
    value = one.value if one.cumulative is None else one.received
    if value is None:
        return
    words = shown(value)
    if value < 0:
        is_free = one.measure == OCCUPIED and one.received >= 0 and one.capacity is not None
        if is_free:
            told = FREE_ABOVE.fill(v=shown(one.received), m=shown(one.capacity or 0))
        else:
            told = NEGATIVE.fill(v=words)
        one.say("negative", "fail", told)
    elif limits.whole and not value.is_integer():
        one.say("not_whole", "fail", NOT_WHOLE.fill(v=words))
    if limits.most is not None and one.value is not None and one.value > limits.most:
        one.say("impossible", "fail", ABOVE_MOST.fill(v=shown(one.value), m=shown(limits.most)))
    if one.capacity is not None and value > one.capacity:
        one.say("above_capacity", "fail", ABOVE_CAPACITY.fill(v=words, m=shown(one.capacity)))


def usual_most(values: Iterable[float]) -> float:
    """Return what a series usually reaches at most: the value that 90 % of those above 0 keep to.

    Examples
    --------
    >>> usual_most([0, 0, *range(1, 21)]), usual_most([0])
    (18.0, nan)
    """
    above = sorted(v for v in values if v > 0)
    if not above:
        return math.nan
    return float(above[math.ceil(USUAL_SHARE * len(above)) - 1])


def _beyond(members: list[Seen]) -> None:
    values = [one.value for one in members if one.value is not None]
    usual = usual_most(values)
    if sum(v > 0 for v in values) < FEWEST_TO_COMPARE:
        return
    for one in members:
        if one.value is not None and one.value > TIMES_BEYOND * usual:
            one.say("impossible", "fail",
                    IMPOSSIBLE.fill(v=shown(one.value), m=shown(usual),
                                    t=shown(TIMES_BEYOND)))  # fmt: skip


def _stuck(members: list[Seen]) -> None:
    run: list[Seen] = []
    for one in [*members, None]:
        if one is not None and run and one.value == run[-1].value:
            run.append(one)
            continue
        if _is_stuck(run):
            for held in run:
                held.say("stuck", "suspect", STUCK.fill(n=len(run), v=shown(held.value or 0)))
        run = [] if one is None else [one]


def _is_stuck(run: list[Seen]) -> bool:
    """Tell whether a number repeats for too long; levels may rest at night, and when full."""
    if len(run) < 2 or not run[0].value:
        return False
    first, last = run[0], run[-1]
    if first.measure in LEVELS and first.period != "day":
        hours = (last.at - first.at).total_seconds() / 3600
        return len(run) >= STUCK_LEVEL and hours >= STUCK_LEVEL_HOURS
    if (first.value or 0.0) < STUCK_FLOW_LEAST or first.period in ("month", "span"):
        return False
    return len(run) >= (STUCK_DAYS if first.period == "day" else STUCK_FLOW)


def tell_gaps(seen: Sequence[Seen], tell: Teller, measures: dict[str, Text]) -> None:
    """Tell series without counts for four weeks, and those that end while others go on.

    Numbers that failed count as counted: somebody tried.
    """
    days: dict[tuple[str, ...], set[dt.date]] = defaultdict(set)
    for one in seen:
        is_total = one.period == "month" or (one.period == "span" and one.counter is None)
        if is_total or any(test.name == "future" for test in one.tests):
            continue
        several = [one.first + dt.timedelta(days=n) for n in range((one.last - one.first).days + 1)]
        days[one.series].update(several[:400])
    named = {**measures, OCCUPIED: OF_CAR_PARK}
    end = max((max(held) for held in days.values()), default=dt.date.min)
    for (_, place, measure, counter), held in days.items():
        label = f"{place} {counter}".strip()
        told = named.get(measure) or text(measure or "-", measure or "-")
        ordered = sorted(held)
        gaps = [(b - a).days for a, b in itertools.pairwise(ordered)]
        usual = statistics.median(gaps) if gaps else 0
        for a, b in itertools.pairwise(ordered):
            if (b - a).days - 1 >= SILENT_DAYS and (b - a).days > 2 * usual:
                first, last = a + dt.timedelta(days=1), b - dt.timedelta(days=1)
                tell.problems.add("silence", value=label, level="warning", message=SILENCE.fill(
                    p=label, m=told, a=first, b=last, n=(b - a).days - 1))  # fmt: skip
        others = {p for (_, p, m, _c) in days if m == measure}
        if len(others) > 1 and len(held) >= FEWEST_DAYS and (end - ordered[-1]).days > GONE_DAYS:
            tell.problems.add("place_gone", value=label, level="warning", message=GONE.fill(
                p=label, m=told, a=ordered[-1], b=end))  # fmt: skip
