"""Names of places as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.screening.placenames import PlaceNames, crossing, squeezed, variants
from wetland.sites.load import Site

NAMES = PlaceNames.of(
    [
        (0, "洪园"), (1, "洪园（二）"), (2, "天目山路与紫金港路口"), (3, "蒋村公交中心站"),
        (4, "周家村（公共自行车5031）"), (5, "Jiangcun bus centre"), (6, "colony 10"),
        (7, "colony 102"), (8, "留下"), (9, "南门（甲）"), (10, "南门（乙）"),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("洪园", 0), (" 洪 园 ", 0), ("洪园(2)", 0), ("洪园(二)", 1),
        ("紫金港路×天目山路", 2), ("天目山路/紫金港路", 2), ("天目山路 & 紫金港路口", 2),
        ("天目山路", None), ("天目山路×古墩路", None), ("周家村", 4), ("周家村东侧", 4),
        ("蒋村公交中心站北侧", 3), ("JIANGCUN  Bus Centre", 5), ("near Jiangcun bus centre", 5),
        ("colony 10", 6), ("colony 102", 7), ("colony 1021", None),
        ("east of colony 102", 7), ("a colony 10x", None), ("留下", 8),
        ("把垃圾留下", None), ("洪园东", None), ("南门", None), ("南门（乙）", 10),
        ("在蒋村公交中心站与周家村之间发现一处很长很长的说明文字", None), ("", None),
        ("()", None), ("（", None), ("周家村" * 40, None), (None, None), (3.5, None), (b"x", None),
    ],
)  # fmt: skip
def test_which_place_a_cell_means(cell: object, number: int | None) -> None:
    assert NAMES.find(cell) == number


def test_every_landmark_of_the_pack_is_found_by_its_own_name(site: Site) -> None:
    table = site.landmarks
    rows = list(enumerate(table.itertuples(index=False)))
    names = PlaceNames.of((n, name) for n, row in rows for name in (row.name_zh, row.name_en))
    for number, row in rows:
        assert names.find(row.name_zh) == number
        assert names.find(row.name_en) == number


def test_crossings_and_variants() -> None:
    assert crossing("文一西路与崇义路口") == crossing("崇义路 x 文一西路") == {"文一西路", "崇义路"}
    assert crossing("和睦桥") == frozenset()
    assert variants("湿地公园（保护范围）") == ("湿地公园(保护范围)", "湿地公园", "保护范围")
    assert squeezed("Ａ－Ｂ  c") == "abc"


@given(st.lists(st.text(max_size=20), max_size=6), st.text(max_size=90))
def test_any_text_is_survived(names: list[str], cell: str) -> None:
    finder = PlaceNames.of(enumerate(names))
    found = finder.find(cell)
    assert found is None or 0 <= found < len(names)
    for name in names:
        number = finder.find(name)
        assert number is None or squeezed(names[number]) or crossing(names[number])
