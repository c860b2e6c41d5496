"""Group acts into situations that are alike to the law, and judge each once.

Two acts are alike when they name the same activities, the same rules may speak of them, and they
agree in all that these rules ask for: zones, facts, records, seasons and, where a rule asks for it,
the area on the ground.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.codes import Codes, together
from wetland.regulations.conditions import FactValue, Situation
from wetland.regulations.judge import Judgement
from wetland.screening.acts import Acts
from wetland.screening.candidates import AREA, Asked, Candidates, Needs
from wetland.screening.footprints import Ground
from wetland.screening.judging import Areas, Judge

Hashes = NDArray[np.uint64]
Records = tuple[Codes, Sequence[Mapping[str, bool | None]]]
_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The acts that name an activity, and what the law says of each.

    Parameters
    ----------
    rows
        The acts, ascending.
    situation
        The situation of each of ``rows``.
    asked
        By situation, the rules that may speak of it.
    judgement
        By situation, which of ``judgements`` is its answer.
    judgements
        Each distinct answer.
    open
        Which of ``rows`` are footprints whose area nobody stated.
    """

    rows: NDArray[np.intp]
    situation: Codes
    asked: list[Asked]
    judgement: Codes
    judgements: list[Judgement]
    open: NDArray[np.bool_]


class Situations:
    """What the acts of one screening are to the law."""

    def __init__(
        self, acts: Acts, records: Records, law: Candidates, judge: Judge, ground: Ground
    ) -> None:
        self.acts, self.records, self.law = acts, records, law
        self.judge, self.ground = judge, ground
        self.rows = acts.named
        self.act = acts.activities[0][self.rows]
        self.day = acts.days[0][self.rows]
        self.fact = acts.facts[0][self.rows]
        self.state = acts.places.code[self.rows]
        self.record = records[0][self.rows]
        self.period = np.array([law.period(day) for day in acts.days[1]], dtype=np.int64)[self.day]
        self.open = self._open()
        self.asked = self._asked()

    def judged(self) -> Judged:
        """Judge each situation once."""
        alike = [self.asked, self._season(), self._place(), self._facts(), self._records()]
        number, first = together(*alike, self.open.astype(np.int8), *self._areas())
        asked = [self.law.asked[k] for k in self.asked[first].tolist()]
        found: dict[int, tuple[int, Judgement]] = {}
        which = np.zeros(len(first), dtype=np.int64)
        for k, (row, one) in enumerate(zip(first.tolist(), asked, strict=True)):
            answer = self.judge.judge(one, self.of(row), self.areas(row, one))
            which[k] = found.setdefault(id(answer), (len(found), answer))[0]
        answers = [answer for _, answer in found.values()]
        return Judged(self.rows, number, asked, which, answers, self.open)

    def of(self, row: int) -> Situation:
        """Return what is known of one of the rows that name an activity."""
        acts = self.acts
        return Situation(
            acts.days[1][self.day[row]],
            acts.activities[1][self.act[row]],
            acts.places.memberships(int(self.state[row])),
            acts.facts[1][self.fact[row]],
            self.records[1][self.record[row]],
        )

    def areas(self, row: int, asked: Asked) -> Areas | None:
        """Return the area of an open footprint in each set of zones; None for any other act."""
        if not self.open[row]:
            return None
        at = int(self.rows[row])
        out: dict[tuple[str, ...], float | None] = {}
        for zones in _area_zones(asked):
            area = float(self.ground.areas_m2(zones)[at])
            out[zones] = None if np.isnan(area) else area
        return out

    def digests(self) -> Hashes:
        """Return 64 bits of a digest of each distinct situation, footprints left out.

        Facts and records count whole here, and a day by itself where a rule asks for a season:
        it says how many different things happened, not how many answers were worked out.
        """
        acts, names = self.acts, np.array(self.acts.places.names)
        if not len(self.rows):
            return np.zeros(0, dtype=np.uint64)
        seasonal = np.array([bool(one.needs.seasons) for one in self.law.asked])[self.asked]
        days = _digests(acts.days[1], lambda day: ("on", None if day is None else day.isoformat()))
        periods = _digests(range(self.law.periods), lambda period: ("in", period))
        stands = acts.places.where + 3 * acts.places.cause
        place = self._by_need(
            lambda needs: _known(None if self.law.decided_on else needs.zones, names),
            lambda zones: _digests(
                [tuple(row) for row in stands[:, np.isin(names, zones)].tolist()],
                lambda row: (*zones, *row),
            ),
        )
        parts = [
            _digests(acts.activities[1], lambda names: names)[self.act],
            np.where(seasonal, days[self.day], periods[self.period]),
            place,
            _digests(acts.facts[1], _facts_key)[self.fact],
            _digests(self.records[1], lambda known: sorted(known.items()))[self.record],
        ]
        mixed = np.zeros(len(self.rows), dtype=np.uint64)
        for part in parts:
            mixed = (mixed ^ part) * _ODD
            mixed ^= mixed >> _SHIFT
        return np.unique(mixed[~self.open])

    def _by_need(
        self, of: Callable[[Needs], tuple[str, ...]], table: Callable[[Any], Any]
    ) -> NDArray[Any]:
        """Spread a table by state: one table per set of zones that rules ask for."""
        tables: dict[tuple[str, ...], int] = {}
        made: list[NDArray[Any]] = []
        number = np.zeros(len(self.law.asked), dtype=np.int64)
        for one in self.law.asked:
            zones = of(one.needs)
            if zones not in tables:
                tables[zones] = len(made)
                made.append(table(zones))
            number[one.number] = tables[zones]
        if not made:
            return np.zeros(len(self.rows), dtype=np.int64)
        spread: NDArray[Any] = np.stack(made)[number[self.asked], self.state]
        return spread

    def _open(self) -> NDArray[np.bool_]:
        if AREA not in self.law.regulations.vocabulary.facts:
            return np.zeros(len(self.rows), dtype=bool)
        unstated = np.array([facts.get(AREA) is None for facts in self.acts.facts[1]], dtype=bool)
        footprint: NDArray[np.bool_] = self.ground.is_footprint()[self.rows]
        footprint &= unstated[self.fact]
        return footprint

    def _asked(self) -> Codes:
        pair, first = together(self.act, self.period)
        activities, days = self.acts.activities[1], self.acts.days[1]
        numbers = [
            self.law.of(activities[self.act[row]], days[self.day[row]]).number
            for row in first.tolist()
        ]
        spread: Codes = np.array(numbers, dtype=np.int64)[pair]
        return spread

    def _season(self) -> Codes:
        windows = [one.needs.seasons for one in self.law.asked]
        seasonal = np.array([bool(w) for w in windows], dtype=bool)[self.asked]
        out = np.zeros(len(self.rows), dtype=np.int64)
        rows = np.flatnonzero(seasonal)
        pair, first = together(self.asked[rows], self.day[rows])
        known: dict[object, int] = {}
        codes = [
            known.setdefault(
                self.law.asked[self.asked[row]].needs.in_season(self.acts.days[1][self.day[row]]),
                len(known),
            )
            for row in rows[first].tolist()
        ]
        out[rows] = np.array(codes, dtype=np.int64)[pair]
        return out

    def _place(self) -> Codes:
        names = np.array(self.acts.places.names)
        stands = self.acts.places.where + 3 * self.acts.places.cause

        def table(zones: tuple[str, ...]) -> Codes:
            asked = stands[:, np.isin(names, zones)]
            if not asked.shape[1]:
                return np.zeros(len(stands), dtype=np.int64)
            classes: Codes = np.unique(asked, axis=0, return_inverse=True)[1].reshape(-1)
            return classes

        return self._by_need(lambda needs: _known(needs.zones, names), table)

    def _facts(self) -> Codes:
        return self._restricted(self.fact, self.acts.facts[1], lambda needs: needs.facts)

    def _records(self) -> Codes:
        return self._restricted(self.record, self.records[1], lambda needs: needs.records)

    def _restricted(
        self,
        codes: Codes,
        values: Sequence[Mapping[str, FactValue]],
        of: Callable[[Needs], tuple[str, ...]],
    ) -> Codes:
        """Return a number per act for what of its facts or records the rules ask for."""
        if len(values) == 1:
            return np.zeros(len(codes), dtype=np.int64)
        pair, first = together(self.asked, codes)
        known: dict[object, int] = {}
        out = np.zeros(len(first), dtype=np.int64)
        numbers = zip(self.asked[first].tolist(), codes[first].tolist(), strict=True)
        for k, (asked, code) in enumerate(numbers):
            held = values[code]
            seen = tuple(
                (name, type(value), value)
                for name in of(self.law.asked[asked].needs)
                if (value := held.get(name)) is not None
            )
            out[k] = known.setdefault(seen, len(known))
        return out[pair]

    def _areas(self) -> list[Codes]:
        """Return, by set of zones, what the area of each open footprint may change."""
        out = []
        every = {zones: one.needs.limits for one in self.law.asked for zones in _area_zones(one)}
        limits = sorted({limit for several in every.values() for limit in several})
        for zones in every:
            counts = np.array([zones in _area_zones(one) for one in self.law.asked])[self.asked]
            rows = np.flatnonzero(counts & self.open)
            code = np.zeros(len(self.rows), dtype=np.int64)
            if len(rows):
                code[rows] = self._area_classes(zones, rows, limits)
                out.append(code)
        return out

    def _area_classes(
        self, zones: tuple[str, ...], rows: NDArray[np.intp], limits: Sequence[float]
    ) -> Codes:
        areas = self.ground.areas_m2(zones)[self.rows[rows]]
        known = ~np.isnan(areas)
        if self.law.decided_on is not None:  # a later fine may be milder from some area on
            classes = np.unique(areas, return_inverse=True)[1].reshape(-1)
        else:
            below, upto = (np.searchsorted(limits, areas, side) for side in ("left", "right"))
            classes = below + upto
        return np.where(known, 1 + classes, 0)


def last_rows(numbers: Codes) -> NDArray[np.intp]:
    """Return where each number last appears, by number."""
    out = np.zeros(int(numbers.max(initial=-1)) + 1, dtype=np.intp)
    out[numbers] = np.arange(len(numbers))
    return out


def _area_zones(asked: Asked) -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(rule.rule.zones for rule, needs in asked.ruled if needs.area))


def _known(zones: Sequence[str] | None, names: NDArray[Any]) -> tuple[str, ...]:
    """Return the names among ``zones`` that a place can stand to; None: all."""
    return tuple(name for name in names.tolist() if zones is None or name in zones)


def _digests(values: Sequence[Any] | range, key: Callable[[Any], object]) -> Hashes:
    made = [hashlib.blake2b(repr(key(v)).encode(), digest_size=8).digest() for v in values]
    return np.frombuffer(b"".join(made), dtype="<u8").astype(np.uint64)


def _facts_key(facts: Mapping[str, FactValue]) -> object:
    """Return facts so that equal ones are written equally: 1, 1.0 and True are equal."""
    return [
        (name, float(value) if isinstance(value, bool | int | float) else repr(value))
        for name, value in sorted(facts.items())
    ]
