"""Write what the law says of many acts down as rows of `FINDINGS`, column by column."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.codes import Codes, coded, together
from wetland.base.findings import FINDINGS
from wetland.base.places import Cause
from wetland.base.tables import DTYPES
from wetland.base.texts import Text
from wetland.regulations.evaluate import Outcome
from wetland.regulations.judge import Judgement
from wetland.screening.acts import Acts
from wetland.screening.lawparts import LawParts, json_text
from wetland.screening.likely import clause_names, place_likelihood
from wetland.screening.situations import Judged, Situations
from wetland.sites.likelihoods import likelihoods
from wetland.sites.load import Site
from wetland.zones.located import CAUSES, IN, OPEN

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Bools = NDArray[np.bool_]

WITH_ROWS = frozenset({Outcome.BROKEN, Outcome.UNDECIDED})
BLOCK = 25_000
MOST_PARTS = 20_000  # answers kept in words between tables; some 4 kB each
_LAW = (
    "rule", "regulation", "article", "penalty_article", "measure", "outcome", "missing", "severity",
    "fine_min", "fine_max", "fine_unit", "discretion", "measures", "authority_zh", "authority_en",
    "explanation_zh", "explanation_en", "confidence", "text_seen",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every finding of one screening carries."""

    site: str
    detector: str
    zone_basis: str
    pack_digest: str
    notice: Text | None


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The answers of one screening, from which its findings are written.

    Parameters
    ----------
    kept
        Outcomes that get a row.
    """

    site: Site
    assume_schematic: bool
    situations: Situations
    judged: Judged
    stamp: Stamp
    parts: LawParts
    kept: frozenset[Outcome]

    def tables(self, rows: int = BLOCK) -> Iterator[pd.DataFrame]:
        """Yield the findings as tables `FINDINGS` of about so many rows, in order of the acts.

        Of an act all findings stand in one table. Where nothing was found, one empty table.
        """
        counted = np.array([self._count(j) for j in self.judged.judgements], dtype=np.int64)
        per_act = counted[self.judged.judgement[self.judged.situation]]
        with_rows = np.flatnonzero(per_act)
        until = np.cumsum(per_act[with_rows])
        last = int(until[-1]) if len(until) else 0
        cuts = np.searchsorted(until, np.arange(rows, last, rows), side="left") + 1
        dated = self._dated()
        for chosen in np.split(with_rows, np.unique(cuts)):
            if len(chosen) or not len(with_rows):
                yield self._table(chosen, dated)
                self.parts.forget(MOST_PARTS)

    def _count(self, judgement: Judgement) -> int:
        return sum(j.outcome in self.kept for j in judgement.judged)

    def _table(self, chosen: NDArray[np.intp], dated: Bools) -> pd.DataFrame:
        """Write the findings of acts (places in ``judged.rows``)."""
        answer, parts = self._parts(chosen, dated)
        sizes = np.array([len(found) for found in parts], dtype=np.int64)
        starts = np.cumsum(sizes) - sizes
        flat = np.array([part for found in parts for part in found], dtype=np.int64)
        each = sizes[answer]
        act = np.repeat(np.arange(len(chosen)), each)
        nth = np.arange(len(act)) - np.repeat(np.cumsum(each) - each, each)
        part = flat[starts[answer][act] + nth] if len(act) else np.zeros(0, dtype=np.int64)
        return _frame(self, chosen, act, part)

    def _parts(self, chosen: NDArray[np.intp], seasonal: Bools) -> tuple[Codes, list[list[int]]]:
        """Return which answer each act has, and the parts of each answer.

        Where a rule asks for a season, or for the area on the ground, answers name the very day and
        the very area: they are judged again for each.
        """
        situation = self.judged.situation[chosen]
        by_area = np.array([a.needs.area for a in self.judged.asked], dtype=bool)
        alone = by_area[situation] & self.judged.open[chosen]
        day = np.where(seasonal[situation], self.situations.day[chosen], 0)
        own = np.where(alone, 1 + np.arange(len(chosen)), 0)
        answer, first = together(situation, day, own)
        parts = []
        for k in first.tolist():
            number = int(situation[k])
            judgement = self.judged.judgements[self.judged.judgement[number]]
            row, asked = int(chosen[k]), self.judged.asked[number]
            if alone[k]:
                known, areas = self.situations.of(row), self.situations.areas(row, asked)
                judgement = self.situations.judge.judge(asked, known, areas, exact=True)
            elif seasonal[number]:
                known = self.situations.of(row)
                judgement = self.situations.judge.on_day(judgement, asked, known)
            parts.append(self.parts.of(judgement, self.kept))
        return answer, parts

    def _dated(self) -> Bools:
        """Tell for each situation whether a finding of it names the day, because of a season."""
        pairs = zip(self.judged.asked, self.judged.judgement.tolist(), strict=True)
        every = self.situations.law.asked
        seasonal = [{id(rule) for rule, needs in a.ruled if needs.seasons} for a in every]
        dated = [
            any(
                id(j.rule) in seasonal[asked.number] and j.outcome in self.kept
                for j in self.judged.judgements[which].judged
            )
            for asked, which in pairs
        ]
        return np.array(dated, dtype=bool)


def _frame(
    answers: Answers, chosen: NDArray[np.intp], act: NDArray[np.intp], part: Codes
) -> pd.DataFrame:
    import pandas as pd

    acts, stamp, size = answers.situations.acts, answers.stamp, len(act)
    rows = answers.judged.rows[chosen]
    once = np.zeros(size, dtype=np.int64)
    columns: dict[str, Any] = {
        name: _spread([stamped], once)
        for name, stamped in (
            ("site", stamp.site), ("detector", stamp.detector), ("zone_basis", stamp.zone_basis),
            ("pack_digest", stamp.pack_digest), ("status", "open"),
            ("subject_kind", "observation"),
        )
    }  # fmt: skip
    columns |= _law(answers.parts, part)
    columns |= _own(acts, rows, act)
    subjects = _quoted(acts.table["observation_id"].iloc[rows].tolist())
    columns["finding_id"] = _finding_ids(answers, subjects, act, part)
    columns["likelihood"] = _likelihoods(answers, rows, act, part)
    columns["evidence"] = _joined(
        _take(_positions(answers, rows, chosen, subjects), act),
        _take(_texts(answers.parts.evidence), part),
    )
    table = pd.DataFrame(
        {name: _cells(columns.get(name), DTYPES[FINDINGS.column(name).kind], size)
         for name in FINDINGS.names}
    )  # fmt: skip
    return table


def _cells(column: Any, dtype: str, size: int) -> Any:  # noqa: ANN401 - what a column is made of
    import pandas as pd

    if column is None:
        column = np.full(size, None, dtype=object)
    return pd.Series(column, dtype=None if dtype == "object" else dtype)


def _law(parts: LawParts, part: Codes) -> dict[str, Any]:
    """Return the columns that hang on the law: each part's, spread over the findings."""
    import pandas as pd

    out: dict[str, Any] = {}
    for name in _LAW:
        values = [columns[name] for columns in parts.columns]
        kind = FINDINGS.column(name).kind
        if kind in {"text", "json"}:
            out[name] = _spread(values, part)
        else:
            out[name] = pd.Series(values, dtype=DTYPES[kind]).array.take(part)
    return out


