"""The water parameters (指标): codes, names, units, rounding, and how to find one by its name."""

from __future__ import annotations

import difflib
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from wetland.base.errors import Mistake, PackError
from wetland.base.mistakes import explain
from wetland.base.strict import Strict
from wetland.base.texts import Text, text
from wetland.base.yaml import read_yaml

Direction = Literal["max", "min", "range", "none"]
FILE = Path(__file__).with_name("parameters.yaml")

_TWICE = text("名称 {name} 同时属于 {a} 和 {b}", "the name {name} belongs to both {a} and {b}")
_WATER = {"mg/L": 1e6, "mg/m3": 1e9}  # what it weighs itself


class Parameter(Strict):
    """What one parameter is; ``parameters.yaml`` explains every field."""

    code: str
    name: Text
    symbol: str
    unit: str
    element: Literal["N", "P", "C"] | None = None
    molar_mass: float | None = Field(default=None, gt=0)
    decimals: int | None = Field(default=None, ge=0, le=8)
    direction: Direction
    mean: Literal["arithmetic", "hydrogen"] = "arithmetic"
    heavy: bool = False
    multiple: bool = True
    plausible: tuple[float, float]
    possible: tuple[float, float] | None = None
    rate_per_day: float | None = Field(default=None, gt=0)
    spike: float | None = Field(default=None, gt=0)
    flat_line: Annotated[int, Field(ge=0)] = 5
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name it is known by, its code first."""
        return (self.code, self.name.zh, self.name.en, self.symbol, *self.aliases)

    @property
    def bounds(self) -> tuple[float, float]:
        """Return what can be at all: from nothing to as much as the water itself weighs."""
        return self.possible or (0.0, _WATER.get(self.unit, sys.float_info.max))


@dataclass(frozen=True)
class Parameters(Mapping[str, Parameter]):
    """The registry: a mapping from code to `Parameter` in the order of the standard.

    Examples
    --------
    >>> known = parameters()
    >>> known.find("ＮＨ３－Ｎ"), known.find("高锰酸盐 指数"), known.find("xyz")
    ('nh3n', 'codmn', None)
    >>> known["tp"].decimals
    3
    """

    by_code: Mapping[str, Parameter]
    by_name: Mapping[str, str]

    def __getitem__(self, code: str) -> Parameter:
        """Return the parameter of a code; KeyError where there is none."""
        return self.by_code[code]

    def __iter__(self) -> Iterator[str]:
        """Go over the codes."""
        return iter(self.by_code)

    def __len__(self) -> int:
        """Count the parameters."""
        return len(self.by_code)

    def find(self, name: str) -> str | None:
        """Return the code of a name found in a file, or None.

        Width, case, spaces and punctuation do not count; a part in brackets ("(以N计)", "(mg/L)")
        is left out only where the whole is not known, and never one that makes it another thing: a
        part of the whole (溶解态, un-ionized) or another parameter. Nothing is guessed: a name that
        is merely alike is not found (`suggest` names what it may have been).

        Examples
        --------
        >>> parameters().find("总磷(溶解态)(mg/L)"), parameters().find("汞(甲基汞)")
        (None, None)
        """
        if (code := self.by_name.get(plain(name))) is not None:
            return code
        bare = _BASIS.sub("", unicodedata.normalize("NFKC", name))
        if (code := self.by_name.get(plain(bare))) is not None:
            return code
        code = self.by_name.get(plain(_BRACKETS.sub("", bare)))
        inside = [part[1:-1] for part in _BRACKETS.findall(bare)]
        if any(_PART.search(words) or self._named(words) not in {None, code} for words in inside):
            return None
        return code

    def _named(self, words: str) -> str | None:
        """Return the code that words in brackets name; one letter may be a unit as well."""
        return self.by_name.get(plain(words)) if len(plain(words)) > 1 else None

    def suggest(self, name: str, *, at_most: int = 3) -> list[str]:
        """Return the codes whose names are most like ``name``, best first; maybe none."""
        close = difflib.get_close_matches(plain(name), self.by_name, n=3 * at_most, cutoff=0.6)
        return list(dict.fromkeys(self.by_name[c] for c in close))[:at_most]

    def split_header(self, header: str) -> tuple[str, str | None]:
        """Split the header of a column into the name and, where one is written, the unit.

        Examples
        --------
        >>> parameters().split_header("氨氮（mg/L）")
        ('氨氮', 'mg/L')
        >>> parameters().split_header("氨氮(以N计), mg/L"), parameters().split_header("pH")
        (('氨氮(以N计)', 'mg/L'), ('pH', None))
        >>> parameters().split_header("Cr(VI)"), parameters().split_header("tp_ug_l")
        (('Cr(VI)', None), ('tp', 'ug/l'))
        >>> parameters().split_header("temp (℃)"), parameters().split_header("tempC")
        (('temp', '°C'), ('tempC', None))
        >>> parameters().split_header("生化需氧量(BOD5)")
        ('生化需氧量(BOD5)', None)
        """
        whole = unicodedata.normalize("NFKC", header).strip()
        if plain(whole) in self.by_name:  # an alias may hold a unit: temp_c
            found = _SPLITS[0].match(whole)
            if found is None or not _UNIT_ALONE.fullmatch(found["unit"]):
                return whole, None
            same = self.by_name.get(plain(found["name"])) == self.by_name[plain(whole)]
            return (found["name"], _unit_of(found["unit"])) if same else (whole, None)
        for pattern in _SPLITS:
            found = pattern.match(whole)
            if found is None or _BASIS.fullmatch(found["unit"].strip()):
                continue
            if _PART.search(found["unit"]) or self._named(found["unit"]):
                continue
            if name := found["name"].strip(" ,:/_-"):
                return name, _unit_of(found["unit"])
        return whole, None


_BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
_BASIS = re.compile(r"以\s*[A-Za-z0-9+-]+\s*计|\bas\s+(?:N|P|C|F)\b", re.IGNORECASE)
# What makes of a parameter a part of it, or another thing.
_PART = re.compile(
    r"溶解|可溶|可滤|(?<![未非不])过滤|颗粒|非离子|游离|甲基|烷基|有机|三价|底泥|沉积物|间隙水"
    r"|\b(?:dissolved|filtered|soluble|particulate|un-?ioni[sz]ed|free|organic|sediment|trivalent)\b"
    r"|methyl",
    re.IGNORECASE,
)
_UNIT = (
    r"(?:[mμun]?mol|[mμun]?g|cfu|mpn|count|cells?|[mμu]?s|m3|[cm]?m|l|deg\s?[cf]|°[cf]"
    r"|[nf]tu|fnu|psu|mv|个|%)"
    r"(?:\s*[/_.·]?\s*(?:100\s*)?(?:[md]?l|[cd]?m3|cm|m|s)(?:-1|-3)?)?"
)
_UNIT_ALONE = re.compile(rf"\s*{_UNIT}\s*", re.IGNORECASE)
_SPLITS = (
    re.compile(r"^(?P<name>.+?)\s*/?\s*[(\[](?P<unit>[^()\[\]]*)[)\]]\s*$"),
    re.compile(
        rf"^(?P<name>.+?)(?:\s*[,:]\s*|\s+|_|/|(?<=[一-鿿]))(?P<unit>{_UNIT})\s*$", re.IGNORECASE
    ),
)


def _unit_of(found: str) -> str | None:
    """Return the unit as it is written, ``_`` read as "per"; None for a bracket without one."""
    unit = found.strip().strip(",;: ")
    return re.sub(r"_(?=100|m?l\b|m3|cm|m\b|s\b)", "/", unit, flags=re.IGNORECASE) or None


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Return a name without what does not distinguish: width, case, spaces, punctuation.

    Examples
    --------
    >>> plain(" ＮＨ₃－Ｎ "), plain("Cr⁶⁺")
    ('nh3n', 'cr6')
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if c.isalnum() or c == "%")


class _File(Strict):
    parameters: dict[str, Parameter] = Field(min_length=1)


@cache
def parameters() -> Parameters:
    """Return the registry of ``parameters.yaml``.

    Raises
    ------
    PackError
        The file is ill-formed or a name belongs to two parameters; all mistakes are listed.
    """
    return load_parameters(FILE)


def load_parameters(path: Path) -> Parameters:
    """Read a registry from a file of the form of ``parameters.yaml``."""
    raw, mistakes = read_yaml(path)
    if not mistakes:
        try:
            if isinstance(raw, dict) and isinstance(raw.get("parameters"), dict):
                raw = {"parameters": {c: {"code": c, **p} for c, p in raw["parameters"].items()}}
            by_code = _File.model_validate(raw).parameters
        except ValidationError as error:
            mistakes = explain(error, file=path.name)
        else:
            by_name: dict[str, str] = {}
            for code, parameter in by_code.items():
                for name in parameter.names:
                    other = by_name.setdefault(plain(name), code)
                    if other != code:
                        what = _TWICE.fill(name=name, a=other, b=code)
                        mistakes.append(Mistake(path.name, code, what))
            if not mistakes:
                return Parameters(by_code, by_name)
    raise PackError("water", mistakes)
