"""Swendsen-Wang (by sites and by runs) and Wolff in a field, against enumeration, transfer matrices and heat bath.

All p-values of the comparisons with enumeration share one level (Bonferroni), and the seeds are fixed.
"""

from functools import cache

import numpy as np
import pytest
from scipy import stats

from spinlib.exact import enumeration
from spinlib.models import Ising, Potts
from spinlib.samplers.clusters import swendsen_wang, wolff
from spinlib.samplers.clusters.field import orientation
from spinlib.samplers.single_spin import heat_bath

DISORDER = np.random.default_rng(31)
SIGNS = DISORDER.choice([-1.0, 1.0], size=(2, 3, 3))
NORMAL = DISORDER.normal(size=(2, 3, 3))

SMALL = [
    (Ising((3, 3), field=0.2), 2.5),
    (Ising((3, 3), field=-2.0), 2.0),
    (Ising((3, 3), boundary="free", field=-0.4), 1.5),
    (Ising((3, 3), coupling=-1.0, field=0.6), 1.5),
    (Ising((2, 4), coupling=-0.7, field=-1.5), 2.0),
    (Ising((2, 4), boundary="antiperiodic", field=0.5), 1.2),
    (Ising((4, 2), boundary=("antiperiodic", "periodic"), field=-0.3), 2.0),
    (Ising((3, 3), boundary=("antiperiodic", "free"), field=-0.8), 1.0),
    (Ising((7,), boundary="antiperiodic", field=0.5), 0.8),
    (Ising((2, 2, 2), boundary=("free", "antiperiodic", "periodic"), field=0.7), 2.5),
    (Ising((3, 3), coupling=NORMAL, field=0.5), 1.0),
    (Ising((3, 3), coupling=SIGNS, field=-0.6, boundary="free"), 1.0),
    (Ising((3, 3), coupling=(1.5, -0.5), field=0.3), 1.5),
    (Ising((3, 3), boundary="free", neighborhood="triangular", field=-0.5), 3.0),
    (Ising((3, 3), coupling={"nearest": 1.0, "next_nearest": -0.4}, field=0.4), 2.0),
    (Ising((2, 4), coupling=0.0, field=0.7), 1.0),
    (Potts((2, 3), q=3, field=0.4), 1.0),
    (Potts((2, 3), q=3, field=-0.8), 0.8),
    (Potts((3, 2), q=3, field=3.0, boundary="free"), 1.5),
    (Potts((2, 2), q=5, field=0.5), 1.2),
    (Potts((2, 2), q=5, field=-0.5), 1.0),
    (Potts((4, 2), q=2, boundary=("free", "periodic"), field=-0.3), 0.8),
    (Potts((2, 3), q=3, boundary="free", neighborhood="triangular", field=0.3), 1.0),
]
# Cells of equal energy and magnetisation.
SQUARE = [
    (Ising((4, 4), coupling=coupling, boundary=boundary, field=field), temperature)
    for boundary in ("periodic", "antiperiodic", "free", ("free", "antiperiodic"))
    for coupling, field, temperature in ((1.0, 0.1, 2.3), (1.0, -1.0, 3.0), (-1.0, 1.0, 2.3))
]
METHODS = ("sites", "runs", "wolff")


# The runs need one strength per axis.
CASES = [
    pytest.param(method, model, temperature, id=f"{method}-{model!r}-T={temperature}")
    for method in METHODS
    for model, temperature in SMALL + SQUARE
    if method != "runs" or (model.lattice.neighborhood == "nearest" and not np.array_equal(model.coupling, NORMAL))
]
# At lower temperatures 60 sweeps are too few: a field slows down what needs the turn of a large cluster.
RELAXING = [case for case in CASES if case.values[2] >= 1.5 or isinstance(case.values[1], Potts)]
LEVEL = 0.001 / (len(CASES) + 2 * len(RELAXING))


def random_streams(n, key):
    return np.random.default_rng(key).integers(2**64, size=(n, 4), dtype=np.uint64)


@pytest.fixture
def sweep(monkeypatch):
    """A function that sweeps in place with one of METHODS."""

    def swept(method, model, spins, temperature, n, key=1):
        monkeypatch.setattr(swendsen_wang, "_SHORTEST_ROW", 2 if method == "runs" else 1_000)
        swendsen_wang._uniform.clear()
        rng = random_streams(len(spins), key)
        module = wolff if method == "wolff" else swendsen_wang
        module.sweep(model, spins, np.full(len(spins), temperature), rng, n)
        if method != "wolff":
            assert (swendsen_wang._uniform[model] is not None) == (method == "runs")
        swendsen_wang._uniform.clear()
        return spins

    return swept


