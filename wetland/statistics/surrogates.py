"""Surrogate series (替代序列): as persistent as a given one, and with nothing to do with anything.

References
----------
Kendall (1954), Biometrika 41:403-404, and Marriott, Pope (1954), Biometrika 41:390-402 (bias of the
autocorrelation); Theiler et al. (1992), Physica D 58:77-94 (random phases).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_PERSISTENT = 0.99


def persistence(at: Floats, values: Floats, taken: int = 0) -> float:
    """Return the first-order autocorrelation of a series, corrected for its bias.

    Parameters
    ----------
    at
        Whole times, ascending; only neighbours one step apart count.
    values
        With the mean 0.
    taken
        How many further columns (a trend, effort) were taken out of it.

    Notes
    -----
    The expectation in a short series is about ``phi - (1 + 3 phi)/n`` without the mean, and
    ``phi - (2 + 4 phi)/n`` without a line; further columns cost as much again. Between 0 and 0.99:
    a series that swings about is taken as independent, which is the cautious side.
    """
    n = values.size
    near = np.diff(at) == 1
    pairs = int(near.sum())
    own = float(values @ values) / n
    if pairs < 2 or own == 0.0:
        return 0.0
    raw = float((values[:-1][near] * values[1:][near]).sum()) / n / own * (n - 1) / pairs
    size = float(pairs + 1)
    corrected = (raw * size + 1 + taken) / max(size - 3 - taken, 1.0)
    return float(np.clip(corrected, 0.0, MOST_PERSISTENT))


def persistent_series(at: Floats, phi: float, draws: int, rng: np.random.Generator) -> Floats:
    """Return ``[draws, times]`` stationary first-order autoregressive series at whole times.

    Gaps are exact: over k steps the correlation is phi to the power k.
    """
    noise = rng.standard_normal((draws, at.size))
    out = np.empty_like(noise)
    out[:, 0] = noise[:, 0]
    links = phi ** np.diff(at)
    for k, link in enumerate(links, 1):
        out[:, k] = link * out[:, k - 1] + np.sqrt(1.0 - link * link) * noise[:, k]
    return out


def phase_randomised(values: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return ``[draws, times]`` series with the spectrum of ``values`` and random phases.

    For series without gaps. The mean is kept, and every autocorrelation around the circle.
    """
    n = values.size
    spectrum = np.fft.rfft(values - values.mean())
    turned = np.exp(2j * np.pi * rng.random((draws, spectrum.size)))
    turned[:, 0] = 1.0
    if n % 2 == 0:  # the highest frequency of an even length is real
        turned[:, -1] = rng.choice([-1.0, 1.0], size=draws)
    out: Floats = np.fft.irfft(spectrum * turned, n=n, axis=1) + values.mean()
    return out
