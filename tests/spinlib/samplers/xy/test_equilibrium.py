"""Every XY sampler against independent exact samples, exact chains, and the limits of low and high temperature.

Exact samples are drawn by rejection from uniform angles. Stationarity: chains start from them; whatever number of
sweeps follows, they have to stay distributed as other exact samples. Relaxation: chains that start cold have to reach
that. Samples are compared by Kolmogorov-Smirnov tests with one level (Bonferroni), and the seeds are fixed.
"""

from functools import cache

import numpy as np
import pytest
from scipy import stats
from scipy.special import i0e, i1e

from spinlib import observables, sample
from spinlib.exact import one_dimensional
from spinlib.models import XY
from spinlib.samplers import XY_METHODS
from spinlib.samplers.xy.components import Components
from spinlib.statistics import mean_and_error

DISORDER = np.random.default_rng(5)
SMALL = [
    (XY((2,), boundary="free"), 0.3),
    (XY((3,)), 1.0),
    (XY((5,), boundary="antiperiodic"), 1.0),
    (XY((2, 2), boundary="free"), 0.7),
    (XY((2, 2)), 2.5),
    (XY((2, 3), -0.8, ("free", "antiperiodic")), 1.5),
    (XY((3, 2), DISORDER.normal(size=(2, 3, 2)), ("free", "periodic")), 1.6),
    (XY((2, 3), -1.0, "free", "triangular"), 2.0),
    (XY((2, 2, 2), boundary="free"), 2.5),
]
CASES = [pytest.param(name, *case, id=f"{name}-{case[0]!r}") for name in XY_METHODS for case in SMALL]
N_CHAINS = 5_000
# Two tests of every case, with three quantities each.
LEVEL = 0.001 / (6 * len(CASES))


@cache
def exact_samples(model, temperature, seed):
    """N_CHAINS independent configurations: uniform ones, each kept with probability exp(-(E + sum |J|) / T)."""
    rng, kept, least = np.random.default_rng(seed), [], -np.abs(model.bond_strengths).sum()
    while sum(map(len, kept)) < N_CHAINS:
        angles = rng.uniform(-np.pi, np.pi, size=(200_000, *model.shape))
        kept.append(angles[rng.random(200_000) < np.exp((least - model.energy(angles)) / temperature)])
    return np.concatenate(kept)[:N_CHAINS]


def p_values(model, spins, others):
    """Of the energy, of one spin's direction, and of the angle between two spins far apart."""
    for quantity in (
        model.energy,
        lambda angles: np.mod(angles.reshape(len(angles), -1)[:, 0], 2 * np.pi),
        lambda angles: np.mod(np.subtract(*angles.reshape(len(angles), -1).T[[0, -1]]), 2 * np.pi),
    ):
        yield stats.ks_2samp(quantity(spins), quantity(others)).pvalue


