"""Measure ways to one answer in one run, and print them side by side."""

from __future__ import annotations

import argparse
import gc
import importlib
import importlib.metadata
import json
import os
import platform
import statistics
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

Way = Callable[[], object]
REPEATS = 5
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True)
class Row:
    """One way to an answer: medians over the repeats; ``ratio`` to our way, where there is one."""

    section: str
    scene: str
    way: str
    size: int
    wall_s: float
    cpu_s: float
    extra_mb: float
    ratio: float | None = None
    note: str = ""


class _Memory(threading.Thread):
    """Watch the resident memory of this process while something runs."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.start_bytes = self.peak_bytes = resident_bytes()
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.005):
            self.peak_bytes = max(self.peak_bytes, resident_bytes())

    def stop(self) -> float:
        self._ended.set()
        self.join()
        return (max(self.peak_bytes, resident_bytes()) - self.start_bytes) / 1e6


def resident_bytes() -> int:
    """Return the resident memory of this process; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE
    except OSError:
        return 0


def measure(
    ways: Mapping[str, Way],
    *,
    section: str,
    scene: str,
    size: int,
    ours: str | None = None,
    repeats: int = REPEATS,
    sizes: Mapping[str, int] | None = None,
) -> list[Row]:
    """Run every way once to warm it up, then ``repeats`` times, in both orders by turns.

    Parameters
    ----------
    ours
        The way the others are compared with: ``ratio`` is their CPU time per thing over ours.
    sizes
        Ways that are given fewer things because they are slow; ratios are per thing.
    """
    for way in ways.values():
        way()
    wall: dict[str, list[float]] = {name: [] for name in ways}
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    extra: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(repeats):
        for name in list(ways)[:: 1 if turn % 2 == 0 else -1]:
            gc.collect()
            memory = _Memory()
            memory.start()
            started, used = time.perf_counter(), time.process_time()
            ways[name]()
            wall[name].append(time.perf_counter() - started)
            cpu[name].append(time.process_time() - used)
            extra[name].append(memory.stop())
    counted = {name: (sizes or {}).get(name, size) for name in ways}
    base = None if ours is None else statistics.median(cpu[ours]) / counted[ours]
    return [
        Row(
            section,
            scene,
            name,
            counted[name],
            statistics.median(wall[name]),
            statistics.median(cpu[name]),
            max(extra[name]),
            None if base is None else statistics.median(cpu[name]) / counted[name] / base,
        )
        for name in ways
    ]


def as_text(rows: Sequence[Row]) -> str:
    """Lay rows out for a person, one table for each section and scene."""
    lines: list[str] = []
    title = ""
    for row in rows:
        if (heading := f"{row.section} {row.scene}".strip()) != title:
            title = heading
            lines += [
                "",
                f"{title:64} {'things':>10} {'wall s':>9} {'CPU s':>9} {'things/CPU s':>13}"
                f" {'extra MB':>9} {'x ours':>8}",
            ]
        speed = row.size / row.cpu_s if row.cpu_s else float("inf")
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append(
            f"{row.way:64} {row.size:>10} {row.wall_s:>9.4f} {row.cpu_s:>9.4f} {speed:>13.3g}"
            f" {row.extra_mb:>9.0f} {ratio:>8}  {row.note}".rstrip()
        )
    return "\n".join(lines)


def as_json(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return rows for a machine."""
    return [asdict(row) for row in rows]


def run_alone(rows: Callable[..., list[Row]], about: str | None) -> None:
    """Print the tables of one section: what its module does when it is run by itself."""
    parser = argparse.ArgumentParser(description=(about or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer things, to see that it runs")
    print(as_text(rows(quick=parser.parse_args().quick)))


def run_sections(
    sections: Mapping[str, str], packages: Sequence[str], about: str | None, argv: list[str] | None
) -> int:
    """Run the sections that were asked for and print their tables; 1 where answers differ.

    ``sections`` tells the module of each; it has ``rows(quick=...)``.
    """
    parser = argparse.ArgumentParser(description=(about or "").splitlines()[0])
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(sections))
    parser.add_argument("--quick", action="store_true", help="fewer things, to see that it runs")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    asked = options.sections or list(sections)
    if unknown := sorted(set(asked) - set(sections)):
        parser.error(f"no section {', '.join(unknown)}; there are {', '.join(sections)}")
    head = {"machine": machine(), "versions": versions(packages)}
    if not options.json:
        print(json.dumps(head["machine"]), json.dumps(head["versions"]), sep="\n", flush=True)
    found: list[Row] = []
    wrong: list[str] = []
    for name in asked:
        started = time.perf_counter()
        try:
            rows = importlib.import_module(sections[name]).rows(quick=options.quick)
        except SystemExit as error:  # its answers differ from a peer's
            wrong.append(f"{name}: {error}")
            print(f"\n{name}: ANSWERS DIFFER: {error}", file=sys.stderr, flush=True)
            continue
        found += rows
        if not options.json:
            took = time.perf_counter() - started
            print(as_text(rows), f"({name}: {took:.0f} s)", sep="\n", flush=True)
    if options.json:
        print(json.dumps({**head, "rows": as_json(found), "wrong": wrong}, indent=2))
    return int(bool(wrong))


def machine() -> dict[str, object]:
    """Return what the numbers depend on."""
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gb": _memory_gb(),
        "repeats": REPEATS,
    }


def versions(names: Sequence[str]) -> dict[str, str]:
    """Return the version of each installed package; ``-`` where it is not installed."""
    found = {}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "-"
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((x.partition(":")[2].strip() for x in lines if x.startswith("model name")), "")


def _memory_gb() -> float:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (ValueError, AttributeError, OSError):
        return 0.0
