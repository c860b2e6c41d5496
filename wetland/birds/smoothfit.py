"""How a smooth course is fitted to counts at plots: shapes, penalised likelihood, Newton's method.

Used by `wetland.birds.smoothing`. All draws of a bootstrap are fitted at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wetland.birds.trimtable import CountTable, Floats, Numbers

MOST_ROUNDS = 80
MOST_HALVINGS = 12
LONGEST_STEP = 2.0
FARTHEST = 30.0  # logarithms from the mean: nothing that was counted is beyond
SETTLED = 1e-9
RIDGE = 1e-10
STRONGEST = 1e12


def curvature(count: int) -> Floats:
    """Return the penalty of a natural cubic spline with knots at so many equally spaced times.

    The quadratic form of values at the knots that is the integral of the squared second
    derivative; 0 for straight lines.

    Examples
    --------
    >>> line = np.arange(5.0)
    >>> bool(abs(curvature(5) @ line).max() < 1e-12), curvature(2).tolist()
    (True, [[0.0, 0.0], [0.0, 0.0]])
    """
    if count < 3:
        return np.zeros((count, count))
    inner = count - 2
    second = np.zeros((count, inner))
    k = np.arange(inner)
    second[k, k], second[k + 1, k], second[k + 2, k] = 1.0, -2.0, 1.0
    band = np.diag(np.full(inner, 2 / 3))
    band[k[1:], k[:-1]] = band[k[:-1], k[1:]] = 1 / 6
    half = second @ np.linalg.solve(band, second.T)
    out: Floats = (half + half.T) / 2
    return out


@dataclass(frozen=True, eq=False)
class Shapes:
    """Shapes that a course is made of, each scaled by how strongly it is held.

    Attributes
    ----------
    basis
        Array (times, shapes): the straight line, then bends, smooth ones first. No level.
    penalty
        Of each shape; between 0 (the straight line) and 1.
    """

    basis: Floats
    penalty: Floats

    def freedom(self, information: Floats) -> float:
        """Return the effective degrees of freedom of the course, without its level."""
        told = self.basis.T @ information @ self.basis
        held = told + np.diag(self.penalty + RIDGE)
        return float(np.trace(np.linalg.solve(held, told)))


def shapes_of(information: Floats, freedom: float) -> Shapes:
    """Return the shapes with the penalty that leaves so many degrees of freedom, by bisection.

    ``information`` is that of the logarithms at no change, so that noise does not choose its own
    smoothing.
    """
    times = len(information)
    bare = np.stack([np.ones(times), np.arange(times) - (times - 1) / 2], axis=1)
    whole = np.linalg.qr(bare, mode="complete")[0]
    bends = whole[:, 2:]
    held, turned = np.linalg.eigh(bends.T @ curvature(times) @ bends)
    line, bends = whole[:, 1:2], bends @ turned
    scale = float(np.trace(information)) / times or 1.0

    def with_strength(power: float) -> Shapes:
        strength = 10**power * held
        basis = np.concatenate([line, bends / np.sqrt(1 + strength)], axis=1) / np.sqrt(scale)
        return Shapes(basis, np.concatenate([[0.0], strength / (1 + strength)]))

    low, high = -np.log10(STRONGEST), np.log10(STRONGEST)
    for _ in range(60):
        middle = (low + high) / 2
        if with_strength(middle).freedom(information) > freedom:
            low = middle
        else:
            high = middle
    return with_strength(float(high))


@dataclass(frozen=True, eq=False)
class CountRows:
    """Counts in rows with a level of their own: plots, or plots x months.

    Attributes
    ----------
    counts, seen
        Arrays (rows, times): counts with 0 where nobody counted, and 1 where somebody did.
    totals
        Of the rows.
    site
        Which site each row is of.
    """

    counts: Floats
    seen: Floats
    totals: Floats
    site: Numbers

    @classmethod
    def of(cls, table: CountTable) -> CountRows:
        """Take the rows of a table that have birds."""
        sites, months, times = table.counts.shape
        counts = table.counts.reshape(sites * months, times)
        site = np.repeat(np.arange(sites), months)
        kept = np.nansum(counts, axis=1) > 0
        counts, site = counts[kept], site[kept]
        seen = ~np.isnan(counts)
        filled = np.where(seen, counts, 0.0)
        return cls(filled, seen.astype(np.float64), filled.sum(axis=1), site)

    def shares(self, log: Floats) -> Floats:
        """Return how the total of each row spreads over its times (draws, rows, times)."""
        raw = self.seen * np.exp(log - log.max(axis=1, keepdims=True))[:, None, :]
        out: Floats = raw / np.maximum(raw.sum(axis=2, keepdims=True), 1e-300)
        return out

    def information(self, log: Floats, weights: Floats) -> Floats:
        """Return the information of the logarithms (draws, times, times)."""
        return _information(self.shares(log), weights[:, self.site] * self.totals)

    def likelihood(self, log: Floats, weights: Floats) -> Floats:
        """Return the log-likelihood of each draw given the totals of rows, but for a constant."""
        top = log.max(axis=1, keepdims=True)
        mass = np.maximum(np.exp(log - top) @ self.seen.T, 1e-300)
        each = log @ self.counts.T - (np.log(mass) + top) * self.totals
        each *= weights[:, self.site]
        out: Floats = each.sum(axis=1)
        return out

    def fit(self, weights: Floats, shapes: Shapes) -> Floats:
        """Return the logarithms (draws, times) that fit best, by Newton's method.

        ``weights`` (draws, sites) say how often each site counts. Steps are halved until the
        likelihood grows. A course that runs off (all birds at one end of it) is held at the
        farthest that is told apart.
        """
        basis, held = shapes.basis, shapes.penalty + RIDGE
        mass = weights[:, self.site] * self.totals
        told = weights[:, self.site] @ self.counts
        at = np.zeros((len(weights), basis.shape[1]))
        busy = np.arange(len(weights))
        for _ in range(MOST_ROUNDS):
            shares = self.shares(at[busy] @ basis.T)
            slope = told[busy] - np.einsum("bi,bit->bt", mass[busy], shares)
            bend = basis.T @ _information(shares, mass[busy]) @ basis + np.diag(held)
            step = np.linalg.solve(bend, (slope @ basis - at[busy] * held)[:, :, None])[:, :, 0]
            length = np.abs(step @ basis.T).max(axis=1, keepdims=True)
            step /= np.maximum(1.0, length / LONGEST_STEP)
            at[busy] = self._ahead(at[busy], step, weights[busy], (basis, held))
            busy = busy[length[:, 0] > SETTLED]
            if not busy.size:
                break
        log = at @ basis.T
        out: Floats = np.clip(log - log.mean(axis=1, keepdims=True), -FARTHEST, FARTHEST)
        return out

    def _ahead(
        self, at: Floats, step: Floats, weights: Floats, shapes: tuple[Floats, Floats]
    ) -> Floats:
        """Go a step, or the part of it after which the penalised likelihood is not lower."""
        basis, held = shapes

        def reached(place: Floats) -> Floats:
            rough: Floats = (place**2 * held).sum(axis=1) / 2
            return self.likelihood(place @ basis.T, weights) - rough

        share = np.ones((len(at), 1))
        start = reached(at)
        least = start - 1e-10 * (1 + np.abs(start))
        for _ in range(MOST_HALVINGS):
            ahead: Floats = at + share * step
            lower = reached(ahead) < least
            if not lower.any():
                break
            share[lower] /= 2
        return ahead


def _information(shares: Floats, mass: Floats) -> Floats:
    scaled = shares * np.sqrt(mass)[:, :, None]
    out: Floats = -np.matmul(scaled.transpose(0, 2, 1), scaled)
    at = np.arange(shares.shape[2])
    out[:, at, at] += np.einsum("bi,bit->bt", mass, shares)
    return out
