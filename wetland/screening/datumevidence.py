"""Evidence of the datum (坐标基准) of a file: what lies where it should, read in each datum.

Every function here takes the rows of one declared datum, read once as declared and once in each
other datum, and returns how well known places fit. Its score is a logarithm of a likelihood ratio
against the declared datum; it *speaks* for a datum only by its own minimum of independent places.

- Anchors (named landmarks, places of earlier records) have a position of their own. A right one
  lies within its accuracy and that of a fix, a tenth of them anywhere within 5 km (homonyms,
  typing errors): so a single wrong place never weighs more than a single right one.
- Ground (water, roads, bridges, gates, named zones) is fitted or not: see `datumground`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wetland.zones.datums import Datum, to_wgs84

Floats = NDArray[np.float64]
Kind = Literal["landmarks", "earlier", "water", "road", "bridge", "gate", "zones", "extent"]

HYPOTHESES: tuple[Datum, ...] = ("wgs84", "gcj02", "bd09")  # CGCS2000 is WGS84 here

FIX_M = 60.0  # a fix and the extent of what a name means, one standard deviation
R95 = 2.4477  # an accuracy holds 95 % of places: so many standard deviations
FAR_M = 5_000.0  # a name this far off under every datum is another place of that name
LOOSE_M = 150.0  # a name whose rows scatter more is no place
FIT = 3.0  # standard deviations within which an anchor fits
STRAY = 0.1  # share of anchors that lie anywhere
MOST_SCORE = 60.0

LEAST_ANCHORS = 3.0
LEAST_SHARE = 0.6
LEAST_SCORE = 10.0  # odds of 22,000 to 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well one kind of known place fits, under each hypothesis.

    Parameters
    ----------
    kind
        What was compared.
    n
        Independent places (anchors, or cells of 50 m).
    residual_m, mad_m
        Median distance from where they should be, and the median scatter about the median vector.
    share
        Which part of them fits.
    score
        Logarithm of the likelihood ratio against the declared datum.
    speaks_for
        The datum that this evidence alone settles, None where it settles none.
    doubtful
        Anchors whose own datum is only probable; they count half.
    """

    kind: Kind
    n: int
    residual_m: Mapping[Datum, float]
    mad_m: Mapping[Datum, float]
    share: Mapping[Datum, float]
    score: Mapping[Datum, float]
    speaks_for: Datum | None = None
    doubtful: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """Metres east and north about a place; good to 0.2 % within 50 km, which a shift needs."""

    lon: float
    lat: float

    def metres(self, lon: Floats, lat: Floats) -> Floats:
        """Return (n, 2) metres of longitudes and latitudes."""
        angle = np.radians(self.lat)
        curve = 1.0 - 0.00669438 * np.sin(angle) ** 2
        east = 6378137.0 / np.sqrt(curve) * np.cos(angle)
        north = 6378137.0 * (1.0 - 0.00669438) / curve**1.5
        x = np.radians(np.asarray(lon) - self.lon) * east
        y = np.radians(np.asarray(lat) - self.lat) * north
        return np.stack([x, y], axis=-1)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one declared datum: where each lies under each hypothesis, and what its cells say."""

    declared: Datum
    frame: Frame
    at: Mapping[Datum, Floats]
    words: Mapping[str, NDArray[Any]]

    @classmethod
    def make(
        cls,
        frame: Frame,
        received: tuple[Floats, Floats],
        declared: Datum,
        *,
        words: Mapping[str, NDArray[Any]],
    ) -> Rows:
        """Read ``received`` (longitude, latitude as the file wrote them) in every datum."""
        at = {name: frame.metres(*to_wgs84(*received, name)) for name in HYPOTHESES}
        return cls(declared, frame, at, words)

    def shift(self, other: Datum) -> Floats:
        """Return the median vector from where the rows lie as ``other`` to where they are read."""
        return np.asarray(np.median(self.at[self.declared] - self.at[other], axis=0))


def anchored(
    kind: Kind,
    rows: Rows,
    keys: Mapping[str, NDArray[np.int64]],
    *,
    places: Floats,
    accuracy_m: Floats,
    doubtful: NDArray[np.bool_],
) -> Evidence | None:
    """Compare rows that name places with where those places are.

    Parameters
    ----------
    keys
        Per column, the number of the place that each row names, -1 for none. The column that names
        most places counts.
    places, accuracy_m, doubtful
        Of each place: metres (n, 2), accuracy (95 %), whether its own datum is only probable.

    Returns
    -------
    Evidence
        None where no row names a place.
    """
    found = [_anchors(rows, column) for column in keys.values() if (column >= 0).any()]
    if not found:
        return None
    numbers, at = max(found, key=lambda anchors: len(anchors[0]))
    off = {name: at[name] - places[numbers] for name in HYPOTHESES}
    near = np.min([np.hypot(*v.T) for v in off.values()], axis=0) <= FAR_M
    if not near.any():
        return None
    sigma = np.hypot(FIX_M, accuracy_m[numbers] / R95)
    weight = np.where(doubtful[numbers], 0.5, 1.0)
    off = {name: v[near] for name, v in off.items()}
    return _measured(kind, off, rows.declared, sigma=sigma[near], weight=weight[near])


def _measured(
    kind: Kind, off: Mapping[Datum, Floats], declared: Datum, *, sigma: Floats, weight: Floats
) -> Evidence:
    """Return what the vectors ``off`` between anchors and their places tell."""
    apart = {name: np.hypot(*v.T) for name, v in off.items()}
    likely = {name: _log_likelihood(apart[name], sigma) for name in HYPOTHESES}
    score = {name: float(weight @ (likely[name] - likely[declared])) for name in HYPOTHESES}
    fits = {name: float(weight @ (apart[name] <= FIT * sigma)) for name in HYPOTHESES}
    share = {name: fits[name] / float(weight.sum()) for name in HYPOTHESES}
    best, ahead = foremost(score)
    clear = ahead >= LEAST_SCORE and fits[best] >= LEAST_ANCHORS and share[best] >= LEAST_SHARE
    return Evidence(
        kind,
        len(weight),
        {name: float(np.median(v)) for name, v in apart.items()},
        {name: _scatter(v) for name, v in off.items()},
        share,
        limited(score),
        best if clear else None,
        int(np.count_nonzero(weight < 1)),
    )


def _anchors(
    rows: Rows, keys: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Mapping[Datum, Floats]]:
    """Return each place that is named once or at one spot, with its median position.

    Two names of one spot are one anchor: a list whose rows were never filled in has no weight.
    """
    import pandas as pd

    named = np.flatnonzero(keys >= 0)
    table = pd.DataFrame({"key": keys[named]})
    for name in HYPOTHESES:
        table[f"{name}-x"], table[f"{name}-y"] = rows.at[name][named].T
    middle = table.groupby("key").median()
    own = [f"{rows.declared}-x", f"{rows.declared}-y"]
    around = middle.loc[table["key"], own].to_numpy()
    scatter = pd.Series(np.hypot(*(table[own].to_numpy() - around).T))
    loose = scatter.groupby(table["key"].to_numpy()).median() > LOOSE_M
    middle = middle[~loose.reindex(middle.index).to_numpy(dtype=bool)]
    middle = middle[~middle[own].round(0).duplicated()]
    at = {name: middle[[f"{name}-x", f"{name}-y"]].to_numpy() for name in HYPOTHESES}
    return middle.index.to_numpy(dtype=np.int64), at


def _log_likelihood(apart_m: Floats, sigma_m: Floats) -> Floats:
    right = (1 - STRAY) * np.exp(-0.5 * (apart_m / sigma_m) ** 2) / (2 * np.pi * sigma_m**2)
    return np.asarray(np.log(right + STRAY / (np.pi * FAR_M**2)))


def _scatter(off: Floats) -> float:
    return float(np.median(np.hypot(*(off - np.median(off, axis=0)).T)))


def foremost(score: Mapping[Datum, float]) -> tuple[Datum, float]:
    """Return the datum with the highest score, and how far it is ahead of the next."""
    best = max(HYPOTHESES, key=lambda name: score[name])
    return best, min(score[best] - score[other] for other in HYPOTHESES if other != best)


def limited(score: Mapping[Datum, float]) -> dict[Datum, float]:
    """Return scores scaled to `MOST_SCORE`, so that no one kind of evidence drowns the others."""
    scale = min(1.0, MOST_SCORE / max(1.0, *(abs(v) for v in score.values())))
    return {name: value * scale for name, value in score.items()}


def numbered(
    column: NDArray[Any], find: Callable[[object], int | None], *, most: int
) -> NDArray[np.int64]:
    """Return what ``find`` makes of each cell, -1 for None; each distinct cell is asked once.

    After ``most`` distinct cells the others are not asked, and after a fifth of these if none of
    them was anything: a column of remarks names no places.
    """
    import pandas as pd

    codes, distinct = pd.factorize(column)
    table = np.full(len(distinct) + 1, -1, dtype=np.int64)
    any_found = False
    for code, cell in enumerate(distinct[:most]):
        number = find(cell)
        if number is not None:
            table[code] = number
            any_found = True
        elif code * 5 > most and not any_found:
            break
    return np.asarray(table[codes])


def said(words: Mapping[str, NDArray[Any]], tells: Callable[[str], bool]) -> NDArray[np.bool_]:
    """Tell which rows have a cell of which ``tells`` holds."""
    count = len(next(iter(words.values()), np.zeros(0)))
    found = np.zeros(count, dtype=bool)
    for column in words.values():
        found |= numbered(column, lambda c: 1 if isinstance(c, str) and tells(c) else None,
                          most=2_000) > 0  # fmt: skip
    return found
