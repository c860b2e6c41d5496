"""The datum guard: a shifted file is told, a right one never, and nothing is converted."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from tests.screening.reading import Read, accounted, told
from tests.sites.packs import feature, write_pack
from wetland.screening.datumguard import Comparison, compare_datums
from wetland.screening.datumplaces import MOST_ROWS
from wetland.sites.load import Site, open_site
from wetland.zones.datums import DATUMS, Datum, from_wgs84, to_wgs84

GEOD = Geod(ellps="WGS84")
LON_M, LAT_M = 96_200.0, 110_900.0  # of a degree at Xixi
SEEDS = st.integers(0, 2**32 - 1)


def table(
    lon: Any,
    lat: Any,
    words: Any,
    *,
    datum: str = "wgs84",
    ids: Any = None,
    column: str = "地点",
) -> pd.DataFrame:
    """Return observations as an import makes them, one word a row."""
    count = len(lon)
    extra = [json.dumps({column: str(w)}) if w is not None else "{}" for w in words]
    return pd.DataFrame(
        {
            "geometry": shapely.points(lon, lat),
            "datum": pd.array([datum] * count, dtype="string"),
            "record_id": pd.array(ids if ids is not None else [None] * count, dtype="string"),
            "activity": pd.array([None] * count, dtype="string"),
            "extra": extra,
        }
    )


def noise(rng: np.random.Generator, count: int, sigma_m: float) -> tuple[Any, Any]:
    return rng.normal(0, sigma_m, count) / LON_M, rng.normal(0, sigma_m, count) / LAT_M


def suspected(*args: Any, **kwargs: Any) -> list[Datum | None]:
    return [one.suspected for one in compare_datums(*args, **kwargs)]


@pytest.fixture(scope="module")
def facts(shared: Path) -> list[dict[str, str]]:
    """Give the landmarks of the fact sheet that have a datum."""
    with (shared / "facts/landmarks.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["lon_wgs84"]]


@pytest.fixture(scope="module")
def named(site: Site) -> tuple[Any, Any, Any]:
    """Give longitude, latitude and name of the landmarks of the pack."""
    points = site.landmarks.geometry
    return points.x.to_numpy(), points.y.to_numpy(), site.landmarks["name_zh"].to_numpy()


def lines(rows: list[tuple[str, float, float]]) -> str:
    return "\n".join(["地点,lon,lat", *(f"{n},{x!r},{y!r}" for n, x, y in rows)])


def moved(facts: list[dict[str, str]], true: str) -> list[tuple[str, float, float]]:
    """Return the fact sheet's places as a file in ``true`` would have them."""
    lon = [float(r["lon_wgs84"]) for r in facts]
    lat = [float(r["lat_wgs84"]) for r in facts]
    x, y = from_wgs84(lon, lat, true)
    names = [r["name"].replace(",", " ") for r in facts]
    return list(zip(names, x.tolist(), y.tolist(), strict=True))


# --- landmarks


@pytest.mark.parametrize("declared", DATUMS)
@pytest.mark.parametrize("true", DATUMS)
def test_real_landmarks_in_every_datum_declared_as_every_datum(
    facts: list[dict[str, str]], read: Read, true: Datum, declared: Datum
) -> None:
    reading = read(lines(moved(facts, true)), datum=declared)
    accounted(reading)
    (found,) = reading.datums
    warned = [p for p in reading.problems.items if p.code == "datum_suspected"]
    same = {"wgs84", "cgcs2000"}
    if true == declared or {true, declared} <= same:
        assert found.suspected is None
        assert not warned
        return
    expected = "wgs84" if true == "cgcs2000" else true
    assert found.suspected == expected
    (problem,) = warned
    assert (problem.row, problem.level) == (None, "warning")
    _check_shift(found, reading.observations, facts)
    for words in (problem.message.zh, problem.message.en):
        assert f"{found.shift_m:.0f} " in words
        assert f"--datum {expected}" in words
    assert "named landmarks" in problem.message.en


