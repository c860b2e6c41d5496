"""The validation queue (审核): flagged records with their reasons; accept, correct or reject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.errors import WetlandError
from wetland.base.texts import Text, text
from wetland.birds.species import Species
from wetland.birds.tables import DECIDED, VALIDATIONS
from wetland.operations.birdvalidation import Right, queue, validate
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.ui import birddata, birdwords, session
from wetland.ui.birdsummary import days_words, is_missing
from wetland.ui.guard import tell
from wetland.ui.language import name_of, say
from wetland.ui.plain import md

MOST = 300
_NOTHING = text("这里没有记录。", "There is no record here.")
_HOW = text(
    "勾选一条或多条记录，选决定，再按“提交”。否定和更正必须写理由；每次决定都记入审计，可再改。",
    "Tick one record or several, choose, then submit. Rejecting and correcting need a reason. "
    "Every decision goes into the audit trail and can be taken back.",
)
DECIDED_ONES = "decided"
_SHOW = text("看哪些", "Which records")
_SHOWS: Mapping[str, Text] = {
    "flagged": text("存疑的", "Flagged"),
    "all": text("全部未审核", "All to review"),
    DECIDED_ONES: text("已审核", "Decided"),
}
_WITHHELD = text(
    "另有 {n} 条敏感物种的记录，当前角色不能审核",
    "{n} more of sensitive species are not for this role to review",
)
_SHOWN = text("显示 {k} 条，共 {n} 条", "{k} shown of {n}")
_DECISIONS: Mapping[str, Text] = {
    "accept": text("采纳", "Accept"),
    "correct": text("更正", "Correct"),
    "reject": text("否定", "Reject"),
    "undo": text("撤回", "Take back"),
}
_DECISION = text("决定", "Decision")
_TAXON = text("更正为物种", "The species is")
_COUNT = text("更正为数量", "The count is")
_SAME = text("不变", "unchanged")
_REASON = text("理由", "Reason")
_REASON_HELP = text("除采纳外必填。", "Needed for all but accepting.")
_SUBMIT = text("提交（已选 {n} 条）", "Submit ({n} chosen)")
_PICK_FIRST = text("先勾选记录。", "Tick records first.")
_REASON_FIRST = text("请写理由。", "Give a reason.")
_CHANGE_FIRST = text("请选更正后的物种或数量。", "Choose the right species or count.")
_DONE = text("{d}：{n} 条。", "{d}: {n}.")
_HEADS: Mapping[str, Text] = {
    "name": text("鸟种", "Species"),
    "count": text("计数", "Count"),
    "validation": text("审核", "Validation"),
    "day": text("日期", "Day"),
    "why": text("存疑之处", "Why"),
    "plot": text("样点", "Plot"),
    "received": text("原名", "As received"),
    "observers": text("调查人", "Observers"),
}


def render(site: Site) -> None:
    """Show what is waiting or was decided, and the form that decides it or takes it back."""
    store = session.store()
    if store is None:
        return
    if st.session_state.pop("birds-decide", False):
        _decide(site)
    waiting = queue(store, site, role=session.role())
    shown = _chosen(waiting)
    if not len(shown):
        st.success(say(_NOTHING), icon=":material/check_circle:")
        return
    st.caption(say(_HOW))
    ids = _table(shown, birddata.data())
    _form(site, ids)


def _chosen(waiting: pd.DataFrame) -> pd.DataFrame:
    """Show the choice of what to look at; return its rows."""
    flagged = waiting[waiting["flags"].notna()]
    if "birds-show" not in st.session_state:
        st.session_state["birds-show"] = "flagged" if len(flagged) or not len(waiting) else "all"
    asked = st.segmented_control(
        say(_SHOW), list(_SHOWS), format_func=name_of(_SHOWS), key="birds-show",
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    if asked == DECIDED_ONES:
        shown = _decided()
        st.caption(say(_SHOWN, k=min(len(shown), MOST), n=len(shown)))
        return shown.head(MOST)
    found = flagged if asked == "flagged" else waiting
    said = [say(_SHOWN, k=min(len(found), MOST), n=len(found))]
    withheld = int(waiting.attrs.get("withheld", 0))
    said += [say(_WITHHELD, n=withheld)] if withheld else []
    st.caption(md(" · ".join(said)))
    return found.head(MOST)


def _decided() -> pd.DataFrame:
    """Return the records somebody decided, the latest first, as this role may see them."""
    held = birddata.data()
    if held is None:
        return pd.DataFrame()
    seen = birddata.seen(held)
    mine = seen.records[seen.records["validation"].isin(DECIDED) & ~seen.records["blurred"]]
    of_survey = seen.surveys[["survey_id", "event_date", "event_end", "plot", "observers"]]
    joined = mine.merge(of_survey, how="left", on="survey_id")
    return joined.sort_values(["validated_at", "record_id"], ascending=[False, True])


def _table(shown: pd.DataFrame, held: Any) -> list[str]:  # noqa: ANN401 - BirdData or None
    known: Mapping[str, Species] = {} if held is None else held.checklist.species
    rows = [_row(row, known) for row in rows_of(shown)]
    frame = pd.DataFrame(rows, columns=list(_HEADS))
    ids = [str(one) for one in shown["record_id"]]
    came = st.dataframe(
        frame,
        hide_index=True,
        height=min(38 + 35 * max(len(frame), 1), 420),
        column_config={name: say(head) for name, head in _HEADS.items()},
        on_select="rerun",
        selection_mode="multi-row",
        key=f"birds-queue-{st.session_state.get('birds-round', 0)}",
    )
    picked = came["selection"]["rows"]
    return [ids[i] for i in picked if i < len(ids)]


def _row(row: Mapping[str, Any], known: Mapping[str, Species]) -> dict[str, object]:
    taxon = row["taxon_id"]
    return {
        "name": "–" if is_missing(taxon) else birdwords.species_name(known, taxon),
        "count": birdwords.count_words(row),
        "day": days_words(row.get("event_date"), row.get("event_end")),
        "validation": say(VALIDATIONS[str(row["validation"])]),
        "why": birdwords.flag_words(row["flags"]) or "–",
        "plot": row.get("plot") or "–",
        "received": str(row["name_received"]),
        "observers": row.get("observers") or row.get("recorded_by") or "–",
    }


def _form(site: Site, ids: Sequence[str]) -> None:
    with st.container(border=True, key="birds-decision-card"):
        taken_back = st.session_state.get("birds-show") == DECIDED_ONES
        options = [d for d in _DECISIONS if (d == "undo") == taken_back]
        if st.session_state.get("birds-decision") not in options:
            st.session_state["birds-decision"] = options[0]
        decision = st.segmented_control(
            say(_DECISION), options, format_func=name_of(_DECISIONS), key="birds-decision",
            required=True,
        )  # fmt: skip
        if decision == "correct":
            _correction(site)
        st.text_input(say(_REASON), key="birds-reason", help=say(_REASON_HELP), max_chars=300)
        st.session_state["birds-picked"] = list(ids)
        st.button(
            say(_SUBMIT, n=len(ids)), type="primary", icon=":material/gavel:",
            key="birds-submit", on_click=_pressed,
        )  # fmt: skip


def _correction(site: Site) -> None:
    left, right = st.columns([3, 2])
    species = {s.id: s for s in site.birds.species}
    labels = birdwords.species_labels(species, species)
    left.selectbox(
        say(_TAXON), list(labels), index=None, format_func=name_of(labels),
        placeholder=say(_SAME), key="birds-right-taxon",
    )  # fmt: skip
    right.number_input(
        say(_COUNT), min_value=0, step=1, value=None, placeholder=say(_SAME),
        key="birds-right-count",
    )  # fmt: skip


def _pressed() -> None:
    st.session_state["birds-decide"] = True


def _decide(site: Site) -> None:
    """Write the decision that was submitted, or say what it lacks."""
    state = st.session_state
    ids = list(state.get("birds-picked", ()))
    decision = str(state.get("birds-decision", "accept"))
    reason = str(state.get("birds-reason", "")).strip()
    change: Right = {}
    if decision == "correct":
        change = {
            "taxon_id": state.get("birds-right-taxon"),
            "individual_count": state.get("birds-right-count"),
        }
    lacks = _lacks(ids, decision, reason, change)
    if lacks is not None:
        st.warning(say(lacks))
        return
    actor, store = session.actor_or_hint(), session.store()
    if actor is None or store is None:
        return
    try:
        validate(store, site, ids, decision=decision, actor=actor, reason=reason or None, **change)
    except WetlandError as error:  # the queue stays on the page
        tell(error)
        return
    state["birds-round"] = int(state.get("birds-round", 0)) + 1
    state["birds-reason"] = ""
    said = say(_DONE, d=_DECISIONS[decision], n=len(ids))
    st.success(md(said), icon=":material/check_circle:")


def _lacks(ids: Sequence[str], decision: str, reason: str, change: Right) -> Text | None:
    """Return what a decision still lacks; None where it can be written."""
    if not ids:
        return _PICK_FIRST
    if decision == "correct" and all(v is None for v in change.values()):
        return _CHANGE_FIRST
    if decision != "accept" and not reason:
        return _REASON_FIRST
    return None
