"""Correlations and Hamming distances of sets of configurations, and their subtractions."""

import itertools

import numpy as np
import pytest

from experiments.fid import references, sets
from spinlib.exact import enumeration
from spinlib.fidelity.reference import aligned
from spinlib.models import Ising
from spinlib.observables import correlation_function, hamming_distance, structure_factor_min, structure_factor_zero


def configurations(n=40, size=8, seed=1, up=0.6):
    return np.where(np.random.default_rng(seed).random((n, size, size)) < up, 1, -1).astype(np.int8)


def test_the_distance_is_that_of_all_pairs():
    for spins in (configurations(), configurations(n=2, size=3), np.ones((5, 4, 4), np.int8)):
        pairs = [np.mean(one != other) for one, other in itertools.combinations(spins, 2)]
        assert hamming_distance(spins) == pytest.approx(np.mean(pairs), abs=1e-12)
    with pytest.raises(ValueError, match="needs at least 2"):
        hamming_distance(configurations(n=1))


def test_a_set_with_all_configurations_and_their_opposites_has_the_distance_one_half_of_all_n_squared_pairs():
    spins = configurations()
    both = np.concatenate([spins, -spins])
    n = len(both)
    assert hamming_distance(both) == pytest.approx(n / (n - 1) / 2, abs=1e-12)


def test_a_share_p_of_one_ordered_state_and_the_rest_of_the_other_differ_by_2p_1_minus_p():
    n, p = 50, 0.2
    spins = np.ones((n, 4, 4), np.int8)
    spins[: int(p * n)] = -1
    assert hamming_distance(spins) == pytest.approx(2 * p * (1 - p) * n / (n - 1), abs=1e-12)
    assert hamming_distance(aligned(spins)) == 0.0


def test_aligned_configurations_have_no_negative_magnetisation_and_the_same_energy_bonds():
    spins = configurations(up=0.4)
    turned = aligned(spins)
    assert turned.dtype == np.int8
    assert (turned.sum(axis=(1, 2)) >= 0).all()
    np.testing.assert_array_equal(np.abs(turned.sum(axis=(1, 2))), np.abs(spins.sum(axis=(1, 2), dtype=int)))
    np.testing.assert_array_equal(turned * np.roll(turned, 1, 1), spins * np.roll(spins, 1, 1))


def test_what_is_asked_is_what_the_library_measures():
    spins, model = configurations(), Ising((8, 8))
    found = sets.asked(spins)
    along = np.mean([correlation_function(model, spins, axis).mean(axis=0) for axis in (0, 1)], axis=0)[1:]
    np.testing.assert_allclose(found["g"], along, atol=1e-12)
    assert found["zero"] == pytest.approx(structure_factor_zero(model, spins).mean())
    assert found["smallest"] == pytest.approx(structure_factor_min(model, spins).mean())
    assert found["zero"] == pytest.approx(64 * (spins.mean(axis=(1, 2)) ** 2).mean())
    assert found["m"] == pytest.approx(spins.mean())


def test_aligned_subtraction_is_that_of_the_mean_after_alignment():
    spins = configurations(up=0.5)
    raw, turned = sets.asked(spins), sets.asked(aligned(spins))
    one = sets.connected(raw["g"], raw["m"], raw["order"], "aligned")
    other = sets.connected(turned["g"], turned["m"], turned["order"], "mean")
    np.testing.assert_allclose(one, other, atol=1e-12)
    np.testing.assert_array_equal(sets.connected(raw["g"], raw["m"], raw["order"], "nothing"), raw["g"])
    with pytest.raises(ValueError, match="subtract 'all'"):
        sets.connected(raw["g"], raw["m"], raw["order"], "all")


@pytest.mark.parametrize("size", [4, 5])
def test_bits_give_the_configurations_back(size):
    spins = configurations(n=6, size=size).reshape(2, 3, size, size)
    np.testing.assert_array_equal(sets.unpacked(sets.packed(spins), size), spins)
    with pytest.raises(ValueError, match="need"):
        sets.unpacked(sets.packed(spins), 8)


def test_both_sources_have_the_exact_order_and_independent_ones_the_distance_one_half():
    settings = {
        "correlated": [2.6], "correlation_runs": 64, "chains": 16, "cluster_sweeps": 5, "burn_in": 200,
        "configurations": 300, "sweeps_between": 10,
    }  # fmt: skip
    found = references.one_temperature(4, 2.6, 300, settings, 5)
    exact = enumeration.thermodynamics(Ising((4, 4)), 2.6).abs_magnetization
    for source in ("data", "cluster"):
        for name, expected in (("order", exact), ("distance", 0.5)):
            runs = found[f"{source}_{name}"]
            assert abs(runs.mean() - expected) < 4 * runs.std(ddof=1) / np.sqrt(len(runs)), (source, name)
    assert found["pictures"].shape == (2, 4, 4)
