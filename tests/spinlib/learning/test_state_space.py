import numpy as np
import pytest

from spinlib.learning import state_space
from spinlib.models import Ising

MODEL = Ising((2, 3))
LEVELS = np.unique(MODEL.energy(((np.arange(64)[:, None] >> np.arange(6) & 1) * 2 - 1).reshape(64, 2, 3)))


def test_the_model_itself_makes_no_errors():
    accuracy, wrong, distance = state_space.errors(MODEL.energy, MODEL, LEVELS)
    assert accuracy == 100.0
    assert wrong.sum() == 0
    assert distance.tolist() == [64] + [0] * (len(LEVELS) - 1)


def test_errors_are_counted_at_the_true_class():
    def two_states_one_class_up(spins):
        energies = MODEL.energy(spins)
        ordered = np.abs(spins.sum(axis=(1, 2))) == 6
        energies[ordered] = LEVELS[1]
        return energies

    accuracy, wrong, distance = state_space.errors(two_states_one_class_up, MODEL, LEVELS)
    assert accuracy == pytest.approx(100 * 62 / 64)
    assert wrong.tolist() == [2] + [0] * (len(LEVELS) - 1)
    assert distance[:3].tolist() == [62, 2, 0]


def test_other_energies_are_refused():
    with pytest.raises(ValueError, match=r"none of the \d levels"):
        state_space.errors(lambda spins: MODEL.energy(spins) + 0.5, MODEL, LEVELS)
