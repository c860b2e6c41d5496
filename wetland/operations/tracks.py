"""Tracks of a file or of the store: their visits to zones, and their fixes that are doubtful."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Lang, Text, text
from wetland.reading.files import Given, format_of, look_at
from wetland.reports.findings import problem_json, rows_of
from wetland.screening.options import ReadOptions
from wetland.screening.read import read_observations
from wetland.screening.trackcertain import certainly_inside, lonlat_of
from wetland.screening.trackfiles import TRACK_POINTS
from wetland.sites.basis import notice_of, zone_basis
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.zones.model import Zone, ZoneLayer
from wetland.zones.projection import project
from wetland.zones.trackfilters import TITLES, Flags, Limits, flag_fixes
from wetland.zones.tracks import Breaks, find_visits, order_fixes
from wetland.zones.tracktables import gaps_table, totals_table, visits_table

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

_ALL_ONE = text(
    "没有轨迹列，全部按一条轨迹计", "no column names tracks: all rows taken as one track"
)
NOTED: Mapping[str, Text] = {
    "no_track": text("无轨迹编号", "without a track"),
    "no_time": text("无时刻", "without a time"),
    "no_position": text("不是点位", "not a place"),
    "repeated": text("重复", "repeated"),
    "out_of_order": text("顺序颠倒（已排序）", "out of order (sorted)"),
    "equal_time": text("时刻相同", "with an equal time"),
    "doubted": text("不可信、未采用（见 tracks check）", "not believed, left out (tracks check)"),
}


@dataclass(frozen=True, slots=True)
class Tracks:
    """The fixes of tracks as they were read.

    ``observations`` are the rows of `OBSERVATIONS`; ``lon`` and ``lat`` are NaN for what is no
    point; ``note`` says what was assumed of the tracks.
    """

    observations: pd.DataFrame
    lon: Floats
    lat: Floats
    problems: pd.DataFrame | None
    note: Text | None = None

    @property
    def names(self) -> pd.Series[str]:
        """Return the track of each row."""
        import pandas as pd

        named = self.observations["track_id"]
        return named if self.note is None else pd.Series("1", index=named.index, dtype="str")

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Return what was wrong with rows of the file; that fixes name no activity is not."""
        if self.problems is None:
            return []
        return rows_of(self.problems[self.problems["level"] == "error"])


@dataclass(frozen=True, slots=True)
class TrackVisits:
    """What tracks did in the zones: tables `VISITS` and `GAPS`, sums, and what was set aside."""

    site: Site
    visits: pd.DataFrame
    gaps: pd.DataFrame
    totals: pd.DataFrame
    counts: dict[str, int]
    zone_basis: str
    tracks: Tracks

    @property
    def notice(self) -> Text | None:
        """Return what every reader must be told of the zones; None where they are surveyed."""
        return notice_of(self.site, self.zone_basis)

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return all of it as JSON-ready mappings in one language."""
        return {
            "site": self.site.id,
            "zone_basis": self.zone_basis,
            "notice": None if self.notice is None else self.notice.get(lang),
            "visits": rows_of(self.visits),
            "gaps": rows_of(self.gaps),
            "totals": rows_of(self.totals),
            "counts": self.counts,
            "problems": [problem_json(p, lang) for p in self.tracks.errors],
        }


@dataclass(frozen=True, slots=True)
class CheckedTracks:
    """The fixes that are not to be believed, and how many there are of each kind."""

    flagged: pd.DataFrame
    counts: dict[str, int]
    tracks: Tracks

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return all of it as JSON-ready mappings in one language."""
        return {
            "flagged": rows_of(self.flagged),
            "counts": self.counts,
            "problems": [problem_json(p, lang) for p in self.tracks.errors],
        }


def read_tracks(
    source: str | Path | Given | None,
    site: Site,
    *,
    options: ReadOptions | None = None,
    store: Store | None = None,
) -> Tracks:
    """Read the fixes of a file, or of the store where no file is given.

    Notes
    -----
    A GPX file is read fix by fix. Where no row names its track, all rows are taken as one.

    Raises
    ------
    InputError
        The file cannot be read; neither a file nor a store is given; the store holds no tracks.
    """
    if source is None:
        return _of_store(store, site)
    given = look_at(source, store=None if store is None else store.path)
    chosen = options or ReadOptions()
    if format_of(given) == "gpx" and chosen.layer is None:
        chosen = replace(chosen, layer=TRACK_POINTS)
    reading = read_observations(given, site, chosen)
    found = reading.observations
    note = None if found["track_id"].notna().any() else _ALL_ONE
    return Tracks(found, *lonlat_of(found), reading.problems.frame(), note)


def _of_store(store: Store | None, site: Site) -> Tracks:
    if store is None:
        raise InputError(text("请给出文件或 --store", "give a file, or --store"))
    found = store.read("observations", {"site": site.id})
    found = found[found["track_id"].notna()].reset_index(drop=True)
    if not len(found):
        raise InputError(
            text("存储中没有带轨迹编号的记录", "the store holds no records that name a track")
        )
    return Tracks(found, *lonlat_of(found), None)


