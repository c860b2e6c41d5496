"""Read a whole column cell by cell, each distinct value once, and tell what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.problems import Level, Problems
from wetland.base.texts import Text, text
from wetland.reading.cells import is_blank
from wetland.reading.dates import CellError
from wetland.reading.raw import RawTable

if TYPE_CHECKING:
    import pandas as pd

_A_FEW = 20
_WRONG_ENCODINGS = ("cp1252", "latin-1", "gb18030")
_HAN = range(0x4E00, 0x9FFF)
REPLACEMENT = "\ufffd"

GARBLED = text(
    "文字乱码（疑为 {w}），请以 UTF-8 重新导出",
    "the text is garbled (perhaps {w}); export it again as UTF-8",
)
LOST = text("文字乱码，原字已丢失", "the text is garbled and its characters are lost")


@dataclass(frozen=True, slots=True)
class Reader:
    """The rows being read and where to tell what is wrong with them."""

    rows: NDArray[np.int64]
    problems: Problems

    def tell(
        self,
        code: str,
        positions: NDArray[Any] | list[int],
        message: Text,
        *,
        column: str | None = None,
        values: Sequence[Any] | NDArray[Any] | None = None,
        level: Level = "error",
    ) -> None:
        """Tell the same problem of several rows."""
        for position in positions:
            value = None if values is None else values[position]
            self.problems.add(code, row=int(self.rows[position]), column=column, value=value,
                              message=message, level=level)  # fmt: skip

    def read(
        self,
        cells: pd.Series,
        parse: Callable[[Any], Any],
        *,
        column: str,
        level: Level = "error",
        blank: Callable[[Any], bool] = is_blank,
    ) -> NDArray[Any]:
        """Read a column; None where the cell is blank or cannot be read (which is told)."""
        import pandas as pd

        codes, distinct = pd.factorize(cells)
        values: list[Any] = []
        wrong: dict[int, CellError] = {}
        for code, raw in enumerate(distinct):
            value = None
            if not blank(raw):
                try:
                    value = parse(raw)
                except CellError as error:
                    wrong[code] = error
            values.append(value)
        table = np.empty(len(values) + 1, dtype=object)
        table[: len(values)] = values
        if wrong:
            for position in np.flatnonzero(np.isin(codes, list(wrong))):
                found_wrong = wrong[int(codes[position])]
                self.tell(found_wrong.code, [int(position)], found_wrong.message, column=column,
                          values=cells.array, level=level)  # fmt: skip
        found: NDArray[Any] = table[codes]  # code -1, a missing cell, is the last one: None
        return found


def nones(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which of the values that were read are None."""
    import pandas as pd

    return np.asarray(pd.isna(values), dtype=bool)


def blank_columns(raw: RawTable) -> frozenset[str]:
    """Return the columns that hold nothing in any row of a table longer than a screen.

    In a short one each blank cell is told with its row.
    """
    found: list[str] = []
    if len(raw.cells) <= _A_FEW:
        return frozenset()
    for name in raw.cells.columns:
        cells = raw.cells[name]
        if all(is_blank(v) for v in cells.head(_A_FEW)) and all(map(is_blank, cells)):
            found.append(str(name))
    return frozenset(found)


def ungarbled(word: str) -> str | None:
    r"""Return what a garbled word probably was: UTF-8 read in another encoding; else None.

    Examples
    --------
    >>> ungarbled("ç»\x8fåº¦"), ungarbled("经度")
    ('经度', None)
    """
    if word.isascii():
        return None
    for encoding in _WRONG_ENCODINGS:
        try:
            found = word.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        if any(ord(c) in _HAN for c in found):
            return found
    return None


def tell_garbled(reader: Reader, cells: pd.DataFrame) -> None:
    """Warn of column names that are garbled and of cells whose characters are lost."""
    import pandas as pd

    for name in cells.columns:
        was = ungarbled(str(name))
        if was is not None or REPLACEMENT in str(name):
            message = LOST if was is None else GARBLED.fill(w=was)
            reader.problems.add("garbled", row=1, column=str(name), message=message,
                                level="warning")  # fmt: skip
        column = cells[name]
        if column.dtype == object:
            lost = np.array([isinstance(v, str) and REPLACEMENT in v for v in column], dtype=bool)
        elif pd.api.types.is_numeric_dtype(column.dtype):
            continue
        else:
            lost = column.str.contains(REPLACEMENT, regex=False).fillna(False).to_numpy(dtype=bool)
        reader.tell("garbled", np.flatnonzero(lost), LOST, column=str(name),
                    values=column.array, level="warning")  # fmt: skip
