"""Invented results and stations for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import pandas as pd

from wetland.base.checks import coerce
from wetland.base.texts import text
from wetland.water.stations import Station
from wetland.water.tables import WATER_RESULTS

# A sample of class II in a river and of class III in a lake, but for what is changed.
GOOD = {"temp": 20.0, "ph": 7.5, "do": 8.0, "codmn": 3.0, "nh3n": 0.3, "tp": 0.04, "tn": 1.4}


def station(name: str, water_body: str = "river", **more: object) -> Station:
    """Make a station; ``reach`` may be a word."""
    reach = more.pop("reach", None)
    named = None if reach is None else text(str(reach), f"{reach} (en)")
    return Station.model_validate(
        {"id": name, "name": text(name, name), "water_body": water_body, "reach": named, **more}
    )


def sample(
    name: str, day: str, values: Mapping[str, float | str | None], **more: object
) -> list[dict[str, object]]:
    """Make the rows of one sample; "<0.02" is a non-detect, None leaves a parameter out."""
    rows = []
    for parameter, value in values.items():
        if value is None:
            continue
        below = isinstance(value, str)
        number = float(str(value).removeprefix("<"))
        rows.append(
            {
                "station": name,
                "sampled_on": dt.date.fromisoformat(day),
                "parameter": parameter,
                "value": number,
                "censoring": "below" if below else "none",
                "value_received": str(value),
                **more,
            }
        )
    return rows


def results(samples: Iterable[list[dict[str, object]]]) -> pd.DataFrame:
    """Put samples together as a table `WATER_RESULTS`."""
    rows = [row for one in samples for row in one]
    for number, row in enumerate(rows, start=2):
        fixed = {
            "result_id": f"r-{number}", "site": "xixi", "source_id": "s-1", "source_row": number,
            "qa": "sample", "flag": "good", "synthetic": False, "content": f"c-{number}",
        }  # fmt: skip
        row |= {k: v for k, v in fixed.items() if k not in row}
    return coerce(WATER_RESULTS, pd.DataFrame(rows))
