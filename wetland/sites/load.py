"""Open a site pack (场地包): every mistake of every file is listed at once.

A pack is found by name among the packs that come with the program, or by the path of its folder.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

import wetland
from wetland.base.errors import InputError, Mistake, PackError
from wetland.base.mistakes import explain
from wetland.base.texts import Text, text
from wetland.base.yaml import read_yaml
from wetland.birds.species import BirdPack
from wetland.regulations.load import load_regulations, load_vocabulary
from wetland.regulations.rulebook import Regulations
from wetland.regulations.vocabulary import Vocabulary
from wetland.sites.birdpack import BIRD_FILES, NO_BIRDS, read_bird_pack
from wetland.sites.config import SiteConfig
from wetland.sites.landmarks import read_landmarks
from wetland.sites.reference import Reference, read_reference
from wetland.sites.visitorpack import NO_VISITORS, VISITOR_FILES, read_visitor_pack
from wetland.sites.waterpack import NO_WATER, WATER_FILE, read_water_pack
from wetland.visitors.pack import VisitorPack
from wetland.water.stations import WaterPack
from wetland.zones.areas import repair
from wetland.zones.features import read_zones
from wetland.zones.model import Zone, ZoneLayer

if TYPE_CHECKING:
    import geopandas as gpd

UNSOUND = text(
    "几何无效（{why}）：须先改正，例如用 wetland site survey 重新载入",
    "invalid geometry ({why}): mend it first, for example by wetland site survey",
)
SITE_FILE, ZONES_FILE = "site.yaml", "zones.geojson"
LANDMARKS_FILE, VOCABULARY_FILE, REGULATIONS_FOLDER = (
    "landmarks.geojson", "vocabulary.yaml", "regulations",
)  # fmt: skip
REFERENCE_FILE = "reference.geojson"
PACK_FILES = (
    SITE_FILE, ZONES_FILE, LANDMARKS_FILE, VOCABULARY_FILE, REFERENCE_FILE, WATER_FILE, *BIRD_FILES,
    *VISITOR_FILES,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A site: its zones, landmarks, words, law, water, birds and visitors, as a pack holds them."""

    id: str
    name: Text
    folder: Path
    config: SiteConfig
    zones: ZoneLayer
    landmarks: gpd.GeoDataFrame
    vocabulary: Vocabulary
    regulations: Regulations
    digest: str
    reference: tuple[Reference, ...] = ()
    water: WaterPack = NO_WATER
    birds: BirdPack = NO_BIRDS
    visitors: VisitorPack = NO_VISITORS

    @property
    def crs_epsg(self) -> int:
        """Return the projected CRS in which this site is measured."""
        return self.config.crs_epsg

    @property
    def timezone(self) -> str:
        """Return the time zone whose local day counts."""
        return self.config.timezone

    @property
    def zone_names(self) -> frozenset[str]:
        """Return zone kinds and declared memberships."""
        return self.config.zone_names


def layers_folders() -> tuple[Path, ...]:
    """Return the folders in which packs that come with the program are looked for."""
    package = Path(wetland.__file__).resolve().parent
    return tuple(f for f in (package / "_layers", package.parent / "layers") if f.is_dir())


def list_packs() -> dict[str, Path]:
    """Return the packs that come with the program: name -> folder."""
    found: dict[str, Path] = {}
    for layers in layers_folders():
        for folder in sorted(layers.iterdir()):
            if (folder / SITE_FILE).is_file():
                found.setdefault(folder.name, folder)
    return found


def find_pack(name_or_path: str | os.PathLike[str]) -> Path:
    """Return the folder of a pack.

    Rule: what is the name of a pack that comes with the program is that pack; anything else is the
    path of a folder.

    Raises
    ------
    InputError
        There is no such pack and no such folder.
    """
    given = os.fspath(name_or_path)
    packs = list_packs()
    if given in packs:
        return packs[given]
    folder = Path(given)
    if folder.is_dir() and given.strip():
        return folder
    raise InputError(
        text(
            "没有场地包 {name}；可用：{known}", "there is no site pack {name}; there are: {known}"
        ).fill(name=given or "''", known=", ".join(packs) or "-"),
        hint=text(
            "也可给出场地包文件夹的路径；新建用 wetland site init",
            "the path of a pack's folder works too; make a new one with: wetland site init",
        ),
    )


