"""Read a site's checklist (``birds.csv``), synonyms and plots: every mistake of every row at once.

A table has one header row, columns in any order, in English or Chinese, parted by comma, tab or
semicolon; UTF-8, UTF-16 or GB18030 (what a spreadsheet saves in China). An empty cell is "not
told". Several values of a cell are parted by ``;`` or ``、``. A species without an identifier gets
the one its scientific name makes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from wetland.base.errors import Mistake
from wetland.base.strict import Strict
from wetland.base.texts import text
from wetland.birds.names import key
from wetland.birds.species import Plot, Species, Synonym
from wetland.reading.packtable import TableForm, read_table, row_mistake

_Row = TypeVar("_Row", bound=Strict)
MOST_SPECIES = 20_000

_TWICE = text("{c} 在第 {a} 行已有", "{c} is already in row {a}")
_NO_SPECIES = text("birds.csv 中没有物种 {c}", "birds.csv has no species {c}")
_ORDER = text("valid_from 须早于 valid_to", "valid_from must be before valid_to")
_SAME = text("与该物种在名录中的名称相同", "it is a name of this species in the checklist")

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
                mistakes.append(row_mistake(path, number, field, _TWICE.fill(c=value, a=first)))
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
            mistakes.append(row_mistake(path, number, "name", what))
        if synonym.id not in species:
            mistakes.append(row_mistake(path, number, "id", _NO_SPECIES.fill(c=synonym.id)))
        elif key(synonym.name) == key(species[synonym.id].scientific_name):
            mistakes.append(row_mistake(path, number, "name", _SAME))
        if synonym.valid_from and synonym.valid_to and synonym.valid_from >= synonym.valid_to:
            mistakes.append(row_mistake(path, number, "valid_to", _ORDER))
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
            mistakes.append(row_mistake(path, number, "id", _TWICE.fill(c=plot.id, a=first)))
    return tuple(plot for _, plot in rows), mistakes


def _read(
    path: Path,
    model: type[_Row],
    headers: Mapping[str, str],
    prepare: Callable[[dict[str, Any]], dict[str, Any]],
    *,
    more: tuple[str, ...] = (),
) -> tuple[list[tuple[int, _Row]], list[Mistake]]:
    columns = (*(f for f in model.model_fields if not (more and f == "name")), *more)
    return read_table(path, TableForm(model, headers, _value, prepare, columns, MOST_SPECIES))


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