@cache
def cells(model):
    states = enumeration.states(model)
    if len(states) < 2_000:
        return np.arange(len(states))
    pairs = np.stack([np.round(model.energy(states), 6), states.sum(axis=(1, 2))], axis=1)
    return np.unique(pairs, axis=0, return_inverse=True)[1].ravel()


def p_value(model, temperature, spins):
    """Chi-square of the cells' frequencies, pooled from the rarest on until at least 10 are expected in each."""
    digits, base = ((spins + 1) // 2, 2) if isinstance(model, Ising) else (spins, model.q)
    numbers = digits.reshape(len(spins), -1).astype(np.int64) @ base ** np.arange(model.n_sites)
    cell_of = cells(model)
    expected = np.bincount(cell_of, weights=enumeration.boltzmann(model, temperature)) * len(spins)
    observed = np.bincount(cell_of[numbers], minlength=len(expected))
    pools = [[0.0, 0]]
    for cell in np.argsort(expected):
        if pools[-1][0] >= 10.0:
            pools.append([0.0, 0])
        pools[-1][0] += expected[cell]
        pools[-1][1] += observed[cell]
    expected, observed = np.transpose(pools)
    assert len(pools) > 3
    assert expected.min() >= 10.0
    return stats.chisquare(observed, expected).pvalue


@pytest.mark.parametrize(("method", "model", "temperature"), CASES)
def test_exact_samples_stay_exact(method, model, temperature, sweep):
    weights = enumeration.boltzmann(model, temperature)
    spins = enumeration.states(model)[np.random.default_rng(3).choice(len(weights), size=20_000, p=weights)]
    after = sweep(method, model, spins.copy(), temperature, 2)
    assert np.any(after != spins)
    assert p_value(model, temperature, after) > LEVEL


@pytest.mark.parametrize(("method", "model", "temperature"), RELAXING)
def test_cold_and_random_starts_reach_equilibrium(method, model, temperature, sweep):
    n = 2_500
    rng = np.random.default_rng(5)
    starts = [model.cold()[None].repeat(n, axis=0), np.stack([model.random(rng) for _ in range(n)])]
    if isinstance(model, Ising):
        # Half of them against the field.
        starts[0][::2] *= -1
    for key, spins in enumerate(starts):
        after = sweep(method, model, np.ascontiguousarray(spins), temperature, 60, key + 2)
        assert p_value(model, temperature, after) > LEVEL


@pytest.mark.parametrize(("field", "temperature", "q"), [(0.3, 1.2, 0), (-0.7, 2.0, 0), (0.4, 0.9, 3), (-0.5, 1.0, 5)])
def test_orientations_have_boltzmann_probabilities(field, temperature, q):
    # Of a cluster of 3 spins that are alike: the field's energies decide.
    state = tuple(np.random.default_rng(8).integers(2**64, size=4, dtype=np.uint64))
    counts = np.zeros(q or 2)
    for _ in range(40_000):
        value, state = orientation(3, field, temperature, q, tuple(map(np.uint64, state)))
        counts[value if q else int(value < 0)] += 1
    energies = -field * 3 * (np.arange(q) == 0) if q else -field * np.array([3.0, -3.0])
    weights = np.exp(-energies / temperature)
    assert stats.chisquare(counts, counts.sum() * weights / weights.sum()).pvalue > 0.001 / 4


def test_large_clusters_overflow_nothing():
    state = tuple(np.random.default_rng(8).integers(2**64, size=4, dtype=np.uint64))
    for q, n, field, expected in ((0, 10**9, 1.0, 1), (0, -(10**9), 1.0, -1), (3, 10**9, 1.0, 0), (0, 10**9, -1.0, -1)):
        assert orientation(n, field, 1e-300, q, state)[0] == expected
    assert {orientation(0, 1.0, 1e-300, 0, random)[0] for random in map(tuple, random_streams(50, 1))} == {-1, 1}
    assert {orientation(5, -1.0, 1e-300, 3, random)[0] for random in map(tuple, random_streams(50, 1))} == {1, 2}


def chain(model, temperature):
    """Energy per site and mean order (Ising: spin; Potts: share of state 0) of a ring, by its transfer matrix."""
    values = np.array([-1.0, 1.0]) if isinstance(model, Ising) else np.arange(model.q)
    along = values if isinstance(model, Ising) else (values == 0).astype(float)
    pairs = np.outer(values, values) if isinstance(model, Ising) else np.equal.outer(values, values).astype(float)
    n = model.n_sites

    def log_partition(beta, field):
        terms = model.coupling * pairs + 0.5 * field * np.add.outer(along, along)
        eigenvalues = np.linalg.eigvalsh(np.exp(beta * terms))
        largest = abs(eigenvalues).max()
        return n * np.log(largest) + np.log(np.sum((eigenvalues / largest) ** n))

    beta, step = 1.0 / temperature, 1e-5
    energy = -(log_partition(beta + step, model.field) - log_partition(beta - step, model.field)) / (2 * step * n)
    change = log_partition(beta, model.field + step) - log_partition(beta, model.field - step)
    return energy, temperature * change / (2 * step * n)


CHAINS = [
    (Ising((64,), field=0.1), 1.0),
    (Ising((64,), field=-1.0), 1.5),
    (Ising((64,), coupling=-1.0, field=1.2), 0.9),
    (Potts((64,), q=3, field=0.2), 0.6),
    (Potts((64,), q=5, field=-0.4), 0.5),
]


def measured(model, spins):
    order = spins if isinstance(model, Ising) else spins == 0
    return np.stack([model.energy(spins) / model.n_sites, order.reshape(len(spins), -1).mean(axis=1)])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("model", "temperature"), CHAINS, ids=repr)