def visit_zones(
    tracks: Tracks,
    site: Site,
    *,
    breaks: Breaks | None = None,
    assume_schematic: bool = False,
    believe_all: bool = False,
) -> TrackVisits:
    """Tell when and how far tracks were in each zone.

    Notes
    -----
    A visit is certain when some fix of it lies inside for certain, beyond its own uncertainty and
    the edge's, as part of a stay that drift does not explain (`wetland.screening.steady`). To a
    zone that began or ended to hold meanwhile, only the fixes of its days (local) count: a visit
    starts and ends with these. Fixes that are not to be believed (`check_tracks`: impossible
    speed, stale) are left out and counted as ``doubted``, unless ``believe_all``.
    """
    import pandas as pd

    day = tracks.observations["occurred_on"].to_numpy(dtype=object)
    how = breaks or Breaks(), assume_schematic
    used = np.ones(len(day), dtype=bool) if believe_all else ~_flags(tracks, None).doubted
    parts = [
        _visits(tracks, site, layer, rows[used[rows]], how)
        for layer, rows in _eras(site.zones, day)
    ]
    whole, *others = parts
    visits = pd.concat([part.visits for part in parts], ignore_index=True)
    inside = [part.totals[part.totals["zone"].notna()] for part in others]
    totals = pd.concat([whole.totals, *inside], ignore_index=True)
    if others:
        visits = visits.sort_values(["track", "entered_at"], kind="stable", ignore_index=True)
    counts = {"rows": len(day), **whole.counts, "visits": len(visits),
              "certain": int(visits["certain"].sum()), "gaps": len(whole.gaps)}  # fmt: skip
    counts |= {"doubted": int((~used).sum())} if not used.all() else {}
    basis = zone_basis(site, assume_schematic=assume_schematic)
    return TrackVisits(site, visits, whole.gaps, totals, counts, basis, tracks)


@dataclass(frozen=True, slots=True)
class _Part:
    visits: pd.DataFrame
    gaps: pd.DataFrame
    totals: pd.DataFrame
    counts: dict[str, int]


def _eras(zones: ZoneLayer, day: NDArray[Any]) -> list[tuple[ZoneLayer, NDArray[np.intp]]]:
    """Return the zones of all days with all rows, then the others with the rows of their days."""
    import pandas as pd

    codes, days = pd.factorize(day)
    held: dict[tuple[bool, ...], list[Zone]] = {(True,) * len(days): []}
    for zone in zones:
        held.setdefault(tuple(zone.valid_on(one) for one in days.tolist()), []).append(zone)
    return [
        (
            ZoneLayer(some, zones.crs_epsg, like=zones),
            np.arange(len(day)) if all(then) else np.flatnonzero(np.array([*then, False])[codes]),
        )
        for then, some in held.items()
        if any(then) or all(then)
    ]


def _visits(
    tracks: Tracks,
    site: Site,
    layer: ZoneLayer,
    rows: NDArray[np.intp],
    how: tuple[Breaks, bool],
) -> _Part:
    breaks, assume = how
    x, y = project(tracks.lon[rows], tracks.lat[rows], layer.crs_epsg)
    at = tracks.observations["occurred_at"].iloc[rows]
    fixes = order_fixes(tracks.names.iloc[rows], at, x=x, y=y)
    found = find_visits(fixes, [layer.shape(z).polygon for z in layer], breaks=breaks)
    kept = rows[fixes.row]
    inside = certainly_inside(
        tracks.observations.iloc[kept].assign(track_id=tracks.names.iloc[kept]),
        layer,
        found,
        defaults=site.config.position_defaults,
        threshold=site.config.likelihood_threshold,
        assume_schematic=assume,
    )
    visits = visits_table(found, fixes, layer, certain=found.with_some(inside))
    counts = {"fixes": len(fixes), "tracks": len(fixes.names), **fixes.dropped, **fixes.noted}
    totals = totals_table(found, fixes, visits)
    return _Part(visits, gaps_table(found, fixes, layer.crs_epsg), totals, counts)


def check_tracks(tracks: Tracks, site: Site, *, limits: Limits | None = None) -> CheckedTracks:
    """Flag fixes that are not to be believed; nothing is dropped."""
    table, flags = tracks.observations, _flags(tracks, limits)
    counts = {"rows": len(table), "tracks": int(tracks.names.nunique()), **flags.counts()}
    counts["flagged"] = int(flags.any.sum())
    return CheckedTracks(_flagged(tracks, flags), counts, tracks)


def _flags(tracks: Tracks, limits: Limits | None) -> Flags:
    table = tracks.observations
    stated = table["uncertainty_m"].to_numpy(dtype=float, na_value=np.nan)
    lonlat = tracks.lon, tracks.lat
    return flag_fixes(
        tracks.names, table["occurred_at"], lonlat=lonlat, uncertainty_m=stated, limits=limits
    )


def _flagged(tracks: Tracks, flags: Flags) -> pd.DataFrame:
    import pandas as pd

    rows = np.flatnonzero(flags.any)
    kept = tracks.observations.iloc[rows]
    columns = {name: getattr(flags, name)[rows] for name in TITLES}
    return pd.DataFrame(
        {
            "source_row": kept["source_row"].array,
            "track": tracks.names.iloc[rows].array,
            "at": kept["occurred_at"].array,
            "lon": tracks.lon[rows],
            "lat": tracks.lat[rows],
            **columns,
        }
    )
