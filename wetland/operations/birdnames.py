"""Names that matched no species (未匹配的名称): list them, and accept one for a species.

A suggestion is never taken by itself: a person accepts a name, the records under it are matched
anew, and later imports follow.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.tables import BIRD_NAMES, BIRD_RECORDS, BIRD_SURVEYS, DECIDED
from wetland.operations.birds import accepted_names, checklist_of
from wetland.sites.load import Site
from wetland.store.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from wetland.store.transaction import Transaction

COLUMNS = ("name", "records", "suggestions", "note_zh", "note_en")

NO_NAME = text("请写出来源中的名称", "say which name of the source")
NO_SPECIES = text("名录中没有物种 {t}", "the checklist has no species {t}")
KNOWN = text("名录中“{n}”已是 {s}，无须采纳", "the checklist has '{n}' as {s}: nothing to accept")
IMPORT_AGAIN = text(
    "重新导入来源文件即可匹配", "import the file of the source again and it is matched"
)


def unmatched(store: Store, site: Site) -> pd.DataFrame:
    """Return the names of stored records that matched no species, the most frequent first.

    Records that a person rejected or corrected do not count.

    Returns
    -------
    DataFrame
        `COLUMNS`: the name as received, how many records have it, a list of ids of species it may
        have been (the likeliest first; the one species where the checklist knows it by now), and
        why it was not matched.
    """
    import pandas as pd

    records = store.read(BIRD_RECORDS.name, {"site": site.id, "match": "none"})
    open_ones = records[records["taxon_id"].isna() & (records["validation"] != "rejected")]
    counts = open_ones["name_received"].value_counts()
    names = sorted((str(n) for n in counts.index), key=lambda n: (-int(counts[n]), n))
    found = checklist_of(site.birds).match_all(names, accepted=accepted_names(store, site))
    rows = []
    for name in names:
        match = found[name]
        likely = [match.taxon_id] if match.taxon_id is not None else list(match.suggestions)
        note = match.note
        told = (None, None) if note is None else (note.zh, note.en)
        rows.append((name, int(counts[name]), likely, *told))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def accept_name(
    store: Store,
    site: Site,
    name: str,
    taxon_id: str,
    *,
    actor: str,
    reason: str | None = None,
) -> int:
    """Accept that a name means a species; return how many stored records were matched anew.

    Rule of decision: names are compared as the checklist compares them (width, case, spaces). A
    name accepted before may be accepted for another species: its records follow. Records that a
    person decided about keep what was decided. What is matched anew is tested for plausibility
    again.

    Parameters
    ----------
    name
        As it was received.
    taxon_id
        The species.
    actor, reason
        Who accepts it, and why.

    Raises
    ------
    InputError
        The name is blank or one the checklist has, or there is no such species. Nothing is written.
    """
    import pandas as pd

    checklist = checklist_of(site.birds)
    received = name.strip()
    if not received:
        raise InputError(NO_NAME)
    if taxon_id not in checklist.species:
        raise InputError(NO_SPECIES.fill(t=taxon_id))
    known = checklist.match(received)
    if known.taxon_id is not None:
        said = checklist.name(known.taxon_id)
        raise InputError(KNOWN.fill(n=received, s=said), hint=IMPORT_AGAIN)
    told = (reason or "").strip() or None
    row = {"name_id": _name_id(site.id, received), "site": site.id, "name_received": received,
           "taxon_id": taxon_id, "reason": told}  # fmt: skip
    why = f"accept name {received} as {taxon_id}" + (f": {told}" if told else "")
    with store.transaction(actor=actor, reason=why) as tx:
        tx.write(BIRD_NAMES.name, pd.DataFrame([row], columns=BIRD_NAMES.names))
        return _rematch(tx, site, received, taxon_id, dt.datetime.now(dt.UTC).date())


def _name_id(site: str, name: str) -> str:
    """Return the identifier of an accepted name: the same however it is spaced or cased."""
    from wetland.birds.names import key  # noqa: PLC0415 - starts fast

    whole = json.dumps([site, key(name)], ensure_ascii=False)
    return "n-" + hashlib.sha256(whole.encode("utf-8")).hexdigest()[:24]


def _rematch(tx: Transaction, site: Site, name: str, taxon_id: str, today: dt.date) -> int:
    from wetland.birds.names import key  # noqa: PLC0415 - starts fast

    wanted = key(name)
    held = tx.read(BIRD_RECORDS.name, {"site": site.id, "match": ["none", "accepted"]})
    spelled = {n for n in held["name_received"].unique() if key(str(n)) == wanted}
    chosen = held["name_received"].isin(spelled) & ~held["validation"].isin(DECIDED)
    records = held[chosen & (held["taxon_id"].astype(object) != taxon_id)].copy()
    if not len(records):
        return 0
    records["taxon_id"] = taxon_id
    records["match"] = "accepted"
    return tx.write(BIRD_RECORDS.name, _tested(tx, site, records, today)).changed


def _tested(tx: Transaction, site: Site, records: pd.DataFrame, today: dt.date) -> Any:  # noqa: ANN401
    """Return the records with what the tests of plausibility say of them now."""
    from wetland.birds.plausibility import flag_records  # noqa: PLC0415 - starts fast
    from wetland.operations.birdkeeping import inside_of, zones_of  # noqa: PLC0415

    where = {"site": site.id}
    surveys = tx.read(BIRD_SURVEYS.name, where)
    history = tx.read(BIRD_RECORDS.name, where)
    return flag_records(
        records.reset_index(drop=True), surveys, checklist_of(site.birds),
        history=(history, surveys), today=today, inside=inside_of(site), zones_at=zones_of(site),
    )  # fmt: skip
