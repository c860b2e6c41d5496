"""The answer of the law as a page: zones, outcome, what is not encoded, facts to get, the cards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import streamlit as st

from wetland.base.texts import Text, text
from wetland.sites.load import Site
from wetland.ui import cards, factfields
from wetland.ui.language import COMMA, name_of, pair, say
from wetland.ui.plain import md

PAGE = 12
_IN = text("在内", "inside")
_MAY_BE_IN = text("不能确定", "not determined")
_OUTSIDE = text("不在任何分区内", "outside every zone")
_UNKNOWN_ZONES = text("{n} 类区域无边界资料", "{n} kinds of zone: no boundary loaded")
_CAUSES = {
    "zone_not_surveyed": text("边界未测绘", "edge not surveyed"),
    "position_uncertain": text("位置误差", "position uncertainty"),
    "on_boundary": text("在边界线上", "on the boundary"),
    "zone_not_loaded": text("无边界资料", "not loaded"),
    "position": text("无位置", "no position"),
}
_HERE = text("{on}，此处适用 {n} 条规定", "{n} rules apply here on {on}")
_OUTCOME = text("{on}：{outcome}", "{on}: {outcome}")
_COUNTS = text("疑似违反 {b} · 待定 {u} · 未违反 {k}", "suspected {b} · undecided {u} · kept {k}")
_FIND = text("在条文中查找", "Search in the rules")
_MORE = text("再显示 {n} 条", "Show {n} more")
_NOT_COVERED = text("未录入的法律（当日）", "Laws of that day that are not encoded")
_NOT_COVERED_HELP = text(
    "没有答案不等于没有规定：下列法律当日有效或可能有效，但原文未录入。",
    "No answer does not mean no rule: these laws were or may have been in force, but are not "
    "encoded.",
)
_PARTLY = text("只录入了一部分的法律", "Laws encoded in part only")
_ONE_FINE = text("一事不再罚", "One act, one fine")
_PENALTY_LAW = text("处罚程序与裁量", "Procedure and discretion")
_UNTIL = text("{a} 至 {b}", "{a} to {b}")
_OPEN = text("（至今）", "(to date)")
_SHOW = text("显示", "Show")
_ALL = text("全部", "all")
_OUTCOMES = {
    "broken": text("疑似违反", "suspected"),
    "undecided": text("待定", "undecided"),
    "kept": text("未违反", "kept"),
}


def headline(said: dict[str, Any]) -> str:
    """Return the answer in one line: the outcome, or without an act how much applies."""
    if not said["activity"] and (_applicable(said) or said["outcome"] != "not_covered"):
        return md(say(_HERE, on=said["on"], n=len(_applicable(said))))
    _, icon = cards.LOOKS[str(said["outcome"])]
    return f"{icon} {md(say(_OUTCOME, on=said['on'], outcome=said['outcome_text']))}"


def _applicable(said: dict[str, Any]) -> list[dict[str, Any]]:
    rules = sorted(said["rules"], key=cards.order)
    return [rule for rule in rules if said["activity"] or rule["outcome"] != "not_covered"]


def show(site: Site, said: dict[str, Any]) -> None:
    """Show a law answer (its JSON form) in the language of the session."""
    _zones(said)
    rules = _applicable(said)
    asked_activity = bool(said["activity"])
    st.subheader(headline(said), anchor=False)
    if asked_activity:
        _counts(rules)
    broken = [rule for rule in rules if asked_activity and rule["outcome"] == "broken"]
    for rule in broken:
        _card(rule, asked_activity)
    if broken:
        _one_fine(said)
    if asked_activity:
        factfields.show(rules, site.vocabulary, open_=not broken)
    _not_covered(said, open_=not rules)
    _rules([rule for rule in rules if rule not in broken], asked_activity)
    if asked_activity and not broken:
        _one_fine(said)


def _counts(rules: Sequence[dict[str, Any]]) -> None:
    n = {key: sum(rule["outcome"] == key for rule in rules) for key in _OUTCOMES}
    st.caption(say(_COUNTS, b=n["broken"], u=n["undecided"], k=n["kept"]))


def _zones(said: dict[str, Any]) -> None:
    inside = [zone for zone in said["zones"] if zone["where"] == "inside"]
    open_ = [zone for zone in said["zones"] if zone["where"] != "inside"]
    unloaded = [zone for zone in open_ if zone["cause"] == "zone_not_loaded"]
    with st.container(horizontal=True, gap="small"):
        for zone in inside:
            st.badge(
                f"{md(zone['name'])} · {say(_IN)}", color="blue", icon=":material/location_on:"
            )
        for zone in open_:
            if zone not in unloaded:
                why = say(_CAUSES[zone["cause"]]) if zone["cause"] in _CAUSES else ""
                st.badge(
                    f"{md(zone['name'])} · {say(_MAY_BE_IN)} · {why}",
                    color="violet",
                    icon=":material/border_style:",
                )
        if not inside and len(unloaded) == len(open_):
            st.badge(say(_OUTSIDE), color="gray")
        if unloaded:
            names = say(COMMA).join(zone["name"] for zone in unloaded)
            words = say(_UNKNOWN_ZONES, n=len(unloaded))
            st.badge(words, color="gray", icon=":material/layers_clear:", help=md(names))


def _rules(rules: Sequence[dict[str, Any]], asked_activity: bool) -> None:
    chosen = list(rules)
    if len(rules) > 6:
        find, only = st.columns([3, 2], vertical_alignment="bottom")
        wanted = find.text_input(say(_FIND), key="find", icon=":material/search:").strip().lower()
        if wanted:
            chosen = [rule for rule in chosen if wanted in _searched(rule)]
        if asked_activity:
            options = ["", *(o for o in _OUTCOMES if any(r["outcome"] == o for r in rules))]
            names: dict[str, Text] = {"": _ALL, **_OUTCOMES}
            outcome = only.selectbox(
                say(_SHOW), options, format_func=name_of(names), key="only-outcome"
            )
            chosen = [rule for rule in chosen if not outcome or rule["outcome"] == outcome]
    most = int(st.session_state.get("rules-shown", PAGE))
    for rule in chosen[:most]:
        _card(rule, asked_activity)
    left = len(chosen) - most
    if left > 0 and st.button(say(_MORE, n=min(PAGE, left)), icon=":material/expand_more:"):
        st.session_state["rules-shown"] = most + PAGE
        st.rerun(scope="fragment")


def _card(rule: dict[str, Any], asked_activity: bool) -> None:
    cards.show(rule, key=str(rule["rule"]).replace("/", "-"), asked_activity=asked_activity)


def _searched(rule: dict[str, Any]) -> str:
    words = (rule["title"], rule["says"], rule["cite"], rule["article"], rule["regulation_title"])
    return " ".join(str(word) for word in words).lower()


def _not_covered(said: dict[str, Any], *, open_: bool) -> None:
    missing = said["not_covered"]
    if missing:
        title = f"{say(_NOT_COVERED)} ({len(missing)})"
        with st.expander(title, expanded=open_, icon=":material/history_toggle_off:"):
            st.caption(say(_NOT_COVERED_HELP))
            _gaps(missing)
    if said["partly_covered"]:
        with st.expander(f"{say(_PARTLY)} ({len(said['partly_covered'])})"):
            _gaps(said["partly_covered"])


def _gaps(gaps: Sequence[dict[str, Any]]) -> None:
    for gap in gaps:
        st.markdown(
            f"- {md(say(cards.law_title(gap['law'])))} {md(_period(gap))} — {md(gap['note'])}"
        )


def _period(gap: dict[str, Any]) -> str:
    start, end = gap["from"] or "…", gap["to"] or say(_OPEN)
    if gap["to"]:
        end = (dt.date.fromisoformat(gap["to"]) - dt.timedelta(days=1)).isoformat()
    return say(_UNTIL, a=start, b=end)


def _one_fine(said: dict[str, Any]) -> None:
    if said["one_fine"] is not None:
        st.markdown(":material/balance: " + md(pair(say(_ONE_FINE), said["one_fine"]["text"])))
    law = said["penalty_law"]
    if law is None or law["state"] != "covered" or said["outcome"] not in {"broken", "undecided"}:
        return
    with st.expander(pair(say(_PENALTY_LAW), law["law"])):
        st.markdown(f"- {md(law['party']['text'])}")
        st.markdown(f"- {md(law['evidence']['text'])}")
        if law["decision_due"]["day"]:
            st.markdown(f"- 60: {md(law['decision_due']['day'])}")
