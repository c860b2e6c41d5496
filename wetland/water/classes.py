"""The class of water by its worst item (单因子评价法), and how complete that answer is.

Two questions are kept apart: which class follows from what was measured (`Classes.water_class`),
and which classes are possible (`Classes.best` to `Classes.worst`) given the items of the programme
that are missing and the non-detects whose limit lies above a criterion.

References
----------
GB 3838-2002, table 1; 环办〔2011〕22号, sections 2 and 3; 环办监测函〔2020〕82号.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.water.classesitems import WORST, item_class, oxygen_saturated
from wetland.water.classestable import WHY_NOT_OFFICIAL, classes_table
from wetland.water.columns import listed
from wetland.water.results import Readings
from wetland.water.standards import Assessment, Standard, assessment_on, standard_on
from wetland.water.stations import CLASSES, Programme, Station

__all__ = ["WHY_NOT_OFFICIAL", "Classes", "classes_table", "classify"]

Flags = NDArray[np.bool_]
Marks = NDArray[np.int8]

NO_STATION = text(
    "这些站点没有说明是河流还是湖库：{stations}",
    "these stations are not declared, river or lake is not known: {stations}",
)
NO_STATION_HINT = text(
    "河流与湖库的总磷限值不同；请声明站点，或用 --water-body river|lake 指定",
    "rivers and lakes have other limits for total phosphorus: declare the stations, or give"
    " --water-body river|lake",
)
_NO_PROGRAMME = text(
    "站点 {station} 的监测方案 {programme} 未声明；有：{known}",
    "the programme {programme} of station {station} is not declared; there are: {known}",
)


@dataclass(frozen=True, eq=False)
class Classes:
    """Classes of readings, row by row; a class is 1 to 6 (`CLASSES`), 0 is none.

    Attributes
    ----------
    readings, stations, standard, assessment
        What was assessed, and by what.
    items
        The assessed items, columns of ``item_class``, ``required`` and ``missing``.
    item_best, item_worst
        The ends of the classes that each item may have, with non-detects at zero and at their
        limits.
    water_class, deciding
        The class of the worst item measured (0 where no item was), and the items that are of it.
    best, worst
        The ends of the possible classes.
    complete
        Every item of the station's programme that belongs to a class has a class.
    official
        Complete, over, and with as many samples as the method asks for.
    enough
        Whether there are as many samples as the method asks for.
    over
        Whether the period has ended.
    apart
        Classes of total nitrogen and faecal coliforms (columns as ``assessment.apart``).
    lake, target
        The kind of water and the target class of each row's station.
    """

    readings: Readings
    stations: Mapping[str, Station]
    standard: Standard
    assessment: Assessment
    items: tuple[str, ...]
    item_class: Marks
    item_best: Marks
    item_worst: Marks
    required: Flags
    water_class: Marks
    deciding: Flags
    best: Marks
    worst: Marks
    complete: Flags
    official: Flags
    enough: Flags
    over: Flags
    apart: Marks
    lake: Flags
    target: Marks

    @property
    def missing(self) -> Flags:
        """Return which items of the programme have no class."""
        missing: Flags = self.required & (self.item_class == 0)
        return missing

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.water_class)


def classify(
    readings: Readings,
    stations: Mapping[str, Station],
    *,
    on: dt.date | None = None,
    programmes: Mapping[str, Programme] | None = None,
    as_of: dt.date | None = None,
) -> Classes:
    """Assess readings by the single-factor method.

    Parameters
    ----------
    readings
        From `period_means`.
    stations
        Every station of the readings: the kind of water is never guessed.
    on
        The day whose standard and method apply; without one the newest are applied to every
        period, so that years can be compared.
    programmes
        The site's programmes by name. A station without a programme is held to the method's own
        (9+X: of the items of a class pH, DO, CODMn, NH3-N and TP); whatever else was measured
        counts too.
    as_of
        The day it is looked on: a period that has not ended by then has no official class. Without
        a day all periods are taken to be over.

    Notes
    -----
    Rule of decision. The class is that of the worst item. An item of the programme without a value
    makes the class incomplete: it is this class or worse. A non-detect is assessed at half its
    limit; where zero or the limit itself would fall into other classes, these are possible too. A
    non-detect without a limit has no class of its own, so an item of the programme is missing
    then; a mean with such a result is at least what the others make of it, with this one at zero.
    A row without any item has no class, and everything is possible. Total nitrogen and faecal
    coliforms are classed apart; nitrogen by the limits for lakes, whatever the water.

    Raises
    ------
    InputError
        A station is not declared, its programme is not, or no standard of ``on`` is encoded.
    """
    standard, assessment = standard_on(on), assessment_on(on)
    number, known = _stations(readings, stations)
    lake = np.array([s.water_body == "lake" for s in known], dtype=bool)[number]
    items = assessment.items
    required = _required(known, items, assessment, programmes or {})[number]
    judge = _Judge(readings, standard, lake)
    value, best, worst = judge.items(items, required)
    water_class = _class_of(value, best)
    complete = ~(required & (value == 0)).any(axis=1) & (water_class > 0)
    enough, over = _enough(readings, items, required, assessment), readings.over(as_of)
    return Classes(
        readings,
        stations,
        standard,
        assessment,
        items,
        item_class=value,
        item_best=best,
        item_worst=worst,
        required=required,
        water_class=water_class,
        deciding=_deciding(value, best, water_class),
        best=best.max(axis=1, initial=1),
        worst=np.where(complete, worst.max(axis=1, initial=1), np.int8(WORST)),
        complete=complete,
        official=complete & enough & over,
        enough=enough,
        over=over,
        apart=judge.items(assessment.apart)[0],
        lake=lake,
        target=_targets(known)[number],
    )


def _targets(known: list[Station]) -> Marks:
    targets = [0 if s.target_class is None else CLASSES.index(s.target_class) + 1 for s in known]
    return np.array(targets, dtype=np.int8)


def _deciding(value: Marks, best: Marks, water_class: Marks) -> Flags:
    """Find the items that set the class; one without a value only where no value is as bad."""
    of_class = water_class[:, None]
    decides = (value == of_class) & (value > 0)
    unknown = (value == 0) & (best == of_class) & (best > 0)
    found: Flags = np.where(decides.any(axis=1)[:, None], decides, unknown)
    return found


def _stations(
    readings: Readings, stations: Mapping[str, Station]
) -> tuple[NDArray[np.intp], list[Station]]:
    import pandas as pd  # noqa: PLC0415 - classes of arrays need no frames

    number, names = pd.factorize(readings.station)
    if unknown := [str(n) for n in names if n not in stations]:
        raise InputError(NO_STATION.fill(stations=listed(unknown)), hint=NO_STATION_HINT)
    return number, [stations[str(n)] for n in names]


def _required(
    known: list[Station],
    items: tuple[str, ...],
    assessment: Assessment,
    programmes: Mapping[str, Programme],
) -> Flags:
    """Return which items of a class belong to each station's programme."""
    asked = np.zeros((len(known), len(items)), dtype=bool)
    for at, station in enumerate(known):
        programme: Programme | None = assessment.programme
        if station.programme is not None:
            programme = programmes.get(station.programme)
        if programme is None:
            raise InputError(
                _NO_PROGRAMME.fill(
                    station=station.id,
                    programme=station.programme,
                    known=", ".join(programmes) or "-",
                )
            )
        asked[at] = [item in programme.items for item in items]
    return asked


