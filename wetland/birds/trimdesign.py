"""What a TRIM model explains counts by: effects of times, months and covariates (设计矩阵).

``ln mu = alpha(site) + B(time, month) beta - ln w``; the columns of B are

- model 1: none (no change in time),
- model 2: one slope for every change point, constant from it to the next (or to the end); flat up
  to the first change point,
- model 3: one effect for every time but the first,
- one effect for every month but the first,
- for every covariate and each of its categories but the first: all of these columns once more,
  for the sites of that category.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.trimtable import CountTable, Floats, Numbers, listed

MOST_PARAMETERS = 2000
MOST_NUMBERS = 40_000_000  # of all columns together

Model = Literal[1, 2, 3]
Named = Literal["all", "auto"]

_OUTSIDE = text(
    "变化点 {point} 不在 {first} 至 {last} 之间"
    "（也可用序号 1 至 {most}；最后一个时次不能是变化点）",
    "the change point {point} is not from {first} to {last} (or, by position, 1 to {most}; the "
    "last time cannot be one)",
)
_MIXED = text(
    "变化点须全部用年份或全部用序号给出：{points}",
    "change points must all be times or all be positions: {points}",
)
_EMPTY_TIME = text(
    "{time} 没有大于 0 的计数{where}，模型 3 无法估计",
    "there is no count above 0 at {time}{where}: model 3 cannot be fitted",
)
_EMPTY_TIME_HINT = text(
    "请改用模型 2（允许缺少年份），或去掉这些年份之外的数据",
    "use model 2, which allows times without counts, or shorten the series",
)
_EMPTY_MONTH = text(
    "{month} 月没有大于 0 的计数{where}，无法估计该月的效应",
    "month {month} has no count above 0{where}: its effect cannot be estimated",
)
_EMPTY_MONTH_HINT = text("请去掉这些月份的行", "leave the rows of such months out")
_EMPTY_SEGMENT = text(
    "从 {start} 之后到 {end} 没有大于 0 的计数{where}，无法估计该段的斜率",
    "there is no count above 0 after {start} and up to {end}{where}: its slope cannot be estimated",
)
_EMPTY_SEGMENT_HINT = text(
    "请减少变化点，或允许自动删除（autodelete）", "give fewer change points, or allow autodelete"
)
_LARGE = text(
    "模型过大：{n} 个参数（协变量的类别太多？）",
    "the model is too large: {n} parameters (are there too many categories of covariates?)",
)
_NOWHERE = text(" ", " ")
_CATEGORY = text("（{name} = {category}）", " ({name} = {category})")


@dataclass(frozen=True, eq=False)
class Design:
    """The columns that explain the counts.

    Attributes
    ----------
    model, change_points
        What was asked for; change points are positions from 1.
    columns
        Array (groups, months, times, columns): sites of one group share their columns.
    group
        Group of each site.
    time_columns, month_columns
        How many columns of a block are effects of time, and of months.
    blocks
        Covariate and category of each block of columns; both blank for the first one.
    """

    model: Model
    change_points: tuple[int, ...]
    columns: Floats
    group: NDArray[np.intp]
    time_columns: int
    month_columns: int
    blocks: tuple[tuple[str, str], ...]

    @property
    def parameters(self) -> int:
        """Return how many columns there are."""
        return int(self.columns.shape[-1])

    def positions(self, column: int) -> NDArray[np.intp]:
        """Return where a column of time stands in every block."""
        width = self.time_columns + self.month_columns
        return np.arange(len(self.blocks), dtype=np.intp) * width + column


def make_design(table: CountTable, model: Model, change_points: tuple[int, ...] = ()) -> Design:
    """Return the design of a model; ``change_points`` are positions from 1 (model 2)."""
    times, months = table.times.size, len(table.months)
    in_time = _time_columns(times, model, change_points)
    in_months = np.eye(months)[:, 1:]
    block = np.concatenate(
        [
            np.broadcast_to(in_time, (months, *in_time.shape)),
            np.broadcast_to(in_months[:, None, :], (months, times, months - 1)),
        ],
        axis=2,
    )
    codes = np.array([c.codes for c in table.covariates], dtype=np.int64).reshape(
        len(table.covariates), len(table.sites)
    )
    kinds, group = np.unique(codes.T, axis=0, return_inverse=True)
    if not table.covariates:
        kinds, group = np.zeros((1, 0), dtype=np.int64), np.zeros(len(table.sites), dtype=np.intp)
    extra = sum(len(covariate.categories) - 1 for covariate in table.covariates)
    parameters = (1 + extra) * block.shape[2]
    if parameters > MOST_PARAMETERS or parameters * len(kinds) * months * times > MOST_NUMBERS:
        raise InputError(_LARGE.fill(n=parameters))
    blocks = [("", "")]
    parts = [np.broadcast_to(block, (len(kinds), *block.shape))]
    for k, covariate in enumerate(table.covariates):
        for code, category in enumerate(covariate.categories[1:], start=1):
            blocks.append((covariate.name, category))
            parts.append(block[None] * (kinds[:, k] == code)[:, None, None, None])
    return Design(
        model=model,
        change_points=change_points,
        columns=np.concatenate(parts, axis=3),
        group=group.ravel().astype(np.intp),
        time_columns=in_time.shape[1],
        month_columns=months - 1,
        blocks=tuple(blocks),
    )


def _time_columns(times: int, model: Model, change_points: tuple[int, ...]) -> Floats:
    if model == 3:
        return np.eye(times)[:, 1:]
    if model == 1 or not change_points:
        return np.zeros((times, 0))
    position = np.arange(1.0, times + 1)
    ends = [*change_points[1:], times]
    slopes = [
        np.clip(position - start, 0, end - start)
        for start, end in zip(change_points, ends, strict=True)
    ]
    return np.stack(slopes, axis=1)


def change_point_positions(times: Numbers, wanted: Sequence[int] | Named) -> tuple[int, ...]:
    """Return change points as positions from 1, sorted.

    They may be given as times (years) or as positions; "all" and "auto" begin with every time but
    the last. The last time cannot be one.

    Examples
    --------
    >>> change_point_positions(np.arange(2001, 2009), [2001, 2005])
    (1, 5)
    """
    most = times.size - 1
    if isinstance(wanted, str):
        return tuple(range(1, most + 1))
    points = sorted({int(point) for point in wanted})
    by_time = [int(times[0]) <= point <= int(times[-1]) for point in points]
    if any(by_time) and not all(by_time):
        raise InputError(_MIXED.fill(points=", ".join(map(str, points))))
    positions = [p - int(times[0]) + 1 for p in points] if all(by_time) else points
    for point, position in zip(points, positions, strict=True):
        if not 1 <= position <= most:
            raise InputError(_OUTSIDE.fill(point=point, first=times[0], last=times[-2], most=most))
    return tuple(positions)


def _totals(table: CountTable, axes: tuple[int, int]) -> Iterator[tuple[Text, Floats]]:
    """Yield the sums of counts over ``axes``: of all sites, then of each category."""
    yield _NOWHERE, np.nansum(table.counts, axis=axes)
    for covariate in table.covariates:
        for code, category in enumerate(covariate.categories):
            where = _CATEGORY.fill(name=covariate.name, category=category)
            yield where, np.nansum(table.counts[covariate.codes == code], axis=axes)


def check_counts(table: CountTable, model: Model) -> None:
    """Refuse a table that lacks the counts above 0 that effects of times and months need."""
    for where, sums in _totals(table, (0, 2)):
        if table.monthly and (sums <= 0).any():
            month = table.months[int(np.flatnonzero(sums <= 0)[0])]
            raise InputError(
                _stripped(_EMPTY_MONTH.fill(month=month, where=where)), hint=_EMPTY_MONTH_HINT
            )
    if model != 3:
        return
    for where, sums in _totals(table, (0, 1)):
        if (sums <= 0).any():
            missing = listed([str(t) for t in table.times[sums <= 0]])
            raise InputError(
                _stripped(_EMPTY_TIME.fill(time=missing, where=where)), hint=_EMPTY_TIME_HINT
            )


def supported_change_points(
    table: CountTable, points: tuple[int, ...], *, autodelete: bool
) -> tuple[int, ...]:
    """Return the change points whose segments all have a count above 0.

    A segment is what comes after its change point, up to and with the next one (the end of the
    series). Where one has no count above 0 (or none in a category of a covariate), the change
    point that ends it is taken away (the one that begins it where the series ends), and all are
    looked at again; without ``autodelete`` the table is refused.
    """
    kept = list(points)
    while (found := _empty_segment(table, kept)) is not None:
        number, where = found
        last = number == len(kept) - 1
        if not autodelete or (last and number == 0):
            end = table.times.size if last else kept[number + 1]
            what = _EMPTY_SEGMENT.fill(
                start=table.times[kept[number] - 1], end=table.times[end - 1], where=where
            )
            raise InputError(_stripped(what), hint=_EMPTY_SEGMENT_HINT)
        del kept[number if last else number + 1]
    return tuple(kept)


def _empty_segment(table: CountTable, points: list[int]) -> tuple[int, Text] | None:
    ends = [*points[1:], table.times.size]
    sums = list(_totals(table, (0, 1)))
    for number, (start, end) in enumerate(zip(points, ends, strict=True)):
        for where, total in sums:
            if not (total[start:end] > 0).any():
                return number, where
    return None


def _stripped(words: Text) -> Text:
    return text(words.zh.replace(" ，", "，"), words.en.replace(" :", ":"))
