"""Tell the same problem of many rows: the first ones by row, the rest by their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from wetland.base.problems import Level, Problems
from wetland.base.texts import Text, text

MOST_ROWS_TOLD = 1_000

MORE = text("另有 {n} 行有同样的问题：{m}", "the same is wrong with {n} more rows: {m}")


class Teller:
    """Problems of a file with millions of rows: of each code the first `MOST_ROWS_TOLD` rows."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.wrong_rows = 0
        self._told: Counter[str] = Counter()
        self._more: Counter[tuple[str, Level]] = Counter()
        self._last: dict[tuple[str, Level], Text] = {}

    def rows(
        self,
        code: str,
        rows: Iterable[int],
        message: Text,
        *,
        column: str | None = None,
        value: Any = None,  # noqa: ANN401 - a cell
        level: Level = "error",
    ) -> None:
        """Tell a problem of some rows; rows with an error are counted as wrong."""
        for row in rows:
            self.wrong_rows += level == "error"
            if self._told[code] < MOST_ROWS_TOLD:
                self._told[code] += 1
                self.problems.add(code, row=int(row), column=column, value=value,
                                  message=message, level=level)  # fmt: skip
            else:
                self._more[code, level] += 1
                self._last[code, level] = message

    def close(self) -> None:
        """Tell how many rows more there were."""
        for (code, level), number in self._more.items():
            message = MORE.fill(n=number, m=self._last[code, level])
            self.problems.add(code, message=message, level=level)
        self._more.clear()
