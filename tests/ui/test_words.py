"""Every word on screen comes from a `Text`, so none exists in one language only."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

UI = Path(__file__).resolve().parents[2] / "wetland" / "ui"

# Functions of Streamlit (on `st` or on a container) whose words a person reads.
SHOWS = {
    "badge", "button", "caption", "checkbox", "code", "dataframe", "date_input", "download_button",
    "error", "expander", "file_uploader", "form_submit_button", "header", "info", "link_button",
    "markdown", "metric", "multiselect", "number_input", "page_link", "pills", "popover",
    "progress", "radio", "segmented_control", "selectbox", "set_page_config", "slider", "spinner",
    "status", "subheader", "success", "tabs", "text", "text_area", "text_input", "time_input",
    "title", "toast", "toggle", "warning", "write", "Page",
}  # fmt: skip
# Arguments that are not read by a person.
NOT_WORDS = {
    "key", "icon", "type", "color", "format", "width", "height", "layout", "page_icon", "gap",
    "initial_sidebar_state", "label_visibility", "on_click", "on_change", "selection_mode",
    "on_select", "mime", "url_path", "vertical_alignment", "horizontal_alignment", "anchor",
    "file_name", "args", "default", "on_release", "column_order", "position",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]{2,}|[\u4e00-\u9fff]")
_ICON = re.compile(r":material/\w+:")


def _bare(node: ast.expr) -> list[str]:
    """Return the words written out in an argument, those inside calls excepted."""
    if isinstance(node, ast.Call):
        return []
    if isinstance(node, ast.Constant):
        words = _ICON.sub("", node.value) if isinstance(node.value, str) else ""
        return _WORD.findall(words)
    parts: list[ast.expr] = []
    if isinstance(node, ast.JoinedStr):
        parts = [v for v in node.values if isinstance(v, ast.Constant)]
    elif isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.List | ast.Tuple):
        parts = node.elts
    elif isinstance(node, ast.Dict):
        parts = list(node.values)
    return [word for part in parts for word in _bare(part)]


def bare_words(source: str) -> list[str]:
    """Return ``line: words`` for every bare string that source code puts on screen."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr not in SHOWS:
            continue
        given = [*call.args, *(k.value for k in call.keywords if k.arg not in NOT_WORDS)]
        for argument in given:
            words = _bare(argument)
            if words:
                found.append(f"{call.lineno}: {' '.join(words)}")
    return found


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda p: p.name)
def test_no_bare_string_goes_on_screen(path: Path) -> None:
    assert bare_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        'st.title("Map")',
        'st.markdown(f"**地图** {x}")',
        'left.button("Save", key="a")',
        'st.text_input(say(A), placeholder="write here")',
        'st.tabs(["Rules", "Laws"])',
        'st.caption("a " + say(A))'.replace('"a "', '"abc "'),
    ],
)
def test_the_test_finds_bare_strings(line: str) -> None:
    assert bare_words(line)


@pytest.mark.parametrize(
    "line",
    [
        "st.title(say(TITLE))",
        'st.markdown(f":material/map: **{say(A)}**")',
        'st.button(say(SAVE), key="save", type="primary")',
    ],
)
def test_the_test_lets_texts_pass(line: str) -> None:
    assert bare_words(line) == []
