"""Hide where sensitive species are in findings of the detector "birds"."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Literal

from wetland.base.texts import Lang, text
from wetland.birds.blurgrid import cell_of
from wetland.birds.sensitivity import SensitiveNames, may_see

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.checklist import Checklist

DETECTOR = "birds"
HIDDEN = text("（地点不公开）", "(place withheld)")
# Parts of a key of the evidence under which a place is told; the same words go from explanations.
_PLACES = (
    "plot", "place", "lon", "lat", "geometry", "coordinates", "locality", "zone", "region",
    "habitat",
)  # fmt: skip
# And those under which the way to a place is: rows, people, texts.
_WAYS = (
    "survey", "record", "event", "occurrence", "observer", "remarks", "media", "extra", "source",
    "uncertainty", "time", "note",
)  # fmt: skip
_COUNTS = ("count", "number", "counted", "n")  # "plots_counted": a number is no place
_EMPTIED = ("zones", "source_id", "source_row", "occurred_at")
_LEAST = 2  # letters of a place that is looked for in an explanation
_DAY = re.compile(r"(\d{4}-\d{2})-\d{2}")


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
    level = _levels(findings, names)
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


def taxa_of(subject: object, evidence: object) -> tuple[str, ...]:
    """Return the species a finding may be about: of its subject, and of its evidence.

    Examples
    --------
    >>> taxa_of("aythya-baeri|winter", '{"taxon_id": "anas-crecca"}')
    ('aythya-baeri', 'anas-crecca')
    >>> taxa_of("taxon|aythya-baeri", None)
    ('aythya-baeri',)
    """
    found: list[object] = []
    if isinstance(subject, str):
        found.append(subject.removeprefix("taxon|").split("|")[0])
    if isinstance(evidence, str):
        try:
            told = json.loads(evidence)
        except ValueError:
            told = None
        found.append(told.get("taxon_id") if isinstance(told, dict) else None)
    return tuple(t for t in found if isinstance(t, str) and t)


def _levels(findings: pd.DataFrame, names: SensitiveNames) -> pd.Series[Any]:
    """Return the level of what each finding of birds is about; None where nothing is sensitive."""
    import pandas as pd

    levels = pd.Series(None, index=findings.index, dtype=object)
    of_birds = (findings["detector"] == DETECTOR).to_numpy(dtype=bool)
    birds = findings[of_birds]
    nothing = [None] * len(birds)
    found: list[str | None] = []
    for told in zip(birds["subject"], birds.get("evidence", nothing), strict=True):
        known = [t for t in taxa_of(*told) if t in names.levels]
        found.append(names.levels[known[0]] if known else None)
    levels[of_birds] = found
    return levels


def _row(row: Mapping[str, Any], level: str) -> dict[str, Any]:
    out: dict[str, Any] = dict(row) | {c: None for c in _EMPTIED if c in row} | {"blurred": True}
    if "geometry" in row:
        out["geometry"] = _place(row["geometry"], level)
    if isinstance(row.get("occurred_on"), dt.date):
        out["occurred_on"] = row["occurred_on"].replace(day=1)
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
    return _DAY.sub(r"\1", json.dumps(_pruned(told, removed), ensure_ascii=False))


def _pruned(value: Any, removed: set[str]) -> Any:  # noqa: ANN401 - JSON
    """Return what tells no place; ``removed`` gets the words of those that are left out."""
    if isinstance(value, list):
        return [_pruned(item, removed) for item in value]
    if not isinstance(value, dict):
        return value
    # A fact may be written as {"name": "plot", "value": ...}.
    subject = value.get("name", value.get("fact", value.get("key")))
    telling = isinstance(subject, str) and _tells(subject, value.get("value"))
    out: dict[str, Any] = {}
    for name, item in value.items():
        told = _tells(name, item) or (_tells(str(subject), item) if telling and name == "value"
                                      else None)  # fmt: skip
        if told is None:
            out[name] = _pruned(item, removed)
        elif told == "place":
            removed.update(_strings(item))
    return out


def _tells(name: str, value: object) -> Literal["place", "way"] | None:
    """Say whether a key tells a place, or the way to one; a number of things is neither."""
    parts = name.casefold().split("_")
    if isinstance(value, bool | int) and (parts[-1] in _COUNTS or parts[-1].endswith("s")):
        return None
    if any(part.startswith(_PLACES) for part in parts):
        return "place"
    return "way" if any(part.startswith(_WAYS) for part in parts) else None


def _strings(value: Any) -> set[str]:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return {value}
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {found for item in items for found in _strings(item)}


def _without(words: str, removed: set[str], lang: Lang) -> str:
    for told in sorted(removed, key=len, reverse=True):
        if len(told) >= _LEAST:
            words = words.replace(told, HIDDEN.get(lang))
    return _DAY.sub(r"\1", words)
