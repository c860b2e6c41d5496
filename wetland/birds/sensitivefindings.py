"""Hide where sensitive species are in findings of the detector "birds"."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from wetland.base.texts import Lang, text
from wetland.birds.blurgrid import cell_of
from wetland.birds.sensitivity import SensitiveNames, may_see

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.checklist import Checklist

DETECTOR = "birds"
HIDDEN = text("（地点不公开）", "(place withheld)")
# Parts of a key of the evidence under which a place, or the way to one, is told.
_PLACES = (
    "plot", "place", "lon", "lat", "geometry", "coordinates", "locality", "zone", "region",
    "habitat", "survey", "record", "event", "occurrence", "observer", "remarks", "media", "extra",
    "source", "uncertainty", "time",
)  # fmt: skip
_COUNTS = ("count", "number", "counted", "n")  # "plots_counted": a number is no place
_EMPTIED = ("zones", "source_id", "source_row", "occurred_at")
_LEAST = 2  # letters of a place that is looked for in an explanation


def blur_findings(
    findings: pd.DataFrame,
    checklist: Checklist,
    *,
    role: str | None,
    exact_roles: Collection[str],
) -> pd.DataFrame:
    """Return findings as a role may see them, with a column ``blurred``.

    A finding of the detector "birds" whose subject is a sensitive species (`taxon_of`) gets the
    cell of its place, or none; its evidence loses what names places, surveys, records and people,
    and its explanation the same words. All others stay as they are.

    Parameters
    ----------
    findings
        `FINDINGS`; left as it is.
    role, exact_roles
        Who asks (None: anybody), and who may see exact places.
    """
    findings = findings.assign(blurred=False)
    names = SensitiveNames(checklist)
    if may_see(role, exact_roles) or not names.levels or findings.empty:
        return findings
    taxa = findings["subject"].map(lambda s: taxon_of(s) if isinstance(s, str) else None)
    level = taxa.map(names.levels).where(findings["detector"] == DETECTOR)
    hidden = level.notna()
    if not hidden.any():
        return findings
    rows: Any = findings[hidden].to_dict("records")
    told = [_row(row, how) for row, how in zip(rows, level[hidden], strict=True)]
    out = findings.copy()
    for column in findings.columns:
        values: Any = [row[column] for row in told]
        series = findings[column].astype(object)
        series[hidden] = values
        out[column] = series.astype(findings[column].dtype)
    return out


def taxon_of(subject: str) -> str | None:
    """Return the species of a subject of the detector: ``ID``, ``ID|...`` or ``taxon|ID|...``.

    Examples
    --------
    >>> taxon_of("aythya-baeri|winter"), taxon_of("taxon|aythya-baeri"), taxon_of("taxon|")
    ('aythya-baeri', 'aythya-baeri', None)
    """
    first, _, rest = subject.partition("|")
    return (rest.split("|")[0] if first == "taxon" else first) or None


def _row(row: Mapping[str, Any], level: str) -> dict[str, Any]:
    out: dict[str, Any] = dict(row) | {c: None for c in _EMPTIED if c in row} | {"blurred": True}
    if "geometry" in row:
        out["geometry"] = _place(row["geometry"], level)
    removed: set[str] = set()
    if isinstance(row.get("evidence"), str):
        out["evidence"] = _evidence(row["evidence"], removed)
    for lang, column in (("zh", "explanation_zh"), ("en", "explanation_en")):
        if isinstance(row.get(column), str):
            out[column] = _without(row[column], removed, lang)  # type: ignore[arg-type]
    return out


def _place(geometry: Any, level: str) -> Any:  # noqa: ANN401 - a shapely geometry
    from shapely.geometry import Point  # noqa: PLC0415 - starts fast

    if geometry is None or not hasattr(geometry, "centroid") or geometry.is_empty:
        return None
    cell = cell_of(geometry.centroid.x, geometry.centroid.y, level)
    return None if cell is None else Point(cell.lon, cell.lat)


def _evidence(words: str, removed: set[str]) -> str | None:
    try:
        told = json.loads(words)
    except ValueError:
        return None
    return json.dumps(_pruned(told, removed), ensure_ascii=False)


def _pruned(value: Any, removed: set[str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_pruned(item, removed) for item in value]
    if not isinstance(value, dict):
        return value
    out: dict[str, Any] = {}
    for name, item in value.items():
        if not _tells_place(name, item):
            out[name] = _pruned(item, removed)
        else:
            removed.update(_strings(item))
    # A fact written as {"name": "plot", "value": ...} or with its words beside it.
    subject = value.get("name", value.get("fact", value.get("key")))
    if isinstance(subject, str) and _tells_place(subject, value.get("value")):
        removed.update(_strings(value.get("value")))
        out.pop("value", None)
    return out


def _tells_place(name: str, value: object) -> bool:
    parts = name.casefold().split("_")
    if isinstance(value, bool | int) and (parts[-1] in _COUNTS or parts[-1].endswith("s")):
        return False
    return any(part.startswith(word) for part in parts for word in _PLACES)


def _strings(value: Any) -> set[str]:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return {value}
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {found for item in items for found in _strings(item)}


def _without(words: str, removed: set[str], lang: Lang) -> str:
    for told in sorted(removed, key=len, reverse=True):
        if len(told) >= _LEAST:
            words = words.replace(told, HIDDEN.get(lang))
    return words
