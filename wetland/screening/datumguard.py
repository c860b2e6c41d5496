"""The datum guard (坐标系核查): tell a file that lies a datum away from where its words say.

A file is compared with what is known of the site, read as it declares and as WGS84, GCJ-02 and
BD-09 (CGCS2000 is WGS84 here: they differ by less than a decimetre): named landmarks, reference
lines and areas, named zones, places of earlier records, the site's extent. Nothing is converted.

Rule of decision: another datum is suspected when one kind of evidence speaks for it (see
`datumevidence` for what each needs), none that counts speaks for a third or for the declared one,
and the scores together are ahead of the declared datum by 10 and of the third by 5 (logarithms of
likelihood ratios). Earlier records count only where nothing of the pack speaks, since they may have
been shifted themselves. So a correct file is not suspected for one wrong place, and a file of which
nothing is known is not suspected at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from wetland.base.problems import Problems
from wetland.base.texts import Lang, Text, text
from wetland.screening.datumevidence import HYPOTHESES, Evidence, Frame, Kind, Rows
from wetland.screening.datumground import within
from wetland.screening.datumplaces import (
    SAYS,
    GuardedSite,
    Sample,
    earlier_records,
    ground,
    landmarks,
    zones,
)
from wetland.zones.datums import Datum, in_china

if TYPE_CHECKING:
    import pandas as pd

AHEAD, AHEAD_OF_THIRD = 10.0, 5.0

NAMES: Mapping[Datum, str] = {
    "wgs84": "WGS84", "cgcs2000": "CGCS2000", "gcj02": "GCJ-02", "bd09": "BD-09"
}  # fmt: skip
KINDS: Mapping[Kind, Text] = {
    "landmarks": text("已知地标", "named landmarks"),
    "earlier": text("以前记录过的地点", "places of earlier records"),
    "water": text("水上记录", "places on water"),
    "road": text("车辆记录", "places on roads"),
    "bridge": text("桥梁记录", "bridges"),
    "gate": text("出入口记录", "gates"),
    "zones": text("写明分区的记录", "places that name their zone"),
    "extent": text("场地范围内的记录", "rows inside the site"),
}
SUSPECTED = "datum_suspected"
WINDS = (
    text("北", "north"), text("东北", "north-east"), text("东", "east"),
    text("东南", "south-east"), text("南", "south"), text("西南", "south-west"),
    text("西", "west"), text("西北", "north-west"),
)  # fmt: skip
_SUSPECTED = text(
    "坐标疑为 {other}，文件却按 {declared} 读入：位置向{wind}偏 {shift:.0f} 米（方位 {deg:.0f}°）。"
    "依据：{why}。没有转换任何坐标；如属实，请把坐标基准改为 {other}（--datum {code}，"
    "或改正文件中的坐标基准列）后重新读入",
    "the coordinates look like {other} but were read as {declared}: they lie {shift:.0f} m too far "
    "{wind} (bearing {deg:.0f} degrees). Evidence: {why}. Nothing was converted; if this is so, "
    "read the file again with the datum {other} (--datum {code}, or mend its datum column)",
)
_APART = text(
    "{n} 个{kind}按 {declared} 偏 {d:.0f} 米，按 {other} 偏 {o:.0f} 米",
    "{n} {kind} lie {d:.0f} m off as {declared}, {o:.0f} m as {other}",
)
_SHARE = text(
    "{n} 处{kind}按 {declared} 有 {d:.0%} 相符，按 {other} 有 {o:.0%}",
    "of {n} {kind}, {d:.0%} fit as {declared}, {o:.0%} as {other}",
)
_DOUBTFUL = text("（其中 {k} 个地标自身的坐标系仅为推定）",
                 " ({k} of them landmarks whose own datum is only probable)")  # fmt: skip
_SHIFTED_TOO = text(
    "以前的记录位置与此一致，可能同样偏移",
    "earlier records lie the same way and may be shifted too",
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the rows of one declared datum fit the site, read in each datum.

    Parameters
    ----------
    declared
        As declared; CGCS2000 counts as WGS84.
    rows
        Rows that were looked at.
    evidence
        One entry for each kind that had something to compare.
    score
        Sum of those that count, per datum.
    suspected
        The datum that explains the rows clearly better, None where none does.
    shift_m, bearing_deg
        How far, and in which direction, the rows as declared lie from where they lie as suspected.
    """

    declared: Datum
    rows: int
    evidence: tuple[Evidence, ...]
    score: Mapping[Datum, float]
    suspected: Datum | None = None
    shift_m: float = 0.0
    bearing_deg: float = 0.0

    @property
    def telling(self) -> tuple[Evidence, ...]:
        """Return the evidence that is for the suspected datum, the strongest first."""
        if self.suspected is None:
            return ()
        other = self.suspected
        spoken = [e for e in self.evidence if e.score[other] > 0]
        return tuple(sorted(spoken, key=lambda e: (e.speaks_for != other, -e.score[other])))

    @property
    def message(self) -> Text:
        """Return the warning; only for a comparison that suspects a datum."""
        other = self.suspected or self.declared
        reasons = [_reason(e, self.declared, other) for e in self.telling]
        if any(e.kind == "earlier" and e.speaks_for == self.declared for e in self.evidence):
            reasons.append(_SHIFTED_TOO)
        why = text("；".join(r.zh for r in reasons), "; ".join(r.en for r in reasons))
        wind = WINDS[round(self.bearing_deg / 45) % len(WINDS)]
        return _SUSPECTED.fill(
            other=NAMES[other], code=other, declared=NAMES[self.declared], why=why, wind=wind,
            shift=self.shift_m, deg=self.bearing_deg,
        )  # fmt: skip

    def to_rows(self, lang: Lang) -> list[dict[str, Any]]:
        """Return a row for each kind of evidence and each datum, in one language."""
        return [
            {
                "declared": NAMES[self.declared],
                "read_as": NAMES[name] + (" = CGCS2000" if name == "wgs84" else ""),
                "evidence": KINDS[one.kind].get(lang),
                "n": one.n,
                "residual_m": _number(one.residual_m[name], 1),
                "mad_m": _number(one.mad_m[name], 1),
                "fits": _number(one.share[name], 3),
                "score": _number(one.score[name], 1),
                "speaks": one.speaks_for == name,
            }
            for one in self.evidence
            for name in HYPOTHESES
        ]


