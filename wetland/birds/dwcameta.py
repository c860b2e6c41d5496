"""The descriptor of a Darwin Core archive (``meta.xml``): files, columns, terms, default values.

It is taken apart by python-dwca-reader after what that library leaves to its caller: a document
type (and so every entity) is refused, prefixes of name spaces are taken off, and what the standard
lets out (encoding, separators) is put in.
"""

from __future__ import annotations

import codecs
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from xml.parsers import expat

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.dwcterms import EVENT, OCCURRENCE, TAXON, row_type, short

MOST_META_BYTES = 4 << 20
MOST_COLUMNS = 2_000

BROKEN = text("meta.xml 不是完整的 XML：{r}", "meta.xml is not well-formed: {r}")
DOCTYPE = text(
    "meta.xml 含有文档类型声明（DTD），不读取", "meta.xml declares a document type: not read"
)
NO_CORE = text("meta.xml 没有核心（core）", "meta.xml has no core")
TWO_CORES = text(
    "meta.xml 有 {n} 个核心（core），只能有一个", "meta.xml has {n} cores; one is allowed"
)
NOT_CORE = text(
    "核心是 {t}，不是调查（Event）或出现记录（Occurrence），没有可读的鸟类记录",
    "the core is {t}, not Event or Occurrence: there are no records of birds to read",
)
A_CHECKLIST = text(
    "这是名录，不是调查；名录写入场地包的 birds.csv",
    "this is a checklist, not a survey; a checklist goes into the pack's birds.csv",
)
INCOMPLETE = text("meta.xml 的 {w} 不完整：{r}", "{w} in meta.xml is not complete: {r}")
BAD_INDEX = text("列号不是 0 至 {n} 的整数", "a column number is no whole number from 0 to {n}")
NO_FILE = text("没有文件名", "no file is named")
OUTSIDE = text("文件名指向存档之外：{f}", "a file name leads out of the archive: {f}")
TOO_LARGE = text("meta.xml 过大", "meta.xml is too large")

_DEFAULTS = {"linesTerminatedBy": "\\n", "ignoreHeaderLines": "0"}
_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\r\\n": "\r\n", "\\|": "|", "\\\\": "\\"}


@dataclass(frozen=True, slots=True)
class TableFile:
    """One table of an archive as its descriptor tells it.

    Parameters
    ----------
    location
        Names of its files in the archive.
    kind
        Row type, folded (``event``, ``occurrence``, ``multimedia`` ...).
    key
        Column of the identifier (core) or of the core's identifier (extension); None where untold.
    columns
        Column -> term (its last part).
    defaults
        Term -> value where the cell is empty or the term has no column.
    encoding
        As declared; None where none is or nobody knows it.
    separator, quote
        None: decided from the first line; ``quote`` empty: none.
    header_lines
        Lines before the first row.
    """

    location: tuple[str, ...]
    kind: str
    key: int | None
    columns: dict[int, str]
    defaults: dict[str, str]
    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    header_lines: int = 0


@dataclass(frozen=True, slots=True)
class Descriptor:
    """The tables of an archive: its core and what extends it; the file of its metadata."""

    core: TableFile
    extensions: tuple[TableFile, ...]
    metadata: str | None = None


def read_meta(content: bytes) -> Descriptor:
    """Read a ``meta.xml``.

    Raises
    ------
    InputError
        It is no XML, declares a document type, has no core or two, a core of neither events nor
        occurrences, or leaves out what cannot be guessed.
    """
    from dwca.descriptors import ArchiveDescriptor
    from dwca.exceptions import InvalidArchive

    root = _parsed(content)
    cores = root.findall("core")
    if len(cores) != 1:
        raise InputError(NO_CORE if not cores else TWO_CORES.fill(n=len(cores)))
    told = [_completed(section) for section in [*cores, *root.findall("extension")]]
    try:
        read = ArchiveDescriptor(ET.tostring(root, encoding="unicode"))
    except (InvalidArchive, AttributeError, TypeError, ValueError, KeyError, LookupError,
            SyntaxError) as error:  # fmt: skip
        raise InputError(INCOMPLETE.fill(w="core / extension", r=error)) from None
    core, *rest = [
        _table(one, *formats) for one, formats in zip([read.core, *read.extensions], told,
                                                      strict=True)
    ]  # fmt: skip
    if core.kind not in {EVENT, OCCURRENCE}:
        raise InputError(NOT_CORE.fill(t=short(read.core.type or "") or "?"),
                         hint=_core_hint(core.kind))  # fmt: skip
    return Descriptor(core, tuple(rest), read.metadata_filename)


