"""What goes in comes out, in one transaction or not at all, on both back ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pandas.testing as pdt
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.tables import AT, NOTES, THINGS, things
from wetland.base.checks import coerce
from wetland.base.errors import InputError, StoreBusy, StoreError
from wetland.store import Span, Store, Written

WHO = {"actor": "陈工", "reason": "test"}
Opener = Callable[..., Store]


def write(store: Store, frame: pd.DataFrame, table: str = "things") -> Written:
    with store.transaction(**WHO) as tx:
        return tx.write(table, frame)


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Compare tables; geometries by their coordinates, bit by bit."""
    for name in [c.name for c in THINGS.columns if c.kind == "geometry"]:
        assert [g and shapely.to_wkb(g) for g in left[name]] == [
            g and shapely.to_wkb(g) for g in right[name]
        ]
        left, right = left.drop(columns=name), right.drop(columns=name)
    pdt.assert_frame_equal(left, right, check_exact=True)


# --- round trip -------------------------------------------------------------------------------

lon = st.floats(-180, 180, allow_subnormal=False)
lat = st.floats(-90, 90, allow_subnormal=False)
spots = st.tuples(lon, lat)


def _box(spot: tuple[float, float]) -> shapely.Polygon:
    west, south = spot[0] / 2, spot[1] / 2
    return shapely.box(west, south, west + 1, south + 1)


polygons = spots.map(_box) | spots.map(lambda s: _box(s).difference(_box(s).buffer(-0.3)))
simple = (
    spots.map(shapely.Point)
    | st.lists(spots, min_size=2, max_size=5).map(shapely.LineString)
    | polygons
    | st.lists(spots, min_size=1, max_size=4).map(shapely.MultiPoint)
    | st.lists(
        st.lists(spots, min_size=2, max_size=3).map(shapely.LineString), min_size=1, max_size=3
    ).map(shapely.MultiLineString)
    | st.lists(polygons, min_size=1, max_size=2).map(
        lambda p: shapely.MultiPolygon([q for q in p if q.geom_type == "Polygon"])
    )
    | st.sampled_from(
        [
            shapely.from_wkt(f"{kind} EMPTY")
            for kind in (
                "POINT",
                "LINESTRING",
                "POLYGON",
                "MULTIPOINT",
                "MULTILINESTRING",
                "MULTIPOLYGON",
                "GEOMETRYCOLLECTION",
            )
        ]
    )
)
geometries = simple | st.lists(simple, max_size=3).map(shapely.GeometryCollection)
words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30
) | st.sampled_from(
    ["杭州西溪国家湿地公园", "䴙䴘 鸊鷉", "O'Brien; DROP TABLE things", "=1+1", "%s :x {y}"]
)
instants = st.datetimes(
    dt.datetime.fromisoformat("0001-01-02"),
    dt.datetime.fromisoformat("9999-12-30"),
    timezones=st.just(dt.UTC),
)
rows = st.fixed_dictionaries(
    {
        "words": st.none() | words,
        "limit": st.none() | st.integers(-(2**63), 2**63 - 1),
        "value": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "flag": st.none() | st.booleans(),
        "seen_on": st.none() | st.dates(),
        "seen_at": st.none() | instants,
        "place": st.none() | geometries,
        "more": st.none() | st.dictionaries(words, words, max_size=2),
    }
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(rows, min_size=1, max_size=8), st.integers(0, 2**40))
def test_every_kind_comes_back_as_it_went_in(
    store: Store, batch: list[dict[str, object]], number: int
) -> None:
    """Instants are cut to milliseconds; all else comes back bit by bit, and the digests hold."""
    frame = pd.DataFrame(
        [{"thing_id": f"{number}-{n}", **row} for n, row in enumerate(batch)], dtype=object
    )
    wanted = coerce(THINGS, frame)
    wanted["seen_at"] = wanted["seen_at"].dt.floor("ms")
    write(store, frame)
    held = store.read("things", {"thing_id": list(frame["thing_id"])})
    assert_same(held, wanted)
    assert write(store, held) == Written(unchanged=len(frame))


def test_the_round_trips_left_a_sound_store(store: Store) -> None:
    write(store, things(20))
    assert store.verify().ok


def test_heights_are_taken_off_and_rings_become_lines(store: Store) -> None:
    frame = things(2)
    frame["place"] = [shapely.Point(120, 30, 7), shapely.LinearRing([(0, 0), (1, 0), (1, 1)])]
    write(store, frame)
    assert [g.wkt for g in store.read("things")["place"]] == [
        "POINT (120 30)",
        "LINESTRING (0 0, 1 0, 1 1, 0 0)",
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("words", "a\x00b"), ("words", "\ud800"), ("value", float("inf")), ("limit", 2**63),
        ("place", shapely.Point(200, 30)), ("place", "POINT (1 1)"), ("more", "{"),
        ("seen_at", AT.replace(tzinfo=None)), ("seen_on", "05-01"), ("thing_id", None),
    ],
)  # fmt: skip
def test_a_wrong_value_stops_the_whole_write(store: Store, column: str, value: object) -> None:
    frame = things(3).astype(object)
    frame.at[1, column] = value
    with pytest.raises(InputError):
        write(store, frame)
    assert store.count("things") == 0
    assert store.head().seq == 1  # the migration that made the table


def test_an_empty_table_can_be_written_and_read(store: Store) -> None:
    assert write(store, things(0)) == Written()
    held = store.read("things")
    assert held.empty
    assert list(held.columns) == THINGS.names
    assert str(held["seen_at"].dtype) == "datetime64[us, UTC]"
    assert str(held["limit"].dtype) == "Int64"


# --- upsert and idempotence --------------------------------------------------------------------


