"""Tables sites x species from files: how they are read, and what is answered, against vegan."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.birds.diversitycases import HERE, OWN, floats, same, told
from wetland.base.errors import InputError
from wetland.birds.ace import ace, ice
from wetland.birds.communitytable import CommunityTable, read_community
from wetland.birds.curves import Chance, asymptotes, curve
from wetland.birds.hill import of_individuals, of_units
from wetland.birds.richnessanswer import FORMS, richness_answer
from wetland.reading.files import Given


def read(words: str, encoding: str = "utf-8") -> CommunityTable:
    return read_community(Given.of_bytes("table.csv", words.encode(encoding)))


def codes(table: CommunityTable) -> list[tuple[str, int | None, str | None]]:
    return [(p.code, p.row, p.column) for p in table.problems.items]


@pytest.mark.parametrize("name", OWN)
def test_answer_is_what_vegan_prints(request: pytest.FixtureRequest, name: str) -> None:
    figures = told(request, name)
    table = read_community(HERE / figures["csv"])
    assert not len(table.problems)
    assert table.counts.tolist() == figures["counts"].tolist()
    answer = richness_answer(table, draws=0)
    sites, printed = answer["sites"], figures["estimateR"]["values"]
    for key, expected in (
        ("observed", figures["specnumber"]), ("shannon", figures["shannon_e"]),
        ("simpson", figures["simpson"]), ("inverse_simpson", figures["invsimpson"]),
        ("evenness", figures["pielou"]), ("chao1", printed[1]), ("chao1_se", printed[2]),
        ("ace", printed[3]),
    ):  # fmt: skip
        found = floats([site[key] for site in sites])
        known = np.isfinite(found)
        same(found[known], floats(expected)[known])
        assert known.sum() >= np.isfinite(floats(expected)).sum() - (key == "ace")
    units = figures["specpool"]
    pairs = {"chao2": "chao", "jackknife1": "jack1", "jackknife2": "jack2", "bootstrap": "boot"}
    same([answer[ours] for ours in pairs], [units[theirs] for theirs in pairs.values()])
    for ours in ("chao2", "jackknife1", "bootstrap"):
        same(answer[f"{ours}_se"], units[f"{pairs[ours]}.se"])
    assert answer["observed"] == units["Species"]
    size = answer["rarefied"]["size"]
    assert size == table.counts.sum(axis=1).min()
    drawn = next((f for f in figures["rarefy"] if f["depth"] == size), None)
    if drawn is not None:
        same([row["value"] for row in answer["rarefied"]["sites"]], drawn["S"])
    accumulated = answer["accumulation"]
    same(accumulated["richness"], figures["specaccum_exact"]["richness"])
    same(accumulated["sd"], figures["specaccum_exact"]["sd"])
    for row in figures["iNEXT"]:
        site = sites[row["row"] - 1]
        chao = row["ChaoRichness"]["chao1"]
        got = [site["chao1_classic"], site["chao1_classic_se"], *site["chao1_classic_ci"]]
        keys = ("Estimator", "Est_s.e.", "95% Lower", "95% Upper")
        np.testing.assert_allclose(floats(got), floats([chao[k] for k in keys]), atol=5.01e-4)


def test_all_rows_together_and_curves_are_those_of_the_measures() -> None:
    whole = read_community(HERE / "birds_sim_a.csv")
    table = replace(whole, sites=whole.sites[:5], counts=whole.counts[:5])
    answer = richness_answer(table, draws=20, seed=4)
    together = table.counts.sum(axis=0)
    assert answer["ace"] == pytest.approx(float(ace(together).value))
    assert answer["ice"] == pytest.approx(float(ice(table.counts).value))
    chance = Chance(20, 4)
    for kind, assemblage in (
        ("individuals", of_individuals(together)), ("units", of_units(table.counts)),
    ):  # fmt: skip
        expected, found = curve(assemblage, chance=chance), answer["curves"][kind]
        assert found["size"] == expected.sizes.tolist()
        assert found["region"].count("observed") == 1
        for q in (0, 1, 2):
            assert found["hill"][q]["value"] == expected.hill[q].value.tolist()
            low, high = np.array(found["hill"][q]["ci"]).T
            assert (low <= expected.hill[q].value).all()
            assert (high >= expected.hill[q].value).all()
    ends = asymptotes(of_individuals(together), chance=chance)
    assert [row["estimated"] for row in answer["hill"]] == [float(ends[q].value[0]) for q in ends]
    assert answer["hill"][0]["estimated"] == pytest.approx(answer["chao1_classic"])
    assert answer["hill"][1]["observed"] == pytest.approx(np.exp(answer["shannon"]))
    even = answer["equal_coverage"]
    assert len(even["sites"]) == 3 * len(table.sites)
    assert 0 < even["coverage"] < 1
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert richness_answer(table, draws=20, seed=4) == answer
    assert richness_answer(table, draws=20, seed=5) != answer
    assert set(FORMS) <= {*answer, "simpson", "evenness"}


def test_cells_as_people_write_them() -> None:
    table = read(
        "样点,白鹭,苍鹭,凤头䴙䴘,生境,合计\n"
        "A,3+2,0,约50,芦苇,55\n"
        "B,many,1,2,水面,3\n"
        "C,1,,2,,3\n"
        "D,-1,2,3,x,4\n"
        "A,１,2,12只,,15\n"
        "E,12.5e,2,3,,4\n"
        ",4,2,3,,9\n"
        "合计,13,7,70,,90\n",
        "gb18030",
    )
    assert table.sites == ("A", "B", "A (2)", "8")
    assert table.species == ("白鹭", "苍鹭", "凤头䴙䴘")
    assert table.counts.tolist() == [[5, 0, 50], [1, 1, 2], [1, 2, 12], [4, 2, 3]]
    assert table.presence_only
    assert not table.whole
    found = codes(table)
    for one in (
        ("not_counts", 1, "生境"), ("count_vague", 3, "白鹭"), ("no_count", 4, "苍鹭"),
        ("bad_count", 5, "白鹭"), ("site_again", 6, None), ("no_site", 8, None),
        ("total", 9, None), ("total_differs", 3, "合计"),
    ):  # fmt: skip
        assert one in found
    assert table.problems.error_rows == {4, 5, 7}
    answer = richness_answer(table, draws=0)
    assert (answer["observed"], answer["individuals"], answer["chao1"]) == (3, None, None)
    assert (answer["shannon"], answer["hill"][1]["observed"]) == (None, None)
    assert answer["chao2"] is not None
    assert any("not individuals" in note["en"] for note in answer["notes"])


def test_empty_cells_are_zero_only_where_no_zero_is_written() -> None:
    blank = read("site,a,b\n1,3,\n2,,4\n3,,\n")
    assert blank.counts.tolist() == [[3, 0], [0, 4]]
    assert ("empty_is_zero", None, None) in codes(blank)
    assert ("nothing_written", 4, None) in codes(blank)
    written = read("site,a,b\n1,3,0\n2,,4\n")
    assert written.sites == ("1",)
    assert ("no_count", 3, "a") in codes(written)
    words = read("site,a,b\n1,3,未见\n2,,4\n")  # an absence in words is a written zero
    assert words.sites == ("1",)


def test_which_column_is_the_site() -> None:
    assert read("row,a,b\n1,3,0\n2,1,4\n").sites == ("1", "2")
    assert read(",a,b\nx,3,0\ny,1,4\n").sites == ("x", "y")
    unknown = read("Achimill,Agrostol,Airaprae\n1,0,0\n3,0,2\n1,4,0\n")
    assert (unknown.sites, len(unknown.species)) == (("2", "3", "4"), 3)
    assert ("first_column", 1, "Achimill") in codes(unknown)
    unique = read("Feld,a,b\n11,3,0\n12,1,4\n")
    assert (unique.sites, unique.species) == (("11", "12"), ("a", "b"))
    twice = read("site,a,a,b\nx,1,2,3\ny,0,1,1\n")
    assert (twice.species, twice.counts[0].tolist()) == (("a", "b"), [1, 3])
    assert read("site,a,b,,\nx,1,2,,\ny,0,1,,\n").species == ("a", "b")


def test_single_counts_are_spread() -> None:
    table = read(
        "样点,日期,鸟种,数量\nA,1,白鹭,3\nA,2,白鹭,2+1\nB,1,苍鹭,约50\nB,1,白鹭,0\nA,1,,4\n"
        "B,1,小䴙䴘,lots of 3s\nC,1,苍鹭,\n"
    )
    assert (table.sites, table.species) == (("A", "B"), ("白鹭", "苍鹭"))
    assert table.counts.tolist() == [[6, 0], [0, 50]]
    assert table.problems.error_rows == {6, 7, 8}
    assert ("long_table", None, None) in codes(table)
    seen = read("plot,species,count\np,a,√\nq,a,3\n")
    assert (seen.presence_only, seen.counts.tolist()) == (True, [[1], [3]])
    with pytest.raises(InputError):
        read("plot,species,count\np,a,-3\n")


@settings(max_examples=60)
@given(st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=5), max_size=5))
def test_whatever_is_sent_is_read_or_refused_in_words(rows: list[list[str]]) -> None:
    words = "\n".join(",".join(row) for row in rows)
    try:
        table = read(words)
    except (InputError, UnicodeEncodeError):  # half a surrogate pair is no text to be sent
        return
    assert table.counts.shape == (len(table.sites), len(table.species))
    assert (table.counts >= 0).all()
    assert len(set(table.sites)) == len(table.sites)


def test_fractions_and_single_rows() -> None:
    cover = richness_answer(read("plot,a,b,c\np,0.5,12.5,0\nq,1,3,2.25\n"), draws=0)
    assert (cover["individuals"], cover["chao1"], cover["curves"]["individuals"]) == (None,) * 3
    assert cover["shannon"] > 0
    assert cover["equal_coverage"] is None
    one = richness_answer(read("plot,a,b,c\np,5,2,1\n"), draws=20)
    assert (one["chao2"], one["curves"]["units"], one["observed"]) == (None, None, 3)
    assert any("one site only" in note["en"] for note in one["notes"])
    ones = richness_answer(read("plot,a,b\np,1,0\nq,1,1\n"), draws=0)
    assert any("only 0 and 1" in note["en"] for note in ones["notes"])
    empty = richness_answer(read("plot,a,b\np,0,0\nq,7,1\nr,0,2\n"), draws=0)
    assert (empty["sites"][0]["observed"], empty["sites"][0]["shannon"]) == (0, None)
    assert any("without any bird" in note["en"] for note in empty["notes"])


@pytest.mark.parametrize(
    "words",
    [
        "site\nx\n", "site,a\n", "site,a\nx,-1\n", "site,remarks\nx,reeds\ny,open water\n",
        "site,合计\nx,3\n", "", "\0\1", "site,a,b\n1,2\n",
    ],
)  # fmt: skip
def test_files_of_no_use_are_refused(words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(words)
    assert caught.value.message.zh
    assert caught.value.message.en


def test_nothing_found_has_no_richness() -> None:
    with pytest.raises(InputError, match="no species was found"):
        richness_answer(read("site,a,b\nx,0,0\n"))


@settings(max_examples=25)
@given(
    st.integers(1, 5).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(0, 30), min_size=columns, max_size=columns),
            min_size=1, max_size=6,
        )
    )
)  # fmt: skip
def test_properties_of_the_answer(rows: list[list[int]]) -> None:
    """Whatever is counted: written and read again it is the same, and estimates hold together."""
    names = [f"s{k}" for k in range(len(rows[0]))]
    lines = ["site," + ",".join(names)]
    lines += [f"p{k}," + ",".join(map(str, row)) for k, row in enumerate(rows)]
    table = read("\n".join(lines) + "\n")
    assert table.counts.tolist() == rows
    if not table.counts.any():
        return
    answer = richness_answer(table, draws=0)
    json.dumps(answer, allow_nan=False)
    observed = answer["observed"]
    assert observed == sum(1 for column in zip(*rows, strict=True) if any(column))
    for key in ("chao1", "chao1_classic", "ace", "chao2", "jackknife1", "bootstrap"):
        value: Any = answer[key]
        assert value is None or value >= observed - 1e-9
        low, high = answer[f"{key}_ci"]
        if low is not None and high is not None:
            assert observed - 1e-9 <= low <= high
    assert answer["accumulation"]["richness"][-1] == pytest.approx(observed)
    assert answer["individuals"] == sum(map(sum, rows))


def test_a_path_and_bytes_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("site,a,b\nx,1,2\ny,0,3\n", encoding="utf-8")
    assert read_community(path).counts.tolist() == [[1, 2], [0, 3]]
    with pytest.raises(InputError):
        read_community(tmp_path / "none.csv")


def test_complete_samples_are_compared_as_they_are() -> None:
    """Where no species was met once only, nothing is estimated unseen and no sample is larger."""
    answer = richness_answer(read("site,a,b,c\nx,5,2,0\ny,3,3,4\n"), draws=0)
    even = answer["equal_coverage"]
    assert even["coverage"] == 1
    richness = {row["site"]: row["value"] for row in even["sites"] if row["q"] == 0}
    assert richness == {"x": 2, "y": 3}
    assert {row["region"] for row in even["sites"]} == {"observed"}
