"""Index of several species together (多物种指数), from the indices of each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.texts import Lang, Text, text
from wetland.birds.birdgroups import members
from wetland.birds.trimtable import listed
from wetland.operations.birdanswers import index_of
from wetland.operations.birds import BirdData, require_records

if TYPE_CHECKING:
    from wetland.birds.indicator import Indicator, IndicatorSettings, IndicatorTrend
    from wetland.birds.indicatorspecies import SpeciesIndex
    from wetland.birds.trim import TrimSettings

WATERBIRDS = "waterbirds"
_NONE = text("“{g}”中没有可算出指数的物种", "no species of {g} has an index")
_SLOPED = text(
    "模型 3 无法估计（多因有的季节一只也没有），以单一斜率（模型 2）代替：{names}",
    "model 3 cannot be fitted (mostly seasons without a bird), one slope (model 2) instead: "
    "{names}",
)


@dataclass(frozen=True, eq=False)
class BirdIndicator:
    """A multi-species index and what it was made from.

    Parameters
    ----------
    group
        What was asked for.
    left_out
        Species without an index, and why.
    """

    data: BirdData
    found: Indicator
    group: str
    season: str
    left_out: Mapping[str, Text]

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each year or season."""
        found = self.found
        return [
            {
                "time": int(time), "index": _number(found.value[k]), "se": _number(found.se[k]),
                "lower": _number(found.lower[k]), "upper": _number(found.upper[k]),
                "smooth": _number(found.smooth[k]),
                "smooth_lower": _number(found.smooth_lower[k]),
                "smooth_upper": _number(found.smooth_upper[k]),
                "species": int(found.contributing[k]),
            }
            for k, time in enumerate(found.times)
        ]  # fmt: skip

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return it as JSON-ready mappings in one language."""
        found, called = self.found, self.data.checklist.name
        recent = None if found.recent is None else _trend(found.recent, lang)
        return {
            "group": self.group,
            "season": self.season,
            "base": int(found.base),
            "level": found.level,
            "species": [{"species": s, "name": called(s).get(lang),
                         "years": int(found.years_of[s])} for s in found.species],
            "left_out": [{"species": s, "name": called(s).get(lang), "why": why.get(lang)}
                         for s, why in self.left_out.items()],
            "series": self.rows(),
            "overall": _trend(found.overall, lang),
            "smoothed": _trend(found.smoothed, lang),
            "recent": recent,
            "synthetic": self.data.synthetic,
            "notes": [note.get(lang) for note in found.notes],
        }  # fmt: skip


def indicator_of(
    data: BirdData,
    group: str | Sequence[str] = WATERBIRDS,
    *,
    season: str | None = None,
    trim: TrimSettings | None = None,
    settings: IndicatorSettings | None = None,
) -> BirdIndicator:
    """Return the geometric mean of the indices of a group of species.

    Parameters
    ----------
    group
        ``waterbirds`` (told so by the checklist), ``all``, ``protected``, ``winter`` ... (see
        `wetland.birds.birdgroups`), an order or family of the checklist, or the names of species.
    season
        Count season of the pack; None is its usual one.
    trim, settings
        How the index of a species, and that of all together, is made. ``trim`` None is model 3, and
        model 2 with one slope where a species was not met at all in a season.

    Raises
    ------
    InputError
        There are no surveys, nobody knows the group or a species, or no species has an index.
    """
    from wetland.birds.indicator import multi_species_index
    from wetland.birds.indicatorspecies import SpeciesIndex

    require_records(data)
    wanted = _members(data, group)
    name = group if isinstance(group, str) else ", ".join(group)
    indices: dict[str, SpeciesIndex] = {}
    left_out: dict[str, Text] = {}
    sloped: list[str] = []
    for taxon in wanted:
        try:
            fitted = index_of(data, taxon, trim, season=season).fitted
            indices[taxon] = SpeciesIndex.of_trim(fitted)
        except InputError as error:
            one = None if trim is not None else _one_slope(data, taxon, season)
            if one is None:
                left_out[taxon] = error.message
            else:
                indices[taxon] = one
                sloped.append(taxon)
    if not indices:
        raise InputError(_NONE.fill(g=name))
    found = multi_species_index(indices, settings)
    if sloped:
        called = [data.checklist.name(taxon) for taxon in sloped]
        names = Text(zh=listed([n.zh for n in called]), en=listed([n.en for n in called]))
        note = _SLOPED.fill(names=names)
        found = replace(found, notes=(note, *found.notes))
    return BirdIndicator(data, found, name, data.season(season)[0], left_out)


def _one_slope(data: BirdData, taxon: str, season: str | None) -> SpeciesIndex | None:
    """Return the index of a model with one slope; None where the counts do not carry that either.

    A season without a single bird has no effect of its own in model 3; one slope it does carry.
    """
    from wetland.birds.indicatorspecies import SpeciesIndex
    from wetland.birds.trim import TrimSettings

    slope = TrimSettings(model=2, overdispersion=True, serial_correlation=True)
    try:
        fitted = index_of(data, taxon, slope, season=season).fitted
    except InputError:
        return None
    return SpeciesIndex.of_trim(fitted, "fitted")


def _members(data: BirdData, group: str | Sequence[str]) -> list[str]:
    """Return the species of a group that were met, in the order of the checklist."""
    if not isinstance(group, str):
        return list(dict.fromkeys(data.taxon(name) for name in group))
    species = data.checklist.species
    return [s for s in data.species if s in set(members(species.values(), group))]


def _trend(found: IndicatorTrend, lang: Lang) -> dict[str, Any]:
    return {
        "first": found.first, "last": found.last, "slope": _number(found.slope),
        "se": _number(found.se), "change_percent": _number(found.change),
        "lower": _number(found.change_lower), "upper": _number(found.change_upper),
        "trend": found.trend, "words": found.words.get(lang),
    }  # fmt: skip


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
