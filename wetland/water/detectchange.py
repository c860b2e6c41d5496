"""Findings of water that got worse (水质变差), in the official words: 同比 and 环比 of stations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wetland.base.texts import Text, text
from wetland.water.change import WORDS, level_of
from wetland.water.changes import changes_table
from wetland.water.classes import classes_table, classify
from wetland.water.detectbase import DETERIORATION, PERIODS, Found, Look
from wetland.water.detecttarget import LIMIT
from wetland.water.parameters import parameters
from wetland.water.periods import AGAINST, Against
from wetland.water.results import period_means
from wetland.water.rowtables import rows_of, table_of
from wetland.water.standards import CLASS_WORDS, CONDITIONS, Per
from wetland.water.stations import CLASSES, Station
from wetland.water.wording import listed, name_of, named, valued

Row = dict[str, Any]

_HEAD = text(
    "{name} {period}（{per}）{against}水质{word}：由 {before_period} 的{before}（{before_word}）"
    "变为{after}（{after_word}）。",
    "{name}, {period} ({per}), {against}: {word}, from {before} ({before_word}) in {before_period} "
    "to {after} ({after_word}).",
)
_ITEMS = text("变差的指标：{items}。", "Items that got worse: {items}.")
_ITEM = text("{name} 由 {before} 变为 {after}", "{name} from {before} to {after}")
_OPEN = text(
    "{items}有未检出结果，结论取决于按检出限一半取值，不能确定。",
    "Not detected: {items}; the answer hangs on half the detection limit and is not sure.",
)


def deterioration_findings(look: Look) -> Iterator[Found]:
    """Return periods whose water got worse, by the official words; one finding for each period.

    Rule of decision: a finding where as many levels of the condition word were lost as the settings
    ask for (of months two, against the same of the year before and against the one before; of
    years one), over the items that both periods have. Where both comparisons are worse the one that
    lost more levels leads, the year's of the same size, and the other is told too. Quarters and
    years count only with enough samples in both. Undecided where it hangs on half a detection
    limit: with the non-detects of the period at zero, and those of the one before at their limits,
    the water would not have lost as much.

    Severity: the levels lost, and one more where the water does not meet its target class (or has
    none). ``measure`` is the number of levels lost and
    ``limit`` how many make a finding. Low confidence where the items of the two periods differ.
    """
    if not len(look.results):
        return
    for per in look.settings.compared:
        rows = _rows(look, per)
        found: dict[tuple[str, str], list[_Loss]] = {}
        for against in _asked(look, per):
            table = changes_table(table_of(list(rows.values()), _KEPT), against=against)
            for change in rows_of(table):
                least = _least(look, per, against)
                if look.judged(change["period"]) and change["worse"] and change["levels"] >= least:
                    key = (change["station"], change["period"])
                    found.setdefault(key, []).append(_loss(look, change, rows, least))
        for losses in found.values():
            one = _found(look, per, sorted(losses, key=lambda loss: -loss.change["levels"]))
            if one.outcome == "broken" or look.settings.undecided:
                yield one


_KEPT = (
    "station", "period", "water_class", "item_classes", "values", "official", "synthetic",
)  # fmt: skip


def _rows(look: Look, per: Per) -> dict[tuple[str, str], Row]:
    """Return the table of classes of a kind of period, those with enough samples."""
    classes = classify(
        period_means(look.results, per=per), look.stations, programmes=look.settings.programmes
    )
    table = classes_table(classes)[classes.enough]
    ends = [
        [{item: CLASSES[c - 1] for item, c in zip(classes.items, marks, strict=True) if c}
         for marks in side[classes.enough].tolist()]
        for side in (classes.item_best, classes.item_worst)
    ]  # fmt: skip
    return {
        (row["station"], row["period"]): row | {"best": best, "worst": worst}
        for row, best, worst in zip(rows_of(table), *ends, strict=True)
    }


def _asked(look: Look, per: Per) -> list[Against]:
    """Return the comparisons of a kind of period; of years both are the same, and one is made."""
    asked: list[Against] = list(look.settings.against)
    return asked[:1] if per == "year" else asked


def _least(look: Look, per: Per, against: Against) -> int:
    """Return how many levels must be lost to make a finding."""
    return look.settings.year_levels if per == "year" else look.settings.against[against]


@dataclass(frozen=True, slots=True, eq=False)
class _Loss:
    """A comparison that makes a finding.

    Parameters
    ----------
    worse
        Items that made the water worse, worst first.
    hangs
        Items not detected that do so by half their detection limits only.
    least
        How many levels must be lost to make a finding.
    """

    change: Row
    before: Row
    after: Row
    worse: list[str]
    hangs: list[str]
    least: int


def _loss(look: Look, change: Row, rows: Mapping[tuple[str, str], Row], least: int) -> _Loss:
    after = rows[change["station"], change["period"]]
    before = rows[change["station"], change["before_period"]]
    return _Loss(
        change, before, after, _worse_items(change, before, after),
        _hangs_on_limits(look, change, (before, after), least), least,
    )  # fmt: skip


def _found(look: Look, per: Per, losses: Sequence[_Loss]) -> Found:
    """Make one finding of the comparisons of one period; the first leads."""
    sure = [loss for loss in losses if not loss.hangs]
    led = (sure or losses)[0]
    station, change = look.stations[led.change["station"]], led.change
    worse = list(dict.fromkeys(item for loss in losses for item in loss.worse))
    sources = look.sources(station.id, change["period"], worse)
    for loss in losses:
        sources += look.sources(station.id, loss.change["before_period"], worse)
    held = [row for loss in losses for row in (loss.before, loss.after)]
    return Found(
        rule=DETERIORATION,
        station=station,
        subject=change["period"],
        period=change["period"],
        told=_told(per, [led, *(x for x in losses if x is not led)], station.name),
        severity=change["levels"] + (not _meets_target(led.after, station)) if sure else 1,
        outcome="broken" if sure else "undecided",
        measure=float(change["levels"]),
        limit=float(led.least),
        sources=sources,
        evidence={
            "per": per,
            "comparisons": [_evidence(loss) for loss in losses],
            "facts": {item: _moved(change, item) for item in led.worse},
        },
        missing=() if sure else tuple(f"{item}{LIMIT}" for item in led.hangs),
        confidence="low" if change["left_out"] else "medium",
        synthetic=any(row["synthetic"] for row in held),
        suspect=int(led.after["suspect"] + sum(loss.before["suspect"] for loss in losses)),
    )


def _meets_target(after: Row, station: Station) -> bool:
    target = station.target_class
    return target is not None and CLASSES.index(after["water_class"]) <= CLASSES.index(target)


def _evidence(loss: _Loss) -> Row:
    kept = ("against", "before_period", "class_before", "class_after", "levels", "word", "official",
            "items", "left_out", "values")  # fmt: skip
    return {name: loss.change[name] for name in kept} | {
        "worse_items": loss.worse,
        "hangs_on_limits": loss.hangs,
    }


def _worse_items(change: Row, before: Row, after: Row) -> list[str]:
    """Return the compared items whose class got worse and is now worse than before's, worst first.

    Only items that are worse than the class of before have made it worse.
    """
    limit = CLASSES.index(change["class_before"])
    place = {item: CLASSES.index(after["item_classes"][item]) for item in change["items"]}
    worse = [item for item in change["items"] if place[item] > limit]
    worse = [i for i in worse if place[i] > CLASSES.index(before["item_classes"][i])]
    return sorted(worse, key=lambda item: -place[item])


def _hangs_on_limits(look: Look, change: Row, rows: tuple[Row, Row], asked: int) -> list[str]:
    """Return items not detected that make the water that much worse by half their limits only."""
    items, (before, after) = change["items"], rows
    ends = [max(CLASSES.index(classes[item]) for item in items)
            for classes in (before["worst"], after["best"])]  # fmt: skip
    most, least = (level_of(CLASSES[end], method=look.method) for end in ends)
    if least - most >= asked:
        return []
    limit = CLASSES.index(change["class_before"])
    return [
        item
        for item in items
        if CLASSES.index(before["worst"][item]) > limit
        or (after["best"][item] != after["item_classes"][item]
            and CLASSES.index(after["item_classes"][item]) > limit)
    ]  # fmt: skip


def _told(per: Per, losses: Sequence[_Loss], name: Text) -> Text:
    parts = [part for loss in losses for part in _said(per, loss, name)]
    return Text(zh="".join(p.zh for p in parts), en=" ".join(p.en for p in parts))


def _said(per: Per, loss: _Loss, name: Text) -> Iterator[Text]:
    change = loss.change
    before, after = change["class_before"], change["class_after"]
    against: Against = change["against"]
    yield _HEAD.fill(
        name=name, period=change["period"], per=PERIODS[per], against=AGAINST[against],
        word=WORDS[change["word"]], before_period=change["before_period"],
        before=CLASS_WORDS[before], before_word=CONDITIONS[before],
        after=CLASS_WORDS[after], after_word=CONDITIONS[after],
    )  # fmt: skip
    items = [
        _ITEM.fill(name=name_of(item), before=valued(item, change["values"][item]["before"]),
                   after=valued(item, change["values"][item]["after"]))
        for item in loss.worse if item in change["values"]
    ]  # fmt: skip
    if items:
        yield _ITEMS.fill(items=listed(items))
    if loss.hangs:
        yield _OPEN.fill(items=named(loss.hangs))
    if change["why_not"] is not None:
        why = change["why_not"]
        yield Text(zh=f"{why.zh}。", en=f"{why.en[0].upper()}{why.en[1:]}.")


def _moved(change: Row, item: str) -> str:
    values = change["values"].get(item)
    if values is None or item not in parameters():
        return ""
    return f"{valued(item, values['before'])} → {valued(item, values['after'])}"