def compare_datums(
    observations: pd.DataFrame,
    site: GuardedSite,
    *,
    earlier: pd.DataFrame | None = None,
) -> tuple[Comparison, ...]:
    """Compare observations with the site under each datum they may be written in.

    Parameters
    ----------
    observations
        Rows of `OBSERVATIONS`: positions WGS84 as read, ``datum`` as declared. Of more than
        `MOST_ROWS` so many are drawn, always the same ones.
    site
        The site.
    earlier
        Rows of `OBSERVATIONS` that were accepted before, from other files.

    Returns
    -------
    tuple
        One entry for each declared datum of the rows. Rows without a position, more than 50 km off
        the site or where no datum moves anything (outside China) are not looked at.

    Notes
    -----
    The sample, not the file, decides what this costs: some 0.1 s for a million rows.
    """
    west, south, east, north = shapely.total_bounds([zone.geometry for zone in site.zones])
    frame = Frame((west + east) / 2, (south + north) / 2)
    if not in_china(frame.lon, frame.lat):
        return ()
    corners = frame.metres(np.array([west, east]), np.array([south, north]))
    extent = shapely.box(*corners.ravel())
    seen = Sample.of(observations, frame)
    known = None if earlier is None else Sample.of(earlier, frame)
    compared = []
    for declared in HYPOTHESES:
        here = seen.declared == declared
        if here.any():
            compared.append(_compare(seen.rows(here, declared), site, extent, known))
    return tuple(compared)


def _compare(
    rows: Rows, site: GuardedSite, extent: shapely.Polygon, known: Sample | None
) -> Comparison:
    found = [
        landmarks(rows, site),
        *(ground(kind, rows, site) for kind in SAYS),
        zones(rows, site),
        None if known is None else earlier_records(rows, known),
        within(rows, extent),
    ]
    return _verdict(rows, tuple(e for e in found if e is not None))


def _verdict(rows: Rows, evidence: tuple[Evidence, ...]) -> Comparison:
    ours = [e for e in evidence if e.kind != "earlier"]
    counted = ours if any(e.speaks_for is not None for e in ours) else list(evidence)
    score = {name: sum(e.score[name] for e in counted) for name in HYPOTHESES}
    count = len(rows.at[rows.declared])
    plain = Comparison(rows.declared, count, evidence, score)
    spoken = {e.speaks_for for e in counted} - {None}
    best = max(HYPOTHESES, key=lambda name: score[name])
    third = max(score[name] for name in HYPOTHESES if name not in {best, rows.declared})
    clear = score[best] >= AHEAD and score[best] - third >= AHEAD_OF_THIRD
    if best == rows.declared or spoken != {best} or not clear:
        return plain
    east, north = rows.shift(best)
    bearing = float(np.degrees(np.arctan2(east, north)) % 360)
    shift = float(np.hypot(east, north))
    return Comparison(rows.declared, count, evidence, score, best, shift, bearing)


def tell_datums(problems: Problems, compared: tuple[Comparison, ...]) -> None:
    """Warn of each declared datum whose rows look like another: one problem of the whole file."""
    for comparison in compared:
        if comparison.suspected is not None:
            problems.add(
                SUSPECTED,
                value=NAMES[comparison.declared],
                level="warning",
                message=comparison.message,
            )


def _reason(evidence: Evidence, declared: Datum, other: Datum) -> Text:
    anchors = evidence.kind in {"landmarks", "earlier"}
    figures = evidence.residual_m if anchors else evidence.share
    said = (_APART if anchors else _SHARE).fill(
        n=evidence.n, kind=KINDS[evidence.kind], declared=NAMES[declared], other=NAMES[other],
        d=figures[declared], o=figures[other],
    )  # fmt: skip
    if not evidence.doubtful:
        return said
    also = _DOUBTFUL.fill(k=evidence.doubtful)
    return text(said.zh + also.zh, said.en + also.en)


def _number(value: float, digits: int) -> float | None:
    return round(float(value), digits) if np.isfinite(value) else None
