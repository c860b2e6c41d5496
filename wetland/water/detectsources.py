"""The results that a finding of water rests on: which rows, and what the evidence says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.water.resultrows import rows_of

if TYPE_CHECKING:
    import pandas as pd

_NAMED = (
    "result_id", "source_id", "source_row", "sampled_on", "sampled_at", "depth_m", "parameter",
    "value", "censoring", "value_received", "unit_received", "flag",
)  # fmt: skip


def source_of(results: pd.DataFrame, row: int) -> dict[str, Any]:
    """Return what the evidence says of one result: where it stands and what was received."""
    told = results.iloc[row]
    cells = {name: told[name] for name in _NAMED if name in results.columns}
    return {name: _plain(cell) for name, cell in cells.items()}


def sample_rows(results: pd.DataFrame) -> list[NDArray[np.int64]]:
    """Return the rows of each sample, in the order of `wetland.water.results.period_means`."""
    rows = rows_of(results)
    order = np.argsort(rows.visit, kind="stable")
    labels = results.index.to_numpy(dtype=np.int64)[rows.row[order]]
    return np.split(labels, np.flatnonzero(np.diff(rows.visit[order])) + 1)


def sample_name(results: pd.DataFrame, rows: NDArray[np.int64], day: str) -> str:
    """Name a sample by its day and, where they are told, its moment (UTC) and depth.

    The name does not hang on which other samples of the day there are.
    """
    told = results.iloc[rows]
    parts = [day]
    if "sampled_at" in told and len(moments := told["sampled_at"].dropna()):
        parts.append(f"{moments.iloc[0].tz_convert('UTC'):%Y-%m-%dT%H:%M:%SZ}")
    if "depth_m" in told and len(depths := told["depth_m"].dropna()):
        parts.append(f"{depths.iloc[0]:g}m")
    return "|".join(parts)


def _plain(cell: Any) -> Any:  # noqa: ANN401 - a cell of any column
    if cell is None or cell != cell or type(cell).__name__ in {"NAType", "NaTType"}:
        return None
    if hasattr(cell, "isoformat"):
        return cell.isoformat()
    return cell.item() if hasattr(cell, "item") else cell
