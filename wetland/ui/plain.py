"""Put words that came from outside into Markdown without letting them be Markdown.

An observation's note may hold ``![](address)``: shown as Markdown, every reader's browser would
fetch it. Words that are not ours pass `md`, or are shown with `st.text` or in a table.
"""

from __future__ import annotations

_SPECIAL = {ord(c): f"\\{c}" for c in "\\`*_{}[]()#+-.!|<>~$:&"} | {10: " ", 13: " "}


def md(value: object) -> str:
    r"""Return ``value`` as Markdown that shows exactly that text on one line.

    Examples
    --------
    >>> md("![x](http://a)")
    '\\!\\[x\\]\\(http\\://a\\)'
    """
    return str(value).translate(_SPECIAL)
