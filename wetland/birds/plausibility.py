"""Flag what is hard to believe in bird records, for a person to judge (存疑).

Each test says what it compares and with what; nothing is changed or left out, and what a person
decided (`wetland.birds.tables.DECIDED`) is not touched. The tests, by the name a flag has:

- ``future``: the survey is after today.
- ``status``: present with a count of 0, or absent with a count above 0.
- ``unmatched``: the name is that of no species of the checklist; ``unlisted``: the species has left
  the checklist.
- ``month``: no month of the survey is among those in which the checklist expects the species.
- ``season``: seen more than 14 days before the first or after the last day of the year on which it
  was seen in other years (around the year's end, see `wetland.birds.phenology`); told by 5 days of
  2 years at least.
- ``most``: above the highest plausible count of the checklist.
- ``count``: above exp(median + 5 spread) - 1 of the logarithms (of 1 + count) of at least 10 other
  counts of the species at the site; the spread is 1.4826 times the median absolute deviation, and
  log 1.5 at least. No count up to the highest one that a person accepted is flagged.
- ``habitat``, ``zone``: the checklist expects the species elsewhere.
- ``outside``: the place is not in the site.
- ``duplicate``: another survey of the same plot, days and protocol at overlapping times has the
  species too (a time that is not known overlaps with any), by the same observers or others.

What is not known is not tested: no day, no place, no expectation, no flag.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from wetland.birds.phenology import History, first_last
from wetland.birds.plausibilitydouble import duplicates
from wetland.birds.plausibilitytests import (
    TESTS,
    Flag,
    Inside,
    Rows,
    ZonesAt,
    counts,
    elsewhere,
    names,
    seasons,
    statuses,
)
from wetland.birds.tables import DECIDED

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from wetland.birds.checklist import Checklist

__all__ = ["TESTS", "first_last", "flag_records"]


def flag_records(  # noqa: PLR0913 - what a site knows
    records: pd.DataFrame,
    surveys: pd.DataFrame,
    checklist: Checklist,
    *,
    history: tuple[pd.DataFrame, pd.DataFrame] | None = None,
    today: dt.date,
    inside: Inside | None = None,
    zones_at: ZonesAt | None = None,
) -> pd.DataFrame:
    """Return records with what the tests say of them.

    Parameters
    ----------
    records, surveys
        `BIRD_RECORDS` that are to be tested, and their `BIRD_SURVEYS`; left as they are.
    history
        Records and surveys of the site so far; those that are tested count beside them, in the
        place of an earlier version of themselves.
    today
        The day after which nothing can have been seen.
    inside
        Tells of longitudes and latitudes whether each is in the site; None: not tested.
    zones_at
        Returns for longitudes and latitudes the kinds and identifiers of the zones each is in, None
        where that is not known; None: not tested.

    Returns
    -------
    DataFrame
        ``flags`` holds a JSON list of ``{"test", "level", "zh", "en", "numbers"}``, none where
        there are none; flags of tests that are not in `TESTS` stay. ``validation`` is ``flagged``
        or ``unreviewed``, but stays where a person decided.
    """
    open_ = ~records["validation"].isin(DECIDED).to_numpy()
    all_records, all_surveys = _together(records, surveys, history)
    rows = Rows.of(records, surveys, checklist)
    learned = History.of(all_records, all_surveys)
    found: defaultdict[int, list[Flag]] = defaultdict(list)
    for flags in (
        statuses(rows, today),
        names(rows),
        seasons(rows, learned),
        counts(rows, learned),
        elsewhere(rows, inside, zones_at),
        duplicates(records, all_records, all_surveys),
    ):
        for row, flag in flags:
            if open_[row]:
                found[row].append(flag)
    return _written(records, found, open_)


def _together(
    records: pd.DataFrame,
    surveys: pd.DataFrame,
    history: tuple[pd.DataFrame, pd.DataFrame] | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what is tested with what was known before, each row once in its newest version."""
    import pandas as pd

    if history is None or not len(history[1]):
        return records, surveys
    old_records, old_surveys = history
    old_records = old_records[~old_records["record_id"].isin(records["record_id"])]
    old_surveys = old_surveys[~old_surveys["survey_id"].isin(surveys["survey_id"])]
    both = [c for c in records.columns if c in old_records.columns]
    told = [c for c in surveys.columns if c in old_surveys.columns]
    return (
        pd.concat([f for f in (records[both], old_records[both]) if len(f)] or [records[both]]),
        pd.concat([f for f in (surveys[told], old_surveys[told]) if len(f)] or [surveys[told]]),
    )


def _written(
    records: pd.DataFrame, found: dict[int, list[Flag]], open_: np.ndarray[Any, Any]
) -> pd.DataFrame:
    """Write the flags beside those of others, and what follows for the validation."""
    before = records["flags"].to_numpy(dtype=object)
    flags, validation = before.copy(), records["validation"].to_numpy(dtype=object)
    for row in range(len(records)):
        if not open_[row]:
            continue
        told = [*_of_others(before[row]), *(flag.as_json() for flag in found.get(row, ()))]
        flags[row] = json.dumps(told, ensure_ascii=False, sort_keys=True) if told else None
        validation[row] = "flagged" if told else "unreviewed"
    return records.assign(
        flags=_as(flags, records["flags"]), validation=_as(validation, records["validation"])
    )


def _of_others(cell: object) -> list[dict[str, Any]]:
    if not isinstance(cell, str) or not cell:
        return []
    told = json.loads(cell)
    return [flag for flag in told if isinstance(flag, dict) and flag.get("test") not in TESTS]


def _as(values: np.ndarray[Any, Any], like: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(values, index=like.index, dtype=object).astype(like.dtype)
