"""What stands around a table of counts (表头信息): date, weather, observers, transect.

Sheets tell it above the table or below it, as ``调查人：张三`` in one cell or as a label with its
value in the next cell; and the year or the day in the title (``2024年1月鸟类调查表``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wetland.birds.sheetaxis import Years, date_in
from wetland.birds.sheetnames import plain, role_of
from wetland.birds.sheettable import is_of_visit
from wetland.birds.sightings import EVENT_COLUMNS

_PAIR = re.compile(r"([^\s:，,;；]{1,16}(?: [A-Za-z]{1,12})?)\s*:\s*")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_WINTER = re.compile(r"冬|winter", re.IGNORECASE)
_MONTH = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*(?:年|-|/|\.)\s*(\d{1,2})\s*(?:月|$|(?=[^\d\-/.月]))"
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?!.*\d{4})")
_SEPARATORS = " \t,，;；。、"
_LONGEST = 2000


@dataclass(slots=True)
class Caption:
    """What is told of all visits of a sheet.

    Attributes
    ----------
    cells
        Role of a survey -> cell.
    extra
        What else is told of the visit: label -> words.
    title
        All other words.
    """

    cells: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    title: str = ""

    @property
    def year(self) -> int | None:
        """Return the one year that date or title name; None where they name none, or several."""
        found = set(_YEAR.findall(" ".join((self.cells.get("date", ""), self.title))))
        if "year" in self.cells:
            found |= set(_YEAR.findall(self.cells["year"]))
        return int(found.pop()) if len(found) == 1 else None

    @property
    def years(self) -> Years:
        """Return the year, or the two years of the winter that the title names (2023-2024年冬季).

        Examples
        --------
        >>> read_caption([["2023-2024年越冬水鸟调查"]]).years
        (2023, 2024)
        """
        found = sorted({int(year) for year in _YEAR.findall(self.title)})
        if _WINTER.search(self.title) and len(found) == 2 and found[1] == found[0] + 1:
            return found[0], found[1]
        return self.year

    @property
    def month(self) -> str | None:
        """Return the one month (``2024-01``) that date or title name."""
        words = " ".join((self.cells.get("date", ""), self.title))
        found = {f"{y}-{int(m):02d}" for y, m in _MONTH.findall(words)}
        return found.pop() if len(found) == 1 else None

    @property
    def date(self) -> str | None:
        """Return the date that is told of all visits: by a label, else by the title."""
        told = self.cells.get("date")
        if told is not None:
            return told
        found = date_in(self.title) if self.title else None
        return found[0] if found and _YEAR.search(found[0]) else None


def read_caption(rows: Iterable[Sequence[str]]) -> Caption:
    """Read the rows around a table.

    Rule of decision: words before a colon are a label if they name a role of a survey or weather;
    any other words before a colon are kept as they are. A cell that is such a label without a colon
    takes the next cell that is filled, unless that is a label too. The first value told counts.

    Examples
    --------
    >>> found = read_caption([["西溪2024年1月水鸟调查表"],
    ...                       ["日期：2024-01-05  天气：晴 调查人：张三、李四"],
    ...                       ["样线", "L1", "开始时间", "7:30"]])
    >>> found.cells
    {'date': '2024-01-05', 'observers': '张三、李四', 'plot': 'L1', 'time': '7:30'}
    >>> found.extra, found.year, found.month
    ({'天气': '晴'}, 2024, '2024-01')
    """
    caption = Caption()
    titles: list[str] = []
    for row in rows:
        label: str | None = None
        for cell in row:
            words = unicodedata.normalize("NFKC", cell).strip()[:_LONGEST]
            if not words:
                continue
            pairs, left = _pairs(words)
            for name, value in pairs:
                _tell(caption, name, value)
            if pairs:
                label = pairs[-1][0] if not pairs[-1][1] else None
                titles.extend(filter(None, [left]))
            elif label is not None and not _is_label(words):
                _tell(caption, label, words)
                label = None
            elif _is_label(words):
                label = words
            else:
                titles.append(words)
    caption.title = " ".join(titles)
    return caption


def _is_label(words: str) -> bool:
    return (role_of(words) or "") in EVENT_COLUMNS or is_of_visit(words)


def _pairs(words: str) -> tuple[list[tuple[str, str]], str]:
    """Part ``日期：2024-01-05 天气：晴`` into labels and values; times keep their colons."""
    hidden = re.sub(r"(?<=\d):(?=\d)", "\0", words)
    marks = list(_PAIR.finditer(hidden))
    pairs = []
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(hidden)
        value = hidden[mark.end() : end].replace("\0", ":").strip(_SEPARATORS)
        pairs.append((mark[1].strip(_SEPARATORS), value))
    left = hidden[: marks[0].start()] if marks else hidden
    return pairs, left.replace("\0", ":").strip(_SEPARATORS)


def _tell(caption: Caption, label: str, value: str) -> None:
    if not value:
        return
    role = role_of(label)
    if role == "date" and _CLOCK.match(value):
        role = "time"
    if role in {"recorded_by", "remarks"}:
        role = "observers" if role == "recorded_by" else "event_remarks"
    if role in EVENT_COLUMNS:
        if role not in caption.cells:
            caption.cells[role] = value
        elif caption.cells[role] != value:
            caption.extra.setdefault(label, value)
    elif plain(label):
        caption.extra.setdefault(label, value)
