"""Where something is, told in three values: inside a zone, outside it, or not determined."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# An uncertainty is the radius around a position that holds the true place with this probability.
BELT_LIKELIHOOD = 0.95


class Where(StrEnum):
    """Membership of one zone."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNDETERMINED = "undetermined"


class Cause(StrEnum):
    """Why a membership is not determined."""

    ZONE_NOT_SURVEYED = "zone_not_surveyed"
    POSITION_UNCERTAIN = "position_uncertain"
    ON_BOUNDARY = "on_boundary"
    NOT_LOADED = "zone_not_loaded"
    NO_POSITION = "position"


@dataclass(frozen=True, slots=True)
class Membership:
    """How a place stands to one zone.

    Parameters
    ----------
    where
        Inside, outside, or not determined.
    cause
        Why it is not determined; None otherwise.
    distance_m
        Distance to the nearest edge of the zone, metres in the site's projected CRS; positive
        inside, negative outside; None where the zone has no geometry.
    area_m2, share
        For a footprint: square metres inside the zone as drawn, and their share of the footprint.
    probability
        Probability that the true place is inside the zone (`wetland.zones.likelihood`); None where
        it was not asked for or nothing is known.
    """

    where: Where
    cause: Cause | None = None
    distance_m: float | None = None
    area_m2: float | None = None
    share: float | None = None
    probability: float | None = None

    @property
    def truth(self) -> bool | None:
        """Return True inside, False outside, None where not determined."""
        if self.where is Where.UNDETERMINED:
            return None
        return self.where is Where.INSIDE


INSIDE = Membership(Where.INSIDE)
OUTSIDE = Membership(Where.OUTSIDE)


def undetermined(cause: Cause, distance_m: float | None = None) -> Membership:
    """Make a membership that is not determined because of ``cause``."""
    return Membership(Where.UNDETERMINED, cause, distance_m)
