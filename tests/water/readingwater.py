"""What tests of reading water files use: files made of words, and read in one call."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from wetland.base.texts import text
from wetland.reading.files import Given
from wetland.water.read import WaterReading, read_water
from wetland.water.readoptions import WaterOptions
from wetland.water.stations import Station

LAKE = Station(id="lake-1", name=text("深潭口", "Deep pool"), water_body="lake")
KNOWN = {LAKE.id: LAKE}


def read(
    content: str | bytes | Sequence[Sequence[Any]],
    *,
    name: str = "water.csv",
    stations: Mapping[str, Station] | None = None,
    **options: Any,
) -> WaterReading:
    """Read text, bytes, or rows of a workbook."""
    if isinstance(content, str):
        data = content.encode("utf-8")
    elif isinstance(content, bytes):
        data = content
    else:
        data, name = workbook(content), "water.xlsx"
    return read_water(
        Given.of_bytes(name, data),
        site_id="test",
        timezone="Asia/Shanghai",
        stations={} if stations is None else stations,
        options=WaterOptions(**options),
    )


def workbook(rows: Sequence[Sequence[Any]], *merged: str, title: str = "data") -> bytes:
    """Return a workbook of one sheet."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for block in merged:
        sheet.merge_cells(block)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Return a workbook as bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def values(reading: WaterReading) -> dict[str, float]:
    """Return parameter -> value, of a file with one result of each."""
    frame = reading.results
    return dict(zip(frame["parameter"], frame["value"], strict=True))


def told(reading: WaterReading) -> set[tuple[str, int | None]]:
    """Return code and row of each error."""
    return {(p.code, p.row) for p in reading.problems.items if p.level == "error"}


def warned(reading: WaterReading) -> set[str]:
    """Return the codes of the warnings."""
    return {p.code for p in reading.problems.items if p.level == "warning"}
