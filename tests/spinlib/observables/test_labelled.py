"""Observables of labelled arrays: whatever the order of their dimensions, the numbers of plain ones, with labels."""

import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

from spinlib import observables, sample
from spinlib.models import XY, Ising, Potts

TEMPERATURES = [1.5, 2.0, 2.5, 3.0]


@pytest.fixture(scope="module")
def draws():
    """As many chains as temperatures: shapes alone do not tell them apart."""
    return sample(Ising((6, 6)), TEMPERATURES, 50, method="swendsen_wang", n_chains=4, burn_in=20, seed=1)


def shuffled(array):
    return array.transpose(*reversed(array.dims))


def same(found, expected, dims):
    assert found.dims == dims
    assert found.temperature.values.tolist() == TEMPERATURES
    np.testing.assert_allclose(found.values, expected, rtol=1e-12)


def test_fluctuations_go_by_the_labels(draws):
    e, m, T = draws.energy.values, draws.magnetization.values, np.array(TEMPERATURES)[:, None]
    expected = {
        "heat_capacity": 36 * e.var(axis=-1) / T**2,
        "susceptibility": 36 * np.abs(m).var(axis=-1) / T,
        "binder_cumulant": 1 - (m**4).mean(axis=-1) / (3 * (m**2).mean(axis=-1) ** 2),
        "helicity_modulus": e.mean(axis=-1) - 36 * (m**2).mean(axis=-1) / T,
    }
    both = ("temperature", "chain")
    for t in (draws.temperature, draws.temperature.values, xr.ones_like(draws.energy[..., 0]) * draws.temperature):
        same(observables.heat_capacity(draws.energy, t, 36), expected["heat_capacity"], both)
        same(observables.susceptibility(draws.magnetization, t, 36), expected["susceptibility"], both)
        args = draws.energy, shuffled(draws.magnetization)
        same(observables.helicity_modulus(*args, t, 36), expected["helicity_modulus"], both)
    same(observables.binder_cumulant(draws.magnetization), expected["binder_cumulant"], both)
    turned = observables.heat_capacity(shuffled(draws.energy), draws.temperature, 36)
    same(turned.transpose(*both), expected["heat_capacity"], both)
    assert turned.dims == ("chain", "temperature")
    pooled = observables.heat_capacity(draws.energy, draws.temperature, 36, axis=("chain", "draw"))
    same(pooled, 36 * e.var(axis=(1, 2)) / T[:, 0] ** 2, ("temperature",))
    assert pooled.equals(observables.heat_capacity(draws.energy, draws.temperature, 36, axis=(1, -1)))
    one = observables.heat_capacity(draws.energy.sel(temperature=2.5), 2.5, 36)
    np.testing.assert_allclose(one.values, expected["heat_capacity"][2], rtol=1e-12)


@pytest.mark.parametrize(
    ("T", "message"),
    [
        (2.0, r"T 2\.0: the labels say that this was drawn at temperature 1\.5"),
        ([1.5, 2.0, 2.5, 3.1], r"T 3\.1: the labels say"),
        ([[1.5, 2.0, 2.5, 3.0]], "has no labels"),
        (xr.DataArray(TEMPERATURES[:3], dims="temperature", coords={"temperature": TEMPERATURES[:3]}), "labels of the"),
        (xr.DataArray(TEMPERATURES, dims="beta"), "has the dimension beta"),
        (-1.0, "drawn at temperature"),
    ],
)
def test_temperatures_that_contradict_the_labels_raise(draws, T, message):
    for call in (observables.heat_capacity, observables.susceptibility):
        with pytest.raises(ValueError, match=message):
            call(draws.energy, T, 36)
    with pytest.raises(ValueError, match=message):
        observables.helicity_modulus(draws.energy, draws.magnetization, T, 36)


def test_plain_temperatures_that_do_not_fit_raise(draws):
    e = draws.energy.values
    for T in (draws.temperature.values, TEMPERATURES, draws.temperature, np.ones((4, 4, 1)), np.ones((3, 1))):
        for call in (observables.heat_capacity, observables.susceptibility):
            with pytest.raises(ValueError, match="the averages have the shape"):
                call(e, T, 36)
    with pytest.raises(ValueError, match="the averages have the shape"):
        observables.heat_capacity(e[0, 0], TEMPERATURES, 36)
    with pytest.raises(ValueError, match="have to be equal"):
        observables.helicity_modulus(e, e[:, :2], 1.0, 36)


