"""Tables of the Water Quality Portal (WQP), also as EPA's TADA writes them.

Rule of decision: results of water other than surface water (wells, sewers, rain), of biological
tissue, and of the dissolved or suspended part of what the standards judge as a whole (total
phosphorus, total nitrogen, metals) are told and left out; a depth or limit in a unit of its own is
read in that unit; a moment with a zone code is that instant, its day the day as written.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from wetland.base.texts import text
from wetland.water.columns import plain
from wetland.water.heads import Sheet
from wetland.water.parameters import parameters
from wetland.water.readresults import Tally
from wetland.water.readtable import Bools, Objects, Table

# Ours -> names in the portal's old and new profiles.
_ROLES: dict[str, tuple[str, ...]] = {
    "station": ("MonitoringLocationIdentifier", "Location_Identifier"),
    "date": ("ActivityStartDate", "Activity_StartDate"),
    "time": ("ActivityStartTime.Time", "Activity_StartTime"),
    "zone": ("ActivityStartTime.TimeZoneCode", "Activity_StartTimeZone"),
    "parameter": ("CharacteristicName", "Result_Characteristic"),
    "value": ("ResultMeasureValue", "Result_Measure"),
    "unit": ("ResultMeasure.MeasureUnitCode", "Result_MeasureUnit"),
    "remark": ("ResultDetectionConditionText", "Result_ResultDetectionCondition"),
    "limit": ("DetectionQuantitationLimitMeasure.MeasureValue", "DetectionLimit_MeasureA"),
    "limit_unit": ("DetectionQuantitationLimitMeasure.MeasureUnitCode",
                   "DetectionLimit_MeasureUnitA"),
    "qa": ("ActivityTypeCode", "Activity_TypeCode"),
    "sample": ("ActivityIdentifier", "Activity_ActivityIdentifier"),
    "result": ("ResultIdentifier", "Result_MeasureIdentifier"),
    "depth": ("ActivityDepthHeightMeasure.MeasureValue", "Activity_DepthHeightMeasure"),
    "depth_unit": ("ActivityDepthHeightMeasure.MeasureUnitCode", "Activity_DepthHeightMeasureUnit"),
    "water_body": ("MonitoringLocationTypeName", "Location_Type"),
    "lon": ("LongitudeMeasure", "Location_Longitude"),
    "lat": ("LatitudeMeasure", "Location_Latitude"),
    "fraction": ("ResultSampleFractionText", "Result_SampleFraction"),
    "speciation": ("MethodSpeciationName", "Result_MethodSpeciation"),
    "media": ("ActivityMediaName", "Activity_Media"),
    "submedia": ("ActivityMediaSubdivisionName", "Activity_MediaSubdivisionName"),
}  # fmt: skip
_WHOLE = {"total", "unfiltered", "total recoverable", "acid soluble", "unfiltered, field",
          "total recovrble", "recoverable", "non-filterable"}  # fmt: skip
_NOT_SURFACE = re.compile(
    r"groundwater|wastewater|deposition|\brain|drinking|effluent|stormwater|leachate|porewater"
    r"|hyporheic|\bice\b|snow"
)
_NOT_PLACES = re.compile(
    r"\bwell\b|\bsewer\b|\bfacility\b|\bland\b|\blandfill\b|atmosphere|\bseptic\b|\bmine\b"
    r"|\bpipe\b|\bspring\b|\boutfall\b"
)

NOT_SURFACE = text(
    "{n} 个结果不是地表水（{w}），未读入", "{n} results are not of surface water ({w}): not read"
)
PART = text(
    "{n} 个结果只是“{w}”的一部分（{f}），不是全量，未读入",
    "{n} results are of the {f} part of {w} only: not read",
)


def narrow_wqp(table: Table, tally: Tally) -> Table:
    """Return the table with the portal's roles, without what is no result of surface water."""
    names = {plain(str(name)): str(name) for name in table.sheet.raw.cells.columns}
    roles = {role: names[plain(one)] for role, ones in _ROLES.items()
             for one in reversed(ones) if plain(one) in names}  # fmt: skip
    roles.update({role: table.roles[role] for role in table.options.columns})
    table = replace(table, roles=roles)
    kept = np.ones(table.count, dtype=bool)
    for role, words in (("media", None), ("submedia", _NOT_SURFACE), ("water_body", _NOT_PLACES)):
        _leave_media(table, role, words, kept, tally)
    _leave_parts(table, kept, tally)
    return _with_speciation(_narrowed(table, kept))


def _leave_media(
    table: Table, role: str, words: re.Pattern[str] | None, kept: Bools, tally: Tally
) -> None:
    """Leave out rows whose medium is not water, or whose place is none of surface water."""
    found = table.words(role)
    for word in sorted({w for w in found[kept].tolist() if w is not None}):
        folded = word.casefold()
        is_other = folded != "water" if words is None else words.search(folded) is not None
        where = np.flatnonzero(kept & (found == word))
        if is_other and len(where):
            tally.left_out += len(where)
            kept[where] = False
            message = NOT_SURFACE.fill(n=len(where), w=word)
            table.problems.add("not_surface_water", column=table.roles[role], value=word,
                               message=message, level="warning")  # fmt: skip


def _leave_parts(table: Table, kept: Bools, tally: Tally) -> None:
    """Leave out the dissolved or suspended part of what is judged as a whole."""
    known = parameters()
    names, fractions = table.words("parameter"), table.words("fraction")
    pairs = sorted({(n, f) for n, f in zip(names[kept], fractions[kept], strict=True)
                    if n is not None and f is not None})  # fmt: skip
    for name, fraction in pairs:
        code = known.find(name)
        if code is None or fraction.casefold() in _WHOLE:
            continue
        judged_whole = code in {"tn", "tp", "se"} or known[code].heavy
        if judged_whole or fraction.casefold() in {"suspended", "bed sediment"}:
            where = np.flatnonzero(kept & (names == name) & (fractions == fraction))
            kept[where] = False
            tally.left_out += len(where)
            message = PART.fill(n=len(where), w=name, f=fraction)
            table.problems.add("part_of_whole", column=table.roles["fraction"], value=fraction,
                               message=message, level="warning")  # fmt: skip


def _narrowed(table: Table, kept: Bools) -> Table:
    raw = table.sheet.raw
    cells = raw.cells[kept].reset_index(drop=True)
    some = replace(raw, rows=raw.rows[kept], cells=cells)
    return replace(table, sheet=Sheet(some, table.sheet.headers))


def _with_speciation(table: Table) -> Table:
    """Put "as NO3" of its own column to the unit of the value and of the limit."""
    if "speciation" not in table.roles:
        return table
    species: Objects = table.words("speciation")
    cells = table.sheet.raw.cells
    for role in ("unit", "limit_unit"):
        if role not in table.roles:
            continue
        units = table.words(role)
        joined = [
            unit if unit is None or form is None or not form.casefold().startswith("as ")
            or " as" in unit.casefold() else f"{unit} {form}"
            for unit, form in zip(units.tolist(), species.tolist(), strict=True)
        ]  # fmt: skip
        cells[table.roles[role]] = np.array([j or "" for j in joined], dtype=object)
    return table
