"""Load the law of a site pack and list every mistake in it at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from pydantic import ValidationError

from wetland.base.errors import Mistake
from wetland.base.mistakes import explain
from wetland.base.texts import Text, text
from wetland.base.yaml import read_yaml
from wetland.regulations.conditions import Node
from wetland.regulations.grammar import ConditionError, parse
from wetland.regulations.models import Penalty, Regulation, RegulationFile, Rule
from wetland.regulations.rulebook import DatedRule, Regulations, Tier
from wetland.regulations.vocabulary import Vocabulary


def load_vocabulary(path: Path) -> tuple[Vocabulary | None, list[Mistake]]:
    """Read ``vocabulary.yaml``; the vocabulary is None when it has mistakes."""
    raw, mistakes = read_yaml(path)
    if mistakes:
        return None, mistakes
    try:
        vocabulary = Vocabulary.model_validate(raw)
    except ValidationError as error:
        return None, explain(error, file=path.name)
    return vocabulary, _vocabulary_mistakes(path.name, vocabulary)


def _vocabulary_mistakes(file: str, vocabulary: Vocabulary) -> list[Mistake]:
    found = []
    for path in vocabulary.activities:
        parent = path.rpartition(".")[0]
        if parent and parent not in vocabulary.activities:
            what = text("上级行为 {p} 未定义", "its parent {p} is not defined").fill(p=parent)
            found.append(Mistake(file, f"activities.{path}", what))
    twice = set(vocabulary.facts) & set(vocabulary.records)
    for name in sorted(twice):
        what = text("同时是事实和记录种类", "is both a fact and a record kind")
        found.append(Mistake(file, f"facts.{name}", what))
    for name, fact in vocabulary.facts.items():
        if (fact.kind == "choice") != bool(fact.choices):
            what = text("choices 与 kind 不符", "choices belong to kind choice, and only to it")
            found.append(Mistake(file, f"facts.{name}", what))
    return found


class _RuleBuilder:
    """Parse the conditions of one regulation's rules, collecting mistakes."""

    def __init__(self, file: str, vocabulary: Vocabulary, zones: Iterable[str]) -> None:
        self.file = file
        self.vocabulary = vocabulary
        self.zones = frozenset(zones)
        self.mistakes: list[Mistake] = []

    def add(self, where: str, what: Text) -> None:
        self.mistakes.append(Mistake(self.file, where, what))

    def node(self, where: str, raw: object, *, party: bool = False) -> Node:
        try:
            return parse(raw, self.vocabulary, self.zones, party=party)
        except ConditionError as error:
            self.add(where, error.what)
            return parse(None, self.vocabulary, self.zones)

    def tier(self, where: str, penalty: Penalty) -> Tier:
        if penalty.fine is not None and penalty.fine.of is not None:
            fact = self.vocabulary.facts.get(penalty.fine.of)
            if fact is None or fact.kind != "number":
                what = text("{f} 不是数值事实", "{f} is not a number fact").fill(f=penalty.fine.of)
                self.add(f"{where}.fine.of", what)
        return Tier(
            penalty,
            self.node(f"{where}.when", penalty.when, party=True),
            self.node(f"{where}.precondition", penalty.precondition, party=True),
            tuple(
                (m, self.node(f"{where}.measures.{i}.when", m.when, party=True))
                for i, m in enumerate(penalty.measures)
            ),
        )

    def rule(self, regulation: Regulation, rule: Rule) -> DatedRule:
        at = rule.id
        dated = DatedRule(
            regulation,
            rule,
            self.node(f"{at}.when", rule.when),
            self.node(f"{at}.requires", rule.requires),
            tuple((u, self.node(f"{at}.unless.{i}", u.when)) for i, u in enumerate(rule.unless)),
            tuple(self.tier(f"{at}.penalties.{i}", p) for i, p in enumerate(rule.penalties)),
            tuple(
                (c, self.node(f"{at}.crime.{i}", c.when, party=True))
                for i, c in enumerate(rule.crime)
            ),
        )
        self.check(dated)
        return dated

    def check(self, dated: DatedRule) -> None:
        rule, at = dated.rule, dated.rule.id
        for activity in rule.activity:
            if activity not in self.vocabulary.activities:
                self.add(
                    f"{at}.activity", text("未知行为 {a}", "unknown activity {a}").fill(a=activity)
                )
        for zone in (*rule.zones, *dated.not_zones):
            if zone != "any" and zone not in self.zones:
                self.add(f"{at}.zones", text("未知区域 {z}", "unknown zone {z}").fill(z=zone))
        if not dated.text_seen and (
            rule.article is not None or any(p.article is not None for p in rule.penalties)
        ):
            what = text(
                "未见原文的规则不得写条号",
                "a rule whose text was not seen must not name an article",
            )
            self.add(f"{at}.article", what)
        if dated.text_seen and rule.article is None:
            self.add(f"{at}.article", text("缺少条号", "the article is missing"))
        outer = dated.regulation
        starts_early = dated.valid_from < outer.valid_from
        ends_late = outer.valid_to is not None and (
            dated.valid_to is None or dated.valid_to > outer.valid_to
        )
        if starts_early or ends_late:
            self.add(at, text("施行期超出法规的施行期", "its dates leave those of the regulation"))


