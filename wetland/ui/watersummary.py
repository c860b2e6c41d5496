"""What a manager asks first, as numbers: within target, which is worst, better or worse than then.

Only counting; how it looks is for the pages. A station without a class counts as "no data" and
never as kept or missed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from wetland.reports.findings import rows_of
from wetland.water.change import Change, class_change
from wetland.water.periods import Against, compared_period
from wetland.water.stations import CLASSES, WaterClass

Row = Mapping[Any, Any]
PAST = 12  # periods looked back on, the one shown included


@dataclass(frozen=True, slots=True)
class Summary:
    """The state of all stations in one period.

    ``worst`` is the row of the worst class; of several the one with the largest exceedance
    multiple, then the first by its order; ``as_bad`` counts the others of that class.
    ``past_met`` of ``past_judged`` stations and periods met their target, looking back.
    """

    period: str
    rows: Mapping[str, Row]
    met: int = 0
    missed: int = 0
    open: int = 0
    no_data: int = 0
    samples: int = 0
    past_met: int = 0
    past_judged: int = 0
    worst: Row | None = None
    as_bad: int = 0
    changes: Mapping[Against, Mapping[str, Change]] = field(default_factory=dict)

    def better(self, against: Against) -> int:
        """Return how many stations got better."""
        found = self.changes[against].values()
        return sum(c.word in {"some_better", "clearly_better"} for c in found)

    def worse(self, against: Against) -> int:
        """Return how many stations got worse."""
        return sum(c.worse for c in self.changes[against].values())


def periods_of(classes: pd.DataFrame) -> list[str]:
    """Return the periods with a class of any station, the newest first."""
    there = classes.loc[classes["water_class"].notna(), "period"]
    return sorted(set(there), reverse=True)


def summary_of(classes: pd.DataFrame, period: str, stations: list[str]) -> Summary:
    """Count one period of the table of classes.

    Parameters
    ----------
    classes
        The table of `wetland.water.classes`, one row per station and period.
    stations
        All stations that should have a row; those without one, or without a class, are no data.
    """
    rows = {str(row["station"]): row for row in rows_of(classes[classes["period"] == period])}
    classed = {s: rows[s] for s in stations if s in rows and has_class(rows[s])}
    meets = [meets_target(row) for row in classed.values()]
    ranked = sorted(classed.values(), key=_badness, reverse=True)
    worst = ranked[0] if ranked else None
    past = _past(classes, period)
    return Summary(
        period,
        rows,
        met=sum(m is True for m in meets),
        missed=sum(m is False for m in meets),
        open=sum(m is None for m in meets),
        no_data=len(stations) - len(classed),
        samples=sum(int(row["samples"]) for row in classed.values()),
        past_met=sum(past),
        past_judged=len(past),
        worst=worst,
        as_bad=sum(r["water_class"] == worst["water_class"] for r in ranked[1:]) if worst else 0,
        changes={a: changes_of(classes, period, a) for a in ("last_year", "previous")},
    )


def _past(classes: pd.DataFrame, period: str) -> list[bool]:
    """Return whether the target was met, wherever that can be told, in the latest periods."""
    periods = sorted(p for p in set(classes["period"]) if p <= period)[-PAST:]
    rows = rows_of(classes.loc[classes["period"].isin(periods), ["meets_target"]])
    return [met for row in rows if (met := meets_target(row)) is not None]


def changes_of(classes: pd.DataFrame, period: str, against: Against) -> dict[str, Change]:
    """Return the official change of each station; only where both periods have a full class.

    A class of which items are missing may be worse than it looks, so it is not compared.
    """
    before = compared_period(period, against)
    if before is None:
        return {}
    now, then = _full(classes, period), _full(classes, before)
    return {s: class_change(then[s], now[s]) for s in now if s in then}


def _full(classes: pd.DataFrame, period: str) -> dict[str, WaterClass]:
    rows = rows_of(classes[classes["period"] == period])
    return {str(r["station"]): r["water_class"] for r in rows if has_class(r) and r["complete"]}


def has_class(row: Row) -> bool:
    """Tell whether a row has a class."""
    return row["water_class"] in CLASSES


def meets_target(row: Row) -> bool | None:
    """Tell whether the target class is met; None where nobody can tell."""
    said = row["meets_target"]
    return None if said is None or said is pd.NA or said != said else bool(said)


def _badness(row: Row) -> tuple[int, float]:
    multiples = [p.get("multiple") or 0.0 for p in row["main_pollutants"] or ()]
    return CLASSES.index(row["water_class"]), float(max(multiples, default=0.0))
