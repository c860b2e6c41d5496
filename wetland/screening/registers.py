"""Does a permit, a closure, a designated area cover an act (登记与公告)? Records x places x days.

Rule of decision for a record's place: it covers an act when the whole act certainly lies in it,
beyond the uncertainty of the position; it does not when some part certainly lies outside; else it
is not known. Nor is it where a fix of a track is on its side only by chance. A record without place
and zone holds in the whole site; a place without extent (a point, a line) never tells.

The other parts of the rule are those of `wetland.regulations.records.register_truth`. Each part
(day, hour, activity, holder, quantity, place) is asked once per distinct value and spread over the
acts. Kleene's "and" is the lesser and "or" the greater of 0 no, 1 not known, 2 yes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from wetland.base.codes import Codes, together
from wetland.reading.dates import since_midnight_us
from wetland.regulations.conditions import FactValue, Situation
from wetland.regulations.records import (
    Record,
    held_by,
    of_activity,
    record_from_row,
    within_quantity,
)
from wetland.screening.recordplaces import NO, UNKNOWN, YES, ActPlaces, Rows, Truths
from wetland.sites.load import Site
from wetland.sites.placecodes import PlaceTable, Steady
from wetland.zones.areas import POLYGONAL
from wetland.zones.located import IN, OUT
from wetland.zones.projection import project_geometry

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
_TRUTH = (False, None, True)
_MIDNIGHTS_US = 86_400_000_000


@dataclass(frozen=True, slots=True, eq=False)
class ActColumns:
    """The acts whose records are asked for, each column as a number and its values by number.

    ``stretches`` gives what tells which fixes of tracks lie where they do only by chance.
    """

    days: tuple[Codes, Sequence[dt.date | None]]
    activities: tuple[Codes, Sequence[tuple[str, ...]]]
    facts: tuple[Codes, Sequence[Mapping[str, FactValue]]]
    geometries: NDArray[Any]
    uncertainty_m: Floats
    places: PlaceTable
    at: pd.Series
    stretches: Callable[[], Steady | None] = lambda: None

    @property
    def size(self) -> int:
        """Return the number of acts."""
        return len(self.geometries)


def record_codes(
    site: Site, records: pd.DataFrame | None, acts: ActColumns
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


def record_rows(records: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return the rows of `RECORDS`, what is missing as None; no table has none."""
    if records is None:
        return []
    plain = records.astype(object).where(records.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]


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


def records_of(
    site: Site,
    records: pd.DataFrame | None,
    situation: Situation,
    *,
    place: BaseGeometry | None,
    uncertainty_m: float,
    at: dt.datetime | None,
) -> dict[str, bool | None]:
    """Tell which kinds of record cover one act; what is not known is left out.

    Parameters
    ----------
    records
        Table `RECORDS`; None where there is no store.
    situation
        The act without records.
    place, uncertainty_m
        Where it was, degrees, and how far that may be off.
    at
        Instant of the act, None where only the day is known.
    """
    import pandas as pd

    alone = np.zeros(1, dtype=np.int64)
    places = np.empty(1, dtype=object)
    places[0] = place
    acts = ActColumns(
        (alone, [situation.on]), (alone, [situation.activities]), (alone, [situation.facts]),
        places, np.array([uncertainty_m]), PlaceTable.of_one(situation.zones, place),
        pd.Series([at], dtype="datetime64[us, UTC]"),
    )  # fmt: skip
    return record_codes(site, records, acts)[1][0]


class _Answers:
    """What each part of a record says of the acts."""

    def __init__(self, site: Site, acts: ActColumns) -> None:
        self.site = site
        self.acts = acts
        facts, listed = acts.facts
        self.holders = _values(facts, (f.get("party_name") for f in listed))
        self.amounts = _values(facts, (f.get("quantity") for f in listed))
        self.days = _Days(acts.days[1])
        self._hours: NDArray[np.int64] | None = None
        self._points: ActPlaces | None = None

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
        at, (begin, end) = self._hours[rows], map(since_midnight_us, hours)
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
            self._points = ActPlaces(
                self.acts.geometries, self.acts.uncertainty_m, self.acts.places.extended,
                crs_epsg=self.site.crs_epsg, steady=self.acts.stretches(),
            )  # fmt: skip
        return self._points.near(project_geometry(place, self.site.crs_epsg))

    def _zone(self, zone: str) -> Truths:
        """Tell what holds in a zone holds for an act; a line or footprint must lie in it wholly."""
        places = self.acts.places
        if zone not in places.names:
            return np.full(self.acts.size, UNKNOWN, dtype=np.int8)
        where = places.where[:, places.names.index(zone)]
        out = (where == OUT) & ~places.chance[:, places.names.index(zone)]
        truth = np.select([where == IN, out], [YES, NO], UNKNOWN).astype(np.int8)
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


def _local_hours(at: pd.Series, timezone: str) -> NDArray[np.int64]:
    """Return microseconds since local midnight, by the clock; -1 where the hour is not known."""
    local = at.dt.tz_convert(timezone).dt.tz_localize(None)
    since = local.to_numpy(dtype="datetime64[us]").astype(np.int64) % _MIDNIGHTS_US
    return np.where(at.isna().to_numpy(), -1, since)
