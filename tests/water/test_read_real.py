"""Real files: read with their problems told; non-detects counted a second, independent way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.water.readingwater import told, warned
from wetland.base.errors import InputError
from wetland.water.read import WaterReading, read_water
from wetland.water.readoptions import WaterOptions


def read(path: Path, **options) -> WaterReading:
    return read_water(path, site_id="test", timezone="America/Denver", stations={},
                      options=WaterOptions(**options))  # fmt: skip


@pytest.fixture(scope="module")
def water(shared) -> Path:
    return shared / "data/water"


@pytest.fixture(scope="module")
def utah(water) -> tuple[WaterReading, pd.DataFrame]:
    path = water / "wqp/tada_nutrients_utah.parquet"
    return read(path), pd.read_parquet(path)


def _surface(frame: pd.DataFrame) -> pd.Series:
    """Tell rows of surface water, and of the whole where the whole is judged, by pandas alone."""
    place = frame["MonitoringLocationTypeName"]
    dry = place.isin(["Facility Other", "Well", "Spring", "Storm Sewer", "Waste Sewer", "Land"])
    sub = frame["ActivityMediaSubdivisionName"].isin(["Groundwater", "Bulk deposition"])
    part = (frame["CharacteristicName"] == "Nitrogen") & (
        frame["ResultSampleFractionText"] != "Total"
    )
    return ~dry & ~sub & ~part


def test_wqp_rows_add_up(utah):
    reading, frame = utah
    assert (reading.layout, reading.rows, len(frame)) == ("wqp", 14538, 14538)
    assert reading.counts["left_out"] == int((~_surface(frame)).sum())
    dropped = sum(p.code in {"repeated_result", "conflicting_results"}
                  for p in reading.problems.items)  # fmt: skip
    whole = (reading.counts["results"] + reading.counts["not_measured"] + dropped
             + reading.counts["left_out"])  # fmt: skip
    assert whole == len(frame)


def test_wqp_non_detects_are_counted_the_same_in_two_ways(utah):
    reading, frame = utah
    number = pd.to_numeric(frame["ResultMeasureValue"], errors="coerce")
    condition = frame["ResultDetectionConditionText"]
    below = number.isna() & (condition.isin(["Not Detected", "Below Reporting Limit"])
                             | (frame["ResultMeasureValue"] == "ND"))  # fmt: skip
    below &= _surface(frame)
    rows = set(np.flatnonzero(below) + 1)
    read_rows = set(reading.results.loc[reading.results["censoring"] == "below", "source_row"])
    dropped = {p.row for p in reading.problems.items
               if p.code in {"repeated_result", "conflicting_results"}}  # fmt: skip
    assert read_rows == rows - dropped
    assert not reading.results.loc[reading.results["censoring"] == "below", "value"].le(0).any()


def test_wqp_units_and_quality_control(utah):
    reading, frame = utah
    results = reading.results.set_index("source_row")
    as_n = frame["ResultMeasure.MeasureUnitCode"].isin(["mg/L", "mg/l", "mg/l as N"]).to_numpy()
    number = pd.to_numeric(frame["ResultMeasureValue"], errors="coerce")
    number.index = range(1, len(number) + 1)
    rows = [row for row in results.index if as_n[row - 1] and number[row] == number[row]]
    assert len(rows) > 5000
    assert np.array_equal(results.loc[rows, "value"], number[rows])
    quality = frame["ActivityTypeCode"].str.contains("Quality Control").to_numpy()
    is_sample = (results["qa"] == "sample").to_numpy()
    assert np.array_equal(is_sample, ~quality[np.array(results.index, dtype=int) - 1])
    assert {"lake", "river"} == set(reading.stations["water_body"])
    assert {"part_of_whole", "not_surface_water", "qa_samples"} <= warned(reading)


def test_wqp_days_are_as_written(utah):
    reading, frame = utah
    written = frame["ActivityStartDate"].to_numpy()[reading.results["source_row"].to_numpy(int) - 1]
    assert (reading.results["sampled_on"].astype(str).to_numpy() == written).all()


def test_san_francisco_bay(water):
    path = water / "wql_sfbay.parquet"
    frame = pd.read_parquet(path)
    reading = read(path, units={"nox": "umol/L", "nhx": "umol/L"})
    names = {"chl": "chla", "dox": "do", "spm": "ss", "sal": "salinity", "temp": "temp",
             "nox": "no23n", "nhx": "nh3n"}  # fmt: skip
    told = reading.results[reading.results["flag"] != "missing"]
    kept = told.groupby("parameter").size()
    lost = {}
    for problem in reading.problems.items:
        if problem.code in {"repeated_result", "conflicting_results"}:
            lost[problem.column] = lost.get(problem.column, 0) + 1
    for column, code in names.items():
        assert kept[code] + lost.get(column, 0) == frame[column].notna().sum(), column
    nitrate = told[told["parameter"] == "no23n"].iloc[0]
    assert nitrate["value"] == pytest.approx(float(nitrate["value_received"]) * 0.0140067, rel=1e-6)
    assert [p.value for p in reading.problems.items if p.code == "parameter_unknown"] == ["ext"]
    assert "date_order" in warned(reading)


def test_egret(water):
    folder = water / "egret"
    nitrate = read(folder / "ChoptankRiverNitrate.csv", station="Choptank")
    assert nitrate.results["censoring"].value_counts().to_dict() == {"none": 5, "below": 2}
    assert nitrate.counts["unknown_parameters"] == 7
    samples = read(folder / "Choptank_eList_Sample.csv", station="Choptank", parameter="no23n")
    frame = pd.read_csv(folder / "Choptank_eList_Sample.csv")
    assert (samples.results["censoring"] == "below").sum() == (frame["Uncen"] == 0).sum() == 1
    assert np.array_equal(samples.results["value"], frame["ConcHigh"])
    flow = read(folder / "ChoptankRiverFlow.txt", station="Choptank")
    assert len(flow.results) == len(pd.read_csv(folder / "ChoptankRiverFlow.txt", sep="\t"))
    assert not told(flow)
    with pytest.raises(InputError, match="default-station"):
        read(folder / "ChoptankRiverNitrate.csv")
