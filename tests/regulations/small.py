"""A tiny body of law written for tests (invented), and short ways to ask it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from wetland.base.places import INSIDE, OUTSIDE, Membership
from wetland.regulations.conditions import Situation
from wetland.regulations.load import load_regulations
from wetland.regulations.rulebook import Regulations
from wetland.regulations.vocabulary import Activity, Fact, RecordKind, Vocabulary

ZONES = ("park", "belt")


def _text(word: str) -> dict[str, str]:
    return {"zh": word, "en": word}


WORDS = Vocabulary(
    activities={k: Activity(name=_text(k)) for k in ("fishing", "fishing.angling", "digging")},
    facts={
        "natural": Fact(question=_text("natural")),
        "irreversible": Fact(question=_text("irreversible")),
        "heeded": Fact(question=_text("heeded"), role="party"),
        "area_m2": Fact(question=_text("area"), kind="number", unit="m2"),
        "cost": Fact(question=_text("cost"), kind="number"),
        "tool": Fact(
            question=_text("tool"), kind="choice", choices={"net": _text("n"), "rod": _text("r")}
        ),
        "party_type": Fact(
            question=_text("party"),
            kind="choice",
            role="party",
            choices={"person": _text("p"), "unit": _text("u")},
        ),
    },
    records={"consent": RecordKind(name=_text("consent"), type="permit")},
)


def regulation(
    rid: str,
    start: str,
    end: str | None,
    *,
    line: str = "a",
    rank: str = "city_regulation",
    **more: str,
) -> str:
    """Write the head of a regulation file."""
    head = {
        "id": rid, "line": line, "title": "{zh: 条, en: law}", "version": "{zh: 版, en: v}",
        "rank": rank,
        "valid_from": start, "valid_to": end or "null", "coverage": "complete",
        "covers": "[fishing, digging]",
        "text_seen": "true", "confidence": "high", "source": "test", **more,
    }  # fmt: skip
    return "regulation:\n" + "".join(f"  {k}: {v}\n" for k, v in head.items()) + "rules:\n"


def rule(rid: str, fine: str | None = None, *, article: str = '"1"', **more: str) -> str:
    """Write one rule."""
    body = {
        "id": rid, "article": article, "title": "{zh: 题, en: title}", "says": "{zh: 文, en: says}",
        "modality": "prohibition", "activity": "[fishing]", "zones": "[park]",
        "addressee": "{zh: 人, en: anyone}", "authority": "{zh: 局, en: bureau}", **more,
    }  # fmt: skip
    if fine is not None:
        body["penalties"] = f"[{{article: {article}, fine: {fine}}}]"
    lines = [f"{k}: {v}" for k, v in body.items()]
    return "  - " + "\n    ".join(lines) + "\n"


def book(folder: Path, **files: str) -> Regulations:
    """Load regulation files; a mistake fails the test."""
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    regulations, mistakes = load_regulations(folder, WORDS, ZONES)
    assert [m.show("en") for m in mistakes] == []
    return regulations


def act(
    on: str = "2020-06-01",
    *,
    does: str = "fishing",
    park: Membership = INSIDE,
    **facts: bool | float | str | dt.date,
) -> Situation:
    """Describe an act in the park."""
    zones = {"park": park, "belt": OUTSIDE}
    return Situation(dt.date.fromisoformat(on), (does,), zones, facts)
