"""Hide where sensitive species (敏感物种) were seen from roles that may not know.

What is hidden is whatever could give the place away:

- A record of a sensitive species loses its survey, plot, source, observers, media, texts and
  identifiers, and hangs on a generalised survey, which tells a cell of the grid and days, nothing
  else. Days that would tell of a single survey that stays are widened (`wetland.birds.blurdays`).
  Its identifier is made anew from what is still shown: the one it had was made of its survey, and
  could be tried out against the surveys that stay.
- "Looked for, absent" is treated alike: seven plots without the species tell of the eighth.
- A survey that held nothing else is left out. The others stay exact for the other species, but
  without remarks, other columns and row numbers (a gap would tell which survey lost a row).
- A name that was not matched is hidden like the sensitive species it resembles.
- Texts that name a sensitive species are emptied wherever they are.

Rows are chosen after this, never before: a selection by plot or day made of the exact rows would
tell what the blurred ones hide.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wetland.birds.blurdays import ShownDays
from wetland.birds.blurgrid import Cell, cell_of
from wetland.birds.names import flat, is_han
from wetland.birds.species import Sensitivity

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.checklist import Checklist

GENERALISED = "blurred"  # what stands for the source and begins the identifiers
_STRICTER: tuple[Sensitivity, ...] = ("none", "1km", "5km", "10km", "withhold")
_LEAST_LATIN = 5  # letters of a name that is looked for inside a text; 2 of a Chinese one
_LEAST_HAN = 2

_RECORD_KEPT = (
    "site", "taxon_id", "match", "occurrence_status", "individual_count", "count_qualifier", "sex",
    "life_stage", "breeding", "basis_of_record", "validation", "synthetic",
)  # fmt: skip
_RECORD_TEXTS = (
    "remarks", "behavior", "extra", "media", "flags", "validation_reason", "before_correction",
    "count_received",
)  # fmt: skip
_SURVEY_TEXTS = ("remarks", "extra")
_SURVEY_WORDS = ("sampling_protocol", "habitat", "event_id", "parent_event_id")


def levels_of(checklist: Checklist) -> dict[str, Sensitivity]:
    """Return the level of each species that is sensitive."""
    return {s.id: s.sensitivity for s in checklist if s.sensitivity != "none"}


def may_see(role: str | None, exact_roles: Collection[str]) -> bool:
    """Tell whether a role may see exact places of sensitive species; nobody's role may not."""
    return role is not None and role in exact_roles


