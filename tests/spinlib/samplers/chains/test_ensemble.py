from importlib.util import find_spec

import numpy as np
import pytest

from spinlib import observables
from spinlib.models import XY, Ising, Potts
from spinlib.samplers import METHODS, XY_METHODS
from spinlib.samplers.chains import measure
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.contract import method

NAMES = [name for name in METHODS if name != "convolution" or find_spec("torch")]


def made(name, model, seed=1, n_chains=3):
    values = (
        np.linspace(-3.0, 3.0, 11)
        if isinstance(model, XY)
        else np.array([-1, 1])
        if isinstance(model, Ising)
        else np.arange(model.q)
    )
    start = np.random.default_rng(0).choice(values, size=(n_chains, *model.shape)).astype(model.spin_dtype)
    keys = [digest(chain) for chain in range(n_chains)]
    return start, method(name, model).ensemble(model, start.copy(), np.full(n_chains, 2.5), seed, keys)


def measured(chains, name):
    return chains.draw(1, 0, [name], False)[name][0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("model", [Ising((8, 6)), Potts((6, 6), q=3)], ids=repr)
def test_measures_its_own_spins(name, model):
    if name == "multispin" and isinstance(model, Potts):
        with pytest.raises(TypeError, match="Potts"):
            made(name, model)
        return
    start, chains = made(name, model)
    for _ in range(3):
        assert np.allclose(measured(chains, "energy"), measure.energy(model, chains.spins()), rtol=0, atol=1e-12)
        assert np.allclose(
            measured(chains, "magnetization"), measure.magnetization(model, chains.spins()), rtol=0, atol=1e-12
        )
        chains.sweep(1)
    assert chains.spins().dtype == np.int8
    assert np.any(chains.spins() != start)


@pytest.mark.parametrize("name", XY_METHODS)
def test_measures_its_own_planar_spins(name):
    model = XY((8, 6))
    start, chains = made(name, model)
    for _ in range(3):
        energy = observables.energy(model, chains.spins())
        magnetization = observables.magnetization(model, chains.spins())
        assert np.allclose(measured(chains, "energy"), energy, rtol=0, atol=1e-12)
        assert np.allclose(measured(chains, "magnetization"), magnetization, rtol=0, atol=1e-12)
        chains.sweep(1)
    assert chains.spins().dtype == np.float64
    assert np.any(np.abs(chains.spins() - start) > 0.1)


@pytest.mark.parametrize(
    ("name", "model"), [*((name, Ising((8, 6))) for name in NAMES), *((name, XY((8, 6))) for name in XY_METHODS)]
)
def test_how_sweeps_are_split_into_calls_does_not_matter(name, model):
    start, together = made(name, model)
    _, apart = made(name, model)
    together.sweep(0)
    assert np.allclose(together.spins(), start, rtol=0, atol=1e-14)
    together.sweep(7)
    for n in (1, 4, 2):
        apart.sweep(n)
    assert np.array_equal(together.spins(), apart.spins())


@pytest.mark.parametrize("name", NAMES)
def test_streams_make_the_difference(name):
    model = Ising((8, 6))
    one, again, other, another = (
        method(name, model).ensemble(
            model, np.ones((2, 8, 6), dtype=np.int8), np.full(2, 2.5), seed, [digest(key), digest(1)]
        )
        for seed, key in ((1, 0), (1, 0), (2, 0), (1, 2))
    )
    for chains in (one, again, other, another):
        chains.sweep(3)
    assert np.array_equal(one.spins(), again.spins())
    assert np.any(one.spins() != other.spins())
    assert np.any(one.spins()[0] != another.spins()[0])
    assert np.any(one.spins()[0] != one.spins()[1])
