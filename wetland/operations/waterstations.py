"""The water stations of a site, and what the store holds of each."""

from __future__ import annotations

from typing import Any

from shapely import Point

from wetland.base.texts import Lang
from wetland.operations.water import water_of_store
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.water.stations import Station


def station_rows(store: Store, site: Site, lang: Lang) -> list[dict[str, Any]]:
    """Return the stations of a site with what the store holds of each, JSON-ready.

    What was not measured is no result, and its day none of sampling.
    A station without results is listed with none; one whose kind of water body nobody told (it
    came with a file) has ``water_body`` None.
    """
    data = water_of_store(store, site)
    results = data.results[data.results["flag"] != "missing"]
    sampled = results[results["qa"] == "sample"]
    counted = sampled.groupby("station", sort=False)["sampled_on"].agg(["min", "max", "nunique"])
    sizes = results["station"].value_counts().to_dict()
    ids = dict.fromkeys([*data.stations, *data.station_ids])
    rows = []
    for name in ids:
        station = data.stations.get(name)
        seen = counted.loc[name] if name in counted.index else None
        rows.append(
            {
                **_about(name, station, lang),
                "first": None if seen is None else seen["min"].isoformat(),
                "last": None if seen is None else seen["max"].isoformat(),
                "days": 0 if seen is None else int(str(seen["nunique"])),
                "results": int(sizes.get(name, 0)),
            }
        )
    return rows


def _about(name: str, station: Station | None, lang: Lang) -> dict[str, Any]:
    if station is None:
        unknown = ("water_body", "reach", "target_class", "programme", "geometry")
        return {"station": name, "name": name, **dict.fromkeys(unknown), "synthetic": False}
    return {
        "station": name,
        "name": station.name.get(lang),
        "water_body": station.water_body,
        "reach": None if station.reach is None else station.reach.get(lang),
        "target_class": station.target_class,
        "programme": station.programme,
        "geometry": None
        if station.lon is None or station.lat is None
        else Point(station.lon, station.lat),
        "synthetic": station.synthetic,
    }
