"""Means and rounding in fractions and decimals, where floating point is not enough."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction


def mean_of_means(groups: Iterable[Iterable[Fraction]]) -> Fraction:
    """Return the mean of the groups' means, exactly.

    Examples
    --------
    >>> mean_of_means([[Fraction("0.1"), Fraction("0.3")], [Fraction("0.5")]])
    Fraction(7, 20)
    """
    means = [sum(group, Fraction(0)) / len(group) for group in map(list, groups)]
    return sum(means, Fraction(0)) / len(means)


def hydrogen_mean(groups: Iterable[Iterable[Fraction]]) -> Fraction:
    """Return the mean pH by hydrogen ions to 40 places; equal values give themselves.

    Examples
    --------
    >>> float(hydrogen_mean([[Fraction("6"), Fraction("8")]]))  # -lg((10^-6 + 10^-8) / 2)
    6.296708621881339
    """
    with localcontext() as context:
        context.prec = 60
        means = []
        for group in groups:
            ions = [Decimal(10) ** -(Decimal(v.numerator) / Decimal(v.denominator)) for v in group]
            means.append(sum(ions, Decimal(0)) / len(ions))
        whole = -(sum(means, Decimal(0)) / len(means)).log10()
        return Fraction(whole.quantize(Decimal(1).scaleb(-40)))


def round_half_even(value: Fraction, places: int) -> float:
    """Round a fraction half to even (GB/T 8170) to ``places``.

    Examples
    --------
    >>> round_half_even(Fraction("0.125"), 2), round_half_even(Fraction("0.135"), 2)
    (0.12, 0.14)
    """
    number = round(value * 10**places)  # Python rounds a Fraction half to even
    return float(Decimal(number).scaleb(-places).quantize(Decimal(1).scaleb(-places),
                                                          rounding=ROUND_HALF_EVEN))  # fmt: skip
