"""The forms that change and revoke a record, shown on their own."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from wetland.operations.stores import open_store
from wetland.sites.load import open_site


def _forms(address: str, record_id: str) -> None:
    import streamlit as st

    from wetland.operations.stores import open_store
    from wetland.reports.findings import rows_of
    from wetland.sites.load import open_site
    from wetland.ui import recordforms

    st.session_state.setdefault("lang", "en")
    st.session_state.setdefault("actor", "Li")
    site = open_site("xixi")
    with open_store(address, site) as store:
        [row] = rows_of(store.read("records", {"record_id": record_id}))
        recordforms.show_change(site, store, row)


@pytest.fixture
def store(demo_store: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(demo_store, tmp_path / "xixi.gpkg"))


def _open(store: Path, record_id: str) -> AppTest:
    return AppTest.from_function(_forms, args=(str(store), record_id), default_timeout=60).run()


def _row(store: Path, record_id: str) -> dict:
    with open_store(store, open_site("xixi")) as opened:
        row = opened.read("records", {"record_id": record_id}).iloc[0].to_dict()
        row["trail"] = opened.audit(table="records", key=record_id)
        assert opened.verify().ok
    return row


def test_a_change_needs_a_reason_and_is_in_the_trail(store: Path) -> None:
    app = _open(store, "P-005")
    app.date_input(key="c-last-P-005").set_value(dt.date(2025, 6, 30)).run()
    app.button(key="c-save-P-005").click().run()
    assert "reason" in app.error[0].value
    app.text_input(key="c-reason-P-005").set_value("extended").run()
    app.button(key="c-save-P-005").click().run()
    assert not app.error
    row = _row(store, "P-005")
    assert row["valid_to"] == dt.date(2025, 7, 1)
    assert row["status"] == "changed"
    assert row["trail"]["actor"].tolist()[-1] == "Li"
    assert "extended" in row["trail"]["reason"].tolist()[-1]


def test_a_revoked_record_no_longer_holds_and_offers_nothing(store: Path) -> None:
    app = _open(store, "N-004")
    app.date_input(key="v-on-N-004").set_value(dt.date(2024, 1, 1)).run()
    app.text_input(key="v-reason-N-004").set_value("fire risk").run()
    app.button(key="v-save-N-004").click().run()
    assert not app.error
    row = _row(store, "N-004")
    assert (row["status"], row["revoked_on"]) == ("revoked", dt.date(2024, 1, 1))
    assert not _open(store, "N-004").button


def test_a_record_that_was_revoked_offers_nothing(store: Path) -> None:
    assert not _open(store, "P-004").button
