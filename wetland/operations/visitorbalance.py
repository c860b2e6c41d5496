"""Visitors beside birds, water and findings of their area, and what a lower cap would touch."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.texts import Lang, Text, text
from wetland.operations.balanceseries import beside
from wetland.operations.visitoranswers import months_told, series_of_area, whole_area
from wetland.operations.visitors import VisitorData, require_counts, visitors_of_store
from wetland.sites.load import Site
from wetland.statistics.aligned import Dated, align, step_label
from wetland.store.store import Store
from wetland.visitors.pack import Area

if TYPE_CHECKING:
    from wetland.statistics.association import AssociationOptions
    from wetland.visitors.balance import Pair, Per, Series
    from wetland.visitors.whatif import WhatIf

PARAMETERS = ("codmn", "nh3n", "tp")
_MONTHS_IN_YEAR = 12

_VISITORS = text("{area}入园人次", "entries of {area}")
_PARTS = text("{n}个月份计数不全，未参与", "{n} months were not wholly counted: left out")
_YEARS = text("{n}个年份不是十二个月都计全，未参与", "{n} years lack whole months: left out")
_NO_MONTHS = text(
    "{area}没有一个完整计数的{per}，无从比较", "no {per} of {area} was wholly counted"
)
_PER_WORDS = {"month": text("月", "month"), "year": text("年", "year")}
_NOT_SHOWN = text(
    "{area}的预测不予显示，不能据以测算：{why}",
    "the forecast of {area} is not shown, nothing is reckoned from it: {why}",
)


@dataclass(frozen=True)
class Panel:
    """One series to be drawn: visitors, or what they are held against.

    Parameters
    ----------
    key
        ``visitors`` or the key of a `wetland.visitors.balance.Series`.
    values
        Month (``2026-05``) or year -> value.
    effort
        Month or year -> survey effort, where one is told.
    """

    key: str
    name: Text
    values: Mapping[str, float]
    effort: Mapping[str, float]


@dataclass(frozen=True)
class Balance:
    """Visitors of an area against birds, water and findings.

    Parameters
    ----------
    pairs
        Every series at every lag, tested; p values corrected over all of them.
    panels
        The series themselves, visitors first.
    notes
        What was left out, and why something is not compared.
    caveats
        Printed wherever the results are.
    """

    area: Area
    per: Per
    pairs: tuple[Pair, ...]
    panels: tuple[Panel, ...]
    notes: tuple[Text, ...]
    caveats: tuple[Text, ...]
    synthetic: bool

    @property
    def steps(self) -> list[str]:
        """Return every month or year from the first to the last of the visitors."""
        told = sorted(self.panels[0].values)
        if self.per == "year":
            return [str(y) for y in range(int(told[0]), int(told[-1]) + 1)]
        first, last = (int(t[:4]) * _MONTHS_IN_YEAR + int(t[5:]) - 1 for t in (told[0], told[-1]))
        return [step_label(k, "month") for k in range(first, last + 1)]

    def rows(self, lang: Lang = "zh") -> list[dict[str, Any]]:
        """Return one JSON-ready row for each series and lag."""
        from wetland.visitors.balance import KINDS

        return [
            {
                "area": self.area.id,
                "with": pair.of.key,
                "kind": KINDS[pair.of.kind].get(lang),
                "name": pair.of.name.get(lang),
                "lag": pair.lag,
                "n": pair.found.n,
                "n_effective": _number(pair.found.n_effective),
                "rho": _number(pair.found.rho),
                "lower": _number(pair.found.lower),
                "upper": _number(pair.found.upper),
                "p_value": _number(pair.found.p_value),
                "p_corrected": _number(pair.p_corrected),
                "method": pair.found.method,
                "verdict": pair.verdict.get(lang),
                "notes": [n.get(lang) for n in (*pair.found.notes, *pair.of.notes)],
                "synthetic": self.synthetic,
            }
            for pair in self.pairs
        ]

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return it as JSON-ready mappings; the caveats belong to the result."""
        return {
            "area": self.area.id,
            "name": self.area.name.get(lang),
            "per": self.per,
            "pairs": self.rows(lang),
            "series": [
                {
                    "key": panel.key,
                    "name": panel.name.get(lang),
                    "values": dict(panel.values),
                    "effort": dict(panel.effort),
                }
                for panel in self.panels
            ],
            "notes": [note.get(lang) for note in self.notes],
            "caveats": [one.get(lang) for one in self.caveats],
            "synthetic": self.synthetic,
        }


