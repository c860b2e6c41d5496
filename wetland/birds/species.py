"""Species of a site's checklist (名录), and what a pack says of birds (``birds.yaml``).

They are data. A site's checklist says what is known: an empty protection level is "not told", never
"not protected".
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from wetland.base.strict import Strict
from wetland.base.texts import Text

Protection = Literal["I", "II", "none"]
RedList = Literal["LC", "NT", "VU", "EN", "CR", "EW", "EX", "DD", "NE"]
Sensitivity = Literal["none", "1km", "5km", "10km", "withhold"]
Season = Literal["resident", "winter", "summer", "passage", "vagrant"]
Confidence = Literal["high", "medium", "low"]
LONGEST_NAME = 120
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


class Species(Strict):
    """One species of a checklist: a row of ``birds.csv``.

    Attributes
    ----------
    id
        Stable whatever the name becomes: the scientific name at the first entry, in lower case with
        a hyphen (``egretta-garzetta``).
    one_percent
        The published 1 % threshold of the flyway population; none where no edition was read.
    population_estimate
        Individuals of the flyway population, from which a threshold follows by the official
        rounding where none is published.
    fluctuates
        Numbers vary much from year to year by nature: declines over short spans are not alarmed
        (biological filter).
    present
        Months in which it is expected, ``"11-03"`` (over the year's end) or ``"01-12"``.
    most
        The highest count that is plausible at this site at one time.
    zones, habitats
        Where it is expected; none is anywhere.
    codes
        Short codes that surveys use for it.
    """

    id: Name
    scientific_name: Name
    authorship: str | None = None
    name_zh: str | None = None
    name_en: str | None = None
    order: str | None = None
    family: str | None = None
    protection: Protection | None = None
    red_list: RedList | None = None
    waterbird: bool | None = None
    season: Season | None = None
    present: Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1[0-2])$")] | None = None
    most: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    fluctuates: bool = False
    flyway: str | None = None
    population_estimate: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    one_percent: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    one_percent_edition: str | None = None
    sensitivity: Sensitivity = "none"
    habitats: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    source: str | None = None
    confidence: Confidence = "medium"
    note: str | None = None

    @property
    def name(self) -> Text:
        """Return what people call it; the scientific name where a language has none."""
        fallback = self.scientific_name
        return Text(zh=self.name_zh or self.name_en or fallback,
                    en=self.name_en or fallback)  # fmt: skip


class Synonym(Strict):
    """Another name of a species, and in which editions it stood: a row of ``bird-synonyms.csv``.

    ``valid_from`` and ``valid_to`` (half-open) say when it was the name in use, where known.
    """

    name: Name
    id: Name
    edition: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    source: str | None = None


class Plot(Strict):
    """A count plot (样点), line or colony that is surveyed again and again."""

    id: Name
    name: Text
    lon: float | None = Field(default=None, ge=-180, le=180)
    lat: float | None = Field(default=None, ge=-90, le=90)
    habitat: str | None = None
    region: str | None = None
    synthetic: bool = False

    @model_validator(mode="after")
    def _both(self) -> Plot:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat are given together or not at all")
        return self


class ListStatement(Strict):
    """A number of recorded species that somebody published: a cumulative list, no measurement."""

    year: int = Field(ge=1800, le=2200)
    species: int = Field(ge=0)
    at_least: bool = False
    wording: Text
    source: str = Field(min_length=1)
    confidence: Confidence
    conflicts: tuple[int, ...] = ()


class CountSeason(Strict):
    """Which months make one season of counts, and what of them counts.

    A season over the year's end is named by the year it begins in ("winter 2023" is 2023/24).
    """

    name: Text
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(min_length=1)
    measure: Literal["max", "mean", "sum"] = "max"


class ChecklistEdition(Strict):
    """The list a site's checklist follows: name, date, and whether it is whole."""

    name: Text
    dated: dt.date | None = None
    partial: bool = True
    source: str


class BirdPack(Strict):
    """A whole ``birds.yaml``; ``species`` and ``synonyms`` come from the tables beside it.

    ``exact_roles`` are roles that may see exact places of sensitive species.
    """

    checklist: ChecklistEdition | None = None
    flyway: Text | None = None
    plots: tuple[Plot, ...] = ()
    seasons: dict[str, CountSeason] = Field(default_factory=dict)
    season: str | None = None
    statements: tuple[ListStatement, ...] = ()
    exact_roles: tuple[str, ...] = ("ecologist",)
    species: tuple[Species, ...] = ()
    synonyms: tuple[Synonym, ...] = ()
