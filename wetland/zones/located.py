"""How many things stand to one zone, as arrays of equal length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.places import Cause, Membership, Where

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

OUT, IN, OPEN = 0, 1, 2
WHERE = (Where.OUTSIDE, Where.INSIDE, Where.UNDETERMINED)
CAUSES: tuple[Cause | None, ...] = (
    None,
    Cause.POSITION_UNCERTAIN,
    Cause.ZONE_NOT_SURVEYED,
    Cause.ON_BOUNDARY,
    Cause.NO_POSITION,
    Cause.NOT_LOADED,
)
CAUSE_CODE = {cause: code for code, cause in enumerate(CAUSES)}


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """How many things stand to one zone: arrays of equal length.

    ``where`` holds 0 outside, 1 inside, 2 not determined; ``cause`` the place in `CAUSES`;
    ``distance_m`` is positive inside and negative outside; ``area_m2`` and ``share`` are NaN for
    what is not a footprint (read only, and shared, where there is none); ``whole`` is True where
    no part can lie outside. ``probability`` is that of being inside, NaN where nothing is known;
    None where it was not asked for (see `wetland.zones.likelihood`).
    """

    where: NDArray[np.int8]
    cause: NDArray[np.int8]
    distance_m: Floats
    area_m2: Floats
    share: Floats
    whole: Bools
    probability: Floats | None = None

    @classmethod
    def empty(cls, size: int, *, measures: bool = True) -> Located:
        """Make the answer "not determined: no position" for ``size`` things.

        Without ``measures`` nothing can be written to areas and shares.
        """
        nothing = np.broadcast_to(np.float64(np.nan), (size,))
        return cls(
            np.full(size, OPEN, dtype=np.int8),
            np.full(size, CAUSE_CODE[Cause.NO_POSITION], dtype=np.int8),
            np.full(size, np.nan),
            np.full(size, np.nan) if measures else nothing,
            np.full(size, np.nan) if measures else nothing,
            np.zeros(size, dtype=bool),
        )

    def _pairs(self) -> list[tuple[int, int]]:
        return sorted(set(zip(self.where.tolist(), self.cause.tolist(), strict=True)))

    def memberships(self) -> list[Membership]:
        """Return one `Membership` per thing; those that measure nothing are shared objects."""
        if np.isnan(self.distance_m).all() and np.isnan(self.area_m2).all():
            plain = {(w, c): Membership(WHERE[w], CAUSES[c]) for w, c in self._pairs()}
            pairs = zip(self.where.tolist(), self.cause.tolist(), strict=True)
            return [plain[pair] for pair in pairs]
        columns = [self.distance_m, self.area_m2, self.share]
        if self.probability is not None:
            columns.append(self.probability)
        rows = zip(self.where.tolist(), self.cause.tolist(), *map(_optional, columns), strict=True)
        return [Membership(WHERE[w], CAUSES[c], *measured) for w, c, *measured in rows]


def _optional(column: Floats) -> list[float | None]:
    return [None if value != value else value for value in column.tolist()]
