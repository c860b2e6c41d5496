"""Kaplan-Meier for values below detection limits (左删失数据的乘积限估计).

A value below its limit lies anywhere under it. Seen from the top downwards such data are right
censored: turned over, the product limit estimator of survival analysis holds word for word. Nothing
is assumed about the shape of the distribution.

References
----------
Kaplan, Meier (1958), Nonparametric estimation from incomplete observations, JASA 53:457-481.
Efron (1967), The two sample problem with censored data, Proc. 5th Berkeley Symp. 4:831-853.
Helsel (2012), Statistics for Censored Environmental Data, 2nd ed., ch. 5 and 6.
USEPA (2009), Unified Guidance, EPA 530/R-09-007, 15.3; Beal (2010), SESUG, SDA-09 (its error).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SAME = 1e-12  # two probabilities that differ by less are the same


@dataclass(frozen=True, slots=True)
class KaplanMeier:
    """The estimated distribution: a step at every distinct detected value.

    Parameters
    ----------
    at
        Distinct detected values, ascending; first, where the lowest values are non-detects, the
        lowest limit, which then carries the probability that lies somewhere below it (Efron).
    up_to
        Probability of a value at or below each.
    detected, at_risk
        How many detected values there are at each, and how many values lie at or below it.
    below
        Probability put at the lowest limit by Efron's rule; 0 where the lowest value was detected.
    """

    at: Floats
    up_to: Floats
    detected: Floats
    at_risk: Floats
    below: float

    @property
    def mass(self) -> Floats:
        """Return the probability of each step."""
        return np.diff(self.up_to, prepend=0.0)

    @property
    def mean(self) -> float:
        """Return the mean; too high by at most ``below`` times the lowest limit."""
        return float(self.at @ self.mass)

    @property
    def variance(self) -> float:
        """Return the mean square distance from the mean (not yet n / (n - 1))."""
        return float((self.at - self.mean) ** 2 @ self.mass)

    @property
    def error(self) -> float:
        """Return the standard error of the mean, with the correction n / (n - 1) for n steps.

        Greenwood's formula for left censored data (Beal 2010, ProUCL); NaN where fewer than two
        different values were detected.
        """
        detects = float(self.detected.sum())
        if len(self.at) - (self.below > 0) < 2:
            return float("nan")
        area = np.cumsum(np.diff(self.at) * self.up_to[:-1])
        d, r = self.detected[1:], self.at_risk[1:]
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(r > d, area**2 * d / (r * (r - d)), 0.0)
        return float(np.sqrt(terms.sum() * detects / (detects - 1)))

    def quantile(self, p: float) -> float:
        """Return the smallest value with probability ``p`` at or below it.

        Where a step ends exactly at ``p`` it is the middle between that value and the next, as with
        a median of an even number of values. NaN where the quantile is one of the non-detects below
        the lowest detected value: it is lower than that value and nothing else is known of it.
        """
        if self.below and p <= self.below + SAME:
            return float("nan")
        k = int(np.searchsorted(self.up_to, p - SAME))
        if abs(self.up_to[k] - p) <= SAME and k + 1 < len(self.at):
            return float((self.at[k] + self.at[k + 1]) / 2)
        return float(self.at[k])


def kaplan_meier(values: Floats, censored: Bools) -> KaplanMeier:
    """Return the Kaplan-Meier distribution of values some of which are below their limit.

    Parameters
    ----------
    values, censored
        Finite numbers, the limit where ``censored``; at least one value is detected.

    Notes
    -----
    *Ties*: a non-detect with limit L is below a detected value of L. *Limits above every detected
    value* tell nothing and leave the distribution as it is. *Lowest values are non-detects*: the
    probability below the lowest detected value has no place of its own; it is put at the lowest
    limit (Efron's rule, the "restricted mean"), which makes the mean too high rather than too low.

    Examples
    --------
    The example <1, 2, <3, 4: above 3 there is one of four, below it two of the other three.

    >>> found = kaplan_meier(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, False]))
    >>> found.at.tolist(), found.up_to.tolist(), found.mean
    ([1.0, 2.0, 4.0], [0.375, 0.75, 1.0], 2.125)
    """
    at, detected = np.unique(values[~censored], return_counts=True)
    ordered = np.sort(values)
    at_risk = np.searchsorted(ordered, at, side="right")
    left = np.cumprod((1 - detected / at_risk)[::-1])[::-1]  # probability strictly below each
    up_to = np.append(left[1:], 1.0)
    below = float(left[0])
    limits = values[censored]
    if below <= SAME:
        return KaplanMeier(at, up_to, detected.astype(float), at_risk.astype(float), 0.0)
    lowest = limits.min()
    count = float(np.sum(limits == lowest))
    if lowest >= at[0]:  # at the limit of the detected value itself: one step for both
        lowest, count = at[0], float(at_risk[0] - detected[0])
    return KaplanMeier(
        np.append(lowest, at),
        np.append(below, up_to),
        np.append(count, detected.astype(float)),
        np.append(count, at_risk.astype(float)),
        below,
    )
