"""Which records cover which acts (登记与公告), for all acts at once.

The rule of decision is that of `wetland.screening.registers` and `register_truth`, place by place;
here each part of it (day, hour, activity, holder, quantity, place) is asked once per distinct value
and spread over the acts. Kleene's "and" is the lesser and "or" the greater of 0 no, 1 not known,
2 yes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from wetland.base.codes import Codes, together
from wetland.regulations.conditions import FactValue
from wetland.regulations.records import (
    Record,
    held_by,
    of_activity,
    record_from_row,
    within_quantity,
)
from wetland.screening.registers import record_rows
from wetland.sites.load import Site
from wetland.sites.placecodes import PlaceTable
from wetland.zones.areas import POLYGONAL
from wetland.zones.located import IN, OUT
from wetland.zones.projection import DENSE_DEGREES, MOST_PIECES, project, project_geometry

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Truths = NDArray[np.int8]
Rows = NDArray[np.intp]
NO, UNKNOWN, YES = 0, 1, 2
_TRUTH = (False, None, True)
_SLACK_M = 1e-3  # a box around a place is only there to leave out what is far
_MIDNIGHTS_US = 86_400_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The acts whose records are asked for, each column as a number and its values by number."""

    days: tuple[Codes, Sequence[dt.date | None]]
    activities: tuple[Codes, Sequence[tuple[str, ...]]]
    facts: tuple[Codes, Sequence[Mapping[str, FactValue]]]
    geometries: NDArray[Any]
    uncertainty_m: Floats
    places: PlaceTable
    at: pd.Series

    @property
    def size(self) -> int:
        """Return the number of acts."""
        return len(self.geometries)


def record_codes(
    site: Site, records: pd.DataFrame | None, acts: Asked
) -> tuple[Codes, list[dict[str, bool | None]]]:
    """Tell for each act which kinds of record cover it.

    Returns
    -------
    codes, truths
        The number of each act, and by number kind -> True or False; what is not known is left out.
    """
    kinds: dict[str, list[tuple[Record, Any]]] = {kind: [] for kind in site.config.registers}
    for row in record_rows(records):
        record = record_from_row(row)
        kinds.setdefault(record.kind, []).append((record, row.get("place")))
    if not kinds:
        return np.zeros(acts.size, dtype=np.int64), [{}]
    answers = _Answers(site, acts)
    columns = [_kind(answers, kind, kinds[kind]) for kind in sorted(kinds)]
    codes, first = together(*columns)
    truths = [
        {kind: _TRUTH[column[row]] for kind, column in zip(sorted(kinds), columns, strict=True)
         if column[row] != UNKNOWN}
        for row in first.tolist()
    ]  # fmt: skip
    return codes, truths


def _kind(answers: _Answers, kind: str, held: Sequence[tuple[Record, Any]]) -> Truths:
    """Return whether a record of one kind covers each act: any does, or a complete register."""
    register = answers.site.config.registers.get(kind)
    start = None if register is None else register.complete_from
    days, listed = answers.acts.days
    ends = [start is not None and day is not None and day >= start for day in listed]
    found = np.where(np.array(ends, dtype=bool), NO, UNKNOWN).astype(np.int8)[days]
    for record, place in held:
        rows, truth = answers.of(record, place)
        found[rows] = np.maximum(found[rows], truth)
    return found


