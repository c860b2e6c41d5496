"""TLI(Σ) of numbers (综合营养状态指数): the five lines, their weights, the states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text

Floats = NDArray[np.float64]

# By item: constant and factor of the logarithm, and the squared correlation with chlorophyll a.
_LINES: dict[str, tuple[float, float, float]] = {
    "chla": (2.5, 1.086, 1.0),
    "tp": (9.436, 1.624, 0.84**2),
    "tn": (5.453, 1.694, 0.82**2),
    "sd": (5.118, -1.94, 0.83**2),
    "codmn": (0.109, 2.661, 0.83**2),
}
ITEMS: tuple[str, ...] = tuple(_LINES)
_R2 = np.array([line[2] for line in _LINES.values()])
WEIGHTS: dict[str, float] = dict(zip(ITEMS, (_R2 / _R2.sum()).tolist(), strict=True))

STATES: dict[str, Text] = {
    "oligotrophic": text("贫营养", "oligotrophic"),
    "mesotrophic": text("中营养", "mesotrophic"),
    "lightly_eutrophic": text("轻度富营养", "lightly eutrophic"),
    "moderately_eutrophic": text("中度富营养", "moderately eutrophic"),
    "highly_eutrophic": text("重度富营养", "highly eutrophic"),
}
_NAMES: tuple[str, ...] = tuple(STATES)

_NOT_AN_ITEM = text(
    "{item} 不参与综合营养状态指数；参与的指标：{allowed}",
    "{item} is no item of the trophic level index; its items are {allowed}",
)


@dataclass(frozen=True, slots=True)
class TrophicIndex:
    """The index of one set of means.

    Parameters
    ----------
    tli
        TLI(Σ), not rounded; None where no item can be used.
    state
        Key of `STATES`; None without an index.
    parts
        Index of each item that was used.
    missing
        Items that were not measured, or whose mean is not above zero.
    """

    tli: float | None
    state: str | None
    parts: Mapping[str, float]
    missing: tuple[str, ...]

    @property
    def official(self) -> bool:
        """Tell whether all five items make the index."""
        return not self.missing


def partial_indices(item: str, means: Sequence[float] | Floats) -> Floats:
    """Return the index of one item for means of it.

    ``TLI(j) = 10 (a + b ln x)``. NaN where the mean is missing or not above zero: the logarithm
    of zero is no small index, it is none.

    Parameters
    ----------
    item
        One of `ITEMS`.
    means
        chla in mg/m3, sd in m, tp, tn and codmn in mg/L.

    Raises
    ------
    InputError
        No item of the index.

    References
    ----------
    环办[2011]22号, trophic state of lakes and reservoirs.

    Examples
    --------
    >>> partial_indices("chla", [1.0, 10.0]).round(3).tolist()
    [25.0, 50.006]
    """
    if item not in _LINES:
        raise InputError(_NOT_AN_ITEM.fill(item=item, allowed=", ".join(ITEMS)))
    constant, factor, _ = _LINES[item]
    values = np.asarray(means, dtype=np.float64)
    usable = np.isfinite(values) & (values > 0)
    logs = np.log(np.where(usable, values, 1.0))
    return np.where(usable, 10 * (constant + factor * logs), np.nan)


def weighted_index(parts: Floats) -> Floats:
    """Return TLI(Σ) of rows of partial indices in the order of `ITEMS`.

    The weight of an item is its squared correlation with chlorophyll a over the sum of those that
    are there. NaN where a row has no item.

    Examples
    --------
    >>> weighted_index(np.array([[50.0, 50.0, np.nan, 50.0, 50.0]])).round(9).tolist()
    [50.0]
    """
    there = ~np.isnan(parts)
    weights = np.where(there, _R2, 0.0)
    total = weights.sum(axis=1)
    summed = np.where(there, parts * weights, 0.0).sum(axis=1)
    return np.where(total > 0, summed / np.where(total > 0, total, 1.0), np.nan)


def trophic_state(tli: float) -> str | None:
    """Return the key of the state (`STATES`) of an index; None where it is missing.

    Rule of decision: below 30 oligotrophic, 30 to 50 mesotrophic, above 50 to 60 lightly, above 60
    to 70 moderately, above 70 highly eutrophic. The index is compared as computed, not rounded.

    Examples
    --------
    >>> [trophic_state(x) for x in (29.99, 30.0, 50.0, 50.01, 70.0)]
    ['oligotrophic', 'mesotrophic', 'mesotrophic', 'lightly_eutrophic', 'moderately_eutrophic']
    """
    if np.isnan(tli):
        return None
    if tli < 30:
        return _NAMES[0]
    return _NAMES[1 + int(np.searchsorted((50.0, 60.0, 70.0), tli, side="left"))]


def trophic_index(means: Mapping[str, float | None]) -> TrophicIndex:
    """Return the trophic level index of one lake from the means of its items.

    Parameters
    ----------
    means
        Mean by item: chla in mg/m3, sd in m, tp, tn and codmn in mg/L; None or NaN where it was
        not measured. Other parameters are not looked at.

    Notes
    -----
    With fewer than five items the weights are shared among those that are there; the index is then
    not official (`TrophicIndex.official`).

    Examples
    --------
    >>> found = trophic_index({"chla": 26.0, "tp": 0.08, "tn": 1.2, "sd": 0.5, "codmn": 5.0})
    >>> round(found.tli, 2), found.state, found.official
    (56.32, 'lightly_eutrophic', True)
    """
    rows = {item: np.array([[_number(means.get(item))]]) for item in ITEMS}
    parts = np.hstack([partial_indices(item, rows[item]) for item in ITEMS])
    value = float(weighted_index(parts)[0])
    there = dict(zip(ITEMS, parts[0].tolist(), strict=True))
    return TrophicIndex(
        tli=None if np.isnan(value) else value,
        state=trophic_state(value),
        parts={item: part for item, part in there.items() if not np.isnan(part)},
        missing=tuple(item for item, part in there.items() if np.isnan(part)),
    )


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def part_indices(means: Floats) -> Floats:
    """Return the partial indices of rows of means in the order of `ITEMS`."""
    return np.column_stack([partial_indices(item, means[:, k]) for k, item in enumerate(ITEMS)])


def bound_indices(means: Floats, there: NDArray[np.bool_]) -> Floats:
    """Return the index at one end of what means may be; with a mean of zero it has no bound.

    ``there`` says which items count; an end may be zero or infinite.
    """
    parts = part_indices(means)
    for k, item in enumerate(ITEMS):
        sign = np.sign(_LINES[item][1])
        parts[:, k] = np.where(means[:, k] == 0, -sign * np.inf, parts[:, k])
        parts[:, k] = np.where(np.isposinf(means[:, k]), sign * np.inf, parts[:, k])
    return weighted_index(np.where(there, parts, np.nan))
