"""Forms filled in the field with ODK or Kobo (CSV, XLSX): submissions, with species in a repeat.

Rule of decision. One submission is one survey; its identifier is that of the instance
(``uuid:...``), which stays the same in every download. The repeat of species is a table of its own
whose rows name their submission (``PARENT_KEY``, ``_submission__uuid`` or ``_parent_index``);
either of the two may be given as the file and the other beside it, or both as sheets of a workbook.
A form without a repeat has one species, or several chosen together, per submission. Names of groups
before a column (``visit/plot``, ``visit-plot``) are left away. A place in one column is latitude,
longitude, altitude and accuracy. The time a form was opened tells the day where no question does,
and never an effort. Submissions that a reviewer rejected are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.birdsource import BirdSource
from wetland.birds.odkforms import (
    INDEX,
    INSTANCES,
    NO_MAIN,
    Form,
    form_of,
    point,
    short_names,
)
from wetland.birds.sheetnames import NAME_ROLES
from wetland.birds.sheetrows import of_rows
from wetland.birds.sheettable import listed, need_columns, with_unit
from wetland.birds.sightings import EVENT_COLUMNS, RECORD_COLUMNS, Sightings
from wetland.reading.files import Given
from wetland.reading.grid import Grid, read_grid

CHUNK_ROWS = 20_000
_LONGEST_NAMES = 2_000
_REJECTED = frozenset({"rejected", "not approved", "validation_status_not_approved"})

TWICE = text(
    "同一份提交在文件中出现两次，只用第一份", "a submission stood before: the first counts"
)
ORPHAN = text(
    "这一行所属的提交（{k}）不在提交表中", "the submission of this row ({k}) is not in the table"
)
NO_INSTANCE = text(
    "没有提交编号，这一行未读入", "there is no identifier of the submission: not read"
)
NO_SPECIES = text(
    "没有一列写鸟种，因此没有记录；可用 --map name=列名 指明，或一并给出鸟种的重复表。现有列：{n}",
    "no column names species, so there are no records; tell it by --map name=NAME, or give the "
    "repeat of species too. The columns: {n}",
)


def read_odk(source: BirdSource) -> Iterator[Sightings]:
    """Yield the sightings of an ODK or Kobo download.

    Raises
    ------
    InputError
        A repeat without its submissions, no rows, or a file that cannot be read.
    """
    main, repeat = _forms(source)
    headers = [*main.headers, *(repeat.headers if repeat else [])]
    there = [name for header in headers for name in short_names(header)]
    need_columns(source.options.columns, there, source.given.name)
    source.tally.rows = len((repeat or main).rows)
    visits = _visits(source, main, has_repeat=repeat is not None)
    rows = _alone(source, main, visits) if repeat is None else _repeated(source, repeat, visits)
    named = {role: form.headers[at] for form in (main, repeat) if form is not None
             for role, at in form.roles.items()}  # fmt: skip
    for start in range(0, len(rows), CHUNK_ROWS):
        yield of_rows(rows[start : start + CHUNK_ROWS], named)


def _forms(source: BirdSource) -> tuple[Form, Form | None]:
    """Return the submissions and, where there is one, the repeat of species."""
    first = _form(source, source.given, repeat=None)
    beside = source.beside.get("sampling")
    if beside is not None:
        second: Form | None = _form(source, beside, repeat=None)
    elif source.tally.format == "xlsx" and source.options.sheet is None:
        second = _form(source, source.given, repeat=not first.is_repeat)
        second = second if second.is_repeat is not first.is_repeat else None
    else:
        second = None
    if first.is_repeat:
        if second is None:
            raise InputError(NO_MAIN.fill(f=source.given.name))
        first, second = second, first
    return first, second


def _form(source: BirdSource, given: Given, *, repeat: bool | None) -> Form:
    def is_wanted(grid: Grid) -> bool:
        if len(grid.rows) < 2:
            return False
        return repeat is None or form_of(grid, {}, given.name).is_repeat is repeat

    grid = read_grid(given, source.options, source.problems, wanted=is_wanted)
    source.tally.format, source.tally.encoding = grid.format, grid.encoding
    return form_of(grid, source.options.columns, given.name)


def _visits(source: BirdSource, main: Form, *, has_repeat: bool) -> dict[str, dict[str, Any]]:
    """Return the key of a submission -> what it says of its survey; None where it was rejected."""
    visits: dict[str, dict[str, Any]] = {}
    for number, cells in main.rows:
        key = main.mark(cells, INSTANCES)
        index = main.mark(cells, (INDEX,))
        if key is None and index is None:
            source.problems.add("event_missing", row=number, message=NO_INSTANCE)
            continue
        state = main.mark(cells, ("reviewstate", "validationstatus")) or ""
        identifier = _identifier(key) if key else None
        keys = {k for k in (identifier, key, index, main.mark(cells, ("key",)),
                            main.mark(cells, ("id",))) if k}  # fmt: skip
        if keys & visits.keys() and identifier in visits:
            source.problems.add("submission_twice", row=number, value=key, message=TWICE)
            continue
        visit = _visit(main, cells, has_repeat=has_repeat)
        visit.update(row=number, event_id=visit.get("event_id") or identifier)
        visit["_rejected"] = state.strip().casefold() in _REJECTED
        if visit["_rejected"]:
            source.tally.count("rejected")
        visits.update(dict.fromkeys(keys, visit))
    return visits


def _identifier(key: str) -> str:
    return key if key.startswith("uuid:") else f"uuid:{key}"


def _visit(main: Form, cells: Sequence[str], *, has_repeat: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for role, at in main.roles.items():
        if role in EVENT_COLUMNS and cells[at]:
            found[role] = with_unit(role, main.headers[at], cells[at])
    for at in main.points[:1]:
        place = point(cells[at])
        if place is not None:
            found["lon"], found["lat"], found["uncertainty_m"] = place
    if not {"date", "year"} & found.keys():
        found["date"] = main.mark(cells, ("today", "start", "submissiondate", "submissiontime"))
    if "observers" not in found:
        recorder = main.roles.get("recorded_by")
        told = cells[recorder] if recorder is not None else None
        found["observers"] = told or main.mark(cells, ("submittername", "username"))
    remarks = main.roles.get("remarks")
    if has_repeat and remarks is not None and "event_remarks" not in found:
        found["event_remarks"] = cells[remarks] or None
    found["event_extra"] = main.others(cells) or None
    return found


def _repeated(
    source: BirdSource, repeat: Form, visits: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the rows of a repeat with what their submission says, and visits without a row."""
    rows: list[dict[str, Any]] = []
    species = _Names(source)
    visited: set[int] = set()
    for number, cells in repeat.rows:
        parent = _parent(repeat, cells)
        visit = visits.get(parent) or visits.get(_identifier(parent))
        if visit is None:
            source.problems.add("orphan_row", row=number, value=parent or None,
                                message=ORPHAN.fill(k=parent or "-"))  # fmt: skip
            continue
        visited.add(id(visit))
        if not visit["_rejected"]:
            rows += _records(species, repeat, (number, cells), visit)
    silent = {id(v): v for v in visits.values() if id(v) not in visited and not v["_rejected"]}
    return rows + [{**_told(visit), "only_survey": True} for visit in silent.values()]


