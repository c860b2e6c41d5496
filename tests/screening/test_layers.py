"""GeoJSON, GeoPackage, GPX and GeoParquet: a CRS or an error, and every feature accounted for."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPoint,
    Point,
    Polygon,
    box,
)

from tests.screening.reading import Read, accounted, told
from wetland.base.errors import InputError
from wetland.screening import read_layers

POND = box(120.06, 30.27, 120.061, 30.271)
BOW_TIE = Polygon([(120.06, 30.27), (120.061, 30.271), (120.061, 30.27), (120.06, 30.271)])


def features(*geometries: Any, **properties: object) -> dict[str, Any]:
    shared = {"date": "2024-05-01", "activity": "填塘", **properties}
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": g
                if g is None or isinstance(g, dict)
                else json.loads(shapely.to_geojson(g)),
                "properties": {**shared, "n": i},
            }
            for i, g in enumerate(geometries)
        ],
    }


def geojson(read: Read, document: object, **options: object) -> Any:
    return read(json.dumps(document), name="a.geojson", **options)


def layer(*geometries: Any, crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    shared = {"date": "2024-05-01", "activity": "填塘"}
    rows = [{**shared, "n": i, "geometry": g} for i, g in enumerate(geometries)]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=crs)


Write = Callable[..., Path]


@pytest.fixture(params=["gpkg", "parquet"])
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Write:
    """Give ``write(layer)`` for each vector format that carries a CRS."""

    def run(frame: gpd.GeoDataFrame) -> Path:
        path = tmp_path / f"a.{request.param}"
        if request.param == "gpkg":
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "'crs' was not provided")
                frame.to_file(path, layer="a")
        else:
            frame.to_parquet(path)
        return path

    return run


def test_shapes_of_geojson(read: Read) -> None:
    things = (Point(120.06, 30.27), LineString([(120.06, 30.27), (120.07, 30.27)]), POND)
    reading = geojson(read, features(*things, None, {}))
    assert reading.observations["shape"].tolist()[:3] == ["station", "line", "footprint"]
    assert told(reading) == [(4, "position_missing"), (5, "position_missing")]
    assert reading.observations["activity"].unique().tolist() == ["water_occupation.fill"]
    accounted(reading)


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        ({"type": "Point", "coordinates": [1]}, "broken_geometry"),
        ({"type": "Point", "coordinates": ["a", "b"]}, "broken_geometry"),
        ({"type": "Point"}, "broken_geometry"),
        ({"type": "Circle", "coordinates": [1, 2]}, "broken_geometry"),
        ({"type": "Polygon", "coordinates": [[[120, 30], [121, 30]]]}, "broken_geometry"),
        ({"type": "LineString", "coordinates": [[120, 30]]}, "broken_geometry"),
        ({"type": "Point", "coordinates": [float("nan"), 30]}, "not_finite"),
        (
            {
                "type": "Polygon",
                "coordinates": [[[120, 30], [121, 30], [float("nan"), 31], [120, 30]]],
            },
            "not_finite",
        ),
        (GeometryCollection([Point(120.06, 30.27), POND]), "mixed_geometry"),
        (MultiPoint([(120.06, 30.27), (120.07, 30.27)]), "several_points"),
        (Point(30.27, 120.06), "swapped"),
        (box(30.27, 120.06, 30.271, 120.061), "swapped"),
        (Point(506432, 3350012), "projected"),
        (Point(0, 0), "zero_position"),
        (Polygon([(120, 30), (120, 30), (120, 30), (120, 30)]), "broken_geometry"),
    ],
)
def test_a_broken_feature_is_kept_aside(read: Read, geometry: object, code: str) -> None:
    reading = geojson(read, features(Point(120.06, 30.27), geometry, POND))
    assert told(reading, level="error") == [(2, code)]
    assert reading.observations["source_row"].tolist() == [1, 3]
    accounted(reading)


def test_a_ring_that_crosses_itself_is_mended_and_said(read: Read) -> None:
    reading = geojson(read, features(BOW_TIE))
    assert told(reading) == [(1, "repaired")]
    mended = reading.observations["geometry"].iloc[0]
    assert mended.is_valid
    assert mended.area == pytest.approx(POND.area / 2, rel=1e-6)
    assert "repaired" in reading.problems.items[0].message.en


def test_a_line_of_one_place_is_a_station(read: Read) -> None:
    reading = geojson(read, features(LineString([(120.06, 30.27), (120.06, 30.27)])))
    assert told(reading) == [(1, "repaired")]
    assert reading.observations["shape"].tolist() == ["station"]


def test_geojson_that_is_none(read: Read) -> None:
    for content, said in (
        ('{"type": "FeatureCollection", "features": [', "not JSON"),
        ("[" * 100_000, "nested"),
        ('{"type": "FeatureCollection", "features": []}', "no features"),
        ('{"a": 1}', "no features"),
        ("[1, 2]", "no features"),
    ):
        with pytest.raises(InputError, match=said):
            read(content, name="a.geojson")


def test_a_thing_that_is_no_feature_is_a_wrong_row(read: Read) -> None:
    document = features(POND)
    document["features"].append({"type": "Pond"})
    document["features"].append(7)
    reading = geojson(read, document)
    assert told(reading) == [(2, "not_a_feature"), (3, "not_a_feature")]
    accounted(reading)


def test_one_feature_a_line(read: Read) -> None:
    lines = "\n".join(json.dumps(f) for f in features(POND, Point(120.06, 30.27))["features"])
    assert len(read(lines, name="a.geojsonl").observations) == 2


def test_crs_member_of_older_geojson(read: Read) -> None:
    projected = gpd.GeoSeries([Point(120.0668, 30.2742)], crs=4326).to_crs(4549)[0]
    document = features(projected)
    document["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}
    found = geojson(read, document).observations.iloc[0]
    assert found["geometry"].x == pytest.approx(120.0668, abs=1e-8)
    assert found["datum"] == "cgcs2000"
    document["crs"] = None
    with pytest.raises(InputError, match="crs member"):
        geojson(read, document)
    document["crs"] = {"type": "name", "properties": {"name": "EPSG:999999"}}
    with pytest.raises(InputError, match="not known"):
        geojson(read, document)


def test_shifted_geojson(read: Read) -> None:
    reading = geojson(read, features(Point(120.087436, 30.264166)), datum="gcj02")
    assert reading.observations["geometry"].iloc[0].x == pytest.approx(120.0826183, abs=2e-6)


def test_formats_agree(read: Read, write: Write) -> None:
    """Differential: the same features in two formats are the same places."""
    things = [Point(120.06, 30.27), POND, LineString([(120.06, 30.27), (120.07, 30.28)])]
    one = read(write(layer(*things)))
    other = geojson(read, features(*things))
    assert told(one) == []
    for name in ("activity", "occurred_on", "shape"):
        assert one.observations[name].tolist() == other.observations[name].tolist()
    pairs = zip(one.observations["geometry"], other.observations["geometry"], strict=True)
    assert all(a.equals(b) for a, b in pairs)


def test_a_projected_layer_comes_to_longitude_and_latitude(read: Read, write: Write) -> None:
    reading = read(write(layer(POND).to_crs(4549)))
    assert reading.observations["geometry"].iloc[0].centroid.x == pytest.approx(120.0605, abs=1e-6)
    assert reading.source["crs"] == "EPSG:4549"
    assert reading.observations["datum"].tolist() == ["cgcs2000"]


def test_an_old_datum_is_told(read: Read, write: Write) -> None:
    reading = read(write(layer(POND).set_crs(4214, allow_override=True)))
    assert (None, "crs_not_exact") in told(reading)


def test_a_layer_without_crs_is_an_error(read: Read, write: Write) -> None:
    with pytest.raises(InputError, match="no coordinate reference system") as error:
        read(write(layer(POND, crs=None)))
    assert error.value.hint is not None
    assert "EPSG:4326" in error.value.hint.en


def test_wrong_features_of_a_layer(read: Read, write: Write) -> None:
    reading = read(write(layer(POND, None, BOW_TIE, Point(30.27, 120.06))))
    assert sorted(code for _, code in told(reading)) == ["position_missing", "repaired", "swapped"]
    assert len(reading.observations) == 3
    accounted(reading)


def test_geopackage_with_several_layers(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    layer(POND).to_file(path, layer="ponds")
    layer(Point(120.06, 30.27)).to_file(path, layer="stations")
    with pytest.raises(InputError, match="ponds, stations"):
        read(path)
    assert read(path, layer="stations").observations["shape"].tolist() == ["station"]
    with pytest.raises(InputError, match="say which layer"):
        read(path, layer="other")


def test_damaged_layers(read: Read, write: Write) -> None:
    path = write(layer(POND))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"damaged|say which layer"):
        read(path)
    path.write_bytes(whole[:16])
    with pytest.raises(InputError):
        read(path)


def test_uploads_are_read_like_files(read: Read, write: Write) -> None:
    path = write(layer(POND))
    sent = read(path.read_bytes(), name=path.name)
    assert sent.observations["observation_id"].tolist() == (
        read(path).observations["observation_id"].tolist()
    )


def test_parquet_without_geometry_is_a_table(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    instant = dt.datetime(2024, 4, 30, 18, tzinfo=dt.UTC)
    table = {"lon": [120.06, 120.07], "lat": [30.27, np.nan], "time": [instant, instant],
             "activity": ["钓鱼", "钓鱼"], "tags": [["a"], []]}  # fmt: skip
    pq.write_table(pa.table(table), path)
    reading = read(path)
    assert told(reading) == [(2, "half_position")]
    found = reading.observations.iloc[0]
    assert found["occurred_on"] == dt.date(2024, 5, 1)
    assert found["occurred_at"] == pd.Timestamp(instant)
    assert json.loads(found["extra"]) == {"tags": '["a"]'}


def test_parquet_that_unpacks_too_large(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.parquet"
    layer(POND).to_parquet(path)
    monkeypatch.setattr(read_layers, "MOST_UNPACKED_BYTES", 10)
    with pytest.raises(InputError, match="too large"):
        read(path)


def test_parquet_metadata_that_lies(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"geometry": [b"x", shapely.to_wkb(POND)], "activity": ["填塘", "填塘"]})
    about = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(about)}), path)
    reading = read(path, default_date=dt.date(2024, 5, 1))
    assert told(reading) == [(1, "broken_geometry")]
    accounted(reading)
    about["columns"]["geometry"]["encoding"] = "polygon"  # type: ignore[index]
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(about)}), path)
    with pytest.raises(InputError, match="WKB"):
        read(path)
    pq.write_table(table.replace_schema_metadata({"geo": "{"}), path)
    with pytest.raises(InputError, match="damaged"):
        read(path)


GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="30.27" lon="120.06"><time>2024-04-30T18:00:00Z</time><type>钓鱼</type></wpt>
<wpt lat="30.28" lon="120.06"><name>p2</name><type>heron</type></wpt>
<trk><name>walk</name><type>放生</type><trkseg>
<trkpt lat="30.27" lon="120.06"><time>2024-05-01T01:00:00Z</time></trkpt>
<trkpt lat="30.28" lon="120.06"><time>2024-05-01T02:30:00Z</time></trkpt>
</trkseg></trk></gpx>"""


