"""Richness and diversity of a table sites x species (丰富度与多样性)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wetland.base.problems import Problems
from wetland.base.texts import Lang
from wetland.reading.files import Given
from wetland.reports.findings import problem_json

DRAWS = 200
_ONE_BY_ONE = ("observed", "individuals", "chao1", "ace", "chao2", "ice", "jackknife1",
               "jackknife2", "bootstrap", "shannon", "simpson", "evenness", "coverage")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Richness:
    """Every measure of a table, and what was wrong with its rows."""

    answer: Mapping[str, Any]
    problems: Problems

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return it as JSON-ready mappings; see `wetland.birds.richnessanswer`."""
        problems = [problem_json(p, lang) for p in self.problems.items]
        return {**self.answer, "problems": problems}

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each measure of all rows together, then the Hill numbers."""
        rows = []
        for name in _ONE_BY_ONE:
            value = self.answer.get(name)
            if isinstance(value, int | float):
                rows.append(_row(name, value, self.answer.get(f"{name}_se"),
                                 self.answer.get(f"{name}_ci")))  # fmt: skip
        for hill in self.answer.get("hill") or ():
            value = hill.get("estimated")
            rows.append(_row(f"hill q={hill.get('q', hill.get('order'))}", value, hill.get("se"),
                             hill.get("ci")))  # fmt: skip
        return rows


def richness_of_file(
    path: str | Path | Given,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    confidence: float = 0.95,
    encoding: str | None = None,
) -> Richness:
    """Return richness and diversity of a table sites x species; nothing is kept.

    Parameters
    ----------
    draws, seed, confidence
        Of the bootstrap and the intervals; see `wetland.birds.richnessanswer.richness_answer`.

    Raises
    ------
    InputError
        The file cannot be read, or nothing was found in it.
    """
    from wetland.birds.communitytable import CommunityOptions, read_community  # noqa: PLC0415
    from wetland.birds.richnessanswer import richness_answer  # noqa: PLC0415 - starts fast

    table = read_community(path, CommunityOptions(encoding=encoding))
    answer = richness_answer(table, draws=draws, seed=seed, confidence=confidence)
    return Richness(answer, table.problems)


def _row(name: str, value: Any, se: Any, ci: Any) -> dict[str, Any]:  # noqa: ANN401 - numbers
    low, high = ci if ci else (None, None)
    return {"measure": name, "value": value, "se": se, "lower": low, "upper": high}
