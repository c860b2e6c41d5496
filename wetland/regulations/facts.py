"""Read facts as people write them: ``--fact name=value``, a column of a file, a form field."""

from __future__ import annotations

import datetime as dt
import difflib
import math
from collections.abc import Mapping

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.regulations.conditions import FactValue
from wetland.regulations.vocabulary import Fact, Vocabulary

YES = frozenset({"true", "yes", "y", "1", "是", "有", "对", "√", "t"})
NO = frozenset({"false", "no", "n", "0", "否", "无", "没有", "×", "f"})
UNKNOWN = frozenset(
    {"", "unknown", "未知", "不详", "?", "？", "na", "n/a", "nan", "none", "null", "-", "—"}
)


def parse_fact(vocabulary: Vocabulary, name: str, raw: object) -> FactValue:
    """Read the value of one fact (or record kind, which is a yes/no fact).

    Empty, ``unknown``, 未知 and NaN mean not known (None): never "no".

    Raises
    ------
    InputError
        The fact is not in the vocabulary, or the value is not of its kind; says what is allowed.
    """
    if name in vocabulary.records:
        return _boolean(name, raw)
    fact = vocabulary.facts.get(name)
    if fact is None:
        raise InputError(_unknown_name(vocabulary, name))
    if _missing(raw, fact):
        return None
    if fact.kind == "boolean":
        return _boolean(name, raw)
    if fact.kind == "number":
        return _number(name, raw)
    if fact.kind == "day":
        return _day(name, raw)
    if fact.kind == "choice":
        return _choice(name, raw, fact)
    return str(raw).strip()


def _unknown_name(vocabulary: Vocabulary, name: str) -> Text:
    known = [*vocabulary.facts, *vocabulary.records]
    near = ", ".join(difflib.get_close_matches(name, known, 3)) or "-"
    message = text("未知事实 {n}（相近：{c}）", "unknown fact {n} (near: {c})")
    return message.fill(n=repr(name), c=near)


def _missing(raw: object, fact: Fact) -> bool:
    if raw is None or (isinstance(raw, float) and math.isnan(raw)):
        return True
    word = str(raw).strip().casefold()
    return word in UNKNOWN and not (fact.kind == "choice" and word in fact.choices)


def _wrong(name: str, raw: object, allowed: Text) -> InputError:
    message = text("事实 {n} 的值 {v} 不对；应为 {a}", "fact {n}: {v} is not allowed; give {a}")
    return InputError(message.fill(n=name, v=repr(raw), a=allowed))


def _boolean(name: str, raw: object) -> bool | None:
    if raw is None or (isinstance(raw, float) and math.isnan(raw)):
        return None
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().casefold().removesuffix(".0")
    if word in YES:
        return True
    if word in NO:
        return False
    if word in UNKNOWN:
        return None
    raise _wrong(name, raw, text("是 / 否 / 未知", "true / false / unknown"))


def _number(name: str, raw: object) -> float:
    try:
        value = float(str(raw).replace(",", "").strip())
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0 or isinstance(raw, bool):
        raise _wrong(name, raw, text("不小于零的数", "a number not below zero"))
    return value


def _day(name: str, raw: object) -> dt.date:
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    try:
        return dt.date.fromisoformat(str(raw).strip()[:10])
    except ValueError as error:
        raise _wrong(name, raw, text("日期 YYYY-MM-DD", "a day YYYY-MM-DD")) from error


def _choice(name: str, raw: object, fact: Fact) -> str:
    word = str(raw).strip()
    for key, label in fact.choices.items():
        if word.casefold() in {key.casefold(), label.zh.casefold(), label.en.casefold()}:
            return key
    options = ", ".join(fact.choices)
    raise _wrong(name, raw, Text(zh=options, en=options))


def parse_facts(vocabulary: Vocabulary, raw: Mapping[str, object]) -> dict[str, FactValue]:
    """Read several facts; facts that are not known are left out.

    Raises
    ------
    InputError
        As `parse_fact`, for the first that cannot be read.
    """
    parsed = {name: parse_fact(vocabulary, name, value) for name, value in raw.items()}
    return {name: value for name, value in parsed.items() if value is not None}
