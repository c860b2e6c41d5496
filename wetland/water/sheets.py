"""The table inside a file (表格): where its header is, in how many rows, and what units it tells.

Water tables come with a title above the header, with a header of two rows (names and units, or a
group of parameters above its members), with merged cells, and with notes below. Rule of decision:
of the first rows, the header is the one with most cells that name a role or a parameter, the first
of equals; a row below it that names parameters where it does not, or that holds units only, belongs
to it; a cell of it that is empty takes what stands above.
"""

from __future__ import annotations

from collections.abc import Collection

from wetland.base.problems import Problems
from wetland.reading.files import Given, format_of
from wetland.reading.workbook import (
    open_workbook,
)
from wetland.water.booksheets import of_workbook
from wetland.water.heads import Sheet
from wetland.water.textsheets import of_text


def read_sheet(
    given: Given,
    problems: Problems,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    told: Collection[str] = (),
) -> Sheet:
    """Read the table of a CSV or XLSX file.

    Parameters
    ----------
    given
        The file.
    problems
        Takes broken rows, repeated names, and what a workbook keeps out of sight.
    sheet
        Sheet of a workbook, by name or number; None is the first visible one that has a header.
    encoding
        Encoding of a text file, None where the content decides.
    told
        Names of columns that the user gives: a header may consist of them alone.

    Raises
    ------
    InputError
        No header, no rows, or a file that cannot be read.
    """
    if format_of(given, accept={"xlsx"}) == "xlsx":
        with open_workbook(given) as book:
            return of_workbook(book, sheet, problems, told=told)
    return of_text(given, encoding, problems, told=told)
