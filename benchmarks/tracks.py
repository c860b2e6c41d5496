"""Tracks against zones: visits beside ecoscope's fence crossings and shapely's intersections.

What differs in meaning: ecoscope 1.7.3 (GeoFenceCrossing) gives the places and times at which a
track crosses a line, and which regions hold the ends of that segment; no dwell, no length, no gaps
(the gap is crossed like any segment), nothing about errors. The shapely recipe gives length and
dwell inside each zone, no entries and exits. Ours gives all of these, uncertainty apart.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import report
import scenes
import shapely
from numpy.typing import NDArray

from wetland.zones.readiness import mark_ready
from wetland.zones.trackfixes import SECOND_NS
from wetland.zones.tracks import CROSSED, Breaks, Fixes, Visits, find_visits, order_fixes

HERE = Path(__file__).resolve().parent
PYTHON = HERE.parent / "build" / "ecoscope" / "bin" / "python"
SECTION = "tracks"
PER_TRACK = 5_000
EVERY_S = 5
OURS = "wetland visits (order + entries, exits, dwell, length, gaps)"
Floats = NDArray[np.float64]


def make(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats, Floats]:
    """Return track, time, easting and northing of boats that drift about at up to 12 m/s."""
    rng = np.random.default_rng(scenes.SEED + 7)
    low_x, low_y, high_x, high_y = scenes.zones_bounds()
    tracks = max(1, count // PER_TRACK)
    size = count // tracks
    turn = np.cumsum(rng.normal(0, 0.25, (tracks, size)), axis=1)
    step = rng.uniform(0, 12 * EVERY_S, (tracks, size))
    start = np.column_stack(
        [rng.uniform(low_x, high_x, tracks), rng.uniform(low_y, high_y, tracks)]
    )
    x = start[:, :1] + np.cumsum(np.cos(turn) * step, axis=1)
    y = start[:, 1:] + np.cumsum(np.sin(turn) * step, axis=1)
    at_ns = np.tile(np.arange(size, dtype=np.int64) * EVERY_S * SECOND_NS, tracks)
    return np.repeat(np.arange(tracks), size), at_ns, x.ravel(), y.ravel()


def with_shapely(fixes: Fixes, zones: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """Return metres and seconds in each zone: tree, whole segments by prepared test, else cut."""
    lines, seconds = _segments(fixes)
    shapely.prepare(zones)
    tree = shapely.STRtree(lines)
    length, dwell = np.zeros(len(zones)), np.zeros(len(zones))
    all_m = shapely.length(lines)
    for number, zone in enumerate(zones):
        met = tree.query(zone, predicate="intersects")
        whole = shapely.contains_properly(zone, lines[met])
        cut = met[~whole]
        inside = shapely.length(shapely.intersection(lines[cut], zone))
        with np.errstate(invalid="ignore"):
            share = np.where(all_m[cut] > 0, inside / all_m[cut], 0.0)
        length[number] = all_m[met[whole]].sum() + inside.sum()
        dwell[number] = seconds[met[whole]].sum() + (share * seconds[cut]).sum()
    return length, dwell


def plainly(fixes: Fixes, zones: NDArray[np.object_]) -> Floats:
    """Return metres in each zone: every segment cut by every zone."""
    lines, _ = _segments(fixes)
    return np.array([shapely.length(shapely.intersection(lines, z)).sum() for z in zones])


def _segments(fixes: Fixes) -> tuple[NDArray[np.object_], Floats]:
    same = np.flatnonzero(np.diff(fixes.track) == 0)
    ends = np.column_stack([fixes.x[same], fixes.y[same], fixes.x[same + 1], fixes.y[same + 1]])
    lines = np.asarray(shapely.linestrings(ends.reshape(-1, 2, 2)))
    return lines, np.diff(fixes.at_ns)[same] / SECOND_NS


def rows(*, quick: bool) -> list[report.Row]:
    """Measure and compare; raise SystemExit where answers differ."""
    mark_ready()
    count, few = (100_000, 20_000) if quick else (1_000_000, 100_000)
    found = []
    for scene, zones in (("a", scenes.zones_a()), ("b", scenes.zones_b())):
        found += _scene(scene, np.array(zones, dtype=object), count, few, quick=quick)
    return found


def _scene(
    scene: str, zones: NDArray[np.object_], count: int, few: int, *, quick: bool
) -> list[report.Row]:
    track, at_ns, x, y = make(count)
    breaks = Breaks(None)
    some = _ordered(few)
    _agree(some, zones, find_visits(some, list(zones), breaks=breaks))
    recipe = "shapely: STRtree + prepared contains_properly, else intersection"
    naive = "shapely.intersection(all segments, zone) per zone"
    fixes = _ordered(count)
    ways: dict[str, report.Way] = {
        OURS: lambda: find_visits(order_fixes(track, at_ns, x=x, y=y), list(zones), breaks=breaks),
        recipe: lambda: with_shapely(fixes, zones),
    }
    sizes = {}
    if scene == "a":
        fewer = _ordered(few // 10)
        ways[naive] = lambda: plainly(fewer, zones)
        sizes[naive] = few // 10
    measured = report.measure(
        ways, section=SECTION, scene=scene, size=count, ours=OURS, sizes=sizes,
        repeats=2 if quick else report.REPEATS,
    )  # fmt: skip
    if scene == "a":
        measured.append(_ecoscope(measured[0], zones, few, repeats=2 if quick else 5))
    return measured


def _ordered(count: int) -> Fixes:
    track, at_ns, x, y = make(count)
    return order_fixes(track, at_ns, x=x, y=y)


def _agree(fixes: Fixes, zones: NDArray[np.object_], found: Visits) -> None:
    length, dwell = with_shapely(fixes, zones)
    ours_m = np.bincount(found.zone, weights=found.length_m, minlength=len(zones))
    ours_s = np.bincount(found.zone, weights=found.dwell_s, minlength=len(zones))
    if np.abs(ours_m - length).max() > 1e-4 or np.abs(ours_s - dwell).max() > 1e-4:
        raise SystemExit("lengths or times in zones differ from shapely's")


def _ecoscope(
    ours: report.Row, zones: NDArray[np.object_], few: int, *, repeats: int
) -> report.Row:
    name = "ecoscope 1.7.3 GeoFenceCrossing.analyse (trajectory made before)"
    if not PYTHON.is_file():
        note = "not installed: make peers, or build/ecoscope from requirements-ecoscope.txt"
        return report.Row(SECTION, "a", name, 0, 0.0, 0.0, 0.0, None, note)
    track, at_ns, x, y = make(few)
    lon, lat = scenes.lonlat(x, y)
    fences = shapely.transform(zones, lambda p: np.column_stack(scenes.lonlat(p[:, 0], p[:, 1])))
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(given, track=track, at_ns=at_ns, lon=lon, lat=lat,
                 zones=np.array(shapely.to_wkb(fences, hex=True), dtype=str))  # fmt: skip
        ran = subprocess.run(
            [PYTHON, HERE / "peer_ecoscope.py", given, out, str(repeats)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if ran.returncode:
            return report.Row(SECTION, "a", name, 0, 0.0, 0.0, 0.0, None,
                              "failed: " + ran.stderr.strip().splitlines()[-1][:120])  # fmt: skip
        said = {k: np.asarray(v) for k, v in np.load(out, allow_pickle=False).items()}
    # in the plane of longitude and latitude, as ecoscope has it, so that the lines are the same
    same = find_visits(order_fixes(track, at_ns, x=lon, y=lat), list(fences), breaks=Breaks(None))
    note = _same_crossings(same, said["fence"], said["crossed_ns"])
    size, cpu = int(said["segments"]), float(said["cpu"])
    ratio = (cpu / size) / (ours.cpu_s / ours.size)
    made = float(said["made"])
    note += f"; making its trajectory takes {made:.2f} CPU s more, not counted"
    return report.Row(SECTION, "a", name, size, float(said["wall"]), cpu, 0.0, ratio, note)


def _same_crossings(ours: Visits, fence: NDArray[np.int64], at_ns: NDArray[np.int64]) -> str:
    entered, left = ours.entry_kind == CROSSED, ours.exit_kind == CROSSED
    zone = np.concatenate([ours.zone[entered], ours.zone[left]])
    when = np.concatenate([ours.entered_ns[entered], ours.left_ns[left]])
    if len(zone) != len(fence):
        raise SystemExit(f"crossings differ: {len(zone)} here, {len(fence)} by ecoscope")
    mine, theirs = np.lexsort((when, zone)), np.lexsort((at_ns, fence))
    away = np.abs(when[mine] - at_ns[theirs]).max(initial=0) / SECOND_NS
    if (zone[mine] != fence[theirs]).any() or away > 1e-3:
        raise SystemExit(f"crossings differ: up to {away} s")
    return f"same {len(zone)} crossings, times within {away:.1e} s"


if __name__ == "__main__":
    answers = rows(quick="--quick" in sys.argv)
    print(report.as_text(answers))
    if "--json" in sys.argv:
        print(json.dumps(report.as_json(answers)))
