"""Whether a species goes together with water (关联): a test that respects autocorrelation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.seasons import season_label
from wetland.operations.birdassociation import associate_of
from wetland.operations.birds import BirdData
from wetland.sites.load import Site
from wetland.ui import birddata, language, session, waterdata, waterwords
from wetland.ui.birdindexview import NAMES_PLOTS
from wetland.ui.language import name_of, pair, say
from wetland.ui.plain import md

_TITLE = text("与水质是否同升同降（相关，不是因果）", "Does it go together with water (no cause)")
_NO_WATER = text("存储里没有水质数据可比。", "The store holds no water results to compare with.")
_STATION = text("水质站点", "Water station")
_WHAT = text("比什么", "Compared with")
_CLASS = "class"
_CLASS_NAME = text("水质类别", "water class")
_TEST = text("检验", "Test")
_WORKING = text("正在检验…", "Testing…")
_RESULT = text(
    "ρ = {rho}（95% 区间 {low} 至 {high}），p = {p}；共同 {n} 季，相当于独立的 {eff} 季。",
    "ρ = {rho} (95 % interval {low} to {high}), p = {p}; {n} seasons in common, worth {eff} "
    "independent ones.",
)
_SEASON = text("季", "Season")
_CODES = ("tp", "nh3n", "codmn", "tn", "chla", "sd")


def render(site: Site, held: BirdData, taxon: str) -> None:
    """Show what a species can be compared with, and the answer where it is asked for."""
    with st.expander(say(_TITLE)):
        water = waterdata.data()
        if water is None:
            st.caption(say(_NO_WATER))
            return
        labels = {s: text(n, n) for s, n in waterwords.labels(water).items() if n}
        left, middle = st.columns(2)
        station = left.selectbox(
            say(_STATION), list(labels), format_func=name_of(labels), key="birds-with-station"
        )
        there = set(water.results.loc[water.results["station"] == station, "parameter"])
        names: dict[str, Text] = {_CLASS: _CLASS_NAME} | {
            code: waterwords.parameter_text(code) for code in _CODES if code in there
        }
        what = middle.selectbox(
            say(_WHAT), list(names), format_func=name_of(names), key="birds-with-what"
        )
        if st.button(say(_TEST), icon=":material/compare_arrows:", key="birds-with-test"):
            asked = f"water_class:{station}" if what == _CLASS else f"water:{station}:{what}"
            _tested(site, held, taxon, asked)


def _tested(site: Site, held: BirdData, taxon: str, asked: str) -> None:
    store = session.store()
    if store is None:
        return
    try:
        with st.spinner(say(_WORKING)):
            found = associate_of(store, site, taxon, with_=asked, as_of=session.today())
            told = found.to_json(language.current())
    except InputError as error:
        why = " ".join(error.show(language.current()).splitlines())
        hidden = birddata.hidden(held, taxon)
        st.info(md(say(NAMES_PLOTS) if hidden else why), icon=":material/help:")
        return
    st.markdown(md(pair(str(told["with"]), _words(told))))
    st.warning(md(told["caveat"]), icon=":material/info:")
    st.caption(md(" · ".join(str(note) for note in told["notes"])))
    _, months = held.season()
    rows = [
        {
            "time": season_label(int(row["time"]), months),
            "birds": f"{row['birds']:.3g}",
            "other": f"{row['other']:.3g}",
        }
        for row in told["series"]
    ]
    heads = {"time": say(_SEASON), "birds": str(told["birds"]), "other": str(told["with"])}
    st.dataframe(pd.DataFrame(rows, columns=list(heads)), hide_index=True, height=220,
                 column_config=heads)  # fmt: skip


def _words(told: Mapping[str, Any]) -> str:
    return say(
        _RESULT,
        rho=_two(told["rho"]),
        low=_two(told["lower"]),
        high=_two(told["upper"]),
        p=_two(told["p_value"]),
        n=told["n"],
        eff=_two(told["n_effective"]),
    )


def _two(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
