"""The rows of a file of visitors taken apart: one `Seen` for each number, the rest told.

Rule of decision: an empty cell was not counted and gives nothing, which is counted; a cell that is
no number and a row whose time cannot be read are errors and kept aside. A row or column of totals
is never a count: it is compared with what it sums up, and told where it differs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from wetland.base.texts import text
from wetland.reading.dates import CellError
from wetland.reading.grid import Grid
from wetland.reading.telling import Teller
from wetland.visitors.layouts import Head, ValueColumn, place_role
from wetland.visitors.readcells import Number, is_closed, read_number, shown
from wetland.visitors.readoptions import CountOptions
from wetland.visitors.readplaces import Known, Places
from wetland.visitors.readseen import OCCUPIED, Seen
from wetland.visitors.readtotals import SLACK, Totals, number_in
from wetland.visitors.readwhen import Rules, Stamp, When, read_when
from wetland.visitors.readwords import (
    TIMES,
    cumulative_of,
    kind_of_place,
    measure_of,
)

TRUE_WORDS = frozenset({"true", "t", "yes", "y", "1", "是"})

# Columns that may hold what is no time of day, before those that hold days.
_OF_THE_DAY = ("time", "time_end", "hour", "period", *TIMES)

NOT_A_COUNT = text("不是数量", "not a count")
EMPTY_COUNT = text("没有填数量，按未计数处理", "no count is given: taken as not counted")
CLOSED = text("写明“{v}”，不计数", "it says '{v}': nothing was counted")
UNKNOWN_PLACE = text(
    "场地包没有“{p}”，按{k}另列", "the pack has no '{p}': listed by that name as {k}"
)
MEANT = text("；是否指“{s}”？", "; is '{s}' meant?")
KINDS = {"gate": text("出入口", "a gate"), "area": text("区域", "an area"),
         "boat": text("游船、码头", "a boat or pier"),
         "car_park": text("停车场", "a car park")}  # fmt: skip
ASSUMED_PLACE = text("没有写明计数处，按“{p}”计", "no place is named: taken as counts of '{p}'")
NO_PLACE = text("没有写明计数处", "no place is named")
UNKNOWN_MEASURE = text(
    "不认识的计数内容“{m}”；可写：入园、出园、在园、艘次、乘船",
    "unknown measure '{m}'; write entries, exits, present, boats or passengers",
)
TOTALS_UNREAD = text("{n} 处合计或均值无从核对，未作为计数读入",
                     "{n} totals or means cannot be compared; not read as counts")  # fmt: skip
TOTALS_LEFT = text("{n} 处合计与各项相符，未作为计数读入",
                   "{n} totals agree with their parts; they were not read as counts")  # fmt: skip
PLACE_LEFT = text("{n} 个数按选项略去", "{n} numbers left out as asked")
UNREAD = text("这一列没有读作数量；要读请用 --map 指明",
              "this column was not read as counts; name it by --map to read it")  # fmt: skip
BAD_BAYS = text("泊位数不是正数，未用", "the number of bays is not above 0: not used")
NO_BAYS = text("只有空位数而不知泊位数", "free bays without the number of bays")
REPEATED_HEADER = text("这一行重复表头", "this row repeats the header")


@dataclass(slots=True)
class Rows:
    """What the rows of a file hold.

    Attributes
    ----------
    seen
        The numbers, in the order of the file.
    rows
        Rows below the header.
    numbers
        ``empty`` cells, ``closed`` cells, ``totals``, ``left_out``.
    """

    seen: list[Seen] = field(default_factory=list)
    rows: int = 0
    numbers: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class RowReader:
    """Reads the rows below a header.

    Parameters
    ----------
    grid, head
        The cells, and what the columns mean.
    options
        What a person knows of the file.
    places
        Places of the pack.
    tell
        Takes what is wrong.
    lone
        Whether the only series may go without a place (a series for a forecast).
    """

    grid: Grid
    head: Head
    options: CountOptions
    places: Places
    tell: Teller
    lone: bool = False
    found: Rows = field(default_factory=Rows)
    _whens: dict[When, Stamp | CellError] = field(default_factory=dict)
    _named: dict[tuple[str, str | None], Known] = field(default_factory=dict)
    _placeless: set[int] = field(default_factory=set)
    _totals: Totals = field(init=False)

    def __post_init__(self) -> None:
        """Prepare to compare totals."""
        self._totals = Totals(self.head, self.tell, self.found.numbers)

    def read(self) -> Rows:
        """Read all rows."""
        rules = Rules(self.options.year, self.options.date_order, self.options.default_date)
        header = self.grid.rows[self.head.stop - 1]
        self.grid.fill_down(self.head.stop, kept={v.at for v in self.head.values})
        below = self.grid.rows[self.head.stop :]
        self._totals.sums = any(map(self._totals.is_total, below))
        times = [self.head.roles.get(role) for role in When._fields]
        for at in range(self.head.stop, len(self.grid.rows)):
            cells, number = self.grid.rows[at], self.grid.numbers[at]
            self.found.rows += 1
            if cells == header:
                self.tell.rows("repeated_header", [number], REPEATED_HEADER, level="warning")
            elif self._totals.is_total(cells):
                self._totals.check_row(cells, number)
            else:
                self._row(cells, number, times, rules)
        for column in self.head.unread:
            self.tell.problems.add("column_unread", column=self.head.labels[column],
                                   message=UNREAD, level="warning")  # fmt: skip
        for word, message in (("totals", TOTALS_LEFT), ("totals_unread", TOTALS_UNREAD),
                              ("left_out", PLACE_LEFT)):  # fmt: skip
            if self.found.numbers[word]:
                told = message.fill(n=self.found.numbers[word])
                self.tell.problems.add(word, level="warning", message=told)
        return self.found

    def _row(
        self, cells: list[str], number: int, times: Sequence[int | None], rules: Rules
    ) -> None:
        width = len(cells)
        when = When(*((cells[at].strip() or None) if at is not None and at < width else None
                      for at in times))  # fmt: skip
        made: list[Seen] = []
        wrong: set[str] = set()
        for column in self.head.values:
            own = when._replace(date=column.day or when.date, hour=column.hour or when.hour)
            stamp = self._when(own, rules)
            if not isinstance(stamp, CellError):
                seen = self._seen(cells, number, column, stamp)
                made += [] if seen is None else [seen]
            elif stamp.code not in wrong:
                wrong.add(stamp.code)
                self._untimely(cells, number, stamp)
        self.found.seen += made
        self._totals.check_columns(cells, number, made)

    def _untimely(self, cells: list[str], number: int, error: CellError) -> None:
        """Tell a row whose time cannot be read."""
        roles = _OF_THE_DAY if error.code == "time_invalid" else TIMES
        role = next((r for r in roles if self.head.cell(cells, r)), None)
        column = None if role is None else self.head.labels[self.head.roles[role]]
        value = None if role is None else self.head.cell(cells, role)
        self.tell.rows(error.code, [number], error.message, column=column, value=value)

    def _when(self, when: When, rules: Rules) -> Stamp | CellError:
        found = self._whens.get(when)
        if found is None:
            try:
                found = read_when(when, rules)
            except CellError as error:
                found = error
            self._whens[when] = found
        return found

    def _seen(
        self, cells: list[str], number: int, column: ValueColumn, stamp: Stamp
    ) -> Seen | None:
        """Return one number of a row; None where there is none to be counted."""
        raw = cells[column.at].strip() if column.at < len(cells) else ""
        try:
            told = read_number(raw)
            if told is not None and column.factor > 1:
                told = Number(round(told.value * column.factor, 6), True)
        except CellError as error:
            self.tell.rows(error.code, [number], error.message, column=column.label, value=raw)
            return None
        if told is None:
            self._nothing(raw, number, column)
            return None
        self._totals.add(cells, column.at, told.value)
        known = self._place(cells, column)
        if known is None:
            if self.found.numbers.get("left_out_now"):
                self.found.numbers.pop("left_out_now")
                self.found.numbers["left_out"] += 1
            else:
                if number not in self._placeless:
                    self.tell.rows("place_missing", [number], NO_PLACE, value=raw)
                self._placeless.add(number)
            return None
        measure = self._measure(cells, column, number)
        if measure is None:
            return None
        seen = Seen(number, column.label, raw, known.id, known.kind, measure, stamp, told.value,
                    told.value)  # fmt: skip
        self._more(seen, cells, column)
        if told.about:
            seen.say("rounded", "suspect", text("约数或以万计的数", "told as about, or rounded"))
        return seen

    def _nothing(self, raw: str, number: int, column: ValueColumn) -> None:
        """Count a cell without a number; tell it where it is the only one of its row."""
        if is_closed(raw):
            self.found.numbers["closed"] += 1
            self.tell.rows("closed", [number], CLOSED.fill(v=raw), column=column.label, value=raw,
                           level="warning")  # fmt: skip
            return
        self.found.numbers["empty"] += 1
        if len(self.head.values) == 1:
            self.tell.rows("count_empty", [number], EMPTY_COUNT, column=column.label, value=raw,
                           level="warning")  # fmt: skip

    def _place(self, cells: list[str], column: ValueColumn) -> Known | None:
        role = "car_park" if self.head.layout == "parking" else place_role(self.head)
        if role == "car_park" and role not in self.head.roles:
            role = place_role(self.head)
        word = column.place or (self.head.cell(cells, role) if role else None)
        if word is None:
            return self._assumed()
        if self.places.told(word) == "":
            self.found.numbers["left_out_now"] = 1
            return None
        return self._known(word, None if column.place else role)

    def _known(self, word: str, role: str | None) -> Known:
        found = self._named.get((word, role))
        if found is None:
            wanted = "car_park" if self.head.layout == "parking" else role
            known = self.places.find(word, wanted)
            found = known or self._unknown(word, wanted)
            kind = found.kind or self._kind_of(word, wanted)
            is_park = self.head.layout == "parking"
            found = Known(found.id, "car_park" if is_park else "" if self.lone else kind)
            self._named[word, role] = found
        return found

    def _kind_of(self, word: str, role: str | None) -> str:
        if role in KINDS:
            return str(role)
        return self.options.place_kind or kind_of_place(word) or "area"

    def _unknown(self, word: str, role: str | None) -> Known:
        kind = self._kind_of(word, role)
        if not self.lone and self.places.any:
            message = UNKNOWN_PLACE.fill(p=word, k=KINDS[kind])
            alike = self.places.suggest(word)
            if alike is not None:
                more = MEANT.fill(s=alike)
                message = text(message.zh + more.zh, message.en + more.en)
            self.tell.problems.add("unknown_place", value=word, message=message, level="warning")
        return Known(word, kind)

    def _assumed(self) -> Known | None:
        """Return the place of counts that name none: that of the options, else the whole site."""
        key = ("", None)
        if key not in self._named:
            told = self.options.place
            known = self.places.find(told) if told else self.places.whole
            if known is None and told:
                known = Known(told, self.options.place_kind or kind_of_place(told) or "area")
            if known is None and self.lone:
                known = Known("", "")
            if known is None:
                return None
            if not told and not self.lone:
                self.tell.problems.add("place_assumed", value=known.id, level="warning",
                                       message=ASSUMED_PLACE.fill(p=known.id))  # fmt: skip
            self._named[key] = known
        return self._named[key]

    def _measure(self, cells: list[str], column: ValueColumn, number: int) -> str | None:
        if self.head.layout == "parking":
            return OCCUPIED
        if column.measure is not None:
            return column.measure
        word = self.head.cell(cells, "measure")
        if word is None:
            return self.options.measure or self._usual(cells)
        told = {w.casefold(): m for w, m in self.options.measures.items()}.get(word.casefold())
        if told == "":
            self.found.numbers["left_out"] += 1
            return None
        found = told or measure_of(word)
        if found is None and not self.lone:
            self.tell.rows("unknown_measure", [number], UNKNOWN_MEASURE.fill(m=word),
                           column=self.head.labels[self.head.roles["measure"]],
                           value=word)  # fmt: skip
            return None
        return found or word

    def _usual(self, cells: list[str]) -> str:
        """Return what is counted where nothing says it: passengers of boats, else entries."""
        return (
            "passengers"
            if place_role(self.head) == "boat" and self.head.cell(cells, "boat")
            else ("entries")
        )

    def _more(self, seen: Seen, cells: list[str], column: ValueColumn) -> None:
        """Take over what else the row says: counter, bays, remarks, other columns."""
        seen.counter = self.head.cell(cells, "counter")
        seen.remarks = self.head.cell(cells, "remarks")
        told = self.options.cumulative
        word = self.head.cell(cells, "measure") or ""
        found = column.cumulative or cumulative_of(word)
        seen.cumulative = (None if told == "no" else told) if told is not None else found
        if seen.cumulative is not None and seen.counter is None:
            # A name of its own keeps it apart from counts that do not add up.
            seen.counter = word if cumulative_of(word) else column.label
        synthetic = self.head.cell(cells, "synthetic")
        seen.synthetic = (self.options.synthetic if synthetic is None
                          else synthetic.casefold() in TRUE_WORDS)  # fmt: skip
        if self.head.layout == "parking" or (self.lone and "capacity" in self.head.roles):
            self._bays(seen, cells)
        other = {self.head.labels[at]: cells[at] for at in self.head.others
                 if at < len(cells) and cells[at]}  # fmt: skip
        seen.extra = json.dumps(other, ensure_ascii=False) if other else None

    def _bays(self, seen: Seen, cells: list[str]) -> None:
        """Take the number of bays, and turn free bays into taken ones."""
        at = self.head.roles.get("capacity")
        told = None if at is None else number_in(cells, at)
        if told is not None and told.value > 0:
            seen.capacity = told.value
        elif at is not None and at < len(cells) and cells[at]:
            self.tell.rows("capacity_invalid", [seen.row], BAD_BAYS, level="warning",
                           column=self.head.labels[at], value=cells[at])  # fmt: skip
        if seen.capacity is None:
            known = next((b for b in self.places.bays.get(seen.place, ())
                          if b.holds_on(seen.stamp.first)), None)  # fmt: skip
            seen.capacity = None if known is None else float(known.bays)
        free_at = self.head.roles.get("free")
        if self.head.layout != "parking" or free_at is None:
            return
        if "occupied" not in self.head.roles:
            seen.value = None if seen.capacity is None else seen.capacity - seen.received
            if seen.value is None:
                seen.say("bays_unknown", "fail", NO_BAYS)
            return
        free = number_in(cells, free_at)
        if free is not None and seen.capacity is not None and seen.value is not None and (
            abs(seen.value + free.value - seen.capacity) > SLACK
        ):  # fmt: skip
            seen.say("parts_differ", "suspect", text(
                "已停 {v} 加空位 {f} 不等于泊位 {m}", "{v} taken and {f} free are not {m} bays"
            ).fill(v=shown(seen.value), f=shown(free.value), m=shown(seen.capacity)))  # fmt: skip
