"""Words about water that several parts of the page use: stations, classes, periods, sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.charts.look import CLASS_COLOURS, CLASS_NAMES, INK, NO_DATA, letter
from wetland.maps.escape import esc
from wetland.operations.water import WaterData
from wetland.ui import language
from wetland.ui.language import COMMA, name_of, say
from wetland.ui.watersummary import meets_target
from wetland.water.parameters import parameters
from wetland.water.standards import CONDITIONS, standard_on
from wetland.water.stations import CLASSES, WaterBody

NO_CLASS = text("缺测", "no data")
OR_WORSE = text("{c}或更差", "{c} or worse")
NONE = text("无", "none")
PERS: Mapping[str, Text] = {
    "month": text("月", "month"),
    "quarter": text("季", "quarter"),
    "year": text("年", "year"),
}
TARGET: Mapping[bool | None, Text] = {
    True: text("达标", "met"),
    False: text("未达标", "not met"),
    None: text("无法判定", "cannot be told"),
}
SYNTHETIC = text(
    "**合成数据**：下列站点和数值是为演示虚构的，不是实测。",
    "**Synthetic data**: these stations and values are invented for exercise, not measured.",
)
_MET = text("{said}（目标{target}）", "{said} (target {target})")
_NO_TARGET = text("没有目标", "no target")
_SOURCES = text("来源：{s}", "source: {s}")
_UNTIL = text("数据截至 {d}", "data until {d}")
_BADGE = (
    '<span style="display:inline-block;min-width:2.1rem;text-align:center;padding:.1rem .55rem;'
    'border-radius:6px;font-weight:700;background:{fill};color:{ink}">{words}</span>'
)


def labels(held: WaterData) -> dict[str, str]:
    """Return what each station is called, by id; two of one name also show their ids."""
    lang = language.current()
    named = {
        s: held.stations[s].name.get(lang) if s in held.stations else s for s in held.station_ids
    }
    names = list(named.values())
    return {s: f"{n} ({s})" if names.count(n) > 1 and n != s else n for s, n in named.items()}


def class_words(row: Mapping[Any, Any] | None) -> str:
    """Return the class of a row in words: "Ⅲ类", "Ⅲ类或更差", "缺测"."""
    known = CLASS_NAMES.get(str(row["water_class"])) if row is not None else None
    if row is None or known is None:
        return say(NO_CLASS)
    return say(known) if row["complete"] else say(OR_WORSE, c=known)


def condition_words(water_class: str | None) -> str:
    """Return the word of the condition of a class (优, 良好, 轻度污染 ...)."""
    known = CONDITIONS.get(water_class or "")
    return "–" if known is None else say(known)


def badge(water_class: str | None, words: str | None = None) -> str:
    """Return a class as a coloured box with its letter, as HTML; words are escaped."""
    shown = words or letter(water_class, language.current())
    fill = CLASS_COLOURS.get(water_class or "", NO_DATA)
    return _BADGE.format(fill=fill, ink=INK.get(water_class or "", "#5F6E6A"), words=esc(shown))


def parameter_name(code: str) -> str:
    """Return what a parameter is called; a name nobody knows stays as it is."""
    known = parameters().get(code)
    return say(known.name) if known is not None else code


def parameter_text(code: str) -> Text:
    """Return what a parameter is called in both languages."""
    known = parameters().get(code)
    return known.name if known is not None else text(code, code)


def parameter_names(codes: Iterable[str]) -> Callable[[str], str]:
    """Return a ``format_func`` that shows parameters by their names."""
    return name_of({code: parameter_text(code) for code in codes})


def unit_of(code: str) -> str:
    """Return the unit of a parameter; empty where it has none."""
    known = parameters().get(code)
    unit = "" if known is None or known.unit == "-" else known.unit
    return f"μ{unit[1:]}" if unit.startswith("u") else unit.replace("degC", "℃")


def limit_words(code: str, water_class: str | None, water_body: WaterBody) -> str:
    """Return the limit of a class as it is read: "≤ 0.2", "≥ 5", "6 – 9"; a dash without one."""
    known = standard_on().limits.get(code)
    if known is None:
        return "–"
    if known.kind == "range" and known.within is not None:
        low, high = known.within
        return f"{low:f} – {high:f}"
    of = known.of(water_body)
    if not of or water_class not in CLASSES[: len(of)]:
        return "–"
    return f"{'≥' if known.kind == 'min' else '≤'} {of[CLASSES.index(water_class)]:f}"


def names_of(codes: Iterable[str]) -> str:
    """Return parameters as a list, or "none"."""
    return say(COMMA).join(parameter_name(code) for code in codes) or say(NONE)


def source_words(held: WaterData, stations: Sequence[str] | None = None) -> str:
    """Return where the numbers come from and how far they reach: for every tile and chart."""
    results = held.results[held.results["flag"] != "missing"]
    if stations is not None:
        results = results[results["station"].isin(stations)]
    used = held.sources[held.sources["source_id"].isin(set(results["source_id"]))]
    files = [str(v) for v in dict.fromkeys(used["file"].dropna())] if "file" in used else []
    days = results["sampled_on"].dropna()
    said = [say(_SOURCES, s=say(COMMA).join(files[:3]) or "–")]
    if len(days):
        said.append(say(_UNTIL, d=max(days)))
    return " · ".join(said)


def synthetic_banner(held: WaterData) -> None:
    """Say above everything else that the data are invented, where any of them is."""
    if held.synthetic:
        with st.container(key="banner-synthetic"):
            st.markdown(f":material/science: {say(SYNTHETIC)}")


def missing(value: object) -> bool:
    """Tell whether a cell of a frame holds nothing."""
    return value is None or value is pd.NA or value != value


def main_words(row: Mapping[Any, Any]) -> str:
    """Return the main pollutants as they are written: 氨氮(1.2), or "none"."""
    parts = []
    for one in row["main_pollutants"] or ():
        multiple = one.get("multiple")
        name = parameter_name(str(one["parameter"]))
        parts.append(name if missing(multiple) else f"{name}({multiple:.1f})")
    return say(COMMA).join(parts) or say(NONE)


def met_words(row: Mapping[Any, Any], target: str | None) -> str:
    """Return whether the target is met, with the target: "达标（Ⅲ类）"."""
    if target is None:
        return say(_NO_TARGET)
    return say(_MET, said=TARGET[meets_target(row)], target=CLASS_NAMES[target])


def apart_words(row: Mapping[Any, Any], code: str) -> str:
    """Return the class of an item that stands apart, with its value: "劣Ⅴ类 (2.31 mg/L)"."""
    key = str((row["apart"] or {}).get(code))
    value = (row["apart_values"] or {}).get(code)
    if key not in CLASS_NAMES:
        return say(NO_CLASS)
    said = say(CLASS_NAMES[key])
    if missing(value):
        return said
    return f"{said} ({value:.3g} {unit_of(code)})"
