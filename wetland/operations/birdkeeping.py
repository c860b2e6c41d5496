"""Keep what a bird file held: test it, write what differs, never overwrite what people decided."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.base.texts import text
from wetland.birds.tables import BIRD_RECORDS, BIRD_SURVEYS, DECIDED
from wetland.operations.screening import chunks as parts_of
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.store.transaction import Transaction, Written

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.checklist import Checklist

    Floats = np.ndarray[Any, np.dtype[np.float64]]

SOURCE_CHANGED = "source_changed"
SEEN = "source_changed_seen"  # a change that asks for nobody any more
_CHANGED = text(
    "审核之后，来源中的这条记录变了；审核结果保留，请复核",
    "the source changed this record after it was reviewed; the decision stays: look at it again",
)
# What a later file says otherwise than a decided record, for the person who decided.
_TOLD = ("name_received", "taxon_id", "occurrence_status", "individual_count", "count_received")
_DECIDED = ("taxon_id", "occurrence_status", "individual_count")
MOST_NAMES = 200  # unmatched names that are told one by one


@dataclass(slots=True)
class Counted:
    """What an import came across, part by part."""

    surveys: Written = field(default_factory=Written)
    records: Written = field(default_factory=Written)
    flagged: int = 0
    decided: int = 0
    synthetic: bool = False
    unmatched: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)


def inside_of(site: Site) -> Callable[[Floats, Floats], Any] | None:
    """Return what tells which places lie in a zone of the site; None of a site without zones."""
    import shapely  # noqa: PLC0415 - starts fast

    shapes = [zone.geometry for zone in site.zones]
    if not shapes:
        return None
    whole = shapely.union_all(shapes)
    shapely.prepare(whole)
    return lambda lon, lat: shapely.intersects_xy(whole, lon, lat)


def zones_of(site: Site) -> Callable[[Floats, Floats], list[set[str] | None]] | None:
    """Return what tells in which zones places lie; None where no species is tied to one."""
    import shapely  # noqa: PLC0415 - starts fast

    if not any(species.zones for species in site.birds.species):
        return None

    def zones_at(lon: Floats, lat: Floats) -> list[set[str] | None]:
        known = np.isfinite(lon) & np.isfinite(lat)
        found: list[set[str] | None] = [set() if told else None for told in known]
        for zone in site.zones:
            for at in np.flatnonzero(known & shapely.intersects_xy(zone.geometry, lon, lat)):
                held = found[at]
                if held is not None:
                    held.update((zone.id, zone.kind))
        return found

    return zones_at


class Keeper:
    """Tests and writes one part of a file after another within one transaction."""

    def __init__(self, site: Site, checklist: Checklist, today: dt.date, counted: Counted) -> None:
        self.site, self.checklist, self.today, self.counted = site, checklist, today, counted
        self.inside, self.zones_at = inside_of(site), zones_of(site)
        self.history: tuple[pd.DataFrame, pd.DataFrame] | None = None

    def keep(self, tx: Transaction, surveys: pd.DataFrame, records: pd.DataFrame) -> None:
        """Keep a part: surveys first, then the records that are new or say otherwise."""
        tally = self.counted
        tally.synthetic |= any(
            bool(table["synthetic"].fillna(False).astype(bool).any())
            for table in (surveys, records)
        )
        names = records.loc[records["match"] == "none", "name_received"]
        tally.unmatched.update(names.tolist())
        held = _held(tx, BIRD_RECORDS.name, "record_id", records)
        differ = _differ(records, held)
        if self.history is None and differ.any():  # before this file
            where = {"site": self.site.id}
            self.history = (tx.read(BIRD_RECORDS.name, where), tx.read(BIRD_SURVEYS.name, where))
        fresh = surveys[_differ(surveys, _held(tx, BIRD_SURVEYS.name, "survey_id", surveys))]
        done = tx.write(BIRD_SURVEYS.name, fresh) if len(fresh) else Written()
        tally.surveys += done + Written(unchanged=len(surveys) - len(fresh))
        tally.records += Written(unchanged=len(records) - int(differ.sum()))
        if differ.any():
            self._keep_records(tx, self._tested(tx, surveys, records[differ]), held)

    def suggestions(self) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
        """Return the names that nothing was matched with, and what each may have been."""
        most = self.counted.unmatched.most_common(MOST_NAMES)
        found = self.checklist.match_all(name for name, _ in most)
        return tuple((name, n, tuple(found[name].suggestions)) for name, n in most)

    def _tested(
        self, tx: Transaction, surveys: pd.DataFrame, records: pd.DataFrame
    ) -> pd.DataFrame:
        """Return the records with what the tests of plausibility say of them."""
        import pandas as pd

        from wetland.birds.plausibility import flag_records  # noqa: PLC0415 - starts fast

        lacking = sorted(set(records["survey_id"]) - set(surveys["survey_id"]))
        # Of a survey whose records lie in several parts, the first part has the survey.
        earlier = [tx.read(BIRD_SURVEYS.name, {"survey_id": part}) for part in parts_of(lacking)]
        known = pd.concat([surveys, *earlier], ignore_index=True) if earlier else surveys
        return flag_records(records.reset_index(drop=True), known, self.checklist,
                            history=self.history, today=self.today,
                            inside=self.inside, zones_at=self.zones_at)  # fmt: skip

    def _keep_records(
        self, tx: Transaction, records: pd.DataFrame, held: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Write records that are new or say otherwise; of decided ones only that they do."""
        tally = self.counted
        tally.flagged += int((records["validation"] == "flagged").sum())
        tally.flags.update(_tests(records["flags"]))
        decided = np.array([_decided(held.get(key)) for key in records["record_id"]], dtype=bool)
        fresh = records[~decided]
        tally.records += tx.write(BIRD_RECORDS.name, fresh) if len(fresh) else Written()
        again = [_changed(held[str(row["record_id"])], row) for row in rows_of(records[decided])]
        tally.decided += sum(SOURCE_CHANGED in _tests([row["flags"]]) for row in again)
        if again:
            tally.records += tx.write(BIRD_RECORDS.name, _table(again))


