"""Names of birds as people write them: what does not distinguish, authors, and what is no species.

Nothing here knows a checklist. A name is compared by its `key`, which leaves out width, case,
spaces, hyphens and apostrophes and nothing else: a question mark, a slash or a bracket stays, for
who wrote it was not sure, or meant two things.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Doubt = Literal["open", "hybrid", "several", "question"]

LONGEST = 200  # characters that are looked at; a longer cell is no name
_WORD = r"[^\W\d_]+(?:-[^\W\d_]+)*"
_IGNORED = re.compile(r"[\s\-‐-―−_'’‘ʼ`´]+")
_OPEN = re.compile(
    r"(?<![^\W_])(?:cf|aff|nr|sp|spp|ssp\s+indet|indet|gen|incertae|unid(?:entified)?|unknown)"
    r"(?![^\W_])|未(?:识别|鉴定|知|定)|待定|不明|属(?:一)?种|某种|类$|属$|科$",
    re.IGNORECASE,
)
_HYBRID = re.compile(r"[×✕]|(?<=\s)x(?=\s)|杂交|\bhybrid\b", re.IGNORECASE)
_SEVERAL = re.compile(r"[/|;+&、；]|\bor\b|\band\b|[或和与]", re.IGNORECASE)
_QUESTION = re.compile(r"\?|疑似|可能|似")
_YEAR = r"\[?\d{4}\]?[a-z]?"
_AUTHOR_WORDS = rf"(?:{_WORD}|[.&'’,\s-]|\bet\b|\bal\b|\bin\b|\bex\b)+"
# A binomial or trinomial with who named it: "(Linnaeus, 1766)", "Gmelin, JF, 1789", "L.".
_WITH_AUTHOR = re.compile(
    rf"^(?P<name>[^\W\d_][\w-]*\s+[^\W\d_A-Z][\w-]*(?:\s+[^\W\d_A-Z][\w-]*)?)\s*,?\s+"
    rf"(?P<author>\(\s*{_AUTHOR_WORDS}(?:,\s*)?(?:{_YEAR})?\s*\)"
    rf"|[A-Z]{_AUTHOR_WORDS}(?:,\s*)?(?:{_YEAR})?)$"
)
_TRINOMIAL = re.compile(
    r"^(?P<species>[A-Z][a-z]+ [a-z]{2,}(?:-[a-z]+)*)"
    r"(?: (?:subsp|ssp|var)\.?)? (?P<subspecies>[a-z]{2,}(?:-[a-z]+)*)$"
)
_HAN = re.compile(r"[㐀-鿿\U00020000-\U0003134f]")
_BRACKETS = re.compile(r"[(\[（【](?P<inside>[^()\[\]（）【】]*)[)\]）】]")


def flat(words: str) -> str:
    """Return words of any length without what does not distinguish names."""
    whole = unicodedata.normalize("NFKC", words)
    shown = _IGNORED.sub("", "".join(c for c in whole if unicodedata.category(c) != "Cf"))
    return unicodedata.normalize("NFKC", shown.casefold())


@lru_cache(maxsize=1 << 16)
def key(name: str) -> str:
    """Return what names are compared by; a longer one than `LONGEST` is cut.

    Examples
    --------
    >>> key(" ＥＧＲＥＴＴＡ  garzetta "), key("Black-crowned Night-Heron"), key("白 鹭")
    ('egrettagarzetta', 'blackcrownednightheron', '白鹭')
    >>> key("白鹭？") == key("白鹭")
    False
    """
    return flat(name[:LONGEST])


def tidy(name: str) -> str:
    """Return a name in normal width with single spaces, its case kept."""
    whole = unicodedata.normalize("NFKC", name[:LONGEST])
    return " ".join("".join(c for c in whole if unicodedata.category(c) != "Cf").split())


def doubt(name: str) -> Doubt | None:
    """Tell why a name names no single species; None where nothing in its form says so.

    Examples
    --------
    >>> doubt("Anas sp."), doubt("Anas crecca x A. acuta"), doubt("白鹭/中白鹭"), doubt("白鹭?")
    ('open', 'hybrid', 'several', 'question')
    >>> doubt("Anas cf. crecca"), doubt("Tringa nebularia")
    ('open', None)
    """
    whole = tidy(name)
    if _HYBRID.search(whole):
        return "hybrid"
    if _OPEN.search(whole):
        return "open"
    if _QUESTION.search(whole):
        return "question"
    return "several" if _SEVERAL.search(_BRACKETS.sub("", whole)) else None


@dataclass(frozen=True, slots=True)
class Scientific:
    """A scientific name taken apart; ``author`` and ``subspecies`` are None where not written."""

    species: str
    subspecies: str | None = None
    author: str | None = None

    @property
    def name(self) -> str:
        """Return the name without its author."""
        return self.species if self.subspecies is None else f"{self.species} {self.subspecies}"


def scientific(name: str) -> Scientific | None:
    """Take a scientific name with an author or a subspecies apart; None where it has neither.

    Examples
    --------
    >>> scientific("Egretta garzetta (Linnaeus, 1766)")
    Scientific(species='Egretta garzetta', subspecies=None, author='(Linnaeus, 1766)')
    >>> scientific("Anas crecca Linnaeus, 1758").name
    'Anas crecca'
    >>> scientific("Ardea alba modesta").subspecies, scientific("Grey Heron"), scientific("白鹭")
    ('modesta', None, None)
    """
    whole = tidy(name)
    found = _WITH_AUTHOR.match(whole)
    author = found["author"].strip() if found else None
    bare = found["name"] if found else whole
    words = bare.split()
    bare = " ".join([words[0][:1].upper() + words[0][1:].lower(), *words[1:]]) if words else bare
    three = _TRINOMIAL.match(bare)
    if three:
        return Scientific(three["species"], three["subspecies"], author)
    return Scientific(bare, None, author) if found else None


def same_author(one: str, other: str) -> bool:
    """Tell whether two authorships are the same but for brackets, initials, commas and case.

    Brackets tell whether the genus changed since, which is not who named the species.

    Examples
    --------
    >>> same_author("(Linnaeus, 1766)", "Linnaeus 1766"), same_author("Gmelin, JF, 1789", "Gmelin")
    (True, True)
    >>> same_author("Linnaeus, 1758", "Linnaeus, 1766")
    False
    """
    a, b = _author_parts(one), _author_parts(other)
    if a[1] and b[1] and a[1] != b[1]:
        return False
    return bool(a[0] & b[0]) or not (a[0] and b[0])


def _author_parts(author: str) -> tuple[frozenset[str], str | None]:
    plain = unicodedata.normalize("NFKD", author)
    words = re.findall(r"[^\W\d_]{3,}", "".join(c for c in plain if not unicodedata.combining(c)))
    year = re.search(r"\d{4}", author)
    return frozenset(w.casefold() for w in words), year[0] if year else None


def parts(name: str) -> list[str]:
    """Return the names that may hide in one cell: outside and inside brackets, by script.

    Examples
    --------
    >>> parts("白鹭（小白鹭）"), parts("小䴙䴘 Tachybaptus ruficollis")
    (['白鹭', '小白鹭'], ['小䴙䴘', 'Tachybaptus ruficollis'])
    >>> parts("Egretta garzetta")
    []
    """
    whole = tidy(name)
    found = [_BRACKETS.sub(" ", whole), *(m["inside"] for m in _BRACKETS.finditer(whole))]
    out: list[str] = []
    for part in found:
        chinese = "".join(_HAN.findall(part))
        other = " ".join(_HAN.sub(" ", part).split())
        out += [chinese, other] if chinese and other else [part]
    made = list(dict.fromkeys(p.strip(" ,，。.;；:：") for p in out))
    return [p for p in made if p and p != whole]


def is_han(name: str) -> bool:
    """Tell whether a name holds a Chinese character."""
    return _HAN.search(name) is not None


def distance(one: str, other: str, most: int) -> int:
    """Return how many letters to add, drop, change or swap with a neighbour; at most ``most + 1``.

    Examples
    --------
    >>> distance("garzetta", "garzeta", 2), distance("egretta", "ergetta", 2)
    (1, 1)
    >>> distance("a", "xyz", 1)
    2
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)
