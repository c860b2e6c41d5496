"""Doubt what two surveys of one visit both count: entered twice, or by two observers.

Two surveys are the same visit where plot (or, where none is told, the place to 5 decimals), days
and protocol are the same and their times overlap; a protocol or time that is not told agrees with
any. Records of species that both have are flagged; a species that one of them missed is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.base.texts import text
from wetland.birds.plausibilitytests import Flag

if TYPE_CHECKING:
    import pandas as pd

_COMPARED = ("survey_id", "sampling_protocol", "event_at", "duration_min", "observers")
MOST_ALIKE = 30  # surveys of one plot and day that are compared with each other
MOST_TOLD = 3  # other surveys of one record

_SAME = text(
    "同一样点、同一时间的另一次调查也有此种：{a} 与 {b}，可能重复录入",
    "another survey of the plot at the time has it too: {a} and {b}; entered twice?",
)
_OTHERS = text(
    "另一组调查人同时调查了同一样点：{a} 与 {b}，只能计一次",
    "other observers surveyed the plot at the time: {a} and {b}; only one may count",
)


def duplicates(
    records: pd.DataFrame, all_records: pd.DataFrame, all_surveys: pd.DataFrame
) -> Iterator[tuple[int, Flag]]:
    """Yield the records whose species another survey of the same visit has too.

    Of a record the first `MOST_TOLD` other surveys are told.
    """
    pairs = list(_pairs(all_surveys, set(records["survey_id"])))
    if not pairs:
        return
    involved = {survey for a, b, _ in pairs for survey in (a, b)}
    held = _counts(all_records[all_records["survey_id"].isin(involved)])
    rows_of: dict[str, list[tuple[int, str]]] = {}
    tested = records["survey_id"].isin(involved).to_numpy()
    there = (records["occurrence_status"] == "present") & records["taxon_id"].notna()
    ids, taxa = records["survey_id"].to_numpy(dtype=object), records["taxon_id"].to_numpy()
    for at in np.flatnonzero(tested & there.to_numpy()):
        rows_of.setdefault(ids[at], []).append((int(at), taxa[at]))
    told: Counter[int] = Counter()
    for one, other, same in pairs:
        for mine, yours in ((one, other), (other, one)):
            for row, taxon in rows_of.get(mine, ()):
                if taxon in held.get(yours, {}) and told[row] < MOST_TOLD:
                    told[row] += 1
                    a, b = held[mine].get(taxon), held[yours][taxon]
                    what = (_OTHERS if same is False else _SAME).fill(a=_said(a), b=_said(b))
                    yield row, Flag("duplicate", what, {
                        "other_survey": yours, "count": a, "other_count": b,
                        "same_observers": same,
                    })  # fmt: skip


def _pairs(surveys: pd.DataFrame, tested: set[str]) -> Iterator[tuple[str, str, bool | None]]:
    """Yield two surveys of one visit and whether the observers are the same, if that is told."""
    import pandas as pd

    frame = surveys.assign(_place=pd.Series(_places(surveys), index=surveys.index, dtype=object))
    frame = frame[frame["_place"].notna()]
    keys = ["_place", "event_date", "event_end"]
    columns = [c for c in (*keys, *_COMPARED) if c in frame]
    twice: Any = frame.loc[frame.duplicated(keys, keep=False), columns].to_dict("records")
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in twice:
        groups.setdefault(tuple(row[k] for k in keys), []).append(row)
    for rows in groups.values():
        for a, b in combinations(rows[:MOST_ALIKE], 2):
            ids = (a["survey_id"], b["survey_id"])
            if not tested & set(ids) or not _same_protocol(a, b) or not _overlap(a, b):
                continue
            names = [_word(r.get("observers")) for r in (a, b)]
            yield *ids, names[0] == names[1] if all(names) else None


def _places(surveys: pd.DataFrame) -> list[str | None]:
    plots = surveys["plot"].to_numpy(dtype=object) if "plot" in surveys else [None] * len(surveys)
    shapes = surveys["geometry"].to_numpy(dtype=object) if "geometry" in surveys else plots
    out: list[str | None] = []
    for plot, shape in zip(plots, shapes, strict=True):
        if isinstance(plot, str) and plot.strip():
            out.append(f"plot {plot.strip().casefold()}")
        elif hasattr(shape, "centroid") and not shape.is_empty:
            out.append(f"place {shape.centroid.x:.5f} {shape.centroid.y:.5f}")
        else:
            out.append(None)
    return out


def _same_protocol(a: dict[str, Any], b: dict[str, Any]) -> bool:
    one, other = (_word(r.get("sampling_protocol")) for r in (a, b))
    return not one or not other or one == other


def _overlap(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Tell whether two surveys overlap in time; a duration that is not told is a moment."""
    import pandas as pd

    starts: list[Any] = [r.get("event_at") for r in (a, b)]
    if any(start is None or pd.isna(start) for start in starts):
        return True
    ends: list[Any] = []
    for row, start in zip((a, b), starts, strict=True):
        minutes: Any = row.get("duration_min")
        known = isinstance(minutes, int | float) and minutes == minutes
        ends.append(start + pd.Timedelta(minutes=float(minutes) if known else 0.0))
    return bool(starts[0] == starts[1] or (starts[0] < ends[1] and starts[1] < ends[0]))


def _counts(records: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """Return survey -> species present -> individuals; None where somebody did not count."""
    out: dict[str, dict[str, float | None]] = {}
    there = records[(records["occurrence_status"] == "present") & records["taxon_id"].notna()]
    if "validation" in there:
        there = there[there["validation"] != "rejected"]
    columns = (there[c].to_numpy() for c in ("survey_id", "taxon_id", "individual_count"))
    for survey, taxon, count in zip(*columns, strict=True):
        held = out.setdefault(survey, {})
        known = None if count != count else float(count)
        before = held.get(taxon, 0.0)
        held[taxon] = None if known is None or before is None else before + known
    return out


def _said(count: float | None) -> str:
    return "-" if count is None else f"{count:g}"


def _word(value: object) -> str:
    return " ".join(value.split()).casefold() if isinstance(value, str) else ""
