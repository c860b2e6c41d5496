"""Car parks 1, 4 and 24 hours ahead, beside naive forecasts and gradient boosting.

`visitorprotocol` says what is judged: every half hour of 29 car parks from 2016-11-01 on. The
settings of the method rest on the days before; it learns anew every week, as the baseline does
(`visitorgbm`, run in the peers' environment where scikit-learn is installed there). Errors are
shares of the capacity; coverage is that of 90 % intervals, from errors known at their origin.

Run alone: ``python benchmarks/visitorparking.py [--quick]``.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import report
import visitorprotocol as protocol
from numpy.typing import NDArray
from peers import PYTHON

from wetland.visitors.hoursgrid import SlotGrid, day_table
from wetland.visitors.hoursjudge import Outcomes, outcomes_of
from wetland.visitors.hoursroll import Block, learn, roll
from wetland.visitors.hoursscale import to_model

Floats = NDArray[np.float64]
PER_DAY = 48
ALPHA = 0.1
COVERED = (0.87, 0.93)
LEADS = {"1 h": 2, "4 h": 8, "24 h": PER_DAY}
GOALS = {"1 h": 0.0235, "4 h": 0.0484, "24 h": 0.0476}  # the baseline's, and 20 % below weekly
LONGEST_REFIT_S = 30
CALIBRATION_DAYS = (14, 7)  # blocks before the test: their errors give its first intervals
GBM = "HistGradientBoosting, mean of 3 seeds"


def file() -> Path:
    """Return the file of car parks; its folder may be told by WETLAND_SHARED."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    folder = Path(os.environ.get("WETLAND_SHARED") or beside) / "data/visitors"
    return folder / "birmingham_parking_train.csv"


def rows(*, quick: bool = False) -> list[report.Row]:
    """Measure all ways; the method must reach `GOALS` and cover what it promises."""
    if not file().exists():
        return [report.Row("parking", "no file of car parks", str(file()), 0, 0.0, 0.0, 0.0)]
    data = protocol.parking(file())
    weeks = protocol.refits(data)[: 2 if quick else None]
    used = time.process_time()
    outcomes = ours(data, weeks)
    spent = time.process_time() - used
    peer = {} if quick else _peer()
    found: list[report.Row] = []
    wrong: list[str] = []
    inside = []
    for horizon in protocol.HORIZONS:
        asked = protocol.cases(data, horizon, weeks[0][0], weeks[-1][1])
        told, covered = _answers(outcomes, asked, LEADS[horizon])
        inside.append(covered)
        error = protocol.mean_absolute_error(asked.actual, told)
        naive = [float(np.abs(asked.actual - one).mean()) for one in (asked.daily, asked.weekly)]
        for way, loss in zip(("as the day before", "as the week before"), naive, strict=True):
            found.append(_row(horizon, way, len(asked), 0.0, f"MAE {loss:.4f}"))
        note = f"MAE {error:.4f}, {error / min(naive):.3f} of the better naive"
        note += f"; 90 % intervals cover {100 * covered.mean():.1f} %"
        found.append(_row(horizon, "ours, all horizons at once", len(asked), spent, note))
        found.append(_row(horizon, GBM, len(asked), peer.get("cpu", 0.0), _said(peer, horizon)))
        if not quick and error > GOALS[horizon]:
            wrong.append(f"{horizon}: MAE {error:.4f} above {GOALS[horizon]}")
    coverage = float(np.concatenate(inside).mean())
    if not quick and not COVERED[0] <= coverage <= COVERED[1]:
        wrong.append(f"coverage {coverage:.3f}")
    found += _refit(data, f"coverage over all horizons {100 * coverage:.1f} %", wrong)
    if wrong:
        raise SystemExit("; ".join(wrong))
    return found


def grid_of(data: protocol.Parking) -> SlotGrid:
    """Return the shares as the method takes them: levels with a limit of 1."""
    values = np.full((*data.share.shape[:2], PER_DAY), np.nan)
    first = protocol.FIRST_SLOT
    values[:, :, first : first + protocol.SLOTS] = data.share
    return SlotGrid(data.names, data.first, PER_DAY, values, np.ones(len(data.names)))


def ours(data: protocol.Parking, weeks: list[tuple[date, date]]) -> Outcomes:
    """Return what the method says of every outcome of the test, learnt anew every week."""
    start = data.day(weeks[0][0])
    blocks = [Block(start - back, start - back + 7) for back in CALIBRATION_DAYS]
    blocks += [Block(data.day(first), data.day(end)) for first, end in weeks]
    grid = grid_of(data)
    table = day_table(data.first, grid.days + 21, None)
    pairs = roll(grid, table, blocks, np.array(list(LEADS.values())))
    return outcomes_of(grid, pairs, alpha=ALPHA)


def _answers(
    outcomes: Outcomes, asked: protocol.Cases, lead: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the forecast of every case, and whether its interval covered the outcome."""
    part = outcomes.at(outcomes.pairs.lead == lead)
    size = (int(asked.park.max()) + 1, int(asked.day.max()) + 1, PER_DAY)
    place = (part.pairs.series, part.pairs.origin // PER_DAY, part.pairs.origin % PER_DAY)
    keep = place[1] < size[1]
    told, lower, upper = (np.full(size, np.nan) for _ in range(3))
    ways = ((told, part.told), (lower, part.lower), (upper, part.upper))
    for room, values in ways:
        room[tuple(one[keep] for one in place)] = values[keep]
    at = (asked.park, asked.day, asked.slot + protocol.FIRST_SLOT)
    inside = (asked.actual >= lower[at]) & (asked.actual <= upper[at])
    return told[at], inside


def _refit(data: protocol.Parking, note: str, wrong: list[str]) -> list[report.Row]:
    """Measure learning all car parks once, with all days known."""
    grid = grid_of(data)
    table = day_table(data.first, grid.days + 21, None)
    model = to_model(grid.usable(), flows=False)
    used = time.process_time()
    learn(model, table, upto=grid.days, ahead_days=1, flows=False)
    spent = time.process_time() - used
    if spent > LONGEST_REFIT_S:
        wrong.append(f"a refit takes {spent:.0f} s")
    return [_row("refit of all car parks", "ours", len(grid.names), spent, note)]


def _peer() -> dict[str, Any]:
    """Return what the baseline says; empty where it is not installed."""
    if not PYTHON.exists():
        return {"why": "not installed: make peers"}
    script = Path(__file__).with_name("visitorgbm.py")
    before = os.times()
    ran = subprocess.run(
        [str(PYTHON), str(script), str(file())], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or [""])[-1][:120]
        return {"why": f"not installed: {last}" if "No module" in last else f"failed: {last}"}
    said: dict[str, Any] = json.loads(ran.stdout)
    after = os.times()
    spent = after.children_user + after.children_system
    spent -= before.children_user + before.children_system
    return {**said, "cpu": spent}


def _said(peer: dict[str, Any], horizon: str) -> str:
    if "why" in peer:
        return str(peer["why"])
    if not peer:
        return "left out with --quick"
    said = peer["horizons"][horizon]
    seeds = ", ".join(f"{error:.4f}" for error in said["seeds"])
    return (
        f"MAE {said['mean_of_seeds']:.4f} (seeds {seeds}); sklearn {peer['version']}; time of all"
    )


def _row(scene: str, way: str, size: int, spent: float, note: str) -> report.Row:
    return report.Row("parking", scene, way, size, spent, spent, 0.0, note=note)


if __name__ == "__main__":
    report.run_alone(rows, __doc__)
