"""Turn sightings into surveys and records: the one way in for every kind of bird file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wetland.birds.birdsource import BirdSource
from wetland.birds.readplaces import Shift
from wetland.birds.settlerecords import Records, is_bird
from wetland.birds.settlesurveys import Surveys
from wetland.birds.sightings import Sightings
from wetland.reading.telling import Teller

if TYPE_CHECKING:
    import pandas as pd


class Settled(NamedTuple):
    """Rows of `BIRD_SURVEYS` and `BIRD_RECORDS` from a part of a file."""

    surveys: pd.DataFrame
    records: pd.DataFrame


class Settler:
    """What is known of a file while its parts are settled one after the other."""

    def __init__(
        self, source: BirdSource, *, site_id: str, source_id: str, accepted: Mapping[str, str],
        shift: Shift | None = None,
    ) -> None:  # fmt: skip
        self._source = source
        self.tell = Teller(source.problems)
        self.surveys = Surveys(source, self.tell, site_id=site_id, source_id=source_id, shift=shift)
        self.records = Records(
            source, self.tell, self.surveys, site_id=site_id, source_id=source_id,
            accepted=accepted,
        )  # fmt: skip

    def settle(self, sightings: Sightings) -> Settled:
        """Return the surveys and records of a part of the file; each survey once."""
        classes = sightings.frame["taxon_class"].to_numpy(dtype=object)
        kept = np.fromiter(map(is_bird, classes), dtype=bool, count=len(classes))
        if not kept.all():
            self._source.tally.count("not_birds", int((~kept).sum()))
            sightings = sightings.only(kept)
        visits, found = self.surveys.settle(sightings)
        records = self.records.settle(sightings, visits)
        return Settled(self.surveys.frame(found, self.records.lacking), records)

    def close(self) -> None:
        """Tell what is only known at the end."""
        self.surveys.close()
        self.tell.close()
