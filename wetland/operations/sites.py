"""Check, list, show and make site packs (场地包)."""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wetland.base.errors import InputError, Mistake
from wetland.base.texts import Lang, text
from wetland.reading.guard import refuse_store
from wetland.regulations.cases import CaseResult, load_cases, run_cases, uncovered_rules
from wetland.sites.blank import NewSite
from wetland.sites.load import REGULATIONS_FOLDER, Site, find_pack, list_packs, open_site, read_pack
from wetland.sites.make import Columns, column_words, make_pack, utm_epsg
from wetland.sites.survey import Replaced, Survey, replace_zones
from wetland.zones.areas import Area, area
from wetland.zones.model import Zone
from wetland.zones.read import Boundaries, read_boundaries
from wetland.zones.topology import Fault, check_topology

Json = dict[str, Any]
M2_PER_KM2 = 1e6


@dataclass(frozen=True, slots=True)
class ZoneArea:
    """The area of one zone as declared and as drawn."""

    zone: Zone
    measured: Area

    @property
    def deviation(self) -> float | None:
        """Return how far the projected area is from the declared one, as a share of it."""
        declared = self.zone.declared_area_km2
        if declared is None:
            return None
        return self.measured.projected_m2 / M2_PER_KM2 / declared - 1.0

    @property
    def measurable(self) -> bool:
        """Tell whether the site's projected CRS suits the zone: both areas, within 1 percent."""
        flat, curved = self.measured.projected_m2, self.measured.geodesic_m2
        return math.isfinite(flat) and math.isfinite(curved) and abs(flat - curved) <= 0.01 * curved

    @property
    def ok(self) -> bool:
        """Tell whether the area can be measured here and is within the zone's tolerance."""
        close = self.deviation is None or abs(self.deviation) <= self.zone.tolerance
        return self.measurable and close

    def to_json(self, lang: Lang) -> Json:
        """Return a row: areas in km2, deviation as a share."""
        zone = self.zone
        return {
            "zone": zone.id,
            "kind": zone.kind,
            "name": zone.name.get(lang),
            "declared_km2": zone.declared_area_km2,
            "projected_km2": round(self.measured.projected_m2 / M2_PER_KM2, 6),
            "geodesic_km2": round(self.measured.geodesic_m2 / M2_PER_KM2, 6),
            "deviation": None if self.deviation is None else round(self.deviation, 6),
            "tolerance": zone.tolerance,
            "ok": self.ok,
            "schematic": zone.schematic,
            "positional_accuracy_m": zone.positional_accuracy_m,
            "reading": zone.reading.get(lang) if zone.reading else None,
            "valid_from": _day(zone.valid_from),
            "valid_to": _day(zone.valid_to),
        }


