"""Screen the stored water results: beyond the target, worse than before, suddenly other."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from wetland.base.errors import InputError
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
from wetland.store.store import Store
from wetland.store.transaction import Written

if TYPE_CHECKING:
    from wetland.water.detect import WaterSettings, water_findings  # noqa: PLC0415 - starts fast

    data = require_results(water_of_store(store, site))
    left_out = tuple(name for name in data.station_ids if name not in data.stations)
    judged = _judged(data, left_out)
    on = as_of or max(judged.results["sampled_on"])
    check_days(since, on)
    asked = settings or WaterSettings()
    chosen = replace(asked, since=since, programmes=dict(site.water.programmes))
    found = water_findings(
        judged.results, judged.stations, site=site.id, pack_digest=site.digest, as_of=on,
        settings=chosen,
    )  # fmt: skip
    screening = WaterScreening(site, found, on, left_out, judged.synthetic)
    if actor is None:
        return screening
    return replace(screening, written=_keep(store, screening, judged, chosen, actor=actor))


def _keep(
    store: Store, screening: WaterScreening, judged: WaterData, settings: WaterSettings, *,
    actor: str,
) -> Written:  # fmt: skip
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