def balance_of(  # noqa: PLR0913 - what is held against what, and how
    store: Store,
    site: Site,
    *,
    area: str | None = None,
    per: Per = "month",
    lags: Sequence[int] = (0, 1, 2),
    parameters: Sequence[str] = PARAMETERS,
    as_of: dt.datetime | None = None,
    options: AssociationOptions | None = None,
) -> Balance:
    """Test an area's visitors against the birds, water and findings that its pack names for it.

    Visitors are the entries of months that are known whole (every day counted, or a total of the
    month); a year is the sum of twelve of them. What the area is held against: birds of its plots
    with their survey effort, the worst water class and means of some parameters of its stations,
    suspected breaches in its zones.

    Parameters
    ----------
    area
        Its id or name; None is the area that is part of no other.
    per
        ``month`` or ``year``.
    lags
        Steps by which visitors come before what they are held against.
    parameters
        Of water, by any name of the dictionary.
    as_of
        The moment it is looked on; later counts and surveys are left out.

    Raises
    ------
    InputError
        There are no counts, no such area, or no month of it is known whole.
    """
    from wetland.statistics.association import CAVEAT
    from wetland.visitors.balance import CAUTION, HOLM, balance

    data = require_counts(visitors_of_store(store, site, as_of=as_of))
    chosen = whole_area(data) if area is None else data.area(area)
    visitors, values, notes = _visitors(data, chosen, per)
    until = None if as_of is None else as_of.astimezone(data.zone).date()
    days = (_first_day(min(values)), until)
    others, missing = beside(store, site, chosen, parameters=parameters, per=per, days=days)
    pairs = balance(visitors, others, per=per, lags=lags, options=options)
    tested = sum(math.isfinite(pair.found.p_value) for pair in pairs)
    shown = Panel("visitors", _VISITORS.fill(area=chosen.name), values, {})
    return Balance(
        chosen, per, pairs, (shown, *(_panel(one, per) for one in others)), (*notes, *missing),
        (CAVEAT, CAUTION, *([HOLM.fill(n=tested)] if tested > 1 else [])),
        _invented(data) or any(one.synthetic for one in others),
    )  # fmt: skip


def _invented(data: VisitorData) -> bool:
    return bool(data.counts["synthetic"].fillna(False).astype(bool).any())


def _visitors(
    data: VisitorData, area: Area, per: Per
) -> tuple[Dated, dict[str, float], list[Text]]:  # fmt: skip
    """Return the visitors of whole months, or of whole years, and how many were left out."""
    from wetland.visitors.comparison import compared

    table = compared(series_of_area(data, area.id), months=months_told(data, area.id))
    whole = table[table["complete"].to_numpy(dtype=bool)]
    values = dict(zip(map(str, whole["period"]), whole["value"].astype(float), strict=True))
    parts = len(table) - len(whole)
    notes = [_PARTS.fill(n=parts)] if parts else []
    if per == "year":
        values, lost = _years(values)
        notes += [_YEARS.fill(n=lost)] if lost else []
    if not values:
        raise InputError(_NO_MONTHS.fill(area=area.name, per=_PER_WORDS[per]))
    days = list(map(_first_day, values))
    return Dated(days, list(values.values()), "sum"), values, notes


def _first_day(label: str) -> dt.date:
    """Return the first day of a month or year."""
    return dt.date(int(label[:4]), int(label[5:] or 1), 1)


def _years(months: Mapping[str, float]) -> tuple[dict[str, float], int]:
    parts: dict[str, list[float]] = {}
    for label, value in months.items():
        parts.setdefault(label[:4], []).append(value)
    whole = {y: math.fsum(v) for y, v in parts.items() if len(v) == _MONTHS_IN_YEAR}
    return whole, len(parts) - len(whole)


def _panel(one: Series, per: Per) -> Panel:
    own = align(one.values, one.values, per)
    values = dict(zip(own.labels, own.x.tolist(), strict=True))
    effort: dict[str, float] = {}
    if one.effort is not None:
        spent = align(one.effort, one.effort, per)
        effort = dict(zip(spent.labels, spent.x.tolist(), strict=True))
    return Panel(one.key, one.name, values, effort)


def cap_of(
    data: VisitorData,
    cap: float,
    *,
    area: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    come_again: float = 0.0,
) -> WhatIf:
    """Tell what a cap of visitors a day would have changed on the days that were counted.

    Parameters
    ----------
    area
        Its id or name; None is the area that is part of no other.
    since, until
        First and last local day; None are those of the counts.
    come_again
        See `wetland.visitors.whatif.what_if`.

    Raises
    ------
    InputError
        There are no counts, no such area, or the cap is no number of people.
    """
    from wetland.visitors.whatif import what_if

    days = series_of_area(data, area)
    kept = [(since is None or day >= since) and (until is None or day <= until)
            for day in days.index]  # fmt: skip
    return what_if(days[kept], cap, come_again=come_again)


def cap_ahead(
    data: VisitorData,
    cap: float,
    *,
    area: str | None = None,
    horizon: int = 14,
    come_again: float = 0.0,
) -> WhatIf:
    """Tell what a cap would change on the next days, with the interval of their forecast.

    Raises
    ------
    InputError
        As `cap_of`, or the forecast may not be shown: it does not beat seasonal naive.
    """
    from wetland.operations.visitorforecast import forecast_of
    from wetland.visitors.whatif import what_if

    chosen = whole_area(data) if area is None else data.area(area)
    found = forecast_of(data, freq="day", horizon=horizon, places=[chosen.id]).forecasts[0]
    if not found.told.shown:
        raise InputError(_NOT_SHOWN.fill(area=chosen.name, why=found.told.reason))
    ahead = found.frame.set_index(found.frame["time"].map(_day))
    bounds = (ahead["lower"], ahead["upper"])
    return what_if(ahead["mean"], cap, come_again=come_again, bounds=bounds)


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
