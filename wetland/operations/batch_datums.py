"""Which files of a batch lie a datum away from where their words say.

Each partition keeps those of its observations whose identifiers come first: a digest knows nothing
of what it names, so they are a fair draw, and the same one however the file was cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.problems import Problems
from wetland.operations.batch_files import from_arrow, read_arrow, to_arrow, write_arrow
from wetland.screening.datumguard import compare_datums, tell_datums
from wetland.screening.tables import OBSERVATIONS
from wetland.sites.load import Site

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = "datum.arrow"
MOST_ROWS = 1_500


def keep_sample(rows: pd.DataFrame, seen: NDArray[Any], folder: Path, work: Path) -> None:
    """Keep the rows of a partition that the datum is told by.

    ``seen`` holds, in order of identifiers, where each row is (``at``).
    """
    chosen = rows.iloc[np.sort(seen["at"][:MOST_ROWS])]
    write_arrow(to_arrow(chosen, OBSERVATIONS), folder / SAMPLE, work=work)


def shifted_files(site: Site, files: dict[str, list[Path]]) -> Iterator[Problems]:
    """Yield, for each file that looks shifted, its problem.

    Parameters
    ----------
    files
        Name of each file -> folders of its partitions.
    """
    import pyarrow as pa

    for name, folders in files.items():
        kept = [folder / SAMPLE for folder in folders if (folder / SAMPLE).exists()]
        if not kept:
            continue
        table = pa.concat_tables([read_arrow(path) for path in kept])
        first = table.sort_by([("observation_id", "ascending"), ("source_row", "ascending")])
        rows = from_arrow(first.slice(0, MOST_ROWS), OBSERVATIONS)
        if not len(rows):
            continue
        problems = Problems(name, str(rows["source_id"].iloc[0]))
        tell_datums(problems, compare_datums(rows, site))
        if len(problems):
            yield problems
