"""Single counts as observers write them (计数): `3+2`, `约50`, `√`, `50-60`, `2♂3♀`, `12只`.

Rule of decision. An empty cell or a dash says that nothing was recorded, which is not zero. `0` and
words like `未见` say that the species was looked for and is absent. `√`, `x`, `有` say that it was
there and not counted. Parts joined by `+` are added; a bare `+` behind a number is "at least". A
range counts as its middle, rounded down, and is "about". What stands in brackets is a remark. A
pair is two birds. Words like `若干` or "many" say that birds were there and not how many: they are
read as present and told as a warning, since leaving them out would make an absence of them. What is
no count at all (12.5, -3, a date that a spreadsheet made of "3-5") is an error.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Literal, NamedTuple

from wetland.birds.countnumbers import MOST, checked, number_of
from wetland.birds.countproblems import (
    A_DATE,
    BACKWARDS,
    CROSS,
    NEGATIVE,
    NESTS,
    NO_VALUE,
    NOT_A_COUNT,
    TWO_NUMBERS,
    VAGUE,
    WRONG_SUM,
    CountProblem,
    NoCountError,
)
from wetland.birds.countwords import (
    ABSENT,
    AT_LEAST,
    AT_MOST,
    BRACKETS,
    CROSSES,
    DATE,
    HIDDEN,
    LABEL_FIRST,
    LABEL_LAST,
    LABEL_OF,
    MARKS,
    NOTHING,
    PRESENT,
    RAISED,
    RANGE,
    SIGNED,
    SPACES,
    STRICTLY_BELOW,
    TERM,
    TWO,
    VAGUE_WORDS,
)
from wetland.reading.cells import is_blank

__all__ = ["ABSENT", "LONGEST", "MOST", "PRESENT", "Count", "CountProblem", "parse_count"]

Qualifier = Literal["exact", "about", "at_least", "at_most", "present"]
Status = Literal["present", "absent"]

LONGEST = 120


class Count(NamedTuple):
    """A count as written.

    Attributes
    ----------
    value
        Individuals; 0 where absent; None where present and not counted, or not read.
    qualifier
        How it was counted (`QUALIFIERS`).
    status
        ``present`` or ``absent``; None where the cell could not be read.
    problem
        What is wrong with it.
    sex
        ``male`` or ``female`` where all individuals are.
    note
        What stands in brackets.
    """

    value: int | None
    qualifier: Qualifier
    status: Status | None
    problem: CountProblem | None = None
    sex: str | None = None
    note: str | None = None


class _Part(NamedTuple):
    value: int
    qualifier: Qualifier = "exact"
    sex: str | None = None


def parse_count(raw: object) -> Count | None:
    """Read a count; None where nothing was recorded.

    Parameters
    ----------
    raw
        What stands in the cell: text, or a number.

    Returns
    -------
    Count or None
        The number written; ``>50`` and ``50+`` are 50, at least; ``<5`` is 5, at most. Of a sum
        with an uncertain part the whole is uncertain: "at least" where all such parts are, "at
        most" likewise, else "about". What could not be read has a ``problem`` of level ``error``
        and no status.

    Examples
    --------
    >>> parse_count("3+2")[:3], parse_count("约５０只")[:3], parse_count("√")[:3]
    ((5, 'exact', 'present'), (50, 'about', 'present'), (None, 'present', 'present'))
    >>> parse_count("0")[:3], parse_count(""), parse_count("2♂3♀").value
    ((0, 'exact', 'absent'), None, 5)
    >>> parse_count("12.5").problem.code, parse_count("若干").problem.level
    ('count_not_whole', 'warning')
    """
    if is_blank(raw):
        return None
    if isinstance(raw, bool):
        return _parsed("true" if raw else "false")
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    words = str(raw)
    if len(words) > LONGEST:
        return _failed(CountProblem("count_invalid", NOT_A_COUNT))
    return _parsed(words)


@functools.lru_cache(maxsize=8192)
def _parsed(raw: str) -> Count | None:
    plain = unicodedata.normalize("NFKC", RAISED.sub("*", raw))
    words = SPACES.sub(" ", HIDDEN.sub("", plain)).strip()
    words = words.casefold()
    if is_blank(words) or words in NOTHING:
        return None
    simple = _of_words(words, raw)
    if simple is not None:
        return simple
    notes = [note.strip() for note in BRACKETS.findall(words)]
    bare = MARKS.sub("", BRACKETS.sub(" ", words)).strip()
    note = "; ".join(filter(None, notes)) or None
    if note is not None and (simple := _of_words(bare, raw)) is not None:
        return simple._replace(note=note)
    try:
        part = _sum(SPACES.sub(" ", bare))
    except NoCountError as error:
        return _failed(error.problem)
    if part.value == 0:
        return Count(0, "exact", "absent", note=note)
    return Count(part.value, part.qualifier, "present", None, part.sex, note)


def _failed(problem: CountProblem) -> Count:
    return Count(None, "exact", None, problem)


def _of_words(words: str, raw: str) -> Count | None:
    """Read a cell that holds no number: a mark, or a word; None where it is none that is known."""
    if words in PRESENT:
        return Count(None, "present", "present")
    if words in ABSENT:
        return Count(0, "exact", "absent")
    if words in CROSSES:
        return _failed(CountProblem("count_cross", CROSS))
    if words.startswith("#"):
        return _failed(CountProblem("count_invalid", NO_VALUE))
    if VAGUE_WORDS.match(words):
        problem = CountProblem("count_vague", VAGUE.fill(w=raw.strip()), "warning")
        return Count(None, "present", "present", problem)
    return None


def _sum(words: str) -> _Part:
    """Read parts joined by ``+``, with the sum behind an equals sign where one is written."""
    left, equals, right = words.partition("=")
    if not equals or left.rstrip().endswith((">", "<")):
        return _added(words)
    found, told = _added(left.strip()), _added(right.strip())
    if found.value != told.value:
        raise NoCountError("count_wrong_sum", WRONG_SUM)
    return found


def _added(words: str) -> _Part:
    labelled = _labelled(words)
    if labelled is not None:
        return labelled
    pieces = [piece.strip() for piece in words.split("+")]
    ends_in_plus = len(pieces) > 1 and not pieces[-1]
    if ends_in_plus:
        pieces.pop()
    parts = [_labelled(piece) or _term(piece) for piece in pieces]
    if ends_in_plus:
        parts.append(_Part(0, "at_least"))
    sexes = {part.sex for part in parts if part.value}
    sex = sexes.pop() if len(sexes) == 1 else None
    return _Part(checked(sum(part.value for part in parts)), _joint(parts), sex)


def _joint(parts: list[_Part]) -> Qualifier:
    kinds = {part.qualifier for part in parts} - {"exact"}
    if not kinds:
        return "exact"
    return kinds.pop() if len(kinds) == 1 else "about"


def _labelled(words: str) -> _Part | None:
    """Read ``2♂3♀``, ``雄2雌3``, ``2成1幼``; None where it is something else."""
    for pattern in (LABEL_LAST, LABEL_FIRST):
        at, total, sexes = 0, 0, set()
        while found := pattern.match(words, at):
            at = found.end()
            total += int(found["n"])
            sexes.add(LABEL_OF[found["label"]])
        if at and at == len(words):
            sex = sexes.pop() if len(sexes) == 1 else None
            return _Part(checked(total), "exact", sex or None)
    return None


def _term(words: str) -> _Part:
    """Read one number with what stands around it, or a range."""
    if DATE.match(words):
        raise NoCountError("count_date", A_DATE)
    found = RANGE.match(words)
    if found is not None:
        return _of_range(found)
    found = TERM.match(words)
    if found is None:
        raise _unreadable(words)
    if found["nest"]:
        raise NoCountError("count_nests", NESTS)
    value = checked(number_of(found["number"]) * (2 if found["pair"] else 1))
    signs = {sign for sign in (found["before"], found["more"], found["after"]) if sign}
    qualifier: Qualifier = "exact"
    if signs & AT_MOST:
        qualifier = "at_most"
        if value == 0 or (value == 1 and signs & STRICTLY_BELOW):
            raise NoCountError("count_invalid", NOT_A_COUNT)
    elif signs & AT_LEAST:
        qualifier = "at_least"
    elif signs:
        qualifier = "about"
    return _Part(value, qualifier)


def _of_range(found: re.Match[str]) -> _Part:
    if found["nest"]:
        raise NoCountError("count_nests", NESTS)
    low, high = number_of(found["low"]), number_of(found["high"])
    if low > high:
        raise NoCountError("count_backwards", BACKWARDS)
    times = 2 if found["pair"] else 1
    if low == 0:
        return _Part(checked(high * times), "at_most" if high else "exact")
    return _Part(checked((low + high) * times // 2), "about" if low < high else "exact")


def _unreadable(words: str) -> NoCountError:
    if SIGNED.match(words):
        return NoCountError("count_negative", NEGATIVE)
    if TWO.match(words):
        return NoCountError("count_two_numbers", TWO_NUMBERS)
    return NoCountError("count_invalid", NOT_A_COUNT)
