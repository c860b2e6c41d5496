"""A bird file being read (`BirdSource`): the file, what is known of it, and where to tell problems.

A reader of a layout is a function ``(BirdSource) -> Iterator[Sightings]``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wetland.base.problems import Problems
from wetland.birds.readoptions import BirdOptions
from wetland.birds.sightings import Sightings
from wetland.birds.species import Plot
from wetland.reading.files import Given

if TYPE_CHECKING:
    from wetland.birds.checklist import Checklist


@dataclass(slots=True)
class BirdTally:
    """What a reader counts while it reads.

    ``format`` and ``encoding`` are what the file turned out to be, ``rows`` its rows with content;
    ``numbers`` are counts of what was seen and left out, by a word (``not_birds``, ``duplicates``).
    """

    format: str = "csv"
    encoding: str | None = None
    rows: int = 0
    numbers: dict[str, int] = field(default_factory=dict)

    def count(self, word: str, number: int = 1) -> None:
        """Add to a count."""
        self.numbers[word] = self.numbers.get(word, 0) + number


@dataclass(frozen=True, slots=True)
class BirdSource:
    """A bird file being read.

    Parameters
    ----------
    given
        The file; ``path`` may be a folder for layouts of several files.
    options
        What a person knows of it, checked.
    problems
        Where a reader tells what is wrong.
    timezone
        The site's time zone.
    checklist
        The site's species, for zero-filling.
    plots
        The site's plots by id.
    today
        The day of the import.
    beside
        Files that belong to it, by what they are (``sampling``).
    tally
        What the reader counts.
    """

    given: Given
    options: BirdOptions
    problems: Problems
    timezone: str
    checklist: Checklist
    plots: Mapping[str, Plot]
    today: dt.date
    beside: Mapping[str, Given] = field(default_factory=dict)
    tally: BirdTally = field(default_factory=BirdTally)


Reader = Callable[[BirdSource], Iterator[Sightings]]