def blur(
    surveys: pd.DataFrame,
    records: pd.DataFrame,
    checklist: Checklist,
    *,
    role: str | None,
    exact_roles: Collection[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return surveys and records as a role may see them, each with a column ``blurred``.

    Parameters
    ----------
    surveys, records
        `BIRD_SURVEYS` and `BIRD_RECORDS`, or some of their columns; they are left as they are.
    role
        Who asks; None: anybody.
    exact_roles
        Roles that may see exact places (`BirdPack.exact_roles`).

    Returns
    -------
    surveys, records
        Generalised rows come last, in the order of their new identifiers.
    """
    surveys, records = surveys.assign(blurred=False), records.assign(blurred=False)
    names = SensitiveNames(checklist)
    if may_see(role, exact_roles) or not names.levels:
        return surveys, records
    records = records.reset_index(drop=True)
    level = names.of_records(records)
    hidden = level.notna()
    kept = _without_naming(records[~hidden], _RECORD_TEXTS, names)
    staying = _without_naming(surveys, (*_SURVEY_TEXTS, *_SURVEY_WORDS), names)
    if not hidden.any():
        return staying, kept
    alone = set(records.loc[hidden, "survey_id"]) - set(kept["survey_id"])
    staying = staying[~staying["survey_id"].isin(alone)]
    hiding = _Hiding(names, ShownDays(staying))
    pairs = _pairs(records[hidden], surveys)
    for (record, survey), how in zip(pairs, level[hidden], strict=True):
        hiding.add(record, survey, how)
    made_surveys, made_records = hiding.tables(surveys, records)
    staying = _emptied(staying, (*_SURVEY_TEXTS, "source_row"))
    kept = _emptied(kept, ("source_row",))
    return _joined(staying, made_surveys), _joined(kept, made_records)


class SensitiveNames:
    """The names of sensitive species, and what a text or an unmatched name says of them."""

    def __init__(self, checklist: Checklist) -> None:
        self.levels = levels_of(checklist)
        self.checklist = checklist
        self._needles: dict[str, str] = {}
        for taxon_id in self.levels:
            species = checklist.species[taxon_id]
            epithet = species.scientific_name.split()[-1]
            told = (n for n in checklist.names(taxon_id) if n not in species.codes)
            for name in (*told, epithet):
                plain = flat(name)
                if len(plain) >= (_LEAST_HAN if is_han(plain) else _LEAST_LATIN):
                    self._needles.setdefault(plain, taxon_id)

    def named_in(self, words: str) -> str | None:
        """Return the most sensitive species that a text names; None where it names none."""
        plain = flat(words)
        return self._strictest({t for needle, t in self._needles.items() if needle in plain})

    def resembled(self, name: str) -> str | None:
        """Return the most sensitive species that an unmatched name may have been."""
        suggested = self.checklist.match(name).suggestions
        meant = {t for t in suggested if t in self.levels}
        named = self.named_in(name)
        return self._strictest(meant | ({named} if named else set()))

    def of_records(self, records: pd.DataFrame) -> pd.Series[Any]:
        """Return the level of each record; None where it is of no sensitive species."""
        level = records["taxon_id"].astype(object).map(self.levels)
        bare = records["taxon_id"].isna()
        if bare.any() and "name_received" in records:
            names = records.loc[bare, "name_received"]
            meant = {n: self.resembled(n) for n in names.dropna().unique()}
            found = {n: self.levels[t] for n, t in meant.items() if t is not None}
            level = level.astype(object)
            level[bare] = names.astype(object).map(found)
        return level

    def _strictest(self, found: Iterable[str]) -> str | None:
        order = sorted(found, key=lambda t: (-_STRICTER.index(self.levels[t]), t))
        return order[0] if order else None


def _pairs(
    hiding: pd.DataFrame, surveys: pd.DataFrame
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each record with its survey; nothing where the survey is not there."""
    of_them = surveys[surveys["survey_id"].isin(set(hiding["survey_id"]))]
    rows: Any = of_them.to_dict("records")
    by_id = {row["survey_id"]: row for row in rows}
    records: Any = hiding.to_dict("records")
    for record in records:
        yield record, by_id.get(record["survey_id"], {})


class _Hiding:
    """Makes generalised surveys and records of exact ones."""

    def __init__(self, names: SensitiveNames, shown: ShownDays) -> None:
        self.names, self.shown = names, shown
        self.surveys: dict[str, dict[str, Any]] = {}
        self.records: list[dict[str, Any]] = []

    def add(self, record: Mapping[str, Any], survey: Mapping[str, Any], level: str) -> None:
        """Hide one record with its survey."""
        cell = _cell(record, survey, level)
        generalised = self._survey(record, survey, cell, level)
        self.surveys.setdefault(generalised["survey_id"], generalised)
        row = {c: record[c] for c in _RECORD_KEPT if c in record}
        self.records.append(row | {
            "survey_id": generalised["survey_id"], "source_id": GENERALISED, "blurred": True,
            "name_received": self._name(record), **_place(cell),
        })  # fmt: skip

    def tables(
        self, surveys: pd.DataFrame, records: pd.DataFrame
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return what was made, in the form of the tables, ordered by the new identifiers."""
        import pandas as pd

        seen: dict[tuple[str, str], int] = {}
        for row in sorted(self.records, key=_ordering):
            group = (row["survey_id"], row["name_received"])
            seen[group] = seen.get(group, 0) + 1
            row["record_id"] = row["content"] = _identifier([*group, seen[group]])
        made = pd.DataFrame(self.records).sort_values("record_id")
        told = pd.DataFrame(list(self.surveys.values())).sort_values("survey_id")
        return _like(told, surveys), _like(made, records)

    def _survey(
        self, record: Mapping[str, Any], survey: Mapping[str, Any], cell: Cell | None, level: str
    ) -> dict[str, Any]:
        days = (survey.get("event_date"), survey.get("event_end") or survey.get("event_date"))
        if isinstance(days[0], dt.date) and isinstance(days[1], dt.date):
            days = self.shown.of((days[0], days[1]), level, cell)
        where = None if cell is None else [cell.lon, cell.lat, cell.uncertainty_m]
        invented = record.get("synthetic")
        made = _identifier([record.get("site"), *map(str, days), level, where, str(invented)])
        return {
            "survey_id": made, "site": record.get("site"), "source_id": GENERALISED,
            "event_date": days[0], "event_end": days[1], "synthetic": invented, "content": made,
            "blurred": True, **_place(cell),
        }  # fmt: skip

    def _name(self, record: Mapping[str, Any]) -> str:
        """Return the scientific name; with a question mark where the name was not matched."""
        known, taxon_id = self.names.checklist.species, record.get("taxon_id")
        if isinstance(taxon_id, str) and taxon_id in known:
            return known[taxon_id].scientific_name
        meant = self.names.resembled(str(record.get("name_received") or ""))
        return f"{known[meant].scientific_name} ?" if meant else "?"


def _cell(record: Mapping[str, Any], survey: Mapping[str, Any], level: str) -> Cell | None:
    """Return the cell of a record: of its own place, else of its survey's."""
    for told in (record, survey):
        place = told.get("geometry")
        if place is None or not hasattr(place, "centroid") or place.is_empty:
            continue
        own = told.get("uncertainty_m")
        centre = place.centroid
        off = float(own) if isinstance(own, int | float) and own == own else 0.0
        return cell_of(centre.x, centre.y, level, uncertainty_m=off)
    return None


def _place(cell: Cell | None) -> dict[str, Any]:
    from shapely.geometry import Point  # noqa: PLC0415 - starts fast

    if cell is None:
        return {"geometry": None, "uncertainty_m": None}
    return {"geometry": Point(cell.lon, cell.lat), "uncertainty_m": cell.uncertainty_m}


def _ordering(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)


def _identifier(told: list[Any]) -> str:
    whole = json.dumps(told, ensure_ascii=False, default=str)
    return f"{GENERALISED}-{hashlib.sha256(whole.encode('utf-8')).hexdigest()[:24]}"


def _without_naming(
    frame: pd.DataFrame, columns: Iterable[str], names: SensitiveNames
) -> pd.DataFrame:
    """Empty the texts that name a sensitive species."""
    for column in columns:
        if column not in frame:
            continue
        told = frame[column].dropna().unique()
        naming = [words for words in told if names.named_in(_decoded(words)) is not None]
        if naming:
            frame = frame.assign(**{column: frame[column].mask(frame[column].isin(naming))})
    return frame


def _decoded(words: object) -> str:
    """Return a text with what JSON writes as escapes written out."""
    told = str(words)
    if "\\u" not in told:
        return told
    try:
        return json.dumps(json.loads(told), ensure_ascii=False)
    except ValueError:
        return told


def _emptied(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    import pandas as pd

    there = [c for c in columns if c in frame]
    gone = pd.Series(data=True, index=frame.index)
    return frame.assign(**{c: frame[c].mask(gone) for c in there})


def _like(made: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a made table the columns and dtypes of another."""
    return made.reindex(columns=frame.columns).astype(frame.dtypes.to_dict())


def _joined(first: pd.DataFrame, last: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([first, last.astype(first.dtypes.to_dict())], ignore_index=True)