def swept(name, model, spins, temperature, n):
    rng = np.random.default_rng(17).integers(2**64, size=(len(spins), 4), dtype=np.uint64)
    components, n_draws = Components(model, spins), 2
    plan = XY_METHODS[name].plan(components, np.full(len(spins), temperature))
    energies, sums, kept = components.draw(plan, rng, n_draws, n // n_draws, True, True, True)
    np.testing.assert_allclose(energies, model.energy(kept), rtol=0, atol=1e-10)
    np.testing.assert_allclose(sums, model.n_sites * observables.magnetization(model, kept), rtol=0, atol=1e-10)
    return kept[-1]


@pytest.mark.parametrize(("name", "model", "temperature"), CASES)
def test_exact_samples_stay_exact(name, model, temperature):
    start = exact_samples(model, temperature, 1)
    after = swept(name, model, start.copy(), temperature, 2)
    assert np.mean(after != start) > 0.5
    assert min(p_values(model, after, exact_samples(model, temperature, 2))) > LEVEL


@pytest.mark.parametrize(("name", "model", "temperature"), CASES)
def test_cold_start_reaches_equilibrium(name, model, temperature):
    after = swept(name, model, np.zeros((2_000, *model.shape)), temperature, 100)
    assert min(p_values(model, after, exact_samples(model, temperature, 2))) > LEVEL


def energies(model, temperature, name, n_samples=400, n_chains=8, sweeps_between=2):
    draws = sample(
        model,
        temperature,
        n_samples,
        method=name,
        start="cold",
        burn_in=100 * sweeps_between,
        sweeps_between=sweeps_between,
        n_chains=n_chains,
        keep_spins=False,
        seed=3,
    )
    energy = mean_and_error(draws.energy[0])
    assert energy.valid
    return energy


@pytest.mark.parametrize("name", XY_METHODS)
@pytest.mark.parametrize("boundary", ["free", "periodic"])
def test_energy_and_correlation_of_a_chain(name, boundary):
    n, temperature = 24, 0.8
    draws = sample(
        XY((n,), boundary=boundary),
        temperature,
        1_000,
        method=name,
        n_chains=16,
        burn_in=200,
        sweeps_between=4,
        seed=2,
    )
    energy = mean_and_error(draws.energy[0])
    assert energy.valid
    assert abs(energy.value - one_dimensional.xy_energy(temperature, n, boundary)) < 4.0 * energy.error
    if boundary == "free":
        found = observables.correlation_function(XY((n,), boundary="free"), draws.spins[0])
        for r in (1, 3, 6):
            correlation = mean_and_error(found[..., r])
            expected = one_dimensional.xy_correlation(temperature, r)
            assert abs(correlation.value - expected) < 4.0 * correlation.error


@pytest.mark.parametrize("name", XY_METHODS)
def test_spin_waves_at_low_temperature(name):
    # N - 1 quadratic modes, of T / 2 each; what follows is of the order of T^2 / 16. Clusters do little for them.
    temperature, length = 0.02, 8
    energy = energies(XY((length, length)), temperature, name, sweeps_between=20)
    expected = -2.0 + temperature / 2 * (1 - 1 / length**2)
    assert energy.error < 1e-4
    assert abs(energy.value - expected) < 4.0 * energy.error + temperature**2 / 8


@pytest.mark.parametrize("name", XY_METHODS)
def test_expansion_at_high_temperature(name):
    # ln z = 2 ln I_0(b) + 2 x^4 + O(x^6) with x = I_1 / I_0, and dx/db = 1 - x / b - x^2.
    temperature = 4.0
    beta = 1 / temperature
    x = i1e(beta) / i0e(beta)
    expected = -2 * x - 8 * x**3 * (1 - x / beta - x**2)
    energy = energies(XY((32, 32)), temperature, name)
    assert energy.error < 1e-3
    assert abs(energy.value - expected) < 4.0 * energy.error + 24 * x**5


def test_stiffness_disappears_where_vortices_unbind():
    # Kosterlitz and Thouless: a jump from 2 T / pi at T = 0.893; spin waves alone give 1 - T / 4 - ... below it.
    model, temperatures = XY((16, 16)), [0.4, 0.8, 1.3]
    draws = sample(model, temperatures, 300, n_chains=8, sweeps_between=2, start="cold", seed=4)
    terms = observables.twist_response(model, draws.spins.values)
    modulus = observables.helicity_modulus(*terms, temperatures, model.n_sites, axis=(1, 2))
    assert modulus[0] == pytest.approx(1 - 0.4 / 4, abs=0.02)
    assert modulus[1] > 2 * 0.8 / np.pi + 0.1
    assert modulus[2] < 0.1
    vortices = np.abs(observables.vorticity(model, draws.spins.values)).mean(axis=(1, 2, 3, 4))
    assert vortices[0] < 1e-3
    assert vortices[1] < 0.02
    assert vortices[2] > 0.05


def test_methods_agree_near_the_transition():
    model = XY((12, 12))
    found = [energies(model, 0.9, name, n_samples=1_000, sweeps_between=4) for name in XY_METHODS]
    for one in found:
        for other in found:
            assert abs(one.value - other.value) <= 4.0 * np.hypot(one.error, other.error)
    assert max(one.error for one in found) < 3e-3
