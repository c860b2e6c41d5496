"""What a forecast of visitors or car parks tells of one series, and how well it did before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text
from wetland.statistics.evaluation import Evaluation

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Told:
    """A forecast of one series, step by step ahead.

    Attributes
    ----------
    mean, lower, upper : array of float, shape (horizon,)
        In the unit of the series. NaN at steps of which nothing was ever observed (a closed hour).
    model : Text
        What the forecast is made from.
    evaluation : Evaluation or None
        How it did at rolling origins against seasonal naive; None where nothing could be tested.
    shown : bool
        Whether it may be shown to people: it beats seasonal naive by more than chance.
    reason : Text
        Why it is shown or not, with the numbers.
    notes : tuple of Text
        What a reader has to know (holidays of a year not known, gaps, weather left out).
    """

    mean: Floats
    lower: Floats
    upper: Floats
    model: Text
    evaluation: Evaluation | None
    shown: bool
    reason: Text
    notes: tuple[Text, ...] = ()
