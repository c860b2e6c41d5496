"""Tracks of a GPX file fix by fix (航点逐点): where a track is wanted as points with times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.reading.raw import RawTable

if TYPE_CHECKING:
    import pandas as pd

TRACK_POINTS = "track_points"  # as GDAL calls them; the option that asks for fixes has this name
Layer = tuple["pd.DataFrame", NDArray[Any], NDArray[np.int64], Any]
_PARTS = {"track_fid", "track_seg_id", "track_seg_point_id"}


def track_table(tracks: Layer, points: Layer, *, name: str) -> RawTable:
    """Make a table of fixes from the layers ``tracks`` and ``track_points`` of a GPX file.

    A track is called by its name, one without by its number, and one whose name others bear by
    both. Row numbers count the fixes of the file. WGS84 by the format's definition.

    Raises
    ------
    InputError
        There is no fix.
    """
    cells, shapes, _, _ = points
    if not len(cells):
        raise InputError(text("{f}：没有航迹点", "{f}: there are no points of tracks").fill(f=name))
    kept = [c for c in cells.columns if c not in _PARTS and cells[c].notna().any()]
    fixes = cells[kept].copy()
    called = _names(tracks[0]["name"].tolist() if "name" in tracks[0] else [], len(tracks[0]))
    numbers = dict(zip(tracks[2].tolist(), called, strict=True))
    fixes["track"] = [numbers.get(int(fid)) for fid in cells["track_fid"]]
    rows = np.arange(1, len(fixes) + 1)
    roles = {"time": "time", "track": "track"}
    return RawTable("gpx", rows, fixes, len(fixes), shapes, "OGC:CRS84", "wgs84", roles=roles)


def _names(given: Sequence[object], count: int) -> list[str]:
    names = [str(n).strip() if n is not None and n == n else "" for n in given] or [""] * count
    return [
        str(number) if not own else own if names.count(own) == 1 else f"{own} ({number})"
        for number, own in enumerate(names, 1)
    ]