def open_site(name_or_path: str | os.PathLike[str]) -> Site:
    """Read a whole pack.

    Parameters
    ----------
    name_or_path
        The name of a pack that comes with the program, or a folder.

    Raises
    ------
    InputError
        There is no such pack.
    PackError
        It is ill-formed; ``mistakes`` lists everything that is wrong in all of its files.

    Examples
    --------
    >>> site = open_site("xixi")
    >>> site.name.en, site.crs_epsg, site.zones.kinds[:2]
    ('Hangzhou Xixi National Wetland Park', 4549, ('protection', 'buffer'))
    """
    folder = find_pack(name_or_path)
    site, mistakes = read_pack(folder)
    if site is None or mistakes:
        raise PackError(folder.name, mistakes)
    return site


def read_pack(folder: Path) -> tuple[Site | None, list[Mistake]]:
    """Read a pack and return it, if it could be read, with every mistake in it.

    Cases of its rules are no part of what runs and are not read here: `wetland site check` does.
    Later files are read as far as earlier ones allow: without the kinds of `site.yaml` the kinds
    that the zones use are taken as declared, so that one mistake does not hide another.
    """
    config, mistakes = _read_config(folder)
    document, wrong = _read_json(folder / ZONES_FILE)
    mistakes += wrong
    kinds = config.kinds if config is not None else _kinds_used(document)
    zones: list[Zone] = []
    if document is not None:
        zones, wrong = read_zones(document, file=ZONES_FILE, kinds=kinds)
        mistakes += [*wrong, *_unsound(zones)]
    landmarks, wrong = _read_landmarks(folder)
    mistakes += wrong
    reference, wrong = _read_reference(folder)
    mistakes += wrong
    named = None if config is None else {*config.zone_names, *(zone.id for zone in zones)}
    parts, wrong = _read_parts(folder, named)
    mistakes += wrong
    vocabulary, regulations, wrong = _read_law(folder, config)
    mistakes += wrong
    if config is None or vocabulary is None or regulations is None or landmarks is None:
        return None, mistakes
    mistakes += _unknown_registers(config, vocabulary)
    site = Site(
        id=config.id,
        name=config.name,
        folder=folder,
        config=config,
        zones=ZoneLayer(zones, config.crs_epsg),
        landmarks=landmarks,
        vocabulary=vocabulary,
        regulations=regulations,
        digest=pack_digest(folder),
        reference=reference,
        **parts,
    )
    return site, mistakes


def pack_digest(folder: Path) -> str:
    """Return the SHA-256 over the pack's files that decide outcomes.

    Every `.yaml`, `.geojson`, table of birds and list of holidays of the folder and every rule of
    `regulations/` counts, with its name; the README, examples and cases do not. Line ends are made
    equal first, so that a checkout on another system has the same digest.
    """
    paths = [p for p in (folder / name for name in PACK_FILES) if p.is_file()]
    rules = (folder / REGULATIONS_FOLDER).glob("*.yaml")
    paths += sorted(p for p in rules if not p.name.endswith(".cases.yaml"))
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        name = path.relative_to(folder).as_posix()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _read_config(folder: Path) -> tuple[SiteConfig | None, list[Mistake]]:
    raw, mistakes = read_yaml(folder / SITE_FILE)
    if mistakes:
        return None, mistakes
    try:
        config = SiteConfig.model_validate(raw)
    except ValidationError as error:
        return None, explain(error, file=SITE_FILE)
    return config, []


