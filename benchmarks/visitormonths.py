"""Monthly visits of 20 parks at rolling origins, beside seasonal naive and peers.

`visitorprotocol` says what is judged: every origin from 2012-12 on, 1 to 12 months ahead. The
settings of the method rest on months before 2013 (as they were, and with synthetic growth put on).
Peers are fitted anew at every origin: Holt-Winters of statsmodels on the logarithm with a damped
trend, Theta of statsmodels, and the 61 candidates of `wetland.statistics.forecast`, which other
series of the project are told by. Their errors are printed beside the time.

Run alone: ``python benchmarks/visitormonths.py [--quick]``.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import report
import visitorprotocol as protocol
from numpy.typing import NDArray

from wetland.statistics.rolling import roll_origins
from wetland.visitors.forecastrolled import widths
from wetland.visitors.months import said_of

Floats = NDArray[np.float64]
GOAL = 0.9  # of seasonal naive's MASE
COVERED = (0.87, 0.93)
ALPHA = 0.1
QUICK = 12  # every so many origins are fitted by peers, with --quick


def file() -> Path:
    """Return the file of monthly visits; its folder may be told by WETLAND_SHARED."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    return Path(os.environ.get("WETLAND_SHARED") or beside) / "data/visitors/park_visitation.csv"


def rows(*, quick: bool = False) -> list[report.Row]:
    """Measure all ways; the method must reach `GOAL` and cover what it promises."""
    if not file().exists():
        return [report.Row("months", "no file of visits", str(file()), 0, 0.0, 0.0, 0.0)]
    data = protocol.visits(file())
    naive = protocol.mase(data, protocol.months_naive(data))
    found = [_row("seasonal naive", data, naive, naive, 0.0)]
    used = time.process_time()
    _, mase, coverage = ours(data)
    spent = time.process_time() - used
    found.append(_row("ours, all parks at once", data, mase, naive, spent, coverage))
    for name, way in _PEERS.items():
        found.append(_peer(name, way, data, quick=quick))
    if mase > GOAL * naive or not COVERED[0] <= coverage <= COVERED[1]:
        raise SystemExit(f"MASE {mase:.4f} of {naive:.4f}, coverage {coverage:.3f}")
    return found


def ours(data: protocol.Visits) -> tuple[Floats, float, float]:
    """Return what the method says of every outcome, its MASE and the coverage of its intervals."""
    said = said_of(data.count, protocol.MONTHS_AHEAD)
    pairs = protocol.months_to_tell(data)
    origin, ahead = (np.array(part) for part in zip(*pairs, strict=True))
    told = np.stack(
        [
            said.logs.back(said.told[park, origin, ahead - 1], park)
            for park in range(len(data.names))
        ]
    )
    inside = []
    for park in range(len(data.names)):
        rolled = said.rolled(park, first=protocol.FIRST_MONTH)
        every = said.rolled(park, first=23)
        width = widths(every, alpha=ALPHA, period=12).told[-len(rolled.origins) :]
        size = np.abs(rolled.errors)
        inside.append((size <= width)[~np.isnan(size)])
    return told, protocol.mase(data, told), float(np.mean(np.concatenate(inside)))


def _row(
    way: str,
    data: protocol.Visits,
    mase: float,
    naive: float,
    spent: float,
    coverage: float | None = None,
) -> report.Row:
    note = f"MASE {mase:.4f}, {mase / naive:.3f} of seasonal naive"
    if coverage is not None:
        note += f"; 90 % intervals cover {100 * coverage:.1f} %"
    size = len(protocol.months_to_tell(data)) * len(data.names)
    return report.Row("months", "20 parks, 61 origins", way, size, spent, spent, 0.0, note=note)


def _peer(
    name: str, way: Callable[[Floats], Floats], data: protocol.Visits, *, quick: bool
) -> report.Row:
    """Fit a peer to every park at every origin, or at some of them with ``quick``."""
    pairs = protocol.months_to_tell(data)
    told = protocol.months_naive(data).copy()
    origins = sorted({origin for origin, _ in pairs})[:: QUICK if quick else 1]
    place = {pair: i for i, pair in enumerate(pairs)}
    used = time.process_time()
    for park, origin in ((p, o) for p in range(len(data.names)) for o in origins):
        said = way(data.count[park, : origin + 1])
        for ahead in range(1, protocol.MONTHS_AHEAD + 1):
            if (origin, ahead) in place:
                told[park, place[origin, ahead]] = said[ahead - 1]
    spent = time.process_time() - used
    asked = [i for i, (origin, _) in enumerate(pairs) if origin in set(origins)]
    naive = _scaled(data, protocol.months_naive(data))[:, asked].mean()
    mase = _scaled(data, told)[:, asked].mean()
    row = _row(name, data, float(mase), float(naive), spent)
    return report.Row(**{**row.__dict__, "size": len(asked) * len(data.names)})


def _scaled(data: protocol.Visits, told: Floats) -> Floats:
    known = data.count[:, : protocol.FIRST_MONTH + 1]
    scale = np.abs(known[:, 12:] - known[:, :-12]).mean(axis=1)
    made: Floats = np.abs(protocol.months_came(data) - told) / scale[:, None]
    return made


def _holt_winters(values: Floats) -> Floats:
    from statsmodels.tsa.holtwinters import ExponentialSmoothing  # noqa: PLC0415 - slow to import

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ExponentialSmoothing(
            np.log(values), trend="add", damped_trend=True, seasonal="add", seasonal_periods=12
        )
        made: Floats = np.exp(np.asarray(model.fit().forecast(protocol.MONTHS_AHEAD)))
    return made


def _theta(values: Floats) -> Floats:
    import pandas as pd  # noqa: PLC0415 - slow to import
    from statsmodels.tsa.forecasting.theta import ThetaModel  # noqa: PLC0415 - slow to import

    series = pd.Series(values, index=pd.period_range("2005-01", periods=len(values), freq="M"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = ThetaModel(series, period=12, method="multiplicative").fit()
        made: Floats = np.asarray(fitted.forecast(protocol.MONTHS_AHEAD), dtype=np.float64)
    return made


def _candidates(values: Floats) -> Floats:
    labels = np.arange(len(values) + protocol.MONTHS_AHEAD) % 12
    made = roll_origins(
        values, labels, horizon=protocol.MONTHS_AHEAD, period=12, scale="log1p"
    ).told[-1]
    return np.asarray(np.expm1(made))


def _alone(values: Floats) -> Floats:
    said = said_of(values[None, :], protocol.MONTHS_AHEAD)
    return said.logs.back(said.told[0, -1], 0)


_PEERS: dict[str, Callable[[Floats], Floats]] = {
    "ours, each park alone": _alone,
    "61 candidates (wetland.statistics.forecast)": _candidates,
    "statsmodels Holt-Winters, damped, on the logarithm": _holt_winters,
    "statsmodels Theta": _theta,
}


if __name__ == "__main__":
    report.run_alone(rows, __doc__)
