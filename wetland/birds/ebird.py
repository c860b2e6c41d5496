"""eBird (EBD, sampling events, "My eBird data"): checklists with their effort as surveys.

Rule of decision:

- A checklist is a survey; ``X`` is present and not counted; a checklist of which all species were
  reported is complete.
- Copies of one checklist that observers shared are one survey (the group); of a species that
  several of them report the row of the first of them in the file counts, and so does the first
  one's effort.
- What eBird's reviewers did not approve is left out, and is never filled with zeros; nor is a
  checklist that a row names which cannot be read.
- With the file of sampling events, checklists without any row are surveys too, and in complete
  checklists each species of the site's list that the file reports at least once, and that this
  checklist does not, is a record of absence. A species that the file never reports is not filled:
  eBird gives out files of single species, whose silence about others says nothing: of those, and
  of a checklist with a row that is left out, no survey is told to be complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.birdsource import BirdSource
from wetland.birds.ebirdrows import EbirdRows, Row, ebird_rows
from wetland.birds.ebirdscan import EVENT, GROUP, Silence, silence_of
from wetland.birds.ebirdscan import NOT_APPROVED as UNAPPROVED
from wetland.birds.readplaces import folded, plots_by_name
from wetland.birds.sheetrows import of_rows
from wetland.birds.sightings import Sightings

CHUNK_ROWS = 20_000
_COMPLETE = frozenset({"1", "true", "yes"})

# Role -> columns, the first that is there counts.
_SURVEY: dict[str, tuple[str, ...]] = {
    "locality": ("locality", "location"),
    "date": ("observationdate", "date"),
    "time": ("timeobservationsstarted", "time"),
    "protocol": ("protocolname", "protocoltype", "observationtype", "protocol"),
    "duration_min": ("durationminutes", "duration"),
    "distance_km": ("effortdistancekm", "distancetraveled"),
    "area_ha": ("effortareaha", "areacovered"),
    "observers": ("observerid",),
    "observer_count": ("numberobservers", "numberofobservers"),
    "complete": ("allspeciesreported", "allobsreported"),
    "lon": ("longitude",),
    "lat": ("latitude",),
    "event_remarks": ("checklistcomments", "tripcomments"),
}
_RECORD: dict[str, tuple[str, ...]] = {
    "occurrence_id": ("globaluniqueidentifier",),
    "name": ("scientificname",),
    "name_en": ("commonname",),
    "count": ("observationcount", "count"),
    "behavior": ("behaviorcode",),
    "remarks": ("speciescomments", "observationdetails"),
}
_EXTRA = ("category", "subspeciesscientificname", "agesex", "exoticcode", "reviewed", "reason")
_CATEGORIES = {"c2": "possible", "c3": "probable", "c4": "confirmed"}
_CODES = {
    **dict.fromkeys(("ny", "ne", "fs", "fy", "cf", "fl", "on", "un", "dd", "nb", "pe"),
                    "confirmed"),
    **dict.fromkeys(("cn", "b", "t", "a", "n", "c", "p", "m", "s7", "d"), "probable"),
    **dict.fromkeys(("h", "s"), "possible"),
}  # fmt: skip
_MEDIA = "https://macaulaylibrary.org/asset/"

ONLY_SAMPLING = text(
    "{f} 只有调查（sampling events），没有鸟种；请把 EBD 作为主文件，此文件用 --sampling-file 给出",
    "{f} holds sampling events and no species: give the EBD as the file and this one by "
    "--sampling-file",
)
NO_EVENT = text("没有调查编号，这一行未读入", "there is no checklist identifier: not read")
NOT_APPROVED = text(
    "{n} 行未经 eBird 审核通过，未读入；相应调查也不推断该种缺席",
    "{n} rows were not approved by eBird's reviewers and not read; no absence is taken from them",
)
NOT_IN_SAMPLING = text(
    "{n} 份清单不在调查文件（sampling events）中，不补零",
    "{n} checklists are not in the file of sampling events: no zeros are filled in",
)
ONE_SPECIES = text(
    "文件只有一个物种，其清单不说明其他物种有无，不算作记录了全部物种",
    "the file names one species: its checklists tell nothing of others and count as not complete",
)


class _Batch:
    """Rows on their way to sightings."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers
        self._rows: list[dict[str, Any]] = []

    def add(self, row: dict[str, Any]) -> None:
        self._rows.append(row)

    def is_full(self) -> bool:
        return len(self._rows) >= CHUNK_ROWS

    def flush(self) -> Iterator[Sightings]:
        """Yield what was added since the last time."""
        rows, self._rows = self._rows, []
        if rows:
            yield of_rows(rows, self._headers)


