"""How a bird file is laid out: archives by what they hold, tables by their header."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.birdfiles import FolderGiven, is_packed, members_of
from wetland.birds.birdsource import BirdSource
from wetland.birds.dwcterms import short

NOTHING_KNOWN = text(
    "压缩包中没有 meta.xml、datapackage.json 或数据表",
    "the archive holds no meta.xml, no datapackage.json and no table",
)
ACCEPTED = text(
    "可读取：达尔文核心归档（zip）、Camtrap DP、CSV、TSV、XLSX",
    "can be read: Darwin Core archives (zip), Camtrap DP, CSV, TSV, XLSX",
)
_SURE = frozenset({"occurrenceID", "scientificName", "eventDate", "basisOfRecord", "eventID",
                   "individualCount", "decimalLatitude", "decimalLongitude", "occurrenceStatus",
                   "samplingProtocol", "locationID", "recordedBy"})  # fmt: skip
_ENOUGH = 3
TABLES = (".txt", ".csv", ".tsv", ".tab")


def layout_of(source: BirdSource) -> str:
    """Tell the layout of a file that nobody told it of.

    Rule of decision: an archive (or folder) with a ``datapackage.json`` is Camtrap DP; with a
    ``meta.xml`` or a table, Darwin Core; a workbook or a text is told by its header.

    Raises
    ------
    InputError
        An archive without any of them, or a header nobody knows.
    """
    if isinstance(source.given, FolderGiven) or is_packed(source.given):
        with members_of(source.given) as members:
            found = _of_names(members.names)
        if found == "workbook":
            return _by_header(source)
        if found is not None:
            return found
        raise InputError(NOTHING_KNOWN, hint=ACCEPTED)
    return _by_header(source)


def _is_of_terms(head: bytes) -> bool:
    """Tell whether the first line names terms of Darwin Core, also in the case of downloads."""
    line = head.split(b"\n", 1)[0].decode("utf-8-sig", "replace")
    cells = {cell.strip().strip('"') for cell in re.split(r"[\t,;|]", line)}
    return len({short(cell) for cell in cells} & _SURE) >= _ENOUGH


def _of_names(names: list[str]) -> str | None:
    """Return what an archive with these members is."""
    files = {PurePosixPath(name).name.casefold() for name in names}
    if "xl/workbook.xml" in names:
        return "workbook"
    if "datapackage.json" in files:
        return "camtrap"
    if "meta.xml" in files or any(PurePosixPath(f).suffix in TABLES for f in files):
        return "dwca"
    return None


def _by_header(source: BirdSource) -> str:
    if _is_of_terms(source.given.head()):
        return "dwc"
    from wetland.birds.layouts import detect  # noqa: PLC0415 - reads workbooks

    return detect(source)
