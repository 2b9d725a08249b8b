"""Clusters found by runs: against scipy's connected components bond by bond, and the sweep against exact enumeration.

`swendsen_wang.sweep` takes runs for longer rows only; here also for those of lattices that can be enumerated.
"""

from functools import cache

import numpy as np
import pytest
from scipy import sparse, stats

from spinlib.exact import enumeration, kaufman
from spinlib.lattice import Lattice
from spinlib.models import Ising, Potts
from spinlib.samplers.bits.row_bits import bonds, pack
from spinlib.samplers.clusters import runs as cluster_runs
from spinlib.samplers.clusters import swendsen_wang

DISORDER = np.random.default_rng(23)

SMALL = [
    (Ising((3, 3)), 3.0),
    (Ising((3, 3), coupling=-1.0), 1.5),
    (Ising((2, 2)), 4.0),
    (Ising((2, 4), boundary="antiperiodic"), 1.2),
    (Ising((4, 2), boundary=("antiperiodic", "periodic")), 2.0),
    (Ising((3, 3), boundary=("antiperiodic", "free")), 1.0),
    (Ising((8,)), 1.0),
    (Ising((7,), boundary="antiperiodic"), 0.8),
    (Ising((2, 2, 2)), 6.0),
    (Ising((2, 2, 2), boundary=("free", "antiperiodic", "periodic")), 2.5),
    (Ising((3, 3), coupling=DISORDER.choice([-1.0, 0.0, 1.0], size=(2, 3, 3))), 1.0),
    (Potts((2, 3), q=3), 1.0),
    (Potts((2, 2), q=5), 1.2),
    (Potts((4, 2), q=2, boundary=("free", "periodic")), 0.8),
    (Potts((5,), q=4, boundary="free"), 0.6),
]
SQUARE = [
    (Ising(shape, boundary=boundary), temperature)
    for shape, boundary in (
        ((4, 4), "periodic"),
        ((4, 4), "antiperiodic"),
        ((4, 4), "free"),
        ((3, 5), ("antiperiodic", "periodic")),
        ((5, 3), ("free", "antiperiodic")),
    )
    for temperature in (1.6, 3.0)
]
LEVEL = 0.001 / (2 * len(SMALL + SQUARE))

# Rows of less than a word, of one, of a few bits more, of several; lattices of one row, of two, of three axes.
LATTICES = [
    Lattice((130,)),
    Lattice((2, 2)),
    Lattice((2, 64)),
    Lattice((6, 5)),
    Lattice((5, 63), "free"),
    Lattice((4, 64), ("free", "periodic")),
    Lattice((5, 65)),
    Lattice((7, 128), "antiperiodic"),
    Lattice((3, 200)),
    Lattice((3, 4, 70)),
]


@pytest.fixture
def runs_everywhere(monkeypatch):
    monkeypatch.setattr(swendsen_wang, "_SHORTEST_ROW", 2)


def random_streams(n, key=1):
    return np.random.default_rng(key).integers(2**64, size=(n, 4), dtype=np.uint64)


def swept(model, spins, temperature, n, key=1):
    spins = np.array(spins, dtype=np.int8)
    rng = random_streams(len(spins), key)
    swendsen_wang.sweep(model, spins, np.full(len(spins), temperature), rng, n)
    assert swendsen_wang._uniform[model] is not None
    return spins


@cache
def cells(model):
    """A number for every state: its own, or for larger lattices one for its energy and magnetisation."""
    states = enumeration.states(model)
    if len(states) < 2_000:
        return np.arange(len(states))
    pairs = np.stack([model.energy(states), states.sum(axis=(1, 2))], axis=1)
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


@pytest.mark.usefixtures("runs_everywhere")
@pytest.mark.parametrize(("model", "temperature"), SMALL + SQUARE, ids=repr)
def test_exact_samples_stay_exact(model, temperature):
    drawn = np.random.default_rng(3).choice(
        enumeration.n_states(model), size=20_000, p=enumeration.boltzmann(model, temperature)
    )
    spins = enumeration.states(model)[drawn]
    after = swept(model, spins, temperature, 2)
    assert np.any(after != spins)
    assert p_value(model, temperature, after) > LEVEL


@pytest.mark.usefixtures("runs_everywhere")
@pytest.mark.parametrize(("model", "temperature"), SMALL[::2] + SQUARE[::5], ids=repr)
def test_a_cold_start_reaches_equilibrium(model, temperature):
    first = 1 if isinstance(model, Ising) else 0
    spins = swept(model, np.full((5_000, *model.shape), first), temperature, 60)
    assert p_value(model, temperature, spins) > LEVEL


