"""Effort of a survey (调查努力量): minutes, kilometres, hectares, yes and no as people write them.

A bare number is in the unit the column is named for. What is no number with a unit of its kind
raises `CellError`.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from wetland.base.texts import text
from wetland.reading.cells import number
from wetland.reading.dates import CellError

NOT_EFFORT = text("不是{k}，请写数值和单位", "not a {k}: write a number and its unit")
NEGATIVE = text("不能为负", "it cannot be negative")
NOT_TRUTH = text("请写 是 或 否", "write yes or no")
DURATION = text("时长", "duration")
DISTANCE = text("距离", "distance")
AREA = text("面积", "area")
PEOPLE = text("人数", "number of people")

_MINUTES = {"min": 1.0, "mins": 1.0, "minute": 1.0, "minutes": 1.0, "分钟": 1.0, "分": 1.0,
            "m": 1.0, "h": 60.0, "hr": 60.0, "hrs": 60.0, "hour": 60.0, "hours": 60.0,
            "小时": 60.0, "时": 60.0, "个小时": 60.0, "s": 1 / 60, "sec": 1 / 60,
            "second": 1 / 60, "seconds": 1 / 60, "秒": 1 / 60, "d": 1440.0, "day": 1440.0,
            "days": 1440.0, "天": 1440.0, "日": 1440.0}  # fmt: skip
_KILOMETRES = {"km": 1.0, "kilometre": 1.0, "kilometres": 1.0, "kilometer": 1.0,
               "kilometers": 1.0, "公里": 1.0, "千米": 1.0, "m": 0.001, "metre": 0.001,
               "metres": 0.001, "meter": 0.001, "meters": 0.001, "米": 0.001, "里": 0.5,
               "mi": 1.609344, "mile": 1.609344, "miles": 1.609344}  # fmt: skip
_HECTARES = {"ha": 1.0, "hectare": 1.0, "hectares": 1.0, "公顷": 1.0, "sqm": 1e-4,
             "square metre": 1e-4, "square metres": 1e-4, "square meter": 1e-4,
             "square meters": 1e-4, "平方米": 1e-4, "ksqm": 100.0, "sqkm": 100.0,
             "square kilometre": 100.0, "square kilometres": 100.0, "square kilometer": 100.0,
             "square kilometers": 100.0, "平方公里": 100.0, "平方千米": 100.0, "亩": 1 / 15,
             "ac": 0.40468564224, "acre": 0.40468564224, "acres": 0.40468564224}  # fmt: skip
_PIECE = re.compile(r"(\d+(?:\.\d+)?)\s*([^\d\s.:/][^\d:/]*?)?(?:\s+|(?=\d)|$)")
_SQUARED = re.compile(r"m\^?2(?!\d)")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?$")
_ISO = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$", re.I)
_TRUE = {"1", "1.0", "true", "t", "yes", "y", "是", "有", "对", "完整", "全部", "complete", "√"}
_FALSE = {"0", "0.0", "false", "f", "no", "n", "否", "无", "不", "不完整", "部分", "incomplete",
          "partial", "×", "x"}  # fmt: skip
_LONGEST = 60


def _words(cell: object) -> str:
    return unicodedata.normalize("NFKC", str(cell)).strip().casefold()[: _LONGEST + 1]


def _amount(cell: object, units: dict[str, float]) -> float | None:
    """Return the sum of a cell's numbers in the unit of factor 1, None where it is none."""
    words = _words(cell).removeprefix("约").removeprefix("~").replace(",", "")
    if not words or len(words) > _LONGEST:
        return None
    words = _SQUARED.sub("sqm", words)
    at, total = 0, 0.0
    for piece in _PIECE.finditer(words):
        if piece.start() != at:
            return None
        at = piece.end()
        factor = units.get((piece[2] or "").strip().rstrip("."))
        if piece[2] is None:
            factor = 1.0 if piece.start() == 0 and at == len(words) else None
        if factor is None:
            return None
        total += float(piece[1]) * factor
    return total if at == len(words) else None


def _checked(value: float | None, kind: object) -> float:
    if value is None:
        raise CellError("effort_invalid", NOT_EFFORT.fill(k=kind))
    return round(value, 6)


def _plain(cell: object) -> float | None:
    """Return a bare number; CellError where it is negative."""
    try:
        value = number(cell)
    except CellError:
        return None
    if value < 0:
        raise CellError("effort_negative", NEGATIVE)
    return value


def minutes(cell: object) -> float:
    """Read a duration in minutes.

    Raises
    ------
    CellError
        It is none, or negative.

    Examples
    --------
    >>> minutes("1.5小时"), minutes("1h30min"), minutes("01:30"), minutes(45)
    (90.0, 90.0, 90.0, 45.0)
    """
    if isinstance(cell, dt.timedelta):
        return cell.total_seconds() / 60
    if isinstance(cell, dt.time):
        return cell.hour * 60 + cell.minute + cell.second / 60
    found = _plain(cell)
    if found is not None:
        return found
    words = _words(cell)
    clock = _CLOCK.match(words) or _ISO.match(words)
    if clock and any(clock.groups()):
        hours, mins, seconds = (float(part or 0) for part in clock.groups())
        return hours * 60 + mins + seconds / 60
    return _checked(_amount(cell, _MINUTES), DURATION)


def kilometres(cell: object) -> float:
    """Read a distance in kilometres; CellError where it is none, or negative.

    Examples
    --------
    >>> kilometres("800米"), kilometres("2.5 km"), kilometres(3)
    (0.8, 2.5, 3.0)
    """
    found = _plain(cell)
    return _checked(_amount(cell, _KILOMETRES), DISTANCE) if found is None else found


def hectares(cell: object) -> float:
    """Read an area in hectares; CellError where it is none, or negative.

    Examples
    --------
    >>> hectares("15亩"), hectares("2 km²"), hectares("0.5")
    (1.0, 200.0, 0.5)
    """
    found = _plain(cell)
    return _checked(_amount(cell, _HECTARES), AREA) if found is None else found


def metres(cell: object) -> float:
    """Read an uncertainty in metres; CellError where it is none, or negative.

    Examples
    --------
    >>> metres("30 m"), metres("0.5km"), metres(10)
    (30.0, 500.0, 10.0)
    """
    found = _plain(cell)
    if found is not None:
        return found
    return round(_checked(_amount(cell, _KILOMETRES), DISTANCE) * 1000, 3)


def people(cell: object) -> int:
    """Read a number of people; CellError where it is none.

    Examples
    --------
    >>> people("3人"), people(2.0)
    (3, 2)
    """
    words = _words(cell).rstrip("人名位")
    found = re.fullmatch(r"(\d{1,4})(?:\.0+)?\s*(?:people|persons?|observers?)?", words)
    if found is None:
        raise CellError("effort_invalid", NOT_EFFORT.fill(k=PEOPLE))
    return int(found[1])


def truth(cell: object) -> bool:
    """Read yes or no; CellError where it is neither.

    Examples
    --------
    >>> truth("是"), truth("FALSE"), truth(1)
    (True, False, True)
    """
    if isinstance(cell, bool):
        return cell
    words = _words(cell)
    if words in _TRUE:
        return True
    if words in _FALSE:
        return False
    raise CellError("truth_invalid", NOT_TRUTH)
