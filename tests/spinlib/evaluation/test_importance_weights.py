"""Importance weights: free energies and averages of an exact law from draws of another, with honest errors."""

import numpy as np
import pytest

from spinlib.evaluation.importance_weights import effective_share, log_partition, variational_bound, weighted_mean
from spinlib.exact import enumeration
from spinlib.models import Ising

CHAIN = Ising((6,), boundary="free")
ENERGIES = enumeration.energies(CHAIN)


def of_another_temperature(repetitions=400, n=2000, drawn_at=3.0, wanted=2.0):
    """Energies (repetition, n) of draws at one temperature, and log weights for another."""
    p = enumeration.boltzmann(CHAIN, drawn_at)
    numbers = np.random.default_rng(1).choice(len(p), size=(repetitions, n), p=p)
    return ENERGIES[numbers], -ENERGIES[numbers] / wanted - np.log(p[numbers])


def test_values_and_errors_are_right_over_many_repetitions():
    energies, log_weights = of_another_temperature()
    exact = (
        (log_partition, enumeration.log_partition(CHAIN, 2.0), (log_weights,)),
        (weighted_mean, 6 * enumeration.thermodynamics(CHAIN, 2.0).energy, (energies, log_weights)),
    )
    for function, value, series in exact:
        found = [function(*rows) for rows in zip(*series, strict=True)]
        values, errors = np.transpose(found)
        assert abs(values.mean() - value) < 4 * values.std(ddof=1) / np.sqrt(len(values))
        assert errors.mean() == pytest.approx(values.std(ddof=1), rel=0.15)


def test_the_bound_lies_below_by_the_divergence():
    _, log_weights = of_another_temperature(1, 200_000)
    found = variational_bound(log_weights[0])
    p, q = enumeration.boltzmann(CHAIN, 3.0), enumeration.boltzmann(CHAIN, 2.0)
    exact = enumeration.log_partition(CHAIN, 2.0) - p @ np.log(p / q)
    assert abs(found.value - exact) < 4 * found.error
    assert found.error < 0.01


def test_the_effective_share_is_that_of_the_two_laws():
    _, log_weights = of_another_temperature(1, 200_000)
    p, q = enumeration.boltzmann(CHAIN, 3.0), enumeration.boltzmann(CHAIN, 2.0)
    assert effective_share(log_weights[0]) == pytest.approx(1 / (q**2 / p).sum(), rel=0.01)
    assert effective_share([5.0] * 10) == pytest.approx(1.0)
    assert effective_share([1000.0] + [0.0] * 9) == pytest.approx(0.1)


def test_large_weights_do_not_overflow():
    shifted = np.array([1.0, 2.0, 3.0]) + 5000
    assert log_partition(shifted).value - 5000 == pytest.approx(log_partition([1.0, 2.0, 3.0]).value)
    assert weighted_mean([1.0, 2.0, 3.0], shifted) == pytest.approx(weighted_mean([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: effective_share([1.0]), "at least two draws"),
        (lambda: log_partition([[1.0, 2.0]]), r"shape \(1, 2\)"),
        (lambda: log_partition([np.nan, 1.0]), "nan"),
        (lambda: variational_bound([np.inf, 1.0]), "inf"),
        (lambda: effective_share([-np.inf, -np.inf]), "all are -inf"),
        (lambda: weighted_mean([1.0], [1.0, 2.0]), "one for each of 2 weights"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()
