"""Read Camtrap DP packages (红外相机数据包): deployments, observations and media of camera traps.

Rule of decision: every event of a deployment (a sequence of pictures) is a survey of its own, since
its records need their day; its parent is the deployment, which is a survey without records that
carries the effort (days the camera stood there). Where a deployment has observations of events,
those of single pictures are not read too, or birds would count twice. Blank pictures, people and
vehicles are counted and left out; so are animals that the package's own list puts into another
class. What a machine classified says so in its other columns and is to be reviewed like all else.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.birdfiles import Members, members_of
from wetland.birds.birdsource import BirdSource
from wetland.birds.dwcameta import inside
from wetland.birds.dwcarows import Rows, read_rows
from wetland.birds.dwccsv import simple_table
from wetland.birds.readoptions import BirdOptions
from wetland.birds.sightings import Sightings
from wetland.reading.cells import is_blank
from wetland.reading.telling import Teller

MOST_JSON_BYTES = 32 << 20
MOST_MEDIA_BYTES = 256 << 20

BROKEN = text("datapackage.json 不是完整的 JSON：{r}", "datapackage.json is not JSON: {r}")
NO_RESOURCE = text(
    "数据包缺少 {f}（datapackage.json 须列出）", "the package lacks {f}, or does not list it"
)
NO_COLUMNS = text(
    "{f} 缺少列 {c}：可读取 Camtrap DP 1.0 及以后的版本",
    "{f} lacks the columns {c}: Camtrap DP 1.0 and later can be read",
)
NO_DEPLOYMENT = text(
    "没有这个布设：{k}，此行未读入", "no such deployment: {k}; the row was not read"
)
MEDIA_UNREAD = text(
    "影像表过大，影像未关联到记录", "the table of media is too large: records have no media"
)

_ANIMAL = "animal"
_NEEDED = {
    "deployments": ("deploymentID", "deploymentStart", "deploymentEnd"),
    "observations": ("observationID", "deploymentID", "observationType", "scientificName"),
}
_KEPT = ("cameraID", "cameraModel", "cameraSetup", "cameraHeight", "baitUse", "featureType",
         "timestampIssues", "deploymentGroups", "deploymentTags")  # fmt: skip
_TOLD = (
    "classificationMethod", "classifiedBy", "classificationProbability",
    "classificationTimestamp", "individualID", "observationLevel", "observationTags",
)  # fmt: skip
_PROTOCOL = "camera trap"
_BASIS = "MachineObservation"


def read_camtrap(source: BirdSource) -> Iterator[Sightings]:
    """Yield the sightings of a Camtrap DP package, a zip or its folder.

    Raises
    ------
    InputError
        Its description or a table it needs cannot be read.
    """
    source.tally.format = "camtrap"
    tell = Teller(source.problems)
    with members_of(source.given) as members:
        yield from _Package(source, members, tell).sightings()
    tell.close()
    source.tally.count("wrong", tell.wrong_rows)


class _Package:
    """A package being read."""

    def __init__(self, source: BirdSource, members: Members, tell: Teller) -> None:
        self._source, self._members, self._tell = source, members, tell
        name = min((n for n in members.names
                    if PurePosixPath(n).name.casefold() == "datapackage.json"),
                   key=lambda n: len(PurePosixPath(n).parts), default=None)  # fmt: skip
        if name is None:
            raise InputError(NO_RESOURCE.fill(f="datapackage.json"))
        folder = PurePosixPath(name).parent.as_posix()
        self._base = "" if folder == "." else f"{folder}/"
        described = _described(members, name)
        self._paths = _paths(described)
        self._classes, self._names = _taxa(described)

    def sightings(self) -> Iterator[Sightings]:
        """Yield the events with their records, then the deployments."""
        deployments = self._deployments()
        by_events = self._by_events()
        media = self._media()
        for rows in self._rows("observations"):
            self._source.tally.rows += len(rows.numbers)
            kept = self._kept(rows, deployments, by_events)
            if kept:
                yield self._of_observations(rows, kept, deployments, media)
        if deployments:
            told = list(deployments.values())
            made = {role: [one.get(role) for one in told] for role in
                    ("event_id", "date", "date_end", "duration_min", *_OF_DEPLOYMENT)}  # fmt: skip
            yield Sightings.of([one["line"] for one in told], {**made, "only_survey": True},
                               headers=HEADERS)  # fmt: skip

    def _name(self, resource: str) -> str | None:
        """Return the member that holds a resource, None where there is none."""
        path = self._paths.get(resource)
        names = {n.casefold(): n for n in self._members.names}
        return None if path is None else names.get(f"{self._base}{path}".casefold())

    def _rows(self, resource: str) -> Iterator[Rows]:
        name = self._name(resource)
        if name is None:
            raise InputError(NO_RESOURCE.fill(f=f"{resource}.csv"))
        options = BirdOptions(encoding=self._source.options.encoding)
        table = simple_table(self._members, name, options)
        lacking = [c for c in _NEEDED.get(resource, ()) if c not in table.columns.values()]
        if lacking:
            raise InputError(NO_COLUMNS.fill(f=name, c=", ".join(lacking)))
        return read_rows(self._members, [name], table, self._tell, self._source.problems)

    def _deployments(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for rows in self._rows("deployments"):
            self._source.tally.rows += len(rows.numbers)
            columns = {term: rows.column(term) for term in rows.terms}
            for at, line in enumerate(rows.numbers):
                told = {term: None if is_blank(cells[at]) else cells[at]
                        for term, cells in columns.items()}  # fmt: skip
                key = told["deploymentID"]
                if key is not None and key not in found:
                    found[key] = {**_deployment(told), "line": line}
        return found

    def _by_events(self) -> set[str]:
        """Return the deployments that have observations of events."""
        found: set[str] = set()
        for rows in self._rows("observations"):
            levels = rows.column("observationLevel")
            found.update(d for d, level in zip(rows.column("deploymentID"), levels, strict=True)
                         if d is not None and level == "event")  # fmt: skip
        return found

    def _media(self) -> dict[str, dict[str, Any]]:
        name = self._name("media")
        if name is None:
            return {}
        if self._members.size(name) > MOST_MEDIA_BYTES:
            self._source.problems.add("media_unread", message=MEDIA_UNREAD, level="warning")
            return {}
        found: dict[str, dict[str, Any]] = {}
        for rows in self._rows("media"):
            for key, path, kind in zip(rows.column("mediaID"), rows.column("filePath"),
                                       rows.column("fileMediatype"), strict=True):  # fmt: skip
                if key is not None and path is not None:
                    found[key] = {"identifier": path, **({"format": kind} if kind else {})}
        return found

    def _kept(
        self, rows: Rows, deployments: dict[str, dict[str, Any]], by_events: set[str]
    ) -> list[int]:
        """Return the rows that are records; tell those without a deployment."""
        kept: list[int] = []
        levels, kinds = rows.column("observationLevel"), rows.column("observationType")
        for at, (key, level, kind) in enumerate(zip(rows.column("deploymentID"), levels, kinds,
                                                    strict=True)):  # fmt: skip
            if kind != _ANIMAL:
                self._source.tally.count(
                    kind if kind in {"blank", "human", "vehicle"} else "unknown"
                )
            elif level == "media" and key in by_events:
                self._source.tally.count("pictures")
            elif key not in deployments:
                message = NO_DEPLOYMENT.fill(k=key or "—")
                self._tell.rows("orphan", [rows.numbers[at]], message, column="deploymentID",
                                value=key)  # fmt: skip
            else:
                kept.append(at)
        return kept

    def _of_observations(
        self, rows: Rows, kept: list[int], deployments: dict[str, dict[str, Any]],
        media: dict[str, dict[str, Any]],
    ) -> Sightings:  # fmt: skip
        def of(term: str) -> list[Any]:
            cells = rows.column(term)
            return [cells[at] for at in kept]

        parents, starts, names = of("deploymentID"), of("eventStart"), of("scientificName")
        events = [e if not is_blank(e) else f"{p}:{s}"
                  for e, p, s in zip(of("eventID"), parents, starts, strict=True)]  # fmt: skip
        extras = [dict(zip(_TOLD, told, strict=True)) for told in zip(*map(of, _TOLD), strict=True)]
        columns: dict[str, Any] = {
            "event_id": events, "parent_event_id": parents, "date": starts,
            "occurrence_id": of("observationID"), "name": names,
            "name_en": [self._names.get(str(n)) for n in names],
            "taxon_class": [self._classes.get(str(n)) for n in names],
            "count": of("count"), "sex": of("sex"), "life_stage": of("lifeStage"),
            "behavior": of("behavior"), "remarks": of("observationComments"), "basis": _BASIS,
            "extra": [{k: v for k, v in e.items() if not is_blank(v)} or None for e in extras],
            "media": [[media[m]] if m in media else None for m in of("mediaID")],
        }  # fmt: skip
        for role in _OF_DEPLOYMENT:
            if role not in {"event_remarks", "event_extra"}:
                columns[role] = [deployments[p][role] for p in parents]
        return Sightings.of([rows.numbers[at] for at in kept], columns, headers=HEADERS)


_OF_DEPLOYMENT = ("plot", "locality", "lon", "lat", "uncertainty_m", "observers", "habitat",
                  "protocol", "event_remarks", "event_extra")  # fmt: skip
HEADERS: dict[str, str] = {
    "event_id": "eventID", "parent_event_id": "deploymentID", "date": "eventStart",
    "date_end": "deploymentEnd", "occurrence_id": "observationID", "name": "scientificName",
    "count": "count", "lon": "longitude", "lat": "latitude", "plot": "locationID",
    "uncertainty_m": "coordinateUncertainty", "taxon_class": "class",
}  # fmt: skip


def _deployment(told: dict[str, Any]) -> dict[str, Any]:
    """Return what a deployment says of its visit, by role."""
    extra = {name: told[name] for name in _KEPT if told.get(name) is not None}
    return {
        "event_id": told["deploymentID"],
        "date": told.get("deploymentStart"),
        "date_end": told.get("deploymentEnd"),
        "plot": told.get("locationID") or told.get("locationName"),
        "locality": told.get("locationName") if told.get("locationID") else None,
        "lon": told.get("longitude"),
        "lat": told.get("latitude"),
        "uncertainty_m": told.get("coordinateUncertainty"),
        "observers": told.get("setupBy"),
        "habitat": told.get("habitat"),
        "protocol": _PROTOCOL,
        "duration_min": _minutes(told.get("deploymentStart"), told.get("deploymentEnd")),
        "event_remarks": told.get("deploymentComments"),
        "event_extra": extra or None,
    }


def _minutes(begins: str | None, ends: str | None) -> float | None:
    """Return how long a camera stood there; None where it is not told in full."""
    try:
        passed = dt.datetime.fromisoformat(ends or "") - dt.datetime.fromisoformat(begins or "")
    except (ValueError, TypeError):
        return None
    return max(0.0, passed.total_seconds() / 60) or None


def _described(members: Members, name: str) -> dict[str, Any]:
    """Return the description of a package."""
    with members.open(name) as file:
        content = file.read(MOST_JSON_BYTES + 1)
    try:
        if len(content) > MOST_JSON_BYTES:
            raise ValueError(f"> {MOST_JSON_BYTES >> 20} MB")
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(BROKEN.fill(r=error)) from None
    if not isinstance(found, dict):
        raise InputError(BROKEN.fill(r="{}"))
    return found


def _paths(described: dict[str, Any]) -> dict[str, str]:
    """Return where the resources of a package lie in it."""
    found: dict[str, str] = {}
    resources = described.get("resources")
    for one in resources if isinstance(resources, list) else ():
        if not isinstance(one, dict):
            continue
        path = one.get("path")
        path = path[0] if isinstance(path, list) and path else path
        if isinstance(one.get("name"), str) and isinstance(path, str) and "://" not in path:
            found[one["name"]] = inside(path)
    return found


def _taxa(described: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Return class and common name of the species that a package lists, by scientific name."""
    classes: dict[str, str] = {}
    names: dict[str, str] = {}
    taxa = described.get("taxonomic")
    for one in taxa if isinstance(taxa, list) else ():
        name = one.get("scientificName") if isinstance(one, dict) else None
        if not isinstance(name, str):
            continue
        if isinstance(one.get("class"), str):
            classes[name] = one["class"]
        common = one.get("vernacularNames")
        told = common.get("eng") or common.get("en") if isinstance(common, dict) else None
        if isinstance(told, str):
            names[name] = told
    return classes, names
