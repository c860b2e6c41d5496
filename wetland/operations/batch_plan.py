"""Plan a run: which partitions a set of files makes, and which of its files cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wetland.base.texts import Text, text
from wetland.operations.batch_files import digest_of, read_json, write_json
from wetland.operations.batch_job import Aside, InputFile, Job, ReadOrder
from wetland.operations.batch_look import LONLAT, Look, look
from wetland.operations.batch_run import Runner
from wetland.screening.columns import Columns
from wetland.screening.partitions import Span, cut, meanings, slices
from wetland.screening.read import source_id_of
from wetland.sites.load import Site

LOOKS = "looks.json"
MIXED_CRS = text(
    "{f}：坐标系 {c} 与其他文件（{d}）不同",
    "{f}: its coordinate reference system {c} is not that of the others ({d})",
)
ONE_CRS = text("请转换成同一坐标系，或分开筛查", "bring them to one CRS, or screen them apart")
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class SetAside:
    """A file, or rows of one, that was not screened, and why.

    ``rows`` are the first and last row, counted from 1; None: the whole file.
    """

    file: str
    rows: tuple[int, int] | None
    why: Aside

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON-ready values."""
        hint = self.why.hint
        return {
            "file": self.file,
            "rows": None if self.rows is None else list(self.rows),
            "reason_zh": self.why.message.zh,
            "reason_en": self.why.message.en,
            "hint_zh": None if hint is None else hint.zh,
            "hint_en": None if hint is None else hint.en,
        }

    def told(self) -> Text:
        """Return one line for a person; the reason names the file."""
        if self.rows is None:
            return self.why.message
        first, last = self.rows
        return text("{w}（第 {a}–{b} 行）", "{w} (rows {a} to {b})").fill(
            w=self.why.message, a=first, b=last
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """One partition: rows of one file. ``first`` counts from 0, ``order`` is that reading it."""

    file: str
    first: int
    rows: int
    key: str
    order: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be read, and what cannot be."""

    source: str
    orders: tuple[ReadOrder, ...]
    pieces: tuple[Piece, ...]
    aside: tuple[SetAside, ...]
    inputs: tuple[dict[str, Any], ...] = field(default=())

    def orders_of(self, pieces: Iterable[Piece]) -> list[int]:
        """Return the numbers of the orders that read these partitions."""
        return sorted({piece.order for piece in pieces})

    def pieces_of(self, order: int) -> list[Piece]:
        """Return the partitions that an order reads."""
        return [piece for piece in self.pieces if piece.order == order]

    @property
    def rows(self) -> int:
        """Return how many rows are to be read."""
        return sum(piece.rows for piece in self.pieces)


def look_at_all(
    runner: Runner, job: Job, files: Sequence[InputFile], *, tell: Tell
) -> tuple[dict[str, Look], dict[str, Aside]]:
    """Look at every file; one that was looked at and has not changed since is not opened again.

    Raises
    ------
    WetlandError
        The run cannot go on.
    """
    path = Path(job.work) / LOOKS
    known = read_json(path) or {}
    stamps = {file.name: _stamp(file, job) for file in files}
    looks = {n: Look.of_json(known[n][1]) for n, s in stamps.items()
             if s and n in known and s == known[n][0]}  # fmt: skip
    asked = [file for file in files if file.name not in looks]
    aside: dict[str, Aside] = {}
    tell(len(looks))
    for number, found in runner.run(look, job, asked):
        name = asked[number].name
        if found.value is not None:
            looks[name] = found.value
        elif found.aside is not None:
            aside[name] = found.aside
        found.refuse()
        tell(1)
    kept = {name: [stamps[name], seen.to_json()] for name, seen in looks.items() if stamps[name]}
    write_json(kept, path, work=Path(job.work))
    return {f.name: looks[f.name] for f in files if f.name in looks}, aside


def _stamp(file: InputFile, job: Job) -> str | None:
    try:
        found = Path(file.path).stat()
    except OSError:
        return None
    return digest_of(file.path, found.st_size, found.st_mtime_ns, job.code, job.options.as_json())


def plan(
    job: Job,
    site: Site,
    files: Sequence[InputFile],
    looks: Mapping[str, Look],
    *,
    source: str,
    aside: Mapping[str, Aside],
) -> Plan:
    """Cut the files into partitions.

    Parameters
    ----------
    files
        All files of the set.
    looks, aside
        For each file what it is, or why it cannot be used.
    source
        Name of the source that the files make.

    Notes
    -----
    Rule of decision: coordinates of the first file that can be read settle which CRS the set has;
    a file with another is set aside.
    """
    told = {**aside, **_of_another_crs(looks)}
    shapes = {name: seen.shape for name, seen in looks.items() if name not in told}
    columns, unclear = meanings(shapes, job.options.columns, site.vocabulary)
    told |= {name: Aside.of(error) for name, error in unclear.items()}
    used = [file for file in files if file.name in columns]
    rows = {file.name: sum(looks[file.name].groups) for file in used}
    made = _Orders(job, site.id, source, _buckets(sum(rows.values()), job.part_rows))
    orders = [
        made.order(file, looks[file.name], span, columns[file.name])
        for file in used
        for span in _spans(looks[file.name], job.part_rows)
    ]
    pieces = [
        Piece(order.file.name, first, rows, key, number)
        for number, order in enumerate(orders)
        for (first, rows), key in zip(order.span.cuts, order.keys, strict=True)
    ]
    inputs = tuple(
        {"file": name, "sha256": looks[name].sha256, "rows": count} for name, count in rows.items()
    )
    listed = tuple(SetAside(f.name, None, told[f.name]) for f in files if f.name in told)
    return Plan(source, tuple(orders), tuple(pieces), listed, inputs)


def _of_another_crs(looks: Mapping[str, Look]) -> dict[str, Aside]:
    first = next(iter(looks.values()), None)
    if first is None:
        return {}
    return {
        name: Aside(MIXED_CRS.fill(f=name, c=_said(seen), d=_said(first)), ONE_CRS)
        for name, seen in looks.items()
        if seen.crs != first.crs
    }


def _said(seen: Look) -> str:
    said = seen.crs_said or seen.crs
    return "EPSG:4326" if said == LONLAT else said


def _buckets(rows: int, most: int) -> int:
    """Return in how many buckets tracks are put: a power of two, about one for each partition."""
    buckets = 1
    while buckets * most < rows:
        buckets *= 2
    return buckets


def _spans(seen: Look, most: int) -> list[Span]:
    if seen.cut_by_groups:
        return cut(seen.groups, most)
    return [Span((0, 0), slices(0, max(1, sum(seen.groups)), most))]


@dataclass(frozen=True, slots=True)
class _Orders:
    """Makes the orders of one plan."""

    job: Job
    site: str
    source: str
    buckets: int

    def order(self, file: InputFile, seen: Look, span: Span, columns: Columns) -> ReadOrder:
        """Return the order for some rows; its keys change with whatever changes what is read."""
        job = self.job
        meaning = [sorted(columns.roles.items()), sorted(columns.facts.items()), columns.rest,
                   columns.datum, sorted(columns.named)]  # fmt: skip
        same = [job.code, job.pack_digest, job.options.as_json(), self.source, seen.sha256,
                file.name, meaning, self.buckets]  # fmt: skip
        keys = tuple(digest_of(same, first, rows) for first, rows in span.cuts)
        source_id = source_id_of(self.site, seen.sha256, job.options)
        return ReadOrder(file, seen.format, span, keys, columns, self.source, source_id,
                         self.buckets)  # fmt: skip
