"""Screening visitors: findings kept once, decisions kept, what no longer holds has passed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from tests.operations.visitorcases import TODAY
from wetland.base.errors import InputError
from wetland.operations.demo import EXAMPLES
from wetland.operations.findings import explain_finding, sheet_of
from wetland.operations.stores import open_store
from wetland.operations.visitoranswers import compare_of
from wetland.operations.visitorfiles import import_visitors
from wetland.operations.visitors import visitors_of_store
from wetland.operations.visitorscreen import screen_visitors
from wetland.reading.files import Given
from wetland.sites.load import Site, open_site
from wetland.store.store import Store
from wetland.visitors.readoptions import CountOptions

HEAD = "date,gate,measure,count,synthetic\n"


def counts(first_gate: int) -> str:
    """Return two days of all gates; the first gate has so many on the second."""
    rows = [(day, gate, 9_000) for day in (1, 2) for gate in (1, 2, 3, 4)]
    return HEAD + "".join(
        f"2026-10-{day:02d},EX-G{gate},entries,{first_gate if (day, gate) == (2, 1) else n},true\n"
        for day, gate, n in rows
    )


def take(store: Store, site: Site, words: str) -> None:
    options = CountOptions(source="gates")
    import_visitors(store, site, Given.of_bytes("v.csv", words.encode()), options=options,
                    actor="t", today=TODAY)  # fmt: skip


def held(store: Store) -> pd.DataFrame:
    return store.read("findings", {"detector": "visitors"})


def test_a_day_above_its_capacity_is_found_once(store: Store, site: Site) -> None:
    take(store, site, counts(80_000))
    only_looked = screen_visitors(store, site)
    assert only_looked.written is None
    assert len(held(store)) == 0
    found = screen_visitors(store, site, actor="t")
    assert found.as_of == dt.date(2026, 10, 2)
    assert found.counts["broken"] == 1
    answer = found.to_json("en", undecided=False)
    (finding,) = answer["findings"]
    assert (finding["occurred_on"], finding["rule"]) == ("2026-10-02", "visitors/capacity_daily")
    assert "89,000" in finding["explanation"]
    assert "86,600" in finding["explanation"]
    assert answer["synthetic"] is True
    again = screen_visitors(store, site, actor="t").written
    assert again is not None
    assert (again.added, again.changed) == (0, 0)
    assert store.verify().ok


def test_what_no_longer_holds_has_passed_and_a_decision_stays(store: Store, site: Site) -> None:
    take(store, site, counts(80_000))
    screen_visitors(store, site, actor="t")
    with store.transaction(actor="t", reason="looked at it") as tx:
        rows = held(store)
        decided = rows[rows["outcome"] != "broken"].assign(status="dismissed")
        tx.write("findings", decided)
    take(store, site, counts(20_000))  # the counter was corrected
    screen_visitors(store, site, actor="t")
    after = held(store)
    assert set(after.loc[after["outcome"] == "broken", "status"]) == {"passed"}
    assert set(after.loc[after["outcome"] != "broken", "status"]) <= {"dismissed"}


def test_days_that_were_not_looked_at_keep_their_findings(store: Store, site: Site) -> None:
    take(store, site, counts(80_000))
    screen_visitors(store, site, actor="t")
    take(store, site, counts(20_000))
    take(store, site, HEAD + "".join(f"2026-10-09,EX-G{g},entries,5,true\n" for g in range(1, 5)))
    screen_visitors(store, site, since=dt.date(2026, 10, 9), actor="t")
    broken = held(store).query("outcome == 'broken'")
    assert set(broken["status"]) == {"open"}


def test_findings_of_visitors_stand_on_the_printed_sheet(store: Store, site: Site) -> None:
    take(store, site, counts(80_000))
    screen_visitors(store, site, actor="t")
    for lang, word in (("zh", "89,000"), ("en", "capacity of a day")):
        assert word in sheet_of(store, site, lang=lang)
    (broken,) = held(store).query("outcome == 'broken'")["finding_id"]
    assert "86,600" in json.dumps(explain_finding(store, site, broken, lang="zh"), default=str)


def test_without_counts_there_is_nothing_to_screen(store: Store, site: Site) -> None:
    with pytest.raises(InputError):
        screen_visitors(store, site)


def test_the_real_months_of_the_everglades_are_compared_with_no_capacity(
    tmp_path: Path,
) -> None:
    site = open_site("everglades")
    file = site.folder / EXAMPLES / "visitors.csv"
    with open_store(tmp_path / "e.gpkg", site) as store:
        done = import_visitors(store, site, file, actor="t", today=TODAY)
        assert done.written.added == 156  # 13 years of months
        assert len(screen_visitors(store, site).findings) == 0
        table = compare_of(visitors_of_store(store, site))
    words = file.read_text(encoding="utf-8-sig").splitlines()
    told = {line.split(",")[0]: float(line.split(",")[3]) for line in words[1:]}
    assert dict(zip(table["period"], table["value"], strict=True)) == told
    last = table.set_index("period").loc["2017-12"]
    assert last["yoy"] == pytest.approx(100 * (told["2017-12"] / told["2016-12"] - 1))
