"""Dynamic exponents from autocorrelation times: tau ~ L^z."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.stats import chi2 as distribution

from experiments.library import rows as benchmark

SMALLEST = 32


class Exponent(NamedTuple):
    """z with its statistical error, and whether a power law suffices."""

    z: float
    error: float
    chi2: float
    dof: int

    @property
    def p(self) -> float:
        """The probability of a larger chi-square."""
        return float(distribution.sf(self.chi2, self.dof)) if self.dof else float("nan")


def power_law(L: Any, tau: Any, error: Any) -> Exponent:
    """Weighted least squares of log tau against log L from SMALLEST on; at least three points with a valid error."""
    L, tau, error = (np.asarray(each, float) for each in (L, tau, error))
    chosen = np.isfinite(error) & (L >= SMALLEST)
    if chosen.sum() < 3:
        return Exponent(np.nan, np.nan, np.nan, 0)
    x, y, sigma = np.log(L[chosen]), np.log(tau[chosen]), error[chosen] / tau[chosen]
    (z, constant), covariance = np.polyfit(x, y, 1, w=1 / sigma, cov="unscaled")
    residuals = (y - z * x - constant) / sigma
    return Exponent(float(z), float(np.sqrt(covariance[0, 0])), float((residuals**2).sum()), int(chosen.sum()) - 2)


def all_fits(rows: Any) -> dict[tuple[str, str], Exponent]:
    """(dynamics, observable) -> exponent."""
    times = benchmark.of(rows, "autocorrelation time")
    groups = times.groupby(["subject", times["work"].str.split().str[-1]])
    return {key: power_law(of["L"], of["value"], of["spread"]) for key, of in groups}
