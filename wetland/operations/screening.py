"""Import observations, screen them, list and export findings: load -> compute -> save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.base.problems import Problem, Problems
from wetland.base.tables import DTYPES
from wetland.base.texts import Lang, Text
from wetland.operations.keptfindings import keep_findings
from wetland.reading.files import Given
from wetland.regulations.records import RECORDS
from wetland.reports.findings import finding_json, problem_json, rows_of
from wetland.screening.options import ReadOptions
from wetland.screening.read import Reading, read_observations
from wetland.screening.screen import DETECTOR, Screened, Settings, screen
from wetland.screening.tables import SOURCES
from wetland.sites.basis import notice_of, zone_basis
from wetland.sites.load import Site
from wetland.store.query import Span
from wetland.store.store import Store
from wetland.store.transaction import Transaction, Written

if TYPE_CHECKING:
    import pandas as pd

KEYS_AT_ONCE = 5_000
EARLIER_SOURCES, EARLIER_ROWS = 20, 500  # the last files, the first rows of each


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    ``written`` counts observations: added, changed, and those that were there already, from this
    file or, with the same content, from another.
    """

    reading: Reading
    written: Written

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return the import as JSON-ready mappings in one language."""
        return {
            "source": dict(self.reading.source),
            "problems": [problem_json(p, lang) for p in self._problems()],
            "counts": {
                **_read_counts(self.reading),
                "added": self.written.added,
                "changed": self.written.changed,
                "unchanged": self.written.unchanged,
            },
        }

    def _problems(self) -> list[Problem]:
        """Return the problems, those of the whole file first."""
        return sorted(self.reading.problems.items, key=lambda p: p.row is not None)


@dataclass(frozen=True, slots=True)
class Screening:
    """What screening a file, or the store, gave.

    Parameters
    ----------
    screened
        What came out, with `findings` and `undecided` at hand.
    problems
        Table `PROBLEMS` of the file; empty for the store.
    counts
        What was read, screened, found, and which law of the day is not encoded.
    zone_basis
        What the zones rest on.
    source
        The row of `SOURCES` of a file.
    written
        What changed in the table of findings, None where nothing was to be written.
    """

    site: Site
    screened: Screened
    problems: pd.DataFrame
    counts: dict[str, Any]
    zone_basis: str
    source: Mapping[str, Any] | None = None
    written: Written | None = None

    @property
    def findings(self) -> pd.DataFrame:
        """Return table `FINDINGS`: broken and undecided rows."""
        return self.screened.findings

    @property
    def undecided(self) -> list[dict[str, Any]]:
        """Return, per rule and missing facts, how often."""
        return self.screened.undecided

    @property
    def notice(self) -> Text | None:
        """Return what every reader must be told of the zones; None where they are surveyed."""
        return notice_of(self.site, self.zone_basis)

    def rows(self, *, undecided: bool = False) -> pd.DataFrame:
        """Return the broken rows, with ``undecided`` those too."""
        if undecided:
            return self.findings
        return self.findings[self.findings["outcome"] == "broken"].reset_index(drop=True)

    def to_json(self, lang: Lang = "zh", *, undecided: bool = False) -> dict[str, Any]:
        """Return the screening as JSON-ready mappings in one language.

        ``findings`` are what is broken; what is undecided is counted per rule and missing facts
        under ``undecided``, and listed row by row among the findings only if asked for.
        """
        rows = rows_of(self.rows(undecided=undecided))
        return {
            "site": self.site.id,
            "zone_basis": self.zone_basis,
            "notice": None if self.notice is None else self.notice.get(lang),
            "findings": [finding_json(row, lang, notice=self.notice) for row in rows],
            "undecided": self.undecided,
            "problems": [problem_json(p, lang) for p in rows_of(self.problems)],
            "counts": self.counts,
        }


def import_observations(
    store: Store,
    site: Site,
    path: str | Path | Given,
    *,
    options: ReadOptions | None = None,
    actor: str,
) -> Imported:
    """Read a file and keep its source, its observations and its problems, all or nothing.

    Notes
    -----
    The same file twice changes nothing. An observation whose whole content the store holds already
    (an overlapping file) is not written again. A row with an identifier of its own replaces the one
    of that identifier from the same source.

    Raises
    ------
    InputError
        The file cannot be read.
    StoreError
        The store cannot be written; it then holds what it held before.
    """
    reading = read_observations(
        path, site, options, store=store.path, earlier=earlier_records(store, site)
    )
    return Imported(reading, _keep(store, site, reading, actor))


def _keep(store: Store, site: Site, reading: Reading, actor: str) -> Written:
    import pandas as pd

    source = pd.DataFrame([reading.source], columns=SOURCES.names).astype(
        {c.name: DTYPES[c.kind] for c in SOURCES.columns}
    )
    reason = f"import {reading.source['file']}"
    with store.transaction(actor=actor, reason=reason) as tx:
        tx.write("sources", source)
        new = _new_rows(tx, site.id, reading.observations)
        written = tx.write("observations", new.reset_index(drop=True))
        tx.write("problems", reading.problems.frame())
    return written + Written(unchanged=len(reading.observations) - len(new))


def earlier_records(store: Store, site: Site) -> pd.DataFrame | None:
    """Return observations that were accepted before, with the ``sha256`` of their file.

    Of the last 20 sources the first 500 rows each: enough to know the places that files of the site
    name again and again. None where the store holds none.
    """
    sources = store.read("sources", {"site": site.id}).tail(EARLIER_SOURCES)
    if not len(sources):
        return None
    wanted = {"site": site.id, "source_id": sources["source_id"].tolist(),
              "source_row": Span(until=EARLIER_ROWS)}  # fmt: skip
    found = store.read("observations", wanted)
    return found.assign(sha256=found["source_id"].map(sources.set_index("source_id")["sha256"]))


def chunks(values: list[str]) -> Iterator[list[str]]:
    """Yield keys in parts that one question to the store can hold."""
    for start in range(0, len(values), KEYS_AT_ONCE):
        yield values[start : start + KEYS_AT_ONCE]


def _new_rows(tx: Transaction, site: str, read: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that the store does not hold yet, or holds with other content.

    A row with an identifier of its own is also looked for by content: the same row may have come in
    from a file of another name.
    """
    held: dict[str, str] = {}
    for part in chunks(read["observation_id"].tolist()):
        found = tx.read("observations", {"observation_id": part})
        held |= dict(zip(found["observation_id"], found["content"], strict=True))
    pairs = zip(read["observation_id"], read["content"], strict=True)
    differs = [held.get(key) != content for key, content in pairs]
    new = read[np.array(differs, dtype=bool)]  # an empty list would choose no columns
    named = new[new["record_id"].notna() & ~new["observation_id"].isin(held)]
    known: set[str] = set()
    for part in chunks(named["content"].tolist()):
        known |= set(tx.read("observations", {"site": site, "content": part})["content"])
    return new[~(new["observation_id"].isin(named["observation_id"]) & new["content"].isin(known))]


