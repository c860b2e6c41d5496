"""Standards of water quality and the method of assessment (标准与评价办法), versioned like law.

They are data: ``standards/*.yaml``. Which of them holds is asked by day; a day for which none is
encoded is an error, never the nearest version.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError, field_validator, model_validator

from wetland.base.errors import InputError, Mistake, PackError
from wetland.base.mistakes import explain
from wetland.base.strict import Strict
from wetland.base.texts import Text, text
from wetland.base.yaml import read_yaml
from wetland.water.parameters import parameters
from wetland.water.periods import Per as Per
from wetland.water.stations import CLASSES, Programme, WaterBody, WaterClass

FOLDER = Path(__file__).with_name("standards")
Condition = Literal["excellent", "good", "light", "moderate", "heavy"]

_NOT_ENCODED = text(
    "没有收录 {day} 施行的{what}；已收录：{known}",
    "no {what} of {day} is encoded; there are: {known}",
)


class Limits(Strict):
    """The limits of one item: five for classes I to V, or the ends of a range."""

    kind: Literal["max", "min", "range", "change"]
    limits: tuple[Decimal, ...] = ()
    lake: tuple[Decimal, ...] = ()
    lakes_only: bool = False
    within: tuple[Decimal, Decimal] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Limits:
        if (self.kind in {"range", "change"}) != (self.within is not None):
            raise ValueError("within belongs to kind range and change, and only to them")
        if self.within is None and len(self.limits) != 5:
            raise ValueError("five limits are needed, for classes I to V")
        if self.lake and len(self.lake) != 5:
            raise ValueError("five limits are needed for lakes")
        for given in (self.limits, self.lake):
            if list(given) != sorted(given, reverse=self.kind == "min"):
                raise ValueError("a better class must not have a weaker limit")
        return self

    def of(self, water_body: WaterBody) -> tuple[Decimal, ...]:
        """Return the limits of classes I to V for a river or a lake; none for a range."""
        return self.lake if water_body == "lake" and self.lake else self.limits


class Standard(Strict):
    """A standard: which limits held from when to when."""

    id: str
    number: str
    title: Text
    issued_by: Text
    valid_from: dt.date
    valid_to: dt.date | None = None
    limits: dict[str, Limits]
    do_saturation: Decimal = Field(gt=0, lt=2)

    @field_validator("limits")
    @classmethod
    def _known(cls, limits: dict[str, Limits]) -> dict[str, Limits]:
        if unknown := sorted(set(limits) - set(parameters())):
            raise ValueError(f"not a parameter: {', '.join(unknown)}")
        return limits


class ClassWord(Strict):
    """The name of a class and the condition it stands for."""

    name: Text
    condition: Condition


class ConditionWord(Strict):
    """The word of a condition (水质状况), its colour in the method and the hue it is drawn in."""

    name: Text
    colour: Text
    hex: str = Field(pattern=r"^#[0-9A-F]{6}$")


class RiverLine(Strict):
    """One line of the table of a river's condition, in percent of its sections."""

    condition: Condition
    good_from: float | None = None
    good_below: float | None = None
    inferior_from: float | None = None
    inferior_below: float | None = None


class Assessment(Strict):
    """The method of assessment: items, words, colours, table of rivers, numbers of samples."""

    id: str
    number: str
    title: Text
    issued_by: Text
    valid_from: dt.date
    valid_to: dt.date | None = None
    items: tuple[str, ...] = Field(min_length=1)
    apart: tuple[str, ...]
    programme: Programme
    minimum_samples: dict[Per, int]
    main_pollutants: int = Field(ge=1)
    good_to: WaterClass
    classes: dict[WaterClass, ClassWord]
    conditions: dict[Condition, ConditionWord]
    river_min_sections: int
    river: tuple[RiverLine, ...]
    change_levels: dict[Literal["none", "some", "obvious"], int]
    change_points: dict[Literal["some_above", "obvious_above"], float]

    @model_validator(mode="after")
    def _complete(self) -> Assessment:
        used = {*self.items, *self.apart, *self.programme.items}
        if unknown := sorted(used - set(parameters())):
            raise ValueError(f"not a parameter: {', '.join(unknown)}")
        if tuple(self.classes) != CLASSES:
            raise ValueError("classes must be I, II, III, IV, V, inferior_v")
        return self

    def condition(self, water_class: WaterClass) -> ConditionWord:
        """Return the word and colour of a class's condition."""
        return self.conditions[self.classes[water_class].condition]