class _Answers:
    """What each part of a record says of the acts."""

    def __init__(self, site: Site, acts: Asked) -> None:
        self.site = site
        self.acts = acts
        facts, listed = acts.facts
        self.holders = _values(facts, (f.get("party_name") for f in listed))
        self.amounts = _values(facts, (f.get("quantity") for f in listed))
        self.days = _Days(acts.days[1])
        self._hours: NDArray[np.int64] | None = None
        self._points: _Points | None = None

    def of(self, record: Record, place: BaseGeometry | None) -> tuple[Rows, Truths]:
        """Return the acts a record may cover, and whether it does."""
        rows, truth = self._place(record, place)
        if not len(rows):
            return rows, truth
        days, _ = self.acts.days
        truth = np.minimum(truth, self.days.hold(record)[days[rows]])
        if record.hours is not None:
            truth = np.minimum(truth, self._in_hours(rows, record.hours))
        codes, activities = self.acts.activities
        truth = np.minimum(truth, _asked(codes[rows], activities, lambda a: of_activity(record, a)))
        for (numbers, values), part in ((self.holders, held_by), (self.amounts, within_quantity)):
            truth = np.minimum(truth, _asked(numbers[rows], values, partial(part, record)))
        return rows, truth

    def _in_hours(self, rows: Rows, hours: tuple[dt.time, dt.time]) -> Truths:
        if self._hours is None:
            self._hours = _local_hours(self.acts.at, self.site.timezone)
        at, (begin, end) = self._hours[rows], (_microseconds(hour) for hour in hours)
        inside = np.where(at < 0, UNKNOWN, np.where((begin <= at) & (at < end), YES, NO))
        days, listed = self.acts.days
        unknown = np.array([day is None for day in listed], dtype=bool)[days[rows]]
        return np.where(unknown, YES, inside).astype(np.int8)  # no day is unknown already

    def _place(self, record: Record, place: BaseGeometry | None) -> tuple[Rows, Truths]:
        everywhere = np.arange(self.acts.size)
        if place is None and record.zone is None:
            return everywhere, np.full(self.acts.size, YES, dtype=np.int8)
        if place is None:
            return everywhere, self._zone(str(record.zone))
        if place.geom_type not in POLYGONAL:
            return everywhere, np.full(self.acts.size, UNKNOWN, dtype=np.int8)
        if self._points is None:
            self._points = _Points(self.acts, self.site.crs_epsg)
        return self._points.near(project_geometry(place, self.site.crs_epsg))

    def _zone(self, zone: str) -> Truths:
        """Tell what holds in a zone holds for an act; a line or footprint must lie in it wholly."""
        places = self.acts.places
        if zone not in places.names:
            return np.full(self.acts.size, UNKNOWN, dtype=np.int8)
        where = places.where[:, places.names.index(zone)]
        truth = np.select([where == IN, where == OUT], [YES, NO], UNKNOWN).astype(np.int8)
        found: Truths = truth[places.code]
        rows = places.extended
        share = places.share.get(zone, np.full(len(rows), np.nan))
        partly = (found[rows] == YES) & ~(share >= 1)
        found[rows[partly]] = UNKNOWN
        return found


class _Days:
    """Some days, ready to be compared with the times of records."""

    def __init__(self, listed: Sequence[dt.date | None]) -> None:
        known = [day or dt.date.min for day in listed]
        self.unknown = np.array([day is None for day in listed], dtype=bool)
        self.number = np.array([day.toordinal() for day in known], dtype=np.int64)
        self.weekday = np.array([day.isoweekday() for day in known], dtype=np.int64)
        self.of_year = np.array([day.strftime("%m-%d") for day in known], dtype="<U5")

    def hold(self, record: Record) -> Truths:
        """Tell for each day what `time_truth` says of a record, hours left aside."""
        sure = self.number >= record.valid_from.toordinal()
        if record.valid_to is not None:
            sure &= self.number < record.valid_to.toordinal()
        if record.season is not None:
            first, last = record.season
            begun, not_over = self.of_year >= first, self.of_year <= last
            sure &= begun & not_over if first <= last else begun | not_over
        if record.weekdays:
            sure &= np.isin(self.weekday, record.weekdays)
        truth = np.where(sure, YES, NO)
        if record.revoked and record.revoked_on is None:
            truth = np.minimum(truth, UNKNOWN)
        elif record.revoked_on is not None and record.revoked:
            truth[self.number >= record.revoked_on.toordinal()] = NO
        return np.where(self.unknown, UNKNOWN, truth).astype(np.int8)


def _values(numbers: Codes, values: Iterable[FactValue]) -> tuple[Codes, list[FactValue]]:
    known: dict[tuple[type, FactValue], int] = {}
    turned = [known.setdefault((type(value), value), len(known)) for value in values]
    return np.array(turned, dtype=np.int64)[numbers], [value for _, value in known]


def _asked(numbers: Codes, values: Sequence[Any], ask: Callable[[Any], Any]) -> Truths:
    """Ask once per value that occurs, and spread the answers."""
    table = np.full(len(values), UNKNOWN, dtype=np.int8)
    for number in np.flatnonzero(np.bincount(numbers, minlength=len(values))).tolist():
        table[number] = _TRUTH.index(ask(values[number]).value)
    spread: Truths = table[numbers]
    return spread