class _Checklists:
    """The checklists of a file while it is read."""

    def __init__(self, source: BirdSource, silence: Silence) -> None:
        self.source, self.silence = source, silence
        self.plots = plots_by_name(source.plots)
        self.surveys: dict[str, dict[str, Any]] = {}  # complete ones, to be filled with zeros
        self.sampled: set[str] = set()
        self.reported: dict[str, set[str]] = {}
        self.species: set[str] = set()
        self.unsampled: set[str] = set()
        self.not_approved = 0
        self.lost: set[str] = set()  # checklists named by rows that could not be read
        self._group_of: dict[str, str] = {}
        self._first: dict[str, str] = {}  # group -> its first checklist
        self._reported_by: dict[tuple[str, str], str] = {}  # group, name -> checklist
        self._taxa: dict[str, str | None] = {}

    def sampling(self, rows: EbirdRows) -> Iterator[Sightings]:
        """Yield the checklists of the file of sampling events as surveys."""
        rows.need(*EVENT)
        batch = _Batch({})
        for row in rows:
            own = rows.cell(row, *EVENT)
            if own is None:
                continue
            key = self._group_of[own] = rows.cell(row, GROUP) or own
            if key in self.sampled:
                self.source.tally.count("duplicates")
                continue
            self.sampled.add(key)
            self._first.setdefault(key, own)
            survey = self._survey(rows, row, key)
            if _is_complete(rows, row):
                self.surveys[key] = {**survey, "row": row.number}
            batch.add({**survey, "row": row.number, "only_survey": True})
            if batch.is_full():
                yield from batch.flush()
        yield from batch.flush()

    def observations(self, rows: EbirdRows) -> Iterator[Sightings]:
        """Yield the rows of species."""
        batch = _Batch(_headers(rows))
        for row in rows:
            self.source.tally.rows += 1
            made = self._observation(rows, row)
            if made is not None:
                batch.add(made)
                if batch.is_full():
                    yield from batch.flush()
        yield from batch.flush()
        self.lost = {self._group_of.get(cell, cell) for cell in rows.lost}

    def absences(self) -> Iterator[Sightings]:
        """Yield a record of absence for each species not reported by a complete checklist."""
        species = self.source.checklist.species
        batch = _Batch({})
        for key, survey in self.surveys.items():
            if key in self.lost:
                continue
            seen = self.reported.get(key, set())
            for taxon in sorted(self.species - seen):
                batch.add({**survey, "name": species[taxon].scientific_name, "count": "0",
                           "status": "absent"})  # fmt: skip
                self.source.tally.count("filled_absent")
            if batch.is_full():
                yield from batch.flush()
        yield from batch.flush()

    def _observation(self, rows: EbirdRows, row: Row) -> dict[str, Any] | None:
        """Return a row of a species; None where it does not count."""
        own = rows.cell(row, *EVENT)
        if own is None:
            self.source.problems.add("event_missing", row=row.number, message=NO_EVENT,
                                     column=_header(rows, EVENT))  # fmt: skip
            return None
        key = rows.cell(row, GROUP) or own
        if self.sampled and key not in self.sampled:
            self.unsampled.add(key)
        taxon = self._taxon(rows, row)
        if taxon is not None:
            self.species.add(taxon)
            self.reported.setdefault(key, set()).add(taxon)
        if (rows.cell(row, "approved") or "1").casefold() in UNAPPROVED:
            self.not_approved += 1
            return None
        first = self._first.setdefault(key, own)
        if key != own and self._is_copy(rows, row, key, own):
            self.source.tally.count("duplicates")
            return None
        survey = self._survey(rows, row, key)
        if own != first:  # the effort of the group is that of its first checklist
            survey = {"event_id": key, "date": survey["date"]}
        return {**survey, **self._record(rows, row), "row": row.number}

    def _is_copy(self, rows: EbirdRows, row: Row, group: str, own: str) -> bool:
        name = "|".join(rows.cell(row, column) or "" for column in
                        ("scientificname", "commonname", "subspeciesscientificname"))  # fmt: skip
        return self._reported_by.setdefault((group, name), own) != own

    def _taxon(self, rows: EbirdRows, row: Row) -> str | None:
        """Return the species of the site's list that a row reports."""
        for column in ("scientificname", "commonname"):
            name = rows.cell(row, column)
            if name is None:
                continue
            if name not in self._taxa:
                self._taxa[name] = self.source.checklist.match(name).taxon_id
            if self._taxa[name] is not None:
                return self._taxa[name]
        return None

    def _survey(self, rows: EbirdRows, row: Row, key: str) -> dict[str, Any]:
        survey: dict[str, Any] = {role: rows.cell(row, *columns)
                                  for role, columns in _SURVEY.items()}  # fmt: skip
        place = rows.cell(row, "localityid", "locationid")
        known = survey["locality"] is not None and folded(survey["locality"]) in self.plots
        if place is not None and (not known or folded(place) in self.plots):
            survey["plot"] = place
        survey["event_id"] = key
        if self.silence.is_in(key, rows.cell(row, *EVENT) or key) and _is_complete(rows, row):
            survey["complete"] = "0"
        return survey

    def _record(self, rows: EbirdRows, row: Row) -> dict[str, Any]:
        record: dict[str, Any] = {role: rows.cell(row, *columns)
                                  for role, columns in _RECORD.items()}  # fmt: skip
        record["breeding"] = _breeding(rows.cell(row, "breedingcategory"),
                                       rows.cell(row, "breedingcode"))  # fmt: skip
        told = {rows.headers[n]: cell for n in _EXTRA if (cell := rows.cell(row, n)) is not None}
        record["extra"] = told or None
        numbers = (rows.cell(row, "mlcatalognumbers") or "").split()
        record["media"] = [{"identifier": _MEDIA + n} for n in numbers if n.isdecimal()] or None
        record["basis"] = "HumanObservation"
        return record


