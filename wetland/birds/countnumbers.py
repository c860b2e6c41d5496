"""Whole numbers as counts write them: in digits, in Chinese, or in both (1.2万)."""

from __future__ import annotations

from wetland.birds.countproblems import NOT_A_COUNT, NOT_WHOLE, TOO_LARGE, NoCountError
from wetland.birds.countwords import CHINESE

MOST = 100_000_000
DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
POWERS = {"十": 10, "百": 100, "千": 1000}
TEN_THOUSAND = 10_000


def checked(value: int) -> int:
    """Return a count that is plausible; raise `NoCountError` for others."""
    if value > MOST:
        raise NoCountError("count_too_large", TOO_LARGE)
    return value


def number_of(words: str) -> int:
    """Return the value of a number in digits, in Chinese, or in both (1.2万)."""
    words = words.replace(",", "").replace(" ", "")
    if words[0] in CHINESE:
        return _chinese(words)
    power: int = {**POWERS, "万": TEN_THOUSAND}.get(words[-1], 1)
    digits = words if power == 1 else words[:-1]
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    value = int(whole + fraction) * power
    divisor: int = 10 ** len(fraction)
    if value % divisor:
        raise NoCountError("count_not_whole", NOT_WHOLE)
    return value // divisor


def _chinese(words: str) -> int:
    """Return the value of a Chinese number: 十二, 两百零五, 一万三千; 一二三 is no number."""
    high, mark, low = words.partition("万")
    if mark:
        return (_below_ten_thousand(high) if high else 1) * TEN_THOUSAND + (
            _below_ten_thousand(low) if low else 0
        )
    return _below_ten_thousand(words)


def _below_ten_thousand(words: str) -> int:
    total, digit, last = 0, None, TEN_THOUSAND
    for letter in words:
        if letter in POWERS and POWERS[letter] < last:
            last = POWERS[letter]
            total += (1 if digit is None or digit == 0 else digit) * last
            digit = None
        elif letter in DIGITS and digit in {None, 0}:
            digit = DIGITS[letter]
        else:
            raise NoCountError("count_invalid", NOT_A_COUNT)
    return total + (digit or 0)
