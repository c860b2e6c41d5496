"""What a regulation file holds (`layers/<site>/regulations/<id>.yaml`), as pydantic models.

One rule per norm. Tiers of a penalty ("cannot be restored", "serious") are tiers of one rule, not
rules of their own; lost conditions are the commonest fault of such tables.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from wetland.base.strict import Strict
from wetland.base.texts import Text
from wetland.regulations.vocabulary import ACTIVITY_PATH, IDENTIFIER

Rank = Literal[
    "law",
    "administrative_regulation",
    "provincial_regulation",
    "city_regulation",
    "departmental_rule",
    "notice",
]
Modality = Literal["prohibition", "obligation", "permission"]
Discretion = Literal["may", "shall", "unknown"]
Confidence = Literal["high", "medium", "low"]
Coverage = Literal["complete", "partial", "none"]
Basis = Literal["flat", "per_m2", "multiple", "percent"]

Condition = Any  # checked by wetland.regulations.conditions.parse

RuleId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class Fine(Strict):
    """A range of a fine (罚款幅度).

    ``basis``: ``flat`` yuan; ``per_m2`` yuan per square metre of fact ``of`` (default ``area_m2``);
    ``multiple`` times the value in fact ``of``; ``percent`` of the cost in fact ``of``.
    ``min``/``max`` None means the text gives none (``max`` only) or was not seen (``unseen``).
    """

    min: float | None = Field(ge=0)
    max: float | None = Field(ge=0)
    basis: Basis = "flat"
    of: str | None = Field(default=None, pattern=IDENTIFIER)
    discretion: Discretion
    unseen: tuple[Literal["min", "max"], ...] = ()

    @model_validator(mode="after")
    def _ordered(self) -> Fine:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"fine: min {self.min} is above max {self.max}")
        if self.basis in {"multiple", "percent"} and self.of is None:
            raise ValueError(f"fine: basis {self.basis} needs `of` (the fact that holds the value)")
        if self.min is None and "min" not in self.unseen:
            raise ValueError("fine: min is null; write 0 if the text gives none, or unseen: [min]")
        return self


class Measure(Strict):
    """An order or a consequence beside the fine (stop, restore, confiscate, compensate ...)."""

    measure: Literal[
        "stop", "correct", "correct_by_deadline", "restore", "remove", "leave", "educate", "warn",
        "confiscate_gear", "confiscate_catch", "confiscate_goods", "confiscate_income",
        "confiscate_vessel", "confiscate_drone", "confiscate_building", "compensate",
        "revoke_licence", "suspend_business", "close_business", "recapture", "make_up_papers",
        "substitute_performance", "detain_police", "disposition_of_officials", "replant",
    ]  # fmt: skip
    discretion: Discretion = "shall"
    when: Condition = None


class Penalty(Strict):
    """One tier of the penalty (罚则) of a rule.

    ``when`` is what sets this tier apart (None: always). ``precondition`` must hold before the fine
    may be imposed (e.g. ``ordered_to_correct_and_did_not``). Tiers of one rule are tried in order
    and the first whose ``when`` is true applies; if a ``when`` before it is unknown, the tier is
    undecided.
    """

    article: str | None
    cite: str | None = None
    when: Condition = None
    precondition: Condition = None
    fine: Fine | None = None
    measures: tuple[Measure, ...] = ()
    note: Text | None = None


class Unless(Strict):
    """One exception (除外): the condition under which the rule is not broken."""

    means: Text
    when: Condition


class Reference(Strict):
    """Another law that punishes the act or to which the text refers."""

    law: str
    article: str | None = None


class CrimeFlag(Strict):
    """When a suspected crime is handed over (行政处罚法 27), and under which article."""

    when: Condition = None
    article: str
    note: Text | None = None


class CarriedOver(Strict):
    """An amount of an earlier version the new text may have kept: history, never used."""

    rule: str
    fine_min: float | None = None
    fine_max: float | None = None
    basis: Basis = "flat"


class Rule(Strict):
    """One machine-checkable statement of one article (一条规范).

    ``zones``: the rule holds inside *any* of these zones or declared memberships, or ``["any"]``;
    ``not_zones``: and outside all of these. ``activity``: holds for any of these. ``when``: further
    conditions of the norm. A prohibition is broken when zones, activity and ``when`` hold and no
    ``unless`` does. An obligation is broken when they hold and ``requires`` does not (and no
    ``unless``). A permission is never broken.
    """

    id: RuleId
    norm: RuleId | None = None
    article: str | None
    cite: str | None = None
    title: Text
    says: Text
    modality: Modality
    activity: tuple[Annotated[str, Field(pattern=ACTIVITY_PATH)], ...] = Field(min_length=1)
    zones: tuple[str, ...] = Field(min_length=1)
    not_zones: tuple[str, ...] = ()
    when: Condition = None
    requires: Condition = None
    unless: tuple[Unless, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    refers_to: tuple[Reference, ...] = ()
    crime: tuple[CrimeFlag, ...] = ()
    addressee: Text
    authority: Text
    severity: Literal[1, 2, 3, 4, 5] = 3
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    source: str | None = None
    confidence: Confidence | None = None
    text_seen: bool | None = None
    carried_over: CarriedOver | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _duty(self) -> Rule:
        if (self.modality == "obligation") != (self.requires is not None):
            raise ValueError("`requires` belongs to an obligation, and every obligation needs it")
        return self


class Yields(Strict):
    """The yielding clause of a regulation (从其规定): other laws that punish the act go first."""

    article: str
    to: tuple[Rank, ...] = Field(min_length=1)


class Gap(Strict):
    """A period of the same law line whose text is not encoded here: half-open [from, to)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    start: dt.date | None = Field(alias="from")
    end: dt.date | None = Field(alias="to")
    note: Text


class Regulation(Strict):
    """One version of one law. ``valid_to`` is half-open: the first day it is no longer in force."""

    id: RuleId
    line: RuleId
    title: Text
    version: Text
    rank: Rank
    valid_from: dt.date
    valid_to: dt.date | None
    coverage: Coverage
    covers: tuple[str, ...] = Field(min_length=1)
    text_seen: bool
    confidence: Confidence
    source: str
    yields: Yields | None = None
    not_zones: tuple[str, ...] = ()
    not_zones_article: str | None = None
    gaps: tuple[Gap, ...] = ()
    note: Text | None = None


class RegulationFile(Strict):
    """A whole file: the regulation and its rules."""

    regulation: Regulation
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _none_means_none(self) -> RegulationFile:
        if (self.regulation.coverage == "none") != (not self.rules):
            raise ValueError("coverage `none` goes with no rules, and only with no rules")
        return self