def _own(acts: Acts, rows: NDArray[np.intp], act: NDArray[np.intp]) -> dict[str, Any]:
    """Return the columns that hang on the act alone."""
    table, findings = acts.table, rows[act]
    days, listed = acts.days
    named = ("activity", "occurred_at", "geometry", "source_id", "source_row")
    out: dict[str, Any] = {name: table[name].array.take(findings) for name in named}
    on = np.empty(len(listed), dtype=object)
    on[:] = listed
    places = acts.places
    plain = [k for k, name in enumerate(places.names) if "|" not in name]
    inside = [json_text([places.names[k] for k in plain if row[k] == IN]) for row in places.where]
    return {
        **out,
        "subject": table["observation_id"].array.take(findings),
        "occurred_on": on[days[findings]],
        "zones": _spread(inside, places.code[findings]),
    }


def _finding_ids(
    answers: Answers, subjects: Sequence[str], act: NDArray[np.intp], part: Codes
) -> list[str]:
    """Return what `wetland.base.findings.finding_id` returns, for many subjects of few rules."""
    stamp = answers.stamp
    begun = [
        hashlib.sha256(
            json.dumps([stamp.site, stamp.detector, rule.id], ensure_ascii=False)[:-1].encode()
        )
        for rule in answers.parts.rules
    ]
    ends = [f", {subject}]".encode() for subject in subjects]
    out = []
    for k, which in zip(act.tolist(), part.tolist(), strict=True):
        digest = begun[which].copy()
        digest.update(ends[k])
        out.append(f"f-{digest.hexdigest()[:24]}")
    return out


