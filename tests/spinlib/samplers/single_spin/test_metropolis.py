import numpy as np
import pytest

from spinlib.exact import enumeration
from spinlib.models import Ising
from spinlib.samplers.random import streams
from spinlib.samplers.single_spin import metropolis
from spinlib.samplers.single_spin.acceptance import PROPOSED


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


# The first two are updated by vector instructions, the others site by site, the last three bond by bond.
ONE_SWEEP = [
    (Ising((2, 4)), 3.0),
    (Ising((4, 2), coupling=-0.8), 2.0),
    (Ising((3, 3), boundary="free", field=0.2), 3.0),
    (Ising((3, 3), boundary=("antiperiodic", "free")), 2.0),
    (Ising((3, 2), boundary="free", neighborhood="triangular"), 3.0),
    (Ising((2, 2, 2)), 5.0),
    (Ising((3, 2), coupling=[[[0.5, -1.0]] * 3, [[2.0, 0.3]] * 3], boundary=("free", "antiperiodic")), 2.0),
    (Ising((2, 4), coupling=np.random.default_rng(4).normal(size=(2, 2, 4))), 1.5),
    (Ising((8,), coupling=np.linspace(0.5, 1.5, 8)[None], field=-0.3), 2.0),
]


@pytest.mark.parametrize(("model", "temperature"), ONE_SWEEP, ids=repr)
def test_transition_frequencies_of_one_sweep(model, temperature, law):
    n, start = 300_000, enumeration.states(model)[enumeration.n_states(model) // 3]
    spins = np.tile(start, (n, *(1,) * start.ndim))
    metropolis.sweep(model, spins, np.full(n, temperature), law.random_state(n, 8), 1)
    assert law.p_value(model, spins, law.after_single_site_sweep(model, temperature, start, "metropolis")) > law.LEVEL


# All 65,536 states of 4 x 4 sites, drawn exactly: whatever the number of sweeps, their averages stay.
SQUARE = [
    (Ising((4, 4)), 2.3),
    (Ising((4, 4), coupling=-1.0, boundary=("antiperiodic", "periodic")), 2.0),
    (Ising((4, 4), boundary="free", field=0.1), 1.8),
    (Ising((4, 4), coupling=np.random.default_rng(5).choice([-1.0, 1.0], (2, 4, 4))), 1.5),
]


@pytest.mark.parametrize(("model", "temperature"), SQUARE, ids=repr)
def test_averages_of_exact_samples_stay_exact(model, temperature, law):
    n = 100_000
    spins = law.exact_samples(model, temperature, n, seed=4)
    before = spins.copy()
    metropolis.sweep(model, spins, np.full(n, temperature), law.random_state(n, 9), 10)
    assert np.mean(spins != before) > 0.1
    assert law.largest_deviation(model, temperature, spins) < law.LARGEST_Z
