"""Birds that are given out: by role, and the same when they come back."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import shapely
from dwca.read import DwCAReader

from tests.operations.birdcases import HEAD, TODAY, imported
from wetland.base.errors import InputError
from wetland.base.findings import finding_id
from wetland.operations.birdexport import export_birds, table_for_role
from wetland.operations.birdfiles import import_birds
from wetland.operations.birdscreen import screen_birds
from wetland.operations.birdvalidation import validate
from wetland.operations.findings import explain_finding, export_findings, write_sheet
from wetland.operations.stores import export_table, open_store
from wetland.sites.load import Site
from wetland.store.store import Store

POCHARD = "青头潜鸭"
# Which file a row came from, and what Darwin Core wants told of every row.
OF_THE_FILE = {"source_id", "source_row", "content", "event_id", "occurrence_id",
               "basis_of_record"}  # fmt: skip


def id_of(store: Store, name: str) -> str:
    records = store.read("bird_records", {"name_received": name})
    return str(records["record_id"].iloc[0])


def same(one: pd.DataFrame, other: pd.DataFrame, key: str) -> None:
    one, other = (t.sort_values(key, ignore_index=True) for t in (one, other))
    for column in one.columns:
        if column not in OF_THE_FILE:
            cells = [t[column].astype(object).where(t[column].notna(), None) for t in (one, other)]
            assert cells[0].tolist() == cells[1].tolist(), column


@pytest.mark.parametrize("suffix", [".zip", ".csv"])
def test_what_comes_back_is_what_was_given_out(
    birds: Store, site: Site, tmp_path: Path, suffix: str
) -> None:
    done = export_birds(birds, site, tmp_path / f"a{suffix}", role="ecologist")
    assert done.to_json()["counts"]["occurrences"] == 7
    with open_store(tmp_path / "other.gpkg", site) as other:
        back = import_birds(other, site, tmp_path / f"a{suffix}", actor="x", today=TODAY)
        assert back.counted.records.added == 7
        same(birds.read("bird_surveys"), other.read("bird_surveys"), "survey_id")
        same(birds.read("bird_records"), other.read("bird_records"), "record_id")


@pytest.mark.parametrize("suffix", [".zip", ".csv"])
def test_the_public_gets_a_cell_of_a_grid(
    birds: Store, site: Site, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"public{suffix}"
    done = export_birds(birds, site, path)
    assert done.told.blurred == 1
    if suffix == ".zip":
        with zipfile.ZipFile(path) as whole:
            words = "".join(whole.read(n).decode() for n in whole.namelist())
        with DwCAReader(str(path)) as dwca:
            rows = {row.id: row.data for row in dwca}
            (cell,) = (d for i, d in rows.items() if i.startswith("blurred"))
        assert cell["http://rs.tdwg.org/dwc/terms/locationID"] == ""
        assert float(cell["http://rs.tdwg.org/dwc/terms/coordinateUncertaintyInMeters"]) > 3000
    else:
        words = path.read_text(encoding="utf-8-sig")
        (row,) = (r for r in csv.DictReader(io.StringIO(words))
                  if r["scientificName"] == "Aythya baeri")  # fmt: skip
        assert (row["locationID"], row["recordedBy"], row["duration_min"]) == ("", "", "")
        assert "generalised" in row["dataGeneralizations"]
    assert "对岸" not in words  # the remark named it
    assert id_of(birds, POCHARD) not in words
    exact = export_birds(birds, site, tmp_path / f"exact{suffix}", role="ecologist")
    assert exact.told.blurred == 0


def test_rejected_records_stay_here_and_reviewed_ones_say_so(
    birds: Store, site: Site, tmp_path: Path
) -> None:
    duck, egret = id_of(birds, "绿头鸭"), id_of(birds, "白鹭")
    validate(birds, site, [duck], decision="reject", actor="甲", reason="看错")
    validate(birds, site, [egret], decision="correct", actor="甲", reason="数错",
             individual_count=6)  # fmt: skip
    done = export_birds(birds, site, tmp_path / "a.csv", role="ecologist")
    assert (done.told.rejected, done.told.occurrences, done.told.unreviewed) == (1, 6, 5)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig"))))
    told = {r["occurrenceID"]: r for r in rows}
    assert duck not in told
    assert told[egret]["individualCount"] == "6"
    assert told[egret]["identificationVerificationStatus"] == "verified, corrected"


def test_only_some_species_and_days(birds: Store, site: Site, tmp_path: Path) -> None:
    done = export_birds(birds, site, tmp_path / "a.zip", role="ecologist",
                        wanted={"species": ["白鹭"], "until": dt.date(2024, 1, 31)})  # fmt: skip
    assert (done.told.events, done.told.occurrences) == (2, 1)  # both were looked at
    with pytest.raises(InputError, match="no species"):
        export_birds(birds, site, tmp_path / "b.zip", wanted={"species": ["凤凰"]})
    with pytest.raises(InputError, match="cannot export to"):
        export_birds(birds, site, tmp_path / "b.xlsx")


def test_a_choice_tells_nothing_of_what_is_hidden(birds: Store, site: Site, tmp_path: Path) -> None:
    for wanted in ({"plots": ["EX-B1"]}, {"plots": ["EX-B2"]}):
        done = export_birds(birds, site, tmp_path / "a.csv", wanted=wanted)
        assert done.told.blurred == 0
        assert "Aythya" not in (tmp_path / "a.csv").read_text("utf-8-sig")
    shown = table_for_role(birds, site, "bird_records", where={"name_received": POCHARD})
    assert shown is not None
    assert not len(shown)
    shown = table_for_role(birds, site, "bird_records", where={"name_received": POCHARD},
                           role="ecologist")  # fmt: skip
    assert shown is not None
    assert len(shown) == 1


def test_nothing_is_nothing_and_the_store_stays(store: Store, site: Site, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no bird records"):
        export_birds(store, site, tmp_path / "a.zip")
    imported(store, site)
    linked = tmp_path / "link.zip"
    linked.symlink_to(store.path or "")
    with pytest.raises(InputError, match="the store itself"):
        export_birds(store, site, linked)
    assert store.verify().ok


def test_invented_data_say_so(birds: Store, site: Site, tmp_path: Path) -> None:
    done = export_birds(birds, site, tmp_path / "a.zip", licence="CC-BY-4.0",
                        published=TODAY, contact_name="王五")  # fmt: skip
    assert done.to_json()["synthetic"] is True
    with zipfile.ZipFile(tmp_path / "a.zip") as whole:
        eml = whole.read("eml.xml").decode()
        lines = whole.read("occurrence.txt").decode().splitlines()
    assert "【合成数据】" in eml
    assert "2026-11-24" in eml
    assert all('"synthetic": true' in line for line in lines[1:])


@pytest.mark.parametrize("table", ["bird_surveys", "bird_records"])
def test_tables_of_the_store_are_given_out_by_role(
    birds: Store, site: Site, tmp_path: Path, table: str
) -> None:
    public, exact = tmp_path / "public.csv", tmp_path / "exact.csv"
    export_table(birds, site, table, public)
    export_table(birds, site, table, exact, role="ecologist")
    words = public.read_text("utf-8-sig")
    assert "blurred-" in words
    assert "对岸" not in words
    assert id_of(birds, POCHARD) not in words
    rows = list(csv.DictReader(io.StringIO(exact.read_text("utf-8-sig"))))
    assert list(rows[0])[:-2] == birds.schema(table).names
    assert len(rows) == birds.count(table)
    assert "blurred-" not in exact.read_text("utf-8-sig")
    export_table(birds, site, table, tmp_path / "a.gpkg")
    export_table(birds, site, table, tmp_path / "a.geojson")
    shown = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    assert len(shown["features"]) >= 3


def test_other_tables_are_as_they_were(birds: Store, site: Site, tmp_path: Path) -> None:
    assert table_for_role(birds, site, "sources") is None
    export_table(birds, site, "sources", tmp_path / "s.csv")
    assert "birds" in (tmp_path / "s.csv").read_text("utf-8-sig")


@pytest.fixture
def found(birds: Store, site: Site) -> str:
    """Keep a finding about a sensitive bird at an exact place and give its identifier."""
    key = finding_id(site.id, "birds", "birds/first_record", "taxon|aythya-baeri")
    row = {
        "finding_id": key, "site": site.id, "detector": "birds", "rule": "birds/first_record",
        "subject": "taxon|aythya-baeri", "subject_kind": "taxon", "outcome": "broken",
        "geometry": shapely.Point(120.07051, 30.27221), "zone_basis": "not_used",
        "status": "open", "pack_digest": site.digest, "severity": 2, "source_id": "s-secret",
        "explanation_zh": "青头潜鸭首次记录于 EX-B1", "explanation_en": "first record at EX-B1",
        "evidence": json.dumps({"plot": "EX-B1", "observers": "张三", "count": 2}),
    }  # fmt: skip
    with birds.transaction(actor="x", reason="y") as tx:
        tx.write("findings", pd.DataFrame([row]))
    return key


SECRETS = ("EX-B1", "张三", "120.07051", "s-secret")


def test_findings_are_given_out_by_role(
    birds: Store, site: Site, found: str, tmp_path: Path
) -> None:
    for number, write in enumerate((
        lambda p, r: export_table(birds, site, "findings", p.with_suffix(".csv"), role=r),
        lambda p, r: export_findings(birds, site, p.with_suffix(".geojson"), role=r),
        lambda p, r: write_sheet(birds, site, p.with_suffix(".html"), lang="zh", role=r),
    )):  # fmt: skip
        public = write(tmp_path / f"public{number}", None).read_text("utf-8-sig")
        assert found in public
        assert [s for s in SECRETS if s in public] == []
        exact = write(tmp_path / f"exact{number}", "ecologist").read_text("utf-8-sig")
        assert "EX-B1" in exact
    told = explain_finding(birds, site, found, lang="en")
    assert [s for s in SECRETS if s in json.dumps(told, ensure_ascii=False)] == []
    told = explain_finding(birds, site, found[:10], lang="en", role="ecologist")
    assert told["explanation"] == "first record at EX-B1"


def test_findings_of_the_detector_tell_no_record_of_a_sensitive_bird(
    birds: Store, site: Site, tmp_path: Path
) -> None:
    earlier = "".join(f"O{y},EX-B1,{y}-01-10,,,,,,,true,白鹭,1,,true\n" for y in range(2014, 2024))
    imported(birds, site, HEAD + earlier)
    screen_birds(birds, site, as_of=dt.date(2024, 3, 1), actor="x")
    held = birds.read("findings", {"detector": "birds"})
    pochard = held["subject"].str.startswith("aythya-baeri")
    assert pochard.any()
    shown = table_for_role(birds, site, "findings")
    assert shown is not None
    told = shown[shown["finding_id"].isin(held.loc[pochard, "finding_id"])]
    assert not told["evidence"].str.contains(id_of(birds, POCHARD)).any()
    assert held.loc[pochard, "evidence"].str.contains(id_of(birds, POCHARD)).any()
    others = shown[~shown["finding_id"].isin(held.loc[pochard, "finding_id"])]
    assert others["evidence"].tolist() == held.loc[~pochard, "evidence"].tolist()


def test_the_command_line_asks_who_it_is_for(
    birds: Store, found: str, tmp_path: Path, run_cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ("--store", str(birds.path))
    listed = ("findings", "list", *where, "--format", "json")
    assert [s for s in SECRETS if s in run_cli(*listed).out] == []
    assert "EX-B1" in run_cli(*listed, "--role", "ecologist").out
    asked = ("store", "export", "bird_records", "--out", tmp_path / "r.csv", *where)
    assert run_cli(*asked).code == 0
    assert "blurred-" in (tmp_path / "r.csv").read_text("utf-8-sig")
    monkeypatch.setenv("WETLAND_ROLE", "ecologist")
    assert run_cli(*asked).code == 0
    assert "blurred-" not in (tmp_path / "r.csv").read_text("utf-8-sig")


def test_problems_do_not_tell_where_sensitive_species_were(
    store: Store, site: Site, tmp_path: Path
) -> None:
    head = "plot,date,lon,lat,species,count\n"
    rows = (
        "EX-B1,2024-01-14,120.0612,99,青头潜鸭,2\n",
        "EX-B1,2024-01-14,120.0612,30.2,白鹭,2,9\n",
        "EX-B2,2024-01-14,,,青头潜鸭鸭,many\n",
    )
    imported(store, site, head + "".join(rows))
    public, exact = tmp_path / "public.csv", tmp_path / "exact.csv"
    export_table(store, site, "problems", public)
    export_table(store, site, "problems", exact, role="ecologist")
    told, known = (
        list(csv.DictReader(io.StringIO(p.read_text("utf-8-sig")))) for p in (public, exact)
    )
    assert any("120.0612" in row["value"] for row in known)
    assert len(known) == store.count("problems") > len(told) >= 2
    assert not any(row[c] for row in told for c in ("row", "column", "value"))
    assert "青头潜鸭" not in public.read_text("utf-8-sig")
