"""Import bird surveys: read, test for plausibility, keep, remember how a source is read."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import Lang, text
from wetland.birds.readoptions import BirdOptions, saved_mapping
from wetland.birds.tables import BIRD_RECORDS, BIRD_SURVEYS, DECIDED
from wetland.operations.birds import accepted_names, checklist_of, plots_of
from wetland.operations.screening import chunks as parts_of
from wetland.operations.water import empty
from wetland.operations.waterfiles import MAPPING_UNFIT, MAPPING_USED
from wetland.reading.files import ACCEPTED, Given
from wetland.reports.findings import problem_json, rows_of
from wetland.screening.tables import SOURCES
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.store.transaction import Transaction, Written

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.checklist import Checklist
    from wetland.birds.read import BirdChunks, BirdReading
    from wetland.birds.settle import Settled

    Floats = np.ndarray[Any, np.dtype[np.float64]]

BIRDS_ACCEPTED = text(
    "鸟类调查可读取：达尔文核心归档（ZIP 或文件夹）、CSV、TSV、XLSX、eBird、ODK、Camtrap DP",
    "bird surveys can be read from: Darwin Core archives (ZIP or folder), CSV, TSV, XLSX, eBird, "
    "ODK, Camtrap DP",
)
SOURCE_CHANGED = "source_changed"
_CHANGED = text(
    "审核之后，来源中的这条记录变了；审核结果保留，请复核",
    "the source changed this record after it was reviewed; the decision stays: look at it again",
)
# What a later file says otherwise than a decided record, for the person who decided.
_TOLD = ("name_received", "taxon_id", "occurrence_status", "individual_count", "count_received")
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


@dataclass(frozen=True, slots=True)
class ImportedBirds:
    """What an import of bird surveys did.

    Parameters
    ----------
    problems, source, layout, rows, numbers
        Of the file; ``numbers`` are the reader's counts.
    counted
        What was written and flagged.
    suggestions
        Names that nothing was matched with, most frequent first: (name, records, species that it
        may have been).
    """

    problems: Problems
    source: Mapping[str, Any]
    layout: str
    rows: int
    numbers: Mapping[str, int]
    counted: Counted
    suggestions: tuple[tuple[str, int, tuple[str, ...]], ...] = ()

    @property
    def written(self) -> Written:
        """Return how many surveys and records were new, changed or known."""
        return self.counted.surveys + self.counted.records

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return the import as JSON-ready mappings in one language."""
        problems = sorted(self.problems.items, key=lambda p: p.row or 0)  # stable
        told = self.counted
        return {
            "source": dict(self.source),
            "layout": self.layout,
            "synthetic": told.synthetic,
            "problems": [problem_json(p, lang) for p in problems],
            "unmatched": [
                {"name": name, "records": n, "suggestions": list(likely)}
                for name, n, likely in self.suggestions
            ],
            "counts": {
                "rows": self.rows,
                "rows_aside": self.source.get("rows_aside", 0),
                **dict(self.numbers),
                "problems": len(self.problems),
                "problems_by_code": self.problems.counts(),
                "flagged": told.flagged,
                "flags": dict(sorted(told.flags.items())),
                "changed_after_review": told.decided,
                **_written("surveys", told.surveys),
                **_written("records", told.records),
                "added": self.written.added,
                "changed": self.written.changed,
                "unchanged": self.written.unchanged,
            },
        }


def _written(table: str, done: Written) -> dict[str, int]:
    return {
        f"{table}_added": done.added,
        f"{table}_changed": done.changed,
        f"{table}_unchanged": done.unchanged,
    }


def import_birds(
    store: Store,
    site: Site,
    path: str | Path | Given,
    *,
    options: BirdOptions | None = None,
    actor: str,
    today: dt.date,
) -> ImportedBirds:
    """Read a file of bird surveys and keep it: surveys, records, problems, all or nothing.

    How the file was read (columns, layout, datum) is kept with the name of its source; the next
    file of that source is read the same way where nothing else is asked for, which is said as a
    warning. Large archives are read and written part by part.

    Parameters
    ----------
    today
        Later days are doubted.

    Notes
    -----
    The same file twice changes nothing. A survey or record with the identifier of one that the
    store holds replaces it where it says otherwise. What a person decided about a record (accepted,
    corrected, rejected) is never overwritten: where the source says otherwise by then, the record
    stays as decided and carries a flag with what the source says now. A record that nothing was
    matched with before, and that the checklist knows by now, is matched.

    Raises
    ------
    InputError
        The file cannot be read.
    StoreError
        The store cannot be written; it then holds what it held before.
    """
    opened, parts = _read_as_before(store, site, path, options or BirdOptions(), today)
    counted = Counted()
    keeper = _Keeper(site, checklist_of(site.birds), today, counted)
    with store.transaction(actor=actor, reason="import") as tx:
        for surveys, records in parts:
            keeper.keep(tx, surveys, records)
        tx.write(SOURCES.name, source_table(opened.source))
        tx.write("problems", opened.problems.frame())
    return ImportedBirds(opened.problems, opened.source, opened.layout, opened.rows,
                         opened.counts, counted, keeper.suggestions())  # fmt: skip


