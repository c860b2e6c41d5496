"""``wetland visitors``: the shapes of its answers, and a clear word for whatever is wrong."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.operations.visitorcases import TODAY
from wetland.base.errors import InputError
from wetland.cli.visitoroptions import moment_of
from wetland.operations.stores import open_store
from wetland.operations.visitorfiles import import_visitors
from wetland.reading.files import Given
from wetland.sites.load import open_site
from wetland.visitors.readoptions import CountOptions

SITES = functools.cache(open_site)  # a pack is read once for all of these commands
FORECAST_KEYS = {"series", "time", "mean", "lower", "upper"}
PARKING_KEYS = {"car_park", "free", "probability_free", "walk_min", "rank"}
HEAD = "date,gate,measure,count,synthetic\n"
WEEK = (100, 104, 98, 101, 150, 400, 350)


def daily(days: int, *, month: int = 6) -> str:
    """Return counts of all four gates on some days from the first of a month of 2026 on."""
    first = dt.date(2026, month, 1)
    rows = []
    for k in range(days):
        day = first + dt.timedelta(days=k)
        for gate in (1, 2, 3, 4):
            n = WEEK[day.weekday()] * gate + (37 * k + 11 * gate) % 19
            rows.append(f"{day},EX-G{gate},entries,{n},true\n")
    return HEAD + "".join(rows)


@pytest.fixture(autouse=True)
def _site_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wetland.sites.load.open_site", SITES)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def made(words: str | bytes, name: str = "v.csv") -> str:
        path = tmp_path / name
        path.write_bytes(words if isinstance(words, bytes) else words.encode("utf-8"))
        return str(path)

    return made


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a store with twelve weeks of invented counts, a day of hours, and car parks."""
    path = tmp_path_factory.mktemp("visitors") / "xixi.gpkg"
    site = open_site("xixi")
    hours = "date,hour,area,measure,count,synthetic\n" + "".join(
        f"2026-08-24,{h},xihu,{m},{n},true\n"
        for h in (9, 10, 11) for m, n in (("entries", 900 * h), ("exits", 400))
    )  # fmt: skip
    parks = "停车场,时间,泊位数,已停,synthetic\n" + "".join(
        f"EX-C{p},2026-08-{day:02d} {h:02d}:{m:02d},{bays},{min(bays, 20 * h + day)},true\n"
        for p, bays in ((1, 620), (3, 450)) for day in range(3, 25) for h in range(8, 12)
        for m in (0, 30)
    )  # fmt: skip
    with open_store(path, site) as store:
        for name, words in (("d", daily(85)), ("h", hours), ("p", parks)):
            given = Given.of_bytes(f"{name}.csv", words.encode())
            import_visitors(store, site, given, options=CountOptions(source=name), actor="t",
                            today=TODAY)  # fmt: skip
    return str(path)


def test_an_import_says_what_it_did_in_both_languages(run_cli, write, tmp_path: Path) -> None:
    store = tmp_path / "s.gpkg"
    file = write(daily(3) + "2026-06-04,EX-G1,entries,-7,true\n2026-13-01,EX-G1,entries,1,true\n")
    zh = run_cli("visitors", "import", file, "--store", store)
    assert zh.code == 0
    assert "新增 13" in zh.out
    assert "不通过 1" in zh.out
    assert "虚构" in zh.err
    again = run_cli("visitors", "import", file, "--store", store, "--format", "json")
    answer = json.loads(again.out)
    counts = answer["counts"]
    assert (counts["added"], counts["changed"], counts["rows_aside"]) == (0, 0, 1)
    assert {p["row"] for p in answer["problems"]} >= {14, 15}
    assert all(p["message"] for p in answer["problems"])
    strict = run_cli(
        "visitors", "import", file, "--store", store, "--fail-on", "any", "--lang", "en"
    )
    assert strict.code == 3
    assert "rows set aside" in strict.out


