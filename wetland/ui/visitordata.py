"""The visitors of the site of this session and the answers about them, each worked out once.

An answer is kept under the version of the visitor tables and of the pack, and the day. Kept frames
are read, never changed.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import streamlit as st

from wetland.operations import visitoranswers as answers
from wetland.operations import visitorbalance, visitorforecast, visitorparking, visitorseries
from wetland.operations import visitors as operations
from wetland.operations.visitoranswers import CapacityOfArea, Loads, Per
from wetland.operations.visitorbalance import Balance
from wetland.operations.visitorforecast import Forecasts, Freq
from wetland.operations.visitors import VisitorData
from wetland.sites.load import Site
from wetland.store import Store
from wetland.ui import session

if TYPE_CHECKING:
    import pandas as pd

    from wetland.visitors.balance import Per as BalancePer
    from wetland.visitors.parkingrows import ParkingAdvice

TABLES = ("visitor_counts", "parking_readings", "sources")
BESIDE = ("bird_surveys", "bird_records", "water_results", "water_stations", "findings")


def version() -> str:
    """Return what changes whenever the visitors of this session may answer otherwise."""
    return session.version_of(TABLES)


@st.cache_resource(show_spinner=False, max_entries=4)
def _data(version: str, _store: Store, _site: Site) -> VisitorData:
    del version  # the key
    return operations.visitors_of_store(_store, _site)


def data() -> VisitorData | None:
    """Return the visitors of this site, or None where nothing is stored."""
    store = session.store()
    if store is None:
        return None
    held = _data(version(), store, session.site())
    return held if len(held.counts) or len(held.parking) else None


@st.cache_resource(show_spinner=False, max_entries=24)
def _loads(version: str, day: dt.date, _held: VisitorData) -> Loads:
    del version
    return answers.load_of(_held, day=day)


def loads(held: VisitorData, day: dt.date) -> Loads:
    """Return the load of every area on a day, and at one time.

    Of the last day that is the last moment known, of an earlier one each area's fullest moment.
    """
    return _loads(version(), day, held)


@st.cache_resource(show_spinner=False, max_entries=4)
def _calendar(version: str, _held: VisitorData) -> pd.DataFrame:
    del version
    return answers.calendar_of(_held)


def calendar(held: VisitorData) -> pd.DataFrame:
    """Return the daily load of every area on every day of the counts."""
    return _calendar(version(), held)


@st.cache_resource(show_spinner=False, max_entries=16)
def _compared(version: str, area: str, per: Per, _held: VisitorData) -> pd.DataFrame:
    del version
    return answers.compare_of(_held, per=per, area=area)


def compared(held: VisitorData, area: str, per: Per) -> pd.DataFrame:
    """Return an area's visitors beside the period before and the year before."""
    return _compared(version(), area, per, held)


@st.cache_resource(show_spinner=False, max_entries=12)
def _forecast(
    version: str, place: str, measure: str, freq: Freq, horizon: int, _held: VisitorData
) -> Forecasts:
    del version
    return visitorforecast.forecast_of(
        _held, freq=freq, horizon=horizon, places=[place], measure=measure
    )


def forecast(held: VisitorData, place: str, measure: str, freq: Freq, horizon: int) -> Forecasts:
    """Return the forecast of what was counted at a place.

    Raises
    ------
    InputError
        Too little is known of it; the error says what is needed.
    """
    return _forecast(version(), place, measure, freq, horizon, held)


@st.cache_resource(show_spinner=False, max_entries=12)
def _series(version: str, place: str, measure: str, freq: Freq, _held: VisitorData) -> pd.DataFrame:
    del version
    return visitorseries.tidy_of(_held, freq=freq, places=[place], measure=measure)


def series(held: VisitorData, place: str, measure: str, freq: Freq) -> pd.DataFrame:
    """Return what was counted at a place, as a tidy table of local times.

    Raises
    ------
    InputError
        Nothing was counted there in steps that are fine enough.
    """
    return _series(version(), place, measure, freq, held)


@st.cache_resource(show_spinner=False, max_entries=4)
def _board(version: str, _held: VisitorData) -> pd.DataFrame:
    del version
    return visitorparking.board_of(_held)


def board(held: VisitorData) -> pd.DataFrame:
    """Return the board of the car parks at the latest reading."""
    return _board(version(), held)


@st.cache_resource(show_spinner=False, max_entries=24)
def _advice(version: str, gate: str, at: dt.datetime, _held: VisitorData) -> ParkingAdvice:
    del version
    return visitorparking.parking_of(_held, gate=gate, at=at)


def advice(held: VisitorData, gate: str, at: dt.datetime) -> ParkingAdvice:
    """Return where to stop for a gate when arriving at a moment."""
    return _advice(version(), gate, at, held)


@st.cache_resource(show_spinner=False, max_entries=24)
def _capacities(version: str, day: dt.date, _held: VisitorData) -> list[CapacityOfArea]:
    del version
    return answers.capacity_of(_held.pack, day)


def capacities(held: VisitorData, day: dt.date) -> list[CapacityOfArea]:
    """Return what every area may hold on a day, with all published figures."""
    return _capacities(version(), day, held)


@st.cache_resource(show_spinner=False, max_entries=8)
def _balance(version: str, area: str, per: BalancePer, _store: Store, _site: Site) -> Balance:
    del version
    return visitorbalance.balance_of(_store, _site, area=area, per=per)


def balance(site: Site, area: str, per: BalancePer) -> Balance:
    """Return an area's visitors tested against its birds, water and findings.

    Raises
    ------
    InputError
        There are no counts, or no month of the area was wholly counted.
    """
    store = session.make_store()
    return _balance(session.version_of((*TABLES, *BESIDE)), area, per, store, site)
