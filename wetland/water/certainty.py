"""How sure a class is, given that only some water was sampled (类别的抽样可信度): "III, 86 %".

The class of a period rests on a few bottles of water. Had the visits fallen on other days the means
would be others, and perhaps the class. The bootstrap draws the visits of a period anew many times,
keeps all items of a visit together, and assesses every draw by the official rule: the share of
draws with each class is its probability.

It speaks of sampling alone: not of errors of the laboratory, nor of where the station stands, nor
of non-detects, which the official rule puts at half their limit in every draw.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.bootstrap import DRAWS, stratum_weights
from wetland.water.certaintytable import LEAST_UNITS, WHY_NONE, Counted, certainty_table
from wetland.water.classes import Classes, classify
from wetland.water.parameters import parameters
from wetland.water.results import Readings, period_means, usable
from wetland.water.standards import Per
from wetland.water.stations import CLASSES, Programme, Station

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["WHY_NONE", "class_certainty"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Names = NDArray[np.object_]

ROWS_AT_ONCE = 400_000
WEEK = 7
_ALSO = ("temp", "do_sat")  # they decide class I of dissolved oxygen


def class_certainty(
    results: pd.DataFrame,
    stations: Mapping[str, Station],
    *,
    per: Per = "year",
    draws: int = DRAWS,
    seed: int = 0,
    programmes: Mapping[str, Programme] | None = None,
) -> pd.DataFrame:
    """Return the probability of every class of each station and period, given the sampling.

    Parameters
    ----------
    results
        Rows of `WATER_RESULTS`; only usable ones count (`wetland.water.results.usable`).
    stations, programmes
        As for `wetland.water.classes.classify`.
    per
        ``year``, ``quarter`` or ``month``.
    draws, seed
        Number of draws and where chance starts from. A row depends on its own results and the seed
        only: other stations in the table do not change it.

    Returns
    -------
    DataFrame
        station, period; water_class (official, as `classes_table` has it); probabilities (class ->
        share of the draws, all six classes; empty where nothing was drawn); likelihood (that of
        ``water_class``; None with ``why_none``, a key of `WHY_NONE`); misses_target (share of the
        draws in a class worse than the target; of what was measured, so with items missing it is
        that much or more; None without a target); deciding (item -> share of the draws in which it
        sets the class, largest first; several may in one draw); n (visits), units, complete,
        target_class, draws, words (`Text`: Ⅲ类，86%), synthetic.

    Notes
    -----
    Rule of decision. *What is drawn*: the visits of one week of a month (days 1 to 7, 8 to 14, 15
    to 21, 22 to the end) together, since the water of one day is much that of the next. *From
    where*: from the same month where every month of the period has two or more of these; else from
    the same quarter, quarters with fewer than two being joined to the one before (the first to the
    one after): so the seasons keep their share and a dry winter does not count as chance. Draws are
    weights (`stratum_weights`), so few visits do not look surer than they are. *What is computed*:
    the official mean of every item (mean of months, pH by hydrogen ions, rounded half to even) and
    its class, all items of a draw together. An item of which a draw has no sample keeps its mean.
    Fewer than four units: no probability.

    Raises
    ------
    InputError
        ``per`` is ``sample`` (one sample has no sampling error to estimate), ``draws`` below 1, a
        station is not declared.

    References
    ----------
    Rao, Wu (1988), JASA 83:231-241. 环办〔2011〕22号; 环办监测函〔2020〕82号.
    """
    if per == "sample" or draws < 1:
        raise InputError(
            text(
                "可信度按 month、quarter 或 year 计算，抽取次数至少为 1",
                "certainty is of a month, quarter or year, with one draw at least",
            )
        )
    results = usable(results)
    official = classify(period_means(results, per=per), stations, programmes=programmes)
    visits = _visits(official.readings, period_means(results, per="sample"))
    found = Counted(
        np.zeros((len(official), len(CLASSES)), dtype=np.int64),
        np.zeros((len(official), len(official.items)), dtype=np.int64),
        visits.units,
        draws,
    )
    for rows, values in _drawn(official, visits, draws, seed):
        readings = _as_readings(official.readings, rows, values)
        drawn = classify(readings, stations, programmes=programmes)
        at = np.repeat(np.arange(len(rows)), draws) * (len(CLASSES) + 1) + drawn.water_class
        counts = np.bincount(at, minlength=len(rows) * (len(CLASSES) + 1))
        found.classes[rows] = counts.reshape(len(rows), -1)[:, 1:]
        deciding = (drawn.item_class == drawn.water_class[:, None]) & (drawn.item_class > 0)
        found.deciding[rows] = deciding.reshape(len(rows), draws, -1).sum(axis=1)
    return certainty_table(official, found)


@dataclass(frozen=True, eq=False)
class _Visits:
    """Sums over the visits of one week: rows sorted by period, weeks in order.

    ``total`` is the sum of the results (of hydrogen ions for pH), ``count`` their number;
    ``month`` is counted from 1970; ``starts`` says where each period begins.
    """

    columns: tuple[str, ...]
    total: Floats
    count: Floats
    month: Ints
    starts: Ints

    def of(self, row: int) -> slice:
        return slice(int(self.starts[row]), int(self.starts[row + 1]))

    @property
    def units(self) -> Ints:
        return np.diff(self.starts)


def _visits(whole: Readings, samples: Readings) -> _Visits:
    """Bring the samples of each period together by week."""
    columns = tuple(c for c in whole.parameters if c in samples.parameters and _wanted(c))
    places = [samples.parameters.index(c) for c in columns]
    told = np.flatnonzero(samples.samples > 0)  # not where nothing was measured
    count = samples.count[told][:, places].astype(float)
    value = samples.mean[told][:, places]
    for k, code in enumerate(columns):
        if _hydrogen(code):
            value[:, k] = 10.0 ** -value[:, k]
    total = np.where(count > 0, value * count, 0.0)  # unknown stays unknown
    start = samples.starts_on[told]
    months = start.astype("datetime64[M]")
    month = months.astype(np.int64)
    week = np.minimum((start - months).astype(np.int64) // WEEK, 3)
    row = _row_of(whole, samples.station[told], month)
    unit, first, of = np.unique(
        (row * 2**20 + month) * 4 + week, return_index=True, return_inverse=True
    )
    sums = np.zeros((2, len(unit), len(columns)))
    np.add.at(sums[0], of, total)
    np.add.at(sums[1], of, count)
    starts = np.searchsorted(row[first], np.arange(len(whole) + 1))
    return _Visits(columns, sums[0], sums[1], month[first], starts.astype(np.int64))


def _wanted(code: str) -> bool:
    return code in parameters() and (parameters()[code].direction != "none" or code in _ALSO)


def _hydrogen(code: str) -> bool:
    return parameters()[code].mean == "hydrogen"


def _row_of(whole: Readings, station: Names, month: Ints) -> Ints:
    """Return the row of ``whole`` the samples of a station and month belong to."""
    width = {"month": 1, "quarter": 3, "year": 12}[whole.per]
    starts = whole.starts_on.astype("datetime64[M]").astype(np.int64)
    place = {key: at for at, key in enumerate(zip(whole.station, starts.tolist(), strict=True))}
    begun = (month // width * width).tolist()
    keys = zip(station, begun, strict=True)
    return np.array([place[key] for key in keys], dtype=np.int64)


def _strata(month: Ints) -> Ints:
    """Return the stratum of every unit of a period: its month, or its quarter (see the rule)."""
    _, of_month, sizes = np.unique(month, return_inverse=True, return_counts=True)
    if (sizes >= 2).all():
        return of_month.astype(np.int64)
    _, stratum, counts = np.unique(month // 3, return_inverse=True, return_counts=True)
    joined = np.zeros(len(counts), dtype=np.int64)
    size, number = 0, -1
    for at, count in enumerate(counts.tolist()):
        if number < 0 or (size >= 2 and count >= 2):
            number, size = number + 1, 0
        joined[at] = number
        size += count
    return joined[stratum]


def _drawn(
    official: Classes, visits: _Visits, draws: int, seed: int
) -> Iterator[tuple[Ints, Floats]]:
    """Give rows of periods with the means of all their draws, not too many at once."""
    judged = (official.water_class > 0) & (visits.units >= LEAST_UNITS)
    rows = np.flatnonzero(judged)
    step = max(1, ROWS_AT_ONCE // draws)
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        means = [_means(official.readings, visits, int(row), draws, seed) for row in some]
        yield some, np.concatenate(means)


def _means(readings: Readings, visits: _Visits, row: int, draws: int, seed: int) -> Floats:
    """Return the official means of every draw of one period, ``[draws, columns]``, rounded."""
    station, period = str(readings.station[row]), str(readings.period[row])
    rng = np.random.default_rng([seed, zlib.crc32(station.encode()), zlib.crc32(period.encode())])
    part = visits.of(row)
    month = visits.month[part]
    weights = stratum_weights(_strata(month), draws, rng)
    _, of_month = np.unique(month, return_inverse=True)
    months = np.zeros((int(of_month.max()) + 1, len(visits.columns)))
    np.add.at(months, of_month, visits.count[part])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(visits.count[part] > 0, 1 / months[of_month], 0.0)
        made = (weights @ (visits.total[part] * share)) / (weights @ (visits.count[part] * share))
    for k, code in enumerate(visits.columns):
        if _hydrogen(code):
            made[:, k] = -np.log10(made[:, k])
        places = parameters()[code].decimals
        if places is not None:
            made[:, k] = _rounded(made[:, k], places)
        value = readings.value[row, readings.parameters.index(code)]
        made[:, k] = np.where(np.isnan(made[:, k]), value, made[:, k])
    return made


def _rounded(values: Floats, places: int) -> Floats:
    """Round half to even; a tie is one up to the error of sums of binary fractions."""
    shifted = np.round(values * 10.0**places, 6)
    rounded: Floats = np.rint(shifted) / 10.0**places
    return rounded


def _as_readings(whole: Readings, rows: Ints, values: Floats) -> Readings:
    """Dress draws as readings, so that they are assessed like any other."""
    draws = len(values) // len(rows)
    columns = tuple(c for c in whole.parameters if _wanted(c))
    none = np.broadcast_to(np.int64(0), values.shape)
    return Readings(
        whole.per,
        np.repeat(whole.station[rows], draws),
        np.repeat(whole.period[rows], draws),
        np.repeat(whole.starts_on[rows], draws),
        columns,
        values,
        values,
        values,
        values,
        none,
        none,
        none[:, 0],
        none[:, 0],
        np.broadcast_to(np.False_, len(values)),
    )
