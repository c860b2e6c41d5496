"""Words that say what a row is (样品类型): a sample, quality control, or a statistic.

Quality control (平行样、空白、加标、标样) is told by a column, by the end of a station's name or of
a sample's identifier, or by a remark that says nothing else. Statistics and limits
(平均值、最大值、超标率、标准限值) are no samples.
"""

from __future__ import annotations

import re

from wetland.base.texts import Text, text
from wetland.water.cells import narrowed

KINDS: dict[str, Text] = {
    "duplicate": text("平行样", "duplicate"),
    "blank": text("空白", "blank"),
    "spike": text("加标", "spike"),
    "standard": text("标样", "standard"),
}
QA_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("spike", re.compile(r"加标|\bspiked?\b|\bms\b|\bmsd\b|matrix spike")),
    ("blank", re.compile(r"空白|blank")),
    ("duplicate", re.compile(r"平行|重复样|复测|duplicate|replicate|\bdup\b")),
    ("standard", re.compile(
        r"标样|标准样|标准物质|质控|有证|reference material|\blcs\b|\bcrm\b|\bqc\b|quality control"
        r"|^standard$|calibration")),
)  # fmt: skip
_IN_NAME = re.compile(
    r"(?P<word>(?:现场|密码|室内|实验室|明码)?平行(?:双?样)?\d*|加标(?:回收)?样?\d*|"
    r"(?:全程序|运输|现场|实验室|设备|淋洗)?空白样?\d*|质控样?\d*|标准样品?\d*|标样\d*|"
    r"(?:field |lab |trip |equipment )?(?:duplicate|replicate|blank)|dup|spike)\s*[)\]]?$",
    re.IGNORECASE,
)
_NOTE_PARTS = re.compile(r"[,;，；、。/|\s]+")
_SAID_ALONE = re.compile(
    r"(?:本样|该样|此样)?[为是]?(?:"
    r"(?:现场|密码|室内|实验室|明码)?(?:平行(?:双?样)?|重复样|复测样?)|"
    r"(?:现场|实验室|样品|基体|空白)?加标(?:回收)?样?|"
    r"(?:全程序|运输|现场|实验室|室内|设备|淋洗|试剂)?空白样?|"
    r"(?:实验室|现场)?质控样?|有证标准(?:物质|样品)|标准样品?|标样|"
    r"(?:(?:field|lab|laboratory|trip|equipment|method|matrix)[ _-]?)?"
    r"(?:duplicates?|replicates?|blanks?|dup|spiked?)(?:[ _-]?samples?)?|qc|qc sample"
    r")品?[#\d]*",
    re.IGNORECASE,
)
_RECOVERY = re.compile(r"[:：=]?\d+(?:\.\d+)?%")
_BRACKETS = re.compile(r"[(\[](.*)[)\]]")
_SUFFIXES = {"p": "duplicate", "px": "duplicate", "dup": "duplicate", "fd": "duplicate",
             "平行": "duplicate", "kb": "blank", "fb": "blank", "tb": "blank", "eb": "blank",
             "blk": "blank", "空白": "blank", "jb": "spike", "ms": "spike", "msd": "spike",
             "加标": "spike", "zk": "standard", "qc": "standard", "std": "standard",
             "lcs": "standard", "crm": "standard", "质控": "standard",
             "标样": "standard"}  # fmt: skip
_SUFFIX = re.compile(r"(?:[-_.\s](?P<a>[A-Za-z]{1,3})|(?P<b>平行|空白|加标|质控|标样)样?)\d*$")
_SUMMARY = re.compile(
    r"(?:[^,，]{0,12})?(?:平均值?|均值|最大值?|最小值?|极大值|极小值|中位数|中值|合计|总计|小计|超标率"
    r"|超标倍数|检出率|达标率|样本数|样品数|标准差|变异系数|标准值|标准限值|评价标准|限值|[ⅠⅡⅢⅣⅤ]+类标准"
    r"|[IV]+类标准?|水质标准|检出限|方法检出限|备注|执行标准|范围值?|波动范围)$"
)
_SUMMARY_EN = frozenset({"mean", "average", "avg", "maximum", "minimum", "median", "geomean",
                         "exceedance rate", "detection limit", "standard limit"})  # fmt: skip
