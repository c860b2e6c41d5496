"""Make `layers/xixi/zones.geojson` and `layers/xixi/landmarks.geojson` from what sources tell.

    python scripts/xixi_geometry.py            # write both files
    python scripts/xixi_geometry.py --check    # exit 1 when a file is not what this script makes

The park is drawn through twelve corners; the two outer zones are rings around it whose width is
solved so that the area measured in EPSG:4549 is the declared one; the three inner management zones
are cut north-south, each with its declared share of the park as drawn. All of it is schematic: to
replace it by a survey, see layers/xixi/README.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon, box, mapping

from wetland.zones.areas import area, oriented
from wetland.zones.datums import to_wgs84
from wetland.zones.projection import project_geometry, unproject_geometry

CRS_EPSG = 4549  # CGCS2000 / 3-degree Gauss-Kruger, central meridian 120 E
PACK = Path(__file__).resolve().parent.parent / "layers" / "xixi"
LANDMARKS = Path(__file__).resolve().parent / "xixi_landmarks.csv"
DECIMALS = 9  # 0.1 mm, so that pieces cut from one edge leave no sliver

# Clockwise from the north-west: road junctions on the four boundary roads, converted from BD-09.
CORNERS = [
    (120.042227, 30.280249), (120.053250, 30.282088), (120.057195, 30.283000),
    (120.064888, 30.282694), (120.076312, 30.283782), (120.082101, 30.282813),
    (120.084524, 30.277155), (120.086801, 30.264907), (120.072042, 30.263025),
    (120.057668, 30.256554), (120.049696, 30.250949), (120.041031, 30.244065),
]  # fmt: skip
SOUTH_EDGE = CORNERS[7:12]

PARK_KM2, BELT_KM2, BAND_KM2 = 11.4, 15.7, 50.0
EAST_KM2, MIDDLE_KM2, WEST_KM2 = 2.70, 5.90, 2.80
ROAD_M, SOUTH_M, INVENTED_M = 100.0, 400.0, 900.0
IN_FORCE = "2011-12-01"
PLAN_SEEN = "2018-01-05"


def main(argv: Sequence[str] | None = None) -> int:
    """Write the files, or with ``--check`` compare them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--pack", type=Path, default=PACK, help="folder of the pack")
    options = parser.parse_args(argv)
    made = {"zones.geojson": zones(), "landmarks.geojson": landmarks()}
    stale = []
    for name, document in made.items():
        content = write(document)
        path = options.pack / name
        if not path.is_file() or path.read_text(encoding="utf-8") != content:
            stale.append(name)
            if not options.check:
                path.write_text(content, encoding="utf-8", newline="\n")
    for name in stale:
        print(f"{name}: {'not what this script makes' if options.check else 'written'}")
    return 1 if options.check and stale else 0


def write(document: dict[str, Any]) -> str:
    """Write one feature per line, so that a changed boundary is one changed line."""
    features = ",\n".join(json.dumps(f, ensure_ascii=False) for f in document["features"])
    head = {key: value for key, value in document.items() if key != "features"}
    return json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n' + features + "\n]}\n"


def zones() -> dict[str, Any]:
    """Make the six zones."""
    park = rounded(Polygon(CORNERS))
    belt_outer = solve_ring(park, park, BELT_KM2)
    band_outer = solve_ring(park, belt_outer, BAND_KM2)
    features = [
        park_feature(park),
        belt_feature(ring(belt_outer, park), park),
        band_feature(ring(band_outer, belt_outer)),
        *management_features(park),
    ]
    return {"type": "FeatureCollection", "name": "zones", "features": features}


def projected_km2(geometry: Polygon) -> float:
    """Return the area in EPSG:4549, square kilometres."""
    return area(geometry, CRS_EPSG).projected_m2 / 1e6


def rounded(geometry: Polygon) -> Polygon:
    """Round to `DECIMALS` and wind the shell counter-clockwise."""
    flat = shapely.transform(geometry, lambda xy: np.round(xy, DECIMALS))
    return oriented(flat)  # type: ignore[return-value]


def ring(outer: Polygon, inner: Polygon) -> Polygon:
    """Return the ring between two outlines; it shares the vertices of ``inner``."""
    return rounded(Polygon(outer.exterior.coords, [inner.exterior.coords]))


def offset(park: Polygon, width_m: float) -> Polygon:
    """Return the outline of all that lies within ``width_m`` of the park."""
    flat = project_geometry(park, CRS_EPSG, dense=False)
    return rounded(unproject_geometry(shapely.buffer(flat, width_m, quad_segs=16), CRS_EPSG))


def solve_ring(park: Polygon, inner: Polygon, wanted_km2: float) -> Polygon:
    """Find the outline around ``park`` whose ring around ``inner`` has the wanted area."""
    width_m = bisect(
        lambda w: projected_km2(ring(offset(park, w), inner)) - wanted_km2,
        inner_width(park, inner) + 1.0,
        10_000.0,
    )
    print(f"ring of {wanted_km2} km2: {width_m:.1f} m from the park", file=sys.stderr)
    return offset(park, width_m)


