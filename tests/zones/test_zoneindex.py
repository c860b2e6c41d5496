"""The index of a layer: made once for all layers that share shapes, stored, found again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import box

from wetland.base.texts import text
from wetland.zones.model import Zone, ZoneLayer
from wetland.zones.projection import project
from wetland.zones.zoneindex import index_of, kept_index


def layer() -> ZoneLayer:
    def zone(name: str, west: float, valid_from: dt.date | None = None) -> Zone:
        geometry = box(west, 30.2, west + 0.01, 30.21)
        return Zone(name, "protection", text(name, name), geometry, schematic=False,
                    positional_accuracy_m=1, source="drawn", valid_from=valid_from)  # fmt: skip

    return ZoneLayer([zone("a", 120.0), zone("b", 120.005, dt.date(2020, 1, 1))], 4549)


def test_made_once_for_layers_that_share_their_shapes() -> None:
    all_ = layer()
    assert index_of(all_) is index_of(all_.on(None))
    assert index_of(all_) is index_of(all_.on(dt.date(2021, 1, 1)))
    assert len(index_of(all_.on(dt.date(2019, 1, 1)))) == 1
    assert index_of(layer()) is not index_of(all_)


def test_it_answers_as_the_shapes_do() -> None:
    zones = layer()
    x, y = project(*np.random.default_rng(1).uniform((119.99, 30.19), (120.03, 30.22), (500, 2)).T,
                   zones.crs_epsg)  # fmt: skip
    wanted = [shapely.intersects_xy(zones.shape(zone).polygon, x, y) for zone in zones]
    np.testing.assert_array_equal(index_of(zones).covers(x, y), np.column_stack(wanted))


def test_stored_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "new" / ".index"
    first, found = kept_index(layer(), folder)
    assert not found
    again = layer()
    second, found = kept_index(again, folder)
    assert found
    assert second is index_of(again)
    assert second.sets == first.sets
    [file] = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-100])
    third, found = kept_index(layer(), folder)
    assert not found
    assert third.sets == first.sets
    assert kept_index(layer(), folder)[1]


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    zones = layer()
    with pytest.raises(OSError, match="file"):
        kept_index(zones, tmp_path / "file" / "sub")
    assert tuple(zones.indexes) == (("a", "b"),)  # made, all the same
