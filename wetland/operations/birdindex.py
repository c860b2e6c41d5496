"""Population index of one species from a file of counts at plots (种群指数)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import Lang, Text, text
from wetland.reading.files import Given
from wetland.reports.findings import problem_json

if TYPE_CHECKING:
    from wetland.birds.trim import Trim, TrimSettings
    from wetland.birds.trimreading import CountOptions
    from wetland.birds.trimtable import CountTable

MUCH = 1.5  # chi-square over its degrees of freedom, from which Poisson errors are said to be small

_NO_MONTHS = text("{f}：没有月份列，无法按月计算", "{f}: no column month, so nothing is monthly")
_PARTS = text(
    "月份列有大于 12 的值（{m}）：按一年中的时段处理；若本是月份，请改正",
    "the column month has values above 12 ({m}): they are taken for parts of the year; correct "
    "them if months are meant",
)
_VARY = text(
    "计数的变异是泊松分布的 {x:.1f} 倍，这里的误差偏小：请加 --overdispersion",
    "counts vary {x:.1f} times as much as Poisson's, so these errors are too small: use "
    "--overdispersion",
)
_IMPUTED = text(
    "{n} 个时次的总数有一半以上是插补的（{t}）：它建立在同期未计数的样点上，不宜当作实有数量",
    "more than half of the total is imputed at {n} times ({t}): it rests on plots that were not "
    "counted then, and is no number of birds that were there",
)
HALF = 0.5
MOST_TIMES = 5


@dataclass(frozen=True, eq=False)
class BirdIndex:
    """A fitted index, and what its counts are.

    Parameters
    ----------
    base
        The time at which the index is 1, or several with the mean 1; None is the first time.
    level
        Confidence of the intervals.
    about
        What the answer says besides the model: species, season, source, what was left out.
    """

    fitted: Trim
    problems: Problems
    base: int | Sequence[int] | None = None
    level: float = 0.95
    about: Mapping[str, Any] | None = None

    @property
    def notes(self) -> tuple[Text, ...]:
        """Return what a reader has to know of the counts and of the model."""
        fit, settings = self.fitted.fit, self.fitted.settings
        ratio = fit.chi2 / fit.df if fit.df else 0.0
        warned = not settings.overdispersion and ratio > MUCH
        varied = (_VARY.fill(x=ratio),) if warned else ()
        return (*self.fitted.notes, *self._imputed(), *varied)

    def _imputed(self) -> tuple[Text, ...]:
        """Tell the times of which most is not counted."""
        totals = self.fitted.totals
        most = [int(time) for time, seen, whole in zip(
            totals.times, totals.observed, totals.imputed, strict=True)
            if whole > 0 and seen < HALF * whole]  # fmt: skip
        if not most:
            return ()
        named = ", ".join(map(str, most[:MOST_TIMES])) + (" …" if len(most) > MOST_TIMES else "")
        return (_IMPUTED.fill(n=len(most), t=named),)

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return the index as JSON-ready mappings; see `wetland.birds.trimanswer.trim_answer`."""
        from wetland.birds.trimanswer import trim_answer  # noqa: PLC0415 - starts fast

        answer = trim_answer(self.fitted, base=self.base, level=self.level)
        notes = [{"zh": note.zh, "en": note.en} for note in self.notes]
        problems = [problem_json(p, lang) for p in self.problems.items]
        return {**answer, **(self.about or {}), "level": self.level, "notes": notes,
                "problems": problems}  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each time."""
        answer = self.to_json()
        wanted = ("time", "observed", "imputed", "imputed_se", "index", "index_se", "fitted",
                  "fitted_se")  # fmt: skip
        rows = []
        for at in range(len(answer["time"])):
            row = {name: answer[name][at] for name in wanted}
            for name in ("totals_ci", "index_ci"):
                row[f"{name}_lower"], row[f"{name}_upper"] = answer[name][at]
            rows.append(row)
        return rows


def index_of_file(
    path: str | Path | Given,
    settings: TrimSettings | None = None,
    *,
    reading: CountOptions | None = None,
    base: int | Sequence[int] | None = None,
    level: float = 0.95,
    monthly: bool = False,
) -> BirdIndex:
    """Fit an index to a file of counts; nothing is kept.

    Parameters
    ----------
    settings
        What to fit.
    reading
        Which columns are covariates and weights.
    base
        The time at which the index is 1, or several with the mean 1; None is the first time.
    monthly
        Whether the counts must be monthly. A column ``month`` is read wherever there is one.

    Raises
    ------
    InputError
        The file cannot be read, has no months where they are asked for, the base is none of its
        times, or the counts do not carry the model (`wetland.birds.trim.trim`).
    """
    from wetland.birds.trimreading import read_counts  # noqa: PLC0415 - starts fast
    from wetland.birds.trimtable import listed  # noqa: PLC0415

    table, problems = read_counts(path, reading)
    if monthly and not table.monthly:
        raise InputError(_NO_MONTHS.fill(f=problems.file))
    if late := [str(month) for month in table.months if month > 12]:
        table = replace(table, notes=(*table.notes, _PARTS.fill(m=listed(late))))
    return fit_index(table, settings, problems=problems, base=base, level=level)


def fit_index(
    table: CountTable,
    settings: TrimSettings | None = None,
    *,
    problems: Problems | None = None,
    base: int | Sequence[int] | None = None,
    level: float = 0.95,
    about: Mapping[str, Any] | None = None,
) -> BirdIndex:
    """Fit an index to a table of counts.

    Raises
    ------
    InputError
        The base is none of the times, or see `wetland.birds.trim.trim`.
    """
    from wetland.birds.trim import trim  # noqa: PLC0415 - starts fast

    found = BirdIndex(trim(table, settings), problems or Problems(""), base, level, about)
    found.fitted.index(base)  # refuses a base that is none of the times
    return found
