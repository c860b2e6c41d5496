"""Measure forecasts of visitors and car parks beside their peers, in one run on one machine.

Every section is a module of this folder with ``rows(quick=...)``; what is judged, and by what, was
fixed in `visitorprotocol` before the methods. Sections fail where a goal is missed. The data of car
parks (Birmingham City Council, CC BY 4.0) and of monthly visits (US National Park Service, public
domain) is real; it is read where it lies and left out where it does not.
"""

from __future__ import annotations

import sys

import report

SECTIONS = {"parking": "visitorparking", "months": "visitormonths", "refit": "visitorrefit"}
PACKAGES = ("wetland", "numpy", "numba", "scipy", "pandas", "statsmodels", "scikit-learn")


def main(argv: list[str] | None = None) -> int:
    """Run the sections that were asked for and print their tables; 1 where a goal is missed."""
    return report.run_sections(SECTIONS, PACKAGES, __doc__, argv)


if __name__ == "__main__":
    sys.exit(main())
