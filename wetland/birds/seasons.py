"""Counts per plot and season, and the highest numbers of a site per season (按季计数).

What TRIM, alerts and the 1 % test are fed with. Not surveyed has no row; surveyed and not found is
0; rejected records never count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from wetland.base.texts import Text, text
from wetland.birds.seasoncalendar import NO_SEASON as NO_SEASON
from wetland.birds.seasoncalendar import YEAR as YEAR
from wetland.birds.seasoncalendar import first_month as first_month
from wetland.birds.seasoncalendar import season_begin
from wetland.birds.seasoncalendar import season_end as season_end
from wetland.birds.seasoncalendar import season_label as season_label
from wetland.birds.seasoncalendar import season_years as season_years
from wetland.birds.species import CountSeason
from wetland.birds.trimrows import count_table
from wetland.birds.trimtable import CountTable, Floats
from wetland.birds.unnamed import surveys_in_doubt

if TYPE_CHECKING:
    import pandas as pd

COUNT_COLUMNS = ("plot", "season", "count", "surveys", "flagged", "uncounted", "synthetic")
MAXIMA_COLUMNS = ("season", "count", "occasions", "day", "records", "flagged", "synthetic")
ROUND_DAYS = 3  # a count of the whole site may take a week-end; over more days birds move
_OF_SURVEYS = ("survey_id", "parent_event_id", "plot", "event_date", "event_end", "complete",
               "synthetic")  # fmt: skip

_FLAGGED = text(
    "{n} 个季次计数含有待审核的记录，仍计算在内",
    "{n} seasonal count(s) hold records that are flagged for review and count all the same",
)
_UNCOUNTED = text(
    "{n} 个季次计数另有“有而未计数”的记录，实际可能更多",
    "beside {n} seasonal count(s) there were birds that nobody counted: there may be more",
)
_SYNTHETIC = text("数据是合成的，仅供演练", "the data are invented, for exercise only")


@dataclass(frozen=True, eq=False)
class SeasonSurveys:
    """Surveys with the season each belongs to; made once for all species.

    Parameters
    ----------
    surveys
        Those that lie in one season from their first to their last day: what counts need of them,
        with ``season_year`` and ``occasion`` (visits that are one count of the site together, see
        `site_maxima`).
    left_out
        Surveys that do not lie in one season that counts, e.g. known by their year only.
    in_doubt
        By species, surveys with a record of an unmatched name that may mean it: no 0 of it.
    """

    surveys: pd.DataFrame
    season: CountSeason
    left_out: int
    in_doubt: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        surveys: pd.DataFrame,
        season: CountSeason,
        *,
        since: dt.date | None = None,
        until: dt.date | None = None,
        records: pd.DataFrame | None = None,
    ) -> SeasonSurveys:
        """Say which season each survey is of: of seasons that began and ended within the days.

        ``records`` are all that were made, those of unmatched names too.
        """
        begun = season_years(surveys["event_date"].tolist(), season)
        ended = season_years(surveys["event_end"].tolist(), season)
        within = (begun == ended) & (begun != NO_SEASON)
        whole = [
            year
            for year in np.unique(begun[within]).tolist()
            if (since is None or season_begin(year, season) >= since)
            and (until is None or season_end(year, season) <= until)
        ]
        within &= np.isin(begun, whole)
        kept = surveys.loc[within, list(_OF_SURVEYS)].assign(season_year=begun[within])
        kept["occasion"] = _occasion_of(kept)
        doubts = {} if records is None else surveys_in_doubt(records)
        return cls(kept.reset_index(drop=True), season, int((~within).sum()), doubts)

    def visits(self, records: pd.DataFrame, taxon_id: str) -> pd.DataFrame:
        """Return the surveys that tell of a species, with its number in each.

        Columns of the surveys and ``count`` (NaN where birds were seen and not counted, and where
        all there is of them was rejected), ``at_most`` (a number is an upper limit only),
        ``flagged``, ``uncounted`` and ``invented``.
        """
        import pandas as pd  # noqa: PLC0415 - the command line starts without it

        own = records[(records["taxon_id"] == taxon_id).fillna(False).to_numpy(dtype=bool)]
        codes, names = pd.factorize(own["survey_id"])
        at = pd.Index(names).get_indexer(self.surveys["survey_id"])
        known, told = at >= 0, _told(own)

        def added(name: str) -> Floats:
            of_names = np.bincount(codes, told[name], len(names) + 1)  # the last is of none
            out: Floats = of_names[at]
            return out

        number, rejected = added("number"), added("rejected") > 0
        unknown = (rejected | (added("uncounted") > 0)) & ~(number > 0)
        synthetic = self.surveys["synthetic"].fillna(False).to_numpy(dtype=bool)
        visits = self.surveys.assign(
            count=np.where(unknown, np.nan, number), at_most=added("at_most") > 0,
            flagged=added("flagged") > 0, uncounted=added("uncounted") > 0,
            invented=synthetic | (added("invented") > 0),
        )  # fmt: skip
        complete = self.surveys["complete"].fillna(False).to_numpy(dtype=bool)
        doubted = self.surveys["survey_id"].isin(self.in_doubt.get(taxon_id, ())).to_numpy()
        return pd.DataFrame(visits[known | (complete & ~doubted)].reset_index(drop=True))


def season_counts(
    records: pd.DataFrame,
    surveys: pd.DataFrame | SeasonSurveys,
    season: CountSeason = YEAR,
    *,
    taxon_id: str,
) -> pd.DataFrame:
    """Return the count of a species per plot and season.

    Parameters
    ----------
    records, surveys
        Rows of `BIRD_RECORDS` and `BIRD_SURVEYS`; only surveys with a plot count here.
    season
        Months and measure (of the visits of a season: highest number, mean or sum); not used where
        ``surveys`` are `SeasonSurveys`.

    Returns
    -------
    DataFrame
        ``plot, season, count, surveys, flagged, uncounted, synthetic``, by plot and season.

    Notes
    -----
    The number of a survey is the sum of its records of the species (sexes, ages). A survey without
    a record of it is 0 where all species were recorded (``complete``) and none of its unmatched
    names may mean the species (`SeasonSurveys.in_doubt`), and tells nothing else. A record that a
    person rejected is no count and no absence: the survey tells nothing of the species. Birds that
    were seen and not counted leave the highest number of the season as it is where that is above 0
    (``uncounted`` tells), and make a mean, a sum and a highest number of 0 unknown: no row. So does
    a record whose status and number say the contrary.
    """
    dated = surveys if isinstance(surveys, SeasonSurveys) else SeasonSurveys.of(surveys, season)
    visits = dated.visits(records, taxon_id)
    visits = visits[visits["plot"].notna().to_numpy(dtype=bool)]
    grouped = visits.groupby(["plot", "season_year"], sort=True)
    counts = grouped.agg(
        count=("count", dated.season.measure), told=("count", "count"), surveys=("count", "size"),
        flagged=("flagged", "sum"), uncounted=("uncounted", "max"), synthetic=("invented", "max"),
    ).reset_index()  # fmt: skip
    whole = ~counts["uncounted"].to_numpy(dtype=bool)
    if dated.season.measure == "max":
        whole |= counts["count"].to_numpy(dtype=np.float64) > 0
    counts = counts[whole & (counts["told"].to_numpy() > 0)].rename(
        columns={"season_year": "season"}
    )
    return counts[list(COUNT_COLUMNS)].reset_index(drop=True)


def count_table_of(counts: pd.DataFrame, *, named: bool = True) -> CountTable:
    """Return the counts of `season_counts` as a table for TRIM; ``notes`` tell what to know.

    Parameters
    ----------
    counts
        Of `season_counts`.
    named
        Whether notes and errors may name plots. Of a sensitive species they may not, since plots
        without it tell of those that have it: then plots are numbers, the one with most birds
        first, so that their order tells nothing.

    Raises
    ------
    InputError
        Fewer than two plots with birds (a park's total is no set of plots), one season, no counts.
    """
    plots = counts["plot"].tolist()
    if not named:
        total = counts.groupby("plot")["count"].sum().sort_values(ascending=False, kind="stable")
        number = {plot: f"#{n}" for n, plot in enumerate(total.index, 1)}
        plots = [number[plot] for plot in plots]
    table = count_table(plots, counts["season"].to_numpy(), counts["count"].to_numpy())
    return replace(table, notes=(*table.notes, *counts_notes(counts)))


def counts_notes(counts: pd.DataFrame) -> tuple[Text, ...]:
    """Return what a reader has to know of counts per plot and season."""
    notes: list[Text] = []
    for column, said in (("flagged", _FLAGGED), ("uncounted", _UNCOUNTED)):
        if n := int((counts[column] > 0).sum()):
            notes.append(said.fill(n=n))
    if bool(counts["synthetic"].any()):
        notes.append(_SYNTHETIC)
    return tuple(notes)


def site_maxima(
    records: pd.DataFrame,
    surveys: pd.DataFrame | SeasonSurveys,
    season: CountSeason = YEAR,
    *,
    taxon_id: str,
) -> pd.DataFrame:
    """Return the highest number of a species at the whole site in each season with counts.

    Returns
    -------
    DataFrame
        ``season, count, occasions, day, records, flagged, synthetic``, by season: ``day`` is the
        first day of the occasion with the highest number (the earliest of equal ones), ``records``
        the ids of its records.

    Notes
    -----
    Birds move between plots, so numbers of different days are not added. An occasion is what was
    counted together: visits of one parent event to several plots within three days (a round over a
    week-end), else of the same days; a visit that is known by more than three days (a month, a
    deployment) is one of its own. Its number is the sum of the plots (of each its highest visit),
    or that of a visit to the whole site (one without a plot) where that is higher. Numbers that are
    upper limits (``at_most``) do not count.
    """
    import pandas as pd  # noqa: PLC0415 - the command line starts without it

    dated = surveys if isinstance(surveys, SeasonSurveys) else SeasonSurveys.of(surveys, season)
    visits = dated.visits(records, taxon_id)
    usable = visits["count"].notna().to_numpy() & ~visits["at_most"].to_numpy(dtype=bool)
    chosen, occasions = _occasions(visits[usable].reset_index(drop=True))
    # Occasions by day: of equal numbers the earliest is kept.
    best = occasions.sort_values(["count", "day"], ascending=[False, True], kind="stable")
    best = best.drop_duplicates("season").sort_values("season")
    counted = best["season"].map(occasions["season"].value_counts())
    ids, surveys_of = _counted_ids(records, taxon_id), chosen.groupby("group")["survey_id"]
    told = [surveys_of.get_group(group).tolist() for group in best.index]
    own = [[one for survey in of_best for one in ids.get(survey, [])] for of_best in told]
    best = best.assign(occasions=counted, records=pd.Series(own, index=best.index, dtype="object"))
    return best[list(MAXIMA_COLUMNS)].reset_index(drop=True)


def _occasion_of(surveys: pd.DataFrame) -> pd.Series[str]:
    """Return what each survey was counted together with, by a name (see `site_maxima`)."""
    first = surveys["event_date"].to_numpy(dtype="datetime64[D]").astype(np.int64)
    last = surveys["event_end"].to_numpy(dtype="datetime64[D]").astype(np.int64)
    dated = surveys.assign(first=first, last=last)
    rounds = dated.groupby("parent_event_id")  # without a parent: NaN, and no round
    span = rounds["last"].transform("max") - rounds["first"].transform("min")
    together = (span < ROUND_DAYS) & (rounds["plot"].transform("nunique") > 1)
    days = surveys["event_date"].map(str) + "/" + surveys["event_end"].map(str)
    alone = last - first >= ROUND_DAYS
    return surveys["parent_event_id"].where(together, days.mask(alone, surveys["survey_id"]))


def _occasions(visits: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the visits that make the number of each occasion, and the occasions by ``group``.

    Those of its plots, or the visit to the whole site where that has the higher number.
    """
    import pandas as pd  # noqa: PLC0415 - the command line starts without it

    visits = visits.assign(group=visits.groupby(["season_year", "occasion"]).ngroup())
    size = int(visits["group"].max()) + 1 if len(visits) else 0
    ordered = visits.sort_values("count", ascending=False, kind="stable")
    plots = ordered[ordered["plot"].notna()].drop_duplicates(["group", "plot"])
    whole = ordered[ordered["plot"].isna()].drop_duplicates("group")
    total = np.bincount(plots["group"], plots["count"], size)
    alone = np.full(size, -1.0)
    alone[whole["group"]] = whole["count"]
    without = np.bincount(plots["group"], minlength=size) == 0
    by_whole = without | (alone > total)
    chosen = pd.concat([plots[~by_whole[plots["group"]]], whole[by_whole[whole["group"]]]])
    groups = chosen.groupby("group", sort=True)
    occasions = pd.DataFrame({
        "season": groups["season_year"].first(), "day": groups["event_date"].min(),
        "count": np.where(by_whole, alone, total),
        "flagged": np.bincount(chosen["group"], chosen["flagged"], size).astype(np.int64),
        "synthetic": np.bincount(chosen["group"], chosen["invented"], size) > 0,
    })  # fmt: skip
    return chosen, occasions


def _counted_ids(records: pd.DataFrame, taxon_id: str) -> dict[str, list[str]]:
    """Return the records of a species that count, by survey."""
    counted = (records["taxon_id"] == taxon_id).fillna(False) & (
        records["validation"] != "rejected"
    )
    own = records[counted.to_numpy(dtype=bool)]
    ids: dict[str, list[str]] = {}
    for survey, record in zip(own["survey_id"], own["record_id"], strict=True):
        ids.setdefault(survey, []).append(record)
    return ids


def _told(records: pd.DataFrame) -> dict[str, Floats]:
    """Return what records of one species say, rejected ones apart: numbers, and 1 for yes."""
    rejected = (records["validation"] == "rejected").to_numpy(dtype=bool)
    present = (records["occurrence_status"] == "present").to_numpy(dtype=bool)
    number = records["individual_count"].to_numpy(dtype=np.float64, na_value=np.nan)
    belied = np.where(present, number == 0, number > 0)  # status and number say the contrary
    number = np.where(present, number, 0.0)
    unknown = np.isnan(number) | belied
    told = {
        "number": np.where(rejected | unknown, 0.0, number),
        "uncounted": ~rejected & unknown,
        "at_most": ~rejected & (records["count_qualifier"] == "at_most").to_numpy(dtype=bool),
        "flagged": ~rejected & (records["validation"] == "flagged").to_numpy(dtype=bool),
        "rejected": rejected & present,
        "invented": records["synthetic"].fillna(False).to_numpy(dtype=bool),
    }
    return {name: values.astype(np.float64) for name, values in told.items()}