def read_ebird(source: BirdSource) -> Iterator[Sightings]:
    """Yield the sightings of an EBD or a "My eBird data" file.

    Raises
    ------
    InputError
        It is a file of sampling events, or lacks the columns of eBird.
    """
    rows = ebird_rows(source.given, source.options.encoding, source.problems)
    rows.need(*EVENT)
    if not {"scientificname", "commonname"} & rows.columns.keys():
        raise InputError(ONLY_SAMPLING.fill(f=rows.name))
    source.tally.encoding = rows.encoding
    lists = _Checklists(source, silence_of(source))
    if lists.silence.one_species:
        source.problems.add("one_species", level="warning", message=ONE_SPECIES)
    sampling = source.beside.get("sampling")
    if sampling is not None:
        yield from lists.sampling(ebird_rows(sampling, None, source.problems))
    yield from lists.observations(rows)
    yield from lists.absences()
    for code, number, message in (
        ("not_approved", lists.not_approved, NOT_APPROVED),
        ("not_in_sampling", len(lists.unsampled), NOT_IN_SAMPLING),
    ):
        if number:
            source.problems.add(code, level="warning", message=message.fill(n=number))


def _is_complete(rows: EbirdRows, row: Row) -> bool:
    return (rows.cell(row, *_SURVEY["complete"]) or "").casefold() in _COMPLETE


def _headers(rows: EbirdRows) -> dict[str, str]:
    found = {}
    for role, columns in {**_SURVEY, **_RECORD, "event_id": EVENT}.items():
        header = _header(rows, columns)
        if header is not None:
            found[role] = header
    return found


def _header(rows: EbirdRows, columns: tuple[str, ...]) -> str | None:
    return next((rows.headers[name] for name in columns if name in rows.headers), None)


def _breeding(category: str | None, code: str | None) -> str | None:
    """Return the evidence that eBird's category tells, else its code.

    Examples
    --------
    >>> _breeding("C4", "NY"), _breeding(None, "NE Nest with Eggs"), _breeding(None, "F Flyover")
    ('confirmed', 'confirmed', None)
    """
    if category is not None and category.casefold() in _CATEGORIES:
        return _CATEGORIES[category.casefold()]
    return None if code is None else _CODES.get(code.split()[0].strip("-–:").casefold())
