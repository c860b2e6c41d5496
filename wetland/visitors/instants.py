"""People present in each area, moment by moment: as measured, or entries less exits of the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.visitors.capacity import children
from wetland.visitors.loadcounts import disjoint_hours, minutes_of_day, usable, usual_hours
from wetland.visitors.pack import VisitorPack

if TYPE_CHECKING:
    import pandas as pd

_LOOK_BACK = 35  # days before a moment from which usual hours are learnt
_COLUMNS = ("at", "day", "people", "basis", "reports", "suspect", "synthetic")


@dataclass(frozen=True, slots=True)
class Present:
    """People present in an area.

    Attributes
    ----------
    people
        None: not known. A balance below 0 is told as it is: a counter is wrong.
    as_of
        The moment it is of; of a sum the oldest of its parts.
    basis
        ``present``, ``balance`` or ``areas``.
    stale, age_min
        Whether it is out of date, and its age in minutes.
    missing
        Parts or gates of which nothing is known.
    """

    people: float | None = None
    as_of: dt.datetime | None = None
    basis: str | None = None
    reports: int = 0
    suspect: int = 0
    synthetic: bool = False
    stale: bool = False
    age_min: float = 0.0
    missing: tuple[str, ...] = ()


def present_series(counts: pd.DataFrame, pack: VisitorPack) -> dict[str, pd.DataFrame]:
    """Return people present by area: ``at``, ``day``, ``people``, ``basis``, ``reports``, ...

    Readings of the area come first; on days without one, entries less exits since the first count
    of the day, at the end of every hour up to which each of its gates (or the area itself) has told
    both, from its first usual hour on without a gap. Areas of which neither is known have none.

    Parameters
    ----------
    counts
        Table `VISITOR_COUNTS`, places by their id in the pack.
    """
    import pandas as pd

    measured = _measured(counts)
    flows = _flows(counts)
    found = {}
    for area in pack.areas:
        own = measured[measured["place"] == area.id]
        gates = [g.id for g in pack.gates if g.area == area.id]
        balance = next(
            (b for places in ([area.id], gates) if len(b := _balance(flows, places))), None
        )
        parts = [own[list(_COLUMNS)]] if len(own) else []
        if balance is not None:
            told = set(own["day"])
            parts.append(balance[[day not in told for day in balance["day"]]])
        parts = [part for part in parts if len(part)]
        if parts:
            both = pd.concat(parts, ignore_index=True)
            found[area.id] = both.sort_values("at", kind="stable").reset_index(drop=True)
    return found


def present_with_parts(counts: pd.DataFrame, pack: VisitorPack) -> dict[str, pd.DataFrame]:
    """Return `present_series`, and of areas without one the sum of their parts.

    A sum is told at moments of which every part tells.
    """
    found = present_series(counts, pack)

    def of(area: str, above: tuple[str, ...]) -> pd.DataFrame | None:
        if area in found:
            return found[area]
        parts = [of(c, (*above, area)) for c in children(pack, area) if c not in above]
        there = [p for p in parts if p is not None]
        return _summed(there) if parts and len(there) == len(parts) else None

    whole = {area.id: of(area.id, ()) for area in pack.areas}
    return {area: series for area, series in whole.items() if series is not None and len(series)}


def latest_present(
    counts: pd.DataFrame, pack: VisitorPack, *, at: dt.datetime, stale_after_min: float
) -> dict[str, Present]:
    """Return the people present in each area at a moment; see `wetland.visitors.load.instant_load`.

    Parameters
    ----------
    counts
        Table `VISITOR_COUNTS`, places by their id in the pack. What ended after ``at`` is not known
        yet.
    """
    import pandas as pd

    ends = counts["end_at"].fillna(counts["start_at"])
    moment = pd.Timestamp(at)
    near = (ends <= moment) & (ends > moment - pd.Timedelta(days=_LOOK_BACK))
    series = present_series(counts[near.fillna(False).to_numpy(dtype=bool)], pack)
    found: dict[str, Present] = {}

    def of(area: str, above: tuple[str, ...]) -> Present:
        if area not in found:
            own = _last(series.get(area), moment, stale_after_min)
            parts = [c for c in children(pack, area) if c not in above]
            if (own.people is None or own.stale) and parts:
                sums = _sum_of(parts, [of(part, (*above, area)) for part in parts])
                own = sums if sums.people is not None and (
                    own.people is None or not sums.stale) else own  # fmt: skip
            if own.people is None and not own.missing:
                gates = tuple(g.id for g in pack.gates if g.area == area)
                own = Present(missing=gates or (area,))
            found[area] = own
        return found[area]

    for area in pack.areas:
        of(area.id, ())
    return found


def _last(series: pd.DataFrame | None, moment: Any, stale_after_min: float) -> Present:  # noqa: ANN401 - a Timestamp
    if series is None or not len(series):
        return Present()
    row = series.iloc[-1]
    age = (moment - row["at"]).total_seconds() / 60
    as_of = row["at"].to_pydatetime().astimezone(moment.tzinfo)
    return Present(
        float(row["people"]), as_of, str(row["basis"]), int(row["reports"]),
        int(row["suspect"]), bool(row["synthetic"]), age > stale_after_min, age,
    )  # fmt: skip


def _sum_of(names: Sequence[str], parts: Sequence[Present]) -> Present:
    missing = tuple(n for n, p in zip(names, parts, strict=True) if p.people is None)
    known = [p for p in parts if p.people is not None and p.as_of is not None]
    if missing or not known or any((p.people or 0.0) < 0 for p in known):
        return Present(missing=missing)
    oldest = min(known, key=lambda p: p.as_of.timestamp() if p.as_of is not None else 0.0)
    return Present(
        sum(p.people or 0.0 for p in known), oldest.as_of, "areas",
        sum(p.reports for p in known), sum(p.suspect for p in known),
        any(p.synthetic for p in known), any(p.stale for p in known), oldest.age_min,
    )  # fmt: skip


def _measured(counts: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    rows = usable(counts, "present")
    rows = rows[(rows["period"] != "day").to_numpy(dtype=bool)]
    made = pd.DataFrame(
        {
            "place": rows["place"].astype(str),
            "at": rows["end_at"].fillna(rows["start_at"]),
            "day": rows["counted_on"],
            "people": rows["value"].astype(float),
            "basis": "present",
            "reports": 1,
            "suspect": (rows["flag"] == "suspect").astype(int),
            "synthetic": rows["synthetic"].fillna(False).astype(bool),
        }
    )
    made = made.dropna(subset=["at"]).sort_values(["place", "at"], kind="stable")
    return made.drop_duplicates(["place", "at"], keep="last")


def _flows(counts: pd.DataFrame) -> pd.DataFrame:
    """Return entries (+) and exits (-) summed up from the start of each day, as far as unbroken."""
    import pandas as pd

    tables = []
    for measure, sign in (("entries", 1.0), ("exits", -1.0)):
        rows = usable(counts, measure)
        rows = disjoint_hours(rows[rows["period"] == "hour"])
        if len(rows):
            tables.append(_unbroken(rows, usual_hours(rows)).assign(measure=measure, sign=sign))
    if not tables:
        return pd.DataFrame(columns=["place", "measure"])
    return pd.concat(tables, ignore_index=True)


def _unbroken(rows: pd.DataFrame, usual: Mapping[str, frozenset[int]]) -> pd.DataFrame:
    """Return running sums of each place and day up to the first gap.

    A day whose first usual hour is missing has none.
    """
    import pandas as pd

    table = pd.DataFrame(
        {
            "place": rows["place"].astype(str).to_numpy(),
            "day": rows["counted_on"].to_numpy(),
            "start": rows["start_at"].to_numpy(),
            "at": rows["end_at"].array,
            "value": rows["value"].to_numpy(dtype=float),
            "minute": minutes_of_day(rows),
            "suspect": (rows["flag"] == "suspect").to_numpy(dtype=int),
            "synthetic": rows["synthetic"].fillna(False).to_numpy(dtype=bool),
        }
    )
    first_usual = {place: min(hours) for place, hours in usual.items() if hours}
    groups = table.groupby(["place", "day"], sort=False)
    number = groups.cumcount()
    gap = (number > 0) & (table["start"] != groups["at"].shift().to_numpy())
    late = (number == 0) & (
        table["minute"] > table["place"].map(first_usual).fillna(np.inf).to_numpy()
    )
    broken = (gap | late).groupby([table["place"], table["day"]], sort=False).cummax()
    table["sum"] = groups["value"].cumsum()
    table["reports"] = number + 1
    table["suspect"] = groups["suspect"].cumsum()
    return table[~broken.to_numpy(dtype=bool)]


def _balance(flows: pd.DataFrame, places: Sequence[str]) -> pd.DataFrame:
    """Return entries less exits of places at the moments up to which all of them told both."""
    import pandas as pd

    rows = flows[flows["place"].isin(list(places))]
    keys = {(p, m) for p in places for m in ("entries", "exits")}
    if not places or set(zip(rows["place"], rows["measure"], strict=True)) != keys:
        return pd.DataFrame(columns=list(_COLUMNS))
    signed = rows.assign(people=rows["sum"] * rows["sign"])
    sums = signed.groupby(["day", "at"], as_index=False).agg(
        people=("people", "sum"), told=("people", "size"), reports=("reports", "sum"),
        suspect=("suspect", "sum"), synthetic=("synthetic", "any"),
    )  # fmt: skip
    whole = sums[sums["told"] == len(keys)].assign(basis="balance")
    return whole[list(_COLUMNS)].sort_values("at").reset_index(drop=True)


def _summed(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    good = [part[part["people"] >= 0] for part in parts]
    sums = pd.concat(good).groupby(["day", "at"], as_index=False).agg(
        people=("people", "sum"), told=("people", "size"), reports=("reports", "sum"),
        suspect=("suspect", "sum"), synthetic=("synthetic", "any"),
    )  # fmt: skip
    whole = sums[sums["told"] == len(parts)].assign(basis="areas")
    return whole[list(_COLUMNS)].sort_values("at").reset_index(drop=True)
