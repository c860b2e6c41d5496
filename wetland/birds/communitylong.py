"""Tables of single counts (长表: site, species, count) as a table sites x species."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.birds.countcells import parse_count
from wetland.reading.cells import is_blank

if TYPE_CHECKING:
    from wetland.reading.raw import RawTable

Floats = NDArray[np.float64]
Long = tuple[list[str], list[str], Floats, bool]

ROLES: dict[str, frozenset[str]] = {
    "site": frozenset({"site", "plot", "sample", "unit", "visit", "survey", "event", "site_id",
                       "plot_id", "survey_id", "event_id", "eventid", "locality", "样点", "样方",
                       "样线", "地点", "样地", "站点", "点位", "调查"}),
    "species": frozenset({"species", "taxon", "name", "scientific_name", "scientificname",
                          "common_name", "物种", "鸟种", "种名", "学名", "中文名", "名称"}),
    "count": frozenset({"count", "number", "abundance", "individuals", "individual_count",
                        "individualcount", "n", "数量", "计数", "个体数", "只数"}),
}  # fmt: skip

_LONG = text(
    "按“样点、物种、计数”的长表读入；样点上没有写的物种按查过而没有（0）计",
    "read as single counts (site, species, count); a species not written for a site counts as "
    "looked for and not found (0)",
)
_MISSING = text("没有写{what}", "no {what} is given")
_WORDS = {"site": text("样点", "site"), "species": text("物种", "species")}
_NO_COUNT = text("没有写计数", "no count is given")


def long_columns(raw: RawTable) -> dict[str, str] | None:
    """Return role -> column of a table of single counts; None of any other table."""
    found: dict[str, str] = {}
    for column in raw.cells.columns:
        plain = unicodedata.normalize("NFKC", str(column)).strip().casefold()
        for role, names in ROLES.items():
            if plain in names:
                found.setdefault(role, str(column))
    return found if len(found) == len(ROLES) else None


def spread(raw: RawTable, columns: dict[str, str], problems: Problems) -> Long:
    """Return sites, species, counts, and whether a cell said "present" only.

    Several rows of one species at one site (sexes, visits) are added. A row without a site, a
    species or a count, or with a count that is none, is kept aside and told.
    """
    problems.add("long_table", level="warning", message=_LONG)
    cells = {role: raw.cells[name].tolist() for role, name in columns.items()}
    sums: dict[tuple[str, str], float] = {}
    presence = False
    for at, number in enumerate(raw.rows):
        row = int(number)
        keys = [" ".join(str(cells[role][at]).split()) for role in ("site", "species")]
        missing = [role for role, key in zip(_WORDS, keys, strict=True) if is_blank(key)]
        for role in missing:
            problems.add(f"no_{role}", row=row, column=columns[role],
                         message=_MISSING.fill(what=_WORDS[role]))  # fmt: skip
        value = _count(cells["count"][at], row, columns["count"], problems)
        if missing or value is None:
            continue
        presence |= value < 0
        key = keys[0], keys[1]
        sums[key] = sums.get(key, 0.0) + abs(value)
    sites = list(dict.fromkeys(site for site, _ in sums))
    species = list(dict.fromkeys(name for _, name in sums))
    counts = np.zeros((len(sites), len(species)))
    place = {name: k for k, name in enumerate(species)}, {name: k for k, name in enumerate(sites)}
    for (site, name), value in sums.items():
        counts[place[1][site], place[0][name]] = value
    return sites, species, counts, presence


def _count(cell: object, row: int, column: str, problems: Problems) -> float | None:
    """Return a count; -1 where a bird was there and not counted, None where it is wrong."""
    count = parse_count(cell)
    if count is None:
        problems.add("no_count", row=row, column=column, value=cell, message=_NO_COUNT)
        return None
    if count.problem is not None:
        problems.add(count.problem.code, row=row, column=column, value=cell,
                     level="warning" if count.status else "error",
                     message=count.problem.message)  # fmt: skip
    if count.status is None:
        return None
    return -1.0 if count.value is None else float(count.value)
