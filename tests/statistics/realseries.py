"""Real series of water, read in place: months on a grid, NaN where nothing was measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wetland.statistics.rolling import Scale


@dataclass(frozen=True)
class Real:
    """A series with its season length and the scale it is told on."""

    values: NDArray[np.float64]
    period: int
    scale: Scale


def monthly(days: object, values: object) -> NDArray[np.float64]:
    """Return monthly means from the first month to the last."""
    index = pd.PeriodIndex(pd.to_datetime(days), freq="M")  # type: ignore[call-overload]
    means = pd.Series(np.asarray(values, dtype=float), index=index).groupby(level=0).mean()
    whole = pd.period_range(means.index.min(), means.index.max(), freq="M")
    return means.reindex(whole).to_numpy()


def reference(shared: Path, name: str) -> Real:
    """Return a series of the reference outputs: annual or seasonal."""
    told = json.loads((shared / "reference" / "wq" / f"{name}.json").read_text())
    values = np.array([np.nan if v is None else v for v in told["y"]], dtype=float)
    if told["kind"] == "annual":
        return Real(values, 1, "identity")
    at = np.array(told["year"]) * told["period"] + np.array(told["season"])
    grid = np.full(at.max() - at.min() + 1, np.nan)
    grid[at - at.min()] = values
    return Real(grid, told["period"], "identity" if name == "nottem" else "log")


def san_francisco_bay(shared: Path) -> dict[str, Real]:
    """Return surface water of six stations of San Francisco Bay: six parameters, 1985 to 2004."""
    table = pd.read_parquet(shared / "data" / "water" / "wql_sfbay.parquet")
    table = table[table["depth"] <= 3]
    days = pd.to_datetime(table["date"].astype(str).str.strip(), format="%m/%d/%Y")
    found = {}
    for name in ("chl", "dox", "spm", "sal", "temp", "nhx"):
        for station, rows in table.assign(day=days).groupby("stn"):
            rows = rows[["day", name]].dropna()
            scale: Scale = "identity" if name in {"dox", "sal", "temp"} else "log"
            values = monthly(rows["day"], rows[name].astype(float))
            found[f"{name}-{station:.0f}"] = Real(values, 12, scale)
    return found


def choptank(shared: Path) -> Real:
    """Return nitrate of the Choptank river, 1979 to 2011."""
    table = pd.read_csv(shared / "data" / "water" / "egret" / "Choptank_eList_Sample.csv")
    return Real(monthly(table["Date"], table["ConcAve"]), 12, "log")
