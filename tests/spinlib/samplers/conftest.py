"""Exact laws of one step of each algorithm, from its definition, and the tests that hold samples against them.

Tests take them through the fixture `law`. Chains are independent and seeds fixed; `LEVEL` is the probability with
which one comparison would fail by chance. With some 10^5 chains, a probability that is 1 % off, a site or a bond
direction that is left out, or a temperature that is shifted by 1 % lie far beyond it.
"""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from spinlib.exact import enumeration
from spinlib.models import Ising
from spinlib.samplers.single_spin.acceptance import PROPOSED

LEVEL = 1e-5  # some 50 comparisons use it: one in 2000 runs of all of them with other seeds would fail
LARGEST_Z = float(stats.norm.isf(LEVEL / 2))


def base_of(model):
    return len(model.values)


def number_of(model, spins):
    """The number of each configuration in the order of enumeration.states."""
    digits = np.searchsorted(model.values, spins)
    return digits.reshape(len(spins), -1).astype(np.int64) @ base_of(model) ** np.arange(model.n_sites)


def random_state(n_chains, seed):
    """One stream for each chain, as `streams` makes them, but sooner for many chains."""
    return np.random.default_rng(seed).integers(2**64, size=(n_chains, 4), dtype=np.uint64)


def visiting_order(model):
    """Flat sites colour by colour where a colouring is valid for the bonds, else in typewriter order."""
    if model.kind == "LongRangeIsing":
        return np.arange(model.n_sites)
    try:
        return np.concatenate(model.lattice.sublattices)
    except ValueError:
        return np.arange(model.n_sites)


def p_value(model, spins, probability):
    """Of how often each state occurs (chi-square) and of the mean energy, together; 0 where an impossible state occurs.

    A shift of the temperature is spread thinly over the states, but all of it is in their energy.
    """
    energies = model.energy(enumeration.states(model))
    mean = probability @ energies
    error = np.sqrt(probability @ (energies - mean) ** 2 / len(spins))
    of_energy = 2 * stats.norm.sf(abs(model.energy(spins).mean() - mean) / error)
    return min(1.0, 2 * min(chi_square(model, spins, probability), of_energy))


def chi_square(model, spins, probability):
    """p-value of how often each state occurs; from the rarest on, states are pooled until 10 are expected.

    0 where a state occurs that is impossible.
    """
    observed = np.bincount(number_of(model, spins), minlength=len(probability))
    if np.any(observed[probability == 0.0]):
        return 0.0
    pools = [[0.0, 0]]
    for state in np.argsort(probability):
        if pools[-1][0] >= 10.0:
            pools.append([0.0, 0])
        pools[-1][0] += probability[state] * len(spins)
        pools[-1][1] += observed[state]
    expected, observed = np.transpose(pools)
    assert len(expected) > 5
    return stats.chisquare(observed, expected).pvalue


def after_single_site_sweep(model, temperature, start, name):
    """Probability of every state one sweep of Metropolis or heat bath after the configuration `start`."""
    all_states = enumeration.states(model)
    flat, energy, base = all_states.reshape(len(all_states), -1), model.energy(all_states), base_of(model)
    probability = np.all(flat == start.ravel(), axis=1).astype(float)
    numbers = np.arange(len(flat))
    for site in visiting_order(model):
        digit = numbers // base**site % base
        # The states that differ at this site alone, and the probability of each after its update.
        others = [numbers + ((digit + step) % base - digit) * base**site for step in range(base)]
        if name == "heat_bath":
            weights = np.exp(-(energy[others] - energy[others].min(axis=0)) / temperature)
            moves = weights / weights.sum(axis=0)
        else:
            moves = PROPOSED * np.exp(-np.maximum(energy[others] - energy, 0.0) / temperature) / (base - 1)
            moves[0] = 1.0 - moves[1:].sum(axis=0)
        following = np.zeros_like(probability)
        for other, move in zip(others, moves, strict=True):
            following[other] += probability * move
        probability = following
    return probability


def bond_subsets(model, temperature, start):
    """(probability, cluster of every site) for each set of bonds that may be active in the configuration `start`."""
    i, j, weight, _ = model.lattice.bonds
    s = start.ravel().astype(int)
    if isinstance(model, Ising):
        gains = 2.0 * model.bond_strengths * s[i] * s[j]
    else:
        gains = model.coupling * weight * (s[i] == s[j])
    satisfied = np.flatnonzero(gains > 0.0)
    active = -np.expm1(-gains[satisfied] / temperature)
    for chosen in product((False, True), repeat=len(satisfied)):
        cluster = np.arange(model.n_sites)
        for bond in satisfied[list(chosen)]:
            cluster[cluster == cluster[j[bond]]] = cluster[i[bond]]
        yield np.prod(np.where(chosen, active, 1.0 - active)), cluster


