"""Which result is which: identifiers that survive a second import, and results told twice.

Rule of decision: a result is known by its site, station, parameter, moment (or day), depth, sample
and kind of sample, and by the source's own identifier where it has one; not by its value, so that a
corrected value replaces the earlier one. What was not measured in one place and was in another of
the file was measured. Two results of one file for one parameter and moment that
say the same are one; that say different things are both kept aside, since nothing tells which is
right.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.water.cells import narrowed
from wetland.water.units import conversion
from wetland.water.wording import name_of

if TYPE_CHECKING:
    import pandas as pd

REPEATED = text(
    "{p} 与第 {n} 行同一样品的结果相同，只读一次", "{p}: same result as in row {n}: read once"
)
CONFLICT = text(
    "{p} 在同一站点同一时刻有两个不同结果（另见第 {n} 行：{v}），无法判断哪个正确",
    "{p}: two different results for one station and moment (the other in row {n}: {v}); "
    "which is right cannot be told",
)
_KEY = ("station", "parameter", "moment", "depth", "sample_id", "qa")
_LAST_NUMBER = re.compile(r"\d(\.\d*)?[^\d.]*$")
_PART = "\x1f"


def settle(frame: pd.DataFrame, problems: Problems, site: str) -> pd.DataFrame:
    """Give every result its identifier and content digest, and return the sound ones.

    Parameters
    ----------
    frame
        Results; ``column`` is where each stood, ``own_id`` the source's identifier or None.
    problems
        Takes repeated and contradicting results.
    site
        Namespace of the identifiers.
    """
    keys = _keys(frame)
    frame = _without_lacking(frame, keys)
    keys = keys.loc[frame.index]
    frame = _without_twins(frame, keys, problems)
    keys = keys.loc[frame.index]
    order = _ordinals(frame, keys)
    frame["result_id"] = _identifiers(frame, keys, order, site)
    frame["content"] = _digests(_lines(frame, ["value", "censoring", "value_received",
                                               "unit_received", "synthetic"], keys))  # fmt: skip
    return frame


def _keys(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the parts that make a result the one it is, as text."""
    import pandas as pd

    at = frame["sampled_at"].to_numpy(dtype="datetime64[us]")
    days = frame["sampled_on"].astype(str).to_numpy(dtype=object)
    moment = np.where(np.isnat(at), days, np.datetime_as_string(at, unit="s").astype(object))
    depth = frame["depth_m"].to_numpy(dtype=float)
    values, codes = np.unique(depth, return_inverse=True)
    depths = np.array(["" if v != v else format(v, ".6g") for v in values.tolist()], dtype=object)
    sample = frame["sample_id"].to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "station": frame["station"].to_numpy(dtype=object),
            "parameter": frame["parameter"].to_numpy(dtype=object),
            "moment": moment,
            "depth": depths[codes],
            "sample_id": np.where(pd.isna(sample), "", sample),
            "qa": frame["qa"].to_numpy(dtype=object),
        },
        index=frame.index,
    )


def _group(keys: pd.DataFrame) -> NDArray[np.int64]:
    """Return a number for each distinct key."""
    import pandas as pd

    found = np.zeros(len(keys), dtype=np.int64)
    for name in _KEY:
        codes, distinct = pd.factorize(keys[name].to_numpy(dtype=object))
        found = pd.factorize(found * (len(distinct) + 1) + codes)[0].astype(np.int64)
    return found


