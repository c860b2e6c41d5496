"""Known places (已知地点) of a site, and the rows of a file that speak of them.

Named landmarks, reference lines and areas, zones, and places of earlier records: each function
picks the rows that name one and hands them to `datumevidence` or `datumground`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.screening.datumevidence import (
    LOOSE_M,
    Evidence,
    Floats,
    Frame,
    Kind,
    Rows,
    anchored,
    numbered,
    said,
)
from wetland.screening.datumground import fitted
from wetland.screening.placenames import MOST_CHARACTERS, PlaceNames, squeezed, variants
from wetland.zones.datums import Datum, from_wgs84
from wetland.zones.model import Zone, ZoneLayer

if TYPE_CHECKING:
    import pandas as pd

    from wetland.sites.reference import Reference

MOST_ROWS = 6_000  # of a longer file so many are looked at, drawn evenly
MOST_COLUMNS = 40
MOST_DISTINCT = 1_500  # names of one column
NEAR_M = 50_000.0
EARLIER_M = 30.0  # accuracy of an earlier record, and beside a line or a boundary
UNSTATED_M = 100.0  # accuracy of a landmark that states none
_SEED = 4490
_ROW, _ACTIVITY = "\0record_id", "\0activity"  # columns of ours beside those of the file

# What a row says of the ground it was seen from; "桥" and "bridge" hold for the name of one too.
SAYS: Mapping[Kind, re.Pattern[str]] = {
    "water": re.compile(r"船|艇|\b(?:boats?|ships?|vessels?|kayaks?|canoes?|ferry)\b", re.I),
    "road": re.compile(
        r"汽车|机动车|车辆|卡车|货车|\b(?:cars?|vehicles?|trucks?|bus(?:es)?)\b", re.I
    ),
    "bridge": re.compile(r"桥|\bbridges?\b", re.I),
    "gate": re.compile(r"入口|大门|\b(?:gates?|entrances?)\b", re.I),
}


class GuardedSite(Protocol):
    """What the guard needs of a site."""

    @property
    def zones(self) -> ZoneLayer:
        """Return the zones of the site."""

    @property
    def landmarks(self) -> Any:  # noqa: ANN401 - a GeoDataFrame, which is imported late
        """Return the landmarks of the site."""

    @property
    def reference(self) -> Sequence[Reference]:
        """Return the reference lines and areas of the site."""

    @property
    def config(self) -> Any:  # noqa: ANN401 - only the names of its kinds are asked
        """Return the configuration of the site."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows near the site: longitude and latitude as read, declared datum, words by column."""

    frame: Frame
    lon: Floats
    lat: Floats
    declared: NDArray[Any]
    words: Mapping[str, NDArray[Any]]

    @classmethod
    def of(cls, table: pd.DataFrame, frame: Frame) -> Sample:
        """Draw rows of `OBSERVATIONS`; those far off, or without a position, are left out."""
        table = _drawn(table)
        points = shapely.centroid(table["geometry"].to_numpy(dtype=object))
        lon, lat = shapely.get_x(points), shapely.get_y(points)
        with np.errstate(invalid="ignore"):
            near = np.hypot(*frame.metres(lon, lat).T) <= NEAR_M
        table, lon, lat = table[near], lon[near], lat[near]
        declared = _listed(table["datum"], "wgs84")
        declared = np.where(declared == "cgcs2000", "wgs84", declared)
        return cls(frame, lon, lat, declared, _words(table))

    def rows(self, here: NDArray[np.bool_], declared: Datum) -> Rows:
        """Return the rows ``here``, read in every datum."""
        received = from_wgs84(self.lon[here], self.lat[here], declared)
        words = {name: column[here] for name, column in self.words.items()}
        return Rows.make(self.frame, received, declared, words=words)


def _drawn(table: pd.DataFrame) -> pd.DataFrame:
    if len(table) <= MOST_ROWS:
        return table
    chosen = np.random.default_rng(_SEED).integers(0, len(table), MOST_ROWS)
    return table.iloc[np.unique(chosen)]


def _words(table: pd.DataFrame) -> dict[str, NDArray[Any]]:
    """Return the columns that hold words: as received, the row's own identifier, the activity."""
    columns: dict[str, NDArray[Any]] = {}
    for position, row in enumerate(table["extra"].tolist()):
        for name, value in _object(row).items():
            if not isinstance(value, str) or len(value) > MOST_CHARACTERS or value.isdigit():
                continue
            if name not in columns:
                if len(columns) >= MOST_COLUMNS:
                    continue
                columns[name] = np.full(len(table), None, dtype=object)
            columns[name][position] = value
    for name, own in ((_ROW, "record_id"), (_ACTIVITY, "activity")):
        columns[name] = _listed(table[own], None)
    return columns


def _object(row: object) -> dict[str, Any]:
    if isinstance(row, dict):
        return row
    if not isinstance(row, str) or row == "{}":
        return {}
    try:
        read = json.loads(row)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _listed(column: pd.Series, blank: str | None) -> NDArray[Any]:
    values: NDArray[Any] = column.to_numpy(dtype=object, copy=True)
    values[column.isna().to_numpy(dtype=bool)] = blank
    return values


