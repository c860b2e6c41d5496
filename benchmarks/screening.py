"""Measure screening beside its peers, in one run on one machine (``make bench``).

Every section is a module of this folder with ``rows(quick=...)``; each compares its answers with
its peers' before a time counts, takes the ways in both orders by turns, and gives medians. A peer
that is not installed is named and left out (``make peers`` installs them beside the project).
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time

import report

SECTIONS = ("points", "footprints", "tracks", "law", "ingest", "drift")
PACKAGES = ("wetland", "numpy", "numba", "shapely", "geopandas", "pandas", "pyproj", "pyarrow",
            "scipy", "dask", "distributed")  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Run the sections that were asked for and print their tables; 1 where answers differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="fewer things, to see that it runs")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    asked = options.sections or list(SECTIONS)
    unknown = sorted(set(asked) - set(SECTIONS))
    if unknown:
        parser.error(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    head = {"machine": report.machine(), "versions": report.versions(PACKAGES)}
    if not options.json:
        print(json.dumps(head["machine"]), json.dumps(head["versions"]), sep="\n", flush=True)
    found: list[report.Row] = []
    wrong: list[str] = []
    for name in asked:
        started = time.perf_counter()
        try:
            rows = importlib.import_module(name).rows(quick=options.quick)
        except SystemExit as error:  # its answers differ from a peer's
            wrong.append(f"{name}: {error}")
            print(f"\n{name}: ANSWERS DIFFER: {error}", file=sys.stderr, flush=True)
            continue
        found += rows
        if not options.json:
            took = time.perf_counter() - started
            print(report.as_text(rows), f"({name}: {took:.0f} s)", sep="\n", flush=True)
    if options.json:
        print(json.dumps({**head, "rows": report.as_json(found), "wrong": wrong}, indent=2))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
