"""Reference lines and areas of a pack; every feature here is synthetic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sites.packs import write_pack
from wetland.base.errors import PackError
from wetland.sites.load import open_site, pack_digest
from wetland.sites.reference import SHAPES, read_reference

LINE = {"type": "LineString", "coordinates": [[120.0, 30.0], [120.01, 30.01]]}
POINT = {"type": "Point", "coordinates": [120.0, 30.0]}
AREA = {"type": "Polygon", "coordinates": [[[120, 30], [120.01, 30], [120.01, 30.01], [120, 30]]]}


def feature(geometry: Any = LINE, **changes: Any) -> dict[str, Any]:
    properties = {
        "id": "a", "kind": "road", "positional_accuracy_m": 5, "source": "synthetic",
        "licence": "CC0-1.0",
    }  # fmt: skip
    return {"type": "Feature", "properties": properties | changes, "geometry": geometry}


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def write(folder: Path, document: Any) -> Path:
    write_pack(folder)
    (folder / "reference.geojson").write_text(json.dumps(document), encoding="utf-8")
    return folder


def test_a_pack_needs_none(tmp_path: Path) -> None:
    assert open_site(write_pack(tmp_path / "a")).reference == ()
    assert open_site("xixi").reference == ()


def test_a_pack_with_some(tmp_path: Path) -> None:
    name = {"zh": "合成的桥", "en": "a synthetic bridge"}
    document = collection(
        feature(),
        feature(POINT, id="b", kind="bridge", name=name),
        feature(AREA, id="c", kind="water"),
    )
    folder = write(tmp_path / "a", document)
    site = open_site(folder)
    assert [(r.id, r.kind, r.geometry.geom_type) for r in site.reference] == [
        ("a", "road", "LineString"), ("b", "bridge", "Point"), ("c", "water", "Polygon")
    ]  # fmt: skip
    assert site.reference[1].name is not None
    before = pack_digest(folder)
    (folder / "reference.geojson").write_text(json.dumps(collection(feature())), encoding="utf-8")
    assert pack_digest(folder) != before


WRONG: dict[str, tuple[Any, str]] = {
    "no collection": ([], "FeatureCollection"),
    "no feature": (collection(3), "feature 1"),
    "no properties": (collection({"geometry": LINE}), "feature 1"),
    "no geometry": (collection(feature(None)), "feature 1"),
    "no accuracy": (collection(feature(positional_accuracy_m=None)), "positional_accuracy_m"),
    "useless": (collection(feature(positional_accuracy_m=500)), "positional_accuracy_m"),
    "no licence": (collection(feature(licence="")), "licence"),
    "unknown kind": (collection(feature(kind="hill")), "kind"),
    "unknown key": (collection(feature(colour="red")), "colour"),
    "a road that is a point": (collection(feature(POINT)), "Point"),
    "a gate that is an area": (collection(feature(AREA, kind="gate")), "Polygon"),
    "swapped": (
        collection(feature({"type": "Point", "coordinates": [30.0, 120.0]}, kind="gate")),
        "90",
    ),
    "twice": (collection(feature(), feature()), "twice"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_listed(name: str, tmp_path: Path) -> None:
    document, said = WRONG[name]
    found, mistakes = read_reference(document, file="reference.geojson")
    assert mistakes, found
    with pytest.raises(PackError) as error:
        open_site(write(tmp_path / "a", document))
    listed = "\n".join(f"{m.file} {m.where} {m.what.en}" for m in error.value.mistakes)
    assert "reference.geojson" in listed
    assert said in listed


def test_all_mistakes_at_once_and_not_json(tmp_path: Path) -> None:
    _, mistakes = read_reference(collection(3, feature(POINT), feature(kind="hill")), file="r")
    assert len(mistakes) == 3
    folder = write_pack(tmp_path / "a")
    (folder / "reference.geojson").write_text("{", encoding="utf-8")
    with pytest.raises(PackError) as error:
        open_site(folder)
    assert [m.file for m in error.value.mistakes] == ["reference.geojson"]
    assert set(SHAPES) == {"road", "bridge", "water", "gate"}
