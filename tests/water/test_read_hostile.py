"""Hostile and broken water files: nothing is lost unsaid, nothing made up, nothing slow."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.water.readingwater import read, told, values, workbook
from wetland.base.errors import InputError
from wetland.water.samplekinds import qa_of_name, qa_of_sample

SMALL = workbook([["站点", "日期", "总磷(mg/L)"], ["甲", "2024-05-01", 0.1]])
HEAD = "station,date,parameter,value,unit\n"


def test_broken_lines_are_told_and_cost_only_themselves():
    found = read(HEAD + 'A,2024-05-01,tp,0.1,mg/L\nA,2024-05-02,tp\nA,2024-05-03,tp,0.3,mg/L,x,y\n'
                        'A,2024-05-04,"tp,0.4,mg/L\nA,2024-05-05,tp,0.5,mg/L\n')  # fmt: skip
    assert {3, 4, 5} <= {row for _, row in told(found)}
    assert found.results["source_row"].tolist() == [2, 6]


def test_bytes_of_another_encoding():
    rows = (HEAD + "深潭口,2024-05-01,总磷,0.1,mg/L\n").encode() * 1
    rows += (
        "甲,2024-05-02,总磷,0.2,mg/L\n".encode("gb18030") + "乙,2024-05-03,总磷,0.3,mg/L\n".encode()
    )
    found = read(rows)
    assert found.results["station"].tolist() == ["深潭口", "乙"]
    assert ("wrong_cells", 3) in told(found)


def test_header_of_formulas_and_control_characters():
    found = read("station,date,tp (mg/L),=cmd|' /C calc'!A0\nA\x07,2024-05-01,0.1,1\n")
    assert values(found) == {"tp": 0.1}


@pytest.mark.parametrize("name", ["x.xlsx", "x.parquet", "x.gpkg", "x.geojson"])
def test_text_under_another_name_is_refused(name):
    with pytest.raises(InputError):
        read(HEAD + "A,2024-05-01,tp,0.1,mg/L\n", name=name)


def test_a_wide_table_of_many_unknown_columns_is_quick():
    names = [f"col{n}" for n in range(400)]
    rows = "\n".join("A,2024-05-01,0.1," + ",".join(["1"] * 400) for _ in range(50))
    start = time.process_time()
    found = read("station,date,tp (mg/L)," + ",".join(names) + "\n" + rows)
    assert time.process_time() - start < 10
    assert found.counts["unknown_parameters"] == 400 * 50


def test_cells_that_a_regular_expression_may_choke_on():
    cells = ["9" * 150, "1" + ",111" * 40, "(" * 190, "<" * 190, "0.1" + " " * 190 + "x", "-" * 199,
             "1e" * 90, "未检出" * 60]  # fmt: skip
    start = time.process_time()
    found = read(HEAD + "".join(f'A{n},2024-05-01,tp,"{c}",mg/L\n' for n, c in enumerate(cells)))
    assert time.process_time() - start < 2
    assert len(found.results) + len(told(found)) >= len(cells) - 1


def _with_blocks(data: bytes, blocks: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part.endswith("sheet1.xml"):
                end = f"</sheetData><mergeCells>{blocks}</mergeCells>".encode()
                content = content.replace(b"</sheetData>", end)
            new.writestr(part, content)
    return out.getvalue()


@pytest.mark.parametrize("junk", ["(" * 60_000, "a " * 30_000, "a_" * 30_000, "氨氮(" * 20_000])
def test_long_junk_in_any_cell_is_quick(junk):
    start = time.process_time()
    wide = read(f'station,date,tp (mg/L),"{junk}"\nA,2024-05-01,0.1,1\n')
    assert values(wide) == {"tp": 0.1}
    found = read(HEAD + f'A,2024-05-01,"{junk}",1,mg/L\n"{junk}",2024-05-01,tp,1,mg/L\n'
                        f'A,"{junk}",tp,1,mg/L\nA,2024-05-01,tp,"{junk}",mg/L\n'
                        f'A,2024-05-02,tp,1,"{junk}"\nA,2024-05-03,tp,1,mg/L\n')  # fmt: skip
    assert found.results["source_row"].tolist() == [7]
    assert time.process_time() - start < 5


def test_blocks_of_merged_cells_that_cover_everything():
    rows = [["站点", "日期", "总磷(mg/L)"], *[["甲" if n == 0 else None, f"2024-05-{n + 1:02}", 0.1]
                                              for n in range(20)]]  # fmt: skip
    blocks = "".join(f'<mergeCell ref="A2:A{1_048_576 - n}"/>' for n in range(3000))
    data = _with_blocks(workbook(rows), blocks)
    start = time.process_time()
    found = read(data, name="a.xlsx")
    assert time.process_time() - start < 10
    assert set(found.results["station"]) == {"甲"}


def test_long_names_of_stations_and_samples_take_no_time():
    start = time.process_time()
    for word in ("_" * 50_000 + "x", "-" * 50_000 + "x", "平行" * 25_000 + "x", "-a1" * 20_000):
        assert qa_of_name(word) == (word, None)
        qa_of_sample(word)
    assert time.process_time() - start < 2
    assert qa_of_name("甲 [平行样]") == qa_of_name("甲_平行样") == ("甲", "duplicate")


_CELL = st.one_of(
    st.text(alphabet="0123456789.<>LlND-—未检出eE+ μg/*()（）０１２", max_size=8),
    st.floats(0, 1e5).map(lambda v: f"{v:.3f}"),
    st.sampled_from(["0.025L", "<0.05", "ND", "-1", "—", "", "abc", "-0.5", ">24000", "0.5mg/L"]),
)


@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 28), _CELL, _CELL), max_size=12))
@settings(max_examples=30)
def test_every_cell_is_a_result_a_problem_or_not_measured(rows):
    lines = [f'{s},2024-05-{d:02},"{a}","{b}"' for s, d, a, b in rows]
    content = "station,date,tp (mg/L),nh3n (mg/L)\n" + "\n".join([*lines, "Z,2024-06-01,1,1"])
    found = read(content)
    columns = ("tp (mg/L)", "nh3n (mg/L)")
    wrong = {(p.row, p.column) for p in found.problems.items
             if p.column in columns
             and (p.level == "error" or p.code == "repeated_result")}  # fmt: skip
    assert found.counts["results"] + found.counts["not_measured"] + len(wrong) == 2 * (
        len(rows) + 1
    )
    assert not (found.results["value"] < 0).any()


@given(st.binary(max_size=400))
@settings(max_examples=150)
def test_any_bytes_are_read_or_refused(data):
    try:
        found = read(data)
    except InputError:
        return
    assert found.rows >= 0


@given(st.data())
@settings(max_examples=15)
def test_bytes_spoilt_in_a_workbook_are_read_or_refused(data):
    whole = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read(bytes(whole), name="a.xlsx")
    except InputError:
        return
    assert len(found.results) <= 1
