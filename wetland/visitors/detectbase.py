"""What every detector of visitors needs: settings, what it looks at, and how a row is made."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from wetland.base.findings import finding_id
from wetland.base.texts import Text, text
from wetland.visitors.pack import Colour, Place, VisitorPack

if TYPE_CHECKING:
    import pandas as pd

DETECTOR = "visitors"
DAILY = "visitors/capacity_daily"
INSTANTANEOUS = "visitors/capacity_instantaneous"
CAR_PARK = "visitors/car_park_full"
SILENT = "visitors/silent_counter"
RULES: dict[str, Text] = {
    DAILY: text("日承载量预警或超载", "capacity of a day: tier reached or exceeded"),
    INSTANTANEOUS: text("瞬时承载量预警或超载", "capacity at one time: tier reached or exceeded"),
    CAR_PARK: text("停车场将满", "car park nearly full"),
    SILENT: text("计数中断", "counter gone silent"),
}
# What is missing until a person says so.
ANNOUNCED, REPORTED, DIVERTED, CONFIRMATION = "announced", "reported", "diverted", "confirmation"
MISSING: dict[str, Text] = {
    ANNOUNCED: text("是否已向社会公告", "whether it was announced"),
    REPORTED: text("是否已报告当地政府", "whether it was reported to the local government"),
    DIVERTED: text("是否已引导分流", "whether cars were led elsewhere"),
}
SEVERITY: dict[Colour | None, int] = {None: 1, "yellow": 2, "orange": 3, "red": 4}
# China's Tourism Law (旅游法), by its id in a pack: the article that forbids to exceed a capacity,
# and that of the penalty. Its text was not seen: findings say so and are of low confidence.
TOURISM_LAW = ("tourism-law", "45", "105")
MOST_COUNTS = 20  # rows that the evidence of one finding names
_SYNTHETIC = text("数据是合成的，仅供演练。", "The data are invented, for exercise only.")


@dataclass(frozen=True, slots=True)
class VisitorSettings:
    """What the detectors look for.

    Parameters
    ----------
    certain
        Where the pack tells how wrong counts are: from which likelihood on a capacity is taken to
        be exceeded. Below it the finding is undecided.
    full_share, full_min
        A car park is nearly full from this share of its bays on, for so many minutes.
    recent_days
        Full car parks are told for so many days up to the day they are looked on.
    silent_days
        A counter is silent when it tells nothing for so many days on which others do.
    law
        Identifier of the regulation that forbids to exceed a capacity, with its articles of the
        duty and of the penalty; none where the pack has no such law.
    rules
        Rules that are looked for.
    """

    certain: float = 0.95
    full_share: float = 0.95
    full_min: float = 30
    recent_days: int = 7
    silent_days: int = 2
    law: tuple[str, str, str | None] | None = None
    rules: tuple[str, ...] = tuple(RULES)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the detectors look at: what is known up to a day.

    Parameters
    ----------
    counts, parking
        Rows of `VISITOR_COUNTS` (places by their id in the pack) and of `PARKING_READINGS`.
    site, pack_digest
        What every finding of a run carries.
    """

    counts: pd.DataFrame
    parking: pd.DataFrame | None
    pack: VisitorPack
    site: str
    pack_digest: str
    as_of: dt.date
    zone: ZoneInfo
    settings: VisitorSettings

    def place(self, name: str) -> Place | None:
        """Return a place of the pack."""
        pack = self.pack
        places: Iterable[Place] = (*pack.areas, *pack.gates, *pack.piers, *pack.car_parks)
        return next((p for p in places if p.id == name), None)

    def name(self, name: str) -> Text:
        """Return what a place is called."""
        place = self.place(name)
        return text(name, name) if place is None else place.name


@dataclass(frozen=True, slots=True)
class Found:
    """One finding before it is a row.

    Parameters
    ----------
    place, kind
        What it is about. The identifier hangs on rule, place and day only.
    counts
        Rows it rests on, the one that is named as its source first.
    law
        Whether a law forbids it.
    """

    rule: str
    place: str
    kind: str
    day: dt.date
    told: Text
    severity: int
    at: dt.datetime | None = None
    outcome: str = "undecided"
    measure: float | None = None
    limit: float | None = None
    likelihood: float | None = None
    confidence: str = "medium"
    missing: tuple[str, ...] = ()
    counts: Sequence[Mapping[str, Any]] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    law: bool = False
    synthetic: bool = False


def row_of(look: Look, found: Found) -> dict[str, Any]:
    """Return a finding as a row of `FINDINGS`."""
    subject = f"{found.place}|{found.day.isoformat()}"
    law = look.settings.law if found.law else None
    source = found.counts[0] if found.counts else {}
    told = found.told
    if found.synthetic:
        told = Text(zh=told.zh + _SYNTHETIC.zh, en=f"{told.en} {_SYNTHETIC.en}")
    return {
        "finding_id": finding_id(look.site, DETECTOR, found.rule, subject),
        "site": look.site,
        "detector": DETECTOR,
        "rule": found.rule,
        "regulation": None if law is None else law[0],
        "article": None if law is None else law[1],
        "penalty_article": None if law is None else law[2],
        "subject": subject,
        "subject_kind": found.kind,
        "occurred_on": found.day,
        "occurred_at": found.at,
        "geometry": _point(look.place(found.place)),
        "measure": found.measure,
        "limit": found.limit,
        "outcome": found.outcome,
        "missing": _json(list(found.missing)),
        "likelihood": found.likelihood,
        "severity": min(max(found.severity, 1), 5),
        "explanation_zh": told.zh,
        "explanation_en": told.en,
        "confidence": found.confidence,
        "text_seen": None if law is None else False,
        "zone_basis": "not_used",
        "evidence": _json(_evidence(look, found)),
        "source_id": source.get("source_id"),
        "source_row": source.get("source_row"),
        "status": "open",
        "pack_digest": look.pack_digest,
    }


def plain_rows(rows: pd.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return some columns of at most `MOST_COUNTS` rows as mappings, what is missing as None."""
    kept = rows[list(columns)].head(MOST_COUNTS)
    plain = kept.astype(object).where(kept.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]


def above(value: float, limit: float, error: float | None) -> float | None:
    """Return how likely a count's true number is above a limit, None where no error is told.

    The true number is taken to be normal around the count, with the pack's relative standard error.

    Examples
    --------
    >>> above(1000, 1000, 0.05), round(above(1100, 1000, 0.05), 3), above(1100, 1000, None)
    (0.5, 0.965, None)
    """
    if error is None:
        return None
    spread = error * value
    if spread <= 0:
        return float(value > limit)
    return 0.5 * (1 + math.erf((value - limit) / (spread * math.sqrt(2))))


def sentences(parts: Iterable[Text | None]) -> Text:
    """Put sentences together."""
    there = [part for part in parts if part is not None]
    return Text(zh="".join(p.zh for p in there), en=" ".join(p.en for p in there))


def _evidence(look: Look, found: Found) -> dict[str, Any]:
    name = look.name(found.place)
    return {
        "record_id": f"{name.zh} {found.day.isoformat()}",
        "place": found.place,
        "name": name.model_dump(),
        "as_of": look.as_of.isoformat(),
        "synthetic": found.synthetic,
        **found.evidence,
        "counts": [
            {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in row.items()}
            for row in found.counts
        ],
    }


def _point(place: Place | None) -> Any:  # noqa: ANN401 - a shape or nothing
    if place is None or place.lon is None or place.lat is None:
        return None
    import shapely  # noqa: PLC0415 - the command line starts without it

    return shapely.Point(place.lon, place.lat)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
