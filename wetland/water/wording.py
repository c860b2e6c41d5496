"""Words put together from parts: lists of names, values with their unit."""

from __future__ import annotations

from collections.abc import Iterable

from wetland.base.texts import Text
from wetland.water.parameters import parameters


def listed(parts: Iterable[Text]) -> Text:
    """Put texts into one list: 、 in Chinese, a comma in English.

    Examples
    --------
    >>> from wetland.base.texts import text
    >>> listed([text("氨氮", "ammonia"), text("总磷", "phosphorus")]).zh
    '氨氮、总磷'
    """
    held = list(parts)
    return Text(zh="、".join(p.zh for p in held), en=", ".join(p.en for p in held))


def named(codes: Iterable[str]) -> Text:
    """Return the names of parameters as a list; a code that nobody knows stands for itself.

    Examples
    --------
    >>> named(["nh3n", "tp"]).zh
    '氨氮、总磷'
    """
    return listed(name_of(code) for code in codes)


def name_of(code: str) -> Text:
    """Return the name of a parameter; a code that nobody knows stands for itself."""
    known = parameters()
    return known[code].name if code in known else Text(zh=code, en=code)


def valued(code: str, value: float) -> str:
    """Write a value with the unit of its parameter.

    Examples
    --------
    >>> valued("nh3n", 1.2), valued("ph", 9.5)
    ('1.2 mg/L', '9.5')
    """
    known = parameters()
    unit = known[code].unit if code in known else ""
    written = f"{value:.6g}"
    return written if unit in {"", "-"} else f"{written} {unit}"
