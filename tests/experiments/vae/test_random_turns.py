import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import i0e, i1e

from experiments.vae import random_turns
from spinlib.exact import one_dimensional
from spinlib.models import XY
from spinlib.samplers.random import streams
from spinlib.statistics import integrated_autocorrelation_time, mean_and_error

CHAIN = XY((6,), boundary="free")


@pytest.mark.parametrize("temperature", [0.3, 2.0])
def test_one_sweep_keeps_the_exact_law(temperature):
    angles = one_dimensional.xy_sample(temperature, 6, 100_000, np.random.default_rng(1))
    before = angles.copy()
    random_turns.sweep(CHAIN, angles, temperature, streams(1, "test", 0, len(angles)), 1)
    assert (angles != before).mean() > 0.1
    products = np.cos(angles[:, 1:] - angles[:, :-1])
    exact = i1e(1 / temperature) / i0e(1 / temperature)
    errors = products.std(axis=0) / np.sqrt(len(angles))
    assert (np.abs(products.mean(axis=0) - exact) < 4 * errors).all()
    bonds = (angles[:, 2] - angles[:, 1] + np.pi) % (2 * np.pi) - np.pi
    assert stats.kstest(bonds, stats.vonmises(1 / temperature).cdf).pvalue > 0.001
    assert stats.kstest(angles[:, 5], stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 0.001


def test_single_attempts_are_those_of_metropolis():
    # Of two parallel spins, two attempts: the share that never turned is the square of that of one.
    temperature, n = 0.7, 200_000
    angles = np.zeros((n, 2))
    random_turns.sweep(XY((2,), boundary="free"), angles, temperature, streams(2, "test", 0, n), 1)
    accepted = integrate.quad(lambda a: np.exp((np.cos(a) - 1) / temperature), -np.pi, np.pi)[0] / (2 * np.pi)
    still = (angles == 0.0).all(axis=1).mean()
    assert abs(still - (1 - accepted) ** 2) < 4 * np.sqrt(still * (1 - still) / n)


def test_the_training_set_keeps_every_twentieth_sweep():
    angles = random_turns.configurations(CHAIN, 1.0, seed=1)
    assert angles.shape == (10_000, 6)
    assert np.abs(angles).max() <= np.pi
    energies = CHAIN.energy(angles).reshape(20, 500) / 6
    energy = mean_and_error(energies)
    assert abs(energy.value - one_dimensional.xy_energy(1.0, 6)) < 4 * energy.error
    assert 0.45 < integrated_autocorrelation_time(energies) < 0.7


def test_seeds_and_temperatures_have_random_numbers_of_their_own():
    few = {"n_chains": 2, "burn_in": 5, "n_kept": 3}
    one, again, other, warmer = (
        random_turns.configurations(CHAIN, t, seed, **few) for t, seed in ((50.0, 1), (50.0, 1), (50.0, 2), (50.1, 1))
    )
    np.testing.assert_array_equal(one, again)
    assert not np.allclose(one, other)
    assert not np.allclose(one, warmer)


def test_other_models_and_temperatures_are_refused():
    for model in (XY((6,)), XY((2, 3), boundary="free"), XY((6,), boundary="free", coupling=2.0)):
        with pytest.raises(ValueError, match="open chains of XY spins"):
            random_turns.configurations(model, 1.0, 1)
    with pytest.raises(ValueError, match=r"temperature 0\.0"):
        random_turns.configurations(CHAIN, 0.0, 1)
