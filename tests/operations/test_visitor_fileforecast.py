"""Forecasts of a file: holidays of the site are for the site, and for others where they help."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tests.operations.visitorcases import TODAY
from wetland.base.errors import InputError
from wetland.operations.visitorfileforecast import forecast_of_file
from wetland.reading.files import Given
from wetland.sites.load import Site

FIRST = dt.date(2025, 4, 1)
WEEK = (100, 100, 100, 100, 120, 180, 170)


def file_of(site: Site, series: str, *, follows_holidays: bool) -> Given:
    """Return 400 days of a series that follows the week, or days off."""
    off = {h.day: h.off for h in site.visitors.holidays}
    rows = ["series,time,count"]
    for k in range(400):
        day = FIRST + dt.timedelta(days=k)
        n = WEEK[day.weekday()]
        if follows_holidays and day in off:
            n = 250 if off[day] else 100
        rows.append(f"{series},{day},{n + (k * 7) % 5}")
    return Given.of_bytes("f.csv", "\n".join(rows).encode())


@pytest.fixture(scope="module")
def told(site: Site) -> Callable[..., tuple[list[float], list[str]]]:
    def ask(series: str, *, follows_holidays: bool, calendar: bool | None
            ) -> tuple[list[float], list[str]]:  # fmt: skip
        given = file_of(site, series, follows_holidays=follows_holidays)
        found = forecast_of_file(given, site, freq="day", horizon=7, calendar=calendar,
                                 today=TODAY)  # fmt: skip
        return [row["mean"] for row in found.rows()], [note.en for note in found.notes]

    return ask


def test_days_of_elsewhere_do_not_follow_the_holidays_of_the_site(told) -> None:
    auto, notes = told("BHM", follows_holidays=False, calendar=None)
    plain, _ = told("BHM", follows_holidays=False, calendar=False)
    forced, said = told("BHM", follows_holidays=False, calendar=True)
    assert auto == plain != forced
    assert "not used" in notes[0]
    assert "holidays and events are those of" in said[0]


def test_days_that_do_follow_them_are_forecast_with_them(told) -> None:
    auto, notes = told("another park", follows_holidays=True, calendar=None)
    forced, _ = told("another park", follows_holidays=True, calendar=True)
    assert auto == forced
    assert "holidays and events are those of" in notes[0]


def test_series_of_the_site_are_always_forecast_with_them(told) -> None:
    auto, _ = told("EX-G1", follows_holidays=False, calendar=None)
    forced, _ = told("EX-G1", follows_holidays=False, calendar=True)
    assert auto == forced


def test_without_a_site_nothing_is_known_of_holidays(site: Site) -> None:
    given = file_of(site, "x", follows_holidays=False)
    found = forecast_of_file(given, freq="day", horizon=2, today=TODAY)
    assert found.notes == ()
    assert len(found.rows("en")) == 2
    with pytest.raises(InputError):
        forecast_of_file(given, freq="day", series=["y"], today=TODAY)


def test_a_file_without_a_usable_number_says_what_is_wrong_with_them(site: Site) -> None:
    rows = b"series,time,count\nA,2026-01-01,x\nA,2026-13-01,5\nA,,5\n"
    with pytest.raises(InputError) as caught:
        forecast_of_file(Given.of_bytes("f.csv", rows), site, freq="day", today=TODAY)
    said = caught.value.show("en")
    assert "3 problems" in said
    assert "row 2: not a number" in said
    assert "第 3 行 没有这一天" in caught.value.show("zh")
