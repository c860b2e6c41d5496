"""Stations (站点), monitoring programmes (监测方案) and published statements of a site.

They are data: a pack may bring them as ``water.yaml``; stations that come with a file are kept in
table `WATER_STATIONS`. The kind of water body of a station is never guessed: rivers and lakes have
other limits for total phosphorus.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from wetland.base.strict import Strict
from wetland.base.texts import Text

WaterBody = Literal["river", "lake"]
WaterClass = Literal["I", "II", "III", "IV", "V", "inferior_v"]
TargetClass = Literal["I", "II", "III", "IV", "V"]
LONGEST_NAME = 80
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]

CLASSES: tuple[WaterClass, ...] = ("I", "II", "III", "IV", "V", "inferior_v")


class Programme(Strict):
    """What is measured at a station every time (监测方案); ``items`` are parameter codes."""

    name: Text
    items: tuple[str, ...] = Field(min_length=1)


class Station(Strict):
    """A place where water is sampled.

    ``reach`` names the river or lake whose sections or points are assessed together;
    ``synthetic`` marks a station that is invented.
    """

    id: Name
    name: Text
    water_body: WaterBody
    reach: Text | None = None
    target_class: TargetClass | None = None
    programme: str | None = None
    lon: float | None = Field(default=None, ge=-180, le=180)
    lat: float | None = Field(default=None, ge=-90, le=90)
    synthetic: bool = False
    note: Text | None = None

    @model_validator(mode="after")
    def _both(self) -> Station:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat are given together or not at all")
        return self


class Statement(Strict):
    """A class that somebody published for the whole site: never a measurement of a station."""

    year: int = Field(ge=1900, le=2200)
    water_class: tuple[WaterClass, ...] = Field(min_length=1)
    wording: Text
    source: str = Field(min_length=1)
    confidence: Literal["high", "medium", "low"]

    @field_validator("water_class", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class WaterPack(Strict):
    """A whole ``water.yaml``."""

    programmes: dict[str, Programme] = Field(default_factory=dict)
    stations: tuple[Station, ...] = ()
    statements: tuple[Statement, ...] = ()

    @model_validator(mode="after")
    def _names(self) -> WaterPack:
        ids = [s.id for s in self.stations]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"station ids used twice: {', '.join(twice)}")
        unknown = sorted({s.programme for s in self.stations if s.programme} - set(self.programmes))
        if unknown:
            raise ValueError(f"not a declared programme: {', '.join(unknown)}")
        return self
