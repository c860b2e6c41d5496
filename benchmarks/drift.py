"""Simulate positions that are off: who is accused falsely, who is missed, what is left open.

Everything here is synthetic, made by fixed seeds, and the true places are known. Errors are normal
and the same in all directions; an error of 30 m means that 95 in 100 positions lie within 30 m of
the true place, and the position states it. Boundaries are taken as surveyed, so that only the
position is in doubt. "False" is the share of places truly outside that are said to be inside,
"missed" the share of places truly inside that are said to be outside.

1. Places: true places within 150 m of an edge, evenly spread along it and across it, each observed
   once. Plain containment is what GIS software does: is the observed point in the polygon?
2. Receivers: each stands still for 24 h outside an edge and gives a fix every 5 s whose error
   wanders (Gauss-Markov, correlation time 10 min). A receiver is accused when any of its 17,280
   fixes is said to be inside.
3. Visits: what that costs. Receivers stand inside for 10 min; a visit is found when any fix of it
   is said to be inside.

Run alone for both tables: ``python benchmarks/drift.py [--quick]``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from dataclasses import dataclass

import numpy as np
import report
import scenes
import shapely
from numpy.typing import NDArray

from wetland.base.texts import text
from wetland.screening.steady import unsteady
from wetland.sites.load import open_site
from wetland.zones.likelihood import RADIUS
from wetland.zones.locate import locate_columns
from wetland.zones.located import IN, OPEN, OUT, Located
from wetland.zones.model import Zone, ZoneLayer
from wetland.zones.placing import Points
from wetland.zones.projection import project_geometry, unproject

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SEED = 20_261_123
ERRORS_M = (5.0, 10.0, 30.0, 100.0)
NEAR_M = 150.0
BESIDE_M = (1.0, 10.0, 30.0)
DEEP_M, VISIT_MIN = (30.0, 60.0, 90.0, 120.0), 10
DRIFT_M = 30.0
EVERY_S, DAY_MIN, WANDERS_S = 5, 24 * 60, 600.0
FIRSTS, LASTS = slice(None, -1), slice(1, None)
DAY = dt.date(2024, 5, 1)
PLAIN, OURS, STEADY = "plain containment", "wetland, three values", "wetland, and steady fixes only"


@dataclass(frozen=True)
class Place:
    """One zone and its polygon in metres."""

    name: str
    layer: ZoneLayer
    polygon: shapely.Geometry


@dataclass(frozen=True)
class Outcome:
    """What one way said of a simulation."""

    way: str
    false: float
    missed: float
    open: float
    cpu_s: float


def zones() -> list[Place]:
    """Return the park of the Xixi pack and the middle zone of scene a."""
    park = open_site("xixi").zones.on(DAY)
    [protection] = [zone for zone in park if zone.kind == "protection"]
    belt = scenes.zones_a()[1]
    degrees = shapely.transform(
        belt, lambda xy: np.column_stack(unproject(xy[:, 0], xy[:, 1], scenes.CRS_EPSG))
    )
    made = Zone(
        "belt", "belt", text("带", "belt"), degrees, schematic=False, positional_accuracy_m=0.0,
        source="benchmarks/scenes.py",
    )  # fmt: skip
    return [
        _place("Xixi protection zone", protection, park.crs_epsg),
        _place("scene a, middle zone", made, scenes.CRS_EPSG),
    ]


def _place(name: str, zone: Zone, crs_epsg: int) -> Place:
    polygon = project_geometry(zone.geometry, crs_epsg)
    shapely.prepare(polygon)
    return Place(name, ZoneLayer([zone], crs_epsg), polygon)


def along_the_edge(place: Place, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return places on the edge and the unit vectors out of the zone there."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(place.polygon)]
    first, last = (np.concatenate([ring[cut] for ring in rings]) for cut in (FIRSTS, LASTS))
    length = np.hypot(*(last - first).T)
    chosen = rng.choice(len(first), count, p=length / length.sum())
    edge = first[chosen] + rng.uniform(0, 1, count)[:, None] * (last - first)[chosen]
    way = (last - first)[chosen] / length[chosen, None]
    side = np.column_stack([way[:, 1], -way[:, 0]])
    inward = shapely.contains_xy(place.polygon, *(edge + 0.05 * side).T)
    side[inward] *= -1
    return edge, side


def located(place: Place, xy: Floats, uncertainty_m: float) -> Located:
    """Ask where places stand to the zone, the boundary taken as surveyed."""
    points = Points(*unproject(xy[:, 0], xy[:, 1], place.layer.crs_epsg))
    [found] = locate_columns(
        place.layer, points, uncertainty_m, on=None, assume_schematic=True
    ).values()
    return found


def observe(place: Place, error_m: float, count: int) -> list[Outcome]:
    """Observe true places around the edge once each."""
    rng = np.random.default_rng([SEED, round(error_m)])
    edge, side = along_the_edge(place, count, rng)
    true = edge + rng.uniform(-NEAR_M, NEAR_M, count)[:, None] * side
    inside = shapely.contains_xy(place.polygon, *true.T)
    seen = true + rng.normal(0, error_m / RADIUS, true.shape)
    started = time.process_time()
    plain = shapely.contains_xy(place.polygon, *seen.T)
    between = time.process_time()
    where = located(place, seen, error_m).where
    ended = time.process_time()
    both = ((PLAIN, plain, ~plain, between - started), (OURS, where == IN, where == OUT,
                                                        ended - between))  # fmt: skip
    outcomes = [
        Outcome(way, _share(said[~inside]), _share(denied[inside]), _share(~said & ~denied), cpu)
        for way, said, denied, cpu in both
    ]
    if ((where == IN) & ~plain).any() or ((where == OUT) & plain).any():
        raise SystemExit("a certain answer contradicts containment of the observed point")
    if outcomes[1].false > 0.05 or outcomes[1].missed > 0.05:
        raise SystemExit("more than one certain answer in twenty is wrong")
    return outcomes


def stand(place: Place, depth_m: float, receivers: int, minutes: int) -> list[Outcome]:
    """Let receivers stand inside the edge (outside: below 0), and count those said to be inside."""
    rng = np.random.default_rng([SEED, round(abs(depth_m)), receivers])
    true = beside(place, depth_m, receivers, rng)
    fixes = minutes * 60 // EVERY_S
    instants = np.datetime64("2024-05-01", "ns") + np.arange(fixes) * np.timedelta64(EVERY_S, "s")
    seen = np.concatenate([spot + wander(rng, fixes, DRIFT_M / RADIUS) for spot in true])
    track, at = np.repeat(np.arange(receivers), fixes), np.tile(instants, receivers)
    started = time.process_time()
    plain = shapely.contains_xy(place.polygon, *seen.T)
    used = [time.process_time() - started]
    found = located(place, seen, DRIFT_M)
    used.append(time.process_time() - started - used[0])
    certain = found.where == IN
    shaky = unsteady(track, at, found.distance_m, DRIFT_M)
    used.append(time.process_time() - started - used[0])
    if depth_m < 0 and (certain & ~shaky).any():
        raise SystemExit("a drifting receiver outside the zone was said to be inside")
    said = (plain, certain, certain & ~shaky)
    opened = (0.0, _share(found.where == OPEN), _share((found.where == OPEN) | shaky))
    return [
        Outcome(way, _share(here.reshape(receivers, fixes).any(axis=1)), 0.0, left, cpu)
        for way, here, left, cpu in zip((PLAIN, OURS, STEADY), said, opened, used, strict=True)
    ]


def beside(place: Place, depth_m: float, count: int, rng: np.random.Generator) -> Floats:
    """Return places whose nearest edge is so far away; below 0 they lie outside the zone."""
    found = np.empty((0, 2))
    while len(found) < count:
        edge, side = along_the_edge(place, 4 * count, rng)
        there = edge - depth_m * side
        inside = shapely.contains_xy(place.polygon, *there.T)
        away = shapely.distance(place.polygon.boundary, shapely.points(there))
        kept = (inside == (depth_m > 0)) & (np.abs(away - abs(depth_m)) < 0.01 * abs(depth_m))
        found = np.concatenate([found, there[kept]])
    return found[:count]


def wander(rng: np.random.Generator, fixes: int, sigma_m: float) -> Floats:
    """Return errors that wander: normal at any time, alike from one fix to the next."""
    from scipy.signal import lfilter  # noqa: PLC0415 - only here

    kept = np.exp(-EVERY_S / WANDERS_S)
    step = rng.normal(0, sigma_m * np.sqrt(1 - kept**2), (fixes, 2))
    step[0] = rng.normal(0, sigma_m, 2)
    return np.asarray(lfilter([1.0], [1.0, -kept], step, axis=0))


def _share(some: Bools) -> float:
    return float(some.mean()) if len(some) else 0.0


def rows(*, quick: bool) -> list[report.Row]:
    """Run both simulations; the shares stand in the notes."""
    count, receivers = (20_000, 4) if quick else (200_000, 100)
    made: list[report.Row] = []
    for place in zones():
        for error_m in ERRORS_M:
            scene = f"places near the edge of {place.name}, {error_m:g} m error"
            for outcome in observe(place, error_m, count):
                note = (
                    f"false {outcome.false:7.3%}  missed {outcome.missed:7.3%}"
                    f"  undetermined {outcome.open:6.1%}"
                )
                made.append(_row(scene, outcome, count, note))
    for depth_m in (*(-d for d in BESIDE_M), *DEEP_M):
        made += _standing(zones()[0], depth_m, receivers)
    return made


def _standing(place: Place, depth_m: float, receivers: int) -> list[report.Row]:
    minutes, side, told = (
        (DAY_MIN, "outside", "accused") if depth_m < 0 else (VISIT_MIN, "inside", "found")
    )
    scene = f"receivers {abs(depth_m):g} m {side} {place.name}, {DRIFT_M:g} m error, {minutes} min"
    return [
        _row(
            scene,
            outcome,
            receivers * minutes * 60 // EVERY_S,
            f"{told} {outcome.false:6.1%} of {receivers} receivers"
            f"  undetermined {outcome.open:6.1%} of fixes",
        )
        for outcome in stand(place, depth_m, receivers, minutes)
    ]


def _row(scene: str, outcome: Outcome, size: int, note: str) -> report.Row:
    return report.Row(
        "drift (synthetic)", scene, outcome.way, size, outcome.cpu_s, outcome.cpu_s, 0.0, None, note
    )


def table(made: list[report.Row]) -> str:
    """Lay out the shares alone."""
    lines, scene = [f"synthetic, seed {SEED}; an error of R m holds 95 % of positions"], ""
    for row in made:
        if row.scene != scene:
            scene = row.scene
            lines += ["", scene]
        lines.append(f"  {row.way:32} {row.note}")
    return "\n".join(lines)


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer places and receivers")
    print(table(rows(quick=parser.parse_args().quick)))


if __name__ == "__main__":
    main()
