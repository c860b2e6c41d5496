"""The results that a finding of water rests on: which rows, and what the evidence says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_UNTOLD = float("-inf")
_NAMED = (
    "result_id", "source_id", "source_row", "sampled_on", "sampled_at", "depth_m", "parameter",
    "value", "censoring", "value_received", "unit_received", "flag",
)  # fmt: skip


def source_of(results: pd.DataFrame, row: int) -> dict[str, Any]:
    """Return what the evidence says of one result: where it stands and what was received."""
    told = results.iloc[row]
    cells = {name: told[name] for name in _NAMED if name in results.columns}
    return {name: _plain(cell) for name, cell in cells.items()}


def sample_rows(results: pd.DataFrame, of_day: Sequence[int], number: int) -> list[int]:
    """Return the rows of one of several samples of a station's day, numbered from 1.

    Samples are numbered as in `wetland.water.results.period_means`: by moment and then depth, what
    is not told first; a row without a moment or depth belongs to the only one there is.

    Parameters
    ----------
    of_day
        All rows of the station and day.
    number
        Which sample: 2 of ``2024-05-01/2``.
    """
    moments = _told_once([_moment(results, row) for row in of_day])
    depths = [_depth(results, row) for row in of_day]
    for moment in set(moments):
        at = [k for k, m in enumerate(moments) if m == moment]
        for k, depth in zip(at, _told_once([depths[k] for k in at]), strict=True):
            depths[k] = depth
    visits = list(zip(moments, depths, strict=True))
    wanted = sorted(set(visits))[number - 1]
    return [row for row, visit in zip(of_day, visits, strict=True) if visit == wanted]


def _moment(results: pd.DataFrame, row: int) -> float:
    cell: Any = results["sampled_at"].iloc[row] if "sampled_at" in results else None
    return _UNTOLD if _plain(cell) is None else float(cell.timestamp())


def _depth(results: pd.DataFrame, row: int) -> float:
    cell: Any = results["depth_m"].iloc[row] if "depth_m" in results else None
    return _UNTOLD if _plain(cell) is None else float(round(cell * 1000))


def _told_once(values: Sequence[float]) -> list[float]:
    """Put the only value that is told in the place of what is not told."""
    told = {value for value in values if value != _UNTOLD}
    only = told.pop() if len(told) == 1 else _UNTOLD
    return [only if value == _UNTOLD else value for value in values]


def _plain(cell: Any) -> Any:  # noqa: ANN401 - a cell of any column
    if cell is None or cell != cell or type(cell).__name__ in {"NAType", "NaTType"}:
        return None
    if hasattr(cell, "isoformat"):
        return cell.isoformat()
    return cell.item() if hasattr(cell, "item") else cell
