"""Single cells as people write them: numbers, angles, uncertainties, datums, facts, activities.

Every reader takes one cell and returns its value, None for a blank, or raises `CellError`. Blank is
a fact not known; what cannot be read is an error and never silently a blank.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.reading.cells import NOT_A_NUMBER, is_blank, number
from wetland.reading.dates import CellError, parse_moment
from wetland.regulations.conditions import FactValue
from wetland.regulations.facts import parse_fact
from wetland.regulations.vocabulary import Vocabulary

NEGATIVE = text("位置误差不能为负", "an uncertainty cannot be negative")
NEGATIVE_HDOP = text("水平精度因子不能为负", "an HDOP cannot be negative")
UNKNOWN_DATUM = text(
    "坐标基准不明，位置可能偏差约 500 米；请写 wgs84、gcj02、bd09 或 cgcs2000",
    "the datum is not known and the place may be off by 500 m; "
    "write wgs84, gcj02, bd09 or cgcs2000",
)

_DISTANCE = re.compile(
    r"[±+]?\s*(?P<n>[-\d.,eE+]+)\s*(?P<u>m|米|公尺|metres?|meters?|km|公里|千米)?$"
)
_DMS = re.compile(
    r"(?P<pre>[NSEW]|东经|西经|北纬|南纬)?\s*(?P<d>\d{1,3}(?:\.\d+)?)\s*[°度]\s*"
    r"(?:(?P<m>\d{1,2}(?:\.\d+)?)\s*['′’分]\s*)?(?:(?P<s>\d{1,2}(?:\.\d+)?)\s*(?:\"|″|”|''|秒)\s*)?"
    r"(?P<post>[NSEW])?$"
)
_DATUMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"gcj-?0?2|火星", re.I), "gcj02"),
    (re.compile(r"bd-?0?9|百度", re.I), "bd09"),
    (re.compile(r"cgcs-?2000|国家2000|2000国家|epsg:?4490", re.I), "cgcs2000"),
    (re.compile(r"wgs-?(?:19)?84|epsg:?4326", re.I), "wgs84"),
)
_DOUBT = re.compile(r"probabl|possibl|maybe|likely|\?|？|可能|疑似|推测", re.I)
_SOURCES = {
    "gps": "gps", "gnss": "gps", "beidou": "gps", "北斗": "gps", "卫星定位": "gps",
    "手持gps": "gps", "手机定位": "gps", "photo": "photo", "exif": "photo", "照片": "photo",
    "拍照": "photo",
    "map_click": "map_click", "map click": "map_click", "map": "map_click", "地图": "map_click",
    "地图点选": "map_click", "点选": "map_click", "declared": "declared", "申报": "declared",
    "口述": "declared", "文字描述": "declared", "举报": "declared", "unknown": "unknown",
}  # fmt: skip


def angle(raw: object) -> float:
    """Read degrees: a number, or degrees, minutes and seconds.

    Examples
    --------
    >>> round(angle("东经120°4′0.5″"), 6)
    120.066806
    """
    if not isinstance(raw, str):
        return number(raw)
    found = _DMS.match(raw.strip())
    if found is None:
        return number(raw)
    minutes, seconds = float(found["m"] or 0), float(found["s"] or 0)
    if max(minutes, seconds) >= 60:
        raise CellError("not_a_number", NOT_A_NUMBER)
    degrees = float(found["d"]) + minutes / 60 + seconds / 3600
    side = found["pre"] or found["post"] or ""
    return -degrees if side in {"S", "W", "西经", "南纬"} else degrees


def distance_m(raw: object) -> float:
    """Read a position uncertainty in metres; ``0.2 km``, ``±10m`` and ``10米`` are understood."""
    if isinstance(raw, str):
        found = _DISTANCE.match(raw.strip())
        if found is None:
            number(raw)
            raise CellError("not_a_number", NOT_A_NUMBER)
        factor = 1000.0 if found["u"] in {"km", "公里", "千米"} else 1.0
        value = number(found["n"]) * factor
    else:
        value = number(raw)
    if value < 0:
        raise CellError("negative_uncertainty", NEGATIVE)
    return value


def hdop(raw: object) -> float:
    """Read a horizontal dilution of precision (水平精度因子, HDOP): it is not negative."""
    value = number(raw)
    if value < 0:
        raise CellError("negative_hdop", NEGATIVE_HDOP)
    return value


def datum(raw: object) -> str:
    """Read the name of a datum out of what a file says of it.

    Examples
    --------
    >>> datum("GCJ-02 (probable, AMap)"), datum("WGS 84")
    ('gcj02', 'wgs84')
    """
    words = str(raw).replace(" ", "").replace("_", "")
    named = [name for pattern, name in _DATUMS if pattern.search(words)]
    if len(named) != 1:
        raise CellError("unknown_datum", UNKNOWN_DATUM)
    return named[0]


def datum_doubted(raw: object) -> bool:
    """Tell whether the cell itself doubts the datum it names ("probable")."""
    return isinstance(raw, str) and _DOUBT.search(raw) is not None


def position_source(raw: object) -> str:
    """Read how a position was found; a word nobody knows is ``unknown``, the widest."""
    return _SOURCES.get(str(raw).strip().casefold(), "unknown")


def fact(vocabulary: Vocabulary, name: str, raw: object) -> FactValue:
    """Read a fact (or a record kind, yes or no) in the words of the site.

    Raises
    ------
    CellError
        The value is not of the fact's kind; the message says what is.
    """
    known = vocabulary.facts.get(name)
    if known is not None and known.kind == "day" and not is_blank(raw):
        return parse_moment(raw).day
    try:
        return parse_fact(vocabulary, name, raw)
    except InputError as error:
        raise CellError("fact_invalid", error.message) from None


class ActivityReader:
    """Read the activities of a cell in the words of one site.

    Parameters
    ----------
    vocabulary
        The site's words.
    translate
        Words of the file -> activity ids of the site; an empty id says "this is no act".
    """

    _PARTS = re.compile(r"[;；、,，|+/]")
    _MOST_SUGGESTED = 200

    def __init__(self, vocabulary: Vocabulary, translate: dict[str, str]) -> None:
        self.vocabulary = vocabulary
        self.translate = {k.strip().casefold(): v.strip() for k, v in translate.items()}
        self._suggested = 0

    def __call__(self, raw: object) -> str | None:
        """Return the activity ids, parted by ``;``; None where the word is no act."""
        words = str(raw).strip()
        whole = self._one(words)
        if whole is not None:
            return whole or None
        parts = [p.strip() for p in self._PARTS.split(words) if p.strip()]
        found = [self._one(part) for part in parts] if len(parts) > 1 else [None]
        for part, activity in zip(parts or [words], found, strict=True):
            if activity is None:
                raise CellError("unknown_activity", self._unknown(part))
        return ";".join(dict.fromkeys(a for a in found if a)) or None

    def _one(self, word: str) -> str | None:
        given = self.translate.get(word.casefold())
        return self.vocabulary.find_activity(word) if given is None else given

    def _unknown(self, word: str) -> Text:
        near = self.suggest(word)
        if not near:
            return text(
                "未知行为；可用 --activity-as 指定它对应的行为",
                "unknown activity; say what it means by --activity-as",
            )
        names = text("、".join(f"{n.zh}（{a}）" for a, n in near),
                     ", ".join(f"{n.en} ({a})" for a, n in near))  # fmt: skip
        return text(
            "未知行为；是否为 {near}？可用 --activity-as 指定",
            "unknown activity; did you mean {near}? Say so by --activity-as",
        ).fill(near=names)

    def suggest(self, word: str) -> list[tuple[str, Text]]:
        """Return up to three activities whose id, name or alias is nearest to ``word``."""
        self._suggested += 1
        if self._suggested > self._MOST_SUGGESTED:
            return []
        known: dict[str, str] = {}
        for key, activity in self.vocabulary.activities.items():
            for name in (key, activity.name.zh, activity.name.en, *activity.aliases):
                known.setdefault(name.casefold(), key)
        wanted = word.casefold()[:60]
        long = {name: key for name, key in known.items() if len(name) > 1}
        holds = [key for name, key in long.items() if name in wanted or wanted in name]
        alike = 0.6 if wanted.isascii() else 0.5  # a Chinese word has few characters to share
        near = [known[m] for m in get_close_matches(wanted, list(known), n=6, cutoff=alike)]
        keys = list(dict.fromkeys([*holds, *near]))[:3]
        return [(key, self.vocabulary.activities[key].name) for key in keys]
