"""Counts at plots from files: what is read, what is kept aside, what is refused."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from numpy.testing import assert_array_equal

from tests.birds.trimcases import table_of
from wetland.base.errors import InputError
from wetland.birds.trimreading import CountOptions, read_counts

DATA = Path(__file__).parent / "data" / "trim"


def written(folder: Path, words: str, encoding: str = "utf-8") -> Path:
    path = folder / "counts.csv"
    path.write_bytes(words.encode(encoding))
    return path


def test_a_file_is_the_same_table() -> None:
    call = {"months": False, "covariates": ["habitat"], "weights": "weight"}
    wanted = table_of({"data": "sim_b.csv", "call": call}, DATA)
    options = CountOptions(covariates=("habitat",), weights="weight")
    table, problems = read_counts(DATA / "sim_b.csv", options)
    assert not len(problems)
    assert table.sites == wanted.sites
    assert_array_equal(table.counts, wanted.counts)
    assert_array_equal(table.weights, wanted.weights)
    assert table.covariates[0].categories == ("pond", "reed", "riparian")
    assert_array_equal(table.covariates[0].codes, wanted.covariates[0].codes)


def test_months_are_read_without_being_asked_for() -> None:
    table, problems = read_counts(DATA / "sim_monthly_a.csv")
    assert table.monthly
    assert table.counts.shape == (10, 6, 8)
    assert not len(problems)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_headers(tmp_path: Path, encoding: str) -> None:
    words = "样点,年份,数量\n莲花滩,2020年,3\n莲花滩,２０２１,5\n秋雪庵,2020,\n秋雪庵,2021,4\n"
    table, problems = read_counts(written(tmp_path, words, encoding))
    assert not len(problems)
    assert set(table.sites) == {"莲花滩", "秋雪庵"}
    assert table.counts[table.sites.index("莲花滩"), 0].tolist() == [3, 5]
    assert math.isnan(table.counts[table.sites.index("秋雪庵"), 0, 0])


def test_wrong_rows_are_kept_aside(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "site,year,count,habitat,w\n"
        "a,2020,3,reed,1\n"
        "a,2021,many,reed,1\n"
        "a,2021,-2,reed,1\n"
        "a,2021.5,2,reed,1\n"
        ",2021,2,reed,1\n"
        "a,,2,reed,1\n"
        "a,2020,9,reed,1\n"
        "a,2022,9,pond,1\n"
        "a,2022,9,,1\n"
        "a,2022,9,reed,0\n"
        "a,2022,inf,reed,1\n"
        "a,2022,7,reed,1\n"
        "b,2020,1,pond,2\n"
        "b,2022,2,pond,2\n",
    )
    table, problems = read_counts(path, CountOptions(covariates=("habitat",), weights="w"))
    assert [(p.row, p.code) for p in problems.items] == [
        (3, "bad_count"), (4, "bad_count"), (5, "bad_time"), (6, "site_missing"),
        (7, "time_missing"), (8, "count_again"), (9, "covariate_changes"),
        (10, "covariate_missing"), (11, "bad_weight"), (12, "bad_count"),
    ]  # fmt: skip
    assert problems.items[0].value == "many"
    assert "row 2" in problems.items[5].message.en
    assert table.counts[:, 0, [0, 2]].tolist() == [[3, 7], [1, 2]]


def test_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column count; there are: site, year, n"):
        read_counts(written(tmp_path, "site,year,n\na,2020,3\n"))
    with pytest.raises(InputError, match="no column habitat"):
        read_counts(
            written(tmp_path, "site,year,count\na,2020,3\n"), CountOptions(covariates=("habitat",))
        )
    with pytest.raises(InputError, match="no row can be used"):
        read_counts(written(tmp_path, "site,year,count\na,2020,many\n"))
    with pytest.raises(InputError, match="only one site"):
        read_counts(written(tmp_path, "site,year,count\npark,2020,3\npark,2021,4\n"))
