"""Records of sightings: names matched, counts read, identifiers given.

Rule of decision: a row without a name, a count that is none, ``absent`` with individuals and an
occurrence that stood before in the file are told and kept aside. Where the file names a species
twice (scientific and Chinese) the first name that is matched counts; two names of two species are
told and match nothing, unless a person accepted them together. Rows of another class than birds
are counted and left out. Without a count and without a status the species was there and not
counted; 0 without a status is absent.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.base.texts import Text, text
from wetland.birds.birdids import digest, is_ours, record_id
from wetland.birds.birdsource import BirdSource
from wetland.birds.checklist import Match
from wetland.birds.countcells import Count
from wetland.birds.readeffort import metres
from wetland.birds.settlecells import Where, json_of, words_of
from wetland.birds.settlecounts import Counted, counted_of, of_count
from wetland.birds.settlesurveys import Surveys, Visit
from wetland.birds.sightings import RECORD_COLUMNS, Sightings
from wetland.birds.tables import BIRD_RECORDS
from wetland.reading.dates import CellError
from wetland.reading.telling import Teller

if TYPE_CHECKING:
    import pandas as pd

NO_NAME = text("没有鸟名", "there is no name")
NAMES_DIFFER = text("同一行的名称指不同物种：{s}", "the names of one row mean several species: {s}")
TWICE = text("记录编号重复，已用前面的一行", "this occurrence stood before: the first row is used")
ROW_TWICE = text(
    "同一次调查中有完全相同的一行，两行都计入；若是重复请删去一行",
    "the same row stood before in this visit: both count; take one out if it is a double",
)
UNMATCHED = text("名录中没有此名称", "the checklist does not have this name")
PERHAPS = text("名录中没有此名称；是否指：{s}", "not in the checklist; perhaps: {s}")

_ALIKE = ("individual_count", "count_received", "behavior", "recorded_by", "remarks", "geometry",
          "extra", "media")  # fmt: skip
_SEEN = "HumanObservation"
_NAMES = ("name", "name_zh", "name_en", "code")
_BIRDS = frozenset({"aves", "bird", "birds", "鸟", "鸟纲", "鸟类"})
_BREEDING = {
    "possible": "possible", "probable": "probable", "confirmed": "confirmed",
    "可能": "possible", "可能繁殖": "possible", "很可能": "probable", "很可能繁殖": "probable",
    "确认": "confirmed", "确认繁殖": "confirmed", "证实": "confirmed", "已证实": "confirmed",
    "possible breeding": "possible", "probable breeding": "probable",
    "confirmed breeding": "confirmed",
    **{f"a{n}": "possible" for n in (1, 2)}, **{f"b{n}": "probable" for n in range(3, 10)},
    **{f"c{n}": "confirmed" for n in range(10, 17)},
}  # fmt: skip
_CONTENT = tuple(
    name for name in BIRD_RECORDS.names
    if name not in {"record_id", "site", "source_id", "source_row", "taxon_id", "match", "flags",
                    "validation", "validated_by", "validated_at", "validation_reason",
                    "before_correction", "content"}
)  # fmt: skip
_NAMES_OF_COLUMNS = list(BIRD_RECORDS.names)
_CELLS = (*RECORD_COLUMNS, "observers", "datum", "extra", "media", "only_survey")


class Records:
    """The records of a file, from one part of it to the next."""

    def __init__(
        self, source: BirdSource, tell: Teller, surveys: Surveys, *, site_id: str, source_id: str,
        accepted: Mapping[str, str],
    ) -> None:  # fmt: skip
        self._source, self._tell, self._surveys = source, tell, surveys
        self._site, self._source_id, self._accepted = site_id, source_id, dict(accepted)
        self._matches: dict[str, Match] = {}
        self._dated: dict[tuple[str, dt.date], Match] = {}
        self._counts: dict[tuple[Any, Any], Counted | Count | CellError | None] = {}
        self._seen: set[bytes] = set()
        self._ordinals: Counter[bytes] = Counter()
        self._rows: set[bytes] = set()
        self.unmatched: dict[str, int] = {}
        self.lacking: set[str] = set()  # surveys with a row that was kept aside

    def settle(self, sightings: Sightings, visits: list[Visit | None]) -> pd.DataFrame:
        """Return the records of a part of the file."""
        import pandas as pd

        from wetland.base.tables import DTYPES

        frame = sightings.frame
        cells = {name: frame[name].to_numpy(dtype=object).tolist() for name in _CELLS}
        numbers = frame["row"].to_numpy(dtype=np.int64)
        self._match_names(cells)
        rows: list[tuple[Any, ...]] = []
        for at, visit in enumerate(visits):
            if visit is None or cells["only_survey"][at]:
                continue
            told = {name: column[at] for name, column in cells.items()}
            where = Where(at, None, numbers, sightings, self._tell)
            row = self._record(told, visit, where)
            if row is not None:
                rows.append(tuple(map(row.get, _NAMES_OF_COLUMNS)))
        made = pd.DataFrame.from_records(rows, columns=_NAMES_OF_COLUMNS)
        return made.astype({c.name: DTYPES[c.kind] for c in BIRD_RECORDS.columns})

    def _record(self, told: dict[str, Any], visit: Visit, where: Where) -> dict[str, Any] | None:
        try:
            counted = self._counted(told, where)
            if counted is None:
                return None
            name, match = self._named(told, visit, where)
        except CellError as error:
            self.lacking.add(visit.survey_id)
            where.wrong(error, "count" if error.code != "name_missing" else "name", told["count"])
            return None
        values = {**self._words(told), **self._placed(told, visit, where),
                  "survey_id": visit.survey_id, "name_received": name,
                  "occurrence_status": counted.status, "individual_count": counted.value,
                  "count_qualifier": counted.qualifier,
                  "synthetic": self._surveys.synthetic(told["synthetic"], where)}  # fmt: skip
        values["sex"] = values["sex"] or counted.sex
        if counted.note is not None:
            values["remarks"] = "; ".join(w for w in (values["remarks"], counted.note) if w)
        identifier = self._identity(values, where)
        if identifier is None:
            where.wrong(
                CellError("occurrence_twice", TWICE), "occurrence_id", told["occurrence_id"]
            )
            return None
        return self._finished(values, identifier, match, where)

    def _finished(
        self, values: dict[str, Any], identifier: str, match: Match, where: Where
    ) -> dict[str, Any]:
        import shapely

        place = values["geometry"]
        content = digest(list(map(_plainly(values).get, _CONTENT)))
        return {**values, "record_id": identifier, "site": self._site,
                "source_id": self._source_id, "source_row": where.row, "taxon_id": match.taxon_id,
                "match": match.how, "geometry": None if place is None else shapely.Point(place),
                "validation": "unreviewed", "content": content}  # fmt: skip

    def _words(self, told: dict[str, Any]) -> dict[str, Any]:
        extra = dict(told["extra"] or {})
        breeding = words_of(told["breeding"])
        evidence = None if breeding is None else _BREEDING.get(breeding.casefold())
        if breeding is not None and evidence is None:
            extra["breeding"] = breeding
        return {
            "occurrence_id": words_of(told["occurrence_id"]),
            "count_received": words_of(told["count"]),
            "sex": words_of(told["sex"]),
            "life_stage": words_of(told["life_stage"]),
            "behavior": words_of(told["behavior"]),
            "breeding": evidence,
            "recorded_by": _recorder(words_of(told["recorded_by"]), words_of(told["observers"])),
            "basis_of_record": words_of(told["basis"]),
            "media": json_of(told["media"]),
            "remarks": words_of(told["remarks"]),
            "extra": json_of(extra),
        }

    def _placed(self, told: dict[str, Any], visit: Visit, where: Where) -> dict[str, Any]:
        """Return the record's own place; none where it is the survey's."""
        uncertainty = None
        if told["record_uncertainty_m"] is not None:
            try:
                uncertainty = metres(told["record_uncertainty_m"])
            except CellError as error:
                where.warn(error, "record_uncertainty_m", told["record_uncertainty_m"])
        if told["record_lon"] is not None or told["record_lat"] is not None:
            place = self._surveys.record_place(told, where)
            return {"geometry": place, "uncertainty_m": uncertainty}
        if visit.place is not None and visit.place != self._surveys.place(visit):
            return {"geometry": visit.place, "uncertainty_m": uncertainty or visit.uncertainty_m}
        return {"geometry": None, "uncertainty_m": uncertainty}

    def _identity(self, values: dict[str, Any], where: Where) -> str | None:
        """Return the identifier of a record; None where its occurrence stood before.

        A row like one before it (same visit, name, sex, age, count, remarks) is told: both count.
        """
        occurrence = values["occurrence_id"]
        if occurrence is not None:
            ours = is_ours(occurrence, "b")
            found = str(occurrence) if ours else record_id(self._site, "occurrence", occurrence)
            values["occurrence_id"] = None if ours else occurrence
            short = bytes.fromhex(found.removeprefix("b-"))  # a third of the room
            if short in self._seen:
                return None
            self._seen.add(short)
            return found
        parts = [values[n] for n in ("survey_id", "name_received", "sex", "life_stage")]
        plain = record_id(self._site, "row", *parts)
        key = bytes.fromhex(plain.removeprefix("b-"))
        self._ordinals[key] += 1
        ordinal = self._ordinals[key]
        whole = bytes.fromhex(digest([plain, *(values[n] for n in _ALIKE)]))
        if whole in self._rows and values["individual_count"]:
            where.warn(CellError("row_twice", ROW_TWICE), None, values["name_received"])
        self._rows.add(whole)
        return plain if ordinal == 1 else record_id(self._site, "row", *parts, ordinal)

    def _counted(self, told: dict[str, Any], where: Where) -> Counted | None:
        """Read count and status; None where nothing was recorded. CellError where it is wrong."""
        cells = (told["count"], told["status"])
        key = (type(cells[0]), cells)
        if key not in self._counts:
            try:
                self._counts[key] = counted_of(*cells)
            except CellError as error:
                self._counts[key] = error
        found = self._counts[key]
        if isinstance(found, CellError):
            raise found
        if isinstance(found, Count):
            problem = found.problem
            if problem is not None:
                where.warn(CellError(problem.code, problem.message), "count", told["count"])
            return of_count(found, told["status"])
        return found

    def _match_names(self, cells: dict[str, list[Any]]) -> None:
        names = {words for role in (*_NAMES, "verbatim") for cell in cells[role]
                 if cell is not None and (words := words_of(cell)) is not None}  # fmt: skip
        fresh = sorted(names - self._matches.keys())
        checklist = self._source.checklist
        self._matches.update(checklist.match_all(fresh, accepted=self._accepted))

    def _named(self, told: dict[str, Any], visit: Visit, where: Where) -> tuple[str, Match]:
        """Return the name as received and what it was matched with."""
        names = [words for role in _NAMES if (words := words_of(told[role])) is not None]
        verbatim = words_of(told["verbatim"])
        if not names and verbatim is None:
            raise CellError("name_missing", NO_NAME)
        received = verbatim or names[0]
        matches = [self._match(name, visit.day) for name in names or [received]]
        found = list(dict.fromkeys(m.taxon_id for m in matches if m.taxon_id is not None))
        if len(found) > 1 and matches[0].how != "accepted":
            return self._contradiction(names, found, where)
        match = next((m for m in matches if m.taxon_id is not None), None)
        if match is None and verbatim is not None:
            match = self._match(verbatim, visit.day)
        match = match or matches[0]
        if match.taxon_id is None:
            self._tell_unmatched(received, match, where)
        return received, match

    def _contradiction(self, names: list[str], found: list[str], where: Where) -> tuple[str, Match]:
        """Return all names of a row as one: a person may accept what they mean together."""
        both = ", ".join(names)
        if both not in self._matches:
            told = self._source.checklist.match(both, accepted=self._accepted)
            taken = told if told.how == "accepted" else Match(None, "none", tuple(found))
            self._matches[both] = taken
        if self._matches[both].taxon_id is None:
            if both not in self.unmatched:
                where.warn(CellError("names_differ", NAMES_DIFFER.fill(s=both)), "name", both)
            self.unmatched[both] = self.unmatched.get(both, 0) + 1
        return both, self._matches[both]

    def _match(self, name: str, day: dt.date) -> Match:
        """Match a name; by the day of the survey where it meant several species over time."""
        match = self._matches[name]
        if match.taxon_id is not None or len(match.suggestions) <= 1:
            return match
        key = (name, day)
        if key not in self._dated:
            checklist = self._source.checklist
            self._dated[key] = checklist.match(name, accepted=self._accepted, on=day)
        return self._dated[key]

    def _tell_unmatched(self, name: str, match: Match, where: Where) -> None:
        """Tell a name the checklist does not have, once."""
        if name not in self.unmatched:
            message: Text = match.note or UNMATCHED
            if match.suggestions:
                listed = [self._source.checklist.name(s) for s in match.suggestions]
                alike = Text(zh="、".join(t.zh for t in listed), en=", ".join(t.en for t in listed))
                message = PERHAPS.fill(s=alike)
            where.warn(CellError("name_unmatched", message), "name", name)
        self.unmatched[name] = self.unmatched.get(name, 0) + 1


def _plainly(values: dict[str, Any]) -> dict[str, Any]:
    """Return values without what adds nothing: a count as plain digits, a bird that people saw.

    So a record that went out in an archive and comes back has the content it had.
    """
    count = values["individual_count"]
    received = values["count_received"]
    is_plain = count is not None and received == str(int(count))
    return {**values, "count_received": None if is_plain else received,
            "basis_of_record": values["basis_of_record"] or _SEEN}  # fmt: skip


def _recorder(recorder: str | None, observers: str | None) -> str | None:
    """Return who recorded it, none where it is who made the survey."""
    return None if recorder == observers else recorder


def is_bird(word: Any) -> bool:  # noqa: ANN401 - a cell
    """Tell whether a class is that of birds; one that is not told is."""
    return word is None or str(word).strip().casefold() in _BIRDS