def _class_of(value: Marks, best: Marks) -> Marks:
    """Return the class of the worst item, 0 where none was measured."""
    measured = value.max(axis=1, initial=0)
    return np.where(measured == 0, np.int8(0), np.maximum(measured, best.max(axis=1, initial=1)))


def _enough(
    readings: Readings, items: tuple[str, ...], required: Flags, assessment: Assessment
) -> Flags:
    """Find rows with enough samples: of the row, and of every required item that was measured."""
    least = assessment.minimum_samples[readings.per]
    enough: Flags = readings.samples >= least
    if least <= 1:
        return enough
    for at, item in enumerate(items):
        if item in readings.parameters:
            count = readings.count[:, readings.parameters.index(item)]
            enough = enough & ~(required[:, at] & (count > 0) & (count < least))
    return enough


class _Judge:
    """Class items of one set of readings."""

    def __init__(self, readings: Readings, standard: Standard, lake: Flags) -> None:
        self.readings = readings
        self.standard = standard
        self.lake = lake

    def items(
        self, items: tuple[str, ...], required: Flags | None = None
    ) -> tuple[Marks, Marks, Marks]:
        """Return the classes of the official values, and the best and worst possible ones.

        An item without a value (a non-detect without a limit) that is not ``required`` has none.
        """
        shape = (len(self.readings), len(items))
        value, best, worst = (np.zeros(shape, dtype=np.int8) for _ in range(3))
        for at, item in enumerate(items):
            if item not in self.readings.parameters:
                continue
            value[:, at] = self._of(item, "value", slice(None))
            best[:, at] = worst[:, at] = value[:, at]
            low, high = (self.readings.column(item, which) for which in ("low", "high"))
            wide = np.flatnonzero(low != high)
            wide = wide[~np.isnan(low[wide])]
            if len(wide):
                ends = [self._of(item, which, wide) for which in ("low", "high")]
                best[wide, at] = np.minimum(*ends)
                worst[wide, at] = np.maximum(*ends)
        if required is not None:
            lost = (value == 0) & ~required
            best[lost] = worst[lost] = 0
        return value, best, worst

    def _of(self, item: str, which: str, rows: NDArray[np.intp] | slice) -> Marks:
        values = self.readings.column(item, which)[rows]
        saturated = None
        if item == "do":
            others = (self.readings.column(code)[rows] for code in ("temp", "do_sat"))
            saturated = oxygen_saturated(self.standard, values, *others)
        limits = self.standard.limits[item]
        return item_class(limits, values, self.lake[rows], saturated=saturated)
