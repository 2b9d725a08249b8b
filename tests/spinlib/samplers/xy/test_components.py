import numpy as np
import pytest

from spinlib import observables
from spinlib.models import XY, Ising
from spinlib.samplers import XY_METHODS
from spinlib.samplers.random import streams
from spinlib.samplers.xy.components import CHUNK, Components, local_fields

RNG = np.random.default_rng(3)

MODELS = [
    XY((6, 4)),
    XY((4, 5), -0.7, ("antiperiodic", "free")),
    XY((3, 3)),
    XY((5, 4), RNG.normal(size=(2, 5, 4))),
    XY((7,), boundary="antiperiodic"),
    XY((2, 3, 4), boundary="free"),
    XY((4, 6), neighborhood="triangular"),
    XY((5, 5), 0.5, neighborhood="moore"),
    XY((32, 40)),
]


def angles_of(model, n=3):
    return RNG.uniform(-np.pi, np.pi, size=(n, *model.shape))


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_there_and_back(model):
    angles = angles_of(model)
    components = Components(model, angles)
    np.testing.assert_allclose(components.angles(), angles, rtol=0, atol=1e-15)
    np.testing.assert_allclose(components.energy(), model.energy(angles), rtol=0, atol=1e-11)
    magnetization = observables.magnetization(model, angles)
    np.testing.assert_allclose(components.magnetization() / model.n_sites, magnetization, rtol=0, atol=1e-14)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_local_fields_are_those_of_the_neighbors(model):
    angles = angles_of(model)
    spins = Components(model, angles).spins
    index, _ = model.lattice.neighbors
    unit = np.exp(1j * angles[1].ravel())
    expected = (model.neighbor_couplings * unit[index]).sum(axis=1)
    found = np.empty(model.n_sites, dtype=complex)
    for first in range(0, model.n_sites, CHUNK):
        size = min(CHUNK, model.n_sites - first)
        x, y = np.empty(size), np.empty(size)
        local_fields(spins, 1, first, x, y)
        found[first : first + size] = x + 1j * y
    position = Components(model, np.arange(model.n_sites, dtype=float).reshape(1, *model.shape) * 1e-3)
    order = np.rint(np.arctan2(position.spins.y[0], position.spins.x[0]) * 1e3).astype(int)
    np.testing.assert_allclose(found, expected[order], rtol=0, atol=1e-13)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_no_two_neighbors_share_a_color(model):
    spins = Components(model, angles_of(model, 1)).spins
    color = np.searchsorted(spins.colors, np.arange(model.n_sites), side="right") - 1
    own = np.arange(model.n_sites)[:, None]
    # A bond that a free boundary cuts has the site itself in its place.
    assert not np.any((color[spins.neighbors] == color[:, None]) & (spins.neighbors != own))
    assert spins.colors[-1] == model.n_sites


def test_angles_are_in_the_half_open_interval():
    angles = np.array([[np.pi, -np.pi, 3 * np.pi, 100.0, -0.0, 2 * np.pi]])
    wrapped = Components(XY((6,)), angles).angles()
    assert wrapped.min() >= -np.pi
    assert wrapped.max() < np.pi
    np.testing.assert_allclose(np.exp(1j * wrapped), np.exp(1j * angles), rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", XY_METHODS)
def test_no_sweep_changes_nothing(name):
    model = XY((4, 4))
    spins, rng = angles_of(model), streams(1, name, 0, 3)
    before, stream = spins.copy(), rng.copy()
    XY_METHODS[name].sweep(model, spins, np.ones(3), rng, 0)
    assert np.array_equal(spins, before)
    assert np.array_equal(rng, stream)


@pytest.mark.parametrize("name", XY_METHODS)
def test_bad_input_is_named(name):
    sweep, model, rng = XY_METHODS[name].sweep, XY((4, 4)), streams(1, name, 0, 2)
    with pytest.raises(TypeError, match=f"Ising: this {name} is for XY"):
        sweep(Ising((4, 4)), np.ones((2, 4, 4), dtype=np.int8), np.ones(2), rng, 1)
    with pytest.raises(TypeError, match="spins int8: has to be an array of float64"):
        sweep(model, np.ones((2, 4, 4), dtype=np.int8), np.ones(2), rng, 1)
    with pytest.raises(ValueError, match="positive"):
        sweep(model, np.ones((2, 4, 4)), np.zeros(2), rng, 1)


@pytest.mark.parametrize("name", XY_METHODS)
def test_unit_vectors_stay_unit_vectors(name):
    model = XY((6, 6))
    components = Components(model, angles_of(model, 1))
    plan = XY_METHODS[name].plan(components, np.array([0.9]))
    components.sweep(plan, streams(1, name, 0, 1), 5_000)
    assert np.max(np.abs(np.hypot(components.spins.x, components.spins.y) - 1.0)) < 1e-15
