"""Screen observations (筛查): observations x zones x records x the law of the day -> findings.

Each distinct situation is judged once: ten thousand observations of one activity on one day in one
zone are one question to the law. Everything else is done column by column.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.regulations.evaluate import Outcome
from wetland.regulations.explain import Words
from wetland.screening.acts import Acts
from wetland.screening.candidates import Candidates
from wetland.screening.footprints import Ground
from wetland.screening.judging import Judge
from wetland.screening.lawparts import LawParts
from wetland.screening.registers import ActColumns, record_codes
from wetland.screening.rows import BLOCK, WITH_ROWS, Answers, Stamp
from wetland.screening.situations import Judged, Situations, last_rows
from wetland.screening.tally import Tally
from wetland.screening.uncertainty import widest_of
from wetland.sites.basis import notice_of, zone_basis
from wetland.sites.load import Site

if TYPE_CHECKING:
    import pandas as pd

DETECTOR = "screening"
MOST_ANSWERS = 200_000  # of rules, remembered from one part of a dataset to the next


@dataclass(frozen=True, slots=True)
class Settings:
    """How to screen.

    Parameters
    ----------
    assume_schematic
        Exercise mode: take schematic edges as surveyed. Every row is stamped.
    decided_on
        Day of the decision; only with it a later and milder law is looked for.
    on
        Take the law of this day instead of the law of the day of each act (a "what if").
    undecided_rows
        Undecided answers get a row each while there are no more than this; above it they are only
        counted, per rule and missing fact (one observation may be undecided under dozens of rules).
    list_undecided
        True lists them always, False never, however many there are: what a part of a dataset lists
        must not hang on the part.
    """

    assume_schematic: bool = False
    decided_on: dt.date | None = None
    on: dt.date | None = None
    undecided_rows: int = 20_000
    list_undecided: bool | None = None

    def lists(self, undecided: int) -> bool:
        """Tell whether so many undecided answers get a row each."""
        if self.list_undecided is None:
            return undecided <= self.undecided_rows
        return self.list_undecided


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """The law of a site, with all it answered so far: screen part after part with one of it."""

    candidates: Candidates
    judge: Judge
    parts: LawParts

    @classmethod
    def of(cls, site: Site, settings: Settings) -> Law:
        """Make ready the law of a site for screening with these settings."""
        words = Words(site.vocabulary, site.config.zone_titles)
        return cls(
            Candidates(site.regulations, settings.decided_on),
            Judge(site.regulations, settings.decided_on),
            LawParts(words),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Screened:
    """What a screening found.

    Parameters
    ----------
    tally
        What was counted; tallies of parts add up (`wetland.screening.tally.merge`).
    answers
        What the findings are written from, when they are asked for.
    """

    tally: Tally
    answers: Answers
    _written: list[pd.DataFrame] = field(default_factory=list)

    @property
    def findings(self) -> pd.DataFrame:
        """Return the table `FINDINGS`: what is broken, and what is undecided."""
        if not self._written:
            import pandas as pd

            tables = list(self.tables())
            whole = tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)
            self._written.append(whole)
        return self._written[0]

    def tables(self, rows: int = BLOCK) -> Iterator[pd.DataFrame]:
        """Yield the findings in tables of about so many rows: as much as is in memory at once."""
        return self.answers.tables(rows)

    @property
    def undecided(self) -> list[dict[str, Any]]:
        """Return how often which facts are missing for which rule.

        Rule ``*`` stands where no activity is known and so any rule may speak of the act.
        """
        return self.tally.undecided()

    @property
    def counts(self) -> dict[str, Any]:
        """Return observations, those screened, outcomes, rules, and laws that are not encoded."""
        return self.tally.counts()


def screen(
    observations: pd.DataFrame,
    site: Site,
    *,
    records: pd.DataFrame | None = None,
    settings: Settings | None = None,
    widest: Mapping[str, float] | None = None,
    law: Law | None = None,
) -> Screened:
    """Compare observations with the law of the day of each act.

    Parameters
    ----------
    observations
        Table `OBSERVATIONS`.
    site
        The opened pack.
    records
        Table `RECORDS`: permits, closures, designated areas; None knows of none, which is not "no".
    settings
        How to screen.
    widest
        Widest uncertainty by source of position that other observations state: a default is never
        narrower.
    law
        What screened other observations of the same site with the same settings: what it answered
        is not worked out again. Findings are the same with it and without.

    Notes
    -----
    Rule of decision. The law of the site's local day of the act; a position without stated
    uncertainty has the widest of its source; an observation without activity is counted as
    undecided under rule ``*``; a day whose law is not encoded is counted as not covered, never as
    kept. Kept rules leave no row; nor do undecided ones where there are too many to list. Rows are
    written when they are asked for, from ``observations``: leave these as they are until then.
    """
    chosen = settings or Settings()
    defaults = widest_of(site.config.position_defaults, widest or {})
    acts = Acts.of(observations, site, on=chosen.on, assume_schematic=chosen.assume_schematic,
                   defaults=defaults)  # fmt: skip
    return judge_acts(acts, site, records=records, settings=chosen, law=law)


def judge_acts(
    acts: Acts,
    site: Site,
    *,
    records: pd.DataFrame | None,
    settings: Settings,
    law: Law | None = None,
) -> Screened:
    """Compare observations whose place is known with the law: all that `screen` does from there."""
    asked = ActColumns(
        acts.days, acts.activities, acts.facts, acts.geometries, acts.uncertainty_m, acts.places,
        acts.table["occurred_at"], acts.stretches,
    )  # fmt: skip
    covering = record_codes(site, records, asked)
    ground = Ground(site, acts.geometries, *acts.days, settings.assume_schematic)
    known = law or Law.of(site, settings)
    known.judge.forget(MOST_ANSWERS)
    situations = Situations(acts, covering, known.candidates, known.judge, ground)
    judged = situations.judged()
    tally = _tally(situations, judged, settings)
    basis = zone_basis(site, assume_schematic=settings.assume_schematic)
    stamp = Stamp(site.id, DETECTOR, basis, site.digest, notice_of(site, basis))
    kept = WITH_ROWS if tally.listed else WITH_ROWS - {Outcome.UNDECIDED}
    answers = Answers(site, settings.assume_schematic, situations, judged, stamp, known.parts, kept)
    return Screened(tally, answers)


def _tally(situations: Situations, judged: Judged, settings: Settings) -> Tally:
    """Count the answers, each as often as acts have it, in the order in which they first appear."""
    acts = situations.acts
    tally = Tally(
        observations=len(acts),
        without_activity=len(acts) - len(judged.rows),
        assumed=acts.assumed(),
        situations=situations.digests(),
        footprints=int(np.count_nonzero(judged.open)),
    )
    answer = judged.judgement[judged.situation]
    often = np.bincount(answer, minlength=len(judged.judgements)).tolist()
    for judgement, count in zip(judged.judgements, often, strict=True):
        tally.add(judgement, count)
    for k in np.argsort(last_rows(answer), kind="stable").tolist():
        tally.laws |= {gap.line: gap.law for gap in judged.judgements[k].not_covered}
    tally.listed = settings.lists(sum(tally.missing.values()))
    return tally
