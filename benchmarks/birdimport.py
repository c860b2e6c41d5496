"""Import a Darwin Core archive of 1,000,000 occurrences into a store in under 1 GiB.

Two synthetic archives, made by a fixed seed: an occurrence core as GBIF gives them out, and an
event core with an occurrence extension. Each is imported in a process of its own by the operation
that the command line uses (read, matched with the checklist, tested for plausibility, written); its
peak resident memory, everything that is loaded in, is what counts.

Run alone: ``python benchmarks/birdimport.py [--quick]``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import report

SEED, OCCURRENCES, PER_EVENT = 20_261_124, 1_000_000, 25
LIMIT_MB = 1024.0
SPECIES = ("Egretta garzetta", "Ardea cinerea", "Nycticorax nycticorax", "Anas platyrhynchos",
           "Gallinula chloropus", "Tachybaptus ruficollis", "Alcedo atthis", "Pica pica",
           "Turdus mandarinus", "Passer montanus")  # fmt: skip
DWC = "http://rs.tdwg.org/dwc/terms/"
OCCURRENCE = ("occurrenceID", "scientificName", "individualCount", "eventDate", "decimalLatitude",
              "decimalLongitude", "locality", "basisOfRecord", "recordedBy")  # fmt: skip
EVENT = ("eventID", "eventDate", "decimalLatitude", "decimalLongitude", "locality",
         "samplingProtocol", "sampleSizeValue", "sampleSizeUnit")  # fmt: skip
FOUND = ("eventID", "occurrenceID", "scientificName", "individualCount", "occurrenceStatus",
         "basisOfRecord")  # fmt: skip
IMPORT = """
import datetime as dt, json, resource, sys, time
from wetland.operations.birdfiles import import_birds
from wetland.operations.stores import open_store
from wetland.sites.load import open_site

site = open_site("xixi")
started, used = time.perf_counter(), time.process_time()
with open_store(sys.argv[2], site) as store:
    done = import_birds(store, site, sys.argv[1], actor="benchmark", today=dt.date(2026, 11, 24))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({
    "wall": time.perf_counter() - started, "cpu": time.process_time() - used,
    "peak_mb": peak / (1024 * 1024 if sys.platform == "darwin" else 1024),
    "surveys": done.counted.surveys.added, "records": done.counted.records.added,
    "problems": len(done.problems),
}))
"""


def rows(*, quick: bool = False) -> list[report.Row]:
    """Measure both archives; stop where an import loses rows or takes more memory than allowed."""
    size = OCCURRENCES // 50 if quick else OCCURRENCES
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for scene, make in (("occurrence core", occurrence_core), ("event core", event_core)):
            archive = folder / f"{make.__name__}.zip"
            make(archive, size)
            found.append(_measured(scene, archive, folder / f"{make.__name__}.gpkg", size))
    return found


def _measured(scene: str, archive: Path, store: Path, size: int) -> report.Row:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT, str(archive), str(store)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ran.returncode:
        raise SystemExit(f"{scene}: the import failed: {ran.stderr[-2000:]}")
    told = json.loads(ran.stdout.splitlines()[-1])
    if told["records"] != size:
        raise SystemExit(f"{scene}: {told['records']} records of {size} were written")
    if told["peak_mb"] >= LIMIT_MB:
        raise SystemExit(f"{scene}: {told['peak_mb']:.0f} MiB at the peak, over {LIMIT_MB:.0f}")
    note = f"{told['peak_mb']:.0f} MiB at the peak, {told['surveys']} surveys"
    return report.Row(
        "birds", f"Darwin Core archive into a store, {scene}", "ours", size, told["wall"],
        told["cpu"], told["peak_mb"], None, note,
    )  # fmt: skip


def occurrence_core(path: Path, size: int) -> None:
    """Write an archive whose core are occurrences, one line each."""

    def lines() -> Iterator[str]:
        for part in _parts(size):
            for k, species, count, day, plot in part:
                yield (
                    f"o-{k}\t{species}\t{count}\t{day}\t{30.25 + plot / 1000:.5f}\t"
                    f"{120.05 + plot / 1000:.5f}\tplot {plot}\tHumanObservation\tobserver {plot}\n"
                )

    _write(path, {"occurrence.txt": lines()}, _meta(_table("core", "Occurrence", "occurrence.txt",
                                                           OCCURRENCE)))  # fmt: skip


def event_core(path: Path, size: int) -> None:
    """Write an archive whose core are visits, with their occurrences as an extension."""

    def events() -> Iterator[str]:
        for k in range(-(-size // PER_EVENT)):
            plot = k % 40
            yield (
                f"e-{k}\t{_day(k)}\t{30.25 + plot / 1000:.5f}\t{120.05 + plot / 1000:.5f}\t"
                f"plot {plot}\tpoint count\t10\tminute\n"
            )

    def found() -> Iterator[str]:
        for part in _parts(size):
            for k, species, count, _, _ in part:
                status = "present" if count else "absent"
                yield (
                    f"e-{k // PER_EVENT}\to-{k}\t{species}\t{count}\t{status}\tHumanObservation\n"
                )

    core = _table("core", "Event", "event.txt", EVENT)
    extension = _table("extension", "Occurrence", "occurrence.txt", FOUND)
    _write(path, {"event.txt": events(), "occurrence.txt": found()}, _meta(core + extension))


def _parts(size: int) -> Iterator[list[tuple[int, str, int, str, int]]]:
    rng = np.random.default_rng(SEED)
    for start in range(0, size, 100_000):
        n = min(100_000, size - start)
        # Species of an event differ, as they would on a list.
        species = (np.arange(start, start + n) * 7 + rng.integers(0, 3, n)) % len(SPECIES)
        counts = rng.poisson(4, n)
        yield [
            (start + k, SPECIES[species[k]], int(counts[k]), _day((start + k) // PER_EVENT),
             ((start + k) // PER_EVENT) % 40)
            for k in range(n)
        ]  # fmt: skip


def _day(event: int) -> str:
    return str(np.datetime64("2000-01-01") + event // 40 % 9000)


def _table(kind: str, row_type: str, file: str, terms: tuple[str, ...]) -> str:
    fields = "".join(
        f'<field index="{k}" term="{DWC}{term}"/>' for k, term in enumerate(terms)
        if kind == "core" or k
    )  # fmt: skip
    key = '<id index="0"/>' if kind == "core" else '<coreid index="0"/>'
    return (
        f'<{kind} encoding="UTF-8" fieldsTerminatedBy="\\t" linesTerminatedBy="\\n" '
        f'fieldsEnclosedBy="" ignoreHeaderLines="0" rowType="{DWC}{row_type}">'
        f"<files><location>{file}</location></files>{key}{fields}</{kind}>"
    )


def _meta(tables: str) -> str:
    return f'<?xml version="1.0"?><archive xmlns="http://rs.tdwg.org/dwc/text/">{tables}</archive>'


def _write(path: Path, tables: dict[str, Iterator[str]], meta: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("meta.xml", meta)
        for name, lines in tables.items():
            with archive.open(name, "w") as file:
                for line in lines:
                    file.write(line.encode())


if __name__ == "__main__":
    report.run_alone(rows, __doc__)
