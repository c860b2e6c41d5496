"""Read Darwin Core archives: a core of occurrences, or of events with their occurrences.

Rule of decision: what the descriptor (``meta.xml``) says counts, whatever a header says. Without a
descriptor an archive of one table is read by its header. Rows of extensions whose core row is not
there are told and left out. Of a core of occurrences, other tables of occurrences (as received, in
downloads) are not read. An archive of a checklist, of two cores or with broken parts is refused
with what is wrong; a missing extension is told and the rest is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.birdfiles import Members, members_of
from wetland.birds.birdsource import BirdSource
from wetland.birds.dwcameta import MOST_META_BYTES, TOO_LARGE, Descriptor, TableFile, read_meta
from wetland.birds.dwcarecords import (
    HEADERS,
    check_terms,
    measurement,
    medium,
    occurrences_of,
    put_media,
    tell_alike,
)
from wetland.birds.dwcarows import (
    MISSING_FILE,
    Rows,
    locate,
    missing_of,
    read_rows,
    refuse_missing,
)
from wetland.birds.dwccsv import simple_table
from wetland.birds.dwcevents import Events
from wetland.birds.dwcroles import record_columns
from wetland.birds.dwcterms import (
    EVENT,
    HUMBOLDT,
    MEASUREMENTS,
    MULTIMEDIA,
    OCCURRENCE,
)
from wetland.birds.readlayouts import TABLES
from wetland.birds.sightings import Sightings
from wetland.reading.cells import is_blank
from wetland.reading.telling import Teller

NO_META = text(
    "归档没有 meta.xml，却有 {n} 个数据表，不知哪个是核心",
    "the archive has no meta.xml and {n} tables: which is the core cannot be told",
)
NO_META_HINT = text(
    "请补上 meta.xml，或只导入其中一个表", "add a meta.xml, or import one of the tables by itself"
)
TWO_ARCHIVES = text(
    "压缩包中有 {n} 个 meta.xml，请分开导入",
    "there are {n} meta.xml: import each archive by itself",
)
ORPHAN = text(
    "{f}：核心中没有编号 {k}，此行未读入", "{f}: the core has no {k}: the row was not read"
)
NO_OCCURRENCES = text(
    "存档中没有出现记录（Occurrence），只读入调查",
    "the archive has no occurrences: only its surveys were read",
)
_MOST_MEDIA = 50


def read_archive(source: BirdSource) -> Iterator[Sightings]:
    """Yield the sightings of a Darwin Core archive, a zip or its folder.

    Raises
    ------
    InputError
        It cannot be opened, or its descriptor says what cannot be followed.
    """
    tell = Teller(source.problems)
    source.tally.format = "dwca"
    with members_of(source.given) as members:
        base, descriptor = _descriptor(members)
        if descriptor is None:
            yield from _without_meta(source, members, tell)
        else:
            archive = _Archive(source, members, base, descriptor, tell)
            yield from (
                archive.of_events() if descriptor.core.kind == EVENT else (archive.of_occurrences())
            )
    tell.close()
    source.tally.count("wrong", tell.wrong_rows)


def _descriptor(members: Members) -> tuple[str, Descriptor | None]:
    """Return the folder of an archive within what was given, and its descriptor."""
    found = [n for n in members.names if PurePosixPath(n).name.casefold() == "meta.xml"]
    if not found:
        return "", None
    highest = min(len(PurePosixPath(n).parts) for n in found)
    found = [n for n in found if len(PurePosixPath(n).parts) == highest]
    if len(found) > 1:
        raise InputError(TWO_ARCHIVES.fill(n=len(found)))
    folder = PurePosixPath(found[0]).parent.as_posix()
    if members.size(found[0]) > MOST_META_BYTES:
        raise InputError(TOO_LARGE)
    with members.open(found[0]) as file:
        content = file.read(MOST_META_BYTES + 1)
    return ("" if folder == "." else f"{folder}/"), read_meta(content)


def _without_meta(source: BirdSource, members: Members, tell: Teller) -> Iterator[Sightings]:
    tables = [n for n in members.names if PurePosixPath(n).suffix.casefold() in TABLES]
    if len(tables) != 1:
        raise InputError(NO_META.fill(n=len(tables)), hint=NO_META_HINT)
    table = simple_table(members, tables[0], source.options)
    check_terms(table, source.problems)
    for rows in read_rows(members, tables, table, tell, source.problems):
        source.tally.rows += len(rows.numbers)
        yield occurrences_of(rows, core=True)


class _Archive:
    """An archive being read."""

    def __init__(
        self, source: BirdSource, members: Members, base: str, descriptor: Descriptor, tell: Teller
    ) -> None:  # fmt: skip
        self._source, self._members, self._base, self._tell = source, members, base, tell
        self._core, self._extensions = descriptor.core, descriptor.extensions
        refuse_missing(members, base, self._core)
        source.tally.encoding = self._core.encoding
        for table in self._extensions:
            for name in missing_of(members, base, table):
                source.problems.add("file_missing", value=name, message=MISSING_FILE.fill(f=name))

    def _rows(self, table: TableFile) -> Iterator[Rows]:
        names = locate(self._members, self._base, table)
        return read_rows(self._members, names, table, self._tell, self._source.problems)

    def _of_kind(self, *kinds: str) -> list[TableFile]:
        return [table for table in self._extensions if table.kind in kinds]

    def of_occurrences(self) -> Iterator[Sightings]:
        """Yield the sightings of a core of occurrences."""
        check_terms(self._core, self._source.problems)
        media = self._linked(MULTIMEDIA, medium)
        measured = self._linked(MEASUREMENTS, measurement)
        keys: set[str] = set()
        for rows in self._rows(self._core):
            self._source.tally.rows += len(rows.numbers)
            if media or measured:
                keys.update(k for k in rows.keys if k is not None)
            yield occurrences_of(rows, core=True, media=media, measured=measured)
        self._tell_orphans(keys, MULTIMEDIA, media)
        self._tell_orphans(keys, MEASUREMENTS, measured)

    def of_events(self) -> Iterator[Sightings]:
        """Yield the sightings of a core of events: of their occurrences, then of empty visits."""
        tell_alike(self._core, self._source.problems)
        events = Events(self._tell)
        for rows in self._rows(self._core):
            events.add(rows)
        tables = self._of_kind(OCCURRENCE)
        for table in tables:
            check_terms(table, self._source.problems)
        media: dict[str, list[dict[str, Any]]] = {}
        for table in self._extensions:
            for rows in self._rows(table) if table.kind not in {OCCURRENCE} else ():
                self._put(table, rows, events, media)
        for table in tables:
            for rows in self._rows(table):
                yield from self._joined(rows, table, events, media)
        if not tables:
            self._source.problems.add("no_occurrences", message=NO_OCCURRENCES, level="warning")
        yield from self._empty(events)

    def _put(
        self, table: TableFile, rows: Rows, events: Events, media: dict[str, list[dict[str, Any]]]
    ) -> None:
        """Put rows of an extension of events to where they belong."""
        rows = self._without_orphans(rows, table, events)
        if table.kind in MEASUREMENTS:
            events.measure(rows)
        elif table.kind in HUMBOLDT:
            events.describe(rows)
        elif table.kind in MULTIMEDIA:
            occurrences = rows.column("occurrenceID")
            for at, (key, occurrence) in enumerate(zip(rows.keys, occurrences, strict=True)):
                position = events.find(key)
                if occurrence is not None and not is_blank(occurrence):
                    media.setdefault(occurrence, []).append(medium(rows, at))
                elif position is not None:
                    events.attach(position, medium(rows, at))

    def _without_orphans(self, rows: Rows, table: TableFile, events: Events) -> Rows:
        """Tell rows whose event is not there, and return the others."""
        kept = []
        for at, key in enumerate(rows.keys):
            if events.find(key) is None:
                message = ORPHAN.fill(f=table.location[0], k=key or "—")
                self._tell.rows("orphan", [rows.numbers[at]], message, value=key)
            else:
                kept.append(at)
        if len(kept) == len(rows.numbers):
            return rows
        return Rows([rows.numbers[at] for at in kept], [rows.keys[at] for at in kept],
                    {t: [cells[at] for at in kept] for t, cells in rows.terms.items()})  # fmt: skip

    def _joined(
        self, rows: Rows, table: TableFile, events: Events,
        media: Mapping[str, list[dict[str, Any]]],
    ) -> Iterator[Sightings]:  # fmt: skip
        self._source.tally.rows += len(rows.numbers)
        if table.key is None and "eventID" in rows.terms:
            rows = Rows(rows.numbers, rows.terms["eventID"], rows.terms)
        rows = self._without_orphans(rows, table, events)
        if not rows.numbers:
            return
        positions = [at for at in map(events.find, rows.keys) if at is not None]
        made = events.columns(positions)
        own = record_columns(rows, as_extension=True)
        invented = own.pop("synthetic", None)
        if invented is not None:
            theirs = made.get("synthetic", [None] * len(positions))
            made["synthetic"] = [t if o is None else o
                                 for o, t in zip(invented, theirs, strict=True)]  # fmt: skip
        put_media(own, own.get("occurrence_id"), media)
        yield Sightings.of(rows.numbers, {**made, **own}, headers=HEADERS)

    def _empty(self, events: Events) -> Iterator[Sightings]:
        positions = events.unused()
        for start in range(0, len(positions), 20_000):
            part = positions[start : start + 20_000]
            made = events.columns(part)
            yield Sightings.of(events.lines(part), {**made, "only_survey": True}, headers=HEADERS)

    def _linked(self, kinds: tuple[str, ...], make: Any) -> dict[str, list[dict[str, Any]]]:  # noqa: ANN401
        """Return the rows of extensions of some kinds, by the identifier of the core."""
        found: dict[str, list[dict[str, Any]]] = {}
        for table in self._of_kind(*kinds):
            for rows in self._rows(table):
                for at, key in enumerate(rows.keys):
                    if key is not None and len(found.setdefault(key, [])) < _MOST_MEDIA:
                        found[key].append(make(rows, at))
        return found

    def _tell_orphans(
        self, keys: set[str], kinds: tuple[str, ...], linked: Mapping[str, Any]
    ) -> None:
        if not linked:
            return
        name = self._of_kind(*kinds)[0].location[0]
        for key in sorted(set(linked) - keys)[:_MOST_MEDIA]:
            self._source.problems.add("orphan", value=key, message=ORPHAN.fill(f=name, k=key))
