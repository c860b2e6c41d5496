"""Write surveys and records as a Darwin Core archive: events, their occurrences and their effort.

The core is the event; occurrences and measurements (of effort) hang on it. Files are UTF-8, parted
by tabs, without quotes. The same content gives the same bytes. What may not be shown was taken out
before (`wetland.birds.sensitivity.blur`): the writer writes what it is given, but for records that
a person rejected.
"""

from __future__ import annotations

import hashlib
import io
import os
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.dwcoccurrences import occurrence_columns
from wetland.birds.dwcparts import Exported, common_of, observers_of, parts_of
from wetland.birds.dwcrows import (
    Columns,
    event_columns,
    is_missing,
    measurement_columns,
)
from wetland.birds.eml import ArchiveMetadata, Coverage, eml_of
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

NO_FOLDER = text("没有文件夹 {f}", "there is no folder {f}")
NOT_TO = text("不能导出到 {p}", "cannot export to {p}")


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
    parts = parts_of(surveys, records)
    common = common_of(metadata, synthetic=parts.told.synthetic)
    core = event_columns(parts.surveys, parts.events, timezone=metadata.timezone, common=common)
    found = occurrence_columns(
        parts.records, parts.record_events, checklist, observers=observers_of(parts.surveys),
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
    put_file(path, _zipped(files), store_path)
    return _with(parts.told, measurements=len(effort["eventID"]))


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


def put_file(path: Path, content: bytes, store_path: Path | None) -> None:
    """Put a file in its place at once, over an older one, never over a store.

    Raises
    ------
    InputError
        The path is a folder or a store, its folder is not there, or it cannot be written.
    """
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
