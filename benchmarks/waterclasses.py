"""Measure the classes of 1 M results: arrays, the table of them, and monthly means before.

The peers are the plain ways to the same answer: one sample after the other in decimals, and a
pandas pivot with a comparison per column, which gives the class and nothing beside it. Their
classes (and of the first also deciding items and main pollutants) are compared before a time
counts. Synthetic stations: 1,000, a third of them lakes, 7 parameters, 3 % non-detects.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np
import pandas as pd
import report

from wetland.base.texts import text
from wetland.water.classes import Classes, classes_table, classify
from wetland.water.parameters import parameters
from wetland.water.results import period_means
from wetland.water.standards import Per, standard_on
from wetland.water.stations import CLASSES, Station

SIZE, FEW = 1_000_000, 20_000
STATIONS = 1000
# Mean, spread and places as a laboratory tells them.
ITEMS = {
    "temp": (17, 8, 1), "ph": (7.5, 0.6, 2), "do": (7, 2, 2), "codmn": (4, 2, 1),
    "nh3n": (0.8, 0.6, 3), "tp": (0.15, 0.1, 3), "tn": (2, 1, 2),
}  # fmt: skip
ASSESSED = [code for code in ITEMS if code not in {"temp", "tn"}]


def made(size: int) -> tuple[pd.DataFrame, dict[str, Station]]:
    """Make about ``size`` results: visits of every station some 20 days apart."""
    rng = np.random.default_rng(7)
    visits = -(-size // (STATIONS * len(ITEMS)))
    samples = STATIONS * visits
    day = np.empty(visits, dtype=object)
    day[:] = [dt.date(2015, 1, 5) + dt.timedelta(days=20 * k) for k in range(visits)]
    names = np.array([f"S{k:04d}" for k in range(STATIONS)])
    values = np.column_stack(
        [np.round(np.abs(rng.normal(m, s, samples)), places) for m, s, places in ITEMS.values()]
    )
    below = rng.random(values.shape) < 0.03
    below[:, :2] = False
    n = values.size
    frame = pd.DataFrame(
        {
            "station": pd.Series(np.repeat(names, visits * len(ITEMS)), dtype="str"),
            "sampled_on": np.tile(np.repeat(day, len(ITEMS)), STATIONS),
            "sampled_at": pd.Series(pd.NaT, index=range(n), dtype="datetime64[us, UTC]"),
            "depth_m": np.full(n, np.nan),
            "parameter": pd.Series(np.tile(list(ITEMS), samples), dtype="str"),
            "value": values.ravel(),
            "censoring": pd.Series(np.where(below.ravel(), "below", "none"), dtype="str"),
            "qa": pd.Series(np.full(n, "sample"), dtype="str"),
            "flag": pd.Series(np.full(n, "good"), dtype="str"),
            "synthetic": pd.array(np.ones(n, dtype=bool), dtype="boolean"),
        }
    )
    kinds = ["lake" if k % 3 == 0 else "river" for k in range(STATIONS)]
    stations = {
        name: Station.model_validate({"id": name, "name": text(name, name), "water_body": kind})
        for name, kind in zip(names.tolist(), kinds, strict=True)
    }
    return frame, stations


def ours(results: pd.DataFrame, stations: Mapping[str, Station], per: Per = "sample") -> Classes:
    """Classify results, pivot included."""
    return classify(period_means(results, per=per), stations)


def by_decimals(results: pd.DataFrame, stations: Mapping[str, Station]) -> list[tuple[Any, ...]]:
    """Class sample by sample in decimals: class, deciding items, main pollutants."""
    used = results[(results["qa"] == "sample") & ~results["flag"].isin(["fail", "missing"])]
    found = []
    for (name, day), rows in used.groupby(["station", "sampled_on"], sort=True):
        values = {
            code: Decimal(repr(value)) / (2 if censoring == "below" else 1)
            for code, value, censoring in zip(
                rows["parameter"], rows["value"], rows["censoring"], strict=True
            )
        }
        body = stations[str(name)].water_body
        classes = {code: _class(code, values, body) for code in ASSESSED if code in values}
        worst = max(classes.values())
        deciding = [code for code, c in classes.items() if c == worst]
        found.append((name, day, CLASSES[worst - 1], deciding, _mains(classes, values, body)))
    return found


def _class(code: str, values: Mapping[str, Decimal], body: Any) -> int:  # noqa: ANN401
    limits, value = standard_on().limits[code], values[code]
    if limits.within is not None:
        return 1 if limits.within[0] <= value <= limits.within[1] else 6
    if limits.kind == "max":
        return next((k for k, s in enumerate(limits.of(body), 1) if value <= s), 6)
    t = values.get("temp", Decimal(99))
    if 0 <= t <= 40 and value * (Decimal("31.6") + t) >= Decimal("421.2"):
        return 1
    return next((k for k, s in enumerate(limits.of(body), 1) if value >= s), 6)


def _mains(classes: Mapping[str, int], values: Mapping[str, Decimal], body: Any) -> list[Any]:  # noqa: ANN401
    ranked = []
    for place, (code, number) in enumerate(classes.items()):
        if number <= 3:
            continue
        share, times = Decimal(-1), None
        if parameters()[code].multiple:
            limit = standard_on().limits[code].of(body)[2]
            share = (values[code] - limit) / limit
            times = float(share.quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN))
        ranked.append((-number, -share, place, code, times))
    return [(code, times) for *_, code, times in sorted(ranked)[:3]]


def by_pivot(results: pd.DataFrame, stations: Mapping[str, Station]) -> pd.Series[Any]:
    """Class by a pivot and a comparison per column: the class alone."""
    used = results[(results["qa"] == "sample") & ~results["flag"].isin(["fail", "missing"])]
    value = used["value"].where(used["censoring"] != "below", used["value"] / 2)
    wide = used.assign(value=value).pivot_table(
        index=["station", "sampled_on"], columns="parameter", values="value", aggfunc="mean"
    )
    lake = wide.index.get_level_values(0).map(lambda s: stations[s].water_body == "lake")
    columns = []
    for code in ASSESSED:
        limits, found = standard_on().limits[code], wide[code].to_numpy()
        if limits.within is not None:
            low, high = map(float, limits.within)
            columns.append(np.where((found >= low) & (found <= high), 1, 6))
            continue
        steps = [np.array(limits.of(body), dtype=float) for body in ("river", "lake")]
        if limits.kind == "max":
            both = [np.searchsorted(s, found) + 1 for s in steps]
            columns.append(np.where(lake, both[1], both[0]))
        else:
            saturated = found * (31.6 + wide["temp"].to_numpy()) >= 421.2 - 1e-9
            saturated &= wide["temp"].to_numpy() <= 40
            columns.append(np.where(saturated, 1, np.searchsorted(-steps[0], -found) + 1))
    return pd.Series(np.max(columns, axis=0), index=wide.index)


def check(results: pd.DataFrame, few: pd.DataFrame, stations: Mapping[str, Station]) -> None:
    """Stop where an answer differs from a peer's."""
    table = classes_table(ours(few, stations))
    told = [
        (
            row["station"],
            dt.date.fromisoformat(row["period"]),
            row["water_class"],
            row["deciding"],
            [(m["parameter"], m["multiple"]) for m in row["main_pollutants"]],
        )
        for row in table.to_dict("records")
    ]
    if told != by_decimals(few, stations):
        raise SystemExit("classes differ from those in decimals")
    if not np.array_equal(ours(results, stations).water_class, by_pivot(results, stations)):
        raise SystemExit("classes differ from those of the pivot")


def rows(*, quick: bool = False) -> list[report.Row]:
    """Measure ours, with and without the table, beside the plain ways."""
    results, stations = made(SIZE // 20 if quick else SIZE)
    few = results.iloc[: FEW // len(ITEMS) * len(ITEMS)]
    check(results, few, stations)
    size, classes = len(results), ours(results, stations)
    found = report.measure(
        {
            "ours: pivot and class, arrays": lambda: ours(results, stations),
            "ours: with the table for people": lambda: classes_table(ours(results, stations)),
            "pandas pivot, a comparison per column (class only)": lambda: by_pivot(
                results, stations
            ),
            "decimals, sample by sample": lambda: by_decimals(few, stations),
        },
        section="classes",
        scene=f"per sample, {len(classes)} samples",
        size=size,
        ours="ours: pivot and class, arrays",
        repeats=3,
        sizes={"decimals, sample by sample": len(few)},
    )
    return found + report.measure(
        {
            "ours: exact monthly means and class": lambda: ours(results, stations, "month"),
            "ours: exact yearly means and class": lambda: ours(results, stations, "year"),
        },
        section="classes",
        scene="per period",
        size=size,
        repeats=3,
    )


if __name__ == "__main__":
    report.run_alone(rows, __doc__)
