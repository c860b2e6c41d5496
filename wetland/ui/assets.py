"""Serve the map's scripts and styles from this machine.

They are not in the repository: ``make install`` brings them from a registry package with a lock
file and puts them into ``wetland/ui/_assets/`` (see ``web/``).
"""

from __future__ import annotations

from pathlib import Path

import streamlit.components.v1 as components

from wetland.base.errors import MissingPart
from wetland.base.texts import text
from wetland.maps.offline import SCRIPTS, STYLES

FOLDER = Path(__file__).parent / "_assets"
_NAME = "webassets"


def missing_files(folder: Path = FOLDER) -> list[str]:
    """Return the files a map needs that are not in ``folder``."""
    return [path for _, path in (*SCRIPTS, *STYLES) if not (folder / path).is_file()]


def serve() -> str:
    """Declare the folder to Streamlit and return its address as seen from inside a map's frame.

    Called in every run: a component is only registered while a script runs, so declaring it when
    this module is imported would answer 404 to everybody. The address is relative, so it holds
    under any base path.

    Raises
    ------
    MissingPart
        When a file is not there.
    """
    lost = missing_files()
    if lost:
        raise MissingPart(
            text("缺少地图文件：{files}", "map files are missing: {files}").fill(
                files=", ".join(lost)
            ),
            hint=text("请运行 make assets", "run: make assets"),
        )
    components.declare_component(_NAME, path=str(FOLDER))
    return f"../{__name__}.{_NAME}/"
