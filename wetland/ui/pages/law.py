"""The law (法规): what is encoded, by law, version, zone, activity and day; and what is not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.operations.law import site_words
from wetland.regulations.citation import cite
from wetland.regulations.conditions import Situation
from wetland.regulations.explain import fine_text
from wetland.regulations.models import Regulation
from wetland.regulations.penalties import fine_range
from wetland.regulations.rulebook import DatedRule
from wetland.regulations.vocabulary import covers
from wetland.regulations.wording import CONFIDENCE, MODALITIES
from wetland.sites.load import Site
from wetland.ui import session
from wetland.ui.cards import law_title
from wetland.ui.guard import told
from wetland.ui.language import COMMA, name_of, pair, say
from wetland.ui.plain import md

_INTRO = text(
    "这里列出已录入的规定。未录入、未见原文的也写明，不当作没有规定。",
    "What is encoded. What is not encoded, or whose text was not seen, is said too: it is never "
    "taken as permission.",
)
_TAB_RULES = text("条文", "Rules")
_TAB_LAWS = text("法规与版本", "Laws and versions")
_ON = text("施行日（空＝全部版本）", "In force on (empty: all versions)")
_LAW = text("法规", "Law")
_ZONE = text("区域", "Zone")
_ACTIVITY = text("行为", "Activity")
_ALL = text("全部", "all")
_FIND = text("查找", "Search")
_N = text("{n} 条", "{n} rules")
_NOTHING = text("没有符合条件的条文。", "No rule matches.")
_PICK = text("点选一行看全文。", "Pick a row to read it.")
_ANYWHERE = text("任何地方", "anywhere")
_COVERAGE = {
    "complete": text("完整", "complete"),
    "partial": text("部分", "partial"),
    "none": text("未录入", "not encoded"),
}
_RANK = {
    "law": text("法律", "law"),
    "administrative_regulation": text("行政法规", "administrative regulation"),
    "provincial_regulation": text("省地方性法规", "provincial regulation"),
    "city_regulation": text("市地方性法规", "city regulation"),
    "departmental_rule": text("部门规章", "departmental rule"),
    "notice": text("规范性文件", "notice"),
}
_COLUMNS = {
    "article": text("条款", "Article"),
    "title": text("规定", "Rule"),
    "modality": text("性质", "Kind"),
    "law": text("法规", "Law"),
    "version": text("版本", "Version"),
    "fine": text("罚款", "Fine"),
    "zones": text("区域", "Zones"),
    "from": text("施行", "From"),
    "until": text("至", "Until"),
    "seen": text("见过原文", "Text seen"),
    "confidence": text("可信度", "Confidence"),
    "rank": text("层级", "Rank"),
    "coverage": text("录入", "Coverage"),
    "rules": text("条数", "Rules"),
    "gaps": text("缺口", "Gaps"),
    "source": text("来源", "Source"),
}
_EXCEPT = text("除外", "Unless")
_WHO = text("谁", "Who")
_BY = text("主管", "Authority")
_NOTE = text("说明", "Note")

_NOTHING_KNOWN = Situation(None, (), {}, {})


def render() -> None:
    """Show the page."""
    site = session.site()
    st.caption(say(_INTRO))
    rules, laws = st.tabs([say(_TAB_RULES), say(_TAB_LAWS)])
    with rules:
        _rules()
    with laws:
        _laws(site)


@st.fragment
@told
def _rules() -> None:
    site = session.site()
    found = _filtered(site)
    st.caption(f"{say(_N, n=len(found))} · {say(_PICK)}")
    if not found:
        st.info(say(_NOTHING))
        return
    table = pd.DataFrame([_row(site, rule) for rule in found])
    picked = st.dataframe(
        table,
        hide_index=True,
        height=380,
        column_config={key: say(_COLUMNS[key]) for key in table.columns},
        on_select="rerun",
        selection_mode="single-row",
        key="law-table",
    )
    rows = [i for i in picked["selection"]["rows"] if i < len(found)]
    if rows:
        _one(site, found[rows[0]])


def _filtered(site: Site) -> list[DatedRule]:
    on_box, law_box, zone_box, activity_box = st.columns([2, 3, 2, 3])
    st.session_state.setdefault("law-on", session.today())
    on = on_box.date_input(
        say(_ON),
        value=None,
        min_value=session.FIRST_DAY,
        max_value=session.LAST_DAY,
        key="law-on",
        format="YYYY-MM-DD",
    )
    lines = {r.line: r.title for r in site.regulations.regulations}
    line = law_box.selectbox(say(_LAW), ["", *lines], format_func=_or_all(lines), key="law-line")
    titles = site.config.zone_titles
    zone = zone_box.selectbox(
        say(_ZONE), ["", *titles], format_func=_or_all(titles), key="law-zone"
    )
    names = {key: a.name for key, a in site.vocabulary.activities.items()}
    activity = activity_box.selectbox(
        say(_ACTIVITY), ["", *names], format_func=_or_all(names), key="law-activity"
    )
    wanted = st.text_input(say(_FIND), key="law-find", icon=":material/search:").strip().lower()
    return [
        rule
        for rule in site.regulations.rules
        if (on is None or rule.in_force(on))
        and (not line or rule.regulation.line == line)
        and (not zone or zone in rule.rule.zones or "any" in rule.rule.zones)
        and (not activity or any(covers(a, activity) for a in rule.rule.activity))
        and (not wanted or wanted in _searched(rule))
    ]


def _or_all(names: dict[str, Text]) -> Callable[[str], str]:
    return name_of({"": _ALL, **names})


def _searched(rule: DatedRule) -> str:
    words = (rule.rule.title, rule.rule.says, rule.regulation.title, cite(rule.rule.article))
    return " ".join(f"{w.zh} {w.en}" for w in words).lower()


def _zones(site: Site, rule: DatedRule) -> str:
    titles = site.config.zone_titles
    return say(COMMA).join(
        say(_ANYWHERE) if zone == "any" else say(titles[zone]) if zone in titles else zone
        for zone in rule.rule.zones
    )


def _last_day(valid_to: dt.date | None) -> str:
    return (valid_to - dt.timedelta(days=1)).isoformat() if valid_to else ""


def _fines(site: Site, rule: DatedRule) -> list[str]:
    words = site_words(site)
    return [
        say(fine_text(fine_range(tier.penalty.fine, tier.penalty.article, _NOTHING_KNOWN), words))
        for tier in rule.tiers
        if tier.penalty.fine is not None
    ]


def _row(site: Site, rule: DatedRule) -> dict[str, object]:
    fines = _fines(site, rule)
    return {
        "article": say(cite(rule.rule.article, rule.rule.cite)),
        "title": say(rule.rule.title),
        "modality": say(MODALITIES[rule.rule.modality]),
        "law": say(rule.regulation.title),
        "fine": " / ".join(fines),
        "zones": _zones(site, rule),
        "from": rule.valid_from.isoformat(),
        "until": _last_day(rule.valid_to),
        "seen": rule.text_seen,
        "confidence": say(CONFIDENCE[rule.confidence]),
    }


def _one(site: Site, rule: DatedRule) -> None:
    it = rule.rule
    with st.container(border=True, key="card-applies-law"):
        st.markdown(f"**{md(say(it.title))}** · {md(say(cite(it.article, it.cite)))}")
        st.markdown(md(say(it.says)))
        st.caption(
            md(f"{say(law_title(say(rule.regulation.title)))} {say(rule.regulation.version)}")
        )
        for fine in _fines(site, rule):
            st.markdown(f":material/payments: {md(fine)}")
        if it.unless:
            words = say(COMMA).join(say(unless.means) for unless in it.unless)
            st.markdown(md(pair(say(_EXCEPT), words)))
        who = [pair(say(_WHO), say(it.addressee)), pair(say(_BY), say(it.authority))]
        st.caption(md(" · ".join([*who, _zones(site, rule), rule.id, rule.source])))
        if it.note is not None:
            st.caption(md(pair(say(_NOTE), say(it.note))))


def _laws(site: Site) -> None:
    table = pd.DataFrame([_law_row(site, regulation) for regulation in _by_line(site)])
    st.dataframe(
        table,
        hide_index=True,
        height=560,
        column_config={key: say(_COLUMNS[key]) for key in table.columns},
    )


def _by_line(site: Site) -> Sequence[Regulation]:
    return sorted(site.regulations.regulations, key=lambda r: (r.line, r.valid_from))


def _law_row(site: Site, regulation: Regulation) -> dict[str, object]:
    rules = [r for r in site.regulations.rules if r.regulation.id == regulation.id]
    gaps = [
        f"{gap.start or '…'} – {_last_day(gap.end) or '…'} {say(gap.note)}"
        for gap in regulation.gaps
    ]
    return {
        "law": say(regulation.title),
        "version": say(regulation.version),
        "rank": say(_RANK[regulation.rank]),
        "from": regulation.valid_from.isoformat(),
        "until": _last_day(regulation.valid_to),
        "coverage": say(_COVERAGE[regulation.coverage]),
        "rules": len(rules),
        "seen": regulation.text_seen,
        "confidence": say(CONFIDENCE[regulation.confidence]),
        "gaps": "; ".join(gaps),
        "source": regulation.source,
    }
