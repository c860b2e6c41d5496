"""Counts as observers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.birds.countcells import LONGEST, MOST, Count, parse_count

COUNTED = [
    ("3+2", 5, "exact"), ("3 + 2 + 1", 6, "exact"), ("3＋２", 5, "exact"), ("12", 12, "exact"),
    ("12只", 12, "exact"), ("１２羽", 12, "exact"), ("12.0", 12, "exact"), (12, 12, "exact"),
    (12.0, 12, "exact"), ("1,200", 1200, "exact"), ("1，200只", 1200, "exact"),
    ("1.2万", 12000, "exact"), ("3千", 3000, "exact"), ("两只", 2, "exact"),
    ("一百零五", 105, "exact"), ("十二只", 12, "exact"), ("3对", 6, "exact"),
    ("2♂3♀", 5, "exact"), ("♂2♀3", 5, "exact"), ("雄2雌3", 5, "exact"), ("2成1幼", 3, "exact"),
    ("5(2♂3♀)", 5, "exact"), ("5（飞过）", 5, "exact"), ("3(树上)+2(水面)", 5, "exact"),
    ("3只+2只", 5, "exact"), ("3+2=5", 5, "exact"), ("5*", 5, "exact"), ("5²", 5, "exact"),
    ("20 birds", 20, "exact"), ("2 pairs", 4, "exact"), ("007", 7, "exact"),
    ("约50", 50, "about"), ("约 ５０ 只", 50, "about"), ("~50", 50, "about"), ("～50", 50, "about"),
    ("50左右", 50, "about"), ("ca. 50", 50, "about"), ("c50", 50, "about"), ("5?", 5, "about"),
    ("50-60", 55, "about"), ("50～61", 55, "about"), ("约10-20只", 15, "about"),
    ("3+约20", 23, "about"), ("50余+约5", 55, "about"),
    ("50余", 50, "at_least"), ("50多只", 50, "at_least"), ("50+", 50, "at_least"),
    (">50", 50, "at_least"), ("≥50", 50, "at_least"), (">=50", 50, "at_least"),
    ("50以上", 50, "at_least"), ("至少50", 50, "at_least"), ("十余只", 10, "at_least"),
    ("上百只", 100, "at_least"), ("10+5+", 15, "at_least"), ("20 or more", 20, "at_least"),
    ("<5", 5, "at_most"), ("≤5", 5, "at_most"), ("不足10", 10, "at_most"), ("0-5", 5, "at_most"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "value", "qualifier"), COUNTED)
def test_counts(cell: object, value: int, qualifier: str) -> None:
    found = parse_count(cell)
    assert found is not None
    assert found[:4] == (value, qualifier, "present", None)


@pytest.mark.parametrize("cell", ["√", "✓", "x", "X", "有", "见", "present", "+", "TRUE", ">0",
                                  "√（鸣声）"])  # fmt: skip
def test_marks_are_present_and_not_counted(cell: str) -> None:
    found = parse_count(cell)
    assert found is not None
    assert found[:4] == (None, "present", "present", None)


@pytest.mark.parametrize("cell", ["0", "０", "0只", "0.0", 0, "0+0", "无", "未见", "absent", "零"])
def test_zero_is_absent(cell: object) -> None:
    assert parse_count(cell) == Count(0, "exact", "absent")


@pytest.mark.parametrize("cell", ["", "  ", None, float("nan"), "-", "——", "/", "未测", "未调查",
                                  "\u200b", "\u3000"])  # fmt: skip
def test_nothing_is_not_recorded_and_never_zero(cell: object) -> None:
    assert parse_count(cell) is None


@pytest.mark.parametrize(
    "cell", ["many", "若干", "大量", "几只", "数十只", "成群", "several", "++"]
)
def test_words_for_how_many_are_present_with_a_warning(cell: str) -> None:
    found = parse_count(cell)
    assert found is not None
    assert (found.value, found.status) == (None, "present")
    assert found.problem is not None
    assert (found.problem.code, found.problem.level) == ("count_vague", "warning")
    assert cell in found.problem.message.zh


@pytest.mark.parametrize(
    ("cell", "code"),
    [("12.5", "count_not_whole"), (2.5, "count_not_whole"), ("-3", "count_negative"),
     ("2024-03-05", "count_date"), ("3月5日", "count_date"), ("5-Mar", "count_date"),
     ("2巢", "count_nests"), ("3 2", "count_two_numbers"), ("3、2", "count_two_numbers"),
     ("60-50", "count_backwards"), ("3+2=6", "count_wrong_sum"), ("×", "count_cross"),
     ("99999999999", "count_too_large"), ("#REF!", "count_invalid"), ("50%", "count_invalid"),
     ("1e3", "count_invalid"), ("3+若干", "count_invalid"), ("abc", "count_invalid"),
     ("?", "count_invalid"), ("一二三", "count_invalid"), ("<1", "count_invalid"),
     ("①", "count_invalid"), ("1" * (LONGEST + 1), "count_invalid")],
)  # fmt: skip
def test_what_is_no_count_is_an_error(cell: object, code: str) -> None:
    found = parse_count(cell)
    assert found is not None
    assert (found.value, found.status) == (None, None)
    assert found.problem is not None
    assert (found.problem.code, found.problem.level) == (code, "error")
    assert found.problem.message.zh
    assert found.problem.message.en


def test_sexes_and_remarks_are_kept() -> None:
    males = parse_count("4♂")
    assert males is not None
    assert (males.value, males.sex) == (4, "male")
    both = parse_count("2♂3♀")
    assert both is not None
    assert both.sex is None
    noted = parse_count("5（飞过）")
    assert noted is not None
    assert noted.note == "飞过"


@given(st.text(max_size=150))
def test_any_text_is_read_or_told(cell: str) -> None:
    found = parse_count(cell)
    if found is None:
        return
    assert (found.status is None) == (found.problem is not None and found.problem.level == "error")
    assert found.value is None or 0 <= found.value <= MOST
    assert (found.value == 0) == (found.status == "absent")


@given(st.text(alphabet="0123456789+-约~余只对♂♀雄雌()（）.,=<>≥ 万百十√x?", max_size=40))
def test_any_mixture_of_the_marks_of_counts_is_read_or_told(cell: str) -> None:
    found = parse_count(cell)
    assert found is None or (found.status is None) == (
        found.problem is not None and found.problem.level == "error"
    )


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=6))
def test_sums_add_up(parts: list[int]) -> None:
    found = parse_count("+".join(map(str, parts)))
    assert found is not None
    assert found.value == sum(parts)
    assert found.qualifier == "exact"


@given(st.integers(1, 9_999_999))
def test_chinese_numbers_are_those_in_digits(number: int) -> None:
    found = parse_count(_in_chinese(number))
    assert found is not None
    assert found.value == number


def _in_chinese(number: int) -> str:
    """Write a number in Chinese, by another way than it is read."""
    if number >= 10_000:
        low = number % 10_000
        rest = ("" if low >= 1000 else "零") + _in_chinese(low) if low else ""
        return _in_chinese(number // 10_000) + "万" + rest
    words, zero = "", False
    for power, letter in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            words += ("零" if zero and words else "") + "零一二三四五六七八九"[digit] + letter
            zero = False
        else:
            zero = True
    return words


def test_long_cells_take_linear_time() -> None:
    for cell in ("1" * 100 + "x", "+" * 119, "2♂" * 59, "(" * 119, "约" * 100, "1-" * 59,
                 "2成" * 39 + "!"):  # fmt: skip
        parse_count(cell)
