"""TRIM, model 3 with overdispersion and serial correlation: 33,120 synthetic monthly counts.

As large as rtrim's monthly oystercatcher table: 230 sites x 12 years x 12 months, four in ten not
counted. Peers: rtrim where ``Rscript`` and the package are there (it times itself; totals agree to
1e-3, since its default steps stop early); the same equations with whole matrices site by site, on a
tenth of the sites (effects, rho and overdispersion agree to 1e-6); statsmodels' GLM with a column
for each site, without both corrections, on a tenth (effects agree to 1e-6).

Run alone: ``python benchmarks/birdtrim.py [--quick]``.
"""

from __future__ import annotations

import csv
import json
import math
import shutil
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import report
from numpy.typing import NDArray

from wetland.birds.trim import Trim, TrimSettings, count_table, trim
from wetland.birds.trimtable import CountTable

Floats = NDArray[np.float64]
SEED, SITES, YEARS, MONTHS = 20_261_124, 230, 12, 12
BOTH = TrimSettings(model=3, overdispersion=True, serial_correlation=True)
POISSON = TrimSettings(model=3, overdispersion=False)
OURS, MATRICES, GLM, RTRIM = "ours", "whole matrices, site by site", "statsmodels GLM", "rtrim"
SCENE = "TRIM model 3, both corrections, monthly"
GLM_SCENE = "TRIM model 3, no corrections, monthly"
SAME, SAME_AS_R = 1e-6, 1e-3
MINUTES_OF_R = 30 * 60
R_CODE = """
options(warn = -1)
if (!requireNamespace("rtrim", quietly = TRUE)) { cat("no rtrim"); quit(status = 3) }
given <- commandArgs(TRUE)
counts <- read.csv(given[1])
fit <- function() rtrim::trim(count ~ site + (year + month), data = counts, model = 3,
                              overdisp = TRUE, serialcor = TRUE)
fitted <- fit()
times <- sapply(seq_len(as.integer(given[2])), function(k) {
  used <- system.time(fit())
  c(used[["elapsed"]], used[["user.self"]] + used[["sys.self"]])
})
totals <- rtrim::totals(fitted, "fitted")$fitted
cat(sprintf('{"version": "%s", "r": "%s", "wall": [%s], "cpu": [%s], "totals": [%s]}',
            as.character(packageVersion("rtrim")), as.character(getRversion()),
            paste(times[1, ], collapse = ", "), paste(times[2, ], collapse = ", "),
            paste(format(totals, digits = 12), collapse = ", ")))
"""


@dataclass(frozen=True)
class Made:
    """Counts in rows."""

    site: list[str]
    year: list[int]
    month: list[int]
    count: list[float]

    def table(self) -> CountTable:
        """Return them as a table."""
        return count_table(self.site, self.year, self.count, month=self.month)


