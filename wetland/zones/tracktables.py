"""Visits, gaps and sums of tracks as tables (到访表、缺口表、合计表) for people and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.tables import DTYPES, Column, TableSchema
from wetland.base.texts import text
from wetland.zones.model import ZoneLayer
from wetland.zones.projection import unproject
from wetland.zones.trackfixes import Fixes, Ints
from wetland.zones.tracks import ENDS, Visits

if TYPE_CHECKING:
    import pandas as pd

KINDS = tuple(kind.en for kind in ENDS)

VISITS = TableSchema(
    name="visits",
    key="visit_id",
    title=text("到访", "visits"),
    columns=(
        Column("visit_id", "text", text("编号", "identifier"), required=True),
        Column("track", "text", text("轨迹", "track"), required=True),
        Column("zone", "text", text("分区", "zone"), required=True),
        Column("zone_kind", "text", text("分区类别", "kind of zone"), required=True),
        Column("entered_at", "instant", text("进入时刻", "entered"), required=True),
        Column("left_at", "instant", text("离开时刻", "left"), required=True),
        Column("dwell_s", "number", text("停留（秒）", "dwell (s)"), unit="s", minimum=0),
        Column("length_m", "number", text("区内里程（米）", "length (m)"), unit="m", minimum=0),
        Column("n_fixes", "integer", text("区内定位点", "fixes inside"), minimum=0),
        Column("certain", "boolean", text("确定", "certain")),
        Column("entry_kind", "text", text("进入方式", "entry"), choices=KINDS),
        Column("exit_kind", "text", text("离开方式", "exit"), choices=KINDS),
        Column("entry_lon", "number", text("进入经度", "entry longitude")),
        Column("entry_lat", "number", text("进入纬度", "entry latitude")),
        Column("exit_lon", "number", text("离开经度", "exit longitude")),
        Column("exit_lat", "number", text("离开纬度", "exit latitude")),
    ),
)
GAPS = TableSchema(
    name="gaps",
    key="gap_id",
    title=text("缺口", "gaps"),
    columns=(
        Column("gap_id", "text", text("编号", "identifier"), required=True),
        Column("track", "text", text("轨迹", "track"), required=True),
        Column("from_at", "instant", text("缺口始", "from"), required=True),
        Column("to_at", "instant", text("缺口止", "to"), required=True),
        Column("duration_s", "number", text("时长（秒）", "duration (s)"), unit="s", minimum=0),
        Column("length_m", "number", text("直线距离（米）", "straight (m)"), unit="m", minimum=0),
        Column("from_lon", "number", text("起点经度", "from longitude")),
        Column("from_lat", "number", text("起点纬度", "from latitude")),
        Column("to_lon", "number", text("终点经度", "to longitude")),
        Column("to_lat", "number", text("终点纬度", "to latitude")),
    ),
)


def visits_table(
    found: Visits, fixes: Fixes, layer: ZoneLayer, *, certain: NDArray[np.bool_]
) -> pd.DataFrame:
    """Return table `VISITS`, by track, time and zone.

    Parameters
    ----------
    found, fixes
        What `find_visits` gave, and was given.
    layer
        The zones, in the order in which their polygons were given.
    certain
        Which visits are certain; the others are to be told as uncertain, never as fact.
    """
    zones = list(layer)
    entry = unproject(found.entry[:, 0], found.entry[:, 1], layer.crs_epsg)
    exit_ = unproject(found.exit[:, 0], found.exit[:, 1], layer.crs_epsg)
    track = _named(fixes, found.track)
    zone = [zones[number].id for number in found.zone.tolist()]
    columns = {
        "visit_id": [f"{t}/{z}/{at}" for t, z, at in zip(track, zone, _seconds(found.entered_ns),
                                                         strict=True)],
        "track": track,
        "zone": zone,
        "zone_kind": [zones[number].kind for number in found.zone.tolist()],
        "entered_at": _instants(found.entered_ns),
        "left_at": _instants(found.left_ns),
        "dwell_s": np.round(found.dwell_s, 6),
        "length_m": np.round(found.length_m, 6),
        "n_fixes": found.n_fixes,
        "certain": certain,
        "entry_kind": [KINDS[k] for k in found.entry_kind.tolist()],
        "exit_kind": [KINDS[k] for k in found.exit_kind.tolist()],
        "entry_lon": np.round(entry[0], 9),
        "entry_lat": np.round(entry[1], 9),
        "exit_lon": np.round(exit_[0], 9),
        "exit_lat": np.round(exit_[1], 9),
    }  # fmt: skip
    order = np.lexsort((found.zone, found.entered_ns, found.track))
    return _table(VISITS, columns).iloc[order].reset_index(drop=True)


def gaps_table(found: Visits, fixes: Fixes, crs_epsg: int) -> pd.DataFrame:
    """Return table `GAPS`, by track and time."""
    gaps = found.gaps
    start = unproject(fixes.x[gaps.before], fixes.y[gaps.before], crs_epsg)
    stop = unproject(fixes.x[gaps.after], fixes.y[gaps.after], crs_epsg)
    track = _named(fixes, fixes.track[gaps.before])
    since = fixes.at_ns[gaps.before]
    columns = {
        "gap_id": [f"{t}/{at}" for t, at in zip(track, _seconds(since), strict=True)],
        "track": track,
        "from_at": _instants(since),
        "to_at": _instants(fixes.at_ns[gaps.after]),
        "duration_s": np.round(gaps.duration_s, 6),
        "length_m": np.round(gaps.length_m, 6),
        "from_lon": np.round(start[0], 9),
        "from_lat": np.round(start[1], 9),
        "to_lon": np.round(stop[0], 9),
        "to_lat": np.round(stop[1], 9),
    }
    return _table(GAPS, columns)


def totals_table(found: Visits, fixes: Fixes, visits: pd.DataFrame) -> pd.DataFrame:
    """Return what each track did in each zone, and in all (zone missing)."""
    import pandas as pd

    grouped = visits.groupby(["track", "zone"], sort=False, as_index=False)
    inside = grouped.agg(
        visits=("dwell_s", "size"), certain=("certain", "sum"), dwell_s=("dwell_s", "sum"),
        length_m=("length_m", "sum"), fixes=("n_fixes", "sum"),
    )  # fmt: skip
    sums = found.totals
    whole = pd.DataFrame(
        {
            "track": _named(fixes, np.arange(len(fixes.names))),
            "zone": None,
            "fixes": sums.fixes,
            "dwell_s": np.round(sums.duration_s, 6),
            "length_m": np.round(sums.length_m, 6),
            "gaps": sums.gaps,
            "gap_s": np.round(sums.gap_s, 6),
            "gap_m": np.round(sums.gap_m, 6),
        }
    )
    names = [*whole.columns[:2], "visits", "certain", *whole.columns[2:]]
    rows = [
        {name: row.get(name) for name in names}
        for part in (whole, inside)
        for row in part.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=names).astype({"visits": "Int64", "certain": "Int64",
                                                     "gaps": "Int64"})  # fmt: skip


def _named(fixes: Fixes, numbers: Ints) -> list[str]:
    return [str(fixes.names[number]) for number in numbers.tolist()]


def _seconds(at_ns: Ints) -> list[str]:
    return [f"{at / 1e9:.3f}" for at in at_ns.tolist()]


def _instants(at_ns: Ints) -> pd.DatetimeIndex:
    import pandas as pd

    return pd.DatetimeIndex(pd.to_datetime(at_ns, utc=True)).as_unit("us")


def _table(schema: TableSchema, columns: Mapping[str, object]) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame(columns, columns=schema.names)
    return table.astype({c.name: DTYPES[c.kind] for c in schema.columns})
