"""Divergences against known laws: their values, and the biases and floors that counts bring, by simulation."""

import numpy as np
import pytest
from scipy import stats

from spinlib.evaluation.divergences import counts_of_energies, counts_of_states, of_counts, of_probabilities
from spinlib.exact import density_of_states, enumeration
from spinlib.models import Ising

CHAIN = Ising((6,), boundary="free")


def simulated(p, q, n, repetitions, seed=1):
    counts = np.random.default_rng(seed).multinomial(n, p, size=repetitions)
    return [of_counts(one, q) for one in counts]


def mean_and_spread(found, name):
    values = np.array([getattr(one, name) for one in found])
    return values.mean(), values.std(ddof=1), values.std(ddof=1) / np.sqrt(len(values))


@pytest.mark.parametrize("bias", [0.0, 0.3, -0.8])
def test_two_bernoulli_laws_have_their_textbook_divergences(bias):
    a = (1 + bias) / 2
    found = of_probabilities([a, 1 - a], [0.5, 0.5])
    assert found.model_to_exact == pytest.approx(np.log(2) - stats.bernoulli(a).entropy(), abs=1e-12)
    assert found.exact_to_model == pytest.approx(-0.5 * np.log(4 * a * (1 - a)), abs=1e-12)
    assert found.total_variation == pytest.approx(abs(bias) / 2, abs=1e-12)


def test_two_temperatures_of_a_chain_differ_by_free_energies():
    """KL(p_T || p_S) = ln Z_S - ln Z_T + (1 / S - 1 / T) U_T, and the other way round."""
    hot, cold = enumeration.boltzmann(CHAIN, 2.0), enumeration.boltzmann(CHAIN, 1.0)
    z_hot, z_cold = enumeration.log_partition(CHAIN, 2.0), enumeration.log_partition(CHAIN, 1.0)
    u_hot, u_cold = -5 * np.tanh(0.5), -5 * np.tanh(1.0)
    found = of_probabilities(hot, cold)
    assert found.model_to_exact == pytest.approx(z_cold - z_hot + 0.5 * u_hot, rel=1e-12)
    assert found.exact_to_model == pytest.approx(z_hot - z_cold - 0.5 * u_cold, rel=1e-12)
    # Energy is sufficient for the temperature: over energies the divergences are the same.
    levels, numbers = np.unique(enumeration.energies(CHAIN), return_inverse=True)
    over_energies = of_probabilities(np.bincount(numbers, hot), np.bincount(numbers, cold))
    assert len(levels) == 6
    for name in ("model_to_exact", "exact_to_model", "total_variation"):
        assert getattr(over_energies, name) == pytest.approx(getattr(found, name), rel=1e-9)


@pytest.mark.parametrize("temperature", [2.0, 3.0])
def test_exact_draws_have_no_divergence_once_the_bias_is_subtracted(temperature):
    q = enumeration.boltzmann(CHAIN, temperature)
    found = simulated(q, q, 100_000, 400)
    for name in ("model_to_exact", "exact_to_model"):
        mean, _, error = mean_and_spread(found, name)
        biased = mean_and_spread(found, f"{name}_bias")[0]
        assert abs(mean) < 4 * error + 0.02 * biased
        assert biased > 20 * error
        assert biased == pytest.approx(63 / 200_000, rel=0.15)


def test_what_is_left_of_another_law_is_right_and_so_is_its_error():
    p, q = enumeration.boltzmann(CHAIN, 2.2), enumeration.boltzmann(CHAIN, 2.0)
    known, found = of_probabilities(p, q), simulated(p, q, 20_000, 400)
    for name in ("model_to_exact", "exact_to_model"):
        mean, spread, error = mean_and_spread(found, name)
        assert abs(mean - getattr(known, name)) < 4 * error
        predicted = mean_and_spread(found, f"{name}_error")[0]
        assert predicted == pytest.approx(spread, rel=0.15)


@pytest.mark.parametrize(("temperature", "n"), [(0.4, 1000), (2.0, 1000), (2.0, 100_000)])
def test_the_floor_of_the_total_variation_is_that_of_exact_draws(temperature, n):
    q = enumeration.boltzmann(CHAIN, temperature)
    found = simulated(q, q, n, 400)
    mean, _, error = mean_and_spread(found, "total_variation")
    assert found[0].total_variation_floor > 10 * error
    assert abs(mean - found[0].total_variation_floor) < 4 * error


def test_a_state_that_never_came_leaves_one_divergence_infinite():
    found = of_counts([500, 500, 0], [0.5, 0.3, 0.2])
    assert found.exact_to_model == np.inf
    assert np.isnan(found.exact_to_model_error)
    assert found.missed == pytest.approx(0.2)
    assert np.isfinite(found.model_to_exact)


def test_an_impossible_state_that_came_leaves_the_other_one_infinite():
    found = of_counts([500, 499, 1], [0.5, 0.5, 0.0])
    assert found.model_to_exact == np.inf
    assert np.isnan(found.model_to_exact_error)
    assert np.isfinite(found.exact_to_model)
    assert found.missed == 0.0


def test_states_are_counted_in_the_order_of_enumeration():
    model = Ising((2, 3), boundary="free")
    states, numbers = enumeration.states(model), np.random.default_rng(1).integers(64, size=500)
    np.testing.assert_array_equal(counts_of_states(states[numbers], model), np.bincount(numbers, minlength=64))


def test_energies_are_counted_by_level():
    levels, p = density_of_states.energy_distribution(2.3, (4, 4))
    drawn = density_of_states.sample_energies(2.3, (4, 4), 20_000, seed=1)
    counts = counts_of_energies(drawn.astype(np.float64), levels)
    assert [int(np.sum(drawn == level)) for level in levels] == counts.tolist()
    assert of_counts(counts, p).total_variation < 3 * of_counts(counts, p).total_variation_floor


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: of_counts([1, 2], [0.5, 0.6]), "add up to 1.1, not 1"),
        (lambda: of_counts([1, 2], [1.5, -0.5]), r"exact: 1.5 is among the probabilities, outside \[0, 1\]"),
        (lambda: of_counts([1, 2], [np.nan, 0.5]), "exact: nan is among the probabilities"),
        (lambda: of_counts([1, 2, 3], [0.5, 0.5]), "2 whole numbers, not all zero"),
        (lambda: of_counts([0, 0], [0.5, 0.5]), "not all zero"),
        (lambda: of_counts([-1, 2], [0.5, 0.5]), "whole numbers"),
        (lambda: of_counts([0.5, 2], [0.5, 0.5]), "whole numbers"),
        (lambda: of_probabilities([0.5, 0.5], [0.2, 0.3, 0.5]), "one shape is needed"),
        (lambda: of_probabilities([-0.5, 1.5], [0.5, 0.5]), "model: -0.5 is among the probabilities"),
        (lambda: of_probabilities([[1.0]], [1.0]), r"probabilities \(state,\) are needed"),
        (lambda: counts_of_energies([1.0], [-1.0, 0.0]), "energy 1 is none of the 2 levels"),
        (lambda: counts_of_energies([0.0], [1.0, 0.0]), "rising"),
        (lambda: counts_of_energies([np.nan], [0.0, 1.0]), "energy nan"),
        (lambda: counts_of_states(np.ones((3, 5)), CHAIN), r"spins of shape \(3, 5\)"),
        (lambda: counts_of_states(np.zeros((3, 6)), CHAIN), "0"),
        (lambda: counts_of_states(np.ones((3, 5, 5)), Ising((5, 5))), "at most 2"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()
