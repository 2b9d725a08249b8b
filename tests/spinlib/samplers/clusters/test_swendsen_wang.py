import numpy as np
import pytest
from scipy import stats

from spinlib.exact import kaufman
from spinlib.models import Ising, Potts
from spinlib.samplers.clusters import swendsen_wang
from spinlib.samplers.random import streams


def swept(model, spins, temperature, n=1):
    spins = np.array(spins, dtype=np.int8)
    swendsen_wang.sweep(model, spins, np.full(len(spins), temperature), streams(3, "clusters", 0, len(spins)), n)
    return spins


def test_the_ground_state_is_one_cluster():
    spins = swept(Ising((16, 16)), np.ones((400, 16, 16)), 1e-3)
    assert np.all(spins == spins[:, :1, :1])
    assert stats.binomtest(int((spins[:, 0, 0] == 1).sum()), 400).pvalue > 0.001


def test_so_is_that_of_an_antiferromagnet():
    signs = 1 - 2 * (np.indices((6, 8)).sum(axis=0) % 2)
    spins = swept(Ising((6, 8), coupling=-1.0), np.tile(signs, (50, 1, 1)), 1e-3) * signs
    assert np.all(spins == spins[:, :1, :1])
    assert set(spins[:, 0, 0]) == {-1, 1}


def test_every_spin_is_a_cluster_at_infinite_temperature():
    spins = swept(Ising((32, 32), boundary="free"), np.ones((40, 32, 32)), 1e12)
    assert abs(spins.mean()) < 4.0 / np.sqrt(spins.size)


def test_bonds_without_coupling_join_nothing():
    coupling = np.zeros((2, 8, 8))
    coupling[1] = 3.0
    spins = swept(Ising((8, 8), coupling=coupling), np.ones((200, 8, 8)), 1e-3)
    rows = spins[:, :, 0]
    assert np.all(spins == rows[:, :, None])
    assert abs(rows.mean()) < 4.0 / np.sqrt(rows.size)


def test_potts_clusters_take_every_state():
    spins = swept(Potts((8, 8), q=5), np.zeros((1_000, 8, 8)), 1e-3)
    assert np.all(spins == spins[:, :1, :1])
    assert stats.chisquare(np.bincount(spins[:, 0, 0], minlength=5)).pvalue > 0.001


@pytest.mark.parametrize("kind", [Ising, Potts])
@pytest.mark.parametrize("shape", [(16,), (7, 64), (6, 65), (2, 3, 130)])
def test_a_ground_state_of_long_rows_is_one_cluster(kind, shape):
    first = 1 if kind is Ising else 0
    spins = swept(kind(shape, boundary="free"), np.full((30, *shape), first), 1e-3).reshape(30, -1)
    assert np.all(spins == spins[:, :1])
    assert len(set(spins[:, 0])) > 1


BOTH_WAYS = [
    (Ising((20, 64), boundary="free"), 2.269),
    (Ising((16, 65), coupling=-1.0, boundary=("free", "antiperiodic")), 2.1),
    (Ising((12, 128), coupling=np.random.default_rng(4).choice([-1.0, 0.0, 1.0], size=(2, 12, 128))), 1.5),
    (Ising((5, 6, 70), boundary=("periodic", "antiperiodic", "free")), 4.5),
    (Potts((18, 66), q=3), 0.995),
    (Potts((10, 64), q=10, boundary=("free", "periodic")), 0.72),
]


@pytest.mark.parametrize(("model", "temperature"), BOTH_WAYS, ids=repr)
def test_runs_and_sites_give_one_law(model, temperature, monkeypatch):
    n_chains, first = 100, 1 if isinstance(model, Ising) else 0
    temperatures, measured = np.full(n_chains, temperature), []
    for key, shortest in enumerate((16, 1_000)):
        monkeypatch.setattr(swendsen_wang, "_SHORTEST_ROW", shortest)
        swendsen_wang._uniform.clear()
        assert (swendsen_wang._uniform_bonds(model) is None) == (shortest == 1_000)
        spins = np.full((n_chains, *model.shape), first, dtype=np.int8)
        rng = streams(key, "both ways", 0, n_chains)
        swendsen_wang.sweep(model, spins, temperatures, rng, 40)
        means = np.zeros((3, n_chains))
        for _ in range(40):
            swendsen_wang.sweep(model, spins, temperatures, rng, 1)
            rows = spins.reshape(n_chains, -1).astype(np.float64)
            energies = model.energy(spins) / model.n_sites
            means += [energies, energies**2, (rows.mean(axis=1) - (0.5 * (model.q - 1) if first == 0 else 0.0)) ** 2]
        measured.append(means)
    swendsen_wang._uniform.clear()
    # Energy, its square and that of the magnetisation (Potts: of the mean state): chains are independent.
    p_values = stats.ttest_ind(*measured, axis=1, equal_var=False).pvalue
    assert p_values.min() > 0.001 / (3 * len(BOTH_WAYS))


