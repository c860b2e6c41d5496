"""Reference calls of rtrim as tables and settings."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

from wetland.birds.trim import TrimSettings, count_table
from wetland.birds.trimtable import CountTable


def number(cell: str) -> float:
    return float(cell) if cell else math.nan


def table_of(case: dict[str, Any], folder: Path) -> CountTable:
    call = case["call"]
    with (folder / case["data"]).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return count_table(
        [row["site"] for row in rows],
        [int(row["year"]) for row in rows],
        [number(row["count"]) for row in rows],
        month=[int(row["month"]) for row in rows] if call["months"] else None,
        weight=[float(row[call["weights"]]) for row in rows] if call["weights"] else None,
        covariates={name: [row[name] for row in rows] for name in call["covariates"]},
    )


def settings_of(case: dict[str, Any]) -> TrimSettings:
    call = case["call"]
    points = call["changepoints"]
    return TrimSettings(
        model=call["model"],
        change_points=[points] if isinstance(points, int) else points,
        overdispersion=call["overdisp"],
        serial_correlation=call["serialcor"],
        confidence=call["constrain_overdisp"],
        autodelete=call["autodelete"],
    )
