"""Plain series of counts on a regular grid of hours, days or months, for a forecast.

A file holds flows (people who came in within a span: spans add up) or levels (cars that stand in a
car park: readings of a moment do not). A flow in finer steps is added up, a level is read nearest
to the hour, or averaged over a day or month. What nobody counted stays unknown and is never 0.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.visitors.forecastrolled import MOST
from wetland.visitors.panelparts import whole_days, whole_hours, whole_months

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Freq = Literal["hour", "day", "month"]
Aggregate = Literal["auto", "sum", "mean", "nearest"]
Way = Literal["single", "sum", "mean", "nearest"]

PERIOD_LIMITS: dict[Freq, int] = {"hour": 24 * 400, "day": 366 * 8, "month": 12 * 40}
MOST_SERIES = 2_000
MOSTLY = 0.75  # share of its usual parts that a step needs for its mean
SELDOM = 0.02  # share of numbers that are the second of their step in a table of one a step
OFTEN_MINUTES = 45
NEAR_MINUTES = 16  # a quarter of an hour and the jitter of a clock
_FINE_MINUTES = (5, 10, 15, 20, 30, 60)

STEPS: dict[Freq, Text] = {
    "hour": text("小时", "hour"),
    "day": text("日", "day"),
    "month": text("月", "month"),
}
COUNTED: dict[Freq, Text] = {  # after a number
    "hour": text("小时", "hours"),
    "day": text("天", "days"),
    "month": text("个月", "months"),
}
_WAYS: dict[Way, Text] = {
    "single": text("每{step}一个数，原样使用", "one number per {step}, used as it is"),
    "sum": text("每{step}内的各数相加", "the numbers within a {step} are added up"),
    "mean": text("每{step}内的各数取平均", "the numbers within a {step} are averaged"),
    "nearest": text("取最接近整点的读数", "the reading nearest to the full hour is taken"),
}
_PARTIAL = text(
    "{n} {steps}的分段不全（少于通常个数），按未知处理，不参与预测",
    "{n} {steps} lack parts (fewer numbers than usual): unknown, not used",
)
_CUT = text(
    "只用最近 {n} {steps}的资料（自 {since} 起）",
    "only the last {n} {steps} are used (from {since})",
)
_EMPTY = text("没有可用的数", "there is no number to use")
_MANY = text(
    "序列过多：{n} 条，最多 {most} 条。时间列或序列列可能认错了",
    "too many series: {n}, at most {most} are forecast: the column of the series may be mistaken",
)
_NEEDS = text("缺少列：{names}", "missing column(s): {names}")


@dataclass(frozen=True, eq=False)
class Panel:
    """Series on one grid.

    Attributes
    ----------
    names : tuple of str
        In order of the alphabet.
    freq : {"hour", "day", "month"}
    first : date
        Day of the first step; of months the first of the month. Hours begin at 00:00 of it.
    values : array of float, shape (series, steps)
        NaN where nothing is known. Up to the last step that any series knows.
    limit : array of float, shape (series,), or None
        Capacity: the last one told.
    way : {"single", "sum", "mean", "nearest"}
        How the numbers of a step were made one.
    notes : tuple of Text
        What holds for all series.
    """

    names: tuple[str, ...]
    freq: Freq
    first: dt.date
    values: Floats
    limit: Floats | None
    way: Way
    notes: tuple[Text, ...] = ()

    @property
    def steps(self) -> int:
        """Return how many steps are known, gaps among them."""
        return int(self.values.shape[1])

    def spacing(self) -> float:
        """Return how many steps lie between two numbers of a series as a rule (the median).

        1 where steps follow each other, as hours of a day do between closed nights.
        """
        gaps = [np.diff(np.flatnonzero(~np.isnan(row))) for row in self.values]
        every = np.concatenate(gaps) if gaps else np.empty(0)
        return float(np.median(every)) if len(every) else 1.0

    def times(self, horizon: int) -> list[dt.datetime]:
        """Return the local times (beginnings) of the ``horizon`` steps after the last."""
        return [self.time(self.steps + ahead) for ahead in range(horizon)]

    def time(self, step: int) -> dt.datetime:
        """Return the local time at which a step begins, counted from 0, without a zone."""
        if self.freq == "month":
            months = self.first.year * 12 + self.first.month - 1 + step
            return dt.datetime(months // 12, months % 12 + 1, 1)  # noqa: DTZ001 - local by contract
        start = dt.datetime.combine(self.first, dt.time())
        return start + step * dt.timedelta(**{f"{self.freq}s": 1})


def _fine_minutes(times: pd.Series) -> int | None:
    """Return the step of regular stamps in minutes: the widest grid that holds all; or None."""
    minutes = times.dt.hour * 60 + times.dt.minute
    if bool((times.dt.second != 0).any() or (times.dt.microsecond != 0).any()):
        return None
    fits = [step for step in _FINE_MINUTES if not (minutes % step).any()]
    return max(fits, default=None)


def way_of(frame: pd.DataFrame, freq: Freq, aggregate: Aggregate) -> Way:
    """Decide how several numbers of one step become one.

    As asked for, else: with capacities, or with stamps that lie on no grid of 5 to 60 minutes, the
    numbers are readings of a level: nearest to the full hour, or the mean of a day or month. Other
    numbers are flows and add up, unless a step has one number as a rule (all but `SELDOM`, as when
    clocks go back an hour: the mean of both is taken).
    """
    level: Way = "nearest" if freq == "hour" else "mean"
    if aggregate in ("sum", "mean"):
        return aggregate
    if aggregate == "nearest" or ("capacity" in frame and bool(frame["capacity"].notna().any())):
        return level
    if _fine_minutes(frame["time"]) is None:
        return level
    steps = frame.assign(step=_step_of(frame["time"], freq))
    again = steps.duplicated(["series", "step"])
    return "sum" if float(again.mean()) > SELDOM else "single"


def _step_of(times: pd.Series, freq: Freq) -> pd.Series:
    """Return the number of the step a time lies in, from 1970."""
    if freq == "month":
        made: pd.Series = times.dt.year * 12 + times.dt.month - 1 - 1970 * 12
        return made
    seconds = {"hour": 3_600, "day": 86_400}[freq]
    counted: pd.Series = times.astype("datetime64[s]").astype("int64") // seconds
    return counted


def _nearest(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the reading nearest to each full hour; of two as near the earlier.

    A reading half an hour off stands for an hour where readings come by the hour; where they come
    more often (`OFTEN_MINUTES`), only one within `NEAR_MINUTES` does.
    """
    seconds = frame["time"].astype("datetime64[s]").astype("int64")
    step = (seconds + 1_800) // 3_600
    made = frame.assign(step=step, off=(seconds - step * 3_600).abs())
    apart = made.assign(at=seconds).sort_values(["series", "at"]).groupby("series")["at"].diff()
    if float(apart.median()) <= 60 * OFTEN_MINUTES:
        made = made[made["off"] <= 60 * NEAR_MINUTES]
    kept = made.sort_values(["series", "step", "off", "time"], kind="stable")
    return kept.drop_duplicates(["series", "step"])[["series", "step", "count"]]