def inner_width(park: Polygon, inner: Polygon) -> float:
    """Return how far the inner outline lies from the park, metres."""
    edges = [project_geometry(g.exterior, CRS_EPSG, dense=False) for g in (park, inner)]
    return float(shapely.hausdorff_distance(*edges))


def bisect(wrong: Callable[[float], float], low: float, high: float) -> float:
    """Find where an increasing function passes zero."""
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if wrong(middle) < 0 else (low, middle)
    return (low + high) / 2


def management_features(park: Polygon) -> list[dict[str, Any]]:
    """Cut the park north-south so that each part has its declared share of the park as drawn."""
    whole, drawn = EAST_KM2 + MIDDLE_KM2 + WEST_KM2, projected_km2(park)
    west_end, south, east_end, north = park.bounds

    def west_of(lon: float) -> Polygon:
        return park.intersection(box(west_end - 1, south - 1, lon, north + 1))

    def cut(km2: float) -> float:
        lon = bisect(lambda x: projected_km2(west_of(x)) - km2 * drawn / whole, west_end, east_end)
        return round(lon, DECIMALS)

    first, second = cut(WEST_KM2), cut(WEST_KM2 + MIDDLE_KM2)
    print(f"management zones cut at {first:.6f} and {second:.6f} E", file=sys.stderr)
    bounds = [(second, east_end + 1), (first, second), (west_end - 1, first)]
    parts = [
        rounded(park.intersection(box(low, south - 1, high, north + 1))) for low, high in bounds
    ]
    return [
        management_feature(part, about, cuts=(first, second))
        for part, about in zip(parts, MANAGEMENT, strict=True)
    ]


def park_feature(park: Polygon) -> dict[str, Any]:
    """Describe the park."""
    return feature(
        park, id="protection-2011", kind="protection",
        name=words("湿地公园（保护范围）", "wetland park (protection zone)"),
        source="Boundary: revision of 2022 as reported (E 紫金港路, W 绕城公路, S 沿山河,"
        " N 文二西路); corners: junctions of these roads, BD-09 lists converted to WGS84;"
        " area: 11.4 km2 as published",
        boundary=words(
            "东至紫金港路，西至绕城公路，南至沿山河，北至文二西路",
            "E Zijingang Road, W the ring expressway, S Yanshan River, N Wen'er West Road",
        ),
        note=words(
            "南界以天目山路代沿山河。绘图面积 11.49 平方公里，公布 11.4。"
            "起始日为 2011 年条例施行日；此前的规划范围不同，未录入。"
            "2022 年修订写入同样的四至，故图形不变。",
            "Tianmushan Road stands in for Yanshan River in the south. Drawn 11.49 km2, published"
            " 11.4. Valid from the day the 2011 regulation came into force; plans before it had"
            " other limits, not encoded. The 2022 revision names the same four limits, so the"
            " drawing stays.",
        ),
        declared_area_km2=PARK_KM2, valid_from=IN_FORCE, accuracy_m=ROAD_M,
        edges=[(SOUTH_EDGE, SOUTH_M)],
    )  # fmt: skip


def belt_feature(belt: Polygon, park: Polygon) -> dict[str, Any]:
    """Describe the peripheral protection belt."""
    shell = list(park.exterior.coords)
    return feature(
        belt, id="buffer-2011", kind="buffer",
        name=words("外围保护地带", "peripheral protection belt"),
        source="Area: 15.7 km2 as published; no boundary was found:"
        " a ring of even width around the park",
        note=words(
            "边界未见公布。此环只有面积为真，宽度系求解所得，不得据以认定违法。",
            "No boundary was found. Only the area of this ring is true; its width was solved for"
            " it: nothing can be held against anyone on this line.",
        ),
        declared_area_km2=BELT_KM2, valid_from=IN_FORCE, accuracy_m=INVENTED_M,
        edges=inner_edges(shell), ring_around="protection",
    )  # fmt: skip


def inner_edges(shell: list[tuple[float, float]]) -> list[tuple[list[tuple[float, float]], float]]:
    """Give the ring's inner edge the accuracies of the park's edges, piece by piece."""
    south = {frozenset(pair) for pair in pairwise(SOUTH_EDGE)}
    return [
        ([first, second], SOUTH_M if frozenset((first, second)) in south else ROAD_M)
        for first, second in pairwise(shell)
    ]


def band_feature(band: Polygon) -> dict[str, Any]:
    """Describe the landscape control area."""
    return feature(
        band, id="landscape-2011", kind="landscape",
        name=words("周边景观控制区", "surrounding landscape control area"),
        source="Area: about 50 km2 as published; plans of 2005 and 2008 describe 48.08 and"
        " 48.70 km2 in words without a map: a ring of even width around the belt",
        reading=words("净面积；来源倾向于毛面积", "net; sources lean to gross"),
        note=words(
            "按“净”读法绘制（不含公园与保护地带）。实际控制区偏向南、西，此环仅为示意。",
            "Drawn in the net reading (park and belt not counted). The real area is lopsided to the"
            " south and west; this ring is a sketch.",
        ),
        declared_area_km2=BAND_KM2, valid_from=IN_FORCE, accuracy_m=INVENTED_M,
        ring_around="buffer",
    )  # fmt: skip


