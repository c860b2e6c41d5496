"""The queue of records and the names that matched nothing, where a table tells nothing of them."""

from __future__ import annotations

import json
from pathlib import Path

ROWS = """plot,date,species,count
A,2024-12-01,白鹭,3
A,2024-12-02,无此鸟,4
"""


def test_a_file_that_does_not_say_whether_it_is_invented_has_a_queue(run_cli, tmp_path) -> None:
    file, store = tmp_path / "counts.csv", tmp_path / "s.gpkg"
    Path(file).write_text(ROWS, encoding="utf-8")
    assert run_cli("birds", "import", str(file), "--store", str(store)).code == 0
    shown = run_cli("birds", "queue", "--store", str(store), "--lang", "en")
    assert shown.code == 0, shown.err
    assert "无此鸟" in shown.out
    asked = run_cli("birds", "queue", "--store", str(store), "--format", "json")
    first, second = json.loads(asked.out)
    assert (first["name_received"], first["validation"]) == ("无此鸟", "flagged")
    assert (second["name_received"], second["synthetic"]) == ("白鹭", None)
    names = run_cli("birds", "names", "list", "--store", str(store), "--format", "json")
    assert [row["name"] for row in json.loads(names.out)] == ["无此鸟"]


def test_tables_speak_in_words_and_json_in_codes(run_cli, tmp_path) -> None:
    file, store = tmp_path / "counts.csv", str(tmp_path / "s.gpkg")
    Path(file).write_text(f"{ROWS}A,2024-12-03,白骨丁,5\n", encoding="utf-8")
    told = run_cli("birds", "import", str(file), "--store", store)
    assert "是否 白骨顶" in told.err
    shown = run_cli("birds", "queue", "--store", store).out
    assert all(word in shown for word in ("存疑", "未审核", "白鹭"))
    assert not any(code in shown for code in ("flagged", "egretta-garzetta", "3.0"))
    listed = ("birds", "names", "list", "--store", store)
    assert "白骨顶" in run_cli(*listed).out
    first = next(r for r in json.loads(run_cli(*listed, "-f", "json").out) if r["name"] == "白骨丁")
    assert first["suggestions"] == ["fulica-atra"]


def test_first_and_last_days_are_months_and_days(run_cli, tmp_path) -> None:
    file, store = tmp_path / "counts.csv", str(tmp_path / "s.gpkg")
    Path(file).write_text(ROWS, encoding="utf-8")
    assert run_cli("birds", "import", str(file), "--store", store).code == 0
    asked = run_cli("birds", "phenology", "--store", store, "--format", "json").out
    (row,) = json.loads(asked)
    assert (row["first_day"], row["last_day"], row["first_day_of_year"]) == ("12-01", "12-01", 335)
    assert "始见日" in run_cli("birds", "phenology", "--store", store).out


def test_the_day_of_a_sensitive_sighting_is_for_roles_that_may_know_it(run_cli, tmp_path) -> None:
    file, store = tmp_path / "counts.csv", str(tmp_path / "s.gpkg")
    file.write_text(
        "plot,date,species,count\nEX-B1,2024-12-07,东方白鹳,2\nEX-B1,2024-12-08,白鹭,3\n",
        encoding="utf-8",
    )
    assert run_cli("birds", "import", str(file), "--store", store).code == 0

    def days(verb: str, *role: str) -> dict[str, tuple[str | None, ...]]:
        ran = run_cli("birds", verb, *role, "--store", store, "--format", "json")
        rows = json.loads(ran.out)
        keys = ("first", "last") if verb == "checklist" else ("first_day", "last_day")
        name = "species" if verb == "checklist" else "taxon_id"
        return {row[name]: tuple(row[k] for k in keys) for row in rows}

    stork, exact = "ciconia-boyciana", ("--role", "ecologist")
    assert days("checklist", *exact)[stork] == ("2024-12-07", "2024-12-07")
    assert "2024-12-07" not in days("checklist")[stork]
    assert days("checklist")["egretta-garzetta"] == ("2024-12-08", "2024-12-08")
    assert days("phenology", *exact)[stork] == ("12-07", "12-07")
    assert "12-07" not in days("phenology").get(stork, ())
