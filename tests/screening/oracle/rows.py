"""Write a judgement down as rows of `FINDINGS`, each row by itself.

What a row says of the law is in the words of `LawParts`; which row says what is worked out here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wetland.base.findings import FINDINGS, finding_id
from wetland.base.places import Cause, Where
from wetland.base.tables import DTYPES
from wetland.regulations.conditions import Situation
from wetland.regulations.evaluate import Outcome
from wetland.regulations.explain import Words
from wetland.regulations.judge import Judgement
from wetland.screening.lawparts import LawParts, json_text
from wetland.screening.rows import Stamp

if TYPE_CHECKING:
    import pandas as pd

WITH_ROWS = frozenset({Outcome.BROKEN, Outcome.UNDECIDED})


@dataclass(slots=True)
class Findings:
    """The rows found so far."""

    words: Words
    stamp: Stamp
    rows: list[dict[str, Any]] = field(default_factory=list)


def finding_rows(
    found: Findings,
    observation: Mapping[str, Any],
    situation: Situation,
    judgement: Judgement,
    *,
    kept: frozenset[Outcome] = WITH_ROWS,
) -> None:
    """Add one row for each rule that is broken or undecided (``kept`` of one screening)."""
    law = LawParts(found.words)  # of this act alone: what other acts were told is never taken
    own = _own_columns(found.stamp, observation, situation)
    position = json_text(_position(observation, situation, found.stamp))[:-1]
    for part in law.of(judgement, kept):
        columns = law.columns[part]
        key = finding_id(
            found.stamp.site, found.stamp.detector, columns["rule"], observation["observation_id"]
        )
        found.rows.append(
            {
                "finding_id": key,
                **own,
                **columns,
                "evidence": f"{position}, {law.evidence[part]}",
            }
        )


def findings_table(found: Findings) -> pd.DataFrame:
    """Return the rows as the table `FINDINGS`."""
    import pandas as pd

    table = pd.DataFrame(found.rows, columns=FINDINGS.names)
    table["occurred_at"] = pd.to_datetime(table["occurred_at"], utc=True)
    return table.astype({c.name: DTYPES[c.kind] for c in FINDINGS.columns})


def _own_columns(
    stamp: Stamp, observation: Mapping[str, Any], situation: Situation
) -> dict[str, Any]:
    zones = [
        name for name, m in situation.zones.items() if m.where is Where.INSIDE and "|" not in name
    ]
    return {
        "site": stamp.site,
        "detector": stamp.detector,
        "subject": observation["observation_id"],
        "subject_kind": "observation",
        "activity": observation["activity"],
        "zones": json_text(zones),
        "occurred_on": situation.on,
        "occurred_at": observation["occurred_at"],
        "geometry": observation["geometry"],
        "source_id": observation["source_id"],
        "source_row": observation["source_row"],
        "zone_basis": stamp.zone_basis,
        "pack_digest": stamp.pack_digest,
        "status": "open",
    }


def _position(observation: Mapping[str, Any], situation: Situation, stamp: Stamp) -> dict[str, Any]:
    unsure = {
        name: m.cause.value
        for name, m in situation.zones.items()
        if m.where is Where.UNDETERMINED
        and m.cause is not None
        and m.cause is not Cause.NOT_LOADED
        and "|" not in name
    }
    areas = {
        name: {"area_m2": round(m.area_m2, 2), "share": round(m.share or 0.0, 6)}
        for name, m in situation.zones.items()
        if m.area_m2 and "|" not in name
    }
    return {
        "observation": observation["observation_id"],
        "record_id": observation["record_id"],
        "uncertainty_m": observation["used_uncertainty_m"],
        "uncertainty_from": "stated"
        if observation["uncertainty_stated"]
        else observation["position_source"],
        "unsure_zones": unsure,
        "areas": areas,
        "facts": dict(situation.facts),
        "records": {k: v for k, v in situation.records.items() if v is not None},
        "notice": None if stamp.notice is None else {"zh": stamp.notice.zh, "en": stamp.notice.en},
    }
