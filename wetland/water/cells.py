"""Single cells of water tables as laboratories write them (检测值): number, limit, or nothing.

Rule of decision. `0.025L`, `<0.025`, `ND`, `未检出` and `未检出(0.025)` are results below the
detection limit (未检出): kept with the limit where one is told, never as zero. `>24000` is above
the upper limit. A dash, an empty cell, `未测` and the `-1` of national tables say that nothing was
measured. Any other negative number, a range, or words that are no number raise `CellError`.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Literal, NamedTuple

from wetland.base.texts import text
from wetland.reading.cells import NOT_A_NUMBER, NOT_FINITE, is_blank
from wetland.reading.dates import CellError

Censoring = Literal["none", "below", "above"]

NEGATIVE = text(
    "浓度不能为负数；未测请留空或写 -1，未检出请写 <检出限 或 检出限L",
    "a concentration cannot be negative; leave what was not measured empty or write -1, "
    "write a non-detect as <limit",
)
ZERO_LIMIT = text("检出限须大于零", "a detection limit is more than zero")
NO_LIMIT_ABOVE = text(
    "高于测定上限而没有写上限，无法使用", "above an upper limit that is not told: of no use"
)
TWO_NUMBERS = text("一格中有两个数，不知取哪一个", "two numbers in one cell: which is meant?")
SPREADSHEET = text("表格公式出错，没有数值", "the formula of this cell gives no value")
APPROXIMATE = text("约数不能作为检测值", "an approximate number is not a result")

LONGEST = 200
_PLAIN = str.maketrans({"−": "-", "\u200b": None, "\ufeff": None})
_SUPERSCRIPT = re.compile("[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")

NOT_MEASURED = frozenset(
    {"——", "―", "–", "−", "_", "\\", "*", "...", "…", "无", "未测", "未测定", "未监测", "未检测",
     "未采样", "未采", "缺测", "缺", "停测", "维护", "无数据", "没有", "nm", "ns", "not measured",
     "not reported", "not sampled", "missing", "not analyzed", "not analysed", "n.a.", "#n/a"}
)  # fmt: skip
_SPREADSHEET_ERRORS = frozenset(
    {
        "#formula!",
        "#div/0!",
        "#value!",
        "#ref!",
        "#name?",
        "#num!",
        "#null!",
        "#getting_data",
        "#spill!",
    }
)
BELOW_WORDS = (
    "未检出", "未捡出", "低于检出限", "小于检出限", "低于检测限", "小于检测限", "<检出限",
    "<检测限",
    "低于方法检出限", "nd", "n.d.", "n.d", "bdl", "b.d.l.", "bql", "bld", "lod", "<lod", "<loq",
    "<mdl", "<dl", "<pql", "<rl", "<lod", "not detected", "non-detect", "nondetect", "non detect",
    "below detection limit", "below detection", "below reporting limit", "dl", "mdl", "痕量",
    "trace",
    "present below quantification limit", "*non-detect", "*not detected", "*present <ql", "u", "l",
    "<",
)  # fmt: skip
ABOVE_WORDS = ("多不可计", "tntc", "too numerous to count", "*present >ql", ">",
               "present above quantification limit")  # fmt: skip

_NUMBER = (
    r"(?:[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+\.?\d*|\.\d+)"
    r"(?:[eE][+-]?\d{1,3}|\s*[x×*]\s*10\s*(?:\^|\*\*)\s*[+-]?\d{1,2})?"
)
_WORD = "|".join(re.escape(w) for w in sorted(BELOW_WORDS, key=len, reverse=True) if len(w) > 1)
_CELL = re.compile(
    rf"(?P<word>(?:{_WORD})(?![a-z]))?\s*[(\[:;,=]*\s*"
    r"(?P<sign><=?|≤|≦|>=?|≥|≧|小于|低于|大于|高于|超过|等于|约|~|≈)?\s*"
    rf"(?P<minus>[+-])?(?P<number>{_NUMBER})\s*"
    r"(?P<mark>\(\s*[LU]\s*\)|[LlU](?![A-Za-z/%^])|<(?=$))?\s*"
    r"(?P<rest>.*?)$",
    re.IGNORECASE | re.DOTALL,
)
_LIMIT_FIRST = re.compile(rf"[LlUu]\s*(?P<number>{_NUMBER})$")
_POWER = re.compile(r"\s*[x×*]\s*10\s*(?:\^|\*\*)\s*")
_MARKS = re.compile(r"[\s*#†‡^▲△☆★※↑↓!]+$")
_QUALIFIERS = re.compile(r"\(?(?:超标|合格|达标|J|E|H|B|A|M|V|EST|est\.?)\)?$")
_RANGE = re.compile(rf"(?:[-~±至—–]|to|,|;|/|\s|\()\s*[<>]?{_NUMBER}", re.IGNORECASE)
_BELOW_SIGNS = {"<", "<=", "≤", "≦", "小于", "低于"}
_ABOVE_SIGNS = {">", ">=", "≥", "≧", "大于", "高于", "超过"}


class Value(NamedTuple):
    """A result as written: ``value`` is the limit where censored, NaN where none is told.

    ``unit`` is what stands after the number, ``note`` a mark beside it that is no unit (``*``,
    ``J``).
    """

    value: float
    censoring: Censoring = "none"
    unit: str | None = None
    note: str | None = None


def narrowed(raw: object) -> str:
    """Return the words of a cell in plain width: full-width digits, signs and brackets narrowed.

    Examples
    --------
    >>> narrowed("＜０．０２５（Ｌ）"), narrowed("2.4×10⁴"), narrowed("－1")
    ('<0.025(L)', '2.4×10^4', '-1')
    """
    words = str(raw)
    if words.isascii():
        return words.strip()
    words = _SUPERSCRIPT.sub(lambda found: "^" + found[0], words)
    return unicodedata.normalize("NFKC", words).translate(_PLAIN).strip()


def is_unmeasured(words: str) -> bool:
    """Tell whether the words of a cell say that nothing was measured (``-1`` is not looked at)."""
    return is_blank(words) or words.casefold() in NOT_MEASURED


def parse_value(raw: object, *, lowest: float = 0.0) -> Value | None:
    """Read a result; None where nothing was measured.

    Parameters
    ----------
    raw
        The cell as received.
    lowest
        The lowest value the quantity can have: where it is negative (temperature, redox potential)
        negative numbers are values, and below -1 the number -1 is one too.

    Raises
    ------
    CellError
        A negative number, a limit of zero, two numbers, words that are no number, a formula that
        failed.

    Examples
    --------
    >>> parse_value("０．０２５Ｌ")
    Value(value=0.025, censoring='below', unit=None, note=None)
    >>> parse_value("未检出").value, parse_value("-1"), parse_value("—")
    (nan, None, None)
    >>> parse_value("0.5 mg/L*")
    Value(value=0.5, censoring='none', unit='mg/L', note='*')
    """
    words = narrowed(raw)
    if is_unmeasured(words):
        return None
    folded = words.casefold()
    if folded in _SPREADSHEET_ERRORS:
        raise CellError("formula_failed", SPREADSHEET)
    if folded in BELOW_WORDS:
        return Value(math.nan, "below")
    if folded in ABOVE_WORDS:
        raise CellError("no_upper_limit", NO_LIMIT_ABOVE)
    found = _CELL.match(words) if len(words) <= LONGEST else None
    if found is None:
        return _limit_first(words)
    return _value(found, lowest)


def _limit_first(words: str) -> Value:
    found = _LIMIT_FIRST.match(words) if len(words) <= LONGEST else None
    if found is not None:
        return Value(_limit(_float(found["number"])), "below")
    special = words.casefold().lstrip("+-") in {"inf", "infinity", "∞"}
    problem = ("not_finite", NOT_FINITE) if special else ("not_a_number", NOT_A_NUMBER)
    raise CellError(*problem)


def _value(found: re.Match[str], lowest: float) -> Value | None:
    value = _float(found["number"])
    censoring = _censoring(found)
    unit, note = _rest(found["rest"])
    if found["minus"] == "-" and value != 0:
        value = -value
        if value == -1 and lowest >= -1 and censoring == "none" and unit is None:
            return None
        if lowest >= 0:
            raise CellError("negative_value", NEGATIVE)
    if censoring != "none" and lowest >= 0:
        _limit(value)
    return Value(value, censoring, unit, note)


def _censoring(found: re.Match[str]) -> Censoring:
    sign = found["sign"]
    if sign in {"约", "~", "≈"}:
        raise CellError("approximate", APPROXIMATE)
    if sign in _ABOVE_SIGNS:
        if found["word"] or found["mark"]:
            raise CellError("not_a_number", NOT_A_NUMBER)
        return "above"
    return "below" if found["word"] or found["mark"] or sign in _BELOW_SIGNS else "none"


def _limit(value: float) -> float:
    if value <= 0:
        raise CellError("limit_not_positive", ZERO_LIMIT)
    return value


def _float(words: str) -> float:
    value = float(_POWER.sub("e", words).replace(",", ""))
    if not math.isfinite(value):
        raise CellError("not_finite", NOT_FINITE)
    return value


def _rest(rest: str) -> tuple[str | None, str | None]:
    """Part what stands after a number into a unit and a mark."""
    words = rest.strip()
    if words.endswith((")", "]")) and words.count("(") + words.count("[") < words.count(")") + (
        words.count("]")
    ):
        words = words[:-1].rstrip()
    if not words:
        return None, None
    if _RANGE.match(words):
        raise CellError("two_numbers", TWO_NUMBERS)
    marks = _MARKS.search(words)
    note = None
    if marks is not None and words[-1] != "^":
        note = marks[0].strip() or None
        words = words[: marks.start()].rstrip()
    if _QUALIFIERS.match(words):
        return None, " ".join(filter(None, (words, note)))
    if words[:1] in {"(", "["} and words[-1:] in {")", "]"}:
        words = words[1:-1].strip()
    if words[:1] in {".", ",", "-", "+"} or words[:1].isdigit():
        raise CellError("not_a_number", NOT_A_NUMBER)
    return words or None, note
