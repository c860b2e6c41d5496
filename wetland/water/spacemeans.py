"""Means over the points of a lake or the sections of a short river: in time, then in space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text
from wetland.water.parameters import Parameter, parameters
from wetland.water.results import Readings
from wetland.water.stations import Station, WaterBody

Floats = NDArray[np.float64]
_TIE = 1e-9  # how near to a half, in units of the last place, a mean of floats is a half


@dataclass(frozen=True, slots=True)
class Reach:
    """A river or lake whose stations are assessed together.

    Parameters
    ----------
    id
        Its Chinese name: stations name it so.
    stations
        Ids of all stations that are declared to be of it, sorted.
    """

    id: str
    name: Text
    water_body: WaterBody
    stations: tuple[str, ...]


def reaches(stations: Mapping[str, Station], *, water_body: WaterBody | None = None) -> list[Reach]:
    """Return the rivers and lakes that stations name as their ``reach``, sorted by name.

    A river and a lake of one name are two reaches; a station that names none belongs to none.
    """
    found: dict[tuple[str, WaterBody], list[Station]] = {}
    for station in stations.values():
        if station.reach is not None and water_body in {None, station.water_body}:
            found.setdefault((station.reach.zh, station.water_body), []).append(station)
    return [
        Reach(name, members[0].reach or members[0].name, body, tuple(sorted(s.id for s in members)))
        for (name, body), members in sorted(found.items())
    ]


def reach_station(reach: Reach, stations: Mapping[str, Station]) -> Station:
    """Return a reach as a station, so that it can be assessed like one.

    It has the programme and the target class of its stations where all have the same.
    """
    members = [stations[name] for name in reach.stations]
    programmes = {s.programme for s in members}
    targets = {s.target_class for s in members}
    return Station(
        id=reach.id,
        name=reach.name,
        water_body=reach.water_body,
        reach=reach.name,
        programme=programmes.pop() if len(programmes) == 1 else None,
        target_class=targets.pop() if len(targets) == 1 else None,
        synthetic=any(s.synthetic for s in members),
    )


def space_means(readings: Readings, found: Sequence[Reach]) -> Readings:
    """Return one row per reach and period: the mean over its stations.

    Parameters
    ----------
    readings
        Means in time of every station (`wetland.water.results.period_means`). A mean of samples
        (``per="sample"``) is taken over the samples of one day.

    Notes
    -----
    Every station has equal weight, however often it was sampled; the means in time are not rounded
    before. An item is averaged over the stations where it was measured. pH is averaged as the
    concentration of hydrogen ions. Means are rounded half to even to the places of the parameter.
    ``samples`` is that of the station sampled least often, of those that were sampled; ``count``
    and ``censored`` are sums. Without non-detects ``low`` and ``high`` are the value.

    References
    ----------
    环办[2011]22号, lakes and reservoirs (in time, then in space); rivers of fewer than five
    sections.
    """
    group_of, names, periods, first = _groups(readings, found)
    rows = np.flatnonzero(group_of >= 0)
    of, size = group_of[rows], len(names)
    known = parameters()
    columns = [known[code] for code in readings.parameters]
    there = readings.count[rows] > 0
    means = {
        which: _averaged(getattr(readings, which)[rows], there, (of, size), columns)
        for which in ("mean", "low", "high")
    }
    most = np.iinfo(np.int64).max
    samples = np.full(size, most)
    sampled = readings.samples[rows] > 0
    np.minimum.at(samples, of[sampled], readings.samples[rows][sampled])
    censored = _summed(readings.censored[rows], of, size)
    value = _rounded(means["mean"], columns)
    # Ends are means of rounded ends: rounding must not put them on the wrong side of the value.
    low = np.fmin(_rounded(means["low"], columns), value)
    high = np.fmax(_rounded(means["high"], columns), value)
    return Readings(
        per=readings.per, station=names, period=periods, starts_on=readings.starts_on[first],
        parameters=readings.parameters, mean=means["mean"],
        value=value, low=np.where(censored > 0, low, value),
        high=np.where(censored > 0, high, value),
        count=_summed(readings.count[rows], of, size),
        censored=censored, samples=np.where(samples == most, 0, samples),
        suspect=_summed(readings.suspect[rows, None], of, size)[:, 0],
        synthetic=_summed(readings.synthetic[rows, None].astype(np.int64), of, size)[:, 0] > 0,
    )  # fmt: skip


def _groups(
    readings: Readings, found: Sequence[Reach]
) -> tuple[NDArray[np.int64], NDArray[np.object_], NDArray[np.object_], NDArray[np.int64]]:
    """Return each row's group (-1: none), the names and periods of groups, and a row of each."""
    reach_of = {name: k for k, reach in enumerate(found) for name in reach.stations}
    keys: dict[tuple[int, str], int] = {}
    group_of = np.full(len(readings), -1, dtype=np.int64)
    pairs = zip(readings.station.tolist(), readings.period.tolist(), strict=True)
    for row, (station, period) in enumerate(pairs):
        if station in reach_of:
            group_of[row] = keys.setdefault((reach_of[station], period[:10]), len(keys))
    order = sorted(keys)
    rank = np.full(len(keys) + 1, -1, dtype=np.int64)
    rank[[keys[key] for key in order]] = np.arange(len(order))
    group_of = rank[group_of]  # a row of no reach is the last, which stays -1
    first = np.zeros(len(order), dtype=np.int64)
    first[group_of[::-1][group_of[::-1] >= 0]] = np.flatnonzero(group_of >= 0)[::-1]
    names, periods = np.empty(len(order), dtype=object), np.empty(len(order), dtype=object)
    names[:] = [found[k].id for k, _ in order]
    periods[:] = [period for _, period in order]
    return group_of, names, periods, first


