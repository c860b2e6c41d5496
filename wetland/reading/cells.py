"""Single cells as people write them: what is blank, and what is a number.

Every reader takes one cell and returns its value or raises `CellError`. Blank is a fact not known;
what cannot be read is an error and never silently a blank.
"""

from __future__ import annotations

import math
import re

from wetland.base.texts import text
from wetland.reading.dates import CellError

BLANK = frozenset(
    {"", "-", "--", "/", "—", "n/a", "na", "nan", "nat", "null", "none", "unknown", "未知", "不详",
     "不明", "无记录", "待查", "空"}
)  # fmt: skip

NOT_A_NUMBER = text("不是数值", "not a number")
NOT_FINITE = text("不是有限的数值（NaN 或无穷）", "not a finite number (NaN or infinite)")

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")


def is_blank(raw: object) -> bool:
    """Tell whether a cell says nothing: empty, or a word for "not known"."""
    if raw is None:
        return True
    if isinstance(raw, float):
        return math.isnan(raw)
    if isinstance(raw, str):
        return not raw or raw.strip().casefold() in BLANK
    return type(raw).__name__ in {"NaTType", "NAType"}


def is_empty(raw: object) -> bool:
    """Tell whether a cell holds nothing at all (a written ``NaN`` or ``unknown`` is something)."""
    if isinstance(raw, str):
        return not raw or raw.isspace()
    return is_blank(raw)


def number(raw: object) -> float:
    """Read a finite number; thousands separators are allowed, decimal commas are not.

    Examples
    --------
    >>> number("1,234.5")
    1234.5
    """
    if isinstance(raw, bool):
        raise CellError("not_a_number", NOT_A_NUMBER)
    if isinstance(raw, int | float):
        value = float(raw)
    else:
        words = str(raw).strip()
        plain = words.replace(",", "") if _THOUSANDS.match(words) else words
        if not _NUMBER.match(plain):
            is_special = plain.casefold().lstrip("+-") in {"nan", "inf", "infinity"}
            problem = ("not_finite", NOT_FINITE) if is_special else ("not_a_number", NOT_A_NUMBER)
            raise CellError(*problem)
        value = float(plain)
    if not math.isfinite(value):
        raise CellError("not_finite", NOT_FINITE)
    return value
