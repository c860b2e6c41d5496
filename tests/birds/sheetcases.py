"""Small files of birds, and what reading them gives: names, counts and dates are invented."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

from wetland.base.problems import Problems
from wetland.birds.birdsource import BirdSource
from wetland.birds.checklist import Checklist
from wetland.birds.read import BirdReading, read_birds
from wetland.birds.readoptions import BirdOptions
from wetland.birds.species import BirdPack, Species
from wetland.reading.files import Given

SPECIES = (
    ("Egretta garzetta", "白鹭", "Little Egret"),
    ("Ardea cinerea", "苍鹭", "Grey Heron"),
    ("Nycticorax nycticorax", "夜鹭", "Black-crowned Night Heron"),
    ("Tachybaptus ruficollis", "小䴙䴘", "Little Grebe"),
    ("Fulica atra", "白骨顶", "Eurasian Coot"),
)
CHECKLIST = Checklist.of(
    BirdPack(
        species=tuple(
            Species(id=name.lower().replace(" ", "-"), scientific_name=name, name_zh=zh, name_en=en)
            for name, zh, en in SPECIES
        )
    )
)
TODAY = dt.date(2026, 11, 24)


def source_of(name: str, data: str | bytes, **options: Any) -> BirdSource:
    """Return a file ready for a reader of one layout."""
    content = data.encode() if isinstance(data, str) else data
    return BirdSource(Given.of_bytes(name, content), BirdOptions(**options).checked(),
                      Problems(name), "Asia/Shanghai", CHECKLIST, {}, TODAY)  # fmt: skip


def read(
    name: str, data: str | bytes, beside: Mapping[str, str | bytes] | None = None, **options: Any
) -> BirdReading:
    """Read a file as an import does."""
    others = {
        word: Given.of_bytes(f"{word}.txt", one.encode() if isinstance(one, str) else one)
        for word, one in (beside or {}).items()
    }
    content = data.encode() if isinstance(data, str) else data
    return read_birds(Given.of_bytes(name, content), site_id="xixi", timezone="Asia/Shanghai",
                      checklist=CHECKLIST, today=TODAY, options=BirdOptions(**options),
                      beside=others)  # fmt: skip


def facts(reading: BirdReading) -> set[tuple[Any, ...]]:
    """Return plot, day, species, count, qualifier and status of each record."""
    both = reading.records.merge(reading.surveys, on="survey_id", suffixes=("", "_survey"))
    return {
        (
            None if row.plot != row.plot else row.plot,
            row.event_date.isoformat(),
            None if row.taxon_id != row.taxon_id else row.taxon_id,
            None if row.individual_count != row.individual_count else row.individual_count,
            row.count_qualifier,
            row.occurrence_status,
        )
        for row in both.itertuples()
    }


def codes(reading: BirdReading) -> dict[str, int]:
    """Return how often each problem was told."""
    return reading.problems.counts()


def workbook(
    rows: Sequence[Sequence[Any]], *, merged: Sequence[str] = (), title: str = "Sheet1",
    more: Mapping[str, Sequence[Sequence[Any]]] | None = None,
) -> bytes:  # fmt: skip
    """Return a workbook with these cells."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = title
    for row in rows:
        page.append(list(row))
    for block in merged:
        page.merge_cells(block)
    for name, others in (more or {}).items():
        other = book.create_sheet(name)
        for row in others:
            other.append(list(row))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