MANAGEMENT: list[dict[str, Any]] = [
    {
        "side": "east", "km2": EAST_KM2,
        "name": ("东部湿地生态保护培育区", "eastern ecological conservation area"),
        "use": ("完全封闭", "fully closed"),
    },
    {
        "side": "middle", "km2": MIDDLE_KM2,
        "name": ("中部湿地生态旅游休闲区", "middle eco-tourism area"),
        "use": ("开放游览", "open to visitors"),
    },
    {
        "side": "west", "km2": WEST_KM2,
        "name": ("西部湿地生态景观封育区", "western landscape recovery area"),
        "use": ("限期封闭", "closed for a term of years"),
    },
]  # fmt: skip


def management_feature(
    part: Polygon, about: dict[str, Any], *, cuts: tuple[float, float]
) -> dict[str, Any]:
    """Describe one inner management zone."""
    vertices = list(part.exterior.coords)
    edges = []
    for first, second in pairwise(vertices):
        if first[0] == second[0] and first[0] in cuts:
            continue  # the cut itself: invented
        south = on_south(first) and on_south(second)
        edges.append(([first, second], SOUTH_M if south else ROAD_M))
    use_zh, use_en = about["use"]
    return feature(
        part, id=f"management-{about['side']}-2018", kind=f"management_{about['side']}",
        name=words(*about["name"]),
        source="Areas 2.70, 5.90 and 2.80 km2 and borders in words: planning institute's page of"
        " 2018-01-05 (m.gdi8.cn, project 1120); cut by straight north-south lines instead",
        note=words(
            f"{use_zh}。内部分界为港汊，图上以南北直线代替；三区按公布面积之比分割绘制的公园。"
            "起始日为所见资料的日期。",
            f"{use_en.capitalize()}. The inner borders are channels; straight north-south lines"
            " stand in for them, and the park as drawn is divided in the ratio of the published"
            " areas. Valid from the date of the page seen.",
        ),
        declared_area_km2=about["km2"], valid_from=PLAN_SEEN, accuracy_m=INVENTED_M, edges=edges,
        part_of="protection",
    )  # fmt: skip


def on_south(vertex: tuple[float, float]) -> bool:
    """Tell whether a vertex lies on the southern edge of the park."""
    return shapely.distance(shapely.LineString(SOUTH_EDGE), shapely.Point(vertex)) < 1e-7


def words(zh: str, en: str) -> dict[str, str]:
    """Return a text in both languages."""
    return {"zh": zh, "en": en}


def feature(
    geometry: Polygon,
    *,
    valid_from: str,
    accuracy_m: float,
    edges: Sequence[tuple[Sequence[tuple[float, float]], float]] = (),
    **properties: object,
) -> dict[str, Any]:
    """Make one schematic feature."""
    about: dict[str, Any] = {"id": properties.pop("id"), "kind": properties.pop("kind")}
    about |= properties
    about |= {
        "tolerance": 0.01, "schematic": True, "positional_accuracy_m": accuracy_m,
        "valid_from": valid_from, "valid_to": None,
    }  # fmt: skip
    if edges:
        about["edges"] = [
            {"positional_accuracy_m": value, "coordinates": [list(c) for c in line]}
            for line, value in edges
        ]
    return {"type": "Feature", "properties": about, "geometry": mapping(geometry)}


def landmarks() -> dict[str, Any]:
    """Convert every landmark from the datum of its source."""
    with LANDMARKS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {
        "type": "FeatureCollection",
        "name": "landmarks",
        "features": [landmark(row) for row in rows],
    }


def landmark(row: dict[str, str]) -> dict[str, Any]:
    """Make one landmark; its position is recomputed, the source's own numbers are kept."""
    lon_src, lat_src = float(row["lon_src"]), float(row["lat_src"])
    lon, lat = to_wgs84(lon_src, lat_src, row["datum"])
    properties = {
        "id": row["id"], "name": words(row["name_zh"], row["name_en"]), "kind": row["kind"],
        "datum": row["datum"], "datum_certain": row["datum_certain"] == "yes",
        "lon_src": lon_src, "lat_src": lat_src,
        "positional_accuracy_m": float(row["positional_accuracy_m"]),
        "source": row["source"], "confidence": row["confidence"],
    }  # fmt: skip
    point = {"type": "Point", "coordinates": [round(float(lon), 7), round(float(lat), 7)]}
    return {"type": "Feature", "properties": properties, "geometry": point}


if __name__ == "__main__":
    raise SystemExit(main())
