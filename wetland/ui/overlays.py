"""What the store holds, put over the map of the first page: permits and notices, findings."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from wetland.base.findings import OUTCOMES
from wetland.base.texts import text
from wetland.maps.features import table_features
from wetland.maps.limits import MAX_OBJECTS
from wetland.maps.sitemap import FeatureGroup, group_of
from wetland.maps.style import OUTCOME_MARKS, RECORD, RECORD_AREA, LegendItem
from wetland.operations.records import list_records
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.ui import findings, session
from wetland.ui.language import name_of, say
from wetland.ui.recordwords import tip_of

RECORDS = "records"
FINDINGS = "findings"
RECORD_LEGEND = LegendItem(
    text("当日的许可、公告范围", "permits and notices that day"), line=RECORD_AREA
)
_NAMES = {
    RECORDS: text("许可与公告", "Permits and notices"),
    FINDINGS: text("疑似问题", "Findings"),
}
_SHOW = text("图上显示", "Show on the map")


def choose() -> list[str]:
    """Show the choice of what else the map shows; nothing where there is no store."""
    if session.store() is None:
        return []
    return st.pills(
        say(_SHOW), [*_NAMES], selection_mode="multi", default=[RECORDS], key="overlays",
        format_func=name_of(_NAMES), label_visibility="collapsed",
    )  # fmt: skip


def layers(
    site: Site, on: dt.date | None, chosen: list[str]
) -> tuple[list[FeatureGroup], list[LegendItem]]:
    """Return the layers chosen and their lines of the legend."""
    groups: list[FeatureGroup] = []
    items: list[LegendItem] = []
    store = session.store()
    if store is None:
        return groups, items
    if RECORDS in chosen:
        held = list_records(store, site, on=on)
        tips = [tip_of(site, row) for row in rows_of(held)]
        drawn = table_features(held, "place", tips=tips, marks=RECORD, lines=RECORD_AREA)
        if drawn:
            groups.append(group_of(drawn[:MAX_OBJECTS]))
            items.append(RECORD_LEGEND)
    if FINDINGS in chosen:
        found = session.table("findings")
        if found is not None:
            mine = (found["site"] == site.id) & (found["outcome"] == "broken")
            found = found[mine & found["status"].isin(["open", "verified"])].reset_index(drop=True)
            groups += findings.marks(found, findings.tips_of(found))
            items.append(LegendItem(OUTCOMES["broken"], mark=OUTCOME_MARKS["broken"]))
    return groups, items
