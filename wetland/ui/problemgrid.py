"""The problems of a file, as a page shows them before anything is saved."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import text
from wetland.reports.findings import problem_json, rows_of
from wetland.ui import language
from wetland.ui.language import say

_PROBLEMS = text("数据问题（{n}）", "Problems in the file ({n})")
_NO_PROBLEMS = text("文件没有问题。", "No problem in the file.")
_LEVELS = {
    "error": text("错误（未采用）", "error (kept aside)"),
    "warning": text("提醒", "warning"),
}
_HEADS = {
    "row": text("行", "Row"),
    "column": text("列", "Column"),
    "value": text("原值", "Value"),
    "level": text("级别", "Level"),
    "message": text("说明", "What is wrong"),
}
TALLEST = 260  # pixels


def show_problems(problems: pd.DataFrame, *, height: int | None = None) -> None:
    """Show rows of `PROBLEMS`; without ``height`` (pixels) a short table is as tall as its rows."""
    lang = language.current()
    rows: list[dict[str, Any]] = [problem_json(row, lang) for row in rows_of(problems)]
    if not rows:
        st.success(say(_NO_PROBLEMS), icon=":material/check_circle:")
        return
    st.subheader(say(_PROBLEMS, n=len(rows)), anchor=False)
    table = pd.DataFrame(rows)[[*_HEADS]]
    table["level"] = table["level"].map(lambda level: say(_LEVELS[level]))
    heads = {name: say(head) for name, head in _HEADS.items()}
    st.dataframe(
        table, hide_index=True, column_config=heads,
        height=min(38 + 35 * len(table), TALLEST) if height is None else height,
    )  # fmt: skip
