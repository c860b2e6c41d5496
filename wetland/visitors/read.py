"""Read a file of visitors: what is sound becomes counts or readings, what is not, problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetland.base.problems import Problems
from wetland.reading.files import Given
from wetland.visitors.pack import VisitorPack
from wetland.visitors.readoptions import CountOptions

if TYPE_CHECKING:
    import pandas as pd

_NO_PACK = VisitorPack()


@dataclass(frozen=True, slots=True)
class CountReading:
    """What a file of visitors held.

    Parameters
    ----------
    counts, parking
        The tables `VISITOR_COUNTS` and `PARKING_READINGS`; one of them has no rows.
    problems
        What was wrong or worth knowing.
    source
        The row of `SOURCES` that describes the file.
    rows
        Rows of the file below its header; blank lines are not rows.
    layout
        How it was read: ``tidy``, ``wide`` or ``parking``.
    mapping
        Header of the file -> what it was read as.
    numbers
        ``counts`` or ``readings``, ``good``, ``suspect``, ``fail``, ``unknown``, ``empty`` cells,
        ``totals`` rows, ``repeated`` and ``wrong`` cells.
    """

    counts: pd.DataFrame
    parking: pd.DataFrame
    problems: Problems
    source: dict[str, Any]
    rows: int
    layout: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)


def read_counts(  # noqa: PLR0913 - what a site knows
    source: str | Path | Given,
    options: CountOptions | None = None,
    *,
    site_id: str,
    timezone: str,
    pack: VisitorPack = _NO_PACK,
    today: dt.date | None = None,
    history: pd.DataFrame | None = None,
    store: str | Path | None = None,
) -> CountReading:
    """Read a file of counts of visitors, or of readings of car parks.

    Parameters
    ----------
    source
        A path, or what was sent (`Given.of_bytes`): CSV, TSV or XLSX.
    options
        What is known of the file beside its content.
    site_id, timezone
        Namespace of the identifiers; time zone of local moments and days.
    pack
        The site's places and car parks; names in the file are matched to their ids and names.
    today
        Day of the import: later ones cannot have been counted. None does not test it.
    history
        Earlier counts (`VISITOR_COUNTS`), from which counters go on.
    store
        The store's own file, which must not be read this way.

    Raises
    ------
    InputError
        Nothing can be read: no such file, damaged, no header, an option that does not fit.
    """
    raise NotImplementedError
