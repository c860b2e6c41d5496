"""Counts in rows, one for each site and time, arranged as a table for TRIM (计数行)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.trimtable import CountTable, Covariate, Floats, Numbers, listed

MOST_TIMES = 1000
MOST_CELLS = 20_000_000

_LENGTHS = text(
    "{what}有 {n} 个值，而样点有 {rows} 个", "{what} has {n} values, but there are {rows} sites"
)
_NO_ROWS = text("没有计数可供分析", "there are no counts to analyse")
_BLANK_SITE = text("第 {row} 个计数没有样点名", "count number {row} has no site")
_NOT_WHOLE = text(
    "{what}须为整数：第 {row} 个值是 {value}",
    "{what} must be whole numbers: value number {row} is {value}",
)
_TIME = text("年份", "times")
_MONTH = text("月份", "months")
_BAD_MONTH = text(
    "月份须为 1 至 366 的整数：{value}", "a month must be a whole number from 1 to 366: {value}"
)
_BAD_COUNT = text(
    "样点 {site} 在 {time} 的计数须为不小于 0 的数，而不是 {value}",
    "the count of site {site} at {time} must be 0 or more, not {value}",
)
_BAD_WEIGHT = text(
    "样点 {site} 在 {time} 的权重须大于 0，而不是 {value}",
    "the weight of site {site} at {time} must be above 0, not {value}",
)
_WEIGHT_VARIES = text(
    "样点 {site} 的权重随时间而变，但有些时次没有给出权重",
    "the weight of site {site} changes with time, and is not told for all its times",
)
_TWICE = text(
    "样点 {site} 在 {time} 有不止一个计数",
    "there is more than one count of site {site} at {time}",
)
_TWICE_HINT = text(
    "每个样点每个时次（逐月数据为每月）只能有一行；请先合并，或用 month 列区分月份",
    "a site has one row per time (per month in monthly tables); merge them first, or tell the "
    "months apart by a column month",
)
_LONG = text(
    "从 {first} 到 {last} 的时间过长（最多 {most} 个时次）",
    "the times from {first} to {last} are too many (at most {most})",
)
_LARGE = text(
    "计数表过大：{n} 个格（最多 {most}）", "the table is too large: {n} cells (at most {most})"
)
_ONE_TIME = text("只有一个时次，无法建立指数", "there is only one time: no index can be made")
_ONE_SITE = text(
    "只有一个样点（{site}）：整个公园的总数不能当作样点计数",
    "there is only one site ({site}): the total of a park is not a set of count plots",
)
_ONE_SITE_HINT = text(
    "TRIM 的 site 是样点（样方、样线、池塘），至少需要两个有鸟的样点；"
    "请给出各样点的计数，而不是合计",
    "a site of TRIM is a count plot (a pond, a transect, a square); at least two with birds are "
    "needed: give the counts of the plots, not their sum",
)
_NO_BIRDS = text(
    "没有一个样点记录到鸟：所有计数为 0 或缺失", "no site has birds: all counts are 0 or missing"
)
_REMOVED = text(
    "未使用 {n} 个没有正计数的样点：{sites}",
    "{n} site(s) without a count above 0 not used: {sites}",
)
_UNCOUNTED = text(
    "{times} 年没有任何计数：这些年份的数值完全来自模型",
    "no counts at all at {times}: the figures of these times come from the model alone",
)
_COVARIATE_VARIES = text(
    "样点 {site} 的协变量 {name} 前后不一致：{values}",
    "the covariate {name} of site {site} is not the same in all its rows: {values}",
)
_COVARIATE_BLANK = text(
    "样点 {site} 的协变量 {name} 没有值", "site {site} has no value of the covariate {name}"
)


def count_table(
    site: Sequence[Any],
    time: ArrayLike,
    count: ArrayLike,
    *,
    month: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    covariates: Mapping[str, Sequence[Any]] | None = None,
) -> CountTable:
    """Arrange counts, one row per site and time (and month), as a table for `trim`.

    A cell without a row, and a count that is NaN, are missing: not counted, never 0. Times are
    whole numbers; a time between the first and the last that has no row is a time without counts
    (``notes`` tells). Sites without a count above 0 carry nothing and are left out (told as well).
    Weights of cells without a row are those of the site, where it has one weight only.

    Raises
    ------
    InputError
        Fewer than two sites with birds (a park's total is no set of plots), one time only, two
        rows of one cell, counts below 0, weights not above 0, covariates that change within a
        site, or columns of different lengths.

    Examples
    --------
    >>> table = count_table(["a", "a", "b", "b"], [2020, 2022, 2020, 2021], [3, 5, 1, 0])
    >>> table.counts[:, 0].tolist()
    [[3.0, nan, 5.0], [1.0, 0.0, nan]]
    """
    rows = len(site)
    if not rows:
        raise InputError(_NO_ROWS)
    at_site, sites = _sites(site)
    times = _whole(time, _TIME, rows)
    months = np.zeros(rows, dtype=np.int64) if month is None else _months(month, rows)
    values = _column(count, text("计数", "count"), rows)
    weights = None if weight is None else _column(weight, text("权重", "weight"), rows)
    _check_values(site, times, values, weights)
    first, last = int(times.min()), int(times.max())
    month_names = np.unique(months)
    shape = (len(sites), month_names.size, last - first + 1)
    _check_shape(shape, first, last)
    cell = np.ravel_multi_index(
        (at_site, np.searchsorted(month_names, months), times - first), shape
    )
    _check_repeats(cell, site, times)
    filled = np.full(shape, math.nan)
    filled.ravel()[cell] = values
    table = CountTable(
        sites=tuple(sites),
        times=np.arange(first, last + 1, dtype=np.int64),
        months=tuple(int(m) for m in month_names),
        counts=filled,
        weights=_weights(weights, cell, shape, sites),
        covariates=tuple(
            _covariate(name, column, at_site, sites) for name, column in (covariates or {}).items()
        ),
    )
    return _with_birds(table)


def category_order(values: Sequence[str]) -> list[str]:
    """Return distinct names sorted: as numbers where all are numbers, else as words."""
    distinct = sorted(set(values))
    try:
        return sorted(distinct, key=float)
    except ValueError:
        return distinct


def _name(value: object) -> str:
    """Return the name of a site or category; blank where it is missing."""
    if value is None or (isinstance(value, (float, np.floating)) and math.isnan(value)):
        return ""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def _sites(site: Sequence[Any]) -> tuple[Numbers, list[str]]:
    names = [_name(value) for value in site]
    if "" in names:
        raise InputError(_BLANK_SITE.fill(row=names.index("") + 1))
    sites = category_order(names)
    number = {name: k for k, name in enumerate(sites)}
    return np.array([number[name] for name in names], dtype=np.int64), sites


def _column(values: ArrayLike, what: Text, rows: int) -> Floats:
    column = np.asarray(values, dtype=np.float64)
    if column.shape != (rows,):
        raise InputError(_LENGTHS.fill(what=what, n=column.size, rows=rows))
    return column


def _whole(values: ArrayLike, what: Text, rows: int) -> Numbers:
    column = _column(values, what, rows)
    wrong = ~np.isfinite(column) | (column != np.floor(column)) | (np.abs(column) > 1e9)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(_NOT_WHOLE.fill(what=what, row=row + 1, value=column[row]))
    return column.astype(np.int64)


def _months(values: ArrayLike, rows: int) -> Numbers:
    months = _whole(values, _MONTH, rows)
    wrong = (months < 1) | (months > 366)
    if wrong.any():
        raise InputError(_BAD_MONTH.fill(value=int(months[wrong][0])))
    return months


def _check_values(
    site: Sequence[Any], times: Numbers, values: Floats, weights: Floats | None
) -> None:
    wrong = (values < 0) | np.isinf(values)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(_BAD_COUNT.fill(site=site[row], time=times[row], value=values[row]))
    if weights is None:
        return
    wrong = ~(np.isfinite(weights) & (weights > 0))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(_BAD_WEIGHT.fill(site=site[row], time=times[row], value=weights[row]))


def _check_shape(shape: tuple[int, int, int], first: int, last: int) -> None:
    if shape[2] < 2:
        raise InputError(_ONE_TIME)
    if shape[2] > MOST_TIMES:
        raise InputError(_LONG.fill(first=first, last=last, most=MOST_TIMES))
    if math.prod(shape) > MOST_CELLS:
        raise InputError(_LARGE.fill(n=math.prod(shape), most=MOST_CELLS))


def _check_repeats(cell: NDArray[np.intp], site: Sequence[Any], times: Numbers) -> None:
    order = np.argsort(cell, kind="stable")
    again = np.flatnonzero(np.diff(cell[order]) == 0)
    if again.size:
        row = int(order[again + 1].min())
        raise InputError(_TWICE.fill(site=site[row], time=times[row]), hint=_TWICE_HINT)


def _weights(
    weights: Floats | None, cell: NDArray[np.intp], shape: tuple[int, int, int], sites: list[str]
) -> Floats:
    if weights is None:
        return np.ones(shape)
    told = np.full(shape, math.nan)
    told.ravel()[cell] = weights
    by_site = told.reshape(shape[0], -1)
    least, most = np.nanmin(by_site, axis=1), np.nanmax(by_site, axis=1)
    gaps = np.isnan(by_site)
    varies = gaps.any(axis=1) & (least != most)
    if varies.any():
        raise InputError(_WEIGHT_VARIES.fill(site=sites[int(np.flatnonzero(varies)[0])]))
    return np.where(gaps, least[:, None], by_site).reshape(shape)


def _covariate(name: str, column: Sequence[Any], at_site: Numbers, sites: list[str]) -> Covariate:
    if len(column) != at_site.size:
        what = text(f"协变量 {name}", f"the covariate {name}")
        raise InputError(_LENGTHS.fill(what=what, n=len(column), rows=at_site.size))
    values: list[str] = [""] * len(sites)
    for k, value in zip(at_site.tolist(), map(_name, column), strict=True):
        if value and values[k] and value != values[k]:
            both = f"{values[k]}, {value}"
            raise InputError(_COVARIATE_VARIES.fill(site=sites[k], name=name, values=both))
        values[k] = values[k] or value
    if "" in values:
        raise InputError(_COVARIATE_BLANK.fill(site=sites[values.index("")], name=name))
    categories = category_order(values)
    number = {category: k for k, category in enumerate(categories)}
    codes = np.array([number[value] for value in values], dtype=np.int64)
    return Covariate(name, tuple(categories), codes)


def _with_birds(table: CountTable) -> CountTable:
    """Leave out the sites without birds; refuse a table of one site."""
    birds = np.nansum(table.counts, axis=(1, 2)) > 0
    if not birds.any():
        raise InputError(_NO_BIRDS)
    kept = np.flatnonzero(birds)
    if kept.size == 1:
        raise InputError(_ONE_SITE.fill(site=table.sites[kept[0]]), hint=_ONE_SITE_HINT)
    notes: list[Text] = []
    without = [name for name, has in zip(table.sites, birds, strict=True) if not has]
    if without:
        notes.append(_REMOVED.fill(n=len(without), sites=listed(without)))
    counts = table.counts[kept]
    uncounted = np.isnan(counts).all(axis=(0, 1))
    if uncounted.any():
        notes.append(_UNCOUNTED.fill(times=listed([str(t) for t in table.times[uncounted]])))
    return CountTable(
        sites=tuple(table.sites[k] for k in kept),
        times=table.times,
        months=table.months,
        counts=counts,
        weights=table.weights[kept],
        covariates=tuple(_among(covariate, kept) for covariate in table.covariates),
        notes=tuple(notes),
    )


def _among(covariate: Covariate, kept: NDArray[np.intp]) -> Covariate:
    """Return a covariate of some sites, with the categories that these have."""
    used, codes = np.unique(covariate.codes[kept], return_inverse=True)
    categories = tuple(covariate.categories[k] for k in used)
    return Covariate(covariate.name, categories, codes.astype(np.int64))
