"""Metropolis of planar Potts spins: balance of a sweep, exact chains, and integrals over all angles."""

import numpy as np
import pytest
from scipy import stats

from spinlib import sample
from spinlib.exact.one_dimensional import planar_potts_energy
from spinlib.models import XY, PlanarPotts
from spinlib.samplers import parallel_tempering
from spinlib.samplers.random import streams
from spinlib.samplers.single_spin import planar_potts


def boltzmann_samples(model, temperature, n, seed):
    """Independent configurations, by rejection of random ones."""
    rng = np.random.default_rng(seed)
    spins = model.random(rng, (20 * n,))
    energies = model.energy(spins)
    accepted = spins[rng.random(len(spins)) < np.exp(-(energies - energies.min()) / temperature)]
    assert len(accepted) >= n
    return np.ascontiguousarray(accepted[:n])


def integrals(model, temperature, n_points=12):
    """Mean energy and order parameter per site, by Gauss and Legendre's rule over all angles."""
    points, weights = np.polynomial.legendre.leggauss(n_points)
    points, weights = 0.5 * np.pi * (points + 1.0), weights / 2.0

    def all_of(values):
        return np.stack(np.meshgrid(*[values] * model.n_sites, indexing="ij"), axis=-1).reshape(-1, model.n_sites)

    spins = all_of(points).reshape(-1, *model.shape)
    energies = model.energy(spins)
    probability = all_of(weights).prod(axis=1) * np.exp(-(energies - energies.min()) / temperature)
    probability /= probability.sum()
    return probability @ energies / model.n_sites, probability @ model.order_parameter(spins)


@pytest.mark.parametrize("temperature", [0.4, 1.0])
def test_a_sweep_is_balanced(temperature, law):
    """Two sites: from equilibrium, x -> y by sites 0, 1 is as frequent as y -> x by sites 1, 0."""
    model, n = PlanarPotts((2,), boundary="free"), 100_000
    before = boltzmann_samples(model, temperature, n, 5)
    after = before.copy()
    planar_potts.sweep(model, after, np.full(n, temperature), law.random_state(n, 6), 1)
    (x0, x1), (y0, y1) = (np.minimum((4 * angles / np.pi).astype(int), 3).T for angles in (before, after))
    there = np.bincount(((x0 * 4 + x1) * 4 + y0) * 4 + y1, minlength=256).reshape(4, 4, 4, 4)
    back = there.transpose(3, 2, 1, 0)
    # Each pair of cells once, and none that is its own counterpart.
    numbers = np.arange(256).reshape(4, 4, 4, 4)
    pairs = (there + back > 20) & (numbers < numbers.transpose(3, 2, 1, 0))
    statistic = ((there - back)[pairs] ** 2 / (there + back)[pairs]).sum()
    assert np.count_nonzero(pairs) > 50
    assert stats.chi2.sf(statistic, np.count_nonzero(pairs)) > law.LEVEL


@pytest.mark.parametrize("boundary", ["free", "periodic"])
def test_a_chain_has_its_exact_energy(boundary, law):
    temperatures = [0.3, 1.0, 5.0]
    draws = sample(PlanarPotts((6,), boundary=boundary), temperatures, 1, n_chains=5_000, burn_in=200, seed=7)
    for temperature, energies in zip(temperatures, draws.energy.values[:, :, 0], strict=True):
        expected = float(planar_potts_energy(temperature, 6, boundary))
        assert abs(law.deviation(energies, expected)) < law.LARGEST_Z


@pytest.mark.parametrize(
    "model",
    [
        PlanarPotts((2, 2), boundary="free"),
        PlanarPotts((2, 2), coupling=-1.3, boundary="free"),
        PlanarPotts((3,), boundary="free"),
        PlanarPotts((2, 2), boundary="free", neighborhood="next_nearest"),
    ],
    ids=repr,
)
def test_means_are_those_of_the_integrals(model, law):
    temperatures = [0.25, 1.5]
    draws = sample(model, temperatures, 1, n_chains=10_000, burn_in=150, seed=8)
    assert draws.attrs["method"] == "metropolis"
    for number, temperature in enumerate(temperatures):
        energy, order = integrals(model, temperature)
        assert abs(law.deviation(draws.energy.values[number, :, 0], energy)) < law.LARGEST_Z
        assert abs(law.deviation(draws.magnetization.values[number, :, 0], order)) < law.LARGEST_Z


def test_auto_is_metropolis_here():
    model = PlanarPotts((4, 4))
    one, other = (sample(model, 1.0, 3, method=method, burn_in=10) for method in ("auto", "metropolis"))
    np.testing.assert_array_equal(one.spins, other.spins)


def test_angles_stay_in_their_interval_and_observables_are_theirs():
    model = PlanarPotts((4, 4))
    draws = sample(model, [0.1, 2.0], 50, n_chains=3, burn_in=20, seed=1)
    model.check(draws.spins.values)
    np.testing.assert_array_equal(draws.energy.values, model.energy(draws.spins.values) / 16)
    np.testing.assert_array_equal(draws.magnetization.values, model.order_parameter(draws.spins.values))


def test_parallel_tempering_has_the_same_means(law):
    model, ladder = PlanarPotts((3,), boundary="free"), [0.2, 0.5]
    draws = parallel_tempering.sample(model, ladder, 1, n_chains=5_000, burn_in=100, seed=4)
    for number, temperature in enumerate(ladder):
        energy, _ = integrals(model, temperature, 24)
        assert abs(law.deviation(draws.energy.values[number, :, 0], energy)) < law.LARGEST_Z


def test_the_window_narrows_with_the_temperature():
    windows = planar_potts.window(PlanarPotts((4, 4)), np.array([1e-4, 0.01, 10.0]))
    assert windows[0] == pytest.approx(0.1 * windows[1])
    assert windows[2] == np.pi / 2
    assert planar_potts.window(PlanarPotts((4, 4), coupling=0.0), np.array([1.0]))[0] == np.pi / 2


def test_how_sweeps_are_split_into_calls_does_not_matter():
    model, results = PlanarPotts((4, 4)), []
    for parts in ((7,), (1, 4, 2)):
        spins, rng = np.zeros((2, 4, 4)), streams(0, "x", 0, 2)
        for n in parts:
            planar_potts.sweep(model, spins, np.array([0.2, 3.0]), rng, n)
        results.append((spins, rng))
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)


def test_other_methods_and_models_are_refused():
    for method in ("wolff", "over_relaxation", "multispin"):
        with pytest.raises(ValueError, match=f"'{method}': allowed for PlanarPotts are 'auto', 'metropolis'$"):
            sample(PlanarPotts((4, 4)), 1.0, 1, method=method)
    with pytest.raises(TypeError, match="XY: this metropolis is for PlanarPotts"):
        planar_potts.refuse(XY((4, 4)))
