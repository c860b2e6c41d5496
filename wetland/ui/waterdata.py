"""The water of the site of this session and the answers about it, each worked out once.

An answer is kept under the version of the water tables and of the pack, and the day: a change in
any is a new answer, anything else (another language, another page) is not. Kept frames are read,
never changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import streamlit as st

from wetland.operations import water as operations
from wetland.operations import wateranswers as answers
from wetland.operations import watertrends
from wetland.operations.water import WaterData
from wetland.sites.load import Site
from wetland.store import Store
from wetland.ui import session

if TYPE_CHECKING:
    import pandas as pd

Per = Literal["month", "quarter", "year"]
TABLES = ("water_results", "water_stations", "sources")


def version() -> str:
    """Return what changes whenever the water of this session may answer otherwise."""
    return session.version_of(TABLES)


@st.cache_resource(show_spinner=False, max_entries=4)
def _data(version: str, _store: Store, _site: Site) -> WaterData:
    del version  # the key
    return replace(operations.water_of_store(_store, _site), as_of=session.today())


def data() -> WaterData | None:
    """Return the water results of this site, or None where none are stored."""
    store = session.store()
    if store is None:
        return None
    held = _data(version(), store, session.site())
    return held if len(held.results) else None


def without_kind(held: WaterData) -> list[str]:
    """Return the stations nobody told to be a river or a lake: they cannot have a class."""
    return [s for s in held.station_ids if s not in held.stations]


def with_kind(held: WaterData) -> WaterData | None:
    """Return the data of the stations that can have a class; None where there are none."""
    told = [s for s in held.station_ids if s in held.stations]
    if len(told) == len(held.station_ids):
        return held
    return held.only(told) if told else None


@st.cache_resource(show_spinner=False, max_entries=12)
def _classes(version: str, per: Per, _held: WaterData) -> pd.DataFrame:
    del version
    return answers.classes_of(_held, per=per)


def classes(held: WaterData, per: Per) -> pd.DataFrame:
    """Return the class of every station and period (`wetland.water.classes`)."""
    return _classes(version(), per, held)


@st.cache_resource(show_spinner=False, max_entries=8)
def _grades(version: str, per: Per, _held: WaterData) -> pd.DataFrame:
    del version
    return answers.grades_of(_held, per=per)


def grades(held: WaterData, per: Per) -> pd.DataFrame:
    """Return the assessment of each river, each lake and of all stations as one."""
    return _grades(version(), per, held)


@st.cache_resource(show_spinner=False, max_entries=8)
def _trophic(version: str, per: Per, _held: WaterData) -> pd.DataFrame:
    del version
    return answers.trophic_of(_held, per=per)


def trophic(held: WaterData, per: Per) -> pd.DataFrame:
    """Return the trophic index of the lakes and ponds; no row where there is none."""
    return _trophic(version(), per, held)


@st.cache_resource(show_spinner=False, max_entries=8)
def _trends(version: str, _held: WaterData) -> pd.DataFrame:
    del version
    return watertrends.trends_of(watertrends.series_of(_held))


def trends(held: WaterData) -> pd.DataFrame:
    """Return the seasonal Kendall trend of every parameter of every station."""
    return _trends(version(), held)


@st.cache_resource(show_spinner=False, max_entries=8)
def _regional(version: str, _held: WaterData) -> pd.DataFrame:
    del version
    how = watertrends.Trend(method="regional_kendall")
    return watertrends.trends_of(watertrends.series_of(_held), how)


def regional(held: WaterData) -> pd.DataFrame:
    """Return the regional Kendall trend of every parameter over all stations."""
    return _regional(version(), held)


@st.cache_resource(show_spinner=False, max_entries=64)
def _certainty(version: str, station: str, _held: WaterData) -> pd.DataFrame:
    del version
    return answers.certainty_of(_held.only([station]), per="year")


def certainty(held: WaterData, station: str) -> pd.DataFrame:
    """Return how sure the class of each year of a station is, its sampling considered."""
    return _certainty(version(), station, held)


class Forecasts(NamedTuple):
    """The forecast of each parameter, and of the class (`wetland.water.forecast`)."""

    parameters: pd.DataFrame
    classes: pd.DataFrame


@st.cache_resource(show_spinner=False, max_entries=32)
def _forecast(version: str, station: str, _held: WaterData) -> Forecasts:
    del version
    return Forecasts(*answers.forecast_of(_held.only([station])))


def forecast(held: WaterData, station: str) -> Forecasts:
    """Return the forecast of the parameters and the class of a station."""
    return _forecast(version(), station, held)
