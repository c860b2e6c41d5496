"""Which fixes of visits lie in a zone for certain (确定), and not by drift alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.screening.acts import geometries_of
from wetland.screening.steady import DEEP_REACHES, Stretches
from wetland.screening.uncertainty import fill_uncertainty
from wetland.zones.locate import locate_likely
from wetland.zones.located import IN, Located
from wetland.zones.model import ZoneLayer
from wetland.zones.tracks import Visits

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


def certainly_inside(
    fixes: pd.DataFrame,
    layer: ZoneLayer,
    found: Visits,
    *,
    defaults: Mapping[str, float],
    threshold: float,
    assume_schematic: bool = False,
) -> NDArray[np.bool_]:
    """Tell which fixes lie in each zone for certain: an array (fixes, zones).

    Rule: inside beyond its own uncertainty and the edge's accuracy, as `locate` has it, and in a
    stay that drift does not explain, see `wetland.screening.steady`. Only fixes of visits are
    measured; no other lies in a zone.

    Parameters
    ----------
    fixes
        Rows of `OBSERVATIONS` in the order in which ``found`` counts them.
    layer
        The zones, in the order in which ``found`` counts them.
    found
        The visits.
    defaults
        Uncertainty by source of position where none is stated, metres.
    threshold
        The least probability with which inside may stand, as the site asks for.
    assume_schematic
        Exercise mode: take schematic edges as surveyed.
    """
    out = np.zeros((len(fixes), len(layer)), dtype=bool)
    here = _visited(found, len(fixes))
    if not len(here):
        return out
    stated = fixes["uncertainty_m"].to_numpy(dtype=float, na_value=np.nan)
    sources = fixes["position_source"].to_numpy(dtype=object)
    off = fill_uncertainty(stated, sources, defaults)
    lon, lat = lonlat_of(fixes)

    def located(at: NDArray[np.intp], times: float) -> dict[str, Located]:
        places = np.asarray(shapely.points(lon[at], lat[at]))
        return locate_likely(
            layer,
            places,
            times * off[at],
            threshold=threshold,
            assume_schematic=assume_schematic,
        )

    as_stated = located(here, 1.0)
    sure = here[np.any([answer.where == IN for answer in as_stated.values()], axis=0)]
    deeper = located(sure, DEEP_REACHES)  # edge by edge, which may differ in accuracy
    stretches = Stretches.of(fixes["track_id"], fixes["occurred_at"], lonlat=(lon, lat))
    for number, zone in enumerate(layer):
        inner, certain, deep = (np.zeros(len(fixes), dtype=bool) for _ in range(3))
        inner[here] = as_stated[zone.id].distance_m > 0
        certain[here] = as_stated[zone.id].where == IN
        deep[sure] = deeper[zone.id].where == IN
        out[:, number] = certain & ~stretches.shaky(inner, certain, deep)
    return out


def lonlat_of(observations: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return longitudes and latitudes of observations; NaN for what is no point."""
    places = geometries_of(observations)
    return np.asarray(shapely.get_x(places)), np.asarray(shapely.get_y(places))


def _visited(found: Visits, size: int) -> NDArray[np.intp]:
    """Return the fixes that lie in some visit."""
    visits = np.zeros(size + 1, dtype=np.int64)
    np.add.at(visits, found.first, 1)
    np.add.at(visits, found.first + found.n_fixes, -1)
    return np.flatnonzero(np.cumsum(visits)[:-1] > 0)
