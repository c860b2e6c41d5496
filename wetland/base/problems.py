"""Problems (问题): what is wrong with a file, row by row, for a person who has to mend it.

The rule everywhere in the house: what is *missing* is a fact not known and the row is kept; what
is *wrong* is an error and the row is kept aside, said with file, row, column and value. A warning
tells of something that was read in a way the sender should know about.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from wetland.base.tables import Column, TableSchema
from wetland.base.texts import Text, text

if TYPE_CHECKING:
    import pandas as pd

Level = Literal["error", "warning"]

PROBLEMS = TableSchema(
    name="problems",
    key="problem_id",
    title=text("问题", "problems"),
    columns=(
        Column("problem_id", "text", text("编号", "identifier"), required=True),
        Column("file", "text", text("文件", "file"), required=True),
        Column(
            "row", "integer", text("行（表头为第1行）", "row, the header being row 1"), minimum=0
        ),
        Column("column", "text", text("列", "column")),
        Column("value", "text", text("原值", "value as received")),
        Column("code", "text", text("代码", "code"), required=True),
        Column("level", "text", text("级别", "level"), required=True, choices=("error", "warning")),
        Column("message_zh", "text", text("说明（中文）", "message in Chinese"), required=True),
        Column("message_en", "text", text("说明（英文）", "message in English"), required=True),
        Column("source_id", "text", text("来源编号", "source it came from")),
    ),
)

_VALUE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place of one file."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    code: str
    level: Level
    message: Text
    source_id: str | None = None

    @property
    def problem_id(self) -> str:
        """Return a stable identifier: the same problem of the same source has the same one."""
        parts = [self.source_id, self.file, self.row, self.column, self.value, self.code]
        whole = json.dumps(parts, ensure_ascii=False)
        return "p-" + hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:24]

    def as_row(self) -> dict[str, Any]:
        """Return the row of the `PROBLEMS` table."""
        return {
            "problem_id": self.problem_id,
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "level": self.level,
            "message_zh": self.message.zh,
            "message_en": self.message.en,
            "source_id": self.source_id,
        }


def _shown(value: object) -> str | None:
    """Return a value as a person sees it: one line, cut where it is long, no control characters."""
    if value is None:
        return None
    words = "".join(c if c.isprintable() else "\ufffd" for c in str(value)[: _VALUE_LENGTH + 1])
    return words if len(words) <= _VALUE_LENGTH else words[: _VALUE_LENGTH - 1] + "…"


@dataclass(slots=True)
class Problems:
    """The problems of one file, collected while it is read.

    Examples
    --------
    >>> problems = Problems("patrol.csv")
    >>> problems.add("no_year", row=3, column="date", value="5-1",
    ...              message=text("日期缺少年份", "the date has no year"))
    >>> problems.error_rows, len(problems)
    ({3}, 1)
    """

    file: str
    source_id: str | None = None
    items: list[Problem] = field(default_factory=list)

    def add(
        self,
        code: str,
        *,
        message: Text,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
        level: Level = "error",
    ) -> None:
        """Add one problem; ``row`` None speaks of the whole file."""
        row = None if row is None else int(row)
        shown = _shown(value)
        self.items.append(
            Problem(self.file, row, column, shown, code, level, message, self.source_id)
        )

    def extend(self, others: Iterable[Problem]) -> None:
        """Take over problems found elsewhere."""
        self.items.extend(others)

    def __len__(self) -> int:
        """Return how many problems there are."""
        return len(self.items)

    @property
    def error_rows(self) -> set[int]:
        """Return the rows that carry at least one error, i.e. the rows kept aside."""
        return {p.row for p in self.items if p.level == "error" and p.row is not None}

    def counts(self) -> dict[str, int]:
        """Return how often each code occurs, most frequent first."""
        return dict(Counter(p.code for p in self.items).most_common())

    def frame(self) -> pd.DataFrame:
        """Return the `PROBLEMS` table in order of rows, each problem once."""
        import pandas as pd

        from wetland.base.tables import DTYPES

        rows = {p.problem_id: p.as_row() for p in self.items}
        ordered = sorted(rows.values(), key=lambda r: -1 if r["row"] is None else r["row"])
        frame = pd.DataFrame(ordered, columns=PROBLEMS.names)
        return frame.astype({c.name: DTYPES[c.kind] for c in PROBLEMS.columns})
