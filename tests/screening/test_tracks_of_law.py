"""Fixes of tracks before the law: drift raises no finding, a boat that goes in does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from wetland.reading.files import Given
from wetland.screening.read import Reading, read_observations
from wetland.screening.screen import Screened, Settings, screen
from wetland.sites.load import Site
from wetland.zones.projection import project, unproject

ERROR_M = 30.0
RULE = "xixi-2011/26-1-aquatic"
PER_AXIS = 2.4477468306808164


@pytest.fixture(scope="module")
def spot(site: Site) -> tuple[float, float, float, float]:
    """Give a place on a straight edge of the protection zone and the way into the zone."""
    polygon = site.zones.shape(site.zones["protection-2011"]).polygon
    ring = shapely.get_coordinates(shapely.get_exterior_ring(shapely.get_parts(polygon)[0]))
    steps = np.diff(ring, axis=0)
    for number in np.argsort(-np.hypot(*steps.T)):
        x, y = ring[number] + steps[number] / 2
        across = np.array([-steps[number][1], steps[number][0]]) / np.hypot(*steps[number])
        sides = [shapely.Point(x + side * 200 * across[0], y + side * 200 * across[1])
                 for side in (1, -1)]  # fmt: skip
        inside = [polygon.contains(side) for side in sides]
        if sum(inside) == 1:
            sign = 1 if inside[0] else -1
            return float(x), float(y), float(sign * across[0]), float(sign * across[1])
    raise AssertionError


def fixes(
    site: Site, spot: tuple[float, float, float, float], depth: np.ndarray, *, track: str
) -> Reading:
    x, y, east, north = spot
    lon, lat = unproject(x + depth * east, y + depth * north, site.zones.crs_epsg)
    at = pd.Timestamp("2015-05-01T08:00:00") + pd.to_timedelta(np.arange(len(depth)) * 5, unit="s")
    frame = pd.DataFrame(
        {
            "轨迹编号": track,
            "经度": lon,
            "纬度": lat,
            "时间": at.strftime("%Y-%m-%d %H:%M:%S"),
            "行为": "网具捕捞",
            "捕捞水生动物同意": "否",
            "位置误差": ERROR_M,
            "定位方式": "gps",
        }
    )
    given = Given.of_bytes("a.csv", frame.to_csv(index=False).encode())
    return read_observations(given, site)


def screened(site: Site, reading: Reading) -> Screened:
    return screen(reading.observations, site, settings=Settings(assume_schematic=True))


def broken(found: Screened) -> int:
    rows = found.findings
    return int(((rows["rule"] == RULE) & (rows["outcome"] == "broken")).sum())


def test_a_receiver_beside_the_zone_raises_no_finding(
    site: Site, spot: tuple[float, float, float, float]
) -> None:
    rng = np.random.default_rng(1)
    depth = rng.normal(0, ERROR_M / PER_AXIS, 2000) - 1.0
    assert (depth > ERROR_M).sum() > 5
    with_track = fixes(site, spot, depth, track="船1")
    assert set(with_track.observations["track_id"]) == {"船1"}
    assert broken(screened(site, with_track)) == 0
    without = fixes(site, spot, depth, track="")
    assert without.observations["track_id"].isna().all()
    assert broken(screened(site, without)) == (depth > ERROR_M).sum()


def test_a_boat_that_goes_in_is_caught(site: Site, spot: tuple[float, float, float, float]) -> None:
    rng = np.random.default_rng(2)
    truth = np.concatenate([np.full(40, -100.0), np.full(24, 150.0), np.full(40, -100.0)])
    depth = truth + rng.normal(0, ERROR_M / PER_AXIS, len(truth))
    assert broken(screened(site, fixes(site, spot, depth, track="船1"))) == 24


def test_one_observation_is_what_it_was(
    site: Site, spot: tuple[float, float, float, float]
) -> None:
    for track in ("船1", ""):
        assert broken(screened(site, fixes(site, spot, np.array([40.0]), track=track))) == 1


def test_the_place_is_on_the_edge(site: Site, spot: tuple[float, float, float, float]) -> None:
    zone = site.zones["protection-2011"].geometry
    lon, lat = unproject(spot[0] + 40 * spot[2], spot[1] + 40 * spot[3], site.zones.crs_epsg)
    assert zone.contains(shapely.Point(float(lon), float(lat)))
    x, y = project(lon, lat, site.zones.crs_epsg)
    away = site.zones.shape(site.zones["protection-2011"]).edges
    assert min(g.distances_m(shapely.points([x], [y]))[0] for g in away) == pytest.approx(40)
