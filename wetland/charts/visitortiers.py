"""What the charts of visitors share: colours and words of a load, days as Vega takes them.

A word stands beside every colour, and lightness falls from kept to red, so that nothing rests on
hue alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from wetland.base.texts import Lang, Text, text

OUTCOMES: Mapping[str, Text] = {
    "kept": text("未达预警", "below the tiers"),
    "yellow": text("黄色预警", "yellow"),
    "orange": text("橙色预警", "orange"),
    "red": text("红色：达到或超过承载量", "red: capacity reached or exceeded"),
    "undecided": text("待定", "undecided"),
}
COLOURS: Mapping[str, str] = {
    "kept": "#7FB2C4",
    "yellow": "#E5C02C",
    "orange": "#D9731A",
    "red": "#A3003A",
    "undecided": "#8B7AA8",
}
# Paler ones for the ground of a gauge.
TINTS: Mapping[str, str] = {
    "kept": "#F1F6F7",
    "yellow": "#FBF3CC",
    "orange": "#F8E0C9",
    "red": "#F1CFDB",
}
EMPTY_FILL = "#FFFFFF"
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - local wall time, drawn as it is
_MYRIAD = 10_000


def wall_ms(at: dt.date | dt.datetime) -> int:
    """Return a local day or wall time as Vega takes it, its zone left aside.

    Examples
    --------
    >>> wall_ms(dt.date(1970, 1, 2)), wall_ms(dt.datetime(1970, 1, 1, 8))
    (86400000, 28800000)
    """
    moment = (
        at.replace(tzinfo=None)
        if isinstance(at, dt.datetime)
        else dt.datetime.combine(at, dt.time())
    )
    return round((moment - _EPOCH).total_seconds() * 1000)


def count_words(value: float | None) -> str:
    """Return a count of people with its thousands apart, a dash for none.

    Examples
    --------
    >>> count_words(18342.0), count_words(None)
    ('18,342', '–')
    """
    return "–" if value is None or value != value else f"{value:,.0f}"


def large_words(value: float, lang: Lang) -> str:
    """Return a large count as each language says it: in 万, or in thousands and millions.

    Examples
    --------
    >>> large_words(65_000_000, "zh"), large_words(65_000_000, "en"), large_words(244_400, "zh")
    ('6500万', '65 M', '24.44万')
    """
    if lang == "zh":
        return f"{value / _MYRIAD:.6g}万" if value >= _MYRIAD else f"{value:,.0f}"
    if value >= 1_000_000:
        return f"{value / 1_000_000:.6g} M"
    return f"{value:,.0f}"