def test_gpx(read: Read) -> None:
    reading = read(GPX, name="a.gpx")
    table = reading.observations
    assert table["shape"].tolist() == ["station", "station", "line"]
    assert table["position_source"].unique().tolist() == ["gps"]
    assert table["activity"].fillna("").tolist() == ["fishing.angling", "", "release"]
    assert table["occurred_on"].tolist()[0] == dt.date(2024, 5, 1)
    assert table["ended_at"].iloc[2] == pd.Timestamp("2024-05-01T02:30:00Z")
    assert (table["occurred_at"].iloc[2], table["datum"].iloc[2]) == (
        pd.Timestamp("2024-05-01T01:00:00Z"), "wgs84",
    )  # fmt: skip
    assert told(reading) == [(2, "date_missing"), (2, "unknown_activity")]
    accounted(reading)


def test_gpx_that_is_none(read: Read) -> None:
    with pytest.raises(InputError, match="damaged"):
        read(GPX[:300], name="a.gpx")
    with pytest.raises(InputError, match="no waypoints"):
        read('<?xml version="1.0"?><gpx version="1.1" creator="t"></gpx>', name="a.gpx")


def test_gpx_entities_are_not_expanded(read: Read) -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">'
        + "".join(
            f'<!ENTITY {b} "{("&" + a + ";") * 10}">'
            for a, b in zip("abcdefgh", "bcdefghi", strict=True)
        )
        + (']><gpx version="1.1" creator="t"><wpt lat="30" lon="120"><name>&i;</name></wpt></gpx>')
    )
    try:
        reading = read(bomb, name="a.gpx")
    except InputError:
        return
    assert all(len(extra) < 10_000 for extra in reading.observations["extra"])
