"""How many, and whether at all: what the cells of count and status of a record say."""

from __future__ import annotations

from typing import Any, NamedTuple

from wetland.base.texts import text
from wetland.birds.countcells import ABSENT, PRESENT, Count, parse_count
from wetland.birds.settlecells import words_of
from wetland.reading.dates import CellError

CONTRADICTS = text("写着没有（absent），数量却大于 0", "the row says absent, with a count above 0")
BAD_STATUS = text("请写 present 或 absent", "write present or absent")


class Counted(NamedTuple):
    """What the cells of count and status of a record say."""

    status: str
    value: float | None
    qualifier: str
    sex: str | None = None
    note: str | None = None


def counted_of(count: Any, status: Any) -> Counted | Count | None:  # noqa: ANN401 - cells
    """Read the cells of count and status; None where a count says that nothing was recorded.

    Raises
    ------
    CellError
        No count, no status, or an absence with individuals.
    """
    told = status_of(status)
    if count is None:
        value = 0.0 if told == "absent" else None
        return Counted(told or "present", value, "exact" if told == "absent" else "present")
    read = parse_count(count)
    if read is None:
        return None
    if read.problem is not None and read.status is None:
        raise CellError(read.problem.code, read.problem.message)
    if told == "absent" and (read.value is None or read.value > 0):
        raise CellError("count_contradicts", CONTRADICTS)
    return read if read.problem is not None else of_count(read, status)


def of_count(read: Count, status: Any) -> Counted:  # noqa: ANN401 - a cell
    """Return a count; a status the file tells wins, so that "present, 0" stays to be questioned."""
    value = None if read.value is None else float(read.value)
    told = status_of(status) or read.status or "present"
    return Counted(told, value, read.qualifier, read.sex, read.note)


def status_of(status: Any) -> str | None:  # noqa: ANN401 - a cell
    """Return ``present`` or ``absent``, None where neither is told; CellError for other words."""
    if status is None:
        return None
    word = str(words_of(status) or "").casefold()
    if word in {"present", *PRESENT}:
        return "present"
    if word in {"absent", *ABSENT}:
        return "absent"
    raise CellError("status_invalid", BAD_STATUS)
