"""Write surveys and records as a Darwin Core archive: events, their occurrences and their effort.

The core is the event; occurrences and measurements (of effort) hang on it. Files are UTF-8, parted
by tabs, without quotes. The same content gives the same bytes. What may not be shown was taken out
before (`wetland.birds.sensitivity.blur`): the writer writes what it is given, but for records that
a person rejected.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.dwcrows import (
    Columns,
    event_columns,
    event_id,
    is_missing,
    measurement_columns,
    occurrence_columns,
    rows_of,
)
from wetland.birds.eml import ArchiveMetadata, Coverage, eml_of, title_of
from wetland.reading.guard import refuse_store

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.checklist import Checklist

DWC = "http://rs.tdwg.org/dwc/terms/"
DC = "http://purl.org/dc/terms/"
EVENT = DWC + "Event"
OCCURRENCE = DWC + "Occurrence"
MEASUREMENT = "http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact"
META_NAMESPACE = "http://rs.tdwg.org/dwc/text/"
_DC_TERMS = frozenset({"license", "language", "rightsHolder"})
_FORMULA = ("=", "+", "-", "@")

NO_FOLDER = text("没有文件夹 {f}", "there is no folder {f}")
NOT_TO = text("不能导出到 {p}", "cannot export to {p}")
NOTHING = text("没有可导出的鸟类调查", "there are no bird surveys to export")


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds and what it left out.

    Attributes
    ----------
    rejected
        Records that a person rejected; never given out.
    orphans
        Records whose survey is not among those given.
    blurred
        Records whose place was generalised or withheld.
    """

    events: int
    occurrences: int
    measurements: int = 0
    rejected: int = 0
    orphans: int = 0
    blurred: int = 0
    unreviewed: int = 0
    synthetic: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the counts as a mapping."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is exported, in order: surveys, their identifiers, records and theirs."""

    surveys: pd.DataFrame
    events: list[str]
    records: pd.DataFrame
    record_events: list[str]
    told: Exported


