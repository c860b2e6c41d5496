"""Files of visitors in the layouts that parks use, for the tests of reading."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from wetland.base.texts import text
from wetland.reading.files import Given
from wetland.visitors.pack import Area, Bays, CarPark, Gate, Pier, VisitorPack
from wetland.visitors.read import CountReading, read_counts
from wetland.visitors.readoptions import CountOptions

TODAY = dt.date(2026, 11, 24)
SHANGHAI, NEW_YORK, LONDON = "Asia/Shanghai", "America/New_York", "Europe/London"

PACK = VisitorPack(
    areas=(
        Area(id="park", name=text("全园", "whole park")),
        Area(id="west", name=text("西区", "west area"), parent="park"),
    ),
    gates=(
        Gate(id="G1", name=text("东门", "East gate"), area="park"),
        Gate(id="G2", name=text("西门", "West gate"), area="west"),
    ),
    piers=(Pier(id="D1", name=text("一号码头", "Pier 1"), area="park"),),
    car_parks=(
        CarPark(
            id="P1",
            name=text("1号停车场", "car park 1"),
            bays=(
                Bays(bays=100, source="plan", valid_to=dt.date(2024, 1, 1)),
                Bays(bays=120, source="plan", valid_from=dt.date(2024, 1, 1)),
            ),
        ),
    ),
)


def given(content: str | bytes, name: str = "counts.csv") -> Given:
    """Make a file."""
    return Given.of_bytes(name, content.encode() if isinstance(content, str) else content)


def read(
    content: str | bytes,
    *,
    name: str = "counts.csv",
    timezone: str = SHANGHAI,
    history: Any = None,
    pack: VisitorPack = PACK,
    **options: Any,
) -> CountReading:
    """Read a file as the site would."""
    return read_counts(given(content, name), CountOptions(**options), site_id="xixi", today=TODAY,
                       timezone=timezone, pack=pack, history=history)  # fmt: skip


def facts(reading: CountReading) -> list[tuple[Any, ...]]:
    """Return place, measure, period, day and value of each count."""
    table = reading.counts
    names = ["place", "measure", "period", "counted_on", "value"]
    return [(p, m, k, d.isoformat(), None if v != v else v)
            for p, m, k, d, v in table[names].itertuples(index=False)]  # fmt: skip


def codes(reading: CountReading) -> dict[str, int]:
    """Return how often each problem was told."""
    return reading.problems.counts()


def rows_of(reading: CountReading, code: str) -> list[int | None]:
    """Return the rows a problem was told of."""
    return [p.row for p in reading.problems.items if p.code == code]


def workbook(
    rows: Sequence[Sequence[Any]], merged: Sequence[str] = (), title: str = "客流"
) -> bytes:
    """Make a workbook of one sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for block in merged:
        sheet.merge_cells(block)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()