def _sums(frame: pd.DataFrame, freq: Freq) -> tuple[pd.DataFrame, int]:
    """Return the sum of each step and how many steps were left out as incomplete.

    A part that is missing makes the sum unknown (`wetland.visitors.panelparts`); of a month that
    has nearly all of its days, the mean of the others stands for it.
    """
    made = frame.assign(step=_step_of(frame["time"], freq))
    grouped = made.groupby(["series", "step"], sort=True)["count"].agg(["sum", "size"])
    found = grouped.reset_index()
    sums = found["sum"].to_numpy()
    if freq == "month":
        days = made.assign(day=made["time"].dt.normalize()).groupby(["series", "step"])["day"]
        whole, share = whole_months(found, np.asarray(days.nunique(), dtype=np.int64))
        sums = sums / share
    else:
        whole = whole_days(found) if freq == "day" else whole_hours(found)
    found["count"] = np.where(whole, sums, np.nan)
    return found[["series", "step", "count"]], int((~whole).sum())


def _limits(frame: pd.DataFrame, names: tuple[str, ...]) -> Floats | None:
    if "capacity" not in frame or not bool(frame["capacity"].notna().any()):
        return None
    told = frame.dropna(subset=["capacity"]).sort_values("time", kind="stable")
    last = told.groupby("series")["capacity"].last()
    return last.reindex(list(names)).to_numpy(dtype=np.float64)


