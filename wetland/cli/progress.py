"""Show on standard error how far a long piece of work is: a bar, or lines where nobody looks on."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from wetland.base.texts import Lang, text

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn, TaskID

STEPS = {
    "look": text("查看文件", "looking at files"),
    "read": text("读取", "reading"),
    "screen": text("筛查", "screening"),
}
UNITS = {"look": text("个", "files"), "read": text("行", "rows"), "screen": text("行", "rows")}
LINE = text(
    "{step}：{done}/{total} {unit}，每秒 {rate}，剩余约 {left}",
    "{step}: {done} of {total} {unit}, {rate} a second, {left} left",
)
_EVERY = 0.1


class Told(Protocol):
    """What is told how far a step is."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """Take what is done and of how many."""


@contextmanager
def progress(lang: Lang, *, quiet: bool = False) -> Iterator[Told]:
    """Give what is to be told how far each step is.

    Rule of decision: on a terminal a bar with rate and time left; elsewhere a line for each tenth
    of a step; nothing at all if ``quiet``.
    """
    if quiet:
        yield _silent
    elif sys.stderr.isatty():
        with _bars() as bars:
            yield _Bars(bars, lang)
    else:
        yield _Lines(lang)


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


class _Lines:
    """Writes a line for each tenth of a step."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self._begun: dict[str, tuple[float, int]] = {}
        self._shown: dict[str, float] = {}

    def __call__(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        start, first = self._begun.setdefault(step, (now, done))
        share = done / total if total else 1.0
        if not total or (share < self._shown.get(step, 0.0) + _EVERY and done < total):
            return
        self._shown[step] = share
        rate = (done - first) / max(now - start, 1e-6)
        line = LINE.fill(step=STEPS[step], done=f"{done:,}", total=f"{total:,}", unit=UNITS[step],
                         rate=f"{rate:,.0f}" if done > first else "-",
                         left=_clock((total - done) / rate if rate else None))  # fmt: skip
        print(line.get(self.lang), file=sys.stderr, flush=True)


def _clock(seconds: float | None) -> str:
    """Return a time as ``h:mm:ss``.

    Examples
    --------
    >>> _clock(3725.2), _clock(None)
    ('1:02:05', '-')
    """
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def _bars() -> Progress:
    from rich.console import Console  # noqa: PLC0415 - starts fast
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns: list[str | ProgressColumn] = [
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(compact=True),
    ]  # fmt: skip
    return Progress(*columns, console=Console(stderr=True))


class _Bars:
    """Moves one bar for each step."""

    def __init__(self, bars: Progress, lang: Lang) -> None:
        self.bars, self.lang = bars, lang
        self._tasks: dict[str, tuple[TaskID, float, int]] = {}

    def __call__(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if step not in self._tasks:
            task = self.bars.add_task(STEPS[step].get(self.lang), total=total, rate="")
            self._tasks[step] = (task, now, done)
        number, start, first = self._tasks[step]
        rate = (done - first) / max(now - start, 1e-6)
        unit = UNITS[step].get(self.lang)
        shown = f"{rate:,.0f} {unit}/s" if done > first else ""
        self.bars.update(number, completed=done, rate=shown)
