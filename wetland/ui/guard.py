"""What goes wrong on a page is told in words, never as a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

import streamlit as st

from wetland.base.errors import WetlandError
from wetland.base.texts import text
from wetland.ui import language
from wetland.ui.language import say
from wetland.ui.plain import md

_INSIDE = text(
    "程序内部错误，这不是您的错。请把发生的时间告诉维护人员，详情在服务器日志里。",
    "Error inside the program; this is not your mistake. Tell whoever maintains the app when it "
    "happened: the log has the details.",
)


def told(shows: Callable[[], None]) -> Callable[[], None]:
    """Return ``shows`` so that its errors are shown in words.

    A fragment needs it of its own: it runs again without the page around it.
    """

    @wraps(shows)
    def run() -> None:
        try:
            shows()
        except WetlandError as error:
            tell(error)
        except Exception:
            logging.getLogger(__name__).exception("a page failed")
            st.error(say(_INSIDE), icon=":material/error:")

    return run


def tell(error: WetlandError) -> None:
    """Show an error that is meant for a person."""
    lines = error.show(language.current()).splitlines()
    st.error("  \n".join(md(line) for line in lines), icon=":material/error:")
