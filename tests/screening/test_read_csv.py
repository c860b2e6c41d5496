"""Tables in text: encodings, rows counted as a spreadsheet shows them, broken lines kept aside."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.screening.reading import Read, accounted, told
from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.reading.delimited import read_csv
from wetland.reading.files import Given
from wetland.screening.options import ReadOptions

HEADER = "经度,纬度,日期,行为,备注\n"
ROW = "120.0668,30.2742,2024-05-01,钓鱼,湖边\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings(read: Read, encoding: str) -> None:
    found = read((HEADER + ROW).encode(encoding)).observations
    assert found["activity"].tolist() == ["fishing.angling"]
    assert "湖边" in found["extra"].iloc[0]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(read: Read, separator: str) -> None:
    assert len(read((HEADER + ROW).replace(",", separator)).observations) == 1


def test_a_row_in_another_encoding_is_kept_aside(read: Read) -> None:
    reading = read((HEADER + ROW).encode() + ROW.encode("gb18030") + ROW.encode())
    assert told(reading) == [(3, "wrong_cells"), (4, "repeated_row")]
    assert "encoding" in reading.problems.items[0].message.en
    accounted(reading)


def test_wrong_encoding_names_the_line(read: Read) -> None:
    data = HEADER.encode() + b"120.1,30.1,2024-05-01,\xff\xff,x\n" * 3
    with pytest.raises(InputError) as error:
        read(data)
    assert "line 2" in error.value.message.en
    with pytest.raises(InputError) as error:
        read((HEADER + ROW).encode("gb18030"), encoding="utf-8")
    assert "line 1" in error.value.message.en
    assert error.value.hint is not None
    assert "--encoding" in error.value.hint.en
    with pytest.raises(InputError, match="unknown encoding"):
        read(HEADER + ROW, encoding="klingon")


def test_an_encoding_asked_for_is_used(read: Read) -> None:
    text = "lon,lat,date,activity,note\n120.06,30.27,2024-05-01,fishing,café\n"
    found = read(text.encode("latin-1"), encoding="latin-1").observations
    assert "café" in found["extra"].iloc[0]


def test_rows_are_counted_from_the_header(read: Read) -> None:
    lines = (
        "lon,lat,date,activity\n"
        + "120.06,30.27,2024-05-01,钓鱼\n\n"
        + "120.07,x,2024-05-01,钓鱼\n"
    )
    reading = read(lines)
    assert (4, "not_a_number") in told(reading)
    assert reading.rows == 2
    accounted(reading)


def test_rows_with_a_wrong_number_of_cells(read: Read) -> None:
    reading = read(
        "lon,lat,date,activity\n120.06,30.27,2024-05-01\n120.06,30.27,2024-05-01,钓鱼\n"
        "120.07,30.27,2024-05-01,钓鱼,more\n"
    )
    assert told(reading) == [(2, "wrong_cells"), (4, "wrong_cells")]
    assert reading.observations["source_row"].tolist() == [3]
    accounted(reading)


@pytest.mark.parametrize("cell", ['"湖边', '湖"边'])
def test_an_open_quotation_mark_costs_one_row(read: Read, cell: str) -> None:
    rows = [f"120.06,30.2{i},2024-05-01,钓鱼,湖边\n" for i in range(4)]
    rows[1] = rows[1].replace("湖边", cell)
    reading = read(HEADER + "".join(rows))
    assert reading.rows == 4
    assert len(reading.observations) >= 3
    assert {2, 4, 5} <= set(reading.observations["source_row"])
    accounted(reading)


def test_line_breaks_in_a_quoted_cell(read: Read) -> None:
    reading = read(HEADER + '120.06,30.27,2024-05-01,钓鱼,"一\n二"\n' + ROW)
    assert reading.observations["source_row"].tolist() == [2, 3]
    assert "一\\n二" in reading.observations["extra"].iloc[0]


def test_only_a_header(read: Read) -> None:
    for content in (HEADER, HEADER + "\n\n,,,,\n"):
        with pytest.raises(InputError, match="header and no row"):
            read(content)
    with pytest.raises(InputError, match="no header"):
        read("\n \n")


def test_columns_of_one_name_are_told(read: Read) -> None:
    reading = read("lon,lat,date,activity,note,note\n120.06,30.27,2024-05-01,钓鱼,a,b\n")
    assert told(reading) == [(1, "duplicate_column")]
    assert "note (2)" in reading.observations["extra"].iloc[0]


def test_garbled_text_is_told(read: Read) -> None:
    garbled = "备注".encode().decode("latin-1")
    reading = read(f"lon,lat,date,activity,{garbled}\n120.06,30.27,2024-05-01,钓鱼,\ufffd\ufffd\n")
    assert told(reading, level="warning") == [(1, "garbled"), (2, "garbled")]
    assert "备注" in reading.problems.items[0].message.zh


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    problems = Problems("a.csv")
    try:
        table = read_csv(Given.of_bytes("a.csv", data), ReadOptions(), problems)
    except InputError:
        return
    assert len(table.rows) == len(table.cells)
    assert len(table.rows) + len(problems.error_rows) == table.total


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=2, max_size=3), min_size=1, max_size=6))
def test_what_a_writer_wrote_comes_back(rows: list[list[str]]) -> None:
    """Differential: the standard library's writer against our two readers."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["a", "b", "c"])
    kept = [row + [""] * (3 - len(row)) for row in rows]
    writer.writerows(kept)
    problems = Problems("a.csv")
    wanted = [row for row in kept if any(cell.strip() for cell in row)]
    if not wanted or any("\r" in cell for row in kept for cell in row):
        return
    table = read_csv(Given.of_bytes("a.csv", out.getvalue().encode()), ReadOptions(), problems)
    assert not problems.items
    assert table.cells.to_numpy().tolist() == wanted
