"""Answers about water: class, trophic state, trend, forecast, certainty, the grade of a river.

Each takes `WaterData` and returns tables; `told` makes JSON-ready rows of one language of them.
What is imported in functions is imported there because the command line starts without it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.texts import Lang, Text, text
from wetland.operations.water import (
    NO_KIND,
    NO_KIND_HINT,
    WaterData,
    check_days,
    listed,
    require_results,
)
from wetland.water.stations import Station

if TYPE_CHECKING:
    import pandas as pd

    from wetland.water.periods import Against, Per

NO_PROGRAMME = text(
    "没有监测方案 {p}；有：{known}", "there is no monitoring programme {p}; there are: {known}"
)
NO_LAKES = text(
    "没有湖库或池塘站点：综合营养状态指数不适用于河流",
    "there is no lake or pond: the trophic level index is not for rivers",
)


def with_kinds(data: WaterData, *, programme: str | None = None) -> dict[str, Station]:
    """Return the stations that have results; each must be told to be a river or a lake.

    Parameters
    ----------
    programme
        Name of the monitoring programme to judge all of them by; None is each station's own.

    Raises
    ------
    InputError
        There are no results, a station's kind of water body is not told, or nobody knows the
        programme.
    """
    require_results(data)
    used = data.station_ids
    unknown = [name for name in used if name not in data.stations]
    if unknown:
        raise InputError(NO_KIND.fill(s=listed(unknown)), hint=NO_KIND_HINT)
    stations = {name: data.stations[name] for name in used}
    if programme is None:
        return stations
    if programme not in data.programmes:
        raise InputError(NO_PROGRAMME.fill(p=programme, known=listed(data.programmes)))
    change = {"programme": programme}
    return {name: one.model_copy(update=change) for name, one in stations.items()}


def classes_of(
    data: WaterData, *, per: Per = "month", programme: str | None = None
) -> pd.DataFrame:
    """Return the class of each station and period, and what sets it.

    Parameters
    ----------
    data
        Results and stations.
    per
        One class per sample, month, quarter or year; means come before classes.
    programme
        Judge completeness by this programme instead of each station's own.

    Returns
    -------
    DataFrame
        See `wetland.water.classes.classes_table`.

    Raises
    ------
    InputError
        See `with_kinds`.
    """
    from wetland.water.classes import classes_table, classify
    from wetland.water.results import period_means

    stations = with_kinds(data, programme=programme)
    readings = period_means(data.results, per=per)
    found = classify(readings, stations, programmes=data.programmes, as_of=data.as_of)
    return classes_table(found)


def trophic_of(data: WaterData, *, per: Per = "month", lakes_only: bool = True) -> pd.DataFrame:
    """Return the trophic level index of lakes and ponds; see `wetland.water.trophic`.

    Parameters
    ----------
    lakes_only
        Leave rivers out; False refuses them.

    Raises
    ------
    InputError
        There is no lake, or see `with_kinds`.
    """
    from wetland.water.results import period_means, usable
    from wetland.water.trophic import trophic_table

    stations = with_kinds(data)
    if all(station.water_body == "river" for station in stations.values()):
        raise InputError(NO_LAKES)
    readings = period_means(usable(data.results), per=per)
    return trophic_table(readings, stations, lakes_only=lakes_only, as_of=data.as_of)


def certainty_of(data: WaterData, *, per: Per = "year", draws: int | None = None) -> pd.DataFrame:
    """Return how sure each class is, given the sampling; see `wetland.water.certainty`.

    Parameters
    ----------
    draws
        How often the visits are drawn anew; None is the usual number.
    """
    from wetland.statistics.bootstrap import DRAWS
    from wetland.water.certainty import class_certainty

    stations = with_kinds(data)
    return class_certainty(
        data.results, stations, per=per, draws=draws or DRAWS, programmes=data.programmes
    )


def forecast_of(
    data: WaterData,
    *,
    months: int = 12,
    parameters: Sequence[str] | None = None,
    alpha: float = 0.05,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the forecast of parameters and that of classes; see `wetland.water.forecast`.

    Parameters
    ----------
    months
        1 to 12 months ahead.
    parameters
        Only these, by any name of the dictionary; the class rests on all items all the same.
    alpha
        One minus the coverage wanted of the intervals.

    Raises
    ------
    InputError
        A parameter nobody knows, or see `with_kinds`.
    """
    from wetland.water.forecast import forecast_water
    from wetland.water.readoptions import code_of

    only = None if parameters is None else {code_of(name) for name in parameters}
    stations = with_kinds(data)
    return forecast_water(data.results, stations, months=months, only=only, alpha=alpha)


def grades_of(data: WaterData, *, per: Per = "year") -> pd.DataFrame:
    """Return the grade of each river, each lake and the whole; see `wetland.water.grades`."""
    from wetland.water.grades import grades_table
    from wetland.water.results import period_means, usable

    stations = with_kinds(data)
    readings = period_means(usable(data.results), per=per)
    return grades_table(readings, stations, programmes=data.programmes, as_of=data.as_of)


def changes_of(
    data: WaterData,
    *,
    per: Per = "year",
    against: Against,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> pd.DataFrame:
    """Return the change of each station in official words; see `wetland.water.changes`.

    ``since`` and ``until`` choose the periods that are told; those they are compared with may lie
    before.
    """
    from wetland.water.changes import changes_table

    return _within(changes_table(classes_of(data, per=per), against=against), since, until)


def reach_changes_of(
    data: WaterData,
    *,
    per: Per = "year",
    against: Against,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> pd.DataFrame:
    """Return the change of each river, lake and the whole, chosen as in `changes_of`."""
    from wetland.water.changes import reach_changes

    return _within(reach_changes(grades_of(data, per=per), against=against), since, until)


def _within(frame: pd.DataFrame, since: dt.date | None, until: dt.date | None) -> pd.DataFrame:
    """Return the rows of periods that end on or after a day and begin on or before another."""
    from wetland.water.periods import first_day, last_day

    check_days(since, until)
    ends = [last_day(period) for period in frame["period"]]
    starts = [first_day(period) for period in frame["period"]]
    kept = [
        (since is None or end >= since) and (until is None or start <= until)
        for start, end in zip(starts, ends, strict=True)
    ]
    return frame[kept].reset_index(drop=True)


def compliance_of(data: WaterData, *, per: Per = "month") -> pd.DataFrame:
    """Return in how many periods each station met its target class."""
    from wetland.water.compliance import compliance_table

    return compliance_table(classes_of(data, per=per), with_kinds(data))


def told(frame: pd.DataFrame, lang: Lang) -> list[dict[str, Any]]:
    """Return a table as JSON-ready mappings in one language; what is missing is None."""
    columns = [str(c) for c in frame.columns]
    return [
        {name: plain(value, lang) for name, value in zip(columns, row, strict=True)}
        for row in frame.itertuples(index=False, name=None)
    ]


def plain(value: object, lang: Lang) -> Any:  # noqa: ANN401 - as JSON has it
    """Return a cell as JSON has it: words in one language, days in ISO 8601, missing as None."""
    if isinstance(value, Text):
        return value.get(lang)
    if isinstance(value, Mapping):
        return {str(key): plain(item, lang) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, lang) for item in value]
    if hasattr(value, "tolist"):  # a numpy scalar or array
        return plain(value.tolist(), lang)
    if value is None or type(value).__name__ in {"NaTType", "NAType"}:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dt.date):  # an instant is one too
        return value.isoformat()
    return value
