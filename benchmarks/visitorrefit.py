"""How long 30 series take from a plain table to forecasts with their whole evaluation.

Hours: half-hourly readings of 29 car parks (real) and one copied. Days: three synthetic years of 30
series. Months: 20 parks (real), ten of them twice. Each must take less than 30 s of one core.

Run alone: ``python benchmarks/visitorrefit.py [--quick]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import report
import visitormonths

from wetland.visitors.forecast import forecast_counts
from wetland.visitors.panel import Freq

if TYPE_CHECKING:
    import pandas as pd

SERIES = 30
FEW = 1  # car park with too few readings to be told
MOST_S = 30.0
SEED = 20_261_124
HORIZON: dict[Freq, int] = {"hour": 24, "day": 14, "month": 12}


def rows(*, quick: bool = False) -> list[report.Row]:
    """Measure a refit by the hour, by the day and by the month."""
    found = []
    tables: dict[Freq, pd.DataFrame | None] = {"hour": _hours(), "day": _days(), "month": _months()}
    for freq, table in tables.items():
        if table is None:
            continue
        found += report.measure(
            {f"by the {freq}, {HORIZON[freq]} ahead": lambda f=freq, t=table: _refit(t, f)},
            section="refit",
            scene=f"{SERIES} series",
            size=SERIES,
            repeats=1 if quick else 3,
        )
    if slow := [row.way for row in found if row.cpu_s > MOST_S]:
        raise SystemExit(f"slower than {MOST_S:.0f} s: {', '.join(slow)}")
    return found


def _refit(table: pd.DataFrame, freq: Freq) -> None:
    made = forecast_counts(table, freq=freq, horizon=HORIZON[freq])
    tested = sum(one.told.evaluation is not None for one in made)
    if len(made) != SERIES or tested < SERIES - FEW:
        raise SystemExit(f"{freq}: {tested} of {len(made)} series were told and tested")


def _days() -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - slow to import

    rng = np.random.default_rng(SEED)
    days = pd.date_range("2023-01-01", periods=3 * 365)
    week = np.array([1.0, 0.95, 1.0, 1.0, 1.2, 2.0, 1.9])[days.day_of_week]
    mean = 2_000 * week * np.exp(0.3 * np.sin(2 * np.pi * days.day_of_year / 365.25))
    parts = [
        pd.DataFrame({"series": f"synthetic {i}", "time": days, "count": rng.poisson(mean)})
        for i in range(SERIES)
    ]
    return pd.concat(parts, ignore_index=True)


def _months() -> pd.DataFrame | None:
    import pandas as pd  # noqa: PLC0415 - slow to import

    if not visitormonths.file().exists():
        return None
    read = pd.read_csv(visitormonths.file())
    table = pd.DataFrame(
        {"series": read["park"], "time": pd.to_datetime(read["date"]), "count": read["nps"]}
    )
    return _filled(table)


def _hours() -> pd.DataFrame | None:
    import pandas as pd  # noqa: PLC0415 - slow to import

    file = visitormonths.file().with_name("birmingham_parking_train.csv")
    if not file.exists():
        return None
    read = pd.read_csv(file)
    table = pd.DataFrame(
        {
            "series": read["SystemCodeNumber"],
            "time": pd.to_datetime(read["LastUpdated"]),
            "count": read["Occupancy"].astype(np.float64),
            "capacity": read["Capacity"].astype(np.float64),
        }
    )
    return _filled(table)


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with some of its series again, so that there are `SERIES`."""
    import pandas as pd  # noqa: PLC0415 - slow to import

    names = sorted(table["series"].unique())
    again = table[table["series"].isin(names[: SERIES - len(names)])]
    return pd.concat([table, again.assign(series=again["series"] + " again")], ignore_index=True)


if __name__ == "__main__":
    report.run_alone(rows, __doc__)