def _check_shift(found: Comparison, read_as: pd.DataFrame, facts: list[dict[str, str]]) -> None:
    """Compare shift and bearing with the geodesic ones."""
    points = read_as["geometry"].to_numpy()
    lon = [float(r["lon_wgs84"]) for r in facts]
    lat = [float(r["lat_wgs84"]) for r in facts]
    bearing, _, apart = GEOD.inv(lon, lat, shapely.get_x(points), shapely.get_y(points))
    assert found.shift_m == pytest.approx(np.median(apart), abs=3)
    assert found.bearing_deg == pytest.approx(np.median(np.mod(bearing, 360)), abs=1)


@pytest.mark.parametrize(
    ("mark", "expected", "shift_m"), [("B", "bd09", 1161), ("G", "gcj02", 528), ("W", None, 0)]
)
def test_each_source_of_the_fact_sheet_read_as_wgs84(
    facts: list[dict[str, str]], read: Read, mark: str, expected: str | None, shift_m: float
) -> None:
    rows = [(r["name"].replace(",", " "), float(r["lon_src"]), float(r["lat_src"]))
            for r in facts if r["datum"].startswith(mark)]  # fmt: skip
    (found,) = read(lines(rows)).datums
    assert found.suspected == expected
    assert found.shift_m == pytest.approx(shift_m, abs=5)


def test_the_fact_sheet_with_its_datum_column_is_silent(shared: Path, read: Read) -> None:
    reading = read(shared / "facts/landmarks.csv")
    assert [c.declared for c in reading.datums] == ["wgs84", "gcj02", "bd09"]
    assert "datum_suspected" not in [code for _, code in told(reading)]


def test_nothing_is_converted(facts: list[dict[str, str]], read: Read) -> None:
    rows = moved(facts, "gcj02")
    points = read(lines(rows)).observations["geometry"].to_numpy()
    assert shapely.get_x(points).tolist() == [x for _, x, _ in rows]
    assert shapely.get_y(points).tolist() == [y for _, _, y in rows]


