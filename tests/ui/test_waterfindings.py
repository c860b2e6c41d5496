"""Findings of water on the pages: by their own names, without zones, law or fine."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import shown
from wetland.operations.stores import open_store
from wetland.operations.waterfiles import import_water
from wetland.operations.waterscreen import screen_water
from wetland.reading.files import Given
from wetland.reports.findings import rows_of
from wetland.sites.load import open_site

WORDS = """station,date,ph,do (mg/L),codmn (mg/L),nh3n (mg/L),tp (mg/L)
EX-R1,2024-05-10,7.4,7,3,1.8,0.1
EX-R2,2024-05-10,7.4,7,3,0.3,
"""


def _cards(rows: list[dict], lang: str) -> None:
    import streamlit as st

    from wetland.sites.load import open_site
    from wetland.ui import cards, finding_card
    from wetland.ui.findings import _row, searched

    st.session_state["lang"] = lang
    site = open_site("xixi")
    for number, row in enumerate(rows):
        cards.show(finding_card.card_of(site, row), key=f"card-{number}")
        st.text(" | ".join(str(value) for value in _row(site, row).values()))
        st.text(searched(site, row))


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    site = open_site("xixi")
    path = tmp_path_factory.mktemp("cards") / "x.gpkg"
    with open_store(path, site) as store:
        import_water(store, site, Given.of_bytes("w.csv", WORDS.encode()), actor="t")
        screen_water(store, site, actor="t")
        return rows_of(store.read("findings"))


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ["水质劣于目标类别", "GB 3838-2002", "还缺：总磷", "示例断面一"]),
        ("en", ["water worse than its target class", "total phosphorus", "invented"]),
    ],
)
def test_a_finding_of_water_is_shown_by_its_own_words(
    rows: list[dict], lang: str, said: list[str], tmp_path: Path
) -> None:
    assert {row["outcome"] for row in rows} == {"broken", "undecided"}
    page = AppTest.from_function(_cards, args=(rows, lang), default_timeout=60).run()
    assert not page.exception
    words = shown(page)
    for word in said:
        assert word in words
    for absent in ("不在场地包", "no longer in the site pack", "禁止", "prohibition", "None", "nan",
                   "likelihood to be where the rule holds", "条号未见"):  # fmt: skip
        assert absent not in words
