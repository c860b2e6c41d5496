"""Measure the bird part beside its peers, in one run on one machine.

Every section is a module of this folder with ``rows(quick=...)``; each compares its answers with
its peers' before a time counts. rtrim is measured where ``Rscript`` and the package are installed;
else it is named and left out. All data is synthetic, made by fixed seeds.
"""

from __future__ import annotations

import sys

import report

SECTIONS = {"trim": "birdtrim", "import": "birdimport"}
PACKAGES = ("wetland", "numpy", "scipy", "pandas", "statsmodels", "python-dwca-reader")


def main(argv: list[str] | None = None) -> int:
    """Run the sections that were asked for and print their tables; 1 where answers differ."""
    return report.run_sections(SECTIONS, PACKAGES, __doc__, argv)


if __name__ == "__main__":
    sys.exit(main())
