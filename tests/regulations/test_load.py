"""A pack's law: every mistake is listed at once, and none is guessed away."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.regulations.small import WORDS, ZONES, book, regulation, rule
from wetland.base.yaml import read_yaml
from wetland.regulations.load import load_regulations, load_vocabulary


def _mistakes(folder: Path, **files: str) -> list[str]:
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return [m.show("en") for m in load_regulations(folder, WORDS, ZONES)[1]]


def test_all_mistakes_of_all_files_are_listed(tmp_path) -> None:
    one = regulation("one", "2020-01-01", None, line="x")
    found = _mistakes(
        tmp_path,
        one=one
        + rule("a", activity="[swimming]")
        + rule("b", zones="[moon]")
        + rule("c", when="wet")
        + rule("d", unless="[{means: {zh: x, en: x}, when: heeded}]")
        + rule("e", "{min: 1, max: 2, basis: multiple, of: tool, discretion: may}"),
        two=regulation("two", "2020-01-01", None, line="y") + "  - {id: f}\n",
        three="regulation: [",
    )
    text = "\n".join(found)
    for word in (
        "swimming",
        "moon",
        "'wet'",
        "about the party",
        "tool",
        "two.yaml: rules.0",
        "line",
    ):
        assert word in text
    assert len(found) >= 7


def test_an_article_needs_a_text(tmp_path) -> None:
    head = regulation("one", "2020-01-01", None, text_seen="false", coverage="partial")
    [found] = _mistakes(tmp_path, one=head + rule("a", article='"26(1)"'))
    assert "must not name an article" in found


def test_a_seen_text_needs_an_article(tmp_path) -> None:
    head = regulation("one", "2020-01-01", None)
    [found] = _mistakes(tmp_path, one=head + rule("a", article="null"))
    assert "article is missing" in found


@pytest.mark.parametrize(
    ("second", "word"),
    [("2020-12-31", "overlaps"), ("2021-01-02", "undeclared hole"), ("2021-01-01", None)],
)
def test_versions_of_a_line_meet_exactly(tmp_path, second, word) -> None:
    found = _mistakes(
        tmp_path,
        one=regulation("one", "2020-01-01", "2021-01-01") + rule("a"),
        two=regulation("two", second, None) + rule("a"),
    )
    assert [word in f for f in found] == ([True] if word else [])


def test_a_key_written_twice_is_a_mistake(tmp_path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\nb: 2\na: 3\n", encoding="utf-8")
    _, [mistake] = read_yaml(path)
    assert mistake.where == "line 3"
    assert "'a'" in mistake.show("en")


def test_on_and_no_are_words(tmp_path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("on: 2020-01-01\nanswer: no\nflag: true\n", encoding="utf-8")
    content, mistakes = read_yaml(path)
    assert mistakes == []
    assert sorted(content) == ["answer", "flag", "on"]
    assert (content["answer"], content["flag"]) == ("no", True)


def test_gb18030_yaml_is_told(tmp_path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("名: 西溪".encode("gb18030"))
    _, [mistake] = read_yaml(path)
    assert "UTF-8" in mistake.show("zh")


def test_vocabulary_mistakes(tmp_path) -> None:
    path = tmp_path / "vocabulary.yaml"
    path.write_text(
        "activities:\n  a.b: {name: {zh: 甲, en: a}}\n"
        "facts:\n  x: {question: {zh: 问, en: q}, kind: choice}\n"
        "records:\n  x: {name: {zh: 记, en: r}, type: permit}\n",
        encoding="utf-8",
    )
    _, mistakes = load_vocabulary(path)
    assert [m.where for m in mistakes] == ["activities.a.b", "facts.x", "facts.x"]
    path.write_text("activities: {a: {name: {zh: 甲}}}\nfacts: {}\n", encoding="utf-8")
    vocabulary, [mistake] = load_vocabulary(path)
    assert vocabulary is None
    assert mistake.where == "activities.a.name.en"


def _unencoded(rid: str, **more: str) -> str:
    return regulation(rid, "2015-01-01", None, coverage="none", **more).removesuffix("rules:\n")


def test_not_covered_names_gaps_and_unencoded_laws(tmp_path) -> None:
    gap = "[{from: 1990-01-01, to: 2020-01-01, note: {zh: 旧, en: old}}]"
    regulations = book(
        tmp_path,
        one=regulation("one", "2020-01-01", None, gaps=gap) + rule("a"),
        two=_unencoded("two", line="b"),
        three=_unencoded("three", line="c", covers="[digging]"),
    )

    def lines(day: str, *activities: str) -> list[str]:
        found = regulations.not_covered(dt.date.fromisoformat(day), activities)
        return [gap.line for gap in found]

    assert lines("1989-12-31") == []
    assert lines("2000-01-01", "fishing") == ["a"]
    assert lines("2019-12-31", "fishing.angling") == ["a", "b"]
    assert lines("2020-01-01", "fishing") == ["b"]
    assert sorted(lines("2020-01-01")) == ["b", "c"]
