"""A file to read and how to read it: the fields shared by pages that take a file."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from wetland.base.texts import text
from wetland.reading.files import Given
from wetland.screening.options import ReadOptions
from wetland.sites.load import Site
from wetland.ui import session
from wetland.ui.language import name_of, say
from wetland.ui.place import DATUMS, SOURCES

KINDS = ["csv", "txt", "json", "geojson", "gpkg", "gpx", "parquet"]
EXAMPLE = Path("examples") / "observations.csv"
_FILE = text(
    "观察记录文件（CSV、GeoJSON、GeoPackage、GPX、GeoParquet）",
    "Observations (CSV, GeoJSON, GeoPackage, GPX, GeoParquet)",
)
_HELP = text(
    "CSV 可为 UTF-8 或 GB18030。好的行照常筛查，有问题的行列在“数据问题”里，不会丢失。",
    "A CSV may be UTF-8 or GB18030. Good rows are screened; rows with problems are kept aside and "
    "listed, none is lost.",
)
_TRY = text("试用示例文件（虚构）", "Try the example file (invented)")
_OPTIONS = text(
    "读取选项：坐标系、默认行为与日期、列名", "How to read it: datum, defaults, names of columns"
)
_DATUM = text("坐标系（文件中没有写明时）", "Datum (where the file does not say)")
_SOURCE = text("定位方式（没有写明时）", "How positions were found (where it does not say)")
_ACTIVITY = text("默认行为", "Default activity")
_DAY = text("默认日期", "Default day")
_NOT_SET = text("不设", "not set")
_COLUMNS = {
    "lon": text("经度列", "Column of the longitude"),
    "lat": text("纬度列", "Column of the latitude"),
    "date": text("日期列", "Column of the day"),
    "activity": text("行为列", "Column of the activity"),
}
_AUTO = text("自动识别", "found by its name")


def file(site: Site) -> Given | None:
    """Show the field for a file, and the example of the site; return what was given."""
    uploaded = st.file_uploader(say(_FILE), type=KINDS, help=say(_HELP), key="upload")
    if uploaded is not None:
        return Given.of_bytes(uploaded.name, uploaded.getvalue())
    example = site.folder / EXAMPLE
    if not example.is_file():
        return None
    if st.toggle(say(_TRY), key="try-example"):
        return Given.of_bytes(example.name, example.read_bytes())
    return None


def options(site: Site) -> ReadOptions:
    """Show the fields for how a file is to be read; return what they hold."""
    with st.expander(say(_OPTIONS)):
        left, right = st.columns(2)
        datum = left.selectbox(
            say(_DATUM), list(DATUMS), format_func=name_of(DATUMS), key="read-datum"
        )
        source = right.selectbox(
            say(_SOURCE),
            list(SOURCES),
            index=list(SOURCES).index("unknown"),
            format_func=name_of(SOURCES),
            key="read-source",
        )
        names = {key: a.name for key, a in site.vocabulary.activities.items()}
        activity = left.selectbox(
            say(_ACTIVITY),
            list(names),
            index=None,
            format_func=name_of(names),
            placeholder=say(_NOT_SET),
            key="read-activity",
        )
        day = right.date_input(
            say(_DAY),
            value=None,
            min_value=session.FIRST_DAY,
            max_value=session.LAST_DAY,
            format="YYYY-MM-DD",
            key="read-day",
        )
        columns = _columns()
    return ReadOptions(
        columns=columns,
        datum=None if datum == "wgs84" else datum,
        source_kind=source,
        default_activity=activity,
        default_date=day,
    )


def _columns() -> dict[str, str]:
    columns = {}
    for box, (role, title) in zip(st.columns(4), _COLUMNS.items(), strict=True):
        written = box.text_input(say(title), placeholder=say(_AUTO), key=f"column-{role}")
        if written.strip():
            columns[role] = written.strip()
    return columns
