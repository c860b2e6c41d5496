"""A small pack that tests may spoil."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import yaml

EVERGLADES = Path(__file__).resolve().parents[2] / "layers" / "everglades"

SQUARE = [[120.0, 30.0], [120.02, 30.0], [120.02, 30.02], [120.0, 30.02], [120.0, 30.0]]


def feature(zone_id: str = "park", **changes: Any) -> dict[str, Any]:
    """Return a feature of `zones.geojson`."""
    properties = {
        "id": zone_id, "kind": "park", "name": {"zh": "公园", "en": "park"}, "source": "a test",
        "schematic": True, "positional_accuracy_m": 50, "valid_from": "2011-12-01",
        "valid_to": None,
    }  # fmt: skip
    ring = changes.pop("ring", SQUARE)
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties | changes, "geometry": geometry}


def write_pack(folder: Path, *features: dict[str, Any], **site: Any) -> Path:
    """Write a pack with one kind of zone and no law, and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "id": "small", "name": {"zh": "小", "en": "small"}, "timezone": "Asia/Shanghai",
        "crs_epsg": 4549, "schematic_notice": {"zh": "示意", "en": "schematic"},
        "kinds": {"park": {"name": {"zh": "公园", "en": "park"}}},
        "position_defaults": {
            "declared": 100, "map_click": 100, "gps": 100, "photo": 100, "unknown": 1000,
        },
        "sources": [{"what": "all", "source": "a test", "licence": "CC0-1.0"}],
    }  # fmt: skip
    write_yaml(folder / "site.yaml", document | site)
    write_zones(folder, *(features or (feature(),)))
    shutil.copy(EVERGLADES / "vocabulary.yaml", folder)
    shutil.copytree(EVERGLADES / "regulations", folder / "regulations", dirs_exist_ok=True)
    return folder


def write_yaml(path: Path, document: Any) -> None:
    """Write YAML."""
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")


def write_zones(folder: Path, *features: Any) -> None:
    """Write `zones.geojson`."""
    document = {"type": "FeatureCollection", "features": list(features)}
    (folder / "zones.geojson").write_text(json.dumps(document), encoding="utf-8")
