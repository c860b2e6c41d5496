"""Wait for a screening in the background: how far it is, a way to stop it, and what came out.

The work runs in a process of its own; a page only looks, once a second, and sleeps in between.
"""

from __future__ import annotations

import atexit
import tempfile
import threading
from pathlib import Path

import streamlit as st

from wetland.base.texts import text
from wetland.operations import background
from wetland.operations.background import STEPS, Running, State
from wetland.operations.batch import How
from wetland.operations.overview import Overview, overview_in
from wetland.reading.files import Given
from wetland.screening.options import ReadOptions
from wetland.screening.screen import Settings
from wetland.sites.load import Site
from wetland.ui import guard, session
from wetland.ui.language import say

BIG_BYTES = 2 << 20  # from about 20,000 rows on a page would stand still for more than a moment
LOOK_S = 1.0
MOST_KEPT = 4
_ROWS = text("{done:,} / {total:,} 行", "{done:,} of {total:,} rows")
_TIME = text("已用 {s:.0f} 秒", "{s:.0f} s so far")
_MEANWHILE = text(
    "文件较大，在后台处理；可以先用别的页面，稍后回来。",
    "A large file: it is done in the background. Use other pages meanwhile and come back.",
)
_STOP = text("停止", "Stop")
_STOPPED = text(
    "已停止，没有结果，也没有写入。", "Stopped: there is no result, nothing was written."
)
_AGAIN = text("重新开始", "Start again")


class Register:
    """The screenings of this app, running and ended, newest last; old ones are forgotten."""

    def __init__(self) -> None:
        self._known: dict[str, Running] = {}
        self._lock = threading.Lock()
        atexit.register(self.clear)

    def get(self, key: str) -> Running | None:
        """Return the screening under ``key``."""
        return self._known.get(key)

    def put(self, key: str, running: Running) -> None:
        """Keep a screening; of those that have ended only the newest stay."""
        with self._lock:
            self._known[key] = running
            ended = [k for k, one in self._known.items() if k != key and one.state().ended]
            for old in ended[: max(len(self._known) - MOST_KEPT, 0)]:
                self._known.pop(old).stop()

    def drop(self, key: str) -> None:
        """Stop a screening and forget it."""
        with self._lock:
            running = self._known.pop(key, None)
        if running is not None:
            running.stop()

    def clear(self) -> None:
        """Stop all."""
        for key in list(self._known):
            self.drop(key)


@st.cache_resource(show_spinner=False)
def register() -> Register:
    """Return the one register of this app."""
    return Register()


def known(key: str) -> bool:
    """Tell whether there is a screening under ``key``, running or ended."""
    return register().get(key) is not None


def begin(
    key: str, given: Given, site: Site, options: ReadOptions, *, actor: str | None = None
) -> None:
    """Start a screening in the background, unless it was started already.

    Parameters
    ----------
    actor
        Who keeps what was read and found in the store; None only screens.
    """
    if register().get(key) is not None:
        return
    address = session.store_address(site.id)
    keep = session.store_exists(address)
    running = background.start(
        given,
        site,
        Path(tempfile.mkdtemp(prefix="wetland-screening-")) / "job",
        how=How(options, Settings(assume_schematic=session.assume_schematic())),
        store=address if keep else None,
        actor=actor,
    )
    register().put(key, running)


def written(key: str) -> dict[str, int] | None:
    """Return what a screening wrote to the store, or say why it wrote nothing."""
    running = register().get(key)
    if running is None:
        return None
    failed = running.state().failed
    if failed is None:
        return running.written()
    guard.tell(failed)
    return None


def ended(key: str) -> bool:
    """Tell whether the screening under ``key`` has come to its end."""
    running = register().get(key)
    return running is None or running.state().ended


def overview(key: str) -> Overview | None:
    """Return what came out, or say why nothing did."""
    running = register().get(key)
    if running is None:
        return None
    failed = running.state().failed
    if failed is None:
        return _overview(key, running)
    guard.tell(failed)
    st.button(say(_AGAIN), key=f"again-{key}", on_click=register().drop, args=(key,))
    return None


def _overview(key: str, running: Running) -> Overview:
    known = st.session_state.get("overview")
    if known is None or known[0] != key:
        known = (key, overview_in(running.folder / background.FINDINGS))
        st.session_state["overview"] = known
    found: Overview = known[1]
    return found


@st.fragment(run_every=LOOK_S)
def progress(key: str) -> None:
    """Show how far the screening under ``key`` is; the page runs anew when it has ended."""
    running = register().get(key)
    state = None if running is None else running.state()
    if state is None or state.ended:
        st.rerun()
        return
    counted = state.total > 0 and state.step != "look"
    share = min(state.done / state.total, 1.0) if counted else 0.0
    st.progress(share, text=told(state))
    st.caption(say(_MEANWHILE))
    st.button(
        say(_STOP), icon=":material/stop_circle:", key=f"stop-{key}", on_click=_halt, args=(key,)
    )


def _halt(key: str) -> None:
    """Stop a screening: called before the page runs anew, so that no look in between loses it."""
    register().drop(key)
    st.session_state["stopped"] = key


def told(state: State) -> str:
    """Return how far a screening is, in words."""
    words = [say(STEPS[state.step])]
    if state.total and state.step != "look":
        words.append(say(_ROWS, done=state.done, total=state.total))
    words.append(say(_TIME, s=state.seconds))
    return " · ".join(words)


def stopped(key: str) -> bool:
    """Tell whether this session stopped the screening under ``key``, and offer to start again."""
    if st.session_state.get("stopped") != key:
        return False

    def again() -> None:
        st.session_state.pop("stopped", None)

    st.info(say(_STOPPED), icon=":material/stop_circle:")
    st.button(say(_AGAIN), key=f"again-{key}", on_click=again)
    return True
