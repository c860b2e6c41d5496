"""Probabilities of the class of the months ahead (水质类别预测), from the items told together.

At every origin the errors that the items' forecasts had *in the same month* are added to what is
told now, as they came: items that are bad together stay together. Each past month so gives one
member; its class is the worst of its items by the standard, and the share of the members in a class
is its probability, mixed with the frequencies of past classes as much as these were right before.
Nothing is drawn at random.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from wetland.base.texts import Text, text
from wetland.water.forecastitems import Floats, Members, class_codes, probabilities, spread
from wetland.water.forecastscores import (
    ClassTest,
    judge_classes,
    mix_with_frequencies,
    score_classes,
)
from wetland.water.parameters import parameters
from wetland.water.standards import assessment_on
from wetland.water.stations import CLASSES, Programme, Station

if TYPE_CHECKING:
    import pandas as pd

    from wetland.water.forecast import Told

COMMON = 0.8  # an item must be known in this share of the months of the best-known item

CLASS_COLUMNS = (
    "station", "period", "lead", "water_class", "likelihood", "probabilities", "deciding", "shown",
    "skill", "frequency_skill", "chance", "rps", "naive_rps", "frequency_rps", "hits", "naive_hits",
    "origins", "tested", "items_weight", "items", "left_out", "not_measured", "reason", "synthetic",
)  # fmt: skip

_NO_ITEMS = text("没有可预测的类别评价指标", "no item of the class can be forecast at this station")
_WITHOUT = text(
    "{reason}；不含{items}，实际类别可能更差",
    "{reason}; without {items}: the class may be worse",
)
_SHORT = text(
    "各指标同时有值的月份太少，不能检验类别预测",
    "too few months with all items together to test a forecast of the class",
)


def _chosen(told: list[Told]) -> tuple[list[Told], list[str]]:
    """Return the items the class is told from, and those that are left out.

    An item stays where it can be forecast and is known in `COMMON` of the months of the best-known
    one: the others are measured too seldom to be put together with them.
    """
    items = [one for one in told if one.series.parameter in assessment_on().items]
    able = [one for one in items if one.rolled is not None and one.evaluation is not None]
    most = max((one.series.known for one in able), default=0)
    kept = [one for one in able if one.series.known >= COMMON * most]
    names = {one.series.parameter for one in kept}
    return kept, [o.series.parameter for o in items if o.series.parameter not in names]


def _members(chosen: list[Told], told: list[Told]) -> Members:
    together = list(chosen)
    if any(one.series.parameter == "do" for one in chosen):
        most = max(one.series.known for one in chosen)
        together += [
            one
            for one in told
            if one.series.parameter == "temp"
            and one.evaluation is not None
            and one.series.known >= COMMON * most
        ]
    rolled = [one.rolled for one in together if one.rolled is not None]
    return Members(
        tuple(one.series.parameter for one in together),
        tuple(one.scale for one in rolled),
        np.stack([one.told for one in rolled]),
        np.stack([one.errors for one in rolled]),
        rolled[0].origins,
    )


def _deciding(members: Members, lead: int, station: Station) -> dict[str, float]:
    """Return, at the last origin, the share of members in which each item sets the class."""
    values = spread(members, lead, slice(-1, None))
    worst, by_item = class_codes(members.codes, values, station)
    items = [code for code in members.codes if code != "temp"]
    shares = (by_item == worst).mean(axis=(1, 2))
    return {code: round(float(s), 4) for code, s in zip(items, shares, strict=True) if s > 0}


def _wanted(station: Station, programmes: Mapping[str, Programme]) -> list[str]:
    """Return the items of a class that the station's programme asks for."""
    programme = programmes.get(station.programme or "", assessment_on().programme)
    return [code for code in programme.items if code in assessment_on().items]


def _said(reason: Text, missing: list[str]) -> Text:
    """Add to a reason that the class may be worse for the items it does not rest on."""
    if not missing:
        return reason
    names = [parameters()[code].name for code in missing]
    return _WITHOUT.fill(
        reason=reason,
        items=text("、".join(n.zh for n in names), ", ".join(n.en for n in names)),
    )


def class_rows(
    told: list[Told], station: Station, *, programmes: Mapping[str, Programme]
) -> list[dict[str, object]]:
    """Return one row per month ahead with the probabilities of the class at one station.

    One row without a period, with its reason, where nothing can be told or shown.
    """
    chosen, left_out = _chosen(told)
    measured = {one.series.parameter for one in told}
    not_measured = [c for c in _wanted(station, programmes) if c not in measured]
    about: dict[str, object] = {
        "station": told[0].series.station,
        "shown": False,
        "origins": 0,
        "tested": 0,
        "items": [one.series.parameter for one in chosen],
        "left_out": left_out,
        "not_measured": not_measured,
        "synthetic": any(one.series.synthetic for one in told),
    }
    if not chosen:
        return [about | {"reason": _NO_ITEMS}]
    members = _members(chosen, told)
    by_code = {one.series.parameter: one.series.values for one in told}
    months = np.stack([by_code[code] for code in members.codes])
    actual, _ = class_codes(members.codes, months, station)
    shares, weight = mix_with_frequencies(probabilities(members, station), actual, members.origins)
    test = score_classes(shares, actual, members.origins)
    if test is None:
        return [about | {"reason": _SHORT}]
    shown, reason = judge_classes(test)
    about |= _test_columns(test) | {"shown": shown, "items_weight": weight}
    about["reason"] = _said(reason, left_out + not_measured)
    if not shown:
        return [about]
    rows = [
        about | told_now | {"period": _period(chosen, lead), "lead": lead}
        for lead in test.leads
        if (told_now := _lead_columns(shares[-1, lead - 1], members, lead, station))
    ]
    return rows or [about | {"shown": False}]


def _period(chosen: list[Told], lead: int) -> str:
    series = chosen[0].series
    return series.month(len(series.values) - 1 + lead)


def _test_columns(test: ClassTest) -> dict[str, object]:
    """Return the columns of the test, which all rows of a station share."""
    names = (
        "skill", "frequency_skill", "chance", "rps", "naive_rps", "frequency_rps", "hits",
        "naive_hits", "origins", "tested",
    )  # fmt: skip
    return {name: getattr(test, name) for name in names}


def _lead_columns(
    share: Floats, members: Members, lead: int, station: Station
) -> dict[str, object]:
    """Return the columns of one month; none where its season was never seen."""
    if np.isnan(share).any():
        return {}
    likely = int(share.argmax())
    return {
        "water_class": CLASSES[likely],
        "likelihood": float(share[likely]),
        "probabilities": dict(zip(CLASSES, share.tolist(), strict=True)),
        "deciding": _deciding(members, lead - 1, station),
    }


def class_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Put the rows of all stations in one table, columns `CLASS_COLUMNS`."""
    import pandas as pd  # noqa: PLC0415 - slow to import

    frame = pd.DataFrame(rows, columns=list(CLASS_COLUMNS))
    return frame.astype({"shown": bool, "synthetic": bool, "lead": "Int64"})
