"""Read a file of water results: what is sound becomes `WATER_RESULTS`, what is not, problems.

Nothing is lost: every cell with a result is a result, or told with its row and column. A cell that
says that nothing was measured, and every cell of a row without any result, is a row flagged
``missing`` (QARTOD 9); an empty cell beside results is counted.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.base.problems import Problems
from wetland.base.tables import DTYPES
from wetland.base.texts import text
from wetland.reading.files import Given, format_of, look_at
from wetland.water.columns import find_roles
from wetland.water.flags import flag_results
from wetland.water.layouts import detect, read_pieces
from wetland.water.parameters import parameters
from wetland.water.readcells import CENSORED
from wetland.water.readkeys import settle
from wetland.water.readlimits import tell_limitless
from wetland.water.readoptions import WaterOptions
from wetland.water.readparquet import read_parquet_table
from wetland.water.readresults import Piece, Tally, unmeasured_pieces
from wetland.water.readrows import Rows, read_rows
from wetland.water.readstations import station_rows
from wetland.water.readtable import Table
from wetland.water.readwqp import narrow_wqp
from wetland.water.sheets import read_sheet
from wetland.water.stations import Station
from wetland.water.tables import WATER_RESULTS

if TYPE_CHECKING:
    import pandas as pd

NOTHING = text("文件中没有可用的检测结果", "no usable result in the file")


@dataclass(frozen=True, slots=True)
class WaterReading:
    """What a water file held.

    Parameters
    ----------
    results
        The table `WATER_RESULTS`, one row for each sound result, and one flagged ``missing`` for
        what the file says was not measured.
    stations
        The table `WATER_STATIONS`: stations the site does not know, whose kind the file (or an
        option) tells.
    problems
        What was wrong or worth knowing.
    source
        The row of `SOURCES` that describes the file.
    rows
        Rows of the file; blank lines are not rows.
    layout
        How it was read.
    counts
        ``results``, ``missing`` (rows of what was not measured), ``not_measured`` cells,
        ``unknown_parameters`` results, ``left_out`` (not of surface water), ``wrong`` cells,
        ``below`` and ``above`` (censored results), ``summaries`` rows, and each kind of
        quality-control sample.
    """

    results: pd.DataFrame
    stations: pd.DataFrame
    problems: Problems
    source: dict[str, Any]
    rows: int
    layout: str
    counts: dict[str, int] = field(default_factory=dict)


def read_water(  # noqa: PLR0913 - what a site knows
    source: str | Path | Given,
    *,
    site_id: str,
    timezone: str,
    stations: Mapping[str, Station],
    options: WaterOptions | None = None,
    store: str | Path | None = None,
    history: pd.DataFrame | None = None,
) -> WaterReading:
    """Read a file of water results.

    Parameters
    ----------
    source
        A path, or what was sent (`Given.of_bytes`): CSV, XLSX, or Parquet of the Water Quality
        Portal.
    site_id, timezone
        Namespace of the identifiers; time zone of local moments and days.
    stations
        Stations the site knows, by id; names in the file are matched to ids and names.
    options
        What is known of the file beside its content.
    store
        The store's own file, which must not be read this way.
    history
        Earlier results (`WATER_RESULTS`), for the tests that compare with a station's past.

    Raises
    ------
    InputError
        Nothing can be read: no such file, damaged, no header, no results, an option that does not
        fit.
    """
    checked = (options or WaterOptions()).checked()
    given = look_at(source, store=store)
    sha256 = given.sha256()
    source_id = water_source_id(site_id, sha256, checked)
    problems = Problems(given.name, source_id)
    table = _table(given, checked, problems)
    total = table.sheet.raw.total
    layout, tally = detect(table), Tally()
    table = narrow_wqp(table, tally) if layout == "wqp" else table
    rows = read_rows(table, timezone, stations)
    pieces = read_pieces(layout, table, rows, tally)
    pieces += unmeasured_pieces(pieces, tally, rows.usable & (rows.qa == "sample"))
    frame = _frame(pieces, table, rows)
    results = _results(frame, problems, site_id, source_id, history)
    tell_limitless(results, problems)
    if not (results["flag"] != "missing").any():
        problems.add("no_results", message=NOTHING, level="warning")
    described = {
        "source_id": source_id,
        "site": site_id,
        "name": checked.source or Path(given.name).stem,
        "sha256": sha256,
        **_described(given, table, checked),
        "rows": total,
        "rows_read": (held := len(set(results["source_row"]))),
        "rows_aside": total - held,
    }
    found = station_rows(table, rows, site_id, stations, source_id)
    counts = _counts(results, tally, rows)
    return WaterReading(results, found, problems, described, total, layout, counts)


def _table(given: Given, options: WaterOptions, problems: Problems) -> Table:
    """Open a file and tell what its columns mean."""
    if format_of(given, accept={"xlsx"}) == "parquet":
        sheet = read_parquet_table(given)
    else:
        told = (*options.columns.values(), *options.parameter_words, *options.units)
        sheet = read_sheet(
            given, problems, sheet=options.sheet, encoding=options.encoding, told=told
        )
    return Table(sheet, find_roles(list(sheet.headers), options.columns), options, problems)


def _described(given: Given, table: Table, options: WaterOptions) -> dict[str, Any]:
    """Return what `SOURCES` says of a file before its rows are judged."""
    return {
        "file": given.name,
        "size_bytes": given.size,
        "format": table.sheet.raw.format,
        "encoding": table.sheet.raw.encoding,
        "crs": None,
        "options": json.dumps(options.as_json(), ensure_ascii=False, sort_keys=True),
    }


def water_source_id(site: str, sha256: str, options: WaterOptions) -> str:
    """Return the identifier of a file read in one way: the same file and options, the same one."""
    whole = json.dumps(["water", site, sha256, options.as_json()], sort_keys=True,
                       ensure_ascii=False)  # fmt: skip
    return "s-" + hashlib.sha256(whole.encode("utf-8")).hexdigest()[:24]


def _frame(pieces: list[Piece], table: Table, rows: Rows) -> pd.DataFrame:
    """Put the results of all columns together, in the order of the rows of the file."""
    import pandas as pd

    if not pieces:
        return pd.DataFrame(columns=[*WATER_RESULTS.names, "column", "own_id"])
    position = np.concatenate([piece.position for piece in pieces])
    counts = [len(piece.position) for piece in pieces]
    order = np.argsort(position, kind="stable")
    position = position[order]

    def each(values: list[str]) -> Any:  # noqa: ANN401 - an array of objects
        return np.repeat(np.array(values, dtype=object), counts)[order]

    censoring = np.concatenate([piece.censoring for piece in pieces])[order]
    return pd.DataFrame(
        {
            "source_row": table.sheet.raw.rows[position],
            "station": rows.station[position],
            "sample_id": rows.sample[position],
            "sampled_on": rows.sampled_on[position],
            "sampled_at": rows.sampled_at[position],
            "depth_m": rows.depth_m[position],
            "parameter": each([piece.parameter for piece in pieces]),
            "value": np.concatenate([piece.value for piece in pieces])[order],
            "censoring": np.array(CENSORED, dtype=object)[censoring],
            "value_received": np.concatenate([piece.received for piece in pieces])[order],
            "unit_received": np.concatenate([piece.unit for piece in pieces])[order],
            "qa": rows.qa[position],
            "synthetic": rows.synthetic[position],
            "column": each([piece.column for piece in pieces]),
            "own_id": table.words("result")[position],
        }
    )


def _results(
    frame: pd.DataFrame,
    problems: Problems,
    site_id: str,
    source_id: str,
    history: pd.DataFrame | None,
) -> pd.DataFrame:
    """Give results their identity, flags and types; what was not measured is not tested."""
    import pandas as pd

    if len(frame):
        frame = settle(frame, problems, site_id)
    frame = frame.assign(site=site_id, source_id=source_id, flag="unknown", flag_tests=None)
    frame["sampled_at"] = frame["sampled_at"].astype("datetime64[us]").dt.tz_localize("UTC")
    typed = frame.reindex(columns=WATER_RESULTS.names).reset_index(drop=True)
    typed = typed.astype({c.name: DTYPES[c.kind] for c in WATER_RESULTS.columns})
    if not len(typed):
        return typed
    missing = (typed["value"].isna() & (typed["censoring"] == "none")).to_numpy(dtype=bool)
    flagged = flag_results(typed[~missing], parameters(), history=history, file=problems.file)
    problems.extend(flagged.problems)
    if not missing.any():
        return flagged.results
    return pd.concat([flagged.results, typed[missing].assign(flag="missing")]).sort_index()


def _counts(results: pd.DataFrame, tally: Tally, rows: Rows) -> dict[str, int]:
    qa = Counter(results["qa"])
    censoring = Counter(results["censoring"])
    return {
        "results": int((results["flag"] != "missing").sum()),
        "missing": int((results["flag"] == "missing").sum()),
        "not_measured": tally.not_measured,
        "unknown_parameters": sum(tally.unknown.values()),
        "left_out": tally.left_out,
        "wrong": tally.wrong,
        "below": censoring["below"],
        "above": censoring["above"],
        "summaries": rows.summaries,
        **{kind: number for kind, number in sorted(qa.items()) if kind != "sample"},
    }
