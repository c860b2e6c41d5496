"""Surveys of sightings: which rows are of one survey, its days, place, plot and effort.

Rule of decision: rows with the same event are one survey, and of each column the first cell told
counts; rows of one event on other days are surveys of their own, since a count must not move to
another day. Rows without an event are one survey when source, plot (or locality and place), days,
time, observers and protocol are the same. A row whose date is missing or wrong is kept aside. An
effort or a place that cannot be read is told and left out. A survey without a place of its own is
at its plot, where the site knows it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wetland.base.texts import text
from wetland.birds.birdids import digest, is_ours, survey_id
from wetland.birds.birdsource import BirdSource
from wetland.birds.readdates import Clock, Span, When, read_when
from wetland.birds.readeffort import hectares, kilometres, metres, minutes, people, truth
from wetland.birds.readplaces import (
    NOT_SHIFTED,
    UNKNOWN_DATUM,
    Place,
    Shift,
    datum_of,
    folded,
    place_of,
    plots_by_name,
)
from wetland.birds.settlecells import (
    SURVEY_CELLS,
    Where,
    groups_of,
    json_of,
    plain_words,
    read_cell,
    words_of,
)
from wetland.birds.sightings import Sightings
from wetland.birds.tables import BIRD_SURVEYS
from wetland.reading.dates import CellError
from wetland.reading.options import zone_of
from wetland.reading.telling import Teller

if TYPE_CHECKING:
    import pandas as pd

_MOST_NAMES = 30
DAY_MIN = 24 * 60.0

OTHER_DAYS = text(
    "同一调查编号有不同日期，按不同调查读入", "one event has several dates: read as several surveys"
)
DIFFERS = text(
    "同一调查的“{c}”前后不一，用最先的：{v}", "{c} differs within one survey; the first counts: {v}"
)
NO_PLOT = text(
    "场地没有登记这些样点，按原名保留：{s}", "plots the site does not declare, kept as named: {s}"
)
MORE = text("等 {n} 个", "{n} in all")
BAD_TIME = text("时刻无法读取，只计日期", "the times cannot be read: the day counts alone")
FROM_PARTS = text(
    "日期无法读取，用了年、月、日列",
    "the date cannot be read: the columns of year, month, day were",
)

NOT_COMPLETE = text(
    "{n} 次调查有记录无法读取，不再算作记录了全部物种",
    "{n} visits have records that cannot be read: they no longer count as complete",
)

Found = dict[str, dict[str, Any]]  # identifier of a survey -> what is told of it
_NAMES_OF_COLUMNS = list(BIRD_SURVEYS.names)
# The place of surveys that are told apart by it: it need not be remembered.
_ITS_OWN: Place = (math.nan, math.nan)
# Columns whose difference within one event is told.
_TOLD = ("plot", "sampling_protocol", "duration_min", "distance_km", "area_ha", "complete")
_CONTENT = tuple(
    name for name in BIRD_SURVEYS.names
    if name not in {"survey_id", "site", "source_id", "source_row", "content"}
)  # fmt: skip


class Visit(NamedTuple):
    """What a row says of its survey: its identifier and the place the row itself gives."""

    survey_id: str
    day: dt.date
    place: Place | None
    uncertainty_m: float | None


class Surveys:
    """The surveys of a file, from one part of it to the next."""

    def __init__(
        self, source: BirdSource, tell: Teller, *, site_id: str, source_id: str, shift: Shift | None
    ) -> None:
        options = source.options
        self._source, self._tell, self._shift = source, tell, shift
        self._site, self._source_id = site_id, source_id
        self._name = options.source or source.given.name
        self._plots = plots_by_name(source.plots)
        zone = zone_of(source.timezone)
        self._clock = Clock(
            zone if options.timezone is None else zone_of(options.timezone),
            zone, options.year, options.date_order, options.default_date,
        )  # fmt: skip
        self._days: dict[str, tuple[dt.date, dt.date]] = {}
        self._seen: dict[str, Place | None] = {}
        self._unknown: dict[str, None] = {}
        self._untold_datums: set[str] = set()
        self._lacking = 0

    def __len__(self) -> int:
        """Return the number of surveys so far."""
        return len(self._seen)

    def place(self, visit: Visit) -> Place | None:
        """Return where the survey of a row is."""
        kept = self._seen[visit.survey_id]
        return visit.place if kept is _ITS_OWN else kept

    def settle(self, sightings: Sightings) -> tuple[list[Visit | None], Found]:
        """Return what each row says of its survey (None: kept aside), and the new surveys."""
        frame = sightings.frame
        groups, firsts = groups_of(frame)
        cells = {name: frame[name].to_numpy(dtype=object) for name in SURVEY_CELLS}
        rows = frame["row"].to_numpy(dtype=np.int64)
        extras = frame["event_extra"].to_numpy(dtype=object)
        found: Found = {}
        visits: list[Visit | None] = []
        for at in firsts:
            told = {name: column[at] for name, column in cells.items()}
            where = Where(at, groups, rows, sightings, self._tell)
            visit, values = self._visit(told, where)
            visits.append(visit)
            if visit is not None and values is not None:
                self._merge(found, visit, {**values, "extra": extras[at]}, where)
        return [visits[group] for group in groups.tolist()], found

    def close(self) -> None:
        """Tell which plots the site does not know, and how many visits are not complete."""
        if self._lacking:
            message = NOT_COMPLETE.fill(n=self._lacking)
            self._source.problems.add("not_complete", message=message, level="warning")
        if self._unknown and self._source.plots:
            names = list(self._unknown)
            shown = ", ".join(names[:_MOST_NAMES])
            message = NO_PLOT.fill(s=shown)
            if len(names) > _MOST_NAMES:
                more = MORE.fill(n=len(names))
                message = NO_PLOT.fill(s=text(f"{shown} {more.zh}", f"{shown} ({more.en})"))
            self._source.problems.add("plot_unknown", message=message, level="warning")

    def _visit(
        self, told: dict[str, Any], where: Where
    ) -> tuple[Visit | None, dict[str, Any] | None]:
        try:
            span = self._span(told, where)
        except CellError as error:
            where.wrong(error, "date", told["date"])
            return None, None
        plot, locality = self._plot(told)
        place = self._place(told, where)
        uncertainty = read_cell(told, "uncertainty_m", metres, where)
        values = {**plain_words(told), **self._effort(told, span, where), "plot": plot,
                  "event_date": span.first, "event_end": span.last, "event_at": span.at,
                  "uncertainty_m": uncertainty, "place": place, "locality": locality,
                  "synthetic": self.synthetic(told["synthetic"], where)}  # fmt: skip
        identifier = self._identity(told, span, values, where)
        return Visit(identifier, span.first, place, uncertainty), values

    def _span(self, told: dict[str, Any], where: Where) -> Span:
        when = When(*(told[name] for name in ("date", "date_end", "time", "time_end", "year",
                                              "month", "day")))  # fmt: skip
        try:
            return read_when(when, self._clock)
        except CellError:
            dated = self._without_times(when, where)
            if dated is not None:
                return dated
            parts = when._replace(date=None, date_end=None)
            if when.date is None or when.year is None:
                raise
            span = read_when(parts, self._clock)
            where.warn(CellError("date_from_parts", FROM_PARTS), "date", when.date)
            return span

    def _without_times(self, when: When, where: Where) -> Span | None:
        """Return the days where only the times of day cannot be read, which is told."""
        if when.time is None and when.time_end is None:
            return None
        try:
            span = read_when(when._replace(time=None, time_end=None), self._clock)
        except CellError:
            return None
        cell = when.time if when.time is not None else when.time_end
        where.warn(CellError("time_invalid", BAD_TIME), "time", cell)
        return span

    def _plot(self, told: dict[str, Any]) -> tuple[str | None, str | None]:
        """Return the plot, and the locality where it is not the plot."""
        options, named, locality = self._source.options, told["plot"], told["locality"]
        if named is not None:
            known = self._plots.get(folded(named))
            if known is None:
                known = words_of(named) or str(named)
                self._unknown[known] = None
            return known, words_of(locality)
        known = None if locality is None else self._plots.get(folded(locality))
        if known is not None:
            return known, None
        default = None if options.plot is None else self._plots.get(folded(options.plot))
        return default or options.plot, words_of(locality)

    def _place(self, told: dict[str, Any], where: Where) -> Place | None:
        try:
            place = place_of(told["lon"], told["lat"])
        except CellError as error:
            where.warn(error, "lon", f"{told['lon']}, {told['lat']}")
            return None
        return place if place is None else self._shifted(place, told["datum"], where)

    def _shifted(self, place: Place, datum: Any, where: Where) -> Place | None:  # noqa: ANN401
        """Bring a place to WGS84; None where nothing can."""
        word = datum if datum is not None else self._source.options.datum or "wgs84"
        known = datum_of(word)
        if known == "wgs84":
            return place
        message = (UNKNOWN_DATUM if known is None else NOT_SHIFTED).fill(d=word)
        if known is not None and self._shift is not None:
            lon, lat = self._shift(*place, known)
            return float(lon), float(lat)
        if str(word) not in self._untold_datums:
            self._untold_datums.add(str(word))
            where.warn(CellError("datum_unread", message), "datum", word)
        return place if known is None else None

    def synthetic(self, cell: Any, where: Where) -> bool | None:  # noqa: ANN401 - a cell
        """Return whether a row is invented: as it says, else as the options say."""
        told: bool | None = read_cell({"synthetic": cell}, "synthetic", truth, where)
        return self._source.options.synthetic if told is None else told

    def record_place(self, told: dict[str, Any], where: Where) -> Place | None:
        """Return the place of a record of its own."""
        lon, lat = told["record_lon"], told["record_lat"]
        return self._place({"lon": lon, "lat": lat, "datum": told["datum"]}, where)

    def _effort(self, told: dict[str, Any], span: Span, where: Where) -> dict[str, Any]:
        options = self._source.options
        duration = read_cell(told, "duration_min", minutes, where)
        if duration is None and span.at is not None and span.until is not None:
            passed = (span.until - span.at).total_seconds() / 60
            duration = passed if 0 < passed <= DAY_MIN else None
        count = read_cell(told, "observer_count", people, where)
        complete = read_cell(told, "complete", truth, where)
        return {
            "duration_min": duration,
            "distance_km": read_cell(told, "distance_km", kilometres, where),
            "area_ha": read_cell(told, "area_ha", hectares, where),
            "observer_count": count,
            "complete": options.complete if complete is None else complete,
            "sampling_protocol": words_of(told["protocol"]) or options.protocol,
        }

    def _identity(
        self, told: dict[str, Any], span: Span, values: dict[str, Any], where: Where
    ) -> str:
        days = (span.first, span.last)
        if told["event_id"] is not None:
            event = words_of(told["event_id"]) or ""
            if self._days.setdefault(event, days) == days:
                if is_ours(event, "v"):
                    values["event_id"] = None
                    return event
                return survey_id(self._site, "event", event)
            where.warn(CellError("event_dates_differ", OTHER_DAYS), "event_id", event)
            return survey_id(self._site, "event", event, *days)
        plot, place = values["plot"], values["place"]
        spot = [plot] if plot is not None else [values["locality"], place]
        return survey_id(self._site, "visit", self._name, spot, *days, span.at,
                         values["observers"], values["sampling_protocol"])  # fmt: skip

    def _merge(self, found: Found, visit: Visit, values: dict[str, Any], where: Where) -> None:
        """Keep the first cell told of each column of a survey."""
        identifier = visit.survey_id
        kept = found.get(identifier)
        if kept is None:
            if identifier not in self._seen:
                self._seen[identifier] = _place_of(values)
                found[identifier] = {**values, "source_row": where.row}
            return
        for name, value in values.items():
            if value is None or kept[name] == value:
                continue
            if kept[name] is None:
                kept[name] = value
            elif name in _TOLD and values["event_id"] is not None:
                message = DIFFERS.fill(c=BIRD_SURVEYS.column(name).description, v=kept[name])
                where.warn(CellError("event_differs", message), None, value)
        self._seen[identifier] = _place_of(kept)

    def frame(self, found: Found, lacking: Collection[str]) -> pd.DataFrame:
        """Return new surveys as a table.

        Surveys that lack a row (``lacking``: it was kept aside) are not complete: what they do not
        list may be what could not be read.
        """
        import pandas as pd
        import shapely

        from wetland.base.tables import DTYPES

        rows = []
        for identifier, values in found.items():
            if values["complete"] and identifier in lacking:
                values["complete"] = False
                self._lacking += 1
            place = values["place"] or self._plot_place(values["plot"])
            extra = dict(values["extra"] or {})
            if values["locality"] is not None:
                extra["locality"] = values["locality"]
            row = {**values, "survey_id": identifier, "site": self._site,
                   "source_id": self._source_id, "geometry": place,
                   "extra": json_of(extra)}  # fmt: skip
            row["content"] = digest([row.get(name) for name in _CONTENT])
            row["geometry"] = None if place is None else shapely.Point(place)
            rows.append(tuple(map(row.get, _NAMES_OF_COLUMNS)))
        frame = pd.DataFrame.from_records(rows, columns=_NAMES_OF_COLUMNS)
        return frame.astype({c.name: DTYPES[c.kind] for c in BIRD_SURVEYS.columns})

    def _plot_place(self, plot: str | None) -> Place | None:
        known = None if plot is None else self._source.plots.get(plot)
        if known is None or known.lon is None or known.lat is None:
            return None
        return known.lon, known.lat


def _place_of(values: dict[str, Any]) -> Place | None:
    """Return where a survey is; `_ITS_OWN` where every row of it is there, to keep it small."""
    of_place = values["event_id"] is None and values["plot"] is None
    return _ITS_OWN if of_place else values["place"]
