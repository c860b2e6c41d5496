"""Workbooks: what cells say, and what a hostile one cannot do."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from wetland.base.errors import InputError
from wetland.reading.files import Given, format_of
from wetland.reading.sheetxml import FORMULA, kind_of_format
from wetland.reading.workbook import SheetCells, find_sheet, open_workbook

SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plain(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Return a workbook with one part put in its place."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


def with_sheet(body: str, *, before: str = "", after: str = "") -> bytes:
    xml = (
        f'<?xml version="1.0"?><worksheet {NAMESPACE}>{before}<sheetData>{body}</sheetData>{after}'
    )
    return with_part(plain([["x"]]), SHEET, (xml + "</worksheet>").encode())


def read(data: bytes) -> SheetCells:
    with open_workbook(Given.of_bytes("a.xlsx", data)) as book:
        return book.read(book.sheets[0].name)


def test_cells_as_a_spreadsheet_shows_them():
    book = Workbook()
    sheet = book.active
    sheet.append(["甲", 1, 0.1 + 0.2, True, None, " b "])
    sheet.append([dt.datetime(2024, 5, 1), dt.datetime(2024, 5, 1, 8, 30), dt.time(8, 30), 0.905])  # noqa: DTZ001
    sheet["A2"].number_format = "yyyy-mm-dd"
    sheet["D2"].number_format = "0.0%"
    sheet.append([])
    sheet.append([1e-7, 123456789012.5, -3])
    found = read(saved(book))
    assert found.numbers == [1, 2, 4]
    assert found.rows == [
        ["甲", "1", "0.3", "TRUE", "", "b"],
        ["2024-05-01", "2024-05-01 08:30:00", "08:30:00", "90.5%"],
        ["1e-07", "123456789012.5", "-3"],
    ]


def test_days_count_from_the_year_of_the_workbook():
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append([dt.datetime(2024, 5, 1, 6)])  # noqa: DTZ001 - a cell has no zone
    assert read(saved(book)).rows == [["2024-05-01 06:00:00"]]
    assert read(with_sheet('<row r="1"><c r="A1"><v>45413</v></c></row>')).rows == [["45413"]]


@pytest.mark.parametrize(
    ("number", "code", "kind"),
    [(0, None, "number"), (14, None, "day"), (22, None, "moment"), (20, None, "time"),
     (9, None, "share"), (164, "General", "number"), (164, '0.00" mg/L"', "number"),
     (164, "yyyy/m/d;@", "day"), (164, "[$-804]yyyy年m月d日", "day"), (164, "mm-dd h:mm", "moment"),
     (164, "[h]:mm:ss", "time"), (164, "0.00_ ", "number"), (164, "[Red]0.0", "number"),
     (164, "yyyy年m月", "day")],
)  # fmt: skip
def test_number_formats(number, code, kind):
    assert kind_of_format(number, code) == kind


def test_formulas_are_the_value_last_calculated_or_nothing():
    found = read(with_sheet(
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c>'
        '<c r="C1" t="str"><f>x</f><v>a</v></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    ))  # fmt: skip
    assert found.rows == [["2", FORMULA, "a", "#DIV/0!"]]
    assert found.formulas == 4


def test_merged_blocks_hidden_rows_and_rich_text():
    found = read(with_sheet(
        '<row r="1" hidden="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>'
        "</row>",
        after='<mergeCells count="1"><mergeCell ref="A1:B3"/></mergeCells>',
    ))  # fmt: skip
    assert found.rows == [["ab"]]
    assert found.merged == ((1, 1, 3, 2),)
    assert found.hidden_rows == 1


def test_the_size_a_sheet_claims_is_not_believed():
    found = read(with_sheet('<row r="1048576"><c r="B1048576"><v>1</v></c></row>',
                            before='<dimension ref="A1:XFD1048576"/>'))  # fmt: skip
    assert (found.numbers, found.rows) == ([1_048_576], [["", "1"]])


def test_styled_empty_cells_are_nothing():
    assert read(with_sheet('<row r="1"><c r="XFD1" s="0"/><c r="A2"><v>1</v></c></row>')).rows == [
        ["1"]
    ]


@pytest.mark.parametrize(
    "body",
    ['<row r="1"><c r="XFD1"><v>1</v></c></row>', '<row r="9999999"><c r="A1"><v>1</v></c></row>',
     '<row r="x"><c r="A1"><v>1</v></c></row>', '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
     '<row r="1"><c r="A1" t="s"><v>x</v></c></row>',
     '<row r="1"><c r="A1" s="x"><v>1</v></c></row>',
     '<row r="1"><c r="A1"><v>1</v></row>', '<row r="1"><c r="&xxe;"><v>1</v></c></row>'],
)  # fmt: skip
def test_damaged_sheets_are_refused(body):
    with pytest.raises(InputError):
        read(with_sheet(body))


def test_declared_entities_are_refused():
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        f"<worksheet {NAMESPACE}><sheetData><row><c t='inlineStr'><is><t>&b;</t></is></c></row>"
        "</sheetData></worksheet>"
    )
    for part in (SHEET, "xl/workbook.xml", "xl/styles.xml"):
        with pytest.raises(InputError):
            read(with_part(plain([["x"]]), part, bomb.encode()))
    late = bomb.replace("<!DOCTYPE", "<!--" + " " * 9000 + "--><!DOCTYPE")
    with pytest.raises(InputError):
        read(with_part(plain([["x"]]), SHEET, late.encode()))


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    dense = b"<a>" + b" " * (64 << 20) + b"</a>"
    with pytest.raises(InputError, match="unpacks"):
        read(with_part(plain([["x"]]), SHEET, dense))
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as packed:
        packed.writestr("xl/workbook.xml", "<x/>")
        for number in range(10_001):
            packed.writestr(f"p{number}", "")
    with pytest.raises(InputError, match="unpacks"):
        read(many.getvalue())


def test_damaged_files_are_refused():
    sound = plain([["站点", 1]])
    for data in (sound[:-200], sound[: len(sound) // 2], b"PK\x03\x04" + b"\0" * 100,
                 with_part(sound, "xl/workbook.xml", b"<broken"),
                 with_part(sound, "[Content_Types].xml", b""),
                 with_part(sound, "xl/styles.xml", b"<styleSheet/>" * 2)):  # fmt: skip
        with pytest.raises(InputError):
            read(data)


def test_sheets_are_found_by_name_or_number():
    book = Workbook()
    book.active.title = "一月"
    book.create_sheet("二月")
    with open_workbook(Given.of_bytes("a.xlsx", saved(book))) as opened:
        assert find_sheet(opened, "二月").name == "二月"
        assert find_sheet(opened, "1").name == "一月"
        with pytest.raises(InputError, match="一月, 二月"):
            find_sheet(opened, "三月")


def test_only_readers_of_workbooks_accept_one():
    data = plain([["x"]])
    given = Given.of_bytes("a.xlsx", data)
    with pytest.raises(InputError, match="xlsx"):
        format_of(given)
    assert format_of(given, accept={"xlsx"}) == "xlsx"
    with pytest.raises(InputError, match="csv"):
        format_of(Given.of_bytes("a.csv", data), accept={"xlsx"})
    with pytest.raises(InputError, match="xlsx"):
        format_of(Given.of_bytes("a.xlsx", b"station,date\n"), accept={"xlsx"})
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("a.csv", "x")
    with pytest.raises(InputError, match="packed"):
        format_of(Given.of_bytes("a.xlsx", other.getvalue()), accept={"xlsx"})
    with pytest.raises(InputError, match="password"):
        format_of(Given.of_bytes("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600), accept={"xlsx"})


def test_macros_and_links_are_left_alone(tmp_path):
    data = with_part(plain([["x"]]), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    path = tmp_path / "a.xlsm"
    path.write_bytes(data)
    given = Given("a.xlsm", path, None, len(data))
    assert format_of(given, accept={"xlsx"}) == "xlsx"
    with open_workbook(given) as book:
        assert book.read("Sheet").rows == [["x"]]
