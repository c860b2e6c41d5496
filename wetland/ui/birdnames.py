"""Names that matched no species: what they may be, and the button with which a person accepts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
import streamlit as st

from wetland.base.errors import WetlandError
from wetland.base.texts import Text, text
from wetland.birds.species import Species
from wetland.operations.birdnames import accept_name, unmatched
from wetland.operations.birds import BirdData, accepted_names
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.ui import birdwords, session
from wetland.ui.guard import tell
from wetland.ui.language import COMMA, name_of, say
from wetland.ui.plain import md

_TITLE = text("存储中未匹配的名称（{n}）", "Names in the store that match no species ({n})")
_OF_FILE = text("这个文件中未匹配的名称（{n}）", "Names of this file that match no species ({n})")
_HOW = text(
    "系统只提建议，不自动采用。选定物种并采纳后，用这个名称的记录会重新匹配，以后导入也照此办。",
    "Suggestions are never taken by themselves. Once you accept a species for a name, the records "
    "under it are matched anew, and later imports follow.",
)
_LATER = text(
    "先保存，再在下方为它们选定物种。", "Save first, then choose their species further below."
)
_NAME = text("名称", "Name")
_TAXON = text("是哪个物种", "Which species it is")
_PLACEHOLDER = text("选一个物种", "choose a species")
_REASON = text("理由（可不填）", "Reason (optional)")
_ACCEPT = text("采纳", "Accept")
_CHOOSE = text("先选物种。", "Choose a species first.")
_DONE = text("已采纳：{name} → {species}。", "Accepted: {name} is {species}.")
_HEADS: Mapping[str, Text] = {
    "name": text("名称", "Name"),
    "records": text("记录数", "Records"),
    "suggestions": text("建议", "Suggestions"),
}


def of_file(site: Site, read: BirdData) -> None:
    """Show the names of a file that matched nothing, with what they may be.

    A name that a person accepted at this site is none of them: saving follows the person.
    """
    lost = read.records[read.records["taxon_id"].isna()]
    counts = lost["name_received"].value_counts()
    accepted = accepted_names(session.store(), site)
    matches = read.checklist.match_all([str(n) for n in counts.index], accepted=accepted)
    names = [name for name, match in matches.items() if match.taxon_id is None]
    if not names:
        return
    st.subheader(say(_OF_FILE, n=len(names)), anchor=False)
    species = read.checklist.species
    rows = [
        {
            "name": name,
            "records": int(counts[name]),
            "suggestions": _listed(matches[name].suggestions, _names_of(species)),
        }
        for name in names
    ]
    _grid(rows)
    st.caption(say(_LATER))


def _names_of(species: Mapping[str, Species]) -> Mapping[str, str]:
    return {one: birdwords.species_name(species, one) for one in species}


def _listed(ids: Sequence[str], names: Mapping[str, str]) -> str:
    return say(COMMA).join(names.get(one, one) for one in ids) or "–"


def of_store(site: Site) -> None:
    """Show the names of the store that matched nothing, and the form that accepts one."""
    store = session.store()
    if store is None:
        return
    if st.session_state.pop("birds-accept", False):
        _accept(site)
    table = unmatched(store, site)
    if not len(table):
        return
    st.subheader(say(_TITLE, n=len(table)), anchor=False)
    st.caption(say(_HOW))
    species = {s.id: s for s in site.birds.species}
    names = _names_of(species)
    suggested = {str(r["name"]): _ids(r["suggestions"]) for r in rows_of(table)}
    _grid(
        {"name": r["name"], "records": int(r["records"]),
         "suggestions": _listed(suggested[str(r["name"])], names)}
        for r in rows_of(table)
    )  # fmt: skip
    options = list(suggested)
    if st.session_state.get("birds-name") not in options:
        st.session_state.pop("birds-name", None)
    left, middle = st.columns(2, vertical_alignment="bottom")
    name = str(left.selectbox(say(_NAME), options, key="birds-name"))
    first = [one for one in suggested[name] if one in species]
    order = [*first, *(one for one in species if one not in first)]
    labels = birdwords.species_labels(species, order)
    middle.selectbox(
        say(_TAXON), order, index=None, format_func=name_of(labels),
        placeholder=say(_PLACEHOLDER), key=f"birds-taxon-{name}",
    )  # fmt: skip
    left.text_input(say(_REASON), key="birds-name-reason", max_chars=300)
    middle.button(say(_ACCEPT), icon=":material/check:", key="birds-name-accept", on_click=_pressed)


def _ids(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


def _pressed() -> None:
    st.session_state["birds-accept"] = True


def _accept(site: Site) -> None:
    state = st.session_state
    name = str(state.get("birds-name", ""))
    taxon = state.get(f"birds-taxon-{name}")
    if taxon is None:
        st.warning(say(_CHOOSE))
        return
    actor, store = session.actor_or_hint(), session.store()
    if actor is None or store is None:
        return
    reason = str(state.get("birds-name-reason", "")).strip()
    try:
        accept_name(store, site, name, taxon, actor=actor, reason=reason or None)
    except WetlandError as error:  # the list of names stays on the page
        tell(error)
        return
    species = {s.id: s for s in site.birds.species}
    said = say(_DONE, name=name, species=birdwords.species_name(species, taxon))
    st.success(md(said), icon=":material/check_circle:")


def _grid(rows: Iterable[Mapping[str, object]]) -> None:
    frame = pd.DataFrame(list(rows), columns=list(_HEADS))
    st.dataframe(
        frame, hide_index=True, height=min(38 + 35 * max(len(frame), 1), 220),
        column_config={name: say(head) for name, head in _HEADS.items()},
    )  # fmt: skip
