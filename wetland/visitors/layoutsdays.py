"""Days that stand in the header or the title of a park's sheet (横排日期、标题日期).

Rule of decision: three or more columns named by days are a row of days; bare numbers (1 to 31) are
days only where they go up and the month is told, by the title or by a person. A date in the title
is taken where no column holds one, the title tells one date only, and it does not speak of a week
or a holiday without its days.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence

from wetland.reading.dates import CellError
from wetland.reading.grid import Grid
from wetland.visitors.readwhen import Rules, When, read_when
from wetland.visitors.readwords import says_span

FEWEST_DAYS = 3
LAST_DAY = 31
_FULL = re.compile(r"\d{4}(?:-\d{1,2}-|/\d{1,2}/|\.\d{1,2}\.|年\d{1,2}月)\d{1,2}[日号]?")
_NO_YEAR = re.compile(r"(\d{1,2})(?:月|[-/.])(\d{1,2})[日号]?")
_BARE = re.compile(r"(\d{1,2})[日号]?")
_MONTH = re.compile(r"\d{4}-\d{2}")
_DATE = r"\d{4}\s*(?:年|[-/.])\s*\d{1,2}(?:\s*(?:月|[-/.])(?:\s*\d{1,2}\s*[日号]?)?)?"
_TITLE = re.compile(rf"(?<!\d){_DATE}(?:\s*(?:至|到|~|—+|–|-)\s*\d[\d年月日号./-]*)?")


def days_of_head(
    cells: Sequence[str], *, default: str | None = None, year: int | None = None
) -> dict[int, str]:
    """Return position -> day of the cells of a header that name days; empty with fewer than three.

    Parameters
    ----------
    cells
        The cells of the header.
    default
        Month of bare numbers (``2024-05``); of others it tells the year.
    year
        Year of days without one.

    Examples
    --------
    >>> days_of_head(["入口", "1日", "2日", "3日", "合计"], default="2024-05")
    {1: '2024-05-01', 2: '2024-05-02', 3: '2024-05-03'}
    >>> days_of_head(["入口", "1", "2", "3"])
    {}
    """
    narrow = ["".join(unicodedata.normalize("NFKC", cell).split()) for cell in cells]
    month = _month_of(default)
    year = year if year is not None or month is None else int(month[:4])
    found: dict[int, str] = {}
    bare: dict[int, int] = {}
    for at, cell in enumerate(narrow):
        without = _NO_YEAR.fullmatch(cell)
        if _FULL.fullmatch(cell):
            found[at] = cell
        elif without and year is not None:
            found[at] = f"{year:04d}-{int(without[1]):02d}-{int(without[2]):02d}"
        elif (number := _BARE.fullmatch(cell)) is not None:
            bare[at] = int(number[1])
    if month is not None and _goes_up(list(bare.values())):
        found |= {at: f"{month}-{day:02d}" for at, day in bare.items()}
    sound = {at: day for at, day in found.items() if _is_day(day)}
    return sound if len(sound) >= FEWEST_DAYS else {}


def _month_of(default: str | None) -> str | None:
    """Return the month that a date for the whole file names; None where it is no month."""
    if default is None:
        return None
    try:
        stamp = read_when(When(default), Rules())
    except CellError:
        return None
    return f"{stamp.first:%Y-%m}" if stamp.scale == "month" else None


def _goes_up(days: list[int]) -> bool:
    return all(a < b for a, b in itertools.pairwise(days)) and max(days, default=0) <= LAST_DAY


def _is_day(cell: str) -> bool:
    try:
        return read_when(When(cell), Rules()).scale == "day"
    except CellError:
        return False


def date_of_title(grid: Grid, head: int) -> str | None:
    """Return the day, month or span that the rows above a header tell; None unless it is one.

    Examples
    --------
    >>> date_of_title(Grid([["西溪湿地2024年5月1日客流"], ["入口", "入园"]], [1, 2]), 1)
    '2024年5月1日'
    """
    found: set[str] = set()
    for row in grid.rows[:head]:
        for cell in row:
            words = unicodedata.normalize("NFKC", cell)
            for match in _TITLE.finditer(words):
                told = match[0].strip(" -./")
                try:
                    stamp = read_when(When(told), Rules())
                except CellError:
                    return None
                if stamp.scale == "day" and says_span(words.replace("合计", "")):
                    return None
                found.add(told)
    return found.pop() if len(found) == 1 else None
