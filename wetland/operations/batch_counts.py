"""Counts of a screening that add up: the sum over the parts is the count of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from wetland.screening.screen import Screened

Counts = dict[str, Any]
_PLAIN = ("observations", "screened", "without_activity", "broken", "undecided")
_OWN = ("observations", "screened", "without_activity", "by_outcome", "by_rule", "not_covered",
        "partly_covered", "default_uncertainty")  # fmt: skip
# Lists of entries: what an entry is told apart by, beside its count.
_LISTED = ("not_covered", "partly_covered", "default_uncertainty", "undecided_facts")


def counted(found: Screened) -> Counts:
    """Return the counts of one screening that add up."""
    counts = found.counts
    broken = sum(outcomes.get("broken", 0) for outcomes in counts["by_rule"].values())
    undecided = sum(int(row["count"]) for row in found.undecided)
    own = {name: counts[name] for name in _OWN}
    return {**own, "broken": broken, "undecided": undecided, "undecided_facts": found.undecided}


def merged(several: Iterable[Counts]) -> Counts:
    """Add counts up; lists come out with the most frequent first, ties by their words."""
    parts = [counts for counts in several if counts]
    if not parts:
        return {}
    whole: Counts = {name: sum(int(part[name]) for part in parts) for name in _PLAIN}
    whole["by_outcome"] = _added(part["by_outcome"] for part in parts)
    rules = sorted({rule for part in parts for rule in part["by_rule"]})
    whole["by_rule"] = {
        rule: _added(part["by_rule"].get(rule, {}) for part in parts) for rule in rules
    }
    for name in _LISTED:
        whole[name] = _listed(entry for part in parts for entry in part[name])
    return whole


def nothing() -> Counts:
    """Return the counts of a screening of no observation at all."""
    empty: Counts = dict.fromkeys(_PLAIN, 0)
    return {**empty, "by_outcome": {}, "by_rule": {}, **{name: [] for name in _LISTED}}


def _added(several: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for counts in several:
        for name, count in counts.items():
            total[name] += count
    return dict(sorted(total.items()))


def _listed(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    total: Counter[tuple[tuple[str, Any], ...]] = Counter()
    for entry in entries:
        total[_key(entry)] += int(entry["count"])
    ordered = sorted(total.items(), key=lambda pair: (-pair[1], str(pair[0])))
    return [
        {**{name: list(v) if isinstance(v, tuple) else v for name, v in key}, "count": count}
        for key, count in ordered
    ]


def _key(entry: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in sorted(entry.items())
        if name != "count"
    )
