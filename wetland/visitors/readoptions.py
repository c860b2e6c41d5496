"""How a file of visitors is to be read: what who gives it knows of it, kept per source."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.reading.options import ORDERS, check_choice, kept_with, over, zone_of
from wetland.visitors.readwords import ROLES
from wetland.visitors.tables import MEASURES, PLACE_KINDS

Layout = Literal["tidy", "wide", "parking"]
LAYOUTS: tuple[str, ...] = get_args(Layout)
Hours = Literal["0-23", "1-24"]
HOURS: tuple[str, ...] = get_args(Hours)
Cumulative = Literal["no", "ever", "day"]
CUMULATIVE: tuple[str, ...] = get_args(Cumulative)
# What speaks of one file and not of its source.
_OF_ONE_FILE = frozenset({"source", "year", "default_date", "sheet"})
_MAPS = frozenset({"columns", "places", "measures"})
_FORMS: dict[str, type] = {"synthetic": bool, "most": float}

BAD_YEAR = text("year 须在 1900 至 2199 之间", "year must be between 1900 and 2199")
BAD_MOST = text("most 须大于 0", "most must be above 0")


@dataclass(frozen=True, slots=True)
class CountOptions:
    """What is known about a file of counts or of car parks beside its content.

    Parameters
    ----------
    columns
        Ours -> theirs: a role (`wetland.visitors.readwords.ROLES`) -> name of the column.
    places
        Words or headers of the file -> place (or car park) of the pack; an empty one leaves it out.
    measures
        Words or headers of the file -> measure (`MEASURES`); an empty one leaves it out.
    layout
        One of `LAYOUTS`; None decides from the header. ``parking`` gives readings of car parks.
    sheet
        Sheet of a workbook, by name or number.
    encoding
        Encoding of a text file; None decides from the content.
    source
        Name of the source, under which this mapping is kept; None is the file's name.
    timezone
        Time zone of moments without an offset; None is the site's.
    year
        Year of dates that have none.
    default_date
        Day or month of a file without dates.
    date_order
        ``mdy`` or ``dmy`` for dates like 5/6/2024.
    place
        Place of rows that name none.
    place_kind
        Kind of places that neither the pack nor the file tells the kind of.
    measure
        What was counted, where the file does not say; None is ``entries``.
    cumulative
        Whether numbers are readings of counters: ``no``, ``ever`` (they go on) or ``day`` (they
        start at 0 each day); None lets the headers decide.
    hours
        Whether hours are written ``0-23`` (an hour by its start) or ``1-24`` (by its end); None
        lets the file decide: one with an hour 24 and no hour 0 is ``1-24``.
    most
        Counts above it are impossible.
    synthetic
        Whether rows are invented for exercise, where the file does not say.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    layout: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    source: str | None = None
    timezone: str | None = None
    year: int | None = None
    default_date: str | None = None
    date_order: str | None = None
    place: str | None = None
    place_kind: str | None = None
    measure: str | None = None
    cumulative: str | None = None
    hours: str | None = None
    most: float | None = None
    synthetic: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what was set, for the record of the source and its digest."""
        found: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value is None or value in ("", {}):
                continue
            found[one.name] = dict(sorted(value.items())) if isinstance(value, Mapping) else value
        return found

    def checked(self) -> CountOptions:
        """Return the options once they are known to be of use.

        Raises
        ------
        InputError
            A role, layout, measure, kind, order, time zone, year or number that does not fit.
        """
        for name, allowed in (("layout", LAYOUTS), ("date_order", ORDERS), ("hours", HOURS),
                              ("place_kind", tuple(PLACE_KINDS)), ("measure", tuple(MEASURES)),
                              ("cumulative", CUMULATIVE)):  # fmt: skip
            check_choice(name, getattr(self, name), allowed)
        for role in self.columns:
            check_choice("columns", role, ROLES)
        for measure in self.measures.values():
            check_choice("measures", measure, ("", *MEASURES))
        if self.timezone is not None:
            zone_of(self.timezone)
        if self.year is not None and not 1900 <= self.year < 2200:
            raise InputError(BAD_YEAR)
        if self.most is not None and not (self.most > 0 and math.isfinite(self.most)):
            raise InputError(BAD_MOST)
        return self

    def over(self, saved: CountOptions | None) -> CountOptions:
        """Return these options over those kept for the source: what is set here wins.

        Examples
        --------
        >>> CountOptions(columns={"place": "门"}).over(CountOptions(hours="1-24")).hours
        '1-24'
        """
        return over(self, saved)


_KEPT = {one.name: dict if one.name in _MAPS else _FORMS.get(one.name, str)
         for one in fields(CountOptions) if one.name not in _OF_ONE_FILE}  # fmt: skip


def saved_mapping(options_json: str | Mapping[str, Any] | None) -> CountOptions | None:
    """Return the mapping kept with a source (`SOURCES` column ``options``), None where none is.

    What speaks of one file only (its year, its sheet, a date for all its rows) is left out.
    Keys and values of another form than today's are left out too.

    Examples
    --------
    >>> saved_mapping('{"columns": {"place": "门"}, "most": 500.0, "year": 2023}').as_json()
    {'columns': {'place': '门'}, 'most': 500.0}
    """
    kept = kept_with(options_json, _KEPT)
    return CountOptions(**kept) if kept else None
