"""Tables from rows whose cells may be lists, mappings, texts or nothing at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

_PLAIN: tuple[type, ...] = (bool, int, float)


def table_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Make a table of rows: None stays None, a list a list.

    A column whose cells are all truth values, whole numbers or numbers has that dtype; every other
    column holds objects as they are. A cell that a row does not have is None.

    Examples
    --------
    >>> made = table_of([{"a": 1, "b": None}, {"a": 2, "b": "x"}], ["a", "b"])
    >>> str(made["a"].dtype), made["b"].tolist()
    ('int64', [None, 'x'])
    """
    import pandas as pd  # noqa: PLC0415 - the command line starts without it

    return pd.DataFrame({name: _column([row.get(name) for row in rows]) for name in columns})


def _column(cells: list[Any]) -> Any:  # noqa: ANN401 - an array or series of any dtype
    for kind in _PLAIN:
        if cells and all(type(cell) is kind for cell in cells):
            return np.array(cells, dtype=kind)
    import pandas as pd  # noqa: PLC0415 - as above

    held = np.empty(len(cells), dtype=object)
    held[:] = cells
    return pd.Series(held, dtype=object)  # a bare array of words would become words and NaN


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as rows; a cell that is missing is None, not NaN.

    Examples
    --------
    >>> rows_of(table_of([{"a": float("nan"), "b": [1]}], ["a", "b"]))
    [{'a': None, 'b': [1]}]
    """
    plain = table.astype(object).where(table.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]
