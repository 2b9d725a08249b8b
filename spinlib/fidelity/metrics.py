"""The parts of a report: metrics beside their references, and the whole, as a table, as JSON, and as a figure."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinlib.fidelity.comparison import Counted
from spinlib.models import Ising

__all__ = ["ORDER", "Metric", "Report"]

Array = NDArray[np.float64]

ORDER = ("e", "|m|", "m")  # the series whose autocorrelation times are given


class Metric(NamedTuple):
    """One metric beside its reference.

    Attributes
    ----------
    name : str
        What is measured.
    value, error : float
        Of the configurations; the error is NaN where it is not valid. Of a distribution KL(samples | reference) in nats
        less the bias of counts; of the correlation function its largest deviation from the reference.
    reference, reference_error : float
        What it is compared with; the error is 0 for exact values.
    source : str
        Where the reference is from.
    z : float
        Distance over the error of the comparison; chi-square of a distribution.
    p : float
        Chance of such a distance for exact configurations; NaN where it cannot be said.
    verdict : str
        "agrees", "deviates" at the corrected level of the report, or "undecided".
    reason : str
        Why it is undecided.

    Examples
    --------
    >>> from spinlib.fidelity import Metric
    >>> Metric("energy", -1.75, 0.01, -1.745, 0.0, "Kaufman", -0.5, 0.62, "agrees", "").verdict
    'agrees'
    """

    name: str
    value: float
    error: float
    reference: float
    reference_error: float
    source: str
    z: float
    p: float
    verdict: str
    reason: str


class Report(NamedTuple):
    """What `report` returns; `print` shows a table.

    Attributes
    ----------
    metrics : dict
        `Metric` by name: energy, abs_magnetization (<|m|>), magnetization (<m>), heat_capacity, susceptibility,
        binder_cumulant, correlation_length (second moment, on lattices with equal periodic sides),
        correlation_function, energy_distribution, magnetization_distribution, hamming_distance and
        aligned_hamming_distance (each configuration turned so that m is not negative).
    verdict : str
        "deviates" if one metric does, else "undecided" if one is, else "agrees".
    level : float
        Chance that exact configurations deviate in any metric (Holm's correction).
    n_samples : int
        How many configurations there are.
    distinct : float
        Share of different ones among them.
    tau : dict
        Integrated autocorrelation times in configurations, in the order given, of "e", "|m|" and "m"; 1/2 for
        independent ones, NaN where nothing varies.
    n_effective : dict
        Numbers of independent configurations that these leave.
    abs_of_mean : float
        |<m>|, which paper fid uses for its Monte Carlo below Tc: the absolute value is taken after the average.
    correlation, correlation_error, reference_correlation : ndarray
        g(r) at r = 1, 2, ....
    energies, magnetizations : Counted
        Distributions of the total energy and of the signed magnetisation per site, in classes.
    pictures : ndarray
        int8 (4, *shape), the first and some later configurations.
    model : Ising
        The model.
    temperature : float
        In J / k_B.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.fidelity import report
    >>> from spinlib.models import Ising
    >>> coins = np.random.default_rng(1).choice([-1, 1], size=(200, 4, 4))
    >>> found = report(coins, Ising((4, 4)), temperature=2.0)
    >>> found.verdict, found.metrics["energy"].verdict
    ('deviates', 'deviates')
    """

    metrics: dict[str, Metric]
    verdict: str
    level: float
    n_samples: int
    distinct: float
    tau: dict[str, float]
    n_effective: dict[str, float]
    abs_of_mean: float
    correlation: Array
    correlation_error: Array
    reference_correlation: Array
    energies: Counted
    magnetizations: Counted
    pictures: np.ndarray
    model: Ising
    temperature: float

    def deviating(self) -> list[str]:
        """Names of the metrics that deviate."""
        return [name for name, one in self.metrics.items() if one.verdict == "deviates"]

    def __str__(self) -> str:
        worth = ", ".join(f"{name} {self.n_effective[name]:.0f}" for name in ORDER)
        head = (
            f"{self.n_samples} configurations of {self.model!r} at T = {self.temperature:g}: {self.verdict}\n"
            f"effective sample size: {worth}; different configurations: {100 * self.distinct:.1f} %\n"
            f"|<m>| = {self.abs_of_mean:.4f}; level {self.level:g} for all metrics together (Holm)\n\n"
        )
        rows: list[tuple[str, ...]] = [
            ("metric", "value", "error", "reference", "error", "z", "p", "verdict", "reference from")
        ]
        for one in self.metrics.values():
            numbers = (one.value, one.error, one.reference, one.reference_error)
            told = [f"{number:.5g}" for number in numbers] + [f"{one.z:.2f}", f"{one.p:.2g}"]
            rows.append((one.name, *told, one.verdict, one.source))
        widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
        reasons = dict.fromkeys(one.reason for one in self.metrics.values() if one.reason)
        foot = "".join(f"\nundecided: {reason}" for reason in reasons)
        table = "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
        )
        return head + table + foot

    def to_json(self) -> str:
        """All numbers as JSON text, NaN and infinity as null."""

        def plain(value: Any) -> Any:
            if isinstance(value, np.ndarray):
                value = value.tolist()
            if isinstance(value, dict):
                return {key: plain(one) for key, one in value.items()}
            if isinstance(value, Counted | Metric):
                return plain(value._asdict())
            if isinstance(value, list):
                return [plain(one) for one in value]
            if isinstance(value, float | np.floating):
                return float(value) if np.isfinite(value) else None
            return value

        return json.dumps(plain({**self._asdict(), "model": repr(self.model)}), indent=1)

    def figure(self) -> Any:
        """One page with all of it, a matplotlib Figure; matplotlib is needed for this alone."""
        from spinlib.fidelity.one_page import figure

        return figure(self)
