"""Compare a file with a site in each datum it may be written in; nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wetland.base.texts import Lang
from wetland.operations.screening import earlier_records
from wetland.reading.files import Given
from wetland.screening.datumguard import NAMES, Comparison
from wetland.screening.options import ReadOptions
from wetland.screening.read import Reading, read_observations
from wetland.sites.load import Site
from wetland.store.store import Store


@dataclass(frozen=True, slots=True)
class DatumCheck:
    """How a file fits the site in each datum, one comparison for each datum it declares."""

    reading: Reading

    @property
    def suspected(self) -> tuple[Comparison, ...]:
        """Return the comparisons in which another datum explains the rows clearly better."""
        return tuple(one for one in self.reading.datums if one.suspected is not None)

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return the table of evidence and what follows of it, in one language."""
        return {
            "file": self.reading.source["file"],
            "rows": self.reading.rows,
            "verdicts": [_verdict(one, lang) for one in self.reading.datums],
            "evidence": [row for one in self.reading.datums for row in one.to_rows(lang)],
        }


def check_datum_of(
    path: str | Path | Given,
    site: Site,
    *,
    store: Store | None = None,
    options: ReadOptions | None = None,
) -> DatumCheck:
    """Read a file and compare it with the site, and with earlier records of the store.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    where = None if store is None else store.path
    earlier = None if store is None else earlier_records(store, site)
    return DatumCheck(read_observations(path, site, options, store=where, earlier=earlier))


def _verdict(one: Comparison, lang: Lang) -> dict[str, Any]:
    told = one.suspected is not None
    return {
        "declared": NAMES[one.declared],
        "rows": one.rows,
        "suspected": None if one.suspected is None else NAMES[one.suspected],
        "shift_m": round(one.shift_m, 1) if told else None,
        "bearing_deg": round(one.bearing_deg) if told else None,
        "message": one.message.get(lang) if told else None,
    }
