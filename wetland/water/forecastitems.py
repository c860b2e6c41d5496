"""The items of a class told together (指标联合预测): their values, classes, probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.statistics.rolling import from_scale, known_before
from wetland.water.parameters import parameters
from wetland.water.standards import Standard, standard_on
from wetland.water.stations import CLASSES, Station, WaterBody

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int8]

FEWEST_MEMBERS = 12
INFERIOR = len(CLASSES)


@dataclass(frozen=True, slots=True)
class Members:
    """The items of a station's class with their forecasts, aligned on one grid of months.

    ``told`` and ``errors`` have axes item, origin, lead, on the scale of each item's model;
    ``codes`` names the items, temperature last where it stands beside dissolved oxygen only for
    the saturation rule.
    """

    codes: tuple[str, ...]
    scales: tuple[str, ...]
    told: Floats
    errors: Floats
    origins: Ints


def item_codes(code: str, values: Floats, *, body: WaterBody, standard: Standard) -> Codes:
    """Return the class of each value of one item, 1 (I) to 6 (worse than V), 0 for NaN.

    Values are rounded half to even to the item's places first, as means are.

    Examples
    --------
    >>> standard = standard_on()
    >>> item_codes("tp", np.array([0.04, 0.2, np.nan]), body="river", standard=standard).tolist()
    [2, 3, 0]
    >>> item_codes("ph", np.array([7.2, 9.6]), body="river", standard=standard).tolist()
    [1, 6]
    """
    decimals = parameters()[code].decimals
    rounded = values if decimals is None else np.round(values, decimals)
    rule = standard.limits[code]
    if rule.within is not None:
        low, high = (float(end) for end in rule.within)
        codes = np.where((rounded >= low) & (rounded <= high), 1, INFERIOR)
    else:
        limits = np.array([float(limit) for limit in rule.of(body)])
        ascending = limits if rule.kind == "max" else -limits
        measured = rounded if rule.kind == "max" else -rounded
        codes = 1 + np.searchsorted(ascending, measured, side="left")
    return np.where(np.isnan(values), 0, codes).astype(np.int8)


def class_codes(codes: tuple[str, ...], values: Floats, station: Station) -> tuple[Codes, Codes]:
    """Return the class, and the class of each item (first axis); 0 where an item is missing."""
    standard = standard_on()
    items = [code for code in codes if code != "temp"]
    by_item = np.stack(
        [
            item_codes(code, values[codes.index(code)], body=station.water_body, standard=standard)
            for code in items
        ]
    )
    if "temp" in codes and "do" in items:
        # 468 / (31.6 + T) mg/L is saturation (HJ 2.3-2018); at 90 % of it oxygen is of class I.
        saturation = 468 / (31.6 + values[codes.index("temp")])
        full = values[codes.index("do")] >= float(standard.do_saturation) * saturation
        at = items.index("do")
        by_item[at] = np.where(full & (by_item[at] > 0), 1, by_item[at])
    worst = by_item.max(axis=0)
    return np.where((by_item == 0).any(axis=0), 0, worst).astype(np.int8), by_item


def spread(members: Members, lead: int, rows: slice) -> Floats:
    """Return the values of all members, axes item, origin (``rows``), past error of that lead."""
    errors = members.errors[:, :, lead]
    whole = errors[:, ~np.isnan(errors).any(axis=0)]
    values = members.told[:, rows, lead, None] + whole[:, None, :]
    return np.stack([_unscaled(v, s) for v, s in zip(values, members.scales, strict=True)])


def _unscaled(values: Floats, scale: str) -> Floats:
    return from_scale(values, "log" if scale == "log" else "identity")


def probabilities(members: Members, station: Station) -> Floats:
    """Return the probabilities told at every origin and lead, axes origin, lead, class.

    A member is an earlier month with the errors of all items, known at the origin; one more member
    is spread evenly over the classes, so that none is called impossible. NaN with fewer than
    `FEWEST_MEMBERS`.
    """
    _, origins, leads = members.told.shape
    known = known_before(members.origins, leads)
    told = np.full((origins, leads, INFERIOR), np.nan)
    for lead in range(leads):
        whole = ~np.isnan(members.errors[:, :, lead]).any(axis=0)
        counted = np.concatenate([[0], whole.cumsum()])[known[:, lead]]
        codes, _ = class_codes(members.codes, spread(members, lead, slice(None)), station)
        usable = np.arange(codes.shape[1])[None, :] < counted[:, None]
        able = (counted >= FEWEST_MEMBERS) & (codes != 0).all(axis=1)
        for code in range(1, INFERIOR + 1):
            share = ((codes == code) & usable).sum(axis=1) + 1 / INFERIOR
            told[:, lead, code - 1] = np.where(able, share / (counted + 1), np.nan)
    return told
