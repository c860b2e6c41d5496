"""Make the geometry of `layers/everglades` from the polygons of the Everglades wading bird survey.

    python scripts/everglades_geometry.py FOLDER        # write both files

FOLDER holds `wcas.geojson`, `subregions.geojson` and `colonies.geojson` of the data set
weecology/EvergladesWadingBird (CC0, doi 10.5281/zenodo.7734553). Three things are done to them and
each zone's note says how much: heights are dropped; where two regions or two subregions overlap
(slivers of digitising), the later one in the order below is cut back; a subregion is cut at the
boundary of its region. How far the drawings disagreed is each zone's positional accuracy.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

from wetland.zones.areas import area, oriented, polygons_of
from wetland.zones.projection import project_geometry

CRS_EPSG = 32617
PACK = Path(__file__).resolve().parent.parent / "layers" / "everglades"
DECIMALS = 7
CRUMB_M2 = 1000.0  # smaller pieces that a cut leaves behind are dropped
LEAST_ACCURACY_M = 50.0

SOURCE = (
    "Weecology, Everglades Wading Bird data, {file}, CC0, doi 10.5281/zenodo.7734553,"
    " commit b6626b549a0606b0bf679e543e4d99030135192c"
)

REGIONS = {
    "enp": ("大沼泽地国家公园", "Everglades National Park"),
    "wcas": ("水源保护区", "Water Conservation Areas"),
}
SUBREGIONS = {
    "1": ("wcas", "1号水源保护区", "Water Conservation Area 1"),
    "2a": ("wcas", "2A号水源保护区", "Water Conservation Area 2A"),
    "2b": ("wcas", "2B号水源保护区", "Water Conservation Area 2B"),
    "3an": ("wcas", "3A号水源保护区北部", "Water Conservation Area 3A north"),
    "3as": ("wcas", "3A号水源保护区南部", "Water Conservation Area 3A south"),
    "3ase": ("wcas", "3A号水源保护区东南部", "Water Conservation Area 3A south-east"),
    "3b": ("wcas", "3B号水源保护区", "Water Conservation Area 3B"),
    "coastalenp": ("enp", "国家公园沿海部分", "coastal part of the national park"),
    "inlandenp": ("enp", "国家公园内陆部分", "inland part of the national park"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Write the zones and the landmarks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder with the three GeoJSON files")
    parser.add_argument("--pack", type=Path, default=PACK, help="folder of the pack")
    options = parser.parse_args(argv)
    write(options.pack / "zones.geojson", zones(options.folder))
    write(options.pack / "landmarks.geojson", colonies(options.folder))
    return 0


def write(path: Path, features: list[dict[str, Any]]) -> None:
    """Write one feature per line."""
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    content = '{"type": "FeatureCollection", "features": [\n' + lines + "\n]}\n"
    path.write_text(content, encoding="utf-8", newline="\n")


def read(folder: Path, name: str) -> dict[str, Any]:
    """Return the polygons of a file by name, without heights."""
    [path] = folder.rglob(name)
    document = json.loads(path.read_text(encoding="utf-8"))
    return {
        feature["properties"]["Name"]: shapely.force_2d(shape(feature["geometry"]))
        for feature in document["features"]
    }


def zones(folder: Path) -> list[dict[str, Any]]:
    """Make the two regions and the nine subregions."""
    drawn_regions = read(folder, "wcas.geojson")
    drawn_parts = read(folder, "subregions.geojson")
    regions, parts = partition(drawn_regions, drawn_parts)
    features = [
        feature(
            regions[name], drawn_regions[name], id=f"region-{name}", kind="region",
            zh=zh, en=en, file="wcas.geojson",
        )
        for name, (zh, en) in REGIONS.items()
    ]  # fmt: skip
    features += [
        feature(
            parts[name], drawn_parts[name], id=f"subregion-{name}", kind="subregion",
            zh=zh, en=en, file="subregions.geojson", nested_in="region",
        )
        for name, (_, zh, en) in SUBREGIONS.items()
    ]  # fmt: skip
    return features


def partition(
    regions: dict[str, Any], parts: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give every patch that the boundaries bound to one region and at most one of its subregions.

    All boundaries are noded together on one grid, so that neighbours share their vertices and no
    sliver is left between them. A patch belongs to the first that it lies in, in the order above.
    """
    lines = [shapely.boundary(polygon) for polygon in (*regions.values(), *parts.values())]
    noded = shapely.union_all(lines, grid_size=10.0**-DECIMALS)
    of_region: dict[str, list[Any]] = {name: [] for name in REGIONS}
    of_part: dict[str, list[Any]] = {name: [] for name in SUBREGIONS}
    for patch in shapely.get_parts(shapely.polygonize([noded])):
        inside = patch.representative_point()
        region = next((name for name in REGIONS if regions[name].contains(inside)), None)
        if region is None:
            continue
        of_region[region].append(patch)
        mine = [name for name, (owner, _, _) in SUBREGIONS.items() if owner == region]
        part = next((name for name in mine if parts[name].contains(inside)), None)
        if part is not None:
            of_part[part].append(patch)
    return (
        {name: joined(patches) for name, patches in of_region.items()},
        {name: joined(patches) for name, patches in of_part.items()},
    )


