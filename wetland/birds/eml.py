"""The description of an archive (元数据): ``eml.xml`` after the GBIF metadata profile.

Ecological Metadata Language 2.1.1. What nobody told is not made up: a licence that is not told is
said to be not told, and a contact without an address has none.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from wetland.base.texts import Text, text

NAMESPACE = "eml://ecoinformatics.org/eml-2.1.1"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "http://rs.gbif.org/schema/eml-gbif-profile/1.1/eml.xsd"

# What GBIF reads of a licence: its address and its title.
LICENCES: dict[str, tuple[str, str]] = {
    "CC0-1.0": (
        "http://creativecommons.org/publicdomain/zero/1.0/legalcode",
        "Public Domain (CC0 1.0)",
    ),
    "CC-BY-4.0": (
        "http://creativecommons.org/licenses/by/4.0/legalcode",
        "Creative Commons Attribution (CC-BY) 4.0 License",
    ),
    "CC-BY-NC-4.0": (
        "http://creativecommons.org/licenses/by-nc/4.0/legalcode",
        "Creative Commons Attribution Non Commercial (CC-BY-NC) 4.0 License",
    ),
}
NO_LICENCE = text(
    "未注明许可；转用前请询问数据所有者",
    "no licence is told; ask the owner before the data are used further",
)
SYNTHETIC = text("合成数据", "invented for exercise")
SYNTHETIC_NOTE = text(
    "本数据集含为演练虚构的数据，不是实测", "This data set holds data invented for exercise"
)

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class ArchiveMetadata:
    """What is told of an archive beside its rows.

    Parameters
    ----------
    title
        Of the data set.
    published
        The day it is given out.
    timezone
        In which the moments of surveys are written.
    abstract
        What the data are, in a few sentences.
    organisation, contact_name, contact_email
        Who made it and who answers for it; None is not told.
    licence
        One of `LICENCES`, or the words or the address of another; None is not told.
    """

    title: Text
    published: dt.date
    timezone: str = "UTC"
    abstract: Text | None = None
    organisation: str | None = None
    contact_name: str | None = None
    contact_email: str | None = None
    licence: str | None = None

    @property
    def licence_shown(self) -> str | None:
        """Return the address of a known licence, else what was told."""
        return None if self.licence is None else licence_of(self.licence)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What rows cover: west, south, east, north in degrees (None: no places), and the days."""

    bounds: tuple[float, float, float, float] | None = None
    first: dt.date | None = None
    last: dt.date | None = None


def licence_of(told: str) -> str:
    """Return the address of a known licence, else what was told.

    Examples
    --------
    >>> licence_of("CC0-1.0"), licence_of("内部使用")
    ('http://creativecommons.org/publicdomain/zero/1.0/legalcode', '内部使用')
    """
    known = LICENCES.get(told)
    return known[0] if known else told


def legal(words: str) -> str:
    """Return text without what XML cannot hold.

    Examples
    --------
    >>> legal("a" + chr(0) + "b")
    'a\ufffdb'
    """
    return _NOT_XML.sub("\ufffd", words)


def title_of(metadata: ArchiveMetadata, *, synthetic: bool) -> str:
    """Return the title of the data set in both languages; invented data say so first.

    Examples
    --------
    >>> told = ArchiveMetadata(text("西溪鸟类", "Birds of Xixi"), dt.date(2026, 1, 1))
    >>> title_of(told, synthetic=True)
    '【合成数据】西溪鸟类 / [invented for exercise] Birds of Xixi'
    """
    title = metadata.title
    if not synthetic:
        return legal(f"{title.zh} / {title.en}")
    return legal(f"【{SYNTHETIC.zh}】{title.zh} / [{SYNTHETIC.en}] {title.en}")


def eml_of(
    metadata: ArchiveMetadata, coverage: Coverage, *, package_id: str, synthetic: bool
) -> bytes:
    """Return ``eml.xml``.

    Parameters
    ----------
    package_id
        Names this very content; the same rows have the same.
    synthetic
        Whether any row is invented.
    """
    root = ET.Element(
        "eml:eml",
        {
            "xmlns:eml": NAMESPACE,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
            "packageId": package_id,
            "system": "http://gbif.org",
            "scope": "system",
            "xml:lang": "zh",
        },
    )
    dataset = ET.SubElement(root, "dataset")
    _add(dataset, "title", title_of(metadata, synthetic=synthetic))
    _party(dataset, "creator", metadata)
    _party(dataset, "metadataProvider", metadata)
    _add(dataset, "pubDate", metadata.published.isoformat())
    _add(dataset, "language", "zh")
    _abstract(dataset, metadata, synthetic)
    _rights(dataset, metadata.licence)
    _coverage(dataset, coverage)
    _party(dataset, "contact", metadata)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _add(parent: ET.Element, tag: str, words: str) -> ET.Element:
    made = ET.SubElement(parent, tag)
    made.text = legal(words)
    return made


def _party(parent: ET.Element, tag: str, metadata: ArchiveMetadata) -> None:
    party = ET.SubElement(parent, tag)
    if metadata.contact_name is not None:
        _add(ET.SubElement(party, "individualName"), "surName", metadata.contact_name)
    if metadata.organisation is not None or metadata.contact_name is None:
        _add(party, "organizationName", metadata.organisation or "未注明 / not told")
    if metadata.contact_email is not None:
        _add(party, "electronicMailAddress", metadata.contact_email)


def _abstract(dataset: ET.Element, metadata: ArchiveMetadata, synthetic: bool) -> None:
    abstract = ET.SubElement(dataset, "abstract")
    told = metadata.abstract or metadata.title
    for words in [*([SYNTHETIC_NOTE] if synthetic else []), told]:
        _add(abstract, "para", words.zh)
        _add(abstract, "para", words.en)


def _rights(dataset: ET.Element, licence: str | None) -> None:
    para = ET.SubElement(ET.SubElement(dataset, "intellectualRights"), "para")
    known = LICENCES.get(licence or "")
    if known is None:
        para.text = legal(licence or f"{NO_LICENCE.zh} / {NO_LICENCE.en}")
        return
    para.text = "This work is licensed under a "
    link = ET.SubElement(para, "ulink", {"url": known[0]})
    _add(link, "citetitle", known[1])
    link.tail = "."


def _coverage(dataset: ET.Element, told: Coverage) -> None:
    coverage = ET.SubElement(dataset, "coverage")
    if told.bounds is not None:
        place = ET.SubElement(coverage, "geographicCoverage")
        box = ", ".join(f"{side:.4f}" for side in told.bounds)
        _add(place, "geographicDescription", f"WGS 84: {box}")
        sides = ET.SubElement(place, "boundingCoordinates")
        west, south, east, north = told.bounds
        for name, side in (("west", west), ("east", east), ("north", north), ("south", south)):
            _add(sides, f"{name}BoundingCoordinate", f"{side:.6f}")
    if told.first is not None and told.last is not None:
        days = ET.SubElement(ET.SubElement(coverage, "temporalCoverage"), "rangeOfDates")
        for tag, day in (("beginDate", told.first), ("endDate", told.last)):
            _add(ET.SubElement(days, tag), "calendarDate", day.isoformat())
    taxa = ET.SubElement(coverage, "taxonomicCoverage")
    scope = ET.SubElement(taxa, "taxonomicClassification")
    _add(scope, "taxonRankName", "class")
    _add(scope, "taxonRankValue", "Aves")
