import numpy as np
import pytest

from spinlib.models import XY
from spinlib.samplers.random import streams
from spinlib.samplers.xy import over_relaxation
from spinlib.samplers.xy.components import CHUNK, Components

MODELS = [
    XY((6, 4)),
    XY((5, 3), -0.7, ("antiperiodic", "free")),
    XY((4, 4), np.random.default_rng(1).normal(size=(2, 4, 4))),
    XY((4, 6), -1.0, neighborhood="triangular"),
    XY((32, 64)),
]


def reflected(model, angles):
    components = Components(model, angles)
    scratch = np.empty(CHUNK), np.empty(CHUNK)
    for chain in range(len(angles)):
        over_relaxation.reflect_all(components.spins, chain, *scratch)
    return components.angles()


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_reflections_keep_the_energy(model):
    angles = np.random.default_rng(0).uniform(-np.pi, np.pi, size=(4, *model.shape))
    after = reflected(model, angles)
    assert np.min(np.abs(np.exp(1j * after) - np.exp(1j * angles)).max(axis=tuple(range(1, angles.ndim)))) > 0.5
    np.testing.assert_allclose(model.energy(after), model.energy(angles), rtol=0, atol=1e-12 * model.n_sites)


def test_a_spin_is_reflected_at_its_field():
    # The even sites of a ring come first: each to twice the direction of its field minus its own.
    model = XY((6,))
    angles = np.random.default_rng(0).uniform(-np.pi, np.pi, size=(1, 6))
    unit = np.exp(1j * angles[0])
    for first in (0, 1):
        field = np.roll(unit, 1) + np.roll(unit, -1)
        unit[first::2] = (field**2 / np.abs(field) ** 2 / unit)[first::2]
    np.testing.assert_allclose(np.exp(1j * reflected(model, angles)[0]), unit, rtol=0, atol=1e-13)


def test_reflecting_backwards_undoes_it():
    # On a chain of three with colours (0, 2) and 1, the middle spin is last; reflected first, it goes back.
    model = XY((3,), boundary="free")
    angles = np.random.default_rng(0).uniform(-np.pi, np.pi, size=(1, 3))
    after = np.exp(1j * reflected(model, angles)[0])
    field = after[0] + after[2]
    after[1] = field**2 / np.abs(field) ** 2 / after[1]
    after[[0, 2]] = after[1] ** 2 / after[[0, 2]]
    np.testing.assert_allclose(after, np.exp(1j * angles[0]), rtol=0, atol=1e-13)


def test_a_spin_without_a_field_stays():
    model, angles = XY((4, 4), coupling=0.0), np.random.default_rng(0).uniform(-3.0, 3.0, size=(2, 4, 4))
    np.testing.assert_allclose(reflected(model, angles), angles, rtol=0, atol=1e-15)


def test_a_sweep_changes_the_energy():
    model, spins = XY((8, 8)), np.zeros((2, 8, 8))
    over_relaxation.sweep(model, spins, np.full(2, 0.5), streams(1, "over", 0, 2), 20)
    assert np.all(model.energy(spins) > -128 + 5)


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
    over_relaxation.sweep(model, angles, temperatures, rng, 60)
    draws = []
    for _ in range(15):
        over_relaxation.sweep(model, angles, temperatures, rng, 4)
        draws.append(angles.copy())
    assert abs(law.configurational_temperature(model, np.stack(draws, axis=1), temperature)) < law.LARGEST_Z
