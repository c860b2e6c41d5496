"""How a water file is to be read: what the person who gives it knows about it, kept per source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.reading.options import DATUMS, ORDERS, check_choice, kept_with, over, zone_of
from wetland.water.columns import ROLES
from wetland.water.parameters import parameters
from wetland.water.stations import WaterBody

Layout = Literal["tidy", "wide", "wqp", "cnemc", "egret"]
LAYOUTS: tuple[str, ...] = get_args(Layout)
WATER_BODIES: tuple[str, ...] = get_args(WaterBody)
# What speaks of one file and not of its source.
_OF_ONE_FILE = frozenset({"source", "year", "default_date", "sheet"})
_MAPS = frozenset({"columns", "parameter_words", "units"})

UNKNOWN_CODE = text("不认识的指标 {p}", "unknown parameter {p}")
ALIKE = text("是否指：{s}", "perhaps: {s}")


@dataclass(frozen=True, slots=True)
class WaterOptions:
    """What is known about a water file beside its content.

    Parameters
    ----------
    columns
        Ours -> theirs: a role (``station``, ``date``, ``value`` ...) -> name of the column.
    parameter_words
        Words or headers of the file -> parameter; an empty one says "leave it out".
    units
        Column or parameter of the file -> unit, where the file tells none.
    layout
        ``tidy``, ``wide``, ``wqp``, ``cnemc`` or ``egret``; None decides from the header.
    sheet
        Sheet of a workbook, by name or number.
    encoding
        Encoding of a text file; None decides from the content.
    source
        Name of the source, under which this mapping is kept; None is the file's name.
    water_body
        ``river`` or ``lake`` for stations whose kind neither the site nor the file tells.
    datum
        Datum of coordinates of stations; None is WGS84.
    timezone
        Time zone of moments without an offset; None is the site's.
    year
        Year of dates that have none.
    default_date
        Day or month (2024-05) of a file without a column of dates.
    date_order
        ``mdy`` or ``dmy`` for dates like 5/6/2024.
    station
        Station of a file without a column of stations.
    parameter
        Parameter of a file with values and no column of parameters.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    parameter_words: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    layout: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    source: str | None = None
    water_body: str | None = None
    datum: str | None = None
    timezone: str | None = None
    year: int | None = None
    default_date: str | None = None
    date_order: str | None = None
    station: str | None = None
    parameter: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what was set, for the record of the source and its digest."""
        found: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value:
                found[one.name] = (
                    dict(sorted(value.items())) if isinstance(value, Mapping) else value
                )
        return found

    def checked(self) -> WaterOptions:
        """Return the options with parameters as codes.

        Raises
        ------
        InputError
            A layout, kind of water body, datum, order, time zone, field or parameter nobody knows.
        """
        for name, allowed in (("layout", LAYOUTS), ("water_body", WATER_BODIES),
                              ("datum", DATUMS), ("date_order", ORDERS)):  # fmt: skip
            check_choice(name, getattr(self, name), allowed)
        for role in self.columns:
            check_choice("columns", role, ROLES)
        if self.timezone is not None:
            zone_of(self.timezone)
        words = {word: code_of(meant) if meant else "" for word, meant in
                 self.parameter_words.items()}  # fmt: skip
        parameter = None if self.parameter is None else code_of(self.parameter)
        return replace(self, parameter_words=words, parameter=parameter)

    def over(self, saved: WaterOptions | None) -> WaterOptions:
        """Return these options over those kept for the source: what is set here wins."""
        return over(self, saved)


_KEPT = {one.name: dict if one.name in _MAPS else str
         for one in fields(WaterOptions) if one.name not in _OF_ONE_FILE}  # fmt: skip


def saved_mapping(options_json: str | Mapping[str, Any] | None) -> WaterOptions | None:
    """Return the mapping kept with a source (`SOURCES` column ``options``), None where none is.

    What speaks of one file only (its year, its sheet, a date for all its rows) is left out.
    Keys and values of another form than today's are left out too.

    Examples
    --------
    >>> saved_mapping('{"columns": {"station": "点"}, "year": 2023}').as_json()
    {'columns': {'station': '点'}}
    """
    kept = kept_with(options_json, _KEPT)
    return WaterOptions(**kept) if kept else None


def code_of(name: str) -> str:
    """Return the code of a parameter that an option names.

    Raises
    ------
    InputError
        Nobody knows it; the hint names what is alike.
    """
    known = parameters()
    found = known.find(name)
    if found is None:
        alike = known.suggest(name)
        hint = ALIKE.fill(s=", ".join(alike)) if alike else None
        raise InputError(UNKNOWN_CODE.fill(p=name), hint=hint)
    return found
