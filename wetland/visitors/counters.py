"""Counters that add up (累计计数器): what was counted between two readings.

Rule of decision: the step from one reading to the next counts for the span between them; over a gap
it is one sum of the whole gap and is not spread. A reading below the one before cannot be: near
zero the counter was set back (``counter_reset``), else it fell (``counter_fell``); the step is then
not known, never negative, and counting goes on from there. The first reading of a counter tells
nothing by itself. A counter of the day starts at 0 each local midnight.
"""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wetland.base.texts import text
from wetland.visitors.readcells import shown
from wetland.visitors.readseen import Seen
from wetland.visitors.readtimes import Times

# A counter was set back where it stands below this share of what it stood at before.
RESET_SHARE = 0.5
GAP = 1.5  # a span so many times the usual one is told as a gap

FIRST = text(
    "计数器的首个读数，没有前一读数，增量未知",
    "the first reading of a counter: without one before it, the step is not known",
)
RESET = text(
    "计数器由 {a} 归零为 {b}：这一段的增量未知，未用",
    "the counter was set back from {a} to {b}: the step is not known and not used",
)
FELL = text(
    "累计读数由 {a} 降为 {b}：这一段的增量未知，未用",
    "the counter fell from {a} to {b}: the step is not known and not used",
)
OVER_GAP = text(
    "缺 {h} 小时的读数：{v} 是整段之和，未分摊",
    "no readings for {h} hours: {v} is the sum of the whole gap and is not spread",
)
OF_DAY = text("累计到当日，按日计", "adds up to the end of the day: read as its count")


class Reading(NamedTuple):
    """What a counter stood at, and when: an instant, or the end of a day."""

    value: float
    at: dt.datetime | None
    day: dt.date


def steps(
    seen: Sequence[Seen], times: Times, *, before: Mapping[tuple[str, ...], Reading] | None = None
) -> None:
    """Turn readings of counters into the counts between them, in place.

    Parameters
    ----------
    seen
        Numbers whose times are settled; others than readings of counters are left alone, and so are
        those that failed a test (repeated with other values).
    times
        Tells which period a span is.
    before
        The last reading of each series in earlier files.
    """
    series: dict[tuple[str, ...], list[Seen]] = defaultdict(list)
    for one in seen:
        if one.cumulative is not None and one.flag != "fail":
            series[one.series].append(one)
    for name, readings in series.items():
        readings.sort(key=lambda one: (one.at, one.first, one.row))
        if readings[0].cumulative == "day":
            _of_days(readings, times)
        else:
            _ever(readings, times, (before or {}).get(name))


def _reading(one: Seen) -> Reading:
    return Reading(one.received, one.start, one.last)


def _ever(readings: list[Seen], times: Times, last: Reading | None) -> None:
    usual = _usual(readings)
    for one in readings:
        now = _reading(one)
        if last is not None and _is_after(now, last):
            _step(one, last, times, usual)
        else:
            one.value = None
            one.say("counter_first", "unknown", FIRST)
        last = now


def _is_after(now: Reading, last: Reading) -> bool:
    if now.at is not None and last.at is not None:
        return now.at > last.at
    return now.day > last.day


def _usual(readings: Sequence[Seen]) -> float:
    """Return how many hours the readings of a counter are usually apart; 0 with fewer than three.

    The median: half of the spans are as long or shorter.
    """
    at = [one.at for one in readings]
    hours = [(b - a).total_seconds() / 3600 for a, b in itertools.pairwise(at)]
    return statistics.median(hours) if len(hours) > 1 else 0.0


def _step(one: Seen, last: Reading, times: Times, usual: float) -> None:
    """Give a reading the count since the last one."""
    step = one.received - last.value
    hours = _span(one, last, times)
    if step < 0:
        one.value = None
        is_reset = one.received <= RESET_SHARE * last.value
        name, message = ("counter_reset", RESET) if is_reset else ("counter_fell", FELL)
        one.say(name, "fail", message.fill(a=shown(last.value), b=shown(one.received)))
        return
    one.value = step
    if usual and hours > GAP * usual:
        one.say("counter_gap", "good", OVER_GAP.fill(h=f"{hours:.4g}", v=shown(step)))


def _span(one: Seen, last: Reading, times: Times) -> float:
    """Give a reading the span since the last one; return its hours."""
    if one.start is not None and last.at is not None:
        times.span(one, last.at, one.start)
        return (one.end - last.at).total_seconds() / 3600 if one.end else 24.0
    one.first = last.day + dt.timedelta(days=1)
    days = (one.last - one.first).days + 1
    one.period = "day" if days == 1 else "span"
    return 24.0 * days


def _of_days(readings: list[Seen], times: Times) -> None:
    """Turn readings that start at 0 each local midnight into the counts between them."""
    last: Reading | None = None
    for one in readings:
        if one.start is None:  # of the whole day: its count
            continue
        now = _reading(one)
        if last is None or last.day != now.day:
            midnight = _midnight(now.day, times.site_zone)
            if one.start == midnight:
                one.value = None
                one.say("counter_first", "unknown", FIRST)
                last = Reading(0.0, midnight, now.day)
                continue
            last = Reading(0.0, midnight, now.day)
        _step(one, last, times, 0.0)
        last = now


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
