"""Counts per plot and season, and the highest numbers of a site per season (按季计数).

What TRIM, alerts and the 1 % test are fed with. Not surveyed has no row; surveyed and not found is
0; rejected records never count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text, text
from wetland.birds.species import CountSeason
from wetland.birds.trimrows import count_table
from wetland.birds.trimtable import CountTable

if TYPE_CHECKING:
    import pandas as pd

Years = NDArray[np.int64]

NO_SEASON = -(2**31)
COUNT_COLUMNS = ("plot", "season", "count", "surveys", "flagged", "uncounted", "synthetic")
MAXIMA_COLUMNS = ("season", "count", "occasions", "day", "records", "flagged", "synthetic")
YEAR = CountSeason(name=text("全年", "year"), months=tuple(range(1, 13)))

_FLAGGED = text(
    "{n} 个季次计数含有待审核的记录，仍计算在内",
    "{n} seasonal count(s) hold records that are flagged for review and count all the same",
)
_UNCOUNTED = text(
    "{n} 个季次计数另有“有而未计数”的记录，实际可能更多",
    "beside {n} seasonal count(s) there were birds that nobody counted: there may be more",
)
_SYNTHETIC = text("数据是合成的，仅供演练", "the data are invented, for exercise only")


def first_month(months: Sequence[int]) -> int:
    """Return the month a season begins with: the one after the longest gap of the year.

    Of several equal gaps, and of a season of twelve months, the month that was told first decides
    (else the earliest one).

    Examples
    --------
    >>> first_month((11, 12, 1, 2, 3)), first_month((1, 2, 3, 11, 12)), first_month((4, 5, 6))
    (11, 11, 4)
    """
    told = sorted(set(months))
    gaps = {month: (month - told[k - 1] - 1) % 12 for k, month in enumerate(told)}
    widest = max(gaps.values())
    starts = [month for month in told if gaps[month] == widest]
    return months[0] if months[0] in starts else starts[0]


def season_years(days: Sequence[dt.date], season: CountSeason) -> Years:
    """Return the season that each day belongs to, by the year it begins in.

    A day outside the months of the season has `NO_SEASON`.

    Examples
    --------
    >>> winter = CountSeason(name=text("冬季", "winter"), months=(11, 12, 1, 2, 3))
    >>> season_years([dt.date(2023, 11, 1), dt.date(2024, 3, 31)], winter).tolist()
    [2023, 2023]
    >>> season_years([dt.date(2024, 5, 1)], winter).tolist() == [NO_SEASON]
    True
    """
    stamps = np.array([np.datetime64(day) for day in days], dtype="datetime64[M]").astype(np.int64)
    years, months = stamps // 12 + 1970, stamps % 12 + 1
    within = np.isin(months, np.array(sorted(set(season.months))))
    start = first_month(season.months)
    out: Years = np.where(within, np.where(months >= start, years, years - 1), NO_SEASON)
    return out


def season_end(year: int, season: CountSeason) -> dt.date:
    """Return the last day of a season that begins in a year.

    Examples
    --------
    >>> season_end(2023, CountSeason(name=text("冬季", "winter"), months=(11, 12, 1, 2)))
    datetime.date(2024, 2, 29)
    """
    start = first_month(season.months)
    last = max(season.months, key=lambda month: (month - start) % 12)
    ahead = year + (1 if last < start else 0)
    following = dt.date(ahead + last // 12, last % 12 + 1, 1)
    return following - dt.timedelta(days=1)


def season_label(year: int, season: CountSeason) -> str:
    """Return what a season is written as: "2023", or "2023/24" where it goes over the year's end.

    Examples
    --------
    >>> winter = CountSeason(name=text("冬季", "winter"), months=(11, 12, 1, 2, 3))
    >>> season_label(2023, winter), season_label(2023, YEAR)
    ('2023/24', '2023')
    """
    ends = season_end(year, season).year
    return str(year) if ends == year else f"{year}/{ends % 100:02d}"


@dataclass(frozen=True, eq=False)
class SeasonSurveys:
    """Surveys with the season each belongs to; made once for all species.

    Parameters
    ----------
    surveys
        Rows of `BIRD_SURVEYS` that lie in one season from their first to their last day, with the
        columns ``season_year`` and ``occasion`` (visits that are one count of the site together:
        those of one parent event, else those of the same days).
    left_out
        Surveys that do not lie in one season, e.g. known by their year only.
    """

    surveys: pd.DataFrame
    season: CountSeason
    left_out: int

    @classmethod
    def of(
        cls, surveys: pd.DataFrame, season: CountSeason, *, until: dt.date | None = None
    ) -> SeasonSurveys:
        """Say which season each survey is of; with ``until`` only of seasons over by that day."""
        begun = season_years(surveys["event_date"].tolist(), season)
        ended = season_years(surveys["event_end"].tolist(), season)
        within = (begun == ended) & (begun != NO_SEASON)
        if until is not None:
            over = {y: season_end(int(y), season) <= until for y in np.unique(begun[within])}
            within &= np.array([over.get(y, False) for y in begun], dtype=bool)
        kept = surveys[within].assign(season_year=begun[within])
        days = kept["event_date"].map(str) + "/" + kept["event_end"].map(str)
        kept["occasion"] = kept["parent_event_id"].fillna(days)
        return cls(kept.reset_index(drop=True), season, int((~within).sum()))

    def visits(self, records: pd.DataFrame, taxon_id: str) -> pd.DataFrame:
        """Return the surveys that tell of a species, with its number in each.

        Columns of the surveys and ``count`` (NaN where birds were seen and not counted, and where
        all there is of them was rejected), ``at_most`` (a number is an upper limit only),
        ``flagged``, ``uncounted``, ``invented`` and ``rows`` (number of records).
        """
        import pandas as pd  # noqa: PLC0415 - the command line starts without it

        told = records[(records["taxon_id"] == taxon_id).fillna(False).to_numpy(dtype=bool)]
        by_survey = _told(told).groupby("survey_id", sort=False).agg(
            found=("found", "sum"), number=("number", "sum"), uncounted=("uncounted", "max"),
            at_most=("at_most", "max"), flagged=("flagged", "max"), rejected=("rejected", "max"),
            invented=("invented", "max"), rows=("found", "size"),
        )  # fmt: skip
        joined = self.surveys.merge(by_survey, how="left", left_on="survey_id", right_index=True)
        known = joined["rows"].notna().to_numpy()
        complete = joined["complete"].fillna(False).to_numpy(dtype=bool)
        joined = joined[known | complete].reset_index(drop=True)
        for name in ("uncounted", "at_most", "flagged", "rejected", "invented"):
            joined[name] = joined[name].eq(True)
        joined["rows"] = joined["rows"].fillna(0).astype(np.int64)
        found = joined["found"].fillna(0).to_numpy() > 0
        unknown = (joined["rejected"].to_numpy() | joined["uncounted"].to_numpy()) & ~found
        number = joined["number"].fillna(0.0).to_numpy(dtype=np.float64)
        joined["count"] = np.where(unknown, np.nan, number)
        joined["invented"] |= joined["synthetic"].fillna(False).to_numpy(dtype=bool)
        return pd.DataFrame(joined)


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
    a record of it is 0 where all species were recorded (``complete``), and tells nothing else. A
    record that a person rejected is no count and no absence: the survey tells nothing of the
    species. Birds that were seen and not counted leave the highest number of the season as it is
    where that is above 0 (``uncounted`` tells), and make a mean, a sum and a highest number of 0
    unknown: no row.
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


def count_table_of(counts: pd.DataFrame) -> CountTable:
    """Return the counts of `season_counts` as a table for TRIM; ``notes`` tell what to know.

    Raises
    ------
    InputError
        Fewer than two plots with birds (a park's total is no set of plots), one season, no counts.
    """
    table = count_table(
        counts["plot"].tolist(), counts["season"].to_numpy(), counts["count"].to_numpy()
    )
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
    Birds move between plots, so numbers of different days are never added. An occasion is what was
    counted together: visits of one parent event, else of the same days. Its number is the sum of
    the plots (of each its highest visit), or that of a visit to the whole site (one without a
    plot) where that is higher. Numbers that are upper limits (``at_most``) do not count.
    """
    dated = surveys if isinstance(surveys, SeasonSurveys) else SeasonSurveys.of(surveys, season)
    visits = dated.visits(records, taxon_id)
    usable = visits["count"].notna().to_numpy() & ~visits["at_most"].to_numpy(dtype=bool)
    visits = visits[usable]
    rows: list[dict[str, Any]] = []
    for (year, _), occasion in visits.groupby(["season_year", "occasion"], sort=True):
        plots = occasion[occasion["plot"].notna()]
        best = plots.sort_values("count", kind="stable").drop_duplicates("plot", keep="last")
        whole = occasion[occasion["plot"].isna()].nlargest(1, "count")
        total = float(best["count"].sum())
        over = len(whole) > 0 and float(whole["count"].iloc[0]) > total
        chosen = whole if over or not len(best) else best
        rows.append({
            "season": int(year), "count": float(chosen["count"].sum()),
            "day": min(chosen["event_date"]), "surveys": chosen["survey_id"].tolist(),
            "flagged": int(chosen["flagged"].sum()), "synthetic": bool(chosen["invented"].any()),
        })  # fmt: skip
    return _maxima(rows, records, taxon_id)


def _maxima(rows: list[dict[str, Any]], records: pd.DataFrame, taxon_id: str) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - the command line starts without it

    best: dict[int, dict[str, Any]] = {}
    occasions: dict[int, int] = {}
    for row in sorted(rows, key=lambda one: one["day"]):
        year = row["season"]
        occasions[year] = occasions.get(year, 0) + 1
        if year not in best or row["count"] > best[year]["count"]:
            best[year] = row
    counted = records[(records["taxon_id"] == taxon_id).fillna(False).to_numpy(dtype=bool)]
    counted = counted[(counted["validation"] != "rejected").to_numpy(dtype=bool)]
    ids = counted.groupby("survey_id")["record_id"].agg(list).to_dict()
    out = [
        {**row, "occasions": occasions[year],
         "records": [one for survey in row["surveys"] for one in ids.get(survey, [])]}
        for year, row in sorted(best.items())
    ]  # fmt: skip
    return pd.DataFrame(out, columns=list(MAXIMA_COLUMNS))


def _told(records: pd.DataFrame) -> pd.DataFrame:
    """Return what records of one species say, rejected ones apart."""
    import pandas as pd  # noqa: PLC0415 - the command line starts without it

    rejected = (records["validation"] == "rejected").to_numpy(dtype=bool)
    present = (records["occurrence_status"] == "present").to_numpy(dtype=bool)
    number = records["individual_count"].to_numpy(dtype=np.float64, na_value=np.nan)
    number = np.where(present, number, 0.0)
    unknown = np.isnan(number)
    return pd.DataFrame({
        "survey_id": records["survey_id"].to_numpy(),
        # Rows that hold a number above 0: where one does, the survey's sum is told.
        "found": (~rejected & ~unknown & (number > 0)).astype(np.int64),
        "number": np.where(rejected | unknown, 0.0, number),
        "uncounted": ~rejected & unknown,
        "at_most": ~rejected & (records["count_qualifier"] == "at_most").to_numpy(dtype=bool),
        "flagged": ~rejected & (records["validation"] == "flagged").to_numpy(dtype=bool),
        "rejected": rejected & present,
        "invented": records["synthetic"].fillna(False).to_numpy(dtype=bool),
    })  # fmt: skip