def _held(tx: Transaction, table: str, key: str, frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for part in parts_of(frame[key].tolist()):
        found |= {str(row[key]): row for row in rows_of(tx.read(table, {key: part}))}
    return found


def _differ(frame: pd.DataFrame, held: Mapping[str, Mapping[str, Any]]) -> np.ndarray[Any, Any]:
    """Tell which rows the store does not hold, holds otherwise, or could not match before."""
    if not held:
        return np.ones(len(frame), dtype=bool)
    names = ["match"] if "match" in frame else []
    key = frame.columns[0]
    return np.array(
        [_says_otherwise(row, held.get(str(row[key])))
         for row in rows_of(frame[[key, "content", *names]])],
        dtype=bool,
    )  # fmt: skip


def _says_otherwise(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> bool:
    if before is None or before["content"] != row["content"]:
        return True
    unmatched = before.get("match") == "none" and not _decided(before)
    return unmatched and row.get("match") != "none"


def _decided(before: Mapping[str, Any] | None) -> bool:
    return before is not None and before.get("validation") in DECIDED


def _changed(before: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a decided record that stays, with a flag of what its source says by now.

    A source that says what was decided (it took over a correction, or went back) asks for nobody.
    """
    held = flags_of(before["flags"])
    flags = [flag for flag in held if flag.get("test") not in {SOURCE_CHANGED, SEEN}]
    numbers = {name: row[name] for name in _TOLD}
    moved = before["before_correction"] is not None or len(flags) < len(held)
    agrees = moved and before["validation"] != "rejected" and all(
        before[name] == row[name] for name in _DECIDED
    )  # fmt: skip
    flags.append({"test": SEEN if agrees else SOURCE_CHANGED, "level": "warning", "zh": _CHANGED.zh,
                  "en": _CHANGED.en, "numbers": numbers})  # fmt: skip
    told = json.dumps(flags, ensure_ascii=False, sort_keys=True)
    return {**before, "flags": told, "content": row["content"]}


def flags_of(cell: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a cell of a table
    """Return the flags of a record as mappings."""
    if not isinstance(cell, str) or not cell:
        return []
    found = json.loads(cell)
    return [flag for flag in found if isinstance(flag, dict)] if isinstance(found, list) else []


def _tests(cells: Iterable[Any]) -> Iterator[str]:
    for cell in cells:
        yield from (str(flag.get("test")) for flag in flags_of(cell))


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=BIRD_RECORDS.names)
