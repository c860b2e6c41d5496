"""Findings as a table beside a map, each opening its explanation: used by two pages."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.findings import FINDINGS, OUTCOMES, STATUSES
from wetland.base.texts import Text, text
from wetland.maps.features import is_place, table_features
from wetland.maps.sitemap import FeatureGroup, fits_features, group_of, place_group
from wetland.maps.style import OUTCOME_MARKS, LegendItem
from wetland.regulations.citation import cite
from wetland.reports.detectors import of_water
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.store.export import export
from wetland.ui import cards, finding_card, mapview, sitebase
from wetland.ui.language import COMMA, say
from wetland.ui.mapview import Click

LEGEND = [LegendItem(OUTCOMES[key], mark=mark) for key, mark in OUTCOME_MARKS.items()]
_HEADS: dict[str, Text] = {
    "id": text("编号", "Id"),
    "day": text("日期", "Day"),
    "activity": text("行为", "Activity"),
    "rule": text("规定", "Rule"),
    "article": text("条款", "Article"),
    "zones": text("区域", "Zones"),
    "fine": text("罚款", "Fine"),
    "outcome": text("结论", "Outcome"),
    "status": text("状态", "Status"),
}
_PICK = text(
    "点选一行，或点地图上的标记，看依据与说明。", "Pick a row, or a mark on the map, to see why."
)
_AT_PLACE = text("只看地图上点选的一处（{n} 条）", "Only the place picked on the map ({n})")
_SHOW_ALL = text("看全部", "Show all")
_CSV = text("下载 CSV", "Download CSV")
_GEOJSON = text("下载 GeoJSON", "Download GeoJSON")


def show(site: Site, frame: pd.DataFrame, *, key: str) -> None:
    """Show findings: the table, the map, the card of the row picked.

    Parameters
    ----------
    frame
        Rows of the table `FINDINGS`.
    key
        Names the widgets of this place on the pages.
    """
    tips = tips_of(frame)
    picked_tip = st.session_state.get(f"{key}-tip")
    here = [i for i, tip in enumerate(tips) if tip == picked_tip]
    left, right = st.columns([11, 9], gap="medium")
    with right, st.container(key=f"sticky-{key}"):
        _map(site, frame, tips, key)
    with left:
        if here:
            _only_here(len(here), key)
            frame = frame.iloc[here].reset_index(drop=True)
        row = _table(site, frame, key)
        if row is None and here:
            row = 0
        if row is not None:
            cards.show(
                finding_card.card_of(site, rows_of(frame.iloc[[row]])[0]), key=f"{key}-finding"
            )


def _only_here(count: int, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(say(_AT_PLACE, n=count))
        st.button(
            say(_SHOW_ALL),
            key=f"{key}-all",
            type="tertiary",
            on_click=_forget,
            args=(f"{key}-tip",),
        )


def _forget(name: str) -> None:
    st.session_state.pop(name, None)


def _table(site: Site, frame: pd.DataFrame, key: str) -> int | None:
    st.caption(say(_PICK))
    rows = pd.DataFrame([_row(site, row) for row in rows_of(frame)], columns=[*_HEADS])
    chosen = st.dataframe(
        rows,
        hide_index=True,
        height=min(38 + 35 * max(len(rows), 1), 420),
        column_config={name: say(title) for name, title in _HEADS.items()},
        on_select="rerun",
        selection_mode="single-row",
        key=f"{key}-table",
    )
    found = [int(i) for i in chosen["selection"]["rows"] if int(i) < len(frame)]
    return found[0] if found else None


def _row(site: Site, row: Mapping[Any, Any]) -> dict[str, object]:
    zones = json.loads(row["zones"]) if isinstance(row["zones"], str) else []
    titles = site.config.zone_titles
    fine = _evidence(row).get("fine")
    return {
        "id": _name(row),
        "day": str(row["occurred_on"]) if row["occurred_on"] is not None else "",
        "activity": _activity(site, row),
        "rule": say(finding_card.title_of(site, str(row["rule"]))),
        "article": _article(site, row),
        "zones": say(COMMA).join(say(titles[z]) if z in titles else str(z) for z in zones),
        "fine": cards.fine_words(fine) if fine else "",
        "outcome": say(OUTCOMES[str(row["outcome"])]),
        "status": say(STATUSES[str(row["status"])]),
    }


def _article(site: Site, row: Mapping[Any, Any]) -> str:
    rule = site.regulations.by_id.get(str(row["rule"]))
    if rule is not None:
        return say(cite(rule.rule.article, rule.rule.cite))
    return str(row["article"]) if of_water(row) and row["article"] else ""


def searched(site: Site, row: Mapping[Any, Any]) -> str:
    """Return the words of a finding that a search looks through."""
    return " ".join(str(value) for value in _row(site, row).values()).lower()


def _evidence(row: Mapping[Any, Any]) -> dict[str, Any]:
    written = row["evidence"]
    found: dict[str, Any] = json.loads(written) if isinstance(written, str) else {}
    return found


def _name(row: Mapping[Any, Any]) -> str:
    """Return what the source calls the thing, else its row, else our own identifier."""
    own = _evidence(row).get("record_id")
    if own:
        return str(own)
    number = row["source_row"]
    return f"#{number}" if number is not None else str(row["subject"])


def _activity(site: Site, row: Mapping[Any, Any]) -> str:
    words = site.vocabulary.activities
    ids = str(row["activity"]).split(";") if isinstance(row["activity"], str) else []
    return say(COMMA).join(say(words[i].name) if i in words else i for i in ids)


def tips_of(frame: pd.DataFrame) -> list[str]:
    """Return one tooltip per row, the same for all rows about one thing: a click finds them all."""
    return [
        f"{_name(row)[:40]} · {row['occurred_on'] or ''} · {str(row['subject'])[:12]}"
        for row in rows_of(frame)
    ]


def _map(site: Site, frame: pd.DataFrame, tips: Sequence[str], key: str) -> None:
    def pick(click: Click) -> None:
        if click.tip in set(tips):
            st.session_state[f"{key}-tip"] = click.tip
        else:
            _forget(f"{key}-tip")

    shown = sitebase.base_map(site)
    mapview.show(shown, key=f"{key}-map", height=400, groups=marks(frame, tips), on_click=pick)
    sitebase.base_legend(site, LEGEND)


def marks(frame: pd.DataFrame, tips: Sequence[str]) -> list[FeatureGroup]:
    """Return the findings as layers: one mark per thing, with its worst outcome, above the rest."""
    table = pd.DataFrame({"place": frame["geometry"], "outcome": frame["outcome"], "tip": tips})
    table = table[[place is not None for place in table["place"]]]
    table = table.sort_values("outcome", key=lambda c: c.map(list(OUTCOME_MARKS).index))
    table = table.drop_duplicates("tip").iloc[::-1]
    if not len(table):
        return []
    if fits_features(len(table)) or not all(is_place(place) for place in table["place"]):
        tips_left = table["tip"].tolist()
        return [
            group_of(
                table_features(table, "place", tips=tips_left, marks=OUTCOME_MARKS, by="outcome")
            )
        ]
    rows = [
        (place.x, place.y, outcome, tip)
        for place, outcome, tip in zip(table["place"], table["outcome"], table["tip"], strict=True)
    ]
    return [place_group(rows, OUTCOME_MARKS)]


def downloads(frame: pd.DataFrame, notice: Text | None, *, name: str, key: str) -> None:
    """Show buttons that give the findings as a file, the notice on every row."""
    with st.container(horizontal=True):
        for ending, title, mime in (
            ("csv", _CSV, "text/csv"),
            ("geojson", _GEOJSON, "application/geo+json"),
        ):
            st.download_button(
                say(title),
                as_file(frame, notice, ending),
                file_name=f"{name}.{ending}",
                mime=mime,
                icon=":material/download:",
                key=f"{key}-{ending}",
                on_click="ignore",
            )


def as_file(frame: pd.DataFrame, notice: Text | None, ending: str) -> bytes:
    """Return findings as the content of a file, as the command line exports them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"findings.{ending}"
        return export(FINDINGS, frame, path, notice=notice).read_bytes()
