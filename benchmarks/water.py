"""Measure the water part beside its peers, in one run on one machine.

Every section is a module of this folder with ``rows(quick=...)``; each compares its answers with
its peers' before a time counts. A peer that is not installed is named and left out (``make peers``
installs them beside the project). All data is synthetic, made by fixed seeds.
"""

from __future__ import annotations

import sys

import report

SECTIONS = {"trends": "watertrends", "classes": "waterclasses"}
PACKAGES = ("wetland", "numpy", "numba", "scipy", "pandas", "pyarrow")


def main(argv: list[str] | None = None) -> int:
    """Run the sections that were asked for and print their tables; 1 where answers differ."""
    return report.run_sections(SECTIONS, PACKAGES, __doc__, argv)


if __name__ == "__main__":
    sys.exit(main())