def test_arrays_without_the_right_labels_raise(draws):
    with pytest.raises(TypeError, match=r"a Dataset holds several variables \(energy, magnetization, spins\)"):
        observables.heat_capacity(draws, draws.temperature, 36)
    with pytest.raises(ValueError, match="axis 'draw': the dimensions are temperature, step"):
        observables.binder_cumulant(draws.magnetization[:, 0].rename(draw="step"))
    with pytest.raises(TypeError, match="axis 'draw': only labelled"):
        observables.binder_cumulant(draws.magnetization.values, axis="draw")
    with pytest.raises(TypeError, match="either all are labelled"):
        observables.helicity_modulus(draws.energy, draws.magnetization.values, draws.temperature, 36)
    with pytest.raises(ValueError, match="needed are the lattice axes x0, x1"):
        observables.energy(Ising((6, 6)), draws.spins.rename(x1="y"))
    with pytest.raises(ValueError, match="labels of the arrays differ"):
        observables.overlap(Ising((6, 6)), draws.spins[:2], draws.spins[1:3])


def test_measurements_of_configurations_go_by_the_labels(draws):
    model, leading = Ising((6, 6)), ("temperature", "chain", "draw")
    turned = draws.spins.transpose("x1", "draw", "x0", "chain", "temperature")
    for name in ("energy", "magnetization"):
        found = getattr(observables, name)(model, turned)
        assert found.dims == ("draw", "chain", "temperature")
        assert found.name == name
        same(found.transpose(*leading), draws[name].values, leading)
    unnamed = draws.spins.rename(x0="row", x1="column")
    same(observables.energy(model, unnamed), draws.energy.values, leading)
    plain = draws.spins.values
    g = observables.correlation_function(model, turned, axis=1).transpose(*leading, "r")
    same(g, observables.correlation_function(model, plain, axis=1), (*leading, "r"))
    assert g.r.values.tolist() == [0, 1, 2, 3]
    for name in ("structure_factor_zero", "structure_factor_min"):
        call = getattr(observables, name)
        same(call(model, turned).transpose(*leading), call(model, plain), leading)
    factor = observables.structure_factor(model, turned).transpose(*leading, "k0", "k1")
    same(factor, observables.structure_factor(model, plain), (*leading, "k0", "k1"))
    np.testing.assert_allclose(factor.k0.values, 2 * np.pi * np.fft.fftfreq(6))
    q = observables.overlap(model, turned, draws.spins[:, ::-1])
    same(q.transpose(*leading), observables.overlap(model, plain, plain[:, ::-1]), leading)


def test_measurements_of_planar_and_potts_spins_go_by_the_labels():
    planar, potts = XY((4, 5)), Potts((4, 5), q=3)
    rng = np.random.default_rng(2)
    angles = xr.DataArray(rng.uniform(-3, 3, (7, 2, 4, 5)), dims=("draw", "chain", "x0", "x1"))
    turned, values = angles.transpose("x1", "x0", "chain", "draw"), angles.values
    for found, expected in zip(
        observables.twist_response(planar, turned), observables.twist_response(planar, values), strict=True
    ):
        np.testing.assert_allclose(found.transpose("draw", "chain").values, expected, rtol=1e-12)
    vortices = observables.vorticity(planar, turned)
    assert vortices.dims == ("chain", "draw", "x0", "x1")
    assert vortices.dtype == np.int8
    assert np.array_equal(vortices.transpose(*angles.dims).values, observables.vorticity(planar, values))
    states = xr.DataArray(rng.integers(0, 3, (7, 2, 4, 5)), dims=angles.dims)
    found = observables.magnetization(potts, states.transpose("x0", "draw", "x1", "chain"))
    np.testing.assert_allclose(found.values, observables.magnetization(potts, states.values), rtol=1e-12)


def test_distances_of_labelled_spins_are_within_each_temperature(draws):
    found = observables.hamming_distance(draws.spins.transpose("x1", "draw", "temperature", "x0", "chain"))
    expected = [observables.hamming_distance(one.reshape(-1, 36)) for one in draws.spins.values]
    same(found, expected, ("temperature",))
    with pytest.raises(ValueError, match="needed are 'chain' or 'draw'"):
        observables.hamming_distance(draws.spins[:, 0, 0])


def test_labels_need_no_import_of_xarray():
    """Only the front door makes a Dataset; observables and statistics of plain arrays do not import xarray."""
    script = (
        "import sys\n"
        "from spinlib import finite_size, observables, statistics\n"
        "print(observables.heat_capacity([1.0, 2.0], 1.0, 4), statistics.mean_of_few([1.0, 2.0, 3.0]).value)\n"
        "assert 'xarray' not in sys.modules"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert found.stdout.split() == ["1.0", "2.0"], found.stderr
