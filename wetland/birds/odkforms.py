"""One table of an ODK or Kobo download: what its columns mean, whatever groups they lie in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.sheetnames import plain, role_of
from wetland.birds.sheettable import ONLY_HEADER
from wetland.reading.grid import Grid

# What identifies a submission, and what a row of a repeat calls it; the first that is there counts.
INSTANCES = ("metainstanceid", "instanceid", "key", "uuid", "submissionuuid")
PARENTS = ("parentkey", "submissionuuid", "parentindex", "submissionid")
INDEX = "index"
_MARKS = frozenset(
    {*INSTANCES, *PARENTS, INDEX, "id", "deviceid", "submissiondate", "submissiontime", "version",
     "formversion", "metainstancename", "instancename", "submitterid", "submittername",
     "attachmentspresent", "attachmentsexpected", "status", "reviewstate", "edits", "tags", "notes",
     "validationstatus", "parenttablename", "parentindex", "xformidstring", "simserial",
     "subscriberid", "phonenumber", "username", "submittedby", "today", "start", "end",
     "rootuuid", "metarootuuid", "metadeprecatedid", "audit", "metaaudit"}
)  # fmt: skip
# Kobo writes these with a low line before them; without it they are questions.
_WITH_LOW_LINE = frozenset({"id", INDEX, "uuid", "version", "status", "tags", "notes", "rootuuid"})
_POINT = re.compile(r"\s*(-?\d{1,3}\.\d+)[\s,]+(-?\d{1,3}\.\d+)(?:[\s,]+(-?\d+(?:\.\d+)?))?"
                    r"(?:[\s,]+(\d+(?:\.\d+)?))?\s*$")  # fmt: skip
_BOOLEAN = frozenset({"", "0", "1", "0.0", "1.0", "true", "false"})
_YES = frozenset({"1", "1.0", "true"})
_PLACES = (("latitude", "lat"), ("longitude", "lon"), ("precision", "uncertainty_m"),
           ("accuracy", "uncertainty_m"))  # fmt: skip


NO_MAIN = text(
    "{f} 是重复组（鸟种），缺少它所属的提交表；请用 --sampling-file 一并给出",
    "{f} is a repeat of species; the table of its submissions is missing: give it by "
    "--sampling-file",
)


@dataclass(slots=True)
class Form:
    """A table of a download.

    Attributes
    ----------
    headers
        The columns.
    rows
        Number and cells of each row.
    roles
        Role -> position.
    marks
        Plain name of a column of the system -> position.
    points
        Positions of columns that hold latitude, longitude, altitude and accuracy; the first
        counts.
    choices
        Name of a question -> choice -> position, of choices that have a column each.
    media
        Positions of columns that hold names of pictures or sounds.
    """

    headers: list[str]
    rows: list[tuple[int, list[str]]]
    roles: dict[str, int] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    points: list[int] = field(default_factory=list)
    choices: dict[str, dict[str, int]] = field(default_factory=dict)
    media: list[int] = field(default_factory=list)

    @property
    def is_repeat(self) -> bool:
        """Tell whether its rows belong to submissions of another table."""
        if {"parentkey", "parenttablename", "parentindex"} & self.marks.keys():
            return True
        return "submissionuuid" in self.marks and "uuid" not in self.marks

    def mark(self, cells: Sequence[str], names: Sequence[str]) -> str | None:
        """Return the first of some columns of the system that a row fills."""
        for name in names:
            at = self.marks.get(name)
            if at is not None and cells[at]:
                return cells[at]
        return None

    def others(self, cells: Sequence[str]) -> dict[str, str]:
        """Return what a row tells in columns without a role."""
        split = {at for found in self.choices.values() for at in found.values()}
        taken = {*self.roles.values(), *self.marks.values(), *self.points, *self.media, *split}
        found = {name: cells[at] for at, name in enumerate(self.headers)
                 if at not in taken and name and cells[at]}  # fmt: skip
        for question, choices in self.choices.items():
            chosen = [choice for choice, at in choices.items() if cells[at].casefold() in _YES]
            if chosen and question:
                found[question] = " ".join(chosen)
        return found


def form_of(grid: Grid, told: Mapping[str, str], file: str) -> Form:
    """Tell what the columns of a download mean; the first row is the header.

    Raises
    ------
    InputError
        There is no row below the header.
    """
    headers = [" ".join(cell.split()) for cell in grid.rows[0]]
    width = len(headers)
    rows = [(number, (cells + [""] * (width - len(cells)))[:width])
            for number, cells in zip(grid.numbers[1:], grid.rows[1:], strict=True)]  # fmt: skip
    if not rows:
        raise InputError(ONLY_HEADER.fill(f=file))
    form = Form(headers, rows)
    _choices(form)
    split = {at for found in form.choices.values() for at in found.values()}
    wanted = {plain(name): role for role, name in told.items()}
    for at, header in enumerate(headers):
        if header and at not in split:
            _column(form, at, header, wanted)
    if form.points:  # the same place stands in columns of its parts too
        parts = [form.roles.pop(role, None) for role in ("lat", "lon", "uncertainty_m")]
        form.points += [at for at in parts if at is not None]
    return form


def short_names(header: str) -> list[str]:
    """Return a header, and what is left of it without the groups before it.

    Examples
    --------
    >>> short_names("visit/site/plot"), short_names("visit-plot")
    (['visit/site/plot', 'plot'], ['visit-plot', 'plot'])
    """
    names = [header]
    for mark in ("/", "-", ":"):
        last = header.rpartition(mark)[2]
        if last and last != header and last not in names:
            names.append(last)
    return names


def _column(form: Form, at: int, header: str, wanted: Mapping[str, str]) -> None:
    """Give a column its role, or take it for one of the system."""
    names = short_names(header)
    role = next((wanted[plain(name)] for name in names if plain(name) in wanted), None)
    cells = [row[at] for _, row in form.rows if row[at]]
    mark = next((plain(name) for name in names if plain(name) in _MARKS), None)
    if mark in _WITH_LOW_LINE and not header.startswith("_"):
        mark = None
    if role is None and mark is not None and mark not in form.marks:
        form.marks[mark] = at
        return
    if role is None and cells and all(_POINT.match(cell) for cell in cells):
        form.points.append(at)
        return
    if role is None and cells and all(_is_media(cell) for cell in cells):
        form.media.append(at)
        return
    role = role or next((found for name in names if (found := role_of(name))), None)
    role = role or next((found for end, found in _PLACES if plain(header).endswith(end)), None)
    if role is not None:
        form.roles.setdefault(role, at)


def _is_media(cell: str) -> bool:
    return re.search(r"\.(?:jpe?g|png|heic|gif|mp3|m4a|wav|amr|mp4|3gp)$", cell, re.I) is not None


def _choices(form: Form) -> None:
    """Find choices that have a column each: ``behaviour/feeding`` with 0 and 1."""
    found: dict[str, dict[str, int]] = {}
    for at, header in enumerate(form.headers):
        question, slash, choice = header.rpartition("/")
        if not slash or role_of(choice) is not None or plain(choice) in _MARKS:
            continue
        if all(row[at].casefold() in _BOOLEAN for _, row in form.rows):
            found.setdefault(question, {})[choice] = at
    for question, choices in found.items():
        if question in form.headers:  # the answer stands in a column of its own too
            form.choices.setdefault("", {}).update(
                {f"{question}/{choice}": at for choice, at in choices.items()})  # fmt: skip
        elif len(choices) > 1:
            form.choices[question] = choices


def point(cell: str) -> tuple[str, str, str | None] | None:
    """Read ``latitude longitude altitude accuracy``; returns longitude, latitude, accuracy.

    Examples
    --------
    >>> point("30.2701 120.0602 5.0 4.5"), point("30.2701 120.0602"), point("P1")
    (('120.0602', '30.2701', '4.5'), ('120.0602', '30.2701', None), None)
    """
    found = _POINT.match(cell)
    if found is None:
        return None
    accuracy = found[4] if found[4] and float(found[4]) > 0 else None
    return found[2], found[1], accuracy
