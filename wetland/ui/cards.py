"""One rule's answer as a card: the outcome, the article, the fine, what is missing, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from wetland.base.texts import Text, text
from wetland.regulations.citation import cite
from wetland.reports.sheet import LIKELIHOOD
from wetland.ui.language import COMMA, SEMICOLON, pair, say
from wetland.ui.plain import md

Rule = Mapping[str, Any]

LOOKS: dict[str, tuple[str, str]] = {
    "broken": ("red", ":material/error:"),
    "undecided": ("violet", ":material/help:"),
    "kept": ("green", ":material/check_circle:"),
    "not_covered": ("orange", ":material/history_toggle_off:"),
    "applies": ("blue", ":material/gavel:"),
}
APPLIES = text("此处适用", "applies here")
MAY_APPLY = text("可能适用", "may apply here")
_MODALITIES = {"prohibition": "gray", "obligation": "blue", "permission": "green"}
_TITLE = text("《{t}》", "{t}")
_MISSING = text("还缺", "Missing")
_WHY = text("为什么 · 依据、事实、例外", "Why: law, facts, exceptions")
_FINE = text("罚款", "Fine")
_NO_FINE = text("本条未规定罚款", "this article names no fine")
_OPEN = text("待定，可能是", "open, may be")
_UNSEEN = text("条文原文未见", "text not seen")
_CONFIDENCE = {
    "high": text("可信度高", "high confidence"),
    "medium": text("可信度中", "medium confidence"),
    "low": text("可信度低", "low confidence"),
}
_ALSO = text("并处 / 责令", "Orders")
_BY = text("主管：{who}", "Authority: {who}")
_CRIME = text(
    "情形严重的可能涉嫌犯罪（{article}），应移送司法机关。",
    "May be a crime in grave cases ({article}): to be handed to the judicial organs.",
)
_UNITS = {
    "CNY": text("元", "CNY"),
    "CNY/m2": text("元/平方米", "CNY per m²"),
}
_MAY = {
    "may": text("可处 {fine}", "may be fined {fine}"),
    "shall": text("处 {fine}", "shall be fined {fine}"),
    "unknown": text("{fine}（可处还是应处：未见）", "{fine} (may or shall: not seen)"),
}
_AMOUNTS = {
    "range": text("{a} – {b} {u}", "{a} – {b} {u}"),
    "no_max": text("{a} {u}以上", "{a} {u} or more"),
    "max_unseen": text("{a} {u}起，上限未见", "{a} {u} or more, maximum not seen"),
    "max_only": text("至多 {b} {u}，下限未见", "at most {b} {u}, minimum not seen"),
    "unseen": text("数额未见", "amount not seen"),
}


def show(rule: Rule, *, key: str, asked_activity: bool = True) -> None:
    """Show one rule of a law answer.

    Parameters
    ----------
    rule
        An entry of ``rules`` of the answer's JSON, in the language of the session.
    asked_activity
        False where no activity was asked about: then no outcome is claimed, only that it applies.
    """
    look = str(rule["outcome"]) if asked_activity else "applies"
    colour, icon = LOOKS[look]
    with st.container(border=True, key=f"card-{look}-{key}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(_outcome(rule, asked_activity), icon=icon, color=colour)  # type: ignore[arg-type]
            if rule["modality"] is not None:  # a rule of the law
                st.badge(
                    md(rule["modality_text"]),
                    color=_MODALITIES[str(rule["modality"])],  # type: ignore[arg-type]
                )
            if not rule["text_seen"]:
                st.badge(say(_UNSEEN), icon=":material/visibility_off:", color="orange")
        st.markdown(f"**{md(rule['title'])}** · {md(rule['cite'])}")
        st.markdown(md(rule["says"]))
        if rule["regulation_title"]:
            st.caption(md(say(law_title(rule["regulation_title"])) + " " + rule["version"]))
        _fine(rule)
        if asked_activity:
            _missing(rule)
        if rule.get("likelihood_text"):
            label = rule.get("likelihood_label") or say(LIKELIHOOD)
            words = pair(str(label), str(rule["likelihood_text"]))
            st.markdown(":material/my_location: " + md(words))
        _why(rule)


def _outcome(rule: Rule, asked_activity: bool) -> str:
    if asked_activity:
        return md(rule["outcome_text"])
    return say(MAY_APPLY if _hangs_on_place(rule) else APPLIES)


def _hangs_on_place(rule: Rule) -> bool:
    return any(str(name).startswith("zone") for name in rule["missing"])


def _fine(rule: Rule) -> None:
    fine = rule["fine"]
    if fine is not None:
        shown = fine_words(fine)
        article = f" · {md(say(cite(rule['penalty_article'])))}" if rule["penalty_article"] else ""
        st.markdown(f":material/payments: {say(_FINE)} **{md(shown)}**{article}")
        if fine["carried_over"] is not None:
            st.caption(md(fine["carried_over"]["note"]))
    orders = say(COMMA).join(str(m["text"]) for m in rule["measures"])
    if orders:
        st.caption(md(pair(say(_ALSO), orders)))
    for crime in rule["crime_suspected"]:
        if crime["holds"] is not False:
            st.caption(":material/warning: " + md(say(_CRIME, article=crime["article"])))


def fine_words(fine: Mapping[str, Any]) -> str:
    """Return a fine as words: a range, what it may be while open, "not seen" where it was not."""
    if fine["discretion"] is None:
        tiers = " / ".join(_range(tier) for tier in fine["tiers"])
        return f"{say(_OPEN)} {tiers}" if tiers else say(_NO_FINE)
    return _range(fine)


def _range(fine: Mapping[str, Any]) -> str:
    unit = say(_UNITS[fine["unit"]]) if fine["unit"] in _UNITS else str(fine["unit"])
    amounts = {"u": unit, "a": _amount(fine["min"] or 0.0), "b": _amount(fine["max"] or 0.0)}
    words = _AMOUNTS[_amount_known(fine)].fill(**amounts)
    return say(_MAY[fine["discretion"]], fine=words)


def _amount_known(fine: Mapping[str, Any]) -> str:
    unseen = fine.get("unseen") or ()
    if "min" in unseen:
        return "unseen" if "max" in unseen else "max_only"
    if "max" in unseen:
        return "max_unseen"
    return "no_max" if fine["max"] is None else "range"


def _amount(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _missing(rule: Rule) -> None:
    if rule["missing_text"]:
        wanted = say(SEMICOLON).join(str(words) for words in rule["missing_text"])
        st.markdown(":material/help: " + md(pair(say(_MISSING), wanted)))
    if rule["either_side"] is not None:
        st.caption(":material/border_style: " + md(rule["either_side"]["text"]))


def _why(rule: Rule) -> None:
    foot = [say(_BY, who=rule["authority"])] if rule["authority"] else []
    foot += [say(_CONFIDENCE[rule["confidence"]])] if rule["confidence"] in _CONFIDENCE else []
    st.caption(md(" · ".join(foot)))
    with st.expander(say(_WHY)):
        st.text(str(rule["explanation"]))
        st.caption(md(" · ".join(str(part) for part in (rule["rule"], rule["source"]) if part)))


def law_title(title: str) -> Text:
    """Return the title of a law as each language writes titles."""
    return _TITLE.fill(t=title)


def order(rule: Rule) -> tuple[int, bool, int, int]:
    """Return the place of a rule in a list: worst first, then what surely applies, then nearest.

    "Nearest" is the fewest facts missing: the rule a ranger can settle soonest.
    """
    outcomes = ("broken", "undecided", "kept", "not_covered")
    return (
        outcomes.index(str(rule["outcome"])),
        rule["applies"] is not True,
        len(rule["missing"]),
        -int(rule["severity"]),
    )
