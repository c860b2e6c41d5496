"""What a pack says of visitors: ``visitors.yaml``, with the holidays of ``holidays.csv`` beside it.

A pack may have none of these files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from wetland.base.errors import Mistake
from wetland.base.mistakes import explain
from wetland.base.texts import Text, text
from wetland.base.yaml import read_yaml
from wetland.reading.packtable import TableForm, read_table, row_mistake
from wetland.visitors.pack import Bays, Capacity, Holiday, VisitorPack

VISITORS_FILE, HOLIDAYS_FILE = "visitors.yaml", "holidays.csv"
VISITOR_FILES = (VISITORS_FILE, HOLIDAYS_FILE)
MOST_HOLIDAYS = 20_000

NO_VISITORS = VisitorPack()
_TOP = text("须为键值表", "keys with values are needed")
_ELSEWHERE = text("写在 {f} 中，不写在这里", "it stands in {f}, not here")
_TWICE = text("{c} 写了两次", "{c} is written twice")
_TWICE_ROW = text("{c} 在第 {a} 行已有", "{c} is already in row {a}")
_NO_AREA = text("没有区域 {c}；可用：{k}", "there is no area {c}; there are: {k}")
_NO_GATE = text("没有出入口 {c}；可用：{k}", "there is no gate {c}; there are: {k}")
_NO_CAR_PARK = text("没有停车场 {c}；可用：{k}", "there is no car park {c}; there are: {k}")
_NO_NAME = text("场地包中没有 {c}；可用：{k}", "the pack has no {c}; there are: {k}")
_CIRCLE = text("{c} 属于自身的下级", "{c} is a part of one of its own parts")
_TWO_JUDGED = text(
    "{a} 与 {b} 同日都用于评判，须只有一个",
    "{a} and {b} are both judged by on the same day: there must be one",
)
_TWO_BAYS = text("两个泊位数在同一天有效", "two numbers of bays hold on the same day")
_TIERS = text(
    "{a} 的比例须低于 {b}：黄、橙、红依次升高",
    "the share of {a} must be below that of {b}: yellow, orange, red rise",
)
_ORDER = text("first_on 不得晚于 last_on", "first_on must not be after last_on")
_ONE_DAY = text(
    "kind 为 day 时首末日须为同一天；多日合计用 span",
    "a day is one day; the total of several days is a span",
)
_YEAR = text(
    "{y} 年不在 holiday_years 中", "the year {y} is not one of holiday_years of visitors.yaml"
)

HOLIDAY_HEADERS = {
    "日期": "day", "放假": "off", "休": "off", "名称": "name_zh", "节日": "name_zh",
    "中文名": "name_zh", "英文名": "name_en", "来源": "source",
}  # fmt: skip
_YES = ("true", "yes", "1", "是", "休", "放假", "off")
_NO = ("false", "no", "0", "否", "班", "上班", "work")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_COLOURS = ("yellow", "orange", "red")


def read_visitor_pack(
    folder: Path,
    *,
    zones: Collection[str] | None = None,
    plots: Collection[str] | None = None,
    stations: Collection[str] | None = None,
) -> tuple[VisitorPack, list[Mistake]]:
    """Read what a pack says of visitors and return it with every mistake in both files.

    A pack without the files is an empty one without a mistake; what is wrong is left out. Years
    that ``holidays.csv`` has rows of are those whose holidays are known, unless ``holiday_years``
    tells them.

    Parameters
    ----------
    zones, plots, stations
        What an area may be compared with: kinds and identifiers of zones, count plots of birds,
        water stations. None: any.
    """
    raw, mistakes = _document(folder / VISITORS_FILE)
    try:
        pack = VisitorPack.model_validate(raw)
    except ValidationError as error:
        mistakes += explain(error, file=VISITORS_FILE)
        pack = NO_VISITORS
    rows: list[tuple[int, Holiday]] = []
    path = folder / HOLIDAYS_FILE
    if path.is_file():
        rows, wrong = _read_holidays(path)
        mistakes += wrong
        mistakes += _years(path, rows, pack.holiday_years)
    holidays = tuple(holiday for _, holiday in rows)
    years = pack.holiday_years or tuple(sorted({h.day.year for h in holidays}))
    pack = pack.model_copy(update={"holidays": holidays, "holiday_years": years})
    known = {"zones": zones, "bird_plots": plots, "stations": stations}
    return pack, [*mistakes, *_wrong(pack), *_wrong_names(pack, known)]


def _document(path: Path) -> tuple[dict[str, Any], list[Mistake]]:
    if not path.is_file():
        return {}, []
    raw, mistakes = read_yaml(path)
    if mistakes or raw is None:  # nothing but comments
        return {}, mistakes
    if not isinstance(raw, dict):
        return {}, [Mistake(VISITORS_FILE, "-", _TOP)]
    if "holidays" in raw:
        mistakes.append(Mistake(VISITORS_FILE, "holidays", _ELSEWHERE.fill(f=HOLIDAYS_FILE)))
    return {k: v for k, v in raw.items() if k != "holidays"}, mistakes


# ---------------------------------------------------------------------------- holidays.csv


def _read_holidays(path: Path) -> tuple[list[tuple[int, Holiday]], list[Mistake]]:
    columns = ("day", "off", "name_zh", "name_en", "source")
    form = TableForm(Holiday, HOLIDAY_HEADERS, _value, _prepare, columns, MOST_HOLIDAYS)
    rows, mistakes = read_table(path, form)
    seen: dict[Any, int] = {}
    kept = []
    for number, holiday in rows:
        first = seen.setdefault(holiday.day, number)
        if first == number:
            kept.append((number, holiday))
        else:
            what = _TWICE_ROW.fill(c=holiday.day.isoformat(), a=first)
            mistakes.append(row_mistake(path, number, "day", what))
    return kept, mistakes


def _prepare(cells: dict[str, Any]) -> dict[str, Any]:
    """Let one language of the name stand in for the other."""
    zh, en = cells.pop("name_zh", None), cells.pop("name_en", None)
    if zh or en:
        cells["name"] = {"zh": zh or en, "en": en or zh}
    return cells


def _value(column: str, cell: str) -> Any:  # noqa: ANN401 - what pydantic is to judge
    """Return what a cell says; None where it says nothing."""
    plain = " ".join(unicodedata.normalize("NFKC", cell).split())
    if not plain:
        return None
    if column == "off":
        small = plain.casefold()
        return True if small in _YES else False if small in _NO else plain
    if column == "day" and (found := _DAY.fullmatch(plain)) is not None:
        year, month, day = found.groups()
        return f"{year}-{int(month):02d}-{int(day):02d}"
    return plain


def _years(
    path: Path, rows: Sequence[tuple[int, Holiday]], told: Sequence[int]
) -> Iterator[Mistake]:
    for number, holiday in rows:
        if told and holiday.day.year not in told:
            yield row_mistake(path, number, "day", _YEAR.fill(y=holiday.day.year))


# ---------------------------------------------------------------------------- visitors.yaml


def _wrong(pack: VisitorPack) -> Iterator[Mistake]:
    yield from _ids(pack)
    yield from _areas(pack)
    yield from _references(pack)
    yield from _bays(pack)
    yield from _judged(pack)
    yield from _tiers(pack)
    for number, said in enumerate(pack.statements):
        where = f"statements.{number}"
        if said.first_on is not None and said.first_on > said.last_on:
            yield Mistake(VISITORS_FILE, where, _ORDER)
        elif said.kind == "day" and said.first_on not in (None, said.last_on):
            yield Mistake(VISITORS_FILE, where, _ONE_DAY)


def _twice(names: Iterable[object]) -> list[object]:
    seen: set[object] = set()
    twice: dict[object, None] = {}
    for name in names:
        if name in seen:
            twice.setdefault(name)
        seen.add(name)
    return list(twice)


def _ids(pack: VisitorPack) -> Iterator[Mistake]:
    """Name what is there twice: areas, gates and piers share their names, as places of counts."""
    places = [p.id for p in (*pack.areas, *pack.gates, *pack.piers)]
    named: dict[str, list[Any]] = {
        "areas, gates, piers": places,
        "car_parks": [p.id for p in pack.car_parks],
        "events": [e.id for e in pack.events],
        "tiers": [t.colour for t in pack.tiers],
        "walks": [f"{w.car_park} - {w.gate}" for w in pack.walks],
        "holiday_years": list(pack.holiday_years),
    }
    for where, names in named.items():
        for name in _twice(names):
            yield Mistake(VISITORS_FILE, where, _TWICE.fill(c=name))


def _areas(pack: VisitorPack) -> Iterator[Mistake]:
    parents = {a.id: a.parent for a in pack.areas}
    for area in pack.areas:
        above, steps = area.parent, 0
        while above is not None and above != area.id and steps < len(parents):
            above, steps = parents.get(above), steps + 1
        if above == area.id:
            yield Mistake(VISITORS_FILE, f"areas.{area.id}.parent", _CIRCLE.fill(c=area.id))


def _references(pack: VisitorPack) -> Iterator[Mistake]:
    """Name the areas, gates and car parks that something speaks of and the pack does not have."""
    areas = [a.id for a in pack.areas]
    spoken: list[tuple[str, str | None]] = [(f"areas.{a.id}.parent", a.parent) for a in pack.areas]
    spoken += [(f"gates.{g.id}.area", g.area) for g in pack.gates]
    spoken += [(f"piers.{p.id}.area", p.area) for p in pack.piers]
    spoken += [(f"car_parks.{c.id}.area", c.area) for c in pack.car_parks]
    spoken += [(f"capacities.{n}.area", c.area) for n, c in enumerate(pack.capacities)]
    spoken += [(f"statements.{n}.area", s.area) for n, s in enumerate(pack.statements)]
    for number, closure in enumerate(pack.closures):
        spoken.append((f"closures.{number}.area", closure.area))
        spoken += [(f"closures.{number}.rest", name) for name in closure.rest]
    yield from _unknown(spoken, areas, _NO_AREA)
    walks = [(f"walks.{n}", w) for n, w in enumerate(pack.walks)]
    gates, parks = [g.id for g in pack.gates], [c.id for c in pack.car_parks]
    yield from _unknown([(f"{at}.gate", w.gate) for at, w in walks], gates, _NO_GATE)
    yield from _unknown([(f"{at}.car_park", w.car_park) for at, w in walks], parks, _NO_CAR_PARK)


def _unknown(
    spoken: Iterable[tuple[str, str | None]], known: Collection[str], what: Text
) -> Iterator[Mistake]:
    there = ", ".join(sorted(known)) or "-"
    for where, name in spoken:
        if name is not None and name not in known:
            yield Mistake(VISITORS_FILE, where, what.fill(c=name, k=there))


def _overlap(a: Bays | Capacity, b: Bays | Capacity) -> bool:
    """Tell whether two things that hold for some time hold on one day together."""
    return (a.valid_from is None or b.valid_to is None or a.valid_from < b.valid_to) and (
        b.valid_from is None or a.valid_to is None or b.valid_from < a.valid_to
    )


def _bays(pack: VisitorPack) -> Iterator[Mistake]:
    for park in pack.car_parks:
        for number, bays in enumerate(park.bays):
            if any(_overlap(bays, other) for other in park.bays[:number]):
                yield Mistake(VISITORS_FILE, f"car_parks.{park.id}.bays.{number}", _TWO_BAYS)


def _judged(pack: VisitorPack) -> Iterator[Mistake]:
    judged = [(n, c) for n, c in enumerate(pack.capacities) if c.judged]
    for place, (number, capacity) in enumerate(judged):
        for other, before in judged[:place]:
            same = (before.area, before.limit) == (capacity.area, capacity.limit)
            if same and _overlap(capacity, before):
                what = _TWO_JUDGED.fill(a=f"capacities.{other}", b=f"capacities.{number}")
                yield Mistake(VISITORS_FILE, f"capacities.{number}.judged", what)


def _tiers(pack: VisitorPack) -> Iterator[Mistake]:
    told = sorted(pack.tiers, key=lambda tier: _COLOURS.index(tier.colour))
    for lower, higher in pairwise(told):
        if lower.colour != higher.colour and lower.share >= higher.share:
            what = _TIERS.fill(a=lower.colour, b=higher.colour)
            yield Mistake(VISITORS_FILE, f"tiers.{higher.colour}.share", what)


def _wrong_names(pack: VisitorPack, known: dict[str, Collection[str] | None]) -> Iterator[Mistake]:
    for field, names in known.items():
        if names is None:
            continue
        spoken = [
            (f"areas.{area.id}.{field}", name)
            for area in pack.areas
            for name in getattr(area, field)
        ]
        yield from _unknown(spoken, names, _NO_NAME)
