"""A gradient-boosting baseline for car parks: scikit-learn, in an environment of its own.

Written before the method, with its grid, seeds and origins (`visitorprotocol`). One model for all
parks at each horizon, refitted every week of the test from all pairs whose outcome is known there.
The setting is the best of the grid on the week before the test. ``python visitorgbm.py FILE``
prints JSON: the setting and, for each horizon, the mean absolute error of every seed and of their
mean.
"""

from __future__ import annotations

import itertools
import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import visitorprotocol as protocol
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SEEDS = (0, 1, 2)
GRID: dict[str, tuple[Any, ...]] = {
    "learning_rate": (0.03, 0.1),
    "max_iter": (150, 400),
    "max_leaf_nodes": (15, 31),
    "min_samples_leaf": (20, 60),
    "max_features": (0.5, 1.0),
}
START = date(2016, 10, 12)  # from when a week is known


def _past_means(share: Floats, *, days: int, same_day: bool) -> Floats:
    """Return the mean of each slot over ``days`` earlier days, or weeks where ``same_day``."""
    step = 7 if same_day else 1
    moved = []
    for back in range(step, step * days + 1, step):
        one = np.full_like(share, np.nan)
        one[:, back:] = share[:, :-back]
        moved.append(one)
    stacked = np.stack(moved)
    known = (~np.isnan(stacked)).sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.where(known > 0, np.nansum(stacked, axis=0) / known, np.nan)


def features(data: protocol.Parking, cases: protocol.Cases) -> Floats:
    """Return what is known at the origin of every case, one row a case."""
    share = data.share
    here, there = (
        (cases.park, cases.day, cases.slot),
        (
            cases.park,
            cases.target_day,
            cases.target_slot,
        ),
    )
    daily, weekly = protocol.before(share, 1), protocol.before(share, 7)
    recent = _past_means(share, days=5, same_day=False)
    weeks = _past_means(share, days=4, same_day=True)
    earlier = [
        np.where(
            cases.slot >= k, share[cases.park, cases.day, np.maximum(cases.slot - k, 0)], np.nan
        )
        for k in (1, 2, 4)
    ]
    weekday = (cases.target_day + data.first.weekday()) % 7
    columns = [
        cases.park, cases.target_slot, weekday, weekday >= 5,
        share[here], *earlier,
        daily[here], weekly[here], recent[here], weeks[here],
        daily[there], weekly[there], recent[there], weeks[there],
        daily[there] - daily[here], weekly[there] - weekly[here],
        share[here] - daily[here], share[here] - weekly[here],
        cases.target_day,
    ]  # fmt: skip
    return np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])


def fitted(rows: Floats, actual: Floats, setting: dict[str, Any], seed: int) -> Any:  # noqa: ANN401
    """Return a model of the absolute error."""
    from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415 - see requirements

    model = HistGradientBoostingRegressor(
        loss="absolute_error",
        categorical_features=[0],
        early_stopping=False,
        random_state=seed,
        **setting,
    )
    return model.fit(rows, actual)


def _known_at(data: protocol.Parking, horizon: str, on: date) -> protocol.Cases:
    """Return the pairs whose outcome is known when a day begins."""
    pairs = protocol.cases(data, horizon, START, on)
    return pairs.at(pairs.target_day < data.day(on))


def best_setting(data: protocol.Parking, horizon: str) -> dict[str, Any]:
    """Return the setting of the grid with the smallest error on the week before the test."""
    known = _known_at(data, horizon, protocol.FIRST_VALIDATION)
    asked = protocol.cases(
        data, horizon, protocol.FIRST_VALIDATION, protocol.FIRST_TEST - timedelta(days=1)
    )
    rows, wanted = features(data, known), features(data, asked)
    found = []
    for values in itertools.product(*GRID.values()):
        setting = dict(zip(GRID, values, strict=True))
        told = fitted(rows, known.actual, setting, SEEDS[0]).predict(wanted)
        found.append((protocol.mean_absolute_error(asked.actual, told), setting))
    return min(found, key=lambda pair: pair[0])[1]


def told(data: protocol.Parking, horizon: str, setting: dict[str, Any], seed: int) -> Floats:
    """Return the forecast of every outcome of the test, refitted week by week."""
    parts = []
    for start, end in protocol.refits(data):
        known = _known_at(data, horizon, start)
        model = fitted(features(data, known), known.actual, setting, seed)
        asked = protocol.cases(data, horizon, start, end)
        order = np.lexsort((asked.slot, asked.day, asked.park))
        if not np.array_equal(order, np.arange(len(asked))):
            raise SystemExit("outcomes have to come in order")
        parts.append((asked, model.predict(features(data, asked)) if len(asked) else np.empty(0)))
    park = np.concatenate([asked.park for asked, _ in parts])
    day = np.concatenate([asked.day for asked, _ in parts])
    slot = np.concatenate([asked.slot for asked, _ in parts])
    return np.concatenate([values for _, values in parts])[np.lexsort((slot, day, park))]


def main(argv: list[str]) -> int:
    """Print the errors of the baseline."""
    import sklearn  # noqa: PLC0415 - see requirements

    data = protocol.parking(Path(argv[1]))
    said: dict[str, Any] = {"version": sklearn.__version__, "seeds": SEEDS, "horizons": {}}
    for horizon in protocol.HORIZONS:
        setting = best_setting(data, horizon)
        actual = protocol.cases(data, horizon, protocol.FIRST_TEST).actual
        answers = [told(data, horizon, setting, seed) for seed in SEEDS]
        errors = [protocol.mean_absolute_error(actual, answer) for answer in answers]
        mean = protocol.mean_absolute_error(actual, np.mean(answers, axis=0))
        said["horizons"][horizon] = {"setting": setting, "seeds": errors, "mean_of_seeds": mean}
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
