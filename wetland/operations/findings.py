"""Findings of the store: list, explain, export, and the sheet to print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.findings import FINDINGS
from wetland.base.texts import Lang, Text, text
from wetland.operations.birdexport import findings_for_role
from wetland.regulations.explain import Words
from wetland.reports.detectors import missing_name, rule_titles
from wetland.reports.findings import finding_json, rows_of
from wetland.reports.sheet import Sheet, findings_sheet
from wetland.sites.basis import notice_of, zone_basis
from wetland.sites.load import Site
from wetland.store.export import export
from wetland.store.store import Store

if TYPE_CHECKING:
    import pandas as pd


def list_findings(
    store: Store,
    *,
    site: str | None = None,
    outcome: str | None = "broken",
    status: str | None = None,
    rule: str | None = None,
) -> pd.DataFrame:
    """Return findings of the store; None leaves a condition out."""
    wanted = {"site": site, "outcome": outcome, "status": status, "rule": rule}
    return store.read("findings", {k: v for k, v in wanted.items() if v is not None})


def get_finding(store: Store, finding_id: str) -> dict[str, Any]:
    """Return one finding by its identifier, or by a beginning of it that only one has.

    Raises
    ------
    InputError
        There is none, or several begin so.
    """
    found = store.read("findings", {"finding_id": finding_id})
    if not len(found):
        every = store.read("findings")
        found = every[every["finding_id"].str.startswith(finding_id)]
    if len(found) != 1:
        message = (
            text("没有疑似问题 {i}", "there is no finding {i}")
            if not len(found)
            else text(
                "{i} 对应多条，请写全编号", "several findings begin with {i}; write more of it"
            )
        )
        raise InputError(message.fill(i=finding_id))
    return rows_of(found)[0]


def export_findings(
    store: Store,
    site: Site,
    path: Path,
    *,
    outcome: str | None = None,
    role: str | None = None,
) -> Path:
    """Write findings to a GeoPackage, GeoJSON or CSV file; every row carries the site's notice.

    Where sensitive birds are is generalised unless ``role`` may see it (None: anybody).
    """
    where = {"site": site.id} | ({} if outcome is None else {"outcome": outcome})
    found = findings_for_role(store.read("findings", where), site, role)
    notice = notice_for(found, site)
    return export(FINDINGS, found, path, notice=notice, store_path=store.path)


def notice_for(findings: pd.DataFrame, site: Site) -> Text | None:
    """Return what every reader of these findings must be told of the zones.

    Rule of decision: one row of exercise mode is enough for the notice to say so.
    """
    exercise = bool((findings["zone_basis"] == "exercise").any())
    return notice_of(site, zone_basis(site, assume_schematic=exercise))


def explain_finding(
    store: Store, site: Site, finding_id: str, *, lang: Lang, role: str | None = None
) -> dict[str, Any]:
    """Return one finding with its explanation, facts and notice, as a role may see it, JSON-ready.

    Raises
    ------
    InputError
        There is no such finding.
    """
    found = get_finding(store, finding_id)
    held = store.read("findings", {"finding_id": found["finding_id"]})
    row = rows_of(findings_for_role(held, site, role))[0]
    basis = str(row["zone_basis"])
    return finding_json(row, lang, notice=notice_of(site, basis))


def sheet_of(store: Store, site: Site, *, lang: Lang, role: str | None = None) -> str:
    """Return the findings of the site as one HTML document (open and verified ones)."""
    held = store.read("findings", {"site": site.id, "status": ["open", "verified"]})
    findings = findings_for_role(held, site, role)
    used = sorted({str(s) for s in findings["source_id"].dropna()})
    sources = store.read("sources", {"site": site.id})
    notice, names = notice_for(findings, site), _names(findings, site)
    sheet = Sheet(site.name, notice, site.digest, names, site.timezone)
    listed = sources[sources["source_id"].isin(used)]
    return findings_sheet(findings, sheet, sources=listed, lang=lang)


def _names(findings: pd.DataFrame, site: Site) -> dict[str, Text]:
    """Return words for every id that the findings may show."""
    words = Words(site.vocabulary, site.config.zone_titles)
    names: dict[str, Text] = dict(site.config.zone_titles)
    names |= {key: activity.name for key, activity in site.vocabulary.activities.items()}
    names |= {key: fact.question for key, fact in site.vocabulary.facts.items()}
    for key, fact in site.vocabulary.facts.items():
        names |= {f"{key}={choice}": name for choice, name in fact.choices.items()}
    names |= {key: record.name for key, record in site.vocabulary.records.items()}
    names |= {rule.id: rule.rule.title for rule in site.regulations.rules}
    names |= rule_titles()
    for missing in {str(m) for m in findings["missing"].dropna()}:
        names |= {name: missing_name(name) or words.name(name) for name in json.loads(missing)}
    return names


def write_sheet(
    store: Store, site: Site, path: Path, *, lang: Lang, role: str | None = None
) -> Path:
    """Write the findings sheet to a new or existing HTML file.

    Raises
    ------
    InputError
        The folder does not exist, or the path is a folder.
    """
    if path.is_dir() or not path.parent.is_dir():
        raise InputError(text("无法写入 {p}", "cannot write {p}").fill(p=path))
    path.write_text(sheet_of(store, site, lang=lang, role=role), encoding="utf-8")
    return path