@given(SEEDS, st.floats(5, 30), st.integers(1, 41), st.integers(0, 200))
@settings(max_examples=60)
def test_a_right_file_is_never_warned_of(
    site: Site, named: Any, seed: int, sigma_m: float, count: int, others: int
) -> None:
    """Landmarks under the noise of a fix, among rows that name none."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(named[0]))[:count]
    lon, lat, names = named[0][order], named[1][order], named[2][order]
    dx, dy = noise(rng, count, sigma_m)
    x = np.r_[lon + dx, rng.uniform(120.03, 120.10, others)]
    y = np.r_[lat + dy, rng.uniform(30.24, 30.30, others)]
    assert suspected(table(x, y, [*names, *["巡护"] * others]), site) == [None]


@given(SEEDS, st.floats(5, 30), st.integers(6, 41), st.sampled_from(["gcj02", "bd09"]))
@settings(max_examples=40)
def test_a_shifted_file_is_warned_of(
    site: Site, named: Any, seed: int, sigma_m: float, count: int, true: str
) -> None:
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(named[0]))[:count]
    dx, dy = noise(rng, count, sigma_m)
    x, y = from_wgs84(named[0][order] + dx, named[1][order] + dy, true)
    assert suspected(table(x, y, named[2][order]), site) == [true]


@given(SEEDS, st.integers(1, 41))
@settings(max_examples=60)
def test_names_at_places_that_mean_nothing_are_no_evidence(
    site: Site, named: Any, seed: int, count: int
) -> None:
    rng = np.random.default_rng(seed)
    names = named[2][rng.permutation(len(named[0]))[:count]]
    x, y = rng.uniform(120.03, 120.10, count), rng.uniform(30.24, 30.30, count)
    assert suspected(table(x, y, names), site) == [None]


@pytest.mark.parametrize("shifted", [1, 2, 8])
def test_a_few_shifted_rows_among_right_ones_are_no_evidence(
    site: Site, named: Any, shifted: int
) -> None:
    x, y = named[0].copy(), named[1].copy()
    x[:shifted], y[:shifted] = from_wgs84(x[:shifted], y[:shifted], "gcj02")
    assert suspected(table(x, y, named[2]), site) == [None]


@pytest.mark.parametrize("count", [1, 2])
def test_two_places_are_too_few(site: Site, named: Any, count: int) -> None:
    x, y = from_wgs84(named[0][:count], named[1][:count], "gcj02")
    assert suspected(table(x, y, named[2][:count]), site) == [None]
    x, y = from_wgs84(named[0][:3], named[1][:3], "gcj02")
    assert suspected(table(x, y, named[2][:3]), site) == ["gcj02"]


def test_many_rows_of_one_place_are_one_place(site: Site, named: Any) -> None:
    x, y = from_wgs84(np.repeat(named[0][:2], 500), np.repeat(named[1][:2], 500), "gcj02")
    (found,) = compare_datums(table(x, y, np.repeat(named[2][:2], 500)), site)
    assert found.suspected is None
    assert next(e.n for e in found.evidence if e.kind == "landmarks") == 2


def test_many_names_of_one_spot_are_one_place(site: Site, named: Any) -> None:
    x, y = from_wgs84(named[0][:1], named[1][:1], "gcj02")
    (found,) = compare_datums(table(np.repeat(x, 30), np.repeat(y, 30), named[2][:30]), site)
    assert next(e.n for e in found.evidence if e.kind == "landmarks") == 1


def test_the_name_of_the_park_in_every_row_is_no_place(site: Site) -> None:
    rng = np.random.default_rng(3)
    x, y = rng.uniform(120.04, 120.09, 400), rng.uniform(30.25, 30.28, 400)
    (found,) = compare_datums(table(x, y, ["西溪国家湿地公园"] * 400), site)
    assert [e.kind for e in found.evidence] == ["extent"]


def test_landmarks_of_a_doubtful_datum_count_half(site: Site) -> None:
    some = site.landmarks[~site.landmarks["datum_certain"].astype(bool)]
    x, y = from_wgs84(some.geometry.x.to_numpy(), some.geometry.y.to_numpy(), "gcj02")
    names = some["name_zh"].to_numpy()
    assert suspected(table(x[:5], y[:5], names[:5]), site) == [None]
    (found,) = compare_datums(table(x, y, names), site)
    assert found.suspected == "gcj02"
    assert "only probable" in found.message.en


def test_the_names_may_be_in_any_column_and_in_english(site: Site, named: Any) -> None:
    x, y = from_wgs84(named[0], named[1], "bd09")
    english = site.landmarks["name_en"].to_numpy()
    assert suspected(table(x, y, english, column="where"), site) == ["bd09"]
    by_id = table(x, y, ["-"] * len(x), ids=named[2])
    assert suspected(by_id, site) == ["bd09"]


def test_lines_and_footprints_by_their_middle(site: Site, named: Any) -> None:
    x, y = from_wgs84(named[0], named[1], "gcj02")
    rows = table(x, y, named[2])
    rows["geometry"] = shapely.box(x - 1e-4, y - 1e-4, x + 1e-4, y + 1e-4)
    assert suspected(rows, site) == ["gcj02"]


# --- earlier records


STATIONS = 12


def stations(seed: int = 1) -> tuple[Any, Any, list[str]]:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(120.04, 120.09, STATIONS), rng.uniform(30.25, 30.28, STATIONS)
    return x, y, [f"样点S{n:02d}" for n in range(STATIONS)]


@pytest.mark.parametrize("true", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("by", ["id", "word"])
def test_earlier_records_of_the_same_stations(site: Site, true: str, by: str) -> None:
    x, y, names = stations()
    earlier = table(x, y, ["-"] * STATIONS, ids=names)
    dx, dy = noise(np.random.default_rng(2), STATIONS, 15)
    lon, lat = from_wgs84(x + dx, y + dy, true)
    rows = table(lon, lat, ["-"] * STATIONS, ids=names) if by == "id" else table(lon, lat, names)
    (found,) = compare_datums(rows, site, earlier=earlier)
    assert found.suspected == (None if true == "wgs84" else true)
    assert suspected(rows, site) == [None]  # nothing else is known of them
    if true != "wgs84":
        assert "earlier records" in found.message.en


@given(SEEDS, st.integers(3, 300))
@settings(max_examples=40)
def test_the_same_numbers_in_two_files_are_no_evidence(site: Site, seed: int, count: int) -> None:
    """Row numbers 1, 2, 3 ... meet those of another file anywhere in the park."""
    rng = np.random.default_rng(seed)
    ids = [str(n) for n in range(count)]
    both = [
        table(rng.uniform(120.04, 120.09, count), rng.uniform(30.25, 30.28, count),
              ["-"] * count, ids=ids)
        for _ in range(2)
    ]  # fmt: skip
    assert suspected(both[0], site, earlier=both[1]) == [None]


def test_what_moves_is_no_station(site: Site) -> None:
    rng = np.random.default_rng(4)
    boats = [f"boat {n % 6}" for n in range(600)]
    fixes = [table(rng.uniform(120.04, 120.09, 600), rng.uniform(30.25, 30.28, 600), boats)
             for _ in range(2)]  # fmt: skip
    (found,) = compare_datums(fixes[0], site, earlier=fixes[1])
    assert found.suspected is None
    assert "earlier" not in [e.kind for e in found.evidence]


def test_the_pack_outranks_earlier_records_that_are_shifted_too(site: Site, named: Any) -> None:
    x, y = from_wgs84(named[0], named[1], "gcj02")
    rows = table(x, y, named[2])
    (found,) = compare_datums(rows, site, earlier=rows)
    assert found.suspected == "gcj02"
    assert "may be shifted too" in found.message.en
    right = table(named[0], named[1], named[2])
    assert suspected(right, site, earlier=rows) == [None]


# --- ground: every line and area here is synthetic


def ground_pack(folder: Path, *references: tuple[str, str, Any]) -> Site:
    write_pack(folder)
    features = [
        {
            "type": "Feature",
            "properties": {"id": name, "kind": kind, "positional_accuracy_m": 5,
                           "source": "synthetic", "licence": "CC0-1.0"},
            "geometry": shapely.geometry.mapping(geometry),
        }
        for name, kind, geometry in references
    ]  # fmt: skip
    document = {"type": "FeatureCollection", "features": features}
    (folder / "reference.geojson").write_text(json.dumps(document), encoding="utf-8")
    return open_site(folder)


RIVER = shapely.LineString(
    [(120.0, 30.004), (120.006, 30.007), (120.012, 30.006), (120.02, 30.012)]
)
BRIDGES = [shapely.Point(120.003 + 0.004 * n, 30.005 + 0.002 * (n % 3)) for n in range(5)]


def along(line: Any, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
    points = shapely.line_interpolate_point(line, rng.uniform(0, 1, count), normalized=True)
    dx, dy = noise(rng, count, 8)
    return shapely.get_x(points) + dx, shapely.get_y(points) + dy


@pytest.mark.parametrize("declared", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("true", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize(("kind", "word"), [("water", "摇橹船"), ("road", "patrol car")])
def test_boats_lie_on_water_and_cars_on_roads(
    tmp_path: Path, kind: str, word: str, true: str, declared: str
) -> None:
    site = ground_pack(tmp_path / "a", ("r", kind, RIVER))
    x, y = from_wgs84(*along(RIVER, 60, np.random.default_rng(5)), true)
    rows = table(*to_wgs84(x, y, declared), [word] * 60, datum=declared)
    expected = None if true == declared else true
    assert suspected(rows, site) == [expected]
    silent = table(*to_wgs84(x, y, declared), ["巡护"] * 60, datum=declared)
    assert suspected(silent, site) == [None]


def test_bridges_by_their_word(tmp_path: Path) -> None:
    site = ground_pack(tmp_path / "a", *((f"b{n}", "bridge", b) for n, b in enumerate(BRIDGES)))
    x, y = np.array([b.x for b in BRIDGES]), np.array([b.y for b in BRIDGES])
    words = [f"第{n}桥" for n in range(5)]
    assert suspected(table(x, y, words), site) == [None]
    assert suspected(table(*from_wgs84(x, y, "gcj02"), words), site) == ["gcj02"]
    assert suspected(table(*from_wgs84(x[:3], y[:3], "gcj02"), words[:3]), site) == [None]


@given(SEEDS, st.integers(1, 200))
@settings(max_examples=30)
def test_boats_anywhere_are_no_evidence(
    tmp_path_factory: pytest.TempPathFactory, seed: int, count: int
) -> None:
    """Also where "boat" was written of things ashore."""
    site = ground_pack(tmp_path_factory.mktemp("pack"), ("r", "water", RIVER))
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(120.0, 120.02, count), rng.uniform(30.0, 30.02, count)
    assert suspected(table(x, y, ["船"] * count), site) == [None]


PARK = [[120.0, 30.0], [120.04, 30.0], [120.04, 30.04], [120.0, 30.04], [120.0, 30.0]]


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Give a park of 4 km by 4 km whose boundary is good to 5 m."""
    folder = tmp_path_factory.mktemp("surveyed")
    return open_site(write_pack(folder, feature(ring=PARK, positional_accuracy_m=5)))