def landmarks(rows: Rows, site: GuardedSite) -> Evidence | None:
    """Compare rows that bear the name of a landmark with the landmark."""
    table = site.landmarks
    if not len(table):
        return None
    names: list[tuple[int, str]] = []
    for number, row in enumerate(table.itertuples(index=False)):
        names += [(number, name) for name in (row.name_zh, row.name_en, *row.aliases)]
    finder = PlaceNames.of(names)
    keys = {
        name: numbered(column, finder.find, most=MOST_DISTINCT)
        for name, column in rows.words.items()
        if name != _ACTIVITY
    }
    accuracy = table["positional_accuracy_m"].to_numpy(dtype=float, na_value=np.nan)
    places = rows.frame.metres(table.geometry.x.to_numpy(), table.geometry.y.to_numpy())
    certain = table["datum_certain"].to_numpy(dtype=bool)
    accuracy = np.nan_to_num(accuracy, nan=UNSTATED_M)
    return anchored("landmarks", rows, keys, places=places, accuracy_m=accuracy, doubtful=~certain)


def earlier_records(rows: Rows, known: Sample) -> Evidence | None:
    """Compare rows with earlier ones of the same identifier, or of the same word in a column."""
    numbers, places = _spots(known)
    if not numbers:
        return None
    keys = {
        name: numbered(column, lambda c: numbers.get(str(c).strip().casefold()), most=MOST_ROWS)
        for name, column in rows.words.items()
        if name != _ACTIVITY
    }
    accuracy = np.full(len(places), EARLIER_M)
    certain = np.zeros(len(places), dtype=bool)
    return anchored("earlier", rows, keys, places=places, accuracy_m=accuracy, doubtful=certain)


def _spots(known: Sample) -> tuple[dict[str, int], Floats]:
    """Return the spot that each word stands for; a word whose rows scatter stands for none."""
    import pandas as pd

    columns = [column for name, column in known.words.items() if name != _ACTIVITY]
    at = np.tile(known.frame.metres(known.lon, known.lat), (len(columns), 1))
    cells = np.concatenate(columns)
    told = np.array([cell is not None for cell in cells], dtype=bool)
    numbers: dict[str, int] = {}
    words = [numbers.setdefault(str(cell).strip().casefold(), len(numbers)) for cell in cells[told]]
    table = pd.DataFrame({"word": words, "x": at[told, 0], "y": at[told, 1]})
    around = table.groupby("word")[["x", "y"]].transform("median")
    table["off"] = np.hypot(*(table[["x", "y"]].to_numpy() - around.to_numpy()).T)
    middle = table.groupby("word").median()
    tight = (middle["off"] <= LOOSE_M).to_numpy(dtype=bool)
    kept = {word: number for word, number in numbers.items() if tight[number]}
    return kept, middle[["x", "y"]].to_numpy(dtype=float)


def ground(kind: Kind, rows: Rows, site: GuardedSite) -> Evidence | None:
    """Compare rows that say what they were seen from with reference lines and areas."""
    there = [r for r in site.reference if r.kind == kind]
    if not there:
        return None
    says = SAYS[kind]
    chosen = said(rows.words, lambda cell: says.search(cell) is not None)
    grounds = [
        shapely.buffer(_flat(rows.frame, r.geometry), r.positional_accuracy_m + EARLIER_M)
        for r in there
    ]
    return fitted(kind, rows, chosen, grounds)


def zones(rows: Rows, site: GuardedSite) -> Evidence | None:
    """Compare rows that name a kind of zone with its zones; the kind named most counts.

    Each zone is widened by the worst accuracy of its edges: in a drawn zone little can be told.
    """
    kinds = list(site.config.kinds)
    names: list[tuple[int, str]] = []
    for number, kind in enumerate(kinds):
        title = site.config.kinds[kind].name
        called = [kind, title.zh, title.en]
        called += [n for z in site.zones.of_kind(kind) for n in (z.id, z.name.zh, z.name.en)]
        names += [(number, v) for name in dict.fromkeys(called) for v in variants(name)]
    finder = PlaceNames.of(names)
    found: list[tuple[NDArray[np.bool_], int]] = []
    for name, column in rows.words.items():
        if name.startswith("\0"):
            continue
        named = numbered(column, lambda c: _exactly(finder, c), most=200)
        found += [(named == number, number) for number in np.unique(named[named >= 0])]
    if not found:
        return None
    chosen, number = max(found, key=lambda pair: int(np.count_nonzero(pair[0])))
    drawn = site.zones.of_kind(kinds[number])
    return fitted("zones", rows, chosen, [_widened(rows.frame, zone) for zone in drawn])


def _exactly(finder: PlaceNames, cell: object) -> int | None:
    return finder.whole.get(squeezed(cell)) if isinstance(cell, str) else None


def _widened(frame: Frame, zone: Zone) -> Any:  # noqa: ANN401 - any shapely area
    accuracy = max([zone.positional_accuracy_m, *(e.positional_accuracy_m for e in zone.edges)])
    return shapely.buffer(_flat(frame, zone.geometry), accuracy + EARLIER_M)


def _flat(frame: Frame, geometry: Any) -> Any:  # noqa: ANN401 - any shapely geometry
    return shapely.transform(geometry, lambda xy: frame.metres(*xy.T))
