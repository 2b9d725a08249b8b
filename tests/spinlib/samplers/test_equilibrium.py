"""Every sampler in METHODS against exact enumeration and Kaufman's formula.

Stationarity: chains start from exact samples of the Boltzmann distribution; whatever number of sweeps follows, their
states have to stay distributed by it. Relaxation: chains that start cold have to reach it. Chains are independent, so
counts are compared by chi-square without any autocorrelation. All p-values of this file share one level (Bonferroni),
and the seeds are fixed.
"""

from functools import cache
from importlib.util import find_spec

import numpy as np
import pytest
from scipy import stats

from spinlib import observables, sample
from spinlib.exact import enumeration, kaufman
from spinlib.models import Ising, Potts
from spinlib.samplers import METHODS
from spinlib.samplers.chains import draws, measure
from spinlib.samplers.multispin.cpu import PackedSpins
from spinlib.samplers.random import torch_generator
from spinlib.statistics import mean_and_error

NAMES = [name for name in METHODS if name != "convolution" or find_spec("torch")]

DISORDER = np.random.default_rng(11)

# (model, temperature) with at most 9 sites, or 729 states. 3x3 periodic has no valid colouring.
SMALL = [
    (Ising((3, 3), boundary="free"), 2.0),
    (Ising((3, 3)), 3.0),
    (Ising((3, 3), coupling=-1.0), 1.5),
    (Ising((3, 3), field=0.4), 2.5),
    (Ising((2, 4)), 2.5),
    (Ising((2, 4), coupling=-0.7), 2.5),
    (Ising((2, 4), boundary="antiperiodic"), 1.2),
    (Ising((4, 2), boundary=("antiperiodic", "periodic")), 2.0),
    (Ising((3, 3), boundary=("antiperiodic", "free")), 1.0),
    (Ising((2, 4), boundary=("free", "periodic"), field=-0.3), 1.7),
    (Ising((8,)), 1.0),
    (Ising((7,), boundary="antiperiodic"), 0.8),
    (Ising((2, 2, 2), boundary="free"), 2.5),
    (Ising((2, 2, 2)), 6.0),
    (Ising((3, 3), boundary="free", neighborhood="triangular"), 3.0),
    (Ising((2, 3), coupling=-1.0, neighborhood="triangular"), 2.0),
    (Ising((2, 4), neighborhood="honeycomb"), 1.5),
    (Ising((3, 3), boundary="free", neighborhood="next_nearest", field=0.2), 4.0),
    (Ising((3, 3), boundary="free", neighborhood="moore2"), 8.0),
    (Ising((3, 3), coupling=DISORDER.normal(size=(2, 3, 3)), boundary="free"), 1.0),
    (Ising((2, 4), coupling=DISORDER.choice([-1.0, 1.0], size=(2, 2, 4)), boundary="antiperiodic"), 1.0),
    (Ising((3, 3), coupling=DISORDER.normal(size=(2, 3, 3)), field=0.3), 1.5),
    (Potts((2, 3), q=3), 1.0),
    (Potts((2, 3), q=3, coupling=-1.0), 0.7),
    (Potts((2, 2), q=5), 1.2),
    (Potts((4, 2), q=2, boundary=("free", "periodic")), 0.8),
    (Potts((5,), q=4, boundary="free"), 0.6),
    (Potts((2, 3), q=3, boundary="free", neighborhood="triangular"), 1.0),
    (Potts((2, 2), q=4, neighborhood="honeycomb"), 0.7),
]

