"""Plain series of counts (series, time, count) for a forecast, from whatever table holds them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from wetland.base.problems import Problems
from wetland.reading.files import Given
from wetland.visitors.readoptions import CountOptions

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class TidySeries:
    """Series of counts as a file holds them.

    Parameters
    ----------
    frame
        ``series`` (text), ``time`` (naive local time of ``timezone``, datetime64[us]), ``count``
        (float), and ``capacity`` (float) where the file has one; sorted by series and time. Only
        what may be used: the rest is in ``problems``.
    time_style
        How the file writes times: ``moment`` (day and time of day), ``day`` or ``month``.
    tz_told
        Whether the file told offsets; times are then written with one.
    timezone
        Time zone of ``time``.
    problems
        What was wrong or worth knowing.
    rows
        Rows of the file below its header.
    numbers
        As in `CountReading`.
    """

    frame: pd.DataFrame
    time_style: str
    tz_told: bool
    timezone: str
    problems: Problems
    rows: int = 0
    numbers: dict[str, int] = field(default_factory=dict)


def read_tidy(
    source: str | Path | Given,
    options: CountOptions | None = None,
    *,
    timezone: str,
    today: dt.date | None = None,
    store: str | Path | None = None,
) -> TidySeries:
    """Read series of counts from a tidy table, a park's sheet, or an export of counts.

    Parameters
    ----------
    source
        A path, or what was sent: CSV, TSV or XLSX.
    options
        What is known of the file beside its content: ``columns`` maps ``series`` (or ``place``),
        ``date``, ``count`` and ``capacity`` to its columns.
    timezone
        Time zone of local times.
    today
        Later days cannot have been counted. None does not test it.
    store
        The store's own file, which must not be read this way.

    Raises
    ------
    InputError
        Nothing can be read.
    """
    raise NotImplementedError
