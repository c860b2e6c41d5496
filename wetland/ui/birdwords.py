"""Words about birds that several parts of the page use: species, sources, roles, flags."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.birds.species import Species
from wetland.ui import language
from wetland.ui.birdsummary import is_missing
from wetland.ui.language import COMMA, SEMICOLON, say

SYNTHETIC = text(
    "**合成数据**：下列调查和计数是为演示虚构的，不是实测。",
    "**Synthetic data**: these surveys and counts are invented for exercise, not made in the "
    "field.",
)
PROTECTION: Mapping[str, Text] = {
    "I": text("国家一级保护", "national protection I"),
    "II": text("国家二级保护", "national protection II"),
    "none": text("非国家重点保护", "not under national protection"),
}
SEASONS: Mapping[str, Text] = {
    "resident": text("留鸟", "resident"),
    "winter": text("冬候鸟", "winter visitor"),
    "summer": text("夏候鸟", "summer visitor"),
    "passage": text("旅鸟", "passage migrant"),
    "vagrant": text("迷鸟", "vagrant"),
}
UNTOLD = text("未注明", "not told")
_WATERBIRD = text("水鸟", "waterbird")
_SENSITIVE = text("敏感物种", "sensitive species")
_RED = text("红色名录 {r}", "red list {r}")
_SOURCES = text("来源：{s}", "source: {s}")
_UNTIL = text("数据 {a} 至 {b}", "data {a} to {b}")
_SURVEYS = text("{n} 次调查", "{n} surveys")
BLURRED = text(
    "敏感物种的位置已模糊（当前角色：{role}）。需要精确位置的人员请联系管理员。",
    "Places of sensitive species are blurred (role: {role}). Whoever needs them exactly should ask "
    "the administrator.",
)
ROLES: Mapping[str, Text] = {
    "public": text("公众", "public"),
    "ranger": text("巡护员", "ranger"),
    "ecologist": text("生态监测人员", "ecologist"),
    "manager": text("管理人员", "manager"),
}


def species_name(species: Mapping[str, Species], taxon_id: object) -> str:
    """Return what a species is called; an id nobody knows stays as it is."""
    known = species.get(str(taxon_id))
    return say(known.name) if known is not None else str(taxon_id)


def species_text(species: Mapping[str, Species], taxon_id: object) -> Text:
    """Return what a species is called in both languages."""
    known = species.get(str(taxon_id))
    return known.name if known is not None else text(str(taxon_id), str(taxon_id))


def species_labels(species: Mapping[str, Species], ids: Iterable[str]) -> dict[str, Text]:
    """Return the name of each species with its scientific name, to choose from."""
    found = {}
    for one in ids:
        known = species.get(one)
        if known is None:
            found[one] = text(one, one)
            continue
        name = known.name
        found[one] = text(
            f"{name.zh} {known.scientific_name}", f"{name.en} ({known.scientific_name})"
        )
    return found


def traits(known: Species) -> list[str]:
    """Return what is told of a species, in words: protection, red list, season, waterbird."""
    said = [say(PROTECTION[known.protection])] if known.protection else []
    said += [say(_RED, r=known.red_list)] if known.red_list else []
    said += [say(SEASONS[known.season])] if known.season else []
    said += [say(_WATERBIRD)] if known.waterbird else []
    said += [say(_SENSITIVE)] if known.sensitivity != "none" else []
    return said


def source_words(surveys: pd.DataFrame, sources: pd.DataFrame) -> str:
    """Return where the numbers come from, how many surveys and how far they reach."""
    used = (
        sources[sources["source_id"].isin(set(surveys["source_id"]))] if len(sources) else sources
    )
    files = [str(v) for v in dict.fromkeys(used["file"].dropna())] if "file" in used else []
    said = [say(_SOURCES, s=say(COMMA).join(files[:3]) or "–"), say(_SURVEYS, n=len(surveys))]
    days = surveys["event_date"].dropna()
    if len(days):
        said.append(say(_UNTIL, a=min(days), b=max(surveys["event_end"].dropna())))
    return " · ".join(said)


def synthetic_banner(synthetic: bool) -> None:
    """Say above everything else that the data are invented, where any of them is."""
    if synthetic:
        with st.container(key="banner-synthetic"):
            st.markdown(f":material/science: {say(SYNTHETIC)}")


def role_name(role: str) -> str:
    """Return what a role is called."""
    return say(ROLES[role]) if role in ROLES else role


def flag_words(flags: object) -> str:
    """Return what the tests of plausibility said of a record, in the language of the session."""
    lang = language.current()
    listed = _listed(flags)
    said = [str(one.get(lang) or one.get("test") or "") for one in listed]
    return say(SEMICOLON).join(s for s in said if s)


def _listed(flags: object) -> list[Mapping[str, Any]]:
    if isinstance(flags, str):
        try:
            flags = json.loads(flags)
        except ValueError:
            return []
    if isinstance(flags, Mapping):
        return [flags]
    if not isinstance(flags, list | tuple):
        return []
    return [one for one in flags if isinstance(one, Mapping)]


def count_words(row: Mapping[Any, Any]) -> str:
    """Return a count as it is read: "12", "≈50", "≥50", "present, not counted", "0"."""
    if row["occurrence_status"] == "absent":
        return "0"
    value, how = row["individual_count"], str(row["count_qualifier"])
    if is_missing(value):
        return "√"
    sign = {"about": "≈", "at_least": "≥", "at_most": "≤"}.get(how, "")
    return f"{sign}{float(value):g}"
