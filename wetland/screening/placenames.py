"""Names of places (地名) as people write them: which landmark or zone a cell means.

Rule of decision: a cell means a place when it *is* its name, with or without what stands in
brackets; when both name the same two roads in any order; or when it holds the name of one place
only, three Chinese characters or eight letters long or longer, and the name is at least half of
what the cell says. Of several names held the longest counts. A name that two places bear means
none of them, unless it is the full name of one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

K = TypeVar("K")

MOST_CHARACTERS = 80  # a longer cell is a remark, not the name of a place
_HELD_HAN, _HELD_LETTERS = 3, 8
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
_NOISE = re.compile(r"[\s\-_.,;:'\"!?·、，。；：“”‘’]+")
_AND = re.compile(r"[×/&@+与和]|\s+x\s+|\s+and\s+")
_CROSSING = re.compile(r"(?<=[路街道])(?:路口|口|交叉口|交界处)$")


@dataclass(frozen=True, slots=True)
class PlaceNames:
    """The names of places, ready to be recognised; places are numbered by the caller."""

    whole: Mapping[str, int]
    crossings: Mapping[frozenset[str], int]
    held: re.Pattern[str] | None = field(repr=False)
    words: re.Pattern[str] | None = field(repr=False)

    @classmethod
    def of(cls, names: Iterable[tuple[int, str]]) -> PlaceNames:
        """Take (number of the place, one of its names) pairs.

        Examples
        --------
        >>> names = PlaceNames.of([(0, "洪园"), (1, "天目山路与紫金港路口"), (2, "Hong Garden")])
        >>> [names.find(n) for n in ("洪园(2)", "紫金港路×天目山路", "hong garden", "洪")]
        [0, 1, 2, None]
        """
        full: dict[str, set[int]] = {}
        short: dict[str, set[int]] = {}
        crossings: dict[frozenset[str], set[int]] = {}
        pairs = list(names)
        for number, name in pairs:
            full.setdefault(squeezed(name), set()).add(number)
            short.setdefault(squeezed(unbracketed(name)), set()).add(number)
            parts = crossing(name)
            if parts:
                crossings.setdefault(parts, set()).add(number)
        whole = _unique(short) | _unique(full)
        whole.pop("", None)
        held = [n for n in whole if not n.isascii() and len(n) >= _HELD_HAN]
        lettered = {spaced(unbracketed(name)) for _, name in pairs}
        words = [n for n in lettered if n.isascii() and squeezed(n) in whole
                 and len(n) >= _HELD_LETTERS]  # fmt: skip
        return cls(whole, _unique(crossings), _any_of(held), _any_of(words, word=True))

    def find(self, cell: object) -> int | None:
        """Return the number of the place that a cell means, None where it means none for sure."""
        if not isinstance(cell, str) or len(cell) > MOST_CHARACTERS:
            return None
        said = squeezed(cell)
        bare = squeezed(unbracketed(cell))
        for words in (said, bare):
            if words in self.whole:
                return self.whole[words]
        parts = crossing(cell)
        if parts:
            return self.crossings.get(parts)
        return self._holding(cell, bare)

    def _holding(self, cell: str, bare: str) -> int | None:
        """Return the place whose name a cell holds: the longest, if it holds no other."""
        found: set[str] = set()
        if self.held is not None:
            found.update(m.group() for m in self.held.finditer(bare))
        if self.words is not None:
            words = self.words.finditer(spaced(unbracketed(cell)))
            found.update(squeezed(m.group()) for m in words)
        longest = max(found, key=len, default="")
        single = all(name in longest for name in found)
        return self.whole[longest] if longest and single and len(longest) * 2 >= len(bare) else None


def squeezed(name: str) -> str:
    """Return a name without blanks, marks, width and case: what is left is compared."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name).casefold())


def spaced(name: str) -> str:
    """Return a name in words: as `squeezed`, with one blank for what is left out."""
    return _NOISE.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


def unbracketed(name: str) -> str:
    """Return a name without what stands in brackets."""
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", name))


def variants(name: str) -> tuple[str, ...]:
    """Return the ways to write a name: whole, without its brackets, and what they hold."""
    plain = unicodedata.normalize("NFKC", name)
    inner = [part for groups in _BRACKETS.findall(plain) for part in groups if part]
    return tuple(dict.fromkeys(n for n in (plain, unbracketed(plain), *inner) if squeezed(n)))


def crossing(name: str) -> frozenset[str]:
    """Return the two or more things a name joins; empty where it names one only."""
    whole = unicodedata.normalize("NFKC", unbracketed(name)).casefold()
    if not _AND.search(whole):
        return frozenset()
    parts = {_CROSSING.sub("", squeezed(part)) for part in _AND.split(whole)}
    named = len(parts) > 1 and all(len(part) > 1 for part in parts)
    return frozenset(parts) if named else frozenset()


def _unique(numbered: Mapping[K, set[int]]) -> dict[K, int]:
    return {name: next(iter(numbers)) for name, numbers in numbered.items() if len(numbers) == 1}


def _any_of(names: Iterable[str], *, word: bool = False) -> re.Pattern[str] | None:
    """Return a pattern for any of some names, longest first; None for none.

    With ``word`` a letter or digit more, before or after, makes it another name.
    """
    ordered = sorted(names, key=len, reverse=True)
    if not ordered:
        return None
    either = "|".join(re.escape(name) for name in ordered)
    return re.compile(rf"(?<![0-9a-z])(?:{either})(?![0-9a-z])" if word else either)
