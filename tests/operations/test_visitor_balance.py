"""Visitors beside what a store holds of birds, water and findings; a cap on days and forecasts."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.operations.visitorcases import ZONE, counts_of, data_of, day_rows
from wetland.base.checks import coerce
from wetland.base.errors import InputError
from wetland.base.findings import FINDINGS
from wetland.base.texts import text
from wetland.operations import visitorforecast
from wetland.operations.birdfiles import import_birds
from wetland.operations.stores import open_store
from wetland.operations.visitorbalance import Balance, balance_of, cap_ahead, cap_of
from wetland.operations.waterfiles import import_water
from wetland.reading.files import Given
from wetland.screening.tables import OBSERVATIONS
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.visitors.pack import Area, VisitorPack
from wetland.visitors.tables import VISITOR_COUNTS

TODAY = dt.date(2026, 11, 24)
FIRST_YEAR, YEARS = 2020, 6
VISITS = np.random.default_rng(7).permutation(np.arange(12 * YEARS) * 1000 + 20_000)


def months() -> list[dt.date]:
    """Return the first days of all months."""
    return [dt.date(FIRST_YEAR + k // 12, k % 12 + 1, 1) for k in range(12 * YEARS)]


def visitor_rows() -> list[dict[str, Any]]:
    """Return a total of the park for each month; the pack's parts tell nothing."""
    ends = [*months()[1:], dt.date(FIRST_YEAR + YEARS, 1, 1)]
    rows = []
    for first, after, visits in zip(months(), ends, VISITS, strict=True):
        (row,) = day_rows("park", [float(visits)], first=first, period="month")
        rows.append(row | {"counted_to": after - dt.timedelta(days=1)})
    return rows


def bird_file() -> str:
    """Return surveys that met fewer birds when there were more visitors, at twice the effort."""
    lines = ["event_id,plot,date,duration_min,complete,species,count,synthetic"]
    for k, (month, visits) in enumerate(zip(months(), VISITS, strict=True)):
        birds, day = int(200 - visits / 1000), month.replace(day=9)
        lines += [f"A{k},EX-B1,{day},60,true,斑嘴鸭,{birds},true",
                  f"A{k},EX-B1,{day},60,true,某种未名鸟,3,true",
                  f"B{k},EX-B7,{day},30,true,白鹭,0,true"]  # fmt: skip
    lines.append("C,EX-B1,2021,60,true,白鹭,9,true")  # known by its year only
    return "\n".join(lines) + "\n"


def water_file() -> str:
    """Return two stations, one better than the other."""
    lines = ["station,date,parameter,value,unit"]
    for k, month in enumerate(months()):
        for station, value in (("EX-R2", 0.3), ("EX-R3", 1.2 + 0.1 * (k % 5))):
            lines.append(f"{station},{month.replace(day=5)},nh3n,{value:.2f},mg/L")
    return "\n".join(lines) + "\n"


def finding(day: dt.date, zones: str, **told: Any) -> dict[str, Any]:
    """Return a suspected breach."""
    row = {
        **dict.fromkeys(FINDINGS.names),
        "site": "xixi",
        "detector": "screening",
        "rule": "r",
        "subject": "o",
        "subject_kind": "observation",
        "occurred_on": day,
        "zones": zones,
        "outcome": "broken",
        "zone_basis": "exercise",
        "status": "open",
        "pack_digest": "d",
    }
    key = f"f{day}{zones}{sorted(told.items())}"
    return row | {"finding_id": key} | told


def findings() -> pd.DataFrame:
    """Return breaches of which two count for the park."""
    day = dt.date(2024, 5, 3)
    made = [finding(day, '["protection"]'), finding(day, '["protection", "management_east"]'),
            finding(day, '["buffer"]'), finding(day, '["protection"]', status="dismissed"),
            finding(day, '["protection"]', outcome="undecided"),
            finding(day, '["protection"]', detector="visitors")]  # fmt: skip
    return coerce(FINDINGS, pd.DataFrame(made, columns=FINDINGS.names))


def observations() -> pd.DataFrame:
    """Return an observation in May and one in June."""
    made = [
        {**dict.fromkeys(OBSERVATIONS.names), "observation_id": f"o{k}", "site": "xixi",
         "source_id": "s", "source_row": k, "activity": "fishing", "occurred_on": day,
         "shape": "station", "position_source": "unknown", "facts": "{}",
         "extra": '{"synthetic": "true"}', "content": "c"}
        for k, day in enumerate((dt.date(2024, 5, 3), dt.date(2024, 6, 9)))
    ]  # fmt: skip
    return coerce(OBSERVATIONS, pd.DataFrame(made, columns=OBSERVATIONS.names))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Store]:
    """Give a store with invented visitors, birds, water and findings of six years."""
    path: Path = tmp_path_factory.mktemp("balance") / "store.gpkg"
    with open_store(path, site) as store:
        given = Given.of_bytes("birds.csv", bird_file().encode())
        import_birds(store, site, given, actor="t", today=TODAY)
        import_water(store, site, Given.of_bytes("w.csv", water_file().encode()), actor="t")
        with store.transaction(actor="t", reason="test") as tx:
            tx.write(VISITOR_COUNTS.name, counts_of(visitor_rows()))
            tx.write("observations", observations())
            tx.write("findings", findings())
        yield store


@pytest.fixture(scope="module")
def whole(filled: Store, site: Site) -> Balance:
    """Give the balance of the whole park, of the same month and one before."""
    return balance_of(filled, site, lags=(0, 1))


def panel(found: Balance, key: str) -> Any:
    """Return one of the series."""
    return next(one for one in found.panels if one.key == key)


