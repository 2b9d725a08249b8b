"""The systems of paper vit: ground states, temperatures, preparations, stripes."""

import numpy as np
import pytest

from experiments.vit import systems
from spinlib.datasets.class_labels import classes_of
from spinlib.exact import enumeration


@pytest.mark.parametrize("system", systems.BOUNDARIES)
def test_ground_states_have_the_least_energy(system):
    model = systems.model_of(system, 4)
    spins = systems.ground_states(model, 200, seed=1)
    model.check(spins)
    assert set(model.energy(spins)) == {enumeration.energies(model).min()}
    # All straight ones, and both signs where these are alike.
    assert len(np.unique(spins.reshape(200, -1), axis=0)) == {"skewed": 3, "antiperiodic": 32}.get(system, 2)


def test_temperatures_are_of_the_grid_and_of_their_class():
    counts = np.sum(systems.COUNTS, axis=0)
    assert counts.sum() == 1300
    T, label = systems.temperatures(counts, seed=1)
    assert np.bincount(label).tolist() == counts.tolist()
    np.testing.assert_allclose(T * 100, np.round(T * 100))
    edges = np.array(systems.EDGES)
    assert np.all(classes_of(T, edges) == label)
    assert systems.LOWEST <= T.min() < 0.2
    assert T.max() <= 4.0
    assert not np.array_equal(T, systems.temperatures(counts, seed=2)[0])


@pytest.mark.parametrize("system", systems.BOUNDARIES)
def test_preparations_are_configurations_of_their_temperatures(system):
    model, T = systems.model_of(system, 8), np.array([0.1, 4.0, 0.5, 3.5] * 16)
    for spins in (
        systems.quenched(model, T, 30, seed=1),
        systems.annealed(model, T, 3, seed=1),
        systems.equilibrium(model, T, 30, seed=1),
    ):
        assert spins.shape == (64, 8, 8)
        model.check(spins)
        energies = model.energy(spins) / 64
        assert energies[T > 3].mean() > -0.9
        assert energies[T < 1].mean() < -1.2
        assert len(np.unique(spins.reshape(64, -1)[T > 3], axis=0)) == 32
    cold = systems.equilibrium(model, T, 30, seed=1)[T == 0.1]
    assert set(model.energy(cold)) == {model.energy(systems.ground_states(model, 1, seed=2))[0]}


def test_stripes_are_bands_along_an_axis():
    up, band = np.ones((12, 12), np.int8), np.ones((12, 12), np.int8)
    band[3:8] = -1
    square = up.copy()
    square[3:8, 3:8] = -1
    rng = np.random.default_rng(1)
    noisy = np.where(rng.random((12, 12)) < 0.1, -band, band)
    noise = rng.choice(np.array([-1, 1], np.int8), (12, 12))
    shown = np.stack([up, -up, band, band.T, square, noisy, noise])
    assert systems.has_stripes(shown).tolist() == [False, False, True, True, False, True, False]