def test_the_same_rows_twice_change_nothing(store: Store) -> None:
    assert write(store, things(50)) == Written(added=50)
    head = store.head()
    assert write(store, things(50)) == Written(unchanged=50)
    assert store.head() == head
    assert len(store.audit()) == 51


def test_a_changed_row_is_changed_once_and_keeps_its_place(store: Store) -> None:
    write(store, things(5))
    changed = things(1, start=2, words="夜鹭")
    assert write(store, changed) == Written(changed=1)
    held = store.read("things")
    assert held["words"].tolist() == ["白鹭 egret"] * 2 + ["夜鹭"] + ["白鹭 egret"] * 2
    entries = store.audit(table="things", key="t000002")
    assert entries["action"].tolist() == ["add", "change"]
    assert entries["before_digest"].iloc[1] == entries["after_digest"].iloc[0]
    assert entries["actor"].tolist() == ["陈工"] * 2


def test_a_column_that_is_not_given_is_missing_in_the_row_written(store: Store) -> None:
    write(store, things(1))
    write(store, things(1)[["thing_id", "words"]])
    assert pd.isna(store.read("things")["value"].iloc[0])


def test_rows_of_one_key_that_differ_are_refused(store: Store) -> None:
    both = pd.concat([things(1), things(1, words="夜鹭")])
    with pytest.raises(InputError, match="t000000"):
        write(store, both)
    assert write(store, pd.concat([things(1), things(1)])) == Written(added=1)


def test_more_rows_than_one_chunk(store: Store) -> None:
    seen: list[int] = []
    with store.transaction(**WHO) as tx:
        assert tx.write("things", things(12_000), progress=seen.append) == Written(added=12_000)
    assert seen == [5_000, 10_000, 12_000]
    assert store.count("things") == 12_000
    assert store.audit()["seq"].tolist() == list(range(1, 12_002))


# --- transactions ------------------------------------------------------------------------------


def test_an_error_leaves_nothing(store: Store) -> None:
    write(store, things(3))
    head = store.head()

    def fail_half_way() -> None:
        with store.transaction(**WHO) as tx:
            tx.write("things", things(10, start=100))
            assert len(tx.read("things")) == 13
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert store.count("things") == 3
    assert store.head() == head
    assert store.verify().ok


def test_a_transaction_within_a_transaction_is_refused_at_once(store: Store) -> None:
    with store.transaction(**WHO), pytest.raises(StoreError, match="already"):
        write(store, things(1))


@pytest.mark.parametrize("who", [{"actor": " ", "reason": "x"}, {"actor": "x", "reason": ""}])
def test_nobody_writes_without_name_and_reason(store: Store, who: dict[str, str]) -> None:
    with pytest.raises(InputError), store.transaction(**who):
        pass


def test_a_reader_sees_the_old_rows_while_another_writes(
    url: str, store: Store, open_store: Opener
) -> None:
    other = open_store(url)
    write(store, things(3))
    with store.transaction(**WHO) as tx:
        tx.write("things", things(5, start=10))
        assert other.count("things") == 3
    assert other.count("things") == 8


def test_a_second_writer_waits_and_then_says_so(url: str, store: Store, open_store: Opener) -> None:
    impatient = open_store(url, wait_s=0.3)
    with store.transaction(**WHO), pytest.raises(StoreBusy) as refused:
        write(impatient, things(1))
    assert "等了 0.3 秒" in refused.value.show("zh")
    assert "waited 0.3 s" in refused.value.show("en")
    assert write(impatient, things(1)) == Written(added=1)


# --- reading -----------------------------------------------------------------------------------


def test_rows_are_chosen_by_column(store: Store) -> None:
    frame = things(10)
    frame.loc[3, "words"] = None
    write(store, frame)
    read = lambda where: store.read("things", where)["limit"].tolist()  # noqa: E731
    assert read({"limit": 4}) == [4]
    assert read({"limit": [7, 1]}) == [1, 7]
    assert read({"limit": []}) == []
    assert read({"words": None}) == [3]
    assert read({"limit": Span(2, 5)}) == [2, 3, 4]
    assert read({"limit": Span(since=8), "flag": True}) == [9]
    assert read({"seen_on": Span(until=dt.date(2024, 2, 29))}) == []
    assert len(read({"seen_at": AT})) == 10
    with pytest.raises(InputError):
        read({"nothing": 1})


def test_rows_are_chosen_by_place_through_the_index(store: Store) -> None:
    """The same rows as comparing all boxes one by one, edges included."""
    rng = np.random.default_rng(1)
    frame = things(400)
    corners = rng.uniform((119, 29), (121, 31), (400, 2))
    frame["place"] = [shapely.box(x, y, x + 0.05, y + 0.02) for x, y in corners]
    frame.loc[0, "place"] = None
    frame.loc[1, "place"] = shapely.Polygon()
    write(store, frame)
    for box in ((119.5, 29.5, 120.0, 30.0), frame["place"][7].bounds, (0.0, 0.0, 1.0, 1.0)):
        near = shapely.box(*box)
        wanted = [
            t for t, g in zip(frame["thing_id"], frame["place"], strict=True)
            if g is not None and not g.is_empty and shapely.box(*g.bounds).intersects(near)
        ]  # fmt: skip
        assert store.read("things", within=box)["thing_id"].tolist() == wanted


def test_a_table_without_places_says_so(url: str, open_store: Opener) -> None:
    with pytest.raises(InputError, match="places"):
        open_store(url, schemas=[NOTES]).read("notes", within=(0, 0, 1, 1))


def test_an_unknown_table_is_an_error(store: Store) -> None:
    with pytest.raises(StoreError, match="nothing"):
        store.read("nothing")
