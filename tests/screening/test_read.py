"""Reading observations: nothing lost, nothing guessed, and the same row has the same identifier."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.screening.reading import Read, accounted, told
from wetland.base.errors import InputError
from wetland.base.tables import DTYPES
from wetland.screening.tables import OBSERVATIONS

HEADER = "lon,lat,date,activity\n"
GOOD = "120.0668,30.2742,2024-05-01,钓鱼\n"


def row(reading: Any, position: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = reading.observations.iloc[position].to_dict()
    return found


def test_a_plain_row(read: Read) -> None:
    reading = read(HEADER + GOOD)
    assert told(reading) == []
    found = row(reading)
    assert (found["geometry"].x, found["geometry"].y) == (120.0668, 30.2742)
    assert found["occurred_on"] == dt.date(2024, 5, 1)
    assert found["activity"] == "fishing.angling"
    assert (found["shape"], found["datum"], found["position_source"]) == (
        "station", "wgs84", "unknown",
    )  # fmt: skip
    assert pd.isna(found["uncertainty_m"])
    assert {c: str(t) for c, t in reading.observations.dtypes.items()} == {
        c.name: DTYPES[c.kind] for c in OBSERVATIONS.columns
    }


def test_chinese_headings_facts_and_other_columns(read: Read) -> None:
    reading = read(
        "编号,经度（°）,纬度（°）,发生日期,发生时间,违法行为,定位精度(米),定位方式,natural_wetland,"
        "area_m2,捕捞水生动物同意,天气\n"
        "A-7,120.0668,30.2742,2024年5月1日,14:30,垂钓,8米,GPS,是,40,否,晴\n"
        "A-8,120.0668,30.2742,2024年5月1日,,垂钓,,,未知,,,\n"
    )
    assert told(reading) == []
    found = row(reading)
    assert found["record_id"] == "A-7"
    assert found["occurred_at"] == pd.Timestamp("2024-05-01T06:30:00Z")
    assert (found["uncertainty_m"], found["position_source"]) == (8.0, "gps")
    assert json.loads(found["facts"]) == {
        "natural_wetland": True, "area_m2": 40.0, "aquatic_catch_consent": False,
    }  # fmt: skip
    assert json.loads(found["extra"]) == {"天气": "晴"}
    second = row(reading, 1)
    assert json.loads(second["facts"]) == {}
    assert pd.isna(second["occurred_at"])
    assert second["occurred_on"] == dt.date(2024, 5, 1)


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("30.2742,120.0668,2024-05-01,钓鱼", "swapped", "lon, lat"),
        ("220,30.2742,2024-05-01,钓鱼", "off_earth", "lon, lat"),
        ("506432.1,3350012.4,2024-05-01,钓鱼", "projected", "lon, lat"),
        ("0,0,2024-05-01,钓鱼", "zero_position", "lon, lat"),
        (",30.2742,2024-05-01,钓鱼", "half_position", "lon, lat"),
        ("nan,30.2742,2024-05-01,钓鱼", "not_finite", "lon"),
        ("120.0668,inf,2024-05-01,钓鱼", "not_finite", "lat"),
        ("east,30.2742,2024-05-01,钓鱼", "not_a_number", "lon"),
        ("120.0668,30.2742,5月1日,钓鱼", "date_no_year", "date"),
        ("120.0668,30.2742,5/6/2024,钓鱼", "date_two_ways", "date"),
        ("120.0668,30.2742,2024-02-30,钓鱼", "no_such_day", "date"),
        ("120.0668,30.2742,2024-05-01,钓于", "unknown_activity", "activity"),
    ],
)
def test_a_wrong_row_is_kept_aside(read: Read, line: str, code: str, column: str) -> None:
    reading = read(HEADER + GOOD + line + "\n")
    assert told(reading, level="error") == [(3, code)]
    problem = next(p for p in reading.problems.items if p.level == "error")
    assert problem.column == column
    assert problem.file == "a.csv"
    assert problem.value
    assert len(reading.observations) == 1
    accounted(reading)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",,2024-05-01,钓鱼", "position_missing"),
        ("120.0668,30.2742,,钓鱼", "date_missing"),
        ("120.0668,30.2742,2024-05-01,", "activity_missing"),
        ("120.0668,30.2742,2024-05-01,未知", "activity_missing"),
    ],
)
def test_what_is_missing_is_not_wrong(read: Read, line: str, code: str) -> None:
    reading = read(HEADER + line + "\n")
    assert told(reading) == [(2, code)]
    assert reading.problems.items[0].level == "warning"
    assert len(reading.observations) == 1


def test_wrong_facts_and_uncertainties(read: Read) -> None:
    reading = read(
        "lon,lat,date,activity,accuracy,natural_wetland,area_m2\n"
        "120.06,30.27,2024-05-01,钓鱼,-5,,\n120.06,30.27,2024-05-01,钓鱼,,或许,\n"
        "120.06,30.27,2024-05-01,钓鱼,,,-3\n120.06,30.27,2024-05-01,钓鱼,5,是,3\n"
    )
    assert told(reading) == [(2, "negative_uncertainty"), (3, "fact_invalid"), (4, "fact_invalid")]
    accounted(reading)


def test_no_activity_or_date_column_is_said_once(read: Read) -> None:
    reading = read("lon,lat\n120.06,30.27\n120.07,30.27\n")
    assert sorted(told(reading)) == [(None, "no_activity"), (None, "no_date")]
    filled = read("lon,lat\n120.06,30.27\n", default_activity="钓鱼",
                  default_date=dt.date(2024, 5, 1))  # fmt: skip
    assert told(filled) == []
    assert row(filled)["activity"] == "fishing.angling"
    assert row(filled)["occurred_on"] == dt.date(2024, 5, 1)


def test_a_column_that_holds_nothing_is_as_good_as_none(read: Read) -> None:
    lines = "lon,lat,date,activity\n" + "".join(f"120.{i},30.27,,\n" for i in range(30))
    reading = read(lines)
    assert told(reading, level="warning")[-2:] == [(None, "no_date"), (None, "no_activity")]
    assert "date_missing" not in reading.problems.counts()
    named = read(lines, columns={"date": "date"})
    assert named.problems.counts()["date_missing"] == 30
    few = read("lon,lat,date,activity\n120.06,30.27,,\n")
    assert told(few) == [(2, "date_missing"), (2, "activity_missing")]


def test_no_position_column_names_the_flags(read: Read) -> None:
    with pytest.raises(InputError) as error:
        read("place,date\nhere,2024-05-01\n")
    assert "place, date" in error.value.message.en
    assert error.value.hint is not None
    assert "--lon" in error.value.hint.en


def test_columns_named_by_the_user(read: Read) -> None:
    content = "a,b,c,d,e\n120.06,30.27,2024-05-01,钓鱼,是\n"
    named = {"lon": "a", "lat": "b", "date": "c", "activity": "d", "natural_wetland": "e"}
    found = row(read(content, columns=named))
    assert (found["activity"], json.loads(found["facts"])) == (
        "fishing.angling", {"natural_wetland": True},
    )  # fmt: skip
    with pytest.raises(InputError, match="no column z"):
        read(content, columns={"lon": "z"})
    with pytest.raises(InputError, match="no field and no fact"):
        read(content, columns={"colour": "a"})


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("datum", "nad27", "unknown datum"), ("default_activity", "juggling", "no activity juggling"),
     ("timezone", "Mars/Olympus", "unknown time zone"), ("source_kind", "magic", "unknown kind"),
     ("activity_words", {"x": "juggling"}, "no activity juggling")],
)  # fmt: skip
def test_options_nobody_knows(read: Read, option: str, value: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(HEADER + GOOD, **{option: value})


def test_datums_of_file_and_row(read: Read) -> None:
    """The wetland museum in three datums (CAUTIONS: WGS84 120.0826183, 30.2664423)."""
    lines = ("lon,lat,datum,activity,date\n"
             "120.0826183,30.2664423,WGS84,钓鱼,2024-05-01\n"
             "120.087436,30.264166,GCJ-02,钓鱼,2024-05-01\n"
             "120.093967,30.270123,BD-09,钓鱼,2024-05-01\n"
             "120.0826183,30.2664423,CGCS2000,钓鱼,2024-05-01\n"
             "120.0826183,30.2664423,unknown,钓鱼,2024-05-01\n"
             "120.0826183,30.2664423,,钓鱼,2024-05-01\n")  # fmt: skip
    reading = read(lines)
    assert told(reading) == [(6, "unknown_datum"), (7, "datum_missing")]
    for place in reading.observations["geometry"]:
        assert place.x == pytest.approx(120.0826183, abs=2e-6)
        assert place.y == pytest.approx(30.2664423, abs=2e-6)
    assert json.loads(row(reading, 1)["extra"])["lon"] == "120.087436"
    filled = read(lines, datum="GCJ-02")
    assert told(filled) == [(6, "unknown_datum")]
    assert filled.observations["datum"].tolist()[-1] == "gcj02"
    accounted(reading)


def test_a_datum_in_the_name_of_the_columns(read: Read) -> None:
    found = row(read("高德经度,高德纬度,date,activity\n120.087436,30.264166,2024-05-01,钓鱼\n"))
    assert found["datum"] == "gcj02"
    assert found["geometry"].x == pytest.approx(120.0826183, abs=2e-6)


def test_wkt_column(read: Read) -> None:
    reading = read(
        "wkt,date,activity\n"
        '"SRID=4326;POLYGON((120.06 30.27,120.061 30.27,120.061 30.271,120.06 30.27))",'
        "2024-05-01,填塘\n"
        '"POLYGON((120.06 30.27",2024-05-01,填塘\n'
        '"LINESTRING(120.06 30.27,120.07 30.27)",2024-05-01,填塘\n,2024-05-01,填塘\n'
    )
    assert reading.observations["shape"].tolist()[:2] == ["footprint", "line"]
    assert told(reading) == [(3, "broken_geometry"), (5, "position_missing")]
    accounted(reading)


def test_local_day_of_an_instant(read: Read) -> None:
    content = "lon,lat,time,activity\n120.06,30.27,{t},钓鱼\n"
    assert row(read(content.format(t="2024-04-30T18:00:00Z")))["occurred_on"] == dt.date(2024, 5, 1)
    assert row(read(content.format(t="2024-04-30 18:00")))["occurred_on"] == dt.date(2024, 4, 30)
    elsewhere = read(content.format(t="2024-04-30 18:00"), timezone="UTC")
    assert row(elsewhere)["occurred_on"] == dt.date(2024, 5, 1)


def test_far_from_the_site_is_said_once(read: Read) -> None:
    reading = read(HEADER + "37.5,-2.1,2024-05-01,钓鱼\n38.5,-2.1,2024-05-01,钓鱼\n")
    assert told(reading) == [(None, "far_from_site")]
    assert "2 row" in reading.problems.items[0].message.en


def test_uncertainty_wider_than_declared_is_told(read: Read) -> None:
    reading = read("lon,lat,date,activity,accuracy\n120.06,30.27,2024-05-01,钓鱼,5000\n",
                   source_kind="gps")  # fmt: skip
    assert told(reading) == [(None, "wide_uncertainty")]


def test_same_row_same_identifier(read: Read) -> None:
    first, second = read(HEADER + GOOD), read(HEADER + "120.07,30.27,2024-05-01,钓鱼\n" + GOOD,
                                              name="b.csv")  # fmt: skip
    assert row(first)["observation_id"] == row(second, 1)["observation_id"]
    assert row(first)["source_id"] != row(second, 1)["source_id"]
    assert row(read(HEADER + GOOD))["source_id"] == row(first)["source_id"]


def test_better_options_make_no_second_observation(read: Read) -> None:
    lines = "lon,lat,date,activity\n120.087436,30.264166,2024-05-01,netting\n"
    words = {"netting": "fishing.net"}
    first = row(read(lines, activity_words=words))
    second = row(read(lines, activity_words=words, datum="gcj02", source_kind="gps"))
    assert first["observation_id"] == second["observation_id"]
    assert first["content"] != second["content"]
    assert first["source_id"] != second["source_id"]


def test_own_identifiers_are_those_of_their_source(read: Read) -> None:
    header = "id,lon,lat,date,activity\n"
    one = read(header + "7,120.06,30.27,2024-05-01,钓鱼\n", source="patrol")
    corrected = read(header + "7,120.07,30.27,2024-05-01,钓鱼\n", name="b.csv", source="patrol")
    other = read(header + "7,120.06,30.27,2024-05-01,钓鱼\n", source="volunteers")
    assert row(one)["observation_id"] == row(corrected)["observation_id"]
    assert row(one)["content"] != row(corrected)["content"]
    assert row(one)["observation_id"] != row(other)["observation_id"]


def test_rows_that_occur_twice(read: Read) -> None:
    header = "id,lon,lat,date,activity,note\n"
    reading = read(
        header
        + "1,120.06,30.27,2024-05-01,钓鱼,a\n"
        + "1,120.06,30.27,2024-05-01,钓鱼,b\n"
        + "2,120.06,30.27,2024-05-01,钓鱼,a\n"
        + "2,120.09,30.27,2024-05-01,钓鱼,a\n"
        + "3,120.06,30.27,2024-05-01,钓鱼,a\n"
        + ",120.06,30.27,2024-05-01,钓鱼,a\n"
        + ",120.06,30.27,2024-05-01,钓鱼,a\n"
    )
    assert sorted(told(reading)) == [
        (3, "repeated_row"), (4, "duplicate_id"), (5, "duplicate_id"), (8, "repeated_row"),
    ]  # fmt: skip
    assert reading.observations["source_row"].tolist() == [2, 6, 7]
    accounted(reading)


CELLS = {
    "lon": st.sampled_from(["120.0668", "30.27", "", "nan", "220", "x", "0", "东经120°4′"]),
    "lat": st.sampled_from(["30.2742", "120.06", "", "inf", "95", "北", "0"]),
    "date": st.sampled_from(["2024-05-01", "5月1日", "", "2024-02-30", "45413", "x"]),
    "activity": st.sampled_from(["钓鱼", "fishing;捕鸟", "", "juggling", "未知"]),
    "accuracy": st.sampled_from(["5", "", "-1", "nan", "200 km"]),
    "datum": st.sampled_from(["wgs84", "gcj02", "bd09", "", "unknown"]),
    "natural_wetland": st.sampled_from(["是", "否", "", "maybe"]),
    "id": st.sampled_from(["1", "2", "3", ""]),
}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_nothing_is_lost(read: Read, data: st.DataObject) -> None:
    """Every row of any table is an observation or has an error with row and column."""
    columns = data.draw(st.lists(st.sampled_from(sorted(CELLS)), unique=True, min_size=1))
    columns = sorted({*columns, "lon", "lat"})
    rows = data.draw(st.lists(st.tuples(*(CELLS[c] for c in columns)), min_size=1, max_size=8))
    if not any(any(cells) for cells in rows):
        return
    reading = read("\n".join([",".join(columns), *(",".join(r) for r in rows)]))
    assert reading.rows == sum(any(cells) for cells in rows)
    accounted(reading)
    assert reading.observations["observation_id"].is_unique
    for problem in reading.problems.items:
        assert problem.message.zh
        assert problem.message.en


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.one_of(st.none(), st.floats(0, 400)), min_size=1, max_size=12),
    st.lists(st.sampled_from(["gps", "photo", "unknown", "map_click"]), min_size=12, max_size=12),
)
def test_a_default_is_never_narrower_than_its_source(
    stated: list[float | None], sources: list[str]
) -> None:
    import numpy as np

    from wetland.screening.uncertainty import fill_uncertainty

    defaults = {"gps": 30.0, "photo": 60.0, "map_click": 100.0, "declared": 100.0, "unknown": 200.0}
    values = np.array([np.nan if v is None else v for v in stated])
    kinds = np.array(sources[: len(stated)], dtype=object)
    filled = fill_uncertainty(values, kinds, defaults)
    for value, kind, used in zip(values, kinds, filled, strict=True):
        of_kind = [v for v, k in zip(values, kinds, strict=True) if k == kind and v == v]
        if value == value:
            assert used == value
        else:
            assert used >= max([defaults[kind], *of_kind])
            if kind == "unknown":
                assert used >= max(filled)
