"""Words, marks and forms of counts, in Chinese and English."""

from __future__ import annotations

import re

PRESENT = frozenset(
    {"√", "✓", "✔", "☑", "●", "•", "○", "★", "▲", "+", "x", "v", "p", "y", "yes", "true", "t",
     "present", "seen", "heard", "有", "见", "见到", "有记录", "出现", "是", "在", "闻声", "听见",
     "听到", "鸣声", "鸣叫", ">0", "detected", "observed", "occurs"}
)  # fmt: skip
ABSENT = frozenset(
    {"无", "没有", "未见", "未见到", "未发现", "未记录到", "未观察到", "否", "不见", "absent", "no",
     "false", "not seen", "not found", "not detected", "zero", "零", "〇"}
)  # fmt: skip
NOTHING = frozenset({"——", "―", "–", "−", "_", "\\", ".", "…", "...", "、", "未测", "未调查",
                      "未查", "缺", "缺测", "not surveyed", "not recorded", "ns"})  # fmt: skip
VAGUE_WORDS = re.compile(
    r"(?:大?若干|许多|很多|较多|不少|众多|大量|多数?|少数?|少量|较少|少许|成群|大群|小群|[一数几]群|"
    r"一些|一片|无数|常见|偶见|罕见|优势种|[数几]+(?:只|羽|十|百|千|万|对|个)+[只羽]?|[数几]|"
    r"成[百千]上[千万]|"
    r"many|several|some|few|a few|lots?|a lot|numerous|abundant|common|rare|uncommon|flocks?|"
    r"a flock|dozens|hundreds|thousands|tens|multiple|various|[+]{2,5}|个体)$"
)
CROSSES = frozenset({"×", "✗", "✘", "✕", "╳"})

HIDDEN = re.compile("[\u200b-\u200f\ufe0e\ufe0f\ufeff\u2060]")
RAISED = re.compile("[⁰¹²³⁴-⁹①-⑳]+")  # numbers of footnotes: 5² is 5 with a footnote
SPACES = re.compile(r"\s+")
BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
MARKS = re.compile(r"[*#†‡^△☆↑↓!]+$")
UNITS = (
    r"(?:只次|只|羽次|羽|头|个体|个|尾|枚|birds?|individuals?|indivs?\.?|inds?\.?|pcs|"
    r"(?P<{0}>对|pairs?|prs?\.?)|(?P<{1}>个?巢|窝|nests?))"
)
CHINESE = "零〇一二两三四五六七八九十百千万"
NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)\s*[百千万]?|[{CHINESE}]+"
TERM = re.compile(
    r"(?P<before>大?约|大概|大致|近|将近|接近|估计|~|≈|about|approx(?:imately)?\.?|around|circa|"
    r"ca\.?|c\.?|est\.?|"
    r">=?|≥|≧|至少|不少于|不低于|超过|多于|大于|上|at least|more than|over|min\.?|"
    r"<=?|≤|≦|至多|最多|不超过|不足|不到|少于|小于|低于|at most|up to|less than|fewer than|max\.?)?"
    rf"\s*(?P<number>{NUMBER})\s*(?P<more>余|多|来|\+)?\s*(?:{UNITS.format('pair', 'nest')})?"
    r"\s*(?P<after>左右|上下|前后|以上|及以上|以下|以内|及以下|余|多|\?|or more|or so|or less)?$"
)
RANGE = re.compile(
    r"(?P<before>大?约|大概|~|≈|about|ca\.?|c\.?)?\s*(?P<low>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
    r"\s*(?:只|羽)?\s*(?:-|~|–|—|―|－|至|到|\bto\b)\s*"
    rf"(?P<high>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)\s*(?:{UNITS.format('pair', 'nest')})?"
    r"\s*(?:左右|\?)?$"
)
LABELS = {
    "male": ("♂", "雄鸟", "雄性", "雄", "公", "males", "male", "m"),
    "female": ("♀", "雌鸟", "雌性", "雌", "母", "females", "female", "f"),
    "": ("亚成鸟", "亚成体", "亚成", "成鸟", "成体", "成", "幼鸟", "幼体", "幼", "雏鸟", "雏",
         "adults", "adult", "ad", "juveniles", "juvenile", "juv", "immatures", "immature", "imm",
         "未知", "不明", "大", "小"),
}  # fmt: skip
LABEL_OF = {word: label for label, words in LABELS.items() for word in words}
LABEL = "|".join(sorted(map(re.escape, LABEL_OF), key=len, reverse=True))
JOINED = r"\s*[,、;+&和]?\s*"
LABEL_LAST = re.compile(rf"(?P<n>\d+)\s*[只羽]?\s*(?P<label>{LABEL})\.?{JOINED}")
LABEL_FIRST = re.compile(rf"(?P<label>{LABEL})\.?\s*[:=]?\s*(?P<n>\d+)\s*[只羽]?{JOINED}")
DATE = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}(?!\d)|\d{1,2}月\d{1,2}日|\d{1,2}-[a-z]{3}$|[a-z]{3}-\d{1,2}$"
)
SIGNED = re.compile(r"[-−]\s*\d+(?:\.\d+)?$")
TWO = re.compile(r"\d+(?:\.\d+)?(?:\s*[,;、/&和]\s*|\s+)\d+(?:\.\d+)?")

AT_LEAST = frozenset({">", ">=", "≥", "≧", "至少", "不少于", "不低于", "超过", "多于", "大于",
                       "上", "at least", "more than", "over", "min", "min.", "余", "多", "+",
                       "以上", "及以上", "or more"})  # fmt: skip
AT_MOST = frozenset({"<", "<=", "≤", "≦", "至多", "最多", "不超过", "不足", "不到", "少于", "小于",
                      "低于", "at most", "up to", "less than", "fewer than", "max", "max.", "以下",
                      "以内", "及以下", "or less"})  # fmt: skip
STRICTLY_BELOW = frozenset({"<", "不足", "不到", "少于", "小于", "低于", "less than", "fewer than"})
