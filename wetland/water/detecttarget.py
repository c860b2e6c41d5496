"""Findings of water worse than its target class (劣于目标类别): of samples, months and years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text, text
from wetland.water.classes import Classes, classes_table, classify
from wetland.water.compliance import meets
from wetland.water.detectbase import PERIODS, TARGET_CLASS, Found, Look
from wetland.water.detectsources import sample_name, sample_rows
from wetland.water.parameters import parameters
from wetland.water.results import period_means
from wetland.water.rowtables import rows_of
from wetland.water.standards import CLASS_WORDS, Per
from wetland.water.stations import CLASSES, Station
from wetland.water.tables import WATER_BODIES
from wetland.water.wording import listed, name_of, named, valued

if TYPE_CHECKING:
    import pandas as pd

LIMIT = ".detection_limit"  # a missing fact: a lower detection limit of that parameter
_LEAST_SAMPLES = 4  # fewer give no likelihood

_HEAD = text(
    "{name}（{body}）{period}（{per}）水质为{found}，劣于目标{target}。",
    "{name} ({body}), {period} ({per}): {found}; the target is {target}.",
)
_PER = text("{per}，{n} 次采样", "{per} of {n} sample(s)")
_OPEN_HEAD = text(
    "{name}（{body}）{period}（{per}）不能判定是否达到目标{target}：",
    "{name} ({body}), {period} ({per}): whether the target, {target}, is met is open: ",
)
_OPEN_ITEMS = text(
    "缺少{items}；已测指标为{found}。", "missing {items}; what was measured is {found}."
)
_OPEN_LIMITS = text(
    "{items}未检出但检出限高于目标限值（或结果超出测定上限），是否超标不能确定；"
    "按检出限一半评价为{found}。",
    "Not detected with a detection limit above the limit of the target, or beyond the range of the "
    "method: {items}; this may be within or not. At half the detection limit: {found}.",
)
_NOT_COUNTED = text(
    "{items}未检出但检出限高于目标限值（或结果超出测定上限），是否超标不能确定，"
    "不列入超标指标；类别按检出限一半评定。",
    "Not detected with a detection limit above the limit of the target, or beyond the range of the "
    "method: {items}; this may be within or not and is not told as exceeding. The class takes half "
    "the detection limit.",
)
_ITEMS = text("超过目标限值的指标：{items}。", "Beyond the limits of the target: {items}.")
_ITEM = text("{name} {value}（限值 {limit}）", "{name} {value} (limit {limit})")
_TIMES = text(
    "{name} {value}（限值 {limit}，超 {times} 倍）",
    "{name} {value} (limit {limit}, {times} times over)",
)
_ACID = text("{name} {value}（应为 {low} 至 {high}）", "{name} {value} (must be {low} to {high})")
_LIKELY = text(
    "只计抽样误差，劣于目标的可能性为 {p}%。",
    "Given the sampling error alone, it is worse than the target with {p} %.",
)
_APART = text("另行评价：{items}。", "Assessed apart: {items}.")
_APART_ITEM = text("{name} {value}，{found}", "{name} {value}, {found}")


@dataclass(frozen=True, slots=True)
class Exceeding:
    """An item of the class that is worse than the target class.

    Parameters
    ----------
    limit
        The limit of the target class; the end of the range that is passed for pH.
    over
        By how many times of the limit it is passed; None for what has no multiple.
    """

    parameter: str
    value: float
    limit: float
    over: float | None
    water_class: str

    def as_json(self) -> dict[str, Any]:
        """Return it as evidence."""
        return {
            "parameter": self.parameter,
            "value": self.value,
            "limit": self.limit,
            "over": self.over,
            "unit": parameters()[self.parameter].unit,
            "water_class": self.water_class,
        }


def target_findings(look: Look) -> Iterator[Found]:
    """Return periods whose water is worse than the target class of its station.

    Rule of decision: broken where every class that is possible is worse than the target; undecided
    where only some are, because items of the programme are missing or a detection limit is above
    the limit of the target; nothing where all meet it, or no item of a class was measured. A month,
    quarter or year that holds a single sample has no finding of its own where samples are judged:
    the sample's says the same. A quarter or year with fewer samples than the method asks for is not
    judged.

    An item counts as beyond its limit only where it is so with non-detects at zero: half a
    detection limit makes a class, and accuses nobody.

    Severity: one, one more for each class that the water is surely worse than the target, and one
    more where cyanide or a heavy metal is beyond the target's limit; at most five. Undecided: one.

    The likelihood is the share of bootstrap draws that are worse than the target
    (`wetland.water.certainty.class_certainty`), for months and longer with four samples or more.
    """
    with_target = [name for name, s in look.stations.items() if s.target_class is not None]
    results = look.results[look.results["station"].isin(with_target)]
    if not len(results):
        return
    for per in look.settings.per:
        classes = classify(
            period_means(results, per=per), look.stations, programmes=look.settings.programmes
        )
        rows = [
            (at, row, look.stations[row["station"]])
            for at, row in enumerate(rows_of(classes_table(classes)))
            if classes.enough[at] and row["water_class"] is not None and look.judged(row["period"])
        ]
        open_or_broken = [(at, row, s) for at, row, s in rows if _open_or_broken(look, row, s, per)]
        likely = _likelihoods(look, results, [row for _, row, _ in open_or_broken], per)
        samples = sample_rows(results) if per == "sample" else None
        for at, row, station in open_or_broken:
            sample = None if samples is None else samples[at]
            yield _found(_Case(look, per, classes, at, row, station, sample), likely)


def _open_or_broken(look: Look, row: dict[str, Any], station: Station, per: Per) -> bool:
    if station.target_class is None:
        return False
    met = meets(station.target_class, row["possible"])
    if met is True or (met is None and not look.settings.undecided):
        return False
    return per == "sample" or "sample" not in look.settings.per or row["samples"] > 1


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """One period of one station that may not meet its target."""

    look: Look
    per: Per
    classes: Classes
    at: int
    row: dict[str, Any]
    station: Station
    sample: NDArray[np.int64] | None = None

    @property
    def subject(self) -> str:
        """Return what the finding is about besides the station."""
        period = str(self.row["period"])
        if self.sample is None:
            return period
        return sample_name(self.look.results, self.sample, period[:10])

    @property
    def target(self) -> int:
        """Return the place of the target in `CLASSES`."""
        return CLASSES.index(self.station.target_class or "V")

    def exceeding(self) -> list[Exceeding]:
        """Return the items surely worse than the target, worst first, then by how far over."""
        best = dict(zip(self.classes.items, self.classes.item_best[self.at].tolist(), strict=True))
        found = [
            self._of(item, water_class)
            for item, water_class in self.row["item_classes"].items()
            if best[item] - 1 > self.target
        ]
        known = parameters()
        return sorted(
            found,
            key=lambda e: (
                -CLASSES.index(e.water_class),
                not known[e.parameter].heavy,
                -(e.over or 0.0),
            ),
        )

    def _of(self, item: str, water_class: str) -> Exceeding:
        value = float(self.row["values"][item])
        limits = self.look.standard.limits[item]
        if limits.within is not None:
            low, high = (float(end) for end in limits.within)
            return Exceeding(item, value, low if value < low else high, None, water_class)
        limit = float(limits.of(self.station.water_body)[self.target])
        over = exact_over(value, limit) if parameters()[item].multiple else None
        return Exceeding(item, value, limit, over, water_class)

    def limits_above(self) -> list[str]:
        """Return items that meet the target or not, by what their non-detects are."""
        best, worst = self.classes.item_best[self.at], self.classes.item_worst[self.at]
        hangs = (best > 0) & (best - 1 <= self.target) & (worst - 1 > self.target)
        return [item for item, so in zip(self.classes.items, hangs.tolist(), strict=True) if so]


def exact_over(value: float, limit: float) -> float:
    """Return by how many times of a limit it is passed: decimals, two places, half to even.

    Examples
    --------
    >>> exact_over(1.8, 1.0), exact_over(1.225, 1.0), exact_over(1.235, 1.0)
    (0.8, 0.22, 0.24)
    """
    return float(round(Fraction(repr(value)) / Fraction(repr(limit)) - 1, 2))


def _found(case: _Case, likely: dict[tuple[str, str], float]) -> Found:
    row, station = case.row, case.station
    broken = meets(station.target_class or "V", row["possible"]) is False
    items, lacking = case.exceeding(), case.limits_above()
    missing = () if broken else (*row["missing"], *(f"{item}{LIMIT}" for item in lacking))
    codes = [e.parameter for e in items] or row["deciding"]
    told = _broken(case, items, lacking) if broken else _open(case, lacking)
    return Found(
        rule=TARGET_CLASS,
        station=station,
        subject=case.subject,
        period=row["period"],
        told=_joined([*told, *_beside(case, likely)]),
        severity=_severity(case, items) if broken else 1,
        outcome="broken" if broken else "undecided",
        measure=items[0].value if items else None,
        limit=items[0].limit if items else None,
        sources=case.look.sources(station.id, row["period"], codes, sample=case.sample),
        evidence=_evidence(case, items, lacking),
        missing=missing,
        likelihood=likely.get((station.id, row["period"])),
        synthetic=bool(row["synthetic"]),
        suspect=int(row["suspect"]),
    )


def _severity(case: _Case, items: Sequence[Exceeding]) -> int:
    steps = CLASSES.index(case.row["possible"][0]) - case.target
    return 1 + steps + any(parameters()[e.parameter].heavy for e in items)


def _evidence(case: _Case, items: Sequence[Exceeding], lacking: Sequence[str]) -> dict[str, Any]:
    row = case.row
    kept = (
        "water_class", "target_class", "complete", "official", "possible", "deciding",
        "main_pollutants", "apart", "apart_values", "values", "censored_items", "samples",
    )  # fmt: skip
    return {
        "per": case.per,
        "exceeding": [e.as_json() for e in items],
        "limits_above_target": list(lacking),
        **{name: row[name] for name in kept},
        "facts": {e.parameter: valued(e.parameter, e.value) for e in items},
    }


def _words(case: _Case) -> dict[str, object]:
    row, station = case.row, case.station
    return {
        "name": station.name,
        "body": WATER_BODIES[station.water_body],
        "period": row["period"],
        "per": PERIODS[case.per]
        if case.per == "sample"
        else _PER.fill(per=PERIODS[case.per], n=row["samples"]),
        "found": CLASS_WORDS[row["water_class"]],
        "target": CLASS_WORDS[station.target_class or "V"],
    }


def _broken(case: _Case, items: Sequence[Exceeding], lacking: Sequence[str]) -> Iterator[Text]:
    yield _HEAD.fill(**_words(case))
    if items:
        yield _ITEMS.fill(items=listed(_item(case, e) for e in items))
    if lacking:
        yield _NOT_COUNTED.fill(items=named(lacking))


def _open(case: _Case, lacking: Sequence[str]) -> Iterator[Text]:
    found = CLASS_WORDS[case.row["water_class"]]
    yield _OPEN_HEAD.fill(**_words(case))
    if case.row["missing"]:
        yield _OPEN_ITEMS.fill(items=named(case.row["missing"]), found=found)
    if lacking:
        yield _OPEN_LIMITS.fill(items=named(lacking), found=found)


def _item(case: _Case, one: Exceeding) -> Text:
    limits = case.look.standard.limits[one.parameter]
    name, value = name_of(one.parameter), valued(one.parameter, one.value)
    if limits.within is not None:
        low, high = limits.within
        return _ACID.fill(name=name, value=value, low=low, high=high)
    limit = valued(one.parameter, one.limit)
    if not one.over:
        return _ITEM.fill(name=name, value=value, limit=limit)
    return _TIMES.fill(name=name, value=value, limit=limit, times=one.over)


def _beside(case: _Case, likely: dict[tuple[str, str], float]) -> Iterator[Text]:
    """Say what stands beside the class: nitrogen and coliforms, and how sure it is."""
    apart = [
        _APART_ITEM.fill(name=name_of(code), value=valued(code, case.row["apart_values"][code]),
                         found=CLASS_WORDS[water_class])
        for code, water_class in case.row["apart"].items() if water_class is not None
    ]  # fmt: skip
    if apart:
        yield _APART.fill(items=listed(apart))
    share = likely.get((case.station.id, case.row["period"]))
    if share is not None:
        yield _LIKELY.fill(p=f"{100 * share:.0f}")


def _joined(parts: Sequence[Text]) -> Text:
    return Text(zh="".join(p.zh for p in parts), en=" ".join(p.en.strip() for p in parts))


def _likelihoods(
    look: Look, results: pd.DataFrame, rows: Sequence[dict[str, Any]], per: Per
) -> dict[tuple[str, str], float]:
    """Return the share of draws worse than the target, of rows with enough samples."""
    from wetland.water.certainty import class_certainty  # noqa: PLC0415 - only where it is asked

    asked = {(row["station"], row["period"]) for row in rows if row["samples"] >= _LEAST_SAMPLES}
    if per == "sample" or not asked or look.settings.draws < 1:
        return {}
    some = results[results["station"].isin({station for station, _ in asked})]
    found = class_certainty(
        some, look.stations, per=per, draws=look.settings.draws, seed=look.settings.seed,
        programmes=look.settings.programmes,
    )  # fmt: skip
    kept = found[["station", "period", "misses_target"]].itertuples(index=False, name=None)
    return {
        (station, period): round(float(share), 4)
        for station, period, share in kept
        if (station, period) in asked and share is not None and share == share
    }
