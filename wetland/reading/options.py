"""What options of every reader have in common (读取选项): time zones, choices, what a source keeps.

A reader's options are a frozen dataclass whose fields are None, or an empty mapping, where nothing
is told.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wetland.base.errors import InputError
from wetland.base.texts import text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Options = TypeVar("Options", bound=DataclassInstance)

ORDERS = ("mdy", "dmy")
DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")

NOT_ALLOWED = text("{o} 不能是 {v}；可用：{a}", "{o} cannot be {v}; use one of {a}")
UNKNOWN_ZONE = text("不认识的时区 {n}", "unknown time zone {n}")
ZONE_HINT = text("例如 Asia/Shanghai", "for example Asia/Shanghai")


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone called ``name``.

    Raises
    ------
    InputError
        There is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(UNKNOWN_ZONE.fill(n=name), hint=ZONE_HINT) from None


def check_choice(option: str, value: str | None, allowed: Collection[str]) -> None:
    """Refuse a value that is told and not among those an option has.

    Raises
    ------
    InputError
        It is none of them; they are named.
    """
    if value is not None and value not in allowed:
        raise InputError(NOT_ALLOWED.fill(o=option, v=value, a=", ".join(allowed)))


def over(mine: Options, saved: Options | None) -> Options:
    """Return options over those kept for a source: what is set in the first wins.

    Mappings are joined key by key.
    """
    if saved is None:
        return mine
    merged: dict[str, Any] = {}
    for one in fields(mine):
        told, kept = getattr(mine, one.name), getattr(saved, one.name)
        is_map = isinstance(told, Mapping)
        merged[one.name] = {**kept, **told} if is_map else (kept if told is None else told)
    return type(mine)(**merged)


def kept_with(
    options_json: str | Mapping[str, Any] | None, forms: Mapping[str, type]
) -> dict[str, Any]:
    """Return what of a source's record (`SOURCES` column ``options``) holds for its next file.

    Parameters
    ----------
    options_json
        The record.
    forms
        Field -> what it must be; other fields, and values of another form than today's, are left
        out.
    """
    if not options_json:
        return {}
    raw = json.loads(options_json) if isinstance(options_json, str) else dict(options_json)
    if not isinstance(raw, dict):
        return {}
    told = {name: raw.get(name) for name in forms}
    return {name: value for name, value in told.items()
            if value not in (None, "", {}) and isinstance(value, forms[name])}  # fmt: skip
