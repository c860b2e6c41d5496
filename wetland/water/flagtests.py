"""The tests behind the flags (质控检验): what each compares, by which rule, with what numbers.

They follow QARTOD's tests where there is one (gross range, spike, rate of change, flat line,
climatology) and add what goes wrong with water samples: a unit a thousand times off, the same
sample entered twice, a part larger than its whole. The thresholds of a parameter are data
(``parameters.yaml``); what is the same for all of them stands here.

References
----------
U.S. IOOS, Manual for Real-Time Quality Control of Dissolved Nutrients Data, v1.1 (2018), tests 4,
6, 7, 8 and 10; Manual of Data Flags, v1.2 (2020).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wetland.water.parameters import Parameter

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Severity = Literal["suspect", "fail"]

NEAR_DAYS = 45.0  # neighbours farther apart say nothing about a spike
LEAST = 10  # results a station's own distribution is told from
LEAST_UNIT = 3  # results a station's own median is told from
WIDTHS = 6.0  # robust standard deviations from the median that are still believed
FACTOR = 5.0  # a concentration within this factor of the median is always believed
TIMES_SPIKE = 2.0  # times its neighbours: what a concentration does from one visit to the next
THOUSAND = 1000.0
ABOUT = 10**0.5  # a thousand, give or take this factor
MARGIN = 1.1  # a part may exceed its whole by this factor: both are measured
PARTS: tuple[tuple[str, str], ...] = (
    ("nh3n", "tn"), ("no3n", "tn"), ("no2n", "tn"), ("po4p", "tp"), ("codmn", "cod"),
    ("bod5", "cod"), ("cr6", "cr"),
)  # fmt: skip
_MAD = 1.4826  # makes the median absolute deviation the standard deviation of a normal law


@dataclass(frozen=True, slots=True)
class Observed:
    """Results as arrays; the rows that are to be flagged are those with ``new``.

    Attributes
    ----------
    series
        Number of station, parameter and depth; ``own`` of station and parameter.
    sample
        Number of station, moment and depth.
    doubtful
        Rows that a test before has found wrong: they are nobody's neighbour and in no median.
    parameter
        Number of the parameter in ``codes``; ``known`` holds what the registry tells, by number.
    day
        Days since 1970, with the time of day where it is told.
    order
        The rows by series, time and value, so that the order they came in does not count.
    """

    codes: tuple[str, ...]
    known: Mapping[int, Parameter]
    series: Ints
    own: Ints
    sample: Ints
    parameter: Ints
    day: Floats
    value: Floats
    below: Bools
    above: Bools
    new: Bools
    doubtful: Bools
    order: Ints

    @property
    def detected(self) -> Bools:
        """Return which rows are plain numbers that no test before has found wrong."""
        plain: Bools = ~self.below & ~self.above & ~np.isnan(self.value) & ~self.doubtful
        return plain

    def told(self, field: str) -> Floats:
        """Return a number of the registry for every row; NaN where it has none."""
        by_code = np.full(len(self.codes), np.nan)
        for number, parameter in self.known.items():
            found = getattr(parameter, field)
            by_code[number] = np.nan if found is None else found
        return by_code[self.parameter]


@dataclass(frozen=True, slots=True)
class Found:
    """Rows one test does not pass, with the numbers it compared (arrays as long as ``rows``)."""

    test: str
    severity: Severity
    rows: Ints
    numbers: Mapping[str, Floats]


def gross_range(seen: Observed) -> list[Found]:
    """Find values outside of what natural surface water shows, or of what can be at all.

    Outside of the parameter's ``plausible`` range: suspect, and in use, for poisoned water is not
    natural either. Outside of its ``bounds`` (pH 0 to 14, nothing below nothing): fail.
    A detection limit is only compared with the upper end, an upper limit with the lower; the ends
    themselves pass.
    """
    found = []
    impossible = np.zeros(len(seen.value), dtype=bool)
    for test, severity, field in _RANGES:
        ends = np.array([getattr(seen.known[n], field) for n in range(len(seen.codes))])
        low, high = ends[seen.parameter].T
        wrong = ((seen.value < low) & ~seen.below) | ((seen.value > high) & ~seen.above)
        rows = np.flatnonzero(wrong & ~impossible)
        impossible |= wrong
        found.append(_found(test, severity, rows, low=low[rows], high=high[rows]))
    return found


_RANGES: tuple[tuple[str, Severity, str], ...] = (
    ("impossible", "fail", "bounds"), ("gross_range", "suspect", "plausible"),
)  # fmt: skip


def _neighbours(seen: Observed) -> tuple[Ints, Bools]:
    """Return the detected rows in order of series and time, and which follow in their series."""
    rows = seen.order[seen.detected[seen.order]]
    same = np.zeros(len(rows), dtype=bool)
    same[1:] = seen.series[rows[1:]] == seen.series[rows[:-1]]
    return rows, same


def spike(seen: Observed) -> list[Found]:
    """Find single values that jump out and back: suspect.

    The value lies beyond both neighbours in time (not more than 45 days off), by more than the
    parameter's ``spike`` from their middle and, where the series has ten such distances or more, by
    more than 6 times their median: rich and restless water has larger jumps. A concentration is
    also more than double the higher neighbour, or less than half the lower.
    """
    rows, same = _neighbours(seen)
    inner = np.flatnonzero(same[1:-1] & same[2:]) + 1
    if not len(inner):
        return []
    before, at, after = rows[inner - 1], rows[inner], rows[inner + 1]
    x, y, z = seen.value[before], seen.value[at], seen.value[after]
    near = (seen.day[at] - seen.day[before] <= NEAR_DAYS) & (
        seen.day[after] - seen.day[at] <= NEAR_DAYS
    )
    limit = seen.told("spike")[at]
    factor = np.where(_logarithms(seen)[seen.parameter[at]], TIMES_SPIKE, 1.0)
    outside = (y > factor * np.maximum(x, z)) | (y * factor < np.minimum(x, z))
    off = np.abs(y - (x + z) / 2)
    usual, count = _medians(off, seen.series[at])
    limit = np.where(count >= LEAST, np.fmax(limit, WIDTHS * usual), limit)
    hit = near & outside & (off > limit)
    return [
        _found(
            "spike", "suspect", at[hit],
            before=x[hit], after=z[hit], limit=limit[hit],
        )
    ]  # fmt: skip


def rate_of_change(seen: Observed) -> list[Found]:
    """Find changes faster than the parameter's ``rate_per_day``: suspect (the later value).

    Within one day the whole rate of a day is allowed, for water has a daily course.
    """
    rows, same = _neighbours(seen)
    twin = same.copy()  # results that say the same of one moment have the same result before them
    twin[1:] &= (np.diff(seen.day[rows]) == 0) & (np.diff(seen.value[rows]) == 0)
    first = np.maximum.accumulate(np.where(twin, 0, np.arange(len(rows))))
    second = np.flatnonzero(same[first])
    before, at = rows[first[second] - 1], rows[second]
    days = np.maximum(seen.day[at] - seen.day[before], 1.0)
    limit = seen.told("rate_per_day")[at]
    hit = np.abs(seen.value[at] - seen.value[before]) > limit * days
    return [
        _found(
            "rate_of_change", "suspect", at[hit],
            before=seen.value[before][hit], days=days[hit], limit=limit[hit],
        )
    ]  # fmt: skip


def flat_line(seen: Observed) -> list[Found]:
    """Find runs of equal detected values, ``flat_line`` or more in a row: suspect, all of them."""
    rows, same = _neighbours(seen)
    if not len(rows):
        return []
    equal = same.copy()
    equal[1:] &= seen.value[rows[1:]] == seen.value[rows[:-1]]
    run = np.cumsum(~equal) - 1
    length = np.bincount(run)[run]
    limit = seen.told("flat_line")[rows]
    hit = (limit > 0) & (length >= limit)
    return [_found("flat_line", "suspect", rows[hit], run=length[hit], limit=limit[hit])]


def climatology(seen: Observed) -> list[Found]:
    """Find values far from all others of their station: suspect.

    The middle and the robust width (median absolute deviation) of at least 10 detected results of
    the station and parameter, of logarithms for a concentration; more than 6 widths off, and for a
    concentration more than a factor 5, for others more than the parameter's ``spike``.
    """
    logarithm = _logarithms(seen)
    rows = np.flatnonzero(seen.detected & ~(logarithm[seen.parameter] & (seen.value <= 0)))
    scaled = logarithm[seen.parameter[rows]]
    y = np.where(scaled, np.log(np.where(scaled, seen.value[rows], 1.0)), seen.value[rows])
    group = seen.own[rows]
    middle, count = _medians(y, group)
    width, _ = _medians(np.abs(y - middle), group)
    floor = np.where(scaled, np.log(FACTOR), seen.told("spike")[rows])
    reach = np.maximum(WIDTHS * _MAD * width, floor)
    hit = (count >= LEAST) & (np.abs(y - middle) > reach)
    ends = [
        np.where(scaled[hit], np.exp(np.where(scaled[hit], np.minimum(e[hit], 700.0), 0.0)), e[hit])
        for e in (middle, middle - reach, middle + reach)
    ]
    return [
        _found(
            "climatology", "suspect", rows[hit],
            median=ends[0], low=ends[1], high=ends[2], n=count[hit],
        )
    ]  # fmt: skip


def unit(seen: Observed) -> list[Found]:
    """Find values about a thousand times, or a thousandth of, their station's median: suspect.

    mg/L entered as ug/L and the like. The median is that of the station's earlier results where
    there are three or more, else that of all its results; limits are compared with limits.
    """
    import pandas as pd

    told = ~seen.above & (seen.value > 0) & np.isfinite(seen.value)
    rows = np.flatnonzero(told)  # also what is out of range: this is why
    group = 2 * seen.own[rows] + seen.below[rows]
    y, new = np.log10(seen.value[rows]), seen.new[rows]
    all_middle, all_count = _medians(y, group)
    old = pd.Series(y[~new]).groupby(group[~new]).agg(["median", "size"]).reindex(group)
    earlier = old["size"].to_numpy() >= LEAST_UNIT
    middle = np.where(earlier, old["median"], all_middle)
    count = np.where(earlier, old["size"], all_count - 1)
    off = np.abs(y - middle)
    about = np.abs(off - np.log10(THOUSAND)) < np.log10(ABOUT)
    hit = about & (count >= LEAST_UNIT)
    return [
        _found(
            "unit", "suspect", rows[hit],
            median=10 ** middle[hit], times=10 ** (y - middle)[hit], n=count[hit],
        )
    ]  # fmt: skip


def repeated(seen: Observed) -> list[Found]:
    """Find results of which there is another one of the same sample and parameter: suspect.

    The numbers are the least and the largest of them (not of non-detects without a limit).
    """
    key = seen.sample * len(seen.codes) + seen.parameter
    _, group, counts = np.unique(key, return_inverse=True, return_counts=True)
    rows = np.flatnonzero(counts[group] > 1)
    low, high = np.full((2, len(counts)), np.nan)
    np.fmin.at(low, group, seen.value)
    np.fmax.at(high, group, seen.value)
    at = group[rows]
    return [_found("repeated", "suspect", rows, n=counts[at], low=low[at], high=high[at])]


def parts(seen: Observed) -> list[Found]:
    """Find parts that exceed their whole in one sample by more than a tenth: suspect, both.

    Ammonia, nitrate and nitrite are parts of total nitrogen, phosphate of total phosphorus; the
    permanganate index and BOD5 stay below COD, chromium (VI) below chromium. A whole below its
    detection limit is taken at that limit; a part has to be detected. Of several results of one
    sample a part has to exceed them all, and a whole to be exceeded by them all.
    """
    found = []
    number = {code: n for n, code in enumerate(seen.codes)}
    for part, whole in PARTS:
        if part not in number or whole not in number:
            continue
        small = np.flatnonzero((seen.parameter == number[part]) & seen.detected)
        large = np.flatnonzero((seen.parameter == number[whole]) & ~np.isnan(seen.value))
        large = large[~seen.above[large]]
        most = _each(seen, large, "max", small)
        least = _each(seen, small, "min", large)
        test = f"parts:{part}:{whole}"
        hit = seen.value[small] > MARGIN * most
        found.append(
            _found(test, "suspect", small[hit], part=seen.value[small[hit]], whole=most[hit])
        )
        hit = least > MARGIN * seen.value[large]
        found.append(
            _found(test, "suspect", large[hit], part=least[hit], whole=seen.value[large[hit]])
        )
    return found


def _each(seen: Observed, rows: Ints, how: str, of: Ints) -> Floats:
    """Return the largest or least value in ``rows`` of the sample of each row of ``of``, or NaN."""
    import pandas as pd

    values = pd.Series(seen.value[rows]).groupby(seen.sample[rows]).agg(how)
    return values.reindex(seen.sample[of]).to_numpy()


def _logarithms(seen: Observed) -> Bools:
    """Return which parameters are concentrations, so that factors tell more than differences."""
    return np.array(
        [
            n in seen.known and seen.known[n].direction in {"max", "none"}
            and seen.known[n].plausible[0] >= 0
            for n in range(len(seen.codes))
        ],
        dtype=bool,
    )  # fmt: skip


def _medians(y: Floats, group: Ints) -> tuple[Floats, Floats]:
    """Return the median of each value's group and its size."""
    import pandas as pd

    groups = pd.Series(y).groupby(group, sort=False)
    return groups.transform("median").to_numpy(), groups.transform("size").to_numpy(dtype=float)


def _found(test: str, severity: Severity, rows: NDArray[np.integer], **numbers: object) -> Found:
    return Found(
        test,
        severity,
        np.asarray(rows, dtype=np.int64),
        {name: np.asarray(n, dtype=float) for name, n in numbers.items()},
    )


TESTS: tuple[Callable[[Observed], list[Found]], ...] = (
    gross_range, unit, spike, climatology, rate_of_change, flat_line, repeated, parts,
)  # fmt: skip
_STANDS_ALONE = (gross_range, unit, spike)  # what they find is kept out of the tests after them


def run_tests(seen: Observed) -> list[Found]:
    """Run all tests, the surest first; a value one of these finds wrong does not mislead the rest.

    So a value a thousand times off gets one flag, and the good value after it none.
    """
    found: list[Found] = []
    for test in TESTS:
        new = [one for one in test(seen) if len(one.rows)]
        found += new
        if test in _STANDS_ALONE and new:
            doubtful = seen.doubtful.copy()
            doubtful[np.concatenate([one.rows for one in new])] = True
            seen = replace(seen, doubtful=doubtful)
    return found