def _without_lacking(frame: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Leave out what was not measured where a result is told too, or it is told twice."""
    lacking = (frame["value"].isna() & (frame["censoring"] == "none")).to_numpy(dtype=bool)
    if not lacking.any():
        return frame
    group = _group(keys)
    first = np.full(int(group.max()) + 1, len(group))
    np.minimum.at(first, group, np.where(lacking, len(group), -1))
    np.minimum.at(first, group, np.where(lacking, np.arange(len(group)), -1))
    kept = ~lacking | (first[group] == np.arange(len(group)))
    found: pd.DataFrame = frame.loc[kept]
    return found


def _without_twins(frame: pd.DataFrame, keys: pd.DataFrame, problems: Problems) -> pd.DataFrame:
    """Keep one of results that say the same, none of those that say different things."""
    group = _group(keys)
    counts = np.bincount(group) if len(group) else np.zeros(0, dtype=np.int64)
    is_sample = (keys["qa"] == "sample").to_numpy(dtype=bool)
    twice = np.flatnonzero((counts[group] > 1) & is_sample) if len(group) else group
    if not len(twice):
        return frame
    drop: list[int] = []
    value, censoring = frame["value"].to_numpy(), frame["censoring"].to_numpy(dtype=object)
    written, own_unit = _as_written(frame)
    members: dict[int, list[int]] = {}
    for at in twice.tolist():
        members.setdefault(int(group[at]), []).append(at)
    for places in members.values():
        places.sort(key=lambda at: not own_unit[at])  # stable: the first row in its own unit first
        first = places[0]
        same = all(censoring[first] == censoring[at] and
                   _same(value[first], value[at], first=written[first], other=written[at])
                   for at in places)  # fmt: skip
        drop.extend(places[1:] if same else places)
        _tell(frame, places, problems, same=same)
    kept = np.ones(len(frame), dtype=bool)
    kept[drop] = False
    return frame[kept]


Written = tuple[str | None, float]


def _as_written(frame: pd.DataFrame) -> tuple[list[Written], list[bool]]:
    """Return unit and step of the last digit of each result, and whether it is its own unit."""
    written: list[Written] = []
    own: list[bool] = []
    columns = (frame[name].tolist() for name in ("parameter", "unit_received", "value_received"))
    for parameter, unit, received in zip(*columns, strict=True):
        found = conversion(parameter, unit) if isinstance(unit, str) else None
        number = _LAST_NUMBER.search(narrowed(received))
        digits = len(number[1] or ".") - 1 if number else 0
        factor = 1.0 if found is None else found.factor
        written.append((unit if isinstance(unit, str) else None, factor * 10.0**-digits))
        own.append(found is None or factor == 1)
    return written, own


def _same(a: float, b: float, *, first: Written, other: Written) -> bool:
    """Tell whether two values are one.

    In one unit they must be equal, but for the rounding of a conversion; in two units (as N and as
    NO3) they are one where each lies within what the last digits written leave open.
    """
    if a != a and b != b:
        return True
    if first[0] == other[0]:
        return abs(a - b) <= 1e-12 * max(abs(a), abs(b))
    return abs(a - b) <= (first[1] + other[1]) / 2


def _tell(frame: pd.DataFrame, places: list[int], problems: Problems, *, same: bool) -> None:
    rows = frame["source_row"].to_numpy()
    words = frame["value_received"].to_numpy(dtype=object)
    columns, codes = frame["column"].to_numpy(dtype=object), frame["parameter"].to_numpy(object)
    for number, at in enumerate(places):
        if same and number == 0:
            continue
        other = places[0] if number else places[1]
        message = (REPEATED if same else CONFLICT).fill(
            p=name_of(codes[at]), n=int(rows[other]), v=words[other]
        )
        problems.add("repeated_result" if same else "conflicting_results", row=int(rows[at]),
                     column=columns[at], value=words[at], message=message,
                     level="warning" if same else "error")  # fmt: skip


def _ordinals(frame: pd.DataFrame, keys: pd.DataFrame) -> NDArray[np.int64]:
    """Return numbers of the results of one key, in the order of the file."""
    import pandas as pd

    group = _group(keys)
    return np.asarray(pd.Series(group).groupby(group).cumcount(), dtype=np.int64)


def _identifiers(
    frame: pd.DataFrame, keys: pd.DataFrame, order: NDArray[np.int64], site: str
) -> list[str]:
    own = frame["own_id"].to_numpy(dtype=object)
    parts = [keys[name].tolist() for name in _KEY]
    lines = [
        _PART.join((site, *row, str(number), "" if mine is None else str(mine)))
        for *row, number, mine in zip(*parts, order.tolist(), own.tolist(), strict=True)
    ]
    return ["w-" + digest[:24] for digest in _digests(lines)]


def _lines(frame: pd.DataFrame, names: list[str], keys: pd.DataFrame) -> list[str]:
    columns: list[list[Any]] = [keys[name].tolist() for name in _KEY]
    columns += [frame[name].tolist() for name in names]
    return [_PART.join(map(str, row)) for row in zip(*columns, strict=True)]


def _digests(lines: list[str]) -> list[str]:
    sha256 = hashlib.sha256
    return [sha256(line.encode("utf-8", "surrogatepass")).hexdigest() for line in lines]
