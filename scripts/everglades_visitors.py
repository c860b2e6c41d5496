"""Make `layers/everglades/examples/visitors.csv` from published monthly visits of national parks.

    python scripts/everglades_visitors.py FILE            # write the file
    python scripts/everglades_visitors.py FILE --check    # exit 1 when it is not what this makes

FILE is `park_visitation.csv` (columns date, park, pud, nps) of the R package VisitorCounts: monthly
recreation visits of twenty parks, 2005 to 2017, as the National Park Service publishes them (a work
of the United States government, in the public domain). Of the park EVER the column ``nps`` is taken
as it is; the column ``pud`` (days of photographs) is left out. The visits are real: no row says it
is invented, and every row names licence and source instead.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "layers" / "everglades" / "examples"
FILE = EXAMPLES / "visitors.csv"
HEADER = ("month", "area", "measure", "count", "license", "source", "synthetic")
PARK, AREA = "EVER", "region-enp"
LICENCE = "US public domain"
SOURCE = "National Park Service recreation visits, as in R package VisitorCounts (MIT)"


def main(argv: Sequence[str] | None = None) -> int:
    """Write the file, or with ``--check`` compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="the published visits")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--out", type=Path, default=FILE, help="file to write")
    options = parser.parse_args(argv)
    made = document(options.file.read_text(encoding="utf-8"))
    if not options.check:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(made, encoding="utf-8", newline="")
        return 0
    there = options.out.read_bytes().decode("utf-8") if options.out.is_file() else ""
    if there != made:
        print(f"stale: {options.out}", file=sys.stderr)
        return 1
    return 0


def document(published: str) -> str:
    """Return the whole file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for row in csv.DictReader(io.StringIO(published)):
        if row["park"] == PARK and row["nps"]:
            visits = f"{float(row['nps']):.0f}"
            told = (row["date"][:7], AREA, "entries", visits, LICENCE, SOURCE, "false")
            writer.writerow(told)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
