"""What a batch came to: counts of the whole set, what was set aside, and its problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import wetland
from wetland.base.problems import PROBLEMS, Problems
from wetland.base.texts import Lang, Text
from wetland.operations.batch_counts import merged, nothing
from wetland.operations.batch_datums import shifted_files
from wetland.operations.batch_files import from_arrow, read_arrow, write_json, write_table
from wetland.operations.batch_job import Job
from wetland.operations.batch_parts import PROBLEMS_TABLE, SUMMARY
from wetland.operations.batch_plan import Plan, SetAside
from wetland.operations.batch_read import PROBLEMS_FILE, folder_of
from wetland.operations.batch_screen import told_file
from wetland.operations.batch_steps import Result
from wetland.sites.basis import notice_of, zone_basis
from wetland.sites.load import Site

if TYPE_CHECKING:
    import pandas as pd

_LIBRARIES = ("numpy", "pandas", "pyarrow", "pyproj", "shapely")


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch came to.

    Parameters
    ----------
    folder
        Where it was written.
    summary
        What ``summary.json`` holds.
    aside
        Files and rows that were set aside.
    notice
        What every reader must be told of the zones; None where they are surveyed.
    """

    folder: Path
    summary: dict[str, Any]
    aside: tuple[SetAside, ...]
    notice: Text | None

    @property
    def counts(self) -> dict[str, Any]:
        """Return what was read, screened and found."""
        counts: dict[str, Any] = self.summary["counts"]
        return counts

    @property
    def complete(self) -> bool:
        """Tell whether nothing was set aside."""
        return not self.aside

    def examples(self, lang: Lang = "zh") -> dict[str, str]:
        """Return for each code of a problem where it was met first, and what was told of it."""
        from pyarrow import parquet

        columns = ["code", "file", "row", "value", f"message_{lang}"]
        found: dict[str, str] = {}
        codes = len(self.counts["problems_by_code"])
        with parquet.ParquetFile(self.folder / PROBLEMS_TABLE) as file:
            for batch in file.iter_batches(columns=columns):
                seen = batch.column("code").to_pylist()
                for at, code in enumerate(seen):
                    if code not in found:
                        one = batch.slice(at, 1).to_pylist()[0]
                        where = one["file"] if one["row"] is None else f"{one['file']}:{one['row']}"
                        told = (where, one["value"], one[f"message_{lang}"])
                        found[code] = " | ".join(t for t in told if t)
                if len(found) == codes:
                    break
        return found

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return the summary, JSON-ready, with the notice in one language."""
        told = None if self.notice is None else self.notice.get(lang)
        return {**self.summary, "notice": told, "out": str(self.folder)}


def summarize(job: Job, site: Site, plan: Plan, result: Result) -> Batch:
    """Add up the parts and write ``summary.json`` and ``problems.parquet``."""
    folder, work = Path(job.work).parent, Path(job.work)
    basis = zone_basis(site, assume_schematic=job.settings.assume_schematic)
    notice = notice_of(site, basis)
    aside = (*plan.aside, *result.aside)
    shifted = _shifted(job, site, result)
    told = chain([shifted.frame()], _problems(job, result))
    write_table(told, PROBLEMS, folder / PROBLEMS_TABLE, work=work)
    counts = _counts(result)
    summary = {
        "site": site.id,
        "pack_digest": site.digest,
        "zone_basis": basis,
        "notice": None if notice is None else {"zh": notice.zh, "en": notice.en},
        "source": plan.source,
        "inputs": list(plan.inputs),
        "partitions": len(plan.pieces),
        "set_aside": [one.to_json() for one in aside],
        "parts": sorted(result.parts),
        "counts": counts,
        "undecided": counts.pop("undecided_facts"),
        "widest_uncertainty_m": result.widest,
        "datum_suspected": [
            {"file": p.file, "zh": p.message.zh, "en": p.message.en} for p in shifted.items
        ],
        "options": {"read": job.options.as_json(), "screen": _settings(job)},
        "versions": {"wetland": wetland.__version__, "code": job.code,
                     **{name: version(name) for name in _LIBRARIES}},
    }  # fmt: skip
    write_json(summary, folder / SUMMARY, work=work)
    return Batch(folder, summary, aside, notice)


def _shifted(job: Job, site: Site, result: Result) -> Problems:
    """Return the warnings of files that lie a datum away from where their words say."""
    files: dict[str, list[Path]] = {}
    for piece, _ in result.pieces:
        files.setdefault(piece.file, []).append(folder_of(job.work, piece.key))
    told = Problems("")
    for problems in shifted_files(site, files):
        told.extend(problems.items)
    return told


def _settings(job: Job) -> dict[str, Any]:
    chosen = job.settings
    return {
        "assume_schematic": chosen.assume_schematic,
        "decided_on": None if chosen.decided_on is None else chosen.decided_on.isoformat(),
        "on": None if chosen.on is None else chosen.on.isoformat(),
        "undecided_rows": bool(chosen.list_undecided),
        "records": job.records is not None,
    }


def _counts(result: Result) -> dict[str, Any]:
    """Return counts that do not hang on how the rows were spread over files."""
    found = merged(about["counts"] for about in result.parts.values()) or nothing()
    codes: Counter[str] = Counter()
    for _, about in result.pieces:
        codes.update(about["problems"])
    for about in result.parts.values():
        codes.update(about["twins"])
    rows = sum(int(about["rows"]) for _, about in result.pieces)
    return {
        "rows": rows,
        "rows_aside": rows - found["observations"],
        "problems": sum(codes.values()),
        "problems_by_code": dict(sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))),
        **found,
    }


def _problems(job: Job, result: Result) -> Iterator[pd.DataFrame]:
    """Yield the problems of the set in order of its partitions, repeated rows after the others.

    A remark on a whole file is given once, though each of its partitions makes it.
    """
    remarks: set[str] = set()
    for piece, _ in result.pieces:
        frame = from_arrow(read_arrow(folder_of(job.work, piece.key) / PROBLEMS_FILE), PROBLEMS)
        said = frame["row"].isna()
        again = said & frame["problem_id"].isin(remarks)
        remarks |= set(frame.loc[said, "problem_id"])
        yield frame[~again]
    yield from _twins(Path(job.work), (order.key for order in result.orders))


def _twins(work: Path, keys: Iterable[str]) -> Iterator[pd.DataFrame]:
    for key in keys:
        path = told_file(work, key)
        if path.exists():
            yield from_arrow(read_arrow(path), PROBLEMS)
