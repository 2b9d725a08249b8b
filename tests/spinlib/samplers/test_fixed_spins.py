"""Samplers and fixed spins: exact laws of one sweep, stationarity, relaxation, exact energies, and who refuses them."""

from functools import cache

import numpy as np
import pytest
from scipy import stats

from spinlib import sample
from spinlib.datasets import targeted
from spinlib.exact import enumeration, plus_minus
from spinlib.models import Ising
from spinlib.samplers import METHODS, coupling_from_the_past
from spinlib.samplers.chains.choice import choose, resolved
from spinlib.samplers.multispin.cpu import PackedSpins
from spinlib.samplers.multispin.replicas import allowed_replicas
from spinlib.samplers.single_spin.acceptance import PROPOSED
from spinlib.samplers.tempering import parallel_tempering
from spinlib.statistics import holm, mean_and_error

TEXT, SUITE = ("plus_minus", "periodic"), ("plus_minus", "plus_minus")
SINGLE = ("metropolis", "heat_bath")
# By table and bond by bond, with and without colours, in one to three dimensions.
SMALL = [
    (Ising((4, 4), boundary=TEXT), 2.3),
    (Ising((5, 5), boundary=SUITE), 2.0),
    (Ising((4, 3), coupling=-1.0, boundary=TEXT, field=0.3), 1.5),
    (Ising((3, 5), boundary=("free", "plus_minus")), 1.2),
    (Ising((8,), boundary="plus_minus"), 1.0),
    (Ising((4, 2, 2), boundary=("plus_minus", "antiperiodic", "free")), 3.0),
    (Ising((4, 4), coupling={"nearest": 1.0, "next_nearest": -0.4}, boundary=TEXT), 2.0),
    (Ising((4, 4), coupling=np.random.default_rng(2).normal(size=(2, 4, 4)), boundary=TEXT), 1.0),
]
LEVEL = 0.001 / (4 * len(SMALL))


@cache
def law(model, temperature):
    return enumeration.states(model), enumeration.boltzmann(model, temperature)


def numbers(model, spins):
    """The number of each configuration in the order of enumeration.states."""
    free = spins.reshape(len(spins), -1)[:, model.fixed.ravel() == 0]
    return (free > 0).astype(np.int64) @ 2 ** np.arange(free.shape[1])


def p_value(model, spins, probability):
    """Chi-square of how often each state occurs, pooled from the rarest on; 0 where an impossible one does."""
    observed = np.bincount(numbers(model, spins), minlength=len(probability))
    if observed[probability == 0].any():
        return 0.0
    order = np.argsort(probability)
    pools = np.floor(np.cumsum(probability[order]) * len(spins) / 12.0).astype(int)
    expected, counted = (np.bincount(pools, weights=of[order]) for of in (probability * len(spins), observed))
    keep = expected > 8.0
    expected, counted = np.append(expected[keep], expected[~keep].sum()), np.append(counted[keep], counted[~keep].sum())
    some = expected > 0
    assert some.sum() > 5
    return stats.chisquare(counted[some], expected[some]).pvalue


def streams_of(n, seed):
    return np.random.default_rng(seed).integers(2**64, size=(n, 4), dtype=np.uint64)


