"""The findings sheet (疑似问题清单): one HTML file that needs no network.

Everything on it comes from tables and is escaped; there is no script, no link to load and no image.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from wetland.base.findings import OUTCOMES, STATUSES, ZONE_BASES
from wetland.base.texts import Lang, Text, text
from wetland.regulations.wording import DISCRETION, UNITS
from wetland.reports.detectors import WATER_LIKELIHOOD, estimate_text, of_water
from wetland.reports.findings import finding_json, rows_of
from wetland.screening.tables import POSITION_SOURCES

if TYPE_CHECKING:
    import pandas as pd

MOST_IN_DETAIL = 500

STYLE = """
body{font:15px/1.6 "Noto Sans CJK SC","Noto Sans SC","Microsoft YaHei",sans-serif;margin:2rem auto;
max-width:60rem;padding:0 1rem;color:#1a1a1a;background:#fff}
.notice{border:3px solid #7f1d1d;color:#7f1d1d;padding:.6rem 1rem;font-weight:bold}
article{border:1px solid #bbb;border-left:6px solid #7f1d1d;padding:.4rem 1rem 1rem;margin:1rem 0;
break-inside:avoid}
article.undecided{border-left-color:#8c8c8c}
table{border-collapse:collapse;width:100%;margin:.6rem 0}
th,td{border:1px solid #bbb;padding:.25rem .5rem;text-align:left;vertical-align:top;
overflow-wrap:anywhere}
th{background:#f2f2f2;white-space:nowrap}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.5rem 0}
dt{color:#555}dd{margin:0;overflow-wrap:anywhere}
pre{white-space:pre-wrap;font:inherit;background:#f7f7f7;padding:.6rem;margin:.5rem 0}
footer{margin-top:2rem;border-top:1px solid #bbb;color:#555;font-size:.9em;overflow-wrap:anywhere}
@media print{body{margin:0;max-width:none}article{border-color:#999}}
"""

TITLE = text("疑似问题清单", "Findings sheet")
EMPTY = text("没有疑似问题。", "There are no findings.")
SUSPECTED = text(
    "以下均为机器比对得出的疑似问题，须现场核实；是否违法由有权机关认定。",
    "These are suspicions a machine found by comparison: to be verified on site; only the "
    "authority decides whether the law was broken.",
)
SURVEYED = text("边界为实测界线。", "The zones have surveyed boundaries.")
BROKEN = text("疑似违反（{n} 条）", "Suspected breaches ({n})")
UNDECIDED = text(
    "待定（{n} 条，按规范和缺失事实合计）", "Undecided ({n}, by rule and missing facts)"
)
NOT_SHOWN = text(
    "另有 {n} 条未逐条列出，见导出的数据。", "{n} more are not listed: see the export."
)
SOURCES_TITLE = text("数据来源", "Sources")
DIGEST = text("场地包摘要", "digest of the site pack")
COLUMNS = text("规范|缺失的事实|次数", "rule|missing facts|count")
SOURCE_COLUMNS = text("文件|名称|行数|读入|搁置|SHA-256", "file|name|rows|read|aside|SHA-256")
YES_NO = {True: text("是", "yes"), False: text("否", "no"), None: text("不明", "not known")}

LIKELIHOOD = text("在规定区域内的可能性", "likelihood to be where the rule holds")
AT_LEAST = text("至少 {p}%", "at least {p} %")
STATED = text("记录标明", "as stated")
ASSUMED = text("未标明，按“{s}”的最大误差", "not stated: the widest of '{s}'")

FIELDS: tuple[tuple[str, Text], ...] = (
    ("finding_id", text("编号", "identifier")),
    ("status", text("状态", "status")),
    ("occurred_on", text("行为日", "day of the act")),
    ("occurred_at", text("行为时刻（当地）", "local time of the act")),
    ("activity", text("行为", "activity")),
    ("place", text("位置（经度, 纬度）", "place (longitude, latitude)")),
    ("zones", text("所在区域", "zones")),
    ("zone_basis", text("界线依据", "basis of the zones")),
    ("uncertainty", text("位置误差", "uncertainty of the position")),
    ("likelihood", LIKELIHOOD),
    ("water_likelihood", WATER_LIKELIHOOD),
    ("fine", text("罚款幅度", "range of the fine")),
    ("authority", text("主管部门", "authority")),
    ("facts", text("事实", "facts")),
    ("exceptions", text("除外情形", "exceptions")),
    ("records", text("许可与公告", "permits and notices")),
    ("law_source", text("法规来源", "source of the law")),
    ("source", text("来源文件与行", "file and row")),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet is about.

    Parameters
    ----------
    site
        Name of the site.
    notice
        What every reader must be told of the zones; None where they are surveyed.
    pack_digest
        Digest of the site pack that decided.
    names
        Words for ids: activities, zones, facts, records, rules; ``fact=choice`` for a choice.
    timezone
        The site's, in which instants are shown.
    """

    site: Text
    notice: Text | None
    pack_digest: str
    names: Mapping[str, Text]
    timezone: str = "UTC"


def findings_sheet(
    findings: pd.DataFrame,
    sheet: Sheet,
    *,
    sources: pd.DataFrame | None = None,
    lang: Lang = "zh",
) -> str:
    """Write findings as one HTML document in one language.

    Parameters
    ----------
    findings
        Table `FINDINGS`. Broken rows are written out (the first `MOST_IN_DETAIL`); undecided ones
        are counted by rule and missing facts.
    sheet
        What the sheet is about.
    sources
        Table `SOURCES`: files the findings rest on.
    lang
        Language.
    """
    rows = [finding_json(r, lang, notice=sheet.notice) for r in rows_of(findings)]
    broken = [row for row in rows if row["outcome"] == "broken"]
    undecided = [row for row in rows if row["outcome"] == "undecided"]
    files = [] if sources is None else rows_of(sources)
    by_id = {str(source["source_id"]): source for source in files}
    notice = SURVEYED if sheet.notice is None else sheet.notice
    title = f"{sheet.site.get(lang)} · {TITLE.get(lang)}"
    parts = [
        f"<h1>{_e(title)}</h1>",
        f'<p class="notice">{_e(notice.get(lang))}</p>',
        f"<p>{_e(SUSPECTED.get(lang))}</p>",
    ]
    if not rows:
        parts.append(f"<p>{_e(EMPTY.get(lang))}</p>")
    if broken:
        parts.append(f"<h2>{_e(BROKEN.fill(n=len(broken)).get(lang))}</h2>")
        parts += [_article(row, sheet, by_id, lang) for row in broken[:MOST_IN_DETAIL]]
        if len(broken) > MOST_IN_DETAIL:
            left = len(broken) - MOST_IN_DETAIL
            parts.append(f"<p>{_e(NOT_SHOWN.fill(n=left).get(lang))}</p>")
    if undecided:
        parts.append(f"<h2>{_e(UNDECIDED.fill(n=len(undecided)).get(lang))}</h2>")
        parts.append(_undecided(undecided, sheet, lang))
    if files:
        parts.append(f"<h2>{_e(SOURCES_TITLE.get(lang))}</h2>")
        parts.append(_table(SOURCE_COLUMNS.get(lang), map(_source_cells, files)))
    parts.append(_footer(sheet, notice, lang))
    return _document(title, "\n".join(parts), lang)


def _document(title: str, body: str, lang: Lang) -> str:
    code = "zh-CN" if lang == "zh" else "en"
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="{code}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_e(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n"
        "</body>\n</html>\n"
    )


def _e(value: object) -> str:
    return escape(str(value), quote=True)


def _article(
    row: Mapping[str, Any], sheet: Sheet, sources: Mapping[str, Mapping[str, Any]], lang: Lang
) -> str:
    values = _values(row, sheet, sources, lang)
    pairs = "".join(
        f"<dt>{_e(label.get(lang))}</dt><dd>{_e(values[name])}</dd>"
        for name, label in FIELDS
        if values.get(name)
    )
    head = f"{_name(row['rule'], sheet, lang)} — {OUTCOMES[row['outcome']].get(lang)}"
    return (
        f'<article class="{_e(row["outcome"])}" id="{_e(row["finding_id"])}">'
        f"<h3>{_e(head)}</h3><dl>{pairs}</dl><pre>{_e(row['explanation'] or '')}</pre></article>"
    )


def _values(
    row: Mapping[str, Any], sheet: Sheet, sources: Mapping[str, Mapping[str, Any]], lang: Lang
) -> dict[str, str]:
    evidence = row["evidence"] or {}
    source = sources.get(str(row["source_id"]), {})
    return {
        "finding_id": row["finding_id"],
        "status": STATUSES[row["status"]].get(lang),
        "occurred_on": row["occurred_on"] or "",
        "occurred_at": _local(row["occurred_at"], sheet.timezone),
        "activity": _names((row["activity"] or "").split(";"), sheet, lang),
        "place": _place(row["geometry"]),
        "zones": _names(row["zones"] or [], sheet, lang),
        "zone_basis": ZONE_BASES[row["zone_basis"]].get(lang),
        "uncertainty": _uncertainty(evidence, lang),
        **_likelihood(row, lang),
        "fine": _fine(row["fine"], lang),
        "authority": row["authority"] or "",
        "facts": _pairs(evidence.get("facts"), sheet, lang),
        "exceptions": _exceptions(evidence.get("exceptions"), lang),
        "records": _pairs(evidence.get("records"), sheet, lang),
        "law_source": str(evidence.get("source") or ""),
        "source": _from(source, row),
    }


def _likelihood(row: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    value = row.get("likelihood")
    if of_water(row):
        return {"water_likelihood": estimate_text(value, lang)}
    return {"likelihood": likelihood_text(value, lang)}


def _local(instant: str | None, timezone: str) -> str:
    if instant is None:
        return ""
    local = dt.datetime.fromisoformat(instant).astimezone(ZoneInfo(timezone))
    return local.isoformat(sep=" ", timespec="minutes")


def _from(source: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    file = source.get("file") or row["source_id"] or ""
    return f"{file} : {row['source_row']}" if row["source_row"] is not None else str(file)


def _name(key: str, sheet: Sheet, lang: Lang) -> str:
    known = sheet.names.get(key)
    return key if known is None else f"{known.get(lang)} ({key})"


def _names(keys: Iterable[str], sheet: Sheet, lang: Lang) -> str:
    mark = "、" if lang == "zh" else ", "
    return mark.join(_name(key, sheet, lang) for key in keys if key)


def _pairs(found: object, sheet: Sheet, lang: Lang) -> str:
    """Return facts or records as words; counts that a finding rests on are in its explanation."""
    if not isinstance(found, Mapping):
        return ""
    parts = []
    for key, value in found.items():
        choice = sheet.names.get(f"{key}={value}")
        if isinstance(value, bool):
            choice = YES_NO[value]
        shown = str(value) if choice is None else choice.get(lang)
        parts.append(f"{_name(key, sheet, lang)} = {shown}")
    return "; ".join(parts)


def _exceptions(found: Sequence[Mapping[str, Any]] | None, lang: Lang) -> str:
    return "; ".join(f"{e[lang]} — {YES_NO[e['holds']].get(lang)}" for e in found or ())


def _uncertainty(evidence: Mapping[str, Any], lang: Lang) -> str:
    value, source = evidence.get("uncertainty_m"), str(evidence.get("uncertainty_from"))
    if value is None:
        return ""
    why = STATED if source == "stated" else ASSUMED.fill(s=POSITION_SOURCES.get(source, source))
    return f"{value:g} m ({why.get(lang)})"


def likelihood_text(value: float | None, lang: Lang) -> str:
    """Say a lower bound in per cent; it is cut, not rounded up.

    Examples
    --------
    >>> likelihood_text(0.99987, "en")
    'at least 99.9 %'
    """
    if value is None:
        return ""
    return AT_LEAST.fill(p=f"{math.floor(round(value * 1000, 6)) / 10:g}").get(lang)


def _fine(fine: Mapping[str, Any] | None, lang: Lang) -> str:
    if fine is None:
        return ""
    low, high = (("?" if v is None else f"{v:,.0f}") for v in (fine["min"], fine["max"]))
    unit, discretion = UNITS.get(fine["unit"]), DISCRETION.get(fine["discretion"])
    parts = (
        "" if discretion is None else discretion.get(lang),
        f"{low} – {high}",
        fine["unit"] if unit is None else unit.get(lang),
    )
    return " ".join(part for part in parts if part)


def _place(geometry: Mapping[str, Any] | None) -> str:
    if geometry is None:
        return ""
    if geometry["type"] == "Point":
        lon, lat = geometry["coordinates"][:2]
        return f"{lon:.6f}, {lat:.6f}"
    return str(geometry["type"])


def _undecided(rows: Sequence[Mapping[str, Any]], sheet: Sheet, lang: Lang) -> str:
    found = Counter((row["rule"], tuple(row["missing"] or ())) for row in rows)
    cells = (
        (_name(rule, sheet, lang), _names(missing, sheet, lang), count)
        for (rule, missing), count in found.most_common()
    )
    return _table(COLUMNS.get(lang), cells)


def _source_cells(source: Mapping[str, Any]) -> tuple[object, ...]:
    kept = ("file", "name", "rows", "rows_read", "rows_aside", "sha256")
    return tuple("" if source[name] is None else source[name] for name in kept)


def _table(heads: str, rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{_e(name)}</th>" for name in heads.split("|"))
    body = "".join(
        "<tr>" + "".join(f"<td>{_e(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _footer(sheet: Sheet, notice: Text, lang: Lang) -> str:
    return (
        f"<footer><p>{_e(notice.get(lang))}</p>"
        f"<p>{_e(DIGEST.get(lang))}: {_e(sheet.pack_digest)}</p></footer>"
    )
