"""Metropolis sweeps after any start."""

import numpy as np
import pytest

from experiments.fid import relaxation
from spinlib import sample
from spinlib.exact import enumeration
from spinlib.models import Ising

LADDER = [0, 1, 5, 20, 60]
T = 2.6


def independent(n):
    draws = sample(Ising((4, 4)), T, n, method="swendsen_wang", sweeps_between=10, seed=8, threads=1)
    return draws.spins.values[0, 0]


def test_independent_configurations_stay_exact_at_every_rung():
    exact = enumeration.thermodynamics(Ising((4, 4)), T)
    n = 4000
    found = relaxation.relaxed(independent(n), T, LADDER, 3, "independent")
    error = np.sqrt(found["heat"] * T**2 / 16 / n)
    assert (np.abs(found["energy"] - exact.energy) < 4 * error).all()
    assert (np.abs(found["order"] - exact.abs_magnetization) < 4 * np.sqrt(found["chi"] * T / 16 / n)).all()


@pytest.mark.parametrize("start", ["up", "random"])
def test_any_start_reaches_the_exact_law(start):
    exact = enumeration.thermodynamics(Ising((4, 4)), T)
    n = 4000
    spins = np.ones((n, 4, 4), np.int8)
    if start == "random":
        spins = np.random.default_rng(2).choice(np.array([-1, 1], np.int8), spins.shape)
    before = spins.copy()
    found = relaxation.relaxed(spins, T, LADDER, 3, start)
    np.testing.assert_array_equal(spins, before)  # the set is not touched
    assert found["energy"][0] == pytest.approx(-2.0 if start == "up" else 0.0, abs=0.05)
    assert abs(found["energy"][-1] - exact.energy) < 4 * np.sqrt(found["heat"][-1] * T**2 / 16 / n)
    assert found["seconds"] > 0


def test_copies_of_a_configuration_go_ways_of_their_own_and_sets_have_their_own_numbers():
    spins = independent(3)
    one = relaxation.relaxed(spins, T, [0, 3], 3, "a", copies=50)
    assert one["energy"][0] == pytest.approx(relaxation.relaxed(spins, T, [0], 3, "a")["energy"][0])
    assert one["heat"][1] > 0
    assert relaxation.relaxed(spins, T, [0, 3], 3, "a", copies=50)["energy"][1] == one["energy"][1]
    assert relaxation.relaxed(spins, T, [0, 3], 3, "b", copies=50)["energy"][1] != one["energy"][1]


@pytest.mark.parametrize("ladder", [[], [0, 0, 1], [3, 1], [-1, 2]])
def test_a_ladder_that_does_not_rise_is_refused(ladder):
    with pytest.raises(ValueError, match="ladder"):
        relaxation.relaxed(np.ones((2, 4, 4), np.int8), T, ladder, 1, "a")


def test_what_is_needed_is_the_first_rung_from_which_on_both_stay():
    ladder = [0, 1, 2, 5, 10]
    energy = np.array([[1.2, 1.0, 1.2, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, 1.2]])
    order = np.ones_like(energy)
    np.testing.assert_array_equal(relaxation.needed(np.array([energy, order]), [1, 1], [0.1, 0.1], ladder), [5, 0, 10])
    order[1, 0] = 1.5
    np.testing.assert_array_equal(relaxation.needed(np.array([energy, order]), [1, 1], [0.1, 0.1], ladder), [5, 1, 10])