def _likelihoods(
    answers: Answers, rows: NDArray[np.intp], act: NDArray[np.intp], part: Codes
) -> NDArray[np.float64]:
    """Return how likely each rule's place clause holds where the act was, at least."""
    acts, rules = answers.situations.acts, answers.parts.rules
    used, of_finding = np.unique(part, return_inverse=True)
    asked = {id(rules[k]): rules[k] for k in used.tolist()}
    number = {key: k for k, key in enumerate(asked)}
    which = np.array([number[id(rules[k])] for k in used.tolist()], dtype=np.int64)[of_finding]
    days, listed = acts.days
    bounds = likelihoods(
        answers.site, acts.geometries[rows], acts.uncertainty_m[rows], on=(days[rows], listed),
        assume_schematic=answers.assume_schematic, names=clause_names(asked.values()),
    )  # fmt: skip
    out = np.full(len(act), np.nan)
    for k, rule in enumerate(asked.values()):
        here = np.flatnonzero(which == k)
        out[here] = place_likelihood(rule, bounds, len(rows))[act[here]]
    return np.round(out, 4)


def _positions(
    answers: Answers, rows: NDArray[np.intp], chosen: NDArray[np.intp], subjects: Sequence[str]
) -> pa.Array:
    """Return what the evidence says of each act: the beginning of a JSON object."""
    acts, notice = answers.situations.acts, answers.stamp.notice
    told = None if notice is None else {"zh": notice.zh, "en": notice.en}
    widths, metres = coded(acts.uncertainty_m[rows])
    facts, records = answers.situations.fact[chosen], answers.situations.record[chosen]
    return _joined(
        '{"observation": ', _texts(subjects),
        ', "record_id": ', _texts(_quoted(acts.table["record_id"].iloc[rows].tolist())),
        ', "uncertainty_m": ', _spread([m and float(m) for m in metres], widths, write=True),
        ', "uncertainty_from": ', _uncertainty_from(acts, rows),
        ', "unsure_zones": ', _spread(_unsure(acts), acts.places.code[rows]),
        ', "areas": ', _areas(acts, rows),
        ', "facts": ', _spread(acts.facts[1], facts, write=True),
        ', "records": ', _spread(answers.situations.records[1], records, write=True),
        f', "notice": {json_text(told)}, ',
    )  # fmt: skip


def _uncertainty_from(acts: Acts, rows: NDArray[np.intp]) -> pa.Array:
    codes, names = acts.sources
    stated = len(names)
    which = np.where(acts.defaulted[rows], codes[rows], stated)
    return _spread([*names, "stated"], which, write=True)


def _unsure(acts: Acts) -> list[str]:
    """Return by state which zones a place may be in and why that is not known."""
    places = acts.places
    plain = [k for k, name in enumerate(places.names) if "|" not in name]
    told = {code: c.value for code, c in enumerate(CAUSES) if c and c is not Cause.NOT_LOADED}
    return [
        json_text({places.names[k]: told[cause[k]] for k in plain
                   if where[k] == OPEN and cause[k] in told})
        for where, cause in zip(places.where.tolist(), places.cause.tolist(), strict=True)
    ]  # fmt: skip


def _areas(acts: Acts, rows: NDArray[np.intp]) -> pa.Array | str:
    """Return the areas of footprints in the zones, as JSON."""
    places = acts.places
    at = np.searchsorted(places.extended, rows)
    at[at == len(places.extended)] = 0
    here = np.flatnonzero(places.extended[at] == rows) if len(places.extended) else at[:0]
    if not len(here):
        return "{}"
    out = ["{}"] * len(rows)
    found = at[here]
    table = {kind: (area[found].tolist(), places.share[kind][found].tolist())
             for kind, area in places.area_m2.items()}  # fmt: skip
    for k, row in enumerate(here.tolist()):
        out[row] = json_text(
            {kind: _area(area[k], share[k]) for kind, (area, share) in table.items() if area[k] > 0}
        )
    return _texts(out)


def _area(area: float, share: float) -> Mapping[str, float]:
    return {"area_m2": round(area, 2), "share": round(share if share == share else 0.0, 6)}


def _quoted(values: Sequence[Any]) -> list[str]:
    """Return texts as JSON; what is missing is null."""
    return [encode_basestring(v) if isinstance(v, str) else "null" for v in values]


def _texts(values: Sequence[Any]) -> pa.Array:
    import pyarrow as pa

    return pa.array(values, pa.large_string())


def _spread(values: Sequence[Any], numbers: Codes, *, write: bool = False) -> pa.Array:
    """Return the text of each number; with ``write`` the value's JSON."""
    if write:
        used = np.bincount(numbers, minlength=len(values)) > 0
        values = [json_text(v) if u else "" for v, u in zip(values, used.tolist(), strict=True)]
    return _take(_texts(values), numbers)


def _take(values: pa.Array, numbers: NDArray[Any]) -> pa.Array:
    import pyarrow as pa

    return values.take(pa.array(numbers))


def _joined(*parts: pa.Array | str) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    scalars = [pa.scalar(p, pa.large_string()) if isinstance(p, str) else p for p in parts]
    return pc.binary_join_element_wise(*scalars, pa.scalar("", pa.large_string()))
