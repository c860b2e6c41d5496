"""Units of water results (单位): how a number of a file comes into the unit of its parameter.

The text of a unit is read by a small grammar (``mg/L``, ``μg·L-1``, ``毫克/升``, ``个/100mL``,
``mg/l as NO3``); what it means is pint's affair, so that no factor is written down by hand.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.water.parameters import Parameter, parameters

if TYPE_CHECKING:
    import numpy as np

# Of a unit above the line, and below it. Left: as written, folded; right: for pint.
_ABOVE = {
    "mg": "mg", "毫克": "mg", "milligram": "mg", "milligrams": "mg",
    "ug": "ug", "μg": "ug", "mcg": "ug", "微克": "ug", "ng": "ng",
    "纳克": "ng", "g": "g", "克": "g", "kg": "kg",
    "mol": "mol", "mmol": "mmol", "umol": "umol", "μmol": "umol", "nmol": "nmol",
    "个": "organism", "count": "organism", "counts": "organism", "cfu": "organism",
    "mpn": "organism", "cell": "organism", "cells": "organism", "#": "organism", "no": "organism",
    "万个": "1e4 organism", "个细胞": "organism",
    "m": "m", "米": "m", "meter": "m", "metre": "m", "meters": "m", "metres": "m",
    "cm": "cm", "厘米": "cm", "mm": "mm", "毫米": "mm", "dm": "dm",
    "ft": "ft", "feet": "ft", "foot": "ft", "in": "inch", "inch": "inch", "inches": "inch",
    "us": "uS", "μs": "uS", "微西": "uS", "ms": "mS", "毫西": "mS", "s": "S",
    "umho": "uS", "umhos": "uS", "μmhos": "uS",
    "ntu": "turbidity_unit", "fnu": "turbidity_unit", "ftu": "turbidity_unit",
    "度": "turbidity_unit",
    "psu": "practical_salinity", "pss": "practical_salinity", "ppt": "practical_salinity",
    "ppth": "practical_salinity", "‰": "practical_salinity",
    "mv": "mV", "毫伏": "mV", "v": "V",
    "%": "percent", "percent": "percent", "%saturation": "percent", "%sat": "percent",
    "ppm": "mg/L", "ppb": "ug/L", "um": "umol/L", "μm": "umol/L",
    "°c": "degC", "degc": "degC", "deg": "degC", "c": "degC", "摄氏度": "degC", "度c": "degC",
    "°f": "degF", "degf": "degF", "f": "degF", "k": "K",
    "m3": "m**3", "立方米": "m**3", "l": "L", "升": "L", "cfs": "ft**3/s", "cms": "m**3/s",
    "ft3": "ft**3",
}  # fmt: skip
_BELOW = {
    "l": "L", "升": "L", "liter": "L", "litre": "L", "dm3": "L",
    "ml": "mL", "毫升": "mL", "100ml": "(100*mL)", "100毫升": "(100*mL)", "dl": "(100*mL)",
    "m3": "m**3", "立方米": "m**3", "cm": "cm", "厘米": "cm", "m": "m", "米": "m",
    "s": "s", "秒": "s", "sec": "s", "h": "hour", "小时": "hour", "d": "day", "天": "day",
    "日": "day", "kg": "kg",
}  # fmt: skip
_NOTHING = {"", "-", "--", "/", "无量纲", "无", "none", "ph", "phunits", "phunit", "stdunits",
            "standardunits", "s.u.", "su", "dimensionless", "1"}  # fmt: skip
# g/mol of the forms in which a lab may tell a nutrient ("as NO3").
_FORMS = {
    "n": 14.0067, "nh3": 17.0305, "nh4": 18.0385, "no3": 62.0049, "no2": 46.0055,
    "p": 30.973762, "po4": 94.9714, "p2o5": 141.9445 / 2, "c": 12.011,
}  # fmt: skip
_AS = re.compile(r"(?:\s*as\s*|\s*-\s*|\s+)?(n|nh3|nh4|no3|no2|p|po4|p2o5|c|o2)$")
LONGEST = 60
_AS_OXYGEN = frozenset({"do", "codmn", "cod", "bod5"})
_INNER = re.compile(r"^([munμ]?g)[\s-]*(n|nh3|nh4|no3|no2|p|po4|p2o5|c|o2)(?=\s*[/·])")  # mg N/L

_UNKNOWN = text("不认识的单位“{unit}”（{name}）", "unknown unit {unit!r} for {name}")
_OTHER = text(
    "单位“{unit}”不能用于{name}（{own}）", "the unit {unit!r} does not measure {name} ({own})"
)
_ALLOWED = text("可用：{units}", "allowed: {units}")
_OFFSET = text(
    "{unit} 不是比例单位，请先换算为℃",
    "{unit} differs from degC by more than a factor: convert first",
)
_EXAMPLES = {
    "mg/L": "mg/L, ug/L, g/L, mg/m3, ppm",
    "mg/m3": "ug/L, mg/m3, mg/L",
    "count/L": "个/L, count/L, CFU/100mL, MPN/100mL",
    "degC": "℃, degC",
    "-": "-, 无量纲, std units",
    "m": "m, cm, mm, ft",
    "uS/cm": "uS/cm, mS/cm, mS/m, S/m",
    "NTU": "NTU, FNU, FTU",
    "%": "%",
    "PSU": "PSU, ‰, ppt",
    "mV": "mV, V",
    "m3/s": "m3/s, L/s, m3/d, cfs",
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a unit becomes a parameter's own: ``value * multiply / divide + offset``.

    One of ``multiply`` and ``divide`` is 1 where the units differ by a power of ten: then the
    result is the nearest number to the decimal that was meant (9 ug/L are 0.009 mg/L, while
    9 * 0.001 is not).
    """

    multiply: float
    divide: float
    offset: float = 0.0

    @property
    def factor(self) -> float:
        """Return the factor; only meant where there is no offset."""
        return self.multiply / self.divide


