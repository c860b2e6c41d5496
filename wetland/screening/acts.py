"""The observations as columns of codes: each distinct day, activity, fact and place stands once."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.codes import Codes, coded, together
from wetland.regulations.conditions import FactValue
from wetland.screening.steady import Stretches
from wetland.screening.uncertainty import fill_uncertainty
from wetland.sites.load import Site
from wetland.sites.placecodes import PlaceTable, places

if TYPE_CHECKING:
    import pandas as pd

Day = dt.date | None
Facts = Mapping[str, FactValue]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Acts:
    """The observations, column by column, with their place in the zones.

    Days, activities, facts and sources stand as a number per act and the values by number; of
    ``facts`` equal ones may have two numbers, written otherwise.
    """

    table: pd.DataFrame
    days: tuple[Codes, Sequence[Day]]
    activities: tuple[Codes, Sequence[tuple[str, ...]]]
    facts: tuple[Codes, Sequence[Facts]]
    sources: tuple[Codes, Sequence[Any]]
    geometries: NDArray[Any]
    uncertainty_m: Floats
    defaulted: Bools
    places: PlaceTable

    @classmethod
    def of(
        cls,
        observations: pd.DataFrame,
        site: Site,
        *,
        on: Day,
        assume_schematic: bool,
        defaults: Mapping[str, float],
    ) -> Acts:
        """Read the table `OBSERVATIONS`.

        Parameters
        ----------
        on
            Take this day for all; None takes the day of each act.
        defaults
            Uncertainty by source of position where none is stated, metres.
        """
        stated = observations["uncertainty_m"].to_numpy(dtype=float, na_value=np.nan)
        source = observations["position_source"]
        uncertainty = fill_uncertainty(stated, source, defaults)
        geometries = geometries_of(observations)
        days = coded(observations["occurred_on"])
        if on is not None:
            days = np.ones(len(observations), dtype=np.int64), [None, on]
        words, listed = coded(observations["activity"])
        activities = [tuple(word.split(";")) if word else () for word in listed]
        raw, written = coded(observations["facts"])
        return cls(
            observations,
            days,
            (words, activities),
            (raw, [_facts(text, site) for text in written]),
            coded(source),
            geometries,
            uncertainty,
            ~np.isfinite(stated),
            places(
                site, geometries, uncertainty, on=days, assume_schematic=assume_schematic,
                steady=_steady(observations, geometries),
            ),
        )  # fmt: skip

    def __len__(self) -> int:
        """Return the number of observations."""
        return len(self.geometries)

    @property
    def named(self) -> NDArray[np.intp]:
        """Return the rows that name an activity."""
        codes, listed = self.activities
        return np.flatnonzero(np.array([bool(names) for names in listed], dtype=bool)[codes])

    def stretches(self) -> Stretches | None:
        """Return what tells which fixes of tracks lie where they do only by chance."""
        steady = _steady(self.table, self.geometries)
        return None if steady is None else steady(np.arange(len(self)))

    def assumed(self) -> Counter[tuple[str, float]]:
        """Return how many positions had no stated uncertainty, and what was taken instead."""
        codes, names = self.sources
        placed = np.array([g is not None for g in self.geometries.tolist()], dtype=bool)
        rows = np.flatnonzero(self.defaulted & placed)
        if not len(rows):
            return Counter()
        metres, widths = coded(self.uncertainty_m[rows])
        number, first = together(codes[rows], metres)
        keys = [(names[codes[rows[k]]], float(widths[metres[k]])) for k in first.tolist()]
        return Counter(dict(zip(keys, np.bincount(number).tolist(), strict=True)))


def geometries_of(observations: pd.DataFrame) -> NDArray[Any]:
    """Return the geometry of each observation; None where it has none."""
    column = observations["geometry"]
    out = np.empty(len(column), dtype=object)
    out[:] = column.to_numpy(dtype=object)
    out[column.isna().to_numpy()] = None
    return out


def _facts(raw: str | None, site: Site) -> dict[str, FactValue]:
    """Return the facts of an observation; days come back as days."""
    found: dict[str, FactValue] = json.loads(raw) if raw else {}
    for name, value in found.items():
        fact = site.vocabulary.facts.get(name)
        if fact is not None and fact.kind == "day" and isinstance(value, str):
            found[name] = dt.date.fromisoformat(value)
    return found


def _steady(
    observations: pd.DataFrame, geometries: NDArray[Any]
) -> Callable[[NDArray[np.intp]], Stretches | None] | None:
    """Return what tells, of some rows, which fixes of tracks lie where they do only by chance."""
    if "track_id" not in observations.columns or not observations["track_id"].notna().any():
        return None
    track, at = observations["track_id"], observations["occurred_at"]

    def of_rows(rows: NDArray[np.intp]) -> Stretches | None:
        if not track.iloc[rows].notna().any():
            return None
        places = geometries[rows]
        lonlat = shapely.get_x(places), shapely.get_y(places)  # NaN for what is no point
        return Stretches.of(track.iloc[rows], at.iloc[rows], lonlat=lonlat)

    return of_rows
