"""Write surveys and records as a Darwin Core archive: events, their occurrences and their effort.

The core is the event; occurrences and measurements (of effort) hang on it. Files are UTF-8, parted
by tabs, without quotes. The same content gives the same bytes. What may not be shown was taken out
before (`wetland.birds.sensitivity.blur`): the writer writes what it is given, but for records that
a person rejected.
"""

from __future__ import annotations

import hashlib
import os
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.dwcparts import Exported, Parts, common_of, observers_of, parts_of
from wetland.birds.dwcrecordrows import occurrence_columns
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
_CORE, _FOUND, _EFFORT = "event.txt", "occurrence.txt", "extendedmeasurementorfact.txt"
ROWS_AT_ONCE = 20_000
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
    counts: dict[str, int] = {}

    def fill(made: Path) -> None:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            counts.update(_fill(archive, parts, checklist, metadata))

    put_file(path, fill, store_path)
    return replace(parts.told, measurements=counts[_EFFORT])


def _fill(
    archive: zipfile.ZipFile, parts: Parts, checklist: Checklist, metadata: ArchiveMetadata
) -> dict[str, int]:
    """Write the files of an archive one after the other; return how many rows each has."""
    synthetic = parts.told.synthetic
    common = common_of(metadata, synthetic=synthetic)
    observers = observers_of(parts.surveys)
    pieces: dict[str, tuple[str, Iterator[Columns]]] = {
        _CORE: (EVENT, (
            event_columns(s, s["_event"].tolist(), timezone=metadata.timezone, common=common)
            for s in _pieces(parts.surveys))),
        _FOUND: (OCCURRENCE, (
            occurrence_columns(r, r["_event"].tolist(), checklist, observers=observers,
                               common=common)
            for r in _pieces(parts.records))),
        _EFFORT: (MEASUREMENT, (
            measurement_columns(s, s["_event"].tolist()) for s in _pieces(parts.surveys))),
    }  # fmt: skip
    digest = hashlib.sha256()
    terms: dict[str, tuple[str, list[str]]] = {}
    counts: dict[str, int] = {}
    for name, (row_type, columns) in pieces.items():
        told, counts[name] = _write_table(archive, name, columns, digest)
        terms[name] = (row_type, told)
    archive.writestr(_entry("meta.xml"), _meta(terms))
    eml = eml_of(
        metadata, _coverage(parts.surveys, parts.records),
        package_id=f"sha256-{digest.hexdigest()}", synthetic=synthetic,
    )  # fmt: skip
    archive.writestr(_entry("eml.xml"), eml)
    return counts


def _pieces(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, max(len(frame), 1), ROWS_AT_ONCE):
        yield frame.iloc[start : start + ROWS_AT_ONCE]


def _write_table(
    archive: zipfile.ZipFile, name: str, pieces: Iterator[Columns], digest: hashlib._Hash
) -> tuple[list[str], int]:
    """Write one table piece by piece; return its terms and how many rows it has."""
    terms: list[str] = []
    count = 0
    with archive.open(_entry(name), "w") as out:
        for columns in pieces:
            lines = list(map("\t".join, zip(*columns.values(), strict=True)))
            count += len(lines)
            if not terms:
                terms = list(columns)
                lines.insert(0, "\t".join(terms))
            content = "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
            digest.update(content)
            out.write(content)
    return terms, count


def _coverage(surveys: pd.DataFrame, records: pd.DataFrame) -> Coverage:
    import numpy as np  # noqa: PLC0415 - starts fast
    import shapely  # noqa: PLC0415

    shapes = [g for g in [*surveys["geometry"], *records["geometry"]] if not is_missing(g)]
    bounds = shapely.total_bounds(np.array(shapes, dtype=object)) if shapes else None
    box = None if bounds is None or np.isnan(bounds[0]) else tuple(float(b) for b in bounds)
    return Coverage(box, min(surveys["event_date"]), max(surveys["event_end"]))  # type: ignore[arg-type]


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # of 1980: no clock in the bytes
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _term(name: str) -> str:
    return (DC if name in _DC_TERMS else DWC) + name


def _meta(files: Mapping[str, tuple[str, list[str]]]) -> bytes:
    """Return the descriptor: the first file is the core, the others hang on its identifier."""
    root = ET.Element("archive", {"xmlns": META_NAMESPACE, "metadata": "eml.xml"})
    for number, (name, (row_type, terms)) in enumerate(files.items()):
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
        for at, term in enumerate(terms):
            ET.SubElement(part, "field", {"index": str(at), "term": _term(term)})
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def put_file(path: Path, fill: Callable[[Path], object], store_path: Path | None) -> None:
    """Put a file in its place at once, over an older one, never over a store.

    Parameters
    ----------
    fill
        Writes the file to the path it is given.

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
        fill(made)
        os.replace(made, path)
    except OSError as error:
        raise InputError(NOT_TO.fill(p=f"{path}: {error.strerror}")) from None
    finally:
        made.unlink(missing_ok=True)
