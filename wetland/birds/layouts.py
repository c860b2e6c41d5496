"""Layouts of bird tables (表格版式), told from the header of a text or a workbook.

Rule of decision, row by row from the top: columns of eBird; of ODK or Kobo; at least two terms of
Darwin Core as it spells them; a species beside a count and a date is tidy; a species beside columns
of dates or plots is a park's own sheet, as is a table of visits whose other columns are species of
the checklist; a species beside a date and nothing that is not known is tidy too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.birdsource import BirdSource
from wetland.birds.sheethead import find_sheet_head
from wetland.birds.sheetnames import NAME_ROLES, find_roles, is_of_species, plain
from wetland.birds.sheettable import header_score, is_of_visit, listed
from wetland.birds.sheetwide import find_wide_head
from wetland.reading.grid import HEAD_ROWS, Grid, head_of

NO_LAYOUT = text(
    "{f}：认不出这是什么表：没有一行写有鸟种，以及数量、日期或样点；第一行是：{n}",
    "{f}: it cannot be told what table this is: no row names species with counts, dates or plots; "
    "the first row is: {n}",
)
NO_LAYOUT_HINT = text(
    "表头可写：样点,日期,鸟种,数量；或用 --layout 指明版式、用 --map name=列名 指明列",
    "write a header such as plot,date,species,count; or tell by --layout and --map name=NAME",
)

_EBIRD = (
    frozenset({"samplingeventidentifier", "observationdate"}),
    frozenset({"samplingeventidentifier", "globaluniqueidentifier"}),
    frozenset({"samplingeventidentifier", "allspeciesreported"}),
    frozenset({"submissionid", "commonname", "scientificname"}),
    frozenset({"submissionid", "commonname", "date"}),
)
_ODK_MARKS = frozenset(
    {"metainstanceid", "instanceid", "parentkey", "submissiondate", "submissiontime", "uuid",
     "submissionuuid", "submissionid", "parentindex", "parenttablename", "key", "deviceid",
     "formversion", "xformidstring", "version", "reviewstate", "submitterid", "submittername",
     "validationstatus", "setofspecies"}
)  # fmt: skip
_ODK_SURE = frozenset({"metainstanceid", "instanceid", "parentkey", "submissionuuid",
                       "parenttablename", "xformidstring"})  # fmt: skip
_KOBO = frozenset({"_uuid", "_submission_time", "_submission__uuid", "_parent_table_name",
                   "__version__"})  # fmt: skip
_DWC = frozenset(
    {"occurrenceID", "scientificName", "eventDate", "eventID", "basisOfRecord", "individualCount",
     "decimalLatitude", "decimalLongitude", "occurrenceStatus", "organismQuantity", "taxonID",
     "recordedBy", "samplingProtocol", "sampleSizeValue", "coordinateUncertaintyInMeters",
     "vernacularName", "locationID", "countryCode", "gbifID", "datasetKey", "speciesKey",
     "taxonKey", "verbatimScientificName", "parentEventID", "geodeticDatum", "samplingEffort"}
)  # fmt: skip
_MOST_KNOWN = 2


def detect(source: BirdSource) -> str:
    """Tell the layout of a text or a workbook.

    Raises
    ------
    InputError
        None fits, or the file cannot be read.
    """
    grid = head_of(source.given, source.options)
    told = source.options.columns
    for row in grid.rows[:HEAD_ROWS]:
        found = _by_columns(row)
        if found is not None:
            return found
    best = _best_row(grid, tuple(told.values()))
    if best is not None and _is_tidy(best, told):
        return "tidy"
    if find_sheet_head(grid, told=told, year=source.options.year) is not None:
        return "sheet"
    if find_wide_head(grid, source.checklist, told) is not None:
        return "sheet"
    if best is not None and {"date", "year"} & set(find_roles(filter(None, best), told)):
        return "tidy"
    shown = listed(grid.rows[0]) if grid.rows else ""
    raise InputError(NO_LAYOUT.fill(f=source.given.name, n=shown), hint=NO_LAYOUT_HINT)


def _by_columns(row: Sequence[str]) -> str | None:
    """Return the layout that the columns of a header belong to by their own names."""
    names = {plain(cell) for cell in row if cell}
    if any(mark <= names for mark in _EBIRD):
        return "ebird"
    last = {plain(cell.replace("/", " ").split()[-1]) for cell in row if cell.strip("/ ")}
    marks = (names | last) & _ODK_MARKS
    if marks & _ODK_SURE or _KOBO & set(row) or len(marks) > _MOST_KNOWN:
        return "odk"
    if len({cell.split(":")[-1] for cell in row} & _DWC) >= _MOST_KNOWN:
        return "dwc"
    return None


def _best_row(grid: Grid, told: Collection[str]) -> Sequence[str] | None:
    rows = grid.rows[:HEAD_ROWS]
    best = max(rows, key=lambda row: header_score(row, told), default=None)
    return best if best is not None and header_score(best, told) else None


def _is_tidy(row: Sequence[str], told: Mapping[str, str]) -> bool:
    """Tell whether a header is that of a tidy table."""
    names = [" ".join(cell.split()) for cell in row if cell]
    roles = find_roles(names, told)
    if not set(roles) & set(NAME_ROLES) or not set(roles) & {"date", "year", "event_id"}:
        return False
    if {"count", "status"} & set(roles):
        return True
    taken = set(roles.values())
    return all(n in taken or is_of_species(n) or is_of_visit(n) for n in names)
