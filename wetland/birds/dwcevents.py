"""The events of an archive whose core is the event, kept while its occurrences stream by.

Rule of decision: an event without a date, a place or a protocol has those of its parent, up to
`MOST_LEVELS` above it. The first of two events of one identifier counts. Effort may also stand in
measurements or in the Humboldt extension; what the core tells comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wetland.base.texts import text
from wetland.birds.dwcarows import Rows
from wetland.birds.dwccells import properties_of
from wetland.birds.dwcroles import event_columns, extras_of, first_told, merged_extra, used_terms
from wetland.birds.readeffort import hectares, kilometres, minutes
from wetland.birds.sightings import EVENT_COLUMNS
from wetland.reading.cells import is_blank
from wetland.reading.dates import CellError
from wetland.reading.telling import Teller

MOST_LEVELS = 10

TWICE = text("调查编号重复，用最先的一行", "this event stood before: the first row is used")
NO_ID = text("这一行没有调查编号", "the row has no event identifier")

_WHEN = ("date", "date_end", "time", "time_end", "year", "month", "day")
_WHERE = ("lon", "lat", "datum", "uncertainty_m")
_INHERITED = (("date", _WHEN), ("lon", _WHERE), ("plot", ("plot",)), ("locality", ("locality",)),
              ("protocol", ("protocol",)), ("habitat", ("habitat",)))  # fmt: skip
# Types of measurements, folded -> role.
_MEASURED = {
    "duration": "duration_min", "survey duration": "duration_min", "event duration": "duration_min",
    "sampling duration": "duration_min", "duration_min": "duration_min", "历时": "duration_min",
    "时长": "duration_min", "distance": "distance_km", "transect length": "distance_km",
    "distance travelled": "distance_km", "distance_km": "distance_km", "路程": "distance_km",
    "样线长度": "distance_km", "area": "area_ha", "area_ha": "area_ha", "面积": "area_ha",
    "sampled area": "area_ha", "number of observers": "observer_count",
    "observer_count": "observer_count", "observer count": "observer_count",
    "调查人数": "observer_count", "observers": "observers", "调查人": "observers",
    "all species recorded": "complete", "complete": "complete", "complete checklist": "complete",
}  # fmt: skip
_UNITS = {"duration_min": minutes, "distance_km": kilometres, "area_ha": hectares}


class Events:
    """Events by identifier, compact: one tuple of cells each."""

    def __init__(self, tell: Teller) -> None:
        self._tell = tell
        self._at: dict[str, int] = {}
        self._cells: list[tuple[Any, ...]] = []
        self._lines: list[int] = []
        self._extra: dict[int, dict[str, Any]] = {}
        self._invented: dict[int, Any] = {}
        self._roles: tuple[str, ...] = tuple(EVENT_COLUMNS)
        self._kept: dict[Any, Any] = {}
        self._used: set[int] = set()
        self._parents: set[str] = set()

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self._cells)

    def add(self, rows: Rows) -> None:
        """Add rows of the core."""
        made = event_columns(rows)
        recorders = first_told(rows, ("recordedBy",))
        if recorders is not None and "observers" not in made:
            made["observers"] = recorders
        used = used_terms(of_events=True, of_records=False) | {"recordedBy"}
        left = made.pop("event_extra", [None] * len(rows.numbers))
        others = [merged_extra(*both) for both in zip(left, extras_of(rows, used), strict=True)]
        properties = [properties_of(c) for c in rows.column("dynamicProperties")]
        columns = [made.get(role) for role in self._roles]
        for at, line in enumerate(rows.numbers):
            cells = tuple(None if c is None or is_blank(c[at]) else self._once(c[at])
                          for c in columns)  # fmt: skip
            told = rows.keys[at] or cells[0]
            if told is None or is_blank(told):
                self._tell.rows("event_id_missing", [line], NO_ID, column="eventID")
                continue
            if told in self._at:
                self._tell.rows("event_twice", [line], TWICE, column="eventID", value=told)
                continue
            position = self._at[told] = len(self._cells)
            self._cells.append((cells[0] or told, *cells[1:]))
            self._lines.append(line)
            if cells[1] is not None:
                self._parents.add(cells[1])
            self._put_extra(position, others[at], properties[at])

    def _put_extra(
        self, position: int, extra: dict[str, Any] | None, properties: Mapping[str, Any]
    ) -> None:
        if extra:
            self._extra[position] = extra
        if "synthetic" in properties:
            self._invented[position] = properties["synthetic"]

    def _once(self, cell: Any) -> Any:  # noqa: ANN401 - a cell
        """Return the same object for the same words, so that repeated ones take no room."""
        if len(self._kept) > 100_000:
            self._kept.clear()
        return self._kept.setdefault(cell, cell)

    def find(self, key: str | None) -> int | None:
        """Return the position of an event; None where there is none."""
        return None if key is None else self._at.get(key)

    def measure(self, rows: Rows) -> None:
        """Add rows of measurements: effort where it is one, else kept as told."""
        kinds = rows.column("measurementType")
        values, units = rows.column("measurementValue"), rows.column("measurementUnit")
        occurrences = rows.column("occurrenceID")
        for key, kind, value, unit, occurrence in zip(rows.keys, kinds, values, units, occurrences,
                                                      strict=True):  # fmt: skip
            position = self.find(key)
            if position is None or is_blank(value) or not is_blank(occurrence):
                continue
            role = _MEASURED.get(str(kind or "").strip().casefold())
            cell = None if role is None else _measured(role, value, unit)
            if role is not None and cell is not None:
                self._set(position, {role: cell})
            else:
                extra = self._extra.setdefault(position, {})
                extra.setdefault("measurements", []).append(
                    {"type": kind, "value": value, "unit": unit}
                )

    def describe(self, rows: Rows) -> None:
        """Add rows of the Humboldt extension."""
        made = event_columns(rows)
        left = made.pop("event_extra", None)
        others = extras_of(rows, used_terms(of_events=True, of_records=False))
        for at, key in enumerate(rows.keys):
            position = self.find(key)
            if position is None:
                continue
            self._set(position, {r: c[at] for r, c in made.items() if not is_blank(c[at])})
            extra = merged_extra(self._extra.get(position), left[at] if left else None, others[at])
            if extra:
                self._extra[position] = extra

    def attach(self, position: int, medium: dict[str, Any]) -> None:
        """Add a medium to an event."""
        self._extra.setdefault(position, {}).setdefault("media", []).append(medium)

    def _set(self, position: int, told: Mapping[str, Any]) -> None:
        """Put in what the core leaves out."""
        cells = self._cells[position]
        self._cells[position] = tuple(
            told.get(role) if cell is None else cell
            for role, cell in zip(self._roles, cells, strict=True)
        )

    def columns(self, positions: Iterable[int]) -> dict[str, list[Any]]:
        """Return what events say, by role, in the order of positions; they count as used."""
        wanted = list(positions)
        self._used.update(wanted)
        cells = [self._whole(at) for at in wanted]
        made: dict[str, list[Any]] = {
            role: [one[at] for one in cells] for at, role in enumerate(self._roles)
        }
        made["event_extra"] = [self._extra.get(at) for at in wanted]
        if self._invented:
            made["synthetic"] = [self._invented.get(at) for at in wanted]
        return made

    def _whole(self, position: int) -> tuple[Any, ...]:
        """Return the cells of an event with what its parents tell."""
        cells = self._cells[position]
        parent = cells[1]
        if parent is None:
            return cells
        told = dict(zip(self._roles, cells, strict=True))
        for _ in range(MOST_LEVELS):
            above = self.find(parent)
            if above is None:
                break
            theirs = dict(zip(self._roles, self._cells[above], strict=True))
            for lead, roles in _INHERITED:
                if all(told[role] is None for role in roles) and (
                    theirs[lead] is not None or theirs.get("year" if lead == "date" else lead)
                ):
                    told.update({role: theirs[role] for role in roles})
            parent = theirs["parent_event_id"]
        return tuple(told.values())

    def unused(self) -> list[int]:
        """Return the events without an occurrence that are nobody's parent: visits all the same."""
        ids = {position: key for key, position in self._at.items()}
        return [at for at in range(len(self._cells))
                if at not in self._used and ids[at] not in self._parents]  # fmt: skip

    def lines(self, positions: Iterable[int]) -> list[int]:
        """Return the lines of events in the core."""
        return [self._lines[at] for at in positions]


def _measured(role: str, value: Any, unit: Any) -> Any:  # noqa: ANN401 - a cell
    """Return a measured effort in the unit of its role; None where it is in another."""
    reader = _UNITS.get(role)
    if reader is None:
        return value
    words = f"{value} {unit}" if not is_blank(unit) else str(value)
    try:
        return reader(words)
    except CellError:
        return None
