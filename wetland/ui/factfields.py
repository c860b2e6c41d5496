"""Fields for the facts that would settle an answer: asked only when they matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from wetland.base.texts import text
from wetland.regulations.vocabulary import Fact, Vocabulary
from wetland.ui import place
from wetland.ui.language import name_of, say

MOST = 8
_TITLE = text("补充事实，答案随之更新", "Answer what you know; the result follows")
_UNKNOWN = text("不知道", "not known")
_YES = text("是", "yes")
_NO = text("否", "no")
_HAVE = text("有“{name}”吗？", "Is there: {name}?")
_CLEAR = text("清除已填事实", "Clear the facts")
_HIDDEN = text(
    "另有 {n} 项事实可查，先填上面的。", "{n} more facts could matter; these come first."
)
_BOOLEAN = {"true": _YES, "false": _NO, "": _UNKNOWN}


def wanted(rules: Iterable[Mapping[str, Any]], vocabulary: Vocabulary) -> list[str]:
    """Return the facts that rules miss, the most useful first.

    Rule: a fact counts once for each undecided rule that misses it, weighted by how few others that
    rule misses and by whether the rule surely applies; facts about the party come last.
    """
    weight: dict[str, float] = {}
    for rule in rules:
        if rule["outcome"] not in {"undecided", "broken"}:
            continue
        names = [*rule["missing"], *((rule["fine"] or {}).get("missing") or ())]
        known = [n for n in names if n in vocabulary.facts or n in vocabulary.records]
        for name in known:
            sure = 2.0 if rule["applies"] is True else 1.0
            weight[name] = weight.get(name, 0.0) + sure / len(known)
    return sorted(weight, key=lambda name: (_is_party(vocabulary, name), -weight[name], name))


def _is_party(vocabulary: Vocabulary, name: str) -> bool:
    return name in vocabulary.facts and vocabulary.facts[name].role != "act"


def show(rules: Iterable[Mapping[str, Any]], vocabulary: Vocabulary, *, open_: bool = True) -> None:
    """Show fields for the facts already answered and for those most wanted."""
    known = place.facts()
    more = [name for name in wanted(rules, vocabulary) if name not in known]
    names = [*known, *more[: max(0, MOST - len(known))]]
    if not names:
        return
    with st.expander(say(_TITLE), expanded=open_ or bool(known), icon=":material/edit_note:"):
        columns = st.columns(2)
        for i, name in enumerate(names):
            with columns[i % 2]:
                _field(name, vocabulary)
        hidden = len(known) + len(more) - len(names)
        if hidden > 0:
            st.caption(say(_HIDDEN, n=hidden))
        if known and st.button(say(_CLEAR), icon=":material/backspace:", type="tertiary"):
            for name in list(known):
                st.session_state.pop(_key(name), None)
            known.clear()
            st.rerun()


def _key(name: str) -> str:
    return f"fact-{name}"


def _field(name: str, vocabulary: Vocabulary) -> None:
    known = place.facts().get(name)
    if name in vocabulary.records:
        question = say(_HAVE, name=vocabulary.records[name].name)
        _boolean(name, question, known, None)
        return
    fact = vocabulary.facts[name]
    question = say(fact.question) + (f" ({fact.unit})" if fact.unit else "")
    helps = say(fact.how) if fact.how else None
    if fact.kind == "boolean":
        _boolean(name, question, known, helps)
    else:
        _other(name, fact, question, helps)


def _boolean(name: str, question: str, known: object, helps: str | None) -> None:
    st.segmented_control(
        question,
        list(_BOOLEAN),
        default="" if known is None else str(known),
        format_func=name_of(_BOOLEAN),
        key=_key(name),
        help=helps,
        on_change=_take,
        args=(name,),
        required=True,
    )


def _other(name: str, fact: Fact, question: str, helps: str | None) -> None:
    known = place.facts().get(name)
    common: dict[str, Any] = {"key": _key(name), "help": helps, "on_change": _take, "args": (name,)}
    if fact.kind == "number":
        value = float(str(known)) if known is not None else None
        st.number_input(question, min_value=0.0, value=value, placeholder=say(_UNKNOWN), **common)
    elif fact.kind == "day":
        st.date_input(question, value=known, format="YYYY-MM-DD", **common)  # type: ignore[call-overload]
    else:
        options = list(fact.choices)
        index = options.index(str(known)) if known in options else None
        st.selectbox(
            question,
            options,
            index=index,
            placeholder=say(_UNKNOWN),
            format_func=name_of(fact.choices),
            **common,
        )


def _take(name: str) -> None:
    value = st.session_state.get(_key(name))
    if value is None or value == "":
        place.facts().pop(name, None)
    else:
        place.facts()[name] = value
