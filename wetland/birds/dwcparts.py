"""What of surveys and records is given out, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.dwcrows import event_id, is_missing, rows_of
from wetland.birds.eml import ArchiveMetadata, title_of

if TYPE_CHECKING:
    import pandas as pd

NOTHING = text("没有可导出的鸟类调查", "there are no bird surveys to export")


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds and what it left out.

    Attributes
    ----------
    rejected
        Records that a person rejected; never given out.
    orphans
        Records whose survey is not among those given.
    blurred
        Records whose place was generalised or withheld.
    """

    events: int
    occurrences: int
    measurements: int = 0
    rejected: int = 0
    orphans: int = 0
    blurred: int = 0
    unreviewed: int = 0
    synthetic: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the counts as a mapping."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Parts:
    """What is exported, in order: surveys, their identifiers, records and theirs."""

    surveys: pd.DataFrame
    events: list[str]
    records: pd.DataFrame
    record_events: list[str]
    told: Exported


def parts_of(surveys: pd.DataFrame, records: pd.DataFrame) -> Parts:
    """Put surveys and records in order and leave out what is not given.

    Raises
    ------
    InputError
        There is no survey.
    """
    if not len(surveys):
        raise InputError(NOTHING)
    ids = [event_id(row) for row in rows_of(surveys)]
    ids = _unique(ids, surveys["survey_id"].astype(str).tolist())
    surveys = surveys.assign(_event=ids).sort_values(["event_date", "_event"], kind="stable")
    by_survey = dict(zip(surveys["survey_id"], surveys["_event"], strict=True))
    rejected = records["validation"] == "rejected"
    orphan = ~records["survey_id"].isin(list(by_survey))
    given = records[~rejected & ~orphan]
    order = {survey: n for n, survey in enumerate(by_survey)}
    given = given.assign(
        _event=given["survey_id"].map(by_survey), _order=given["survey_id"].map(order)
    ).sort_values(["_order", "record_id"], kind="stable")
    blurred = int(given["blurred"].sum()) if "blurred" in given.columns else 0
    told = Exported(
        events=len(surveys), occurrences=len(given), rejected=int(rejected.sum()),
        orphans=int((orphan & ~rejected).sum()), blurred=blurred,
        unreviewed=int(given["validation"].isin(["unreviewed", "flagged"]).sum()),
        synthetic=_any_true(surveys["synthetic"]) or _any_true(given["synthetic"]),
    )  # fmt: skip
    return Parts(surveys, surveys["_event"].tolist(), given, given["_event"].tolist(), told)


def _any_true(column: pd.Series[Any]) -> bool:
    return any(not is_missing(v) and bool(v) for v in column)


def _unique(ids: list[str], ours: list[str]) -> list[str]:
    """Return identifiers of which none stands twice: a repeated one gives way to ours."""
    count: dict[str, int] = {}
    for one in ids:
        count[one] = count.get(one, 0) + 1
    return [own if count[one] > 1 else one for one, own in zip(ids, ours, strict=True)]


def common_of(metadata: ArchiveMetadata, *, synthetic: bool) -> dict[str, str]:
    """Return the terms that are the same in every row: data set and licence."""
    told = {"datasetName": title_of(metadata, synthetic=synthetic)}
    return told | ({} if metadata.licence is None else {"license": metadata.licence_shown or ""})


def observers_of(surveys: pd.DataFrame) -> Mapping[str, str]:
    """Return who made each survey, where that is told."""
    return {
        str(k): str(v)
        for k, v in zip(surveys["survey_id"], surveys["observers"], strict=True)
        if not is_missing(v)
    }