# Couplings by direction and by shell, and fields of either sign.
SMALL += [
    (Ising((8,), coupling=(0.8,), field=-0.3), 1.2),
    (Ising((2, 4), coupling=(1.0, 0.4)), 1.8),
    (Ising((3, 3), coupling=(0.4, -1.1), boundary=("free", "antiperiodic")), 1.5),
    (Ising((2, 2, 2), coupling=(0.3, -0.6, 0.9), boundary=("free", "periodic", "antiperiodic")), 1.6),
    (Ising((7,), coupling={"nearest": 1.0, "next_nearest": -0.5}), 1.4),
    (Ising((3, 3), coupling={"nearest": 1.0, "next_nearest": -0.4}), 2.5),
    (Ising((2, 4), coupling={"nearest": -0.7, "next_nearest": 0.5}, boundary="free"), 1.5),
    (Ising((2, 2, 2), coupling={"nearest": 0.5, "third_nearest": -0.6}, boundary="free"), 1.5),
    (
        Ising((2, 4), coupling={"nearest": 1.0, "next_nearest": -0.5}, field=-0.3, boundary=("free", "antiperiodic")),
        2.0,
    ),
    (Ising((2, 4), coupling={"nearest": 0.6}, neighborhood="honeycomb"), 1.2),
    (Ising((3, 3), field=-0.4), 2.5),
    (Ising((2, 4), coupling=-0.8, field=0.6), 1.5),
    (Potts((2, 3), q=3, field=0.5), 1.0),
    (Potts((2, 3), q=3, field=-0.7), 0.8),
    (Potts((2, 2), q=5, coupling=-0.8, boundary="free", field=0.6), 0.7),
    (Potts((4, 2), q=2, boundary=("free", "periodic"), field=-0.4), 0.8),
    (Potts((2, 3), q=3, boundary="free", neighborhood="triangular", field=-0.3), 1.0),
]

# All 65,536 states, as cells of equal energy and magnetisation.
SQUARE = [
    (Ising((4, 4), boundary=boundary), temperature)
    for boundary in ("periodic", "antiperiodic", "free", ("antiperiodic", "periodic"), ("free", "antiperiodic"))
    for temperature in (1.6, 2.3, 4.0)
]


# Cases that relax within the sweeps of the test.
RELAXING = [
    (Ising((3, 3), boundary="free"), 2.0),
    (Ising((4, 2), boundary=("antiperiodic", "periodic")), 2.0),
    (Ising((4, 4)), 4.0),
    (Ising((3, 3), coupling=DISORDER.normal(size=(2, 3, 3)), boundary="free"), 2.0),
    (Ising((3, 3), boundary="free", field=0.4), 2.5),
    (Potts((2, 3), q=3), 1.2),
    (Potts((2, 2), q=5, boundary="free"), 1.0),
    (Ising((3, 3), coupling=(0.4, 1.0), boundary="free", field=-0.2), 2.0),
    (Ising((3, 3), coupling={"nearest": 1.0, "next_nearest": -0.4}), 2.5),
    (Potts((2, 3), q=3, field=-0.6), 1.2),
    (Potts((2, 3), q=3, field=0.4, coupling=0.5), 1.0),
]
# Here Metropolis that never leaves a site out is not ergodic: it could not reach up to 3/4 of the Boltzmann weight.
TRAPS = [
    (Ising((8,)), 1.5),
    (Ising((3, 3)), 3.0),
    (Ising((3, 3), coupling=-1.0), 2.5),
    (Ising((2, 4), boundary="antiperiodic"), 2.0),
    (Potts((4, 2), q=2), 1.3),
]


def accepted(names, cases):
    """Each of these methods with every case that it does not refuse."""
    for name in names:
        for model, temperature in cases:
            try:
                METHODS[name].refuse(model)
            except ValueError:
                continue
            except TypeError:
                # Packed spins are for Ising only.
                assert name == "multispin"
                continue
            yield pytest.param(name, model, temperature, id=f"{name}-{model!r}-T={temperature}")


STATIONARITY = list(accepted(NAMES, SMALL + SQUARE))
RELAXATION = list(accepted(NAMES, RELAXING + TRAPS))
LEVEL = 0.001 / (len(STATIONARITY) + len(RELAXATION))


@cache
def cells(model):
    """Cell of every state: the state itself, or for 4x4 its energy and magnetisation."""
    if model.n_sites < 16:
        return np.arange(enumeration.n_states(model))
    spins = enumeration.states(model)
    pairs = np.stack([model.energy(spins), spins.sum(axis=(1, 2))], axis=1)
    return np.unique(pairs, axis=0, return_inverse=True)[1].ravel()


