"""Screen the stored water results: beyond the target, worse than before, suddenly other."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.texts import Lang
from wetland.operations.detected import Detected
from wetland.operations.keptfindings import keep_findings
from wetland.operations.water import (
    NO_KIND,
    NO_KIND_HINT,
    WaterData,
    check_days,
    listed,
    require_results,
    water_of_store,
)
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.store.transaction import Written

if TYPE_CHECKING:
    import pandas as pd

    from wetland.water.detect import WaterSettings
YEARS = 2  # how far back is judged unless asked otherwise


@dataclass(frozen=True, slots=True)
class WaterScreening(Detected):
    """What screening the water of a site gave.

    Parameters
    ----------
    left_out
        Stations that could not be judged: nobody told whether they are rivers or lakes.
    """

    left_out: tuple[str, ...] = ()

    def rows(self, *, undecided: bool = False) -> pd.DataFrame:
        """Return the broken rows, with ``undecided`` those too."""
        return Detected.rows(self, undecided=undecided)

    def to_json(self, lang: Lang = "zh", *, undecided: bool = False) -> dict[str, Any]:
        """Return the screening as JSON-ready mappings in one language."""
        told = self.as_json(self.rows(undecided=undecided), lang)
        return told | {"left_out": list(self.left_out)}


def screen_water(
    store: Store,
    site: Site,
    *,
    as_of: dt.date | None = None,
    since: dt.date | None = None,
    settings: WaterSettings | None = None,
    actor: str | None = None,
) -> WaterScreening:
    """Screen every water result of the site that the store holds; kept only with ``actor``.

    Rule of decision: an open finding of an earlier screening, about a station and a period that
    were judged again, that is not found any more is set to ``passed``; what a person verified or
    dismissed keeps that status. Stations whose kind of water body nobody told are left out, and
    named.

    Parameters
    ----------
    as_of
        Later results do not count, and a month or year is judged when it is over; None is the day
        of the last sample.
    since
        Judge only what ends on this day or later; None is the first day of the same month two
        years before ``as_of``: findings are to act on, and what was wrong long ago is in the
        classes. ``datetime.date.min`` judges everything.
    settings
        What is looked for; programmes are the site's, ``since`` is the one given here.
    actor
        Who does this.

    Raises
    ------
    InputError
        There are no results, or no station of which the kind of water body is told.
    """
    from wetland.water.detect import WaterSettings, water_findings  # noqa: PLC0415 - starts fast

    data = require_results(water_of_store(store, site))
    left_out = tuple(name for name in data.station_ids if name not in data.stations)
    judged = _judged(data, left_out)
    on = as_of or judged.last_day or max(judged.results["sampled_on"])
    first = since or on.replace(year=on.year - YEARS, day=1)
    check_days(first, on)
    asked = settings or WaterSettings()
    chosen = replace(asked, since=first, programmes=dict(site.water.programmes))
    found = water_findings(
        judged.results, judged.stations, site=site.id, pack_digest=site.digest, as_of=on,
        settings=chosen,
    )  # fmt: skip
    screening = WaterScreening(site, found, on, judged.synthetic, left_out=left_out)
    if actor is None:
        return screening
    return replace(screening, written=_keep(store, screening, judged, chosen, actor=actor))


def _keep(
    store: Store,
    screening: WaterScreening,
    judged: WaterData,
    settings: WaterSettings,
    *,
    actor: str,
) -> Written:
    """Keep findings; those of the stations and days that were judged are replaced as a whole."""
    import pandas as pd

    from wetland.water.detect import DETECTOR  # noqa: PLC0415 - starts fast

    stations, first = set(judged.station_ids), settings.since or dt.date.min

    def looked_at(held: pd.DataFrame) -> pd.Series[bool]:
        marks = [
            json.loads(evidence)["station"] in stations and first <= day <= screening.as_of
            for evidence, day in zip(held["evidence"], held["occurred_on"], strict=True)
        ]
        return pd.Series(marks, index=held.index, dtype=bool)

    return keep_findings(
        store, screening.findings, of=(screening.site.id, DETECTOR), looked_at=looked_at,
        undecided_listed=settings.undecided, actor=actor,
    )  # fmt: skip


def _judged(data: WaterData, left_out: tuple[str, ...]) -> WaterData:
    if not left_out:
        return data
    told = [name for name in data.station_ids if name not in left_out]
    if not told:
        raise InputError(NO_KIND.fill(s=listed(left_out)), hint=NO_KIND_HINT)
    return data.only(told)
