"""What a detector over stored tables found at a site, and how it is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wetland.base.texts import Lang
from wetland.reports.findings import finding_json, rows_of
from wetland.sites.load import Site
from wetland.store.transaction import Written

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Detected:
    """What screening the water, birds or visitors of a site gave.

    Parameters
    ----------
    findings
        Rows of `FINDINGS`, the severest first.
    as_of
        The day it was looked on.
    synthetic
        Whether anything that was looked at is invented.
    written
        What changed in the table of findings, None where nothing was to be written.
    """

    site: Site
    findings: pd.DataFrame
    as_of: dt.date
    synthetic: bool
    written: Written | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Return how many findings there are, by outcome and by rule."""
        outcomes, rules = self.findings["outcome"], self.findings["rule"]
        found = {name: int((outcomes == name).sum()) for name in ("broken", "undecided")}
        return found | {str(rule): int(n) for rule, n in rules.value_counts().items()}

    def rows(self, *, undecided: bool = True) -> pd.DataFrame:
        """Return the findings; without ``undecided`` the broken ones only."""
        if undecided:
            return self.findings
        return self.findings[self.findings["outcome"] == "broken"].reset_index(drop=True)

    def as_json(self, shown: pd.DataFrame, lang: Lang) -> dict[str, Any]:
        """Return the screening with some of its findings as JSON-ready mappings."""
        return {
            "site": self.site.id,
            "as_of": self.as_of.isoformat(),
            "synthetic": self.synthetic,
            "findings": [finding_json(r, lang) for r in rows_of(shown)],
            "counts": self.counts,
        }