_MAYBE_SUMMARY = frozenset({"max", "min", "total", "sum", "count", "std", "stdev", "sd", "range",
                            "limit", "standard", "n", "p95"})  # fmt: skip
SURE = 2
_NOTE = re.compile(r"(?:注|备注|说明|附注|note)\s*\d*\s*[:：、.]", re.IGNORECASE)


def is_summary(word: str) -> bool:
    """Tell whether the name in a row says that it is surely no sample.

    Examples
    --------
    >>> [is_summary(w) for w in ("平均值", "年均值", "Ⅲ类标准", "Average", "标准桥", "平均桥断面")]
    [True, True, True, True, False, False]
    """
    return summary_of(word) == SURE


def summary_of(raw: object) -> int:
    """Return `SURE`, 1 for a word that may be a name as well, 0 for any other."""
    word = narrowed(raw) if isinstance(raw, str) else ""
    folded = word.casefold()
    if _SUMMARY.match(word) or folded in _SUMMARY_EN or _NOTE.match(word):
        return SURE
    return int(folded in _MAYBE_SUMMARY)


def is_limit_row(word: str) -> bool:
    """Tell whether a row that is no sample gives detection limits."""
    folded = narrowed(word).casefold()
    return folded.endswith("检出限") or folded == "detection limit"


def qa_of(word: str) -> str | None:
    """Return the kind of quality-control sample a word of its column names, None for a sample.

    Examples
    --------
    >>> qa_of("全程序空白"), qa_of("空白加标"), qa_of("Quality Control Sample-Field Replicate")
    ('blank', 'spike', 'duplicate')
    """
    folded = narrowed(word).casefold()
    return next((kind for kind, pattern in QA_WORDS if pattern.search(folded)), None)


def qa_of_name(name: str) -> tuple[str, str | None]:
    """Part the name of a station from a word for a quality-control sample at its end."""
    found = _IN_NAME.search(narrowed(name))
    if found is None:
        return name, None
    kind = qa_of(found["word"])
    base = narrowed(name)[: found.start()].strip(" -_—([")
    return base or name, kind


def qa_of_sample(name: str) -> str | None:
    """Return the kind that the end of a sample's identifier tells (``-P``, ``-KB``), or None."""
    found = _SUFFIX.search(narrowed(name))
    return None if found is None else _SUFFIXES.get((found["a"] or found["b"]).casefold())


def qa_of_note(note: str) -> str | None:
    """Return the kind of quality-control sample that a remark (备注) says its row is, or None.

    Rule: the remark, or a part of it between commas or spaces, is the word alone (平行样,
    全程序空白, 加标回收 98%, field blank). What only speaks of one (平行样均值, 空白合格) is no
    such sample; see `mentions_qa`.

    Examples
    --------
    >>> [qa_of_note(w) for w in ("现场平行样", "全程序空白", "加标回收 98%", "field duplicate")]
    ['duplicate', 'blank', 'spike', 'duplicate']
    >>> [qa_of_note(w) for w in ("平行样均值", "空白合格", "采样时下雨")]
    [None, None, None]
    """
    words = _BRACKETS.sub(r" \1 ", narrowed(note)).strip()
    for part in (words, *_NOTE_PARTS.split(words)):
        if part and _SAID_ALONE.fullmatch(_RECOVERY.sub("", part).strip()):
            return qa_of(part)
    return None


def mentions_qa(note: str) -> bool:
    """Tell whether a remark speaks of quality control without saying that its row is such a sample.

    Examples
    --------
    >>> mentions_qa("平行样均值"), mentions_qa("平行样"), mentions_qa("采样时下雨")
    (True, False, False)
    """
    return qa_of_note(note) is None and qa_of(note) is not None
