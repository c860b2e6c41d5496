"""Evidence of the datum from ground (地物): a boat lies on water, a row of the park in the park.

Such a row fits or does not. How often rows fit by chance is measured: by the same rows moved as far
in other directions. Rows near each other tell the same, so those of one cell of 50 m count once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.screening.datumevidence import (
    HYPOTHESES,
    LEAST_SCORE,
    Evidence,
    Floats,
    Kind,
    Rows,
    foremost,
    limited,
)
from wetland.zones.datums import Datum

CELL_M = 50.0
MOST_CELLS = 600
TURNS = 16
NEAR_TURN = np.radians(40.0)  # moves this close to a hypothesis's own are not "other directions"
LEAST_CELLS: Mapping[str, int] = {"bridge": 4, "gate": 4}
FEW_CELLS = 10
MOST_CHANCE = 0.88  # below how often a right row fits: a miss never speaks for being right


@dataclass(frozen=True, slots=True)
class Demand:
    """What ground asks before it speaks.

    Parameters
    ----------
    usual
        How often a row that is read rightly fits.
    right
        Least share that must fit in the datum it speaks for.
    lead
        How far that share must be ahead of moves as far in other directions.
    most_declared
        Largest share that may fit as declared.
    """

    usual: float
    right: float
    lead: float
    most_declared: float


# A boat is moored, a car is parked off the road. A row that names its zone lies in it: those of a
# file that do not, and all do when it is moved one way and no other, were shifted.
GROUND = Demand(usual=0.9, right=0.8, lead=0.2, most_declared=0.5)
ZONES = Demand(usual=0.98, right=0.98, lead=0.04, most_declared=0.92)


def fitted(
    kind: Kind, rows: Rows, chosen: NDArray[np.bool_], grounds: list[Any]
) -> Evidence | None:
    """Compare rows that should lie on some ground with where that ground is.

    Parameters
    ----------
    chosen
        Rows that should lie on it.
    grounds
        Areas in metres of the frame, tolerance included; for a kind of ground one for all rows.

    Returns
    -------
    Evidence
        None where there is no such row.

    Notes
    -----
    It speaks for a datum when 10 cells of 50 m (4 for bridges and gates) are compared, at most half
    of them fit as declared, four fifths fit in that datum, and no move as far in another direction
    comes within a fifth of that. Zones are named with more care than boats are afloat: there the
    shares are 0.92, 0.98 and 0.04.
    """
    picked = _thinned(rows, np.flatnonzero(chosen))
    if not len(picked) or not grounds:
        return None
    ground = shapely.union_all(grounds)
    shapely.prepare(ground)
    at = {name: rows.at[name][picked] for name in HYPOTHESES}

    def on(points: Floats) -> NDArray[np.bool_]:
        return np.asarray(shapely.intersects_xy(ground, *points.T))

    fits = {name: on(at[name]) for name in HYPOTHESES}
    demand = ZONES if kind == "zones" else GROUND
    chance, most = _by_chance(rows, at[rows.declared], on)
    likely = {name: _bernoulli(fits[name], demand.usual, chance) for name in HYPOTHESES}
    score = {name: likely[name] - likely[rows.declared] for name in HYPOTHESES}
    share = {name: float(fits[name].mean()) for name in HYPOTHESES}
    speaks = None
    if len(picked) >= LEAST_CELLS.get(kind, FEW_CELLS):
        speaks = _spoken(share, score, rows.declared, demand=demand, most=most)
    apart = {name: shapely.distance(shapely.points(v), ground) for name, v in at.items()}
    residual = {name: float(np.median(v)) for name, v in apart.items()}
    mad = {name: float(np.median(np.abs(v - np.median(v)))) for name, v in apart.items()}
    return Evidence(kind, len(picked), residual, mad, share, limited(score), speaks)


def _spoken(
    share: Mapping[Datum, float],
    score: Mapping[Datum, float],
    declared: Datum,
    *,
    demand: Demand,
    most: float,
) -> Datum | None:
    """Return the datum whose share of fits nothing but being right explains."""
    best, ahead = foremost(score)
    if share[best] < max(demand.right, most + demand.lead):
        return None
    if best == declared:
        return best
    return best if ahead >= LEAST_SCORE and share[declared] <= demand.most_declared else None


def _thinned(rows: Rows, positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one row for each cell of `CELL_M`, evenly taken where there are too many."""
    cells = np.floor(rows.at[rows.declared][positions] / CELL_M).astype(np.int64)
    _, first = np.unique(cells, axis=0, return_index=True)
    kept = positions[np.sort(first)]
    return kept[:: max(1, -(-len(kept) // MOST_CELLS))]


def _by_chance(
    rows: Rows, points: Floats, on: Callable[[Floats], NDArray[np.bool_]]
) -> tuple[float, float]:
    """Return the mean and the largest share that fits, moved as far in other directions."""
    shares: list[float] = []
    for other in HYPOTHESES:
        if other == rows.declared:
            continue
        shift = rows.shift(other)
        there, length = np.arctan2(-shift[1], -shift[0]), float(np.hypot(*shift))
        for turn in range(TURNS):
            angle = 2 * np.pi * turn / TURNS
            if abs((angle - there + np.pi) % (2 * np.pi) - np.pi) > NEAR_TURN:
                moved = points + length * np.array([np.cos(angle), np.sin(angle)])
                shares.append(float(on(moved).mean()))
    return float(np.clip(np.mean(shares), 0.02, MOST_CHANCE)), max(shares)


def _bernoulli(fits: NDArray[np.bool_], usual: float, chance: float) -> float:
    hits = int(np.count_nonzero(fits))
    misses = len(fits) - hits
    return float(hits * np.log(usual / chance) + misses * np.log((1 - usual) / (1 - chance)))


def within(rows: Rows, area: Any) -> Evidence | None:  # noqa: ANN401 - any shapely area
    """Tell the share of rows inside the extent of the site; it supports, and settles nothing."""
    if not len(rows.at[rows.declared]):
        return None
    shapely.prepare(area)
    inside = {n: shapely.intersects_xy(area, *rows.at[n].T) for n in HYPOTHESES}
    share = {name: float(np.mean(v)) for name, v in inside.items()}
    score = {name: 3.0 * (share[name] - share[rows.declared]) for name in HYPOTHESES}
    nothing = dict.fromkeys(HYPOTHESES, float("nan"))
    return Evidence("extent", len(rows.at[rows.declared]), nothing, nothing, share, score)
