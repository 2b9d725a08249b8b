"""A function that is not the Ising energy has to give its own Boltzmann distribution, whatever proposes."""

import numpy as np
import pytest
from scipy.stats import chi2

from spinlib.models import Ising, LongRangeIsing, Potts
from spinlib.samplers import learned_energy
from spinlib.samplers.random import streams

SHAPE, T, CHAINS = (2, 3), 6.0, 4000
MODEL = Ising(SHAPE)
STATES = learned_energy.states_of(np.arange(64), SHAPE)
BIAS = np.random.default_rng(1).normal(scale=3.0, size=64)


def number(spins):
    return (spins.reshape(len(spins), -1) > 0) @ (1 << np.arange(6))


def energy(spins):
    return MODEL.energy(spins) + BIAS[number(spins)]


EXACT = np.exp(-energy(STATES) / T)
EXACT /= EXACT.sum()
TEMPERATURES = np.full(CHAINS, T)


def p_value(numbers):
    counts = np.bincount(numbers, minlength=64)
    statistic = ((counts - CHAINS * EXACT) ** 2 / (CHAINS * EXACT)).sum()
    return chi2.sf(statistic, 63)


def exact_states(seed):
    return np.random.default_rng(seed).choice(64, CHAINS, p=EXACT)


@pytest.mark.parametrize("corrected", [False, True])
@pytest.mark.parametrize("stationary", [False, True])
def test_chains_follow_the_functions_boltzmann_distribution(corrected, stationary):
    numbers = exact_states(2) if stationary else np.zeros(CHAINS, np.int64)
    spins = STATES[numbers]
    energies, rng = energy(spins), streams(3, "learned", corrected, CHAINS)
    n = 1 if stationary else 60
    if corrected:
        rate = learned_energy.corrected_sweep(energy, MODEL, spins, energies, TEMPERATURES, rng, n)
        assert rate.shape == (CHAINS,)
        assert 0.3 < rate.mean() < 0.9
    else:
        learned_energy.sweep(energy, spins, energies, TEMPERATURES, rng, n)
    np.testing.assert_allclose(energies, energy(spins))
    assert p_value(number(spins)) > 1e-3
    assert np.mean(number(spins) != numbers) > 0.5


def test_the_exact_energy_is_always_accepted():
    spins = STATES[exact_states(4)]
    energies = MODEL.energy(spins)
    rng = streams(5, "learned", 0, CHAINS)
    rate = learned_energy.corrected_sweep(MODEL.energy, MODEL, spins, energies, TEMPERATURES, rng, 5)
    assert np.all(rate == 1.0)


def test_long_range_proposals_are_corrected_to_the_functions_law():
    model = LongRangeIsing(SHAPE, coupling=5.0, cutoff=8.0)

    def biased(spins):
        return model.energy(spins) + BIAS[number(spins)]

    weights = np.exp(-biased(STATES) / T)
    expected = CHAINS * weights / weights.sum()
    spins = STATES[np.zeros(CHAINS, np.int64)]
    energies, rng = biased(spins), streams(8, "learned", 0, CHAINS)
    rate = learned_energy.corrected_sweep(biased, model, spins, energies, TEMPERATURES, rng, 60)
    assert 0.3 < rate.mean() < 0.9
    np.testing.assert_allclose(energies, biased(spins))
    counts = np.bincount(number(spins), minlength=64)
    assert chi2.sf(((counts - expected) ** 2 / expected).sum(), 63) > 1e-3
    energies = model.energy(spins)
    rate = learned_energy.corrected_sweep(model.energy, model, spins, energies, TEMPERATURES, rng, 2)
    assert np.all(rate == 1.0)


def test_table_follows_the_same_distribution():
    table = learned_energy.table_of(energy, SHAPE, block=10)
    assert np.array_equal(table, energy(STATES))
    states = np.zeros(CHAINS, np.int64)
    learned_energy.sweep_table(table, states, TEMPERATURES, streams(6, "learned", 0, CHAINS), 60)
    assert p_value(states) > 1e-3


def test_states_and_numbers_belong_together():
    assert np.array_equal(number(STATES), np.arange(64))
    assert learned_energy.states_of(5, (2, 2)).tolist() == [[1, -1], [1, -1]]


def test_bad_input_is_refused():
    spins, rng = STATES[:3].copy(), streams(7, "learned", 0, 3)
    energies, temperatures = energy(spins), np.full(3, T)
    with pytest.raises(ValueError, match="3 finite numbers"):
        learned_energy.sweep(lambda s: np.zeros(2), spins, energies, temperatures, rng, 1)
    with pytest.raises(ValueError, match="3 finite numbers"):
        learned_energy.sweep(lambda s: np.full(3, np.nan), spins, energies, temperatures, rng, 1)
    with pytest.raises(ValueError, match="energies float64 of shape"):
        learned_energy.sweep(energy, spins, energies[:2], temperatures, rng, 1)
    with pytest.raises(TypeError, match="proposals come from Ising and LongRangeIsing"):
        learned_energy.corrected_sweep(energy, Potts(SHAPE), spins, energies, temperatures, rng, 1)
    with pytest.raises(ValueError, match="at most 20"):
        learned_energy.table_of(energy, (5, 5))
    with pytest.raises(ValueError, match="power of two"):
        learned_energy.sweep_table(np.zeros(6), np.zeros(3, np.int64), temperatures, rng, 1)
    with pytest.raises(ValueError, match="from 0 to 63"):
        learned_energy.sweep_table(np.zeros(64), np.full(3, 64), temperatures, rng, 1)
    with pytest.raises(ValueError, match="for 3 chains"):
        learned_energy.sweep_table(np.zeros(64), np.zeros(3, np.int64), temperatures[:2], rng, 1)
