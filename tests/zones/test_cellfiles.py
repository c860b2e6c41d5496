"""A stored index: the same answers; anything damaged, foreign or forged is made anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from wetland.zones.cellfiles import load_index, polygons_digest, save_index
from wetland.zones.cellindex import CellIndex

BOW = MultiPolygon([Polygon([(0, 0), (60, 60), (60, 0), (0, 60)]), box(20, 20, 70, 70)])
ZONES = [box(0, 0, 100, 100), Polygon([(50, 50), (220, 80), (120, 200)]), BOW, None]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    save_index(CellIndex.build(ZONES), tmp_path / "index.npz")
    assert [p.name for p in tmp_path.iterdir()] == ["index.npz"]
    return tmp_path / "index.npz"


def places() -> tuple[Any, Any]:
    x, y = np.meshgrid(np.linspace(-10, 230, 97), np.linspace(-10, 230, 97))
    return x.ravel(), y.ravel()


def test_the_same_answers(stored: Path) -> None:
    made, found = CellIndex.build(ZONES), load_index(stored, ZONES)
    assert found is not None
    assert found.foreign.tolist() == [2]
    x, y = places()
    np.testing.assert_array_equal(found.covers(x, y), made.covers(x, y))
    save_index(found, stored)  # with the sets that were named since
    again = load_index(stored, ZONES)
    assert again is not None
    assert again.sets == found.sets
    np.testing.assert_array_equal(again.covers(x, y), made.covers(x, y))


def test_of_other_zones_or_missing(stored: Path) -> None:
    assert load_index(stored, [*ZONES[:3], box(0, 0, 1, 1)]) is None
    assert load_index(stored, ZONES[::-1]) is None
    assert load_index(stored.with_name("other.npz"), ZONES) is None
    assert polygons_digest([None]) != polygons_digest([])


def test_no_damaged_byte_gives_another_answer(stored: Path) -> None:
    whole = stored.read_bytes()
    wanted = CellIndex.build(ZONES).covers(*places())
    rng = np.random.default_rng(3)
    for at in rng.integers(0, len(whole), 60):
        broken = bytearray(whole)
        broken[at] ^= 1 << int(rng.integers(0, 8))
        stored.write_bytes(bytes(broken))
        found = load_index(stored, ZONES)  # a byte that no reader looks at may be any
        if found is not None:
            np.testing.assert_array_equal(found.covers(*places()), wanted)
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        stored.write_bytes(whole[:size])
        assert load_index(stored, ZONES) is None
    stored.write_bytes(b"not a zip")
    assert load_index(stored, ZONES) is None


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("format", 0, 99),
        ("codes", 5_000, 10_000_000),
        ("codes", 5_000, -1_000_000_000),
        ("codes", 0, 1),
        ("words", 0, 1 << 30),
        ("words", 0, -5),
        ("words", 1, 1 << 30),
        ("words", 8, 1 << 30),
        ("words", 1, -1),
        ("set_start", 1, 5),
        ("set_members", 0, 77),
        ("foreign", 0, 4),
        ("grid", 4, 3),
        ("grid", 2, float("nan")),
    ],
)
def test_a_forged_file_is_not_followed(stored: Path, name: str, place: int, value: float) -> None:
    with np.load(stored) as file:
        parts = {key: file[key] for key in file.files}
    parts[name][place] = value
    np.savez(stored, allow_pickle=False, **parts)
    assert load_index(stored, ZONES) is None


def test_a_set_that_is_not_there_is_not_followed(stored: Path) -> None:
    with np.load(stored) as file:
        parts = {key: file[key] for key in file.files}
    parts["words"][4 + 5 * parts["words"][0]] = 1 << 20
    np.savez(stored, allow_pickle=False, **parts)
    assert load_index(stored, ZONES) is None


def test_objects_and_other_arrays_are_refused(stored: Path) -> None:
    with np.load(stored) as file:
        parts = {key: file[key] for key in file.files}
    for name, other in (("codes", parts["codes"].astype(np.int64)), ("grid", np.zeros(3))):
        np.savez(stored, allow_pickle=False, **{**parts, name: other})
        assert load_index(stored, ZONES) is None
    objects = np.array([{"a": 1}], dtype=object)
    np.savez(stored, **{**parts, "codes": objects})
    assert load_index(stored, ZONES) is None
    np.savez(stored, codes=parts["codes"])
    assert load_index(stored, ZONES) is None
