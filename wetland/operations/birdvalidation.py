"""The validation queue (审核): what waits for a person, and what the person decides.

A decision names who made it and when, and is in the audit trail with its reason. Nothing is lost: a
correction keeps what was imported, and every decision can be taken back.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack, get_args

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.tables import BIRD_RECORDS, BIRD_SURVEYS, DECIDED
from wetland.operations.birdkeeping import SEEN, SOURCE_CHANGED, flags_of
from wetland.operations.birds import checklist_of
from wetland.operations.water import listed
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.store.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from wetland.store.transaction import Transaction

Decision = Literal["accept", "correct", "reject", "undo"]
DECISIONS: tuple[str, ...] = get_args(Decision)
_BECOMES = {"accept": "accepted", "correct": "corrected", "reject": "rejected"}
# The digest of a record that a change of its source made out of date.
OUTDATED = "outdated"
_NEED_REASON = ("correct", "reject", "undo")

# What a correction may change, and keeps as imported.
_CORRECTED = ("taxon_id", "individual_count", "occurrence_status", "count_qualifier")
_OF_SURVEY = ("event_date", "event_end", "plot", "observers", "sampling_protocol")
COLUMNS = (
    "record_id", "survey_id", "validation", "flags", "why_zh", "why_en", "name_received",
    "taxon_id", "occurrence_status", "individual_count", "count_qualifier", "count_received",
    "recorded_by", "remarks", "validated_by", "validation_reason", "before_correction",
    "source_id", "synthetic", "geometry", *_OF_SURVEY,
)  # fmt: skip

NO_DECISION = text("没有决定“{d}”；可用：{a}", "no decision '{d}'; use one of {a}")
NO_RECORDS = text("没有选定记录", "no record was chosen")
NO_RECORD = text("没有鸟类记录 {i}", "there is no bird record {i}")
NO_REASON = text("否定、更正和撤回须写理由", "say why it is rejected, corrected or taken back")
NO_CHANGE = text("请给出更正后的物种或数量", "say which species or count is right")
ONLY_CORRECT = text("只有更正才能改物种或数量", "species and count change by a correction only")
NO_SPECIES = text("名录中没有物种 {t}", "the checklist has no species {t}")
BAD_COUNT = text("个体数须为不小于 0 的整数", "a count is a whole number, 0 or more")
UNMATCHED = text(
    "记录 {i} 的名称“{n}”未与名录匹配，不能采纳",
    "the name of record {i}, '{n}', matches no species: it cannot be accepted",
)
MATCH_FIRST = text(
    "请更正为某个物种，或采纳该名称", "correct it to a species, or accept the name for one"
)
NOT_DECIDED = text("记录 {i} 尚未审核，无可撤回", "record {i} has no decision to take back")


class Right(TypedDict, total=False):
    """What a correction says is right; what is None or not told stays."""

    taxon_id: str | None
    individual_count: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision with everything that goes with it, checked."""

    decision: str
    actor: str
    at: dt.datetime
    reason: str | None = None
    taxon_id: str | None = None
    individual_count: int | None = None


