"""Totals of a file of visitors (合计): compared with what they sum up, never read as counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from wetland.base.texts import text
from wetland.reading.dates import CellError
from wetland.reading.telling import Teller
from wetland.visitors.layouts import Head, place_role
from wetland.visitors.readcells import Number, read_number, shown
from wetland.visitors.readseen import Seen
from wetland.visitors.readwords import TIMES, is_mean, is_total, measure_of

SLACK = 0.5  # sums of whole numbers that are told rounded
TOTAL_DIFFERS = text(
    "合计 {t} 与各项之和 {s} 不符，合计未读入",
    "the total {t} differs from the sum of its parts {s}; the total was not read",
)


def number_in(cells: Sequence[str], at: int) -> Number | None:
    """Return the number of a cell; None where it holds none."""
    try:
        return read_number(cells[at]) if at < len(cells) else None
    except CellError:
        return None


@dataclass(slots=True)
class Totals:
    """Sums up the rows of a file, and compares its totals with them.

    Parameters
    ----------
    head
        What the columns mean.
    tell
        Takes totals that differ.
    numbers
        Takes how many ``totals`` agreed and how many are ``totals_unread``.
    sums
        Whether there are rows of totals.
    """

    head: Head
    tell: Teller
    numbers: Counter[str]
    sums: bool = True
    _sums: dict[tuple[object, ...], float] = field(default_factory=dict)

    def add(self, cells: list[str], at: int, value: float) -> None:
        """Add a number of a row, where the file has rows of totals at all."""
        if not self.sums:
            return
        for key in self._keys(cells, at):
            self._sums[key] = self._sums.get(key, 0.0) + value

    def is_total(self, cells: list[str]) -> bool:
        """Tell whether a row sums up others: a total where a date should be, and no days."""
        at = [self.head.roles[r] for r in TIMES if r in self.head.roles]
        told = [cells[c] for c in at if c < len(cells) and cells[c]]
        role = place_role(self.head)
        place = self.head.cell(cells, role) if role else None
        if place is not None and is_total(place):
            return True
        return any(is_total(word) for word in told) or (
            not told and bool(cells) and is_total(next((c for c in cells if c), ""))
        )

    def _keys(self, cells: list[str], at: int) -> list[tuple[object, ...]]:
        """Return what a number of a row is summed up under: its time, and all rows so far."""
        when = tuple(self.head.cell(cells, role) for role in TIMES)
        measure = self.head.cell(cells, "measure")
        return [(at, measure, when), (at, measure, None)]

    def check_row(self, cells: list[str], number: int) -> None:
        """Compare a row of totals with the sums of its time, or since the last such row."""
        is_of_means = any(is_mean(cell) for cell in cells if cell)
        when = [self.head.cell(cells, role) for role in TIMES]
        is_dated = any(word and not is_total(word) for word in when)
        compared, differs = 0, False
        for column in self.head.values:
            told = number_in(cells, column.at)
            total = self._sums.get(self._keys(cells, column.at)[0 if is_dated else 1])
            if is_of_means or told is None or total is None or column.cumulative:
                continue
            compared += 1
            if abs(total - told.value) > SLACK:
                differs = True
                self.tell.rows("total_differs", [number],
                               TOTAL_DIFFERS.fill(t=shown(told.value), s=shown(total)),
                               column=column.label, value=cells[column.at],
                               level="warning")  # fmt: skip
        if not is_dated and not is_of_means:
            self._sums.clear()
        if not differs:
            self.numbers["totals" if compared else "totals_unread"] += 1

    def check_columns(self, cells: list[str], number: int, made: list[Seen]) -> None:
        """Compare the columns of totals with the sum of the row, of one measure or of each."""
        for at in self.head.totals:
            told = number_in(cells, at)
            label = self.head.labels[at]
            if told is None or is_mean(label) or not made:
                continue
            measure = measure_of(label.replace("合计", "").replace("total", "") or "-")
            parts = [s for s in made if measure is None or s.measure == measure]
            if any(s.cumulative for s in parts) or len({s.measure for s in parts}) != 1:
                continue
            total = sum(s.received for s in parts)
            if abs(total - told.value) > SLACK:
                self.tell.rows("total_differs", [number],
                               TOTAL_DIFFERS.fill(t=shown(told.value), s=shown(total)),
                               column=label, value=cells[at], level="warning")  # fmt: skip
            else:
                self.numbers["totals"] += 1
