"""Which language this session reads, and the way every word gets to the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import streamlit as st

from wetland.base.texts import LANGUAGES, Lang, Text, text

NAMES: Mapping[Lang, Text] = {"zh": text("中文", "中文"), "en": text("English", "English")}
_KEY = "lang"
_SWITCH = text("语言 Language", "语言 Language")


def current() -> Lang:
    """Return the language of this session: chosen, else ``?lang=`` of the address, else Chinese."""
    if _KEY not in st.session_state:
        asked = st.query_params.get("lang", "zh")
        st.session_state[_KEY] = asked if asked in LANGUAGES else "zh"
    return cast(Lang, st.session_state[_KEY])


def say(words: Text, **values: object) -> str:
    """Return ``words`` in the language of this session, with ``{name}`` filled from ``values``."""
    return (words.fill(**values) if values else words).get(current())


_PAIR = text("{a}：{b}", "{a}: {b}")
COMMA = text("、", ", ")
SEMICOLON = text("；", "; ")


def pair(name: str, value: str) -> str:
    """Return ``name: value`` with the colon of the language."""
    return say(_PAIR, a=name, b=value)


def name_of(names: Mapping[str, Text]) -> Callable[[str], str]:
    """Return a ``format_func`` that shows an option by its name, or as it is without one."""
    lang = current()
    return lambda option: names[option].get(lang) if option in names else str(option)


def switch(key: str) -> None:
    """Show the switch between Chinese and English; the address keeps the choice (``?lang=``)."""
    lang = current()
    widget = f"{key}_{lang}"
    st.segmented_control(
        say(_SWITCH),
        LANGUAGES,
        default=lang,
        format_func=lambda option: say(NAMES[option]),
        key=widget,
        label_visibility="collapsed",
        required=True,
        on_change=_switched,
        args=(widget,),
    )


def _switched(widget: str) -> None:
    """Take the language chosen, and tell the browser again what is chosen elsewhere.

    The browser sends a choice back by the words it showed; after the words have changed it would
    send the old ones, which name no option any more. Setting a choice anew makes it learn the new.
    """
    chosen = st.session_state[widget]
    st.session_state[_KEY] = chosen
    st.query_params["lang"] = chosen
    for name, value in list(st.session_state.items()):
        several = isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)
        if (isinstance(value, str) or several) and not str(name).startswith("$$"):
            st.session_state[name] = value