def queue(store: Store, site: Site, *, role: str | None = None) -> pd.DataFrame:
    """Return the records that wait for a person: the flagged ones first, then the latest days.

    Rule of decision: a record waits until it is accepted, corrected or rejected; a decided one
    waits again when its source says otherwise since. A role that may not see exact places gets no
    records of sensitive species to review; how many there are is in ``attrs["withheld"]``.

    Returns
    -------
    DataFrame
        `COLUMNS`: of the record, why it waits in both languages, and of its survey.
    """
    import pandas as pd

    from wetland.birds.sensitivity import blur  # noqa: PLC0415 - starts fast

    records = store.read(BIRD_RECORDS.name, {"site": site.id})
    changed = records["flags"].str.contains(f'"{SOURCE_CHANGED}"', regex=False, na=False)
    waiting = records[~records["validation"].isin(DECIDED) | changed]
    surveys = store.read(BIRD_SURVEYS.name, {"site": site.id})
    surveys = surveys[surveys["survey_id"].isin(set(waiting["survey_id"]))]
    shown_surveys, shown = blur(
        surveys, waiting, checklist_of(site.birds), role=role, exact_roles=site.birds.exact_roles
    )
    withheld = int(shown["blurred"].sum())
    shown = shown[~shown["blurred"].astype(bool)]
    of_survey = shown_surveys[["survey_id", *_OF_SURVEY, "geometry"]]
    joined = shown.merge(of_survey, how="left", on="survey_id", suffixes=("", "_survey"))
    joined["geometry"] = joined["geometry"].where(
        joined["geometry"].notna(), joined["geometry_survey"]
    )
    told = [_why(cell) for cell in joined["flags"]]
    joined["why_zh"] = pd.Series([zh for zh, _ in told], index=joined.index, dtype="object")
    joined["why_en"] = pd.Series([en for _, en in told], index=joined.index, dtype="object")
    joined["_last"] = joined["flags"].isna()
    joined = joined.sort_values(
        ["_last", "event_date", "record_id"], ascending=[True, False, True], kind="stable"
    )
    made: pd.DataFrame = joined[list(COLUMNS)].reset_index(drop=True)
    made.attrs["withheld"] = withheld
    return made


def _why(cell: object) -> tuple[str, str]:
    flags = flags_of(cell)
    return tuple(  # type: ignore[return-value]
        "; ".join(dict.fromkeys(str(flag.get(lang) or flag.get("test")) for flag in flags))
        for lang in ("zh", "en")
    )


def validate(
    store: Store,
    site: Site,
    record_ids: Sequence[str],
    *,
    decision: str,
    actor: str,
    reason: str | None = None,
    **right: Unpack[Right],
) -> int:
    """Decide about records, all or nothing; return how many changed.

    Parameters
    ----------
    record_ids
        Which; one that stands twice counts once.
    decision
        ``accept``; ``correct`` to another species, count or both; ``reject``; ``undo`` takes the
        decision back: the record is as imported and waits again.
    actor
        Who decides.
    reason
        Why; needed for all but ``accept``.
    right
        ``taxon_id``, ``individual_count``: what is right, with ``correct`` only. A count of 0 makes
        the record an absence, a higher one a presence.

    Raises
    ------
    InputError
        A record, decision or species nobody knows, no reason, a correction of nothing, or an
        accepted record whose name matches no species. Nothing is written then.
    """
    ids = list(dict.fromkeys(record_ids))
    if not ids:
        raise InputError(NO_RECORDS)
    count = right.get("individual_count")
    verdict = Verdict(
        decision, actor, dt.datetime.now(dt.UTC), (reason or "").strip() or None,
        right.get("taxon_id"), None if count is None else _checked_count(count),
    )  # fmt: skip
    _check(verdict, site)
    why = f"{decision} {len(ids)} bird record(s)" + (f": {verdict.reason}" if reason else "")
    with store.transaction(actor=actor, reason=why) as tx:
        rows = _records(tx, site, ids)
        return tx.write(BIRD_RECORDS.name, _table([_decided(row, verdict) for row in rows])).changed


def _check(verdict: Verdict, site: Site) -> None:
    if verdict.decision not in DECISIONS:
        raise InputError(NO_DECISION.fill(d=verdict.decision, a=", ".join(DECISIONS)))
    if verdict.decision in _NEED_REASON and verdict.reason is None:
        raise InputError(NO_REASON)
    change = verdict.taxon_id is not None or verdict.individual_count is not None
    if change and verdict.decision != "correct":
        raise InputError(ONLY_CORRECT)
    if verdict.decision == "correct" and not change:
        raise InputError(NO_CHANGE)
    known = checklist_of(site.birds).species
    if verdict.taxon_id is not None and verdict.taxon_id not in known:
        raise InputError(NO_SPECIES.fill(t=verdict.taxon_id))


