"""Names as sheets write them: with marks of protected species, numbers, and two names in a cell."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

_MARKS = "*#†‡▲△★☆◆◇●○■□※√+^"
_BEFORE = re.compile(
    rf"^[{re.escape(_MARKS)}\s]*(?:\d{{1,3}}\s*[.、)]\s*)?[{re.escape(_MARKS)}\s]*"
)
_AFTER = re.compile(rf"[{re.escape(_MARKS)}\s]+$")
_BOTH = re.compile(
    r"(?P<zh>[^\x00-\u2fff]+?)\s*[(\[,/;]?\s*(?P<latin>[A-Z][a-z]+ [a-z][a-z-]+(?: [a-z-]+)?)"
    r"\s*[)\]]?$"
)
_BOTH_TURNED = re.compile(
    r"(?P<latin>[A-Z][a-z]+ [a-z][a-z-]+(?: [a-z-]+)?)\s*[(\[,/;]?\s*(?P<zh>[^\x00-\u2fff]+?)"
    r"\s*[)\]]?$"
)
_LONGEST = 200


@functools.lru_cache(maxsize=8192)
def parted_name(cell: str) -> tuple[str, str | None]:
    """Return the name in a cell without marks, and the Chinese name where it holds both.

    Examples
    --------
    >>> parted_name("▲白鹭 Egretta garzetta"), parted_name("3、苍鹭*"), parted_name("白鹭")
    (('Egretta garzetta', '白鹭'), ('苍鹭', None), ('白鹭', None))
    """
    if len(cell) > _LONGEST:
        return cell, None
    words = unicodedata.normalize("NFKC", cell).strip()
    words = _AFTER.sub("", _BEFORE.sub("", words))
    both = _BOTH.match(words) or _BOTH_TURNED.match(words)
    if both is not None:
        return both["latin"], both["zh"].strip()
    return words or cell, None


def with_parted_name(row: dict[str, Any]) -> dict[str, Any]:
    """Put the names of a row apart; what stood in the cell is kept as ``verbatim``.

    Examples
    --------
    >>> with_parted_name({"name": "白鹭*"})
    {'name': '白鹭', 'verbatim': '白鹭*'}
    """
    told = row.get("name")
    if not isinstance(told, str):
        return row
    name, chinese = parted_name(told)
    if name == told:
        return row
    found = {**row, "name": name, "verbatim": told}
    if chinese is not None and not row.get("name_zh"):
        found["name_zh"] = chinese
    return found
