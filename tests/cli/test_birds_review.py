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
