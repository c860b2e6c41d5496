"""Days in the header and a date in the title are read as a person would read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from wetland.base.errors import InputError
from wetland.visitors.read import CountReading, read_counts
from wetland.visitors.readoptions import CountOptions


def read(folder: Path, words: str, **options: object) -> CountReading:
    file = folder / "counts.csv"
    file.write_text(words, encoding="utf-8")
    return read_counts(
        file,
        CountOptions(**options),
        site_id="xixi",
        timezone="Asia/Shanghai",  # type: ignore[arg-type]
    )


def told(reading: CountReading) -> list[tuple[str, str, float]]:
    table = reading.counts
    days = [day.isoformat() for day in table["counted_on"]]
    return sorted(zip(days, table["place"], table["value"], strict=True))


def test_days_across_the_header_are_days(tmp_path: Path) -> None:
    found = read(
        tmp_path, "入口,2024-05-01,2024-05-02,2024-05-03,合计\n东门,10,20,30,60\n西门,1,2,,3\n"
    )
    assert told(found) == [
        ("2024-05-01", "东门", 10), ("2024-05-01", "西门", 1), ("2024-05-02", "东门", 20),
        ("2024-05-02", "西门", 2), ("2024-05-03", "东门", 30),
    ]  # fmt: skip


def test_numbers_of_days_need_their_month(tmp_path: Path) -> None:
    sheet = "入口,1日,2日,3日\n东门,10,20,30\n"
    titled = read(tmp_path, f"2024年5月客流,,,\n{sheet}")
    assert [day for day, _, _ in told(titled)] == ["2024-05-01", "2024-05-02", "2024-05-03"]
    assert "date_of_title" in titled.problems.counts()
    assert told(read(tmp_path, sheet, default_date="2024-05")) == told(titled)


def test_the_day_of_the_title_is_that_of_the_table(tmp_path: Path) -> None:
    found = read(tmp_path, "西溪湿地2024年5月1日客流,\n入口,入园人次\n东门,10\n西门,20\n")
    assert told(found) == [("2024-05-01", "东门", 10), ("2024-05-01", "西门", 20)]
    [said] = [p for p in found.problems.items if p.code == "date_of_title"]
    assert "2024年5月1日" in said.message.zh


@pytest.mark.parametrize("title", ["国庆黄金周客流", "2024年5月1日，上年2023年5月1日"])
def test_a_title_without_one_date_tells_none(tmp_path: Path, title: str) -> None:
    with pytest.raises(InputError):
        read(tmp_path, f"{title},\n入口,入园人次\n东门,10\n")


def test_a_half_day_is_no_time_and_its_own_cell_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, "日期,时段,入口,入园人次\n2024-05-01,上午,东门,100\n")
    [said] = [p for p in found.problems.items if p.level == "error"]
    assert (said.row, said.column, said.value) == (2, "时段", "上午")
