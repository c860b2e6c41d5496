"""The estimates of a TRIM model: maximum likelihood, then generalised estimating equations.

No matrix of a site is ever made: everything is sums over cells with a count and over pairs of
neighbouring ones, see `wetland.birds.trimcells`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.trimcells import Cells, Precision
from wetland.birds.trimdesign import Design
from wetland.birds.trimtable import CountTable, Floats, listed

TOLERANCE = 1e-10
MOST_ROUNDS = 400
MOST_HALVINGS = 30
SINGULAR = 1e-11
EXACT = 1e-12  # an overdispersion below this is rounding
PACES = ((1.0, 100), (0.3, 300), (0.1, 1000))  # share of a step, and rounds: slower settles more

_NO_FREEDOM = text(
    "计数 {n} 个，而参数有 {parameters} 个，无法估计离散度或序列相关",
    "there are {n} counts for {parameters} parameters: neither overdispersion nor serial "
    "correlation can be estimated",
)
_SIMPLER = text(
    "请减少参数（较简单的模型、较少的变化点或协变量），或不作这些修正",
    "use fewer parameters (a simpler model, fewer change points or covariates), or leave these "
    "corrections out",
)
_SINGULAR = text(
    "模型的参数无法分别估计：某些时次、月份或类别没有在同一样点上与其他的一起计数",
    "the parameters cannot be told apart: some times, months or categories were never counted at "
    "a site together with others",
)
_DIVERGED = text(
    "模型在 {n} 步内没有收敛", "the estimates of the model did not settle in {n} rounds"
)
_UNSETTLED = text(
    "考虑序列相关时，模型的估计没有收敛",
    "with serial correlation the estimates of the model do not settle",
)
_EXACT = text(
    "计数与模型完全一致，离散度为 0，无法估计误差和序列相关",
    "the counts fit the model exactly: overdispersion is 0, neither errors nor serial correlation "
    "can be estimated",
)
_NO_PAIRS = text(
    "没有在相邻两个时次都计数的样点，无法估计序列相关",
    "no site was counted at two times in a row: serial correlation cannot be estimated",
)
_NO_LEVEL = text(
    "考虑序列相关时，样点 {sites} 的水平无法估计",
    "with serial correlation the level of these sites cannot be estimated: {sites}",
)
_PLAIN = text("请不作离散度和序列相关修正", "fit without overdispersion and serial correlation")
_WITHOUT = text("请不作序列相关修正", "fit without serial correlation")


@dataclass(frozen=True, eq=False)
class Estimates:
    """What was estimated.

    Attributes
    ----------
    alpha, beta
        Level of each site; effects in the order of the columns of the design.
    expected
        Expected counts (sites, months, times), of all cells.
    sigma2
        What variances were multiplied with; 1 where overdispersion was not asked for.
    rho
        Serial correlation that was used; 0 where it was not asked for.
    information
        ``E`` without ``sigma2``; ``beta`` has the covariance ``sigma2 * inverse(E)``.
    score
        ``U`` without ``sigma2``: 0 at the solution.
    site_information, site_effects
        For the variance of totals: ``d`` of each site without ``sigma2``, and ``F`` (sites x
        columns).
    rounds
        How many steps were made.
    """

    alpha: Floats
    beta: Floats
    expected: Floats
    sigma2: float
    rho: float
    information: Floats
    score: Floats
    site_information: Floats
    site_effects: Floats
    rounds: int = 0

    @property
    def covariance(self) -> Floats:
        """Return the covariance of ``beta``."""
        return self.sigma2 * symmetric_inverse(self.information)


@dataclass(frozen=True)
class Corrections:
    """What is estimated beside the model.

    ``confidence`` below 1 leaves residuals beyond that quantile of chi-square out of the estimate
    of overdispersion (constrained overdispersion).
    """

    overdispersion: bool = True
    serial_correlation: bool = False
    confidence: float = 1.0


def symmetric_inverse(matrix: Floats) -> Floats:
    """Return the inverse of a positive definite matrix, or refuse it as not identified."""
    if not matrix.size:
        return np.zeros_like(matrix)
    diagonal = np.diag(matrix)
    if not np.isfinite(matrix).all() or (diagonal <= 0).any():
        raise InputError(_SINGULAR, hint=_SIMPLER)
    scale = 1.0 / np.sqrt(diagonal)
    values, vectors = np.linalg.eigh(matrix * np.outer(scale, scale))
    if values[0] < SINGULAR:
        raise InputError(_SINGULAR, hint=_SIMPLER)
    inverse: Floats = (vectors / values) @ vectors.T * np.outer(scale, scale)
    return inverse


class Fitting:
    """The estimation of one design on one table."""

    def __init__(self, table: CountTable, design: Design) -> None:
        self.table = table
        self.design = design
        self.cells = Cells.of(table, design)
        self.sites = len(table.sites)
        kinds = table.counts.shape[1] * table.counts.shape[2]
        self.columns = design.columns.reshape(len(design.columns), kinds, design.parameters)
        self.freedom = self.cells.count.size - self.sites - design.parameters

    def run(self, corrections: Corrections) -> Estimates:
        """Fit by maximum likelihood, then by estimating equations where corrections are asked."""
        asked = corrections.overdispersion or corrections.serial_correlation
        if asked and self.freedom <= 0:
            raise InputError(
                _NO_FREEDOM.fill(
                    n=self.cells.count.size, parameters=self.sites + self.design.parameters
                ),
                hint=_SIMPLER,
            )
        found = self._likelihood()
        if corrections.serial_correlation:
            found = self._equations(found, corrections)
        elif corrections.overdispersion:
            sigma2, _ = self.dispersion(found.expected, corrections.confidence)
            found = self.evaluate(found.beta, 0.0, sigma2=sigma2, rounds=found.rounds)
        return found

    def residuals(self, expected: Floats) -> Floats:
        """Return Pearson's residuals of the cells with a count."""
        mu = expected.ravel()[self.cells.at]
        with np.errstate(divide="ignore", invalid="ignore"):
            residuals: Floats = (self.cells.count - mu) / np.sqrt(mu)
        return residuals

    def dispersion(self, expected: Floats, confidence: float = 1.0) -> tuple[float, float]:
        """Return overdispersion and serial correlation from the residuals."""
        from scipy.special import chdtri  # noqa: PLC0415 - scipy is slow to import

        residuals = self.residuals(expected)
        squares = residuals * residuals
        lost = self.sites + self.design.parameters
        sigma2 = float(squares.sum()) / self.freedom
        if sigma2 < EXACT:
            raise InputError(_EXACT, hint=_PLAIN)
        if confidence < 1:
            limit = float(chdtri(1.0, 1.0 - confidence))
            for _ in range(50):
                kept = squares[squares < sigma2 * limit]
                if kept.size <= lost:
                    break
                last, sigma2 = sigma2, float(kept.sum()) / (kept.size - lost)
                if abs(sigma2 - last) < 0.1:
                    break
        near = self.cells.gap == 1
        pairs = residuals[self.cells.before[near]] * residuals[self.cells.after[near]]
        if not pairs.size:
            return sigma2, math.nan
        return sigma2, float(pairs.sum()) / (pairs.size * sigma2)

    def likelihood_ratio(self, expected: Floats) -> float:
        """Return ``2 sum f ln(f / mu)`` over the counts above 0."""
        some = self.cells.count > 0
        count = self.cells.count[some]
        mu = expected.ravel()[self.cells.at[some]]
        with np.errstate(divide="ignore", invalid="ignore"):
            return 2.0 * float(np.sum(count * np.log(count / mu)))

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")
    def levels(
        self, beta: Floats, precision: Precision
    ) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Return ``alpha``, the expected counts of all cells, and sites without a solution.

        ``alpha`` follows from ``beta``: with weights ``z = R^-1 s / s``, ``s`` the square roots
        of the expected counts (their level does not matter), ``z f = z mu`` in every site. Where
        the left side is not above 0 the solution of maximum likelihood stands in.
        """
        cells = self.cells
        effect = np.exp(self.columns @ beta)
        if not np.isfinite(effect).all():
            raise InputError(_DIVERGED.fill(n=MOST_ROUNDS), hint=_SIMPLER)
        shape = self.table.counts.shape
        base = effect[self.design.group].reshape(shape) / self.table.weights
        there = base.ravel()[cells.at]
        root = np.sqrt(there)
        z = precision.times(root) / root
        seen = np.bincount(cells.site, z * cells.count, self.sites)
        told = np.bincount(cells.site, z * there, self.sites)
        without = ~((seen > 0) & (told > 0))
        if without.any():
            seen = np.where(without, np.bincount(cells.site, cells.count, self.sites), seen)
            told = np.where(without, np.bincount(cells.site, there, self.sites), told)
        alpha = np.log(seen) - np.log(told)
        return alpha, np.exp(alpha)[:, None, None] * base, without

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")
    def evaluate(
        self, beta: Floats, rho: float, *, sigma2: float = 1.0, rounds: int = 0
    ) -> Estimates:
        """Return levels, information and score at ``beta``.

        Raises
        ------
        InputError
            Steps have led so far out that numbers overflow.
        """
        cells, size = self.cells, self.columns.shape[1]
        precision = Precision.of(cells, rho)
        alpha, expected, _ = self.levels(beta, precision)
        mu = expected.ravel()[cells.at]
        root = np.sqrt(mu)
        row = root * precision.times(root)
        own = np.bincount(cells.site, row, self.sites).astype(np.float64)
        rows = np.zeros(expected.size)
        rows[cells.at] = row
        by_site = rows.reshape(self.sites, size)
        rest = root * precision.times((cells.count - mu) / root)
        left = np.bincount(cells.kind, rest, self._kinds).reshape(-1, size)
        effects = np.empty((self.sites, self.design.parameters))
        for group, columns in enumerate(self.columns):
            members = self.design.group == group
            effects[members] = by_site[members] @ columns
        shares = effects / own[:, None]
        information = self._crossed(precision, root) - shares.T @ effects
        score = np.einsum("gcp,gc->p", self.columns, left)
        if not all(np.isfinite(numbers).all() for numbers in (mu, information, score)):
            raise InputError(_DIVERGED.fill(n=rounds), hint=_SIMPLER)
        return Estimates(
            alpha=alpha,
            beta=beta,
            expected=expected,
            sigma2=sigma2,
            rho=rho,
            information=information,
            score=score,
            site_information=own,
            site_effects=shares,
            rounds=rounds,
        )

    @property
    def _kinds(self) -> int:
        return self.columns.shape[0] * self.columns.shape[1]

    def _crossed(self, precision: Precision, root: Floats) -> Floats:
        """Return ``sum B' Omega B`` over the sites: sums over cells and neighbours of one kind."""
        cells, times = self.cells, self.table.times.size
        diagonal = np.bincount(cells.kind, precision.diagonal * root * root, self._kinds)
        columns = self.columns.reshape(self._kinds, self.design.parameters)
        crossed: Floats = columns.T @ (diagonal[:, None] * columns)
        if not precision.beside.any():
            return crossed
        pair = cells.kind[cells.before] * times + cells.time[cells.after]
        beside = np.bincount(
            pair, precision.beside * root[cells.before] * root[cells.after], self._kinds * times
        )
        series = columns.reshape(self._kinds // times, times, self.design.parameters)
        half = columns.T @ (beside.reshape(-1, times, times) @ series).reshape(columns.shape)
        return crossed + half + half.T

    def _likelihood(self) -> Estimates:
        found = self.evaluate(np.zeros(self.design.parameters), 0.0)
        ratio = self.likelihood_ratio(found.expected)
        for number in range(1, MOST_ROUNDS + 1):
            step = symmetric_inverse(found.information) @ found.score
            for _ in range(MOST_HALVINGS):
                tried = self._try(found.beta + step)
                if tried is not None and tried[1] <= ratio + 1e-9 * abs(ratio):
                    break
                step = step / 2
            else:
                raise InputError(_DIVERGED.fill(n=number), hint=_SIMPLER)
            found, ratio = tried
            if not np.abs(step).max(initial=0.0) > TOLERANCE:
                return self.evaluate(found.beta, 0.0, rounds=number)
        raise InputError(_DIVERGED.fill(n=MOST_ROUNDS), hint=_SIMPLER)

    def _try(self, beta: Floats) -> tuple[Estimates, float] | None:
        """Return the state at ``beta`` and its likelihood ratio; None where numbers overflow."""
        try:
            state = self.evaluate(beta, 0.0)
        except InputError:
            return None
        ratio = self.likelihood_ratio(state.expected)
        return (state, ratio) if math.isfinite(ratio) else None

    def _equations(self, start: Estimates, corrections: Corrections) -> Estimates:
        if not (self.cells.gap == 1).any():
            raise InputError(_NO_PAIRS, hint=_WITHOUT)
        for pace, rounds in PACES:
            found = self._paced(start, corrections, pace, rounds)
            if found is not None:
                return self._settled(found, corrections, start)
        raise InputError(_UNSETTLED, hint=_WITHOUT)

    def _paced(
        self, start: Estimates, corrections: Corrections, pace: float, rounds: int
    ) -> Estimates | None:
        """Return where steps of a pace settle; None where they do not."""
        beta = start.beta
        sigma2, rho = self.dispersion(start.expected, corrections.confidence)
        for number in range(1, rounds + 1):
            if not abs(rho) < 1:
                return None
            try:
                found = self.evaluate(beta, rho, rounds=number)
                step = symmetric_inverse(found.information) @ found.score
            except InputError:
                return None
            last = sigma2, rho
            sigma2, rho = self.dispersion(found.expected, corrections.confidence)
            moved = (np.abs(step).max(initial=0.0), abs(sigma2 / last[0] - 1), abs(rho - last[1]))
            if max(moved) < TOLERANCE:
                return found
            beta = beta + pace * step
        return None

    def _settled(self, found: Estimates, corrections: Corrections, start: Estimates) -> Estimates:
        """Return the solution, if every site has a level in it."""
        precision = Precision.of(self.cells, found.rho)
        _, _, without = self.levels(found.beta, precision)
        if without.any():
            names = [self.table.sites[k] for k in np.flatnonzero(without)]
            raise InputError(_NO_LEVEL.fill(sites=listed(names)), hint=_WITHOUT)
        sigma2 = 1.0
        if corrections.overdispersion:
            sigma2, _ = self.dispersion(found.expected, corrections.confidence)
        return self.evaluate(
            found.beta, found.rho, sigma2=sigma2, rounds=start.rounds + found.rounds
        )