def factor_to(parameter: str, unit_text: str) -> float:
    """Return what a value in ``unit_text`` is multiplied by to be in the parameter's own unit.

    Use `converted` for values: multiplying by 0.001 is not exact, dividing by 1000 is.

    Raises
    ------
    InputError
        The unit is unknown, does not measure this parameter, or has an offset (°F); the hint lists
        what is allowed.

    Examples
    --------
    >>> factor_to("nh3n", "μg/L"), factor_to("chla", "mg/L"), factor_to("fc", "MPN/100mL")
    (0.001, 1000.0, 10.0)
    >>> round(factor_to("nh3n", "umol/L"), 7), round(factor_to("no3n", "mg/l as NO3"), 4)
    (0.0140067, 0.2259)
    """
    found = conversion(parameter, unit_text)
    if found.offset:
        raise InputError(_OFFSET.fill(unit=unit_text), hint=_allowed(parameters()[parameter]))
    return found.factor


def converted(values: np.ndarray[Any, Any], parameter: str, unit_text: str) -> np.ndarray[Any, Any]:
    """Return values in the parameter's own unit, decimals kept (see `Conversion`).

    Raises
    ------
    InputError
        As `factor_to`, but °F is allowed for the temperature.

    Examples
    --------
    >>> import numpy as np
    >>> converted(np.array([9.0, 35.0]), "nh3n", "ug/L").tolist()
    [0.009, 0.035]
    >>> converted(np.array([50.0]), "temp", "deg F").round(6).tolist()
    [10.0]
    """
    import numpy as np  # noqa: PLC0415 - the readers of names need no arrays

    found = conversion(parameter, unit_text)
    given = np.asarray(values, dtype=float)
    if found == Conversion(1.0, 1.0):
        return given
    return given * found.multiply / found.divide + found.offset


@lru_cache(maxsize=4096)
def conversion(parameter: str, unit_text: str) -> Conversion:
    """Return the `Conversion` of a unit; see `factor_to` for what is refused.

    Moles become mass by the molar mass of the parameter ("as N" for nitrogen, "as P" for
    phosphorus). "as NO3", "mg N/L" and the like become the element; oxygen and demands of it may
    be "as O2". In water, ppm is read as mg/L and ppb as ug/L; NTU, FNU and FTU are taken for one
    another.
    """
    known = parameters()[parameter]
    if len(unit_text) > LONGEST:
        short = f"{unit_text[:LONGEST]}…"
        raise InputError(_UNKNOWN.fill(unit=short, name=known.name), hint=_allowed(known))
    folded = unicodedata.normalize("NFKC", unit_text).strip().casefold()
    if known.unit == "-":
        if re.sub(r"\s+", "", folded) in _NOTHING:
            return Conversion(1.0, 1.0)
        raise InputError(_other(known, unit_text), hint=_allowed(known))
    if folded == known.unit.casefold():
        return Conversion(1.0, 1.0)
    share = 1.0
    expression = _expression(folded)
    if expression is None and (form := _AS.search(folded)) is not None:
        expression = _expression(folded[: form.start()])
        share = _share(known, form[1])
    if expression is None and (form := _INNER.match(folded)) is not None:
        expression = _expression(form[1] + folded[form.end() :])
        share = _share(known, form[2])
    if expression is None:
        raise InputError(_UNKNOWN.fill(unit=unit_text, name=known.name), hint=_allowed(known))
    return _by_pint(known, unit_text, expression, share)


