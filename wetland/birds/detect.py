"""Find what birds have to tell (鸟类疑似问题): declines, 1 % of a population, new, breeding.

Each finding is suspected: a person verifies it. It carries the numbers it was decided by and the
records they came from; places of sensitive species are never in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from wetland.base.findings import FINDINGS
from wetland.birds.detectbase import (
    BREEDING,
    DECLINE,
    DETECTOR,
    FIRST_RECORD,
    ONE_PERCENT,
    RULES,
    BirdSettings,
    Found,
    HasSpecies,
    Look,
    Rest,
    row_of,
)
from wetland.birds.detectcounts import decline_findings, one_percent_findings
from wetland.birds.detectrecords import breeding_findings, first_record_findings
from wetland.birds.seasons import SeasonSurveys
from wetland.birds.species import Plot

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DETECTOR", "RULES", "BirdSettings", "bird_findings"]

_FINDERS: dict[str, Callable[[Look], Iterator[Found]]] = {
    DECLINE: decline_findings,
    ONE_PERCENT: one_percent_findings,
    FIRST_RECORD: first_record_findings,
    BREEDING: breeding_findings,
}


def bird_findings(  # noqa: PLR0913 - what a site has, and what every finding carries
    records: pd.DataFrame,
    surveys: pd.DataFrame,
    checklist: HasSpecies,
    *,
    site: str,
    pack_digest: str,
    as_of: dt.date,
    settings: BirdSettings | None = None,
    plots: Mapping[str, Plot] | None = None,
) -> pd.DataFrame:
    """Return what birds have to tell as table `FINDINGS`.

    Parameters
    ----------
    records, surveys
        Rows of `BIRD_RECORDS` and `BIRD_SURVEYS`. Rejected records never count; flagged ones count
        and are told. Records of no species of the checklist are left out.
    site, pack_digest
        What the findings carry.
    as_of
        The day it is looked on: later surveys are not known yet, and a season counts when it is
        over.
    settings
        What is looked for.
    plots
        Where the plots lie.

    Returns
    -------
    DataFrame
        Table `FINDINGS`, worst first, then by day and species: rules ``birds/decline`` (outcome
        broken; undecided where the interval includes no decline), ``birds/one_percent``,
        ``birds/first_record`` and ``birds/breeding`` (undecided until a person confirmed them). The
        identifier of a finding hangs on site, rule and species (of declines and the 1 % test also
        on the season's name, of breeding on the year), not on the numbers.
    """
    import pandas as pd  # noqa: PLC0415 - as below

    from wetland.base.checks import coerce  # noqa: PLC0415 - the command line starts without it

    settings = settings or BirdSettings()
    rest = Rest(site, pack_digest, as_of, settings, plots or {})
    look = _look(records, surveys, checklist, rest)
    rows = [
        row_of(look, found)
        for rule, finder in _FINDERS.items()
        if rule in settings.rules
        for found in finder(look)
    ]
    rows.sort(
        key=lambda r: (-r["severity"], -r["occurred_on"].toordinal(), r["subject"], r["rule"])
    )
    return coerce(FINDINGS, pd.DataFrame(rows, columns=FINDINGS.names))


def _look(records: pd.DataFrame, surveys: pd.DataFrame, checklist: HasSpecies, rest: Rest) -> Look:
    """Choose the surveys and records that are known on a day."""
    over = np.array([day <= rest.as_of for day in surveys["event_end"]], dtype=bool)
    known = surveys[over].reset_index(drop=True)
    columns = known[["survey_id", "event_date", "plot", "geometry"]]
    joined = records.merge(
        columns.rename(columns={"geometry": "survey_geometry"}), on="survey_id", how="inner"
    )
    species = checklist.species
    named = joined["taxon_id"].isin(list(species)).to_numpy(dtype=bool)
    told = joined[named].sort_values(["event_date", "record_id"], kind="stable")
    told = told.reset_index(drop=True)
    kept = told[(told["validation"] != "rejected").to_numpy(dtype=bool)].reset_index(drop=True)
    dated = SeasonSurveys.of(known, rest.settings.season, until=rest.as_of, records=records)
    return Look(kept, told, known, dated, species, rest)
