"""What every detector of water needs: settings, the results it looks at, and how a row is made."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.findings import finding_id
from wetland.base.texts import Text, text
from wetland.water.detectsources import source_of
from wetland.water.parameters import parameters
from wetland.water.periods import Against, first_day, last_day
from wetland.water.standards import Assessment, Per, Standard
from wetland.water.stations import Programme, Station
from wetland.water.sudden import SuddenRule

if TYPE_CHECKING:
    import pandas as pd

DETECTOR = "water"
TARGET_CLASS = "water/target_class"
DETERIORATION = "water/deterioration"
SUDDEN_CHANGE = "water/sudden_change"
RULES: dict[str, Text] = {
    TARGET_CLASS: text("水质劣于目标类别", "water worse than its target class"),
    DETERIORATION: text("水质变差", "water got worse"),
    SUDDEN_CHANGE: text("水质突变", "sudden change of the water"),
}
PERIODS: dict[Per, Text] = {
    "sample": text("单次采样", "one sample"),
    "month": text("月均值", "monthly mean"),
    "quarter": text("季度均值", "quarterly mean"),
    "year": text("年均值", "annual mean"),
}
MOST_SOURCES = 20  # rows of results that the evidence of one finding names
_SYNTHETIC = text("数据是合成的，仅供演练。", "The data are invented, for exercise only.")
_SUSPECT = text(
    "其中 {n} 个结果存疑，仍计算在内。", "{n} of the results are suspect and count all the same."
)


@dataclass(frozen=True, slots=True)
class WaterSettings:
    """What the detectors look for.

    Parameters
    ----------
    per
        Kinds of periods that are judged. A month, quarter or year is judged when it is over.
    since
        Judge periods that end on this day or later; all by default.
    against
        Comparisons that make a finding, and how many levels of the condition word must be lost
        from one month or quarter to another: two, because water near a limit of classes that is
        sampled once a month loses one level twice a year by chance alone.
    year_levels
        How many levels must be lost from one year to the next.
    compared
        Kinds of periods that are compared.
    sudden
        When a result is a sudden change; None does not look for any.
    programmes
        The site's programmes by name.
    undecided
        Whether what cannot be decided makes rows too.
    draws, seed
        For the likelihood that the water is worse than its target.
    """

    per: tuple[Per, ...] = ("sample", "month", "year")
    since: dt.date | None = None
    against: Mapping[Against, int] = field(default_factory=lambda: {"last_year": 2, "previous": 2})
    year_levels: int = 1
    compared: tuple[Per, ...] = ("month", "year")
    sudden: SuddenRule | None = SuddenRule()  # noqa: RUF009 - frozen
    programmes: Mapping[str, Programme] = field(default_factory=dict)
    undecided: bool = True
    draws: int = 1000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every finding of one run carries."""

    site: str
    pack_digest: str


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the detectors look at: usable results up to the day they look on.

    Parameters
    ----------
    places
        Rows of ``results`` by station and parameter, by day.
    days
        Day of each row of ``results``, as an ordinal.
    """

    results: pd.DataFrame
    stations: Mapping[str, Station]
    stamp: Stamp
    as_of: dt.date
    settings: WaterSettings
    standard: Standard
    method: Assessment
    places: Mapping[tuple[str, str], NDArray[np.intp]]
    days: NDArray[np.int64]

    def judged(self, period: str) -> bool:
        """Tell whether a period is over and not before ``since``."""
        end, since = last_day(period), self.settings.since
        return end <= self.as_of and (since is None or end >= since)

    def sources(
        self,
        station: str,
        period: str,
        codes: Iterable[str],
        *,
        sample: NDArray[np.int64] | None = None,
    ) -> list[dict[str, Any]]:
        """Return the results that means of a period rest on, at most `MOST_SOURCES`, worst first.

        Of each parameter the results worst for its limits come first; the parameters take turns in
        the order of ``codes``. With ``sample`` only those of its rows.
        """
        found = [self._of_code(station, period, code, sample) for code in codes]
        turns = [rows[k] for k in range(max(map(len, found), default=0))
                 for rows in found if k < len(rows)]  # fmt: skip
        return turns[:MOST_SOURCES]

    def _of_code(
        self, station: str, period: str, code: str, sample: NDArray[np.int64] | None
    ) -> list[dict[str, Any]]:
        rows = self.places.get((station, code))
        if rows is None:
            return []
        days = self.days[rows]
        first = np.searchsorted(days, first_day(period).toordinal(), side="left")
        last = np.searchsorted(days, last_day(period).toordinal(), side="right")
        rows = rows[first:last]
        if sample is not None:
            rows = rows[np.isin(rows, sample)]
        known = parameters()
        sign = 1 if code in known and known[code].direction == "min" else -1
        order = np.argsort(sign * self.results["value"].to_numpy()[rows], kind="stable")
        return [source_of(self.results, int(row)) for row in rows[order][:MOST_SOURCES]]


@dataclass(frozen=True, slots=True)
class Found:
    """One finding before it is a row.

    Parameters
    ----------
    subject
        What it is about besides the station: the period or, of a sample, its name. It hangs on
        nothing else: the identifier of the finding is made of it.
    period
        Period it is about.
    told
        What is to be said, without the words about invented or suspect data.
    sources
        Results it rests on, the one that is named as its source first.
    missing
        Facts that are missing: codes of parameters, ``<code>.detection_limit``.
    """

    rule: str
    station: Station
    subject: str
    period: str
    told: Text
    severity: int
    outcome: str = "broken"
    measure: float | None = None
    limit: float | None = None
    sources: Sequence[Mapping[str, Any]] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    likelihood: float | None = None
    confidence: str = "high"
    synthetic: bool = False
    suspect: int = 0


def row_of(look: Look, found: Found) -> dict[str, Any]:
    """Return a finding as a row of `FINDINGS`."""
    subject = f"{found.station.id}|{found.subject}"
    synthetic = found.synthetic or found.station.synthetic
    told = _whole(found, synthetic=synthetic)
    source = found.sources[0] if found.sources else {}
    own = found.rule == SUDDEN_CHANGE
    return {
        "finding_id": finding_id(look.stamp.site, DETECTOR, found.rule, subject),
        "site": look.stamp.site,
        "detector": DETECTOR,
        "rule": found.rule,
        "regulation": None if own else look.standard.id,
        "article": None if own else f"{look.standard.number}; {look.method.number}",
        "subject": subject,
        "subject_kind": "water_station",
        "occurred_on": last_day(found.period),
        "occurred_at": _instant(found),
        "geometry": _place(found.station),
        "measure": found.measure,
        "limit": found.limit,
        "outcome": found.outcome,
        "missing": _json(list(found.missing)),
        "likelihood": found.likelihood,
        "severity": min(max(found.severity, 1), 5),
        "explanation_zh": told.zh,
        "explanation_en": told.en,
        "confidence": found.confidence,
        "text_seen": None if own else False,
        "zone_basis": "not_used",
        "evidence": _json(_evidence(look, found, synthetic=synthetic)),
        "source_id": source.get("source_id"),
        "source_row": source.get("source_row"),
        "status": "open",
        "pack_digest": look.stamp.pack_digest,
    }


def _whole(found: Found, *, synthetic: bool) -> Text:
    parts = [found.told]
    if found.suspect:
        parts.append(_SUSPECT.fill(n=found.suspect))
    if synthetic:
        parts.append(_SYNTHETIC)
    return Text(zh="".join(p.zh for p in parts), en=" ".join(p.en for p in parts))


def _instant(found: Found) -> dt.datetime | None:
    """Return the moment of the sample that a finding rests on, where it is one and known."""
    moments = {source.get("sampled_at") for source in found.sources}
    if len(moments) != 1 or len(found.period) < 10:
        return None
    moment = moments.pop()
    return None if moment is None else dt.datetime.fromisoformat(moment)


def _place(station: Station) -> Any:  # noqa: ANN401 - a point or nothing
    if station.lon is None or station.lat is None:
        return None
    import shapely  # noqa: PLC0415 - the command line starts without it

    return shapely.Point(station.lon, station.lat)


def _evidence(look: Look, found: Found, *, synthetic: bool) -> dict[str, Any]:
    station = found.station
    law = (look.standard, look.method) if found.rule != SUDDEN_CHANGE else ()
    return {
        "record_id": f"{station.name.zh} {found.period}",
        "station": station.id,
        "station_name": station.name.model_dump(),
        "water_body": station.water_body,
        "period": found.period,
        "as_of": look.as_of.isoformat(),
        "synthetic": synthetic,
        "suspect_results": found.suspect,
        **found.evidence,
        "results": list(found.sources),
        "source": "; ".join(f"{one.title.zh} {one.number}" for one in law) or None,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
