"""Forecasts of visitors from plain series: by the hour, by the day, by the month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.visitors.calendar import Calendar
from wetland.visitors.panel import COUNTED, STEPS, Aggregate, Freq, Panel, to_panel
from wetland.visitors.told import Told

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

MOST_AHEAD: dict[Freq, int] = {"hour": 14 * 24, "day": 14, "month": 12}
USUAL_AHEAD: dict[Freq, int] = {"hour": 24, "day": 14, "month": 12}
COARSE = 1.5  # steps between two numbers, as a rule
FEWEST_KNOWN: dict[Freq, int] = {"hour": 14 * 8, "day": 28, "month": 24}

_TOO_FAR = text(
    "预测步数须为 1 至 {most}（按{step}），给的是 {horizon}",
    "a forecast by {step} reaches 1 to {most} steps ahead, not {horizon}",
)
_NO_FREQ = text("未知的步长 {freq}：{known}", "unknown step {freq}: {known}")
_TOO_LITTLE = text(
    "资料太少：只有 {known} {steps}有数，至少需要 {need} {steps}",
    "too little data: {known} {steps} have a number, at least {need} are needed",
)
_COARSE = text(
    "表中约每 {n} {steps}才有一个数，不能按{step}预测",
    "the table has one number every {n} {steps}: it cannot be forecast by the {step}",
)
_LONGER = text("请改用更长的步长（日或月）", "Ask for longer steps (day or month).")
_NONE_LEFT = text(
    "没有一条序列的资料足够预测：{series} {reason}", "no series can be forecast: {series}: {reason}"
)
_SILENT = text(
    "最后一个数在 {last}，之后 {n} {steps}无数；预测从全文件最后的时间起算",
    "its last number is of {last}, {n} {steps} before the end of the file, from where all series"
    " are told",
)
_CLOSED = text(
    "所问的 {n} {steps}内从来没有数（可能为关闭时段），请增加步数",
    "nothing was ever counted at the {n} {steps} that are asked for (closed?): ask for more steps",
)


@dataclass(frozen=True, eq=False)
class SeriesForecast:
    """A forecast of one series.

    Attributes
    ----------
    series : str
    freq : {"hour", "day", "month"}
    frame : DataFrame
        time (local, without a zone: the beginning of the step), lead (1 and up), mean, lower,
        upper; one row for each step that can be told. Empty for a series with too little data.
    told : Told
        Its arrays hold all steps; ``shown`` and ``reason`` say whether people may see it.
    """

    series: str
    freq: Freq
    frame: pd.DataFrame
    told: Told


def forecast_counts(  # noqa: PLR0913 - a table, what is asked, and what is known of its days
    frame: pd.DataFrame,
    *,
    freq: Freq,
    horizon: int | None = None,
    alpha: float = 0.1,
    calendar: Calendar | None = None,
    tz: str | None = None,
    weather: pd.DataFrame | None = None,
    aggregate: Aggregate = "auto",
    period_limit: int | None = None,
) -> list[SeriesForecast]:
    """Forecast all series of a plain table.

    Parameters
    ----------
    frame : DataFrame
        ``series``, ``time``, ``count`` and perhaps ``capacity``. Times are local without a zone, or
        instants, which are turned to ``tz``.
    freq : {"hour", "day", "month"}
    horizon : int, optional
        Steps after the last step of the table, the same for all series: at most 14 days or 12
        months; without: 24 hours, 14 days, 12 months.
    alpha : float
        One less the coverage that is wanted of the intervals.
    calendar : Calendar, optional
        Holidays with make-up working days, events, closures.
    tz : str, optional
        Time zone of the site; needed for instants.
    weather : DataFrame, optional
        ``day`` and numbers, for forecasts by the day.
    aggregate : {"auto", "sum", "mean", "nearest"}
        How several numbers of a step become one: `wetland.visitors.panel.way_of`.
    period_limit : int, optional
        How many steps of the past are used at most.

    Returns
    -------
    list of SeriesForecast
        In order of the names.

    Raises
    ------
    InputError
        For a horizon out of range, columns that are missing, and where no series has enough data.
    """
    if freq not in STEPS:
        raise InputError(_NO_FREQ.fill(freq=freq, known=", ".join(STEPS)))
    ahead = USUAL_AHEAD[freq] if horizon is None else horizon
    if not 1 <= ahead <= MOST_AHEAD[freq]:
        raise InputError(_TOO_FAR.fill(most=MOST_AHEAD[freq], step=STEPS[freq], horizon=ahead))
    panel = to_panel(_local(frame, tz), freq=freq, aggregate=aggregate, period_limit=period_limit)
    if (spacing := panel.spacing()) > COARSE:
        raise InputError(
            _COARSE.fill(n=f"{spacing:.0f}", step=STEPS[freq], steps=COUNTED[freq]), hint=_LONGER
        )
    known = (~np.isnan(panel.values)).sum(axis=1)
    enough = known >= FEWEST_KNOWN[freq]
    if not enough.any():
        most = int(known.argmax())
        reason = _TOO_LITTLE.fill(known=known[most], steps=COUNTED[freq], need=FEWEST_KNOWN[freq])
        raise InputError(_NONE_LEFT.fill(series=panel.names[most], reason=reason))
    asked = np.flatnonzero(enough)
    told = iter(_told(panel, asked, ahead, alpha, calendar, weather))
    made = []
    for row, name in enumerate(panel.names):
        one = _closed(next(told), freq) if enough[row] else _refused(int(known[row]), freq, ahead)
        noted = replace(
            _within(one, panel, row), notes=(*panel.notes, *_silence(panel, row), *one.notes)
        )
        made.append(SeriesForecast(name, freq, _frame(panel, noted, ahead), noted))
    return made


def _local(frame: pd.DataFrame, tz: str | None) -> pd.DataFrame:
    """Return the table with local times without a zone."""
    if "time" not in frame or getattr(frame["time"].dtype, "tz", None) is None:
        return frame
    times = frame["time"] if tz is None else frame["time"].dt.tz_convert(tz)
    return frame.assign(time=times.dt.tz_localize(None))


def _told(
    panel: Panel,
    rows: NDArray[np.int64],
    horizon: int,
    alpha: float,
    calendar: Calendar | None,
    weather: pd.DataFrame | None,
) -> list[Told]:
    values = panel.values[rows]
    if panel.freq == "month":
        from wetland.visitors.months import forecast_many  # noqa: PLC0415 - starts fast

        first = (panel.first.year, panel.first.month)
        return forecast_many(values, first=first, horizon=horizon, alpha=alpha, calendar=calendar)
    if panel.freq == "day":
        from wetland.visitors.days import forecast_days_many  # noqa: PLC0415 - starts fast

        return forecast_days_many(
            values,
            first=panel.first,
            horizon=horizon,
            alpha=alpha,
            calendar=calendar,
            weather=weather,
        )
    return _hours(panel, rows, horizon, alpha, calendar)


def _hours(
    panel: Panel, rows: NDArray[np.int64], horizon: int, alpha: float, calendar: Calendar | None
) -> list[Told]:
    from wetland.visitors.hours import forecast_slots  # noqa: PLC0415 - starts fast
    from wetland.visitors.hoursgrid import SlotGrid  # noqa: PLC0415 - starts fast

    days = -(-panel.steps // 24)
    values = np.full((len(rows), days * 24), np.nan)
    values[:, : panel.steps] = panel.values[rows]
    grid = SlotGrid(
        names=tuple(panel.names[row] for row in rows),
        first=panel.first,
        slots_per_day=24,
        values=values.reshape(len(rows), days, 24),
        limit=None if panel.limit is None else panel.limit[rows],
    )
    last = panel.steps - 1
    return list(
        forecast_slots(
            grid, origin=(last // 24, last % 24), horizon=horizon, alpha=alpha, calendar=calendar
        )
    )


def _closed(told: Told, freq: Freq) -> Told:
    """Say why a series with enough data has no forecast: nothing is ever counted at those steps."""
    if freq != "hour" or told.evaluation is None or np.isfinite(told.mean).any():
        return told
    reason = _CLOSED.fill(n=len(told.mean), steps=COUNTED[freq])
    return replace(told, shown=False, reason=reason)


def _within(told: Told, panel: Panel, row: int) -> Told:
    """Return a forecast of a level that stays within its capacity."""
    if panel.limit is None or not np.isfinite(panel.limit[row]):
        return told
    limit = float(panel.limit[row])
    mean, lower, upper = (np.minimum(a, limit) for a in (told.mean, told.lower, told.upper))
    return replace(told, mean=mean, lower=lower, upper=upper)


def _refused(known: int, freq: Freq, horizon: int) -> Told:
    empty = np.full(horizon, np.nan)
    reason = _TOO_LITTLE.fill(known=known, steps=COUNTED[freq], need=FEWEST_KNOWN[freq])
    return Told(empty, empty, empty, text("无", "none"), None, False, reason)


def _silence(panel: Panel, row: int) -> tuple[Text, ...]:
    """Say when a series fell silent before the end of the file."""
    known = np.flatnonzero(~np.isnan(panel.values[row]))
    if not len(known) or known[-1] == panel.steps - 1:
        return ()
    last = panel.time(int(known[-1]))
    said = last.isoformat() if panel.freq == "hour" else last.date().isoformat()
    silent = panel.steps - 1 - int(known[-1])
    return (_SILENT.fill(last=said, n=silent, steps=COUNTED[panel.freq]),)


def _frame(panel: Panel, told: Told, horizon: int) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - slow to import

    made = pd.DataFrame(
        {
            "time": pd.Series(panel.times(horizon), dtype="datetime64[us]"),
            "lead": np.arange(1, horizon + 1),
            "mean": told.mean,
            "lower": told.lower,
            "upper": told.upper,
        }
    )
    kept: pd.DataFrame = made[np.isfinite(made["mean"])].reset_index(drop=True)
    return kept
