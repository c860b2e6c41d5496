"""Findings and problems as JSON-ready mappings, the same for command line, app and files."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import shapely

from wetland.base.problems import Problem
from wetland.base.texts import Lang, Text

if TYPE_CHECKING:
    import pandas as pd

_JSON = ("zones", "missing", "measures", "evidence")
_BOTH = ("authority", "explanation")


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as mappings, what is missing as None."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]


def finding_json(
    row: Mapping[str, Any], lang: Lang, *, notice: Text | None = None
) -> dict[str, Any]:
    """Return one row of `FINDINGS` in one language: JSON unpacked, the fine put together.

    ``notice`` is what every reader must be told of the zones (None where they are surveyed).
    """
    out: dict[str, Any] = {k: _plain(v) for k, v in row.items() if not k.startswith(_BOTH)}
    for name in _JSON:
        value = out.get(name)
        out[name] = json.loads(value) if isinstance(value, str) else None
    for name in _BOTH:
        out[name] = _plain(row.get(f"{name}_{lang}"))
    place = row.get("geometry")
    out["geometry"] = None if place is None else json.loads(shapely.to_geojson(place))
    fine = {part: out.pop(f"fine_{part}", None) for part in ("min", "max", "unit")}
    unset = fine["unit"] is None
    out["fine"] = None if unset else {**fine, "discretion": out.get("discretion")}
    out["notice"] = None if notice is None else notice.get(lang)
    return out


def problem_json(row: Mapping[str, Any] | Problem, lang: Lang) -> dict[str, Any]:
    """Return one problem in one language."""
    values = row.as_row() if isinstance(row, Problem) else dict(row)
    kept = ("file", "row", "column", "value", "code", "level")
    out = {name: _plain(values.get(name)) for name in kept}
    out["message"] = values[f"message_{lang}"]
    return out


def _plain(value: object) -> object:
    """Return a cell as JSON has it: missing is None, days and instants in ISO 8601."""
    if value is None or type(value).__name__ in {"NaTType", "NAType"}:
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    return value
