import numpy as np
import pytest

from spinlib.models import XY
from spinlib.samplers.random import streams
from spinlib.samplers.xy import wolff


def test_a_cold_cluster_is_the_lattice():
    model = XY((8, 8), boundary=("free", "periodic"))
    spins = np.zeros((2, 8, 8))
    for n in (1, 2, 3):
        wolff.sweep(model, spins, np.full(2, 1e-14), streams(n, "cold", 0, 2), 1)
        np.testing.assert_allclose(spins, np.broadcast_to(spins[:, :1, :1], spins.shape), rtol=0, atol=1e-12)
        assert np.ptp(spins[:, 0, 0]) > 0.0


def test_the_direction_is_random():
    # A reflection takes an angle a to pi + 2 d - a, where d is the direction's.
    spins = np.zeros((20_000, 2))
    wolff.sweep(XY((2,)), spins, np.full(20_000, 1e-9), streams(1, "direction", 0, 20_000), 1)
    for k in (1, 2, 3):
        assert abs(np.exp(1j * k * spins[:, 0]).mean()) < 4.0 / np.sqrt(20_000)


def test_clusters_end_at_bonds_without_coupling():
    coupling = np.zeros((2, 6, 6))
    coupling[0] = -1.0
    stripes = np.tile(np.array([0.4, 0.4 - np.pi] * 3)[:, None], (1, 6))
    model, spins = XY((6, 6), coupling=coupling), np.tile(stripes, (200, 1, 1))
    wolff.sweep(model, spins, np.full(200, 1e-14), streams(1, "columns", 0, 200), 1)
    # Columns turn as a whole, each for itself.
    np.testing.assert_allclose(np.cos(spins - np.roll(spins, 1, axis=1)), -1.0, rtol=0, atol=1e-12)
    turned = np.abs(np.exp(1j * spins[:, 0]) - np.exp(1j * stripes[0])) > 1e-9
    assert 0.0 < turned.mean() < 1.0


def test_sites_over_mean_cluster_size():
    numbers = [wolff.clusters_per_sweep(XY((16, 16)), t) for t in (1e-4, 0.9, 1.5, 5.0)]
    assert numbers[0] == 1
    assert numbers == sorted(numbers)
    assert numbers[-1] > 100


# Integration by parts gives <F_i^2> = T <dF_i/da_i> at every site of every lattice, with F_i = dE/da_i.
LATTICES = [
    (XY((6, 6)), 1.0),
    (XY((4, 6), -0.8, ("free", "antiperiodic")), 0.8),
    (XY((4, 4), np.random.default_rng(1).normal(size=(2, 4, 4))), 1.2),
    (XY((4, 6), neighborhood="triangular"), 2.0),
]


@pytest.mark.parametrize(("model", "temperature"), LATTICES, ids=repr)
def test_forces_have_the_temperature_that_was_asked_for(model, temperature, law):
    n_chains, temperatures, rng = 2_000, np.full(2_000, temperature), law.random_state(2_000, 3)
    angles = np.zeros((n_chains, *model.shape))
    wolff.sweep(model, angles, temperatures, rng, 40)
    draws = []
    for _ in range(15):
        wolff.sweep(model, angles, temperatures, rng, 3)
        draws.append(angles.copy())
    assert abs(law.configurational_temperature(model, np.stack(draws, axis=1), temperature)) < law.LARGEST_Z