def load_regulations(
    folder: Path, vocabulary: Vocabulary, zone_names: Iterable[str]
) -> tuple[Regulations, list[Mistake]]:
    """Read every ``*.yaml`` (not ``*.cases.yaml``) of a folder.

    Parameters
    ----------
    folder
        ``layers/<site>/regulations``.
    vocabulary, zone_names
        The words rules may use. ``zone_names`` are zone kinds and declared memberships.

    Returns
    -------
    regulations, mistakes
        What could be read, and all mistakes: form, unknown words, an article number on a rule whose
        text was not seen, versions of one law that overlap or leave an undeclared hole.
    """
    zones = frozenset(zone_names)
    regulations: list[Regulation] = []
    rules: list[DatedRule] = []
    mistakes: list[Mistake] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name.endswith(".cases.yaml"):
            continue
        content, wrong = _read_file(path)
        mistakes.extend(wrong)
        if content is None:
            continue
        regulations.append(content.regulation)
        builder = _RuleBuilder(f"regulations/{path.name}", vocabulary, zones)
        rules.extend(builder.rule(content.regulation, rule) for rule in content.rules)
        mistakes.extend(builder.mistakes)
    by_id = {rule.id: rule for rule in rules}
    mistakes.extend(_duplicates([r.id for r in regulations], [r.id for r in rules]))
    mistakes.extend(_carried_over_mistakes(rules, by_id))
    mistakes.extend(_line_mistakes(regulations))
    return Regulations(tuple(regulations), tuple(rules), vocabulary, by_id), mistakes


def _read_file(path: Path) -> tuple[RegulationFile | None, list[Mistake]]:
    file = f"regulations/{path.name}"
    raw, mistakes = read_yaml(path)
    if mistakes:
        return None, [Mistake(file, m.where, m.what) for m in mistakes]
    try:
        content = RegulationFile.model_validate(raw)
    except ValidationError as error:
        return None, explain(error, file=file)
    if content.regulation.id != path.stem:
        what = text("id 与文件名不同", "the id is not the file's name")
        return content, [Mistake(file, "regulation.id", what)]
    return content, []


def _duplicates(regulations: Sequence[str], rules: Sequence[str]) -> list[Mistake]:
    names = [*regulations, *rules]
    what = text("重复的 id", "the id is used twice")
    twice = sorted({name for name in names if names.count(name) > 1})
    return [Mistake("regulations", name, what) for name in twice]


def _carried_over_mistakes(
    rules: Sequence[DatedRule], by_id: dict[str, DatedRule]
) -> list[Mistake]:
    return [
        Mistake(
            f"regulations/{r.regulation.id}.yaml",
            f"{r.rule.id}.carried_over",
            text("规则 {r} 不存在", "there is no rule {r}").fill(r=r.rule.carried_over.rule),
        )
        for r in rules
        if r.rule.carried_over is not None and r.rule.carried_over.rule not in by_id
    ]


def _line_mistakes(regulations: Sequence[Regulation]) -> list[Mistake]:
    """Find versions of one line that overlap, or a hole between them no gap declares."""
    found = []
    for line in sorted({r.line for r in regulations}):
        spans: list[tuple[dt.date, dt.date, str]] = []
        for regulation in (r for r in regulations if r.line == line):
            spans.append((regulation.valid_from, regulation.valid_to or dt.date.max, regulation.id))
            spans.extend(
                (gap.start or dt.date.min, gap.end or dt.date.max, regulation.id)
                for gap in regulation.gaps
            )
        for (_, end, first), (start, _, second) in pairwise(sorted(spans)):
            if start == end:
                continue
            what = (
                text("与 {o} 的施行期重叠", "overlaps {o} in time")
                if start < end
                else text("与 {o} 之间有未声明的空档", "leaves an undeclared hole after {o}")
            )
            found.append(Mistake(f"regulations/{second}.yaml", "valid_from", what.fill(o=first)))
    return found