def joined(patches: list[Any]) -> Polygon | MultiPolygon:
    """Join patches; crumbs that hang together with nothing are dropped."""
    whole = polygons_of(shapely.union_all(patches))
    kept = [
        part for part in shapely.get_parts(whole) if area(part, CRS_EPSG).projected_m2 > CRUMB_M2
    ]
    return oriented(kept[0] if len(kept) == 1 else MultiPolygon(kept))  # type: ignore[return-value]


def misfit_m(kept: BaseGeometry, drawn: BaseGeometry) -> float:
    """Return how wide the part is that was cut away: twice its largest inscribed circle."""
    lost = polygons_of(
        shapely.difference(project_geometry(drawn, CRS_EPSG), project_geometry(kept, CRS_EPSG))
    )
    parts = [part for part in shapely.get_parts(lost) if part.area > CRUMB_M2]
    circles = [shapely.maximum_inscribed_circle(part).length for part in parts]
    return 2.0 * max(circles, default=0.0)


def feature(
    geometry: Polygon | MultiPolygon,
    drawn: BaseGeometry,
    *,
    file: str,
    zh: str,
    en: str,
    **properties: object,
) -> dict[str, Any]:
    """Make one zone; its accuracy is the misfit that was found, rounded up."""
    before, after = area(drawn, CRS_EPSG).projected_m2, area(geometry, CRS_EPSG).projected_m2
    misfit = misfit_m(geometry, drawn)
    accuracy = max(LEAST_ACCURACY_M, math.ceil(misfit / 50.0) * 50.0)
    lost_ha = max(0.0, before - after) / 1e4
    print(f"{properties['id']}: -{lost_ha:.1f} ha, {misfit:.0f} m", file=sys.stderr)
    about = {
        **properties,
        "name": {"zh": zh, "en": en},
        "source": SOURCE.format(file=file),
        "note": {
            "zh": f"发布的多边形；与相邻或所属多边形不合之处已裁去 {lost_ha:.1f} 公顷"
            f"（最宽 {misfit:.0f} 米）。",
            "en": f"Polygon as published; {lost_ha:.1f} ha (at most {misfit:.0f} m wide) that"
            " disagreed with a neighbour or its region were cut off.",
        },
        "schematic": True,
        "positional_accuracy_m": accuracy,
        "valid_from": None,
        "valid_to": None,
        "declared_area_km2": None,
    }
    return {"type": "Feature", "properties": about, "geometry": mapping(geometry)}


def colonies(folder: Path) -> list[dict[str, Any]]:
    """Make a landmark of each colony: a point inside its polygon, accurate to the farthest edge."""
    features = []
    for name, polygon in read(folder, "colonies.geojson").items():
        point = shapely.transform(polygon.representative_point(), lambda xy: np.round(xy, DECIMALS))
        flat, centre = (project_geometry(g, CRS_EPSG) for g in (polygon, point))
        reach = float(shapely.hausdorff_distance(flat, centre))
        properties = {
            "id": f"colony-{name}".lower().replace(" ", "-").replace(".", "-"),
            "name": {"zh": f"{name}号巢群", "en": f"colony {name}"},
            "kind": "colony",
            "datum": "wgs84",
            "lon_src": point.x,
            "lat_src": point.y,
            "positional_accuracy_m": math.ceil(reach),
            "source": SOURCE.format(file="colonies.geojson"),
            "confidence": "high",
        }
        features.append({"type": "Feature", "properties": properties, "geometry": mapping(point)})
    return features


if __name__ == "__main__":
    raise SystemExit(main())
