"""Words for the keys in tables about water: 氨氮 for ``nh3n``, 中营养 for ``mesotrophic``.

Only tables for a person are worded so; JSON and CSV keep the keys. A key that nobody knows stands
for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetland.base.findings import OUTCOMES
from wetland.base.texts import Lang, Text, text

SHOWN_FROM = 0.005  # a smaller probability is not written
BODIES: dict[str, Text] = {"river": text("河流", "river"), "lake": text("湖库", "lake")}
METHODS: dict[str, Text] = {
    "mann_kendall": text("Mann-Kendall", "Mann-Kendall"),
    "seasonal_kendall": text("季节性 Kendall", "seasonal Kendall"),
    "regional_kendall": text("区域 Kendall", "regional Kendall"),
    "half": text("检出限之半（官方）", "half the limit (official)"),
    "kaplan_meier": text("Kaplan-Meier", "Kaplan-Meier"),
    "ros": text("次序统计回归（ROS）", "regression on order statistics"),
    "mle": text("最大似然", "maximum likelihood"),
    "shares": text("断面比例", "shares of sections"),
    "means": text("平均浓度", "means"),
}
ALL = text("全部", "all")
YES, NO = text("是", "yes"), text("否", "no")
NO_CLASS = text("无", "none")

_CLASS_COLUMNS = frozenset({
    "water_class", "possible", "tn", "fc", "target_class", "class_before", "class_after",
    "worst_class", "probabilities",
})  # fmt: skip
_PARAMETER_COLUMNS = frozenset({"deciding", "missing", "parameter"})
_ALL_COLUMNS = frozenset({"station", "reach"})
_OTHERS: dict[str, dict[str, Text]] = {
    "method": METHODS, "water_body": BODIES, "outcome": OUTCOMES,
}  # fmt: skip


def worded(column: str, value: Any, lang: Lang) -> object:  # noqa: ANN401 - any cell
    """Return a cell as a person reads it.

    Rule: numbers have four figures; an item is its name in Chinese and its symbol in English; a
    list of possible classes is written as a range; a period without a class has 无.

    Examples
    --------
    >>> worded("deciding", ["nh3n", "tp"], "zh"), worded("deciding", ["nh3n", "tp"], "en")
    ('氨氮、总磷', 'NH3-N, TP')
    >>> worded("possible", ["II", "III", "inferior_v"], "zh"), worded("complete", True, "zh")
    ('Ⅱ～劣Ⅴ', '是')
    """
    if isinstance(value, bool):
        return (YES if value else NO).get(lang)
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, Mapping):
        shares = [(word(column, k, lang), v) for k, v in value.items() if v and v >= SHOWN_FROM]
        return ", ".join(f"{name} {share:.0%}" for name, share in shares)
    if isinstance(value, list):
        return _list(column, value, lang)
    if column == "water_class" and value is None:
        return NO_CLASS.get(lang)
    return word(column, value, lang) if isinstance(value, str) else value


def word(column: str, key: str, lang: Lang) -> str:
    """Return the word for a key of a column."""
    if column in _CLASS_COLUMNS:
        from wetland.water.standards import CLASS_LETTERS  # noqa: PLC0415 - starts fast

        return _known(CLASS_LETTERS, key, lang)
    if column in _PARAMETER_COLUMNS:
        return item_word(key, lang)
    if column in _ALL_COLUMNS and key == "*":
        return ALL.get(lang)
    if column == "state":
        from wetland.water.trophicindex import STATES  # noqa: PLC0415 - the program starts fast

        return _known(STATES, key, lang)
    if column == "why_none":
        from wetland.water.certaintytable import WHY_NONE  # noqa: PLC0415 - the program starts fast

        return _known(WHY_NONE, key, lang)
    if column in {"condition_before", "condition_after"}:
        from wetland.water.standards import assessment_on  # noqa: PLC0415 - starts fast

        return _known({k: c.name for k, c in assessment_on().conditions.items()}, key, lang)
    return _known(_OTHERS.get(column, {}), key, lang)


def item_word(code: str, lang: Lang) -> str:
    """Return the name of a parameter in Chinese, its symbol in English; of a share its name."""
    from wetland.water.annualtrends import SHARES  # noqa: PLC0415 - the program starts fast
    from wetland.water.parameters import parameters  # noqa: PLC0415

    known = parameters()
    if code not in known:
        return _known(SHARES, code, lang)
    return known[code].name.zh if lang == "zh" else known[code].symbol


def item_with_unit(code: str, lang: Lang) -> str:
    """Return a parameter with the unit its values are kept in.

    Examples
    --------
    >>> item_with_unit("nh3n", "zh"), item_with_unit("ph", "en"), item_with_unit("temp", "zh")
    ('氨氮(mg/L)', 'pH', '水温(℃)')
    """
    from wetland.water.parameters import parameters  # noqa: PLC0415 - the program starts fast

    known = parameters()
    unit = known[code].unit.replace("degC", "℃") if code in known else ""
    name = item_word(code, lang)
    return name if unit in {"", "-"} else f"{name}({unit})"


def _known(words: Mapping[str, Text], key: str, lang: Lang) -> str:
    return words[key].get(lang) if key in words else key


def _list(column: str, values: list[Any], lang: Lang) -> str:
    if column == "possible" and len(values) > 1:
        first, last = (word(column, values[at], lang) for at in (0, -1))
        return f"{first}～{last}" if lang == "zh" else f"{first} to {last}"
    parts = [
        _pollutant(v, lang) if isinstance(v, Mapping) else word(column, str(v), lang)
        for v in values
    ]
    return ("、" if lang == "zh" else ", ").join(parts)


def _pollutant(found: Mapping[str, Any], lang: Lang) -> str:
    """Return a main pollutant with its multiple or, of a river by shares, its rate in percent."""
    name = item_word(str(found["parameter"]), lang)
    rate, multiple = found.get("rate"), found.get("multiple")
    if rate is not None:
        return f"{name} {rate:g}%"
    return name if multiple is None else f"{name}({multiple:.1f})"
