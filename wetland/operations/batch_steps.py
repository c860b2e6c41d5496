"""The steps of a batch after its plan: read, find what only the whole set knows, screen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from wetland.operations.batch_files import digest_of
from wetland.operations.batch_job import Aside, Job, ScreenOrder
from wetland.operations.batch_parts import Parts
from wetland.operations.batch_plan import Piece, Plan, SetAside
from wetland.operations.batch_read import ROWS, about_piece, folder_of, read_span, spill_of
from wetland.operations.batch_run import Runner
from wetland.operations.batch_screen import TWINS_FOLDER, screen_part
from wetland.operations.batch_twins import TWINS, find_twins, widest_kept, write_drops
from wetland.screening.uncertainty import UNKNOWN

Step = Literal["look", "read", "screen"]
Progress = Callable[[Step, int, int], None]
LAYOUT = 1  # of a part; a part of another layout is made anew
SEVERAL = 3


@dataclass(slots=True)
class Count:
    """Counts what is done of one step and tells it on."""

    step: Step
    total: int
    progress: Progress
    done: int = 0

    def add(self, more: int) -> None:
        """Count ``more`` as done."""
        self.done += more
        self.progress(self.step, self.done, self.total)


@dataclass(frozen=True, slots=True)
class Result:
    """What a batch came to.

    Parameters
    ----------
    pieces
        Each partition that was read, with what is kept of it.
    parts
        Name of each part -> what it says of itself.
    orders
        What each part was made from.
    aside
        What was set aside on the way.
    widest
        Widest uncertainty stated, by source of position.
    """

    pieces: list[tuple[Piece, dict[str, Any]]]
    parts: dict[str, dict[str, Any]]
    orders: list[ScreenOrder]
    aside: list[SetAside]
    widest: dict[str, float]


@dataclass(slots=True)
class Steps:
    """The steps of one batch."""

    runner: Runner
    job: Job
    parts: Parts
    progress: Progress
    aside: dict[int, SetAside] = field(default_factory=dict)

    def do(self, plan: Plan, widest: Mapping[str, float]) -> Result:
        """Read and screen whatever has not been done by an earlier run.

        Parameters
        ----------
        widest
            Widest uncertainty that observations elsewhere (in the store) state.
        """
        work = self.job.work
        unread = [p for p in plan.pieces if about_piece(work, p.key) is None]
        self._read(plan, unread, already=plan.rows - sum(p.rows for p in unread))
        found = [(piece, about_piece(work, piece.key)) for piece in plan.pieces]
        pieces = [(piece, about) for piece, about in found if about is not None]
        drops = self._drops([piece for piece, _ in pieces])
        stated = self._widest(pieces, drops, widest)
        orders = self._orders(pieces, drops, stated)
        held = self.parts.adopt({order.part: order.key for order in orders})
        rest = [order for order in orders if order.part not in held]
        self._read(plan, self._spilled_away([piece for piece, _ in pieces], rest), already=None)
        held |= self._screen(rest, {folder_of(work, p.key).name: p for p, _ in pieces})
        aside = [self.aside[number] for number in sorted(self.aside)]
        return Result(pieces, dict(sorted(held.items())), orders, aside, stated)

    def _read(self, plan: Plan, pieces: Iterable[Piece], *, already: int | None) -> None:
        """Read partitions; what cannot be read is set aside.

        ``already`` rows need no reading; None: they were read before, and are not counted again.
        """
        numbers = plan.orders_of(pieces)
        told = Count("read", plan.rows, self.progress)
        if already is not None:
            told.add(already)
        orders = [plan.orders[number] for number in numbers]
        for at, found in self.runner.run(read_span, self.job, orders):
            mine = plan.pieces_of(numbers[at])
            found.refuse()
            done = 0 if found.value is None else len(found.value.read)
            why = found.aside if found.value is None else found.value.aside
            for piece in mine[done:]:
                self._set_aside(plan.pieces.index(piece), piece, why)
            if already is not None:
                told.add(sum(piece.rows for piece in mine))

    def _set_aside(self, number: int, piece: Piece, why: Aside | None) -> None:
        if why is not None:
            rows = (piece.first + 1, piece.first + piece.rows)
            self.aside[number] = SetAside(piece.file, rows, why)

    def _drops(self, pieces: list[Piece]) -> dict[int, tuple[str, str, dict[str, float]]]:
        """Return, by number of partition: file of its repeated rows, its digest, widest without."""
        work, names = Path(self.job.work), [piece.file for piece in pieces]
        keys = [piece.key for piece in pieces]
        return {
            number: (*write_drops(work, drops, names), widest_kept(work, keys[number], drops))
            for number, drops in find_twins(work, keys).items()
        }

    def _widest(
        self,
        pieces: list[tuple[Piece, dict[str, Any]]],
        drops: Mapping[int, tuple[str, str, dict[str, float]]],
        elsewhere: Mapping[str, float],
    ) -> dict[str, float]:
        widest = dict(elsewhere)
        for number, (_, about) in enumerate(pieces):
            stated = drops[number][2] if number in drops else about["widest"]
            for source, metres in stated.items():
                widest[source] = max(widest.get(source, 0.0), metres)
        if widest:  # of a position of no known source nothing narrower can be said
            widest[UNKNOWN] = max(widest.values())
        return dict(sorted(widest.items()))

    def _orders(
        self,
        pieces: list[tuple[Piece, dict[str, Any]]],
        drops: Mapping[int, tuple[str, str, dict[str, float]]],
        widest: dict[str, float],
    ) -> list[ScreenOrder]:
        """Return one order for each partition with loose rows and for each bucket of tracks."""
        wanted: list[tuple[str, int | None, list[int]]] = [
            (f"part-{number:05d}.parquet", None, [number])
            for number, (_, about) in enumerate(pieces)
            if about["loose"]
        ]
        buckets = sorted({int(b) for _, about in pieces for b in about["tracks"]})
        wanted += [
            (f"part-track-{bucket:05d}.parquet", bucket,
             [n for n, (_, about) in enumerate(pieces) if str(bucket) in about["tracks"]])
            for bucket in buckets
        ]  # fmt: skip
        job, orders = self.job, []
        rows = sum(int(about["rows"]) for _, about in pieces)
        for part, bucket, numbers in wanted:
            mine = [pieces[n][0] for n in numbers]
            lost = [drops.get(n) for n in numbers]
            key = digest_of(LAYOUT, [p.key for p in mine], [d and d[1] for d in lost], bucket,
                            widest, repr(job.settings), job.records_digest)  # fmt: skip
            folders = tuple(str(folder_of(job.work, p.key)) for p in mine)
            orders.append(ScreenOrder(part, key, folders, tuple(p.file for p in mine), bucket,
                                      tuple(d and d[0] for d in lost), widest, rows))  # fmt: skip
        return orders

    def _spilled_away(self, pieces: list[Piece], orders: Iterable[ScreenOrder]) -> list[Piece]:
        """Return the partitions whose observations are asked for and not kept any more."""
        gone = {
            Path(folder).name
            for order in orders
            for folder in order.pieces
            if not (Path(folder) / spill_of(order)).exists()
        }
        return [piece for piece in pieces if piece.key in gone]

    def _screen(
        self, orders: list[ScreenOrder], pieces: Mapping[str, Piece]
    ) -> dict[str, dict[str, Any]]:
        rows = [sum(pieces[Path(f).name].rows for f in order.pieces) for order in orders]
        told = Count("screen", sum(rows), self.progress)
        told.add(0)
        made: dict[str, dict[str, Any]] = {}
        for at, found in self.runner.run(screen_part, self.job, orders):
            order = orders[at]
            found.refuse()
            if found.value is not None:
                made[order.part] = found.value
                for folder in order.pieces:
                    (Path(folder) / spill_of(order)).unlink(missing_ok=True)
            elif found.aside is not None:
                self._part_aside(len(pieces) + at, order, found.aside, pieces)
            told.add(rows[at])
        return made

    def _part_aside(
        self, number: int, order: ScreenOrder, why: Aside, pieces: Mapping[str, Piece]
    ) -> None:
        if order.bucket is None:
            self._set_aside(number, pieces[Path(order.pieces[0]).name], why)
            return
        names = list(dict.fromkeys(order.files))
        listed = ", ".join(names[:SEVERAL]) + (" …" if len(names) > SEVERAL else "")
        self.aside[number] = SetAside(listed, None, why)

    def sweep(self, plan: Plan, result: Result) -> None:
        """Remove what neither this run nor the next has a use for."""
        work = Path(self.job.work)
        keys = {piece.key for piece in plan.pieces}
        for folder in (work / "read").glob("*"):
            if folder.name not in keys:
                shutil.rmtree(folder)
        for spill in [*work.glob(f"read/*/{ROWS}"), *work.glob("read/*/track-*.arrow")]:
            spill.unlink()
        used = {Path(d).name for order in result.orders for d in order.drops if d}
        used |= {f"{order.key}.arrow" for order in result.orders}
        for path in [*work.glob(f"{TWINS}/*"), *work.glob(f"{TWINS_FOLDER}/*")]:
            if path.name not in used:
                path.unlink()
        shutil.rmtree(work / "tmp", ignore_errors=True)
