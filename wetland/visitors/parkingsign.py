"""Lines for guidance signs (诱导屏): short, in both languages, of a length that fits."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

from wetland.base.texts import Text, text

State = Literal["free", "full", "no_data", "closed"]

LINE_COLUMNS = 40  # a Chinese character takes two
_CUT = "…"
_WORDS: dict[State, Text] = {
    "free": text("余 {n} 位", "{n} free"),
    "full": text("已满", "FULL"),
    "no_data": text("暂无数据", "no data"),
    "closed": text("关闭", "CLOSED"),
}
_WALK = text(" 步行 {m} 分", ", {m} min walk")
_NEXT = text(" → {name}", " → {name}")


@dataclass(frozen=True, slots=True)
class SignLine:
    """A line of a guidance sign; ``words`` has at most the columns asked for in each language."""

    car_park: str
    state: State
    words: Text


def columns(words: str) -> int:
    """Return how many columns words take on a sign; a wide character takes two.

    Characters that are wide in Chinese type only (→, …) count as wide.

    Examples
    --------
    >>> columns("P1 余 5")
    7
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in words)


def shortened(words: str, most: int) -> str:
    """Return words cut to ``most`` columns, with an ellipsis where something is missing."""
    if columns(words) <= most:
        return words
    kept = ""
    for character in words:
        if columns(kept + character) > most - columns(_CUT):
            break
        kept += character
    return kept.rstrip() + _CUT if most >= columns(_CUT) else ""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a sign says of a car park: its state, free bays, minutes on foot, where to go else."""

    car_park: str
    name: Text
    state: State
    free: int | None = None
    walk_min: float | None = None
    onward: Text | None = None
    onward_id: str | None = None


def sign_line(signed: Signed, *, most: int = LINE_COLUMNS) -> SignLine:
    """Return the line of a car park.

    With free bays it tells their number and the minutes on foot; else the state and an arrow to
    the next best. Where it is too long, the minutes go first, then identifiers stand for names, the
    one of the next best first; only where these do not fit either names are cut. Number and state
    stay whole.

    Examples
    --------
    >>> line = sign_line(Signed("p1", text("1号停车场", "P1"), "free", 123, 6.0))
    >>> line.words.zh, line.words.en
    ('1号停车场 余 123 位 步行 6 分', 'P1 123 free, 6 min walk')
    """
    return SignLine(
        signed.car_park,
        signed.state,
        text(_line(signed, most, zh=True), _line(signed, most, zh=False)),
    )


def _line(signed: Signed, most: int, *, zh: bool) -> str:
    def said(words: Text, **values: object) -> str:
        # A name from outside is no form to fill in: it may hold braces.
        return (words.fill(**values) if values else words).get("zh" if zh else "en")

    core = said(_WORDS[signed.state], n=signed.free)
    name = _flat(said(signed.name))
    code = _flat(signed.car_park)
    if signed.state == "free":
        walk = "" if signed.walk_min is None else said(_WALK, m=max(1, round(signed.walk_min)))
        tail = walk if columns(f"{name} {core}{walk}") <= most else ""
        return _named(_fitting((name, code), most - columns(core) - 1), core + tail, most)
    if signed.onward is None:
        return _named(_fitting((name, code), most - columns(core) - 1), core, most)
    room = most - columns(f" {core} → ")
    onward = _flat(said(signed.onward))
    other = _flat(signed.onward_id or "") or onward
    pairs = ((name, onward), (name, other), (code, onward), (code, other))
    name, onward = next((p for p in pairs if columns("".join(p)) <= room), (name, onward))
    onward = shortened(onward, max(room - columns(name), room // 2))
    arrow = said(_NEXT, name=onward) if onward else ""
    return _named(name, core + arrow, most)


def _flat(words: str) -> str:
    return " ".join(words.split())


def _fitting(names: tuple[str, str], room: int) -> str:
    """Return the first of a name and an identifier that fits whole, else the name."""
    return next((one for one in names if one and columns(one) <= room), names[0])


def _named(name: str, words: str, most: int) -> str:
    short = shortened(name, most - columns(words) - 1)
    return f"{short} {words}" if short else shortened(words, most)
