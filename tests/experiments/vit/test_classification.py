"""The sets of Table 2, which the systems of a trial share."""

import numpy as np
import pytest

from experiments.vit import classification, systems

SETTINGS = {"side": 10, "sweeps": 50}
T = np.repeat([1.0, 2.2, 3.5], 20)


def spins_of(system, seed=3):
    return classification.spins_of(classification.configurations(system, T, SETTINGS, seed), SETTINGS["side"])


def test_the_antiferromagnet_has_the_configurations_of_the_ferromagnet_with_the_signs_of_a_checkerboard():
    ferro, antiferro = spins_of("ferromagnet"), spins_of("antiferromagnet")
    np.testing.assert_array_equal(antiferro, ferro * systems.checkerboard((10, 10)))
    energies = [
        systems.model_of(system, 10).energy(spins)
        for system, spins in (("ferromagnet", ferro), ("antiferromagnet", antiferro))
    ]
    np.testing.assert_array_equal(*energies)
    assert len(np.unique(energies[0])) > 10


def test_other_systems_have_their_own_configurations():
    assert not np.array_equal(spins_of("skewed"), spins_of("ferromagnet"))
    assert (spins_of("skewed")[:, 0] == 1).all()
    assert (spins_of("skewed")[:, -1] == -1).all()


def test_a_checkerboard_needs_an_even_side():
    with pytest.raises(ValueError, match="even side"):
        classification.configurations("antiferromagnet", T, {"side": 9, "sweeps": 1}, 1)


def test_trials_have_seeds_of_their_own():
    seeds = [systems.seed_of_trial(first, trial) for first in (1, 2) for trial in range(5)]
    assert len(set(seeds)) == 10
