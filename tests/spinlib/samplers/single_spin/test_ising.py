import numpy as np
import pytest

from spinlib.exact import enumeration
from spinlib.models import Ising
from spinlib.samplers import METHODS
from spinlib.samplers.random import streams
from spinlib.samplers.single_spin import acceptance, ising


def test_flip_probabilities_follow_the_change_of_energy():
    model = Ising((3, 3), coupling=0.7, field=-0.4, boundary=("free", "antiperiodic"))
    spins = enumeration.states(model)[::7]
    index, weight = model.lattice.neighbors
    around = (weight * spins.reshape(-1, 9)[:, index]).sum(axis=2)
    x = model.energy_change(spins).reshape(-1, 9) / 1.3
    up = (spins.reshape(-1, 9) > 0).astype(int)
    metropolis = ising.flip_probabilities(model, np.array([9.0, 1.3]), heat_bath=False)[1][up, around + 4]
    assert np.allclose(metropolis, acceptance.PROPOSED * np.minimum(1.0, np.exp(-x)), rtol=1e-13)
    glauber = ising.flip_probabilities(model, np.array([9.0, 1.3]), heat_bath=True)[1][up, around + 4]
    assert np.allclose(glauber, np.exp(-x) / (1.0 + np.exp(-x)), rtol=1e-13)


def test_no_overflow_at_the_lowest_temperature():
    model = Ising((4, 4), field=0.5)
    for heat_bath in (False, True):
        table = ising.flip_probabilities(model, np.array([1e-308]), heat_bath)
        assert np.all(np.isfinite(table))
        assert table[0, 1, 8] == 0.0


@pytest.mark.parametrize("name", ["metropolis", "heat_bath"])
def test_equal_couplings_given_one_by_one_change_nothing(name):
    settings = {"shape": (5, 4), "field": 0.3, "boundary": ("free", "antiperiodic")}
    results = []
    for coupling in (0.8, np.full((2, 5, 4), 0.8)):
        spins = np.ones((3, 5, 4), dtype=np.int8)
        model = Ising(coupling=coupling, **settings)
        rng = streams(1, "single flips", 0, 3)
        METHODS[name].sweep(model, spins, np.array([1.0, 2.0, 5.0]), rng, 50)
        results.append(spins)
    assert np.any(results[0] != 1)
    assert np.array_equal(*results)