def _microseconds(hour: dt.time) -> int:
    return ((hour.hour * 60 + hour.minute) * 60 + hour.second) * 1_000_000 + hour.microsecond


def _local_hours(at: pd.Series, timezone: str) -> NDArray[np.int64]:
    """Return microseconds since local midnight, by the clock; -1 where the hour is not known."""
    local = at.dt.tz_convert(timezone).dt.tz_localize(None)
    since = local.to_numpy(dtype="datetime64[us]").astype(np.int64) % _MIDNIGHTS_US
    return np.where(at.isna().to_numpy(), -1, since)


class _Points:
    """The acts in the site's CRS: points in order of easting, the others as they are."""

    def __init__(self, acts: Asked, crs_epsg: int) -> None:
        self.off = acts.uncertainty_m
        given = acts.geometries
        self.nowhere = np.flatnonzero(shapely.is_missing(given))
        is_point = shapely.get_type_id(given) == shapely.GeometryType.POINT
        points = np.flatnonzero(is_point & ~shapely.is_empty(given))
        x, y = project(shapely.get_x(given[points]), shapely.get_y(given[points]), crs_epsg)
        order = np.argsort(x, kind="stable")
        self.points, self.x, self.y = points[order], x[order], y[order]
        self.widest = float(np.max(self.off[points], initial=0.0))
        self.extended = acts.places.extended
        self.things = np.empty(len(self.extended), dtype=object)
        self.things[:] = _projected(given[self.extended], crs_epsg)
        self.tree = shapely.STRtree(self.things)
        self.reach = float(np.max(self.off[self.extended], initial=0.0))

    def near(self, shape: BaseGeometry) -> tuple[Rows, Truths]:
        """Return the acts that may lie in a place, and whether they do wholly."""
        rows, truth = self._near_points(shape)
        wide, truths = self._near_extended(shape)
        nowhere = np.full(len(self.nowhere), UNKNOWN, dtype=np.int8)
        return (
            np.concatenate([rows, wide, self.nowhere]),
            np.concatenate([truth, truths, nowhere]),
        )

    def _near_points(self, shape: BaseGeometry) -> tuple[Rows, Truths]:
        west, south, east, north = shape.bounds
        margin = self.widest + _SLACK_M
        first, last = np.searchsorted(self.x, [west - margin, east + margin])
        y = self.y[first:last]
        here = first + np.flatnonzero((y >= south - margin) & (y <= north + margin))
        x, y, own = self.x[here], self.y[here], self.off[self.points[here]] + _SLACK_M
        beside = np.maximum(np.maximum(west - x, x - east), np.maximum(south - y, y - north))
        here = here[beside <= own]
        rows, x, y = self.points[here], self.x[here], self.y[here]
        edge = shapely.boundary(shape)
        shapely.prepare([shape, edge])
        covered = shapely.intersects_xy(shape, x, y)
        near = shapely.dwithin(edge, shapely.points(x, y), self.off[rows])
        truth = np.where(near, UNKNOWN, np.where(covered, YES, NO)).astype(np.int8)
        kept = truth != NO
        return rows[kept], truth[kept]

    def _near_extended(self, shape: BaseGeometry) -> tuple[Rows, Truths]:
        found = self.tree.query(shape, predicate="dwithin", distance=self.reach)
        if not len(found):
            return found, np.zeros(0, dtype=np.int8)
        rows, things = self.extended[found], self.things[found]
        off = self.off[rows]
        edge = shapely.distance(shapely.boundary(shape), things)
        within = shapely.covers(shape, things) & (edge > off)
        truth = np.where(within, YES, UNKNOWN).astype(np.int8)
        for width in np.unique(off[~within]).tolist():
            same = np.flatnonzero(~within & (off == width))
            around = shapely.buffer(shape, width)
            shapely.prepare(around)
            truth[same[~shapely.covers(around, things[same])]] = NO
        return rows, truth


def _projected(things: NDArray[Any], crs_epsg: int) -> NDArray[Any]:
    """Project lines and footprints; one of the size of a continent must not coarsen the others."""
    long = shapely.length(things) > DENSE_DEGREES * MOST_PIECES
    out = np.empty(len(things), dtype=object)
    out[~long] = project_geometry(things[~long], crs_epsg)
    out[long] = [project_geometry(thing, crs_epsg) for thing in things[long]]
    return out