def _parent(repeat: Form, cells: Sequence[str]) -> str:
    """Return what a row of a repeat calls its submission; a repeat in a repeat names the outer."""
    key = repeat.mark(cells, ("parentkey", "submissionuuid", "parentindex", "submissionid")) or ""
    return key.partition("/")[0]


def _alone(
    source: BirdSource, main: Form, visits: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the records of a form without a repeat."""
    rows: list[dict[str, Any]] = []
    species = _Names(source)
    if not set(NAME_ROLES) & main.roles.keys():
        source.problems.add("no_species_column", level="warning",
                            message=NO_SPECIES.fill(n=listed(main.headers)))  # fmt: skip
    by_row = {visit["row"]: visit for visit in visits.values()}
    for number, cells in main.rows:
        visit = by_row.get(number)
        if visit is not None and not visit["_rejected"]:
            found = _records(species, main, (number, cells), visit)
            rows += found or [{**_told(visit), "only_survey": True}]
    return rows


def _told(visit: dict[str, Any]) -> dict[str, Any]:
    return {role: cell for role, cell in visit.items() if not role.startswith("_")}


def _records(
    species: _Names, form: Form, row: tuple[int, list[str]], visit: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the records of one row; none where it names no species."""
    number, cells = row
    found: dict[str, Any] = {role: cells[at] or None for role, at in form.roles.items()
                             if role in RECORD_COLUMNS}  # fmt: skip
    if not any(found.get(role) for role in NAME_ROLES):
        if form.is_repeat and any(found.values()):
            return [{**_told(visit), **found, "row": number}]
        return []
    if form.is_repeat:
        found["occurrence_id"] = found.get("occurrence_id") or form.mark(cells, ("key",))
        found["extra"] = form.others(cells) or None
        for at in form.points[:1]:
            place = point(cells[at])
            if place is not None:
                found["record_lon"], found["record_lat"], found["record_uncertainty_m"] = place
    pictures = [{"identifier": cells[at]} for at in form.media if cells[at]]
    found["media"] = pictures or None
    found["row"] = number
    told = found.get("name")
    names = species.of(told) if told else [told]
    return [{**_told(visit), **found, "name": name} for name in names]


class _Names:
    """The species of cells: as they are, with spaces for ``_``, or several chosen together."""

    def __init__(self, source: BirdSource) -> None:
        self._match = source.checklist.match
        self._found: dict[str, list[str]] = {}
        self._known: dict[str, bool] = {}

    def of(self, cell: str) -> list[str]:
        """Return the names in a cell."""
        if cell not in self._found:
            self._found[cell] = self._split(cell) if len(cell) <= _LONGEST_NAMES else [cell]
        return self._found[cell]

    def _split(self, cell: str) -> list[str]:
        spaced = cell.replace("_", " ")
        for one in (cell, spaced):
            if self._is_known(one):
                return [one]
        words = cell.split()
        several = [word if self._is_known(word) else word.replace("_", " ") for word in words]
        return several if len(words) > 1 and all(map(self._is_known, several)) else [cell]

    def _is_known(self, name: str) -> bool:
        if name not in self._known:
            self._known[name] = self._match(name).taxon_id is not None
        return self._known[name]
