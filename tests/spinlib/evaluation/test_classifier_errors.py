import numpy as np
import pytest

from spinlib.datasets.training_and_test import among
from spinlib.evaluation import classifier_errors
from spinlib.models import Ising

MODEL = Ising((2, 3))
LEVELS = np.unique(MODEL.energy(((np.arange(64)[:, None] >> np.arange(6) & 1) * 2 - 1).reshape(64, 2, 3)))


def test_the_model_itself_makes_no_errors():
    accuracy, wrong, distance = classifier_errors.errors(MODEL.energy, MODEL, LEVELS)
    assert accuracy == 100.0
    assert wrong.sum() == 0
    assert distance.tolist() == [64] + [0] * (len(LEVELS) - 1)


def test_errors_are_counted_at_the_true_class():
    def two_states_one_class_up(spins):
        energies = MODEL.energy(spins)
        ordered = np.abs(spins.sum(axis=(1, 2))) == 6
        energies[ordered] = LEVELS[1]
        return energies

    accuracy, wrong, distance = classifier_errors.errors(two_states_one_class_up, MODEL, LEVELS)
    assert accuracy == pytest.approx(100 * 62 / 64)
    assert wrong.tolist() == [2] + [0] * (len(LEVELS) - 1)
    assert distance[:3].tolist() == [62, 2, 0]


def test_other_energies_are_refused():
    with pytest.raises(ValueError, match=r"none of the \d levels"):
        classifier_errors.errors(lambda spins: MODEL.energy(spins) + 0.5, MODEL, LEVELS)


def test_unseen_states_are_counted_apart():
    """A network that has learned its examples by heart, and says the ground state's energy of all others."""
    every = ((np.arange(64)[:, None] >> np.arange(6) & 1) * 2 - 1).reshape(64, 2, 3).astype(np.int8)
    seen = every[[0, 5, 5, 17, 40, 63]]  # two of the ground states, and one state twice

    def by_heart(spins):
        return np.where(among(spins, seen), MODEL.energy(spins), LEVELS[0])

    everywhere = classifier_errors.errors(by_heart, MODEL, LEVELS)
    unseen = classifier_errors.errors_of_unseen(by_heart, MODEL, LEVELS, seen)
    assert unseen.distance.sum() == 64 - 5
    assert everywhere.distance.sum() == 64
    assert np.array_equal(unseen.wrong, everywhere.wrong)
    right = np.count_nonzero(MODEL.energy(every) == LEVELS[0]) - 2
    assert unseen.accuracy == pytest.approx(100 * right / 59)
    assert everywhere.accuracy == pytest.approx(100 * (right + 5) / 64)
    with pytest.raises(ValueError, match="all 64 states are among them"):
        classifier_errors.errors_of_unseen(by_heart, MODEL, LEVELS, every)
    # All its errors are among the unseen, so that the bound is met.
    assert classifier_errors.least_unseen_accuracy(everywhere.wrong.sum(), 64, 5) == pytest.approx(unseen.accuracy)


def test_the_least_accuracy_on_unseen_states():
    found = classifier_errors.least_unseen_accuracy([0, 1, 40, 64], 64, [5, 32, 32, 0])
    np.testing.assert_allclose(found, [100.0, 100 * 31 / 32, 0.0, 0.0])
    for wrong, seen in ((-1, 5), (65, 5), (3, 64), (3, -1)):
        with pytest.raises(ValueError, match="of 64 states"):
            classifier_errors.least_unseen_accuracy(wrong, 64, seen)