def after_one_sweep(model, temperature, start, name):
    """Probability of every state after one sweep from `start`, from the definition of the method."""
    states, energies = enumeration.states(model), enumeration.energies(model)
    probability = np.all(states == start, axis=tuple(range(1, states.ndim))).astype(float)
    free, here = np.flatnonzero(model.fixed.ravel() == 0), np.arange(len(states))
    try:
        order = np.concatenate(model.lattice.sublattices)
    except ValueError:
        order = np.arange(model.n_sites)
    for site in order:
        if site not in free:
            continue
        there = here ^ (1 << int(np.searchsorted(free, site)))
        x = (energies[there] - energies) / temperature
        flip = 1 / (1 + np.exp(x)) if name == "heat_bath" else PROPOSED * np.exp(-np.maximum(x, 0.0))
        stays = probability * (1 - flip)
        np.add.at(stays, there, probability * flip)
        probability = stays
    return probability


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize(("model", "temperature"), SMALL, ids=repr)
def test_one_sweep_has_its_exact_law(name, model, temperature):
    n, states = 20_000, enumeration.states(model)
    start = states[len(states) // 3]
    spins = np.tile(start, (n, *(1,) * start.ndim))
    METHODS[name].sweep(model, spins, np.full(n, temperature), streams_of(n, 8), 1)
    model.check(spins)
    probability = after_one_sweep(model, temperature, start, name)
    assert probability.sum() == pytest.approx(1.0)
    assert p_value(model, spins, probability) > LEVEL


@pytest.mark.parametrize("name", [*SINGLE, "multispin"])
@pytest.mark.parametrize(("model", "temperature"), SMALL[:2] + SMALL[6:], ids=repr)
def test_exact_samples_stay_exact(name, model, temperature):
    if name == "multispin":
        model = Ising((4, 6), coupling=-1.0, boundary=model.boundary)
    states, probability = law(model, temperature)
    first = states[np.random.default_rng(3).choice(len(states), size=20_000, p=probability)]
    spins = first.copy()
    METHODS[name].sweep(model, spins, np.full(len(spins), temperature), streams_of(len(spins), 9), 3)
    assert np.any(spins != first)
    model.check(spins)
    assert p_value(model, spins, probability) > LEVEL


@pytest.mark.parametrize("dynamics", ["metropolis", "heat_bath"])
@pytest.mark.parametrize("boundary", [TEXT, SUITE, ("plus_minus", "antiperiodic"), ("free", "plus_minus")])
@pytest.mark.parametrize("coupling", [1.0, -1.0, "disorder"])
def test_packed_spins_reach_the_boltzmann_distribution(dynamics, boundary, coupling):
    shape, temperature = (4, 6), 2.2
    disorder = np.random.default_rng(3).choice([-1.0, 1.0], (2, *shape))
    model = Ising(shape, disorder if coupling == "disorder" else coupling, boundary=boundary)
    _, probability = law(model, temperature)
    n = 12_800
    packed = PackedSpins(model, model.random(1, (n,)), np.full(n, temperature), streams_of(n, 4), dynamics=dynamics)
    packed.sweep(60)
    spins = packed.unpack()
    model.check(spins)
    np.testing.assert_allclose(packed.energy(), model.energy(spins), atol=1e-9)
    np.testing.assert_array_equal(packed.magnetization(), spins.sum((1, 2), dtype=np.int64))
    assert p_value(model, spins, probability) > 0.001 / 24


@pytest.mark.parametrize("boundary", [TEXT, SUITE])
def test_strips_of_one_lattice_keep_its_fixed_spins(boundary):
    """All numbers of replicas, from 64 strips of one lattice to 64 lattices."""
    model = Ising((128, 10), boundary=boundary)
    energies = {}
    for replicas in allowed_replicas(model):
        spins = model.random(2, (64,))
        packed = PackedSpins(model, spins, np.full(64, 4.0), streams_of(64, replicas), replicas=replicas)
        packed.sweep(30)
        model.check(packed.unpack())
        energies[replicas] = packed.energy()
        np.testing.assert_allclose(energies[replicas], model.energy(packed.unpack()), atol=1e-9)
    assert len(energies) == 7
    # The same law with every layout, so that all means agree.
    assert stats.f_oneway(*energies.values()).pvalue > 0.001
    if boundary == TEXT:
        found = np.concatenate(list(energies.values())) / model.n_sites
        error = found.std(ddof=1) / np.sqrt(len(found))
        assert abs(found.mean() - plus_minus.energy(4.0, model.shape)) < 4 * error


@pytest.mark.parametrize("name", [*SINGLE, "multispin"])
def test_the_energy_of_a_larger_lattice_is_the_closed_form(name):
    T, p_values = np.array([1.5, 2.3, 3.2]), []
    model = Ising((24, 16), boundary=TEXT)
    settings = {"method": name, "start": "random", "burn_in": 1500, "sweeps_between": 5, "n_chains": 64}
    drawn = sample(model, T, 120, observables=("energy",), keep_spins=False, seed=3, **settings)
    for at, exact in enumerate(plus_minus.energy(T, model.shape)):
        found = mean_and_error(drawn.energy[at])
        assert found.valid
        assert found.error < 3e-3
        p_values.append(2 * stats.norm.sf(abs(found.value - exact) / found.error))
    assert not holm(p_values).any()


def test_auto_takes_flips_and_says_why():
    model, T = Ising((16, 16), boundary=TEXT), np.array([2.0])
    choice = choose(model, T, 1, 10, None)
    assert choice.methods == ("multispin",)
    assert "a fixed boundary hinders clusters" in choice.reason
    assert not choice.clusters_first
    assert resolved("auto", model, T) == "multispin"
    assert choose(Ising((5, 5), boundary=TEXT), T, 1, 10, None).methods == ("metropolis",)
    drawn = sample(model, [1.0, 3.0], 3, burn_in=10, n_chains=2, seed=1)
    model.check(drawn.spins.values)


def test_tempering_keeps_fixed_spins():
    model = Ising((6, 6), boundary=SUITE)
    found = parallel_tempering.sample(model, [1.5, 2.0, 2.5], 20, seed=1)
    model.check(found.spins.values)


@pytest.mark.parametrize("name", sorted(set(METHODS) - {*SINGLE, "multispin"}))
def test_methods_that_move_every_spin_refuse(name):
    model = Ising((8, 8), boundary=TEXT)
    with pytest.raises(ValueError, match=r"would flip the spins that 'plus_minus' fixes; use metropolis"):
        METHODS[name].refuse(model)
    with pytest.raises(ValueError, match="'plus_minus' fixes"):
        sample(model, 2.0, 1, method=name)


def test_what_else_flips_all_spins_refuses():
    torch = pytest.importorskip("torch")
    from spinlib.optimization.annealing import anneal
    from spinlib.samplers.convolution import differentiable
    from spinlib.samplers.learned_energy import sweeps

    model = Ising((8, 8), boundary=TEXT)
    spins, start = model.random(1, (2,)), torch.ones(1, 1, 8, 8)
    rng, T = streams_of(2, 1), np.full(2, 2.0)
    for ask in (
        lambda: coupling_from_the_past.refuse(model),
        lambda: targeted.draw(model, [0.0], 1, seed=1),
        lambda: differentiable.refuse(model),
        lambda: sweeps.corrected_sweep(lambda s: np.zeros(len(s)), model, spins, np.zeros(2), T, rng, 1),
        lambda: anneal(1.0, start, "gradient", 5, torch.Generator(), boundary=TEXT),
    ):
        with pytest.raises(ValueError, match="'plus_minus' fixes"):
            ask()
