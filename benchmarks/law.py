"""Measure what the law costs on top of a look-up: observations x all rules of Xixi.

Three parts, measured apart: where each position is (zones), what the law says of it (law: grouping,
judging, counting by rule), and the findings written out (rows). The peer is the row-by-row way of
the tests, one dictionary per observation; their findings are compared before anything counts.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import report
import shapely

from wetland.base.tables import DTYPES
from wetland.screening.acts import Acts
from wetland.screening.screen import Screened, Settings, judge_acts, screen
from wetland.screening.tables import OBSERVATIONS
from wetland.sites.load import Site, open_site
from wetland.zones.readiness import mark_ready

SIZE, FEW = 1_000_000, 20_000
WARM = 100_000  # positions from which on compiled loops are loaded
BOX = (120.03, 30.24, 120.10, 30.30)
EXERCISE = Settings(assume_schematic=True)
FACTS = (
    None, '{"aquatic_catch_consent": false}', '{"natural_wetland": true}',
    '{"is_construction_project": true, "construction_consent": false}',
)  # fmt: skip


def observations(site: Site, size: int) -> pd.DataFrame:
    """Make observations of every activity on days of fifteen years around the park."""
    rng = np.random.default_rng(11)
    names = np.array([*site.vocabulary.activities])
    days = np.empty(5500, dtype=object)
    days[:] = [dt.date(2011, 1, 1) + dt.timedelta(days=k) for k in range(len(days))]
    day = rng.integers(0, len(days), size)
    points = shapely.points(rng.uniform(BOX[0], BOX[2], size), rng.uniform(BOX[1], BOX[3], size))
    at = np.datetime64("2011-01-01") + day * np.timedelta64(1, "D") + np.timedelta64(4, "h")
    columns: dict[str, Any] = {name: None for name in OBSERVATIONS.names} | {
        "observation_id": [f"o-{k:024x}" for k in range(size)],
        "site": site.id,
        "source_id": "s-1",
        "source_row": np.arange(size),
        "activity": names[rng.integers(0, len(names), size)],
        "occurred_on": days[day],
        "occurred_at": pd.to_datetime(at, utc=True),
        "geometry": points,
        "shape": "station",
        "uncertainty_m": rng.choice([5.0, 15.0, np.nan], size),
        "position_source": rng.choice(["gps", "photo"], size),
        "facts": np.array(FACTS, dtype=object)[rng.integers(0, len(FACTS), size)],
        "extra": "{}",
        "content": "c",
    }
    frame = pd.DataFrame(columns, columns=OBSERVATIONS.names, index=range(size))
    for name in ("occurred_at", "ended_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame.astype({c.name: DTYPES[c.kind] for c in OBSERVATIONS.columns})


def place(seen: pd.DataFrame, site: Site) -> Acts:
    """Find where the observations are."""
    return Acts.of(
        seen, site, on=None, assume_schematic=True, defaults=site.config.position_defaults
    )


def write(screened: Screened) -> int:
    """Write the findings, table by table, and count them."""
    return sum(len(table) for table in screened.tables())


def row_by_row(seen: pd.DataFrame, site: Site) -> Any:  # noqa: ANN401 - the tests' own class
    """Screen as the tests' oracle does."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from tests.screening.oracle import screen as oracle

    return oracle.screen(seen, site, settings=oracle.Settings(assume_schematic=True))


def check(seen: pd.DataFrame, site: Site) -> None:
    """Stop where the findings of the two ways differ."""
    ours, theirs = screen(seen, site, settings=EXERCISE), row_by_row(seen, site)
    same = json.dumps(ours.counts) == json.dumps(theirs.counts)
    columns = [name for name in theirs.findings.columns if name != "likelihood"]
    if not (same and ours.findings[columns].equals(theirs.findings[columns])):
        raise SystemExit("column by column and row by row do not find the same")


def rows(*, quick: bool = False) -> list[report.Row]:
    """Measure the parts, and both ways on fewer observations."""
    site = open_site("xixi")
    size, few = (50_000, 2_000) if quick else (SIZE, FEW)
    repeats = 1 if quick else 3
    place(observations(site, WARM), site)
    mark_ready()
    small = observations(site, few)
    check(small, site)
    seen = observations(site, size)
    acts = place(seen, site)
    judged = judge_acts(acts, site, records=None, settings=EXERCISE)
    broken, writing = write(judged), "rows: write the broken ones"
    parts = report.measure(
        {
            "zones: where each position is": lambda: place(seen, site),
            "law: group, judge, count by rule": lambda: judge_acts(
                acts, site, records=None, settings=EXERCISE
            ),
            writing: lambda: write(judged),
        },
        section="law", scene=f"{size:,} observations x all rules of Xixi", size=size,
        repeats=repeats, sizes={writing: broken},
    )  # fmt: skip
    ours = "column by column"
    ways = report.measure(
        {
            ours: lambda: screen(small, site, settings=EXERCISE).findings,
            "row by row": lambda: row_by_row(small, site),
        },
        section="law", scene="the whole screening, findings written", size=few,
        ours=ours, repeats=repeats,
    )  # fmt: skip
    return [*parts, *ways]


if __name__ == "__main__":
    report.run_alone(rows, __doc__)