def after_cluster_sweep(model, temperature, start):
    """Probability of every state one Swendsen-Wang sweep after `start`: all sets of bonds, all values of clusters."""
    base = base_of(model)
    probability = np.zeros(base**model.n_sites)
    places, old = base ** np.arange(model.n_sites), (start.ravel() + 1) // 2  # digits of Ising spins
    for chance, cluster in bond_subsets(model, temperature, start):
        values = [places[cluster == label] for label in np.unique(cluster)]
        digits = [old[cluster == label] for label in np.unique(cluster)]
        numbers = np.zeros(1, np.int64)
        for place, digit in zip(values, digits, strict=True):
            if isinstance(model, Ising):  # as it was, or turned
                new = [(place * digit).sum(), (place * (1 - digit)).sum()]
            else:
                new = [place.sum() * state for state in range(base)]
            numbers = np.add.outer(numbers, new).ravel()
        np.add.at(probability, numbers, chance / len(numbers))
    return probability


def after_one_cluster(model, temperature, start):
    """Probability of every state one Wolff cluster after `start`, from a seed at each site in turn."""
    base, n = base_of(model), model.n_sites
    probability = np.zeros(base**n)
    for chance, cluster in bond_subsets(model, temperature, start):
        for seed in range(n):
            inside = cluster == cluster[seed]
            spins = np.repeat(start.reshape(1, -1), base - 1, axis=0)
            if isinstance(model, Ising):
                spins[:, inside] *= -1
            else:
                spins[:, inside] = (start.ravel()[seed] + np.arange(1, base))[:, None] % base
            np.add.at(probability, number_of(model, spins), chance / n / (base - 1))
    return probability


def exact_samples(model, temperature, n, seed):
    """`n` independent configurations of the Boltzmann distribution, by enumeration."""
    probability = enumeration.boltzmann(model, temperature)
    return enumeration.states(model)[np.random.default_rng(seed).choice(len(probability), size=n, p=probability)]


def deviation(chain_means, expected):
    """Distance of the mean of independent chains from the exact value, in standard errors."""
    chain_means = np.asarray(chain_means, np.float64)
    error = chain_means.std(ddof=1) / np.sqrt(len(chain_means))
    return (chain_means.mean() - expected) / error


def largest_deviation(model, temperature, spins):
    """Of energy, squared energy and, for Ising, squared magnetisation from enumeration, in standard errors."""
    states, weights = enumeration.states(model), enumeration.boltzmann(model, temperature)
    quantities = [model.energy, lambda s: model.energy(s) ** 2]
    if isinstance(model, Ising):
        quantities.append(lambda s: s.reshape(len(s), -1).sum(axis=1, dtype=np.float64) ** 2)
    return max(abs(deviation(of(spins), weights @ of(states))) for of in quantities)


def configurational_temperature(model, angles, temperature):
    """How far XY chains (chain, draw, *shape) are from <F_i^2> = T <dF_i/da_i>, F_i = dE/da_i, in standard errors.

    Integration by parts of the Boltzmann distribution gives this for every lattice, coupling and boundary.
    """
    index, couplings = model.lattice.neighbors[0], model.neighbor_couplings
    flat = angles.reshape(*angles.shape[:2], -1)
    differences = flat[..., None] - flat[..., index]
    force, curvature = ((couplings * of(differences)).sum(axis=-1) for of in (np.sin, np.cos))
    return deviation((force**2 - temperature * curvature).mean(axis=(1, 2)), 0.0)


@pytest.fixture(scope="session")
def law():
    return SimpleNamespace(
        LEVEL=LEVEL,
        LARGEST_Z=LARGEST_Z,
        random_state=random_state,
        p_value=p_value,
        after_single_site_sweep=after_single_site_sweep,
        after_cluster_sweep=after_cluster_sweep,
        after_one_cluster=after_one_cluster,
        exact_samples=exact_samples,
        deviation=deviation,
        largest_deviation=largest_deviation,
        configurational_temperature=configurational_temperature,
    )