@given(SEEDS, st.integers(20, 600), st.sampled_from(["wgs84", "gcj02", "bd09"]))
@settings(max_examples=40)
def test_rows_that_name_their_zone(surveyed: Site, seed: int, count: int, true: str) -> None:
    """Right ones never warn; shifted ones do where enough of them leave the zone."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(120.0, 120.04, count), rng.uniform(30.0, 30.04, count)
    dx, dy = noise(rng, count, 10)
    rows = table(*from_wgs84(x + dx, y + dy, true), ["公园"] * count)
    (found,) = suspected(rows, surveyed)
    if true == "wgs84":
        assert found is None
    elif true == "bd09" and count >= 200:
        assert found == "bd09"
    else:
        assert found in {None, true}


@given(SEEDS, st.integers(20, 600), st.floats(0.0, 0.3))
@settings(max_examples=40)
def test_rows_that_name_the_wrong_zone_here_and_there(
    surveyed: Site, seed: int, count: int, wrong: float
) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(120.0, 120.04, count), rng.uniform(30.0, 30.04, count)
    out = rng.uniform(0, 1, count) < wrong
    x[out] += rng.choice([-0.02, 0.02], count)[out]
    assert suspected(table(x, y, ["公园"] * count), surveyed) == [None]


def test_a_drawn_boundary_tells_nothing(tmp_path: Path) -> None:
    write_pack(tmp_path / "a", feature(ring=PARK, positional_accuracy_m=900))
    rng = np.random.default_rng(6)
    x, y = from_wgs84(rng.uniform(120.0, 120.04, 400), rng.uniform(30.0, 30.04, 400), "gcj02")
    assert suspected(table(x, y, ["公园"] * 400), open_site(tmp_path / "a")) == [None]


# --- where there is nothing to tell


def test_outside_china_there_is_nothing_to_compare() -> None:
    site = open_site("everglades")
    points = site.landmarks.geometry
    rows = table(points.x.to_numpy(), points.y.to_numpy(), site.landmarks["name_en"].to_numpy())
    assert compare_datums(rows, site, earlier=rows) == ()
    assert compare_datums(rows.assign(datum="gcj02"), site) == ()


def test_no_rows_no_places_no_landmarks(site: Site, tmp_path: Path) -> None:
    empty = table([], [], [])
    assert compare_datums(empty, site) == ()
    assert compare_datums(empty, site, earlier=empty) == ()
    lost = table([120.06], [30.27], ["洪园"])
    lost["geometry"] = np.array([None], dtype=object)
    assert compare_datums(lost, site) == ()
    bare = open_site(write_pack(tmp_path / "a"))
    (found,) = compare_datums(table([120.01], [30.01], ["公园"]), bare, earlier=empty)
    assert found.suspected is None


HOSTILE = [
    None, "", "  ", "\0", "（", "洪园" * 5_000, "\ud800", "=cmd|' /C calc'!A0", "nan", "×", "与",
    "🦢" * 30, "a\nb", "[(*?", "null",
]  # fmt: skip


def test_hostile_cells(site: Site) -> None:
    rng = np.random.default_rng(8)
    count = len(HOSTILE) * 3
    x, y = rng.uniform(120.04, 120.09, count), rng.uniform(30.25, 30.28, count)
    rows = table(x, y, HOSTILE * 3)
    rows["record_id"] = pd.Series(
        [None if w is None else str(w) for w in HOSTILE * 3], dtype=object
    )
    assert suspected(rows, site, earlier=rows) == [None]
    for extra in ("", "{", "[]", "3", "null", '{"a": {"b": 1}}', '{"a": NaN}', None, float("nan")):
        assert suspected(rows.assign(extra=[extra] * count), site) == [None]
    wide = [json.dumps({f"c{n}": "洪园" for n in range(500)}, ensure_ascii=False)] * count
    assert suspected(rows.assign(extra=wide), site) == [None]


def test_far_and_mixed_rows_are_left_out(site: Site, named: Any) -> None:
    x, y = from_wgs84(named[0], named[1], "gcj02")
    far = table(np.r_[x, 0.0, -180.0, 121.9], np.r_[y, 0.0, -90.0, 30.0], [*named[2], *"abc"])
    (found,) = compare_datums(far, site)
    assert (found.suspected, found.rows) == ("gcj02", len(x))
    wrong = table(*to_wgs84(named[0], named[1], "bd09"), named[2], datum="bd09")
    mixed = pd.concat([far, wrong], ignore_index=True)
    assert suspected(mixed, site) == ["gcj02", "wgs84"]


def test_a_long_file_costs_no_more_than_its_sample(site: Site, named: Any) -> None:
    count = 300_000
    x, y = from_wgs84(named[0], named[1], "gcj02")
    small = table(x, y, named[2])
    large = small.iloc[np.arange(count) % len(small)].reset_index(drop=True)
    large["record_id"] = pd.array([f"r{n}" for n in range(count)], dtype="string")
    started = time.process_time()
    (found,) = compare_datums(large, site)
    spent = time.process_time() - started
    assert found.suspected == "gcj02"
    assert found.rows <= MOST_ROWS
    assert spent < 1.0  # about 0.1 s; the limit leaves room for a busy machine
    again = compare_datums(large, site)
    assert again[0].score == found.score  # the same rows are drawn


def test_the_table_of_a_comparison(site: Site, named: Any) -> None:
    x, y = from_wgs84(named[0], named[1], "gcj02")
    (found,) = compare_datums(table(x, y, named[2]), site)
    rows = found.to_rows("en")
    assert {row["read_as"] for row in rows} == {"WGS84 = CGCS2000", "GCJ-02", "BD-09"}
    best = next(r for r in rows if r["evidence"] == "named landmarks" and r["read_as"] == "GCJ-02")
    assert best["n"] == 41
    assert best["residual_m"] < 1
    assert best["speaks"] is True
    json.dumps(rows, allow_nan=False)