def screen_file(
    path: str | Path | Given,
    site: Site,
    *,
    store: Store | None = None,
    options: ReadOptions | None = None,
    settings: Settings | None = None,
    actor: str | None = None,
) -> Screening:
    """Read a file and screen its observations.

    Parameters
    ----------
    path
        A file, or what was sent.
    site
        The opened pack.
    store
        Where permits and notices are.
    options, settings
        How to read and how to screen.
    actor
        Who does this: what was read and found is then kept in the store. None keeps nothing.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    chosen = settings or Settings()
    where = None if store is None else store.path
    earlier = None if store is None else earlier_records(store, site)
    reading = read_observations(path, site, options, store=where, earlier=earlier)
    if store is not None and actor is not None:
        _keep(store, site, reading, actor)
    observations = reading.observations
    screened = screen(observations, site, records=records_of(store, site), settings=chosen,
                      widest=widest_stated(store, site))  # fmt: skip
    written = None
    if store is not None and actor is not None:
        written = _keep_findings(store, site, screened, observations, actor=actor)
    return Screening(
        site,
        screened,
        reading.problems.frame(),
        {**_read_counts(reading), **_found_counts(screened)},
        zone_basis(site, assume_schematic=chosen.assume_schematic),
        reading.source,
        written,
    )


def screen_store(
    store: Store,
    site: Site,
    *,
    settings: Settings | None = None,
    actor: str | None = None,
) -> Screening:
    """Screen every observation of the site that the store holds; kept only with ``actor``.

    A finding of an earlier screening that no longer holds (a permit came in) is set to ``passed``
    if it is open; what a person verified or dismissed keeps that status.
    """
    chosen = settings or Settings()
    observations = store.read("observations", {"site": site.id})
    screened = screen(observations, site, records=records_of(store, site), settings=chosen)
    written = None
    if actor is not None:
        written = _keep_findings(store, site, screened, observations, actor=actor)
    return Screening(
        site,
        screened,
        Problems("").frame(),
        {"rows": len(observations), "rows_aside": 0, "problems": 0, **_found_counts(screened)},
        zone_basis(site, assume_schematic=chosen.assume_schematic),
        written=written,
    )


def _read_counts(reading: Reading) -> dict[str, Any]:
    return {
        "rows": reading.rows,
        "observations": len(reading.observations),
        "rows_aside": reading.rows_aside,
        "problems": len(reading.problems),
        "problems_by_code": reading.problems.counts(),
    }


def _found_counts(screened: Screened) -> dict[str, Any]:
    outcomes = screened.findings["outcome"].value_counts()
    return {
        **screened.counts,
        "broken": int(outcomes.get("broken", 0)),
        "undecided": sum(int(row["count"]) for row in screened.undecided),
    }


def records_of(store: Store | None, site: Site) -> pd.DataFrame | None:
    """Return permits and notices of the site; None, which is not "none", where nobody keeps any."""
    if store is None or RECORDS.name not in store.tables:
        return None
    return store.read(RECORDS.name, {"site": site.id})


def widest_stated(store: Store | None, site: Site) -> dict[str, float]:
    """Return the widest uncertainty that observations of the store state, by source of position."""
    if store is None:
        return {}
    stated = store.read("observations", {"site": site.id, "uncertainty_m": Span(since=0.0)})
    found = stated.groupby("position_source")["uncertainty_m"].max()
    return {str(name): float(value) for name, value in found.items()}


def _keep_findings(
    store: Store, site: Site, screened: Screened, observations: pd.DataFrame, *, actor: str
) -> Written:
    subjects = set(observations["observation_id"])
    return keep_findings(
        store,
        screened.findings,
        of=(site.id, DETECTOR),
        looked_at=lambda held: held["subject"].isin(subjects),
        undecided_listed=bool(screened.counts["undecided_listed"]),
        actor=actor,
    )
