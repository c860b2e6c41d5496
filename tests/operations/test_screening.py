"""Import, screen and keep: idempotent, whole, and findings that follow what is known."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from wetland.base.errors import InputError, StoreError
from wetland.base.tables import DTYPES
from wetland.operations.findings import (
    explain_finding,
    export_findings,
    get_finding,
    list_findings,
    sheet_of,
    write_sheet,
)
from wetland.operations.screening import import_observations, screen_file, screen_store
from wetland.reading.files import Given
from wetland.regulations.records import RECORDS
from wetland.screening.options import ReadOptions
from wetland.screening.screen import Settings
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.store.transaction import Written

EXERCISE = Settings(assume_schematic=True)
HEADER = "lon,lat,date,activity,accuracy\n"
LINES = [
    "120.0668,30.2742,2015-05-01,网具捕捞,5\n",
    "120.0669,30.2742,2015-05-02,网具捕捞,5\n",
    "120.0670,30.2742,2015-05-03,网具捕捞,5\n",
    "120.0671,30.2742,5月4日,网具捕捞,5\n",
]


def sent(lines: list[str], name: str = "a.csv", header: str = HEADER) -> Given:
    return Given.of_bytes(name, (header + "".join(lines)).encode())


def consent(site: Site, **values: Any) -> pd.DataFrame:
    row: dict[str, Any] = dict.fromkeys(RECORDS.names) | {"site": "xixi"}
    row |= {"record_id": "P-1", "kind": "aquatic_catch_consent", "status": "issued",
            "valid_from": dt.date(2015, 1, 1), "zone": "protection", **values}  # fmt: skip
    return pd.DataFrame([row], columns=RECORDS.names).astype(
        {c.name: DTYPES[c.kind] for c in RECORDS.columns}
    )


def test_an_import_keeps_source_observations_and_problems(store: Store, site: Site) -> None:
    done = import_observations(store, site, sent(LINES), actor="me")
    assert done.written == Written(added=3)
    source = store.read("sources").iloc[0]
    assert (source["rows"], source["rows_read"], source["rows_aside"]) == (4, 3, 1)
    assert source["sha256"] == done.reading.source["sha256"]
    problems = store.read("problems")
    assert problems["code"].tolist() == ["date_no_year"]
    assert problems["row"].tolist() == [5]
    assert problems["source_id"].tolist() == [source["source_id"]]
    assert set(store.read("observations")["source_id"]) == {source["source_id"]}
    answer = done.to_json("en")
    assert answer["counts"]["added"] == 3
    assert answer["problems"][0]["message"].startswith("the date has no year")
    assert store.verify().ok


def test_the_same_file_twice_changes_nothing(store: Store, site: Site) -> None:
    import_observations(store, site, sent(LINES), actor="me")
    before = store.head().hash
    again = import_observations(store, site, sent(LINES), actor="me")
    assert again.written == Written(unchanged=3)
    assert store.head().hash == before


def test_an_overlapping_file_adds_what_is_new(store: Store, site: Site) -> None:
    import_observations(store, site, sent(LINES[:2]), actor="me")
    done = import_observations(store, site, sent(LINES[1:3], name="b.csv"), actor="me")
    assert done.written == Written(added=1, unchanged=1)
    assert store.count("observations") == 3
    assert store.count("sources") == 2


@pytest.mark.parametrize("name", ["a.csv", "b.csv"])
def test_overlap_of_rows_with_identifiers(store: Store, site: Site, name: str) -> None:
    """An identifier is that of its source; the same content from another file is known."""
    header = "id," + HEADER
    numbered = [f"{i},{line}" for i, line in enumerate(LINES[:3])]
    import_observations(store, site, sent(numbered[:2], header=header), actor="me")
    more = sent(numbered[1:], name=name, header=header)
    assert import_observations(store, site, more, actor="me").written == Written(1, 0, 1)
    assert store.count("observations") == 3


def test_a_corrected_row_replaces_the_one_before(store: Store, site: Site) -> None:
    header = "id," + HEADER
    options = ReadOptions(source="patrol")
    first = sent([f"7,{LINES[0]}"], header=header)
    corrected = sent([f"7,{LINES[1]}"], name="later.csv", header=header)
    import_observations(store, site, first, options=options, actor="me")
    done = import_observations(store, site, corrected, options=options, actor="me")
    assert done.written == Written(changed=1)
    assert store.read("observations")["occurred_on"].tolist() == [dt.date(2015, 5, 2)]


def test_a_refused_file_leaves_nothing(store: Store, site: Site) -> None:
    for content in (Given.of_bytes("a.csv", b""), Given.of_bytes("a.csv", b"a,b\n1,2\n")):
        with pytest.raises(InputError):
            import_observations(store, site, content, actor="me")
    assert store.path is not None
    with pytest.raises(InputError, match="the store itself"):
        import_observations(store, site, store.path, actor="me")
    with pytest.raises(InputError, match="who writes"):
        import_observations(store, site, sent(LINES), actor=" ")
    assert all(store.count(t) == 0 for t in store.tables)


def test_an_import_that_fails_half_way_leaves_nothing(
    store: Store, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wetland.operations import screening

    class FullError(StoreError):
        pass

    def fail(*_: object) -> pd.DataFrame:
        from wetland.base.texts import text

        raise FullError(text("满了", "full"))

    monkeypatch.setattr(screening, "_new_rows", fail)
    with pytest.raises(FullError):
        import_observations(store, site, sent(LINES), actor="me")
    assert store.count("sources") == 0


def test_screening_a_file_without_a_store(site: Site) -> None:
    found = screen_file(sent(LINES), site, settings=EXERCISE)
    answer = found.to_json("en")
    assert list(answer)[-4:] == ["findings", "undecided", "problems", "counts"]
    assert answer["zone_basis"] == "exercise"
    assert answer["notice"].startswith("Exercise mode")
    assert (answer["counts"]["rows"], answer["counts"]["observations"]) == (4, 3)
    assert answer["counts"]["problems"] == 1
    assert {"rule", "missing", "count"} == set(answer["undecided"][0])
    catch = next(u for u in answer["undecided"] if u["rule"] == "xixi-2011/26-1-aquatic")
    assert catch == {
        "rule": "xixi-2011/26-1-aquatic", "missing": ["aquatic_catch_consent"], "count": 3,
    }  # fmt: skip
    json.dumps(answer, allow_nan=False)
    assert found.written is None


def test_findings_in_json(site: Site) -> None:
    header = HEADER.replace("\n", ",aquatic_catch_consent\n")
    found = screen_file(sent([LINES[0].replace("\n", ",否\n")], header=header), site,
                        settings=EXERCISE)  # fmt: skip
    by_rule = {f["rule"]: f for f in found.to_json("en")["findings"]}
    catch = by_rule["xixi-2011/26-1-aquatic"]
    assert catch["fine"] == {"min": 500.0, "max": 2000.0, "unit": "CNY", "discretion": "may"}
    assert catch["geometry"] == {"type": "Point", "coordinates": [120.0668, 30.2742]}
    assert catch["occurred_on"] == "2015-05-01"
    assert catch["evidence"]["facts"] == {"aquatic_catch_consent": False}
    assert "Art. 26(1)" in catch["explanation"]
    assert all(f["outcome"] == "broken" for f in by_rule.values())
    every = found.to_json("zh", undecided=True)["findings"]
    assert {f["outcome"] for f in every} == {"broken", "undecided"}


def test_findings_are_kept_and_follow_what_is_known(store: Store, site: Site) -> None:
    header = HEADER.replace("\n", ",aquatic_catch_consent\n")
    told = [line.replace("\n", f",{c}\n") for line, c in zip(LINES[:2], ("否", ""), strict=True)]
    first = screen_file(sent(told, header=header), site, store=store, settings=EXERCISE, actor="me")
    assert first.written is not None
    assert first.written.added == len(first.findings)
    rule = "xixi-2011/26-1-aquatic"
    assert len(list_findings(store, outcome="broken", rule=rule)) == 1
    assert len(list_findings(store, outcome="undecided", rule=rule)) == 1
    again = screen_store(store, site, settings=EXERCISE, actor="me")
    assert again.written == Written(unchanged=len(first.findings))

    with store.transaction(actor="me", reason="permits") as tx:
        tx.write("records", consent(site))
    later = screen_store(store, site, settings=EXERCISE, actor="me")
    assert later.written is not None
    assert later.written.changed
    held = list_findings(store, outcome=None, rule=rule).set_index("source_row")
    # Row 2 says "no consent", the register says "consent": a person must look.
    assert held.loc[2, "outcome"] == "undecided"
    assert held.loc[2, "status"] == "open"
    assert held.loc[3, "status"] == "passed"


def test_what_a_person_settled_stays(store: Store, site: Site) -> None:
    screen_file(sent(LINES[:2]), site, store=store, settings=EXERCISE, actor="me")
    rows = list_findings(store, outcome=None, rule="xixi-2011/26-1-aquatic")
    with store.transaction(actor="ranger", reason="on site") as tx:
        tx.write("findings", rows.assign(status=["verified", "dismissed"]))
    screen_store(store, site, settings=EXERCISE, actor="me")
    held = list_findings(store, outcome=None, rule="xixi-2011/26-1-aquatic")
    assert sorted(held["status"]) == ["dismissed", "verified"]


def test_without_an_actor_nothing_is_written(store: Store, site: Site) -> None:
    found = screen_file(sent(LINES), site, store=store, settings=EXERCISE)
    assert len(found.findings)
    assert store.count("observations") == store.count("findings") == 0


def test_a_default_is_as_wide_as_the_store_knows(store: Store, site: Site) -> None:
    wide = LINES[0].replace(",5\n", ",700\n")
    import_observations(
        store, site, sent([wide]), options=ReadOptions(source_kind="gps"), actor="m"
    )
    blank = sent([LINES[1].replace(",5\n", ",\n")], name="b.csv")
    found = screen_file(blank, site, store=store, options=ReadOptions(source_kind="gps"))
    assert found.counts["default_uncertainty"] == [
        {"position_source": "gps", "uncertainty_m": 700.0, "count": 1}
    ]


def test_one_finding_by_its_beginning(store: Store, site: Site) -> None:
    screen_file(sent(LINES[:1]), site, store=store, settings=EXERCISE, actor="me")
    whole = store.read("findings")["finding_id"].iloc[0]
    assert get_finding(store, whole[:20])["finding_id"] == whole
    assert explain_finding(store, site, whole, lang="en")["notice"].startswith("Exercise mode")
    with pytest.raises(InputError, match="no finding"):
        get_finding(store, "f-none")
    with pytest.raises(InputError, match="several"):
        get_finding(store, "f-")


@pytest.mark.parametrize("suffix", ["csv", "geojson", "gpkg"])
def test_every_exported_row_carries_the_notice(
    store: Store, site: Site, tmp_path: Path, suffix: str
) -> None:
    screen_file(sent(LINES[:2]), site, store=store, settings=EXERCISE, actor="me")
    path = export_findings(store, site, tmp_path / f"out.{suffix}")
    if suffix == "csv":
        rows = pd.read_csv(path)
    else:
        import pyogrio

        rows = pyogrio.read_dataframe(path)
    notices = [c for c in rows.columns if "notice" in c]
    assert notices
    assert len(rows) == store.count("findings")
    for column in notices:
        assert rows[column].str.contains("示意|schematic").all()
    assert set(rows["zone_basis"]) == {"exercise"}


def test_the_sheet_of_a_store(store: Store, site: Site, tmp_path: Path) -> None:
    header = HEADER.replace("\n", ",aquatic_catch_consent\n")
    lines = [line.replace("\n", ",否\n") for line in LINES[:2]]
    screen_file(sent(lines, header=header), site, store=store, settings=EXERCISE, actor="me")
    english = sheet_of(store, site, lang="en")
    assert "Exercise mode" in english
    assert site.digest in english
    assert "a.csv : 2" in english
    path = write_sheet(store, site, tmp_path / "sheet.html", lang="zh")
    assert "疑似违反" in path.read_text(encoding="utf-8")
    with pytest.raises(InputError):
        write_sheet(store, site, tmp_path / "none" / "sheet.html", lang="zh")


def test_a_file_of_wrong_rows_only_is_kept_with_its_problems(store: Store, site: Site) -> None:
    """Found by a new user: an empty table of good rows must keep its columns."""
    swapped = HEADER + "30.2742,120.0668,2015-05-01,fishing,10\n"
    done = import_observations(store, site, Given.of_bytes("s.csv", swapped.encode()), actor="me")
    assert done.written == Written()
    assert store.count("observations") == 0
    assert store.read("problems")["code"].tolist() == ["swapped"]


def test_what_is_too_much_to_list_is_counted(store: Store, site: Site) -> None:
    listed = screen_file(sent(LINES), site, store=store, actor="me")
    assert listed.counts["undecided_listed"]
    held = set(store.read("findings", {"outcome": "undecided"})["finding_id"])
    assert held
    few = Settings(undecided_rows=1)
    counted = screen_file(sent(LINES), site, store=store, settings=few, actor="me")
    assert not counted.counts["undecided_listed"]
    assert counted.undecided == listed.undecided
    after = store.read("findings", {"outcome": "undecided", "status": "open"})
    assert set(after["finding_id"]) == held  # not listed is not "no longer found"
