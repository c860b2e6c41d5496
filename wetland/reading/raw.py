"""A file read but not yet understood: cells as received, row numbers, geometry where it has any."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Json = Any
MOST_ROWS = 5_000_000


@dataclass(frozen=True, slots=True)
class RawTable:
    """The rows of a file that could be taken apart.

    Parameters
    ----------
    format
        Format it was read as.
    rows
        Number of each row as the file shows it: for a table the header is row 1; for features their
        ordinal, for a GeoPackage the feature id.
    cells
        The columns as received, names as received; nothing is converted.
    geometry
        Geometries in longitude and latitude, None where a row has none; None where the file keeps
        positions in columns.
    crs
        What the file says of its coordinate reference system.
    datum
        Datum that the CRS settles; None leaves it to options and columns.
    encoding
        Encoding of a text file.
    total
        Rows of the file, those that could not be taken apart included, blank ones not.
    roles
        Columns whose meaning the format itself settles: role -> column.
    """

    format: str
    rows: NDArray[np.int64]
    cells: pd.DataFrame
    total: int
    geometry: NDArray[Any] | None = None
    crs: str | None = None
    datum: str | None = None
    encoding: str | None = None
    roles: dict[str, str] = field(default_factory=dict)
