"""How exactly the days of a hidden sighting may be told: never so that they tell its place.

Surveys that stay are shown with their plot and day. Where one of them alone was made in a cell on
the day of a hidden sighting, the day would tell the plot. So the days are widened, to the month and
then to the year, until surveys of three places of the cell lie in them, or of all its places where
it has fewer; never beyond the year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wetland.birds.blurgrid import Cell, cell_of

if TYPE_CHECKING:
    import pandas as pd

LEAST_PLACES = 3

Days = tuple[dt.date, dt.date]
_Surveyed = list[tuple[dt.date, dt.date, str]]


class ShownDays:
    """The surveys that stay, by the cells of the grid.

    Parameters
    ----------
    staying
        `BIRD_SURVEYS` that are shown exactly; those without a place tell nothing.
    """

    def __init__(self, staying: pd.DataFrame) -> None:
        self._surveyed = list(_places(staying))
        self._in_cell: dict[tuple[str, Cell | None], _Surveyed] = {}
        self._levels: set[str] = set()
        self._known: dict[tuple[str, Cell | None, Days], Days] = {}

    def of(self, days: Days, level: str, cell: Cell | None) -> Days:
        """Return the days that may be told of a sighting in a cell; None: somewhere."""
        asked = (level, cell, days)
        if asked not in self._known:
            self._known[asked] = self._widened(days, self._of_cell(level, cell))
        return self._known[asked]

    def _widened(self, days: Days, surveyed: _Surveyed) -> Days:
        needed = min(LEAST_PLACES, len({place for *_, place in surveyed}))
        wider = days
        for wider in _wider(days):
            first, last = wider
            there = {place for a, b, place in surveyed if a <= last and first <= b}
            if len(there) >= needed:
                break
        return wider

    def _of_cell(self, level: str, cell: Cell | None) -> _Surveyed:
        if cell is None:
            return [told[2:] for told in self._surveyed]
        if level not in self._levels:
            self._levels.add(level)
            cells: dict[tuple[float, float], Cell | None] = {}
            for lon, lat, first, last, place in self._surveyed:
                if (lon, lat) not in cells:
                    cells[lon, lat] = _centre(cell_of(lon, lat, level))
                there = self._in_cell.setdefault((level, cells[lon, lat]), [])
                there.append((first, last, place))
        return self._in_cell.get((level, _centre(cell)), [])


def _centre(cell: Cell | None) -> Cell | None:
    return None if cell is None else Cell(cell.lon, cell.lat, 0.0)


def _wider(days: Days) -> Iterator[Days]:
    first, last = days
    yield days
    after = dt.date(last.year + last.month // 12, last.month % 12 + 1, 1)
    yield first.replace(day=1), after - dt.timedelta(days=1)
    yield dt.date(first.year, 1, 1), dt.date(last.year, 12, 31)


def _places(staying: pd.DataFrame) -> Iterator[tuple[float, float, dt.date, dt.date, str]]:
    """Yield place, days and the name of the place of each survey that has them."""
    if "geometry" not in staying:
        return
    nothing = [None] * len(staying)
    plots: Any = staying.get("plot", nothing)
    columns: tuple[Any, ...] = (staying["geometry"], plots, staying["event_date"],
                                staying["event_end"])  # fmt: skip
    for shape, plot, first, last in zip(*columns, strict=True):
        if hasattr(shape, "centroid") and not shape.is_empty and isinstance(first, dt.date):
            centre = shape.centroid
            named = plot if isinstance(plot, str) else f"{centre.x:.5f} {centre.y:.5f}"
            yield centre.x, centre.y, first, last, named
