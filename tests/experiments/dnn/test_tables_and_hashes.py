import numpy as np
import pytest

from experiments.dnn import hash_buckets
from experiments.dnn.energy_tables import boltzmann, heat_capacity
from experiments.dnn.example_sets import model
from spinlib.datasets.hash_split import BUCKETS
from spinlib.exact import enumeration
from spinlib.samplers import learned_energy


def test_averages_over_a_table_are_those_of_enumeration():
    temperatures = [1.5, 2.5, 10.0]
    table = learned_energy.table_of(model.energy, model.shape)
    exact = [enumeration.boltzmann(model, t) @ enumeration.energies(model) for t in temperatures]
    np.testing.assert_allclose(boltzmann(table, table, temperatures), exact, rtol=1e-10)
    assert boltzmann(table, np.ones_like(table), 2.0) == pytest.approx(1.0)


def test_the_heat_capacity_is_the_slope_of_the_energy():
    table, step = learned_energy.table_of(model.energy, model.shape), 1e-4
    below, above = (boltzmann(table, table, 2.4 + sign * step)[0] for sign in (-1, 1))
    slope = (above - below) / (2 * step) / model.n_sites
    assert heat_capacity(table, np.array([2.4]))[0] == pytest.approx(slope, rel=1e-5)


def test_equal_frequencies_have_no_chi_square_and_a_full_bucket_a_large_one():
    assert hash_buckets.uniformity(np.repeat(np.arange(BUCKETS), 5)) == (0.0, BUCKETS - 1)
    chi2, _ = hash_buckets.uniformity(np.zeros(BUCKETS, np.int64))
    assert chi2 == pytest.approx(BUCKETS * (BUCKETS - 1))


def test_a_split_by_hash_shares_nothing():
    assert hash_buckets.n_shared(0.5, per_class=40) == 0


def test_a_split_that_shares_is_refused(monkeypatch):
    """Every second example, whatever it is: equal states then stand on both sides."""

    def alternate(spins, share):
        return np.arange(len(spins)) % 2 == 0

    monkeypatch.setattr(hash_buckets, "in_test_set", alternate)
    with pytest.raises(ValueError, match="in the training set as well"):
        hash_buckets.n_shared(0.5, per_class=40)
