"""A water table being read: its cells, what its columns mean, where to tell what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.problems import Level, Problems
from wetland.base.texts import Text
from wetland.reading.cells import is_blank
from wetland.water.heads import Sheet
from wetland.water.readoptions import WaterOptions

if TYPE_CHECKING:
    import pandas as pd

Objects = NDArray[np.object_]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Table:
    """A table being read: its cells, what its columns mean, and where to tell what is wrong."""

    sheet: Sheet
    roles: dict[str, str]
    options: WaterOptions
    problems: Problems

    def cells(self, role: str) -> pd.Series | None:
        """Return the cells of a role, None where no column has it."""
        name = self.roles.get(role)
        return None if name is None else self.sheet.raw.cells[name]

    @property
    def count(self) -> int:
        """Return the number of rows."""
        return len(self.sheet.raw.rows)

    def tell(
        self,
        code: str,
        positions: Sequence[int] | NDArray[np.intp],
        message: Text,
        *,
        column: str | None = None,
        level: Level = "error",
    ) -> None:
        """Tell the same problem of several rows."""
        cells = None if column is None else self.sheet.raw.cells[column]
        rows = self.sheet.raw.rows
        for at in positions:
            value = None if cells is None else cells.iloc[at]
            self.problems.add(code, row=int(rows[at]), column=column, value=value,
                              message=message, level=level)  # fmt: skip

    def words(self, role: str) -> Objects:
        """Return the trimmed words of a role, None where blank or where no column has it."""
        name = self.roles.get(role)
        return np.full(self.count, None, dtype=object) if name is None else self.words_of(name)

    def words_of(self, column: str) -> Objects:
        """Return the trimmed words of a column, None where blank; each distinct is read once."""
        import pandas as pd

        cells = self.sheet.raw.cells[column]
        codes, distinct = pd.factorize(cells.to_numpy(dtype=object))
        table = np.full(len(distinct) + 1, None, dtype=object)
        for code, raw in enumerate(distinct):
            table[code] = None if is_blank(raw) else " ".join(str(raw).split())
        found: Objects = table[codes]
        return found
