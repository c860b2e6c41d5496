"""How a bird file is to be read: what the person who gives it knows about it, kept per source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.sightings import ROLES
from wetland.reading.options import DATUMS, ORDERS, check_choice, kept_with, over, zone_of

Layout = Literal["dwca", "dwc", "camtrap", "ebird", "odk", "sheet", "tidy"]
LAYOUTS: tuple[str, ...] = get_args(Layout)
# What speaks of one file and not of its source.
_OF_ONE_FILE = frozenset({"source", "year", "default_date", "sheet", "sampling_file"})
_MAPS = frozenset({"columns"})
_FLAGS = frozenset({"complete", "synthetic"})

BAD_YEAR = text("year 须在 1900 至 2199 之间", "year must be between 1900 and 2199")


@dataclass(frozen=True, slots=True)
class BirdOptions:
    """What is known about a bird file beside its content.

    Parameters
    ----------
    columns
        Ours -> theirs: a role (`wetland.birds.sightings.ROLES`) -> name of the column.
    layout
        One of `LAYOUTS`; None decides from the content.
    sheet
        Sheet of a workbook, by name or number.
    encoding
        Encoding of a text file; None decides from the content.
    source
        Name of the source, under which this mapping is kept; None is the file's name.
    timezone
        Time zone of moments without an offset; None is the site's.
    datum
        Datum of coordinates; None is WGS84.
    year
        Year of dates that have none (a sheet's ``5-1``).
    default_date
        Day, month or year of a file without dates (``2024-05-01``, ``2024-05``).
    date_order
        ``mdy`` or ``dmy`` for dates like 5/6/2024.
    plot
        Plot of rows that name none.
    protocol
        Protocol of surveys that name none.
    complete
        Whether every species found was written down, where the file does not say; None is not
        known.
    synthetic
        Whether rows are invented for exercise, where the file does not say.
    sampling_file
        The file beside it: eBird's sampling events, the repeats of an ODK form.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    layout: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    source: str | None = None
    timezone: str | None = None
    datum: str | None = None
    year: int | None = None
    default_date: str | None = None
    date_order: str | None = None
    plot: str | None = None
    protocol: str | None = None
    complete: bool | None = None
    synthetic: bool | None = None
    sampling_file: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what was set, for the record of the source and its digest.

        Of a file beside it only the name: folders of one machine say nothing to another.
        """
        found: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value is None or value in ("", {}):
                continue
            if isinstance(value, Mapping):
                value = dict(sorted(value.items()))
            found[one.name] = Path(value).name if one.name == "sampling_file" else value
        return found

    def checked(self) -> BirdOptions:
        """Return the options once they are known to be of use.

        Raises
        ------
        InputError
            A layout, datum, order, time zone, year or role nobody knows.
        """
        for name, allowed in (("layout", LAYOUTS), ("datum", DATUMS), ("date_order", ORDERS)):
            check_choice(name, getattr(self, name), allowed)
        for role in self.columns:
            check_choice("columns", role, ROLES)
        if self.timezone is not None:
            zone_of(self.timezone)
        if self.year is not None and not 1900 <= self.year < 2200:
            raise InputError(BAD_YEAR)
        return self

    def over(self, saved: BirdOptions | None) -> BirdOptions:
        """Return these options over those kept for the source: what is set here wins.

        Examples
        --------
        >>> BirdOptions(columns={"plot": "样点"}).over(BirdOptions(datum="gcj02")).datum
        'gcj02'
        """
        return over(self, saved)


_KEPT = {one.name: dict if one.name in _MAPS else bool if one.name in _FLAGS else str
         for one in fields(BirdOptions) if one.name not in _OF_ONE_FILE}  # fmt: skip


def saved_mapping(options_json: str | Mapping[str, Any] | None) -> BirdOptions | None:
    """Return the mapping kept with a source (`SOURCES` column ``options``), None where none is.

    What speaks of one file only (its year, its sheet, a date for all its rows) is left out.
    Keys and values of another form than today's are left out too.

    Examples
    --------
    >>> saved_mapping('{"columns": {"plot": "样点"}, "complete": true, "year": 2023}').as_json()
    {'columns': {'plot': '样点'}, 'complete': True}
    """
    kept = kept_with(options_json, _KEPT)
    return BirdOptions(**kept) if kept else None
