"""Screen the stored bird surveys: declines, 1 % of a population, first records, breeding."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wetland.base.texts import Lang
from wetland.operations.birdexport import findings_for_role
from wetland.operations.birds import BirdData, birds_of_store, plots_of, require_records
from wetland.operations.detected import Detected
from wetland.operations.keptfindings import keep_findings
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.store.transaction import Written

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.detect import BirdSettings


class BirdScreening(Detected):
    """What screening the birds of a site gave."""

    __slots__ = ()

    def only(self, taxon_id: str) -> BirdScreening:
        """Return what was found of one species."""
        told = self.findings[self.findings["subject"].str.split("|").str[0] == taxon_id]
        return replace(self, findings=told.reset_index(drop=True))

    def to_json(
        self, lang: Lang = "zh", *, undecided: bool = True, role: str | None = None
    ) -> dict[str, Any]:
        """Return the screening as JSON-ready mappings in one language, as a role may see it."""
        shown = findings_for_role(self.rows(undecided=undecided), self.site, role)
        return self.as_json(shown, lang)


def screen_birds(
    store: Store,
    site: Site,
    *,
    as_of: dt.date | None = None,
    settings: BirdSettings | None = None,
    actor: str | None = None,
) -> BirdScreening:
    """Screen every bird survey of the site that the store holds; kept only with ``actor``.

    Rule of decision: an open finding of an earlier screening that is not found any more is set to
    ``passed``; one of a first record or of breeding that is older than the days that were looked at
    only where none of its records stands any more (rejected, corrected to another species, gone),
    since older ones are no longer looked for. What a person verified or dismissed keeps that
    status.

    Parameters
    ----------
    as_of
        Later surveys are not known yet, and a season counts when it is over; None is the last day
        of a survey.
    settings
        What is looked for; None is what the pack's usual season makes.
    actor
        Who does this.

    Raises
    ------
    InputError
        There are no surveys.
    """
    from wetland.birds.detect import BirdSettings, bird_findings  # noqa: PLC0415 - starts fast

    data = require_records(birds_of_store(store, site))
    on = as_of or data.last_day or max(data.surveys["event_date"])
    chosen = settings or BirdSettings.of(site.birds)
    found = bird_findings(
        data.records, data.surveys, data.checklist, site=site.id, pack_digest=site.digest,
        as_of=on, settings=chosen, plots=plots_of(site),
    )  # fmt: skip
    screening = BirdScreening(site, found, on, data.synthetic)
    if actor is None:
        return screening
    return replace(screening, written=_keep(store, screening, chosen, data, actor=actor))


def _keep(
    store: Store, screening: BirdScreening, settings: BirdSettings, data: BirdData, *, actor: str
) -> Written:
    """Keep findings; of what was looked for again, those not found any more have passed."""
    from wetland.birds.detect import DETECTOR  # noqa: PLC0415 - starts fast
    from wetland.birds.detectbase import BREEDING, FIRST_RECORD  # noqa: PLC0415

    recent = screening.as_of - dt.timedelta(days=settings.recent_days)
    counted = data.counted
    standing = set(zip(counted["taxon_id"], counted["record_id"], strict=True))

    def fallen(evidence: str) -> bool:
        told = json.loads(evidence)
        return not any((told["taxon_id"], one["record_id"]) in standing for one in told["records"])

    def looked_at(held: pd.DataFrame) -> pd.Series[bool]:
        of_days = held["rule"].isin((FIRST_RECORD, BREEDING))
        days = held["occurred_on"]
        again = held["rule"].isin(settings.rules) & (days <= screening.as_of)
        return again & (~of_days | (days >= recent) | held["evidence"].map(fallen).astype(bool))

    return keep_findings(
        store, screening.findings, of=(screening.site.id, DETECTOR), looked_at=looked_at,
        actor=actor,
    )  # fmt: skip
