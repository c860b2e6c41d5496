"""Diversity and evenness of a sample as it is (多样性与均匀度), without estimating the unseen.

Every function takes species on the last axis and gives one number per row. A row in which nothing
was counted has richness 0; its diversity, evenness and entropy are NaN: there is no share to
compute them from.

References
----------
Shannon (1948); Simpson (1949), Nature 163:688; Hurlbert (1971), Ecology 52:577; Pielou (1966);
Hill (1973), Ecology 54:427-432; Renyi (1961); Fisher, Corbet, Williams (1943), J. Anim. Ecol.
12:42-58; Jost (2006), Oikos 113:363-375; Smith, Wilson (1996), Oikos 76:70-82; Heip (1974).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.counts import abundances, whole_counts

Floats = NDArray[np.float64]
Simpson = Literal[
    "concentration", "gini_simpson", "inverse", "unbiased", "unbiased_concentration",
    "unbiased_inverse",
]  # fmt: skip
Evenness = Literal["pielou", "heip", "simpson", "hill_ratio"]

SIMPSON_FORMS: dict[Simpson, Text] = {
    "concentration": text("优势集中度 D = Σp²", "concentration D, the sum of p squared"),
    "gini_simpson": text("基尼-辛普森指数 1 - D", "Gini-Simpson index 1 - D"),
    "inverse": text("辛普森多样性 1/D", "inverse Simpson 1/D"),
    "unbiased": text(
        "无偏辛普森指数 1 - Σx(x-1)/n(n-1)", "unbiased Simpson index (Hurlbert's PIE)"
    ),
    "unbiased_concentration": text("无偏集中度 Σx(x-1)/n(n-1)", "unbiased concentration (Simpson)"),
    "unbiased_inverse": text("无偏辛普森多样性", "inverse of the unbiased concentration"),
}
EVENNESS_FORMS: dict[Evenness, Text] = {
    "pielou": text("Pielou 均匀度 H/ln S", "Pielou's J, H / ln S"),
    "heip": text("Heip 均匀度 (e^H - 1)/(S - 1)", "Heip's (exp H - 1) / (S - 1)"),
    "simpson": text("辛普森均匀度 (1/D)/S", "Simpson's evenness (1/D) / S"),
    "hill_ratio": text("希尔比 (1/D)/e^H", "Hill's ratio (1/D) / exp H"),
}


def observed(counts: ArrayLike) -> Floats:
    """Return the observed richness (物种数): species with a count above 0.

    Examples
    --------
    >>> observed([[3, 0, 1], [0, 0, 0]]).tolist()
    [2.0, 0.0]
    """
    out: Floats = (abundances(counts) > 0).sum(axis=-1).astype(np.float64)
    return out


def shares(counts: ArrayLike) -> Floats:
    """Return each species' share of its row; NaN in a row of zeros."""
    table = abundances(counts)
    top = table.max(axis=-1, keepdims=True)
    scaled = np.divide(table, top, out=np.full(table.shape, np.nan), where=top > 0)
    out: Floats = scaled / scaled.sum(axis=-1, keepdims=True)
    return out


def shannon(counts: ArrayLike, *, base: float = np.e) -> Floats:
    """Return Shannon's entropy H (香农指数), minus the sum of p log p.

    Parameters
    ----------
    base
        Of the logarithm: e (default), 2 or 10 are in use; tell which when a value is compared.

    Examples
    --------
    >>> shannon([[1, 1, 0], [4, 0, 0]], base=2).tolist()
    [1.0, 0.0]
    """
    if not (np.isfinite(base) and base > 1):
        raise InputError(text("对数的底应大于 1", "the base of the logarithm must be above 1"))
    out: Floats = special.entr(shares(counts)).sum(axis=-1) / np.log(base)
    return out


def simpson(counts: ArrayLike, form: Simpson = "gini_simpson") -> Floats:
    """Return Simpson's index (辛普森指数) in the form that ``form`` names (`SIMPSON_FORMS`).

    "Simpson" stands for several quantities in the literature; so there is no unnamed one. The
    unbiased forms need whole counts and two individuals (else NaN); the unbiased inverse of a row
    of singletons is infinite.

    Examples
    --------
    >>> [float(simpson([5, 5], form)) for form in ("concentration", "gini_simpson", "inverse")]
    [0.5, 0.5, 2.0]
    """
    if form not in SIMPSON_FORMS:
        raise InputError(_unknown(form, SIMPSON_FORMS))
    if form in ("concentration", "gini_simpson", "inverse"):
        p = shares(counts)
        concentration = (p * p).sum(axis=-1)
    else:
        table = whole_counts(counts)
        n = table.sum(axis=-1)
        with np.errstate(invalid="ignore", divide="ignore"):
            pairs = (table / n[..., None] * ((table - 1) / (n[..., None] - 1))).sum(axis=-1)
        concentration = np.where(n > 1, pairs, np.nan)
    with np.errstate(divide="ignore"):
        out: Floats = {
            "concentration": lambda: concentration,
            "inverse": lambda: 1 / concentration,
            "gini_simpson": lambda: 1 - concentration,
        }[form.replace("unbiased_", "").replace("unbiased", "gini_simpson")]()
    return out