@dataclass(frozen=True, slots=True)
class SiteCheck:
    """What `check_site` found; ``ok`` only where nothing at all is off.

    ``site`` is None where the pack could not be read far enough; ``mistakes`` then say why.
    ``without_cases`` holds, by rule, the kinds of case it lacks.
    """

    name: str
    folder: Path
    site: Site | None
    mistakes: tuple[Mistake, ...]
    areas: tuple[ZoneArea, ...] = ()
    topology: tuple[Fault, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    without_cases: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether nothing is off."""
        return not (
            self.mistakes
            or self.topology
            or self.failed_cases
            or self.without_cases
            or any(not zone.ok for zone in self.areas)
        )

    @property
    def failed_cases(self) -> list[CaseResult]:
        """Return the cases that did not come out as written."""
        return [case for case in self.cases if case.faults]

    def to_json(self, lang: Lang = "zh") -> Json:
        """Return the whole result, ready for JSON."""
        site = self.site
        laws = site.regulations if site is not None else None
        return {
            "site": self.name,
            "name": site.name.get(lang) if site is not None else None,
            "ok": self.ok,
            "digest": site.digest if site is not None else None,
            "crs_epsg": site.crs_epsg if site is not None else None,
            "mistakes": [
                {"file": m.file, "where": m.where, "what": m.what.get(lang)} for m in self.mistakes
            ],
            "areas": [zone.to_json(lang) for zone in self.areas],
            "topology": [_fault_json(fault, lang) for fault in self.topology],
            "regulations": len(laws.regulations) if laws is not None else 0,
            "rules": len(laws.rules) if laws is not None else 0,
            "cases": len(self.cases),
            "failed_cases": [
                {"case": case.name, "faults": list(case.faults)} for case in self.failed_cases
            ],
            "rules_without_cases": [
                {"rule": rule, "lacks": list(kinds)} for rule, kinds in self.without_cases
            ],
        }


@dataclass(frozen=True, slots=True)
class Made:
    """A new pack: where it is, what was repaired on the way, and the check it passed."""

    folder: Path
    boundaries: Boundaries
    zones: tuple[Zone, ...]
    check: SiteCheck

    def to_json(self, lang: Lang = "zh") -> Json:
        """Return what was made."""
        return {
            "folder": str(self.folder),
            "zones": len(self.zones),
            "kinds": list(dict.fromkeys(zone.kind for zone in self.zones)),
            "crs_of_file": self.boundaries.crs,
            "repaired": [
                {"feature": row, "zone": self.zones[row - 1].id, "what": change.message.get(lang)}
                for row, change in sorted(self.boundaries.changes.items())
            ],
            "check": self.check.to_json(lang),
        }


def check_site(name_or_path: str | os.PathLike[str]) -> SiteCheck:
    """Check a whole pack: every mistake, areas, topology, and all cases of its rules.

    Off is: any mistake; a drawn area outside the zone's tolerance; an invalid, overlapping or
    unnested zone, a gap; a case that does not come out as written; a rule without a kind of case.

    Raises
    ------
    InputError
        There is no such pack.
    """
    folder = find_pack(name_or_path)
    site, mistakes = read_pack(folder)
    cases, wrong = load_cases(folder / REGULATIONS_FOLDER)
    mistakes += wrong
    if site is None:
        return SiteCheck(folder.name, folder, None, tuple(mistakes))
    laws = site.regulations
    lacking = uncovered_rules(laws, cases)
    return SiteCheck(
        site.id,
        folder,
        site,
        tuple(mistakes),
        areas=tuple(ZoneArea(zone, area(zone.geometry, site.crs_epsg)) for zone in site.zones),
        topology=tuple(check_topology(site.zones)),
        cases=tuple(run_cases(laws, cases, sorted(site.zone_names))),
        without_cases=tuple((rule, tuple(kinds)) for rule, kinds in lacking.items()),
    )


def list_sites(lang: Lang = "zh") -> list[Json]:
    """Return the packs that come with the program; one that cannot be read shows its mistakes."""
    rows: list[Json] = []
    for name, folder in list_packs().items():
        site, mistakes = read_pack(folder)
        rows.append(
            {
                "site": name,
                "name": site.name.get(lang) if site is not None else None,
                "zones": len(site.zones) if site is not None else 0,
                "landmarks": len(site.landmarks) if site is not None else 0,
                "regulations": len(site.regulations.regulations) if site is not None else 0,
                "rules": len(site.regulations.rules) if site is not None else 0,
                "mistakes": len(mistakes),
                "folder": str(folder),
            }
        )
    return rows


def show_site(name_or_path: str | os.PathLike[str], lang: Lang = "zh") -> Json:
    """Return what a pack says of itself: zones, memberships without polygon, defaults, sources."""
    site = open_site(name_or_path)
    config = site.config
    return {
        "site": site.id,
        "name": site.name.get(lang),
        "folder": str(site.folder),
        "digest": site.digest,
        "crs_epsg": site.crs_epsg,
        "timezone": site.timezone,
        "exercise_mode": config.exercise_mode,
        "notice": config.schematic_notice.get(lang),
        "zones": [
            {
                "zone": zone.id,
                "kind": zone.kind,
                "name": zone.name.get(lang),
                "valid_from": _day(zone.valid_from),
                "valid_to": _day(zone.valid_to),
                "schematic": zone.schematic,
                "accuracy_m": zone.positional_accuracy_m,
                "source": zone.source,
            }
            for zone in site.zones
        ],
        "memberships": [
            {
                "membership": declared.id,
                "name": declared.name.get(lang),
                "rules": [{"zone": list(r.zone), "is": r.value} for r in declared.rules],
                "elsewhere": declared.elsewhere,
                "why": declared.why.get(lang),
            }
            for declared in config.memberships
        ],
        "position_defaults": dict(config.position_defaults),
        "likelihood_threshold": config.likelihood_threshold,
        "hdop_m": config.hdop_m,
        "sources": [source.model_dump() for source in config.sources],
    }


def read_new_boundaries(
    path: Path, *, crs: str | None, layer: str | None, crs_epsg: int | None
) -> Boundaries:
    """Read the boundaries of a new pack; a path that is a store is refused."""
    return read_boundaries(
        path, crs=crs, layer=layer, crs_epsg=crs_epsg, refuse=lambda p: refuse_store(p)
    )


def init_site(folder: Path, boundaries: Boundaries, about: NewSite, *, columns: Columns) -> Made:
    """Make a new pack from boundaries and check it.

    Raises
    ------
    InputError
        See `wetland.sites.make.make_pack`.
    """
    zones = make_pack(folder, boundaries, about, columns=columns)
    return Made(folder, boundaries, tuple(zones), check_site(folder))


def survey_site(
    name_or_path: str | os.PathLike[str],
    path: Path,
    *,
    survey: Survey,
    kind: str | None = None,
    kind_column: str | None = None,
    crs: str | None = None,
) -> Replaced:
    """Put the surveyed boundaries of a file in the place of the drawn ones of a pack.

    Parameters
    ----------
    kind, kind_column
        The kind of zone that all boundaries are, or the column that tells it.

    Raises
    ------
    InputError
        Neither or both of them are given; see `wetland.sites.survey.replace_zones` for the rest.
    """
    folder = find_pack(name_or_path)
    if (kind is None) == (kind_column is None):
        raise InputError(
            text("请给出 --kind 或 --kind-column 之一", "give one of --kind and --kind-column")
        )
    boundaries = read_new_boundaries(path, crs=crs, layer=None, crs_epsg=open_site(folder).crs_epsg)
    kinds = [kind or ""] * len(boundaries) if kind else column_words(boundaries, kind_column)
    return replace_zones(folder, boundaries, kinds, survey=survey)


def check_rows(checks: Sequence[SiteCheck], lang: Lang) -> list[Json]:
    """Return one row per zone of all checks, for a table."""
    return [{"site": check.name, **zone.to_json(lang)} for check in checks for zone in check.areas]


def _fault_json(fault: Fault, lang: Lang) -> Json:
    return {
        "zone": fault.zone,
        "fault": fault.kind,
        "other": fault.other,
        "area_m2": fault.area_m2,
        "what": fault.message.get(lang),
        "where": None if fault.where is None else list(fault.where.bounds),
    }


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


__all__ = [
    "Columns",
    "Made",
    "NewSite",
    "Replaced",
    "SiteCheck",
    "Survey",
    "ZoneArea",
    "check_rows",
    "check_site",
    "init_site",
    "list_sites",
    "read_new_boundaries",
    "show_site",
    "survey_site",
    "utm_epsg",
]
