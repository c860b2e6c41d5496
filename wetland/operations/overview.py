"""What a page shows of a screening, however large it was: the worst findings first, and counts."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetland.base.findings import FINDINGS
from wetland.base.problems import PROBLEMS
from wetland.base.texts import Text
from wetland.operations.batch_files import arrow_schema, from_arrow
from wetland.operations.batch_parts import PATTERN, PROBLEMS_TABLE, SUMMARY
from wetland.operations.screening import Screening

if TYPE_CHECKING:
    import pandas as pd

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Overview:
    """A screening as a page shows it.

    Parameters
    ----------
    findings
        Table `FINDINGS`: suspected breaches, the severest first, at most so many as fit a page.
    broken
        How many there are in all.
    problems
        Table `PROBLEMS`, likewise the first of it: what concerns a whole file, then row by row.
    undecided
        Per rule and missing facts, how often.
    counts
        What was read, screened and found.
    notice
        What every reader must be told of the zones; None where they are surveyed.
    folder
        Where all of it was written; None where it is in memory.
    whole
        All suspected breaches, where they are in memory.
    """

    findings: pd.DataFrame
    broken: int
    problems: pd.DataFrame
    undecided: list[dict[str, Any]]
    counts: dict[str, Any]
    notice: Text | None
    folder: Path | None = None
    whole: pd.DataFrame | None = None

    @property
    def all_findings(self) -> pd.DataFrame:
        """Return all suspected breaches, where they are in memory; else those shown."""
        return self.findings if self.whole is None else self.whole


def overview_of(screening: Screening, *, most: int = MOST) -> Overview:
    """Return the overview of a screening that is in memory."""
    rows = screening.rows()
    return Overview(
        _worst(rows, most),
        len(rows),
        screening.problems.head(most),
        screening.undecided,
        screening.counts,
        screening.notice,
        whole=rows,
    )


def overview_in(folder: Path, *, most: int = MOST) -> Overview:
    """Return the overview of a screening that was written to a folder."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import parquet

    summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    tables = []
    for path in sorted(folder.glob(PATTERN)):
        part = parquet.read_table(path)
        part = part.filter(pc.equal(part["outcome"], "broken"))
        chosen = pc.select_k_unstable(part, most, sort_keys=[("severity", "descending")])
        tables.append(from_arrow(part.take(chosen), FINDINGS))
    tables = tables or [from_arrow(arrow_schema(FINDINGS).empty_table(), FINDINGS)]
    worst = _worst(pd.concat(tables, ignore_index=True), most)
    problems = parquet.read_table(folder / PROBLEMS_TABLE)
    whole_files = problems.filter(pc.is_null(problems["row"]))
    rows = problems.filter(pc.is_valid(problems["row"]))
    problems = pa.concat_tables([whole_files, rows]).slice(0, most)
    notice = summary["notice"]
    return Overview(
        worst,
        int(summary["counts"]["broken"]),
        from_arrow(problems, PROBLEMS),
        summary["undecided"],
        summary["counts"],
        None if notice is None else Text(**notice),
        folder,
    )


def packed(folder: Path) -> bytes:
    """Return everything a screening wrote to a folder as one archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:  # Parquet is packed already
        for path in [*sorted(folder.glob(PATTERN)), folder / PROBLEMS_TABLE, folder / SUMMARY]:
            if path.is_file():
                archive.write(path, path.name)
    return content.getvalue()


def _worst(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    ordered = rows.sort_values("severity", ascending=False, kind="stable", na_position="last")
    return ordered.head(most).reset_index(drop=True)