def _core_hint(kind: str) -> Text | None:
    return A_CHECKLIST if kind == TAXON else None


def _parsed(content: bytes) -> ET.Element:
    """Return the document without prefixes; a document type is refused before it is built."""
    if len(content) > MOST_META_BYTES:
        raise InputError(TOO_LARGE)
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: object) -> None:
        raise InputError(DOCTYPE)

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
        root = ET.fromstring(content)  # noqa: S314 - it declares no document type
    except (expat.ExpatError, ET.ParseError, ValueError, LookupError) as error:
        raise InputError(BROKEN.fill(r=error)) from None
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rsplit("}", 1)[-1]
    return root


def _completed(section: ET.Element) -> tuple[str | None, str | None, str | None]:
    """Put in what a section lets out, and return encoding, separator and quote as told."""
    encoding = (section.get("encoding") or "").strip() or None
    try:
        known = None if encoding is None else codecs.lookup(encoding).name
    except LookupError:
        known = None
    separator, quote = section.get("fieldsTerminatedBy"), section.get("fieldsEnclosedBy")
    section.set("encoding", "utf-8")
    section.set("fieldsTerminatedBy", ",")
    section.set("fieldsEnclosedBy", "")
    for name, value in _DEFAULTS.items():
        if not section.get(name):
            section.set(name, value)
    section.set("linesTerminatedBy", "\\n")
    for name in ("index", "ignoreHeaderLines"):
        for one in (section, *section):
            _check_number(one.get(name))
    for location in section.iterfind("./files/location"):
        location.text = (location.text or "").strip()
    if not any(location.text for location in section.iterfind("./files/location")):
        raise InputError(INCOMPLETE.fill(w=section.tag, r=NO_FILE))
    if section.tag == "core" and section.find("id") is None:
        section.append(ET.Element("id", {"index": "-1"}))
    if section.tag == "extension" and section.find("coreid") is None:
        section.append(ET.Element("coreid", {"index": "-1"}))
    return known, _unescaped(separator), _unescaped(quote)


def _check_number(words: str | None) -> None:
    if words is not None and words.strip() and not re.fullmatch(r"\d{1,4}", words.strip()):
        raise InputError(INCOMPLETE.fill(w="meta.xml", r=BAD_INDEX.fill(n=MOST_COLUMNS)))
    if words and int(words) > MOST_COLUMNS:
        raise InputError(INCOMPLETE.fill(w="meta.xml", r=BAD_INDEX.fill(n=MOST_COLUMNS)))


def _unescaped(words: str | None) -> str | None:
    """Return a separator as it is in the file; None where untold or of several characters."""
    if words is None:
        return None
    found = _ESCAPES.get(words, words)
    return found if len(found) <= 1 else None


def _table(
    told: Any,  # noqa: ANN401 - dwca has no types
    encoding: str | None,
    separator: str | None,
    quote: str | None,
) -> TableFile:
    locations = tuple(
        inside(e.text) for e in told.raw_element.iterfind("./files/location") if e.text
    )
    key = told.id_index if told.represents_corefile else told.coreid_index
    columns: dict[int, str] = {}
    defaults: dict[str, str] = {}
    for one in told.fields:
        if not one["term"]:
            continue
        term = short(one["term"])
        if one["index"] is not None:
            columns.setdefault(int(one["index"]), term)
        if one["default"]:
            defaults.setdefault(term, one["default"])
    return TableFile(locations, row_type(told.type), None if key is None or key < 0 else key,
                     columns, defaults, encoding, separator, quote,
                     int(told.lines_to_ignore or 0))  # fmt: skip


def inside(location: str) -> str:
    """Return the name of a file of the archive; InputError where it leads out of it."""
    path = PurePosixPath(location.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in location or not path.parts:
        raise InputError(OUTSIDE.fill(f=location))
    return path.as_posix()
