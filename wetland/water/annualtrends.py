"""Trends of several years by the official method (多时段变化趋势): Spearman's rank correlation.

The method tests annual means of an item, and the yearly shares of classes, against the year. It
says whether there is a trend, not how large it is; for slopes with intervals see
`wetland.water.trends`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.spearman import FEWEST_YEARS, DanielTest, daniel
from wetland.water.parameters import parameters
from wetland.water.results import Readings
from wetland.water.rowtables import rows_of, table_of
from wetland.water.standards import assessment_on

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal["better", "worse"]
VERDICTS: dict[Verdict, Text] = {
    "better": text("好转", "getting better"),
    "worse": text("变差", "getting worse"),
}
SHARES: dict[str, Text] = {
    "good_percent": text("Ⅰ～Ⅲ类比例", "share of classes I to III"),
    "inferior_percent": text("劣Ⅴ类比例", "share worse than class V"),
}
METHOD = "spearman"
COLUMNS = (
    "station", "parameter", "method", "first", "last", "n", "years", "means", "left_out", "rs",
    "critical", "direction", "verdict", "words", "official", "synthetic",
)  # fmt: skip

_NOT_YEARS = text(
    "多年趋势用年均值，不用 {per}", "the trend of years takes annual means, not {per}"
)
_TWICE = text(
    "{s} 的 {p} 在 {year} 年有两个值，年均值每年应只有一个",
    "{s}, {p}: two values in {year}; of annual means there is one a year",
)
_BOTH = text("{found}（{verdict}）", "{found} ({verdict})")
_FEW = text(
    "只有 {n} 年的年均值，少于 {least} 年，不作趋势评价",
    "means of {n} year(s) only, fewer than {least}: no trend is told",
)
# More of these is worse, or better, though the standard sets no limits for them.
_BESIDE: dict[str, int] = {"chla": 1, "turb": 1, "ss": 1, "sd": -1, "do_sat": -1}


def annual_trends(readings: Readings, *, as_of: dt.date | None = None) -> pd.DataFrame:
    """Test the annual means of each station and item for a trend.

    Parameters
    ----------
    readings
        Annual means (``period_means(results, per="year")``).
    as_of
        The day it is looked on; without one all years are taken to be over.

    Returns
    -------
    DataFrame
        One row per station and parameter with two years or more: ``years`` and ``means`` that were
        used, ``left_out`` (years that are not over, or have fewer samples of the item than the
        method asks for, eight),
        ``rs``, ``critical`` (one-sided 0.05), ``direction`` (increasing, decreasing, none),
        ``verdict`` (better, worse; None without a trend, for pH and temperature, and with fewer
        than five years), ``words``, ``official`` (five years or more).

    Raises
    ------
    InputError
        The readings are not of years.

    References
    ----------
    环办[2011]22号, trend over several periods; `wetland.statistics.spearman.daniel`.
    """
    if readings.per != "year":
        raise InputError(_NOT_YEARS.fill(per=readings.per))
    least = assessment_on().minimum_samples["year"]
    over = readings.over(as_of)
    out: list[dict[str, Any]] = []
    for station in sorted(set(readings.station)):
        rows = np.flatnonzero(readings.station == station)
        years = np.array([int(p) for p in readings.period[rows]])
        for k, code in enumerate(readings.parameters):
            means, count = readings.value[rows, k], readings.count[rows, k]
            enough = (count >= least) & ~np.isnan(means) & over[rows]
            if enough.sum() < 2:
                continue
            found = daniel(years[enough], means[enough])
            out.append(
                {"station": station, "parameter": code,
                 **_tested(found, years[enough].tolist(), _worse_when_more(code)),
                 "means": means[enough].tolist(),
                 "left_out": years[(count > 0) & ~enough].tolist(),
                 "synthetic": bool(readings.synthetic[rows[enough]].any())}
            )  # fmt: skip
    return table_of(out, COLUMNS)


def series_trends(series: pd.DataFrame, *, as_of: dt.date | None = None) -> pd.DataFrame:
    """Test series that hold one value for each year (annual means made elsewhere) for a trend.

    Parameters
    ----------
    series
        ``station``, ``parameter``, ``year``, ``value`` and ``censored`` (below the limit that is
        its value), as `wetland.water.readseries.tidy_series` gives them.
    as_of
        The day it is looked on: its year is not over and is left out.

    Returns
    -------
    DataFrame
        As that of `annual_trends`. A non-detect counts half its limit. How many samples a mean
        rests on is not known, so none is ``official``.

    Raises
    ------
    InputError
        A year has two values.
    """
    out: list[dict[str, Any]] = []
    for (station, name), rows in series.groupby(["station", "parameter"], sort=True):
        twice = rows["year"][rows["year"].duplicated()]
        if len(twice):
            raise InputError(_TWICE.fill(s=station, p=name, year=int(twice.iloc[0])))
        ordered = rows.sort_values("year")
        years = ordered["year"].to_numpy(dtype=np.int64)
        values = ordered["value"].to_numpy(dtype=np.float64)
        means = np.where(ordered["censored"].to_numpy(dtype=bool), values / 2, values)
        over = np.full(len(years), True) if as_of is None else years < as_of.year
        if over.sum() < 2:
            continue
        code = parameters().find(str(name)) or str(name)
        tested = _tested(daniel(years[over], means[over]), years[over].tolist(),
                         _worse_when_more(code))  # fmt: skip
        out.append(
            {"station": station, "parameter": name, **tested, "means": means[over].tolist(),
             "left_out": years[~over].tolist(), "official": False, "synthetic": False}
        )  # fmt: skip
    return table_of(out, COLUMNS)


def share_trends(grades: pd.DataFrame) -> pd.DataFrame:
    """Test the yearly shares of classes I to III, and worse than V, for a trend.

    Parameters
    ----------
    grades
        Rows of `wetland.water.grades.grades_table` of years; only rivers and the whole site with
        as many sections as shares need count.

    Returns
    -------
    DataFrame
        As that of `annual_trends`: ``station`` is the river, or ``*`` for the whole site,
        ``parameter`` a key of `SHARES`, ``means`` are the percentages. Years whose grade is not
        official are left out. Official with five years of the same sections.
    """
    method = assessment_on()
    held: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(grades):
        if row["method"] == "shares" and row["sections"] >= method.river_min_sections:
            if len(str(row["period"])) != 4:
                raise InputError(_NOT_YEARS.fill(per=row["period"]))
            held.setdefault(row["reach"], []).append(row)
    out: list[dict[str, Any]] = []
    for reach, rows in held.items():
        used = [r for r in rows if r["official"]]
        same = len({frozenset(r["station_classes"]) for r in used}) == 1
        for share, sign in (("good_percent", -1), ("inferior_percent", 1)):
            if len(used) < 2:
                continue
            years, values = [int(r["period"]) for r in used], [float(r[share]) for r in used]
            tested = _tested(daniel(years, values), years, sign)
            out.append(
                {"station": reach, "parameter": share, **tested, "means": values,
                 "left_out": [int(r["period"]) for r in rows if not r["official"]],
                 "official": tested["official"] and same,
                 "synthetic": any(r["synthetic"] for r in used)}
            )  # fmt: skip
    return table_of(out, COLUMNS)


def _worse_when_more(code: str) -> int:
    """Return 1 where more is worse, -1 where less is, 0 where neither can be said."""
    known = parameters()
    direction = known[code].direction if code in known else "none"
    return {"max": 1, "min": -1}.get(direction, _BESIDE.get(code, 0))


def _tested(found: DanielTest, years: Iterable[int], worse_when_more: int) -> dict[str, Any]:
    used = list(years)
    way = {"increasing": 1, "decreasing": -1, "none": 0}[found.direction] * worse_when_more
    verdict: Verdict | None = None
    words = found.words
    if not found.official:
        words = _FEW.fill(n=found.n, least=FEWEST_YEARS)
    elif way:
        verdict = "worse" if way > 0 else "better"
        words = _BOTH.fill(found=words, verdict=VERDICTS[verdict])
    return {
        "method": METHOD,
        "first": min(used),
        "last": max(used),
        "n": found.n,
        "years": used,
        "rs": round(found.rs, 10),
        "critical": None if found.critical != found.critical else found.critical,
        "direction": found.direction,
        "verdict": verdict,
        "words": words,
        "official": found.official,
    }
