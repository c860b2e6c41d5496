"""The findings sheet: nothing in it runs, loads or breaks out, in both languages."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from shapely.geometry import Point, box

from wetland.base.findings import FINDINGS
from wetland.base.tables import DTYPES
from wetland.base.texts import Lang, text
from wetland.reports.findings import finding_json, rows_of
from wetland.reports.sheet import MOST_IN_DETAIL, Sheet, findings_sheet

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "{{ cycler.__init__.__globals__ }}",
    "${alert(1)}`",
    "javascript:alert(1)",
]
ABOUT = Sheet(
    text("西溪", "Xixi"),
    text("示意图，不得执法", "drawn, not for use"),
    "d" * 64,
    {"a/b": text("捕鱼", "catch")},
    "Asia/Shanghai",
)


def findings(*rows: dict[str, Any]) -> pd.DataFrame:
    base: dict[str, Any] = dict.fromkeys(FINDINGS.names)
    base |= {
        "finding_id": "f-1", "site": "xixi", "detector": "screening", "rule": "a/b",
        "subject": "o-1", "subject_kind": "observation", "outcome": "broken", "missing": "[]",
        "zones": '["protection"]', "zone_basis": "schematic", "status": "open",
        "pack_digest": "d" * 64, "evidence": "{}", "geometry": Point(120.06, 30.27),
        "activity": "fishing", "explanation_zh": "说明", "explanation_en": "words",
    }  # fmt: skip
    frame = pd.DataFrame([{**base, **row} for row in rows], columns=FINDINGS.names)
    frame["occurred_at"] = pd.to_datetime(frame["occurred_at"], utc=True)
    return frame.astype({c.name: DTYPES[c.kind] for c in FINDINGS.columns})


class Tags(HTMLParser):
    """Collect every tag with its attributes, and check that tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(document: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(document)
    assert parser.open == []
    return parser.found


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text(payload: str, lang: Lang) -> None:
    hostile = {
        name: payload
        for name in ("rule", "activity", "explanation_zh", "explanation_en", "authority_zh",
                     "authority_en", "source_id", "finding_id")
    }  # fmt: skip
    hostile["zones"] = json.dumps([payload])
    hostile["evidence"] = json.dumps(
        {"facts": {payload: payload}, "exceptions": [{"zh": payload, "en": payload, "holds": None}],
         "source": payload}
    )  # fmt: skip
    undecided = {**hostile, "outcome": "undecided", "missing": json.dumps([payload])}
    sources = pd.DataFrame(
        [dict.fromkeys(("source_id", "file", "name", "rows", "rows_read", "rows_aside", "sha256"),
                       payload)]
    )  # fmt: skip
    about = Sheet(text(payload, payload), text(payload, payload), payload, {})
    document = findings_sheet(findings(hostile, undecided), about, sources=sources, lang=lang)
    found = tags(document)
    assert not {"script", "img", "iframe", "link", "a", "object", "form"} & {t for t, _ in found}
    for _, attributes in found:
        assert not [a for a in attributes if a.startswith("on") or a in {"src", "href", "style"}]


def test_nothing_is_loaded() -> None:
    document = findings_sheet(findings({}), ABOUT, lang="zh")
    assert not re.search(r"https?://|//[a-z]|url\(|@import", document)
    policy = next(a["content"] for t, a in tags(document) if a.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_languages(lang: Lang) -> None:
    evidence = {"uncertainty_m": 5.0, "uncertainty_from": "stated", "records": {"x": True}}
    row = {"evidence": json.dumps(evidence), "fine_min": 500.0, "fine_unit": "CNY",
           "discretion": "may", "source_row": 3,
           "occurred_at": "2024-04-30T18:00:00Z"}  # fmt: skip
    document = findings_sheet(findings(row, {"geometry": box(0, 0, 1, 1)}), ABOUT, lang=lang)
    assert ABOUT.notice is not None
    assert document.count(ABOUT.notice.get(lang)) == 2
    assert ("说明" if lang == "zh" else "words") in document
    assert f"{ABOUT.names['a/b'].get(lang)} (a/b)" in document
    assert ("可处 500 – ? 元" if lang == "zh" else "may be fined 500 – ? CNY") in document
    assert "d" * 64 in document
    assert "2024-05-01 02:00+08:00" in document
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in document


def test_an_empty_sheet_says_so() -> None:
    empty = findings({}).iloc[:0]
    assert "There are no findings." in findings_sheet(empty, ABOUT, lang="en")
    surveyed = Sheet(ABOUT.site, None, ABOUT.pack_digest, {})
    assert "surveyed" in findings_sheet(empty, surveyed, lang="en")


def test_many_findings_are_counted() -> None:
    rows = [{"finding_id": f"f-{i}"} for i in range(MOST_IN_DETAIL + 3)]
    rows += [{"finding_id": f"u-{i}", "outcome": "undecided", "missing": '["x"]'} for i in range(9)]
    document = findings_sheet(findings(*rows), ABOUT, lang="en")
    assert document.count("<article") == MOST_IN_DETAIL
    assert "3 more are not listed" in document
    assert "<td>9</td>" in document


def test_a_finding_as_json_has_no_nan() -> None:
    (row,) = rows_of(findings({"occurred_at": "2024-05-01T00:00:00Z", "severity": 3}))
    for lang in ("zh", "en"):
        found = finding_json(row, lang, notice=ABOUT.notice)
        json.dumps(found, allow_nan=False)
        assert found["fine"] is None
        assert found["occurred_at"] == "2024-05-01T00:00:00+00:00"
        assert "explanation_zh" not in found


def test_a_likelihood_is_a_lower_bound_and_never_rounded_up() -> None:
    document = findings_sheet(findings({"likelihood": 0.9999}), ABOUT, lang="en")
    assert "at least 99.9 %" in document
    assert "至少 57%" in findings_sheet(findings({"likelihood": 0.57}), ABOUT)
    assert "at least" not in findings_sheet(findings({}), ABOUT, lang="en")
