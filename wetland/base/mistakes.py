"""Say pydantic's errors as `Mistake`s: field, what is wrong, what is allowed, what was given."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from wetland.base.errors import Mistake
from wetland.base.texts import Text, text

SHOWN = 80  # characters of a wrong value that are repeated

_WORDS: dict[str, Text] = {
    "missing": text("缺少此项", "it is missing"),
    "extra_forbidden": text("不认识的键", "an unknown key"),
    "string_type": text("须为文字", "text is needed"),
    "string_too_short": text("不得为空", "it must not be blank"),
    "string_pattern_mismatch": text("须符合 {pattern}", "it must match {pattern}"),
    "int_type": text("须为整数", "a whole number is needed"),
    "int_parsing": text("须为整数", "a whole number is needed"),
    "float_type": text("须为数", "a number is needed"),
    "float_parsing": text("须为数", "a number is needed"),
    "finite_number": text("须为有限的数", "a finite number is needed"),
    "bool_type": text("须为 true 或 false", "true or false is needed"),
    "bool_parsing": text("须为 true 或 false", "true or false is needed"),
    "greater_than": text("须大于 {gt}", "it must be above {gt}"),
    "greater_than_equal": text("须不小于 {ge}", "it must be {ge} or more"),
    "less_than": text("须小于 {lt}", "it must be below {lt}"),
    "less_than_equal": text("须不大于 {le}", "it must be {le} or less"),
    "literal_error": text("只能是 {expected}", "it must be one of {expected}"),
    "enum": text("只能是 {expected}", "it must be one of {expected}"),
    "date_type": text("须为日期 年-月-日", "a day YEAR-MONTH-DAY is needed"),
    "date_parsing": text("须为日期 年-月-日", "a day YEAR-MONTH-DAY is needed"),
    "date_from_datetime_parsing": text("须为日期 年-月-日", "a day YEAR-MONTH-DAY is needed"),
    "dict_type": text("须为键值表", "keys with values are needed"),
    "model_type": text("须为键值表", "keys with values are needed"),
    "model_attributes_type": text("须为键值表", "keys with values are needed"),
    "list_type": text("须为列表", "a list is needed"),
    "tuple_type": text("须为列表", "a list is needed"),
    "too_short": text("至少要有 {min_length} 项", "at least {min_length} item(s) are needed"),
    "too_long": text("至多 {max_length} 项", "at most {max_length} item(s) are allowed"),
}


def explain(error: ValidationError, *, file: str, where: str = "") -> list[Mistake]:
    """Turn pydantic's list of errors into mistakes.

    Parameters
    ----------
    error
        What pydantic raised.
    file, where
        The file and, inside it, the thing that was validated.
    """
    return [_mistake(item, file, where) for item in error.errors(include_url=False)]


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _filled(key: str, value: object) -> Text | str:
    """Return what a text is filled with; pydantic lists what it expects in English."""
    plain = _plain(value)
    if key != "expected":
        return plain
    return Text(zh=plain.replace("' or '", "'、'").replace("', '", "'、'"), en=plain)


def _mistake(item: ErrorDetails, file: str, where: str) -> Mistake:
    field = ".".join(str(part) for part in item["loc"])
    place = ": ".join(part for part in (where, field) if part) or "-"
    message = item["msg"].removeprefix("Value error, ")
    # Curly brackets of a pattern or a message would be read as fields of the text.
    plain = message.replace("{", "(").replace("}", ")")
    context = {key: _filled(key, value) for key, value in item.get("ctx", {}).items()}
    what = _WORDS.get(item["type"], Text(zh=plain or "-", en=plain or "-")).fill(**context)
    if item["type"] in {"missing", "extra_forbidden"} or isinstance(item["input"], dict | list):
        return Mistake(file, place, what)
    given = text("{what}（给出的是 {given}）", "{what} (given: {given})")
    return Mistake(file, place, given.fill(what=what, given=repr(item["input"])[:SHOWN]))