def write_archive(
    surveys: pd.DataFrame,
    records: pd.DataFrame,
    checklist: Checklist,
    path: Path,
    *,
    metadata: ArchiveMetadata,
    store_path: Path | None = None,
) -> Exported:
    """Write a Darwin Core archive; the file appears whole or not at all, an older one is replaced.

    Parameters
    ----------
    surveys, records
        Rows of `BIRD_SURVEYS` and `BIRD_RECORDS`, as who gets the archive may see them; a column
        ``blurred`` marks the generalised ones.
    checklist
        Gives the names.
    path
        A ``.zip`` to write.
    metadata
        What is told of the whole.
    store_path
        The store, which is never written over.

    Raises
    ------
    InputError
        There is no survey, the folder is not there, or the path is a folder or the store.
    """
    parts = _parts(surveys, records)
    if not len(parts.surveys):
        raise InputError(NOTHING)
    common = _common(metadata, synthetic=parts.told.synthetic)
    core = event_columns(parts.surveys, parts.events, timezone=metadata.timezone, common=common)
    found = occurrence_columns(
        parts.records, parts.record_events, checklist, observers=_observers(parts.surveys),
        common=common,
    )  # fmt: skip
    effort = measurement_columns(parts.surveys, parts.events)
    files = {
        "event.txt": _table(core), "occurrence.txt": _table(found),
        "extendedmeasurementorfact.txt": _table(effort),
    }  # fmt: skip
    files["meta.xml"] = _meta(
        {
            "event.txt": (EVENT, core),
            "occurrence.txt": (OCCURRENCE, found),
            "extendedmeasurementorfact.txt": (MEASUREMENT, effort),
        }
    )
    files["eml.xml"] = eml_of(
        metadata, _coverage(parts.surveys, parts.records), package_id=_digest(files),
        synthetic=parts.told.synthetic,
    )  # fmt: skip
    _put(path, _zipped(files), store_path)
    return _with(parts.told, measurements=len(effort["eventID"]))


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
    parts = _parts(surveys, records)
    if not len(parts.surveys):
        raise InputError(NOTHING)
    common = _common(metadata, synthetic=parts.told.synthetic)
    core = event_columns(parts.surveys, parts.events, timezone=metadata.timezone, common={})
    found = occurrence_columns(
        parts.records, parts.record_events, checklist, observers=_observers(parts.surveys),
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
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(joined)
    writer.writerows([_unrun(one) for one in row] for row in zip(*joined.values(), strict=True))
    _put(path, out.getvalue().encode("utf-8-sig", "replace"), store_path)
    return parts.told


_PLACE_TERMS = ("decimalLatitude", "decimalLongitude", "geodeticDatum",
                "coordinateUncertaintyInMeters", "footprintWKT", "footprintSRS",
                "dataGeneralizations", "informationWithheld")  # fmt: skip


def _flat_effort(surveys: pd.DataFrame) -> Columns:
    """Return what sampleSizeValue cannot tell alone, under the names our own reader knows."""
    from wetland.birds.dwcrows import EFFORT, cell  # noqa: PLC0415 - beside its only use

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


def _parts(surveys: pd.DataFrame, records: pd.DataFrame) -> _Parts:
    """Put surveys and records in order and leave out what is not given."""
    ids = [event_id(row) for row in rows_of(surveys)]
    ids = _unique(ids, surveys["survey_id"].astype(str).tolist())
    surveys = surveys.assign(_event=ids).sort_values(["event_date", "_event"], kind="stable")
    by_survey = dict(zip(surveys["survey_id"], surveys["_event"], strict=True))
    rejected = records["validation"] == "rejected"
    orphan = ~records["survey_id"].isin(list(by_survey))
    given = records[~rejected & ~orphan]
    order = {survey: n for n, survey in enumerate(by_survey)}
    given = given.assign(
        _event=given["survey_id"].map(by_survey), _order=given["survey_id"].map(order)
    ).sort_values(["_order", "record_id"], kind="stable")
    blurred = int(given["blurred"].sum()) if "blurred" in given.columns else 0
    told = Exported(
        events=len(surveys), occurrences=len(given), rejected=int(rejected.sum()),
        orphans=int((orphan & ~rejected).sum()), blurred=blurred,
        unreviewed=int(given["validation"].isin(["unreviewed", "flagged"]).sum()),
        synthetic=_any_true(surveys["synthetic"]) or _any_true(given["synthetic"]),
    )  # fmt: skip
    return _Parts(surveys, surveys["_event"].tolist(), given, given["_event"].tolist(), told)


def _any_true(column: pd.Series[Any]) -> bool:
    return any(not is_missing(v) and bool(v) for v in column)


def _unique(ids: list[str], ours: list[str]) -> list[str]:
    """Return identifiers of which none stands twice: a repeated one gives way to ours."""
    count: dict[str, int] = {}
    for one in ids:
        count[one] = count.get(one, 0) + 1
    return [own if count[one] > 1 else one for one, own in zip(ids, ours, strict=True)]


def _common(metadata: ArchiveMetadata, *, synthetic: bool) -> dict[str, str]:
    told = {"datasetName": title_of(metadata, synthetic=synthetic)}
    return told | ({} if metadata.licence is None else {"license": metadata.licence_shown or ""})


def _observers(surveys: pd.DataFrame) -> Mapping[str, str]:
    return {
        str(k): str(v)
        for k, v in zip(surveys["survey_id"], surveys["observers"], strict=True)
        if not is_missing(v)
    }


def _coverage(surveys: pd.DataFrame, records: pd.DataFrame) -> Coverage:
    import numpy as np  # noqa: PLC0415 - starts fast
    import shapely  # noqa: PLC0415

    shapes = [g for g in [*surveys["geometry"], *records["geometry"]] if not is_missing(g)]
    bounds = shapely.total_bounds(np.array(shapes, dtype=object)) if shapes else None
    box = None if bounds is None or np.isnan(bounds[0]) else tuple(float(b) for b in bounds)
    return Coverage(box, min(surveys["event_date"]), max(surveys["event_end"]))  # type: ignore[arg-type]


def _table(columns: Columns) -> bytes:
    lines = ["\t".join(columns)]
    lines += map("\t".join, zip(*columns.values(), strict=True))
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _term(name: str) -> str:
    return (DC if name in _DC_TERMS else DWC) + name


def _meta(files: Mapping[str, tuple[str, Columns]]) -> bytes:
    """Return the descriptor: the first file is the core, the others hang on its identifier."""
    root = ET.Element("archive", {"xmlns": META_NAMESPACE, "metadata": "eml.xml"})
    for number, (name, (row_type, columns)) in enumerate(files.items()):
        part = ET.SubElement(
            root,
            "core" if number == 0 else "extension",
            {
                "encoding": "UTF-8",
                "fieldsTerminatedBy": "\\t",
                "linesTerminatedBy": "\\n",
                "fieldsEnclosedBy": "",
                "ignoreHeaderLines": "1",
                "rowType": row_type,
            },
        )
        ET.SubElement(ET.SubElement(part, "files"), "location").text = name
        ET.SubElement(part, "id" if number == 0 else "coreid", {"index": "0"})
        for at, term in enumerate(columns):
            ET.SubElement(part, "field", {"index": str(at), "term": _term(term)})
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _digest(files: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, content in files.items():
        whole.update(f"{name}\0{len(content)}\0".encode())
        whole.update(content)
    return f"sha256-{whole.hexdigest()}"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)  # of 1980: no clock in the bytes
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()


def _put(path: Path, content: bytes, store_path: Path | None) -> None:
    refuse_store(path, store_path)
    if path.is_dir():
        raise InputError(NOT_TO.fill(p=path))
    if not path.parent.is_dir():
        raise InputError(NO_FOLDER.fill(f=path.parent))
    made = path.with_name(f".{path.stem}-{uuid.uuid4().hex[:8]}.part")
    try:
        made.write_bytes(content)
        os.replace(made, path)
    except OSError as error:
        raise InputError(NOT_TO.fill(p=f"{path}: {error.strerror}")) from None
    finally:
        made.unlink(missing_ok=True)


def _with(told: Exported, *, measurements: int) -> Exported:
    return Exported(**{**asdict(told), "measurements": measurements})