def test_a_load_tells_every_area_by_both_limits(run_cli, stored) -> None:
    ran = run_cli("visitors", "load", "--store", stored, "--at", "2026-08-24 11:30", "--format",
                  "json", "--lang", "en")  # fmt: skip
    answer = json.loads(ran.out)
    assert (answer["day"], answer["at"]) == ("2026-08-24", "2026-08-24T11:30:00+08:00")
    assert {(row["area"], row["limit"]) for row in answer["loads"]} >= {
        (a, limit) for a in ("park", "xihu", "yuhang") for limit in ("daily", "instantaneous")
    }  # fmt: skip
    assert all(row["outcome"] in {"kept", "yellow", "orange", "red", "undecided"}
               for row in answer["loads"])  # fmt: skip
    assert all(row["reason"] for row in answer["loads"])
    days = run_cli("visitors", "load", "--store", stored, "--since", "2026-08-20", "--area", "全园",
                   "--format", "csv")  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(days.out)))
    assert {row["area"] for row in rows} == {"park"}
    assert min(row["day"] for row in rows) == "2026-08-20"
    table = run_cli("visitors", "load", "--store", stored)
    assert "全园" in table.out
    assert "占比%" in table.out


def test_a_file_needs_no_store(run_cli, write) -> None:
    ran = run_cli("visitors", "load", write(daily(2)), "--day", "2026-06-02", "--format", "json")
    daily_rows = [r for r in json.loads(ran.out)["loads"] if r["limit"] == "daily"]
    whole = {r["area"]: r["people"] for r in daily_rows}
    assert whole["park"] == whole["xihu"] + whole["yuhang"]


def test_all_published_capacities_are_printed_with_the_judged_one(run_cli) -> None:
    ran = run_cli("visitors", "capacity", "--day", "2026-11-24", "--format", "json")
    areas = {(a["area"], a["limit"]): a for a in json.loads(ran.out)["areas"]}
    assert areas["xihu", "daily"]["people"] == 86_600
    assert areas["yuhang", "instantaneous"]["people"] == 16_800
    listed = {p["people"] for p in areas["park", "daily"]["published"] if not p["judged"]}
    assert listed == {10_000, 15_000, 29_000}
    assert [s["visits"] for s in json.loads(ran.out)["statements"] if s["kind"] == "cumulative"]
    closed = run_cli("visitors", "capacity", "--day", "2026-03-05", "--area", "yuhang", "--lang",
                     "en")  # fmt: skip
    assert "30000" in closed.out
    assert "33500" in closed.out


def test_a_forecast_of_a_file_has_the_promised_shape(run_cli, write) -> None:
    lines = ["series,time,count"]
    for k in range(120):
        n = WEEK[k % 7] * (1 + 0.02 * math.sin(1.7 * k))
        lines += [f"东门,2026-0{6 + k // 30}-{k % 30 + 1:02d},{n:.0f}",
                  f"west,2026-0{6 + k // 30}-{k % 30 + 1:02d},{3 * n:.0f}"]  # fmt: skip
    ran = run_cli("visitors", "forecast", write("\n".join(lines)), "--freq", "day", "--horizon",
                  "5", "--format", "json", "--no-calendar")  # fmt: skip
    assert ran.code == 0
    rows = json.loads(ran.out)
    assert isinstance(rows, list)
    assert len(rows) == 10
    assert all(set(row) >= FORECAST_KEYS for row in rows)
    assert {row["series"] for row in rows} == {"东门", "west"}
    assert [row["time"] for row in rows[:2]] == ["2026-10-01", "2026-10-02"]
    assert all(row["lower"] <= row["mean"] <= row["upper"] for row in rows)


def test_a_forecast_of_the_store_is_of_the_whole_site(run_cli, stored) -> None:
    ran = run_cli("visitors", "forecast", "--store", stored, "--freq", "day", "--horizon", "7",
                  "--format", "json")  # fmt: skip
    rows = json.loads(ran.out)
    assert {row["series"] for row in rows} == {"park"}
    assert all(row["synthetic"] for row in rows)
    by_gate = run_cli("visitors", "forecast", "--store", stored, "--place", "EX-G1", "--place",
                      "EX-G2", "--horizon", "2", "--format", "csv")  # fmt: skip
    assert {r["series"] for r in csv.DictReader(io.StringIO(by_gate.out))} == {"EX-G1", "EX-G2"}
    table = run_cli("visitors", "forecast", "--store", stored, "--lang", "en", "--horizon", "3")
    assert "whole park" in table.out
    assert "invented" in table.err


