"""The places of a pack by what files call them: ids and names in both languages."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from wetland.visitors.pack import Place, VisitorPack

_NOISE = re.compile(r"[\s_\-.·]+")
_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")


class Known(NamedTuple):
    """A place of the pack: its id and kind (``gate``, ``area``, ``boat``, ``car_park``)."""

    id: str
    kind: str


def key(name: str) -> str:
    """Return a name without what does not matter: case, width, spaces and hyphens."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name).casefold())


class Places:
    """The places of a pack.

    Examples
    --------
    >>> from wetland.base.texts import text
    >>> from wetland.visitors.pack import Area
    >>> places = Places(VisitorPack(areas=(Area(id="whole", name=text("全园", "whole park")),)))
    >>> places.find("Whole Park"), places.find("东门")
    (Known(id='whole', kind='area'), None)
    """

    def __init__(
        self, pack: VisitorPack, told: Mapping[str, str] | None = None, *, site: str | None = None
    ) -> None:
        self._known: dict[str, list[Known]] = {}
        self._names: list[str] = []
        self._told = {key(word): meant for word, meant in (told or {}).items()}
        for kind, place in _places(pack):
            known = Known(place.id, kind)
            for name in (place.id, place.name.zh, place.name.en):
                self._names.append(name)
                for form in {key(name), key(_BRACKETS.sub("", name))} - {""}:
                    held = self._known.setdefault(form, [])
                    held.extend([] if known in held else [known])
        roots = [area.id for area in pack.areas if area.parent is None]
        roots = roots or ([] if site is None else [site])
        # What counts without a place are of: the one area that is part of no other.
        self.whole = Known(roots[0], "area") if len(roots) == 1 else None
        self.any = bool(self._names)
        self.bays = {park.id: park.bays for park in pack.car_parks}

    def told(self, word: str) -> str | None:
        """Return what a person says a word means: a place, "" to leave it out; None where none."""
        return self._told.get(key(word))

    def find(self, word: str, kind: str | None = None) -> Known | None:
        """Return the place a word names; of several the one of ``kind``, else the first."""
        told = self.told(word)
        held = self._known.get(key(word if told is None else told), [])
        if told and not held:
            return Known(told, kind or "")
        return next((k for k in held if k.kind == kind), held[0] if held else None)

    def suggest(self, word: str) -> str | None:
        """Return the name most like a word that names no place; None where none is like it."""
        close = difflib.get_close_matches(word, self._names, 1, 0.75)
        return close[0] if close else None


def _places(pack: VisitorPack) -> Iterator[tuple[str, Place]]:
    yield from (("gate", one) for one in pack.gates)
    yield from (("area", one) for one in pack.areas)
    yield from (("boat", one) for one in pack.piers)
    yield from (("car_park", one) for one in pack.car_parks)
