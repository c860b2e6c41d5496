"""New packs from any file, surveys that replace drawings: valid when written, or not written."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from tests.sites.packs import feature, write_pack
from wetland.base.errors import InputError, PackError
from wetland.base.texts import text
from wetland.operations.sites import Columns, NewSite, Survey, check_site, init_site, utm_epsg
from wetland.sites.load import open_site
from wetland.sites.make import make_pack
from wetland.sites.survey import replace_zones
from wetland.zones.read import Boundaries

WEST, EAST = box(120.0, 30.0, 120.01, 30.02), box(120.01, 30.0, 120.02, 30.02)
WHOLE = box(120.0, 30.0, 120.02, 30.02)
ALL = Columns(id="id", name_zh="zh", name_en="en", kind="kind")


def boundaries(*shapes: Any, **columns: list[Any]) -> Boundaries:
    return Boundaries(columns, list(shapes), {}, "EPSG:4326")


def about(**changes: Any) -> NewSite:
    given_: dict[str, Any] = {
        "id": "marsh", "name": text("沼泽", "marsh"), "timezone": "Asia/Shanghai",
        "crs_epsg": 4549, "source": "a test", "licence": "CC0-1.0",
    }  # fmt: skip
    return NewSite(**(given_ | changes))


def test_a_new_pack_passes_its_check(tmp_path: Path) -> None:
    drawn = boundaries(
        WEST, EAST, WHOLE,
        id=["A 1", "B", None], zh=["西", "", "全"], en=["West", "East", None],
        kind=["core", "core", "保护区"],
    )  # fmt: skip
    made = init_site(tmp_path / "marsh", drawn, about(), columns=ALL)
    assert made.check.ok
    assert [zone.id for zone in made.zones] == ["a-1", "b", "zone-3"]
    assert [zone.kind for zone in made.zones] == ["core", "core", "kind_1"]
    assert [zone.name for zone in made.zones] == [
        text("西", "West"), text("East", "East"), text("全", "全"),
    ]  # fmt: skip
    assert [zone.nested_in for zone in made.zones] == ["kind_1", "kind_1", None]
    site = open_site(tmp_path / "marsh")
    assert site.config.kinds["kind_1"].name.zh == "保护区"
    gaps = site.regulations.not_covered(dt.date(2024, 5, 1), ["fishing"])
    assert [gap.partly for gap in gaps] == [False]
    assert site.regulations.not_covered(dt.date(1850, 5, 1), ["fishing"])
    assert (tmp_path / "marsh" / "README.md").read_text(encoding="utf-8").startswith("# marsh")


def test_without_columns_everything_is_numbered(tmp_path: Path) -> None:
    made = init_site(tmp_path / "marsh", boundaries(WEST, EAST), about(), columns=Columns())
    assert [(zone.id, zone.kind) for zone in made.zones] == [("zone-1", "zone"), ("zone-2", "zone")]
    assert made.to_json("en")["check"]["ok"] is True


@pytest.mark.parametrize(
    ("drawn", "changes", "columns", "words"),
    [
        ([WEST, box(120.005, 30.0, 120.015, 30.02)], {}, Columns(), "overlaps zone-2 by"),
        ([WEST], {}, Columns(id="ID"), "no column ID"),
        ([WEST], {"id": "Xi Xi"}, Columns(), "cannot name a site"),
        ([WEST], {"crs_epsg": 4326}, Columns(), "not a projected CRS"),
        ([Polygon([(120, 30), (120.1, 30.1), (120.1, 30), (120, 30.1)])], {}, Columns(), "invalid"),
    ],
)
def test_what_would_not_pass_is_not_written(
    tmp_path: Path, drawn: list[Any], changes: Any, columns: Columns, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        make_pack(tmp_path / "marsh", boundaries(*drawn), about(**changes), columns=columns)
    assert not list(tmp_path.iterdir())


def test_a_time_zone_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(PackError) as caught:
        make_pack(tmp_path / "marsh", boundaries(WEST), about(timezone="Mars"), columns=Columns())
    assert "no time zone" in caught.value.show("en")
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "marsh").mkdir()
    (tmp_path / "marsh" / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(InputError, match="exists and is not empty"):
        make_pack(tmp_path / "marsh", boundaries(WEST), about(), columns=Columns())
    (tmp_path / "empty").mkdir()
    make_pack(tmp_path / "empty", boundaries(WEST), about(), columns=Columns())
    assert open_site(tmp_path / "empty").id == "marsh"


WORDS = st.one_of(st.none(), st.text(max_size=12), st.integers(-9, 9), st.floats(-9, 9))


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=2, max_size=2))
def test_any_words_make_a_valid_pack(
    tmp_path_factory: pytest.TempPathFactory, words: list[tuple[Any, Any, Any]]
) -> None:
    ids, names, kinds = (list(column) for column in zip(*words, strict=True))
    drawn = boundaries(WEST, EAST, id=ids, zh=names, en=names, kind=kinds)
    folder = tmp_path_factory.mktemp("pack") / "marsh"
    assert init_site(folder, drawn, about(), columns=ALL).check.ok


def test_the_utm_zone_of_a_place() -> None:
    assert utm_epsg(boundaries(WEST)) == 32651
    assert utm_epsg(boundaries(box(119.9, 30, 119.95, 31))) == 32650
    assert utm_epsg(boundaries(box(-81, 25, -80.5, 26))) == 32617
    assert utm_epsg(boundaries(box(151, -34, 152, -33))) == 32756


# --- surveys

SURVEY = Survey(source="surveyed 2026", accuracy_m=0.5)


def zones_of(folder: Path) -> dict[str, dict[str, Any]]:
    document = json.loads((folder / "zones.geojson").read_text(encoding="utf-8"))
    return {f["properties"]["id"]: f["properties"] for f in document["features"]}


def test_a_boundary_that_always_was_there(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small")
    before = open_site(folder).digest
    done = replace_zones(folder, boundaries(WEST), ["park"], survey=SURVEY)
    assert (done.added, done.closed, done.removed) == (("park-survey",), (), ("park",))
    zones = zones_of(folder)
    assert list(zones) == ["park-survey"]
    assert zones["park-survey"]["schematic"] is False
    assert zones["park-survey"]["valid_from"] == "2011-12-01"
    assert done.digest == open_site(folder).digest != before


def test_a_boundary_that_moves(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small")
    survey = Survey(source="surveyed 2026", accuracy_m=0.5, since=dt.date(2026, 5, 1))
    done = replace_zones(folder, boundaries(WEST, EAST), ["park", "park"], survey=survey)
    assert (done.added, done.closed) == (("park-2026", "park-2026-2"), ("park",))
    zones = zones_of(folder)
    assert zones["park"]["valid_to"] == zones["park-2026"]["valid_from"] == "2026-05-01"
    assert zones["park"]["schematic"] is True
    assert check_site(folder).ok
    layer = open_site(folder).zones
    assert [z.id for z in layer.on(dt.date(2026, 4, 30))] == ["park"]
    assert [z.id for z in layer.on(dt.date(2026, 5, 1))] == ["park-2026", "park-2026-2"]


@pytest.mark.parametrize(
    ("drawn", "kinds", "since", "words"),
    [
        ([WEST], ["meadow"], None, "no kind meadow"),
        ([WEST], ["park"], dt.date(2011, 12, 1), "no zone without end"),
        ([WEST, WHOLE], ["park", "park"], None, "would not fit"),
    ],
)
def test_a_survey_that_does_not_fit_changes_nothing(
    tmp_path: Path, drawn: list[Any], kinds: list[str], since: Any, words: str
) -> None:
    folder = write_pack(tmp_path / "small", feature())
    before = (folder / "zones.geojson").read_bytes()
    survey = Survey(source="s", accuracy_m=1, since=since)
    with pytest.raises(InputError, match=words):
        replace_zones(folder, boundaries(*drawn), kinds, survey=survey)
    assert (folder / "zones.geojson").read_bytes() == before
    assert not list(folder.glob("*.new"))
