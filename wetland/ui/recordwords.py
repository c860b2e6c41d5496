"""What a record is called, wherever it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetland.sites.load import Site
from wetland.ui.language import say


def tip_of(site: Site, row: Mapping[str, Any]) -> str:
    """Return the tooltip of a record on a map: its identifier and kind."""
    return f"{str(row['record_id'])[:40]} · {kind_of(site, row)}"


def kind_of(site: Site, row: Mapping[str, Any]) -> str:
    """Return the name of the kind of a record."""
    kind = site.vocabulary.records.get(str(row["kind"]))
    return say(kind.name) if kind is not None else str(row["kind"])
