"""When each number of a file counts (计数时段): hours by start or end, zones, summer time, steps.

Rule of decision: a file with an hour 24 and no hour 0 names hours by their end, so that 24:00
belongs to the end of its day, which is told; one with both is told row by row. A moment 24:00 is
00:00 of the next day. A count whose end is not told lasts as long as the counts of its series are
apart, an hour at most. Midnight in every row is a day. A local time that summer time skips is an
error; one that comes twice is told: the first of two is the earlier, where the file is in order,
else neither is used.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from wetland.base.texts import text
from wetland.reading.telling import Teller
from wetland.visitors.readseen import LEVELS, OCCUPIED, Seen
from wetland.visitors.readwhen import DAY_MINUTES

HOUR = 60
FEWEST_MONTHS = 6
_MICROSECOND = dt.timedelta(microseconds=1)

BY_END = text(
    "小时写作 1 至 24：按小时末命名（24:00 属当日最后一小时）",
    "hours are written 1 to 24: named by their end (24:00 is the last hour of its day)",
)
BOTH_0_AND_24 = text(
    "文件中既有 0 时又有 24 时，这一行是哪一小时说不清；请用 --hours 指明",
    "the file has both an hour 0 and an hour 24: which hour this is cannot be told; use --hours",
)
SKIPPED = text(
    "当地时间 {t} 不存在（进入夏令时跳过）", "there is no local time {t}: summer time skips it"
)
TWICE = text(
    "当地时间 {t} 出现两次（夏令时结束），按先后顺序区分",
    "the local time {t} comes twice as summer time ends: told apart by their order",
)
AMBIGUOUS = text(
    "当地时间 {t} 有两个（夏令时结束），无法判断是哪一个，未用",
    "there are two local times {t} as summer time ends; which one this is cannot be told: not used",
)
MIXED = text(
    "文件中的时区不一（— 为未写）：{z}；已全部换算为时刻",
    "several offsets in one file (— where none is told): {z}; all are converted",
)
NO_TIME = text("缺少时刻", "there is no time of day")
MONTHS = text(
    "日期都是每月 1 日，按月计数读入",
    "all dates are first days of months: read as counts of months",
)


@dataclass(slots=True)
class Times:
    """Settles the times of a file.

    Parameters
    ----------
    file_zone, site_zone
        Zone of local times of the file; zone of the days they count for.
    tell
        Takes what is wrong.
    hours
        ``0-23`` or ``1-24`` where a person tells it.
    months
        Whether first days of months are read as months.
    """

    file_zone: ZoneInfo
    site_zone: ZoneInfo
    tell: Teller
    hours: str | None = None
    months: bool = True
    by_end: bool = False
    _local: dict[dt.datetime, tuple[bool, bool]] = field(default_factory=dict)

    def settle(self, seen: list[Seen]) -> list[Seen]:
        """Give each number its period, days and instants; return those that have them."""
        self._tell_zones(seen)
        self._days(seen)
        kept = self._without_wrong(seen)
        kept = self._hours(kept)
        steps = _steps(kept)
        ambiguous: list[tuple[Seen, dt.datetime]] = []
        found = [one for one in kept if self._place(one, steps, ambiguous)]
        self._folds(found, ambiguous)
        return found

    def _tell_zones(self, seen: list[Seen]) -> None:
        offsets = Counter(s.stamp.offset for s in seen if s.stamp.minute is not None)
        if len(offsets) > 1:
            names = "、".join(
                f"{'—' if o is None else o} × {n}"
                for o, n in sorted(offsets.items(), key=lambda pair: str(pair[0]))
            )
            self.tell.problems.add("mixed_zones", message=MIXED.fill(z=names), level="warning")

    def _days(self, seen: list[Seen]) -> None:
        """Take midnight in every row for a day, and first days of months for months."""
        timed = [s for s in seen if s.stamp.scale == "time" and s.measure != OCCUPIED]
        if timed and all(s.stamp.minute == 0 and s.stamp.end_minute is None
                         and s.stamp.period in (None, "day", "month") for s in timed):  # fmt: skip
            for one in timed:
                one.stamp = replace(one.stamp, scale="day", minute=None)
        days = [s for s in seen if s.stamp.scale == "day" and s.stamp.period is None]
        distinct = {s.stamp.first for s in days}
        if self.months and len(days) == len(seen) and len(distinct) >= FEWEST_MONTHS and all(
            day.day == 1 for day in distinct
        ):  # fmt: skip
            self.tell.problems.add("months_by_first_day", message=MONTHS, level="warning")
            for one in days:
                after = (one.stamp.first + dt.timedelta(days=31)).replace(day=1)
                last = after - dt.timedelta(days=1)
                one.stamp = replace(one.stamp, last=last, scale="month")

    def _without_wrong(self, seen: list[Seen]) -> list[Seen]:
        kept = []
        for one in seen:
            stamp = one.stamp
            needs = one.measure == OCCUPIED or stamp.period in ("hour", "moment")
            if stamp.minute is None and needs:
                self.tell.rows("time_missing", [one.row], NO_TIME, column=one.column,
                               value=one.raw)  # fmt: skip
                continue
            kept.append(one)
        return kept

    def _hours(self, seen: list[Seen]) -> list[Seen]:
        """Decide whether hours are named by their start or by their end."""
        labels = [s for s in seen if _is_label(s)]
        at_24 = [s for s in labels if s.stamp.minute == DAY_MINUTES]
        if self.hours is not None:
            self.by_end = self.hours == "1-24"
            return seen
        if not at_24:
            return seen
        if any(s.stamp.minute == 0 for s in labels):
            for one in at_24:
                self.tell.rows("hour_24_and_0", [one.row], BOTH_0_AND_24, column=one.column,
                               value=one.raw)  # fmt: skip
            wrong = {id(s) for s in at_24}
            return [s for s in seen if id(s) not in wrong]
        self.by_end = True
        self.tell.problems.add("hours_1_24", message=BY_END, level="warning")
        return seen

    def _place(
        self, one: Seen, steps: dict[tuple[str, ...], float],
        ambiguous: list[tuple[Seen, dt.datetime]],
    ) -> bool:  # fmt: skip
        """Give a number its period, days and instants; tell it where there is no such time."""
        stamp = one.stamp
        if stamp.minute is None or stamp.period in ("day", "month"):
            one.period = stamp.period or stamp.scale
            one.first, one.last = stamp.first, stamp.last
            return True
        step = dt.timedelta(minutes=steps.get(one.series, HOUR))
        naive = _naive(stamp.first, stamp.minute)
        if _is_label(one) and self.by_end:
            naive -= step
        instant = self._instant(naive, stamp.offset)
        if instant is None:
            shown = naive.isoformat(" ", "minutes")
            self.tell.rows("time_skipped", [one.row], SKIPPED.fill(t=shown), column=one.column,
                           value=one.raw)  # fmt: skip
            return False
        if stamp.offset is None and self._check(naive)[1]:
            ambiguous.append((one, naive))
        end = self._end(one, instant, step)
        if end is None:
            return False
        self.span(one, instant, end)
        return True

    def _end(self, one: Seen, start: dt.datetime, step: dt.timedelta) -> dt.datetime | None:
        stamp = one.stamp
        if one.cumulative or (one.measure in LEVELS and stamp.end_minute is None):
            return start
        if stamp.end_minute is None:
            return start + step
        naive = _naive(stamp.last, stamp.end_minute)
        end = self._instant(naive, stamp.end_offset)
        if end is None or end <= start:
            shown = naive.isoformat(" ", "minutes")
            self.tell.rows("time_skipped", [one.row], SKIPPED.fill(t=shown), column=one.column,
                           value=one.raw)  # fmt: skip
            return None
        return end

    def span(self, one: Seen, start: dt.datetime, end: dt.datetime) -> None:
        """Give a number the span from one instant to another, and the period that this is.

        An hour is what lies within one local day; a day, what fills it; a span reaches over days.
        """
        one.start, one.end = start, end
        one.first = start.astimezone(self.site_zone).date()
        one.last = max(one.first, (end - _MICROSECOND).astimezone(self.site_zone).date())
        if start == end:
            one.period = "moment"
            one.last = one.first
        elif one.first == one.last:
            begins, ends = self._midnights(one.first)
            one.period = "day" if (start, end) == (begins, ends) else "hour"
        else:
            one.period = "hour" if end - start <= dt.timedelta(minutes=HOUR) else "span"
            one.last = one.first if one.period == "hour" else one.last
        if one.period == "day":
            one.start = one.end = None

    def _midnights(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        days = (day, day + dt.timedelta(days=1))
        first, last = (dt.datetime.combine(d, dt.time(), self.site_zone) for d in days)
        return first.astimezone(dt.UTC), last.astimezone(dt.UTC)

    def _check(self, naive: dt.datetime) -> tuple[bool, bool]:
        """Tell whether a local time exists, and whether it comes twice."""
        found = self._local.get(naive)
        if found is None:
            early = naive.replace(tzinfo=self.file_zone)
            late = early.replace(fold=1)
            back = early.astimezone(dt.UTC).astimezone(self.file_zone).replace(tzinfo=None)
            is_there = back == naive
            found = is_there, is_there and early.utcoffset() != late.utcoffset()
            self._local[naive] = found
        return found

    def _instant(self, naive: dt.datetime, offset: dt.timezone | None) -> dt.datetime | None:
        if offset is not None:
            return naive.replace(tzinfo=offset).astimezone(dt.UTC)
        if not self._check(naive)[0]:
            return None
        return naive.replace(tzinfo=self.file_zone).astimezone(dt.UTC)

    def _folds(self, seen: list[Seen], ambiguous: list[tuple[Seen, dt.datetime]]) -> None:
        """Tell apart the two local times of the hour that comes twice, by the order of the file."""
        if not ambiguous:
            return
        order = _directions(seen)
        groups: dict[tuple[tuple[str, ...], dt.datetime], list[Seen]] = defaultdict(list)
        for one, naive in ambiguous:
            groups[one.series, naive].append(one)
        for (series, naive), members in groups.items():
            shown = naive.isoformat(" ", "minutes")
            direction = order.get(series, 0)
            if len(members) != 2 or not direction:
                for one in members:
                    one.say("time_ambiguous", "fail", AMBIGUOUS.fill(t=shown))
                continue
            later = members[1 if direction > 0 else 0]
            instant = naive.replace(tzinfo=self.file_zone, fold=1).astimezone(dt.UTC)
            if later.start is not None and later.end is not None:
                self.span(later, instant, instant + (later.end - later.start))
            rows = sorted({one.row for one in members})
            self.tell.rows("time_twice", rows, TWICE.fill(t=shown), value=shown,
                           level="warning")  # fmt: skip


def _is_label(one: Seen) -> bool:
    """Tell whether a time names a span whose other end is not told."""
    stamp = one.stamp
    return (
        stamp.minute is not None
        and stamp.end_minute is None
        and not one.cumulative
        and one.measure not in LEVELS
        and stamp.period not in ("day", "month", "moment")
    )


def _naive(day: dt.date, minute: float) -> dt.datetime:
    at = dt.datetime.combine(day, dt.time())
    return at + dt.timedelta(microseconds=round(minute * 60e6))


def _steps(seen: list[Seen]) -> dict[tuple[str, ...], float]:
    """Return how many minutes the counts of each series are usually apart, an hour at most."""
    times: dict[tuple[str, ...], set[dt.datetime]] = defaultdict(set)
    for one in seen:
        if _is_label(one) and one.stamp.minute is not None:
            times[one.series].add(_naive(one.stamp.first, one.stamp.minute))
    found = {}
    for series, at in times.items():
        ordered = sorted(at)
        gaps = Counter((b - a).total_seconds() / 60 for a, b in itertools.pairwise(ordered))
        usual = min(gaps, key=lambda gap: (-gaps[gap], gap)) if gaps else HOUR
        found[series] = min(float(HOUR), usual)
    return found


def _directions(seen: list[Seen]) -> dict[tuple[str, ...], int]:
    """Return for each series 1 where the file tells it forwards, -1 backwards, 0 in no order."""
    before: dict[tuple[str, ...], dt.datetime] = {}
    ups: Counter[tuple[str, ...]] = Counter()
    downs: Counter[tuple[str, ...]] = Counter()
    for one in seen:
        if one.stamp.minute is None:
            continue
        at = _naive(one.stamp.first, one.stamp.minute)
        last = before.get(one.series)
        if last is not None:
            ups[one.series] += at > last
            downs[one.series] += at < last
        before[one.series] = at
    found = {}
    for series in before:
        more, less = max(ups[series], downs[series]), min(ups[series], downs[series])
        in_order = more > 0 and less <= max(2, more // 100)
        found[series] = 0 if not in_order else 1 if ups[series] >= downs[series] else -1
    return found
