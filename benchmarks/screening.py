"""Measure screening beside its peers, in one run on one machine (``make bench``).

Every section is a module of this folder with ``rows(quick=...)``; each compares its answers with
its peers' before a time counts, takes the ways in both orders by turns, and gives medians. A peer
that is not installed is named and left out (``make peers`` installs them beside the project).
"""

from __future__ import annotations

import sys

import report

SECTIONS = ("points", "footprints", "tracks", "law", "ingest", "drift")
PACKAGES = ("wetland", "numpy", "numba", "shapely", "geopandas", "pandas", "pyproj", "pyarrow",
            "scipy", "dask", "distributed")  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Run the sections that were asked for and print their tables; 1 where answers differ."""
    return report.run_sections({name: name for name in SECTIONS}, PACKAGES, __doc__, argv)


if __name__ == "__main__":
    sys.exit(main())
