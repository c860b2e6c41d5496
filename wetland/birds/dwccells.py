"""Cells of Darwin Core terms that say one thing in several: counts, effort, media, properties."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from wetland.birds.readeffort import hectares, kilometres, minutes
from wetland.reading.cells import is_blank, number
from wetland.reading.dates import CellError

_INDIVIDUALS = {"individuals", "individual", "count", "ind", "birds", "只", "个体", "个体数", "羽"}
_MARKS = {"about": "约", "at_least": "≥", "at_most": "≤"}
_OBSERVERS = re.compile(r"(\d{1,4})\s*(?:observers?(?:\(s\))?|persons?|people|人|名)$", re.I)
_PARTED = re.compile(r"\s*[,;，；|]\s*|\s+(?:and|by|&|x|×)\s+", re.I)
_LINKS = re.compile(r"\s*\|\s*|\s+(?=https?://)")
_MOST_MEDIA = 200
_LONGEST_JSON = 100_000

Cells = Mapping[str, str | None]


def count_of(cells: Cells) -> str | None:
    """Return the cell of the count: individuals, else a quantity of individuals.

    Examples
    --------
    >>> count_of({"organismQuantity": "12", "organismQuantityType": "individuals"})
    '12'
    >>> count_of({"organismQuantity": "12.5", "organismQuantityType": "% biomass"}) is None
    True
    """
    count, quantity = cells.get("individualCount"), cells.get("organismQuantity")
    if not is_blank(count) or is_blank(quantity):
        return count
    return quantity if is_of_individuals(cells.get("organismQuantityType")) else None


def is_of_individuals(kind: str | None) -> bool:
    """Tell whether a type of quantity is a number of individuals."""
    return (kind or "").strip().casefold() in _INDIVIDUALS


def count_told(cells: Cells, properties: Mapping[str, Any]) -> str | None:
    """Return the cell of the count with what ``dynamicProperties`` say of how it was counted."""
    received = properties.get("countReceived")
    if isinstance(received, str) and received.strip():
        return received
    count, qualifier = count_of(cells), str(properties.get("countQualifier") or "")
    return count if count is None or is_blank(count) else _MARKS.get(qualifier, "") + count


def effort_of(cells: Cells) -> tuple[dict[str, float], dict[str, str]]:
    """Return what terms of effort say by role, and what of them could not be read.

    Rule of decision: a value counts by its unit (time, distance, area); ``samplingEffort`` is
    parted at commas. The first of two that say the same counts. A value without a unit says
    nothing.

    Examples
    --------
    >>> effort_of({"sampleSizeValue": "2", "sampleSizeUnit": "km", "samplingEffort": "90 min"})
    ({'distance_km': 2.0, 'duration_min': 90.0}, {})
    """
    found: dict[str, float] = {}
    rest: dict[str, str] = {}
    for value, unit in (("sampleSizeValue", "sampleSizeUnit"),
                        ("samplingEffortValue", "samplingEffortUnit"),
                        ("eventDurationValue", "eventDurationUnit"),
                        ("totalAreaSampledValue", "totalAreaSampledUnit")):  # fmt: skip
        told = cells.get(value)
        if told is None or is_blank(told):
            continue
        words = f"{told} {cells.get(unit) or ''}".strip()
        if not _take(words, found):
            rest[value] = words
    effort = cells.get("samplingEffort")
    if effort is not None and not is_blank(effort):
        parts = _PARTED.split(effort.strip())
        taken = dict(found)
        if all(_take(part, taken) for part in parts):
            found = taken
        else:
            rest["samplingEffort"] = effort.strip()
    return found, rest


def _take(words: str, found: dict[str, float]) -> bool:
    """Read one amount of effort; False where it is none."""
    try:
        number(words)
    except CellError:
        pass
    else:
        return False
    people = _OBSERVERS.match(words)
    if people:
        found.setdefault("observer_count", float(people[1]))
        return True
    for role, reader in (("distance_km", kilometres), ("duration_min", minutes),
                         ("area_ha", hectares)):  # fmt: skip
        try:
            found.setdefault(role, reader(words))
        except CellError:
            continue
        return True
    return False


def media_of(cell: str | None) -> list[dict[str, str]]:
    """Return the media of ``associatedMedia``: addresses parted by a bar.

    Examples
    --------
    >>> media_of("https://a.org/1.jpg | https://a.org/2.jpg")
    [{'identifier': 'https://a.org/1.jpg'}, {'identifier': 'https://a.org/2.jpg'}]
    """
    if cell is None or is_blank(cell):
        return []
    return [{"identifier": one} for one in _LINKS.split(cell.strip())[:_MOST_MEDIA] if one]


def properties_of(cell: str | None) -> dict[str, Any]:
    """Return what ``dynamicProperties`` holds, empty where it is no JSON object."""
    if cell is None or not cell.lstrip().startswith("{") or len(cell) > _LONGEST_JSON:
        return {}
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