def source_table(source: Mapping[str, Any]) -> pd.DataFrame:
    """Return the description of a file as the table `SOURCES`."""
    import pandas as pd

    kinds = empty(SOURCES).dtypes.to_dict()
    return pd.DataFrame([dict(source)], columns=SOURCES.names).astype(kinds)


def look_at_file(path: str | Path | Given, *, store: Path | None = None) -> Given:
    """Look at a file or folder that should hold bird surveys.

    Raises
    ------
    InputError
        It is missing, empty, damaged, or the store itself.
    """
    from wetland.birds.birdfiles import look_at_birds  # noqa: PLC0415 - starts fast

    try:
        return look_at_birds(path, store=store)
    except InputError as error:
        hint = BIRDS_ACCEPTED if error.hint is ACCEPTED else error.hint
        raise InputError(error.message, hint=hint) from None


def read_file(
    path: str | Path | Given,
    site: Site | None,
    options: BirdOptions | None,
    *,
    accepted: Mapping[str, str],
    today: dt.date,
) -> BirdReading:
    """Read a file as a whole; nothing is kept.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    from wetland.birds.checklist import Checklist  # noqa: PLC0415 - starts fast
    from wetland.birds.read import read_birds  # noqa: PLC0415
    from wetland.birds.species import BirdPack  # noqa: PLC0415

    return read_birds(
        look_at_file(path),
        site_id="-" if site is None else site.id,
        timezone="UTC" if site is None else site.timezone,
        checklist=Checklist.of(BirdPack() if site is None else site.birds),
        plots={} if site is None else plots_of(site),
        accepted=accepted,
        today=today,
        options=options,
        shift=shift,
    )


def shift(lon: float, lat: float, datum: str) -> tuple[float, float]:
    """Bring one place of another datum to WGS84."""
    from wetland.zones.datums import to_wgs84  # noqa: PLC0415 - starts fast

    x, y = to_wgs84(lon, lat, datum)
    return float(x), float(y)


def _read_as_before(
    store: Store, site: Site, path: str | Path | Given, asked: BirdOptions, today: dt.date
) -> tuple[BirdChunks, Iterator[Settled]]:
    """Open a file over the mapping kept with its source, or plainly where that does not fit."""
    from wetland.birds.read import read_birds_chunks  # noqa: PLC0415 - starts fast

    given = look_at_file(path, store=store.path)
    known, accepted = checklist_of(site.birds), accepted_names(store, site)

    def opened(options: BirdOptions) -> tuple[BirdChunks, Iterator[Settled]]:
        chunks = read_birds_chunks(
            given, site_id=site.id, timezone=site.timezone, checklist=known, today=today,
            accepted=accepted, plots=plots_of(site), options=options, shift=shift,
            store=store.path,
        )  # fmt: skip
        return chunks, _begun(chunks)

    name = asked.source or Path(given.name).stem
    saved = mapping_of(store, site, name)
    if saved is None or asked.over(saved).as_json() == asked.as_json():
        return opened(asked)
    try:
        found = opened(asked.over(saved))
    except InputError as error:
        found = opened(asked)
        message = MAPPING_UNFIT.fill(s=name, why=error.message)
        found[0].problems.add("mapping_unfit", message=message, level="warning")
        return found
    used = {k: v for k, v in saved.as_json().items() if k not in asked.as_json()}
    message = MAPPING_USED.fill(s=name, m=", ".join(used) or "-")
    found[0].problems.add("mapping_used", message=message, level="warning")
    return found


def _begun(chunks: BirdChunks) -> Iterator[Settled]:
    """Read the first part at once, so that what cannot be read at all is told before writing."""
    rest = iter(chunks)
    first = next(rest, None)

    def parts() -> Iterator[Settled]:
        if first is not None:
            yield first
            yield from rest

    return parts()


def mapping_of(store: Store, site: Site, source: str) -> BirdOptions | None:
    """Return how the last bird file of a source was read; None where nothing was set."""
    from wetland.birds.sightings import ROLES  # noqa: PLC0415 - starts fast

    for row in reversed(rows_of(store.read(SOURCES.name, {"site": site.id, "name": source}))):
        saved = saved_mapping(row["options"])
        if saved is not None and set(saved.columns) <= set(ROLES):
            return saved
    return None


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


class _Keeper:
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
        tally.decided += len(again)
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
    """Return a decided record that stays, with a flag of what its source says by now."""
    flags = [flag for flag in flags_of(before["flags"]) if flag.get("test") != SOURCE_CHANGED]
    numbers = {name: row[name] for name in _TOLD}
    flags.append({"test": SOURCE_CHANGED, "level": "warning", "zh": _CHANGED.zh,
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