def _read_json(path: Path) -> tuple[Any, list[Mistake]]:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig")), []
    except FileNotFoundError:
        return None, [Mistake(path.name, "-", text("文件不存在", "the file does not exist"))]
    except UnicodeDecodeError as error:
        what = text("不是 UTF-8 编码（字节 {n}）", "is not UTF-8 (byte {n})").fill(n=error.start)
        return None, [Mistake(path.name, "-", what)]
    except json.JSONDecodeError as error:
        what = text("JSON 语法错误（第 {c} 列）：{p}", "JSON, column {c}: {p}")
        return None, [
            Mistake(path.name, f"line {error.lineno}", what.fill(c=error.colno, p=error.msg))
        ]


def _unsound(zones: Sequence[Zone]) -> list[Mistake]:
    """Name the zones whose rings cross, have no area or run back on themselves.

    What such a zone holds is a matter of opinion, and law must not hang on one: it is mended by a
    person, not in passing.
    """
    changes = [(zone, repair(zone.geometry)[1]) for zone in zones]
    return [
        Mistake(ZONES_FILE, zone.id, UNSOUND.fill(why=change.why))
        for zone, change in changes
        if change is not None
    ]


def _kinds_used(document: object) -> list[str]:
    features = document.get("features") if isinstance(document, dict) else None
    try:
        return [str(feature["properties"]["kind"]) for feature in features or []]
    except (KeyError, TypeError):
        return []


def _read_landmarks(folder: Path) -> tuple[gpd.GeoDataFrame | None, list[Mistake]]:
    path = folder / LANDMARKS_FILE
    document: Any = {"type": "FeatureCollection", "features": []}
    if path.is_file():  # a pack may have none
        document, mistakes = _read_json(path)
        if mistakes:
            return None, mistakes
    return read_landmarks(document, file=LANDMARKS_FILE)


def _read_reference(folder: Path) -> tuple[tuple[Reference, ...], list[Mistake]]:
    path = folder / REFERENCE_FILE
    if not path.is_file():  # few packs have one
        return (), []
    document, mistakes = _read_json(path)
    return ((), mistakes) if mistakes else read_reference(document, file=REFERENCE_FILE)


def _read_parts(folder: Path, zones: set[str] | None) -> tuple[dict[str, Any], list[Mistake]]:
    """Read what a pack says of water, birds and visitors; each may name what is told before it."""
    water, mistakes = read_water_pack(folder)
    birds, of_birds = read_bird_pack(folder, zones=zones)
    visitors, of_visitors = read_visitor_pack(
        folder,
        zones=zones,
        plots={plot.id for plot in birds.plots},
        stations={station.id for station in water.stations},
    )
    parts = {"water": water, "birds": birds, "visitors": visitors}
    return parts, [*mistakes, *of_birds, *of_visitors]


def _read_law(
    folder: Path, config: SiteConfig | None
) -> tuple[Vocabulary | None, Regulations | None, list[Mistake]]:
    vocabulary, mistakes = load_vocabulary(folder / VOCABULARY_FILE)
    laws = folder / REGULATIONS_FOLDER
    if not any(laws.glob("*.yaml")):
        what = text(
            "没有法规文件；没有录入的法规也须有一份 coverage: none 的文件说明",
            "there is no regulation file; a law not encoded needs a file that says coverage: none",
        )
        mistakes.append(Mistake(f"{REGULATIONS_FOLDER}/", "-", what))
    if vocabulary is None or config is None:
        return vocabulary, None, mistakes
    regulations, wrong = load_regulations(laws, vocabulary, set(config.zone_names))
    return vocabulary, regulations, mistakes + wrong


def _unknown_registers(config: SiteConfig, vocabulary: Vocabulary) -> list[Mistake]:
    what = text("vocabulary.yaml 中没有这种记录", "vocabulary.yaml has no such kind of record")
    unknown = sorted(set(config.registers) - set(vocabulary.records))
    return [Mistake(SITE_FILE, f"registers.{name}", what) for name in unknown]
