"""Import of visitors: nothing twice, nothing worse in place of better, mappings remembered."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from tests.operations.visitorcases import TODAY, ZONE
from wetland.base.errors import InputError
from wetland.operations.visitorfiles import (
    ImportedVisitors,
    import_visitors,
    mapping_of,
    visitors_of_file,
)
from wetland.operations.visitors import visitors_of_store
from wetland.reading.files import Given
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.visitors.readoptions import CountOptions

HEAD = "date,gate,measure,count,synthetic\n"
TWO_DAYS = HEAD + "".join(
    f"2026-11-{day:02d},EX-G{gate},entries,{100 * gate + day},true\n"
    for day in (9, 10) for gate in (1, 2, 3, 4)
)  # fmt: skip
PARKING = (
    "停车场,时间,泊位数,已停,synthetic\n"
    "EX-C1,2026-11-09 10:00,620,300,true\nEX-C1,2026-11-09 10:30,620,630,true\n"
    "EX-C2,2026-11-09 10:00,340,-4,true\n"
)


def take(
    store: Store, site: Site, words: str | bytes, name: str = "v.csv", **told: object
) -> ImportedVisitors:
    data = words if isinstance(words, bytes) else words.encode("utf-8")
    options = CountOptions(**told)  # type: ignore[arg-type]
    return import_visitors(store, site, Given.of_bytes(name, data), options=options, actor="t",
                           today=TODAY)  # fmt: skip


def values(store: Store, site: Site) -> dict[tuple[str, str], float]:
    held = visitors_of_store(store, site).counts
    return {(row["place"], row["counted_on"].isoformat()): row["value"]
            for row in held.to_dict("records")}  # fmt: skip


def test_the_same_file_twice_changes_nothing(store: Store, site: Site) -> None:
    first = take(store, site, TWO_DAYS).to_json("en")
    assert first["counts"]["added"] == first["counts"]["visitor_counts"] == 8
    assert first["places"] == ["EX-G1", "EX-G2", "EX-G3", "EX-G4"]
    assert first["synthetic"] is True
    entries = store.head().seq
    again = take(store, site, TWO_DAYS).written
    assert (again.added, again.changed, again.unchanged) == (0, 0, 8)
    assert store.head().seq == entries
    assert store.verify().ok


def test_a_corrected_file_replaces_what_it_corrects(store: Store, site: Site) -> None:
    take(store, site, TWO_DAYS, source="gates")
    mended = TWO_DAYS.replace(",109,", ",190,")
    done = take(store, site, mended, source="gates")
    assert (done.written.added, done.written.changed, done.written.unchanged) == (0, 1, 7)
    assert values(store, site)["EX-G1", "2026-11-09"] == 190
    assert "differs_from_store" not in done.to_json("en")["counts"]["problems_by_code"]


def test_what_another_source_says_otherwise_is_told(store: Store, site: Site) -> None:
    take(store, site, TWO_DAYS, source="gates")
    done = take(store, site, HEAD + "2026-11-09,EX-G1,entries,555,true\n", source="office")
    told = [p for p in done.to_json("en")["problems"] if p["code"] == "differs_from_store"]
    assert len(told) == 1
    assert "'gates' had 109" in told[0]["message"]
    assert values(store, site)["EX-G1", "2026-11-09"] == 555


def test_a_wrong_value_never_takes_the_place_of_a_good_one(store: Store, site: Site) -> None:
    take(store, site, TWO_DAYS, source="gates")
    done = take(store, site, HEAD + "2026-11-09,EX-G1,entries,-5,true\n", source="gates")
    assert done.written.changed == 0
    assert values(store, site)["EX-G1", "2026-11-09"] == 109
    assert "differs_from_store" in done.to_json("zh")["counts"]["problems_by_code"]


def test_an_invented_value_never_takes_the_place_of_a_measured_one(
    store: Store, site: Site
) -> None:
    take(store, site, HEAD + "2026-11-09,EX-G1,entries,777,false\n", source="gates")
    done = take(store, site, TWO_DAYS, source="demo")
    assert values(store, site)["EX-G1", "2026-11-09"] == 777
    assert done.written.added == 7
    back = take(store, site, HEAD + "2026-11-09,EX-G2,entries,778,false\n", source="gates")
    assert back.written.changed == 1  # a measured one takes that of an invented one


def test_car_parks_are_kept_beside_counts(store: Store, site: Site) -> None:
    done = take(store, site, PARKING, "p.csv")
    answer = done.to_json("zh")
    assert answer["layout"] == "parking"
    assert answer["car_parks"] == ["EX-C1", "EX-C2"]
    assert answer["counts"]["flags"] == {"fail": 2, "good": 1}
    data = visitors_of_store(store, site)
    assert len(data.parking) == 3
    assert data.last_reading == dt.datetime(2026, 11, 9, 10, tzinfo=ZONE)  # the rest failed
    assert len(data.counts) == 0


def test_how_a_source_was_read_is_kept_with_it(store: Store, site: Site) -> None:
    odd = "哪天,哪里,多少\n2026-11-09,东门,12\n"
    columns = {"date": "哪天", "place": "哪里", "count": "多少"}
    take(store, site, odd, source="east", columns=columns, places={"东门": "EX-G1"})
    saved = mapping_of(store, site, "east")
    assert saved is not None
    assert (saved.columns, saved.places) == (columns, {"东门": "EX-G1"})
    later = take(store, site, odd.replace("11-09,东门,12", "11-10,东门,13"), source="east")
    assert "mapping_used" in later.to_json("en")["counts"]["problems_by_code"]
    assert values(store, site) == {("EX-G1", "2026-11-09"): 12, ("EX-G1", "2026-11-10"): 13}
    plain = take(store, site, TWO_DAYS, source="east")  # its columns are not there
    assert plain.written.added > 0
    assert "mapping_unfit" in plain.to_json("en")["counts"]["problems_by_code"]


def test_a_workbook_is_read_like_text(store: Store, site: Site) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for line in TWO_DAYS.splitlines():
        cells: list[object] = list(line.split(","))
        if cells[3] != "count":
            cells[0], cells[3] = dt.date.fromisoformat(str(cells[0])), int(str(cells[3]))
        sheet.append(cells)
    packed = io.BytesIO()
    book.save(packed)
    take(store, site, TWO_DAYS, source="gates")
    done = take(store, site, packed.getvalue(), "v.xlsx", source="gates")
    assert (done.written.added, done.written.changed) == (0, 0)


def test_days_and_moments_are_chosen_when_the_store_is_read(store: Store, site: Site) -> None:
    take(store, site, TWO_DAYS)
    take(store, site, PARKING, "p.csv")
    first = dt.date(2026, 11, 9)
    data = visitors_of_store(store, site, until=first)
    assert set(data.counts["counted_on"]) == {first}
    assert list(data.sources["name"]) == ["v", "p"]
    later = visitors_of_store(store, site, since=dt.date(2026, 11, 10))
    assert (len(later.counts), len(later.parking)) == (4, 0)
    early = visitors_of_store(store, site, as_of=dt.datetime(2026, 11, 9, 10, 15, tzinfo=ZONE))
    assert len(early.parking) == 2
    every = visitors_of_store(store, site, since=dt.date.min, until=dt.date.max)
    assert (len(every.counts), len(every.parking)) == (8, 3)
    with pytest.raises(InputError):
        visitors_of_store(store, site, since=dt.date(2026, 11, 10), until=first)


def test_a_file_is_looked_at_without_being_kept(store: Store, site: Site) -> None:
    data = visitors_of_file(Given.of_bytes("v.csv", TWO_DAYS.encode()), site, today=TODAY)
    assert len(data.counts) == 8
    assert data.pack.areas
    anywhere = visitors_of_file(Given.of_bytes("v.csv", TWO_DAYS.encode()), today=TODAY)
    assert not anywhere.pack.areas
    assert store.count("visitor_counts") == 0


@pytest.mark.parametrize("words", ["", "a", "a,b\n", "\x00\x01", "<html>", "PK\x03\x04"])
def test_what_is_no_table_is_refused_and_nothing_is_kept(
    store: Store, site: Site, words: str
) -> None:
    entries = store.head().seq
    with pytest.raises(InputError):
        take(store, site, words)
    assert store.head().seq == entries


COUNTER = "日期,时间,入口,累计入园\n"


def test_a_counter_goes_on_from_file_to_file_and_again(store: Store, site: Site) -> None:
    one = COUNTER + "2026-11-09,08:00,EX-G1,100\n2026-11-09,09:00,EX-G1,150\n"
    two = COUNTER + "2026-11-09,10:00,EX-G1,220\n2026-11-09,11:00,EX-G1,300\n"
    take(store, site, COUNTER + "2026-11-09,07:00,EX-G2,5\n", source="other")
    take(store, site, one, source="turn")
    take(store, site, two, source="turn")

    def steps() -> list[float]:
        data = visitors_of_store(store, site)
        return sorted(data.usable["value"].tolist())

    assert steps() == [50, 70, 80]
    again = [take(store, site, words, source="turn").written for words in (two, one)]
    assert [(w.added, w.changed) for w in again] == [(0, 0), (0, 0)]
    mended = take(store, site, two.replace("220", "230"), source="turn")
    assert (mended.written.added, mended.written.changed) == (0, 2)
    assert steps() == [50, 70, 80]  # 80 from nine to ten by now, then 70


def test_the_first_reading_of_a_counter_tells_nothing(store: Store, site: Site) -> None:
    done = take(store, site, COUNTER + "2026-11-09,08:00,EX-G1,100\n2026-11-10,08:00,EX-G2,7\n")
    data = visitors_of_store(store, site)
    assert len(data.usable) == 0
    assert done.to_json("en")["counts"]["added"] == 2
