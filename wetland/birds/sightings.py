"""Sightings (目击行): what every reader of a bird file hands on, before identifiers and matching.

One row is one species of one survey, as the file tells it: cells as received, None where the file
says nothing. A row with ``only_survey`` speaks of a visit that has no records. What a cell means
(date, count, place, name) is decided in one place for all files (`wetland.birds.read`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.base.texts import Text, text

if TYPE_CHECKING:
    import pandas as pd

# What a row says of its survey. Rows of one survey share the key (`EVENT_KEY`); of other columns
# the first cell that is told counts.
EVENT_COLUMNS: dict[str, Text] = {
    "event_id": text("调查编号", "event"),
    "parent_event_id": text("上级调查编号", "parent event"),
    "plot": text("样点或样线", "plot or transect"),
    "locality": text("地点", "locality"),
    "date": text("日期", "date"),
    "date_end": text("结束日期", "last date"),
    "time": text("开始时间", "time it began"),
    "time_end": text("结束时间", "time it ended"),
    "year": text("年", "year"),
    "month": text("月", "month"),
    "day": text("日", "day"),
    "protocol": text("调查方法", "protocol"),
    "duration_min": text("历时（分钟）", "duration in minutes"),
    "distance_km": text("行程（公里）", "distance in kilometres"),
    "area_ha": text("面积（公顷）", "area in hectares"),
    "observers": text("调查人", "observers"),
    "observer_count": text("调查人数", "number of observers"),
    "complete": text("是否记录全部物种", "whether all species were recorded"),
    "habitat": text("生境", "habitat"),
    "lon": text("经度", "longitude"),
    "lat": text("纬度", "latitude"),
    "datum": text("坐标基准", "datum"),
    "uncertainty_m": text("位置误差（米）", "position uncertainty in metres"),
    "event_remarks": text("调查备注", "remarks on the survey"),
}

# What a row says of the species it saw.
RECORD_COLUMNS: dict[str, Text] = {
    "occurrence_id": text("记录编号", "occurrence"),
    "name": text("鸟名", "name"),
    "name_zh": text("中文名", "Chinese name"),
    "name_en": text("英文名", "English name"),
    "code": text("物种代码", "species code"),
    # The name as it was received by who wrote the file, where other columns tell what it means.
    "verbatim": text("原始鸟名", "name as first received"),
    "taxon_class": text("纲", "class"),
    "count": text("数量", "count"),
    "status": text("有或无", "present or absent"),
    "sex": text("性别", "sex"),
    "life_stage": text("生活史阶段", "life stage"),
    "behavior": text("行为", "behaviour"),
    "breeding": text("繁殖证据", "breeding evidence"),
    "recorded_by": text("记录人", "recorded by"),
    "basis": text("记录依据", "basis of record"),
    "record_lon": text("记录经度", "longitude of the record"),
    "record_lat": text("记录纬度", "latitude of the record"),
    "record_uncertainty_m": text("记录位置误差（米）", "position uncertainty of the record"),
    "remarks": text("备注", "remarks"),
    "synthetic": text("合成数据", "invented for exercise"),
}

# What a column of a file can mean: the keys of `BirdOptions.columns`.
ROLES: dict[str, Text] = {**EVENT_COLUMNS, **RECORD_COLUMNS}

# Not from one cell: the row of the file, whether the row has no record, other columns (a dict by
# header, None where there are none), media (a list of dicts with "identifier").
OTHER_COLUMNS = ("row", "only_survey", "event_extra", "extra", "media")

SIGHTING_COLUMNS: tuple[str, ...] = (*OTHER_COLUMNS, *ROLES)


@dataclass(frozen=True, slots=True)
class Sightings:
    """A part of a file, taken apart and not yet understood.

    Parameters
    ----------
    frame
        The columns `SIGHTING_COLUMNS`: ``row`` an integer, ``only_survey`` a truth value, all
        others objects: a cell as received (text, number, date, truth value), None where blank.
    headers
        Role -> header of the file, for the problems that are told.

    Notes
    -----
    ``count`` is the cell as written (``3+2``, ``约50``, ``√``); an empty cell of a species that
    was met is None (present, not counted), and a species nobody recorded has no row. ``status`` is
    ``absent`` or ``present`` where the file tells it, None where the count decides. Durations,
    distances and areas are in the unit of their name: a reader of other units converts.
    """

    frame: pd.DataFrame
    headers: Mapping[str, str]

    @classmethod
    def of(
        cls,
        rows: Sequence[int] | np.ndarray[Any, Any],
        columns: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Sightings:
        """Make sightings of columns (each as long as ``rows``, or one value for all).

        Raises
        ------
        KeyError
            A column that no sighting has.

        Examples
        --------
        >>> made = Sightings.of([2, 3], {"plot": "P1", "count": ["3+2", "0"]})
        >>> made.frame["plot"].tolist(), made.frame["only_survey"].tolist()
        (['P1', 'P1'], [False, False])
        """
        import pandas as pd

        unknown = sorted(set(columns) - set(SIGHTING_COLUMNS))
        if unknown:
            raise KeyError(", ".join(unknown))
        count = len(rows)
        made: dict[str, Any] = {}
        for name in SIGHTING_COLUMNS:
            value = columns.get(name)
            if name == "row":
                made[name] = np.asarray(rows, dtype=np.int64)
            elif name == "only_survey":
                made[name] = np.full(count, False) if value is None else _truths(value, count)
            else:
                # As objects: words beside None would become words beside NaN.
                made[name] = pd.Series(_objects(value, count), dtype=object)
        return cls(pd.DataFrame(made, copy=False), dict(headers or {}))

    def only(self, kept: np.ndarray[Any, Any]) -> Sightings:
        """Return some of the rows."""
        return Sightings(self.frame[kept].reset_index(drop=True), self.headers)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.frame)


def _truths(value: Any, count: int) -> np.ndarray[Any, Any]:  # noqa: ANN401 - a scalar or column
    return np.broadcast_to(np.asarray(value, dtype=bool), (count,)).copy()


def _objects(value: Any, count: int) -> np.ndarray[Any, Any]:  # noqa: ANN401 - a scalar or column
    """Return a column of objects with None for every blank."""
    from wetland.reading.cells import is_blank  # noqa: PLC0415 - dates are not needed to start

    made = np.full(count, None, dtype=object)
    if value is None:
        return made
    if isinstance(value, str | bytes | int | float) or not hasattr(value, "__len__"):
        made[:] = None if is_blank(value) else value
        return made
    if len(value) != count:
        raise ValueError(f"{len(value)} cells for {count} rows")
    if isinstance(value, list) and value.count(None) == count:
        return made
    blanks: dict[str, Any] = {}
    for at, cell in enumerate(value):
        if isinstance(cell, str):
            if cell not in blanks:
                blanks[cell] = None if is_blank(cell) else cell
            made[at] = blanks[cell]
        elif not is_blank(cell):
            made[at] = cell
    return made
