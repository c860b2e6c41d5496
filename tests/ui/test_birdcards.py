"""Findings of birds on the pages: by their own names, without zones, law or fine."""

from __future__ import annotations

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from tests.birds.birdrows import WINTER, listed, one_visit_each, species
from tests.ui.conftest import shown
from wetland.birds.alerts import AlertSettings
from wetland.birds.detect import BirdSettings, bird_findings
from wetland.reports.findings import rows_of

SETTINGS = BirdSettings(season=WINTER, season_id="winter", alerts=AlertSettings(draws=30))


def _cards(rows: list[dict], lang: str) -> None:
    import streamlit as st

    from wetland.sites.load import open_site
    from wetland.ui import cards, finding_card
    from wetland.ui.findings import _row

    st.session_state["lang"] = lang
    site = open_site("xixi")
    for number, row in enumerate(rows):
        cards.show(finding_card.card_of(site, row), key=f"card-{number}")
        st.text(" | ".join(str(value) for value in _row(site, row).values()))


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ("鸟类数量下降", "达到拉姆萨尔 1% 标准", "人工核实", "高度预警", "可能性", "合成")),
        ("en", ("decline of a bird's numbers", "Ramsar 1 % criterion met", "high alert",
                "confirmation by a person", "likelihood that the decline", "invented")),
    ],
)  # fmt: skip
def test_a_finding_of_birds_is_shown_by_its_own_words(lang: str, said: tuple[str, ...]) -> None:
    counts = {f"p{k}": [500 * (k + 1) * 0.85**year for year in range(12)] for k in range(4)}
    records, surveys = one_visit_each(counts)
    known = listed(species(name_zh="豆雁", name_en="Bean Goose", one_percent=300))
    found = bird_findings(records, surveys, known, site="xixi", pack_digest="d",
                          as_of=dt.date(2022, 6, 1), settings=SETTINGS)  # fmt: skip
    page = AppTest.from_function(_cards, args=(rows_of(found), lang), default_timeout=60).run()
    assert not page.exception
    whole = shown(page)
    for word in said:
        assert word in whole
    assert "罚款" not in whole
