"""Cells of sightings while they are settled: rows of one survey, words, problems of rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.birds.sightings import EVENT_COLUMNS, Sightings
from wetland.reading.dates import CellError
from wetland.reading.telling import Teller

if TYPE_CHECKING:
    import pandas as pd

LONGEST_WORDS = 2_000
# Rows whose cells in these are the same are of one survey, whatever else they say.
SURVEY_CELLS = (*EVENT_COLUMNS, "synthetic")


class Where:
    """The rows of one group of cells, to tell problems of them.

    ``groups`` None is one row only.
    """

    __slots__ = ("_at", "_groups", "_rows", "_sightings", "_tell")

    def __init__(
        self, at: int, groups: np.ndarray[Any, Any] | None, rows: np.ndarray[Any, Any],
        sightings: Sightings, tell: Teller,
    ) -> None:  # fmt: skip
        self._at, self._groups, self._rows = at, groups, rows
        self._sightings, self._tell = sightings, tell

    @property
    def row(self) -> int:
        """Return the first row."""
        return int(self._rows[self._at])

    def wrong(self, error: CellError, role: str | None, value: Any) -> None:  # noqa: ANN401
        """Tell an error of every row."""
        groups = self._groups
        rows = [self.row] if groups is None else self._rows[groups == groups[self._at]].tolist()
        self._tell.rows(error.code, rows, error.message, column=self._column(role), value=value)

    def warn(self, error: CellError, role: str | None, value: Any) -> None:  # noqa: ANN401
        """Tell a warning of the first row."""
        self._tell.rows(error.code, [self.row], error.message, column=self._column(role),
                        value=value, level="warning")  # fmt: skip

    def _column(self, role: str | None) -> str | None:
        return None if role is None else self._sightings.headers.get(role, role)


def groups_of(frame: pd.DataFrame) -> tuple[np.ndarray[Any, Any], list[int]]:
    """Return the group of each row with the same cells of its survey, and where each begins."""
    import pandas as pd

    codes = {}
    for name in SURVEY_CELLS:
        found, distinct = pd.factorize(frame[name].to_numpy(dtype=object))
        if len(distinct) > 1 or (len(distinct) and (found < 0).any()):
            codes[name] = found
    if not codes:
        return np.zeros(len(frame), dtype=np.int64), [0] if len(frame) else []
    keys = pd.DataFrame(codes)
    groups = keys.groupby(list(codes), sort=False).ngroup().to_numpy()
    _, firsts = np.unique(groups, return_index=True)
    return groups, firsts.tolist()


def plain_words(told: dict[str, Any]) -> dict[str, Any]:
    """Return what a survey says in words."""
    return {
        "event_id": words_of(told["event_id"]),
        "parent_event_id": words_of(told["parent_event_id"]),
        "observers": words_of(told["observers"]),
        "habitat": words_of(told["habitat"]),
        "remarks": words_of(told["event_remarks"]),
    }


def words_of(cell: Any) -> str | None:  # noqa: ANN401 - a cell
    """Return a cell as words: a whole number without its fraction, spaces made single."""
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())[:LONGEST_WORDS] or None


def read_cell(told: dict[str, Any], role: str, reader: Callable[[Any], Any], where: Where) -> Any:  # noqa: ANN401 - a number or a truth value
    """Read a cell that may be left out: what is wrong is a warning, and None."""
    if told[role] is None:
        return None
    try:
        return reader(told[role])
    except CellError as error:
        where.warn(error, role, told[role])
        return None


def json_of(value: Any) -> str | None:  # noqa: ANN401 - a dict or a list
    """Return JSON with sorted keys, None where there is nothing."""
    if not value:
        return None
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
