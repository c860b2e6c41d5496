"""Reference figures of vegan, iNEXT and SpadeR, and how they are compared.

``birds_sim_a`` and ``edge_a`` are invented counts of the project's own, with what the programs
print for them (in data/diversity); the others are data of those programs, read in place.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

OWN = ("birds_sim_a", "edge_a")
TABLES = (*OWN, "BCI", "dune", "sipoo")
HERE = Path(__file__).parent / "data" / "diversity"
EXACT = 1e-8  # relative; and absolute where the true figure is 0


def told(request: pytest.FixtureRequest, name: str) -> dict[str, Any]:
    """Return the figures of a case; third-party ones from the shared folder, or skip."""
    folder = HERE if name in OWN else request.getfixturevalue("shared") / "reference/diversity"
    figures: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    if "csv" in figures:
        with (folder / figures["csv"]).open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))[1:]
        figures["counts"] = np.array([[float(cell) for cell in row[1:]] for row in rows])
    return figures


def floats(values: Any) -> NDArray[np.float64]:
    """Return figures as floats, null as NaN."""
    return np.array(values, dtype=object).astype(np.float64)


def same(found: ArrayLike, figures: Any, tolerance: float = EXACT) -> None:
    """Compare with printed figures; where the program printed none, anything is accepted."""
    wanted = floats(figures)
    got = np.asarray(found, dtype=np.float64)
    assert got.shape == wanted.shape
    known = np.isfinite(wanted)
    np.testing.assert_allclose(got[known], wanted[known], rtol=tolerance, atol=tolerance)
