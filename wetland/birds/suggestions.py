"""What a name may have been meant for: species whose names are like it, for a person to choose.

What counts as alike, the likeliest first: the words in another order (``garzetta Egretta``); one of
several names in a cell (白鹭（小白鹭）, 小䴙䴘 Tachybaptus ruficollis); the genus shortened
(``E. garzetta``) or another one (an epithet moves between genera, its ending agrees with the
genus); letters added, dropped, changed or swapped: one in five, and one character of a Chinese name
of three or more, or a longer Chinese name that holds it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from wetland.birds.names import distance, is_han, key, parts, scientific, tidy

MOST_SUGGESTED = 5
_CANDIDATES = 24  # names whose letters are compared one by one
_LETTERS_PER_MISTAKE = 5
_SHORTENED = re.compile(r"^(?P<genus>[A-Za-z]{1,3})\. ?(?P<epithet>[a-z-]{3,})$", re.IGNORECASE)
_BINOMIAL = re.compile(r"^(?P<genus>[A-Z][a-z]+) (?P<epithet>[a-z-]{3,})$")
_WORD = re.compile(r"[^\W_]+")
_ENDINGS = re.compile(r"(?:us|um|is|a|e|os|on)$")


class Suggestions:
    """The names of a checklist, found by what they share with another name.

    Parameters
    ----------
    names
        Every name of each species: checklist names and synonyms.
    """

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        self._owner: dict[str, dict[str, None]] = {}
        self._by_words: dict[tuple[str, ...], dict[str, None]] = {}
        self._by_epithet: dict[str, dict[str, str]] = {}
        for taxon_id, all_of in names.items():
            for name in all_of:
                self._owner.setdefault(key(name), {})[taxon_id] = None
                self._by_words.setdefault(_words(name), {})[taxon_id] = None
                two = _BINOMIAL.match(tidy(name))
                if two:
                    stem = _stem(two["epithet"])
                    self._by_epithet.setdefault(stem, {}).setdefault(taxon_id, two["genus"])
        self._keys = list(self._owner)
        self._having: dict[str, list[int]] = {}
        for number, name in enumerate(self._keys):
            for gram in set(_grams(name)):
                self._having.setdefault(gram, []).append(number)

    def of(self, name: str, *, at_most: int = MOST_SUGGESTED) -> tuple[str, ...]:
        """Return the species whose names are most like ``name``, the likeliest first."""
        bare = scientific(name)
        found: dict[str, None] = {}
        for one in [name, *([bare.name, bare.species] if bare else []), *parts(name)]:
            found.update(self._owner.get(key(one), {}))
            found.update(self._by_words.get(_words(one), {}))
            found.update(dict.fromkeys(self._same_epithet(one)))
        for one in [name, *parts(name)]:
            found.update(dict.fromkeys(self._alike(key(one))))
        return tuple(found)[:at_most]

    def _same_epithet(self, name: str) -> list[str]:
        whole = tidy(name)
        short = _SHORTENED.match(whole)
        if short:
            known = self._by_epithet.get(_stem(short["epithet"].lower()), {})
            start = short["genus"].lower()
            return [t for t, genus in known.items() if genus.lower().startswith(start)]
        two = _BINOMIAL.match(whole)
        return list(self._by_epithet.get(_stem(two["epithet"]), {})) if two else []

    def _alike(self, wanted: str) -> list[str]:
        shared: Counter[int] = Counter()
        for gram in set(_grams(wanted)):
            shared.update(self._having.get(gram, ()))
        scored: list[tuple[float, str]] = []
        for number, _ in shared.most_common(_CANDIDATES):
            other = self._keys[number]
            off = _off(wanted, other)
            if off is not None:
                scored.append((off, other))
        return [taxon_id for _, other in sorted(scored) for taxon_id in self._owner[other]]


def _off(wanted: str, other: str) -> float | None:
    """Return the share of letters in which two keys differ; None where they are not alike."""
    longest = max(len(wanted), len(other))
    if is_han(wanted) and is_han(other):
        if min(len(wanted), len(other)) >= 2 and (wanted in other or other in wanted):
            return abs(len(wanted) - len(other)) / longest
        most = 1 if longest >= 3 else 0
    else:
        most = longest // _LETTERS_PER_MISTAKE if longest >= _LETTERS_PER_MISTAKE else 0
    steps = distance(wanted, other, most)
    return steps / longest if steps <= most else None


def _grams(name: str) -> list[str]:
    pairs = [name[i : i + 2] for i in range(len(name) - 1)]
    return [*pairs, *(c for c in name if is_han(c))] or [name]


@lru_cache(maxsize=1 << 14)
def _words(name: str) -> tuple[str, ...]:
    return tuple(sorted(key(word) for word in _WORD.findall(tidy(name))))


def _stem(epithet: str) -> str:
    return _ENDINGS.sub("", epithet.replace("-", ""))
