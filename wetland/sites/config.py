"""What `site.yaml` of a pack holds, as pydantic models."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from wetland.base.errors import InputError
from wetland.base.places import BELT_LIKELIHOOD
from wetland.base.strict import Strict
from wetland.base.texts import Text
from wetland.zones.projection import projected_crs

SITE_ID = r"^[a-z][a-z0-9_-]*$"
KIND = r"^[a-z][a-z0-9_]*$"
NEEDED_POSITIONS = ("declared", "map_click", "gps", "photo", "unknown")

Kind = Annotated[str, Field(pattern=KIND)]
Is = Literal["inside", "outside", "unknown"]


class ZoneKind(Strict):
    """A kind of zone of this site; ``rank`` says what a person sees first (1 is strictest)."""

    name: Text
    rank: int = Field(default=9, ge=1)
    note: Text | None = None


class MembershipRule(Strict):
    """Inside any zone of these kinds the membership is known, or known to be unknown."""

    zone: tuple[Kind, ...] = Field(min_length=1)
    value: Is = Field(alias="is")

    @field_validator("zone", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class DeclaredMembership(Strict):
    """A zone of the law that has no polygon here: what is known of it, zone by zone.

    ``rules`` are tried in order and the first kind the place is inside of decides; ``elsewhere``
    holds where none does. ``why`` says on what this rests.
    """

    id: Kind
    name: Text
    rules: tuple[MembershipRule, ...] = ()
    elsewhere: Is
    why: Text


class Register(Strict):
    """From which day the store holds *every* record of a kind; before it, none means unknown."""

    complete_from: dt.date


class Source(Strict):
    """Where something in the pack comes from, and under which licence."""

    what: str = Field(min_length=1)
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)


class SiteConfig(Strict):
    """A whole `site.yaml`.

    ``position_defaults`` holds, per source of a position, its widest uncertainty in metres: what is
    assumed where a record tells none. A default is never narrower than the widest value of its
    source, so forgetting the uncertainty can only make an outcome undecided.

    ``likelihood_threshold`` is how likely "inside" or "outside" must be to stand; 0.95 is what the
    uncertainties themselves mean (the radius that holds the true place in 95 of 100), so it changes
    nothing, and a higher one leaves more undecided.

    ``hdop_m`` turns a receiver's HDOP (水平精度因子) into that radius, metres per unit. The default
    is 2 x 5 m: horizontal error (2 DRMS, which holds 95 to 98 of 100) is twice HDOP times the error
    of one range (UERE; Kaplan and Hegarty, Understanding GPS), and 5 m is chosen on the safe side
    for a single-frequency receiver.
    """

    id: str = Field(pattern=SITE_ID)
    name: Text
    timezone: str
    crs_epsg: int
    exercise_mode: bool = False
    schematic_notice: Text
    kinds: dict[Kind, ZoneKind] = Field(min_length=1)
    position_defaults: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]]
    likelihood_threshold: float = Field(
        default=BELT_LIKELIHOOD, ge=BELT_LIKELIHOOD, lt=1, allow_inf_nan=False
    )
    hdop_m: float = Field(default=10.0, gt=0, allow_inf_nan=False)
    memberships: tuple[DeclaredMembership, ...] = ()
    registers: dict[Kind, Register] = Field(default_factory=dict)
    readings: dict[Kind, Text] = Field(default_factory=dict)
    penalty_law: Literal["cn-2021"] | None = None
    sources: tuple[Source, ...] = Field(min_length=1)

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(
                f"there is no time zone {value!r}; write one like Asia/Shanghai"
            ) from error
        return value

    @field_validator("crs_epsg")
    @classmethod
    def _metric_crs(cls, value: int) -> int:
        try:
            projected_crs(value)
        except InputError as error:
            raise ValueError(str(error)) from error
        return value

    @field_validator("position_defaults")
    @classmethod
    def _all_sources(cls, value: dict[str, float]) -> dict[str, float]:
        lacking = [name for name in NEEDED_POSITIONS if name not in value]
        if lacking:
            raise ValueError(f"no default for {', '.join(lacking)}")
        if value["unknown"] < max(value.values()):
            raise ValueError("`unknown` must be the widest default: nothing is known about it")
        return value

    @model_validator(mode="after")
    def _names(self) -> SiteConfig:
        ids = [m.id for m in self.memberships]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        taken = sorted(set(ids) & set(self.kinds))
        if twice or taken:
            raise ValueError(f"membership ids used twice or as a kind: {', '.join(twice + taken)}")
        known = set(self.kinds)
        spoken = {k for m in self.memberships for rule in m.rules for k in rule.zone}
        unknown = sorted((spoken | set(self.readings)) - known)
        if unknown:
            raise ValueError(f"not a declared zone kind: {', '.join(unknown)}")
        return self

    @property
    def zone_names(self) -> frozenset[str]:
        """Return every name a rule may put under ``zones``: kinds and declared memberships."""
        return frozenset(self.kinds) | {m.id for m in self.memberships}

    @property
    def zone_titles(self) -> dict[str, Text]:
        """Return the name of every kind and declared membership."""
        titles = {kind: zone.name for kind, zone in self.kinds.items()}
        return titles | {m.id: m.name for m in self.memberships}
