"""Maximum likelihood (极大似然) for a normal or lognormal law with values below detection limits.

With h = 1 / sigma and g = mu / sigma the logarithm of the likelihood is concave, so Newton's method
from anywhere finds its one maximum.

References
----------
Olsen (1978), Note on the uniqueness of the maximum likelihood estimator for the Tobit model,
Econometrica 46:1211-1215. Cohen (1991), Truncated and Censored Samples. Venzon, Moolgavkar (1988),
Profile-likelihood-based confidence intervals, Appl. Statist. 37:87-94.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Law = Literal["lognormal", "normal"]
LAWS: tuple[Law, ...] = ("lognormal", "normal")

STEPS = 200
LARGE = 700.0  # logarithm of the largest number there is


@dataclass(frozen=True, slots=True)
class Fitted:
    """A normal law for the values (``normal``) or for their logarithms (``lognormal``)."""

    law: Law
    mu: float
    sigma: float
    loglik: float

    @property
    def mean(self) -> float:
        """Return the mean of the values themselves."""
        return _mean_of(self.centre, self.law)

    @property
    def centre(self) -> float:
        """Return the mean, or its logarithm for the lognormal law."""
        return self.mu + (self.sigma**2 / 2 if self.law == "lognormal" else 0.0)

    @property
    def sd(self) -> float:
        """Return the standard deviation of the values themselves."""
        if self.law == "normal":
            return self.sigma
        return self.mean * math.sqrt(math.expm1(min(self.sigma**2, LARGE)))

    def quantile(self, p: float) -> float:
        """Return the value with probability ``p`` below it."""
        from scipy.special import ndtri  # noqa: PLC0415 - scipy is slow to import

        return _mean_of(self.mu + self.sigma * float(ndtri(p)), self.law)


def _mean_of(centre: float, law: Law) -> float:
    return math.exp(min(centre, LARGE)) if law == "lognormal" else centre


def _slopes(h: float, g: float, detected: Floats, limits: Floats) -> tuple[float, Floats, Floats]:
    """Return the log likelihood at (h, g), its gradient and its second derivatives."""
    from scipy.special import log_ndtr  # noqa: PLC0415 - scipy is slow to import

    u = h * detected - g
    w = h * limits - g
    under = log_ndtr(w)
    ratio = np.exp(-0.5 * w * w - under) / math.sqrt(2 * math.pi)
    bend = -ratio * (w + ratio)
    n = len(detected)
    value = n * math.log(h) - 0.5 * float(u @ u) + float(under.sum())
    gradient = np.array([n / h - u @ detected + ratio @ limits, u.sum() - ratio.sum()])
    mixed = float(detected.sum() - bend @ limits)
    second = np.array(
        [
            [-n / h**2 - detected @ detected + bend @ limits**2, mixed],
            [mixed, -float(n) + bend.sum()],
        ]
    )
    return value, gradient, second


def fit(values: Floats, censored: Bools, law: Law = "lognormal") -> Fitted:
    """Return the most likely normal or lognormal law.

    Parameters
    ----------
    values, censored
        Finite numbers, the limit where ``censored``, above 0 for the lognormal law; at least two
        different detected values (the maximum exists and is finite then).

    Examples
    --------
    Without non-detects it is the mean and the root mean square deviation.

    >>> found = fit(np.array([1.0, 2.0, 6.0]), np.zeros(3, bool), "normal")
    >>> round(found.mu, 9), round(found.sigma**2, 9)
    (3.0, 4.666666667)
    """
    y = np.log(values) if law == "lognormal" else values
    shift, scale = float(y.mean()), float(y.std())
    z = (y - shift) / scale
    detected, limits = z[~censored], z[censored]
    at = np.array([1.0, 0.0])
    value, gradient, second = _slopes(1.0, 0.0, detected, limits)
    for _ in range(STEPS):
        step = -np.linalg.solve(second, gradient)
        if float(gradient @ step) < 1e-18 * (1 + abs(value)):  # what is left to gain, twice
            break
        size = 1.0
        while size > 1e-12:
            new = at + size * step
            if new[0] > 0:
                tried = _slopes(float(new[0]), float(new[1]), detected, limits)
                if tried[0] >= value:
                    break
            size /= 2
        else:
            break
        at, (value, gradient, second) = new, tried
    sigma, mu = scale / at[0], shift + scale * at[1] / at[0]
    return Fitted(law, float(mu), float(sigma), value - len(detected) * math.log(scale))


def _profile(centre: float, values: Floats, censored: Bools, fitted: Fitted) -> float:
    """Return the highest log likelihood of any law whose mean is the one given by ``centre``."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - scipy is slow to import
    from scipy.special import log_ndtr  # noqa: PLC0415 - scipy is slow to import

    lognormal = fitted.law == "lognormal"
    y = np.log(values) if lognormal else values
    detected, limits = y[~censored], y[censored]

    def lost(log_sigma: float) -> float:
        sigma = math.exp(log_sigma)
        mu = centre - (sigma * sigma / 2 if lognormal else 0.0)
        u = (detected - mu) / sigma
        return float(len(u) * log_sigma + 0.5 * (u @ u) - log_ndtr((limits - mu) / sigma).sum())

    spread = math.log(fitted.sigma)
    near = min((spread + k for k in range(-7, 8)), key=lost)  # there may be more than one valley
    found = minimize_scalar(
        lost, bounds=(near - 1, near + 1), method="bounded", options={"xatol": 1e-10}
    )
    return -float(found.fun)


def mean_interval(
    fitted: Fitted, values: Floats, censored: Bools, confidence: float = 0.95
) -> tuple[float, float]:
    """Return the profile likelihood interval of the mean.

    All means whose best law is less likely than the fitted one by no more than half the quantile of
    chi square with one degree of freedom. A side that is not reached within a factor of e^50
    (lognormal) or 1000 standard deviations (normal) is infinite (lower: 0, or minus infinity).
    """
    from scipy.optimize import brentq  # noqa: PLC0415 - scipy is slow to import
    from scipy.special import chdtri  # noqa: PLC0415 - scipy is slow to import

    best = fitted.loglik
    allowed = float(chdtri(1, 1 - confidence)) / 2
    width = fitted.sigma / math.sqrt(len(values))
    farthest = 50.0 if fitted.law == "lognormal" else 1000 * fitted.sigma

    def beyond(centre: float) -> float:
        return best - _profile(centre, values, censored, fitted) - allowed

    def side(sign: int) -> float:
        far = width
        while beyond(fitted.centre + sign * far) < 0:
            far *= 2
            if far > farthest:
                return sign * math.inf
        return float(brentq(beyond, fitted.centre, fitted.centre + sign * far, xtol=1e-10))

    low, high = side(-1), side(1)
    if fitted.law == "normal":
        return low, high
    return (math.exp(low) if math.isfinite(low) else 0.0), math.exp(high)
