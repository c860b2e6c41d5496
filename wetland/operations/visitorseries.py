"""Series of visitors out of stored counts (序列): what a place counted by hour, day or month."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.operations.visitoranswers import months_told, series_of_area, whole_area
from wetland.operations.visitors import VisitorData, require_counts
from wetland.visitors.pack import VisitorPack
from wetland.visitors.panel import Freq
from wetland.visitors.tables import MEASURES

if TYPE_CHECKING:
    import pandas as pd

_NOTHING = text(
    "{place} 没有“{measure}”的计数，不能预测", "nothing was counted of {measure} at {place}"
)
_FINER: dict[Freq, tuple[str, ...]] = {
    "hour": ("hour",), "day": ("day", "hour"), "month": ("month", "day", "hour"),
}  # fmt: skip


def tidy_of(
    data: VisitorData,
    *,
    freq: Freq,
    places: Sequence[str] | None = None,
    measure: str = "entries",
) -> pd.DataFrame:
    """Return counts of places as a tidy table ``series, time, count``, times local without a zone.

    Rule of decision: of an area, entries of days and months are those that its load is judged by
    (its own counts, else those of all its gates), only days that were wholly counted, and months of
    which a total or every day is known; other series of an area are its own counts, else the sum of
    its parts, else of its gates, where all of these that ever counted did. Of a gate, boat or pier
    the coarsest counts that are not coarser than asked for are taken. Totals of several days and
    counts that failed their tests are never used.

    Parameters
    ----------
    places
        Ids or names; None is the area that is part of no other.
    measure
        See `MEASURES`.

    Raises
    ------
    InputError
        There are no counts, no such place or measure, or nothing was counted there.
    """
    import pandas as pd  # noqa: PLC0415 - starts fast

    require_counts(data)
    wanted = [whole_area(data).id] if places is None else _ids(data, places)
    parts = []
    for place in wanted:
        found = _series(data, place, measure=measure, freq=freq).dropna()
        if not len(found):
            words = MEASURES[measure] if measure in MEASURES else text(measure, measure)
            raise InputError(_NOTHING.fill(place=data.name(place), measure=words))
        parts.append(
            pd.DataFrame({"series": place, "time": found.index, "count": found.to_numpy(float)})
        )
    return pd.concat(parts, ignore_index=True)


def _ids(data: VisitorData, names: Sequence[str]) -> list[str]:
    """Return the ids of places; an area of the pack need not have counts of its own."""
    areas = {a.id for a in data.pack.areas}
    by_name = {n: a.id for a in data.pack.areas for n in (a.name.zh, a.name.en)}
    found = []
    for name in names:
        area = name if name in areas else by_name.get(name.strip())
        found.append(data.place(name) if area is None else area)
    return list(dict.fromkeys(found))


def _series(data: VisitorData, place: str, *, measure: str, freq: Freq) -> pd.Series[Any]:
    """Return the counts of a place by the local time they begin at."""
    import pandas as pd  # noqa: PLC0415 - starts fast

    is_area = any(area.id == place for area in data.pack.areas)
    if is_area and measure == "entries" and freq != "hour":
        days = series_of_area(data, place)
        if freq == "day":
            days.index = pd.DatetimeIndex(pd.to_datetime(list(days.index)))
            return days
        return _months(days, months_told(data, place))
    rows = data.usable[data.usable["measure"] == measure]
    if measure == "present":
        table = _pivot(rows[rows["period"].isin(("moment", "hour"))], data)
        return _of_place(table, data.pack, place)
    for period in _FINER[freq]:
        table = _pivot(rows[rows["period"] == period], data)
        found = _of_place(table, data.pack, place)
        if len(found.dropna()):
            return found
    return pd.Series(dtype=float, index=pd.DatetimeIndex([]))


def _months(days: pd.Series[Any], totals: dict[str, float]) -> pd.Series[Any]:
    """Return the totals of months: those told, else sums of months all of whose days are known."""
    import pandas as pd  # noqa: PLC0415 - starts fast

    parts: dict[tuple[int, int], list[float]] = {}
    for day, value in days.dropna().items():
        when = pd.Timestamp(str(day))
        parts.setdefault((when.year, when.month), []).append(float(value))
    found = {pd.Timestamp(year, month, 1): math.fsum(values)
             for (year, month), values in parts.items()
             if len(values) == calendar.monthrange(year, month)[1]}  # fmt: skip
    found |= {pd.Timestamp(f"{label}-01"): value for label, value in totals.items()}
    return pd.Series(found, dtype=float).sort_index()


def _pivot(rows: pd.DataFrame, data: VisitorData) -> pd.DataFrame:
    """Return counts with a column for each place, by local time without a zone."""
    import pandas as pd  # noqa: PLC0415 - starts fast

    local = rows["start_at"].dt.tz_convert(data.zone).dt.tz_localize(None)
    days = pd.to_datetime(rows["counted_on"].map(dt.date.isoformat), format="%Y-%m-%d")
    made = pd.DataFrame(
        {"time": local.fillna(days), "place": rows["place"], "value": rows["value"].astype(float)}
    )
    return made.pivot_table(index="time", columns="place", values="value", aggfunc="sum")


def _of_place(table: pd.DataFrame, pack: VisitorPack, place: str) -> pd.Series[Any]:
    """Return the column of a place; of an area without one the sum of its parts, or its gates."""
    import pandas as pd  # noqa: PLC0415 - starts fast

    if place in table:
        return table[place]
    inner = [a.id for a in pack.areas if a.parent == place and a.id != place]
    found = [one for one in (_of_place(table, pack, area) for area in inner) if len(one)]
    if not found:
        found = [table[g.id] for g in pack.gates if g.area == place and g.id in table]
    if not found:
        return pd.Series(dtype=float, index=pd.DatetimeIndex([]))
    return pd.concat(found, axis=1).sum(axis=1, skipna=False)
