"""Non-detects whose detection limit nobody told (未写检出限的未检出)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.water.wording import name_of

if TYPE_CHECKING:
    import pandas as pd

NO_LIMIT = text(
    "{p}：{n} 个未检出没有写检出限，不能计入均值，该时段此项不评价；请写成 <检出限，或加检出限列、"
    "检出限行",
    "{p}: {n} non-detects without their detection limit have no part in a mean, and the item none "
    "in the class of the period; write <LIMIT, or add a column or a row of limits",
)


def tell_limitless(results: pd.DataFrame, problems: Problems) -> None:
    """Tell once for each parameter how many non-detects have no limit, and in which row the first.

    Parameters
    ----------
    results
        Table `WATER_RESULTS`, with the rows of the file.
    problems
        Takes the warnings.
    """
    is_open = (results["censoring"] == "below") & results["value"].isna()
    found = results[is_open & (results["qa"] == "sample")]
    for code, rows in found.groupby("parameter", observed=True):
        problems.add(
            "no_limit", row=int(rows["source_row"].min()), column=str(code), level="warning",
            value=rows["value_received"].iloc[0],
            message=NO_LIMIT.fill(p=name_of(str(code)), n=len(rows)),
        )  # fmt: skip
