"""Write an article the way it is cited: 第二十六条第一款, Art. 26(1)."""

from __future__ import annotations

import re

from wetland.base.texts import Text

_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """Write 1 to 999 in Chinese numerals.

    Examples
    --------
    >>> chinese_number(26), chinese_number(10), chinese_number(105)
    ('二十六', '十', '一百零五')
    """
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    out = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        out += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        out += "零"
    return out + (_DIGITS[ones] if ones or number == 0 else "")


def cite(article: str | None, wording: str | None = None) -> Text:
    """Return an article in both languages; ``wording`` is the Chinese citation where it is given.

    ``26(1)`` is paragraph 1 of article 26; ``26;27`` names two. None: not seen.

    Examples
    --------
    >>> cite("26(1)").zh, cite("26(1)").en
    ('第二十六条第一款', 'Art. 26(1)')
    >>> cite(None).zh
    '条号未见'
    """
    if article is None:
        return Text(zh="条号未见", en="article not seen")
    if wording is not None:
        return Text(zh=wording, en=f"Art. {article}")
    parts = [_one(part.strip()) for part in re.split(r"[;,、]", article) if part.strip()]
    return Text(zh="、".join(parts), en=f"Art. {article}")


def _one(article: str) -> str:
    match = re.fullmatch(r"(\d+)(?:\((\d+)\))?(?:\((\d+)\))?", article)
    if match is None:
        return f"第{article}条"
    number, paragraph, item = match.groups()
    out = f"第{chinese_number(int(number))}条"
    if paragraph:
        out += f"第{chinese_number(int(paragraph))}款"
    if item:
        out += f"第{chinese_number(int(item))}项"
    return out