def test_parking_has_the_promised_shape_from_store_and_file(run_cli, stored, write) -> None:
    ran = run_cli("visitors", "parking", "--store", stored, "--gate", "EX-G1", "--at",
                  "2026-08-24T12:00", "--format", "json")  # fmt: skip
    rows = json.loads(ran.out)
    assert isinstance(rows, list)
    assert all(set(row) >= PARKING_KEYS for row in rows)
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0]["car_park"] == "EX-C1"
    assert all(row["probability_free"] is None or 0 <= row["probability_free"] <= 1
               for row in rows)  # fmt: skip
    birmingham = "SystemCodeNumber,Capacity,Occupancy,LastUpdated\n" + "".join(
        f"BHM1,577,{50 + day + 5 * h},2016-10-{day:02d} {h:02d}:26:42\n"
        for day in range(4, 20) for h in range(8, 17)
    )  # fmt: skip
    file = run_cli("visitors", "parking", write(birmingham), "--gate", "EX-G1", "--at",
                   "2016-10-19 16:40", "--format", "json")  # fmt: skip
    assert file.code == 0
    only = json.loads(file.out)
    assert [(row["car_park"], row["walk_min"]) for row in only] == [("BHM1", None)]
    assert only[0]["free"] == 577 - (50 + 19 + 80)
    table = run_cli("visitors", "parking", "--store", stored, "--gate", "示例入口一（东）")
    assert "诱导牌" in table.out


def test_months_are_compared_and_findings_are_kept(run_cli, stored) -> None:
    ran = run_cli("visitors", "compare", "--store", stored, "--area", "xihu", "--format", "json")
    rows = json.loads(ran.out)
    assert [row["period"] for row in rows] == ["2026-06", "2026-07", "2026-08"]
    assert rows[1]["mom"] == pytest.approx(100 * (rows[1]["value"] / rows[0]["value"] - 1))
    assert rows[1]["yoy"] is None
    screened = run_cli("visitors", "screen", "--store", stored, "--no-save", "--format", "json")
    answer = json.loads(screened.out)
    assert answer["as_of"] == "2026-08-24"
    assert answer["counts"]["broken"] == 0


def test_what_a_cap_would_touch_is_counted_with_what_is_assumed(run_cli, stored) -> None:
    ran = run_cli("visitors", "balance", "--store", stored, "--cap", "3000", "--come-again", "0.5",
                  "--format", "json")  # fmt: skip
    answer = json.loads(ran.out)
    assert answer["touched"] == 25  # the weekends of twelve weeks, and the day of hours
    assert answer["above"] == pytest.approx(sum(d["above"] for d in answer["by_day"]))
    assert answer["moved"] == pytest.approx(answer["above"] / 2)
    assert answer["notes"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("forecast", "no-such-file.csv"), "no-such-file.csv"),
        (("parking", "--gate", "EX-G1", "--at", "tomorrow"), "tomorrow"),
        (("parking", "--gate", "EX-G1", "--at", "2026-08-24"), "2026-08-24"),
        (("parking", "--gate", "EX-G9"), "EX-G1"),
        (("load", "--area", "nowhere"), "nowhere"),
        (("load", "--since", "2026-08-02", "--until", "2026-08-01"), "2026-08-0"),
        (("load", "--since", "2026-08-02", "--day", "2026-08-01"), "--day"),
        (("forecast", "--place", "nowhere"), "nowhere"),
        (("forecast", "--freq", "month"), "24"),
        (("forecast", "--horizon", "99"), "14"),
        (("balance", "--since", "2026-08-02"), "--cap"),
        (("forecast", "--freq", "hour", "--weather", "w.csv"), "--freq day"),
        (("compare", "--area", ""), "park"),
    ],
)
def test_what_is_given_wrongly_is_answered_by_a_sentence(
    run_cli, stored, arguments: tuple[str, ...], said: str
) -> None:
    for lang in ("zh", "en"):
        ran = run_cli("visitors", *arguments, "--store", stored, "--lang", lang)
        assert ran.code == 1
        assert said in ran.err
        assert "Traceback" not in ran.err
        assert "内部错误" not in ran.err
        assert "inside the program" not in ran.err


