"""`report`: every metric of a set of configurations beside its reference, with errors, p-values and a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinlib.exact.temperature import one_temperature
from spinlib.fidelity import measurements
from spinlib.fidelity.comparison import Counted, compare_counts, compare_diversity, compare_value
from spinlib.fidelity.configurations import chains_of
from spinlib.fidelity.metrics import ORDER, Metric, Report
from spinlib.fidelity.reference import Reference, Value, aligned, make_reference, step_of, thin
from spinlib.models import Ising
from spinlib.statistics import Estimate, holm, integrated_autocorrelation_time

__all__ = ["report"]

Array = NDArray[np.float64]


def report(
    samples: Any,
    model: Ising,
    temperature: float,
    *,
    level: float = 0.01,
    reference: Reference | None = None,
    seed: int = 0,
) -> Report:
    """Compare configurations from anywhere with the Boltzmann distribution of a model.

    Parameters
    ----------
    samples : array_like, torch.Tensor or xarray.DataArray
        -1 and +1: (draw, *shape), or (chain, draw, *shape) for independent chains, at least 100 in all. Draws are taken
        in the order given: those of a Markov chain may be correlated, and count for as many as they are worth.
        Labelled spins have the dimension "draw", perhaps "chain".
    model : Ising
        The model that they are to follow.
    temperature : float
        In J / k_B.
    level : float
        Chance that exact configurations are said to deviate, in (0, 1), for all metrics together.
    reference : Reference, optional
        From `make_reference`, to be used again; it is made here unless given.
    seed : int
        Of the reference that is made here.

    Returns
    -------
    Report
        Metrics with errors, p-values and verdicts.

    Raises
    ------
    TypeError
        For another model, or samples that are no numbers.
    ValueError
        For values other than -1 and +1, another lattice, too few configurations, a temperature that is not positive,
        and a reference of another model or temperature.

    Examples
    --------
    >>> from spinlib import sample
    >>> from spinlib.fidelity import report
    >>> from spinlib.models import Ising
    >>> draws = sample(Ising((8, 8)), 2.3, 1000, method="swendsen_wang", seed=3)
    >>> found = report(draws.spins, Ising((8, 8)), temperature=2.3)
    >>> found.verdict
    'agrees'
    >>> found.metrics["energy"].source, round(found.metrics["energy"].reference, 5)
    ('Kaufman', -1.45587)
    """
    if not isinstance(model, Ising):
        raise TypeError(f"model {model!r}: has to be an Ising model")
    T = one_temperature(temperature)
    if not 0 < level < 1:
        raise ValueError(f"level {level}: allowed are numbers between 0 and 1")
    spins = chains_of(samples, model)
    if reference is None:
        reference = make_reference(model, T, seed=seed)
    elif repr(reference.model) != repr(model) or reference.temperature != T:
        raise ValueError(
            f"reference of {reference.model!r} at T = {reference.temperature:g}: the samples are of {model!r} at {T:g}"
        )
    series = measurements.series_of(model, spins)
    n = series["e"].size
    metrics = [_scalar(one, series, reference.values[one.name]) for one in measurements.quantities(model, T)]
    found, estimates = _correlation(series["g"], reference.correlation)
    metrics.append(found)
    energies = compare_counts(_thinned(model.n_sites * series["e"], series["e"]), reference.energies)
    magnetizations = compare_counts(_thinned(series["m"], series["m"], series["|m|"]), reference.magnetizations)
    metrics += [_distribution("energy", energies), _distribution("magnetization", magnetizations)]
    metrics += _diversities(thin(spins, *(series[name] for name in ORDER)), reference)
    judged = _judged(metrics, level)
    found_verdicts = {one.verdict for one in judged}
    tau = {name: integrated_autocorrelation_time(series[name]) for name in ORDER}
    rows = spins.reshape(n, -1)
    return Report(
        {one.name: one for one in judged},
        next((one for one in ("deviates", "undecided") if one in found_verdicts), "agrees"),
        level,
        n,
        len(np.unique(np.packbits(rows > 0, axis=1), axis=0)) / n,
        tau,
        {name: n / (2 * max(one, 0.5)) if np.isfinite(one) else float("nan") for name, one in tau.items()},
        abs(float(series["m"].mean())),
        np.array([one.value for one in estimates]),
        np.array([one.error for one in estimates]),
        np.array([one.value for one in reference.correlation]),
        energies,
        magnetizations,
        rows[np.linspace(0, n - 1, 4).astype(int)].reshape(-1, *model.shape),
        model,
        T,
    )


def _scalar(quantity: measurements.Quantity, series: dict[str, Array], reference: Value) -> Metric:
    found = measurements.estimate(quantity, series)
    apart = compare_value(found, reference, series["e"].size)
    values = quantity.shown(found.value, found.error)
    return Metric(
        quantity.name, *values, *quantity.shown(reference.value, reference.error), reference.source, *apart[:2], "",
        apart.reason,
    )  # fmt: skip


def _correlation(g: Array, reference: Sequence[Value]) -> tuple[Metric, list[Estimate]]:
    """The distance that deviates most counts, with its p-value times the number of distances (Bonferroni)."""
    estimates = [measurements.estimate_of(lambda mean: mean, [row]) for row in g]
    apart = [compare_value(one, value, g[0].size) for one, value in zip(estimates, reference, strict=True)]
    known = [k for k, one in enumerate(apart) if np.isfinite(one.p)]
    if len(known) < len(apart):
        reason = next(one.reason for one in apart if not np.isfinite(one.p))
        worst, p, z = 0, np.nan, np.nan
    else:
        worst = min(known, key=lambda k: apart[k].p)
        reason, p, z = "", min(1.0, len(known) * apart[worst].p), apart[worst].z
    one, value = estimates[worst], reference[worst]
    source = f"{value.source}, at r = {worst + 1}"
    metric = Metric("correlation_function", one.value, one.error, value.value, value.error, source, z, p, "", reason)
    return metric, estimates


def _distribution(name: str, counted: Counted) -> Metric:
    return Metric(
        f"{name}_distribution", counted.kl, counted.kl_error, 0.0, 0.0,
        f"{counted.source}, {len(counted.edges)} classes", counted.chi2, counted.p, "", counted.reason,
    )  # fmt: skip


def _diversities(spins: np.ndarray, reference: Reference) -> list[Metric]:
    """Mean pairwise Hamming distances as they are, and with all configurations turned to m >= 0."""
    found = []
    for name, turned, theirs in (
        ("hamming_distance", spins, reference.diversity),
        ("aligned_hamming_distance", aligned(spins), reference.aligned),
    ):
        value, error, expected, expected_error, apart = compare_diversity(turned, theirs)
        source = "symmetry" if theirs.zero else f"{theirs.n} of the {reference.source}"
        found.append(Metric(name, value, error, expected, expected_error, source, *apart[:2], "", apart.reason))
    return found


def _thinned(values: Array, *series: Array) -> Array:
    return values[:, :: step_of(*series)].ravel()


def _judged(metrics: Sequence[Metric], level: float) -> list[Metric]:
    known = [one for one in metrics if np.isfinite(one.p)]
    rejected = holm([one.p for one in known], level).tolist() if known else []
    words = {one.name: "deviates" if bad else "agrees" for one, bad in zip(known, rejected, strict=True)}
    return [one._replace(verdict=words.get(one.name, "undecided")) for one in metrics]