def _checked_count(value: float) -> int:
    try:
        whole = int(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(BAD_COUNT) from None
    if whole != value or whole < 0:
        raise InputError(BAD_COUNT)
    return whole


def _records(tx: Transaction, site: Site, ids: Sequence[str]) -> list[dict[str, Any]]:
    from wetland.operations.screening import chunks  # noqa: PLC0415 - starts fast

    found: dict[str, dict[str, Any]] = {}
    for part in chunks(list(ids)):
        held = tx.read(BIRD_RECORDS.name, {"record_id": part, "site": site.id})
        found |= {str(row["record_id"]): row for row in rows_of(held)}
    lost = [one for one in ids if one not in found]
    if lost:
        raise InputError(NO_RECORD.fill(i=listed(lost)))
    return [found[one] for one in ids]


def _decided(row: Mapping[str, Any], verdict: Verdict) -> dict[str, Any]:
    """Return a record as it stands after a decision."""
    if verdict.decision == "undo":
        return _undone(row)
    if verdict.decision == "accept" and row["taxon_id"] is None:
        message = UNMATCHED.fill(i=row["record_id"], n=row["name_received"])
        raise InputError(message, hint=MATCH_FIRST)
    changed = _corrected(row, verdict) if verdict.decision == "correct" else dict(row)
    return {
        **changed,
        "flags": _with_change_seen(row["flags"]),
        "validation": _BECOMES[verdict.decision],
        "validated_by": verdict.actor,
        "validated_at": verdict.at,
        "validation_reason": verdict.reason,
    }


def _corrected(row: Mapping[str, Any], verdict: Verdict) -> dict[str, Any]:
    """Return a record with what is right; what was imported is kept at the first correction."""
    before = row["before_correction"]
    if before is None:
        kept = {name: row[name] for name in _CORRECTED}
        before = json.dumps(kept, ensure_ascii=False, sort_keys=True)
    changed = {**row, "before_correction": before}
    if verdict.taxon_id is not None:
        changed["taxon_id"] = verdict.taxon_id
    if verdict.individual_count is not None:
        changed["individual_count"] = float(verdict.individual_count)
        changed["occurrence_status"] = "present" if verdict.individual_count else "absent"
        changed["count_qualifier"] = "exact"
    return changed


def _undone(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as imported, waiting again.

    Where the source told it otherwise after the decision, what is imported is no longer what the
    source says: the next import of it writes the record anew.
    """
    if row["validation"] not in DECIDED:
        raise InputError(NOT_DECIDED.fill(i=row["record_id"]))
    kept = json.loads(row["before_correction"]) if row["before_correction"] else {}
    as_imported = {name: kept[name] for name in _CORRECTED if name in kept}
    flags = flags_of(row["flags"])
    own = [flag for flag in flags if flag.get("test") not in {SOURCE_CHANGED, SEEN}]
    return {
        **row, **as_imported,
        "flags": row["flags"] if len(own) == len(flags) else _json(own),
        "content": row["content"] if len(own) == len(flags) else OUTDATED,
        "before_correction": None, "validation": "flagged" if own else "unreviewed",
        "validated_by": None, "validated_at": None, "validation_reason": None,
    }  # fmt: skip


def _with_change_seen(cell: object) -> str | None:
    """Return flags, of which the one that the source says otherwise no longer asks for anybody."""
    flags = flags_of(cell)
    if not any(flag.get("test") == SOURCE_CHANGED for flag in flags):
        return cell if isinstance(cell, str) else None
    kept = [flag for flag in flags if flag.get("test") != SEEN]
    return _json([
        {**flag, "test": SEEN} if flag.get("test") == SOURCE_CHANGED else flag for flag in kept
    ])  # fmt: skip


def _json(flags: Sequence[Mapping[str, Any]]) -> str | None:
    return json.dumps(flags, ensure_ascii=False, sort_keys=True) if flags else None


def _table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows), columns=BIRD_RECORDS.names, dtype=object)
