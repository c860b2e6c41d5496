"""Read a site's checklist (``birds.csv``), synonyms and plots: every mistake of every row at once.

A table has one header row, columns in any order, in English or Chinese, parted by comma, tab or
semicolon; UTF-8, UTF-16 or GB18030 (what a spreadsheet saves in China). An empty cell is "not
told". Several values of a cell are parted by ``;`` or ``、``. A species without an identifier gets
the one its scientific name makes.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from wetland.base.errors import InputError, Mistake
from wetland.base.mistakes import explain
from wetland.base.strict import Strict
from wetland.base.texts import Text, text
from wetland.birds.names import key
from wetland.birds.species import Plot, Species, Synonym
from wetland.reading.delimited import decode

_Row = TypeVar("_Row", bound=Strict)
MOST_SPECIES = 20_000

_EMPTY = text("没有表头", "there is no header row")
_UNKNOWN = text("不认识的列 {c}；可用：{k}", "unknown column {c}; there are: {k}")
_TWICE_COLUMN = text("列 {c} 出现两次", "the column {c} is there twice")
_CELLS = text("有 {m} 格，表头有 {n} 列", "{m} cells, {n} columns in the header")
_BROKEN = text("CSV 无法拆分：{p}", "the CSV cannot be parted: {p}")
_TWICE = text("{c} 在第 {a} 行已有", "{c} is already in row {a}")
_NO_SPECIES = text("birds.csv 中没有物种 {c}", "birds.csv has no species {c}")
_ORDER = text("valid_from 须早于 valid_to", "valid_from must be before valid_to")
_SAME = text("与该物种在名录中的名称相同", "it is a name of this species in the checklist")
_MANY = text("超过 {n} 行", "more than {n} rows")

SPECIES_HEADERS: Mapping[str, str] = {
    "编号": "id", "学名": "scientific_name", "拉丁名": "scientific_name", "命名人": "authorship",
    "中文名": "name_zh", "英文名": "name_en", "目": "order", "科": "family",
    "保护级别": "protection", "国家保护级别": "protection", "红色名录": "red_list",
    "水鸟": "waterbird", "居留型": "season", "出现月份": "present", "最大数量": "most",
    "数量波动": "fluctuates", "迁飞路线": "flyway", "种群数量": "population_estimate",
    "1%标准": "one_percent", "1%标准版本": "one_percent_edition", "敏感级别": "sensitivity",
    "生境": "habitats", "区域": "zones", "代码": "codes", "来源": "source", "可信度": "confidence",
    "备注": "note",
}  # fmt: skip
SYNONYM_HEADERS: Mapping[str, str] = {
    "异名": "name", "名称": "name", "编号": "id", "物种": "id", "版本": "edition",
    "起始日": "valid_from", "截止日": "valid_to", "来源": "source",
}  # fmt: skip
PLOT_HEADERS: Mapping[str, str] = {
    "编号": "id", "中文名": "name_zh", "英文名": "name_en", "经度": "lon", "纬度": "lat",
    "生境": "habitat", "区域": "region", "合成数据": "synthetic",
}  # fmt: skip

_YES, _NO = ("true", "yes", "1", "是", "有"), ("false", "no", "0", "否", "无")
_WORDS: Mapping[str, Mapping[str, str]] = {
    "protection": {
        "1": "I", "i": "I", "一级": "I", "国家一级": "I", "国家i级": "I", "2": "II", "ii": "II",
        "二级": "II", "国家二级": "II", "国家ii级": "II", "无": "none", "none": "none",
    },
    "season": {
        "留鸟": "resident", "冬候鸟": "winter", "夏候鸟": "summer", "旅鸟": "passage",
        "迷鸟": "vagrant",
    },
    "confidence": {"高": "high", "中": "medium", "低": "low"},
    "sensitivity": {
        "无": "none", "不敏感": "none", "1公里": "1km", "5公里": "5km", "10公里": "10km",
        "不公开": "withhold",
    },
}  # fmt: skip
_LISTS = ("habitats", "zones", "codes")
_BOOLEANS = ("waterbird", "fluctuates", "synthetic")
_NUMBERS = ("most", "population_estimate", "one_percent", "lon", "lat")
_DELIMITERS = ",\t;"  # the one that the header has most of
_SEPARATORS = re.compile(r"[;；、|]")


def species_id(scientific_name: str) -> str:
    """Return the identifier that a scientific name makes.

    Examples
    --------
    >>> species_id(" Egretta  garzetta ")
    'egretta-garzetta'
    """
    return "-".join(unicodedata.normalize("NFKC", scientific_name).casefold().split())


def read_species(path: Path) -> tuple[tuple[Species, ...], list[Mistake]]:
    """Read the species of a checklist; the right rows, and every mistake of the others.

    An identifier, a scientific name or a code that is there twice is a mistake; a Chinese or
    English name may mean two species (then a file's name is not matched but asked about).
    """

    def prepare(cells: dict[str, Any]) -> dict[str, Any]:
        if cells.get("id") is None and cells.get("scientific_name"):
            cells["id"] = species_id(cells["scientific_name"])
        if isinstance(cells.get("red_list"), str):
            cells["red_list"] = cells["red_list"].upper()
        return cells

    rows, mistakes = _read(path, Species, SPECIES_HEADERS, prepare)
    seen: dict[tuple[str, str], int] = {}
    for number, species in rows:
        told = [("id", species.id), ("scientific_name", species.scientific_name)]
        for field, value in [*told, *(("codes", code) for code in species.codes)]:
            first = seen.setdefault((field, key(value)), number)
            if first != number:
                mistakes.append(_mistake(path, number, field, _TWICE.fill(c=value, a=first)))
    return tuple(species for _, species in rows), mistakes


def read_synonyms(
    path: Path, species: Mapping[str, Species]
) -> tuple[tuple[Synonym, ...], list[Mistake]]:
    """Read synonyms of the species of a checklist.

    A synonym may be that of two species, of each in its time; the same one of the same species
    twice is a mistake, as is one of a species that is not listed.
    """
    rows, mistakes = _read(path, Synonym, SYNONYM_HEADERS, lambda cells: cells)
    seen: dict[tuple[Any, ...], int] = {}
    for number, synonym in rows:
        whole = (key(synonym.name), synonym.id, synonym.valid_from, synonym.valid_to)
        first = seen.setdefault(whole, number)
        if first != number:
            what = _TWICE.fill(c=synonym.name, a=first)
            mistakes.append(_mistake(path, number, "name", what))
        if synonym.id not in species:
            mistakes.append(_mistake(path, number, "id", _NO_SPECIES.fill(c=synonym.id)))
        elif key(synonym.name) == key(species[synonym.id].scientific_name):
            mistakes.append(_mistake(path, number, "name", _SAME))
        if synonym.valid_from and synonym.valid_to and synonym.valid_from >= synonym.valid_to:
            mistakes.append(_mistake(path, number, "valid_to", _ORDER))
    return tuple(synonym for _, synonym in rows), mistakes


def read_plots(path: Path) -> tuple[tuple[Plot, ...], list[Mistake]]:
    """Read count plots; one language of the name stands in for the other, and both for the id."""

    def prepare(cells: dict[str, Any]) -> dict[str, Any]:
        zh, en = cells.pop("name_zh", None), cells.pop("name_en", None)
        name = zh or en or cells.get("id") or "-"
        cells["name"] = {"zh": zh or name, "en": en or name}
        if cells.get("synthetic") is None:
            cells.pop("synthetic", None)
        return cells

    rows, mistakes = _read(path, Plot, PLOT_HEADERS, prepare, more=("name_zh", "name_en"))
    seen: dict[str, int] = {}
    for number, plot in rows:
        first = seen.setdefault(plot.id, number)
        if first != number:
            mistakes.append(_mistake(path, number, "id", _TWICE.fill(c=plot.id, a=first)))
    return tuple(plot for _, plot in rows), mistakes


def _read(
    path: Path,
    model: type[_Row],
    headers: Mapping[str, str],
    prepare: Callable[[dict[str, Any]], dict[str, Any]],
    *,
    more: tuple[str, ...] = (),
) -> tuple[list[tuple[int, _Row]], list[Mistake]]:
    """Read the rows of one table as ``model``, numbered with the header as row 1."""
    known = [f for f in model.model_fields if not (more and f == "name")] + list(more)
    try:
        words, _ = decode(path.read_bytes(), None, path.name)
    except OSError as error:
        return [], [Mistake(path.name, "-", _BROKEN.fill(p=error.strerror or "-"))]
    except InputError as error:
        return [], [Mistake(path.name, "-", error.message)]
    rows: list[tuple[int, _Row]] = []
    mistakes: list[Mistake] = []
    columns: list[str] | None = None
    try:
        for number, cells in _lines(words.removeprefix("\ufeff")):
            if columns is None:
                columns, mistakes = _columns(path, cells, headers, known)
            elif len(rows) >= MOST_SPECIES:
                mistakes.append(_mistake(path, number, "-", _MANY.fill(n=MOST_SPECIES)))
                break
            elif len(cells) > len(columns) and any(c.strip() for c in cells[len(columns) :]):
                what = _CELLS.fill(m=len(cells), n=len(columns))
                mistakes.append(_mistake(path, number, "-", what))
            else:
                row, wrong = _row(path, number, dict(zip(columns, cells, strict=False)),
                                  (model, prepare))  # fmt: skip
                mistakes += wrong
                rows += [(number, row)] if row is not None else []
    except csv.Error as error:
        mistakes.append(Mistake(path.name, "-", _BROKEN.fill(p=error)))
    if columns is None and not mistakes:
        mistakes.append(Mistake(path.name, "-", _EMPTY))
    return rows, mistakes


def _lines(words: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold something, with their number."""
    head = words.split("\n", 1)[0]
    rows = csv.reader(
        io.StringIO(words, newline=""), delimiter=max(_DELIMITERS, key=head.count), strict=True
    )
    for number, cells in enumerate(rows, 1):
        if any(cell.strip() for cell in cells):
            yield number, cells


def _columns(
    path: Path, header: list[str], headers: Mapping[str, str], known: list[str]
) -> tuple[list[str], list[Mistake]]:
    columns: list[str] = []
    mistakes: list[Mistake] = []
    for cell in header:
        plain = unicodedata.normalize("NFKC", cell).strip()
        column = headers.get(plain, plain.casefold().replace(" ", "_"))
        if column and column not in known:
            what = _UNKNOWN.fill(c=plain, k=", ".join(known))
            mistakes.append(_mistake(path, 1, plain[:40], what))
        elif column and column in columns:
            mistakes.append(_mistake(path, 1, column, _TWICE_COLUMN.fill(c=column)))
        columns.append(column)
    return columns, mistakes


def _row(
    path: Path,
    number: int,
    cells: dict[str, str],
    how: tuple[type[_Row], Callable[[dict[str, Any]], dict[str, Any]]],
) -> tuple[_Row | None, list[Mistake]]:
    model, prepare = how
    told = {c: _value(c, v) for c, v in cells.items() if c}
    told = prepare({c: v for c, v in told.items() if v is not None})
    known = {c: v for c, v in told.items() if c in model.model_fields}  # others were told of once
    try:
        return model.model_validate(known), []
    except ValidationError as error:
        return None, explain(error, file=path.name, where=f"row {number}")


def _value(column: str, cell: str) -> Any:  # noqa: ANN401 - what pydantic is to judge
    """Return what a cell says; None where it says nothing."""
    plain = " ".join(unicodedata.normalize("NFKC", cell).split())
    if not plain:
        return None
    small = plain.casefold()
    if column in _LISTS:
        parts = [part.strip() for part in _SEPARATORS.split(plain)]
        return tuple(part for part in parts if part)
    if column in _BOOLEANS:
        return True if small in _YES else False if small in _NO else plain
    if column in _NUMBERS:
        return plain.replace(",", "")
    return _WORDS.get(column, {}).get(small, plain)


def _mistake(path: Path, row: int, field: str, what: Text) -> Mistake:
    return Mistake(path.name, f"row {row}: {field}", what)