def evenness(counts: ArrayLike, form: Evenness = "pielou") -> Floats:
    """Return how evenly the individuals are spread over the species (均匀度), by `EVENNESS_FORMS`.

    One species alone has no evenness for ``pielou`` and ``heip`` (0/0: NaN) and 1 for the others.

    Examples
    --------
    >>> evenness([[4, 4, 0], [9, 0, 0]]).tolist()
    [1.0, nan]
    """
    if form not in EVENNESS_FORMS:
        raise InputError(_unknown(form, EVENNESS_FORMS))
    richness, entropy = observed(counts), shannon(counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        if form == "pielou":
            ratio = entropy / np.log(richness)
        elif form == "heip":
            ratio = np.expm1(entropy) / (richness - 1)
        else:
            below = richness if form == "simpson" else np.exp(entropy)
            ratio = simpson(counts, "inverse") / below
    out: Floats = np.where(np.isfinite(ratio), ratio, np.nan)
    return out


def renyi(counts: ArrayLike, q: float) -> Floats:
    """Return Renyi's entropy of order ``q`` (0 or more, infinity allowed).

    q 0 is ln S, q 1 Shannon's entropy, q 2 ln(1/D), q infinity minus ln of the largest share.
    """
    if not q >= 0:
        raise InputError(text("阶数 q 应不小于 0", "the order q must be 0 or more"))
    p = shares(counts)
    if q == 1:
        out: Floats = special.entr(p).sum(axis=-1)
    elif np.isinf(q):
        out = -np.log(p.max(axis=-1))
    else:
        present = p > 0
        logs = np.log(np.where(present, p, 1.0))
        top = np.log(p.max(axis=-1, keepdims=True))
        powers = np.where(present, np.exp(q * (logs - top)), 0.0 * p)
        out = (q * top[..., 0] + np.log(powers.sum(axis=-1))) / (1 - q)
    return out


def hill(counts: ArrayLike, q: float) -> Floats:
    """Return the Hill number of order ``q`` (希尔数): the effective number of species.

    q 0 is the observed richness, q 1 exp(H), q 2 the inverse Simpson, q infinity one over the
    largest share. A row of zeros has 0 for q 0 and NaN else.

    Examples
    --------
    >>> [round(float(hill([6, 3, 3], q)), 6) for q in (0, 1, 2, np.inf)]
    [3.0, 2.828427, 2.666667, 2.0]
    """
    values = np.exp(renyi(counts, q))
    out: Floats = observed(counts) if q == 0 else values
    return out


def fisher_alpha(counts: ArrayLike) -> Floats:
    """Return Fisher's alpha of the log series (Fisher 多样性指数): S = alpha ln(1 + n / alpha).

    Solved to the last digits for every row. Only singletons: infinite (S = n has no finite
    alpha). Nothing counted: NaN.

    Examples
    --------
    >>> alpha = float(fisher_alpha([10, 5, 2, 1, 1]))
    >>> bool(abs(alpha * np.log1p(19 / alpha) - 5) < 1e-12)
    True
    >>> float(fisher_alpha([1, 1, 1]))
    inf
    """
    table = whole_counts(counts)
    n, s = np.atleast_1d(table.sum(axis=-1)), np.atleast_1d((table > 0).sum(axis=-1) * 1.0)
    out = np.where(n > 0, np.inf, np.nan)
    finite = (n > 0) & (s < n)
    out[finite] = _alpha(n[finite], s[finite])
    reshaped: Floats = out.reshape(table.shape[:-1])
    return reshaped


def _alpha(n: Floats, s: Floats) -> Floats:
    """Solve ln(1 + y) / y = s / n for y = n / alpha by Newton steps on ln y from below."""
    wanted = s / n
    y = np.maximum(2 * (1 - wanted), 1e-300)
    for _ in range(200):
        logs = np.log1p(y)
        value = logs / y
        slope = (y / (1 + y) - logs) / y  # by ln y
        step = np.clip((value - wanted) / np.where(slope == 0, -1e-300, slope), -2.0, 2.0)
        y = y * np.exp(-step)
        if (np.abs(step) < 1e-15).all():
            break
    out: Floats = n / y
    return out


def _unknown(word: str, allowed: dict[Simpson, Text] | dict[Evenness, Text]) -> Text:
    """Return what to say of a form that does not exist."""
    names = ", ".join(allowed)
    return text(f"没有「{word}」这种形式；可用：{names}", f"no form {word!r}; there are: {names}")