def _one_number(frame: pd.DataFrame, freq: Freq, way: Way) -> tuple[pd.DataFrame, int]:
    """Return one number for each series and step, and how many steps were incomplete."""
    if way == "sum":
        return _sums(frame, freq)
    if way == "nearest":
        return _nearest(frame), 0
    made = frame.assign(step=_step_of(frame["time"], freq))
    found = made.groupby(["series", "step"], sort=True)["count"].agg(["mean", "size"]).reset_index()
    whole = found["size"] >= MOSTLY * found.groupby("series")["size"].transform("median")
    found["count"] = found["mean"].where(whole)
    return found[["series", "step", "count"]], int((~whole).sum())


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    if missing := [name for name in ("series", "time", "count") if name not in frame]:
        raise InputError(_NEEDS.fill(names=", ".join(missing)))
    kept = frame.dropna(subset=["series", "time", "count"])
    numbers = kept["count"].astype(np.float64)
    kept = kept[(numbers >= 0) & (numbers <= MOST)]
    if kept.empty:
        raise InputError(_EMPTY)
    if (found := int(kept["series"].nunique())) > MOST_SERIES:
        raise InputError(_MANY.fill(n=found, most=MOST_SERIES))
    numbers = kept["count"].astype(np.float64)
    made: pd.DataFrame = kept.assign(series=kept["series"].astype(str), count=numbers)
    return made.reset_index(drop=True)


def _as_first(step: int, freq: Freq) -> tuple[dt.date, int]:
    """Return the day of a step and how many steps lie between its beginning and the step."""
    epoch = dt.date(1970, 1, 1)
    if freq == "month":
        return dt.date(1970 + step // 12, step % 12 + 1, 1), 0
    if freq == "day":
        return epoch + dt.timedelta(days=step), 0
    return epoch + dt.timedelta(hours=step // 24 * 24), step % 24


def to_panel(
    frame: pd.DataFrame,
    *,
    freq: Freq,
    aggregate: Aggregate = "auto",
    period_limit: int | None = None,
) -> Panel:
    """Put series on one grid.

    Parameters
    ----------
    frame : DataFrame
        ``series``, ``time`` (local, without a zone), ``count`` and perhaps ``capacity``. Rows
        without a number, and numbers below 0, are not used.
    freq : {"hour", "day", "month"}
    aggregate : {"auto", "sum", "mean", "nearest"}
        How several numbers of a step become one (`way_of`).
    period_limit : int, optional
        How many steps of the past are used at most; without: `PERIOD_LIMITS`.

    Returns
    -------
    Panel
        Its last step is the last that any series knows whole: a day or month that is half over
        in a file of finer steps is left out.

    Raises
    ------
    InputError
        For missing columns, no number at all, or too many series.
    """
    used = _checked(frame)
    way = way_of(used, freq, aggregate)
    found, partial = _one_number(used, freq, way)
    known = found.dropna(subset=["count"])
    if known.empty:
        raise InputError(_EMPTY)
    last = int(known["step"].max())
    limit = PERIOD_LIMITS[freq] if period_limit is None else period_limit
    start = max(int(known["step"].min()), last - limit + 1)
    cut = start > int(known["step"].min())
    known = known[known["step"] >= start]
    names = tuple(sorted(used["series"].unique()))
    first, before = _as_first(start, freq)
    values = np.full((len(names), last - start + 1 + before), np.nan)
    row = known["series"].map({name: i for i, name in enumerate(names)}).to_numpy()
    values[row, known["step"].to_numpy() - start + before] = known["count"].to_numpy()
    steps = COUNTED[freq]
    notes = [_WAYS[way].fill(step=STEPS[freq])]
    if partial:
        notes.append(_PARTIAL.fill(n=partial, steps=steps))
    if cut:
        notes.append(_CUT.fill(n=limit, steps=steps, since=first.isoformat()))
    return Panel(names, freq, first, values, _limits(used, names), way, tuple(notes))
