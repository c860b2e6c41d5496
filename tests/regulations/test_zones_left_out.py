"""Of which zones being outside can break a rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.regulations.small import book, regulation, rule

UNLESS = "[{{means: {{zh: m, en: m}}, when: {}}}]"


@pytest.mark.parametrize(
    ("more", "left_out"),
    [
        ({}, set()),
        ({"when": "{zone: belt}"}, set()),
        ({"when": "{not: {zone: belt}}"}, {"belt"}),
        ({"when": "{not: {not: {zone: belt}}}"}, set()),
        ({"when": "{any: [natural, {all: [{not: {zone: belt}}]}]}"}, {"belt"}),
        ({"not_zones": "[belt]"}, {"belt"}),
        ({"unless": UNLESS.format("{zone: belt}")}, {"belt"}),
        ({"unless": UNLESS.format("{not: {zone: belt}}")}, set()),
        ({"modality": "obligation", "requires": "{any: [{zone: belt}, natural]}"}, {"belt"}),
    ],
)
def test_zones_left_out(tmp_path: Path, more: dict[str, str], left_out: set[str]) -> None:
    law = book(tmp_path, a=regulation("a", "2012-01-01", None) + rule("r", **more))
    assert law.zones_left_out == left_out


def test_a_whole_regulation_may_leave_zones_out(tmp_path: Path) -> None:
    head = regulation("a", "2012-01-01", None, not_zones="[belt]", not_zones_article='"2"')
    assert book(tmp_path, a=head + rule("r")).zones_left_out == {"belt"}
