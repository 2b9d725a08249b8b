import dataclasses

import numpy as np
import pytest

from spinlib.datasets.training_and_test import TrainingAndTest, among
from spinlib.datasets.training_sets import random_angles, random_spins, with_positions

SPINS = random_spins((4, 4), 300, seed=1)
# What the chapters train on: spins, angles, spins with their positions, samples of couplings.
KINDS = {
    "spins": random_spins((8, 8), 60, seed=1),
    "angles": random_angles((3, 4), 60, seed=1),
    "spins with positions": with_positions(random_spins((6, 6), 60, seed=2)),
    "couplings": np.random.default_rng(3).normal(size=(60, 2, 4, 4)),
    "coordinates": np.random.default_rng(4).normal(size=(60, 5)).astype(np.float32),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_configuration_on_both_sides_is_refused(kind):
    configurations = KINDS[kind]
    sets = TrainingAndTest(configurations[:40], configurations[40:])
    assert np.array_equal(sets.train, configurations[:40])
    assert np.array_equal(sets.test, configurations[40:])
    with pytest.raises(ValueError, match="1 of 21 test configurations are in the training set"):
        TrainingAndTest(configurations[:40], configurations[39:])
    with pytest.raises(ValueError, match="60 of 60 test configurations"):
        TrainingAndTest(configurations, configurations[::-1])


def test_one_number_makes_another_configuration():
    train, test = random_angles((4, 4), 5, seed=1), random_angles((4, 4), 5, seed=1)
    test[:, 2, 1] = np.nextafter(test[:, 2, 1], 4.0)
    assert len(TrainingAndTest(train, test).test) == 5


def test_repeated_configurations_of_a_small_lattice_are_found():
    # 300 of 65,536 states: the second set is drawn alone, and shares one state or another with the first.
    other = random_spins((4, 4), 3000, seed=2)
    states = {tuple(row) for row in SPINS.reshape(-1, 16)}
    n_shared = sum(tuple(row) in states for row in other.reshape(-1, 16))
    assert n_shared > 3
    with pytest.raises(ValueError, match=f"{n_shared} of 3000 test configurations"):
        TrainingAndTest(SPINS, other)


def test_blocks_of_configurations_are_compared_in_full():
    many = random_spins((8, 8), 10_000, seed=3)
    with pytest.raises(ValueError, match="1 of 9 test"):
        TrainingAndTest(many[8:], np.concatenate([many[:8], many[9_999:]]))
    assert np.flatnonzero(among(many, many[[0, 4095, 4096, 9_999]])).tolist() == [0, 4095, 4096, 9_999]


def test_signed_zeros_and_dtypes_do_not_hide_an_overlap():
    zeros = np.zeros((1, 3))
    with pytest.raises(ValueError, match="1 of 1"):
        TrainingAndTest(zeros, -zeros)
    assert among(SPINS[:4].astype(float), SPINS).all()
    assert among(SPINS[:4], SPINS.astype(np.float32)).all()


def test_sets_cannot_be_changed_afterwards():
    given = SPINS.copy()
    _, first = np.unique(given.reshape(300, -1), axis=0, return_index=True)
    sets = TrainingAndTest(given[first[:100]], given[first[100:120]])
    with pytest.raises(ValueError, match="read-only"):
        sets.train[0, 0, 0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        sets.test = sets.train
    given[:] = 1
    assert sets.train.min() == -1
    fewer = sets.first(30)
    assert np.array_equal(fewer.train, sets.train[:30])
    assert np.array_equal(fewer.test, sets.test)


@pytest.mark.parametrize(
    ("train", "test", "error", "message"),
    [
        (SPINS[:0], SPINS[:1], ValueError, r"train of shape \(0, 4, 4\)"),
        (SPINS[:1], SPINS[:0], ValueError, r"test of shape \(0, 4, 4\)"),
        (SPINS[0, 0], SPINS[:1], ValueError, r"\(n, \*shape\)"),
        (SPINS[:1], SPINS[1:2, :2], ValueError, "both have to be of one kind"),
        (SPINS[:1], SPINS[1:2].astype(float), ValueError, "int8.*float64"),
        (SPINS[:1] * np.nan, SPINS[1:2] * 1.0, ValueError, "train holds numbers that are not finite"),
        (SPINS[:1], SPINS[1:2].astype(str), TypeError, "test of dtype"),
    ],
)
def test_bad_input_is_named(train, test, error, message):
    with pytest.raises(error, match=message):
        TrainingAndTest(train, test)


def test_other_arguments_are_refused():
    sets = TrainingAndTest(KINDS["spins"][:40], KINDS["spins"][40:])
    for n in (0, 41):
        with pytest.raises(ValueError, match="allowed are 1 to 40"):
            sets.first(n)
    with pytest.raises(ValueError, match="cannot be compared"):
        among(SPINS, KINDS["spins"])
