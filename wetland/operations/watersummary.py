"""Means with non-detects by the official rule and by statistics, of the store or of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wetland.operations.water import WaterData, require_results

if TYPE_CHECKING:
    import pandas as pd

    from wetland.water.nondetects import Over


def summary_of(
    data: WaterData,
    *,
    methods: Sequence[str] = ("half", "kaplan_meier"),
    per: Over = "all",
    parameters: Sequence[str] | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return every station's mean of every parameter, by each method beside the other.

    Parameters
    ----------
    methods, per, confidence
        See `wetland.water.nondetects.nondetect_summaries`.
    parameters
        Only these, by any name of the dictionary.

    Raises
    ------
    InputError
        There are no results, a parameter or a method nobody knows.
    """
    from wetland.water.nondetects import nondetect_summaries
    from wetland.water.readoptions import code_of

    require_results(data)
    results = data.results
    if parameters:
        wanted = {code_of(name) for name in parameters}
        results = results[results["parameter"].isin(wanted)]
    return nondetect_summaries(results, methods=methods, per=per, confidence=confidence)