def test_rings_are_those_of_the_transfer_matrix(method, model, temperature, sweep):
    n_chains = 1_000
    spins, sums = model.cold()[None].repeat(n_chains, axis=0), np.zeros((2, n_chains))
    sweep(method, model, spins, temperature, 100)
    for draw in range(20):
        sums += measured(model, sweep(method, model, spins, temperature, 5, draw + 2)) / 20
    errors = sums.std(axis=1, ddof=1) / np.sqrt(n_chains)
    deviations = (sums.mean(axis=1) - chain(model, temperature)) / errors
    assert np.all(errors < 5e-3)
    assert np.all(abs(deviations) < stats.norm.isf(0.0005 / (2 * len(CHAINS) * len(METHODS))))


PLANES = [
    (Ising((16, 16), field=0.05), 2.3),
    (Ising((16, 16), field=-0.5), 2.0),
    (Ising((16, 16), coupling=-1.0, field=2.0), 2.5),
    (Ising((16, 16), coupling=(1.0, 0.5), field=0.1, boundary=("periodic", "antiperiodic")), 2.0),
    (Potts((16, 16), q=3, field=0.1), 1.0),
    (Potts((16, 16), q=4, field=-0.2, boundary="free"), 0.95),
]


@pytest.mark.parametrize(("model", "temperature"), PLANES, ids=repr)
def test_planes_are_those_of_heat_bath(model, temperature, sweep):
    n_chains, results = 100, []
    for method in (*METHODS, "heat_bath"):
        spins, sums = model.cold()[None].repeat(n_chains, axis=0), np.zeros((2, n_chains))
        for draw in range(30):
            if method == "heat_bath":
                rng = random_streams(n_chains, draw + 7)
                heat_bath.sweep(model, spins, np.full(n_chains, temperature), rng, 1_000 if draw == 0 else 20)
            else:
                sweep(method, model, spins, temperature, 200 if draw == 0 else 3, draw + 2)
            sums += measured(model, spins) / 30
        results.append(sums)
    for sums in results[:-1]:
        p_values = stats.ttest_ind(sums, results[-1], axis=1, equal_var=False).pvalue
        assert p_values.min() > 0.001 / (2 * len(METHODS) * len(PLANES))


@pytest.mark.parametrize("field", [0.1, 1.0, 50.0])
def test_wolffs_pilot_ends_in_a_strong_field(field):
    for model in (
        Ising((32, 32), field=field),
        Ising((32, 32), coupling=-1.0, field=field),
        Potts((32, 32), field=-field),
    ):
        assert 1 <= wolff.clusters_per_sweep(model, 1.0) <= 32**2
    # Clusters that cannot turn are given up after about T / (2 B) sites.
    if field == 1.0:
        assert wolff.clusters_per_sweep(Ising((32, 32), field=field), 1.0) > 200


def test_a_field_of_zero_changes_no_sample():
    for model, same in ((Ising((8, 20)), Ising((8, 20), field=-0.0)), (Potts((6, 6)), Potts((6, 6), field=-0.0))):
        for module in (swendsen_wang, wolff):
            first, second = (m.cold()[None].repeat(3, axis=0) for m in (model, same))
            for m, spins in ((model, first), (same, second)):
                module.sweep(m, spins, np.full(3, 2.0), random_streams(3, 4), 3)
            np.testing.assert_array_equal(first, second)