def _other(known: Parameter, unit_text: str) -> Any:  # noqa: ANN401 - a Text
    return _OTHER.fill(unit=unit_text, name=known.name, own=known.unit)


def _allowed(known: Parameter) -> Any:  # noqa: ANN401 - a Text
    units = _EXAMPLES[known.unit]
    if known.molar_mass is not None and known.unit == "mg/L":
        units += ", umol/L, mmol/m3"
    return _ALLOWED.fill(units=units)


def _share(known: Parameter, form: str) -> float:
    """Return the mass of the parameter's element in one gram of the form a lab told it in."""
    if form == "o2" and known.code in _AS_OXYGEN:
        return 1.0
    if known.element is None or known.molar_mass is None or known.element.lower() not in form:
        return float("nan")
    return known.molar_mass / _FORMS[form]


def _expression(folded: str) -> str | None:
    """Return the unit in pint's words, or None where a part of it is not known."""
    tidy = folded.replace("⁻", "-").replace("−", "-").replace("每", "/").replace("^", "")
    tidy = re.sub(r"[·.*\s]*(dm3|100ml|ml|l|m3|cm|m|s)-[13]$", r"/\1", tidy)
    tidy = tidy.replace("m-3", "/m3") if "/" not in tidy else tidy
    above, _, below = re.sub(r"\s+", "", tidy).partition("/")
    if above not in _ABOVE or (below and below not in _BELOW):
        return None
    return f"{_ABOVE[above]}/{_BELOW[below]}" if below else _ABOVE[above]


@cache
def _registry() -> Any:  # noqa: ANN401 - pint is imported where a unit needs it
    import pint  # noqa: PLC0415 - half a second that most commands do not need

    registry: Any = pint.UnitRegistry()
    for definition in ("organism = [organism]", "turbidity_unit = [turbidity]",
                       "practical_salinity = [practical_salinity]"):  # fmt: skip
        registry.define(definition)
    return registry


_OWN = {
    "count/L": "organism/L", "NTU": "turbidity_unit", "PSU": "practical_salinity",
    "m3/s": "m**3/s", "%": "percent", "mg/m3": "mg/m**3",
}  # fmt: skip


def _by_pint(known: Parameter, unit_text: str, expression: str, share: float) -> Conversion:
    import pint  # noqa: PLC0415 - see `_registry`

    registry = _registry()
    own = registry.parse_units(_OWN.get(known.unit, known.unit))
    if expression in {"degF", "K"} and known.unit == "degC":
        return Conversion(5.0, 9.0, -160 / 9) if expression == "degF" else Conversion(1, 1, -273.15)
    if expression == "degC" and known.unit == "degC":
        return Conversion(1.0, 1.0)
    try:
        given = registry.parse_expression(expression)
        if expression.endswith("/kg"):
            given = given * registry.Quantity(1, "kg/L")
        if given.check("[substance]/[length]**3") and known.molar_mass is not None:
            given = given * registry.Quantity(known.molar_mass, "g/mol")
        factor = float(given.to(own).magnitude) * share
    except (pint.DimensionalityError, pint.UndefinedUnitError, pint.OffsetUnitCalculusError) as no:
        raise InputError(_other(known, unit_text), hint=_allowed(known)) from no
    if not factor > 0:  # also where it is none: a form that is not of this parameter
        raise InputError(_other(known, unit_text), hint=_allowed(known))
    return _exact(factor)


def _exact(factor: float) -> Conversion:
    """Return a factor as the decimal it is but for rounding (a power of ten, a molar mass)."""
    near = Fraction(factor).limit_denominator(10**9)
    decimal = 10**12 % near.denominator == 0 and near.numerator < 10**12
    if near and decimal and abs(float(near) / factor - 1) < 1e-13:
        return Conversion(float(near.numerator), float(near.denominator))
    return Conversion(factor, 1.0)
