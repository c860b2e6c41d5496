"""Darwin Core archives made for tests, and a site to read them for."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from wetland.base.texts import text
from wetland.birds.checklist import Checklist
from wetland.birds.read import BirdReading, read_birds
from wetland.birds.readoptions import BirdOptions
from wetland.birds.species import BirdPack, Plot, Species
from wetland.reading.files import Given

DWC = "http://rs.tdwg.org/dwc/terms/"
EVENT, OCCURRENCE, TAXON = f"{DWC}Event", f"{DWC}Occurrence", f"{DWC}Taxon"
MEDIA = "http://rs.gbif.org/terms/1.0/Multimedia"
MEASUREMENT = f"{DWC}MeasurementOrFact"
TODAY = dt.date(2026, 11, 24)

SPECIES = (
    Species(id="egretta-garzetta", scientific_name="Egretta garzetta", name_zh="白鹭",
            name_en="Little Egret", authorship="(Linnaeus, 1766)"),
    Species(id="ardea-alba", scientific_name="Ardea alba", name_zh="大白鹭"),
)  # fmt: skip
CHECKLIST = Checklist.of(BirdPack(species=SPECIES))
PLOTS = {"P1": Plot(id="P1", name=text("样点一", "Plot one"), lon=120.05, lat=30.27)}

Table = tuple[str, str, Sequence[Sequence[str]]]  # file, row type, rows with the header first


def section(tag: str, table: Table, **told: Any) -> str:
    """Return the part of a descriptor that speaks of a table; ``told`` overrides attributes."""
    name, row_type, rows = table
    attributes = {
        "encoding": "UTF-8", "fieldsTerminatedBy": "\\t", "linesTerminatedBy": "\\n",
        "fieldsEnclosedBy": "", "ignoreHeaderLines": "1", "rowType": row_type,
        **{k: v for k, v in told.items() if k not in {"defaults", "key"}},
    }  # fmt: skip
    words = " ".join(f'{k}="{v}"' for k, v in attributes.items() if v is not None)
    fields = "".join(f'<field index="{n}" term="{DWC}{t}"/>' for n, t in enumerate(rows[0]))
    defaults: Mapping[str, str] = told.get("defaults", {})
    fields += "".join(f'<field default="{v}" term="{DWC}{t}"/>' for t, v in defaults.items())
    key = f'<{"id" if tag == "core" else "coreid"} index="{told.get("key", 0)}"/>'
    return f"<{tag} {words}><files><location>{name}</location></files>{key}{fields}</{tag}>"


def meta(*sections: str) -> str:
    return f'<archive xmlns="http://rs.tdwg.org/dwc/text/">{"".join(sections)}</archive>'


def lines(rows: Sequence[Sequence[str]], separator: str = "\t") -> str:
    return "".join(separator.join(row) + "\n" for row in rows)


def packed(files: Mapping[str, str | bytes], name: str = "birds.zip") -> Given:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in files.items():
            archive.writestr(zipfile.ZipInfo(member), content, zipfile.ZIP_DEFLATED)
    return Given.of_bytes(name, out.getvalue())


def archive(core: Table, *extensions: Table, folder: str = "", **told: Any) -> Given:
    """Return an archive of tables; ``told`` overrides attributes of the core."""
    sections = [section("core", core, **told), *(section("extension", e) for e in extensions)]
    files = {f"{folder}{name}": lines(rows) for name, _, rows in (core, *extensions)}
    return packed({f"{folder}meta.xml": meta(*sections), **files})


def read(source: Any, **options: Any) -> BirdReading:
    return read_birds(
        source, site_id="xixi", timezone="Asia/Shanghai", checklist=CHECKLIST, plots=PLOTS,
        today=TODAY, options=BirdOptions(**options),
    )  # fmt: skip


def codes(reading: BirdReading) -> dict[str, int]:
    return reading.problems.counts()


EVENTS: Table = ("event.txt", EVENT, (
    ("eventID", "parentEventID", "eventDate", "samplingProtocol", "locationID", "decimalLatitude",
     "decimalLongitude", "sampleSizeValue", "sampleSizeUnit", "samplingEffort"),
    ("E1", "", "2024-01-05T07:00/09:00", "point count", "P1", "30.27", "120.05", "2", "km",
     "90 min; 2 observer(s)"),
    ("E2", "PAR", "", "", "P9", "", "", "", "", ""),
    ("PAR", "", "2024-02", "line", "", "30.2", "120.1", "", "", ""),
    ("E3", "", "2024-03-01", "point", "plot one", "", "", "", "", ""),
))  # fmt: skip
OCCURRENCES: Table = ("occurrence.txt", OCCURRENCE, (
    ("eventID", "occurrenceID", "scientificName", "vernacularName", "individualCount",
     "occurrenceStatus", "recordedBy"),
    ("E1", "O1", "Egretta garzetta (Linnaeus, 1766)", "", "5", "present", "Li"),
    ("E1", "O2", "Ardea alba", "大白鹭", "", "absent", ""),
    ("E2", "O3", "garzetta Egretta", "", "many", "", ""),
    ("E2", "O4", "Egretta garzetta", "大白鹭", "3", "", ""),
))  # fmt: skip


def occurrences(*rows: Sequence[str], header: Sequence[str] = ()) -> Table:
    """Return a core of occurrences with a date each."""
    head = header or ("occurrenceID", "eventDate", "scientificName", "individualCount")
    return ("occurrence.txt", OCCURRENCE, (head, *rows))