@pytest.mark.parametrize("words", ["", "\x00", "a\n1\n", "series,time,count\nx,never,1\n",
                                   "series,time,count\nx,2026-01-01,many\n",
                                   "series,time,count\nx,2026-01-01,5\n"])  # fmt: skip
@pytest.mark.parametrize("verb", [("forecast", "--freq", "hour"), ("parking", "--gate", "EX-G1"),
                                  ("load",), ("compare",)])  # fmt: skip
def test_hostile_files_are_answered_by_a_sentence(
    run_cli, write, words: str, verb: tuple[str, ...]
) -> None:
    ran = run_cli("visitors", verb[0], write(words), *verb[1:], "--lang", "en")
    assert ran.code in {0, 1}
    assert ran.code == 1 or verb[0] in {"load", "compare"}  # there is nothing of any area
    assert "inside the program" not in ran.err
    assert ran.err.strip()


def test_moments_are_local_where_no_offset_stands_beside_them() -> None:
    def told(words: str, zone: str = "Asia/Shanghai") -> str:
        found = moment_of(words, zone)
        assert found is not None
        return found.isoformat()

    assert told("2026-11-22 10:30") == "2026-11-22T10:30:00+08:00"
    assert told("2026-11-22T02:30:00Z") == "2026-11-22T10:30:00+08:00"
    assert told("2026-11-22 24:00") == "2026-11-23T00:00:00+08:00"
    assert told("2026-11-01 01:30", "America/New_York") == "2026-11-01T01:30:00-04:00"
    assert moment_of(None, "UTC") is None
    for wrong in ("2026-03-08 02:30", "2026-11-22", "25:00", "", "0001-01-01 00:00+09:00",
                  "0001-01-02 00:00", "9999-12-31 24:00"):  # fmt: skip
        with pytest.raises(InputError):
            moment_of(wrong, "America/New_York")


def test_levels_flows_and_spans_of_one_file_are_kept_apart(run_cli, write) -> None:
    rows = ["series,date,measure,count,synthetic"]
    first = dt.date(2026, 3, 2)
    for k in range(140):
        day = first + dt.timedelta(days=k)
        n = WEEK[k % 7] + k % 5
        rows += [f"甲,{day},entries,{n},true", f"乙,{day},entries,{3 * n},false"]
    rows += [f"丙,2026-0{m},entries,9000,false" for m in range(1, 7)]
    file = write("\n".join(rows))
    ran = run_cli("visitors", "forecast", file, "--freq", "day", "--horizon", "1", "--format",
                  "json", "--no-calendar")  # fmt: skip
    told = {row["series"]: row for row in json.loads(ran.out)}
    assert set(told) == {"甲", "乙"}  # a month tells nothing of its days
    assert (told["甲"]["synthetic"], told["乙"]["synthetic"]) == (True, False)
    one = run_cli(
        "visitors", "forecast", file, "--place", "乙", "--horizon", "1", "--format", "csv"
    )
    assert {row["series"] for row in csv.DictReader(io.StringIO(one.out))} == {"乙"}
    for wrong in (("--place", "丁"), ("--measure", "boats")):
        assert run_cli("visitors", "forecast", file, *wrong).code == 1
    refused = run_cli("visitors", "forecast", file, "--freq", "hour", "--lang", "en")
    assert refused.code == 1
    assert "longer than one hour" in refused.err


def test_too_little_is_refused_with_what_is_needed(run_cli, write) -> None:
    rows = "".join(f"a,2026-03-{k:02d},{k}\n" for k in range(1, 32))
    ran = run_cli("visitors", "forecast", write("series,time,count\n" + rows), "--freq", "day",
                  "--format", "json")  # fmt: skip
    assert ran.code == 1
    assert ran.out == ""
    assert "31" in ran.err
