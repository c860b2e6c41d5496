"""Write surveys and records as one table of Darwin Core terms, for spreadsheets."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from wetland.birds.dwcparts import Exported, common_of, observers_of, parts_of
from wetland.birds.dwcrecordrows import occurrence_columns
from wetland.birds.dwcrows import EFFORT, Columns, cell, event_columns, used
from wetland.birds.dwcwrite import put_file
from wetland.birds.eml import ArchiveMetadata

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.checklist import Checklist

_FORMULA = ("=", "+", "-", "@")
_PLACE_TERMS = ("decimalLatitude", "decimalLongitude", "geodeticDatum",
                "coordinateUncertaintyInMeters", "footprintWKT", "footprintSRS",
                "dataGeneralizations", "informationWithheld")  # fmt: skip


def write_flat(
    surveys: pd.DataFrame,
    records: pd.DataFrame,
    checklist: Checklist,
    path: Path,
    *,
    metadata: ArchiveMetadata,
    store_path: Path | None = None,
) -> Exported:
    """Write one table of Darwin Core terms, a row per record with its survey, as CSV.

    For spreadsheets: UTF-8 with its mark, quoted where needed, and no cell runs as a formula.
    Surveys without a record have no row here; an archive holds them.

    Raises
    ------
    InputError
        As `write_archive`.
    """
    parts = parts_of(surveys, records)
    common = common_of(metadata, synthetic=parts.told.synthetic)
    core = event_columns(parts.surveys, parts.events, timezone=metadata.timezone, common={})
    found = occurrence_columns(
        parts.records, parts.record_events, checklist, observers=observers_of(parts.surveys),
        common=common,
    )  # fmt: skip
    at = {event: n for n, event in enumerate(parts.events)}
    rows = [at[event] for event in parts.record_events]
    joined: Columns = dict(found)
    for term, cells in core.items():
        own = found.get(term)
        of_survey = [cells[row] for row in rows]
        if own is None:
            joined[term] = of_survey
        elif term in _PLACE_TERMS:
            placed = found.get("decimalLatitude", [""] * len(rows))
            joined[term] = [o if p else s for o, p, s in zip(own, placed, of_survey, strict=True)]
        elif term != "dynamicProperties":
            joined[term] = [o or s for o, s in zip(own, of_survey, strict=True)]
    for name, cells in _flat_effort(parts.surveys).items():
        joined[name] = [cells[row] for row in rows]
    joined = used(joined)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(joined)
    writer.writerows([_unrun(one) for one in row] for row in zip(*joined.values(), strict=True))
    content = out.getvalue().encode("utf-8-sig", "replace")
    put_file(path, lambda made: made.write_bytes(content), store_path)
    return parts.told


def _flat_effort(surveys: pd.DataFrame) -> Columns:
    """Return what sampleSizeValue cannot tell alone, under the names our own reader knows."""
    made = {kind.column: [cell(v) for v in surveys[kind.column].astype(object)] for kind in EFFORT}
    return {name: cells for name, cells in made.items() if any(cells)}


def _unrun(value: str) -> str:
    """Return a cell that no spreadsheet runs as a formula; numbers stay numbers."""
    if not value.startswith(_FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return "'" + value
    return value
