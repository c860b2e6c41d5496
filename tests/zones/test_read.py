"""Files of boundaries: three formats, two encodings, and every way a file can be wrong."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from pyogrio.raw import write
from shapely.geometry import MultiPolygon, Point, Polygon, box

from wetland.base.errors import InputError
from wetland.reading.guard import refuse_store
from wetland.zones.read import read_boundaries

SQUARES = [box(120.0, 30.0, 120.1, 30.1), box(120.1, 30.0, 120.2, 30.1)]
Frame = Callable[..., gpd.GeoDataFrame]


@pytest.fixture
def frame() -> Frame:
    """Give a maker of a table with Chinese words and two squares."""

    def make(geometry: Any = None, crs: Any = "EPSG:4326") -> gpd.GeoDataFrame:
        shapes = SQUARES if geometry is None else geometry
        names = [f"西溪{n}" for n in range(len(shapes))]
        return gpd.GeoDataFrame({"名称": names}, geometry=list(shapes), crs=crs)

    return make


def geojson(geometries: list[Any], **more: Any) -> str:
    features = [
        {"type": "Feature", "properties": {"名称": "西溪"}, "geometry": geometry}
        for geometry in geometries
    ]
    return json.dumps(
        {"type": "FeatureCollection", "features": features} | more, ensure_ascii=False
    )


def polygon(*ring: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(p) for p in (*ring, ring[0])]]}


GOOD = polygon((120.0, 30.0), (120.1, 30.0), (120.1, 30.1), (120.0, 30.1))


@pytest.mark.parametrize("name", ["z.gpkg", "z.shp", "z.geojson"])
def test_three_formats_give_the_same(tmp_path: Path, frame: Frame, name: str) -> None:
    path = tmp_path / name
    frame().to_file(path, encoding="utf-8")
    read = read_boundaries(path)
    assert [g.normalize() for g in read.geometry] == [g.normalize() for g in SQUARES]
    assert list(read.columns["名称"]) == ["西溪0", "西溪1"]
    assert read.crs == "EPSG:4326"
    assert not read.changes


@pytest.mark.parametrize("crs", ["EPSG:4549", "EPSG:4490", "EPSG:32651", "EPSG:3857"])
def test_any_crs_comes_out_as_longitude_and_latitude(
    tmp_path: Path, frame: Frame, crs: str
) -> None:
    path = tmp_path / "z.gpkg"
    frame().to_crs(crs).to_file(path)
    read = read_boundaries(path, crs_epsg=4549)
    for got, wanted in zip(read.geometry, SQUARES, strict=True):
        assert got.hausdorff_distance(wanted) < 1e-8
    assert read.crs == crs


def test_an_old_datum_without_a_sure_way_is_refused(tmp_path: Path, frame: Frame) -> None:
    path = tmp_path / "z.gpkg"
    frame(crs="EPSG:4610").to_file(path)
    with pytest.raises(InputError, match="no reliable way from Xian 1980"):
        read_boundaries(path)
    frame([box(-0.2, 51.4, -0.1, 51.5)]).to_crs("EPSG:27700").to_file(path)
    assert read_boundaries(path).geometry[0].bounds == pytest.approx(
        (-0.2, 51.4, -0.1, 51.5), abs=1e-4
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_of_geojson(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "z.geojson"
    path.write_bytes(geojson([GOOD]).encode(encoding))
    assert read_boundaries(path).columns == {"名称": ["西溪"]}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_encodings_of_a_shapefile_that_does_not_tell(
    tmp_path: Path, frame: Frame, encoding: str
) -> None:
    path = tmp_path / "z.shp"
    frame().to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink()
    assert list(read_boundaries(path).columns["名称"]) == ["西溪0", "西溪1"]


def test_a_missing_crs_is_an_error_unless_given(tmp_path: Path, frame: Frame) -> None:
    path = tmp_path / "z.shp"
    frame().to_crs("EPSG:4549").to_file(path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(InputError, match="does not name its CRS"):
        read_boundaries(path)
    read = read_boundaries(path, crs="EPSG:4549")
    assert read.geometry[0].hausdorff_distance(SQUARES[0]) < 1e-8


def test_a_crs_that_contradicts_the_file_is_refused(tmp_path: Path, frame: Frame) -> None:
    path = tmp_path / "z.gpkg"
    frame().to_file(path)
    assert len(read_boundaries(path, crs="EPSG:4490")) == 2
    with pytest.raises(InputError, match="not EPSG:4549 as given"):
        read_boundaries(path, crs="EPSG:4549")
    with pytest.raises(InputError, match="unknown CRS EPSG:0"):
        read_boundaries(path, crs="EPSG:0")


def test_projected_geojson_needs_its_crs(tmp_path: Path, frame: Frame) -> None:
    path = tmp_path / "z.geojson"
    flat = frame().to_crs("EPSG:4549")
    document = json.loads(flat.to_json())
    document.pop("crs", None)
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="look projected"):
        read_boundaries(path)
    assert len(read_boundaries(path, crs="EPSG:4549")) == 2
    document["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}
    path.write_text(json.dumps(document), encoding="utf-8")
    assert read_boundaries(path).geometry[0].hausdorff_distance(SQUARES[0]) < 1e-8


def test_swapped_coordinates_are_found(tmp_path: Path) -> None:
    path = tmp_path / "z.geojson"
    path.write_text(geojson([polygon((30.0, 120.0), (30.1, 120.0), (30.1, 120.1))]), "utf-8")
    with pytest.raises(InputError, match="look swapped"):
        read_boundaries(path)
    # 26 N, 80 W swapped is a place on Earth all the same: the site's CRS tells.
    path.write_text(geojson([polygon((26.0, -80.0), (26.1, -80.0), (26.1, -80.1))]), "utf-8")
    assert len(read_boundaries(path)) == 1
    with pytest.raises(InputError, match="look swapped"):
        read_boundaries(path, crs_epsg=32617)
    path.write_text(geojson([polygon((2.0, 48.0), (2.1, 48.0), (2.1, 48.1))]), "utf-8")
    with pytest.raises(InputError, match="outside the area of use of EPSG:32617"):
        read_boundaries(path, crs_epsg=32617)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("z.geojson", b"", "empty"),
        ("z.gpkg", b"", "empty"),
        ("z.geojson", b"hello", "not JSON: line 1, column 1"),
        ("z.geojson", b"\xff\xfe\xff\xff\x80", "neither UTF-8 nor GB18030"),
        ("z.geojson", b"[" * 100_000, "nested too deep"),
        ("z.geojson", b"[]", "FeatureCollection"),
        ("z.geojson", b'{"type": "FeatureCollection", "features": []}', "no feature"),
        ("z.gpkg", b"SQLite format 3\0 and then nothing", "cannot be read"),
        ("z.shp", b"\0\0\x27\x0a", "cannot be read"),
        ("z.kml", b"<kml/>", "not supported"),
        ("z", b"x", "not supported"),
    ],
)
def test_damaged_files(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_boundaries(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_boundaries(tmp_path / "none.gpkg")


def test_every_broken_feature_is_named(tmp_path: Path) -> None:
    path = tmp_path / "z.geojson"
    path.write_text(
        geojson(
            [GOOD, None, {"type": "Point", "coordinates": [120, 30]}, GOOD, {"type": "Polygon"}]
        ),
        "utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_boundaries(path)
    assert "feature 2: there is no geometry" in caught.value.message.en
    assert "feature 3: a Polygon or MultiPolygon is needed" in caught.value.message.en
    assert "第 5 个要素" in caught.value.message.zh
    assert "feature 4" not in caught.value.message.en


def test_every_broken_row_of_a_layer_is_named(tmp_path: Path, frame: Frame) -> None:
    path = tmp_path / "z.gpkg"
    rows = [SQUARES[0], None, Point(120, 30), Polygon(), MultiPolygon([SQUARES[1]])]
    frame(rows).to_file(path)
    with pytest.raises(InputError) as caught:
        read_boundaries(path)
    for words in ("feature 2: there is no", "feature 3: a polygon", "feature 4: the geometry is e"):
        assert words in caught.value.message.en
    assert "feature 5" not in caught.value.message.en


def test_coordinates_that_are_no_numbers(tmp_path: Path) -> None:
    ring = [(120.0, 30.0), (120.1, float("nan")), (120.1, 30.1), (120.0, 30.0)]
    wkb = struct.pack("<BII", 1, 3, 1) + struct.pack("<I", 4)
    wkb += b"".join(struct.pack("<dd", *point) for point in ring)
    path = tmp_path / "z.gpkg"
    write(
        path, geometry=np.array([wkb], dtype=object), field_data=[np.array(["x"])],
        fields=np.array(["name"]), geometry_type="Polygon", crs="EPSG:4326", driver="GPKG",
    )  # fmt: skip
    with pytest.raises(InputError, match="not a number"):
        read_boundaries(path)


def test_invalid_rings_are_repaired_and_told(tmp_path: Path, frame: Frame) -> None:
    bow_tie = Polygon([(120.0, 30.0), (120.1, 30.1), (120.1, 30.0), (120.0, 30.1)])
    for name in ("z.gpkg", "z.geojson"):
        path = tmp_path / name
        frame([SQUARES[1], bow_tie]).to_file(path)
        read = read_boundaries(path)
        assert list(read.changes) == [2]
        assert read.changes[2].parts_after == 2
        assert all(g.is_valid for g in read.geometry)


def test_an_unclosed_ring_is_read_closed(tmp_path: Path) -> None:
    ring = [(120.0, 30.0), (120.1, 30.0), (120.1, 30.1), (120.0, 30.1)]
    wkb = struct.pack("<BII", 1, 3, 1) + struct.pack("<I", 4)
    wkb += b"".join(struct.pack("<dd", *point) for point in ring)
    path = tmp_path / "z.gpkg"
    write(
        path, geometry=np.array([wkb], dtype=object), field_data=[np.array(["x"])],
        fields=np.array(["name"]), geometry_type="Polygon", crs="EPSG:4326", driver="GPKG",
    )  # fmt: skip
    assert read_boundaries(path).geometry[0].equals(SQUARES[0])


def test_layers_of_a_geopackage(tmp_path: Path, frame: Frame) -> None:
    path = tmp_path / "z.gpkg"
    frame().to_file(path, layer="one")
    frame(SQUARES[:1]).to_file(path, layer="two")
    with pytest.raises(InputError, match="several layers: one, two"):
        read_boundaries(path)
    assert len(read_boundaries(path, layer="two")) == 1
    with pytest.raises(InputError, match="no layer three"):
        read_boundaries(path, layer="three")


def test_the_store_is_refused_before_it_is_touched(tmp_path: Path, frame: Frame) -> None:
    path = tmp_path / "store.gpkg"
    frame().to_file(path)
    link = tmp_path / "innocent.gpkg"
    link.symlink_to(path)
    with pytest.raises(InputError, match="is the store itself"):
        read_boundaries(link, refuse=lambda p: refuse_store(p, path))


def test_heights_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "z.geojson"
    ring = [[120.0, 30.0, 5.0], [120.1, 30.0, 5.0], [120.1, 30.1, 5.0], [120.0, 30.0, 5.0]]
    path.write_text(geojson([{"type": "Polygon", "coordinates": [ring]}]), "utf-8")
    assert not read_boundaries(path).geometry[0].has_z


def test_the_survey_of_the_everglades(shared: Path) -> None:
    read = read_boundaries(shared / "data/geometry/everglades/subregions.geojson", crs_epsg=32617)
    assert sorted(read.columns["Name"]) == [
        "1", "2a", "2b", "3an", "3as", "3ase", "3b", "coastalenp", "inlandenp",
    ]  # fmt: skip
