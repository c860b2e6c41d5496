"""Read a Parquet table without geometry as text cells: of the Water Quality Portal, or a plain one.

Numbers are written with the fewest digits that give them back; the rows are counted from 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.reading.files import Given
from wetland.reading.raw import MOST_ROWS, RawTable
from wetland.water.heads import Sheet

if TYPE_CHECKING:
    import pyarrow as pa

BROKEN = text("{f}：Parquet 文件已损坏", "{f}: the Parquet file is damaged")
MANY = text("超过 {n} 行，请拆成几个文件", "more than {n} rows; split the file")
EMPTY = text("{f}：没有数据行", "{f}: there is no row")
MOST_COLUMNS = 1000
_INDEX = "__index_level_"


def read_parquet_table(given: Given) -> Sheet:
    """Read a Parquet table.

    Raises
    ------
    InputError
        It is damaged, empty or too long.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    opened = given.opened
    try:
        file = pq.ParquetFile(pa.BufferReader(opened) if isinstance(opened, bytes) else opened)
        rows = file.metadata.num_rows
        if rows > MOST_ROWS or file.metadata.num_columns > MOST_COLUMNS:
            raise InputError(MANY.fill(n=MOST_ROWS))
        table = file.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(BROKEN.fill(f=given.name)) from error
    if not rows:
        raise InputError(EMPTY.fill(f=given.name))
    names = [name for name in table.column_names if not name.startswith(_INDEX)]
    frame = pd.DataFrame({name: _words(table.column(name)) for name in names})
    raw = RawTable("parquet", np.arange(1, rows + 1), frame, rows)
    return Sheet(raw, {name: name for name in names})


def _words(column: pa.ChunkedArray) -> pa.Array:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        column = pa.chunked_array([pa.nulls(len(column), pa.large_string())])
    if pa.types.is_floating(column.type):
        words = [None if v is None or v != v else repr(v).removesuffix(".0")
                 for v in column.to_pylist()]  # fmt: skip
        column = pa.chunked_array([pa.array(words, type=pa.large_string())])
    text_ = pc.fill_null(column.cast(pa.large_string()), "")
    return pd.Series(text_.to_pandas(), dtype="str")