def number_of(model, spins):
    """The number of each configuration in the order of enumeration.states."""
    digits, base = ((spins + 1) // 2, 2) if isinstance(model, Ising) else (spins, model.q)
    return digits.reshape(len(spins), -1).astype(np.int64) @ base ** np.arange(model.n_sites)


def swept(name, model, spins, temperature, n):
    """Configurations after n sweeps of independent chains, by the loop that makes two draws of `spinlib.sample`."""
    temperatures = np.full(len(spins), temperature)
    if name == "convolution":
        import torch

        tensor = torch.from_numpy(spins)[:, None].to(torch.float32)
        METHODS[name].sweep(model, tensor, temperature, torch_generator(5, name, 0, 0), n, skip=METHODS[name].SKIP)
        return tensor[:, 0].numpy().astype(np.int8)
    rng, n_draws = np.random.default_rng(17).integers(2**64, size=(len(spins), 4), dtype=np.uint64), 2
    if name == "multispin":
        packed = PackedSpins(model, spins, temperatures, rng)
        kept = np.empty((len(spins), n_draws, *model.shape), np.int8)
        energies, sums = packed.draw(n_draws, n // n_draws, spins=kept)
        kept = np.swapaxes(kept, 0, 1)
        measured = energies.T, sums.T
    else:
        rows, counts = spins.reshape(len(spins), -1), measure.counts(model, n_draws, len(spins))
        kept = np.empty((n_draws, *rows.shape), np.int8)
        plan = METHODS[name].plan(model, temperatures)
        draws.draw(rows, plan, rng, n_draws, n // n_draws, measure.meter(model), counts, kept)
        kept = kept.reshape(n_draws, *spins.shape)
        measured = tuple(model.n_sites * of(model, counts) for of in (measure.energies, measure.magnetizations))
    totals = model.energy(kept), model.n_sites * observables.magnetization(model, kept)
    np.testing.assert_allclose(measured, totals, rtol=0, atol=1e-10)
    return np.ascontiguousarray(kept[-1])


def p_value(model, temperature, spins):
    """Chi-square of the states' frequencies, cells pooled from the rarest on until at least 10 are expected in each."""
    cell_of = cells(model)
    expected = np.bincount(cell_of, weights=enumeration.boltzmann(model, temperature)) * len(spins)
    observed = np.bincount(cell_of[number_of(model, spins)], minlength=len(expected))
    pools = [[0.0, 0]]
    for cell in np.argsort(expected):
        if pools[-1][0] >= 10.0:
            pools.append([0.0, 0])
        pools[-1][0] += expected[cell]
        pools[-1][1] += observed[cell]
    expected, observed = np.transpose(pools)
    assert len(pools) > 5
    assert expected.min() >= 10.0
    return stats.chisquare(observed, expected).pvalue


@pytest.mark.parametrize(("name", "model", "temperature"), STATIONARITY)
def test_exact_samples_stay_exact(name, model, temperature):
    rng = np.random.default_rng(3)
    n_chains = 4_000 if name == "convolution" else 20_000
    drawn = rng.choice(enumeration.n_states(model), size=n_chains, p=enumeration.boltzmann(model, temperature))
    spins = enumeration.states(model)[drawn]
    after = swept(name, model, spins.copy(), temperature, 2)
    assert np.any(after != spins)
    assert p_value(model, temperature, after) > LEVEL


@pytest.mark.parametrize(("name", "model", "temperature"), RELAXATION)
def test_cold_start_reaches_equilibrium(name, model, temperature):
    n_chains, n_sweeps = (2_000 if name == "convolution" else 3_000), 200
    first = 1 if isinstance(model, Ising) else 0
    spins = swept(name, model, np.full((n_chains, *model.shape), first, dtype=np.int8), temperature, n_sweeps)
    assert p_value(model, temperature, spins) > LEVEL


# Temperature: draws per chain that bring the error below 1e-3; tau_int is largest near the critical one.
DRAWS = {2.0: 600, 2.269: 4_500, 3.0: 500}
# Method: chains, sweeps from draw to draw.
RUNS = {"metropolis": (12, 10), "heat_bath": (32, 10), "multispin": (64, 4), "swendsen_wang": (32, 1), "wolff": (12, 1)}


@pytest.mark.parametrize("temperature", DRAWS)
@pytest.mark.parametrize("name", RUNS)
def test_energy_of_a_32_torus_is_kaufmans(name, temperature):
    n_chains, sweeps_between = RUNS[name]
    draws = sample(
        Ising((32, 32)),
        temperature,
        DRAWS[temperature],
        method=name,
        start="cold",
        burn_in=50 * sweeps_between,
        sweeps_between=sweeps_between,
        n_chains=n_chains,
        observables=("energy",),
        keep_spins=False,
        seed=6,
    )
    energy = mean_and_error(draws.energy[0])
    assert energy.valid
    assert energy.error < 1e-3
    assert abs(energy.value - kaufman.energy(temperature, (32, 32))) < 4.0 * energy.error


@pytest.mark.parametrize(("temperature", "n_draws"), [(2.0, 15), (2.269, 65), (3.0, 20)])
@pytest.mark.skipif("convolution" not in NAMES, reason="needs torch")
def test_convolution_keeps_kaufmans_energy_of_a_32_torus(temperature, n_draws):
    # Equilibrium from clusters, then two sweeps of many chains: convolution is slow on a CPU.
    model, n_chains = Ising((32, 32)), 200
    first = sample(model, temperature, n_draws, method="swendsen_wang", n_chains=n_chains, sweeps_between=10, seed=8)
    start = first.spins.values.reshape(1, n_chains * n_draws, 32, 32)
    settings = {"method": "convolution", "n_chains": n_chains * n_draws, "burn_in": 0, "keep_spins": False, "seed": 9}
    after = sample(model, temperature, 1, start=start, sweeps_between=2, **settings).energy.values.ravel()
    assert np.mean(after != first.energy.values.ravel()) > 0.9
    error = after.std() / np.sqrt(len(after))
    assert error < 1e-3
    assert abs(after.mean() - kaufman.energy(temperature, (32, 32))) < 4.0 * error


@pytest.mark.parametrize("name", NAMES)
def test_chains_are_uncorrelated(name):
    n_chains = 64 if name == "multispin" else 24
    n_draws = 40 if name == "convolution" else 400
    draws = sample(
        Ising((8, 8)),
        3.0,
        n_draws,
        method=name,
        n_chains=n_chains,
        sweeps_between=5,
        burn_in=20,
        keep_spins=False,
        seed=1,
    )
    for series in (draws.energy.values[0], draws.magnetization.values[0]):
        pairs = np.corrcoef(series)[np.triu_indices(n_chains, k=1)]
        assert abs(pairs.mean()) < 3.0 * pairs.std() / np.sqrt(len(pairs))


def energy_of_anisotropic_torus(model, temperature):
    """Mean energy per site of an Ising torus of two axes with one coupling per axis, by its transfer matrix."""
    height, width = model.shape
    between_rows, within_rows = model.coupling
    rows = 1 - 2 * np.array(np.unravel_index(np.arange(2**width), (2,) * width)).T
    within = within_rows * (rows * np.roll(rows, 1, axis=1)).sum(axis=1)
    energy = -between_rows * (rows @ rows.T) - 0.5 * (within[:, None] + within)

    def log_partition(beta):
        top = -beta * energy.min()
        eigenvalues = np.linalg.eigvalsh(np.exp(-beta * energy - top))
        return height * top + np.log((eigenvalues**height).sum())

    beta, step = 1.0 / temperature, 1e-4
    return -(log_partition(beta + step) - log_partition(beta - step)) / (2.0 * step) / model.n_sites


@pytest.mark.parametrize("name", ["metropolis", "heat_bath", "swendsen_wang", "wolff"])
@pytest.mark.parametrize("coupling", [(1.0, 0.2), (0.3, -1.2)])
def test_energy_of_an_anisotropic_torus_is_that_of_its_transfer_matrix(name, coupling):
    model, temperature = Ising((10, 6), coupling), 2.0
    between = 1 if name in ("swendsen_wang", "wolff") else 10
    settings = {
        "start": "cold",
        "burn_in": 50 * between,
        "sweeps_between": between,
        "n_chains": 32,
        "keep_spins": False,
    }
    draws = sample(model, temperature, 800, method=name, observables=("energy",), seed=7, **settings)
    energy = mean_and_error(draws.energy[0])
    assert energy.valid
    assert energy.error < 4e-3
    # Axis 0 goes from row to row: exchanged couplings would be off by far more than the error.
    exact = energy_of_anisotropic_torus(model, temperature)
    assert abs(energy_of_anisotropic_torus(Ising((10, 6), coupling[::-1]), temperature) - exact) > 10.0 * energy.error
    assert abs(energy.value - exact) < 4.0 * energy.error