def rows(*, quick: bool = False) -> list[report.Row]:
    """Measure ours and every peer that is there."""
    whole = made(SITES // 10 if quick else SITES)
    part = made(8 if quick else SITES // 10)
    ours = trim(whole.table(), BOTH)
    _compare_matrices(part.table())
    found = report.measure(
        {
            OURS: lambda: trim(whole.table(), BOTH),
            MATRICES: lambda: by_matrices(part.table()),
        },
        section="birds", scene=SCENE, size=len(whole.site), ours=OURS,
        sizes={MATRICES: len(part.site)},
    )  # fmt: skip
    found += _of_rtrim(whole, ours, found[0])
    _compare_glm(part.table())
    return found + report.measure(
        {OURS: lambda: trim(whole.table(), POISSON), GLM: lambda: by_glm(part.table())},
        section="birds", scene=GLM_SCENE, size=len(whole.site), ours=OURS, repeats=3,
        sizes={GLM: len(part.site)},
    )  # fmt: skip


def made(sites: int) -> Made:
    """Make synthetic counts: levels of sites, a season, a fall, more spread than Poisson's."""
    rng = np.random.default_rng(SEED)
    level = rng.lognormal(3.0, 1.0, sites)
    season = 0.5 * np.sin(2 * np.pi * np.arange(MONTHS) / MONTHS)
    year = -0.04 * np.arange(YEARS) + rng.normal(0, 0.15, YEARS)
    mu = level[:, None, None] * np.exp(season[:, None] + year)
    counts = rng.poisson(rng.gamma(mu / 2.0, 2.0)).astype(np.float64)
    counts[rng.random(counts.shape) < 0.4] = np.nan
    at = np.indices(counts.shape).reshape(3, -1)
    return Made(
        [f"s{k:03d}" for k in at[0]], (2000 + at[2]).tolist(), (1 + at[1]).tolist(),
        counts.ravel().tolist(),
    )  # fmt: skip


def by_matrices(table: CountTable) -> tuple[Floats, float, float]:
    """Return effects, overdispersion and serial correlation with the matrices of every site.

    The same equations as ours; maximum likelihood first, then steps with both corrections.
    """
    cells = [_Site.of(table, k) for k in range(len(table.sites))]
    beta, rho, sigma2 = np.zeros(YEARS - 1 + len(table.months) - 1), 0.0, 1.0
    freedom = sum(one.count.size for one in cells) - len(cells) - beta.size
    corrected = False
    for _ in range(500):
        information, score = np.zeros((beta.size, beta.size)), np.zeros(beta.size)
        squares = pairs = 0.0
        near = 0
        for one in cells:
            bend, slope, residual = one.equations(beta, rho)
            information += bend
            score += slope
            squares += float(residual @ residual)
            pairs += float(residual[one.first] @ residual[one.second])
            near += one.first.size
        step = np.linalg.solve(information, score)
        last, sigma2 = (sigma2, rho), squares / freedom
        if corrected:
            rho = pairs / (near * sigma2)
        beta = beta + step
        moved = max(np.abs(step).max(), abs(sigma2 / last[0] - 1), abs(rho - last[1]))
        if moved < 1e-9 and corrected:
            break
        corrected = corrected or moved < 1e-9
    return beta, sigma2, rho


@dataclass(frozen=True)
class _Site:
    """One site: its counts, the columns of its cells, which cells are neighbours in time."""

    count: Floats
    columns: Floats
    distance: Floats
    first: NDArray[np.intp]
    second: NDArray[np.intp]

    @classmethod
    def of(cls, table: CountTable, site: int) -> _Site:
        month, year = np.nonzero(table.observed[site])
        columns = np.concatenate(
            [np.eye(YEARS)[year][:, 1:], np.eye(len(table.months))[month][:, 1:]], axis=1
        )
        apart = np.abs(np.subtract.outer(year, year)).astype(np.float64)
        apart[np.not_equal.outer(month, month)] = np.inf
        first, second = np.nonzero(np.triu(apart == 1))
        return cls(table.counts[site][month, year], columns, apart, first, second)

    def equations(self, beta: Floats, rho: float) -> tuple[Floats, Floats, Floats]:
        """Return information, score and residuals."""
        effect = np.exp(self.columns @ beta)
        correlation = np.where(np.isinf(self.distance), 0.0, rho**self.distance)
        inverse = np.linalg.inv(correlation)
        root = np.sqrt(effect)
        z = inverse @ root / root
        mu = effect * (z @ self.count) / (z @ effect)
        root = np.sqrt(mu)
        omega = root[:, None] * inverse * root
        row = omega.sum(axis=0)
        residual = (self.count - mu) / root
        bend = self.columns.T @ (omega - np.outer(row, row) / row.sum()) @ self.columns
        return bend, self.columns.T @ (root * (inverse @ residual)), residual


def by_glm(table: CountTable) -> Any:  # noqa: ANN401 - as the peer gives it
    """Return the fit of a general program: a column for each site, year and month."""
    import statsmodels.api as sm  # noqa: PLC0415 - slow to import

    site, month, year = np.nonzero(table.observed)
    design = np.concatenate(
        [np.eye(len(table.sites))[site], np.eye(YEARS)[year][:, 1:],
         np.eye(len(table.months))[month][:, 1:]], axis=1
    )  # fmt: skip
    model = sm.GLM(table.counts[table.observed], design, family=sm.families.Poisson())
    return model.fit(tol=1e-10)


def _compare_matrices(table: CountTable) -> None:
    ours = trim(table, BOTH)
    beta, sigma2, rho = by_matrices(table)
    own = np.array([*ours.estimates.beta, ours.estimates.sigma2, ours.estimates.rho])
    peer = np.array([*beta, sigma2, rho])
    if not np.allclose(own, peer, rtol=SAME, atol=SAME):
        raise SystemExit(f"effects, sigma2 and rho {own} are not {peer} of the whole matrices")


def _compare_glm(table: CountTable) -> None:
    own = trim(table, POISSON).estimates.beta
    peer = np.asarray(by_glm(table).params)[len(table.sites) :]
    if not np.allclose(own, peer, rtol=SAME, atol=SAME):
        raise SystemExit(f"effects differ from statsmodels' by {np.abs(own - peer).max():g}")


def _of_rtrim(counts: Made, ours: Trim, own: report.Row) -> list[report.Row]:
    """Measure rtrim, which times itself; a row of nothing tells why it is left out."""
    told = _run_rtrim(counts)
    if isinstance(told, str):
        return [report.Row(own.section, own.scene, RTRIM, 0, 0, 0, 0, None, told)]
    if not np.allclose(told["totals"], ours.totals.fitted, rtol=SAME_AS_R):
        raise SystemExit(f"totals {ours.totals.fitted} are not rtrim's {told['totals']}")
    wall, cpu = statistics.median(told["wall"]), statistics.median(told["cpu"])
    note = f"rtrim {told['version']}, R {told['r']}"
    return [report.Row(own.section, own.scene, RTRIM, own.size, wall, cpu, 0,
                       cpu / own.cpu_s, note)]  # fmt: skip


def _run_rtrim(counts: Made) -> dict[str, Any] | str:
    program = shutil.which("Rscript")
    if program is None:
        return "not installed: Rscript"
    with tempfile.TemporaryDirectory() as folder:
        table, code = Path(folder) / "counts.csv", Path(folder) / "rtrim.R"
        code.write_text(R_CODE, encoding="utf-8")
        with table.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["site", "year", "month", "count"])
            for row in zip(counts.site, counts.year, counts.month, counts.count, strict=True):
                writer.writerow([*row[:3], "NA" if math.isnan(row[3]) else int(row[3])])
        try:
            ran = subprocess.run(
                [program, str(code), str(table), "3"],
                capture_output=True, text=True, timeout=MINUTES_OF_R, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"rtrim took more than {MINUTES_OF_R // 60} minutes"
    if ran.returncode == 3:
        return "not installed: the R package rtrim"
    if ran.returncode:
        return "rtrim failed: " + (ran.stderr.strip().splitlines() or ["?"])[-1]
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


if __name__ == "__main__":
    report.run_alone(rows, __doc__)
