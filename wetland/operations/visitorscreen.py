"""Screen the stored counts of visitors: load beyond capacity, car parks full, counters silent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wetland.base.texts import Lang
from wetland.operations.detected import Detected
from wetland.operations.keptfindings import keep_findings
from wetland.operations.visitors import VisitorData, require_counts, visitors_of_store
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.store.transaction import Written

if TYPE_CHECKING:
    import pandas as pd

    from wetland.visitors.detect import VisitorSettings


class VisitorScreening(Detected):
    """What screening the visitors of a site gave."""

    __slots__ = ()

    def to_json(self, lang: Lang = "zh", *, undecided: bool = True) -> dict[str, Any]:
        """Return the screening as JSON-ready mappings in one language."""
        return self.as_json(self.rows(undecided=undecided), lang)


def screen_visitors(
    store: Store,
    site: Site,
    *,
    as_of: dt.date | None = None,
    since: dt.date | None = None,
    actor: str | None = None,
) -> VisitorScreening:
    """Screen the counts of visitors that the store holds; kept only with ``actor``.

    Rule of decision: an open finding of an earlier screening, of days that were looked at again,
    that is not found any more is set to ``passed``; what a person verified or dismissed keeps that
    status. Totals of several days are never compared with a capacity.

    Parameters
    ----------
    as_of
        Later days are not known yet; None is the last day of the counts.
    since
        First day that is looked at; None is the first of the counts.
    actor
        Who does this.

    Raises
    ------
    InputError
        There are no counts.
    """
    from wetland.visitors.detect import visitor_findings  # noqa: PLC0415 - starts fast

    data = require_counts(visitors_of_store(store, site, since=since, until=as_of))
    on = as_of or data.last_day or max(data.counts["counted_to"])
    found = visitor_findings(
        data.counts, data.pack, site=site.id, pack_digest=site.digest, as_of=on,
        parking=data.parking, timezone=site.timezone, settings=_settings(site),
    )  # fmt: skip
    screening = VisitorScreening(site, found, on, data.synthetic)
    if actor is None:
        return screening
    return replace(screening, written=_keep(store, screening, data, since, actor=actor))


def _settings(site: Site) -> VisitorSettings:
    """Return what is looked for: with the law against overcrowding where the pack names it."""
    from wetland.visitors.detect import (  # noqa: PLC0415 - starts fast
        TOURISM_LAW,
        VisitorSettings,
    )

    named = any(r.id == TOURISM_LAW[0] for r in site.regulations.regulations)
    return VisitorSettings(law=TOURISM_LAW if named else None)


def _keep(
    store: Store,
    screening: VisitorScreening,
    data: VisitorData,
    since: dt.date | None,
    *,
    actor: str,
) -> Written:
    """Keep findings; those of the days that were looked at again and are gone have passed."""
    import pandas as pd

    from wetland.visitors.detect import DETECTOR  # noqa: PLC0415 - starts fast

    first = since or data.first_day or dt.date.min

    def looked_at(held: pd.DataFrame) -> pd.Series[bool]:
        days = held["occurred_on"]
        return pd.Series((days >= first) & (days <= screening.as_of), index=held.index, dtype=bool)

    return keep_findings(
        store, screening.findings, of=(screening.site.id, DETECTOR), looked_at=looked_at,
        actor=actor,
    )  # fmt: skip
