"""The items of a class told together (指标联合预测): their values, classes, probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.statistics.rolling import from_scale, known_before
from wetland.water.classesitems import item_class, oxygen_saturated
from wetland.water.parameters import parameters
from wetland.water.standards import standard_on
from wetland.water.stations import CLASSES, Station

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


def class_codes(codes: tuple[str, ...], values: Floats, station: Station) -> tuple[Codes, Codes]:
    """Return the class and the class of each item (first axis), 1 to 6; 0 where an item is missing.

    ``values`` has the items on its first axis, in the order of ``codes``; they are rounded half to
    even to the items' places first, as means are, and judged by the newest standard.

    Examples
    --------
    >>> from wetland.base.texts import text
    >>> river = Station(id="a", name=text("甲", "a"), water_body="river")
    >>> values = np.array([[7.2, 7.2, 9.6], [0.04, np.nan, 0.2]])
    >>> class_codes(("ph", "tp"), values, river)[0].tolist()
    [2, 0, 6]
    """
    standard = standard_on()
    lake = np.full(values.shape[1:], station.water_body == "lake")
    rounded = {code: _rounded(code, values[row]) for row, code in enumerate(codes)}
    by_item = []
    for code in codes:
        if code == "temp":
            continue
        full = None
        if code == "do" and "temp" in rounded:
            oxygen, warmth = rounded[code].ravel(), rounded["temp"].ravel()
            full = oxygen_saturated(standard, oxygen, warmth, np.full(oxygen.shape, np.nan))
            full = full.reshape(lake.shape)
        by_item.append(item_class(standard.limits[code], rounded[code], lake, saturated=full))
    items = np.stack(by_item)
    worst = items.max(axis=0)
    return np.where((items == 0).any(axis=0), 0, worst).astype(np.int8), items


def _rounded(code: str, values: Floats) -> Floats:
    decimals = parameters()[code].decimals
    return values if decimals is None else np.round(values, decimals)


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
