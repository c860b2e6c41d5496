"""Terms of Darwin Core (达尔文核心) and what each is of a survey or a record.

Sources: Darwin Core (dwc), the Humboldt Extension for inventories (eco), Dublin Core (dc). A term
is known by its last part, without case, so that the lower-case headers of downloads are too.
"""

from __future__ import annotations

# Role -> terms, the first that is told counts.
EVENT_TERMS: dict[str, tuple[str, ...]] = {
    "event_id": ("eventID",),
    "parent_event_id": ("parentEventID",),
    "plot": ("locationID",),
    "locality": ("locality", "verbatimLocality"),
    "date": ("eventDate", "verbatimEventDate"),
    "time": ("eventTime",),
    "year": ("year",),
    "month": ("month",),
    "day": ("day",),
    "protocol": ("samplingProtocol", "protocolNames"),
    "habitat": ("habitat",),
    "lon": ("decimalLongitude",),
    "lat": ("decimalLatitude",),
    "datum": ("geodeticDatum",),
    "uncertainty_m": ("coordinateUncertaintyInMeters",),
    "observers": ("samplingPerformedBy",),
    "complete": ("isTaxonomicScopeFullyReported",),
    "event_remarks": ("eventRemarks", "fieldNotes"),
}
RECORD_TERMS: dict[str, tuple[str, ...]] = {
    "occurrence_id": ("occurrenceID",),
    "name": ("scientificName", "acceptedScientificName", "species", "verbatimScientificName",
             "acceptedNameUsage", "originalNameUsage"),
    "name_en": ("vernacularName",),
    "verbatim": ("verbatimIdentification",),
    "taxon_class": ("class",),
    "status": ("occurrenceStatus",),
    "sex": ("sex",),
    "life_stage": ("lifeStage",),
    "behavior": ("behavior",),
    "breeding": ("reproductiveCondition",),
    "recorded_by": ("recordedBy",),
    "basis": ("basisOfRecord",),
    "remarks": ("occurrenceRemarks", "taxonRemarks"),
}  # fmt: skip
# Read by rules of their own (`wetland.birds.dwccells`).
COUNT_TERMS = ("individualCount", "organismQuantity", "organismQuantityType")
EFFORT_TERMS = (
    "sampleSizeValue", "sampleSizeUnit", "samplingEffort", "samplingEffortValue",
    "samplingEffortUnit", "eventDurationValue", "eventDurationUnit", "totalAreaSampledValue",
    "totalAreaSampledUnit",
)  # fmt: skip
MEDIA_TERMS = ("associatedMedia",)
OTHER_TERMS = ("dynamicProperties", "genus", "specificEpithet", "infraspecificEpithet", "kingdom",
               "order", "family", "day", "startDayOfYear", "endDayOfYear")  # fmt: skip

_ALL = (
    *(t for terms in EVENT_TERMS.values() for t in terms),
    *(t for terms in RECORD_TERMS.values() for t in terms),
    *COUNT_TERMS, *EFFORT_TERMS, *MEDIA_TERMS, *OTHER_TERMS,
)  # fmt: skip
TERMS: dict[str, str] = {term.casefold(): term for term in _ALL}

# Row types, by the last part of their identifier.
OCCURRENCE, EVENT, TAXON = "occurrence", "event", "taxon"
MULTIMEDIA = ("multimedia", "image", "audubonmediadescription", "audiovisual", "audiovisualcore")
MEASUREMENTS = ("measurementorfact", "extendedmeasurementorfact", "measurementorfacts")
HUMBOLDT = ("event-humboldt", "humboldt", "humboldtextension", "eventhumboldt")


def short(term: str) -> str:
    """Return the last part of a term, in Darwin Core's own spelling where it is one of its terms.

    Examples
    --------
    >>> short("http://rs.tdwg.org/dwc/terms/eventDate"), short("individualcount"), short("dwc:sex")
    ('eventDate', 'individualCount', 'sex')
    """
    last = term.strip().rstrip("/#").rsplit("/", 1)[-1].rsplit("#", 1)[-1].rsplit(":", 1)[-1]
    return TERMS.get(last.casefold(), last)


def row_type(identifier: str | None) -> str:
    """Return the last part of a row type, folded; empty where none is told."""
    return "" if not identifier else short(identifier).casefold()
