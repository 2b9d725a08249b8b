import numpy as np
import pytest

from spinlib.exact import enumeration, kaufman
from spinlib.models import Ising, Potts
from spinlib.samplers.clusters import wolff
from spinlib.samplers.random import streams


@pytest.mark.parametrize("temperature", [3.0, 6.0, 20.0])
def test_clusters_per_sweep_are_sites_over_mean_cluster_size(temperature):
    # The mean size of a Wolff cluster is N <m^2> (Wolff 1989); a pilot run gives it to some per cent.
    model = Ising((4, 4))
    squared = enumeration.thermodynamics(model, temperature).squared_magnetization
    assert wolff.clusters_per_sweep(model, temperature) == pytest.approx(1.0 / squared, rel=0.25, abs=0.5)


def test_one_cluster_is_a_sweep_of_an_ordered_lattice():
    assert wolff.clusters_per_sweep(Ising((32, 32)), 1.0) == 1
    assert wolff.clusters_per_sweep(Potts((16, 16), q=4), 0.3) == 1


def test_the_number_of_clusters_does_not_depend_on_what_was_asked_before():
    first, second = Ising((16, 16)), Ising((16, 16))
    numbers = [wolff.clusters_per_sweep(first, t) for t in (2.0, 3.0, 5.0)]
    assert [wolff.clusters_per_sweep(second, t) for t in (5.0, 3.0, 2.0)] == numbers[::-1]
    assert numbers[0] < numbers[1] < numbers[2]


def test_a_cold_cluster_is_the_lattice():
    model = Ising((8, 8), boundary=("free", "periodic"))
    spins = np.ones((2, 8, 8), dtype=np.int8)
    for n in (1, 2, 3):
        wolff.sweep(model, spins, np.full(2, 1e-3), streams(n, "cold", 0, 2), 1)
        assert np.all(spins == (-1) ** n)


def test_a_potts_cluster_takes_another_state():
    model, spins = Potts((6, 6), q=3), np.zeros((300, 6, 6), dtype=np.int8)
    wolff.sweep(model, spins, np.full(300, 1e-3), streams(1, "cold", 0, 300), 1)
    assert np.all(spins == spins[:, :1, :1])
    assert set(spins[:, 0, 0]) == {1, 2}


def test_clusters_end_at_bonds_without_coupling():
    coupling = np.zeros((2, 6, 6))
    coupling[0] = -1.0
    stripes = np.tile(np.array([1, -1] * 3, dtype=np.int8)[:, None], (1, 6))
    model, spins = Ising((6, 6), coupling=coupling), np.tile(stripes, (200, 1, 1))
    n_clusters = wolff.clusters_per_sweep(model, 1e-3)
    wolff.sweep(model, spins, np.full(200, 1e-3), streams(1, "columns", 0, 200), 1)
    turned = spins != stripes
    assert np.all(turned == turned[:, :1])
    assert turned[:, 0].sum(axis=1).max() <= n_clusters
    assert turned.any()


def test_refusals_name_the_method():
    with pytest.raises(ValueError, match="wolff needs"):
        wolff.refuse(Potts((4, 4), coupling=-1.0))


ONE_CLUSTER = [
    (Ising((3, 3), boundary="free"), 1.5),
    (Ising((2, 3)), 2.0),
    (Ising((2, 4), coupling=-0.7), 1.2),
    (Ising((2, 3), coupling=[[[0.5, 1.0, 0.8]] * 2, [[1.2, 0.3, 0.9]] * 2], boundary="free"), 1.0),
    (Ising((2, 2, 2), boundary="free"), 1.8),
    (Ising((3, 2), boundary="free", neighborhood="triangular"), 2.0),
    (Potts((2, 3), q=3), 0.7),
    (Potts((2, 2), q=4), 0.7),
]


@pytest.mark.parametrize(("model", "temperature"), ONE_CLUSTER, ids=repr)
def test_transition_frequencies_of_one_cluster(model, temperature, law):
    # Where most spins agree, a sweep is one cluster. One spin of the start is another.
    assert wolff.clusters_per_sweep(model, temperature) == 1
    n, first = 300_000, np.full(model.shape, 1 if isinstance(model, Ising) else 0, dtype=np.int8)
    if isinstance(model, Ising) and np.mean(model.coupling) < 0:
        first = (1 - 2 * (np.indices(model.shape).sum(axis=0) % 2)).astype(np.int8)
    first.flat[1] = -first.flat[1] if isinstance(model, Ising) else 1
    spins = np.tile(first, (n, *(1,) * first.ndim))
    wolff.sweep(model, spins, np.full(n, temperature), law.random_state(n, 8), 1)
    assert law.p_value(model, spins, law.after_one_cluster(model, temperature, first)) > law.LEVEL


@pytest.mark.parametrize(("shape", "temperature"), [((4, 8), 2.5), ((6, 6), 2.0), ((5, 4), 3.5)])
def test_energy_of_a_torus_is_kaufmans(shape, temperature, law):
    model, n_chains, energies = Ising(shape), 1_500, 0.0
    spins, temperatures = np.ones((n_chains, *shape), dtype=np.int8), np.full(n_chains, temperature)
    rng = law.random_state(n_chains, 9)
    wolff.sweep(model, spins, temperatures, rng, 40)
    for _ in range(20):
        wolff.sweep(model, spins, temperatures, rng, 2)
        energies = energies + model.energy(spins) / model.n_sites / 20
    assert abs(law.deviation(energies, kaufman.energy(temperature, shape))) < law.LARGEST_Z