@pytest.mark.parametrize(
    ("model", "by_runs"),
    [
        (Ising((8, 64)), True),
        (Ising((8, 17), coupling=-0.5, boundary="free"), True),
        (Ising((8, 16), coupling=np.random.default_rng(0).choice([-2.0, 0.0, 2.0], size=(2, 8, 16))), True),
        (Potts((8, 64), q=20), True),
        (Ising((8, 15)), False),
        (Ising((8, 64), coupling=np.random.default_rng(0).normal(size=(2, 8, 64))), False),
        (Ising((8, 64), neighborhood="triangular"), False),
    ],
    ids=repr,
)
def test_labels_are_clusters_of_spins_that_turn_together(model, by_runs):
    assert isinstance(swendsen_wang.plan(model, np.full(3, 2.0)), swendsen_wang.ClustersByRuns) == by_runs
    states = [-1, 1] if isinstance(model, Ising) else range(model.q)
    before = np.random.default_rng(1).choice(states, size=(3, *model.shape)).astype(np.int8)
    after = before.copy()
    labels = swendsen_wang.sweep_and_label(model, after, np.full(3, 2.0), streams(1, "labels", 0, 3))
    assert labels.shape == before.shape
    for chain in range(3):
        for label in np.unique(labels[chain]):
            inside = labels[chain] == label
            change = (after * before if isinstance(model, Ising) else after)[chain, inside]
            assert np.all(change == change[0])
            if isinstance(model, Potts):
                assert len(set(before[chain, inside])) == 1
    # Sites of one cluster are connected: most clusters of this temperature have one site, few have many.
    assert 1 < len(np.unique(labels[0])) < model.n_sites


def test_refusals_give_the_reason():
    model = Potts((4, 4), coupling=-1.0)
    with pytest.raises(ValueError, match=r"coupling -1\.0.*>= 0"):
        swendsen_wang.refuse(model)
    with pytest.raises(ValueError, match=r"coupling -1\.0.*>= 0"):
        swept(model, np.ones((1, 4, 4)), 1.0)


ONE_SWEEP = [
    (Ising((3, 3), boundary="free"), 2.0),
    (Ising((2, 3)), 3.0),
    (Ising((2, 4), coupling=-0.7, boundary="antiperiodic"), 2.0),
    (Ising((3, 3), coupling=np.random.default_rng(11).normal(size=(2, 3, 3)), boundary="free"), 1.5),
    (Ising((2, 2, 2), boundary="free"), 3.0),
    (Ising((3, 2), boundary="free", neighborhood="triangular"), 3.0),
    (Potts((2, 3), q=3, boundary="free"), 0.9),
    (Potts((2, 2), q=5), 1.0),
]


@pytest.mark.parametrize(("model", "temperature"), ONE_SWEEP, ids=repr)
def test_transition_frequencies_of_one_sweep(model, temperature, law):
    # From an ordered state with one other spin: bonds of both kinds.
    n, start = 300_000, np.full(model.shape, 1 if isinstance(model, Ising) else 0, dtype=np.int8)
    start.flat[1] = -1 if isinstance(model, Ising) else 1
    spins = np.tile(start, (n, *(1,) * start.ndim))
    swendsen_wang.sweep(model, spins, np.full(n, temperature), law.random_state(n, 8), 1)
    assert law.p_value(model, spins, law.after_cluster_sweep(model, temperature, start)) > law.LEVEL


# Found by runs: rows of 16 sites and more.
RUNS = [((4, 16), 2.5), ((2, 66), 2.0), ((6, 20), 2.269)]


@pytest.mark.parametrize(("shape", "temperature"), RUNS)
def test_energy_of_a_torus_found_by_runs_is_kaufmans(shape, temperature, law):
    model, n_chains, energies = Ising(shape), 1_500, 0.0
    assert swendsen_wang._uniform_bonds(model) is not None
    spins, temperatures = np.ones((n_chains, *shape), dtype=np.int8), np.full(n_chains, temperature)
    rng = law.random_state(n_chains, 9)
    swendsen_wang.sweep(model, spins, temperatures, rng, 60)
    for _ in range(20):
        swendsen_wang.sweep(model, spins, temperatures, rng, 2)
        energies = energies + model.energy(spins) / model.n_sites / 20
    assert abs(law.deviation(energies, kaufman.energy(temperature, shape))) < law.LARGEST_Z
