"""Download the water data and the classes as CSV, as a spreadsheet opens it without running it."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Lang, text
from wetland.operations.water import WaterData
from wetland.operations.wateranswers import told
from wetland.store.export import export, safe_cell
from wetland.ui import language
from wetland.ui.language import say
from wetland.water.tables import WATER_RESULTS

NOTICE = text(
    "含合成数据：为演示虚构，不是实测", "holds synthetic data: invented for exercise, not measured"
)
_TITLE = text("下载数据", "Download the data")
_RESULTS = text("检测结果（CSV）", "Results (CSV)")
_CLASSES = text("类别（CSV）", "Classes (CSV)")


def render(held: WaterData, classes: pd.DataFrame, per: str) -> None:
    """Show the buttons that give the results and the classes of every period."""
    st.subheader(say(_TITLE), anchor=False)
    lang = language.current()
    files = (
        ("results", _RESULTS, partial(results_file, held)),
        (f"classes-{per}", _CLASSES, partial(classes_file, classes, lang, held.synthetic)),
    )
    with st.container(horizontal=True):
        for name, title, made in files:
            st.download_button(
                say(title),
                made,
                file_name=f"water-{name}.csv",
                mime="text/csv",
                icon=":material/download:",
                key=f"water-{name}-csv",
                on_click="ignore",
            )


def results_file(held: WaterData) -> bytes:
    """Return the results as CSV, as the command line exports them."""
    notice = NOTICE if held.synthetic else None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.csv"
        return export(WATER_RESULTS, held.results, path, notice=notice).read_bytes()


def classes_file(classes: pd.DataFrame, lang: Lang, synthetic: bool) -> bytes:
    """Return the table of classes as CSV (UTF-8 with mark); lists and mappings are JSON."""
    rows = told(classes, lang)
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([*classes.columns, "notice"])
    notice = NOTICE.get(lang) if synthetic else ""
    for row in rows:
        writer.writerow([*(_cell(v) for v in row.values()), safe_cell(notice)])
    return written.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:  # noqa: ANN401 - as JSON has it
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return safe_cell(json.dumps(value, ensure_ascii=False))
    return safe_cell(str(value))