def test_series_are_what_the_store_holds(whole: Balance) -> None:
    assert [one.key for one in whole.panels] == [
        "visitors", "birds", "water_class", "water:nh3n", "findings",
    ]  # fmt: skip
    assert list(panel(whole, "visitors").values.values()) == VISITS.tolist()
    assert panel(whole, "birds").values["2020-01"] == int(200 - VISITS[0] / 1000) + 3
    assert set(panel(whole, "birds").effort.values()) == {1.5}  # 60 and 30 minutes
    assert panel(whole, "water:nh3n").values["2020-01"] == pytest.approx((0.3 + 1.2) / 2)
    assert panel(whole, "water_class").values["2020-01"] == 4.0  # the worse of II and IV
    assert panel(whole, "findings").values == {"2024-05": 2.0, "2024-06": 0.0}
    assert whole.steps == [f"{day:%Y-%m}" for day in months()]
    assert whole.synthetic


def test_birds_that_follow_visitors_are_found_and_corrected_for_all_pairs(whole: Balance) -> None:
    rows = {(row["with"], row["lag"]): row for row in whole.rows("zh")}
    birds = rows["birds", 0]
    assert birds["rho"] < -0.9
    assert birds["p_corrected"] >= birds["p_value"]
    assert birds["p_corrected"] < 0.05
    assert "较低" in birds["verdict"]
    assert rows["birds", 1]["p_corrected"] > 0.05
    assert rows["findings", 0]["p_value"] is None
    assert rows["findings", 0]["verdict"] == "无法判断"
    assert any("努力量" in note for note in birds["notes"])
    assert any("跨月" in note for note in birds["notes"])


def test_caveats_belong_to_the_answer(whole: Balance) -> None:
    answer = whole.to_json("en")
    assert any("not cause" in one for one in answer["caveats"])
    assert any("Holm" in one for one in answer["caveats"])
    assert answer["synthetic"]
    assert {one["key"] for one in answer["series"]} >= {"visitors", "birds"}
    assert all("ρ" not in row["verdict"] for row in answer["pairs"])


def test_years_take_surveys_of_years_too(filled: Store, site: Site) -> None:
    found = balance_of(filled, site, per="year", lags=(0,))
    assert found.steps == [str(FIRST_YEAR + k) for k in range(YEARS)]
    assert panel(found, "visitors").values["2020"] == VISITS[:12].sum()
    of_2021 = sum(int(200 - visits / 1000) + 3 for visits in VISITS[12:24])
    assert panel(found, "birds").values["2021"] == of_2021 + 9
    assert all(row["n"] <= YEARS and row["p_value"] is None for row in found.rows("zh"))


def test_what_comes_later_is_not_known_yet(filled: Store, site: Site) -> None:
    found = balance_of(filled, site, lags=(0,), as_of=dt.datetime(2022, 7, 1, 12, tzinfo=ZONE))
    for one in found.panels:
        assert max(one.values, default="") < "2022-07"


def test_an_area_without_plots_says_so(filled: Store, site: Site) -> None:
    bare = VisitorPack(areas=(Area(id="park", name=text("全园", "park")),))
    found = balance_of(filled, dataclasses.replace(site, visitors=bare), area="全园")
    assert not found.pairs
    assert [one.key for one in found.panels] == ["visitors"]
    told = " ".join(note.zh for note in found.notes)
    assert all(word in told for word in ("样点", "站点", "分区"))


def test_what_cannot_be_compared_is_refused(filled: Store, store: Store, site: Site) -> None:
    with pytest.raises(InputError):
        balance_of(store, site)
    with pytest.raises(InputError, match="xihu"):
        balance_of(filled, site, area="东区")
    with pytest.raises(InputError):
        balance_of(filled, site, area="xihu")  # no month of it was counted
    with pytest.raises(InputError):
        balance_of(filled, site, parameters=("没有的指标",))


def test_a_cap_on_days_that_were_counted(site: Site) -> None:
    first = dt.date(2026, 10, 1)
    rows = [*day_rows("EX-G1", [900.0, 700.0, 100.0], first=first),
            *day_rows("EX-G2", [300.0, 400.0], first=first)]  # fmt: skip
    found = cap_of(data_of(site, rows), 1000, area="xihu", come_again=0.5)
    assert (found.days, found.touched, found.above, found.moved) == (2, 2, 300.0, 150.0)
    assert any("1天" in note.zh for note in found.notes)  # the gate that told nothing
    later = cap_of(data_of(site, rows), 1000, area="xihu", since=dt.date(2026, 10, 2))
    assert (later.days, later.above) == (1, 100.0)


@pytest.mark.parametrize("shown", [True, False])
def test_a_cap_on_a_forecast_has_its_interval(
    site: Site, monkeypatch: pytest.MonkeyPatch, shown: bool
) -> None:
    times = pd.date_range("2026-11-10", periods=2, freq="D")
    frame = pd.DataFrame({"time": times, "lead": [1, 2], "mean": [900.0, 1200.0],
                          "lower": [800.0, 1000.0], "upper": [1100.0, 1500.0]})  # fmt: skip
    told = SimpleNamespace(shown=shown, reason=text("没有优势", "no better"))
    made = SimpleNamespace(forecasts=(SimpleNamespace(frame=frame, told=told),))
    monkeypatch.setattr(visitorforecast, "forecast_of", lambda *_, **__: made)
    data = data_of(site, day_rows("EX-G1", [900.0]))
    if not shown:
        with pytest.raises(InputError, match="没有优势"):
            cap_ahead(data, 1000)
        return
    found = cap_ahead(data, 1000)
    assert (found.above_lower, found.above, found.above_upper) == (0.0, 200.0, 600.0)
    assert not math.isnan(found.above_upper)