def unpacked(words, lattice):
    """Bits of the words of rows, bool (N,)."""
    words_per_row = (lattice.shape[-1] + 63) // 64
    rows = words[: lattice.n_sites // lattice.shape[-1] * words_per_row].reshape(-1, words_per_row).astype("<u8")
    return np.unpackbits(rows.view(np.uint8), axis=1, bitorder="little")[:, : lattice.shape[-1]].ravel().astype(bool)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("lattice", LATTICES, ids=repr)
def test_clusters_are_connected_components(lattice, share):
    index, weight = lattice.forward_neighbors
    table = bonds(lattice, weight)
    n_axes, n_words = table.present.shape
    rng = np.random.default_rng(7)
    for _ in range(20):
        active = np.packbits(rng.random((n_axes, 64 * n_words)) < share, axis=1, bitorder="little").view("<u8")
        active = active.astype(np.uint64) & table.present
        runs = cluster_runs._Runs(
            np.empty(n_words, np.uint64), np.empty(n_words, np.uint64), np.empty(lattice.n_sites, np.uint32)
        )
        cluster_runs._find_clusters(active, table, runs)
        labels = np.empty(lattice.n_sites, np.uint32)
        cluster_runs._label(labels, table, runs)

        from_site, to_site = [], []
        for axis in range(n_axes):
            (sites,) = np.nonzero(unpacked(active[axis], lattice))
            from_site.append(sites)
            to_site.append(index[axis, sites])
        edges = (np.concatenate(from_site), np.concatenate(to_site))
        graph = sparse.coo_array((np.ones(len(edges[0])), edges), shape=(lattice.n_sites,) * 2)
        n_clusters, component = sparse.csgraph.connected_components(graph, directed=False)
        # One to one: as many pairs as there are clusters of either kind.
        pairs = np.unique(np.stack([labels, component]), axis=1)
        assert pairs.shape[1] == n_clusters == len(np.unique(labels))


@pytest.mark.parametrize("lattice", LATTICES, ids=repr)
@pytest.mark.parametrize("q", [0, 3])
def test_only_satisfied_bonds_stay_active(lattice, q):
    index, weight = lattice.forward_neighbors
    table = bonds(lattice, weight)
    rng = np.random.default_rng(5)
    spins = rng.integers(q, size=lattice.n_sites, dtype=np.int8) if q else rng.choice([-1, 1], lattice.n_sites)
    planes = np.empty((2 if q else 1, table.present.shape[1]), np.uint64)
    pack(spins.astype(np.int8), planes[:, : table.before.shape[1] * table.words_per_row], lattice.shape[-1], q == 0)
    # What is left of the garbage beyond the ends of rows must not matter.
    active = np.full(table.present.shape, 2**64 - 1, np.uint64)
    cluster_runs._close_unsatisfied(active, planes, table)
    for axis in range(lattice.ndim):
        satisfied = (weight[axis] != 0) & ((spins == spins[index[axis]]) == (weight[axis] > 0))
        np.testing.assert_array_equal(unpacked(active[axis], lattice), satisfied)


def test_seeds_reach_up_to_the_next_zero():
    words = np.random.default_rng(2).integers(2**64, size=(2, 200), dtype=np.uint64)
    for seeds, joined in zip(words[0] & (words[0] >> np.uint64(1)), words[1] | (words[1] << np.uint64(1)), strict=True):
        reached, is_reached = 0, False
        for bit in range(64):
            is_reached = bool(int(joined) >> bit & 1) and (is_reached or bool(int(seeds) >> bit & 1))
            reached |= is_reached << bit
        assert int(cluster_runs._reached(seeds, joined)) == reached


@pytest.mark.parametrize("shape", [(20, 65), (64, 128)])
@pytest.mark.parametrize("model", [Ising, Potts])
def test_sweeps_in_one_call_or_in_two_are_the_same(model, shape):
    spins = np.zeros((2, *shape)) if model is Potts else np.ones((2, *shape))
    together, apart, temperatures = swept(model(shape), spins, 2.0, 5), spins.astype(np.int8), np.full(2, 2.0)
    rng = random_streams(2)
    for n in (2, 0, 3):
        swendsen_wang.sweep(model(shape), apart, temperatures, rng, n)
    np.testing.assert_array_equal(together, apart)
    # Neither does a chain depend on the others.
    alone = spins[:1].astype(np.int8)
    swendsen_wang.sweep(model(shape), alone, temperatures[:1], random_streams(2)[:1], 5)
    np.testing.assert_array_equal(alone[0], together[0])
    assert np.any(together[0] != together[1])


@pytest.mark.parametrize(
    ("shape", "boundary"),
    [
        ((30, 64), ("periodic", "periodic")),
        ((30, 64), ("periodic", "antiperiodic")),
        ((24, 65), ("periodic", "periodic")),
        ((24, 65), ("antiperiodic", "antiperiodic")),
        ((20, 128), ("antiperiodic", "periodic")),
    ],
)
def test_energies_at_the_critical_temperature_are_kaufmans(shape, boundary):
    model, temperature, n_chains, n_draws = Ising(shape, boundary=boundary), 2.269, 60, 100
    spins = swept(model, np.ones((n_chains, *shape)), temperature, 50, key=2)
    temperatures, rng = np.full(n_chains, temperature), random_streams(n_chains, 3)
    series = np.empty((n_draws, n_chains))
    for draw in range(n_draws):
        swendsen_wang.sweep(model, spins, temperatures, rng, 2)
        series[draw] = model.energy(spins) / model.n_sites
    means = series.mean(axis=0)
    error = means.std(ddof=1) / np.sqrt(n_chains)
    exact = kaufman.energy(temperature, shape, boundary)
    assert error < 3e-3
    assert abs(means.mean() - exact) < 4.0 * error
