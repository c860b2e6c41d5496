"""Screening column by column says what screening row by row says, to the byte."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box

from tests.screening.oracle import screen as by_row
from tests.screening.test_registers import records
from tests.screening.test_screen import observation, table
from wetland.screening.screen import Law, Screened, Settings, screen
from wetland.screening.tally import merge
from wetland.sites.config import Register
from wetland.sites.load import Site

ROWS = 50
Rng = np.random.Generator
ACTIVITIES = [
    "fishing", "fishing.angling", "fishing.electric", "hunting", "release", "cooking",
    "water_occupation.fill", "reclamation", "construction", "construction.building",
    "fishing;hunting", "water_occupation.fill;cooking", "earthwork", None, "",
]  # fmt: skip
FACTS: dict[str, list[Any]] = {
    "aquatic_catch_consent": [True, False, None],
    "natural_wetland": [True, False],
    "occupies_wetland": [True, False],
    "wetland_fill_approval": [True, False],
    "is_construction_project": [True, False],
    "irreversible": [True, False],
    "area_m2": [0.0, 12.5, 400.0, None],
    "quantity": [3.0, 12.0],
    "party_name": ["张三", 'Li "Si"\\'],
    "land_area_m2": [3500.0],
}
ZONE_NAMES = ["protection", "buffer", "west_lake", "nowhere"]


def place(rng: Rng) -> Any:
    x, y = rng.uniform(120.03, 120.1), rng.uniform(30.24, 30.3)
    w, h = rng.uniform(1e-4, 0.02, 2)
    made = [
        None, Point(x, y), Point(x, y), Point(x, y), Point(120.0847608, 30.2758363), Point(),
        Point(20.0, 10.0), box(x, y, x + w, y + h), box(x, y, x + 1e-4, y + 1e-4),
        LineString([(x, y), (x + w, y + h)]), MultiPoint([(x, y), (x + w, y)]), Polygon(),
        box(119.0, 29.0, 121.0, 31.0), box(x, y, x + w, y + h).union(box(121, 30, 121.1, 30.1)),
    ]  # fmt: skip
    return made[int(rng.integers(len(made)))]


def observations(rng: Rng, rows: int, *, few: bool) -> pd.DataFrame:
    """Make observations; ``few`` different ones, so that many are alike."""
    out = []
    days = [dt.date(2011, 11, 30), dt.date(2015, 5, 1), dt.date(2023, 4, 20), dt.date(2024, 6, 30)]
    places = [place(rng) for _ in range(5)]
    for i in range(rows):
        names = rng.choice(list(FACTS), size=int(rng.integers(0, 2 if few else 6)), replace=False)
        day = days[int(rng.integers(4))]
        if not few and rng.random() < 0.5:
            day = dt.date(2010, 1, 1) + dt.timedelta(days=int(rng.integers(0, 5600)))
        at = dt.datetime.combine(day, dt.time(int(rng.integers(24)), 30), dt.UTC)
        out.append(
            observation(
                observation_id=f"o-{i}" if i % 9 else f'记"{i}\\',
                source_row=i,
                record_id=None if i % 3 else f"r{i}",
                activity=ACTIVITIES[int(rng.integers(len(ACTIVITIES)))],
                occurred_on=None if rng.random() < 0.1 else day,
                occurred_at=None if rng.random() < 0.3 else at,
                geometry=places[int(rng.integers(5))] if few else place(rng),
                uncertainty_m=[None, 0.0, 5.0, 150.5][int(rng.integers(4))],
                position_source=str(rng.choice(["gps", "photo", "unknown", "drawn"])),
                facts={str(n): FACTS[n][int(rng.integers(len(FACTS[n])))] for n in names},
            )
        )
    return table(*out)


def register(rng: Rng) -> pd.DataFrame | None:
    """Make permits and notices of every form."""
    if rng.random() < 0.2:
        return None
    rows = []
    for _ in range(int(rng.integers(0, 12))):
        x, y = rng.uniform(120.03, 120.1), rng.uniform(30.24, 30.3)
        shapes = [None, None, box(x, y, x + 0.02, y + 0.02), box(119, 29, 121, 31), Point(x, y)]
        shape = shapes[int(rng.integers(5))]
        row: dict[str, Any] = {
            "kind": str(rng.choice(["aquatic_catch_consent", "wetland_fill_approval"])),
            "valid_from": dt.date(2010, 1, 1) + dt.timedelta(days=int(rng.integers(0, 3000))),
            "place": shape,
            "status": str(rng.choice(["issued", "revoked"], p=[0.8, 0.2])),
        }
        extra: dict[str, list[Any]] = {
            "zone": ZONE_NAMES, "holder": ["张三"], "activity": ["fishing", "fishing.angling"],
            "valid_to": [dt.date(2023, 4, 21)], "quantity": [10.0],
            "revoked_on": [dt.date(2022, 1, 1)],
            "times": ['{"hours": ["06:00", "18:00"]}', '{"weekdays": [1, 2, 3, 4, 5]}'],
        }  # fmt: skip
        for name, values in extra.items():
            if rng.random() < 0.3:
                row[name] = values[int(rng.integers(len(values)))]
        if rng.random() < 0.2:
            row |= {"season_from": "03-01", "season_to": "06-30"}
        rows.append(row)
    return records(*rows) if rows else None


def chosen(rng: Rng) -> Settings:
    return Settings(
        assume_schematic=bool(rng.integers(2)),
        decided_on=[None, None, dt.date(2015, 5, 1), dt.date(2024, 7, 1)][int(rng.integers(4))],
        on=[None, None, None, dt.date(2023, 5, 1)][int(rng.integers(4))],
        undecided_rows=int(rng.choice([20_000, 20_000, 3])),
    )


def same(new: Screened, old: by_row.Screened) -> None:
    assert json.dumps(new.counts) == json.dumps(old.counts)
    assert json.dumps(new.undecided) == json.dumps(old.undecided)
    pd.testing.assert_frame_equal(
        new.findings.drop(columns=NEW), old.findings.drop(columns=NEW), check_exact=True
    )
    for name in ("occurred_on", "geometry"):
        assert [type(v) for v in new.findings[name]] == [type(v) for v in old.findings[name]]


NEW = ["likelihood"]  # not known row by row


SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(4, 45))]


@pytest.mark.parametrize("seed", SEEDS)
def test_by_column_is_by_row(site: Site, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    if seed % 3 == 0:
        complete = Register(complete_from=dt.date(2015, 1, 1))
        monkeypatch.setitem(site.config.registers, "aquatic_catch_consent", complete)
    seen = observations(rng, ROWS, few=bool(seed % 2))
    permits, options = register(rng), chosen(rng)
    widest = {"gps": 250.0} if seed % 4 == 0 else None
    new = screen(seen, site, records=permits, settings=options, widest=widest)
    old = by_row.screen(seen, site, records=permits, settings=options, widest=widest)
    same(new, old)


@pytest.mark.parametrize("seed", [2, pytest.param(7, marks=pytest.mark.soak)])
def test_parts_add_up_to_the_whole(site: Site, seed: int) -> None:
    """Whatever the partitioning: the same counts, and the same findings in the same order."""
    rng = np.random.default_rng(seed)
    seen, permits = observations(rng, 40, few=seed == 7), register(rng)
    options = Settings(assume_schematic=True, list_undecided=True)
    widest = {"gps": 200.0, "photo": 300.0, "unknown": 1000.0, "drawn": 150.5}
    whole = screen(seen, site, records=permits, settings=options, widest=widest)
    law = Law.of(site, options) if seed == 2 else None
    cuts = sorted({0, 40, *rng.integers(0, 40, 3).tolist()})
    parts = [
        screen(seen.iloc[a:b], site, records=permits, settings=options, widest=widest, law=law)
        for a, b in pairwise(cuts)
    ]
    tally = merge(part.tally for part in parts)
    assert json.dumps(tally.counts()) == json.dumps(whole.counts)
    assert json.dumps(tally.undecided()) == json.dumps(whole.undecided)
    tables = [table for part in parts for table in part.tables(rows=7)]
    together = pd.concat(tables, ignore_index=True)
    pd.testing.assert_frame_equal(together, whole.findings, check_exact=True)


def test_undecided_rows_are_listed_or_not_as_asked(site: Site) -> None:
    seen = table(*[observation(observation_id=f"o-{i}", facts={}) for i in range(3)])
    found = {
        asked: screen(seen, site, settings=Settings(undecided_rows=2, list_undecided=asked))
        for asked in (None, True, False)
    }
    assert [found[a].counts["undecided_listed"] for a in (None, True, False)] == [
        False,
        True,
        False,
    ]
    assert not len(found[None].findings)
    assert len(found[True].findings) == sum(r["count"] for r in found[True].undecided) > 2
    assert not len(found[False].findings)
    assert found[False].undecided == found[True].undecided


def test_a_fix_that_chance_placed_inside_raises_no_finding(site: Site) -> None:
    """A track beside the park, one fix of which is thrown 50 m in: undecided, as without track."""
    at = [dt.datetime(2015, 5, 1, 4, 0, 10 * k, tzinfo=dt.UTC) for k in range(5)]
    park = next(z for z in site.zones if z.kind == "protection").geometry
    outside = Point(park.bounds[0] - 0.01, park.centroid.y)
    places = [outside, outside, park.representative_point(), outside, outside]
    rows = [
        observation(observation_id=f"o-{k}", geometry=p, occurred_at=a, track_id=track)
        for track in ("boat", None)
        for k, (p, a) in enumerate(zip(places, at, strict=True))
    ]
    for row, k in zip(rows, range(10), strict=True):
        row["observation_id"] = f"o-{k}"
    found = screen(table(*rows), site, settings=Settings(assume_schematic=True)).findings
    broken = found[found["outcome"] == "broken"]
    assert set(broken["subject"]) == {"o-7"}
    fix = found[(found["subject"] == "o-2") & (found["rule"] == "xixi-2011/26-1-aquatic")]
    assert json.loads(fix["missing"].iloc[0]) == ["position_uncertain"]
