"""A small invented file of bird surveys, imported into a store."""

from __future__ import annotations

import datetime as dt

from wetland.operations.birdfiles import ImportedBirds, import_birds
from wetland.reading.files import Given
from wetland.sites.load import Site
from wetland.store.store import Store

TODAY = dt.date(2026, 11, 24)
HEAD = ("event_id,plot,date,time,protocol,duration_min,distance_km,observers,observer_count,"
        "complete,species,count,remarks,synthetic\n")  # fmt: skip
FIRST = "E1,EX-B1,2024-01-14,07:30,样线法,75,2,张三,2,true,"
CSV = (
    HEAD
    + f"{FIRST}白鹭,3+2,,true\n{FIRST}青头潜鸭,2,对岸有青头潜鸭,true\n{FIRST}绿头鸭,约50,,true\n"
    + f"{FIRST}白骨顶,0,,true\n"
    + ",EX-B2,2024-01-15,,样点法,30,,,,true,小白鹭子,4,岸边,true\n"
    + ",EX-B2,2024-01-15,,样点法,30,,,,true,小 白鹭子,√,,true\n"
    + ",EX-B3,2024-02,,,,,,,,白鹭,7,,true\n"
)


def imported(store: Store, site: Site, content: str = CSV) -> ImportedBirds:
    given = Given.of_bytes("birds.csv", content.encode())
    return import_birds(store, site, given, actor="importer", today=TODAY)
