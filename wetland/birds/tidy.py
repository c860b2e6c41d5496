"""Tidy bird tables (长表): one row is one species of one visit: plot, date or year, species, count.

Columns are found by their names in Chinese and English, or by what a person tells.
"""

from __future__ import annotations

from collections.abc import Iterator

from wetland.birds.birdsource import BirdSource
from wetland.birds.sheetrows import sightings_of
from wetland.birds.sheettable import find_header, table_of
from wetland.birds.sightings import Sightings
from wetland.reading.grid import Grid, read_grid


def read_tidy(source: BirdSource) -> Iterator[Sightings]:
    """Yield the sightings of a tidy table in text or in a workbook.

    Raises
    ------
    InputError
        No header, no rows, or a file that cannot be read.
    """
    told = source.options.columns

    def is_table(grid: Grid) -> bool:
        return find_header(grid, tuple(told.values())) is not None

    grid = read_grid(source.given, source.options, source.problems, wanted=is_table)
    source.tally.format, source.tally.encoding = grid.format, grid.encoding
    table = table_of(grid, told, source.problems)
    source.tally.rows = len(grid.rows) - table.start
    yield from sightings_of(table, source)
