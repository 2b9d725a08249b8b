import numpy as np
import pytest

from spinlib.models import Ising
from spinlib.samplers import metropolis
from spinlib.samplers.random import streams
from spinlib.samplers.single_flip import PROPOSED


def test_walls_of_a_ring_do_not_keep_their_places():
    # Without sites left out, the number of walls at even places minus that at odd places would stay zero.
    model, n_chains = Ising((16,)), 500
    spins = np.ones((n_chains, 16), dtype=np.int8)
    metropolis.sweep(model, spins, np.full(n_chains, 1.0), streams(2, "ring", 0, n_chains), 1_000)
    walls = spins != np.roll(spins, -1, axis=1)
    difference = walls[:, ::2].sum(axis=1) - walls[:, 1::2].sum(axis=1)
    # Walls are independent up to their even number: the variance is near 16 p (1 - p), p the share of broken bonds.
    p = walls.mean()
    assert difference.var() == pytest.approx(16 * p * (1 - p), rel=0.3)


def test_an_ordered_lattice_stays_frozen():
    # exp(-8 / T) = 4e-18 per site and sweep; 24-bit random numbers are zero once in 2e7 draws.
    spins = np.ones((1, 256, 256), dtype=np.int8)
    metropolis.sweep(Ising((256, 256)), spins, np.array([0.2]), streams(0, "frozen", 0, 1), 1_000)
    assert np.all(spins == 1)


def test_high_temperature_metropolis_alternates():
    spins = np.random.default_rng(0).choice(np.array([-1, 1], dtype=np.int8), size=(1, 128, 128))
    before = spins.copy()
    metropolis.sweep(Ising((128, 128)), spins, np.array([1e6]), streams(0, "hot", 0, 1), 1)
    assert (spins * before).mean() == pytest.approx(1.0 - 2.0 * PROPOSED, abs=0.01)
