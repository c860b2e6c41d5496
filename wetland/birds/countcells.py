"""Single counts as observers write them (计数): `3+2`, `约50`, `√`, `50-60`, `2♂3♀`, `12只`.

Rule of decision. An empty cell or a dash says that nothing was recorded, which is not zero. `0` and
words like `未见` say that the species was looked for and is absent. `√`, `x`, `有` say that it was
there and not counted. Parts joined by `+` are added; a bare `+` behind a number is "at least". A
range counts as its middle, rounded down, and is "about". What stands in brackets is a remark. A
pair is two birds. Words like `若干` or "many" say that birds were there and not how many: they are
read as present and told as a warning, since leaving them out would make an absence of them. What is
no count at all (12.5, -3, a date that a spreadsheet made of "3-5") is an error.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Literal, NamedTuple

from wetland.base.problems import Level
from wetland.base.texts import Text, text
from wetland.reading.cells import is_blank

Qualifier = Literal["exact", "about", "at_least", "at_most", "present"]
Status = Literal["present", "absent"]

LONGEST = 120
MOST = 100_000_000

NOT_A_COUNT = text("不是计数", "not a count")
VAGUE = text(
    "“{w}”没有写明数量，按有而未计数读入；请补写数字，或写 √",
    "'{w}' does not say how many: read as present, not counted; write a number, or √",
)
NOT_WHOLE = text("个体数须为整数", "a count is a whole number")
NEGATIVE = text("个体数不能为负", "a count cannot be negative")
TOO_LARGE = text("个体数不合理，请核对", "the count is not plausible; check it")
A_DATE = text(
    "这里是日期而不是计数：表格软件可能把“3-5”改成了日期，请改成文本",
    "a date, not a count: a spreadsheet may have made it of '3-5'; format the cell as text",
)
NESTS = text("这是巢数，不是个体数", "these are nests, not individuals")
TWO_NUMBERS = text(
    "一格中有两个数，不知取哪一个；相加请写 3+2",
    "two numbers in one cell: which is meant? write 3+2 for a sum",
)
BACKWARDS = text("范围的前一个数大于后一个数", "the range runs backwards")
CROSS = text(
    "“×”可能表示有，也可能表示没有；请写 √ 或 0",
    "'×' may mean seen or not seen; write √ or 0",
)
WRONG_SUM = text("等号两边不相等", "the two sides of the equals sign differ")
NO_VALUE = text("表格公式没有给出数值", "the formula of this cell gives no value")


class CountProblem(NamedTuple):
    """What is wrong with a count; a warning where it was read all the same."""

    code: str
    message: Text
    level: Level = "error"


class Count(NamedTuple):
    """A count as written.

    Attributes
    ----------
    value
        Individuals; 0 where absent; None where present and not counted, or not read.
    qualifier
        How it was counted (`QUALIFIERS`).
    status
        ``present`` or ``absent``; None where the cell could not be read.
    problem
        What is wrong with it.
    sex
        ``male`` or ``female`` where all individuals are.
    note
        What stands in brackets.
    """

    value: int | None
    qualifier: Qualifier
    status: Status | None
    problem: CountProblem | None = None
    sex: str | None = None
    note: str | None = None


PRESENT = frozenset(
    {"√", "✓", "✔", "☑", "●", "•", "○", "★", "▲", "+", "x", "v", "p", "y", "yes", "true", "t",
     "present", "seen", "heard", "有", "见", "见到", "有记录", "出现", "是", "在", "闻声", "听见",
     "听到", "鸣声", "鸣叫", ">0", "detected", "observed", "occurs"}
)  # fmt: skip
ABSENT = frozenset(
    {"无", "没有", "未见", "未见到", "未发现", "未记录到", "未观察到", "否", "不见", "absent", "no",
     "false", "not seen", "not found", "not detected", "zero", "零", "〇"}
)  # fmt: skip
_NOTHING = frozenset({"——", "―", "–", "−", "_", "\\", ".", "…", "...", "、", "未测", "未调查",
                      "未查", "缺", "缺测", "not surveyed", "not recorded", "ns"})  # fmt: skip
_VAGUE = re.compile(
    r"(?:大?若干|许多|很多|较多|不少|众多|大量|多数?|少数?|少量|较少|少许|成群|大群|小群|[一数几]群|"
    r"一些|一片|无数|常见|偶见|罕见|优势种|[数几]+(?:只|羽|十|百|千|万|对|个)+[只羽]?|[数几]|"
    r"成[百千]上[千万]|"
    r"many|several|some|few|a few|lots?|a lot|numerous|abundant|common|rare|uncommon|flocks?|"
    r"a flock|dozens|hundreds|thousands|tens|multiple|various|[+]{2,5}|个体)$"
)
_CROSS = frozenset({"×", "✗", "✘", "✕", "╳"})

_HIDDEN = re.compile("[\u200b-\u200f\ufe0e\ufe0f\ufeff\u2060]")
_RAISED = re.compile("[⁰¹²³⁴-⁹①-⑳]+")  # numbers of footnotes: 5² is 5 with a footnote
_SPACES = re.compile(r"\s+")
_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_MARKS = re.compile(r"[*#†‡^△☆↑↓!]+$")
_UNITS = (
    r"(?:只次|只|羽次|羽|头|个体|个|尾|枚|birds?|individuals?|indivs?\.?|inds?\.?|pcs|"
    r"(?P<{0}>对|pairs?|prs?\.?)|(?P<{1}>个?巢|窝|nests?))"
)
_CHINESE = "零〇一二两三四五六七八九十百千万"
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)\s*[百千万]?|[{_CHINESE}]+"
_TERM = re.compile(
    r"(?P<before>大?约|大概|大致|近|将近|接近|估计|~|≈|about|approx(?:imately)?\.?|around|circa|"
    r"ca\.?|c\.?|est\.?|"
    r">=?|≥|≧|至少|不少于|不低于|超过|多于|大于|上|at least|more than|over|min\.?|"
    r"<=?|≤|≦|至多|最多|不超过|不足|不到|少于|小于|低于|at most|up to|less than|fewer than|max\.?)?"
    rf"\s*(?P<number>{_NUMBER})\s*(?P<more>余|多|来|\+)?\s*(?:{_UNITS.format('pair', 'nest')})?"
    r"\s*(?P<after>左右|上下|前后|以上|及以上|以下|以内|及以下|余|多|\?|or more|or so|or less)?$"
)
_RANGE = re.compile(
    r"(?P<before>大?约|大概|~|≈|about|ca\.?|c\.?)?\s*(?P<low>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
    r"\s*(?:只|羽)?\s*(?:-|~|–|—|―|－|至|到|\bto\b)\s*"
    rf"(?P<high>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)\s*(?:{_UNITS.format('pair', 'nest')})?"
    r"\s*(?:左右|\?)?$"
)
_LABELS = {
    "male": ("♂", "雄鸟", "雄性", "雄", "公", "males", "male", "m"),
    "female": ("♀", "雌鸟", "雌性", "雌", "母", "females", "female", "f"),
    "": ("亚成鸟", "亚成体", "亚成", "成鸟", "成体", "成", "幼鸟", "幼体", "幼", "雏鸟", "雏",
         "adults", "adult", "ad", "juveniles", "juvenile", "juv", "immatures", "immature", "imm",
         "未知", "不明", "大", "小"),
}  # fmt: skip
_LABEL_OF = {word: label for label, words in _LABELS.items() for word in words}
_LABEL = "|".join(sorted(map(re.escape, _LABEL_OF), key=len, reverse=True))
_JOINED = r"\s*[,、;+&和]?\s*"
_LABEL_LAST = re.compile(rf"(?P<n>\d+)\s*[只羽]?\s*(?P<label>{_LABEL})\.?{_JOINED}")
_LABEL_FIRST = re.compile(rf"(?P<label>{_LABEL})\.?\s*[:=]?\s*(?P<n>\d+)\s*[只羽]?{_JOINED}")
_DATE = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}(?!\d)|\d{1,2}月\d{1,2}日|\d{1,2}-[a-z]{3}$|[a-z]{3}-\d{1,2}$"
)
_SIGNED = re.compile(r"[-−]\s*\d+(?:\.\d+)?$")
_TWO = re.compile(r"\d+(?:\.\d+)?(?:\s*[,;、/&和]\s*|\s+)\d+(?:\.\d+)?")

_AT_LEAST = frozenset({">", ">=", "≥", "≧", "至少", "不少于", "不低于", "超过", "多于", "大于",
                       "上", "at least", "more than", "over", "min", "min.", "余", "多", "+",
                       "以上", "及以上", "or more"})  # fmt: skip
_AT_MOST = frozenset({"<", "<=", "≤", "≦", "至多", "最多", "不超过", "不足", "不到", "少于", "小于",
                      "低于", "at most", "up to", "less than", "fewer than", "max", "max.", "以下",
                      "以内", "及以下", "or less"})  # fmt: skip
_STRICTLY_BELOW = frozenset(
    {"<", "不足", "不到", "少于", "小于", "低于", "less than", "fewer than"}
)
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_TEN_THOUSAND = 10_000


class _NoCountError(ValueError):
    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.problem = CountProblem(code, message)


class _Part(NamedTuple):
    value: int
    qualifier: Qualifier = "exact"
    sex: str | None = None


def parse_count(raw: object) -> Count | None:
    """Read a count; None where nothing was recorded.

    Parameters
    ----------
    raw
        What stands in the cell: text, or a number.

    Returns
    -------
    Count or None
        The number written; ``>50`` and ``50+`` are 50, at least; ``<5`` is 5, at most. Of a sum
        with an uncertain part the whole is uncertain: "at least" where all such parts are, "at
        most" likewise, else "about". What could not be read has a ``problem`` of level ``error``
        and no status.

    Examples
    --------
    >>> parse_count("3+2")[:3], parse_count("约５０只")[:3], parse_count("√")[:3]
    ((5, 'exact', 'present'), (50, 'about', 'present'), (None, 'present', 'present'))
    >>> parse_count("0")[:3], parse_count(""), parse_count("2♂3♀").value
    ((0, 'exact', 'absent'), None, 5)
    >>> parse_count("12.5").problem.code, parse_count("若干").problem.level
    ('count_not_whole', 'warning')
    """
    if is_blank(raw):
        return None
    if isinstance(raw, bool):
        return _parsed("true" if raw else "false")
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    words = str(raw)
    if len(words) > LONGEST:
        return _failed(CountProblem("count_invalid", NOT_A_COUNT))
    return _parsed(words)


@functools.lru_cache(maxsize=8192)
def _parsed(raw: str) -> Count | None:
    plain = unicodedata.normalize("NFKC", _RAISED.sub("*", raw))
    words = _SPACES.sub(" ", _HIDDEN.sub("", plain)).strip()
    words = words.casefold()
    if is_blank(words) or words in _NOTHING:
        return None
    simple = _of_words(words, raw)
    if simple is not None:
        return simple
    notes = [note.strip() for note in _BRACKETS.findall(words)]
    bare = _MARKS.sub("", _BRACKETS.sub(" ", words)).strip()
    note = "; ".join(filter(None, notes)) or None
    if note is not None and (simple := _of_words(bare, raw)) is not None:
        return simple._replace(note=note)
    try:
        part = _sum(_SPACES.sub(" ", bare))
    except _NoCountError as error:
        return _failed(error.problem)
    if part.value == 0:
        return Count(0, "exact", "absent", note=note)
    return Count(part.value, part.qualifier, "present", None, part.sex, note)


def _failed(problem: CountProblem) -> Count:
    return Count(None, "exact", None, problem)


def _of_words(words: str, raw: str) -> Count | None:
    """Read a cell that holds no number: a mark, or a word; None where it is none that is known."""
    if words in PRESENT:
        return Count(None, "present", "present")
    if words in ABSENT:
        return Count(0, "exact", "absent")
    if words in _CROSS:
        return _failed(CountProblem("count_cross", CROSS))
    if words.startswith("#"):
        return _failed(CountProblem("count_invalid", NO_VALUE))
    if _VAGUE.match(words):
        problem = CountProblem("count_vague", VAGUE.fill(w=raw.strip()), "warning")
        return Count(None, "present", "present", problem)
    return None


def _sum(words: str) -> _Part:
    """Read parts joined by ``+``, with the sum behind an equals sign where one is written."""
    left, equals, right = words.partition("=")
    if not equals or left.rstrip().endswith((">", "<")):
        return _added(words)
    found, told = _added(left.strip()), _added(right.strip())
    if found.value != told.value:
        raise _NoCountError("count_wrong_sum", WRONG_SUM)
    return found


def _added(words: str) -> _Part:
    labelled = _labelled(words)
    if labelled is not None:
        return labelled
    pieces = [piece.strip() for piece in words.split("+")]
    ends_in_plus = len(pieces) > 1 and not pieces[-1]
    if ends_in_plus:
        pieces.pop()
    parts = [_labelled(piece) or _term(piece) for piece in pieces]
    if ends_in_plus:
        parts.append(_Part(0, "at_least"))
    sexes = {part.sex for part in parts if part.value}
    sex = sexes.pop() if len(sexes) == 1 else None
    return _Part(_checked(sum(part.value for part in parts)), _joint(parts), sex)


def _joint(parts: list[_Part]) -> Qualifier:
    kinds = {part.qualifier for part in parts} - {"exact"}
    if not kinds:
        return "exact"
    return kinds.pop() if len(kinds) == 1 else "about"


def _labelled(words: str) -> _Part | None:
    """Read ``2♂3♀``, ``雄2雌3``, ``2成1幼``; None where it is something else."""
    for pattern in (_LABEL_LAST, _LABEL_FIRST):
        at, total, sexes = 0, 0, set()
        while found := pattern.match(words, at):
            at = found.end()
            total += int(found["n"])
            sexes.add(_LABEL_OF[found["label"]])
        if at and at == len(words):
            sex = sexes.pop() if len(sexes) == 1 else None
            return _Part(_checked(total), "exact", sex or None)
    return None


def _term(words: str) -> _Part:
    """Read one number with what stands around it, or a range."""
    if _DATE.match(words):
        raise _NoCountError("count_date", A_DATE)
    found = _RANGE.match(words)
    if found is not None:
        return _of_range(found)
    found = _TERM.match(words)
    if found is None:
        raise _unreadable(words)
    if found["nest"]:
        raise _NoCountError("count_nests", NESTS)
    value = _checked(_number(found["number"]) * (2 if found["pair"] else 1))
    signs = {sign for sign in (found["before"], found["more"], found["after"]) if sign}
    qualifier: Qualifier = "exact"
    if signs & _AT_MOST:
        qualifier = "at_most"
        if value == 0 or (value == 1 and signs & _STRICTLY_BELOW):
            raise _NoCountError("count_invalid", NOT_A_COUNT)
    elif signs & _AT_LEAST:
        qualifier = "at_least"
    elif signs:
        qualifier = "about"
    return _Part(value, qualifier)


def _of_range(found: re.Match[str]) -> _Part:
    if found["nest"]:
        raise _NoCountError("count_nests", NESTS)
    low, high = _number(found["low"]), _number(found["high"])
    if low > high:
        raise _NoCountError("count_backwards", BACKWARDS)
    times = 2 if found["pair"] else 1
    if low == 0:
        return _Part(_checked(high * times), "at_most" if high else "exact")
    return _Part(_checked((low + high) * times // 2), "about" if low < high else "exact")


def _unreadable(words: str) -> _NoCountError:
    if _SIGNED.match(words):
        return _NoCountError("count_negative", NEGATIVE)
    if _TWO.match(words):
        return _NoCountError("count_two_numbers", TWO_NUMBERS)
    return _NoCountError("count_invalid", NOT_A_COUNT)


def _checked(value: int) -> int:
    if value > MOST:
        raise _NoCountError("count_too_large", TOO_LARGE)
    return value


def _number(words: str) -> int:
    """Return the value of a number in digits, in Chinese, or in both (1.2万)."""
    words = words.replace(",", "").replace(" ", "")
    if words[0] in _CHINESE:
        return _chinese(words)
    power: int = {**_POWERS, "万": _TEN_THOUSAND}.get(words[-1], 1)
    digits = words if power == 1 else words[:-1]
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    value = int(whole + fraction) * power
    divisor: int = 10 ** len(fraction)
    if value % divisor:
        raise _NoCountError("count_not_whole", NOT_WHOLE)
    return value // divisor


def _chinese(words: str) -> int:
    """Return the value of a Chinese number: 十二, 两百零五, 一万三千; 一二三 is no number."""
    high, mark, low = words.partition("万")
    if mark:
        return (_below_ten_thousand(high) if high else 1) * _TEN_THOUSAND + (
            _below_ten_thousand(low) if low else 0
        )
    return _below_ten_thousand(words)


def _below_ten_thousand(words: str) -> int:
    total, digit, last = 0, None, _TEN_THOUSAND
    for letter in words:
        if letter in _POWERS and _POWERS[letter] < last:
            last = _POWERS[letter]
            total += (1 if digit is None or digit == 0 else digit) * last
            digit = None
        elif letter in _DIGITS and digit in {None, 0}:
            digit = _DIGITS[letter]
        else:
            raise _NoCountError("count_invalid", NOT_A_COUNT)
    return total + (digit or 0)
