"""Keep the findings of a detector: what a person decided stays, what no longer holds is passed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wetland.store.store import Store
from wetland.store.transaction import Written

if TYPE_CHECKING:
    import pandas as pd

SETTLED = ("verified", "dismissed")


def keep_findings(
    store: Store,
    found: pd.DataFrame,
    *,
    of: tuple[str, str],
    looked_at: Callable[[pd.DataFrame], pd.Series[bool]],
    undecided_listed: bool = True,
    actor: str,
) -> Written:
    """Write the findings of one detector at one site, all or nothing.

    Rule of decision: a finding that a person verified or dismissed keeps that status; any other is
    open. One that the store holds as open, about something that was looked at again, and that is
    not found any more, is set to ``passed``.

    Parameters
    ----------
    found
        Rows of `FINDINGS`, as the detector made them.
    of
        The site and the detector.
    looked_at
        Tells of findings that the store holds whether what they are about was looked at again.
    undecided_listed
        False where undecided rows were counted only: not listed is not "no longer found".
    actor
        Who does this.

    Raises
    ------
    StoreError
        The store cannot be written; it then holds what it held before.
    """
    import pandas as pd

    site, detector = of
    new = found.copy()
    with store.transaction(actor=actor, reason="screening") as tx:
        held = tx.read("findings", {"site": site, "detector": detector})
        held = held[looked_at(held)]
        status = dict(zip(held["finding_id"], held["status"], strict=True))
        kept = [status.get(key, "open") for key in new["finding_id"]]
        new["status"] = [s if s in SETTLED else "open" for s in kept]
        gone = held[(held["status"] == "open") & ~held["finding_id"].isin(new["finding_id"])]
        if not undecided_listed:
            gone = gone[gone["outcome"] == "broken"]
        return tx.write("findings", pd.concat([new, gone.assign(status="passed")])
                        if len(gone) else new)  # fmt: skip
