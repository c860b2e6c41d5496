"""Numbers of visitors as people write them: 1,234, 1.2万, 约3000人, 闭园."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from wetland.base.texts import text
from wetland.reading.cells import is_blank, number
from wetland.reading.dates import CellError
from wetland.reading.workbook import FORMULA

LONGEST_PLAIN = 15
NO_FORMULA = text("公式没有算出的值", "a formula without a calculated value")

_ABOUT = re.compile(r"^(?:约|近|逾|超过|超|大约|~|≈|about|approx\.?|ca\.?)\s*", re.IGNORECASE)
_MORE = re.compile(r"\s*(?:\+|余|多)(?=\D*$)")
_UNIT = re.compile(
    r"\s*(?:人次|人|艘次|艘|辆次|辆|航次|个|位|次|persons?|people|visitors?|visits?|cars?|boats?)$",
    re.IGNORECASE,
)
_POWER = re.compile(r"(.+?)\s*(万|千|百万|亿)$")
_POWERS = {"千": 1_000, "万": 10_000, "百万": 1_000_000, "亿": 100_000_000}
_CLOSED = frozenset({"闭园", "关闭", "未开放", "停运", "停航", "休园", "停止开放", "closed",
                     "close", "not open", "未开", "停开", "暂停开放", "休"})  # fmt: skip


class Number(NamedTuple):
    """A number of a cell, and whether it is told as about, or rounded to thousands."""

    value: float
    about: bool = False


def is_closed(raw: str) -> bool:
    """Tell whether a cell says that the place was closed, so that nothing was counted."""
    return raw.strip().casefold() in _CLOSED


def read_number(raw: str) -> Number | None:
    """Read a count; None where nobody counted.

    Raises
    ------
    CellError
        It is neither blank nor a number.

    Examples
    --------
    >>> read_number("1,234人次"), read_number("闭园")
    (Number(value=1234.0, about=False), None)
    >>> read_number("约1.2万")
    Number(value=12000.0, about=True)
    """
    if raw.isdecimal() and raw.isascii() and len(raw) <= LONGEST_PLAIN:
        return Number(float(raw))
    if is_blank(raw) or is_closed(raw):
        return None
    if raw == FORMULA:
        raise CellError("formula", NO_FORMULA)
    words = unicodedata.normalize("NFKC", raw).strip().replace("−", "-")
    bare = _MORE.sub("", _ABOUT.sub("", _UNIT.sub("", words)))
    bare = _UNIT.sub("", bare)
    power = _POWER.match(bare)
    if power:
        value = number(power[1].strip()) * _POWERS[power[2]]
        return Number(round(value, 6), True)
    return Number(number(bare), bare != _UNIT.sub("", words))


def shown(value: float) -> str:
    """Return a number as people write it.

    Examples
    --------
    >>> shown(1258760.0), shown(2.5)
    ('1258760', '2.5')
    """
    return format(value, ".15g")
