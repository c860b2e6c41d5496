"""Damaged files of every format: read or refused with a sentence, every row accounted for."""

from __future__ import annotations

import json
import random
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from tests.screening.reading import Read, accounted
from wetland.base.errors import InputError

CSV = (
    "编号,经度,纬度,日期,行为,精度,datum,natural_wetland\n"
    "1,120.06,30.27,2024-05-01 10:00,钓鱼,5,wgs84,是\n"
    '2,120.06,30.27,"2024年5月1日",捕鸟,,gcj02,\n'
)
GPX = """<?xml version="1.0"?><gpx version="1.1" creator="t">
<wpt lat="30.27" lon="120.06"><time>2024-05-01T00:00:00Z</time><type>钓鱼</type></wpt>
<trk><trkseg><trkpt lat="30.27" lon="120.06"><time>2024-05-01T01:00:00Z</time></trkpt>
<trkpt lat="30.28" lon="120.06"/></trkseg></trk></gpx>"""


def sound(format: str, folder: Path) -> bytes:
    """Return a sound file of a format."""
    things = gpd.GeoDataFrame(
        {"date": "2024-05-01", "activity": ["钓鱼", "填塘"]},
        geometry=[Point(120.06, 30.27), box(120.06, 30.27, 120.061, 30.271)],
        crs=4326,
    )
    path = folder / f"a.{format}"
    if format == "csv":
        path.write_text(CSV, encoding="utf-8")
    elif format == "gpx":
        path.write_text(GPX, encoding="utf-8")
    elif format == "geojson":
        path.write_text(json.dumps(json.loads(things.to_json()), ensure_ascii=False))
    elif format == "gpkg":
        things.to_file(path, layer="a")
    else:
        things.to_parquet(path)
    return path.read_bytes()


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return ``data`` with some bytes changed, cut out or put in."""
    found = bytearray(data)
    for _ in range(chance.choice([1, 2, 5, 20])):
        at, way = chance.randrange(len(found)), chance.random()
        if way < 0.6:
            found[at] = chance.randrange(256)
        elif way < 0.8:
            del found[at : at + chance.randrange(1, 20)]
        else:
            found[at:at] = bytes(chance.choices(b'",\n{}[]<>0123-\xff', k=3))
    return bytes(found)


@pytest.mark.parametrize("format", ["csv", "geojson", "gpx", "gpkg", "parquet"])
def test_damaged_files(read: Read, tmp_path: Path, format: str) -> None:
    whole, chance = sound(format, tmp_path), random.Random(format)
    accounted(read(whole, name=f"a.{format}"))
    refused = 0
    for _ in range(60):
        try:
            reading = read(damaged(whole, chance), name=f"a.{format}")
        except InputError:
            refused += 1
            continue
        accounted(reading)
        reading.problems.frame()
    assert 0 < refused < 60


@pytest.mark.parametrize("format", ["csv", "geojson", "gpx", "gpkg", "parquet"])
def test_files_that_are_cut_off(read: Read, tmp_path: Path, format: str) -> None:
    whole = sound(format, tmp_path)
    for part in range(1, 10):
        try:
            reading = read(whole[: len(whole) * part // 10], name=f"a.{format}")
        except InputError:
            continue
        accounted(reading)
