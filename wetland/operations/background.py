"""Screen a large file in a process of its own (后台筛查), while the page goes on.

A session of the app shares one interpreter with all others: a season of fixes must not stand in
their way. What is asked, how far it is and what came out are files in one folder, so the answer
also survives a page that was closed in between.
"""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wetland.base.errors import StoreError, WetlandError
from wetland.base.texts import Text, text
from wetland.operations.batch import How, Means, screen_files
from wetland.operations.batch_files import read_json, write_json
from wetland.operations.screening import screen_file
from wetland.operations.stores import open_store
from wetland.reading.files import Given
from wetland.screening.options import ReadOptions
from wetland.screening.screen import Settings
from wetland.sites.load import Site, open_site

ASKED, FAR, WRITTEN = "asked.json", "progress.json", "written.json"
FAILED, ENDED = "failed.json", "ended.json"
FILE, FINDINGS = "file", "findings"
EVERY_S = 0.3
PART_ROWS = 50_000  # a page that waits wants to see it move
STOPPED = text("后台筛查中断了", "the screening in the background was stopped")
STEPS = {
    "start": text("正在启动", "starting"),
    "look": text("正在查看文件", "looking at the file"),
    "read": text("正在读入", "reading"),
    "screen": text("正在筛查", "screening"),
    "save": text("正在写入存储", "writing to the store"),
}


@dataclass(frozen=True, slots=True)
class State:
    """How far a screening in the background is.

    Parameters
    ----------
    step
        Key of `STEPS`.
    done, total
        Rows of this step, 0 where they are not counted.
    seconds
        Since it began.
    ended
        It has come to its end, well or not.
    failed
        Why it did not come to a good end.
    """

    step: str
    done: int
    total: int
    seconds: float
    ended: bool
    failed: WetlandError | None


@dataclass(slots=True)
class Running:
    """A screening in a process of its own; everything it says is in ``folder``."""

    folder: Path
    process: subprocess.Popen[bytes]
    began: float = field(default_factory=time.monotonic)

    def state(self) -> State:
        """Return how far it is."""
        ended = self.process.poll() is not None
        far = read_json(self.folder / FAR) or {"step": "start", "done": 0, "total": 0}
        told = read_json(self.folder / ENDED)
        failed = _failure(self.folder) if ended and told is None else None
        seconds = float(told["seconds"]) if told else time.monotonic() - self.began
        return State(str(far["step"]), int(far["done"]), int(far["total"]), seconds, ended, failed)

    def written(self) -> dict[str, int] | None:
        """Return how many findings were added, changed and left as they were in the store."""
        return read_json(self.folder / WRITTEN)

    def stop(self) -> None:
        """End the process and forget what it made."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start(
    given: Given,
    site: Site,
    folder: Path,
    *,
    how: How,
    store: str | None = None,
    actor: str | None = None,
) -> Running:
    """Screen what was given in a process of its own.

    Parameters
    ----------
    given
        What was sent, or a file.
    folder
        An empty folder for what is asked and what comes out; made if it is not there.
    how
        How to read and how to screen.
    store
        Address of the store that holds permits and notices.
    actor
        Who keeps the observations and findings in the store; None keeps nothing.

    Notes
    -----
    The process is a new interpreter, not a fork: the app runs threads, and a fork of threads hangs.
    """
    target = folder / FILE / Path(given.name).name
    target.parent.mkdir(parents=True)
    target.write_bytes(given.read())
    asked = {
        "site": str(site.folder.resolve()),
        "file": str(target),
        "options": how.options.as_json(),
        "settings": _settings_json(how.settings),
        "store": store,
        "actor": actor,
    }
    write_json(asked, folder / ASKED, work=folder)
    command = [sys.executable, "-m", "wetland.operations.background", str(folder)]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    return Running(folder, process)


def _settings_json(settings: Settings) -> dict[str, Any]:
    days = {name: getattr(settings, name) for name in ("decided_on", "on")}
    return {
        "assume_schematic": settings.assume_schematic,
        **{name: None if day is None else day.isoformat() for name, day in days.items()},
    }


def _settings_of(said: Mapping[str, Any]) -> Settings:
    def day(name: str) -> dt.date | None:
        return None if said[name] is None else dt.date.fromisoformat(said[name])

    return Settings(bool(said["assume_schematic"]), day("decided_on"), day("on"))


def _failure(folder: Path) -> WetlandError:
    said = read_json(folder / FAILED)
    if said is None:  # killed, or out of memory
        return StoreError(STOPPED)
    hint = said["hint"]
    return WetlandError(Text(**said["message"]), hint=None if hint is None else Text(**hint))


def work(folder: Path) -> None:
    """Do what is asked in ``folder`` (in the process that `start` makes)."""
    began = time.monotonic()
    told = [0.0]

    def tell(step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - told[0] >= EVERY_S or done >= total:
            told[0] = now
            write_json({"step": step, "done": done, "total": total}, folder / FAR, work=folder)

    try:
        _do(folder, tell)
    except WetlandError as error:
        hint = None if error.hint is None else {"zh": error.hint.zh, "en": error.hint.en}
        message = {"zh": error.message.zh, "en": error.message.en}
        write_json({"message": message, "hint": hint}, folder / FAILED, work=folder)
        return
    write_json({"seconds": time.monotonic() - began}, folder / ENDED, work=folder)


def _do(folder: Path, tell: Callable[[str, int, int], None]) -> None:
    asked = read_json(folder / ASKED) or {}
    site = open_site(asked["site"])
    raw = asked["options"]
    if raw.get("default_date"):
        raw["default_date"] = dt.date.fromisoformat(raw["default_date"])
    options, settings = ReadOptions(**raw), _settings_of(asked["settings"])
    store = None if asked["store"] is None else open_store(asked["store"], site)
    try:
        if asked["actor"] is None:
            means = Means(progress=tell, part_rows=PART_ROWS)
            screen_files([asked["file"]], site, folder / FINDINGS, how=How(options, settings),
                         store=store, means=means)  # fmt: skip
        else:
            tell("save", 0, 0)
            kept = screen_file(asked["file"], site, store=store, options=options,
                               settings=settings, actor=asked["actor"])  # fmt: skip
            written = kept.written
            counts = {} if written is None else {
                "added": written.added, "changed": written.changed, "unchanged": written.unchanged
            }  # fmt: skip
            write_json(counts, folder / WRITTEN, work=folder)
    finally:
        if store is not None:
            store.close()


if __name__ == "__main__":
    work(Path(sys.argv[1]))