def _averaged(
    values: Floats,
    there: NDArray[np.bool_],
    groups: tuple[NDArray[np.int64], int],
    columns: list[Parameter],
) -> Floats:
    """Average by group what was measured; a value that was measured but is not known makes NaN."""
    of, size = groups
    out = np.full((size, len(columns)), np.nan)
    for k, parameter in enumerate(columns):
        rows = np.flatnonzero(there[:, k])
        number = np.bincount(of[rows], minlength=size)
        ions = parameter.mean == "hydrogen"
        terms = 10.0 ** -values[rows, k] if ions else values[rows, k]
        total = np.bincount(of[rows], weights=terms, minlength=size)
        with np.errstate(divide="ignore"):
            mean = total / np.maximum(number, 1)
            mean = -np.log10(mean) if ions else mean
        out[:, k] = np.where(number > 0, mean, np.nan)
    return out


def _summed(values: NDArray[np.int64], of: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    out = np.zeros((size, values.shape[1]), dtype=np.int64)
    np.add.at(out, of, values)
    return out


def _rounded(values: Floats, columns: list[Parameter]) -> Floats:
    out = values.copy()
    for k, parameter in enumerate(columns):
        if parameter.decimals is not None:
            out[:, k] = round_half_even(values[:, k], parameter.decimals)
    return out


def round_half_even(values: Floats, decimals: int) -> Floats:
    """Round decimals half to even; what is a half but for the error of floats is a half.

    Examples
    --------
    >>> round_half_even(np.array([0.0505, 0.0515, 0.05151, np.nan]), 3).tolist()
    [0.05, 0.052, 0.052, nan]
    """
    known = np.isfinite(values)
    scaled = np.where(known, values, 0.0) * 10.0**decimals
    below = np.floor(scaled)
    tie = np.abs(scaled - below - 0.5) < _TIE * np.maximum(1.0, np.abs(scaled))
    rounded = np.where(tie, below + below % 2, np.rint(scaled))
    return np.where(known, rounded / 10.0**decimals, values)
