import numpy as np
import pytest

from experiments.vae import random_flips
from spinlib.exact import enumeration, kaufman
from spinlib.models import Ising
from spinlib.samplers.learned_energy import numbers_of, states_of
from spinlib.samplers.random import streams
from spinlib.statistics import integrated_autocorrelation_time, mean_and_error

CHAIN = Ising((6,), boundary="free")


@pytest.mark.parametrize("model", [CHAIN, Ising((2, 3)), Ising((3, 3), boundary="free")], ids=str)
def test_one_sweep_keeps_the_exact_law(model):
    rng = np.random.default_rng(1)
    states, law = enumeration.states(model), enumeration.boltzmann(model, 1.7)
    spins = np.ascontiguousarray(states[rng.choice(len(states), 200_000, p=law)])
    random_flips.sweep(model, spins, 1.7, streams(1, "test", 0, len(spins)), 1)
    counts = np.bincount(numbers_of(spins), minlength=len(law))
    expected = 200_000 * law[np.argsort(numbers_of(states))]
    assert ((counts - expected) ** 2 / expected).sum() < len(law) + 5 * np.sqrt(2 * len(law))


def test_single_attempts_follow_metropolis_matrix():
    # On two free sites a sweep is two attempts: the matrix of one, squared.
    model, temperature = Ising((2,), boundary="free"), 0.8
    numbers = np.repeat(np.arange(4), 50_000)
    spins = states_of(numbers, (2,))
    random_flips.sweep(model, spins, temperature, streams(2, "test", 0, len(spins)), 1)
    energies = model.energy(states_of(np.arange(4), (2,)))
    attempt = np.zeros((4, 4))
    for state in range(4):
        for site in range(2):
            other = state ^ (1 << site)
            attempt[state, other] += 0.5 * min(1.0, np.exp(-(energies[other] - energies[state]) / temperature))
        attempt[state, state] = 1 - attempt[state].sum()
    expected = attempt @ attempt
    found = np.array([np.bincount(numbers_of(spins)[numbers == state], minlength=4) for state in range(4)]) / 50_000
    np.testing.assert_allclose(found, expected, atol=5 * 0.5 / np.sqrt(50_000))


def test_series_are_those_of_the_configurations_that_are_kept():
    model = Ising((4, 6))
    first = np.ones((3, 4, 6), np.int8)
    energy, m = random_flips.series(model, 2.5, first, 400, seed=3)
    assert (first == 1).all()
    exact = mean_and_error(energy)
    assert abs(exact.value - kaufman.energy(2.5, (4, 6))) < 4 * exact.error
    assert energy.shape == m.shape == (3, 400)
    assert set(np.unique(np.round(energy * 24)) % 4) == {0}
    assert np.abs(m).max() <= 1
    longer, _ = random_flips.series(model, 2.5, first, 500, seed=3)
    np.testing.assert_array_equal(longer[:, :400], energy)


def test_the_training_set_keeps_every_twentieth_sweep():
    spins = random_flips.configurations(CHAIN, 1.0, seed=1)
    assert spins.shape == (10_000, 6)
    energy = mean_and_error(CHAIN.energy(spins).reshape(20, 500) / 6)
    assert abs(energy.value - enumeration.thermodynamics(CHAIN, 1.0).energy) < 4 * energy.error
    # 8 sweeps are the time of m at T = 1: of every 20th sweep little is left, but not nothing.
    magnetization = spins.reshape(20, 500, 6).mean(axis=2)
    assert 0.45 < integrated_autocorrelation_time(magnetization) < 0.8


def test_temperatures_have_random_numbers_of_their_own():
    first = np.ones((1, 6), np.int8)
    one, other = (random_flips.series(CHAIN, t, first, 50, seed=1).energy for t in (50.0, 50.1))
    assert (one != other).any()


@pytest.mark.parametrize(
    "model", [Ising((6,), field=0.1), Ising((6,), coupling=2.0), Ising((6,), boundary="antiperiodic")]
)
def test_other_models_are_refused(model):
    with pytest.raises(ValueError, match="J = 1 and no field"):
        random_flips.series(model, 1.0, np.ones((1, 6), np.int8), 2, 1)
