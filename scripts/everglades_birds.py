"""Make `layers/everglades/examples/birds.csv` from the published counts of wading bird nests.

    python scripts/everglades_birds.py FILE            # write the file
    python scripts/everglades_birds.py FILE --check    # exit 1 when the file is not what this makes

FILE is `Counts/maxcounts.csv` of the data set weecology/EvergladesWadingBird (CC0, doi
10.5281/zenodo.7734553). The counts are real, so no row says it is invented; every row names licence
and source instead. What is done to them:

- coordinates are dropped: the pack has the published place of each colony (a few rows lack the sign
  of their longitude);
- a count of 1 whose note says that numbers could not be determined becomes ``present``: that 1
  stands for "there were some" and must not count as one nest.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "layers" / "everglades" / "examples" / "birds.csv"
HEADER = ("group_id", "colony", "year", "species", "count", "behavior", "unit", "remarks",
          "license", "source", "synthetic")  # fmt: skip
UNCOUNTED = re.compile(
    r"^presence$|unable to determine numbers|numbers unknown|count of 1 for presence", re.IGNORECASE
)
LICENCE = "CC0-1.0"
SOURCE = "Weecology doi:10.5281/zenodo.7734553"


def main(argv: Sequence[str] | None = None) -> int:
    """Write the file, or with ``--check`` compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="the published counts")
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
        writer.writerow([
            row["group_id"], row["colony"], row["year"], row["species"], count_of(row), "nesting",
            "nesting pairs", " ".join(row["notes"].split()), LICENCE, SOURCE, "false",
        ])  # fmt: skip
    return out.getvalue()


def count_of(row: Mapping[str, str]) -> str:
    """Return the count, or ``present`` where it only stands for presence."""
    if row["count"] == "1" and UNCOUNTED.search(row["notes"]):
        return "present"
    return row["count"]


if __name__ == "__main__":
    sys.exit(main())
