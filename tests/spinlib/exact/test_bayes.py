"""The posterior of a bin of temperatures: against sums by hand, and against how often it is right."""

from functools import partial

import numpy as np
import pytest
from scipy.integrate import trapezoid

from spinlib.exact import density_of_states, kaufman
from spinlib.exact.bayes import bin_posterior

LOG_Z = partial(kaufman.log_partition, shape=(4, 4))


def test_it_is_bayes_rule_over_fine_temperatures():
    edges, priors = [1.0, 2.0, 2.3, 4.0], np.array([0.5, 0.2, 0.3])
    energies = np.array([-32.0, -16.0, 0.0, 24.0])
    found = bin_posterior(energies, edges, LOG_Z, priors)
    for k, energy in enumerate(energies):
        mass = []
        for low, high, prior in zip(edges, edges[1:], priors, strict=False):
            fine = np.linspace(low, high, 4001)
            density = np.exp(-energy / fine - LOG_Z(fine))
            mass.append(prior * trapezoid(density, fine) / (high - low))
        np.testing.assert_allclose(found[k], np.array(mass) / sum(mass), rtol=1e-6)


def test_it_is_right_as_often_as_it_says():
    """Of configurations whose bin has the posterior p, the share p belongs to it."""
    rng, edges = np.random.default_rng(1), np.array([1.0, 2.0, 3.0, 5.0])
    levels, counts = (np.array(one, float) for one in density_of_states.ising_torus((4, 4)))
    bins = rng.integers(3, size=30_000)
    temperatures = edges[bins] + rng.random(bins.size) * np.diff(edges)[bins]
    weights = counts * np.exp(-(levels - levels[0]) / temperatures[:, None])
    cumulative = weights.cumsum(axis=1) / weights.sum(axis=1, keepdims=True)
    energies = levels[(rng.random((bins.size, 1)) > cumulative).sum(axis=1)]
    posterior = bin_posterior(energies, edges, LOG_Z)
    for k in range(3):
        said, right = posterior[:, k], bins == k
        error = np.sqrt((said * (1 - said)).mean() / bins.size)
        assert abs(said.mean() - right.mean()) < 4 * error
        sure = said > 0.4
        assert abs(said[sure].mean() - right[sure].mean()) < 4 * np.sqrt((said * (1 - said))[sure].mean() / sure.sum())
    # Naming the likeliest bin is right with the mean of the largest posterior.
    largest = posterior.max(axis=1)
    assert abs(largest.mean() - (posterior.argmax(axis=1) == bins).mean()) < 4 * np.sqrt(0.25 / bins.size)


def test_bins_down_to_zero_hold_the_ground_state():
    edges = [0.0, 1.0, 3.0]
    cold = bin_posterior(-32.0, edges, LOG_Z)
    levels, counts = (np.array(one, float) for one in density_of_states.ising_torus((4, 4)))
    fine = np.linspace(1e-3, 1.0, 4000)
    # exp(32 / T) / Z(T) by all states, without a logarithm of Z.
    ground = 1 / (counts @ np.exp(-(levels[:, None] + 32) / fine))
    warm = np.linspace(1.0, 3.0, 4001)
    mass = np.array([trapezoid(ground, fine), trapezoid(np.exp(32 / warm - LOG_Z(warm)), warm) / 2])
    np.testing.assert_allclose(cold, mass / mass.sum(), rtol=2e-3)
    assert bin_posterior(-24.0, edges, LOG_Z)[1] > 0.5


def test_shapes_follow_the_energies():
    assert bin_posterior(-8.0, [1, 2, 3], LOG_Z).shape == (2,)
    found = bin_posterior(np.zeros((2, 3)), [1, 2, 3], LOG_Z)
    assert found.shape == (2, 3, 2)
    np.testing.assert_allclose(found.sum(axis=-1), 1)


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"energies": [np.nan]}, "finite numbers"),
        ({"edges": [2.0, 1.0]}, "rising temperatures"),
        ({"edges": [-1.0, 1.0]}, "rising temperatures"),
        ({"priors": [0.5, 0.6]}, "add up to 1"),
        ({"lowest": 0.0}, "lowest"),
        ({"n_nodes": 0}, "n_nodes"),
    ],
)
def test_bad_input_is_refused(changed, match):
    given = {"energies": [0.0], "edges": [1.0, 2.0, 3.0], "log_partition": LOG_Z} | changed
    with pytest.raises(ValueError, match=match):
        bin_posterior(**given)