Version = TypeVar("Version", Standard, Assessment)


@cache
def standards() -> tuple[Standard, ...]:
    """Return every encoded version of the standard, oldest first."""
    return _load("gb*.yaml", Standard)


@cache
def assessments() -> tuple[Assessment, ...]:
    """Return every encoded version of the method of assessment, oldest first."""
    return _load("cn-*.yaml", Assessment)


def standard_on(day: dt.date | None = None) -> Standard:
    """Return the standard that held on ``day``; the newest without a day.

    Raises
    ------
    InputError
        No standard of that day is encoded.

    Examples
    --------
    >>> import datetime as dt
    >>> standard_on(dt.date(2024, 5, 1)).number
    'GB 3838-2002'
    """
    return _on(standards(), day, text("地表水环境质量标准", "surface water standard"))


def assessment_on(day: dt.date | None = None) -> Assessment:
    """Return the method of assessment that held on ``day``; the newest without a day.

    Raises
    ------
    InputError
        No method of that day is encoded.
    """
    return _on(assessments(), day, text("地表水环境质量评价办法", "method of assessment"))


def _on(versions: tuple[Version, ...], day: dt.date | None, what: Text) -> Version:
    if day is None:
        return versions[-1]
    for version in versions:
        if version.valid_from <= day and (version.valid_to is None or day < version.valid_to):
            return version
    known = ", ".join(f"{v.number} ({v.valid_from} - {v.valid_to or ''})" for v in versions)
    raise InputError(_NOT_ENCODED.fill(day=day, what=what, known=known))


def _load(pattern: str, model: type[Version]) -> tuple[Version, ...]:
    found: list[Version] = []
    mistakes: list[Mistake] = []
    for path in sorted(FOLDER.glob(pattern)):
        raw, wrong = read_yaml(path)
        mistakes += wrong
        if wrong:
            continue
        try:
            found.append(model.model_validate(raw))
        except ValidationError as error:
            mistakes += explain(error, file=path.name)
    found.sort(key=lambda v: v.valid_from)
    for one, other in pairwise(found):
        if one.valid_to is None or one.valid_to > other.valid_from:
            what = text("与 {o} 的施行期重叠", "overlaps {o} in time").fill(o=other.id)
            mistakes.append(Mistake(f"{one.id}.yaml", "valid_to", what))
    if mistakes or not found:
        raise PackError("water", mistakes)
    return tuple(found)


# The words and colours of the newest method, for whoever shows a class.
CLASS_WORDS: Mapping[str, Text] = {c: w.name for c, w in assessment_on().classes.items()}
CLASS_LETTERS: Mapping[str, Text] = {
    "I": text("Ⅰ", "I"),
    "II": text("Ⅱ", "II"),
    "III": text("Ⅲ", "III"),
    "IV": text("Ⅳ", "IV"),
    "V": text("Ⅴ", "V"),
    "inferior_v": text("劣Ⅴ", ">V"),
}
CONDITIONS: Mapping[str, Text] = {c: assessment_on().condition(c).name for c in CLASSES}
COLOURS: Mapping[str, str] = {c: assessment_on().condition(c).hex for c in CLASSES}
COLOUR_WORDS: Mapping[str, Text] = {c: assessment_on().condition(c).colour for c in CLASSES}
