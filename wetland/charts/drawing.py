"""A chart as data, and the same chart as a file (SVG, PNG), drawn without a network.

A `Drawing` holds a Vega-Lite specification with its data inside. A browser draws it; for a file the
same specification goes through vl-convert, which may load nothing (`allowed_base_urls` is empty).
Names from outside only ever stand in the data, where Vega takes them as text: never in a field
name, an expression or a title.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetland.base.errors import MissingPart
from wetland.base.texts import text
from wetland.charts.look import MUTED, config

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import altair as alt

FILE_WIDTH = 900
_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}
# Beginnings of the file names of fonts that hold Chinese, as systems and their packages call them.
_CHINESE = (
    "notosanscjk", "notoserifcjk", "notosanssc", "notoserifsc", "sourcehansans", "sourcehanserif",
    "wqy", "msyh", "simhei", "simsun", "simkai", "simfang", "dengxian", "deng", "pingfang",
    "hiraginosansgb", "stheiti", "stsong", "songti", "heiti", "fangsong", "droidsansfallback",
    "uming", "ukai", "arialuni", "lxgw",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart: its Vega-Lite specification with the data, and what it shows in words."""

    spec: dict[str, Any]
    alt: str


def drawing(chart: alt.TopLevelMixin, words: str) -> Drawing:
    """Return an altair chart as a `Drawing`; ``words`` say what it shows to who cannot see it."""
    spec: dict[str, Any] = chart.to_dict()
    spec["config"] = config()
    # A chart is as wide as its place, axes and all, and as high as its rows need.
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    spec["description"] = words
    return Drawing(spec, words)


def labelled(drawn: Drawing, words: str) -> Drawing:
    """Return a chart with words above it, e.g. that its data are invented: they go with the file.

    Examples
    --------
    >>> labelled(Drawing({"mark": "bar"}, "Bars."), "Synthetic data").alt
    'Synthetic data. Bars.'
    """
    title = {"text": words, "fontSize": 11, "fontWeight": "normal", "color": MUTED}
    stop = "。" if _has_chinese(words) else ". "
    return Drawing(drawn.spec | {"title": title}, f"{words}{stop}{drawn.alt}")


def inline(values: Sequence[Mapping[str, object]]) -> alt.Data:
    """Return rows as data that stands inside the specification: a chart loads nothing."""
    import altair  # noqa: PLC0415 - drawing a file from a specification does without it

    data: alt.Data = altair.Data(values=list(values))  # type: ignore[no-untyped-call]
    return data


def as_svg(drawn: Drawing, *, width: int = FILE_WIDTH) -> bytes:
    """Return the chart as SVG, ``width`` pixels wide.

    Words are SVG text, so that they stay readable, searchable and editable; whoever opens the file
    needs a Chinese font, as any office computer in China has. Here one is needed too: without it
    the widths of words would be wrong.

    Raises
    ------
    MissingPart
        No Chinese font is installed and the chart holds Chinese words.
    """
    import vl_convert  # noqa: PLC0415 - starts an engine, and only a download needs it

    written: str = vl_convert.vegalite_to_svg(_sized(drawn, width), allowed_base_urls=[])
    return written.encode()


def as_png(drawn: Drawing, *, width: int = FILE_WIDTH, scale: float = 2.0) -> bytes:
    """Return the chart as PNG, ``width`` times ``scale`` pixels wide.

    Raises
    ------
    MissingPart
        No Chinese font is installed and the chart holds Chinese words.
    """
    import vl_convert  # noqa: PLC0415 - starts an engine, and only a report needs it

    drawn_png: bytes = vl_convert.vegalite_to_png(
        _sized(drawn, width), scale=scale, allowed_base_urls=[]
    )
    return drawn_png


def _sized(drawn: Drawing, width: int) -> dict[str, Any]:
    if _has_chinese(drawn.spec):
        _need_font(chinese_fonts())
    spec = dict(drawn.spec)
    if spec.get("width") == "container":
        spec["width"] = width
    return spec


def _has_chinese(part: object) -> bool:
    if isinstance(part, str):
        return any("\u2e80" <= c <= "\u9fff" or "\uf900" <= c <= "\ufaff" for c in part)
    if isinstance(part, dict):
        return any(_has_chinese(v) for k, v in part.items() if k != "config")
    return isinstance(part, list) and any(_has_chinese(v) for v in part)


def _need_font(found: Iterable[Path]) -> None:
    if any(True for _ in found):
        return
    raise MissingPart(
        text(
            "本机没有中文字体，图中的汉字会变成方框",
            "no Chinese font is installed here: Chinese words in the chart would be empty boxes",
        ),
        hint=text(
            "请安装一种中文字体（Debian：fonts-noto-cjk 或 fonts-wqy-microhei），或把语言换成英文",
            "install a Chinese font (Debian: fonts-noto-cjk or fonts-wqy-microhei), or use English",
        ),
    )


@lru_cache(maxsize=1)
def chinese_fonts() -> tuple[Path, ...]:
    """Return the files of Chinese fonts of this machine, where its systems keep fonts.

    Only names are looked at. The same folders are read by the engine that draws files, so nothing
    has to be registered. The answer is kept: a font installed later counts after a restart.
    """
    return tuple(fonts_in(_folders()))


def fonts_in(folders: Iterable[Path]) -> list[Path]:
    """Return the files below ``folders`` that are called as Chinese fonts are."""
    return [
        file
        for folder in folders
        if folder.is_dir()
        for file in sorted(folder.rglob("*"))
        if file.suffix.lower() in _SUFFIXES
        and file.name.lower()
        .replace("-", "")
        .replace("_", "")
        .replace(" ", "")
        .startswith(_CHINESE)
    ]


def _folders() -> list[Path]:
    home = Path.home()
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".fonts",
        home / ".local/share/fonts",
        Path("/System/Library/Fonts"),
        Path("/Library/Fonts"),
        home / "Library/Fonts",
        Path("C:/Windows/Fonts"),
        home / "AppData/Local/Microsoft/Windows/Fonts",
    ]
