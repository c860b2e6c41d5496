"""Match names of a file with a site's checklist (名录): exact, accepted, synonym, or a suggestion.

Rule of decision, in this order:

1. A name of the checklist (scientific, Chinese, English, code, identifier): ``exact``.
2. A name that a person accepted for a species: ``accepted``. It also settles a name of two species.
3. A synonym: ``synonym``. With a day (``on``) those that were in use on it count; where none was,
   all of them.
4. A scientific name with its author and year, or with a subspecies: the species it names, by 1 or
   3, and a note says so. The author is no part of a name; one who is not the author that the
   checklist tells, or is told without a year where it tells none, leaves the name unmatched.
5. Else ``none``: with suggestions, which nobody takes but a person. What is no single species by
   its form (cf., sp., a hybrid, two names, a question mark) has no suggestion: it is not guessed.

A name that means two species is ``none`` and both are suggested.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from wetland.base.texts import Text, text
from wetland.birds.names import Doubt, doubt, key, same_author, scientific
from wetland.birds.suggestions import MOST_SUGGESTED, Suggestions

if TYPE_CHECKING:
    from wetland.birds.species import BirdPack, ChecklistEdition, Species, Synonym

_NOTHING: Mapping[str, str] = MappingProxyType({})

AUTHOR = text("命名人“{a}”不属于名称，已略去", "the author {a} is no part of the name")
OTHER_AUTHOR = text(
    "命名人“{a}”与名录中的“{b}”不同，请确认",
    "the author {a} is not {b} of the checklist: confirm it",
)
NO_YEAR = text("名称后的“{a}”须由人确认", "somebody has to confirm what {a} after the name means")
SUBSPECIES = text("亚种 {s}，按种计", "subspecies {s}, counted as the species")
TWO = text("此名称可指多个物种：{s}", "the name means several species: {s}")
OLD = text("异名，{e}", "a synonym, {e}")
GONE = text(
    "人工采纳的物种 {s} 已不在名录中", "the accepted species {s} is no longer in the checklist"
)
DOUBTS: dict[Doubt, Text] = {
    "open": text("未鉴定到种，不作猜测", "not told to the species: not guessed"),
    "hybrid": text("杂交个体，不计入任何一种", "a hybrid: counted as neither species"),
    "several": text("一格写了多个物种，不作猜测", "several species in one cell: not guessed"),
    "question": text("原记录存疑，不作猜测", "doubted by who wrote it: not guessed"),
}


@dataclass(frozen=True, slots=True)
class Match:
    """What a name was matched with.

    Attributes
    ----------
    taxon_id
        The species; None where ``how`` is ``none``.
    how
        One of `wetland.birds.tables.MATCHES`.
    suggestions
        Species it may have been, the likeliest first; none of them is taken without a person.
    note
        What the sender should know: a subspecies, an author, why nothing was matched.
    """

    taxon_id: str | None
    how: str
    suggestions: tuple[str, ...] = ()
    note: Text | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Checklist:
    """The species of a site, ready to be matched.

    Examples
    --------
    >>> from wetland.birds.species import BirdPack, Species
    >>> egret = Species(id="egretta-garzetta", scientific_name="Egretta garzetta", name_zh="白鹭")
    >>> listed = Checklist.of(BirdPack(species=(egret,)))
    >>> listed.match("白 鹭").taxon_id, listed.match("Egretta garzetta (Linnaeus, 1766)").how
    ('egretta-garzetta', 'exact')
    >>> listed.match("garzetta Egretta")
    Match(taxon_id=None, how='none', suggestions=('egretta-garzetta',), note=None)
    """

    species: Mapping[str, Species]
    edition: ChecklistEdition | None = None
    flyway: Text | None = None
    _exact: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _synonyms: Mapping[str, tuple[Synonym, ...]] = field(default_factory=dict, repr=False)
    _like: Suggestions = field(default_factory=lambda: Suggestions({}), repr=False)

    @classmethod
    def of(cls, pack: BirdPack) -> Checklist:
        """Make the checklist of what a pack says of birds; one without species matches nothing."""
        species = {s.id: s for s in pack.species}
        exact: dict[str, dict[str, None]] = {}
        for one in pack.species:
            for name in names_of(one):
                exact.setdefault(key(name), {})[one.id] = None
        synonyms: dict[str, list[Synonym]] = {}
        for synonym in pack.synonyms:
            if synonym.id in species:
                synonyms.setdefault(key(synonym.name), []).append(synonym)
        alike: dict[str, list[str]] = {}
        for one in pack.species:
            alike.setdefault(one.id, []).extend(names_of(one))
        for synonym in pack.synonyms:
            if synonym.id in species:
                alike[synonym.id].append(synonym.name)
        return cls(
            MappingProxyType(species), pack.checklist, pack.flyway,
            {name: tuple(ids) for name, ids in exact.items()},
            {name: tuple(found) for name, found in synonyms.items()}, Suggestions(alike),
        )  # fmt: skip

    def __len__(self) -> int:
        """Count the species."""
        return len(self.species)

    def __iter__(self) -> Iterator[Species]:
        """Go over the species in the order of the checklist."""
        return iter(self.species.values())

    def name(self, taxon_id: str) -> Text:
        """Return what people call a species; the identifier where it is not in the checklist."""
        found = self.species.get(taxon_id)
        return found.name if found is not None else Text(zh=taxon_id, en=taxon_id)

    def names(self, taxon_id: str) -> tuple[str, ...]:
        """Return every name of a species, synonyms last; none where it is not listed."""
        if taxon_id not in self.species:
            return ()
        others = (s.name for all_of in self._synonyms.values() for s in all_of if s.id == taxon_id)
        return tuple(dict.fromkeys((*names_of(self.species[taxon_id]), *others)))

    def match(
        self, name: str, *, accepted: Mapping[str, str] = _NOTHING, on: dt.date | None = None
    ) -> Match:
        """Match one name by the rule of decision above.

        Parameters
        ----------
        name
            As it was received.
        accepted
            Names that people accepted, with the species each stands for.
        on
            The day of the survey, by which synonyms are told apart; None: any day.
        """
        return self._match(name, _by_key(accepted), on)

    def match_all(
        self,
        names: Iterable[str],
        *,
        accepted: Mapping[str, str] = _NOTHING,
        on: dt.date | None = None,
    ) -> dict[str, Match]:
        """Match each distinct name once."""
        by_key = _by_key(accepted)
        return {name: self._match(name, by_key, on) for name in dict.fromkeys(names)}

    def _match(self, name: str, accepted: Mapping[str, str], on: dt.date | None) -> Match:
        wanted = key(name)
        if not wanted:
            return Match(None, "none")
        found = self._known(wanted, accepted, on)
        if found is not None:
            return found
        unsure = doubt(name)
        named = scientific(name)
        if unsure == "several" and named is not None and named.author is not None:
            unsure = None  # "Hume & Henderson, 1873" are the author
        if unsure is not None:
            return Match(None, "none", note=DOUBTS[unsure])
        found = self._apart(name, on)
        if found is not None:
            return found
        return Match(None, "none", self._like.of(name))

    def _known(self, wanted: str, accepted: Mapping[str, str], on: dt.date | None) -> Match | None:
        """Match a key by rules 1 to 3."""
        exact = self._exact.get(wanted, ())
        synonyms = _in_use(self._synonyms.get(wanted, ()), on, strictly=bool(exact))
        meant = tuple(dict.fromkeys((*exact, *(s.id for s in synonyms))))
        if len(exact) == 1 and meant == exact:
            return Match(exact[0], "exact")
        chosen = accepted.get(wanted)
        if chosen in self.species:
            return Match(chosen, "accepted")
        if chosen is not None and not meant:
            return Match(None, "none", note=GONE.fill(s=chosen))
        if len(meant) > 1:
            listed = [self.name(m) for m in meant]
            both = Text(zh="、".join(t.zh for t in listed), en=", ".join(t.en for t in listed))
            return Match(None, "none", meant[:MOST_SUGGESTED], TWO.fill(s=both))
        if synonyms:
            return Match(synonyms[0].id, "synonym", note=_edition(synonyms[0]))
        return None

    def _apart(self, name: str, on: dt.date | None) -> Match | None:
        """Match a scientific name with an author or a subspecies, rule 4."""
        taken = scientific(name)
        if taken is None:
            return None
        notes: list[Text] = []
        found = self._known(key(taken.name), _NOTHING, on)
        if found is None and taken.subspecies is not None:
            found = self._known(key(taken.species), _NOTHING, on)
            notes.append(SUBSPECIES.fill(s=taken.subspecies))
        if found is None or found.taxon_id is None:
            return found
        if taken.author is not None:
            told = self.species[found.taxon_id].authorship
            own = found.how == "exact" and not notes  # else the author is that of another name
            note, sure = _author(taken.author, told if own else None)
            if not sure:
                return Match(None, "none", (found.taxon_id,), note)
            notes.insert(0, note)
        if found.note is not None:
            notes.append(found.note)
        return replace(found, note=_joined(notes))


def names_of(species: Species) -> tuple[str, ...]:
    """Return every name under which a species is in a checklist, its scientific name first."""
    told = (species.scientific_name, species.name_zh, species.name_en, *species.codes, species.id)
    return tuple(dict.fromkeys(name for name in told if name))


def _author(author: str, told: str | None) -> tuple[Text, bool]:
    """Say what an author after a name means, and whether the name is sure for all that."""
    if told is not None and not same_author(author, told):
        return OTHER_AUTHOR.fill(a=author, b=told), False
    if told is None and not any(c.isdigit() for c in author):
        return NO_YEAR.fill(a=author), False
    return AUTHOR.fill(a=author), True


def _by_key(accepted: Mapping[str, str]) -> Mapping[str, str]:
    return {key(name): taxon_id for name, taxon_id in accepted.items()}


def _in_use(
    synonyms: tuple[Synonym, ...], on: dt.date | None, *, strictly: bool
) -> tuple[Synonym, ...]:
    """Return the synonyms in use on a day; all where no day is told or, not strictly, none was."""
    if on is None:
        return synonyms
    used = tuple(
        s for s in synonyms
        if (s.valid_from is None or s.valid_from <= on) and (s.valid_to is None or on < s.valid_to)
    )  # fmt: skip
    return used if used or strictly else synonyms


def _edition(synonym: Synonym) -> Text | None:
    return OLD.fill(e=synonym.edition) if synonym.edition else None


def _joined(notes: list[Text]) -> Text | None:
    if not notes:
        return None
    return Text(zh="；".join(n.zh for n in notes), en="; ".join(n.en for n in notes))
