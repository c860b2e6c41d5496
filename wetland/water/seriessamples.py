"""What a plain series must not mix: the laboratory's own samples, and several units.

Rule of decision: a row that its column, its sample's identifier, the end of its station's name or
its remark calls quality control (平行样、空白、加标) is left out, which is told. Several units of
one parameter are refused: only a table of water results is converted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.reading.cells import is_blank
from wetland.reading.raw import RawTable
from wetland.water.cells import narrowed
from wetland.water.columns import find_roles, is_note
from wetland.water.samplekinds import qa_of, qa_of_name, qa_of_note, qa_of_sample

Judge = Callable[[str], str | None]

LEFT_OUT = text(
    "{n} 行是质控样（平行样、空白、加标、标样），不参与趋势",
    "{n} rows are quality-control samples: left out of the trend",
)
SEVERAL_UNITS = text(
    "{f}：{p} 有几种单位（{u}），不能放在一个序列里",
    "{f}: {p} has several units ({u}): no one series",
)
ONE_UNIT = text(
    "请换算成一种单位，或用 --layout tidy 按水质结果读取并换算",
    "convert them to one, or read the file as water results by --layout tidy, which converts",
)


def leave_out_quality_control(
    raw: RawTable, held: NDArray[np.bool_], problems: Problems
) -> NDArray[np.bool_]:
    """Return ``held`` without the rows that are quality control, and tell how many there were."""
    names = [str(name) for name in raw.cells.columns]
    roles = find_roles(names)
    taken = set(roles.values())
    judged: list[tuple[str, Judge]] = [
        (roles[role], judge)
        for role, judge in (("qa", qa_of), ("sample", qa_of_sample), ("station", _of_station),
                            ("remark", qa_of_note))
        if role in roles
    ]  # fmt: skip
    judged += [(name, qa_of_note) for name in names if name not in taken and is_note(name)]
    found = np.zeros(len(held), dtype=bool)
    for name, judge in judged:
        found |= _hits(raw.cells[name].tolist(), judge)
    number = int((found & held).sum())
    if number:
        problems.add("qa_samples", message=LEFT_OUT.fill(n=number), level="warning")
    return held & ~found


def _of_station(name: str) -> str | None:
    return qa_of_name(name)[1]


def _hits(cells: list[object], judge: Judge) -> NDArray[np.bool_]:
    known = {raw: not is_blank(raw) and judge(str(raw)) is not None for raw in set(cells)}
    return np.array([known[raw] for raw in cells], dtype=bool)


def refuse_several_units(file: str, parameters: Iterable[object], units: Iterable[object]) -> None:
    """Refuse a parameter that is given in more than one unit.

    Raises
    ------
    InputError
        Naming the parameter and its units.
    """
    seen: dict[object, dict[str, None]] = {}
    for parameter, unit in set(zip(parameters, units, strict=True)):
        if not is_blank(unit):
            seen.setdefault(parameter, {})[narrowed(unit).casefold()] = None
    for parameter, several in seen.items():
        if len(several) > 1:
            listed = ", ".join(sorted(several))
            raise InputError(SEVERAL_UNITS.fill(f=file, p=parameter, u=listed), hint=ONE_UNIT)
